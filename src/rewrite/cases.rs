//! Functions by cases: c ∘ A + (1 − c) ∘ B for a condition c is A where c holds, else B.

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{ExprId, Facts, Node, Shape, Store};
use crate::ops;

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

/// The condition that a term has for a factor, whether it is the opposite, and what is left.
fn split(store: &mut Store, (c, term): &(Rational, ExprId), shape: Shape) -> Option<(ExprId, bool, ExprId)> {
    let condition = |store: &Store, base: ExprId| match is_condition(store, base) {
        true => Some((base, false)),
        false => opposite(store, base).map(|c| (c, true)),
    };
    if let Some((found, turned)) = condition(store, *term) {
        return Some((found, turned, store.num(c.clone())));
    }
    match store.node(*term).clone() {
        Node::Product { coefficient, mut scalars, mut chain } => {
            let coefficient = coefficient.mul(c);
            if let Some((at, (found, turned))) =
                scalars.iter().enumerate().filter(|(_, p)| p.1 == ExprId::ONE).find_map(|(at, p)| Some((at, condition(store, p.0)?)))
            {
                scalars.remove(at);
                return Some((found, turned, store.product(coefficient, &scalars, &chain)));
            }
            let [factor] = chain[..] else { return None };
            if factor.flipped || factor.power != ExprId::ONE {
                return None;
            }
            let (found, turned, rest) = split(store, &(Rational::ONE, factor.base), shape)?;
            chain.clear();
            let front = store.product(coefficient, &scalars, &[]);
            let rest = if store.is_scalar(rest) || store.is_scalar(front) { store.mul(&[front, rest]) } else { return None };
            Some((found, turned, rest))
        }
        Node::Hadamard(mut entries) => {
            let (at, (found, turned)) =
                entries.iter().enumerate().filter(|(_, p)| p.1 == ExprId::ONE).find_map(|(at, p)| Some((at, condition(store, p.0)?)))?;
            entries.remove(at);
            Some((found, turned, store.hadamard_entries(c.clone(), &[], &entries, shape)))
        }
        _ => None,
    }
}

/// c ∘ A + (1 − c) ∘ B = where(c, A, B).
pub(super) fn by_cases(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Sum(terms) = store.node(id).clone() else { return Vec::new() };
    let shape = store.shape(id);
    let parts: Vec<Option<(ExprId, bool, ExprId)>> = terms.iter().map(|t| split(store, t, shape)).collect();
    // The condition that was there first is the one that was written.
    let found = parts.iter().flatten().map(|p| p.0).collect::<std::collections::BTreeSet<ExprId>>();
    let mut chosen = None;
    for wanted in found {
        let other = match store.node(wanted).clone() {
            Node::Call(fun, args) => ops::row(fun).and_then(|row| ops::opposite(row.name)).map(|name| ops::apply(store, name, &args)),
            _ => None,
        };
        let holds = |p: &(ExprId, bool, ExprId)| if p.0 == wanted { Some(!p.1) } else { (Some(p.0) == other).then_some(p.1) };
        let sides: Vec<Option<bool>> = parts.iter().map(|p| p.as_ref().and_then(holds)).collect();
        if sides.contains(&Some(true)) && sides.contains(&Some(false)) {
            chosen = Some((wanted, sides));
            break;
        }
    }
    let Some((wanted, sides)) = chosen else { return Vec::new() };
    let (mut yes, mut no, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for ((side, part), term) in sides.into_iter().zip(&parts).zip(&terms) {
        match (side, part) {
            (Some(true), Some((.., value))) => yes.push(*value),
            (Some(false), Some((.., value))) => no.push(*value),
            _ => rest.push(term.clone()),
        }
    }
    let mut total = |values: Vec<ExprId>| {
        let spread = values.iter().any(|&v| !store.is_scalar(v));
        let terms = values.into_iter().map(|v| {
            if spread && store.is_scalar(v) {
                let ones = store.ones(shape);
                return (Rational::ONE, store.mul(&[v, ones]));
            }
            (Rational::ONE, v)
        });
        let terms = terms.collect();
        store.sum(terms)
    };
    let (yes, no) = (total(yes), total(no));
    let cases = ops::apply(store, "where", &[wanted, yes, no]);
    rest.push((Rational::ONE, cases));
    vec![store.sum(rest)]
}
