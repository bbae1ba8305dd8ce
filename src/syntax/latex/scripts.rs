//! Superscripts and subscripts in LaTeX: transposes, powers, norms, entries.

use super::lower::{Lower, Work, empty_at, is_greek};
use super::raw::RawKind;
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::token::{Bracket, Mark, Norm, Side, TokenKind};

/// Commands that people define for the transpose.
pub(super) const TRANSPOSES: &[&str] = &["T", "tran", "trans", "transp", "transpose", "tp"];

impl Lower<'_> {
    /// The superscript whose `^` stands here, as a mark or as a power.
    pub fn superscript(&mut self, caret: usize) -> Result<usize, Diagnostic> {
        let Some((from, end, next)) = self.argument(caret + 1).filter(|(from, end, _)| from < end) else {
            return Err(self.error(caret, "the exponent is missing"));
        };
        self.one_digit(caret + 1, end)?;
        let whole = self.place(caret, next);
        self.take(caret, caret + 1);
        self.braces(caret + 1, (from, end, next));
        let mark = |lower: &mut Self, mark: Mark| {
            lower.take(from, end);
            lower.emit(TokenKind::Mark(mark), whole);
            Ok(next)
        };
        if (from..end).all(|at| matches!(self.kind(at), Some(RawKind::Command("prime") | RawKind::Primes(_)))) {
            self.take(from, end);
            for at in from..end {
                let count = if let Some(RawKind::Primes(count)) = self.kind(at) { count } else { 1 };
                for _ in 0..count {
                    self.emit(TokenKind::Mark(Mark::Prime), self.span(at));
                }
            }
            return Ok(next);
        }
        if self.is_transpose(from, end) {
            return mark(self, Mark::Transpose);
        }
        if self.kind(from) == Some(RawKind::Minus) && self.is_transpose(from + 1, end) {
            return mark(self, Mark::InverseTranspose);
        }
        if end == from + 1 {
            match self.kind(from) {
                Some(RawKind::Plus) => return mark(self, Mark::PseudoInverse),
                Some(RawKind::Command("dagger")) => {
                    if !matches!(self.out.last().map(|token| &token.kind), Some(TokenKind::Word(_))) {
                        let error = Diagnostic::new(Fault::Ambiguous, "`^\\dagger` may be the adjoint or the pseudo-inverse").at(whole);
                        return Err(error.hint("write `^\\top` for the transpose, `^{+}` for the pseudo-inverse"));
                    }
                    return mark(self, Mark::PseudoInverse);
                }
                Some(RawKind::Letter("t")) => self.small_t(whole)?,
                Some(RawKind::Times | RawKind::Command("ast" | "star")) => {
                    let error = Diagnostic::new(Fault::Unsupported, "`*` is not a power").at(whole);
                    return Err(error.hint("matrices are real here: write `^\\top` for the transpose"));
                }
                Some(RawKind::Letter("H")) if !self.vocabulary.variables.contains("H") => {
                    let error = Diagnostic::new(Fault::Unsupported, "`^H` is not a power").at(whole);
                    return Err(error.hint("matrices are real here: write `^\\top` for the transpose"));
                }
                _ => {}
            }
        }
        let elementwise = matches!(self.kind(from), Some(RawKind::Command("circ" | "odot") | RawKind::Hadamard));
        let operator = if elementwise { TokenKind::HadamardCaret } else { TokenKind::Caret };
        let from = if elementwise { from + 1 } else { from };
        self.take(caret, from);
        if from >= end {
            return Err(self.error(caret, "the exponent is missing").hint("A^{\\circ 2}"));
        }
        let mut work = vec![Work::Emit(operator, self.span(caret))];
        if end == from + 1 && matches!(self.kind(from), Some(RawKind::Number(_) | RawKind::Letter(_))) {
            work.push(Work::Range(from, end));
        } else {
            self.group(&mut work, (from, end, next));
        }
        self.later(work);
        Ok(next)
    }

    /// Whether the phrases between two places are a transpose's sign, in whatever typeface.
    pub fn is_transpose(&self, from: usize, to: usize) -> bool {
        let sign = |at: &usize| !matches!(self.kind(*at), Some(RawKind::BraceOpen | RawKind::BraceClose));
        let mut signs = (from..to).filter(sign);
        let transpose = match signs.next().and_then(|at| self.kind(at)) {
            Some(RawKind::Letter("T") | RawKind::Named("T") | RawKind::Small("⊤" | "ᵀ")) => true,
            Some(RawKind::Command(name)) => matches!(name, "top" | "intercal") || TRANSPOSES.contains(&name),
            _ => false,
        };
        transpose && signs.next().is_none()
    }

    /// Refuses `A^t` where nothing says that t is a number: the French write the transpose so.
    fn small_t(&self, whole: Span) -> Result<(), Diagnostic> {
        let known = self.vocabulary.variables.contains("t") || self.index_letters().any(|letter| letter == "t");
        let number = match self.out.last().map(|token| &token.kind) {
            Some(TokenKind::Number(_)) => true,
            Some(TokenKind::Word(word)) => is_greek(&word.base) && word.base.starts_with(char::is_lowercase),
            _ => false,
        };
        if known || number {
            return Ok(());
        }
        let error = Diagnostic::new(Fault::Ambiguous, "`^t` may be the transpose or a power").at(whole);
        Err(error.hint("write `^\\top` for the transpose; for a power declare the number: --var 't: scalar'"))
    }

    /// The letters that stand on their own somewhere outside superscripts, or below a sum.
    fn index_letters(&self) -> impl Iterator<Item = &str> {
        let above = |at: usize| {
            let opens = |at: usize| self.kind(at) == Some(RawKind::BraceOpen);
            at > 0 && self.kind(at - 1) == Some(RawKind::Caret) || at > 1 && opens(at - 1) && self.kind(at - 2) == Some(RawKind::Caret)
        };
        self.raws.iter().enumerate().filter_map(move |(at, raw)| match raw.kind {
            RawKind::Letter(letter) if !above(at) => Some(letter),
            _ => None,
        })
    }

    /// `{}^t X`: a transpose written on the left.
    pub fn scripts_in_front(&mut self, at: usize, to: usize) -> Result<usize, Diagnostic> {
        let error = |lower: &Self, message: &str| lower.error(at, message).hint("write `X^\\top` for a transpose");
        let script =
            self.argument(at + 2).filter(|(from, end, next)| from < end && *next < to && self.kind(at + 1) == Some(RawKind::Caret));
        let Some((from, end, next)) = script else {
            return Err(error(self, "this script has nothing on its left"));
        };
        let small = matches!(self.kind(from), Some(RawKind::Letter("t"))) && end == from + 1;
        let behind = !self.raws[at].spaced && self.out.last().is_some_and(|token| token.kind.ends_operand());
        if !(small || self.is_transpose(from, end)) || behind {
            return Err(error(self, "this script may belong to what stands before it or behind it"));
        }
        let operand = match self.raws[next].kind {
            RawKind::BraceOpen | RawKind::Delimiter("(" | "[" | "\\{", _) if self.raws[next].partner > next => self.raws[next].partner + 1,
            RawKind::Letter(_) | RawKind::Command(_) => {
                let after = self.argument(next).map_or(next + 1, |(.., after)| after);
                match self.kind(after) {
                    Some(RawKind::Underscore) => self.argument(after + 1).map_or(after, |(.., after)| after),
                    _ => after,
                }
            }
            _ => return Err(error(self, "this script has nothing on its right")),
        };
        self.take(at, next);
        let mark = Work::Emit(TokenKind::Mark(Mark::Transpose), self.place(at, next));
        self.later(vec![Work::Range(next, operand.min(to)), mark]);
        Ok(operand.min(to))
    }

    /// A bar with the norm that its subscript names; superscript and subscript in either order.
    pub fn bar(&mut self, at: usize, wide: bool, side: Option<Side>) -> Result<usize, Diagnostic> {
        let mut next = at + 1;
        let mut above = None;
        let mut norm = None;
        let mut by = None;
        loop {
            match self.kind(next) {
                Some(RawKind::Underscore) if norm.is_none() => {
                    let (from, end, after) = self.argument(next + 1).ok_or_else(|| self.error(next, "the subscript is missing"))?;
                    by = (wide && self.is_weight(from, end)).then_some((from, end));
                    norm = Some(if by.is_some() { Norm::Two } else { self.norm(from, end)? });
                    self.take(next, if by.is_some() { from } else { after });
                    self.take(if by.is_some() { end } else { next }, after);
                    next = after;
                }
                Some(RawKind::Caret) if above.is_none() && norm.is_none() => {
                    let after = self.argument(next + 1).map(|(_, _, after)| after);
                    if after.and_then(|after| self.kind(after)) != Some(RawKind::Underscore) {
                        break;
                    }
                    above = Some(next);
                    next = after.unwrap_or(next + 1);
                }
                _ => break,
            }
        }
        self.take(at, at + 1);
        self.emit(TokenKind::Bar { wide, norm, side }, self.place(at, at + 1));
        if let (Some(token), true) = (self.out.last_mut(), norm.is_some() && above.is_none()) {
            token.span = token.span.to(self.raws[next - 1].span);
        }
        if let Some((from, end)) = by {
            let inside = self.place(from, end);
            let mut work = vec![
                Work::Emit(TokenKind::Open(Bracket::Bound), empty_at(inside.start)),
                Work::Range(from, end),
                Work::Emit(TokenKind::Close(Bracket::Bound), empty_at(inside.end)),
            ];
            if let Some(caret) = above {
                work.push(Work::Range(caret, self.argument(caret + 1).map_or(caret + 1, |(_, _, after)| after)));
            }
            self.later(work);
            return Ok(next);
        }
        if let Some(caret) = above {
            self.superscript(caret)?;
        }
        Ok(next)
    }

    /// Whether a norm's subscript is a number or `p` (the p-norm), or a matrix that weights it: a capital letter or its inverse.
    /// `L^2`, `H^1` and `S_1` name spaces and other norms.
    fn is_weight(&self, from: usize, to: usize) -> bool {
        let single = to == from + 1;
        let mut first = from;
        while self.kind(first) == Some(RawKind::BraceOpen) {
            first += 1;
        }
        let upper = self.letter(first).filter(|l| l.starts_with(char::is_uppercase));
        match (self.kind(first), upper) {
            (Some(RawKind::Number(digits)), _) => single && !matches!(digits, "0" | "1" | "2"),
            (Some(RawKind::Letter("p" | "q")), _) => single,
            (Some(RawKind::Letter("F")), _) | (_, None) => false,
            (_, Some(letter)) => (first + 1..to).all(|at| match self.kind(at) {
                Some(RawKind::Caret) => {
                    let above = self.argument(at + 1).map(|(from, ..)| self.kind(from));
                    matches!(above, Some(Some(RawKind::Minus)))
                }
                Some(RawKind::Underscore) => !matches!(letter.as_str(), "S" | "L" | "H" | "C"),
                kind => kind != Some(RawKind::Comma),
            }),
        }
    }

    /// The norm that a subscript names.
    pub fn norm(&self, from: usize, to: usize) -> Result<Norm, Diagnostic> {
        let written = self.place(from, to);
        let names = (from..to).filter(|&at| !matches!(self.kind(at), Some(RawKind::BraceOpen | RawKind::BraceClose)));
        let mut names = names.map(|at| self.kind(at));
        let first = names.next().flatten();
        let norm = match first {
            Some(RawKind::Number("2") | RawKind::Letter("F") | RawKind::Named("F" | "Fro" | "fro")) => Some(Norm::Two),
            Some(RawKind::Number("1")) => Some(Norm::One),
            Some(RawKind::Command("infty")) => Some(Norm::Infinity),
            Some(RawKind::Times | RawKind::Command("ast" | "star")) => Some(Norm::Nuclear),
            _ => None,
        };
        match norm.filter(|_| names.next().is_none()) {
            Some(norm) => Ok(norm),
            None => {
                let error = Diagnostic::new(Fault::Unsupported, "this norm cannot be read").at(written);
                Err(error.hint("the norms are `\\|x\\|_2`, `\\|X\\|_F`, `\\|x\\|_1`, `\\|x\\|_\\infty`, `\\|X\\|_*` and `\\operatorname{spectral}(X)`; `\\|x\\|_p` and `\\|x\\|_W` with a matrix W"))
            }
        }
    }

    /// A subscript that is not a name's: `(A B)_{ij}` and `[X]_{2,1}` are entries.
    pub fn subscript(&mut self, underscore: usize) -> Result<usize, Diagnostic> {
        let closed =
            matches!(self.out.last().map(|token| &token.kind), Some(TokenKind::Close(_) | TokenKind::Mark(_) | TokenKind::Word(_)));
        let Some((from, end, next)) = self.argument(underscore + 1).filter(|(from, end, _)| from < end && closed) else {
            return Err(self.error(underscore, "this subscript has nothing on its left"));
        };
        let whole = self.place(underscore, next);
        self.take(underscore, underscore + 1);
        self.braces(underscore + 1, (from, end, next));
        if end == from + 1 && self.kind(from) == Some(RawKind::Plus) {
            self.take(from, end);
            self.emit(TokenKind::Mark(Mark::PositivePart), whole);
            return Ok(next);
        }
        let mut places: Vec<Vec<Work>> = Vec::new();
        let pieces = self.pieces(from, end);
        let digits = if let (Some(RawKind::Number(digits)), true) = (self.kind(from), end == from + 1) { digits } else { "" };
        if pieces.len() == 1
            && let Some(letters) = self.joined(from, end)
        {
            self.take(from, end);
            for (letter, span) in letters {
                places.push(vec![Work::Emit(TokenKind::Word(Box::new(crate::syntax::token::Word::new(&letter))), span)]);
            }
        } else if digits.len() == 2 {
            self.take(from, end);
            for digit in digits.chars() {
                let value = Rational::from(i64::from(digit.to_digit(10).unwrap_or(0)));
                places.push(vec![Work::Emit(TokenKind::Number(value), self.span(from))]);
            }
        } else {
            for (start, to) in pieces {
                // The comma in front.
                self.take(start.max(from + 1) - 1, start.max(from));
                places.push(vec![Work::Range(start, to)]);
            }
        }
        let mut work = vec![Work::Emit(TokenKind::Open(Bracket::Index), empty_at(whole.start))];
        for (nth, place) in places.into_iter().enumerate() {
            if nth > 0 {
                work.push(Work::Emit(TokenKind::Comma, empty_at(whole.end)));
            }
            work.extend(place);
        }
        work.push(Work::Emit(TokenKind::Close(Bracket::Square), empty_at(whole.end)));
        self.spaced = false;
        self.later(work);
        Ok(next)
    }
}
