//! Linear maps onto and from diagonals: the matrix that takes v to vec(A Diag(v) B), and the one with diag(F) = M dX.
//!
//! The first is the column-wise Kronecker product (Bᵀ ⊗ 1) ∘ (1 ⊗ A) (Khatri and Rao 1968), the second has the rows
//! of a row-wise one. Where a diagonal is read off a product with a diagonal matrix or a column inside, neither is needed:
//! diag(A Diag(v) B) = (A ∘ Bᵀ) v, diag(A x bᵀ) = Diag(b) A x.

use crate::base::Rational;
use crate::ir::{DimId, ExprId, Factor, Node, Store};
use rustc_hash::FxHashMap;

/// How many parts of a matrix are looked into for its diagonal; what is left is read row by row.
const PARTS: usize = 64;

/// The factors at one side; `None` for the identity.
pub(super) fn side(store: &mut Store, chain: &[Factor]) -> Option<ExprId> {
    (!chain.is_empty()).then(|| store.product(Rational::ONE, &[], chain))
}

/// The matrix that takes v to vec(A Diag(v) B): (Bᵀ ⊗ 1) ∘ (1 ⊗ A), the column-wise Kronecker product.
pub(super) fn khatri_rao(store: &mut Store, dim: DimId, left: Option<ExprId>, right: Option<ExprId>) -> ExprId {
    let left = left.unwrap_or_else(|| store.eye(dim));
    let right = match right {
        Some(right) => store.transpose(right),
        None => store.eye(dim),
    };
    if store.shape(right).rows == DimId::ONE {
        // A Diag(v) b = A Diag(b) v.
        let turned = store.transpose(right);
        let diagonal = store.diag(turned);
        return store.mul(&[left, diagonal]);
    }
    store.khatri_rao(false, right, left)
}

/// Diag(front) · diag(A F B) with F linear in dX; `None` for ones, for the identity.
#[derive(Clone, Copy)]
struct Piece {
    scalar: ExprId,
    front: Option<ExprId>,
    left: Option<ExprId>,
    inner: ExprId,
    right: Option<ExprId>,
}

/// M with diag(F) = M vec dX, given the matrices of the parts of F.
pub(super) fn diagonal(store: &mut Store, f: ExprId, known: &FxHashMap<ExprId, ExprId>) -> ExprId {
    let mut open = vec![Piece { scalar: ExprId::ONE, front: None, left: None, inner: f, right: None }];
    let (mut terms, mut looked) = (Vec::new(), 0);
    while let Some(piece) = open.pop() {
        looked += 1;
        let before = open.len();
        let read = if looked > PARTS { None } else { opened(store, piece, known, &mut open) };
        let term = match read {
            Some(term) => term,
            None if open.len() > before => continue,
            None => row_wise(store, piece, known),
        };
        let front = match piece.front {
            Some(weights) => store.diag(weights),
            None => ExprId::ONE,
        };
        terms.push(store.mul(&[piece.scalar, front, term]));
    }
    store.add(&terms)
}

/// The matrix of a piece (without what stands in front of it) where it can be said, or its parts put on `open`.
fn opened(store: &mut Store, piece: Piece, known: &FxHashMap<ExprId, ExprId>, open: &mut Vec<Piece>) -> Option<ExprId> {
    match store.node(piece.inner).clone() {
        Node::Sum(terms) => {
            let terms = store.as_written(piece.inner, terms, |t| t.1);
            // The last on the stack is the first to be read.
            for (c, inner) in terms.into_iter().rev().filter(|(_, t)| known.contains_key(t)) {
                let scalar = store.scale(&c, piece.scalar);
                open.push(Piece { scalar, inner, ..piece });
            }
            None
        }
        Node::Product { coefficient, scalars, chain } => {
            if let Some(at) = scalars.iter().position(|(b, _)| known.contains_key(b)) {
                let row = known[&scalars[at].0];
                let mut others = scalars;
                others.remove(at);
                let rest = store.product(coefficient, &others, &chain);
                let rest = between(store, piece.left, rest, piece.right);
                let column = store.diagonal(rest);
                return Some(store.mul(&[column, row]));
            }
            let at = chain.iter().position(|f| known.contains_key(&f.base)).filter(|&at| chain[at].power == ExprId::ONE)?;
            let front = store.product(coefficient, &scalars, &[]);
            let scalar = store.mul(&[piece.scalar, front]);
            let (before, after) = (side(store, &chain[..at]), side(store, &chain[at + 1..]));
            let (left, right) = (joined(store, piece.left, before), joined(store, after, piece.right));
            let inner = chain[at].base;
            // diag(A Fᵀ B) = diag(Bᵀ F Aᵀ).
            let (left, right) =
                if chain[at].flipped { (right.map(|r| store.transpose(r)), left.map(|l| store.transpose(l))) } else { (left, right) };
            open.push(Piece { scalar, left, inner, right, ..piece });
            None
        }
        Node::Diag(v) => {
            let dim = store.shape(piece.inner).rows;
            let matrix = known.get(&v).copied()?;
            let (left, right) = (piece.left.unwrap_or_else(|| store.eye(dim)), piece.right.unwrap_or_else(|| store.eye(dim)));
            let turned = store.transpose(right);
            let entries = store.hadamard(&[left, turned]);
            Some(store.mul(&[entries, matrix]))
        }
        Node::Hadamard(mut entries) if piece.left.is_none() && piece.right.is_none() => {
            let at = entries.iter().position(|(b, e)| known.contains_key(b) && *e == ExprId::ONE)?;
            let (inner, _) = entries.remove(at);
            let shape = store.shape(inner);
            let rest = store.hadamard_entries(Rational::ONE, &[], &entries, shape);
            let weights = store.diagonal(rest);
            let front = Some(match piece.front {
                Some(front) => store.hadamard(&[front, weights]),
                None => weights,
            });
            open.push(Piece { front, inner, ..piece });
            None
        }
        _ => {
            let shape = store.shape(piece.inner);
            let matrix = known[&piece.inner];
            match (piece.left, piece.right) {
                (left, Some(row)) if shape.is_column() => {
                    let weights = store.transpose(row);
                    let weights = store.diag(weights);
                    let column = joined(store, left, Some(matrix)).unwrap_or(matrix);
                    Some(store.mul(&[weights, column]))
                }
                (Some(column), right) if shape.is_row() => {
                    let weights = store.diag(column);
                    let turned = right.map(|r| store.transpose(r));
                    let column = joined(store, turned, Some(matrix)).unwrap_or(matrix);
                    Some(store.mul(&[weights, column]))
                }
                _ => None,
            }
        }
    }
}

/// diag(A F B) row by row: its entry i is (Bᵀ ⊗ A)[row i of both] vec F.
fn row_wise(store: &mut Store, piece: Piece, known: &FxHashMap<ExprId, ExprId>) -> ExprId {
    let shape = store.shape(piece.inner);
    let left = piece.left.unwrap_or_else(|| store.eye(shape.rows));
    let right = match piece.right {
        Some(right) => store.transpose(right),
        None => store.eye(shape.cols),
    };
    let rows = store.khatri_rao(true, right, left);
    store.mul(&[rows, known[&piece.inner]])
}

/// A B, with `None` for the identity.
fn joined(store: &mut Store, a: Option<ExprId>, b: Option<ExprId>) -> Option<ExprId> {
    match (a, b) {
        (Some(a), Some(b)) => Some(store.mul(&[a, b])),
        (one, None) | (None, one) => one,
    }
}

/// A F B.
fn between(store: &mut Store, left: Option<ExprId>, f: ExprId, right: Option<ExprId>) -> ExprId {
    let front = joined(store, left, Some(f)).unwrap_or(f);
    joined(store, Some(front), right).unwrap_or(front)
}
