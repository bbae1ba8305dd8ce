//! Names in LaTeX: letters under typefaces and accents, words, and their subscripts.

use super::commands::Command;
use super::lower::{Lower, Work, empty_at, is_greek};
use super::raw::RawKind;
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::Times;
use crate::syntax::names::{plain_letters, small_character};
use crate::syntax::token::{Bracket, Mark, Norm, Sub, Token, TokenKind, Word};

/// Upright letters that stand for a matrix of the sizes below them.
const SIZED: &[(&str, &str)] = &[("K", "commutation"), ("D", "duplication"), ("L", "elimination")];

impl Lower<'_> {
    /// A name that begins here, with its subscript; answers where the next phrase begins. `None` where there is no name.
    pub fn name(&mut self, at: usize, to: usize) -> Result<Option<usize>, Diagnostic> {
        if let Some(next) = self.sized(at, to) {
            return Ok(Some(next));
        }
        let spelled = self.spelled(at, to).or_else(|| self.logarithm(at, to));
        let found = if spelled.is_some() { spelled } else { self.bare_name(at, to)? };
        let Some((mut word, mut next)) = found else { return Ok(None) };
        if let Some(after) = self.exponential(&word, at, next, to).or_else(|| self.norm_macro(&word, next, to)) {
            return Ok(Some(after));
        }
        let function = self.function_name(&word.name).is_some() && word.name.len() > 1;
        let (mut below, mut above) = (false, None);
        let mut span = self.place(at, next);
        // A subscript may stand before or behind a superscript, and is part of the name either way.
        while next < to {
            match self.kind(next) {
                // `X_{i,:}` is a row.
                Some(RawKind::Underscore) if !below && !self.is_slice(next + 1) => {
                    let (from, end, after) = self.argument(next + 1).ok_or_else(|| self.error(next, "the subscript is missing"))?;
                    self.one_digit(next + 1, end)?;
                    if function && !self.vocabulary.variables.contains(&word.name) {
                        let error = self.error(next, format!("the function `{}` has no subscript", word.name));
                        return Err(match word.name.as_str() {
                            "min" | "max" if matches!(self.letter(from).as_deref(), Some("i" | "j" | "k" | "l" | "m" | "n")) => error.hint(
                                "`norminf(x)` is the greatest absolute entry, `logsumexp(x)` a smooth greatest one, `max(x, y)` goes entry by entry",
                            ),
                            "min" | "max" => error.hint("give the objective alone, and ask `matdiff solve`"),
                            "log" => error.hint("a logarithm to another base is a quotient: `\\frac{\\log x}{\\log 2}`"),
                            _ => error,
                        });
                    }
                    self.subscripts(&mut word, from, end)?;
                    below = true;
                    next = after;
                    if above.is_none() {
                        span = self.place(at, next);
                    }
                }
                Some(RawKind::Small(sign)) if sign.chars().all(|c| small_character(c).is_some()) && !"²³⁻¹ᵀ⊤".contains(sign) => {
                    word.subscript(&plain_letters(sign).0);
                    next += 1;
                    span = self.place(at, next);
                }
                Some(RawKind::Caret) if above.is_none() && !below && self.script_follows(next) => {
                    above = Some(next);
                    next = self.argument(next + 1).map_or(next + 1, |(_, _, after)| after);
                }
                Some(RawKind::Caret) if above.is_none() => {
                    // `x^{(i)}` is the i-th x, and `x^*` a name of its own.
                    let Some((from, end, after)) = self.argument(next + 1) else { break };
                    let label = match (end - from, self.kind(from), self.kind(from + 1)) {
                        (3, Some(RawKind::Delimiter("(", _)), Some(RawKind::Number(digits))) => Some(digits.to_string()),
                        (3, Some(RawKind::Delimiter("(", _)), _) => self.letter(from + 1),
                        (1, Some(RawKind::Times | RawKind::Command("ast" | "star")), _)
                            if word.name.starts_with(|c: char| c.is_ascii_lowercase()) =>
                        {
                            Some("star".to_string())
                        }
                        _ => None,
                    };
                    let Some(label) = label else { break };
                    word.subscript(&label);
                    next = after;
                    span = self.place(at, next);
                }
                _ => break,
            }
        }
        if let (Some(RawKind::Command("mathbb")), "E", false) = (self.kind(at), word.base.as_str(), self.vocabulary.variables.contains("E"))
        {
            let error = Diagnostic::new(Fault::Unsupported, "expectations are not supported").at(span);
            return Err(error.hint("write the mean over samples: `\\frac{1}{N}\\sum_{i=1}^{N} …`"));
        }
        self.push_word(word, span);
        if let Some(caret) = above {
            self.superscript(caret)?;
        }
        Ok(Some(next))
    }

    /// Whether a subscript stands for a whole row or column.
    fn is_slice(&self, at: usize) -> bool {
        self.argument(at).is_some_and(|(from, end, _)| {
            let alone = |at: usize| !matches!(self.kind(at), Some(RawKind::Letter(_) | RawKind::Number(_)));
            (from..end).any(|k| self.kind(k) == Some(RawKind::Colon) && (k == from || alone(k - 1)) && (k + 1 == end || alone(k + 1)))
        })
    }

    /// Letters that spell a function before its parenthesis, `tr(A)` without a backslash: nobody means t times r.
    fn spelled(&self, at: usize, to: usize) -> Option<(Word, usize)> {
        let (text, next) = self.letters(at, to)?;
        let opens = matches!(self.kind(next), Some(RawKind::Delimiter("(" | "[", _)));
        opens.then(|| self.vocabulary.spelled(&text)).flatten().map(|name| (Word::new(&name), next))
    }

    /// `log |X|` and `log det(X)` without backslashes.
    fn logarithm(&self, at: usize, to: usize) -> Option<(Word, usize)> {
        let (text, next) = self.letters(at, to)?;
        let bar = matches!(self.kind(next), Some(RawKind::Delimiter("|", _))) || self.spelled(next, to).is_some();
        (bar && matches!(text.as_str(), "log" | "ln")).then(|| (Word::new("log"), next))
    }

    /// The letters from here to the next space or other sign, where they are the first of their word.
    fn letters(&self, at: usize, to: usize) -> Option<(String, usize)> {
        let letter = |at: usize| match self.kind(at) {
            Some(RawKind::Letter(letter)) if at < to && letter.bytes().all(|b| b.is_ascii_alphabetic()) => Some(letter),
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
    fn exponential(&mut self, word: &Word, at: usize, caret: usize, to: usize) -> Option<usize> {
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
        self.later(vec![
            Work::Emit(TokenKind::Function("exp"), self.place(at, caret)),
            Work::Emit(TokenKind::Open(Bracket::Group), empty_at(self.span(caret).start)),
            Work::Range(from, end),
            Work::Emit(TokenKind::Close(Bracket::Group), empty_at(self.place(at, next).end)),
        ]);
        Some(next)
    }

    /// `\norm{X}_F`, the macro that many papers define: the subscript names the norm.
    fn norm_macro(&mut self, word: &Word, open: usize, to: usize) -> Option<usize> {
        let brace = self.raws.get(open).filter(|raw| word.name == "norm" && raw.kind == RawKind::BraceOpen)?;
        let close = brace.partner;
        if close + 1 >= to || self.kind(close + 1) != Some(RawKind::Underscore) {
            return None;
        }
        let (from, end, next) = self.argument(close + 2)?;
        let name = match self.norm(from, end).ok()? {
            Norm::Two => "norm",
            Norm::One => "norm1",
            Norm::Infinity => "norminf",
            Norm::Nuclear => "nuclear",
        };
        let mut work = vec![Work::Emit(TokenKind::Function(name), self.place(open - 1, open))];
        self.group(&mut work, (open + 1, close, close + 1));
        self.later(work);
        Some(next)
    }

    /// Whether a subscript follows the superscript that stands here.
    fn script_follows(&self, caret: usize) -> bool {
        self.argument(caret + 1).is_some_and(|(_, _, after)| self.kind(after) == Some(RawKind::Underscore))
    }

    /// `\operatorname{D}_{n}`, `\operatorname{L}_{n}`, `\operatorname{K}_{m,n}`: upright letters with sizes below them are the
    /// duplication, elimination and commutation matrices.
    fn sized(&mut self, at: usize, to: usize) -> Option<usize> {
        let Some(RawKind::Named(letter)) = self.kind(at) else { return None };
        let name = SIZED.iter().find(|(l, _)| *l == letter)?.1;
        let written = self.raws.get(at)?.span;
        let upright = self.text.get(written.start as usize..).is_some_and(|t| t.starts_with("\\operatorname"));
        if !upright || self.kind(at + 1) != Some(RawKind::Underscore) {
            return None;
        }
        let (from, end, next) = self.argument(at + 2).filter(|(_, _, next)| *next <= to)?;
        let whole = self.place(at, next);
        self.push_word(Word::new(name), written);
        self.later(vec![
            Work::Emit(TokenKind::Open(Bracket::Paren), empty_at(written.end)),
            Work::Range(from, end),
            Work::Emit(TokenKind::Close(Bracket::Paren), empty_at(whole.end)),
        ]);
        Some(next)
    }

    /// A letter or word under any typefaces and accents, with the subscript that stands inside them.
    fn bare_name(&self, at: usize, to: usize) -> Result<Option<(Word, usize)>, Diagnostic> {
        let mut accents = Vec::new();
        let mut cursor = at;
        let mut end = to;
        let mut next = None;
        let mut differential = false;
        let mut word = loop {
            if cursor >= end {
                return Ok(None);
            }
            let Some(kind) = self.kind(cursor) else { return Ok(None) };
            match kind {
                RawKind::Letter(letter) => {
                    let (letters, marks) = plain_letters(letter);
                    let mut word = Word::new(&letters);
                    for mark in marks {
                        word.accent(mark);
                    }
                    cursor += 1;
                    break word;
                }
                RawKind::Named("d") if next.is_none() && self.kind(cursor + 1).is_some() && !differential => {
                    // `\mathrm{d}X` is the differential's own name.
                    differential = true;
                    cursor += 1;
                    if matches!(self.kind(cursor), Some(RawKind::Letter(_) | RawKind::Command(_))) {
                        continue;
                    }
                    return Ok(Some((Word::new("d"), cursor)));
                }
                RawKind::Named("where" | "with" | "let" | "and") => return Ok(None),
                RawKind::Named(text) => {
                    cursor += 1;
                    let text = text.replace('\\', "").replace('-', "_");
                    let name = self.function_name(&text).unwrap_or_else(|| crate::syntax::canonical(&text));
                    break Word::new(&name);
                }
                RawKind::Command(name) => match self.meaning(name) {
                    Command::Letter(letter) => {
                        cursor += 1;
                        break Word::new(letter);
                    }
                    Command::Function => {
                        cursor += 1;
                        break Word::new(&self.function_name(name).unwrap_or_else(|| name.to_string()));
                    }
                    Command::Style | Command::Accent(_) => {
                        if let Command::Accent(suffix) = self.meaning(name) {
                            accents.push(suffix);
                        }
                        let Some((from, inner_end, after)) = self.argument(cursor + 1).filter(|(_, _, after)| *after <= end) else {
                            return Ok(None);
                        };
                        next = next.or(Some(after));
                        (cursor, end) = (from, inner_end);
                    }
                    Command::Layout if next.is_some() => cursor += 1,
                    _ => return Ok(None),
                },
                // `\log{x}` is a call.
                RawKind::BraceOpen if cursor == at && self.after_function() => return Ok(None),
                RawKind::BraceOpen => {
                    next = next.or(Some(self.raws[cursor].partner + 1));
                    end = self.raws[cursor].partner;
                    cursor += 1;
                }
                _ => return Ok(None),
            }
        };
        for accent in accents.into_iter().rev() {
            word.accent(accent);
        }
        if differential {
            word = Word::new(&format!("d{}", word.name));
        }
        let Some(next) = next else { return Ok(Some((word, cursor))) };
        if cursor < end && self.kind(cursor) == Some(RawKind::Underscore) {
            let Some((from, inner_end, after)) = self.argument(cursor + 1) else { return Ok(None) };
            self.subscripts(&mut word, from, inner_end)?;
            cursor = after;
        }
        Ok((cursor == end).then_some((word, next)))
    }

    /// Whether the phrase before is a function's name.
    fn after_function(&self) -> bool {
        match self.out.last().map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => word.name.len() > 1 && self.function_name(&word.name).is_some(),
            _ => false,
        }
    }

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
    fn subscripts(&self, word: &mut Word, from: usize, to: usize) -> Result<(), Diagnostic> {
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
                RawKind::Named(name) => text.push_str(&name.replace(['\\', '_', '-'], "")),
                RawKind::Number(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => text.push_str(digits),
                RawKind::Times | RawKind::Command("ast" | "star") => text.push_str("star"),
                RawKind::Command("infty") => text.push_str("inf"),
                RawKind::Command(name) => match self.meaning(name) {
                    Command::Letter(letter) => text.push_str(letter),
                    Command::Function => text.push_str(name),
                    Command::Style | Command::Layout => {}
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

    /// `1_n`, `0_{m \times n}`: a call of `ones` or `zeros`; the subscript begins at `underscore`.
    pub fn constant(&mut self, at: usize, underscore: usize, zero: bool) -> Result<usize, Diagnostic> {
        let (from, end, next) = self.argument(underscore + 1).ok_or_else(|| self.error(underscore, "the size is missing"))?;
        let whole = self.place(at, next);
        if !zero && self.is_condition(from, end) {
            let braced = matches!(self.kind(from), Some(RawKind::Delimiter("\\{", _))) && self.raws[from].partner + 1 == end;
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
                self.emit(kind, self.place(at, next));
                Ok(next)
            }
        }
    }

    /// The canonical name of letters that are joined, for indices.
    pub fn joined(&self, from: usize, to: usize) -> Option<Vec<(String, Span)>> {
        let mut letters = Vec::new();
        for at in from..to {
            letters.push((self.letter(at).filter(|name| name.len() == 1 || is_greek(name))?, self.span(at)));
        }
        Some(letters)
    }
}
