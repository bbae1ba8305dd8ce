//! Superscripts and subscripts in LaTeX: transposes, powers, norms, entries.

use super::lower::{Lower, Work, empty_at};
use super::raw::RawKind;
use crate::base::{Diagnostic, Fault, Rational};
use crate::syntax::token::{Bracket, Mark, Norm, Side, TokenKind};

impl Lower<'_> {
    /// The superscript whose `^` stands here, as a mark or as a power.
    pub fn superscript(&mut self, caret: usize) -> Result<usize, Diagnostic> {
        let Some((from, end, next)) = self.argument(caret + 1).filter(|(from, end, _)| from < end) else {
            return Err(self.error(caret, "the exponent is missing"));
        };
        self.one_digit(caret + 1, end)?;
        let whole = self.place(caret, next);
        let mark = |lower: &mut Self, mark: Mark| {
            lower.emit(TokenKind::Mark(mark), whole);
            Ok(next)
        };
        if (from..end).all(|at| matches!(self.kind(at), Some(RawKind::Command("prime") | RawKind::Primes(_)))) {
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
                Some(RawKind::Plus | RawKind::Command("dagger")) => return mark(self, Mark::PseudoInverse),
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

    /// Whether the phrases between two places are a transpose's sign, under whatever typeface.
    pub fn is_transpose(&self, from: usize, to: usize) -> bool {
        let mut seen = false;
        for at in from..to {
            match self.kind(at) {
                Some(
                    RawKind::Letter("T")
                    | RawKind::Named("T")
                    | RawKind::Command("top" | "intercal" | "T" | "tran")
                    | RawKind::Small("⊤" | "ᵀ"),
                ) if !seen => {
                    seen = true;
                }
                Some(RawKind::BraceOpen | RawKind::BraceClose) => {}
                Some(RawKind::Command(
                    "mathsf" | "mathrm" | "mathbf" | "text" | "mathit" | "textsf" | "mathtt" | "rm" | "sf" | "intercal" | "boldsymbol",
                )) => {}
                _ => return false,
            }
        }
        seen
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
        while matches!(self.kind(first), Some(RawKind::BraceOpen | RawKind::Command("mathbf" | "boldsymbol" | "bm"))) {
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
        let names = (from..to).filter(|&at| {
            !matches!(
                self.kind(at),
                Some(RawKind::BraceOpen | RawKind::BraceClose | RawKind::Command("mathrm" | "text" | "mathsf" | "mathcal"))
            )
        });
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
        if end == from + 1 && self.kind(from) == Some(RawKind::Plus) {
            self.emit(TokenKind::Mark(Mark::PositivePart), whole);
            return Ok(next);
        }
        let mut places: Vec<Vec<Work>> = Vec::new();
        let pieces = self.pieces(from, end);
        let digits = if let (Some(RawKind::Number(digits)), true) = (self.kind(from), end == from + 1) { digits } else { "" };
        if pieces.len() == 1
            && let Some(letters) = self.joined(from, end)
        {
            for (letter, span) in letters {
                places.push(vec![Work::Emit(TokenKind::Word(Box::new(crate::syntax::token::Word::new(&letter))), span)]);
            }
        } else if digits.len() == 2 {
            for digit in digits.chars() {
                let value = Rational::from(i64::from(digit.to_digit(10).unwrap_or(0)));
                places.push(vec![Work::Emit(TokenKind::Number(value), self.span(from))]);
            }
        } else {
            for (from, to) in pieces {
                places.push(vec![Work::Range(from, to)]);
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
