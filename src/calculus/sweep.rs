//! One reverse sweep over the DAG: every node's cotangent once, in reverse id order, never along paths.

use super::pull::{check_shape, pull};
use super::{Refusal, gates, structured};
use crate::base::Rational;
use crate::ir::{ExprId, Marks, Node, Store};
use rustc_hash::FxHashMap;

/// What is pending at one moment of the sweep: df = Σ ⟨cotangent, d(expression)⟩.
pub type Frontier = Vec<(ExprId, ExprId)>;

/// The gradients, and what was pending on the way.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    /// One gradient for each variable, projected onto its space.
    pub gradients: Vec<ExprId>,
    /// The gradients before projection.
    pub ambient: Vec<ExprId>,
    /// What was pending after each node, as (expression, cotangent) in ascending order; empty where not asked for.
    pub frontiers: Vec<Frontier>,
    /// The node that was taken apart before each frontier.
    pub nodes: Vec<ExprId>,
}

/// The gradients of a scalar by several variables at once: symbols, or members of a family (`x_k` with a free index).
///
/// With `record`, the pending cotangents after each node are kept for the derivation.
///
/// # Errors
/// When a part has no differential that can be written down.
pub fn gradients(store: &mut Store, f: ExprId, wrt: &[ExprId], record: bool) -> Result<Sweep, Refusal> {
    let mut sweep = Sweep::default();
    let mut recorded = Vec::new();
    let received = reverse(store, f, ExprId::ONE, wrt, record.then_some(&mut recorded))?;
    (sweep.nodes, sweep.frontiers) = recorded.into_iter().unzip();
    for (x, parts) in wrt.iter().zip(received) {
        let shape = store.shape(*x);
        let total = if parts.is_empty() { store.zeros(shape) } else { store.add(&parts) };
        check_shape(store, *x, total);
        if undecided(store, total) {
            return Err(Refusal {
                part: *x,
                reason: "it depends on whether this is the same as another member that is named; ask for that one",
            });
        }
        sweep.ambient.push(total);
        let facts = store.facts(*x);
        sweep.gradients.push(structured::project(store, total, facts));
    }
    Ok(sweep)
}

/// What each variable receives from the cotangent `seed` of `f`.
fn reverse(
    store: &mut Store,
    f: ExprId,
    seed: ExprId,
    wrt: &[ExprId],
    mut frontiers: Option<&mut Vec<(ExprId, Frontier)>>,
) -> Result<Vec<Vec<ExprId>>, Refusal> {
    let families: Vec<ExprId> = wrt.iter().copied().filter(|&x| matches!(store.node(x), Node::Member(..))).collect();
    let nodes = store.reachable(&[f]);
    let mut mask = Marks::up_to(f);
    for &id in &nodes {
        if wrt.contains(&id) || same_family(store, id, &families).is_some() || store.any_child(id, |c| mask.contains(c)) {
            mask.insert(id);
        }
    }
    let depends = |id: ExprId| mask.contains(id);
    let mut pending: FxHashMap<ExprId, Vec<ExprId>> = FxHashMap::default();
    let mut received = vec![Vec::new(); wrt.len()];
    pending.insert(f, vec![seed]);
    for id in nodes.into_iter().rev().filter(|&id| depends(id)) {
        if wrt.contains(&id) {
            continue;
        }
        let Some(mut parts) = pending.remove(&id) else { continue };
        // Parts arrived from the last use to the first; the reader wants the first use first.
        parts.reverse();
        let g = store.add(&parts);
        check_shape(store, id, g);
        if store.is_zero(g) {
            continue;
        }
        if let Node::BigSum { level, low, high, body } = *store.node(id) {
            let (index, opened) = store.open_sum(level, body);
            let inner = reverse(store, opened, g, wrt, None)?;
            for (x, parts) in wrt.iter().zip(inner) {
                if parts.is_empty() {
                    continue;
                }
                let total = store.add(&parts);
                let sum = close(store, index, low, high, total, *x);
                pending.entry(*x).or_default().push(sum);
            }
        } else if let Some((member, delta)) = same_family(store, id, &families) {
            // x_i beside the variable x_k: the Kronecker delta is resolved by the sum around it.
            let delta = delta_marker(store, &delta);
            let part = store.mul(&[delta, g]);
            pending.entry(member).or_default().push(part);
        } else {
            for (child, part) in pull(store, id, g, &depends)? {
                if depends(child) && !store.is_zero(part) {
                    pending.entry(child).or_default().push(part);
                }
            }
        }
        if let Some(frontiers) = frontiers.as_deref_mut() {
            let mut frontier: Frontier = pending
                .iter()
                .map(|(&u, parts)| {
                    let parts: Vec<ExprId> = parts.iter().rev().copied().collect();
                    (u, store.add(&parts))
                })
                .collect();
            frontier.sort_unstable();
            frontiers.push((id, frontier));
        }
    }
    for (x, slot) in wrt.iter().zip(&mut received) {
        if let Some(mut parts) = pending.remove(x) {
            parts.reverse();
            *slot = parts;
        }
    }
    Ok(received)
}

/// If `id` is a member of the same family as one of the variables (but not that very member), that variable and the pairs of subscripts.
fn same_family(store: &Store, id: ExprId, families: &[ExprId]) -> Option<(ExprId, Vec<(ExprId, ExprId)>)> {
    let Node::Member(symbol, index) = store.node(id) else { return None };
    families.iter().find_map(|&x| match store.node(x) {
        Node::Member(s, k) if s == symbol && x != id => {
            Some((x, index.iter().copied().zip(k.iter().copied()).filter(|(a, b)| a != b).collect()))
        }
        _ => None,
    })
}

/// A scalar that stands for Π [i = k] until the sum over i is closed: unit(i)ᵀunit(k) of an unnamed dimension.
fn delta_marker(store: &mut Store, pairs: &[(ExprId, ExprId)]) -> ExprId {
    let dim = store.dim_named("");
    let mut factors = Vec::new();
    for &(i, k) in pairs {
        if store.as_num(i).is_some() && store.as_num(k).is_some() {
            return ExprId::ZERO;
        }
        let (a, b) = (store.basis(i, dim), store.basis(k, dim));
        factors.push(store.inner(a, b));
    }
    store.mul(&factors)
}

/// A marker [e = k] in which e counts with the index of a sum, and the index that it asks for.
fn marker_in(store: &mut Store, t: ExprId, index: ExprId) -> Option<(ExprId, ExprId)> {
    let (order, _) = store.dependents_in_order(t, &[index]);
    order.into_iter().find_map(|id| {
        let (e, k) = marked(store, id)?;
        let (e, k) = if store.depends_on(e, &[index]) { (e, k) } else { (k, e) };
        let at = solved(store, e, k, index)?;
        Some((id, at))
    })
}

/// The two sides of a marker [e = k].
pub(super) fn marked(store: &mut Store, id: ExprId) -> Option<(ExprId, ExprId)> {
    let dim = store.dim_named("");
    let Node::Product { chain, .. } = store.node(id) else { return None };
    let [a, b] = chain[..] else { return None };
    match (store.node(a.base), store.node(b.base)) {
        (&Node::Basis(e, d), &Node::Basis(k, _)) if d == dim => Some((e, k)),
        _ => None,
    }
}

/// The index i for which e = k, where e is i and a constant.
pub(super) fn solved(store: &mut Store, e: ExprId, k: ExprId, index: ExprId) -> Option<ExprId> {
    let shift = store.sub(e, index);
    (!store.depends_on(shift, &[index]) && !store.depends_on(k, &[index])).then(|| store.sub(k, shift))
}

/// Whether a value is known to lie outside the range of a sum.
pub(super) fn is_outside(store: &mut Store, low: ExprId, high: ExprId, at: ExprId) -> bool {
    let (below, above) = (store.sub(at, low), store.sub(high, at));
    [below, above].into_iter().any(|gap| store.as_num(gap).is_some_and(Rational::is_negative))
}

/// Σ over the index of what a variable received, with the deltas of a family resolved: Σᵢ [i = k] g(i) = g(k).
fn close(store: &mut Store, index: ExprId, low: ExprId, high: ExprId, total: ExprId, x: ExprId) -> ExprId {
    if !matches!(store.node(x), Node::Member(..)) {
        return store.big_sum(index, low, high, total);
    }
    let terms: Vec<(Rational, ExprId)> = match store.node(total) {
        Node::Sum(terms) => terms.clone(),
        _ => vec![(Rational::ONE, total)],
    };
    let moving = store.moves(low, high);
    let mut sum = Vec::new();
    for (c, t) in terms {
        let closed = match marker_in(store, t, index) {
            Some((_, at)) if is_outside(store, low, high, at) => {
                let shape = store.shape(t);
                store.zeros(shape)
            }
            // Bounds that count with another index say for which of its values the delta is met at all: Σⱼ [j = k] is kept until
            // the sum over that index is closed.
            Some((delta, at)) if moving => {
                let gate = store.big_sum(index, low, high, delta);
                store.substitute(t, &[(delta, gate), (index, at)])
            }
            Some((delta, at)) => store.substitute(t, &[(delta, ExprId::ONE), (index, at)]),
            None => match gates::opened(store, t, index, (low, high), x) {
                Some((low, high, body)) => store.big_sum(index, low, high, body),
                None => store.big_sum(index, low, high, t),
            },
        };
        sum.push((c, closed));
    }
    store.sum(sum)
}

/// Whether a marker is left: whether two members are the same depends on their indices.
fn undecided(store: &mut Store, g: ExprId) -> bool {
    let dim = store.dim_named("");
    store.reachable(&[g]).into_iter().any(|id| matches!(store.node(id), Node::Basis(_, d) if *d == dim))
}
