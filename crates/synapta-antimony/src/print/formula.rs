//! Formulas as text that reads back as the same formula.

use synapta_model::{Constant, Expr, ExprKind, Op};

use crate::words::function_name;

const LOGIC: u8 = 1;
const COMPARISON: u8 = 2;
const SUM: u8 = 3;
const PRODUCT: u8 = 4;
const SIGN: u8 = 5;
const POWER: u8 = 6;
const ATOM: u8 = 7;

/// A formula as text.
pub(crate) fn formula(e: &Expr) -> String {
    let mut text = String::new();
    write(e, &mut text);
    text
}

/// A number as text, shortest form that reads back as the same number.
pub(crate) fn number(v: f64) -> String {
    if v.is_nan() {
        return "nan".into();
    }
    if v.is_infinite() {
        return if v > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let size = v.abs();
    if v == 0.0 || (1e-4..1e7).contains(&size) { format!("{v}") } else { format!("{v:e}") }
}

/// Text in quotes, or between three backticks if it runs over lines.
pub(crate) fn quoted(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    }
    // Three backticks inside would end the text; single quotes take their place.
    let safe = text.replace("```", "'''");
    let safe = safe.strip_suffix('`').map_or(safe.clone(), |s| format!("{s}'"));
    format!("```{safe}```")
}

/// The infix sign of an operator with this many arguments.
fn sign(op: Op, args: usize) -> Option<(&'static str, u8)> {
    let infix = match op {
        Op::Plus => ("+", SUM),
        Op::Minus => ("-", SUM),
        Op::Times => ("*", PRODUCT),
        Op::Divide => ("/", PRODUCT),
        Op::Power => ("^", POWER),
        Op::Eq => ("==", COMPARISON),
        Op::Neq => ("!=", COMPARISON),
        Op::Lt => ("<", COMPARISON),
        Op::Gt => (">", COMPARISON),
        Op::Leq => ("<=", COMPARISON),
        Op::Geq => (">=", COMPARISON),
        Op::And => ("&&", LOGIC),
        Op::Or => ("||", LOGIC),
        _ => return None,
    };
    let two_only = matches!(op, Op::Minus | Op::Divide | Op::Power | Op::Neq);
    (args == 2 || args > 2 && !two_only).then_some(infix)
}

/// How tightly the outermost sign of a formula binds.
fn binding(e: &Expr) -> u8 {
    match &e.kind {
        ExprKind::Number(v, _) if v.is_sign_negative() && !v.is_nan() => SIGN,
        ExprKind::Op(Op::Neg | Op::Not, args) if args.len() == 1 => SIGN,
        ExprKind::Op(op, args) => sign(*op, args.len()).map_or(ATOM, |(_, b)| b),
        _ => ATOM,
    }
}

fn write_at_least(e: &Expr, least: u8, text: &mut String) {
    if binding(e) >= least {
        return write(e, text);
    }
    text.push('(');
    write(e, text);
    text.push(')');
}

fn write(e: &Expr, text: &mut String) {
    match &e.kind {
        ExprKind::Number(v, None) => text.push_str(&number(*v)),
        ExprKind::Number(v, Some(unit)) => text.push_str(&format!("{} {unit}", number(*v))),
        ExprKind::Constant(c) => text.push_str(constant_name(*c)),
        ExprKind::Symbol(id) => text.push_str(id),
        ExprKind::Op(op, args) => write_operator(*op, args, text),
        ExprKind::Call(id, args) | ExprKind::Draw(id, args) => write_call(id, args, text),
        ExprKind::RateOf(id) => text.push_str(&format!("rateOf({id})")),
        ExprKind::Delay(a, b) => text.push_str(&format!("delay({}, {})", formula(a), formula(b))),
        ExprKind::Piecewise(pairs, otherwise) => {
            let parts = pairs.iter().flat_map(|(v, c)| [v, c]).chain(otherwise.as_deref());
            text.push_str(&format!("piecewise({})", parts.map(formula).collect::<Vec<_>>().join(", ")));
        }
    }
}

fn write_call(name: &str, args: &[Expr], text: &mut String) {
    text.push_str(name);
    text.push('(');
    for (n, arg) in args.iter().enumerate() {
        if n > 0 {
            text.push_str(", ");
        }
        write(arg, text);
    }
    text.push(')');
}

fn write_operator(op: Op, args: &[Expr], text: &mut String) {
    match (op, args) {
        (Op::Neg, [a]) => {
            text.push('-');
            // `-o ` would be read as an activation.
            let least = if matches!(&a.kind, ExprKind::Symbol(id) if id == "o") { ATOM + 1 } else { POWER };
            write_at_least(a, least, text);
        }
        (Op::Not, [a]) => {
            text.push('!');
            write_at_least(a, SIGN, text);
        }
        (Op::Root, [degree, a]) if degree.as_number() == Some(2.0) => write_call("sqrt", std::slice::from_ref(a), text),
        (Op::Root, _) => write_call("root", args, text),
        (Op::Log, [base, a]) if base.as_number() == Some(10.0) => write_call("log10", std::slice::from_ref(a), text),
        (Op::Log, _) => write_call("log", args, text),
        (Op::Neg | Op::Minus, _) if sign(op, args.len()).is_none() => write_call("minus", args, text),
        _ => match sign(op, args.len()) {
            Some((sign, binding)) => write_infix(op, sign, binding, args, text),
            None => write_call(function_name(op).unwrap_or("times"), args, text),
        },
    }
}

fn write_infix(op: Op, sign: &str, binding: u8, args: &[Expr], text: &mut String) {
    let spaced = if op == Op::Power { sign.to_owned() } else { format!(" {sign} ") };
    for (n, arg) in args.iter().enumerate() {
        if n > 0 {
            text.push_str(&spaced);
        }
        write_at_least(arg, least_binding(op, binding, n, arg), text);
    }
}

/// How tightly argument `n` must bind to stand without parentheses.
fn least_binding(op: Op, binding: u8, n: usize, arg: &Expr) -> u8 {
    if op == Op::Power {
        return if n == 0 { ATOM } else { SIGN };
    }
    // Sums in sums, logic in logic and the like would run together.
    let same = matches!(&arg.kind, ExprKind::Op(inner, _) if *inner == op && !matches!(op, Op::Minus | Op::Divide));
    let first_of_left = n == 0 && matches!(binding, SUM | PRODUCT) && !same;
    if first_of_left { binding } else { binding + 1 }
}

fn constant_name(c: Constant) -> &'static str {
    match c {
        Constant::Time => "time",
        Constant::Avogadro => "avogadro",
        Constant::Pi => "pi",
        Constant::Exponential => "exponentiale",
        Constant::Infinity => "inf",
        Constant::NotANumber => "nan",
        Constant::True => "true",
        Constant::False => "false",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `y := text` and prints the formula again.
    fn again(text: &str) -> String {
        let parsed = crate::parse(&crate::NoImports, "t", &format!("y := {text}"));
        let model = parsed.model.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        formula(&model.rules[0].math)
    }

    #[test]
    fn only_needed_parentheses_are_written() {
        for text in [
            "a - (b - c)",
            "a - b - c",
            "a / (b * c)",
            "a / b * c",
            "(a + b) * c",
            "-a^2",
            "(-a)^2",
            "a^-b",
            "a^b^c",
            "(a^b)^c",
            "2 * -3",
            "a < b < c",
            "a < b && b <= c",
            "(a || b) && c",
            "!(a == b)",
            "piecewise(1, a > 2, 3)",
            "log10(x) + ln(x) + log(2, x)",
            "(a + b) + c",
            "1e-9 * x",
            "sqrt(x) + root(3, x)",
        ] {
            assert_eq!(again(text), text);
        }
    }
}
