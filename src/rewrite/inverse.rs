//! Laws of inverses.

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Factor, Facts, Node, Store};

fn chain_of(store: &Store, t: ExprId) -> Vec<Factor> {
    match store.node(t) {
        Node::Product { chain, .. } => chain.clone(),
        _ => vec![Factor { base: t, flipped: false, power: ExprId::ONE }],
    }
}

/// inv(I + A inv(S)) = S inv(S + A), and inv(I + inv(S) A) = inv(S + A) S: an inverse that ends a term of the sum comes out.
/// The same for inv(S) in place of S where that cancels: S inv(I + A S) = inv(inv(S) + A).
pub(super) fn clear(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for (at, f) in chain.iter().enumerate() {
        if f.power != ExprId::MINUS_ONE {
            continue;
        }
        let Some(terms) = store.written_terms(f.base) else { continue };
        for left in [true, false] {
            let ends: Vec<Factor> = terms
                .iter()
                .filter_map(|(_, t)| {
                    let chain = chain_of(store, *t);
                    if left { chain.first().copied() } else { chain.last().copied() }
                })
                .filter(|g| {
                    let beside = if left { chain.get(at + 1) } else { at.checked_sub(1).and_then(|before| chain.get(before)) };
                    let cancels = g.power == ExprId::ONE && !f.flipped && beside == Some(g) && store.is(g.base, Facts::DEFINITE);
                    g.power == ExprId::MINUS_ONE || cancels
                })
                .collect();
            let mut tried: Vec<Factor> = Vec::new();
            for end in ends {
                if tried.contains(&end) {
                    continue;
                }
                tried.push(end);
                // S (I + S⁻¹A) = S + A, with S the inverse of what stands at the end.
                let inverse = if end.power == ExprId::ONE { ExprId::MINUS_ONE } else { ExprId::ONE };
                let s = store.factor(Factor { power: inverse, ..end });
                let mut cleared = Vec::new();
                for (c, t) in &terms {
                    let product = if left { store.mul(&[s, *t]) } else { store.mul(&[*t, s]) };
                    cleared.push((c.clone(), product));
                }
                let sum = store.sum(cleared);
                let inverse = store.inverse(sum);
                // inv(S⁻¹ M) = inv(M) S, inv(M S⁻¹) = S inv(M).
                let whole = if left { store.mul(&[inverse, s]) } else { store.mul(&[s, inverse]) };
                let whole = if f.flipped { store.transpose(whole) } else { whole };
                results.push(store.with_run(id, at..at + 1, &[whole]));
            }
        }
    }
    results
}

/// inv(a I + b I) = I/(a + b).
pub(super) fn of_identities(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for (at, f) in chain.iter().enumerate().filter(|(_, f)| f.power == ExprId::MINUS_ONE) {
        let Some(terms) = store.written_terms(f.base) else { continue };
        let mut number = |(c, t)| {
            let (front, bare) = store.split_front(t);
            matches!(store.node(bare), Node::Eye(_)).then_some((c, front))
        };
        let Some(numbers) = terms.into_iter().map(&mut number).collect::<Option<Vec<_>>>() else { continue };
        let sum = store.sum(numbers);
        let (scalar, eye) = (store.inverse(sum), store.eye(store.shape(f.base).rows));
        results.push(store.with_run(id, at..at + 1, &[scalar, eye]));
    }
    results
}

/// inv(A + B) A inv(B) = inv(B) − inv(A + B), and the mirror image.
pub(super) fn partial_fractions(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return Vec::new() };
    // Two inverses are needed; most products have none.
    if chain.iter().filter(|f| f.power == ExprId::MINUS_ONE).count() < 2 {
        return Vec::new();
    }
    let mut results = Vec::new();
    for start in 0..chain.len() {
        let first = chain[start];
        for end in start + 2..chain.len() {
            let last = chain[end];
            for (sum, other) in [(first, last), (last, first)] {
                if sum.power != ExprId::MINUS_ONE || other.power != ExprId::MINUS_ONE {
                    continue;
                }
                let Some(terms) = store.written_terms(sum.base) else { continue };
                let total = store.factor(Factor { power: ExprId::ONE, ..sum });
                let b = store.factor(Factor { power: ExprId::ONE, ..other });
                let a = store.product(Rational::ONE, &[], &chain[start + 1..end]);
                let shapes = [total, b, a].map(|e| store.shape(e));
                if terms.len() < 2 || shapes[0] != shapes[1] || shapes[0] != shapes[2] || store.sub(total, b) != a {
                    continue;
                }
                let (inverse_b, inverse_sum) = (store.inverse(b), store.inverse(total));
                let difference = store.sub(inverse_b, inverse_sum);
                let before = store.product(coefficient.clone(), &scalars, &chain[..start]);
                let mut factors = vec![before, difference];
                if end + 1 < chain.len() {
                    factors.push(store.product(Rational::ONE, &[], &chain[end + 1..]));
                }
                results.push(store.mul(&factors));
            }
        }
    }
    results
}

/// The same in every term of a sum, where what comes out may meet other terms.
pub(super) fn partial_fractions_in_sum(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.few_terms(id, 16) else { return Vec::new() };
    let mut new = Vec::new();
    let mut changed = false;
    for (c, t) in terms {
        let split = partial_fractions(rewriter, store, t);
        changed |= !split.is_empty();
        new.push((c, split.first().copied().unwrap_or(t)));
    }
    if changed { vec![store.sum(new)] } else { Vec::new() }
}

/// c⁻¹ inv(A + B) = inv(c A + c B), and c inv(A + B) = inv(A/c + B/c).
pub(super) fn scalar_in(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return Vec::new() };
    if scalars.is_empty() && coefficient.is_one() {
        return Vec::new();
    }
    let mut results = Vec::new();
    for (at, f) in chain.iter().enumerate() {
        if f.power != ExprId::MINUS_ONE {
            continue;
        }
        let Some(terms) = store.written_terms(f.base) else { continue };
        let mut fronts = vec![(coefficient.abs(), scalars.clone())];
        for &s in &scalars {
            fronts.push((Rational::ONE, vec![s]));
        }
        for (number, moved) in fronts {
            let front = store.product(number.clone(), &moved, &[]);
            let inverse = store.inverse(front);
            let mut scaled = Vec::new();
            for (c, t) in &terms {
                scaled.push((c.clone(), store.mul(&[inverse, *t])));
            }
            let sum = store.sum(scaled);
            // Only where the sum itself gets no longer: I + (2/n) M becomes n I + 2 M.
            if rewriter.cost(store, sum) > rewriter.cost(store, f.base) {
                continue;
            }
            let mut chain = chain.clone();
            chain[at].base = sum;
            let rest: Vec<_> = scalars.iter().filter(|s| !moved.contains(s)).copied().collect();
            let Some(left) = coefficient.div(&number) else { continue };
            results.push(store.product(left, &rest, &chain));
        }
    }
    results
}

/// inv(c I + A B) A = A inv(c I + B A): the inverse moves to the smaller side, most of all for a column A.
pub(super) fn push_through(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for (at, f) in chain.iter().enumerate() {
        if f.power != ExprId::MINUS_ONE || f.flipped {
            continue;
        }
        let Some((unit, k, inner)) = identity_and_product(store, f.base) else { continue };
        for right in [true, false] {
            let outside: Vec<Factor> = if right { chain[at + 1..].to_vec() } else { chain[..at].to_vec() };
            for cut in 1..inner.len() {
                let (head, tail) = inner.split_at(cut);
                // On the right A is the front of A B; on the left B is its end.
                let moved = if right { head } else { tail };
                let stands = if right { outside.starts_with(moved) } else { outside.ends_with(moved) };
                if !stands {
                    continue;
                }
                let swapped: Vec<Factor> = tail.iter().chain(head).copied().collect();
                let swapped = store.product(k.clone(), &[], &swapped);
                let dim = store.shape(swapped).rows;
                let eye = store.eye(dim);
                let shifted = store.mul(&[unit, eye]);
                let sum = store.add(&[shifted, swapped]);
                let inverse = store.inverse(sum);
                let moved = store.product(Rational::ONE, &[], moved);
                let (before, after) = if right {
                    (chain[..at].to_vec(), chain[at + 1 + cut..].to_vec())
                } else {
                    (chain[..at - (inner.len() - cut)].to_vec(), chain[at + 1..].to_vec())
                };
                let mut factors = vec![store.product(coefficient.clone(), &scalars, &before)];
                factors.extend(if right { [moved, inverse] } else { [inverse, moved] });
                if !after.is_empty() {
                    factors.push(store.product(Rational::ONE, &[], &after));
                }
                results.push(store.mul(&factors));
            }
        }
    }
    results
}

/// A sum c I + k A B …: the scalar c, the number k and the chain.
fn identity_and_product(store: &mut Store, id: ExprId) -> Option<(ExprId, Rational, Vec<Factor>)> {
    let terms = store.written_terms(id)?;
    let [a, b] = &terms[..] else { return None };
    let unit = |store: &mut Store, (c, t): &(Rational, ExprId)| match store.node(*t).clone() {
        Node::Eye(_) => Some(store.num(c.clone())),
        Node::Product { coefficient, scalars, chain } if chain.len() == 1 && matches!(store.node(chain[0].base), Node::Eye(_)) => {
            Some(store.product(coefficient.mul(c), &scalars, &[]))
        }
        _ => None,
    };
    let product = |store: &Store, (c, t): &(Rational, ExprId)| match store.node(*t) {
        Node::Product { coefficient, scalars, chain } if scalars.is_empty() && chain.len() > 1 => Some((coefficient.mul(c), chain.clone())),
        _ => None,
    };
    let (u, (k, chain)) = match (unit(store, a), unit(store, b)) {
        (Some(u), _) => (u, product(store, b)?),
        (_, Some(u)) => (u, product(store, a)?),
        _ => return None,
    };
    Some((u, k, chain))
}

/// M − M U inv(C + V M U) V M = inv(inv(M) + U inv(C) V), the matrix inversion lemma, where M and C are known to have
/// inverses; the same with both signs turned.
pub(super) fn woodbury(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.few_terms(id, 8) else { return Vec::new() };
    let mut results = Vec::new();
    for (at, (c, t)) in terms.iter().enumerate() {
        let Node::Product { scalars, chain, .. } = store.node(*t).clone() else { continue };
        // What is between U and V: an inverse, or a scalar below the line where both are one wide.
        let cuts: Vec<(usize, usize, ExprId)> = match scalars[..] {
            [] => (1..chain.len().saturating_sub(1))
                .filter(|&p| chain[p].power == ExprId::MINUS_ONE && !chain[p].flipped)
                .map(|p| (p, p + 1, chain[p].base))
                .collect(),
            [(below, ExprId::MINUS_ONE)] => {
                (1..chain.len()).filter(|&p| store.factor_shape(chain[p]).rows == DimId::ONE).map(|p| (p, p, below)).collect()
            }
            _ => continue,
        };
        for (before, after, between) in cuts {
            let Some(middle) = store.written_terms(between) else { continue };
            for (other, (k, m)) in terms.iter().enumerate() {
                let Some(sign) = c.div(k).filter(|s| other != at && s.abs().is_one()) else { continue };
                let has_inverse = |store: &Store, id: ExprId| {
                    store.is(id, Facts::DEFINITE)
                        || store.is(id, Facts::POSITIVE) && store.is_scalar(id)
                        || matches!(store.node(id), Node::Eye(_))
                        || { chain_of(store, id).iter().all(|f| f.power == ExprId::MINUS_ONE) }
                };
                let ends = if matches!(store.node(*m), Node::Eye(_)) { Vec::new() } else { chain_of(store, *m) };
                let (left, right) = (&chain[..before], &chain[after..]);
                if !has_inverse(store, *m) || left.len() <= ends.len() || right.len() <= ends.len() {
                    continue;
                }
                if !left.starts_with(&ends) || !right.ends_with(&ends) {
                    continue;
                }
                let u = store.product(Rational::ONE, &[], &left[ends.len()..]);
                let v = store.product(Rational::ONE, &[], &right[..right.len() - ends.len()]);
                let vmu = store.mul(&[v, *m, u]);
                let mut rest = middle.clone();
                rest.push((sign.clone(), vmu));
                let rest = store.sum(rest);
                if store.is_zero(rest) || !has_inverse(store, rest) || rewriter.cost(store, rest) >= rewriter.cost(store, between) {
                    continue;
                }
                let (inverse_m, inverse_c) = (store.inverse(*m), store.inverse(rest));
                let inner = store.mul(&[u, inverse_c, v]);
                let sum = store.sum(vec![(Rational::ONE, inverse_m), (sign.neg(), inner)]);
                let whole = store.inverse(sum);
                let mut new = vec![(k.clone(), whole)];
                new.extend(terms.iter().enumerate().filter(|(i, _)| *i != at && *i != other).map(|(_, t)| t.clone()));
                results.push(store.sum(new));
            }
        }
    }
    results
}
