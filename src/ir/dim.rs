//! Dimensions: polynomials in named sizes with integer coefficients, interned like everything else.

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

/// A polynomial in dimension names: `n`, `3`, `n q`, `m + n`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Dim {
    /// Monomial (sorted names, with repetition) to coefficient; no zero coefficients.
    pub terms: BTreeMap<Vec<DimName>, i64>,
}

impl Dim {
    /// A constant.
    #[must_use]
    pub fn constant(value: i64) -> Self {
        let mut dim = Dim::default();
        dim.push(Vec::new(), value);
        dim
    }

    /// One name.
    #[must_use]
    pub fn name(name: DimName) -> Self {
        let mut dim = Dim::default();
        dim.push(vec![name], 1);
        dim
    }

    fn push(&mut self, monomial: Vec<DimName>, coefficient: i64) {
        let entry = self.terms.entry(monomial.clone()).or_insert(0);
        *entry = entry.saturating_add(coefficient);
        if *entry == 0 {
            self.terms.remove(&monomial);
        }
    }

    /// `self + other`.
    #[must_use]
    pub fn plus(&self, other: &Dim) -> Dim {
        let mut sum = self.clone();
        for (m, c) in &other.terms {
            sum.push(m.clone(), *c);
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
                product.push(monomial, c.saturating_mul(*d));
            }
        }
        product
    }

    /// The value where it is a constant.
    #[must_use]
    pub fn as_constant(&self) -> Option<i64> {
        match self.terms.len() {
            0 => Some(0),
            1 => self.terms.get(&Vec::new() as &Vec<DimName>).copied(),
            _ => None,
        }
    }
}
