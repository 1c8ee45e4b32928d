//! Registers for the results of a tape, used again once their value is no longer needed.

use super::build::Layout;
use super::lower::{Lowered, VIRTUAL};
use super::{Instruction, Tape};

/// Gives every virtual register a real one. The scratch registers of a tape are its own.
pub(super) fn allocate(lowered: Lowered, layout: &mut Layout) -> Tape {
    let last = last_uses(&lowered);
    let scratch = layout.reserve(0);
    let (mut free, mut used): (Vec<u32>, u32) = (vec![], 0);
    let mut real = vec![u32::MAX; lowered.steps.len()];
    let mut tape = Tape::default();
    for (i, step) in lowered.steps.iter().enumerate() {
        if i == lowered.split {
            tape.split = tape.code.len();
        }
        if step.merged {
            continue;
        }
        let args = step.args.map(|p| resolve(p, &real));
        for (k, place) in step.args[..step.count].iter().enumerate() {
            let repeated = step.args[..k].contains(place);
            if place & VIRTUAL != 0 && !repeated {
                let v = (place & !VIRTUAL) as usize;
                if last[v] == i && lowered.steps[v].target.is_none() {
                    free.push(real[v]);
                }
            }
        }
        let dst = step.target.unwrap_or_else(|| {
            free.pop().unwrap_or_else(|| {
                used += 1;
                scratch + used - 1
            })
        });
        real[i] = dst;
        let [a, b, c] = args;
        tape.code.push(Instruction { code: step.code, dst, a, b, c });
    }
    if lowered.split >= lowered.steps.len() {
        tape.split = tape.code.len();
    }
    layout.reserve(used as usize);
    tape.literals = layout.literals();
    tape.outputs = lowered.outputs.iter().map(|o| resolve(*o, &real)).collect();
    tape
}

fn resolve(place: u32, real: &[u32]) -> u32 {
    if place & VIRTUAL == 0 { place } else { real[(place & !VIRTUAL) as usize] }
}

/// The last instruction that reads each result; outputs are needed to the end.
fn last_uses(lowered: &Lowered) -> Vec<usize> {
    let mut last = vec![0; lowered.steps.len()];
    let mut note = |place: u32, at: usize| {
        if place & VIRTUAL != 0 {
            last[(place & !VIRTUAL) as usize] = at;
        }
    };
    for (i, step) in lowered.steps.iter().enumerate() {
        if !step.merged {
            step.args[..step.count].iter().for_each(|a| note(*a, i));
        }
    }
    lowered.outputs.iter().for_each(|o| note(*o, usize::MAX));
    last
}
