//! Formulas over the names of a model's elements, evaluated point by point on their columns.
//!
//! `a/b`, `0.6*x + 0.4*y`, `max(a, b)`: numbers, names (flat ids or dotted paths), `+ - * / ^`, brackets and the
//! functions `abs exp ln sqrt min max`.

/// A read formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// As written.
    pub text: String,
    /// Names in order of appearance, each once.
    pub symbols: Vec<String>,
    root: Node,
}

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormulaError {
    /// Byte offset in the formula.
    pub at: usize,
    /// One sentence.
    pub message: String,
    /// What to try.
    pub help: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Symbol(usize),
    Negative(Box<Node>),
    Binary(u8, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Abs,
    Exp,
    Ln,
    Sqrt,
    Min,
    Max,
}

const FUNCTIONS: [(&str, Function, usize); 6] = [
    ("abs", Function::Abs, 1),
    ("exp", Function::Exp, 1),
    ("ln", Function::Ln, 1),
    ("sqrt", Function::Sqrt, 1),
    ("min", Function::Min, 2),
    ("max", Function::Max, 2),
];

/// Brackets in brackets beyond this are no formula anyone writes, and would exhaust the stack.
const DEEPEST: usize = 64;

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// The place of the first thing that does not fit, with what was expected.
    pub fn read(text: &str) -> Result<Formula, FormulaError> {
        let mut reader = Reader { text, at: 0, depth: 0, symbols: vec![] };
        let root = reader.sum()?;
        reader.space();
        if reader.at < text.len() {
            return Err(reader.error("nothing more, or one of `+ - * / ^`"));
        }
        Ok(Formula { text: text.trim().to_string(), symbols: reader.symbols, root })
    }

    /// The value where the symbols have these values, in the order of [`Formula::symbols`].
    pub fn evaluate(&self, values: &[f64]) -> f64 {
        value(&self.root, values)
    }
}

fn value(node: &Node, values: &[f64]) -> f64 {
    let at = |n: &Node| value(n, values);
    match node {
        Node::Number(v) => *v,
        Node::Symbol(i) => values.get(*i).copied().unwrap_or(f64::NAN),
        Node::Negative(a) => -at(a),
        Node::Binary(b'+', a, b) => at(a) + at(b),
        Node::Binary(b'-', a, b) => at(a) - at(b),
        Node::Binary(b'*', a, b) => at(a) * at(b),
        Node::Binary(b'/', a, b) => at(a) / at(b),
        Node::Binary(_, a, b) => at(a).powf(at(b)),
        Node::Call(function, arguments) => {
            let first = arguments.first().map_or(f64::NAN, at);
            let second = arguments.get(1).map_or(f64::NAN, at);
            match function {
                Function::Abs => first.abs(),
                Function::Exp => first.exp(),
                Function::Ln => first.ln(),
                Function::Sqrt => first.sqrt(),
                Function::Min => first.min(second),
                Function::Max => first.max(second),
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    symbols: Vec<String>,
}

impl Reader<'_> {
    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn peek(&mut self) -> Option<u8> {
        self.space();
        self.text.as_bytes().get(self.at).copied()
    }

    fn error(&self, expected: &str) -> FormulaError {
        let found = self.text[self.at..].chars().next().map_or("the end".to_string(), |c| format!("`{c}`"));
        FormulaError {
            at: self.at,
            message: format!("the formula `{}` has {found} where it should have {expected}", self.text),
            help: "write names as the model has them, joined by `+ - * / ^`, for instance `a/b` or `max(a, 0.5*b)`"
                .into(),
        }
    }

    fn sum(&mut self) -> Result<Node, FormulaError> {
        let mut left = self.product()?;
        while let Some(op @ (b'+' | b'-')) = self.peek() {
            self.at += 1;
            left = Node::Binary(op, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, FormulaError> {
        let mut left = self.signed()?;
        while let Some(op @ (b'*' | b'/')) = self.peek() {
            self.at += 1;
            left = Node::Binary(op, Box::new(left), Box::new(self.signed()?));
        }
        Ok(left)
    }

    /// A power binds closer than the sign before it and groups to the right.
    fn signed(&mut self) -> Result<Node, FormulaError> {
        self.deeper()?;
        let node = if self.peek() == Some(b'-') {
            self.at += 1;
            Node::Negative(Box::new(self.signed()?))
        } else {
            let base = self.atom()?;
            if self.peek() == Some(b'^') {
                self.at += 1;
                Node::Binary(b'^', Box::new(base), Box::new(self.signed()?))
            } else {
                base
            }
        };
        self.depth -= 1;
        Ok(node)
    }

    fn deeper(&mut self) -> Result<(), FormulaError> {
        self.depth += 1;
        if self.depth <= DEEPEST { Ok(()) } else { Err(self.error("fewer brackets and signs")) }
    }

    fn atom(&mut self) -> Result<Node, FormulaError> {
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                let inner = self.sum()?;
                self.expect(b')', "`)`")?;
                Ok(inner)
            }
            Some(c) if c.is_ascii_digit() || c == b'.' => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == b'_' => self.name(),
            _ => Err(self.error("a name, a number or `(`")),
        }
    }

    fn expect(&mut self, byte: u8, word: &str) -> Result<(), FormulaError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(word))
    }

    fn number(&mut self) -> Result<Node, FormulaError> {
        let rest = &self.text[self.at..];
        let digits = |from: usize| rest[from..].bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let mut end = digits(0);
        if rest[end..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let number: f64 = rest[..end].parse().map_err(|_| self.error("a number"))?;
        self.at += end;
        Ok(Node::Number(number))
    }

    fn name(&mut self) -> Result<Node, FormulaError> {
        let rest = &self.text[self.at..];
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'.';
        let name = &rest[..rest.bytes().take_while(|b| is_part(b)).count()];
        let start = self.at;
        self.at += name.len();
        if self.peek() == Some(b'(') {
            return self.call(name.to_string(), start);
        }
        let known = self.symbols.iter().position(|s| s == name);
        let index = known.unwrap_or_else(|| {
            self.symbols.push(name.to_string());
            self.symbols.len() - 1
        });
        Ok(Node::Symbol(index))
    }

    fn call(&mut self, name: String, start: usize) -> Result<Node, FormulaError> {
        let Some((_, function, count)) = FUNCTIONS.iter().find(|(n, _, _)| *n == name) else {
            let known: Vec<&str> = FUNCTIONS.iter().map(|f| f.0).collect();
            let message = format!("`{name}` is not a function");
            return Err(FormulaError { at: start, message, help: format!("known: {}", known.join(", ")) });
        };
        self.at += 1;
        let mut arguments = vec![self.sum()?];
        for _ in 1..*count {
            self.expect(b',', "`,` and a second value")?;
            arguments.push(self.sum()?);
        }
        self.expect(b')', "`)`")?;
        Ok(Node::Call(*function, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str, values: &[f64]) -> f64 {
        Formula::read(text).unwrap().evaluate(values)
    }

    #[test]
    fn precedence_and_functions() {
        assert_eq!(at("1 + 2*3^2", &[]), 19.0);
        assert_eq!(at("-2^2", &[]), -4.0);
        assert_eq!(at("2^3^2", &[]), 512.0);
        assert_eq!(at("8/4/2 - 1", &[]), 0.0);
        assert_eq!(at("max(a.b, 2*c_d) - min(a.b, 1e-1)", &[3.0, 4.0]), 7.9);
        assert_eq!(at("abs(-ln(exp(2)))", &[]), 2.0);
        assert_eq!(Formula::read("a/b + a").unwrap().symbols, ["a", "b"]);
    }

    #[test]
    fn smallest_wrong_formulas_say_where() {
        for (text, place) in
            [("", 0), ("a +", 3), ("a b", 2), ("(a", 2), ("min(a)", 5), ("sin(a)", 0), ("a,b", 1), ("1.2.3", 0)]
        {
            assert_eq!(Formula::read(text).unwrap_err().at, place, "{text}");
        }
        assert!(Formula::read(&"(".repeat(100_000)).is_err());
        assert!(Formula::read(&"-".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = Formula::read(&text);
        }
    }
}
