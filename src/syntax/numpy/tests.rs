//! Tests of NumPy's dialect: what is read, and what is refused in which words.

use super::super::testing::{check_all, told, vocabulary};
use super::{looks_like_numpy, parse_numpy};

fn tree(text: &str) -> String {
    told(parse_numpy(text, &vocabulary("", "phi")))
}

fn check(cases: &[(&str, &str)]) {
    check_all(tree, cases);
}

#[test]
fn operators_bind_as_in_python() {
    check(&[
        ("a + b * c", "(sum +a +(b *:c))"),
        ("a @ b / c", "(a @:b //:c)"),
        ("-x**2", "(neg (.^ x 2))"),
        ("x**-2", "(.^ x -2)"),
        ("x**y**2", "(.^ x (.^ y 2))"),
        ("a - -b", "(sum +a -(neg b))"),
        ("(a + b).T @ c", "((T (sum +a +b)) @:c)"),
        ("-a * b", "((neg a) *:b)"),
        ("2**-x * 3", "((.^ 2 (neg x)) *:3)"),
    ]);
}

#[test]
fn functions_have_their_names() {
    check(&[
        ("np.linalg.inv(S)", "inv[S]"),
        ("torch.nn.functional.relu(x)", "relu[x]"),
        ("np.trace(A @ B)", "tr[(A @:B)]"),
        ("(A @ B).trace()", "tr[(A @:B)]"),
        ("x.dot(y)", "(x @:y)"),
        ("np.linalg.slogdet(S)[1]", "log[(Single det[S])]"),
        ("np.linalg.solve(A, b)", "(A \\:b)"),
        ("np.eye(n)", "eye[n]"),
        ("np.ones((m, n))", "ones[m n]"),
        ("x.sum()", "sum[x]"),
        ("np.einsum('ij,j->i', A, x)", "(A x)"),
        ("phi(x)", "phi[x]"),
        ("np.pi * x", "(pi *:x)"),
    ]);
}

#[test]
fn statements_are_definitions_and_a_formula() {
    check(&[
        ("r = X @ w - y\nr.T @ r", "r=(sum +(X @:w) -y); ((T r) @:r)"),
        ("loss = lambda w: w @ w", "(w @:w)"),
        ("def f(w):\n    r = X @ w\n    return r @ r", "r=(X @:w); (r @:r)"),
        ("f(w, b) = w @ b", "(w @:b)"),
        ("r = x; r = y; r @ r", "ERROR name: `r` is defined twice | give the new value a new name"),
        ("s = r @ r; r = x; s", "ERROR name: `r` is used before it is defined | give the new value a new name"),
    ]);
}

#[test]
fn nothing_else_is_read() {
    for text in [
        "x[:, None]",
        "x[-1]",
        "x[1:]",
        "np.sum(x, keepdims=True)",
        "np.sum(x, axis=2)",
        "np.foo(x)",
        "foo(x)",
        "2x",
        "x y",
        "x' @ y",
        "x^2",
        "X**-1",
        "np.where(x > 0, x, 0)",
        "[x, y]",
        "(x, y)",
        "'fro'",
        "np.linalg.slogdet(S)",
        "x if y else z",
        "x // y",
        "x % y",
        "sum(a for a in x)",
        "x = y = z",
        "np.sum()",
        "np.sum(x, y=2)",
        "X - X.mean(axis=0)",
        "x(y)",
        "np.sum(x",
        "x)",
        "np.sum[x]",
        "",
        "np.einsum('ijk->', A)",
        "np.inner(x)",
        "x.foo",
        "x.",
        "A.H",
        "x.shape",
        "lambda x",
        "x *",
        "* x",
        "1j * x",
        "np.newaxis",
    ] {
        let read = tree(text);
        assert!(read.starts_with("ERROR"), "`{text}` is read as {read}");
    }
}

#[test]
fn programs_are_told_from_formulas() {
    for text in
        ["np.sum(x)", "x.T @ A @ x", "x**2", "A.sum()", "torch.trace(A)", "sum(X, axis=0)", "lambda w: w @ w", "(A @ B).T", "X.shape[0] c"]
    {
        assert!(looks_like_numpy(text), "{text}");
    }
    for text in [
        "x @ y",
        "x' A x",
        "A.'",
        "0.5 x",
        "x .* y",
        "sum(i=1..N, x_i)",
        "X.^2",
        "2. x",
        "a_np x",
        "sum_{i=1}^{n} x_i. ",
        "dim = 3; x",
        "sum(dim=1..N, a_dim)",
    ] {
        assert!(!looks_like_numpy(text), "{text}");
    }
}
