//! The few x86-64 instructions that tapes need, as bytes.
//!
//! Vector instructions have three operands: a destination, a first source in a register and a second source in a
//! register or in memory. They come in two encodings, VEX (AVX, registers 0 to 15) and EVEX (AVX-512, registers 0 to 31,
//! 512 bits, masks, short displacements scaled by the operand's size); the shorter one that can say it is taken.
//! Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, sections 2.3 and 2.7.

/// Length of a vector in doubles. `One` is the scalar form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    One,
    Two,
    Four,
    Eight,
}

impl Length {
    /// Bytes an operand has in memory.
    pub fn bytes(self) -> i32 {
        match self {
            Length::One => 8,
            Length::Two => 16,
            Length::Four => 32,
            Length::Eight => 64,
        }
    }

    fn bits(self) -> u8 {
        match self {
            Length::One | Length::Two => 0,
            Length::Four => 1,
            Length::Eight => 2,
        }
    }
}

/// A general register, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct General(pub u8);

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Memory {
    /// Bytes from a general register (not the stack pointer).
    Base(General, i32),
    /// A constant of the pool behind the code, by number: a whole vector.
    Pool(usize),
    /// The same as one double behind that pool, which an EVEX form of eight lanes spreads over all of them.
    Single(usize),
}

/// The second source of a vector instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Register(u8),
    Memory(Memory),
}

/// Opcode, opcode map, whether a scalar form with its own prefix exists, and the encodings it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    opcode: u8,
    map: u8,
    scalar: bool,
    vex: bool,
    evex: bool,
    /// True for products with a sum: the scalar form has the next opcode, not a prefix.
    fused: bool,
}

impl Form {
    fn is_load(self) -> bool {
        self.opcode == LOAD.opcode && self.map == LOAD.map
    }
}

const fn arithmetic(opcode: u8) -> Form {
    Form { opcode, map: 1, scalar: true, vex: true, evex: true, fused: false }
}

const fn fused(opcode: u8) -> Form {
    Form { opcode, map: 2, scalar: false, vex: true, evex: true, fused: true }
}

const fn logical(opcode: u8) -> Form {
    Form { scalar: false, ..arithmetic(opcode) }
}

pub(super) const ADD: Form = arithmetic(0x58);
pub(super) const SUB: Form = arithmetic(0x5c);
pub(super) const MUL: Form = arithmetic(0x59);
pub(super) const DIV: Form = arithmetic(0x5e);
pub(super) const SQRT: Form = arithmetic(0x51);
/// The destination plus the product of the sources, less it, and less the product; each rounded once.
pub(super) const MUL_ADD: Form = fused(0xb8);
pub(super) const MUL_SUB: Form = fused(0xba);
pub(super) const SUB_MUL: Form = fused(0xbc);
/// Comparison; the destination is a mask register in the EVEX form, and the immediate the predicate.
pub(super) const COMPARE: Form = arithmetic(0xc2);
pub(super) const LOAD: Form = arithmetic(0x10);
/// What [`LOAD`] of a single double into all lanes is.
const SPREAD: Form = Form { opcode: 0x19, map: 2, scalar: false, vex: false, evex: true, fused: false };
pub(super) const STORE: Form = arithmetic(0x11);
pub(super) const MOVE: Form = logical(0x28);
pub(super) const AND: Form = logical(0x54);
pub(super) const XOR: Form = logical(0x57);
/// Second source where the mask is set, else the first.
pub(super) const BLEND_BY_MASK: Form =
    Form { opcode: 0x65, map: 2, scalar: false, vex: false, evex: true, fused: false };
/// The same with the mask in a vector register, whose number times 16 is the immediate.
pub(super) const BLEND_BY_VECTOR: Form =
    Form { opcode: 0x4b, map: 3, scalar: false, vex: true, evex: false, fused: false };
/// Replaces special values of the first source in the destination, by a table.
pub(super) const FIX_SPECIAL: Form = Form { opcode: 0x54, map: 3, scalar: false, vex: false, evex: true, fused: false };
/// Sign bits to a general register.
const SIGNS: Form = Form { opcode: 0x50, map: 1, scalar: false, vex: true, evex: false, fused: false };

/// Predicates of [`COMPARE`], all quiet.
pub(super) const ORDERED: u8 = 7;
pub(super) const NOT_EQUAL_OR_UNORDERED: u8 = 4;
pub(super) const GREATER: u8 = 30;
pub(super) const TRUE: u8 = 15;

/// One vector instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector {
    pub form: Form,
    pub dst: u8,
    pub first: u8,
    pub second: Operand,
    /// Mask register of the EVEX form; 0 is none.
    pub mask: u8,
    pub immediate: Option<u8>,
}

/// Code in the making: bytes, and a pool of constants put behind them at the end.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    pub bytes: Vec<u8>,
    /// True if EVEX forms may be used.
    evex: bool,
    /// Doubles of one constant of the pool.
    lanes: usize,
    pool: Pool,
    singles: Pool,
    fixups: Vec<Fixup>,
}

/// Constants, each once.
#[derive(Debug, Default)]
struct Pool {
    bits: Vec<u64>,
    numbers: rustc_hash::FxHashMap<u64, usize>,
}

impl Pool {
    /// The number of a constant, which is added if it is new.
    fn number(&mut self, bits: u64) -> usize {
        let next = self.bits.len();
        let number = *self.numbers.entry(bits).or_insert(next);
        if number == next {
            self.bits.push(bits);
        }
        number
    }
}

#[derive(Debug)]
struct Fixup {
    /// Where the displacement stands.
    at: usize,
    /// Where the instruction ends, from which the displacement counts.
    end: usize,
    constant: Memory,
}

impl Assembler {
    /// For code of so many lanes, with EVEX forms if they may be used.
    pub fn new(evex: bool, lanes: usize) -> Assembler {
        // Packed forms of scalar code read two doubles.
        Assembler { evex, lanes: lanes.max(2), ..Assembler::default() }
    }

    /// A constant, the same in every lane.
    pub fn constant(&mut self, bits: u64) -> Memory {
        Memory::Pool(self.pool.number(bits))
    }

    /// The same for instructions of eight lanes, where it takes an eighth of the room.
    pub fn single(&mut self, bits: u64) -> Memory {
        Memory::Single(self.singles.number(bits))
    }

    /// Starts a function and gives its entry.
    pub fn start(&mut self) -> usize {
        while !self.bytes.len().is_multiple_of(64) {
            self.bytes.push(0xcc);
        }
        self.bytes.len()
    }

    /// The finished bytes: code, then constants.
    pub fn finish(mut self) -> Vec<u8> {
        let base = self.start();
        for bits in &self.pool.bits {
            (0..self.lanes).for_each(|_| self.bytes.extend(bits.to_le_bytes()));
        }
        let singles = self.bytes.len();
        self.bytes.extend(self.singles.bits.iter().flat_map(|bits| bits.to_le_bytes()));
        for f in &self.fixups {
            let place = match f.constant {
                Memory::Single(k) => singles + 8 * k,
                Memory::Pool(k) => base + 8 * self.lanes * k,
                Memory::Base(..) => continue,
            };
            let distance = place as i64 - f.end as i64;
            self.bytes[f.at..f.at + 4].copy_from_slice(&(distance as i32).to_le_bytes());
        }
        self.bytes
    }

    /// A three-operand instruction without mask or immediate.
    pub fn three(&mut self, form: Form, length: Length, dst: u8, first: u8, second: Operand) {
        self.vector(length, Vector { form, dst, first, second, mask: 0, immediate: None });
    }

    /// Any vector instruction.
    pub fn vector(&mut self, length: Length, mut v: Vector) {
        if v.form.is_load() && is_single(v.second) {
            v.form = SPREAD;
        }
        let to_mask = v.form.opcode == COMPARE.opcode && self.evex;
        let low = |r: u8| r < 16;
        let second_low = !matches!(v.second, Operand::Register(r) if !low(r));
        let vex = v.form.vex && !to_mask && length != Length::Eight && v.mask == 0;
        let vex = vex && low(v.dst) && low(v.first) && second_low;
        let evex = v.form.evex && self.evex;
        if vex && (!evex || vex_size(&v) <= evex_size(length, &v)) {
            self.vex(length, &v);
        } else {
            self.evex(length, &v);
        }
    }

    fn vex(&mut self, length: Length, v: &Vector) {
        let r = !(v.dst >> 3) & 1;
        let b = !(high(v.second) >> 3) & 1;
        let wide = u8::from(v.form.fused) << 7;
        let tail = wide | (!v.first & 15) << 3 | (length.bits() & 1) << 2 | prefix(length, v.form);
        if is_short(v) {
            self.bytes.extend([0xc5, r << 7 | tail]);
        } else {
            self.bytes.extend([0xc4, r << 7 | 1 << 6 | b << 5 | v.form.map, tail]);
        }
        self.bytes.push(opcode(length, v.form));
        self.operand(v.dst, v.second, 1, v.immediate);
    }

    fn evex(&mut self, length: Length, v: &Vector) {
        let rm = high(v.second);
        let x = if matches!(v.second, Operand::Register(_)) { rm >> 4 } else { 0 };
        let first = (!v.dst >> 3 & 1) << 7 | (!x & 1) << 6 | (!rm >> 3 & 1) << 5 | (!v.dst >> 4 & 1) << 4 | v.form.map;
        let second = 1 << 7 | (!v.first & 15) << 3 | 1 << 2 | prefix(length, v.form);
        let spread = u8::from(is_single(v.second) && v.form.opcode != SPREAD.opcode);
        let third = length.bits() << 5 | spread << 4 | (!v.first >> 4 & 1) << 3 | v.mask;
        self.bytes.extend([0x62, first, second, third, opcode(length, v.form)]);
        self.operand(v.dst, v.second, length.bytes(), v.immediate);
    }

    /// Register and memory operands, with the displacement in units of `scale` where it is short.
    fn operand(&mut self, register: u8, second: Operand, scale: i32, immediate: Option<u8>) {
        let reg = (register & 7) << 3;
        match second {
            Operand::Register(r) => self.bytes.push(0xc0 | reg | r & 7),
            Operand::Memory(constant @ (Memory::Pool(_) | Memory::Single(_))) => {
                self.bytes.push(reg | 5);
                let at = self.bytes.len();
                let end = at + 4 + usize::from(immediate.is_some());
                self.fixups.push(Fixup { at, end, constant });
                self.bytes.extend([0; 4]);
            }
            Operand::Memory(Memory::Base(base, offset)) => {
                let size = displacement_size(second, scale);
                let mode = [0, 1, 1, 1, 2][size.min(4)] << 6;
                self.bytes.push(mode | reg | base.0 & 7);
                if base.0 & 7 == 4 {
                    self.bytes.push(0x24);
                }
                match short(offset, scale) {
                    _ if size == 0 => {}
                    Some(d) => self.bytes.push(d as u8),
                    None => self.bytes.extend(offset.to_le_bytes()),
                }
            }
        }
        self.bytes.extend(immediate);
    }

    /// `dst = address of memory`.
    pub fn address(&mut self, dst: General, from: Memory) {
        let base = high(Operand::Memory(from));
        self.bytes.extend([0x48 | (dst.0 >> 3) << 2 | base >> 3, 0x8d]);
        self.operand(dst.0, Operand::Memory(from), 1, None);
    }

    pub fn push(&mut self, r: General) {
        self.with_rex(r, 0x50);
    }

    pub fn pop(&mut self, r: General) {
        self.with_rex(r, 0x58);
    }

    fn with_rex(&mut self, r: General, opcode: u8) {
        if r.0 >= 8 {
            self.bytes.push(0x41);
        }
        self.bytes.push(opcode | r.0 & 7);
    }

    /// `r = value` for one of the first eight registers, upper half zero.
    pub fn set_small(&mut self, r: General, value: u32) {
        self.bytes.push(0xb8 | r.0 & 7);
        self.bytes.extend(value.to_le_bytes());
    }

    /// Calls an address through rax.
    pub fn call(&mut self, address: u64) {
        self.bytes.extend([0x48, 0xb8]);
        self.bytes.extend(address.to_le_bytes());
        self.bytes.extend([0xff, 0xd0]);
    }

    pub fn ret(&mut self) {
        self.bytes.push(0xc3);
    }

    /// Clears the upper halves, so that scalar code that follows runs at full speed.
    pub fn clear_upper(&mut self) {
        self.bytes.extend([0xc5, 0xf8, 0x77]);
    }

    /// Sets all eight bits of a mask register.
    pub fn mask_ones(&mut self, k: u8) {
        self.bytes.extend([0xc5, 0x80 | (!k & 15) << 3 | 1 << 2 | 1, 0x46, 0xc0 | k << 3 | k]);
    }

    /// `k &= other`.
    pub fn mask_and(&mut self, k: u8, other: u8) {
        self.bytes.extend([0xc5, 0x80 | (!k & 15) << 3 | 1 << 2 | 1, 0x41, 0xc0 | k << 3 | other]);
    }

    /// `r = mask register` for one of the first eight registers.
    pub fn mask_bits(&mut self, r: General, k: u8) {
        self.bytes.extend([0xc5, 0xf9, 0x93, 0xc0 | r.0 << 3 | k]);
    }

    /// `r = sign bits` of a vector, for one of the first eight registers.
    pub fn sign_bits(&mut self, length: Length, r: General, vector: u8) {
        let second = Operand::Register(vector);
        self.vex(length, &Vector { form: SIGNS, dst: r.0, first: 0, second, mask: 0, immediate: None });
    }

    /// `r |= other << by`, both among the first eight registers; `other` is lost.
    pub fn or_shifted(&mut self, r: General, other: General, by: u8) {
        self.bytes.extend([0xc1, 0xe0 | other.0, by, 0x09, 0xc0 | other.0 << 3 | r.0]);
    }
}

fn opcode(length: Length, form: Form) -> u8 {
    form.opcode + u8::from(form.fused && length == Length::One)
}

fn prefix(length: Length, form: Form) -> u8 {
    if form.scalar && length == Length::One { 3 } else { 1 }
}

/// True if the two-byte VEX prefix can say it.
fn is_short(v: &Vector) -> bool {
    v.form.map == 1 && high(v.second) < 8
}

fn vex_size(v: &Vector) -> usize {
    3 - usize::from(is_short(v)) + 2 + displacement_size(v.second, 1)
}

fn evex_size(length: Length, v: &Vector) -> usize {
    4 + 2 + displacement_size(v.second, length.bytes())
}

/// The register in the second operand's field.
fn high(operand: Operand) -> u8 {
    match operand {
        Operand::Register(r) => r,
        Operand::Memory(Memory::Base(base, _)) => base.0,
        Operand::Memory(Memory::Pool(_) | Memory::Single(_)) => 0,
    }
}

fn is_single(operand: Operand) -> bool {
    matches!(operand, Operand::Memory(Memory::Single(_)))
}

/// The displacement in units of `scale`, if it fits a byte.
fn short(offset: i32, scale: i32) -> Option<i8> {
    (offset % scale == 0).then(|| i8::try_from(offset / scale).ok())?
}

/// Bytes the displacement takes; registers 5 and 13 cannot do without one.
fn displacement_size(operand: Operand, scale: i32) -> usize {
    match operand {
        Operand::Register(_) => 0,
        Operand::Memory(Memory::Pool(_) | Memory::Single(_)) => 4,
        Operand::Memory(Memory::Base(base, 0)) if base.0 & 7 != 5 => 0,
        Operand::Memory(Memory::Base(_, offset)) => short(offset, scale).map_or(4, |_| 1),
    }
}
