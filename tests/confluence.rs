//! Simplification has one answer: it changes nothing the second time, and how the input was written does not matter:
//! the order of terms, of factors that commute, of definitions, transposes of wholes, rotations of traces.

mod common;

use common::Relation;
use matdiff::base::Fault;
use matdiff::session::{Evidence, Format, Session, Task, Verdict};

/// The variables of the random expressions.
const DECLARATIONS: &str = "A: square(n); C: square(n); S: spd(n); K: skew(n); D: diagonal(n); Q: orthogonal(n); \
                            B: matrix(m,n); x: vector(n); y: vector(n); z: vector(m); a: scalar; b: scalar";

/// How many expressions are tried.
const CASES: usize = 2000;

/// A small generator of pseudo-random numbers: the same expressions on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.roll(at + 1));
        }
    }
}

/// Shapes of the random expressions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar,
    N,
    M,
    Square,
    Wide,
}

/// An expression whose text can be written in several ways.
enum Tree {
    Leaf(&'static str),
    /// Terms, negative where `true`.
    Sum(Vec<(bool, Tree)>),
    /// A scalar and something else.
    Scaled(Box<Tree>, Box<Tree>),
    /// Factors that stay in order.
    Chain(Vec<Tree>),
    Entrywise(Vec<Tree>),
    Turned(Box<Tree>),
    Trace(Vec<Tree>),
    /// aᵀb.
    Inner(Box<Tree>, Box<Tree>),
    /// Before and after what it is applied to.
    Around(&'static str, Box<Tree>, &'static str),
}

impl Tree {
    /// The text; where there are dice, one of those that mean the same.
    fn text(&self, dice: &mut Option<Dice>) -> String {
        let group = |t: String| format!("({t})");
        match self {
            Tree::Leaf(text) => (*text).to_owned(),
            Tree::Sum(terms) => {
                let mut all: Vec<(bool, String)> = terms.iter().map(|(minus, t)| (*minus, group(t.text(dice)))).collect();
                if let Some(dice) = dice {
                    dice.shuffle(&mut all);
                }
                let all: Vec<String> = all.into_iter().map(|(minus, t)| format!("{} {t}", if minus { "-" } else { "+" })).collect();
                format!("0 {}", all.join(" ")).replacen("0 + ", "", 1).replacen("0 - ", "-", 1)
            }
            Tree::Scaled(c, t) => {
                let (c, t) = (group(c.text(dice)), group(t.text(dice)));
                if dice.as_mut().is_some_and(|d| d.roll(2) == 0) { format!("{t} * {c}") } else { format!("{c} {t}") }
            }
            Tree::Chain(factors) => {
                let mut all: Vec<String> = factors.iter().map(|t| group(t.text(dice))).collect();
                if dice.as_mut().is_some_and(|d| d.roll(3) == 0) {
                    all.reverse();
                    let turned: Vec<String> = all.iter().map(|t| format!("{t}'")).collect();
                    return format!("({})'", turned.join(" "));
                }
                all.join(" ")
            }
            Tree::Entrywise(factors) => {
                let mut all: Vec<String> = factors.iter().map(|t| group(t.text(dice))).collect();
                if let Some(dice) = dice {
                    dice.shuffle(&mut all);
                }
                all.join(" .* ")
            }
            Tree::Turned(t) => group(t.text(dice)) + "'",
            Tree::Trace(factors) => {
                let mut all: Vec<String> = factors.iter().map(|t| group(t.text(dice))).collect();
                if let Some(dice) = dice {
                    let turn = dice.roll(all.len());
                    all.rotate_left(turn);
                    if dice.roll(2) == 0 {
                        all.reverse();
                        all = all.into_iter().map(|t| t + "'").collect();
                    }
                }
                format!("tr({})", all.join(" "))
            }
            Tree::Inner(a, b) => {
                let (a, b) = (group(a.text(dice)), group(b.text(dice)));
                if dice.as_mut().is_some_and(|d| d.roll(2) == 0) { format!("{b}' {a}") } else { format!("{a}' {b}") }
            }
            Tree::Around(before, t, after) => format!("{before}{}{after}", t.text(dice)),
        }
    }
}

fn draw(dice: &mut Dice, kind: Kind, depth: usize) -> Tree {
    use Kind::{M, N, Scalar, Square, Wide};
    if depth == 0 || dice.roll(5) == 0 {
        let leaves: &[&'static str] = match kind {
            Scalar => &["a", "b", "2", "1/2", "n", "log det(a^2 S)", "tr(A C)"],
            N => &["x", "y", "A x", "B' z"],
            M => &["z", "B x", "B y"],
            Square => &["A", "C", "S", "K", "D", "Q", "A'", "x y'", "B' B", "eye(n)"],
            Wide => &["B", "z x'", "B A"],
        };
        return Tree::Leaf(leaves[dice.roll(leaves.len())]);
    }
    let choice = dice.roll(12);
    let mut of = |kind| Box::new(draw(dice, kind, depth - 1));
    match (kind, choice) {
        (_, 0 | 1) => Tree::Sum(vec![(false, *of(kind)), (false, *of(kind)), (true, *of(kind))]),
        (_, 2) => Tree::Sum(vec![(false, *of(kind)), (true, *of(kind))]),
        (Scalar, 3) => Tree::Scaled(of(Scalar), of(Scalar)),
        (_, 3) => Tree::Scaled(of(Scalar), of(kind)),
        (Scalar, 4) => Tree::Inner(of(N), of(N)),
        (Scalar, 5) => Tree::Trace(vec![*of(Square), *of(Square)]),
        (Scalar, 6) => Tree::Chain(vec![Tree::Turned(of(M)), *of(Wide), *of(N)]),
        (Scalar, 7) => Tree::Around("norm(", of(N), ")^2"),
        (Scalar, 8) => Tree::Around("sum(sin(", of(M), "))"),
        (Scalar, 9) => Tree::Around("logsumexp(", of(N), ")"),
        (Scalar, 10) => Tree::Around("1/(1 + exp(", of(Scalar), "))"),
        (Scalar, _) => Tree::Around("log(1 + norm(", of(N), ")^2)"),
        (N, 4) => Tree::Chain(vec![*of(Square), *of(N)]),
        (N, 5) => Tree::Chain(vec![Tree::Turned(of(Wide)), *of(M)]),
        (N, 6) => Tree::Around("tanh(", of(N), ")"),
        (N, 7) => Tree::Entrywise(vec![*of(N), *of(N)]),
        (N, 8) => Tree::Around("diag(", of(Square), ")"),
        (N, 9) => Tree::Around("inv(S) (", of(N), ")"),
        (N, 10) => Tree::Around("sigmoid(", of(N), ")"),
        (N, _) => Tree::Around("softmax(", of(N), ")"),
        (M, 4 | 5) => Tree::Chain(vec![*of(Wide), *of(N)]),
        (M, 6) => Tree::Around("sigmoid(", of(M), ")"),
        (M, 7) => Tree::Entrywise(vec![*of(M), *of(M)]),
        (M, _) => Tree::Around("B (", of(N), ")"),
        (Square, 4 | 5) => Tree::Chain(vec![*of(Square), *of(Square)]),
        (Square, 6) => Tree::Turned(of(Square)),
        (Square, 7) => Tree::Chain(vec![*of(N), Tree::Turned(of(N))]),
        (Square, 8) => Tree::Around("inv(S + (", Box::new(Tree::Chain(vec![*of(N), Tree::Turned(of(N))])), "))"),
        (Square, 9) => Tree::Entrywise(vec![*of(Square), *of(Square)]),
        (Square, 10) => Tree::Around("diag(", of(N), ")"),
        (Square, _) => Tree::Chain(vec![Tree::Turned(of(Wide)), *of(Wide)]),
        (Wide, 4 | 5) => Tree::Chain(vec![*of(Wide), *of(Square)]),
        (Wide, 6) => Tree::Chain(vec![*of(M), Tree::Turned(of(N))]),
        (Wide, 7) => Tree::Around("exp((", of(Wide), ") / 4)"),
        (Wide, _) => Tree::Entrywise(vec![*of(Wide), *of(Wide)]),
    }
}

/// What a text simplifies to, not checked; nothing where the tool says that it cannot.
fn simplified(session: &Session, text: &str) -> Option<String> {
    match common::line(session, Task::Simplify, text, &[], Format::Plain) {
        Ok(line) => Some(line),
        Err(error) if matches!(error.fault, Fault::Unsupported | Fault::Ambiguous) => None,
        Err(error) => panic!("{text}: {}", error.render(text, false)),
    }
}

/// Whether two answers have one normal form.
fn one_form(session: &Session, a: &str, b: &str) -> bool {
    a == b || matches!(session.equal(a, b).map(|c| c.verdict), Ok(Verdict::Equal(Evidence::NormalForm)))
}

#[test]
fn simplification_has_one_answer() {
    let mut session = common::session(DECLARATIONS, &[]);
    session.set_verify(false);
    // `SEED=7 cargo test --test confluence` looks elsewhere.
    let start: u64 = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(17);
    let kinds = [Kind::Scalar, Kind::N, Kind::Square, Kind::Wide];
    let (mut tried, mut again, mut shuffled) = (0, Vec::new(), Vec::new());
    for number in 0..CASES {
        let seed = u64::try_from(number).unwrap_or(0) * 7919 + start;
        let tree = draw(&mut Dice(seed), kinds[number % kinds.len()], 3);
        let text = tree.text(&mut None);
        let Some(once) = simplified(&session, &text) else { continue };
        tried += 1;
        if let Relation::Different(why) = common::relation(DECLARATIONS, &[], &text, &once) {
            panic!("{text} became {once}: {why}");
        }
        match simplified(&session, &once) {
            Some(twice) if one_form(&session, &once, &twice) => {}
            twice => again.push(format!("{text}\n  once  {once}\n  twice {}", twice.unwrap_or_default())),
        }
        for round in 1..3 {
            let other = tree.text(&mut Some(Dice(seed + round)));
            match simplified(&session, &other) {
                Some(result) if one_form(&session, &once, &result) => {}
                result => {
                    shuffled.push(format!("{text}\n  {other}\n  is {once}\n  or {}", result.unwrap_or_default()));
                    break;
                }
            }
        }
    }
    println!("{tried} tried; {} change when simplified again:\n{}", again.len(), again.join("\n"));
    println!("{} depend on how they were written:\n{}", shuffled.len(), shuffled.join("\n"));
    assert!(tried > CASES * 9 / 10, "only {tried}");
    assert!(again.is_empty() && shuffled.is_empty(), "{} change again, {} depend on the writing", again.len(), shuffled.len());
}
