//! Named constant matrices: identity, ones, zeros, unit vectors; commutation, duplication and elimination with vech
//! (Magnus and Neudecker 2019, chapter 3).

use super::row::{Arg, BLANK, Code, D, Derivative, Eval, Form, Make, Matrix, Row, SCALAR, Sig, Spelling};
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Facts, Node, Shape, Store};

const fn build(sig: Sig, make: fn(&mut Store, &[ExprId]) -> ExprId) -> Form {
    Form { sig, make: Make::Build(make) }
}

const SIZE: Sig = Sig { args: &[Arg::Dim(0)], out: (D::N(0), D::N(0)), broadcast: false };
const SIZE_COLUMN: Sig = Sig { args: &[Arg::Dim(0)], out: (D::N(0), D::One), broadcast: false };
const SIZES: Sig = Sig { args: &[Arg::Dim(0), Arg::Dim(1)], out: (D::N(0), D::N(1)), broadcast: false };
const UNIT: Sig = Sig { args: &[SCALAR, Arg::Dim(0)], out: (D::N(0), D::One), broadcast: false };
const DUPLICATION: Sig = Sig { args: &[Arg::Dim(0)], out: (D::Times(0, 0), D::Triangle(0)), broadcast: false };
const ELIMINATION: Sig = Sig { args: &[Arg::Dim(0)], out: (D::Triangle(0), D::Times(0, 0)), broadcast: false };
const STACKED_TRIANGLE: Sig = Sig { args: &[super::row::NN], out: (D::Triangle(0), D::One), broadcast: false };
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

/// A size as an argument.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small whole numbers")]
fn size(args: &[Matrix], k: usize) -> Option<usize> {
    args.get(k).and_then(|a: &Matrix| a.as_slice().first().copied()).filter(|v| (1.0..1e4).contains(v)).map(|v| v as usize)
}

fn commutation(args: &[Matrix]) -> Option<Matrix> {
    let (m, n) = (size(args, 0)?, size(args, 1)?);
    let mut k = Matrix::zeros(m * n, m * n);
    for i in 0..m {
        for j in 0..n {
            k[(j + i * n, i + j * m)] = 1.0;
        }
    }
    Some(k)
}

/// The places (i, j) with i ≥ j of an n×n matrix, column by column: the order of vech.
fn triangle(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |j| (j..n).map(move |i| (i, j)))
}

fn duplication(args: &[Matrix]) -> Option<Matrix> {
    let n = size(args, 0)?;
    let mut d = Matrix::zeros(n * n, n * (n + 1) / 2);
    for (k, (i, j)) in triangle(n).enumerate() {
        d[(i + j * n, k)] = 1.0;
        d[(j + i * n, k)] = 1.0;
    }
    Some(d)
}

fn elimination(args: &[Matrix]) -> Option<Matrix> {
    let n = size(args, 0)?;
    let mut l = Matrix::zeros(n * (n + 1) / 2, n * n);
    for (k, (i, j)) in triangle(n).enumerate() {
        l[(k, i + j * n)] = 1.0;
    }
    Some(l)
}

fn vech(args: &[Matrix]) -> Option<Matrix> {
    let a = args.first()?;
    let entries: Vec<f64> = triangle(a.nrows()).map(|at| a[at]).collect();
    Some(Matrix::from_column_slice(entries.len(), 1, &entries))
}

fn fold_unit_size(_: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    (args[0] == ExprId::ONE).then_some(ExprId::ONE)
}

/// vech of a scalar is the scalar; numbers and scalars come out in front.
fn fold_vech(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let x = args[0];
    if store.is_scalar(x) {
        return Some(x);
    }
    if store.is_zero(x) {
        let rows = store.shape(x).rows;
        let rows = store.dim_triangle(rows);
        return Some(store.zeros(Shape::column(rows)));
    }
    let Node::Product { coefficient, scalars, chain } = store.node(x).clone() else { return None };
    if coefficient.is_one() && scalars.is_empty() {
        return None;
    }
    let front = store.product(coefficient, &scalars, &[]);
    let bare = store.product(Rational::ONE, &[], &chain);
    let inner = super::apply(store, "vech", &[bare]);
    Some(store.mul(&[front, inner]))
}

const DUPLICATION_CODE: &str = "\
def duplication(n):
    cols, rows = np.triu_indices(n)
    D = np.zeros((n * n, len(rows)))
    D[rows + cols * n, np.arange(len(rows))] = 1
    D[cols + rows * n, np.arange(len(rows))] = 1
    return D";

const ELIMINATION_CODE: &str = "\
def elimination(n):
    cols, rows = np.triu_indices(n)
    L = np.zeros((len(rows), n * n))
    L[np.arange(len(rows)), rows + cols * n] = 1
    return L";

pub(super) const ROWS: &[Row] = &[
    Row { name: "eye", aliases: &["identity", "identitymatrix"], doc: "eye(n): the identity", forms: &[build(SIZE, eye)], ..BLANK },
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
    Row {
        name: "unit",
        aliases: &["unitvector"],
        doc: "unit(k, n): the k-th unit column, k counted from 1",
        forms: &[build(UNIT, unit)],
        ..BLANK
    },
    Row {
        name: "commutation",
        doc: "commutation(m, n): K with K vec(A) = vec(Aᵀ) for an m×n A",
        forms: &[Form { sig: COMMUTATION, make: Make::Call }],
        d: Derivative::Zero,
        facts: |_, a| if a[0] == a[1] { Facts::ORTHOGONAL | Facts::SYMMETRIC | Facts::BINARY } else { Facts::ORTHOGONAL | Facts::BINARY },
        fold: fold_commutation,
        eval: Eval::Matrix(commutation),
        show: Spelling::Sized("K"),
        code: Code::new("np.eye({0} * {1})[np.arange({0} * {1}).reshape({0}, {1}, order='F').ravel()]"),
        ..BLANK
    },
    Row {
        name: "duplication",
        doc: "duplication(n): D with D vech(S) = vec(S) for a symmetric n×n S",
        forms: &[Form { sig: DUPLICATION, make: Make::Call }],
        d: Derivative::Zero,
        facts: |_, _| Facts::BINARY,
        fold: fold_unit_size,
        show: Spelling::Sized("D"),
        eval: Eval::Matrix(duplication),
        code: Code { numpy: "duplication({0})", helper: DUPLICATION_CODE, import: "" },
        ..BLANK
    },
    Row {
        name: "elimination",
        doc: "elimination(n): L with L vec(A) = vech(A) for an n×n A",
        forms: &[Form { sig: ELIMINATION, make: Make::Call }],
        d: Derivative::Zero,
        facts: |_, _| Facts::BINARY,
        fold: fold_unit_size,
        show: Spelling::Sized("L"),
        eval: Eval::Matrix(elimination),
        code: Code { numpy: "elimination({0})", helper: ELIMINATION_CODE, import: "" },
        ..BLANK
    },
    Row {
        name: "vech",
        aliases: &["halfvec"],
        doc: "the columns of the lower triangle stacked, the diagonal included",
        forms: &[Form { sig: STACKED_TRIANGLE, make: Make::Call }],
        d: Derivative::Line("elimination(m) vec(dX)"),
        fold: fold_vech,
        eval: Eval::Matrix(vech),
        code: Code::new("{0}.T[np.triu_indices({0}.shape[0])]"),
        laws: &["vech(X) = elimination(m) vec(X)"],
        ..BLANK
    },
];
