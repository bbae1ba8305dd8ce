//! Primes in LaTeX: a transpose, or another name (`k(x, x')`), by what the rest of the text says.

use super::commands::is_accent_command;
use super::lower::Lower;
use super::raw::RawKind;
use crate::base::{Diagnostic, Fault};
use crate::syntax::ast::Remark;
use crate::syntax::token::Word;

/// What primes behind names are in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Primes {
    /// Transposes: nothing else writes them.
    #[default]
    Transposes,
    /// Transposes are written `^\top`; a prime may be part of a name.
    Doubtful,
    /// Names: `x - x'` stands in the text, and has no sense as a transpose.
    Names,
}

impl Lower<'_> {
    /// What primes are in this text.
    pub fn primes(&self) -> Primes {
        let any = self.raws.iter().any(|raw| matches!(raw.kind, RawKind::Primes(_) | RawKind::Command("prime")));
        if !any {
            return Primes::Transposes;
        }
        let letter = |at: usize| self.letter(at).filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()));
        let joins = |at: usize| matches!(self.kind(at), Some(RawKind::Plus | RawKind::Minus | RawKind::Comma));
        let pair = |at: usize| {
            let first = letter(at);
            let second = if matches!(self.kind(at + 1), Some(RawKind::Primes(_))) { at + 3 } else { at + 2 };
            let primed = second == at + 3 || matches!(self.kind(second + 1), Some(RawKind::Primes(_)));
            first.is_some() && joins(second - 1) && first == letter(second) && primed
        };
        if (0..self.raws.len()).any(pair) {
            return Primes::Names;
        }
        // `(x - y)'` is nothing but a transpose, and so are other primes beside it.
        let closed = |at: usize| {
            let behind = matches!(self.kind(at), Some(RawKind::Delimiter(")" | "]" | "\\}", _)));
            behind && matches!(self.kind(at + 1), Some(RawKind::Primes(_)))
        };
        if !self.writes_transposes() || (0..self.raws.len()).any(closed) { Primes::Transposes } else { Primes::Doubtful }
    }

    /// Whether the text writes transposes as superscripts; the end of a sum, `\sum_{t=1}^{T}`, is none.
    fn writes_transposes(&self) -> bool {
        let mut at = 0;
        while let Some(kind) = self.kind(at) {
            at += 1;
            match kind {
                RawKind::Command("sum" | "prod") => {
                    while let (Some(RawKind::Caret | RawKind::Underscore), Some((.., next))) = (self.kind(at), self.argument(at + 1)) {
                        at = next;
                    }
                }
                RawKind::Caret if self.argument(at).is_some_and(|(from, to, _)| self.is_transpose(from, to)) => return true,
                RawKind::Small("ᵀ" | "⊤") => return true,
                _ => {}
            }
        }
        false
    }

    /// Takes the primes that stand behind a name as part of it, where that is what they are. Answers whether they were.
    ///
    /// # Errors
    /// Primes that may be either.
    pub fn primed(&mut self, word: &mut Word, at: usize, to: usize, count: usize, next: usize) -> Result<bool, Diagnostic> {
        let applied = next < to && matches!(self.kind(next), Some(RawKind::Delimiter("(", _)));
        if self.prime == Primes::Transposes || applied || word.name.len() > 1 && self.function_name(&word.name).is_some() {
            return Ok(false);
        }
        let whole = self.place(at, next);
        let operand = next < to
            && match self.kind(next) {
                Some(RawKind::Letter(_) | RawKind::Named(_) | RawKind::Number(_) | RawKind::BraceOpen) => true,
                Some(RawKind::Command(name)) => self.letter(next).is_some() || is_accent_command(name),
                Some(RawKind::Delimiter("(" | "[" | "\\{", _)) => true,
                _ => false,
            };
        if self.prime == Primes::Doubtful && operand {
            let letter = &word.name;
            return Err(Diagnostic::new(Fault::Ambiguous, "this prime may be a transpose or part of a name")
                .at(whole)
                .hint(format!("write `{letter}^\\top` for the transpose, `{letter}_{{\\mathrm{{prime}}}}` for another name")));
        }
        word.subscript(match count {
            1 => "prime",
            2 => "second",
            _ => "third",
        });
        let note = format!("`{}` is a name of its own, `{}`, and no transpose", whole.of(self.text), word.name);
        if !self.remarks.iter().any(|remark| remark.note == note) {
            self.remarks.push(Remark { span: whole, note });
        }
        Ok(true)
    }
}
