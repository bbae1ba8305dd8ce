//! The row of phrases becomes a tree: precedence, juxtaposition and application, with an explicit stack of frames.

use super::brackets::{NEST_LIMIT, too_deep};
use super::token::{BigHead, Bracket, Mark, Role, Sub, Token, TokenKind, Word};
use super::{AstId, Bars, Builtin, Kind, Node, Place, Times};
use crate::base::{Diagnostic, Fault, Rational, Span};

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
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Open(_) => open.push(at),
                TokenKind::Close(_) => {
                    if let Some(start) = open.pop() {
                        partner[start] = at;
                    }
                }
                _ => {}
            }
        }
        Builder { text, tokens, partner, nodes: Vec::new(), frames: Vec::new(), bound: Vec::new(), prefixes: 0, at: 0, stop: 0 }
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

    fn misplaced(&self) -> Diagnostic {
        match &self.token().kind {
            TokenKind::Equals => {
                self.error("an equation cannot stand here").hint("give one side, or the difference of both; `let r = …; …` defines a name")
            }
            TokenKind::Colon => self.error("a colon stands for all rows or columns in an index: `X[i,:]`"),
            TokenKind::Let => self.error("`let` belongs before the expression").hint("let r = X w - y; r' r"),
            TokenKind::Where => self.error("`where` belongs behind the expression").hint("r' r where r = X w - y"),
            _ => self.error("this cannot stand here"),
        }
    }

    /// Puts a mark on the operand.
    fn mark(&mut self, mark: &Mark) -> Result<(), Diagnostic> {
        let at = self.token().span;
        let Some(part) = self.frame().operand.take() else { return Ok(()) };
        let span = part.span.to(at);
        let kind = match mark {
            Mark::Prime | Mark::Transpose => Kind::Transpose(part.id),
            Mark::InverseTranspose => {
                let minus_one = self.push(Kind::Number(Rational::from(-1)), at);
                let inverse = self.push(Kind::Power(part.id, minus_one), span);
                Kind::Transpose(inverse)
            }
            Mark::Power(value) => {
                let exponent = self.push(Kind::Number(value.clone()), at);
                Kind::Power(part.id, exponent)
            }
            Mark::NamedPower(negative, name) => {
                let mut exponent = self.push(Kind::Name(name.clone()), at);
                if *negative {
                    exponent = self.push(Kind::Neg(exponent), at);
                }
                Kind::Power(part.id, exponent)
            }
            Mark::PseudoInverse => Kind::Call { name: "pinv".into(), at, primes: 0, args: vec![part.id] },
        };
        let look = match (part.look, mark) {
            (Look::Number, Mark::Power(_)) => Look::Number,
            (Look::Closed, _) => Look::Closed,
            _ => Look::Open,
        };
        let id = self.push(kind, span);
        self.frame().operand = Some(Part { id, span, look });
        Ok(())
    }

    /// Two operands side by side: the first one is finished, unless it is a number that a function goes on taking.
    fn juxtapose(&mut self) -> Result<(), Diagnostic> {
        let numeric = match &self.token().kind {
            TokenKind::Number(_) => true,
            TokenKind::Word(word) => word.name == "pi" && word.role == Role::Variable,
            _ => false,
        };
        let frame = self.frame();
        let taking = matches!(frame.prefixes.last(), Some(Prefix::Function(..)));
        if numeric && taking && frame.operand.is_some_and(|part| part.look == Look::Number) {
            let operand = frame.operand.take();
            frame.run.extend(operand);
            return Ok(());
        }
        let part = self.finish_factor()?;
        if let Look::Applied(function) = part.look {
            return Err(self.unclear_application(function));
        }
        let next_is_sum = matches!(self.token().kind, TokenKind::Big(_));
        let frame = self.frame();
        if matches!(frame.join, Some((Times::Divide, _)))
            && !matches!(part.look, Look::Number | Look::Closed)
            && !next_is_sum
            && frame.product.iter().any(|(_, factor)| factor.look != Look::Number)
        {
            return Err(self.unclear_division(part));
        }
        self.push_factor(part);
        Ok(())
    }

    /// The places of the factor that begins at the phrase being read.
    fn next_factor(&self) -> Span {
        let mut at = self.at;
        let start = self.token().span;
        if matches!(self.tokens.get(at + 1).map(|t| &t.kind), Some(TokenKind::Open(_))) && !self.tokens[at + 1].spaced {
            at += 1;
        }
        if matches!(self.tokens[at].kind, TokenKind::Open(_)) {
            at = self.partner(at);
        }
        while at + 1 < self.stop && matches!(self.tokens[at + 1].kind, TokenKind::Mark(_)) {
            at += 1;
        }
        start.to(self.tokens[at].span)
    }

    /// Refuses `tr A B` and shows both readings.
    fn unclear_application(&self, function: usize) -> Diagnostic {
        let start = self.tokens[function].span;
        let next = self.next_factor();
        let before = &self.tokens[self.at - 1];
        // The functions' names open one parenthesis each; the operand begins behind the last of them.
        let mut names = String::new();
        let mut count = 0;
        let mut operand = function;
        let takes = |at: usize| match &self.tokens[at].kind {
            TokenKind::Word(word) => matches!(word.role, Role::Prefix(_) | Role::UserPrefix),
            TokenKind::Function(_) => true,
            _ => false,
        };
        while takes(operand) {
            let mut end = operand;
            while matches!(self.tokens[end + 1].kind, TokenKind::Caret) && matches!(self.tokens[end + 2].kind, TokenKind::Number(_)) {
                end += 2;
            }
            names.push_str(self.tokens[operand].span.to(self.tokens[end].span).of(self.text));
            names.push('(');
            count += 1;
            operand = end + 1;
        }
        let taken = self.tokens[operand].span.to(before.span).of(self.text);
        let closing = ")".repeat(count);
        let shown = start.to(next);
        let next = next.of(self.text);
        Diagnostic::new(Fault::Ambiguous, format!("`{}` has two readings", shown.of(self.text)))
            .at(shown)
            .hint(format!("write `{names}{taken} {next}{closing}` or `{names}{taken}{closing} {next}`"))
    }

    /// Refuses `a/b c` and shows both readings.
    fn unclear_division(&self, divisor: Part) -> Diagnostic {
        let next = self.next_factor();
        let product = self.frames.last().map(|frame| frame.product.as_slice()).unwrap_or_default();
        let start = product.first().map_or(divisor.span, |(_, part)| part.span);
        let numerator = product.last().map_or(start, |(_, part)| start.to(part.span));
        let (over, under, then) = (numerator.of(self.text), divisor.span.of(self.text), next.of(self.text));
        let shown = start.to(next);
        Diagnostic::new(Fault::Ambiguous, format!("`{}` has two readings", shown.of(self.text)))
            .at(shown)
            .hint(format!("write `({over}/{under}) {then}` or `{over}/({under} {then})`"))
    }

    /// Begins an operand, or refuses the phrase where one must begin.
    fn begin(&mut self) -> Result<(), Diagnostic> {
        let token = self.token();
        let span = token.span;
        match &token.kind {
            TokenKind::Number(value) => {
                let id = self.push(Kind::Number(value.clone()), span);
                self.operand(Part { id, span, look: Look::Number })
            }
            TokenKind::OnesVector => {
                let id = self.push(Kind::OnesVector, span);
                self.operand(Part { id, span, look: Look::Open })
            }
            TokenKind::Word(word) => self.word(word),
            TokenKind::Minus => self.prefix(Prefix::Minus(span)),
            TokenKind::Plus
                if self.frame().is_empty() && !matches!(self.frame().purpose, Purpose::BigBody(_))
                    || matches!(self.frame().prefixes.last(), Some(Prefix::Power { .. })) =>
            {
                Ok(())
            }
            TokenKind::Function(name) => {
                let callee = Callee { name: (*name).to_string(), at: span, primes: 0, builtin: None, power: None };
                self.apply(callee)
            }
            TokenKind::Big(head) => self.big(head),
            TokenKind::Open(Bracket::Angle) => self.open_frame(Purpose::Angle),
            TokenKind::Open(Bracket::Bars(bars)) => self.open_frame(Purpose::Bars(*bars)),
            TokenKind::Open(_) => self.open_frame(Purpose::Group),
            _ => Err(self.missing_operand()),
        }
    }

    /// What is wrong where an operand must begin and none does.
    fn missing_operand(&self) -> Diagnostic {
        let token = self.token();
        let written = token.span.of(self.text);
        let before = (self.at > 0).then(|| &self.tokens[self.at - 1]);
        match (&token.kind, before.map(|t| &t.kind)) {
            (TokenKind::Equals | TokenKind::Colon | TokenKind::Let | TokenKind::Where, _) => self.misplaced(),
            (TokenKind::Mark(_), _) => self.error(format!("`{written}` has nothing on its left")),
            (_, Some(TokenKind::Times(_) | TokenKind::Plus | TokenKind::Minus | TokenKind::Caret | TokenKind::HadamardCaret)) => {
                let left = before.map_or("", |t| t.span.of(self.text));
                self.error(format!("an operand is missing between `{left}` and `{written}`"))
            }
            _ => self.error(format!("`{written}` has nothing on its left")),
        }
    }

    fn word(&mut self, word: &Word) -> Result<(), Diagnostic> {
        let span = self.token().span;
        let callee = |builtin: Option<Builtin>, primes: u8| Callee {
            name: builtin.map_or_else(|| word.name.clone(), |b| b.name.to_string()),
            at: span,
            primes,
            builtin,
            power: None,
        };
        match word.role {
            Role::Call(builtin) => return self.apply(callee(Some(builtin), 0)),
            Role::User(primes) => {
                self.at += usize::from(primes);
                return self.apply(callee(None, primes));
            }
            Role::UserPrefix => {
                let at = self.at;
                return self.prefix(Prefix::Function(callee(None, 0), at));
            }
            Role::Prefix(builtin) => return self.prefix_function(callee(Some(builtin), 0)),
            Role::Bare(builtin) => return Err(self.bare(word, builtin)),
            Role::Identity | Role::Variable => {}
        }
        if let [.., _] = self.frame().prefixes.as_slice()
            && matches!(self.frame().prefixes.last(), Some(Prefix::Power { .. }))
            && word.role == Role::Variable
            && self.tokens.get(self.at.wrapping_sub(1)).is_some_and(|t| t.kind == TokenKind::Caret)
            && word.name.len() > 1
            && word.name.strip_prefix('T').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
        {
            let rest = &word.name[1..];
            return Err(Diagnostic::new(Fault::Ambiguous, format!("`^{}` has two readings", word.name))
                .at(span)
                .hint(format!("write `^T {rest}` for a transpose times `{rest}`, or `^({})` for a power", word.name)));
        }
        let (kind, look) = self.name(word)?;
        let id = self.push(kind, span);
        self.operand(Part { id, span, look })
    }

    /// The node of a name that is not applied.
    fn name(&mut self, word: &Word) -> Result<(Kind, Look), Diagnostic> {
        let span = self.token().span;
        if word.role == Role::Identity {
            return Ok(match word.subs.first() {
                None => (Kind::Identity, Look::Open),
                Some(size) => {
                    let size = self.subscript(size, span)?;
                    (Kind::Call { name: "eye".into(), at: span, primes: 0, args: vec![size] }, Look::Open)
                }
            });
        }
        if let Some((family, subs)) = self.member(word) {
            let mut index = Vec::with_capacity(subs.len());
            for sub in &subs {
                index.push(self.subscript(sub, span)?);
            }
            return Ok((Kind::Member { family, index }, Look::Open));
        }
        if word.subs.iter().any(|sub| matches!(sub, Sub::Expression(_))) {
            let error = Diagnostic::new(Fault::Syntax, "a subscript that is calculated needs an indexed sum around it").at(span);
            return Err(error.hint("`sum_{t=2}^{T} x_t' x_{t-1}`; or name it plainly: `x_next`"));
        }
        let look = if word.name == "pi" { Look::Number } else { Look::Open };
        Ok((Kind::Name(word.name.clone()), look))
    }

    /// The family and the subscripts of a name that ends in bound indices.
    fn member(&self, word: &Word) -> Option<(String, Vec<Sub>)> {
        let bound = |name: &str| self.bound.iter().any(|index| index == name);
        let uses_bound = |sub: &Sub| match sub {
            Sub::Text(text) => bound(text),
            Sub::Expression(tokens) => tokens.iter().any(|token| matches!(&token.kind, TokenKind::Word(word) if bound(&word.name))),
        };
        let last = word.subs.last()?;
        let family = |count: usize| {
            word.subs.iter().take(count).fold(word.base.clone(), |name, sub| match sub {
                Sub::Text(text) => super::names::join_subscript(&name, text),
                Sub::Expression(_) => name,
            })
        };
        if uses_bound(last) {
            let first = word.subs.iter().rposition(|sub| !uses_bound(sub)).map_or(0, |at| at + 1);
            return Some((family(first), word.subs.get(first..)?.to_vec()));
        }
        // `K_{i,1}`: a fixed subscript behind a bound one belongs to the member as well.
        if let Some(first) = word.subs.iter().position(uses_bound) {
            return Some((family(first), word.subs.get(first..)?.to_vec()));
        }
        match last {
            Sub::Text(text) if text.chars().count() > 1 && text.chars().all(|c| bound(c.encode_utf8(&mut [0; 4]))) => {
                let subs = text.chars().map(|c| Sub::Text(c.to_string())).collect();
                Some((family(word.subs.len() - 1), subs))
            }
            _ => None,
        }
    }

    /// A subscript as an expression. Its phrases hold no braces, so this builder runs once inside itself, never deeper.
    fn subscript(&mut self, sub: &Sub, span: Span) -> Result<AstId, Diagnostic> {
        match sub {
            Sub::Text(text) => {
                let kind = match Rational::parse(text) {
                    Some(value) if text.bytes().all(|b| b.is_ascii_digit()) => Kind::Number(value),
                    _ => Kind::Name(text.clone()),
                };
                Ok(self.push(kind, span))
            }
            Sub::Expression(tokens) => {
                let mut tokens = tokens.clone();
                super::brackets::pair(&mut tokens, span.end as usize)?;
                let mut inner = Builder::new(self.text, &tokens);
                inner.nodes = std::mem::take(&mut self.nodes);
                let built = inner.expression(0, tokens.len());
                self.nodes = inner.nodes;
                built
            }
        }
    }

    /// The error for a built-in function without an argument.
    fn bare(&self, word: &Word, builtin: Builtin) -> Diagnostic {
        let name = self.token().span.of(self.text);
        let count = match (builtin.min, builtin.max) {
            (1, 1) => "an argument".to_string(),
            (a, b) if a == b => format!("{a} arguments"),
            (a, b) => format!("{a} to {b} arguments"),
        };
        Diagnostic::new(Fault::Syntax, format!("the function `{name}` needs {count}"))
            .at(self.token().span)
            .hint(format!("write `{name}(…)`; or declare `{}` as a variable of your own: --var '{}: vector(n)'", word.name, word.name))
    }

    /// `sin^2 x`, `tr^2(A)`: a power of the function's value; `log x`: the function of the next factor.
    fn prefix_function(&mut self, mut callee: Callee) -> Result<(), Diagnostic> {
        let first = self.at;
        let power = match (self.next_kind(), self.tokens.get(self.at + 2).map(|t| &t.kind)) {
            (Some(TokenKind::Caret), Some(TokenKind::Number(value))) if self.at + 2 < self.stop => Some((value.clone(), 2)),
            (Some(TokenKind::Mark(Mark::Power(value))), _) => Some((value.clone(), 1)),
            (Some(TokenKind::Caret | TokenKind::Mark(_)), _) => Some((Rational::ZERO, 1)),
            _ => None,
        };
        if let Some((value, length)) = power {
            let written = self.tokens[self.at].span.to(self.tokens[self.at + length].span);
            if value.is_negative() || value.is_zero() || !value.is_integer() {
                let name = callee.at.of(self.text);
                return Err(Diagnostic::new(Fault::Ambiguous, format!("a power of the function `{name}` itself"))
                    .at(written)
                    .hint(format!("write `{name}(x)^k` for a power of its value")));
            }
            callee.power = Some((value, written));
            self.at += length;
            if matches!(self.next_kind(), Some(TokenKind::Open(b)) if !matches!(b, Bracket::Angle | Bracket::Bars(_))) {
                return self.apply(callee);
            }
            if !self.next_kind().is_some_and(|kind| kind.begins_operand() || *kind == TokenKind::Minus) {
                return Err(self.error("this function needs an argument"));
            }
        }
        self.prefix(Prefix::Function(callee, first))
    }

    /// Opens the brackets behind a function.
    fn apply(&mut self, callee: Callee) -> Result<(), Diagnostic> {
        if matches!(self.next_kind(), Some(TokenKind::Open(b)) if !matches!(b, Bracket::Angle | Bracket::Bars(_))) {
            self.at += 1;
            return self.open_frame(Purpose::Call(callee));
        }
        let at = self.at;
        if self.next_kind().is_some_and(TokenKind::begins_operand) {
            return self.prefix(Prefix::Function(callee, at));
        }
        Err(self.error("this function needs an argument"))
    }

    /// The head of an indexed sum: its bounds are built, then its body begins.
    fn big(&mut self, head: &BigHead) -> Result<(), Diagnostic> {
        let start = self.token().span;
        let mut parts = BigParts { head: head.clone(), start, low: None, high: None };
        if head.low {
            parts.low = Some(self.bound_group()?);
        }
        if head.high {
            parts.high = Some(self.bound_group()?);
        }
        self.bound.push(head.index.clone());
        // The parenthesis of `sum(i=1..N, …)` is part of the head.
        self.at += usize::from(head.call);
        let purpose = if head.call { Purpose::BigCall(parts) } else { Purpose::BigBody(parts) };
        self.frames.push(Frame::new(purpose, start));
        self.deeper()
    }

    /// One bound of a sum, in brackets of our own making. Bounds hold no sums, so this runs once inside itself.
    fn bound_group(&mut self) -> Result<AstId, Diagnostic> {
        let open = self.at + 1;
        let close = self.partner(open);
        let frames = std::mem::take(&mut self.frames);
        let (stop, at, prefixes) = (self.stop, self.at, std::mem::take(&mut self.prefixes));
        let built = self.expression(open + 1, close);
        (self.frames, self.stop, self.at, self.prefixes) = (frames, stop, at, prefixes);
        self.at = close;
        built
    }

    /// Takes an operand that is complete up to its marks, and finishes powers that were waiting for it.
    fn operand(&mut self, part: Part) -> Result<(), Diagnostic> {
        let mut part = part;
        let raised = matches!(self.next_kind(), Some(TokenKind::Caret | TokenKind::HadamardCaret));
        while !raised && self.frame().prefixes.iter().any(|prefix| matches!(prefix, Prefix::Power { .. })) {
            let Some(prefix) = self.pop_prefix() else { break };
            part = self.take_prefix(prefix, part)?;
        }
        self.frame().operand = Some(part);
        Ok(())
    }

    /// Applies what stood in front of an operand.
    fn take_prefix(&mut self, prefix: Prefix, part: Part) -> Result<Part, Diagnostic> {
        match prefix {
            Prefix::Minus(at) => {
                let span = at.to(part.span);
                let id = self.push(Kind::Neg(part.id), span);
                Ok(Part { id, span, look: part.look })
            }
            Prefix::Function(callee, at) => {
                let look = if part.look == Look::Closed { Look::Closed } else { Look::Applied(at) };
                let call = self.call(callee, &[part], part.span)?;
                Ok(Part { look, ..call })
            }
            Prefix::Power { base, hadamard } => {
                let span = base.span.to(part.span);
                let exponent = self.exponent(part.id);
                let kind = if hadamard { Kind::HadamardPower(base.id, exponent) } else { Kind::Power(base.id, exponent) };
                let look = match (base.look, part.look) {
                    (Look::Number, Look::Number) => Look::Number,
                    (Look::Closed, _) => Look::Closed,
                    _ => Look::Open,
                };
                let id = self.push(kind, span);
                Ok(Part { id, span, look })
            }
        }
    }

    /// An exponent `-1` is one number, however it was written.
    fn exponent(&mut self, id: AstId) -> AstId {
        let last = self.nodes.len().saturating_sub(1);
        if last < 1 || id.0 as usize != last || !matches!(self.nodes[last].kind, Kind::Neg(_)) {
            return id;
        }
        let span = self.nodes[last].span;
        let Kind::Number(value) = &self.nodes[last - 1].kind else { return id };
        let value = value.neg();
        self.nodes.truncate(last - 1);
        self.push(Kind::Number(value), span)
    }

    /// A function with its arguments.
    fn call(&mut self, callee: Callee, args: &[Part], end: Span) -> Result<Part, Diagnostic> {
        let span = callee.at.to(end);
        if let Some(builtin) = callee.builtin
            && !(usize::from(builtin.min)..=usize::from(builtin.max)).contains(&args.len())
        {
            let name = callee.at.of(self.text);
            let wanted = match (builtin.min, builtin.max) {
                (1, 1) => "1 argument".to_string(),
                (a, b) if a == b => format!("{a} arguments"),
                (a, b) => format!("{a} to {b} arguments"),
            };
            let given = if args.len() == 1 { "1 is".to_string() } else { format!("{} are", args.len()) };
            return Err(Diagnostic::new(Fault::Syntax, format!("`{name}` takes {wanted}, and {given} given")).at(span));
        }
        let args = args.iter().map(|part| part.id).collect();
        let mut id = self.push(Kind::Call { name: callee.name, at: callee.at, primes: callee.primes, args }, span);
        if let Some((value, at)) = callee.power {
            let exponent = self.push(Kind::Number(value), at);
            id = self.push(Kind::Power(id, exponent), span);
        }
        Ok(Part { id, span, look: Look::Closed })
    }

    /// The factor being read, with everything in front of it applied.
    fn finish_factor(&mut self) -> Result<Part, Diagnostic> {
        let Some(mut part) = self.frame().operand.take() else { return Err(self.dangling()) };
        let run = std::mem::take(&mut self.frame().run);
        if let Some(first) = run.first() {
            let span = first.span.to(part.span);
            let factors = run.iter().chain([&part]).map(|p| (Times::Product, p.id)).collect();
            let id = self.push(Kind::Product(factors), span);
            part = Part { id, span, look: Look::Number };
        }
        while let Some(prefix) = self.pop_prefix() {
            part = self.take_prefix(prefix, part)?;
        }
        Ok(part)
    }

    fn push_factor(&mut self, part: Part) {
        let frame = self.frame();
        let times = frame.join.take().map_or(Times::Product, |(times, _)| times);
        frame.product.push((times, part));
    }

    /// The product being read as one operand.
    fn finish_term(&mut self) -> Result<Part, Diagnostic> {
        let part = self.finish_factor()?;
        self.push_factor(part);
        let product = std::mem::take(&mut self.frame().product);
        let (Some((_, first)), Some((_, last))) = (product.first(), product.last()) else { return Err(self.dangling()) };
        if product.len() == 1 {
            return Ok(*first);
        }
        let span = first.span.to(last.span);
        let numeric = product.iter().all(|(_, part)| part.look == Look::Number);
        let factors = product.iter().map(|(times, part)| (*times, part.id)).collect();
        let id = self.push(Kind::Product(factors), span);
        Ok(Part { id, span, look: if numeric { Look::Number } else { Look::Open } })
    }

    /// The error for an operator or an opening bracket with nothing behind it.
    fn dangling(&self) -> Diagnostic {
        let frame = self.frames.last();
        let last = (self.at > 0).then(|| &self.tokens[(self.at - 1).min(self.tokens.len() - 1)]);
        let at =
            if self.at < self.stop { self.token().span } else { last.map_or(Span::default(), |t| Span { start: t.span.end, ..t.span }) };
        let operator = frame.and_then(|frame| {
            let prefix = frame.prefixes.last().map(|prefix| match prefix {
                Prefix::Minus(at) => *at,
                Prefix::Function(callee, _) => callee.at,
                Prefix::Power { base, .. } => Span { start: base.span.end, end: base.span.end },
            });
            prefix.or(frame.join.map(|(_, at)| at)).or(frame.sign.map(|(_, at)| at))
        });
        match (operator, frame.map(|frame| &frame.purpose)) {
            (Some(place), _) if !place.of(self.text).is_empty() => {
                Diagnostic::new(Fault::Syntax, format!("nothing follows `{}`", place.of(self.text))).at(place)
            }
            (Some(_), _) => Diagnostic::new(Fault::Syntax, "the exponent is missing").at(at),
            (None, Some(Purpose::BigBody(parts) | Purpose::BigCall(parts))) => {
                let head = parts.start.of(self.text);
                Diagnostic::new(Fault::Syntax, "this sum has no summand").at(parts.start).hint(format!("write `{head} …`"))
            }
            (None, Some(Purpose::Whole)) => Diagnostic::new(Fault::Syntax, "an expression is missing").at(at),
            (None, _) => {
                let open = frame.map_or(at, |frame| frame.open);
                Diagnostic::new(Fault::Syntax, "there is nothing between these brackets").at(open.to(at))
            }
        }
    }

    /// Finishes the sum being read and adds it to the frame's items.
    fn finish_item(&mut self, required: bool) -> Result<(), Diagnostic> {
        if let Some(at) = self.frame().colon.take() {
            if self.frame().operand.is_some() {
                return Err(Diagnostic::new(Fault::Unsupported, "ranges of rows or columns are not supported").at(at));
            }
            self.frame().places.push(Place::All);
            return Ok(());
        }
        if !required && self.frame().is_empty() {
            return Ok(());
        }
        let term = self.finish_term()?;
        let frame = self.frame();
        let negative = frame.sign.take().is_some_and(|(negative, _)| negative);
        let mut terms = std::mem::take(&mut frame.terms);
        let part = if terms.is_empty() && !negative {
            term
        } else {
            terms.push((negative, term));
            let span = terms.first().map_or(term.span, |(_, first)| first.span.to(term.span));
            let id = self.push(Kind::Sum(terms.iter().map(|(negative, part)| (*negative, part.id)).collect()), span);
            Part { id, span, look: Look::Open }
        };
        let frame = self.frame();
        frame.places.push(Place::At(part.id));
        frame.items.push(part);
        Ok(())
    }

    /// A comma: allowed between arguments.
    fn comma(&mut self) -> Result<(), Diagnostic> {
        let several = matches!(self.frame().purpose, Purpose::Call(_) | Purpose::Angle | Purpose::Index(_));
        if !several || self.token().kind == TokenKind::Semicolon {
            let error = self.error(format!("`{}` cannot stand here", self.token().span.of(self.text)));
            let open = self.frame().open;
            return Err(match self.frame().purpose {
                Purpose::Whole => error.hint("several expressions go one a line"),
                Purpose::Group => error.note(open, "these brackets belong to no function"),
                _ => error,
            });
        }
        self.finish_item(true)
    }

    /// Closes the bodies of sums that end with the product around them.
    fn close_bodies(&mut self) -> Result<(), Diagnostic> {
        while matches!(self.frame().purpose, Purpose::BigBody(_)) {
            self.finish_item(true)?;
            let Some(frame) = self.frames.pop() else { break };
            let (Purpose::BigBody(parts), Some(body)) = (frame.purpose, frame.items.first().copied()) else { break };
            let part = self.big_node(parts, body, body.span);
            // The body has ended at this phrase; no exponent can follow it.
            self.frame().operand = Some(part);
            while self.frame().prefixes.iter().any(|prefix| matches!(prefix, Prefix::Power { .. })) {
                let (Some(prefix), Some(operand)) = (self.pop_prefix(), self.frame().operand.take()) else { break };
                let part = self.take_prefix(prefix, operand)?;
                self.frame().operand = Some(part);
            }
        }
        Ok(())
    }

    fn big_node(&mut self, parts: BigParts, body: Part, end: Span) -> Part {
        self.bound.pop();
        let span = parts.start.to(end);
        let BigHead { big, index, at, .. } = parts.head;
        let id = self.push(Kind::Big { big, index, at, low: parts.low, high: parts.high, body: body.id }, span);
        Part { id, span, look: Look::Closed }
    }

    /// A closing bracket: what it encloses becomes the operand of the frame around it.
    fn close(&mut self) -> Result<(), Diagnostic> {
        let end = self.token().span;
        let required = !matches!(self.frame().purpose, Purpose::Call(_)) || !self.frame().items.is_empty();
        self.finish_item(required)?;
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let span = frame.open.to(end);
        let Some(&first) = frame.items.first() else {
            return match frame.purpose {
                Purpose::Call(callee) => {
                    let part = self.call(callee, &[], end)?;
                    self.operand(part)
                }
                Purpose::Index(base) => self.index(base, frame.places, end),
                _ => Err(Diagnostic::new(Fault::Syntax, "there is nothing between these brackets").at(span)),
            };
        };
        let part = match frame.purpose {
            Purpose::Whole | Purpose::Group => {
                Part { span, look: if first.look == Look::Number { Look::Number } else { Look::Closed }, ..first }
            }
            Purpose::Bars(bars) => {
                let id = self.push(Kind::Bars(bars, first.id), span);
                Part { id, span, look: Look::Closed }
            }
            Purpose::Angle => {
                let [a, b] = frame.items.as_slice() else {
                    let error =
                        Diagnostic::new(Fault::Syntax, format!("an inner product has two sides, and {} given", count(frame.items.len())));
                    return Err(error.at(span).hint("⟨a, b⟩ or <a, b>"));
                };
                let id = self.push(Kind::Inner(a.id, b.id), span);
                Part { id, span, look: Look::Closed }
            }
            Purpose::Call(callee) => self.call(callee, &frame.items, end)?,
            Purpose::Index(base) => return self.index(base, frame.places, end),
            Purpose::BigCall(parts) => self.big_node(parts, first, end),
            Purpose::BigBody(parts) => self.big_node(parts, first, first.span),
        };
        self.operand(part)
    }

    fn index(&mut self, base: Part, places: Vec<Place>, end: Span) -> Result<(), Diagnostic> {
        let span = base.span.to(end);
        if places.is_empty() || places.len() > 2 {
            return Err(Diagnostic::new(Fault::Syntax, "an index has one place or two").at(span).hint("x[i], X[i,j], X[i,:], X[:,j]"));
        }
        let id = self.push(Kind::Index(base.id, places), span);
        self.operand(Part { id, span, look: Look::Closed })
    }
}

/// `1 is`, `3 are`.
fn count(number: usize) -> String {
    if number == 1 { "1 is".to_string() } else { format!("{number} are") }
}
