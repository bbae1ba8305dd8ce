//! The row of phrases becomes a tree: precedence, juxtaposition and application, with an explicit stack of frames.

mod blame;
mod compare;
mod finish;
mod fixed;
mod names;
mod ones;
mod operand;
mod ordered;
mod sets;

use super::brackets::{NEST_LIMIT, too_deep};
use super::token::{BigHead, Bracket, SetHead, Token, TokenKind};
use super::{AstId, Bars, Builtin, Kind, Node, Place, Times};
use crate::base::{Diagnostic, Fault, Rational, Span};
use std::collections::BTreeMap;

/// What an operand looks like, as far as a reader's eye needs it to see where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Number,
    /// A name, or something with marks on it.
    Open,
    /// Ends in a bracket of its own.
    Closed,
    /// A function took it without parentheses; the number of the phrase that names the (outermost) function.
    Applied(usize),
}

/// An operand, with the place that it takes including its parentheses.
#[derive(Clone, Copy, Debug)]
struct Part {
    id: AstId,
    span: Span,
    look: Look,
}

/// What waits in front of the operand that is being read.
enum Prefix {
    Minus(Span),
    Function(Callee, usize),
    /// The base of a power whose exponent is being read.
    Power {
        base: Part,
        hadamard: bool,
    },
}

/// A function that is to be applied.
#[derive(Clone)]
struct Callee {
    name: String,
    at: Span,
    primes: u8,
    builtin: Option<Builtin>,
    /// `sin^2(x)`.
    power: Option<(Rational, Span)>,
}

/// Why a frame was opened.
enum Purpose {
    Whole,
    Group,
    Bars(Bars),
    Angle,
    Call(Callee),
    Index(Part),
    /// A comparison that counts as 0 or 1.
    Condition,
    /// `sum(i=1..N, …)`.
    BigCall(BigParts),
    /// The product behind `sum_i`; it ends where the product ends.
    BigBody(BigParts),
}

/// The head of an indexed sum with its bounds built.
struct BigParts {
    head: BigHead,
    start: Span,
    low: Option<AstId>,
    high: Option<AstId>,
    skip: Option<AstId>,
    /// The set whose members are summed over.
    set: Option<Box<SetHead>>,
}

/// One level of brackets: finished items, finished terms, the product and the operand that are being read.
struct Frame {
    purpose: Purpose,
    open: Span,
    items: Vec<Part>,
    places: Vec<Place>,
    terms: Vec<(bool, Part)>,
    /// The sign that joins the term being read to those before.
    sign: Option<(bool, Span)>,
    product: Vec<(Times, Part)>,
    /// The operator that joins the factor being read to those before.
    join: Option<(Times, Span)>,
    prefixes: Vec<Prefix>,
    /// Numbers that a function without parentheses has taken so far: `log 2 pi`.
    run: Vec<Part>,
    operand: Option<Part>,
    /// A `:` alone between commas.
    colon: Option<Span>,
    /// What stands before the comparison being read, with the signs between.
    compared: Vec<(Part, &'static str, Span)>,
}

impl Frame {
    fn new(purpose: Purpose, open: Span) -> Self {
        Frame {
            purpose,
            open,
            items: Vec::new(),
            places: Vec::new(),
            terms: Vec::new(),
            sign: None,
            product: Vec::new(),
            join: None,
            prefixes: Vec::new(),
            run: Vec::new(),
            operand: None,
            colon: None,
            compared: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.operand.is_none()
            && self.product.is_empty()
            && self.terms.is_empty()
            && self.sign.is_none()
            && self.prefixes.is_empty()
            && self.colon.is_none()
    }
}

/// Builds expressions out of phrases into one arena.
pub(super) struct Builder<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// Where the bracket that opens at a phrase closes.
    partner: Vec<usize>,
    pub nodes: Vec<Node>,
    frames: Vec<Frame>,
    bound: Vec<String>,
    /// The names that are sets, with how many letters they have below them.
    pub sets: BTreeMap<String, usize>,
    /// The indices of `sum_{j != i}` that stand outside the sum as well, by the phrase of the head: they do not run.
    pub fixed: BTreeMap<usize, String>,
    /// Where the text sums over a set of that name.
    heads: BTreeMap<&'a str, &'a SetHead>,
    /// Prefixes in all frames.
    prefixes: usize,
    at: usize,
    stop: usize,
}

impl<'a> Builder<'a> {
    /// A builder for phrases whose brackets are paired and whose names have roles.
    pub fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        let mut partner = vec![0; tokens.len()];
        let mut open = Vec::new();
        let mut heads = BTreeMap::new();
        for (at, token) in tokens.iter().enumerate() {
            match &token.kind {
                TokenKind::Open(_) => open.push(at),
                TokenKind::Close(_) => {
                    if let Some(start) = open.pop() {
                        partner[start] = at;
                    }
                }
                TokenKind::Members(head) => {
                    heads.entry(head.set.as_str()).or_insert(&**head);
                }
                _ => {}
            }
        }
        Builder {
            text,
            tokens,
            partner,
            nodes: Vec::new(),
            frames: Vec::new(),
            bound: Vec::new(),
            sets: BTreeMap::new(),
            fixed: BTreeMap::new(),
            heads,
            prefixes: 0,
            at: 0,
            stop: 0,
        }
    }

    /// Where the bracket that opens at this phrase closes.
    pub fn partner(&self, at: usize) -> usize {
        self.partner.get(at).copied().unwrap_or(at)
    }

    /// Builds the expression in a range of phrases.
    pub fn expression(&mut self, from: usize, to: usize) -> Result<AstId, Diagnostic> {
        let place = self.tokens.get(from).map_or(Span::new(self.text.len(), self.text.len()), |token| token.span);
        self.frames.clear();
        self.frames.push(Frame::new(Purpose::Whole, Span { end: place.start, ..place }));
        self.stop = to;
        self.at = from;
        while self.at < to {
            self.step()?;
            self.at += 1;
        }
        self.close_bodies()?;
        self.finish_item(true)?;
        let frame = self.frames.pop();
        match frame.and_then(|frame| frame.items.first().copied()) {
            Some(part) => Ok(part.id),
            None => Err(Diagnostic::new(Fault::Syntax, "there is no expression").at(place)),
        }
    }

    /// The value of a definition: under `r_i = …` the index is bound, and `x_i` a member.
    pub fn definition(&mut self, from: usize, to: usize, index: &[String]) -> Result<AstId, Diagnostic> {
        self.bound = index.to_vec();
        let built = self.expression(from, to);
        self.bound.clear();
        built
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(Purpose::Whole, Span::default()));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, kind: Kind, span: Span) -> AstId {
        let id = AstId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { kind, span });
        id
    }

    fn token(&self) -> &'a Token {
        &self.tokens[self.at]
    }

    fn next_kind(&self) -> Option<&'a TokenKind> {
        (self.at + 1 < self.stop).then(|| &self.tokens[self.at + 1].kind)
    }

    fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Fault::Syntax, message).at(self.token().span)
    }

    fn deeper(&mut self) -> Result<(), Diagnostic> {
        if self.frames.len() + self.prefixes > NEST_LIMIT + 1 { Err(too_deep(self.token().span)) } else { Ok(()) }
    }

    fn open_frame(&mut self, purpose: Purpose) -> Result<(), Diagnostic> {
        let open = self.token().span;
        self.frames.push(Frame::new(purpose, open));
        self.deeper()
    }

    fn prefix(&mut self, prefix: Prefix) -> Result<(), Diagnostic> {
        self.frame().prefixes.push(prefix);
        self.prefixes += 1;
        self.deeper()
    }

    fn pop_prefix(&mut self) -> Option<Prefix> {
        let prefix = self.frame().prefixes.pop();
        self.prefixes -= usize::from(prefix.is_some());
        prefix
    }

    /// Reads one phrase.
    fn step(&mut self) -> Result<(), Diagnostic> {
        let token = self.token();
        let spaced = token.spaced;
        let has_operand = self.frame().operand.is_some();
        match &token.kind {
            TokenKind::Nothing => Ok(()),
            TokenKind::Mark(mark) if has_operand => self.mark(mark),
            TokenKind::Caret | TokenKind::HadamardCaret if has_operand => {
                let hadamard = token.kind == TokenKind::HadamardCaret;
                match self.frame().operand.take() {
                    Some(base) => self.prefix(Prefix::Power { base, hadamard }),
                    None => Ok(()),
                }
            }
            TokenKind::Open(Bracket::Index) if has_operand && !spaced => match self.frame().operand.take() {
                Some(base) => self.open_frame(Purpose::Index(base)),
                None => Ok(()),
            },
            TokenKind::Times(times) if has_operand => {
                let part = self.finish_factor()?;
                self.push_factor(part);
                self.frame().join = Some((*times, token.span));
                Ok(())
            }
            TokenKind::Plus | TokenKind::Minus if has_operand => {
                self.close_bodies()?;
                let term = self.finish_term()?;
                let frame = self.frame();
                let negative = frame.sign.take().is_some_and(|(negative, _)| negative);
                frame.terms.push((negative, term));
                frame.sign = Some((token.kind == TokenKind::Minus, token.span));
                Ok(())
            }
            TokenKind::Comma | TokenKind::Semicolon => {
                self.close_bodies()?;
                self.comma()
            }
            TokenKind::Colon if self.frame().is_empty() && matches!(self.frame().purpose, Purpose::Index(_)) => {
                self.frame().colon = Some(token.span);
                Ok(())
            }
            TokenKind::Relation(sign) => self.relation(sign),
            TokenKind::Close(_) => {
                self.close_bodies()?;
                self.close()
            }
            kind if kind.begins_operand() || matches!(kind, TokenKind::Open(_)) => {
                if has_operand {
                    self.juxtapose()?;
                }
                self.begin()
            }
            _ if !has_operand => self.begin(),
            _ => Err(self.misplaced()),
        }
    }
}
