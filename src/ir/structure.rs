//! Traces, Kronecker products, diagonals and vec: the constructors beside sums and products.

use super::{DimId, ExprId, Factor, Facts, Fun, Node, Shape, Store};
use crate::base::Rational;

/// The longest sum that is searched for terms that are transposes of each other.
const PAIRED: usize = 16;

impl Store {
    /// The column-wise Kronecker product (P ⊗ 1) ∘ (1 ⊗ Q) of Khatri and Rao (1968), or the row-wise one,
    /// (P ⊗ 1ᵀ) ∘ (1ᵀ ⊗ Q).
    pub fn khatri_rao(&mut self, rows: bool, p: ExprId, q: ExprId) -> ExprId {
        let (s, t) = (self.shape(p), self.shape(q));
        let long = |dim: DimId| if rows { Shape::new(DimId::ONE, dim) } else { Shape::column(dim) };
        let (behind, before) = if rows { (t.cols, s.cols) } else { (t.rows, s.rows) };
        let (behind, before) = (self.ones(long(behind)), self.ones(long(before)));
        let (outer, inner) = (self.kron(&[p, behind]), self.kron(&[before, q]));
        self.hadamard(&[outer, inner])
    }

    /// tr(A) of a square matrix.
    pub fn trace(&mut self, a: ExprId) -> ExprId {
        let shape = self.shape(a);
        if shape.is_scalar() {
            return a;
        }
        debug_assert!(shape.is_square(), "trace of a matrix that is not square");
        match self.node(a).clone() {
            Node::Eye(dim) => self.size(dim),
            Node::Zero(_) => ExprId::ZERO,
            Node::Diag(v) => {
                let ones = self.ones(self.shape(v));
                self.inner(ones, v)
            }
            Node::Kron(parts) if parts.iter().all(|&p| self.shape(p).is_square()) => {
                let traces: Vec<ExprId> = parts.into_iter().map(|p| self.trace(p)).collect();
                self.mul(&traces)
            }
            Node::Product { coefficient, scalars, chain } => {
                let front = self.product(coefficient, &scalars, &[]);
                let trace = self.trace_chain(&chain);
                self.mul(&[front, trace])
            }
            _ => self.intern_trace(a),
        }
    }

    fn intern_trace(&mut self, a: ExprId) -> ExprId {
        let facts = self.facts(a);
        if facts.has(Facts::SKEW) {
            return ExprId::ZERO;
        }
        let mut own = Facts::NONE;
        if facts.has(Facts::SEMIDEFINITE) || facts.has(Facts::NONNEGATIVE) {
            own |= Facts::NONNEGATIVE;
        }
        if facts.has(Facts::DEFINITE) {
            own |= Facts::POSITIVE;
        }
        self.intern(Node::Trace(a), Shape::SCALAR, own)
    }

    fn trace_chain(&mut self, chain: &[Factor]) -> ExprId {
        if let Some(at) = chain.iter().position(|&f| self.factor_shape(f).rows == DimId::ONE) {
            // Cut at a place that is one wide: the trace of an outer product is an inner product.
            let rotated: Vec<Factor> = chain[at..].iter().chain(&chain[..at]).copied().collect();
            return self.product(Rational::ONE, &[], &rotated);
        }
        if let [f] = *chain {
            let inner = self.factor(Factor { flipped: false, ..f });
            return match self.node(inner) {
                Node::Product { chain, .. } if chain.len() == 1 => self.intern_trace(inner),
                Node::Product { .. } | Node::Eye(_) | Node::Diag(_) | Node::Zero(_) => self.trace(inner),
                _ => self.intern_trace(inner),
            };
        }
        // Neighbours across the cut may merge: tr(A X A⁻¹).
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        if let Some(merged) = self.merge(last, first) {
            let middle = self.product(Rational::ONE, &[], &chain[1..chain.len() - 1]);
            let rest = self.mul(&[merged, middle]);
            return self.trace(rest);
        }
        if let Some(shorter) = self.meeting(chain) {
            return self.trace(shorter);
        }
        let (turned, negative) = self.turned_signed(chain);
        let both = [chain, &turned];
        let rotation = |&(side, k): &(usize, usize)| both[side][k..].iter().chain(&both[side][..k]).copied();
        let flips = |side: usize| both[side].iter().filter(|f| f.flipped).count();
        let rotations = (0..2).filter(|&side| flips(side) <= flips(1 - side)).flat_map(|side| (0..chain.len()).map(move |k| (side, k)));
        let Some(best) = rotations.min_by(|a, b| rotation(a).cmp(rotation(b))) else { return ExprId::ZERO };
        let factors: Vec<Factor> = rotation(&best).collect();
        // The trace of what is minus its own transpose vanishes.
        let other = (0..chain.len()).any(|k| rotation(&(1 - best.0, k)).eq(factors.iter().copied()));
        if negative && other {
            return ExprId::ZERO;
        }
        let product = self.product(Rational::ONE, &[], &factors);
        let trace = self.intern_trace(product);
        if negative && best.0 == 1 {
            return self.neg(trace);
        }
        if best != (0, 0) && flips(0) <= flips(1) {
            let as_given = self.product(Rational::ONE, &[], chain);
            self.set_written(trace, &[as_given]);
        }
        trace
    }

    /// The factors of the transpose of a chain.
    pub fn turned_chain(&self, chain: &[Factor]) -> Vec<Factor> {
        let turn = |f: &Factor| Factor { flipped: !f.flipped && !self.is(f.base, Facts::SYMMETRIC), ..*f };
        chain.iter().rev().map(turn).collect()
    }

    /// A ⊗ B ⊗ ….
    pub fn kron(&mut self, factors: &[ExprId]) -> ExprId {
        let mut front = Vec::new();
        let mut parts: Vec<ExprId> = Vec::new();
        let mut shape = Shape::SCALAR;
        let mut zero = false;
        let mut stack: Vec<ExprId> = factors.iter().rev().copied().collect();
        while let Some(f) = stack.pop() {
            if let Node::Kron(inner) = self.node(f) {
                stack.extend(inner.iter().rev());
                continue;
            }
            let s = self.shape(f);
            shape = Shape::new(self.dim_times(shape.rows, s.rows), self.dim_times(shape.cols, s.cols));
            zero |= self.is_zero(f);
            if s.is_scalar() {
                front.push(f);
                continue;
            }
            let mut part = f;
            if let Node::Product { coefficient, scalars, chain } = self.node(f).clone()
                && (!coefficient.is_one() || !scalars.is_empty())
            {
                front.push(self.product(coefficient, &scalars, &[]));
                part = self.product(Rational::ONE, &[], &chain);
            }
            let Some(&last) = parts.last() else {
                parts.push(part);
                continue;
            };
            let (a, b) = (self.shape(last), self.shape(part));
            let merged = match (self.node(last), self.node(part)) {
                (Node::Eye(m), Node::Eye(n)) => {
                    let (m, n) = (*m, *n);
                    let dim = self.dim_times(m, n);
                    Some(self.eye(dim))
                }
                (Node::Ones(m), Node::Ones(n)) => {
                    let (m, n) = (*m, *n);
                    let dim = self.dim_times(m, n);
                    Some(self.ones(Shape::column(dim)))
                }
                // A column and a row: their outer product, in either order.
                _ if a.is_column() && b.is_row() => Some(self.mul(&[last, part])),
                _ if a.is_row() && b.is_column() => Some(self.mul(&[part, last])),
                _ => None,
            };
            match merged {
                Some(merged) => {
                    parts.pop();
                    parts.push(merged);
                }
                None => parts.push(part),
            }
        }
        if zero {
            return self.zeros(shape);
        }
        let bare = match parts[..] {
            [] => ExprId::ONE,
            [one] => one,
            _ => {
                let kept = Facts::SYMMETRIC
                    | Facts::LOWER
                    | Facts::UPPER
                    | Facts::ORTHOGONAL
                    | Facts::SEMIDEFINITE
                    | Facts::DEFINITE
                    | Facts::POSITIVE;
                let kept = kept | Facts::NONNEGATIVE | Facts::BINARY | Facts::INTEGER | Facts::SUMS_TO_ONE;
                let facts = parts.iter().fold(kept, |all, &p| all & self.facts(p));
                let facts = if shape.is_square() { facts } else { facts.without(Facts::SYMMETRIC | Facts::SEMIDEFINITE | Facts::DEFINITE) };
                self.intern(Node::Kron(parts), shape, facts)
            }
        };
        front.push(bare);
        self.mul(&front)
    }

    /// The diagonal matrix of a column.
    pub fn diag(&mut self, v: ExprId) -> ExprId {
        let dim = self.shape(v).rows;
        let shape = Shape::new(dim, dim);
        match self.node(v).clone() {
            _ if shape.is_scalar() => v,
            Node::Ones(_) => self.eye(dim),
            Node::Zero(_) => self.zeros(shape),
            Node::Diagonal(m) if self.is(m, Facts::DIAGONAL) => m,
            Node::Product { coefficient, scalars, chain } if !coefficient.is_one() || !scalars.is_empty() => {
                let bare = self.product(Rational::ONE, &[], &chain);
                let bare = self.diag(bare);
                let front = self.product(coefficient, &scalars, &[]);
                self.mul(&[front, bare])
            }
            _ => {
                let facts = self.facts(v);
                let mut own = Facts::DIAGONAL | facts & (Facts::NONNEGATIVE | Facts::INTEGER | Facts::BINARY);
                if facts.has(Facts::POSITIVE) {
                    own |= Facts::DEFINITE;
                } else if facts.has(Facts::NONNEGATIVE) {
                    own |= Facts::SEMIDEFINITE;
                }
                self.intern(Node::Diag(v), shape, own)
            }
        }
    }

    /// The diagonal of a square matrix as a column.
    pub fn diagonal(&mut self, a: ExprId) -> ExprId {
        let shape = Shape::column(self.shape(a).rows);
        match self.node(a).clone() {
            _ if shape.is_scalar() => a,
            _ if self.is(a, Facts::SKEW) && !self.is(a, Facts::SYMMETRIC) => self.zeros(shape),
            Node::Eye(_) => self.ones(shape),
            Node::Zero(_) => self.zeros(shape),
            Node::Diag(v) => v,
            Node::Product { coefficient, scalars, chain } => {
                let front = self.product(coefficient, &scalars, &[]);
                // An outer product's diagonal is the element-wise product.
                if let Some(at) = chain.iter().position(|&f| self.factor_shape(f).rows == DimId::ONE) {
                    let left = self.product(Rational::ONE, &[], &chain[..at]);
                    let right = self.product(Rational::ONE, &[], &chain[at..]);
                    let right = self.transpose(right);
                    let entries = self.hadamard(&[left, right]);
                    return self.mul(&[front, entries]);
                }
                if let [f] = chain[..] {
                    let bare = self.factor(Factor { flipped: false, ..f });
                    let entries =
                        if matches!(self.node(bare), Node::Product { .. }) { self.intern_diagonal(bare) } else { self.diagonal(bare) };
                    return self.mul(&[front, entries]);
                }
                let bare = self.product(Rational::ONE, &[], &chain);
                let turned = self.transpose(bare);
                // diag(A) = diag(Aᵀ): the one with fewer transposes, then the earlier names.
                let flips = |s: &Self, id: ExprId| match s.node(id) {
                    Node::Product { chain, .. } => chain.iter().filter(|f| f.flipped).count(),
                    _ => 0,
                };
                let first = (flips(self, bare), bare) <= (flips(self, turned), turned);
                let entries = self.intern_diagonal(if first { bare } else { turned });
                self.mul(&[front, entries])
            }
            Node::Sum(_) => match self.without_transposes(a) {
                Some(sum) => self.diagonal(sum),
                None => self.intern_diagonal(a),
            },
            _ => self.intern_diagonal(a),
        }
    }

    /// diag(M + Mᵀ) = 2 diag(M): a sum whose terms meet once none of them is the transpose of another.
    fn without_transposes(&mut self, sum: ExprId) -> Option<ExprId> {
        let mut terms = self.few_terms(sum, PAIRED)?;
        let length = terms.len();
        let mut at = 0;
        while at < terms.len() {
            let turned = self.transpose(terms[at].1);
            let (k, turned) = self.split_number(turned);
            match terms.iter().skip(at + 1).position(|&(_, t)| t == turned) {
                Some(after) if turned != terms[at].1 => {
                    let (c, _) = terms.remove(at + 1 + after);
                    terms[at].0 = terms[at].0.add(&c.mul(&k));
                }
                _ => at += 1,
            }
        }
        (terms.len() < length).then(|| self.sum(terms))
    }

    fn intern_diagonal(&mut self, a: ExprId) -> ExprId {
        let facts = self.facts(a);
        let mut own = facts & (Facts::POSITIVE | Facts::NONNEGATIVE | Facts::INTEGER | Facts::BINARY);
        if facts.has(Facts::SEMIDEFINITE) {
            own |= Facts::NONNEGATIVE;
        }
        if facts.has(Facts::DEFINITE) {
            own |= Facts::POSITIVE;
        }
        let shape = Shape::column(self.shape(a).rows);
        self.intern(Node::Diagonal(a), shape, own)
    }

    /// The columns stacked.
    pub fn vec(&mut self, a: ExprId) -> ExprId {
        let s = self.shape(a);
        if s.cols == DimId::ONE {
            return a;
        }
        let shape = Shape::column(self.dim_times(s.rows, s.cols));
        if s.rows == DimId::ONE {
            return self.transpose(a);
        }
        match self.node(a).clone() {
            Node::Zero(_) => self.zeros(shape),
            Node::Unvec(v, _) => v,
            Node::Product { coefficient, scalars, chain } => {
                let bare = self.product(Rational::ONE, &[], &chain);
                if bare == a {
                    // The matrix of ones is the vector of ones.
                    if chain.len() == 2 && chain.iter().all(|f| matches!(self.node(f.base), Node::Ones(_))) {
                        return self.ones(shape);
                    }
                    return self.intern(Node::Vec(a), shape, Facts::NONE);
                }
                let front = self.product(coefficient, &scalars, &[]);
                let bare = self.vec(bare);
                self.mul(&[front, bare])
            }
            _ => {
                let facts = self.facts(a) & (Facts::POSITIVE | Facts::NONNEGATIVE | Facts::INTEGER | Facts::BINARY);
                self.intern(Node::Vec(a), shape, facts)
            }
        }
    }

    /// The matrix of this shape whose columns, stacked, are `v`.
    pub fn unvec(&mut self, v: ExprId, shape: Shape) -> ExprId {
        if shape.cols == DimId::ONE {
            return v;
        }
        if shape.rows == DimId::ONE {
            return self.transpose(v);
        }
        match self.node(v).clone() {
            Node::Vec(a) if self.shape(a) == shape => a,
            Node::Zero(_) => self.zeros(shape),
            Node::Ones(_) => self.ones(shape),
            Node::Product { coefficient, scalars, chain } if !coefficient.is_one() || !scalars.is_empty() => {
                let bare = self.product(Rational::ONE, &[], &chain);
                let bare = self.unvec(bare, shape);
                let front = self.product(coefficient, &scalars, &[]);
                self.mul(&[front, bare])
            }
            _ => {
                let facts = self.facts(v) & (Facts::POSITIVE | Facts::NONNEGATIVE | Facts::INTEGER | Facts::BINARY);
                self.intern(Node::Unvec(v, shape), shape, facts)
            }
        }
    }

    /// A function applied to arguments. Shape and facts come from the function's row.
    pub fn call(&mut self, fun: Fun, args: &[ExprId], shape: Shape, facts: Facts) -> ExprId {
        self.intern(Node::Call(fun, args.into()), shape, facts)
    }
}

impl Store {
    /// The dimension that a scalar expression in sizes stands for, where it is one: the inverse of [`Store::size`].
    pub fn as_dim(&mut self, id: ExprId) -> Option<DimId> {
        let dim = match self.node(id).clone() {
            Node::Num(r) => super::Dim::constant(1).scaled(&r),
            Node::Size(name) => super::Dim::name(name),
            Node::Sum(terms) => {
                let mut sum = super::Dim::default();
                for (c, t) in terms {
                    let part = self.as_dim(t)?;
                    let part = self.dim_poly(part).scaled(&c);
                    sum = sum.plus(&part);
                }
                sum
            }
            Node::Product { coefficient, scalars, chain } if chain.is_empty() => {
                let mut product = super::Dim::constant(1).scaled(&coefficient);
                for (base, exponent) in scalars {
                    let base = self.as_dim(base)?;
                    let base = self.dim_poly(base).clone();
                    for _ in 0..self.as_num(exponent)?.to_integer().filter(|n| (0..16).contains(n))? {
                        product = product.times(&base);
                    }
                }
                product
            }
            _ => return None,
        };
        dim.is_whole().then(|| self.dim(dim))
    }
}
