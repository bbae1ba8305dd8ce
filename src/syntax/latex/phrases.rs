//! LaTeX's phrases in the pieces of a statement.

use super::commands::{Command, meaning};
use super::lower::{Lower, Lowered};
use super::primes::Primes;
use super::raw::{Raw, RawKind, pair_up};
use crate::base::{Diagnostic, Span};
use crate::syntax::Vocabulary;
use crate::syntax::ast::{Remark, Sign};
use crate::syntax::statement::{Cut, Phrases, Piece, Relation};
use crate::syntax::token::{Token, TokenKind};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The phrases of a LaTeX text.
pub(super) struct LatexPhrases<'a> {
    pub(super) text: &'a str,
    pub(super) raws: Vec<Raw<'a>>,
    pub(super) vocabulary: &'a Vocabulary<'a>,
    /// What primes behind names are, by the whole text.
    prime: Primes,
    /// How names are written and what the reader has to know, of the phrases that were read.
    said: RefCell<(BTreeMap<String, Sign>, Vec<Remark>)>,
    /// Without the braces around all of it.
    whole: (usize, usize),
}

impl<'a> LatexPhrases<'a> {
    pub fn new(text: &'a str, raws: Vec<Raw<'a>>, remarks: Vec<Remark>, vocabulary: &'a Vocabulary<'a>) -> Self {
        let prime = Lower::new(text, &raws, vocabulary).prime;
        let mut whole = (0, raws.len());
        while whole.1 > whole.0 + 1 && raws[whole.0].kind == RawKind::BraceOpen && raws[whole.0].partner == whole.1 - 1 {
            whole = (whole.0 + 1, whole.1 - 1);
        }
        LatexPhrases { text, raws, vocabulary, prime, said: RefCell::new((BTreeMap::new(), remarks)), whole }
    }

    pub(super) fn kind(&self, at: usize) -> Option<RawKind<'a>> {
        self.raws.get(at).map(|raw| raw.kind)
    }

    pub(super) fn group(&self, at: usize) -> Option<(usize, usize, usize)> {
        let raw = self.raws.get(at).filter(|raw| raw.kind == RawKind::BraceOpen && raw.partner > at)?;
        Some((at + 1, raw.partner, raw.partner + 1))
    }

    /// The phrases of a range; nothing is read past its end.
    fn lowered(&self, from: usize, to: usize) -> Result<Lowered, Diagnostic> {
        let from = from.max(self.whole.0);
        if from == 0 && to == self.raws.len() {
            return Lower::new(self.text, &self.raws, self.vocabulary).run();
        }
        let mut own: Vec<Raw<'_>> = self.raws[from..to].iter().map(|raw| Raw { partner: 0, listed: false, ..*raw }).collect();
        pair_up(&mut own, self.place(from, to).end as usize)?;
        let mut lower = Lower::new(self.text, &own, self.vocabulary);
        lower.prime = self.prime;
        lower.run()
    }

    /// Where an argument ends: a group, a command with the group behind it, or one phrase.
    pub(super) fn argument(&self, at: usize) -> Option<(usize, usize, usize)> {
        if let Some(group) = self.group(at) {
            return Some(group);
        }
        let mut next = at;
        for _ in 0..8 {
            match self.kind(next)? {
                RawKind::Command(name) => {
                    if !matches!(meaning(name, self.vocabulary), Command::Style(_) | Command::Frame | Command::Accent(_)) {
                        return Some((at, next + 1, next + 1));
                    }
                    if let Some((.., after)) = self.group(next + 1) {
                        return Some((at, after, after));
                    }
                    next += 1;
                }
                RawKind::BraceClose => return None,
                _ => return Some((at, next + 1, next + 1)),
            }
        }
        None
    }

    /// A relation that a command is.
    fn relation(&self, name: &str) -> Option<Relation> {
        Some(match name {
            "coloneqq" | "coloneq" | "triangleq" | "equiv" | "doteq" | "eqqcolon" | "defeq" | "eqdef" | "colonequals" | "vcentcolon" => {
                Relation::Define
            }
            "propto" | "varpropto" => Relation::Proportional,
            "approx" | "simeq" | "cong" | "approxeq" => Relation::Near,
            "in" => Relation::In,
            "to" | "rightarrow" | "mapsto" | "longrightarrow" => Relation::To,
            "succ" => Relation::Definite { or_zero: false },
            "succeq" | "succcurlyeq" => Relation::Definite { or_zero: true },
            "le" | "leq" | "leqslant" | "ge" | "geq" | "geqslant" | "lt" | "gt" | "ne" | "neq" | "prec" | "preceq" | "subset"
            | "subseteq" => Relation::Compare,
            _ => return None,
        })
    }

    /// `\stackrel{\text{def}}{=}`, `\overset{\Delta}{=}`: the relation below, and where it ends.
    fn stacked(&self, at: usize) -> Option<(Relation, usize)> {
        let (.., after) = self.argument(at + 1)?;
        let (from, to, next) = self.argument(after)?;
        let relation = match self.kind(from)? {
            RawKind::Equals if to == from + 1 => Relation::Define,
            RawKind::Command(name) if to == from + 1 => self.relation(name)?,
            _ => return None,
        };
        Some((relation, next))
    }

    /// The piece that begins at a phrase, and where it ends.
    fn piece(&self, at: usize, to: usize) -> (Cut, usize) {
        let raw = &self.raws[at];
        let front = at == 0 || !matches!(self.kind(at - 1), Some(RawKind::Caret | RawKind::Underscore));
        if front && let Some((head, next)) = self.extremum(at).filter(|(_, next)| *next <= to) {
            return (Cut::Extremum(Box::new(head)), next);
        }
        if let Some((words, next)) = self.words(at)
            && next <= to
            && let Some(cut) = self.meaning_of(at, &words, next)
        {
            return (cut, next);
        }
        if let Some((from, end, next)) = self.derivative(at).filter(|(.., next)| *next <= to) {
            return (Cut::Derivative(from, end), next);
        }
        match raw.kind {
            RawKind::BraceOpen if raw.partner > at => (Cut::Group("{"), raw.partner + 1),
            RawKind::Cases if raw.partner > at => (Cut::Other, raw.partner + 1),
            RawKind::Delimiter(sign, _) if raw.partner > at && raw.partner < to => {
                let sign = match sign {
                    "(" => "(",
                    "[" => "[",
                    _ => "\\{",
                };
                (Cut::Group(sign), raw.partner + 1)
            }
            RawKind::Delimiter("|" | "‖", _) => (Cut::Bar, at + 1),
            RawKind::Delimiter("⟨" | "⟩", None) if matches!(raw.span.of(self.text), "<" | ">") => {
                (Cut::Relation(Relation::Compare), at + 1)
            }
            RawKind::Equals => (Cut::Relation(Relation::Equal), at + 1),
            RawKind::Comma => (Cut::Comma, at + 1),
            RawKind::Semicolon => (Cut::Semicolon, at + 1),
            RawKind::Colon | RawKind::Command("colon") => (Cut::Colon, at + 1),
            RawKind::Stop => (Cut::Stop, at + 1),
            RawKind::Row => (Cut::Row, at + 1),
            RawKind::Gap => (Cut::Gap, at + 1),
            RawKind::Plus | RawKind::Minus => (Cut::Sign, at + 1),
            RawKind::Times | RawKind::Hadamard | RawKind::HadamardDivide | RawKind::Kron | RawKind::Divide => (Cut::Operator, at + 1),
            RawKind::Number(_) | RawKind::Vulgar(..) => (Cut::Number, at + 1),
            RawKind::Primes(_) | RawKind::Small(_) => (Cut::Mark, at + 1),
            RawKind::Caret | RawKind::Underscore => (Cut::Script, self.argument(at + 1).map_or(at + 1, |(.., next)| next.min(to))),
            RawKind::Letter("s") if self.is_subject_to(at) => (Cut::SubjectTo, at + 4),
            RawKind::Letter(_) | RawKind::Named(_) => (Cut::Atom, at + 1),
            RawKind::Command(name) => self.command(at, name, to),
            _ => (Cut::Other, at + 1),
        }
    }

    /// `s.t.` in letters.
    fn is_subject_to(&self, at: usize) -> bool {
        self.kind(at + 1) == Some(RawKind::Stop)
            && self.kind(at + 2) == Some(RawKind::Letter("t"))
            && self.kind(at + 3) == Some(RawKind::Stop)
    }

    /// Where the environment that begins here ends: rows and commas in it are its own.
    fn environment(&self, at: usize, to: usize) -> usize {
        let mut depth = 0usize;
        for place in at..to {
            match self.kind(place) {
                Some(RawKind::Command("begin")) => depth += 1,
                Some(RawKind::Command("end")) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return self.group(place + 1).map_or(place + 1, |(.., next)| next.min(to));
            }
        }
        to
    }

    fn command(&self, at: usize, name: &str, to: usize) -> (Cut, usize) {
        if let Some(relation) = self.relation(name) {
            return (Cut::Relation(relation), at + 1);
        }
        match name {
            "stackrel" | "overset" | "underset" | "stackeq" => {
                return match self.stacked(at).filter(|(_, next)| *next <= to) {
                    Some((relation, next)) => (Cut::Relation(relation), next),
                    None => (Cut::Other, at + 1),
                };
            }
            "forall" => return (Cut::ForAll, at + 1),
            "begin" => return (Cut::Other, self.environment(at, to)),
            "st" | "subjectto" => return (Cut::SubjectTo, at + 1),
            _ => {}
        }
        match meaning(name, self.vocabulary) {
            Command::Letter(_) => (Cut::Atom, at + 1),
            Command::Style(_) | Command::Frame | Command::Accent(_) => {
                (Cut::Atom, self.argument(at + 1).map_or(at + 1, |(.., next)| next.min(to)))
            }
            Command::Operator(_) => (Cut::Operator, at + 1),
            Command::Function => (Cut::Function, at + 1),
            Command::Fraction => {
                let next = self.argument(at + 1).and_then(|(.., after)| self.argument(after)).map_or(at + 1, |(.., next)| next.min(to));
                (Cut::Other, next)
            }
            _ => (Cut::Other, at + 1),
        }
    }
}

impl Phrases for LatexPhrases<'_> {
    fn text(&self) -> &str {
        self.text
    }

    fn count(&self) -> usize {
        self.whole.1
    }

    fn place(&self, from: usize, to: usize) -> Span {
        match (self.raws.get(from), to.checked_sub(1).and_then(|last| self.raws.get(last))) {
            (Some(first), Some(last)) if to > from => first.span.to(last.span),
            _ => Span::new(self.text.len(), self.text.len()),
        }
    }

    fn pieces(&self, from: usize, to: usize) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut at = from.max(self.whole.0);
        while at < to {
            let (cut, next) = self.piece(at, to);
            let span = self.place(at, next);
            // `:=`.
            if cut == Cut::Relation(Relation::Equal)
                && let Some(last) = pieces.last_mut().filter(|p| p.cut == Cut::Colon)
            {
                *last = Piece { cut: Cut::Relation(Relation::Define), to: next, span: last.span.to(span), ..last.clone() };
            } else {
                pieces.push(Piece { cut, from: at, to: next, span, spaced: self.raws[at].spaced });
            }
            at = next;
        }
        pieces
    }

    fn tokens(&self, from: usize, to: usize) -> Result<Vec<Token>, Diagnostic> {
        let lowered = self.lowered(from, to)?;
        let mut said = self.said.borrow_mut();
        for (name, sign) in lowered.signs {
            said.0.entry(name).or_insert(sign);
        }
        for remark in lowered.remarks {
            if !said.1.contains(&remark) {
                said.1.push(remark);
            }
        }
        Ok(lowered.tokens)
    }

    fn name(&self, from: usize, to: usize) -> Option<String> {
        match self.lowered(from, to).ok()?.tokens.as_slice() {
            [Token { kind: TokenKind::Word(word), .. }] => Some(word.name.clone()),
            _ => None,
        }
    }

    fn is_latex(&self) -> bool {
        true
    }

    fn said(&self) -> (BTreeMap<String, Sign>, Vec<Remark>) {
        self.said.borrow().clone()
    }
}
