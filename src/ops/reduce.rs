//! Sums, norms, softmax and its family.

use super::row::{
    Arg, BLANK, COLUMN_TO_COLUMN, COLUMN_TO_SCALAR, Code, D, Derivative, Domain, ENTRYWISE, Eval, Form, MN, Make, Matrix, Row, SCALAR, Sig,
    Spelling, TO_SCALAR,
};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Shape, Store};

fn one(value: f64) -> Option<Matrix> {
    Some(Matrix::from_element(1, 1, value))
}

const fn define(sig: Sig, text: &'static str) -> Form {
    Form { sig, make: Make::Define(text) }
}

const BY_ROW: Sig = Sig { args: &[MN], out: (D::N(0), D::One), broadcast: false };
const BY_COLUMN: Sig = Sig { args: &[MN], out: (D::N(1), D::One), broadcast: false };

/// 1ᵀ A 1.
fn sum(store: &mut Store, args: &[ExprId]) -> ExprId {
    let shape = store.shape(args[0]);
    let (left, right) = (store.ones(Shape::column(shape.rows)), store.ones(Shape::column(shape.cols)));
    let left = store.transpose(left);
    store.mul(&[left, args[0], right])
}

/// A 1.
fn rowsum(store: &mut Store, args: &[ExprId]) -> ExprId {
    let ones = store.ones(Shape::column(store.shape(args[0]).cols));
    store.mul(&[args[0], ones])
}

/// Aᵀ 1.
fn colsum(store: &mut Store, args: &[ExprId]) -> ExprId {
    let turned = store.transpose(args[0]);
    rowsum(store, &[turned])
}

/// A norm of a scalar is its absolute value; numbers come out in front.
fn fold_norm(store: &mut Store, args: &[ExprId], name: &str) -> Option<ExprId> {
    if store.is_zero(args[0]) {
        return Some(ExprId::ZERO);
    }
    let x = args[0];
    if store.is_zero(x) {
        return Some(ExprId::ZERO);
    }
    if store.is_scalar(x) {
        return Some(super::apply(store, "abs", &[x]));
    }
    let even = store.even_argument(x);
    if even != x {
        return Some(super::apply(store, name, &[even]));
    }
    if let Node::Product { coefficient, scalars, chain } = store.node(x).clone() {
        let front = store.product(coefficient, &scalars, &[]);
        if front != ExprId::ONE {
            let bare = store.product(Rational::ONE, &[], &chain);
            let size = super::apply(store, "abs", &[front]);
            let norm = super::apply(store, name, &[bare]);
            return Some(store.mul(&[size, norm]));
        }
        if name != "norm1" && name != "norminf" && chain.len() == 1 && chain[0].flipped && chain[0].power == ExprId::ONE {
            return Some(super::apply(store, name, &[chain[0].base]));
        }
    }
    // ‖Q X‖ = ‖X‖ for an orthogonal Q, on either side of a matrix.
    if name == "norm"
        && let Node::Product { chain, .. } = store.node(x).clone()
        && chain.len() > 1
    {
        let turns = |s: &Store, f: &Factor| s.is(f.base, Facts::ORTHOGONAL) && s.shape(f.base).is_square();
        let rest = if turns(store, &chain[0]) {
            Some(&chain[1..])
        } else if turns(store, &chain[chain.len() - 1]) {
            Some(&chain[..chain.len() - 1])
        } else {
            None
        };
        if let Some(rest) = rest {
            let rest = store.product(Rational::ONE, &[], rest);
            return Some(super::apply(store, name, &[rest]));
        }
    }
    if let Node::Vec(m) | Node::Unvec(m, _) = *store.node(x)
        && matches!(name, "norm" | "norm1" | "norminf")
    {
        return Some(super::apply(store, name, &[m]));
    }
    None
}

fn softmax(x: &Matrix) -> Matrix {
    let top = x.max();
    let e = x.map(|v| (v - top).exp());
    let total = e.sum();
    e / total
}

fn by_row(x: &Matrix, f: impl Fn(&Matrix) -> Matrix) -> Matrix {
    let rows: Vec<_> = x.row_iter().map(|r| f(&Matrix::from_iterator(1, r.len(), r.iter().copied()))).collect();
    let width = rows.first().map_or(0, Matrix::ncols);
    Matrix::from_fn(x.nrows(), width, |i, j| rows[i][(0, j)])
}

fn logsumexp(x: &Matrix) -> f64 {
    let top = x.max();
    top + x.map(|v| (v - top).exp()).sum().ln()
}

const SOFTMAX: &str =
    "def softmax(t):\n    e = np.exp(t - np.max(t, axis=-1, keepdims=True))\n    return e / np.sum(e, axis=-1, keepdims=True)";
const LOGSUMEXP: &str =
    "def logsumexp(t):\n    m = np.max(t, axis=-1, keepdims=True)\n    return np.squeeze(m, -1) + np.log(np.sum(np.exp(t - m), axis=-1))";
const LOGSOFTMAX: &str =
    "def logsoftmax(t):\n    t = t - np.max(t, axis=-1, keepdims=True)\n    return t - np.log(np.sum(np.exp(t), axis=-1, keepdims=True))";

const COLUMN_BY_SCALAR: Sig = Sig { args: &[Arg::Shape(D::N(0), D::One), SCALAR], out: (D::One, D::One), broadcast: false };
const COLUMN_BY_SQUARE: Sig =
    Sig { args: &[Arg::Shape(D::N(0), D::One), Arg::Shape(D::N(0), D::N(0))], out: (D::One, D::One), broadcast: false };

pub(super) const ROWS: &[Row] = &[
    Row { name: "sum", doc: "the sum of all entries", forms: &[Form { sig: TO_SCALAR, make: Make::Build(sum) }], ..BLANK },
    Row { name: "mean", aliases: &["average"], doc: "the mean of all entries", forms: &[define(TO_SCALAR, "sum(X) / (m n)")], ..BLANK },
    Row { name: "rowsum", doc: "the sum of each row, A 1", forms: &[Form { sig: BY_ROW, make: Make::Build(rowsum) }], ..BLANK },
    Row {
        name: "colsum",
        doc: "the sum of each column, Aᵀ1, as a column",
        forms: &[Form { sig: BY_COLUMN, make: Make::Build(colsum) }],
        ..BLANK
    },
    Row {
        name: "norm",
        aliases: &["norm2", "normF", "normfro", "fronorm", "frobeniusnorm", "l2norm", "vectornorm", "matrixnorm"],
        prefix: true,
        doc: "the Euclidean norm; of a matrix the Frobenius norm",
        forms: &[Form { sig: TO_SCALAR, make: Make::Call }],
        d: Derivative::Line("tr(X' dX) / F"),
        assume: "nonzero",
        facts: |_, _| Facts::NONNEGATIVE,
        fold: |s, a| fold_norm(s, a, "norm"),
        square: Some(|s, a| s.inner(a[0], a[0])),
        show: Spelling::Norm(""),
        eval: Eval::Matrix(|a| one(a[0].norm())),
        code: Code::new("np.linalg.norm({0})"),
        ..BLANK
    },
    Row {
        name: "pnorm",
        doc: "pnorm(x, p): the p-norm of a vector, (Σ |x_i|^p)^(1/p)",
        forms: &[define(COLUMN_BY_SCALAR, "sum(abs(X) .^ Y)^(1/Y)")],
        ..BLANK
    },
    Row {
        name: "wnorm",
        doc: "wnorm(x, W): the norm of a vector weighted by a matrix, √(xᵀW x)",
        forms: &[define(COLUMN_BY_SQUARE, "sqrt(X' Y X)")],
        ..BLANK
    },
    Row {
        name: "norm1",
        aliases: &["l1norm"],
        prefix: true,
        doc: "the sum of absolute values",
        forms: &[Form { sig: TO_SCALAR, make: Make::Call }],
        d: Derivative::Line("tr(sign(X)' dX)"),
        assume: "no zero entry",
        domain: Domain::AwayFromZero,
        facts: |_, _| Facts::NONNEGATIVE,
        fold: |s, a| fold_norm(s, a, "norm1"),
        show: Spelling::Norm("1"),
        eval: Eval::Matrix(|a| one(a[0].abs().sum())),
        code: Code::new("np.sum(np.abs({0}))"),
        ..BLANK
    },
    Row {
        name: "norminf",
        aliases: &["linfnorm"],
        prefix: true,
        doc: "the largest absolute value",
        forms: &[Form { sig: TO_SCALAR, make: Make::Call }],
        d: Derivative::Refused("the largest absolute value picks out one entry, which no formula in the matrix names"),
        facts: |_, _| Facts::NONNEGATIVE,
        fold: |s, a| fold_norm(s, a, "norminf"),
        show: Spelling::Norm("\\infty"),
        eval: Eval::Matrix(|a| one(a[0].abs().max())),
        code: Code::new("np.max(np.abs({0}))"),
        ..BLANK
    },
    Row {
        name: "nuclear",
        aliases: &["nuclearnorm", "normnuc", "tracenorm"],
        prefix: true,
        doc: "the nuclear norm, the sum of singular values",
        forms: &[Form { sig: TO_SCALAR, make: Make::Call }],
        d: Derivative::Line("tr((X'X)^(-1/2) X' dX)"),
        assume: "full column rank",
        domain: Domain::FullRank,
        facts: |_, _| Facts::NONNEGATIVE,
        fold: |s, a| fold_norm(s, a, "nuclear"),
        show: Spelling::Norm("*"),
        eval: Eval::Matrix(|a| one(a[0].clone().singular_values().sum())),
        code: Code::new("np.linalg.norm({0}, 'nuc')"),
        ..BLANK
    },
    Row {
        name: "spectral",
        aliases: &["sigmamax", "spectralnorm", "opnorm", "operatornorm"],
        prefix: true,
        doc: "the spectral norm, the largest singular value",
        forms: &[Form { sig: TO_SCALAR, make: Make::Call }],
        d: Derivative::Line("leftsv(X)' dX rightsv(X)"),
        assume: "a simple largest singular value",
        domain: Domain::Distinct,
        facts: |_, _| Facts::NONNEGATIVE,
        fold: |s, a| fold_norm(s, a, "spectral"),
        show: Spelling::Name,
        eval: Eval::Matrix(|a| one(a[0].clone().singular_values().max())),
        code: Code::new("np.linalg.norm({0}, 2)"),
        ..BLANK
    },
    Row {
        name: "softmax",
        prefix: true,
        doc: "exp(x) / sum(exp(x)); a matrix by row",
        forms: &[Form { sig: COLUMN_TO_COLUMN, make: Make::Call }, Form { sig: ENTRYWISE, make: Make::CallOf("softmax_rows") }],
        d: Derivative::Line("F .* dX - F (F' dX)"),
        facts: |_, _| Facts::POSITIVE | Facts::SUMS_TO_ONE,
        eval: Eval::Matrix(|a| Some(softmax(&a[0]))),
        code: Code { numpy: "softmax({0})", helper: SOFTMAX, import: "" },
        laws: &["exp(X) / sum(exp(X)) = softmax(X)"],
        ..BLANK
    },
    Row {
        name: "softmax_rows",
        doc: "softmax of each row of a matrix; written softmax",
        forms: &[Form { sig: ENTRYWISE, make: Make::Call }],
        d: Derivative::Line("F .* (dX - (F .* dX) ones(n,n))"),
        facts: |_, _| Facts::POSITIVE | Facts::ROWS_SUM_TO_ONE,
        show: Spelling::Command("softmax"),
        eval: Eval::Matrix(|a| Some(by_row(&a[0], softmax))),
        code: Code { numpy: "softmax({0})", helper: SOFTMAX, import: "" },
        ..BLANK
    },
    Row {
        name: "logsumexp",
        aliases: &["lse"],
        prefix: true,
        doc: "log(sum(exp(x))); a matrix by row",
        forms: &[Form { sig: COLUMN_TO_SCALAR, make: Make::Call }, Form { sig: BY_ROW, make: Make::CallOf("logsumexp_rows") }],
        d: Derivative::Line("softmax(X)' dX"),
        eval: Eval::Matrix(|a| one(logsumexp(&a[0]))),
        code: Code { numpy: "logsumexp({0})", helper: LOGSUMEXP, import: "" },
        laws: &["log(sum(exp(X))) = logsumexp(X)"],
        ..BLANK
    },
    Row {
        name: "logsumexp_rows",
        doc: "logsumexp of each row of a matrix; written logsumexp",
        forms: &[Form { sig: BY_ROW, make: Make::Call }],
        d: Derivative::Line("(softmax(X) .* dX) ones(n)"),
        show: Spelling::Command("logsumexp"),
        eval: Eval::Matrix(|a| Some(by_row(&a[0], |r| Matrix::from_element(1, 1, logsumexp(r))))),
        code: Code { numpy: "logsumexp({0})", helper: LOGSUMEXP, import: "" },
        ..BLANK
    },
    Row {
        name: "logsoftmax",
        prefix: true,
        doc: "log(softmax(x)), stable; a matrix by row",
        forms: &[Form { sig: COLUMN_TO_COLUMN, make: Make::Call }, Form { sig: ENTRYWISE, make: Make::CallOf("logsoftmax_rows") }],
        d: Derivative::Line("dX - ones(m) (softmax(X)' dX)"),
        eval: Eval::Matrix(|a| Some(a[0].add_scalar(-logsumexp(&a[0])))),
        code: Code { numpy: "logsoftmax({0})", helper: LOGSOFTMAX, import: "" },
        laws: &["log(softmax(X)) = logsoftmax(X)"],
        ..BLANK
    },
    Row {
        name: "logsoftmax_rows",
        doc: "logsoftmax of each row of a matrix; written logsoftmax",
        forms: &[Form { sig: ENTRYWISE, make: Make::Call }],
        d: Derivative::Line("dX - (softmax(X) .* dX) ones(n,n)"),
        show: Spelling::Command("logsoftmax"),
        eval: Eval::Matrix(|a| Some(by_row(&a[0], |r| r.add_scalar(-logsumexp(r))))),
        code: Code { numpy: "logsoftmax({0})", helper: LOGSOFTMAX, import: "" },
        ..BLANK
    },
];
