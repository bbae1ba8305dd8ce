//! The standard functions that follow from others: logarithms to other bases, the lesser circular and hyperbolic ones, roots.

use super::row::{
    BLANK, Code, D, Derivative, Domain, ELEMENTWISE, ENTRYWISE, ENTRYWISE2, Eval, Form, MN, Make, Row, SCALAR, Sig, Spelling, TO_SCALAR,
};
use crate::ir::{ExprId, Store};

/// An element-wise function of one argument by its definition.
const fn defined(name: &'static str, aliases: &'static [&'static str], doc: &'static str, forms: &'static [Form]) -> Row {
    Row { name, aliases, doc, forms, prefix: true, ..BLANK }
}

const fn one(text: &'static str) -> Form {
    Form { sig: ENTRYWISE, make: Make::Define(text) }
}

const fn two(text: &'static str) -> Form {
    Form { sig: ENTRYWISE2, make: Make::Define(text) }
}

/// Entry by entry, with two numbers.
const BETWEEN: Sig = Sig { args: &[MN, SCALAR, SCALAR], out: (D::N(0), D::N(1)), broadcast: false };

/// f(−x) = −f(x) with f(0) = 0.
fn odd(store: &mut Store, args: &[ExprId], name: &str) -> Option<ExprId> {
    super::elementwise::fold_odd(store, args, name)
}

/// f(−x) = −f(x) with a pole at 0.
fn odd_pole(store: &mut Store, args: &[ExprId], name: &str) -> Option<ExprId> {
    if store.is_zero(args[0]) { None } else { odd(store, args, name) }
}

pub(super) const ROWS: &[Row] = &[
    defined("expm1", &[], "exp(x) − 1", &[one("exp(X) - 1")]),
    defined("exp2", &[], "2 to the power x", &[one("exp(log(2) X)")]),
    defined("log2", &[], "the logarithm to base 2", &[one("log(X) / log(2)")]),
    defined("log10", &["lg10"], "the logarithm to base 10", &[one("log(X) / log(10)")]),
    defined("rsqrt", &["invsqrt"], "1/√x, entry by entry", &[one("X .^ (-1/2)")]),
    Row {
        name: "cbrt",
        doc: "the cube root, of negative numbers too",
        d: Derivative::Line("dX ./ (3 F.^2)"),
        assume: "nonzero",
        domain: Domain::AwayFromZero,
        fold: |s, a| odd(s, a, "cbrt"),
        eval: Eval::Scalar(f64::cbrt),
        code: Code::new("np.cbrt({0})"),
        laws: &["cbrt(X).^3 = X"],
        ..ELEMENTWISE
    },
    defined("sec", &[], "the secant 1/cos(x)", &[one("1 ./ cos(X)")]),
    defined("csc", &["cosec"], "the cosecant 1/sin(x)", &[one("1 ./ sin(X)")]),
    Row {
        name: "cot",
        aliases: &["cotan"],
        doc: "the cotangent cos(x)/sin(x)",
        d: Derivative::Line("-(1 + F.^2) .* dX"),
        assume: "nonzero",
        domain: Domain::AwayFromZero,
        fold: |s, a| odd_pole(s, a, "cot"),
        show: Spelling::Command("\\cot"),
        eval: Eval::Scalar(|x| x.tan().recip()),
        code: Code::new("1 / np.tan({0})"),
        laws: &["cot(X) .* sin(X) = cos(X)"],
        ..ELEMENTWISE
    },
    defined("sech", &[], "1/cosh(x)", &[one("1 ./ cosh(X)")]),
    defined("csch", &["cosech"], "1/sinh(x)", &[one("1 ./ sinh(X)")]),
    Row {
        name: "coth",
        doc: "cosh(x)/sinh(x)",
        d: Derivative::Line("(1 - F.^2) .* dX"),
        assume: "nonzero",
        domain: Domain::AwayFromZero,
        fold: |s, a| odd_pole(s, a, "coth"),
        show: Spelling::Command("\\coth"),
        eval: Eval::Scalar(|x| x.tanh().recip()),
        code: Code::new("1 / np.tanh({0})"),
        laws: &["coth(X) .* sinh(X) = cosh(X)"],
        ..ELEMENTWISE
    },
    defined("acot", &["arccot"], "the inverse cotangent, between 0 and π", &[one("pi/2 - atan(X)")]),
    Row {
        name: "asinh",
        aliases: &["arcsinh", "arsinh"],
        doc: "the inverse hyperbolic sine",
        d: Derivative::Line("dX ./ sqrt(1 + X.^2)"),
        fold: |s, a| odd(s, a, "asinh"),
        eval: Eval::Scalar(f64::asinh),
        code: Code::new("np.arcsinh({0})"),
        laws: &["sinh(asinh(X)) = X"],
        ..ELEMENTWISE
    },
    Row {
        name: "acosh",
        aliases: &["arccosh", "arcosh"],
        doc: "the inverse hyperbolic cosine",
        d: Derivative::Line("dX ./ sqrt(X.^2 - 1)"),
        assume: "greater than 1",
        domain: Domain::AboveOne,
        eval: Eval::Scalar(f64::acosh),
        code: Code::new("np.arccosh({0})"),
        laws: &["cosh(acosh(2 + X.^2)) = 2 + X.^2"],
        ..ELEMENTWISE
    },
    Row {
        name: "atanh",
        aliases: &["arctanh", "artanh"],
        doc: "the inverse hyperbolic tangent",
        d: Derivative::Line("dX ./ (1 - X.^2)"),
        assume: "between -1 and 1",
        domain: Domain::Unit,
        fold: |s, a| odd(s, a, "atanh"),
        eval: Eval::Scalar(f64::atanh),
        code: Code::new("np.arctanh({0})"),
        laws: &["atanh(tanh(X)) = X"],
        ..ELEMENTWISE
    },
    Row {
        name: "atan2",
        aliases: &["arctan2"],
        doc: "atan2(y, x): the angle of the point (x, y)",
        forms: &[Form { sig: ENTRYWISE2, make: Make::Call }],
        d: Derivative::Line("(Y .* dX - X .* dY) ./ (X.^2 + Y.^2)"),
        assume: "nonzero",
        eval: Eval::Scalar2(f64::atan2),
        code: Code::new("np.arctan2({0}, {1})"),
        ..BLANK
    },
    Row { name: "hypot", doc: "√(x² + y²), entry by entry", forms: &[two("sqrt(X.^2 + Y.^2)")], ..BLANK },
    Row { name: "logaddexp", doc: "log(exp(x) + exp(y)), entry by entry", forms: &[two("log(exp(X) + exp(Y))")], ..BLANK },
    Row { name: "xlogy", doc: "x log(y), entry by entry", forms: &[two("X .* log(Y)")], ..BLANK },
    defined("entr", &[], "−x log(x), entry by entry", &[one("-X .* log(X)")]),
    Row { name: "relentr", doc: "x log(x/y), entry by entry", forms: &[two("X .* log(X ./ Y)")], ..BLANK },
    Row {
        name: "clip",
        aliases: &["clamp"],
        doc: "clip(x, a, b): x, but at least a and at most b",
        forms: &[Form { sig: BETWEEN, make: Make::Define("min(max(X, Y), Z)") }],
        ..BLANK
    },
    Row {
        name: "sumsq",
        aliases: &["sumsquares", "sumsqr"],
        doc: "the sum of the squares of all entries",
        forms: &[Form { sig: TO_SCALAR, make: Make::Define("tr(X' X)") }],
        ..BLANK
    },
];
