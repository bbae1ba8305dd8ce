//! A derivation of the user's own, checked line by line: each line against the one before.

use super::answer::{Answer, Outcome};
use super::check;
use super::compare::{Evidence, Verdict, decide, fit_zero};
use super::diagnose::{self, Case};
use super::joint::{self, Side};
use super::mistake::{Diagnosis, Mistake};
use super::rows::{Item, Stage, items};
use super::tasks::{self, Target};
use super::{Format, Session, Task};
use crate::base::{Diagnostic, Fault};
use crate::calculus;
use crate::elab::{Goal, Variable};
use crate::ir::{ExprId, Facts, Node, Store, SymbolId};
use crate::rewrite::Rewriter;
use crate::show::{self, Style};
use crate::syntax::Written;
use serde_json::{Value, json};

impl Stage {
    fn noun(self) -> &'static str {
        match self {
            Stage::Function => "function",
            Stage::Differential => "differential",
            Stage::Gradient => "gradient",
        }
    }
}

/// What became of a line.
#[derive(Clone, Debug)]
pub enum LineVerdict {
    /// It follows from the line before.
    Right(Evidence),
    /// It does not, and why.
    Wrong(Diagnosis),
    /// No point was found where both lines exist.
    Undecided,
}

/// A line of a derivation with what became of it.
#[derive(Clone, Debug)]
pub struct CheckedLine {
    /// Its number in the text, from 1.
    pub number: usize,
    /// The expression as it was written.
    pub text: String,
    /// What became of it.
    pub verdict: LineVerdict,
}

/// A derivation that has been checked up to its first wrong line.
pub struct CheckedDerivation {
    answer: Answer,
    /// The lines in order; the last one is wrong, if one is.
    pub lines: Vec<CheckedLine>,
    /// How the line before the first wrong one prints, or what it should have followed from.
    expected: Option<(ExprId, String)>,
}

impl Session {
    /// Whether each line of a derivation follows from the one before. A line is an expression of the function, of its differential
    /// (in `dX`) or of its gradient, with or without a label (`f =`, `df =`, `∇f =`); one line may hold several, joined by `=`.
    /// LaTeX is split at `\\`, and `&` is passed over.
    ///
    /// # Errors
    /// When a line is no expression; the diagnostic carries the line.
    pub fn check_derivation(&self, text: &str, wrt: &[&str], derivation: &str) -> Result<CheckedDerivation, Diagnostic> {
        let targets = tasks::targets(wrt)?;
        if targets.is_empty() {
            return Err(Diagnostic::new(Fault::Usage, "which variable is the derivative taken by").hint("name it: --wrt X"));
        }
        let written = self.dialect.of(derivation);
        let items = items(derivation, written == Written::Latex, &targets);
        let Some(first) = items.first() else {
            return Err(Diagnostic::new(Fault::Usage, "the derivation has no lines").hint("one line a step: df = 2 (X w - y)' X dw"));
        };
        let [own, _] = joint::read(self, [text, &first.text])?;
        let mut store = Store::new();
        let input = joint::first(self, &mut store, &own, Goal::Scalar, &tasks::names(&targets))?;
        let answer = Answer::new(Task::Gradient, text, own.written, store, input);
        let mut walk = Walk { session: self, answer, targets, pairs: Vec::new(), truth: [None; 3] };
        walk.start()?;
        walk.check(&own, &items, written)
    }
}

/// The check under way.
struct Walk<'a> {
    session: &'a Session,
    answer: Answer,
    targets: Vec<Target>,
    pairs: Vec<(SymbolId, SymbolId)>,
    /// Function, differential and gradient, as far as they have been asked for.
    truth: [Option<ExprId>; 3],
}

impl Walk<'_> {
    /// Declares the differentials.
    fn start(&mut self) -> Result<(), Diagnostic> {
        for target in self.targets.clone() {
            let x = tasks::variable(&mut self.answer, &target)?;
            tasks::differential_symbol(&mut self.answer, x, &target.spelling);
        }
        self.pairs = tasks::symbols(&self.answer.store, &self.answer.differentials);
        self.truth[0] = Some(self.answer.input.root);
        Ok(())
    }

    /// What a line of this stage should be.
    fn truth(&mut self, stage: Stage) -> Result<ExprId, Diagnostic> {
        let at = stage as usize;
        if let Some(known) = self.truth[at] {
            return Ok(known);
        }
        let root = self.answer.input.root;
        let value = match stage {
            Stage::Function => root,
            Stage::Differential => {
                let pairs = self.answer.differentials.clone();
                let raw = calculus::differential(&mut self.answer.store, root, &pairs).map_err(|r| tasks::refused(&mut self.answer, &r))?;
                Rewriter::new().simplify(&mut self.answer.store, raw)
            }
            Stage::Gradient => {
                let [target] = &self.targets[..] else {
                    return Err(Diagnostic::new(Fault::Usage, "the gradient of a derivation is by one variable").hint("--wrt X"));
                };
                let x = tasks::variable(&mut self.answer, target)?;
                let value = tasks::one_gradient(self.session, &mut self.answer, &mut Rewriter::new(), root, x)?;
                self.answer.results.push(Outcome::new(x, value));
                value
            }
        };
        self.truth[at] = Some(value);
        Ok(value)
    }

    fn check(mut self, own: &Side, items: &[Item], written: Written) -> Result<CheckedDerivation, Diagnostic> {
        let mut lines: Vec<CheckedLine> = Vec::new();
        let mut before: Option<(Stage, ExprId)> = None;
        for item in items {
            let side = joint::another(self.session, own, &item.text, written)?;
            let value = match self.read(own, &side, before.map(|b| b.1)) {
                Ok(value) => value,
                Err(error) if error.fault == Fault::Shape && error.source.as_deref() == Some(item.text.as_str()) => {
                    let diagnosis = Diagnosis { mistake: Mistake::Shape, text: check::sizes_text(&error, &item.text) };
                    let verdict = LineVerdict::Wrong(diagnosis);
                    lines.push(CheckedLine { number: item.number, text: item.text.clone(), verdict });
                    let noun = "line before".to_owned();
                    let expected = before.map(|(_, id)| (id, noun));
                    return Ok(CheckedDerivation { answer: self.answer, lines, expected });
                }
                Err(error) => return Err(error),
            };
            let stages = self.stages(item, value, before);
            let mut verdict = None;
            for &stage in &stages {
                let wanted = match before {
                    Some((last, id)) if last == stage => id,
                    _ => self.truth(stage)?,
                };
                let found = self.compare(value, wanted)?;
                if matches!(found, Verdict::Equal(_)) || verdict.is_none() {
                    let done = matches!(found, Verdict::Equal(_));
                    verdict = Some((stage, wanted, found));
                    if done {
                        break;
                    }
                }
            }
            let Some((stage, wanted, found)) = verdict else { continue };
            let same = before.is_some_and(|(last, _)| last == stage);
            let line = |verdict: LineVerdict| CheckedLine { number: item.number, text: item.text.clone(), verdict };
            match found {
                Verdict::Equal(evidence) => {
                    lines.push(line(LineVerdict::Right(evidence)));
                    let store = &mut self.answer.store;
                    before = Some((stage, fit_zero(store, value, wanted).map_or(value, |v| v.0)));
                }
                Verdict::Undecided => {
                    lines.push(line(LineVerdict::Undecided));
                    before = Some((stage, value));
                }
                Verdict::Different(_) | Verdict::Shapes(..) => {
                    let noun = if same { "line before" } else { stage.noun() };
                    let diagnosis = self.diagnose(value, wanted, noun);
                    lines.push(line(LineVerdict::Wrong(diagnosis)));
                    return Ok(CheckedDerivation { answer: self.answer, lines, expected: Some((wanted, noun.to_owned())) });
                }
            }
        }
        Ok(CheckedDerivation { answer: self.answer, lines, expected: None })
    }

    /// The value of a line, with the names of the function and its differentials.
    fn read(&mut self, own: &Side, side: &Side, before: Option<ExprId>) -> Result<ExprId, Diagnostic> {
        let mut known: Vec<Variable> = self.answer.input.variables.clone();
        for &(_, d) in &self.answer.differentials {
            if let Node::Symbol(symbol) = *self.answer.store.node(d) {
                let info = self.answer.store.symbol_info(symbol);
                let (name, spelling) = (info.name.clone(), info.spelling.clone());
                known.push(Variable { name, spelling, symbol, expr: Some(d), family: Vec::new(), declared: true });
            }
        }
        let shaped = before.unwrap_or(self.answer.input.root);
        joint::fitted(self.session, &mut self.answer.store, [own, side], shaped, &known).map(|joint| {
            let new: Vec<Variable> = joint.input.variables.into_iter().filter(|v| !known.iter().any(|k| k.symbol == v.symbol)).collect();
            self.answer.input.variables.extend(new);
            joint.values.get(1).copied().unwrap_or(ExprId::ZERO)
        })
    }

    /// What a line may be, the likeliest first.
    fn stages(&mut self, item: &Item, value: ExprId, before: Option<(Stage, ExprId)>) -> Vec<Stage> {
        if let Some(stage) = item.label {
            return vec![stage];
        }
        let store = &self.answer.store;
        let differentials: Vec<ExprId> = self.answer.differentials.iter().map(|d| d.1).collect();
        if store.depends_on(value, &differentials) {
            return vec![Stage::Differential];
        }
        let mut stages: Vec<Stage> =
            before.map(|b| b.0).into_iter().filter(|&s| s != Stage::Differential || store.is_zero(value)).collect();
        let function = store.is_scalar(value);
        let x = self.targets.first().and_then(|t| self.answer.input.variables.iter().find(|v| v.name == t.name)).and_then(|v| v.expr);
        let gradient = self.targets.len() == 1 && x.is_some_and(|x| store.shape(x) == store.shape(value));
        for (stage, fits) in [(Stage::Function, function), (Stage::Gradient, gradient || !function)] {
            if fits && !stages.contains(&stage) {
                stages.push(stage);
            }
        }
        stages
    }

    fn compare(&mut self, value: ExprId, wanted: ExprId) -> Result<Verdict, Diagnostic> {
        let store = &mut self.answer.store;
        match fit_zero(store, value, wanted) {
            Some((a, b)) => decide(store, a, b, &self.pairs),
            None => Ok(Verdict::Shapes(String::new(), String::new())),
        }
    }

    fn diagnose(&mut self, value: ExprId, wanted: ExprId, noun: &'static str) -> Diagnosis {
        let f = self.answer.input.root;
        let claim = fit_zero(&mut self.answer.store, value, wanted).map_or(value, |v| v.0);
        let variable = self.targets.first().map(|t| t.spelling.clone()).unwrap_or_default();
        let store = &mut self.answer.store;
        let mut case = Case { store, f, facts: Facts::NONE, gradient: false, right: wanted, ambient: wanted, claim, noun, variable };
        diagnose::diagnose(&mut case)
    }
}

impl CheckedDerivation {
    /// Whether every line follows; `None` where one could not be decided.
    #[must_use]
    pub fn right(&self) -> Option<bool> {
        if self.lines.iter().any(|l| matches!(l.verdict, LineVerdict::Wrong(_))) {
            return Some(false);
        }
        self.lines.iter().all(|l| matches!(l.verdict, LineVerdict::Right(_))).then_some(true)
    }

    /// What was assumed while reading.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        self.answer.notes()
    }

    /// The habits of LaTeX output.
    pub fn set_style(&mut self, style: Style) {
        self.answer.style = style;
    }

    /// The verdict; every line with a mark; for the first wrong one what is wrong and what it should have been.
    pub fn text(&mut self, format: Format) -> Vec<String> {
        let style = Style { format, ..self.answer.style };
        let (right, wrong, unknown) = if format == Format::Ascii { ("ok   ", "wrong", "?    ") } else { ("✓", "✗", "?") };
        let mut lines = Vec::new();
        lines.push(match (self.right(), self.lines.last()) {
            (Some(true), _) => "correct".to_owned(),
            (Some(false), Some(last)) => match &last.verdict {
                LineVerdict::Wrong(diagnosis) => format!("wrong: in line {}, {}", last.number, diagnosis.text),
                _ => "wrong".to_owned(),
            },
            _ => "undecided: for the lines marked ? no point was found where they are defined and finite".to_owned(),
        });
        for line in &self.lines {
            let mark = match line.verdict {
                LineVerdict::Right(_) => right,
                LineVerdict::Wrong(_) => wrong,
                LineVerdict::Undecided => unknown,
            };
            lines.push(format!("{mark} {}", line.text));
        }
        if let Some((id, noun)) = self.expected.clone() {
            lines.push(format!("the {noun} is {}", show::show(&mut self.answer.store, id, &style, &[])));
        }
        lines
    }

    /// The check as one object.
    pub fn json(&mut self) -> Value {
        let style = Style::new(Format::Plain);
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                let mut object = json!({ "line": line.number, "text": line.text });
                let (key, value) = match &line.verdict {
                    LineVerdict::Right(evidence) => ("evidence", evidence.json()),
                    LineVerdict::Wrong(diagnosis) => ("diagnosis", json!({ "kind": diagnosis.mistake.word(), "text": diagnosis.text })),
                    LineVerdict::Undecided => ("undecided", json!(true)),
                };
                object[key] = value;
                object
            })
            .collect();
        let expected = self.expected.clone().map(|(id, _)| show::show(&mut self.answer.store, id, &style, &[]));
        json!({ "command": "check", "kind": "derivation", "input": self.answer.text, "correct": self.right(), "lines": lines, "expected": expected })
    }
}
