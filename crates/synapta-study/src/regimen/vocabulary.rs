//! The drug names a regimen line may use.

use smol_str::SmolStr;

use super::Route;

/// One drug as the regimen reader knows it.
#[derive(Clone, Debug)]
pub struct DrugEntry {
    /// Canonical name.
    pub name: SmolStr,
    /// Other names, any of which may hold spaces, commas or brackets.
    pub aliases: Vec<SmolStr>,
    /// Routes it can be given by.
    pub routes: Vec<Route>,
    /// Route if none is written.
    pub default_route: Route,
    /// Name of a drug with the same active parts whose usual route may be meant when this one is only assumed.
    pub related: Vec<SmolStr>,
}

/// All drugs, and the one meant when none is named.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    drugs: Vec<DrugEntry>,
    default_drug: usize,
}

impl Vocabulary {
    /// A vocabulary; `None` if `default_drug` is not among the drugs.
    pub fn new(drugs: Vec<DrugEntry>, default_drug: &str) -> Option<Vocabulary> {
        let default_drug = drugs.iter().position(|d| d.name == default_drug)?;
        Some(Vocabulary { drugs, default_drug })
    }

    /// The drug meant when none is named.
    pub fn default_drug(&self) -> &DrugEntry {
        &self.drugs[self.default_drug]
    }

    /// All drugs.
    pub fn drugs(&self) -> &[DrugEntry] {
        &self.drugs
    }

    /// The drug of a name or alias, whatever its case.
    pub fn find(&self, name: &str) -> Option<&DrugEntry> {
        self.drugs.iter().find(|d| d.spellings().any(|s| s.eq_ignore_ascii_case(name)))
    }

    /// Every name and alias.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.drugs.iter().flat_map(DrugEntry::spellings)
    }

    /// The drug whose longest name begins `text`, with the length of that name in bytes. The name must end where a
    /// word ends.
    pub fn match_start(&self, text: &str) -> Option<(&DrugEntry, usize)> {
        let mut best: Option<(&DrugEntry, usize)> = None;
        for drug in &self.drugs {
            for name in drug.spellings() {
                let fits = text.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name));
                if fits && ends_word(&text[name.len()..]) && best.is_none_or(|(_, n)| name.len() > n) {
                    best = Some((drug, name.len()));
                }
            }
        }
        best
    }
}

impl DrugEntry {
    /// Its name and its aliases.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(SmolStr::as_str)).filter(|s| !s.is_empty())
    }
}

/// True if a word that ended just before `rest` is whole.
fn ends_word(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        Some('-') => !chars.next().is_some_and(char::is_alphanumeric),
        Some(c) => !c.is_alphanumeric() && c != '_',
        None => true,
    }
}

#[cfg(test)]
pub(crate) fn test_vocabulary() -> Vocabulary {
    let entry = |name: &str, aliases: &[&str], related: &[&str]| DrugEntry {
        name: name.into(),
        aliases: aliases.iter().map(|s| (*s).into()).collect(),
        routes: Route::ALL.to_vec(),
        default_route: match name {
            "ketamine" => Route::Intravenous,
            "esketamine" => Route::Intranasal,
            _ => Route::Oral,
        },
        related: related.iter().map(|s| (*s).into()).collect(),
    };
    let drugs = vec![
        entry("ketamine", &["racemic ketamine", "(R,S)-ketamine"], &["esketamine"]),
        entry("esketamine", &["S-ketamine"], &[]),
        entry("arketamine", &["R-ketamine"], &[]),
        entry("rapamycin", &["sirolimus"], &[]),
        entry("nbqx", &[], &[]),
        entry("naltrexone", &[], &[]),
        entry("MK-801", &["dizocilpine"], &[]),
        entry("(2R,6R)-hydroxynorketamine", &["(2R,6R)-HNK"], &[]),
    ];
    Vocabulary::new(drugs, "ketamine").unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_wins_and_must_be_whole() {
        let v = test_vocabulary();
        assert_eq!(v.match_start("(R,S)-Ketamine iv").unwrap().0.name, "ketamine");
        assert_eq!(v.match_start("S-ketamine, then").unwrap().0.name, "esketamine");
        assert!(v.match_start("ketamines iv").is_none());
        assert!(v.match_start("ketamine-x iv").is_none());
    }
}
