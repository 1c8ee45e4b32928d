//! Figure 2: the NMDA receptor at rest and when most of it is blocked.

use super::Made;
use crate::exit::Failure;
use crate::{arms, lists};
use serde_json::json;
use synapta_report::{
    Column, ReceptorFigure, ReceptorPool, ReceptorSite, SitePlace, receptor_svg, significant, table, time_label,
};
use synapta_study::evidence::pool::{ArmSpec, Laboratory, Pool};
use synapta_study::picture::live::Live;
use synapta_study::picture::receptor::{Place, Receptor};
use synapta_study::picture::{Written, abbreviations};
use synapta_study::trajectory::Trajectory;

/// Draws it of the runs of an arm.
pub fn made(spec: &ArmSpec, laboratory: &Laboratory<'_>) -> Result<Made, Failure> {
    let library = laboratory.library;
    let data = &library.pictures.receptor;
    let mut pool = Pool::default();
    pool.want(library, spec, formulas(data).flat_map(|f| f.0.symbols.clone()), [0.0]);
    let results = pool.run(laboratory, &|_| {});
    let run = results.of(library, spec).map_err(arms::failed)?;
    let peak = peak(data, run)?;
    let figure = drawn(data, run, peak, spec)?;
    let of = |shares: &[f64; 3]| json!({ "drug": shares[0], "mg": shares[1], "free": shares[2] });
    let pool = |p: &ReceptorPool| json!({ "pool": p.name, "rest": of(&p.shares[0]), "peak": of(&p.shares[1]) });
    let site = |s: &ReceptorSite| json!({ "site": s.name, "rest": s.taken[0], "peak": s.taken[1] });
    let json = json!({
        "arm": spec.words(),
        "peak_h": peak,
        "sites": figure.sites.iter().map(site).collect::<Vec<_>>(),
        "pools": figure.pools.iter().map(pool).collect::<Vec<_>>(),
    });
    Ok(Made { svg: receptor_svg(&figure), json, table: told(&figure) })
}

fn formulas(data: &Receptor) -> impl Iterator<Item = &Written> {
    let pools = data.pool.iter().flat_map(|p| [&p.drug, &p.magnesium, &p.free]);
    data.site.iter().map(|s| &s.of).chain(pools)
}

/// The hour at which most channels, over all pools, hold the drug.
fn peak(data: &Receptor, run: &Trajectory) -> Result<f64, Failure> {
    let pools = data.pool.iter().map(|p| Live::of(&p.drug, run, 0.0).map_err(arms::failed));
    let pools = pools.collect::<Result<Vec<_>, _>>()?;
    let Some(first) = pools.first() else { return Ok(0.0) };
    let sum = |k: usize| pools.iter().map(|p| p.values.get(k).copied().unwrap_or(0.0)).sum::<f64>();
    let highest = (0..first.time.len()).max_by(|a, b| sum(*a).total_cmp(&sum(*b)).then(b.cmp(a)));
    Ok(highest.and_then(|k| first.time.get(k)).copied().unwrap_or(0.0))
}

fn drawn(data: &Receptor, run: &Trajectory, peak: f64, spec: &ArmSpec) -> Result<ReceptorFigure, Failure> {
    let both = |of: &Written| {
        let live = Live::of(of, run, peak).map_err(arms::failed)?;
        Ok::<[f64; 2], Failure>([live.before, live.now])
    };
    let mut sites = vec![];
    for site in &data.site {
        let place = match site.place {
            Place::First => SitePlace::First,
            Place::Second => SitePlace::Second,
            Place::Channel => SitePlace::Channel,
        };
        let (name, title) = (site.name.get_ref().clone(), site.title.clone());
        sites.push(ReceptorSite { name, title, place, taken: both(&site.of)? });
    }
    let mut pools = vec![];
    for pool in &data.pool {
        let (drug, magnesium, free) = (both(&pool.drug)?, both(&pool.magnesium)?, both(&pool.free)?);
        pools.push(ReceptorPool {
            name: pool.name.get_ref().clone(),
            title: pool.title.clone(),
            subunits: pool.subunits.clone(),
            shares: [0, 1].map(|t| [drug[t], magnesium[t], free[t]]),
        });
    }
    let roles: Vec<String> = data.subunit.iter().map(|s| format!("{}: {}", s.title, s.role)).collect();
    let regimen = if spec.regimen.is_empty() { "no dose" } else { &spec.regimen };
    Ok(ReceptorFigure {
        title: data.title.clone(),
        subtitle: format!("Prefrontal cortex of a patient; {regimen}; a and b: receptors at pyramidal synapses"),
        times: ["At rest".into(), format!("Most of the block, {}", time_label(peak))],
        subunits: data.subunit.iter().map(|s| (s.title.clone(), s.role.clone())).collect(),
        sites,
        pools,
        notes: vec![
            format!("Subunits: {}. Filled part of a disc: share of receptors with the site taken.", roles.join("; ")),
            "Bars: share of channels; the number is that of channels that hold ketamine or a metabolite.".into(),
            format!("Abbreviations: {}.", abbreviations(&data.abbreviation)),
        ],
    })
}

fn told(figure: &ReceptorFigure) -> String {
    let percent = |v: f64| significant(100.0 * v, 3);
    let site = |s: &ReceptorSite| vec![s.title.clone(), percent(s.taken[0]), percent(s.taken[1])];
    let pool = |p: &ReceptorPool| vec![format!("{}, drug", p.title), percent(p.shares[0][0]), percent(p.shares[1][0])];
    let rows: Vec<Vec<String>> = figure.sites.iter().map(site).chain(figure.pools.iter().map(pool)).collect();
    let columns =
        [Column::left("taken, %"), Column::decimal("at rest"), Column::decimal(figure.times[1].to_lowercase())];
    format!(
        "{}\n\n{}\nA research model, not medical advice.\n",
        figure.subtitle,
        table(&columns, &rows, lists::charset())
    )
}
