//! Constraints that say what kind of matrix the unknown is, X = Xᵀ or X = tril(X); and whether a solution is of the kind that
//! was declared.

use super::check::{self, Share};
use crate::ir::{ExprId, Facts, Shape, Store};
use crate::ops;

/// P(X) of an X.
type Projection = fn(&mut Store, ExprId) -> ExprId;

/// X = P(X) for the matrices with these facts.
const PROJECTIONS: &[(Facts, Projection)] = &[
    (Facts::SYMMETRIC, |store, x| store.transpose(x)),
    (Facts::SKEW, |store, x| {
        let turned = store.transpose(x);
        store.neg(turned)
    }),
    (Facts::DIAGONAL, |store, x| {
        let entries = store.diagonal(x);
        store.diag(entries)
    }),
    (Facts::LOWER, |store, x| ops::apply(store, "tril", &[x])),
    (Facts::UPPER, |store, x| ops::apply(store, "triu", &[x])),
];

/// What the constraints say of the kind of `x`, and the constraints that say more than that.
pub(super) fn said(store: &mut Store, x: ExprId, constraints: &[ExprId]) -> (Facts, Vec<ExprId>) {
    let mut facts = Facts::NONE;
    if !store.shape(x).is_square() || store.is_scalar(x) {
        return (facts, constraints.to_vec());
    }
    let mut rest = Vec::new();
    for &c in constraints {
        match PROJECTIONS.iter().find(|(_, project)| is_fixed_by(store, x, c, *project)) {
            Some((kind, _)) => facts |= *kind,
            None => rest.push(c),
        }
    }
    if facts.has(Facts::SYMMETRIC) && (facts.has(Facts::LOWER) || facts.has(Facts::UPPER)) {
        facts |= Facts::DIAGONAL;
    }
    (facts.closed(), rest)
}

/// Whether c = 0 is X = P(X) up to a factor.
fn is_fixed_by(store: &mut Store, x: ExprId, c: ExprId, project: Projection) -> bool {
    let image = project(store, x);
    let difference = store.sub(x, image);
    let (_, bare) = store.split_number(c);
    let (_, wanted) = store.split_number(difference);
    bare == wanted || bare == store.neg(wanted)
}

/// Where a value lies.
pub(super) enum Membership {
    /// In the declared set, wherever it exists.
    Inside,
    /// In the set where the value has this property.
    Where(&'static str),
    /// Not in the set: what it lacks.
    Outside(&'static str),
}

/// Whether `value` is of the kind that `x` was declared as.
pub(super) fn membership(store: &mut Store, facts: Facts, value: ExprId) -> Membership {
    let shape = store.shape(value);
    for &(kind, project) in PROJECTIONS {
        if facts.has(kind) && !shape.is_scalar() && !store.is(value, kind) {
            let image = project(store, value);
            if !check::equal(store, value, image) {
                return Membership::Outside(word(kind));
            }
        }
    }
    if facts.has(Facts::ORTHOGONAL) && !is_orthogonal(store, value, shape) {
        return Membership::Outside("orthogonal");
    }
    if facts.has(Facts::SUMS_TO_ONE) && shape.is_column() && !store.is(value, Facts::SUMS_TO_ONE) {
        let ones = store.ones(shape);
        let sum = store.inner(ones, value);
        if !check::equal(store, sum, ExprId::ONE) {
            return Membership::Outside("a column that sums to one");
        }
    }
    for (kind, what, lacking) in SIGNS {
        if !facts.has(*kind) || store.is(value, *kind) {
            continue;
        }
        return match check::share(store, value, *kind) {
            Share::All => continue,
            Share::Some => Membership::Where(what),
            Share::None => Membership::Outside(lacking),
        };
    }
    Membership::Inside
}

/// Sets that are bounded by inequalities, the narrower ones first.
const SIGNS: &[(Facts, &str, &str)] = &[
    (Facts::DEFINITE, "is positive definite", "positive definite"),
    (Facts::SEMIDEFINITE, "is positive semidefinite", "positive semidefinite"),
    (Facts::POSITIVE, "is positive", "positive"),
    (Facts::NONNEGATIVE, "is nonnegative", "nonnegative"),
];

fn is_orthogonal(store: &mut Store, value: ExprId, shape: Shape) -> bool {
    let turned = store.transpose(value);
    let gram = store.mul(&[turned, value]);
    let eye = store.eye(shape.cols);
    store.is(value, Facts::ORTHOGONAL) || check::equal(store, gram, eye)
}

fn word(kind: Facts) -> &'static str {
    match kind {
        Facts::SYMMETRIC => "symmetric",
        Facts::SKEW => "skew",
        Facts::DIAGONAL => "diagonal",
        Facts::LOWER => "lower triangular",
        _ => "upper triangular",
    }
}
