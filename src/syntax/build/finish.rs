//! What ends: factors, terms, items between commas, brackets.

use super::{BigParts, Builder, Look, Part, Prefix, Purpose};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::token::{BigHead, Bracket, TokenKind};
use crate::syntax::{Bars, Kind, Place, Times};

impl Builder<'_> {
    /// The factor being read, with everything in front of it applied.
    pub(super) fn finish_factor(&mut self) -> Result<Part, Diagnostic> {
        let Some(mut part) = self.frame().operand.take() else { return Err(self.dangling()) };
        let run = std::mem::take(&mut self.frame().run);
        if let Some(first) = run.first() {
            let span = first.span.to(part.span);
            let factors = run.iter().chain([&part]).map(|p| (Times::Product, p.id)).collect();
            let id = self.push(Kind::Product(factors), span);
            let look = if run.iter().chain([&part]).all(|p| p.look == Look::Number) { Look::Number } else { Look::Open };
            part = Part { id, span, look };
        }
        while let Some(prefix) = self.pop_prefix() {
            part = self.take_prefix(prefix, part)?;
        }
        Ok(part)
    }

    pub(super) fn push_factor(&mut self, part: Part) {
        let frame = self.frame();
        let times = frame.join.take().map_or(Times::Product, |(times, _)| times);
        frame.product.push((times, part));
    }

    /// The product being read as one operand.
    pub(super) fn finish_term(&mut self) -> Result<Part, Diagnostic> {
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

    /// Finishes the sum being read and adds it to the frame's items.
    pub(super) fn finish_item(&mut self, required: bool) -> Result<(), Diagnostic> {
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
        let compared = std::mem::take(&mut self.frame().compared);
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
        let part = self.comparison(compared, part);
        let frame = self.frame();
        frame.places.push(Place::At(part.id));
        frame.items.push(part);
        Ok(())
    }

    /// A comma: allowed between arguments.
    pub(super) fn comma(&mut self) -> Result<(), Diagnostic> {
        let several = matches!(self.frame().purpose, Purpose::Call(_) | Purpose::Angle | Purpose::Index(_));
        if !several || self.token().kind == TokenKind::Semicolon {
            let error = self.error(format!("`{}` cannot stand here", self.token().span.of(self.text)));
            let open = self.frame().open;
            let number = |at: usize| matches!(self.tokens.get(at).map(|t| (&t.kind, t.spaced)), Some((TokenKind::Number(_), false)));
            if self.at > 0 && matches!(self.tokens[self.at - 1].kind, TokenKind::Number(_)) && number(self.at + 1) {
                return Err(error.hint("the decimal sign is a point: `0.5`"));
            }
            return Err(match self.frame().purpose {
                Purpose::Whole => error.hint("several expressions go one a line"),
                Purpose::Group => error
                    .note(open, "these brackets belong to no function")
                    .hint("matrices are not written out by entries: name the matrix, and declare it: --var 'A: matrix(2,2)'"),
                _ => error,
            });
        }
        self.finish_item(true)
    }

    /// Closes the bodies of sums that end with the product around them.
    pub(super) fn close_bodies(&mut self) -> Result<(), Diagnostic> {
        while matches!(self.frame().purpose, Purpose::BigBody(_)) {
            self.finish_item(true)?;
            let Some(frame) = self.frames.pop() else { break };
            let (Purpose::BigBody(parts), Some(body)) = (frame.purpose, frame.items.first().copied()) else { break };
            let part = self.big_node(parts, body, body.span)?;
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

    pub(super) fn big_node(&mut self, parts: BigParts, body: Part, end: Span) -> Result<Part, Diagnostic> {
        self.bound.pop();
        if let Some(set) = &parts.set {
            self.only_below(set, body)?;
        }
        let span = parts.start.to(end);
        let BigHead { big, index, at, .. } = parts.head;
        let body = parts.set.map_or(body.id, |set| self.within(&set, body));
        let id = self.push(Kind::Big { big, index, at, low: parts.low, high: parts.high, skip: parts.skip, body }, span);
        Ok(Part { id, span, look: Look::Closed })
    }

    /// A closing bracket: what it encloses becomes the operand of the frame around it.
    pub(super) fn close(&mut self) -> Result<(), Diagnostic> {
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
            Purpose::Condition => Part { span, look: Look::Closed, ..first },
            Purpose::Whole | Purpose::Group => {
                Part { span, look: if first.look == Look::Number { Look::Number } else { Look::Closed }, ..first }
            }
            Purpose::Bars(_) if self.next_kind() == Some(&TokenKind::Open(Bracket::Bound)) => {
                let weight = self.bound_group()?;
                let span = span.to(self.token().span);
                let number = match &self.nodes[weight.0 as usize].kind {
                    Kind::Number(_) => true,
                    Kind::Name(name) => name.starts_with(|c: char| c.is_lowercase()),
                    _ => false,
                };
                let name = if number { "pnorm" } else { "wnorm" }.to_owned();
                let id = self.push(Kind::Call { name, at: span, primes: 0, args: vec![first.id, weight] }, span);
                Part { id, span, look: Look::Closed }
            }
            Purpose::Bars(Bars::Single) if self.is_set(first.id) => {
                let id = self.members_in(first.id, span);
                Part { id, span, look: Look::Closed }
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
            Purpose::BigCall(parts) => self.big_node(parts, first, end)?,
            Purpose::BigBody(parts) => self.big_node(parts, first, first.span)?,
        };
        self.operand(part)
    }

    pub(super) fn index(&mut self, base: Part, places: Vec<Place>, end: Span) -> Result<(), Diagnostic> {
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
