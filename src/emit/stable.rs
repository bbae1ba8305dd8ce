//! Numerical rewriting before code is written: forms that neither overflow nor cancel, and sums split where that is cheaper.

use super::quotient::{hyperbolic, linear_exp, logistic, product, replaced, tangent};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Fun, Node, Power, Store};
use crate::ops::{apply, args_of, row};
use rustc_hash::{FxHashMap, FxHashSet};

/// The roots with every part in the form in which it is best computed. The body of a sum is worked on with an index of its own
/// in place of the bound one: what a rule makes may hold a sum more than before, whose index must not be taken for one outside.
pub(super) fn stabilise(store: &mut Store, roots: &[ExprId]) -> Vec<ExprId> {
    let order = outside_sums(store, roots);
    let uses = count_uses(store, roots);
    let mut new: FxHashMap<ExprId, ExprId> = FxHashMap::default();
    for id in order {
        let mapped = |c| new.get(&c).copied().unwrap_or(c);
        let made = match *store.node(id) {
            Node::BigSum { level, low, high, body } => {
                let (index, body) = store.open_sum(level, body);
                let body = stabilise(store, &[body]).first().copied().unwrap_or(body);
                store.big_sum(index, mapped(low), mapped(high), body)
            }
            _ => store.rebuild(id, &mapped),
        };
        let once = uses.get(id.index()) == Some(&1);
        let made = rule(store, made, once).unwrap_or(made);
        new.insert(id, made);
    }
    roots.iter().map(|r| new.get(r).copied().unwrap_or(*r)).collect()
}

/// What the roots are made of, parts first, without what stands only in the bodies of sums.
fn outside_sums(store: &Store, roots: &[ExprId]) -> Vec<ExprId> {
    let order = store.reachable(roots);
    let mut outside: FxHashSet<ExprId> = roots.iter().copied().collect();
    for &id in order.iter().rev() {
        if !outside.contains(&id) {
            continue;
        }
        match *store.node(id) {
            Node::BigSum { low, high, .. } => outside.extend([low, high]),
            _ => outside.extend(store.children(id)),
        }
    }
    order.into_iter().filter(|id| outside.contains(id)).collect()
}

/// How many places use each expression; a root is a place.
pub(super) fn count_uses(store: &Store, roots: &[ExprId]) -> Vec<u32> {
    let size = roots.iter().map(|r| r.index() + 1).max().unwrap_or(0);
    let mut uses = vec![0u32; size];
    for id in store.reachable(roots) {
        for child in store.children(id) {
            uses[child.index()] += 1;
        }
    }
    for r in roots {
        uses[r.index()] += 1;
    }
    uses
}

fn rule(store: &mut Store, id: ExprId, once: bool) -> Option<ExprId> {
    match store.node(id).clone() {
        Node::Call(fun, args) if is(fun, "log") => stable_log(store, args[0]),
        Node::Product { coefficient, scalars, chain } => {
            shifted(store, &coefficient, &scalars, &chain).or_else(|| product(store, id, coefficient, &scalars, &chain))
        }
        Node::Hadamard(entries) => logistic(store, &entries).or_else(|| tangent(store, &entries)),
        Node::Sum(terms) => hyperbolic(store, id, &terms),
        Node::Trace(a) if once => split_trace(store, a),
        Node::BigSum { body, .. } => split_sum(store, id, body),
        _ => None,
    }
}

fn is(fun: Fun, name: &str) -> bool {
    row(fun).is_some_and(|r| r.name == name)
}

// ---- logarithms

/// log(t) in closed form: of 1, of exponentials and their sums, of the logistic function and softmax.
pub(super) fn log_of(store: &mut Store, t: ExprId) -> Option<ExprId> {
    let shape = store.shape(t);
    if t == ExprId::ONE || matches!(store.node(t), Node::Ones(_)) {
        return Some(store.zeros(shape));
    }
    for (from, to) in [("softmax", "logsoftmax"), ("softmax_rows", "logsoftmax_rows")] {
        if let Some(u) = args_of(store, t, from) {
            return Some(apply(store, to, &u));
        }
    }
    if let Some(u) = args_of(store, t, "exp") {
        return Some(u[0]);
    }
    if let Some(u) = args_of(store, t, "sigmoid") {
        let u = store.neg(u[0]);
        let plus = apply(store, "softplus", &[u]);
        return Some(store.neg(plus));
    }
    if let Some(u) = args_of(store, t, "cosh") {
        // log cosh u = u + softplus(−2u) − log 2.
        let down = store.scale(&Rational::from(-2), u[0]);
        let plus = apply(store, "softplus", &[down]);
        let two = apply(store, "log", &[ExprId::TWO]);
        let ones = store.ones(shape);
        let two = store.mul(&[two, ones]);
        let two = store.neg(two);
        return Some(store.add(&[u[0], plus, two]));
    }
    let Node::Product { coefficient, scalars, chain } = store.node(t).clone() else { return None };
    if !coefficient.is_one() || !scalars.is_empty() {
        return None;
    }
    if shape.is_scalar()
        && let Some((exp, u)) = linear_exp(store, &chain)
        && !matches!(store.node(chain[0].base), Node::Ones(_))
    {
        // log(yᵀ exp(u)) = logsumexp(u) + log(yᵀ softmax(u)).
        let soft = apply(store, "softmax", &[u]);
        let rest = replaced(store, t, exp, soft, 4)?;
        let (sum, log) = (apply(store, "logsumexp", &[u]), apply(store, "log", &[rest]));
        return Some(store.add(&[sum, log]));
    }
    let plain = |f: &Factor| f.power == ExprId::ONE;
    if let [a, b] = chain[..]
        && plain(&a)
        && plain(&b)
    {
        let is_ones = |s: &Store, f: Factor| matches!(s.node(f.base), Node::Ones(_));
        if shape.is_scalar() {
            let other = if is_ones(store, a) {
                b
            } else if is_ones(store, b) {
                a
            } else {
                return None;
            };
            let u = args_of(store, other.base, "exp")?;
            return Some(apply(store, "logsumexp", &u));
        }
        if is_ones(store, b) && shape.is_column() {
            let u = args_of(store, a.base, "exp")?;
            let u = if a.flipped { store.transpose(u[0]) } else { u[0] };
            return Some(apply(store, "logsumexp_rows", &[u]));
        }
    }
    None
}

/// A stable form of log(x).
fn stable_log(store: &mut Store, x: ExprId) -> Option<ExprId> {
    if let Some(closed) = log_of(store, x) {
        return Some(closed);
    }
    match store.node(x).clone() {
        Node::Sum(terms) => log_of_two(store, x, &terms),
        Node::Product { coefficient, scalars, chain } if store.is_scalar(x) => {
            // log(c d^e …) splits where a part is a determinant or has a closed logarithm.
            let bare = chain_alone(store, &chain);
            let mut parts: Vec<Power> = scalars;
            parts.extend(bare.map(|b| (b, ExprId::ONE)));
            if parts.len() == 1 && coefficient.is_one() && parts[0].1 == ExprId::ONE {
                return None;
            }
            let mut terms = Vec::new();
            let mut rest = Vec::new();
            for (b, e) in parts {
                let log = match args_of(store, b, "det") {
                    Some(_) => Some(apply(store, "log", &[b])),
                    None => stable_log(store, b),
                };
                match log {
                    Some(log) => terms.push(store.mul(&[e, log])),
                    None => rest.push((b, e)),
                }
            }
            if terms.is_empty() {
                return None;
            }
            let rest = store.product(coefficient, &rest, &[]);
            if rest != ExprId::ONE {
                let size = apply(store, "abs", &[rest]);
                terms.push(apply(store, "log", &[size]));
            }
            Some(store.add(&terms))
        }
        _ => None,
    }
}

fn chain_alone(store: &mut Store, chain: &[Factor]) -> Option<ExprId> {
    (!chain.is_empty()).then(|| store.product(Rational::ONE, &[], chain))
}

/// log(c a + d b) for two terms with closed logarithms: log(a) + softplus(log b − log a); and log(1 − sigmoid(u)).
pub(super) fn log_of_two(store: &mut Store, x: ExprId, terms: &[(Rational, ExprId)]) -> Option<ExprId> {
    let [(c, a), (d, b)] = terms else { return None };
    let one = |s: &Store, c: &Rational, e: ExprId| c.is_one() && (e == ExprId::ONE || matches!(s.node(e), Node::Ones(_)));
    for ((p, e), (q, f)) in [((c, *a), (d, *b)), ((d, *b), (c, *a))] {
        if one(store, p, e)
            && q.neg().is_one()
            && let Some(u) = args_of(store, f, "sigmoid")
        {
            let plus = apply(store, "softplus", &u);
            return Some(store.neg(plus));
        }
    }
    if !c.is_one() || !d.is_one() {
        return None;
    }
    let (first, second) = (log_of(store, *a)?, log_of(store, *b)?);
    let (first, second) = if store.is_zero(second) { (second, first) } else { (first, second) };
    let gap = store.sub(second, first);
    if store.shape(gap) != store.shape(x) {
        return None;
    }
    let plus = apply(store, "softplus", &[gap]);
    Some(if store.is_zero(first) { plus } else { store.add(&[first, plus]) })
}

// ---- sums

/// e^v / Σᵢ e^uᵢ = e^(v − L) and Σᵢ e^uᵢ gᵢ / Σᵢ e^uᵢ = Σᵢ e^(uᵢ − L) gᵢ for L = log Σᵢ e^uᵢ: nothing overflows.
fn shifted(store: &mut Store, coefficient: &Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExprId> {
    let minus = |e: ExprId| e == ExprId::MINUS_ONE;
    let at = scalars
        .iter()
        .position(|&(b, e)| minus(e) && matches!(store.node(b), Node::BigSum { body, .. } if args_of(store, *body, "exp").is_some()))?;
    let total = scalars[at].0;
    let level = apply(store, "log", &[total]);
    let mut scalars = scalars.to_vec();
    scalars.remove(at);
    let mut chain = chain.to_vec();
    if let Some(other) = (0..scalars.len()).find_map(|k| Some((k, reduced(store, scalars[k], level, total)?))) {
        scalars[other.0].0 = other.1;
    } else {
        let (k, base) = (0..chain.len()).find_map(|k| Some((k, reduced(store, (chain[k].base, chain[k].power), level, total)?)))?;
        chain[k].base = base;
    }
    Some(store.product(coefficient.clone(), &scalars, &chain))
}

/// e^(v − L) for e^v, and the same inside a sum over the same range as `total`.
fn reduced(store: &mut Store, (base, exponent): Power, level: ExprId, total: ExprId) -> Option<ExprId> {
    if exponent != ExprId::ONE {
        return None;
    }
    if let Some(v) = args_of(store, base, "exp").filter(|_| store.is_scalar(base)) {
        let less = store.sub(v[0], level);
        return Some(apply(store, "exp", &[less]));
    }
    let (&Node::BigSum { level: bound, low, high, body }, &Node::BigSum { low: first, high: last, .. }) =
        (store.node(base), store.node(total))
    else {
        return None;
    };
    if (low, high) != (first, last) {
        return None;
    }
    let (index, body) = store.open_sum(bound, body);
    let Node::Product { coefficient, mut scalars, chain } = store.node(body).clone() else { return None };
    let at = scalars.iter().position(|&(b, e)| e == ExprId::ONE && args_of(store, b, "exp").is_some())?;
    let v = args_of(store, scalars[at].0, "exp")?;
    let less = store.sub(v[0], level);
    scalars[at].0 = apply(store, "exp", &[less]);
    let body = store.product(coefficient, &scalars, &chain);
    Some(store.big_sum(index, low, high, body))
}

/// tr(A + B C) = tr(A) + tr(B C): traces of products are cheap, products are not.
fn split_trace(store: &mut Store, a: ExprId) -> Option<ExprId> {
    let Node::Sum(terms) = store.node(a).clone() else { return None };
    if !terms.iter().any(|(_, t)| matches!(store.node(*t), Node::Product { .. })) {
        return None;
    }
    let mut sum = Vec::with_capacity(terms.len());
    for (c, t) in terms {
        sum.push((c, store.trace(t)));
    }
    Some(store.sum(sum))
}

/// Σᵢ (Aᵢ + Bᵢ) = Σᵢ Aᵢ + Σᵢ Bᵢ where the summand is a matrix: a stack of matrices is never formed.
fn split_sum(store: &mut Store, id: ExprId, body: ExprId) -> Option<ExprId> {
    let shape = store.shape(body);
    let Node::BigSum { level, low, high, .. } = *store.node(id) else { return None };
    let Node::Sum(terms) = store.node(body).clone() else { return None };
    if shape.is_column() || shape.is_row() || shape.is_scalar() || terms.len() > 8 {
        return None;
    }
    let mut sum = Vec::with_capacity(terms.len());
    for (c, t) in terms {
        let (index, open) = store.open_sum(level, t);
        sum.push((c, store.big_sum(index, low, high, open)));
    }
    Some(store.sum(sum))
}
