//! Columns of prescribed length: xᵀB x = r, spheres around other points, pairs of unit vectors.

use super::expand::expand;
use super::kind::{Extremum, Kind};
use super::linear::{Unknown, affine, placeholder};
use super::manifold::{Found, Outcome, Recognised};
use super::{Equation, Solver, check};
use crate::base::Rational;
use crate::calculus;
use crate::ir::{DimId, ExprId, Facts, Node, Shape, Store};
use crate::ops;

/// M and g of a gradient M x + g, without positive scalars that depend on x in front.
fn parts_of(solver: &mut Solver, store: &mut Store, gradient: ExprId, x: ExprId) -> Option<(ExprId, ExprId)> {
    let gradient = match store.node(gradient).clone() {
        Node::Product { coefficient, scalars, chain } => {
            let varies = |p: &(ExprId, ExprId)| store.depends_on(p.0, &[x]) || store.depends_on(p.1, &[x]);
            if scalars.iter().any(|p| varies(p) && !store.is(p.0, Facts::NONNEGATIVE)) {
                gradient
            } else {
                let fixed: Vec<_> = scalars.iter().copied().filter(|p| !varies(p)).collect();
                store.product(coefficient, &fixed, &chain)
            }
        }
        _ => gradient,
    };
    let expanded = expand(store, gradient, &[x])?;
    let equation = affine(store, expanded, Unknown::plain(x))?;
    if equation.sandwiches.is_empty() || equation.sandwiches.iter().any(|s| s.flipped || !store.is_scalar(s.right)) {
        return None;
    }
    let parts: Vec<ExprId> = equation.sandwiches.iter().map(|s| store.mul(&[s.right, s.left])).collect();
    let sum = store.add(&parts);
    Some((solver.simplify(store, sum), solver.simplify(store, equation.constant)))
}

/// A column with xᵀB x = r.
pub(super) fn length(solver: &mut Solver, store: &mut Store, f: ExprId, x: ExprId, c: ExprId) -> Option<Found> {
    let shape = store.shape(x);
    let gradients = [f, c].map(|e| calculus::gradients(store, e, &[x], false).ok().and_then(|s| s.gradients.first().copied()));
    let [gf, gc] = gradients.map(|g| g.map(|g| solver.simplify(store, g)));
    let (gf, gc) = (gf?, gc?);
    let (b, offset) = parts_of(solver, store, gc, x)?;
    if !store.is_zero(offset) {
        return shifted(solver, store, (f, c, x), b, offset);
    }
    let zero = store.zeros(shape);
    let at_zero = store.substitute(c, &[(x, zero)]);
    // xᵀ(b/2)x + c(0) = 0.
    let radius = store.scale(&Rational::from(-2), at_zero);
    let (front, metric) = store.split_front(b);
    let ratio = store.inverse(front);
    let squared = store.mul(&[radius, ratio]);
    let squared = solver.simplify(store, squared);
    let size = store.power(squared, ExprId::HALF);
    let euclidean = matches!(store.node(metric), Node::Eye(_));
    if !euclidean && !store.is(metric, Facts::DEFINITE) {
        return None;
    }
    if !store.depends_on(gf, &[x]) {
        return linear(solver, store, (gf, gc, x), gf, metric, size);
    }
    let (a, rest) = parts_of(solver, store, gf, x)?;
    let (front, matrix) = store.split_front(a);
    if !store.is_zero(rest) {
        // xᵀB x is a constant on the constraint: what is left is linear.
        return if matrix == metric { linear(solver, store, (gf, gc, x), rest, metric, size) } else { None };
    }
    let negative = match store.node(front) {
        Node::Num(n) => n.is_negative(),
        _ if store.is(front, Facts::POSITIVE) => false,
        _ => {
            let minus = store.neg(front);
            if !store.is(minus, Facts::POSITIVE) {
                return None;
            }
            true
        }
    };
    let mut steps = lagrange(solver, store, gf, gc, x);
    let (top, bottom) = (Kind::global(Extremum::Maximum), Kind::global(Extremum::Minimum));
    let (largest, smallest) = if negative { (bottom, top) } else { (top, bottom) };
    let (value, others, recognised);
    if let Some(u) = outer_square(store, matrix) {
        if solver.goal.is_some_and(|goal| goal != largest.what) {
            // The other end is every direction orthogonal to u.
            return None;
        }
        // The one direction with an eigenvalue other than 0: B⁻¹u.
        let inverse = store.inverse(metric);
        let direction = if euclidean { u } else { store.mul(&[inverse, u]) };
        let length = store.inner(u, direction);
        let length = store.power(length, ExprId::HALF);
        let length = store.inverse(length);
        value = store.mul(&[size, length, direction]);
        (others, recognised) = (Vec::new(), None);
    } else {
        let minus = store.mul(&[ExprId::MINUS_ONE, ExprId::HALF]);
        let back = store.power(metric, minus);
        let inner = if euclidean { matrix } else { store.mul(&[back, matrix, back]) };
        let inner = solver.simplify(store, inner);
        if !store.is(inner, Facts::SYMMETRIC) {
            let turned = store.transpose(inner);
            if !check::equal(store, inner, turned) {
                return None;
            }
        }
        let mut ends = ["maxeigvec", "mineigvec"].map(|name| {
            let v = ops::apply(store, name, &[inner]);
            if euclidean { store.mul(&[size, v]) } else { store.mul(&[size, back, v]) }
        });
        let mut kinds = [largest, smallest];
        let mut wanted = 0;
        if solver.goal.is_some_and(|goal| goal != kinds[0].what) {
            ends.swap(0, 1);
            kinds.swap(0, 1);
            wanted = 1;
        }
        value = ends[0];
        others = vec![(ends[1], kinds[1].clone())];
        recognised = Some(Recognised::Eigenvectors { of: matrix, largest: wanted == 0, metric: (!euclidean).then_some(metric) });
        let kind = kinds[0].clone();
        return Some(close(solver, store, (gf, gc, x), (value, kind, others, recognised), steps));
    }
    steps.retain(|s| s.lhs != s.rhs);
    Some(close(solver, store, (gf, gc, x), (value, largest, others, recognised), steps))
}

/// A constraint whose centre is x₀ = −B⁻¹h: solved for y = x − x₀.
fn shifted(solver: &mut Solver, store: &mut Store, (f, c, x): (ExprId, ExprId, ExprId), b: ExprId, offset: ExprId) -> Option<Found> {
    let inverse = store.inverse(b);
    let centre = store.mul(&[ExprId::MINUS_ONE, inverse, offset]);
    let centre = solver.simplify(store, centre);
    let y = placeholder(store, store.shape(x), Facts::NONE);
    let moved = store.add(&[centre, y]);
    let (f, c) = (store.substitute(f, &[(x, moved)]), store.substitute(c, &[(x, moved)]));
    let c = expand(store, c, &[y])?;
    let c = solver.simplify(store, c);
    let zero = store.zeros(store.shape(x));
    let gradient = calculus::gradients(store, c, &[y], false).ok()?.gradients.first().copied()?;
    let still = store.substitute(gradient, &[(y, zero)]);
    let still = solver.simplify(store, still);
    if !store.is_zero(still) {
        return None;
    }
    let mut found = length(solver, store, f, y, c)?;
    let back = store.sub(x, centre);
    for step in &mut found.steps {
        (step.lhs, step.rhs) = (store.substitute(step.lhs, &[(y, back)]), store.substitute(step.rhs, &[(y, back)]));
    }
    let mut outward = |value: ExprId| {
        let sum = store.add(&[centre, value]);
        solver.simplify(store, sum)
    };
    found.value = outward(found.value);
    for other in &mut found.others {
        other.0 = outward(other.0);
    }
    // A shifted eigenvector is none.
    found.recognised = None;
    Some(found)
}

/// The size of the number in front, and the rest with its sign.
fn unit_front(store: &mut Store, id: ExprId) -> (Rational, ExprId) {
    let (c, bare) = store.split_number(id);
    let sign = if c.is_negative() { Rational::from(-1) } else { Rational::ONE };
    let rest = store.scale(&sign, bare);
    (c.abs(), rest)
}

/// gᵀx is smallest at −√r B⁻¹g / √(gᵀB⁻¹g), and largest at its negative.
fn linear(
    solver: &mut Solver,
    store: &mut Store,
    (gf, gc, x): (ExprId, ExprId, ExprId),
    g: ExprId,
    metric: ExprId,
    size: ExprId,
) -> Option<Found> {
    if store.is_zero(g) {
        return None;
    }
    let steps = lagrange(solver, store, gf, gc, x);
    let inverse = store.inverse(metric);
    let (_, g) = unit_front(store, g);
    let direction = store.mul(&[inverse, g]);
    let length = store.inner(g, direction);
    let length = store.power(length, ExprId::HALF);
    let length = store.inverse(length);
    let up = store.mul(&[size, length, direction]);
    let down = store.neg(up);
    let mut ends = [(down, Kind::global(Extremum::Minimum)), (up, Kind::global(Extremum::Maximum))];
    if solver.goal == Some(Extremum::Maximum) {
        ends.swap(0, 1);
    }
    let [(value, kind), (other, rest)] = ends;
    let other = solver.simplify(store, other);
    Some(close(solver, store, (gf, gc, x), (value, kind, vec![(other, rest)], None), steps))
}

/// The check ∇f = λ ∇c with λ = xᵀ∇f / xᵀ∇c.
fn close(
    solver: &mut Solver,
    store: &mut Store,
    (gf, gc, x): (ExprId, ExprId, ExprId),
    (value, kind, others, recognised): Outcome,
    mut steps: Vec<Equation>,
) -> Found {
    let value = solver.simplify(store, value);
    let [gf, gc] = [gf, gc].map(|g| store.substitute(g, &[(x, value)]));
    let (above, below) = (store.inner(value, gf), store.inner(value, gc));
    let below = store.inverse(below);
    let right = store.mul(&[above, below, gc]);
    let law = if recognised.is_some() { "an eigenvector, scaled to the constraint" } else { "scaled to the constraint" };
    steps.push(Equation { lhs: x, rhs: value, law: law.into() });
    Found { value, kind, others, recognised, code: None, sides: vec![(gf, right)], steps }
}

/// ∇f = ν ∇c.
fn lagrange(solver: &mut Solver, store: &mut Store, gf: ExprId, gc: ExprId, x: ExprId) -> Vec<Equation> {
    let nu = solver.multiplier(store, Shape::SCALAR, &[gf, gc, x], None);
    let right = store.mul(&[nu, gc]);
    vec![Equation {
        lhs: gf,
        rhs: right,
        law: "the gradient of the objective is normal to the constraint: a multiple of the constraint's gradient".into(),
    }]
}

/// u where the matrix is u uᵀ.
fn outer_square(store: &mut Store, matrix: ExprId) -> Option<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(matrix).clone() else { return None };
    let cut = (1..chain.len()).find(|&at| store.factor_shape(chain[at]).rows == DimId::ONE)?;
    let u = store.product(Rational::ONE, &[], &chain[..cut]);
    let v = store.product(Rational::ONE, &[], &chain[cut..]);
    (coefficient.is_one() && scalars.is_empty() && store.transpose(u) == v).then_some(u)
}

/// uᵀM v with unit vectors u and v: the leading pair of singular vectors, which is the largest value.
pub(super) fn pair(solver: &mut Solver, store: &mut Store, f: ExprId, unknowns: [ExprId; 2], constraints: [ExprId; 2]) -> Option<Pair> {
    let [u, v] = unknowns;
    for x in unknowns {
        let square = store.inner(x, x);
        let unit = store.sub(square, ExprId::ONE);
        let minus = store.neg(unit);
        if !store.shape(x).is_column() || !constraints.iter().any(|&c| c == unit || c == minus) {
            return None;
        }
    }
    let gradient = calculus::gradients(store, f, &unknowns, false).ok()?;
    let [gu, gv] = [gradient.gradients[0], gradient.gradients[1]].map(|g| solver.simplify(store, g));
    let (m, rest) = parts_of(solver, store, gu, v)?;
    if store.depends_on(gu, &[u]) || store.depends_on(gv, &[v]) || !store.is_zero(rest) || solver.goal == Some(Extremum::Minimum) {
        return None;
    }
    let (front, matrix) = store.split_front(m);
    if !matches!(store.node(front), Node::Num(n) if !n.is_negative()) {
        return None;
    }
    let values = ["leftsv", "rightsv"].map(|name| ops::apply(store, name, &[matrix]));
    let pairs = [(u, values[0]), (v, values[1])];
    let mut sides = Vec::new();
    let mut steps = Vec::new();
    for (g, x) in [(gu, u), (gv, v)] {
        // ∇f = ν x.
        let nu = solver.multiplier(store, Shape::SCALAR, &[f, g], Some(steps.len() + 1));
        steps.push(Equation { lhs: g, rhs: store.mul(&[nu, x]), law: "the gradient is normal to the constraint".into() });
        let at = store.substitute(g, &pairs);
        let value = store.substitute(x, &pairs);
        let multiplier = store.inner(value, at);
        sides.push((at, store.mul(&[multiplier, value])));
    }
    for (x, value) in pairs {
        steps.push(Equation { lhs: x, rhs: value, law: "singular vectors".into() });
    }
    let kind = Kind::global(Extremum::Maximum);
    sides.iter().all(|&(a, b)| check::equal(store, a, b)).then_some(Pair { values: values.to_vec(), kind, sides, steps })
}

/// Two unit vectors.
pub(super) struct Pair {
    pub values: Vec<ExprId>,
    pub kind: Kind,
    pub sides: Vec<(ExprId, ExprId)>,
    pub steps: Vec<Equation>,
}
