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
        let spaced = variable.at.map_or("", |at| at.of(text)).chars().map(String::from).collect::<Vec<_>>().join(" ");
        let name = &variable.spelling;
        let hidden = letters.iter().find(|l| wanted.contains(l));
        let upper = name.contains(|c: char| c.is_uppercase());
        if let (Some(hidden), Some(at), true) = (hidden, variable.at, upper && !beside(text, name, &letters)) {
            return Err(Diagnostic::new(Fault::Ambiguous, format!("`{name}` is one name, and hides `{hidden}`")).at(at).hint(format!(
                "write `{spaced}` for the product; or declare the name: --var '{}: matrix(m,n)'; where all names are single letters: --from latex",
                report::full_name(variable)
            )));
        }
        if hidden.is_some() && !beside(text, name, &letters) || letters.iter().all(|l| known.contains(l.as_str())) {
            notes.push(format!("{name} is one name; {spaced} is a product"));
        }
    }
    Ok(notes)
}

/// The letters of a name that nobody declared and that is written as two letters or more.
fn letters(variable: &Variable, text: &str) -> Option<Vec<String>> {
    let written = variable.at?.of(text);
    if variable.declared.is_some() || !variable.family.is_empty() {
        return None;
    }
    // `Σx` begins with a letter that is a whole name already.
    let greek = |c: char| !c.is_ascii() && c.is_alphabetic();
    if written.chars().any(greek) {
        let run = (2..=3).contains(&written.chars().count()) && written.chars().all(|c| greek(c) || c.is_ascii_alphabetic());
        return run.then(|| written.chars().map(|c| syntax::canonical(c.encode_utf8(&mut [0; 4]))).collect());
    }
    let letters = syntax::as_product(written).filter(|_| written == variable.name)?;
    Some(letters.into_iter().map(str::to_owned).collect())
}

/// Whether the name stands before one of its own letters everywhere, `Wx x + b`: a weight that is called after what it multiplies.
fn beside(text: &str, name: &str, letters: &[String]) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name).filter(|(at, _)| !text[..*at].ends_with(part) && !text[at + name.len()..].starts_with(part)).all(|(at, _)| {
        let behind = text[at + name.len()..].trim_start_matches([' ', '*', '@']);
        let end = behind.find(|c: char| !part(c)).unwrap_or(behind.len());
        letters.last().is_some_and(|last| behind[..end] == **last)
    })
}
