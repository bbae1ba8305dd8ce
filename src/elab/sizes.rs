//! Sizes while they are being inferred: polynomials in names and unknowns, with unification.
//!
//! A size is the number 1 or it is not, and that is known from the start; an unknown never turns out to be 1.

use crate::base::Rational;
use crate::ir::{Dim, DimId, Store, is_whole, polynomial};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// A size: an unknown, or an interned polynomial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Size {
    /// An unknown by number.
    Var(u32),
    /// A polynomial by number.
    Poly(u32),
}

impl Size {
    /// The size 1.
    pub const ONE: Size = Size::Poly(0);
}

/// A name, or an unknown where the top bit is set.
type Atom = u32;
const UNKNOWN: Atom = 1 << 31;

type Monomial = SmallVec<[Atom; 2]>;

/// Sorted monomials with coefficients other than 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
struct Poly {
    terms: SmallVec<[(Monomial, Rational); 1]>,
}

impl Poly {
    fn constant(value: i64) -> Poly {
        let mut poly = Poly::default();
        poly.push(Monomial::new(), &Rational::from(value));
        poly
    }

    fn atom(atom: Atom) -> Poly {
        let mut poly = Poly::default();
        poly.push(smallvec::smallvec![atom], &Rational::ONE);
        poly
    }

    fn push(&mut self, monomial: Monomial, coefficient: &Rational) {
        match self.terms.binary_search_by(|(m, _)| m.cmp(&monomial)) {
            Ok(at) => {
                self.terms[at].1 = self.terms[at].1.add(coefficient);
                if self.terms[at].1.is_zero() {
                    self.terms.remove(at);
                }
            }
            Err(at) if !coefficient.is_zero() => self.terms.insert(at, (monomial, coefficient.clone())),
            Err(_) => {}
        }
    }

    fn plus(&self, other: &Poly, sign: i64) -> Poly {
        let mut sum = self.clone();
        for (m, c) in &other.terms {
            sum.push(m.clone(), &if sign < 0 { c.neg() } else { c.clone() });
        }
        sum
    }

    fn times(&self, other: &Poly) -> Poly {
        let mut product = Poly::default();
        for (m, c) in &self.terms {
            for (k, d) in &other.terms {
                let mut monomial: Monomial = m.iter().chain(k).copied().collect();
                monomial.sort_unstable();
                product.push(monomial, &c.mul(d));
            }
        }
        product
    }

    fn scaled(mut self, factor: &Rational) -> Poly {
        self.terms.iter_mut().for_each(|(_, c)| *c = c.mul(factor));
        self
    }

    /// With a value in place of an atom.
    fn with(&self, atom: Atom, value: &Poly) -> Poly {
        let mut sum = Poly::default();
        for (m, c) in &self.terms {
            let start = Poly::constant(1).scaled(c);
            let product = m.iter().fold(start, |p, &a| if a == atom { p.times(value) } else { p.times(&Poly::atom(a)) });
            sum = sum.plus(&product, 1);
        }
        sum
    }

    fn unknowns(&self) -> impl Iterator<Item = Atom> + '_ {
        self.terms.iter().flat_map(|(m, _)| m.iter().copied()).filter(|a| a & UNKNOWN != 0)
    }

    fn as_constant(&self) -> Option<i64> {
        match self.terms.as_slice() {
            [] => Some(0),
            [(m, c)] if m.is_empty() => c.to_integer(),
            _ => None,
        }
    }

    /// Divided by the names and unknowns that every term has: sizes are not 0.
    fn primitive(mut self) -> Poly {
        let Some((first, _)) = self.terms.first() else { return self };
        for atom in first.clone() {
            if self.terms.iter().all(|(m, _)| m.contains(&atom)) {
                let mut divided = Poly::default();
                for (mut m, c) in std::mem::take(&mut self.terms) {
                    if let Some(at) = m.iter().position(|&a| a == atom) {
                        m.remove(at);
                    }
                    divided.push(m, &c);
                }
                self = divided;
            }
        }
        self
    }
}

/// Two sizes cannot be equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clash;

/// All sizes of one inference.
#[derive(Default)]
pub(super) struct Sizes {
    polys: IndexSet<Poly, FxBuildHasher>,
    names: IndexSet<String, FxBuildHasher>,
    bound: Vec<Option<Size>>,
    /// Equations that wait for other unknowns, with the number of the node that asked.
    deferred: Vec<(Size, Size, u32)>,
}

impl Sizes {
    pub fn new() -> Sizes {
        let mut sizes = Sizes::default();
        sizes.intern(Poly::constant(1));
        sizes
    }

    /// Forgets all unknowns; names and numbers stay.
    pub fn reset(&mut self) {
        self.bound.clear();
        self.deferred.clear();
    }

    fn intern(&mut self, poly: Poly) -> Size {
        if let [(m, c)] = poly.terms.as_slice()
            && c.is_one()
            && let [atom] = m.as_slice()
            && atom & UNKNOWN != 0
        {
            return Size::Var(atom & !UNKNOWN);
        }
        Size::Poly(u32::try_from(self.polys.insert_full(poly).0).unwrap_or(u32::MAX))
    }

    fn poly(&self, size: Size) -> Poly {
        match size {
            Size::Var(v) => Poly::atom(v | UNKNOWN),
            Size::Poly(p) => self.polys[p as usize].clone(),
        }
    }

    /// A named size.
    pub fn named(&mut self, name: &str) -> Size {
        let at = self.names.get_index_of(name).unwrap_or_else(|| self.names.insert_full(name.to_owned()).0);
        self.intern(Poly::atom(u32::try_from(at).unwrap_or(0)))
    }

    /// A number.
    pub fn constant(&mut self, value: i64) -> Size {
        if value == 1 { Size::ONE } else { self.intern(Poly::constant(value)) }
    }

    /// An unknown.
    pub fn fresh(&mut self) -> Size {
        self.bound.push(None);
        Size::Var(u32::try_from(self.bound.len() - 1).unwrap_or(u32::MAX))
    }

    pub fn plus(&mut self, a: Size, b: Size) -> Size {
        let sum = self.poly(a).plus(&self.poly(b), 1);
        self.intern(sum)
    }

    pub fn minus(&mut self, a: Size, b: Size) -> Size {
        let sum = self.poly(a).plus(&self.poly(b), -1);
        self.intern(sum)
    }

    /// `a (a + 1)/2`: the entries of a triangle.
    pub fn triangle(&mut self, a: Size) -> Size {
        let next = self.plus(a, Size::ONE);
        let both = self.times(a, next);
        self.divided(both, 2).unwrap_or(both)
    }

    /// `a / by` where that is always a whole number.
    pub fn divided(&mut self, a: Size, by: i64) -> Option<Size> {
        let factor = Rational::new(1, by).filter(|f| !f.is_negative())?;
        let quotient = self.poly(a).scaled(&factor);
        let terms: Vec<(Vec<Atom>, Rational)> = quotient.terms.iter().map(|(m, c)| (m.to_vec(), c.clone())).collect();
        is_whole(&terms).then(|| self.intern(quotient))
    }

    pub fn times(&mut self, a: Size, b: Size) -> Size {
        if a == Size::ONE {
            return b;
        }
        if b == Size::ONE {
            return a;
        }
        let product = self.poly(a).times(&self.poly(b));
        self.intern(product)
    }

    /// The size with every unknown that is solved replaced.
    pub fn resolve(&mut self, size: Size) -> Size {
        let mut size = size;
        loop {
            match size {
                Size::Var(v) => match self.bound.get(v as usize).copied().flatten() {
                    Some(next) => {
                        // Shorten the path for the next time.
                        if let Size::Var(w) = next
                            && let Some(after) = self.bound.get(w as usize).copied().flatten()
                        {
                            self.bound[v as usize] = Some(after);
                        }
                        size = next;
                    }
                    None => return size,
                },
                Size::Poly(p) => {
                    let poly = &self.polys[p as usize];
                    let solved = |a: &Atom| self.bound.get((a & !UNKNOWN) as usize).copied().flatten();
                    if !poly.unknowns().any(|a| solved(&a).is_some()) {
                        return size;
                    }
                    let mut sum = Poly::default();
                    for (m, c) in &poly.terms {
                        let mut product = Poly::constant(1).scaled(c);
                        for atom in m {
                            let factor = match solved(atom).filter(|_| atom & UNKNOWN != 0) {
                                Some(value) => self.poly(value),
                                None => Poly::atom(*atom),
                            };
                            product = product.times(&factor);
                        }
                        sum = sum.plus(&product, 1);
                    }
                    size = self.intern(sum);
                }
            }
        }
    }

    /// Whether the size is known: no unknown is left in it.
    pub fn is_known(&mut self, size: Size) -> bool {
        match self.resolve(size) {
            Size::Var(_) => false,
            Size::Poly(p) => self.polys[p as usize].unknowns().next().is_none(),
        }
    }

    /// The number that the size is, if it is one.
    pub fn as_constant(&mut self, size: Size) -> Option<i64> {
        match self.resolve(size) {
            Size::Var(_) => None,
            Size::Poly(p) => self.polys[p as usize].as_constant(),
        }
    }

    /// Whether two sizes are equal as far as is known now, or may become equal.
    pub fn may_equal(&mut self, a: Size, b: Size) -> bool {
        let (bound, deferred) = (self.bound.clone(), self.deferred.len());
        let equal = self.unify(a, b, 0).is_ok();
        self.bound = bound;
        self.deferred.truncate(deferred);
        equal
    }

    /// Makes two sizes equal. `node` is remembered where the equation has to wait.
    pub fn unify(&mut self, a: Size, b: Size, node: u32) -> Result<(), Clash> {
        if a == b {
            return Ok(());
        }
        let (a, b) = (self.resolve(a), self.resolve(b));
        if a == b {
            return Ok(());
        }
        match (a, b) {
            (Size::Var(v), other) | (other, Size::Var(v)) => self.bind(v, other),
            _ => self.solve(a, b, node),
        }
    }

    fn bind(&mut self, v: u32, value: Size) -> Result<(), Clash> {
        if value == Size::ONE {
            return Err(Clash);
        }
        if let Size::Poly(p) = value {
            let poly = &self.polys[p as usize];
            if poly.unknowns().any(|a| a == v | UNKNOWN) || poly.as_constant().is_some_and(|c| c < 2) {
                return Err(Clash);
            }
        }
        self.bound[v as usize] = Some(value);
        Ok(())
    }

    /// An equation of two polynomials: solved for an unknown that stands alone, or put off.
    fn solve(&mut self, a: Size, b: Size, node: u32) -> Result<(), Clash> {
        let difference = self.poly(a).plus(&self.poly(b), -1).primitive();
        if difference.terms.is_empty() {
            return Ok(());
        }
        if difference.unknowns().next().is_none() {
            return Err(Clash);
        }
        let mut solution = None;
        for (m, c) in &difference.terms {
            let [atom] = m.as_slice() else { continue };
            let elsewhere = difference.terms.iter().filter(|(k, _)| k.contains(atom)).count() > 1;
            let divides = c.abs().is_one() || difference.terms.iter().all(|(_, d)| d.div(c).is_some_and(|q| q.is_integer()));
            if atom & UNKNOWN == 0 || elsewhere || !divides {
                continue;
            }
            let mut rest = Poly::default();
            for (k, d) in difference.terms.iter().filter(|(k, _)| k != m) {
                rest.push(k.clone(), &d.neg().div(c).unwrap_or(Rational::ZERO));
            }
            let positive = rest.terms.iter().all(|(_, d)| !d.is_negative());
            if positive || solution.is_none() {
                solution = Some((atom & !UNKNOWN, rest));
                if positive {
                    break;
                }
            }
        }
        match solution {
            Some((v, rest)) => {
                let rest = self.intern(rest);
                self.bind(v, rest)
            }
            None => {
                self.deferred.push((a, b, node));
                Ok(())
            }
        }
    }

    /// Solves the equations that were put off. An error names the node whose equation has no solution.
    pub fn settle(&mut self) -> Result<(), u32> {
        loop {
            let waiting = std::mem::take(&mut self.deferred);
            let before = waiting.len();
            if before == 0 {
                return Ok(());
            }
            for (a, b, node) in waiting {
                self.unify(a, b, node).map_err(|Clash| node)?;
            }
            if self.deferred.len() < before {
                continue;
            }
            // Nothing stands alone: a product of two unknowns is read as the product of the names on the other side.
            let (a, b, node) = self.deferred[0];
            let (a, b) = (self.resolve(a), self.resolve(b));
            let difference = self.poly(a).plus(&self.poly(b), -1).primitive();
            if let Some((unknown, value)) = root(&difference) {
                let value = self.intern(value);
                self.bind(unknown & !UNKNOWN, value).map_err(|Clash| node)?;
                continue;
            }
            let [(m, c), (k, d)] = difference.terms.as_slice() else { return Err(node) };
            if *c != d.neg() {
                return Err(node);
            }
            // vec(A)' vec(B), (A ⊗ B) (C ⊗ D): in order. (A ⊗ B) vec(X): the rows of X, named last, are the columns of B.
            let unknown = |m: &Monomial| m.iter().copied().find(|a| a & UNKNOWN != 0);
            let sides = |m: &Monomial| matches!(m.as_slice(), [a, b] if a & UNKNOWN != 0 && *b == a + 1);
            let pick = |from: &Monomial| if sides(m) == sides(k) { from.first().copied() } else { from.last().copied() };
            let (unknown, name) = match (unknown(m), unknown(k)) {
                (Some(v), Some(w)) if v < w => (w, pick(m)),
                (Some(v), _) => (v, pick(k)),
                (None, Some(w)) => (w, pick(m)),
                (None, None) => return Err(node),
            };
            let Some(name) = name else { return Err(node) };
            let value = self.intern(Poly::atom(name));
            self.bind(unknown & !UNKNOWN, value).map_err(|Clash| node)?;
        }
    }

    /// The unknowns in a size, in order, after solving.
    pub fn unknowns(&mut self, size: Size) -> Vec<u32> {
        match self.resolve(size) {
            Size::Var(v) => vec![v],
            Size::Poly(p) => {
                let mut all: Vec<u32> = self.polys[p as usize].unknowns().map(|a| a & !UNKNOWN).collect();
                all.dedup();
                all
            }
        }
    }

    /// Gives an unknown a name.
    pub fn baptise(&mut self, unknown: u32, name: &str) {
        let value = self.named(name);
        if let Some(slot @ None) = self.bound.get_mut(unknown as usize) {
            *slot = Some(value);
        }
    }

    /// Whether a name is a size's.
    pub fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The size in the store; an unknown that is left is taken for the size `?`.
    pub fn dim(&mut self, store: &mut Store, size: Size) -> DimId {
        let size = self.resolve(size);
        if size == Size::ONE {
            return DimId::ONE;
        }
        let poly = self.poly(size);
        let mut dim = Dim::default();
        for (m, c) in &poly.terms {
            let mut product = Dim::constant(1).scaled(c);
            for &atom in m {
                let name = if atom & UNKNOWN != 0 { "?" } else { self.names[atom as usize].as_str() };
                product = product.times(&Dim::name(store.dim_name(name)));
            }
            dim = dim.plus(&product);
        }
        store.dim(dim)
    }

    /// A dimension of the store as a size.
    pub fn of_dim(&mut self, store: &Store, dim: DimId) -> Size {
        let mut sum = Poly::default();
        for (monomial, coefficient) in &store.dim_poly(dim).terms {
            let mut product = Poly::constant(1).scaled(coefficient);
            for &name in monomial {
                let named = self.named(store.dim_spelling(name));
                product = product.times(&self.poly(named));
            }
            sum = sum.plus(&product, 1);
        }
        self.intern(sum)
    }

    /// The size as text in the language: `n`, `n q`, `n + 1`; `?` for an unknown.
    pub fn text(&mut self, size: Size) -> String {
        let size = self.resolve(size);
        let poly = self.poly(size);
        let name = |a: Atom| if a & UNKNOWN != 0 { "?".to_owned() } else { self.names[a as usize].clone() };
        let terms: Vec<(Vec<String>, Rational)> =
            poly.terms.iter().rev().map(|(m, c)| (m.iter().map(|&a| name(a)).collect(), c.clone())).collect();
        polynomial(&terms)
    }
}

/// An unknown with a value that makes a difference of higher degree vanish: u (u + 1)/2 = n (n + 1)/2, u (u + 1)/2 = 6.
fn root(difference: &Poly) -> Option<(Atom, Poly)> {
    let square = |a: Atom| difference.terms.iter().any(|(m, _)| m.iter().filter(|&&b| b == a).count() > 1);
    for unknown in difference.unknowns().filter(|&u| square(u)) {
        let atoms = difference.terms.iter().flat_map(|(m, _)| m.iter().copied()).filter(|&a| a != unknown).map(Poly::atom);
        let alone = difference.terms.iter().all(|(m, _)| m.iter().all(|&a| a == unknown));
        let numbers = (2..if alone { 1000 } else { 2 }).map(Poly::constant);
        if let Some(value) = atoms.chain(numbers).find(|value| difference.with(unknown, value).terms.is_empty()) {
            return Some((unknown, value));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknowns_are_solved_where_they_stand_alone() {
        let mut s = Sizes::new();
        let (n, v, w) = (s.named("n"), s.fresh(), s.fresh());
        let nn = s.times(n, n);
        assert_eq!(s.unify(v, nn, 0), Ok(()));
        assert_eq!(s.resolve(v), nn);
        // w n = n n
        let wn = s.times(w, n);
        assert_eq!(s.unify(wn, nn, 0), Ok(()));
        assert_eq!(s.resolve(w), n);
    }

    #[test]
    fn names_and_numbers_clash() {
        let mut s = Sizes::new();
        let (m, n, three, four) = (s.named("m"), s.named("n"), s.constant(3), s.constant(4));
        assert_eq!(s.unify(m, n, 0), Err(Clash));
        assert_eq!(s.unify(m, three, 0), Err(Clash));
        assert_eq!(s.unify(three, four, 0), Err(Clash));
        let v = s.fresh();
        assert_eq!(s.unify(v, Size::ONE, 0), Err(Clash));
        assert_eq!(s.unify(v, three, 0), Ok(()));
        assert_eq!(s.unify(v, four, 0), Err(Clash));
    }

    #[test]
    fn products_of_unknowns_wait() {
        let mut s = Sizes::new();
        let (m, n, v, w) = (s.named("m"), s.named("n"), s.fresh(), s.fresh());
        let (vw, mn) = (s.times(v, w), s.times(m, n));
        assert_eq!(s.unify(vw, mn, 7), Ok(()));
        assert!(!s.is_known(v));
        assert_eq!(s.unify(w, m, 0), Ok(()));
        assert_eq!(s.settle(), Ok(()));
        assert_eq!(s.resolve(v), n);
    }

    #[test]
    fn sums_are_solved_too() {
        let mut s = Sizes::new();
        let (n, v) = (s.named("n"), s.fresh());
        let (sum, target) = (s.plus(v, Size::ONE), s.times(n, n));
        assert_eq!(s.unify(sum, target, 0), Ok(()));
        assert_eq!(s.text(v), "n n - 1");
    }

    #[test]
    fn triangles_are_told_by_their_number_of_entries() {
        let mut s = Sizes::new();
        let (n, v, w, six) = (s.named("n"), s.fresh(), s.fresh(), s.constant(6));
        let (tn, tv, tw) = (s.triangle(n), s.triangle(v), s.triangle(w));
        assert_eq!(s.unify(tv, tn, 0), Ok(()));
        assert_eq!(s.unify(tw, six, 0), Ok(()));
        assert_eq!(s.settle(), Ok(()));
        assert_eq!((s.text(v), s.text(w), s.text(tn)), ("n".into(), "3".into(), "n (n + 1)/2".into()));
    }
}
