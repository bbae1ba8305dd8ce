//! Element-wise functions of one argument, and of two.

use super::row::{
    BLANK, Code, D, Derivative, Domain, ELEMENTWISE, ENTRYWISE, ENTRYWISE2, Eval, Form, MN, Make, Row, SCALAR, Sig, Spelling,
};
use crate::base::Rational;
use crate::ir::{ExprId, Facts, Node, Store};

const fn define(text: &'static str) -> Form {
    Form { sig: ENTRYWISE, make: Make::Define(text) }
}

fn none(_: &Store, _: &[ExprId]) -> Facts {
    Facts::NONE
}

fn zero_at_zero(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    store.is_zero(args[0]).then_some(args[0])
}

fn fold_exp(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let x = args[0];
    if store.is_zero(x) {
        let shape = store.shape(x);
        return Some(store.ones(shape));
    }
    if let Some(inner) = super::args_of(store, x, "log") {
        return Some(inner[0]);
    }
    // exp(c log x) = x^c for a scalar.
    if let Node::Product { coefficient, scalars, chain } = store.node(x).clone()
        && store.is_scalar(x)
        && chain.is_empty()
    {
        for (at, &(base, power)) in scalars.iter().enumerate() {
            if power == ExprId::ONE
                && let Some(inner) = super::args_of(store, base, "log")
            {
                let mut rest = scalars.clone();
                rest.remove(at);
                let exponent = store.product(coefficient, &rest, &[]);
                return Some(store.power(inner[0], exponent));
            }
        }
    }
    None
}

fn fold_log(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let x = args[0];
    if let Some(inner) = super::args_of(store, x, "exp") {
        return Some(inner[0]);
    }
    if let Some(inner) = super::args_of(store, x, "gammafn") {
        return Some(super::apply(store, "lgamma", &inner));
    }
    // log(1/x) = -log(x).
    if let Node::Product { coefficient, scalars, chain } = store.node(x)
        && coefficient.is_one()
        && chain.is_empty()
        && let [(base, ExprId::MINUS_ONE)] = scalars[..]
    {
        let log = super::apply(store, "log", &[base]);
        return Some(store.neg(log));
    }
    match store.node(x) {
        Node::Num(r) if r.is_one() => Some(ExprId::ZERO),
        Node::Ones(_) => {
            let shape = store.shape(x);
            Some(store.zeros(shape))
        }
        _ => None,
    }
}

fn fold_abs(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let x = args[0];
    if store.is(x, Facts::NONNEGATIVE) {
        return Some(x);
    }
    let (c, bare) = store.split_number(x);
    if let Some(r) = store.as_num(x) {
        let r = r.abs();
        return Some(store.num(r));
    }
    let even = store.even_argument(x);
    if even != x {
        return Some(super::apply(store, "abs", &[even]));
    }
    if c.is_one() {
        return None;
    }
    let inner = super::apply(store, "abs", &[bare]);
    Some(store.scale(&c.abs(), inner))
}

fn fold_sign(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let x = args[0];
    if store.is(x, Facts::POSITIVE) {
        let shape = store.shape(x);
        return Some(store.ones(shape));
    }
    // sign(y − x) = −sign(x − y).
    let even = store.even_argument(x);
    if even != x {
        let turned = super::apply(store, "sign", &[even]);
        return Some(store.neg(turned));
    }
    let (c, bare) = store.split_number(x);
    if c.is_one() || bare == ExprId::ONE {
        return None;
    }
    let inner = super::apply(store, "sign", &[bare]);
    let sign = if c.is_negative() { Rational::from(-1) } else { Rational::ONE };
    Some(store.scale(&sign, inner))
}

/// f(−x) = −f(x) for a number in front of the argument that is negative.
pub(super) fn fold_odd(store: &mut Store, args: &[ExprId], name: &str) -> Option<ExprId> {
    let x = args[0];
    if store.is_zero(x) {
        return Some(x);
    }
    let (c, _) = store.split_number(x);
    if !c.is_negative() {
        return None;
    }
    let positive = store.neg(x);
    let inner = super::apply(store, name, &[positive]);
    Some(store.neg(inner))
}

fn fold_cos(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let x = args[0];
    if store.is_zero(x) {
        let shape = store.shape(x);
        return Some(store.ones(shape));
    }
    let (c, _) = store.split_number(x);
    c.is_negative().then(|| {
        let positive = store.neg(x);
        super::apply(store, "cos", &[positive])
    })
}

fn fold_sigmoid(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let x = args[0];
    if !store.is_zero(x) {
        return None;
    }
    let shape = store.shape(x);
    let ones = store.ones(shape);
    store.scale(&Rational::new(1, 2)?, ones).into()
}

fn fold_relu(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    store.is(args[0], Facts::NONNEGATIVE).then_some(args[0])
}

#[allow(clippy::float_cmp, reason = "the sign of an exact zero is zero")]
fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "exp",
        doc: "the exponential, entry by entry",
        d: Derivative::Line("F .* dX"),
        facts: |_, _| Facts::POSITIVE,
        fold: fold_exp,
        show: Spelling::Command("\\exp"),
        eval: Eval::Scalar(f64::exp),
        code: Code::new("np.exp({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "log",
        aliases: &["ln"],
        doc: "the natural logarithm, entry by entry",
        d: Derivative::Line("dX ./ X"),
        assume: "positive",
        domain: Domain::Positive,
        fold: fold_log,
        show: Spelling::Command("\\log"),
        eval: Eval::Scalar(f64::ln),
        code: Code::new("np.log({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "sqrt",
        prefix: true,
        doc: "the square root, entry by entry",
        forms: &[define("X .^ (1/2)")],
        domain: Domain::Positive,
        show: Spelling::Root,
        ..BLANK
    },
    Row { name: "square", prefix: true, doc: "the square, entry by entry", forms: &[define("X .^ 2")], ..BLANK },
    Row {
        name: "recip",
        aliases: &["reciprocal", "invpos"],
        prefix: true,
        doc: "the reciprocal, entry by entry",
        forms: &[define("X .^ (-1)")],
        domain: Domain::AwayFromZero,
        ..BLANK
    },
    Row {
        name: "pow",
        aliases: &["power"],
        doc: "pow(x, p): the p-th power, entry by entry",
        forms: &[Form { sig: Sig { args: &[MN, SCALAR], out: (D::N(0), D::N(1)), broadcast: false }, make: Make::Define("X .^ Y") }],
        domain: Domain::Positive,
        ..BLANK
    },
    Row {
        name: "log1p",
        doc: "log(1 + x), accurate near 0",
        forms: &[define("log(1 + X)")],
        prefix: true,
        domain: Domain::Positive,
        ..BLANK
    },
    Row {
        name: "sin",
        doc: "the sine",
        d: Derivative::Line("cos(X) .* dX"),
        fold: |s, a| fold_odd(s, a, "sin"),
        show: Spelling::Command("\\sin"),
        eval: Eval::Scalar(f64::sin),
        code: Code::new("np.sin({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "cos",
        doc: "the cosine",
        d: Derivative::Line("-sin(X) .* dX"),
        fold: fold_cos,
        show: Spelling::Command("\\cos"),
        eval: Eval::Scalar(f64::cos),
        code: Code::new("np.cos({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "tan",
        doc: "the tangent",
        d: Derivative::Line("(1 + F.^2) .* dX"),
        domain: Domain::Unit,
        fold: |s, a| fold_odd(s, a, "tan"),
        show: Spelling::Command("\\tan"),
        eval: Eval::Scalar(f64::tan),
        code: Code::new("np.tan({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "asin",
        aliases: &["arcsin"],
        doc: "the inverse sine",
        d: Derivative::Line("dX ./ sqrt(1 - X.^2)"),
        domain: Domain::Unit,
        assume: "between -1 and 1",
        fold: |s, a| fold_odd(s, a, "asin"),
        show: Spelling::Command("\\arcsin"),
        eval: Eval::Scalar(f64::asin),
        code: Code::new("np.arcsin({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "acos",
        aliases: &["arccos"],
        doc: "the inverse cosine",
        d: Derivative::Line("-dX ./ sqrt(1 - X.^2)"),
        domain: Domain::Unit,
        assume: "between -1 and 1",
        show: Spelling::Command("\\arccos"),
        eval: Eval::Scalar(f64::acos),
        code: Code::new("np.arccos({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "atan",
        aliases: &["arctan"],
        doc: "the inverse tangent",
        d: Derivative::Line("dX ./ (1 + X.^2)"),
        fold: |s, a| fold_odd(s, a, "atan"),
        show: Spelling::Command("\\arctan"),
        eval: Eval::Scalar(f64::atan),
        code: Code::new("np.arctan({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "sinh",
        doc: "the hyperbolic sine",
        d: Derivative::Line("cosh(X) .* dX"),
        fold: |s, a| fold_odd(s, a, "sinh"),
        show: Spelling::Command("\\sinh"),
        eval: Eval::Scalar(f64::sinh),
        code: Code::new("np.sinh({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "cosh",
        doc: "the hyperbolic cosine",
        d: Derivative::Line("sinh(X) .* dX"),
        facts: |_, _| Facts::POSITIVE,
        show: Spelling::Command("\\cosh"),
        eval: Eval::Scalar(f64::cosh),
        code: Code::new("np.cosh({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "tanh",
        aliases: &["tansig"],
        doc: "the hyperbolic tangent",
        d: Derivative::Line("(1 - F.^2) .* dX"),
        fold: |s, a| fold_odd(s, a, "tanh"),
        show: Spelling::Command("\\tanh"),
        eval: Eval::Scalar(f64::tanh),
        code: Code::new("np.tanh({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "abs",
        aliases: &["fabs", "absolute"],
        doc: "the absolute value, entry by entry",
        d: Derivative::Line("sign(X) .* dX"),
        assume: "nonzero",
        domain: Domain::AwayFromZero,
        facts: |_, _| Facts::NONNEGATIVE,
        fold: fold_abs,
        square: Some(|s, a| s.power(a[0], ExprId::TWO)),
        show: Spelling::Abs,
        eval: Eval::Scalar(f64::abs),
        code: Code::new("np.abs({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "sign",
        aliases: &["sgn", "signum"],
        doc: "−1, 0 or 1",
        d: Derivative::Zero,
        assume: "nonzero",
        domain: Domain::AwayFromZero,
        fold: fold_sign,
        facts: |_, _| Facts::INTEGER,
        eval: Eval::Scalar(sign),
        code: Code::new("np.sign({0})"),
        ..ELEMENTWISE
    },
    Row {
        name: "relu",
        aliases: &["ramp", "pos"],
        doc: "max(x, 0)",
        d: Derivative::Line("step(X) .* dX"),
        assume: "nonzero",
        domain: Domain::AwayFromZero,
        facts: |_, _| Facts::NONNEGATIVE,
        fold: fold_relu,
        eval: Eval::Scalar(|x| x.max(0.0)),
        code: Code::new("np.maximum({0}, 0)"),
        ..ELEMENTWISE
    },
    Row {
        name: "step",
        aliases: &["heaviside", "unitstep", "heavisidetheta"],
        doc: "1 where x > 0, else 0",
        d: Derivative::Zero,
        assume: "nonzero",
        domain: Domain::AwayFromZero,
        facts: |_, _| Facts::BINARY,
        eval: Eval::Scalar(|x| f64::from(u8::from(x > 0.0))),
        code: Code::new("np.where({0} > 0, 1.0, 0.0)"),
        ..ELEMENTWISE
    },
    Row {
        name: "sigmoid",
        aliases: &["expit", "logistic", "logsig", "logisticsigmoid"],
        doc: "the logistic function 1/(1 + exp(−x))",
        d: Derivative::Line("F .* (1 - F) .* dX"),
        facts: |_, _| Facts::POSITIVE,
        fold: fold_sigmoid,
        eval: Eval::Scalar(|x| 1.0 / (1.0 + (-x).exp())),
        code: Code::new("np.exp(-np.logaddexp(0, -{0}))"),
        laws: &["1 - sigmoid(X) = sigmoid(-X)"],
        ..ELEMENTWISE
    },
    Row {
        name: "softplus",
        aliases: &["softrelu"],
        doc: "log(1 + exp(x))",
        d: Derivative::Line("sigmoid(X) .* dX"),
        facts: |_, _| Facts::POSITIVE,
        eval: Eval::Scalar(|x| x.max(0.0) + (-x.abs()).exp().ln_1p()),
        code: Code::new("np.logaddexp(0, {0})"),
        laws: &["softplus(X) - softplus(-X) = X"],
        ..ELEMENTWISE
    },
    Row {
        name: "silu",
        aliases: &["swish"],
        doc: "x times the logistic function of x",
        d: Derivative::Line("(sigmoid(X) + F .* (1 - sigmoid(X))) .* dX"),
        fold: zero_at_zero,
        facts: none,
        eval: Eval::Scalar(|x| x / (1.0 + (-x).exp())),
        code: Code::new("{0} * np.exp(-np.logaddexp(0, -{0}))"),
        laws: &["silu(X) = X .* sigmoid(X)"],
        ..ELEMENTWISE
    },
    Row {
        name: "max",
        aliases: &["maximum", "fmax"],
        doc: "the larger of two, entry by entry",
        forms: &[Form { sig: ENTRYWISE2, make: Make::Call }],
        d: Derivative::Line("step(X - Y) .* dX + step(Y - X) .* dY"),
        assume: "not equal",
        eval: Eval::Scalar2(f64::max),
        code: Code::new("np.maximum({0}, {1})"),
        show: Spelling::Command("\\max"),
        ..BLANK
    },
    Row {
        name: "min",
        aliases: &["minimum", "fmin"],
        doc: "the smaller of two, entry by entry",
        forms: &[Form { sig: ENTRYWISE2, make: Make::Call }],
        d: Derivative::Line("step(Y - X) .* dX + step(X - Y) .* dY"),
        assume: "not equal",
        eval: Eval::Scalar2(f64::min),
        code: Code::new("np.minimum({0}, {1})"),
        show: Spelling::Command("\\min"),
        ..BLANK
    },
];
