//! Linear constraints on both sides of a matrix, C X = D and X U = E, for an objective with the gradient L X R − K.

use super::expand::expand;
use super::kind::{self, Kind};
use super::linear::{Sandwich, Unknown, affine, merged};
use super::{Equation, Solver, check};
use crate::calculus;
use crate::ir::{ExprId, Facts, Node, Shape, Store};

/// A value with what it was checked by.
pub(super) struct Found {
    pub value: ExprId,
    pub kind: Option<Kind>,
    pub sides: Vec<(ExprId, ExprId)>,
    pub steps: Vec<Equation>,
}

/// What comes of two such constraints.
pub(super) enum Outcome {
    /// A stationary point.
    Found(Box<Found>),
    /// They hold together only where the two sides are equal, which the data do not say: C E and D U.
    Clash(ExprId, ExprId),
}

/// M X = V where M stands on the left of X, or on its right.
struct Bound {
    on_left: bool,
    matrix: ExprId,
    value: ExprId,
}

/// Solves f stationary where both constraints hold.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, f: ExprId, x: ExprId, constraints: [ExprId; 2]) -> Option<Outcome> {
    let shape = store.shape(x);
    if shape.is_column() || shape.is_row() || shape.is_scalar() || calculus::linear_space(store.facts(x)) != Facts::NONE {
        return None;
    }
    let [first, second] = [read(solver, store, x, constraints[0])?, read(solver, store, x, constraints[1])?];
    let (left, right) = match (first.on_left, second.on_left) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        _ => return None,
    };
    let (ce, du) = (store.mul(&[left.matrix, right.value]), store.mul(&[left.value, right.matrix]));
    if !check::equal(store, ce, du) {
        let [ce, du] = [ce, du].map(|id| solver.simplify(store, id));
        return Some(Outcome::Clash(ce, du));
    }
    let gradient = calculus::gradients(store, f, &[x], false).ok()?.gradients.first().copied()?;
    let gradient = solver.simplify(store, gradient);
    let (between, k) = one_sandwich(solver, store, x, gradient)?;
    let target = store.neg(k);
    // The numbers of the left side go to the right one.
    let (front, l) = store.split_front(between.left);
    let inverse = store.inverse(front);
    let target = store.mul(&[inverse, target]);
    let [l, r] = [l, between.right].map(|m| store.inverse(m));
    let c = left.matrix;
    let turned = store.transpose(c);
    // C⁺ = L⁻¹Cᵀ(C L⁻¹Cᵀ)⁻¹ and U⁺ = (UᵀR⁻¹U)⁻¹UᵀR⁻¹.
    let lc = store.mul(&[l, turned]);
    let gram = store.mul(&[c, lc]);
    let gram = store.inverse(gram);
    let c_plus = store.mul(&[lc, gram]);
    let u = right.matrix;
    let turned = store.transpose(u);
    let ur = store.mul(&[turned, r]);
    let gram = store.mul(&[ur, u]);
    let gram = store.inverse(gram);
    let u_plus = store.mul(&[gram, ur]);
    let [p, q] = [(c_plus, c), (u, u_plus)].map(|(a, b)| {
        let product = store.mul(&[a, b]);
        let eye = store.eye(store.shape(product).rows);
        let rest = store.sub(eye, product);
        solver.simplify(store, rest)
    });
    // X = C⁺D + (I − C⁺C) E U⁺ + (I − C⁺C) L⁻¹K R⁻¹ (I − U U⁺).
    let held = store.mul(&[c_plus, left.value]);
    let across = store.mul(&[p, right.value, u_plus]);
    let across = vanishing(store, across);
    let free = store.mul(&[p, l, target, r, q]);
    let value = store.add(&[held, across, free]);
    let value = solver.simplify(store, value);
    let mut sides = constraints.map(|c| check::sides(store, c, &[(x, value)])).to_vec();
    // What is left of the gradient where no C and no U reaches.
    let at = store.substitute(gradient, &[(x, value)]);
    let [no_c, no_u] = [(c, true), (u, false)].map(|(m, rows)| outside(store, m, rows));
    let left_over = store.mul(&[no_c, at, no_u]);
    let zero = store.zeros(shape);
    sides.push((left_over, zero));
    if !sides.iter().all(|&(a, b)| check::equal(store, a, b)) {
        return None;
    }
    let kind = kind::classify(store, f, &[(x, value)], &[], true);
    let law = "the gradient of the objective is normal to both constraints: multipliers beside their matrices";
    let (above, beside) = (store.transpose(left.matrix), store.transpose(right.matrix));
    let (rows, cols) = (store.shape(above).cols, store.shape(beside).rows);
    let lambda = solver.multiplier(store, Shape::new(rows, shape.cols), &[f, x], Some(1));
    let gamma = solver.multiplier(store, Shape::new(shape.rows, cols), &[f, x], Some(2));
    let sum = [store.mul(&[above, lambda]), store.mul(&[gamma, beside])];
    let combination = store.add(&sum);
    let steps = vec![
        Equation { lhs: gradient, rhs: combination, law: law.into() },
        Equation { lhs: x, rhs: value, law: "projected onto what both constraints leave free".into() },
    ];
    Some(Outcome::Found(Box::new(Found { value, kind, sides, steps })))
}

/// One constraint in which X stands once, with a matrix on one side of it.
fn read(solver: &mut Solver, store: &mut Store, x: ExprId, c: ExprId) -> Option<Bound> {
    let c = if store.shape(c).is_row() { store.transpose(c) } else { c };
    let (s, constant) = one_sandwich(solver, store, x, c)?;
    let value = store.neg(constant);
    let [(before, left), (behind, right)] = [s.left, s.right].map(|m| store.split_front(m));
    let plain = [left, right].map(|m| matches!(store.node(m), Node::Eye(_)));
    let (on_left, matrix) = match plain {
        [_, true] => (true, left),
        [true, false] => (false, right),
        _ => return None,
    };
    let matrix = store.mul(&[before, behind, matrix]);
    (!store.is_scalar(c)).then_some(Bound { on_left, matrix, value })
}

/// L, R and K of L X R + K, where X is not transposed (or all of it is).
fn one_sandwich(solver: &mut Solver, store: &mut Store, x: ExprId, id: ExprId) -> Option<(Sandwich, ExprId)> {
    let expanded = expand(store, id, &[x])?;
    let equation = affine(store, expanded, Unknown::plain(x))?;
    let [s] = merged(solver, store, &equation.sandwiches)[..] else { return None };
    if !s.flipped {
        return Some((s, equation.constant));
    }
    let (left, right) = (store.transpose(s.right), store.transpose(s.left));
    Some((Sandwich { left, flipped: false, right }, store.transpose(equation.constant)))
}

/// Zero where it is zero.
fn vanishing(store: &mut Store, id: ExprId) -> ExprId {
    let zero = store.zeros(store.shape(id));
    if check::equal(store, id, zero) { zero } else { id }
}

/// I − Cᵀ(C Cᵀ)⁻¹C, or I − U (UᵀU)⁻¹Uᵀ.
fn outside(store: &mut Store, m: ExprId, rows: bool) -> ExprId {
    let m = if rows { store.transpose(m) } else { m };
    let turned = store.transpose(m);
    let gram = store.mul(&[turned, m]);
    let gram = store.inverse(gram);
    let onto = store.mul(&[m, gram, turned]);
    let eye = store.eye(store.shape(onto).rows);
    store.sub(eye, onto)
}
