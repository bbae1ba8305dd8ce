//! What neighbours in a chain do to each other, transposes, powers, and the canonical form of a chain that is a scalar.

use super::{DimId, ExprId, Factor, Facts, Node, Power, Shape, Store};
use crate::base::Rational;

/// Powers of products are written out up to this number of factors.
const WRITTEN_OUT: usize = 12;

impl Store {
    /// The product of two neighbours where it is one factor (or vanishes): powers of one base, Q Qᵀ, diagonals,
    /// a diagonal times a column, mixed Kronecker products.
    pub(super) fn merge(&mut self, a: Factor, b: Factor) -> Option<ExprId> {
        if a.base == b.base && a.flipped == b.flipped && self.shape(a.base).is_square() {
            let power = self.add(&[a.power, b.power]);
            return Some(self.factor(Factor { power, ..a }));
        }
        if a.base == b.base
            && a.power == b.power
            && a.power == ExprId::ONE
            && self.is(a.base, Facts::ORTHOGONAL)
            && self.shape(a.base).is_square()
        {
            let dim = self.shape(a.base).rows;
            return Some(self.eye(dim));
        }
        if a.power != ExprId::ONE || b.power != ExprId::ONE {
            return None;
        }
        match (self.node(a.base), self.node(b.base)) {
            (&Node::Diag(u), &Node::Diag(v)) => {
                let w = self.hadamard(&[u, v]);
                Some(self.diag(w))
            }
            (&Node::Diag(u), _) if self.factor_shape(b).is_column() && !b.flipped => Some(self.hadamard(&[u, b.base])),
            (_, &Node::Diag(v)) if self.factor_shape(a).is_row() && a.flipped => {
                let w = self.hadamard(&[a.base, v]);
                Some(self.transpose(w))
            }
            (Node::Kron(u), Node::Kron(v)) if u.len() == v.len() && !a.flipped && !b.flipped => {
                let pairs: Vec<(ExprId, ExprId)> = u.iter().copied().zip(v.iter().copied()).collect();
                if pairs.iter().any(|&(x, y)| self.shape(x).cols != self.shape(y).rows) {
                    return None;
                }
                let factors: Vec<ExprId> = pairs.into_iter().map(|(x, y)| self.mul(&[x, y])).collect();
                Some(self.kron(&factors))
            }
            _ => None,
        }
    }

    /// Aᵀ.
    pub fn transpose(&mut self, a: ExprId) -> ExprId {
        let shape = self.shape(a);
        if self.is(a, Facts::SYMMETRIC) {
            return a;
        }
        if self.is(a, Facts::SKEW) {
            return self.neg(a);
        }
        match self.node(a) {
            Node::Product { coefficient, scalars, chain } => {
                if let Some(&known) = self.turned.get(&a) {
                    return known;
                }
                let (coefficient, scalars) = (coefficient.clone(), scalars.clone());
                let chain: Vec<Factor> = chain.iter().rev().map(|&f| Factor { flipped: !f.flipped, ..f }).collect();
                let turned = self.product(coefficient, &scalars, &chain);
                self.turned.insert(a, turned);
                self.turned.insert(turned, a);
                turned
            }
            Node::Zero(s) => {
                let turned = s.transposed();
                self.zeros(turned)
            }
            Node::Kron(parts) => {
                let parts: Vec<ExprId> = parts.clone().into_iter().map(|p| self.transpose(p)).collect();
                self.kron(&parts)
            }
            &Node::BigSum { level, low, high, body } if !shape.is_column() => {
                let body = self.transpose(body);
                self.big_sum_at(level, low, high, body)
            }
            _ => self.intern_product(
                Rational::ONE,
                Vec::new(),
                vec![Factor { base: a, flipped: true, power: ExprId::ONE }],
                shape.transposed(),
            ),
        }
    }

    /// The inverse of a square matrix or a scalar.
    pub fn inverse(&mut self, a: ExprId) -> ExprId {
        self.power(a, ExprId::MINUS_ONE)
    }

    /// `a^p` for a scalar or a square matrix; `p` is a scalar expression.
    pub fn power(&mut self, a: ExprId, p: ExprId) -> ExprId {
        let shape = self.shape(a);
        if shape.is_scalar() {
            if a == ExprId::ZERO && self.is(p, Facts::POSITIVE) {
                return ExprId::ZERO;
            }
            return self.product(Rational::ONE, &[(a, p)], &[]);
        }
        debug_assert!(shape.is_square(), "a power of a matrix that is not square");
        if p == ExprId::ZERO {
            return self.eye(shape.rows);
        }
        if self.is_zero(a) && self.is(p, Facts::POSITIVE) {
            return a;
        }
        self.factor(Factor { base: a, flipped: false, power: p })
    }

    /// The value of a factor with a flip or a power where that is another normal form: products, diagonals,
    /// Kronecker products, zeros.
    pub(super) fn closed_factor(&mut self, base: ExprId, flipped: bool, power: ExprId) -> Option<ExprId> {
        match self.node(base) {
            Node::Product { .. } | Node::Zero(_) | Node::Kron(_) | Node::BigSum { .. } if flipped && !self.is_column_sum(base) => {
                let turned = self.transpose(base);
                Some(self.power_or_self(turned, power))
            }
            Node::Product { coefficient, scalars, chain } => {
                let (coefficient, scalars, chain) = (coefficient.clone(), scalars.clone(), chain.clone());
                self.product_power(base, &coefficient, &scalars, &chain, power)
            }
            &Node::Diag(v) => {
                let entries = self.hadamard_power(v, power);
                Some(self.diag(entries))
            }
            Node::Kron(parts) if self.is(power, Facts::INTEGER) && parts.iter().all(|&p| self.shape(p).is_square()) => {
                let parts: Vec<ExprId> = parts.clone().into_iter().map(|p| self.power(p, power)).collect();
                Some(self.kron(&parts))
            }
            // (I + Aᵀ)⁻¹ = (I + A)⁻ᵀ: of a sum and its transpose the one with fewer transposes in it.
            Node::Sum(terms) if power != ExprId::ONE => {
                let (plain, turned) = self.turns(terms);
                if turned <= plain {
                    return None;
                }
                let terms = self.as_written(base, terms.clone(), |t| t.1);
                let terms = terms.into_iter().map(|(c, t)| (c, self.transpose(t))).collect();
                let base = self.sum(terms);
                Some(self.factor(Factor { base, flipped: !flipped, power }))
            }
            _ => None,
        }
    }

    /// How many factors of the terms stand as they are, and how many transposed, of those that a transpose changes.
    fn turns(&self, terms: &[(Rational, ExprId)]) -> (usize, usize) {
        let fixed = |id: ExprId| {
            self.is(id, Facts::SYMMETRIC) || self.is(id, Facts::SKEW) || matches!(self.node(id), Node::Kron(_) | Node::BigSum { .. })
        };
        let (mut plain, mut turned) = (0, 0);
        for &(_, t) in terms {
            match self.node(t) {
                Node::Product { chain, .. } => {
                    for f in chain.iter().filter(|f| !fixed(f.base)) {
                        if f.flipped {
                            turned += 1;
                        } else {
                            plain += 1;
                        }
                    }
                }
                _ => plain += usize::from(!fixed(t)),
            }
        }
        (plain, turned)
    }

    fn is_column_sum(&self, id: ExprId) -> bool {
        matches!(self.node(id), Node::BigSum { .. }) && self.shape(id).is_column()
    }

    fn power_or_self(&mut self, a: ExprId, power: ExprId) -> ExprId {
        if power == ExprId::ONE { a } else { self.power(a, power) }
    }

    fn product_power(
        &mut self,
        base: ExprId,
        coefficient: &Rational,
        scalars: &[Power],
        chain: &[Factor],
        power: ExprId,
    ) -> Option<ExprId> {
        if power == ExprId::ONE {
            return Some(base);
        }
        let integer = self.is(power, Facts::INTEGER);
        if !coefficient.is_one() || !scalars.is_empty() {
            let bare = self.product(Rational::ONE, &[], chain);
            let front = self.product(coefficient.clone(), scalars, &[]);
            if !integer && !self.is(front, Facts::NONNEGATIVE) {
                return None;
            }
            let (front, bare) = (self.power(front, power), self.power(bare, power));
            return Some(self.mul(&[front, bare]));
        }
        if let [f] = *chain {
            let whole = self.is(f.power, Facts::INTEGER) || self.is(f.base, Facts::SEMIDEFINITE);
            if integer && whole || self.is(f.base, Facts::DEFINITE) {
                let power = self.mul(&[f.power, power]);
                return Some(self.factor(Factor { power, ..f }));
            }
            return None;
        }
        // (A B)² = A B A B: a short power is written out, so that both are one.
        if let Some(n) = self.as_num(power).and_then(Rational::to_integer).and_then(|n| usize::try_from(n).ok())
            && n >= 2
            && n * chain.len() <= WRITTEN_OUT
        {
            let all: Vec<Factor> = std::iter::repeat_n(chain, n).flatten().copied().collect();
            return Some(self.product(Rational::ONE, &[], &all));
        }
        // inv(AB) = inv(B) inv(A) when every factor is square by its shape.
        let square = chain.iter().all(|f| self.shape(f.base).is_square());
        if power == ExprId::MINUS_ONE && square {
            let mut inverted = Vec::with_capacity(chain.len());
            for f in chain.iter().rev() {
                inverted.push(Factor { power: self.mul(&[ExprId::MINUS_ONE, f.power]), ..*f });
            }
            return Some(self.product(Rational::ONE, &[], &inverted));
        }
        if let Some(n) = self.as_num(power).and_then(Rational::to_integer)
            && n < -1
            && square
        {
            let inverse = self.inverse(base);
            let n = self.int(-n);
            return Some(self.power(inverse, n));
        }
        None
    }

    /// A chain that is 1×1 with no scalar inside, in canonical form.
    pub(super) fn scalar_chain(&mut self, chain: Vec<Factor>) -> ExprId {
        if let Some(value) = self.short_inner(&chain) {
            return value;
        }
        let mut chain = chain;
        let mut negative = self.align_signs(&mut chain);
        let (flipped, turned) = self.turned_signed(&chain);
        if turned && flipped == chain {
            return ExprId::ZERO;
        }
        if self.chain_key(&flipped) < self.chain_key(&chain) {
            chain = flipped;
            negative ^= turned;
        }
        let value = self.intern_product(Rational::ONE, Vec::new(), chain, Shape::SCALAR);
        if negative { self.neg(value) } else { value }
    }

    /// What decides between a chain and its transpose: fewer transposes of matrices, then the earlier names first.
    fn chain_key(&self, chain: &[Factor]) -> (usize, Vec<Factor>) {
        let flips = chain.iter().filter(|f| f.flipped && !self.shape(f.base).is_column()).count();
        (flips, chain.to_vec())
    }

    /// uᵀv where one end is an element-wise product: one form for xᵀ(y∘z), yᵀ(x∘z), (x∘y)ᵀz.
    fn short_inner(&mut self, chain: &[Factor]) -> Option<ExprId> {
        let (&first, &last) = (chain.first()?, chain.last()?);
        let column = |s: &Self, f: Factor| s.shape(f.base).is_column();
        if chain.len() < 2 || !column(self, first) || !column(self, last) || !first.flipped || last.flipped {
            return None;
        }
        if chain.len() == 2 {
            if let (Node::Vec(a), Node::Vec(b)) = (self.node(first.base).clone(), self.node(last.base).clone())
                && self.shape(a) == self.shape(b)
            {
                return Some(self.inner(a, b));
            }
            if first.base == last.base && self.is(first.base, Facts::BINARY | Facts::SUMS_TO_ONE) {
                return Some(ExprId::ONE);
            }
            if let (Node::Basis(i, _), Node::Basis(j, _)) = (self.node(first.base), self.node(last.base)) {
                let (i, j) = (*i, *j);
                if i == j {
                    return Some(ExprId::ONE);
                }
                if self.as_num(i).is_some() && self.as_num(j).is_some() {
                    return Some(ExprId::ZERO);
                }
            }
        }
        let is_hadamard = |s: &Self, f: Factor| matches!(s.node(f.base), Node::Hadamard(_));
        let is_ones = |s: &Self, f: Factor| matches!(s.node(f.base), Node::Ones(_));
        let rich = |s: &Self, f: Factor| is_hadamard(s, f) || is_ones(s, f);
        match (chain.len() == 2, rich(self, first), rich(self, last)) {
            (_, false, false) => return None,
            (false, true, true) => return None,
            (false, true, false) if is_ones(self, first) => return None,
            (false, false, true) if is_ones(self, last) => return None,
            _ => {}
        }
        // Gather the entries of the element-wise product whose sum this is.
        let (left, right) = if rich(self, last) || chain.len() == 2 {
            let body = self.product(Rational::ONE, &[], &chain[..chain.len() - 1]);
            (self.transpose(body), last.base)
        } else {
            (self.product(Rational::ONE, &[], &chain[1..]), first.base)
        };
        let all = self.hadamard(&[left, right]);
        Some(self.sum_entries(all))
    }

    /// 1ᵀv of a column: the canonical inner product for its entries.
    fn sum_entries(&mut self, v: ExprId) -> ExprId {
        let dim = self.shape(v).rows;
        match self.node(v).clone() {
            Node::Zero(_) => ExprId::ZERO,
            Node::Ones(_) => self.size(dim),
            Node::Product { coefficient, scalars, chain } if !coefficient.is_one() || !scalars.is_empty() => {
                let front = self.product(coefficient, &scalars, &[]);
                let rest = self.product(Rational::ONE, &[], &chain);
                let rest = self.sum_entries(rest);
                self.mul(&[front, rest])
            }
            Node::Hadamard(entries) => {
                let single = |&(at, &(_, p)): &(usize, &Power)| p == ExprId::ONE && at < entries.len();
                let products: Vec<usize> = entries
                    .iter()
                    .enumerate()
                    .filter(|(_, e)| e.1 == ExprId::ONE && matches!(self.node(e.0), Node::Product { .. }))
                    .map(|(at, _)| at)
                    .collect();
                let pick = match products[..] {
                    [one] => Some(one),
                    _ => entries.iter().enumerate().find(single).map(|(at, _)| at),
                };
                let left = if let Some(at) = pick {
                    let rest: Vec<Power> = entries.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, &e)| e).collect();
                    let rest = self.hadamard_entries(Rational::ONE, &[], &rest, Shape::column(dim));
                    (entries[at].0, rest)
                } else if let [(base, p)] = entries[..]
                    && let Some(half) = self.as_num(p).and_then(Rational::to_integer).filter(|n| *n == 2)
                {
                    debug_assert_eq!(half, 2);
                    (base, base)
                } else {
                    let ones = self.ones(Shape::column(dim));
                    (ones, v)
                };
                self.inner_chain(left.0, left.1)
            }
            _ if self.is(v, Facts::SUMS_TO_ONE) => ExprId::ONE,
            _ if self.is(v, Facts::SUMS_TO_ZERO) => ExprId::ZERO,
            _ => {
                let ones = self.ones(Shape::column(dim));
                self.inner_chain(ones, v)
            }
        }
    }

    /// uᵀv as a chain, without looking for element-wise products again.
    fn inner_chain(&mut self, u: ExprId, v: ExprId) -> ExprId {
        let as_chain = |s: &Self, e: ExprId| match s.node(e) {
            Node::Product { coefficient, scalars, chain } if coefficient.is_one() && scalars.is_empty() => chain.clone(),
            _ => vec![Factor { base: e, flipped: false, power: ExprId::ONE }],
        };
        let (left, right) = (as_chain(self, u), as_chain(self, v));
        let turn = |s: &Self, f: Factor| Factor { flipped: !f.flipped && !s.is(f.base, Facts::SYMMETRIC), ..f };
        let mut chain: Vec<Factor> = left.iter().rev().map(|&f| turn(self, f)).collect();
        // Where the two meet, powers of one base may merge (xᵀA·A y).
        if let (Some(&a), Some(&b)) = (chain.last(), right.first())
            && let Some(merged) = self.merge(a, b)
        {
            chain.pop();
            let mut parts = super::product::Parts { chain, ..Default::default() };
            self.push_expr(&mut parts, merged);
            for &f in &right[1..] {
                self.push_factor(&mut parts, f);
            }
            return self.finish(parts, Shape::SCALAR);
        }
        chain.extend(right);
        let mut negative = self.align_signs(&mut chain);
        let (flipped, turned) = self.turned_signed(&chain);
        if turned && flipped == chain {
            return ExprId::ZERO;
        }
        let ones_first = |s: &Self, c: &[Factor]| !matches!(c.first().map(|f| s.node(f.base)), Some(Node::Ones(_)));
        let key = |s: &Self, c: &[Factor]| (ones_first(s, c), s.chain_key(c));
        if key(self, &flipped) < key(self, &chain) {
            chain = flipped;
            negative ^= turned;
        }
        debug_assert!(chain.first().is_some_and(|f| self.factor_shape(*f).rows == DimId::ONE));
        let value = self.intern_product(Rational::ONE, Vec::new(), chain, Shape::SCALAR);
        if negative { self.neg(value) } else { value }
    }
}
