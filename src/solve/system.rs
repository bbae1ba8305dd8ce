//! Several unknowns: one is isolated, put into the other equations, and so on.

use super::expand::expand;
use super::family::put;
use super::{Equation, Solver, check, matrix};
use crate::base::Rational;
use crate::ir::{ExprId, Node, Store};
use crate::ops;

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
pub(super) type Found = (Vec<(ExprId, ExprId)>, Vec<Equation>);

/// Values free of the equations' own unknowns, not tried yet.
pub(super) fn eliminate(solver: &mut Solver, store: &mut Store, objective: ExprId, equations: &[(ExprId, ExprId)]) -> Option<Found> {
    if let [(x, g)] = *equations {
        let (values, steps) = isolate(solver, store, g, x);
        let value = values.iter().copied().find(|&v| check::in_domain(store, objective, &[(x, v)]))?;
        solver.others = values.into_iter().filter(|&v| v != value && check::in_domain(store, objective, &[(x, v)])).collect();
        return Some((vec![(x, value)], steps));
    }
    let unknowns: Vec<ExprId> = equations.iter().map(|e| e.0).collect();
    if let [first, second] = *equations
        && let Some(found) = cramer(solver, store, first, second)
        && check::in_domain(store, objective, &found.0)
    {
        return Some(found);
    }
    // First those that can be isolated free of the others, then any.
    let mut isolated: Vec<(usize, ExprId, Vec<Equation>, bool)> = Vec::new();
    for (at, &(x, g)) in equations.iter().enumerate() {
        let (values, steps) = isolate(solver, store, g, x);
        for value in values {
            isolated.push((at, value, steps.clone(), store.depends_on(value, &unknowns)));
        }
    }
    isolated.sort_by_key(|i| i.3);
    if isolated.is_empty() {
        return exchanged(solver, store, objective, equations);
    }
    let mut best: Option<(u64, Found)> = None;
    for (at, value, mut steps, _) in isolated {
        let x = equations[at].0;
        let mut others: Vec<(ExprId, ExprId)> = Vec::new();
        for (k, &(y, g)) in equations.iter().enumerate() {
            if k != at {
                let g = put(store, g, &[(x, value)]);
                others.push((y, g));
            }
        }
        let reduced = put(store, objective, &[(x, value)]);
        if let Some((mut found, mut more)) = eliminate(solver, store, reduced, &others) {
            if let Some(line) = more.first_mut().filter(|l| l.law == "collect") {
                line.law = "put in, and collected".into();
            }
            steps.extend(more);
            let back = put(store, value, &found);
            let back = spread_exponentials(store, back);
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

/// What is known where multipliers cannot be solved for: the unknown in terms of them, and the equations that they solve.
pub(super) fn with_multipliers(
    solver: &mut Solver,
    store: &mut Store,
    (x, g): (ExprId, ExprId),
    multipliers: &[(ExprId, ExprId)],
) -> Option<(ExprId, Vec<ExprId>)> {
    let mut value = isolate(solver, store, g, x).0.into_iter().next()?;
    let mut open: Vec<(ExprId, ExprId)> = multipliers.iter().map(|&(nu, c)| (nu, put(store, c, &[(x, value)]))).collect();
    // Those that can be eliminated are, as long as one is left.
    let mut at = 0;
    while at < open.len() && open.len() > 1 {
        let found = (0..open.len()).find_map(|k| {
            let known = isolate(solver, store, open[k].1, open[at].0).0.into_iter().next()?;
            Some((k, known))
        });
        let Some((k, known)) = found else {
            at += 1;
            continue;
        };
        let nu = open[at].0;
        let c = open[at].1;
        open[k].1 = c;
        open.remove(at);
        for pair in &mut open {
            pair.1 = put(store, pair.1, &[(nu, known)]);
        }
        let back = put(store, value, &[(nu, known)]);
        let back = spread_exponentials(store, back);
        value = solver.simplify(store, back);
        at = 0;
    }
    let equations = open
        .into_iter()
        .map(|(_, c)| {
            let spread = spread_exponentials(store, c);
            solver.simplify(store, spread)
        })
        .collect();
    Some((value, equations))
}

/// Two numbers in two linear equations, over their common determinant.
fn cramer(solver: &mut Solver, store: &mut Store, first: (ExprId, ExprId), second: (ExprId, ExprId)) -> Option<Found> {
    let (x, y) = (first.0, second.0);
    if !store.is_scalar(x) || !store.is_scalar(y) || !store.is_scalar(first.1) || !store.is_scalar(second.1) {
        return None;
    }
    let mut rows = Vec::new();
    for g in [first.1, second.1] {
        let expanded = expand(store, g, &[x, y])?;
        let at = |store: &mut Store, a: ExprId, b: ExprId| store.substitute(expanded, &[(x, a), (y, b)]);
        let constant = at(store, ExprId::ZERO, ExprId::ZERO);
        let [p, q] = [(ExprId::ONE, ExprId::ZERO), (ExprId::ZERO, ExprId::ONE)].map(|(a, b)| {
            let value = at(store, a, b);
            store.sub(value, constant)
        });
        let (px, qy) = (store.mul(&[p, x]), store.mul(&[q, y]));
        let line = store.add(&[px, qy, constant]);
        let line = expand(store, line, &[x, y])?;
        if store.is_zero(p) || store.is_zero(q) || line != expanded && !check::equal(store, line, expanded) {
            return None;
        }
        let minus = store.neg(constant);
        rows.push([p, q, minus].map(|e| solver.simplify(store, e)));
    }
    let [a, b, c] = rows[0];
    let [d, e, f] = rows[1];
    let minor = |store: &mut Store, p: ExprId, q: ExprId, r: ExprId, s: ExprId| {
        let (left, right) = (store.mul(&[p, s]), store.mul(&[q, r]));
        store.sub(left, right)
    };
    let determinant = minor(store, a, b, d, e);
    let determinant = solver.simplify(store, determinant);
    if store.is_zero(determinant) {
        return None;
    }
    let inverse = store.inverse(determinant);
    let above = [minor(store, c, b, f, e), minor(store, a, c, d, f)];
    let values = above.map(|n| {
        let value = store.mul(&[n, inverse]);
        solver.simplify(store, value)
    });
    let law = "Cramer's rule".to_owned();
    let steps = [x, y].iter().zip(values).map(|(&lhs, rhs)| Equation { lhs, rhs, law: law.clone() }).collect();
    Some((vec![(x, values[0]), (y, values[1])], steps))
}

/// No unknown can be isolated in its own equation: one is, in another's, and the two exchange equations.
fn exchanged(solver: &mut Solver, store: &mut Store, objective: ExprId, equations: &[(ExprId, ExprId)]) -> Option<Found> {
    for at in 0..equations.len() {
        for other in 0..equations.len() {
            if at == other || isolate(solver, store, equations[at].1, equations[other].0).0.is_empty() {
                continue;
            }
            let mut list = equations.to_vec();
            (list[at].1, list[other].1) = (list[other].1, list[at].1);
            return eliminate(solver, store, objective, &list);
        }
    }
    None
}

/// The solutions of one equation with the lines that led there.
fn isolate(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId) -> (Vec<ExprId>, Vec<Equation>) {
    let mark = solver.steps.len();
    let values = matrix::equation(solver, store, g, x, 0);
    let tidy = values.into_iter().map(|v| {
        let spread = spread_exponentials(store, v);
        solver.simplify(store, spread)
    });
    let values: Vec<ExprId> = tidy.collect();
    let mut steps = solver.steps.split_off(mark);
    if let (Some(last), [value, ..]) = (steps.last_mut(), &values[..])
        && last.lhs == x
    {
        last.rhs = *value;
    }
    (values, steps)
}

/// Up to this many unknowns every order of elimination is tried, and the shortest answer kept.
const ORDERS: usize = 3;

/// exp(a + s 1) = exp(s) exp(a): a scalar in the exponent of each entry is a factor.
fn spread_exponentials(store: &mut Store, root: ExprId) -> ExprId {
    let mut pairs = Vec::new();
    for id in store.reachable(&[root]) {
        if let Some(args) = ops::args_of(store, id, "sigmoid")
            && store.is_scalar(id)
        {
            // sigmoid(log(u)) = u/(1 + u).
            let odds = scalar_exponential(store, args[0]);
            if ops::args_of(store, odds, "exp").is_none()
                && !store.reachable(&[odds]).iter().any(|&p| ops::args_of(store, p, "exp").is_some())
            {
                let below = store.add(&[ExprId::ONE, odds]);
                let below = store.inverse(below);
                pairs.push((id, store.mul(&[odds, below])));
            }
            continue;
        }
        let Some(args) = ops::args_of(store, id, "exp") else { continue };
        let shape = store.shape(id);
        if shape.is_scalar() {
            let powers = scalar_exponential(store, args[0]);
            if powers != id {
                pairs.push((id, powers));
            }
            continue;
        }
        let (mut scalars, mut rest) = (Vec::new(), Vec::new());
        for (c, t) in summands(store, args[0]) {
            let t = store.scale(&c, t);
            match constant_entry(store, t) {
                Some(s) => scalars.push(s),
                None => rest.push(t),
            }
        }
        if scalars.is_empty() {
            continue;
        }
        let front = store.add(&scalars);
        let front = scalar_exponential(store, front);
        let entries = if rest.is_empty() {
            store.ones(shape)
        } else {
            let rest = store.add(&rest);
            ops::apply(store, "exp", &[rest])
        };
        pairs.push((id, store.mul(&[front, entries])));
    }
    if pairs.is_empty() { root } else { store.substitute(root, &pairs) }
}

fn summands(store: &mut Store, id: ExprId) -> Vec<(Rational, ExprId)> {
    match store.node(id) {
        Node::Sum(all) => all.clone(),
        _ => vec![store.split_number(id)],
    }
}

/// s where the matrix is s in every entry.
fn constant_entry(store: &mut Store, id: ExprId) -> Option<ExprId> {
    let shape = store.shape(id);
    let ones = store.ones(shape);
    if id == ones {
        return Some(ExprId::ONE);
    }
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return None };
    let front = store.product(coefficient, &scalars, &[]);
    let bare = store.product(Rational::ONE, &[], &chain);
    (bare == ones).then_some(front)
}

/// exp(c log(u) + …) = u^c exp(…).
fn scalar_exponential(store: &mut Store, exponent: ExprId) -> ExprId {
    let (mut factors, mut rest) = (Vec::new(), Vec::new());
    for (c, t) in summands(store, exponent) {
        let inside = match (ops::args_of(store, t, "log"), ops::args_of(store, t, "logsumexp")) {
            (Some(args), _) => Some(args[0]),
            (None, Some(args)) => {
                let entries = ops::apply(store, "exp", &args);
                let ones = store.ones(store.shape(entries));
                Some(store.inner(ones, entries))
            }
            _ => None,
        };
        match inside {
            Some(u) => {
                let c = store.num(c);
                factors.push(store.power(u, c));
            }
            None => rest.push(store.scale(&c, t)),
        }
    }
    if !rest.is_empty() {
        let rest = store.add(&rest);
        factors.push(ops::apply(store, "exp", &[rest]));
    }
    store.mul(&factors)
}
