//! Events.

use synapta_model::diagnostic::nearest;
use synapta_model::{Constant, Diagnostic, Expr, ExprKind, Span};

use super::Reader;
use crate::syntax::{EventText, Name, Path};
use crate::table::{Done, EventPart, Kind, Problem, Table};

impl Reader<'_> {
    pub(super) fn event(&mut self, table: &mut Table, text: EventText, span: Span) -> Done {
        let name = text.name.as_ref().map(|t| self.place(table, t)).transpose()?;
        let mut trigger = text.trigger;
        self.register(table, &mut trigger);
        if !may_be_logical(&trigger) {
            let found =
                Diagnostic::error("trigger-not-logical", trigger.span, "the condition of an event is not a comparison");
            self.diagnostics.push(found.with_help("write for instance `at time > 3: x = 0`"));
        }
        let mut delay = text.delay;
        if let Some(formula) = &mut delay {
            self.register(table, formula);
        }
        let i = name.unwrap_or_else(|| table.add_numbered("_E", span));
        let mut event = EventPart {
            trigger,
            delay,
            priority: None,
            initial_value: true,
            persistent: true,
            from_trigger: true,
            assignments: vec![],
        };
        for (option, value) in text.options {
            self.event_option(table, &mut event, &option, value);
        }
        for (path, value) in text.assignments {
            self.event_assignment(table, &mut event, &path, value);
        }
        table.set_kind(i, Kind::Event)?;
        let root = table.root(i);
        table.vars[root].event = Some(Box::new(event));
        Ok(())
    }

    fn event_option(&mut self, table: &mut Table, event: &mut EventPart, option: &Name, value: Option<Expr>) {
        let known = ["priority", "t0", "fromTrigger", "persistent"];
        let Some(word) = known.into_iter().find(|k| k.eq_ignore_ascii_case(&option.text)) else {
            let message = format!("an event has no setting `{}`", option.text);
            let near = nearest(&option.text, known).map(|n| format!("did you mean `{n}`?"));
            let help = near.unwrap_or_else(|| "events have `priority`, `t0`, `fromTrigger` and `persistent`".into());
            return self.report(option.span, Problem::new("unknown-setting", message).help(help));
        };
        if word == "priority" {
            event.priority = value;
            if let Some(formula) = &mut event.priority {
                self.register(table, formula);
            }
            return;
        }
        let flag = match value.map(|v| v.kind) {
            Some(ExprKind::Constant(Constant::True)) => true,
            Some(ExprKind::Constant(Constant::False)) => false,
            _ => {
                let problem = Problem::new("unknown-setting", format!("`{word}` is `true` or `false`"));
                return self.report(option.span, problem);
            }
        };
        match word {
            "t0" => event.initial_value = flag,
            "fromTrigger" => event.from_trigger = flag,
            _ => event.persistent = flag,
        }
    }

    fn event_assignment(&mut self, table: &mut Table, event: &mut EventPart, path: &Path, value: Option<Expr>) {
        let Some(mut formula) = value else {
            return self.report(path.span(), Problem::new("syntax", "a formula must follow `=`"));
        };
        self.register(table, &mut formula);
        let done = self.resolve(table, path).and_then(|i| {
            table.set_kind(i, Kind::Formula)?;
            let root = table.root(i);
            if !table.vars[root].kind.can_vary() {
                let var = &table.vars[root];
                return Err(Problem::new(
                    "kind-conflict",
                    format!("an event cannot set `{}`, which is {}", var.name, var.kind.words()),
                ));
            }
            // The event changes it, whatever was said before.
            table.vars[root].constant = Some(false);
            event.assignments.push((i, formula));
            Ok(())
        });
        if let Err(problem) = done {
            self.report(path.span(), problem);
        }
    }
}

/// False for formulas that are plainly numbers.
fn may_be_logical(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Number(..) | ExprKind::Delay(..) | ExprKind::RateOf(_) | ExprKind::Draw(..) => false,
        ExprKind::Constant(c) => matches!(c, Constant::True | Constant::False),
        ExprKind::Op(op, _) => op.is_logical(),
        ExprKind::Symbol(_) | ExprKind::Call(..) | ExprKind::Piecewise(..) => true,
    }
}
