//! The cascade map as plain data: areas, quantities with their course, mechanisms between them.

use crate::tint::Tint;

/// A map of quantities on a grid of columns and rows, and the arrows between them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CascadeMap {
    /// Title.
    pub title: String,
    /// Who, what, when.
    pub subtitle: String,
    /// Columns and rows of the grid.
    pub size: (usize, usize),
    /// Areas.
    pub regions: Vec<MapRegion>,
    /// Quantities.
    pub nodes: Vec<MapNode>,
    /// Mechanisms.
    pub arrows: Vec<MapArrow>,
    /// Names of what can be taken away, in the order of the numbers on arrows.
    pub key: Vec<String>,
    /// The hour the map shows.
    pub hour: f64,
    /// Abbreviations and anything more, below the map.
    pub notes: Vec<String>,
}

/// An area with a title.
#[derive(Debug, Clone, PartialEq)]
pub struct MapRegion {
    /// Its title.
    pub title: String,
    /// First column and row.
    pub place: (usize, usize),
    /// Columns and rows.
    pub size: (usize, usize),
}

/// A quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct MapNode {
    /// Its name, kept in the SVG as the element's id.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Column and row.
    pub place: (usize, usize),
    /// The number at the map's hour, in words.
    pub words: String,
    /// What the fill carries.
    pub tint: Tint,
    /// Value before the dose.
    pub before: f64,
    /// Hours and values.
    pub course: Vec<(f64, f64)>,
}

/// A mechanism.
#[derive(Debug, Clone, PartialEq)]
pub struct MapArrow {
    /// Index of the node that acts.
    pub from: usize,
    /// Index of the node acted on.
    pub to: usize,
    /// True if it raises, false if it lowers.
    pub raises: bool,
    /// Place in the key of what takes it away.
    pub key: Option<usize>,
    /// True if it is taken away in this run.
    pub cut: bool,
    /// Corners on its way, in columns and rows.
    pub path: Vec<[f64; 2]>,
}
