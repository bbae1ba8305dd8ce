//! Matrix functions: trace, determinant, inverse, exponential, pseudo-inverse, extreme eigenvalues.

use super::exact::{ExactMatrix, exact_determinant};
use super::row::{BLANK, Code, D, Derivative, Domain, Eval, Form, MN, Make, Matrix, Row, SQUARE, SQUARE_TO_SCALAR, Sig, Spelling};
use crate::ir::{ExprId, Facts, Node, Store};

fn one(value: f64) -> Option<Matrix> {
    Some(Matrix::from_element(1, 1, value))
}

const fn define(sig: Sig, text: &'static str) -> Form {
    Form { sig, make: Make::Define(text) }
}

const fn square_call() -> Form {
    Form { sig: SQUARE, make: Make::Call }
}

const FLIPPED: Sig = Sig { args: &[MN], out: (D::N(1), D::N(0)), broadcast: false };
const LEFT: Sig = Sig { args: &[MN], out: (D::N(0), D::One), broadcast: false };
const RIGHT: Sig = Sig { args: &[MN], out: (D::N(1), D::One), broadcast: false };
const LYAPUNOV: Sig = Sig { args: &[super::row::NN, super::row::NN], out: (D::N(0), D::N(0)), broadcast: false };
const SYLVESTER: Sig =
    Sig { args: &[super::row::NN, super::row::Arg::Shape(D::N(1), D::N(1)), MN], out: (D::N(0), D::N(1)), broadcast: false };
const EIGENVECTORS_OF: Sig = Sig { args: &[super::row::NN, super::row::Arg::Dim(1)], out: (D::N(0), D::N(1)), broadcast: false };
const EIGENVECTOR: Sig = Sig { args: &[super::row::NN], out: (D::N(0), D::One), broadcast: false };

fn fold_det(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let a = args[0];
    if store.is_scalar(a) {
        return Some(a);
    }
    // det(K) = det(Kᵀ) = det(−K) = −det(K) for a skew K of odd size.
    let odd = store.dim_poly(store.shape(a).rows).as_constant().is_some_and(|n| n % 2 == 1);
    if odd && store.is(a, Facts::SKEW) {
        return Some(ExprId::ZERO);
    }
    match store.node(a).clone() {
        Node::Eye(_) => Some(ExprId::ONE),
        Node::Zero(_) => Some(ExprId::ZERO),
        // det(Aᵀ) = det(A).
        Node::Product { coefficient, scalars, chain }
            if coefficient.is_one() && scalars.is_empty() && chain.len() == 1 && chain[0].flipped =>
        {
            let inner = store.factor(crate::ir::Factor { flipped: false, ..chain[0] });
            Some(super::apply(store, "det", &[inner]))
        }
        // det(P A P⁻¹) = det(A).
        Node::Product { coefficient, scalars, chain } if coefficient.is_one() && scalars.is_empty() && chain.len() > 2 => {
            let (first, last) = (store.factor(chain[0]), store.factor(chain[chain.len() - 1]));
            if store.shape(last).cols != store.shape(first).rows || store.shape(last).rows != store.shape(first).cols {
                return None;
            }
            let around = store.mul(&[last, first]);
            if !matches!(store.node(around), Node::Eye(_)) {
                return None;
            }
            let inner = store.product(coefficient, &[], &chain[1..chain.len() - 1]);
            Some(super::apply(store, "det", &[inner]))
        }
        // det(A^k) = det(A)^k.
        Node::Product { coefficient, scalars, chain }
            if coefficient.is_one()
                && scalars.is_empty()
                && chain.len() == 1
                && chain[0].power != ExprId::ONE
                && store.is(chain[0].power, Facts::INTEGER) =>
        {
            let det = super::apply(store, "det", &[chain[0].base]);
            Some(store.power(det, chain[0].power))
        }
        _ => None,
    }
}

fn fold_expm(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    if store.is_scalar(args[0]) {
        return Some(super::apply(store, "exp", args));
    }
    if store.is_zero(args[0]) {
        let dim = store.shape(args[0]).rows;
        return Some(store.eye(dim));
    }
    super::args_of(store, args[0], "logm").map(|inner| inner[0])
}

fn fold_logm(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let shape = store.shape(args[0]);
    if shape.is_scalar() {
        return Some(super::apply(store, "log", args));
    }
    matches!(store.node(args[0]), Node::Eye(_)).then(|| store.zeros(shape))
}

fn fold_pinv(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let shape = store.shape(args[0]);
    if !shape.is_scalar() && (shape.is_column() || shape.is_row()) {
        // xᵀ / xᵀx.
        let turned = store.transpose(args[0]);
        let square = store.inner(args[0], args[0]);
        let inverse = store.power(square, ExprId::MINUS_ONE);
        return Some(store.mul(&[inverse, turned]));
    }
    if shape.is_scalar() || store.is(args[0], Facts::DEFINITE) || store.is(args[0], Facts::ORTHOGONAL) && shape.is_square() {
        return Some(store.inverse(args[0]));
    }
    if store.is_zero(args[0]) {
        return Some(store.zeros(shape.transposed()));
    }
    let (c, bare) = store.split_number(args[0]);
    if !c.is_one() {
        let inner = super::apply(store, "pinv", &[bare]);
        return c.recip().map(|c| store.scale(&c, inner));
    }
    super::args_of(store, args[0], "pinv").map(|inner| inner[0])
}

/// V f(λ) Vᵀ for a symmetric matrix, or the general algorithm otherwise.
fn expm(a: &Matrix) -> Option<Matrix> {
    // Scaling and squaring of the Taylor series: small sizes, double precision.
    let norm = a.abs().row_sum().max();
    if !norm.is_finite() {
        return None;
    }
    let mut squarings = 0;
    while norm / 2f64.powi(squarings) > 0.5 {
        squarings += 1;
    }
    let scaled = a / 2f64.powi(squarings);
    let mut term = Matrix::identity(a.nrows(), a.nrows());
    let mut sum = term.clone();
    for k in 1..20 {
        term = &term * &scaled / f64::from(k);
        sum += &term;
    }
    for _ in 0..squarings {
        sum = &sum * &sum;
    }
    Some(sum)
}

/// The principal square root by the Denman–Beavers iteration with scaling (Higham 2008, eq. 6.15).
pub(crate) fn sqrtm(a: &Matrix) -> Option<Matrix> {
    let (mut y, mut z) = (a.clone(), Matrix::identity(a.nrows(), a.nrows()));
    for _ in 0..60 {
        let (iy, iz) = (y.clone().try_inverse()?, z.clone().try_inverse()?);
        let next = (&y + iz) * 0.5;
        z = (&z + iy) * 0.5;
        let change = (&next - &y).norm();
        y = next;
        if change <= 1e-14 * y.norm() {
            break;
        }
    }
    let error = (&y * &y - a).norm();
    (error <= 1e-8 * (1.0 + a.norm())).then_some(y)
}

/// The principal logarithm by inverse scaling and squaring (Higham 2008, section 11.5), with the series of atanh.
fn logm(a: &Matrix) -> Option<Matrix> {
    let identity = Matrix::identity(a.nrows(), a.nrows());
    let (mut root, mut roots) = (a.clone(), 0);
    while (&root - &identity).norm() > 0.25 {
        root = sqrtm(&root)?;
        roots += 1;
        if roots > 40 {
            return None;
        }
    }
    let ratio = (&root - &identity) * (&root + &identity).try_inverse()?;
    let square = &ratio * &ratio;
    let (mut term, mut sum) = (ratio.clone(), ratio);
    for k in 1..30 {
        term = &term * &square;
        sum += &term / f64::from(2 * k + 1);
    }
    Some(sum * 2f64.powi(roots + 1))
}

/// Singular values below this are rounding.
const RANK: f64 = 1e-10;

/// The pseudo-inverse; of a symmetric matrix by its eigenvalues, which are exact where singular vectors of a matrix
/// without full rank may not be.
fn pinv(a: &Matrix) -> Option<Matrix> {
    if a.is_square() && (a - a.transpose()).norm() <= 1e-14 * a.norm() {
        let eigen = a.clone().symmetric_eigen();
        let inverted = eigen.eigenvalues.map(|l| if l.abs() <= RANK { 0.0 } else { l.recip() });
        return Some(&eigen.eigenvectors * Matrix::from_diagonal(&inverted) * eigen.eigenvectors.transpose());
    }
    a.clone().pseudo_inverse(RANK).ok()
}

/// Unit eigenvector of the largest (`sign` 1) or smallest (−1) eigenvalue, its largest entry positive.
fn eigenvector(a: &Matrix, sign: f64) -> Option<Matrix> {
    let eigen = a.clone().symmetric_eigen();
    let at = (0..a.nrows()).max_by(|&i, &j| (sign * eigen.eigenvalues[i]).total_cmp(&(sign * eigen.eigenvalues[j])))?;
    Some(oriented(Matrix::from_iterator(a.nrows(), 1, eigen.eigenvectors.column(at).iter().copied())))
}

/// Orthonormal eigenvectors of the k largest (`sign` 1) or smallest (−1) eigenvalues, the extreme one first.
fn eigenvectors(args: &[Matrix], sign: f64) -> Option<Matrix> {
    let [a, k] = args else { return None };
    let k = k.iter().next()?.round();
    let n = a.nrows();
    let eigen = a.clone().symmetric_eigen();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| (sign * eigen.eigenvalues[j]).total_cmp(&(sign * eigen.eigenvalues[i])));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and n")]
    let k = if k >= 1.0 && k <= n as f64 { k as usize } else { return None };
    Some(Matrix::from_fn(n, k, |i, j| eigen.eigenvectors[(i, order[j])]))
}

/// The X with A X + X B = C, by stacking columns.
fn sylvester(a: &Matrix, b: &Matrix, c: &Matrix) -> Option<Matrix> {
    let (n, p) = c.shape();
    let sum = Matrix::identity(p, p).kronecker(a) + b.transpose().kronecker(&Matrix::identity(n, n));
    let sum = sum.lu();
    // A singular map has no value there, whatever rounding makes of its last pivot.
    let pivots = sum.u().diagonal().abs();
    if pivots.is_empty() || pivots.min() <= 1e-12 * pivots.max() {
        return None;
    }
    let x = sum.solve(&Matrix::from_column_slice(n * p, 1, c.as_slice()))?;
    Some(Matrix::from_column_slice(n, p, x.as_slice()))
}

/// U Vᵀ of the thin singular value decomposition; where it is not unique, nothing.
fn polar(a: &Matrix) -> Option<Matrix> {
    let svd = a.clone().svd(true, true);
    let least = svd.singular_values.iter().copied().fold(f64::INFINITY, f64::min);
    (least > 1e-12).then(|| Some(svd.u? * svd.v_t?))?
}

const POLAR: &str = "def polar(a):\n    u, _, vt = np.linalg.svd(a, full_matrices=False)\n    return u @ vt";

fn oriented(v: Matrix) -> Matrix {
    let top = v.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
    if top < 0.0 { -v } else { v }
}

fn eigenvalue(a: &Matrix, sign: f64) -> Option<Matrix> {
    let values = a.clone().symmetric_eigen().eigenvalues;
    one(values.iter().copied().max_by(|x, y| (sign * x).total_cmp(&(sign * y)))?)
}

/// The leading pair of singular vectors with the signs of the pair tied together; `left` chooses one.
fn singular(a: &Matrix, left: bool) -> Option<Matrix> {
    let v = eigenvector(&(a.transpose() * a), 1.0)?;
    if !left {
        return Some(v);
    }
    let u = a * v;
    let norm = u.norm();
    Some(u / norm)
}

const EIGENVECTORS: &str = "its derivative needs the other eigenvectors";

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "tr",
        aliases: &["trace", "Tr", "Trace"],
        prefix: true,
        doc: "the trace",
        forms: &[Form { sig: SQUARE_TO_SCALAR, make: Make::Build(|s, a| s.trace(a[0])) }],
        ..BLANK
    },
    Row {
        name: "det",
        aliases: &["determinant"],
        prefix: true,
        doc: "the determinant",
        forms: &[Form { sig: SQUARE_TO_SCALAR, make: Make::Call }],
        d: Derivative::Line("F tr(inv(X) dX)"),
        assume: "invertible",
        domain: Domain::Invertible,
        facts: |s, a| if s.is(a[0], Facts::DEFINITE) { Facts::POSITIVE } else { Facts::NONE },
        fold: fold_det,
        show: Spelling::Command("\\det"),
        eval: Eval::Matrix(|a| one(a[0].determinant())),
        exact: Some(|a| exact_determinant(a[0]).map(|d| ExactMatrix::from_element(1, 1, d))),
        code: Code::new("np.linalg.det({0})"),
        laws: &["det(X') = det(X)"],
        ..BLANK
    },
    Row {
        name: "logdet",
        aliases: &["slogdet", "lndet", "logdeterminant"],
        prefix: true,
        doc: "log det(A)",
        forms: &[define(SQUARE_TO_SCALAR, "log(det(X))")],
        ..BLANK
    },
    Row {
        name: "adj",
        aliases: &["adjugate"],
        prefix: true,
        doc: "the adjugate, det(A) A⁻¹",
        forms: &[define(SQUARE, "det(X) inv(X)")],
        assume: "invertible",
        ..BLANK
    },
    Row {
        name: "cof",
        aliases: &["cofactor"],
        prefix: true,
        doc: "the cofactor matrix, det(A) A⁻ᵀ",
        forms: &[define(SQUARE, "det(X) inv(X)'")],
        assume: "invertible",
        ..BLANK
    },
    Row {
        name: "inv",
        aliases: &["inverse", "invert", "matrixinverse"],
        prefix: true,
        doc: "the inverse",
        forms: &[Form { sig: SQUARE, make: Make::Build(|s, a| s.inverse(a[0])) }],
        assume: "invertible",
        ..BLANK
    },
    Row {
        name: "expm",
        aliases: &["matrixexp", "matrixexponential"],
        prefix: true,
        doc: "the matrix exponential",
        forms: &[square_call()],
        d: Derivative::Commuting(
            "F dX",
            "the differential of the matrix exponential has no closed form unless dX commutes with the matrix (as in tr(expm(X)), or expm(t A) in t)",
        ),
        facts: |s, a| {
            if s.is(a[0], Facts::SYMMETRIC) {
                Facts::DEFINITE
            } else if s.is(a[0], Facts::SKEW) {
                Facts::ORTHOGONAL
            } else {
                s.facts(a[0]) & (Facts::LOWER | Facts::UPPER)
            }
        },
        fold: fold_expm,
        eval: Eval::Matrix(|a| expm(&a[0])),
        code: Code { numpy: "scipy.linalg.expm({0})", helper: "", import: "import scipy.linalg" },
        ..BLANK
    },
    Row {
        name: "logm",
        aliases: &["matrixlog", "matrixlogarithm"],
        prefix: true,
        doc: "the principal matrix logarithm",
        forms: &[square_call()],
        d: Derivative::Commuting(
            "inv(X) dX",
            "the differential of the matrix logarithm has no closed form unless dX commutes with the matrix (as in tr(logm(X)))",
        ),
        assume: "no eigenvalue on the closed negative axis",
        domain: Domain::PositiveSpectrum,
        facts: |s, a| s.facts(a[0]) & Facts::SYMMETRIC,
        fold: fold_logm,
        eval: Eval::Matrix(|a| logm(&a[0])),
        code: Code { numpy: "scipy.linalg.logm({0}).real", helper: "", import: "import scipy.linalg" },
        ..BLANK
    },
    Row {
        name: "sqrtm",
        aliases: &["matrixsqrt"],
        prefix: true,
        doc: "the principal matrix square root, A^(1/2)",
        forms: &[Form { sig: SQUARE, make: Make::Build(|s, a| s.power(a[0], ExprId::HALF)) }],
        domain: Domain::PositiveSpectrum,
        ..BLANK
    },
    Row {
        name: "pinv",
        aliases: &["pseudoinverse", "moorepenrose"],
        prefix: true,
        doc: "the Moore–Penrose inverse",
        forms: &[Form { sig: FLIPPED, make: Make::Call }],
        d: Derivative::Line("F F' dX' (eye(m) - X F) + (eye(n) - F X) dX' F' F - F dX F"),
        assume: "constant rank",
        domain: Domain::FullRank,
        facts: |s, a| s.facts(a[0]) & (Facts::SYMMETRIC | Facts::SEMIDEFINITE),
        fold: fold_pinv,
        show: Spelling::Superscript("+"),
        eval: Eval::Matrix(|a| pinv(&a[0])),
        code: Code::new("np.linalg.pinv({0}, rcond=1e-12)"),
        laws: &["X pinv(X) X = X", "pinv(X) X pinv(X) = pinv(X)"],
        ..BLANK
    },
    Row {
        name: "sylvester",
        aliases: &["solvesylvester"],
        doc: "sylvester(A, B, C): the X with A X + X B = C",
        forms: &[Form { sig: SYLVESTER, make: Make::Call }],
        d: Derivative::Line("unvec(inv(eye(p) ⊗ X + Y' ⊗ eye(m)) vec(dZ - dX F - F dY), m, p)"),
        eval: Eval::Matrix(|a| sylvester(&a[0], &a[1], &a[2])),
        code: Code { numpy: "scipy.linalg.solve_sylvester({0}, {1}, {2})", helper: "", import: "import scipy.linalg" },
        ..BLANK
    },
    Row {
        name: "lyapunov",
        aliases: &["solvecontinuouslyapunov"],
        doc: "lyapunov(A, C): the X with A X + X Aᵀ = C",
        forms: &[Form { sig: LYAPUNOV, make: Make::Call }],
        d: Derivative::Line("unvec(inv(eye(n) ⊗ X + X ⊗ eye(n)) vec(dY - dX F - F dX'), n, n)"),
        facts: |s, a| s.facts(a[1]) & Facts::SYMMETRIC,
        eval: Eval::Matrix(|a| sylvester(&a[0], &a[0].transpose(), &a[1])),
        code: Code { numpy: "scipy.linalg.solve_continuous_lyapunov({0}, {1})", helper: "", import: "import scipy.linalg" },
        laws: &["X lyapunov(X, Y) + lyapunov(X, Y) X' = Y"],
        ..BLANK
    },
    Row {
        name: "polar",
        doc: "the orthogonal polar factor U Vᵀ of the singular value decomposition, A (AᵀA)^(-1/2) of a tall A",
        forms: &[Form { sig: super::row::ENTRYWISE, make: Make::Call }],
        d: Derivative::Refused("its derivative has no short closed form; write A (A'A)^(-1/2)"),
        assume: "full rank",
        domain: Domain::FullRank,
        eval: Eval::Matrix(|a| polar(&a[0])),
        code: Code { numpy: "polar({0})", helper: POLAR, import: "" },
        ..BLANK
    },
    Row {
        name: "maxeig",
        aliases: &["lambdamax", "eigmax", "maxeigenvalue"],
        prefix: true,
        doc: "the largest eigenvalue of a symmetric matrix",
        forms: &[Form { sig: SQUARE_TO_SCALAR, make: Make::Call }],
        d: Derivative::Line("maxeigvec(X)' dX maxeigvec(X)"),
        assume: "symmetric with a simple largest eigenvalue",
        domain: Domain::Symmetric,
        facts: |s, a| s.facts(a[0]) & (Facts::POSITIVE | Facts::NONNEGATIVE),
        eval: Eval::Matrix(|a| eigenvalue(&a[0], 1.0)),
        code: Code::new("np.linalg.eigvalsh({0})[-1]"),
        ..BLANK
    },
    Row {
        name: "mineig",
        aliases: &["lambdamin", "eigmin", "mineigenvalue"],
        prefix: true,
        doc: "the smallest eigenvalue of a symmetric matrix",
        forms: &[Form { sig: SQUARE_TO_SCALAR, make: Make::Call }],
        d: Derivative::Line("mineigvec(X)' dX mineigvec(X)"),
        assume: "symmetric with a simple smallest eigenvalue",
        domain: Domain::Symmetric,
        eval: Eval::Matrix(|a| eigenvalue(&a[0], -1.0)),
        code: Code::new("np.linalg.eigvalsh({0})[0]"),
        ..BLANK
    },
    Row {
        name: "maxeigvec",
        prefix: true,
        doc: "the unit eigenvector of the largest eigenvalue of a symmetric matrix",
        forms: &[Form { sig: EIGENVECTOR, make: Make::Call }],
        d: Derivative::Line("pinv(maxeig(X) eye(n) - X) dX F"),
        domain: Domain::Symmetric,
        eval: Eval::Matrix(|a| eigenvector(&a[0], 1.0)),
        code: Code::new("np.linalg.eigh({0})[1][:, -1]"),
        ..BLANK
    },
    Row {
        name: "mineigvec",
        prefix: true,
        doc: "the unit eigenvector of the smallest eigenvalue of a symmetric matrix",
        forms: &[Form { sig: EIGENVECTOR, make: Make::Call }],
        d: Derivative::Line("pinv(mineig(X) eye(n) - X) dX F"),
        domain: Domain::Symmetric,
        eval: Eval::Matrix(|a| eigenvector(&a[0], -1.0)),
        code: Code::new("np.linalg.eigh({0})[1][:, 0]"),
        ..BLANK
    },
    Row {
        name: "maxeigvecs",
        doc: "maxeigvecs(S, k): orthonormal eigenvectors of the k largest eigenvalues of a symmetric matrix, as columns",
        forms: &[Form { sig: EIGENVECTORS_OF, make: Make::Call }],
        d: Derivative::Refused(EIGENVECTORS),
        domain: Domain::Symmetric,
        eval: Eval::Matrix(|a| eigenvectors(a, 1.0)),
        code: Code::new("np.linalg.eigh({0})[1][:, ::-1][:, :{1}]"),
        ..BLANK
    },
    Row {
        name: "mineigvecs",
        doc: "mineigvecs(S, k): orthonormal eigenvectors of the k smallest eigenvalues of a symmetric matrix, as columns",
        forms: &[Form { sig: EIGENVECTORS_OF, make: Make::Call }],
        d: Derivative::Refused(EIGENVECTORS),
        domain: Domain::Symmetric,
        eval: Eval::Matrix(|a| eigenvectors(a, -1.0)),
        code: Code::new("np.linalg.eigh({0})[1][:, :{1}]"),
        ..BLANK
    },
    Row {
        name: "leftsv",
        prefix: true,
        doc: "the leading left singular vector",
        forms: &[Form { sig: LEFT, make: Make::Call }],
        // X X' u = s² u, and u'du = 0: what s² I - X X' lacks, s² u u' gives, so that there is an inverse.
        d: Derivative::Line(
            "inv(spectral(X)^2 (eye(m) + F F') - X X') (spectral(X) dX rightsv(X) + X dX' F) - 2 / spectral(X) (F' dX rightsv(X)) F",
        ),
        domain: Domain::Distinct,
        eval: Eval::Matrix(|a| singular(&a[0], true)),
        code: Code::new("np.linalg.svd({0})[0][:, 0]"),
        ..BLANK
    },
    Row {
        name: "rightsv",
        prefix: true,
        doc: "the leading right singular vector",
        forms: &[Form { sig: RIGHT, make: Make::Call }],
        // X' X v = s² v, and v'dv = 0, as for leftsv.
        d: Derivative::Line(
            "inv(spectral(X)^2 (eye(n) + F F') - X' X) (spectral(X) dX' leftsv(X) + X' dX F) - 2 / spectral(X) (leftsv(X)' dX F) F",
        ),
        domain: Domain::Distinct,
        eval: Eval::Matrix(|a| singular(&a[0], false)),
        code: Code::new("np.linalg.svd({0})[2][0]"),
        ..BLANK
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrix_functions_invert_each_other() -> Result<(), String> {
        let a = Matrix::from_row_slice(3, 3, &[2.0, 0.3, 0.1, -0.2, 1.5, 0.4, 0.1, 0.2, 1.0]);
        let root = sqrtm(&a).ok_or("no root")?;
        assert!((&root * &root - &a).norm() < 1e-12);
        let back = logm(&a).and_then(|l| expm(&l)).ok_or("no logarithm")?;
        assert!((back - &a).norm() < 1e-12);
        Ok(())
    }
}
