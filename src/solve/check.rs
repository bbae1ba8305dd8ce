//! No solution counts before it has been tried: the equation at it is zero at random points, and it lies where it should.

use super::expand::{expand, terms};
use crate::ir::{ExprId, Facts, Store};
use crate::num;

/// Whether `value` solves g(x) = 0, lies in the space of `x`, and is free of `x`.
pub(super) fn solves(store: &mut Store, g: ExprId, x: ExprId, value: ExprId) -> bool {
    if store.depends_on(value, &[x]) || store.shape(value) != store.shape(x) {
        return false;
    }
    let (left, right) = sides(store, g, &[(x, value)]);
    equal(store, left, right) && in_space(store, x, value)
}

/// Two expressions that are equal where g vanishes at the values: one part of g and the other, so that rounding is judged
/// by the size of what cancels.
pub(super) fn sides(store: &mut Store, g: ExprId, pairs: &[(ExprId, ExprId)]) -> (ExprId, ExprId) {
    let unknowns: Vec<ExprId> = pairs.iter().map(|p| p.0).collect();
    let expanded = expand(store, g, &unknowns).unwrap_or(g);
    let mut left = terms(store, expanded, &unknowns);
    let right = if left.len() > 1 { left.split_off(left.len() - 1) } else { Vec::new() };
    let left = store.sum(left);
    let right = if right.is_empty() { store.zeros(store.shape(g)) } else { store.sum(right) };
    let right = store.neg(right);
    (store.substitute(left, pairs), store.substitute(right, pairs))
}

/// Whether two expressions are equal at random points.
pub(super) fn equal(store: &Store, a: ExprId, b: ExprId) -> bool {
    a == b || num::check_equal(store, a, b, &[], &num::Options::default()).is_ok()
}

fn in_space(store: &mut Store, x: ExprId, value: ExprId) -> bool {
    let facts = store.facts(x);
    if store.is_scalar(x) {
        return true;
    }
    let turned = store.transpose(value);
    if facts.has(Facts::SYMMETRIC) && !equal(store, value, turned) {
        return false;
    }
    if facts.has(Facts::SKEW) {
        let minus = store.neg(turned);
        if !equal(store, value, minus) {
            return false;
        }
    }
    !facts.has(Facts::LOWER) && !facts.has(Facts::UPPER) || store.is(value, facts & (Facts::LOWER | Facts::UPPER))
}

/// How many points are drawn to find one where a solution lies in the objective's domain.
const POINTS: usize = 24;

/// Whether there is a point where the objective exists at the solution and the values have the signs that were declared.
pub(super) fn in_domain(store: &mut Store, objective: ExprId, pairs: &[(ExprId, ExprId)]) -> bool {
    let at = store.substitute(objective, pairs);
    let mut roots = vec![at];
    roots.extend(pairs.iter().map(|p| p.1));
    let mut sampler = num::Sampler::new(17);
    (0..POINTS).any(|tries| {
        let point = sampler.point(store, &roots, &[], tries % 3, tries / 3);
        let Some(values) = num::evaluate(store, &roots, &point) else { return false };
        values[0].iter().all(|v| v.is_finite())
            && pairs.iter().zip(&values[1..]).all(|(&(x, _), value)| {
                let facts = store.facts(x);
                if facts.has(Facts::DEFINITE) && value.is_square() {
                    // A sum of too few outer products is on the border.
                    value.clone().symmetric_eigen().eigenvalues.min() > -1e-9
                } else {
                    !facts.has(Facts::POSITIVE) || value.iter().all(|&v| v > 0.0)
                }
            })
    })
}
