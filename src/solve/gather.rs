//! A second differential in a form in which what is known at a stationary point can be put in: sums as traces, factors that vanish.

use super::expand::expand;
use super::matrix::strip;
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Node, Store};

/// Multiplied out, with Σᵢ uᵢᵀM vᵢ as tr(M Σᵢ vᵢuᵢᵀ), so that a value that is itself such a sum can meet it.
pub(super) fn traces(store: &mut Store, form: ExprId, vs: &[ExprId]) -> ExprId {
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
    if let Node::Trace(inside) = *store.node(opened) {
        return sum_of_traces(store, inside, (index, low, high));
    }
    let Node::Product { coefficient, scalars, chain } = store.node(opened).clone() else { return None };
    let varies = |f: &Factor| store.depends_on(f.base, &[index]) || store.depends_on(f.power, &[index]);
    let first = chain.iter().position(|f| !varies(f))?;
    let last = chain.iter().rposition(|f| !varies(f))? + 1;
    if chain[first..last].iter().any(varies) || first == 0 && last == chain.len() {
        return None;
    }
    if first == 0 || last == chain.len() {
        let (fixed, rest) = if first == 0 { (&chain[..last], &chain[last..]) } else { (&chain[first..], &chain[..first]) };
        let fixed = store.product(Rational::ONE, &[], fixed);
        let inner = store.product(coefficient, &scalars, rest);
        let inner = store.big_sum(index, low, high, inner);
        let list = if first == 0 { [fixed, inner] } else { [inner, fixed] };
        return Some(store.mul(&list));
    }
    let left = store.product(coefficient, &scalars, &chain[..first]);
    let middle = store.product(Rational::ONE, &[], &chain[first..last]);
    let right = store.product(Rational::ONE, &[], &chain[last..]);
    let outer = store.mul(&[right, left]);
    let outer = store.big_sum(index, low, high, outer);
    let product = store.mul(&[middle, outer]);
    Some(store.trace(product))
}

/// Σᵢ tr(M Pᵢ) = tr(M Σᵢ Pᵢ), with the longest M that does not depend on i.
fn sum_of_traces(store: &mut Store, inside: ExprId, (index, low, high): (ExprId, ExprId, ExprId)) -> Option<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(inside).clone() else { return None };
    let varies: Vec<bool> = chain.iter().map(|f| store.depends_on(f.base, &[index]) || store.depends_on(f.power, &[index])).collect();
    let count = chain.len();
    let run = |start: usize| (0..count).take_while(|k| !varies[(start + k) % count]).count();
    let start = (0..count).max_by_key(|&at| (run(at), count - at))?;
    let fixed = run(start);
    if fixed == 0 || fixed == count {
        return None;
    }
    let turned: Vec<Factor> = chain[start..].iter().chain(&chain[..start]).copied().collect();
    let outer = store.product(Rational::ONE, &[], &turned[..fixed]);
    let inner = store.product(coefficient, &scalars, &turned[fixed..]);
    let inner = store.big_sum(index, low, high, inner);
    let product = store.mul(&[outer, inner]);
    Some(store.trace(product))
}

/// Without the terms that have a factor that vanishes.
pub(super) fn without(store: &mut Store, form: ExprId, zeros: &[ExprId], unknowns: &[ExprId]) -> ExprId {
    let mut patterns: Vec<Vec<Factor>> = Vec::new();
    for &zero in zeros {
        for &x in unknowns {
            let bare = strip(store, zero, x);
            let turned = store.transpose(bare);
            for way in [bare, turned] {
                let chain = match store.node(way).clone() {
                    Node::Product { chain, scalars, .. } if !chain.is_empty() && scalars.is_empty() => chain.to_vec(),
                    _ => vec![Factor { base: way, flipped: false, power: ExprId::ONE }],
                };
                if !patterns.contains(&chain) {
                    patterns.push(chain);
                }
            }
        }
    }
    let has = |store: &Store, t: ExprId| {
        let runs = |chain: &[Factor]| patterns.iter().any(|p| p.len() <= chain.len() && chain.windows(p.len()).any(|w| w == &p[..]));
        match store.node(t) {
            Node::Product { scalars, chain, .. } => {
                runs(chain)
                    || scalars.iter().any(|&(b, e)| {
                        e == ExprId::ONE && matches!(store.node(b), Node::Product { chain, .. } if runs(chain))
                            || patterns.contains(&vec![Factor { base: b, flipped: false, power: ExprId::ONE }])
                    })
            }
            _ => false,
        }
    };
    let Node::Sum(all) = store.node(form).clone() else {
        return if has(store, form) { store.zeros(store.shape(form)) } else { form };
    };
    let kept: Vec<_> = all.into_iter().filter(|&(_, t)| !has(store, t)).collect();
    if kept.is_empty() { store.zeros(store.shape(form)) } else { store.sum(kept) }
}
