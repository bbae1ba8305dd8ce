//! The ways in which a posed problem is solved, tried in order: what is recognised as a whole, then elimination.

use super::kind::{Extremum, Reason};
use super::structure::{Membership, membership};
use super::{FUEL, Solution, Solver, Unsolved};
use super::{check, family, kind, lagrange, linear, manifold, matrix, monotone, profile, ray, sphere, system, twosided};
use crate::calculus;
use crate::ir::{ExprId, Shape, Store};

/// A stationary point of f under the constraints, not yet looked at as a member of the declared sets. Where f has none in
/// closed form but is an increasing function of something simpler, that is solved instead: the same points are stationary.
///
/// # Errors
/// When the gradient cannot be had, or no closed form is found that stands the numeric check.
pub(super) fn solve(
    store: &mut Store,
    f: ExprId,
    unknowns: &[ExprId],
    constraints: &[ExprId],
    goal: Option<Extremum>,
) -> Result<Solution, Unsolved> {
    let refusal = match attempt(store, f, unknowns, constraints, goal) {
        Err(refusal @ Unsolved::NoClosedForm(..)) if !constraints.is_empty() => refusal,
        done => return done,
    };
    let inside = monotone::peeled(store, f, unknowns);
    if inside == f {
        return Err(refusal);
    }
    let solution = attempt(store, inside, unknowns, constraints, goal).map_err(|_| refusal)?;
    Ok(Solution { instead: Some(inside), ..solution })
}

/// The ways, in order.
fn attempt(
    store: &mut Store,
    f: ExprId,
    unknowns: &[ExprId],
    constraints: &[ExprId],
    goal: Option<Extremum>,
) -> Result<Solution, Unsolved> {
    let mut solver = Solver { goal, ..Solver::new() };
    let problem = lagrange::pose(&mut solver, store, f, unknowns, constraints)?;
    let outer = |solver: &mut Solver, store: &mut Store, pairs: &[(ExprId, ExprId)]| {
        let mut values = Vec::new();
        for &x in unknowns {
            let stand_in = problem.replace.iter().find(|r| r.0 == x).map_or(x, |r| r.1);
            let value = family::put(store, stand_in, pairs);
            values.push(solver.simplify(store, value));
        }
        values
    };
    let recognised = match (&problem.unknowns[..], &problem.constraints[..]) {
        ([x], [c]) => manifold::solve(&mut solver, store, problem.objective, *x, *c),
        ([x], []) => ray::quotient(&mut solver, store, problem.objective, *x),
        _ => None,
    };
    if let ([x], Some(found)) = (&problem.unknowns[..], recognised) {
        let mut others = Vec::new();
        for (other, kind) in found.others {
            let value = outer(&mut solver, store, &[(*x, other)])[0];
            others.push((value, Some(kind)));
        }
        let values = outer(&mut solver, store, &[(*x, found.value)]);
        let solution = Solution::of(values, found.sides, found.steps, (problem.objective, problem.unknowns));
        let (kind, recognised) = (Some(found.kind), found.recognised);
        let codes = found.code.into_iter().collect();
        return Ok(Solution { scale_free: solver.scale_free, others, kind, recognised, codes, ..solution });
    }
    if let [c] = problem.constraints[..]
        && let Some(found) = profile::solve(&mut solver, store, problem.objective, &problem.unknowns, c)
    {
        let [values, codes] = [found.values, found.codes].map(|pairs| outer(&mut solver, store, &pairs));
        let solution = Solution::of(values, found.bound.sides, found.bound.steps, (problem.objective, problem.unknowns));
        return Ok(Solution { kind: found.kind, codes, ..solution });
    }
    if let (&[u, v], &[first, second]) = (&problem.unknowns[..], &problem.constraints[..])
        && let Some(found) = sphere::pair(&mut solver, store, problem.objective, [u, v], [first, second])
    {
        let pairs = [(u, found.values[0]), (v, found.values[1])];
        let values = outer(&mut solver, store, &pairs);
        let solution = Solution::of(values, found.sides, found.steps, (problem.objective, problem.unknowns));
        return Ok(Solution { kind: Some(found.kind), ..solution });
    }
    if let ([x], [c]) = (&problem.unknowns[..], &problem.constraints[..])
        && let Some(found) = ray::solve(&mut solver, store, problem.objective, *x, *c)
    {
        let values = outer(&mut solver, store, &[(*x, found.value)]);
        return Ok(Solution::of(values, found.sides, found.steps, (problem.objective, problem.unknowns)));
    }
    if let (&[x], &[first, second]) = (&problem.unknowns[..], &problem.constraints[..])
        && let Some(outcome) = twosided::solve(&mut solver, store, problem.objective, x, [first, second])
    {
        let found = match outcome {
            twosided::Outcome::Found(found) => *found,
            twosided::Outcome::Clash(left, right) => return Err(Unsolved::Clash(left, right)),
        };
        let values = outer(&mut solver, store, &[(x, found.value)]);
        let solution = Solution::of(values, found.sides, found.steps, (problem.objective, problem.unknowns));
        return Ok(Solution { kind: found.kind, ..solution });
    }
    let inner: Vec<ExprId> = problem.unknowns.iter().chain(&problem.multipliers).copied().collect();
    let sweep = calculus::gradients(store, problem.lagrangian, &inner, false).map_err(Unsolved::Gradient)?;
    if !problem.constraints.is_empty() {
        let name = solver.named(store, &["L", "F", "Lagrangian"], Shape::SCALAR, &[problem.lagrangian], None);
        solver.step(store, name, Some(problem.lagrangian), "the Lagrangian: the objective and, times their multipliers, the constraints");
    }
    let mut equations: Vec<(ExprId, ExprId)> = Vec::new();
    for (at, (&x, &g)) in inner.iter().zip(&sweep.gradients).enumerate() {
        let bound = at >= problem.unknowns.len();
        let g = if bound { problem.constraints[at - problem.unknowns.len()] } else { g };
        let g = solver.simplify(store, g);
        if !family::depends(store, g, &inner) {
            let shown = unknowns.get(at).copied().unwrap_or(x);
            return Err(if bound { Unsolved::NotBinding(g) } else { Unsolved::Degenerate(shown, store.is_zero(g)) });
        }
        equations.push((x, g));
        let law = match (bound, problem.constraints.is_empty()) {
            (true, _) => "the constraint holds",
            (false, true) => "the gradient vanishes",
            (false, false) => "the gradient of the Lagrangian vanishes",
        };
        solver.step(store, g, None, law);
    }
    let left: Vec<ExprId> = equations.iter().map(|e| e.1).collect();
    let Some(values) = system::solve(&mut solver, store, problem.lagrangian, &equations) else {
        let (own, bound) = equations.split_at(problem.unknowns.len());
        if let ([(x, g)], []) = (own, bound)
            && let Some(value) = outlying(&mut solver, store, *x, *g)
        {
            let value = outer(&mut solver, store, &[(*x, value)])[0];
            let facts = store.facts(unknowns[0]);
            if let Membership::Outside(lacking) = membership(store, facts, value) {
                return Err(Unsolved::Outside(unknowns[0], value, lacking));
            }
        }
        let form = if let ([own], false) = (own, bound.is_empty()) {
            solver.fuel = FUEL;
            let known = system::with_multipliers(&mut solver, store, *own, bound);
            known.filter(|(_, open)| open.iter().all(|&c| store.depends_on(c, &problem.multipliers)))
        } else {
            None
        };
        return Err(Unsolved::NoClosedForm(left, form));
    };
    let pairs: Vec<(ExprId, ExprId)> = inner.iter().copied().zip(values.iter().copied()).collect();
    let (own, multipliers) = pairs.split_at(problem.unknowns.len());
    let at_multipliers = store.substitute(problem.lagrangian, multipliers);
    let kind = kind::classify(store, at_multipliers, own, &left, !problem.constraints.is_empty());
    if let (Some(goal), Some(kind)) = (goal, &kind)
        && kind.what != goal
        && solver.others.is_empty()
    {
        return Err(Unsolved::NotWanted(kind.what));
    }
    solver.positive.sort_unstable();
    solver.positive.dedup();
    solver.positive.retain(|&s| store.depends_on(problem.objective, &[s]));
    let sides = left.iter().map(|&g| check::sides_where(store, g, &pairs, &solver.positive)).collect();
    let values = outer(&mut solver, store, &pairs);
    let convex = kind.as_ref().is_some_and(|k| k.reason == Reason::Convex && k.positive.is_empty());
    let fallback = if let ([value], true) = (&values[..], convex) { linear::least_norm(store, *value) } else { None };
    let solution = Solution::of(values, sides, solver.steps, (problem.lagrangian, problem.unknowns));
    let others = solver.others.into_iter().map(|value| (value, None)).collect();
    Ok(Solution { scale_free: solver.scale_free, positive: solver.positive, others, kind, fallback, ..solution })
}

/// The one solution of an equation that exists but was not taken.
fn outlying(solver: &mut Solver, store: &mut Store, x: ExprId, g: ExprId) -> Option<ExprId> {
    solver.fuel = FUEL;
    let values = matrix::equation(solver, store, g, x, 0);
    if let [value] = values[..] { Some(value) } else { None }
}
