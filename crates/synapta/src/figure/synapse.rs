//! Figure 3: one synapse in health, illness and treatment.

use super::{DAY_H, Made};
use crate::exit::Failure;
use crate::{arms, lists};
use serde_json::json;
use synapta_report::{Column, SynapseFigure, SynapseState, significant, synapse_svg, table, time_label};
use synapta_study::evidence::pool::{ArmSpec, Laboratory, Pool, Results};
use synapta_study::library::Library;
use synapta_study::picture::abbreviations;
use synapta_study::picture::live::Live;
use synapta_study::picture::states::{Draws, Quantity, State};

/// Draws it; `spec` is the patient's arm.
pub fn made(spec: &ArmSpec, laboratory: &Laboratory<'_>) -> Result<Made, Failure> {
    let library = laboratory.library;
    let data = &library.pictures.states;
    let arms: Vec<ArmSpec> = data.state.iter().map(|s| arm(s, spec)).collect();
    let mut pool = Pool::default();
    for arm in &arms {
        let names = data.quantity.iter().flat_map(|q| q.of.0.symbols.iter().cloned());
        pool.want(library, arm, names, data.quantity.iter().map(hour));
    }
    let results = pool.run(laboratory, &|_| {});
    let numbers = arms.iter().map(|a| numbers(library, &results, a)).collect::<Result<Vec<_>, _>>()?;
    let figure = drawn(library, &numbers, spec);
    let rows: Vec<_> = data
        .quantity
        .iter()
        .enumerate()
        .map(|(k, q)| {
            let of = |(state, all): (&State, &Vec<f64>)| (state.name.get_ref().clone(), json!(all[k]));
            let values: serde_json::Map<String, serde_json::Value> = data.state.iter().zip(&numbers).map(of).collect();
            json!({ "quantity": q.name.get_ref(), "title": q.title, "hour": hour(q), "values": values })
        })
        .collect();
    let json = json!({ "arm": spec.words(), "quantities": rows });
    Ok(Made { svg: synapse_svg(&figure), json, table: told(&figure) })
}

/// The arm of a state: the patient's dose and readings, on the state's own subject.
fn arm(state: &State, spec: &ArmSpec) -> ArmSpec {
    let regimen = if state.dosed { spec.regimen.clone() } else { String::new() };
    ArmSpec { subject: state.subject.get_ref().clone(), regimen, ..spec.clone() }
}

fn hour(q: &Quantity) -> f64 {
    q.at_h.unwrap_or(DAY_H)
}

fn numbers(library: &Library, results: &Results, arm: &ArmSpec) -> Result<Vec<f64>, Failure> {
    let run = results.of(library, arm).map_err(arms::failed)?;
    let one = |q: &Quantity| Ok(Live::of(&q.of, run, hour(q)).map_err(arms::failed)?.now);
    library.pictures.states.quantity.iter().map(one).collect()
}

fn drawn(library: &Library, numbers: &[Vec<f64>], spec: &ArmSpec) -> SynapseFigure {
    let data = &library.pictures.states;
    let first = numbers.first().cloned().unwrap_or_default();
    let state = |(s, all): (&State, &Vec<f64>)| {
        let ratios: Vec<f64> = all.iter().zip(&first).map(|(v, f)| v / f).collect();
        let mut out =
            SynapseState { name: s.name.get_ref().clone(), title: s.title.clone(), ..SynapseState::default() };
        for ((q, value), ratio) in data.quantity.iter().zip(all).zip(&ratios) {
            match q.draws {
                Draws::ThinSpines => out.thin = *value,
                Draws::MushroomSpines => out.mushroom = *value,
                Draws::AmpaReceptors => out.ampa = *ratio,
                Draws::Bdnf => out.bdnf = *ratio,
                Draws::Mtor => out.mtor = *ratio,
                Draws::Release => out.release = *ratio,
                Draws::Dendrite => out.dendrite = *ratio,
                Draws::Nothing => {}
            }
        }
        out.ratios = ratios;
        out
    };
    let row = |q: &Quantity| match q.at_h {
        Some(h) => format!("{}, {}", q.title, time_label(h)),
        None => q.title.clone(),
    };
    let regimen = if spec.regimen.is_empty() { "no dose" } else { &spec.regimen };
    let early: Vec<String> =
        data.quantity.iter().filter_map(|q| Some(format!("{} at {}", q.title, time_label(q.at_h?)))).collect();
    SynapseFigure {
        title: data.title.clone(),
        subtitle: format!("Pyramidal cells of prefrontal cortex, one model; c: {regimen}, after {}", time_label(DAY_H)),
        states: data.state.iter().zip(numbers).map(state).collect(),
        rows: data.quantity.iter().map(row).collect(),
        notes: vec![
            format!(
                "Numbers: over the healthy state (line at 1). What peaks early is shown early: {}. Numbers of symbols and the length of the dendrite follow the model.",
                early.join(", ")
            ),
            format!("Abbreviations: {}.", abbreviations(&data.abbreviation)),
        ],
    }
}

fn told(figure: &SynapseFigure) -> String {
    let row = |(k, title): (usize, &String)| {
        let values = figure.states.iter().map(|s| significant(s.ratios.get(k).copied().unwrap_or(f64::NAN), 3));
        std::iter::once(title.clone()).chain(values).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = figure.rows.iter().enumerate().map(row).collect();
    let states = figure.states.iter().map(|s| Column::decimal(s.title.clone()));
    let columns: Vec<Column> = std::iter::once(Column::left("x healthy")).chain(states).collect();
    format!(
        "{}\n\n{}\nA research model, not medical advice.\n",
        figure.subtitle,
        table(&columns, &rows, lists::charset())
    )
}
