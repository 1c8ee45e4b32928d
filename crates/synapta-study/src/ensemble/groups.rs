//! How subjects are divided into row groups and shards: by the size of the output alone, never by the machine.

use std::ops::Range;

use serde::Serialize;

/// Rows wanted in a row group.
const ROWS: usize = 131_072;
/// Bytes wanted in a row group, if that is fewer rows.
const BYTES: usize = 32 << 20;
/// A row group has at least so many subjects, so that no lane waits for long at its end ...
const SUBJECTS: usize = 64;
/// ... unless it would be larger than this.
const MOST_BYTES: usize = 256 << 20;

/// A share of the row groups: shard `number` of `of`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shard {
    /// From 1.
    pub number: usize,
    /// At least 1.
    pub of: usize,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { number: 1, of: 1 };
}

/// The division of an ensemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Subjects of the whole table.
    pub subjects: usize,
    /// Output rows of each subject.
    pub rows_each: usize,
    /// Subjects of a row group; the last one may have fewer.
    pub per_group: usize,
    /// The shard.
    pub shard: Shard,
}

impl Groups {
    /// Divides so many subjects with so many output rows each, of so many columns of 8 bytes.
    pub fn new(subjects: usize, rows_each: usize, columns: usize, shard: Shard) -> Groups {
        let bytes_each = rows_each.max(1) * columns.max(1) * 8;
        let wanted = (ROWS / rows_each.max(1)).min(BYTES / bytes_each).max(SUBJECTS);
        let per_group = wanted.min(MOST_BYTES / bytes_each).max(1);
        Groups { subjects, rows_each, per_group, shard }
    }

    /// Row groups of the whole table.
    pub fn count(&self) -> usize {
        self.subjects.div_ceil(self.per_group)
    }

    /// The row groups of the shard: contiguous, as even as can be.
    pub fn mine(&self) -> Range<usize> {
        let bound = |k: usize| (self.count() as u128 * k as u128 / self.shard.of as u128) as usize;
        bound(self.shard.number - 1)..bound(self.shard.number)
    }

    /// The subjects of a row group, counted from 0.
    pub fn subjects_of(&self, group: usize) -> Range<usize> {
        let start = (group * self.per_group).min(self.subjects);
        start..(start + self.per_group).min(self.subjects)
    }

    /// Number of subjects in the shard.
    pub fn my_subjects(&self) -> usize {
        self.mine().map(|g| self.subjects_of(g).len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn groups_have_some_sixty_four_subjects_or_a_hundred_thousand_rows() {
        assert_eq!(Groups::new(100_000, 673, 4, Shard::WHOLE).per_group, 194);
        assert_eq!(Groups::new(100_000, 10_000, 4, Shard::WHOLE).per_group, 64);
        assert_eq!(Groups::new(100_000, 29, 6, Shard::WHOLE).per_group, 4519);
        assert_eq!(Groups::new(100_000, 100_001, 1000, Shard::WHOLE).per_group, 1);
    }

    proptest! {
        #[test]
        fn shards_hold_every_subject_once_in_order(
            subjects in 1usize..5000, rows in 1usize..3000, columns in 1usize..2000, of in 1usize..20,
        ) {
            let mut seen = vec![];
            for number in 1..=of {
                let groups = Groups::new(subjects, rows, columns, Shard { number, of });
                let mine: Vec<usize> = groups.mine().flat_map(|g| groups.subjects_of(g)).collect();
                prop_assert_eq!(mine.len(), groups.my_subjects());
                seen.extend(mine);
            }
            prop_assert_eq!(seen, (0..subjects).collect::<Vec<_>>());
        }
    }
}
