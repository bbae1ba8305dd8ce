//! The stationary point: the gradient, solved for its variables, tried numerically.

use super::answer::{Answer, Outcome};
use super::law::said;
use super::tasks::{Target, accept, refused, variable};
use super::{Session, opening};
use crate::base::{Diagnostic, Fault};
use crate::ir::{ExprId, Node, Store};
use crate::ops;
use crate::show::{self, Format, Style};
use crate::solve::{self, Equation, Extremum, Hardness, Kind, Reason, Recognised, Solution, Unsolved};

/// How the law of the line that is the Lagrangian begins.
const LAGRANGIAN: &str = "the Lagrangian";

pub(super) fn stationary(session: &Session, answer: &mut Answer, targets: &[Target], constraints: &[ExprId]) -> Result<(), Diagnostic> {
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
    let constraints = &binding(session, answer, constraints);
    let solution =
        solve::stationary(&mut answer.store, root, &unknowns, constraints, session.goal).map_err(|e| unsolved(answer, &unknowns, e))?;
    for (at, (&x, &value)) in unknowns.iter().zip(&solution.values).enumerate() {
        let code = solution.codes.get(at).copied();
        answer.results.push(Outcome { code, ..Outcome::new(x, value) });
    }
    remarks(answer, &unknowns, &solution);
    if session.steps {
        let (f, variables) = solution.posed;
        // A member of a family moves with the others: its differential is no line of its own.
        if variables.iter().all(|&x| matches!(answer.store.node(x), Node::Symbol(_))) {
            answer.opening = opening::lines(answer, f, &variables, !session.unverified)?;
        }
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

/// The constraints without those that hold anyway, of which a note tells.
fn binding(session: &Session, answer: &mut Answer, constraints: &[ExprId]) -> Vec<ExprId> {
    let (idle, binding): (Vec<_>, Vec<_>) = constraints.iter().enumerate().partition(|(_, c)| answer.store.is_zero(**c));
    for (at, _) in idle {
        let text = session.constraints.get(at).map_or("", |c| c.trim());
        answer.input.notes.push(format!("the constraint {text} holds already: it binds nothing"));
    }
    binding.into_iter().map(|(_, &c)| c).collect()
}

/// What else is stationary.
fn remarks(answer: &mut Answer, unknowns: &[ExprId], solution: &Solution) {
    let style = Style::new(Format::Plain);
    if let Some(instead) = solution.instead {
        let text = show::show_inline(&mut answer.store, instead, &style);
        answer.input.notes.push(format!("solved for {text}, of which the objective is an increasing function"));
    }
    for &x in &solution.scale_free {
        if unknowns.contains(&x) {
            let name = show::show_inline(&mut answer.store, x, &style);
            answer.input.notes.push(format!("the length of {name} is free: every positive multiple is stationary too"));
        }
    }
    for &s in &solution.positive {
        answer.assumed.push((s, "is positive"));
    }
    answer.assumed.extend(&solution.within);
    if let Some(kind) = &solution.kind {
        let text = kind_text(answer, kind);
        answer.input.notes.push(text);
        answer.kind = Some(kind.what.word());
    }
    if let Some((gram, least)) = solution.fallback {
        let text = show::show_inline(&mut answer.store, least, &style);
        let part = show::show_inline(&mut answer.store, gram, &style);
        answer.input.notes.push(format!("where {part} is singular, {text} is the minimizer of least norm"));
    }
    if let [x] = *unknowns {
        let name = show::show_inline(&mut answer.store, x, &style);
        if let Some(recognised) = solution.recognised {
            let text = recognised_text(answer, x, solution.values[0], recognised);
            answer.input.notes.push(format!("{name} {text}"));
        }
        for (other, kind) in &solution.others {
            let value = show::show_inline(&mut answer.store, *other, &style);
            let what = kind.as_ref().map(|k| format!(": the {}", k.what.word())).unwrap_or_default();
            answer.input.notes.push(format!("{name} = {value} is stationary too{what}"));
        }
    }
}

/// What is known of the value in words.
fn recognised_text(answer: &mut Answer, x: ExprId, value: ExprId, recognised: Recognised) -> String {
    let style = Style::new(Format::Plain);
    let several = !answer.store.shape(x).is_column();
    match recognised {
        Recognised::Eigenvectors { of, largest, metric } => {
            let name = show::show_inline(&mut answer.store, x, &style);
            let of = show::show_inline(&mut answer.store, of, &style);
            let end = if largest { "largest" } else { "smallest" };
            let unit = ["maxeigvec", "mineigvec"].iter().any(|f| ops::args_of(&answer.store, value, f).is_some());
            match metric {
                Some(b) if several => {
                    let b = show::show_inline(&mut answer.store, b, &style);
                    format!(
                        "has generalised eigenvectors as columns, {of} {name} = {b} {name} Λ, for the {end} eigenvalues; any rotation of them does as well"
                    )
                }
                Some(b) => {
                    let b = show::show_inline(&mut answer.store, b, &style);
                    format!("is a generalised eigenvector, {of} {name} = λ {b} {name}, for the {end} λ")
                }
                None if several => {
                    format!("has orthonormal eigenvectors of {of} for its {end} eigenvalues as columns; any rotation of them does as well")
                }
                None if unit => format!("is a unit eigenvector of {of} for its {end} eigenvalue"),
                None => format!("is an eigenvector of {of} for its {end} eigenvalue"),
            }
        }
        Recognised::Polar { of, negated, .. } => {
            let of = show::show_inline(&mut answer.store, of, &style);
            let sign = if negated { "minus " } else { "" };
            format!("is {sign}the orthogonal polar factor of {of}: U Vᵀ where U S Vᵀ is its singular value decomposition")
        }
    }
}

/// `it is the minimum: the objective is convex`.
fn kind_text(answer: &mut Answer, kind: &Kind) -> String {
    let style = Style::new(Format::Plain);
    let mut conditions = Vec::new();
    for &s in &kind.positive {
        let definite = answer.store.shape(s).is_square() && !answer.store.is_scalar(s);
        let name = show::show_inline(&mut answer.store, s, &style);
        conditions.push(format!("{name} is positive{}", if definite { " definite" } else { "" }));
    }
    let only = if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) };
    let shape = if kind.what == Extremum::Maximum { "concave" } else { "convex" };
    let word = kind.what.word();
    match kind.reason {
        Reason::Convex => format!("it is the {word}{only}: the objective is {shape}"),
        Reason::Lagrangian => format!("it is the {word} on the constraint{only}: the Lagrangian is {shape}"),
        Reason::Definite => {
            let sign = if kind.what == Extremum::Maximum { "negative" } else { "positive" };
            format!("it is a local {word}: the second differential there is {sign}")
        }
        Reason::Indefinite => "it is a saddle: the second differential there takes both signs".into(),
        Reason::Spectrum => format!("it is the {word} on the constraint"),
        Reason::Quotient => format!("it is the {word}"),
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
        Unsolved::NotWanted(found) => none(format!("the only stationary point found is a {}", found.word())),
        Unsolved::NotBinding(c) => {
            let text = show::show_inline(&mut answer.store, c, &style);
            Diagnostic::new(Fault::Usage, format!("the constraint {text} = 0 holds for all unknowns or for none"))
        }
        Unsolved::Clash(left, right) => {
            let [left, right] = [left, right].map(|id| show::show_inline(&mut answer.store, id, &style));
            let message = format!("the constraints hold together only where {left} = {right}");
            Diagnostic::new(Fault::Usage, message).hint("give values for which that is so, in terms of one another")
        }
        Unsolved::Outside(x, value, lacking) => {
            let name = show::show_inline(&mut answer.store, x, &style);
            let value = show::show_inline(&mut answer.store, value, &style);
            none(format!("the only stationary point found, {name} = {value}, is not {lacking}, as {name} has to be"))
        }
        Unsolved::NoClosedForm(equations, form) => {
            let book = Style { ones: equations.len() > unknowns.len(), ..style };
            let names: Vec<String> = unknowns.iter().map(|&x| show::show_inline(&mut answer.store, x, &style)).collect();
            let lines: Vec<String> = equations.iter().map(|&g| format!("{} = 0", show::show_inline(&mut answer.store, g, &book))).collect();
            let why = solve::hardness(&mut answer.store, &equations, unknowns);
            let why = hardness_text(answer, &names.join(", "), &why);
            let form = form.map(|(value, open)| multiplier_text(answer, &names.join(", "), value, &open)).unwrap_or_default();
            let why = why + &form;
            let single = unknowns.len() == 1 && equations.len() == 1;
            none(format!("no closed form is known for {} in {}{why}", names.join(", "), lines.join(", "))).hint(if single {
                "-f numpy gives a step of Newton's method, grad the gradient itself"
            } else {
                "grad gives the gradient itself, for a numerical method"
            })
        }
    }
}

/// `; x = (A + nu I)⁻¹b where xᵀx - 1 = 0 at it`.
fn multiplier_text(answer: &mut Answer, name: &str, value: ExprId, open: &[ExprId]) -> String {
    let style = Style { ones: true, ..Style::new(Format::Plain) };
    let value = show::show_inline(&mut answer.store, value, &style);
    let equations: Vec<String> = open.iter().map(|&c| format!("{} = 0", show::show_inline(&mut answer.store, c, &style))).collect();
    let text = format!("; {name} = {value} with multipliers that solve {}", equations.join(", "));
    // What takes lines to read says no more than the equations.
    if text.chars().count() > READABLE { String::new() } else { text }
}

/// How long the form with multipliers may be in a message.
const READABLE: usize = 160;

/// What keeps an equation from being solved, in words.
fn hardness_text(answer: &mut Answer, name: &str, why: &Hardness) -> String {
    let style = Style::new(Format::Plain);
    match why {
        Hardness::Inside(calls) => {
            let mut texts: Vec<String> = Vec::new();
            for &call in calls {
                let text = show::show_inline(&mut answer.store, call, &style);
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
            format!(": transcendental, {name} is inside {}", texts.join(", "))
        }
        Hardness::Inverted(part) if matches!(answer.store.node(*part), Node::Symbol(_) | Node::Member(..)) => {
            format!(": {name} occurs with negative or fractional powers and otherwise as well")
        }
        Hardness::Inverted(part) => {
            let text = show::show_inline(&mut answer.store, *part, &style);
            format!(": {name} is inside {text}, which is inverted or rooted, and outside as well")
        }
        Hardness::Polynomial(degree) => format!(": a polynomial equation of degree {degree} in {name}"),
        Hardness::Secular => ": the multiplier solves a secular equation, as in a trust region".into(),
        Hardness::Unknown => String::new(),
    }
}

impl Answer {
    /// The equations that led to a solution, each with what was done.
    pub(super) fn equations_text(&mut self, format: Format) -> Vec<(String, String)> {
        let style = Style { format, ones: true, ..self.style };
        let mut lines = Vec::new();
        let lagrangian = self.equations.first().is_some_and(|e| e.law.starts_with(LAGRANGIAN));
        let d = if format == Format::Latex { "\\mathrm{d}" } else { "d" };
        let head = format!("{d}{}", if lagrangian { "L" } else { "f" });
        let opening = self.opening.clone();
        let mut opening: Vec<(String, String)> = opening
            .iter()
            .enumerate()
            .map(|(at, line)| {
                let text = line.show(&mut self.store, &style);
                let head = if at == 0 { head.clone() } else { " ".repeat(if format == Format::Latex { 0 } else { head.len() }) };
                (format!("{head} = {text}"), line.law(&self.store, format))
            })
            .collect();
        if !lagrangian {
            lines.append(&mut opening);
        }
        // What was solved is called by its name from then on, but not where it stands alone: mu = mu says nothing.
        let solved = self.solved();
        let side = |store: &mut Store, id: ExprId| {
            let names: Vec<show::Definition> = solved.iter().filter(|d| d.value != id).cloned().collect();
            if names.is_empty() {
                return show::show_inline(store, id, &style);
            }
            show::show_derivation(store, &[id], &style, &names).answers.concat()
        };
        for Equation { lhs, rhs, law } in self.equations.clone() {
            let left = side(&mut self.store, lhs);
            let right = if self.store.is_zero(rhs) { "0".into() } else { side(&mut self.store, rhs) };
            lines.push((format!("{left} = {right}"), said(&law, format)));
            lines.append(&mut opening);
        }
        lines
    }
}
