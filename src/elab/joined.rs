//! Names that may have been meant as products: `AX` where `X` is a name of its own.

use super::names::{Names, Variable};
use super::report;
use crate::base::{Diagnostic, Fault};
use rustc_hash::FxHashSet;

/// The longest name that is looked at: longer ones are words.
const LONGEST: usize = 4;

/// Notes on undeclared names that are made of other names.
///
/// # Errors
/// A name that hides the variable that is asked for: `tr(X'AX)` by X.
pub(super) fn notes(names: &Names, text: &str, wanted: &[String]) -> Result<Vec<String>, Diagnostic> {
    let known: FxHashSet<&str> = names.variables.iter().map(|v| v.name.as_str()).chain(wanted.iter().map(String::as_str)).collect();
    let mut notes = Vec::new();
    for variable in &names.variables {
        let Some(letters) = letters(variable, text) else { continue };
        let spaced = letters.join(" ");
        let name = &variable.spelling;
        let hidden = letters.iter().find(|l| wanted.contains(l));
        let upper = name.contains(|c: char| c.is_ascii_uppercase());
        if let (Some(hidden), Some(at), true) = (hidden, variable.at, upper && !beside(text, name, &letters)) {
            return Err(Diagnostic::new(Fault::Ambiguous, format!("`{name}` is one name, and hides `{hidden}`")).at(at).hint(format!(
                "write `{spaced}` for the product; or declare the name: --var '{}: matrix(m,n)'",
                report::full_name(variable)
            )));
        }
        if letters.iter().all(|l| known.contains(l.as_str())) {
            notes.push(format!("{name} is one name; {spaced} is a product"));
        }
    }
    Ok(notes)
}

/// The letters of a name that nobody declared and that is written as two letters or more; `dX` is a differential.
fn letters(variable: &Variable, text: &str) -> Option<Vec<String>> {
    let written = variable.at?.of(text);
    let plain = variable.declared.is_none() && variable.family.is_empty() && written == variable.name;
    let short = (2..=LONGEST).contains(&written.len()) && written.bytes().all(|b| b.is_ascii_alphabetic());
    (plain && short && !written.starts_with('d')).then(|| written.chars().map(String::from).collect())
}

/// Whether the name stands before one of its own letters everywhere, `Wx x + b`: a weight that is called after what it multiplies.
fn beside(text: &str, name: &str, letters: &[String]) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).filter(|(at, _)| !text[..*at].ends_with(part) && !text[at + name.len()..].starts_with(part)).all(|(at, _)| {
        let behind = text[at + name.len()..].trim_start_matches([' ', '*', '@']);
        let end = behind.find(|c: char| !part(c)).unwrap_or(behind.len());
        letters.last().is_some_and(|last| behind[..end] == **last)
    })
}
