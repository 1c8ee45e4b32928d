//! The syntax tree: what a text says, before any name has a meaning.

use synapta_model::{Expr, Id, Span};

/// One word with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    pub text: Id,
    pub span: Span,
}

/// `a.b.c`, with `$` in front if it is to be held constant.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub parts: Vec<Name>,
    pub fixed: bool,
}

impl Path {
    /// The whole path with dots.
    pub fn dotted(&self) -> Id {
        dotted(&self.parts)
    }

    pub fn span(&self) -> Span {
        self.parts.iter().fold(Span::NONE, |s, n| s.to(n.span))
    }
}

/// Words joined by dots.
pub(crate) fn dotted(parts: &[Name]) -> Id {
    match parts {
        [one] => one.text.clone(),
        many => many.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(".").into(),
    }
}

/// A symbol, perhaps placed: `x in c`.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub path: Path,
    pub compartment: Option<Path>,
}

/// How a formula determines a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assignment {
    /// `x = f`
    Initial,
    /// `x := f`
    Rule,
    /// `x' = f`
    Rate,
}

/// What may follow a symbol in a declaration.
#[derive(Clone, Debug)]
pub(crate) enum Setting {
    Formula(Assignment, Option<Expr>),
    Unit(Option<Expr>),
}

/// What a declaration says a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    Nothing,
    Species,
    Compartment,
    Formula,
    Reaction,
    Dna,
    Gene,
    Operator,
    GeneProduct,
}

#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub kind: Declared,
    /// `const` is `Some(true)`, `var` is `Some(false)`.
    pub constant: Option<bool>,
    pub amount_only: bool,
    pub items: Vec<(Target, Option<Setting>)>,
}

/// The sign between the two sides of a reaction or interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Divider {
    Reversible,
    Irreversible,
    Activates,
    Inhibits,
    Influences,
}

/// How many of a species take part.
#[derive(Clone, Debug)]
pub(crate) enum Stoichiometry {
    Number(f64),
    Named(Path),
}

#[derive(Clone, Debug)]
pub(crate) struct ReactionText {
    pub name: Option<Target>,
    pub left: Vec<(Stoichiometry, Path)>,
    pub divider: Divider,
    pub right: Vec<(Stoichiometry, Path)>,
    pub law: Option<Expr>,
    pub compartment: Option<Path>,
}

/// What stands in the parentheses of a submodel.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Symbol(Path),
    Number(f64, Span),
}

#[derive(Clone, Debug)]
pub(crate) struct SubmodelText {
    pub name: Option<Target>,
    pub module: Name,
    pub arguments: Vec<Argument>,
    /// `timeconv = ...` and `extentconv = ...`
    pub factors: Vec<(Name, Argument)>,
    pub compartment: Option<Path>,
}

#[derive(Clone, Debug)]
pub(crate) struct EventText {
    pub name: Option<Target>,
    pub trigger: Expr,
    pub delay: Option<Expr>,
    /// `priority = ...`, `t0 = ...` and so on.
    pub options: Vec<(Name, Option<Expr>)>,
    pub assignments: Vec<(Path, Option<Expr>)>,
}

/// `x identity "..."`, `x creator1.name "..."`, `x created.year 2020`.
#[derive(Clone, Debug)]
pub(crate) struct AnnotationText {
    /// `None` is the model itself.
    pub target: Option<Path>,
    pub qualifier: Name,
    pub part: Option<Name>,
    pub values: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    Reaction(Box<ReactionText>),
    Assign {
        target: Target,
        how: Assignment,
        value: Option<Expr>,
    },
    /// `x.range = {1, 2}`
    AssignList {
        target: Target,
        values: Vec<Expr>,
    },
    HasUnit {
        target: Target,
        unit: Option<Expr>,
    },
    /// `a is b`, `a is b/c`, `a*c is b`
    Same {
        a: Target,
        b: Path,
        factor: Option<Path>,
    },
    Named {
        target: Target,
        name: String,
    },
    Submodel(Box<SubmodelText>),
    Declare(Declaration),
    /// `x in c` alone
    Place(Target),
    Unit {
        path: Path,
        definition: Option<Expr>,
    },
    Strand {
        name: Option<Target>,
        parts: Vec<Path>,
        open_left: bool,
        open_right: bool,
    },
    Event(Box<EventText>),
    Delete(Vec<Path>),
    Annotate(AnnotationText),
    Constraint {
        name: Option<Path>,
        condition: Expr,
    },
    Objective {
        name: Option<Target>,
        formula: Option<Expr>,
    },
    Algebraic {
        name: Option<Target>,
        value: f64,
        formula: Option<Expr>,
    },
    /// `model.sboTerm = 5`, `model.conversionFactor = k`, layout settings
    ModelSetting {
        path: Vec<Name>,
        number: Option<f64>,
        word: Option<Name>,
    },
    /// Read, but of no meaning here (drawing settings).
    Ignored,
}

#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub span: Span,
    pub form: Form,
    /// Symbols written with `$` inside formulas of the statement.
    pub fixed: Vec<Path>,
}

#[derive(Clone, Debug)]
pub(crate) struct ModuleText {
    pub name: Name,
    pub main: bool,
    pub exports: Vec<Path>,
    pub body: Vec<Statement>,
}

#[derive(Clone, Debug)]
pub(crate) struct FunctionText {
    pub name: Name,
    pub arguments: Vec<Name>,
    pub body: Option<Expr>,
}

#[derive(Clone, Debug)]
pub(crate) enum Item {
    Import { file: String, span: Span },
    Module(ModuleText),
    Function(FunctionText),
    Statement(Statement),
}
