//! From expressions to instructions, node by node in id order.

use super::arith::Front;
use super::instr::{Hole, Id, InverseUse, Rank, Table};
use super::names::Names;
use super::network::{Extent, Label, Network, Operand};
use super::phrases::Phrases;
use super::scope::{Ctx, Scopes};
use super::stacks::Stacked;
use crate::base::{Diagnostic, Fault, Rational};
use crate::ir::{DimId, DimName, ExprId, Node, Power, Shape, Store, SymbolId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// What an axis of a value runs over, in the order in which axes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// The index of an enclosing sum, by its level; outer ones first.
    Batch(u32),
    Row,
    Col,
}

/// The axes of a value. It is constant along an axis of its shape that is missing here.
pub(super) type Axes = SmallVec<[Axis; 3]>;

/// A computed value.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub id: Id,
    pub axes: Axes,
}

impl Value {
    pub fn scalar(id: Id) -> Self {
        Value { id, axes: Axes::new() }
    }
}

/// The code of one function in the making.
pub(super) struct Code<'s> {
    pub store: &'s Store,
    pub names: &'s Names,
    pub table: Table,
    pub scopes: Scopes,
    pub values: FxHashMap<(ExprId, Ctx), Value>,
    /// How many places use an expression.
    pub uses: Vec<u32>,
    /// What the previous pass computes (empty in the first).
    pub live: Vec<bool>,
    /// Matrices whose inverse is written out, once.
    pub inverted: Vec<Id>,
    pub dims: FxHashMap<Id, DimName>,
    /// Products with a transpose that is computed before them.
    pub mirrors: FxHashMap<ExprId, ExprId>,
    /// Sums with a negative that is computed before them.
    pub opposites: FxHashMap<ExprId, ExprId>,
    /// Pairs of factors that several chains share, and their values.
    pub phrases: Phrases,
    pub pair_values: FxHashMap<usize, Id>,
    /// Dimensions with the expressions that stand for them.
    pub sizes: Vec<(DimId, ExprId)>,
    /// How the members of each family are stacked.
    pub stacks: FxHashMap<SymbolId, Stacked>,
    /// Helper functions and imports, by the instruction that needs them.
    pub needs: Vec<(Id, &'static str, &'static str)>,
    pub loops: FxHashMap<u32, String>,
    /// Whether a value was asked for that had not been computed: then there is no code.
    pub lost: bool,
}

/// A thing that cannot be written.
pub(super) fn unsupported<T>(message: impl Into<String>) -> Result<T, Diagnostic> {
    Err(Diagnostic::new(Fault::Unsupported, message))
}

impl Code<'_> {
    /// Computes everything that the roots need.
    pub fn run(&mut self, roots: &[ExprId]) -> Result<Vec<Id>, Diagnostic> {
        self.values.clear();
        self.pair_values.clear();
        let plan = self.scopes.plan(self.store, roots);
        for (id, ctx) in plan {
            let value = self.lower(id, ctx)?;
            self.values.insert((id, ctx), value);
        }
        let mut ids = Vec::with_capacity(roots.len());
        for &root in roots {
            let value = self.value(root, 0);
            ids.push(self.full(&value, self.store.shape(root)));
        }
        if self.lost {
            let message = "no order was found in which code could compute the parts of this answer";
            return Err(Diagnostic::new(Fault::Unsupported, message).hint("the formula is not affected: -f plain prints it"));
        }
        Ok(ids)
    }

    /// The value of an expression, computed before, where its parent stands in `ctx`.
    pub fn value(&mut self, id: ExprId, ctx: Ctx) -> Value {
        let ctx = self.scopes.restrict(ctx, id);
        let value = self.values.get(&(id, ctx)).cloned();
        self.lost |= value.is_none();
        value.unwrap_or_else(|| Value::scalar(Id(0)))
    }

    fn lower(&mut self, id: ExprId, ctx: Ctx) -> Result<Value, Diagnostic> {
        let shape = self.store.shape(id);
        if let Some(&mirror) = self.mirrors.get(&id)
            && let Some(value) = self.values.get(&(mirror, ctx)).cloned()
        {
            return Ok(self.transposed(&value));
        }
        Ok(match self.store.node(id).clone() {
            Node::Num(r) => Value::scalar(self.table.number(&r)),
            Node::Pi => Value::scalar(self.table.leaf("np.pi", 0)),
            Node::Size(name) => Value::scalar(self.dim_leaf(name)),
            Node::Symbol(s) => {
                let axes = core_axes(shape);
                Value { id: self.table.leaf(self.names.symbol(s), axes.len()), axes }
            }
            Node::Member(s, index) => self.member(s, &index, ctx)?,
            Node::Index(level) => self.index(level, ctx)?,
            Node::Eye(dim) => {
                let n = self.dim(dim);
                Value { id: self.table.call("np.eye({0})", &[n], 2), axes: core_axes(shape) }
            }
            Node::Ones(_) => Value::scalar(self.table.int(1)),
            Node::Zero(_) => Value::scalar(self.table.int(0)),
            Node::Basis(k, dim) => {
                let (_, unit) = self.unit(k, dim, ctx);
                Value { id: unit, axes: core_axes(shape) }
            }
            Node::Sum(terms) => self.sum(id, &terms, ctx)?,
            Node::Product { .. } => self.product(id, &Rational::ONE, ctx)?,
            Node::Hadamard(entries) => {
                let order = self.store.as_written(id, entries, |e| e.0);
                self.entries(&order, ctx)
            }
            Node::Kron(parts) => self.kron(&parts, shape, ctx),
            Node::Trace(a) => self.along_diagonal(a, ctx, true)?,
            Node::Diagonal(a) => self.along_diagonal(a, ctx, false)?,
            Node::Diag(v) => {
                let inner = self.value(v, ctx);
                let full = self.full(&inner, self.store.shape(v));
                Value { id: self.table.call("np.diag({0})", &[full], 2), axes: core_axes(shape) }
            }
            Node::Vec(a) => {
                let inner = self.value(a, ctx);
                let full = self.full(&inner, self.store.shape(a));
                Value { id: self.table.text("{0}.reshape(-1, order='F')", &[(full, Hole::Atom)], Rank::Atom, 1), axes: core_axes(shape) }
            }
            Node::Unvec(v, s) => {
                let inner = self.value(v, ctx);
                let full = self.full(&inner, self.store.shape(v));
                let (m, n) = (self.dim(s.rows), self.dim(s.cols));
                let args = [(full, Hole::Atom), (m, Hole::Any), (n, Hole::Any)];
                Value { id: self.table.text("{0}.reshape(({1}, {2}), order='F')", &args, Rank::Atom, 2), axes: core_axes(shape) }
            }
            Node::Call(fun, args) => self.call(fun, &args, shape, ctx)?,
            Node::BigSum { .. } => self.big_sum(id, ctx)?,
        })
    }

    // ---- dimensions

    /// A dimension's name as code.
    pub fn dim_leaf(&mut self, name: DimName) -> Id {
        let id = self.table.leaf(self.names.dim(self.store, name), 0);
        self.dims.insert(id, name);
        id
    }

    /// A dimension as code.
    pub fn dim(&mut self, dim: DimId) -> Id {
        let poly = self.store.dim_poly(dim).clone();
        // Sizes are whole numbers in code too: (n * n + n) // 2.
        let below = poly.terms.values().fold(Rational::ONE, |all, c| all.mul(&all.mul(c).denominator()));
        let mut terms = Vec::new();
        for (monomial, coefficient) in poly.terms.iter().rev() {
            let names: Vec<Id> = monomial.iter().map(|&n| self.dim_leaf(n)).collect();
            let product = self.table.times(&Rational::ONE, &names, &[]);
            terms.push((coefficient.mul(&below), product));
        }
        let whole = self.table.plus(&terms);
        if below.is_one() { whole } else { self.table.text(format!("{{0}} // {below}"), &[(whole, Hole::Left)], Rank::Mul, 0) }
    }

    /// A dimension as the length of an axis.
    pub fn extent(&mut self, dim: DimId) -> Extent {
        let cost = self.store.dim_poly(dim).estimate();
        Extent { cost: cost.max(1.0), count: self.dim(dim) }
    }

    // ---- axes

    /// The value of the transpose.
    fn transposed(&mut self, value: &Value) -> Value {
        let both = value.axes.contains(&Axis::Row) && value.axes.contains(&Axis::Col);
        if both {
            return Value { id: self.table.transpose(value.id), axes: value.axes.clone() };
        }
        let turn = |a: &Axis| match a {
            Axis::Row => Axis::Col,
            Axis::Col => Axis::Row,
            batch => *batch,
        };
        Value { id: value.id, axes: value.axes.iter().map(turn).collect() }
    }

    /// The value's array with its axes in the order of `target`, with axes of length one where it lacks one.
    pub fn aligned(&mut self, value: &Value, target: &Axes) -> Id {
        let at = |a: &Axis| target.iter().position(|t| t == a).and_then(|k| Label::try_from(k).ok()).unwrap_or(0);
        let labels: Vec<Label> = value.axes.iter().map(at).collect();
        let all: Vec<Label> = (0..Label::try_from(target.len()).unwrap_or(0)).collect();
        self.table.spread(value.id, &labels, &all)
    }

    /// The value as an array with every axis of its shape (and of its stack, where it is one).
    pub fn full(&mut self, value: &Value, shape: Shape) -> Id {
        let core = core_axes(shape);
        let has = |a: &Axis| value.axes.contains(a);
        if core.iter().all(has) {
            return value.id;
        }
        let dims: Vec<Id> = [(Axis::Row, shape.rows), (Axis::Col, shape.cols)]
            .into_iter()
            .filter(|(a, _)| core.contains(a))
            .map(|(_, d)| self.dim(d))
            .collect();
        if value.axes.is_empty() {
            let size = if dims.len() == 1 { "{0}" } else { "({0}, {1})" };
            let word = match self.table.literal(value.id) {
                Some("1") => "ones",
                Some("0") => "zeros",
                _ => {
                    let c = match self.table.literal(value.id) {
                        Some(text) if text.chars().all(|c| c.is_ascii_digit()) => format!("{text}.0"),
                        _ => String::new(),
                    };
                    let c = if c.is_empty() { value.id } else { self.table.leaf(c, 0) };
                    let mut args = dims.clone();
                    args.push(c);
                    let template = format!("np.full({size}, {{{}}})", dims.len());
                    return self.table.call(template, &args, dims.len());
                }
            };
            return self.table.call(format!("np.{word}({size})"), &dims, dims.len());
        }
        if value.axes.len() == 1 && core.len() == 2 && dims.len() == 2 && core.contains(&value.axes[0]) {
            let row = value.axes[0] == Axis::Row;
            let other = if row { dims[1] } else { dims[0] };
            let ones = self.table.call("np.ones({0})", &[other], 1);
            let args = if row { [value.id, ones] } else { [ones, value.id] };
            return self.table.call("np.outer({0}, {1})", &args, 2);
        }
        // A stack of constants.
        let mut target: Axes = value.axes.iter().copied().filter(|a| matches!(a, Axis::Batch(_))).collect();
        target.extend(core.iter().copied());
        let left = self.aligned(value, &target);
        let size = if dims.len() == 1 { "np.ones({0})" } else { "np.ones(({0}, {1}))" };
        let ones = self.table.call(size, &dims, dims.len());
        self.table.text("{0} * {1}", &[(left, Hole::Left), (ones, Hole::Factor)], Rank::Mul, target.len())
    }

    /// All axes of some values, in order.
    pub fn union(values: &[&Value]) -> Axes {
        let mut all: Axes = values.iter().flat_map(|v| v.axes.iter().copied()).collect();
        all.sort_by_key(|a| match a {
            Axis::Batch(level) => (0, std::cmp::Reverse(*level)),
            Axis::Row => (1, std::cmp::Reverse(0)),
            Axis::Col => (2, std::cmp::Reverse(0)),
        });
        all.dedup();
        all
    }

    // ---- sums and entrywise products

    fn sum(&mut self, id: ExprId, terms: &[(Rational, ExprId)], ctx: Ctx) -> Result<Value, Diagnostic> {
        let terms = self.store.as_written(id, terms.to_vec(), |t| t.1);
        if let Some(value) = self.expm1(&terms, ctx) {
            return Ok(value);
        }
        self.sum_terms(&terms, ctx)
    }

    /// Σ cᵢ tᵢ in this order.
    pub fn sum_terms(&mut self, terms: &[(Rational, ExprId)], ctx: Ctx) -> Result<Value, Diagnostic> {
        let mut values = Vec::with_capacity(terms.len());
        for (c, t) in terms {
            // A number in front of an array goes into the product, where it multiplies the smallest part.
            let fold = !c.abs().is_one()
                && !self.store.is_scalar(*t)
                && matches!(self.store.node(*t), Node::Product { .. })
                && self.uses.get(t.index()) == Some(&1);
            if fold {
                let inner = self.scopes.restrict(ctx, *t);
                let value = self.product(*t, &c.abs(), inner)?;
                values.push((if c.is_negative() { Rational::from(-1) } else { Rational::ONE }, value));
            } else {
                values.push((c.clone(), self.value(*t, ctx)));
            }
        }
        let all: Vec<&Value> = values.iter().map(|(_, v)| v).collect();
        let axes = Self::union(&all);
        let mut aligned = Vec::with_capacity(values.len());
        for (c, v) in &values {
            aligned.push((c.clone(), self.aligned(v, &axes)));
        }
        Ok(Value { id: self.table.plus(&aligned), axes })
    }

    /// exp(u) − 1 without cancellation.
    fn expm1(&mut self, terms: &[(Rational, ExprId)], ctx: Ctx) -> Option<Value> {
        let [(c, a), (d, b)] = terms else { return None };
        let one = |s: &Store, e: ExprId| e == ExprId::ONE || matches!(s.node(e), Node::Ones(_));
        let (c, exp, d) = if one(self.store, *b) {
            (c, *a, d)
        } else if one(self.store, *a) {
            (d, *b, c)
        } else {
            return None;
        };
        let inner = crate::ops::args_of(self.store, exp, "exp")?;
        if *c != d.neg() || !c.abs().is_one() || self.uses.get(exp.index()) != Some(&1) {
            return None;
        }
        let value = self.value(inner[0], ctx);
        let ndim = value.axes.len();
        let id = self.table.call("np.expm1({0})", &[value.id], ndim);
        Some(Value { id: self.table.times(c, &[id], &[]), axes: value.axes })
    }

    /// Π∘ bᵢ^eᵢ.
    pub fn entries(&mut self, entries: &[Power], ctx: Ctx) -> Value {
        let mut parts = Vec::with_capacity(entries.len());
        for &(b, e) in entries {
            parts.push(self.power_of(b, e, ctx));
        }
        self.entrywise(&Rational::ONE, &parts)
    }

    /// number · Π values, those with the flag in the denominator.
    pub fn entrywise(&mut self, coefficient: &Rational, parts: &[(Value, bool)]) -> Value {
        let all: Vec<&Value> = parts.iter().map(|(v, _)| v).collect();
        let axes = Self::union(&all);
        let (mut num, mut den) = (Vec::new(), Vec::new());
        for (v, down) in parts {
            let id = self.aligned(v, &axes);
            if *down { den.push(id) } else { num.push(id) }
        }
        Value { id: self.table.times(coefficient, &num, &den), axes }
    }

    /// `base^exponent` entry by entry; the flag says that it belongs into a denominator.
    pub fn power_of(&mut self, base: ExprId, exponent: ExprId, ctx: Ctx) -> (Value, bool) {
        let b = self.value(base, ctx);
        if let Some(r) = self.store.as_num(exponent) {
            let (id, down) = self.table.number_power(b.id, &r.clone());
            return (Value { id, axes: b.axes }, down);
        }
        let e = self.value(exponent, ctx);
        let axes = Self::union(&[&b, &e]);
        let (x, y) = (self.aligned(&b, &axes), self.aligned(&e, &axes));
        (Value { id: self.table.power(x, y), axes }, false)
    }

    fn kron(&mut self, parts: &[ExprId], shape: Shape, ctx: Ctx) -> Value {
        let whole = core_axes(shape);
        let mut result: Option<Id> = None;
        for &p in parts {
            let value = self.value(p, ctx);
            let s = self.store.shape(p);
            let mut id = self.full(&value, s);
            if whole.len() == 2 {
                if s.is_column() {
                    id = self.table.view("{0}[:, None]", id, 2);
                } else if s.is_row() {
                    id = self.table.view("{0}[None, :]", id, 2);
                }
            }
            result = Some(match result {
                None => id,
                Some(left) => self.table.call("np.kron({0}, {1})", &[left, id], whole.len()),
            });
        }
        Value { id: result.unwrap_or(Id(0)), axes: whole }
    }

    // ---- networks

    /// Labels for the sums that `ctx` turns into axes.
    pub fn batch_labels(&mut self, net: &mut Network, ctx: Ctx) -> Vec<(u32, Label)> {
        let binders: Vec<_> = self.scopes.binders(ctx).iter().filter(|b| !b.looped).copied().collect();
        let mut labels = Vec::new();
        for b in binders {
            let (low, high) = (self.value(b.low, ctx).id, self.value(b.high, ctx).id);
            let count = if self.table.literal(low) == Some("1") {
                high
            } else {
                let one = self.table.int(1);
                self.table.plus(&[(Rational::ONE, high), (Rational::from(-1), low), (Rational::ONE, one)])
            };
            labels.push((b.level, net.label(Extent { cost: 1000.0, count })));
        }
        labels
    }

    /// A value as an operand; `row` and `col` are the labels of its core axes.
    pub fn operand(value: &Value, batch: &[(u32, Label)], row: Option<Label>, col: Option<Label>) -> Operand {
        let label = |a: &Axis| match a {
            Axis::Batch(level) => batch.iter().find(|(l, _)| l == level).map(|&(_, label)| label),
            Axis::Row => row.or(col),
            Axis::Col => col.or(row),
        };
        Operand::array(value.id, value.axes.iter().filter_map(label))
    }

    /// Runs the network; the result has the axes of `ctx` and the core axes whose labels are given.
    pub fn finish(&mut self, net: Network, batch: &[(u32, Label)], row: Option<Label>, col: Option<Label>, front: &Front) -> Value {
        let mut out: Vec<Label> = batch.iter().map(|&(_, l)| l).collect();
        let mut tags: Vec<Axis> = batch.iter().map(|&(level, _)| Axis::Batch(level)).collect();
        for (label, tag) in [(row, Axis::Row), (col, Axis::Col)] {
            if let Some(label) = label {
                out.push(label);
                tags.push(tag);
            }
        }
        let same: Vec<Label> = out.iter().map(|&l| net.find(l)).collect();
        let live = std::mem::take(&mut self.live);
        let result = self.table.contract(net, &out, front, &live);
        self.live = live;
        let super::network::What::Array(id) = result.what else { return Value::scalar(Id(0)) };
        // Labels of the result come in the order of `out`; match them one by one.
        let mut axes = Axes::new();
        let mut at = 0;
        for (label, tag) in same.iter().zip(tags) {
            if result.labels.get(at) == Some(label) {
                axes.push(tag);
                at += 1;
            }
        }
        Value { id, axes }
    }

    /// tr(A), or the diagonal of A.
    fn along_diagonal(&mut self, a: ExprId, ctx: Ctx, trace: bool) -> Result<Value, Diagnostic> {
        let mut net = Network::default();
        let batch = self.batch_labels(&mut net, ctx);
        let extent = self.extent(self.store.shape(a).rows);
        let label = net.label(extent);
        let front = self.add_expr(&mut net, a, &batch, Some(label), Some(label), ctx)?;
        Ok(self.finish(net, &batch, if trace { None } else { Some(label) }, None, &front))
    }

    /// The matrices that the last pass solves with so often, or inverts anyway, that one inverse is cheaper.
    pub fn worth_inverting(&self, reachable: &[bool]) -> Vec<Id> {
        let mut solves: Vec<(Id, usize, bool)> = Vec::new();
        let mut uses: Vec<(Id, InverseUse)> = self.table.inverses.iter().map(|(&k, &v)| (k, v)).collect();
        uses.sort_unstable_by_key(|&(k, _)| k);
        for (id, used) in uses {
            if !reachable.get(id.index()).copied().unwrap_or(false) {
                continue;
            }
            let (matrix, bare) = match used {
                InverseUse::Solve(m) => (m, false),
                InverseUse::Bare(m) => (m, true),
            };
            match solves.iter_mut().find(|(m, ..)| *m == matrix) {
                Some(entry) => {
                    entry.1 += 1;
                    entry.2 |= bare;
                }
                None => solves.push((matrix, 1, bare)),
            }
        }
        solves.into_iter().filter(|&(_, count, bare)| bare || count >= 4).map(|(m, ..)| m).collect()
    }
}

/// The axes of a value of this shape.
pub(super) fn core_axes(shape: Shape) -> Axes {
    let mut axes = Axes::new();
    if shape.rows != DimId::ONE {
        axes.push(Axis::Row);
    }
    if shape.cols != DimId::ONE {
        axes.push(Axis::Col);
    }
    axes
}
