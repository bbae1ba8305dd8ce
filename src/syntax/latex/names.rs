//! Names in LaTeX: letters under accents, words, and their scripts.

use super::commands::Command;
use super::faces::{Alphabet, Face, sign};
use super::lower::Lower;
use super::raw::RawKind;
use crate::base::{Diagnostic, Fault};
use crate::syntax::Sign;
use crate::syntax::names::{plain_letters, small_character};
use crate::syntax::token::{Mark, TokenKind, Word};

/// A name without the scripts behind it.
struct Bare {
    word: Word,
    /// How its letter is set.
    face: Face,
    /// How it was written, where that says more than its letters.
    sign: Option<Sign>,
    /// Where the next phrase begins.
    next: usize,
}

impl Lower<'_> {
    /// A name that begins here, with its scripts; answers where the next phrase begins. `None` where there is no name.
    pub fn name(&mut self, at: usize, to: usize) -> Result<Option<usize>, Diagnostic> {
        if let Some(next) = self.sized(at, to) {
            return Ok(Some(next));
        }
        self.spelled_greek(at, to)?;
        let spelled = self.spelled(at, to).or_else(|| self.prefixed(at, to));
        let found = match spelled {
            Some((word, next)) => Some(Bare { word, face: Face::default(), sign: None, next }),
            None => self.bare_name(at, to)?,
        };
        let Some(Bare { mut word, face, sign, mut next }) = found else { return Ok(None) };
        if let Some(after) = self.exponential(&word, at, next, to) {
            return Ok(Some(after));
        }
        self.take(at, next);
        let function = self.function_name(&word.name).is_some() && word.name.len() > 1;
        let (mut below, mut above, mut transposed, mut labelled) = (false, None, false, false);
        let mut span = self.place(at, next);
        // A subscript may stand before or behind a superscript, and is part of the name either way.
        while next < to {
            match self.kind(next) {
                // `X_{i,:}` is a row.
                Some(RawKind::Underscore) if !below && !self.is_slice(next + 1) => {
                    let (from, end, after) = self.argument(next + 1).ok_or_else(|| self.error(next, "the subscript is missing"))?;
                    self.one_digit(next + 1, end)?;
                    if function && !self.vocabulary.variables.contains(&word.name) {
                        return Err(self.function_with_subscript(&word, next, from));
                    }
                    self.subscripts(&mut word, from, end)?;
                    self.take(next, after);
                    below = true;
                    next = after;
                    if above.is_none() {
                        span = self.place(at, next);
                    }
                }
                Some(RawKind::Small(sign)) if sign.chars().all(|c| small_character(c).is_some()) && self.is_below(sign) => {
                    word.subscript(&plain_letters(sign).0);
                    self.take(next, next + 1);
                    next += 1;
                    span = self.place(at, next);
                }
                Some(RawKind::Primes(count)) if above.is_none() => {
                    if !self.primed(&mut word, at, to, count, next + 1)? {
                        break;
                    }
                    self.take(next, next + 1);
                    next += 1;
                    span = self.place(at, next);
                }
                Some(RawKind::Caret) if above.is_none() => {
                    let Some((from, end, after)) = self.argument(next + 1).filter(|(from, end, _)| from < end) else { break };
                    let prime = end == from + 1 && matches!(self.kind(from), Some(RawKind::Primes(_) | RawKind::Command("prime")));
                    if prime && self.primed(&mut word, at, to, 1, after)? {
                        self.take(next, after);
                        next = after;
                        span = self.place(at, next);
                        continue;
                    }
                    let label = if function { None } else { self.superscripts(&mut word, from, end) };
                    if let Some(label) = label {
                        self.not_adjoint(&word, at, (next, after))?;
                        self.take(next, after);
                        transposed |= label.transposed;
                        labelled = true;
                        next = after;
                        span = self.place(at, next);
                    } else if !below && self.script_follows(next) {
                        above = Some(next);
                        next = after;
                    } else {
                        break;
                    }
                }
                _ => break,
            }
        }
        if face.alphabet == Alphabet::Blackboard && word.base == "E" && !self.vocabulary.variables.contains("E") {
            let error = Diagnostic::new(Fault::Unsupported, "expectations are not supported").at(span);
            return Err(error.hint("write the mean over samples: `\\frac{1}{N}\\sum_{i=1}^{N} …`"));
        }
        if !word.subs.is_empty() && *self.labels.entry(word.name.clone()).or_insert(labelled) != labelled {
            let error = Diagnostic::new(Fault::Ambiguous, format!("two names of this text would both be `{}`", word.name)).at(span);
            return Err(error.hint("a label above and one below are read alike: write one of the two as `\\mathrm{…}`"));
        }
        if let Some(sign) = sign {
            self.signs.entry(word.base.clone()).or_insert_with(|| sign.clone());
            self.signs.entry(word.name.clone()).or_insert(sign);
        }
        self.push_word(word, span);
        if transposed {
            self.emit(TokenKind::Mark(Mark::Transpose), span);
        }
        if let Some(caret) = above {
            self.superscript(caret)?;
        }
        Ok(Some(next))
    }

    /// Refuses `x^* M x`: where x stands there too and a factor follows, the star is a conjugate transpose or a label.
    fn not_adjoint(&self, word: &Word, at: usize, (caret, after): (usize, usize)) -> Result<(), Diagnostic> {
        let operand = match self.kind(after) {
            Some(RawKind::Letter(_) | RawKind::Named(_) | RawKind::BraceOpen | RawKind::Delimiter("(" | "[", _)) => true,
            Some(RawKind::Command(_)) => self.letter(after).is_some(),
            _ => false,
        };
        let Some(base) = word.name.strip_suffix("_star").filter(|_| operand) else { return Ok(()) };
        let bare = |k: usize| k != at && self.letter(k).as_deref() == Some(base) && self.kind(k + 1) != Some(RawKind::Caret);
        if !(0..self.raws.len()).any(bare) {
            return Ok(());
        }
        let whole = self.place(at, after);
        Err(Diagnostic::new(Fault::Ambiguous, format!("`{}` may be the conjugate transpose or a name of its own", whole.of(self.text)))
            .at(self.place(caret, after))
            .hint(format!("matrices are real here: write `{base}^\\top` for the transpose, `{base}_{{\\star}}` for the name")))
    }

    /// Refuses `z^k + u^k` of lower-case letters where nothing says what k is: powers, or the k-th z and u of an iteration.
    ///
    /// # Errors
    /// Two such letters, undeclared, under an index of an iteration that no sum binds.
    pub fn iterates(&self) -> Result<(), Diagnostic> {
        let lower = |at: usize| self.letter(at).filter(|l| l.len() == 1 && l.starts_with(|c: char| c.is_ascii_lowercase()) && l != "e");
        let above = |at: usize| match (self.kind(at + 1), self.argument(at + 2)) {
            (Some(RawKind::Caret), Some((from, to, next))) if to == from + 1 => self.letter(from).map(|index| (index, next)),
            _ => None,
        };
        let mut first: Option<(String, String)> = None;
        for at in 0..self.raws.len() {
            let (Some(base), Some((index, next))) = (lower(at), above(at)) else { continue };
            let iteration = matches!(index.as_str(), "k" | "t") && !self.vocabulary.variables.contains(&index) && !self.binds(&index);
            if !iteration || self.vocabulary.variables.contains(&base) {
                continue;
            }
            match &first {
                None => first = Some((base, index)),
                Some((other, same)) if *other != base && *same == index => {
                    let message = format!("`{base}^{index}` may be a power or the {index}-th `{base}`, as `{other}^{index}` may");
                    return Err(Diagnostic::new(Fault::Ambiguous, message).at(self.place(at, next)).hint(format!(
                        "write `{base}^{{({index})}}` for an iterate; for a power declare the number: --var '{index}: scalar'"
                    )));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Whether a sum or a product runs over an index.
    fn binds(&self, index: &str) -> bool {
        (0..self.raws.len()).filter(|&at| matches!(self.kind(at), Some(RawKind::Command("sum" | "prod")))).any(|at| {
            let below = (at + 1..at + 4).find(|&k| self.kind(k) == Some(RawKind::Underscore)).and_then(|k| self.argument(k + 1));
            below.is_some_and(|(from, to, _)| (from..to).any(|k| self.letter(k).as_deref() == Some(index)))
        })
    }

    /// Whether a subscript stands for a whole row or column.
    fn is_slice(&self, at: usize) -> bool {
        self.argument(at).is_some_and(|(from, end, _)| {
            let alone = |at: usize| !matches!(self.kind(at), Some(RawKind::Letter(_) | RawKind::Number(_)));
            (from..end).any(|k| self.kind(k) == Some(RawKind::Colon) && (k == from || alone(k - 1)) && (k + 1 == end || alone(k + 1)))
        })
    }

    fn function_with_subscript(&self, word: &Word, underscore: usize, from: usize) -> Diagnostic {
        let error = self.error(underscore, format!("the function `{}` has no subscript", word.name));
        match word.name.as_str() {
            "min" | "max" if matches!(self.letter(from).as_deref(), Some("i" | "j" | "k" | "l" | "m" | "n")) => error
                .hint("`norminf(x)` is the greatest absolute entry, `logsumexp(x)` a smooth greatest one, `max(x, y)` goes entry by entry"),
            "min" | "max" => error.hint("give the objective alone, and ask `matdiff solve`"),
            "log" => error.hint("a logarithm to another base is a quotient: `\\frac{\\log x}{\\log 2}`"),
            _ => error,
        }
    }

    /// Whether a small sign stands below the line.
    fn is_below(&self, sign: &str) -> bool {
        sign.chars().all(|c| matches!(c, '₀'..='₉' | 'ᵢ' | 'ⱼ' | 'ₖ' | 'ₙ' | 'ₘ' | 'ₜ'))
    }

    /// Whether a subscript follows the superscript that stands here.
    pub fn script_follows(&self, caret: usize) -> bool {
        self.argument(caret + 1).is_some_and(|(_, _, after)| self.kind(after) == Some(RawKind::Underscore))
    }

    /// A letter or word under accents and in braces, where these hold nothing but it and its subscript.
    fn bare_name(&self, at: usize, to: usize) -> Result<Option<Bare>, Diagnostic> {
        // `\mathrm{d}X` is the differential's own name.
        let differential = self.kind(at) == Some(RawKind::Named("d"));
        let mut cursor = at + usize::from(differential);
        let alone = Bare { word: Word::new("d"), face: Face::default(), sign: None, next: at + 1 };
        if differential && !matches!(self.kind(cursor), Some(RawKind::Letter(_) | RawKind::Command(_)) if cursor < to) {
            return Ok(Some(alone));
        }
        let mut accents = Vec::new();
        // Where the groups around the letter end, the innermost last.
        let mut groups = Vec::new();
        let mut is_word = false;
        let (mut word, face) = loop {
            if cursor >= groups.last().copied().unwrap_or(to) {
                return Ok(None);
            }
            let Some(kind) = self.kind(cursor) else { return Ok(None) };
            let face = self.raws[cursor].face;
            match kind {
                // `\log{x}` is a call.
                RawKind::BraceOpen if cursor == at && self.after_function() => return Ok(None),
                RawKind::BraceOpen => groups.push(self.raws[cursor].partner),
                RawKind::Command(name) => match self.meaning(name) {
                    Command::Accent(suffix) => accents.push(suffix),
                    Command::Letter(letter) => break (Word::new(letter), face),
                    Command::Function => break (Word::new(&self.function_name(name).unwrap_or_else(|| name.to_string())), face),
                    _ => return Ok(differential.then_some(alone)),
                },
                RawKind::Letter(letter) => {
                    let (letters, marks) = plain_letters(letter);
                    let mut word = Word::new(&letters);
                    for mark in marks {
                        word.accent(mark);
                    }
                    break (word, face);
                }
                RawKind::Named("where" | "with" | "let" | "and") => return Ok(None),
                RawKind::Named(text) => {
                    is_word = true;
                    let text = text.replace('\\', "").replace('-', "_");
                    let name = self.function_name(&text).unwrap_or_else(|| crate::syntax::canonical(&text));
                    break (Word::new(&name), face);
                }
                _ => return Ok(None),
            }
            cursor += 1;
        };
        cursor += 1;
        let sign = if differential || is_word { None } else { sign(&word.name, face, &accents) };
        if let Some(suffix) = face.suffix() {
            word.accent(suffix);
        }
        for accent in accents.into_iter().rev().filter(|accent| !accent.is_empty()) {
            word.accent(accent);
        }
        if differential {
            word = Word::new(&format!("d{}", word.name));
        }
        while let Some(close) = groups.pop() {
            if cursor < close && self.kind(cursor) == Some(RawKind::Underscore) {
                let Some((from, end, after)) = self.argument(cursor + 1) else { return Ok(None) };
                self.subscripts(&mut word, from, end)?;
                cursor = after;
            }
            if cursor != close {
                return Ok(None);
            }
            cursor += 1;
        }
        Ok(Some(Bare { word, face, sign, next: cursor }))
    }

    /// Whether the phrase before is a function's name.
    fn after_function(&self) -> bool {
        match self.out.last().map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => word.name.len() > 1 && self.function_name(&word.name).is_some(),
            _ => false,
        }
    }
}
