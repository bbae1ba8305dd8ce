//! Functions by cases: c ∘ A + (1 − c) ∘ B for a condition c is A where c holds, else B.

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{ExprId, Facts, Node, Power, Shape, Store};
use crate::ops;
use std::collections::BTreeSet;

/// The condition whose opposite an expression is: c of 1 − c.
fn opposite(store: &Store, id: ExprId) -> Option<ExprId> {
    let Node::Sum(terms) = store.node(id) else { return None };
    let [first, second] = terms.as_slice() else { return None };
    let ones = |t: ExprId| match store.node(t) {
        Node::Num(_) => t == ExprId::ONE,
        Node::Ones(_) => true,
        Node::Product { coefficient, scalars, chain } => {
            coefficient.is_one() && scalars.is_empty() && chain.iter().all(|f| matches!(store.node(f.base), Node::Ones(_)))
        }
        _ => false,
    };
    let pair = |one: &(Rational, ExprId), c: &(Rational, ExprId)| {
        (one.0.is_one() && ones(one.1) && c.0 == Rational::from(-1) && is_condition(store, c.1)).then_some(c.1)
    };
    pair(first, second).or_else(|| pair(second, first))
}

fn is_condition(store: &Store, id: ExprId) -> bool {
    matches!(store.node(id), Node::Call(..)) && store.is(id, Facts::BINARY)
}

/// 1 − [a < b] = [a ≥ b].
pub(super) fn complement(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(condition) = opposite(store, id) else { return Vec::new() };
    let Node::Call(fun, args) = store.node(condition).clone() else { return Vec::new() };
    let Some(name) = ops::row(fun).and_then(|row| ops::opposite(row.name)) else { return Vec::new() };
    vec![ops::apply(store, name, &args)]
}

/// A condition that a term has for a factor, whether it is the opposite, and what is left.
type Split = (ExprId, bool, ExprId);

/// A condition and whether an expression is its opposite, `1 − c`.
fn condition(store: &Store, base: ExprId) -> Option<(ExprId, bool)> {
    if is_condition(store, base) { Some((base, false)) } else { opposite(store, base).map(|c| (c, true)) }
}

/// The conditions among powers, with the others.
fn among(store: &Store, powers: &[Power]) -> Vec<(ExprId, bool, Vec<Power>)> {
    let mut found = Vec::new();
    for (at, &(base, _)) in powers.iter().enumerate().filter(|(_, p)| p.1 == ExprId::ONE) {
        if let Some((c, turned)) = condition(store, base) {
            found.push((c, turned, [&powers[..at], &powers[at + 1..]].concat()));
        }
    }
    found
}

/// All ways of taking a condition out of a term.
fn split(store: &mut Store, (c, term): &(Rational, ExprId), shape: Shape) -> Vec<Split> {
    if let Some((found, turned)) = condition(store, *term) {
        return vec![(found, turned, store.num(c.clone()))];
    }
    match store.node(*term).clone() {
        Node::Product { coefficient, scalars, chain } => {
            let coefficient = coefficient.mul(c);
            let found = among(store, &scalars);
            if !found.is_empty() {
                return found.into_iter().map(|(c, turned, rest)| (c, turned, store.product(coefficient.clone(), &rest, &chain))).collect();
            }
            let [factor] = chain[..] else { return Vec::new() };
            if factor.flipped || factor.power != ExprId::ONE {
                return Vec::new();
            }
            let front = store.product(coefficient, &scalars, &[]);
            let inner = match store.node(factor.base).clone() {
                Node::Hadamard(entries) => among(store, &entries)
                    .into_iter()
                    .map(|(c, turned, rest)| (c, turned, store.hadamard_entries(Rational::ONE, &[], &rest, shape)))
                    .collect(),
                _ => condition(store, factor.base).map(|(c, turned)| (c, turned, ExprId::ONE)).into_iter().collect::<Vec<Split>>(),
            };
            inner.into_iter().map(|(c, turned, rest)| (c, turned, store.mul(&[front, rest]))).collect()
        }
        Node::Hadamard(entries) => among(store, &entries)
            .into_iter()
            .map(|(found, turned, rest)| (found, turned, store.hadamard_entries(c.clone(), &[], &rest, shape)))
            .collect(),
        _ => Vec::new(),
    }
}

/// The sum of values of which some may be numbers that stand for every entry.
fn total(store: &mut Store, values: &[ExprId], shape: Shape) -> ExprId {
    let spread = values.iter().any(|&v| !store.is_scalar(v));
    let mut terms = Vec::with_capacity(values.len());
    for &v in values {
        let ones = if spread && store.is_scalar(v) { store.ones(shape) } else { ExprId::ONE };
        terms.push((Rational::ONE, store.mul(&[v, ones])));
    }
    store.sum(terms)
}

/// c ∘ A + (1 − c) ∘ B = where(c, A, B), and c ∘ A + B = where(c, A + B, B).
pub(super) fn by_cases(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Sum(terms) = store.node(id).clone() else { return Vec::new() };
    let shape = store.shape(id);
    let parts: Vec<Vec<Split>> = terms.iter().map(|t| split(store, t, shape)).collect();
    // The condition that was there first is the one that was written.
    let found: BTreeSet<ExprId> = parts.iter().flatten().map(|p| p.0).collect();
    for wanted in found {
        let other = match store.node(wanted).clone() {
            Node::Call(fun, args) => ops::row(fun).and_then(|row| ops::opposite(row.name)).map(|name| ops::apply(store, name, &args)),
            _ => None,
        };
        let holds = |p: &Split| if p.0 == wanted { Some(!p.1) } else { (Some(p.0) == other).then_some(p.1) };
        let (mut yes, mut no, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for (part, term) in parts.iter().zip(&terms) {
            match part.iter().find_map(|p| Some((holds(p)?, p.2))) {
                Some((true, value)) => yes.push(value),
                Some((false, value)) => no.push(value),
                None => rest.push(term.clone()),
            }
        }
        if yes.is_empty() {
            continue;
        }
        if no.is_empty() {
            let beside: Vec<ExprId> = rest.drain(..).map(|(c, t)| store.scale(&c, t)).collect();
            yes.extend(&beside);
            no = beside;
        }
        let (yes, no) = (total(store, &yes, shape), total(store, &no, shape));
        rest.push((Rational::ONE, ops::apply(store, "where", &[wanted, yes, no])));
        return vec![store.sum(rest)];
    }
    Vec::new()
}
