//! From graph nodes to instructions over virtual registers, with neighbouring operations fused.

use super::Code;
use super::build::{Layout, Output};
use rustc_hash::FxHashMap;
use synapta_model::graph::{Binary, Graph, Node, NodeId, Unary};

/// Marks a register number as virtual: the index of the instruction that makes it.
pub(super) const VIRTUAL: u32 = 1 << 31;

/// An instruction before registers are given out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub code: Code,
    pub args: [u32; 3],
    pub count: usize,
    /// The register the result must land in.
    pub target: Option<u32>,
    /// True once it was merged into the instruction that used it.
    pub merged: bool,
}

impl Step {
    /// An instruction whose result may land anywhere.
    pub fn new(code: Code, args: &[u32]) -> Step {
        let mut three = [args[0]; 3];
        three[..args.len()].copy_from_slice(args);
        Step { code, args: three, count: args.len(), target: None, merged: false }
    }
}

/// All instructions of one tape before registers are given out.
pub(super) struct Lowered {
    pub steps: Vec<Step>,
    pub outputs: Vec<u32>,
    pub split: usize,
}

pub(super) struct Lowering<'a> {
    graph: &'a Graph,
    layout: &'a mut Layout,
    places: FxHashMap<NodeId, u32>,
    powers: FxHashMap<(u32, u32), u32>,
    lowered: Lowered,
}

impl<'a> Lowering<'a> {
    pub fn new(graph: &'a Graph, layout: &'a mut Layout) -> Self {
        let lowered = Lowered { steps: vec![], outputs: vec![], split: 0 };
        Lowering { graph, layout, places: FxHashMap::default(), powers: FxHashMap::default(), lowered }
    }

    /// Adds what `output` needs.
    pub fn output(&mut self, output: Output) {
        let place = self.place(output.node);
        let Some(register) = output.register else {
            self.lowered.outputs.push(place);
            return;
        };
        let split = self.lowered.split;
        match self.step_mut(place) {
            // What the first part makes gets a copy in the rest: it runs alone too, and must leave results of the rest.
            Some((at, step)) if step.target.is_none() && at >= split => step.target = Some(register),
            _ => {
                self.push(Code::Copy, &[place]);
                if let Some(step) = self.lowered.steps.last_mut() {
                    step.target = Some(register);
                }
            }
        }
        self.lowered.outputs.push(register);
    }

    /// The step that makes a virtual register, with its number.
    fn step_mut(&mut self, place: u32) -> Option<(usize, &mut Step)> {
        let at = (place & !VIRTUAL) as usize;
        (place & VIRTUAL != 0).then(|| (at, &mut self.lowered.steps[at]))
    }

    pub fn mark_split(&mut self) {
        self.lowered.split = self.lowered.steps.len();
    }

    pub fn finish(self) -> Lowered {
        self.lowered
    }

    /// The register of a node, its instructions added if they are not there yet. Depth first, without recursion.
    fn place(&mut self, root: NodeId) -> u32 {
        let mut stack = vec![(root, false)];
        while let Some((node, parts_done)) = stack.pop() {
            if self.places.contains_key(&node) {
                continue;
            }
            if let Some(register) = self.layout.fixed(self.graph, node) {
                self.places.insert(node, register);
                continue;
            }
            if parts_done {
                let place = self.lower(node);
                self.places.insert(node, place);
            } else {
                stack.push((node, true));
                stack.extend(self.graph.node(node).parts().map(|p| (p, false)));
            }
        }
        self.places[&root]
    }

    fn push(&mut self, code: Code, args: &[u32]) -> u32 {
        self.lowered.steps.push(Step::new(code, args));
        VIRTUAL | (self.lowered.steps.len() as u32 - 1)
    }

    fn lower(&mut self, node: NodeId) -> u32 {
        match self.graph.node(node) {
            Node::Unary(f, a) => {
                let a = self.places[&a];
                let code = match f {
                    Unary::Neg => Code::Neg,
                    Unary::Sqrt => Code::Sqrt,
                    Unary::Exp => Code::Exp,
                    Unary::Ln => Code::Ln,
                    other => Code::Unary(other),
                };
                self.push(code, &[a])
            }
            Node::Binary(f, a, b) => {
                let (a, b) = (self.places[&a], self.places[&b]);
                let code = match f {
                    Binary::Add => Code::Add,
                    Binary::Sub => Code::Sub,
                    Binary::Mul => Code::Mul,
                    Binary::Div => Code::Div,
                    Binary::Pow => Code::Pow,
                    other => Code::Binary(other),
                };
                self.push(code, &[a, b])
            }
            Node::IntPower(a, n) => {
                let a = self.places[&a];
                self.int_power(a, n)
            }
            Node::Select(c, a, b) => {
                let args = [self.places[&c], self.places[&a], self.places[&b]];
                self.push(Code::Select, &args)
            }
            // Symbols and numbers have fixed registers.
            Node::Symbol(s) => s,
            Node::Number(_) => 0,
        }
    }

    fn int_power(&mut self, a: u32, n: i32) -> u32 {
        let power = self.positive_power(a, n.unsigned_abs());
        if n > 0 {
            return power;
        }
        let one = self.layout.constant(1.0);
        self.push(Code::Div, &[one, power])
    }

    /// `a^n` by halving, powers already made used again.
    fn positive_power(&mut self, a: u32, n: u32) -> u32 {
        if n == 1 {
            return a;
        }
        if let Some(place) = self.powers.get(&(a, n)) {
            return *place;
        }
        let (low, high) = (self.positive_power(a, n / 2), self.positive_power(a, n - n / 2));
        let place = self.push(Code::Mul, &[low, high]);
        self.powers.insert((a, n), place);
        place
    }
}

/// Merges a product used once into the sum or product that uses it.
pub(super) fn fuse(lowered: &mut Lowered) {
    let mut uses = vec![0u32; lowered.steps.len()];
    let mut count = |place: u32| {
        if place & VIRTUAL != 0 {
            uses[(place & !VIRTUAL) as usize] += 1;
        }
    };
    for step in &lowered.steps {
        step.args[..step.count].iter().for_each(|a| count(*a));
    }
    lowered.outputs.iter().for_each(|o| count(*o));
    for i in 0..lowered.steps.len() {
        let step = lowered.steps[i];
        let single = |place: u32| {
            let at = (place & VIRTUAL != 0).then_some((place & !VIRTUAL) as usize)?;
            let made = lowered.steps[at];
            let plain = made.code == Code::Mul && made.target.is_none() && !made.merged;
            (plain && uses[at] == 1).then_some((at, made.args))
        };
        let [a, b, _] = step.args;
        let merged = match step.code {
            Code::Add => single(a).map(|m| (m, Code::MulAdd, b)).or_else(|| single(b).map(|m| (m, Code::MulAdd, a))),
            Code::Sub => single(a).map(|m| (m, Code::MulSub, b)).or_else(|| single(b).map(|m| (m, Code::SubMul, a))),
            Code::Mul if a != b => {
                single(a).map(|m| (m, Code::Mul3, b)).or_else(|| single(b).map(|m| (m, Code::Mul3, a)))
            }
            _ => None,
        };
        if let Some(((at, [x, y, _]), code, other)) = merged {
            lowered.steps[at].merged = true;
            let step = &mut lowered.steps[i];
            step.code = code;
            step.args = [x, y, other];
            step.count = 3;
        }
    }
}
