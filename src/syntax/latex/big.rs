//! The heads of indexed sums: `\sum_{i=1}^{n}`, `\sum_{i<j}`, `\prod_{i,j}`.

use super::commands::Command;
use super::faces::Alphabet;
use super::lower::{Lower, Work, empty_at};
use super::raw::RawKind;
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::Big;
use crate::syntax::plain::{check_set, letters_that_run, set_name};
use crate::syntax::token::{BigHead, Bracket, Order, OrderedHead, SetHead, Token, TokenKind};

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
        // All of it is read here; the bounds are given back.
        self.take(at, next);
        let (from, end) = self.stacked(from, end);
        if let Some(sign) = (from..end).find(|&at| self.kind(at) == Some(RawKind::Command("in"))) {
            return self.members(big, (from, sign, end), above, head, next);
        }
        if let Some(sign) = (from..end).find(|&at| self.kind(at) == Some(RawKind::Command("sim"))) {
            let error = Diagnostic::new(Fault::Unsupported, "which indices are neighbours is not said by `\\sim`").at(self.span(sign));
            return Err(error.hint(format!("give the set of pairs a name: `{word}_{{(i,j)\\in E}} …`")));
        }
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
        let mut low = equals.map(|equals| (equals + 1, end));
        let mut high = above.map(|(from, end, _)| (from, end));
        // `i=1,\ldots,n`.
        if let Some((from, end)) = low
            && let Some(listed) = self.listed(from, end)
        {
            if let Some((from, _)) = high {
                return Err(self.error(from, "this sum has two ends"));
            }
            (low, high) = (Some(listed.0), Some(listed.1));
        }
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

    /// The lines of `\substack`, or all that stands below the sign.
    fn stacked(&self, from: usize, end: usize) -> (usize, usize) {
        match (self.kind(from), self.argument(from + 1)) {
            (Some(RawKind::Command("substack")), Some((inside, to, next))) if next == end => (inside, to),
            _ => (from, end),
        }
    }

    /// The first and the last of `1,\ldots,n`.
    fn listed(&self, from: usize, end: usize) -> Option<((usize, usize), (usize, usize))> {
        let dots = |at: usize| matches!(self.kind(at), Some(RawKind::Command("ldots" | "dots" | "cdots" | "dotsc" | "dotsb")));
        let at = (from..end).find(|&at| dots(at))?;
        let comma = |at: usize| self.kind(at) == Some(RawKind::Comma);
        let first = (from..at).find(|&at| comma(at))?;
        (first > from && comma(at + 1) && at + 2 < end).then_some(((from, first), (at + 2, end)))
    }

    /// A sum over a set, `\sum_{i\in C}`, `\sum_{j:(i,j)\in E}`; over `[n]` and `\{1,\ldots,n\}` it is one like others.
    fn members(
        &mut self,
        big: Big,
        (from, sign, end): (usize, usize, usize),
        above: Option<(usize, usize, usize)>,
        head: Span,
        next: usize,
    ) -> Result<usize, Diagnostic> {
        if let Some((from, ..)) = above {
            return Err(self.error(from, "a sum over a set has no last index").hint("`\\sum_{i\\in C} …`, or `\\sum_{i=1}^{n} …`"));
        }
        let colon =
            |at: &usize| matches!(self.kind(*at), Some(RawKind::Colon | RawKind::Delimiter("|", _) | RawKind::Command("colon" | "mid")));
        let (own, first) = match (from..sign).find(colon) {
            Some(colon) => (self.indices(from, colon)?, colon + 1),
            None => (Vec::new(), from),
        };
        let tuple = self.indices(first, sign)?;
        if let Some((from, to)) = self.whole_range(sign + 1, end) {
            let mut work = Vec::new();
            for (nth, (index, place)) in tuple.into_iter().enumerate() {
                let parts = BigHead { big, index, at: place, low: false, high: true, call: false };
                work.push(Work::Emit(TokenKind::Big(Box::new(parts)), if nth == 0 { head } else { empty_at(head.end) }));
                self.bound(&mut work, from, to);
            }
            self.later(work);
            return Ok(next);
        }
        let (set, below) = self.set(sign + 1, end)?;
        let own = own.into_iter().map(|(index, _)| index).collect();
        let members = SetHead { big, own, tuple, set, below, at: self.place(sign + 1, end) };
        check_set(&members)?;
        self.emit(TokenKind::Members(Box::new(members)), head);
        Ok(next)
    }

    /// `i`, `i,j`, `(i,j)`: indices in front of `\in`.
    fn indices(&self, from: usize, to: usize) -> Result<Vec<(String, Span)>, Diagnostic> {
        let mut found = Vec::new();
        for at in from..to {
            match (self.kind(at), self.letter(at)) {
                (Some(RawKind::Comma | RawKind::Delimiter("(" | ")", _)), _) => {}
                (Some(RawKind::Letter(_) | RawKind::Command(_)), Some(letter)) => found.push((letter, self.span(at))),
                _ => {
                    let error = Diagnostic::new(Fault::Unsupported, "a sum runs over an index, and this is none").at(self.place(from, to));
                    return Err(error.hint("number the members of the set: `\\sum_{i\\in D} …` with `x_i` for a member"));
                }
            }
        }
        if found.is_empty() { Err(self.error(from, "an index is missing in front of `\\in`")) } else { Ok(found) }
    }

    /// n of `[n]` and of `\{1,\ldots,n\}`.
    fn whole_range(&self, from: usize, end: usize) -> Option<(usize, usize)> {
        let partner = self.raws.get(from)?.partner;
        match self.kind(from)? {
            RawKind::Delimiter("[", _) if partner + 1 == end && partner > from + 1 => Some((from + 1, partner)),
            RawKind::Delimiter("\\{", _) if partner + 1 == end => {
                let ((one, comma), high) = self.listed(from + 1, partner)?;
                (comma == one + 1 && self.kind(one) == Some(RawKind::Number("1"))).then_some(high)
            }
            _ => None,
        }
    }

    /// The name of a set with the letters below it: `\mathcal{N}_i`, `\mathcal{N}(i)`.
    fn set(&mut self, from: usize, end: usize) -> Result<(String, Vec<String>), Diagnostic> {
        let place = self.place(from, end);
        let refused =
            |message: &str| Diagnostic::new(Fault::Unsupported, message).at(place).hint("give the set a name: `\\sum_{i\\in C} …`");
        if self.raws.get(from).is_some_and(|raw| raw.face.alphabet == Alphabet::Blackboard) {
            return Err(refused("a sum over all numbers of a kind has no end"));
        }
        let read = self.out.len();
        let after = if from < end { self.name(from, end)? } else { None };
        let words = self.out.split_off(read);
        let ([Token { kind: TokenKind::Word(word), .. }], Some(after)) = (words.as_slice(), after) else {
            return Err(refused("this set has no name"));
        };
        let (set, mut below) = set_name(word);
        let argument = match (end - after, self.kind(after), self.letter(after + 1), self.kind(after + 2)) {
            (0, ..) => None,
            (3, Some(RawKind::Delimiter("(", _)), Some(letter), Some(RawKind::Delimiter(")", _))) => Some(letter),
            _ => return Err(refused("this condition on the members of a set is not read")),
        };
        below.extend(argument);
        Ok((set, below))
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
            matches!(
                self.kind(*at),
                Some(RawKind::Colon | RawKind::Comma | RawKind::Row | RawKind::Delimiter("|", _) | RawKind::Command("colon" | "mid"))
            )
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
        for at in first..end {
            if let Some(sign) = self.order(at) {
                pieces.push((start, at));
                signs.push(sign);
                start = at + 1;
            }
        }
        pieces.push((start, end));
        if let Some(&(from, _)) = pieces.iter().find(|(from, to)| from >= to) {
            return Err(self.error(from.min(end - 1), "an index is missing beside this sign"));
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

    /// A bound, in brackets of our own making.
    fn bound(&mut self, work: &mut Vec<Work>, from: usize, to: usize) {
        self.give_back(from, to);
        let inside = self.place(from, to);
        work.push(Work::Emit(TokenKind::Open(Bracket::Bound), empty_at(inside.start)));
        work.push(Work::Range(from, to));
        work.push(Work::Emit(TokenKind::Close(Bracket::Bound), empty_at(inside.end)));
    }
}
