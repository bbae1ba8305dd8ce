//! Sums under a name of their own: an answer is made shorter as it will be read, with `s` for the sum 1 + r²/d².
//!
//! A sum below a fraction bar, or one that the user defined, stands in an answer many times and is printed once. Here it
//! is one sign while the laws look at what is around it; and where one of its terms stands beside it, m = (s − a)/c of
//! s = a + c m is tried for that term.

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Power, Shape, Store, Symbol};
use rustc_hash::FxHashMap;

/// What a derivation calls it.
const NAME: &str = "a sum under its name: of s = a + c m, m = (s - a) / c";
/// How many sums get a name, how often a term of one may be replaced, and how long an answer may be for it.
const SUMS: usize = 5;
const ROUNDS: usize = 4;
const LENGTH: u64 = 300;
/// How much the store may grow while terms are replaced.
const GROWTH: usize = 20_000;
/// What a sum must cost to be printed under a name.
const WORTH: u64 = 4;

/// A sum and the symbol that stands for it; the value may hold the symbols of those before it.
struct Atom {
    symbol: ExprId,
    value: ExprId,
}

/// An expression with symbols for some of its sums.
struct Named {
    root: ExprId,
    atoms: Vec<Atom>,
}

/// A shorter form of `simple` (which `raw` was simplified to) that names for its sums lead to; `parts` are the user's.
pub(super) fn shorter(rewriter: &mut Rewriter, store: &mut Store, raw: ExprId, simple: ExprId) -> ExprId {
    if rewriter.cost(store, simple) > LENGTH {
        return simple;
    }
    let values = sums(rewriter, store, &[raw, simple]);
    if values.is_empty() {
        return simple;
    }
    let plain = Named::new(store, simple, &values);
    let mut least = plain.price(rewriter, store);
    let mut best = None;
    let kept = rewriter.used.len();
    for start in [simple, raw] {
        let mut named = Named::new(store, start, &values);
        if named.atoms.is_empty() || start == raw && (raw == simple || rewriter.cost(store, named.root) > LENGTH) {
            continue;
        }
        named.root = rewriter.in_passes(store, named.root);
        named.eliminate(rewriter, store);
        let price = named.price(rewriter, store);
        if price < least {
            (least, best) = (price, Some(named));
        }
    }
    rewriter.used.truncate(kept);
    let Some(best) = best else { return simple };
    rewriter.used.push(NAME);
    // What a name kept apart may meet again.
    let unnamed = best.unnamed(store);
    let again = rewriter.in_passes(store, unnamed);
    if again != unnamed && Named::new(store, again, &values).price(rewriter, store) <= least { again } else { unnamed }
}

/// The sums that may get a name, parts before wholes: the user's, and those below a fraction bar.
fn sums(rewriter: &mut Rewriter, store: &Store, roots: &[ExprId]) -> Vec<ExprId> {
    let nodes = store.reachable(roots);
    let mut found: Vec<ExprId> = rewriter.parts.iter().copied().filter(|part| nodes.binary_search(part).is_ok()).collect();
    for &id in &nodes {
        let (Node::Product { scalars: powers, .. } | Node::Hadamard(powers)) = store.node(id) else { continue };
        found.extend(powers.iter().filter(|(_, e)| store.as_num(*e).is_some_and(Rational::is_negative)).map(|p| p.0));
    }
    // What holds a bound index may not leave its sum.
    let mut bound: FxHashMap<ExprId, bool> = FxHashMap::default();
    for &id in &nodes {
        let below = matches!(store.node(id), Node::Index(_)) || store.any_child(id, |c| bound.get(&c).copied().unwrap_or(false));
        bound.insert(id, below);
    }
    found.retain(|id| matches!(store.node(*id), Node::Sum(_)) && !bound.get(id).copied().unwrap_or(true));
    found.sort_unstable();
    found.dedup();
    // The largest are worth most.
    while found.len() > SUMS {
        let least = (0..found.len()).min_by_key(|&at| rewriter.cost(store, found[at]));
        found.remove(least.unwrap_or(0));
    }
    found
}

impl Named {
    /// The expression with a symbol for each of the sums that stands in it.
    fn new(store: &mut Store, root: ExprId, values: &[ExprId]) -> Named {
        let mut named = Named { root, atoms: Vec::new() };
        for (at, &value) in values.iter().enumerate() {
            if !store.depends_on(root, &[value]) {
                continue;
            }
            let known: Vec<(ExprId, ExprId)> = named.atoms.iter().map(|a| (a.value, a.symbol)).collect();
            let mut own = value;
            for known in known {
                own = store.substitute(own, &[known]);
            }
            let symbol = symbol(store, value, at);
            // What is a multiple of it is that multiple of the symbol.
            let nodes = store.reachable(&[named.root]);
            let mut replace = vec![(own, symbol)];
            for id in nodes {
                if let Some(times) = super::scalar::ratio(store, id, own) {
                    replace.push((id, store.scale(&times, symbol)));
                }
            }
            named.root = store.substitute(named.root, &replace);
            named.atoms.push(Atom { symbol, value: own });
        }
        named
    }

    /// The expression with the sums again.
    fn unnamed(&self, store: &mut Store) -> ExprId {
        self.atoms.iter().rev().fold(self.root, |root, atom| store.substitute(root, &[(atom.symbol, atom.value)]))
    }

    /// What is printed: the expression, and each sum once where that is shorter than at every place.
    fn price(&self, rewriter: &mut Rewriter, store: &Store) -> u64 {
        let mut times: FxHashMap<ExprId, u64> = FxHashMap::default();
        count(store, self.root, 1, &mut times);
        let mut total = rewriter.cost(store, self.root);
        for atom in self.atoms.iter().rev() {
            let uses = times.get(&atom.symbol).copied().unwrap_or(0);
            if uses == 0 {
                continue;
            }
            let size = rewriter.cost(store, atom.value);
            let inline = uses.saturating_mul(size.saturating_sub(1));
            let named = size >= WORTH && size + 1 < inline;
            total = total.saturating_add(if named { size + 1 } else { inline });
            count(store, atom.value, if named { 1 } else { uses }, &mut times);
        }
        total
    }

    /// Replaces terms of the named sums by m = (s − a)/c, as long as that shortens it.
    fn eliminate(&mut self, rewriter: &mut Rewriter, store: &mut Store) {
        let limit = store.len() + GROWTH;
        for _ in 0..ROUNDS {
            let mut least = self.price(rewriter, store);
            let mut best = None;
            for at in 0..self.atoms.len() {
                for pivot in pivots(store, &self.atoms[at]) {
                    let root = pivot.replaced(store, self.root);
                    if root == self.root || store.len() > limit {
                        continue;
                    }
                    let before = std::mem::replace(&mut self.root, root);
                    self.root = rewriter.in_passes(store, root);
                    let price = self.price(rewriter, store);
                    let trial = std::mem::replace(&mut self.root, before);
                    if price < least {
                        (least, best) = (price, Some(trial));
                    }
                }
            }
            match best {
                Some(root) => self.root = root,
                None => return,
            }
        }
    }
}

/// A symbol for a sum, with what is known of its value.
fn symbol(store: &mut Store, value: ExprId, number: usize) -> ExprId {
    let (shape, mut facts) = (store.shape(value), store.facts(value));
    if shape.is_column() {
        let ones = store.ones(shape);
        let sum = store.inner(ones, value);
        let sum = super::expand::multiplied_out(store, sum);
        if store.is_zero(sum) {
            facts |= Facts::SUMS_TO_ZERO;
        }
    }
    let name = format!("\u{1}{number}");
    let id = store.declare(Symbol { name: name.clone(), spelling: name, shape, facts, ranges: Vec::new() });
    store.symbol(id)
}

/// Adds how often each part of `root` is read.
fn count(store: &Store, root: ExprId, times: u64, all: &mut FxHashMap<ExprId, u64>) {
    let mut here: FxHashMap<ExprId, u64> = FxHashMap::default();
    here.insert(root, times);
    for id in store.reachable(&[root]).into_iter().rev() {
        let uses = here.get(&id).copied().unwrap_or(0);
        let sum = all.entry(id).or_insert(0);
        *sum = sum.saturating_add(uses);
        store.each_child(id, |c| {
            let sum = here.entry(c).or_insert(0);
            *sum = sum.saturating_add(uses);
        });
    }
}

/// bᵉ = value, where that follows from a sum.
struct Pivot {
    base: ExprId,
    exponent: i64,
    value: ExprId,
}

/// The terms of a sum by its name.
fn pivots(store: &mut Store, atom: &Atom) -> Vec<Pivot> {
    let Node::Sum(terms) = store.node(atom.value).clone() else { return Vec::new() };
    let mut found = Vec::new();
    for at in 0..terms.len() {
        let (c, t) = terms[at].clone();
        let Some(inverse) = c.recip() else { continue };
        let mut rest: Vec<(Rational, ExprId)> =
            terms.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, (k, s))| (k.neg(), *s)).collect();
        rest.push((Rational::ONE, atom.symbol));
        let difference = store.sum(rest);
        let difference = store.scale(&inverse, difference);
        let shape = store.shape(t);
        match store.node(t).clone() {
            Node::Num(_) | Node::Pi | Node::Size(_) | Node::Ones(_) | Node::Eye(_) => {}
            Node::Product { scalars, chain, .. } if chain.is_empty() => found.extend(of_powers(store, difference, &scalars, Shape::SCALAR)),
            Node::Product { scalars, chain, .. } if !scalars.is_empty() => {
                let [Factor { base, flipped: false, power: ExprId::ONE }] = chain[..] else { continue };
                let Some(front) = over(store, &scalars) else { continue };
                let difference = store.mul(&[front, difference]);
                match store.node(base).clone() {
                    Node::Ones(_) | Node::Eye(_) => {}
                    Node::Hadamard(entries) => found.extend(of_powers(store, difference, &entries, shape)),
                    _ => found.push(Pivot { base, exponent: 1, value: difference }),
                }
            }
            Node::Hadamard(entries) => found.extend(of_powers(store, difference, &entries, shape)),
            _ => found.push(Pivot { base: t, exponent: 1, value: difference }),
        }
    }
    found
}

/// One over a monomial, where that is certain to exist.
fn over(store: &mut Store, powers: &[Power]) -> Option<ExprId> {
    let mut turned = Vec::new();
    for &(b, e) in powers {
        let below = store.as_num(e).is_some_and(Rational::is_negative);
        if !below && !store.is(b, Facts::POSITIVE) {
            return None;
        }
        turned.push((b, store.mul(&[ExprId::MINUS_ONE, e])));
    }
    Some(store.product(Rational::ONE, &turned, &[]))
}

/// Each power of a monomial, or of an element-wise product, that equals `whole`.
fn of_powers(store: &mut Store, whole: ExprId, powers: &[Power], shape: Shape) -> Vec<Pivot> {
    let mut found = Vec::new();
    for (at, &(base, e)) in powers.iter().enumerate() {
        let Some(exponent) = store.as_num(e).and_then(Rational::to_integer).filter(|n| *n > 0) else { continue };
        let others: Vec<Power> = powers.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, &p)| p).collect();
        if shape.is_scalar() {
            if let Some(front) = over(store, &others) {
                found.push(Pivot { base, exponent, value: store.mul(&[front, whole]) });
            }
        } else if others.is_empty() {
            found.push(Pivot { base, exponent, value: whole });
        }
    }
    found
}

impl Pivot {
    /// An expression with the value in the place of the power.
    fn replaced(&self, store: &mut Store, root: ExprId) -> ExprId {
        if self.exponent == 1 {
            return store.substitute(root, &[(self.base, self.value)]);
        }
        let mut new: FxHashMap<ExprId, ExprId> = FxHashMap::default();
        for id in store.reachable(&[root]) {
            let made = store.rebuild(id, &|c| new.get(&c).copied().unwrap_or(c));
            let (Node::Product { scalars: powers, .. } | Node::Hadamard(powers)) = store.node(made).clone() else {
                new.insert(id, made);
                continue;
            };
            let found = powers.iter().position(|p| p.0 == self.base).and_then(|at| {
                let e = store.as_num(powers[at].1).and_then(Rational::to_integer)?;
                (e >= self.exponent).then_some((at, e))
            });
            let made = match found {
                Some((at, e)) => {
                    let mut powers = powers;
                    powers[at].1 = store.int(e % self.exponent);
                    powers.push((self.value, store.int(e / self.exponent)));
                    super::functions::with_powers(store, made, &powers)
                }
                None => made,
            };
            new.insert(id, made);
        }
        new.get(&root).copied().unwrap_or(root)
    }
}
