//! LaTeX's phrases become the phrases of the plain dialect, with an explicit list of what is still to be done.

use super::commands::{Command, meaning, refused};
use super::faces::Alphabet;
use super::primes::Primes;
use super::raw::{Raw, RawKind, Size};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::names::{greek_unicode, small_character};
use crate::syntax::token::{Bracket, Mark, Norm, Side, Token, TokenKind, Word};
use crate::syntax::{Big, NEST_LIMIT, Remark, Sign, Times, Vocabulary};
use std::collections::BTreeMap;

/// What is still to be done, last first.
pub(super) enum Work {
    /// Phrases from a place up to another.
    Range(usize, usize),
    /// A phrase that is ready.
    Emit(TokenKind, Span),
}

/// Turns LaTeX's phrases into the plain ones.
pub(super) struct Lower<'a> {
    pub text: &'a str,
    pub raws: &'a [Raw<'a>],
    pub vocabulary: &'a Vocabulary<'a>,
    pub out: Vec<Token>,
    pub work: Vec<Work>,
    /// Whether the phrase being read stands apart from the one before.
    pub spaced: bool,
    /// Which phrases have been read as something.
    taken: Vec<bool>,
    /// How names were written, by their letters without subscripts and with all of them.
    pub signs: BTreeMap<String, Sign>,
    /// What the reader has to know of how the text was read.
    pub remarks: Vec<Remark>,
    /// What primes behind names are.
    pub prime: Primes,
    /// The names with subscripts, and whether these stand above the letter: `W^{(1)}`.
    pub labels: BTreeMap<String, bool>,
}

/// What a text was turned into.
pub(super) struct Lowered {
    pub tokens: Vec<Token>,
    pub signs: BTreeMap<String, Sign>,
    pub remarks: Vec<Remark>,
}

/// The empty place at an offset.
pub(super) fn empty_at(at: u32) -> Span {
    Span { start: at, end: at }
}

impl<'a> Lower<'a> {
    pub fn new(text: &'a str, raws: &'a [Raw<'a>], vocabulary: &'a Vocabulary<'a>) -> Self {
        let taken = vec![false; raws.len()];
        let mut lower = Lower {
            text,
            raws,
            vocabulary,
            out: Vec::new(),
            work: vec![Work::Range(0, raws.len())],
            spaced: false,
            taken,
            signs: BTreeMap::new(),
            remarks: Vec::new(),
            prime: Primes::default(),
            labels: BTreeMap::new(),
        };
        lower.prime = lower.primes();
        lower
    }

    /// All phrases of the text, and how its names are written.
    pub fn run(mut self) -> Result<Lowered, Diagnostic> {
        self.iterates()?;
        self.drain()?;
        match self.taken.iter().position(|taken| !taken) {
            Some(at) => {
                Err(self.error(at, "this was not read").hint("write the part around it in another way; nothing is left out silently"))
            }
            None => Ok(Lowered { tokens: self.out, signs: self.signs, remarks: self.remarks }),
        }
    }

    /// Says that the phrases from one to before another have been read.
    pub fn take(&mut self, from: usize, to: usize) {
        if let Some(taken) = self.taken.get_mut(from..to) {
            taken.fill(true);
        }
    }

    /// Says that the phrases from one to before another are still to be read after all.
    pub fn give_back(&mut self, from: usize, to: usize) {
        if let Some(taken) = self.taken.get_mut(from..to) {
            taken.fill(false);
        }
    }

    /// Does all that is to be done.
    fn drain(&mut self) -> Result<(), Diagnostic> {
        while let Some(next) = self.work.pop() {
            match next {
                Work::Emit(kind, span) => self.emit(kind, span),
                Work::Range(from, to) if from < to => {
                    self.spaced = self.raws[from].spaced;
                    let mark = self.work.len();
                    let next = self.phrase(from, to)?;
                    // What the phrase left to be done comes before the rest of the range.
                    self.work.insert(mark, Work::Range(next, to));
                }
                Work::Range(..) => {}
            }
        }
        Ok(())
    }

    pub fn emit(&mut self, kind: TokenKind, span: Span) {
        self.out.push(Token { kind, span, spaced: std::mem::take(&mut self.spaced) });
    }

    /// Leaves these to be done, in this order.
    pub fn later(&mut self, work: Vec<Work>) {
        self.work.extend(work.into_iter().rev());
    }

    pub fn kind(&self, at: usize) -> Option<RawKind<'a>> {
        self.raws.get(at).map(|raw| raw.kind)
    }

    pub fn span(&self, at: usize) -> Span {
        self.raws.get(at).map_or(empty_at(u32::try_from(self.text.len()).unwrap_or(u32::MAX)), |raw| raw.span)
    }

    pub fn error(&self, at: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Fault::Syntax, message).at(self.span(at))
    }

    /// The place of the phrases from one to before another.
    pub fn place(&self, from: usize, to: usize) -> Span {
        if to > from { self.span(from).to(self.span(to - 1)) } else { empty_at(self.span(from).start) }
    }

    pub fn meaning(&self, name: &str) -> Command {
        meaning(name, self.vocabulary)
    }

    /// Where the argument that begins here ends, and the phrases inside it: a group, a command with its own arguments, or one
    /// phrase. `None` where there is none, and for commands that take commands beyond the limit of nesting.
    pub fn argument(&self, at: usize) -> Option<(usize, usize, usize)> {
        let mut next = at;
        let mut needed = 1usize;
        let mut steps = 0;
        while needed > 0 {
            needed -= 1;
            steps += 1;
            if steps > NEST_LIMIT {
                return None;
            }
            let raw = self.raws.get(next)?;
            match raw.kind {
                RawKind::BraceOpen => next = raw.partner,
                RawKind::BraceClose => return None,
                RawKind::Command(name) => match self.meaning(name) {
                    Command::Fraction => needed += 2,
                    Command::Accent(_) => needed += 1,
                    Command::Root => {
                        needed += 1;
                        if let Some(optional) = self.raws.get(next + 1).filter(|raw| raw.kind == RawKind::Delimiter("[", None)) {
                            next = optional.partner.max(next);
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
            next += 1;
        }
        let inside = if self.kind(at) == Some(RawKind::BraceOpen) { (at + 1, next - 1) } else { (at, next) };
        Some((inside.0, inside.1, next))
    }

    /// Reads one phrase, and answers where the next one begins.
    fn phrase(&mut self, at: usize, to: usize) -> Result<usize, Diagnostic> {
        let span = self.span(at);
        if let Some(next) = self.name(at, to)? {
            return Ok(next);
        }
        let raw = &self.raws[at];
        self.take(at, at + 1);
        let simple = match raw.kind {
            RawKind::Plus => TokenKind::Plus,
            RawKind::Minus => TokenKind::Minus,
            RawKind::Times => TokenKind::Times(Times::Product),
            RawKind::Hadamard => TokenKind::Times(Times::Hadamard),
            RawKind::HadamardDivide => TokenKind::Times(Times::HadamardDivide),
            RawKind::Kron => TokenKind::Times(Times::Kron),
            RawKind::Divide => TokenKind::Times(Times::Divide),
            RawKind::Comma => TokenKind::Comma,
            RawKind::Semicolon => TokenKind::Semicolon,
            RawKind::Colon => TokenKind::Colon,
            RawKind::Equals => TokenKind::Equals,
            RawKind::Number(digits) => return self.number(at, digits),
            RawKind::Vulgar(over, under) => {
                let (over, under) = (Rational::from(i64::from(over)), Rational::from(i64::from(under)));
                TokenKind::Number(over.div(&under).unwrap_or(Rational::ZERO))
            }
            RawKind::Empty => return self.scripts_in_front(at, to),
            RawKind::Parameter(_) => return Err(self.error(at, "an argument of a macro belongs into its definition")),
            RawKind::Text("") => return Ok(at + 1),
            RawKind::Text(words) => {
                let error = self.error(at, format!("`{words}` is no part of a formula"));
                return Err(error.hint("leave words out; `\\text{where}` begins definitions, `matdiff solve` reads `\\text{s.t.}`"));
            }
            RawKind::Primes(count) => {
                for _ in 0..count {
                    self.emit(TokenKind::Mark(Mark::Prime), span);
                }
                return Ok(at + 1);
            }
            RawKind::Small(sign) => self.small(sign),
            RawKind::BraceOpen => {
                let close = raw.partner;
                self.take(close, close + 1);
                self.later(vec![
                    Work::Emit(TokenKind::Open(Bracket::Group), span),
                    Work::Range(at + 1, close),
                    Work::Emit(TokenKind::Close(Bracket::Group), self.span(close)),
                ]);
                return Ok(close + 1);
            }
            RawKind::Delimiter(sign, size) => return self.delimiter(at, sign, size),
            RawKind::Caret => return self.superscript(at),
            RawKind::Underscore => return self.subscript(at),
            RawKind::Command(name) => return self.command(at, to, name),
            RawKind::Cases => return self.cases(at),
            RawKind::Row | RawKind::Gap => return Ok(at + 1),
            RawKind::Stop => return Err(self.error(at, "`.` means nothing here")),
            RawKind::Named("where" | "with") => TokenKind::Where,
            RawKind::Named("let") => TokenKind::Let,
            RawKind::Named("and") => TokenKind::Comma,
            RawKind::Named(_) | RawKind::Letter(_) | RawKind::BraceClose | RawKind::CasesEnd | RawKind::Align => {
                return Err(self.error(at, "this cannot stand here"));
            }
        };
        self.emit(simple, span);
        Ok(at + 1)
    }

    /// A small raised sign: a power, or the transpose.
    fn small(&self, sign: &str) -> TokenKind {
        let (negative, rest) = sign.strip_prefix('⁻').map_or((false, sign), |rest| (true, rest));
        let plain: String = rest.chars().filter_map(small_character).collect();
        TokenKind::Mark(match plain.parse::<i64>() {
            Ok(power) => Mark::Power(Rational::from(if negative { -power } else { power })),
            Err(_) if !plain.is_empty() => Mark::NamedPower(negative, plain),
            Err(_) if negative => Mark::InverseTranspose,
            Err(_) => Mark::Transpose,
        })
    }

    /// A literal; `1_n` and `0_{m \times n}` are constant vectors and matrices.
    fn number(&mut self, at: usize, digits: &str) -> Result<usize, Diagnostic> {
        let face = self.raws[at].face;
        if matches!(digits, "0" | "1") && (face.bold || face.alphabet == Alphabet::Blackboard) {
            return self.bold_constant(at, at + 1, digits == "0");
        }
        if matches!(digits, "0" | "1") && self.kind(at + 1) == Some(RawKind::Underscore) {
            return self.constant(at, at + 1, digits == "0");
        }
        let value = crate::syntax::plain::number(digits, self.span(at))?;
        self.emit(TokenKind::Number(value), self.span(at));
        Ok(at + 1)
    }

    /// A bracket or a bar.
    fn delimiter(&mut self, at: usize, sign: &str, size: Option<Size>) -> Result<usize, Diagnostic> {
        let span = self.span(at);
        let side = match size {
            Some(Size::Left) => Some(Side::Left),
            Some(Size::Right) => Some(Side::Right),
            _ => None,
        };
        let kind = match sign {
            "(" => TokenKind::Open(Bracket::Paren),
            ")" => TokenKind::Close(Bracket::Paren),
            "[" => TokenKind::Open(if self.is_index(at, size) { Bracket::Index } else { Bracket::Square }),
            "]" => TokenKind::Close(Bracket::Square),
            "\\{" => TokenKind::Open(Bracket::Brace),
            "\\}" => TokenKind::Close(Bracket::Brace),
            "⟨" => TokenKind::Open(Bracket::Angle),
            "⟩" => TokenKind::Close(Bracket::Angle),
            _ => return self.bar(at, sign == "‖", side),
        };
        // Square brackets in LaTeX are an index by their content, and parentheses apply a name or not, whatever the white space.
        self.spaced = match kind {
            TokenKind::Open(Bracket::Paren | Bracket::Index) => false,
            TokenKind::Open(Bracket::Square) => true,
            _ => self.spaced,
        };
        self.emit(kind, span);
        // `\langle A, B \rangle_F` is the inner product of matrices all the same.
        if sign == "⟩"
            && self.kind(at + 1) == Some(RawKind::Underscore)
            && let Some((from, end, next)) = self.argument(at + 2)
            && matches!(self.norm(from, end), Ok(Norm::Two))
        {
            self.take(at + 1, next);
            return Ok(next);
        }
        Ok(at + 1)
    }

    /// Whether square brackets behind an operand are an index: they hold a comma or a colon, or one number or small letter alone.
    fn is_index(&self, at: usize, size: Option<Size>) -> bool {
        let raw = &self.raws[at];
        match self.out.last().map(|token| &token.kind) {
            Some(TokenKind::Bar { .. }) => return raw.partner > at && raw.listed,
            Some(before) if before.ends_operand() => {}
            _ => return false,
        }
        let single = raw.partner == at + 2
            && size.is_none()
            && !raw.spaced
            && match self.kind(at + 1) {
                Some(RawKind::Number(_)) => true,
                Some(RawKind::Letter(letter)) => matches!(letter, "i" | "j" | "k" | "l" | "m" | "n" | "p" | "q" | "r" | "s" | "t"),
                _ => false,
            };
        raw.partner > at && (raw.listed || single)
    }

    /// Whether a bracket that was written is open here.
    fn inside_brackets(&self) -> bool {
        let mut closed = 0usize;
        self.out.iter().rev().any(|token| match token.kind {
            TokenKind::Open(Bracket::Group) if closed == 0 => false,
            TokenKind::Open(_) if closed == 0 => true,
            TokenKind::Open(_) => {
                closed -= 1;
                false
            }
            TokenKind::Close(_) => {
                closed += 1;
                false
            }
            _ => false,
        })
    }

    /// A command that is no name.
    fn command(&mut self, at: usize, to: usize, name: &'a str) -> Result<usize, Diagnostic> {
        let span = self.span(at);
        if let Some(sign) = crate::syntax::conditions::sign(name).or((name == "in" && self.inside_brackets()).then_some("in")) {
            self.emit(TokenKind::Relation(sign), span);
            return Ok(at + 1);
        }
        match self.meaning(name) {
            Command::Operator(times) => self.emit(TokenKind::Times(times), span),
            Command::Colon => self.emit(TokenKind::Colon, span),
            Command::Fraction => return self.fraction(at),
            Command::Root => return self.root(at),
            Command::Sum => return self.big(at, to, Big::Sum),
            Command::Prod => return self.big(at, to, Big::Product),
            Command::Accent(_) => {
                return Err(self.error(at, format!("`\\{name}` belongs on one letter")).hint(format!("\\{name}{{x}}")));
            }
            Command::Superscript => {
                return Err(self.error(at, format!("`\\{name}` belongs in a superscript")).hint(format!("A^\\{name}")));
            }
            Command::Style(_) | Command::Declaration(_) | Command::Frame | Command::Letter(_) | Command::Function | Command::Unknown => {
                return Err(refused(name, span, self.vocabulary));
            }
        }
        Ok(at + 1)
    }

    /// `\frac{a}{b}`, also `\frac12`.
    fn fraction(&mut self, at: usize) -> Result<usize, Diagnostic> {
        let missing = |lower: &Self| lower.error(at, "a fraction has a numerator and a denominator, each in braces").hint("\\frac{a}{b}");
        let divide = TokenKind::Times(Times::Divide);
        let number = |digit: &str| TokenKind::Number(Rational::parse(digit).unwrap_or(Rational::ZERO));
        if let Some(RawKind::Number(digits)) = self.kind(at + 1)
            && digits.len() == 2
            && digits.is_ascii()
        {
            let (over, under) = digits.split_at(1);
            let whole = self.place(at, at + 2);
            self.take(at, at + 2);
            self.later(vec![
                Work::Emit(TokenKind::Open(Bracket::Group), empty_at(whole.start)),
                Work::Emit(number(over), Span { end: self.span(at + 1).start + 1, ..self.span(at + 1) }),
                Work::Emit(divide, empty_at(whole.start)),
                Work::Emit(number(under), Span { start: self.span(at + 1).start + 1, ..self.span(at + 1) }),
                Work::Emit(TokenKind::Close(Bracket::Group), empty_at(whole.end)),
            ]);
            return Ok(at + 2);
        }
        let operand = |lower: &Self, at: usize| lower.argument(at).filter(|(from, to, _)| from < to && !lower.joins(at));
        let over = operand(self, at + 1).ok_or_else(|| missing(self))?;
        let under = operand(self, over.2).ok_or_else(|| missing(self))?;
        self.braces(at + 1, over);
        self.braces(over.2, under);
        let whole = self.place(at, under.2);
        let mut work = vec![Work::Emit(TokenKind::Open(Bracket::Group), Span { end: self.span(at).end, ..whole })];
        self.group(&mut work, over);
        work.push(Work::Emit(divide, self.span(at)));
        self.group(&mut work, under);
        work.push(Work::Emit(TokenKind::Close(Bracket::Group), empty_at(whole.end)));
        self.later(work);
        Ok(under.2)
    }

    /// Whether the phrase joins two others, and so is no argument.
    fn joins(&self, at: usize) -> bool {
        use RawKind::{Caret, Colon, Comma, Delimiter, Divide, Equals, Minus, Plus, Semicolon, Times, Underscore};
        matches!(
            self.kind(at),
            Some(Plus | Minus | Times | Divide | Comma | Semicolon | Colon | Equals | Caret | Underscore | Delimiter(..))
        )
    }

    /// Says that the braces around an argument have been read; what they hold has not.
    pub fn braces(&mut self, at: usize, (from, to, next): (usize, usize, usize)) {
        self.take(at, from);
        self.take(to, next);
    }

    /// An argument in brackets of our own.
    pub fn group(&self, work: &mut Vec<Work>, (from, to, next): (usize, usize, usize)) {
        let place = self.place(from, to);
        // With the brace that closes it, for what is quoted.
        let end = self.place(from, next.max(to)).end;
        work.push(Work::Emit(TokenKind::Open(Bracket::Group), empty_at(place.start)));
        work.push(Work::Range(from, to));
        work.push(Work::Emit(TokenKind::Close(Bracket::Group), empty_at(end)));
    }

    /// `\sqrt{x}`, `\sqrt[3]{x}`.
    fn root(&mut self, at: usize) -> Result<usize, Diagnostic> {
        let mut body = at + 1;
        let mut degree = None;
        if let Some(raw) = self.raws.get(body).filter(|raw| raw.kind == RawKind::Delimiter("[", None) && raw.partner > body) {
            let close = raw.partner;
            degree = Some((body + 1, close, close + 1));
            self.take(body, body + 1);
            self.take(close, close + 1);
            body = close + 1;
        }
        let radicand = self
            .argument(body)
            .filter(|_| !self.joins(body))
            .ok_or_else(|| self.error(at, "the root has no argument").hint("\\sqrt{x}"))?;
        self.braces(body, radicand);
        let whole = self.place(at, radicand.2);
        let (open, close) = (empty_at(whole.start), empty_at(whole.end));
        let mut work = Vec::new();
        match degree {
            None => {
                work.push(Work::Emit(TokenKind::Function("sqrt"), self.span(at)));
                self.group(&mut work, radicand);
            }
            Some(degree) => {
                work.push(Work::Emit(TokenKind::Open(Bracket::Group), open));
                self.group(&mut work, radicand);
                work.push(Work::Emit(TokenKind::Caret, self.span(at)));
                work.push(Work::Emit(TokenKind::Open(Bracket::Group), open));
                work.push(Work::Emit(TokenKind::Number(Rational::ONE), open));
                work.push(Work::Emit(TokenKind::Times(Times::Divide), open));
                self.group(&mut work, degree);
                work.push(Work::Emit(TokenKind::Close(Bracket::Group), close));
                work.push(Work::Emit(TokenKind::Close(Bracket::Group), close));
            }
        }
        self.later(work);
        Ok(radicand.2)
    }

    /// The canonical letter of a phrase that is one letter.
    pub fn letter(&self, at: usize) -> Option<String> {
        match self.kind(at)? {
            RawKind::Letter(letter) => Some(crate::syntax::names::plain_letters(letter).0),
            RawKind::Command(name) => match self.meaning(name) {
                Command::Letter(letter) => Some(letter.to_string()),
                _ => None,
            },
            _ => None,
        }
    }

    /// A word for the vocabulary: `Tr` and the like in small letters where only those are known.
    pub fn function_name(&self, name: &str) -> Option<String> {
        self.vocabulary.function_name(name)
    }

    pub fn push_word(&mut self, word: Word, span: Span) {
        self.emit(TokenKind::Word(Box::new(word)), span);
    }
}

/// Whether a canonical name is a Greek letter.
pub(super) fn is_greek(name: &str) -> bool {
    greek_unicode(name).is_some()
}
