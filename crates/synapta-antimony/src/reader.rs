//! Carries out the items of the texts in order: imports, models, functions and the statements between them.

mod annotate;
mod delete;
mod event;
mod execute;
mod finish;
mod reaction;
mod same;
mod set;
mod submodel;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use synapta_model::diagnostic::nearest;
use synapta_model::{Declared, Diagnostic, Expr, ExprKind, FunctionDefinition, Id, Meta, SourceMap, Span};

use crate::parser::parse_text;
use crate::syntax::{FunctionText, Item, ModuleText, Name, Path};
use crate::table::{Done, Kind, Problem, Table};
use crate::words::unit_kind;
use crate::{Loaded, Sources};

/// The model that top-level statements make.
pub(crate) const TOP: &str = "__main";

pub(crate) struct Reader<'a> {
    files: &'a dyn Sources,
    pub sources: SourceMap,
    pub diagnostics: Vec<Diagnostic>,
    pub tables: Vec<Table>,
    pub index: HashMap<Id, usize>,
    pub functions: IndexMap<Id, FunctionDefinition>,
    pub top: Table,
    /// The model marked `*` in the main text, if any.
    pub starred: Option<usize>,
    /// The last model of the main text.
    pub last: Option<usize>,
    /// Symbols that submodels have made so far.
    copied: usize,
    /// Files being read, outermost first.
    open: Vec<String>,
    done: HashSet<String>,
}

impl<'a> Reader<'a> {
    pub fn new(files: &'a dyn Sources) -> Self {
        Reader {
            files,
            sources: SourceMap::new(),
            diagnostics: vec![],
            tables: vec![],
            index: HashMap::new(),
            functions: IndexMap::new(),
            top: Table::new(TOP.into(), Meta::default()),
            starred: None,
            last: None,
            copied: 0,
            open: vec![],
            done: HashSet::new(),
        }
    }

    /// Reads a text and everything it imports.
    pub fn read(&mut self, name: &str, text: &str) {
        let source = self.sources.add(name, text);
        let items = parse_text(text, source, &mut self.diagnostics);
        if items.is_empty() && self.open.is_empty() && !self.diagnostics.iter().any(Diagnostic::is_error) {
            let place = Span::new(source, 0, 0);
            let empty = Diagnostic::error("empty-text", place, "the text holds no model");
            self.diagnostics.push(
                empty.with_help("write a model, for instance `model decay()`, `A -> ; k*A`, `A = 1; k = 0.1`, `end`"),
            );
        }
        self.open.push(name.to_owned());
        for item in items {
            self.item(item);
        }
        self.open.pop();
        self.done.insert(name.to_owned());
    }

    pub fn report(&mut self, span: Span, problem: Problem) {
        let mut found = Diagnostic::error(problem.code, span, problem.message);
        found.help = problem.help;
        self.diagnostics.push(found);
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Import { file, span } => self.import(&file, span),
            Item::Module(text) => self.module(text),
            Item::Function(text) => self.function(text),
            Item::Statement(statement) => {
                let mut top = std::mem::take(&mut self.top);
                self.execute(&mut top, statement, true);
                self.top = top;
            }
        }
    }

    fn import(&mut self, file: &str, span: Span) {
        let from = self.open.last().cloned().unwrap_or_default();
        let Some(Loaded { name, text }) = self.files.load(&from, file) else {
            let missing = Diagnostic::error("missing-import", span, format!("cannot find the file {file:?}"));
            return self
                .diagnostics
                .push(missing.with_help(format!("it is looked for beside {from}; check the name and the folder")));
        };
        if let Some(first) = self.open.iter().position(|open| *open == name) {
            let round = self.open[first..].iter().chain([&name]).cloned().collect::<Vec<_>>().join(" -> ");
            let cycle =
                Diagnostic::error("import-cycle", span, format!("files import one another in a circle: {round}"));
            return self
                .diagnostics
                .push(cycle.with_help("move what both need into a third file that imports neither"));
        }
        if self.open.len() > 100 {
            let deep = Diagnostic::error("import-cycle", span, "imports are nested more than 100 deep");
            return self
                .diagnostics
                .push(deep.with_help("check that the files do not import one another under changing names"));
        }
        if !self.done.contains(&name) {
            self.read(&name, &text);
        }
    }

    /// Reports a name that is taken by a model or function. True if it was.
    fn report_taken(&mut self, name: &Name, what: &str) -> bool {
        let (kind, before) = if let Some(i) = self.index.get(&name.text) {
            ("model", self.tables[*i].meta.span.0)
        } else if let Some(f) = self.functions.get(&name.text) {
            ("function", f.meta.span.0)
        } else {
            return false;
        };
        let message = format!("the {what} `{}` cannot be defined: a {kind} has this name", name.text);
        let taken = Diagnostic::error("duplicate-definition", name.span, message);
        self.diagnostics.push(taken.with_label(before, "defined here first").with_help("rename one of them"));
        true
    }

    fn function(&mut self, text: FunctionText) {
        if self.report_taken(&text.name, "function") {
            return;
        }
        let args: Vec<Id> = text.arguments.iter().map(|a| a.text.clone()).collect();
        for (n, argument) in text.arguments.iter().enumerate() {
            if args[..n].contains(&argument.text) {
                let message = format!("the argument `{}` stands twice", argument.text);
                self.report(argument.span, Problem::new("duplicate-definition", message));
            }
        }
        if let Some(body) = &text.body {
            self.check_body(&text.name, &args, body);
        } else {
            let message = format!("the function `{}` has no formula", text.name.text);
            self.report(text.name.span, Problem::new("empty-function", message).help("write its formula before `end`"));
        }
        let meta = Meta { span: Declared(text.name.span), ..Meta::default() };
        let id = text.name.text;
        self.functions.insert(id.clone(), FunctionDefinition { id, args, body: text.body, meta });
    }

    /// A function may use its arguments only.
    fn check_body(&mut self, name: &Name, args: &[Id], body: &Expr) {
        let mut unknown = vec![];
        body.walk(&mut |e| {
            if let ExprKind::Symbol(id) | ExprKind::RateOf(id) = &e.kind
                && !args.contains(id)
            {
                unknown.push((id.clone(), e.span));
            }
        });
        for (id, span) in unknown {
            let message = format!("`{id}` is not an argument of the function `{}`", name.text);
            let near = nearest(&id, args.iter().map(Id::as_str)).map(|n| format!("did you mean `{n}`?"));
            let help = near.unwrap_or_else(|| format!("a function sees only its arguments; add `{id}` to them"));
            self.report(span, Problem::new("not-an-argument", message).help(help));
        }
    }

    fn module(&mut self, text: ModuleText) {
        if self.report_taken(&text.name, "model") {
            return;
        }
        let meta = Meta { span: Declared(text.name.span), ..Meta::default() };
        let mut table = Table::new(text.name.text.clone(), meta);
        for path in &text.exports {
            self.export(&mut table, path);
        }
        for statement in text.body {
            self.execute(&mut table, statement, false);
        }
        self.finish(&mut table);
        let i = self.tables.len();
        self.index.insert(table.name.clone(), i);
        self.tables.push(table);
        if self.open.len() == 1 {
            self.last = Some(i);
            if text.main {
                self.starred = Some(i);
            }
        }
    }

    fn export(&mut self, table: &mut Table, path: &Path) {
        let added = self.resolve(table, path).and_then(|i| {
            if table.exports.contains(&i) {
                return Err(Problem::new(
                    "duplicate-definition",
                    format!("`{}` stands twice in the list", path.dotted()),
                ));
            }
            table.exports.push(i);
            table.set_kind(i, Kind::Formula)
        });
        if let Err(problem) = added {
            self.report(path.span(), problem);
        }
    }

    /// The symbol a path means; made if it has no dot and is new.
    pub(super) fn resolve(&self, table: &mut Table, path: &Path) -> Done<usize> {
        let first = &path.parts[0];
        if self.index.contains_key(&first.text) {
            let message = format!("`{}` is the name of a model and cannot name a symbol too", first.text);
            return Err(Problem::new("name-taken", message)
                .help("use another name; a copy of a model is made with `name: model()`"));
        }
        if self.functions.contains_key(&first.text) {
            let message = format!("`{}` is the name of a function and cannot name a symbol too", first.text);
            return Err(Problem::new("name-taken", message).help("use another name, or call it: `name(...)`"));
        }
        let i = match path.parts.as_slice() {
            [one] => table.find_or_add(&one.text, one.span),
            _ => lookup_part(table, path)?,
        };
        if path.fixed {
            set::set_constant(table, i, true)?;
        }
        Ok(i)
    }

    /// Makes all symbols and units of a formula known; reports those that cannot be.
    pub(super) fn register(&mut self, table: &mut Table, formula: &mut Expr) {
        let mut problems = vec![];
        formula.walk_mut(&mut |e| match &mut e.kind {
            ExprKind::Symbol(id) | ExprKind::RateOf(id) if *id != "..." => {
                if let Err(problem) = self.register_symbol(table, id, e.span) {
                    problems.push((e.span, problem));
                }
            }
            ExprKind::Number(_, Some(unit)) => {
                if let Some(kind) = unit_kind(unit) {
                    *unit = kind.into();
                } else {
                    let i = table.find_or_add(unit, e.span);
                    if let Err(problem) = table.set_kind(i, Kind::Unit) {
                        problems.push((
                            e.span,
                            problem.help("a word after a number is its unit; multiplication is written `*`"),
                        ));
                    }
                }
            }
            _ => {}
        });
        for (span, problem) in problems {
            self.report(span, problem);
        }
    }

    fn register_symbol(&self, table: &mut Table, id: &Id, span: Span) -> Done {
        if table.get(id).is_some() {
            return Ok(());
        }
        let parts = id.split('.').map(|p| Name { text: p.into(), span }).collect();
        self.resolve(table, &Path { parts, fixed: false }).map(|_| ())
    }
}

/// A path with dots: every step but the first must exist.
fn lookup_part(table: &Table, path: &Path) -> Done<usize> {
    if let Some(i) = table.get(&path.dotted()) {
        return Ok(i);
    }
    let known = (1..path.parts.len()).rev().find(|n| table.get(&crate::syntax::dotted(&path.parts[..*n])).is_some());
    let Some(n) = known else {
        let message = format!("there is no submodel `{}`", path.parts[0].text);
        let models = table.vars.iter().filter(|v| v.kind == Kind::Submodel && v.depth == 0).map(|v| v.name.as_str());
        let near = nearest(&path.parts[0].text, models).map(|m| format!("did you mean `{m}`?"));
        let help = near.unwrap_or_else(|| "a submodel is made with `name: model()` before its parts are used".into());
        return Err(Problem::new("unknown-part", message).help(help));
    };
    let parent = crate::syntax::dotted(&path.parts[..n]);
    let part = &path.parts[n].text;
    let inside = table.vars.iter().filter_map(|v| v.name.strip_prefix(parent.as_str())?.strip_prefix('.'));
    let near = nearest(part, inside).map(|m| format!("did you mean `{parent}.{m}`?"));
    let message = format!("`{parent}` has no part `{part}`");
    let help = near.unwrap_or_else(|| "parts of a submodel are the symbols of its model".into());
    Err(Problem::new("unknown-part", message).help(help))
}
