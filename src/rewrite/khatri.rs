//! Rows and columns scaled, and Kronecker products row by row and column by column (Khatri and Rao 1968).
//!
//! The column-wise product of P and Q, (P ⊗ 1) ∘ (1 ⊗ Q), takes v to vec(Q Diag(v) Pᵀ); its transpose, the row-wise
//! product of Pᵀ and Qᵀ, takes vec(M) to diag(Qᵀ M P). With P = Q = I they put a diagonal into a matrix and pick it out.

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Factor, Node, Power, Shape, Store};
use crate::ops;

/// Longer sums are left alone.
const TERMS: usize = 16;

/// (u 1ᵀ) ∘ M = Diag(u) M and (1 uᵀ) ∘ M = M Diag(u).
pub(super) fn scaled(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let shape = store.shape(id);
    let Node::Hadamard(entries) = store.node(id) else { return Vec::new() };
    let is_end = |f: Option<&Factor>| f.is_some_and(|f| matches!(store.node(f.base), Node::Diag(_) | Node::Ones(_)));
    let has_end = |base: ExprId| matches!(store.node(base), Node::Product { chain, .. } if is_end(chain.first()) || is_end(chain.last()));
    if !entries.iter().any(|p| has_end(p.0)) {
        return Vec::new();
    }
    let entries = entries.clone();
    let mut results = Vec::new();
    for (at, &(base, exponent)) in entries.iter().enumerate() {
        results.extend(taken_out(store, &entries, at, shape));
        let Some((u, rows)) = repeated(store, base).filter(|_| entries.len() > 1) else { continue };
        let rest: Vec<Power> = entries.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, &e)| e).collect();
        let rest = store.hadamard_entries(Rational::ONE, &[], &rest, shape);
        let weights = store.hadamard_power(u, exponent);
        let weights = store.diag(weights);
        results.push(if rows { store.mul(&[weights, rest]) } else { store.mul(&[rest, weights]) });
    }
    results
}

/// (Diag(u) A) ∘ B = Diag(u) (A ∘ B) and (A Diag(u)) ∘ B = (A ∘ B) Diag(u).
fn taken_out(store: &mut Store, entries: &[Power], at: usize, shape: Shape) -> Vec<ExprId> {
    let (base, ExprId::ONE) = entries[at] else { return Vec::new() };
    let Node::Product { coefficient, scalars, chain } = store.node(base).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for rows in [true, false] {
        let end = if rows { 0 } else { chain.len() - 1 };
        if chain.len() < 2 || chain[end].power != ExprId::ONE || !matches!(store.node(chain[end].base), Node::Diag(_)) {
            continue;
        }
        let mut rest = chain.clone();
        let weights = store.factor(rest.remove(end));
        let inner = store.product(coefficient.clone(), &scalars, &rest);
        let mut all = entries.to_vec();
        all[at].0 = inner;
        let all = store.hadamard_entries(Rational::ONE, &[], &all, shape);
        results.push(if rows { store.mul(&[weights, all]) } else { store.mul(&[all, weights]) });
    }
    results
}

/// Diag(u) A v = u ∘ (A v) in the terms of a sum of columns, where they may meet others.
pub(super) fn weighted_terms(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    if !store.shape(id).is_column() {
        return Vec::new();
    }
    let Node::Sum(terms) = store.node(id) else { return Vec::new() };
    if terms.len() > TERMS || !terms.iter().any(|&(_, t)| weights(store, t).is_some()) {
        return Vec::new();
    }
    let mut sum = store.written_terms(id).unwrap_or_default();
    for (_, t) in &mut sum {
        let Some(u) = weights(store, *t) else { continue };
        let Node::Product { coefficient, scalars, chain } = store.node(*t).clone() else { continue };
        let rest = store.product(Rational::ONE, &[], &chain[1..]);
        let entries = store.hadamard(&[u, rest]);
        let front = store.product(coefficient, &scalars, &[]);
        *t = store.mul(&[front, entries]);
    }
    vec![store.sum(sum)]
}

/// The u of Diag(u) A v.
fn weights(store: &Store, id: ExprId) -> Option<ExprId> {
    let Node::Product { chain, .. } = store.node(id) else { return None };
    match *store.node(chain.first()?.base) {
        Node::Diag(u) if chain.len() > 1 && chain[0].power == ExprId::ONE => Some(u),
        _ => None,
    }
}

/// The u of u 1ᵀ (`true`) or 1 uᵀ.
fn repeated(store: &mut Store, id: ExprId) -> Option<(ExprId, bool)> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return None };
    let is_ones = |store: &Store, f: Option<&Factor>| f.is_some_and(|f| matches!(store.node(f.base), Node::Ones(_)));
    if !coefficient.is_one() || !scalars.is_empty() || chain.len() < 2 {
        return None;
    }
    if is_ones(store, chain.last()) && chain[chain.len() - 1].flipped {
        return Some((store.product(Rational::ONE, &[], &chain[..chain.len() - 1]), true));
    }
    if is_ones(store, chain.first()) && !chain[0].flipped {
        let row = store.product(Rational::ONE, &[], &chain[1..]);
        return Some((store.transpose(row), false));
    }
    None
}

/// A Kronecker product taken column by column, or row by row.
#[derive(Clone, Copy)]
struct Split {
    rows: bool,
    p: ExprId,
    q: ExprId,
}

/// A factor that is a Kronecker product column by column or row by row.
fn split(store: &mut Store, f: Factor) -> Option<Split> {
    let Node::Hadamard(entries) = store.node(f.base).clone() else { return None };
    let [(a, ExprId::ONE), (b, ExprId::ONE)] = entries[..] else { return None };
    if f.power != ExprId::ONE {
        return None;
    }
    let (Node::Kron(a), Node::Kron(b)) = (store.node(a).clone(), store.node(b).clone()) else { return None };
    let found = [(&a, &b), (&b, &a)].into_iter().find_map(|(outer, inner)| {
        let (&spread, p) = outer.split_last()?;
        let (&repeated, q) = inner.split_first()?;
        let (spread, repeated) = (ones(store, spread)?, ones(store, repeated)?);
        let (p, q) = (store.kron(p), store.kron(q));
        let (s, t) = (store.shape(p), store.shape(q));
        let columns = spread == Shape::column(t.rows) && repeated == Shape::column(s.rows);
        let rows = spread == Shape::new(DimId::ONE, t.cols) && repeated == Shape::new(DimId::ONE, s.cols);
        (columns || rows).then_some(Split { rows, p, q })
    })?;
    if !f.flipped {
        return Some(found);
    }
    let (p, q) = (store.transpose(found.p), store.transpose(found.q));
    Some(Split { rows: !found.rows, p, q })
}

/// The shape of a column or a row of ones.
fn ones(store: &Store, id: ExprId) -> Option<Shape> {
    let is_ones = match store.node(id) {
        Node::Ones(_) => true,
        Node::Product { coefficient, scalars, chain } => {
            coefficient.is_one() && scalars.is_empty() && matches!(chain[..], [f] if matches!(store.node(f.base), Node::Ones(_)))
        }
        _ => false,
    };
    is_ones.then(|| store.shape(id))
}

/// What a row-wise or column-wise Kronecker product does to its neighbours: row by row times column by column is P R ∘ Q S,
/// a Kronecker product goes inside, a commutation matrix turns it round, vec(M) becomes diag(Q M Pᵀ).
pub(super) fn neighbours(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for at in 0..chain.len().saturating_sub(1) {
        let (left, right) = (split(store, chain[at]), split(store, chain[at + 1]));
        let met = match (left, right) {
            (Some(l), Some(r)) if l.rows && !r.rows => entries(store, l, r),
            (Some(l), None) if l.rows => inside(store, l, chain[at + 1]),
            (None, Some(r)) if !r.rows => {
                let (p, q) = (store.transpose(r.p), store.transpose(r.q));
                let f = Factor { flipped: !chain[at].flipped, ..chain[at] };
                inside(store, Split { rows: true, p, q }, f).map(|turned| store.transpose(turned))
            }
            (Some(l), None) => weighted(store, l, chain[at + 1]),
            _ => None,
        };
        let Some(met) = met else { continue };
        results.push(store.with_run(id, at..at + 2, &[met]));
    }
    results
}

/// (xᵀ ⊗ I) Diag(vec M) before a column-wise product is (M Diag(x) P) ∘ Q, (I ⊗ xᵀ) Diag(vec M) before it (Mᵀ Diag(x) Q) ∘ P;
/// after a row-wise product the mirror images.
pub(super) fn masked(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for at in 1..chain.len().saturating_sub(1) {
        let (Node::Diag(v), ExprId::ONE) = (store.node(chain[at].base).clone(), chain[at].power) else { continue };
        let Node::Vec(m) = *store.node(v) else { continue };
        let turned = |f: Factor| Factor { flipped: !f.flipped, ..f };
        let met = weighted_columns(store, chain[at - 1], m, chain[at + 1]).or_else(|| {
            let mirrored = weighted_columns(store, turned(chain[at + 1]), m, turned(chain[at - 1]))?;
            Some(store.transpose(mirrored))
        });
        let Some(met) = met else { continue };
        results.push(store.with_run(id, at - 1..at + 2, &[met]));
    }
    results
}

fn weighted_columns(store: &mut Store, left: Factor, m: ExprId, right: Factor) -> Option<ExprId> {
    let right = split(store, right).filter(|r| !r.rows)?;
    let left = store.factor(left);
    let Node::Kron(parts) = store.node(left).clone() else { return None };
    let [a, b] = parts[..] else { return None };
    let (rows, cols) = (store.shape(m).rows, store.shape(m).cols);
    let is_eye = |store: &Store, id: ExprId, dim: DimId| matches!(store.node(id), Node::Eye(d) if *d == dim);
    let is_row = |store: &Store, id: ExprId, dim: DimId| store.shape(id) == Shape::new(DimId::ONE, dim);
    if store.shape(right.p).rows != cols || store.shape(right.q).rows != rows {
        return None;
    }
    let (x, matrix, inner, outer) = if is_row(store, a, cols) && is_eye(store, b, rows) {
        (a, m, right.p, right.q)
    } else if is_eye(store, a, cols) && is_row(store, b, rows) {
        (b, store.transpose(m), right.q, right.p)
    } else {
        return None;
    };
    let column = store.transpose(x);
    let weights = store.diag(column);
    let product = store.mul(&[matrix, weights, inner]);
    Some(store.hadamard(&[product, outer]))
}

/// (Row i of P ⊗ row i of Q)(column j of R ⊗ column j of S) = (P R)ᵢⱼ (Q S)ᵢⱼ.
fn entries(store: &mut Store, l: Split, r: Split) -> Option<ExprId> {
    if store.shape(l.p).cols != store.shape(r.p).rows || store.shape(l.q).cols != store.shape(r.q).rows {
        return None;
    }
    let (a, b) = (store.mul(&[l.p, r.p]), store.mul(&[l.q, r.q]));
    Some(store.hadamard(&[a, b]))
}

/// A row-wise product before A ⊗ B, a commutation matrix, or vec(M).
fn inside(store: &mut Store, l: Split, f: Factor) -> Option<ExprId> {
    if f.power != ExprId::ONE {
        return None;
    }
    let (p, q) = (store.shape(l.p), store.shape(l.q));
    let right = store.factor(f);
    if let Node::Kron(parts) = store.node(right).clone() {
        for cut in 1..parts.len() {
            let (a, b) = (store.kron(&parts[..cut]), store.kron(&parts[cut..]));
            if store.shape(a).rows == p.cols && store.shape(b).rows == q.cols {
                let (p, q) = (store.mul(&[l.p, a]), store.mul(&[l.q, b]));
                return Some(store.khatri_rao(true, p, q));
            }
        }
        return None;
    }
    if let Some(args) = ops::args_of(store, f.base, "commutation") {
        let (m, n) = (store.as_dim(args[0])?, store.as_dim(args[1])?);
        // K(m,n) takes x ⊗ y of lengths n and m to y ⊗ x.
        let (m, n) = if f.flipped { (n, m) } else { (m, n) };
        return (p.cols == m && q.cols == n).then(|| store.khatri_rao(true, l.q, l.p));
    }
    if let (Node::Vec(m), false) = (store.node(f.base).clone(), f.flipped)
        && store.shape(m) == Shape::new(q.cols, p.cols)
    {
        let turned = store.transpose(l.p);
        let whole = store.mul(&[l.q, m, turned]);
        return Some(store.diagonal(whole));
    }
    None
}

/// A column-wise product with a column: vec(Q Diag(v) Pᵀ).
fn weighted(store: &mut Store, l: Split, f: Factor) -> Option<ExprId> {
    let v = store.factor(f);
    if !store.shape(v).is_column() {
        return None;
    }
    let (weights, turned) = (store.diag(v), store.transpose(l.p));
    let whole = store.mul(&[l.q, weights, turned]);
    Some(store.vec(whole))
}
