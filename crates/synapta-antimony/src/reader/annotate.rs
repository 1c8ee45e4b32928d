//! Names, notes, SBO terms, uncertainties and controlled-vocabulary terms.

use synapta_model::diagnostic::nearest;
use synapta_model::{CvTerm, Expr, ExprKind, Meta, Span, Uncertainty};

use super::{Reader, set};
use crate::syntax::{AnnotationText, Name, Path, Target};
use crate::table::{Done, Kind, Problem, Table};
use crate::words::{qualifier, qualifier_words, uncertainty};

/// Parts a person's name or a date may be given in.
const PERSON: [&str; 5] = ["givenName", "familyName", "organization", "email", "name"];
const DATE: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "timezone"];

/// What an annotation is about.
enum About {
    Symbol(usize),
    Model(usize),
    Function(synapta_model::Id),
    This,
}

impl Reader<'_> {
    fn about(&self, table: &mut Table, path: Option<&Path>, top: bool) -> Done<About> {
        let Some(path) = path else {
            return Ok(About::This);
        };
        if let [one] = path.parts.as_slice() {
            if let (true, Some(i)) = (top, self.index.get(&one.text)) {
                return Ok(About::Model(*i));
            }
            if self.functions.contains_key(&one.text) {
                return Ok(About::Function(one.text.clone()));
            }
            if one.text == table.name && table.get(&one.text).is_none() {
                return Ok(About::This);
            }
        }
        self.resolve(table, path).map(About::Symbol)
    }

    fn meta<'t>(&'t mut self, table: &'t mut Table, about: &About) -> Option<&'t mut Meta> {
        match about {
            About::Symbol(i) => {
                let root = table.root(*i);
                Some(&mut table.vars[root].meta)
            }
            About::Model(i) => self.tables.get_mut(*i).map(|t| &mut t.meta),
            About::Function(id) => self.functions.get_mut(id).map(|f| &mut f.meta),
            About::This => Some(&mut table.meta),
        }
    }

    pub(super) fn named(&mut self, table: &mut Table, target: &Target, name: String, top: bool) -> Done {
        if self.is_about_other(table, &target.path, top) {
            return self.name_aspect(table, &target.path, name);
        }
        let about = self.about(table, Some(&target.path), top)?;
        let id = target.path.dotted();
        if let Some(meta) = self.meta(table, &about) {
            // A name equal to the id says nothing, except for a model as a whole.
            let says_nothing = matches!(about, About::Symbol(_)) && name == id.as_str();
            if !says_nothing {
                meta.name = Some(name);
            }
        }
        Ok(())
    }

    pub(super) fn annotate(&mut self, table: &mut Table, text: AnnotationText, top: bool) -> Done {
        let AnnotationText { target, qualifier: word, part, values } = text;
        let about = self.about(table, target.as_ref(), top)?;
        let Some(meta) = self.meta(table, &about) else {
            return Ok(());
        };
        let term = |qualifier: String, resources| CvTerm { qualifier, resources };
        match (word.text.as_str(), part) {
            ("notes", None) => add_notes(meta, &values),
            ("created", None) if values.len() > 1 => {
                return Err(Problem::new("duplicate-definition", "something is created once: give one date"));
            }
            ("created" | "modified", None) => {
                values.into_iter().for_each(|v| meta.terms.push(term(word.text.to_string(), vec![v])));
            }
            ("created" | "modified", Some(part)) => set_date_part(meta, &word.text, &part, &values)?,
            (creator, Some(part)) if creator.trim_end_matches(|c: char| c.is_ascii_digit()) == "creator" => {
                let Some(known) = PERSON.into_iter().find(|p| p.eq_ignore_ascii_case(&part.text)) else {
                    return Err(unknown_word("a creator has no", &part, PERSON));
                };
                let number = creator.trim_start_matches("creator");
                let number = if number.is_empty() { "1" } else { number };
                meta.terms.push(term(format!("creator{number}.{known}"), values));
            }
            (other, None) => match qualifier(other) {
                Some(kept) => add_term(meta, kept, values),
                None => {
                    return Err(unknown_word("there is no annotation", &word, qualifier_words()));
                }
            },
            (_, Some(_)) => {
                return Err(unknown_word("there is no annotation", &word, ["created", "modified", "creator"]));
            }
        }
        Ok(())
    }

    /// True for `x.sboTerm`, `x.mean` and the like, where `x` is not a submodel with such a part.
    pub(super) fn is_about_other(&self, table: &Table, path: &Path, top: bool) -> bool {
        let Some((last, owner)) = path.parts.split_last().filter(|(_, owner)| !owner.is_empty()) else {
            return false;
        };
        let word = last.text.as_str();
        let aspect = word.eq_ignore_ascii_case("sboTerm") || uncertainty(word).is_some() || is_other_aspect(word);
        let model = top && owner.len() == 1 && self.index.contains_key(&owner[0].text);
        (aspect || model) && table.get(&path.dotted()).is_none()
    }

    /// `x.sboTerm = 5`, `x.stdev = y`, `x.range = {1, 2}`.
    pub(super) fn assign_aspect(&mut self, table: &mut Table, path: &Path, mut values: Vec<Expr>) -> Done {
        let Some((last, owner)) = path.parts.split_last() else {
            return Ok(());
        };
        let owner = Path { parts: owner.to_vec(), fixed: false };
        if last.text.eq_ignore_ascii_case("sboTerm") {
            let about = self.about(table, Some(&owner), true)?;
            let term = values.first().and_then(Expr::as_number).filter(|v| *v >= 0.0 && v.fract() == 0.0 && *v < 1e7);
            let Some(term) = term else {
                return Err(Problem::new("not-an-sbo-term", "an SBO term is a number")
                    .help("write `x.sboTerm = SBO:0000176` or `= 176`"));
            };
            if let Some(meta) = self.meta(table, &about) {
                meta.sbo = Some(term as u32);
            }
            return Ok(());
        }
        for value in &mut values {
            self.register(table, value);
        }
        if last.text.eq_ignore_ascii_case("conversionFactor") {
            return self.species_factor(table, &owner, &values, path.span());
        }
        let Some(kind) = uncertainty(&last.text) else {
            self.warn("setting-ignored", path.span(), "this setting is read and left out");
            return Ok(());
        };
        let i = self.resolve(table, &owner)?;
        let root = table.root(i);
        let list = &mut table.vars[root].meta.uncertainty;
        list.retain(|u| u.kind != kind);
        list.push(Uncertainty { kind: kind.to_owned(), values });
        Ok(())
    }

    fn species_factor(&mut self, table: &mut Table, owner: &Path, values: &[Expr], span: Span) -> Done {
        let i = self.resolve(table, owner)?;
        let factor = match values {
            [Expr { kind: ExprKind::Symbol(id), .. }] => table.get(id),
            _ => None,
        };
        let Some(factor) = factor else {
            let _ = span;
            return Err(Problem::new("kind-conflict", "a conversion factor is the name of a parameter"));
        };
        table.set_kind(factor, Kind::Formula)?;
        let root = table.root(i);
        table.vars[root].conversion_factor = Some(factor);
        Ok(())
    }

    pub(super) fn assign_list(&mut self, table: &mut Table, target: Target, values: Vec<Expr>) -> Done {
        if self.is_about_other(table, &target.path, true) {
            return self.assign_aspect(table, &target.path, values);
        }
        let help = "lists belong to uncertainties: `x.range = {1, 2}`";
        Err(Problem::new("list-value", "a symbol has one value, not a list").help(help))
    }

    /// `x.externalParameter is "http://..."`: the definition of an outside parameter.
    fn name_aspect(&mut self, table: &mut Table, path: &Path, name: String) -> Done {
        let Some((last, owner)) = path.parts.split_last() else {
            return Ok(());
        };
        let owner = Path { parts: owner.to_vec(), fixed: false };
        let i = self.resolve(table, &owner)?;
        let root = table.root(i);
        let qualifier = format!("{}.definition", uncertainty(&last.text).unwrap_or(last.text.as_str()));
        table.vars[root].meta.terms.push(CvTerm { qualifier, resources: vec![name] });
        Ok(())
    }

    pub(super) fn model_setting(
        &mut self,
        table: &mut Table,
        path: &[Name],
        number: Option<f64>,
        word: Option<Name>,
        span: Span,
    ) -> Done {
        let name = path.first().map(|n| n.text.as_str()).unwrap_or_default();
        if name.eq_ignore_ascii_case("sboTerm") {
            table.meta.sbo = number.filter(|v| *v >= 0.0 && *v < 1e7).map(|v| v as u32);
            return Ok(());
        }
        if let (true, Some(word)) = (name.eq_ignore_ascii_case("conversionFactor"), word) {
            let i = table.find_or_add(&word.text, word.span);
            table.set_kind(i, Kind::Formula)?;
            table.conversion_factor = Some(i);
            return set::set_constant(table, i, true);
        }
        self.warn("drawing-ignored", span, "settings of drawings are read and left out");
        Ok(())
    }
}

/// Words after a dot that set something about a symbol: drawing and flux-balance data, conversion factors.
fn is_other_aspect(word: &str) -> bool {
    let known = [
        "conversionFactor",
        "charge",
        "chemicalFormula",
        "geneProductAssociation",
        "color",
        "size",
        "width",
        "height",
        "position",
        "fill",
        "linecolor",
        "lineColor",
        "linewidth",
        "lineWidth",
        "font",
        "fontcolor",
        "fontColor",
        "fontsize",
        "fontSize",
        "fontstyle",
        "fontStyle",
        "shape",
    ];
    known.contains(&word)
}

fn unknown_word<'w>(what: &str, word: &Name, known: impl IntoIterator<Item = &'w str>) -> Problem {
    let problem = Problem::new("unknown-annotation", format!("{what} `{}`", word.text));
    match nearest(&word.text, known) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("for instance `x identity \"https://identifiers.org/...\"` or `x notes \"...\"`"),
    }
}

/// A qualifier with its resources, those left out that it has already.
fn add_term(meta: &mut Meta, qualifier: &str, mut resources: Vec<String>) {
    let known = |r: &String| meta.terms.iter().any(|t| t.qualifier == qualifier && t.resources.contains(r));
    resources.retain(|r| !known(r));
    if !resources.is_empty() {
        meta.terms.push(CvTerm { qualifier: qualifier.to_owned(), resources });
    }
}

fn add_notes(meta: &mut Meta, values: &[String]) {
    let text = values.join("\n");
    match &mut meta.notes {
        Some(notes) => {
            notes.push('\n');
            notes.push_str(&text);
        }
        None => meta.notes = Some(text),
    }
}

/// `x created.year 2020`: a date, part by part.
fn set_date_part(meta: &mut Meta, which: &str, part: &Name, values: &[String]) -> Done {
    let Some(n) = DATE.iter().position(|d| d.eq_ignore_ascii_case(&part.text)) else {
        return Err(unknown_word("a date has no", part, DATE));
    };
    let value = values.first().map(String::as_str).unwrap_or_default();
    let at = match meta.terms.iter().position(|t| t.qualifier == which) {
        Some(at) => at,
        None => {
            let resources = vec!["2000-01-01T00:00:00Z".to_owned()];
            meta.terms.push(CvTerm { qualifier: which.to_owned(), resources });
            meta.terms.len() - 1
        }
    };
    let Some(date) = meta.terms[at].resources.last_mut() else {
        return Ok(());
    };
    // Places of year, month, day, hour, minute, second in YYYY-MM-DDThh:mm:ss, and of the zone after it.
    let (start, width) = [(0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2), (19, 0)][n];
    let number: Option<u32> = value.parse().ok();
    match (number, date.is_ascii() && date.len() >= 19) {
        (Some(v), true) if width > 0 && v < 10u32.pow(width as u32) => {
            date.replace_range(start..start + width, &format!("{v:0width$}"));
            Ok(())
        }
        (_, true) if width == 0 => {
            date.replace_range(19.., value);
            Ok(())
        }
        _ => Err(Problem::new("bad-date", format!("`{value}` is not a {} of a date", part.text))),
    }
}
