//! Numerical rewriting before code is written: forms that neither overflow nor cancel, and sums split where that is cheaper.

use crate::base::Rational;
use crate::ir::{ExprId, Factor, Fun, Node, Power, Shape, Store};
use crate::ops::{apply, args_of, row};
use rustc_hash::FxHashMap;

/// The roots with every part in the form in which it is best computed.
pub(super) fn stabilise(store: &mut Store, roots: &[ExprId]) -> Vec<ExprId> {
    let order = store.reachable(roots);
    let uses = count_uses(store, roots);
    let mut new: FxHashMap<ExprId, ExprId> = FxHashMap::default();
    for id in order {
        let made = store.rebuild(id, &|c| new.get(&c).copied().unwrap_or(c));
        let once = uses.get(id.index()) == Some(&1);
        let made = rule(store, made, once).unwrap_or(made);
        new.insert(id, made);
    }
    roots.iter().map(|r| new.get(r).copied().unwrap_or(*r)).collect()
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
        Node::Product { coefficient, scalars, chain } => product(store, id, coefficient, &scalars, &chain),
        Node::Hadamard(entries) => logistic(store, &entries),
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
fn log_of(store: &mut Store, t: ExprId) -> Option<ExprId> {
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
fn log_of_two(store: &mut Store, x: ExprId, terms: &[(Rational, ExprId)]) -> Option<ExprId> {
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

// ---- products

fn product(store: &mut Store, id: ExprId, coefficient: Rational, scalars: &[Power], chain: &[Factor]) -> Option<ExprId> {
    // ‖x‖² is an inner product: no root to be squared again.
    for (at, &(b, e)) in scalars.iter().enumerate() {
        let even = store.as_num(e).and_then(Rational::to_integer).filter(|n| n % 2 == 0);
        if let (Some(x), Some(n)) = (args_of(store, b, "norm"), even) {
            let square = store.inner(x[0], x[0]);
            let half = store.int(n / 2);
            let mut rest = scalars.to_vec();
            rest[at] = (square, half);
            return Some(store.product(coefficient, &rest, chain));
        }
    }
    // The sum of the entries of A ∘ B is tr(AᵀB): no new matrix.
    if let [a, h, b] = chain
        && let (Node::Ones(_), Node::Ones(_)) = (store.node(a.base), store.node(b.base))
        && let Node::Hadamard(entries) = store.node(h.base).clone()
        && h.power == ExprId::ONE
    {
        let value = split_entries(store, &entries)?;
        return Some(store.product(coefficient, &[scalars, &[(value, ExprId::ONE)]].concat(), &[]));
    }
    density(store, coefficient.clone(), scalars, chain)
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
fn logistic(store: &mut Store, entries: &[Power]) -> Option<ExprId> {
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

// ---- sums

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
