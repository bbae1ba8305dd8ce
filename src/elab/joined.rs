//! Names that may have been meant as products: `AX` where `X` is a name of its own.

use super::names::{Names, Variable};
use super::report;
use crate::base::{Diagnostic, Fault};
use crate::syntax;
use rustc_hash::FxHashSet;

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
        let hidden = letters.iter().find(|l| wanted.iter().any(|w| w == *l));
        let upper = name.contains(|c: char| c.is_ascii_uppercase());
        if let (Some(hidden), Some(at), true) = (hidden, variable.at, upper && !beside(text, name, &letters)) {
            return Err(Diagnostic::new(Fault::Ambiguous, format!("`{name}` is one name, and hides `{hidden}`")).at(at).hint(format!(
                "write `{spaced}` for the product; or declare the name: --var '{}: matrix(m,n)'",
                report::full_name(variable)
            )));
        }
        if letters.iter().all(|l| known.contains(l)) {
            notes.push(format!("{name} is one name; {spaced} is a product"));
        }
    }
    Ok(notes)
}

/// The letters of a name that nobody declared and that is written as two letters or more.
fn letters<'t>(variable: &Variable, text: &'t str) -> Option<Vec<&'t str>> {
    let written = variable.at?.of(text);
    let plain = variable.declared.is_none() && variable.family.is_empty() && written == variable.name;
    syntax::as_product(written).filter(|_| plain)
}

/// Whether the name stands before one of its own letters everywhere, `Wx x + b`: a weight that is called after what it multiplies.
fn beside(text: &str, name: &str, letters: &[&str]) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).filter(|(at, _)| !text[..*at].ends_with(part) && !text[at + name.len()..].starts_with(part)).all(|(at, _)| {
        let behind = text[at + name.len()..].trim_start_matches([' ', '*', '@']);
        let end = behind.find(|c: char| !part(c)).unwrap_or(behind.len());
        letters.last().is_some_and(|last| behind[..end] == **last)
    })
}
