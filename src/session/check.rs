//! Whether a claimed derivative is right, and what is wrong with it where it is not.

use super::answer::{Answer, Outcome};
use super::compare::{Evidence, Verdict, decide, fit_zero};
use super::diagnose::{self, Case};
use super::joint::{self, Fit, Side};
use super::mistake::{Diagnosis, Mistake};
use super::tasks::{self, Target};
use super::{Format, Session, Task, derivatives, hessian, program};
use crate::base::{Diagnostic, Fault, Span};
use crate::calculus;
use crate::elab::{Goal, Variable};
use crate::ir::{ExprId, Facts, Node, Store};
use crate::num::{self, Failure};
use crate::rewrite::Rewriter;
use crate::show::{self, Style};
use crate::syntax;
use serde_json::{Map, Value, json};

/// What became of a claim.
#[derive(Clone, Debug)]
pub enum Claim {
    /// It is right.
    Right(Evidence),
    /// It is wrong, and why.
    Wrong(Diagnosis),
    /// Nothing could be found out: why.
    Undecided(String),
}

/// A claim that has been checked.
pub struct Check {
    answer: Answer,
    texts: [String; 2],
    /// Why there is no right answer to show, where there is none.
    refusal: Option<String>,
    /// What became of it.
    pub claim: Claim,
}

/// The right answer.
struct Right {
    /// The variable.
    x: ExprId,
    /// What the claim has to be.
    value: ExprId,
    /// Before it was projected onto the variable's space.
    ambient: ExprId,
}

impl Session {
    /// Whether `claim` is the derivative of an expression: the gradient, the Jacobian or the Hessian, in the layout and form of the
    /// session. The claim may use the names and definitions of the expression.
    ///
    /// # Errors
    /// When one of the inputs is wrong; the diagnostic carries the text that it is about.
    pub fn check(&self, task: Task, text: &str, wrt: &[&str], claim: &str) -> Result<Check, Diagnostic> {
        if !matches!(task, Task::Gradient | Task::Jacobian | Task::Hessian) {
            let message = format!("a claim is a gradient, a Jacobian or a Hessian, not `{}`", task.word());
            return Err(Diagnostic::new(Fault::Usage, message));
        }
        let targets = tasks::targets(wrt)?;
        if targets.is_empty() || targets.len() > 1 && task != Task::Hessian {
            let message = if targets.is_empty() { "which variable is the derivative taken by" } else { "a claim is about one variable" };
            return Err(Diagnostic::new(Fault::Usage, message).hint("name it: --wrt X"));
        }
        let claim = program::claimed(claim);
        let claim = claim.as_str();
        let sides = joint::read(self, [text, claim])?;
        let wanted = tasks::names(&targets);
        // What the names are is the expression's to say: a claim that does not fit them is wrong, not another question. Only
        // where the expression itself has several readings does the claim tell which is meant.
        let mut check = match Check::new(self, task, &sides, Reading::Alone, &wanted) {
            Err(error) if error.fault == Fault::Ambiguous => {
                Check::new(self, task, &sides, Reading::Together, &wanted).map_err(|_| error)?
            }
            read => read?,
        };
        match check.decide(self, &targets, &sides) {
            Err(error) if error.fault == Fault::Shape && error.source.as_deref() == Some(claim) => {
                // A slip may show best where sizes that the expression leaves open agree: the order of two factors.
                let together =
                    Check::new(self, task, &sides, Reading::Together, &wanted).ok().filter(|other| other.kinds() == check.kinds());
                let found = together.and_then(|mut other| match other.decide(self, &targets, &sides).ok().map(|()| other.claim) {
                    Some(Claim::Wrong(diagnosis)) if !matches!(diagnosis.mistake, Mistake::Other | Mistake::Shape) => Some(diagnosis),
                    _ => None,
                });
                let sizes = || Diagnosis { mistake: Mistake::Shape, text: sizes_text(&error, claim) };
                check.claim = Claim::Wrong(found.unwrap_or_else(sizes));
            }
            decided => decided?,
        }
        Ok(check)
    }
}

/// How the names of the expression are found out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// From the expression alone.
    Alone,
    /// From the expression and the claim.
    Together,
}

/// What does not fit in a claim, on one line.
pub(super) fn sizes_text(error: &Diagnostic, claim: &str) -> String {
    let part = |span: Span, label: &str| format!("`{}`: {label}", span.of(claim));
    let mut parts: Vec<String> = error.span.iter().filter(|_| !error.label.is_empty()).map(|&s| part(s, &error.label)).collect();
    parts.extend(error.notes.iter().map(|n| part(n.span, &n.text)));
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    format!("{}{parts}", error.message)
}

impl Check {
    /// Reads the expression.
    fn new(session: &Session, task: Task, sides: &[Side; 2], reading: Reading, wanted: &[String]) -> Result<Check, Diagnostic> {
        let mut store = Store::new();
        let goal = if task == Task::Jacobian { Goal::Any } else { Goal::Scalar };
        let input = match reading {
            Reading::Alone => joint::first(session, &mut store, &sides[0], goal, wanted)?,
            Reading::Together => {
                let joint = joint::both(session, &mut store, [&sides[0], &sides[1]], Fit::Free, &[])?;
                let mut input = joint.input;
                input.root = joint.values.first().copied().unwrap_or(input.root);
                if goal == Goal::Scalar && !store.is_scalar(input.root) {
                    return Err(Diagnostic::new(Fault::Shape, "this needs a scalar").of(sides[0].text.clone()));
                }
                input
            }
        };
        let answer = Answer::new(task, &sides[0].text, sides[0].written, store, input);
        let texts = [sides[0].text.clone(), sides[1].text.clone()];
        Ok(Check { answer, texts, refusal: None, claim: Claim::Undecided(String::new()) })
    }

    /// Derives the right answer, reads the claim and compares the two.
    fn decide(&mut self, session: &Session, targets: &[Target], sides: &[Side; 2]) -> Result<(), Diagnostic> {
        let right = self.right_answer(session, targets)?;
        let shaped = right.as_ref().map_or_else(|| self.variable(targets), |r| Ok(r.value))?;
        let claimed = self.claimed(session, [&sides[0], &sides[1]], shaped)?;
        self.claim = match right {
            Some(right) => self.compare(targets, &right, claimed)?,
            None => self.without_answer(targets, claimed)?,
        };
        Ok(())
    }

    /// Which names are numbers, columns and matrices.
    fn kinds(&self) -> Vec<(String, [bool; 2])> {
        joint::kinds(&self.answer.store, &self.answer.input)
    }

    fn variable(&mut self, targets: &[Target]) -> Result<ExprId, Diagnostic> {
        let Some(target) = targets.first() else { return Err(Diagnostic::new(Fault::Usage, "a variable is missing")) };
        tasks::variable(&mut self.answer, target)
    }

    /// What the claim should be; `None` where it cannot be written down, with the reason kept.
    fn right_answer(&mut self, session: &Session, targets: &[Target]) -> Result<Option<Right>, Diagnostic> {
        let x = self.variable(targets)?;
        let answer = &mut self.answer;
        let derived = match answer.task {
            Task::Jacobian => derivatives::jacobian(session, answer, targets),
            Task::Hessian => hessian::hessian(session, answer, targets),
            _ => {
                let mut rewriter = Rewriter::new();
                let root = answer.input.root;
                tasks::one_gradient(session, answer, &mut rewriter, root, x).map(|value| answer.results.push(Outcome::new(x, value)))
            }
        };
        match derived {
            Ok(()) => {}
            Err(error) if error.fault == Fault::Unsupported && answer.task == Task::Gradient => {
                self.refusal = Some(error.message);
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        let Some(value) = answer.results.first().map(|r| r.value) else { return Ok(None) };
        let mut ambient = value;
        if answer.task == Task::Gradient && calculus::linear_space(answer.store.facts(x)) != Facts::NONE {
            let root = answer.input.root;
            if let Ok(sweep) = calculus::gradients(&mut answer.store, root, &[x], false)
                && let Some(&free) = sweep.ambient.first()
            {
                ambient = Rewriter::new().simplify(&mut answer.store, free);
            }
        }
        Ok(Some(Right { x, value, ambient }))
    }

    /// The claim as an expression in the store of the answer, of the shape of `shaped` where it can be.
    fn claimed(&mut self, session: &Session, sides: [&Side; 2], shaped: ExprId) -> Result<ExprId, Diagnostic> {
        let answer = &mut self.answer;
        let mut known = answer.input.variables.clone();
        // The free index of `x_k` and the direction `V` of an operator are names that the claim may use.
        for id in answer.store.reachable(&[shaped, answer.input.root]) {
            if let Node::Symbol(symbol) = *answer.store.node(id)
                && !known.iter().any(|v| v.symbol == symbol)
            {
                let info = answer.store.symbol_info(symbol);
                let (name, spelling) = (info.name.clone(), info.spelling.clone());
                known.push(Variable { name, spelling, symbol, expr: Some(id), family: Vec::new(), declared: true });
            }
        }
        let joint = joint::fitted(session, &mut answer.store, sides, shaped, &known)?;
        let new: Vec<Variable> = joint.input.variables.into_iter().filter(|v| !known.iter().any(|k| k.symbol == v.symbol)).collect();
        let product = |v: &Variable| {
            let letters = syntax::as_product(&v.name)?;
            letters.iter().all(|letter| known.iter().any(|k| k.name == *letter)).then(|| letters.join(" "))
        };
        if let Some((joined, spaced)) = new.iter().find_map(|v| Some((v, product(v)?))) {
            let message = format!("`{}` is one name, which does not occur in the expression", joined.spelling);
            let mut error = Diagnostic::new(Fault::Name, message).of(sides[1].text.clone());
            if let Some(at) = sides[1].text.find(&joined.spelling) {
                error = error.at(Span::new(at, at + joined.spelling.len()));
            }
            return Err(error.hint(format!("write `{spaced}` for the product")));
        }
        if !new.is_empty() {
            let names: Vec<String> = new.iter().map(|v| format!("`{}`", v.spelling)).collect();
            let does = if names.len() == 1 { "does" } else { "do" };
            answer.input.notes.push(format!("the claim uses {}, which {does} not occur in the expression", names.join(", ")));
            answer.input.notes.extend(joint.input.notes);
            answer.input.variables.extend(new);
        }
        Ok(joint.values.get(1).copied().unwrap_or(ExprId::ZERO))
    }

    fn compare(&mut self, targets: &[Target], right: &Right, claimed: ExprId) -> Result<Claim, Diagnostic> {
        let noun = self.noun();
        let answer = &mut self.answer;
        let verdict = match fit_zero(&mut answer.store, claimed, right.value) {
            Some((claimed, value)) => decide(&mut answer.store, claimed, value, &[])?,
            None => Verdict::Shapes(String::new(), String::new()),
        };
        Ok(match verdict {
            Verdict::Equal(evidence) => Claim::Right(evidence),
            Verdict::Undecided => Claim::Undecided(format!("no point was found where the claim and the {noun} are defined and finite")),
            Verdict::Different(_) | Verdict::Shapes(..) => {
                let gradient = answer.task == Task::Gradient;
                let facts = if gradient { answer.store.facts(right.x) } else { Facts::NONE };
                let variable = targets.first().map(|t| t.spelling.clone()).unwrap_or_default();
                let claim = fit_zero(&mut answer.store, claimed, right.value).map_or(claimed, |c| c.0);
                let f = answer.input.root;
                let (right, ambient) = (right.value, right.ambient);
                let mut case = Case { store: &mut answer.store, f, facts, gradient, right, ambient, claim, noun, variable };
                Claim::Wrong(diagnose::diagnose(&mut case))
            }
        })
    }

    /// What is claimed.
    fn noun(&self) -> &'static str {
        match self.answer.task {
            Task::Jacobian => "Jacobian",
            Task::Hessian => "Hessian",
            _ => "gradient",
        }
    }

    /// The verdict where the gradient cannot be written down: by difference quotients alone.
    fn without_answer(&mut self, targets: &[Target], claimed: ExprId) -> Result<Claim, Diagnostic> {
        let x = self.variable(targets)?;
        let options = tasks::check_options(&mut self.answer, x);
        let store = &mut self.answer.store;
        let Some((symbol, _)) = tasks::symbol_of(store, x) else { return Ok(Claim::Undecided("it is not a variable".into())) };
        let (claimed, _) = fit_zero(store, claimed, x).unwrap_or((claimed, x));
        let report = num::check_gradient(store, self.answer.input.root, symbol, claimed, &options);
        self.answer.results.push(Outcome::new(x, claimed));
        Ok(match report {
            Ok(report) => Claim::Right(Evidence::Points { points: report.points, sizes: report.sizes, max_error: report.max_error }),
            Err(Failure::NoPoint) => Claim::Undecided("no point was found where the input is defined and smooth".into()),
            Err(Failure::Disagrees(difference)) => {
                let text = format!("it disagrees with the difference quotient: {difference}");
                Claim::Wrong(Diagnosis { mistake: Mistake::Other, text })
            }
        })
    }

    /// Whether the claim is right; `None` where it could not be decided.
    #[must_use]
    pub fn right(&self) -> Option<bool> {
        match self.claim {
            Claim::Right(_) => Some(true),
            Claim::Wrong(_) => Some(false),
            Claim::Undecided(_) => None,
        }
    }

    /// What was assumed while reading.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        self.answer.notes()
    }

    /// What the right answer assumes.
    pub fn conditions(&mut self) -> Vec<String> {
        self.answer.conditions()
    }

    /// The habits of LaTeX output.
    pub fn set_style(&mut self, style: Style) {
        self.answer.style = style;
    }

    /// The right answer; `None` where it cannot be written down.
    pub fn expected(&mut self, format: Format) -> Option<String> {
        if self.refusal.is_some() {
            return None;
        }
        let style = Style { format, ..self.answer.style };
        let lets = tasks::definitions(&self.answer.input);
        let value = self.answer.results.first()?.value;
        Some(show::show(&mut self.answer.store, value, &style, &lets))
    }

    /// The verdict, then how sure it is and under which conditions, or the diagnosis and the right answer.
    pub fn text(&mut self, format: Format) -> Vec<String> {
        let noun = self.noun();
        match self.claim.clone() {
            Claim::Right(evidence) => {
                let mut lines = vec!["correct".to_owned(), evidence.text()];
                lines.extend(self.conditions().into_iter().map(|c| format!("assuming {c}")));
                lines
            }
            Claim::Wrong(diagnosis) => {
                let answer = match (self.expected(format), &self.refusal) {
                    (Some(answer), _) => format!("the {noun} is {answer}"),
                    (None, Some(reason)) => format!("the {noun} is not known in closed form: {reason}"),
                    (None, None) => String::new(),
                };
                vec![format!("wrong: {}", diagnosis.text), answer]
            }
            Claim::Undecided(why) => vec!["undecided".into(), why],
        }
    }

    /// The check as one object.
    pub fn json(&mut self) -> Value {
        let object = self.answer.json();
        let mut out = Map::new();
        out.insert("command".into(), json!("check"));
        out.insert("kind".into(), json!(self.answer.task.word()));
        out.insert("input".into(), object.get("input").cloned().unwrap_or_default());
        out.insert("claim".into(), json!(self.texts[1]));
        let mut take = |key: &str| out.insert(key.into(), object.get(key).cloned().unwrap_or_default());
        take("variables");
        take("conditions");
        if self.refusal.is_none() {
            take("result");
        }
        out.insert("correct".into(), json!(self.right()));
        match &self.claim {
            Claim::Right(evidence) => drop(out.insert("evidence".into(), evidence.json())),
            Claim::Wrong(diagnosis) => {
                out.insert("diagnosis".into(), json!({ "kind": diagnosis.mistake.word(), "text": diagnosis.text }));
            }
            Claim::Undecided(why) => drop(out.insert("undecided".into(), json!(why))),
        }
        Value::Object(out)
    }
}
