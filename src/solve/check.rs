//! No solution counts before it has been tried: the equation at it is zero at random points, and it lies where it should.

use crate::ir::{ExprId, Facts, Store};
use crate::num;

/// Whether `value` solves g(x) = 0, lies in the space of `x`, and is free of `x`.
pub(super) fn solves(store: &mut Store, g: ExprId, x: ExprId, value: ExprId) -> bool {
    if store.depends_on(value, &[x]) || store.shape(value) != store.shape(x) {
        return false;
    }
    let residual = store.substitute(g, &[(x, value)]);
    vanishes(store, residual) && in_space(store, x, value)
}

/// Whether an expression is zero at random points.
pub(super) fn vanishes(store: &mut Store, residual: ExprId) -> bool {
    let zero = store.zeros(store.shape(residual));
    residual == zero || num::check_equal(store, residual, zero, &[], &num::Options::default()).is_ok()
}

fn in_space(store: &mut Store, x: ExprId, value: ExprId) -> bool {
    let facts = store.facts(x);
    if store.is_scalar(x) {
        return true;
    }
    let turned = store.transpose(value);
    let equal = |store: &Store, a: ExprId, b: ExprId| a == b || num::check_equal(store, a, b, &[], &num::Options::default()).is_ok();
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
        let Some(value) = num::evaluate(store, at, &point) else { return false };
        value.iter().all(|v| v.is_finite())
            && pairs.iter().all(|&(x, value)| {
                let facts = store.facts(x);
                if !facts.has(Facts::DEFINITE) && !facts.has(Facts::POSITIVE) {
                    return true;
                }
                let Some(value) = num::evaluate(store, value, &point) else { return false };
                if facts.has(Facts::DEFINITE) && value.is_square() {
                    // A sum of too few outer products is on the border.
                    value.symmetric_eigen().eigenvalues.min() > -1e-9
                } else {
                    value.iter().all(|&v| v > 0.0)
                }
            })
    })
}
