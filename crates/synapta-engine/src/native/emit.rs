//! From a line to a function in machine code.

use super::allocate::Registers;
use super::encode::{self, Assembler, Form, Length, Memory, Operand};
use super::frame::Frame;
use super::isa::Isa;
use super::line::{Line, Op, Place, Step};
use super::liveness::{Liveness, NEVER};

/// Vectors of a value: how many, and how long.
pub(super) fn shape(isa: Isa, lanes: usize) -> Option<(usize, Length)> {
    let longest = if isa.is_wide() { 8 } else { 4 };
    let length = match lanes.min(longest) {
        1 => Length::One,
        2 => Length::Two,
        4 => Length::Four,
        8 => Length::Eight,
        _ => return None,
    };
    let count = lanes / (length.bytes() as usize / 8);
    (isa.has_vectors() && count <= 2 && lanes.is_power_of_two()).then_some((count, length))
}

/// Emits a function for `W` lanes and gives its entry; `None` if it cannot be done for this set.
pub(super) fn emit<const W: usize>(asm: &mut Assembler, isa: Isa, line: &Line) -> Option<usize> {
    let (parts, length) = shape(isa, W)?;
    // Displacements have 31 bits.
    i32::try_from(line.places() * W * size_of::<f64>()).ok()?;
    let notes = line.steps.iter().any(|s| s.op == Op::Greater);
    let all = if isa.is_wide() { 32 } else { 16 } / parts;
    // Without masks the lanes found bad are noted in a vector register.
    let noted = notes && !isa.is_wide();
    let mut emitter = Emitter {
        entry: asm.start(),
        asm,
        isa,
        line,
        live: Liveness::of(line),
        frame: Frame::new(line, W, length, isa.is_wide()),
        registers: Registers::new(all - usize::from(noted), line.places()),
        parts: parts as u8,
        length,
        notes: all as u8 - 1,
        greater: 0,
    };
    emitter.frame.enter(emitter.asm);
    if notes {
        emitter.begin_notes();
    }
    for at in 0..line.steps.len() {
        emitter.step::<W>(at)?;
    }
    if notes {
        emitter.end_notes();
    }
    emitter.frame.leave(emitter.asm);
    Some(emitter.entry)
}

pub(super) struct Emitter<'a> {
    pub asm: &'a mut Assembler,
    pub isa: Isa,
    line: &'a Line,
    pub live: Liveness,
    frame: Frame,
    pub registers: Registers,
    /// Vectors of a value.
    pub parts: u8,
    pub length: Length,
    /// The register of lanes noted, where masks are missing.
    pub notes: u8,
    /// Number of comparisons so far.
    pub greater: u8,
    entry: usize,
}

/// Where an argument is.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Register(u8),
    Memory(Place),
}

impl Emitter<'_> {
    fn step<const W: usize>(&mut self, at: usize) -> Option<()> {
        let step = self.line.steps[at];
        self.registers.begin(self.live.call[at]);
        match step.op {
            Op::Call(function) => {
                let (address, which) = function.address::<W>(self.isa)?;
                self.call(&step, address, which)
            }
            Op::Copy => self.copy(at, &step),
            Op::Sqrt => self.root(at, &step),
            Op::Finite => self.finite(at, &step),
            Op::Add => self.two(at, &step, encode::ADD, true),
            Op::Sub => self.two(at, &step, encode::SUB, false),
            Op::Mul => self.two(at, &step, encode::MUL, true),
            Op::Div => self.two(at, &step, encode::DIV, false),
            Op::And => self.two(at, &step, encode::AND, false),
            Op::Xor => self.two(at, &step, encode::XOR, false),
            Op::MulAdd => self.fused(at, &step, encode::MUL_ADD),
            Op::MulSub => self.fused(at, &step, encode::MUL_SUB),
            Op::SubMul => self.fused(at, &step, encode::SUB_MUL),
            Op::Mul3 => self.product(at, &step, encode::MUL),
            Op::Select => self.select(at, &step),
            Op::Greater => self.greater(at, &step),
        }
    }

    /// The physical register of a part.
    pub(super) fn part(&self, register: u8, part: u8) -> u8 {
        register * self.parts + part
    }

    pub(super) fn memory(&mut self, place: Place, part: u8) -> Option<Memory> {
        let first = self.line.area_places();
        match place.checked_sub(first) {
            Some(constant) => {
                let bits = self.line.constants[constant as usize];
                Some(if self.length == Length::Eight { self.asm.single(bits) } else { self.asm.constant(bits) })
            }
            None => {
                let scale = if self.isa.is_wide() { self.length.bytes() } else { 1 };
                self.frame.memory(place, i32::from(part) * self.length.bytes(), scale)
            }
        }
    }

    /// Where a function that is called finds all lanes of a place.
    pub(super) fn whole(&mut self, place: Place) -> Option<Memory> {
        match place.checked_sub(self.line.area_places()) {
            Some(constant) => Some(self.asm.constant(self.line.constants[constant as usize])),
            None => self.memory(place, 0),
        }
    }

    pub(super) fn operand(&mut self, source: Source, part: u8) -> Option<Operand> {
        Some(match source {
            Source::Register(r) => Operand::Register(self.part(r, part)),
            Source::Memory(place) => Operand::Memory(self.memory(place, part)?),
        })
    }

    /// `dst = first op second`, for all parts.
    pub(super) fn three(&mut self, form: Form, dst: u8, first: u8, second: Source) -> Option<()> {
        for part in 0..self.parts {
            let (d, f) = (self.part(dst, part), self.part(first, part));
            let second = self.operand(second, part)?;
            self.asm.three(form, self.length, d, f, second);
        }
        Some(())
    }

    /// `dst = op second` for forms without a first source, for all parts.
    pub(super) fn unary(&mut self, form: Form, dst: u8, second: Source) -> Option<()> {
        for part in 0..self.parts {
            let d = self.part(dst, part);
            let second = self.operand(second, part)?;
            self.asm.three(form, self.length, d, 0, second);
        }
        Some(())
    }

    pub(super) fn load(&mut self, register: u8, place: Place) -> Option<()> {
        self.unary(encode::LOAD, register, Source::Memory(place))
    }

    pub(super) fn store(&mut self, register: u8, place: Place) -> Option<()> {
        self.unary(encode::STORE, register, Source::Memory(place))
    }

    /// A register to write.
    pub(super) fn grant(&mut self) -> Option<u8> {
        let granted = self.registers.grant()?;
        if let Some(place) = granted.store {
            self.store(granted.register, place)?;
        }
        Some(granted.register)
    }

    /// An argument in a register.
    pub(super) fn fetch(&mut self, place: Place) -> Option<u8> {
        if let Some(register) = self.registers.find(place) {
            return Some(register);
        }
        let register = self.grant()?;
        self.load(register, place)?;
        self.registers.loaded(register, place);
        Some(register)
    }

    /// An argument in a register if it is there or read again soon, else in memory.
    pub(super) fn source(&mut self, place: Place, next: u32) -> Option<Source> {
        if let Some(register) = self.registers.find(place) {
            return Some(Source::Register(register));
        }
        if next != NEVER && self.registers.earns(next) {
            return self.fetch(place).map(Source::Register);
        }
        Some(Source::Memory(place))
    }

    /// Notes the reads of a step.
    pub(super) fn reads(&mut self, at: usize, step: &Step) {
        for (place, next) in step.reads().iter().zip(self.live.args[at]) {
            self.registers.read(*place, next);
        }
    }

    /// A register for the result: that of an argument not read again, of those allowed, else another. Notes the reads.
    pub(super) fn target(&mut self, at: usize, step: &Step, allowed: &[usize]) -> Option<u8> {
        let dead = allowed.iter().find_map(|k| {
            let last = *k < step.op.arity() && self.live.args[at][*k] == NEVER;
            last.then(|| self.registers.find(step.args[*k]))?
        });
        let register = match dead {
            Some(register) => register,
            None => self.grant()?,
        };
        self.reads(at, step);
        Some(register)
    }

    /// Puts the result in place.
    pub(super) fn finish(&mut self, at: usize, step: &Step, register: u8) -> Option<()> {
        let kept = self.live.kept[at];
        if kept {
            self.store(register, step.dst)?;
        }
        self.registers.written(register, step.dst, self.live.dst[at], !kept);
        Some(())
    }
}
