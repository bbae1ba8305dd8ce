//! From the tree to the expression: shapes are known (or follow from the leaves), so nothing can fail for a shape.

use super::forms;
use super::product::{self, Algebra, Width};
use crate::base::{Diagnostic, Fault, Rational};
use crate::ir::{DimId, ExprId, Facts, Fun, Shape, Store};
use crate::ops;
use crate::syntax::{Ast, AstId, Bars, Big, Kind, Place, Times};
use smallvec::SmallVec;
use std::convert::Infallible;

/// The most terms of a sum with numbers for bounds that is written out.
const UNROLL: i64 = 3;

/// What the leaves of a tree stand for.
pub(super) trait Leaves {
    /// A name; `built` holds the value of every node that came before.
    fn name(&mut self, store: &mut Store, id: AstId, built: &[ExprId]) -> ExprId;
    /// A member of a family with these subscripts.
    fn member(&mut self, store: &mut Store, id: AstId, index: &[ExprId]) -> ExprId;
    /// The bound index of a sum.
    fn index(&mut self, store: &mut Store, big: AstId) -> ExprId;
    /// The last value of a sum's index where it was left out.
    fn last(&mut self, store: &mut Store, big: AstId) -> ExprId;
    /// The shape that the context gives to `I`, a bare vector of ones, `vector(c)`, `matrix(c)`.
    fn shape(&mut self, store: &mut Store, id: AstId) -> Shape;
    /// The number of the user's function that a call applies.
    fn function(&mut self, store: &mut Store, call: AstId) -> u16;
    /// Whether a call is the root of a whole matrix.
    fn is_root(&self, _call: AstId) -> bool {
        false
    }
    /// Whether a node's value is used as an argument of `log` alone.
    fn inside_log(&self, id: AstId) -> bool;
}

/// Builds the nodes of `order` (children first) and returns the value of every node of the tree.
///
/// # Errors
/// A product over an index whose factors are not known to be positive.
pub(super) fn build(store: &mut Store, ast: &Ast, order: &[AstId], leaves: &mut impl Leaves) -> Result<Vec<ExprId>, Diagnostic> {
    let mut built = vec![ExprId::ZERO; ast.nodes.len()];
    for &id in order {
        built[id.0 as usize] = node(store, ast, id, leaves, &built)?;
    }
    Ok(built)
}

fn node(store: &mut Store, ast: &Ast, id: AstId, leaves: &mut impl Leaves, built: &[ExprId]) -> Result<ExprId, Diagnostic> {
    let at = |id: &AstId| built[id.0 as usize];
    Ok(match &ast.node(id).kind {
        Kind::Number(value) => store.num(value.clone()),
        Kind::Name(_) => leaves.name(store, id, built),
        Kind::Neg(a) => store.neg(at(a)),
        Kind::Sum(terms) => {
            let terms: Vec<(bool, ExprId)> = terms.iter().map(|(minus, t)| (*minus, at(t))).collect();
            sum(store, &terms)
        }
        Kind::Product(factors) => {
            let chains: Vec<(Times, Chain)> = factors.iter().map(|(how, f)| (*how, Chain::of(store, at(f)))).collect();
            let mut products = Products { store };
            let Ok(chain) = product::fold(&mut products, chains.into_iter());
            chain.map_or(ExprId::ONE, |c| products.flush(c))
        }
        Kind::Power(a, b) if forms::is_entrywise_power(ast, id) && !store.shape(at(a)).is_square() => entrywise_power(store, at(a), at(b)),
        Kind::Power(a, b) => match forms::length_below(ast, id).map(|inside| at(&inside)) {
            Some(inside) if !store.shape(inside).is_square() => {
                let length = ops::apply(store, "norm", &[inside]);
                store.power(length, at(b))
            }
            _ => store.power(at(a), at(b)),
        },
        Kind::HadamardPower(a, b) => entrywise_power(store, at(a), at(b)),
        Kind::Transpose(a) => store.transpose(at(a)),
        Kind::Call { args, .. } if leaves.is_root(id) => store.power(at(&args[0]), ExprId::HALF),
        Kind::Call { name, primes, args, .. } => {
            let args: SmallVec<[ExprId; 3]> = args.iter().map(at).collect();
            match ops::find(name) {
                Some((fun, row)) if *primes == 0 => forms::apply(store, fun, row, &args, |store| leaves.shape(store, id)),
                _ => {
                    let fun = Fun::User(leaves.function(store, id), *primes);
                    ops::call(store, fun, &args)
                }
            }
        }
        Kind::Bars(bars, a) => {
            let a = at(a);
            let shape = store.shape(a);
            let name = match bars {
                Bars::Single if shape.is_square() && !shape.is_scalar() => "det",
                Bars::Single => "abs",
                Bars::Double => "norm",
                Bars::One => "norm1",
                Bars::Infinity => "norminf",
                Bars::Nuclear => "nuclear",
            };
            ops::apply(store, name, &[a])
        }
        Kind::Inner(a, b) => inner(store, at(a), at(b)),
        Kind::Index(a, places) => entry(store, at(a), places, built),
        Kind::Identity => {
            let shape = leaves.shape(store, id);
            store.eye(shape.rows)
        }
        Kind::OnesVector => {
            let shape = leaves.shape(store, id);
            store.ones(shape)
        }
        Kind::Big { big, low, high, skip, body, .. } => {
            let index = leaves.index(store, id);
            let low = low.as_ref().map_or(ExprId::ONE, at);
            let high = match high {
                Some(high) => at(high),
                None => leaves.last(store, id),
            };
            let ranges = match skip {
                Some(skip) => {
                    let skip = at(skip);
                    vec![(low, store.sub(skip, ExprId::ONE)), (store.add(&[skip, ExprId::ONE]), high)]
                }
                None => vec![(low, high)],
            };
            match big {
                Big::Sum => {
                    let sums: Vec<ExprId> = ranges.into_iter().map(|(low, high)| indexed_sum(store, index, low, high, at(body))).collect();
                    store.add(&sums)
                }
                Big::Product => {
                    let inside_log = leaves.inside_log(id);
                    let product = |store: &mut Store, (low, high)| indexed_product(store, index, low, high, at(body), inside_log);
                    let values: Option<Vec<ExprId>> = ranges.into_iter().map(|range| product(store, range)).collect();
                    values.map(|values| store.mul(&values)).ok_or_else(|| {
                        Diagnostic::new(
                            Fault::Unsupported,
                            "a product over an index has a derivative here only where its factors are positive",
                        )
                        .at(ast.node(id).span)
                        .hint("take its logarithm: `log prod_i …` is read as `sum_i log …`")
                    })?
                }
            }
        }
        Kind::Member { index, .. } => {
            let index: SmallVec<[ExprId; 2]> = index.iter().map(at).collect();
            leaves.member(store, id, &index)
        }
    })
}

/// A sum; scalars beside matrices are added to every entry.
fn sum(store: &mut Store, terms: &[(bool, ExprId)]) -> ExprId {
    let shape = terms.iter().map(|&(_, t)| store.shape(t)).find(|s| !s.is_scalar()).unwrap_or(Shape::SCALAR);
    let mut all = Vec::with_capacity(terms.len());
    for &(minus, term) in terms {
        let term = if store.is_scalar(term) && !shape.is_scalar() { spread(store, term, shape) } else { term };
        all.push((if minus { Rational::from(-1) } else { Rational::ONE }, term));
    }
    store.sum(all)
}

/// A scalar in every entry.
fn spread(store: &mut Store, scalar: ExprId, shape: Shape) -> ExprId {
    let ones = store.ones(shape);
    store.mul(&[scalar, ones])
}

/// ⟨a, b⟩; a scalar stands for a constant matrix of the other's shape.
fn inner(store: &mut Store, a: ExprId, b: ExprId) -> ExprId {
    let (left, right) = (store.shape(a), store.shape(b));
    let a = if left.is_scalar() && !right.is_scalar() { spread(store, a, right) } else { a };
    let b = if right.is_scalar() && !left.is_scalar() { spread(store, b, left) } else { b };
    store.inner(a, b)
}

/// `a .^ b`; where both are arrays it is exp(b ∘ log a).
fn entrywise_power(store: &mut Store, a: ExprId, b: ExprId) -> ExprId {
    if store.is_scalar(b) {
        return store.hadamard_power(a, b);
    }
    let log = ops::apply(store, "log", &[a]);
    let exponent = if store.is_scalar(a) { store.mul(&[log, b]) } else { store.hadamard(&[log, b]) };
    ops::apply(store, "exp", &[exponent])
}

/// `X[i,j]`, `X[i,:]` (as a column), `X[:,j]`, `x[i]`, by unit vectors.
fn entry(store: &mut Store, a: ExprId, places: &[Place], built: &[ExprId]) -> ExprId {
    let shape = store.shape(a);
    let unit = |store: &mut Store, place: &Place, dim: DimId| match place {
        Place::All => None,
        Place::At(k) => Some(store.basis(built[k.0 as usize], dim)),
    };
    let (row, col) = match places {
        [row, col] => (unit(store, row, shape.rows), unit(store, col, shape.cols)),
        [one] if shape.rows == DimId::ONE => (None, unit(store, one, shape.cols)),
        [one] => (unit(store, one, shape.rows), None),
        _ => (None, None),
    };
    match (row, col) {
        (None, None) => a,
        (None, Some(col)) => store.mul(&[a, col]),
        (Some(row), col) => {
            let row = store.transpose(row);
            let picked = store.mul(&[row, a]);
            match col {
                Some(col) => store.mul(&[picked, col]),
                // A row comes out as a column.
                None => store.transpose(picked),
            }
        }
    }
}

/// Σ over an index; a few terms between numbers are written out.
fn indexed_sum(store: &mut Store, index: ExprId, low: ExprId, high: ExprId, body: ExprId) -> ExprId {
    match values(store, low, high, UNROLL) {
        Some(range) => {
            let terms: Vec<ExprId> = range.map(|k| at_index(store, index, k, body)).collect();
            if terms.is_empty() {
                let shape = store.shape(body);
                return store.zeros(shape);
            }
            store.add(&terms)
        }
        None => store.big_sum(index, low, high, body),
    }
}

/// Π over an index of scalars: written out, a power, or exp of the sum of logarithms. `None` where that would need
/// positive factors and they are not known to be positive.
fn indexed_product(store: &mut Store, index: ExprId, low: ExprId, high: ExprId, body: ExprId, inside_log: bool) -> Option<ExprId> {
    if let Some(range) = values(store, low, high, UNROLL) {
        let factors: Vec<ExprId> = range.map(|k| at_index(store, index, k, body)).collect();
        return Some(if factors.is_empty() { ExprId::ONE } else { store.mul(&factors) });
    }
    if !store.depends_on(body, &[index]) {
        let count = store.sum(vec![(Rational::ONE, high), (Rational::from(-1), low), (Rational::ONE, ExprId::ONE)]);
        return Some(store.power(body, count));
    }
    if !inside_log && !store.is(body, Facts::POSITIVE) {
        return None;
    }
    let log = ops::apply(store, "log", &[body]);
    let total = store.big_sum(index, low, high, log);
    Some(ops::apply(store, "exp", &[total]))
}

/// The values of an index between two numbers that are close together.
fn values(store: &Store, low: ExprId, high: ExprId, most: i64) -> Option<std::ops::RangeInclusive<i64>> {
    let number = |id| store.as_num(id).and_then(Rational::to_integer);
    let (low, high) = (number(low)?, number(high)?);
    (high.checked_sub(low)? < most).then_some(low..=high)
}

fn at_index(store: &mut Store, index: ExprId, value: i64, body: ExprId) -> ExprId {
    let value = store.int(value);
    store.substitute(body, &[(index, value)])
}

/// A product in the making: factors that the store multiplies at once.
struct Chain {
    factors: SmallVec<[ExprId; 4]>,
    shape: Shape,
}

impl Chain {
    fn of(store: &Store, id: ExprId) -> Chain {
        Chain { factors: smallvec::smallvec![id], shape: store.shape(id) }
    }
}

struct Products<'a> {
    store: &'a mut Store,
}

impl Products<'_> {
    fn flush(&mut self, chain: Chain) -> ExprId {
        self.store.mul(&chain.factors)
    }

    fn combine(&mut self, how: Times, a: ExprId, b: ExprId) -> ExprId {
        let store = &mut *self.store;
        let scalar = store.is_scalar(a) || store.is_scalar(b);
        match how {
            Times::Product => store.mul(&[a, b]),
            Times::Dot if !scalar && store.shape(a).is_column() && store.shape(b).is_column() => store.inner(a, b),
            Times::Dot => store.mul(&[a, b]),
            Times::MatMul if !scalar && store.shape(a).is_column() => match store.shape(b).is_column() {
                true => store.inner(a, b),
                false => {
                    let turned = store.transpose(b);
                    store.mul(&[turned, a])
                }
            },
            Times::MatMul => store.mul(&[a, b]),
            Times::Hadamard | Times::Broadcast if scalar => store.mul(&[a, b]),
            Times::Hadamard | Times::Broadcast => store.hadamard(&[a, b]),
            Times::HadamardDivide | Times::BroadcastDivide if scalar => {
                let b = store.hadamard_power(b, ExprId::MINUS_ONE);
                store.mul(&[a, b])
            }
            Times::HadamardDivide | Times::BroadcastDivide => {
                let shape = store.shape(a);
                store.hadamard_entries(Rational::ONE, &[], &[(a, ExprId::ONE), (b, ExprId::MINUS_ONE)], shape)
            }
            Times::Divide => {
                let b = store.inverse(b);
                store.mul(&[a, b])
            }
            Times::LeftDivide => {
                let a = store.inverse(a);
                store.mul(&[a, b])
            }
            Times::Kron => store.kron(&[a, b]),
        }
    }
}

impl Algebra for Products<'_> {
    type Value = Chain;
    type Error = Infallible;

    fn width(&self, value: &Chain) -> Width {
        (value.shape.rows == DimId::ONE, value.shape.cols == DimId::ONE)
    }

    fn close(&mut self, value: Chain) -> Chain {
        let id = self.flush(value);
        Chain::of(self.store, id)
    }

    fn join(&mut self, how: Times, mut left: Chain, right: Chain) -> Result<Chain, Infallible> {
        let columns = left.shape.is_column() && right.shape.is_column();
        if how == Times::Product || how == Times::Dot && !columns {
            left.shape = match (left.shape.is_scalar(), right.shape.is_scalar()) {
                (true, _) => right.shape,
                (_, true) => left.shape,
                _ => Shape::new(left.shape.rows, right.shape.cols),
            };
            left.factors.extend(right.factors);
            return Ok(left);
        }
        let (a, b) = (self.flush(left), self.flush(right));
        let id = self.combine(how, a, b);
        Ok(Chain::of(self.store, id))
    }
}
