//! How a written product is read: left to right, with the groups that a mathematician sees where that does not fit.
//!
//! One reading serves shape inference and building alike, so the two cannot disagree. What depends on sizes alone
//! (whether they are equal) is no part of it; only whether a side is one wide.

use crate::syntax::Times;

/// Whether a value has one row, and whether it has one column.
pub(super) type Width = (bool, bool);

/// What products are made of: shapes while inferring, expressions while building.
pub(super) trait Algebra {
    /// A factor, or the product so far.
    type Value;
    /// What goes wrong where factors do not fit.
    type Error;

    /// Whether the value has one row, one column.
    fn width(&self, value: &Self::Value) -> Width;
    /// A group that is complete.
    fn close(&mut self, value: Self::Value) -> Self::Value;
    /// Two factors joined; a scalar may stand on either side.
    fn join(&mut self, how: Times, left: Self::Value, right: Self::Value) -> Result<Self::Value, Self::Error>;
}

const SCALAR: Width = (true, true);
const COLUMN: Width = (false, true);

/// Puts factors together from left to right.
///
/// Three things do not follow from the left alone: `x x' y' z` is `x x' (y' z)`, `x · A y` is `x · (A y)` and
/// `x ∘ A y` is `x ∘ (A y)`; there the factors on the right are a group of their own.
pub(super) fn fold<A: Algebra>(algebra: &mut A, factors: impl Iterator<Item = (Times, A::Value)>) -> Result<Option<A::Value>, A::Error> {
    let mut groups: Vec<(Times, A::Value)> = Vec::new();
    let mut current: Option<A::Value> = None;
    for (times, next) in factors {
        let Some(left) = current.take() else {
            current = Some(next);
            continue;
        };
        if times == Times::Product {
            let (l, r) = (algebra.width(&left), algebra.width(&next));
            if l != SCALAR && r != SCALAR && !l.1 && r.0 {
                groups.push((Times::Product, left));
                current = Some(next);
                continue;
            }
            let mut value = algebra.join(times, left, next)?;
            while let Some((Times::Product, _)) = groups.last()
                && algebra.width(&value) == SCALAR
                && let Some((how, left)) = groups.pop()
            {
                let right = algebra.close(value);
                value = algebra.join(how, left, right)?;
            }
            current = Some(value);
            continue;
        }
        let left = unwind(algebra, &mut groups, left)?;
        let (l, r) = (algebra.width(&left), algebra.width(&next));
        let grouped = match times {
            Times::Dot => l == COLUMN && r == (false, false),
            Times::Hadamard | Times::HadamardDivide => l != SCALAR && r != SCALAR && l != r,
            _ => false,
        };
        if grouped {
            groups.push((times, left));
            current = Some(next);
        } else {
            current = Some(algebra.join(times, left, next)?);
        }
    }
    let Some(value) = current else { return Ok(None) };
    unwind(algebra, &mut groups, value).map(Some)
}

fn unwind<A: Algebra>(algebra: &mut A, groups: &mut Vec<(Times, A::Value)>, value: A::Value) -> Result<A::Value, A::Error> {
    let mut value = value;
    while let Some((how, left)) = groups.pop() {
        let right = algebra.close(value);
        value = algebra.join(how, left, right)?;
    }
    Ok(value)
}
