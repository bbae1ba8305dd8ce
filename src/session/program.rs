//! What people write around an objective, given to the session: functions, what is asked for, constraints.

use super::{Session, Task};
use crate::base::{Diagnostic, Fault, Span};
use crate::solve::Extremum;
use crate::syntax::{self, program};
use std::ops::Range;

/// An expression taken out of what stands around it.
pub(super) struct Taken {
    /// The session with what was said around the expression.
    pub session: Session,
    /// The text with blanks in place of all but the expression, so that places in it are places in the text.
    pub text: String,
    /// The variables below `\min`.
    pub by: Vec<String>,
}

/// Takes an expression out of the definitions, and for [`Task::Solve`] out of the problem, around it. `None` where nothing stands there.
///
/// # Errors
/// What is wrong with a definition; a problem over other variables than those of `wrt`.
pub(super) fn taken(session: &Session, task: Task, text: &str, wrt: &[&str]) -> Result<Option<Taken>, Diagnostic> {
    if task != Task::Solve && program::function(text).is_none() {
        return Ok(None);
    }
    let mut found = Taken { session: session.clone(), text: text.to_owned(), by: Vec::new() };
    while let Some((definition, whole)) = program::function(&found.text) {
        found.session.declare_function(&text[definition])?;
        blank(&mut found.text, whole);
    }
    if task == Task::Solve {
        problem(&mut found, text, wrt)?;
    }
    Ok((found.text != text).then_some(found))
}

/// An error about the expression as one about the whole text.
pub(super) fn about(mut error: Diagnostic, blanked: &str, text: &str) -> Diagnostic {
    if error.source.as_deref() == Some(blanked) {
        error.source = Some(text.to_owned());
    }
    error
}

fn blank(text: &mut String, range: Range<usize>) {
    let blanks = " ".repeat(range.len());
    text.replace_range(range, &blanks);
}

/// Takes `\min_w` off the front and the constraints off the end.
fn problem(found: &mut Taken, text: &str, wrt: &[&str]) -> Result<(), Diagnostic> {
    if let Some(head) = program::Head::read(&found.text) {
        let extremum = if head.most { Extremum::Maximum } else { Extremum::Minimum };
        let names = |text: &str| syntax::parse_wrt(text).map(|names| names.into_iter().map(|n| n.0).collect::<Vec<_>>());
        let mut said = Vec::new();
        for by in &head.by {
            said.extend(names(by).map_err(|_| {
                let error =
                    Diagnostic::new(Fault::Usage, "this is not a list of variables").at(Span::new(head.range.start, head.range.end));
                error.of(text).hint("give the objective alone, and the variables with --wrt")
            })?);
        }
        let mut asked = Vec::new();
        for name in wrt {
            asked.extend(names(name)?);
        }
        let (mut one, mut other) = (said.clone(), asked.clone());
        one.sort();
        other.sort();
        if !asked.is_empty() && !said.is_empty() && one != other {
            let message = format!("this is a problem over {}, and --wrt says {}", said.join(", "), asked.join(", "));
            let error = Diagnostic::new(Fault::Usage, message).at(Span::new(head.range.start, head.range.end)).of(text);
            return Err(error.hint("the variables have to agree; or give the objective alone"));
        }
        found.by = head.by;
        if found.session.goal.is_none() {
            found.session.goal = Some(extremum);
        }
        blank(&mut found.text, head.range);
    }
    if let Some((behind, equations)) = program::constraints(&found.text) {
        for equation in equations {
            found.session.constraints.push(equation);
        }
        blank(&mut found.text, behind);
    }
    Ok(())
}

/// The text of a claim with blanks in place of what it says it is: `∇f(w) =`, `\frac{\partial f}{\partial w} =`.
pub(super) fn claimed(text: &str) -> String {
    let mut found = text.to_owned();
    if let Some(name) = program::derivative_named(text) {
        blank(&mut found, name);
    }
    found
}
