//! The cascade map: nodes are quantities, arrows are mechanisms.

use serde::Deserialize;
use toml::Spanned;

use super::{Abbreviation, Show, Written};

/// studies/library/map.toml
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Abbreviations of the picture.
    #[serde(default)]
    pub abbreviation: Vec<Abbreviation>,
    /// Areas with a title.
    #[serde(default)]
    pub region: Vec<Region>,
    /// Quantities.
    #[serde(default)]
    pub node: Vec<Node>,
    /// Mechanisms.
    #[serde(default)]
    pub arrow: Vec<Arrow>,
}

/// An area of the map, in columns and rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Its name.
    pub name: Spanned<String>,
    /// Its title.
    pub title: String,
    /// First column.
    pub column: usize,
    /// First row.
    pub row: usize,
    /// Number of columns.
    pub columns: usize,
    /// Number of rows.
    pub rows: usize,
}

/// A quantity of the map.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it reads.
    pub of: Written,
    /// How its number is told.
    pub show: Show,
    /// Unit of a number told as it is.
    #[serde(default)]
    pub unit: String,
    /// The area it lies in.
    pub region: Spanned<String>,
    /// Its column.
    pub column: Spanned<usize>,
    /// Its row.
    pub row: usize,
    /// Models that have it; all if none is named.
    #[serde(default)]
    pub models: Vec<String>,
}

/// A mechanism of the map.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrow {
    /// The node that acts.
    pub from: Spanned<String>,
    /// The node acted on.
    pub to: Spanned<String>,
    /// 1 raises, -1 lowers.
    pub sign: Spanned<i8>,
    /// What `--without` takes away to cut it.
    pub mechanism: Option<Spanned<String>>,
    /// Corners on its way, in columns and rows.
    #[serde(default)]
    pub path: Vec<[f64; 2]>,
}

impl Node {
    /// True if a model has it.
    pub fn is_in(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|m| m == model)
    }
}

impl Arrow {
    /// `from -> to`.
    pub fn words(&self) -> String {
        format!("{} -> {}", self.from.get_ref(), self.to.get_ref())
    }
}

impl Map {
    /// The nodes a model has.
    pub fn nodes<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Node> {
        self.node.iter().filter(move |n| n.is_in(model))
    }

    /// The arrows between nodes a model has.
    pub fn arrows<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Arrow> {
        let there = move |name: &str| self.nodes(model).any(|n| n.name == name);
        self.arrow.iter().filter(move |a| there(a.from.get_ref()) && there(a.to.get_ref()))
    }

    /// The mechanisms of its arrows, each once, in order of appearance.
    pub fn mechanisms<'a>(&'a self, model: &'a str) -> Vec<&'a str> {
        let mut out: Vec<&str> = vec![];
        for name in self.arrows(model).filter_map(|a| a.mechanism.as_ref()) {
            if !out.contains(&name.get_ref().as_str()) {
                out.push(name.get_ref());
            }
        }
        out
    }

    /// Columns and rows it takes.
    pub fn size(&self) -> (usize, usize) {
        let columns = self.region.iter().map(|r| r.column + r.columns).max().unwrap_or(0);
        let rows = self.region.iter().map(|r| r.row + r.rows).max().unwrap_or(0);
        (columns, rows)
    }

    pub(super) fn labels<'a>(&'a self, model: &'a str) -> Vec<&'a str> {
        let regions = self.region.iter().map(|r| r.title.as_str());
        let short = self.abbreviation.iter().map(|a| a.short.as_str());
        regions.chain(self.nodes(model).map(|n| n.title.as_str())).chain(short).collect()
    }
}
