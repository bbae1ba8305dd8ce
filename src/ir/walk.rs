//! Walks over the DAG: children, what is reachable, what depends, substitution. Loops in id order, never recursion.

use super::{ExprId, Factor, Node, Power, Store};
use rustc_hash::FxHashMap;

impl Store {
    /// The children of a node, each once for each place.
    #[must_use]
    pub fn children(&self, id: ExprId) -> Vec<ExprId> {
        let pairs = |list: &[Power]| list.iter().flat_map(|&(b, e)| [b, e]).collect();
        match self.node(id) {
            Node::Num(_) | Node::Pi | Node::Size(_) | Node::Symbol(_) | Node::Index(_) | Node::Eye(_) | Node::Ones(_) | Node::Zero(_) => {
                Vec::new()
            }
            Node::Member(_, index) => index.to_vec(),
            Node::Basis(k, _) => vec![*k],
            Node::Sum(terms) => terms.iter().map(|&(_, t)| t).collect(),
            Node::Product { scalars, chain, .. } => {
                let mut all: Vec<ExprId> = pairs(scalars);
                all.extend(chain.iter().flat_map(|f| [f.base, f.power]));
                all
            }
            Node::Hadamard(entries) => pairs(entries),
            Node::Kron(parts) => parts.clone(),
            Node::Trace(a) | Node::Diag(a) | Node::Diagonal(a) | Node::Vec(a) | Node::Unvec(a, _) => vec![*a],
            Node::Call(_, args) => args.to_vec(),
            Node::BigSum { low, high, body, .. } => vec![*low, *high, *body],
        }
    }

    /// Everything that the roots are made of, themselves included, children first.
    #[must_use]
    pub fn reachable(&self, roots: &[ExprId]) -> Vec<ExprId> {
        let Some(top) = roots.iter().max() else { return Vec::new() };
        let mut seen = vec![false; top.index() + 1];
        let mut stack: Vec<ExprId> = roots.to_vec();
        let mut found = Vec::new();
        while let Some(id) = stack.pop() {
            if !std::mem::replace(&mut seen[id.index()], true) {
                found.push(id);
                stack.extend(self.children(id).into_iter().filter(|c| !seen[c.index()]));
            }
        }
        found.sort_unstable();
        found
    }

    /// For every expression up to `root`, whether it is made of one of `of` (itself included).
    #[must_use]
    pub fn dependents(&self, root: ExprId, of: &[ExprId]) -> Vec<bool> {
        let mut depends = vec![false; root.index() + 1];
        for id in self.reachable(&[root]) {
            depends[id.index()] = of.contains(&id) || self.children(id).iter().any(|c| depends[c.index()]);
        }
        depends
    }

    /// Whether `root` is made of one of `of`.
    #[must_use]
    pub fn depends_on(&self, root: ExprId, of: &[ExprId]) -> bool {
        self.dependents(root, of)[root.index()]
    }

    /// `root` with expressions replaced by others of the same shape, in normal form again.
    pub fn substitute(&mut self, root: ExprId, replace: &[(ExprId, ExprId)]) -> ExprId {
        let from: Vec<ExprId> = replace.iter().map(|&(a, _)| a).collect();
        let depends = self.dependents(root, &from);
        if !depends[root.index()] {
            return root;
        }
        let mut new: FxHashMap<ExprId, ExprId> = replace.iter().copied().collect();
        // A sum that moves into another sum takes the lower level, and the one around it a new one.
        let nests = replace.iter().any(|&(_, value)| self.sum_height(value) > 0);
        for id in self.reachable(&[root]) {
            if depends[id.index()] && !new.contains_key(&id) {
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
