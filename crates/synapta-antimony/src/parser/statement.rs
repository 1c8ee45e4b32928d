//! One statement after the other.

use synapta_model::{Expr, ExprKind, Op};

use super::{Parser, Read};
use crate::lexer::Tok;
use crate::syntax::{
    AnnotationText, Assignment, Declaration, Declared, Form, Name, Path, Setting, Stoichiometry, Target,
};
use crate::words::builtin;

impl Parser<'_> {
    pub(super) fn statement(&mut self) -> Read<Form> {
        if let Some(word) = self.keyword_at(0) {
            return self.keyword_statement(word);
        }
        match self.tok(0).clone() {
            Tok::Number(value) => self.number_statement(value, false),
            Tok::Char('-') => self.minus_statement(),
            Tok::Dashes => self.strand(None, vec![]),
            Tok::Arrow | Tok::OneWay | Tok::Inhibits | Tok::Activates => self.reaction(None, vec![]),
            Tok::Char('$') => self.symbol_statement(),
            Tok::Word if self.name_at(0).is_some() => self.symbol_statement(),
            Tok::Word if self.is_comparison(1) => self.constraint_from_formula(None),
            _ => {
                let help = "a statement begins with the name of a symbol or a word such as `species`, `at`, `unit`";
                Err(self.expected_with_help("a statement", help))
            }
        }
    }

    fn keyword_statement(&mut self, word: &'static str) -> Read<Form> {
        match word {
            "species" | "compartment" | "reaction" if self.is_at(1, '.') => self.ignored_setting(),
            "species" | "compartment" | "reaction" | "formula" | "DNA" | "gene" | "operator" | "geneProduct"
            | "var" | "const" | "ext" | "substanceOnly" => self.declaration().map(Form::Declare),
            "at" => self.event(None),
            "unit" => self.unit(),
            "delete" => self.deletion(),
            "constraint" => self.constraint(),
            "maximize" | "minimize" => self.objective(None),
            "model" | "module" => self.about_model(),
            _ => Err(self.expected("a statement")),
        }
    }

    fn declaration(&mut self) -> Read<Declaration> {
        let mut declaration =
            Declaration { kind: Declared::Nothing, constant: None, amount_only: false, items: vec![] };
        if matches!(self.keyword_at(0), Some("var" | "const" | "ext")) {
            declaration.constant = Some(self.keyword_at(0) != Some("var"));
            self.advance();
        }
        if self.eat_keyword("substanceOnly") {
            declaration.amount_only = true;
            declaration.kind = Declared::Species;
        }
        if let Some(kind) = self.keyword_at(0).and_then(declared_kind) {
            if declaration.amount_only && kind != Declared::Species {
                return Err(self.expected("`species` after `substanceOnly`"));
            }
            declaration.kind = kind;
            self.advance();
        }
        loop {
            let target = self.target("the name of a symbol")?;
            let setting = self.setting()?;
            declaration.items.push((target, setting));
            if !self.eat(',') {
                return Ok(declaration);
            }
        }
    }

    fn setting(&mut self) -> Read<Option<Setting>> {
        if self.eat_keyword("has") {
            return Ok(Some(Setting::Unit(self.formula()?)));
        }
        match self.assignment_sign() {
            Some(how) => Ok(Some(Setting::Formula(how, self.formula()?))),
            None => Ok(None),
        }
    }

    /// A statement that begins with a symbol.
    fn symbol_statement(&mut self) -> Read<Form> {
        if self.is_comparison(1) {
            return self.constraint_from_formula(None);
        }
        let target = self.target("the name of a symbol")?;
        match self.tok(0).clone() {
            Tok::Char(':') if !self.is_at(1, '=') => {
                self.advance();
                self.labelled(target)
            }
            Tok::Char('=' | ':' | '\'') => self.assignment(target),
            Tok::Char('*') => self.same_with_factor(target),
            Tok::Char('(') => self.submodel_unnamed(target),
            Tok::Char('.') => Err(self.expected("a name after `.`")),
            Tok::Dashes => self.strand(None, vec![target.path]),
            Tok::Char('+' | '-') | Tok::Arrow | Tok::OneWay | Tok::Inhibits | Tok::Activates => {
                self.reaction(None, vec![(Stoichiometry::Number(1.0), target.path)])
            }
            Tok::Char('<' | '>') | Tok::Leq | Tok::Geq | Tok::Neq => {
                Err(self.expected_with_help("`=`", "a constraint on such a symbol is written `constraint: a.b < 1`"))
            }
            Tok::Word => self.symbol_then_word(target),
            _ if target.compartment.is_some() => Ok(Form::Place(target)),
            _ => Err(self.expected_after_symbol()),
        }
    }

    fn expected_after_symbol(&mut self) -> super::GivenUp {
        let help = "set it with `=`, `:=` or `'=`, or write a reaction with `->`";
        self.expected_with_help("`=`, `:=`, `'=`, `->`, `is`, `has`, `in` or `:`", help)
    }

    fn assignment(&mut self, target: Target) -> Read<Form> {
        let Some(how) = self.assignment_sign() else {
            return Err(self.expected_after_symbol());
        };
        if how == Assignment::Initial && self.is('{') {
            return self.value_list(target);
        }
        let value = self.formula()?;
        if !self.at_end_of_statement() {
            return Err(self.expected_after_formula());
        }
        Ok(Form::Assign { target, how, value })
    }

    fn value_list(&mut self, target: Target) -> Read<Form> {
        self.advance();
        let mut values = vec![];
        loop {
            self.skip_newlines();
            let Some(value) = self.formula()? else { break };
            values.push(value);
            if !self.eat(',') {
                break;
            }
        }
        self.expect('}')?;
        Ok(Form::AssignList { target, values })
    }

    fn symbol_then_word(&mut self, target: Target) -> Read<Form> {
        if self.eat_keyword("is") {
            return self.is_statement(target);
        }
        if self.eat_keyword("has") {
            return Ok(Form::HasUnit { unit: self.formula()?, target });
        }
        if self.is_annotation() {
            return self.annotation(Some(target.path));
        }
        if self.name_at(0).is_none() {
            return Err(self.expected_after_symbol());
        }
        // `n S -> P`: the first symbol is the stoichiometry of the second.
        let start = self.at;
        let species = self.path("the name of a species")?;
        if !matches!(self.tok(0), Tok::Arrow | Tok::OneWay | Tok::Inhibits | Tok::Activates | Tok::Char('+' | '-')) {
            self.at = start;
            return Err(self.expected_after_symbol());
        }
        self.reaction(None, vec![(Stoichiometry::Named(target.path), species)])
    }

    /// True if what follows is `word "..."`, `word.word "..."` or `word.word 3`.
    fn is_annotation(&self) -> bool {
        if self.word_at(0).is_none() {
            return false;
        }
        let dotted = self.is_at(1, '.') && self.word_at(2).is_some();
        match self.tok(if dotted { 3 } else { 1 }) {
            Tok::Text(_) => true,
            Tok::Number(_) => dotted,
            _ => false,
        }
    }

    fn annotation(&mut self, target: Option<Path>) -> Read<Form> {
        let Some(qualifier) = self.any_word() else {
            return Err(self.expected("an annotation qualifier"));
        };
        let part = if self.eat('.') { self.any_word() } else { None };
        if let Tok::Number(value) = *self.tok(0) {
            self.advance();
            return Ok(Form::Annotate(AnnotationText { target, qualifier, part, values: vec![format!("{value}")] }));
        }
        let mut values = vec![];
        while let Tok::Text(text) = self.tok(0).clone() {
            values.push(text);
            self.advance();
            if !self.is(',') {
                break;
            }
            self.advance();
            self.skip_newlines();
        }
        Ok(Form::Annotate(AnnotationText { target, qualifier, part, values }))
    }

    fn is_statement(&mut self, target: Target) -> Read<Form> {
        if let Tok::Text(name) = self.tok(0).clone() {
            self.advance();
            return Ok(Form::Named { target, name });
        }
        let b = self.path("the name of a symbol or a display name in quotes")?;
        let factor = if self.eat('/') { Some(self.path("the name of a conversion factor")?) } else { None };
        Ok(Form::Same { a: target, b, factor })
    }

    /// `a * f is b`
    fn same_with_factor(&mut self, target: Target) -> Read<Form> {
        self.advance();
        let factor = Some(self.path("the name of a conversion factor")?);
        if !self.eat_keyword("is") {
            return Err(self.expected("`is`"));
        }
        let b = self.path("the name of a symbol")?;
        Ok(Form::Same { a: target, b, factor })
    }

    /// What follows `name:`.
    fn labelled(&mut self, target: Target) -> Read<Form> {
        match self.keyword_at(0) {
            Some("at") => return self.event(Some(target)),
            Some("maximize" | "minimize") => return self.objective(Some(target)),
            _ => {}
        }
        match self.tok(0).clone() {
            Tok::Number(value) if self.is_at(1, '=') && !self.is_at(2, '>') => {
                self.at += 2;
                Ok(Form::Algebraic { name: Some(target), value, formula: self.formula()? })
            }
            Tok::Dashes => self.strand(Some(target), vec![]),
            Tok::Word if self.name_at(0).is_some() && self.is_at(1, '(') => {
                let module = self.name("the name of a model")?;
                self.submodel(Some(target), module)
            }
            Tok::Word if self.strand_follows() => self.strand(Some(target), vec![]),
            _ => self.reaction(Some(target), vec![]),
        }
    }

    fn unit(&mut self) -> Read<Form> {
        self.advance();
        let path = self.path("a name for the unit")?;
        let definition = if self.eat('=') { self.formula()? } else { None };
        Ok(Form::Unit { path, definition })
    }

    fn deletion(&mut self) -> Read<Form> {
        self.advance();
        let mut paths = vec![self.path("what to delete")?];
        while self.eat(',') {
            paths.push(self.path("what to delete")?);
        }
        Ok(Form::Delete(paths))
    }

    fn constraint(&mut self) -> Read<Form> {
        self.advance();
        let name = if self.is(':') { None } else { Some(self.path("a name for the constraint, or `:`")?) };
        self.expect(':')?;
        self.constraint_from_formula(name)
    }

    fn constraint_from_formula(&mut self, name: Option<Path>) -> Read<Form> {
        let Some(condition) = self.formula_to_end()? else {
            return Err(self.expected("a condition"));
        };
        Ok(Form::Constraint { name, condition })
    }

    fn is_comparison(&self, ahead: usize) -> bool {
        matches!(self.tok(ahead), Tok::Char('<' | '>') | Tok::Leq | Tok::Geq | Tok::Neq)
    }

    /// `0 = f` is a rule, `0 < f` a constraint, `2 A -> B` a reaction.
    fn number_statement(&mut self, value: f64, negative: bool) -> Read<Form> {
        let ahead = usize::from(negative);
        if self.is_comparison(ahead + 1) {
            return self.constraint_from_formula(None);
        }
        if self.is_at(ahead + 1, '=') && !self.is_at(ahead + 2, '=') {
            self.at += ahead + 2;
            let value = if negative { -value } else { value };
            return Ok(Form::Algebraic { name: None, value, formula: self.formula()? });
        }
        self.reaction(None, vec![])
    }

    fn minus_statement(&mut self) -> Read<Form> {
        match *self.tok(1) {
            Tok::Number(value) => self.number_statement(value, true),
            _ => self.reaction(None, vec![]),
        }
    }

    fn objective(&mut self, name: Option<Target>) -> Read<Form> {
        self.advance();
        // Flux objectives may leave out the multiplication sign: `3 J0`.
        let formula = self.formula()?.map(|mut f| {
            f.walk_mut(&mut units_to_factors);
            f
        });
        Ok(Form::Objective { name, formula })
    }

    /// `model identity "..."`, `model.sboTerm = 5`.
    fn about_model(&mut self) -> Read<Form> {
        self.advance();
        if self.is_annotation() {
            return self.annotation(None);
        }
        let mut path = vec![];
        while self.eat('.') {
            path.extend(self.any_word());
        }
        self.expect('=')?;
        let number = if let Tok::Number(value) = *self.tok(0) { Some(value) } else { None };
        let word = self.word_at(0).map(|w| Name { text: w.into(), span: self.here() });
        self.recover();
        Ok(Form::ModelSetting { path, number, word })
    }

    /// `species.color = red`: how things are drawn.
    fn ignored_setting(&mut self) -> Read<Form> {
        self.recover();
        Ok(Form::Ignored)
    }
}

fn units_to_factors(e: &mut Expr) {
    if let ExprKind::Number(value, Some(unit)) = &e.kind {
        let number = Expr::new(ExprKind::Number(*value, None), e.span);
        let symbol = Expr::new(ExprKind::Symbol(unit.clone()), e.span);
        *e = Expr::op(Op::Times, vec![number, symbol]);
    }
}

fn declared_kind(word: &'static str) -> Option<Declared> {
    debug_assert!(builtin(word).is_none());
    Some(match word {
        "species" => Declared::Species,
        "compartment" => Declared::Compartment,
        "formula" => Declared::Formula,
        "reaction" => Declared::Reaction,
        "DNA" => Declared::Dna,
        "gene" => Declared::Gene,
        "operator" => Declared::Operator,
        "geneProduct" => Declared::GeneProduct,
        _ => return None,
    })
}
