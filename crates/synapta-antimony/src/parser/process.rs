//! Reactions, strands of DNA, submodels and events.

use synapta_model::Expr;

use super::{Parser, Read};
use crate::lexer::Tok;
use crate::syntax::{
    Argument, Divider, EventText, Form, Name, Path, ReactionText, Stoichiometry, SubmodelText, Target,
};

impl Parser<'_> {
    /// True if a path and `--` follow.
    pub(super) fn strand_follows(&self) -> bool {
        let mut ahead = 1;
        while self.is_at(ahead, '.') {
            ahead += 2;
        }
        *self.tok(ahead) == Tok::Dashes
    }

    pub(super) fn strand(&mut self, name: Option<Target>, mut parts: Vec<Path>) -> Read<Form> {
        let open_left = parts.is_empty() && *self.tok(0) == Tok::Dashes;
        let mut open_right = false;
        if open_left {
            self.advance();
        }
        if parts.is_empty() {
            parts.push(self.path("the name of a piece of DNA")?);
        }
        while *self.tok(0) == Tok::Dashes {
            self.advance();
            open_right = self.at_end_of_statement();
            if open_right {
                break;
            }
            parts.push(self.path("the name of a piece of DNA")?);
        }
        Ok(Form::Strand { name, parts, open_left, open_right })
    }

    /// A reaction or interaction whose first reactants may have been read.
    pub(super) fn reaction(&mut self, name: Option<Target>, left: Vec<(Stoichiometry, Path)>) -> Read<Form> {
        let left = self.side(left)?;
        let Some(divider) = self.divider() else {
            return Err(self.expected_with_help("`->` or `=>`", "a reaction is written `A + B -> C; rate`"));
        };
        let right = self.side(vec![])?;
        if !self.is(';') {
            let help = "the rate follows the products after `;`, and may be empty: `A -> B;`";
            return Err(self.expected_with_help("`+` or `;`", help));
        }
        self.advance();
        let law = self.formula()?;
        let compartment = if self.eat_keyword("in") { Some(self.path("the name of a compartment")?) } else { None };
        if !self.at_end_of_statement() {
            return Err(self.expected_after_formula());
        }
        Ok(Form::Reaction(Box::new(ReactionText { name, left, divider, right, law, compartment })))
    }

    fn divider(&mut self) -> Option<Divider> {
        let (divider, tokens) = match (self.tok(0), self.tok(1)) {
            (Tok::Arrow, _) => (Divider::Reversible, 1),
            (Tok::OneWay, _) => (Divider::Irreversible, 1),
            (Tok::Activates, _) => (Divider::Activates, 1),
            (Tok::Inhibits, _) => (Divider::Inhibits, 1),
            (Tok::Char('-'), Tok::Char('(')) => (Divider::Influences, 2),
            _ => return None,
        };
        self.at += tokens;
        Some(divider)
    }

    /// `2 A + n B - C`
    fn side(&mut self, mut found: Vec<(Stoichiometry, Path)>) -> Read<Vec<(Stoichiometry, Path)>> {
        if found.is_empty() && !self.starts_reactant() {
            return Ok(found);
        }
        loop {
            let mut negative = false;
            if !found.is_empty() {
                if self.is_at(0, '-') && self.is_at(1, '(') || !matches!(self.tok(0), Tok::Char('+' | '-')) {
                    return Ok(found);
                }
                negative = self.is('-');
                self.advance();
            }
            if self.eat('-') {
                negative = !negative;
            }
            let entry = self.reactant(negative)?;
            found.push(entry);
        }
    }

    fn starts_reactant(&self) -> bool {
        match self.tok(0) {
            Tok::Word => self.name_at(0).is_some(),
            Tok::Number(_) | Tok::Char('$') => true,
            Tok::Char('-') => !self.is_at(1, '('),
            _ => false,
        }
    }

    fn reactant(&mut self, negative: bool) -> Read<(Stoichiometry, Path)> {
        let sign = if negative { -1.0 } else { 1.0 };
        if let Tok::Number(value) = *self.tok(0) {
            self.advance();
            let species = self.path("the name of a species after its stoichiometry")?;
            return Ok((Stoichiometry::Number(sign * value), species));
        }
        let first = self.path("the name of a species")?;
        let another = self.name_at(0).is_some() || self.is('$');
        if !another {
            return Ok((Stoichiometry::Number(sign), first));
        }
        if negative {
            let help = "give the stoichiometry a negative value, or put the species on the other side";
            return Err(self.expected_with_help("a stoichiometry without a minus sign", help));
        }
        let species = self.path("the name of a species")?;
        Ok((Stoichiometry::Named(first), species))
    }

    pub(super) fn submodel_unnamed(&mut self, target: Target) -> Read<Form> {
        match <[Name; 1]>::try_from(target.path.parts) {
            Ok([module]) => self.submodel(None, module),
            Err(_) => Err(self.expected("`=`, `:=`, `'=` or `:`")),
        }
    }

    pub(super) fn submodel(&mut self, name: Option<Target>, module: Name) -> Read<Form> {
        self.expect('(')?;
        let mut arguments = vec![];
        while !self.is(')') {
            arguments.push(self.argument()?);
            if !self.eat(',') {
                break;
            }
        }
        self.expect(')')?;
        let mut factors = vec![];
        while self.eat(',') {
            let factor = self.name("`timeconv` or `extentconv`")?;
            self.expect('=')?;
            factors.push((factor, self.argument()?));
        }
        let compartment = if self.eat_keyword("in") { Some(self.path("the name of a compartment")?) } else { None };
        Ok(Form::Submodel(Box::new(SubmodelText { name, module, arguments, factors, compartment })))
    }

    fn argument(&mut self) -> Read<Argument> {
        let span = self.here();
        let negative = self.is('-') && matches!(self.tok(1), Tok::Number(_));
        if let Tok::Number(value) = *self.tok(usize::from(negative)) {
            self.at += 1 + usize::from(negative);
            return Ok(Argument::Number(if negative { -value } else { value }, span));
        }
        Ok(Argument::Symbol(self.path("a symbol or a number")?))
    }

    pub(super) fn event(&mut self, name: Option<Target>) -> Read<Form> {
        self.advance();
        let first = self.event_formula("a condition")?;
        let (delay, trigger) =
            if self.eat_keyword("after") { (Some(first), self.event_formula("a condition")?) } else { (None, first) };
        let mut options = vec![];
        while self.eat(',') {
            self.skip_newlines();
            let option = self.name("`priority`, `t0`, `fromTrigger` or `persistent`")?;
            self.expect('=')?;
            options.push((option, self.formula()?));
        }
        self.expect(':')?;
        let assignments = self.event_assignments()?;
        Ok(Form::Event(Box::new(EventText { name, trigger, delay, options, assignments })))
    }

    fn event_formula(&mut self, what: &str) -> Read<Expr> {
        match self.formula()? {
            Some(formula) => Ok(formula),
            None => Err(self.expected(what)),
        }
    }

    fn event_assignments(&mut self) -> Read<Vec<(Path, Option<Expr>)>> {
        let mut found = vec![];
        // Lines may go on after `:` and after a comma.
        self.skip_newlines();
        loop {
            if self.name_at(0).is_some() || self.is('$') {
                let path = self.path("the symbol the event sets")?;
                self.expect('=')?;
                found.push((path, self.formula()?));
            }
            let colon = self.is(':');
            if !self.eat(',') && !self.eat(':') {
                break;
            }
            if colon || *self.tok(0) == Tok::Newline {
                self.skip_newlines();
            }
        }
        if !self.at_end_of_statement() && self.keyword_at(0) != Some("end") {
            return Err(self.expected_after_formula());
        }
        Ok(found)
    }
}
