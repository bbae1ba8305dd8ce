//! Exact equality: values modulo a prime at random points, where functions that are not rational are unknown ones.
//!
//! A function such as exp takes values that are random but the same for the same argument. Expressions that agree then
//! agree whatever the function is; expressions that differ may still be equal, by a property of the function.

use super::plan::Plan;
use super::point::{Point, Sampler, Style};
use crate::base::{Modular, Rational};
use crate::ir::{ExprId, Factor, Facts, Fun, Node, Power, Shape, Store, SymbolId};
use crate::ops::{self, Derivative, Eval, ExactMatrix, Matrix};
use num_traits::{One, Zero};
use std::cell::Cell;
use std::hash::{Hash, Hasher};

/// The most entries of a matrix.
const MOST_ENTRIES: usize = 10_000;

/// How many points may be of no use (a matrix without an inverse) before the question is given up.
const TRIES: usize = 4;

/// What exact values say of two expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exactly {
    /// They are equal whatever the functions in them are: the sizes at each point.
    Equal(Vec<String>),
    /// They are rational, and differ.
    Different,
    /// Nothing: they differ with unknown functions, or hold what has no exact value (indexed sums, 0–1 variables).
    Unknown,
}

/// Whether two expressions of one shape are equal, at so many random points modulo a prime.
#[must_use]
pub fn check_exact(store: &Store, a: ExprId, b: ExprId, points: usize, seed: u64) -> Exactly {
    values_agree(store, a, b, points, seed).unwrap_or(Exactly::Unknown)
}

fn values_agree(store: &Store, a: ExprId, b: ExprId, points: usize, seed: u64) -> Option<Exactly> {
    let plan = Plan::new(store, &[a, b])?;
    if !plan.levels.is_empty() {
        return None;
    }
    let list = plan.list(store, &[a, b]);
    let mut sampler = Sampler::new(seed);
    let (mut sizes, mut tries) = (Vec::new(), 0);
    while sizes.len() < points {
        let point = sampler.draw_in(store, &plan.needs, &[], Style::Normal, sizes.len(), tries);
        let mut machine = Machine { store, plan: &plan, point: &point, values: vec![None; plan.order.len()], guessed: Cell::new(false) };
        match machine.run(&list) {
            Some(()) if machine.value(a)? != machine.value(b)? => {
                return Some(if machine.guessed.get() { Exactly::Unknown } else { Exactly::Different });
            }
            Some(()) => sizes.push(point.sizes_text(store)),
            None if tries < TRIES => tries += 1,
            None => return None,
        }
    }
    Some(Exactly::Equal(sizes))
}

struct Machine<'a> {
    store: &'a Store,
    plan: &'a Plan,
    point: &'a Point,
    values: Vec<Option<ExactMatrix>>,
    /// Whether something stands for a value that is not rational.
    guessed: Cell<bool>,
}

fn scalar(value: Modular) -> ExactMatrix {
    ExactMatrix::from_element(1, 1, value)
}

fn as_scalar(a: &ExactMatrix) -> Option<Modular> {
    if let [value] = a.as_slice() { Some(*value) } else { None }
}

impl Machine<'_> {
    fn run(&mut self, list: &[u32]) -> Option<()> {
        for &slot in list {
            self.values[slot as usize] = Some(self.compute(self.plan.order[slot as usize])?);
        }
        Some(())
    }

    fn value(&self, id: ExprId) -> Option<&ExactMatrix> {
        self.values[self.plan.slot(id)].as_ref()
    }

    fn shape(&self, shape: Shape) -> Option<(usize, usize)> {
        self.point.shape(self.store, shape).filter(|(rows, cols)| rows * cols <= MOST_ENTRIES)
    }

    /// A number that depends on all of `key`, and on the point.
    fn random(&self, key: &impl Hash) -> Modular {
        let mut hasher = self.point.hasher();
        key.hash(&mut hasher);
        Modular::new(hasher.finish())
    }

    /// A number in place of one that is not rational.
    fn unknown(&self, key: &impl Hash) -> Modular {
        self.guessed.set(true);
        self.random(key)
    }

    fn compute(&self, id: ExprId) -> Option<ExactMatrix> {
        let store = self.store;
        let size = self.shape(store.shape(id))?;
        let filled = |value: Modular| ExactMatrix::from_element(size.0, size.1, value);
        Some(match store.node(id) {
            Node::Num(r) => scalar(Modular::of(r)?),
            Node::Pi => scalar(self.unknown(&"pi")),
            Node::Size(name) => scalar(Modular::new(u64::try_from(self.point.size_of(*name)?).ok()?)),
            Node::Symbol(symbol) => self.variable(*symbol, size)?,
            Node::Eye(_) => ExactMatrix::identity(size.0, size.1),
            Node::Ones(_) => filled(Modular::one()),
            Node::Zero(_) => filled(Modular::zero()),
            Node::Basis(k, _) => {
                let k = usize::try_from(as_scalar(self.value(*k)?)?.small()?).ok().filter(|k| (1..=size.0).contains(k))?;
                let mut e = filled(Modular::zero());
                e[k - 1] = Modular::one();
                e
            }
            Node::Sum(terms) => {
                let mut total = filled(Modular::zero());
                for (c, term) in terms {
                    total += self.value(*term)? * Modular::of(c)?;
                }
                total
            }
            Node::Product { coefficient, scalars, chain } => self.product(coefficient, scalars, chain)?,
            Node::Hadamard(entries) => {
                let mut product = filled(Modular::one());
                for &(base, exponent) in entries {
                    let (base, exponent) = (self.value(base)?, as_scalar(self.value(exponent)?)?);
                    for (entry, &b) in product.iter_mut().zip(base) {
                        *entry *= self.scalar_power(b, exponent)?;
                    }
                }
                product
            }
            Node::Kron(parts) => {
                let mut product = scalar(Modular::one());
                for &part in parts {
                    product = product.kronecker(self.value(part)?);
                }
                product
            }
            Node::Trace(a) => scalar(self.value(*a)?.diagonal().iter().fold(Modular::zero(), |sum, &d| sum + d)),
            Node::Diag(v) => {
                let v = self.value(*v)?;
                ExactMatrix::from_fn(size.0, size.1, |i, j| if i == j { v[i] } else { Modular::zero() })
            }
            Node::Diagonal(a) => {
                let a = self.value(*a)?;
                ExactMatrix::from_fn(size.0, 1, |i, _| a[(i, i)])
            }
            Node::Vec(a) | Node::Unvec(a, _) => ExactMatrix::from_column_slice(size.0, size.1, self.value(*a)?.as_slice()),
            Node::Call(fun, args) => self.call(*fun, args, size)?,
            Node::Member(..) | Node::Index(_) | Node::BigSum { .. } => return None,
        })
    }

    fn product(&self, coefficient: &Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExactMatrix> {
        let mut front = Modular::of(coefficient)?;
        for &(base, exponent) in scalars {
            front *= self.scalar_power(as_scalar(self.value(base)?)?, as_scalar(self.value(exponent)?)?)?;
        }
        let mut product: Option<ExactMatrix> = None;
        for f in chain {
            let base = self.value(f.base)?;
            let powered = self.power(base, as_scalar(self.value(f.power)?)?)?;
            let factor = if f.flipped { powered.transpose() } else { powered };
            product = Some(match product {
                Some(so_far) => (so_far.ncols() == factor.nrows()).then(|| so_far * factor)?,
                None => factor,
            });
        }
        Some(product.map_or_else(|| scalar(front), |chain| chain * front))
    }

    /// A whole power, or what stands for another one: a number of its own for this base and exponent.
    fn scalar_power(&self, base: Modular, exponent: Modular) -> Option<Modular> {
        match exponent.small() {
            Some(e) => base.power(e),
            None => Some(self.unknown(&("power", base, exponent))),
        }
    }

    fn power(&self, base: &ExactMatrix, exponent: Modular) -> Option<ExactMatrix> {
        if exponent.is_one() {
            return Some(base.clone());
        }
        if let Some(base) = as_scalar(base) {
            return self.scalar_power(base, exponent).map(scalar);
        }
        let Some(e) = exponent.small() else {
            // The root of a symmetric matrix is symmetric, which no unknown function would be.
            return None;
        };
        let base = if e < 0 { ops::exact_inverse(base)? } else { base.clone() };
        let mut product = ExactMatrix::identity(base.nrows(), base.ncols());
        for _ in 0..e.unsigned_abs() {
            product *= &base;
        }
        Some(product)
    }

    fn call(&self, fun: Fun, args: &[ExprId], size: (usize, usize)) -> Option<ExactMatrix> {
        let values: Option<Vec<&ExactMatrix>> = args.iter().map(|&a| self.value(a)).collect();
        let values = values?;
        let row = ops::row(fun);
        if let Some(exact) = row.and_then(|row| row.exact) {
            return exact(&values);
        }
        let entrywise = row.is_none_or(|row| row.eval.is_entrywise());
        if !entrywise {
            if let Some(row) = row
                && matches!(row.d, Derivative::Zero)
                && let Eval::Matrix(constant) = row.eval
            {
                return constant_matrix(constant, &values);
            }
            // What a matrix function keeps of its argument (symmetry, a transpose) would be lost.
            let plain = row.is_some_and(|row| matches!(row.eval, Eval::Matrix(_))) && size == (1, 1);
            let key = || values.iter().map(|v| (v.shape(), v.as_slice())).collect::<Vec<_>>();
            return plain.then(|| scalar(self.unknown(&(fun, key()))));
        }
        Some(ExactMatrix::from_fn(size.0, size.1, |i, j| {
            let entry = |v: &&ExactMatrix| if v.len() == 1 { v[0] } else { v[(i, j)] };
            self.unknown(&(fun, values.iter().map(entry).collect::<Vec<_>>()))
        }))
    }

    /// A variable with its structure; `None` where the structure is not that of a dense set of points.
    fn variable(&self, symbol: SymbolId, (rows, cols): (usize, usize)) -> Option<ExactMatrix> {
        if let Some(whole) = self.point.whole(symbol) {
            return Some(scalar(Modular::new(u64::try_from(whole).ok()?)));
        }
        let facts = self.store.symbol_info(symbol).facts.closed();
        if facts.has(Facts::BINARY) || facts.has(Facts::INTEGER) {
            return None;
        }
        let zero = Modular::zero();
        let mut m = ExactMatrix::from_fn(rows, cols, |i, j| self.random(&(symbol, i, j)));
        let (lower, upper) = (facts.has(Facts::LOWER), facts.has(Facts::UPPER));
        for (i, j) in (0..cols).flat_map(|j| (0..rows).map(move |i| (i, j))) {
            if i < j && lower || i > j && upper || i != j && facts.has(Facts::DIAGONAL) {
                m[(i, j)] = zero;
            }
        }
        if facts.has(Facts::ORTHOGONAL) {
            // Cayley: (I − K)(I + K)⁻¹ of a skew K is orthogonal, and nearly all orthogonal matrices are of this form.
            if rows != cols || facts.has(Facts::SYMMETRIC) || lower || upper {
                return None;
            }
            let (one, skew) = (ExactMatrix::identity(rows, rows), &m - m.transpose());
            return Some((&one - &skew) * ops::exact_inverse(&(one + skew))?);
        }
        if facts.has(Facts::SYMMETRIC) {
            m = &m + m.transpose();
        }
        if facts.has(Facts::SKEW) {
            m = &m - m.transpose();
        }
        for (by_row, fact) in [(false, Facts::SUMS_TO_ONE), (true, Facts::ROWS_SUM_TO_ONE)] {
            if facts.has(fact) {
                complete(&mut m, by_row);
            }
        }
        Some(m)
    }
}

/// A matrix of whole numbers that depends on sizes alone.
fn constant_matrix(value: fn(&[Matrix]) -> Option<Matrix>, sizes: &[&ExactMatrix]) -> Option<ExactMatrix> {
    #[allow(clippy::cast_precision_loss, reason = "small whole numbers")]
    let size = |m: &&ExactMatrix| Some(Matrix::from_element(1, 1, as_scalar(m)?.small()? as f64));
    let sizes: Option<Vec<Matrix>> = sizes.iter().map(size).collect();
    let value = value(&sizes?)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be small whole numbers")]
    let exact = |&v: &f64| (v.fract() == 0.0 && (0.0..1e6).contains(&v)).then_some(Modular::new(v as u64));
    let entries: Option<Vec<Modular>> = value.iter().map(exact).collect();
    Some(ExactMatrix::from_vec(value.nrows(), value.ncols(), entries?))
}

/// The last entry of each column (row) such that it sums to one.
fn complete(m: &mut ExactMatrix, by_row: bool) {
    let turned = if by_row { m.transpose() } else { m.clone() };
    let mut out = turned.clone();
    for (j, column) in turned.column_iter().enumerate() {
        let last = column.len() - 1;
        let rest = column.iter().take(last).fold(Modular::zero(), |sum, &v| sum + v);
        out[(last, j)] = Modular::one() - rest;
    }
    *m = if by_row { out.transpose() } else { out };
}
