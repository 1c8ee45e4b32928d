//! NONMEM-style dose records: `time amt rate dur ii addl evid cmt ss` as CSV, with optional `drug`, `route`, `unit`.
//!
//! Header order and case are free; `.` and an empty field mean missing. Times, `dur` and `ii` are in hours, `rate` in
//! the amount's unit per hour. Data item meanings: NONMEM Users Guide, part IV.

use serde::Serialize;
use smol_str::SmolStr;
use synapta_model::{Diagnostic, SourceId, Span};

use super::expand::{Pharmacy, split};
use super::{Amount, DoseRecord, DoseUnit, Doses, MAX_DOSES, Route, Vocabulary};
use crate::words::{did_you_mean, nearest_of};

/// Columns that are read.
const COLUMNS: [&str; 12] = ["time", "amt", "rate", "dur", "ii", "addl", "evid", "cmt", "ss", "drug", "route", "unit"];
/// Columns of data sets that say nothing about dosing.
const IGNORED: [&str; 6] = ["id", "dv", "mdv", "tad", "c", "lloq"];

/// One dosing row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Start of the first dose, h.
    pub time_h: f64,
    /// The dose.
    pub amount: Amount,
    /// Infusion time, h; `None` for a bolus.
    pub duration_h: Option<f64>,
    /// Further doses.
    pub additional: u32,
    /// Hours between them.
    pub interval_h: f64,
    /// Canonical drug name.
    pub drug: SmolStr,
    /// Route.
    pub route: Route,
    #[serde(skip)]
    span: Span,
}

/// All dosing rows of a file, in file order.
#[derive(Clone, Debug, PartialEq)]
pub struct Records {
    /// Name shown as the regimen.
    pub name: String,
    /// The rows.
    pub rows: Vec<Record>,
    /// What was passed over.
    pub warnings: Vec<Diagnostic>,
}

/// Reads records. `source` is the number of the text in the caller's source map, `name` its display name.
///
/// # Errors
/// Every finding. Codes: `records-empty`, `records-missing-column`, `records-unknown-column`, `records-malformed`,
/// `records-bad-number`, `records-missing-value`, `records-steady-state`, `records-reset`, `records-event-id`,
/// `records-rate-code`, `records-rate-and-dur`, `records-interval`, `records-compartment`, `records-several-people`, and
/// `regimen-negative-dose`, `regimen-unknown-drug`, `regimen-unknown-route`, `regimen-unknown-unit`, `regimen-route-not-for-drug`.
pub fn read_records(
    source: SourceId,
    name: &str,
    text: &str,
    vocabulary: &Vocabulary,
) -> Result<Records, Vec<Diagnostic>> {
    let text = text.strip_prefix('\u{feff}').map_or(text, |t| t);
    let mut reader = Reader { source, text, vocabulary, columns: vec![], found: vec![], doses: 0, person: None };
    let rows = reader.rows();
    if rows.is_empty() && !reader.found.iter().any(Diagnostic::is_error) {
        let help =
            "write a header and one row a dose, for example `time,amt,dur,drug,route` and `0,35,0.667,ketamine,iv`";
        let empty = Diagnostic::error("records-empty", reader.all(), "the file holds no dose record");
        reader.found.push(empty.with_help(help));
    }
    if reader.found.iter().any(Diagnostic::is_error) {
        return Err(reader.found);
    }
    Ok(Records { name: name.to_string(), rows, warnings: reader.found })
}

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    vocabulary: &'a Vocabulary,
    columns: Vec<String>,
    found: Vec<Diagnostic>,
    doses: usize,
    /// The `id` of the first row.
    person: Option<String>,
}

/// One row under reading.
struct Row {
    fields: Vec<String>,
    /// Byte range of the row.
    start: usize,
    end: usize,
    /// Byte range of each field, if the row has no quotes.
    places: Vec<(usize, usize)>,
}

impl Reader<'_> {
    fn all(&self) -> Span {
        Span::new(self.source, 0, self.text.len())
    }

    fn rows(&mut self) -> Vec<Record> {
        let mut csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(self.text.as_bytes());
        let mut out = vec![];
        let mut record = csv::StringRecord::new();
        loop {
            let start = csv.position().byte() as usize;
            match csv.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return out,
                Err(e) => {
                    let span = Span::new(self.source, start.min(self.text.len()), self.text.len());
                    self.error("records-malformed", span, format!("not a CSV row: {e}"), "separate fields by commas");
                    return out;
                }
            }
            let start = record.position().map_or(start, |p| p.byte() as usize);
            let row = self.row(&record, start);
            if row.fields.iter().all(String::is_empty) {
                continue;
            }
            if self.columns.is_empty() {
                if !self.header(&row) {
                    return out;
                }
                continue;
            }
            out.extend(self.record(&row));
        }
    }

    fn row(&self, record: &csv::StringRecord, start: usize) -> Row {
        let rest = self.text.get(start..).unwrap_or("");
        let end = start + rest.find('\n').unwrap_or(rest.len());
        let line = self.text.get(start..end).unwrap_or("");
        let mut places = vec![];
        let mut at = start;
        if !line.contains('"') {
            for field in line.split(',') {
                let lead = field.len() - field.trim_start().len();
                places.push((at + lead, at + lead + field.trim().len()));
                at += field.len() + 1;
            }
        }
        Row { fields: record.iter().map(str::to_string).collect(), start, end, places }
    }

    /// Reads the header; false if the rows cannot be read without it.
    fn header(&mut self, row: &Row) -> bool {
        self.columns = row.fields.iter().map(|f| f.to_ascii_lowercase()).collect();
        for i in 0..self.columns.len() {
            let name = self.columns[i].clone();
            if COLUMNS.contains(&name.as_str()) || IGNORED.contains(&name.as_str()) {
                continue;
            }
            let near = nearest_of(&name, COLUMNS);
            let message = format!("the column `{name}` is not known");
            let help = format!("{}columns are: {}", did_you_mean(near), COLUMNS.join(", "));
            let span = self.place(row, i);
            self.found.push(match near {
                Some(_) => Diagnostic::error("records-unknown-column", span, message).with_help(help),
                None => Diagnostic::warning("records-unknown-column", span, message).with_help(help),
            });
        }
        if let Some(i) = (1..self.columns.len()).find(|i| self.columns[..*i].contains(&self.columns[*i])) {
            let message = format!("the column `{}` stands twice", self.columns[i]);
            self.error("records-unknown-column", self.place(row, i), message, "leave one of the two out");
        }
        let one_field = self.columns.len() == 1 && self.columns[0].contains([';', '\t', ' ']);
        for needed in ["time", "amt"] {
            if !self.columns.iter().any(|c| c == needed) {
                let message = format!("the column `{needed}` is missing");
                let help = match one_field {
                    true => "separate fields by commas, and write decimals with a point",
                    false => "the first row names the columns, at least `time` and `amt`",
                };
                self.error("records-missing-column", Span::new(self.source, row.start, row.end), message, help);
            }
        }
        !self.found.iter().any(Diagnostic::is_error)
    }

    /// Reads one row; `None` if it gives no dose or an error was told.
    fn record(&mut self, row: &Row) -> Option<Record> {
        let errors = self.found.len();
        if row.fields.len() > self.columns.len() {
            let message = format!("{} fields, but the header has {}", row.fields.len(), self.columns.len());
            self.error("records-malformed", self.whole(row), message, "give each field a column");
            return None;
        }
        self.one_person(row)?;
        let time = self.number(row, "time");
        let amount = self.number(row, "amt");
        if !self.is_dose(row, amount)? {
            return None;
        }
        let time_h = self.needed(row, "time", time);
        let value = self.needed(row, "amt", amount);
        if value.is_some_and(|v| v < 0.0) {
            let message = format!("a dose of {} is below zero", value.unwrap_or_default());
            self.error("regimen-negative-dose", self.span(row, "amt"), message, "write the amount given");
        }
        self.refuse_steady_state(row);
        self.note_compartment(row);
        let duration_h = self.duration(row, value);
        let (additional, interval_h) = self.additional(row);
        let (drug, route) = self.drug_and_route(row)?;
        let (unit, per_kg) = self.unit(row)?;
        if self.found[errors..].iter().any(Diagnostic::is_error) {
            return None;
        }
        let amount = Amount { value: value?, unit, per_kg };
        self.doses += 1;
        Some(Record { time_h: time_h?, amount, duration_h, additional, interval_h, drug, route, span: self.whole(row) })
    }

    /// `None` after telling that the rows are of several people.
    fn one_person(&mut self, row: &Row) -> Option<()> {
        let id = self.text_of(row, "id").unwrap_or_default().to_string();
        let first = self.person.get_or_insert_with(|| id.clone());
        if *first == id {
            return Some(());
        }
        let message = format!("the rows are of several people: id `{first}` and id `{id}`");
        self.error("records-several-people", self.span(row, "id"), message, "give each person a file and a run");
        None
    }

    /// True for a dosing row by its `evid`. `None` after telling that it is refused.
    fn is_dose(&mut self, row: &Row, amount: Option<f64>) -> Option<bool> {
        let evid = self.number(row, "evid").unwrap_or(if amount.is_some_and(|a| a != 0.0) { 1.0 } else { 0.0 });
        let span = self.span(row, "evid");
        match evid {
            0.0 => Some(false),
            1.0 => Some(true),
            2.0 => {
                let warning =
                    Diagnostic::warning("records-event-id", span, "evid 2 (other event) changes nothing here");
                self.found.push(warning.with_help("leave the row out"));
                Some(false)
            }
            4.0 if self.doses == 0 => Some(true),
            3.0 | 4.0 => {
                let message = format!("evid {evid} (reset) is not supported");
                self.error("records-reset", span, message, "simulate each period after a reset as its own run");
                None
            }
            _ => {
                let message = format!("evid {evid} is not known");
                self.error("records-event-id", span, message, "evid is 0 (observation), 1 (dose) or 2 (other)");
                None
            }
        }
    }

    fn refuse_steady_state(&mut self, row: &Row) {
        if self.number(row, "ss").is_some_and(|v| v != 0.0) {
            let help = "write the doses that lead to it, for example `ii` 24 and `addl` 13 before the dose of interest";
            let message = "steady-state dosing (ss) is not supported".to_string();
            self.error("records-steady-state", self.span(row, "ss"), message, help);
        }
    }

    fn note_compartment(&mut self, row: &Row) {
        if self.number(row, "cmt").is_some() && self.text_of(row, "route").is_none() {
            let message = "the compartment number (cmt) says nothing here: the drug's usual route is taken";
            let warning = Diagnostic::warning("records-compartment", self.span(row, "cmt"), message);
            self.found.push(warning.with_help(format!("add a column `route`: {}", Route::names().join(", "))));
        }
    }

    fn duration(&mut self, row: &Row, amount: Option<f64>) -> Option<f64> {
        let rate = self.number(row, "rate").filter(|v| *v != 0.0);
        let given = self.number(row, "dur").filter(|v| *v != 0.0);
        if let Some(rate) = rate.filter(|r| *r < 0.0) {
            let help = "give the infusion time in hours in `dur`, or a rate above 0";
            let message = format!("rate {rate} (rate or time estimated by the model) is not supported");
            self.error("records-rate-code", self.span(row, "rate"), message, help);
            return None;
        }
        if given.is_some_and(|d| d < 0.0) {
            let span = self.span(row, "dur");
            self.error("records-bad-number", span, "an infusion time is below zero".into(), "write hours in `dur`");
            return None;
        }
        let from_rate = rate.zip(amount).map(|(r, a)| a / r);
        if let (Some(a), Some(b)) = (from_rate, given)
            && (a - b).abs() > 1e-3 * b
        {
            let message = format!("rate gives an infusion of {a} h, dur says {b} h");
            self.error("records-rate-and-dur", self.span(row, "dur"), message, "give one of the two");
        }
        given.or(from_rate).filter(|d| *d > 0.0)
    }

    fn additional(&mut self, row: &Row) -> (u32, f64) {
        let addl = self.number(row, "addl").unwrap_or(0.0);
        let ii = self.number(row, "ii").unwrap_or(0.0);
        if addl == 0.0 {
            return (0, 0.0);
        }
        if addl < 0.0 || addl.fract() != 0.0 || addl > MAX_DOSES as f64 {
            let message = format!("addl {addl} is not a number of further doses");
            self.error("records-interval", self.span(row, "addl"), message, "write a whole number, 0 or more");
            return (0, 0.0);
        }
        if ii <= 0.0 {
            let message = "addl needs the hours between doses in ii".to_string();
            self.error("records-interval", self.span(row, "addl"), message, "add `ii`, for example 24");
            return (0, 0.0);
        }
        (addl as u32, ii)
    }

    fn drug_and_route(&mut self, row: &Row) -> Option<(SmolStr, Route)> {
        let vocabulary = self.vocabulary;
        let drug = match self.text_of(row, "drug") {
            None => vocabulary.default_drug(),
            Some(name) => match vocabulary.find(name) {
                Some(drug) => drug,
                None => {
                    let near = did_you_mean(nearest_of(name, vocabulary.spellings()));
                    let names: Vec<&str> = vocabulary.drugs().iter().map(|d| d.name.as_str()).collect();
                    let (message, help) =
                        (format!("unknown drug `{name}`"), format!("{near}drugs are: {}", names.join(", ")));
                    self.error("regimen-unknown-drug", self.span(row, "drug"), message, &help);
                    return None;
                }
            },
        };
        let route = match self.text_of(row, "route") {
            None => drug.default_route,
            Some(name) => match Route::from_word(name) {
                Some(route) => route,
                None => {
                    let near = did_you_mean(nearest_of(name, Route::names()));
                    let help = format!("{near}routes are: {}", Route::names().join(", "));
                    self.error(
                        "regimen-unknown-route",
                        self.span(row, "route"),
                        format!("unknown route `{name}`"),
                        &help,
                    );
                    return None;
                }
            },
        };
        if !drug.routes.contains(&route) {
            let routes: Vec<&str> = drug.routes.iter().map(|r| r.name()).collect();
            let message = format!("{} cannot be given by the route `{route}` here", drug.name);
            let help = format!("its routes are: {}", routes.join(", "));
            self.error("regimen-route-not-for-drug", self.span(row, "route"), message, &help);
            return None;
        }
        Some((drug.name.clone(), route))
    }

    fn unit(&mut self, row: &Row) -> Option<(DoseUnit, bool)> {
        let Some(text) = self.text_of(row, "unit") else {
            return Some((DoseUnit::Milligram, false));
        };
        let (unit, per_kg) = match text.split_once('/') {
            Some((unit, per)) if per.trim().eq_ignore_ascii_case("kg") => (unit.trim(), true),
            _ => (text, false),
        };
        let known = DoseUnit::from_word(unit).map(|u| (u, per_kg));
        if known.is_none() {
            let message = format!("`{text}` is not a unit of dose");
            let help = "units are g, mg, ug, ng, mmol, umol, nmol, pmol, each also /kg";
            self.error("regimen-unknown-unit", self.span(row, "unit"), message, help);
        }
        known
    }

    // ---- fields

    fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == name)
    }

    fn text_of<'r>(&self, row: &'r Row, name: &str) -> Option<&'r str> {
        let field = row.fields.get(self.column(name)?)?.as_str();
        Some(field).filter(|f| !f.is_empty() && *f != ".")
    }

    fn number(&mut self, row: &Row, name: &str) -> Option<f64> {
        let text = self.text_of(row, name)?;
        match text.parse::<f64>().ok().filter(|v| v.is_finite()) {
            Some(v) => Some(v),
            None => {
                let message = format!("`{text}` in column `{name}` is not a number");
                let span = self.span(row, name);
                if self.found.last().is_none_or(|d| d.span != span) {
                    self.error("records-bad-number", span, message, "write a plain number, or `.` for missing");
                }
                None
            }
        }
    }

    fn needed(&mut self, row: &Row, name: &str, value: Option<f64>) -> Option<f64> {
        if value.is_none() && self.text_of(row, name).is_none() {
            let message = format!("a dosing row has no `{name}`");
            self.error("records-missing-value", self.whole(row), message, "fill it in");
        }
        value
    }

    fn whole(&self, row: &Row) -> Span {
        Span::new(self.source, row.start, row.end)
    }

    fn span(&self, row: &Row, name: &str) -> Span {
        self.column(name).map_or_else(|| self.whole(row), |i| self.place(row, i))
    }

    fn place(&self, row: &Row, i: usize) -> Span {
        row.places.get(i).map_or_else(|| self.whole(row), |(a, b)| Span::new(self.source, *a, *b))
    }

    fn error(&mut self, code: &'static str, span: Span, message: String, help: &str) {
        self.found.push(Diagnostic::error(code, span, message).with_help(help));
    }
}

/// Expands records for a body weight in kg.
///
/// # Errors
/// `regimen-unknown-drug`, `regimen-no-infusion`, `regimen-too-many-doses`, `regimen-bad-number`.
pub fn expand_records(records: &Records, weight_kg: f64, pharmacy: &dyn Pharmacy) -> Result<Doses, Vec<Diagnostic>> {
    let mut out: Vec<DoseRecord> = vec![];
    let mut found = vec![];
    for row in &records.rows {
        match row_doses(row, weight_kg, pharmacy) {
            Ok(doses) if out.len() + doses.len() <= MAX_DOSES => out.extend(doses),
            Ok(_) => {
                let message = format!("this regimen has more than {MAX_DOSES} doses");
                found.push(Diagnostic::error("regimen-too-many-doses", row.span, message).with_help("lower `addl`"));
                break;
            }
            Err(diagnostic) => found.push(diagnostic),
        }
    }
    if !found.is_empty() {
        return Err(found);
    }
    out.sort_by(|a, b| a.time_h.total_cmp(&b.time_h));
    let zero_h = out.iter().map(|d| d.time_h).find(|t| *t >= 0.0).unwrap_or(0.0);
    Ok(Doses { regimen: records.name.clone(), weight_kg, records: out, zero_h })
}

fn row_doses(row: &Record, weight_kg: f64, pharmacy: &dyn Pharmacy) -> Result<Vec<DoseRecord>, Diagnostic> {
    let fail = |code, message: String, help: &str| Err(Diagnostic::error(code, row.span, message).with_help(help));
    let Some(molar_mass) = pharmacy.molar_mass(&row.drug) else {
        return fail("regimen-unknown-drug", format!("unknown drug `{}`", row.drug), "see `synapta drugs`");
    };
    if row.duration_h.is_some() && !pharmacy.takes_infusion(&row.drug, row.route) {
        let message = format!("{} by the route `{}` cannot be infused", row.drug, row.route);
        return fail("regimen-no-infusion", message, "leave `rate` and `dur` out, or give it iv");
    }
    let amount_nmol = row.amount.nanomoles(weight_kg, molar_mass);
    let whole = DoseRecord {
        time_h: row.time_h,
        drug: row.drug.clone(),
        route: row.route,
        amount_mg: row.amount.milligrams(weight_kg, molar_mass),
        amount_nmol,
        duration_h: row.duration_h,
        rate_nmol_per_h: row.duration_h.map(|d| amount_nmol / d),
        device: None,
        begins_dose: true,
    };
    let device = pharmacy.device(&row.drug, row.route);
    let pieces = device.map_or(1.0, |(each, _)| (whole.amount_mg / each).ceil().max(1.0));
    let last_h = row.time_h + row.interval_h * f64::from(row.additional);
    if !(whole.amount_mg.is_finite() && amount_nmol.is_finite() && last_h.is_finite()) {
        return fail("regimen-bad-number", "a dose or time is too large".into(), "check the numbers and units");
    }
    if pieces * (f64::from(row.additional) + 1.0) > MAX_DOSES as f64 {
        return fail("regimen-too-many-doses", format!("this row has more than {MAX_DOSES} doses"), "lower `addl`");
    }
    let times = (0..=row.additional).map(|i| row.time_h + row.interval_h * f64::from(i));
    Ok(times.flat_map(|t| split(&whole, t, device)).collect())
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
