//! Words that mean more than their letters: functions written without a backslash, `e^x`, sizes below upright letters, constants.

use super::faces::Alphabet;
use super::lower::{Lower, Work, empty_at, is_greek};
use super::raw::RawKind;
use crate::base::{Diagnostic, Fault, Rational};
use crate::syntax::token::{Bracket, TokenKind, Word};

/// Upright letters that stand for a matrix of the sizes below them.
const SIZED: &[(&str, &str)] = &[("K", "commutation"), ("D", "duplication"), ("L", "elimination")];

impl Lower<'_> {
    /// Letters that spell a function before its parenthesis, `tr(A)` without a backslash: nobody means t times r.
    pub fn spelled(&self, at: usize, to: usize) -> Option<(Word, usize)> {
        let (text, next) = self.letters(at, to)?;
        let opens = matches!(self.kind(next), Some(RawKind::Delimiter("(" | "[" | "\\{", _)));
        opens.then(|| self.vocabulary.spelled(&text)).flatten().map(|name| (Word::new(&name), next))
    }

    /// `log |X|`, `log det(X)` and `log det X` without backslashes.
    pub fn prefixed(&self, at: usize, to: usize) -> Option<(Word, usize)> {
        let (text, next) = self.letters(at, to)?;
        let bar = matches!(self.kind(next), Some(RawKind::Delimiter("|", _))) || self.spelled(next, to).is_some();
        let operand = matches!(self.kind(next), Some(RawKind::Letter(_) | RawKind::Named(_) | RawKind::Command(_) | RawKind::BraceOpen));
        let apart = next < to && operand && self.raws[next].spaced;
        let function = self.vocabulary.exact(&text).filter(|builtin| builtin.prefix && (bar || apart))?;
        Some((Word::new(function.name), next))
    }

    /// Refuses `beta x`: the name of a Greek letter in letters is no product.
    pub fn spelled_greek(&self, at: usize, to: usize) -> Result<(), Diagnostic> {
        let Some((text, next)) = self.letters(at, to).filter(|(text, _)| text.len() > 3 && is_greek(text)) else { return Ok(()) };
        let error = Diagnostic::new(Fault::Ambiguous, format!("`{text}` may be a Greek letter or a product of its letters"));
        let spaced = text.chars().map(String::from).collect::<Vec<_>>().join(" ");
        Err(error.at(self.place(at, next)).hint(format!("write `\\{text}` for the letter, `{spaced}` for the product")))
    }

    /// The letters from here to the next space or other sign, where they are the first of their word.
    fn letters(&self, at: usize, to: usize) -> Option<(String, usize)> {
        let letter = |at: usize| match self.kind(at) {
            // A letter with a typeface of its own stands alone.
            Some(RawKind::Letter(letter)) if at < to && self.span(at).of(self.text) == letter && letter.is_ascii() => Some(letter),
            _ => None,
        };
        let apart = self.raws.get(at).is_none_or(|raw| raw.spaced);
        if at > 0 && !apart && matches!(self.kind(at - 1), Some(RawKind::Letter(_))) {
            return None;
        }
        let mut text = letter(at)?.to_owned();
        let mut next = at + 1;
        while let Some(letter) = letter(next).filter(|_| !self.raws[next].spaced) {
            text.push_str(letter);
            next += 1;
        }
        (text.len() > 1).then_some((text, next))
    }

    /// `e^{…}` with anything but a number or a mark above it is the exponential; the name is `e` still, for its place.
    pub fn exponential(&mut self, word: &Word, at: usize, caret: usize, to: usize) -> Option<usize> {
        let free = word.name == "e" && !self.vocabulary.variables.contains("e") && caret < to;
        if !free || self.kind(caret) != Some(RawKind::Caret) {
            return None;
        }
        let (from, end, next) = self.argument(caret + 1).filter(|(from, end, next)| from < end && *next <= to)?;
        let single = end == from + 1;
        let mark = match self.kind(from) {
            Some(RawKind::Number(_) | RawKind::Times | RawKind::Command("ast" | "star" | "dagger" | "prime" | "circ")) => single,
            Some(RawKind::Primes(_) | RawKind::Delimiter("(", _)) => single || self.kind(from + 1).is_some() && end == from + 3,
            _ => false,
        };
        if mark || self.is_transpose(from, end) {
            return None;
        }
        self.take(at, caret + 1);
        self.braces(caret + 1, (from, end, next));
        self.later(vec![
            Work::Emit(TokenKind::Function("exp"), self.place(at, caret)),
            Work::Emit(TokenKind::Open(Bracket::Group), empty_at(self.span(caret).start)),
            Work::Range(from, end),
            Work::Emit(TokenKind::Close(Bracket::Group), empty_at(self.place(at, next).end)),
        ]);
        Some(next)
    }

    /// `\operatorname{D}_{n}`, `\operatorname{L}_{n}`, `\operatorname{K}_{m,n}`: upright letters with sizes below them are the
    /// duplication, elimination and commutation matrices.
    pub fn sized(&mut self, at: usize, to: usize) -> Option<usize> {
        let Some(RawKind::Named(letter)) = self.kind(at) else { return None };
        let name = SIZED.iter().find(|(l, _)| *l == letter)?.1;
        let raw = self.raws.get(at)?;
        let written = raw.span;
        if raw.face.alphabet != Alphabet::Operator || self.kind(at + 1) != Some(RawKind::Underscore) {
            return None;
        }
        let (from, end, next) = self.argument(at + 2).filter(|(_, _, next)| *next <= to)?;
        let whole = self.place(at, next);
        self.take(at, at + 2);
        self.braces(at + 2, (from, end, next));
        self.push_word(Word::new(name), written);
        self.later(vec![
            Work::Emit(TokenKind::Open(Bracket::Paren), empty_at(written.end)),
            Work::Range(from, end),
            Work::Emit(TokenKind::Close(Bracket::Paren), empty_at(whole.end)),
        ]);
        Some(next)
    }

    /// `1_n`, `0_{m \times n}`: a call of `ones` or `zeros`; the subscript begins at `underscore`.
    pub fn constant(&mut self, at: usize, underscore: usize, zero: bool) -> Result<usize, Diagnostic> {
        let (from, end, next) = self.argument(underscore + 1).ok_or_else(|| self.error(underscore, "the size is missing"))?;
        let whole = self.place(at, next);
        self.take(at, at + 1);
        self.take(underscore, underscore + 1);
        self.braces(underscore + 1, (from, end, next));
        if !zero && self.is_condition(from, end) {
            let braced = matches!(self.kind(from), Some(RawKind::Delimiter("\\{", _))) && self.raws[from].partner + 1 == end;
            if braced {
                self.take(from, from + 1);
                self.take(end - 1, end);
            }
            let (from, end) = if braced { (from + 1, end - 1) } else { (from, end) };
            self.later(vec![
                Work::Emit(TokenKind::Open(Bracket::Square), self.place(at, underscore)),
                Work::Range(from, end),
                Work::Emit(TokenKind::Close(Bracket::Square), empty_at(whole.end)),
            ]);
            return Ok(next);
        }
        let mut work = vec![
            Work::Emit(TokenKind::Function(if zero { "zeros" } else { "ones" }), self.place(at, underscore)),
            Work::Emit(TokenKind::Open(Bracket::Paren), empty_at(self.span(underscore).start)),
        ];
        let mut start = from;
        for place in from..end {
            if matches!(self.kind(place), Some(RawKind::Comma | RawKind::Command("times"))) {
                work.push(Work::Range(start, place));
                work.push(Work::Emit(TokenKind::Comma, self.span(place)));
                self.take(place, place + 1);
                start = place + 1;
            }
        }
        work.push(Work::Range(start, end));
        work.push(Work::Emit(TokenKind::Close(Bracket::Paren), empty_at(whole.end)));
        self.later(work);
        Ok(next)
    }

    /// Whether what stands below `\mathbf{1}` is a condition rather than a size.
    fn is_condition(&self, from: usize, end: usize) -> bool {
        (from..end).any(|at| match self.kind(at) {
            Some(RawKind::Equals | RawKind::Delimiter("⟨" | "⟩", _)) => true,
            Some(RawKind::Command(name)) => name == "in" || crate::syntax::conditions::sign(name).is_some(),
            _ => false,
        })
    }

    /// `\mathbf{1}`, with a size as its subscript or without.
    pub fn bold_constant(&mut self, at: usize, next: usize, zero: bool) -> Result<usize, Diagnostic> {
        match self.kind(next) {
            Some(RawKind::Underscore) => self.constant(at, next, zero),
            Some(RawKind::Caret) if self.script_follows(next) => {
                // `\mathbf{1}^T_n`: the size first, then the mark.
                let after = self.argument(next + 1).map_or(next + 1, |(_, _, after)| after);
                // The mark is put on once the constant is out.
                let mark = self.work.len();
                let end = self.constant(at, after, zero)?;
                self.work.insert(mark, Work::Range(next, after));
                Ok(end)
            }
            _ => {
                let kind = if zero { TokenKind::Number(Rational::ZERO) } else { TokenKind::OnesVector };
                self.take(at, next);
                self.emit(kind, self.place(at, next));
                Ok(next)
            }
        }
    }
}
