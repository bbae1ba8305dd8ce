//! Sylvester's and Lyapunov's equations by name, where a formula stacks columns to solve them.

use super::Rewriter;
use crate::ir::{ExprId, Node, Shape, Store};
use crate::ops;

/// unvec((I ⊗ A + Bᵀ ⊗ I)⁻¹ vec(C)) is the solution X of A X + X B = C.
pub(super) fn named(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Unvec(v, shape) = *store.node(id) else { return Vec::new() };
    equation(store, v, shape).into_iter().collect()
}

fn equation(store: &mut Store, v: ExprId, shape: Shape) -> Option<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(v).clone() else { return None };
    let [inverted, stacked] = chain[..] else { return None };
    let Node::Sum(all) = store.node(inverted.base).clone() else { return None };
    if inverted.power != ExprId::MINUS_ONE || stacked.power != ExprId::ONE || stacked.flipped {
        return None;
    }
    let c = match *store.node(stacked.base) {
        Node::Vec(c) => c,
        _ => store.unvec(stacked.base, shape),
    };
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (number, term) in all {
        let (front, bare) = store.split_front(term);
        let front = store.scale(&number, front);
        match store.node(bare).clone() {
            Node::Eye(_) => {
                let eye = store.eye(shape.rows);
                left.push(store.mul(&[front, eye]));
            }
            Node::Kron(parts) => {
                let [a, b] = parts[..] else { return None };
                let eye = |id: ExprId, dim| matches!(store.node(id), Node::Eye(d) if *d == dim);
                if eye(a, shape.cols) && store.shape(b) == Shape::new(shape.rows, shape.rows) {
                    let b = if inverted.flipped { store.transpose(b) } else { b };
                    left.push(store.mul(&[front, b]));
                } else if eye(b, shape.rows) && store.shape(a) == Shape::new(shape.cols, shape.cols) {
                    let a = if inverted.flipped { a } else { store.transpose(a) };
                    right.push(store.mul(&[front, a]));
                } else {
                    return None;
                }
            }
            _ => return None,
        }
    }
    if left.is_empty() || right.is_empty() {
        return None;
    }
    let (a, b) = (store.add(&left), store.add(&right));
    let front = store.product(coefficient, &scalars, &[]);
    let turned = store.transpose(a);
    let solution = if b == turned { ops::apply(store, "lyapunov", &[a, c]) } else { ops::apply(store, "sylvester", &[a, b, c]) };
    Some(store.mul(&[front, solution]))
}
