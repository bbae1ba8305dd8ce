//! Increasing functions around an objective: √q, log(q), exp(q), ‖u‖ are stationary, smallest and largest where q, ‖u‖² are.

use crate::base::Rational;
use crate::ir::{ExprId, Facts, Node, Store};
use crate::ops;

/// How many functions are peeled off.
const LAYERS: usize = 8;

/// The objective without increasing functions around the one part that depends on the unknowns; numbers before it and constants
/// beside it stay.
pub(super) fn peeled(store: &mut Store, f: ExprId, unknowns: &[ExprId]) -> ExprId {
    let mut f = f;
    for _ in 0..LAYERS {
        let Some((part, inside)) = outermost(store, f, unknowns).and_then(|part| Some((part, inside(store, part)?))) else { break };
        f = store.substitute(f, &[(part, inside)]);
    }
    f
}

/// p of c p + d, where c is a number and d does not depend on the unknowns.
fn outermost(store: &mut Store, f: ExprId, unknowns: &[ExprId]) -> Option<ExprId> {
    let mut varying = match store.node(f).clone() {
        Node::Sum(all) => all,
        _ => vec![(Rational::ONE, f)],
    };
    varying.retain(|(_, t)| store.depends_on(*t, unknowns));
    let [(_, term)] = &varying[..] else { return None };
    let term = *term;
    Some(match store.node(term).clone() {
        Node::Product { scalars, chain, .. } if chain.is_empty() && scalars.len() == 1 => store.power(scalars[0].0, scalars[0].1),
        _ => term,
    })
}

/// What an increasing function is of.
fn inside(store: &mut Store, part: ExprId) -> Option<ExprId> {
    if let Some(args) = ops::args_of(store, part, "norm") {
        return Some(store.inner(args[0], args[0]));
    }
    for name in ["log", "exp", "sqrt"] {
        if let Some(args) = ops::args_of(store, part, name) {
            return store.is_scalar(args[0]).then_some(args[0]);
        }
    }
    let Node::Product { coefficient, scalars, chain } = store.node(part).clone() else { return None };
    let &[(base, exponent)] = &scalars[..] else { return None };
    let rising = store.as_num(exponent).is_some_and(|p| !p.is_negative() && !p.is_one());
    let whole = coefficient.is_one() && chain.is_empty() && (store.is(base, Facts::NONNEGATIVE) || !is_integer(store, exponent));
    (rising && whole).then_some(base)
}

/// A power of this kind exists on both sides of zero, where it need not rise.
fn is_integer(store: &Store, exponent: ExprId) -> bool {
    store.as_num(exponent).and_then(Rational::to_integer).is_some()
}
