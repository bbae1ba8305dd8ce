//! Sums over pairs, Σᵢ Σⱼ with j from i + 1 on, by one member x_k: the terms with j = k are those in which i comes before k.

use super::sweep::{marked, solved};
use crate::base::Rational;
use crate::ir::{ExprId, Node, Store};

/// A sum Σⱼ [j = k] with bounds that count with `index`: it is 1 where j = k lies between them.
struct Gate {
    sum: ExprId,
    low: ExprId,
    high: ExprId,
    /// The value of j that is asked for.
    at: ExprId,
}

fn gate(store: &mut Store, t: ExprId, index: ExprId) -> Option<Gate> {
    let (order, _) = store.dependents_in_order(t, &[index]);
    order.into_iter().find_map(|sum| {
        let Node::BigSum { level, low, high, body } = *store.node(sum) else { return None };
        let (inner, opened) = store.open_sum(level, body);
        let (e, k) = marked(store, opened)?;
        let (e, k) = if store.depends_on(e, &[inner]) { (e, k) } else { (k, e) };
        let at = solved(store, e, k, inner)?;
        Some(Gate { sum, low, high, at })
    })
}

/// A term under the sum over `index` whose gate is opened: the range of the index in which it is open, and the term there.
/// `None` where the term has no gate that this index opens, or where the range cannot be told for every member x_k.
pub(super) fn opened(
    store: &mut Store,
    t: ExprId,
    index: ExprId,
    (low, high): (ExprId, ExprId),
    x: ExprId,
) -> Option<(ExprId, ExprId, ExprId)> {
    let gate = gate(store, t, index)?;
    let member = Member::of(store, x, gate.at)?;
    let (mut from, mut to) = (low, high);
    // i + a ≤ j is i ≤ j − a.
    if store.depends_on(gate.low, &[index]) {
        to = solved(store, gate.low, gate.at, index).filter(|&last| member.is_at_most(store, last, high))?;
    } else if !member.is_at_least(store, gate.at, gate.low) {
        return None;
    }
    // j ≤ i + b is i ≥ j − b.
    if store.depends_on(gate.high, &[index]) {
        from = solved(store, gate.high, gate.at, index).filter(|&first| member.is_at_least(store, first, low))?;
    } else if !member.is_at_most(store, gate.at, gate.high) {
        return None;
    }
    let body = store.substitute(t, &[(gate.sum, ExprId::ONE)]);
    Some((from, to, body))
}

/// A subscript k of the member that is asked for: a number, or free between 1 and the size of the family.
struct Member {
    k: ExprId,
    size: ExprId,
}

impl Member {
    /// The subscript with which a place counts.
    fn of(store: &mut Store, x: ExprId, place: ExprId) -> Option<Member> {
        let Node::Member(symbol, subscripts) = store.node(x).clone() else { return None };
        let at = subscripts.iter().position(|&k| {
            let shift = store.sub(place, k);
            store.as_num(shift).is_some()
        })?;
        let range = store.symbol_info(symbol).ranges.get(at).copied()?;
        let size = store.size(range);
        Some(Member { k: subscripts[at], size })
    }

    /// Whether k + a ≤ bound for every k: so it is where size + a ≤ bound.
    fn is_at_most(&self, store: &mut Store, place: ExprId, bound: ExprId) -> bool {
        let shift = store.sub(place, self.k);
        let most = store.add(&[self.size, shift]);
        not_negative(store, bound, most) || not_negative(store, bound, place)
    }

    /// Whether bound ≤ k + a for every k: so it is where bound ≤ 1 + a.
    fn is_at_least(&self, store: &mut Store, place: ExprId, bound: ExprId) -> bool {
        let shift = store.sub(place, self.k);
        let least = store.add(&[ExprId::ONE, shift]);
        not_negative(store, least, bound) || not_negative(store, place, bound)
    }
}

/// Whether a − b is known, and no negative number.
fn not_negative(store: &mut Store, a: ExprId, b: ExprId) -> bool {
    let gap = store.sub(a, b);
    store.as_num(gap).is_some_and(|gap: &Rational| !gap.is_negative())
}
