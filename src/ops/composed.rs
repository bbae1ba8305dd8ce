//! Functions of whole vectors and matrices that have a name of their own and are short for others.

use super::row::{
    Arg, BLANK, COLUMN, COLUMN_TO_COLUMN, COLUMN_TO_SCALAR, D, ENTRYWISE, Form, MN, Make, NN, Row, SCALAR, SQUARE, SQUARE_TO_SCALAR, Sig,
    TO_SCALAR,
};

const fn define(sig: Sig, text: &'static str) -> Form {
    Form { sig, make: Make::Define(text) }
}

const fn row(name: &'static str, aliases: &'static [&'static str], doc: &'static str, forms: &'static [Form]) -> Row {
    Row { name, aliases, doc, forms, ..BLANK }
}

const TWO_COLUMNS: Sig = Sig { args: &[COLUMN, COLUMN], out: (D::One, D::One), broadcast: false };
const TWO_ALIKE: Sig = Sig { args: &[MN, MN], out: (D::One, D::One), broadcast: false };
const OUTER: Sig = Sig { args: &[COLUMN, Arg::Shape(D::N(1), D::One)], out: (D::N(0), D::N(1)), broadcast: false };
const PRODUCT: Sig = Sig { args: &[MN, Arg::Shape(D::N(1), D::N(2))], out: (D::N(0), D::N(2)), broadcast: false };
const SYSTEM: Sig = Sig { args: &[NN, Arg::Shape(D::N(0), D::N(1))], out: (D::N(0), D::N(1)), broadcast: false };
const RAISED: Sig = Sig { args: &[NN, SCALAR], out: (D::N(0), D::N(0)), broadcast: false };

pub(super) const ROWS: &[Row] = &[
    row("logabsdet", &["lnabsdet"], "log |det(A)|", &[define(SQUARE_TO_SCALAR, "log(abs(det(X)))")]),
    row("trinv", &["traceinv", "trinverse"], "tr(A⁻¹)", &[define(SQUARE_TO_SCALAR, "tr(inv(X))")]),
    row("skewpart", &["antisym"], "the skew part (A − Aᵀ)/2", &[define(SQUARE, "(X - X')/2")]),
    row("matmul", &["mtimes"], "the matrix product", &[define(PRODUCT, "X Y")]),
    row("matrixpower", &["mpower", "matpow"], "matrixpower(A, k): A multiplied by itself", &[define(RAISED, "X ^ Y")]),
    row("linsolve", &["mldivide"], "linsolve(A, B): A⁻¹B", &[define(SYSTEM, "inv(X) Y")]),
    row("outer", &["outerproduct"], "x yᵀ", &[define(OUTER, "X Y'")]),
    row("cossim", &["cosinesimilarity"], "xᵀy / (‖x‖ ‖y‖)", &[define(TWO_COLUMNS, "X' Y / (norm(X) norm(Y))")]),
    row("mse", &["mseloss", "meansquarederror"], "mse(x, y): the mean of (x − y)²", &[define(TWO_ALIKE, "sum((X - Y).^2) / (m n)")]),
    row("mae", &["meanabsoluteerror"], "mae(x, y): the mean of |x − y|", &[define(TWO_ALIKE, "norm1(X - Y) / (m n)")]),
    row("rms", &[], "rms(x): the root of the mean square", &[define(TO_SCALAR, "norm(X) / sqrt(m n)")]),
    row("logmeanexp", &[], "log(mean(exp(x)))", &[define(COLUMN_TO_SCALAR, "logsumexp(X) - log(m)")]),
    row("softmin", &[], "softmax(−x)", &[define(COLUMN_TO_COLUMN, "softmax(-X)"), define(ENTRYWISE, "softmax(-X)")]),
];
