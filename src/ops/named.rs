//! Named constant matrices: identity, ones, zeros, unit vectors, the commutation matrix.

use super::row::{Arg, BLANK, Code, D, Derivative, Eval, Form, Make, Matrix, Row, SCALAR, Sig};
use crate::ir::{DimId, ExprId, Facts, Shape, Store};

const fn build(sig: Sig, make: fn(&mut Store, &[ExprId]) -> ExprId) -> Form {
    Form { sig, make: Make::Build(make) }
}

const SIZE: Sig = Sig { args: &[Arg::Dim(0)], out: (D::N(0), D::N(0)), broadcast: false };
const SIZE_COLUMN: Sig = Sig { args: &[Arg::Dim(0)], out: (D::N(0), D::One), broadcast: false };
const SIZES: Sig = Sig { args: &[Arg::Dim(0), Arg::Dim(1)], out: (D::N(0), D::N(1)), broadcast: false };
const UNIT: Sig = Sig { args: &[SCALAR, Arg::Dim(0)], out: (D::N(0), D::One), broadcast: false };
const COMMUTATION: Sig = Sig { args: &[Arg::Dim(0), Arg::Dim(1)], out: (D::Times(0, 1), D::Times(0, 1)), broadcast: false };

fn shape(store: &mut Store, args: &[ExprId]) -> Shape {
    let mut at = |k: usize| args.get(k).and_then(|&a| store.as_dim(a)).unwrap_or(DimId::ONE);
    Shape::new(at(0), at(1))
}

fn eye(store: &mut Store, args: &[ExprId]) -> ExprId {
    let shape = shape(store, args);
    store.eye(shape.rows)
}

fn ones(store: &mut Store, args: &[ExprId]) -> ExprId {
    let shape = shape(store, args);
    store.ones(shape)
}

fn zeros(store: &mut Store, args: &[ExprId]) -> ExprId {
    let shape = shape(store, args);
    store.zeros(shape)
}

fn unit(store: &mut Store, args: &[ExprId]) -> ExprId {
    let dim = store.as_dim(args[1]).unwrap_or(DimId::ONE);
    store.basis(args[0], dim)
}

fn fold_commutation(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let one = args[0] == ExprId::ONE || args[1] == ExprId::ONE;
    let shape = shape(store, args);
    one.then(|| {
        let dim = store.dim_times(shape.rows, shape.cols);
        store.eye(dim)
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small whole numbers")]
fn commutation(args: &[Matrix]) -> Option<Matrix> {
    let size =
        |k: usize| args.get(k).and_then(|a: &Matrix| a.as_slice().first().copied()).filter(|v| (1.0..1e4).contains(v)).map(|v| v as usize);
    let (m, n) = (size(0)?, size(1)?);
    let mut k = Matrix::zeros(m * n, m * n);
    for i in 0..m {
        for j in 0..n {
            k[(j + i * n, i + j * m)] = 1.0;
        }
    }
    Some(k)
}

pub(super) const ROWS: &[Row] = &[
    Row { name: "eye", doc: "eye(n): the identity", forms: &[build(SIZE, eye)], ..BLANK },
    Row {
        name: "ones",
        doc: "ones(n), ones(m, n): a column or a matrix of ones",
        forms: &[build(SIZE_COLUMN, ones), build(SIZES, ones)],
        ..BLANK
    },
    Row {
        name: "zeros",
        doc: "zeros(n), zeros(m, n): a column or a matrix of zeros",
        forms: &[build(SIZE_COLUMN, zeros), build(SIZES, zeros)],
        ..BLANK
    },
    Row { name: "unit", doc: "unit(k, n): the k-th unit column, k counted from 1", forms: &[build(UNIT, unit)], ..BLANK },
    Row {
        name: "commutation",
        doc: "commutation(m, n): K with K vec(A) = vec(Aᵀ) for an m×n A",
        forms: &[Form { sig: COMMUTATION, make: Make::Call }],
        d: Derivative::Zero,
        facts: |_, a| if a[0] == a[1] { Facts::ORTHOGONAL | Facts::SYMMETRIC | Facts::BINARY } else { Facts::ORTHOGONAL | Facts::BINARY },
        fold: fold_commutation,
        eval: Eval::Matrix(commutation),
        code: Code::new("np.eye({0} * {1})[np.arange({0} * {1}).reshape({0}, {1}, order='F').ravel()]"),
        ..BLANK
    },
];
