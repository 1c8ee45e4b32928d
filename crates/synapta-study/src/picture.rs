//! What the pictures show: places, words and formulas, read from TOML texts, and their values in a run.
//!
//! A picture is data ([`map`], [`receptor`], [`states`]) over names of the model. [`live`] reads a picture's formulas from the
//! run of an arm. Nothing is drawn here.

mod check;
pub mod live;
pub mod map;
pub mod receptor;
pub mod states;

use serde::Deserialize;
use toml::Spanned;

use crate::evidence::formula::Formula;

pub(crate) use check::check;

/// The pictures of the library.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    /// map.toml
    pub map: map::Map,
    /// receptor.toml
    pub receptor: receptor::Receptor,
    /// states.toml
    pub states: states::States,
}

/// A picture by the word that claims use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureName {
    /// The cascade map.
    Map,
    /// The NMDA receptor.
    Receptor,
    /// The synapse in three states.
    States,
}

impl PictureName {
    /// The words of claim files, in the order of the type.
    pub const WORDS: [&'static str; 3] = ["map", "receptor", "states"];

    /// The picture of a word.
    pub fn from_word(word: &str) -> Option<PictureName> {
        Some(match word {
            "map" => PictureName::Map,
            "receptor" => PictureName::Receptor,
            "states" => PictureName::States,
            _ => return None,
        })
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// A part of a picture that reads the model.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Its name in the data.
    pub name: &'a str,
    /// What it reads.
    pub of: &'a Formula,
}

impl Pictures {
    /// Every part of a picture that reads a model.
    pub fn parts<'a>(&'a self, picture: PictureName, model: &'a str) -> Vec<Part<'a>> {
        match picture {
            PictureName::Map => self.map.nodes(model).map(|n| Part { name: &n.name, of: &n.of.0 }).collect(),
            PictureName::Receptor => self.receptor.parts(),
            PictureName::States => self.states.parts(),
        }
    }

    /// Every arrow of a picture, as `from -> to`, with -1 or 1.
    pub fn arrows(&self, picture: PictureName) -> Vec<(String, i8)> {
        match picture {
            PictureName::Map => self.map.arrow.iter().map(|a| (a.words(), *a.sign.get_ref())).collect(),
            _ => vec![],
        }
    }

    /// Every word that stands in a picture.
    pub fn labels<'a>(&'a self, picture: PictureName, model: &'a str) -> Vec<&'a str> {
        match picture {
            PictureName::Map => self.map.labels(model),
            PictureName::Receptor => self.receptor.labels(),
            PictureName::States => self.states.labels(),
        }
    }
}

/// A formula as it is written in a data file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Written(pub Formula);

impl TryFrom<String> for Written {
    type Error = String;

    fn try_from(text: String) -> Result<Written, String> {
        Formula::read(&text).map(Written).map_err(|e| format!("`{text}` is no formula: {e}; {}", e.help))
    }
}

/// An abbreviation with its meaning.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abbreviation {
    /// As in the picture.
    pub short: String,
    /// In full.
    pub long: String,
}

/// How a number is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// Over the value before the dose.
    Ratio,
    /// A fraction as percent.
    Percent,
    /// As it is, with its unit.
    Value,
}

/// Abbreviations in one line.
pub fn abbreviations(all: &[Abbreviation]) -> String {
    let one = |a: &Abbreviation| format!("{}, {}", a.short, a.long);
    all.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A name that is drawn once only.
pub(crate) fn twice<'a>(names: impl Iterator<Item = &'a Spanned<String>>) -> Vec<&'a Spanned<String>> {
    let mut seen: Vec<&str> = vec![];
    let mut out = vec![];
    for name in names {
        if seen.contains(&name.get_ref().as_str()) {
            out.push(name);
        }
        seen.push(name.get_ref());
    }
    out
}
