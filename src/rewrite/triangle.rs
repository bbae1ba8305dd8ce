//! Triangles of a matrix: tril and triu, sums over them, vech with the duplication and the elimination matrix.
//!
//! Source: Magnus and Neudecker (2019), sections 3.8 and 3.9.

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Store};
use crate::ops;

/// How many terms a sum may have for the two triangles of a matrix to be sought in it.
const TERMS: usize = 24;

/// What a factor is, as far as these laws are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    /// D: duplication.
    Double,
    /// L: elimination.
    Pick,
    /// A square commutation matrix, which is symmetric.
    Turn,
    /// vec(A).
    Whole(ExprId),
    /// vech(A).
    Triangle(ExprId),
}

fn half(store: &Store, base: ExprId) -> Option<Half> {
    if let Node::Vec(a) = store.node(base) {
        return Some(Half::Whole(*a));
    }
    let Node::Call(fun, args) = store.node(base) else { return None };
    match ops::row(*fun)?.name {
        "duplication" => Some(Half::Double),
        "elimination" => Some(Half::Pick),
        "commutation" if args[0] == args[1] => Some(Half::Turn),
        "vech" => Some(Half::Triangle(args[0])),
        _ => None,
    }
}

/// L vec(A) = vech(A), D vech(S) = vec(S) for a symmetric S, L D = I, K D = D; and their transposes.
pub(super) fn duplicated(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for at in 0..chain.len().saturating_sub(1) {
        let (f, g) = (chain[at], chain[at + 1]);
        let turned = |f: Factor, h: Half| f.flipped && h != Half::Turn;
        let Some((a, b)) = half(store, f.base).zip(half(store, g.base)) else { continue };
        if f.power != ExprId::ONE || g.power != ExprId::ONE {
            continue;
        }
        // A transposed pair is the same law read from the right.
        let back = turned(f, a) || turned(g, b);
        if back && (a != Half::Turn && !turned(f, a) || b != Half::Turn && !turned(g, b)) {
            continue;
        }
        let (first, second) = if back { (b, a) } else { (a, b) };
        let new = match (first, second) {
            (Half::Pick, Half::Whole(m)) => ops::apply(store, "vech", &[m]),
            (Half::Double, Half::Triangle(s)) if store.is(s, Facts::SYMMETRIC) => store.vec(s),
            (Half::Pick, Half::Double) => store.eye(store.factor_shape(f).rows),
            (Half::Turn, Half::Double) => {
                if back {
                    f.base
                } else {
                    g.base
                }
            }
            _ => continue,
        };
        let new = if back { store.transpose(new) } else { new };
        results.push(store.with_run(id, at..at + 2, &[new]));
    }
    results
}

/// unvec(Lᵀ vech(A)) is the lower triangle of A.
pub(super) fn triangle(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Unvec(v, _) = *store.node(id) else { return Vec::new() };
    let Node::Product { coefficient, scalars, chain } = store.node(v).clone() else { return Vec::new() };
    let [f, g] = chain[..] else { return Vec::new() };
    match (half(store, f.base), half(store, g.base)) {
        (Some(Half::Pick), Some(Half::Triangle(a))) if f.flipped && !g.flipped && f.power == ExprId::ONE && g.power == ExprId::ONE => {
            let front = store.product(coefficient, &scalars, &[]);
            let lower = ops::apply(store, "tril", &[a]);
            vec![store.mul(&[front, lower])]
        }
        _ => Vec::new(),
    }
}

/// tril(A) + triu(A) = A + diag(diag(A)); and their transposes.
pub(super) fn both(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.few_terms(id, TERMS) else { return Vec::new() };
    let half = |store: &mut Store, t: ExprId, name: &str| {
        let turned = store.transpose(t);
        let of = |store: &Store, t| ops::args_of(store, t, name).map(|args| args[0]);
        of(store, t).map(|a| (a, false)).or_else(|| of(store, turned).map(|a| (a, true)))
    };
    let lower: Vec<_> = terms.iter().map(|(_, t)| half(store, *t, "tril")).collect();
    let upper: Vec<_> = terms.iter().map(|(_, t)| half(store, *t, "triu")).collect();
    for (i, found) in lower.iter().enumerate() {
        let Some((a, turned)) = *found else { continue };
        let Some(j) = (0..terms.len()).find(|&j| upper[j] == *found && terms[j].0 == terms[i].0) else { continue };
        let whole = if turned { store.transpose(a) } else { a };
        let diagonal = store.diagonal(a);
        let mut sum: Vec<_> = terms.iter().enumerate().filter(|(at, _)| *at != i && *at != j).map(|(_, t)| t.clone()).collect();
        sum.extend([(terms[i].0.clone(), whole), (terms[i].0.clone(), store.diag(diagonal))]);
        return vec![store.sum(sum)];
    }
    Vec::new()
}

/// Σ_{j>i} A[i,j] g(j) = Σⱼ U[i,j] g(j) for the part U = A − tril(A) of A above its diagonal; with j from i on, U is triu(A),
/// and for j up to i it is the part below.
pub(super) fn sum(store: &mut Store, id: ExprId) -> Option<ExprId> {
    let Node::BigSum { level, low, high, body } = *store.node(id) else { return None };
    let (index, body) = store.open_sum(level, body);
    if !is_polynomial(store, index, body) {
        // Outside the triangle the summand may not be defined: 1/(xᵢ − xⱼ) for j = i.
        return None;
    }
    let factors = match store.node(body) {
        Node::Product { scalars, .. } => scalars.iter().filter(|s| s.1 == ExprId::ONE).map(|s| s.0).chain([body]).collect(),
        _ => vec![body],
    };
    factors.into_iter().find_map(|entry| {
        let Node::Product { coefficient, scalars, chain } = store.node(entry).clone() else { return None };
        let ([first, middle @ .., last], true) = (&chain[..], scalars.is_empty()) else { return None };
        let (&Node::Basis(row, rows), &Node::Basis(col, cols)) = (store.node(first.base), store.node(last.base)) else { return None };
        let (other, above) = if col == index { (row, true) } else { (col, false) };
        let (true, false) = (rows == cols && (row == index || col == index), other == index || middle.is_empty()) else { return None };
        let size = store.size(rows);
        let matrix = store.product(coefficient, &[], middle);
        // The sum begins at the other index or behind it, or it ends there or before.
        let (after, before) = (store.sub(low, other), store.sub(other, high));
        let half = match (store.as_num(after).and_then(Rational::to_integer), store.as_num(before).and_then(Rational::to_integer)) {
            (Some(gap @ (0 | 1)), None) if high == size => part(store, matrix, above, gap == 1),
            (None, Some(gap @ (0 | 1))) if low == ExprId::ONE => part(store, matrix, !above, gap == 1),
            _ => return None,
        };
        let (row, col) = (store.factor(*first), store.factor(*last));
        let entry_of_half = store.mul(&[row, half, col]);
        let body = store.substitute(body, &[(entry, entry_of_half)]);
        Some(store.big_sum(index, ExprId::ONE, size, body))
    })
}

/// Whether a summand is a polynomial in everything that counts with an index, and so is defined for all its values.
fn is_polynomial(store: &mut Store, index: ExprId, body: ExprId) -> bool {
    let (order, _) = store.dependents_in_order(body, &[index]);
    let whole = |e: ExprId| store.as_num(e).and_then(Rational::to_integer).is_some_and(|n| n >= 0);
    order.into_iter().all(|id| match store.node(id) {
        Node::Product { scalars, chain, .. } => scalars.iter().all(|s| whole(s.1)) && chain.iter().all(|f| whole(f.power)),
        Node::Hadamard(entries) => entries.iter().all(|e| whole(e.1)),
        Node::Call(..) | Node::BigSum { .. } => false,
        _ => true,
    })
}

/// The part of a matrix on and above its diagonal, or on and below; without the diagonal where that is asked for.
fn part(store: &mut Store, matrix: ExprId, above: bool, strict: bool) -> ExprId {
    let (own, other) = if above { ("triu", "tril") } else { ("tril", "triu") };
    if !strict {
        return ops::apply(store, own, &[matrix]);
    }
    let rest = ops::apply(store, other, &[matrix]);
    store.sub(matrix, rest)
}
