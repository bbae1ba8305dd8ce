//! The order of work, made once for several evaluations: slots in id order, loops of indexed sums, what a variable touches.

use crate::ir::{DimId, DimName, ExprId, Facts, Node, Store, SymbolId};
use crate::ops::{self, Domain, Eval};
use rustc_hash::{FxHashMap, FxHashSet};

/// No slot.
const ABSENT: u32 = u32::MAX;

/// What evaluating some expressions asks of a point.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    /// The names of dimensions that occur, sorted.
    pub names: Vec<DimName>,
    /// Scalar variables that may have either sign, sorted.
    pub signed: Vec<SymbolId>,
    /// Variables that are exponents of matrices or bounds of sums, sorted: small positive whole numbers.
    pub exponents: Vec<SymbolId>,
    /// Variables that pick an entry or a member, with what they must stay below.
    pub symbol_indices: Vec<(SymbolId, Vec<DimId>)>,
    /// Indices, with what they must stay below; the bound ones among them are never asked for.
    pub free_indices: Vec<(u32, Vec<DimId>)>,
    /// Whether logarithms, roots and their like occur.
    pub positive: bool,
    /// Whether Kronecker products or products of sizes make matrices large.
    pub wide: bool,
    /// How many nodes lie one inside the other, where that was counted.
    pub depth: u32,
}

impl Needs {
    /// Of the nodes in `order` (all that is reachable).
    pub fn of(store: &Store, order: &[ExprId]) -> Needs {
        let mut needs = Needs::default();
        let mut dims: FxHashSet<DimId> = FxHashSet::default();
        let mut wholes: Vec<ExprId> = Vec::new();
        let mut places: Vec<(ExprId, DimId)> = Vec::new();
        let fractional = |p: ExprId| p != ExprId::ONE && !store.is(p, Facts::INTEGER);
        for &id in order {
            let shape = store.shape(id);
            dims.insert(shape.rows);
            dims.insert(shape.cols);
            match store.node(id) {
                Node::Size(name) => needs.names.push(*name),
                Node::Symbol(symbol) if shape.is_scalar() => {
                    let facts = store.symbol_info(*symbol).facts.closed();
                    let bound = [Facts::NONNEGATIVE, Facts::SEMIDEFINITE, Facts::INTEGER, Facts::SUMS_TO_ONE];
                    if !bound.iter().any(|&f| facts.has(f)) {
                        needs.signed.push(*symbol);
                    }
                }
                Node::Member(symbol, index) => {
                    let info = store.symbol_info(*symbol);
                    dims.extend([info.shape.rows, info.shape.cols]);
                    dims.extend(&info.ranges);
                    places.extend(index.iter().copied().zip(info.ranges.iter().copied()));
                }
                Node::Basis(k, dim) => places.push((*k, *dim)),
                Node::Index(level) => needs.free_indices.push((*level, Vec::new())),
                Node::Product { scalars, chain, .. } => {
                    needs.positive |= scalars.iter().any(|&(_, e)| fractional(e));
                    needs.positive |= chain.iter().any(|f| fractional(f.power) && store.as_num(f.power).is_some());
                    wholes.extend(chain.iter().map(|f| f.power).filter(|&p| store.as_num(p).is_none()));
                }
                Node::Hadamard(entries) => needs.positive |= entries.iter().any(|&(_, e)| fractional(e)),
                Node::Kron(_) => needs.wide = true,
                Node::BigSum { low, high, .. } => wholes.extend([*low, *high]),
                Node::Call(fun, args) => {
                    let Some(row) = ops::row(*fun) else { continue };
                    needs.positive |= matches!(row.domain, Domain::Positive | Domain::PositiveSpectrum | Domain::AboveOne);
                    // A scalar in front of the argument proper is an order or a count.
                    if let (Eval::Matrix(_), [order, _, ..]) = (row.eval, &args[..])
                        && store.is_scalar(*order)
                    {
                        wholes.push(*order);
                    }
                }
                _ => {}
            }
        }
        for dim in dims {
            for monomial in store.dim_poly(dim).terms.keys() {
                needs.wide |= monomial.len() > 1;
                needs.names.extend(monomial);
            }
        }
        needs.signed.sort_unstable();
        needs.names.sort_unstable();
        needs.names.dedup();
        needs.leaves(store, &wholes, &places);
        needs
    }

    /// The variables and indices inside exponents, bounds and places.
    fn leaves(&mut self, store: &Store, wholes: &[ExprId], places: &[(ExprId, DimId)]) {
        for id in store.reachable(wholes) {
            if let Node::Symbol(symbol) = store.node(id) {
                self.exponents.push(*symbol);
            }
        }
        for &(place, dim) in places {
            for id in store.reachable(&[place]) {
                match store.node(id) {
                    Node::Symbol(symbol) => match self.symbol_indices.iter_mut().find(|(s, _)| s == symbol) {
                        Some((_, dims)) => dims.push(dim),
                        None => self.symbol_indices.push((*symbol, vec![dim])),
                    },
                    Node::Index(level) => {
                        if let Some((_, dims)) = self.free_indices.iter_mut().find(|(l, _)| l == level) {
                            dims.push(dim);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The loop of an indexed sum: what is computed once for each value of its index.
#[derive(Clone, Debug, Default)]
pub(super) struct Loop {
    /// The number of the index among the plan's levels.
    pub bit: usize,
    /// Whether its bounds count with the index of a sum around it.
    pub moving: bool,
    /// The slots that depend on the index, in order.
    pub inner: Vec<u32>,
    /// The slots outside that the body needs.
    outer: Vec<u32>,
}

/// How many nodes lie one inside the other at most.
fn depth(store: &Store, order: &[ExprId], slots: &[u32]) -> u32 {
    let mut depths: Vec<u32> = Vec::with_capacity(order.len());
    for &id in order {
        let mut below = 0;
        store.each_child(id, |c| below = below.max(depths[slots[c.index()] as usize]));
        depths.push(below + 1);
    }
    depths.into_iter().max().unwrap_or(0)
}

/// The order in which some expressions are computed.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The expression of each slot, in id order.
    pub order: Vec<ExprId>,
    slots: Vec<u32>,
    /// The levels of indices, free or bound.
    pub levels: Vec<u32>,
    free: Vec<u128>,
    /// By slot of the sum.
    pub loops: FxHashMap<u32, Loop>,
    /// What the point must provide.
    pub needs: Needs,
}

impl Plan {
    /// For all that `roots` are made of; `None` where indices are nested beyond what is meaningful.
    pub fn new(store: &Store, roots: &[ExprId]) -> Option<Plan> {
        let order = store.reachable(roots);
        let mut slots = vec![ABSENT; order.last().map_or(0, |id| id.index() + 1)];
        let mut levels: Vec<u32> = Vec::new();
        for (at, &id) in order.iter().enumerate() {
            slots[id.index()] = u32::try_from(at).ok()?;
            if let Node::Index(level) | Node::BigSum { level, .. } = store.node(id)
                && !levels.contains(level)
            {
                levels.push(*level);
            }
        }
        if levels.len() > 128 {
            return None;
        }
        let mut needs = Needs::of(store, &order);
        needs.depth = depth(store, &order, &slots);
        let mut plan = Plan { order, slots, levels, free: Vec::new(), loops: FxHashMap::default(), needs };
        if !plan.levels.is_empty() {
            plan.bind(store)?;
        }
        Some(plan)
    }

    /// The slot of an expression of the plan.
    pub fn slot(&self, id: ExprId) -> usize {
        self.slots[id.index()] as usize
    }

    pub fn bit(&self, level: u32) -> Option<usize> {
        self.levels.iter().position(|&l| l == level)
    }

    /// The levels of the indices that are free in `root`.
    pub fn free_levels(&self, root: ExprId) -> Vec<u32> {
        let free = self.free.get(self.slot(root)).copied().unwrap_or(0);
        let mut levels: Vec<u32> = self.levels.iter().enumerate().filter(|(bit, _)| free >> bit & 1 == 1).map(|(_, &l)| l).collect();
        levels.sort_unstable();
        levels
    }

    /// Free indices of every slot, then the loop of every sum, inner sums first.
    fn bind(&mut self, store: &Store) -> Option<()> {
        self.free = vec![0; self.order.len()];
        let mut sums = Vec::new();
        for at in 0..self.order.len() {
            let id = self.order[at];
            let mut free = 0u128;
            match store.node(id) {
                Node::Index(level) => free |= 1 << self.bit(*level)?,
                Node::BigSum { level, low, high, body } => {
                    free |= self.free[self.slot(*body)] & !(1 << self.bit(*level)?);
                    free |= self.free[self.slot(*low)] | self.free[self.slot(*high)];
                    sums.push(at);
                }
                _ => {
                    for child in store.children(id) {
                        free |= self.free[self.slot(child)];
                    }
                }
            }
            self.free[at] = free;
        }
        let mut stamps = vec![ABSENT; self.order.len()];
        for at in sums {
            let Node::BigSum { level, low, high, body } = *store.node(self.order[at]) else { continue };
            let bit = self.bit(level)?;
            let at = u32::try_from(at).ok()?;
            let moving = (self.free[self.slot(low)] | self.free[self.slot(high)]) != 0;
            let mut own = Loop { bit, moving, ..Loop::default() };
            let mut stack = vec![u32::try_from(self.slot(body)).ok()?];
            while let Some(slot) = stack.pop() {
                if std::mem::replace(&mut stamps[slot as usize], at) == at {
                    continue;
                }
                if self.free[slot as usize] >> bit & 1 == 0 {
                    own.outer.push(slot);
                    continue;
                }
                own.inner.push(slot);
                if self.loops.get(&slot).is_some_and(|l| l.bit == bit) {
                    return None;
                }
                self.push_needed(store, slot, &mut stack);
            }
            own.inner.sort_unstable();
            self.loops.insert(at, own);
        }
        Some(())
    }

    /// What must be known before a slot, in the same loop or further out.
    fn push_needed(&self, store: &Store, slot: u32, stack: &mut Vec<u32>) {
        let id = self.order[slot as usize];
        if let Node::BigSum { low, high, .. } = store.node(id) {
            stack.extend([self.slots[low.index()], self.slots[high.index()]]);
            stack.extend(self.loops.get(&slot).iter().flat_map(|l| &l.outer));
        } else {
            stack.extend(store.children(id).into_iter().map(|c| self.slots[c.index()]));
        }
    }

    /// The slots to compute, outside of loops, for some of the plan's expressions.
    pub fn list(&self, store: &Store, roots: &[ExprId]) -> Vec<u32> {
        let mut seen = vec![false; self.order.len()];
        let mut stack: Vec<u32> = roots.iter().map(|r| self.slots[r.index()]).collect();
        let mut list = Vec::new();
        while let Some(slot) = stack.pop() {
            if !std::mem::replace(&mut seen[slot as usize], true) {
                list.push(slot);
                self.push_needed(store, slot, &mut stack);
            }
        }
        list.sort_unstable();
        list
    }

    /// For every slot, whether it is made of one of the variables.
    pub fn touched(&self, store: &Store, by: &[SymbolId]) -> Vec<bool> {
        let mut touched = vec![false; self.order.len()];
        for (at, &id) in self.order.iter().enumerate() {
            touched[at] = match store.node(id) {
                Node::Symbol(symbol) => by.contains(symbol),
                Node::Member(symbol, _) if by.contains(symbol) => true,
                _ => store.any_child(id, |c| touched[self.slot(c)]),
            };
        }
        touched
    }
}
