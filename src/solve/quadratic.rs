//! a X + M + c X⁻¹ = 0 for a definite X and a c < 0: X commutes with M, so that each eigenvalue solves a quadratic equation.

use super::expand::{expand, terms};
use super::{Solver, check};
use crate::base::Rational;
use crate::ir::{ExprId, Facts, Node, Store};

/// X = ((M² − 4 a c I)^(1/2) − M)/(2 a) for a > 0: the one root that is definite.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId, _: u32) -> Vec<ExprId> {
    let shape = store.shape(x);
    if !store.is(x, Facts::DEFINITE) || shape.is_scalar() {
        return Vec::new();
    }
    let Some((mut a, mut m, mut c)) = parts(store, g, x) else { return Vec::new() };
    let product = store.mul(&[a, c]);
    let Some(mut positive) = sign(store, product, true) else { return Vec::new() };
    if let Some(more) = sign(store, a, false) {
        positive.extend(more);
    } else if let Some(more) = sign(store, a, true) {
        positive.extend(more);
        [a, m, c] = [a, m, c].map(|e| store.neg(e));
    } else {
        return Vec::new();
    }
    let m = solver.simplify(store, m);
    let turned = store.transpose(m);
    if !store.is(m, Facts::SYMMETRIC) && !check::equal(store, m, turned) {
        return Vec::new();
    }
    // As it stands, and divided by a.
    let inverse = store.inverse(a);
    let divided = [m, c].map(|e| store.mul(&[inverse, e]));
    let ways = [root(solver, store, (a, m, c)), root(solver, store, (ExprId::ONE, divided[0], divided[1]))];
    let Some(value) = solver.shortest(store, &ways) else { return Vec::new() };
    if !check::solves(store, g, x, value) {
        return Vec::new();
    }
    solver.positive.extend(positive);
    vec![value]
}

/// ((M² − 4 a c I)^(1/2) − M)/(2 a).
fn root(solver: &mut Solver, store: &mut Store, (a, m, c): (ExprId, ExprId, ExprId)) -> ExprId {
    let minus = store.neg(m);
    let [m, minus] = [m, minus].map(|e| solver.simplify(store, e));
    let signed = solver.shortest(store, &[m, minus]).unwrap_or(m);
    let square = store.mul(&[signed, signed]);
    let discriminant = store.mul(&[a, c]);
    let discriminant = store.scale(&Rational::from(-4), discriminant);
    let eye = store.eye(store.shape(m).rows);
    let under = store.mul(&[discriminant, eye]);
    let under = store.add(&[square, under]);
    let root = store.power(under, ExprId::HALF);
    let above = store.add(&[root, minus]);
    let below = store.inverse(a);
    store.mul(&[ExprId::HALF, below, above])
}

/// a, M and c.
fn parts(store: &mut Store, g: ExprId, x: ExprId) -> Option<(ExprId, ExprId, ExprId)> {
    let expanded = expand(store, g, &[x])?;
    let (mut linear, mut constant, mut inverse) = (Vec::new(), Vec::new(), Vec::new());
    for (k, t) in terms(store, expanded, &[x]) {
        if !store.depends_on(t, &[x]) {
            constant.push((k, t));
            continue;
        }
        let (front, bare) = store.split_front(t);
        let front = store.scale(&k, front);
        if store.depends_on(front, &[x]) {
            return None;
        }
        let reciprocal = store.power(x, ExprId::MINUS_ONE);
        match bare {
            _ if bare == x => linear.push(front),
            _ if bare == reciprocal => inverse.push(front),
            _ => return None,
        }
    }
    if linear.is_empty() || inverse.is_empty() {
        return None;
    }
    let constant = if constant.is_empty() { store.zeros(store.shape(g)) } else { store.sum(constant) };
    Some((store.add(&linear), constant, store.add(&inverse)))
}

/// The scalars that have to be positive for a number to be positive, or negative; none where that does not decide.
fn sign(store: &Store, number: ExprId, negative: bool) -> Option<Vec<ExprId>> {
    let (coefficient, scalars) = match store.node(number) {
        Node::Num(n) => (n.clone(), Vec::new()),
        Node::Product { coefficient, scalars, chain } if chain.is_empty() => (coefficient.clone(), scalars.clone()),
        _ => (Rational::ONE, vec![(number, ExprId::ONE)]),
    };
    if coefficient.is_negative() != negative || coefficient.is_zero() {
        return None;
    }
    let open = scalars.into_iter().filter(|&(b, _)| !store.is(b, Facts::POSITIVE));
    let symbols: Vec<ExprId> = open.map(|p| p.0).collect();
    symbols.iter().all(|&s| matches!(store.node(s), Node::Symbol(_))).then_some(symbols)
}
