//! Statements as people make them: what stands around an expression, told from the expression before anything is built.
//!
//! Both dialects give a row of [`Piece`]s, shallow ones: a bracket with its content is one piece, and bars are none. Over that row
//! is decided which ranges carry mathematics (the expression, definitions, constraints), and what is a name of the formula, a
//! declaration or a remark. Only the former are then read.

mod beside;
mod called;
mod choose;
mod domain;
mod extremum;
mod part;
mod plain;
mod segment;
#[cfg(test)]
mod tests;

pub(super) use extremum::{Head, extremum_word};
pub(super) use plain::{PlainPhrases, sign};

use super::ast::{Page, Remark, Sign};
use super::token::{Token, TokenKind};
use crate::base::{Diagnostic, Fault, Span};
use std::collections::BTreeMap;

/// A phrase outside all brackets, or a bracket with all that it holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub cut: Cut,
    /// The phrases that it is made of.
    pub from: usize,
    pub to: usize,
    pub span: Span,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// What a piece is to a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cut {
    /// Brackets, with the sign that opens them; `{` are TeX's own.
    Group(&'static str),
    Relation(Relation),
    /// `\\`.
    Row,
    /// `\quad`.
    Gap,
    Comma,
    Semicolon,
    Colon,
    /// A full stop.
    Stop,
    /// Words that are no mathematics, as they are written.
    Words(String),
    /// A name, or a letter of one that is spelled out.
    Atom,
    /// A logarithm or another function's name, applied to what follows.
    Function,
    Number,
    /// `+`, `-`.
    Sign,
    /// Another operator.
    Operator,
    /// A superscript or a subscript with its sign.
    Script,
    /// A transpose or a prime.
    Mark,
    Bar,
    /// `\min_w`.
    Extremum(Box<Head>),
    SubjectTo,
    Where,
    Let,
    And,
    /// `\forall`.
    ForAll,
    /// `\frac{\partial}{\partial X}`, `\nabla_x`: the phrases of the variable.
    Derivative(usize, usize),
    Other,
}

/// What joins the sides of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// `=`.
    Equal,
    /// `:=`, `\triangleq`, `\equiv`.
    Define,
    /// `\propto`.
    Proportional,
    /// `\approx`.
    Near,
    /// `\le`, `\ge`, `<`, `\ne`.
    Compare,
    /// `\succ`; whether equality is included.
    Definite { or_zero: bool },
    /// `\in`.
    In,
    /// `\to`.
    To,
}

/// A text in pieces, in whichever dialect.
pub(super) trait Phrases {
    /// The whole text.
    fn text(&self) -> &str;
    /// How many phrases there are.
    fn count(&self) -> usize;
    /// The place of the phrases from one to before another.
    fn place(&self, from: usize, to: usize) -> Span;
    /// The pieces of a range.
    fn pieces(&self, from: usize, to: usize) -> Vec<Piece>;
    /// The phrases of a range in the row that both dialects share.
    fn tokens(&self, from: usize, to: usize) -> Result<Vec<Token>, Diagnostic>;
    /// The canonical name of a range that is one name.
    fn name(&self, from: usize, to: usize) -> Option<String> {
        match self.tokens(from, to).ok()?.as_slice() {
            [Token { kind: TokenKind::Word(word), .. }] => Some(word.name.clone()),
            _ => None,
        }
    }
    fn is_latex(&self) -> bool;
    /// How names are written, and what was left out or assumed while the phrases were read.
    fn said(&self) -> (BTreeMap<String, Sign>, Vec<Remark>);
}

/// A statement as canonical phrases, `let name = value; …` and the expression, with what the page says beside it.
pub(super) struct Stated {
    pub tokens: Vec<Token>,
    pub page: Page,
}

/// Takes a text apart.
///
/// # Errors
/// A statement of which it is not clear what the expression is, or one that asks for what is not supported.
pub(super) fn state(phrases: &dyn Phrases) -> Result<Stated, Diagnostic> {
    let pieces = phrases.pieces(0, phrases.count());
    let mut stated = if pieces.iter().all(|p| is_inner(&p.cut)) && !part::ends_in_number(phrases, &pieces) {
        Stated { tokens: phrases.tokens(0, phrases.count())?, page: Page::default() }
    } else {
        choose::Choice::new(phrases, &segment::joined(pieces), Page::default()).run()?
    };
    let (signs, remarks) = phrases.said();
    stated.page.signs.extend(signs);
    stated.page.remarks.extend(remarks);
    Ok(stated)
}

/// Whether a piece may stand inside one expression.
fn is_inner(cut: &Cut) -> bool {
    matches!(
        cut,
        Cut::Group(_)
            | Cut::Atom
            | Cut::Function
            | Cut::Number
            | Cut::Sign
            | Cut::Operator
            | Cut::Script
            | Cut::Mark
            | Cut::Bar
            | Cut::Other
    )
}

/// An error about a statement.
pub(super) fn refuse(at: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Fault::Unsupported, message).at(at)
}
