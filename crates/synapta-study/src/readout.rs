//! Read-outs: the numbers a reader wants from a trajectory, the panels of the figure, and the columns kept in files.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use synapta_model::{Diagnostic, SourceId, Span};
use toml::Spanned;

use crate::library::NamedText;
use crate::trajectory::{Series, Trajectory};

/// readouts.toml.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadoutFile {
    /// Numbers, in the order printed.
    #[serde(default)]
    pub readout: Vec<Readout>,
    /// Small multiples of the cascade figure, in order.
    #[serde(default)]
    pub panel: Vec<Panel>,
    /// Further symbols kept in the trajectory files.
    #[serde(default)]
    pub columns: Vec<Spanned<String>>,
}

/// One symbol, or several that are combined point by point.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbols(pub Vec<String>);

/// How several symbols become one series.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Combine {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// The largest at each time.
    Max,
    /// The smallest at each time.
    Min,
}

/// What a series is compared with.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Relative {
    /// Nothing.
    #[default]
    None,
    /// Value over the subject's value before the dose.
    Ratio,
    /// Value less the subject's value before the dose.
    Change,
    /// Value less the baseline, over the baseline.
    Fraction,
}

/// The number taken of a series.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Largest value.
    Max,
    /// Smallest value.
    Min,
    /// Hours to the largest value.
    TimeOfMax,
    /// Hours to the smallest value.
    TimeOfMin,
    /// Values at `at_h`.
    ValueAt,
    /// Area under the curve, by hours.
    Auc,
    /// Hours until half of the largest change from baseline.
    TimeOfHalfMax,
}

/// A number of the table and of summary.json.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readout {
    /// Its name.
    pub name: Spanned<String>,
    /// One line for people.
    pub title: String,
    /// Unit after `scale`; empty for pure numbers.
    #[serde(default)]
    pub unit: String,
    /// Dotted path, or several.
    pub symbol: Symbols,
    /// For several symbols.
    #[serde(default)]
    pub combine: Combine,
    /// The number taken.
    pub statistic: Statistic,
    /// Hours after time zero, for `value_at`.
    #[serde(default)]
    pub at_h: Hours,
    /// Window, hours after time zero. Default: time zero.
    pub from_h: Option<f64>,
    /// Default: the end of the run.
    pub to_h: Option<f64>,
    /// Taken before the statistic.
    #[serde(default)]
    pub relative: Relative,
    /// Factor on the result (not on times).
    pub scale: Option<f64>,
    /// Key in summary.json; none keeps it out.
    pub key: Option<String>,
    /// False keeps it out of the printed table.
    #[serde(default = "yes")]
    pub table: bool,
    /// Assemblies it is shown for; empty means all.
    #[serde(default)]
    pub models: Vec<String>,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// One small multiple.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Its name.
    pub name: Spanned<String>,
    /// Heading.
    pub title: String,
    /// What the axis shows, for instance `concentration`; empty if the heading says it.
    #[serde(default)]
    pub quantity: String,
    /// Unit of the axis; empty for pure numbers.
    #[serde(default)]
    pub unit: String,
    /// Part of the cascade it belongs to; panels of one part share a colour.
    #[serde(default)]
    pub stage: String,
    /// Curves.
    pub line: Vec<Line>,
    /// Assemblies it is shown for; empty means all.
    #[serde(default)]
    pub models: Vec<String>,
    /// Anything more.
    #[serde(alias = "notes")]
    pub note: Option<String>,
}

/// One curve of a panel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Legend.
    #[serde(default)]
    pub label: String,
    /// Dotted path, or several.
    pub symbol: Symbols,
    /// For several symbols.
    #[serde(default)]
    pub combine: Combine,
    /// What it is compared with.
    #[serde(default)]
    pub relative: Relative,
    /// Factor on the values.
    pub scale: Option<f64>,
}

fn yes() -> bool {
    true
}

/// One number or several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hours(pub Vec<f64>);

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hours, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Hours;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number or a list of numbers")
            }
            fn visit_f64<E: Error>(self, v: f64) -> Result<Hours, E> {
                Ok(Hours(vec![v]))
            }
            fn visit_i64<E: Error>(self, v: i64) -> Result<Hours, E> {
                Ok(Hours(vec![v as f64]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Hours, A::Error> {
                let mut out = vec![];
                while let Some(v) = seq.next_element::<f64>()? {
                    out.push(v);
                }
                Ok(Hours(out))
            }
        }
        deserializer.deserialize_any(One)
    }
}

impl<'de> Deserialize<'de> for Symbols {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Symbols, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Symbols;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a dotted path or a list of them")
            }
            fn visit_str<E: Error>(self, v: &str) -> Result<Symbols, E> {
                Ok(Symbols(vec![v.to_string()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Symbols, A::Error> {
                let mut out = vec![];
                while let Some(v) = seq.next_element::<String>()? {
                    out.push(v);
                }
                Ok(Symbols(out))
            }
        }
        deserializer.deserialize_any(One)
    }
}

/// A read-out's result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReadoutValue {
    /// Name in readouts.toml.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Unit; empty for pure numbers.
    pub unit: String,
    /// Key in summary.json.
    pub key: Option<String>,
    /// True if it belongs in the printed table.
    pub table: bool,
    /// Hours after time zero for values at given times, and the numbers.
    pub values: Vec<(Option<f64>, f64)>,
    /// The first symbol, for a sparkline.
    pub symbol: String,
}

/// A curve ready to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Legend.
    pub label: String,
    /// One value for each time of the trajectory.
    pub values: Vec<f64>,
}

impl ReadoutFile {
    /// A file alone, without the rest of a library.
    ///
    /// # Errors
    /// The findings.
    pub fn from_text(text: NamedText<'_>) -> Result<ReadoutFile, Vec<Diagnostic>> {
        let file: ReadoutFile = toml::from_str(text.text).map_err(|e| {
            let span = e.span().map_or(Span::NONE, |r| Span::new(SourceId(0), r.start, r.end));
            vec![Diagnostic::error("library-syntax", span, e.message().to_string())]
        })?;
        let found = file.check(SourceId(0));
        if found.is_empty() { Ok(file) } else { Err(found) }
    }

    /// What the types do not say.
    pub(crate) fn check(&self, source: SourceId) -> Vec<Diagnostic> {
        let mut found = vec![];
        let mut tell = |name: &Spanned<String>, message: &str| {
            let span = Span::new(source, name.span().start, name.span().end);
            let message = format!("`{}`: {message}", name.get_ref());
            found.push(Diagnostic::error("library-readout", span, message));
        };
        for (i, r) in self.readout.iter().enumerate() {
            if r.symbol.0.is_empty() {
                tell(&r.name, "no symbol");
            }
            if (r.statistic == Statistic::ValueAt) == r.at_h.0.is_empty() {
                tell(&r.name, "`at_h` belongs to the statistic `value_at` and to no other");
            }
            if self.readout[..i].iter().any(|q| q.name == r.name || (q.key.is_some() && q.key == r.key)) {
                tell(&r.name, "the name or key is taken");
            }
        }
        for p in &self.panel {
            if p.line.is_empty() || p.line.iter().any(|l| l.symbol.0.is_empty()) {
                tell(&p.name, "no symbol");
            }
        }
        found
    }

    /// Read-outs of an assembly.
    pub fn readouts<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Readout> {
        self.readout.iter().filter(move |r| shown(&r.models, model))
    }

    /// Panels of an assembly.
    pub fn panels<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Panel> {
        self.panel.iter().filter(move |p| shown(&p.models, model))
    }

    /// Every symbol an assembly's read-outs, panels and columns need, each once.
    pub fn symbols(&self, model: &str) -> Vec<String> {
        let lines = self.panels(model).flat_map(|p| p.line.iter().map(|l| &l.symbol));
        let of_readouts = self.readouts(model).map(|r| &r.symbol);
        let mut out: Vec<String> = vec![];
        let all = of_readouts.chain(lines).flat_map(|s| s.0.iter());
        for symbol in all.chain(self.columns.iter().map(Spanned::get_ref)) {
            if !out.contains(symbol) {
                out.push(symbol.clone());
            }
        }
        out
    }

    /// Times after time zero that read-outs ask for, h.
    pub fn times(&self, model: &str) -> Vec<f64> {
        self.readouts(model).flat_map(|r| r.at_h.0.iter().copied()).collect()
    }
}

fn shown(models: &[String], model: &str) -> bool {
    models.is_empty() || models.iter().any(|m| m == model)
}

impl Readout {
    /// The result of a trajectory. Numbers that do not exist (a time after the end, a symbol that is not kept) are left
    /// out; so is a ratio to a baseline of zero.
    pub fn evaluate(&self, trajectory: &Trajectory) -> ReadoutValue {
        let scale = self.scale.unwrap_or(1.0);
        let values = match series(trajectory, &self.symbol, self.combine, self.relative) {
            Some((values, baseline)) => {
                let series = Series { time: &trajectory.time_h, values: &values, baseline };
                self.numbers(series, trajectory.zero_h, scale)
            }
            None => vec![],
        };
        ReadoutValue {
            name: self.name.get_ref().clone(),
            title: self.title.clone(),
            unit: self.unit.clone(),
            key: self.key.clone(),
            table: self.table,
            values: values.into_iter().filter(|(_, v)| v.is_finite()).collect(),
            symbol: self.symbol.0.first().cloned().unwrap_or_default(),
        }
    }

    fn numbers(&self, series: Series<'_>, zero: f64, scale: f64) -> Vec<(Option<f64>, f64)> {
        let from = zero + self.from_h.unwrap_or(0.0);
        let to = self.to_h.map_or(f64::INFINITY, |t| zero + t);
        let one = |v: Option<f64>| v.map(|v| (None, v)).into_iter().collect();
        let value = |v: Option<(f64, f64)>| one(v.map(|(_, v)| v * scale));
        let time = |v: Option<(f64, f64)>| one(v.map(|(t, _)| t - zero));
        match self.statistic {
            Statistic::Max => value(series.maximum(from, to)),
            Statistic::Min => value(series.minimum(from, to)),
            Statistic::TimeOfMax => time(series.maximum(from, to)),
            Statistic::TimeOfMin => time(series.minimum(from, to)),
            Statistic::Auc => one(Some(series.area(from, to) * scale)),
            Statistic::TimeOfHalfMax => one(series.onset(0.5, from, to).map(|t| t - zero)),
            Statistic::ValueAt => {
                // Time zero itself is the state before the dose.
                let at = |h: f64| {
                    if h <= 0.0 { Some(series.baseline) } else { series.at(zero + h) }
                };
                self.at_h.0.iter().filter_map(|h| Some((Some(*h), at(*h)? * scale))).collect()
            }
        }
    }
}

impl Line {
    /// The curve of a trajectory; `None` if a symbol is not kept or the baseline of a ratio is zero.
    pub fn curve(&self, trajectory: &Trajectory) -> Option<Curve> {
        let (values, _) = series(trajectory, &self.symbol, self.combine, self.relative)?;
        let scale = self.scale.unwrap_or(1.0);
        Some(Curve { label: self.label.clone(), values: values.into_iter().map(|v| v * scale).collect() })
    }
}

/// Combined and compared values, with the baseline under the same comparison.
fn series(trajectory: &Trajectory, symbols: &Symbols, combine: Combine, relative: Relative) -> Option<(Vec<f64>, f64)> {
    let columns = symbols.0.iter().map(|s| trajectory.column(s)).collect::<Option<Vec<_>>>()?;
    let together = |each: &dyn Fn(usize) -> f64| {
        let values = (0..columns.len()).map(each);
        match combine {
            Combine::Mean => values.sum::<f64>() / columns.len() as f64,
            Combine::Sum => values.sum(),
            Combine::Max => values.fold(f64::NEG_INFINITY, f64::max),
            Combine::Min => values.fold(f64::INFINITY, f64::min),
        }
    };
    let baseline = together(&|c| columns[c].baseline);
    let compare = |v: f64| match relative {
        Relative::None => v,
        Relative::Ratio => v / baseline,
        Relative::Change => v - baseline,
        Relative::Fraction => (v - baseline) / baseline,
    };
    if matches!(relative, Relative::Ratio | Relative::Fraction) && baseline == 0.0 {
        return None;
    }
    let values = (0..trajectory.time_h.len()).map(|i| compare(together(&|c| columns[c].values[i]))).collect();
    Some((values, compare(baseline)))
}

#[cfg(test)]
#[path = "readout_tests.rs"]
mod tests;
