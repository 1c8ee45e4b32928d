//! Formulas as MathML. Long sums and products become several elements, between which a browser may break the line.

use super::html::escape;
use synapta_model::{Constant, Expr, ExprKind, Op};

/// Binding strength, as in print.
const COMPARISON: u8 = 1;
const SUM: u8 = 2;
const PRODUCT: u8 = 3;
const SIGN: u8 = 4;
const POWER: u8 = 5;
const ATOM: u8 = 6;

/// A name alone.
pub fn name(id: &str) -> String {
    element(&identifier(id))
}

/// `d name / dt`.
pub fn rate_of(id: &str) -> String {
    element(&format!("<mfrac><mrow><mi>d</mi>{}</mrow><mrow><mi>d</mi><mi>t</mi></mrow></mfrac>", identifier(id)))
}

/// A formula in pieces that may stand on lines of their own.
pub fn formula(e: &Expr) -> String {
    let mut out = vec![];
    pieces(e, "", &mut out);
    out.iter().map(|p| element(p)).collect::<Vec<_>>().join(" ")
}

fn element(inner: &str) -> String {
    format!("<math>{inner}</math>")
}

/// Terms of a sum and factors of a product, each with the sign before it.
fn pieces(e: &Expr, sign: &str, out: &mut Vec<String>) {
    match &e.kind {
        ExprKind::Op(Op::Plus, args) if !args.is_empty() => {
            for (i, arg) in args.iter().enumerate() {
                pieces(arg, if i == 0 { sign } else { "+" }, out);
            }
        }
        ExprKind::Op(Op::Minus, args) if args.len() == 2 => {
            pieces(&args[0], sign, out);
            out.push(operator("\u{2212}") + &at_least(&args[1], PRODUCT));
        }
        ExprKind::Op(Op::Times, args) if !args.is_empty() => {
            for (i, arg) in args.iter().enumerate() {
                let before = if i == 0 { sign } else { "\u{b7}" };
                match &arg.kind {
                    ExprKind::Op(Op::Times, _) => pieces(arg, before, out),
                    _ => out.push(prefix(before) + &at_least(arg, PRODUCT)),
                }
            }
        }
        _ => out.push(prefix(sign) + &row(e)),
    }
}

fn prefix(sign: &str) -> String {
    if sign.is_empty() { String::new() } else { operator(sign) }
}

fn operator(sign: &str) -> String {
    format!("<mo>{sign}</mo>")
}

fn identifier(id: &str) -> String {
    format!("<mi>{}</mi>", escape(id))
}

fn binding(e: &Expr) -> u8 {
    match &e.kind {
        ExprKind::Number(v, _) if v.is_sign_negative() => SIGN,
        ExprKind::Number(v, _) if scientific(*v) => PRODUCT,
        ExprKind::Op(Op::Plus | Op::Minus, args) if args.len() > 1 => SUM,
        ExprKind::Op(Op::Times, args) if args.len() > 1 => PRODUCT,
        ExprKind::Op(Op::Neg | Op::Not, _) => SIGN,
        ExprKind::Op(Op::Power | Op::Divide, _) => POWER,
        ExprKind::Op(op, _) if op.is_logical() => COMPARISON,
        _ => ATOM,
    }
}

fn at_least(e: &Expr, least: u8) -> String {
    if binding(e) >= least { row(e) } else { bracketed(&row(e)) }
}

fn bracketed(inner: &str) -> String {
    format!("<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>")
}

fn row(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Number(v, _) => number(*v),
        ExprKind::Constant(c) => constant(*c).into(),
        ExprKind::Symbol(id) => identifier(id),
        ExprKind::Op(op, args) => operation(*op, args),
        ExprKind::Call(id, args) | ExprKind::Draw(id, args) => call(id, args),
        ExprKind::RateOf(id) => {
            format!("<mfrac><mrow><mi>d</mi>{}</mrow><mrow><mi>d</mi><mi>t</mi></mrow></mfrac>", identifier(id))
        }
        ExprKind::Delay(x, d) => call("delay", &[x.as_ref().clone(), d.as_ref().clone()]),
        ExprKind::Piecewise(pairs, otherwise) => cases(pairs, otherwise.as_deref()),
    }
}

fn operation(op: Op, args: &[Expr]) -> String {
    match (op, args) {
        (Op::Plus, _) => joined(args, "+", SUM),
        (Op::Times, _) => joined(args, "\u{b7}", PRODUCT),
        (Op::Minus, [a, b]) => format!("<mrow>{}<mo>\u{2212}</mo>{}</mrow>", at_least(a, SUM), at_least(b, PRODUCT)),
        (Op::Neg, [a]) => format!("<mrow><mo>\u{2212}</mo>{}</mrow>", at_least(a, PRODUCT)),
        (Op::Divide, [a, b]) => format!("<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>", row(a), row(b)),
        (Op::Power, [a, b]) => format!("<msup>{}<mrow>{}</mrow></msup>", at_least(a, ATOM), row(b)),
        (Op::Root, [degree, a]) if degree.as_number() == Some(2.0) => format!("<msqrt>{}</msqrt>", row(a)),
        (Op::Root, [degree, a]) => format!("<mroot><mrow>{}</mrow>{}</mroot>", row(a), row(degree)),
        (Op::Exp, [a]) => format!("<msup><mi>e</mi><mrow>{}</mrow></msup>", row(a)),
        (Op::Abs, [a]) => format!("<mrow><mo>|</mo>{}<mo>|</mo></mrow>", row(a)),
        (Op::Not, [a]) => format!("<mrow><mo>\u{ac}</mo>{}</mrow>", at_least(a, SIGN)),
        _ => match comparison(op) {
            Some(sign) => joined(args, sign, SUM),
            None => call(&format!("{op:?}").to_lowercase(), args),
        },
    }
}

fn comparison(op: Op) -> Option<&'static str> {
    Some(match op {
        Op::Eq => "=",
        Op::Neq => "\u{2260}",
        Op::Lt => "&lt;",
        Op::Gt => "&gt;",
        Op::Leq => "\u{2264}",
        Op::Geq => "\u{2265}",
        Op::And => "\u{2227}",
        Op::Or => "\u{2228}",
        _ => return None,
    })
}

fn joined(args: &[Expr], sign: &str, least: u8) -> String {
    let parts: Vec<String> = args.iter().map(|a| at_least(a, least)).collect();
    format!("<mrow>{}</mrow>", parts.join(&format!("<mo>{sign}</mo>")))
}

fn call(name: &str, args: &[Expr]) -> String {
    let parts: Vec<String> = args.iter().map(row).collect();
    format!("<mrow>{}{}</mrow>", identifier(name), bracketed(&parts.join("<mo>,</mo>")))
}

fn cases(pairs: &[(Expr, Expr)], otherwise: Option<&Expr>) -> String {
    let case = |value: &Expr, words: String| format!("<mtr><mtd>{}</mtd><mtd>{words}</mtd></mtr>", row(value));
    let mut rows: String = pairs.iter().map(|(v, c)| case(v, format!("<mtext>if\u{a0}</mtext>{}", row(c)))).collect();
    rows.extend(otherwise.map(|v| case(v, "<mtext>otherwise</mtext>".into())));
    format!("<mrow><mo>{{</mo><mtable>{rows}</mtable></mrow>")
}

fn scientific(v: f64) -> bool {
    v != 0.0 && v.is_finite() && !(1e-3..1e5).contains(&v.abs())
}

fn number(v: f64) -> String {
    if v.is_nan() {
        return "<mi>none</mi>".into();
    }
    if v.is_infinite() {
        return if v > 0.0 {
            "<mi>\u{221e}</mi>".into()
        } else {
            "<mrow><mo>\u{2212}</mo><mi>\u{221e}</mi></mrow>".into()
        };
    }
    let sign = if v < 0.0 { "<mo>\u{2212}</mo>" } else { "" };
    let size = v.abs();
    if !scientific(v) {
        return if sign.is_empty() {
            format!("<mn>{size}</mn>")
        } else {
            format!("<mrow>{sign}<mn>{size}</mn></mrow>")
        };
    }
    let text = format!("{size:e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power = power.replace('-', "\u{2212}");
    let ten = format!("<msup><mn>10</mn><mn>{power}</mn></msup>");
    let times = if digits == "1" { ten } else { format!("<mn>{digits}</mn><mo>\u{b7}</mo>{ten}") };
    format!("<mrow>{sign}{times}</mrow>")
}

fn constant(c: Constant) -> &'static str {
    match c {
        Constant::Time => "<mi>t</mi>",
        Constant::Avogadro => "<msub><mi>N</mi><mi>A</mi></msub>",
        Constant::Pi => "<mi>\u{3c0}</mi>",
        Constant::Exponential => "<mi>e</mi>",
        Constant::Infinity => "<mi>\u{221e}</mi>",
        Constant::NotANumber => "<mi>none</mi>",
        Constant::True => "<mtext>true</mtext>",
        Constant::False => "<mtext>false</mtext>",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let parsed = synapta_antimony::parse(&synapta_antimony::NoImports, "t.ant", &format!("y := {text};"));
        formula(&parsed.model.expect("a formula").rules[0].math)
    }

    #[test]
    fn brackets_stand_where_they_are_needed_and_nowhere_else() {
        let bare = |text: &str| told(text).replace(|c: char| !"()".contains(c), "");
        assert_eq!(bare("a*(b + c)"), "()");
        assert_eq!(bare("a + (b*c)"), "");
        assert_eq!(bare("a - (b - c)"), "()");
        assert_eq!(bare("(a + b)/(c + d)"), "");
        assert_eq!(bare("(a + b)^2"), "()");
        assert_eq!(bare("(a/b)^2"), "()");
        assert_eq!(bare("a^(b + c)"), "");
    }

    #[test]
    fn numbers_are_written_as_in_print() {
        assert_eq!(number(0.25), "<mn>0.25</mn>");
        assert_eq!(number(-2.0), "<mrow><mo>\u{2212}</mo><mn>2</mn></mrow>");
        assert_eq!(number(3e-9), "<mrow><mn>3</mn><mo>\u{b7}</mo><msup><mn>10</mn><mn>\u{2212}9</mn></msup></mrow>");
        assert_eq!(number(1e6), "<mrow><msup><mn>10</mn><mn>6</mn></msup></mrow>");
    }

    #[test]
    fn a_long_sum_may_be_broken_and_stays_closed() {
        let text = told("a + b*c - d/(e + 1)");
        assert_eq!(text.matches("<math>").count(), 4);
        for tag in ["math", "mrow", "mfrac"] {
            let (open, close) = (text.matches(&format!("<{tag}>")).count(), text.matches(&format!("</{tag}>")).count());
            assert_eq!(open, close, "{tag}");
        }
    }
}
