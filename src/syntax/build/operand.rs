//! Operands: where one begins, what stands in front of it and behind it, and functions that are applied to it.

use super::{BigParts, Builder, Callee, Frame, Look, Part, Prefix, Purpose};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::token::{BigHead, Bracket, Mark, Role, TokenKind, Word};
use crate::syntax::{AstId, Builtin, Kind, Times};

impl Builder<'_> {
    /// Puts a mark on the operand.
    pub(super) fn mark(&mut self, mark: &Mark) -> Result<(), Diagnostic> {
        let at = self.token().span;
        let Some(part) = self.frame().operand.take() else { return Ok(()) };
        if matches!(mark, Mark::Prime | Mark::Transpose | Mark::InverseTranspose) && part.look == Look::Number {
            if part.span.of(self.text) == "11" {
                self.ones_by_ones(part, at);
                return Ok(());
            }
            self.ones(part)?;
        }
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
            Mark::PositivePart => Kind::Call { name: "relu".into(), at, primes: 0, args: vec![part.id] },
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

    /// Whether the phrase being read names the function that the factor before begins with: `det A det B` is a product.
    fn begins_alike(&self, function: usize) -> bool {
        let name = |at: usize| match self.tokens.get(at).map(|t| &t.kind) {
            Some(TokenKind::Word(word)) if matches!(word.role, Role::Prefix(_) | Role::Call(_)) => Some(&word.name),
            _ => None,
        };
        name(function).is_some() && name(function) == name(self.at)
    }

    /// Two operands side by side: the first one is finished, unless it is a number that a function goes on taking.
    pub(super) fn juxtapose(&mut self) -> Result<(), Diagnostic> {
        self.side_by_side()?;
        let numeric = match &self.token().kind {
            TokenKind::Number(_) => true,
            TokenKind::Word(word) => word.name == "pi" && word.role == Role::Variable,
            _ => false,
        };
        let frame = self.frame();
        let taking = matches!(frame.prefixes.last(), Some(Prefix::Function(..)));
        let before = frame.operand;
        // A function has no use for the row of ones alone: `log 1'exp(x)`.
        let summing = before.is_some_and(|part| self.is_row_of_ones(part));
        let frame = self.frame();
        if taking && (summing || numeric && before.is_some_and(|part| part.look == Look::Number)) {
            let operand = frame.operand.take();
            frame.run.extend(operand);
            return Ok(());
        }
        let one = |part: &Part| matches!(&self.nodes[part.id.0 as usize].kind, Kind::Number(value) if value.is_one());
        if let Some(part) = before.filter(|part| !taking && one(part))
            && self.is_ones(self.at)
            && matches!(self.next_kind(), Some(TokenKind::Mark(Mark::Prime | Mark::Transpose)))
        {
            self.ones(part)?;
        }
        let part = self.finish_factor()?;
        if let Look::Applied(function) = part.look
            && !self.begins_alike(function)
        {
            return Err(self.unclear_application(function));
        }
        // `u/‖v‖‖w‖`: what stands that close may be below the line too.
        let token = self.token();
        let close = part.look == Look::Closed && !token.spaced && matches!(token.kind, TokenKind::Open(_));
        let next_is_sum = matches!(self.token().kind, TokenKind::Big(_) | TokenKind::Ordered(_) | TokenKind::Members(_));
        let frame = self.frame();
        if matches!(frame.join, Some((Times::Divide, _)))
            && (close || !matches!(part.look, Look::Number | Look::Closed))
            && !next_is_sum
            && frame.product.iter().any(|(_, factor)| factor.look != Look::Number)
        {
            return Err(self.unclear_division(part));
        }
        self.push_factor(part);
        Ok(())
    }

    /// Refuses `1 000 x`: two numbers with nothing but white space between them.
    fn side_by_side(&mut self) -> Result<(), Diagnostic> {
        let last = self.at.checked_sub(1).map(|at| &self.tokens[at]);
        let operand = self.frame().operand.map(|part| part.span);
        match (last.map(|t| &t.kind), &self.token().kind) {
            // `1 1'` is a column of ones and a row of them.
            (Some(TokenKind::Number(_)), TokenKind::Number(_)) if last.map(|t| t.span) == operand && !self.is_ones(self.at) => {
                let (left, right) = (last.map_or("", |t| t.span.of(self.text)), self.token().span.of(self.text));
                let error = self.error("two numbers stand side by side");
                let open = self.frame().open;
                if open.of(self.text) == "[" {
                    return Err(error
                        .note(open, "these brackets belong to no function")
                        .hint("matrices are not written out by entries: name the matrix, and declare it: --var 'A: matrix(2,2)'"));
                }
                Err(error.hint(format!("write `{left} * {right}` for their product; digits are not put in groups of three")))
            }
            _ => Ok(()),
        }
    }

    /// Begins an operand, or refuses the phrase where one must begin.
    pub(super) fn begin(&mut self) -> Result<(), Diagnostic> {
        let token = self.token();
        let span = token.span;
        match &token.kind {
            TokenKind::Number(value) if value.is_one() && self.follows_row() && !self.is_ones(self.at) => {
                let message = "this 1 behind a row may be the number or the vector of ones";
                Err(Diagnostic::new(Fault::Ambiguous, message).at(span).hint("write `(1/n)` for the number, `ones(n)` for the vector"))
            }
            TokenKind::Number(_) if self.follows_operand() && self.is_ones(self.at) => {
                let id = self.push(Kind::OnesVector, span);
                self.operand(Part { id, span, look: Look::Open })
            }
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
            TokenKind::Ordered(head) => self.ordered(head),
            TokenKind::Members(head) => self.members_of(head),
            TokenKind::Membership(set) => {
                let id = self.membership(set);
                self.operand(Part { id, span, look: Look::Closed })
            }
            TokenKind::Open(Bracket::Condition) => self.open_frame(Purpose::Condition),
            TokenKind::Open(Bracket::Angle) => self.open_frame(Purpose::Angle),
            TokenKind::Open(Bracket::Bars(bars)) => self.open_frame(Purpose::Bars(*bars)),
            TokenKind::Open(_) => self.open_frame(Purpose::Group),
            _ => Err(self.missing_operand()),
        }
    }

    pub(super) fn word(&mut self, word: &Word) -> Result<(), Diagnostic> {
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
                .hint(format!("write `^T {rest}` for a transpose times `{rest}`, or `^({})` for a power; where all names are single letters: --from latex", word.name)));
        }
        let (kind, look) = self.name(word)?;
        let id = self.push(kind, span);
        self.operand(Part { id, span, look })
    }

    /// `sin^2 x`, `tr^2(A)`: a power of the function's value; `log x`: the function of the next factor.
    pub(super) fn prefix_function(&mut self, mut callee: Callee) -> Result<(), Diagnostic> {
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
    pub(super) fn apply(&mut self, callee: Callee) -> Result<(), Diagnostic> {
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
    pub(super) fn big(&mut self, head: &BigHead) -> Result<(), Diagnostic> {
        let start = self.token().span;
        let mut parts = BigParts { head: head.clone(), start, low: None, high: None, skip: None, set: None };
        if head.low {
            parts.low = Some(self.bound_group()?);
        }
        if head.high {
            parts.high = Some(self.bound_group()?);
        }
        // The parenthesis of `sum(i=1..N, …)` is part of the head.
        self.at += usize::from(head.call);
        self.open_big(parts)
    }

    /// Begins the body of a sum.
    pub(super) fn open_big(&mut self, parts: BigParts) -> Result<(), Diagnostic> {
        self.bound.push(parts.head.index.clone());
        let start = parts.start;
        let purpose = if parts.head.call { Purpose::BigCall(parts) } else { Purpose::BigBody(parts) };
        self.frames.push(Frame::new(purpose, start));
        self.deeper()
    }

    /// One bound of a sum, in brackets of our own making. Bounds hold no sums, so this runs once inside itself.
    pub(super) fn bound_group(&mut self) -> Result<AstId, Diagnostic> {
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
    pub(super) fn operand(&mut self, part: Part) -> Result<(), Diagnostic> {
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
    pub(super) fn take_prefix(&mut self, prefix: Prefix, part: Part) -> Result<Part, Diagnostic> {
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
    pub(super) fn exponent(&mut self, id: AstId) -> AstId {
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
    pub(super) fn call(&mut self, callee: Callee, args: &[Part], end: Span) -> Result<Part, Diagnostic> {
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
            let error = Diagnostic::new(Fault::Syntax, format!("`{name}` takes {wanted}, and {given} given")).at(span);
            let example: Vec<&str> = ["a", "b", "c", "d"].into_iter().take(usize::from(builtin.min)).collect();
            return Err(match name {
                "norm" => error
                    .hint("`norm(x)` is Euclidean, `norm1(x)`, `norminf(x)`, `normF(X)`, `nuclear(X)` and `spectral(X)` are the others"),
                "max" | "min" if args.len() == 1 => {
                    error.hint(format!("`{name}(x, 0)` goes entry by entry; `logsumexp(x)` is a smooth greatest entry"))
                }
                _ => error.hint(format!("write `{name}({})`", example.join(", "))),
            });
        }
        let args = args.iter().map(|part| part.id).collect();
        let mut id = self.push(Kind::Call { name: callee.name, at: callee.at, primes: callee.primes, args }, span);
        if let Some((value, at)) = callee.power {
            let exponent = self.push(Kind::Number(value), at);
            id = self.push(Kind::Power(id, exponent), span);
        }
        Ok(Part { id, span, look: Look::Closed })
    }
}
