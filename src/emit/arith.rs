//! Scalar and entry-by-entry arithmetic as text: numbers, products with a denominator, sums, powers.

use super::instr::{Hole, Id, Rank, Table};
use crate::base::Rational;

/// A scalar in front of an array: number · numerators / denominators.
#[derive(Clone, Debug)]
pub(super) struct Front {
    pub coefficient: Rational,
    pub num: Vec<Id>,
    pub den: Vec<Id>,
}

impl Default for Front {
    fn default() -> Self {
        Front { coefficient: Rational::ONE, num: Vec::new(), den: Vec::new() }
    }
}

impl Front {
    pub fn is_one(&self) -> bool {
        self.coefficient.is_one() && self.num.is_empty() && self.den.is_empty()
    }
}

/// Longest sum in one expression: Python's own parser has a limited depth.
const LONGEST_SUM: usize = 16;

/// Whether the number is short as a decimal (0.5, 0.25, 1.5): its denominator has no prime factor but 2 and 5.
fn decimal(r: &Rational) -> Option<String> {
    let (_, d) = r.parts();
    let d: u32 = d.parse().ok().filter(|&d| d <= 1000)?;
    let mut rest = d;
    for p in [2, 5] {
        while rest.is_multiple_of(p) {
            rest /= p;
        }
    }
    (rest == 1).then(|| format!("{:?}", r.to_f64())).filter(|t| t.len() <= 8)
}

impl Table {
    /// The number as literal and denominator: 1/3 is 1 over 3, 1/2 is 0.5.
    fn literal_parts(r: &Rational) -> (String, Option<String>) {
        let (n, d) = r.parts();
        if d == "1" {
            return (if n.len() > 15 { format!("{:?}", r.to_f64()) } else { n }, None);
        }
        if let Some(text) = decimal(r) {
            return (text, None);
        }
        if n.len() + d.len() > 12 { (format!("{:?}", r.to_f64()), None) } else { (n, Some(d)) }
    }

    /// An exact number.
    pub fn number(&mut self, r: &Rational) -> Id {
        let (n, d) = Self::literal_parts(r);
        let n = self.leaf(n, 0);
        match d {
            None => n,
            Some(d) => {
                let d = self.leaf(d, 0);
                self.text("{0} / {1}", &[(n, Hole::Left), (d, Hole::Factor)], Rank::Mul, 0)
            }
        }
    }

    /// A whole number.
    pub fn int(&mut self, n: i64) -> Id {
        self.number(&Rational::from(n))
    }

    fn is_one(&self, id: Id) -> bool {
        self.literal(id) == Some("1")
    }

    /// number · Π num / Π den, entry by entry, of operands whose axes are aligned. What is scalar is multiplied first.
    pub fn times(&mut self, coefficient: &Rational, num: &[Id], den: &[Id]) -> Id {
        let (scalars, arrays): (Vec<Id>, Vec<Id>) = num.iter().filter(|&&n| !self.is_one(n)).partition(|&&n| self.ndim(n) == 0);
        let (den, over): (Vec<Id>, Vec<Id>) = den.iter().partition(|&&d| self.ndim(d) == 0);
        if arrays.is_empty() && over.is_empty() {
            return self.fraction(coefficient, &scalars, &den);
        }
        let (n, d) = Self::literal_parts(&coefficient.abs());
        let plain = scalars.is_empty() && n == "1" && !arrays.is_empty();
        if plain {
            // Nothing scalar to multiply with: all denominators go to the end.
            let mut over = over;
            if let Some(d) = d {
                over.insert(0, self.leaf(d, 0));
            }
            over.splice(0..0, den);
            let sign = if coefficient.is_negative() { Rational::from(-1) } else { Rational::ONE };
            return self.fraction(&sign, &arrays, &over);
        }
        let front = self.fraction(coefficient, &scalars, &den);
        let mut num = vec![front];
        num.extend(arrays);
        self.fraction(&Rational::ONE, &num, &over)
    }

    /// One text for number · Π num / Π den in this order.
    fn fraction(&mut self, coefficient: &Rational, num: &[Id], den: &[Id]) -> Id {
        let ndim = num.iter().chain(den).map(|&a| self.ndim(a)).max().unwrap_or(0);
        let (n, d) = Self::literal_parts(&coefficient.abs());
        let mut den = den.to_vec();
        if let Some(d) = d {
            let d = self.leaf(d, 0);
            den.insert(0, d);
        }
        let minus = coefficient.is_negative();
        let mut args: Vec<(Id, Hole)> = Vec::new();
        let mut text = String::new();
        let mut sign = minus;
        if n != "1" || num.is_empty() {
            let n = self.leaf(if minus { format!("-{n}") } else { n }, 0);
            sign = false;
            args.push((n, Hole::Left));
            text.push_str("{0}");
        }
        for &a in num {
            text.push_str(if text.is_empty() { if sign { "-" } else { "" } } else { " * " });
            let hole = if args.is_empty() && !sign { Hole::Left } else { Hole::Factor };
            text.push_str(&format!("{{{}}}", args.len()));
            args.push((a, hole));
        }
        if den.is_empty() && args.len() == 1 {
            let rank = Rank::Neg;
            return if sign { self.text(text, &args, rank, ndim) } else { args[0].0 };
        }
        if let [d] = den[..] {
            text.push_str(&format!(" / {{{}}}", args.len()));
            args.push((d, Hole::Factor));
        } else if !den.is_empty() {
            let first = args.len();
            for (k, d) in den.into_iter().enumerate() {
                text.push_str(if k == 0 { " / (" } else { " * " });
                text.push_str(&format!("{{{}}}", first + k));
                args.push((d, if k == 0 { Hole::Left } else { Hole::Factor }));
            }
            text.push(')');
        }
        self.text(text, &args, Rank::Mul, ndim)
    }

    /// What this is the negative of.
    pub fn negated(&self, id: Id) -> Option<Id> {
        match self.get(id) {
            super::instr::Instr { kind: super::instr::Kind::Text(text), args, .. } if text == "-{0}" => Some(args[0].0),
            _ => None,
        }
    }

    /// The front times an array or a scalar.
    pub fn scale(&mut self, front: &Front, id: Id) -> Id {
        if front.is_one() {
            return id;
        }
        let mut num = front.num.clone();
        num.push(id);
        self.times(&front.coefficient, &num, &front.den)
    }

    /// Σ cᵢ tᵢ of operands whose axes are aligned.
    pub fn plus(&mut self, terms: &[(Rational, Id)]) -> Id {
        let mut terms: Vec<(Rational, Id)> = terms.to_vec();
        for (c, t) in &mut terms {
            if let Some(inner) = self.negated(*t) {
                (*c, *t) = (c.neg(), inner);
            }
        }
        // A text that begins with a minus sign reads badly where another term could come first.
        if terms.first().is_some_and(|(c, _)| c.is_negative())
            && let Some(at) = terms.iter().position(|(c, _)| !c.is_negative())
        {
            terms[..=at].rotate_right(1);
        }
        match terms.as_slice() {
            [] => return self.int(0),
            [(c, t)] => return self.times(&c.clone(), &[*t], &[]),
            _ => {}
        }
        let mut sum: Option<Id> = None;
        let mut rest = &terms[..];
        while !rest.is_empty() {
            let take = rest.len().min(LONGEST_SUM);
            let chunk = self.short_sum(sum, &rest[..take]);
            sum = Some(chunk);
            rest = &rest[take..];
        }
        sum.unwrap_or(Id(0))
    }

    fn short_sum(&mut self, before: Option<Id>, terms: &[(Rational, Id)]) -> Id {
        let mut ndim = terms.iter().map(|&(_, t)| self.ndim(t)).max().unwrap_or(0);
        let mut args: Vec<(Id, Hole)> = Vec::new();
        let mut text = String::new();
        if let Some(before) = before {
            ndim = ndim.max(self.ndim(before));
            args.push((before, Hole::First));
            text.push_str("{0}");
        }
        for (c, t) in terms {
            let first = text.is_empty();
            let minus = c.is_negative();
            text.push_str(match (first, minus) {
                (true, false) => "",
                (true, true) => "-",
                (false, false) => " + ",
                (false, true) => " - ",
            });
            let size = c.abs();
            let hole = match (first, minus) {
                (true, true) => Hole::Factor,
                (true, false) => Hole::First,
                _ => Hole::Term,
            };
            if self.is_one(*t) {
                let id = self.number(&size);
                text.push_str(&format!("{{{}}}", args.len()));
                args.push((id, hole));
                continue;
            }
            let (n, d) = Self::literal_parts(&size);
            let scalar = self.ndim(*t) == 0;
            if n != "1" {
                text.push_str(&format!("{n} * "));
            }
            text.push_str(&format!("{{{}}}", args.len()));
            let inner = match (n != "1", d.is_some()) {
                (false, false) => hole,
                (true, _) => {
                    if scalar {
                        Hole::Left
                    } else {
                        Hole::Factor
                    }
                }
                (false, true) => {
                    if minus && first {
                        Hole::Factor
                    } else {
                        Hole::Left
                    }
                }
            };
            args.push((*t, inner));
            if let Some(d) = d {
                text.push_str(&format!(" / {d}"));
            }
        }
        self.text(text, &args, Rank::Sum, ndim)
    }

    /// `base^r` entry by entry for a number; the flag says that the power belongs into a denominator.
    pub fn number_power(&mut self, base: Id, r: &Rational) -> (Id, bool) {
        let ndim = self.ndim(base);
        let size = r.abs();
        let down = r.is_negative();
        let half = Rational::new(1, 2);
        if size.is_one() {
            return (base, down);
        }
        if Some(&size) == half.as_ref() {
            return (self.call("np.sqrt({0})", &[base], ndim), down);
        }
        let square = |t: &mut Table, x: Id| t.text("{0}**2", &[(x, Hole::Atom)], Rank::Pow, ndim);
        match size.to_integer() {
            // Powers of arrays beyond the square go through pow(), fifty times slower than products.
            Some(3) if ndim > 0 => {
                let squared = square(self, base);
                (self.text("{0} * {1}", &[(squared, Hole::Left), (base, Hole::Factor)], Rank::Mul, ndim), down)
            }
            Some(4) if ndim > 0 => {
                let squared = square(self, base);
                (self.text("{0}**2", &[(squared, Hole::Atom)], Rank::Pow, ndim), down)
            }
            Some(2) => (square(self, base), down),
            Some(n) => (self.text(format!("{{0}}**{n}"), &[(base, Hole::Atom)], Rank::Pow, ndim), down),
            None => match Self::literal_parts(&size) {
                (n, None) => (self.text(format!("{{0}}**{n}"), &[(base, Hole::Atom)], Rank::Pow, ndim), down),
                (n, Some(d)) => (self.text(format!("{{0}}**({n} / {d})"), &[(base, Hole::Atom)], Rank::Pow, ndim), down),
            },
        }
    }

    /// `base^exponent` entry by entry for operands whose axes are aligned. A whole base is made a float: NumPy refuses
    /// negative powers of whole numbers.
    pub fn power(&mut self, base: Id, exponent: Id) -> Id {
        let ndim = self.ndim(base).max(self.ndim(exponent));
        let base = match self.literal(base) {
            Some(text) if text.chars().all(|c| c.is_ascii_digit()) => {
                let float = format!("{text}.0");
                self.leaf(float, 0)
            }
            _ => base,
        };
        self.text("{0}**{1}", &[(base, Hole::Atom), (exponent, Hole::Atom)], Rank::Pow, ndim)
    }
}
