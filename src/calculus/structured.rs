//! Variables with structure: the gradient lies in the structure's own space.
//!
//! The gradient of f over a linear space of matrices is the orthogonal projection of the ambient gradient onto it
//! (Srinivasan and Panda 2023 for symmetric matrices), so that df = ⟨∇f, dX⟩ for every dX of the space.

use crate::base::Rational;
use crate::ir::{ExprId, Facts, Node, Store};
use crate::ops;

/// The projection of `g` onto the linear space of matrices with these facts.
pub fn project(store: &mut Store, g: ExprId, facts: Facts) -> ExprId {
    if in_space(store, g, facts) {
        return g;
    }
    let half = |store: &mut Store, sign: i64| {
        let turned = store.transpose(g);
        // A + Aᵀ, not Aᵀ + A.
        let plain_last = sign > 0 && flips(store, g) > flips(store, turned);
        let terms = vec![(Rational::ONE, g), (Rational::from(sign), turned)];
        let sum = store.sum(if plain_last { terms.into_iter().rev().collect() } else { terms });
        Rational::new(1, 2).map_or(sum, |h| store.scale(&h, sum))
    };
    if facts.has(Facts::DIAGONAL) {
        let entries = store.diagonal(g);
        store.diag(entries)
    } else if facts.has(Facts::SYMMETRIC) {
        half(store, 1)
    } else if facts.has(Facts::SKEW) {
        half(store, -1)
    } else if facts.has(Facts::LOWER) {
        ops::apply(store, "tril", &[g])
    } else if facts.has(Facts::UPPER) {
        ops::apply(store, "triu", &[g])
    } else {
        g
    }
}

/// Whether `g` is known to lie in the space of matrices with these facts.
#[must_use]
pub fn in_space(store: &Store, g: ExprId, facts: Facts) -> bool {
    let space = [Facts::DIAGONAL, Facts::SYMMETRIC, Facts::SKEW, Facts::LOWER, Facts::UPPER];
    store.is_scalar(g) || store.is_zero(g) || space.into_iter().find(|&s| facts.has(s)).is_none_or(|s| store.is(g, s))
}

/// The facts that hold for differentials too: those of a linear space of matrices (definiteness, signs and orthogonality do not).
#[must_use]
pub fn linear_space(facts: Facts) -> Facts {
    let space = [Facts::DIAGONAL, Facts::SYMMETRIC, Facts::SKEW, Facts::LOWER, Facts::UPPER];
    space.into_iter().find(|&s| facts.has(s)).unwrap_or(Facts::NONE)
}

/// How many factors of a product are transposed.
fn flips(store: &Store, id: ExprId) -> usize {
    match store.node(id) {
        Node::Product { chain, .. } => chain.iter().filter(|f| f.flipped).count(),
        _ => 0,
    }
}
