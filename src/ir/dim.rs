//! Dimensions: polynomials in named sizes, interned like everything else.
//!
//! Coefficients are rational, so that n(n + 1)/2, the number of entries of a triangle, is one of them; values are whole.

use crate::base::Rational;
use std::collections::BTreeMap;

/// The number of an interned dimension in its [`Store`](super::Store).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DimId(pub(super) u32);

impl DimId {
    /// The dimension 1: what makes a matrix a column, a row or a scalar.
    pub const ONE: DimId = DimId(0);
}

/// The number of a dimension's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DimName(pub(super) u32);

/// A polynomial in dimension names: `n`, `3`, `n q`, `m + n`, `n (n + 1)/2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Dim {
    /// Monomial (sorted names, with repetition) to coefficient; no zero coefficients.
    pub terms: BTreeMap<Vec<DimName>, Rational>,
}

impl Dim {
    /// A constant.
    #[must_use]
    pub fn constant(value: i64) -> Self {
        let mut dim = Dim::default();
        dim.push(Vec::new(), &Rational::from(value));
        dim
    }

    /// One name.
    #[must_use]
    pub fn name(name: DimName) -> Self {
        let mut dim = Dim::default();
        dim.push(vec![name], &Rational::ONE);
        dim
    }

    fn push(&mut self, monomial: Vec<DimName>, coefficient: &Rational) {
        let entry = self.terms.entry(monomial.clone()).or_insert(Rational::ZERO);
        *entry = entry.add(coefficient);
        if entry.is_zero() {
            self.terms.remove(&monomial);
        }
    }

    /// `self + other`.
    #[must_use]
    pub fn plus(&self, other: &Dim) -> Dim {
        let mut sum = self.clone();
        for (m, c) in &other.terms {
            sum.push(m.clone(), c);
        }
        sum
    }

    /// `self · other`.
    #[must_use]
    pub fn times(&self, other: &Dim) -> Dim {
        let mut product = Dim::default();
        for (m, c) in &self.terms {
            for (k, d) in &other.terms {
                let mut monomial: Vec<DimName> = m.iter().chain(k).copied().collect();
                monomial.sort_unstable();
                product.push(monomial, &c.mul(d));
            }
        }
        product
    }

    /// `self · factor`.
    #[must_use]
    pub fn scaled(&self, factor: &Rational) -> Dim {
        let mut product = Dim::default();
        for (m, c) in &self.terms {
            product.push(m.clone(), &c.mul(factor));
        }
        product
    }

    /// `self (self + 1)/2`: how many entries a triangle of a square matrix has, its diagonal included.
    #[must_use]
    pub fn triangle(&self) -> Dim {
        let product = self.times(&self.plus(&Dim::constant(1)));
        Rational::new(1, 2).map_or_else(Dim::default, |half| product.scaled(&half))
    }

    /// Whether every value is a whole number, as that of n (n + 1)/2 is and that of n/2 is not.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let terms: Vec<(Vec<u32>, Rational)> = self.terms.iter().map(|(m, c)| (m.iter().map(|n| n.0).collect(), c.clone())).collect();
        is_whole(&terms)
    }

    /// The value where it is a constant.
    #[must_use]
    pub fn as_constant(&self) -> Option<i64> {
        match self.terms.len() {
            0 => Some(0),
            1 => self.terms.get(&Vec::new() as &Vec<DimName>).and_then(Rational::to_integer),
            _ => None,
        }
    }

    /// About how large it is, with 100 for every name.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        self.terms.iter().map(|(m, c)| c.to_f64() * 100f64.powi(i32::try_from(m.len()).unwrap_or(1))).sum()
    }

    /// The polynomial as text in the language (`n`, `n q`, `m + n`, `n (n + 1)/2`), its names as `name` spells them.
    #[must_use]
    pub fn text(&self, name: &dyn Fn(DimName) -> String) -> String {
        // Names before constants, as one writes n + 1.
        let terms: Vec<(Vec<String>, Rational)> =
            self.terms.iter().rev().map(|(m, c)| (m.iter().map(|&n| name(n)).collect(), c.clone())).collect();
        polynomial(&terms)
    }
}

/// The most residues that are tried before a polynomial is taken for fractional.
const RESIDUES: u64 = 1 << 12;

/// Whether a polynomial (names by number, and coefficients) takes whole values alone: it does where it does so for every
/// residue modulo its common denominator.
#[must_use]
pub fn is_whole(terms: &[(Vec<u32>, Rational)]) -> bool {
    if terms.iter().all(|(_, c)| c.is_integer()) {
        return true;
    }
    let below = terms.iter().fold(Rational::ONE, |all, (_, c)| all.mul(&all.mul(c).denominator()));
    let mut atoms: Vec<u32> = terms.iter().flat_map(|(m, _)| m.iter().copied()).collect();
    atoms.sort_unstable();
    atoms.dedup();
    let Some(modulus) = below.to_integer().and_then(|n| u64::try_from(n).ok()) else { return false };
    let Some(all) = u32::try_from(atoms.len()).ok().and_then(|k| modulus.checked_pow(k)).filter(|&n| n <= RESIDUES) else { return false };
    (0..all).all(|case| {
        let value = |atom: u32| {
            let place = atoms.iter().position(|&a| a == atom).and_then(|at| u32::try_from(at).ok()).unwrap_or(0);
            Rational::from(i64::try_from(case / modulus.pow(place) % modulus).unwrap_or(0))
        };
        let sum = terms.iter().fold(Rational::ZERO, |sum, (m, c)| sum.add(&m.iter().fold(c.clone(), |p, &a| p.mul(&value(a)))));
        sum.is_integer()
    })
}

/// Terms (names and coefficient, in order) as text in the language; a common denominator stands behind the bracket.
#[must_use]
pub fn polynomial(terms: &[(Vec<String>, Rational)]) -> String {
    let below = terms.iter().fold(Rational::ONE, |all, (_, c)| {
        let missing = all.mul(c).denominator();
        all.mul(&missing)
    });
    if below.is_one() {
        return whole(terms);
    }
    let mut common: Vec<String> = terms.first().map(|t| t.0.clone()).unwrap_or_default();
    for (names, _) in terms {
        let mut left = names.clone();
        common.retain(|n| left.iter().position(|l| l == n).map(|at| left.swap_remove(at)).is_some());
    }
    let inner: Vec<(Vec<String>, Rational)> = terms
        .iter()
        .map(|(names, c)| {
            let mut rest = names.clone();
            for n in &common {
                if let Some(at) = rest.iter().position(|r| r == n) {
                    rest.remove(at);
                }
            }
            (rest, c.mul(&below))
        })
        .collect();
    let front = common.join(" ");
    match (&inner[..], front.is_empty()) {
        ([(names, c)], false) if names.is_empty() && c.is_one() => format!("{front}/{below}"),
        (_, true) => format!("({})/{below}", whole(&inner)),
        _ => format!("{front} ({})/{below}", whole(&inner)),
    }
}

/// Terms with whole coefficients as text.
fn whole(terms: &[(Vec<String>, Rational)]) -> String {
    let mut text = String::new();
    for (names, c) in terms {
        text.push_str(match (text.is_empty(), c.is_negative()) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => " - ",
            (false, false) => " + ",
        });
        let size = c.abs();
        if !size.is_one() || names.is_empty() {
            text.push_str(&size.to_string());
            text.push_str(if names.is_empty() { "" } else { " " });
        }
        text.push_str(&names.join(" "));
    }
    if text.is_empty() { "0".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_has_half_of_the_entries() {
        let n = Dim::name(DimName(0));
        let name = |_: DimName| "n".to_owned();
        assert_eq!(n.triangle().text(&name), "n (n + 1)/2");
        assert_eq!(Dim::constant(3).triangle().as_constant(), Some(6));
        assert_eq!(n.plus(&n).triangle().text(&name), "2 n n + n");
        assert_eq!(n.plus(&Dim::constant(-1)).triangle().text(&name), "n (n - 1)/2");
        assert!(n.triangle().is_whole() && n.times(&n).triangle().is_whole());
        assert!(Rational::new(1, 2).is_some_and(|half| !n.scaled(&half).is_whole()));
    }
}
