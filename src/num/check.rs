//! Derivatives of any shape against extrapolated central differences.

use super::evaluate::{Along, Machine};
use super::gradient::{choose_member, gradient_index};
use super::linear::is_finite;
use super::plan::Plan;
use super::point::{Place, Point};
use super::verdict::{Comparison, LARGE, Verdict, drive, witness};
use super::{Difference, Disagreement, Failure, Options, Report};
use crate::ir::{ExprId, Store, SymbolId};
use crate::ops::Matrix;

/// The step of the difference quotients: the error of the extrapolated quotient is of the fourth order in it.
const STEP: f64 = 2e-4;
/// What rounding does to a number of size one.
const ROUNDING: f64 = 4e-15;
/// The derivative of `f` along the machine's moves, and how much the last extrapolation changed it. `list` is what moves.
pub(super) fn quotient(machine: &mut Machine, list: &[u32], f: ExprId) -> Option<(Matrix, f64)> {
    let Some(&last) = list.last() else {
        let still = machine.value(f)?;
        return Some((Matrix::zeros(still.nrows(), still.ncols()), 0.0));
    };
    debug_assert_eq!(last as usize, machine.plan.slot(f));
    let mut difference = |h: f64| {
        let mut value = |step: f64| {
            machine.at(step);
            machine.run(list)?;
            machine.value(f).filter(|v| is_finite(v)).cloned()
        };
        let (ahead, behind) = (value(h)?, value(-h)?);
        Some((ahead - behind) / (2.0 * h))
    };
    let (coarse, fine) = (difference(STEP)?, difference(STEP / 2.0)?);
    machine.at(0.0);
    let best = (&fine * 4.0 - coarse) / 3.0;
    let doubt = (&best - fine).norm();
    Some((best, doubt))
}

/// What rounding explains of a difference quotient of `f` compared with the value of `claim`.
pub(super) fn floor(machine: &Machine, list: &[u32], claim: ExprId) -> f64 {
    ROUNDING * machine.magnitude(list) / STEP + 1e-10 * machine.terms(claim)
}

/// The derivative of `f` (of any shape) at a point when `x`, or the member of a family at `place`, moves along a matrix of its
/// shape: an extrapolated difference quotient. `None` where it does not exist.
#[must_use]
pub fn directional(store: &Store, f: ExprId, x: SymbolId, place: &[i64], along: &Matrix, point: &Point) -> Option<Matrix> {
    let plan = Plan::new(store, &[f])?;
    let mut machine = Machine::new(store, &plan, point);
    let own = plan.list(store, &[f]);
    machine.run(&own)?;
    let touched = plan.touched(store, &[x]);
    let moving: Vec<u32> = own.into_iter().filter(|&s| touched[s as usize]).collect();
    machine.along(vec![Along::Matrix(x, place.into(), along.clone())]);
    quotient(&mut machine, &moving, f).map(|(d, _)| d)
}

/// Whether `df` is the differential of `f` (of any shape) when each variable of `pairs` moves along its partner: a variable
/// of the same shape that is drawn from the space of the first one's structure. A Hessian's action is the differential of
/// the gradient; a Jacobian is checked by its product with the partner.
///
/// # Errors
/// [`Failure::Disagrees`] where it is not; [`Failure::NoPoint`] where nothing could be checked.
pub fn check_differential(
    store: &Store,
    f: ExprId,
    pairs: &[(SymbolId, SymbolId)],
    df: ExprId,
    options: &Options,
) -> Result<Report, Failure> {
    let plan = Plan::new(store, &[f, df]).ok_or(Failure::NoPoint)?;
    let variables: Vec<SymbolId> = pairs.iter().map(|&(x, _)| x).collect();
    let touched = plan.touched(store, &variables);
    let whole = plan.list(store, &[f, df]);
    let own = plan.list(store, &[f]);
    let moving: Vec<u32> = own.iter().copied().filter(|&s| touched[s as usize]).collect();
    let judge = |machine: &mut Machine, place: &Place| {
        machine.run(&whole)?;
        let found = machine.value(df).filter(|v| is_finite(v))?.clone();
        let floor = floor(machine, &own, df) + 1e-12 * machine.magnitude(&whole);
        let one_member = |m: &mut Machine, x, dx| m.variable(dx, Place::new()).map(|v| Along::Matrix(x, place.clone(), v));
        let moves = if place.is_empty() {
            pairs.iter().map(|&(x, dx)| Along::Symbol(x, dx)).collect()
        } else {
            pairs.iter().map(|&(x, dx)| one_member(machine, x, dx)).collect::<Option<Vec<_>>>()?
        };
        machine.along(moves);
        let (expected, doubt) = quotient(machine, &moving, f)?;
        let kind = if expected.shape() == found.shape() { Disagreement::Value } else { Disagreement::Shape };
        let compared = Comparison { expected, found, scale: 0.0, floor, doubt, tolerance: options.tolerance };
        Some(compared.verdict(|error| Difference {
            kind,
            error,
            expected: compared.expected.clone(),
            found: compared.found.clone(),
            witness: witness(machine, store),
        }))
    };
    let directions = if plan.order.len() >= LARGE { 1 } else { options.directions.max(1) };
    let options = Options { points: options.points.max(directions), ..options.clone() };
    drive(store, &plan, pairs, &options, |point| {
        // With an index, one member of a family moves, and not the others.
        let place = match pairs.first() {
            Some(&(x, _)) if !options.index.is_empty() => choose_member(store, x, gradient_index(&[], &options, store), &options, point),
            _ => Some(Place::new()),
        };
        let Some(place) = place else { return Verdict::Unusable };
        judge(&mut Machine::new(store, &plan, point), &place).unwrap_or(Verdict::Unusable)
    })
}
