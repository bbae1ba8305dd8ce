//! The names that an answer may use: definitions, and where their values occur as a piece of a larger product or sum.

use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Power, Store};
use rustc_hash::FxHashMap;

/// A definition of the answer before it has a name.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// Its value.
    pub value: ExprId,
    /// The user's name for it; `None` for a new one.
    pub spelling: Option<String>,
    /// Whether it must stay, however little it saves (it limits the depth of brackets).
    pub forced: bool,
}

/// How a definition's value occurs in a chain: at the start of what remains, upside down or not, to which power.
#[derive(Clone, Debug)]
struct ChainUse {
    given: usize,
    flipped: bool,
    chain: Vec<Factor>,
}

/// What a product has in common with a definition.
pub(super) struct ProductUse {
    pub given: usize,
    pub flipped: bool,
    /// How many factors of the chain it stands for.
    pub length: usize,
    /// How often the value is multiplied with itself.
    pub power: i64,
}

/// All definitions with the tables that find them.
#[derive(Clone, Debug, Default)]
pub(super) struct Givens {
    pub list: Vec<Given>,
    /// Whether c·1 beside a vector is written with its ones.
    pub ones: bool,
    by_value: FxHashMap<ExprId, usize>,
    chains: FxHashMap<(ExprId, bool), Vec<ChainUse>>,
    sums: FxHashMap<ExprId, Vec<usize>>,
    hadamards: FxHashMap<ExprId, Vec<usize>>,
}

/// The parts of a product that is neither a number alone nor a single factor.
pub(super) fn product_parts(store: &Store, id: ExprId) -> Option<(&Rational, &[Power], &[Factor])> {
    match store.node(id) {
        Node::Product { coefficient, scalars, chain } => Some((coefficient, scalars, chain)),
        _ => None,
    }
}

/// The transpose of a chain. What turns round inside (a product under a power) does so here as in the store.
pub(super) fn turned(store: &mut Store, chain: &[Factor]) -> Vec<Factor> {
    let turn = |&f: &Factor| {
        let flipped = !f.flipped && !store.is(f.base, Facts::SYMMETRIC);
        if flipped && matches!(store.node(f.base), Node::Product { .. } | Node::Kron(_)) {
            return Factor { base: store.transpose(f.base), flipped: false, ..f };
        }
        Factor { flipped, ..f }
    };
    chain.iter().rev().map(turn).collect()
}

impl Givens {
    pub fn new(store: &mut Store, list: Vec<Given>) -> Self {
        let mut givens = Givens::default();
        for given in list {
            givens.add(store, given);
        }
        givens
    }

    /// Adds a definition, unless the same value (or its transpose) has a name.
    pub fn add(&mut self, store: &mut Store, given: Given) {
        let (at, value) = (self.list.len(), given.value);
        if self.by_value.contains_key(&value) {
            return;
        }
        match store.node(value).clone() {
            Node::Product { chain, .. } if !chain.is_empty() => {
                let back = turned(store, &chain);
                let first = chain[0];
                let known = self.chains.get(&(first.base, first.flipped));
                if known.is_some_and(|uses| uses.iter().any(|u| u.flipped && u.chain == chain && self.same_front(store, u.given, value))) {
                    return;
                }
                let mut put = |chain: Vec<Factor>, flipped: bool| {
                    let key = (chain[0].base, chain[0].flipped);
                    self.chains.entry(key).or_default().push(ChainUse { given: at, flipped, chain });
                };
                if back != chain {
                    put(back, true);
                }
                put(chain, false);
            }
            Node::Sum(terms) => self.sums.entry(terms[0].1).or_default().push(at),
            Node::Hadamard(entries) => self.hadamards.entry(entries[0].0).or_default().push(at),
            _ => {}
        }
        self.by_value.insert(value, at);
        self.list.push(given);
    }

    fn same_front(&self, store: &Store, given: usize, value: ExprId) -> bool {
        let front = |id| product_parts(store, id).map(|(c, s, _)| (c.clone(), s.to_vec()));
        front(self.list[given].value) == front(value)
    }

    /// The definition with this value.
    pub fn named(&self, id: ExprId) -> Option<usize> {
        self.by_value.get(&id).copied()
    }

    /// The definition with this value, or with its transpose (`true`).
    pub fn named_either_way(&self, store: &Store, id: ExprId) -> Option<(usize, bool)> {
        if let Some(given) = self.named(id) {
            return Some((given, false));
        }
        let (coefficient, scalars, chain) = product_parts(store, id)?;
        let found = self.at_chain(store, id, scalars, chain)?;
        let whole = coefficient.is_one() && found.length == chain.len() && found.power == 1;
        let front = product_parts(store, self.list[found.given].value).map_or(0, |(_, front, _)| front.len());
        (whole && front == scalars.len()).then_some((found.given, found.flipped))
    }

    /// The longest definition whose value stands at the beginning of `chain` with scalars among `scalars`, inside the
    /// product `whole`.
    pub fn at_chain(&self, store: &Store, whole: ExprId, scalars: &[Power], chain: &[Factor]) -> Option<ProductUse> {
        let first = *chain.first()?;
        let uses = self.chains.get(&(first.base, first.flipped))?;
        let mut best: Option<ProductUse> = None;
        for found in uses {
            let value = self.list[found.given].value;
            let Some((coefficient, front, _)) = product_parts(store, value) else { continue };
            if !self.smaller(store, value, whole) || !coefficient.is_one() || !front.iter().all(|p| scalars.contains(p)) {
                continue;
            }
            let length = found.chain.len();
            let power = if chain.starts_with(&found.chain) {
                1
            } else if let ([one], true) = (&found.chain[..], front.is_empty()) {
                match multiple(store, *one, first) {
                    Some(power) => power,
                    None => continue,
                }
            } else {
                continue;
            };
            let better = best.as_ref().is_none_or(|b| (length, b.flipped) > (b.length, found.flipped));
            if better {
                best = Some(ProductUse { given: found.given, flipped: found.flipped, length, power });
            }
        }
        best
    }

    /// A definition of which a multiple is a part of the sum, with the number before it there.
    pub fn in_sum(&self, store: &Store, whole: ExprId, terms: &[(Rational, ExprId)]) -> Option<(usize, Rational)> {
        if self.sums.is_empty() {
            return None;
        }
        for (c, t) in terms {
            for &given in self.sums.get(t).into_iter().flatten() {
                let value = self.list[given].value;
                let Node::Sum(inner) = store.node(value) else { continue };
                let Some(times) = c.div(&inner[0].0) else { continue };
                // 2 a + 2 b + c is 2 (a + b) + c only where something is left.
                let fits = inner.len() < terms.len() || times.abs().is_one() && inner.len() == terms.len();
                if !fits || !self.smaller(store, value, whole) {
                    continue;
                }
                let has = |(k, s): &(Rational, ExprId)| terms.iter().any(|(d, r)| r == s && *d == k.mul(&times));
                if inner.iter().all(has) {
                    return Some((given, times));
                }
            }
        }
        None
    }

    /// A definition that is a part of the element-wise product.
    pub fn in_hadamard(&self, store: &Store, whole: ExprId, entries: &[Power]) -> Option<usize> {
        if self.hadamards.is_empty() {
            return None;
        }
        let candidates = entries.iter().flat_map(|(b, _)| self.hadamards.get(b).into_iter().flatten());
        candidates.copied().find(|&given| {
            let value = self.list[given].value;
            let Node::Hadamard(inner) = store.node(value) else { return false };
            inner.len() <= entries.len() && inner.iter().all(|p| entries.contains(p)) && self.smaller(store, value, whole)
        })
    }

    /// Whether `value` may stand inside `whole`: definitions never go in circles.
    fn smaller(&self, store: &Store, value: ExprId, whole: ExprId) -> bool {
        if value == whole {
            return false;
        }
        if self.named(whole).is_none() {
            return true;
        }
        let parts = |id| match store.node(id) {
            Node::Product { scalars, chain, .. } => scalars.len() + chain.len(),
            Node::Sum(terms) => terms.len(),
            Node::Hadamard(entries) => entries.len(),
            _ => 1,
        };
        (parts(value), value) < (parts(whole), whole)
    }
}

/// How often `one` is multiplied with itself to give `other`, where that is a whole number above one.
fn multiple(store: &Store, one: Factor, other: Factor) -> Option<i64> {
    if one.base != other.base || one.flipped != other.flipped {
        return None;
    }
    let ratio = store.as_num(other.power)?.div(store.as_num(one.power)?)?;
    ratio.to_integer().filter(|n| *n > 1)
}
