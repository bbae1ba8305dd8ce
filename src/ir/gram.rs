//! Squares in disguise: which traces and inner products are ‖X‖².

use super::{ExprId, Node, Store};
use crate::base::Rational;

impl Store {
    /// The X of tr(XᵀX), in any rotation (or Xᵀ), or of xᵀx.
    pub fn gram(&mut self, id: ExprId) -> Option<ExprId> {
        let (chain, trace) = match self.node(id) {
            Node::Trace(a) => match self.node(*a) {
                Node::Product { chain, .. } => (chain.clone(), true),
                _ => return None,
            },
            Node::Product { coefficient, scalars, chain } if coefficient.is_one() && scalars.is_empty() && self.is_scalar(id) => {
                (chain.clone(), false)
            }
            _ => return None,
        };
        if chain.is_empty() || !chain.len().is_multiple_of(2) {
            return None;
        }
        let rotations = if trace { chain.len() } else { 1 };
        for k in 0..rotations {
            let rotated = [&chain[k..], &chain[..k]].concat();
            let (left, right) = rotated.split_at(chain.len() / 2);
            let (left, right) = (self.product(Rational::ONE, &[], left), self.product(Rational::ONE, &[], right));
            if self.transpose(left) == right {
                // ‖X‖ = ‖Xᵀ‖: the one with fewer transposes.
                return Some(if trace && self.flips(left) < self.flips(right) { left } else { right });
            }
        }
        None
    }

    /// How many factors of a product are transposed.
    fn flips(&self, id: ExprId) -> usize {
        match self.node(id) {
            Node::Product { chain, .. } => chain.iter().filter(|f| f.flipped).count(),
            _ => 0,
        }
    }
}
