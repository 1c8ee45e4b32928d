//! `synapta assay`: small fast models under a protocol, and the numbers read from them.

use crate::args::Assay as Args;
use crate::exit::Failure;
use crate::{lists, print, texts};
use serde_json::{Value, json};
use synapta_model::{Diagnostic, SourceMap, Span};
use synapta_report::{Column, table};
use synapta_study::assay::{Ask, Assay, AssaySet, Bench, Readout};
use synapta_study::error::StudyError;
use synapta_study::evidence::judge::short;
use synapta_study::library::Library;
use synapta_study::subject::{Prepared, Request, prepare};

/// The models of all preparations.
pub struct Models(Vec<(&'static str, texts::Text)>);

impl Models {
    /// Reads the built-in models of assays.
    pub fn read() -> Result<Models, Failure> {
        let all = texts::ASSAY_MODELS.iter().map(|(file, _)| {
            let name = file.trim_end_matches(".ant");
            Ok((name, texts::built_in(name)?))
        });
        Ok(Models(all.collect::<Result<_, _>>()?))
    }

    /// What assays are run with.
    pub fn bench<'a>(&'a self, set: &'a AssaySet, library: &'a Library) -> Bench<'a> {
        let bench = Bench::new(set, self.0.iter().map(|(name, text)| (*name, &text.model)));
        bench.with_tissue(Box::new(|subject| tissue(subject, library)))
    }
}

/// A subject before any dose.
fn tissue(subject: &str, library: &Library) -> Result<Prepared, StudyError> {
    let model = &library.subject(subject)?.model;
    let text = texts::built_in(model)
        .map_err(|_| Diagnostic::error("unknown-model", Span::NONE, format!("the model `{model}` cannot be read")))?;
    let request = Request { subject: subject.to_string(), ..Request::default() };
    prepare(&text.model, library, &request)
}

/// Runs the read-outs asked for and shows them; without a name, lists the assays.
pub fn run(args: &Args) -> Result<(), Failure> {
    let set = texts::assays()?;
    let Some(name) = &args.name else {
        return list(&set, args.json);
    };
    let assay = set.assay(name).map_err(refused)?;
    let readouts = chosen(assay, &args.readout)?;
    let preparations = preparations(&set, assay, &args.preparation)?;
    let models = Models::read()?;
    let library = texts::library()?;
    let bench = models.bench(&set, &library);
    let asked: Vec<(&Readout, &str)> =
        readouts.iter().flat_map(|r| preparations.iter().filter(|p| belongs(r, p)).map(|p| (*r, p.as_str()))).collect();
    let asks: Vec<Ask> = asked
        .iter()
        .map(|(readout, preparation)| Ask {
            assay: assay.name.get_ref().clone(),
            preparation: preparation.to_string(),
            readout: readout.name.get_ref().clone(),
            set: args.set.clone(),
        })
        .collect();
    let numbers = bench.numbers(&asks);
    let mut cells = vec![];
    for ((readout, preparation), number) in asked.into_iter().zip(numbers) {
        cells.push(Cell { readout, preparation, number: shown(number)? });
    }
    let out = if args.json { as_json(assay, &cells) } else { as_table(assay, &readouts, &preparations, &cells) };
    print(&out);
    Ok(())
}

/// One number, none where the effect asked for is not reached.
struct Cell<'a> {
    readout: &'a Readout,
    preparation: &'a str,
    number: Option<f64>,
}

/// A number that does not exist is no fault of the input.
fn shown(number: Result<f64, StudyError>) -> Result<Option<f64>, Failure> {
    match number {
        Ok(number) => Ok(Some(number)),
        Err(e) => {
            let found = e.diagnostics();
            if found.iter().all(|d| d.code == "assay-no-number") {
                return Ok(None);
            }
            Err(Failure::Input(found, SourceMap::new()))
        }
    }
}

fn refused(d: Diagnostic) -> Failure {
    Failure::Input(vec![d], SourceMap::new())
}

fn belongs(readout: &Readout, preparation: &str) -> bool {
    readout.preparation.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(preparation))
}

fn chosen<'a>(assay: &'a Assay, names: &[String]) -> Result<Vec<&'a Readout>, Failure> {
    if names.is_empty() {
        return Ok(assay.readout.iter().collect());
    }
    names.iter().map(|n| assay.readout(n).map_err(refused)).collect()
}

/// Names of the preparations asked for; those of the assay and of its read-outs if none is named.
fn preparations(set: &AssaySet, assay: &Assay, asked: &[String]) -> Result<Vec<String>, Failure> {
    if asked.is_empty() {
        let mut all = assay.preparations.clone();
        for own in assay.readout.iter().filter_map(|r| r.preparation.as_ref()) {
            if !all.contains(own) {
                all.push(own.clone());
            }
        }
        return Ok(all);
    }
    asked.iter().map(|n| set.preparation(n).map(|p| p.name.get_ref().clone()).map_err(refused)).collect()
}

fn list(set: &AssaySet, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let one = |a: &Assay| {
            let names: Vec<&String> = a.readout.iter().map(|r| r.name.get_ref()).collect();
            json!({ "name": a.name.get_ref(), "title": a.title, "preparations": a.preparations, "readouts": names })
        };
        let all: Vec<Value> = set.assays.iter().map(one).collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default()));
        return Ok(());
    }
    let row = |a: &Assay| {
        vec![a.name.get_ref().clone(), a.preparations.join(" "), a.readout.len().to_string(), a.title.clone()]
    };
    let rows: Vec<Vec<String>> = set.assays.iter().map(row).collect();
    let heads = ["name", "preparations", "read-outs", "what"].map(Column::left);
    print(&table(&heads, &rows, lists::charset()));
    Ok(())
}

fn as_json(assay: &Assay, cells: &[Cell<'_>]) -> String {
    let one = |c: &Cell<'_>| {
        json!({
            "assay": assay.name.get_ref(), "readout": c.readout.name.get_ref(), "preparation": c.preparation,
            "value": c.number, "unit": c.readout.unit, "title": c.readout.title,
        })
    };
    let all: Vec<Value> = cells.iter().map(one).collect();
    format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default())
}

fn as_table(assay: &Assay, readouts: &[&Readout], preparations: &[String], cells: &[Cell<'_>]) -> String {
    let row = |readout: &&Readout| {
        let mut row = vec![readout.name.get_ref().clone()];
        row.extend(preparations.iter().map(|p| {
            let cell = cells.iter().find(|c| c.readout.name == readout.name && c.preparation == p);
            cell.map_or(String::new(), |c| c.number.map_or("none".into(), short))
        }));
        row.extend([readout.unit.clone(), readout.title.clone()]);
        row
    };
    let rows: Vec<Vec<String>> = readouts.iter().map(row).collect();
    let mut heads = vec![Column::left("read-out")];
    heads.extend(preparations.iter().map(|p| Column::left(p.as_str())));
    heads.extend([Column::left("unit"), Column::left("what")]);
    format!("{}\n\n{}", assay.title, table(&heads, &rows, lists::charset()))
}
