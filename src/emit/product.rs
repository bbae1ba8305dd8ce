//! Products as networks: scalars in front, factors as operands, diagonal matrices and unit vectors as labels.

use super::arith::Front;
use super::instr::{Hole, Id, Rank};
use super::lower::{Axis, Code, Value, unsupported};
use super::network::{Label, Labels, Network, Operand, What};
use super::phrases::Word;
use super::scope::{Ctx, is_whole};
use crate::base::{Diagnostic, Rational};
use crate::ir::{DimId, ExprId, Factor, Facts, Node, Power, Shape};

const SYMMETRIC_POWER: &str = "def symmetric_power(a, p):\n    w, q = np.linalg.eigh(a)\n    return (q * np.maximum(w, 0.0)**p) @ q.T";

/// What is beside a factor.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// Nothing.
    pub alone: bool,
    /// A vector somewhere in the chain: products with matrices become products with vectors.
    pub beside_vector: bool,
}

/// Batch labels by level.
pub(super) type Batch<'a> = &'a [(u32, Label)];

impl Code<'_> {
    /// A product node times a number.
    pub fn product(&mut self, id: ExprId, scale: &Rational, ctx: Ctx) -> Result<Value, Diagnostic> {
        let Node::Product { coefficient, .. } = self.store.node(id).clone() else { return Ok(self.value(id, ctx)) };
        let shape = self.store.shape(id);
        let mut net = Network::default();
        let batch = self.batch_labels(&mut net, ctx);
        let row = (shape.rows != DimId::ONE).then(|| self.extent(shape.rows)).map(|e| net.label(e));
        // The chain's inner labels come between the two ends, so that results keep their axes in the chain's order.
        let (front, col) = self.add_product(&mut net, id, &batch, row, None, shape.cols != DimId::ONE, ctx)?;
        let front = Front { coefficient: coefficient.mul(scale).mul(&front.coefficient), ..front };
        if net.is_empty() && row.is_none() && col.is_none() && batch.is_empty() {
            return Ok(Value::scalar(self.table.times(&front.coefficient, &front.num, &front.den)));
        }
        Ok(self.finish(net, &batch, row, col, &front))
    }

    /// Any expression as operands, its core axes under the given labels (both the same for a trace).
    pub fn add_expr(
        &mut self,
        net: &mut Network,
        id: ExprId,
        batch: Batch<'_>,
        row: Option<Label>,
        col: Option<Label>,
        ctx: Ctx,
    ) -> Result<Front, Diagnostic> {
        match self.store.node(id).clone() {
            Node::Product { coefficient, .. } => {
                let wide = self.store.shape(id).cols != DimId::ONE;
                let (front, _) = self.add_product(net, id, batch, row, col, wide, ctx)?;
                Ok(Front { coefficient: coefficient.mul(&front.coefficient), ..front })
            }
            Node::Hadamard(entries) if !batch.is_empty() => {
                for (b, e) in self.store.as_written(id, entries, |e| e.0) {
                    let (value, down) = self.power_of(b, e, ctx);
                    let value = if down { self.entrywise(&Rational::ONE, &[(value, true)]) } else { value };
                    net.operands.push(Self::operand(&value, batch, row, col));
                }
                Ok(Front::default())
            }
            _ => {
                let value = self.value(id, ctx);
                let mut operand = Self::operand(&value, batch, row, col);
                operand.symmetric = operand.labels.len() == 2 && self.store.is(id, Facts::SYMMETRIC);
                net.operands.push(operand);
                Ok(Front::default())
            }
        }
    }

    /// A product's scalars and factors; the column label is made after the inner ones where none is given.
    #[allow(clippy::too_many_arguments, reason = "the two ends, the surroundings and the place to put it")]
    fn add_product(
        &mut self,
        net: &mut Network,
        id: ExprId,
        batch: Batch<'_>,
        row: Option<Label>,
        col: Option<Label>,
        wide: bool,
        ctx: Ctx,
    ) -> Result<(Front, Option<Label>), Diagnostic> {
        let Node::Product { scalars, chain, .. } = self.store.node(id).clone() else { return Ok((Front::default(), col)) };
        let mut front = Front::default();
        let mut varying: Vec<(Value, bool)> = Vec::new();
        for (b, e) in self.store.as_written(id, scalars, |s| s.0) {
            let (value, down) = self.power_of(b, e, ctx);
            match (value.axes.is_empty(), down) {
                (true, false) => front.num.push(value.id),
                (true, true) => front.den.push(value.id),
                _ => varying.push((value, down)),
            }
        }
        // Scalars that vary with the same indices are multiplied entry by entry.
        while let Some((first, _)) = varying.first() {
            let axes = first.axes.clone();
            let (same, rest): (Vec<_>, Vec<_>) = varying.into_iter().partition(|(v, _)| v.axes == axes);
            let value = self.entrywise(&Rational::ONE, &same);
            net.operands.push(Self::operand(&value, batch, None, None));
            varying = rest;
        }
        if let Some(words) = self.phrases.chains.get(&id).cloned() {
            return self.add_words(net, &words, [row, col], wide, batch, ctx).map(|end| (front, end));
        }
        let mut chain = self.merged_powers(chain);
        for f in &mut chain {
            // y − x beside x − y: one of the two is computed.
            let opposite = self.opposites.get(&f.base).copied().filter(|_| f.power == ExprId::ONE);
            if let Some(opposite) = opposite {
                let inside = self.scopes.restrict(ctx, opposite);
                if self.values.contains_key(&(opposite, inside)) {
                    f.base = opposite;
                    front.coefficient = front.coefficient.neg();
                }
            }
        }
        if (row.is_none() || row != col)
            && let Some(patterns) = self.patterns(&chain)
        {
            return self.add_composite_chain(net, &chain, &patterns, [row, col], batch, ctx).map(|end| (front, end));
        }
        let place = Place { alone: chain.len() == 1, beside_vector: self.has_vector(&chain) };
        let mut left = row;
        let mut end = col;
        for (at, f) in chain.iter().enumerate() {
            let shape = self.store.factor_shape(*f);
            let right = if at + 1 == chain.len() {
                if end.is_none() && wide {
                    let extent = self.extent(shape.cols);
                    end = Some(net.label(extent));
                }
                end
            } else if shape.cols == DimId::ONE {
                None
            } else {
                let extent = self.extent(shape.cols);
                Some(net.label(extent))
            };
            let a = if shape.rows == DimId::ONE { None } else { left };
            let b = if shape.cols == DimId::ONE { None } else { right };
            self.add_factor(net, *f, [a, b], place, batch, ctx)?;
            left = right;
        }
        Ok((front, end))
    }

    /// A chain in which pairs that others share are operands.
    fn add_words(
        &mut self,
        net: &mut Network,
        words: &[Word],
        [row, col]: [Option<Label>; 2],
        wide: bool,
        batch: Batch<'_>,
        ctx: Ctx,
    ) -> Result<Option<Label>, Diagnostic> {
        let mut left = row;
        let mut end = col;
        for (at, &w) in words.iter().enumerate() {
            let extent = self.extent(self.phrases.shape(w).cols);
            let right = if at + 1 < words.len() {
                Some(net.label(extent))
            } else {
                if end.is_none() && wide {
                    end = Some(net.label(extent));
                }
                end
            };
            if let Some(&factor) = self.phrases.factors.get(w.code) {
                let f = Factor { flipped: factor.flipped != w.flipped, ..factor };
                self.add_factor(net, f, [left, right], Place { alone: words.len() == 1, beside_vector: false }, batch, ctx)?;
            } else {
                let id = self.pair_value(w.code)?;
                let (a, b) = if w.flipped { (right, left) } else { (left, right) };
                net.operands.push(Operand::array(id, [a, b].into_iter().flatten()));
            }
            left = right;
        }
        Ok(end)
    }

    /// The product of a pair, and of the pairs that it is made of.
    fn pair_value(&mut self, code: usize) -> Result<Id, Diagnostic> {
        let first = self.phrases.factors.len();
        let mut stack = vec![code];
        while let Some(&top) = stack.last() {
            if self.pair_values.contains_key(&top) {
                stack.pop();
                continue;
            }
            let (a, b) = self.phrases.pairs[top - first];
            let open: Vec<usize> = [a.code, b.code].into_iter().filter(|c| *c >= first && !self.pair_values.contains_key(c)).collect();
            if !open.is_empty() {
                stack.extend(open);
                continue;
            }
            let mut net = Network::default();
            let mut labels = Vec::new();
            for dim in [self.phrases.shape(a).rows, self.phrases.shape(a).cols, self.phrases.shape(b).cols] {
                let extent = self.extent(dim);
                labels.push(net.label(extent));
            }
            for (w, at) in [(a, 0), (b, 1)] {
                let ends = [Some(labels[at]), Some(labels[at + 1])];
                match self.pair_values.get(&w.code) {
                    Some(&id) => {
                        let (p, q) = if w.flipped { (at + 1, at) } else { (at, at + 1) };
                        net.operands.push(Operand::array(id, [labels[p], labels[q]]));
                    }
                    None => {
                        let f = Factor { flipped: w.flipped, ..self.phrases.factors[w.code] };
                        self.add_factor(&mut net, f, ends, Place::default(), &[], 0)?;
                    }
                }
            }
            let value = self.finish(net, &[], Some(labels[0]), Some(labels[2]), &Front::default());
            let both = Shape::new(self.phrases.shape(a).rows, self.phrases.shape(b).cols);
            let id = self.full(&value, both);
            self.pair_values.insert(top, id);
            stack.pop();
        }
        Ok(self.pair_values.get(&code).copied().unwrap_or(Id(0)))
    }

    fn add_composite_chain(
        &mut self,
        net: &mut Network,
        chain: &[Factor],
        patterns: &[Vec<DimId>],
        [row, col]: [Option<Label>; 2],
        batch: Batch<'_>,
        ctx: Ctx,
    ) -> Result<Option<Label>, Diagnostic> {
        let mut left = self.part_labels(net, row, &patterns[0]);
        let mut end = col;
        for (at, f) in chain.iter().enumerate() {
            let last = at + 1 == chain.len();
            let cols = self.store.factor_shape(*f).cols;
            if last && end.is_none() && cols != DimId::ONE {
                let extent = self.extent(cols);
                end = Some(net.label(extent));
            }
            let right =
                if cols == DimId::ONE { Vec::new() } else { self.part_labels(net, if last { end } else { None }, &patterns[at + 1]) };
            self.add_composite(net, *f, [&left, &right], batch, ctx)?;
            left = right;
        }
        Ok(end)
    }

    fn has_vector(&self, chain: &[Factor]) -> bool {
        let thin = |f: &Factor| {
            let shape = self.store.factor_shape(*f);
            shape.rows == DimId::ONE || shape.cols == DimId::ONE
        };
        chain.iter().any(thin)
    }

    /// Small whole powers as repeated factors, for the planner to order; the rest as they are.
    fn merged_powers(&self, chain: Vec<Factor>) -> Vec<Factor> {
        let many = chain.len() > 1;
        let mut all = Vec::with_capacity(chain.len());
        for f in chain {
            let n = self.store.as_num(f.power).and_then(Rational::to_integer).unwrap_or(0);
            if (2..=4).contains(&n.abs()) && (many || n < 0) {
                let power = if n > 0 { ExprId::ONE } else { ExprId::MINUS_ONE };
                all.extend((0..n.abs()).map(|_| Factor { power, ..f }));
            } else {
                all.push(f);
            }
        }
        all
    }

    /// A factor between two labels; `place` says what is beside it.
    pub fn add_factor(
        &mut self,
        net: &mut Network,
        f: Factor,
        [a, b]: [Option<Label>; 2],
        place: Place,
        batch: Batch<'_>,
        ctx: Ctx,
    ) -> Result<(), Diagnostic> {
        // A transpose as a factor (of a Kronecker product, say) is the factor itself, turned.
        let f = match self.store.node(f.base) {
            Node::Product { coefficient, scalars, chain } if coefficient.is_one() && scalars.is_empty() && f.power == ExprId::ONE => {
                match chain[..] {
                    [inner] => Factor { flipped: inner.flipped != f.flipped, ..inner },
                    _ => f,
                }
            }
            _ => f,
        };
        let (row, col) = if f.flipped { (b, a) } else { (a, b) };
        let symmetric = self.store.is(f.base, Facts::SYMMETRIC);
        let shape = self.store.shape(f.base);
        if f.power == ExprId::ONE {
            match self.store.node(f.base).clone() {
                Node::Ones(_) => return Ok(()),
                Node::Eye(_) if !place.alone => {
                    if let (Some(a), Some(b)) = (a, b) {
                        net.unify(a, b);
                        return Ok(());
                    }
                }
                Node::Diag(v) if !place.alone || a == b => {
                    if let (Some(a), Some(b)) = (a, b) {
                        net.unify(a, b);
                        let value = self.value(v, ctx);
                        let value = if value.axes.is_empty() {
                            Value { id: self.full(&value, self.store.shape(v)), axes: super::lower::core_axes(self.store.shape(v)) }
                        } else {
                            value
                        };
                        net.operands.push(Self::operand(&value, batch, Some(a), None));
                        return Ok(());
                    }
                }
                Node::Basis(k, dim) => {
                    if let Some(label) = row {
                        let (index, unit) = self.unit(k, dim, ctx);
                        net.fix(label, index, unit);
                        return Ok(());
                    }
                }
                Node::Hadamard(entries) if place.beside_vector => {
                    if let (Some(row), Some(col)) = (row, col) {
                        self.add_entries(net, f.base, entries, [row, col], batch, ctx);
                        return Ok(());
                    }
                }
                Node::Symbol(_) | Node::Member(..) if self.store.is(f.base, Facts::DIAGONAL) && !place.alone => {
                    let value = self.value(f.base, ctx);
                    if let (Some(a), Some(b), 2) = (a, b, value.axes.len()) {
                        net.unify(a, b);
                        let id = self.table.call("np.diagonal({0})", &[value.id], 1);
                        net.operands.push(Operand::array(id, [a]));
                        return Ok(());
                    }
                }
                _ => {}
            }
            let value = self.value(f.base, ctx);
            let mut operand = Self::operand(&value, batch, row, col);
            operand.symmetric = symmetric && operand.labels.len() == 2;
            net.operands.push(operand);
            return Ok(());
        }
        let value = self.value(f.base, ctx);
        let stack = value.axes.iter().any(|a| matches!(a, Axis::Batch(_)));
        let matrix = self.full(&value, shape);
        let mut axes: Vec<Axis> = value.axes.iter().copied().filter(|a| matches!(a, Axis::Batch(_))).collect();
        axes.extend([Axis::Row, Axis::Col]);
        let (Some(_), Some(_)) = (row, col) else { return unsupported("a power of a matrix that is not square") };
        let labels: Labels = Self::operand(&Value { id: matrix, axes: axes.into_iter().collect() }, batch, row, col).labels;
        // The inverse of a transpose is the transpose of the inverse.
        let bare = self.table.untransposed(matrix).filter(|_| !stack && f.power == ExprId::MINUS_ONE);
        let (matrix, labels) = match bare {
            Some(bare) => (bare, labels.iter().rev().copied().collect()),
            None => (matrix, labels),
        };
        let push = |net: &mut Network, what: What| {
            let labels = labels.clone();
            net.operands.push(Operand { what, symmetric: symmetric && labels.len() == 2, labels });
        };
        let whole = self.store.as_num(f.power).and_then(Rational::to_integer);
        if whole == Some(-1) {
            if !stack && self.store.is(f.base, Facts::DIAGONAL) {
                let diagonal = self.table.call("np.diagonal({0})", &[matrix], 1);
                let id = self.table.times(&Rational::ONE, &[], &[diagonal]);
                if let (Some(a), Some(b)) = (a, b) {
                    net.unify(a, b);
                    net.operands.push(Operand::array(id, [a]));
                    return Ok(());
                }
            }
            if stack || self.inverted.contains(&matrix) {
                let id = self.table.inverse(matrix);
                push(net, What::Array(id));
            } else {
                push(net, What::Inverse(matrix, symmetric));
            }
            return Ok(());
        }
        if stack {
            return unsupported("this power of a matrix inside a sum");
        }
        let id = self.matrix_power(matrix, f, symmetric, ctx)?;
        push(net, What::Array(id));
        Ok(())
    }

    /// A ∘ u vᵀ as Diag(u) A Diag(v): rank-one entries are vectors on the two axes.
    fn add_entries(&mut self, net: &mut Network, id: ExprId, entries: Vec<Power>, [row, col]: [Label; 2], batch: Batch<'_>, ctx: Ctx) {
        let outer = |s: &Self, e: &Power| match s.store.node(e.0) {
            Node::Product { coefficient, scalars, chain } if e.1 == ExprId::ONE && coefficient.is_one() && scalars.is_empty() => {
                match chain[..] {
                    [u, v] if s.store.shape(u.base).is_column() && !u.flipped && s.store.shape(v.base).is_column() && v.flipped => {
                        Some((u.base, v.base))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let (thin, full): (Vec<Power>, Vec<Power>) = entries.into_iter().partition(|e| outer(self, e).is_some());
        if thin.is_empty() || full.is_empty() {
            let value = self.value(id, ctx);
            let mut operand = Self::operand(&value, batch, Some(row), Some(col));
            operand.symmetric = operand.labels.len() == 2 && self.store.is(id, Facts::SYMMETRIC);
            net.operands.push(operand);
            return;
        }
        let full = self.entries(&full, ctx);
        for (u, v) in thin.iter().filter_map(|e| outer(self, e)).collect::<Vec<_>>() {
            let (u, v) = (self.value(u, ctx), self.value(v, ctx));
            net.operands.push(Self::operand(&u, batch, Some(row), None));
            net.operands.push(Self::operand(&v, batch, Some(col), None));
        }
        net.operands.push(Self::operand(&full, batch, Some(row), Some(col)));
    }

    /// `A^p` for a power that is neither 1 nor −1.
    fn matrix_power(&mut self, matrix: Id, f: Factor, symmetric: bool, ctx: Ctx) -> Result<Id, Diagnostic> {
        if let Some(n) = self.store.as_num(f.power).and_then(Rational::to_integer) {
            if n == 2 {
                return Ok(self.table.text("{0} @ {1}", &[(matrix, Hole::MatLeft), (matrix, Hole::Factor)], Rank::MatMul, 2));
            }
            return Ok(self.table.call(format!("np.linalg.matrix_power({{0}}, {n})"), &[matrix], 2));
        }
        if self.store.is(f.power, Facts::INTEGER) || self.store.as_num(f.power).is_none() && self.whole_variable(f.power) {
            let k = self.integer(f.power, 0, ctx);
            return Ok(self.table.call("np.linalg.matrix_power({0}, {1})", &[matrix, k], 2));
        }
        let power = self.value(f.power, ctx);
        if self.store.is(f.base, Facts::SEMIDEFINITE) && symmetric {
            let id = self.table.call("symmetric_power({0}, {1})", &[matrix, power.id], 2);
            self.needs.push((id, SYMMETRIC_POWER, ""));
            return Ok(id);
        }
        let half = f.power == ExprId::HALF;
        let minus_half = self.store.as_num(f.power).is_some_and(|r| r.neg() == Rational::new(1, 2).unwrap_or(Rational::ONE));
        if half || minus_half {
            let id = self.table.call("scipy.linalg.sqrtm({0}).real", &[matrix], 2);
            self.needs.push((id, "", "import scipy.linalg"));
            return Ok(if half { id } else { self.table.inverse(id) });
        }
        let id = self.table.call("scipy.linalg.fractional_matrix_power({0}, {1}).real", &[matrix, power.id], 2);
        self.needs.push((id, "", "import scipy.linalg"));
        Ok(id)
    }

    /// Whether a symbolic power is meant to be whole: made of variables, sizes, indices and whole numbers alone.
    fn whole_variable(&self, power: ExprId) -> bool {
        self.store.reachable(&[power]).into_iter().all(|id| match self.store.node(id) {
            Node::Num(r) => r.is_integer(),
            Node::Sum(terms) => terms.iter().all(|(c, _)| c.is_integer()),
            Node::Product { coefficient, .. } => coefficient.is_integer(),
            Node::Size(_) | Node::Index(_) | Node::Symbol(_) | Node::Member(..) => true,
            _ => false,
        })
    }

    /// A whole number plus `shift`, as Python's `int`.
    pub fn integer(&mut self, id: ExprId, shift: i64, ctx: Ctx) -> Id {
        let shift = Rational::from(shift);
        let mut terms: Vec<(Rational, ExprId)> = match self.store.node(id).clone() {
            Node::Num(r) => vec![(r, ExprId::ONE)],
            Node::Sum(terms) => self.store.as_written(id, terms, |t| t.1),
            _ => vec![(Rational::ONE, id)],
        };
        match terms.iter_mut().find(|(_, t)| *t == ExprId::ONE) {
            Some(constant) => constant.0 = constant.0.add(&shift),
            None => terms.push((shift, ExprId::ONE)),
        }
        terms.retain(|(c, _)| !c.is_zero());
        let mut parts = Vec::with_capacity(terms.len());
        for (c, t) in terms {
            let value = if t == ExprId::ONE { self.table.int(1) } else { self.value(t, ctx).id };
            parts.push((c, value));
        }
        let whole = is_whole(self.store, id);
        let all_constant = parts.iter().all(|&(_, t)| self.table.literal(t) == Some("1"));
        if all_constant {
            let sum = parts.iter().fold(Rational::ZERO, |sum, (c, _)| sum.add(c));
            return self.table.number(&sum);
        }
        let sum = self.table.plus(&parts);
        if whole { sum } else { self.table.call("int({0})", &[sum], 0) }
    }
}
