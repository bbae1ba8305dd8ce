//! Products of several factors that mean one thing: squares in disguise, which traces and inner products are ‖X‖², and
//! products beside their own inverses, (XᵀX)⁻¹XᵀX.

use super::product::{Parts, SPLICED};
use super::{ExprId, Factor, Node, Store};
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

    /// P⁻¹P = I = P P⁻¹ at the end of a chain, where P is a product of several factors: its inverse is one factor, and it
    /// is not.
    pub(super) fn cancel_product(&mut self, parts: &mut Parts) {
        let Some(end) = parts.chain.len().checked_sub(1) else { return };
        if let Some(length) = self.inverted_product(parts.chain[end])
            && end >= length
            && self.is_inverted(parts.chain[end], &parts.chain[end - length..end])
        {
            let inverse = parts.chain[end];
            parts.chain.truncate(end - length);
            self.push_raised(parts, inverse);
            return;
        }
        for at in (end.saturating_sub(SPLICED)..end.saturating_sub(1)).rev() {
            if self.is_inverted(parts.chain[at], &parts.chain[at + 1..]) {
                let inverse = parts.chain[at];
                parts.chain.truncate(at);
                self.push_raised(parts, inverse);
                return;
            }
        }
    }

    /// A chain under a trace, rotated so that a product and its inverse meet: tr(X (XᵀX)⁻¹Xᵀ).
    pub(super) fn meeting(&mut self, chain: &[Factor]) -> Option<ExprId> {
        for at in 0..chain.len() {
            let Some(length) = self.inverted_product(chain[at]).filter(|&length| length < chain.len()) else { continue };
            let first: Vec<Factor> = chain[at..].iter().chain(&chain[..at]).copied().collect();
            let last: Vec<Factor> = chain[at + 1..].iter().chain(&chain[..=at]).copied().collect();
            for (rotated, whole) in [(&first, &first[1..=length]), (&last, &last[chain.len() - 1 - length..chain.len() - 1])] {
                if self.is_inverted(chain[at], whole) {
                    return Some(self.product(Rational::ONE, &[], rotated));
                }
            }
        }
        None
    }

    /// How many factors the product has of which this is a negative power.
    fn inverted_product(&self, f: Factor) -> Option<usize> {
        self.as_num(f.power).filter(|p| p.is_negative() && p.is_integer())?;
        match self.node(f.base) {
            Node::Product { coefficient, scalars, chain } if coefficient.is_one() && scalars.is_empty() && !f.flipped => Some(chain.len()),
            _ => None,
        }
    }

    /// Whether `f` is a negative power of the product of `whole`.
    fn is_inverted(&self, f: Factor, whole: &[Factor]) -> bool {
        self.inverted_product(f) == Some(whole.len()) && matches!(self.node(f.base), Node::Product { chain, .. } if chain == whole)
    }

    /// Multiplies `f` on with an exponent greater by one.
    fn push_raised(&mut self, parts: &mut Parts, f: Factor) {
        let power = self.add(&[f.power, ExprId::ONE]);
        self.push_factor(parts, Factor { power, ..f });
    }
}
