//! A gradient against difference quotients along random directions of the variable's own space.

use super::check::{floor, quotient};
use super::evaluate::{Along, Machine};
use super::linear::{inner, is_finite, scalar};
use super::plan::Plan;
use super::point::{Place, Point};
use super::sample::{direction, project};
use super::verdict::{Comparison, LARGE, Verdict, drive, witness};
use super::{Difference, Disagreement, Failure, Options, Report};
use crate::ir::{DimId, ExprId, Facts, Node, Store, SymbolId};
use crate::ops::Matrix;
use rand::RngExt;

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
        let place = choose_member(store, x, gradient_index(&free, options, store), options, point);
        let Some(place) = place else { return Verdict::Unusable };
        let mut machine = Machine::new(store, &plan, point);
        let task = Gradient { f, x, gradient, place, whole: &whole, own: &own, moving: &moving, directions, tolerance: options.tolerance };
        task.judge(store, &mut machine).unwrap_or(Verdict::Unusable)
    })
}

/// The free indices of a gradient: as given, else as they occur.
pub(super) fn gradient_index(free: &[u32], options: &Options, store: &Store) -> Vec<FreeIndex> {
    if options.index.is_empty() {
        return free.iter().map(|&level| FreeIndex::Level(level)).collect();
    }
    let of = |id: &ExprId| match store.node(*id) {
        Node::Index(level) => FreeIndex::Level(*level),
        Node::Symbol(symbol) => FreeIndex::Symbol(*symbol),
        Node::Num(value) => value.to_integer().map_or(FreeIndex::Other, FreeIndex::Number),
        _ => FreeIndex::Other,
    };
    options.index.iter().map(of).collect()
}

/// A free index of a check.
pub(super) enum FreeIndex {
    Level(u32),
    Symbol(SymbolId),
    Number(i64),
    Other,
}

/// A random member of a family, with the free indices set to it; no indices for a plain variable.
pub(super) fn choose_member(store: &Store, x: SymbolId, index: Vec<FreeIndex>, options: &Options, point: &mut Point) -> Option<Place> {
    let mut random = point.random(0x6d65_6d62);
    let mut place = Place::new();
    for (at, &range) in store.symbol_info(x).ranges.iter().enumerate() {
        let top = i64::try_from(point.size(store, range)?).ok()?;
        let (first, last) = match options.within.filter(|_| at == 0) {
            Some((first, last)) => (point.size(store, first)?, point.size(store, last)?),
            None => (1, point.size(store, range)?),
        };
        let (first, last) = (i64::try_from(first).ok()?, i64::try_from(last).ok()?);
        if first > last {
            return None;
        }
        let any = random.random_range(first..=last);
        place.push(match index.get(at) {
            Some(FreeIndex::Number(number)) => Some(*number).filter(|n| (1..=top).contains(n))?,
            _ => any,
        });
    }
    for (free, &at) in index.iter().zip(&place) {
        match free {
            FreeIndex::Level(level) => point.set_index(*level, at),
            #[allow(clippy::cast_precision_loss, reason = "small indices")]
            FreeIndex::Symbol(symbol) => point.set(*symbol, &[], scalar(at as f64)),
            FreeIndex::Number(_) | FreeIndex::Other => {}
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
        let wrong = |kind, error, expected, found: &Matrix, witness| Difference { kind, error, expected, found: found.clone(), witness };
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
                    difference.expected = self.numeric(machine, facts, rows, cols).unwrap_or_else(|| Matrix::zeros(0, 0));
                    return Some(Verdict::Disagrees(difference));
                }
                other => return Some(other),
            }
        }
        Some(Verdict::Agrees { error: largest, strong: all_strong })
    }

    /// The whole numeric gradient, where it is not too large: G_ij is the derivative along the projection of E_ij.
    fn numeric(&self, machine: &mut Machine, facts: Facts, rows: usize, cols: usize) -> Option<Matrix> {
        let mut all = Matrix::zeros(rows, cols);
        if all.len() > 400 {
            return None;
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
