//! The adjoint of one factor of a Kronecker product.

use crate::base::Rational;
use crate::ir::{DimId, ExprId, Node, Shape, Store};

/// What the factor at `at` of P₁ ⊗ P₂ ⊗ … receives from the cotangent `g` of the whole.
pub(super) fn pull(store: &mut Store, g: ExprId, parts: &[ExprId], at: usize) -> ExprId {
    let left = store.kron(&parts[..at]);
    let right = store.kron(&parts[at + 1..]);
    let middle = store.shape(parts[at]);
    let r = store.shape(right);
    let inner = Shape::new(store.dim_times(middle.rows, r.rows), store.dim_times(middle.cols, r.cols));
    let g = if at == 0 { g } else { pull_right(store, g, left, inner) };
    if at + 1 == parts.len() { g } else { pull_left(store, g, middle, right) }
}

/// Z with ⟨G, A ⊗ dZ⟩ = ⟨Z, dZ⟩: Σᵢⱼ Aᵢⱼ Gᵢⱼ over the blocks of G.
fn pull_right(store: &mut Store, g: ExprId, a: ExprId, z: Shape) -> ExprId {
    let s = store.shape(a);
    if let Some((front, first, second)) = split_kron(store, g, s) {
        let weight = store.inner(first, a);
        return store.mul(&[front, weight, second]);
    }
    let (p, q) = (store.eye(z.rows), store.eye(z.cols));
    if s.cols == DimId::ONE {
        let left = store.kron(&[a, p]);
        let left = store.transpose(left);
        return store.mul(&[left, g]);
    }
    if s.rows == DimId::ONE {
        let turned = store.transpose(a);
        let right = store.kron(&[turned, q]);
        return store.mul(&[g, right]);
    }
    if let Some((r, x)) = outer(store, g) {
        // rᵀ(A ⊗ dZ) x = ⟨R, dZ X Aᵀ⟩ for the matrices R and X with the columns r and x.
        let (r, x) = (store.unvec(r, Shape::new(z.rows, s.rows)), store.unvec(x, Shape::new(z.cols, s.cols)));
        let turned = store.transpose(x);
        return store.mul(&[r, a, turned]);
    }
    let index = store.fresh_index();
    let e = store.basis(index, s.rows);
    let turned = store.transpose(a);
    let row = store.mul(&[turned, e]);
    let (left, right) = (store.kron(&[e, p]), store.kron(&[row, q]));
    let left = store.transpose(left);
    let body = store.mul(&[left, g, right]);
    let high = store.size(s.rows);
    store.big_sum(index, ExprId::ONE, high, body)
}

/// Y with ⟨G, dY ⊗ C⟩ = ⟨Y, dY⟩.
fn pull_left(store: &mut Store, g: ExprId, y: Shape, c: ExprId) -> ExprId {
    let s = store.shape(c);
    if let Some((front, first, second)) = split_kron(store, g, y) {
        let weight = store.inner(second, c);
        return store.mul(&[front, weight, first]);
    }
    let (m, n) = (store.eye(y.rows), store.eye(y.cols));
    if s.cols == DimId::ONE {
        let left = store.kron(&[m, c]);
        let left = store.transpose(left);
        return store.mul(&[left, g]);
    }
    if s.rows == DimId::ONE {
        let turned = store.transpose(c);
        let right = store.kron(&[n, turned]);
        return store.mul(&[g, right]);
    }
    if let Some((r, x)) = outer(store, g) {
        // rᵀ(dY ⊗ C) x = ⟨R, C X dYᵀ⟩.
        let (r, x) = (store.unvec(r, Shape::new(s.rows, y.rows)), store.unvec(x, Shape::new(s.cols, y.cols)));
        let turned = store.transpose(r);
        return store.mul(&[turned, c, x]);
    }
    let index = store.fresh_index();
    let e = store.basis(index, s.rows);
    let turned = store.transpose(c);
    let row = store.mul(&[turned, e]);
    let (left, right) = (store.kron(&[m, e]), store.kron(&[n, row]));
    let left = store.transpose(left);
    let body = store.mul(&[left, g, right]);
    let high = store.size(s.rows);
    store.big_sum(index, ExprId::ONE, high, body)
}

/// G = r xᵀ, where it is a product that is one wide somewhere.
fn outer(store: &mut Store, g: ExprId) -> Option<(ExprId, ExprId)> {
    let Node::Product { coefficient, scalars, chain } = store.node(g).clone() else { return None };
    let cut = (1..chain.len()).find(|&at| store.factor_shape(chain[at]).rows == DimId::ONE)?;
    let r = store.product(coefficient, &scalars, &chain[..cut]);
    let row = store.product(Rational::ONE, &[], &chain[cut..]);
    Some((r, store.transpose(row)))
}

/// G = front · (G₁ ⊗ G₂) with G₁ of the given shape, where G is a Kronecker product whose first factors have it.
fn split_kron(store: &mut Store, g: ExprId, first: Shape) -> Option<(ExprId, ExprId, ExprId)> {
    let (front, bare) = store.split_front(g);
    let Node::Kron(parts) = store.node(bare).clone() else { return None };
    for cut in 1..parts.len() {
        let left = store.kron(&parts[..cut]);
        if store.shape(left) == first {
            let right = store.kron(&parts[cut..]);
            return Some((front, left, right));
        }
    }
    None
}
