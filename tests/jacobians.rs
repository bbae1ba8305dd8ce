//! Jacobians and Hessians of drawn expressions: every one is answered and verified, and the layouts agree; so do the
//! senses of a derivative by a variable with structure.

mod common;

use common::Relation;
use matdiff::base::{Diagnostic, Fault};
use matdiff::session::{Along, Form, Format, Layout, Session, Structure, Task};

/// The variables of the drawn expressions.
const DECLARATIONS: &str = "A: square(n); S: symmetric(n); P: spd(n); D: diagonal(n); B: matrix(m,n); x: vector(n); y: vector(n); z: vector(m); a: scalar; b: scalar";

/// A variable's kind, with the kind of a direction in its space.
const VARIABLES: &[(&str, &str)] = &[
    ("x", "vector(n)"),
    ("A", "square(n)"),
    ("S", "symmetric(n)"),
    ("a", "scalar"),
    ("B", "matrix(m,n)"),
    ("P", "symmetric(n)"),
    ("y", "vector(n)"),
    ("z", "vector(m)"),
    ("D", "diagonal(n)"),
];

/// How many expressions are drawn.
const DRAWN: usize = 300;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Scalar,
    N,
    M,
    Square,
    Wide,
    /// A matrix with other dimensions, at the root only.
    Large,
}

/// Draws choices from a seed, and spends a number of operations.
struct Draw {
    state: u64,
    budget: usize,
}

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::from(u16::from_be_bytes([self.state.to_be_bytes()[0], self.state.to_be_bytes()[1]])) % limit
    }

    fn leaf(&mut self, kind: Kind) -> String {
        let leaves: &[&str] = match kind {
            Kind::Scalar => &["a", "b", "2", "x' y", "tr(A)", "x[1]", "A[1,2]", "mean(x)"],
            Kind::N => &["x", "y", "A x", "B' z", "S x", "A[:,1]", "B[1,:]"],
            Kind::M => &["z", "B x", "B y"],
            Kind::Square => &["A", "S", "P", "D", "A'", "x y'", "x x'"],
            Kind::Wide => &["B", "z x'", "B A"],
            Kind::Large => &["kron(A, B)", "kron(B, x)"],
        };
        let at = self.below(leaves.len());
        leaves[at].to_owned()
    }

    /// A pattern in which `s n m q w` stand for parts of those kinds.
    fn pattern(&mut self, kind: Kind) -> &'static str {
        let patterns: &[&str] = match kind {
            Kind::Scalar => &[
                "(@s) * (@s)",
                "(@n)' (@n)",
                "tr(@q)",
                "(@m)' (@w) (@n)",
                "log(1 + ‖@n‖^2)",
                "sum(sin(@m))",
                "logsumexp(@n)",
                "log det(P + (@n) (@n)')",
                "‖@w‖^2",
                "tr((@q) inv(P) (@q))",
                "norm(@n)",
                "sqrt(1 + (@s)^2)",
                "(@s) / (1 + (@n)' (@n))",
                "sum((@q) .* (@q))",
                "tr((@q)^3)",
                "<@w, @w>",
                "x' diag(@q)",
                "(@s) + (@s)",
                "(@n)' inv(P) (@n)",
                "exp(-(@n)' (@n) / 4)",
                "sum(softplus(@w))",
                "tr(A inv(eye(n) + (@n) (@n)'))",
            ],
            Kind::N => &[
                "(@q) (@n)",
                "(@w)' (@m)",
                "tanh(@n)",
                "(@n) .* (@n)",
                "diag(@q)",
                "inv(P) (@n)",
                "softmax(@n)",
                "(@s) (@n)",
                "(@n) + (@n)",
                "(@n) - (@n)",
                "(@n) / (1 + (@n)' (@n))",
                "diag(@n) (@n)",
                "(@n) .^ 2",
                "rowsum(@q)",
                "colsum(@w)",
                "(@q)[:,1]",
                "exp((@n) / 4)",
                "inv(P + (@n) (@n)') (@n)",
                "logsoftmax(@n)",
                "(@n) ./ (1 + (@n) .^ 2)",
                "(@n) / sqrt(1 + ‖@n‖^2)",
            ],
            Kind::M => {
                &["(@w) (@n)", "sigmoid(@m)", "(@m) .* (@m)", "B (@n)", "rowsum(@w)", "(@s) (@m)", "(@m) - (@m)", "relu(@m)", "(@w)[:,2]"]
            }
            Kind::Square => &[
                "(@q) (@q)",
                "(@q)'",
                "(@n) (@n)'",
                "inv(P + (@n) (@n)')",
                "(@q) .* (@q)",
                "diag(@n)",
                "(@w)' (@w)",
                "(@s) (@q)",
                "(@q) + (@q)",
                "(@q)^2",
                "inv(P)",
                "sym(@q)",
                "diag(diag(@q))",
                "(@q) diag(@n) (@q)",
                "P^-2",
                "(@s) eye(n) + (@q)",
                "sin(@q)",
            ],
            Kind::Wide => &[
                "(@w) (@q)",
                "(@m) (@n)'",
                "exp((@w) / 4)",
                "(@w) .* (@w)",
                "(@s) (@w)",
                "(@w) + (@w)",
                "diag(@m) (@w)",
                "(@w) diag(@n)",
                "softmax(@w)",
            ],
            Kind::Large => &[
                "kron(@q, @w)",
                "kron(@n, @m)",
                "vec(@w)",
                "kron(@w, @n)",
                "vec(@w) (@n)'",
                "kron(@q, @n')",
                "(@w) (@w)'",
                "(@w)'",
                "diag(vec(@w))",
            ],
        };
        let at = self.below(patterns.len());
        patterns[at]
    }

    fn expression(&mut self, kind: Kind) -> String {
        if self.budget == 0 {
            return self.leaf(kind);
        }
        self.budget -= 1;
        let pattern = self.pattern(kind);
        let mut text = String::new();
        let mut rest = pattern.chars();
        while let Some(c) = rest.next() {
            if c != '@' {
                text.push(c);
                continue;
            }
            let kind = match rest.next() {
                Some('s') => Kind::Scalar,
                Some('n') => Kind::N,
                Some('m') => Kind::M,
                Some('q') => Kind::Square,
                _ => Kind::Wide,
            };
            let part = if self.below(3) == 0 { self.leaf(kind) } else { self.expression(kind) };
            // kron(@q, @n') needs the part as one factor.
            text.push_str(&if pattern.starts_with("kron") { format!("({part})") } else { part });
        }
        text
    }
}

/// `before (text) after`, with the definitions of the text behind all of it.
fn around(before: &str, text: &str, after: &str) -> String {
    match text.split_once(" where ") {
        Some((body, definitions)) => format!("{before}({body}){after} where {definitions}"),
        None => format!("{before}({text}){after}"),
    }
}

/// Whether a text mentions a variable.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|w| w == name)
}

struct Checker {
    wrong: Vec<String>,
    refused: Vec<String>,
    asked: usize,
}

impl Checker {
    /// The printed answer; a refusal or a withheld answer is noted.
    fn ask(&mut self, session: &Session, task: Task, text: &str, wrt: &[&str], what: &str) -> Option<String> {
        self.asked += 1;
        let told: Result<String, Diagnostic> = session.ask(task, text, wrt).map(|mut answer| {
            let line = answer.text(Format::Plain).join("\n");
            if answer.verified().is_empty() && !answer.notes().iter().any(|n| n.contains("checked")) {
                self.wrong.push(format!("{what} of {text} by {wrt:?} was not verified"));
            }
            line
        });
        match told {
            Ok(line) => Some(line),
            Err(error) if error.fault == Fault::Unsupported => {
                self.refused.push(format!("{what} of {text} by {wrt:?}: {}", error.render(text, false)));
                None
            }
            Err(error) => {
                self.wrong.push(format!("{what} of {text} by {wrt:?}: {}", error.render(text, false)));
                None
            }
        }
    }

    /// Whether two texts have one value.
    fn same(&mut self, declarations: &str, left: &str, right: &str, what: &str) {
        if let Relation::Different(why) = common::relation(declarations, &[], left, right) {
            self.wrong.push(format!("{what}: {left}  against  {right}: {why}"));
        }
    }

    fn jacobians(&mut self, text: &str, kind: Kind, x: &str, space: &str) {
        let with = |layout, form| {
            let mut session = common::session(DECLARATIONS, &[]);
            session.set_layout(layout);
            session.set_form(form);
            session
        };
        let by = format!("{text} by {x}");
        let directed = format!("{DECLARATIONS}; V: {space}");
        let vec = self.ask(&with(Layout::Vec, None), Task::Jacobian, text, &[x], "vec");
        let numerator = self.ask(&with(Layout::Numerator, None), Task::Jacobian, text, &[x], "numerator");
        let denominator = self.ask(&with(Layout::Denominator, None), Task::Jacobian, text, &[x], "denominator");
        let operator = self.ask(&with(Layout::Numerator, Some(Form::Operator)), Task::Jacobian, text, &[x], "operator");
        self.ask(&with(Layout::Numerator, Some(Form::Index)), Task::Jacobian, text, &[x], "index");
        if let (Some(vec), Some(operator)) = (&vec, &operator)
            && space != "scalar"
        {
            self.same(&directed, &around("vec", operator, ""), &around("", vec, " vec(V)"), &format!("operator and vec of {by}"));
        }
        let flat = matches!(kind, Kind::Scalar | Kind::N | Kind::M) && space.starts_with("vector");
        if let (Some(numerator), Some(denominator), true) = (&numerator, &denominator, flat) {
            self.same(DECLARATIONS, &around("", numerator, "'"), denominator, &format!("layouts of {by}"));
        }
    }

    fn hessians(&mut self, text: &str, x: &str, space: &str, other: &str) {
        let with = |form| {
            let mut session = common::session(DECLARATIONS, &[]);
            session.set_form(form);
            session
        };
        self.ask(&with(None), Task::Hessian, text, &[x], "Hessian");
        let kron = self.ask(&with(Some(Form::Kron)), Task::Hessian, text, &[x], "kron Hessian");
        let operator = self.ask(&with(Some(Form::Operator)), Task::Hessian, text, &[x], "operator Hessian");
        self.ask(&with(Some(Form::Index)), Task::Hessian, text, &[x], "index Hessian");
        if x != other {
            self.ask(&with(Some(Form::Operator)), Task::Hessian, text, &[x, other], "mixed operator Hessian");
            self.ask(&with(Some(Form::Kron)), Task::Hessian, text, &[x, other], "mixed kron Hessian");
            self.ask(&with(None), Task::Hessian, text, &[x, other], "mixed Hessian");
        }
        if let (Some(kron), Some(operator)) = (kron, operator) {
            let directed = format!("{DECLARATIONS}; V: {space}");
            self.same(&directed, &around("vec", &operator, ""), &around("", &kron, " vec(V)"), &format!("Hessians of {text} by {x}"));
        }
    }
}

fn run(from: usize, to: usize) {
    let mut checker = Checker { wrong: Vec::new(), refused: Vec::new(), asked: 0 };
    for number in from..to {
        let kinds = [Kind::N, Kind::Square, Kind::Scalar, Kind::M, Kind::Wide, Kind::Scalar, Kind::Large];
        let kind = kinds[number % kinds.len()];
        let mut draw = Draw { state: 0x9e37_79b9 ^ (number as u64).wrapping_mul(0x2545_f491_4f6c_dd1d), budget: 2 + number % 5 };
        draw.below(2);
        let text = draw.expression(kind);
        let occurring: Vec<_> = VARIABLES.iter().filter(|v| mentions(&text, v.0)).collect();
        if occurring.is_empty() {
            continue;
        }
        let (x, space) = *occurring[number / 7 % occurring.len()];
        let (other, _) = *occurring[(number / 7 + 1) % occurring.len()];
        let started = std::time::Instant::now();
        if kind == Kind::Scalar && number % 2 == 0 {
            checker.hessians(&text, x, space, other);
        } else {
            checker.jacobians(&text, kind, x, space);
        }
        if started.elapsed().as_secs() > 10 {
            println!("{:?} for {text} by {x}", started.elapsed());
        }
    }
    println!("{} questions, {} refused:\n{}", checker.asked, checker.refused.len(), checker.refused.join("\n"));
    assert!(checker.wrong.is_empty(), "{} wrong:\n{}", checker.wrong.len(), checker.wrong.join("\n"));
    assert!(checker.refused.is_empty(), "{} refused", checker.refused.len());
}

#[test]
fn drawn_expressions_first_half() {
    run(0, DRAWN / 2);
}

#[test]
fn drawn_expressions_second_half() {
    run(DRAWN / 2, DRAWN);
}

/// A structured stand-in for A: its kind, the kind of a direction, and what each sense of a derivative is in terms of G.
const STRUCTURES: &[(&str, &str, &[&str])] = &[
    ("symmetric(n)", "symmetric(n)", &["G", "(G + G')/2", "G + G' - G .* eye(n)", "duplication(n)' vec(G)"]),
    ("lower(n)", "lower(n)", &["G", "tril(G)", "elimination(n) vec(G)"]),
    ("spd(n)", "symmetric(n)", &["G", "(G + G')/2", "G + G' - G .* eye(n)", "vech(G + G' - G .* eye(n))"]),
    ("skew(n)", "skew(n)", &["G", "(G - G')/2", "G - G'"]),
    ("diagonal(n)", "diagonal(n)", &["G", "G .* eye(n)", "diag(G)"]),
    ("upper(n)", "upper(n)", &["G", "triu(G)", "vech(G')"]),
    ("orthogonal(n)", "", &["G", "(G - A G' A)/2", "(A' G - G' A)/2"]),
];

/// A drawn expression with A in it, and declarations that give A structure.
fn structured(number: usize, kind: Kind) -> Option<(String, String, usize)> {
    let mut draw = Draw { state: 0x51ed_270b ^ (number as u64).wrapping_mul(0x2545_f491_4f6c_dd1d), budget: 2 + number % 4 };
    draw.below(2);
    let text = draw.expression(kind);
    let which = number % STRUCTURES.len();
    let declarations = DECLARATIONS.replace("A: square(n)", &format!("A: {}", STRUCTURES[which].0));
    mentions(&text, "A").then_some((text, declarations, which))
}

#[test]
fn senses_of_structured_gradients_agree() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for number in 0..210 {
        let Some((text, declarations, which)) = structured(number, Kind::Scalar) else { continue };
        let mut session = common::session(&declarations, &[]);
        let plain = common::line(&session, Task::Gradient, &text, &["A"], Format::Plain);
        session.set_structure(Structure::All);
        let found = session.ask(Task::Gradient, &text, &["A"]).map(|mut answer| {
            let checked = answer.verified().len();
            let labels: Vec<String> = answer.text(Format::Plain);
            (labels.iter().filter_map(|l| l.split_once(" = ").map(|p| p.1.to_owned())).collect::<Vec<_>>(), checked)
        });
        let (Ok(plain), Ok((senses, checked))) = (&plain, &found) else {
            wrong.push(format!("{text} with A {}: {plain:?} {found:?}", STRUCTURES[which].0));
            continue;
        };
        count += 1;
        let formulas = STRUCTURES[which].2;
        if senses.len() != formulas.len() || *checked < formulas.len() {
            wrong.push(format!("{text}: {} senses, {checked} checked", senses.len()));
            continue;
        }
        let mut same = |left: &str, right: &str| {
            if let Relation::Different(why) = common::relation(&declarations, &[], left, right) {
                wrong.push(format!("{text} with A {}: {left} against {right}: {why}", STRUCTURES[which].0));
            }
        };
        // The usual answer is one of them; by an orthogonal matrix it is an ambient one, of which there are many.
        if which != 6 {
            same(&senses[1], plain);
        }
        let g = around("", &senses[0], "");
        let (body, tail) = g.split_once(" where ").map_or((g.clone(), String::new()), |(b, t)| (b.to_owned(), format!(" where {t}")));
        for (sense, formula) in senses.iter().zip(formulas) {
            let formula = formula.replace('G', &body);
            same(sense, &format!("{formula}{tail}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 60, "{count} were checked");
}

#[test]
fn layouts_agree_for_structured_variables() {
    let mut checker = Checker { wrong: Vec::new(), refused: Vec::new(), asked: 0 };
    let mut stacked = 0;
    for number in 0..140 {
        let kind = [Kind::Square, Kind::N, Kind::Scalar][number % 3];
        let Some((text, declarations, which)) = structured(number, kind) else { continue };
        let space = STRUCTURES[which].1;
        if space.is_empty() {
            continue;
        }
        let with = |layout, form| {
            let mut session = common::session(&declarations, &[]);
            session.set_layout(layout);
            session.set_form(form);
            session
        };
        let directed = format!("{declarations}; V: {space}");
        let vec = checker.ask(&with(Layout::Vec, None), Task::Jacobian, &text, &["A"], "vec");
        let operator = checker.ask(&with(Layout::Numerator, Some(Form::Operator)), Task::Jacobian, &text, &["A"], "operator");
        if let (Some(vec), Some(operator)) = (&vec, &operator) {
            checker.same(&directed, &around("vec", operator, ""), &around("", vec, " vec(V)"), &format!("operator and vec of {text}"));
        }
        if matches!(which, 0..=2) {
            let mut session = with(Layout::Numerator, None);
            session.set_structure(Structure::Vech);
            let task = if kind == Kind::Scalar { Task::Hessian } else { Task::Jacobian };
            let found = checker.ask(&session, task, &text, &["A"], "by vech");
            if let (Some(found), Some(operator), Task::Jacobian) = (found, operator, task) {
                stacked += 1;
                let first = found.lines().next().unwrap_or("");
                let first = first.strip_prefix("J D = ").unwrap_or(first).to_owned();
                checker.same(&directed, &around("vec", &operator, ""), &around("", &first, " vech(V)"), &format!("by vech of {text}"));
            }
        }
    }
    assert!(checker.wrong.is_empty(), "{} wrong:\n{}", checker.wrong.len(), checker.wrong.join("\n"));
    assert!(checker.refused.is_empty(), "{}", checker.refused.join("\n"));
    assert!(stacked > 10, "{stacked} by vech");
}

#[test]
fn the_backward_derivative_is_the_adjoint_of_the_forward_one() {
    let mut checker = Checker { wrong: Vec::new(), refused: Vec::new(), asked: 0 };
    let kinds = [
        (Kind::N, "vector(n)"),
        (Kind::Square, "square(n)"),
        (Kind::M, "vector(m)"),
        (Kind::Wide, "matrix(m,n)"),
        (Kind::Scalar, "scalar"),
    ];
    for number in 0..120 {
        let (kind, cotangent) = kinds[number % kinds.len()];
        let mut draw = Draw { state: 0x7f4a_7c15 ^ (number as u64).wrapping_mul(0x2545_f491_4f6c_dd1d), budget: 1 + number % 4 };
        draw.below(2);
        let text = draw.expression(kind);
        let Some((x, space)) = VARIABLES.iter().filter(|v| mentions(&text, v.0)).nth(number % 2) else { continue };
        let with = |along| {
            let mut session = common::session(DECLARATIONS, &[]);
            session.set_along(along);
            session
        };
        let forward = checker.ask(&with(Along::Forward(vec!["V".into()])), Task::Differential, &text, &[x], "forward");
        let backward = checker.ask(&with(Along::Backward(Some("U".into()))), Task::Differential, &text, &[x], "backward");
        if let (Some(forward), Some(backward)) = (forward, backward) {
            let declarations = format!("{DECLARATIONS}; V: {space}; U: {cotangent}");
            let (left, right) = (around("inner(U, ", &forward, ")"), around("inner(", &backward, ", V)"));
            checker.same(&declarations, &left, &right, &format!("{text} by {x}"));
        }
    }
    assert!(checker.wrong.is_empty(), "{} wrong:\n{}", checker.wrong.len(), checker.wrong.join("\n"));
    assert!(
        checker.refused.is_empty() && checker.asked > 150,
        "{} of {}: {}",
        checker.refused.len(),
        checker.asked,
        checker.refused.join("\n")
    );
}

#[test]
fn derivations_of_jacobians_and_hessians_are_checked_and_end_in_the_answer() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for number in 0..100 {
        let kind = [Kind::N, Kind::Square, Kind::Scalar, Kind::M, Kind::Wide, Kind::Scalar][number % 6];
        let mut draw = Draw { state: 0x1b87_3593 ^ (number as u64).wrapping_mul(0x2545_f491_4f6c_dd1d), budget: 1 + number % 4 };
        draw.below(2);
        let text = draw.expression(kind);
        let Some((x, _)) = VARIABLES.iter().filter(|v| mentions(&text, v.0)).nth(number % 2) else { continue };
        let (task, layout, form) = match number % 4 {
            _ if kind == Kind::Scalar => (Task::Hessian, Layout::Numerator, [None, Some(Form::Kron), Some(Form::Index), None][number % 4]),
            0 => (Task::Jacobian, Layout::Vec, None),
            1 => (Task::Jacobian, Layout::Numerator, Some(Form::Operator)),
            _ => (Task::Jacobian, Layout::Denominator, None),
        };
        let mut session = common::session(DECLARATIONS, &[]);
        session.set_layout(layout);
        session.set_form(form);
        let plain = common::line(&session, task, &text, &[x], Format::Plain);
        session.set_steps(true);
        match session.ask(task, &text, &[x]) {
            Ok(mut answer) => {
                count += 1;
                let derived = answer.derivation(Format::Plain);
                let empty = derived.lines.is_empty() || derived.lines.iter().any(|(_, text, law)| text.is_empty() || law.is_empty());
                if empty || derived.results.len() != 1 {
                    wrong.push(format!("{text} by {x}: {derived:?}"));
                }
                // The answer is the same with its derivation as without.
                let alone = answer.text(Format::Plain).join("\n");
                if plain.as_ref().is_ok_and(|plain| *plain != alone) {
                    let relation = common::relation(DECLARATIONS, &[], plain.as_deref().unwrap_or(""), &alone);
                    if let (Relation::Different(why), false) = (relation, mentions(&alone, "V") || form == Some(Form::Index)) {
                        wrong.push(format!("{text} by {x}: {plain:?} and with steps {alone}: {why}"));
                    }
                }
            }
            Err(error) => wrong.push(format!("{text} by {x}: {}", error.render(&text, false))),
        }
    }
    assert!(wrong.is_empty(), "{} wrong of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 50, "{count} derivations");
}
