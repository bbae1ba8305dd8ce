//! Minimum, maximum or saddle: proved from the structure of the second differential, or not said.

use super::expand::{expand, terms};
use crate::base::Rational;
use crate::calculus;
use crate::ir::{ExprId, Factor, Facts, Node, Shape, Store, Symbol};
use crate::ops;
use crate::rewrite::Rewriter;

/// What a stationary point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extremum {
    /// A minimum.
    Minimum,
    /// A maximum.
    Maximum,
    /// Neither.
    Saddle,
}

impl Extremum {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Extremum::Minimum => "minimum",
            Extremum::Maximum => "maximum",
            Extremum::Saddle => "saddle",
        }
    }
}

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The objective is convex (concave) wherever it exists.
    Convex,
    /// The Lagrangian at the multiplier is convex (concave).
    Lagrangian,
    /// The second differential at the point is definite: a local extremum.
    Definite,
    /// The second differential takes both signs.
    Indefinite,
    /// Extreme eigenvalues or singular values.
    Spectrum,
}

/// What a stationary point is, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What it is.
    pub what: Extremum,
    /// How that is known.
    pub reason: Reason,
    /// Scalars that must be positive for it.
    pub positive: Vec<ExprId>,
}

impl Kind {
    pub(super) fn global(what: Extremum) -> Kind {
        Kind { what, reason: Reason::Spectrum, positive: Vec::new() }
    }
}

/// A sign that is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sign {
    negative: bool,
    /// Zero only in the direction zero.
    strict: bool,
}

/// Classifies a stationary point of `f` at `pairs` (unknown, value); `constrained` where f is a Lagrangian with its multipliers' values.
/// Nothing where nothing is proved.
pub(super) fn classify(store: &mut Store, f: ExprId, pairs: &[(ExprId, ExprId)], constrained: bool) -> Option<Kind> {
    let unknowns: Vec<ExprId> = pairs.iter().map(|p| p.0).collect();
    let directions: Vec<(ExprId, ExprId)> =
        unknowns.iter().map(|&x| (x, placeholder(store, store.shape(x), calculus::linear_space(store.facts(x))))).collect();
    let first = calculus::differential(store, f, &directions).ok()?;
    let second = calculus::differential(store, first, &directions).ok()?;
    let mut rewriter = Rewriter::new();
    let second = rewriter.simplify(store, second);
    let second = inside(store, f, second, &unknowns);
    let vs: Vec<ExprId> = directions.iter().map(|d| d.1).collect();
    let convex = domain_is_convex(store, f, &unknowns);
    let global = |sign: Sign, positive: Vec<ExprId>| Kind {
        what: if sign.negative { Extremum::Maximum } else { Extremum::Minimum },
        reason: if constrained { Reason::Lagrangian } else { Reason::Convex },
        positive,
    };
    if convex {
        if let Some(sign) = sign_of(store, &mut rewriter, second, &vs) {
            return Some(global(sign, Vec::new()));
        }
        if let Some((sign, positive)) = with_positive_scalars(store, &mut rewriter, second, &vs, &unknowns) {
            return Some(global(sign, positive));
        }
    }
    if constrained {
        return None;
    }
    let second = traces(store, second, &vs);
    let at = store.substitute(second, pairs);
    let at = rewriter.simplify(store, at);
    if let Some(sign) = sign_of(store, &mut rewriter, at, &vs).filter(|s| s.strict) {
        let what = if sign.negative { Extremum::Maximum } else { Extremum::Minimum };
        return Some(Kind { what, reason: Reason::Definite, positive: Vec::new() });
    }
    is_saddle(store, &mut rewriter, at, &vs).then_some(Kind { what: Extremum::Saddle, reason: Reason::Indefinite, positive: Vec::new() })
}

/// A variable that is never shown.
fn placeholder(store: &mut Store, shape: Shape, facts: Facts) -> ExprId {
    let symbol = Symbol { name: String::new(), spelling: String::new(), shape, facts, ranges: Vec::new() };
    let id = store.declare(symbol);
    store.symbol(id)
}

/// What the objective's own domain says of its unknowns: where log(x) exists, x is positive.
fn inside(store: &mut Store, f: ExprId, second: ExprId, unknowns: &[ExprId]) -> ExprId {
    let mut pairs = Vec::new();
    for id in store.reachable(&[f]) {
        let Some(args) = ops::args_of(store, id, "log") else { continue };
        let x = logarithm_of(store, args[0], unknowns);
        if unknowns.contains(&x) && !store.is(x, Facts::POSITIVE) && !pairs.iter().any(|p: &(ExprId, ExprId)| p.0 == x) {
            pairs.push((x, placeholder(store, store.shape(x), store.facts(x) | Facts::POSITIVE)));
        }
    }
    // Back again where the value is put in: only signs were wanted.
    if pairs.is_empty() { second } else { store.substitute(second, &pairs) }
}

/// x in log(x) and in log(x ∘ c) with positive c; the argument itself otherwise.
fn logarithm_of(store: &Store, argument: ExprId, unknowns: &[ExprId]) -> ExprId {
    let entries = match store.node(argument) {
        Node::Hadamard(entries) => entries.clone(),
        Node::Product { coefficient, scalars, chain } if chain.is_empty() && !coefficient.is_negative() => scalars.clone(),
        _ => return argument,
    };
    let (varying, fixed): (Vec<_>, Vec<_>) = entries.into_iter().partition(|p| unknowns.contains(&p.0));
    let negative = |e: ExprId| store.as_num(e).is_some_and(Rational::is_negative);
    let positive = |&(b, e): &(ExprId, ExprId)| store.is(b, Facts::POSITIVE) || store.is(b, Facts::NONNEGATIVE) && negative(e);
    match varying[..] {
        [(x, ExprId::ONE)] if fixed.iter().all(positive) => x,
        _ => argument,
    }
}

/// Whether f exists on a convex set of unknowns: nothing that depends on them is inverted or rooted unless it is declared
/// definite or positive, and logarithms are of what is linear in them.
fn domain_is_convex(store: &mut Store, f: ExprId, unknowns: &[ExprId]) -> bool {
    let depends = store.dependents(f, unknowns);
    let nodes = store.reachable(&[f]);
    nodes.into_iter().filter(|&id| depends.contains(id)).all(|id| {
        let whole = |store: &Store, base: ExprId, e: ExprId| {
            let n = store.as_num(e).and_then(Rational::to_integer);
            n.is_some_and(|n| n >= 0) || !depends.contains(base) && !depends.contains(e) || {
                let own = unknowns.contains(&base);
                own && (store.is(base, Facts::DEFINITE) || store.is(base, Facts::POSITIVE))
            }
        };
        match store.node(id).clone() {
            Node::Product { scalars, chain, .. } => {
                scalars.iter().all(|&(b, e)| whole(store, b, e) || store.is(b, Facts::POSITIVE))
                    && chain.iter().all(|f| whole(store, f.base, f.power))
            }
            Node::Hadamard(entries) => entries.iter().all(|&(b, e)| whole(store, b, e) || store.is(b, Facts::POSITIVE)),
            Node::Call(fun, args) => {
                let Some(row) = ops::row(fun) else { return true };
                let total = matches!(row.domain, ops::Domain::Real | ops::Domain::AwayFromZero);
                total
                    || args.iter().all(|&a| {
                        let linear = is_linear(store, a, unknowns);
                        let definite = unknowns.contains(&a) && store.is(a, Facts::DEFINITE);
                        definite || row.name == "log" && (linear || store.is(a, Facts::POSITIVE))
                    })
            }
            _ => true,
        }
    })
}

/// Multiplied out, with Σᵢ uᵢᵀM vᵢ as tr(M Σᵢ vᵢuᵢᵀ), so that a value that is itself such a sum can meet it.
fn traces(store: &mut Store, form: ExprId, vs: &[ExprId]) -> ExprId {
    let Some(expanded) = expand(store, form, vs) else { return form };
    let all = match store.node(expanded).clone() {
        Node::Sum(all) => all,
        _ => vec![(Rational::ONE, expanded)],
    };
    let mut sum = Vec::new();
    for (c, t) in all {
        let (front, bare) = match store.node(t).clone() {
            Node::Product { coefficient, scalars, chain } if chain.is_empty() => {
                let at = scalars.iter().position(|p| matches!(store.node(p.0), Node::BigSum { .. }) && p.1 == ExprId::ONE);
                match at {
                    Some(at) => {
                        let bare = scalars[at].0;
                        let rest: Vec<_> = scalars.iter().enumerate().filter(|&(k, _)| k != at).map(|(_, p)| *p).collect();
                        (store.product(coefficient, &rest, &[]), bare)
                    }
                    None => (ExprId::ONE, t),
                }
            }
            _ => (ExprId::ONE, t),
        };
        let turned = trace_of_sum(store, bare).unwrap_or(bare);
        sum.push((c, store.mul(&[front, turned])));
    }
    store.sum(sum)
}

fn trace_of_sum(store: &mut Store, id: ExprId) -> Option<ExprId> {
    let Node::BigSum { level, low, high, body } = *store.node(id) else { return None };
    if !store.is_scalar(id) {
        return None;
    }
    let (index, opened) = store.open_sum(level, body);
    let Node::Product { coefficient, scalars, chain } = store.node(opened).clone() else { return None };
    let varies = |f: &Factor| store.depends_on(f.base, &[index]) || store.depends_on(f.power, &[index]);
    let first = chain.iter().position(|f| !varies(f))?;
    let last = chain.iter().rposition(|f| !varies(f))? + 1;
    if first == 0 || last == chain.len() || chain[first..last].iter().any(varies) {
        return None;
    }
    let left = store.product(coefficient, &scalars, &chain[..first]);
    let middle = store.product(Rational::ONE, &[], &chain[first..last]);
    let right = store.product(Rational::ONE, &[], &chain[last..]);
    let outer = store.mul(&[right, left]);
    let outer = store.big_sum(index, low, high, outer);
    let product = store.mul(&[middle, outer]);
    Some(store.trace(product))
}

/// Whether the second differential of `id` vanishes.
fn is_linear(store: &mut Store, id: ExprId, unknowns: &[ExprId]) -> bool {
    let pairs: Vec<(ExprId, ExprId)> = unknowns.iter().map(|&x| (x, placeholder(store, store.shape(x), Facts::NONE))).collect();
    calculus::differential(store, id, &pairs).is_ok_and(|d| !store.depends_on(d, unknowns))
}

/// The sign with all scalars of unknown sign taken as positive, where that decides: those that occur.
fn with_positive_scalars(
    store: &mut Store,
    rewriter: &mut Rewriter,
    second: ExprId,
    vs: &[ExprId],
    unknowns: &[ExprId],
) -> Option<(Sign, Vec<ExprId>)> {
    let scalars: Vec<ExprId> = store
        .reachable(&[second])
        .into_iter()
        .filter(|&id| {
            store.is_scalar(id)
                && matches!(store.node(id), Node::Symbol(_))
                && !store.is(id, Facts::NONNEGATIVE)
                && !vs.contains(&id)
                && !unknowns.contains(&id)
        })
        .collect();
    if scalars.is_empty() {
        return None;
    }
    let pairs: Vec<(ExprId, ExprId)> =
        scalars.iter().map(|&s| (s, placeholder(store, store.shape(s), store.facts(s) | Facts::POSITIVE))).collect();
    let at = store.substitute(second, &pairs);
    sign_of(store, rewriter, at, vs).map(|sign| (sign, scalars))
}

/// The sign of a quadratic form in the directions, as it is, multiplied out, or scalar factors apart.
fn sign_of(store: &mut Store, rewriter: &mut Rewriter, form: ExprId, vs: &[ExprId]) -> Option<Sign> {
    if !store.depends_on(form, vs) {
        return None;
    }
    let expanded = expand(store, form, vs).map(|e| rewriter.simplify(store, e));
    let multiplied = expand(store, form, vs);
    for way in [Some(form), expanded, multiplied].into_iter().flatten() {
        if let Some(sign) = sum_sign(store, way, vs) {
            return Some(sign);
        }
    }
    None
}

fn sum_sign(store: &mut Store, sum: ExprId, vs: &[ExprId]) -> Option<Sign> {
    let mut all: Option<Sign> = None;
    // Strict where every direction has a term of its own that is.
    let mut open: Vec<ExprId> = vs.to_vec();
    for (c, t) in terms(store, sum, vs) {
        let term = term_sign(store, t, vs)?;
        let negative = term.negative != c.is_negative();
        let known = *all.get_or_insert(Sign { negative, strict: false });
        if known.negative != negative {
            return None;
        }
        if term.strict {
            let own: Vec<ExprId> = vs.iter().copied().filter(|&v| store.depends_on(t, &[v])).collect();
            if let [v] = own[..] {
                open.retain(|&o| o != v);
            }
        }
    }
    all.map(|sign| Sign { strict: open.is_empty(), ..sign })
}

/// The sign of one term: by its facts, as a sum over an index, as a trace of two semidefinite parts.
fn term_sign(store: &mut Store, t: ExprId, vs: &[ExprId]) -> Option<Sign> {
    match store.node(t).clone() {
        Node::BigSum { level, body, .. } => {
            let (_, opened) = store.open_sum(level, body);
            let opened = expand(store, opened, vs)?;
            let sign = sum_sign(store, opened, vs)?;
            Some(Sign { strict: false, ..sign })
        }
        Node::Trace(a) => trace_sign(store, a, vs),
        Node::Product { coefficient, scalars, chain } => {
            let mut sign = Sign { negative: coefficient.is_negative(), strict: true };
            for (b, e) in scalars {
                let n = store.as_num(e).and_then(Rational::to_integer);
                let even = n.is_some_and(|n| n % 2 == 0);
                let varies = store.depends_on(b, vs);
                if vs.contains(&b) && even {
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
fn quadratic_strict(store: &mut Store, chain: &[Factor], vs: &[ExprId]) -> bool {
    let [first, middle @ .., last] = chain else { return false };
    let bare = |f: &Factor| vs.contains(&f.base) && f.power == ExprId::ONE;
    if !bare(first) || !bare(last) || first.base != last.base || first.flipped == last.flipped {
        return false;
    }
    middle.is_empty() || {
        let m = store.product(Rational::ONE, &[], middle);
        is_definite(store, m)
    }
}

/// Definite by its facts, or a semidefinite matrix that is inverted.
fn is_definite(store: &Store, m: ExprId) -> bool {
    store.is(m, Facts::DEFINITE)
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

fn is_semidefinite(store: &Store, m: ExprId) -> bool {
    store.is(m, Facts::SEMIDEFINITE) || is_definite(store, m)
}

/// tr(A B) of two semidefinite parts is not negative; strict where they are M and V N Vᵀ with definite M, N.
fn trace_sign(store: &mut Store, a: ExprId, vs: &[ExprId]) -> Option<Sign> {
    if is_semidefinite(store, a) {
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
            let first = cut == 0 || is_semidefinite(store, left);
            if !first || !semidefinite_sandwich(store, &rotated[cut..], right) {
                continue;
            }
            let definite = cut == 0 || is_definite(store, left);
            let strict = definite && {
                let [v, middle @ .., w] = &rotated[cut..] else { continue };
                let bare = |f: &Factor| vs.contains(&f.base) && f.power == ExprId::ONE;
                let m = if middle.is_empty() { ExprId::ONE } else { store.product(Rational::ONE, &[], middle) };
                bare(v) && bare(w) && v.base == w.base && (middle.is_empty() || is_definite(store, m))
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
fn semidefinite_sandwich(store: &mut Store, chain: &[Factor], whole: ExprId) -> bool {
    if is_semidefinite(store, whole) {
        return true;
    }
    let half = chain.len() / 2;
    if chain.len() < 3 || chain.len().is_multiple_of(2) {
        return false;
    }
    let left = store.product(Rational::ONE, &[], &chain[..half]);
    let right = store.product(Rational::ONE, &[], &chain[half + 1..]);
    let middle = store.factor(chain[half]);
    store.transpose(left) == right && is_semidefinite(store, middle)
}

/// Whether a quadratic form takes both signs: without squares of one direction but not without that direction, or with
/// definite squares of opposite signs.
fn is_saddle(store: &mut Store, rewriter: &mut Rewriter, form: ExprId, vs: &[ExprId]) -> bool {
    let mut signs: Vec<Sign> = Vec::new();
    for &v in vs {
        let others: Vec<(ExprId, ExprId)> = vs.iter().filter(|&&w| w != v).map(|&w| (w, store.zeros(store.shape(w)))).collect();
        let own = store.substitute(form, &others);
        let own = rewriter.simplify(store, own);
        if store.is_zero(own) {
            // The form is linear in v: both signs, unless v does not occur.
            let zero = store.zeros(store.shape(v));
            let without = store.substitute(form, &[(v, zero)]);
            let without = rewriter.simplify(store, without);
            let same = super::check::equal(store, form, without);
            if !same {
                return true;
            }
            continue;
        }
        signs.extend(sign_of(store, rewriter, own, &[v]).filter(|s| s.strict));
    }
    signs.iter().any(|s| s.negative) && signs.iter().any(|s| !s.negative)
}
