//! Laws of scalar forms: sums that are multiples of each other, sums with two common ends, traces of element-wise products.

use super::Rewriter;
use super::functions::{powers, with_powers};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Power, Store};

/// A term of a scalar sum as scalars times one chain.
struct Form {
    coefficient: Rational,
    scalars: Vec<Power>,
    chain: Vec<Factor>,
}

fn form(store: &Store, c: &Rational, t: ExprId) -> Option<Form> {
    let chain_of = |e: ExprId| match store.node(e) {
        Node::Product { coefficient, scalars, chain } if coefficient.is_one() && scalars.is_empty() && chain.len() > 2 => {
            Some(chain.clone())
        }
        _ => None,
    };
    if let Some(chain) = chain_of(t) {
        return Some(Form { coefficient: c.clone(), scalars: Vec::new(), chain });
    }
    let Node::Product { coefficient, scalars, chain } = store.node(t) else { return None };
    if !chain.is_empty() {
        return None;
    }
    let at = scalars.iter().position(|p| p.1 == ExprId::ONE && chain_of(p.0).is_some())?;
    let mut rest = scalars.clone();
    let (base, _) = rest.remove(at);
    Some(Form { coefficient: c.mul(coefficient), scalars: rest, chain: chain_of(base)? })
}

/// aᵀX b + aᵀY b = aᵀ(X + Y) b, also where one of them is written upside down.
pub(super) fn common_ends(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    if !store.is_scalar(id) {
        return Vec::new();
    }
    let Some(terms) = store.few_terms(id, 12) else { return Vec::new() };
    let forms: Vec<Option<Form>> = terms.iter().map(|(c, t)| form(store, c, *t)).collect();
    let mut results = Vec::new();
    let mut tried: Vec<(Factor, Factor)> = Vec::new();
    for first in forms.iter().flatten() {
        let (Some(&left), Some(&right)) = (first.chain.first(), first.chain.last()) else { continue };
        // Two entries read better than the entry of a sum.
        let is_unit = |f: Factor| matches!(store.node(f.base), Node::Basis(..));
        if tried.contains(&(left, right)) || first.chain.len() == 3 && is_unit(left) && is_unit(right) {
            continue;
        }
        tried.push((left, right));
        let (mut inside, mut rest) = (Vec::new(), Vec::new());
        for ((c, t), form) in terms.iter().zip(&forms) {
            let sides = form.as_ref().map(|f| (f, [f.chain.clone(), store.turned_chain(&f.chain)]));
            let found = sides.and_then(|(form, sides)| {
                let chain = sides.into_iter().find(|s| s.first() == Some(&left) && s.last() == Some(&right))?;
                Some((form, chain))
            });
            match found {
                Some((form, chain)) => {
                    inside.push(store.product(form.coefficient.clone(), &form.scalars, &chain[1..chain.len() - 1]));
                }
                None => rest.push((c.clone(), *t)),
            }
        }
        if inside.len() < 2 {
            continue;
        }
        let sum = store.add(&inside);
        let (left, right) = (store.factor(left), store.factor(right));
        let grouped = store.mul(&[left, sum, right]);
        rest.insert(0, (Rational::ONE, grouped));
        results.push(store.sum(rest));
    }
    results
}

/// tr(R (H ∘ K)) = tr((R ∘ Kᵀ) H): an entry-by-entry factor may stand on either side.
pub(super) fn trace_of_entries(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Trace(a) = *store.node(id) else { return Vec::new() };
    let Node::Product { coefficient, scalars, chain } = store.node(a).clone() else { return Vec::new() };
    let masks: Vec<usize> =
        (0..chain.len()).filter(|&at| chain[at].power == ExprId::ONE && matches!(store.node(chain[at].base), Node::Hadamard(_))).collect();
    let [at] = masks[..] else { return Vec::new() };
    let Node::Hadamard(entries) = store.node(chain[at].base).clone() else { return Vec::new() };
    let around: Vec<Factor> = chain[at + 1..].iter().chain(&chain[..at]).copied().collect();
    if around.is_empty() {
        return Vec::new();
    }
    let front = store.product(coefficient, &scalars, &[]);
    let around = store.product(Rational::ONE, &[], &around);
    // tr(R M) = Σ (Rᵀ ∘ M): all entries of one sum, in the layout of M.
    let other = if chain[at].flipped { around } else { store.transpose(around) };
    let mut results = Vec::new();
    for k in 0..entries.len() {
        if entries[k].1 != ExprId::ONE {
            continue;
        }
        let mut rest = entries.clone();
        let (single, _) = rest.remove(k);
        rest.push((other, ExprId::ONE));
        let shape = store.shape(single);
        let joined = store.hadamard_entries(Rational::ONE, &[], &rest, shape);
        for (left, right) in [(single, joined), (joined, single)] {
            let left = store.transpose(left);
            let product = store.mul(&[left, right]);
            let trace = store.trace(product);
            results.push(store.mul(&[front, trace]));
        }
    }
    results
}

/// tr(A (Σᵣ Bʳ C Bᵏ⁻ʳ)) = Σᵣ tr(A Bʳ C Bᵏ⁻ʳ), where the trace turns every term into one.
pub(super) fn trace_of_range(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Trace(a) = *store.node(id) else { return Vec::new() };
    let chain = match store.node(a).clone() {
        Node::Product { coefficient, scalars, chain } if coefficient.is_one() && scalars.is_empty() => chain,
        _ => vec![Factor { base: a, flipped: false, power: ExprId::ONE }],
    };
    let mut results = Vec::new();
    for (at, f) in chain.iter().enumerate().filter(|(_, f)| f.power == ExprId::ONE) {
        let Node::BigSum { level, low, high, body } = *store.node(f.base) else { continue };
        let (index, opened) = store.open_sum(level, body);
        let opened = if f.flipped { store.transpose(opened) } else { opened };
        let mut factors = vec![store.product(Rational::ONE, &[], &chain[..at]), opened];
        if at + 1 < chain.len() {
            factors.push(store.product(Rational::ONE, &[], &chain[at + 1..]));
        }
        let term = store.mul(&factors);
        let trace = store.trace(term);
        results.push(store.big_sum(index, low, high, trace));
    }
    results
}

/// The longest list of powers in which multiples are looked for.
const POWERS: usize = 24;

/// (a − b)/(b − a) = −1, (2 + 4 s)/(1 + 2 s) = 2: of sums that are multiples of each other, one.
pub(super) fn multiples(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some((all, _)) = powers(store, id).filter(|(all, _)| all.len() <= POWERS) else { return Vec::new() };
    let mut results = Vec::new();
    for (at, &(base, exponent)) in all.iter().enumerate() {
        for &(other, _) in &all {
            let Some(times) = ratio(store, base, other) else { continue };
            if !store.is(exponent, Facts::INTEGER) && times.is_negative() {
                continue;
            }
            let mut new = all.clone();
            new[at].0 = other;
            let number = store.num(times);
            let front = store.product(Rational::ONE, &[(number, exponent)], &[]);
            let rest = with_powers(store, id, &new);
            results.push(store.mul(&[front, rest]));
        }
    }
    results
}

/// The number c with a = c b, of two sums that are not the same.
pub(super) fn ratio(store: &Store, a: ExprId, b: ExprId) -> Option<Rational> {
    let (Node::Sum(left), Node::Sum(right)) = (store.node(a), store.node(b)) else { return None };
    if a == b || left.len() != right.len() || left[0].1 != right[0].1 {
        return None;
    }
    let times = left[0].0.div(&right[0].0)?;
    left.iter().zip(right).all(|(l, r)| l.1 == r.1 && l.0 == r.0.mul(&times)).then_some(times)
}
