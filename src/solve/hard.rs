//! What keeps equations from having a closed form: for the message that refuses them.

use super::expand::expand;
use crate::base::Rational;
use crate::ir::{ExprId, Facts, Node, Store};
use crate::ops;

/// The kind of an equation that was not solved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hardness {
    /// The unknowns are arguments of these functions.
    Inside(Vec<ExprId>),
    /// This depends on the unknowns and has a negative or fractional power.
    Inverted(ExprId),
    /// A polynomial of this degree, at least 2.
    Polynomial(i64),
    /// A quadratic with a linear term, on a quadratic constraint.
    Secular,
    /// None of these.
    Unknown,
}

/// How many functions are named.
const NAMED: usize = 3;

/// What kind the first equation that is not linear is of.
pub fn hardness(store: &mut Store, equations: &[ExprId], unknowns: &[ExprId]) -> Hardness {
    let mut calls = Vec::new();
    let mut inverted = None;
    for id in store.reachable(equations) {
        if !store.depends_on(id, unknowns) {
            continue;
        }
        match store.node(id).clone() {
            Node::Call(fun, _) => {
                if ops::row(fun).is_some_and(|r| matches!(r.d, ops::Derivative::SelfAdjoint)) {
                    // tril(X) and the like are linear.
                    continue;
                }
                let norm = ops::row(fun).is_some_and(|r| r.name == "norm");
                if norm {
                    inverted = inverted.or(Some(id));
                } else if calls.len() < NAMED {
                    calls.push(id);
                }
            }
            Node::Product { scalars, chain, .. } => {
                let bases = scalars.iter().copied().chain(chain.iter().map(|f| (f.base, f.power)));
                for (b, e) in bases {
                    if store.depends_on(b, unknowns) && store.as_num(e).and_then(Rational::to_integer).is_none_or(|n| n < 0) {
                        inverted = inverted.or(Some(b));
                    }
                }
            }
            Node::Hadamard(entries) => {
                for (b, e) in entries {
                    if store.depends_on(b, unknowns) && store.as_num(e).and_then(Rational::to_integer).is_none_or(|n| n < 0) {
                        inverted = inverted.or(Some(b));
                    }
                }
            }
            _ => {}
        }
    }
    if !calls.is_empty() {
        return Hardness::Inside(calls);
    }
    if let Some(part) = inverted {
        return Hardness::Inverted(part);
    }
    let degrees: Vec<i64> = equations.iter().map(|&g| degree(store, g, unknowns)).collect();
    if let ([first, second], [x]) = (&degrees[..], unknowns)
        && (*first, *second) == (1, 2)
        && store.shape(*x).is_column()
        && store.is(equations[1], Facts::NONE)
        && store.is_scalar(equations[1])
    {
        return Hardness::Secular;
    }
    match degrees.into_iter().max() {
        Some(n) if n >= 2 => Hardness::Polynomial(n),
        _ => Hardness::Unknown,
    }
}

/// The degree of a polynomial in the unknowns; 0 where it is none.
fn degree(store: &mut Store, g: ExprId, unknowns: &[ExprId]) -> i64 {
    let Some(expanded) = expand(store, g, unknowns) else { return 0 };
    let mut degrees = rustc_hash::FxHashMap::<ExprId, i64>::default();
    for id in store.reachable(&[expanded]) {
        let of = |e: ExprId| degrees.get(&e).copied().unwrap_or(0);
        let power = |e: ExprId| store.as_num(e).and_then(Rational::to_integer).unwrap_or(0);
        let value = if unknowns.contains(&id) {
            1
        } else {
            match store.node(id) {
                Node::Product { scalars, chain, .. } => {
                    scalars.iter().map(|&(b, e)| of(b) * power(e)).sum::<i64>()
                        + chain.iter().map(|f| of(f.base) * power(f.power)).sum::<i64>()
                }
                Node::Hadamard(entries) => entries.iter().map(|&(b, e)| of(b) * power(e)).sum(),
                Node::Kron(parts) => parts.iter().map(|&p| of(p)).sum(),
                _ => {
                    let mut most = 0;
                    store.each_child(id, |c| most = most.max(of(c)));
                    most
                }
            }
        };
        degrees.insert(id, value);
    }
    degrees.get(&expanded).copied().unwrap_or(0)
}
