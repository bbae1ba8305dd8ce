//! Whether a claimed derivative is right, and what is wrong with it where it is not.

use super::answer::{Answer, Outcome};
use super::compare::{Evidence, Verdict, decide, fit_zero};
use super::diagnose::{self, Case, Diagnosis, Mistake};
use super::joint::{self, Fit};
use super::tasks::{self, Target};
use super::{Format, Session, Task};
use crate::base::{Diagnostic, Fault};
use crate::calculus;
use crate::elab::{Goal, Variable};
use crate::ir::{ExprId, Node, Store};
use crate::num::{self, Failure};
use crate::rewrite::Rewriter;
use crate::show::{self, Style};
use serde_json::{Map, Value, json};

/// Which derivative is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    /// The gradient of a scalar.
    #[default]
    Gradient,
}

impl Kind {
    /// The word on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Gradient => "grad",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Kind::Gradient => "gradient",
        }
    }
}

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
    kind: Kind,
    texts: [String; 2],
    /// Why there is no right answer to show, where there is none.
    refusal: Option<String>,
    /// What became of it.
    pub claim: Claim,
}

impl Session {
    /// Whether `claim` is the derivative of an expression by a variable. The claim may use the names and definitions of the expression.
    ///
    /// # Errors
    /// When one of the inputs is wrong; the diagnostic carries the text that it is about.
    pub fn check(&self, kind: Kind, text: &str, wrt: &[&str], claim: &str) -> Result<Check, Diagnostic> {
        let targets = tasks::targets(wrt)?;
        let [target] = &targets[..] else {
            let message = if targets.is_empty() { "which variable is the derivative taken by" } else { "a claim is about one variable" };
            return Err(Diagnostic::new(Fault::Usage, message).hint("name it: --wrt X"));
        };
        let sides = joint::read(self, [text, claim])?;
        let mut store = Store::new();
        let input = joint::first(self, &mut store, &sides[0], Goal::Scalar)?;
        let mut answer = Answer::new(Task::Gradient, text, sides[0].latex, store, input);
        let x = tasks::variable(&mut answer, target).map_err(|e| if e.source.is_some() { e } else { e.of(text) })?;
        let claimed = claimed(self, &mut answer, [&sides[0], &sides[1]], target, x)?;
        let mut check =
            Check { answer, kind, texts: [text.to_owned(), claim.to_owned()], refusal: None, claim: Claim::Undecided(String::new()) };
        check.claim = check.gradient(self, target, x, claimed)?;
        Ok(check)
    }
}

/// The claim as an expression in the store of the answer.
fn claimed(session: &Session, answer: &mut Answer, sides: [&joint::Side; 2], target: &Target, x: ExprId) -> Result<ExprId, Diagnostic> {
    let mut known = answer.input.variables.clone();
    let plain = matches!(answer.store.node(x), Node::Symbol(_));
    if let Node::Member(_, index) = answer.store.node(x).clone() {
        // The free index of `x_k` is a name that the claim may use.
        for k in index {
            if let Node::Symbol(symbol) = *answer.store.node(k)
                && !known.iter().any(|v| v.symbol == symbol)
            {
                let info = answer.store.symbol_info(symbol);
                let (name, spelling) = (info.name.clone(), info.spelling.clone());
                known.push(Variable { name, spelling, symbol, expr: Some(k), family: Vec::new(), declared: true });
            }
        }
    }
    let fit = if plain { Fit::Variable(&target.name) } else { Fit::Free };
    let joint = joint::both(session, &mut answer.store, sides, fit, &known)
        .or_else(|_| joint::both(session, &mut answer.store, sides, Fit::Free, &known))?;
    let new: Vec<Variable> = joint.input.variables.into_iter().filter(|v| !known.iter().any(|k| k.symbol == v.symbol)).collect();
    if !new.is_empty() {
        let names: Vec<String> = new.iter().map(|v| format!("`{}`", v.spelling)).collect();
        let does = if names.len() == 1 { "does" } else { "do" };
        answer.input.notes.push(format!("the claim uses {}, which {does} not occur in the expression", names.join(", ")));
        answer.input.notes.extend(joint.input.notes);
        answer.input.variables.extend(new);
    }
    Ok(joint.values.get(1).copied().unwrap_or(ExprId::ZERO))
}

impl Check {
    fn gradient(&mut self, session: &Session, target: &Target, x: ExprId, claimed: ExprId) -> Result<Claim, Diagnostic> {
        let root = self.answer.input.root;
        let answer = &mut self.answer;
        let Some((symbol, index)) = tasks::symbol_of(&answer.store, x) else {
            return Err(Diagnostic::new(Fault::Unsupported, format!("`{}` is not a variable", target.spelling)));
        };
        let options = num::Options { index, ..num::Options::default() };
        let sweep = match calculus::gradients(&mut answer.store, root, &[x], false) {
            Ok(sweep) => sweep,
            Err(refusal) => {
                self.refusal = Some(tasks::refused(answer, &refusal).message);
                let zeros = answer.store.zeros(answer.store.shape(x));
                let (claimed, _) = fit_zero(&mut answer.store, claimed, zeros).unwrap_or((claimed, zeros));
                answer.results.push(Outcome { target: Some(x), value: claimed });
                return Ok(self.without_answer(num::check_gradient(&self.answer.store, root, symbol, claimed, &options)));
            }
        };
        let (Some(&gradient), Some(&ambient)) = (sweep.gradients.first(), sweep.ambient.first()) else {
            return Err(Diagnostic::new(Fault::Unsupported, "there is no gradient"));
        };
        let mut rewriter = Rewriter::new();
        let simple = rewriter.simplify(&mut answer.store, gradient);
        let simple = tasks::in_space(answer, &mut rewriter, simple, x);
        if !session.unverified
            && let Err(failure @ Failure::Disagrees(_)) = num::check_gradient(&answer.store, root, symbol, simple, &options)
        {
            let message = format!("matdiff's own gradient was withheld: {failure}");
            return Err(Diagnostic::new(Fault::Verification, message).hint("this is a defect of matdiff"));
        }
        let verdict = match fit_zero(&mut answer.store, claimed, simple) {
            Some((claimed, simple)) => decide(&mut answer.store, claimed, simple, &[])?,
            None => Verdict::Shapes(String::new(), String::new()),
        };
        answer.results.push(Outcome { target: Some(x), value: simple });
        Ok(match verdict {
            Verdict::Equal(evidence) => Claim::Right(evidence),
            Verdict::Undecided => Claim::Undecided("no point was found where the claim and the gradient are defined and finite".into()),
            Verdict::Different(_) | Verdict::Shapes(..) => {
                let facts = answer.store.facts(x);
                let variable = target.spelling.clone();
                let noun = self.kind.noun();
                let ambient = Rewriter::new().simplify(&mut answer.store, ambient);
                let claim = fit_zero(&mut answer.store, claimed, simple).map_or(claimed, |c| c.0);
                let mut case = Case { store: &mut answer.store, f: root, facts, right: simple, ambient, claim, noun, variable };
                Claim::Wrong(diagnose::diagnose(&mut case))
            }
        })
    }

    /// The verdict where the gradient cannot be written down: by difference quotients alone.
    fn without_answer(&self, report: Result<num::Report, Failure>) -> Claim {
        match report {
            Ok(report) => Claim::Right(Evidence::Points { points: report.points, sizes: report.sizes, max_error: report.max_error }),
            Err(Failure::NoPoint) => Claim::Undecided("no point was found where the input is defined and smooth".into()),
            Err(Failure::Disagrees(difference)) => Claim::Wrong(Diagnosis {
                mistake: Mistake::Other,
                text: format!("it disagrees with the difference quotient: {difference}"),
            }),
        }
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
        let noun = self.kind.noun();
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
        out.insert("kind".into(), json!(self.kind.word()));
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
