//! `\\begin{cases} x & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}`: nested calls of `where`, one for each case.

use super::lower::{Lower, Work, empty_at};
use super::raw::RawKind;
use crate::base::{Diagnostic, Span};
use crate::syntax::token::{Bracket, TokenKind, Word};

/// One case: its value, and the condition where there is one.
struct Case {
    value: (usize, usize),
    condition: Option<(usize, usize)>,
}

impl Lower<'_> {
    /// The cases whose beginning stands here.
    pub fn cases(&mut self, at: usize) -> Result<usize, Diagnostic> {
        let end = self.raws[at].partner;
        let mut cases = Vec::new();
        for (from, to) in self.split(at + 1, end, RawKind::Row) {
            if from < to {
                cases.push(self.case(from, to)?);
            }
        }
        let last = cases.len().saturating_sub(1);
        if let Some(case) = cases.iter().take(last).find(|case| case.condition.is_none()) {
            let error = self.error(case.value.0, "this case has no condition, and others follow");
            return Err(error.hint("`\\begin{cases} x & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}`"));
        }
        if last == 0 {
            return Err(self
                .error(at, "these are less than two cases")
                .hint("`\\begin{cases} x & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}`"));
        }
        // All of it is read here; the values and conditions are given back.
        self.take(at, end + 1);
        for case in &cases {
            self.give_back(case.value.0, case.value.1);
            if let Some((from, to)) = case.condition {
                self.give_back(from, to);
            }
        }
        let head = self.span(at);
        let mut work = vec![Work::Emit(TokenKind::Open(Bracket::Group), empty_at(head.start))];
        let mut open = 0;
        for (nth, case) in cases.iter().enumerate() {
            match case.condition {
                Some(condition) if nth < last => {
                    self.called(&mut work, "where", head);
                    work.extend([
                        Work::Range(condition.0, condition.1),
                        Work::Emit(TokenKind::Comma, empty_at(self.span(condition.1).start)),
                    ]);
                    self.value(&mut work, case.value);
                    work.push(Work::Emit(TokenKind::Comma, empty_at(self.span(case.value.1).start)));
                    open += 1;
                }
                Some((from, to)) => {
                    self.called(&mut work, "last case", head);
                    work.push(Work::Emit(TokenKind::Open(Bracket::Square), empty_at(self.span(from).start)));
                    work.push(Work::Range(from, to));
                    work.push(Work::Emit(TokenKind::Close(Bracket::Square), empty_at(self.span(to).start)));
                    work.push(Work::Emit(TokenKind::Comma, empty_at(self.span(to).start)));
                    self.value(&mut work, case.value);
                    open += 1;
                }
                None => self.value(&mut work, case.value),
            }
        }
        let close = self.span(end);
        work.extend((0..open).map(|_| Work::Emit(TokenKind::Close(Bracket::Paren), empty_at(close.end))));
        work.push(Work::Emit(TokenKind::Close(Bracket::Group), empty_at(close.end)));
        self.later(work);
        Ok(end + 1)
    }

    fn called(&self, work: &mut Vec<Work>, name: &str, at: Span) {
        let kind = if name == "where" { TokenKind::Word(Box::new(Word::new(name))) } else { TokenKind::Function("last case") };
        work.push(Work::Emit(kind, at));
        work.push(Work::Emit(TokenKind::Open(Bracket::Paren), empty_at(at.end)));
    }

    fn value(&self, work: &mut Vec<Work>, (from, to): (usize, usize)) {
        work.push(Work::Emit(TokenKind::Open(Bracket::Group), empty_at(self.span(from).start)));
        work.push(Work::Range(from, to));
        work.push(Work::Emit(TokenKind::Close(Bracket::Group), empty_at(self.span(to).start)));
    }

    /// The pieces between separators that stand outside braces and inner cases.
    fn split(&self, from: usize, to: usize, separator: RawKind<'_>) -> Vec<(usize, usize)> {
        let mut pieces = Vec::new();
        let (mut start, mut at) = (from, from);
        while at < to {
            match self.kind(at) {
                Some(RawKind::BraceOpen | RawKind::Cases) => at = self.raws[at].partner.max(at),
                Some(kind) if kind == separator => {
                    pieces.push((start, at));
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        pieces.push((start, to));
        pieces
    }

    /// A case: its value, `&`, and its condition behind `\\text{if}`.
    fn case(&self, from: usize, to: usize) -> Result<Case, Diagnostic> {
        let halves = self.split(from, to, RawKind::Align);
        let (value, rest) = match halves.as_slice() {
            [value, rest] => (*value, *rest),
            [_] => {
                let word = |at: &usize| matches!(self.kind(*at), Some(RawKind::Named(word)) if is_word(word));
                match (from..to).find(word) {
                    Some(word) => ((from, word), (word, to)),
                    None => ((from, to), (to, to)),
                }
            }
            _ => return Err(self.error(from, "a case has a value and a condition").hint("`x & \\text{if } x > 0`")),
        };
        let trim = |(from, mut to): (usize, usize)| {
            while to > from && matches!(self.kind(to - 1), Some(RawKind::Comma | RawKind::Semicolon | RawKind::Gap)) {
                to -= 1;
            }
            (from, to)
        };
        let (value, (mut first, last)) = (trim(value), trim(rest));
        let mut otherwise = first == last;
        while first < last {
            match self.kind(first) {
                Some(RawKind::Named("otherwise" | "else" | "Otherwise" | "elsewhere")) => otherwise = true,
                Some(RawKind::Named(word)) if is_word(word) => {}
                Some(RawKind::Comma | RawKind::Gap) => {}
                _ => break,
            }
            first += 1;
        }
        if value.0 == value.1 {
            return Err(self.error(from, "this case has no value"));
        }
        if otherwise && first < last {
            return Err(self.error(first, "nothing stands behind `otherwise`"));
        }
        Ok(Case { value, condition: (!otherwise).then_some((first, last)) })
    }
}

/// Words in front of a condition.
fn is_word(word: &str) -> bool {
    matches!(word, "if" | "for" | "when" | "where" | "If" | "For" | "When" | "otherwise" | "else" | "Otherwise" | "elsewhere" | "whenever")
}
