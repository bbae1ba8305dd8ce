//! Derivatives against extrapolated central differences, at random points along random directions.

use super::evaluate::{Along, Machine};
use super::linear::{inner, is_finite, scalar};
use super::plan::Plan;
use super::point::{Place, Point, Sampler};
use super::sample::{direction, project};
use super::{Difference, Disagreement, Failure, Options, Report, Witness};
use crate::ir::{DimId, ExprId, Facts, Node, Store, SymbolId};
use crate::ops::Matrix;
use rand::RngExt;

/// The step of the difference quotients: the error of the extrapolated quotient is of the fourth order in it.
const STEP: f64 = 2e-4;
/// What rounding does to a number of size one.
const ROUNDING: f64 = 4e-15;
/// From this number of nodes on, one point and one direction must do.
const LARGE: usize = 20_000;

/// What one point says.
pub(super) enum Verdict {
    /// The two sides agree; `strong` where rounding could not have hidden a difference.
    Agrees { error: f64, strong: bool },
    /// They differ.
    Disagrees(Box<Difference>),
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
        } else if error <= 10.0 * self.floor {
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
    let mut report = Report { points: 0, max_error: 0.0, sizes: Vec::new(), styles: Vec::new() };
    let mut wanted = if plan.order.len() >= LARGE { 1 } else { options.points.max(1) };
    let mut weak = Vec::new();
    let mut wrong = None;
    let (mut turn, mut tries) = (0, 0);
    for _ in 0..options.attempts.max(15 * wanted) {
        let point = sampler.draw(store, &plan.needs, pairs, turn, tries);
        let agree = |report: &mut Report, error: f64| {
            report.points += 1;
            report.max_error = report.max_error.max(error);
            report.sizes.push(point.sizes_text(store, &plan.needs.names));
            report.styles.push(point.style());
        };
        match judge(&mut point.clone()) {
            Verdict::Agrees { error, strong: true } => {
                agree(&mut report, error);
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
        for (error, point) in weak.into_iter().take(wanted) {
            report.points += 1;
            report.max_error = report.max_error.max(error);
            report.sizes.push(point.sizes_text(store, &plan.needs.names));
            report.styles.push(point.style());
        }
    }
    if report.points == 0 { Err(Failure::NoPoint) } else { Ok(report) }
}

/// The values of the variables that a machine has drawn.
pub(super) fn witness(machine: &Machine, store: &Store) -> Witness {
    let values = machine.drawn().into_iter().map(|(s, place, m)| (store.symbol_info(s).spelling.clone(), place.to_vec(), m)).collect();
    Witness { sizes: machine.point.sizes_text(store, &machine.plan.needs.names), values }
}

/// The derivative of `f` along the machine's moves, and how much the last extrapolation changed it. `list` is what moves.
fn quotient(machine: &mut Machine, list: &[u32], f: ExprId) -> Option<(Matrix, f64)> {
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
fn floor(machine: &Machine, list: &[u32], claim: ExprId) -> f64 {
    ROUNDING * machine.magnitude(list) / STEP + 1e-10 * machine.terms(claim)
}

/// Whether `gradient` is the gradient of the scalar `f` by the variable `x`: of the variable's shape, in the space of its
/// structure, and df = ⟨gradient, dX⟩ for every dX of that space. For a family of variables it is the gradient by one member,
/// an expression with the free indices of [`Options::index`]. A gradient by an orthogonal variable is the ambient one.
///
/// # Errors
/// [`Failure::Disagrees`] where it is not, with the numeric gradient as the expected value; [`Failure::NoPoint`] where nothing
/// could be checked.
pub fn check_gradient(store: &Store, f: ExprId, x: SymbolId, gradient: ExprId, options: &Options) -> Result<Report, Failure> {
    let plan = Plan::new(store, &[f, gradient]).ok_or(Failure::NoPoint)?;
    let touched = plan.touched(store, &[x]);
    let whole = plan.list(store, &[f, gradient]);
    let own = plan.list(store, &[f]);
    let moving: Vec<u32> = own.iter().copied().filter(|&s| touched[s as usize]).collect();
    let directions = if plan.order.len() >= LARGE { 1 } else { options.directions.max(1) };
    let free = plan.free_levels(gradient);
    drive(store, &plan, &[], options, |point| {
        let place = choose_member(store, x, gradient_index(&free, options, store), point);
        let Some(place) = place else { return Verdict::Unusable };
        let mut machine = Machine::new(store, &plan, point);
        let task = Gradient { f, x, gradient, place, whole: &whole, own: &own, moving: &moving, directions, tolerance: options.tolerance };
        task.judge(store, &mut machine).unwrap_or(Verdict::Unusable)
    })
}

/// The free indices of a gradient: as given, else as they occur.
fn gradient_index(free: &[u32], options: &Options, store: &Store) -> Vec<FreeIndex> {
    if options.index.is_empty() {
        return free.iter().map(|&level| FreeIndex::Level(level)).collect();
    }
    let of = |id: &ExprId| match store.node(*id) {
        Node::Index(level) => FreeIndex::Level(*level),
        Node::Symbol(symbol) => FreeIndex::Symbol(*symbol),
        _ => FreeIndex::Other,
    };
    options.index.iter().map(of).collect()
}

enum FreeIndex {
    Level(u32),
    Symbol(SymbolId),
    Other,
}

/// A random member of a family, with the free indices set to it; no indices for a plain variable.
fn choose_member(store: &Store, x: SymbolId, index: Vec<FreeIndex>, point: &mut Point) -> Option<Place> {
    let mut random = point.random(0x6d65_6d62);
    let mut place = Place::new();
    for &range in &store.symbol_info(x).ranges {
        let top = i64::try_from(point.size(store, range)?).ok()?;
        place.push(random.random_range(1..=top));
    }
    for (free, &at) in index.iter().zip(&place) {
        match free {
            FreeIndex::Level(level) => point.set_index(*level, at),
            #[allow(clippy::cast_precision_loss, reason = "small indices")]
            FreeIndex::Symbol(symbol) => point.set(*symbol, &[], scalar(at as f64)),
            FreeIndex::Other => {}
        }
    }
    Some(place)
}

struct Gradient<'a> {
    f: ExprId,
    x: SymbolId,
    gradient: ExprId,
    place: Place,
    whole: &'a [u32],
    own: &'a [u32],
    moving: &'a [u32],
    directions: usize,
    tolerance: f64,
}

impl Gradient<'_> {
    fn judge(&self, store: &Store, machine: &mut Machine) -> Option<Verdict> {
        machine.run(self.whole)?;
        let info = store.symbol_info(self.x);
        let (rows, cols) = machine.point.shape(store, info.shape)?;
        let g = machine.value(self.gradient).filter(|g| is_finite(g))?.clone();
        let facts = if (rows, cols) == (1, 1) && info.shape.rows == DimId::ONE { Facts::NONE } else { info.facts };
        let wrong =
            |kind, error, expected, found: &Matrix, witness| Failure::Disagrees { kind, error, expected, found: found.clone(), witness };
        if g.shape() != (rows, cols) {
            let place = witness(machine, store);
            return Some(Verdict::Disagrees(Box::new(wrong(Disagreement::Shape, 1.0, Matrix::zeros(rows, cols), &g, place))));
        }
        let floor = floor(machine, self.own, self.gradient) + 1e-12 * machine.magnitude(self.whole);
        let projected = project(facts, &g);
        let outside = (&g - &projected).norm();
        if outside > self.tolerance * g.norm() + floor {
            let place = witness(machine, store);
            let error = outside / g.norm();
            return Some(Verdict::Disagrees(Box::new(wrong(Disagreement::Structure, error, projected, &g, place))));
        }
        let mut random = machine.point.random(0x6469_7265);
        let (mut largest, mut all_strong) = (0.0f64, true);
        for _ in 0..self.directions {
            let v = direction(&mut random, facts, rows, cols)?;
            let claimed = inner(&g, &v)?;
            let scale = g.norm();
            machine.along(vec![Along::Matrix(self.x, self.place.clone(), v)]);
            let (expected, doubt) = quotient(machine, self.moving, self.f)?;
            let compared = Comparison { expected, found: scalar(claimed), scale, floor, doubt, tolerance: self.tolerance };
            match compared.verdict(|error| wrong(Disagreement::Value, error, Matrix::zeros(0, 0), &g, witness(machine, store))) {
                Verdict::Agrees { error, strong } => {
                    largest = largest.max(error);
                    all_strong &= strong;
                }
                Verdict::Disagrees(mut difference) => {
                    difference.expected = self.numeric(machine, facts, rows, cols)?;
                    return Some(Verdict::Disagrees(difference));
                }
                Verdict::Unusable => return Some(Verdict::Unusable),
            }
        }
        Some(Verdict::Agrees { error: largest, strong: all_strong })
    }

    /// The whole numeric gradient: G_ij is the derivative along the projection of E_ij.
    fn numeric(&self, machine: &mut Machine, facts: Facts, rows: usize, cols: usize) -> Option<Matrix> {
        let mut all = Matrix::zeros(rows, cols);
        if all.len() > 400 {
            return Some(all);
        }
        for i in 0..rows {
            for j in 0..cols {
                let mut unit = Matrix::zeros(rows, cols);
                unit[(i, j)] = 1.0;
                machine.along(vec![Along::Matrix(self.x, self.place.clone(), project(facts, &unit))]);
                all[(i, j)] = quotient(machine, self.moving, self.f)?.0[(0, 0)];
            }
        }
        Some(all)
    }
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
    let judge = |machine: &mut Machine| {
        machine.run(&whole)?;
        let found = machine.value(df).filter(|v| is_finite(v))?.clone();
        let floor = floor(machine, &own, df) + 1e-12 * machine.magnitude(&whole);
        machine.along(pairs.iter().map(|&(x, dx)| Along::Symbol(x, dx)).collect());
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
    drive(store, &plan, pairs, &options, |point| judge(&mut Machine::new(store, &plan, point)).unwrap_or(Verdict::Unusable))
}
