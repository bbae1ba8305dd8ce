//! Indexed families and sums over an index.

use super::arith::Front;
use super::instr::{Hole, Id, Rank};
use super::lower::{Axes, Axis, Code, Value, core_axes, unsupported};
use super::network::Network;
use super::scope::{Binder, Ctx, shift_of};
use crate::base::Diagnostic;
use crate::ir::{DimId, ExprId, Node, SymbolId};

impl Code<'_> {
    /// A member of a family: the stacked array where its index is an axis, else a part of it.
    pub fn member(&mut self, symbol: SymbolId, index: &[ExprId], ctx: Ctx) -> Result<Value, Diagnostic> {
        let info = self.store.symbol_info(symbol).clone();
        let core = core_axes(info.shape);
        let whole = self.table.leaf(self.names.symbol(symbol), index.len() + core.len());
        let mut axes = Axes::new();
        let mut slots: Vec<String> = Vec::new();
        let mut args: Vec<(Id, Hole)> = vec![(whole, Hole::Atom)];
        let stacked = self.stacks.get(&symbol).cloned();
        for (at, &i) in index.iter().enumerate() {
            let (first, length) = stacked.as_ref().map_or((1, None), |s| (s.first[at], s.lengths.get(at).copied()));
            let binders = self.scopes.binders(ctx).to_vec();
            let vector = binders.iter().find_map(|b| (!b.looped).then(|| shift_of(self.store, i, b.level).map(|s| (*b, s))).flatten());
            match vector {
                Some((binder, shift)) => {
                    axes.push(Axis::Batch(binder.level));
                    slots.push(self.slice(binder, shift - first, length, ctx, &mut args));
                }
                None => {
                    let k = self.integer(i, -first, ctx);
                    slots.push(format!("{{{}}}", args.len()));
                    args.push((k, Hole::Any));
                }
            }
        }
        axes.extend(core);
        while slots.last().is_some_and(|s| s == ":") {
            slots.pop();
        }
        let id =
            if slots.is_empty() { whole } else { self.table.text(format!("{{0}}[{}]", slots.join(", ")), &args, Rank::Atom, axes.len()) };
        let sorted = Self::union(&[&Value { id, axes: axes.clone() }]);
        let value = Value { id, axes };
        if sorted.len() != value.axes.len() {
            return unsupported("a family with one index twice inside a sum over it");
        }
        let id = self.aligned(&value, &sorted);
        Ok(Value { id, axes: sorted })
    }

    /// The subscript for the members at `low + shift` to `high + shift` of an array of this length, counted from 0.
    fn slice(&mut self, binder: Binder, shift: i64, length: Option<DimId>, ctx: Ctx, args: &mut Vec<(Id, Hole)>) -> String {
        let from = self.integer(binder.low, shift, ctx);
        let to = self.integer(binder.high, shift + 1, ctx);
        let all = length.map(|dim| self.dim(dim));
        let mut text = String::new();
        if self.table.literal(from) != Some("0") {
            text.push_str(&format!("{{{}}}", args.len()));
            args.push((from, Hole::First));
        }
        text.push(':');
        if all != Some(to) {
            // A negative end would count from the other side.
            let end = if self.store.may_be_negative(binder.high) { self.table.call("max(0, {0})", &[to], 0) } else { to };
            text.push_str(&format!("{{{}}}", args.len()));
            args.push((end, Hole::First));
        }
        text
    }

    /// A bound index as a number.
    pub fn index(&mut self, level: u32, ctx: Ctx) -> Result<Value, Diagnostic> {
        let Some(binder) = self.scopes.binders(ctx).iter().find(|b| b.level == level).copied() else {
            return unsupported("an index outside the sum that binds it");
        };
        if binder.looped {
            let name = self.loop_name(level)?;
            return Ok(Value::scalar(self.table.loop_variable(&name, level)));
        }
        let (low, high) = (self.integer(binder.low, 0, ctx), self.integer(binder.high, 1, ctx));
        let id = self.table.call("np.arange({0}, {1})", &[low, high], 1);
        Ok(Value { id, axes: std::iter::once(Axis::Batch(level)).collect() })
    }

    fn loop_name(&mut self, level: u32) -> Result<String, Diagnostic> {
        if level >= 64 {
            return unsupported("sums nested more than 64 deep");
        }
        Ok(self.loops.get(&level).cloned().unwrap_or_else(|| format!("index{level}")))
    }

    /// A unit vector: its index counted from 0, and itself as code.
    pub fn unit(&mut self, k: ExprId, dim: DimId, ctx: Ctx) -> (Id, Id) {
        let index = self.integer(k, -1, ctx);
        let n = self.dim(dim);
        let unit = self.table.call("np.eye(1, {0}, {1})[0]", &[n, index], 1);
        (index, unit)
    }

    /// Σ over an index: one more axis that is summed where that can be, else a loop.
    pub fn big_sum(&mut self, id: ExprId, ctx: Ctx) -> Result<Value, Diagnostic> {
        let Node::BigSum { level, low, high, body } = *self.store.node(id) else { return unsupported("not a sum") };
        let looped = self.scopes.is_looped(id);
        let inside = self.scopes.enter(ctx, Binder { level, low, high, looped });
        let inside = self.scopes.restrict(inside, body);
        let shape = self.store.shape(id);
        if looped {
            self.loop_name(level)?;
            let value = self.value(body, inside);
            if value.axes.iter().any(|a| matches!(a, Axis::Batch(_))) {
                return unsupported("a loop inside a sum over samples");
            }
            let body = self.full(&value, shape);
            let dims: Vec<Id> = [shape.rows, shape.cols].into_iter().filter(|&d| d != DimId::ONE).map(|d| self.dim(d)).collect();
            let start = self.table.zeros(&dims);
            let (from, to) = (self.integer(low, 0, ctx), self.integer(high, 1, ctx));
            return Ok(Value { id: self.table.sum_loop(level, from, to, body, start), axes: core_axes(shape) });
        }
        let mut net = Network::default();
        let batch = self.batch_labels(&mut net, inside);
        let mut label = |code: &mut Self, dim: DimId| {
            (dim != DimId::ONE).then(|| {
                let extent = code.extent(dim);
                net.label(extent)
            })
        };
        let row = label(self, shape.rows);
        let col = label(self, shape.cols);
        let front: Front = self.add_expr(&mut net, body, &batch, row, col, inside)?;
        let outer: Vec<_> = batch.iter().copied().filter(|&(l, _)| l != level).collect();
        Ok(self.finish(net, &outer, row, col, &front))
    }
}
