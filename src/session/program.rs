//! What a text says around its expression, given to the session: what is asked for, constraints, links of a chain.

use super::tasks::{self, Target};
use super::{Dialect, Session, Task, Verdict};
use crate::base::{Diagnostic, Fault, Span};
use crate::solve::Extremum;
use crate::syntax::{Asked, Ast, Written, program};

/// What a text asks for beside its expression.
pub(super) struct Posed {
    /// The session with what was said around the expression.
    pub session: Session,
    /// The variables.
    pub targets: Vec<Target>,
    /// What the reader has to know.
    pub notes: Vec<String>,
}

/// Takes up what a text says around its expression.
///
/// # Errors
/// A problem over other variables than those that are asked for; a derivative's sign that is not the question; a chain whose
/// links differ.
pub(super) fn posed(
    session: &Session,
    task: Task,
    text: &str,
    written: Written,
    ast: &Ast,
    targets: Vec<Target>,
) -> Result<Posed, Diagnostic> {
    let mut posed = Posed { session: session.clone(), targets, notes: Vec::new() };
    let page = &ast.page;
    if let Some(span) = page.derived {
        let error = Diagnostic::new(Fault::Unsupported, "this says what a derivative is, and not what the function is").at(span).of(text);
        return Err(error.hint("give the function alone; a derivative is judged by `matdiff check f --wrt w --claim '…'`"));
    }
    if let Some((name, span)) = &page.operator {
        posed.operator(task, text, name, *span)?;
    }
    if let Some(asked) = &page.asked {
        posed.asked(task, text, asked)?;
    }
    if let Some(first) = page.first {
        posed.chain(text, written, ast, first)?;
    }
    Ok(posed)
}

impl Posed {
    /// `\nabla_x` in front: the question itself, where it is asked by x.
    fn operator(&mut self, task: Task, text: &str, name: &str, span: Span) -> Result<(), Diagnostic> {
        let same = matches!(&self.targets[..], [only] if only.name == name);
        if same && matches!(task, Task::Gradient | Task::Jacobian) {
            self.notes.push(format!("`{}` is the question itself: it is asked once", span.of(text).trim()));
            return Ok(());
        }
        Err(Diagnostic::new(Fault::Unsupported, "a derivative is asked for with a command")
            .at(span)
            .of(text)
            .hint(format!("give the function alone: matdiff grad '…' --wrt {}", if name.is_empty() { "x" } else { name })))
    }

    /// `\min_w … \text{s.t.} …`.
    fn asked(&mut self, task: Task, text: &str, asked: &Asked) -> Result<(), Diagnostic> {
        let wanted: Vec<&str> = self.targets.iter().map(|t| t.name.as_str()).collect();
        let wrong = |message: String| Diagnostic::new(Fault::Usage, message).at(asked.span).of(text);
        if task != Task::Solve {
            if !asked.by.is_empty() && wanted.iter().any(|name| !asked.by.iter().any(|by| by == name)) {
                let sign = if asked.most { "maximum" } else { "minimum" };
                let message =
                    format!("this is a {sign} over {}, which has no formula as a function of {}", asked.by.join(", "), wanted.join(", "));
                let error = Diagnostic::new(Fault::Unsupported, message).at(asked.span).of(text);
                let index = asked.by.iter().all(|by| matches!(by.as_str(), "i" | "j" | "k" | "l" | "m" | "n"));
                return Err(error.hint(if index {
                    "`norminf(x)` is the greatest absolute entry, `logsumexp(x)` a smooth greatest one, `max(x, y)` goes entry by entry"
                        .to_owned()
                } else {
                    format!("give the objective alone: matdiff solve '…' --wrt {}", asked.by.join(","))
                }));
            }
            let sign = asked.constraints.first().is_none_or(|(_, span)| *span != asked.span);
            if sign {
                self.notes.push(format!(
                    "`{}` is left out: the answer is of the objective; `matdiff solve` solves for the point",
                    sign_of(asked, text)
                ));
            }
            for (_, span) in &asked.constraints {
                self.notes.push(format!("`{}` is left out: a constraint is no part of the objective", tidy(*span, text)));
            }
            return Ok(());
        }
        let (mut one, mut other) = (asked.by.clone(), wanted.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        one.sort();
        other.sort();
        if !one.is_empty() && !other.is_empty() && one != other {
            let message = format!("this is a problem over {}, and --wrt says {}", asked.by.join(", "), wanted.join(", "));
            return Err(wrong(message).hint("the variables have to agree; or give the objective alone"));
        }
        if self.targets.is_empty() {
            let by: Vec<&str> = asked.by.iter().map(String::as_str).collect();
            self.targets = tasks::targets(&by)?;
        }
        if self.session.goal.is_none() {
            self.session.goal = Some(if asked.most { Extremum::Maximum } else { Extremum::Minimum });
        }
        self.session.constraints.extend(asked.constraints.iter().map(|(equation, _)| equation.clone()));
        Ok(())
    }

    /// The links of `L = a = b`: the same, or refused.
    fn chain(&mut self, text: &str, written: Written, ast: &Ast, first: Span) -> Result<(), Diagnostic> {
        let mut session = self.session.clone();
        let latex = written == Written::Latex;
        session.dialect = match written {
            Written::Latex => Dialect::Latex,
            Written::Numpy => Dialect::Numpy,
            Written::Plain => Dialect::Plain,
        };
        let known = |session: &Session, name: &str| session.declarations.iter().any(|d| d.name == name);
        for declaration in &ast.page.declarations {
            if !known(&session, &declaration.name) {
                session.declarations.push(declaration.clone());
            }
        }
        session.functions.extend(ast.page.functions.iter().cloned());
        let mut behind = String::new();
        for (nth, definition) in ast.lets.iter().enumerate() {
            let word = if latex { "\\text{ where }" } else { "where" };
            let lead = if nth == 0 { format!(" {word} ") } else { ", ".to_owned() };
            let value = ast.node(definition.value).span.of(text);
            behind.push_str(&format!("{lead}{} = {value}", definition.spelling));
        }
        let with = |span: Span| format!("{}{behind}", span.of(text));
        let mut same = 0;
        for &link in &ast.page.links {
            let shown = tidy(link, text);
            match session.equal(&with(first), &with(link)).map(|found| found.verdict) {
                Ok(Verdict::Equal(_)) => same += 1,
                Ok(Verdict::Different(_) | Verdict::Shapes(..)) => {
                    let message = format!("this is not equal to `{}`", tidy(first, text));
                    let error = Diagnostic::new(Fault::Usage, message).at(link).of(text);
                    return Err(error
                        .note(first, "the first expression")
                        .hint("give the one that is meant; `matdiff equal` shows where two differ"));
                }
                Ok(Verdict::Undecided) | Err(_) => {
                    self.notes.push(format!("`{shown}` is left out: it could not be compared with the first expression"));
                }
            }
        }
        if same > 0 {
            self.notes.push(format!("`{}` is what was read; the rest of the chain is equal to it, as checked", tidy(first, text)));
        }
        Ok(())
    }
}

/// The sign of an extremum as it is written; that of `\underset{w}{\min}` stands in braces.
fn sign_of(asked: &Asked, text: &str) -> String {
    let sign = tidy(asked.span, text);
    if !sign.starts_with(['{', '}']) {
        return sign;
    }
    let inner = sign.trim_start_matches(['{', '}', ' ']).trim_end_matches('{').trim();
    let open = inner.matches('{').count().saturating_sub(inner.matches('}').count());
    format!("{inner}{}", "}".repeat(open))
}

/// A part of the text on one line.
fn tidy(span: Span, text: &str) -> String {
    span.of(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a claim with blanks in place of what it says it is: `∇f(w) =`, `\frac{\partial f}{\partial w} =`.
pub(super) fn claimed(text: &str) -> String {
    let mut found = text.to_owned();
    if let Some(name) = program::derivative_named(text) {
        let blanks = " ".repeat(name.len());
        found.replace_range(name, &blanks);
    }
    found
}
