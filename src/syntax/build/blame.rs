//! What the builder says where a text cannot be read: what is missing, and which two readings there are.

use super::{Builder, Part, Prefix, Purpose};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::Builtin;
use crate::syntax::token::{Mark, Role, TokenKind, Word};

impl Builder<'_> {
    pub(super) fn misplaced(&self) -> Diagnostic {
        match &self.token().kind {
            TokenKind::Equals => {
                self.error("an equation cannot stand here").hint("give one side, or the difference of both; `let r = …; …` defines a name")
            }
            TokenKind::Relation(_) => self
                .error(format!("`{}` cannot stand here", self.token().span.of(self.text)))
                .hint("give one side, or the difference of both"),
            TokenKind::Colon => self
                .error("a colon stands for all rows or columns in an index")
                .hint("`X[i,:]` is a row; a range of entries is named, and declared as a variable; an inner product of two matrices is `⟨A, B⟩` or `tr(A' B)`"),
            TokenKind::Let => self.error("`let` belongs before the expression").hint("let r = X w - y; r' r"),
            TokenKind::Where => self.error("`where` belongs behind the expression").hint("r' r where r = X w - y"),
            _ => self.error("this cannot stand here"),
        }
    }

    /// The places of the factor that begins at the phrase being read.
    pub(super) fn next_factor(&self) -> Span {
        let mut at = self.at;
        let start = self.token().span;
        // A function without parentheses takes its argument along.
        while at + 1 < self.stop
            && matches!(&self.tokens[at].kind, TokenKind::Word(word) if matches!(word.role, Role::Prefix(_) | Role::UserPrefix))
        {
            at += 1;
        }
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
    pub(super) fn unclear_application(&self, function: usize) -> Diagnostic {
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
    pub(super) fn unclear_division(&self, divisor: Part) -> Diagnostic {
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

    /// What is wrong where an operand must begin and none does.
    pub(super) fn missing_operand(&self) -> Diagnostic {
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

    /// The error for a built-in function without an argument.
    pub(super) fn bare(&self, word: &Word, builtin: Builtin) -> Diagnostic {
        let name = self.token().span.of(self.text);
        if matches!(self.next_kind(), Some(TokenKind::Mark(Mark::Prime))) {
            return Diagnostic::new(Fault::Syntax, format!("the derivative of `{name}` is not written with a prime"))
                .at(self.token().span)
                .hint("write the derivative itself; primes are for functions of your own: --fn phi");
        }
        let count = match (builtin.min, builtin.max) {
            (1, 1) => "an argument".to_string(),
            (a, b) if a == b => format!("{a} arguments"),
            (a, b) => format!("{a} to {b} arguments"),
        };
        Diagnostic::new(Fault::Syntax, format!("the function `{name}` needs {count}"))
            .at(self.token().span)
            .hint(format!("write `{name}(…)`; or declare `{}` as a variable of your own: --var '{}: vector(n)'", word.name, word.name))
    }

    /// The error for an operator or an opening bracket with nothing behind it.
    pub(super) fn dangling(&self) -> Diagnostic {
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
}
