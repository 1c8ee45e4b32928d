//! Which instructions carry an operation out.

use super::emit::{Emitter, Source};
use super::encode::{self, Form, Length, Operand, Vector};
use super::frame::{RAX, RCX, RDI, RDX, RSI};
use super::line::Step;

/// Mask register of selections; lower ones note lanes.
const SELECT_MASK: u8 = 7;
/// Nibbles are what becomes of quiet and signalling not-a-number, zero, one, minus and plus infinity, negative and
/// positive numbers: 8 is zero, 0 leaves it alone.
const ONLY_FINITE: u64 = 0x0088_0088;

impl Emitter<'_> {
    pub(super) fn copy(&mut self, at: usize, step: &Step) -> Option<()> {
        let source = self.source(step.args[0], self.live.args[at][0])?;
        let dst = self.target(at, step, &[0])?;
        match source {
            Source::Memory(place) => self.load(dst, place)?,
            Source::Register(r) if r == dst => {}
            register => self.unary(encode::MOVE, dst, register)?,
        }
        self.finish(at, step, dst)
    }

    pub(super) fn root(&mut self, at: usize, step: &Step) -> Option<()> {
        let source = self.source(step.args[0], self.live.args[at][0])?;
        let dst = self.target(at, step, &[0])?;
        match source {
            // The scalar root takes its upper half from a first source.
            Source::Register(r) if self.length == Length::One => self.three(encode::SQRT, dst, r, source)?,
            _ if self.length == Length::One => self.three(encode::SQRT, dst, dst, source)?,
            _ => self.unary(encode::SQRT, dst, source)?,
        }
        self.finish(at, step, dst)
    }

    /// One instruction of two arguments, which may change places if `free`.
    pub(super) fn two(&mut self, at: usize, step: &Step, form: Form, free: bool) -> Option<()> {
        let [a, b, _] = step.args;
        let [next_a, next_b, _] = self.live.args[at];
        let swap = match (self.registers.find(a), self.registers.find(b)) {
            (None, Some(_)) => true,
            (None, None) => next_a > next_b,
            _ => false,
        };
        let (first, second, next) = if swap && free { (b, a, next_a) } else { (a, b, next_b) };
        let first = self.fetch(first)?;
        let second = self.source(second, next)?;
        let dst = self.target(at, step, &[0, 1])?;
        self.three(form, dst, first, second)?;
        self.finish(at, step, dst)
    }

    /// A product with the third argument added to it, taken from it, or less it, rounded once.
    pub(super) fn fused(&mut self, at: usize, step: &Step, form: Form) -> Option<()> {
        let [mut a, mut b, c] = step.args;
        let [next_a, mut next_b, next_c] = self.live.args[at];
        let swap = match (self.registers.find(a), self.registers.find(b)) {
            (None, Some(_)) => true,
            (None, None) => next_a > next_b,
            _ => false,
        };
        if swap {
            (a, b, next_b) = (b, a, next_a);
        }
        let first = self.fetch(a)?;
        let second = self.source(b, next_b)?;
        let third = self.source(c, next_c)?;
        // The instruction adds to its destination, which the third argument's register may be.
        let allowed: &[usize] = if c == a || c == b { &[] } else { &[2] };
        let dst = self.target(at, step, allowed)?;
        match third {
            Source::Memory(place) => self.load(dst, place)?,
            Source::Register(r) if r == dst => {}
            register => self.unary(encode::MOVE, dst, register)?,
        }
        self.three(form, dst, first, second)?;
        self.finish(at, step, dst)
    }

    /// A product, then another operation on it and the third argument.
    pub(super) fn product(&mut self, at: usize, step: &Step, form: Form) -> Option<()> {
        let [mut a, mut b, c] = step.args;
        let [next_a, mut next_b, next_c] = self.live.args[at];
        let swap = match (self.registers.find(a), self.registers.find(b)) {
            (None, Some(_)) => true,
            (None, None) => next_a > next_b,
            _ => false,
        };
        if swap {
            (a, b, next_b) = (b, a, next_a);
        }
        let third = self.source(c, next_c)?;
        let first = self.fetch(a)?;
        let second = self.source(b, next_b)?;
        let allowed: Vec<usize> = [0, 1].into_iter().filter(|k| step.args[*k] != c).collect();
        let dst = self.target(at, step, &allowed)?;
        self.three(encode::MUL, dst, first, second)?;
        self.three(form, dst, dst, third)?;
        self.finish(at, step, dst)
    }

    /// A value with not-a-number and infinities replaced by zero.
    pub(super) fn finite(&mut self, at: usize, step: &Step) -> Option<()> {
        let a = self.fetch(step.args[0])?;
        if self.isa.is_wide() {
            let dst = self.target(at, step, &[0])?;
            if dst != a {
                self.unary(encode::MOVE, dst, Source::Register(a))?;
            }
            for part in 0..self.parts {
                let dst = self.part(dst, part);
                let second = Operand::Memory(self.asm.constant(ONLY_FINITE));
                let form = encode::FIX_SPECIAL;
                self.asm.vector(self.length, Vector { form, dst, first: dst, second, mask: 0, immediate: Some(0) });
            }
            return self.finish(at, step, dst);
        }
        let dst = self.grant()?;
        self.reads(at, step);
        // The difference of a finite number with itself is zero, of any other not a number.
        self.three(encode::SUB, dst, a, Source::Register(a))?;
        for part in 0..self.parts {
            let register = self.part(dst, part);
            let second = Operand::Register(register);
            self.compare(encode::ORDERED, register, register, second, 0);
        }
        self.three(encode::AND, dst, dst, Source::Register(a))?;
        self.finish(at, step, dst)
    }

    fn compare(&mut self, predicate: u8, dst: u8, first: u8, second: Operand, mask: u8) {
        let form = encode::COMPARE;
        self.asm.vector(self.length, Vector { form, dst, first, second, mask, immediate: Some(predicate) });
    }

    pub(super) fn select(&mut self, at: usize, step: &Step) -> Option<()> {
        let [t, x, y] = step.args;
        let t = self.fetch(t)?;
        let y = self.fetch(y)?;
        // The blend is packed always: a scalar in memory would be read beyond its end.
        let x = match self.length {
            Length::One => Source::Register(self.fetch(x)?),
            _ => self.source(x, self.live.args[at][1])?,
        };
        let dst = self.grant()?;
        self.reads(at, step);
        let predicate = encode::NOT_EQUAL_OR_UNORDERED;
        for part in 0..self.parts {
            let zero = Operand::Memory(self.asm.constant(0));
            let (d, t, y) = (self.part(dst, part), self.part(t, part), self.part(y, part));
            let x = self.operand(x, part)?;
            if self.isa.is_wide() {
                self.compare(predicate, SELECT_MASK, t, zero, 0);
                let form = encode::BLEND_BY_MASK;
                let blend = Vector { form, dst: d, first: y, second: x, mask: SELECT_MASK, immediate: None };
                self.asm.vector(self.length, blend);
            } else {
                self.compare(predicate, d, t, zero, 0);
                let form = encode::BLEND_BY_VECTOR;
                let blend = Vector { form, dst: d, first: y, second: x, mask: 0, immediate: Some(d << 4) };
                self.asm.vector(self.length, blend);
            }
        }
        self.finish(at, step, dst)
    }

    /// Mask register of a part; two take turns, so that comparisons need not wait for each other.
    fn mask(&self, part: u8, turn: u8) -> u8 {
        1 + 2 * part + turn
    }

    pub(super) fn begin_notes(&mut self) {
        for part in 0..self.parts {
            if self.isa.is_wide() {
                (0..2).for_each(|turn| self.asm.mask_ones(1 + 2 * part + turn));
            } else {
                let register = self.part(self.notes, part);
                // The packed form, since the scalar one leaves the upper half as it was.
                let (form, second) = (encode::COMPARE, Operand::Register(register));
                let all =
                    Vector { form, dst: register, first: register, second, mask: 0, immediate: Some(encode::TRUE) };
                let length = if self.length == Length::One { Length::Two } else { self.length };
                self.asm.vector(length, all);
            }
        }
    }

    pub(super) fn greater(&mut self, at: usize, step: &Step) -> Option<()> {
        let [a, b, _] = step.args;
        let a = self.fetch(a)?;
        let b = self.source(b, self.live.args[at][1])?;
        let scratch = if self.isa.is_wide() { None } else { Some(self.grant()?) };
        self.reads(at, step);
        for part in 0..self.parts {
            let first = self.part(a, part);
            let second = self.operand(b, part)?;
            if let Some(scratch) = scratch {
                let (scratch, notes) = (self.part(scratch, part), self.part(self.notes, part));
                self.compare(encode::GREATER, scratch, first, second, 0);
                self.asm.three(encode::AND, self.length, notes, notes, Operand::Register(scratch));
            } else {
                let mask = self.mask(part, self.greater % 2);
                self.compare(encode::GREATER, mask, first, second, mask);
            }
        }
        self.greater = self.greater.wrapping_add(1);
        Some(())
    }

    /// Lanes noted, as bits in eax.
    pub(super) fn end_notes(&mut self) {
        for part in 0..self.parts {
            let to = if part == 0 { RAX } else { RCX };
            if self.isa.is_wide() {
                let mask = self.mask(part, 0);
                self.asm.mask_and(mask, mask + 1);
                self.asm.mask_bits(to, mask);
            } else {
                let notes = self.part(self.notes, part);
                self.asm.sign_bits(self.length, to, notes);
            }
            if part > 0 {
                let by = (self.length.bytes() / 8) as u8;
                self.asm.or_shifted(RAX, RCX, by);
            }
        }
    }

    /// Calls a function; arguments and result go through memory, and nothing stays in registers.
    pub(super) fn call(&mut self, step: &Step, address: u64, which: u32) -> Option<()> {
        for (register, place) in self.registers.flush() {
            self.store(register, place)?;
        }
        let places = [(RDI, step.dst), (RSI, step.args[0]), (RDX, step.args[1])];
        for (register, place) in places {
            let memory = self.whole(place)?;
            self.asm.address(register, memory);
        }
        self.asm.set_small(RCX, which);
        if self.length.bytes() > 16 {
            self.asm.clear_upper();
        }
        self.asm.call(address);
        Some(())
    }
}
