//! The facts of an SBML document, for comparison only: no validation, no other packages than the suite needs.

use roxmltree::{Document, Node};
use synapta_model::UnitFactor;

use super::facts::{Math, normal, number, unit_text, word};

const DISTRIB: &str = "http://www.sbml.org/sbml/level3/version1/distrib/version1";
const FBC: &str = "http://www.sbml.org/sbml/level3/version1/fbc/version3";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Everything the document's model says, in the words of [`super::facts::facts`].
pub fn facts(text: &str) -> Vec<String> {
    let document = Document::parse(text).expect("well-formed SBML");
    let model = document.descendants().find(|n| n.has_tag_name(tag(&document, "model"))).expect("a model");
    let mut facts = vec![];
    model_facts(&mut facts, model);
    for list in model.children().filter(Node::is_element) {
        for item in list.children().filter(Node::is_element) {
            item_facts(&mut facts, item, model);
        }
    }
    facts.sort();
    facts
}

fn tag<'a>(document: &'a Document, name: &'a str) -> (&'a str, &'a str) {
    (document.root_element().tag_name().namespace().unwrap_or_default(), name)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|n| n.tag_name().name() == name)
}

/// The elements of `listOf...` inside a node.
fn list<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Vec<Node<'a, 'i>> {
    child(node, name).iter().flat_map(|l| l.children()).filter(Node::is_element).collect()
}

fn real(node: Node, name: &str) -> Option<f64> {
    node.attribute(name).map(xml_number)
}

fn xml_number(text: &str) -> f64 {
    match text.trim() {
        "INF" => f64::INFINITY,
        "-INF" => f64::NEG_INFINITY,
        "NaN" => f64::NAN,
        other => other.parse().expect("a number"),
    }
}

fn text_of<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute(name).unwrap_or("-")
}

fn model_facts(facts: &mut Vec<String>, model: Node) {
    let a = |name| text_of(model, name);
    facts.push(format!(
        "model {} units {} {} {} {} {} {} factor {}",
        a("id"),
        a("substanceUnits"),
        a("timeUnits"),
        a("volumeUnits"),
        a("areaUnits"),
        a("lengthUnits"),
        a("extentUnits"),
        a("conversionFactor")
    ));
    meta_facts(facts, "the model", model);
}

fn item_facts(facts: &mut Vec<String>, x: Node, model: Node) {
    let a = |name| text_of(x, name);
    let id = a("id").to_owned();
    match x.tag_name().name() {
        "unitDefinition" => {
            facts.push(format!("unit {id} = {}", unit_text(&unit_factors(x))));
            meta_facts(facts, &format!("unit {id}"), x);
        }
        "functionDefinition" => function_facts(facts, x, &id),
        "compartment" => {
            let (size, dim) = (number(real(x, "size")), number(real(x, "spatialDimensions")));
            facts.push(format!(
                "compartment {id} size {size} dim {dim} units {} constant {}",
                a("units"),
                a("constant")
            ));
            meta_facts(facts, &id, x);
        }
        "species" => species_facts(facts, x, &id),
        "parameter" if !is_flux_bound(model, &id) => {
            facts.push(format!(
                "parameter {id} = {} units {} constant {}",
                number(real(x, "value")),
                a("units"),
                a("constant")
            ));
            meta_facts(facts, &id, x);
        }
        "initialAssignment" => facts.push(format!("initially {} = {}", a("symbol"), math(x))),
        "assignmentRule" => facts.push(format!("always {} = {}", a("variable"), math(x))),
        "rateRule" => facts.push(format!("rate {} = {}", a("variable"), math(x))),
        "algebraicRule" => facts.push(format!("algebraic  = {}", math(x))),
        "reaction" => reaction_facts(facts, x, &id),
        "event" => event_facts(facts, x, &id),
        "constraint" => {
            let message = child(x, "message").map(|m| m.descendants().filter_map(|n| n.text()).collect::<String>());
            facts.push(format!("constraint {} message {}", math(x), word(&message.map(|m| m.trim().to_owned()))));
        }
        _ => {}
    }
}

fn species_facts(facts: &mut Vec<String>, x: Node, id: &str) {
    let initial = match (real(x, "initialAmount"), real(x, "initialConcentration")) {
        (Some(v), _) => format!("amount {v:?}"),
        (None, Some(v)) => format!("concentration {v:?}"),
        _ => "-".into(),
    };
    let a = |name| text_of(x, name);
    facts.push(format!(
        "species {id} in {} {initial} units {} only-substance {} boundary {} constant {} factor {}",
        a("compartment"),
        a("substanceUnits"),
        a("hasOnlySubstanceUnits"),
        a("boundaryCondition"),
        a("constant"),
        a("conversionFactor")
    ));
    meta_facts(facts, id, x);
}

/// Parameters that only hold bounds for flux balance analysis.
fn is_flux_bound(model: Node, id: &str) -> bool {
    list(model, "listOfReactions")
        .iter()
        .any(|r| r.attribute((FBC, "lowerFluxBound")) == Some(id) || r.attribute((FBC, "upperFluxBound")) == Some(id))
}

fn unit_factors(x: Node) -> Vec<UnitFactor> {
    let factor = |u: Node| UnitFactor {
        kind: text_of(u, "kind").into(),
        exponent: real(u, "exponent").unwrap_or(1.0),
        scale: real(u, "scale").unwrap_or(0.0) as i32,
        multiplier: real(u, "multiplier").unwrap_or(1.0),
    };
    list(x, "listOfUnits").into_iter().map(factor).collect()
}

fn function_facts(facts: &mut Vec<String>, x: Node, id: &str) {
    let lambda = child(x, "math").and_then(|m| child(m, "lambda")).expect("a lambda");
    let args: Vec<String> = lambda
        .children()
        .filter(|n| n.tag_name().name() == "bvar")
        .filter_map(|b| child(b, "ci"))
        .map(|c| c.text().unwrap_or_default().trim().to_owned())
        .collect();
    let body =
        lambda.children().rfind(|n| n.is_element() && n.tag_name().name() != "bvar").map(|b| normal(&read_math(b)));
    facts.push(format!("function {id}{args:?} = {}", word(&body)));
    meta_facts(facts, id, x);
}

fn reaction_facts(facts: &mut Vec<String>, x: Node, id: &str) {
    facts.push(format!("reaction {id} reversible {} in {}", text_of(x, "reversible"), text_of(x, "compartment")));
    meta_facts(facts, id, x);
    for (name, what) in [("listOfReactants", "reactant"), ("listOfProducts", "product")] {
        for r in list(x, name) {
            let a = |name| text_of(r, name);
            let n = number(real(r, "stoichiometry"));
            facts.push(format!("{what} of {id}: {n}*{} id {} constant {}", a("species"), a("id"), a("constant")));
            meta_facts(facts, a("id"), r);
        }
    }
    for m in list(x, "listOfModifiers") {
        let sbo = sbo(m).map_or("-".into(), |s| s.to_string());
        facts.push(format!("modifier of {id}: {} name {} sbo {sbo}", text_of(m, "species"), text_of(m, "name")));
    }
    if let Some(law) = child(x, "kineticLaw").filter(|l| child(*l, "math").is_some()) {
        facts.push(format!("law of {id} = {}", math(law)));
    }
}

fn event_facts(facts: &mut Vec<String>, x: Node, id: &str) {
    let trigger = child(x, "trigger").expect("a trigger");
    let part = |name| child(x, name).map_or("-".into(), math);
    facts.push(format!(
        "event {id} at {} t0 {} persistent {} delay {} priority {} from-trigger {}",
        math(trigger),
        text_of(trigger, "initialValue"),
        text_of(trigger, "persistent"),
        part("delay"),
        part("priority"),
        text_of(x, "useValuesFromTriggerTime")
    ));
    meta_facts(facts, id, x);
    for s in list(x, "listOfEventAssignments") {
        facts.push(format!("event {id} sets {} = {}", text_of(s, "variable"), math(s)));
    }
}

fn sbo(x: Node) -> Option<u32> {
    x.attribute("sboTerm").and_then(|s| s.strip_prefix("SBO:")).and_then(|s| s.parse().ok())
}

fn meta_facts(facts: &mut Vec<String>, of: &str, x: Node) {
    if let Some(name) = x.attribute("name").filter(|n| !n.is_empty()) {
        facts.push(format!("name of {of}: {name}"));
    }
    if let Some(sbo) = sbo(x) {
        facts.push(format!("sbo of {of}: {sbo}"));
    }
    if child(x, "notes").is_some() {
        facts.push(format!("notes of {of}"));
    }
    let description = child(x, "annotation").and_then(|a| child(a, "RDF")).and_then(|r| child(r, "Description"));
    for property in description.iter().flat_map(|d| d.children()).filter(Node::is_element) {
        term_facts(facts, of, property);
    }
    for uncertainty in list(x, "listOfUncertainties") {
        for u in uncertainty.children().filter(Node::is_element) {
            uncertainty_facts(facts, of, u);
        }
    }
}

fn term_facts(facts: &mut Vec<String>, of: &str, property: Node) {
    let name = property.tag_name().name();
    let namespace = property.tag_name().namespace().unwrap_or_default();
    let items: Vec<Node> = property.descendants().filter(|n| n.has_tag_name((RDF, "li"))).collect();
    match name {
        "created" | "modified" => {
            let date =
                property.descendants().filter_map(|n| n.text()).find(|t| !t.trim().is_empty()).unwrap_or_default();
            facts.push(format!("term of {of}: {name} {:?}", vec![date.trim()]));
        }
        "creator" => {
            for (n, person) in items.iter().enumerate() {
                for (element, part) in [
                    ("family-name", "familyName"),
                    ("given-name", "givenName"),
                    ("hasEmail", "email"),
                    ("organization-name", "organization"),
                    ("text", "name"),
                ] {
                    for value in person.descendants().filter(|d| d.tag_name().name() == element) {
                        let value = value.text().unwrap_or_default();
                        facts.push(format!("term of {of}: creator{}.{part} {:?}", n + 1, vec![value]));
                    }
                }
            }
        }
        _ => {
            let resources: Vec<_> = items.iter().filter_map(|i| i.attribute((RDF, "resource"))).collect();
            let qualifier = qualifier(name, namespace.contains("model-qualifiers"));
            facts.push(format!("term of {of}: {qualifier} {resources:?}"));
        }
    }
}

/// The word Antimony has for a MIRIAM qualifier.
fn qualifier(name: &str, model: bool) -> &str {
    match (name, model) {
        ("is", false) => "identity",
        ("hasPart", false) => "part",
        ("isPartOf", false) => "parthood",
        ("isVersionOf", false) => "hypernym",
        ("hasVersion", false) => "version",
        ("isHomologTo", false) => "homolog",
        ("isDescribedBy", _) => "description",
        ("isEncodedBy", false) => "encoder",
        ("encodes", false) => "encodement",
        ("occursIn", false) => "container",
        ("hasProperty", false) => "property",
        ("isPropertyOf", false) => "propertyBearer",
        ("hasTaxon", false) => "taxon",
        ("is", true) => "model_entity_is",
        ("isDerivedFrom", true) => "origin",
        ("isInstanceOf", true) => "class",
        ("hasInstance", true) => "instance",
        _ => name,
    }
}

fn uncertainty_facts(facts: &mut Vec<String>, of: &str, u: Node) {
    let a = |name| u.attribute((DISTRIB, name));
    let part = |value: &'static str, var: &'static str| match (a(value), a(var)) {
        (Some(v), _) => Some(normal(&Math::Number(xml_number(v), None))),
        (None, var) => var.map(str::to_owned),
    };
    let mut values: Vec<String> = part("value", "var").into_iter().collect();
    values.extend(part("valueLower", "varLower"));
    values.extend(part("valueUpper", "varUpper"));
    if child(u, "math").is_some() {
        values.push(math(u));
    }
    facts.push(format!("uncertainty of {of}: {} {values:?}", a("type").unwrap_or("-")));
}

fn math(x: Node) -> String {
    let first = child(x, "math").and_then(|m| m.children().find(Node::is_element));
    first.map_or("-".into(), |m| normal(&read_math(m)))
}

fn read_math(x: Node) -> Math {
    let text = x.text().unwrap_or_default().trim();
    match x.tag_name().name() {
        "cn" if x.attribute("type") == Some("rational") => {
            let parts: Vec<f64> = x.children().filter_map(|n| n.text()).map(xml_number).collect();
            Math::Apply("divide".into(), parts.into_iter().map(|v| Math::Number(v, None)).collect())
        }
        "cn" => Math::Number(read_number(x), units(x)),
        "ci" => Math::Name(text.to_owned()),
        "csymbol" => Math::Name(csymbol(x).unwrap_or(text).to_owned()),
        name @ ("pi" | "exponentiale" | "infinity" | "notanumber" | "true" | "false") => {
            Math::Name(format!("<{name}>"))
        }
        "apply" => read_apply(x),
        "piecewise" => {
            let piece = |p: Node| {
                let args = p.children().filter(Node::is_element).map(read_math).collect();
                Math::Apply(p.tag_name().name().to_owned(), args)
            };
            Math::Apply("piecewise".into(), x.children().filter(Node::is_element).map(piece).collect())
        }
        other => panic!("mathematics this reader does not know: {other}"),
    }
}

fn units(x: Node) -> Option<String> {
    x.attributes().find(|a| a.name() == "units").map(|a| a.value().to_owned())
}

fn csymbol(x: Node) -> Option<&'static str> {
    let url = x.attribute("definitionURL")?;
    url.ends_with("/time").then_some("<time>").or(url.ends_with("/avogadro").then_some("<avogadro>"))
}

fn read_number(x: Node) -> f64 {
    let parts: Vec<f64> = x.children().filter_map(|n| n.text()).map(|t| t.trim().parse().expect("a number")).collect();
    match (x.attribute("type"), parts.as_slice()) {
        // The text form keeps the nearest double of mantissa and exponent together.
        (Some("e-notation"), [m, e]) => format!("{m}e{e}").parse().expect("a number"),
        (_, [v]) => *v,
        _ => panic!("a number this reader does not know"),
    }
}

fn read_apply(x: Node) -> Math {
    let mut parts = x.children().filter(Node::is_element);
    let head = parts.next().expect("an operator");
    let name = head.tag_name().name();
    let rest: Vec<Node> = parts.collect();
    let text = head.text().unwrap_or_default().trim();
    let all = |nodes: &[Node]| nodes.iter().copied().map(read_math).collect::<Vec<_>>();
    match name {
        "ci" => Math::Apply(format!("call {text}"), all(&rest)),
        "csymbol" if matches!(text, "delay" | "rateOf") => Math::Apply(text.to_owned(), all(&rest)),
        "csymbol" => Math::Apply(format!("draw {text}"), all(&rest)),
        "root" | "log" => {
            let qualifier = if name == "root" { "degree" } else { "logbase" };
            let default = if name == "root" { 2.0 } else { 10.0 };
            let given = rest.iter().find(|n| n.tag_name().name() == qualifier);
            let first = given.and_then(|d| d.children().find(Node::is_element)).map(read_math);
            let argument = rest.iter().find(|n| n.tag_name().name() != qualifier).copied().map(read_math);
            let args = [Some(first.unwrap_or(Math::Number(default, None))), argument];
            Math::Apply(name.to_owned(), args.into_iter().flatten().collect())
        }
        _ => Math::Apply(name.to_owned(), all(&rest)),
    }
}
