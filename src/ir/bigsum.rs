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
        let bound = self.intern(Node::Index(level), Shape::SCALAR, Facts::INTEGER);
        let depends = self.dependents(body, &[bound]);
        let count = self.sum(vec![(Rational::ONE, high), (Rational::from(-1), low), (Rational::ONE, ExprId::ONE)]);
        if !depends.contains(body) {
            return self.mul(&[count, body]);
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
}
