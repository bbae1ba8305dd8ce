//! The LaTeX dialect: what people paste from papers, to the row of phrases that both dialects share.

mod commands;
mod lower;
mod names;
mod raw;
mod scripts;
#[cfg(test)]
mod tests;

pub use commands::looks_like_latex;

use super::token::Token;
use super::{Ast, Vocabulary, brackets, parse};
use crate::base::Diagnostic;

/// Reads an expression in the LaTeX dialect.
///
/// # Errors
/// As [`parse`](super::parse()); also a command that is not known or has no meaning here.
pub fn parse_latex(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Ast, Diagnostic> {
    brackets::shallow(text)?;
    parse::read(text, tokens(text, vocabulary)?, vocabulary)
}

fn tokens(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Vec<Token>, Diagnostic> {
    let raws = raw::read(text)?;
    lower::Lower::new(text, &raws, vocabulary).run()
}
