//! The LaTeX dialect: what people paste from papers, to the row of phrases that both dialects share.

mod big;
mod cases;
mod commands;
mod faces;
mod labels;
mod lower;
mod macros;
mod names;
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
    let read = tokens(text, vocabulary)?;
    let mut ast = parse::read(text, read.tokens, vocabulary, Dialect::Latex)?;
    ast.page.signs.extend(read.signs);
    ast.page.remarks.extend(read.remarks);
    Ok(ast)
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
    faces::resolve(macros::expand(raw::read(text)?, vocabulary.macros, end)?, vocabulary, words, text)
}

fn tokens(text: &str, vocabulary: &Vocabulary<'_>) -> Result<lower::Lowered, Diagnostic> {
    let mut words = Vec::new();
    let (raws, remarks) = phrases(text, vocabulary, &mut words)?;
    let mut read = lower::Lower::new(text, &raws, vocabulary).run()?;
    read.remarks.extend(remarks);
    Ok(read)
}
