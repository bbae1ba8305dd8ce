//! Functions of networks and of robust fitting, each by its definition.

use super::row::{BLANK, D, ENTRYWISE, Form, MN, Make, Row, SCALAR, Sig};

/// An element-wise function by its definition, with or without a number as its second argument.
const fn defined(name: &'static str, aliases: &'static [&'static str], doc: &'static str, forms: &'static [Form]) -> Row {
    Row { name, aliases, doc, forms, prefix: true, ..BLANK }
}

const fn one(text: &'static str) -> Form {
    Form { sig: ENTRYWISE, make: Make::Define(text) }
}

const fn with(text: &'static str) -> Form {
    Form { sig: Sig { args: &[MN, SCALAR], out: (D::N(0), D::N(1)), broadcast: false }, make: Make::Define(text) }
}

pub(super) const ROWS: &[Row] = &[
    defined("logit", &["logodds"], "log(x/(1 − x)), the inverse of sigmoid", &[one("log(X) - log(1 - X)")]),
    defined("logcosh", &[], "log(cosh(x))", &[one("log(cosh(X))")]),
    defined("logsigmoid", &["logexpit"], "log(sigmoid(x))", &[one("-softplus(-X)")]),
    defined("softsign", &[], "x/(1 + |x|)", &[one("X ./ (1 + abs(X))")]),
    defined("mish", &[], "x tanh(softplus(x))", &[one("X .* tanh(softplus(X))")]),
    defined(
        "elu",
        &[],
        "elu(x), elu(x, a): x where positive, else a (exp(x) − 1); a is 1",
        &[one("relu(X) + step(-X) .* (exp(X) - 1)"), with("relu(X) + Y step(-X) .* (exp(X) - 1)")],
    ),
    defined(
        "leakyrelu",
        &["lrelu", "prelu"],
        "leakyrelu(x), leakyrelu(x, a): x where positive, else a x; a is 1/100",
        &[one("relu(X) - 1/100 relu(-X)"), with("relu(X) - Y relu(-X)")],
    ),
    defined("relu6", &[], "min(max(x, 0), 6)", &[one("min(relu(X), 6)")]),
    defined("hardtanh", &[], "x, but at least −1 and at most 1", &[one("min(max(X, -1), 1)")]),
    defined("hardsigmoid", &[], "min(max(x + 3, 0), 6)/6", &[one("min(relu(X + 3), 6) / 6")]),
    defined("hardswish", &[], "x min(max(x + 3, 0), 6)/6", &[one("X .* min(relu(X + 3), 6) / 6")]),
    defined("softthreshold", &["softshrink"], "softthreshold(x, t): x brought nearer to 0 by t", &[with("sign(X) .* relu(abs(X) - Y)")]),
    defined(
        "huber",
        &[],
        "huber(x), huber(x, d): x²/2 where |x| ≤ d, else d |x| − d²/2; d is 1",
        &[one("1/2 X.^2 - 1/2 relu(abs(X) - 1).^2"), with("1/2 X.^2 - 1/2 relu(abs(X) - Y).^2")],
    ),
];
