//! The normal form of a sum: sorted, like terms merged, no coefficient inside a term.

use super::{ExprId, Factor, Facts, Node, Shape, Store};
use crate::base::Rational;
use smallvec::SmallVec;

/// The longest sum that is spliced into a sum around it. A longer one stays a term of its own, so that
/// y₁ = y₀ + f₀, y₂ = y₁ + f₁, … costs a constant for each step.
const SPLICED: usize = 16;

/// How many terms are looked through for repetitions before they are taken apart.
const FEW: usize = 8;

/// (a + b) + (a + b) is 2 (a + b), not 2 a + 2 b: repeated terms meet before sums are spliced.
fn repeated_together(terms: Vec<(Rational, ExprId)>) -> Vec<(Rational, ExprId)> {
    let repeats = |at: usize| terms[..at].iter().any(|(_, t)| *t == terms[at].1);
    if terms.len() > FEW || !(1..terms.len()).any(repeats) {
        return terms;
    }
    let mut together: Vec<(Rational, ExprId)> = Vec::with_capacity(terms.len());
    for (c, t) in terms {
        match together.iter_mut().find(|(_, s)| *s == t) {
            Some((k, _)) => *k = k.add(&c),
            None => together.push((c, t)),
        }
    }
    together
}

impl Store {
    /// `a + b + …`, all of one shape.
    pub fn add(&mut self, terms: &[ExprId]) -> ExprId {
        if let [a, b] = *terms
            && let (Some(a), Some(b)) = (self.as_num(a), self.as_num(b))
        {
            return self.num(a.add(b));
        }
        let shape = terms.first().map_or(Shape::SCALAR, |&t| self.shape(t));
        let sum = terms.iter().map(|&t| (Rational::ONE, t)).collect();
        self.sum_shaped(sum, shape)
    }

    /// `a − b`.
    pub fn sub(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.sum(vec![(Rational::ONE, a), (Rational::from(-1), b)])
    }

    /// Σ cᵢ tᵢ, all terms of one shape; the empty sum is the scalar 0.
    pub fn sum(&mut self, terms: Vec<(Rational, ExprId)>) -> ExprId {
        let shape = terms.first().map_or(Shape::SCALAR, |&(_, t)| self.shape(t));
        self.sum_shaped(terms, shape)
    }

    fn sum_shaped(&mut self, terms: Vec<(Rational, ExprId)>, shape: Shape) -> ExprId {
        if shape.is_row() && terms.len() > 1 {
            // A row is the transpose of a column: one form for both.
            let columns = terms.into_iter().map(|(c, t)| (c, self.transpose(t))).collect();
            let column = self.sum_shaped(columns, shape.transposed());
            return self.transpose(column);
        }
        let mut flat: Vec<(Rational, ExprId)> = Vec::with_capacity(terms.len());
        for (c, t) in repeated_together(terms) {
            debug_assert_eq!(self.shape(t), shape, "terms of a sum differ in shape");
            self.push_term(&mut flat, c, t);
        }
        // Like terms meet by sorting; the first place of each keeps the reader's order.
        let mut sorted: SmallVec<[(ExprId, usize); SPLICED]> = flat.iter().enumerate().map(|(at, &(_, t))| (t, at)).collect();
        sorted.sort_unstable();
        let mut terms: Vec<(Rational, ExprId)> = Vec::with_capacity(sorted.len());
        let mut order: SmallVec<[(usize, ExprId); SPLICED]> = SmallVec::new();
        for like in sorted.chunk_by(|a, b| a.0 == b.0) {
            let (term, first) = like[0];
            let c = like[1..].iter().fold(flat[first].0.clone(), |c, &(_, at)| c.add(&flat[at].0));
            if !c.is_zero() {
                terms.push((c, term));
                order.push((first, term));
            }
        }
        match terms.as_slice() {
            [] => return self.zeros(shape),
            [(c, t)] => return self.scale(c, *t),
            _ => {}
        }
        let known = self.len();
        let id = self.intern_new(Node::Sum(terms), shape, |store, node| match node {
            Node::Sum(terms) => store.sum_facts(terms, shape),
            _ => Facts::NONE,
        });
        // The first to write it decides, also where its order is that of the ids.
        if self.len() > known && !order.is_sorted() {
            order.sort_unstable();
            let order: Vec<ExprId> = order.into_iter().map(|(_, t)| t).collect();
            self.set_written(id, &order);
        }
        id
    }

    /// Adds `c · t` to a flat list: zeros vanish, coefficients move in front, sums with sign ±1 are spliced.
    fn push_term(&mut self, flat: &mut Vec<(Rational, ExprId)>, c: Rational, t: ExprId) {
        if c.is_zero() || self.is_zero(t) {
            return;
        }
        match self.node(t) {
            Node::Num(r) => flat.push((c.mul(r), ExprId::ONE)),
            Node::Sum(inner) if c.abs().is_one() && inner.len() <= SPLICED => {
                let inner = inner.iter().map(|(k, s)| (c.mul(k), *s)).collect();
                flat.extend(self.as_written(t, inner, |s| s.1));
            }
            Node::Product { coefficient, scalars, chain }
                if c.abs().is_one()
                    && coefficient.is_one()
                    && scalars.is_empty()
                    && matches!(chain[..], [Factor { base, flipped: true, power: ExprId::ONE }] if self.is_partly_symmetric(base)) =>
            {
                // (S + A)ᵀ + … is S + Aᵀ + …, where S may meet others.
                let base = chain[0].base;
                for (k, s) in self.few_terms(base, SPLICED).unwrap_or_default() {
                    let turned = self.transpose(s);
                    self.push_term(flat, c.mul(&k), turned);
                }
            }
            Node::Product { coefficient, .. } if !coefficient.is_one() => {
                let (coefficient, bare) = (coefficient.clone(), self.bare(t));
                self.push_term(flat, c.mul(&coefficient), bare);
            }
            _ => flat.push((c, t)),
        }
    }

    /// Whether some terms of a sum that is not long are symmetric.
    fn is_partly_symmetric(&self, id: ExprId) -> bool {
        matches!(self.node(id), Node::Sum(terms) if terms.len() <= SPLICED && terms.iter().any(|&(_, t)| self.is(t, Facts::SYMMETRIC)))
    }

    /// The product without its number.
    pub fn bare(&mut self, id: ExprId) -> ExprId {
        match self.node(id) {
            Node::Product { coefficient, .. } if !coefficient.is_one() => {
                let inverse = coefficient.recip().unwrap_or(Rational::ONE);
                self.scale(&inverse, id)
            }
            _ => id,
        }
    }

    /// The number in front of an expression and the rest.
    pub fn split_number(&mut self, id: ExprId) -> (Rational, ExprId) {
        match self.node(id) {
            Node::Num(r) => (r.clone(), ExprId::ONE),
            Node::Product { coefficient, .. } if !coefficient.is_one() => (coefficient.clone(), self.bare(id)),
            _ => (Rational::ONE, id),
        }
    }

    fn sum_facts(&mut self, terms: &[(Rational, ExprId)], shape: Shape) -> Facts {
        let mut all =
            Facts::SYMMETRIC | Facts::SKEW | Facts::LOWER | Facts::UPPER | Facts::SEMIDEFINITE | Facts::NONNEGATIVE | Facts::INTEGER;
        let (mut definite, mut positive) = (false, false);
        for (c, t) in terms {
            let mut facts = self.facts(*t);
            if c.is_negative() {
                facts = facts.without(Facts::SEMIDEFINITE | Facts::DEFINITE | Facts::NONNEGATIVE | Facts::POSITIVE);
            }
            if !c.is_integer() {
                facts = facts.without(Facts::INTEGER);
            }
            definite |= facts.has(Facts::DEFINITE);
            positive |= facts.has(Facts::POSITIVE);
            all = all & facts;
        }
        if all.has(Facts::SEMIDEFINITE) && definite {
            all |= Facts::DEFINITE;
        }
        if all.has(Facts::NONNEGATIVE) && positive {
            all |= Facts::POSITIVE;
        }
        if shape.is_square() && !all.has(Facts::SYMMETRIC) && terms.len() <= 16 && self.pairs_with_transposes(terms) {
            all |= Facts::SYMMETRIC;
        }
        all
    }

    /// Whether every term's transpose is there with the same coefficient (A + Aᵀ).
    fn pairs_with_transposes(&mut self, terms: &[(Rational, ExprId)]) -> bool {
        let terms = terms.to_vec();
        terms.iter().all(|(c, t)| {
            let flipped = self.transpose(*t);
            let (k, flipped) = self.split_number(flipped);
            terms.iter().any(|(d, s)| *s == flipped && *d == c.mul(&k))
        })
    }
}
