//! Folding back to the functions that people know: softmax, logsumexp, the logistic function, norms.

use super::Rewriter;
use super::functions::{powers, with_powers};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Power, Store};
use crate::ops;

/// The x of 1ᵀexp(x), if `id` is that.
fn sum_of_exp(store: &Store, id: ExprId) -> Option<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id) else { return None };
    let [ones, exp] = chain[..] else { return None };
    if !coefficient.is_one()
        || !scalars.is_empty()
        || !matches!(store.node(ones.base), Node::Ones(_))
        || exp.power != ExprId::ONE
        || exp.flipped
    {
        return None;
    }
    ops::args_of(store, exp.base, "exp").map(|a| a[0])
}

/// exp(x) / sum(exp(x)) = softmax(x), beside other factors, alone or in an element-wise product.
pub(super) fn softmax(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for (at, &(base, exponent)) in scalars.iter().enumerate() {
        let negative = store.as_num(exponent).is_some_and(Rational::is_negative);
        let Some(x) = sum_of_exp(store, base).filter(|_| negative) else { continue };
        let exp = ops::apply(store, "exp", &[x]);
        let softmax = ops::apply(store, "softmax", &[x]);
        let mut scalars = scalars.clone();
        scalars[at].1 = store.add(&[exponent, ExprId::ONE]);
        for chain in with_softmax(store, &chain, exp, softmax) {
            results.push(store.product(coefficient.clone(), &scalars, &chain));
        }
        // Eᵀexp(x) / sum(exp(x)): the scalar beside it is a chain of its own.
        for k in (0..scalars.len()).filter(|&k| k != at && scalars[k].1 == ExprId::ONE) {
            let Node::Product { chain: inner, .. } = store.node(scalars[k].0).clone() else { continue };
            for inner in with_softmax(store, &inner, exp, softmax) {
                let mut scalars = scalars.clone();
                scalars[k].0 = store.product(Rational::ONE, &[], &inner);
                results.push(store.product(coefficient.clone(), &scalars, &chain));
            }
        }
    }
    results
}

/// A chain with softmax(x) in the place of one exp(x), each way.
fn with_softmax(store: &mut Store, chain: &[Factor], exp: ExprId, softmax: ExprId) -> Vec<Vec<Factor>> {
    let mut results = Vec::new();
    for (k, f) in chain.iter().enumerate() {
        let mut chain = chain.to_vec();
        if f.base == exp && f.power == ExprId::ONE {
            chain[k].base = softmax;
        } else if let Node::Hadamard(entries) = store.node(f.base).clone()
            && let Some(e) = entries.iter().position(|&p| p == (exp, ExprId::ONE))
        {
            let mut entries = entries;
            entries[e].0 = softmax;
            let shape = store.shape(f.base);
            chain[k].base = store.hadamard_entries(Rational::ONE, &[], &entries, shape);
        } else if let Node::Diag(v) = *store.node(f.base)
            && v == exp
        {
            chain[k].base = store.diag(softmax);
        } else {
            continue;
        }
        results.push(chain);
    }
    results
}

/// log(sum(exp(x))) = logsumexp(x).
pub(super) fn logsumexp(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(args) = ops::args_of(store, id, "log") else { return Vec::new() };
    sum_of_exp(store, args[0]).map(|x| ops::apply(store, "logsumexp", &[x])).into_iter().collect()
}

/// log(softmax(x)) = logsoftmax(x); x − 1 logsumexp(x) stays.
pub(super) fn log_softmax(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(args) = ops::args_of(store, id, "log") else { return Vec::new() };
    ops::args_of(store, args[0], "softmax").map(|x| ops::apply(store, "logsoftmax", &x)).into_iter().collect()
}

/// 1/(1 + exp(−x)) = σ(x) and exp(x)/(1 + exp(x)) = σ(x), entry by entry.
pub(super) fn logistic(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some((entries, _)) = powers(store, id) else { return Vec::new() };
    let mut results = Vec::new();
    for (at, &(base, exponent)) in entries.iter().enumerate() {
        let Some(power) = store.as_num(exponent).cloned().filter(|r| r.is_negative() && r.is_integer()) else { continue };
        let Some(x) = one_plus_exp(store, base) else { continue };
        let mut new = entries.clone();
        let positive = store.num(power.neg());
        let exp = ops::apply(store, "exp", &[x]);
        if let Some(k) = entries.iter().position(|&(b, e)| b == exp && store.as_num(e).is_some_and(|r| !r.is_negative())) {
            // e^x/(1 + e^x): one of each.
            let sigmoid = ops::apply(store, "sigmoid", &[x]);
            new[k].1 = store.sub(new[k].1, ExprId::ONE);
            new[at].1 = store.add(&[exponent, ExprId::ONE]);
            new.push((sigmoid, ExprId::ONE));
        } else {
            let minus = store.neg(x);
            let sigmoid = ops::apply(store, "sigmoid", &[minus]);
            new[at] = (sigmoid, positive);
        }
        results.push(with_powers(store, id, &new));
    }
    results
}

/// The x of 1 + exp(x).
fn one_plus_exp(store: &Store, id: ExprId) -> Option<ExprId> {
    let Node::Sum(terms) = store.node(id) else { return None };
    let [a, b] = &terms[..] else { return None };
    if !a.0.is_one() || !b.0.is_one() {
        return None;
    }
    let is_one = |t: ExprId| t == ExprId::ONE || matches!(store.node(t), Node::Ones(_)) || is_all_ones(store, t);
    let exp = |t: ExprId| ops::args_of(store, t, "exp").map(|a| a[0]);
    if is_one(a.1) {
        exp(b.1)
    } else if is_one(b.1) {
        exp(a.1)
    } else {
        None
    }
}

fn is_all_ones(store: &Store, id: ExprId) -> bool {
    matches!(store.node(id), Node::Product { coefficient, scalars, chain }
        if coefficient.is_one() && scalars.is_empty() && chain.iter().all(|f: &Factor| matches!(store.node(f.base), Node::Ones(_))))
}

/// sqrt(tr(XᵀX)) = ‖X‖ and its other half powers.
pub(super) fn norm(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for (at, &(base, exponent)) in scalars.iter().enumerate() {
        if store.as_num(exponent).is_none_or(Rational::is_integer) {
            continue;
        }
        if let Some(x) = store.gram(base) {
            let norm = ops::apply(store, "norm", &[x]);
            let mut scalars = scalars.clone();
            let power = store.mul(&[ExprId::TWO, exponent]);
            scalars[at] = (norm, power);
            results.push(store.product(coefficient.clone(), &scalars, &chain));
        }
    }
    results
}

/// sinh(x) / cosh(x) = tanh(x), sin(x) / cos(x) = tan(x), and tanh(x) cosh(x) = sinh(x), tan(x) cos(x) = sin(x).
pub(super) fn tangents(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some((entries, _)) = powers(store, id) else { return Vec::new() };
    let mut results = Vec::new();
    for (sine, cosine, tangent) in [("sinh", "cosh", "tanh"), ("sin", "cos", "tan")] {
        for (at, &(base, below)) in entries.iter().enumerate() {
            let Some(x) = ops::args_of(store, base, cosine).map(|a| a[0]) else { continue };
            let Some(below) = store.as_num(below).filter(|p| p.is_negative()).map(Rational::neg) else { continue };
            let (top, slope) = (ops::apply(store, sine, &[x]), ops::apply(store, tangent, &[x]));
            let Some((with, above)) = entries.iter().enumerate().find(|(_, e)| e.0 == top).map(|(with, e)| (with, e.1)) else { continue };
            let Some(above) = store.as_num(above).filter(|p| !p.is_negative()) else { continue };
            let common = if *above < below { above.clone() } else { below };
            let common = store.num(common);
            let mut new = entries.clone();
            new[at].1 = store.add(&[new[at].1, common]);
            new[with].1 = store.sub(new[with].1, common);
            new.push((slope, common));
            results.push(with_powers(store, id, &new));
        }
    }
    results
}

/// sign(x) |x| = x, sign(x) / |x| = 1/x, sign(x) x = |x|, and sign(x)² |x|ᵖ = |x|ᵖ.
pub(super) fn sign_abs(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some((entries, _)) = powers(store, id) else { return Vec::new() };
    let mut results = Vec::new();
    for (at, &(base, exponent)) in entries.iter().enumerate() {
        let Some(x) = ops::args_of(store, base, "sign").map(|a| a[0]) else { continue };
        let abs = ops::apply(store, "abs", &[x]);
        let mut new = entries.clone();
        let odd = |store: &Store, e: ExprId| store.as_num(e).and_then(Rational::to_integer).is_some_and(|n| n % 2 != 0);
        let find = |store: &Store, wanted: ExprId| entries.iter().position(|&(b, e)| b == wanted && odd(store, e));
        if exponent == ExprId::TWO {
            // A power of |x| is 0 or undefined at 0 by itself; a step is taken almost everywhere.
            let steps = |b: ExprId| ops::args_of(store, b, "step").is_some_and(|a| store.depends_on(a[0], &[abs]));
            if !entries.iter().any(|&(b, _)| b == abs || steps(b)) {
                continue;
            }
            new.remove(at);
        } else if exponent != ExprId::ONE {
            continue;
        } else if let Some(k) = find(store, abs) {
            // sign(x) |x|^odd = x^odd.
            new[k].0 = x;
            new.remove(at);
        } else if let Some(k) = find(store, x) {
            new[k].0 = abs;
            new.remove(at);
        } else {
            continue;
        }
        results.push(with_powers(store, id, &new));
    }
    results
}

/// log(Π sᵢ^eᵢ) = Σ eᵢ log sᵢ where every factor but one is known to be positive.
pub(super) fn log_product(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(args) = ops::args_of(store, id, "log") else { return Vec::new() };
    let mut terms: Vec<(Rational, ExprId)> = Vec::new();
    let powers: Vec<Power> = match store.node(args[0]).clone() {
        Node::Product { coefficient, scalars, chain } if chain.is_empty() && !coefficient.is_negative() => {
            if !coefficient.is_one() {
                let number = store.num(coefficient);
                terms.push((Rational::ONE, ops::apply(store, "log", &[number])));
            }
            scalars
        }
        Node::Hadamard(entries) => entries,
        _ => return Vec::new(),
    };
    let unknown = powers.iter().filter(|&&(b, _)| !store.is(b, Facts::POSITIVE)).count();
    let single_even = powers
        .iter()
        .any(|&(b, e)| !store.is(b, Facts::POSITIVE) && store.as_num(e).and_then(Rational::to_integer).is_some_and(|n| n % 2 == 0));
    if unknown > 1 || single_even || powers.is_empty() {
        return Vec::new();
    }
    for (b, e) in powers {
        let log = ops::apply(store, "log", &[b]);
        terms.push((Rational::ONE, store.mul(&[e, log])));
    }
    vec![store.sum(terms)]
}

/// b ∘ b = b for entries that are 0 or 1.
pub(super) fn binary(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Hadamard(entries) = store.node(id) else { return Vec::new() };
    let may_be_one = |&(b, e): &Power| e != ExprId::ONE && store.is(b, Facts::BINARY) && store.as_num(e).is_some_and(|r| !r.is_negative());
    if !entries.iter().any(may_be_one) {
        return Vec::new();
    }
    let new: Vec<Power> = entries.iter().map(|p| if may_be_one(p) { (p.0, ExprId::ONE) } else { *p }).collect();
    let shape = store.shape(id);
    vec![store.hadamard_entries(Rational::ONE, &[], &new, shape)]
}

/// diag(A Diag(v) B) = (A ∘ Bᵀ) v.
pub(super) fn diagonal_of_sandwich(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Diagonal(a) = *store.node(id) else { return Vec::new() };
    let Node::Product { coefficient, scalars, chain } = store.node(a).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for (at, f) in chain.iter().enumerate() {
        let Node::Diag(v) = *store.node(f.base) else { continue };
        if at == 0 || at + 1 == chain.len() {
            continue;
        }
        let left = store.product(Rational::ONE, &[], &chain[..at]);
        let right = store.product(Rational::ONE, &[], &chain[at + 1..]);
        let turned = store.transpose(right);
        let entries = store.hadamard(&[left, turned]);
        let front = store.product(coefficient.clone(), &scalars, &[]);
        results.push(store.mul(&[front, entries, v]));
    }
    results
}

/// Diag(u) A Diag(v) is A with its rows and columns scaled; beside an element-wise product it joins it:
/// diag(Diag(u) A) = u ∘ diag(A).
pub(super) fn diagonal_of_scaled(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Diagonal(a) = *store.node(id) else { return Vec::new() };
    let Node::Product { coefficient, scalars, chain } = store.node(a).clone() else { return Vec::new() };
    let mut results = Vec::new();
    let ends = [(chain.first().copied(), 1..chain.len()), (chain.last().copied(), 0..chain.len().saturating_sub(1))];
    for (end, rest) in ends {
        if let Some(end) = end
            && let Node::Diag(v) = *store.node(end.base)
            && chain.len() > 1
        {
            let inner = store.product(Rational::ONE, &[], &chain[rest]);
            let inner = store.diagonal(inner);
            let entries = store.hadamard(&[v, inner]);
            let front = store.product(coefficient.clone(), &scalars, &[]);
            results.push(store.mul(&[front, entries]));
        }
    }
    results
}

/// A (xᵀ ⊗ I) = xᵀ ⊗ A and (x ⊗ I) A = x ⊗ A, and their mirror images: what is one wide multiplies by itself.
pub(super) fn kron_with_vector(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for at in 0..chain.len() {
        let Node::Kron(parts) = store.node(chain[at].base).clone() else { continue };
        let [a, b] = parts[..] else { continue };
        if chain[at].power != ExprId::ONE || chain[at].flipped {
            continue;
        }
        let neighbours = [(at.checked_sub(1), true), ((at + 1 < chain.len()).then_some(at + 1), false)];
        for (other, left) in neighbours {
            let Some(other) = other else { continue };
            let factor = store.factor(chain[other]);
            // On the left of a Kronecker product a row joins for free, on its right a column.
            let thin = |store: &Store, e: ExprId| if left { store.shape(e).is_row() } else { store.shape(e).is_column() };
            let joined = |store: &mut Store, e: ExprId| if left { store.mul(&[factor, e]) } else { store.mul(&[e, factor]) };
            let new = if thin(store, a) {
                let b = joined(store, b);
                store.kron(&[a, b])
            } else if thin(store, b) {
                let a = joined(store, a);
                store.kron(&[a, b])
            } else {
                continue;
            };
            let (start, end) = (at.min(other), at.max(other));
            let before = store.product(coefficient.clone(), &scalars, &chain[..start]);
            let mut factors = vec![before, new];
            if end + 1 < chain.len() {
                factors.push(store.product(Rational::ONE, &[], &chain[end + 1..]));
            }
            results.push(store.mul(&factors));
        }
    }
    results
}
