//! Sums of indexed sums: over the same range, and over two ranges that leave out one value between them.

use super::Rewriter;
use super::expand::multiplied_out;
use crate::base::Rational;
use crate::ir::{ExprId, Node, Store};
use rustc_hash::FxHashSet;

/// How many terms a sum may have for its ranges to be compared with one another.
pub(super) const TERMS: usize = 24;

/// A term c Σ_{low}^{high} body of a sum.
#[derive(Clone, Copy)]
struct Range {
    level: u32,
    low: ExprId,
    high: ExprId,
    body: ExprId,
}

fn range(store: &Store, t: ExprId) -> Option<Range> {
    match *store.node(t) {
        Node::BigSum { level, low, high, body } => Some(Range { level, low, high, body }),
        _ => None,
    }
}

/// Σᵢ aᵢ + Σᵢ bᵢ = Σᵢ (aᵢ + bᵢ) over the same range.
pub(super) fn same(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.written_terms(id) else { return Vec::new() };
    let mut tried: Vec<(ExprId, ExprId)> = Vec::new();
    let mut results = Vec::new();
    for Range { low, high, .. } in terms.iter().filter_map(|&(_, t)| range(store, t)).collect::<Vec<_>>() {
        if tried.contains(&(low, high)) {
            continue;
        }
        tried.push((low, high));
        let index = store.fresh_index();
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (c, t) in &terms {
            match range(store, *t) {
                Some(r) if r.low == low && r.high == high => inside.push((c.clone(), at_index(store, r, index))),
                _ => outside.push((c.clone(), *t)),
            }
        }
        if inside.len() >= 2 {
            let body = store.sum(inside);
            let sum = store.big_sum(index, low, high, body);
            outside.insert(0, (Rational::ONE, sum));
            results.push(store.sum(outside));
        }
    }
    results
}

/// Σ_{i<k} aᵢ + Σ_{i>k} bᵢ = Σ_{i≠k} aᵢ where a and b are the same, written in two ways.
pub(super) fn all_but_one(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.written_terms(id).filter(|terms| terms.len() <= TERMS) else { return Vec::new() };
    let ranges: Vec<(usize, Range)> = terms.iter().enumerate().filter_map(|(at, &(_, t))| range(store, t).map(|r| (at, r))).collect();
    let mut results = Vec::new();
    for &(before, a) in &ranges {
        for &(after, b) in &ranges {
            if !store.leaves_one_out(a.high, b.low) {
                continue;
            }
            let index = store.fresh_index();
            let f = at_index(store, a, index);
            let g = at_index(store, b, index);
            let g = signed_like(store, g, f);
            if f == g {
                continue;
            }
            let minus = terms[after].0.neg();
            let gap = store.sum(vec![(terms[before].0.clone(), f), (minus, g)]);
            let gap = multiplied_out(store, gap);
            if !store.is_zero(gap) {
                continue;
            }
            for (from, to, body, range) in [(before, after, f, b), (after, before, g, a)] {
                let mut terms = terms.clone();
                terms[to] = (terms[from].0.clone(), store.big_sum(index, range.low, range.high, body));
                results.push(store.sum(terms));
            }
        }
    }
    results
}

/// An expression with 1/(y − x) in it written −1/(x − y), where another is written with x − y.
fn signed_like(store: &mut Store, id: ExprId, other: ExprId) -> ExprId {
    let written: FxHashSet<ExprId> = store.reachable(&[other]).into_iter().collect();
    let mut turned = Vec::new();
    for at in store.reachable(&[id]) {
        let Node::Product { coefficient, mut scalars, chain } = store.node(at).clone() else { continue };
        let odd = |store: &Store, e: ExprId| store.as_num(e).and_then(Rational::to_integer).is_some_and(|n| n % 2 != 0);
        let mut sign = Rational::ONE;
        for (base, exponent) in &mut scalars {
            if matches!(store.node(*base), Node::Sum(_)) && odd(store, *exponent) {
                let negative = store.neg(*base);
                if written.contains(&negative) {
                    *base = negative;
                    sign = sign.neg();
                }
            }
        }
        if sign.is_negative() {
            turned.push((at, store.product(coefficient.neg(), &scalars, &chain)));
        }
    }
    if turned.is_empty() { id } else { store.substitute(id, &turned) }
}

fn at_index(store: &mut Store, range: Range, index: ExprId) -> ExprId {
    let (own, opened) = store.open_sum(range.level, range.body);
    store.substitute(opened, &[(own, index)])
}
