//! A number for an expression that depends on what it is, not on when it was made: of two results that are equally
//! short, the one with the smaller number is taken, however the input was written.

use crate::ir::{DimId, ExprId, Fun, Node, Shape, Store};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Keys by node, kept.
#[derive(Default)]
pub(super) struct Keys {
    known: FxHashMap<ExprId, u64>,
}

fn mixed(of: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    hasher.finish()
}

impl Keys {
    /// The key of `id`.
    pub fn of(&mut self, store: &Store, id: ExprId) -> u64 {
        let is_known = |table: &Self, part| table.known.contains_key(&part);
        store.parts_first(id, self, is_known, |table, part| {
            let key = table.node(store, part);
            table.known.insert(part, key);
        });
        self.known[&id]
    }

    fn node(&self, store: &Store, id: ExprId) -> u64 {
        let get = |id: &ExprId| self.known.get(id).copied().unwrap_or(0);
        let dim = |d: DimId| store.dim_text(d);
        let shape = |s: Shape| (dim(s.rows), dim(s.cols));
        // What commutes is added up.
        let all = |list: &mut dyn Iterator<Item = u64>| list.fold(0u64, u64::wrapping_add);
        match store.node(id) {
            Node::Num(r) => mixed((1, r.to_string())),
            Node::Pi => 2,
            Node::Size(name) => mixed((3, store.dim_spelling(*name))),
            Node::Symbol(s) => mixed((4, &store.symbol_info(*s).name)),
            Node::Member(s, index) => mixed((5, &store.symbol_info(*s).name, index.iter().map(get).collect::<Vec<_>>())),
            Node::Index(level) => mixed((6, level)),
            Node::Eye(d) => mixed((7, dim(*d))),
            Node::Ones(d) => mixed((8, dim(*d))),
            Node::Zero(s) => mixed((9, shape(*s))),
            Node::Basis(k, d) => mixed((10, get(k), dim(*d))),
            Node::Sum(terms) => mixed((11, all(&mut terms.iter().map(|(c, t)| mixed((c.to_string(), get(t))))))),
            Node::Product { coefficient, scalars, chain } => {
                let scalars = all(&mut scalars.iter().map(|(b, e)| mixed((get(b), get(e)))));
                let chain: Vec<_> = chain.iter().map(|f| (get(&f.base), f.flipped, get(&f.power))).collect();
                mixed((12, coefficient.to_string(), scalars, chain))
            }
            Node::Hadamard(entries) => mixed((13, all(&mut entries.iter().map(|(b, e)| mixed((get(b), get(e))))))),
            Node::Kron(parts) => mixed((14, parts.iter().map(get).collect::<Vec<_>>())),
            Node::Trace(a) => mixed((15, get(a))),
            Node::Diag(a) => mixed((16, get(a))),
            Node::Diagonal(a) => mixed((17, get(a))),
            Node::Vec(a) => mixed((18, get(a))),
            Node::Unvec(a, s) => mixed((19, get(a), shape(*s))),
            Node::Call(fun, args) => {
                let fun = match *fun {
                    Fun::Row(row) => (0, u64::from(row), 0),
                    Fun::User(number, order) => (1, mixed(&store.function(number).name), order),
                };
                mixed((20, fun, args.iter().map(get).collect::<Vec<_>>()))
            }
            Node::BigSum { level, low, high, body } => mixed((21, level, get(low), get(high), get(body))),
        }
    }
}
