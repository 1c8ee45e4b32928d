//! The words of the language: keywords, named values, built-in functions, annotation qualifiers.

use std::collections::HashMap;
use std::sync::LazyLock;

use synapta_model::{Constant, Op};

/// Reserved words, in this very spelling: `Compartment` may name something.
const KEYWORDS: [&str; 28] = [
    "module",
    "model",
    "end",
    "species",
    "formula",
    "reaction",
    "DNA",
    "gene",
    "geneProduct",
    "operator",
    "compartment",
    "has",
    "in",
    "is",
    "var",
    "const",
    "substanceOnly",
    "ext",
    "import",
    "event",
    "at",
    "after",
    "function",
    "unit",
    "delete",
    "constraint",
    "maximize",
    "minimize",
];

/// The reserved word `word` is.
pub(crate) fn keyword(word: &str) -> Option<&'static str> {
    KEYWORDS.iter().copied().find(|k| *k == word)
}

/// The named value `word` stands for.
pub(crate) fn constant(word: &str) -> Option<Constant> {
    Some(match word {
        "true" | "True" | "TRUE" => Constant::True,
        "false" | "False" | "FALSE" => Constant::False,
        "pi" => Constant::Pi,
        "exponentiale" | "exponentialE" => Constant::Exponential,
        "avogadro" => Constant::Avogadro,
        "time" => Constant::Time,
        "inf" | "INF" | "infinity" => Constant::Infinity,
        "NaN" | "nan" | "NAN" | "notanumber" => Constant::NotANumber,
        _ => return None,
    })
}

/// What a built-in function name makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Builtin {
    /// An operator with at least and at most so many arguments.
    Op(Op, usize, usize),
    /// `log10(x)`
    Log10,
    /// `log(x)` is the natural logarithm; `log(b, x)` has a base.
    Log,
    /// `sqr(x)`
    Square,
    /// `sqrt(x)`
    SquareRoot,
    /// `root(x)` or `root(n, x)`
    Root,
    /// `minus(x)` or `minus(x, y)`
    Minus,
    Piecewise,
    Delay,
    RateOf,
    /// A random draw with at least and at most so many arguments.
    Draw(usize, usize),
}

const MANY: usize = usize::MAX;

/// Names of one-argument functions and what they are.
const UNARY: [(&str, Op); 44] = [
    ("abs", Op::Abs),
    ("exp", Op::Exp),
    ("ln", Op::Ln),
    ("floor", Op::Floor),
    ("ceil", Op::Ceil),
    ("ceiling", Op::Ceil),
    ("factorial", Op::Factorial),
    ("not", Op::Not),
    ("sin", Op::Sin),
    ("cos", Op::Cos),
    ("tan", Op::Tan),
    ("sec", Op::Sec),
    ("csc", Op::Csc),
    ("cot", Op::Cot),
    ("sinh", Op::Sinh),
    ("cosh", Op::Cosh),
    ("tanh", Op::Tanh),
    ("sech", Op::Sech),
    ("csch", Op::Csch),
    ("coth", Op::Coth),
    ("asin", Op::Asin),
    ("arcsin", Op::Asin),
    ("acos", Op::Acos),
    ("arccos", Op::Acos),
    ("atan", Op::Atan),
    ("arctan", Op::Atan),
    ("asec", Op::Asec),
    ("arcsec", Op::Asec),
    ("acsc", Op::Acsc),
    ("arccsc", Op::Acsc),
    ("acot", Op::Acot),
    ("arccot", Op::Acot),
    ("asinh", Op::Asinh),
    ("arcsinh", Op::Asinh),
    ("acosh", Op::Acosh),
    ("arccosh", Op::Acosh),
    ("atanh", Op::Atanh),
    ("arctanh", Op::Atanh),
    ("asech", Op::Asech),
    ("arcsech", Op::Asech),
    ("acsch", Op::Acsch),
    ("arccsch", Op::Acsch),
    ("acoth", Op::Acoth),
    ("arccoth", Op::Acoth),
];

/// Functions of other argument counts.
const OTHERS: [(&str, Builtin); 36] = [
    ("log10", Builtin::Log10),
    ("log", Builtin::Log),
    ("sqr", Builtin::Square),
    ("sqrt", Builtin::SquareRoot),
    ("root", Builtin::Root),
    ("minus", Builtin::Minus),
    ("piecewise", Builtin::Piecewise),
    ("delay", Builtin::Delay),
    ("rateOf", Builtin::RateOf),
    ("pow", Builtin::Op(Op::Power, 2, 2)),
    ("power", Builtin::Op(Op::Power, 2, 2)),
    ("plus", Builtin::Op(Op::Plus, 0, MANY)),
    ("times", Builtin::Op(Op::Times, 0, MANY)),
    ("divide", Builtin::Op(Op::Divide, 2, 2)),
    ("and", Builtin::Op(Op::And, 0, MANY)),
    ("or", Builtin::Op(Op::Or, 0, MANY)),
    ("xor", Builtin::Op(Op::Xor, 0, MANY)),
    ("eq", Builtin::Op(Op::Eq, 2, MANY)),
    ("equals", Builtin::Op(Op::Eq, 2, MANY)),
    ("neq", Builtin::Op(Op::Neq, 2, 2)),
    ("gt", Builtin::Op(Op::Gt, 2, MANY)),
    ("lt", Builtin::Op(Op::Lt, 2, MANY)),
    ("geq", Builtin::Op(Op::Geq, 2, MANY)),
    ("leq", Builtin::Op(Op::Leq, 2, MANY)),
    ("min", Builtin::Op(Op::Min, 1, MANY)),
    ("max", Builtin::Op(Op::Max, 1, MANY)),
    ("quotient", Builtin::Op(Op::Quotient, 2, 2)),
    ("rem", Builtin::Op(Op::Rem, 2, 2)),
    ("implies", Builtin::Op(Op::Implies, 2, 2)),
    ("normal", Builtin::Draw(2, 4)),
    ("uniform", Builtin::Draw(2, 2)),
    ("exponential", Builtin::Draw(1, 3)),
    ("gamma", Builtin::Draw(2, 4)),
    ("poisson", Builtin::Draw(1, 3)),
    ("bernoulli", Builtin::Draw(1, 1)),
    ("binomial", Builtin::Draw(2, 4)),
];

/// Further random draws.
const DRAWS: [(&str, Builtin); 9] = [
    ("cauchy", Builtin::Draw(1, 4)),
    ("chisquare", Builtin::Draw(1, 3)),
    ("laplace", Builtin::Draw(1, 4)),
    ("lognormal", Builtin::Draw(2, 4)),
    ("rayleigh", Builtin::Draw(1, 3)),
    ("truncatedNormal", Builtin::Draw(4, 4)),
    ("truncatedExponential", Builtin::Draw(3, 3)),
    ("truncatedGamma", Builtin::Draw(4, 4)),
    ("truncatedPoisson", Builtin::Draw(3, 3)),
];

/// All built-in functions by name: every word of a text is looked up here.
static BUILTINS: LazyLock<HashMap<&str, Builtin>> = LazyLock::new(|| {
    let unary = UNARY.iter().map(|(name, op)| (*name, Builtin::Op(*op, 1, 1)));
    unary.chain(OTHERS.iter().chain(&DRAWS).copied()).collect()
});

/// The built-in function of a name.
pub(crate) fn builtin(name: &str) -> Option<Builtin> {
    BUILTINS.get(name).copied()
}

/// Names of all built-in functions, for suggestions.
pub(crate) fn builtin_names<'a>() -> impl Iterator<Item = &'a str> {
    UNARY.iter().map(|(n, _)| *n).chain(OTHERS.iter().chain(&DRAWS).map(|(n, _)| *n))
}

/// The name a built-in one-argument or comparison operator is written with.
pub(crate) fn function_name(op: Op) -> Option<&'static str> {
    let unary = UNARY.iter().find(|(_, o)| *o == op).map(|(n, _)| *n);
    unary.or_else(|| OTHERS.iter().find(|(_, b)| matches!(b, Builtin::Op(o, ..) if *o == op)).map(|(n, _)| *n))
}

/// Kinds of uncertainty, by the name that is kept, then other names for it.
const UNCERTAINTIES: [(&str, &[&str]); 17] = [
    ("mean", &[]),
    ("standardDeviation", &["stdev"]),
    ("coefficientOfVariation", &[]),
    ("kurtosis", &[]),
    ("median", &[]),
    ("mode", &[]),
    ("sampleSize", &[]),
    ("skewness", &[]),
    ("standardError", &[]),
    ("variance", &[]),
    ("confidenceInterval", &[]),
    ("credibleInterval", &[]),
    ("interquartileRange", &["interquantileRange"]),
    ("range", &[]),
    ("distribution", &[]),
    ("externalParameter", &["extParam", "externalParam"]),
    ("derivedUnit", &[]),
];

/// The kind of uncertainty a word names, in the form that is kept.
pub(crate) fn uncertainty(word: &str) -> Option<&'static str> {
    let of = |(kept, others): &(&'static str, &[&str])| (*kept == word || others.contains(&word)).then_some(*kept);
    UNCERTAINTIES.iter().find_map(of)
}

/// Annotation qualifiers: the word that is kept, then other words for the same MIRIAM qualifier.
const QUALIFIERS: [(&str, &[&str]); 17] = [
    ("identity", &["is", "biological_entity_is"]),
    ("part", &["hasPart"]),
    ("parthood", &["isPartOf"]),
    ("hypernym", &["isVersionOf"]),
    ("version", &["hasVersion"]),
    ("homolog", &["isHomologTo"]),
    ("description", &["isDescribedBy", "publication"]),
    ("encoder", &["isEncodedBy"]),
    ("encodement", &["encodes"]),
    ("container", &["occursIn"]),
    ("property", &["hasProperty"]),
    ("propertyBearer", &["isPropertyOf"]),
    ("taxon", &["hasTaxon"]),
    ("model_entity_is", &["model_source"]),
    ("origin", &["isDerivedFrom"]),
    ("class", &["isInstanceOf"]),
    ("instance", &["hasInstance"]),
];

/// The qualifier a word names, in the form that is kept.
pub(crate) fn qualifier(word: &str) -> Option<&'static str> {
    QUALIFIERS.iter().find(|(kept, others)| *kept == word || others.contains(&word)).map(|(kept, _)| *kept)
}

/// Every word that may stand as a qualifier, for suggestions.
pub(crate) fn qualifier_words() -> impl Iterator<Item = &'static str> {
    let known = QUALIFIERS.iter().flat_map(|(kept, others)| std::iter::once(*kept).chain(others.iter().copied()));
    known.chain(["notes", "created", "modified"])
}

/// The base units of SBML.
const UNIT_KINDS: [&str; 33] = [
    "ampere",
    "avogadro",
    "becquerel",
    "candela",
    "coulomb",
    "dimensionless",
    "farad",
    "gram",
    "gray",
    "henry",
    "hertz",
    "item",
    "joule",
    "katal",
    "kelvin",
    "kilogram",
    "litre",
    "lumen",
    "lux",
    "metre",
    "mole",
    "newton",
    "ohm",
    "pascal",
    "radian",
    "second",
    "siemens",
    "sievert",
    "steradian",
    "tesla",
    "volt",
    "watt",
    "weber",
];

/// The base unit a word names: plural and American forms included.
pub(crate) fn unit_kind(word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let find = |w: &str| UNIT_KINDS.iter().copied().find(|k| *k == w);
    if let Some(kind) = find(word) {
        return Some(kind);
    }
    match lower.strip_suffix('s').unwrap_or(&lower) {
        "liter" => Some("litre"),
        "meter" => Some("metre"),
        "celsiu" => None,
        "henrie" => Some("henry"),
        stem => find(stem).or_else(|| find(&lower)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_all_their_forms() {
        assert_eq!(keyword("substanceOnly"), Some("substanceOnly"));
        assert_eq!(keyword("Species"), None);
        assert_eq!(qualifier("hasPart"), Some("part"));
        assert_eq!(unit_kind("Litres"), Some("litre"));
        assert_eq!(unit_kind("meters"), Some("metre"));
        assert_eq!(unit_kind("hour"), None);
        assert_eq!(uncertainty("stdev"), Some("standardDeviation"));
    }
}
