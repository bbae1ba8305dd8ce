//! Names that are not applied: variables, the identity, and members of families under their bound indices.

use super::{Builder, Look};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::token::{Role, Sub, Token, TokenKind, Word};
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
        let broken = |token: &Token| matches!(&token.kind, TokenKind::Number(value) if !value.is_integer());
        if word.subs.iter().any(|sub| matches!(sub, Sub::Expression(tokens) if tokens.iter().any(broken))) {
            let error =
                Diagnostic::new(Fault::Syntax, "an index is a whole number, a letter that stands for one, or a sum of them").at(span);
            return Err(error.hint("a label is a word: `x_half`"));
        }
        if let Some((family, subs)) = self.member(word) {
            let mut index = Vec::with_capacity(subs.len());
            for sub in &subs {
                index.push(self.subscript(sub, span)?);
            }
            return Ok((Kind::Member { family, index }, Look::Open));
        }
        // `h_{t-1}` outside a sum is a name like others.
        let named = word.name.matches('{').count() == word.subs.iter().filter(|sub| matches!(sub, Sub::Expression(_))).count();
        let below = |token: &Token| matches!(&token.kind, TokenKind::Word(word) if word.name.contains('_'));
        if word.subs.iter().any(|sub| matches!(sub, Sub::Expression(tokens) if tokens.iter().any(below))) {
            let error = Diagnostic::new(Fault::Unsupported, "a subscript that has a subscript of its own is not read").at(span);
            return Err(error.hint(format!(
                "say which one is chosen by a one-hot `y`: `sum_k y_k {}_k`, `sum_k y_ik …` under a sum over i",
                word.base
            )));
        }
        if !named {
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
        // `K_{i,1}` and `w_{i,j}` where one of them is bound: a fixed subscript behind it, and a letter before it, belong to
        // the member as well.
        if let Some(first) = word.subs.iter().position(uses_bound) {
            let letter = |sub: &Sub| matches!(sub, Sub::Text(text) if text.chars().count() == 1 && text.chars().all(char::is_alphabetic));
            let before = word.subs.get(..first)?.iter().rev().take_while(|sub| letter(sub)).count();
            return Some((family(first - before), word.subs.get(first - before..)?.to_vec()));
        }
        match last {
            Sub::Text(text) => {
                let places = places(text, &bound)?;
                Some((family(word.subs.len() - 1), places.into_iter().map(Sub::Text).collect()))
            }
            Sub::Expression(_) => None,
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

/// The places that letters written together stand for, where one of them is bound: `x_ij`, `x_i1`. A word like `W_in` is
/// none, unless all of its letters are bound.
fn places(text: &str, bound: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let places = crate::syntax::names::places(text)?;
    let letters = || places.iter().filter(|place| place.chars().all(char::is_alphabetic));
    let (all, any) = (letters().all(|place| bound(place)), letters().any(|place| bound(place)));
    (places.len() > 1 && any && (all || !crate::syntax::names::is_word(text))).then_some(places)
}
