//! The binary from outside: exit codes, standard input and output, files, colour, pipes, JSON.

use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn matdiff(arguments: &[&str], input: &str) -> Output {
    matdiff_with(arguments, input, &[])
}

fn matdiff_with(arguments: &[&str], input: &str, environment: &[(&str, &str)]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_matdiff"))
        .args(arguments)
        .env_remove("NO_COLOR")
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let _ = pipe.write_all(input.as_bytes());
    drop(pipe);
    child.wait_with_output().expect("it ends")
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

#[test]
fn an_answer_is_alone_on_standard_output() {
    let result = matdiff(&["grad", "x' A x", "--wrt", "x"], "");
    assert_eq!((code(&result), out(&result).lines().count()), (0, 1), "{}", err(&result));
    assert!(err(&result).contains("note: "), "what was inferred is said on standard error: {}", err(&result));
    assert!(!out(&result).contains("note"));
    let declared = matdiff(&["grad", "x' A x", "--wrt", "x", "--var", "x: vector(n); A: symmetric(n)"], "");
    assert_eq!(out(&declared), "2 A x\n");
    assert_eq!(err(&declared), "");
}

#[test]
fn expressions_come_from_everywhere() {
    let expected = "2 x\n";
    for (arguments, input) in [
        (&["grad", "x' x", "--wrt", "x", "--var", "x: vector(n)"][..], ""),
        (&["grad", "-", "--wrt", "x", "--var", "x: vector(n)"], "x' x\n"),
        (&["grad", "--wrt", "x", "--var", "x: vector(n)"], "x'\n  x\n"),
        (&["grad", "--wrt=x", "--var=x: vector(n)", "--", "x' x"], ""),
        (&["grad", "-fascii", "x' x", "--wrt", "x", "--var", "x: vector(n)"], ""),
        (&["grad", "--wrt", "x", "x' x", "--var", "x: vector(n)", "--no-verify"], ""),
        (&["grad", "--wrt", "x", "\u{feff}x' x", "--from", "plain", "--var", "x: vector(n)"], ""),
    ] {
        let result = matdiff(arguments, input);
        assert_eq!((code(&result), out(&result)), (0, expected), "{arguments:?}: {}", err(&result));
    }
}

#[test]
fn an_expression_may_begin_with_a_minus_sign() {
    for (expr, expected) in [("-x' x", "-2 x\n"), ("-1/2 x' x", "-x\n"), ("-(x' x)", "-2 x\n")] {
        let result = matdiff(&["grad", expr, "--wrt", "x", "--var", "x: vector(n)"], "");
        assert_eq!((code(&result), out(&result)), (0, expected), "{}", err(&result));
    }
    let variable = matdiff(&["simplify", "-x"], "");
    assert_eq!(out(&variable), "-x\n");
    let like_options = matdiff(&["grad", "--wrt", "v", "--var", "v: vector(n)", "-v' v"], "");
    assert_eq!(out(&like_options), "-2 v\n");
}

#[test]
fn several_variables_and_labels() {
    let result = matdiff(&["grad", "x' y", "--wrt", "x,y", "--var", "x: vector(n)", "--var", "y: vector(n)", "-f", "ascii"], "");
    assert_eq!(out(&result), "grad_x f = y\ngrad_y f = x\n", "{}", err(&result));
    let repeated = matdiff(&["grad", "x' y", "--wrt", "x", "--wrt", "y", "--var", "x: n; y: n", "-f", "ascii"], "");
    assert_eq!(out(&repeated), out(&result));
    let labelled = matdiff(&["grad", "x' x", "--wrt", "x", "--var", "x: n", "--lhs"], "");
    assert_eq!(out(&labelled), "∇_x f = 2 x\n");
}

#[test]
fn wrong_input_gets_a_caret_a_reason_and_exit_code_2() {
    for expr in ["x' (A x", "x' A +", "tr A B", "sofmax(x)' x", "x' x +* 2", ""] {
        let result = matdiff(&["grad", expr, "--wrt", "x"], "");
        assert_eq!(code(&result), 2, "{expr}");
        assert_eq!(out(&result), "", "{expr}");
        assert!(err(&result).starts_with("error: "), "{expr}: {}", err(&result));
        assert!(expr.is_empty() || err(&result).contains('^'), "{expr}: {}", err(&result));
        assert!(!err(&result).contains("panicked"), "{expr}");
    }
    let shapes = matdiff(&["grad", "x' A y", "--wrt", "x", "--var", "x: vector(2); y: vector(3); A: matrix(3,2)"], "");
    assert_eq!(code(&shapes), 2);
    let declaration = matdiff(&["grad", "x' x", "--wrt", "x", "--var", "x: vektor(n)"], "");
    assert_eq!(code(&declaration), 2);
    assert!(err(&declaration).contains("vektor"), "{}", err(&declaration));
    let variable = matdiff(&["grad", "x' x", "--wrt", "q"], "");
    assert_eq!(code(&variable), 2, "{}", out(&variable));
}

#[test]
fn wrong_options_say_what_is_meant() {
    for (arguments, expected) in [
        (&["grad", "--wtr", "x", "x' x"][..], "--wrt"),
        (&["grad", "x", "-f", "typst"], "typst"),
        (&["grad", "x", "-f", "postscript"], "postscript"),
        (&["grad", "x", "--standalone"], "LaTeX"),
        (&["shapes", "x", "-f", "numpy"], "NumPy"),
        (&["grad", "x", "--steps", "-f", "numpy"], "--steps"),
        (&["grad", "x", "y"], "y"),
        (&["grad", "--file", "/no/such/file"], "/no/such/file"),
        (&["integrate", "x"], "integrate"),
        (&["grad", "x", "--layout", "vec"], "--layout"),
        (&["simplify", "x", "--as", "kron"], "--as"),
        (&["jac", "x", "--layout", "diagonal"], "diagonal"),
    ] {
        let result = matdiff(arguments, "");
        assert_eq!(code(&result), 2, "{arguments:?}");
        assert_eq!(out(&result), "", "{arguments:?}");
        assert!(err(&result).contains(expected), "{arguments:?}: {}", err(&result));
    }
}

#[test]
fn commands_of_later_versions_are_refused_in_one_sentence() {
    let result = matdiff(&["repl"], "");
    assert_eq!(code(&result), 2);
    assert!(err(&result).starts_with("error: this version does not answer `repl` yet"), "{}", err(&result));
}

#[test]
fn layouts_and_forms() {
    let answer = |arguments: &[&str]| out(&matdiff(&[arguments, &["-f", "ascii"]].concat(), "")).trim().to_owned();
    let declared = "A: matrix(m,n); x: vector(n); X: square(n)";
    assert_eq!(answer(&["jac", "A x", "--wrt", "x", "--var", declared]), "A");
    assert_eq!(answer(&["jac", "A x", "--wrt", "x", "--var", declared, "--layout", "denominator"]), "A'");
    assert_eq!(answer(&["jac", "A X", "--wrt", "X", "--var", declared, "--layout=vec"]), "kron(eye(n), A)");
    assert_eq!(answer(&["hess", "x' A' A x", "--wrt", "x", "--var", declared]), "2 A'A");
    assert_eq!(answer(&["hess", "tr(X' X)", "--wrt", "X", "--var", declared]), "2 V");
    assert_eq!(answer(&["hess", "tr(X' X)", "--wrt", "X", "--var", declared, "--as", "kron"]), "2 eye(n n)");
}

#[test]
fn lines_stay_aligned() {
    let input = "x' x\nx' (\n\n3 x' x\n# a comment\na' x\n";
    let result = matdiff(&["grad", "--lines", "--wrt", "x", "--var", "x: vector(n); a: vector(n)"], input);
    assert_eq!(out(&result), "2 x\n\n\n6 x\n\na\n", "{}", err(&result));
    assert_eq!(code(&result), 2);
    assert!(err(&result).contains("line 2: error"), "{}", err(&result));
    let good = matdiff(&["grad", "--lines", "--wrt", "x", "--var", "x: vector(n)"], "x' x\r\n2 x' x");
    assert_eq!((code(&good), out(&good)), (0, "2 x\n4 x\n"), "{}", err(&good));
    let json = matdiff(&["grad", "--lines", "-f", "json", "--wrt", "x", "--var", "x: vector(n)"], "x' x\nx' (\n");
    let objects: Vec<Value> = out(&json).lines().map(|l| serde_json::from_str(l).expect("an object a line")).collect();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[0]["result"]["plain"], "2 x");
    assert_eq!(objects[1]["error"]["kind"], "syntax");
}

#[test]
fn files_hold_declarations_and_an_expression() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("least-squares.matdiff");
    let text = "# least squares\nvar X: matrix(m,n)   # data\nvar w: vector(n); y: vector(m)\n\nlet r = X w - y;\nr' r\n";
    std::fs::write(&file, text).expect("written");
    let path = file.to_str().expect("UTF-8");
    let result = matdiff(&["grad", "--file", path, "--wrt", "w"], "");
    assert_eq!((code(&result), out(&result)), (0, "2 Xᵀ(X w - y)\n"), "{}", err(&result));
    std::fs::write(&file, "var x: vector(n)\n\n# one bracket is missing\nx' (x\n").expect("written");
    let wrong = matdiff(&["grad", "--file", path, "--wrt", "x"], "");
    assert_eq!(code(&wrong), 2);
    assert!(err(&wrong).contains("4 | x' (x"), "the error names the file's own line: {}", err(&wrong));
    std::fs::write(&file, [0xff, 0xfe, 0x41]).expect("written");
    let binary = matdiff(&["grad", "--file", path, "--wrt", "x"], "");
    assert_eq!(code(&binary), 2);
    assert!(err(&binary).contains("UTF-8"), "{}", err(&binary));
}

#[test]
fn json_answers_and_errors() {
    let result = matdiff(&["grad", "x' A x", "--wrt", "x", "--var", "A: symmetric(n)", "-f", "json", "--steps"], "");
    let object: Value = serde_json::from_str(out(&result)).expect("one object");
    assert_eq!(object["command"], "grad");
    assert_eq!(object["result"]["plain"], "2 A x");
    assert!(object["result"]["latex"].is_string() && object["input"]["plain"] == "x' A x");
    assert_eq!(object["result"]["shape"], serde_json::json!(["n", "1"]));
    assert_eq!(object["variables"]["A"]["structure"], "symmetric");
    assert!(object["variables"]["x"].to_string().contains("inferred"));
    assert!(object["verified"]["points"].as_u64().expect("a number") > 0);
    let steps = object["steps"].as_array().expect("steps");
    assert!(steps.len() >= 2 && steps.iter().all(|s| s["plain"].is_string() && s["latex"].is_string() && s["law"].is_string()));
    let wrong = matdiff(&["grad", "x' (A x", "--wrt", "x", "-f", "json"], "");
    let object: Value = serde_json::from_str(out(&wrong)).expect("one object");
    assert_eq!(code(&wrong), 2);
    assert!(object["error"]["message"].is_string() && object["error"]["span"].is_array(), "{object}");
    assert!(err(&wrong).starts_with("error: "));
    for arguments in [&["grad", "x", "--wtr", "x", "-f", "json"][..], &["solve", "x", "--format=json"], &["grad", "a", "b", "-fjson"]] {
        let usage = matdiff(arguments, "");
        let object: Value = serde_json::from_str(out(&usage)).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {}", out(&usage)));
        assert!(object["error"]["kind"].is_string(), "{arguments:?}");
        assert_eq!(code(&usage), 2);
    }
}

#[test]
fn colour_only_where_it_is_wanted() {
    let escape = '\u{1b}';
    let wrong = &["grad", "x' (x", "--wrt", "x"][..];
    assert!(!err(&matdiff(wrong, "")).contains(escape), "no colour in a pipe");
    let always = [wrong, &["--color", "always"]].concat();
    assert!(err(&matdiff(&always, "")).contains(escape));
    assert!(err(&matdiff_with(&always, "", &[("NO_COLOR", "1")])).contains(escape), "the option is stronger than the habit");
    let never = [wrong, &["--color=never"]].concat();
    assert!(!err(&matdiff(&never, "")).contains(escape));
    let steps = matdiff(&["grad", "x' x", "--wrt", "x", "--steps"], "");
    assert!(!out(&steps).contains(escape));
}

#[test]
fn latex_habits() {
    let base = ["grad", "a' X b", "--wrt", "X", "--var", "X: matrix(m,n); a: vector(m); b: vector(n)", "-f", "latex"];
    let with = |more: &[&str]| out(&matdiff(&[&base, more].concat(), "")).trim().to_owned();
    assert_eq!(with(&[]), "a b^\\top");
    assert_eq!(with(&["--transpose", "T"]), "a b^{T}");
    assert_eq!(with(&["--transpose", "prime"]), "a b'");
    assert!(with(&["--bold"]).contains("\\mathbf{a}"), "{}", with(&["--bold"]));
    let document = with(&["--standalone"]);
    assert!(document.starts_with("\\documentclass") && document.contains("amsmath,amssymb") && document.ends_with("\\end{document}"));
    let steps = with(&["--steps"]);
    assert!(steps.starts_with("\\begin{aligned}") && steps.ends_with("\\end{aligned}") && steps.contains("&="), "{steps}");
}

#[test]
fn remarks_go_to_standard_error() {
    let result =
        matdiff(&["grad", "tr(inv(X) A)", "--wrt", "X", "--var", "X: square(n); A: square(n)", "--conditions", "--verify", "-v"], "");
    assert_eq!(code(&result), 0, "{}", err(&result));
    assert!(err(&result).contains("assumes: X is invertible"), "{}", err(&result));
    assert!(err(&result).contains("verified: ") && err(&result).contains("points"), "{}", err(&result));
    assert_eq!(out(&result).lines().count(), 1);
    let unchecked = matdiff(&["grad", "x' x", "--wrt", "x", "--no-verify", "-v"], "");
    assert!(err(&unchecked).contains("not checked"));
}

#[test]
fn functions_of_the_users_own() {
    let result = matdiff(&["grad", "sum(phi(x))", "--wrt", "x", "--var", "x: vector(n)", "--fn", "phi"], "");
    assert_eq!((code(&result), out(&result)), (0, "phi'(x)\n"), "{}", err(&result));
    let defined = matdiff(&["grad", "sum(phi(x))", "--wrt", "x", "--var", "x: vector(n)", "--fn", "phi(t) = t^2"], "");
    assert_eq!((code(&defined), out(&defined)), (0, "2 x\n"), "{}", err(&defined));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_matdiff"))
        .args(["grad", "--lines", "--wrt", "x", "--no-verify", "--var", "x: vector(n)"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let mut pipe = child.stdin.take().expect("a pipe");
    for _ in 0..1000 {
        if pipe.write_all(b"x' x\n").is_err() {
            break;
        }
    }
    drop(pipe);
    let result = child.wait_with_output().expect("it ends");
    assert_eq!(err(&result), "");
    assert_eq!(code(&result), 0);
}

#[test]
fn help_and_version() {
    let version = matdiff(&["--version"], "");
    assert_eq!(out(&version), format!("matdiff {}\n", env!("CARGO_PKG_VERSION")));
    let help = matdiff(&["--help"], "");
    for command in ["grad", "jac", "hess", "diff", "simplify", "shapes"] {
        assert!(out(&help).contains(command));
    }
    let options = matdiff(&["grad", "--help"], "");
    for option in ["--wrt", "--var", "--fn", "--file", "--from", "--format", "--steps", "--no-verify", "--conditions"] {
        assert!(out(&options).contains(option), "{option}");
    }
    assert_eq!(code(&matdiff(&[], "")), 2);
}

#[test]
fn the_same_bytes_on_every_run() {
    let arguments = ["grad", "1/2 ‖V tanh(W x + b) - y‖^2", "--wrt", "W,V,b,x", "-f", "latex", "--steps"];
    let first = matdiff(&arguments, "");
    assert_eq!(code(&first), 0, "{}", err(&first));
    for _ in 0..3 {
        assert_eq!(matdiff(&arguments, "").stdout, first.stdout);
    }
}
