//! Jacobians: the matrix M with vec dF = M vec dX, read off a differential that is linear in dX.
//!
//! Columns by columns give the usual Jacobian (vec does nothing to a column); matrices give the Kronecker form of
//! Magnus and Neudecker, ∂vec F/∂(vec X)ᵀ, by vec(A X B) = (Bᵀ ⊗ A) vec X.

use super::Refusal;
use super::spread::{self, khatri_rao, side};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Fun, Node, Shape, Store};
use crate::ops;
use rustc_hash::FxHashMap;

/// M with vec(line) = M vec(dx), for a `line` that is linear in `dx`.
///
/// # Errors
/// When a part of the line is a linear function for which no matrix can be written down.
pub fn jacobian(store: &mut Store, line: ExprId, dx: ExprId) -> Result<ExprId, Refusal> {
    let x = store.shape(dx);
    let width = store.dim_times(x.rows, x.cols);
    let mask = store.dependents(line, &[dx]);
    let depends = |id: ExprId| mask.contains(id);
    let shape = store.shape(line);
    if !depends(line) {
        let height = store.dim_times(shape.rows, shape.cols);
        return Ok(store.zeros(Shape::new(height, width)));
    }
    let mut known: FxHashMap<ExprId, ExprId> = FxHashMap::default();
    known.insert(dx, store.eye(width));
    for id in store.reachable(&[line]) {
        if depends(id) && !known.contains_key(&id) {
            let matrix = of_node(store, id, &known, dx)?;
            known.insert(id, matrix);
        }
    }
    Ok(known[&line])
}

fn of_node(store: &mut Store, id: ExprId, known: &FxHashMap<ExprId, ExprId>, dx: ExprId) -> Result<ExprId, Refusal> {
    let refused = Refusal { part: id, reason: "no matrix is known for this linear function" };
    let shape = store.shape(id);
    match store.node(id).clone() {
        Node::Sum(terms) => {
            let terms = store.as_written(id, terms, |t| t.1);
            let mut sum: Vec<(Rational, ExprId)> = terms.into_iter().filter_map(|(c, t)| Some((c, *known.get(&t)?))).collect();
            // I + K, not K + I.
            sum.sort_by_key(|&(_, m)| begins_with_commutation(store, m));
            Ok(store.sum(sum))
        }
        Node::Product { coefficient, scalars, chain } => {
            if let Some(at) = scalars.iter().position(|(b, _)| known.contains_key(b)) {
                // s · rest = vec(rest) M_s: an outer product, since M_s is a row.
                let row = known[&scalars[at].0];
                let mut others = scalars;
                others.remove(at);
                let rest = store.product(coefficient, &others, &chain);
                let rest = store.vec(rest);
                return Ok(store.mul(&[rest, row]));
            }
            let at = chain.iter().position(|f| known.contains_key(&f.base)).ok_or(refused)?;
            let front = store.product(coefficient, &scalars, &[]);
            let left = side(store, &chain[..at]);
            let right = side(store, &chain[at + 1..]);
            let matrix = sandwich(store, left, chain[at], right, known);
            Ok(store.mul(&[front, matrix]))
        }
        Node::Hadamard(entries) => {
            let at = entries.iter().position(|(b, _)| known.contains_key(b)).ok_or(refused)?;
            let matrix = known[&entries[at].0];
            let mut others = entries;
            others.remove(at);
            let rest = store.hadamard_entries(Rational::ONE, &[], &others, shape);
            let rest = store.vec(rest);
            let diagonal = store.diag(rest);
            Ok(store.mul(&[diagonal, matrix]))
        }
        Node::Trace(a) => {
            let eye = store.eye(store.shape(a).rows);
            Ok(row_times(store, eye, known[&a]))
        }
        Node::Diag(v) => {
            let spread = khatri_rao(store, shape.rows, None, None);
            Ok(store.mul(&[spread, known[&v]]))
        }
        Node::Diagonal(a) => Ok(spread::diagonal(store, a, known)),
        Node::Vec(a) | Node::Unvec(a, _) => Ok(known[&a]),
        Node::Kron(parts) => {
            let at = parts.iter().position(|p| known.contains_key(p)).ok_or(refused)?;
            Ok(kron(store, &parts, at, known[&parts[at]]))
        }
        Node::BigSum { level, low, high, body } => {
            let (index, opened) = store.open_sum(level, body);
            let inner = jacobian(store, opened, dx)?;
            Ok(store.big_sum(index, low, high, inner))
        }
        Node::Call(fun, args) if ops::row(fun).is_some_and(|r| matches!(r.d, ops::Derivative::SelfAdjoint)) => {
            let ones = store.ones(shape);
            let mask = ops::call(store, fun, &[ones]);
            let mask = store.vec(mask);
            let diagonal = store.diag(mask);
            Ok(store.mul(&[diagonal, known[&args[0]]]))
        }
        Node::Call(fun, args) if ops::row(fun).is_some_and(|r| r.name == "vech") => {
            let n = store.size(store.shape(args[0]).rows);
            let pick = ops::apply(store, "elimination", &[n]);
            Ok(store.mul(&[pick, known[&args[0]]]))
        }
        Node::Call(fun, args) => match stacked(store, fun, &args) {
            Some((matrix, c)) if known.contains_key(&c) && args.iter().filter(|a| known.contains_key(a)).count() == 1 => {
                let inverse = store.inverse(matrix);
                Ok(store.mul(&[inverse, known[&c]]))
            }
            _ => Err(refused),
        },
        _ => Err(refused),
    }
}

/// The matrix I ⊗ A + Bᵀ ⊗ I of A X + X B = C, with C, where the function is the solution X.
pub fn stacked(store: &mut Store, fun: Fun, args: &[ExprId]) -> Option<(ExprId, ExprId)> {
    let (a, b, c) = match (ops::row(fun)?.name, args) {
        ("sylvester", &[a, b, c]) => (a, b, c),
        ("lyapunov", &[a, c]) => (a, store.transpose(a), c),
        _ => return None,
    };
    let shape = store.shape(c);
    let (left, right) = (store.eye(shape.cols), store.eye(shape.rows));
    let turned = store.transpose(b);
    let parts = [store.kron(&[left, a]), store.kron(&[turned, right])];
    Some((store.add(&parts), c))
}

/// Whether a commutation matrix stands in front.
fn begins_with_commutation(store: &Store, id: ExprId) -> bool {
    let front = match store.node(id) {
        Node::Product { chain, .. } => chain.first().map_or(id, |f| f.base),
        _ => id,
    };
    ops::args_of(store, front, "commutation").is_some()
}

/// vec(A F B) = (Bᵀ ⊗ A) vec F, with vec F = M; the commutation matrix K stands in front where F is transposed.
fn sandwich(store: &mut Store, left: Option<ExprId>, f: Factor, right: Option<ExprId>, known: &FxHashMap<ExprId, ExprId>) -> ExprId {
    let shape = store.factor_shape(f);
    if let Node::Diag(v) = *store.node(f.base) {
        // A Diag(v) B: each column of the result is linear in v.
        let spread = khatri_rao(store, shape.rows, left, right);
        let inner = known.get(&v).copied().unwrap_or(v);
        return store.mul(&[spread, inner]);
    }
    let matrix = known[&f.base];
    let left = left.unwrap_or_else(|| store.eye(shape.rows));
    let right = match right {
        Some(right) => store.transpose(right),
        None => store.eye(shape.cols),
    };
    if f.flipped {
        // vec(A Fᵀ B) = K vec(Bᵀ F Aᵀ) = K (A ⊗ Bᵀ) vec F.
        let (rows, cols) = (store.shape(right).rows, store.shape(left).rows);
        let (rows, cols) = (store.size(rows), store.size(cols));
        let turn = ops::apply(store, "commutation", &[rows, cols]);
        let outer = store.kron(&[left, right]);
        return store.mul(&[turn, outer, matrix]);
    }
    let outer = store.kron(&[right, left]);
    store.mul(&[outer, matrix])
}

/// vec(W)ᵀ M, taken into the Kronecker products at the front of M.
fn row_times(store: &mut Store, w: ExprId, matrix: ExprId) -> ExprId {
    let spread = |store: &mut Store, kron: ExprId| -> Option<ExprId> {
        let Node::Kron(parts) = store.node(kron).clone() else { return None };
        let [p, q] = parts[..] else { return None };
        let shape = store.shape(w);
        if store.shape(q).rows != shape.rows || store.shape(p).rows != shape.cols {
            return None;
        }
        let turned = store.transpose(q);
        Some(store.mul(&[turned, w, p]))
    };
    match store.node(matrix).clone() {
        Node::Sum(terms) => {
            let rows = terms.into_iter().map(|(c, t)| (c, row_times(store, w, t))).collect();
            store.sum(rows)
        }
        Node::Kron(_) => {
            if let Some(inner) = spread(store, matrix) {
                let column = store.vec(inner);
                return store.transpose(column);
            }
            plain_row(store, w, matrix)
        }
        Node::Product { coefficient, scalars, chain } if !chain.is_empty() => {
            let first = store.factor(chain[0]);
            let Some(inner) = spread(store, first) else { return plain_row(store, w, matrix) };
            let rest = store.product(coefficient, &scalars, &chain[1..]);
            if chain.len() > 1 {
                row_times(store, inner, rest)
            } else {
                let column = store.vec(inner);
                let row = store.transpose(column);
                store.mul(&[rest, row])
            }
        }
        _ => plain_row(store, w, matrix),
    }
}

fn plain_row(store: &mut Store, w: ExprId, matrix: ExprId) -> ExprId {
    let column = store.vec(w);
    let row = store.transpose(column);
    store.mul(&[row, matrix])
}

/// vec(A ⊗ B) = (I ⊗ K ⊗ I)(vec A ⊗ vec B) (Magnus and Neudecker 2019, theorem 3.10), with one of the two varying.
fn kron(store: &mut Store, parts: &[ExprId], at: usize, matrix: ExprId) -> ExprId {
    let left = store.kron(&parts[..at]);
    let right = store.kron(&parts[at + 1..]);
    let middle = store.shape(parts[at]);
    let mut current = matrix;
    let mut shape = middle;
    for (other, before) in [(left, true), (right, false)] {
        let s = store.shape(other);
        if s.is_scalar() {
            current = store.mul(&[other, current]);
            continue;
        }
        let (a, b) = if before { (s, shape) } else { (shape, s) };
        let column = store.vec(other);
        let size = store.dim_times(shape.rows, shape.cols);
        let eye = store.eye(size);
        let stacked = if before { store.kron(&[column, eye]) } else { store.kron(&[eye, column]) };
        // K takes the columns of B past the rows of A.
        let (q, m) = (store.size(b.cols), store.size(a.rows));
        let turn = ops::apply(store, "commutation", &[q, m]);
        let (outer, inner) = (store.eye(a.cols), store.eye(b.rows));
        let shuffle = store.kron(&[outer, turn, inner]);
        current = store.mul(&[shuffle, stacked, current]);
        shape = Shape::new(store.dim_times(a.rows, b.rows), store.dim_times(a.cols, b.cols));
    }
    current
}
