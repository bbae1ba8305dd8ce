//! Notation as LaTeX with amsmath and amssymb alone.

use super::notation::{Function, Mark, Norm, Notation, Operator, Place, Within};
use super::plain::row_name;
use super::{Page, TransposeMark};
use crate::base::Rational;
use crate::ir::{ExprId, Fun, Shape};
use crate::ops::{self, Spelling};
use crate::syntax::{greek_unicode, split_name};

/// How tightly a piece holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    /// `\log\det S`.
    Prefix,
    /// A fraction: needs no parentheses but under a mark.
    Fraction,
    /// Something with a mark on it.
    Marked,
    Atom,
}

/// Where a piece stands.
#[derive(Clone, Copy)]
struct Spot {
    /// Nothing of the same product follows.
    last: bool,
    /// In an exponent, a subscript or a bound.
    small: bool,
}

const FREE: Spot = Spot { last: true, small: false };
const INNER: Spot = Spot { last: false, small: false };
const SMALL: Spot = Spot { last: true, small: true };

struct Writer<'a> {
    page: &'a Page<'a>,
}

/// An expression as LaTeX.
pub(super) fn text(page: &Page<'_>, id: ExprId) -> String {
    page.layout.notation(id).map_or_else(String::new, |n| Writer { page }.write(n, FREE))
}

/// Delimiters that grow where their content is tall.
fn fence(open: &str, inner: &str, close: &str) -> String {
    let gap = |s: &str| if s.starts_with('\\') { " " } else { "" };
    let tall = inner.contains("\\frac") || inner.contains("\\sum") || inner.contains("\\left");
    if tall { format!("\\left{open} {inner} \\right{close}") } else { format!("{open}{}{inner}{}{close}", gap(open), gap(close)) }
}

fn paren(inner: &str) -> String {
    fence("(", inner, ")")
}

fn fraction(r: &Rational) -> String {
    let (p, q) = r.parts();
    if q == "1" { p } else { format!("\\frac{{{p}}}{{{q}}}") }
}

impl Writer<'_> {
    fn row_of(&self, notation: &Notation) -> Option<&'static str> {
        match self.page.resolve(notation) {
            Notation::Call(Function::Applied(fun), _) => ops::row(*fun).map(|r| r.name),
            _ => None,
        }
    }

    /// `\log\det S`, `\det S`: a command in front of what needs no parentheses.
    fn is_prefix(&self, notation: &Notation) -> bool {
        let Notation::Call(_, args) = self.page.resolve(notation) else { return false };
        let [argument] = &args[..] else { return false };
        match self.row_of(notation) {
            Some("log") => self.row_of(argument) == Some("det"),
            Some("det") => self.is_letter(argument),
            _ => false,
        }
    }

    fn is_letter(&self, notation: &Notation) -> bool {
        matches!(self.page.resolve(notation), Notation::Symbol(_) | Notation::Given(_))
    }

    fn binding(&self, notation: &Notation, spot: Spot) -> Binding {
        match self.page.resolve(notation) {
            Notation::Sum(_) => Binding::Sum,
            Notation::Number(r) if !r.is_integer() => {
                if spot.small {
                    Binding::Product
                } else {
                    Binding::Fraction
                }
            }
            Notation::Quotient(..) => {
                if spot.small {
                    Binding::Product
                } else {
                    Binding::Fraction
                }
            }
            Notation::Product(_) | Notation::Infix(..) | Notation::Big { .. } | Notation::Total(..) | Notation::OnesMatrix(_) => {
                Binding::Product
            }
            Notation::Super(..) => Binding::Marked,
            Notation::Call(..) if spot.last && self.is_prefix(notation) => Binding::Prefix,
            _ => Binding::Atom,
        }
    }

    fn fit(&self, notation: &Notation, least: Binding, spot: Spot) -> String {
        let open = !spot.last && matches!(self.page.resolve(notation), Notation::Big { .. });
        if open || self.binding(notation, spot) < least {
            paren(&self.write(notation, Spot { last: true, ..spot }))
        } else {
            self.write(notation, spot)
        }
    }

    fn write(&self, notation: &Notation, spot: Spot) -> String {
        let page = self.page;
        let (store, names, style) = (page.store, page.names, page.style);
        let dim = |d| names.dim(store, d, style);
        match page.resolve(notation) {
            Notation::Number(r) if spot.small => r.to_string(),
            Notation::Number(r) => fraction(r),
            Notation::Pi => "\\pi".into(),
            Notation::Symbol(symbol) => names.symbol(store, *symbol, style),
            Notation::Member(symbol, index) => {
                let index: Vec<String> = index.iter().map(|i| self.write(i, SMALL)).collect();
                format!("{}_{{{}}}", names.symbol(store, *symbol, style), index.join(","))
            }
            Notation::Size(name) => names.size(store, *name, style),
            Notation::Dim(d) => dim(*d),
            Notation::Bound(level) => names.index(*level),
            Notation::Given(at) => names.given(store, page.givens, *at, style),
            Notation::Eye(None) => self.identity().into(),
            Notation::Eye(Some(d)) => format!("{}_{{{}}}", self.identity(), dim(*d)),
            Notation::Ones(_, true) => "\\mathbf{1}".into(),
            Notation::Ones(d, false) => format!("\\mathbf{{1}}_{{{}}}", dim(*d)),
            Notation::OnesMatrix(shape) => {
                let left = format!("\\mathbf{{1}}_{{{}}}", dim(shape.rows));
                let right = format!("\\mathbf{{1}}_{{{}}}", dim(shape.cols));
                format!("{left} {}", self.transposed(&right))
            }
            Notation::Zero(shape) if shape.is_column() => format!("0_{{{}}}", dim(shape.rows)),
            Notation::Zero(shape) => format!("0_{{{} \\times {}}}", dim(shape.rows), dim(shape.cols)),
            Notation::Part(_) => String::new(),
            Notation::Sum(terms) => self.sum(terms, spot),
            Notation::Product(factors) => self.product(factors, spot),
            Notation::Quotient(above, below) if spot.small => {
                format!("{}/{}", self.fit(above, Binding::Product, spot), self.fit(below, Binding::Marked, spot))
            }
            Notation::Quotient(above, below) => format!("\\frac{{{}}}{{{}}}", self.write(above, FREE), self.write(below, FREE)),
            Notation::Infix(operator, parts) => {
                let sign = match operator {
                    Operator::Hadamard => " \\odot ",
                    Operator::Divide => " \\oslash ",
                    Operator::Kron => " \\otimes ",
                };
                let all: Vec<String> = parts.iter().map(|p| self.fit(p, Binding::Marked, INNER)).collect();
                all.join(sign)
            }
            Notation::Super(base, mark) => self.marked(base, mark),
            Notation::Call(function, args) => self.call(notation, *function, args, spot),
            Notation::Norm(norm, a) => self.norm(*norm, a),
            Notation::Inner(sides) => {
                let [a, b] = [&sides[0], &sides[1]].map(|s| self.write(s, FREE));
                fence("\\langle", &format!("{a}, {b}"), "\\rangle")
            }
            Notation::Abs(true, a) => fence("\\lvert", &self.write(a, FREE), "\\rvert"),
            Notation::Abs(false, a) => format!("\\operatorname{{abs}}{}", paren(&self.write(a, FREE))),
            Notation::Root(a) => format!("\\sqrt{{{}}}", self.write(a, FREE)),
            Notation::Total(matrix, a) => {
                let ones = self.transposed("\\mathbf{1}");
                let inner = match page.resolve(a) {
                    Notation::Product(factors) => self.product(factors, INNER),
                    _ => self.fit(a, Binding::Prefix, INNER),
                };
                format!("{ones} {inner}{}", if *matrix { " \\mathbf{1}" } else { "" })
            }
            Notation::At(base, places) => {
                let places: Vec<String> = places
                    .iter()
                    .map(|p| match p {
                        Place::All => ":".into(),
                        Place::One(n) => self.write(n, SMALL),
                    })
                    .collect();
                let places = places.join(",");
                let base = match page.resolve(base) {
                    Notation::Symbol(symbol) if names.takes_subscript(store, *symbol, &places) => self.write(base, INNER),
                    _ => paren(&self.write(base, FREE)),
                };
                format!("{base}_{{{places}}}")
            }
            Notation::Within(within) => format!("\\mathbf{{1}}\\{{{}\\}}", self.within(within)),
            Notation::Big { level, set: Some(set), parts, .. } => {
                let body = self.fit(&parts[2], Binding::Product, FREE);
                let own = if set.partial { format!("{} : ", names.index(*level)) } else { String::new() };
                format!("\\sum_{{{own}{}}} {body}", self.within(set))
            }
            Notation::Big { level, bare, skip, parts, .. } => {
                let [low, high, body] = &**parts;
                let (index, body) = (names.index(*level), self.fit(body, Binding::Product, FREE));
                let skip = skip.as_ref().map(|skip| format!("{index} \\neq {}", self.write(skip, SMALL)));
                let (low, high) = (self.write(low, SMALL), self.write(high, SMALL));
                match (bare, skip) {
                    (true, None) => format!("\\sum_{{{index}}} {body}"),
                    (true, Some(skip)) => format!("\\sum_{{{index} : {skip}}} {body}"),
                    (false, None) => format!("\\sum_{{{index}={low}}}^{{{high}}} {body}"),
                    (false, Some(skip)) => format!("\\sum_{{{index}={low},\\, {skip}}}^{{{high}}} {body}"),
                }
            }
        }
    }

    /// `i \in C`, `(i,j) \in E`.
    fn within(&self, within: &Within) -> String {
        let tuple: Vec<String> = within.tuple.iter().map(|i| self.write(i, SMALL)).collect();
        let tuple = if tuple.len() == 1 { tuple.concat() } else { format!("({})", tuple.join(",")) };
        let name = self.page.names.symbol(self.page.store, within.set, self.page.style);
        let below: Vec<String> = within.below.iter().map(|i| self.write(i, SMALL)).collect();
        let set = if below.is_empty() { name } else { format!("{name}_{{{}}}", below.join(",")) };
        format!("{tuple} \\in {set}")
    }

    fn identity(&self) -> &'static str {
        if self.page.style.bold { "\\mathbf{I}" } else { "I" }
    }

    fn transposed(&self, base: &str) -> String {
        match self.page.style.transpose {
            TransposeMark::Top => format!("{base}^\\top"),
            TransposeMark::T => format!("{base}^{{T}}"),
            TransposeMark::Prime => format!("{base}'"),
        }
    }

    fn sum(&self, terms: &[(bool, Notation)], spot: Spot) -> String {
        let mut out = String::new();
        for (at, (negative, term)) in terms.iter().enumerate() {
            let sign = match (at, negative, spot.small) {
                (0, true, _) | (_, true, true) => "-",
                (0, false, _) => "",
                (_, false, true) => "+",
                (_, true, false) => " - ",
                (_, false, false) => " + ",
            };
            out.push_str(sign);
            out.push_str(&self.fit(term, Binding::Product, Spot { last: true, ..spot }));
        }
        out
    }

    fn product(&self, factors: &[Notation], spot: Spot) -> String {
        let mut out = String::new();
        let is_chain = |f: &&Notation| matches!(self.page.resolve(f), Notation::Product(_) | Notation::Total(..));
        let chains = factors.iter().filter(is_chain).count();
        for (at, factor) in factors.iter().enumerate() {
            let last = spot.last && at + 1 == factors.len();
            let inner = Spot { last, ..spot };
            let text = match self.page.resolve(factor) {
                Notation::Big { .. } if last => self.write(factor, inner),
                Notation::OnesMatrix(_) => self.write(factor, inner),
                // `c x^\top y`: an inner product behind scalars needs no parentheses.
                Notation::Product(_) | Notation::Total(..) if last && chains == 1 => self.write(factor, inner),
                _ => self.fit(factor, Binding::Prefix, inner),
            };
            if at > 0 {
                let numbers = out.ends_with(|c: char| c.is_ascii_digit()) && text.starts_with(|c: char| c.is_ascii_digit());
                let words = text.starts_with("\\mathrm{d}") || out.ends_with('}') && text.starts_with("\\mathrm");
                out.push_str(if numbers {
                    " \\cdot "
                } else if words {
                    " \\, "
                } else {
                    " "
                });
            }
            out.push_str(&text);
        }
        out
    }

    fn marked(&self, base: &Notation, mark: &Mark) -> String {
        let atom = || self.fit(base, Binding::Atom, INNER);
        match mark {
            Mark::Transpose => self.transposed(&atom()),
            Mark::Inverse => format!("{}^{{-1}}", atom()),
            Mark::InverseTranspose => match self.page.style.transpose {
                TransposeMark::Top => format!("{}^{{-\\top}}", atom()),
                TransposeMark::T => format!("{}^{{-T}}", atom()),
                TransposeMark::Prime => format!("({}^{{-1}})'", atom()),
            },
            Mark::Pseudo => format!("{}^{{+}}", atom()),
            Mark::Power(exponent) => format!("{}^{{{}}}", atom(), self.write(exponent, SMALL)),
            Mark::Entrywise(exponent) => format!("{}^{{\\circ {}}}", atom(), self.fit(exponent, Binding::Marked, SMALL)),
        }
    }

    /// `a < b`, without its brackets.
    fn comparison(&self, notation: &Notation) -> Option<String> {
        let Notation::Call(Function::Applied(fun), args) = self.page.resolve(notation) else { return None };
        let Spelling::Comparison(sign) = ops::row(*fun)?.show else { return None };
        let [a, b] = args.as_slice() else { return None };
        Some(format!("{} {sign} {}", self.write(a, FREE), self.write(b, FREE)))
    }

    /// `\begin{cases} … \end{cases}`, with what is by cases in the last one as further cases.
    fn cases(&self, notation: &Notation) -> Option<String> {
        let mut rows = Vec::new();
        let mut rest = notation;
        while let Notation::Call(Function::Applied(fun), args) = self.page.resolve(rest)
            && ops::row(*fun).is_some_and(|row| row.show == Spelling::Cases)
            && let [condition, value, other] = args.as_slice()
        {
            let condition = self.comparison(condition).unwrap_or_else(|| format!("{} = 1", self.write(condition, FREE)));
            rows.push(format!("{} & \\text{{if }} {condition}", self.write(value, FREE)));
            rest = other;
        }
        if rows.is_empty() {
            return None;
        }
        rows.push(format!("{} & \\text{{otherwise}}", self.write(rest, FREE)));
        Some(format!("\\begin{{cases}} {} \\end{{cases}}", rows.join(" \\\\ ")))
    }

    fn call(&self, whole: &Notation, function: Function, args: &[Notation], spot: Spot) -> String {
        if let Some(comparison) = self.comparison(whole) {
            return format!("\\mathbf{{1}}\\{{{comparison}\\}}");
        }
        if let Some(cases) = self.cases(whole) {
            return cases;
        }
        let operator = |name: &str| format!("\\operatorname{{{name}}}");
        if let Function::Applied(fun) = function
            && let Some(Spelling::Sized(letter)) = ops::row(fun).map(|r| r.show)
        {
            let sizes: Vec<String> = args.iter().map(|a| self.write(a, SMALL)).collect();
            return format!("{}_{{{}}}", operator(letter), sizes.join(","));
        }
        let name = match function {
            Function::Named(name) => operator(name),
            Function::Applied(fun @ Fun::Row(_)) => match ops::row(fun) {
                Some(row) => match row.show {
                    Spelling::Command(command) if command.starts_with('\\') => command.to_string(),
                    Spelling::Letter(letter) => format!("\\{letter}"),
                    _ => operator(row_name(row)),
                },
                None => String::new(),
            },
            Function::Applied(Fun::User(number, order)) => {
                let name = &self.page.store.function(number).name;
                let base = split_name(name).base;
                let letter = base.chars().count() == 1 || greek_unicode(&base).is_some();
                let name = if letter { self.page.names.latex(name, Shape::SCALAR) } else { operator(name) };
                name + &"'".repeat(usize::from(order))
            }
        };
        if spot.last && self.is_prefix(whole) {
            let argument = self.write(&args[0], spot);
            let gap = if argument.starts_with('\\') { "" } else { " " };
            return format!("{name}{gap}{argument}");
        }
        let args: Vec<String> = args.iter().map(|a| self.write(a, FREE)).collect();
        name + &paren(&args.join(", "))
    }

    fn norm(&self, norm: Norm, a: &Notation) -> String {
        let bars = fence("\\lVert", &self.write(a, FREE), "\\rVert");
        match norm.sub {
            "" => bars,
            sub if sub.chars().count() == 1 => format!("{bars}_{sub}"),
            sub => format!("{bars}_{{{sub}}}"),
        }
    }
}
