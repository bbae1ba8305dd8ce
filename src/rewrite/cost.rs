//! What "shorter" means: the number of names, numbers and operators that a reader sees.
//!
//! | what | counts |
//! |---|---|
//! | a name, a whole number, π, a size, `I` | 1 |
//! | a fraction `p/q` | 3, a minus sign in front 1 more |
//! | `+`, `-`, `∘`, `./`, `⊗` between two operands | 1 |
//! | `ᵀ`, `⁻¹`, a root, a fraction bar | 1 |
//! | another exponent | 1 and the exponent |
//! | `tr`, `diag`, `vec`, `sum`, a function | 1 and its arguments |
//! | zeros, ones | 2; a constant added to every entry what the bare scalar does |
//! | Σ over an index | 2, the bounds and the summand |
//! | side by side, brackets, commas | 0 |
//! | σ(z) σ(−z) | 3 more than its parts: σ(z) (1 − σ(z)) is what is read |
//!
//! A part counts as often as it would be read, so that the cost of a node follows from those of its children and is
//! computed once. It is close to what `show` prints and not equal to it: names for repeated parts (`where M = …`) are
//! chosen afterwards, by the printed length. Of two results with the same cost the engine takes the one with the smaller
//! key (`key.rs`), which depends on what they are and not on how the input was written.

use crate::base::Rational;
use crate::ir::{ExprId, Factor, Fun, Node, Power, Store, Table};
use crate::ops;

/// Costs by node, kept.
#[derive(Default)]
pub(super) struct Costs {
    known: Table<u64>,
}

fn number(r: &Rational) -> u64 {
    let sign = u64::from(r.is_negative());
    sign + if r.is_integer() { 1 } else { 3 }
}

/// Whether one is the negative of the other.
fn are_opposite(store: &Store, a: ExprId, b: ExprId) -> bool {
    let parts = |id: ExprId| match store.node(id) {
        Node::Product { coefficient, scalars, chain } => Some((coefficient, scalars, chain)),
        _ => None,
    };
    let is_minus = |minus: ExprId, of: ExprId| {
        parts(minus).is_some_and(|(c, scalars, chain)| match (&scalars[..], &chain[..]) {
            ([(base, ExprId::ONE)], []) | ([], [Factor { base, flipped: false, power: ExprId::ONE }]) => *base == of && c.neg().is_one(),
            _ => false,
        })
    };
    match (store.node(a), store.node(b)) {
        (Node::Sum(s), Node::Sum(t)) => s.len() == t.len() && s.iter().zip(t).all(|(s, t)| s.1 == t.1 && s.0 == t.0.neg()),
        _ if is_minus(a, b) || is_minus(b, a) => true,
        _ => parts(a).zip(parts(b)).is_some_and(|(s, t)| s.1 == t.1 && s.2 == t.2 && *s.0 == t.0.neg()),
    }
}

/// The places of σ(z) and σ(−z) among powers: they read as σ(z) (1 − σ(z)).
pub(super) fn mirrored_logistics(store: &Store, powers: &[Power]) -> Option<(usize, usize)> {
    let argument = |p: &Power| match store.node(p.0) {
        Node::Call(fun @ Fun::Row(_), args) if ops::row(*fun).is_some_and(|r| r.name == "sigmoid") => args.first().copied(),
        _ => None,
    };
    for (i, p) in powers.iter().enumerate() {
        let Some(x) = argument(p) else { continue };
        for (j, q) in powers.iter().enumerate().skip(i + 1) {
            if argument(q).is_some_and(|y| are_opposite(store, x, y)) {
                return Some((i, j));
            }
        }
    }
    None
}

/// What σ(z) σ(−z) costs beside its parts: more than σ(z) (1 − σ(z)).
const MIRRORED: u64 = 3;

impl Costs {
    /// The cost of printing `id`.
    pub fn of(&mut self, store: &Store, id: ExprId) -> u64 {
        if let Some(known) = self.known.get(id) {
            return known;
        }
        let is_known = |table: &Self, part| table.known.get(part).is_some();
        store.parts_first(id, self, is_known, |table, part| {
            let cost = table.node(store, part);
            table.known.insert(part, cost);
        });
        self.get(id)
    }

    fn get(&self, id: ExprId) -> u64 {
        self.known.get(id).unwrap_or(1)
    }

    fn node(&self, store: &Store, id: ExprId) -> u64 {
        match store.node(id) {
            Node::Num(r) => number(r),
            Node::Pi | Node::Size(_) | Node::Symbol(_) | Node::Index(_) | Node::Eye(_) => 1,
            Node::Zero(_) | Node::Ones(_) => 2,
            Node::Member(_, index) => index.iter().map(|&i| self.get(i)).sum::<u64>().max(1),
            // Under a sum a unit vector only says where something goes, which a matrix says by itself.
            Node::Basis(k, _) => (if matches!(store.node(*k), Node::Index(_)) { 12 } else { 2 }) + self.get(*k),
            Node::Sum(terms) => self.sum(store, terms),
            Node::Product { coefficient, scalars, chain } => self.product(store, coefficient, scalars, chain),
            Node::Hadamard(entries) => self.entries(store, entries),
            Node::Kron(parts) => parts.iter().fold(parts.len() as u64 - 1, |sum, &p| sum.saturating_add(self.get(p))),
            Node::Trace(a) | Node::Diag(a) | Node::Diagonal(a) | Node::Vec(a) => self.get(*a).saturating_add(1),
            Node::Unvec(a, _) => self.get(*a).saturating_add(3),
            Node::Call(_, args) => args.iter().fold(1, |sum: u64, &a| sum.saturating_add(self.get(a))),
            Node::BigSum { low, high, body, .. } => {
                4u64.saturating_add(self.get(*low)).saturating_add(self.get(*high)).saturating_add(self.get(*body))
            }
        }
    }

    fn sum(&self, store: &Store, terms: &[(Rational, ExprId)]) -> u64 {
        let mut total = terms.len() as u64 - 1;
        let mut all_negative = true;
        for (c, t) in terms {
            all_negative &= c.is_negative();
            let size = c.abs();
            let spread = match store.node(*t) {
                // A constant added to every entry prints as the bare scalar.
                Node::Ones(_) => 0,
                Node::Product { chain, scalars, .. }
                    if !chain.is_empty() && chain.iter().all(|f| matches!(store.node(f.base), Node::Ones(_))) =>
                {
                    self.powers(store, scalars)
                }
                _ => self.get(*t),
            };
            let bare = *t == ExprId::ONE || spread == 0;
            let front = if size.is_one() && !bare { 0 } else { number(&size) };
            // Σ_{i<k} aᵢ + Σ_{i>k} aᵢ is one sum, over i ≠ k.
            let ranges = matches!(store.node(*t), Node::BigSum { .. }) && terms.len() <= super::ranges::TERMS;
            let one_sum = ranges && terms.iter().any(|(other, s)| other == c && store.all_but_one(*s, *t));
            let spread = if one_sum { 1 } else { spread };
            let body = if bare { 0 } else { spread };
            total = total.saturating_add(front).saturating_add(body);
        }
        total.saturating_add(u64::from(all_negative))
    }

    fn powers(&self, store: &Store, scalars: &[Power]) -> u64 {
        let mut total: u64 = if mirrored_logistics(store, scalars).is_some() { MIRRORED } else { 0 };
        for &(b, e) in scalars {
            let exponent = match store.as_num(e) {
                Some(r) if r.is_one() => 0,
                Some(r) => {
                    let bar = u64::from(r.is_negative());
                    let size = r.abs();
                    bar + if size.is_one() {
                        0
                    } else if size == Rational::new(1, 2).unwrap_or(Rational::ONE) {
                        1
                    } else {
                        1 + number(&size)
                    }
                }
                None => self.get(e).saturating_add(1),
            };
            total = total.saturating_add(self.get(b)).saturating_add(exponent);
        }
        total
    }

    fn product(&self, store: &Store, coefficient: &Rational, scalars: &[Power], chain: &[Factor]) -> u64 {
        let mut total = self.powers(store, scalars);
        let mut free = 0u64;
        if !coefficient.is_one() {
            let bare = coefficient.abs().is_one() && (!scalars.is_empty() || !chain.is_empty());
            total = total.saturating_add(if bare { 1 } else { number(coefficient) });
        }
        // A unit vector beside what it picks from is an index: a[i], X[i,:], or xᵢ where X is made up of a family.
        for (at, f) in chain.iter().enumerate() {
            let Node::Basis(k, _) = store.node(f.base) else { continue };
            let beside = if f.flipped { at + 1 } else { at.wrapping_sub(1) };
            let Some(whole) = chain.get(beside).filter(|g| !matches!(store.node(g.base), Node::Basis(..) | Node::Ones(_))) else {
                continue;
            };
            free += self.get(f.base) - self.get(*k) + u64::from(f.flipped);
            if matches!(store.node(whole.base), Node::Symbol(s) if store.members(*s).is_some()) {
                free += self.get(*k) + u64::from(whole.flipped);
            }
        }
        // 1ᵀx is sum(x), 1ᵀX1 is sum(X).
        let summed = chain.first().is_some_and(|f| f.flipped && matches!(store.node(f.base), Node::Ones(_)));
        let last = chain.len().saturating_sub(1);
        for (at, f) in chain.iter().enumerate() {
            if summed && at == 0 {
                total += 1;
                continue;
            }
            if summed && at == last && matches!(store.node(f.base), Node::Ones(_)) {
                continue;
            }
            let power = match store.as_num(f.power) {
                Some(r) if r.is_one() => 0,
                Some(r) if r.abs().is_one() => 1,
                Some(r) => 1 + number(r),
                None => self.get(f.power).saturating_add(1),
            };
            total = total.saturating_add(self.get(f.base)).saturating_add(u64::from(f.flipped)).saturating_add(power);
        }
        total.saturating_sub(free).max(1)
    }

    fn entries(&self, store: &Store, entries: &[Power]) -> u64 {
        let mut total = entries.len() as u64 - 1 + if mirrored_logistics(store, entries).is_some() { MIRRORED } else { 0 };
        let mut numerator = false;
        for &(b, e) in entries {
            let exponent = match store.as_num(e) {
                Some(r) if r.is_one() => {
                    numerator = true;
                    0
                }
                Some(r) if r.abs().is_one() => 0,
                Some(r) => {
                    numerator |= !r.is_negative();
                    if r.abs() == Rational::new(1, 2).unwrap_or(Rational::ONE) { 1 } else { 1 + number(&r.abs()) }
                }
                None => {
                    numerator = true;
                    self.get(e).saturating_add(1)
                }
            };
            total = total.saturating_add(self.get(b)).saturating_add(exponent);
        }
        total.saturating_add(if numerator { 0 } else { 2 })
    }
}
