//! Time of derivations inside one process, and of the whole command. Every answer is checked before it is timed.
//!
//! `cargo bench --bench derive` prints microseconds of wall time: the best of several rounds, since the machine is shared.

use matdiff::session::{Format, Session, Task};
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Textbook questions: expression, variable, declarations, answer.
const TEXTBOOK: &[(&str, &str, &str, &str)] = &[
    ("x' A x", "x", "x: vector(n); A: symmetric(n)", "2 A x"),
    ("1/2 norm(X w - y)^2", "w", "X: matrix(m,n); w: vector(n); y: vector(m)", "X' (X w - y)"),
    ("log det(X)", "X", "X: square(n)", "X^-T"),
    ("tr(A X B)", "X", "A: matrix(p,m); X: matrix(m,n); B: matrix(n,p)", "A' B'"),
    ("logsumexp(A x + b)", "x", "A: matrix(m,n); x: vector(n); b: vector(m)", "A' softmax(A x + b)"),
    ("-b' v - sum(softplus(W v + c))", "W", "W: matrix(m,n); v: vector(n); b: vector(n); c: vector(m)", "-sigmoid(W v + c) v'"),
];

/// The best time of a round in microseconds for each run.
fn best(rounds: u32, runs: u32, mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        for _ in 0..runs {
            work();
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(runs));
    }
    best
}

fn answer(session: &Session, text: &str, wrt: &str) -> String {
    match session.ask(Task::Gradient, text, &[wrt]) {
        Ok(mut answer) => answer.text(Format::Ascii).join("\n"),
        Err(wrong) => panic!("{text}: {}", wrong.render(text, false)),
    }
}

fn session(declarations: &str, verify: bool) -> Session {
    let mut session = Session::new();
    if !declarations.is_empty() {
        session.declare(declarations).expect("declarations");
    }
    session.set_verify(verify);
    session
}

fn main() {
    println!("{:<40} {:>10} {:>10}", "textbook, from text to text (µs)", "verified", "unverified");
    for &(text, wrt, declarations, expected) in TEXTBOOK {
        let (checked, quick) = (session(declarations, true), session(declarations, false));
        let squeeze = |s: &str| s.replace(' ', "");
        assert_eq!(squeeze(&answer(&checked, text, wrt)).replace("inv(X)'", "X^-T"), squeeze(expected), "{text}");
        let verified = best(5, 50, || drop(black_box(answer(&checked, text, wrt))));
        let unverified = best(5, 50, || drop(black_box(answer(&quick, text, wrt))));
        println!("{text:<40} {verified:>10.1} {unverified:>10.1}");
    }
    chains();
    networks();
    command();
}

/// tr(A1 X A2 X … An X): the time must grow in step with the length.
fn chains() {
    println!("\n{:<40} {:>10} {:>10}", "tr(A1 X … An X), unverified", "µs", "µs/factor");
    for length in [8, 32, 128] {
        let text = format!("tr({})", (1..=length).map(|k| format!("A{k} X")).collect::<Vec<_>>().join(" "));
        let quick = session("X: square(n)", false);
        assert!(answer(&quick, &text, "X").contains(&format!("A{length}")), "every factor occurs in the gradient");
        let time = best(3, 1, || drop(black_box(answer(&quick, &text, "X"))));
        println!("{length:<40} {time:>10.0} {:>10.1}", time / f64::from(length));
    }
}

/// A network of k layers, by the first layer's weights.
fn networks() {
    println!("\n{:<40} {:>10} {:>10}", "tanh network, unverified", "µs", "µs/layer");
    for layers in [4, 16, 64] {
        let mut text = String::from("let h0 = x; ");
        for k in 1..=layers {
            text.push_str(&format!("let h{k} = tanh(W{k} h{}); ", k - 1));
        }
        text.push_str(&format!("1/2 norm(h{layers} - y)^2"));
        let quick = session("x: vector(n)", false);
        assert!(answer(&quick, &text, "W1").contains("tanh"), "the gradient passes through the layers");
        let time = best(3, 1, || drop(black_box(answer(&quick, &text, "W1"))));
        println!("{layers:<40} {time:>10.0} {:>10.1}", time / f64::from(layers));
    }
}

/// The whole command beside `--version`: what a user waits for.
fn command() {
    let binary = env!("CARGO_BIN_EXE_matdiff");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(binary);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(command.status().expect("it starts").success(), "{arguments:?}");
    };
    let version = best(5, 100, || run(&["--version"]));
    let gradient = best(5, 100, || run(&["grad", "1/2 ‖X w - y‖^2", "--wrt", "w"]));
    println!("\nthe command: --version {version:.0} µs, grad {gradient:.0} µs, ratio {:.2}", gradient / version);
}
