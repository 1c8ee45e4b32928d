//! Expectations and results in words.

use super::super::expect::{Expect, Form};
use super::super::quantity::{Against, Quantity, Relation, Take};
use super::Named;

/// Most numbers told one by one; of more, the smallest and the largest.
const MOST: usize = 12;

/// A number with three figures.
pub fn short(number: f64) -> String {
    if !number.is_finite() {
        return "none".into();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        return format!("{number:.2e}");
    }
    let digits = if size == 0.0 { 0 } else { (2 - size.log10().floor() as i32).clamp(0, 5) };
    let text = format!("{number:.*}", digits as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// Hours, or days where they are whole ones.
pub(super) fn hours(h: f64) -> String {
    if h >= 48.0 && h % 24.0 == 0.0 { format!("{} d", h / 24.0) } else { format!("{} h", short(h)) }
}

/// Verdict, words and numbers of named numbers.
pub(super) fn told(pass: bool, all: Vec<Named>) -> (bool, String, Vec<f64>) {
    let one = |n: &Named| if n.name.is_empty() { short(n.number) } else { format!("{} {}", n.name, short(n.number)) };
    let mut words: Vec<String> = all.iter().take(MOST).map(one).collect();
    if all.len() > MOST {
        words.push(format!("and {} more", all.len() - MOST));
    }
    (pass, words.join("; "), all.into_iter().map(|n| n.number).collect())
}

/// What must come out.
pub fn expected(expect: &Expect) -> String {
    if let Some(title) = &expect.title {
        return title.clone();
    }
    let bounds = expect.bounds.words();
    match &expect.form {
        Form::Value { arms, quantities } => format!("{}, {}: {bounds}", all_of(quantities), arms.join(", ")),
        Form::Sign { arms, quantities, sign, .. } => {
            let word = ["below 0", "no change", "above 0"][(sign + 1) as usize];
            format!("{}, {}: {word}", all_of(quantities), arms.join(", "))
        }
        Form::OnsetOrder { arms, steps, .. } => {
            let steps: Vec<&str> = steps.iter().map(|(n, _)| n.as_str()).collect();
            format!("onsets in {} in the order {}", arms.join(", "), steps.join(" < "))
        }
        Form::ArmOrder { arms, quantities } => format!("{}: {}", all_of(quantities), arms.join(" < ")),
        Form::ShareLost { arms, whole, quantities } => {
            format!("share of the effect of {whole} lost in {} ({}): {bounds}", arms.join(", "), all_of(quantities))
        }
        Form::Shapley { whole, parts, quantity, .. } => {
            format!("shares of {} in the effect of {whole} ({}): each {bounds}", parts.join(" and "), of_one(quantity))
        }
        Form::Assay { assays, readouts, against, relation } => {
            let reference = against.as_ref().map_or(String::new(), |name| {
                format!(
                    ", {}",
                    ["x", "less", "% change from", "fall from"][*relation as usize].to_string() + " " + name
                )
            });
            format!("{} of {}{reference}: {bounds}", readouts.join(", "), assays.join(", "))
        }
        Form::AssayOrder { assays, readouts } => format!("{}: {}", readouts.join(", "), assays.join(" < ")),
        Form::Figure { picture, held, .. } => format!(
            "the {} holds {} quantities, {} arrows and {} words; {} values move, each by a share {bounds} of its size",
            picture.word(),
            held.nodes.len(),
            held.arrows.len(),
            held.labels.len(),
            held.moving().len()
        ),
        Form::Rank { kinds } => format!(
            "every candidate has an interval, kinds {}, and the best untried one is above the reference at four weeks by a number {bounds}",
            kinds.join(", ")
        ),
        Form::Correlation { cohort, numbers, n, .. } => format!(
            "correlation of {} with {} in {cohort}{}: {bounds}",
            of_one(&numbers[0].quantity),
            of_one(&numbers[1].quantity),
            sample(*n)
        ),
        Form::CohortMean { cohort, other, number } => {
            format!("mean of {} in {cohort} over that in {other}: {bounds}", of_one(&number.quantity))
        }
        Form::CohortSplit { cohort, numbers, threshold } => format!(
            "mean of {} in members of {cohort} with {} below {threshold}, over that of the rest: {bounds}",
            of_one(&numbers[0].quantity),
            of_one(&numbers[1].quantity)
        ),
        Form::CohortShare { cohort, number, threshold, n } => {
            let what = n.map_or("share".to_string(), |n| format!("median count among {n}"));
            format!("{what} of {cohort} with {} above {threshold}: {bounds}", of_one(&number.quantity))
        }
        Form::Studies { fields, .. } => {
            format!("share of claims that name studies, each with {}: {bounds}", fields.join(", "))
        }
        Form::Screening { export, count } if count == "agreement" => {
            format!("share of {export} decided as by reading: {bounds}")
        }
        Form::Screening { export, count } => format!("records of {export}, {count}: {bounds}"),
    }
}

fn sample(n: Option<usize>) -> String {
    n.map_or(String::new(), |n| format!(", median over samples of {n}"))
}

/// Several quantities differ in their names alone.
fn all_of(quantities: &[Quantity]) -> String {
    let names: Vec<String> = quantities.iter().map(|q| q.label.clone()).collect();
    quantities.first().map_or(String::new(), |q| format!("{}{}", names.join(", "), how(q)))
}

fn of_one(q: &Quantity) -> String {
    format!("{}{}", q.label, how(q))
}

fn how(q: &Quantity) -> String {
    let window = match (q.from_h, q.to_h) {
        (None, None) => String::new(),
        (None, Some(to)) => format!(" to {}", hours(to)),
        (Some(from), None) => format!(" from {}", hours(from)),
        (Some(from), Some(to)) => format!(" from {} to {}", hours(from), hours(to)),
    };
    let take = match q.take {
        Take::At => {
            let at: Vec<String> = q.at_h.iter().map(|h| hours(*h)).collect();
            format!(" at {}", at.join(", "))
        }
        Take::Before => " before the dose".into(),
        Take::Peak => format!(", peak{window}"),
        Take::Trough => format!(", trough{window}"),
        Take::TimeOfPeak => format!(", hour of peak{window}"),
        Take::TimeOfTrough => format!(", hour of trough{window}"),
        Take::Mean => format!(", mean{window}"),
        Take::Area => format!(", area{window}"),
        Take::Onset(share) => format!(", hour of {} of the change{window}", short(share)),
        Take::TimeBack(share) => format!(", hour when back to {} of the change{window}", short(share)),
        Take::Drift => format!(", drift{window}"),
        Take::HalfLife => format!(", half-life{window}"),
    };
    let reference = match &q.against {
        Against::Nothing => return take,
        Against::Base => "base".to_string(),
        Against::Vehicle => "vehicle".to_string(),
        Against::Hour(h) => hours(*h),
        Against::Arm(name) => name.clone(),
    };
    let relation = match q.relation {
        Relation::Ratio => format!(", x {reference}"),
        Relation::Difference => format!(", less {reference}"),
        Relation::Percent => format!(", % change from {reference}"),
        Relation::Fall => format!(", fall from {reference}"),
    };
    format!("{take}{relation}")
}
