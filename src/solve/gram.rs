//! Constraints XᵀB X = D and X B Xᵀ = D: turned into YᵀY = I, which `manifold.rs` knows.

use super::linear::placeholder;
use super::manifold::{self, Found, Recognised};
use super::{Equation, Solver};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Shape, Store};

/// XᵀB X = D, or X B Xᵀ = D.
pub(super) struct Gram {
    /// Whether it is X B Xᵀ.
    outer: bool,
    /// B, positive (semi)definite: the identity where there is none.
    metric: ExprId,
    /// D, positive definite: a multiple of the identity, or declared so.
    value: ExprId,
}

/// Reads c = 0 as such a constraint.
pub(super) fn read(store: &mut Store, x: ExprId, c: ExprId) -> Option<Gram> {
    let shape = store.shape(x);
    if shape.is_column() || shape.is_row() || shape.is_scalar() {
        return None;
    }
    let all = match store.node(c).clone() {
        Node::Sum(all) => all,
        _ => return None,
    };
    let (varying, constant): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, t)| store.depends_on(*t, &[x]));
    let mut parts = Vec::new();
    let mut side = None;
    for (k, t) in varying {
        let (outer, part) = between(store, x, t)?;
        if side.is_some_and(|side| side != outer) {
            return None;
        }
        side = Some(outer);
        parts.push(store.scale(&k, part));
    }
    let (outer, metric) = (side?, store.add(&parts));
    let (front, metric) = store.split_front(metric);
    let inverse = store.inverse(front);
    let constant = store.sum(constant);
    let value = store.mul(&[ExprId::MINUS_ONE, inverse, constant]);
    let whole = matches!(store.node(metric), Node::Eye(_)) || store.is(metric, Facts::SEMIDEFINITE);
    let (size, bare) = store.split_front(value);
    let positive = matches!(store.node(bare), Node::Eye(_)) && !matches!(store.node(size), Node::Num(n) if n.is_negative());
    (whole && (positive || store.is(value, Facts::DEFINITE))).then_some(Gram { outer, metric, value })
}

/// M of XᵀM X (false) or X M Xᵀ (true).
fn between(store: &mut Store, x: ExprId, t: ExprId) -> Option<(bool, ExprId)> {
    let Node::Product { coefficient, scalars, chain } = store.node(t).clone() else { return None };
    let [first, middle @ .., last] = &chain[..] else { return None };
    let own = |f: &Factor| f.base == x && f.power == ExprId::ONE;
    let free = |e: ExprId| !store.depends_on(e, &[x]);
    let apart = middle.iter().all(|f| free(f.base) && free(f.power)) && scalars.iter().all(|&(b, e)| free(b) && free(e));
    if !own(first) || !own(last) || first.flipped == last.flipped || !apart {
        return None;
    }
    let front = store.product(coefficient, &scalars, &[]);
    let shape = store.shape(x);
    let outer = last.flipped;
    let between =
        if middle.is_empty() { store.eye(if outer { shape.cols } else { shape.rows }) } else { store.product(Rational::ONE, &[], middle) };
    Some((outer, store.mul(&[front, between])))
}

/// Solves f stationary on the constraint; a scalar in D counts as positive.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, f: ExprId, x: ExprId, gram: &Gram) -> Option<Found> {
    let (size, bare) = store.split_front(gram.value);
    if matches!(store.node(size), Node::Num(_)) || store.is(size, Facts::POSITIVE) {
        return whiten(solver, store, f, x, gram);
    }
    let positive = placeholder(store, Shape::SCALAR, Facts::POSITIVE);
    let value = store.mul(&[positive, bare]);
    let mut found = whiten(solver, store, f, x, &Gram { value, ..*gram })?;
    let mut back = |id: ExprId| store.substitute(id, &[(positive, size)]);
    found.value = back(found.value);
    found.code = found.code.map(&mut back);
    found.others.iter_mut().for_each(|other| other.0 = back(other.0));
    found.sides.iter_mut().for_each(|(l, r)| (*l, *r) = (back(*l), back(*r)));
    found.steps.iter_mut().for_each(|step| (step.lhs, step.rhs) = (back(step.lhs), back(step.rhs)));
    Some(found)
}

/// Solves f stationary on the constraint: X = B^(−1/2) Y D^(1/2) with YᵀY = I, or X = D^(1/2) Yᵀ B^(−1/2).
fn whiten(solver: &mut Solver, store: &mut Store, f: ExprId, x: ExprId, gram: &Gram) -> Option<Found> {
    let shape = store.shape(x);
    let plain = matches!(store.node(gram.metric), Node::Eye(_));
    let unit = matches!(store.node(gram.value), Node::Eye(_));
    if plain && unit && !gram.outer {
        return manifold::columns(solver, store, f, x);
    }
    let y = placeholder(store, if gram.outer { shape.transposed() } else { shape }, Facts::NONE);
    let [[before, behind], [front, back]] = roots(store, gram);
    let turned = |store: &mut Store, id: ExprId| if gram.outer { store.transpose(id) } else { id };
    let own = turned(store, x);
    let inside = store.mul(&[before, own, behind]);
    let outside = store.mul(&[front, y, back]);
    let outside = turned(store, outside);
    let moved = store.substitute(f, &[(x, outside)]);
    let mut found = manifold::columns(solver, store, moved, y)?;
    let mut map = |store: &mut Store, value: ExprId| {
        let value = store.substitute(outside, &[(y, value)]);
        solver.simplify(store, value)
    };
    let own = found.value;
    found.value = map(store, own);
    found.code = found.code.map(|code| map(store, code));
    for other in &mut found.others {
        other.0 = map(store, other.0);
    }
    for step in &mut found.steps {
        let value = step.lhs == y;
        step.lhs = if value { x } else { store.substitute(step.lhs, &[(y, inside)]) };
        step.rhs = if value { found.value } else { store.substitute(step.rhs, &[(y, inside)]) };
    }
    if !(plain && unit) {
        let shape = store.shape(y);
        let named = solver.named(store, &["Y", "Z", "U", "Q"], shape, &[f, x, gram.metric, gram.value], None);
        let law = "new columns, which are orthonormal where the constraint holds";
        found.steps.insert(0, Equation { lhs: named, rhs: inside, law: law.into() });
    }
    found.recognised = found.recognised.and_then(|known| recognised(solver, store, known, gram, (plain, unit)));
    Some(found)
}

/// B^(±1/2) and D^(∓1/2): what stands before and behind the unknown, on the way in and on the way out.
fn roots(store: &mut Store, gram: &Gram) -> [[ExprId; 2]; 2] {
    let minus = store.mul(&[ExprId::MINUS_ONE, ExprId::HALF]);
    let mut root = |id: ExprId, exponent: ExprId| {
        let (front, bare) = store.split_front(id);
        let (front, bare) = (store.power(front, exponent), store.power(bare, exponent));
        store.mul(&[front, bare])
    };
    [[root(gram.metric, ExprId::HALF), root(gram.value, minus)], [root(gram.metric, minus), root(gram.value, ExprId::HALF)]]
}

/// What was found for Y, said of X.
fn recognised(solver: &mut Solver, store: &mut Store, known: Recognised, gram: &Gram, (plain, unit): (bool, bool)) -> Option<Recognised> {
    match known {
        _ if plain && unit => Some(known),
        Recognised::Eigenvectors { of, largest, .. } if !plain && !gram.outer => {
            let root = store.power(gram.metric, ExprId::HALF);
            let of = store.mul(&[root, of, root]);
            let of = solver.simplify(store, of);
            Some(Recognised::Eigenvectors { of, largest, metric: Some(gram.metric) })
        }
        _ => None,
    }
}
