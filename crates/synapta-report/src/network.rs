//! A network of named boxes and arrows, in layers from left to right: what acts on what.

mod draw;
mod layers;
mod places;

pub use draw::network_svg;

/// A network to be drawn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Network {
    /// What it shows; read out by screen readers.
    pub title: String,
    /// The boxes.
    pub nodes: Vec<NetworkNode>,
    /// The arrows; one from a box to itself, or to a box that is not there, is left out.
    pub edges: Vec<NetworkEdge>,
}

/// A box.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkNode {
    /// The words in it; broken at spaces.
    pub label: String,
    /// More words, shown where the pointer rests.
    pub about: String,
    /// What it is.
    pub role: NodeRole,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeRole {
    /// Comes from outside.
    Input,
    /// Changes by its own law.
    State,
    /// Is handed on.
    Output,
}

/// An arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkEdge {
    /// Box it leaves.
    pub from: usize,
    /// Box it enters.
    pub to: usize,
    /// What it means.
    pub kind: EdgeKind,
}

/// What an arrow means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// One becomes the other.
    Conversion,
    /// More of one, more of the other.
    Raises,
    /// More of one, less of the other.
    Lowers,
    /// Now the one, now the other.
    Either,
}

#[cfg(test)]
mod tests;
