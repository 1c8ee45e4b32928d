//! When each place is read next.

use super::line::{Line, NOWHERE, Op};

/// No later read.
pub(super) const NEVER: u32 = u32::MAX;

/// What later steps do with what a step reads and writes.
pub(super) struct Liveness {
    /// For each step and argument, the next step that reads the same value.
    pub args: Vec<[u32; 3]>,
    /// For each step, the next step that reads its result.
    pub dst: Vec<u32>,
    /// For each step, true if memory must hold its result at the end.
    pub kept: Vec<bool>,
    /// For each step, the next call after it.
    pub call: Vec<u32>,
}

impl Liveness {
    /// One pass from the end.
    pub fn of(line: &Line) -> Liveness {
        let count = line.steps.len();
        let mut found = Liveness {
            args: vec![[NEVER; 3]; count],
            dst: vec![NEVER; count],
            kept: vec![false; count],
            call: vec![NEVER; count],
        };
        let mut next = vec![NEVER; line.places()];
        let mut wanted = vec![false; line.places()];
        line.live.iter().for_each(|p| wanted[*p as usize] = true);
        let mut call = NEVER;
        for (i, step) in line.steps.iter().enumerate().rev() {
            if step.dst != NOWHERE {
                let dst = step.dst as usize;
                found.dst[i] = std::mem::replace(&mut next[dst], NEVER);
                found.kept[i] = std::mem::replace(&mut wanted[dst], false);
            }
            for (later, arg) in found.args[i].iter_mut().zip(step.reads()) {
                *later = next[*arg as usize];
            }
            step.reads().iter().for_each(|arg| next[*arg as usize] = i as u32);
            found.call[i] = call;
            if matches!(step.op, Op::Call(_)) {
                call = i as u32;
            }
        }
        found
    }
}
