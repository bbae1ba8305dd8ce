//! The LaTeX dialect: what people paste from papers, to the row of phrases that both dialects share.

mod big;
mod cases;
mod commands;
mod heads;
mod lower;
mod markup;
mod names;
mod phrases;
mod raw;
mod scripts;
#[cfg(test)]
mod tests;

pub use commands::looks_like_latex;

use super::applied::Dialect;
use super::token::{Token, TokenKind};
use super::{Ast, Vocabulary, brackets, parse};
use crate::base::Diagnostic;
use std::collections::BTreeSet;

/// Reads an expression in the LaTeX dialect.
///
/// # Errors
/// As [`parse`](super::parse()); also a command that is not known or has no meaning here.
pub fn parse_latex(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Ast, Diagnostic> {
    brackets::shallow(text)?;
    let phrases = phrases::LatexPhrases::new(text, markup::strip(text, raw::read(text)?)?, vocabulary);
    parse::read(text, &phrases, vocabulary, Dialect::Latex)
}

/// The canonical form of a name in LaTeX: `\hat{y}` is `y_hat`, `\mathbf{x}_i` is `x_i`. `None` for anything else.
pub(super) fn read_name(text: &str) -> Option<String> {
    let vocabulary = Vocabulary { variables: BTreeSet::new(), functions: BTreeSet::new(), builtin: &|_| None };
    brackets::shallow(text).ok()?;
    match tokens(text, &vocabulary).ok()?.as_slice() {
        [Token { kind: TokenKind::Word(word), .. }] => Some(word.name.clone()),
        _ => None,
    }
}

fn tokens(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Vec<Token>, Diagnostic> {
    let raws = raw::read(text)?;
    lower::Lower::new(text, &raws, vocabulary).run()
}
