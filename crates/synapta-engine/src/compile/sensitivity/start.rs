//! How the values at the start depend on the parameters asked for.

use super::{error, outputs};
use crate::compile::{InitialPlan, Place, Quantity};
use crate::error::CompileError;
use crate::program::Program;
use crate::sensitivity::{Parameter, Sought};
use crate::state::State;
use crate::tape::{Layout, Tape};
use synapta_model::diagnostic::nearest;

/// The derivatives of initial assignments and rules at the start, in the order of the plan's quantities.
#[derive(Clone, Debug)]
pub(crate) struct StartSlopes {
    pub layout: Layout,
    /// The quantity of each parameter; `None` for doses.
    pub asked: Vec<Option<usize>>,
    /// Which parameters each quantity can depend on.
    pub depends: Vec<Vec<bool>>,
    partials: Vec<Option<Partials>>,
}

/// The derivatives of one formula by the quantities it uses.
#[derive(Clone, Debug)]
struct Partials {
    needs: Vec<usize>,
    tape: Tape,
}

impl StartSlopes {
    pub fn new(plan: &InitialPlan, sought: &Sought) -> Result<StartSlopes, CompileError> {
        let asked = sought.parameters.iter().map(|p| quantity_of(plan, p)).collect::<Result<Vec<_>, _>>()?;
        let depends = dependences(plan, &asked);
        let mut layout = plan.layout.clone();
        let mut graph = plan.graph.clone();
        let mut partials = vec![];
        for (node, depends) in plan.nodes.iter().zip(&depends) {
            let Some(node) = node.filter(|_| depends.contains(&true)) else {
                partials.push(None);
                continue;
            };
            // The last symbol is time, which no parameter moves.
            let symbols: Vec<u32> =
                graph.symbols(&[node]).into_iter().filter(|s| (*s as usize) < plan.quantities.len()).collect();
            let gradients = graph.gradients(&[node], &symbols);
            let zero = graph.number(0.0);
            let nodes: Vec<_> = gradients.iter().map(|g| g[0].unwrap_or(zero)).collect();
            let tape = layout.build(&graph, &outputs(&nodes));
            partials.push(Some(Partials { needs: symbols.iter().map(|s| *s as usize).collect(), tape }));
        }
        Ok(StartSlopes { layout, asked, depends, partials })
    }

    /// Puts the slopes of states and constants in place. `file` holds the values at the start; `given` are the quantities
    /// that were overridden.
    pub fn fill(&self, program: &Program, file: &mut [[f64; 1]], given: &[bool], state: &mut State) {
        let Some(carried) = &program.sensitivity else { return };
        let plan = &program.initial;
        for k in 0..carried.m {
            let mut slopes = vec![0.0; plan.quantities.len()];
            for at in &plan.order {
                let fixed = given[*at] || self.asked.contains(&Some(*at));
                slopes[*at] = match &self.partials[*at] {
                    _ if self.asked[k] == Some(*at) => 1.0,
                    Some(partials) if !fixed => partials.slope(file, &slopes),
                    _ => 0.0,
                };
                let quantity = &plan.quantities[*at];
                let slope = stored_slope(quantity, fixed, slopes[*at], file[*at][0], |s| (file[s][0], slopes[s]));
                match quantity.place.and_then(|place| carried.slope(place, k)) {
                    Some(Place::State(i)) => state.y[i] = slope,
                    Some(Place::Constant(j)) => state.p[j] = slope,
                    None => {}
                }
            }
        }
    }
}

impl Partials {
    fn slope(&self, file: &mut [[f64; 1]], slopes: &[f64]) -> f64 {
        self.tape.run(file);
        let terms = self.needs.iter().zip(&self.tape.outputs).filter(|(need, _)| slopes[**need] != 0.0);
        terms.map(|(need, partial)| file[*partial as usize][0] * slopes[*need]).sum()
    }
}

/// The slope of what is stored from that of the symbol; `size` gives a compartment's size with its slope.
fn stored_slope(q: &Quantity, fixed: bool, slope: f64, value: f64, size: impl Fn(usize) -> (f64, f64)) -> f64 {
    match q.size {
        // An amount as written does not change with the compartment.
        Some(_) if q.amount.is_some() && !fixed => 0.0,
        Some(s) => {
            let (size, size_slope) = size(s);
            slope * size + if size_slope == 0.0 { 0.0 } else { value * size_slope }
        }
        None => slope,
    }
}

fn quantity_of(plan: &InitialPlan, parameter: &Parameter) -> Result<Option<usize>, CompileError> {
    let Parameter::Value(id) = parameter else { return Ok(None) };
    match plan.by_id.get(id) {
        Some(at) if plan.quantities[*at].settable => Ok(Some(*at)),
        Some(_) => {
            let text = format!("`{id}` is determined by a rule, so nothing depends on its value at the start");
            Err(error("sensitivity-parameter", text, "ask for what the rule uses instead"))
        }
        None => {
            let help = match nearest(id, plan.by_id.keys().map(|k| k.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "ask for a parameter, species or compartment of the model".to_string(),
            };
            Err(error("sensitivity-parameter", format!("the model has no `{id}`"), &help))
        }
    }
}

/// Which parameters each quantity can depend on. Parameters asked for depend on themselves alone.
fn dependences(plan: &InitialPlan, asked: &[Option<usize>]) -> Vec<Vec<bool>> {
    let mut depends = vec![vec![false; asked.len()]; plan.quantities.len()];
    for at in &plan.order {
        let own: Vec<bool> = asked.iter().map(|a| *a == Some(*at)).collect();
        let is_asked = own.contains(&true);
        depends[*at] = own;
        // A compartment moves what is stored even where the symbol's value is fixed.
        let needs = &plan.quantities[*at].needs;
        let used = needs.iter().copied().filter(|n| !is_asked || plan.quantities[*at].size == Some(*n));
        for need in used.collect::<Vec<_>>() {
            for k in 0..asked.len() {
                let through = depends[need][k];
                depends[*at][k] |= through;
            }
        }
    }
    depends
}
