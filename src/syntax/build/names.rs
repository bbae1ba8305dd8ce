//! Names that are not applied: variables, the identity, and members of families under their bound indices.

use super::{Builder, Look};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::token::{Role, Sub, TokenKind, Word};
use crate::syntax::{AstId, Kind};

impl Builder<'_> {
    /// The node of a name that is not applied.
    pub(super) fn name(&mut self, word: &Word) -> Result<(Kind, Look), Diagnostic> {
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
    pub(super) fn member(&self, word: &Word) -> Option<(String, Vec<Sub>)> {
        let bound = |name: &str| self.bound.iter().any(|index| index == name);
        let uses_bound = |sub: &Sub| match sub {
            Sub::Text(text) => bound(text),
            Sub::Expression(tokens) => tokens.iter().any(|token| matches!(&token.kind, TokenKind::Word(word) if bound(&word.name))),
        };
        let last = word.subs.last()?;
        let family = |count: usize| {
            word.subs.iter().take(count).fold(word.base.clone(), |name, sub| match sub {
                Sub::Text(text) => crate::syntax::names::join_subscript(&name, text),
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
    pub(super) fn subscript(&mut self, sub: &Sub, span: Span) -> Result<AstId, Diagnostic> {
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
                crate::syntax::brackets::pair(&mut tokens, span.end as usize)?;
                let mut inner = Builder::new(self.text, &tokens);
                inner.nodes = std::mem::take(&mut self.nodes);
                let built = inner.expression(0, tokens.len());
                self.nodes = inner.nodes;
                built
            }
        }
    }
}
