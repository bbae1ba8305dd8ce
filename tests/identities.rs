//! Textbook identities that hold by construction: both sides are built, and are the same node.

mod common;

use matdiff::elab::instantiate;
use matdiff::ir::{ExprId, Facts, Store};

/// The variables that the identities speak of: name, rows, columns, structure.
const VARIABLES: &[common::Variable] = &[
    ("A", "n", "n", Facts::NONE),
    ("B", "n", "n", Facts::NONE),
    ("C", "n", "n", Facts::NONE),
    ("R", "m", "n", Facts::NONE),
    ("T", "n", "m", Facts::NONE),
    ("S", "n", "n", Facts::SYMMETRIC),
    ("P", "n", "n", Facts::DEFINITE),
    ("Q", "n", "n", Facts::ORTHOGONAL),
    ("x", "n", "1", Facts::NONE),
    ("y", "n", "1", Facts::NONE),
    ("z", "n", "1", Facts::NONE),
    ("a", "1", "1", Facts::NONE),
    ("b", "1", "1", Facts::NONE),
    ("p", "n", "1", Facts::SUMS_TO_ONE),
];

fn build(store: &mut Store, bindings: &[(&str, ExprId)], text: &'static str) -> ExprId {
    let (m, n) = (store.dim_named("m"), store.dim_named("n"));
    instantiate(store, text, bindings, &[("m", m), ("n", n)])
}

fn setting() -> (Store, Vec<(&'static str, ExprId)>) {
    let mut store = Store::new();
    let bindings = common::declared(&mut store, VARIABLES).into_iter().map(|(name, x, _)| (name, x)).collect();
    (store, bindings)
}

#[test]
fn true_by_construction() {
    let pairs: &[(&str, &str)] = &[
        ("(A B)'", "B' A'"),
        ("(A')'", "A"),
        ("(A + B)'' ", "A + B"),
        ("inv(A B)", "inv(B) inv(A)"),
        ("inv(inv(A))", "A"),
        ("inv(A)'", "inv(A')"),
        ("A inv(A)", "eye(n)"),
        ("A A inv(A)", "A"),
        ("A^2 A", "A^3"),
        ("S'", "S"),
        ("inv(S)'", "inv(S)"),
        ("Q' Q", "eye(n)"),
        ("inv(Q)", "Q'"),
        ("(A + A')'", "A + A'"),
        ("tr(A B)", "tr(B A)"),
        ("tr(A B C)", "tr(C A B)"),
        ("tr(A B')", "tr(B A')"),
        ("tr(A')", "tr(A)"),
        ("tr(x y')", "x' y"),
        ("tr(A x y')", "y' A x"),
        ("x' A y", "y' A' x"),
        ("x' y", "y' x"),
        ("tr(eye(n))", "n"),
        ("tr(2 A)", "2 tr(A)"),
        ("tr(A inv(B) B)", "tr(A)"),
        ("tr(B A inv(B))", "tr(A)"),
        ("x x' x", "(x' x) x"),
        ("x .* y", "y .* x"),
        ("x' (y .* z)", "y' (x .* z)"),
        ("(x .* y)' (x ./ y)", "x' x"),
        ("diag(x) y", "x .* y"),
        ("diag(x) diag(y)", "diag(x .* y)"),
        ("inv(diag(x))", "diag(1 ./ x)"),
        ("diag(diag(x))", "x"),
        ("sum(x)", "ones(n)' x"),
        ("sum(A x)", "ones(n)' A x"),
        ("sum(p)", "1"),
        ("kron(A, B)'", "kron(A', B')"),
        ("kron(A, B) kron(C, A)", "kron(A C, B A)"),
        ("inv(kron(A, B))", "kron(inv(A), inv(B))"),
        ("tr(kron(A, B))", "tr(A) tr(B)"),
        ("kron(eye(m), eye(n))", "eye(m n)"),
        ("vec(A)' vec(B)", "tr(A' B)"),
        ("vec(2 A)", "2 vec(A)"),
        ("a^2 a", "a^3"),
        ("a b / a", "b"),
        ("sqrt(4)", "2"),
        ("sqrt(5) sqrt(5)", "5"),
        ("(a b)^2", "a^2 b^2"),
        ("log(exp(a))", "a"),
        ("exp(log(x))", "x"),
        ("x - x", "zeros(n)"),
        ("x + x", "2 x"),
        ("-(x - y)", "y - x"),
        ("norm(-2 x)", "2 norm(x)"),
        ("abs(-3)", "3"),
        ("sin(-x)", "-sin(x)"),
        ("unit(1,n)' unit(2,n)", "0"),
        ("unit(a,n)' unit(a,n)", "1"),
        ("det(A')", "det(A)"),
        ("det(eye(n))", "1"),
        ("(R T)'", "T' R'"),
        ("eye(n) .* A", "diag(diag(A))"),
        ("x' .* y'", "(x .* y)'"),
        ("exp(x')", "exp(x)'"),
    ];
    let (mut store, bindings) = setting();
    let mut wrong = Vec::new();
    for (left, right) in pairs {
        if build(&mut store, &bindings, left) != build(&mut store, &bindings, right) {
            wrong.push(format!("{left} = {right}"));
        }
    }
    assert!(wrong.is_empty(), "not the same node: {wrong:#?}");
}

#[test]
fn what_is_not_true_is_not_built() {
    let pairs: &[(&str, &str)] = &[
        ("(A B)'", "A' B'"),
        ("inv(A B)", "inv(A) inv(B)"),
        ("A'", "A"),
        ("sqrt(a^2)", "a"),
        ("(x.^2).^(1/2)", "x"),
        ("tr(A B)", "tr(A) tr(B)"),
        ("x' A y", "x' A' y"),
        ("Q' A Q", "A"),
        ("det(A + B)", "det(A) + det(B)"),
        ("exp(A)", "expm(A)"),
        ("abs(a)", "a"),
        ("kron(A, B)", "kron(B, A)"),
        ("(a^2)^(1/2)", "a"),
        ("diag(A)", "A"),
        ("norm(x)^2", "sum(x)^2"),
    ];
    let (mut store, bindings) = setting();
    for (left, right) in pairs {
        let (l, r) = (build(&mut store, &bindings, left), build(&mut store, &bindings, right));
        assert_ne!(l, r, "{left} = {right}");
    }
}

#[test]
fn facts_follow_from_structure() {
    let cases: &[(&str, Facts)] = &[
        ("A + A'", Facts::SYMMETRIC),
        ("A' A", Facts::SEMIDEFINITE),
        ("A' P A", Facts::SEMIDEFINITE),
        ("R' R + P", Facts::DEFINITE),
        ("inv(P)", Facts::DEFINITE),
        ("inv(R' R + a^2 eye(n))", Facts::SYMMETRIC),
        ("diag(x)", Facts::DIAGONAL),
        ("diag(exp(x))", Facts::DEFINITE),
        ("x x'", Facts::SEMIDEFINITE),
        ("x' x", Facts::NONNEGATIVE),
        ("x' P x", Facts::NONNEGATIVE),
        ("exp(x)", Facts::POSITIVE),
        ("det(P)", Facts::POSITIVE),
        ("norm(A)", Facts::NONNEGATIVE),
        ("kron(P, P)", Facts::DEFINITE),
        ("Q A Q' Q", Facts::NONE),
    ];
    let (mut store, bindings) = setting();
    for &(text, facts) in cases {
        let id = build(&mut store, &bindings, text);
        assert!(store.is(id, facts), "{text} should be known to be {facts:?}");
    }
    let id = build(&mut store, &bindings, "A' B");
    assert!(!store.is(id, Facts::SYMMETRIC));
    let id = build(&mut store, &bindings, "R' R - P");
    assert!(!store.is(id, Facts::SEMIDEFINITE));
}
