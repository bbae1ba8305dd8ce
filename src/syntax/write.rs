//! An [`Ast`] as text in the plain dialect, which reads back as the same tree.

use super::{Ast, AstId, Bars, Big, Kind, Place, Times};
use crate::base::Rational;
use std::borrow::Cow;

/// Where a node is written, which decides whether it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// Alone: the whole expression, an argument, inside brackets.
    Alone,
    /// A term of a sum, or the body of an indexed sum.
    Term,
    /// The first factor of a product; behind a sign.
    First,
    /// Another factor, but not the last.
    Middle,
    /// The last factor of a product.
    Last,
    /// In front of a mark or an index.
    Base,
    Exponent,
}

enum Work {
    Node(AstId, Spot),
    Text(Cow<'static, str>),
}

/// Writes an expression with its definitions in the plain dialect. Products are written side by side, functions with
/// parentheses, names in their canonical form; reading the text back gives the same tree, up to places.
#[must_use]
pub fn write_plain(ast: &Ast) -> String {
    let mut writer = Writer { ast, barred: barred(ast), work: Vec::new() };
    let mut out = String::new();
    for definition in &ast.lets {
        out.push_str("let ");
        out.push_str(&definition.name);
        out.push_str(" = ");
        writer.run(definition.value, &mut out);
        out.push_str("; ");
    }
    writer.run(ast.body, &mut out);
    out
}

/// For each node, whether bars stand in it: bars around it enclose parentheses then, so that nothing is to be guessed.
fn barred(ast: &Ast) -> Vec<bool> {
    let mut barred = Vec::with_capacity(ast.nodes.len());
    for (at, node) in ast.nodes.iter().enumerate() {
        let id = AstId(u32::try_from(at).unwrap_or(u32::MAX));
        let inside = |child: &AstId| barred.get(child.0 as usize).copied().unwrap_or(false);
        let own = matches!(node.kind, Kind::Bars(..));
        let any = own || ast.children(id).iter().any(inside);
        barred.push(any);
    }
    barred
}

struct Writer<'a> {
    ast: &'a Ast,
    barred: Vec<bool>,
    work: Vec<Work>,
}

/// A piece of text.
fn text(text: impl Into<Cow<'static, str>>) -> Work {
    Work::Text(text.into())
}

impl Writer<'_> {
    fn run(&mut self, root: AstId, out: &mut String) {
        self.work.push(Work::Node(root, Spot::Alone));
        while let Some(next) = self.work.pop() {
            match next {
                Work::Text(piece) => out.push_str(&piece),
                Work::Node(id, spot) => {
                    let mut pieces = Vec::new();
                    if self.needs_parentheses(id, spot) {
                        pieces.push(text("("));
                        self.node(id, Spot::Alone, &mut pieces);
                        pieces.push(text(")"));
                    } else {
                        self.node(id, spot, &mut pieces);
                    }
                    self.work.extend(pieces.into_iter().rev());
                }
            }
        }
    }

    fn kind(&self, id: AstId) -> &Kind {
        &self.ast.node(id).kind
    }

    fn needs_parentheses(&self, id: AstId, spot: Spot) -> bool {
        match self.kind(id) {
            Kind::Sum(_) => spot != Spot::Alone,
            Kind::Product(_) => !matches!(spot, Spot::Alone | Spot::Term),
            // Its body goes on to the end of the product around it.
            Kind::Big { .. } => !matches!(spot, Spot::Alone | Spot::Term | Spot::Last),
            Kind::Neg(_) => !matches!(spot, Spot::Alone | Spot::Term | Spot::First),
            Kind::Power(..) | Kind::HadamardPower(..) => matches!(spot, Spot::Base | Spot::Exponent),
            Kind::Number(value) => match spot {
                Spot::Base => value.is_negative(),
                _ => false,
            },
            // A name that begins with T would be a transpose.
            Kind::Name(name) => spot == Spot::Exponent && (name.starts_with('T') || name.contains('_')),
            _ => spot == Spot::Exponent,
        }
    }

    fn node(&self, id: AstId, spot: Spot, out: &mut Vec<Work>) {
        match self.kind(id) {
            Kind::Number(value) => out.push(text(decimal(value))),
            Kind::Name(name) => out.push(text(name.clone())),
            Kind::Identity => out.push(text("I")),
            Kind::OnesVector => out.push(text("𝟏")),
            Kind::Neg(a) => {
                out.push(text("-"));
                let whole_term = matches!(spot, Spot::Alone | Spot::Term) && !matches!(self.kind(*a), Kind::Product(_) | Kind::Sum(_));
                out.push(Work::Node(*a, if whole_term { Spot::Term } else { Spot::First }));
            }
            Kind::Sum(terms) => {
                for (nth, (negative, term)) in terms.iter().enumerate() {
                    match (nth, negative) {
                        (0, false) => {}
                        (0, true) => out.push(text("-")),
                        (_, false) => out.push(text(" + ")),
                        (_, true) => out.push(text(" - ")),
                    }
                    out.push(Work::Node(*term, Spot::Term));
                }
            }
            Kind::Product(factors) => self.product(factors, out),
            Kind::Power(a, b) => {
                out.push(Work::Node(*a, Spot::Base));
                out.push(text("^"));
                self.exponent(*b, out);
            }
            Kind::HadamardPower(a, b) => {
                out.push(Work::Node(*a, Spot::Base));
                out.push(text(".^"));
                self.exponent(*b, out);
            }
            Kind::Transpose(a) => match self.kind(*a) {
                Kind::Power(base, exponent) if *self.kind(*exponent) == Kind::Number(Rational::from(-1)) => {
                    out.push(Work::Node(*base, Spot::Base));
                    out.push(text("^-T"));
                }
                _ => {
                    out.push(Work::Node(*a, Spot::Base));
                    out.push(text("'"));
                }
            },
            Kind::Call { name, args, .. } if crate::syntax::conditions::sign(name).is_some() && args.len() == 2 => {
                let sign = text(format!(" {name} "));
                out.extend([text("["), Work::Node(args[0], Spot::Alone), sign, Work::Node(args[1], Spot::Alone), text("]")]);
            }
            Kind::Call { name, primes, args, .. } => {
                out.push(text(format!("{name}{}(", "'".repeat(usize::from(*primes)))));
                for (nth, arg) in args.iter().enumerate() {
                    if nth > 0 {
                        out.push(text(", "));
                    }
                    out.push(Work::Node(*arg, Spot::Alone));
                }
                out.push(text(")"));
            }
            Kind::Bars(bars, a) => {
                let sign = if *bars == Bars::Single { "|" } else { "‖" };
                let inner = self.barred.get(a.0 as usize).copied().unwrap_or(false);
                out.push(text(sign));
                if inner {
                    out.push(text("("));
                }
                out.push(Work::Node(*a, Spot::Alone));
                if inner {
                    out.push(text(")"));
                }
                out.push(text(sign));
                match bars {
                    Bars::One => out.push(text("_1")),
                    Bars::Infinity => out.push(text("_∞")),
                    Bars::Nuclear => out.push(text("_*")),
                    Bars::Single | Bars::Double => {}
                }
            }
            Kind::Inner(a, b) => {
                out.extend([text("⟨"), Work::Node(*a, Spot::Alone), text(", "), Work::Node(*b, Spot::Alone), text("⟩")]);
            }
            Kind::Index(a, places) => {
                out.push(Work::Node(*a, Spot::Base));
                for (nth, place) in places.iter().enumerate() {
                    out.push(text(if nth == 0 { "[" } else { "," }));
                    out.push(match place {
                        Place::All => text(":"),
                        Place::At(id) => Work::Node(*id, Spot::Alone),
                    });
                }
                out.push(text("]"));
            }
            Kind::Big { big, index, low, high, skip, body, .. } => {
                let word = if *big == Big::Sum { "sum" } else { "prod" };
                match (low, skip) {
                    (Some(low), Some(skip)) => {
                        let unlike = text(format!(", {index} != "));
                        let head = text(format!("{word}_{{{index}="));
                        out.extend([head, Work::Node(*low, Spot::Alone), unlike, Work::Node(*skip, Spot::Alone), text("}")]);
                    }
                    (None, Some(skip)) => {
                        out.extend([text(format!("{word}_{{{index}: {index} != ")), Work::Node(*skip, Spot::Alone), text("}")])
                    }
                    (Some(low), None) => out.extend([text(format!("{word}_{{{index}=")), Work::Node(*low, Spot::Alone), text("}")]),
                    (None, None) => out.push(text(format!("{word}_{index}"))),
                }
                if let Some(high) = high {
                    out.extend([text("^{"), Work::Node(*high, Spot::Alone), text("}")]);
                }
                out.extend([text(" "), Work::Node(*body, Spot::Term)]);
            }
            Kind::Member { family, index } => {
                let plain = |id: &AstId| matches!(self.kind(*id), Kind::Name(_));
                let braces = index.len() > 1 || !index.iter().all(plain);
                out.push(text(format!("{family}_{}", if braces { "{" } else { "" })));
                for (nth, at) in index.iter().enumerate() {
                    if nth > 0 {
                        out.push(text(","));
                    }
                    out.push(Work::Node(*at, Spot::Alone));
                }
                if braces {
                    out.push(text("}"));
                }
            }
        }
    }

    fn exponent(&self, id: AstId, out: &mut Vec<Work>) {
        match self.kind(id) {
            // `^(-T)` would be an inverse transpose.
            Kind::Neg(a) if matches!(self.kind(*a), Kind::Name(_)) => {
                out.extend([text("(-("), Work::Node(*a, Spot::Alone), text("))")]);
            }
            _ => out.push(Work::Node(id, Spot::Exponent)),
        }
    }

    fn product(&self, factors: &[(Times, AstId)], out: &mut Vec<Work>) {
        for (nth, (times, factor)) in factors.iter().enumerate() {
            if nth > 0 {
                out.push(text(match times {
                    // Behind a quotient of names, a product has to be explicit.
                    Times::Product if !self.reads_on(factors, nth) => " * ",
                    Times::Product => " ",
                    Times::Dot => " ⋅ ",
                    Times::Hadamard => " .* ",
                    Times::HadamardDivide => " ./ ",
                    Times::Divide if self.is_short(factors[nth - 1].1) && self.is_short(*factor) => "/",
                    Times::Divide => " / ",
                    Times::LeftDivide => " \\ ",
                    Times::Kron => " ⊗ ",
                    Times::MatMul => " @ ",
                    Times::Broadcast => " .* ",
                    Times::BroadcastDivide => " ./ ",
                }));
            }
            let spot = match nth {
                0 => Spot::First,
                _ if nth + 1 == factors.len() => Spot::Last,
                _ => Spot::Middle,
            };
            out.push(Work::Node(*factor, if nth == 0 && self.is_big(*factor) { Spot::Base } else { spot }));
        }
    }

    fn is_big(&self, id: AstId) -> bool {
        matches!(self.kind(id), Kind::Big { .. })
    }

    /// Whether the factor at a place may stand beside what is before it.
    fn reads_on(&self, factors: &[(Times, AstId)], nth: usize) -> bool {
        // A bare 1 behind an operand is the vector of ones.
        if factors.get(nth).is_some_and(|&(_, f)| self.begins_with(f, &Rational::is_one)) {
            return false;
        }
        // Two numbers side by side are none.
        let before = nth.checked_sub(1).and_then(|before| factors.get(before));
        if before.is_some_and(|&(_, b)| self.is_numeric(b)) && factors.get(nth).is_some_and(|&(_, f)| self.begins_with(f, &|_| true)) {
            return false;
        }
        let Some((Times::Divide, divisor)) = nth.checked_sub(1).and_then(|before| factors.get(before)) else { return true };
        let before = factors.get(..nth - 1).unwrap_or_default();
        self.is_numeric(*divisor) || before.iter().all(|(_, factor)| self.is_numeric(*factor))
    }

    fn begins_with(&self, id: AstId, such: &dyn Fn(&Rational) -> bool) -> bool {
        match self.kind(id) {
            Kind::Number(value) => such(value),
            Kind::Power(base, _) | Kind::HadamardPower(base, _) => self.begins_with(*base, such),
            _ => false,
        }
    }

    /// A number as the reader sees one: a literal or π, with or without a sign.
    fn is_numeric(&self, id: AstId) -> bool {
        match self.kind(id) {
            Kind::Number(_) => true,
            Kind::Name(name) => name == "pi",
            Kind::Neg(a) => matches!(self.kind(*a), Kind::Number(_)),
            _ => false,
        }
    }

    fn is_short(&self, id: AstId) -> bool {
        match self.kind(id) {
            Kind::Number(_) | Kind::Name(_) => true,
            Kind::Neg(a) => matches!(self.kind(*a), Kind::Number(_) | Kind::Name(_)),
            _ => false,
        }
    }
}

/// A literal's value as a decimal; literals have no other denominators than powers of ten.
fn decimal(value: &Rational) -> String {
    let (numerator, denominator) = value.parts();
    if denominator == "1" {
        return numerator;
    }
    let ten = Rational::from(10);
    let mut scaled = value.clone();
    for digits in 1..=420usize {
        scaled = scaled.mul(&ten);
        if scaled.is_integer() {
            let (all, _) = scaled.abs().parts();
            let all = format!("{all:0>width$}", width = digits + 1);
            let (whole, fraction) = all.split_at(all.len() - digits);
            return format!("{}{whole}.{fraction}", if value.is_negative() { "-" } else { "" });
        }
    }
    format!("({numerator}/{denominator})")
}
