//! What the types of the file do not say: names that exist, numbers that make sense, formulas that can be read.

use synapta_model::{Diagnostic, SourceId, Span};
use toml::Spanned;

use crate::evidence::formula::Formula;
use crate::evidence::quantity::Relation;

use super::AssaySet;
use super::schema::{Assay, Protocol, Readout};

/// Most pulses of a step: more would be a study of its own.
const MOST_PULSES: f64 = 20_000.0;

/// All findings.
pub(super) fn check(source: SourceId, set: &AssaySet) -> Vec<Diagnostic> {
    let mut checker = Checker { source, set, found: vec![] };
    checker.unique("preparation", set.preparations.iter().map(|p| &p.name));
    checker.unique("protocol", set.protocols.iter().map(|p| &p.name));
    checker.unique("assay", set.assays.iter().map(|a| &a.name));
    for preparation in &set.preparations {
        if preparation.model.is_empty() == preparation.subject.is_empty() {
            let message = format!("`{}` needs a model or a subject, and not both", preparation.name.get_ref());
            checker.tell("assay-value", checker.place(&preparation.name), message, "add `model` or `subject`");
        }
    }
    set.protocols.iter().for_each(|p| checker.protocol(p));
    set.assays.iter().for_each(|a| checker.assay(a));
    checker.found
}

struct Checker<'a> {
    source: SourceId,
    set: &'a AssaySet,
    found: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn place(&self, name: &Spanned<String>) -> Span {
        Span::new(self.source, name.span().start, name.span().end)
    }

    fn tell(&mut self, code: &'static str, span: Span, message: String, help: &str) {
        self.found.push(Diagnostic::error(code, span, message).with_help(help));
    }

    fn unique<'b>(&mut self, kind: &str, names: impl Iterator<Item = &'b Spanned<String>>) {
        let mut seen: Vec<&str> = vec![];
        for name in names {
            if seen.contains(&name.get_ref().as_str()) {
                let message = format!("a {kind} `{}` stands above already", name.get_ref());
                self.tell("assay-duplicate", self.place(name), message, "give it a name of its own");
            }
            seen.push(name.get_ref());
        }
    }

    fn protocol(&mut self, protocol: &Protocol) {
        let span = self.place(&protocol.name);
        if protocol.step.is_empty() {
            let message = format!("`{}` has no step", protocol.name.get_ref());
            self.tell("assay-value", span, message, "add a `[[protocol.step]]`");
        }
        if let Some(repeat) = &protocol.repeat
            && protocol.rounds().is_none()
        {
            let message = format!("the steps from `{}` to `{}` cannot be repeated", repeat.from, repeat.to);
            self.tell("assay-value", span, message, "name steps of this protocol in order, and 1 to 1000 rounds");
        }
        for step in &protocol.step {
            let positive = |v: f64| v > 0.0 && v.is_finite();
            let pulses = step.pulses.as_ref();
            let fits = pulses.is_none_or(|p| {
                positive(p.every) && positive(p.length) && p.length < p.every && step.length / p.every <= MOST_PULSES
            });
            if !positive(step.length) || !fits {
                let message = format!("the times of step `{}` cannot be", step.name);
                let help = "`for` and `every` are times above 0, pulses shorter than from one to the next, at most 20000 of them";
                self.tell("assay-value", span, message, help);
            }
        }
    }

    fn assay(&mut self, assay: &Assay) {
        let span = self.place(&assay.name);
        self.unique("read-out", assay.readout.iter().map(|r| &r.name));
        if assay.preparations.is_empty() {
            let message = format!("`{}` is done to nothing", assay.name.get_ref());
            self.tell("assay-value", span, message, "name a preparation");
        }
        for name in &assay.preparations {
            self.exists(self.set.preparation(name).err(), span);
        }
        for link in assay.link.values() {
            self.formula(&link.of, span);
        }
        for readout in &assay.readout {
            self.readout(readout);
        }
    }

    fn exists(&mut self, missing: Option<Diagnostic>, span: Span) {
        self.found.extend(missing.map(|d| Diagnostic { code: "assay-unknown", span, ..d }));
    }

    fn formula(&mut self, text: &str, span: Span) {
        if let Err(e) = Formula::read(text) {
            self.tell("assay-formula", span, format!("`{text}`: {}", e.message), &e.help);
        }
    }

    fn readout(&mut self, readout: &Readout) {
        let span = self.place(&readout.name);
        let reference = readout.reference.as_ref();
        self.formula(&readout.of, span);
        if let Some(of) = reference.and_then(|r| r.of.as_ref()) {
            self.formula(of, span);
        }
        let others = [readout.preparation.as_ref(), reference.and_then(|r| r.preparation.as_ref())];
        for name in others.into_iter().flatten() {
            self.exists(self.set.preparation(name).err(), span);
        }
        match self.set.protocol(&readout.protocol) {
            Err(d) => self.exists(Some(d), span),
            Ok(protocol) => {
                let steps = [readout.during.as_ref(), reference.and_then(|r| r.during.as_ref())];
                for step in steps.into_iter().flatten() {
                    if !protocol.step.iter().any(|s| s.name == *step) {
                        let known: Vec<&str> = protocol.step.iter().map(|s| s.name.as_str()).collect();
                        let message = format!("`{}` has no step `{step}`", readout.protocol);
                        self.tell("assay-unknown", span, message, &format!("its steps: {}", known.join(", ")));
                    }
                }
            }
        }
        if let Some(word) = reference.and_then(|r| r.relation.as_ref())
            && Relation::from_word(word).is_none()
        {
            let help = format!("known: {}", Relation::WORDS.join(", "));
            self.tell("assay-unknown", span, format!("`{word}` is no way to compare"), &help);
        }
        if let Some(curve) = &readout.curve
            && !(curve.from > 0.0 && curve.to > curve.from && curve.to.is_finite())
        {
            let message = format!("no curve leads from {} to {}", curve.from, curve.to);
            self.tell("assay-value", span, message, "give two concentrations above 0, the lower one first");
        }
    }
}
