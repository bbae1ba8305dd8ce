//! Generated NumPy code is run and compared with references written by hand (tests/code/judge.py).

mod common;

use matdiff::session::Task;
use serde_json::{Value, json};

/// Runs the judge on jobs; what it says. `None` where there is no Python and this is not CI.
fn judged(jobs: &[Value]) -> Option<String> {
    common::python("judge.py", jobs)
}

#[test]
fn generated_code_agrees_with_references() {
    let (mut jobs, mut refused) = (Vec::new(), Vec::new());
    for case in common::corpus() {
        let code = case.session().ask(case.task, &case.expr, &case.wrt()).and_then(|mut answer| answer.numpy());
        match code {
            Ok(code) => jobs.push(json!({ "case": case.json, "code": code })),
            Err(why) => refused.push(format!("{}: {}", case.id, why.render(&case.expr, false))),
        }
    }
    let Some(said) = judged(&jobs) else { return };
    assert_eq!(said.trim(), format!("judged {}", jobs.len()), "{said}");
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn the_judge_finds_wrong_code() {
    let case = json!({
        "id": "wrong", "cmd": "grad", "expr": "x' A x", "wrt": "x", "vars": { "x": "vector(n)", "A": "square(n)" }, "ref": "x@A@x",
    });
    let wrong = [
        ("a factor", "def gradient(x, A):\n    return 2 * A @ x\n"),
        ("a shape", "def gradient(x, A):\n    return ((A + A.T) @ x)[:, None]\n"),
        ("no function", "def value(x, A):\n    return x\n"),
        ("an error", "def gradient(x, A):\n    return B @ x\n"),
        ("a parameter", "def gradient(x, A, h):\n    return (A + A.T) @ x\n"),
        ("not a number", "def gradient(x, A):\n    import numpy as np\n    return np.nan * x\n"),
    ];
    let jobs: Vec<Value> = wrong.iter().map(|(_, code)| json!({ "case": case, "code": code })).collect();
    let Some(said) = judged(&jobs) else { return };
    assert_eq!(said.lines().filter(|l| l.starts_with("wrong: ")).count(), wrong.len(), "{said}");
    let right = json!({ "case": case, "code": "def gradient(x, A):\n    return (A + A.T) @ x\n" });
    assert_eq!(judged(&[right]).as_deref().map(str::trim), Some("judged 1"));
}

/// Sums over samples: expression, variable, declarations, and whether the gradient is a sum over the samples.
const SAMPLES: &[(&str, &str, &str, bool)] = &[
    ("sum_i (y_i - w' x_i)^2", "w", "y_i: scalar; x_i: vector(5)", true),
    ("sum_i log(1 + exp(-y_i w' x_i))", "w", "y_i: scalar; x_i: vector(5)", true),
    ("sum_i (x_i - mu)' inv(S) (x_i - mu)", "mu", "S: spd(5)", true),
    ("sum_i (x_i - mu)' inv(S) (x_i - mu)", "S", "S: spd(5); mu: vector(5)", true),
    ("sum_i norm(A x_i - b)", "A", "A: matrix(3,5); x_i: vector(5)", true),
    ("sum_i norm(y_i - tanh(W x_i))^2", "W", "W: matrix(3,5); x_i: vector(5)", true),
    ("sum_i a_i x_i' M x_i", "M", "M: square(5); a_i: scalar", true),
    ("sum_i c_i log(w' x_i + 40)", "c_k", "c_i: scalar; w: vector(5)", false),
    ("sum_i (x_i - mu)' inv(S) (x_i - mu)", "x_k", "S: spd(5)", false),
    ("log sum_i exp(a_i' x)", "x", "x: vector(5)", false),
    ("log sum_i exp(400 a_i' x)", "x", "x: vector(5)", false),
    ("let X = rows(x_i); let y = rows(y_i); sum_i (x_i' w - y_i)^2", "w", "X: matrix(N,5)", true),
    ("let X = rows(x_i); let y = rows(y_i); sum_i log(1 + exp(-y_i w' x_i))", "w", "x_i: vector(5)", true),
    ("let X = rows(x_i); sum_i (x_i - mu)' inv(S) (x_i - mu)", "S", "X: matrix(N,5); S: spd(5)", true),
    ("let X = rows(x_i); sum_i norm(x_i - mu)", "mu", "X: matrix(N,5)", true),
    ("let X = rows(x_i); sum_i c_i x_i' M x_i where c = rows(c_i)", "M", "X: matrix(N,5)", true),
    ("let X = rows(x_i); let Y = rows(y_i); sum_i (logsumexp(W x_i) - y_i' W x_i)", "W", "X: matrix(N,5); W: matrix(3,5)", true),
    ("let X = rows(x_i); let y = rows(y_i); sum_i (x_i' w - y_i)^2", "X", "X: matrix(N,5)", false),
    ("sum_i log(X[i,:]' w + 40) + sum_i a_i b_i", "w", "X: matrix(N,5); a: vector(N); b: vector(N)", false),
    ("sum_i exp(a[i]) b[i]^2", "a", "a: vector(N); b: vector(N)", false),
    ("sum_{i,j} log(40 + A_ij) B_ij", "A", "A: matrix(N,5); B: matrix(N,5)", false),
];

#[test]
fn sums_over_samples_are_vectorised() {
    let mut jobs = Vec::new();
    for &(expr, wrt, declarations, additive) in SAMPLES {
        let session = common::session(declarations, &[]);
        let code = session.ask(Task::Gradient, expr, &[wrt]).and_then(|mut answer| answer.numpy());
        let code = code.unwrap_or_else(|e| panic!("{expr}: {}", e.render(expr, false)));
        let loops = code.lines().any(|l| l.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == "for" || w == "while"));
        assert!(!loops, "{expr} by {wrt} runs in a loop:\n{code}");
        jobs.push(json!({ "expr": expr, "code": code, "additive": additive, "samples": 100_000 }));
    }
    let Some(said) = common::python("samples.py", &jobs) else { return };
    assert_eq!(said.trim(), format!("judged {}", jobs.len()), "{said}");
}

/// Jacobians whose text has free indices: expression, variable, declarations, reference.
const BY_INDEX: &[(&str, &str, &str, &str)] = &[
    ("X.^2", "X", "X: matrix(m,n)", "X**2"),
    ("A X", "X", "A: matrix(p,m); X: matrix(m,n)", "A@X"),
    ("softmax(x)", "x", "x: vector(n)", "softmax(x)"),
    ("x x'", "x", "x: vector(n)", "np.outer(x,x)"),
    ("inv(X)", "X", "X: square(n)", "inv(X)"),
    ("x' X y", "X", "x: vector(m); X: matrix(m,n); y: vector(n)", "np.asarray(x@X@y)"),
    ("X y", "X", "X: matrix(m,n); y: vector(n)", "X@y"),
];

#[test]
fn jacobians_by_index_are_whole_arrays() {
    let mut jobs = Vec::new();
    for &(expr, wrt, declarations, reference) in BY_INDEX {
        let mut session = common::session(declarations, &[]);
        session.set_form(Some(matdiff::session::Form::Index));
        let code = session.ask(Task::Jacobian, expr, &[wrt]).and_then(|mut answer| answer.numpy());
        let code = code.unwrap_or_else(|e| panic!("{expr}: {}", e.render(expr, false)));
        let vars: serde_json::Map<String, Value> =
            declarations.split("; ").filter_map(|d| d.split_once(": ")).map(|(name, kind)| (name.to_owned(), json!(kind))).collect();
        let case = json!({ "id": expr, "cmd": "jac", "expr": expr, "wrt": wrt, "vars": vars, "ref": reference });
        jobs.push(json!({ "case": case, "code": code }));
    }
    let Some(said) = judged(&jobs) else { return };
    assert_eq!(said.trim(), format!("judged {}", jobs.len()), "{said}");
}
