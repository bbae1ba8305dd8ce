//! LaTeX that is printed can be set: KaTeX in strict mode takes every answer and every derivation (tests/katex/check.js).

mod common;

use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where KaTeX is installed; npm is asked for it once.
///
/// `None` where there is no node or no npm, and this is not CI.
fn katex() -> Option<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _held = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = common::root().join("target/katex");
    let missing = |what: &str| {
        assert!(std::env::var_os("CI").is_none(), "{what}");
        eprintln!("skipped: {what}");
        None
    };
    if !Command::new("node").arg("--version").output().is_ok_and(|o| o.status.success()) {
        return missing("LaTeX is checked with KaTeX, which needs node");
    }
    if !folder.join("node_modules/katex").exists() {
        let installed = Command::new("npm").args(["install", "--silent", "--prefix"]).arg(&folder).arg("katex").output();
        if !installed.is_ok_and(|o| o.status.success()) {
            return missing("npm could not install KaTeX under target/katex");
        }
    }
    Some(folder)
}

/// What the checker says of these; `None` without KaTeX.
fn checked(jobs: &[Value]) -> Option<String> {
    let mut node = Command::new("node");
    node.arg(common::root().join("tests/katex/check.js")).arg(katex()?);
    Some(common::answered(node, jobs))
}

/// The command line that asks for a case.
fn arguments(case: &common::Case) -> Vec<String> {
    let mut line = vec![case.task.word().to_owned(), case.expr.clone(), "-f".into(), "latex".into(), "--no-verify".into()];
    let mut option = |name: &str, value: &str| line.extend([name.to_owned(), value.to_owned()]);
    for name in &case.wrt {
        option("--wrt", name);
    }
    option("--var", &case.declarations);
    for function in &case.functions {
        option("--fn", function);
    }
    for name in ["layout", "as"] {
        if let Some(value) = case.json[name].as_str() {
            option(&format!("--{name}"), value);
        }
    }
    line
}

/// What the program prints.
fn printed(line: &[String]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_matdiff")).args(line).stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn answers_and_derivations_can_be_set() {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for case in common::corpus() {
        let line = arguments(&case);
        lines.push((case.id.clone(), line.clone()));
        lines.push((format!("{} --bold --lhs", case.id), [line.clone(), vec!["--bold".into(), "--lhs".into()]].concat()));
        lines.push((format!("{} --steps", case.id), [line, vec!["--steps".into()]].concat()));
    }
    let (next, jobs, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let work = || {
        while let Some((id, line)) = lines.get(next.fetch_add(1, Ordering::Relaxed)) {
            match printed(line) {
                Ok(tex) => jobs.lock().expect("no panic").push(json!({ "id": id, "tex": tex })),
                Err(why) => failed.lock().expect("no panic").push(format!("{id}: {why}")),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    let (jobs, failed) = (jobs.into_inner().expect("no panic"), failed.into_inner().expect("no panic"));
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(jobs.len() >= 300, "{} texts are too few", jobs.len());
    let derivations = jobs.iter().filter(|j| j["tex"].as_str().is_some_and(|t| t.starts_with("\\begin{aligned}"))).count();
    assert!(derivations >= 100, "{derivations} derivations are too few");
    let Some(said) = checked(&jobs) else { return };
    assert_eq!(said.trim(), format!("checked {}", jobs.len()), "{said}");
}

#[test]
fn the_checker_finds_wrong_latex() {
    let wrong = ["\\frac{1}{2", "\\nosuchcommand{x}", "x_a_b", "Σ é ∇ ⟨x⟩ ж", "", "\\left( x", "a & b \\\\ c"];
    let jobs: Vec<Value> = wrong.iter().map(|tex| json!({ "id": tex, "tex": tex })).collect();
    let Some(said) = checked(&jobs) else { return };
    assert_eq!(said.lines().filter(|l| l.starts_with("wrong: ")).count(), wrong.len(), "{said}");
    let right = json!({ "id": "right", "tex": "\\tfrac{1}{2} A^{\\top} x \\quad \\text{(chain rule)}" });
    assert_eq!(checked(&[right]).as_deref().map(str::trim), Some("checked 1"));
}
