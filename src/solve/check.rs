//! No solution counts before it has been tried: the equation at it is zero at random points, and it lies where it should.

use super::expand::{expand, terms};
use super::family::put;
use super::linear::placeholder;
use super::structure::{Membership, membership};
use crate::calculus;
use crate::ir::{DimName, ExprId, Facts, Node, Shape, Store};
use crate::num;

/// Whether `value` solves g(x) = 0, lies in the space of `x`, and is free of `x`.
pub(super) fn solves(store: &mut Store, g: ExprId, x: ExprId, value: ExprId) -> bool {
    if store.depends_on(value, &[x]) || store.shape(value) != store.shape(x) {
        return false;
    }
    let (left, right) = sides(store, g, &[(x, value)]);
    equal(store, left, right) && in_space(store, x, value)
}

/// The scalars that must be positive for `value` to solve g(x) = 0: one that is enough by itself, or all; none where that
/// does not help.
pub(super) fn solves_for_positive(store: &mut Store, g: ExprId, x: ExprId, value: ExprId) -> Vec<ExprId> {
    if store.depends_on(value, &[x]) || store.shape(value) != store.shape(x) {
        return Vec::new();
    }
    let scalars: Vec<ExprId> = store
        .reachable(&[g, value])
        .into_iter()
        .filter(|&id| id != x && store.is_scalar(id) && !store.is(id, Facts::POSITIVE) && matches!(store.node(id), Node::Symbol(_)))
        .collect();
    let mut tries: Vec<Vec<ExprId>> = scalars.iter().map(|&s| vec![s]).collect();
    if scalars.len() > 1 {
        tries.push(scalars);
    }
    tries.truncate(SCALARS);
    tries
        .into_iter()
        .find(|positive| {
            let (left, right) = sides_where(store, g, &[(x, value)], positive);
            equal(store, left, right) && in_space(store, x, value)
        })
        .unwrap_or_default()
}

/// How many scalars are tried.
const SCALARS: usize = 6;

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
    (put(store, left, pairs), put(store, right, pairs))
}

/// The same, with scalars that are positive.
pub(super) fn sides_where(store: &mut Store, g: ExprId, pairs: &[(ExprId, ExprId)], positive: &[ExprId]) -> (ExprId, ExprId) {
    let (left, right) = sides(store, g, pairs);
    let pairs = positive_pairs(store, positive);
    (store.substitute(left, &pairs), store.substitute(right, &pairs))
}

/// A value with scalars that are positive.
pub(super) fn where_positive(store: &mut Store, value: ExprId, positive: &[ExprId]) -> ExprId {
    let pairs = positive_pairs(store, positive);
    if pairs.is_empty() { value } else { store.substitute(value, &pairs) }
}

fn positive_pairs(store: &mut Store, positive: &[ExprId]) -> Vec<(ExprId, ExprId)> {
    positive.iter().map(|&s| (s, placeholder(store, Shape::SCALAR, store.facts(s) | Facts::POSITIVE))).collect()
}

/// Whether two expressions are equal at random points.
pub(super) fn equal(store: &Store, a: ExprId, b: ExprId) -> bool {
    a == b || confirm(store, a, b).is_ok()
}

/// Compares the two sides of an equation at random points; where the usual sizes make an inverse singular, at points with
/// many samples.
///
/// # Errors
/// As [`num::check_equal`].
pub fn confirm(store: &Store, a: ExprId, b: ExprId) -> Result<num::Report, num::Failure> {
    match num::check_equal(store, a, b, &[], &num::Options::default()) {
        // What is solved for numbers alone is not solved.
        Ok(report) if report.only_one.is_empty() => return Ok(report),
        Ok(_) | Err(num::Failure::NoPoint) => {}
        Err(failure) => return Err(failure),
    }
    let mut report = num::Report::default();
    let mut points = Points::new(store, &[a, b]);
    for _ in 0..POINTS {
        let point = points.next(store);
        match num::compare(store, a, b, std::slice::from_ref(&point)) {
            Ok(error) => report.add(store, &point, error),
            Err(num::Failure::NoPoint) => {}
            Err(failure) => return Err(failure),
        }
        if report.points >= 3 && report.only_one.is_empty() {
            return Ok(report);
        }
    }
    Err(num::Failure::NoPoint)
}

/// Whether a value lies in the linear space of its unknown.
fn in_space(store: &mut Store, x: ExprId, value: ExprId) -> bool {
    let linear = calculus::linear_space(store.facts(x));
    matches!(membership(store, linear, value), Membership::Inside)
}

/// How many points are drawn to find one where a solution lies in the objective's domain.
const POINTS: usize = 120;

/// Points in all styles; every other one has many terms in the sums, so that there is enough data for what is inverted.
struct Points {
    sampler: num::Sampler,
    roots: Vec<ExprId>,
    ranges: Vec<DimName>,
    drawn: usize,
}

impl Points {
    fn new(store: &Store, roots: &[ExprId]) -> Self {
        let mut ranges: Vec<DimName> = Vec::new();
        for id in store.reachable(roots) {
            if let Node::BigSum { high, .. } = *store.node(id)
                && let Node::Size(name) = *store.node(high)
            {
                ranges.push(name);
            }
        }
        Points { sampler: num::Sampler::new(17), roots: roots.to_vec(), ranges, drawn: 0 }
    }

    fn next(&mut self, store: &Store) -> num::Point {
        let turn = self.drawn;
        self.drawn += 1;
        let mut point = self.sampler.point(store, &self.roots, &[], turn % 3, turn / 3 % 8);
        if turn % 2 == 1 {
            for &name in &self.ranges {
                point.set_size(name, 9);
            }
        }
        point
    }
}

/// Whether there is a point where the objective exists at the solution and the values have the signs that were declared.
pub(super) fn in_domain(store: &mut Store, objective: ExprId, pairs: &[(ExprId, ExprId)]) -> bool {
    let at = put(store, objective, pairs);
    let mut roots = vec![at];
    roots.extend(pairs.iter().map(|p| p.1));
    let mut points = Points::new(store, &roots);
    (0..POINTS).any(|_| {
        let point = points.next(store);
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

/// Whether a number has the sign that is claimed of it wherever it could be evaluated.
pub(super) fn has_sign(store: &Store, number: ExprId, negative: bool) -> bool {
    let mut points = Points::new(store, &[number]);
    let (mut seen, mut drawn) = (0, 0);
    while seen < SIGNS && drawn < POINTS {
        drawn += 1;
        let point = points.next(store);
        let Some(values) = num::evaluate(store, &[number], &point) else { continue };
        let Some(&value) = values.first().and_then(|v| v.iter().next()).filter(|v| v.is_finite()) else { continue };
        seen += 1;
        if (if negative { -value } else { value }) < -1e-9 {
            return false;
        }
    }
    true
}

/// At how many points a sign is looked at.
const SIGNS: usize = 12;

/// At how many of the points that were looked at something holds.
pub(super) enum Share {
    All,
    Some,
    None,
}

/// Where a value has a sign (positive definite, nonnegative, …). On the border it counts for those that are inside elsewhere: a
/// sum of too few outer products is singular.
pub(super) fn share(store: &Store, value: ExprId, sign: Facts) -> Share {
    let mut points = Points::new(store, &[value]);
    let (mut seen, mut inside, mut outside) = (0, 0, 0);
    let strict = sign.has(Facts::DEFINITE) || sign.has(Facts::POSITIVE);
    for _ in 0..POINTS {
        let point = points.next(store);
        let Some(values) = num::evaluate(store, &[value], &point) else { continue };
        let Some(least) = least(&values[0], sign) else { continue };
        let size = values[0].iter().fold(1.0, |most: f64, v| most.max(v.abs()));
        seen += 1;
        inside += i32::from(least > BORDER * size || !strict && least >= -BORDER * size);
        outside += i32::from(least < -BORDER * size);
        if seen >= SIGNS && inside > 0 && outside > 0 {
            return Share::Some;
        }
    }
    match (inside, outside) {
        (0, _) => Share::None,
        (_, 0) => Share::All,
        _ => Share::Some,
    }
}

/// What is a zero by rounding.
const BORDER: f64 = 1e-9;

/// The smallest eigenvalue, or entry.
fn least(value: &nalgebra::DMatrix<f64>, sign: Facts) -> Option<f64> {
    let finite = value.iter().all(|v| v.is_finite()) && !value.is_empty();
    let by_spectrum = sign.has(Facts::DEFINITE) || sign.has(Facts::SEMIDEFINITE);
    if !finite || by_spectrum && !value.is_square() {
        return None;
    }
    Some(if by_spectrum { value.clone().symmetric_eigen().eigenvalues.min() } else { value.min() })
}

/// Whether a square matrix has an inverse at some point.
pub fn is_regular(store: &Store, matrix: ExprId) -> bool {
    let mut points = Points::new(store, &[matrix]);
    (0..POINTS).any(|_| {
        let point = points.next(store);
        let Some(values) = num::evaluate(store, &[matrix], &point) else { return false };
        let singular = values[0].clone().singular_values();
        singular.min() > 1e-9 * singular.max()
    })
}
