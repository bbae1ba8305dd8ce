//! All layers of an answer with their sizes, depths and how often each is printed: sweeps over the DAG, never recursion.

use super::build::{Layer, layer};
use super::given::Givens;
use super::notation::Notation;
use super::phrases::bounds_are_free;
use crate::ir::{ExprId, Node, Store};
use rustc_hash::{FxHashMap, FxHashSet};

/// Sizes and counts stop growing here, so that their products stay exact enough to compare.
const MOST_SIGNS: u64 = 1 << 40;
const MOST_TIMES: u64 = 1 << 20;

/// The layers that the roots and the definitions in use are printed with.
pub(super) struct Layout {
    pub layers: FxHashMap<ExprId, Layer>,
    /// Every expression with a layer, parts before wholes.
    pub order: Vec<ExprId>,
    /// How many signs an expression prints with its parts.
    pub sizes: FxHashMap<ExprId, u64>,
    /// How often an expression is printed.
    pub times: FxHashMap<ExprId, u64>,
    /// How often each definition is used.
    pub uses: Vec<u64>,
    /// How deep the parts of an expression lie.
    pub depths: FxHashMap<ExprId, u32>,
}

impl Layout {
    /// The layers under the roots.
    pub fn new(store: &mut Store, givens: &Givens, roots: &[ExprId]) -> Self {
        let mut layout = Layout {
            layers: FxHashMap::default(),
            order: Vec::new(),
            sizes: FxHashMap::default(),
            times: FxHashMap::default(),
            uses: vec![0; givens.list.len()],
            depths: FxHashMap::default(),
        };
        layout.build(store, givens, roots);
        layout.measure();
        layout.count(givens, roots);
        layout
    }

    /// The layer of an expression that is printed.
    pub fn notation(&self, id: ExprId) -> Option<&Notation> {
        self.layers.get(&id).map(|l| &l.notation)
    }

    fn build(&mut self, store: &mut Store, givens: &Givens, roots: &[ExprId]) {
        let bare = bounds_are_free(store, roots);
        let mut stack: Vec<(ExprId, bool)> = roots.iter().rev().map(|&r| (r, false)).collect();
        let mut entered: FxHashSet<ExprId> = FxHashSet::default();
        while let Some((id, done)) = stack.pop() {
            if done {
                self.order.push(id);
                continue;
            }
            if !entered.insert(id) {
                continue;
            }
            let made = layer(store, givens, bare, id);
            stack.push((id, true));
            let mut inner = Vec::new();
            parts(&made.notation, givens, &mut |part, _| inner.push(part));
            stack.extend(inner.into_iter().rev().filter(|p| !entered.contains(p)).map(|p| (p, false)));
            self.layers.insert(id, made);
        }
    }

    fn measure(&mut self) {
        for id in &self.order {
            let Some(layer) = self.layers.get(id) else { continue };
            let size = size_of(&layer.notation, &self.sizes);
            let mut depth = 0;
            layer.notation.visit(&mut |n| {
                if let Notation::Part(part) = n {
                    depth = depth.max(self.depths.get(part).copied().unwrap_or(0));
                }
            });
            self.sizes.insert(*id, size);
            self.depths.insert(*id, depth + 1);
        }
    }

    fn count(&mut self, givens: &Givens, roots: &[ExprId]) {
        for &root in roots {
            match givens.named(root) {
                Some(given) => self.uses[given] += 1,
                None => *self.times.entry(root).or_insert(0) += 1,
            }
        }
        for id in self.order.iter().rev() {
            let times = match givens.named(*id) {
                Some(given) if self.uses[given] > 0 => 1,
                Some(_) => 0,
                None => self.times.get(id).copied().unwrap_or(0),
            };
            self.times.insert(*id, times);
            let Some(layer) = self.layers.get(id) else { continue };
            let mut more: Vec<ExprId> = Vec::new();
            parts(&layer.notation, givens, &mut |part, given| match given {
                Some(given) => self.uses[given] = (self.uses[given] + times).min(MOST_TIMES),
                None => more.push(part),
            });
            for part in more {
                let count = self.times.entry(part).or_insert(0);
                *count = (*count + times).min(MOST_TIMES);
            }
        }
    }
}

/// How many signs a notation prints, with its parts.
pub(super) fn size_of(notation: &Notation, sizes: &FxHashMap<ExprId, u64>) -> u64 {
    let mut size = 0u64;
    notation.visit(&mut |n| {
        size = size.saturating_add(n.own_size());
        if let Notation::Part(part) = n {
            size = size.saturating_add(sizes.get(part).copied().unwrap_or(1));
        }
    });
    size.min(MOST_SIGNS)
}

/// Calls `f` on every expression that a layer refers to, with the definition where it is one.
fn parts(notation: &Notation, givens: &Givens, f: &mut dyn FnMut(ExprId, Option<usize>)) {
    notation.visit_all(&mut |n| match n {
        Notation::Part(part) => f(*part, None),
        Notation::Given(given) => f(givens.list[*given].value, Some(*given)),
        _ => {}
    });
}

/// For every expression under the roots, the levels of the bound indices that are free in it.
pub(super) fn free_levels(store: &Store, roots: &[ExprId]) -> FxHashMap<ExprId, u64> {
    let bit = |level: u32| 1u64 << level.min(63);
    let mut free: FxHashMap<ExprId, u64> = FxHashMap::default();
    for id in store.reachable(roots) {
        let below = store.children(id).iter().fold(0, |all, c| all | free.get(c).copied().unwrap_or(0));
        let own = match store.node(id) {
            Node::Index(level) => bit(*level),
            Node::BigSum { level, .. } => below & !bit(*level),
            _ => below,
        };
        if own != 0 {
            free.insert(id, own);
        }
    }
    free
}
