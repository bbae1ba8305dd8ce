//! The normal form of a product: number · scalar monomial · ordered chain.

use super::{DimId, ExprId, Factor, Facts, Node, Power, Shape, Store};
use crate::base::Rational;
use std::ops::Range;

/// The longest chain that is spliced into a product around it. A longer one stays a factor of its own, so that
/// y₁ = A₁y₀, y₂ = A₂y₁, … costs a constant for each step.
pub(super) const SPLICED: usize = 24;

/// A product being put together.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub coefficient: Option<Rational>,
    pub scalars: Vec<Power>,
    pub chain: Vec<Factor>,
}

impl Parts {
    pub fn scale(&mut self, by: &Rational) {
        let product = self.coefficient.as_ref().map_or_else(|| by.clone(), |c| c.mul(by));
        self.coefficient = Some(product);
    }

    fn number(&self) -> Rational {
        self.coefficient.clone().unwrap_or(Rational::ONE)
    }
}

impl Store {
    /// The product of the factors in order. A scalar may stand anywhere; the others must fit.
    pub fn mul(&mut self, factors: &[ExprId]) -> ExprId {
        let mut others = factors.iter().filter(|&&f| f != ExprId::ONE);
        if let (Some(&only), None) = (others.next(), others.next()) {
            return only;
        }
        let mut shape = Shape::SCALAR;
        let mut parts = Parts::default();
        let mut zero = false;
        for &f in factors {
            let s = self.shape(f);
            if !s.is_scalar() {
                debug_assert!(shape.is_scalar() || shape.cols == s.rows, "factors of a product do not fit");
                shape = if shape.is_scalar() { s } else { Shape::new(shape.rows, s.cols) };
            }
            zero |= self.is_zero(f);
            self.push_expr(&mut parts, f);
        }
        if zero { self.zeros(shape) } else { self.finish(parts, shape) }
    }

    /// `c · a` for a number.
    pub fn scale(&mut self, c: &Rational, a: ExprId) -> ExprId {
        if c.is_one() {
            return a;
        }
        if let Some(r) = self.as_num(a) {
            return self.num(c.mul(r));
        }
        let shape = self.shape(a);
        if c.is_zero() || self.is_zero(a) {
            return self.zeros(shape);
        }
        let mut parts = Parts::default();
        self.push_expr(&mut parts, a);
        parts.scale(c);
        self.finish(parts, shape)
    }

    /// `−a`.
    pub fn neg(&mut self, a: ExprId) -> ExprId {
        if let Some(terms) = self.written_terms(a) {
            let terms = terms.into_iter().map(|(c, t)| (c.neg(), t)).collect();
            return self.sum(terms);
        }
        self.scale(&Rational::from(-1), a)
    }

    /// ⟨a, b⟩ = tr(aᵀb).
    pub fn inner(&mut self, a: ExprId, b: ExprId) -> ExprId {
        let flipped = self.transpose(a);
        let product = self.mul(&[flipped, b]);
        self.trace(product)
    }

    /// One factor as an expression.
    pub fn factor(&mut self, factor: Factor) -> ExprId {
        let shape = self.factor_shape(factor);
        let mut parts = Parts::default();
        self.push_factor(&mut parts, factor);
        self.finish(parts, shape)
    }

    /// A product with `new` in place of the run of its factors; of anything else the product of `new`.
    pub fn with_run(&mut self, id: ExprId, run: Range<usize>, new: &[ExprId]) -> ExprId {
        let Node::Product { coefficient, scalars, chain } = self.node(id).clone() else { return self.mul(new) };
        let mut factors = vec![self.product(coefficient, &scalars, &chain[..run.start])];
        factors.extend(new);
        if run.end < chain.len() {
            factors.push(self.product(Rational::ONE, &[], &chain[run.end..]));
        }
        self.mul(&factors)
    }

    /// The number and the scalars in front of an expression that is not a scalar, and the rest.
    pub fn split_front(&mut self, id: ExprId) -> (ExprId, ExprId) {
        match self.node(id).clone() {
            Node::Product { coefficient, scalars, chain } if !self.is_scalar(id) => {
                let front = self.product(coefficient, &scalars, &[]);
                (front, self.product(Rational::ONE, &[], &chain))
            }
            _ => (ExprId::ONE, id),
        }
    }

    /// Number · scalar monomial · chain, as [`Node::Product`] holds them (in any order).
    pub fn product(&mut self, coefficient: Rational, scalars: &[Power], chain: &[Factor]) -> ExprId {
        let mut shape = Shape::SCALAR;
        if let (Some(&first), Some(&last)) = (chain.first(), chain.last()) {
            shape = Shape::new(self.factor_shape(first).rows, self.factor_shape(last).cols);
        }
        let vanishes = |(base, exponent): Power| self.is_zero(base) && self.is(exponent, Facts::POSITIVE);
        if coefficient.is_zero() || scalars.iter().copied().any(vanishes) || chain.iter().any(|f| vanishes((f.base, f.power))) {
            return self.zeros(shape);
        }
        let mut parts = Parts { coefficient: Some(coefficient), ..Parts::default() };
        for &(base, exponent) in scalars {
            self.push_power(&mut parts, base, exponent);
        }
        for &f in chain {
            self.push_factor(&mut parts, f);
        }
        self.finish(parts, shape)
    }

    /// The shape of a factor: a power is square, so only the flip matters.
    #[must_use]
    pub fn factor_shape(&self, f: Factor) -> Shape {
        let shape = self.shape(f.base);
        if f.flipped { shape.transposed() } else { shape }
    }

    /// Multiplies `e` onto the right end.
    pub(super) fn push_expr(&mut self, parts: &mut Parts, e: ExprId) {
        match self.node(e) {
            Node::Num(r) => {
                let r = r.clone();
                parts.scale(&r);
            }
            Node::Eye(_) => {}
            Node::Product { coefficient, scalars, chain } => {
                let (coefficient, scalars, chain) = (coefficient.clone(), scalars.clone(), chain.clone());
                parts.scale(&coefficient);
                if self.is_scalar(e) && !chain.is_empty() {
                    let bare = if coefficient.is_one() { e } else { self.intern_product(Rational::ONE, Vec::new(), chain, Shape::SCALAR) };
                    self.push_power(parts, bare, ExprId::ONE);
                    return;
                }
                for (base, exponent) in scalars {
                    self.push_power(parts, base, exponent);
                }
                if chain.len() > SPLICED {
                    let shape = self.shape(e);
                    let base = self.intern_product(Rational::ONE, Vec::new(), chain, shape);
                    parts.chain.push(Factor { base, flipped: false, power: ExprId::ONE });
                    return;
                }
                for f in chain {
                    self.push_factor(parts, f);
                }
            }
            _ if self.is_scalar(e) => self.push_power(parts, e, ExprId::ONE),
            _ => self.push_factor(parts, Factor { base: e, flipped: false, power: ExprId::ONE }),
        }
    }

    /// Multiplies the scalar `base^exponent` on.
    pub(super) fn push_power(&mut self, parts: &mut Parts, base: ExprId, exponent: ExprId) {
        if exponent == ExprId::ZERO || base == ExprId::ONE {
            return;
        }
        let base = self.even_power(base, exponent);
        match self.node(base) {
            Node::Num(r) => {
                let r = r.clone();
                if let Some(value) = self.number_power(&r, exponent) {
                    parts.scale(&value);
                    return;
                }
            }
            Node::Product { coefficient, scalars, chain } if self.may_distribute_power(base, exponent) => {
                let (coefficient, scalars, chain) = (coefficient.clone(), scalars.clone(), chain.clone());
                if !coefficient.is_one() || chain.is_empty() {
                    match self.number_power(&coefficient, exponent) {
                        Some(value) => parts.scale(&value),
                        None => {
                            let number = self.num(coefficient);
                            self.push_power(parts, number, exponent);
                        }
                    }
                    if !chain.is_empty() {
                        let bare = self.intern_product(Rational::ONE, Vec::new(), chain, Shape::SCALAR);
                        self.push_power(parts, bare, exponent);
                    }
                    for (b, e) in scalars {
                        let e = self.mul(&[e, exponent]);
                        self.push_power(parts, b, e);
                    }
                    return;
                }
            }
            _ => {}
        }
        match parts.scalars.iter_mut().position(|(b, _)| *b == base) {
            Some(at) => {
                let sum = self.add(&[parts.scalars[at].1, exponent]);
                if sum == ExprId::ZERO {
                    parts.scalars.remove(at);
                } else if self.as_num(base).is_some() {
                    parts.scalars.remove(at);
                    self.push_number_power(parts, base, sum);
                } else {
                    parts.scalars[at].1 = sum;
                }
            }
            None => parts.scalars.push((base, exponent)),
        }
    }

    fn push_number_power(&mut self, parts: &mut Parts, base: ExprId, exponent: ExprId) {
        let value = self.as_num(base).cloned().and_then(|r| self.number_power(&r, exponent));
        match value {
            Some(value) => parts.scale(&value),
            None => parts.scalars.push((base, exponent)),
        }
    }

    /// `r^exponent` where it is an exact rational.
    fn number_power(&self, r: &Rational, exponent: ExprId) -> Option<Rational> {
        let e = self.as_num(exponent)?;
        if let Some(n) = e.to_integer() {
            return r.pow(n).filter(|v| !matches!(v, Rational::Big(b) if b.numer().bits() + b.denom().bits() > 4096));
        }
        let (n, d) = e.to_fraction()?;
        let root = r.root(u32::try_from(d).ok().filter(|d| *d <= 16)?)?;
        root.pow(n)
    }

    /// Whether (Π sᵢ^eᵢ)^p = Π sᵢ^(eᵢ p): for whole p always, else where every part is nonnegative.
    fn may_distribute_power(&self, base: ExprId, exponent: ExprId) -> bool {
        if self.is(exponent, Facts::INTEGER) {
            return true;
        }
        let Node::Product { coefficient, scalars, chain } = self.node(base) else { return false };
        // (s^2)^(1/2) is |s|, not s: the base itself must be nonnegative, not the power alone.
        !coefficient.is_negative()
            && (chain.is_empty() || scalars.is_empty())
            && scalars.iter().all(|&(b, _)| self.is(b, Facts::NONNEGATIVE))
    }

    /// Multiplies a matrix factor onto the right end of the chain, cancelling and merging there.
    pub(super) fn push_factor(&mut self, parts: &mut Parts, f: Factor) {
        if f.power == ExprId::ONE
            && !f.flipped
            && let Node::Product { coefficient, scalars, chain } = self.node(f.base)
            && (chain.len() <= SPLICED || !coefficient.is_one() || !scalars.is_empty())
        {
            self.push_expr(parts, f.base);
            return;
        }
        let f = self.normal_factor(parts, f);
        let Some(factor) = f else { return };
        if self.push_diagonal(parts, factor) {
            return;
        }
        if let Some(&last) = parts.chain.last()
            && let Some(merged) = self.merge(last, factor)
        {
            parts.chain.pop();
            self.push_expr(parts, merged);
            return;
        }
        parts.chain.push(factor);
        self.cancel_product(parts);
    }

    /// Puts a diagonal matrix among the diagonal ones before it, in order: they commute. Whether it was one.
    fn push_diagonal(&mut self, parts: &mut Parts, factor: Factor) -> bool {
        let is_diagonal = |s: &Self, f: &Factor| s.is(f.base, Facts::DIAGONAL);
        if !is_diagonal(self, &factor) || !parts.chain.last().is_some_and(|last| is_diagonal(self, last)) {
            return false;
        }
        let start = parts.chain.iter().rposition(|f| !is_diagonal(self, f)).map_or(0, |at| at + 1);
        for at in start..parts.chain.len() {
            if let Some(merged) = self.merge(parts.chain[at], factor) {
                let rest = parts.chain.split_off(at + 1);
                parts.chain.pop();
                self.push_expr(parts, merged);
                parts.chain.extend(rest);
                return true;
            }
        }
        let at = parts.chain[start..].iter().position(|f| *f > factor).map_or(parts.chain.len(), |at| start + at);
        parts.chain.insert(at, factor);
        true
    }

    /// A factor in normal form: symmetric bases do not flip, closed forms take the flip and the power inside.
    /// `None` where it vanishes (the identity).
    fn normal_factor(&mut self, parts: &mut Parts, f: Factor) -> Option<Factor> {
        let Factor { base, mut flipped, mut power } = f;
        if power == ExprId::ZERO || matches!(self.node(base), Node::Eye(_)) {
            return None;
        }
        let facts = self.facts(base);
        if facts.has(Facts::SYMMETRIC) {
            flipped = false;
        } else if facts.has(Facts::SKEW) && flipped {
            let (plain, negative) = self.unflip_skew(Factor { base, flipped, power });
            flipped = plain.flipped;
            if negative {
                parts.scale(&Rational::from(-1));
            }
        }
        if facts.has(Facts::ORTHOGONAL) && power == ExprId::MINUS_ONE && !facts.has(Facts::SYMMETRIC) {
            (flipped, power) = (!flipped, ExprId::ONE);
        }
        if facts.has(Facts::ORTHOGONAL | Facts::SYMMETRIC)
            && let Some(n) = self.as_num(power).and_then(Rational::to_integer)
        {
            // Its own inverse.
            if n % 2 == 0 {
                return None;
            }
            power = ExprId::ONE;
        }
        if power != ExprId::ONE || flipped {
            let closed = self.closed_factor(base, flipped, power);
            if let Some(closed) = closed {
                if let Node::Product { .. } = self.node(closed) {
                    self.push_expr(parts, closed);
                    return None;
                }
                return if matches!(self.node(closed), Node::Eye(_)) {
                    None
                } else {
                    Some(Factor { base: closed, flipped: false, power: ExprId::ONE })
                };
            }
            // What is left to flip is a symbol, a sum, a call or a Hadamard product; a product as the base of a
            // power turns round inside.
            if flipped && matches!(self.node(base), Node::Product { .. }) {
                let base = self.transpose(base);
                return Some(Factor { base, flipped: false, power });
            }
        }
        Some(Factor { base, flipped, power })
    }

    /// ‖x‖² = xᵀx: even powers of what has a simpler square.
    fn square(&mut self, parts: &mut Parts) {
        let mut at = 0;
        while let Some(&(base, exponent)) = parts.scalars.get(at) {
            let half = self.square_of(base).zip(self.as_num(exponent).and_then(Rational::to_integer).filter(|e| e % 2 == 0));
            if let Some((square, e)) = half {
                parts.scalars.remove(at);
                let half = self.int(e / 2);
                self.push_power(parts, square, half);
            } else {
                at += 1;
            }
        }
    }

    /// xᵀx / ‖x‖ = ‖x‖: a power of the square beside an odd power.
    fn unsquare(&mut self, parts: &mut Parts) {
        let mut at = 0;
        while at < parts.scalars.len() {
            let (base, exponent) = parts.scalars[at];
            at += 1;
            let Some(square) = self.square_of(base) else { continue };
            let Some(other) = parts.scalars.iter().position(|&(b, e)| b == square && self.is(e, Facts::INTEGER)) else { continue };
            let twice = self.mul(&[ExprId::TWO, parts.scalars[other].1]);
            parts.scalars[at - 1].1 = self.add(&[exponent, twice]);
            parts.scalars.remove(other);
            at = 0;
        }
    }

    /// Puts coefficient, scalars and chain into a node.
    pub(super) fn finish(&mut self, mut parts: Parts, shape: Shape) -> ExprId {
        self.square(&mut parts);
        self.extract_scalars(&mut parts);
        self.unsquare(&mut parts);
        if self.align_signs(&mut parts.chain) {
            parts.scale(&Rational::from(-1));
        }
        let number = parts.number();
        if number.is_zero() {
            return self.zeros(shape);
        }
        let written: Vec<ExprId> = parts.scalars.iter().map(|&(b, _)| b).collect();
        parts.scalars.sort_unstable();
        let Parts { scalars, mut chain, .. } = parts;
        if chain.is_empty() {
            if !shape.is_scalar() {
                let eye = self.eye(shape.rows);
                if number.is_one() && scalars.is_empty() {
                    return eye;
                }
                chain.push(Factor { base: eye, flipped: false, power: ExprId::ONE });
            } else if scalars.is_empty() {
                return self.num(number);
            } else if let [(base, ExprId::ONE)] = scalars[..] {
                if number.is_one() {
                    return base;
                }
                if let Node::Product { coefficient, scalars, chain } = self.node(base)
                    && !chain.is_empty()
                {
                    debug_assert!(coefficient.is_one() && scalars.is_empty());
                    let chain = chain.clone();
                    return self.intern_product(number, Vec::new(), chain, shape);
                }
            }
        } else if number.is_one()
            && scalars.is_empty()
            && let [Factor { base, flipped: false, power: ExprId::ONE }] = chain[..]
        {
            return base;
        }
        let id = self.intern_product(number, scalars, chain, shape);
        if !written.is_sorted() {
            self.set_written(id, &written);
        }
        id
    }

    pub(super) fn intern_product(&mut self, coefficient: Rational, scalars: Vec<Power>, chain: Vec<Factor>, shape: Shape) -> ExprId {
        if coefficient.is_one()
            && scalars.is_empty()
            && let [Factor { base, flipped: false, power: ExprId::ONE }] = chain[..]
        {
            return base;
        }
        self.intern_new(Node::Product { coefficient, scalars, chain }, shape, |store, node| match node {
            Node::Product { coefficient, scalars, chain } => store.product_facts(coefficient, scalars, chain, shape),
            _ => Facts::NONE,
        })
    }

    /// What is between two places where the chain is one wide is a scalar: it moves into the monomial.
    fn extract_scalars(&mut self, parts: &mut Parts) {
        loop {
            let mut cut: Option<usize> = None;
            let mut found = None;
            for (at, f) in parts.chain.iter().enumerate() {
                if self.factor_shape(*f).rows == DimId::ONE {
                    cut = Some(at);
                }
                if self.factor_shape(*f).cols == DimId::ONE
                    && let Some(start) = cut
                {
                    found = Some((start, at + 1));
                    break;
                }
            }
            let Some((start, end)) = found else { return };
            let rest = parts.chain.split_off(end);
            let chain = parts.chain.split_off(start);
            for f in rest {
                self.push_factor(parts, f);
            }
            let scalar = self.scalar_chain(chain);
            self.push_expr(parts, scalar);
            if self.is_zero(scalar) {
                parts.coefficient = Some(Rational::ZERO);
            }
        }
    }

    fn product_facts(&mut self, coefficient: &Rational, scalars: &[Power], chain: &[Factor], shape: Shape) -> Facts {
        let mut sign = if coefficient.is_negative() { Facts::NONE } else { Facts::POSITIVE | Facts::NONNEGATIVE };
        let mut integer = coefficient.is_integer();
        for &(base, exponent) in scalars {
            let facts = self.facts(base);
            let even = self.as_num(exponent).and_then(Rational::to_integer).is_some_and(|n| n % 2 == 0);
            if !facts.has(Facts::POSITIVE) {
                sign = sign.without(Facts::POSITIVE);
                if !facts.has(Facts::NONNEGATIVE) && !even {
                    sign = Facts::NONE;
                }
            }
            integer &= facts.has(Facts::INTEGER) && self.is(exponent, Facts::INTEGER | Facts::NONNEGATIVE);
        }
        let mut facts = sign;
        if integer && chain.is_empty() {
            facts |= Facts::INTEGER;
        }
        if chain.is_empty() {
            return facts;
        }
        let matrix = self.chain_facts(chain, shape);
        if shape.is_scalar() {
            let signs = Facts::POSITIVE | Facts::NONNEGATIVE;
            return facts & matrix & signs | if integer { matrix & Facts::INTEGER } else { Facts::NONE };
        }
        let shape_only = Facts::SYMMETRIC | Facts::SKEW | Facts::LOWER | Facts::UPPER;
        let definite = if sign.has(Facts::POSITIVE) {
            Facts::SEMIDEFINITE | Facts::DEFINITE
        } else if sign.has(Facts::NONNEGATIVE) {
            Facts::SEMIDEFINITE
        } else {
            Facts::NONE
        };
        let unscaled = if coefficient.is_one() && scalars.is_empty() {
            Facts::ORTHOGONAL | Facts::SUMS_TO_ONE | Facts::ROWS_SUM_TO_ONE | Facts::BINARY | Facts::INTEGER
        } else {
            Facts::NONE
        };
        matrix & (shape_only | definite | unscaled | sign)
    }

    fn chain_facts(&mut self, chain: &[Factor], shape: Shape) -> Facts {
        if let [f] = chain {
            return self.factor_facts(*f);
        }
        let mut all =
            Facts::LOWER | Facts::UPPER | Facts::ORTHOGONAL | Facts::POSITIVE | Facts::NONNEGATIVE | Facts::INTEGER | Facts::SUMS_TO_ONE;
        for &f in chain {
            all = all & self.factor_facts(f);
        }
        if shape.is_square() && self.is_palindrome(chain) {
            all |= Facts::SYMMETRIC;
            let half = chain.len() / 2;
            let middle = if chain.len().is_multiple_of(2) {
                Facts::SEMIDEFINITE
            } else {
                self.factor_facts(chain[half]) & (Facts::SEMIDEFINITE | Facts::DEFINITE)
            };
            if middle.has(Facts::SEMIDEFINITE) {
                all |= Facts::SEMIDEFINITE;
                if shape.is_scalar() {
                    all |= Facts::NONNEGATIVE;
                }
            }
            let square = chain[..half].iter().all(|f| self.shape(f.base).is_square());
            if square && middle.has(Facts::DEFINITE) && chain[..half].iter().all(|f| f.power == ExprId::MINUS_ONE) {
                all |= Facts::DEFINITE;
            }
        }
        all
    }

    fn is_palindrome(&mut self, chain: &[Factor]) -> bool {
        (0..chain.len().div_ceil(2)).all(|i| {
            let (a, b) = (chain[i], chain[chain.len() - 1 - i]);
            let symmetric = self.is(a.base, Facts::SYMMETRIC);
            a.base == b.base && a.power == b.power && (symmetric || a.flipped != b.flipped)
                || a.power == b.power && {
                    let (left, right) = (self.factor(a), self.factor(b));
                    self.transpose(left) == right
                }
        })
    }

    fn factor_facts(&self, f: Factor) -> Facts {
        let facts = self.facts(f.base);
        let facts = if f.flipped { facts.transposed() } else { facts };
        if f.power == ExprId::ONE {
            return facts;
        }
        let structure = Facts::SYMMETRIC | Facts::LOWER | Facts::UPPER | Facts::ORTHOGONAL | Facts::DEFINITE;
        let mut kept = facts & structure;
        let n = self.as_num(f.power).and_then(Rational::to_integer);
        if facts.has(Facts::SKEW) {
            kept |= match n {
                Some(n) if n % 2 == 0 => Facts::SYMMETRIC,
                Some(_) => Facts::SKEW,
                None => Facts::NONE,
            };
        }
        if facts.has(Facts::SYMMETRIC) && n.is_some_and(|n| n % 2 == 0) || facts.has(Facts::SEMIDEFINITE) {
            kept |= Facts::SEMIDEFINITE;
        }
        if n.is_some_and(|n| n > 0) {
            kept |= facts & (Facts::POSITIVE | Facts::NONNEGATIVE | Facts::INTEGER | Facts::SUMS_TO_ONE);
        }
        if n.is_none() && !facts.has(Facts::SEMIDEFINITE) && !self.is(f.power, Facts::INTEGER) {
            kept = kept & (Facts::SYMMETRIC | Facts::LOWER | Facts::UPPER);
        }
        kept
    }
}
