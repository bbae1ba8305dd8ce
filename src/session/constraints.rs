//! The equations that a solution must meet, read beside the objective: one set of names, shapes inferred together.

use super::joint::{self, Side};
use super::{Dialect, Session, sets};
use crate::base::{Diagnostic, Fault, Span};
use crate::elab::{self, Context, EQUATION, Elaborated, Goal};
use crate::ir::{ExprId, Store};
use crate::syntax::{self, Written};

/// What stands between the objective and the constraints in the joint text.
const BETWEEN: &str = " s.t. ";

/// Elaborates a scalar objective with the session's constraints.
///
/// # Returns
/// The objective, and what is zero in each constraint, in order.
///
/// # Errors
/// What is not an equation; as [`elab::elaborate`], with the text that the error is about.
pub(super) fn elaborate(
    session: &Session,
    store: &mut Store,
    text: &str,
    wanted: &[String],
) -> Result<(Elaborated, Vec<ExprId>), Diagnostic> {
    let objective = joint::alone(session, text)?;
    let mut all = vec![objective.clone()];
    for constraint in &session.constraints {
        all.push(equation(session, &objective, constraint)?);
    }
    let name = |at: usize| format!("{EQUATION}{at}");
    let context = Context { declarations: &session.declarations, functions: &session.functions, known: &[], goal: Goal::Scalar, wanted };
    // `w'd = 1` is an equation of numbers unless a shape says otherwise.
    let (joined, ast) = joint::beside(&all, BETWEEN, &name, true);
    let mut attempt = Store::new();
    let strict = elab::elaborate(&mut attempt, &ast, &joined, &context);
    let mut input = match strict {
        Ok(input) => {
            *store = attempt;
            input
        }
        Err(_) => {
            let (joined, ast) = joint::beside(&all, BETWEEN, &name, false);
            elab::elaborate(store, &ast, &joined, &context).map_err(|e| joint::placed_among(e, &all, BETWEEN, &joined))?
        }
    };
    let value = |at: usize| input.lets.iter().find(|l| l.name == name(at)).map(|l| l.value);
    let values = (1..all.len()).filter_map(value).collect();
    input.lets.retain(|l| !l.name.starts_with(EQUATION));
    Ok((input, values))
}

/// A constraint as one expression that is zero, with the constraint's own text and places.
fn equation(session: &Session, objective: &Side, text: &str) -> Result<Side, Diagnostic> {
    let (at, length) = equals_sign(text)?;
    let written = match session.dialect {
        Dialect::Detect if objective.written == Written::Latex => Written::Latex,
        dialect => dialect.of(text),
    };
    let part = |span: std::ops::Range<usize>| {
        let side = joint::another(session, objective, &text[span.clone()], written).map_err(|e| moved(e, span.start, text))?;
        Ok::<_, Diagnostic>((side, span.start))
    };
    let (left, right) = (part(0..at)?, part(at + length..text.len())?);
    Ok(joint::difference(text, written, left, right))
}

/// An error about a part of a text as one about the text.
fn moved(mut error: Diagnostic, by: usize, text: &str) -> Diagnostic {
    let shift = |s: Span| Span::new(s.start as usize + by, s.end as usize + by);
    error.span = error.span.map(shift);
    for note in &mut error.notes {
        note.span = shift(note.span);
    }
    error.source = None;
    error.of(text)
}

/// Where the one `=` outside all brackets stands, and how long it is.
fn equals_sign(text: &str) -> Result<(usize, usize), Diagnostic> {
    let wrong = |message: &str| Diagnostic::new(Fault::Usage, message).of(text);
    if let Some(error) = sets::refused(text) {
        return Err(error);
    }
    let found: Vec<usize> = syntax::outside_brackets(text).filter(|(_, c)| *c == '=').map(|(at, _)| at).collect();
    match found[..] {
        [at] => Ok((at, 1)),
        [first, second] if second == first + 1 => Ok((first, 2)),
        [_, second, ..] => {
            Err(wrong("one constraint is one equation").at(Span::new(second, second + 1)).hint("repeat --subject-to for each"))
        }
        [] => Err(wrong("a constraint is an equation with `=`").hint("--subject-to 'A x = b'")),
    }
}
