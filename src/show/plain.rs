//! Notation as plain text, in Unicode or in ASCII.

use super::notation::{Function, Mark, Notation, Operator, Place, Within};
use super::{Format, Page};
use crate::base::Rational;
use crate::ir::{ExprId, Fun};
use crate::ops::{self, Row, Spelling};

/// How tightly a piece holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    /// `log det(S)`.
    Prefix,
    /// Something with a mark on it.
    Marked,
    Atom,
}

/// Where a piece stands.
#[derive(Clone, Copy)]
struct Spot {
    /// Nothing of the same product follows: a sum over an index may end here without parentheses.
    last: bool,
    /// In an exponent or a bound: without blanks.
    tight: bool,
}

const FREE: Spot = Spot { last: true, tight: false };
const TIGHT: Spot = Spot { last: true, tight: true };

struct Writer<'a> {
    page: &'a Page<'a>,
    ascii: bool,
}

/// An expression as text.
pub(super) fn text(page: &Page<'_>, id: ExprId) -> String {
    let writer = Writer { page, ascii: page.style.format == Format::Ascii };
    page.layout.notation(id).map_or_else(String::new, |n| writer.write(n, FREE))
}

/// The spelling of a function of the table.
pub(super) fn row_name(row: &'static Row) -> &'static str {
    match row.show {
        Spelling::Command(name) if !name.starts_with('\\') => name,
        Spelling::Letter(name) => name,
        _ => row.name,
    }
}

impl Writer<'_> {
    fn is_row(&self, notation: &Notation, name: &str) -> bool {
        matches!(self.page.resolve(notation), Notation::Call(Function::Applied(fun), _) if ops::row(*fun).is_some_and(|r| r.name == name))
    }

    /// `log det(S)`, where nothing follows.
    fn is_log_det(&self, notation: &Notation) -> bool {
        matches!(self.page.resolve(notation), Notation::Call(_, args) if self.is_row(notation, "log") && args.len() == 1 && self.is_row(&args[0], "det"))
    }

    fn binding(&self, notation: &Notation, place: Spot) -> Binding {
        match self.page.resolve(notation) {
            Notation::Sum(_) => Binding::Sum,
            Notation::Number(r) if !r.is_integer() => Binding::Product,
            Notation::Infix(Operator::Kron, _) if self.ascii => Binding::Atom,
            Notation::Product(_) | Notation::Quotient(..) | Notation::Infix(..) | Notation::Big { .. } => Binding::Product,
            Notation::Super(_, Mark::Inverse) if self.ascii => Binding::Atom,
            Notation::Super(_, Mark::Pseudo) => Binding::Atom,
            Notation::Super(..) => Binding::Marked,
            Notation::Call(..) if place.last && self.is_log_det(notation) => Binding::Prefix,
            _ => Binding::Atom,
        }
    }

    /// The piece, in parentheses where it holds together less tightly than `least`.
    fn fit(&self, notation: &Notation, least: Binding, place: Spot) -> String {
        let open = !place.last && matches!(self.page.resolve(notation), Notation::Big { .. });
        if open || self.binding(notation, place) < least {
            format!("({})", self.write(notation, Spot { last: true, ..place }))
        } else {
            self.write(notation, place)
        }
    }

    fn args(&self, args: &[Notation]) -> String {
        let all: Vec<String> = args.iter().map(|a| self.write(a, FREE)).collect();
        all.join(", ")
    }

    fn write(&self, notation: &Notation, place: Spot) -> String {
        let page = self.page;
        let (store, names, style) = (page.store, page.names, page.style);
        match page.resolve(notation) {
            Notation::Number(r) => number(r),
            Notation::Pi => "pi".into(),
            Notation::Symbol(symbol) => names.symbol(store, *symbol, style),
            Notation::Member(symbol, index) => self.member(&names.symbol(store, *symbol, style), index),
            Notation::Size(name) => names.size(store, *name, style),
            Notation::Dim(dim) => names.dim(store, *dim, style),
            Notation::Bound(level) => names.index(*level),
            Notation::Given(at) => names.given(store, page.givens, *at, style),
            Notation::Eye(None) => "I".into(),
            Notation::Eye(Some(dim)) => format!("eye({})", names.dim(store, *dim, style)),
            Notation::Ones(dim, _) => format!("ones({})", names.dim(store, *dim, style)),
            Notation::OnesMatrix(shape) => {
                format!("ones({}, {})", names.dim(store, shape.rows, style), names.dim(store, shape.cols, style))
            }
            Notation::Zero(shape) if shape.is_column() => format!("zeros({})", names.dim(store, shape.rows, style)),
            Notation::Zero(shape) => {
                format!("zeros({}, {})", names.dim(store, shape.rows, style), names.dim(store, shape.cols, style))
            }
            Notation::Part(_) => String::new(),
            Notation::Sum(terms) => self.sum(terms, place),
            Notation::Product(factors) => self.product(factors, place),
            Notation::Quotient(above, below) => {
                let above = self.fit(above, Binding::Product, Spot { last: false, ..place });
                let inner = Spot { last: false, ..place };
                let loose = self.binding(below, inner) < Binding::Marked;
                let below = if loose { format!("({})", self.write(below, inner)) } else { self.write(below, inner) };
                if place.tight { format!("{above}/{below}") } else { format!("{above} / {below}") }
            }
            Notation::Infix(Operator::Kron, parts) if self.ascii => self.nested_kron(parts),
            Notation::Infix(operator, parts) => self.infix(*operator, parts),
            Notation::Super(base, mark) => self.marked(base, mark),
            Notation::Call(function, args) => self.call(notation, *function, args, place),
            Notation::Norm(norm, a) if matches!(norm.sub, "" | "F") => {
                let inner = self.write(a, FREE);
                // Bars inside bars are hard to tell apart.
                if self.ascii || inner.contains('‖') { format!("norm({inner})") } else { format!("‖{inner}‖") }
            }
            Notation::Norm(norm, a) => format!("{}({})", norm.name, self.write(a, FREE)),
            Notation::Inner(sides) => {
                let [a, b] = [&sides[0], &sides[1]].map(|s| self.write(s, FREE));
                if self.ascii { format!("inner({a}, {b})") } else { format!("⟨{a}, {b}⟩") }
            }
            Notation::Abs(_, a) => format!("abs({})", self.write(a, FREE)),
            Notation::Root(a) => format!("sqrt({})", self.write(a, FREE)),
            Notation::Total(_, a) => format!("sum({})", self.write(a, FREE)),
            Notation::At(base, places) => self.at(base, places),
            Notation::Within(within) => format!("[{}]", self.within(within)),
            Notation::Big { level, set: Some(set), parts, .. } => {
                let body = self.fit(&parts[2], Binding::Product, FREE);
                let own = if set.partial { format!("{}: ", names.index(*level)) } else { String::new() };
                format!("sum_{{{own}{}}} {body}", self.within(set))
            }
            Notation::Big { level, bare, skip, parts, .. } => {
                let [low, high, body] = &**parts;
                let (index, body) = (names.index(*level), self.fit(body, Binding::Product, FREE));
                let unlike = if self.ascii { "!=" } else { "≠" };
                let skip = skip.as_ref().map(|skip| format!("{index} {unlike} {}", self.write(skip, TIGHT)));
                let (low, high) = (self.write(low, TIGHT), self.write(high, TIGHT));
                match (bare, skip) {
                    (true, None) => format!("sum_{index} {body}"),
                    (true, Some(skip)) => format!("sum_{{{index}: {skip}}} {body}"),
                    (false, None) => format!("sum_{{{index}={low}}}^{{{high}}} {body}"),
                    (false, Some(skip)) => format!("sum_{{{index}={low}, {skip}}}^{{{high}}} {body}"),
                }
            }
        }
    }

    /// `i in C`, `(i,j) in E`.
    fn within(&self, within: &Within) -> String {
        let tuple: Vec<String> = within.tuple.iter().map(|i| self.write(i, TIGHT)).collect();
        let tuple = if tuple.len() == 1 { tuple.concat() } else { format!("({})", tuple.join(",")) };
        let name = self.page.names.symbol(self.page.store, within.set, self.page.style);
        let set = if within.below.is_empty() { name } else { self.member(&name, &within.below) };
        format!("{tuple} in {set}")
    }

    fn member(&self, family: &str, index: &[Notation]) -> String {
        let index: Vec<String> = index.iter().map(|i| self.write(i, TIGHT)).collect();
        match &index[..] {
            [one] if one.chars().all(char::is_alphanumeric) => format!("{family}_{one}"),
            _ => format!("{family}_{{{}}}", index.join(",")),
        }
    }

    fn sum(&self, terms: &[(bool, Notation)], place: Spot) -> String {
        let mut out = String::new();
        for (at, (negative, term)) in terms.iter().enumerate() {
            let sign = match (at, negative, place.tight) {
                (0, true, _) | (_, true, true) => "-",
                (0, false, _) => "",
                (_, false, true) => "+",
                (_, true, false) => " - ",
                (_, false, false) => " + ",
            };
            out.push_str(sign);
            out.push_str(&self.fit(term, Binding::Product, Spot { last: true, ..place }));
        }
        out
    }

    fn product(&self, factors: &[Notation], place: Spot) -> String {
        let mut out = String::new();
        let mut before: Option<(&Notation, String)> = None;
        let chains = factors.iter().filter(|f| matches!(self.page.resolve(f), Notation::Product(_))).count();
        for (at, factor) in factors.iter().enumerate() {
            let last = at + 1 == factors.len();
            let spot = Spot { last: last && place.last, ..place };
            let text = match self.page.resolve(factor) {
                // `c xᵀy`: an inner product behind scalars needs no parentheses.
                Notation::Product(inner) if spot.last && chains == 1 => self.product(inner, spot),
                _ => self.factor(factor, at == 0, spot),
            };
            if let Some((left, before)) = &before {
                out.push_str(self.joint(before, left, &text, factor));
            }
            out.push_str(&text);
            before = Some((factor, text));
        }
        out
    }

    fn factor(&self, factor: &Notation, first: bool, place: Spot) -> String {
        match self.page.resolve(factor) {
            Notation::Number(r) if first => number(r),
            // `1/2 x`, `n/2 log det(S)`, `1/N sum_i …` are read from left to right; `(a / b) x` needs its parentheses.
            Notation::Quotient(above, below) if first && self.reads_on(above, below) => {
                format!("{}/{}", self.fit(above, Binding::Marked, place), self.fit(below, Binding::Marked, place))
            }
            // A sum over an index may stand last, whatever stands before it.
            Notation::Big { .. } if place.last => self.write(factor, place),
            _ => self.fit(factor, Binding::Prefix, place),
        }
    }

    /// Whether a fraction in front of a product is read as one: its numerator or denominator is a number.
    fn reads_on(&self, above: &Notation, below: &Notation) -> bool {
        let whole = |n: &Notation| matches!(self.page.resolve(n), Notation::Number(r) if r.is_integer());
        let simple = |n: &Notation| self.binding(n, Spot { last: false, tight: false }) == Binding::Atom;
        whole(above) || whole(below) && simple(above)
    }

    /// What stands between two factors.
    fn joint(&self, before: &str, left: &Notation, after: &str, right: &Notation) -> &'static str {
        let (left, right) = (self.page.resolve(left), self.page.resolve(right));
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if digit(before.chars().last()) && digit(after.chars().next()) {
            return "*";
        }
        let turned = matches!(left, Notation::Super(_, Mark::Transpose | Mark::Inverse | Mark::InverseTranspose))
            && before.ends_with(['ᵀ', '¹', '\'']);
        let lower_name = || {
            // `y'(…)` may look like the derivative of a function.
            self.ascii
                && before
                    .trim_end_matches('\'')
                    .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .is_some_and(|w| w.starts_with(char::is_lowercase))
        };
        let is_call = matches!(
            right,
            Notation::Call(..)
                | Notation::Root(_)
                | Notation::Total(..)
                | Notation::Abs(..)
                | Notation::Norm(..)
                | Notation::Inner(_)
                | Notation::Big { .. }
        ) || self.ascii && matches!(right, Notation::Super(_, Mark::Inverse));
        let group = before.starts_with('(') && before.ends_with(')');
        if after.starts_with('(') {
            return if turned && !lower_name() || group { "" } else { " " };
        }
        // Letters directly behind a superscript are read as a product.
        let run = after.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        let call = after[run.len()..].starts_with('(');
        let word = !self.ascii && !call && crate::syntax::as_product(run).is_some() && crate::syntax::greek_unicode(run).is_none();
        if turned && !is_call && !word && after.starts_with(char::is_alphabetic) { "" } else { " " }
    }

    fn infix(&self, operator: Operator, parts: &[Notation]) -> String {
        let sign = match (operator, self.ascii) {
            (Operator::Hadamard, false) => " ∘ ",
            (Operator::Hadamard, true) => " .* ",
            (Operator::Divide, _) => " ./ ",
            (Operator::Kron, _) => " ⊗ ",
        };
        let all: Vec<String> = parts.iter().map(|p| self.fit(p, Binding::Marked, Spot { last: false, tight: false })).collect();
        all.join(sign)
    }

    fn nested_kron(&self, parts: &[Notation]) -> String {
        let mut all: Vec<String> = parts.iter().map(|p| self.write(p, FREE)).collect();
        let mut out = all.pop().unwrap_or_default();
        while let Some(part) = all.pop() {
            out = format!("kron({part}, {out})");
        }
        out
    }

    fn marked(&self, base: &Notation, mark: &Mark) -> String {
        let atom = || self.fit(base, Binding::Atom, Spot { last: false, tight: false });
        match mark {
            Mark::Transpose => atom() + if self.ascii { "'" } else { "ᵀ" },
            Mark::Inverse if self.ascii => format!("inv({})", self.write(base, FREE)),
            Mark::Inverse => atom() + "⁻¹",
            Mark::InverseTranspose => atom() + if self.ascii { "^-T" } else { "⁻ᵀ" },
            Mark::Pseudo => format!("pinv({})", self.write(base, FREE)),
            Mark::Power(exponent) => {
                let text = self.write(exponent, TIGHT);
                match superscript(&text).filter(|_| !self.ascii) {
                    Some(digits) => atom() + &digits,
                    None => format!("{}^{}", atom(), self.exponent(exponent, &text)),
                }
            }
            Mark::Entrywise(exponent) => {
                let text = self.write(exponent, TIGHT);
                format!("{}.^{}", atom(), self.exponent(exponent, &text))
            }
        }
    }

    fn exponent(&self, exponent: &Notation, text: &str) -> String {
        let whole = text.strip_prefix('-').unwrap_or(text);
        let plain = whole.bytes().all(|b| b.is_ascii_digit()) && !whole.is_empty();
        let atom = self.binding(exponent, TIGHT) == Binding::Atom && text.chars().all(|c| c.is_alphanumeric() || c == '_');
        if plain || atom { text.to_string() } else { format!("({text})") }
    }

    /// `a < b`, without its brackets.
    fn comparison(&self, notation: &Notation) -> Option<String> {
        let Notation::Call(Function::Applied(fun), args) = self.page.resolve(notation) else { return None };
        let row = ops::row(*fun).filter(|row| matches!(row.show, Spelling::Comparison(_)))?;
        let [a, b] = args.as_slice() else { return None };
        Some(format!("{} {} {}", self.write(a, FREE), row.name, self.write(b, FREE)))
    }

    fn call(&self, whole: &Notation, function: Function, args: &[Notation], place: Spot) -> String {
        if let Some(comparison) = self.comparison(whole) {
            return format!("[{comparison}]");
        }
        if let Function::Applied(fun) = function
            && ops::row(fun).is_some_and(|row| row.show == Spelling::Cases)
            && let Some(condition) = args.first().and_then(|c| self.comparison(c))
        {
            return format!("where({condition}, {})", self.args(&args[1..]));
        }
        let name = match function {
            Function::Named(name) => name.to_string(),
            Function::Applied(fun @ Fun::Row(_)) => ops::row(fun).map_or("", row_name).to_string(),
            Function::Applied(Fun::User(number, order)) => {
                let function = self.page.store.function(number);
                let name = if self.ascii { &function.name } else { &function.spelling };
                name.clone() + &"'".repeat(usize::from(order))
            }
        };
        if place.last && self.is_log_det(whole) {
            return format!("{name} {}", self.write(&args[0], place));
        }
        format!("{name}({})", self.args(args))
    }

    fn at(&self, base: &Notation, places: &[Place]) -> String {
        let base = match self.page.resolve(base) {
            Notation::Super(inner, Mark::Inverse) => format!("inv({})", self.write(inner, FREE)),
            Notation::Call(..) | Notation::Norm(..) => format!("({})", self.write(base, FREE)),
            _ => self.fit(base, Binding::Atom, Spot { last: false, tight: false }),
        };
        let places: Vec<String> = places
            .iter()
            .map(|p| match p {
                Place::All => ":".into(),
                Place::One(n) => self.write(n, TIGHT),
            })
            .collect();
        format!("{base}[{}]", places.join(","))
    }
}

fn number(r: &Rational) -> String {
    r.to_string()
}

/// A small whole number in superscript digits.
fn superscript(text: &str) -> Option<String> {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    if text.is_empty() || text.len() > 4 {
        return None;
    }
    text.chars()
        .enumerate()
        .map(|(at, c)| match c {
            '-' if at == 0 && text.len() > 1 => Some('⁻'),
            _ => c.to_digit(10).and_then(|d| DIGITS.get(d as usize).copied()),
        })
        .collect()
}
