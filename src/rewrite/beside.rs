//! Sums beside themselves and beside their inverses: projections, (I − P)² = I − P, and inv(I + A) A = I − inv(I + A).

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Node, Store};

/// Longer sums are left alone.
const TERMS: usize = 6;
/// The same for a sum in which every term is looked at.
const LONG: usize = 16;

/// S² multiplied out, where S is a sum: what a projection gives is itself.
pub(super) fn squared(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for (at, f) in chain.iter().enumerate() {
        let power = store.as_num(f.power).and_then(Rational::to_integer).filter(|p| *p >= 2);
        let (Some(power), Some(terms)) = (power, store.few_terms(f.base, TERMS)) else { continue };
        let mut sum = Vec::new();
        for (c, t) in &terms {
            for (d, u) in &terms {
                sum.push((c.mul(d), store.mul(&[*t, *u])));
            }
        }
        let square = store.sum(sum);
        let square = if f.flipped { store.transpose(square) } else { square };
        let rest = store.int(power - 2);
        let rest = store.factor(Factor { power: rest, ..*f });
        let whole = store.mul(&[square, rest]);
        results.push(store.with_run(id, at..at + 1, &[whole]));
    }
    results
}

/// inv(S) T = k I + inv(S) (T − k S), and the mirror image, for each k by which T and S have a term in common.
pub(super) fn inverse(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for (at, f) in chain.iter().enumerate().filter(|(_, f)| f.power == ExprId::MINUS_ONE) {
        let Some(terms) = store.few_terms(f.base, TERMS) else { continue };
        for (start, end, t) in neighbours(store, &chain, at, &terms) {
            // What is turned round is turned back: inv(S)ᵀ T = (Tᵀ inv(S))ᵀ.
            let t = if f.flipped { store.transpose(t) } else { t };
            let left = (start == at) != f.flipped;
            for (k, rest) in remainders(store, f.base, &terms, t) {
                let inverse = store.inverse(f.base);
                let product = if left { store.mul(&[inverse, rest]) } else { store.mul(&[rest, inverse]) };
                let parts = [(k, store.eye(store.shape(f.base).rows)), (Rational::ONE, product)];
                let new = parts.map(|(k, part)| {
                    let part = if f.flipped { store.transpose(part) } else { part };
                    (k, store.with_run(id, start..end, &[part]))
                });
                results.push(store.sum(new.to_vec()));
            }
        }
    }
    results
}

/// What stands beside the inverse of a sum and may be taken from it: a sum, or as many factors as a term has.
fn neighbours(store: &mut Store, chain: &[Factor], at: usize, terms: &[(Rational, ExprId)]) -> Vec<(usize, usize, ExprId)> {
    let mut lengths = vec![1];
    for &(_, t) in terms {
        if let Node::Product { chain, .. } = store.node(t)
            && !lengths.contains(&chain.len())
        {
            lengths.push(chain.len());
        }
    }
    let mut found = Vec::new();
    for length in lengths {
        if at + length < chain.len() {
            let t = store.product(Rational::ONE, &[], &chain[at + 1..=at + length]);
            found.push((at, at + length + 1, t));
        }
        if at >= length {
            let t = store.product(Rational::ONE, &[], &chain[at - length..at]);
            found.push((at - length, at + 1, t));
        }
    }
    let shape = store.shape(chain[at].base);
    found.retain(|&(.., t)| store.shape(t) == shape);
    found
}

/// The k and T − k S for the terms that T and S have in common.
fn remainders(store: &mut Store, s: ExprId, terms: &[(Rational, ExprId)], t: ExprId) -> Vec<(Rational, ExprId)> {
    let others = store.few_terms(t, TERMS).unwrap_or_else(|| {
        let (c, bare) = store.split_number(t);
        vec![(c, bare)]
    });
    let mut found: Vec<(Rational, ExprId)> = Vec::new();
    for (c, term) in &others {
        let Some(k) = terms.iter().find(|(_, u)| u == term).and_then(|(d, _)| c.div(d)) else { continue };
        if found.iter().all(|(known, _)| *known != k) {
            let rest = store.sum(vec![(Rational::ONE, t), (k.neg(), s)]);
            found.push((k, rest));
        }
    }
    found
}

/// The same in every term of a sum, where what comes out may meet other terms.
pub(super) fn inverse_in_sum(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.few_terms(id, LONG) else { return Vec::new() };
    let mut new = Vec::new();
    let mut changed = false;
    for (c, t) in terms {
        let split = inverse(rewriter, store, t).into_iter().next();
        changed |= split.is_some();
        new.push((c, split.unwrap_or(t)));
    }
    if changed { vec![store.sum(new)] } else { Vec::new() }
}
