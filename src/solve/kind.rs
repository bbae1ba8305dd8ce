//! Minimum, maximum or saddle: proved from the structure of the second differential, or not said.

use super::gather::{traces, without};
use super::sign::{Directions, Sign, sign_of};
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
    /// Extreme eigenvalues or singular values, on a constraint.
    Spectrum,
    /// Extreme eigenvalues, of a quotient.
    Quotient,
}

/// What a stationary point is, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What it is.
    pub what: Extremum,
    /// How that is known.
    pub reason: Reason,
    /// What must be positive (matrices: definite) for it.
    pub positive: Vec<ExprId>,
}

impl Kind {
    pub(super) fn global(what: Extremum) -> Kind {
        Kind { what, reason: Reason::Spectrum, positive: Vec::new() }
    }
}

/// Classifies a stationary point of `f` at `pairs` (unknown, value); `constrained` where f is a Lagrangian with its multipliers' values;
/// `zeros` are expressions that vanish there. Nothing where nothing is proved.
pub(super) fn classify(store: &mut Store, f: ExprId, pairs: &[(ExprId, ExprId)], zeros: &[ExprId], constrained: bool) -> Option<Kind> {
    let unknowns: Vec<ExprId> = pairs.iter().map(|p| p.0).collect();
    if unknowns.iter().any(|&x| matches!(store.node(x), Node::Member(..))) {
        // The other members of the family vary as well.
        return None;
    }
    let directions: Vec<(ExprId, ExprId)> =
        unknowns.iter().map(|&x| (x, placeholder(store, store.shape(x), calculus::linear_space(store.facts(x))))).collect();
    let first = calculus::differential(store, f, &directions).ok()?;
    let mut rewriter = Rewriter::new();
    let first = rewriter.simplify(store, first);
    let second = calculus::differential(store, first, &directions).ok()?;
    let raw = inside(store, f, second, &unknowns);
    let second = rewriter.simplify(store, second);
    let inner = inside(store, f, second, &unknowns);
    let all: Vec<ExprId> = directions.iter().map(|d| d.1).collect();
    let vs = Directions { vs: &all, definite: &[] };
    let convex = domain_is_convex(store, f, &unknowns);
    let global = |sign: Sign, positive: Vec<ExprId>| Kind {
        what: if sign.negative { Extremum::Maximum } else { Extremum::Minimum },
        reason: if constrained { Reason::Lagrangian } else { Reason::Convex },
        positive,
    };
    if convex {
        for form in [inner, raw] {
            if let Some(sign) = sign_of(store, &mut rewriter, form, vs) {
                return Some(global(sign, Vec::new()));
            }
        }
        for form in [inner, raw] {
            if let Some((sign, positive)) = with_positive_data(store, &mut rewriter, form, vs, &unknowns) {
                return Some(global(sign, positive));
            }
        }
    }
    if constrained {
        return None;
    }
    let definite = inverted(store, pairs);
    let vs = Directions { definite: &definite, ..vs };
    let mut at = second;
    // As it is grouped, factors that vanish can be seen; multiplied out, sums meet values that are sums.
    let everything: Vec<ExprId> = all.iter().chain(&unknowns).copied().collect();
    for on in [&everything[..], &all[..]] {
        let form = traces(store, second, on);
        let form = without(store, form, zeros, &unknowns);
        let form = super::family::put(store, form, pairs);
        at = rewriter.simplify(store, form);
        if let Some(sign) = sign_of(store, &mut rewriter, at, vs).filter(|s| s.strict) {
            let what = if sign.negative { Extremum::Maximum } else { Extremum::Minimum };
            return Some(Kind { what, reason: Reason::Definite, positive: Vec::new() });
        }
    }
    is_saddle(store, &mut rewriter, at, vs).then_some(Kind { what: Extremum::Saddle, reason: Reason::Indefinite, positive: Vec::new() })
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

/// The semidefinite matrices that the values invert.
fn inverted(store: &Store, pairs: &[(ExprId, ExprId)]) -> Vec<ExprId> {
    let values: Vec<ExprId> = pairs.iter().map(|p| p.1).collect();
    let mut found = Vec::new();
    for id in store.reachable(&values) {
        if let Node::Product { chain, .. } = store.node(id) {
            let negative = |f: &&Factor| store.as_num(f.power).is_some_and(Rational::is_negative) && store.is(f.base, Facts::SEMIDEFINITE);
            found.extend(chain.iter().filter(negative).map(|f| f.base));
        }
    }
    found
}

/// Whether the second differential of `id` vanishes.
fn is_linear(store: &mut Store, id: ExprId, unknowns: &[ExprId]) -> bool {
    let pairs: Vec<(ExprId, ExprId)> = unknowns.iter().map(|&x| (x, placeholder(store, store.shape(x), Facts::NONE))).collect();
    calculus::differential(store, id, &pairs).is_ok_and(|d| !store.depends_on(d, unknowns))
}

/// The sign with numbers and vectors of unknown sign taken as positive, and symmetric matrices as positive definite, where that
/// decides: those that occur.
fn with_positive_data(
    store: &mut Store,
    rewriter: &mut Rewriter,
    second: ExprId,
    vs: Directions<'_>,
    unknowns: &[ExprId],
) -> Option<(Sign, Vec<ExprId>)> {
    let mut pairs = Vec::new();
    for id in store.reachable(&[second]) {
        if !matches!(store.node(id), Node::Symbol(_)) || vs.vs.contains(&id) || unknowns.contains(&id) {
            continue;
        }
        let (shape, facts) = (store.shape(id), store.facts(id));
        let more = if (shape.is_scalar() || shape.is_column()) && !facts.has(Facts::NONNEGATIVE) {
            Facts::POSITIVE
        } else if facts.has(Facts::SYMMETRIC) && !shape.is_scalar() && !facts.has(Facts::SEMIDEFINITE) {
            Facts::DEFINITE
        } else {
            continue;
        };
        pairs.push((id, placeholder(store, shape, facts | more)));
    }
    // What does not matter is not assumed.
    let mut found = None;
    for count in 0..=pairs.len() {
        let tries: Vec<Vec<(ExprId, ExprId)>> = if count == 1 {
            pairs.iter().map(|&p| vec![p]).collect()
        } else if count == pairs.len() {
            vec![pairs.clone()]
        } else {
            continue;
        };
        for chosen in tries {
            let at = store.substitute(second, &chosen);
            if let Some(sign) = sign_of(store, rewriter, at, vs) {
                found = Some((sign, chosen.iter().map(|p| p.0).collect()));
                break;
            }
        }
        if found.is_some() {
            break;
        }
    }
    found
}

/// Whether a quadratic form takes both signs: without squares of one direction but not without that direction, or with
/// definite squares of opposite signs.
fn is_saddle(store: &mut Store, rewriter: &mut Rewriter, form: ExprId, vs: Directions<'_>) -> bool {
    let mut signs: Vec<Sign> = Vec::new();
    for &v in vs.vs {
        let others: Vec<(ExprId, ExprId)> = vs.vs.iter().filter(|&&w| w != v).map(|&w| (w, store.zeros(store.shape(w)))).collect();
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
        signs.extend(sign_of(store, rewriter, own, Directions { vs: &[v], ..vs }).filter(|s| s.strict));
    }
    signs.iter().any(|s| s.negative) && signs.iter().any(|s| !s.negative)
}
