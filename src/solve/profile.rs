//! Unknowns that no constraint binds are eliminated first: the translation of a rigid motion, before its rotation.

use super::family::put;
use super::kind::{Kind, Reason};
use super::manifold::{self, Found};
use super::{Equation, Solver, check, kind, system};
use crate::calculus;
use crate::ir::{ExprId, Store};

/// What was found for the unknown that is bound, the values of all, and what code computes for them.
pub(super) struct Profiled {
    pub bound: Found,
    pub values: Vec<(ExprId, ExprId)>,
    pub codes: Vec<(ExprId, ExprId)>,
    /// What the point is, where it is the same for the unknown that is bound and for the others.
    pub kind: Option<Kind>,
}

/// Solves f stationary where c = 0 binds one of the unknowns: the others are put in as functions of it.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, f: ExprId, unknowns: &[ExprId], c: ExprId) -> Option<Profiled> {
    let (bound, free): (Vec<ExprId>, Vec<ExprId>) = unknowns.iter().partition(|&&x| store.depends_on(c, &[x]));
    let [x] = bound[..] else { return None };
    if free.is_empty() {
        return None;
    }
    let gradients = calculus::gradients(store, f, &free, false).ok()?.gradients;
    let mut equations = Vec::new();
    for (&u, g) in free.iter().zip(gradients) {
        equations.push((u, solver.simplify(store, g)));
    }
    let (free, lines) = system::eliminate(solver, store, f, &equations)?;
    let reduced = put(store, f, &free);
    let mut found = manifold::solve(solver, store, reduced, x, c)?;
    let gradients: Vec<ExprId> = equations.iter().map(|e| e.1).collect();
    let of_free = kind::classify(store, f, &free, &gradients, false);
    let kind = of_free
        .filter(|k| k.reason == Reason::Convex && k.what == found.kind.what)
        .map(|k| Kind { positive: k.positive, ..found.kind.clone() });
    let mut steps = Vec::new();
    for &(_, g) in &equations {
        let shape = store.shape(g);
        steps.push(Equation { lhs: g, rhs: store.zeros(shape), law: "the gradient vanishes for what is not bound".into() });
    }
    steps.extend(lines);
    steps.append(&mut found.steps);
    let code = found.code.unwrap_or(found.value);
    let (mut values, mut codes) = (vec![(x, found.value)], vec![(x, code)]);
    for (u, in_terms_of_x) in free {
        let value = store.substitute(in_terms_of_x, &values[..1]);
        let value = solver.simplify(store, value);
        steps.push(Equation { lhs: u, rhs: value, law: "put back".into() });
        values.push((u, value));
        codes.push((u, store.substitute(in_terms_of_x, &codes[..1])));
    }
    for &(_, g) in &equations {
        let sides = check::sides(store, g, &values);
        if !check::equal(store, sides.0, sides.1) {
            return None;
        }
        found.sides.push(sides);
    }
    Some(Profiled { bound: Found { steps, ..found }, values, codes, kind })
}
