//! What the functions in a product, a sum or a logarithm do to each other: exp, the logistic function, relu, log det.

use super::Rewriter;
use super::cost::mirrored_logistics;
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Marks, Node, Power, Shape, Store};
use crate::ops;

/// The powers of a monomial or of an element-wise product.
pub(super) fn powers(store: &Store, id: ExprId) -> Option<(Vec<Power>, Shape)> {
    match store.node(id) {
        Node::Hadamard(entries) => Some((entries.clone(), store.shape(id))),
        Node::Product { scalars, .. } if !scalars.is_empty() => Some((scalars.clone(), Shape::SCALAR)),
        _ => None,
    }
}

/// The node with other powers.
pub(super) fn with_powers(store: &mut Store, id: ExprId, new: &[Power]) -> ExprId {
    match store.node(id).clone() {
        Node::Product { coefficient, chain, .. } => store.product(coefficient, new, &chain),
        _ => {
            let shape = store.shape(id);
            store.hadamard_entries(Rational::ONE, &[], new, shape)
        }
    }
}

/// exp(x)^p exp(y)^q = exp(p x + q y), entry by entry.
pub(super) fn exponentials(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some((all, _)) = powers(store, id) else { return Vec::new() };
    let (mut terms, mut rest, mut found) = (Vec::new(), Vec::new(), 0);
    let mut first = None;
    for (at, &(base, exponent)) in all.iter().enumerate() {
        let argument = ops::args_of(store, base, "exp").map(|a| a[0]).zip(store.as_num(exponent).cloned());
        match argument {
            Some((x, power)) => {
                terms.push((power, x));
                found += 1;
                first.get_or_insert(at);
            }
            None => rest.push((base, exponent)),
        }
    }
    if found == 0 || found == 1 && terms[0].0.is_one() {
        return Vec::new();
    }
    let sum = store.sum(terms);
    let exp = ops::apply(store, "exp", &[sum]);
    rest.insert(first.unwrap_or(0).min(rest.len()), (exp, ExprId::ONE));
    vec![with_powers(store, id, &rest)]
}

/// exp(s) exp(x + t 1) = exp(x + (s + t) 1), where the numbers in the exponents meet.
pub(super) fn exponential_of_number(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return Vec::new() };
    let [Factor { base, flipped: false, power: ExprId::ONE }] = chain[..] else { return Vec::new() };
    let Some(x) = ops::args_of(store, base, "exp").map(|a| a[0]) else { return Vec::new() };
    let Node::Sum(terms) = store.node(x) else { return Vec::new() };
    let count = terms.len();
    let ones = store.ones(store.shape(base));
    let mut results = Vec::new();
    for (at, &(number, exponent)) in scalars.iter().enumerate() {
        let Some(s) = ops::args_of(store, number, "exp").map(|a| a[0]) else { continue };
        let spread = store.mul(&[exponent, s, ones]);
        let sum = store.add(&[x, spread]);
        if matches!(store.node(sum), Node::Sum(terms) if terms.len() > count) {
            continue;
        }
        let base = ops::apply(store, "exp", &[sum]);
        let rest: Vec<Power> = scalars.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, &p)| p).collect();
        results.push(store.product(coefficient.clone(), &rest, &[Factor { base, ..chain[0] }]));
    }
    results
}

/// (1 + a/s)/(1 + b/s) = (s + a)/(s + b): a scalar below a line inside other scalars comes out where that shortens.
pub(super) fn fractions_inside(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id) else { return Vec::new() };
    if !scalars.iter().any(|p| matches!(store.node(p.0), Node::Sum(_))) {
        return Vec::new();
    }
    let (coefficient, scalars, chain) = (coefficient.clone(), scalars.clone(), chain.clone());
    let below = |store: &Store, base: ExprId| -> Vec<ExprId> {
        let Node::Sum(terms) = store.node(base) else { return Vec::new() };
        let mut found = Vec::new();
        for (_, t) in terms {
            if let Node::Product { scalars, .. } = store.node(*t) {
                found.extend(scalars.iter().filter(|p| p.1 == ExprId::MINUS_ONE).map(|p| p.0));
            }
        }
        found
    };
    let mut tried: Vec<ExprId> = Vec::new();
    let mut results = Vec::new();
    for &(base, _) in &scalars {
        for s in below(store, base) {
            if tried.contains(&s) {
                continue;
            }
            tried.push(s);
            let mut new = scalars.clone();
            let mut powers = Vec::new();
            for p in &mut new {
                let whole = store.as_num(p.1).is_some_and(Rational::is_integer);
                if !whole || !below(store, p.0).contains(&s) {
                    continue;
                }
                let Node::Sum(terms) = store.node(p.0).clone() else { continue };
                let cleared = terms.into_iter().map(|(c, t)| (c, store.mul(&[s, t]))).collect();
                p.0 = store.sum(cleared);
                powers.push((s, store.mul(&[ExprId::MINUS_ONE, p.1])));
            }
            new.extend(powers);
            results.push(store.product(coefficient.clone(), &new, &chain));
        }
    }
    results
}

/// exp(x − logsumexp(x)) = softmax(x).
pub(super) fn softmax_of_difference(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(args) = ops::args_of(store, id, "exp") else { return Vec::new() };
    let Node::Sum(terms) = store.node(args[0]).clone() else { return Vec::new() };
    let of_log = |store: &Store, t: ExprId| match store.node(t) {
        Node::Product { scalars, chain, .. } => match (&scalars[..], &chain[..]) {
            ([(base, ExprId::ONE)], [ones]) if matches!(store.node(ones.base), Node::Ones(_)) => {
                ops::args_of(store, *base, "logsumexp").map(|a| a[0])
            }
            _ => None,
        },
        _ => None,
    };
    let found = terms.iter().position(|(c, t)| c.neg().is_one() && of_log(store, *t).is_some());
    let Some((at, x)) = found.and_then(|at| Some((at, of_log(store, terms[at].1)?))) else { return Vec::new() };
    let mut rest = terms;
    rest.remove(at);
    if store.sum(rest) == x { vec![ops::apply(store, "softmax", &[x])] } else { Vec::new() }
}

/// relu(x) step(x) = relu(x) and x step(x) = relu(x), entry by entry.
pub(super) fn steps(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some((all, _)) = powers(store, id) else { return Vec::new() };
    let mut results = Vec::new();
    for (at, &(base, exponent)) in all.iter().enumerate() {
        let Some(x) = ops::args_of(store, base, "step").map(|a| a[0]) else { continue };
        if !store.is(exponent, Facts::POSITIVE) {
            continue;
        }
        let relu = ops::apply(store, "relu", &[x]);
        let positive = |store: &Store, e: ExprId| store.is(e, Facts::POSITIVE | Facts::INTEGER);
        for k in 0..all.len() {
            if k != at && (all[k].0 == relu || all[k].0 == x) && positive(store, all[k].1) {
                let mut new = all.clone();
                new[k].0 = relu;
                new.remove(at);
                results.push(with_powers(store, id, &new));
            }
        }
    }
    results
}

/// The z of σ(z).
fn logistic(store: &Store, id: ExprId) -> Option<ExprId> {
    match store.node(id) {
        Node::Call(fun, args) if ops::row(*fun).is_some_and(|row| row.name == "sigmoid") => args.first().copied(),
        _ => None,
    }
}

/// The z of 1 − σ(z), or of its negative (`true`).
fn one_minus_logistic(store: &Store, id: ExprId) -> Option<(ExprId, bool)> {
    let Node::Sum(terms) = store.node(id) else { return None };
    let [a, b] = &terms[..] else { return None };
    let one = |t: ExprId| t == ExprId::ONE || matches!(store.node(t), Node::Ones(_));
    let (unit, other) = if one(a.1) { (a, b) } else { (b, a) };
    let z = logistic(store, other.1)?;
    (one(unit.1) && unit.0.abs().is_one() && other.0 == unit.0.neg()).then(|| (z, unit.0.is_negative()))
}

/// What [`logistic_of_negative`] is called.
pub(super) const LOGISTIC_OF_NEGATIVE: &str = "logistic function: 1 - sigmoid(x) = sigmoid(-x)";

/// 1 − σ(z) = σ(−z) in a whole answer, where σ(z) stands nowhere else in it.
pub(super) fn logistic_of_negative(store: &mut Store, root: ExprId) -> ExprId {
    let (mut found, mut used) = (Vec::new(), Marks::up_to(root));
    for id in store.reachable(&[root]) {
        match one_minus_logistic(store, id) {
            Some((z, negative)) => found.push((id, z, negative)),
            None => store.each_child(id, |c| {
                used.insert(c);
            }),
        }
    }
    let mut replaced = Vec::new();
    for (sum, z, negative) in found {
        let sigmoid = ops::apply(store, "sigmoid", &[z]);
        if sigmoid != root && !used.contains(sigmoid) {
            let minus = store.neg(z);
            let mirror = ops::apply(store, "sigmoid", &[minus]);
            replaced.push((sum, if negative { store.neg(mirror) } else { mirror }));
        }
    }
    if replaced.is_empty() { root } else { store.substitute(root, &replaced) }
}

/// σ(z) σ(−z) = σ(z) (1 − σ(z)).
pub(super) fn logistic_beside_rest(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some((all, shape)) = powers(store, id) else { return Vec::new() };
    let mut results = logistic_and_rest(store, id, &all, shape);
    // σ(−z)/(1 − σ(z)) = 1: the two spellings of one factor.
    for at in 0..all.len() {
        let Some((z, negative)) = one_minus_logistic(store, all[at].0) else { continue };
        // σ(z) itself is no σ(−z): only another one is worth a look.
        if !all.iter().any(|p| logistic(store, p.0).is_some_and(|x| x != z)) {
            continue;
        }
        let minus = store.neg(z);
        let mirror = ops::apply(store, "sigmoid", &[minus]);
        if let Some(other) = all.iter().position(|p| p.0 == mirror) {
            let mut new = all.clone();
            new[other].0 = if negative { store.neg(all[at].0) } else { all[at].0 };
            results.push(with_powers(store, id, &new));
            if !negative {
                new = all.clone();
                new[at].0 = mirror;
                results.push(with_powers(store, id, &new));
            }
        }
    }
    results
}

/// σ(z) σ(−z) = σ(z) (1 − σ(z)), with either.
fn logistic_and_rest(store: &mut Store, id: ExprId, all: &[Power], shape: Shape) -> Vec<ExprId> {
    let Some((i, j)) = mirrored_logistics(store, all) else { return Vec::new() };
    let unit = store.ones(shape);
    let mut results = Vec::new();
    for (kept, turned) in [(i, j), (j, i)] {
        let mut new = all.to_vec();
        new[turned].0 = store.sub(unit, all[kept].0);
        results.push(with_powers(store, id, &new));
    }
    results
}

/// exp(z) σ(−z) = σ(z).
pub(super) fn exponential_beside_logistic(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some((all, _)) = powers(store, id) else { return Vec::new() };
    let whole = |store: &Store, e: ExprId| store.as_num(e).and_then(Rational::to_integer).filter(|n| *n > 0);
    let mut results = Vec::new();
    for (i, &(base, exponent)) in all.iter().enumerate() {
        let Some(y) = ops::args_of(store, base, "sigmoid").map(|a| a[0]) else { continue };
        let Some(times) = whole(store, exponent) else { continue };
        let minus = store.neg(y);
        let mirror = ops::apply(store, "sigmoid", &[minus]);
        for (j, &(other, power)) in all.iter().enumerate() {
            let Some(x) = ops::args_of(store, other, "exp").map(|a| a[0]) else { continue };
            // exp(z)ᵖ is exp(p z) too.
            let Some(n) = multiple(store, x, minus).zip(whole(store, power)).map(|(k, n)| k * n) else { continue };
            let both = n.min(times);
            let scaled = store.scale(&Rational::from(n - both), minus);
            let (left, turned) = (ops::apply(store, "exp", &[scaled]), store.int(times - both));
            let mut new = all.clone();
            new[i].1 = turned;
            new[j] = if n == both { (left, ExprId::ZERO) } else { (left, ExprId::ONE) };
            new.push((mirror, store.int(both)));
            results.push(with_powers(store, id, &new));
        }
    }
    results
}

/// The positive whole number k with x = k y.
fn multiple(store: &mut Store, x: ExprId, y: ExprId) -> Option<i64> {
    let ((c, bare), (d, other)) = (store.split_number(x), store.split_number(y));
    let times = if bare == other { c.div(&d)? } else { super::scalar::ratio(store, x, y)? };
    times.to_integer().filter(|n| *n > 0)
}

/// x ∘ e_k = x[k] e_k.
pub(super) fn picked(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let whole = match store.node(id) {
        Node::Product { chain, .. } => match chain[..] {
            [Factor { base, flipped: false, power: ExprId::ONE }] => base,
            _ => return Vec::new(),
        },
        _ => id,
    };
    let Node::Hadamard(entries) = store.node(whole) else { return Vec::new() };
    let unit = entries.iter().find(|(b, e)| matches!(store.node(*b), Node::Basis(..)) && *e == ExprId::ONE);
    let Some(&(unit, _)) = unit else { return Vec::new() };
    let entries = entries.clone();
    let (front, _) = store.split_front(id);
    let row = store.transpose(unit);
    let mut powers = vec![(front, ExprId::ONE)];
    for (b, e) in entries {
        if b != unit {
            powers.push((store.mul(&[row, b]), e));
        }
    }
    let front = store.product(Rational::ONE, &powers, &[]);
    vec![store.mul(&[front, unit])]
}

/// σ(z) + σ(−z) = 1 where it shortens a sum.
pub(super) fn logistic_pair(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Sum(terms) = store.node(id) else { return Vec::new() };
    // Beside it stands σ(−z), or a product in which 1 − σ(−z) may be.
    let beside = |t: ExprId| logistic(store, t).is_some() || matches!(store.node(t), Node::Product { .. } | Node::Hadamard(_));
    if terms.iter().filter(|(_, t)| beside(*t)).count() < 2 {
        return Vec::new();
    }
    let terms = terms.clone();
    let mut results = Vec::new();
    for (at, (c, t)) in terms.iter().enumerate() {
        let Some(z) = logistic(store, *t) else { continue };
        let minus = store.neg(z);
        let mirror = ops::apply(store, "sigmoid", &[minus]);
        if terms.iter().any(|(_, s)| *s == mirror) {
            let mut new = terms.clone();
            new[at] = (c.neg(), mirror);
            let shape = store.shape(id);
            new.push((c.clone(), store.ones(shape)));
            results.push(store.sum(new));
        }
        // σ(−z) + a (1 − σ(z)) = σ(−z) (1 + a).
        let shape = store.shape(id);
        let (mut inside, mut rest) = (vec![(c.clone(), store.ones(shape))], Vec::new());
        for (k, other) in terms.iter().filter(|(_, s)| s != t) {
            let all = powers(store, *other).map(|(all, _)| all).unwrap_or_default();
            let found = all.iter().position(|p| p.1 == ExprId::ONE && one_minus_logistic(store, p.0) == Some((minus, false)));
            match found {
                Some(at) => {
                    let mut left = all;
                    left.remove(at);
                    inside.push((k.clone(), with_powers(store, *other, &left)));
                }
                None => rest.push((k.clone(), *other)),
            }
        }
        if inside.len() > 1 {
            let inside = store.sum(inside);
            rest.push((Rational::ONE, if shape.is_scalar() { store.mul(&[*t, inside]) } else { store.hadamard(&[*t, inside]) }));
            results.push(store.sum(rest));
        }
    }
    results
}

/// log det(c A) = n log c + log det(A) and log det(A B) = log det(A) + log det(B), for positive c and definite A, where
/// what comes out meets other terms.
pub(super) fn log_det(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Sum(terms) = store.node(id) else { return Vec::new() };
    let inside = |store: &Store, t: ExprId| {
        let log = ops::args_of(store, t, "log")?[0];
        ops::args_of(store, log, "det").map(|a| a[0])
    };
    if !terms.iter().any(|(_, t)| inside(store, *t).is_some()) {
        return Vec::new();
    }
    let (mut new, mut changed) = (Vec::new(), false);
    for (c, t) in terms.clone() {
        let parts = inside(store, t).and_then(|m| log_det_parts(store, m));
        match parts {
            Some(parts) => {
                changed = true;
                new.extend(parts.into_iter().map(|(k, p)| (c.mul(&k), p)));
            }
            None => new.push((c, t)),
        }
    }
    if changed { vec![store.sum(new)] } else { Vec::new() }
}

/// The terms of log det(M) taken apart; `None` where nothing comes apart.
fn log_det_parts(store: &mut Store, m: ExprId) -> Option<Vec<(Rational, ExprId)>> {
    let Node::Product { coefficient, scalars, chain } = store.node(m).clone() else { return None };
    let mut parts = Vec::new();
    let front = store.product(coefficient, &scalars, &[]);
    if front != ExprId::ONE {
        if !store.is(front, Facts::POSITIVE) {
            return None;
        }
        let log = ops::apply(store, "log", &[front]);
        let size = store.size(store.shape(m).rows);
        parts.push((Rational::ONE, store.mul(&[size, log])));
    }
    let unknown = chain.iter().filter(|f| !store.is(f.base, Facts::DEFINITE)).count();
    let apart = chain.len() > 1 && unknown <= 1 && chain.iter().all(|f| store.shape(f.base).is_square());
    if !apart && parts.is_empty() {
        return None;
    }
    let pieces: Vec<ExprId> =
        if apart { chain.iter().map(|f| store.factor(*f)).collect() } else { vec![store.product(Rational::ONE, &[], &chain)] };
    for piece in pieces {
        let det = ops::apply(store, "det", &[piece]);
        parts.push((Rational::ONE, ops::apply(store, "log", &[det])));
    }
    Some(parts)
}
