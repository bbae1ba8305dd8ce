//! Multiplying out, where what cancels makes the result shorter.

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Node, Store};

/// How many terms an expansion may have, and how long an expression may be to be tried.
const TERMS: usize = 40;
const LENGTH: u64 = 160;

/// a (b + c) d = a b d + a c d for each sum among the factors.
pub(super) fn product(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    if rewriter.cost(store, id) > LENGTH {
        return Vec::new();
    }
    spread(store, id, false).into_iter().map(|terms| store.sum(terms)).collect()
}

/// Each term of a sum multiplied out as far as it goes.
pub(super) fn sum(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = sum_terms(store, id) else { return Vec::new() };
    if rewriter.cost(store, id) > LENGTH {
        return Vec::new();
    }
    let mut flat: Vec<(Rational, ExprId)> = terms;
    let mut changed = false;
    for _ in 0..4 {
        let mut next = Vec::new();
        let mut more = false;
        for (c, t) in flat {
            match spread(store, t, false).into_iter().next() {
                Some(parts) => {
                    more = true;
                    next.extend(parts.into_iter().map(|(k, p)| (c.mul(&k), p)));
                }
                None => next.push((c, t)),
            }
        }
        flat = next;
        changed |= more;
        if !more {
            break;
        }
        if flat.len() > TERMS {
            return Vec::new();
        }
    }
    if changed { vec![store.sum(flat)] } else { Vec::new() }
}

/// The whole expression multiplied out as far as it goes; itself where that would be too long.
pub fn multiplied_out(store: &mut Store, id: ExprId) -> ExprId {
    flattened(store, id, false)
}

/// The same; with `squares`, what stands beside its own transpose is multiplied out too.
pub(super) fn flattened(store: &mut Store, id: ExprId, squares: bool) -> ExprId {
    let mut flat: Terms = sum_terms(store, id).unwrap_or_else(|| vec![(Rational::ONE, id)]);
    for _ in 0..8 {
        let mut next = Vec::new();
        let mut more = false;
        for (c, t) in flat {
            match spread(store, t, squares).into_iter().next() {
                Some(parts) => {
                    more = true;
                    next.extend(parts.into_iter().map(|(k, p)| (c.mul(&k), p)));
                }
                None => next.push((c, t)),
            }
        }
        flat = next;
        if flat.len() > TERMS {
            return id;
        }
        if !more {
            break;
        }
    }
    if flat.is_empty() { id } else { store.sum(flat) }
}

type Terms = Vec<(Rational, ExprId)>;

/// The ways of multiplying one sum out of a product: the terms of each.
fn spread(store: &mut Store, id: ExprId, squares: bool) -> Vec<Terms> {
    let mut ways = Vec::new();
    match store.node(id).clone() {
        Node::Product { coefficient, scalars, chain } => {
            for (at, f) in chain.iter().enumerate() {
                // (x − y)(x − y)ᵀ and its like stay what they are.
                let square = || chain.iter().any(|g| g.base == f.base && g.flipped != f.flipped);
                if f.power != ExprId::ONE || !squares && square() {
                    continue;
                }
                let Some(terms) = sum_terms(store, f.base) else { continue };
                let mut parts = Vec::new();
                for (c, t) in terms {
                    let t = if f.flipped { store.transpose(t) } else { t };
                    let left = store.product(coefficient.clone(), &scalars, &chain[..at]);
                    let mut factors = vec![left, t];
                    if at + 1 < chain.len() {
                        factors.push(store.product(Rational::ONE, &[], &chain[at + 1..]));
                    }
                    parts.push((c, store.mul(&factors)));
                }
                ways.push(parts);
            }
            for (at, &(b, e)) in scalars.iter().enumerate() {
                let times = store.as_num(e).and_then(Rational::to_integer).filter(|n| (1..=2).contains(n));
                let (Some(times), Some(terms)) = (times, sum_terms(store, b)) else { continue };
                let mut rest = scalars.clone();
                if times == 1 {
                    rest.remove(at);
                } else {
                    rest[at].1 = ExprId::ONE;
                }
                let rest = store.product(coefficient.clone(), &rest, &chain);
                ways.push(terms.into_iter().map(|(c, t)| (c, store.mul(&[t, rest]))).collect());
            }
            // A scalar that is a chain with a sum at an end: 1ᵀ(v − m 1).
            for (at, &(b, e)) in scalars.iter().enumerate() {
                if e != ExprId::ONE {
                    continue;
                }
                if let Node::Product { chain: inner, .. } = store.node(b).clone()
                    && !inner.is_empty()
                    && has_plain_sum(store, &inner)
                {
                    for way in spread(store, b, squares) {
                        let mut rest = scalars.clone();
                        rest.remove(at);
                        let rest = store.product(coefficient.clone(), &rest, &chain);
                        ways.push(way.into_iter().map(|(c, t)| (c, store.mul(&[t, rest]))).collect());
                    }
                }
            }
            // An element-wise product with a sum inside, as the only factor.
            if let [Factor { base, flipped: false, power: ExprId::ONE }] = chain[..]
                && matches!(store.node(base), Node::Hadamard(_))
            {
                let front = store.product(coefficient, &scalars, &[]);
                for way in spread(store, base, squares) {
                    ways.push(way.into_iter().map(|(c, t)| (c, store.mul(&[front, t]))).collect());
                }
            }
        }
        Node::Hadamard(entries) => {
            let shape = store.shape(id);
            for (at, &(b, e)) in entries.iter().enumerate() {
                if e != ExprId::ONE {
                    continue;
                }
                let Some(terms) = sum_terms(store, b) else { continue };
                let mut parts = Vec::new();
                for (c, t) in terms {
                    let mut entries = entries.clone();
                    entries[at].0 = t;
                    parts.push((c, store.hadamard_entries(Rational::ONE, &[], &entries, shape)));
                }
                ways.push(parts);
            }
        }
        Node::Diagonal(a) => {
            let inner = sum_terms(store, a).map_or_else(|| spread(store, a, squares), |terms| vec![terms]);
            for way in inner {
                ways.push(way.into_iter().map(|(c, t)| (c, store.diagonal(t))).collect());
            }
        }
        Node::Trace(a) => {
            let inner = sum_terms(store, a).map_or_else(|| spread(store, a, squares), |terms| vec![terms]);
            for way in inner {
                ways.push(way.into_iter().map(|(c, t)| (c, store.trace(t))).collect());
            }
        }
        _ => {}
    }
    ways
}

fn has_plain_sum(store: &Store, chain: &[Factor]) -> bool {
    chain.iter().any(|f| f.power == ExprId::ONE && matches!(store.node(f.base), Node::Sum(_)))
}

fn sum_terms(store: &Store, id: ExprId) -> Option<Terms> {
    store.few_terms(id, TERMS)
}
