//! Shapes of products, factor by factor.

use super::extent::{Extent, Operand, Problem, Trouble};
use super::infer::{Inference, PLAIN_COST, SPREAD_COST};
use super::product::{Algebra, Width};
use crate::syntax::{AstId, Times};

/// A factor while shapes are inferred: its own shape, and the outermost factors that it is made of.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub whole: Operand,
    first: Operand,
    last: Operand,
}

impl Value {
    pub fn of(operand: Operand) -> Value {
        Value { whole: operand, first: operand, last: operand }
    }
}

pub(super) struct Products<'s, 'a> {
    pub inference: &'s mut Inference<'a>,
    pub node: AstId,
}

impl Algebra for Products<'_, '_> {
    type Value = Value;
    type Error = Problem;

    fn width(&self, value: &Value) -> Width {
        value.whole.extent.width()
    }

    fn close(&mut self, value: Value) -> Value {
        value
    }

    fn join(&mut self, how: Times, left: Value, right: Value) -> Result<Value, Problem> {
        let upto = Some(right.whole.end);
        self.fit(how, left, right).map_err(|problem| Problem { upto, ..problem })
    }
}

impl Products<'_, '_> {
    fn fit(&mut self, how: Times, left: Value, right: Value) -> Result<Value, Problem> {
        let (a, b) = (left.whole.extent, right.whole.extent);
        let (id, end) = (left.whole.id, right.whole.end);
        let span = left.whole.span.to(right.whole.span);
        let made = |extent: Extent| {
            let first = if a.is_scalar() { right.first } else { left.first };
            let last = if b.is_scalar() { left.last } else { right.last };
            Value { whole: Operand { id, end, span, extent }, first, last }
        };
        let entire = |extent: Extent| Value::of(Operand { id, end, span, extent });
        let inference = &mut *self.inference;
        let node = self.node;
        match how {
            Times::Dot if a.width() == (false, true) && b.width() == (false, true) => {
                inference.same(node, Trouble::Inner, left.whole, right.whole)?;
                Ok(entire(Extent::SCALAR))
            }
            Times::MatMul if a.width() == (false, true) && b.width() == (false, true) => {
                inference.same(node, Trouble::Inner, left.whole, right.whole)?;
                Ok(entire(Extent::SCALAR))
            }
            // An array of one axis on the left is a row.
            Times::MatMul if a.width() == (false, true) && b.width() == (false, false) => {
                if inference.sizes.unify(a.rows, b.rows, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Product, Some(left.last), Some(right.first), false));
                }
                Ok(entire(Extent::column(b.cols)))
            }
            Times::MatMul if a.width() == (false, true) && b.width() == (true, false) => {
                Err(inference.problem(node, Trouble::Outer, Some(left.whole), Some(right.whole), true))
            }
            Times::Product | Times::Dot | Times::MatMul => {
                if a.is_scalar() {
                    return Ok(made(b));
                }
                if b.is_scalar() {
                    return Ok(made(a));
                }
                let local = a.width().1 != b.width().0;
                if local || inference.sizes.unify(a.cols, b.rows, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Product, Some(left.last), Some(right.first), local));
                }
                Ok(made(Extent { rows: a.rows, cols: b.cols }))
            }
            Times::Hadamard | Times::HadamardDivide | Times::Broadcast | Times::BroadcastDivide => {
                if a.is_scalar() || b.is_scalar() {
                    // Entries are multiplied where there are entries: `c .* p` of a scalar p would be `p c`.
                    let scalar = if a.is_scalar() { left } else { right };
                    // In NumPy the sign is the one of both.
                    let both = matches!(how, Times::Broadcast | Times::BroadcastDivide);
                    inference.cost += match a == b {
                        _ if both => 0,
                        true => PLAIN_COST,
                        false if inference.is_number(scalar.whole.id) => 0,
                        false => SPREAD_COST,
                    };
                    return Ok(entire(if a.is_scalar() { b } else { a }));
                }
                inference.same(node, Trouble::Entrywise, left.whole, right.whole)?;
                Ok(entire(a))
            }
            Times::Divide => {
                if b.is_scalar() {
                    return Ok(made(a));
                }
                let local = b.width() != (false, false) || a.width().1;
                if local || inference.sizes.unify(b.rows, b.cols, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Divisor, Some(left.whole), Some(right.whole), local));
                }
                if inference.sizes.unify(a.cols, b.rows, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Product, Some(left.last), Some(right.whole), false));
                }
                Ok(entire(a))
            }
            Times::LeftDivide => {
                if a.is_scalar() {
                    return Ok(made(b));
                }
                let local = a.width() != (false, false) || b.width().0;
                if local || inference.sizes.unify(a.rows, a.cols, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Divisor, Some(right.whole), Some(left.whole), local));
                }
                if inference.sizes.unify(a.cols, b.rows, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Product, Some(left.whole), Some(right.first), false));
                }
                Ok(entire(b))
            }
            Times::Kron => {
                let (rows, cols) = (inference.sizes.times(a.rows, b.rows), inference.sizes.times(a.cols, b.cols));
                Ok(entire(Extent { rows, cols }))
            }
        }
    }
}
