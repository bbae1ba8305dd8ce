//! How points are tried until they agree, and what counts as agreeing.

use super::evaluate::Machine;
use super::plan::Plan;
use super::point::{Point, Sampler};
use super::{Difference, Failure, Options, Report, Witness};
use crate::ir::{Store, SymbolId};
use crate::ops::Matrix;

/// From this number of nodes on, one point and one direction must do.
pub(super) const LARGE: usize = 20_000;

/// Beyond this size a difference quotient says nothing of a derivative.
const ORDINARY: f64 = 1e12;

/// What counts as agreeing where rounding could have hidden a difference.
const WEAK: f64 = 1e-2;

/// What one point says.
pub(super) enum Verdict {
    /// The two sides agree; `strong` where rounding could not have hidden a difference.
    Agrees { error: f64, strong: bool },
    /// They differ, as far as one point can say.
    Disagrees(Box<Difference>),
    /// They differ, and rounding does not explain it.
    Certain(Box<Difference>),
    /// Nothing: a value is missing, or a quotient is not to be trusted.
    Unusable,
}

/// Two values that should be equal, with what is known of their accuracy.
pub(super) struct Comparison {
    pub expected: Matrix,
    pub found: Matrix,
    /// The size of what is compared, where it is more than the size of the two.
    pub scale: f64,
    /// What rounding alone explains.
    pub floor: f64,
    /// How much the extrapolation changed the quotient.
    pub doubt: f64,
    pub tolerance: f64,
}

impl Comparison {
    /// The verdict; the difference, where there is one, is made by `fail` from the relative error.
    pub fn verdict(&self, fail: impl FnOnce(f64) -> Difference) -> Verdict {
        if self.expected.shape() != self.found.shape() {
            return Verdict::Disagrees(Box::new(fail(1.0)));
        }
        let error = (&self.expected - &self.found).norm();
        let size = self.expected.norm().max(self.found.norm());
        let scale = size.max(self.scale);
        if !(error.is_finite() && scale.is_finite() && self.floor.is_finite()) || self.doubt > 1e-3 * scale + self.floor {
            return Verdict::Unusable;
        }
        let relative = if scale > 0.0 { error / scale } else { 0.0 };
        if error <= self.tolerance * scale + self.floor {
            Verdict::Agrees { error: relative, strong: self.floor <= 1e-3 * scale }
        } else if error <= 10.0 * self.floor || error <= 10.0 * self.tolerance * scale || size > ORDINARY {
            // Nearly equal beside a singular point, or so steep that a quotient is no derivative (a deep net with large
            // random weights): another point decides.
            Verdict::Unusable
        } else {
            Verdict::Disagrees(Box::new(fail(relative)))
        }
    }
}

/// Draws points until enough agree, or two disagree. One that disagrees alone is outvoted only by several.
pub(super) fn drive(
    store: &Store,
    plan: &Plan,
    pairs: &[(SymbolId, SymbolId)],
    options: &Options,
    mut judge: impl FnMut(&mut Point) -> Verdict,
) -> Result<Report, Failure> {
    let mut sampler = Sampler::new(options.seed);
    let mut report = Report::default();
    let mut wanted = if plan.order.len() >= LARGE { 1 } else { options.points.max(1) };
    let mut weak = Vec::new();
    let mut wrong = None;
    let (mut turn, mut tries) = (0, 0);
    for _ in 0..options.attempts.max(15 * wanted) {
        let point = sampler.draw(store, &plan.needs, pairs, turn, tries);
        match judge(&mut point.clone()) {
            Verdict::Agrees { error, strong: true } => {
                report.add(store, &point, error);
                (turn, tries) = (turn + 1, 0);
            }
            Verdict::Agrees { error, strong: false } => {
                weak.push((error, point));
                tries += 1;
            }
            Verdict::Disagrees(difference) => {
                if let Some(first) = wrong {
                    return Err(Failure::Disagrees(first));
                }
                wrong = Some(difference);
                wanted += 2;
                (turn, tries) = (turn + 1, 0);
            }
            Verdict::Certain(difference) => return Err(Failure::Disagrees(difference)),
            Verdict::Unusable => tries += 1,
        }
        if report.points >= wanted {
            return Ok(report);
        }
        // Where every term vanishes there is nothing stronger to be had.
        if weak.len() >= wanted + 6 && report.points == 0 {
            break;
        }
    }
    if let Some(difference) = wrong
        && report.points < 2
    {
        return Err(Failure::Disagrees(difference));
    }
    if report.points == 0 {
        // Where rounding hides all that could differ, nothing was checked.
        for (error, point) in weak.into_iter().filter(|(error, _)| *error <= WEAK).take(wanted) {
            report.add(store, &point, error);
        }
    }
    if report.points == 0 { Err(Failure::NoPoint) } else { Ok(report) }
}

/// The values of the variables that a machine has drawn.
pub(super) fn witness(machine: &Machine, store: &Store) -> Witness {
    let values = machine.drawn().into_iter().map(|(s, place, m)| (store.symbol_info(s).spelling.clone(), place.to_vec(), m)).collect();
    Witness { sizes: machine.point.sizes_text(store), values }
}
