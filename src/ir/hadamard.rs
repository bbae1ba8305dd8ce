//! The normal form of an element-wise product: bases with exponents, sorted; numbers and scalars in front.

use super::{ExprId, Factor, Facts, Node, Power, Shape, Store};
use crate::base::Rational;

/// An element-wise product being put together.
struct Entries {
    coefficient: Rational,
    scalars: Vec<Power>,
    entries: Vec<Power>,
    zero: bool,
}

impl Store {
    /// `a ∘ b ∘ …`, all of one shape.
    pub fn hadamard(&mut self, factors: &[ExprId]) -> ExprId {
        let shape = factors.first().map_or(Shape::SCALAR, |&f| self.shape(f));
        let entries: Vec<Power> = factors.iter().map(|&f| (f, ExprId::ONE)).collect();
        self.hadamard_entries(Rational::ONE, &[], &entries, shape)
    }

    /// `a .^ p` for a scalar `p`.
    pub fn hadamard_power(&mut self, a: ExprId, p: ExprId) -> ExprId {
        let shape = self.shape(a);
        self.hadamard_entries(Rational::ONE, &[], &[(a, p)], shape)
    }

    /// Number · scalars · Π∘ bᵢ^eᵢ.
    pub fn hadamard_entries(&mut self, coefficient: Rational, scalars: &[Power], entries: &[Power], shape: Shape) -> ExprId {
        if shape.is_scalar() {
            let all: Vec<Power> = scalars.iter().chain(entries).copied().collect();
            return self.product(coefficient, &all, &[]);
        }
        if shape.is_row() {
            let turned: Vec<Power> = entries.iter().map(|&(b, e)| (self.transpose(b), e)).collect();
            let column = self.hadamard_entries(coefficient, scalars, &turned, shape.transposed());
            return self.transpose(column);
        }
        let mut all = Entries { coefficient, scalars: scalars.to_vec(), entries: Vec::new(), zero: false };
        for &(b, e) in entries {
            debug_assert_eq!(self.shape(b), shape, "factors of an element-wise product differ in shape");
            self.push_entry(&mut all, b, e);
        }
        if all.zero {
            return self.zeros(shape);
        }
        let bare = self.bare_hadamard(all.entries, shape);
        if all.coefficient.is_one() && all.scalars.is_empty() {
            return bare;
        }
        let front = self.product(all.coefficient, &all.scalars, &[]);
        self.mul(&[front, bare])
    }

    fn push_entry(&mut self, all: &mut Entries, base: ExprId, exponent: ExprId) {
        if exponent == ExprId::ZERO {
            return;
        }
        let one = exponent == ExprId::ONE;
        let base = self.even_power(base, exponent);
        match self.node(base) {
            Node::Ones(_) => return,
            Node::Zero(_) if self.is(exponent, Facts::POSITIVE) => {
                all.zero = true;
                return;
            }
            Node::Hadamard(inner)
                if one || self.is(exponent, Facts::INTEGER) || inner.iter().all(|&(b, _)| self.is(b, Facts::NONNEGATIVE)) =>
            {
                for (b, e) in inner.clone() {
                    let e = self.mul(&[e, exponent]);
                    self.push_entry(all, b, e);
                }
                return;
            }
            Node::Product { coefficient, scalars, chain } if !coefficient.is_one() || !scalars.is_empty() => {
                let (coefficient, scalars, chain) = (coefficient.clone(), scalars.clone(), chain.clone());
                let front = self.product(coefficient, &scalars, &[]);
                if one || self.is(exponent, Facts::INTEGER) || self.is(front, Facts::NONNEGATIVE) {
                    let bare = self.product(Rational::ONE, &[], &chain);
                    let front = self.power(front, exponent);
                    match self.node(front).clone() {
                        Node::Num(r) => all.coefficient = all.coefficient.mul(&r),
                        _ => all.scalars.push((front, ExprId::ONE)),
                    }
                    self.push_entry(all, bare, exponent);
                    return;
                }
            }
            // (A ∘ B)ᵀ is Aᵀ ∘ Bᵀ until all is there.
            Node::Product { coefficient, scalars, chain }
                if one
                    && coefficient.is_one()
                    && scalars.is_empty()
                    && matches!(chain[..], [Factor { base, flipped: true, power: ExprId::ONE }] if matches!(self.node(base), Node::Hadamard(_))) =>
            {
                if let Node::Hadamard(inner) = self.node(chain[0].base).clone() {
                    for (b, e) in inner {
                        let turned = self.transpose(b);
                        self.push_entry(all, turned, e);
                    }
                }
                return;
            }
            // 1 1ᵀ is the unit of the element-wise product.
            Node::Product { chain, .. } if self.all_ones(chain) => return,
            _ => {}
        }
        match all.entries.iter().position(|&(b, _)| b == base) {
            Some(at) => {
                let sum = self.add(&[all.entries[at].1, exponent]);
                if sum == ExprId::ZERO {
                    all.entries.remove(at);
                } else {
                    all.entries[at].1 = sum;
                }
            }
            None => all.entries.push((base, exponent)),
        }
    }

    fn all_ones(&self, chain: &[Factor]) -> bool {
        chain.len() == 2 && chain.iter().all(|f| matches!(self.node(f.base), Node::Ones(_)))
    }

    /// Entries without scalars, of a shape that is neither 1×1 nor a row.
    fn bare_hadamard(&mut self, mut entries: Vec<Power>, shape: Shape) -> ExprId {
        let written: Vec<ExprId> = entries.iter().map(|&(b, _)| b).collect();
        entries.sort_unstable();
        if entries.is_empty() {
            return self.ones(shape);
        }
        if let [(base, ExprId::ONE)] = entries[..] {
            return base;
        }
        if let Some(diagonal) = self.diagonal_entries(&entries) {
            return diagonal;
        }
        if let Some(turned) = self.turned_entries(&entries, shape) {
            return turned;
        }
        let mut facts =
            Facts::POSITIVE | Facts::NONNEGATIVE | Facts::BINARY | Facts::INTEGER | Facts::LOWER | Facts::UPPER | Facts::SYMMETRIC;
        for &(b, e) in &entries {
            let mut own = self.facts(b);
            if e != ExprId::ONE {
                let n = self.as_num(e).and_then(Rational::to_integer);
                if n.is_some_and(|n| n % 2 == 0) {
                    own |= Facts::NONNEGATIVE;
                }
                if n.is_none_or(|n| n < 0) {
                    own = own.without(Facts::BINARY | Facts::INTEGER | Facts::LOWER | Facts::UPPER);
                }
            }
            facts = facts & (own | (Facts::LOWER | Facts::UPPER) & facts & own);
        }
        let id = self.intern(Node::Hadamard(entries), shape, facts);
        if !written.is_sorted() {
            self.set_written(id, &written);
        }
        id
    }

    /// Diag(u) ∘ M and I ∘ M see the diagonal of M alone.
    fn diagonal_entries(&mut self, entries: &[Power]) -> Option<ExprId> {
        let is_diagonal = |s: &Self, e: ExprId| matches!(s.node(e), Node::Diag(_) | Node::Eye(_));
        if !entries.iter().any(|&(b, e)| is_diagonal(self, b) && self.is(e, Facts::POSITIVE))
            || entries.iter().any(|&(_, e)| !self.is(e, Facts::POSITIVE))
        {
            return None;
        }
        let columns: Vec<Power> = entries.iter().map(|&(b, e)| (self.diagonal(b), e)).collect();
        let shape = self.shape(columns[0].0);
        let column = self.hadamard_entries(Rational::ONE, &[], &columns, shape);
        Some(self.diag(column))
    }

    /// Aᵀ ∘ Bᵀ = (A ∘ B)ᵀ where every base is a plain transpose (or symmetric beside one).
    fn turned_entries(&mut self, entries: &[Power], shape: Shape) -> Option<ExprId> {
        let plain_flip = |s: &Self, e: ExprId| {
            matches!(s.node(e), Node::Product { coefficient, scalars, chain }
                if coefficient.is_one() && scalars.is_empty() && matches!(chain[..], [Factor { flipped: true, power: ExprId::ONE, .. }]))
        };
        if shape.is_column() || !entries.iter().any(|&(b, _)| plain_flip(self, b)) {
            return None;
        }
        if !entries.iter().all(|&(b, _)| plain_flip(self, b) || self.is(b, Facts::SYMMETRIC)) {
            return None;
        }
        let turned: Vec<Power> = entries.iter().map(|&(b, e)| (self.transpose(b), e)).collect();
        let turned = self.hadamard_entries(Rational::ONE, &[], &turned, shape.transposed());
        Some(self.transpose(turned))
    }
}
