//! The plain dialect's phrases in pieces.

use super::{Cut, Head, Phrases, Piece, Relation, extremum_word};
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::{Remark, Sign};
use crate::syntax::token::{Bracket, Sub, Token, TokenKind, Word};
use std::collections::BTreeMap;

/// The phrases of a plain text.
pub(in crate::syntax) struct PlainPhrases<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// Where the bracket that opens at a phrase closes.
    partner: Vec<usize>,
}

impl<'a> PlainPhrases<'a> {
    pub fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        let mut partner = vec![0; tokens.len()];
        let mut open = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Open(bracket) => open.push((at, bracket)),
                TokenKind::Close(bracket) => {
                    // `[0 < x]`: a comparison is no bracket.
                    while bracket != Bracket::Angle && matches!(open.last(), Some((_, Bracket::Angle))) {
                        open.pop();
                    }
                    if let Some(&(start, own)) = open.last()
                        && own.pairs_with(bracket)
                    {
                        open.pop();
                        partner[start] = at;
                    }
                }
                _ => {}
            }
        }
        PlainPhrases { text, tokens, partner }
    }

    fn cut(&self, at: usize) -> Cut {
        let next = self.tokens.get(at + 1).map(|t| &t.kind);
        match &self.tokens[at].kind {
            TokenKind::Word(word) => word_cut(word, next),
            TokenKind::Number(_) | TokenKind::OnesVector => Cut::Number,
            TokenKind::Plus | TokenKind::Minus => Cut::Sign,
            TokenKind::Times(_) | TokenKind::Caret | TokenKind::HadamardCaret => Cut::Operator,
            TokenKind::Mark(_) => Cut::Mark,
            TokenKind::Bar { .. } => Cut::Bar,
            TokenKind::Comma => Cut::Comma,
            TokenKind::Semicolon => Cut::Semicolon,
            TokenKind::Colon => Cut::Colon,
            TokenKind::Equals => Cut::Relation(Relation::Equal),
            TokenKind::Relation(sign) => Cut::Relation(relation(sign)),
            TokenKind::Open(Bracket::Angle) | TokenKind::Close(Bracket::Angle)
                if matches!(self.tokens[at].span.of(self.text), "<" | ">") =>
            {
                Cut::Relation(Relation::Compare)
            }
            TokenKind::SubjectTo => Cut::SubjectTo,
            TokenKind::Let => Cut::Let,
            TokenKind::Where => Cut::Where,
            TokenKind::Function(_) => Cut::Function,
            _ => Cut::Other,
        }
    }
}

/// What a name is: `min_x` and `argmin` ask for an extremum.
fn word_cut(word: &Word, next: Option<&TokenKind>) -> Cut {
    let base = word.base.to_ascii_lowercase().replace('_', "");
    let opens = matches!(next, Some(TokenKind::Open(Bracket::Paren)));
    if let Some((most, whole)) = extremum_word(&base)
        && (whole || !word.subs.is_empty())
        && !opens
    {
        let by = word.subs.iter().filter_map(|sub| if let Sub::Text(name) = sub { Some(name.clone()) } else { None }).collect();
        return Cut::Extremum(Box::new(Head { most, domain: None, by }));
    }
    if matches!(word.name.as_str(), "log" | "ln" | "exp" | "log2" | "log10") { Cut::Function } else { Cut::Atom }
}

impl Phrases for PlainPhrases<'_> {
    fn text(&self) -> &str {
        self.text
    }

    fn count(&self) -> usize {
        self.tokens.len()
    }

    fn place(&self, from: usize, to: usize) -> Span {
        match (self.tokens.get(from), to.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) if to > from => first.span.to(last.span),
            _ => Span::new(self.text.len(), self.text.len()),
        }
    }

    fn pieces(&self, from: usize, to: usize) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut at = from;
        while at < to {
            let token = &self.tokens[at];
            let close = self.partner[at];
            let (cut, next) = match token.kind {
                TokenKind::Open(bracket) if close > at && close < to => (Cut::Group(bracket.opening()), close + 1),
                _ => (self.cut(at), at + 1),
            };
            if cut == Cut::Relation(Relation::Equal)
                && let Some(last) = pieces.last_mut().filter(|p| p.cut == Cut::Colon)
            {
                *last = Piece { cut: Cut::Relation(Relation::Define), to: next, span: last.span.to(token.span), ..last.clone() };
            } else {
                pieces.push(Piece { cut, from: at, to: next, span: self.place(at, next), spaced: token.spaced });
            }
            at = next;
        }
        pieces
    }

    fn tokens(&self, from: usize, to: usize) -> Result<Vec<Token>, Diagnostic> {
        Ok(self.tokens[from..to].to_vec())
    }

    fn is_latex(&self) -> bool {
        false
    }

    fn said(&self) -> (BTreeMap<String, Sign>, Vec<Remark>) {
        <_>::default()
    }
}

/// The signs of relations that are no comparisons.
const SIGNS: &[(&str, Relation)] = &[
    ("in", Relation::In),
    ("→", Relation::To),
    ("≈", Relation::Near),
    ("∝", Relation::Proportional),
    ("≡", Relation::Define),
    ("≜", Relation::Define),
    ("≔", Relation::Define),
    ("≻", Relation::Definite { or_zero: false }),
    ("⪰", Relation::Definite { or_zero: true }),
];

/// A relation's sign as it is kept.
pub(in crate::syntax) fn sign(written: &str) -> Option<&'static str> {
    SIGNS.iter().find(|(sign, _)| *sign == written).map(|(sign, _)| *sign)
}

/// The relation that a sign is.
fn relation(sign: &str) -> Relation {
    SIGNS.iter().find(|(other, _)| *other == sign).map_or(Relation::Compare, |(_, relation)| *relation)
}
