//! The sign of a quadratic form in directions, proved from its structure.

use super::expand::{expand, terms};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Store};
use crate::rewrite::Rewriter;

/// A sign that is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub negative: bool,
    /// Zero only in the direction zero.
    pub strict: bool,
}

/// The directions of a second differential, and matrices that are definite because the solution inverts them.
#[derive(Clone, Copy)]
pub(super) struct Directions<'a> {
    pub vs: &'a [ExprId],
    pub definite: &'a [ExprId],
}

/// The sign of a quadratic form in the directions, as it is, multiplied out, or scalar factors apart.
pub(super) fn sign_of(store: &mut Store, rewriter: &mut Rewriter, form: ExprId, vs: Directions<'_>) -> Option<Sign> {
    if !store.depends_on(form, vs.vs) {
        return None;
    }
    let expanded = expand(store, form, vs.vs).map(|e| rewriter.simplify(store, e));
    let multiplied = expand(store, form, vs.vs);
    for way in [Some(form), expanded, multiplied].into_iter().flatten() {
        if let Some(sign) = sum_sign(store, way, vs) {
            // Points prove nothing, but they may show that a fact of the store is not one.
            return super::check::has_sign(store, form, sign.negative).then_some(sign);
        }
    }
    None
}

fn sum_sign(store: &mut Store, sum: ExprId, vs: Directions<'_>) -> Option<Sign> {
    let mut all: Option<Sign> = None;
    // Strict where every direction has a term of its own that is.
    let mut open: Vec<ExprId> = vs.vs.to_vec();
    for (c, t) in terms(store, sum, vs.vs) {
        let term = term_sign(store, t, vs)?;
        let negative = term.negative != c.is_negative();
        let known = *all.get_or_insert(Sign { negative, strict: false });
        if known.negative != negative {
            return None;
        }
        if term.strict {
            let own: Vec<ExprId> = vs.vs.iter().copied().filter(|&v| store.depends_on(t, &[v])).collect();
            if let [v] = own[..] {
                open.retain(|&o| o != v);
            }
        }
    }
    all.map(|sign| Sign { strict: open.is_empty(), ..sign })
}

/// The sign of one term: by its facts, as a sum over an index, as a trace of two semidefinite parts.
fn term_sign(store: &mut Store, t: ExprId, vs: Directions<'_>) -> Option<Sign> {
    match store.node(t).clone() {
        Node::BigSum { .. } if store.is(t, Facts::NONNEGATIVE) => Some(Sign { negative: false, strict: false }),
        Node::BigSum { level, body, .. } => {
            let (_, opened) = store.open_sum(level, body);
            let opened = expand(store, opened, vs.vs)?;
            let sign = sum_sign(store, opened, vs)?;
            Some(Sign { strict: false, ..sign })
        }
        Node::Trace(a) => trace_sign(store, a, vs),
        Node::Product { coefficient, scalars, chain } => {
            let mut sign = Sign { negative: coefficient.is_negative(), strict: true };
            for (b, e) in scalars {
                let n = store.as_num(e).and_then(Rational::to_integer);
                let even = n.is_some_and(|n| n % 2 == 0);
                let varies = store.depends_on(b, vs.vs);
                if vs.vs.contains(&b) && even {
                    continue;
                }
                if store.is(b, Facts::POSITIVE) || even && n.is_some_and(|n| n < 0) {
                    continue;
                }
                if store.is(b, Facts::NONNEGATIVE) || even {
                    // An inverse exists only where its base is not zero.
                    sign.strict &= n.is_some_and(|n| n < 0);
                    if varies && !even || !varies && n.is_some_and(|n| n < 0) && n.is_some_and(|n| n % 2 != 0) {
                        let inner = term_sign(store, b, vs);
                        sign.strict |= inner.is_some_and(|s| s.strict);
                    }
                    continue;
                }
                let inner = match store.node(b) {
                    Node::Trace(_) | Node::BigSum { .. } if varies => term_sign(store, b, vs)?,
                    _ => {
                        let minus = store.neg(b);
                        if !store.is(minus, Facts::POSITIVE) {
                            return None;
                        }
                        Sign { negative: true, strict: true }
                    }
                };
                if n.is_none() || n.is_some_and(|n| n % 2 != 0) {
                    sign.negative ^= inner.negative;
                }
                sign.strict &= inner.strict;
            }
            if chain.is_empty() {
                return Some(sign);
            }
            let inner = store.product(Rational::ONE, &[], &chain);
            let strict = quadratic_strict(store, &chain, vs);
            if store.is(inner, Facts::NONNEGATIVE) || strict {
                return Some(Sign { strict: sign.strict && strict, ..sign });
            }
            None
        }
        _ => store.is(t, Facts::NONNEGATIVE).then_some(Sign { negative: false, strict: false }),
    }
}

/// vᵀM v with a definite M; vᵀv.
fn quadratic_strict(store: &mut Store, chain: &[Factor], vs: Directions<'_>) -> bool {
    let [first, middle @ .., last] = chain else { return false };
    let bare = |f: &Factor| vs.vs.contains(&f.base) && f.power == ExprId::ONE;
    if !bare(first) || !bare(last) || first.base != last.base || first.flipped == last.flipped {
        return false;
    }
    middle.is_empty() || {
        let m = store.product(Rational::ONE, &[], middle);
        is_definite(store, m, vs)
    }
}

/// Definite by its facts, or a semidefinite matrix that is inverted.
fn is_definite(store: &Store, m: ExprId, vs: Directions<'_>) -> bool {
    store.is(m, Facts::DEFINITE)
        || vs.definite.contains(&m)
        || matches!(store.node(m), Node::Eye(_))
        || match store.node(m) {
            Node::Product { coefficient, scalars, chain } => {
                let negative = |e: ExprId| store.as_num(e).is_some_and(Rational::is_negative);
                !coefficient.is_negative()
                    && scalars.iter().all(|&(b, e)| store.is(b, Facts::POSITIVE) || store.is(b, Facts::NONNEGATIVE) && negative(e))
                    && matches!(&chain[..], [f] if negative(f.power) && store.is(f.base, Facts::SEMIDEFINITE))
            }
            _ => false,
        }
}

fn is_semidefinite(store: &Store, m: ExprId, vs: Directions<'_>) -> bool {
    store.is(m, Facts::SEMIDEFINITE) || is_definite(store, m, vs)
}

/// tr(A B) of two semidefinite parts is not negative; strict where they are M and V N Vᵀ with definite M, N.
fn trace_sign(store: &mut Store, a: ExprId, vs: Directions<'_>) -> Option<Sign> {
    if is_semidefinite(store, a, vs) {
        return Some(Sign { negative: false, strict: false });
    }
    let Node::Product { coefficient, scalars, chain } = store.node(a).clone() else { return None };
    if !scalars.iter().all(|p| store.is(p.0, Facts::POSITIVE)) {
        return None;
    }
    let mut found: Option<Sign> = None;
    for turn in 0..chain.len() {
        let rotated: Vec<Factor> = chain[turn..].iter().chain(&chain[..turn]).copied().collect();
        for cut in 0..rotated.len() {
            let left = store.product(Rational::ONE, &[], &rotated[..cut]);
            let right = store.product(Rational::ONE, &[], &rotated[cut..]);
            let first = cut == 0 || is_semidefinite(store, left, vs);
            if !first || !semidefinite_sandwich(store, &rotated[cut..], right, vs) {
                continue;
            }
            let definite = cut == 0 || is_definite(store, left, vs);
            let strict = definite && {
                let [v, middle @ .., w] = &rotated[cut..] else { continue };
                let bare = |f: &Factor| vs.vs.contains(&f.base) && f.power == ExprId::ONE;
                let m = if middle.is_empty() { ExprId::ONE } else { store.product(Rational::ONE, &[], middle) };
                bare(v) && bare(w) && v.base == w.base && (middle.is_empty() || is_definite(store, m, vs))
            };
            let sign = Sign { negative: coefficient.is_negative(), strict };
            if strict {
                return Some(sign);
            }
            found = Some(sign);
        }
    }
    found
}

/// P M Pᵀ with a semidefinite M, also where M is so only because it is inverted.
fn semidefinite_sandwich(store: &mut Store, chain: &[Factor], whole: ExprId, vs: Directions<'_>) -> bool {
    if is_semidefinite(store, whole, vs) {
        return true;
    }
    let half = chain.len() / 2;
    if chain.len() < 3 || chain.len().is_multiple_of(2) {
        return false;
    }
    let left = store.product(Rational::ONE, &[], &chain[..half]);
    let right = store.product(Rational::ONE, &[], &chain[half + 1..]);
    let middle = store.factor(chain[half]);
    store.transpose(left) == right && is_semidefinite(store, middle, vs)
}
