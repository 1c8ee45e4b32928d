//! Tapes as lines.

use super::calls::Function;
use super::line::{Line, Op, Place};
use crate::tape::{Code, Instruction, Tape};
use std::ops::Range;

const SIGN: u64 = 1 << 63;

/// A line over one area, the register file, that runs a tape's instructions `range` and then, of the registers in
/// `cleaned`, replaces what is not finite by zero. Registers that nothing reads after the range may keep old values:
/// read are the tape's outputs and what its later instructions take.
pub(super) fn line(tape: &Tape, range: Range<usize>, cleaned: &[Range<usize>]) -> Line {
    let length = registers(tape, cleaned);
    let mut line = Line::new(&[length]);
    line.live = exposed(&tape.code[range.end..], length);
    line.live.extend(&tape.outputs);
    line.live.extend(cleaned.iter().cloned().flatten().map(|r| r as u32));
    let code = &tape.code[range];
    let last = last_touches(code, cleaned);
    for (at, instruction) in code.iter().enumerate() {
        push(&mut line, tape, instruction);
        for register in touched(instruction) {
            if last.get(&register) == Some(&at) {
                line.push(Op::Finite, register, &[register]);
            }
        }
    }
    // Results of the part before the range may have landed in these registers too.
    for register in cleaned.iter().cloned().flatten().map(|r| r as u32).filter(|r| !last.contains_key(r)) {
        line.push(Op::Finite, register, &[register]);
    }
    line
}

/// A line over three areas that runs the first part of a tape and makes a stage's right side of its rates: the register
/// file, sums that become results, and one place of factors, `result = factor sum + rate`. Of the file's registers only the
/// guard's is of use afterwards.
pub(super) fn stage(tape: &Tape, rates: Range<usize>, guard: Option<u32>) -> Line {
    let (length, n) = (registers(tape, std::slice::from_ref(&rates)), rates.len());
    let mut line = Line::new(&[length, n, 1]);
    let [results, factor] = [line.areas[1], line.areas[2]];
    line.live = (results..results + n as u32).chain(guard).collect();
    let code = &tape.code[..tape.split];
    let last = last_writes(code, &rates);
    let finish =
        |line: &mut Line, k: u32| line.push(Op::MulAdd, results + k, &[factor, results + k, rates.start as u32 + k]);
    for (at, instruction) in code.iter().enumerate() {
        push(&mut line, tape, instruction);
        if let Some(k) = rate(&rates, instruction.dst).filter(|k| last[*k as usize] == Some(at)) {
            finish(&mut line, k);
        }
    }
    for k in (0..n as u32).filter(|k| last[*k as usize].is_none()) {
        finish(&mut line, k);
    }
    line
}

/// The last instruction that writes each rate.
fn last_writes(code: &[Instruction], rates: &Range<usize>) -> Vec<Option<usize>> {
    let mut last = vec![None; rates.len()];
    for (at, instruction) in code.iter().enumerate() {
        if let Some(k) = rate(rates, instruction.dst) {
            last[k as usize] = Some(at);
        }
    }
    last
}

/// Which of the rates a register is.
fn rate(rates: &Range<usize>, register: u32) -> Option<u32> {
    rates.contains(&(register as usize)).then(|| register - rates.start as u32)
}

/// Length of the shortest file the tape can run on and be cleaned in.
pub(super) fn registers(tape: &Tape, cleaned: &[Range<usize>]) -> usize {
    let used = tape.code.iter().flat_map(|i| [i.dst, i.a, i.b, i.c]).chain(tape.outputs.iter().copied());
    let used = used.max().map_or(0, |r| r as usize + 1);
    cleaned.iter().map(|range| range.end).fold(used, usize::max)
}

/// Registers that instructions read before they write them.
fn exposed(code: &[Instruction], registers: usize) -> Vec<Place> {
    let mut settled = vec![false; registers];
    let mut found = vec![];
    for i in code {
        for register in [i.a, i.b, i.c] {
            if !std::mem::replace(&mut settled[register as usize], true) {
                found.push(register);
            }
        }
        settled[i.dst as usize] = true;
    }
    found
}

/// The last instruction that touches each register to be cleaned.
fn last_touches(code: &[Instruction], cleaned: &[Range<usize>]) -> rustc_hash::FxHashMap<u32, usize> {
    let wanted = |r: &u32| cleaned.iter().any(|range| range.contains(&(*r as usize)));
    let touches = code.iter().enumerate().flat_map(|(at, i)| touched(i).into_iter().map(move |r| (r, at)));
    touches.filter(|(r, _)| wanted(r)).collect()
}

/// Registers of an instruction, each once.
fn touched(i: &Instruction) -> Vec<u32> {
    let mut all = vec![i.dst, i.a, i.b, i.c];
    all.sort_unstable();
    all.dedup();
    all
}

/// Literals stand in the line as constants, which may take less room than registers.
fn push(line: &mut Line, tape: &Tape, i: &Instruction) {
    let [a, b, c] = [i.a, i.b, i.c].map(|r| tape.literals.get(&r).map_or(r, |bits| line.constant(*bits)));
    let op = match i.code {
        Code::Copy => Op::Copy,
        Code::Add => Op::Add,
        Code::Sub => Op::Sub,
        Code::Mul => Op::Mul,
        Code::Div => Op::Div,
        Code::MulAdd => Op::MulAdd,
        Code::MulSub => Op::MulSub,
        Code::SubMul => Op::SubMul,
        Code::Mul3 => Op::Mul3,
        Code::Neg => {
            let sign = line.constant(SIGN);
            return line.push(Op::Xor, i.dst, &[a, sign]);
        }
        Code::Sqrt => Op::Sqrt,
        Code::Exp => Op::Call(Function::Exp),
        Code::Ln => Op::Call(Function::Ln),
        Code::Pow => Op::Call(Function::Pow),
        Code::Select => Op::Select,
        Code::Unary(f) => Op::Call(Function::Unary(f)),
        Code::Binary(f) => Op::Call(Function::Binary(f)),
    };
    line.push(op, i.dst, &[a, b, c]);
}
