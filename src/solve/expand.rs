//! Multiplying out as far as an unknown is concerned: what does not depend on it stays grouped.

use crate::base::Rational;
use crate::ir::{ExprId, Factor, Node, Store};
use crate::ops;
use rustc_hash::FxHashMap;

/// A sum taken apart: numbers and terms.
pub(super) type Terms = Vec<(Rational, ExprId)>;

/// The most terms that multiplying out may make.
const MOST: usize = 300;
/// The highest power of a sum that is multiplied out.
const POWER: i64 = 4;

/// The expression as a sum of terms in which no factor that depends on `on` is itself a sum. Terms that do not depend on it
/// are one term. `None` where there would be too many.
pub(super) fn expand(store: &mut Store, root: ExprId, on: &[ExprId]) -> Option<ExprId> {
    let depends = store.dependents(root, on);
    if !depends.contains(root) {
        return Some(root);
    }
    let mut known: FxHashMap<ExprId, ExprId> = FxHashMap::default();
    for id in store.reachable(&[root]) {
        if depends.contains(id) {
            let made = if on.contains(&id) { id } else { node(store, id, &known, on)? };
            known.insert(id, made);
        }
    }
    known.get(&root).copied()
}

/// The terms of a sum in the reader's order, the constant ones together as one term; a single term otherwise.
pub(super) fn terms(store: &mut Store, id: ExprId, on: &[ExprId]) -> Terms {
    let Some(all) = store.written_terms(id) else {
        let (c, bare) = store.split_number(id);
        return vec![(c, bare)];
    };
    let depends = store.dependents(id, on);
    let (mut varying, constant): (Terms, Terms) = all.into_iter().partition(|(_, t)| depends.contains(*t));
    if !constant.is_empty() {
        let constant = store.sum(constant);
        varying.push((Rational::ONE, constant));
    }
    varying
}

/// Σ over all choices of one term from each list, put together by `join`.
fn choices(store: &mut Store, lists: &[Terms], join: impl Fn(&mut Store, &[ExprId]) -> ExprId) -> Option<ExprId> {
    let count = lists.iter().try_fold(1usize, |n, l| n.checked_mul(l.len()).filter(|&n| n <= MOST))?;
    let mut sum = Vec::with_capacity(count);
    for mut at in 0..count {
        let mut coefficient = Rational::ONE;
        let mut parts = Vec::with_capacity(lists.len());
        for list in lists.iter().rev() {
            let (c, t) = &list[at % list.len()];
            at /= list.len();
            coefficient = coefficient.mul(c);
            parts.push(*t);
        }
        parts.reverse();
        let joined = join(store, &parts);
        sum.push((coefficient, joined));
    }
    Some(flatten(store, sum))
}

/// Σ cᵢ tᵢ where a term that is itself a sum is spread out whatever stands before it.
fn flatten(store: &mut Store, list: Terms) -> ExprId {
    let mut flat: Terms = Vec::with_capacity(list.len());
    for (c, t) in list {
        match store.node(t) {
            Node::Sum(inner) if !c.abs().is_one() => flat.extend(inner.iter().map(|(k, s)| (c.mul(k), *s))),
            _ => flat.push((c, t)),
        }
    }
    store.sum(flat)
}

fn node(store: &mut Store, id: ExprId, known: &FxHashMap<ExprId, ExprId>, on: &[ExprId]) -> Option<ExprId> {
    let open = |e: ExprId| known.get(&e).copied();
    let fixed = |e: ExprId| vec![(Rational::ONE, e)];
    Some(match store.node(id).clone() {
        Node::Sum(all) => {
            let list = store.as_written(id, all, |t| t.1).into_iter().map(|(c, t)| (c, open(t).unwrap_or(t))).collect();
            flatten(store, list)
        }
        Node::Product { coefficient, scalars, chain } => {
            let mut lists: Vec<Terms> = vec![vec![(coefficient, ExprId::ONE)]];
            for (b, e) in scalars {
                let times = store.as_num(e).and_then(Rational::to_integer).filter(|n| (1..=POWER).contains(n));
                match (open(b), times) {
                    (Some(opened), Some(times)) => {
                        let list = terms(store, opened, on);
                        lists.extend((0..times).map(|_| list.clone()));
                    }
                    _ => lists.push(fixed(store.power(b, e))),
                }
            }
            for f in chain {
                let times = store.as_num(f.power).and_then(Rational::to_integer).filter(|n| (1..=POWER).contains(n));
                match (open(f.base), times) {
                    (Some(opened), Some(times)) => {
                        let opened = if f.flipped { store.transpose(opened) } else { opened };
                        let list = column_terms(store, opened, on);
                        lists.extend((0..times).map(|_| list.clone()));
                    }
                    _ => lists.push(fixed(store.factor(f))),
                }
            }
            choices(store, &lists, |store, parts| store.mul(parts))?
        }
        Node::Hadamard(entries) => {
            let shape = store.shape(id);
            let mut lists = Vec::new();
            for (b, e) in entries {
                let times = store.as_num(e).and_then(Rational::to_integer).filter(|n| (1..=POWER).contains(n));
                match (open(b), times) {
                    (Some(opened), Some(times)) => {
                        let list = terms(store, opened, on);
                        lists.extend((0..times).map(|_| list.clone()));
                    }
                    _ => lists.push(fixed(store.hadamard_power(b, e))),
                }
            }
            choices(store, &lists, |store, parts| {
                let entries: Vec<_> = parts.iter().map(|&p| (p, ExprId::ONE)).collect();
                store.hadamard_entries(Rational::ONE, &[], &entries, shape)
            })?
        }
        Node::Kron(parts) => {
            let lists: Vec<Terms> = parts.into_iter().map(|p| open(p).map_or_else(|| fixed(p), |o| terms(store, o, on))).collect();
            choices(store, &lists, |store, parts| store.kron(parts))?
        }
        Node::Trace(a) => linear(store, open(a).unwrap_or(a), on, |store, t| store.trace(t))?,
        Node::Diag(a) => linear(store, open(a).unwrap_or(a), on, |store, t| store.diag(t))?,
        Node::Diagonal(a) => linear(store, open(a).unwrap_or(a), on, |store, t| store.diagonal(t))?,
        Node::Vec(a) => linear(store, open(a).unwrap_or(a), on, |store, t| store.vec(t))?,
        Node::Unvec(a, shape) => linear(store, open(a).unwrap_or(a), on, |store, t| store.unvec(t, shape))?,
        Node::BigSum { level, low, high, body } => {
            let (index, opened) = store.open_sum(level, body);
            let opened = expand(store, opened, on)?;
            linear(store, opened, on, |store, t| store.big_sum(index, low, high, t))?
        }
        Node::Call(fun, args) => {
            let name = ops::row(fun).map_or("", |r| r.name);
            match (name, &args[..]) {
                // exp(a + b) = exp(a) ∘ exp(b); the constant part comes out.
                ("exp", &[a]) => {
                    let opened = open(a).unwrap_or(a);
                    let shape = store.shape(id);
                    let parts = terms(store, opened, on);
                    if parts.len() < 2 {
                        return Some(id);
                    }
                    let mut entries = Vec::new();
                    for (c, t) in parts {
                        let t = store.scale(&c, t);
                        entries.push((exponential(store, t), ExprId::ONE));
                    }
                    store.hadamard_entries(Rational::ONE, &[], &entries, shape)
                }
                ("log", &[a]) => logarithm(store, a, on).unwrap_or(id),
                (_, &[a]) if ops::row(fun).is_some_and(|r| matches!(r.d, ops::Derivative::SelfAdjoint)) => {
                    linear(store, open(a).unwrap_or(a), on, |store, t| ops::call(store, fun, &[t]))?
                }
                _ => id,
            }
        }
        _ => id,
    })
}

/// exp(t); exp(s 1) = exp(s) 1.
fn exponential(store: &mut Store, t: ExprId) -> ExprId {
    let shape = store.shape(t);
    if let Node::Product { coefficient, scalars, chain } = store.node(t).clone()
        && !chain.is_empty()
        && chain.iter().all(|f| matches!(store.node(f.base), Node::Ones(_)))
    {
        let front = store.product(coefficient, &scalars, &[]);
        let exp = ops::apply(store, "exp", &[front]);
        let ones = store.ones(shape);
        return store.mul(&[exp, ones]);
    }
    ops::apply(store, "exp", &[t])
}

/// The terms of a sum or of the transpose of one (a row is held as the transpose of a column).
fn column_terms(store: &mut Store, id: ExprId, on: &[ExprId]) -> Terms {
    if let Node::Product { coefficient, scalars, chain } = store.node(id)
        && coefficient.is_one()
        && scalars.is_empty()
        && let [f @ Factor { flipped: true, power: ExprId::ONE, .. }] = chain[..]
        && matches!(store.node(f.base), Node::Sum(_))
    {
        let inner = terms(store, f.base, on);
        return inner.into_iter().map(|(c, t)| (c, store.transpose(t))).collect();
    }
    terms(store, id, on)
}

/// A linear map of every term.
fn linear(store: &mut Store, id: ExprId, on: &[ExprId], map: impl Fn(&mut Store, ExprId) -> ExprId) -> Option<ExprId> {
    let list = column_terms(store, id, on);
    choices(store, &[list], |store, parts| map(store, parts[0]))
}

/// log(c x^p) = log(c) + p log(x) for scalars and entry by entry, where a part is constant or has an exponent.
fn logarithm(store: &mut Store, a: ExprId, on: &[ExprId]) -> Option<ExprId> {
    let depends = store.dependents(a, on);
    let varies = |e: ExprId| depends.contains(e);
    let shape = store.shape(a);
    let (coefficient, scalars, entries) = match store.node(a).clone() {
        Node::Product { coefficient, scalars, chain } if chain.is_empty() && !coefficient.is_negative() => {
            (coefficient, scalars, Vec::new())
        }
        Node::Hadamard(entries) => (Rational::ONE, Vec::new(), entries),
        _ => return None,
    };
    let mut sum = Vec::new();
    let mut constant: Vec<(ExprId, ExprId)> = Vec::new();
    for (b, e) in scalars.into_iter().chain(entries) {
        if varies(e) {
            return None;
        }
        if varies(b) {
            let log = ops::apply(store, "log", &[b]);
            sum.push(store.mul(&[e, log]));
        } else {
            constant.push((b, e));
        }
    }
    let constant = store.hadamard_entries(coefficient, &[], &constant, shape);
    sum.push(ops::apply(store, "log", &[constant]));
    Some(store.add(&sum))
}
