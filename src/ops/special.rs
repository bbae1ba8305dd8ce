//! Special functions, entry by entry: the error function and the gamma family.

use super::row::{Arg, BLANK, Code, D, Derivative, Domain, ELEMENTWISE, Eval, Form, Make, Matrix, Row, SCALAR, Sig};
use crate::ir::Facts;

/// The error function to double precision (Abramowitz and Stegun 7.1.5 and 7.1.14: series near 0, continued fraction far out).
pub(super) fn erf(x: f64) -> f64 {
    let a = x.abs();
    if a < 2.5 {
        let (mut term, mut sum, mut n) = (a, a, 0.0);
        while term.abs() > 1e-17 * sum.abs() {
            n += 1.0;
            term *= -a * a / n;
            sum += term / (2.0 * n + 1.0);
        }
        return x.signum() * sum * std::f64::consts::FRAC_2_SQRT_PI;
    }
    let mut tail = 0.0;
    for k in (1..60).rev() {
        tail = f64::from(k) / 2.0 / (a + tail);
    }
    x.signum() * (1.0 - (-a * a).exp() / (a + tail) / std::f64::consts::PI.sqrt())
}

/// log |Γ(x)| by Stirling's series after shifting (Abramowitz and Stegun 6.1.41), for x > 0.
pub(super) fn lgamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r / 1680.0))) / x;
    shift + (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

/// ψ⁽ᵏ⁾(x) by the recurrence and the asymptotic series (Abramowitz and Stegun 6.4.11), for x > 0.
fn polygamma(k: u32, x: f64) -> f64 {
    let sign = if k.is_multiple_of(2) { -1.0 } else { 1.0 };
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    let order = i32::try_from(k).unwrap_or(i32::MAX);
    let (mut x, mut sum) = (x, 0.0);
    while x < 20.0 {
        sum += if k == 0 { -1.0 / x } else { sign * factorial(k) / x.powi(order + 1) };
        x += 1.0;
    }
    let bernoulli = [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0];
    let mut tail =
        if k == 0 { x.ln() - 0.5 / x } else { sign * (factorial(k - 1) / x.powi(order) + factorial(k) / (2.0 * x.powi(order + 1))) };
    for (j, b) in bernoulli.iter().enumerate() {
        let two_j = 2 * (u32::try_from(j).unwrap_or(0) + 1);
        let ratio = factorial(two_j + k - 1) / factorial(two_j);
        let power = x.powi(order + i32::try_from(two_j).unwrap_or(0));
        tail += if k == 0 { -b / (f64::from(two_j) * power) } else { sign * b * ratio / power };
    }
    sum + tail
}

fn polygamma_matrix(args: &[Matrix]) -> Option<Matrix> {
    let [k, x] = args else { return None };
    let order = k.as_slice().first().copied().filter(|k| k.fract() == 0.0 && (0.0..64.0).contains(k))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a small whole number")]
    Some(x.map(|x| polygamma(order as u32, x)))
}

pub(super) const SPECIAL: &str = "import scipy.special";

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "erf",
        doc: "the error function",
        d: Derivative::Line("2/sqrt(pi) exp(-X.^2) .* dX"),
        eval: Eval::Scalar(erf),
        code: Code { numpy: "scipy.special.erf({0})", helper: "", import: SPECIAL },
        ..ELEMENTWISE
    },
    Row {
        name: "gelu",
        doc: "x Φ(x) = x (1 + erf(x/√2))/2, the exact form",
        d: Derivative::Line("(1/2 (1 + erf(X / sqrt(2))) + X .* exp(-X.^2 / 2) / sqrt(2 pi)) .* dX"),
        eval: Eval::Scalar(|x| 0.5 * x * (1.0 + erf(x / std::f64::consts::SQRT_2))),
        code: Code { numpy: "0.5 * {0} * (1 + scipy.special.erf({0} / np.sqrt(2)))", helper: "", import: SPECIAL },
        ..ELEMENTWISE
    },
    Row {
        name: "lgamma",
        aliases: &["gammaln", "loggamma", "lngamma"],
        doc: "the logarithm of the gamma function",
        d: Derivative::Line("digamma(X) .* dX"),
        domain: Domain::Positive,
        assume: "positive",
        eval: Eval::Scalar(lgamma),
        code: Code { numpy: "scipy.special.gammaln({0})", helper: "", import: SPECIAL },
        ..ELEMENTWISE
    },
    Row {
        name: "digamma",
        aliases: &["psi0"],
        doc: "the derivative of lgamma",
        d: Derivative::Line("polygamma(1, X) .* dX"),
        domain: Domain::Positive,
        assume: "positive",
        eval: Eval::Scalar(|x| polygamma(0, x)),
        code: Code { numpy: "scipy.special.digamma({0})", helper: "", import: SPECIAL },
        ..ELEMENTWISE
    },
    Row {
        name: "polygamma",
        doc: "polygamma(k, x): the k-th derivative of digamma",
        forms: &[Form {
            sig: Sig { args: &[SCALAR, Arg::Shape(D::N(0), D::N(1))], out: (D::N(0), D::N(1)), broadcast: false },
            make: Make::Call,
        }],
        d: Derivative::Line("polygamma(X + 1, Y) .* dY"),
        domain: Domain::Positive,
        assume: "positive",
        facts: |s, a| {
            if s.as_num(a[0]).and_then(crate::base::Rational::to_integer).is_some_and(|k| k % 2 == 1) {
                Facts::POSITIVE
            } else {
                Facts::NONE
            }
        },
        eval: Eval::Matrix(polygamma_matrix),
        code: Code { numpy: "scipy.special.polygamma({0}, {1})", helper: "", import: SPECIAL },
        ..BLANK
    },
];
