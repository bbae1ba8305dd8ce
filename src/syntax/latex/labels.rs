//! Subscripts and superscripts that are part of a name: indices, words, labels.

use super::commands::Command;
use super::faces::Alphabet;
use super::lower::{Lower, is_greek};
use super::raw::RawKind;
use crate::base::{Diagnostic, Rational, Span};
use crate::syntax::Times;
use crate::syntax::names::{is_word, plain_letters};
use crate::syntax::token::{Bracket, Mark, Sub, Token, TokenKind, Word};

/// A superscript that is part of a name.
pub(super) struct Label {
    /// Whether the sign of a transpose stands behind it: `W^{(2)\top}`.
    pub transposed: bool,
}

impl Lower<'_> {
    /// A digit behind `^` or `_` is one digit in TeX; more of them without braces are a slip.
    pub fn one_digit(&self, from: usize, end: usize) -> Result<(), Diagnostic> {
        match self.kind(from) {
            Some(RawKind::Number(digits)) if digits.len() > 1 && end == from + 1 => {
                let sign = if self.kind(from.wrapping_sub(1)) == Some(RawKind::Underscore) { '_' } else { '^' };
                Err(self.error(from, format!("TeX takes one digit behind `{sign}`")).hint(format!("write `{sign}{{{digits}}}`")))
            }
            _ => Ok(()),
        }
    }

    /// Puts the subscripts between two places on a name.
    pub fn subscripts(&self, word: &mut Word, from: usize, to: usize) -> Result<(), Diagnostic> {
        if word.base == "I" {
            let tokens = self.arithmetic(from, to)?;
            if let [Token { kind: TokenKind::Word(_) | TokenKind::Number(_), .. }] = tokens.as_slice() {
                word.subscript_expression(tokens);
            } else {
                word.subs.push(Sub::Expression(tokens));
            }
            return Ok(());
        }
        for (from, to) in self.pieces(from, to) {
            match self.label(from, to) {
                Some(text) => word.subscript(&text),
                None => {
                    let tokens = self.arithmetic(from, to)?;
                    word.subscript_expression(tokens);
                }
            }
        }
        Ok(())
    }

    /// The parts between commas, and between bars as in `P_{k|k-1}`.
    pub fn pieces(&self, from: usize, to: usize) -> Vec<(usize, usize)> {
        let mut pieces = Vec::new();
        let mut start = from;
        for at in from..to {
            if matches!(self.kind(at), Some(RawKind::Comma | RawKind::Delimiter("|", _) | RawKind::Command("mid" | "vert"))) {
                pieces.push((start, at));
                start = at + 1;
            }
        }
        pieces.push((start, to));
        pieces
    }

    /// A subscript of letters, words and digits as one text; `None` where it is arithmetic.
    fn label(&self, from: usize, to: usize) -> Option<String> {
        let mut text = String::new();
        for at in from..to {
            match self.kind(at)? {
                RawKind::Letter(letter) => text.push_str(&plain_letters(letter).0),
                RawKind::Named(name) | RawKind::Text(name) => text.extend(name.chars().filter(char::is_ascii_alphanumeric)),
                RawKind::Number(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => text.push_str(digits),
                RawKind::Times | RawKind::Command("ast" | "star") => text.push_str("star"),
                RawKind::Command("infty") => text.push_str("inf"),
                RawKind::Command(name) => match self.meaning(name) {
                    Command::Letter(letter) => text.push_str(letter),
                    Command::Function => text.push_str(name),
                    _ => return None,
                },
                // `w_{y_i}` is the member that y_i chooses.
                RawKind::Underscore if at + 1 < to && !matches!(self.kind(at + 1), Some(RawKind::Number(_))) => return None,
                // `x_{i_1}` and typefaces inside a subscript: the letters alone count.
                RawKind::BraceOpen | RawKind::BraceClose | RawKind::Underscore => {}
                _ => return None,
            }
        }
        (!text.is_empty()).then_some(text)
    }

    /// Arithmetic in a subscript or a size, as phrases.
    pub fn arithmetic(&self, from: usize, to: usize) -> Result<Vec<Token>, Diagnostic> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut at = from;
        while at < to {
            let span = self.span(at);
            let kind = match self.kind(at) {
                Some(RawKind::Number(digits)) => TokenKind::Number(crate::syntax::plain::number(digits, span)?),
                Some(RawKind::Plus) => TokenKind::Plus,
                Some(RawKind::Minus) => TokenKind::Minus,
                Some(RawKind::Times | RawKind::Command("cdot")) => TokenKind::Times(Times::Product),
                Some(RawKind::Divide) => TokenKind::Times(Times::Divide),
                Some(RawKind::Delimiter("(", _)) => TokenKind::Open(Bracket::Paren),
                Some(RawKind::Delimiter(")", _)) => TokenKind::Close(Bracket::Paren),
                Some(RawKind::Named(name)) => TokenKind::Word(Box::new(Word::new(&crate::syntax::canonical(name)))),
                Some(RawKind::Small("²")) => TokenKind::Mark(Mark::Power(Rational::from(2))),
                Some(RawKind::BraceOpen) => TokenKind::Open(Bracket::Group),
                Some(RawKind::BraceClose) => TokenKind::Close(Bracket::Group),
                Some(RawKind::Caret) => TokenKind::Caret,
                _ => match self.letter(at) {
                    Some(letter) => {
                        let mut word = Word::new(&letter);
                        if self.kind(at + 1) == Some(RawKind::Underscore) && at + 1 < to {
                            let (inner, end, after) =
                                self.argument(at + 2).ok_or_else(|| self.error(at + 1, "the subscript is missing"))?;
                            if let Some(label) = self.label(inner, end) {
                                word.subscript(&label);
                            }
                            at = after - 1;
                        }
                        TokenKind::Word(Box::new(word))
                    }
                    None => return Err(self.error(at, "this cannot stand in a subscript")),
                },
            };
            tokens.push(Token { kind, span, spaced: false });
            at += 1;
        }
        if tokens.is_empty() {
            return Err(self.error(from, "the subscript is missing"));
        }
        Ok(tokens)
    }

    /// The canonical name of letters that are joined, for indices.
    pub fn joined(&self, from: usize, to: usize) -> Option<Vec<(String, Span)>> {
        let mut letters = Vec::new();
        for at in from..to {
            letters.push((self.letter(at).filter(|name| name.len() == 1 || is_greek(name))?, self.span(at)));
        }
        Some(letters)
    }

    /// Puts the superscript between two places on a name, where it is a label: `^{\text{old}}`, `^{(k)}`, `^{[1]}`, `^\star`.
    /// Answers whether it is one; a power, a transpose and other marks are none.
    pub fn superscripts(&self, word: &mut Word, from: usize, to: usize) -> Option<Label> {
        // `W^{(2)\top}`: the label first, then the mark.
        let ends = [to].into_iter().chain((from + 1..to).rev().filter(|&at| self.is_transpose(at, to)).take(1));
        for end in ends {
            let label = if end > from + 1 && self.kind(end - 1) == Some(RawKind::Comma) { end - 1 } else { end };
            if self.labelled(word, from, label) {
                return Some(Label { transposed: end < to });
            }
        }
        None
    }

    fn labelled(&self, word: &mut Word, from: usize, to: usize) -> bool {
        if let Some(RawKind::Delimiter("(" | "[", _)) = self.kind(from) {
            return self.raws[from].partner + 1 == to && self.bracketed(word, from + 1, to - 1);
        }
        let raw = &self.raws[from];
        let single = to == from + 1;
        let label = match raw.kind {
            RawKind::Command("star") if single => Some("star".to_owned()),
            RawKind::Times | RawKind::Command("ast") if single && word.name.starts_with(|c: char| c.is_ascii_lowercase()) => {
                Some("star".to_owned())
            }
            RawKind::Named(_) | RawKind::Text(_) if single => self.label(from, to),
            // `x^{\mathrm{s}}`, but `x^{\mathrm{T}}`.
            RawKind::Letter(letter) if single && matches!(raw.face.alphabet, Alphabet::Upright | Alphabet::Text) => {
                (!matches!(letter, "T" | "t" | "H")).then(|| letter.to_owned())
            }
            // `w^{old}`: nobody multiplies o, l and d.
            RawKind::Letter(_) if to > from + 2 => self.label(from, to).filter(|text| is_word(text)),
            _ => None,
        };
        if let Some(label) = &label {
            word.subscript(label);
        }
        label.is_some()
    }

    /// What stands in brackets above a name: a number, a letter, `t+1`; `(1/2)` is a power.
    fn bracketed(&self, word: &mut Word, from: usize, to: usize) -> bool {
        if (from..to).any(|at| matches!(self.kind(at), Some(RawKind::Divide | RawKind::Command("frac")))) {
            return false;
        }
        if let Some(text) = self.label(from, to) {
            word.subscript(&text);
            return true;
        }
        match self.arithmetic(from, to) {
            Ok(tokens) => {
                word.subscript_expression(tokens);
                true
            }
            Err(_) => false,
        }
    }
}
