//! Stationary points in closed form: ∇f = 0 isolated for one or several unknowns.
//!
//! `expand.rs` multiplies out as far as the unknown is concerned, `linear.rs` solves what is linear in it (or in a power
//! of it), `entrywise.rs` what concerns one number or each entry by itself, `matrix.rs` brings equations into one of
//! these forms, `system.rs` eliminates several unknowns, `family.rs` puts the value of one member into all of them.
//! `lagrange.rs` gives constraints their multipliers, `sphere.rs` knows unit vectors, `manifold.rs` orthonormal
//! columns, `ray.rs` directions on a hyperplane, `profile.rs` what to do with unknowns that no constraint binds. `check.rs` tries every solution numerically before it counts, `kind.rs` tells minima from
//! maxima (`gather.rs` and `sign.rs` prove the sign of the second differential), `hard.rs` says what was not solved, `sylvester.rs` what code
//! calls instead of stacking columns.

mod check;
mod entrywise;
mod expand;
mod family;
mod gather;
mod gram;
mod hard;
mod kind;
mod lagrange;
mod linear;
mod manifold;
mod matrix;
mod monotone;
mod profile;
mod quadratic;
mod ray;
mod sign;
mod sphere;
mod structure;
mod system;
mod twosided;
mod ways;

pub use check::{confirm, is_regular};
pub use hard::{Hardness, hardness};
pub use kind::{Extremum, Kind, Reason};
pub use manifold::Recognised;

use structure::{Membership, membership};

use crate::calculus::Refusal;
use crate::ir::{ExprId, Store};
use crate::rewrite::Rewriter;

/// One line of a solution: the equation lhs = rhs, and what was done to get there.
#[derive(Clone, Debug)]
pub struct Equation {
    /// Left of the equals sign.
    pub lhs: ExprId,
    /// Right of it.
    pub rhs: ExprId,
    /// What was done.
    pub law: String,
}

/// A stationary point, with how it was found.
#[derive(Clone, Debug)]
pub struct Solution {
    /// One value for each unknown, in order, free of all of them.
    pub values: Vec<ExprId>,
    /// The two sides of each equation at the solution, which have the same value; for the check that the caller reports.
    pub sides: Vec<(ExprId, ExprId)>,
    /// Unknowns of which every positive multiple is stationary as well.
    pub scale_free: Vec<ExprId>,
    /// Scalars that the solution needs positive.
    pub positive: Vec<ExprId>,
    /// Values that lie in the declared set of their unknown only where they have this property.
    pub within: Vec<(ExprId, &'static str)>,
    /// Further stationary points of a single unknown.
    pub others: Vec<(ExprId, Option<Kind>)>,
    /// The equations on the way.
    pub steps: Vec<Equation>,
    /// What was differentiated (the Lagrangian where there are constraints), and by which variables.
    pub posed: (ExprId, Vec<ExprId>),
    /// What kind of point it is, where that is proved.
    pub kind: Option<Kind>,
    /// What the problem was recognised as.
    pub recognised: Option<Recognised>,
    /// What code computes for each unknown, where that is not how the values are written; else empty.
    pub codes: Vec<ExprId>,
    /// What was solved for the objective, an increasing function of it.
    pub instead: Option<ExprId>,
    /// Where the value needs the inverse of AᵀA and A may lack columns: AᵀA with the solution of least norm.
    pub fallback: Option<(ExprId, ExprId)>,
}

impl Solution {
    /// A solution of which nothing further is known.
    fn of(values: Vec<ExprId>, sides: Vec<(ExprId, ExprId)>, steps: Vec<Equation>, posed: (ExprId, Vec<ExprId>)) -> Solution {
        Solution {
            values,
            sides,
            steps,
            posed,
            scale_free: Vec::new(),
            positive: Vec::new(),
            within: Vec::new(),
            others: Vec::new(),
            kind: None,
            recognised: None,
            codes: Vec::new(),
            instead: None,
            fallback: None,
        }
    }
}

/// Why there is no solution.
#[derive(Clone, Debug)]
pub enum Unsolved {
    /// The gradient itself cannot be had.
    Gradient(Refusal),
    /// The unknown is bound by more than a linear space: the reason.
    Constrained(ExprId, &'static str),
    /// The gradient does not depend on the unknown: it vanishes everywhere, or nowhere.
    Degenerate(ExprId, bool),
    /// No closed form was found; the equations' left sides, simplified. Under constraints perhaps the unknown in terms of
    /// multipliers, and the left sides of what those solve.
    NoClosedForm(Vec<ExprId>, Option<(ExprId, Vec<ExprId>)>),
    /// The stationary point is not what was looked for: what it is.
    NotWanted(Extremum),
    /// A constraint does not depend on the unknowns.
    NotBinding(ExprId),
    /// Two constraints hold together only where these are equal.
    Clash(ExprId, ExprId),
    /// The stationary point found for an unknown lies outside the set that it was declared in: what it lacks.
    Outside(ExprId, ExprId, &'static str),
}

/// The solver's state: one simplifier for all, the lines on the way, and how much may still be tried.
pub(crate) struct Solver {
    rewriter: Rewriter,
    steps: Vec<Equation>,
    fuel: u32,
    /// Candidates with the equation that they were read off, where a strategy tries several.
    leads: Vec<(ExprId, Equation)>,
    /// Unknowns of which any positive multiple solves the equation too.
    scale_free: Vec<ExprId>,
    /// Scalars that must be positive for a solution to hold.
    positive: Vec<ExprId>,
    /// Other solutions that stand the check, of a single unknown.
    others: Vec<ExprId>,
    /// What is looked for where several kinds of points are stationary.
    goal: Option<Extremum>,
}

/// How many equations may be attempted for one question.
const FUEL: u32 = 200;

impl Solver {
    fn new() -> Self {
        Solver {
            rewriter: Rewriter::new(),
            steps: Vec::new(),
            fuel: FUEL,
            leads: Vec::new(),
            scale_free: Vec::new(),
            positive: Vec::new(),
            others: Vec::new(),
            goal: None,
        }
    }

    fn simplify(&mut self, store: &mut Store, id: ExprId) -> ExprId {
        self.rewriter.simplify(store, id)
    }

    /// Records lhs = rhs, or lhs = 0.
    fn step(&mut self, store: &mut Store, lhs: ExprId, rhs: Option<ExprId>, law: &str) {
        let rhs = rhs.unwrap_or_else(|| {
            let shape = store.shape(lhs);
            store.zeros(shape)
        });
        self.steps.push(Equation { lhs, rhs, law: law.into() });
    }

    /// Records Σ L X R = C.
    fn collected(&mut self, store: &mut Store, equation: &linear::Affine, unknown: linear::Unknown, law: &str) {
        let mut sum = Vec::new();
        let x = if unknown.power == ExprId::ONE { unknown.base } else { store.power(unknown.base, unknown.power) };
        for s in &equation.sandwiches {
            let middle = if s.flipped { store.transpose(x) } else { x };
            sum.push(store.mul(&[s.left, middle, s.right]));
        }
        if sum.is_empty() {
            return;
        }
        // Both signs: the shorter reads better.
        let (lhs, rhs) = (store.add(&sum), equation.constant);
        let mut ways = Vec::new();
        for (lhs, rhs) in [(lhs, store.neg(rhs)), (store.neg(lhs), rhs)] {
            let (lhs, rhs) = (self.simplify(store, lhs), self.simplify(store, rhs));
            ways.push((self.rewriter.cost(store, lhs) + self.rewriter.cost(store, rhs), lhs, rhs));
        }
        if let Some(&(_, lhs, rhs)) = ways.iter().min_by_key(|w| w.0) {
            self.step(store, lhs, Some(rhs), law);
        }
    }

    /// Records the value of an unknown; the lines of an equation inside another one go.
    fn close_steps(&mut self, store: &mut Store, start: usize, depth: u32, (x, value): (ExprId, ExprId), law: &str) {
        if depth > 0 {
            self.steps.truncate(start);
        } else {
            self.step(store, x, Some(value), law);
        }
    }

    /// Of several expressions of one value, simplified, the shortest.
    fn shortest(&mut self, store: &mut Store, ways: &[ExprId]) -> Option<ExprId> {
        let simple: Vec<ExprId> = ways.iter().map(|&w| self.simplify(store, w)).collect();
        simple.into_iter().min_by_key(|&w| self.rewriter.cost(store, w))
    }
}

/// Solves ∇f = 0 for the unknowns together; with constraints (each an expression that is zero) the gradient of the
/// Lagrangian. Where a point is wanted of a certain kind, `goal` says which. A solution lies in the declared sets.
///
/// # Errors
/// When the gradient cannot be had, or no closed form is found that stands the numeric check.
pub fn stationary(
    store: &mut Store,
    f: ExprId,
    unknowns: &[ExprId],
    constraints: &[ExprId],
    goal: Option<Extremum>,
) -> Result<Solution, Unsolved> {
    let mut solution = ways::solve(store, f, unknowns, constraints, goal)?;
    for (at, &x) in unknowns.iter().enumerate() {
        let value = solution.values[at];
        let (said, _) = structure::said(store, x, constraints);
        let value_there = check::where_positive(store, value, &solution.positive);
        match membership(store, store.facts(x) | said, value_there) {
            Membership::Inside => {}
            Membership::Where(property) => solution.within.push((value, property)),
            Membership::Outside(lacking) => return Err(Unsolved::Outside(x, value, lacking)),
        }
    }
    if let [x] = *unknowns {
        let facts = store.facts(x);
        solution.others.retain(|(other, _)| !matches!(membership(store, facts, *other), Membership::Outside(_)));
    }
    Ok(solution)
}
