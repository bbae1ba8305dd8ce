//! Stationary points from textbooks and papers, half of them with constraints: each has the value that its source gives, and is
//! called a minimum, a maximum or nothing as can be proved.

mod common;

use common::Relation;
use matdiff::session::{Dialect, Format, Session, Task};

/// One problem.
struct Problem {
    vars: &'static str,
    f: &'static str,
    wrt: &'static str,
    to: &'static [&'static str],
    known: &'static [&'static str],
    /// What the answer is said to be.
    kind: Option<&'static str>,
    source: &'static str,
}

const MINIMUM: Option<&str> = Some("minimum");
const MAXIMUM: Option<&str> = Some("maximum");

const PROBLEMS: &[Problem] = &[
    // With constraints.
    Problem {
        vars: "A: matrix(m,n); x: vector(n); b: vector(m)",
        f: "x'x",
        wrt: "x",
        to: &["A x = b"],
        known: &["A' inv(A A') b"],
        kind: MINIMUM,
        source: "Boyd, Vandenberghe: Convex Optimization (2004), eq. 5.3 and section 5.2.1",
    },
    Problem {
        vars: "P: spd(n); q: vector(n); r: scalar; A: matrix(m,n); x: vector(n); b: vector(m)",
        f: "1/2 x'P x + q'x + r",
        wrt: "x",
        to: &["A x = b"],
        known: &["inv(P) (A' inv(A inv(P) A') (A inv(P) q + b) - q)"],
        kind: MINIMUM,
        source: "Boyd, Vandenberghe: Convex Optimization (2004), eq. 10.3 and 10.4",
    },
    Problem {
        vars: "A: matrix(m,n); x: vector(n); b: vector(m); B: matrix(p,n); d: vector(p)",
        f: "norm(A x - b)^2",
        wrt: "x",
        to: &["B x = d"],
        known: &["inv(A'A) (A'b - B' inv(B inv(A'A) B') (B inv(A'A) A'b - d))"],
        kind: MINIMUM,
        source: "Golub, Van Loan: Matrix Computations (2013), section 6.2.3",
    },
    Problem {
        vars: "y: vector(m); X: matrix(m,n); b: vector(n); V: spd(m); R: matrix(k,n); r: vector(k)",
        f: "(y - X b)' inv(V) (y - X b)",
        wrt: "b",
        to: &["R b = r"],
        known: &["inv(X' inv(V) X) (X' inv(V) y - R' inv(R inv(X' inv(V) X) R') (R inv(X' inv(V) X) X' inv(V) y - r))"],
        kind: MINIMUM,
        source: "Greene: Econometric Analysis (2012), eq. 5-23, with weights",
    },
    Problem {
        vars: "w: vector(n); S: spd(n)",
        f: "w'S w",
        wrt: "w",
        to: &["sum(w) = 1"],
        known: &["inv(S) ones(n) / (ones(n)' inv(S) ones(n))"],
        kind: MINIMUM,
        source: "Campbell, Lo, MacKinlay: The Econometrics of Financial Markets (1997), eq. 5.2.12",
    },
    Problem {
        vars: "w: vector(n); S: spd(n); mu: vector(n); r: scalar",
        f: "1/2 w'S w",
        wrt: "w",
        to: &["sum(w) = 1", "mu'w = r"],
        known: &[
            "inv(S) ((mu' inv(S) mu - r mu' inv(S) ones(n)) ones(n) + (r ones(n)' inv(S) ones(n) - mu' inv(S) ones(n)) mu) / ((ones(n)' inv(S) ones(n)) (mu' inv(S) mu) - (mu' inv(S) ones(n))^2)",
        ],
        kind: MINIMUM,
        source: "Merton: An Analytic Derivation of the Efficient Portfolio Frontier (1972), eq. 9",
    },
    Problem {
        vars: "w: vector(n); S: spd(n); mu: vector(n); r: scalar",
        f: "(mu'w - r) / sqrt(w'S w)",
        wrt: "w",
        to: &["sum(w) = 1"],
        known: &["inv(S) (mu - r ones(n)) / (ones(n)' inv(S) (mu - r ones(n)))"],
        kind: None,
        source: "Campbell, Lo, MacKinlay: The Econometrics of Financial Markets (1997), eq. 5.2.28",
    },
    Problem {
        vars: "p: vector(n)",
        f: "-sum(p .* log(p))",
        wrt: "p",
        to: &["sum(p) = 1"],
        known: &["ones(n) / n"],
        kind: MAXIMUM,
        source: "Cover, Thomas: Elements of Information Theory (2006), theorem 2.6.4",
    },
    Problem {
        vars: "p: prob(n); e: vector(n); beta: scalar",
        f: "sum(p .* log(p)) + beta e'p",
        wrt: "p",
        to: &[],
        known: &["softmax(-beta e)"],
        kind: MINIMUM,
        source: "Boyd, Vandenberghe: Convex Optimization (2004), example 3.25 (conjugate of the negative entropy on the simplex)",
    },
    Problem {
        vars: "p: vector(n); q: vector(n)",
        f: "sum(p .* log(p ./ q))",
        wrt: "p",
        to: &["sum(p) = 1"],
        known: &["q / sum(q)"],
        kind: None,
        source: "Csiszar: I-divergence geometry (1975), section 2, the projection onto the simplex",
    },
    Problem {
        vars: "m: vector(K); p: vector(K)",
        f: "m' log(p)",
        wrt: "p",
        to: &["sum(p) = 1"],
        known: &["m / sum(m)"],
        kind: MAXIMUM,
        source: "Bishop: Pattern Recognition and Machine Learning (2006), eq. 2.31 to 2.33",
    },
    Problem {
        vars: "u: vector(n); S: symmetric(n)",
        f: "u'S u",
        wrt: "u",
        to: &["u'u = 1"],
        known: &["maxeigvec(S)"],
        kind: MAXIMUM,
        source: "Bishop: Pattern Recognition and Machine Learning (2006), eq. 12.4 and 12.5",
    },
    Problem {
        vars: "w: vector(n); S: spd(n); a: vector(n); b: vector(n)",
        f: "((a - b)'w)^2",
        wrt: "w",
        to: &["w'S w = 1"],
        known: &["inv(S) (a - b) / sqrt((a - b)' inv(S) (a - b))"],
        kind: MAXIMUM,
        source: "Bishop: Pattern Recognition and Machine Learning (2006), eq. 4.30, with the length fixed",
    },
    Problem {
        vars: "x: vector(n); A: symmetric(n); B: spd(n)",
        f: "x'A x",
        wrt: "x",
        to: &["x'B x = 1"],
        known: &["B^(-1/2) maxeigvec(B^(-1/2) A B^(-1/2))"],
        kind: MAXIMUM,
        source: "Golub, Van Loan: Matrix Computations (2013), section 8.7",
    },
    Problem {
        vars: "A: matrix(m,n); B: matrix(m,n); Q: square(n)",
        f: "norm(A Q - B)^2",
        wrt: "Q",
        to: &["Q'Q = I"],
        known: &["A'B (B'A A'B)^(-1/2)"],
        kind: MINIMUM,
        source: "Schönemann: A generalized solution of the orthogonal Procrustes problem (1966); Golub, Van Loan (2013), section 6.4.1",
    },
    Problem {
        vars: "u: vector(m); v: vector(n); S: matrix(m,n)",
        f: "u'S v",
        wrt: "u,v",
        to: &["u'u = 1", "v'v = 1"],
        known: &["leftsv(S)", "rightsv(S)"],
        kind: MAXIMUM,
        source: "Hastie, Tibshirani, Friedman: The Elements of Statistical Learning (2009), exercise 14.20 and section 3.5.2 (partial least squares)",
    },
    Problem {
        vars: "x: vector(n); a: vector(n); c: vector(n); A: spd(n)",
        f: "a'x",
        wrt: "x",
        to: &["(x - c)'A (x - c) = 1"],
        known: &["c - inv(A) a / sqrt(a' inv(A) a)"],
        kind: MINIMUM,
        source: "Boyd, Vandenberghe: Convex Optimization (2004), exercise 4.21",
    },
    Problem {
        vars: "w: vector(n); R: spd(n); a: vector(n)",
        f: "w'R w",
        wrt: "w",
        to: &["w'a = 1"],
        known: &["inv(R) a / (a' inv(R) a)"],
        kind: MINIMUM,
        source: "Van Trees: Optimum Array Processing (2002), eq. 6.15 (the MVDR beamformer)",
    },
    Problem {
        vars: "l: vector(n); C: spd(n); c: vector(n)",
        f: "l'C l - 2 l'c",
        wrt: "l",
        to: &["sum(l) = 1"],
        known: &["inv(C) (c + ((1 - ones(n)' inv(C) c) / (ones(n)' inv(C) ones(n))) ones(n))"],
        kind: MINIMUM,
        source: "Cressie: Statistics for Spatial Data (1993), eq. 3.2.13 in covariances (ordinary kriging)",
    },
    Problem {
        vars: "K: matrix(n,m); V: spd(m); X: matrix(m,n)",
        f: "tr(K V K')",
        wrt: "K",
        to: &["K X = I"],
        known: &["inv(X' inv(V) X) X' inv(V)"],
        kind: MINIMUM,
        source: "Rao: Linear Statistical Inference (1973), section 4a.2 (best linear unbiased estimator)",
    },
    Problem {
        vars: "B: square(n); C: square(n); s: vector(n); y: vector(n)",
        f: "norm(B - C)^2",
        wrt: "B",
        to: &["B s = y"],
        known: &["C + (y - C s) s' / (s's)"],
        kind: MINIMUM,
        source: "Nocedal, Wright: Numerical Optimization (2006), eq. 11.26 (Broyden's update)",
    },
    Problem {
        vars: "w: vector(n); v: vector(n); x: vector(n); d: scalar",
        f: "norm(w - v)^2",
        wrt: "w",
        to: &["w'x = d"],
        known: &["v + (d - v'x) x / (x'x)"],
        kind: MINIMUM,
        source: "Haykin: Adaptive Filter Theory (2002), section 6.1 (normalised LMS)",
    },
    Problem {
        vars: "a: scalar; b: scalar; x: scalar; y: scalar; p: scalar; q: scalar; m: scalar",
        f: "a log(x) + b log(y)",
        wrt: "x,y",
        to: &["p x + q y = m"],
        known: &["a m / (p (a + b))", "b m / (q (a + b))"],
        kind: MAXIMUM,
        source: "Varian: Microeconomic Analysis (1992), section 7.5 (Cobb-Douglas demand)",
    },
    Problem {
        vars: "X: spd(n); A: spd(n); c: scalar",
        f: "log det(X)",
        wrt: "X",
        to: &["tr(A X) = c"],
        known: &["(c/n) inv(A)"],
        kind: MAXIMUM,
        source: "Boyd, Vandenberghe: Convex Optimization (2004), section 8.4, the ellipsoid of largest volume with a given trace",
    },
    Problem {
        vars: "w: vector(n); v: vector(n)",
        f: "sum(w.^2 .* v)",
        wrt: "w",
        to: &["sum(w) = 1"],
        known: &["(1 ./ v) / sum(1 ./ v)"],
        kind: MINIMUM,
        source: "Hedges, Olkin: Statistical Methods for Meta-Analysis (1985), section 6.C (inverse variance weights)",
    },
    Problem {
        vars: "u: vector(k); R: spd(k); B: matrix(n,k); A: square(n); x: vector(n); z: vector(n)",
        f: "u'R u",
        wrt: "u",
        to: &["z = A x + B u"],
        known: &["inv(R) B' inv(B inv(R) B') (z - A x)"],
        kind: MINIMUM,
        source: "Kailath: Linear Systems (1980), section 2.3.3 (least energy control in one step)",
    },
    // Without constraints.
    Problem {
        vars: "F: square(n); S: square(n); T: square(n); r: scalar",
        f: "norm(r F + (1 - r) S - T)^2",
        wrt: "r",
        to: &[],
        known: &["tr((F - S)'(T - S)) / norm(F - S)^2"],
        kind: MINIMUM,
        source: "Ledoit, Wolf: A well-conditioned estimator for large-dimensional covariance matrices (2004), theorem 2.1",
    },
    Problem {
        vars: "S: spd(n); W: matrix(n,k); M: spd(k); C: matrix(n,k)",
        f: "tr(inv(S) (W M W' - 2 C W'))",
        wrt: "W",
        to: &[],
        known: &["C inv(M)"],
        kind: MINIMUM,
        source: "Bishop: Pattern Recognition and Machine Learning (2006), eq. 12.56 (probabilistic PCA, M step)",
    },
    Problem {
        vars: "s: scalar; x_i: scalar; m: scalar",
        f: "-n log(2 s) - 1/s sum_{i=1}^{n} abs(x_i - m)",
        wrt: "s",
        to: &[],
        known: &["1/n sum_{i=1}^{n} abs(x_i - m)"],
        kind: MAXIMUM,
        source: "Casella, Berger: Statistical Inference (2002), exercise 7.13 and example 7.2.7, the scale of the Laplace distribution",
    },
    Problem {
        vars: "a: scalar; x_i: scalar; m: scalar",
        f: "n log(a) + n a log(m) - (a + 1) sum_{i=1}^{n} log(x_i)",
        wrt: "a",
        to: &[],
        known: &["n / (sum_{i=1}^{n} log(x_i) - n log(m))"],
        kind: MAXIMUM,
        source: "Casella, Berger: Statistical Inference (2002), exercise 7.10, the shape of the Pareto distribution",
    },
    Problem {
        vars: "s: scalar; x_i: scalar",
        f: "sum_{i=1}^{n} (log(x_i) - log(s) - x_i^2/(2 s))",
        wrt: "s",
        to: &[],
        known: &["1/(2 n) sum_{i=1}^{n} x_i^2"],
        kind: MAXIMUM,
        source: "Johnson, Kotz, Balakrishnan: Continuous Univariate Distributions 1 (1994), section 18.10 (Rayleigh)",
    },
    Problem {
        vars: "w: vector(n); S: spd(n); A: spd(n); m: vector(n); X: matrix(k,n); y: vector(k); b: scalar",
        f: "b/2 norm(y - X w)^2 + 1/2 (w - m)'A (w - m)",
        wrt: "w",
        to: &[],
        known: &["inv(b X'X + A) (b X'y + A m)"],
        kind: MINIMUM,
        source: "Bishop: Pattern Recognition and Machine Learning (2006), eq. 3.50",
    },
    Problem {
        vars: "U: spd(n); V: spd(p); X_i: matrix(n,p)",
        f: "-N p/2 log det(U) - 1/2 sum_{i=1}^{N} tr(inv(V) X_i' inv(U) X_i)",
        wrt: "U",
        to: &[],
        known: &["1/(N p) sum_{i=1}^{N} X_i inv(V) X_i'"],
        kind: MAXIMUM,
        source: "Dutilleul: The MLE algorithm for the matrix normal distribution (1999), eq. 5",
    },
    Problem {
        vars: "x: vector(n); v: vector(n); t: scalar; A: spd(n); b: vector(n)",
        f: "1/2 x'A x + b'x + 1/(2 t) norm(x - v)^2",
        wrt: "x",
        to: &[],
        known: &["inv(eye(n) + t A) (v - t b)"],
        kind: MINIMUM,
        source: "Parikh, Boyd: Proximal Algorithms (2014), section 6.1.1",
    },
    Problem {
        vars: "u: vector(m); R: spd(m); B: matrix(n,m); P: spd(n); A: square(n); x: vector(n)",
        f: "u'R u + (A x + B u)'P (A x + B u)",
        wrt: "u",
        to: &[],
        known: &["-inv(R + B'P B) B'P A x"],
        kind: MINIMUM,
        source: "Bertsekas: Dynamic Programming and Optimal Control (2005), section 4.1",
    },
    Problem {
        vars: "A: matrix(m,n); X: matrix(n,p); B: matrix(m,p); C: matrix(p,q); D: matrix(n,q)",
        f: "norm(A X - B)^2 + norm(X C - D)^2",
        wrt: "X",
        to: &[],
        known: &["sylvester(A'A, C C', A'B + D C')"],
        kind: MINIMUM,
        source: "Golub, Van Loan: Matrix Computations (2013), section 7.6.3 (Sylvester's equation)",
    },
    Problem {
        vars: "A: matrix(m,n); X: symmetric(n); B: matrix(m,n)",
        f: "norm(A X - B)^2",
        wrt: "X",
        to: &[],
        known: &["lyapunov(A'A, A'B + B'A)"],
        kind: MINIMUM,
        source: "Higham: The symmetric Procrustes problem (1988), eq. 2.1",
    },
    Problem {
        vars: "w: vector(n); B: symmetric(n); W: spd(n)",
        f: "w'B w / (w'W w)",
        wrt: "w",
        to: &[],
        known: &["W^(-1/2) maxeigvec(W^(-1/2) B W^(-1/2))"],
        kind: MAXIMUM,
        source: "Hastie, Tibshirani, Friedman: The Elements of Statistical Learning (2009), eq. 4.16",
    },
    Problem {
        vars: "K: spd(n); a: vector(n); y: vector(n); b: scalar; l: scalar",
        f: "1/2 a'K a - a'y + l/2 a'a + b sum(a)",
        wrt: "a",
        to: &[],
        known: &["inv(K + l eye(n)) (y - b ones(n))"],
        kind: MINIMUM,
        source: "Suykens, Vandewalle: Least Squares Support Vector Machine Classifiers (1999), eq. 14, the dual variables",
    },
];

fn session(problem: &Problem) -> Session {
    let mut session = Session::new();
    session.set_dialect(Dialect::Plain);
    session.declare(problem.vars).expect("declarations");
    for constraint in problem.to {
        session.subject_to(constraint);
    }
    session
}

#[test]
fn solutions_are_those_of_the_books() {
    let mut wrong = Vec::new();
    for problem in PROBLEMS {
        let mut answer = match session(problem).ask(Task::Solve, problem.f, &[problem.wrt]) {
            Ok(answer) => answer,
            Err(error) => {
                wrong.push(format!("{}: {}", problem.source, error.message));
                continue;
            }
        };
        assert!(answer.verified().iter().all(|v| v.points > 0), "{}: not verified", problem.source);
        if answer.kind() != problem.kind {
            wrong.push(format!("{}: it is called {:?}", problem.source, answer.kind()));
        }
        let lines = answer.text(Format::Plain);
        assert_eq!(lines.len(), problem.known.len(), "{}", problem.source);
        for (line, known) in lines.iter().zip(problem.known) {
            let text = line.split_once("^⋆ = ").map_or(line.as_str(), |l| l.1);
            if let Relation::Different(why) = common::relation(problem.vars, &[], known, text) {
                wrong.push(format!("{}: {text} is not {known}: {why}", problem.source));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn half_of_them_are_constrained() {
    let bound = PROBLEMS.iter().filter(|p| !p.to.is_empty()).count();
    assert!(PROBLEMS.len() >= 30 && bound * 2 >= PROBLEMS.len(), "{bound} of {}", PROBLEMS.len());
}

/// The code of an expression, as the judge runs it.
fn code(session: &Session, task: Task, text: &str, wrt: &[&str]) -> String {
    let answer = session.ask(task, text, wrt).and_then(|mut answer| answer.numpy());
    answer.unwrap_or_else(|error| panic!("{text}: {}", error.message))
}

/// A constraint's two sides as their difference.
fn difference(constraint: &str) -> String {
    let (left, right) = constraint.split_once('=').expect("an equation");
    format!("({left}) - ({right})")
}

#[test]
fn solutions_stand_a_check_by_difference_quotients() {
    let mut jobs = Vec::new();
    for problem in PROBLEMS {
        let bound = session(problem);
        let mut free = Session::new();
        free.set_dialect(Dialect::Plain);
        // The value by itself is wanted for any argument near the constraint.
        free.declare(&problem.vars.replace("prob(", "vector(")).expect("declarations");
        let mut constraints: Vec<String> = problem.to.iter().map(|c| code(&free, Task::Simplify, &difference(c), &[])).collect();
        if problem.vars.contains("prob(") {
            constraints.push(code(&free, Task::Simplify, &format!("sum({}) - 1", problem.wrt), &[]));
        }
        jobs.push(serde_json::json!({
            "source": problem.source,
            "vars": problem.vars.replace("prob(", "vector("),
            "wrt": problem.wrt,
            "ranges": if problem.f.contains("i=1}^{n}") { "n" } else { "" },
            "solution": code(&bound, Task::Solve, problem.f, &[problem.wrt]),
            "value": code(&free, Task::Simplify, problem.f, &[]),
            "constraints": constraints,
        }));
    }
    for (vars, f, start) in [
        ("X: matrix(m,n); y: vector(m); w: vector(n); c: scalar", "sum(log(1 + exp(-y .* (X w)))) + c/2 w'w", "zero"),
        ("X: matrix(m,n); y: vector(m); w: vector(n)", "sum(log(1 + exp(-y .* (X w))))", "zero"),
        ("S: spd(n); w: vector(n)", "1/2 w'S w - sum(log(w))", "ones"),
    ] {
        let mut session = Session::new();
        session.declare(vars).expect("declarations");
        let step = session.step(f, &["w"]).and_then(|mut answer| answer.numpy()).expect("a step");
        jobs.push(serde_json::json!({
            "source": f, "step": step, "gradient": code(&session, Task::Gradient, f, &["w"]), "start": start,
        }));
    }
    let Some(said) = common::python("optimum.py", &jobs) else { return };
    assert_eq!(said.trim(), format!("judged {}", jobs.len()), "{said}");
    // The judge finds what is wrong.
    jobs.truncate(1);
    jobs[0]["solution"] = "def solution(A, b):\n    return A.T @ b\n".into();
    let said = common::python("optimum.py", &jobs).unwrap_or_default();
    assert!(said.starts_with("wrong: "), "{said}");
}
