//! Members of a family as unknowns: what holds for `p_k` with a free k holds for every member.

use crate::ir::{ExprId, Node, Store, SymbolId};

/// Puts values in the place of unknowns; the value of a member `p_k` goes into every member of the family, with its index for k.
pub(super) fn put(store: &mut Store, root: ExprId, pairs: &[(ExprId, ExprId)]) -> ExprId {
    let mut root = root;
    for &(x, value) in pairs {
        if let Node::Member(family, index) = store.node(x).clone()
            && !index.is_empty()
        {
            root = members(store, root, family, &index, value);
        }
    }
    store.substitute(root, pairs)
}

/// Whether an expression has one of the unknowns in it, or a member of their families.
pub(super) fn depends(store: &Store, root: ExprId, unknowns: &[ExprId]) -> bool {
    let families: Vec<SymbolId> =
        unknowns.iter().filter_map(|&x| if let Node::Member(s, _) = store.node(x) { Some(*s) } else { None }).collect();
    store.depends_on(root, unknowns)
        || !families.is_empty()
            && store.reachable(&[root]).into_iter().any(|id| matches!(store.node(id), Node::Member(s, _) if families.contains(s)))
}

/// `root` with value\[index := i\] for each member with the index i. Sums are opened, so that bound indices stay apart.
fn members(store: &mut Store, root: ExprId, family: SymbolId, index: &[ExprId], value: ExprId) -> ExprId {
    let mut pairs = Vec::new();
    // What is not inside a sum.
    let (mut open, mut seen) = (vec![root], Vec::new());
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        match store.node(id).clone() {
            Node::Member(s, own) if s == family => {
                let moved: Vec<(ExprId, ExprId)> = index.iter().copied().zip(own).collect();
                pairs.push((id, store.substitute(value, &moved)));
            }
            Node::BigSum { level, low, high, body } => {
                let inside = store.reachable(&[body]).into_iter().any(|n| matches!(store.node(n), Node::Member(s, _) if *s == family));
                if inside {
                    let (bound, opened) = store.open_sum(level, body);
                    let inner = members(store, opened, family, index, value);
                    pairs.push((id, store.big_sum(bound, low, high, inner)));
                }
            }
            _ => store.each_child(id, |c| open.push(c)),
        }
    }
    if pairs.is_empty() { root } else { store.substitute(root, &pairs) }
}
