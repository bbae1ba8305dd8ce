//! Functions that only rearrange: transpose, element-wise and Kronecker products, diagonals, vec.

use super::row::{Arg, BLANK, Code, D, Derivative, ENTRYWISE2, Eval, Form, MN, Make, Row, SCALAR, SQUARE, Sig};
use crate::base::Rational;
use crate::ir::{ExprId, Facts, Node, Shape, Store};

const TURNED: Sig = Sig { args: &[MN], out: (D::N(1), D::N(0)), broadcast: false };
const PRODUCT_OF_SHAPES: Sig = Sig { args: &[MN, Arg::Shape(D::N(2), D::N(3))], out: (D::Times(0, 2), D::Times(1, 3)), broadcast: false };
const PAIR_TO_SCALAR: Sig = Sig { args: &[MN, MN], out: (D::One, D::One), broadcast: false };
const COLUMN_TO_SQUARE: Sig = Sig { args: &[super::row::COLUMN], out: (D::N(0), D::N(0)), broadcast: false };
const SQUARE_TO_COLUMN: Sig = Sig { args: &[super::row::NN], out: (D::N(0), D::One), broadcast: false };
const STACKED: Sig = Sig { args: &[MN], out: (D::Times(0, 1), D::One), broadcast: false };
const UNSTACKED: Sig =
    Sig { args: &[Arg::Shape(D::Times(0, 1), D::One), Arg::Dim(0), Arg::Dim(1)], out: (D::N(0), D::N(1)), broadcast: false };

const fn build(sig: Sig, make: fn(&mut Store, &[ExprId]) -> ExprId) -> Form {
    Form { sig, make: Make::Build(make) }
}

fn hadamard(store: &mut Store, args: &[ExprId]) -> ExprId {
    match (store.is_scalar(args[0]), store.is_scalar(args[1])) {
        (false, false) => store.hadamard(args),
        _ => store.mul(args),
    }
}

fn unvec(store: &mut Store, args: &[ExprId]) -> ExprId {
    match (store.as_dim(args[1]), store.as_dim(args[2])) {
        (Some(rows), Some(cols)) => store.unvec(args[0], Shape::new(rows, cols)),
        _ => args[0],
    }
}

/// A triangle of a triangular matrix is itself; numbers and scalars come out in front.
fn fold_triangle(store: &mut Store, args: &[ExprId], name: &str, facts: Facts) -> Option<ExprId> {
    let x = args[0];
    if store.is(x, facts) || store.is_zero(x) {
        return Some(x);
    }
    let Node::Product { coefficient, scalars, chain } = store.node(x).clone() else { return None };
    if coefficient.is_one() && scalars.is_empty() {
        return None;
    }
    let front = store.product(coefficient, &scalars, &[]);
    let bare = store.product(Rational::ONE, &[], &chain);
    let inner = super::apply(store, name, &[bare]);
    Some(store.mul(&[front, inner]))
}

pub(super) const ROWS: &[Row] = &[
    Row { name: "transpose", aliases: &["ctranspose"], doc: "the transpose", forms: &[build(TURNED, |s, a| s.transpose(a[0]))], ..BLANK },
    Row {
        name: "hadamard",
        aliases: &["hadamardproduct", "multiply"],
        doc: "the element-wise product",
        forms: &[build(ENTRYWISE2, hadamard)],
        ..BLANK
    },
    Row {
        name: "kron",
        aliases: &["kronecker", "kroneckerproduct"],
        doc: "the Kronecker product",
        forms: &[build(PRODUCT_OF_SHAPES, |s, a| s.kron(a))],
        ..BLANK
    },
    Row {
        name: "inner",
        aliases: &["dot", "vdot", "innerproduct", "vecdot"],
        doc: "⟨A, B⟩ = tr(AᵀB)",
        forms: &[build(PAIR_TO_SCALAR, |s, a| s.inner(a[0], a[1]))],
        ..BLANK
    },
    Row {
        name: "diag",
        aliases: &["diagonal"],
        doc: "of a column the diagonal matrix, of a square matrix its diagonal as a column",
        forms: &[build(COLUMN_TO_SQUARE, |s, a| s.diag(a[0])), build(SQUARE_TO_COLUMN, |s, a| s.diagonal(a[0]))],
        ..BLANK
    },
    Row {
        name: "Diag",
        aliases: &["diagflat", "diagonalmatrix"],
        doc: "the diagonal matrix of a column",
        forms: &[build(COLUMN_TO_SQUARE, |s, a| s.diag(a[0]))],
        ..BLANK
    },
    Row { name: "vec", aliases: &["vectorize"], doc: "the columns stacked", forms: &[build(STACKED, |s, a| s.vec(a[0]))], ..BLANK },
    Row { name: "unvec", doc: "unvec(v, m, n): the m×n matrix whose columns, stacked, are v", forms: &[build(UNSTACKED, unvec)], ..BLANK },
    Row {
        name: "sym",
        aliases: &["symmetrize", "symm"],
        doc: "the symmetric part (A + Aᵀ)/2",
        forms: &[Form { sig: SQUARE, make: Make::Define("(X + X')/2") }],
        ..BLANK
    },
    Row {
        name: "tril",
        doc: "the lower triangle, the diagonal included",
        forms: &[Form { sig: SQUARE, make: Make::Call }],
        d: Derivative::SelfAdjoint,
        facts: |s, a| Facts::LOWER | s.facts(a[0]) & Facts::DIAGONAL,
        fold: |s, a| fold_triangle(s, a, "tril", Facts::LOWER),
        eval: Eval::Matrix(|a| Some(a[0].lower_triangle())),
        code: Code::new("np.tril({0})"),
        ..BLANK
    },
    Row {
        name: "triu",
        doc: "the upper triangle, the diagonal included",
        forms: &[Form { sig: SQUARE, make: Make::Call }],
        d: Derivative::SelfAdjoint,
        facts: |s, a| Facts::UPPER | s.facts(a[0]) & Facts::DIAGONAL,
        fold: |s, a| fold_triangle(s, a, "triu", Facts::UPPER),
        eval: Eval::Matrix(|a| Some(a[0].upper_triangle())),
        code: Code::new("np.triu({0})"),
        ..BLANK
    },
    Row {
        name: "vector",
        doc: "a constant vector whose size is inferred",
        forms: &[Form { sig: Sig { args: &[SCALAR], out: (D::N(0), D::One), broadcast: false }, make: Make::Spread }],
        ..BLANK
    },
    Row {
        name: "matrix",
        doc: "a constant matrix whose shape is inferred",
        forms: &[Form { sig: Sig { args: &[SCALAR], out: (D::N(0), D::N(1)), broadcast: false }, make: Make::Spread }],
        ..BLANK
    },
];
