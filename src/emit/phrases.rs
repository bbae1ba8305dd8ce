//! Products of neighbours that occur in several chains: found once, computed once.
//!
//! The gradient of tr(A₁ X A₂ X …) is a sum of rotations of one long chain; multiplied one by one they cost the square of
//! its length. Pairs of neighbours that occur more than once become symbols of their own, round by round, until none does.

use super::scope::Scopes;
use crate::ir::{DimId, ExprId, Factor, Facts, Node, Shape, Store};
use rustc_hash::FxHashMap;

/// A factor or a pair, perhaps transposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Word {
    /// The number of a factor, or that of a pair after all factors.
    pub code: usize,
    pub flipped: bool,
}

impl Word {
    fn turned(self) -> Word {
        Word { flipped: !self.flipped, ..self }
    }
}

/// Chains as words.
#[derive(Default)]
pub(super) struct Phrases {
    /// The factors, by number; those that are read as matrices are not flipped.
    pub factors: Vec<Factor>,
    /// The pairs, each of factors and earlier pairs.
    pub pairs: Vec<(Word, Word)>,
    /// The chains that contain pairs.
    pub chains: FxHashMap<ExprId, Vec<Word>>,
    shapes: Vec<Shape>,
    barrier: Vec<bool>,
    symmetric: Vec<bool>,
}

impl Phrases {
    /// Looks through all products.
    pub fn new(store: &Store, scopes: &Scopes, roots: &[ExprId]) -> Self {
        let mut phrases = Phrases::default();
        let mut codes: FxHashMap<Factor, usize> = FxHashMap::default();
        let mut chains: Vec<(ExprId, Vec<Word>)> = Vec::new();
        for id in store.reachable(roots) {
            let Node::Product { chain, .. } = store.node(id) else { continue };
            let thin = |f: &Factor| {
                let s = store.shape(f.base);
                s.rows == DimId::ONE || s.cols == DimId::ONE || matches!(store.node(f.base), Node::Kron(_) | Node::Vec(_))
            };
            if chain.len() < 2 || chain.iter().any(|f| thin(f) || !scopes.is_closed(f.base) || !scopes.is_closed(f.power)) {
                continue;
            }
            let mut words = Vec::with_capacity(chain.len());
            for f in chain {
                // Inverses are solved with, diagonal matrices scale: neither is multiplied beforehand.
                let special = matches!(store.node(f.base), Node::Diag(_) | Node::Eye(_)) || store.is(f.base, Facts::DIAGONAL);
                let barrier = f.power != ExprId::ONE || special;
                let factor = Factor { flipped: f.flipped && barrier, ..*f };
                let code = *codes.entry(factor).or_insert_with(|| {
                    phrases.factors.push(factor);
                    phrases.shapes.push(store.factor_shape(factor));
                    phrases.barrier.push(barrier);
                    phrases.symmetric.push(store.is(f.base, Facts::SYMMETRIC));
                    phrases.factors.len() - 1
                });
                words.push(Word { code, flipped: f.flipped && !barrier });
            }
            chains.push((id, words));
        }
        phrases.find(store, &mut chains);
        let first = phrases.factors.len();
        for (id, words) in chains {
            if words.iter().any(|w| w.code >= first) {
                phrases.chains.insert(id, words);
            }
        }
        phrases
    }

    /// The shape of a word.
    pub fn shape(&self, w: Word) -> Shape {
        let shape = self.shapes[w.code];
        if w.flipped { shape.transposed() } else { shape }
    }

    /// Pairs of neighbours, both ways of reading one pair (A B and BᵀAᵀ) counted as the same; the plainer one is it.
    fn canonical(&self, a: Word, b: Word) -> ((Word, Word), bool) {
        let turn = |w: Word| if self.symmetric[w.code] { w } else { w.turned() };
        let turned = (turn(b), turn(a));
        let key = |(a, b): (Word, Word)| (u8::from(a.flipped) + u8::from(b.flipped), a, b);
        if key(turned) < key((a, b)) { (turned, true) } else { ((a, b), false) }
    }

    fn find(&mut self, store: &Store, chains: &mut [(ExprId, Vec<Word>)]) {
        let first = self.factors.len();
        loop {
            let mut counts: FxHashMap<(Word, Word), u32> = FxHashMap::default();
            for (_, words) in chains.iter() {
                let mut last = None;
                for at in 1..words.len() {
                    let (pair, _) = self.canonical(words[at - 1], words[at]);
                    // A A A holds the pair A A once.
                    if last == Some((pair, at - 1)) {
                        continue;
                    }
                    last = Some((pair, at));
                    *counts.entry(pair).or_insert(0) += 1;
                }
            }
            let count = |p: &Phrases, a: Word, b: Word| -> u32 {
                if p.barrier[a.code] || p.barrier[b.code] || p.grows(store, a, b) {
                    return 0;
                }
                counts.get(&p.canonical(a, b).0).copied().unwrap_or(0)
            };
            let mut names: FxHashMap<(Word, Word), usize> = FxHashMap::default();
            let mut found = false;
            for (_, words) in chains.iter_mut() {
                let mut new = Vec::with_capacity(words.len());
                let mut at = 0;
                while at < words.len() {
                    let here = words.get(at + 1).map_or(0, |&b| count(self, words[at], b));
                    let next = words.get(at + 2).map_or(0, |&c| count(self, words[at + 1], c));
                    if here < 2 || next > here {
                        new.push(words[at]);
                        at += 1;
                        continue;
                    }
                    let (pair, flipped) = self.canonical(words[at], words[at + 1]);
                    let code = *names.entry(pair).or_insert_with(|| {
                        self.pairs.push(pair);
                        let shape = Shape::new(self.shape(pair.0).rows, self.shape(pair.1).cols);
                        self.shapes.push(shape);
                        self.barrier.push(false);
                        self.symmetric.push(false);
                        first + self.pairs.len() - 1
                    });
                    new.push(Word { code, flipped });
                    found = true;
                    at += 2;
                }
                *words = new;
            }
            if !found {
                break;
            }
        }
        self.inline_single(chains);
    }

    /// Whether the product of two is larger than both: a thin pair is better left apart.
    fn grows(&self, store: &Store, a: Word, b: Word) -> bool {
        let size = |d: DimId| store.dim_poly(d).estimate();
        let (s, t) = (self.shape(a), self.shape(b));
        let made = size(s.rows) * size(t.cols);
        made > size(s.rows) * size(s.cols) && made > size(t.rows) * size(t.cols)
    }

    /// Pairs that are used once after all go back to where they came from.
    fn inline_single(&mut self, chains: &mut [(ExprId, Vec<Word>)]) {
        let first = self.factors.len();
        let mut uses = vec![0u32; self.pairs.len()];
        let mut tally = |w: Word| {
            if let Some(k) = w.code.checked_sub(first) {
                uses[k] += 1;
            }
        };
        for &w in chains.iter().flat_map(|(_, words)| words) {
            tally(w);
        }
        for &(a, b) in &self.pairs {
            tally(a);
            tally(b);
        }
        let single = |w: Word| w.code.checked_sub(first).filter(|&k| uses[k] == 1);
        for (_, words) in chains {
            if !words.iter().any(|w| single(*w).is_some()) {
                continue;
            }
            let mut stack: Vec<Word> = words.iter().rev().copied().collect();
            words.clear();
            while let Some(w) = stack.pop() {
                let Some(k) = single(w) else {
                    words.push(w);
                    continue;
                };
                let (a, b) = self.pairs[k];
                let turn = |w: Word| if self.symmetric[w.code] { w } else { w.turned() };
                let (a, b) = if w.flipped { (turn(b), turn(a)) } else { (a, b) };
                stack.extend([b, a]);
            }
        }
    }
}
