//! Arrays of lanes that begin on a cache line.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the longest vector.
const LINE: usize = 64;

/// An array of registers of W lanes whose first byte begins a cache line, so that no register of a power of two of lanes
/// up to eight straddles two. Made code runs on any array; on these it runs faster.
#[derive(Debug, Default)]
pub(crate) struct Block<const W: usize> {
    doubles: Vec<f64>,
    /// Where the registers begin.
    start: usize,
    len: usize,
}

impl<const W: usize> Block<W> {
    /// An array of `len` zeros.
    pub fn zeros(len: usize) -> Block<W> {
        let spare = LINE / size_of::<f64>() - 1;
        let doubles = vec![0.0; len * W + spare];
        let start = doubles.as_ptr().align_offset(LINE).min(spare);
        Block { doubles, start, len }
    }
}

impl<const W: usize> From<&[[f64; W]]> for Block<W> {
    fn from(values: &[[f64; W]]) -> Self {
        let mut block = Block::zeros(values.len());
        block.copy_from_slice(values);
        block
    }
}

impl<const W: usize> Clone for Block<W> {
    fn clone(&self) -> Self {
        Block::from(&**self)
    }
}

impl<const W: usize> Deref for Block<W> {
    type Target = [[f64; W]];

    fn deref(&self) -> &[[f64; W]] {
        self.doubles[self.start..self.start + self.len * W].as_chunks().0
    }
}

impl<const W: usize> DerefMut for Block<W> {
    fn deref_mut(&mut self) -> &mut [[f64; W]] {
        self.doubles[self.start..self.start + self.len * W].as_chunks_mut().0
    }
}
