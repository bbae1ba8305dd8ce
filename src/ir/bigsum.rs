//! Sums over an index: a binder that is canonical by height, with what does not depend on the index outside.

use super::{ExprId, Factor, Facts, Node, Power, Shape, Store};
use crate::base::Rational;

impl Store {
    /// A bound index that occurs nowhere yet, to be closed by [`Store::big_sum`].
    pub fn fresh_index(&mut self) -> ExprId {
        let level = self.fresh_number();
        self.intern(Node::Index(level), Shape::SCALAR, Facts::INTEGER)
    }

    /// Σ_{index=low}^{high} body, where `index` came from [`Store::fresh_index`] or [`Store::open_sum`].
    pub fn big_sum(&mut self, index: ExprId, low: ExprId, high: ExprId, body: ExprId) -> ExprId {
        let height = self.sum_height(body);
        let bound = self.intern(Node::Index(height), Shape::SCALAR, Facts::INTEGER);
        let body = self.substitute(body, &[(index, bound)]);
        self.big_sum_at(height, low, high, body)
    }

    /// The body of a sum with a fresh index in place of the bound one.
    pub fn open_sum(&mut self, level: u32, body: ExprId) -> (ExprId, ExprId) {
        let index = self.fresh_index();
        let bound = self.intern(Node::Index(level), Shape::SCALAR, Facts::INTEGER);
        let body = self.substitute(body, &[(bound, index)]);
        (index, body)
    }

    /// One more than the highest level bound inside.
    pub(super) fn sum_height(&self, body: ExprId) -> u32 {
        let mut height = 0;
        for id in self.reachable(&[body]) {
            if let Node::BigSum { level, .. } = self.node(id) {
                height = height.max(level + 1);
            }
        }
        height
    }

    /// Σ at a known level: constants, constant factors at both ends and zero come out.
    pub(super) fn big_sum_at(&mut self, level: u32, low: ExprId, high: ExprId, body: ExprId) -> ExprId {
        let shape = self.shape(body);
        if self.is_zero(body) {
            return body;
        }
        if shape.is_row() {
            let column = self.transpose(body);
            let column = self.big_sum_at(level, low, high, column);
            return self.transpose(column);
        }
        let count = self.count(low, high);
        if self.as_num(count).is_some_and(|n| n.is_zero() || n.is_negative()) {
            return self.zeros(shape);
        }
        let bound = self.intern(Node::Index(level), Shape::SCALAR, Facts::INTEGER);
        // At the lowest level there is no sum inside.
        let body = if level > 0 { self.with_counts(bound, low, high, body) } else { body };
        let depends = self.dependents(body, &[bound]);
        if !depends.contains(body) {
            let times = if self.may_be_empty(count) { self.ones_over(low, high) } else { count };
            return self.mul(&[times, body]);
        }
        if let Node::Product { coefficient, scalars, chain } = self.node(body).clone() {
            let varies = |id: ExprId| depends.contains(id);
            let power_varies = |&(b, e): &Power| varies(b) || varies(e);
            let factor_varies = |f: &Factor| varies(f.base) || varies(f.power);
            let (inside, outside): (Vec<Power>, Vec<Power>) = scalars.into_iter().partition(power_varies);
            let first = chain.iter().position(factor_varies).unwrap_or(0);
            let last = chain.iter().rposition(factor_varies).map_or(0, |at| at + 1);
            let keep_whole = shape.is_scalar() || chain.is_empty();
            let (first, last) = if keep_whole { (0, chain.len()) } else { (first, last) };
            if !coefficient.is_one() || !outside.is_empty() || last - first < chain.len() {
                let inner = self.product(Rational::ONE, &inside, &chain[first..last]);
                if self.shape(inner).is_scalar() || last > first {
                    let left = self.product(coefficient, &outside, &chain[..first]);
                    let right = self.product(Rational::ONE, &[], &chain[last..]);
                    let inner = self.big_sum_at(level, low, high, inner);
                    let mut factors = vec![left, inner];
                    if last < chain.len() {
                        factors.push(right);
                    }
                    return self.mul(&factors);
                }
            }
        }
        // What came out may have held the sums that this level was counted over.
        let height = self.sum_height(body);
        let (level, body) = if height < level {
            let lower = self.intern(Node::Index(height), Shape::SCALAR, Facts::INTEGER);
            (height, self.substitute(body, &[(bound, lower)]))
        } else {
            (level, body)
        };
        let facts = self.facts(body);
        let mut kept =
            Facts::SYMMETRIC | Facts::SKEW | Facts::LOWER | Facts::UPPER | Facts::SEMIDEFINITE | Facts::NONNEGATIVE | Facts::INTEGER;
        if self.is(count, Facts::POSITIVE) {
            kept |= Facts::DEFINITE | Facts::POSITIVE;
        }
        self.intern(Node::BigSum { level, low, high, body }, shape, facts & kept)
    }

    /// high − low + 1.
    fn count(&mut self, low: ExprId, high: ExprId) -> ExprId {
        self.sum(vec![(Rational::ONE, high), (Rational::from(-1), low), (Rational::ONE, ExprId::ONE)])
    }

    /// Σ 1, for a range of which it is not known that it has a first member: high − low + 1 may be less than nothing.
    fn ones_over(&mut self, low: ExprId, high: ExprId) -> ExprId {
        let facts = Facts::INTEGER | Facts::NONNEGATIVE;
        self.intern(Node::BigSum { level: 0, low, high, body: ExprId::ONE }, Shape::SCALAR, facts)
    }

    /// Whether a range of that many members may end before it begins: the index of a sum around it may take any value.
    fn may_be_empty(&self, count: ExprId) -> bool {
        let bound = self.reachable(&[count]).into_iter().any(|id| matches!(self.node(id), Node::Index(_)));
        bound || self.may_be_negative(count)
    }

    /// Whether a count may be negative. An index is taken to be 1 at least, and no more than a size that it is taken from;
    /// of sizes alone it is taken that they make sense.
    #[must_use]
    pub fn may_be_negative(&self, count: ExprId) -> bool {
        let is_index = |id: ExprId| matches!(self.node(id), Node::Index(_) | Node::Symbol(_));
        let varies = |t: ExprId| self.reachable(&[t]).into_iter().any(is_index);
        if !varies(count) {
            return false;
        }
        let mut least = Rational::ZERO;
        for (c, t) in self.linear(count) {
            let fits = t == ExprId::ONE || is_index(t) && (!c.is_negative() || c == Rational::from(-1)) || !c.is_negative() && !varies(t);
            if !fits {
                return true;
            }
            least = least.add(&c);
        }
        least.is_negative()
    }

    /// The body of a sum in which the counts of ranges that move with its index are numbers where none of them is negative.
    fn with_counts(&mut self, bound: ExprId, low: ExprId, high: ExprId, body: ExprId) -> ExprId {
        let mut known = Vec::new();
        for id in self.reachable(&[body]) {
            let Node::BigSum { low: first, high: last, body: ExprId::ONE, .. } = *self.node(id) else { continue };
            let count = self.count(first, last);
            let Some((slope, _)) = self.linear(count).into_iter().find(|t| t.1 == bound) else { continue };
            // A line that falls is lowest at the end, one that rises at the start.
            let least = self.substitute(count, &[(bound, if slope.is_negative() { high } else { low })]);
            if self.as_num(least).map_or_else(|| !self.may_be_empty(least), |n| !n.is_negative()) {
                known.push((id, count));
            }
        }
        if known.is_empty() { body } else { self.substitute(body, &known) }
    }

    /// A bound as the terms of a sum, with 1 for its constant.
    fn linear(&self, bound: ExprId) -> Vec<(Rational, ExprId)> {
        match self.node(bound) {
            Node::Num(r) => vec![(r.clone(), ExprId::ONE)],
            Node::Sum(terms) => terms.clone(),
            _ => vec![(Rational::ONE, bound)],
        }
    }

    /// Whether the bounds of a sum count with the index of another.
    #[must_use]
    pub fn moves(&self, low: ExprId, high: ExprId) -> bool {
        self.reachable(&[low, high]).into_iter().any(|id| matches!(self.node(id), Node::Index(_)))
    }

    /// Whether a range that ends at `high` and one that begins at `low` leave one value out between them.
    #[must_use]
    pub fn leaves_one_out(&self, high: ExprId, low: ExprId) -> bool {
        let mut gap = self.linear(low);
        for (c, t) in self.linear(high) {
            match gap.iter_mut().find(|(_, other)| *other == t) {
                Some((sum, _)) => *sum = sum.sub(&c),
                None => gap.push((c.neg(), t)),
            }
        }
        gap.retain(|(c, _)| !c.is_zero());
        gap == [(Rational::from(2), ExprId::ONE)]
    }

    /// Whether two sums are Σ_{low}^{k−1} f and Σ_{k+1}^{high} f: together the sum over all values but k.
    #[must_use]
    pub fn all_but_one(&self, before: ExprId, after: ExprId) -> bool {
        match (self.node(before), self.node(after)) {
            (Node::BigSum { level, high, body, .. }, Node::BigSum { level: other, low, body: same, .. }) => {
                level == other && body == same && self.leaves_one_out(*high, *low)
            }
            _ => false,
        }
    }
}
