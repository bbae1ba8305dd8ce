//! Gradients of built expressions against difference quotients, before and after simplification.

mod common;

use matdiff::calculus;
use matdiff::elab::instantiate;
use matdiff::ir::{ExprId, Facts, Store, SymbolId};
use matdiff::num::{Options, check_gradient};
use matdiff::rewrite::Rewriter;

const VARIABLES: &[common::Variable] = &[
    ("A", "n", "n", Facts::NONE),
    ("B", "n", "n", Facts::NONE),
    ("C", "n", "n", Facts::NONE),
    ("R", "m", "n", Facts::NONE),
    ("T", "n", "m", Facts::NONE),
    ("S", "n", "n", Facts::SYMMETRIC),
    ("P", "n", "n", Facts::DEFINITE),
    ("K", "n", "n", Facts::SKEW),
    ("D", "n", "n", Facts::DIAGONAL),
    ("L", "n", "n", Facts::LOWER),
    ("x", "n", "1", Facts::NONE),
    ("y", "n", "1", Facts::NONE),
    ("u", "m", "1", Facts::NONE),
    ("a", "1", "1", Facts::NONE),
    ("b", "1", "1", Facts::POSITIVE),
    ("p", "n", "1", Facts::SUMS_TO_ONE),
    ("q", "n", "1", Facts::POSITIVE),
];

fn setting() -> (Store, Vec<(&'static str, ExprId, SymbolId)>) {
    let mut store = Store::new();
    let bindings = common::declared(&mut store, VARIABLES);
    (store, bindings)
}

#[test]
fn agree_with_difference_quotients() {
    let scalars: &[&str] = &[
        "x' A x",
        "x' S x + 3 y' x",
        "norm(R x - u)^2",
        "1/2 norm(R x - u)",
        "log(det(P)) + tr(inv(P) A)",
        "tr(A B A' C)",
        "tr(A^3 B)",
        "tr(A^5)",
        "y' A^6 x",
        "y' inv(A)^2 x",
        "x' inv(A)' inv(A) x",
        "tr(inv(A' A + eye(n)) B)",
        "log(det(eye(n) + A inv(P)))",
        "log(det(R' R + eye(n)))",
        "det(A' B A)",
        "-y' log(sigmoid(A x)) - (1 - y)' log(1 - sigmoid(A x))",
        "-p' log(softmax(A x))",
        "-p' logsoftmax(A x)",
        "logsumexp(A x) - y' A x",
        "log(sum(exp(R x)))",
        "sum(softmax(R) .* R)",
        "sum(logsumexp(R) .* u)",
        "sum(logsoftmax(R) .* R)",
        "sqrt(tr(R' R))",
        "norm(x - mean(x))^2 / (n - 1)",
        "tr(kron(A, B) kron(C, S))",
        "sum(kron(A, x) .* kron(B, y))",
        "sum(sin(kron(A, x')))",
        "sum(cos(kron(R, A)))",
        "x' diag(y) A diag(x) y",
        "tr(diag(x) A diag(y) B')",
        "diag(A)' diag(B A)",
        "y' exp(A x) + sum(tanh(R)) + sum(x .^ 4)",
        "sum(sqrt(q)) + sum(1 ./ q) + sum(q .^ (3/2))",
        "a^3 x' y / b + sqrt(b) a",
        "b^a",
        "exp(-norm(x - y)^2 / (2 b^2))",
        "(x' A x) / (x' x)",
        "vec(A)' vec(B A)",
        "vec(R)' kron(A, eye(m)) vec(R)",
        "sum(abs(A)) + sum(relu(R)) + norm1(x)",
        "sum(max(x, y)) + sum(min(A, a))",
        "tr(expm(A)) + tr(logm(P)) + tr(P^(1/2))",
        "nuclear(R' R + eye(n))",
        "spectral(R)",
        "maxeig(S) + mineig(P)",
        "tr(pinv(R) u x')",
        "sum(erf(x) + gelu(y) + silu(x) + softplus(y))",
        "sum(lgamma(q)) + sum(digamma(q))",
        "sum(asin(x/10) + acos(x/10) + atan(x) + sinh(x) + cosh(x) + tan(x/4))",
        "x[1] y[2] + A[1,2]^2",
        "A[1,:]' B[:,2]",
        "norm(x y' - A)^2",
        "norm(x x' .* A)^2",
        "tr(L B) + tr(K A) + tr(D A)",
        "x' L L' x",
        "log(det(L))",
        "sum(tril(A) .* B)",
        "u' R x + x' R' R x",
        "tr(A) ^2 + tr(A A')",
        "a x' P x + log(b) tr(P)",
        "y' inv(A + a B) x",
        "x' unvec(kron(x, y), n, n) y",
    ];
    let (mut store, variables) = setting();
    let bindings: Vec<(&str, ExprId)> = variables.iter().map(|&(n, e, _)| (n, e)).collect();
    let (m, n) = (store.dim_named("m"), store.dim_named("n"));
    let mut wrong = Vec::new();
    for &text in scalars {
        let f = instantiate(&mut store, text, &bindings, &[("m", m), ("n", n)]);
        assert!(store.is_scalar(f), "{text} is not a scalar");
        for &(name, x, symbol) in &variables {
            if !store.depends_on(f, &[x]) {
                continue;
            }
            let gradient = match calculus::gradients(&mut store, f, &[x], false) {
                Ok(sweep) => sweep.gradients[0],
                Err(refusal) => {
                    wrong.push(format!("{text} by {name}: {}", refusal.reason));
                    continue;
                }
            };
            let simple = Rewriter::new().simplify(&mut store, gradient);
            for (what, g) in [("derived", gradient), ("simplified", simple)] {
                if let Err(failure) = check_gradient(&store, f, symbol, g, &Options::default()) {
                    wrong.push(format!("{text} by {name}, {what}: {failure:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[test]
fn without_a_closed_form_there_is_a_reason() {
    let (mut store, variables) = setting();
    let bindings: Vec<(&str, ExprId)> = variables.iter().map(|&(n, e, _)| (n, e)).collect();
    for (text, name) in [("tr(expm(A) B)", "A"), ("norminf(x)", "x"), ("sum(polar(R))", "R"), ("tr(P^(1/3) B)", "P"), ("tr(A^a)", "a")] {
        let f = instantiate(&mut store, text, &bindings, &[]);
        let Some(&(_, x, _)) = variables.iter().find(|v| v.0 == name) else { unreachable!("{name} is declared") };
        let refusal = calculus::gradients(&mut store, f, &[x], false).err();
        assert!(refusal.is_some_and(|r| !r.reason.is_empty()), "{text} by {name} should be refused with a reason");
    }
}
