//! The function table is true: each row's laws hold numerically, each row's differential agrees with difference
//! quotients, and laws that are false are caught.

mod common;

use common::Relation;
use matdiff::ops::{self, Arg, D, Derivative, Domain, Eval, Make, Row, Spelling};
use matdiff::session::{Session, Task};

/// The sizes of a signature, in the letters that the rows' own texts use.
fn size(d: D) -> &'static str {
    match d {
        D::One => "1",
        D::N(0) => "m",
        D::N(1) => "n",
        D::N(_) => "p",
        D::Times(..) | D::Triangle(_) => "q",
    }
}

/// Declarations of `X`, `Y`, `Z` for the row's own node, and its application `f(X, Y)`; nothing for rows that are not nodes.
fn application(row: &Row) -> Option<(Vec<String>, String)> {
    let form = row.forms.iter().find(|f| matches!(f.make, Make::Call))?;
    let mut declarations = Vec::new();
    let mut arguments = Vec::new();
    for (arg, letter) in form.sig.args.iter().zip(["X", "Y", "Z"]) {
        match *arg {
            Arg::Shape(r, c) => {
                let kind = match (size(r), size(c)) {
                    ("1", "1") => "scalar".to_owned(),
                    (rows, "1") => format!("vector({rows})"),
                    (rows, cols) if rows == cols => match row.domain {
                        Domain::Symmetric | Domain::Distinct => format!("symmetric({rows})"),
                        Domain::PositiveSpectrum => format!("spd({rows})"),
                        _ => format!("square({rows})"),
                    },
                    (rows, cols) => format!("matrix({rows},{cols})"),
                };
                declarations.push(format!("{letter}: {kind}"));
                arguments.push(letter);
            }
            Arg::Dim(_) => arguments.push("m"),
        }
    }
    Some((declarations, format!("{}({})", row.name, arguments.join(", "))))
}

#[test]
fn laws_of_rows_hold() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (_, row) in ops::rows() {
        for law in row.laws {
            count += 1;
            let Some((left, right)) = law.split_once(" = ") else {
                wrong.push(format!("{}: `{law}` is not an equation", row.name));
                continue;
            };
            let declarations = application(row).map(|(d, _)| d.into_iter().take(1).collect::<Vec<_>>().join("; ")).unwrap_or_default();
            if let Relation::Different(why) = common::relation(&declarations, &[], left, right) {
                wrong.push(format!("{}: `{law}`: {why}", row.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 8, "{count} laws");
}

/// Identities of the textbook that have to hold, whatever the normal form makes of them.
const TRUE: &[(&str, &str, &str)] = &[
    ("A: square(n)", "inv(eye(n) + A')'", "inv(eye(n) + A)"),
    ("a: vector(m); b: vector(n); c: vector(n); d: vector(m)", "vec(a b') (c' ⊗ d')", "(b c') ⊗ (a d')"),
    ("a: vector(m); b: vector(n); A: square(n); B: square(m)", "(A ⊗ B) vec(a b') vec(a b')' (A ⊗ B)", "(A b b' A) ⊗ (B a a' B)"),
    ("S: spd(n); A: square(n)", "tr(A S^(3/2))", "tr(S^(1/2) A S)"),
    ("a: scalar; b: scalar; x: vector(n)", "inv(a eye(n) + b eye(n)) x", "x / (a + b)"),
    ("x: vector(n); s: scalar; t: scalar", "exp(s) exp(x + (t - s) ones(n))", "exp(x + t ones(n))"),
    ("S: spd(n); A: square(n)", "S inv(eye(n) + A S)", "inv(inv(S) + A)"),
    ("S: spd(n); A: square(n)", "inv(eye(n) + S A) S", "inv(inv(S) + A)"),
    (
        "A: square(n); B: square(n)",
        "((eye(n) ⊗ ones(n)) .* (ones(n) ⊗ eye(n)))' (A ⊗ B) ((eye(n) ⊗ ones(n)) .* (ones(n) ⊗ eye(n)))",
        "A .* B",
    ),
    ("A: square(n)", "((eye(n) ⊗ ones(n)) .* (ones(n) ⊗ eye(n)))' vec(A)", "diag(A)"),
    ("v: vector(n)", "((eye(n) ⊗ ones(n)) .* (ones(n) ⊗ eye(n))) v", "vec(diag(v))"),
    ("A: square(n)", "((eye(n) ⊗ ones(n)) .* (ones(n) ⊗ eye(n)))' commutation(n,n) vec(A)", "diag(A)"),
    (
        "A: matrix(m,n); B: matrix(m,q); C: matrix(n,p); D: matrix(q,p)",
        "((A ⊗ ones(q)') .* (ones(n)' ⊗ B)) ((C ⊗ ones(q)) .* (ones(n) ⊗ D))",
        "(A C) .* (B D)",
    ),
    (
        "A: matrix(m,n); B: matrix(m,q); C: matrix(n,p); D: matrix(q,r)",
        "((A ⊗ ones(q)') .* (ones(n)' ⊗ B)) (C ⊗ D)",
        "((A C) ⊗ ones(r)') .* (ones(p)' ⊗ (B D))",
    ),
    ("A: matrix(m,n); B: matrix(m,q)", "((A ⊗ ones(q)') .* (ones(n)' ⊗ B)) commutation(n,q)", "(B ⊗ ones(n)') .* (ones(q)' ⊗ A)"),
    ("A: matrix(p,n); B: matrix(q,n); v: vector(n)", "((A ⊗ ones(q)) .* (ones(p) ⊗ B)) v", "vec(B diag(v) A')"),
    ("u: vector(m); A: matrix(m,n)", "(u ones(n)') .* A", "diag(u) A"),
    ("u: vector(n); A: matrix(m,n)", "(ones(m) u') .* A", "A diag(u)"),
    ("u: vector(m); A: matrix(m,n); B: matrix(m,n)", "(diag(u) A) .* B", "diag(u) (A .* B)"),
    ("A: square(n); B: square(n)", "diag(A B + B' A')", "2 diag(A B)"),
    ("X: matrix(m,n)", "inv(X' X) X' X", "eye(n)"),
    ("X: matrix(m,n); Z: matrix(m,n)", "(X inv(Z' X) Z')^2", "X inv(Z' X) Z'"),
    ("X: matrix(m,n)", "(eye(m) - X inv(X' X) X')^2", "eye(m) - X inv(X' X) X'"),
    ("X: matrix(m,n)", "tr(X inv(X' X) X')", "n"),
    ("A: square(n)", "inv(eye(n) + A) A", "eye(n) - inv(eye(n) + A)"),
    ("A: square(n); B: square(n)", "inv(A + B) (A - B)", "2 inv(A + B) A - eye(n)"),
    ("x: vector(n)", "sinh(x) ./ cosh(x)", "tanh(x)"),
    ("x: vector(n)", "sin(x).^3 ./ cos(x).^2", "tan(x).^2 .* sin(x)"),
    ("x: vector(n); p: scalar", "sign(x).^2 .* abs(x).^p", "abs(x).^p"),
    ("A: square(n); B: square(n); C: square(n)", "unvec(inv(eye(n) ⊗ A + B' ⊗ eye(n)) vec(C), n, n)", "sylvester(A, B, C)"),
    (
        "M: matrix(m,n); x: vector(n); P: matrix(n,p); Q: matrix(m,p)",
        "(x' ⊗ eye(m)) diag(vec(M)) ((P ⊗ ones(m)) .* (ones(n) ⊗ Q))",
        "(M diag(x) P) .* Q",
    ),
    (
        "M: matrix(m,n); x: vector(m); P: matrix(n,p); Q: matrix(m,p)",
        "(eye(n) ⊗ x') diag(vec(M)) ((P ⊗ ones(m)) .* (ones(n) ⊗ Q))",
        "(M' diag(x) Q) .* P",
    ),
    ("A: square(n); B: square(n)", "tr(A sum_{r=0}^{4} A^r B A^(4-r))", "5 tr(A^5 B)"),
    ("A: matrix(m,n); B: matrix(m,p)", "sum_{i=1}^{m} A[i,:] B[i,:]'", "A' B"),
    ("A: matrix(m,n); c: vector(m)", "sum_{i=1}^{m} c[i] A[i,:] A[i,:]'", "A' diag(c) A"),
    ("A: matrix(m,n); M: square(n)", "sum_{i=1}^{m} A[i,:]' M A[i,:]", "tr(A M A')"),
    ("A: matrix(m,n); B: matrix(n,m)", "sum_{i=1}^{m} sum_{j=1}^{n} A[i,j] B[j,i]", "tr(A B)"),
    ("A: matrix(m,n)", "sum_{i=1}^{m} log(sum_{j=1}^{n} exp(A[i,j]))", "sum(logsumexp(A))"),
    ("A: matrix(m,n); x: vector(n)", "sum_{i=1}^{m} ‖A[i,:] - x‖^2", "‖A‖^2 - 2 x' A' ones(m) + m x' x"),
    ("A: matrix(m,n)", "sum_{i=1}^{m} sum_{j=1}^{m} ‖A[i,:] - A[j,:]‖^2", "2 m ‖A‖^2 - 2 ‖A' ones(m)‖^2"),
    ("A: matrix(m,n); v: vector(m)", "sum_{i=1}^{m} v[i] diag(A[i,:]) + diag(A[1,:])", "diag(A' v + A[1,:])"),
    ("A: square(n); B: square(n)", "det(A B)", "det(A) det(B)"),
    ("A: square(n)", "det(inv(A))", "1/det(A)"),
    ("A: matrix(m,n); B: matrix(n,m)", "tr(A B)", "tr(B A)"),
    ("A: matrix(m,n); B: matrix(m,n)", "tr(A' B)", "sum(A .* B)"),
    ("A: matrix(m,n); X: matrix(n,p); B: matrix(p,q)", "vec(A X B)", "(B' ⊗ A) vec(X)"),
    ("A: matrix(m,n)", "commutation(m,n) vec(A)", "vec(A')"),
    ("A: matrix(m,n)", "diag(vec(A)) commutation(n,m)", "commutation(n,m) diag(vec(A'))"),
    ("A: square(n)", "elimination(n) vec(A)", "vech(A)"),
    ("A: square(n)", "vec(A)' elimination(n)'", "vech(A)'"),
    ("S: symmetric(n)", "duplication(n) vech(S)", "vec(S)"),
    ("S: symmetric(n)", "vech(S)' duplication(n)'", "vec(S)'"),
    ("A: square(n)", "elimination(n) duplication(n) vech(A)", "vech(A)"),
    ("A: square(n)", "commutation(n,n) duplication(n) vech(A)", "duplication(n) vech(A)"),
    ("A: square(n)", "duplication(n)' commutation(n,n) vec(A)", "duplication(n)' vec(A)"),
    ("A: square(n)", "duplication(n)' vec(A)", "vech(A + A' - A .* eye(n))"),
    ("A: square(n)", "elimination(n)' vech(A)", "vec(tril(A))"),
    ("A: square(n); u: vector(n); v: vector(n)", "det(A + u v')", "det(A) (1 + v' inv(A) u)"),
    ("A: square(n); u: vector(n); v: vector(n)", "inv(A + u v')", "inv(A) - inv(A) u v' inv(A) / (1 + v' inv(A) u)"),
    ("A: matrix(m,n); B: matrix(n,m)", "A inv(I + B A)", "inv(I + A B) A"),
    ("x: vector(n); A: matrix(n,m); y: vector(m)", "diag(x) A diag(y)", "A .* (x y')"),
    ("x: vector(n)", "softmax(x)", "exp(x - logsumexp(x))"),
    ("x: vector(n)", "tanh(x)", "2 sigmoid(2 x) - 1"),
    ("x: vector(n)", "1 - sigmoid(x)", "sigmoid(-x)"),
    ("y: onehot(n)", "y' y", "1"),
    ("Q: orthogonal(n); A: square(n)", "norm(Q A Q)", "norm(A)"),
    ("P: square(n); A: square(n)", "det(inv(P) A P)", "det(A)"),
    ("x: vector(n); y: vector(n)", "exp(x) .* exp(y) ./ exp(2 x)", "exp(y - x)"),
    ("x: vector(n)", "relu(x) .* step(x) + x .* step(x)", "2 relu(x)"),
    ("S: spd(n); C: spd(n)", "log det(2 S C)", "n log(2) + log det(S) + log det(C)"),
    ("A: square(n)", "det(A^3)", "det(A)^3"),
    ("K: skew(n); x: vector(n)", "x' K x + tr(K)", "0"),
    ("K: skew(n); S: symmetric(n)", "tr(K S)", "0"),
    ("D: diagonal(n); y: vector(n)", "D diag(y)", "diag(y) D"),
    ("x: vector(n); y: vector(n)", "(x - y) (y - x)'", "-(y - x) (y - x)'"),
    ("A: square(n); B: square(n)", "(A B)^3", "A (B A)^2 B"),
    ("S: spd(n); B: matrix(m,n)", "S - S B' inv(I + B S B') B S", "inv(inv(S) + B' B)"),
    ("S: spd(n); x: vector(n)", "S - S x x' S / (1 + x' S x)", "inv(inv(S) + x x')"),
    ("A: square(n); B: square(n); C: square(n)", "tr(A (B .* C))", "tr((A .* C') B)"),
    ("x: vector(n); y: vector(n); A: square(n); B: square(n)", "x' A y + y' B x", "x' (A + B') y"),
    ("S: spd(n)", "sqrtm(S) sqrtm(S)", "S"),
    ("S: spd(n)", "log det(S)", "tr(logm(S))"),
    ("A: square(n)", "det(expm(A))", "exp(tr(A))"),
    ("A: square(n)", "adj(A)", "det(A) inv(A)"),
    ("A: matrix(m,n)", "pinv(A')", "pinv(A)'"),
    ("A: matrix(m,n)", "nuclear(A)", "tr(sqrtm(A' A))"),
    ("a: scalar", "digamma(exp(a) + 1)", "digamma(exp(a)) + exp(-a)"),
    ("X: matrix(m,n)", "sum(X)", "ones(m)' X ones(n)"),
    ("a: scalar; b: scalar", "(a - b)/(b - a)", "-1"),
    ("u: vector(n)", "(2 + 4 u) ./ (1 + 2 u)", "ones(n) + ones(n)"),
    ("t: scalar", "exp(t) sigmoid(-t)", "sigmoid(t)"),
    ("x: vector(n)", "x .* unit(1, n)", "x[1] unit(1, n)"),
    ("E: vector(n); b: scalar", "E' exp(b E) / sum(exp(b E))", "E' softmax(b E)"),
    ("x: vector(n); d: scalar", "(1 - x.^2 ./ (1 + x.^2/d^2) / d^2)", "1 ./ (1 + x.^2/d^2)"),
    ("x: vector(n)", "(x - mean(x))' x", "(x - mean(x))' (x - mean(x))"),
];

/// Tempting laws that are false; a check that passes one of them is worth nothing.
const FALSE: &[(&str, &str, &str)] = &[
    ("a: vector(n); b: vector(n); c: vector(n); d: vector(n)", "vec(a b') (c' ⊗ d')", "(a c') ⊗ (b d')"),
    ("A: square(n)", "inv(eye(n) + A')'", "inv(eye(n) + A')"),
    ("u: vector(n); A: square(n)", "(u ones(n)') .* A", "A diag(u)"),
    ("A: square(n)", "diag(A - A')", "2 diag(A)"),
    ("A: square(n); B: square(n)", "((eye(n) ⊗ ones(n)) .* (ones(n) ⊗ eye(n)))' (A ⊗ B) ((eye(n) ⊗ ones(n)) .* (ones(n) ⊗ eye(n)))", "A B"),
    ("A: matrix(m,n); B: matrix(m,q)", "((A ⊗ ones(q)') .* (ones(n)' ⊗ B)) commutation(q,n)", "(B ⊗ ones(n)') .* (ones(q)' ⊗ A)"),
    ("X: matrix(m,n); Z: matrix(m,n)", "X inv(X' X) Z'", "X inv(X' X) X'"),
    ("X: matrix(m,n)", "tr(X inv(X' X) X')", "m"),
    ("A: square(n); B: square(n)", "inv(A + B) A", "eye(n) - inv(A + B) A"),
    ("x: vector(n)", "sign(x).^2 .* abs(x)", "x"),
    ("a: scalar; b: scalar", "sqrt((a - b)^2)", "a - b"),
    ("t: scalar", "exp(t) sigmoid(t)", "sigmoid(-t)"),
    ("A: matrix(m,n); B: matrix(m,n)", "sum_{i=1}^{m} A[i,:]' B[i,:]", "sum(A) sum(B)"),
    ("a: vector(n)", "sum_{i=1}^{n} i a[i]", "n sum(a)"),
    ("a: vector(n)", "sum_{i=1}^{n} exp(a[i])", "exp(sum(a))"),
    ("A: square(n); B: square(n)", "det(A + B)", "det(A) + det(B)"),
    ("A: square(n); B: square(n)", "A B", "B A"),
    ("A: square(n); B: square(n)", "inv(A + B)", "inv(A) + inv(B)"),
    ("A: square(n); B: square(n)", "(A B)'", "A' B'"),
    ("A: square(n); B: square(n)", "inv(A B)", "inv(A) inv(B)"),
    ("A: square(n); B: square(n)", "tr(A B)", "tr(A) tr(B)"),
    ("A: square(n); B: square(n)", "expm(A + B)", "expm(A) expm(B)"),
    ("A: square(n)", "log det(A)", "tr(log(A))"),
    ("A: square(n)", "det(2 A)", "2 det(A)"),
    ("A: square(n)", "A'", "A"),
    ("A: square(n)", "duplication(n) vech(A)", "vec(A)"),
    ("A: square(n)", "duplication(n)' vec(A)", "vech(A)"),
    ("A: square(n)", "vech(A')", "vech(A)"),
    ("A: square(n)", "duplication(n) elimination(n) vec(A)", "vec(A)"),
    ("A: square(n)", "tr(A^2)", "tr(A)^2"),
    ("A: square(n)", "tr(A' A)", "tr(A A)"),
    ("A: matrix(m,n)", "sum(A)^2", "sum(A.^2)"),
    ("A: matrix(m,n)", "nuclear(A)", "normF(A)"),
    ("A: matrix(m,n)", "spectral(A)", "normF(A)"),
    ("A: matrix(m,n)", "pinv(A) A", "eye(n)"),
    ("a: scalar", "abs(a)", "a"),
    ("a: scalar", "sqrt(a^2)", "a"),
    ("a: scalar; b: scalar", "exp(a + b)", "exp(a) + exp(b)"),
    ("a: scalar; b: scalar", "log(a + b)", "log(a) + log(b)"),
    ("a: scalar; b: scalar", "max(a, b)", "a"),
    ("a: scalar", "relu(a)", "a"),
    ("a: scalar", "step(a)", "1"),
    ("a: scalar", "sigmoid(a)", "1 - sigmoid(a)"),
    ("a: scalar", "gelu(a)", "silu(a)"),
    ("a: scalar; b: scalar", "exp(a b)", "exp(a) exp(b)"),
    ("x: vector(n)", "step(x) .* relu(x)", "step(x)"),
    ("S: spd(n)", "log det(2 S)", "2 log det(S)"),
    ("S: spd(n)", "log det(2 S)", "log(2) + log det(S)"),
    ("K: skew(n)", "K K", "0 K"),
    ("A: square(n); B: square(n)", "(A B)^2", "A^2 B^2"),
    ("A: square(n); B: square(n); C: square(n)", "tr(A (B .* C))", "tr((A .* C) B)"),
    ("S: spd(n); B: matrix(m,n)", "S - S B' inv(I + B B') B S", "inv(inv(S) + B' B)"),
    ("a: scalar", "erf(a)", "tanh(a)"),
    ("a: scalar", "digamma(a)", "log(a)"),
    ("x: vector(n)", "softmax(x)", "softmax(2 x)"),
    ("x: vector(n)", "logsumexp(x)", "max(x[1], x[1])"),
    ("x: vector(n); y: vector(n)", "x y'", "y x'"),
    ("x: vector(n); y: vector(n)", "norm(x + y)", "norm(x) + norm(y)"),
    ("x: vector(n)", "norm1(x)", "sum(x)"),
    ("x: vector(n)", "norminf(x)", "norm(x)"),
    ("x: vector(n)", "mean(x)", "sum(x)"),
    ("A: square(n); B: square(n)", "A ⊗ B", "B ⊗ A"),
    ("A: matrix(n,n)", "vec(A)", "vec(A')"),
    ("A: square(n)", "A .* A", "A^2"),
    ("S: spd(n)", "sqrtm(S)", "sqrt(S)"),
    ("S: symmetric(n)", "maxeig(S)", "mineig(S)"),
    ("D: diagonal(n)", "D", "tr(D) eye(n)"),
    ("A: square(n)", "diag(diag(A))", "A"),
    ("L: lower(n)", "L", "L'"),
    ("x: vector(n)", "1.000001 x", "x"),
];

#[test]
fn identities_hold() {
    for (declarations, left, right) in TRUE {
        if let Relation::Different(why) = common::relation(declarations, &[], left, right) {
            panic!("`{left} = {right}` ({declarations}): {why}");
        }
    }
}

#[test]
fn false_laws_are_caught() {
    let passed: Vec<String> = FALSE
        .iter()
        .filter(|(d, l, r)| !matches!(common::relation(d, &[], l, r), Relation::Different(_)))
        .map(|(_, l, r)| format!("`{l} = {r}`"))
        .collect();
    assert!(passed.is_empty(), "taken for true: {}", passed.join(", "));
}

#[test]
fn false_laws_are_compared_and_not_refused() {
    for (declarations, left, right) in FALSE {
        let Relation::Different(why) = common::relation(declarations, &[], left, right) else { continue };
        assert!(!why.starts_with(&format!("{left} and {right}")), "{why}");
    }
}

/// The scalar that a row's function is tested by: a weighted sum of its entries, so that no entry hides behind another.
fn scalar(row: &Row) -> Option<(String, String, Vec<&'static str>)> {
    let (mut declarations, call) = application(row)?;
    let form = row.forms.iter().find(|f| matches!(f.make, Make::Call))?;
    let wrt: Vec<&'static str> =
        form.sig.args.iter().zip(["X", "Y", "Z"]).filter(|(a, _)| matches!(a, Arg::Shape(..))).map(|(_, l)| l).collect();
    let text = match (size(form.sig.out.0), size(form.sig.out.1)) {
        ("1", "1") => call,
        // No letter stands for n (n + 1)/2: C gets its size from the value.
        (_, "1") if matches!(form.sig.out.0, D::Triangle(_)) => format!("C' {call}"),
        (rows, "1") => {
            declarations.push(format!("C: vector({rows})"));
            format!("C' {call}")
        }
        (rows, cols) => {
            declarations.push(format!("C: matrix({rows},{cols})"));
            format!("tr(C' {call})")
        }
    };
    Some((declarations.join("; "), text, wrt))
}

#[test]
fn differentials_of_rows_agree_with_difference_quotients() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (_, row) in ops::rows() {
        let differentiable = matches!(row.d, Derivative::Line(_) | Derivative::Zero | Derivative::SelfAdjoint);
        if !differentiable || matches!(row.eval, Eval::Never) {
            continue;
        }
        let Some((declarations, text, wrt)) = scalar(row) else { continue };
        let mut session = Session::new();
        session.declare(&declarations).unwrap_or_else(|e| panic!("{}: {}", row.name, e.render(&declarations, false)));
        // A comparison is its sign, in brackets.
        let text = text.replace(
            &format!("{}(X, Y)", row.name),
            &match row.show {
                Spelling::Comparison(_) => format!("[X {} Y]", row.name),
                _ => format!("{}(X, Y)", row.name),
            },
        );
        // The order of polygamma is a whole number and no variable.
        let (text, wrt) = if row.name == "polygamma" { (text.replace("(X, Y)", "(2, Y)"), vec!["Y"]) } else { (text, wrt) };
        for x in wrt {
            match session.ask(Task::Gradient, &text, &[x]) {
                Err(error) => wrong.push(format!("{}: {}", row.name, error.render(&text, false))),
                Ok(answer) => match answer.verified() {
                    [found] if found.points > 0 && found.max_error < 1e-5 => checked += 1,
                    found => wrong.push(format!("{}: {text} by {x}: not verified: {found:?}", row.name)),
                },
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked >= 35, "only {checked} were checked");
}
