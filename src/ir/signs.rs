//! Signs in normal form: (y − x)(y − x)ᵀ is (x − y)(x − y)ᵀ, and a skew matrix is never transposed.

use super::{ExprId, Factor, Facts, Node, Store};
use crate::base::Rational;

impl Store {
    /// The one of a sum and its negative that was there first, where that is the negative. An even number of both in a
    /// product is written with that one.
    fn older_negative(&self, sum: ExprId) -> Option<ExprId> {
        let Node::Sum(terms) = self.node(sum) else { return None };
        let negative = Node::Sum(terms.iter().map(|(c, t)| (c.neg(), *t)).collect());
        let at = self.nodes.get_index_of(&negative)?;
        let older = ExprId(u32::try_from(at).ok()?);
        (older < sum).then_some(older)
    }

    /// The argument of an even function, f(y − x) = f(x − y): where the negative of a sum was there first, that.
    #[must_use]
    pub fn even_argument(&self, x: ExprId) -> ExprId {
        self.older_negative(x).unwrap_or(x)
    }

    /// A base with an exponent: (y − x)² is (x − y)².
    pub(super) fn even_power(&self, base: ExprId, exponent: ExprId) -> ExprId {
        let even = || self.as_num(exponent).and_then(Rational::to_integer).is_some_and(|n| n % 2 == 0);
        match self.node(base) {
            Node::Sum(_) if even() => self.even_argument(base),
            _ => base,
        }
    }

    /// Writes differences that stand in a product an even number of times, with whatever sign, with the one that was
    /// there first; whether the product changes its sign.
    pub(super) fn align_signs(&self, chain: &mut [Factor]) -> bool {
        let is_sum = |f: &Factor| f.power == ExprId::ONE && matches!(self.node(f.base), Node::Sum(_));
        if chain.len() < 2 || chain.iter().filter(|f| is_sum(f)).count() < 2 {
            return false;
        }
        let mut negative = false;
        for at in 0..chain.len() {
            if !is_sum(&chain[at]) {
                continue;
            }
            let Some(older) = self.older_negative(chain[at].base) else { continue };
            let newer = chain[at].base;
            let all = chain.iter().filter(|f| is_sum(f) && (f.base == newer || f.base == older)).count();
            if all % 2 == 0 {
                for f in chain.iter_mut().filter(|f| f.power == ExprId::ONE && f.base == newer) {
                    f.base = older;
                    negative = !negative;
                }
            }
        }
        negative
    }

    /// Whether a factor changes its sign when it is transposed.
    fn is_skew(&self, f: Factor) -> bool {
        let odd = || self.as_num(f.power).and_then(Rational::to_integer).is_some_and(|n| n % 2 != 0);
        self.is(f.base, Facts::SKEW) && !self.is(f.base, Facts::SYMMETRIC) && odd()
    }

    /// The factors of the transpose of a chain with skew matrices as they are, and whether the sign changes for them.
    pub(super) fn turned_signed(&self, chain: &[Factor]) -> (Vec<Factor>, bool) {
        let mut negative = false;
        let mut turned = self.turned_chain(chain);
        for f in &mut turned {
            if self.is_skew(*f) {
                f.flipped = !f.flipped;
                negative = !negative;
            }
        }
        (turned, negative)
    }

    /// A skew factor without its transpose, and whether that changes the sign.
    pub(super) fn unflip_skew(&self, f: Factor) -> (Factor, bool) {
        if f.flipped && self.is_skew(f) { (Factor { flipped: false, ..f }, true) } else { (f, false) }
    }
}
