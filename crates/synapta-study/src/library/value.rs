//! Numbers in the data files, with unit and source.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A number with its unit and where it comes from: `{ value = 0.25, unit = "dimensionless", source = "..." }`.
///
/// A bare number is read too; the check of the library allows it for switches only.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The number.
    pub value: f64,
    /// Unit; `None` for a bare number.
    pub unit: Option<String>,
    /// DOI, PMID, or `assumed: reason`; `None` for a bare number.
    pub source: Option<String>,
    /// Anything more.
    pub note: Option<String>,
    /// Low and high end where stated.
    pub range: Option<[f64; 2]>,
}

impl Value {
    /// A number alone.
    pub fn bare(value: f64) -> Value {
        Value { value, unit: None, source: None, note: None, range: None }
    }

    /// True if written without unit and source.
    pub fn is_bare(&self) -> bool {
        self.unit.is_none() && self.source.is_none()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    value: f64,
    unit: Option<String>,
    source: Option<String>,
    #[serde(alias = "notes")]
    note: Option<String>,
    range: Option<[f64; 2]>,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number or { value = ..., unit = \"...\", source = \"...\" }")
    }

    fn visit_f64<E: Error>(self, v: f64) -> Result<Value, E> {
        Ok(Value::bare(v))
    }

    fn visit_i64<E: Error>(self, v: i64) -> Result<Value, E> {
        Ok(Value::bare(v as f64))
    }

    fn visit_u64<E: Error>(self, v: u64) -> Result<Value, E> {
        Ok(Value::bare(v as f64))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        let f = Full::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Value { value: f.value, unit: f.unit, source: f.source, note: f.note, range: f.range })
    }
}

/// The share of a dose that enters at one place.
#[derive(Clone, Debug, PartialEq)]
pub enum Fraction {
    /// A number.
    Number(Value),
    /// A parameter of the drug's instance.
    Parameter(String),
    /// What the other places leave.
    Remainder,
    /// The device's own fraction: the first device's, times the later factor from the second on.
    Device,
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fraction, D::Error> {
        deserializer.deserialize_any(FractionVisitor)
    }
}

struct FractionVisitor;

impl<'de> Visitor<'de> for FractionVisitor {
    type Value = Fraction;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number from 0 to 1, a parameter's name, \"remainder\" or \"device\"")
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<Fraction, E> {
        Ok(match v {
            "remainder" => Fraction::Remainder,
            "device" => Fraction::Device,
            name => Fraction::Parameter(name.to_string()),
        })
    }

    fn visit_f64<E: Error>(self, v: f64) -> Result<Fraction, E> {
        Ok(Fraction::Number(Value::bare(v)))
    }

    fn visit_i64<E: Error>(self, v: i64) -> Result<Fraction, E> {
        Ok(Fraction::Number(Value::bare(v as f64)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fraction, A::Error> {
        ValueVisitor.visit_map(map).map(Fraction::Number)
    }
}
