//! Kronecker products that are never formed: an axis of length m·n is two axes, m and n.
//!
//! (A ⊗ B)[ik, jl] = A[i,j] B[k,l], vec(X)[ji] = X[i,j], and the commutation matrix only says which is which.

use super::instr::{Hole, Rank};
use super::lower::{Code, Value, core_axes};
use super::network::{Label, Network, Operand};
use super::product::{Batch, Place};
use super::scope::Ctx;
use crate::base::Diagnostic;
use crate::ir::{DimId, ExprId, Factor, Facts, Node};
use crate::ops;

/// The dimensions that an axis falls into; one for an axis that is whole.
type Pattern = Vec<DimId>;

impl Code<'_> {
    /// For each place between factors (the two ends included) the dimensions that its axis falls into, where the chain
    /// has a Kronecker product beside something to multiply it with and all neighbours agree.
    pub fn patterns(&mut self, chain: &[Factor]) -> Option<Vec<Pattern>> {
        if chain.len() < 2 || !chain.iter().any(|f| self.is_composite(*f)) {
            return None;
        }
        let mut all: Vec<Pattern> = Vec::with_capacity(chain.len() + 1);
        let mut right: Option<Pattern> = None;
        for (at, f) in chain.iter().enumerate() {
            let shape = self.store.factor_shape(*f);
            let (left, next) = self.sides(*f);
            let plain =
                !matches!(self.store.node(f.base), Node::Symbol(_) | Node::Member(..) | Node::Sum(_) | Node::Hadamard(_) | Node::Call(..));
            let own = match (right.take(), left) {
                (Some(a), Some(b)) if a == b => a,
                (Some(_), Some(_)) => return None,
                // A factor that is read in another way (a diagonal matrix, a unit vector, an inverse) keeps its axes.
                (Some(a), None) => {
                    if a.len() > 1 && (f.power != ExprId::ONE || plain) {
                        return None;
                    }
                    a
                }
                (None, Some(b)) => {
                    let before = at.checked_sub(1).map(|k| chain[k]);
                    if let Some(before) = before
                        && b.len() > 1
                        && (before.power != ExprId::ONE
                            || !matches!(
                                self.store.node(before.base),
                                Node::Symbol(_) | Node::Member(..) | Node::Sum(_) | Node::Hadamard(_) | Node::Call(..)
                            ))
                    {
                        return None;
                    }
                    b
                }
                (None, None) => vec![shape.rows],
            };
            all.push(own);
            right = next;
            if at + 1 == chain.len() {
                all.push(right.take().unwrap_or_else(|| vec![shape.cols]));
            }
        }
        all.iter().any(|p| p.len() > 1).then_some(all)
    }

    fn is_composite(&self, f: Factor) -> bool {
        f.power == ExprId::ONE
            && match self.store.node(f.base) {
                Node::Kron(_) => !f.flipped,
                Node::Call(..) => self.commutation(f.base).is_some(),
                _ => false,
            }
    }

    fn commutation(&self, id: ExprId) -> Option<(DimId, DimId)> {
        let args = ops::args_of(self.store, id, "commutation")?;
        Some((self.known_dim(args[0])?, self.known_dim(args[1])?))
    }

    /// The dimension that a size in the code stands for, where some expression has it already.
    fn known_dim(&self, id: ExprId) -> Option<DimId> {
        self.sizes.iter().find(|(_, size)| *size == id).map(|&(dim, _)| dim)
    }

    /// The patterns that a factor asks for on its left and on its right.
    fn sides(&self, f: Factor) -> (Option<Pattern>, Option<Pattern>) {
        let some = |p: Pattern| (!p.is_empty()).then_some(p);
        let (left, right) = match self.store.node(f.base) {
            Node::Kron(parts) if self.is_composite(f) => {
                let shapes: Vec<_> = parts.iter().map(|&p| self.store.shape(p)).collect();
                let wide = |d: &DimId| *d != DimId::ONE;
                (shapes.iter().map(|s| s.rows).filter(wide).collect(), shapes.iter().map(|s| s.cols).filter(wide).collect())
            }
            Node::Vec(a) if f.power == ExprId::ONE => {
                let s = self.store.shape(*a);
                (vec![s.cols, s.rows], vec![])
            }
            Node::Call(..) if f.power == ExprId::ONE => match self.commutation(f.base) {
                Some((m, n)) => (vec![m, n], vec![n, m]),
                None => return (None, None),
            },
            _ => return (None, None),
        };
        let (left, right) = (some(left), some(right));
        if f.flipped { (right, left) } else { (left, right) }
    }

    /// The labels of a pattern: the given one where it is whole, else one for each part.
    pub fn part_labels(&mut self, net: &mut Network, whole: Option<Label>, pattern: &[DimId]) -> Vec<Label> {
        match (pattern, whole) {
            ([DimId::ONE], _) => Vec::new(),
            ([_], Some(label)) => vec![label],
            _ => {
                let parts: Vec<Label> = pattern
                    .iter()
                    .map(|&d| {
                        let extent = self.extent(d);
                        net.label(extent)
                    })
                    .collect();
                if let Some(whole) = whole {
                    net.split(whole, &parts);
                }
                parts
            }
        }
    }

    /// A factor between two composite axes.
    pub fn add_composite(
        &mut self,
        net: &mut Network,
        f: Factor,
        [left, right]: [&[Label]; 2],
        batch: Batch<'_>,
        ctx: Ctx,
    ) -> Result<(), Diagnostic> {
        if f.power == ExprId::ONE {
            match self.store.node(f.base).clone() {
                Node::Kron(parts) if !f.flipped => {
                    let (mut rows, mut cols) = (left.iter(), right.iter());
                    for p in parts {
                        let s = self.store.shape(p);
                        let a = if s.rows == DimId::ONE { None } else { rows.next().copied() };
                        let b = if s.cols == DimId::ONE { None } else { cols.next().copied() };
                        self.add_factor(net, Factor { base: p, flipped: false, power: ExprId::ONE }, [a, b], Place::default(), batch, ctx)?;
                    }
                    return Ok(());
                }
                Node::Vec(a) => {
                    let value = self.value(a, ctx);
                    let (col, row) = match if f.flipped { right } else { left } {
                        [col, row] => (*col, *row),
                        _ => return super::lower::unsupported("a vec of another length"),
                    };
                    let mut operand = Self::operand(&value, batch, Some(row), Some(col));
                    operand.symmetric = operand.labels.len() == 2 && self.store.is(a, Facts::SYMMETRIC);
                    net.operands.push(operand);
                    return Ok(());
                }
                Node::Call(..) if self.commutation(f.base).is_some() => {
                    if let ([a, b], [c, d]) = (left, right) {
                        net.unify(*a, *d);
                        net.unify(*b, *c);
                    }
                    return Ok(());
                }
                _ => {}
            }
        }
        if left.len() <= 1 && right.len() <= 1 {
            return self.add_factor(net, f, [left.first().copied(), right.first().copied()], Place::default(), batch, ctx);
        }
        // An array whose long axes are seen as several.
        let value = self.value(f.base, ctx);
        let shape = self.store.shape(f.base);
        let full = self.full(&value, shape);
        let value = Value { id: full, axes: core_axes(shape) };
        let (rows, cols) = if f.flipped { (right, left) } else { (left, right) };
        let labels: Vec<Label> = rows.iter().chain(cols).copied().collect();
        let mut args = vec![(value.id, Hole::Atom)];
        args.extend(labels.iter().map(|&l| (net.extents[l as usize].count, Hole::Any)));
        let slots: Vec<String> = (1..args.len()).map(|k| format!("{{{k}}}")).collect();
        let id = self.table.text(format!("{{0}}.reshape({})", slots.join(", ")), &args, Rank::Atom, labels.len());
        net.operands.push(Operand::array(id, labels));
        Ok(())
    }
}
