//! Objectives that do not depend on the length of the unknown, on a hyperplane aᵀx = b: a direction, scaled to the constraint.

use super::expand::expand;
use super::kind::{Kind, Reason};
use super::{Equation, Solver, check, manifold, matrix};
use crate::base::Rational;
use crate::calculus;
use crate::ir::{ExprId, Node, Store};
use crate::ops;

/// A value on the constraint with the equations that it was checked by.
pub(super) struct Found {
    pub value: ExprId,
    pub sides: Vec<(ExprId, ExprId)>,
    pub steps: Vec<Equation>,
}

/// Solves f stationary where c = aᵀx − b = 0, for an f that is the same at every positive multiple of x; constants in it are
/// multiplied by aᵀx/b first, which is 1 on the constraint (a risk-free rate beside an expected return).
pub(super) fn solve(solver: &mut Solver, store: &mut Store, f: ExprId, x: ExprId, c: ExprId) -> Option<Found> {
    let shape = store.shape(x);
    if !shape.is_column() || !store.is_scalar(c) {
        return None;
    }
    let a = calculus::gradients(store, c, &[x], false).ok()?.gradients.first().copied()?;
    let a = solver.simplify(store, a);
    let zero = store.zeros(shape);
    let b = store.substitute(c, &[(x, zero)]);
    let b = store.neg(b);
    let b = solver.simplify(store, b);
    if store.depends_on(a, &[x]) || store.is_zero(b) {
        return None;
    }
    let along = store.inner(a, x);
    let inverse = store.inverse(b);
    let unit = store.mul(&[along, inverse]);
    let same = homogeneous(store, f, x, unit);
    let mark = solver.steps.len();
    let found = [f, same].into_iter().find_map(|f| {
        let gradient = calculus::gradients(store, f, &[x], false).ok()?.gradients.first().copied()?;
        let gradient = solver.simplify(store, gradient);
        let direction = matrix::equation(solver, store, gradient, x, 0).into_iter().next()?;
        let free = solver.scale_free.contains(&x);
        solver.scale_free.retain(|&s| s != x);
        free.then_some((gradient, direction))
    });
    solver.steps.truncate(mark);
    let (gradient, direction) = found?;
    let direction = as_written(store, gradient, direction);
    let length = store.inner(a, direction);
    let length = store.inverse(length);
    let value = store.mul(&[b, length, direction]);
    let value = solver.simplify(store, value);
    // ∇f = λ a with λ = xᵀ∇f / b.
    let own = calculus::gradients(store, f, &[x], false).ok()?.gradients.first().copied()?;
    let at = store.substitute(own, &[(x, value)]);
    let multiplier = store.inner(value, at);
    let right = store.mul(&[multiplier, inverse, a]);
    let sides = vec![(at, right), check::sides(store, c, &[(x, value)])];
    if !sides.iter().all(|&(l, r)| check::equal(store, l, r)) {
        return None;
    }
    let zero = store.zeros(shape);
    let steps = vec![
        Equation {
            lhs: gradient,
            rhs: zero,
            law: "on the constraint f is the same at every multiple of the unknown: its gradient vanishes".into(),
        },
        Equation { lhs: x, rhs: direction, law: "up to its length".into() },
        Equation { lhs: x, rhs: value, law: "scaled to the constraint".into() },
    ];
    Some(Found { value, sides, steps })
}

/// A quotient that is the same at every multiple of x, with a quadratic form q below it: the same problem where q = 1.
pub(super) fn quotient(solver: &mut Solver, store: &mut Store, f: ExprId, x: ExprId) -> Option<manifold::Found> {
    let shape = store.shape(x);
    let Node::Product { scalars, .. } = store.node(f).clone() else { return None };
    if !shape.is_column() {
        return None;
    }
    let gradient = calculus::gradients(store, f, &[x], false).ok()?.gradients.first().copied()?;
    let gradient = solver.simplify(store, gradient);
    // Euler: xᵀ∇f = 0 where f is homogeneous of degree 0.
    let radial = store.inner(x, gradient);
    let radial = expand(store, radial, &[x])?;
    let radial = solver.simplify(store, radial);
    if !check::equal(store, radial, ExprId::ZERO) {
        return None;
    }
    let below = scalars.into_iter().find(|&(b, e)| store.depends_on(b, &[x]) && store.as_num(e).is_some_and(Rational::is_negative));
    let (q, _) = below?;
    let form = match ops::args_of(store, q, "norm") {
        Some(args) => store.inner(args[0], args[0]),
        None => q,
    };
    let c = store.sub(form, ExprId::ONE);
    let at_one = store.substitute(f, &[(q, ExprId::ONE)]);
    let found = manifold::solve(solver, store, at_one, x, c).filter(|f| f.recognised.is_some())?;
    let at = store.substitute(gradient, &[(x, found.value)]);
    let (left, right) = check::sides(store, gradient, &[(x, found.value)]);
    let zero = store.zeros(shape);
    if !check::equal(store, left, right) && !check::equal(store, at, zero) {
        return None;
    }
    solver.scale_free.push(x);
    // On the whole space, not on a constraint.
    let free = |kind: Kind| Kind { reason: Reason::Quotient, ..kind };
    let others = found.others.into_iter().map(|(value, kind)| (value, free(kind))).collect();
    Some(manifold::Found { kind: free(found.kind), others, ..found })
}

/// The direction with its differences the way round in which the gradient has them: its sign does not matter.
fn as_written(store: &mut Store, gradient: ExprId, direction: ExprId) -> ExprId {
    let written = store.reachable(&[gradient]);
    let mut pairs = Vec::new();
    for id in store.reachable(&[direction]) {
        if matches!(store.node(id), Node::Sum(_)) && !written.contains(&id) {
            let turned = store.neg(id);
            if written.contains(&turned) {
                pairs.push((id, turned));
            }
        }
    }
    if let [_] = pairs[..] { store.substitute(direction, &pairs) } else { direction }
}

/// f with `unit` times every constant that is added to what depends on x.
fn homogeneous(store: &mut Store, f: ExprId, x: ExprId, unit: ExprId) -> ExprId {
    let depends = store.dependents(f, &[x]);
    let mut pairs = Vec::new();
    for id in store.reachable(&[f]) {
        let Node::Sum(all) = store.node(id).clone() else { continue };
        if !store.is_scalar(id) || !depends.contains(id) {
            continue;
        }
        let (varying, constant): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, t)| depends.contains(*t));
        if constant.is_empty() {
            continue;
        }
        let (varying, constant) = (store.sum(varying), store.sum(constant));
        let scaled = store.mul(&[constant, unit]);
        pairs.push((id, store.add(&[varying, scaled])));
    }
    if pairs.is_empty() { f } else { store.substitute(f, &pairs) }
}
