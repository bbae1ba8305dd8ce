//! Products rewritten for safe numerics: quotients of exponentials, densities, thin matrices beside others.

use super::stable::{log_of, log_of_two};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Node, Power, Shape, Store};
use crate::ops::{apply, args_of};

pub(super) fn product(store: &mut Store, id: ExprId, coefficient: Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExprId> {
    // The sum of the entries of A ∘ B is tr(AᵀB): no new matrix.
    if let [a, h, b] = chain
        && let (Node::Ones(_), Node::Ones(_)) = (store.node(a.base), store.node(b.base))
        && let Node::Hadamard(entries) = store.node(h.base).clone()
        && h.power == ExprId::ONE
    {
        let value = split_entries(store, &entries)?;
        return Some(store.product(coefficient, &[scalars, &[(value, ExprId::ONE)]].concat(), &[]));
    }
    if let Some(ratio) = tangent(store, scalars) {
        return Some(store.product(coefficient, &[(ratio, ExprId::ONE)], chain));
    }
    density(store, coefficient.clone(), scalars, chain)
        .or_else(|| weighted(store, &coefficient, scalars, chain))
        .or_else(|| spread_below(store, &coefficient, scalars, chain))
        .or_else(|| normalised(store, id, coefficient.clone(), scalars, chain))
        .or_else(|| thin(store, coefficient, scalars, chain))
}

/// det(A)^p exp(u) as exp(u + p log det(A)) for a broken power p, which takes a positive determinant: neither overflows.
fn density(store: &mut Store, coefficient: Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExprId> {
    let broken = |s: &Store, e: ExprId| s.as_num(e).is_some_and(|r| !r.is_integer());
    let at = scalars.iter().position(|&(b, e)| broken(store, e) && args_of(store, b, "det").is_some())?;
    let mut rest = scalars.to_vec();
    let (det, p) = rest.remove(at);
    let log = apply(store, "log", &[det]);
    let mut exponent = store.mul(&[p, log]);
    if let Some(at) = rest.iter().position(|&(b, e)| e == ExprId::ONE && args_of(store, b, "exp").is_some()) {
        let (exp, _) = rest.remove(at);
        let u = args_of(store, exp, "exp")?[0];
        exponent = store.add(&[u, exponent]);
    }
    // exp folds e^(p log d) back into d^p; as a call it stays.
    let exp = store.call(crate::ops::number("exp"), &[exponent], Shape::SCALAR, crate::ir::Facts::POSITIVE);
    rest.push((exp, ExprId::ONE));
    Some(store.product(coefficient, &rest, chain))
}

/// (a + b) / s^k as a / s^k + b / s^k where s is a sum of exponentials: each quotient is computed without overflow.
fn spread_below(store: &mut Store, coefficient: &Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExprId> {
    let [f] = chain else { return None };
    let Node::Sum(terms) = store.node(f.base).clone() else { return None };
    if f.power != ExprId::ONE || terms.len() > 4 {
        return None;
    }
    let below: Vec<Power> = scalars
        .iter()
        .copied()
        .filter(|&(b, e)| store.as_num(e).is_some_and(Rational::is_negative) && sum_log(store, b).is_some_and(|log| !store.is_zero(log)))
        .collect();
    let has_exp = |s: &Store, t: ExprId| s.reachable(&[t]).into_iter().any(|e| args_of(s, e, "exp").is_some());
    if below.is_empty() || !terms.iter().all(|(_, t)| has_exp(store, *t)) {
        return None;
    }
    let rest: Vec<Power> = scalars.iter().copied().filter(|s| !below.contains(s)).collect();
    let mut sum = Vec::with_capacity(terms.len());
    for (c, t) in terms {
        let t = if f.flipped { store.transpose(t) } else { t };
        let under = store.product(Rational::ONE, &below, &[]);
        let mut quotient = store.mul(&[under, t]);
        if let Node::Product { coefficient, scalars, chain } = store.node(quotient).clone() {
            quotient = normalised(store, quotient, coefficient, &scalars, &chain).unwrap_or(quotient);
        }
        sum.push((c, quotient));
    }
    let sum = store.sum(sum);
    let front = store.product(coefficient.clone(), &rest, &[]);
    Some(store.mul(&[front, sum]))
}

/// A stable log of a scalar that is a sum of exponentials.
fn sum_log(store: &mut Store, s: ExprId) -> Option<ExprId> {
    if !store.is_scalar(s) {
        return None;
    }
    match store.node(s).clone() {
        Node::Sum(terms) => log_of_two(store, s, &terms),
        _ => log_of(store, s),
    }
}

/// A (Diag(p) − p pᵀ) B term by term: a factor made of diagonal matrices, identities and outer products alone is never
/// formed beside another factor.
fn thin(store: &mut Store, coefficient: Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExprId> {
    if chain.len() < 2 {
        return None;
    }
    let at = chain.iter().position(|f| {
        f.power == ExprId::ONE
            && matches!(store.node(f.base), Node::Sum(terms) if terms.len() <= 4 && terms.iter().all(|(_, t)| is_thin(store, *t)))
            && !store.shape(f.base).is_column()
    })?;
    let Node::Sum(terms) = store.node(chain[at].base).clone() else { return None };
    let mut sum = Vec::with_capacity(terms.len());
    for (c, t) in terms {
        let middle = if chain[at].flipped { store.transpose(t) } else { t };
        let (left, right) = (store.product(Rational::ONE, &[], &chain[..at]), store.product(Rational::ONE, &[], &chain[at + 1..]));
        let mut factors = vec![middle];
        if at > 0 {
            factors.insert(0, left);
        }
        if at + 1 < chain.len() {
            factors.push(right);
        }
        let term = store.mul(&factors);
        // Another such factor further on.
        let term = match store.node(term).clone() {
            Node::Product { coefficient, scalars, chain } if chain.len() < 32 => thin(store, coefficient, &scalars, &chain).unwrap_or(term),
            _ => term,
        };
        sum.push((c, term));
    }
    let sum = store.sum(sum);
    let front = store.product(coefficient, scalars, &[]);
    Some(store.mul(&[front, sum]))
}

/// The exponential of a column in a scalar chain, with its argument, where there is one alone.
pub(super) fn linear_exp(store: &Store, chain: &[Factor]) -> Option<(ExprId, ExprId)> {
    let mut found = None;
    for f in chain {
        if let Some(u) = args_of(store, f.base, "exp").filter(|u| store.shape(u[0]).is_column()) {
            if found.is_some() || f.power != ExprId::ONE {
                return None;
            }
            found = Some((f.base, u[0]));
        }
    }
    found
}

/// f(exp(u)) / (yᵀ exp(u)) for an f that is linear: the quotient is the same with softmax(u), which does not overflow.
fn weighted(store: &mut Store, coefficient: &Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExprId> {
    for (k, &(s, e)) in scalars.iter().enumerate() {
        let below = match store.node(s) {
            Node::Product { chain, .. } if e == ExprId::MINUS_ONE => chain.clone(),
            _ => continue,
        };
        let Some((exp, u)) = linear_exp(store, &below) else { continue };
        let mut rest = scalars.to_vec();
        rest.remove(k);
        let above = store.product(Rational::ONE, &rest, chain);
        let soft = apply(store, "softmax", &[u]);
        let Some(above) = replaced(store, above, exp, soft, 6) else { continue };
        let below = replaced(store, s, exp, soft, 6)?;
        let below = store.inverse(below);
        let front = store.num(coefficient.clone());
        return Some(store.mul(&[front, below, above]));
    }
    None
}

/// The expression with `from` replaced by `to`, where it is linear in `from`; `depth` bounds the search.
pub(super) fn replaced(store: &mut Store, id: ExprId, from: ExprId, to: ExprId, depth: u32) -> Option<ExprId> {
    if id == from {
        return Some(to);
    }
    if depth == 0 {
        return None;
    }
    match store.node(id).clone() {
        Node::Product { coefficient, mut scalars, mut chain } => {
            for s in &mut scalars {
                if s.1 == ExprId::ONE
                    && let Some(made) = replaced(store, s.0, from, to, depth - 1)
                {
                    s.0 = made;
                    return Some(store.product(coefficient, &scalars, &chain));
                }
            }
            for f in &mut chain {
                if f.power == ExprId::ONE
                    && let Some(made) = replaced(store, f.base, from, to, depth - 1)
                {
                    f.base = made;
                    return Some(store.product(coefficient, &scalars, &chain));
                }
            }
            None
        }
        Node::Hadamard(mut entries) => {
            let at = entries.iter().position(|e| e.1 == ExprId::ONE && e.0 == from)?;
            entries[at].0 = to;
            let shape = store.shape(id);
            Some(store.hadamard_entries(Rational::ONE, &[], &entries, shape))
        }
        Node::Diag(v) => {
            let made = replaced(store, v, from, to, depth - 1)?;
            Some(store.diag(made))
        }
        _ => None,
    }
}

/// exp(u) ± exp(−u) as 2 cosh(u), 2 sinh(u).
pub(super) fn hyperbolic(store: &mut Store, id: ExprId, terms: &[(Rational, ExprId)]) -> Option<ExprId> {
    let [(c, a), (d, b)] = terms else { return None };
    let (u, v) = (args_of(store, *a, "exp")?[0], args_of(store, *b, "exp")?[0]);
    if store.neg(u) != v || c.abs() != d.abs() || store.shape(id) != store.shape(u) {
        return None;
    }
    let two = c.mul(&Rational::from(2));
    let name = if c == d { "cosh" } else { "sinh" };
    let made = apply(store, name, &[u]);
    Some(store.scale(&two, made))
}

/// sinh(u) / cosh(u) as tanh(u).
pub(super) fn tangent(store: &mut Store, entries: &[Power]) -> Option<ExprId> {
    for (k, &(b, e)) in entries.iter().enumerate() {
        let Some(u) = args_of(store, b, "cosh").filter(|_| e == ExprId::MINUS_ONE) else { continue };
        let Some(at) = entries.iter().position(|p| p.1 == ExprId::ONE && args_of(store, p.0, "sinh").is_some_and(|v| v == u)) else {
            continue;
        };
        let mut rest: Vec<Power> = entries.iter().enumerate().filter(|&(j, _)| j != k && j != at).map(|(_, &p)| p).collect();
        rest.push((apply(store, "tanh", &u), ExprId::ONE));
        let shape = store.shape(u[0]);
        return Some(store.hadamard_entries(Rational::ONE, &[], &rest, shape));
    }
    None
}

/// Whether a matrix is diagonal as written or an outer product.
fn is_thin(store: &Store, t: ExprId) -> bool {
    match store.node(t) {
        Node::Diag(_) | Node::Eye(_) => true,
        Node::Product { chain, .. } => match chain[..] {
            [f] => matches!(store.node(f.base), Node::Diag(_) | Node::Eye(_)),
            _ => chain.iter().skip(1).any(|f| store.factor_shape(*f).is_row()),
        },
        _ => false,
    }
}

fn split_entries(store: &mut Store, entries: &[Power]) -> Option<ExprId> {
    if let [(a, p)] = *entries {
        return (p == ExprId::TWO).then(|| store.inner(a, a));
    }
    let at = entries.iter().position(|e| e.1 == ExprId::ONE)?;
    let mut rest = entries.to_vec();
    let (a, _) = rest.remove(at);
    let shape = store.shape(a);
    let other = store.hadamard_entries(Rational::ONE, &[], &rest, shape);
    Some(store.inner(a, other))
}

/// exp(u) / s as exp(u − log s) where log s has a stable form: softmax, and its kin with other terms below.
fn normalised(store: &mut Store, id: ExprId, coefficient: Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExprId> {
    for k in 0..scalars.len() {
        let (s, e) = scalars[k];
        let Some(times) = store.as_num(e).and_then(Rational::to_integer).filter(|n| (-4..0).contains(n)) else { continue };
        let Some(shift) = sum_log(store, s) else { continue };
        if store.is_zero(shift) {
            continue;
        }
        // As many exponentials as there are powers below.
        let (mut rest, mut chain, mut left) = (scalars.to_vec(), chain.to_vec(), -times);
        rest.remove(k);
        for p in &mut rest {
            if left > 0
                && p.1 == ExprId::ONE
                && let Some(u) = args_of(store, p.0, "exp")
            {
                p.0 = shifted(store, u[0], shift);
                left -= 1;
            }
        }
        for f in &mut chain {
            if left > 0 && f.power == ExprId::ONE {
                let (exp, diagonal) = match *store.node(f.base) {
                    Node::Diag(v) => (v, true),
                    _ => (f.base, false),
                };
                if let Some(u) = args_of(store, exp, "exp") {
                    let quotient = shifted(store, u[0], shift);
                    f.base = if diagonal { store.diag(quotient) } else { quotient };
                    left -= 1;
                }
            }
        }
        if left == -times {
            continue;
        }
        let under = store.int(-left);
        rest.push((s, under));
        let shape = store.shape(id);
        let made = store.product(coefficient, &rest, &chain);
        return (store.shape(made) == shape).then_some(made);
    }
    None
}

/// exp(u − shift): softmax(u) where the shift is logsumexp(u), sigmoid where it is softplus.
fn shifted(store: &mut Store, u: ExprId, shift: ExprId) -> ExprId {
    if args_of(store, shift, "logsumexp").is_some_and(|a| a[0] == u) {
        return apply(store, "softmax", &[u]);
    }
    if args_of(store, shift, "softplus").is_some_and(|a| a[0] == u) {
        return apply(store, "sigmoid", &[u]);
    }
    let shape = store.shape(u);
    let ones = store.ones(Shape::new(shape.rows, shape.cols));
    let spread = store.mul(&[shift, ones]);
    let gap = store.sub(u, spread);
    apply(store, "exp", &[gap])
}

/// 1 ./ (1 + exp(u)) as sigmoid(−u), and exp(u) ./ (1 + exp(u)) as sigmoid(u).
pub(super) fn logistic(store: &mut Store, entries: &[Power]) -> Option<ExprId> {
    for (k, &(b, e)) in entries.iter().enumerate() {
        let Node::Sum(terms) = store.node(b).clone() else { continue };
        let [(c, x), (d, y)] = &terms[..] else { continue };
        if !c.is_one() || !d.is_one() || e != ExprId::MINUS_ONE {
            continue;
        }
        let ones = |s: &Store, t: ExprId| {
            matches!(s.node(t), Node::Ones(_))
                || matches!(s.node(t), Node::Product { coefficient, scalars, chain }
                    if coefficient.is_one() && scalars.is_empty() && chain.len() == 2
                        && chain.iter().all(|f| matches!(s.node(f.base), Node::Ones(_))))
        };
        let exp = if ones(store, *x) {
            *y
        } else if ones(store, *y) {
            *x
        } else {
            continue;
        };
        let Some(u) = args_of(store, exp, "exp") else { continue };
        let mut rest = entries.to_vec();
        let above = rest.iter().position(|&(b, e)| b == exp && e == ExprId::ONE);
        let u = if above.is_some() { u[0] } else { store.neg(u[0]) };
        rest[k] = (apply(store, "sigmoid", &[u]), ExprId::ONE);
        if let Some(at) = above {
            rest.remove(at);
        }
        let shape = store.shape(b);
        return Some(store.hadamard_entries(Rational::ONE, &[], &rest, shape));
    }
    None
}
