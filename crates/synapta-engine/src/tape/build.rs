//! Where everything lives in the register file, and tapes built into it.

use super::lower::{Lowered, Lowering, fuse};
use super::{Tape, allocate, batch};
use crate::native::Block;
use rustc_hash::FxHashMap;
use synapta_model::graph::{Graph, Node, NodeId};

/// A result asked of a tape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// The node to compute.
    pub node: NodeId,
    /// The register it must land in; `None` leaves the choice to the tape.
    pub register: Option<u32>,
}

impl Output {
    /// A node, anywhere.
    pub fn anywhere(node: NodeId) -> Output {
        Output { node, register: None }
    }
}

/// The register file. Registers below `inputs` are the graph's symbols, by number; more are added as tapes are built.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    len: u32,
    constants: FxHashMap<u64, u32>,
    /// Nodes whose value a run of an earlier tape leaves in a register.
    kept: FxHashMap<NodeId, u32>,
}

impl Layout {
    /// A file that holds only its inputs.
    pub fn new(inputs: u32) -> Layout {
        Layout { len: inputs, ..Layout::default() }
    }

    /// Sets `count` registers aside and gives the first.
    pub fn reserve(&mut self, count: usize) -> u32 {
        let first = self.len;
        self.len += count as u32;
        first
    }

    /// A file with its constants in place, everything else zero.
    pub fn registers<const W: usize>(&self) -> Block<W> {
        let mut file = Block::zeros(self.len as usize);
        for (bits, register) in &self.constants {
            file[*register as usize] = [f64::from_bits(*bits); W];
        }
        file
    }

    /// Registers that hold literals, with their bits.
    pub fn literals(&self) -> FxHashMap<u32, u64> {
        self.constants.iter().map(|(bits, register)| (*register, *bits)).collect()
    }

    /// The register of a literal.
    pub fn constant(&mut self, value: f64) -> u32 {
        let next = self.len;
        let register = *self.constants.entry(value.to_bits()).or_insert(next);
        self.len = self.len.max(register + 1);
        register
    }

    /// The register in which a node's value stands before any tape of this kind runs.
    pub fn fixed(&mut self, graph: &Graph, node: NodeId) -> Option<u32> {
        match graph.node(node) {
            Node::Symbol(s) => Some(s),
            Node::Number(bits) => Some(self.constant(f64::from_bits(bits))),
            _ => self.kept.get(&node).copied(),
        }
    }

    /// A tape that computes `outputs`.
    pub fn build(&mut self, graph: &Graph, outputs: &[Output]) -> Tape {
        self.build_split(graph, outputs, &[])
    }

    /// A tape that computes `first`, then, from what is there, `rest`.
    pub fn build_split(&mut self, graph: &Graph, first: &[Output], rest: &[Output]) -> Tape {
        let mut lowered = self.lower(graph, first, rest);
        fuse(&mut lowered);
        allocate::allocate(lowered, self)
    }

    /// As [`Layout::build_split`], with inverses worked out in batches; also the guard's register of each part that has
    /// batches (see `batch.rs`). The guards are the last outputs.
    /// Registers below `moving` hold time and states; `start` is the register file at the model's start, so far as it is known.
    pub fn build_batched(
        &mut self,
        graph: &Graph,
        first: &[Output],
        rest: &[Output],
        moving: u32,
        start: &[[f64; 1]],
    ) -> (Tape, [Option<u32>; 2]) {
        let lowered = self.lower(graph, first, rest);
        let (mut lowered, guards) = batch::batch(lowered, self, moving, start);
        fuse(&mut lowered);
        (allocate::allocate(lowered, self), guards)
    }

    fn lower(&mut self, graph: &Graph, first: &[Output], rest: &[Output]) -> Lowered {
        let mut lowering = Lowering::new(graph, self);
        first.iter().for_each(|o| lowering.output(*o));
        lowering.mark_split();
        rest.iter().for_each(|o| lowering.output(*o));
        lowering.finish()
    }

    /// A tape whose results stay in registers of their own, so that tapes built later read them.
    pub fn build_kept(&mut self, graph: &Graph, nodes: &[NodeId]) -> Tape {
        let outputs: Vec<Output> =
            nodes.iter().map(|node| Output { node: *node, register: Some(self.reserve(1)) }).collect();
        let tape = self.build(graph, &outputs);
        for output in outputs {
            if let Some(register) = output.register {
                self.kept.insert(output.node, register);
            }
        }
        tape
    }
}
