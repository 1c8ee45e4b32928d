//! summary.json: read-outs under their keys.

use serde_json::{Map, Value, json};

use crate::readout::ReadoutValue;

/// Every read-out with a key: a number, or an object from hours to numbers for values at given times. A read-out
/// without a value is null.
pub fn summary(readouts: &[ReadoutValue]) -> Value {
    let mut out = Map::new();
    for readout in readouts {
        if let Some(key) = &readout.key {
            out.insert(key.clone(), value(readout));
        }
    }
    Value::Object(out)
}

fn value(readout: &ReadoutValue) -> Value {
    match readout.values.as_slice() {
        [] => Value::Null,
        // A key that names its hour holds a plain number.
        [(hour, v)] if hour.is_none_or(|h| readout.key.as_deref().is_some_and(|k| names_hour(k, h))) => {
            json!(v)
        }
        many => Value::Object(
            many.iter().map(|(h, v)| (h.map_or_else(|| "value".to_string(), |h| h.to_string()), json!(v))).collect(),
        ),
    }
}

/// True for `spine_density_24h_ratio` and 24, `bdnf_240min_ratio` and 4.
fn names_hour(key: &str, hour: f64) -> bool {
    key.split('_').any(|part| {
        let number = |suffix: &str| part.strip_suffix(suffix).and_then(|n| n.parse::<f64>().ok());
        number("h").is_some_and(|h| h == hour)
            || number("min").is_some_and(|m| m == 60.0 * hour)
            || number("d").is_some_and(|d| 24.0 * d == hour)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readout(key: &str, values: &[(Option<f64>, f64)]) -> ReadoutValue {
        ReadoutValue {
            name: key.into(),
            title: key.into(),
            unit: String::new(),
            key: Some(key.into()),
            table: true,
            values: values.to_vec(),
            symbol: "a.x".into(),
        }
    }

    #[test]
    fn numbers_objects_and_nothing() {
        let json = summary(&[
            readout("tmax_h", &[(None, 0.7)]),
            readout("spine_density_24h_ratio", &[(Some(24.0), 1.1)]),
            readout("bdnf_240min_ratio", &[(Some(4.0), 1.2)]),
            readout("madrs", &[(Some(0.0), 33.0), (Some(24.0), 16.5)]),
            readout("ends_early", &[]),
        ]);
        let wanted = json!({
            "tmax_h": 0.7, "spine_density_24h_ratio": 1.1, "bdnf_240min_ratio": 1.2,
            "madrs": {"0": 33.0, "24": 16.5}, "ends_early": null
        });
        assert_eq!(json, wanted);
    }

    #[test]
    fn one_time_of_many_stays_an_object() {
        assert_eq!(summary(&[readout("madrs", &[(Some(0.0), 33.0)])]), json!({"madrs": {"0": 33.0}}));
    }
}
