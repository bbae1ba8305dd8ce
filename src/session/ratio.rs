//! By which scalar factor two expressions differ, found from their values: a number, a size, a scalar of the formula.

use super::diagnose::Probe;
use crate::base::Rational;
use crate::ir::{ExprId, Node, Store};
use crate::num;
use crate::ops::Matrix;

/// A scalar factor: a number times a power of a scalar expression.
#[derive(Clone, Debug)]
pub(super) struct Ratio {
    /// The whole factor.
    pub value: ExprId,
    /// The number in front.
    pub number: Rational,
    /// The scalar with its exponent, where it is more than a number; `true` for a size.
    pub scalar: Option<(ExprId, Rational, bool)>,
}

/// The factor c with `a = c b`, where there is one that can be named: at every point of the probe, and at points far from it.
pub(super) fn ratio(store: &mut Store, probe: &Probe, a: ExprId, b: ExprId) -> Option<Ratio> {
    let found = ratio_near(store, probe, a, b)?;
    let product = store.mul(&[found.value, b]);
    num::check_apart(store, a, product, &[], &num::Options::default()).is_none().then_some(found)
}

fn ratio_near(store: &mut Store, probe: &Probe, a: ExprId, b: ExprId) -> Option<Ratio> {
    if store.shape(a) != store.shape(b) {
        return None;
    }
    let mut factors = Vec::new();
    let mut at = Vec::new();
    for (number, values) in probe.values(store, &[a, b]).into_iter().enumerate() {
        let Some(values) = values else { continue };
        factors.push(quotient(values.first()?, values.get(1)?)?);
        at.push(number);
    }
    if factors.len() < 2 {
        return None;
    }
    if let Some(number) = constant(&factors) {
        let value = store.num(number.clone());
        return Some(Ratio { value, number, scalar: None });
    }
    let scalars = scalars(store, probe);
    let ids: Vec<ExprId> = scalars.iter().map(|s| s.0).collect();
    let table = probe.values_each(store, &ids);
    for (&(scalar, size), values) in scalars.iter().zip(&table) {
        for (n, d) in [(1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2)] {
            #[allow(clippy::cast_precision_loss, reason = "small whole numbers")]
            let exponent = n as f64 / d as f64;
            let rest: Option<Vec<f64>> = at
                .iter()
                .zip(&factors)
                .map(|(&p, c)| values.get(p)?.as_ref().map(|s| c / s[(0, 0)].powf(exponent)).filter(|v| v.is_finite()))
                .collect();
            let Some(number) = rest.and_then(|rest| constant(&rest)) else { continue };
            let exponent = Rational::new(n, d)?;
            let power = store.num(exponent.clone());
            let power = store.power(scalar, power);
            let value = store.scale(&number, power);
            return Some(Ratio { value, number, scalar: Some((scalar, exponent, size)) });
        }
    }
    None
}

/// c with `a = c b`.
fn quotient(a: &Matrix, b: &Matrix) -> Option<f64> {
    let square = b.norm_squared();
    if a.shape() != b.shape() || square == 0.0 {
        return None;
    }
    let c = a.dot(b) / square;
    ((a - b * c).norm() <= 1e-7 * a.norm() && c != 0.0).then_some(c)
}

/// The simple number that all values are.
fn constant(values: &[f64]) -> Option<Rational> {
    let first = *values.first()?;
    if values.iter().any(|v| (v - first).abs() > 1e-6 * first.abs()) {
        return None;
    }
    (1..=64i64).find_map(|d| {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "checked to be small")]
        let (n, exact) = ((first * d as f64).round(), first * d as f64);
        let close = n != 0.0 && n.abs() < 1e6 && (n - exact).abs() <= 1e-6 * exact.abs();
        #[allow(clippy::cast_possible_truncation, reason = "below a million")]
        if close { Rational::new(n as i64, d) } else { None }
    })
}

/// What a factor may be made of: sizes, then products of two sizes, then the scalars of the formulas, simple ones first.
fn scalars(store: &mut Store, probe: &Probe) -> Vec<(ExprId, bool)> {
    let nodes = store.reachable(&probe.roots);
    let mut dims = Vec::new();
    for &id in &nodes {
        let shape = store.shape(id);
        for dim in [shape.rows, shape.cols] {
            if store.dim_poly(dim).as_constant().is_none() && !dims.contains(&dim) {
                dims.push(dim);
            }
        }
    }
    let mut found: Vec<(ExprId, bool)> = Vec::new();
    for (at, &a) in dims.iter().enumerate() {
        found.push((store.size(a), true));
        for &b in &dims[..at] {
            let both = store.dim_times(a, b);
            found.push((store.size(both), true));
        }
    }
    found.sort_by_key(|(id, _)| !matches!(store.node(*id), Node::Size(_)));
    let scalar = |id: &ExprId| store.is_scalar(*id) && store.as_num(*id).is_none();
    let mut others: Vec<ExprId> = nodes.into_iter().filter(scalar).filter(|id| found.iter().all(|f| f.0 != *id)).collect();
    others.sort_by_key(|id| !matches!(store.node(*id), Node::Symbol(_) | Node::Size(_)));
    found.extend(others.into_iter().take(60).map(|id| (id, matches!(store.node(id), Node::Size(_)))));
    found
}
