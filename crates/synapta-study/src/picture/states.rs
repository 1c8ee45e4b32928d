//! One synapse in several states of the same subject model: healthy, ill, treated.

use serde::Deserialize;
use toml::Spanned;

use super::{Abbreviation, Part, Show, Written};

/// studies/library/states.toml
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct States {
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Abbreviations of the picture.
    #[serde(default)]
    pub abbreviation: Vec<Abbreviation>,
    /// The states, from left to right.
    #[serde(default)]
    pub state: Vec<State>,
    /// What is told of each.
    #[serde(default)]
    pub quantity: Vec<Quantity>,
}

/// A subject with or without a dose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Its name.
    pub name: Spanned<String>,
    /// Its title.
    pub title: String,
    /// The subject.
    pub subject: Spanned<String>,
    /// True if the dose is given.
    #[serde(default)]
    pub dosed: bool,
}

/// What of the picture a quantity draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Draws {
    /// Number of thin spines on the dendrite.
    ThinSpines,
    /// Number of mushroom spines on the dendrite.
    MushroomSpines,
    /// AMPA receptors on a spine.
    AmpaReceptors,
    /// Dots of BDNF around the synapse.
    Bdnf,
    /// Fill of mTORC1.
    Mtor,
    /// Vesicles at the presynaptic membrane.
    Release,
    /// Length of the dendrite.
    Dendrite,
    /// Nothing; told in numbers alone.
    Nothing,
}

/// A quantity told of every state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// Its name.
    pub name: Spanned<String>,
    /// Its title.
    pub title: String,
    /// What it reads.
    pub of: Written,
    /// How its number is told; a ratio is to the first state.
    pub show: Show,
    /// Unit of a number told as it is.
    #[serde(default)]
    pub unit: String,
    /// The hour after the dose at which it is read; else that of the picture.
    pub at_h: Option<f64>,
    /// What it draws.
    pub draws: Draws,
}

impl States {
    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        self.quantity.iter().map(|q| Part { name: q.name.get_ref(), of: &q.of.0 }).collect()
    }

    pub(super) fn labels(&self) -> Vec<&str> {
        let states = self.state.iter().map(|s| s.title.as_str());
        let quantities = self.quantity.iter().map(|q| q.title.as_str());
        let short = self.abbreviation.iter().map(|a| a.short.as_str());
        states.chain(quantities).chain(short).collect()
    }
}
