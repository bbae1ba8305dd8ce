//! Bound indices: which sums become one more axis, which a loop, and in which surroundings each node is computed.

use crate::ir::{ExprId, Facts, Node, Store};
use crate::ops;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// An enclosing sum, as a node inside its body sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Binder {
    pub level: u32,
    pub low: ExprId,
    pub high: ExprId,
    /// Whether the sum is a loop; else its index is an axis of every value that depends on it.
    pub looped: bool,
}

/// The enclosing sums that a node depends on, by number.
pub(super) type Ctx = u32;

/// What is known of the bound indices of an expression.
pub(super) struct Scopes {
    ctxs: IndexSet<Vec<Binder>, FxBuildHasher>,
    free: Vec<SmallVec<[u32; 2]>>,
    looped: Vec<bool>,
}

impl Scopes {
    /// Looks through everything that the roots are made of.
    pub fn new(store: &Store, roots: &[ExprId]) -> Self {
        let size = roots.iter().map(|r| r.index() + 1).max().unwrap_or(0);
        let mut scopes = Scopes { ctxs: IndexSet::default(), free: vec![SmallVec::new(); size], looped: vec![false; size] };
        scopes.ctxs.insert(Vec::new());
        for id in store.reachable(roots) {
            let mut free: SmallVec<[u32; 2]> = SmallVec::new();
            match store.node(id) {
                Node::Index(level) => free.push(*level),
                Node::BigSum { level, low, high, body } => {
                    free.extend(scopes.free[body.index()].iter().copied().filter(|l| l != level));
                    free.extend(scopes.free[low.index()].iter().chain(&scopes.free[high.index()]).copied());
                    scopes.looped[id.index()] = !scopes.vectorisable(store, *level, *body);
                }
                _ => {
                    for child in store.children(id) {
                        free.extend(scopes.free[child.index()].iter().copied());
                    }
                }
            }
            free.sort_unstable();
            free.dedup();
            scopes.free[id.index()] = free;
        }
        scopes
    }

    /// Whether no index occurs free in a node.
    pub fn is_closed(&self, id: ExprId) -> bool {
        self.free.get(id.index()).is_none_or(|f| f.is_empty())
    }

    /// Whether this sum is a loop.
    pub fn is_looped(&self, sum: ExprId) -> bool {
        self.looped[sum.index()]
    }

    /// The binders of a context.
    pub fn binders(&self, ctx: Ctx) -> &[Binder] {
        self.ctxs.get_index(ctx as usize).map_or(&[], Vec::as_slice)
    }

    /// The part of a context that matters to a node: the sums whose indices it counts with, and those that their bounds count with.
    pub fn restrict(&mut self, ctx: Ctx, id: ExprId) -> Ctx {
        if ctx == 0 {
            return 0;
        }
        let mut wanted = self.free[id.index()].clone();
        let mut kept: Vec<Binder> = Vec::new();
        for binder in self.binders(ctx).iter().rev() {
            if wanted.contains(&binder.level) {
                kept.push(*binder);
                wanted.extend([binder.low, binder.high].iter().flat_map(|b| self.free[b.index()].iter().copied()));
            }
        }
        kept.reverse();
        self.intern(kept)
    }

    /// The context inside a sum.
    pub fn enter(&mut self, ctx: Ctx, binder: Binder) -> Ctx {
        let mut binders: Vec<Binder> = self.binders(ctx).iter().filter(|b| b.level != binder.level).copied().collect();
        binders.push(binder);
        // Outermost first, as axes are ordered.
        binders.sort_by_key(|b| std::cmp::Reverse(b.level));
        self.intern(binders)
    }

    fn intern(&mut self, binders: Vec<Binder>) -> Ctx {
        Ctx::try_from(self.ctxs.insert_full(binders).0).unwrap_or(0)
    }

    /// Every node with the contexts in which its value is needed: children first, and bounds before all that stands under
    /// their sums.
    pub fn plan(&mut self, store: &Store, roots: &[ExprId]) -> Vec<(ExprId, Ctx)> {
        let nodes = store.reachable(roots);
        let mut needed: Vec<SmallVec<[Ctx; 1]>> = vec![SmallVec::new(); self.free.len()];
        let need = |needed: &mut Vec<SmallVec<[Ctx; 1]>>, id: ExprId, ctx: Ctx| {
            let list = &mut needed[id.index()];
            if !list.contains(&ctx) {
                list.push(ctx);
            }
        };
        for &r in roots {
            need(&mut needed, r, 0);
        }
        for &id in nodes.iter().rev() {
            for ctx in needed[id.index()].clone() {
                if let Node::BigSum { level, low, high, body } = *store.node(id) {
                    let inside = self.enter(ctx, Binder { level, low, high, looped: self.is_looped(id) });
                    let inside = self.restrict(inside, body);
                    need(&mut needed, body, inside);
                    for bound in [low, high] {
                        let ctx = self.restrict(ctx, bound);
                        need(&mut needed, bound, ctx);
                    }
                } else {
                    for child in store.children(id) {
                        let ctx = self.restrict(ctx, child);
                        need(&mut needed, child, ctx);
                    }
                }
            }
        }
        let bounds: Vec<ExprId> = nodes
            .iter()
            .flat_map(|&id| match *store.node(id) {
                Node::BigSum { low, high, .. } => vec![low, high],
                _ => Vec::new(),
            })
            .collect();
        let mut first = vec![false; self.free.len()];
        store.reachable(&bounds).into_iter().for_each(|id| first[id.index()] = true);
        let (first, rest): (Vec<ExprId>, Vec<ExprId>) = nodes.into_iter().partition(|id| first[id.index()]);
        let with_contexts = |id: ExprId| needed[id.index()].clone().into_iter().map(move |c| (id, c));
        first.into_iter().chain(rest).flat_map(with_contexts).collect()
    }

    /// Whether every node of the body that depends on the index can be computed for all its values at once.
    fn vectorisable(&self, store: &Store, level: u32, body: ExprId) -> bool {
        let varies = |id: ExprId| self.free[id.index()].contains(&level);
        let mut stack = vec![body];
        let mut seen = vec![false; body.index() + 1];
        while let Some(id) = stack.pop() {
            if std::mem::replace(&mut seen[id.index()], true) || !varies(id) {
                continue;
            }
            let fine = match store.node(id) {
                Node::Index(_) | Node::Sum(_) | Node::Hadamard(_) | Node::Trace(_) | Node::Diagonal(_) => true,
                Node::Member(_, index) => {
                    let own = index.iter().filter(|&&i| varies(i)).count();
                    // Subscripts are no values: nothing below them is looked at.
                    if own == 1 && index.iter().all(|&i| !varies(i) || shift_of(store, i, level).is_some()) {
                        continue;
                    }
                    false
                }
                Node::Product { chain, .. } => {
                    let alone = chain.len() == 1;
                    chain.iter().all(|f| {
                        let power = f.power == ExprId::ONE || f.power == ExprId::MINUS_ONE || !varies(f.base) && !varies(f.power);
                        // A stack of diagonal matrices is never written out.
                        let whole = !matches!(store.node(f.base), Node::Diag(_)) || !alone;
                        power && whole
                    })
                }
                Node::Diag(_) => id != body,
                Node::Call(fun, args) => batches(store, *fun, args),
                Node::BigSum { low, high, .. } => !varies(*low) && !varies(*high) && !self.looped[id.index()],
                _ => false,
            };
            if !fine {
                return false;
            }
            stack.extend(store.children(id));
            // Diag is fine only as a factor of a longer product.
            let parent_allows = matches!(store.node(id), Node::Product { .. });
            if !parent_allows && store.children(id).iter().any(|&c| varies(c) && matches!(store.node(c), Node::Diag(_))) {
                return false;
            }
        }
        true
    }
}

/// Whether a function is computed for a stack of arguments by the same code.
fn batches(store: &Store, fun: crate::ir::Fun, args: &[ExprId]) -> bool {
    let Some(row) = ops::row(fun) else { return true };
    if row.eval.is_entrywise() {
        return true;
    }
    let column = args.first().is_some_and(|&a| store.shape(a).is_column());
    match row.name {
        "softmax" | "logsumexp" | "logsoftmax" | "det" | "polygamma" => true,
        "norm" | "norm1" | "norminf" => column,
        _ => false,
    }
}

/// The number c where the expression is `index + c`.
pub(super) fn shift_of(store: &Store, id: ExprId, level: u32) -> Option<i64> {
    match store.node(id) {
        Node::Index(l) if *l == level => Some(0),
        Node::Sum(terms) => {
            let mut shift = 0;
            let mut found = false;
            for (c, t) in terms {
                if *t == ExprId::ONE {
                    shift = c.to_integer()?;
                } else if matches!(store.node(*t), Node::Index(l) if *l == level) && c.is_one() {
                    found = true;
                } else {
                    return None;
                }
            }
            found.then_some(shift)
        }
        _ => None,
    }
}

/// Whether the expression is computed in whole numbers by Python as it stands.
pub(super) fn is_whole(store: &Store, id: ExprId) -> bool {
    store.reachable(&[id]).into_iter().all(|id| match store.node(id) {
        Node::Num(r) => r.is_integer(),
        Node::Size(_) | Node::Index(_) => true,
        Node::Sum(terms) => terms.iter().all(|(c, _)| c.is_integer()),
        Node::Product { coefficient, scalars, chain } => {
            coefficient.is_integer() && chain.is_empty() && scalars.iter().all(|&(_, e)| store.is(e, Facts::INTEGER | Facts::NONNEGATIVE))
        }
        _ => false,
    })
}
