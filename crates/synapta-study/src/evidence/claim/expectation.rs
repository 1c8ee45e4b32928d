//! From the written expectation to the typed one: which fields belong to which form.

use std::collections::BTreeMap;

use synapta_model::{SourceId, Span};
use toml::Spanned;

use crate::library::Library;
use crate::picture::PictureName;
use crate::readout::Symbols;

use super::super::assay_arm::AssayArm;
use super::super::cohort::Cohort;
use super::super::expect::{Bounds, Expect, Form, Held};
use super::super::formula::Formula;
use super::super::pool::ArmSpec;
use super::super::quantity::Relation;
use super::super::text::{Texts, known, place};
use super::schema::{RawExpect, RawQuantity};

const READ: [&str; 7] = ["of", "take", "at_h", "from_h", "to_h", "share", "against"];
/// Share of the largest change at which steps of an order count as begun.
const HALF: f64 = 0.5;

/// Builds the expectations of one claim.
pub(super) struct Builder<'a> {
    pub reader: &'a mut Texts,
    pub library: &'a Library,
    pub source: SourceId,
    pub arms: &'a BTreeMap<String, ArmSpec>,
    pub assays: &'a BTreeMap<String, AssayArm>,
    pub cohorts: &'a BTreeMap<String, Cohort>,
}

/// Fields of a form beyond `form`, `title`, `reason`.
fn fields(form: &str) -> Vec<&'static str> {
    let own: &[&str] = match form {
        "value" => &["arm", "as", "above", "below"],
        "sign" => &["arm", "as", "sign", "margin"],
        "onset_order" => return vec!["arm", "of", "share", "tie_h", "to_h"],
        "arm_order" => &["arm", "as"],
        "share_lost" => &["arm", "as", "whole", "above", "below"],
        "shapley" => &["arm", "as", "whole", "neither", "above", "below"],
        "assay" => return vec!["assay", "of", "against", "as", "above", "below"],
        "assay_order" => return vec!["assay", "of"],
        "correlation" => return vec!["cohort", "x", "y", "n", "threshold", "above", "below"],
        "rank" => return vec!["labels", "above"],
        "figure" => return vec!["arm", "figure", "nodes", "arrows", "labels", "moving", "above"],
        "cohort_mean" => return vec!["cohort", "other", "x", "above", "below"],
        "cohort_split" => return vec!["cohort", "x", "y", "threshold", "above", "below"],
        "studies" => return vec!["kinds", "of", "above", "below"],
        "screening" => return vec!["export", "count", "above", "below"],
        _ => return vec!["cohort", "x", "threshold", "n", "above", "below"],
    };
    own.iter().chain(&READ).copied().collect()
}

/// Fields that are written, in the order of the schema.
fn written(raw: &RawExpect) -> Vec<&'static str> {
    let all = [
        ("arm", raw.arm.is_some()),
        ("assay", raw.assay.is_some()),
        ("of", raw.of.is_some()),
        ("take", raw.take.is_some()),
        ("at_h", raw.at_h.is_some()),
        ("from_h", raw.from_h.is_some()),
        ("to_h", raw.to_h.is_some()),
        ("share", raw.share.is_some()),
        ("against", raw.against.is_some()),
        ("as", raw.relation.is_some()),
        ("above", raw.above.is_some()),
        ("below", raw.below.is_some()),
        ("sign", raw.sign.is_some()),
        ("margin", raw.margin.is_some()),
        ("tie_h", raw.tie_h.is_some()),
        ("whole", raw.whole.is_some()),
        ("neither", raw.neither.is_some()),
        ("cohort", raw.cohort.is_some()),
        ("other", raw.other.is_some()),
        ("x", raw.x.is_some()),
        ("y", raw.y.is_some()),
        ("threshold", raw.threshold.is_some()),
        ("n", raw.n.is_some()),
        ("kinds", raw.kinds.is_some()),
        ("export", raw.export.is_some()),
        ("count", raw.count.is_some()),
        ("figure", raw.figure.is_some()),
        ("nodes", raw.nodes.is_some()),
        ("arrows", raw.arrows.is_some()),
        ("labels", raw.labels.is_some()),
        ("moving", raw.moving.is_some()),
    ];
    all.into_iter().filter_map(|(name, there)| there.then_some(name)).collect()
}

impl Builder<'_> {
    /// The expectation and the place to show for findings about names; `None` after a finding.
    pub fn expectation(&mut self, raw: Spanned<RawExpect>) -> Option<(Expect, Span)> {
        let whole = place(self.source, &raw);
        let raw = raw.into_inner();
        let span = raw.of.as_ref().map_or(whole, |of| place(self.source, of));
        let form = self.form_word(&raw)?;
        self.only_own_fields(&raw, &form, whole);
        if raw.reason.trim().is_empty() {
            let help = "add `reason`: where the bounds come from";
            self.reader.tell("claim-reason", whole, "an expectation without a reason", help);
        }
        let bounds = Bounds { above: raw.above, below: raw.below };
        self.bounds(&form, &bounds, whole);
        let (title, reason) = (raw.title.clone(), raw.reason.trim().to_string());
        let form = self.form(&form, raw, whole)?;
        Some((Expect { form, bounds, title, reason }, span))
    }

    fn form_word(&mut self, raw: &RawExpect) -> Option<String> {
        let Some(form) = &raw.form else {
            return Some("value".to_string());
        };
        if Form::WORDS.contains(&form.get_ref().as_str()) {
            return Some(form.get_ref().clone());
        }
        let message = format!("`{}` is no form of expectation", form.get_ref());
        self.reader.tell(
            "claim-form",
            place(self.source, form),
            message,
            known(form.get_ref(), Form::WORDS.into_iter()),
        );
        None
    }

    fn only_own_fields(&mut self, raw: &RawExpect, form: &str, span: Span) {
        let own = fields(form);
        for field in written(raw).into_iter().filter(|f| !own.contains(f)) {
            let message = format!("`{field}` does not belong to the form `{form}`");
            self.reader.tell("claim-field", span, message, format!("its fields: {}", own.join(", ")));
        }
    }

    fn bounds(&mut self, form: &str, bounds: &Bounds, span: Span) {
        let bounded = fields(form).contains(&"above");
        if bounded && bounds.above.is_none() && bounds.below.is_none() {
            let help = "add `above`, `below` or both";
            self.reader.tell("claim-bounds", span, "an expectation without bounds cannot fail", help);
        }
        let crossed = matches!((bounds.above, bounds.below), (Some(a), Some(b)) if a >= b);
        let number = |b: Option<f64>| b.is_none_or(f64::is_finite);
        if crossed || !number(bounds.above) || !number(bounds.below) {
            let message = format!("nothing lies {}", bounds.words());
            self.reader.tell("claim-bounds", span, message, "`above` is the lower bound, `below` the upper one");
        }
    }

    fn form(&mut self, form: &str, raw: RawExpect, span: Span) -> Option<Form> {
        match form {
            "onset_order" => self.onset_order(raw, span),
            "assay" | "assay_order" => self.of_assays(form, raw, span),
            "studies" => {
                let kinds = self.need(raw.kinds, "kinds", span)?.into_inner();
                let fields = self.need(raw.of, "of", span)?;
                self.several(&fields.get_ref().0, 1, "studies", span)?;
                Some(Form::Studies { kinds, fields: fields.into_inner().0 })
            }
            "screening" => {
                let export = self.need(raw.export, "export", span)?.into_inner();
                Some(Form::Screening { export, count: self.need(raw.count, "count", span)?.into_inner() })
            }
            "figure" => self.figure(raw, span),
            "rank" => Some(Form::Rank { kinds: self.need(raw.labels, "labels", span)? }),
            "correlation" | "cohort_mean" | "cohort_split" | "cohort_share" => self.of_cohort(form, raw, span),
            _ => self.of_arms(form, raw, span),
        }
    }

    fn of_arms(&mut self, form: &str, raw: RawExpect, span: Span) -> Option<Form> {
        let arms = self.arm_names(raw.arm.as_ref(), span)?;
        let whole = raw.whole.clone();
        let neither = raw.neither.clone();
        let (sign, margin) = (raw.sign, raw.margin.unwrap_or(0.0));
        let of = self.need(raw.of, "of", span)?;
        let read = RawQuantity {
            of,
            take: raw.take,
            at_h: raw.at_h,
            from_h: raw.from_h,
            to_h: raw.to_h,
            share: raw.share,
            against: raw.against,
            relation: raw.relation,
            noise_sd: 0.0,
        };
        let quantities = self.quantities(read)?;
        Some(match form {
            "value" => Form::Value { arms, quantities },
            "sign" => Form::Sign { arms, quantities, sign: self.sign(sign, span)?, margin },
            "arm_order" => {
                self.several(&arms, 2, "arm_order", span)?;
                Form::ArmOrder { arms, quantities }
            }
            "share_lost" => {
                let whole = self.arm_name(whole, "whole", span)?;
                Form::ShareLost { arms, whole, quantities }
            }
            _ => {
                let whole = self.arm_name(whole, "whole", span)?;
                let neither = self.arm_name(neither, "neither", span)?;
                let parts: [String; 2] = match arms.try_into() {
                    Ok(two) => two,
                    Err(_) => {
                        let help = "name the two arms that lack one part each";
                        self.reader.tell("claim-field", span, "`shapley` takes two arms", help);
                        return None;
                    }
                };
                let quantity = quantities.into_iter().next()?;
                Form::Shapley { whole, parts, neither, quantity }
            }
        })
    }

    fn sign(&mut self, sign: Option<i8>, span: Span) -> Option<i8> {
        let good = sign.filter(|s| (-1..=1).contains(s));
        if good.is_none() {
            self.reader.tell("claim-field", span, "`sign` is 1, 0 or -1", "add it");
        }
        good
    }

    pub(super) fn several(&mut self, names: &[String], least: usize, form: &str, span: Span) -> Option<()> {
        if names.len() >= least {
            return Some(());
        }
        let help = "list them in the order expected";
        self.reader.tell("claim-field", span, format!("`{form}` needs at least {least} names"), help);
        None
    }

    fn onset_order(&mut self, raw: RawExpect, span: Span) -> Option<Form> {
        let arms = self.arm_names(raw.arm.as_ref(), span)?;
        let of = self.need(raw.of, "of", span)?;
        let at = place(self.source, &of);
        let names = of.into_inner().0;
        self.several(&names, 2, "onset_order", at)?;
        let steps: Option<Vec<(String, Formula)>> =
            names.iter().map(|n| Some((n.clone(), self.formula(n, at)?))).collect();
        Some(Form::OnsetOrder {
            arms,
            steps: steps?,
            share: raw.share.unwrap_or(HALF),
            tie_h: raw.tie_h.unwrap_or(0.0),
            to_h: raw.to_h,
        })
    }

    fn figure(&mut self, raw: RawExpect, span: Span) -> Option<Form> {
        let arm = self.arm_names(raw.arm.as_ref(), span)?.into_iter().next()?;
        let word = self.need(raw.figure, "figure", span)?;
        let picture = PictureName::from_word(word.get_ref());
        if picture.is_none() {
            let message = format!("no figure is called `{}`", word.get_ref());
            let help = known(word.get_ref(), PictureName::WORDS.into_iter());
            self.reader.tell("claim-field", place(self.source, &word), message, help);
        }
        let nodes = self.need(raw.nodes, "nodes", span)?;
        self.several(&nodes, 1, "figure", span)?;
        let (arrows, labels) = (raw.arrows.unwrap_or_default(), raw.labels.unwrap_or_default());
        let held = Held { nodes, arrows, labels, moving: raw.moving.unwrap_or_default() };
        Some(Form::Figure { arm, picture: picture?, held })
    }

    fn of_cohort(&mut self, form: &str, raw: RawExpect, span: Span) -> Option<Form> {
        let cohort = self.cohort_name(raw.cohort, "cohort", span)?;
        let x = self.need(raw.x, "x", span)?;
        let x = self.noisy(x.into_inner())?;
        let n = raw.n;
        if n.is_some_and(|n| n < 3) {
            self.reader.tell("claim-field", span, "samples of fewer than 3 say nothing", "give a larger `n`");
        }
        match form {
            "correlation" => {
                let y = self.need(raw.y, "y", span)?;
                let strong = raw.threshold;
                Some(Form::Correlation { cohort, numbers: [x, self.noisy(y.into_inner())?], n, strong })
            }
            "cohort_mean" => {
                Some(Form::CohortMean { cohort, other: self.cohort_name(raw.other, "other", span)?, number: x })
            }
            "cohort_split" => {
                let y = self.need(raw.y, "y", span)?;
                let threshold = self.need(raw.threshold, "threshold", span)?;
                Some(Form::CohortSplit { cohort, numbers: [x, self.noisy(y.into_inner())?], threshold })
            }
            _ => {
                let threshold = self.need(raw.threshold, "threshold", span)?;
                Some(Form::CohortShare { cohort, number: x, threshold, n })
            }
        }
    }

    fn of_assays(&mut self, form: &str, raw: RawExpect, span: Span) -> Option<Form> {
        let assays = self.need(raw.assay, "assay", span)?;
        let at = place(self.source, &assays);
        let assays = assays.into_inner().0;
        assays.iter().for_each(|name| self.known_assay(name, at));
        self.several(&assays, if form == "assay" { 1 } else { 2 }, form, at)?;
        let readouts = self.need(raw.of, "of", span)?.into_inner().0;
        self.several(&readouts, 1, "of", span)?;
        if form == "assay_order" {
            return Some(Form::AssayOrder { assays, readouts });
        }
        if let Some(against) = &raw.against {
            self.known_assay(against.get_ref(), place(self.source, against));
        }
        let relation = match &raw.relation {
            None => Relation::default(),
            Some(word) => Relation::from_word(word.get_ref()).or_else(|| {
                let message = format!("`{}` is no way to compare", word.get_ref());
                let help = known(word.get_ref(), Relation::WORDS.into_iter());
                self.reader.tell("claim-against", place(self.source, word), message, help);
                None
            })?,
        };
        Some(Form::Assay { assays, readouts, against: raw.against.map(Spanned::into_inner), relation })
    }

    fn known_assay(&mut self, name: &str, span: Span) {
        if !self.assays.contains_key(name) {
            let help = known(name, self.assays.keys().map(String::as_str));
            self.reader.tell("claim-unknown-arm", span, format!("no assay of the claim is called `{name}`"), help);
        }
    }

    fn need<T>(&mut self, field: Option<T>, name: &str, span: Span) -> Option<T> {
        if field.is_none() {
            self.reader.tell(
                "evidence-missing-field",
                span,
                format!("`{name}` is missing"),
                "add it to this expectation",
            );
        }
        field
    }

    fn arm_names(&mut self, names: Option<&Spanned<Symbols>>, span: Span) -> Option<Vec<String>> {
        let names = self.need(names, "arm", span)?;
        let at = place(self.source, names);
        for name in &names.get_ref().0 {
            self.known_arm(name, at);
        }
        self.several(&names.get_ref().0, 1, "arm", at)?;
        Some(names.get_ref().0.clone())
    }

    fn arm_name(&mut self, name: Option<Spanned<String>>, field: &str, span: Span) -> Option<String> {
        let name = self.need(name, field, span)?;
        self.known_arm(name.get_ref(), place(self.source, &name));
        Some(name.into_inner())
    }

    pub(super) fn known_arm(&mut self, name: &str, span: Span) {
        if !self.arms.contains_key(name) {
            let help = known(name, self.arms.keys().map(String::as_str));
            self.reader.tell("claim-unknown-arm", span, format!("no arm is called `{name}`"), help);
        }
    }

    fn cohort_name(&mut self, name: Option<Spanned<String>>, field: &str, span: Span) -> Option<String> {
        let name = self.need(name, field, span)?;
        if !self.cohorts.contains_key(name.get_ref()) {
            let help = known(name.get_ref(), self.cohorts.keys().map(String::as_str));
            let message = format!("no cohort is called `{}`", name.get_ref());
            self.reader.tell("claim-unknown-arm", place(self.source, &name), message, help);
        }
        Some(name.into_inner())
    }
}
