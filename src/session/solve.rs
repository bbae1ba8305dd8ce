//! The stationary point: the gradient, solved for its variables, tried numerically.

use super::Session;
use super::answer::{Answer, Outcome};
use super::law::said;
use super::tasks::{Target, accept, refused, variable};
use crate::base::{Diagnostic, Fault};
use crate::ir::ExprId;
use crate::show::{self, Format, Style};
use crate::solve::{self, Equation, Solution, Unsolved};

pub(super) fn stationary(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<(), Diagnostic> {
    if targets.is_empty() {
        return Err(Diagnostic::new(Fault::Usage, "which variable is it solved for").hint("name it: --wrt X"));
    }
    let mut unknowns: Vec<ExprId> = Vec::new();
    for target in targets {
        let x = variable(answer, target)?;
        if !unknowns.contains(&x) {
            unknowns.push(x);
        }
    }
    let root = answer.input.root;
    let solution = solve::stationary(&mut answer.store, root, &unknowns).map_err(|e| unsolved(answer, &unknowns, e))?;
    for (&x, &value) in unknowns.iter().zip(&solution.values) {
        answer.results.push(Outcome::new(x, value));
    }
    remarks(answer, &unknowns, &solution);
    if session.steps {
        answer.equations = solution.steps;
    }
    if !session.unverified {
        for (left, right) in solution.sides {
            let report = solve::confirm(&answer.store, left, right);
            accept(answer, report)?;
        }
    }
    Ok(())
}

/// What else is stationary.
fn remarks(answer: &mut Answer, unknowns: &[ExprId], solution: &Solution) {
    let style = Style::new(Format::Plain);
    for &x in &solution.scale_free {
        if unknowns.contains(&x) {
            let name = show::show_inline(&mut answer.store, x, &style);
            answer.input.notes.push(format!("the length of {name} is free: every positive multiple is stationary too"));
        }
    }
    for &s in &solution.positive {
        answer.assumed.push((s, "is positive"));
    }
    if let [x] = *unknowns {
        for &other in &solution.others {
            let (name, value) = (show::show_inline(&mut answer.store, x, &style), show::show_inline(&mut answer.store, other, &style));
            answer.input.notes.push(format!("{name} = {value} is stationary too"));
        }
    }
}

/// Why there is no answer, with the equation as far as it was brought.
fn unsolved(answer: &mut Answer, unknowns: &[ExprId], why: Unsolved) -> Diagnostic {
    let style = Style::new(Format::Plain);
    let none = |message: String| Diagnostic::new(Fault::NoClosedForm, message);
    match why {
        Unsolved::Gradient(refusal) => refused(answer, &refusal),
        Unsolved::Constrained(x, reason) => {
            let name = show::show_inline(&mut answer.store, x, &style);
            Diagnostic::new(Fault::Unsupported, format!("{name} {reason}"))
        }
        Unsolved::Degenerate(x, everywhere) => {
            let name = show::show_inline(&mut answer.store, x, &style);
            let what = if everywhere { "vanishes for every" } else { "does not depend on" };
            none(format!("there is nothing to solve: the gradient by {name} {what} {name}"))
        }
        Unsolved::NoClosedForm(equations) => {
            let names: Vec<String> = unknowns.iter().map(|&x| show::show_inline(&mut answer.store, x, &style)).collect();
            let lines: Vec<String> =
                equations.iter().map(|&g| format!("{} = 0", show::show_inline(&mut answer.store, g, &style))).collect();
            none(format!("no closed form is known for {} in {}", names.join(", "), lines.join(", ")))
                .hint("grad gives the gradient itself, for a numerical method")
        }
    }
}

impl Answer {
    /// The equations that led to a solution, each with what was done.
    pub(super) fn equations_text(&mut self, format: Format) -> Vec<(String, String)> {
        let style = Style { format, ..self.style };
        let mut lines = Vec::new();
        for Equation { lhs, rhs, law } in self.equations.clone() {
            let left = show::show_inline(&mut self.store, lhs, &style);
            let right = if self.store.is_zero(rhs) { "0".into() } else { show::show_inline(&mut self.store, rhs, &style) };
            lines.push((format!("{left} = {right}"), said(&law, format)));
        }
        lines
    }
}
