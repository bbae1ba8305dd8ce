//! `equal` on true identities and near-misses in both dialects; `check` on right claims and damaged ones.

mod common;

use matdiff::session::{Claim, Dialect, Format, LineVerdict, Session, Task, Verdict};

const PLAIN: &str = include_str!("compare/plain.txt");
const LATEX: &str = include_str!("compare/latex.txt");

const VARIABLES: &str = "A: square(n); B: square(n); C: square(n); R: matrix(m,n); P: spd(n); S: symmetric(n); K: skew(n); D: diagonal(n); \
    L: lower(n); Q: orthogonal(n); x: vector(n); y: vector(n); z: vector(n); v: vector(n); u: vector(m); a: scalar; b: scalar; \
    t_i: vector(n); w_i: scalar";

fn session(dialect: Dialect) -> Session {
    let mut session = Session::new();
    session.declare(VARIABLES).expect("the declarations are right");
    session.set_dialect(dialect);
    session
}

/// Lines `left = right != wrong`.
fn laws(text: &str) -> Vec<(&str, &str, &str)> {
    let line = |line: &'static str| -> (&str, &str, &str) {
        let (law, wrong) = line.split_once(" != ").unwrap_or_else(|| panic!("no near-miss: {line}"));
        let (left, right) = law.split_once(" = ").unwrap_or_else(|| panic!("no equation: {line}"));
        (left.trim(), right.trim(), wrong.trim())
    };
    let text: &'static str = if text == PLAIN { PLAIN } else { LATEX };
    text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).map(line).collect()
}

fn verdicts(text: &str, dialect: Dialect) {
    let session = session(dialect);
    let mut failures = Vec::new();
    let mut tell = |left: &str, right: &str, wanted: bool| match session.equal(left, right) {
        Ok(found) if found.equal() == Some(wanted) => {
            if let Verdict::Different(at) = &found.verdict
                && at.left == at.right
            {
                failures.push(format!("{left} | {right}: the counterexample {} does not show it: {}", at.point(), at.left));
            }
        }
        Ok(mut found) => failures.push(format!("{left} | {right}: {}", found.text().join("; "))),
        Err(error) => failures.push(format!("{left} | {right}: {}", error.render("", false))),
    };
    for (left, right, wrong) in laws(text) {
        tell(left, right, true);
        tell(left, wrong, false);
        tell(wrong, right, false);
    }
    assert!(failures.is_empty(), "{} wrong:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn verdicts_in_plain_text() {
    assert!(laws(PLAIN).len() >= 130);
    verdicts(PLAIN, Dialect::Plain);
}

#[test]
fn verdicts_in_latex() {
    assert!(laws(LATEX).len() >= 65);
    verdicts(LATEX, Dialect::Latex);
}

/// Functions and the variable that they are differentiated by.
const PROBLEMS: &[(&str, &str)] = &[
    ("x' A x + 3 y' x", "x"),
    ("x' S x + y' x", "x"),
    ("norm(R x - u)^2 + a norm(x)^2", "x"),
    ("1/2 norm(R x - u)", "x"),
    ("norm(R x - u)^2", "R"),
    ("y' A B x + x' C y", "A"),
    ("tr(A B A' C)", "A"),
    ("tr(A B C)", "B"),
    ("tr(A^3 B)", "A"),
    ("x' A' B A y", "A"),
    ("tr(inv(A) B)", "A"),
    ("tr(inv(A) B C)", "A"),
    ("y' inv(A) x", "A"),
    ("x' inv(A)' inv(A) x", "A"),
    ("tr(inv(A' A + eye(n)) B)", "A"),
    ("log(det(A))", "A"),
    ("log(det(A)) + tr(B A)", "A"),
    ("log(det(P)) + tr(inv(P) S)", "P"),
    ("det(A) x' B y", "A"),
    ("det(A' B A)", "A"),
    ("logsumexp(A x) - y' A x", "x"),
    ("logsumexp(A x) - y' A x", "A"),
    ("-y' logsoftmax(A x)", "x"),
    ("sum(log(1 + exp(A x))) + a norm(x)^2", "x"),
    ("sum(sigmoid(A x) .* y)", "x"),
    ("y' exp(A x) + sum(tanh(B x))", "x"),
    ("x' diag(y) A diag(x) z", "x"),
    ("tr(diag(x) A diag(y) B')", "x"),
    ("sum((A .* B) * C)", "A"),
    ("norm(A .* B - C)^2", "A"),
    ("tr(kron(A, B) kron(C, S))", "A"),
    ("exp(-norm(x - y)^2 / (2 b^2))", "x"),
    ("(x' A x) / (x' x)", "x"),
    ("a x' P x + log(x' P x)", "x"),
    ("norm(x y' - A)^2", "x"),
    ("norm(A - B C)^2 + a norm(C)^2", "C"),
    ("norm(A - B C)^2 + a norm(B)^2", "B"),
    ("tr(S A) + y' S x", "S"),
    ("tr(P A P B)", "P"),
    ("tr(A' B A) + 2 tr(A' C)", "A"),
    ("u' R x + x' R' R x", "x"),
    ("u' R x + x' R' R x", "R"),
    ("sum(tril(A) .* B)", "A"),
    ("vec(A)' vec(B A)", "A"),
];

/// A claim in plain text with the words of the diagnoses that are right for it.
struct Damaged {
    what: &'static str,
    claim: String,
    right: &'static [&'static str],
}

mod damage {
    use super::Damaged;
    use matdiff::base::Rational;
    use matdiff::ir::{ExprId, Factor, Facts, Node, Store};
    use matdiff::num::{Failure, Options, check_equal};
    use matdiff::rewrite::Rewriter;
    use matdiff::show::{Format, Style, show_inline};
    use matdiff::{calculus, elab};

    const VARIABLES: &[crate::common::Variable] = &[
        ("A", "n", "n", Facts::NONE),
        ("B", "n", "n", Facts::NONE),
        ("C", "n", "n", Facts::NONE),
        ("R", "m", "n", Facts::NONE),
        ("P", "n", "n", Facts::DEFINITE),
        ("S", "n", "n", Facts::SYMMETRIC),
        ("x", "n", "1", Facts::NONE),
        ("y", "n", "1", Facts::NONE),
        ("z", "n", "1", Facts::NONE),
        ("u", "m", "1", Facts::NONE),
        ("a", "1", "1", Facts::NONE),
        ("b", "1", "1", Facts::NONE),
    ];

    /// The gradient and five damaged ones.
    pub fn damaged(f: &'static str, by: &str) -> (String, Vec<Damaged>) {
        let mut store = Store::new();
        let bindings: Vec<_> = crate::common::declared(&mut store, VARIABLES).into_iter().map(|(name, x, _)| (name, x)).collect();
        let (m, n) = (store.dim_named("m"), store.dim_named("n"));
        let value = elab::instantiate(&mut store, f, &bindings, &[("m", m), ("n", n)]);
        let x = bindings.iter().find(|b| b.0 == by).expect("a variable").1;
        let sweep = calculus::gradients(&mut store, value, &[x], false).expect("differentiable");
        let gradient = Rewriter::new().simplify(&mut store, sweep.gradients[0]);
        let mut all: Vec<(&'static str, ExprId, &'static [&'static str])> = Vec::new();
        all.push(("transposed", store.transpose(gradient), &["transposed", "layout"]));
        all.push(("doubled", store.scale(&Rational::from(2), gradient), &["factor"]));
        all.push(("negated", store.neg(gradient), &["sign"]));
        all.extend(dropped(&mut store, gradient).into_iter().map(|g| ("dropped", g, &["missing-term"][..])));
        all.extend(swapped(&mut store, gradient).into_iter().map(|g| ("swapped", g, &["order"][..])));
        all.extend(turned(&mut store, gradient).into_iter().map(|g| ("turned", g, &["part-transposed"][..])));
        all.extend(signed(&mut store, gradient).into_iter().map(|g| ("signed", g, &["term-sign"][..])));
        let differs = |store: &Store, g: ExprId| {
            store.shape(g) != store.shape(gradient)
                || matches!(check_equal(store, g, gradient, &[], &Options::default()), Err(Failure::Disagrees(_)))
        };
        all.retain(|&(_, g, _)| differs(&store, g));
        // Several ways of one kind may give the same value.
        let mut kept: Vec<(&'static str, ExprId, &'static [&'static str])> = Vec::new();
        for one in all {
            if kept.len() < 7 && !kept.iter().any(|k| k.1 == one.1) && kept.iter().filter(|k| k.0 == one.0).count() < 2 {
                kept.push(one);
            }
        }
        let style = Style::new(Format::Plain);
        let damaged = kept.into_iter().map(|(what, g, right)| Damaged { what, claim: show_inline(&mut store, g, &style), right }).collect();
        (show_inline(&mut store, gradient, &style), damaged)
    }

    fn dropped(store: &mut Store, g: ExprId) -> Vec<ExprId> {
        let mut found = Vec::new();
        for id in store.reachable(&[g]).into_iter().rev() {
            let Node::Sum(terms) = store.node(id).clone() else { continue };
            for at in 0..terms.len() {
                let mut rest = terms.clone();
                rest.remove(at);
                let rest = store.sum(rest);
                found.push(store.substitute(g, &[(id, rest)]));
            }
        }
        found
    }

    fn signed(store: &mut Store, g: ExprId) -> Vec<ExprId> {
        let mut found = Vec::new();
        for id in store.reachable(&[g]).into_iter().rev() {
            let Node::Sum(mut terms) = store.node(id).clone() else { continue };
            terms[0].0 = terms[0].0.neg();
            let changed = store.sum(terms);
            found.push(store.substitute(g, &[(id, changed)]));
        }
        found
    }

    fn chains(store: &mut Store, g: ExprId, change: impl Fn(&[Factor]) -> Vec<Vec<Factor>>) -> Vec<ExprId> {
        let mut found = Vec::new();
        for id in store.reachable(&[g]).into_iter().rev() {
            let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { continue };
            for new in change(&chain) {
                let fits = new.windows(2).all(|w| store.factor_shape(w[0]).cols == store.factor_shape(w[1]).rows);
                if !fits {
                    continue;
                }
                let made = store.product(coefficient.clone(), &scalars, &new);
                if store.shape(made) == store.shape(id) && made != id {
                    found.push(store.substitute(g, &[(id, made)]));
                }
            }
        }
        found
    }

    fn swapped(store: &mut Store, g: ExprId) -> Vec<ExprId> {
        chains(store, g, |chain| {
            (1..chain.len())
                .map(|at| {
                    let mut new = chain.to_vec();
                    new.swap(at - 1, at);
                    new
                })
                .collect()
        })
    }

    fn turned(store: &mut Store, g: ExprId) -> Vec<ExprId> {
        chains(store, g, |chain| {
            (0..chain.len())
                .map(|at| {
                    let mut new = chain.to_vec();
                    new[at].flipped = !new[at].flipped;
                    new
                })
                .collect()
        })
    }
}

#[test]
fn claims_are_judged_and_diagnosed() {
    let session = session(Dialect::Plain);
    let mut failures = Vec::new();
    let mut missed = Vec::new();
    let mut count = 0;
    for &(f, by) in PROBLEMS {
        let (right, damaged) = damage::damaged(f, by);
        match session.check(Task::Gradient, f, &[by], &right) {
            Ok(check) if check.right() == Some(true) => {}
            Ok(mut check) => failures.push(format!("{f} by {by}: {right}: {:?}", check.text(Format::Plain))),
            Err(error) => failures.push(format!("{f} by {by}: {right}: {}", error.render(&right, false))),
        }
        assert!(damaged.len() >= 3, "{f} by {by}: {} damaged", damaged.len());
        for Damaged { what, claim, right } in damaged {
            count += 1;
            match session.check(Task::Gradient, f, &[by], &claim) {
                Ok(mut check) => match check.claim.clone() {
                    Claim::Wrong(diagnosis) => {
                        if !right.contains(&diagnosis.mistake.word()) {
                            missed.push(format!("{f} by {by}, {what}: {claim}: {}", check.text(Format::Plain).join("; ")));
                        }
                    }
                    _ => failures.push(format!("{f} by {by}, {what}: {claim}: {:?}", check.text(Format::Plain))),
                },
                Err(error) => failures.push(format!("{f} by {by}, {what}: {claim}: {}", error.render(&claim, false))),
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} wrong verdicts:\n{}", failures.len(), failures.join("\n"));
    assert!(count >= 200, "only {count} damaged claims");
    println!("{} of {count} diagnoses missed:\n{}", missed.len(), missed.join("\n"));
    assert!(missed.len() * 10 <= count, "{} of {count} diagnoses missed:\n{}", missed.len(), missed.join("\n"));
}

/// Undeclared names, LaTeX, definitions, families, other derivatives: expression, variable, claim, and `correct` or the diagnosis.
const CLAIMS: &[(Task, &str, &str, &str, &str)] = &[
    (Task::Gradient, "‖X w - y‖^2", "w", "2 X'(X w - y)", "correct"),
    (Task::Gradient, "‖X w - y‖^2", "w", "2 X'X w - 2 X'y", "correct"),
    (Task::Gradient, "‖X w - y‖^2", "w", "2 (X w - y)'X", "layout"),
    (Task::Gradient, "‖X w - y‖^2", "w", "X w - y", "shape"),
    (Task::Gradient, "‖X w - y‖^2", "w", "2 X (X w - y)", "part-transposed"),
    (Task::Gradient, "‖X w - y‖^2", "w", "0", "other"),
    (Task::Gradient, "1/N sum_{i=1}^{N} (x_i'w - y_i)^2", "w", "2/N sum_{i=1}^{N} (x_i'w - y_i) x_i", "correct"),
    (Task::Gradient, "1/N sum_{i=1}^{N} (x_i'w - y_i)^2", "w", "2 sum_{i=1}^{N} (x_i'w - y_i) x_i", "mean"),
    (Task::Gradient, "sum_{i=1}^{N} (x_i'w - y_i)^2", "w", "2/N sum_{i=1}^{N} (x_i'w - y_i) x_i", "mean"),
    (Task::Gradient, "mean(x)", "x", "ones(n)", "mean"),
    (Task::Gradient, "sum_i norm(x_i - m)^2", "x_k", "2 (x_k - m)", "correct"),
    (Task::Gradient, "sum_i norm(x_i - m)^2", "x_k", "2 (x_k + m)", "term-sign"),
    (Task::Gradient, "sum_i norm(x_i - m)^2", "x_k", "2 (m - x_k)", "sign"),
    (Task::Gradient, "let r = X w - y; r'r", "w", "2 X'r", "correct"),
    (Task::Gradient, "let r = X w - y; r'r", "w", "let s = y - X w; -2 X's", "correct"),
    (Task::Gradient, "let r = X w - y; r'r", "w", "let r = y - X w; 2 X'r", "sign"),
    (Task::Gradient, r"\frac{1}{2}\|X\mathbf{w}-\mathbf{y}\|_2^2", "w", r"X^\top(X\mathbf{w}-\mathbf{y})", "correct"),
    (Task::Gradient, r"\frac{1}{2}\|X\mathbf{w}-\mathbf{y}\|_2^2", "w", r"2X^\top(X\mathbf{w}-\mathbf{y})", "factor"),
    (Task::Gradient, r"\frac{1}{2}\|X\mathbf{w}-\mathbf{y}\|_2^2", "w", "X'(X w - y)", "correct"),
    (Task::Gradient, r"\operatorname{tr}(AXB)", "X", r"A^\top B^\top", "correct"),
    (Task::Gradient, r"\operatorname{tr}(AXB)", "X", "B'A'", "order"),
    (Task::Gradient, r"\operatorname{tr}(AXB)", "X", "(BA)'", "correct"),
    (Task::Gradient, r"\log\det\Sigma + x^\top\Sigma^{-1}x", "Sigma", r"\Sigma^{-\top} - \Sigma^{-\top}xx^\top\Sigma^{-\top}", "correct"),
    (Task::Gradient, r"\log\det\Sigma + x^\top\Sigma^{-1}x", "Sigma", r"\Sigma^{-\top} + \Sigma^{-\top}xx^\top\Sigma^{-\top}", "term-sign"),
    (Task::Gradient, "y'phi(W x + b)", "W", "(y .* phi'(W x + b)) x'", "correct"),
    (Task::Gradient, "y'phi(W x + b)", "W", "(y .* phi(W x + b)) x'", "function"),
    (Task::Gradient, "y'phi(W x + b)", "W", "x (y .* phi'(W x + b))'", "transposed"),
    (Task::Gradient, "tr(expm(A))", "A", "exp(A)'", "entrywise"),
    (Task::Gradient, "tr(A^2 B)", "A", "(A B + B A)'", "correct"),
    (Task::Gradient, "tr(A^2 B)", "A", "2 (A B)'", "order"),
    (Task::Gradient, "sum(A .* A)", "A", "2 A", "correct"),
    (Task::Gradient, "sum(log(x))", "x", "x", "exponent"),
    (Task::Gradient, "tr(A inv(X))", "X", "-(inv(X) A X)'", "inverse"),
    (Task::Gradient, "norm(x)", "x", "x", "factor"),
    (Task::Gradient, "a'x / s^2", "x", "a / s", "factor"),
    (Task::Gradient, "sum(x)", "x", "1", "shape"),
    (Task::Gradient, "tr(X)", "X", "I", "correct"),
    (Task::Gradient, "tr(X)", "X", "1", "shape"),
    (Task::Jacobian, "A x", "x", "A", "correct"),
    (Task::Jacobian, "A x", "x", "A'", "transposed"),
    (Task::Jacobian, "softmax(x)", "x", "diag(softmax(x)) - softmax(x) softmax(x)'", "correct"),
    (Task::Jacobian, "softmax(x)", "x", "diag(softmax(x)) + softmax(x) softmax(x)'", "term-sign"),
    (Task::Jacobian, "softmax(x)", "x", "diag(softmax(x))", "missing-term"),
    (Task::Hessian, "x'A x", "x", "A + A'", "correct"),
    (Task::Hessian, "x'A x", "x", "A", "missing-term"),
    (Task::Hessian, "logsumexp(x)", "x", "diag(softmax(x)) - softmax(x) softmax(x)'", "correct"),
    (Task::Hessian, "log det(S)", "S", "-inv(S)' V' inv(S)'", "correct"),
    (Task::Hessian, "log det(S)", "S", "inv(S)' V' inv(S)'", "sign"),
];

#[test]
fn claims_of_all_sorts() {
    let mut failures = Vec::new();
    for &(task, f, by, claim, wanted) in CLAIMS {
        let found = match Session::new().check(task, f, &[by], claim) {
            Ok(check) => match &check.claim {
                Claim::Right(_) => "correct".to_owned(),
                Claim::Wrong(diagnosis) => format!("{}: {}", diagnosis.mistake.word(), diagnosis.text),
                Claim::Undecided(why) => format!("undecided: {why}"),
            },
            Err(error) => error.render(claim, false),
        };
        if found.split(':').next() != Some(wanted) {
            failures.push(format!("{f} by {by}, {claim}: {found}, not {wanted}"));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), CLAIMS.len(), failures.join("\n"));
}

#[test]
fn structure_of_the_variable_is_told() {
    let declared = |kind: &str| {
        let mut session = Session::new();
        session.declare(&format!("A: square(n); X: {kind}(n)")).expect("a declaration");
        session
    };
    let word = |kind: &str, claim: &str| match declared(kind).check(Task::Gradient, "tr(A X)", &["X"], claim).expect("a verdict").claim {
        Claim::Right(_) => "correct",
        Claim::Wrong(diagnosis) => diagnosis.mistake.word(),
        Claim::Undecided(_) => "undecided",
    };
    assert_eq!(word("symmetric", "(A + A')/2"), "correct");
    assert_eq!(word("symmetric", "A'"), "ambient");
    assert_eq!(word("symmetric", "A + A' - A .* eye(n)"), "symmetrised");
    assert_eq!(word("symmetric", "A + A'"), "factor");
    assert_eq!(word("diagonal", "A'"), "ambient");
    assert_eq!(word("diagonal", "diag(diag(A))"), "correct");
    assert_eq!(word("square", "(A + A')/2"), "symmetrised");
    assert_eq!(word("square", "A + A' - A .* eye(n)"), "symmetrised");
    assert_eq!(word("skew", "(A' - A)/2"), "correct");
    assert_eq!(word("skew", "(A - A')/2"), "sign");
}

/// A derivation: function, variable, lines, and the number of the wrong one with its diagnosis.
type Worked = (&'static str, &'static str, &'static str, Option<(usize, &'static str)>);

const DERIVATIONS: &[Worked] = &[
    ("‖X w - y‖^2", "w", "f = (X w - y)'(X w - y)\n  = w'X'X w - 2 y'X w + y'y\ndf = 2 w'X'X dw - 2 y'X dw\n∇f = 2 X'(X w - y)", None),
    ("‖X w - y‖^2", "w", "(X w - y)'(X w - y) = w'X'X w - y'X w + y'y", Some((1, "term-factor"))),
    ("‖X w - y‖^2", "w", "df = 2 (X w - y)'X dw\n= 2 <X'(X w - y), dw>\n= <X'(X w - y), dw>", Some((3, "factor"))),
    ("‖X w - y‖^2", "w", "df = 2 (X w - y)'X dw\n∇f = 2 (X w - y)'X", Some((2, "layout"))),
    ("‖X w - y‖^2", "w", "df = 2 (X w - y)'X dw\n= 2 dw'X (X w - y)", Some((2, "shape"))),
    ("‖X w - y‖^2", "w", "2 X'X w - 2 X'y\n2 X'(X w - y)", None),
    ("tr(A inv(X))", "X", "df = tr(A inv(X) dX inv(X))", Some((1, "sign"))),
    ("tr(A inv(X))", "X", "df = -tr(A inv(X) dX inv(X))\n= -tr(inv(X) A inv(X) dX)\n∇f = -(inv(X) A inv(X))'", None),
    (
        r"\log\det S + \operatorname{tr}(S^{-1}A)",
        "S",
        "\\begin{align}\ndf &= \\operatorname{tr}(S^{-1}dS) - \\operatorname{tr}(S^{-1}\\,dS\\,S^{-1}A) \\\\\n\
         &= \\langle S^{-\\top} - S^{-1}AS^{-1}, dS\\rangle\n\\end{align}",
        Some((3, "part-transposed")),
    ),
];

#[test]
fn derivations_are_checked_line_by_line() {
    for &(f, by, lines, wanted) in DERIVATIONS {
        let checked = match Session::new().check_derivation(f, &[by], lines) {
            Ok(checked) => checked,
            Err(error) => panic!("{f}\n{lines}\n{}", error.render("", false)),
        };
        let wrong = checked.lines.iter().find_map(|l| match &l.verdict {
            LineVerdict::Wrong(diagnosis) => Some((l.number, diagnosis.mistake.word())),
            _ => None,
        });
        assert_eq!(wrong, wanted, "{f}\n{lines}");
        assert_eq!(checked.right(), Some(wanted.is_none()), "{f}\n{lines}");
    }
}

#[test]
fn own_derivations_are_right() {
    for (f, by) in [("‖X w - y‖^2 + c w'w", "w"), ("log det(S) + tr(inv(S) A)", "S"), ("y'phi(W x + b)", "W"), ("logsumexp(A x)", "x")]
    {
        let mut session = Session::new();
        session.set_steps(true);
        for format in [Format::Plain, Format::Ascii, Format::Latex] {
            let mut answer = session.ask(Task::Gradient, f, &[by]).expect("an answer");
            let derivation = answer.derivation(format);
            let end = if format == Format::Latex { " \\\\\n" } else { "\n" };
            let lines: Vec<String> = derivation.lines.iter().map(|(_, text, _)| format!("= {text}{}", derivation.definitions)).collect();
            if !derivation.definitions.is_empty() {
                continue;
            }
            let checked = Session::new().check_derivation(f, &[by], &lines.join(end)).unwrap_or_else(|e| panic!("{}", e.render("", false)));
            assert_eq!(checked.right(), Some(true), "{f}: {lines:?}");
        }
    }
}
