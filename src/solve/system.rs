//! Several unknowns: one is isolated, put into the other equations, and so on.

use super::{Equation, Solver, check, matrix};
use crate::ir::{ExprId, Store};

/// Values for all unknowns, free of all of them, or `None`.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, objective: ExprId, equations: &[(ExprId, ExprId)]) -> Option<Vec<ExprId>> {
    let unknowns: Vec<ExprId> = equations.iter().map(|e| e.0).collect();
    let (found, steps) = eliminate(solver, store, objective, equations)?;
    solver.steps.extend(steps);
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

/// Each unknown with its value, and the lines that led there.
type Found = (Vec<(ExprId, ExprId)>, Vec<Equation>);

fn eliminate(solver: &mut Solver, store: &mut Store, objective: ExprId, equations: &[(ExprId, ExprId)]) -> Option<Found> {
    if let [(x, g)] = *equations {
        let (values, steps) = isolate(solver, store, g, x);
        let value = values.iter().copied().find(|&v| check::in_domain(store, objective, &[(x, v)]))?;
        solver.others = values.into_iter().filter(|&v| v != value && check::in_domain(store, objective, &[(x, v)])).collect();
        return Some((vec![(x, value)], steps));
    }
    let unknowns: Vec<ExprId> = equations.iter().map(|e| e.0).collect();
    // First those that can be isolated free of the others, then any.
    let mut isolated: Vec<(usize, ExprId, Vec<Equation>, bool)> = Vec::new();
    for (at, &(x, g)) in equations.iter().enumerate() {
        let (values, steps) = isolate(solver, store, g, x);
        for value in values {
            isolated.push((at, value, steps.clone(), store.depends_on(value, &unknowns)));
        }
    }
    isolated.sort_by_key(|i| i.3);
    let mut best: Option<(u64, Found)> = None;
    for (at, value, mut steps, _) in isolated {
        let x = equations[at].0;
        let mut others: Vec<(ExprId, ExprId)> = Vec::new();
        for (k, &(y, g)) in equations.iter().enumerate() {
            if k != at {
                let g = store.substitute(g, &[(x, value)]);
                others.push((y, g));
            }
        }
        let reduced = store.substitute(objective, &[(x, value)]);
        if let Some((mut found, more)) = eliminate(solver, store, reduced, &others) {
            steps.extend(more);
            let back = store.substitute(value, &found);
            let back = solver.simplify(store, back);
            if back != value {
                steps.push(Equation { lhs: x, rhs: back, law: "put back".into() });
            }
            found.push((x, back));
            let cost = found.iter().map(|p| solver.rewriter.cost(store, p.1)).sum();
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, (found, steps)));
            }
        }
        // The order of elimination changes only how the answer reads.
        if best.is_some() && equations.len() > ORDERS {
            break;
        }
    }
    best.map(|b| b.1)
}

/// The solutions of one equation with the lines that led there.
fn isolate(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId) -> (Vec<ExprId>, Vec<Equation>) {
    let mark = solver.steps.len();
    let values = matrix::equation(solver, store, g, x, 0);
    (values, solver.steps.split_off(mark))
}

/// Up to this many unknowns every order of elimination is tried, and the shortest answer kept.
const ORDERS: usize = 3;
