//! Stationary points from textbooks, each read back and compared with the known answer; and problems without a closed form.

use matdiff::base::Fault;
use matdiff::elab::{self, Context, Goal};
use matdiff::ir::Store;
use matdiff::num;
use matdiff::session::{Dialect, Extremum, Format, Session, Task};
use matdiff::syntax;
use std::collections::BTreeSet;

/// Declarations, objective, unknowns, one known value for each unknown.
type Problem = (&'static str, &'static str, &'static str, &'static [&'static str]);

const SOLVED: &[Problem] = &[
    // Least squares and its relatives.
    ("X: matrix(m,n); y: vector(m); w: vector(n)", "norm(X w - y)^2", "w", &["inv(X'X) X'y"]),
    ("X: matrix(m,n); y: vector(m); w: vector(n)", "norm(X w - y)", "w", &["inv(X'X) X'y"]),
    ("X: matrix(m,n); y: vector(m); w: vector(n)", "log(1 + norm(X w - y)^2)", "w", &["inv(X'X) X'y"]),
    ("X: matrix(m,n); y: vector(m); w: vector(n)", "sum((X w - y).^2)", "w", &["inv(X'X) X'y"]),
    ("X: matrix(m,n); y: vector(m); w: vector(n); l: scalar", "1/m norm(X w - y)^2 + l norm(w)^2", "w", &["inv(X'X + m l eye(n)) X'y"]),
    ("X: matrix(m,n); y: vector(m); w: vector(n); G: matrix(k,n)", "norm(X w - y)^2 + norm(G w)^2", "w", &["inv(X'X + G'G) X'y"]),
    ("X: matrix(m,n); y: vector(m); w: vector(n); u: vector(m)", "(X w - y)' diag(u) (X w - y)", "w", &["inv(X' diag(u) X) X' diag(u) y"]),
    ("X: matrix(m,n); y: vector(m); b: vector(n); V: spd(m)", "(y - X b)' inv(V) (y - X b)", "b", &["inv(X' inv(V) X) X' inv(V) y"]),
    ("Y: matrix(m,p); X: matrix(m,n); B: matrix(n,p); S: spd(p)", "tr((Y - X B) inv(S) (Y - X B)')", "B", &["inv(X'X) X'Y"]),
    ("A: matrix(m,n); X: matrix(n,p); B: matrix(p,q); C: matrix(m,q)", "norm(A X B - C)^2", "X", &["inv(A'A) A'C B' inv(B B')"]),
    ("K: spd(n); a: vector(n); y: vector(n); l: scalar", "1/2 norm(y - K a)^2 + l/2 a'K a", "a", &["inv(K + l eye(n)) y"]),
    ("X: matrix(m,n); y: vector(m); w: vector(n); b: scalar", "norm(y - X w - b ones(m))^2", "b", &["1/m sum(y - X w)"]),
    ("D: matrix(m,n); a: vector(m); X: matrix(n,p); b: vector(p)", "norm(a - D X b)^2", "X", &["inv(D'D) D'a b' / (b'b)"]),
    ("A: matrix(m,n); x: scalar; B: matrix(m,n)", "norm(A x - B)^2", "x", &["tr(A'B)/tr(A'A)"]),
    ("A: matrix(m,n); x: vector(m); y: vector(n)", "norm(A - x y')^2", "x", &["A y/(y'y)"]),
    ("W: matrix(m,n); A: matrix(m,n); u: vector(m); v: vector(n)", "norm(W .* (A - u v'))^2", "u", &["((W.^2 .* A) v) ./ (W.^2 v.^2)"]),
    (
        "A: matrix(m,n); d: vector(n); B: matrix(n,p); C: matrix(m,p)",
        "norm(A diag(d) B - C)^2",
        "d",
        &["inv((A'A) .* (B B')) diag(A'C B')"],
    ),
    ("A: matrix(m,n); D: diagonal(n); B: matrix(m,n)", "norm(A D - B)^2", "D", &["diag(diag(A'B) ./ diag(A'A))"]),
    ("X: matrix(m,n); L: matrix(m,k); R: matrix(n,k); l: scalar", "norm(X - L R')^2 + l norm(L)^2", "L", &["X R inv(R'R + l eye(k))"]),
    (
        "A: matrix(m,n); X: symmetric(n); B: matrix(m,n)",
        "norm(A X - B)^2",
        "X",
        &["unvec(inv(eye(n) ⊗ (A'A) + (A'A) ⊗ eye(n)) vec(A'B + B'A), n, n)"],
    ),
    (
        "A: matrix(m,n); X: matrix(n,p); B: matrix(m,p); C: matrix(p,q); D: matrix(n,q)",
        "norm(A X - B)^2 + norm(X C - D)^2",
        "X",
        &["unvec(inv(eye(p) ⊗ (A'A) + (C C') ⊗ eye(n)) vec(A'B + D C'), n, p)"],
    ),
    ("A: square(n); x: vector(n); b: vector(n); c: scalar", "x'A x + b'x + c", "x", &["-inv(A + A') b"]),
    ("B: vector(n); L: spd(n)", "B' L B", "B", &["zeros(n)"]),
    // Estimation and filtering.
    (
        "K: matrix(n,m); H: matrix(m,n); P: spd(n); R: spd(m)",
        "tr((eye(n) - K H) P (eye(n) - K H)' + K R K')",
        "K",
        &["P H' inv(H P H' + R)"],
    ),
    ("w: vector(n); R: spd(n); p: vector(n); s: scalar", "s - 2 p'w + w'R w", "w", &["inv(R) p"]),
    ("G: matrix(n,m); H: matrix(m,n); s: scalar", "norm(G H - eye(n))^2 + s norm(G)^2", "G", &["H' inv(H H' + s eye(m))"]),
    ("w: vector(n); mu: vector(n); S: spd(n); g: scalar", "w'mu - g/2 w'S w", "w", &["inv(S) mu / g"]),
    (
        "A: matrix(m,n); R: spd(m); P: spd(n); x: vector(n); y: vector(m); x0: vector(n)",
        "(y - A x)' inv(R) (y - A x) + (x - x0)' inv(P) (x - x0)",
        "x",
        &["inv(A' inv(R) A + inv(P)) (A' inv(R) y + inv(P) x0)"],
    ),
    // Maximum likelihood.
    (
        "x_i: vector(m); mu: vector(m); S: spd(m)",
        "-n/2 log det(S) - 1/2 sum_{i=1}^{n} (x_i - mu)' inv(S) (x_i - mu)",
        "mu",
        &["1/n sum_{i=1}^{n} x_i"],
    ),
    (
        "x_i: vector(m); mu: vector(m); S: spd(m)",
        "-n/2 log det(S) - 1/2 sum_{i=1}^{n} (x_i - mu)' inv(S) (x_i - mu)",
        "S",
        &["1/n sum_{i=1}^{n} (x_i - mu)(x_i - mu)'"],
    ),
    (
        "x_i: vector(m); mu: vector(m); S: spd(m)",
        "-n/2 log det(S) - 1/2 sum_{i=1}^{n} (x_i - mu)' inv(S) (x_i - mu)",
        "mu,S",
        &["1/n sum_{i=1}^{n} x_i", "1/n sum_{i=1}^{n} x_i x_i' - 1/n^2 (sum_{i=1}^{n} x_i)(sum_{i=1}^{n} x_i)'"],
    ),
    (
        "x_i: vector(p); h_i: vector(q); W: matrix(p,q); S: spd(p)",
        "n log det(S) + sum_{i=1}^{n} (x_i - W h_i)' inv(S) (x_i - W h_i)",
        "W",
        &["(sum_{i=1}^{n} x_i h_i') inv(sum_{i=1}^{n} h_i h_i')"],
    ),
    (
        "x_i: vector(p); y_i: vector(q); W: matrix(q,p); b: vector(q)",
        "sum_{i=1}^{N} norm(y_i - W x_i - b)^2",
        "b,W",
        &[
            "1/N sum_{i=1}^{N} y_i - 1/N (sum_{i=1}^{N} (y_i - 1/N sum_{j=1}^{N} y_j) x_i') inv(sum_{i=1}^{N} x_i x_i' - 1/N (sum_{i=1}^{N} x_i)(sum_{i=1}^{N} x_i)') sum_{i=1}^{N} x_i",
            "(sum_{i=1}^{N} (y_i - 1/N sum_{j=1}^{N} y_j) x_i') inv(sum_{i=1}^{N} x_i x_i' - 1/N (sum_{i=1}^{N} x_i)(sum_{i=1}^{N} x_i)')",
        ],
    ),
    (
        "r_n: scalar; w: vector(d); p_n: vector(d); t_n: scalar",
        "1/2 sum_{n=1}^{N} r_n (w'p_n - t_n)^2",
        "w",
        &["inv(sum_{n=1}^{N} r_n p_n p_n') sum_{n=1}^{N} r_n t_n p_n"],
    ),
    ("P: spd(n); S: spd(n)", "log det(P) - tr(S P)", "P", &["inv(S)"]),
    ("S: spd(n); C: spd(n); s: scalar", "log det(S + s eye(n)) + tr(inv(S + s eye(n)) C)", "S", &["C - s eye(n)"]),
    ("D: diagonal(n); S: spd(n)", "log det(D) - tr(D S)", "D", &["diag(1 ./ diag(S))"]),
    ("S: spd(d); L: spd(d); nu: scalar", "-(nu + d + 1)/2 log det(S) - 1/2 tr(L inv(S))", "S", &["L/(nu + d + 1)"]),
    ("l: scalar; x_i: scalar", "N log(l) - l sum_{i=1}^{N} x_i", "l", &["N/(sum_{i=1}^{N} x_i)"]),
    ("l: scalar; x_i: scalar", "sum_{i=1}^{N} (x_i log(l) - l)", "l", &["1/N sum_{i=1}^{N} x_i"]),
    ("p: scalar; k: scalar; t: scalar", "k log(p) + (t - k) log(1 - p)", "p", &["k/t"]),
    ("s: scalar; m: scalar; x_i: scalar", "-N log(s) - 1/(2 s^2) sum_{i=1}^{N} (x_i - m)^2", "s", &["sqrt(1/N sum_{i=1}^{N} (x_i - m)^2)"]),
    ("s: scalar; K: spd(n); y: vector(n)", "-1/2 y' inv(s K) y - 1/2 log det(s K)", "s", &["y' inv(K) y / n"]),
    (
        "s: scalar; X: matrix(n,p); y: vector(n); b: vector(p)",
        "-n/2 log(2 pi s) - 1/(2 s) norm(y - X b)^2",
        "b,s",
        &["inv(X'X) X'y", "norm(y - X inv(X'X) X'y)^2 / n"],
    ),
    // One number, or entry by entry.
    ("x: vector(n); y: vector(n)", "sum(exp(x)) - y'x", "x", &["log(y)"]),
    ("p: vector(n); q: vector(n); a: vector(n)", "sum(p .* log(p ./ q)) - a'p", "p", &["q .* exp(a - 1)"]),
    ("p: scalar; a: scalar", "p log(p) + (1 - p) log(1 - p) - a p", "p", &["sigmoid(a)"]),
    ("x: scalar; a: scalar; b: scalar; c: scalar", "a x^2 + b x + c", "x", &["-b/(2 a)"]),
    ("x: scalar; a: scalar; b: scalar", "a x + b/x", "x", &["sqrt(b/a)"]),
    ("x: scalar; a: scalar; l: scalar", "(x - a)^2/2 + l log(x)", "x", &["(a + sqrt(a^2 - 4 l))/2"]),
    (
        "x: matrix(m,n); w: matrix(m,n); y: matrix(m,n); l: scalar",
        "norm(w .* (x - y))^2 + l norm(x)^2",
        "x",
        &["(w.^2 .* y) ./ (w.^2 + l)"],
    ),
    // Roots of matrices, directions.
    ("X: spd(n); A: spd(n)", "tr(X) + tr(inv(X) A)", "X", &["A^(1/2)"]),
    ("X: spd(n); A: spd(n); B: spd(n)", "tr(X B) + tr(inv(X) A)", "X", &["B^(-1/2) (B^(1/2) A B^(1/2))^(1/2) B^(-1/2)"]),
    ("w: vector(n); m: vector(n); S: spd(n)", "w'm / sqrt(w'S w)", "w", &["inv(S) m"]),
    ("x: vector(n); b: vector(n)", "(x'x)^2/4 - b'x", "x", &["b / norm(b)^(2/3)"]),
    ("x: vector(n); A: symmetric(n)", "x'A x / (x'x)", "x", &["maxeigvec(A)"]),
    ("x: vector(n); A: symmetric(n); B: spd(n)", "x'A x / (x'B x)", "x", &["B^(-1/2) maxeigvec(B^(-1/2) A B^(-1/2))"]),
    ("x: vector(n); A: matrix(m,n)", "norm(A x)^2 / norm(x)^2", "x", &["maxeigvec(A'A)"]),
];

const REFUSED: &[(&str, &str, &str)] = &[
    ("w: vector(n); X: matrix(m,n); y: vector(m)", "sum(log(1 + exp(-y .* (X w))))", "w"),
    ("w: vector(n); x_i: vector(n); y_i: scalar", "sum_{i=1}^{N} log(1 + exp(-y_i x_i'w))", "w"),
    ("W: matrix(k,n); x: vector(n); y: vector(k)", "-y' log(softmax(W x))", "W"),
    ("x: vector(n); A: symmetric(n)", "x'A x / (1 + x'x)", "x"),
    ("X: matrix(m,n); A: symmetric(n)", "norm(X'X - A)^2", "X"),
    ("A: matrix(m,k); B: matrix(k,n); X: matrix(m,n)", "norm(X - A B)^2", "A,B"),
    ("x: vector(n); y: vector(n); l: scalar", "norm(x - y)^2 + l norm1(x)", "x"),
    ("x: scalar; a: scalar; b: scalar", "a x^2/2 + b cos(x)", "x"),
    ("x: scalar; a: scalar", "exp(x) + a x^2", "x"),
    ("x: vector(n); c: vector(n)", "c'x", "x"),
    ("m: scalar; x_i: scalar", "sum_{i=1}^{N} log(1 + (x_i - m)^2)", "m"),
    ("W: matrix(k,n); V: matrix(m,k); x: vector(n); y: vector(m)", "norm(V tanh(W x) - y)^2", "W"),
    ("X: square(n)", "det(X)", "X"),
];

/// Declarations, objective, unknowns, constraints.
const REFUSED_UNDER: &[(&str, &str, &str, &[&str])] = &[
    ("x: vector(n); A: symmetric(n); b: vector(n)", "x'A x + b'x", "x", &["x'x = 1"]),
    ("A: matrix(m,n); B: matrix(m,k); X: matrix(n,k)", "norm(A X - B)^2", "X", &["X'X = I"]),
    ("p: vector(n); a: vector(n); m: scalar", "sum(p .* log(p))", "p", &["sum(p) = 1", "a'p = m"]),
    ("x: vector(n); A: symmetric(n); a: vector(n)", "x'A x", "x", &["x'x = 1", "a'x = 0"]),
    ("X: matrix(n,k); S: symmetric(n); N: symmetric(k)", "tr(X'S X N)", "X", &["X'X = I"]),
    ("w: vector(n); X: matrix(m,n); y: vector(m)", "sum(log(1 + exp(-y .* (X w))))", "w", &["sum(w) = 1"]),
];

/// Declarations, objective, unknown, constraints, the known value.
const SOLVED_UNDER: &[(&str, &str, &str, &[&str], &str)] = &[
    // What kind of matrix it is.
    ("X: square(n); B: square(n)", "norm(X - B)^2", "X", &["X = X'"], "(B + B')/2"),
    ("X: square(n); B: square(n)", "norm(X - B)^2", "X", &["X + X' = 0"], "(B - B')/2"),
    ("X: square(n); B: square(n)", "norm(X - B)^2", "X", &["X = diag(diag(X))"], "diag(diag(B))"),
    ("X: square(n); S: spd(n)", "tr(S X) - log det(X)", "X", &["X = X'"], "inv(S)"),
    ("X: square(n); B: square(n)", "norm(X - B)^2", "X", &["X = X'", "tr(X) = 1"], "(B + B')/2 - ((tr(B) - 1)/n) eye(n)"),
    // Orthonormal columns and rows.
    ("Q: orthogonal(n); A: matrix(m,n); B: matrix(m,n)", "norm(A Q - B)^2", "Q", &[], "A'B (B'A A'B)^(-1/2)"),
    ("Q: square(n); X: matrix(n,m); Y: matrix(n,m)", "norm(Q X - Y)^2", "Q", &["Q'Q = I"], "Y X' (X Y'Y X')^(-1/2)"),
    ("W: matrix(m,k); A: matrix(m,k); B: spd(m)", "tr(W'A)", "W", &["W'B W = I"], "inv(B) A (A'inv(B) A)^(-1/2)"),
    ("W: matrix(m,k); A: matrix(m,k); D: spd(k)", "tr(W'A)", "W", &["W'W = D"], "A D^(1/2) (D^(1/2) A'A D^(1/2))^(-1/2) D^(1/2)"),
    ("W: matrix(m,k); A: symmetric(m); B: spd(m)", "tr(W'A W)", "W", &["W'B W = I"], "B^(-1/2) maxeigvecs(B^(-1/2) A B^(-1/2), k)"),
    // Bound on both sides.
    (
        "X: square(n); Y: square(n)",
        "norm(X - Y)^2",
        "X",
        &["X ones(n) = ones(n)", "X'ones(n) = ones(n)"],
        "(eye(n) - ones(n,n)/n) Y (eye(n) - ones(n,n)/n) + ones(n,n)/n",
    ),
    (
        "X: matrix(m,n); Y: matrix(m,n); C: matrix(k,m); U: matrix(n,k)",
        "norm(X - Y)^2",
        "X",
        &["C X = 0", "X U = 0"],
        "(eye(m) - C'inv(C C') C) Y (eye(n) - U inv(U'U) U')",
    ),
    // Increasing functions.
    ("X: matrix(m,n); Y: matrix(m,n); u: vector(n)", "norm(X - Y)", "X", &["X u = 0"], "Y - Y u u'/(u'u)"),
    ("w: vector(n); S: spd(n); a: vector(n)", "log(w'S w)", "w", &["a'w = 1"], "inv(S) a / (a'inv(S) a)"),
    // Definite matrices.
    ("X: spd(n); Z: symmetric(n)", "norm(X - Z)^2/2 - log det(X)", "X", &[], "(Z + (Z Z + 4 eye(n))^(1/2))/2"),
];

fn session(declarations: &str) -> Session {
    let mut session = Session::new();
    session.set_dialect(Dialect::Plain);
    session.declare(declarations).expect("declarations");
    session
}

/// Whether the text has the value that is known, both read in the declarations.
fn same(declarations: &str, text: &str, known: &str) -> Result<(), String> {
    let parsed = syntax::parse_declarations(declarations).map_err(|e| e.message)?;
    let vocabulary = elab::vocabulary(parsed.iter().map(|d| d.name.clone()).collect::<BTreeSet<_>>(), BTreeSet::new());
    let mut store = Store::new();
    let (body, lets) = text.split_once(" where ").unwrap_or((text, ""));
    let lets = if lets.is_empty() { String::new() } else { format!(" where {lets}") };
    let joined = format!("({body}) - ({known}){lets}");
    let ast = syntax::parse(&joined, &vocabulary).map_err(|e| e.render(&joined, false))?;
    let context = Context { declarations: &parsed, functions: &[], known: &[], goal: Goal::Any, wanted: &[] };
    let input = elab::elaborate(&mut store, &ast, &joined, &context).map_err(|e| e.render(&joined, false))?;
    let zero = store.zeros(store.shape(input.root));
    num::check_equal(&store, input.root, zero, &[], &num::Options::default()).map_err(|e| e.to_string()).map(|_| ())
}

#[test]
fn textbook_problems_have_their_known_solutions() {
    let mut wrong = Vec::new();
    for &(declarations, objective, unknowns, known) in SOLVED {
        let session = session(declarations);
        match session.ask(Task::Solve, objective, &[unknowns]) {
            Err(error) => wrong.push(format!("{objective} by {unknowns}: {}", error.message)),
            Ok(mut answer) => {
                assert!(answer.verified().iter().all(|v| v.points > 0), "{objective}: not verified");
                let lines = answer.text(Format::Plain);
                assert_eq!(lines.len(), known.len());
                for (line, known) in lines.iter().zip(known) {
                    let text = line.split_once("^⋆ = ").map_or(line.as_str(), |l| l.1);
                    if let Err(why) = same(declarations, text, known) {
                        wrong.push(format!("{objective} by {unknowns}: {text} is not {known}: {why}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn problems_without_a_closed_form_are_refused() {
    for &(declarations, objective, unknowns) in REFUSED {
        match session(declarations).ask(Task::Solve, objective, &[unknowns]) {
            Err(error) => assert_eq!(error.fault, Fault::NoClosedForm, "{objective}: {}", error.message),
            Ok(mut answer) => panic!("{objective} was solved: {}", answer.text(Format::Plain).join("; ")),
        }
    }
}

#[test]
fn a_refusal_shows_the_equation() {
    let session = session("x: scalar; a: scalar");
    let error = session.ask(Task::Solve, "exp(x) + a x^2", &["x"]).err().expect("no closed form");
    assert!(error.message.contains("= 0"), "{}", error.message);
}

#[test]
fn what_a_solution_needs_goes_with_it() {
    let mut answer = session("X: matrix(m,n); y: vector(m); w: vector(n)").ask(Task::Solve, "norm(X w - y)^2", &["w"]).expect("solved");
    assert_eq!(answer.conditions(), ["XᵀX is invertible"]);
    let mut answer = session("x: scalar; a: scalar").ask(Task::Solve, "sqrt(x) - a x", &["x"]).expect("solved");
    assert!(answer.conditions().contains(&"a is positive".to_owned()), "{:?}", answer.conditions());
}

#[test]
fn another_root_is_told() {
    let answer = session("x: scalar; a: scalar; b: scalar; c: scalar").ask(Task::Solve, "a x^3/3 + b x^2/2 + c x", &["x"]).expect("solved");
    assert!(answer.notes().iter().any(|n| n.ends_with("is stationary too")), "{:?}", answer.notes());
    let answer = session("w: vector(n); m: vector(n); S: spd(n)").ask(Task::Solve, "w'm / sqrt(w'S w)", &["w"]).expect("solved");
    assert!(answer.notes().iter().any(|n| n.contains("multiple")), "{:?}", answer.notes());
}

#[test]
fn a_bound_unknown_is_refused() {
    let error = session("q: onehot(n); a: vector(n)").ask(Task::Solve, "norm(a - q)^2", &["q"]).err().expect("refused");
    assert_eq!(error.fault, Fault::Unsupported, "{}", error.message);
}

#[test]
fn constrained_problems_without_a_closed_form_are_refused() {
    for &(declarations, objective, unknowns, constraints) in REFUSED_UNDER {
        let mut session = session(declarations);
        constraints.iter().for_each(|c| session.subject_to(c));
        match session.ask(Task::Solve, objective, &[unknowns]) {
            Err(error) => assert_eq!(error.fault, Fault::NoClosedForm, "{objective}: {}", error.message),
            Ok(mut answer) => panic!("{objective} was solved: {}", answer.text(Format::Plain).join("; ")),
        }
    }
}

#[test]
fn constrained_problems_have_their_known_solutions() {
    let mut wrong = Vec::new();
    for &(declarations, objective, unknown, constraints, known) in SOLVED_UNDER {
        let mut session = session(declarations);
        constraints.iter().for_each(|c| session.subject_to(c));
        let text = match session.ask(Task::Solve, objective, &[unknown]) {
            Err(error) => Err(error.message),
            Ok(mut answer) => Ok(answer.text(Format::Plain).join("; ")),
        };
        if let Err(why) = text.and_then(|text| same(declarations, &text, known)) {
            wrong.push(format!("{objective} under {constraints:?}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_no_solution_can_lie_in_is_refused() {
    for (declarations, constraints) in
        [("X: spd(n); B: spd(n)", &[][..]), ("X: square(n); B: spd(n)", &["X = X'", "X = -X'"]), ("X: skew(n); B: spd(n)", &["X'X = I"])]
    {
        let mut session = session(declarations);
        constraints.iter().for_each(|c| session.subject_to(c));
        let answer = session.ask(Task::Solve, "norm(X + B)^2", &["X"]);
        assert!(answer.is_err_and(|e| e.fault == Fault::NoClosedForm), "{declarations} {constraints:?}");
    }
}

/// Declarations, objective, unknowns, and what is proved of the point.
const KINDS: &[(&str, &str, &str, Option<&str>)] = &[
    ("X: matrix(m,n); y: vector(m); w: vector(n)", "norm(X w - y)^2", "w", Some("minimum")),
    ("X: matrix(m,n); y: vector(m); w: vector(n)", "-norm(X w - y)^2", "w", Some("maximum")),
    ("x: vector(n); A: square(n); b: vector(n)", "x'A x + b'x", "x", None),
    ("x: scalar; a: scalar; b: scalar; c: scalar", "a x^3/3 + b x^2/2 + c x", "x", None),
    ("x: vector(n); y: vector(m); A: spd(n); B: spd(m)", "x'A x - y'B y", "x,y", Some("saddle")),
    ("x: vector(n); y: vector(n); A: square(n)", "x'A y", "x,y", Some("saddle")),
    ("x: scalar; y: scalar", "x^2 + y^2 + x y", "x,y", None),
    ("P: spd(n); S: spd(n)", "log det(P) - tr(S P)", "P", Some("maximum")),
    ("S: spd(n); C: spd(n)", "log det(S) + tr(inv(S) C)", "S", Some("minimum")),
];

#[test]
fn only_what_is_proved_is_called_a_minimum() {
    for &(declarations, objective, unknowns, kind) in KINDS {
        let answer = session(declarations).ask(Task::Solve, objective, &[unknowns]).expect("solved");
        assert_eq!(answer.kind(), kind, "{objective}");
    }
}

#[test]
fn one_end_of_the_spectrum_may_be_chosen() {
    for (goal, known) in [(Extremum::Maximum, "maxeigvec(S)"), (Extremum::Minimum, "mineigvec(S)")] {
        let mut session = session("x: vector(n); S: symmetric(n)");
        session.subject_to("x'x = 1");
        session.set_goal(Some(goal));
        let mut answer = session.ask(Task::Solve, "x'S x", &["x"]).expect("solved");
        assert_eq!(answer.text(Format::Plain), [known]);
        assert_eq!(answer.kind(), Some(goal.word()));
    }
    let mut session = session("x: vector(n); a: vector(n)");
    session.set_goal(Some(Extremum::Maximum));
    let error = session.ask(Task::Solve, "norm(x - a)^2", &["x"]).err().expect("there is none");
    assert_eq!(error.fault, Fault::NoClosedForm, "{}", error.message);
}

#[test]
fn a_singular_hessian_has_no_step() {
    let session = session("W: matrix(k,n); x: vector(n); y: vector(k)");
    assert!(session.step("-y' log(softmax(W x))", &["W"]).is_err());
}
