//! Equality of values at random points: of two expressions, and of each line of a derivation with the one before.

use super::evaluate::{Along, Machine};
use super::linear::is_finite;
use super::plan::Plan;
use super::point::{Point, Sampler, Style};
use super::verdict::{Comparison, Verdict, drive, witness};
use super::{Difference, Disagreement, Failure, Options, Report};
use crate::ir::{ExprId, Store, SymbolId};
use crate::ops::Matrix;

/// Relative tolerance of two values computed in different ways.
const TOLERANCE: f64 = 1e-7;

/// Compares two expressions of a plan whose values are computed.
fn judge(store: &Store, machine: &Machine, magnitude: f64, a: ExprId, b: ExprId) -> Option<Verdict> {
    let (left, right) = (machine.value(a).filter(|v| is_finite(v))?, machine.value(b).filter(|v| is_finite(v))?);
    let kind = if left.shape() == right.shape() { Disagreement::Value } else { Disagreement::Shape };
    let terms = machine.terms(a).max(machine.terms(b));
    let floor = 1e-12 * magnitude + 1e-9 * terms;
    // Terms that cancel are compared by what rounding leaves of them; that they cancel is evidence by their size.
    let compared = Comparison { expected: left.clone(), found: right.clone(), scale: 0.0, floor, doubt: 0.0, tolerance: TOLERANCE };
    let verdict = compared.verdict(|error| Difference {
        kind,
        error,
        expected: left.clone(),
        found: right.clone(),
        witness: witness(machine, store),
    });
    Some(match verdict {
        Verdict::Agrees { error, strong } => Verdict::Agrees { error, strong: strong || floor <= 1e-3 * terms },
        other => other,
    })
}

/// Whether two expressions have the same value wherever both exist, judged at random points. Differentials in `pairs`
/// (variable, differential) are drawn from their variable's space. A witness is made of small whole numbers where it can be.
///
/// # Errors
/// [`Failure::Disagrees`] with a point where they differ; [`Failure::NoPoint`] where nothing could be compared.
pub fn check_equal(store: &Store, a: ExprId, b: ExprId, pairs: &[(SymbolId, SymbolId)], options: &Options) -> Result<Report, Failure> {
    // Signs and branches tell expressions apart more rarely than entries do: more points than for a derivative.
    let more = Options { points: options.points.max(6), ..options.clone() };
    check_lines(store, &[a, b], pairs, &more).map_err(|(_, failure)| {
        if !failure.is_disagreement() {
            return failure;
        }
        plain_witness(store, a, b, pairs, options).unwrap_or(failure)
    })
}

/// A point of small whole numbers and sizes where the two differ.
fn plain_witness(store: &Store, a: ExprId, b: ExprId, pairs: &[(SymbolId, SymbolId)], options: &Options) -> Option<Failure> {
    let plan = Plan::new(store, &[a, b])?;
    let list = plan.list(store, &[a, b]);
    let mut sampler = Sampler::new(options.seed);
    (0..12).find_map(|tries| {
        let point = sampler.draw_in(store, &plan.needs, pairs, Style::Whole, 0, tries);
        let mut machine = Machine::new(store, &plan, &point);
        machine.run(&list)?;
        match judge(store, &machine, machine.magnitude(&list), a, b)? {
            Verdict::Disagrees(difference) => Some(Failure::Disagrees(difference)),
            _ => None,
        }
    })
}

/// How many points are tried that lie apart.
const APART: usize = 40;

/// A point where two expressions differ, among points of all magnitudes: each variable is scaled by a factor of its own from
/// 1/1000 to 1000, both signs and all sizes occur, and those near the numbers in the expressions, at which functions may branch.
#[must_use]
pub fn check_apart(store: &Store, a: ExprId, b: ExprId, pairs: &[(SymbolId, SymbolId)], options: &Options) -> Option<Failure> {
    let plan = Plan::new(store, &[a, b])?;
    let list = plan.list(store, &[a, b]);
    let mut sampler = Sampler::new(options.seed);
    (0..APART).find_map(|turn| {
        let point = sampler.draw_in(store, &plan.needs, pairs, Style::Apart, turn % 4, turn / 4);
        let mut machine = Machine::new(store, &plan, &point);
        machine.run(&list)?;
        match judge(store, &machine, machine.magnitude(&list), a, b)? {
            Verdict::Disagrees(difference) if is_certain(&mut machine, &list, a, b) => Some(Failure::Disagrees(difference)),
            _ => None,
        }
    })
}

/// A change of the variables by rounding.
const JITTER: f64 = 1e-13;

/// Whether two values that differ at a point differ by more than rounding of the variables makes out of them: beside a singular
/// point it makes anything.
fn is_certain(machine: &mut Machine, list: &[u32], a: ExprId, b: ExprId) -> bool {
    let values = |m: &Machine| Some((m.value(a)?.clone(), m.value(b)?.clone()));
    let Some((left, right)) = values(machine) else { return false };
    if left.shape() != right.shape() {
        return true;
    }
    let turned = |at: usize, m: &Matrix| m * if at.is_multiple_of(2) { JITTER } else { -JITTER };
    let moves = machine.drawn().iter().enumerate().map(|(at, (s, place, m))| Along::Matrix(*s, place.clone(), turned(at, m))).collect();
    machine.along(moves);
    machine.at(1.0);
    let near = machine.run(list).and_then(|()| values(machine));
    machine.along(Vec::new());
    machine.at(0.0);
    near.is_some_and(|(l, r)| (l - &left).norm() + (r - &right).norm() < 0.1 * (left - right).norm())
}

/// The point, of a few with small whole numbers, at which two expressions that are known to differ lie farthest apart.
#[must_use]
pub fn widest(store: &Store, a: ExprId, b: ExprId, options: &Options) -> Option<Difference> {
    let plan = Plan::new(store, &[a, b])?;
    let list = plan.list(store, &[a, b]);
    let mut sampler = Sampler::new(options.seed);
    let mut widest: Option<Difference> = None;
    for tries in 0..12 {
        let point = sampler.draw_in(store, &plan.needs, &[], Style::Whole, 0, tries);
        let mut machine = Machine::new(store, &plan, &point);
        let values = machine.run(&list).and_then(|()| Some((machine.value(a)?.clone(), machine.value(b)?.clone())));
        let Some((left, right)) = values.filter(|(l, r)| l.shape() == r.shape() && is_finite(l) && is_finite(r)) else { continue };
        let error = (&left - &right).norm() / left.norm().max(right.norm()).max(f64::MIN_POSITIVE);
        if error > widest.as_ref().map_or(0.0, |d| d.error) {
            let witness = witness(&machine, store);
            widest = Some(Difference { kind: Disagreement::Value, error, expected: left, found: right, witness });
        }
    }
    widest
}

/// Whether each line of a derivation has the same value as the one before. Differentials in `pairs` (variable, differential)
/// are drawn from their variable's space. All lines are evaluated together: what they share is computed once.
///
/// # Errors
/// The number of the first line that differs from the one before (counted from 0), and how; line 0 where nothing could be
/// compared.
pub fn check_steps(store: &Store, lines: &[ExprId], pairs: &[(SymbolId, SymbolId)], options: &Options) -> Result<Report, (usize, Failure)> {
    check_lines(store, lines, pairs, options)
}

fn check_lines(store: &Store, lines: &[ExprId], pairs: &[(SymbolId, SymbolId)], options: &Options) -> Result<Report, (usize, Failure)> {
    let Some(plan) = Plan::new(store, lines) else { return Err((0, Failure::NoPoint)) };
    let list = plan.list(store, lines);
    let mut culprit = None;
    let outcome = drive(store, &plan, pairs, options, |point| {
        let mut machine = Machine::new(store, &plan, point);
        let mut at_point = || {
            machine.run(&list)?;
            let magnitude = machine.magnitude(&list);
            let (mut largest, mut all_strong) = (0.0f64, true);
            for (at, pair) in lines.windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]) {
                match judge(store, &machine, magnitude, pair[0], pair[1])? {
                    Verdict::Agrees { error, strong } => {
                        largest = largest.max(error);
                        all_strong &= strong;
                    }
                    Verdict::Disagrees(difference) => {
                        let certain = is_certain(&mut machine, &list, pair[0], pair[1]);
                        if certain || culprit.is_none() {
                            culprit = Some(at + 1);
                        }
                        return Some(if certain { Verdict::Certain(difference) } else { Verdict::Disagrees(difference) });
                    }
                    other => return Some(other),
                }
            }
            Some(Verdict::Agrees { error: largest, strong: all_strong })
        };
        at_point().unwrap_or(Verdict::Unusable)
    });
    outcome.map_err(|failure| (culprit.filter(|_| failure.is_disagreement()).unwrap_or(0), failure))
}

/// Compares two expressions at given points; points where one of them does not exist are passed over. Returns the largest
/// relative error.
///
/// # Errors
/// [`Failure::Disagrees`] at the first point where they differ; [`Failure::NoPoint`] where none was of use.
pub fn compare(store: &Store, a: ExprId, b: ExprId, points: &[Point]) -> Result<f64, Failure> {
    let plan = Plan::new(store, &[a, b]).ok_or(Failure::NoPoint)?;
    let list = plan.list(store, &[a, b]);
    let mut largest = None;
    for point in points {
        let mut machine = Machine::new(store, &plan, point);
        if machine.run(&list).is_none() {
            continue;
        }
        match judge(store, &machine, machine.magnitude(&list), a, b) {
            Some(Verdict::Agrees { error, .. }) => largest = Some(error.max(largest.unwrap_or(0.0))),
            Some(Verdict::Disagrees(difference) | Verdict::Certain(difference)) => return Err(Failure::Disagrees(difference)),
            Some(Verdict::Unusable) | None => {}
        }
    }
    largest.ok_or(Failure::NoPoint)
}
