//! Whether two expressions are the same for all values: by normal form, by the laws, by random points.

use super::answer::Answer;
use super::counterexample::{self, Counterexample};
use super::joint::{self, Fit};
use super::{Session, Task};
use crate::base::{Diagnostic, Fault};
use crate::ir::{ExprId, Store, SymbolId};
use crate::num;
use crate::rewrite::Rewriter;
use serde_json::{Map, Value, json};

/// How sure it is that two expressions are equal.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// They have one normal form: proved.
    NormalForm,
    /// The laws of simplification make them the same: proved as far as the laws are.
    Laws(Vec<&'static str>),
    /// They agree exactly, modulo a prime, at random points: equal but for a chance far below 10⁻¹².
    Exact {
        /// The sizes at each point.
        sizes: Vec<String>,
    },
    /// They agree at random points, to this relative error.
    Points {
        /// How many.
        points: usize,
        /// The sizes at each.
        sizes: Vec<String>,
        /// The largest relative error.
        max_error: f64,
    },
}

/// How many sets of sizes are told.
const SIZES: usize = 4;

impl Evidence {
    /// One line for people.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Evidence::NormalForm => "by normal form".into(),
            Evidence::Laws(laws) if laws.is_empty() => "by simplification".into(),
            Evidence::Laws(laws) => format!("by simplification ({})", laws.join("; ")),
            Evidence::Exact { sizes } => format!("exactly, at {} random points modulo 2^61 - 1{}", sizes.len(), listed(sizes)),
            Evidence::Points { points, sizes, max_error } => {
                let sizes = listed(sizes);
                // A power of ten: the last digits differ from machine to machine.
                let within = 10f64.powf(max_error.max(1e-15).log10().ceil());
                format!("at {points} random points{sizes}, to within {within:.0e}")
            }
        }
    }

    pub(super) fn json(&self) -> Value {
        match self {
            Evidence::NormalForm => json!({ "by": "normal form" }),
            Evidence::Laws(laws) => json!({ "by": "simplification", "laws": laws }),
            Evidence::Exact { sizes } => json!({ "by": "exact values", "points": sizes.len() }),
            Evidence::Points { points, max_error, .. } => json!({ "by": "points", "points": points, "max_error": max_error }),
        }
    }
}

/// The sizes that occur, each once, in parentheses.
fn listed(sizes: &[String]) -> String {
    let mut each: Vec<&str> = Vec::new();
    for size in sizes.iter().filter(|s| !s.is_empty()) {
        if !each.contains(&size.as_str()) {
            each.push(size);
        }
    }
    let more = if each.len() > SIZES { "; …" } else { "" };
    each.truncate(SIZES);
    if each.is_empty() { String::new() } else { format!(" ({}{more})", each.join("; ")) }
}

/// What a comparison came to.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// They are the same wherever both exist.
    Equal(Evidence),
    /// They differ at a point.
    Different(Box<Counterexample>),
    /// They differ in shape: the two shapes.
    Shapes(String, String),
    /// No point was found where both exist: nothing is known.
    Undecided,
}

/// Two expressions compared.
pub struct Comparison {
    answer: Answer,
    texts: [String; 2],
    /// What came out.
    pub verdict: Verdict,
}

impl Session {
    /// Whether two expressions are the same for all values of their variables. Names and shapes are inferred from both together.
    ///
    /// # Errors
    /// When one of the inputs is wrong; the diagnostic carries the text that it is about.
    pub fn equal(&self, left: &str, right: &str) -> Result<Comparison, Diagnostic> {
        let sides = joint::read(self, [left, right])?;
        let mut store = Store::new();
        let mut together = joint::both(self, &mut store, [&sides[0], &sides[1]], Fit::Sibling, &[]);
        // What both sides say of a name, each for itself, is so: it is not changed to make a wrong pair fit.
        let settled = joint::settled(self, [&sides[0], &sides[1]]);
        let kept = |found: &joint::Joint| {
            let kinds = joint::kinds(&store, &found.input);
            settled.iter().all(|(name, kind)| kinds.iter().all(|(other, own)| other != name || own == kind))
        };
        let firm = (!together.as_ref().is_ok_and(kept)).then(|| joint::with_kinds(self, &settled));
        let session = firm.as_ref().unwrap_or(self);
        if firm.is_some() {
            store = Store::new();
            together = joint::both(session, &mut store, [&sides[0], &sides[1]], Fit::Sibling, &[]);
        }
        let found = match together {
            Ok(found) => found,
            // What has two different shapes is different, if each is an expression for itself.
            Err(error) if error.fault == Fault::Shape => {
                joint::both(session, &mut store, [&sides[0], &sides[1]], Fit::Free, &[]).map_err(|_| error)?
            }
            Err(error) => return Err(error),
        };
        let &[a, b] = &found.values[..] else { return Err(Diagnostic::new(Fault::Unsupported, "there are not two values to compare")) };
        let mut answer = Answer::new(Task::Simplify, left, sides[0].written, store, found.input);
        answer.input.root = a;
        let verdict = match fit_zero(&mut answer.store, a, b) {
            Some((a, b)) => decide(&mut answer.store, a, b, &[])?,
            None => Verdict::Shapes(answer.shape_text(a), answer.shape_text(b)),
        };
        answer.results.push(super::answer::Outcome::whole(b));
        Ok(Comparison { answer, texts: [left.to_owned(), right.to_owned()], verdict })
    }
}

/// Two expressions of one shape; a bare 0 is a zero of the other's shape. `None` where the shapes differ.
pub(super) fn fit_zero(store: &mut Store, a: ExprId, b: ExprId) -> Option<(ExprId, ExprId)> {
    let (left, right) = (store.shape(a), store.shape(b));
    if left == right {
        Some((a, b))
    } else if b == ExprId::ZERO {
        Some((a, store.zeros(left)))
    } else if a == ExprId::ZERO {
        Some((store.zeros(right), b))
    } else {
        None
    }
}

/// How many points must agree, in each of two runs.
const POINTS: usize = 6;

/// Compares two expressions of one shape.
///
/// # Errors
/// When the laws say that they are equal and a point says that they are not: a defect.
pub(super) fn decide(store: &mut Store, a: ExprId, b: ExprId, pairs: &[(SymbolId, SymbolId)]) -> Result<Verdict, Diagnostic> {
    if a == b {
        return Ok(Verdict::Equal(Evidence::NormalForm));
    }
    let laws = by_laws(store, a, b);
    let options = num::Options::default();
    let exactly = if laws.is_none() { num::check_exact(store, a, b, POINTS, options.seed) } else { num::Exactly::Unknown };
    if let num::Exactly::Equal(sizes) = exactly {
        return Ok(Verdict::Equal(Evidence::Exact { sizes }));
    }
    let found = by_points(store, a, b, pairs).and_then(|evidence| {
        // What is rational is decided, however near the two are.
        let differ = (exactly == num::Exactly::Different).then(|| num::widest(store, a, b, &options)).flatten();
        let differ = differ.or_else(|| counterexample::far(store, a, b)).map(|d| num::Failure::Disagrees(Box::new(d)));
        differ.or_else(|| num::check_apart(store, a, b, pairs, &options)).map_or(Ok(evidence), Err)
    });
    match found {
        Ok(Evidence::Points { .. }) if laws.is_some() => Ok(Verdict::Equal(Evidence::Laws(laws.unwrap_or_default()))),
        Ok(evidence) => Ok(Verdict::Equal(evidence)),
        Err(num::Failure::NoPoint) => Ok(laws.map_or(Verdict::Undecided, |laws| Verdict::Equal(Evidence::Laws(laws)))),
        Err(num::Failure::Disagrees(difference)) => {
            if laws.is_some() {
                let message = format!("the laws make the two sides equal, but they are not: {difference}");
                return Err(Diagnostic::new(Fault::Verification, message).hint("this is a defect of matdiff"));
            }
            Ok(Verdict::Different(Box::new(Counterexample::smallest(store, a, b, &difference))))
        }
    }
}

/// The laws that make the two the same, if they do.
fn by_laws(store: &mut Store, a: ExprId, b: ExprId) -> Option<Vec<&'static str>> {
    let difference = store.sub(a, b);
    if store.is_zero(difference) {
        return Some(Vec::new());
    }
    let mut rewriter = Rewriter::new();
    let zero = rewriter.simplify(store, difference);
    if store.is_zero(zero) {
        return Some(rewriter.take_used());
    }
    let mut rewriter = Rewriter::new();
    let (a, b) = (rewriter.simplify(store, a), rewriter.simplify(store, b));
    (a == b).then(|| rewriter.take_used())
}

/// Whether the two agree at random points. A single point that tells them apart counts only if another run finds one too:
/// rounding near a singularity does not come twice.
pub(super) fn by_points(store: &Store, a: ExprId, b: ExprId, pairs: &[(SymbolId, SymbolId)]) -> Result<Evidence, num::Failure> {
    let mut evidence: Option<Evidence> = None;
    for run in 0..2u64 {
        let default = num::Options::default();
        let options = num::Options { points: POINTS, seed: default.seed ^ (run << 32), ..default };
        match num::check_equal(store, a, b, pairs, &options) {
            Ok(report) => {
                let sizes = report.sizes;
                evidence = match evidence.take() {
                    Some(Evidence::Points { points, sizes: mut all, max_error }) => {
                        all.extend(sizes);
                        let max_error = max_error.max(report.max_error);
                        Some(Evidence::Points { points: points + report.points, sizes: all, max_error })
                    }
                    _ => Some(Evidence::Points { points: report.points, sizes, max_error: report.max_error }),
                };
            }
            Err(failure @ num::Failure::Disagrees(_)) => return Err(failure),
            Err(num::Failure::NoPoint) => {}
        }
    }
    evidence.ok_or(num::Failure::NoPoint)
}

impl Comparison {
    /// Whether they are equal; `None` where it could not be decided.
    #[must_use]
    pub fn equal(&self) -> Option<bool> {
        match self.verdict {
            Verdict::Equal(_) => Some(true),
            Verdict::Different(_) | Verdict::Shapes(..) => Some(false),
            Verdict::Undecided => None,
        }
    }

    /// What was assumed while reading.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        self.answer.notes()
    }

    /// What both sides assume: an inverse exists, a logarithm's argument is positive.
    pub fn conditions(&mut self) -> Vec<String> {
        self.answer.conditions_for(false)
    }

    /// The verdict in one word, and on further lines how sure it is and under which conditions, or where the two differ.
    pub fn text(&mut self) -> Vec<String> {
        match self.verdict.clone() {
            Verdict::Equal(evidence) => {
                let mut lines = vec!["equal".to_owned(), evidence.text()];
                lines.extend(self.conditions().into_iter().map(|c| format!("assuming {c}")));
                lines
            }
            Verdict::Different(at) => {
                let point = at.point();
                let first = if point.is_empty() { Vec::new() } else { vec![format!("at {point}")] };
                let values = [format!("left:  {}", at.left), format!("right: {}", at.right)];
                std::iter::once("different".to_owned()).chain(first).chain(values).collect()
            }
            Verdict::Shapes(left, right) => {
                vec!["different".into(), format!("in shape: the left side is {left}, the right side {right}")]
            }
            Verdict::Undecided => vec!["undecided".into(), "no point was found where both sides are defined and finite".into()],
        }
    }

    /// The comparison as one object.
    pub fn json(&mut self) -> Value {
        let object = self.answer.json();
        let mut out = Map::new();
        out.insert("command".into(), json!("equal"));
        out.insert("input".into(), json!(self.texts));
        let mut take = |key: &str| out.insert(key.into(), object.get(key).cloned().unwrap_or_default());
        take("variables");
        out.insert("conditions".into(), json!(self.conditions()));
        out.insert("equal".into(), json!(self.equal()));
        match &self.verdict {
            Verdict::Equal(evidence) => drop(out.insert("evidence".into(), evidence.json())),
            Verdict::Different(at) => drop(out.insert("counterexample".into(), at.json())),
            Verdict::Shapes(left, right) => drop(out.insert("shapes".into(), json!([left, right]))),
            Verdict::Undecided => {}
        }
        Value::Object(out)
    }
}
