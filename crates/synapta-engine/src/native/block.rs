//! Arrays of lanes that begin on a cache line.

use std::ops::{Deref, DerefMut};

/// Doubles of a cache line, and of the longest vector.
const LINE: usize = 8;
/// Doubles of a page, of which processors compare no more when they look whether a load wants what a store before it has.
const PAGE: usize = 512;

/// An array of registers of W lanes whose first byte begins a cache line, so that no register of a power of two of lanes
/// up to eight straddles two. Made code runs on any array; on these it runs faster.
///
/// Where in a page an array begins matters for loops over several: a load waits in vain for an earlier store at the same
/// place of another page. Arrays that are written should begin at lower places than those read in the same loop.
#[derive(Debug, Default)]
pub(crate) struct Block<const W: usize> {
    doubles: Vec<f64>,
    /// Where the registers begin.
    start: usize,
    len: usize,
}

impl<const W: usize> Block<W> {
    /// An array of `len` zeros that begins a page.
    pub fn zeros(len: usize) -> Block<W> {
        Block::zeros_at(len, 0)
    }

    /// An array of `len` zeros that begins this many cache lines behind a page's beginning.
    pub fn zeros_at(len: usize, lines: usize) -> Block<W> {
        let spare = PAGE + LINE * lines;
        let doubles = vec![0.0; len * W + spare];
        let page = doubles.as_ptr().align_offset(PAGE * size_of::<f64>());
        let start = (page + LINE * lines).min(spare);
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
