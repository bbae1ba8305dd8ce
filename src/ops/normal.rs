//! The normal distribution and what belongs to it; the gamma function itself and the beta function.

use super::row::{BLANK, Code, Derivative, Domain, ELEMENTWISE, ENTRYWISE, ENTRYWISE2, Eval, Form, Make, Row, Spelling};
use super::special::{SPECIAL, erf, lgamma};
use crate::ir::Facts;

/// The inverse of erf by Newton's method, from Winitzki's approximation.
fn erfinv(y: f64) -> f64 {
    let log = (1.0 - y * y).ln();
    let half = 2.0 / (std::f64::consts::PI * 0.147) + log / 2.0;
    let mut x = y.signum() * ((half * half - log / 0.147).sqrt() - half).sqrt();
    for _ in 0..4 {
        x -= (erf(x) - y) / (std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp());
    }
    x
}

pub(super) const ROWS: &[Row] = &[
    Row { name: "erfc", prefix: true, doc: "1 − erf(x)", forms: &[Form { sig: ENTRYWISE, make: Make::Define("1 - erf(X)") }], ..BLANK },
    Row {
        name: "erfinv",
        doc: "the inverse of erf",
        d: Derivative::Line("1/2 sqrt(pi) exp(F.^2) .* dX"),
        assume: "between -1 and 1",
        domain: Domain::Unit,
        eval: Eval::Scalar(erfinv),
        code: Code { numpy: "scipy.special.erfinv({0})", helper: "", import: SPECIAL },
        laws: &["erfinv(erf(X)) = X"],
        ..ELEMENTWISE
    },
    Row {
        name: "normpdf",
        doc: "the density of the standard normal distribution, exp(−x²/2)/√(2π)",
        d: Derivative::Line("-X .* F .* dX"),
        facts: |_, _| Facts::POSITIVE,
        eval: Eval::Scalar(|x| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()),
        code: Code::new("np.exp(-{0} ** 2 / 2) / np.sqrt(2 * np.pi)"),
        laws: &["normpdf(X) = exp(-X.^2/2) / sqrt(2 pi)"],
        prefix: false,
        ..ELEMENTWISE
    },
    Row {
        name: "normcdf",
        aliases: &["ndtr"],
        doc: "the distribution function of the standard normal distribution, (1 + erf(x/√2))/2",
        d: Derivative::Line("normpdf(X) .* dX"),
        facts: |_, _| Facts::POSITIVE,
        eval: Eval::Scalar(|x| 0.5 * (1.0 + erf(x / std::f64::consts::SQRT_2))),
        code: Code { numpy: "scipy.special.ndtr({0})", helper: "", import: SPECIAL },
        laws: &["normcdf(X) = 1/2 (1 + erf(X / sqrt(2)))", "normcdf(-X) = 1 - normcdf(X)"],
        prefix: false,
        ..ELEMENTWISE
    },
    Row {
        name: "gammafn",
        aliases: &["gammafunction", "tgamma"],
        doc: "the gamma function Γ(x)",
        d: Derivative::Line("F .* digamma(X) .* dX"),
        domain: Domain::Positive,
        assume: "positive",
        facts: |_, _| Facts::POSITIVE,
        show: Spelling::Letter("Gamma"),
        eval: Eval::Scalar(|x| lgamma(x).exp()),
        code: Code { numpy: "scipy.special.gamma({0})", helper: "", import: SPECIAL },
        laws: &["gammafn(1 + exp(X)) = exp(X) .* gammafn(exp(X))"],
        prefix: false,
        ..ELEMENTWISE
    },
    Row {
        name: "betaln",
        aliases: &["lbeta"],
        doc: "the logarithm of the beta function",
        forms: &[Form { sig: ENTRYWISE2, make: Make::Define("lgamma(X) + lgamma(Y) - lgamma(X + Y)") }],
        ..BLANK
    },
    Row {
        name: "trigamma",
        doc: "the derivative of digamma",
        forms: &[Form { sig: ENTRYWISE, make: Make::Define("polygamma(1, X)") }],
        ..BLANK
    },
];
