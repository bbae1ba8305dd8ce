//! Sums over sets: Σ_i C_i f with the indicator C of a set is written as the sum over i in C.

use super::build::Builder;
use super::notation::{Notation, Within};
use crate::base::Rational;
use crate::ir::{ExprId, Node, Power, SymbolId};

/// An indicator under a sum, and what it lets through.
struct Masked {
    set: SymbolId,
    index: Vec<ExprId>,
    rest: ExprId,
}

impl Builder<'_> {
    /// `i in C`.
    pub fn within(&mut self, set: SymbolId, index: &[ExprId], below: usize) -> Within {
        let mut all: Vec<Notation> = index.iter().map(|&i| self.part(i)).collect();
        let tuple = all.split_off(below.min(all.len()));
        Within { set, below: all, tuple, partial: false }
    }

    /// A sum over the members of a set, or over the pairs in it; `None` for other sums.
    pub fn sum_over_set(&mut self, level: u32, bounds: (ExprId, ExprId), body: ExprId) -> Option<Notation> {
        // A sum over pairs: the inner sum is over the same set, and nothing stands between them.
        if let Node::BigSum { level: inner, low, high, body } = *self.store.node(body)
            && let Some(masked) = self.masked(inner, (low, high), body)
            && self.runs_through(&masked, level, bounds)
        {
            return self.over(inner, (low, high), masked, &[level, inner]);
        }
        let masked = self.masked(level, bounds, body)?;
        self.over(level, bounds, masked, &[level])
    }

    fn over(&mut self, level: u32, (low, high): (ExprId, ExprId), masked: Masked, running: &[u32]) -> Option<Notation> {
        let below = self.store.indicator(masked.set)?;
        let runs = |id: &ExprId| matches!(self.store.node(*id), Node::Index(l) if running.contains(l));
        let partial = !masked.index.iter().skip(below).all(runs);
        let within = Within { partial, ..self.within(masked.set, &masked.index, below) };
        let parts = Box::new([self.part(low), self.part(high), self.part(masked.rest)]);
        Some(Notation::Big { level, bare: true, skip: None, set: Some(Box::new(within)), parts })
    }

    /// The indicator among the factors of a sum over all of its index.
    fn masked(&mut self, level: u32, bounds: (ExprId, ExprId), body: ExprId) -> Option<Masked> {
        let (coefficient, scalars, chain) = match self.store.node(body).clone() {
            Node::Member(..) => (Rational::ONE, vec![(body, ExprId::ONE)], Vec::new()),
            Node::Product { coefficient, scalars, chain } => (coefficient, scalars, chain),
            _ => return None,
        };
        let at = scalars.iter().position(|&(base, power)| {
            let Node::Member(set, index) = self.store.node(base) else { return false };
            let masked = Masked { set: *set, index: index.to_vec(), rest: body };
            power == ExprId::ONE && self.runs_through(&masked, level, bounds)
        })?;
        let Node::Member(set, index) = self.store.node(scalars[at].0).clone() else { return None };
        let mut rest: Vec<Power> = scalars;
        rest.remove(at);
        let rest = self.store.product(coefficient, &rest, &chain);
        Some(Masked { set, index: index.to_vec(), rest })
    }

    /// Whether a sum's index is one of those in the set, and runs over all that may be there.
    fn runs_through(&mut self, masked: &Masked, level: u32, (low, high): (ExprId, ExprId)) -> bool {
        let Some(below) = self.store.indicator(masked.set) else { return false };
        let is_index = |id: &ExprId| matches!(self.store.node(*id), Node::Index(l) if *l == level);
        let Some(at) = masked.index.iter().skip(below).position(is_index) else { return false };
        let range = self.store.symbol_info(masked.set).ranges.get(below + at).copied();
        low == ExprId::ONE && range.is_some_and(|range| self.store.size(range) == high)
    }
}
