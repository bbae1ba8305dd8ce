//! NumPy's dialect: formulas as they stand in programs with NumPy, PyTorch or JAX, to the tree that all dialects share.
//!
//! Arrays of one axis are columns here. `@` knows that (a column on the left of a matrix is turned), `*`, `/` and `**` go
//! entry by entry, and places count from 0.

mod calls;
mod einsum;
mod functions;
mod names;
mod phrases;
mod statements;
#[cfg(test)]
mod tests;
mod tree;

use super::{Ast, Vocabulary, brackets};
use crate::base::Diagnostic;

/// Reads an expression in NumPy's dialect, with the definitions before it.
///
/// # Errors
/// As [`parse`](super::parse()); also what Python knows and formulas have not, with what to type instead.
pub fn parse_numpy(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Ast, Diagnostic> {
    brackets::shallow(text)?;
    let phrases = phrases::read(text)?;
    statements::read(text, &phrases, vocabulary)
}

/// Whether a text is clearly a program's: it names NumPy or PyTorch, takes a power by `**`, or asks an array for its
/// transpose, a method or an axis. (`@` alone is a product in matdiff's own spelling.)
#[must_use]
pub fn looks_like_numpy(text: &str) -> bool {
    let start = text.trim_start();
    let newaxis = text.contains('[') && text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "None");
    if newaxis || text.contains("**") || ["lambda ", "def "].iter().any(|word| start.starts_with(word) && start.contains(':')) {
        return true;
    }
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let keyword = |word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let behind = text[at + word.len()..].trim_start();
            // `sum(dim=1..N, …)` is a sum over an index.
            let value = behind.split([',', ')']).next().unwrap_or("");
            text[..at].trim_end().ends_with([',', '(']) && value.starts_with('=') && !value.contains("..")
        })
    };
    if ["axis", "dim", "keepdims", "ord"].into_iter().any(keyword) {
        return true;
    }
    text.match_indices('.').any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + 1..]);
        let root = &before[before.rfind(|c| !part(c)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8))..];
        let length = behind.find(|c| !part(c)).unwrap_or(behind.len());
        let (member, after) = behind.split_at(length);
        if !member.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return false;
        }
        let number = root.starts_with(|c: char| c.is_ascii_digit());
        let operand = before.ends_with([')', ']']) || !root.is_empty() && !number;
        names::speaks_python(root) || operand && (matches!(member, "T" | "mT" | "shape") || after.starts_with('('))
    })
}
