//! The LaTeX dialect: what people paste from papers, to the row of phrases that both dialects share.

mod big;
mod cases;
mod commands;
mod faces;
mod heads;
mod labels;
mod lower;
mod macros;
mod markup;
mod names;
mod phrases;
mod primes;
mod raw;
mod scripts;
#[cfg(test)]
mod tests;
mod words;

pub use commands::looks_like_latex;

use super::applied::Dialect;
use super::token::{Token, TokenKind};
use super::{Ast, Remark, Vocabulary, brackets, parse};
use crate::base::Diagnostic;
use std::collections::BTreeSet;

/// Reads an expression in the LaTeX dialect.
///
/// # Errors
/// As [`parse`](super::parse()); also a command that is not known or has no meaning here.
pub fn parse_latex(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Ast, Diagnostic> {
    brackets::shallow(text)?;
    let mut words = Vec::new();
    let (raws, remarks) = phrases(text, vocabulary, &mut words)?;
    parse::read(text, &phrases::LatexPhrases::new(text, raws, remarks, vocabulary), vocabulary, Dialect::Latex)
}

/// The canonical form of a name in LaTeX: `\hat{y}` is `y_hat`, `\mathbf{x}_i` is `x_i`. `None` for anything else.
pub(super) fn read_name(text: &str) -> Option<String> {
    let vocabulary = Vocabulary { variables: BTreeSet::new(), functions: BTreeSet::new(), builtin: &|_| None, macros: "" };
    brackets::shallow(text).ok()?;
    match tokens(text, &vocabulary).ok()?.tokens.as_slice() {
        [Token { kind: TokenKind::Word(word), .. }] => Some(word.name.clone()),
        _ => None,
    }
}

/// A text's phrases as TeX sees them, without typefaces; `words` keeps what is nowhere written in one piece.
fn phrases<'a>(
    text: &'a str,
    vocabulary: &'a Vocabulary<'_>,
    words: &'a mut Vec<String>,
) -> Result<(Vec<raw::Raw<'a>>, Vec<Remark>), Diagnostic> {
    let end = text.trim_end().len();
    let (raws, mut remarks) = markup::strip(text, macros::expand(raw::read(text)?, vocabulary.macros, end)?)?;
    let (raws, more) = faces::resolve(raws, vocabulary, words, text)?;
    remarks.extend(more);
    Ok((raws, remarks))
}

fn tokens(text: &str, vocabulary: &Vocabulary<'_>) -> Result<lower::Lowered, Diagnostic> {
    let mut words = Vec::new();
    let (raws, remarks) = phrases(text, vocabulary, &mut words)?;
    let mut read = lower::Lower::new(text, &raws, vocabulary).run()?;
    read.remarks.extend(remarks);
    Ok(read)
}
