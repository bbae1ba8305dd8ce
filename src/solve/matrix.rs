//! One equation in one unknown: which form it can be brought into, tried in order.

use super::expand::{expand, terms};
use super::linear::{Unknown, affine, end_factor, placeholder, solve as solve_linear, through_jacobian};
use super::{Solver, check, entrywise, quadratic};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Shape, Store};

/// How deep one equation may lead to another.
const DEPTH: u32 = 4;

type Strategy = fn(&mut Solver, &mut Store, ExprId, ExprId, u32) -> Vec<ExprId>;

/// The ways of solving, in order.
const STRATEGIES: &[(&str, Strategy)] = &[
    ("divide", linear),
    ("isolate entry by entry", |solver, store, g, x, depth| entrywise::solve(solver, store, g, x, depth)),
    ("divide", powers),
    ("each eigenvalue solves a quadratic equation", quadratic::solve),
    ("solve for a part", part),
    ("direction and length", along),
    ("stack the columns", |solver, store, g, x, _| through_jacobian(solver, store, g, x).into_iter().collect()),
];

/// The solutions of g(x) = 0 that stand the numeric check, best first: all of one strategy.
pub(super) fn equation(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId, depth: u32) -> Vec<ExprId> {
    if depth > DEPTH || !store.depends_on(g, &[x]) {
        return Vec::new();
    }
    let start = solver.steps.len();
    let simple = solver.simplify(store, g);
    let stripped = strip(store, simple, x);
    if stripped != simple {
        solver.step(store, stripped, None, "without factors that do not vanish");
    }
    let mut rejected: Vec<(&str, ExprId)> = Vec::new();
    for &(law, strategy) in STRATEGIES {
        if solver.fuel == 0 {
            break;
        }
        solver.fuel -= 1;
        let mark = solver.steps.len();
        let mut good: Vec<(ExprId, ExprId)> = Vec::new();
        let mut tried: Vec<ExprId> = Vec::new();
        for candidate in strategy(solver, store, stripped, x, depth) {
            let value = solver.simplify(store, candidate);
            if tried.contains(&value) {
                continue;
            }
            tried.push(value);
            if check::solves(store, g, x, value) {
                good.push((candidate, value));
            }
        }
        if let Some(&(candidate, value)) = good.first() {
            let lead = solver.leads.iter().find(|l| l.0 == candidate).map(|l| l.1.clone());
            solver.steps.extend(lead);
            solver.leads.clear();
            solver.close_steps(store, start, depth, (x, value), law);
            return good.into_iter().map(|g| g.1).collect();
        }
        solver.steps.truncate(mark);
        rejected.extend(tried.into_iter().map(|v| (law, v)));
    }
    // √(a²) is a only where a is positive.
    for (law, value) in rejected {
        let positive = check::solves_for_positive(store, g, x, value);
        if !positive.is_empty() {
            solver.positive.extend(positive);
            solver.close_steps(store, start, depth, (x, value), law);
            return vec![value];
        }
    }
    solver.steps.truncate(start);
    Vec::new()
}

/// g without factors that cannot vanish: scalars in front, invertible factors at the ends.
pub(super) fn strip(store: &mut Store, g: ExprId, x: ExprId) -> ExprId {
    let Node::Product { scalars, chain, .. } = store.node(g).clone() else { return g };
    let shape = store.shape(g);
    let kept: Vec<_> = scalars
        .into_iter()
        .filter(|&(b, e)| {
            let varies = store.depends_on(b, &[x]) || store.depends_on(e, &[x]);
            let negative = store.as_num(e).is_some_and(Rational::is_negative);
            varies && !negative && !store.is(b, Facts::POSITIVE)
        })
        .collect();
    let invertible = |store: &Store, f: &Factor| {
        let square = store.shape(f.base).is_square();
        let negative = store.as_num(f.power).is_some_and(Rational::is_negative);
        let varies = store.depends_on(f.base, &[x]);
        square && (negative || !varies || store.is(f.base, Facts::DEFINITE))
    };
    let mut chain = &chain[..];
    while chain.len() > 1 && invertible(store, &chain[0]) {
        chain = &chain[1..];
    }
    while chain.len() > 1 && invertible(store, &chain[chain.len() - 1]) {
        chain = &chain[..chain.len() - 1];
    }
    let stripped = store.product(Rational::ONE, &kept, chain);
    if store.shape(stripped) == shape { stripped } else { g }
}

/// Σ L X R = C.
fn linear(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId, _: u32) -> Vec<ExprId> {
    let Some(expanded) = expand(store, g, &[x]) else { return Vec::new() };
    let Some(equation) = affine(store, expanded, Unknown::plain(x)) else { return Vec::new() };
    let shape = store.shape(x);
    solver.collected(store, &equation, Unknown::plain(x), "collect");
    solve_linear(solver, store, &equation, shape)
}

/// Linear in a power of X, where need be after multiplying by what begins or ends a term with a negative power.
fn powers(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId, _: u32) -> Vec<ExprId> {
    let shape = store.shape(x);
    let Some(expanded) = expand(store, g, &[x]) else { return Vec::new() };
    let all = terms(store, expanded, &[x]);
    let mut ends: [Vec<Option<Factor>>; 2] = [vec![None], vec![None]];
    for &(_, t) in &all {
        for (side, list) in ends.iter_mut().enumerate() {
            let f = match store.node(t) {
                Node::Product { .. } => end_factor(store, t, side == 0),
                _ => None,
            };
            if let Some(f) = f
                && store.as_num(f.power).is_some_and(Rational::is_negative)
                && store.depends_on(f.base, &[x])
                && !list.contains(&Some(f))
            {
                list.push(Some(f));
            }
        }
    }
    let mut found = Vec::new();
    for right in ends[1].clone() {
        for left in ends[0].clone() {
            let mut factors = Vec::new();
            let inverse = |store: &mut Store, f: Factor| {
                let power = store.mul(&[ExprId::MINUS_ONE, f.power]);
                store.factor(Factor { power, ..f })
            };
            factors.extend(left.map(|f| inverse(store, f)));
            factors.push(g);
            factors.extend(right.map(|f| inverse(store, f)));
            let product = store.mul(&factors);
            let Some(expanded) = expand(store, product, &[x]) else { continue };
            for power in powers_of(store, expanded, x) {
                let Some(equation) = affine(store, expanded, Unknown { base: x, power }) else { continue };
                let mark = solver.steps.len();
                solver.collected(store, &equation, Unknown { base: x, power }, "multiply by what is inverted");
                let line = solver.steps.split_off(mark).pop();
                for value in solve_linear(solver, store, &equation, shape) {
                    let inverse = store.power(power, ExprId::MINUS_ONE);
                    if store.is_zero(value) {
                        continue;
                    }
                    let value = if power == ExprId::ONE { value } else { store.power(value, inverse) };
                    solver.leads.extend(line.clone().map(|line| (value, line)));
                    found.push(value);
                }
            }
            found.extend(riccati(store, expanded, x));
        }
    }
    found
}

/// The numeric powers with which X occurs.
fn powers_of(store: &Store, id: ExprId, x: ExprId) -> Vec<ExprId> {
    let mut found = Vec::new();
    for id in store.reachable(&[id]) {
        match store.node(id) {
            Node::Product { scalars, chain, .. } => {
                found.extend(scalars.iter().filter(|p| p.0 == x).map(|p| p.1));
                found.extend(chain.iter().filter(|f| f.base == x).map(|f| f.power));
            }
            _ if id == x => found.push(ExprId::ONE),
            _ => {}
        }
    }
    found.retain(|&p| store.as_num(p).is_some());
    found.sort_unstable();
    found.dedup();
    found
}

/// X B X = A for definite matrices: X = B^(−1/2) (B^(1/2) A B^(1/2))^(1/2) B^(−1/2).
fn riccati(store: &mut Store, expanded: ExprId, x: ExprId) -> Option<ExprId> {
    if !store.is(x, Facts::DEFINITE) {
        return None;
    }
    let all = terms(store, expanded, &[x]);
    let [(c, t), (k, constant)] = &all[..] else { return None };
    if store.depends_on(*constant, &[x]) {
        return None;
    }
    let Node::Product { coefficient, scalars, chain } = store.node(*t).clone() else { return None };
    let [first, middle @ .., last] = &chain[..] else { return None };
    let plain = |f: &Factor| f.base == x && f.power == ExprId::ONE;
    if !plain(first) || !plain(last) || middle.is_empty() || middle.iter().any(|f| store.depends_on(f.base, &[x])) {
        return None;
    }
    let b = store.product(coefficient.mul(c), &scalars, middle);
    let a = store.scale(&k.neg(), *constant);
    let (root, back) = {
        let minus = store.mul(&[ExprId::MINUS_ONE, ExprId::HALF]);
        (store.power(b, ExprId::HALF), store.power(b, minus))
    };
    let inner = store.mul(&[root, a, root]);
    let inner = store.power(inner, ExprId::HALF);
    Some(store.mul(&[back, inner, back]))
}

/// How many parts are tried.
const PARTS: usize = 12;

/// Where X occurs only inside one part u(X): first for u, then u(X) = its value for X.
fn part(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId, depth: u32) -> Vec<ExprId> {
    let parts: Vec<ExprId> = store.dependents_in_order(g, &[x]).0.into_iter().filter(|&id| id != x && id != g).collect();
    let parts: Vec<ExprId> = parts.into_iter().filter(|&id| is_closed(store, id)).take(PARTS).collect();
    let mut found = Vec::new();
    for u in parts {
        let (shape, facts) = (store.shape(u), store.facts(u));
        let stand_in = placeholder(store, shape, facts);
        let h = store.substitute(g, &[(u, stand_in)]);
        if store.depends_on(h, &[x]) {
            continue;
        }
        for value in equation(solver, store, h, stand_in, depth + 1) {
            let line = store.sub(u, value);
            found.extend(equation(solver, store, line, x, depth + 1));
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

/// Where X occurs in scalars as well: X = t D with a direction D that does not need them, then the length t.
fn along(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId, depth: u32) -> Vec<ExprId> {
    let shape = store.shape(x);
    if shape.is_scalar() {
        return Vec::new();
    }
    let Some(direction) = direction(solver, store, g, x) else { return Vec::new() };
    let t = placeholder(store, Shape::SCALAR, Facts::POSITIVE);
    let scaled = store.mul(&[t, direction]);
    let at = store.substitute(g, &[(x, scaled)]);
    let Some(at) = expand(store, at, &[t]) else { return Vec::new() };
    let zero = store.zeros(shape);
    if check::equal(store, at, zero) {
        solver.scale_free.push(x);
        return vec![direction];
    }
    // All terms point along one direction: the first one's.
    let first = terms(store, at, &[t]).first().map_or(at, |f| f.1);
    let first = store.substitute(first, &[(t, ExprId::ONE)]);
    let length = store.inner(first, at);
    let mut found = Vec::new();
    for value in equation(solver, store, length, t, depth + 1) {
        found.push(store.mul(&[value, direction]));
    }
    found
}

/// D where the equation, with the scalars that depend on X held fixed, has the solution X = scalar · D.
fn direction(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId) -> Option<ExprId> {
    let expanded = expand(store, g, &[x])?;
    let mut held: Vec<(ExprId, ExprId)> = Vec::new();
    let mut sum = Vec::new();
    for (c, t) in terms(store, expanded, &[x]) {
        let mut t = t;
        if let Node::Product { coefficient, scalars, chain } = store.node(t).clone() {
            let (varying, fixed): (Vec<_>, Vec<_>) =
                scalars.into_iter().partition(|p| store.depends_on(p.0, &[x]) || store.depends_on(p.1, &[x]));
            if !varying.is_empty() {
                let scalar = store.product(Rational::ONE, &varying, &[]);
                let stand_in = match held.iter().find(|h| h.0 == scalar) {
                    Some(h) => h.1,
                    None => {
                        let stand_in = placeholder(store, Shape::SCALAR, Facts::POSITIVE);
                        held.push((scalar, stand_in));
                        stand_in
                    }
                };
                let rest = store.product(coefficient, &fixed, &chain);
                t = store.mul(&[stand_in, rest]);
            }
        }
        sum.push((c, t));
    }
    if held.is_empty() {
        return None;
    }
    let line = store.sum(sum);
    let equation = affine(store, line, Unknown::plain(x))?;
    let shape = store.shape(x);
    let value = solve_linear(solver, store, &equation, shape).into_iter().next()?;
    let Node::Product { scalars, chain, .. } = store.node(value).clone() else { return None };
    let stand_ins: Vec<ExprId> = held.iter().map(|h| h.1).collect();
    let kept: Vec<_> = scalars.into_iter().filter(|p| !store.depends_on(p.0, &stand_ins)).collect();
    let direction = store.product(Rational::ONE, &kept, &chain);
    (!store.depends_on(direction, &stand_ins)).then_some(direction)
}

/// Whether no index in `id` is bound by a sum around it.
fn is_closed(store: &Store, id: ExprId) -> bool {
    let nodes = store.reachable(&[id]);
    let bound: Vec<u32> =
        nodes.iter().filter_map(|&n| if let Node::BigSum { level, .. } = *store.node(n) { Some(level) } else { None }).collect();
    nodes.iter().all(|&n| !matches!(store.node(n), Node::Index(level) if !bound.contains(level)))
}
