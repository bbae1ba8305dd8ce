//! Generated NumPy code is run and compared with references written by hand (tests/code/judge.py).

mod common;

use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// Runs the judge on jobs; what it says. `None` where there is no Python and this is not CI.
fn judged(jobs: &[Value]) -> Option<String> {
    let python = common::root().join("target/venv/bin/python");
    if !python.exists() {
        assert!(std::env::var_os("CI").is_none(), "target/venv is missing: .ci/run makes it");
        eprintln!("skipped: no target/venv with numpy and scipy; .ci/run makes it");
        return None;
    }
    let mut child = Command::new(python)
        .arg(common::root().join("tests/code/judge.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let text = serde_json::to_string(jobs).expect("JSON");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    Some(said)
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
