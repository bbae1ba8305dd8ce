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
use super::{Ast, Remark, Sign, Vocabulary, brackets, parse};
use crate::base::Diagnostic;
use std::collections::BTreeSet;

/// Reads an expression in the LaTeX dialect.
///
/// # Errors
/// As [`parse`](super::parse()); also a command that is not known or has no meaning here.
pub fn parse_latex(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Ast, Diagnostic> {
    brackets::shallow(text)?;
    let mut words = Vec::new();
    let Row { raws, remarks, variants } = phrases(text, vocabulary, &mut words)?;
    let mut ast = parse::read(text, &phrases::LatexPhrases::new(text, raws, remarks, vocabulary), vocabulary, Dialect::Latex)?;
    for name in variants {
        let sign = Sign { latex: format!("\\{name}"), kind: None };
        ast.page.signs.insert(name.trim_start_matches("var").to_owned(), sign);
    }
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

/// A text as a row of phrases.
struct Row<'a> {
    raws: Vec<raw::Raw<'a>>,
    /// What was left out of it.
    remarks: Vec<Remark>,
    /// Commands that stand for the plain letter, as [`declared_variants`] says.
    variants: Vec<&'a str>,
}

/// A text's phrases as TeX sees them, without typefaces; `words` keeps what is nowhere written in one piece.
fn phrases<'a>(text: &'a str, vocabulary: &'a Vocabulary<'_>, words: &'a mut Vec<String>) -> Result<Row<'a>, Diagnostic> {
    let end = text.trim_end().len();
    let (mut raws, mut remarks) = markup::strip(text, macros::expand(raw::read(text)?, vocabulary.macros, end)?)?;
    let variants = declared_variants(&mut raws, vocabulary);
    let (raws, more) = faces::resolve(raws, vocabulary, words, text)?;
    remarks.extend(more);
    Ok(Row { raws, remarks, variants })
}

fn tokens(text: &str, vocabulary: &Vocabulary<'_>) -> Result<lower::Lowered, Diagnostic> {
    let mut words = Vec::new();
    let Row { raws, remarks, .. } = phrases(text, vocabulary, &mut words)?;
    let mut read = lower::Lower::new(text, &raws, vocabulary).run()?;
    read.remarks.extend(remarks);
    Ok(read)
}

/// `\varepsilon` is the declared `epsilon` where the text has no `\epsilon` of its own, and likewise for its kin: the commands
/// that were changed.
fn declared_variants<'a>(raws: &mut [raw::Raw<'a>], vocabulary: &Vocabulary<'_>) -> Vec<&'a str> {
    let command = |raw: &raw::Raw<'a>| if let raw::RawKind::Command(name) = raw.kind { Some(name) } else { None };
    let declared = |name: &str| vocabulary.variables.contains(name);
    let plain = |name: &'a str| name.strip_prefix("var").filter(|plain| declared(plain) && !declared(name));
    let mut variants: Vec<&str> = raws.iter().filter_map(command).filter(|name| plain(name).is_some()).collect();
    variants.retain(|name| !raws.iter().filter_map(command).any(|other| plain(name) == Some(other)));
    for raw in raws {
        if let Some(letter) = command(raw).filter(|name| variants.contains(name)).and_then(plain) {
            raw.kind = raw::RawKind::Command(letter);
        }
    }
    variants
}
