//! Walks over the DAG: children, what is reachable, what depends, substitution. Loops in id order, never recursion.

use super::{ExprId, Factor, Node, Power, Store};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// The children of a node: few enough, as a rule, to need no allocation.
pub type Children = SmallVec<[ExprId; 8]>;

/// A set of expressions met on one walk: hashed while they are few beside the store, a table by number from then on,
/// so that a walk costs as much as what it visits.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    top: usize,
    hashed: FxHashSet<ExprId>,
    table: Vec<bool>,
}

/// Up to this number a table is as cheap as a hash set.
const SHORT_TABLE: usize = 1 << 11;
/// A table is worth its zeros once one in so many of its places is in use.
const SPARSE: usize = 1 << 6;

impl Marks {
    /// An empty set of expressions no newer than `top`.
    #[must_use]
    pub fn up_to(top: ExprId) -> Self {
        let top = top.index() + 1;
        let table = if top <= SHORT_TABLE { vec![false; top] } else { Vec::new() };
        Marks { top, hashed: FxHashSet::default(), table }
    }

    /// Adds an expression; whether it is new.
    pub fn insert(&mut self, id: ExprId) -> bool {
        if let Some(place) = self.table.get_mut(id.index()) {
            return !std::mem::replace(place, true);
        }
        debug_assert!(id.index() < self.top, "an expression newer than the walk's roots");
        if self.hashed.len() * SPARSE < self.top {
            return self.hashed.insert(id);
        }
        let mut table = vec![false; self.top];
        for known in self.hashed.drain() {
            table[known.index()] = true;
        }
        self.table = table;
        self.insert(id)
    }

    /// Whether an expression is in the set; one that is newer than the roots never is.
    #[must_use]
    pub fn contains(&self, id: ExprId) -> bool {
        if self.table.is_empty() { self.hashed.contains(&id) } else { self.table.get(id.index()).copied().unwrap_or(false) }
    }
}

impl Store {
    /// The children of a node, each once for each place.
    #[must_use]
    pub fn children(&self, id: ExprId) -> Children {
        let mut all = Children::new();
        self.each_child(id, |c| all.push(c));
        all
    }

    /// Calls `f` on every child of a node, once for each place.
    pub fn each_child(&self, id: ExprId, mut f: impl FnMut(ExprId)) {
        match self.node(id) {
            Node::Num(_) | Node::Pi | Node::Size(_) | Node::Symbol(_) | Node::Index(_) | Node::Eye(_) | Node::Ones(_) | Node::Zero(_) => {}
            Node::Member(_, index) => index.iter().copied().for_each(f),
            Node::Basis(k, _) => f(*k),
            Node::Sum(terms) => terms.iter().for_each(|&(_, t)| f(t)),
            Node::Product { scalars, chain, .. } => {
                for &(base, exponent) in scalars {
                    f(base);
                    f(exponent);
                }
                for factor in chain {
                    f(factor.base);
                    f(factor.power);
                }
            }
            Node::Hadamard(entries) => {
                for &(base, exponent) in entries {
                    f(base);
                    f(exponent);
                }
            }
            Node::Kron(parts) => parts.iter().copied().for_each(f),
            Node::Trace(a) | Node::Diag(a) | Node::Diagonal(a) | Node::Vec(a) | Node::Unvec(a, _) => f(*a),
            Node::Call(_, args) => args.iter().copied().for_each(f),
            Node::BigSum { low, high, body, .. } => [*low, *high, *body].into_iter().for_each(f),
        }
    }

    /// Whether `holds` for a child of a node.
    #[must_use]
    pub fn any_child(&self, id: ExprId, mut holds: impl FnMut(ExprId) -> bool) -> bool {
        let mut any = false;
        self.each_child(id, |c| any = any || holds(c));
        any
    }

    /// Calls `enter` on what `root` is made of, parts before wholes, as far as `table` does not know it yet.
    pub fn parts_first<T>(
        &self,
        root: ExprId,
        table: &mut T,
        is_known: impl Fn(&T, ExprId) -> bool,
        mut enter: impl FnMut(&mut T, ExprId),
    ) {
        let mut stack = vec![root];
        while let Some(&top) = stack.last() {
            if is_known(table, top) {
                stack.pop();
                continue;
            }
            let before = stack.len();
            self.each_child(top, |c| {
                if !is_known(table, c) {
                    stack.push(c);
                }
            });
            if stack.len() == before {
                enter(table, top);
                stack.pop();
            }
        }
    }

    /// Everything that the roots are made of, themselves included, children first.
    #[must_use]
    pub fn reachable(&self, roots: &[ExprId]) -> Vec<ExprId> {
        self.reachable_since(roots, ExprId::ZERO)
    }

    /// The same without what is older than `oldest`.
    fn reachable_since(&self, roots: &[ExprId], oldest: ExprId) -> Vec<ExprId> {
        let Some(&top) = roots.iter().max() else { return Vec::new() };
        let mut seen = Marks::up_to(top);
        let mut stack: Vec<ExprId> = roots.to_vec();
        let mut found = Vec::new();
        while let Some(id) = stack.pop() {
            if seen.insert(id) {
                found.push(id);
                self.each_child(id, |c| {
                    if c >= oldest && !seen.contains(c) {
                        stack.push(c);
                    }
                });
            }
        }
        found.sort_unstable();
        found
    }

    /// What `root` is made of that is made of one of `of` (itself included).
    #[must_use]
    pub fn dependents(&self, root: ExprId, of: &[ExprId]) -> Marks {
        self.dependents_among(&self.since(root, of), root, of)
    }

    /// What `root` is made of and may be made of one of `of`: nothing is made of what is newer than itself.
    fn since(&self, root: ExprId, of: &[ExprId]) -> Vec<ExprId> {
        of.iter().min().map_or_else(Vec::new, |&oldest| self.reachable_since(&[root], oldest))
    }

    fn dependents_among(&self, nodes: &[ExprId], root: ExprId, of: &[ExprId]) -> Marks {
        let mut depends = Marks::up_to(root);
        for &id in nodes {
            if of.contains(&id) || self.any_child(id, |c| depends.contains(c)) {
                depends.insert(id);
            }
        }
        depends
    }

    /// The same as a list, children first.
    #[must_use]
    pub fn dependents_in_order(&self, root: ExprId, of: &[ExprId]) -> (Vec<ExprId>, Marks) {
        let mut nodes = self.since(root, of);
        let depends = self.dependents_among(&nodes, root, of);
        nodes.retain(|&id| depends.contains(id));
        (nodes, depends)
    }

    /// Whether `root` is made of one of `of`.
    #[must_use]
    pub fn depends_on(&self, root: ExprId, of: &[ExprId]) -> bool {
        self.dependents(root, of).contains(root)
    }

    /// `root` with expressions replaced by others of the same shape, in normal form again.
    pub fn substitute(&mut self, root: ExprId, replace: &[(ExprId, ExprId)]) -> ExprId {
        let from: Vec<ExprId> = replace.iter().map(|&(a, _)| a).collect();
        let nodes = self.since(root, &from);
        let depends = self.dependents_among(&nodes, root, &from);
        if !depends.contains(root) {
            return root;
        }
        let mut new: FxHashMap<ExprId, ExprId> = replace.iter().copied().collect();
        // A sum that moves into another sum takes the lower level, and the one around it a new one.
        let nests = replace.iter().any(|&(_, value)| self.sum_height(value) > 0);
        for id in nodes {
            if depends.contains(id) && !new.contains_key(&id) {
                let made = match *self.node(id) {
                    Node::BigSum { level, low, high, body } if nests => {
                        let (index, opened) = self.open_sum(level, body);
                        let body = self.substitute(opened, replace);
                        let [low, high] = [low, high].map(|c| new.get(&c).copied().unwrap_or(c));
                        self.big_sum(index, low, high, body)
                    }
                    _ => self.rebuild(id, &|c| new.get(&c).copied().unwrap_or(c)),
                };
                new.insert(id, made);
            }
        }
        new[&root]
    }

    /// The node with its children mapped, through the constructors. The written order goes along.
    pub fn rebuild(&mut self, id: ExprId, map: &dyn Fn(ExprId) -> ExprId) -> ExprId {
        let pairs = |list: &[Power]| list.iter().map(|&(b, e)| (map(b), map(e))).collect::<Vec<_>>();
        let order = self.written.get(&id).cloned();
        let rank = |e: ExprId| order.as_ref().and_then(|o| o.iter().position(|&x| x == e));
        match self.node(id).clone() {
            Node::Num(_) | Node::Pi | Node::Size(_) | Node::Symbol(_) | Node::Index(_) | Node::Eye(_) | Node::Ones(_) | Node::Zero(_) => id,
            Node::Member(symbol, index) => {
                let index: Vec<ExprId> = index.into_iter().map(map).collect();
                self.member(symbol, &index)
            }
            Node::Basis(k, dim) => self.basis(map(k), dim),
            Node::Sum(mut terms) => {
                terms.sort_by_key(|&(_, t)| rank(t));
                self.sum(terms.into_iter().map(|(c, t)| (c, map(t))).collect())
            }
            Node::Product { coefficient, mut scalars, chain } => {
                scalars.sort_by_key(|&(b, _)| rank(b));
                let chain: Vec<Factor> = chain.into_iter().map(|f| Factor { base: map(f.base), power: map(f.power), ..f }).collect();
                self.product(coefficient, &pairs(&scalars), &chain)
            }
            Node::Hadamard(mut entries) => {
                entries.sort_by_key(|&(b, _)| rank(b));
                let shape = self.shape(id);
                self.hadamard_entries(crate::base::Rational::ONE, &[], &pairs(&entries), shape)
            }
            Node::Kron(parts) => {
                let parts: Vec<ExprId> = parts.into_iter().map(map).collect();
                self.kron(&parts)
            }
            Node::Trace(a) => self.trace(map(a)),
            Node::Diag(a) => self.diag(map(a)),
            Node::Diagonal(a) => self.diagonal(map(a)),
            Node::Vec(a) => self.vec(map(a)),
            Node::Unvec(a, shape) => self.unvec(map(a), shape),
            Node::Call(fun, args) => {
                let (shape, facts) = (self.shape(id), self.facts(id));
                let args: Vec<ExprId> = args.into_iter().map(map).collect();
                self.call(fun, &args, shape, facts)
            }
            Node::BigSum { level, low, high, body } => {
                let body = map(body);
                self.big_sum_at(level, map(low), map(high), body)
            }
        }
    }
}
