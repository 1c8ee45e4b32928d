//! The NMDA receptor: its subunits, its sites, and how full they are in each pool of receptors.

use serde::Deserialize;
use toml::Spanned;

use super::{Abbreviation, Part, Written};

/// studies/library/receptor.toml
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receptor {
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Abbreviations of the picture.
    #[serde(default)]
    pub abbreviation: Vec<Abbreviation>,
    /// Subunits.
    #[serde(default)]
    pub subunit: Vec<Subunit>,
    /// Places that something binds to.
    #[serde(default)]
    pub site: Vec<Site>,
    /// Receptors by cell and place.
    #[serde(default)]
    pub pool: Vec<Pool>,
}

/// A subunit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subunit {
    /// Its name.
    pub name: Spanned<String>,
    /// Its title.
    pub title: String,
    /// What it is there for.
    pub role: String,
}

/// Where a site lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the part of the first subunit outside the cell.
    First,
    /// In the part of the second subunit outside the cell.
    Second,
    /// In the channel.
    Channel,
}

/// A place that something binds to; its occupancy is that of the pool shown.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its name.
    pub name: Spanned<String>,
    /// What binds.
    pub title: String,
    /// Where.
    pub place: Place,
    /// The share of receptors with the site taken.
    pub of: Written,
}

/// Receptors of a cell and place, with the states of their channels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Its name.
    pub name: Spanned<String>,
    /// Its title.
    pub title: String,
    /// Subunits beside the first, in words.
    pub subunits: String,
    /// Share whose channel holds the drug.
    pub drug: Written,
    /// Share whose channel holds Mg.
    pub magnesium: Written,
    /// Share whose channel holds neither.
    pub free: Written,
}

impl Receptor {
    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        let sites = self.site.iter().map(|s| Part { name: s.name.get_ref(), of: &s.of.0 });
        let pools = self.pool.iter().flat_map(|p| {
            let part = |of| Part { name: p.name.get_ref().as_str(), of };
            [part(&p.drug.0), part(&p.magnesium.0), part(&p.free.0)]
        });
        sites.chain(pools).collect()
    }

    pub(super) fn labels(&self) -> Vec<&str> {
        let subunits = self.subunit.iter().map(|s| s.title.as_str());
        let sites = self.site.iter().map(|s| s.title.as_str());
        let pools = self.pool.iter().map(|p| p.title.as_str());
        let short = self.abbreviation.iter().map(|a| a.short.as_str());
        subunits.chain(sites).chain(pools).chain(short).collect()
    }
}
