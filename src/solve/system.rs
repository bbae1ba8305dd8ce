//! Several unknowns: one is isolated, put into the other equations, and so on.

use super::{Solver, check, matrix};
use crate::ir::{ExprId, Store};

/// Values for all unknowns, free of all of them, or `None`.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, objective: ExprId, equations: &[(ExprId, ExprId)]) -> Option<Vec<ExprId>> {
    let unknowns: Vec<ExprId> = equations.iter().map(|e| e.0).collect();
    let found = eliminate(solver, store, objective, equations)?;
    let values: Vec<ExprId> = unknowns.iter().map(|x| found.iter().find(|p| p.0 == *x).map(|p| p.1)).collect::<Option<_>>()?;
    let pairs: Vec<(ExprId, ExprId)> = unknowns.iter().copied().zip(values.iter().copied()).collect();
    for &(_, g) in equations {
        let (left, right) = check::sides_where(store, g, &pairs, &solver.positive);
        if !check::equal(store, left, right) {
            return None;
        }
    }
    check::in_domain(store, objective, &pairs).then_some(values)
}

fn eliminate(solver: &mut Solver, store: &mut Store, objective: ExprId, equations: &[(ExprId, ExprId)]) -> Option<Vec<(ExprId, ExprId)>> {
    let Some((_, rest)) = equations.split_first() else { return Some(Vec::new()) };
    if rest.is_empty() {
        let (x, g) = equations[0];
        let values = matrix::equation(solver, store, g, x, 0);
        let value = values.iter().copied().find(|&v| check::in_domain(store, objective, &[(x, v)]))?;
        solver.others = values.into_iter().filter(|&v| v != value && check::in_domain(store, objective, &[(x, v)])).collect();
        return Some(vec![(x, value)]);
    }
    let unknowns: Vec<ExprId> = equations.iter().map(|e| e.0).collect();
    // First those that can be isolated free of the others, then any.
    let mut isolated: Vec<(usize, ExprId, bool)> = Vec::new();
    for (at, &(x, g)) in equations.iter().enumerate() {
        for value in matrix::equation(solver, store, g, x, 0) {
            isolated.push((at, value, store.depends_on(value, &unknowns)));
        }
    }
    isolated.sort_by_key(|i| i.2);
    let mut best: Option<(u64, Vec<(ExprId, ExprId)>)> = None;
    for (at, value, _) in isolated {
        let x = equations[at].0;
        let mut others: Vec<(ExprId, ExprId)> = Vec::new();
        for (k, &(y, g)) in equations.iter().enumerate() {
            if k != at {
                let g = store.substitute(g, &[(x, value)]);
                others.push((y, g));
            }
        }
        let reduced = store.substitute(objective, &[(x, value)]);
        if let Some(mut found) = eliminate(solver, store, reduced, &others) {
            let value = store.substitute(value, &found);
            found.push((x, solver.simplify(store, value)));
            let cost = found.iter().map(|p| solver.rewriter.cost(store, p.1)).sum();
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, found));
            }
        }
        // The order of elimination changes only how the answer reads.
        if best.is_some() && equations.len() > ORDERS {
            break;
        }
    }
    best.map(|b| b.1)
}

/// Up to this many unknowns every order of elimination is tried, and the shortest answer kept.
const ORDERS: usize = 3;
