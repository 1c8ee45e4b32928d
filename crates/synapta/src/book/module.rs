//! The model texts, file by file: what the head says, and each module flattened alone.

use crate::exit::Failure;
use crate::texts;
use std::collections::HashSet;
use synapta_antimony::parse_module;
use synapta_model::{Id, Meta, Model, RuleKind};

/// A model text.
pub struct ModelFile {
    /// Its name without `.ant`.
    pub name: String,
    /// Paragraphs of its head comment.
    pub head: Vec<String>,
    /// Its modules in order.
    pub modules: Vec<Module>,
}

/// One module, read as a model of its own.
pub struct Module {
    /// Its id.
    pub id: String,
    /// Names of its argument list.
    pub arguments: Vec<String>,
    /// The flat model.
    pub model: Model,
    /// Modules that stand in it: name and id.
    pub parts: Vec<(String, String)>,
    /// Ids that come from those parts.
    within: HashSet<Id>,
}

/// Reads all built-in model texts.
pub fn all() -> Result<Vec<ModelFile>, Failure> {
    texts::MODELS.iter().map(|(file, text)| read(file, text)).collect()
}

fn read(file: &str, text: &str) -> Result<ModelFile, Failure> {
    let name = file.trim_end_matches(".ant").to_string();
    let modules = headers(text).into_iter().map(|header| module(file, text, header)).collect::<Result<_, _>>()?;
    Ok(ModelFile { name, head: head(text), modules })
}

/// The comment at the top, its paragraphs joined.
fn head(text: &str) -> Vec<String> {
    let lines = text.lines().take_while(|l| l.starts_with("//")).map(|l| l.trim_start_matches('/').trim());
    let mut out: Vec<String> = vec![String::new()];
    for line in lines {
        match out.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => out.push(String::new()),
        }
    }
    out.retain(|p| !p.is_empty());
    out
}

/// `model *id(a, b)`: where it begins, id, arguments.
struct Header {
    start: usize,
    id: String,
    arguments: Vec<String>,
}

fn headers(text: &str) -> Vec<Header> {
    let begins = text.match_indices("model *").filter(|(at, _)| *at == 0 || text[..*at].ends_with('\n'));
    let one = |(start, mark): (usize, &str)| {
        let rest = &text[start + mark.len()..];
        let (id, rest) = rest.split_once('(')?;
        let (list, _) = rest.split_once(')')?;
        let arguments = list.split(',').map(str::trim).filter(|a| !a.is_empty()).map(String::from).collect();
        Some(Header { start, id: id.trim().to_string(), arguments })
    };
    begins.filter_map(one).collect()
}

fn module(file: &str, text: &str, header: Header) -> Result<Module, Failure> {
    let parsed = parse_module(&texts::BuiltIn, &format!("models/{file}"), text, Some(header.id.as_str()));
    let Some(model) = parsed.model else {
        return Err(Failure::Input(parsed.diagnostics, parsed.sources));
    };
    let within = model.paths.iter().filter(|(_, path)| path.contains('.')).map(|(id, _)| id.clone()).collect();
    let parts = parts(&text[header.start..], &parsed.modules);
    Ok(Module { id: header.id, arguments: header.arguments, parts, within, model })
}

/// Lines `name: module(...)` up to the module's `end`.
fn parts(text: &str, modules: &[Id]) -> Vec<(String, String)> {
    let lines = text.lines().take_while(|l| l.trim() != "end");
    let statements = lines.flat_map(|l| l.split(';'));
    let part = |statement: &str| {
        let (name, rest) = statement.split_once(':')?;
        let (id, _) = rest.split_once('(')?;
        let known = modules.iter().any(|m| m.as_str() == id.trim());
        known.then(|| (name.trim().to_string(), id.trim().to_string()))
    };
    statements.filter_map(part).collect()
}

/// A parameter with a value of its own.
pub struct Constant<'a> {
    /// Its id in the module.
    pub id: &'a str,
    /// Name, notes, sources, range.
    pub meta: &'a Meta,
    /// Its value; `None` where a formula gives it at the start.
    pub value: Option<f64>,
    /// Unit id.
    pub unit: Option<&'a str>,
}

impl Module {
    /// True for what the module itself declares, false for what stands in its parts.
    pub fn owns(&self, id: &str) -> bool {
        !self.within.contains(id)
    }

    /// Parameters and compartments with a value of their own, in the order written.
    pub fn constants(&self) -> Vec<Constant<'_>> {
        let moved: HashSet<&Id> = self.model.rules.iter().map(|r| &r.variable).collect();
        let computed: HashSet<&Id> = self.model.initial_assignments.iter().map(|a| &a.symbol).collect();
        let fixed = |id: &Id| self.owns(id) && !moved.contains(id) && !computed.contains(id);
        let parameters = self.model.parameters.iter().filter(|p| fixed(&p.id) && p.value.is_some());
        parameters.map(|p| Constant { id: &p.id, meta: &p.meta, value: p.value, unit: p.units.as_deref() }).collect()
    }

    /// What changes by its own law: species and variables with a rate rule.
    pub fn states(&self) -> Vec<&Id> {
        let changed = |id: &Id| {
            let touches = |s: &synapta_model::SpeciesReference| s.species == *id;
            self.model.reactions.iter().any(|r| r.reactants.iter().chain(&r.products).any(touches))
        };
        let ruled = |id: &Id| self.model.rules.iter().any(|r| r.variable == *id && r.kind == RuleKind::Rate);
        let species = self.model.species.iter().map(|s| &s.id).filter(|id| changed(id) || ruled(id));
        let others = self.model.rules.iter().filter(|r| r.kind == RuleKind::Rate).map(|r| &r.variable);
        let others = others.filter(|id| self.model.species.iter().all(|s| s.id != **id));
        species.chain(others).filter(|id| self.owns(id)).collect()
    }

    /// The name of an element in words; empty if the text gives none.
    pub fn title(&self, id: &str) -> &str {
        let metas = [
            self.model.species.iter().find(|s| s.id == id).map(|s| &s.meta),
            self.model.parameters.iter().find(|p| p.id == id).map(|p| &p.meta),
            self.model.reactions.iter().find(|r| r.id == id).map(|r| &r.meta),
            self.model.compartments.iter().find(|c| c.id == id).map(|c| &c.meta),
        ];
        metas.into_iter().flatten().find_map(|m| m.name.as_deref()).unwrap_or("")
    }

    /// The unit of an element, for people.
    pub fn unit(&self, id: &str) -> String {
        let parameter = self.model.parameters.iter().find(|p| p.id == id).and_then(|p| p.units.as_deref());
        let species = self.model.species.iter().find(|s| s.id == id);
        let amount = species.and_then(|s| s.substance_units.as_deref().or(self.model.units.substance.as_deref()));
        plain_unit(parameter.or(amount).unwrap_or(""))
    }
}

/// `per_hour` as `1/hour`, `nmol_per_L` as `nmol/L`, `ratio` as `1`.
pub fn plain_unit(id: &str) -> String {
    match id {
        "ratio" | "dimensionless" => "1".into(),
        _ => {
            let text = id.strip_prefix("per_").map_or_else(|| id.to_string(), |rest| format!("1/{rest}"));
            text.replace("_per_", "/").replace('_', " ")
        }
    }
}
