//! The heads of indexed sums: `\sum_{i=1}^{n}`, `\sum_{i<j}`, `\prod_{i,j}`.

use super::commands::Command;
use super::lower::{Lower, Work, empty_at};
use super::raw::RawKind;
use crate::base::{Diagnostic, Span};
use crate::syntax::Big;
use crate::syntax::plain::letters_that_run;
use crate::syntax::token::{BigHead, Bracket, Order, OrderedHead, TokenKind};

/// The index of a sum that is said to run alone.
struct Own {
    index: String,
    low: Option<(usize, usize)>,
    end: usize,
}

impl Lower<'_> {
    /// `\sum_{i=1}^{n}`; the scripts in either order.
    pub fn big(&mut self, at: usize, to: usize, big: Big) -> Result<usize, Diagnostic> {
        let mut next = at + 1;
        let mut below = None;
        let mut above = None;
        loop {
            let slot = match self.kind(next) {
                Some(RawKind::Underscore) if below.is_none() && next < to => &mut below,
                Some(RawKind::Caret) if above.is_none() && next < to => &mut above,
                _ => break,
            };
            let argument = self.argument(next + 1).ok_or_else(|| self.error(next, "the bound is missing"))?;
            *slot = Some(argument);
            self.take(next, argument.0);
            self.take(argument.1, argument.2);
            next = argument.2;
        }
        let word = if big == Big::Sum { "\\sum" } else { "\\prod" };
        let Some((from, end, _)) = below.filter(|(from, end, _)| from < end) else {
            return Err(self.error(at, "an indexed sum needs its index").hint(format!("write `{word}_{{i=1}}^{{n}} …`")));
        };
        let bound_sum =
            |(from, to, _): (usize, usize, usize)| (from..to).find(|&at| matches!(self.kind(at), Some(RawKind::Command("sum" | "prod"))));
        if let Some(inner) = [below, above].into_iter().flatten().find_map(bound_sum) {
            return Err(self.error(inner, "a bound of a sum holds another sum").hint("name it: `\\text{let } m = …; …`"));
        }
        let head = self.place(at, next);
        if (from..end).any(|at| self.order(at).is_some()) {
            let own = self.own_index(from, end);
            return self.ordered(big, own, (from, end), above, head, next);
        }
        let equals = (from..end).find(|&i| self.kind(i) == Some(RawKind::Equals));
        let mut indices = Vec::new();
        for place in from..equals.unwrap_or(end) {
            let index = match self.kind(place) {
                Some(RawKind::Letter(letter)) => crate::syntax::names::plain_letters(letter).0,
                Some(RawKind::Named(name)) => name.to_string(),
                Some(RawKind::Command(name)) => match self.meaning(name) {
                    Command::Letter(letter) => letter.to_string(),
                    _ => return Err(self.error(place, "this cannot bind an index").hint(format!("write `{word}_{{i=1}}^{{n}} …`"))),
                },
                Some(RawKind::Comma) => continue,
                _ => return Err(self.error(place, "this cannot bind an index").hint(format!("write `{word}_{{i=1}}^{{n}} …`"))),
            };
            indices.push((index, self.span(place)));
        }
        if indices.is_empty() {
            return Err(self.error(at, "an indexed sum needs its index").hint(format!("write `{word}_{{i=1}}^{{n}} …`")));
        }
        if let Some((from, end, _)) = above
            && end == from + 1
            && self.kind(from) == Some(RawKind::Command("infty"))
        {
            return Err(crate::syntax::plain::infinite(self.span(from)));
        }
        self.take(from, equals.map_or(end, |equals| equals + 1));
        let low = equals.map(|equals| (equals + 1, end));
        let high = above.map(|(from, end, _)| (from, end));
        let mut work = Vec::new();
        for (nth, (index, place)) in indices.into_iter().enumerate() {
            let parts = BigHead { big, index, at: place, low: low.is_some(), high: high.is_some(), call: false };
            work.push(Work::Emit(TokenKind::Big(Box::new(parts)), if nth == 0 { head } else { empty_at(head.end) }));
            for (from, to) in [low, high].into_iter().flatten() {
                self.bound(&mut work, from, to);
            }
        }
        self.later(work);
        Ok(next)
    }

    /// A sign between two indices: `<`, `\le`, `\neq`.
    fn order(&self, at: usize) -> Option<Order> {
        match self.kind(at) {
            Some(RawKind::Command(name)) => Order::read(name),
            _ => Order::read(self.span(at).of(self.text)),
        }
    }

    /// The index in front of a colon, a bar or a comma, with its first value where that is said: `j : j \neq i`, `j=1, j \neq i`.
    fn own_index(&self, from: usize, to: usize) -> Option<Own> {
        let stop = |at: &usize| {
            matches!(self.kind(*at), Some(RawKind::Colon | RawKind::Comma | RawKind::Delimiter("|", _) | RawKind::Command("colon" | "mid")))
        };
        let at = (from..to).find(stop)?;
        let index = self.letter(from)?;
        let low = match self.kind(from + 1) {
            _ if at == from + 1 => None,
            Some(RawKind::Equals) if at > from + 2 => Some((from + 2, at)),
            _ => return None,
        };
        Some(Own { index, low, end: at + 1 })
    }

    /// A sum over indices in an order, `\sum_{1 \le i < j \le n}`, and behind its head what bounds them.
    fn ordered(
        &mut self,
        big: Big,
        own: Option<Own>,
        (from, end): (usize, usize),
        above: Option<(usize, usize, usize)>,
        head: Span,
        next: usize,
    ) -> Result<usize, Diagnostic> {
        let mut pieces = Vec::new();
        let mut signs = Vec::new();
        let first = own.as_ref().map_or(from, |own| own.end);
        let mut start = first;
        self.take_own(from, first, own.as_ref());
        for at in first..end {
            if let Some(sign) = self.order(at) {
                self.take(at, at + 1);
                pieces.push((start, at));
                signs.push(sign);
                start = at + 1;
            }
        }
        pieces.push((start, end));
        if let Some(&(from, _)) = pieces.iter().find(|(from, to)| from >= to) {
            return Err(self.error(from.min(end - 1), "an index is missing beside this sign"));
        }
        for &(from, to) in &pieces {
            if to == from + 1 && self.letter(from).is_some() {
                self.take(from, to);
            }
        }
        let letter = |&(from, to): &(usize, usize)| (if to == from + 1 { self.letter(from) } else { None }, self.place(from, to));
        let places = letters_that_run(pieces.iter().map(letter).collect());
        let bounds = pieces.into_iter().zip(&places).filter(|(_, (letter, _))| letter.is_none()).map(|(piece, _)| piece);
        let low = own.as_ref().and_then(|own| own.low);
        let bounds: Vec<(usize, usize)> = low.into_iter().chain(bounds).chain(above.map(|(from, end, _)| (from, end))).collect();
        let parts = OrderedHead { big, own: own.map(|own| own.index), low: low.is_some(), places, signs, high: above.is_some() };
        let mut work = vec![Work::Emit(TokenKind::Ordered(Box::new(parts)), head)];
        for (from, to) in bounds {
            self.bound(&mut work, from, to);
        }
        self.later(work);
        Ok(next)
    }

    /// Says that the index which runs alone has been read, with its colon; its first value has not.
    fn take_own(&mut self, from: usize, first: usize, own: Option<&Own>) {
        match own.and_then(|own| own.low) {
            Some((low, end)) => {
                self.take(from, low);
                self.take(end, first);
            }
            None => self.take(from, first),
        }
    }

    /// A bound, in brackets of our own making.
    fn bound(&self, work: &mut Vec<Work>, from: usize, to: usize) {
        let inside = self.place(from, to);
        work.push(Work::Emit(TokenKind::Open(Bracket::Bound), empty_at(inside.start)));
        work.push(Work::Range(from, to));
        work.push(Work::Emit(TokenKind::Close(Bracket::Bound), empty_at(inside.end)));
    }
}
