//! A small model for tests, made by hand so that they need neither texts nor other crates.

use synapta_model::{
    Compartment, Expr, Id, InitialValue, Meta, Model, Parameter, Rule, RuleKind, Species, UnitDefinition, UnitFactor,
};

fn parameter(id: &str, value: f64, units: &str) -> Parameter {
    Parameter { id: id.into(), value: Some(value), units: Some(units.into()), constant: false, meta: Meta::default() }
}

fn species(id: &str) -> Species {
    Species {
        id: id.into(),
        compartment: "subject_body".into(),
        initial: Some(InitialValue::Amount(0.0)),
        substance_units: Some("nmol".into()),
        only_substance_units: true,
        boundary: false,
        constant: false,
        conversion_factor: None,
        meta: Meta::default(),
    }
}

fn unit(id: &str, factors: &[(&str, f64, i32, f64)]) -> UnitDefinition {
    let factors = factors.iter().map(|(kind, exponent, scale, multiplier)| UnitFactor {
        kind: (*kind).into(),
        exponent: *exponent,
        scale: *scale,
        multiplier: *multiplier,
    });
    UnitDefinition { id: id.into(), factors: factors.collect(), meta: Meta::default() }
}

/// `subject` with a weight, two sides, a drug with depots and an infusion, a mood with visits, and a computed level.
pub(crate) fn toy_model() -> Model {
    let body = Compartment {
        id: "subject_body".into(),
        dimensions: Some(3.0),
        size: Some(1.0),
        units: Some("litre".into()),
        constant: true,
        meta: Meta::default(),
    };
    let ids = [
        ("subject_weight", 70.0, "kg"),
        ("subject_left_supply", 1.0, "dimensionless"),
        ("subject_right_supply", 1.0, "dimensionless"),
        ("subject_drug_nasal_fraction", 0.4, "dimensionless"),
        ("subject_drug_later_factor", 0.5, "dimensionless"),
        ("subject_drug_S_infusion_rate", 0.0, "nmol_per_hour"),
        ("subject_drug_R_infusion_rate", 0.0, "nmol_per_hour"),
        ("subject_mood_visit", 0.0, "dimensionless"),
        ("subject_mood_setting", -1.0, "dimensionless"),
        ("subject_level", 0.0, "dimensionless"),
    ];
    let amounts = ["central", "nasal", "swallowed"];
    let species_ids = ["S", "R"].iter().flat_map(|e| amounts.iter().map(move |a| format!("subject_drug_{e}_{a}")));
    let mut model = Model {
        id: "human".into(),
        unit_definitions: vec![
            unit("nmol", &[("mole", 1.0, -9, 1.0)]),
            unit("kg", &[("kilogram", 1.0, 0, 1.0)]),
            unit("nmol_per_hour", &[("mole", 1.0, -9, 1.0), ("second", -1.0, 0, 3600.0)]),
        ],
        compartments: vec![body],
        species: species_ids.map(|id| species(&id)).collect(),
        parameters: ids.iter().map(|(id, value, unit)| parameter(id, *value, unit)).collect(),
        ..Model::default()
    };
    model.rules.push(Rule {
        kind: RuleKind::Assignment,
        variable: "subject_level".into(),
        math: Expr::symbol("subject_left_supply"),
        meta: Meta::default(),
    });
    let all: Vec<Id> = model
        .species
        .iter()
        .map(|s| s.id.clone())
        .chain(model.parameters.iter().map(|p| p.id.clone()))
        .chain(["subject_body".into()])
        .collect();
    model.paths = all.into_iter().map(|id| (id.clone(), path(&id))).collect();
    model
}

/// Dots where the toy model's instances end.
fn path(id: &str) -> String {
    let mut out = id.replacen("subject_", "subject.", 1);
    for instance in ["left_", "right_", "drug_", "mood_", "S_", "R_"] {
        let dotted = format!("{}.", instance.trim_end_matches('_'));
        if let Some(at) = out.find(&format!(".{instance}")) {
            out.replace_range(at + 1..at + 1 + instance.len(), &dotted);
        }
    }
    out
}
