//! Where places are in memory while a function runs: general registers that point into the areas.

use super::encode::{Assembler, General, Length, Memory};
use super::line::{Line, Op, Place};

pub(super) const RAX: General = General(0);
pub(super) const RCX: General = General(1);
pub(super) const RDX: General = General(2);
pub(super) const RSI: General = General(6);
pub(super) const RDI: General = General(7);

/// Registers that hold the areas at the entry.
const ARGUMENTS: [General; 4] = [RDI, RSI, RDX, RCX];
/// Registers that calls preserve and the function must give back as they were; r12 is last, since it costs a byte.
const PRESERVED: [General; 6] = [General(3), General(5), General(13), General(14), General(15), General(12)];
/// Registers that are free in functions without calls.
const FREE: [General; 5] = [General(8), General(9), General(10), General(11), RAX];

/// A pointer into an area.
struct Window {
    area: usize,
    /// Bytes from the area's beginning to where the register points.
    offset: i32,
    register: General,
}

/// The pointers of one function.
pub(super) struct Frame {
    areas: Vec<Place>,
    lanes: i32,
    windows: Vec<Window>,
    saved: Vec<General>,
    vector: bool,
}

impl Frame {
    /// Chooses pointers so that most accesses have a short displacement. `wide` is true if displacements are counted in
    /// vectors, which is what makes more than one pointer an area worth having.
    pub fn new(line: &Line, lanes: usize, length: Length, wide: bool) -> Frame {
        let calls = line.steps.iter().any(|s| matches!(s.op, Op::Call(_)));
        let registers: Vec<General> =
            if calls { PRESERVED.to_vec() } else { FREE.into_iter().chain(PRESERVED).collect() };
        let lanes = 8 * lanes as i32;
        let reach = if wide { 256 * length.bytes() } else { i32::MAX };
        let mut frame =
            Frame { areas: line.areas.clone(), lanes, windows: vec![], saved: vec![], vector: length.bytes() > 16 };
        for ((area, at), register) in frame.busiest(line, reach, registers.len()).into_iter().zip(registers) {
            let offset = if wide { at * reach + reach / 2 } else { 0 };
            frame.windows.push(Window { area, offset, register });
            if PRESERVED.contains(&register) {
                frame.saved.push(register);
            }
        }
        // A call expects the stack at a multiple of 16, of which the return address has taken 8.
        if calls && frame.saved.len().is_multiple_of(2) {
            frame.saved.push(RAX);
        }
        frame
    }

    /// Stretches of areas by number of accesses, the first of each area in any case.
    fn busiest(&self, line: &Line, reach: i32, most: usize) -> Vec<(usize, i32)> {
        let mut counts = std::collections::BTreeMap::<(usize, i32), u32>::new();
        for step in &line.steps {
            for place in step.reads().iter().chain([&step.dst]) {
                if let Some((area, offset)) = self.area_of(*place) {
                    *counts.entry((area, offset / reach)).or_default() += 1;
                }
            }
        }
        let mut stretches: Vec<_> = counts.into_iter().map(|(at, count)| (count, at)).collect();
        stretches.sort_by(|a, b| b.cmp(a));
        let mut seen = vec![false; self.areas.len()];
        let (mut chosen, mut others) = (vec![], vec![]);
        for (_, at) in stretches {
            let list = if std::mem::replace(&mut seen[at.0], true) { &mut others } else { &mut chosen };
            list.push(at);
        }
        chosen.extend(others);
        chosen.truncate(most);
        chosen
    }

    /// The area of a place and the bytes from its beginning; `None` for constants.
    fn area_of(&self, place: Place) -> Option<(usize, i32)> {
        let after = self.areas.iter().position(|end| place < *end)?;
        let area = after.checked_sub(1)?;
        Some((area, (place - self.areas[area]) as i32 * self.lanes))
    }

    /// Memory of a place, `skip` bytes into it; `None` for constants.
    pub fn memory(&self, place: Place, skip: i32, scale: i32) -> Option<Memory> {
        let (area, offset) = self.area_of(place)?;
        let distance = |w: &&Window| {
            let d = offset + skip - w.offset;
            let far = d % scale != 0 || i8::try_from(d / scale).is_err();
            (far, d.unsigned_abs())
        };
        let window = self.windows.iter().filter(|w| w.area == area).min_by_key(distance)?;
        Some(Memory::Base(window.register, offset + skip - window.offset))
    }

    /// Saves what must be given back and sets the pointers.
    pub fn enter(&self, asm: &mut Assembler) {
        self.saved.iter().for_each(|r| asm.push(*r));
        for w in &self.windows {
            asm.address(w.register, Memory::Base(ARGUMENTS[w.area], w.offset));
        }
    }

    /// Gives everything back and returns. The result stands in rax, or does not matter.
    pub fn leave(&self, asm: &mut Assembler) {
        if self.vector {
            asm.clear_upper();
        }
        self.saved.iter().rev().for_each(|r| asm.pop(if *r == RAX { RCX } else { *r }));
        asm.ret();
    }
}
