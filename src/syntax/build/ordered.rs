//! Sums over indices in an order: `sum_{i<j}`, `sum_{1 <= i < j <= n}`, `sum_{j: j != i}`.

use super::{BigParts, Builder};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::token::{BigHead, Order, OrderedHead};
use crate::syntax::{AstId, Kind};

impl Builder<'_> {
    /// The head of such a sum, as one sum for each index: i < j is a sum over i, and in it one over j from i + 1 on.
    ///
    /// An index that a sum around it binds already is only a bound: under `sum_i`, `sum_{j<i}` is over j alone.
    pub(super) fn ordered(&mut self, head: &OrderedHead) -> Result<(), Diagnostic> {
        let start = self.token().span;
        let fixed = self.fixed.get(&self.at).cloned();
        let lowest = if head.low { Some(self.bound_group()?) } else { None };
        let mut places: Vec<(Option<String>, Span, Option<AstId>)> = Vec::new();
        for (letter, span) in &head.places {
            let runs = letter.clone().filter(|letter| match &head.own {
                Some(own) => own == letter,
                None => !self.bound.contains(letter) && fixed.as_ref() != Some(letter),
            });
            let value = match letter {
                Some(letter) if runs.is_none() => Some(self.push(Kind::Name(letter.clone()), *span)),
                Some(_) => None,
                None => Some(self.bound_group()?),
            };
            places.push((runs, *span, value));
        }
        let last = if head.high { Some(self.bound_group()?) } else { None };
        let mut signs = head.signs.clone();
        let falls = |sign: &Order| matches!(sign, Order::Above | Order::From);
        if signs.iter().all(falls) {
            places.reverse();
            signs = signs.into_iter().rev().map(Order::turned).collect();
        }
        let unlike = signs == [Order::Unlike];
        let running: Vec<usize> = (0..places.len()).filter(|&at| places[at].0.is_some()).collect();
        let (Some(&first), Some(&end)) = (running.first(), running.last()) else {
            return Err(self.unread(start).hint("write the index that runs first: `sum_{j: j != i}`"));
        };
        if !unlike && signs.iter().any(|sign| !matches!(sign, Order::Below | Order::UpTo)) || end - first + 1 != running.len() {
            return Err(self.unread(start).hint("write the bounds: `sum_{i=1}^{n} sum_{j=i+1}^{n} …` for i < j"));
        }
        if let (Some((low, at)), true) =
            (places[first].2.or(first.checked_sub(1).and_then(|at| places[at].2)).map(|low| (low, start)), last.is_none())
            && !unlike
            && places.get(end + 1).is_none()
            && matches!(self.nodes[low.0 as usize].kind, Kind::Number(_))
        {
            return Err(crate::syntax::plain::infinite(at));
        }
        // What stands behind the last index bounds them all.
        let above = match places.get(end + 1) {
            Some(&(_, _, Some(bound))) if !unlike => Some(self.shifted(bound, signs[end], -1)),
            _ => last,
        };
        for at in first..=end {
            let Some((index, span)) = places[at].0.clone().map(|index| (index, places[at].1)) else { continue };
            let before = at.checked_sub(1).map(|before| (before, &places[before]));
            let other = match before {
                Some((_, (Some(letter), span, _))) => Some((letter.clone(), *span)),
                _ => None,
            };
            let value = match (before, other) {
                (Some(_), Some((letter, span))) => Some(self.push(Kind::Name(letter), span)),
                (Some((_, &(_, _, value))), None) => value,
                (None, _) if unlike && running.len() == 1 => places[1 - at].2,
                (None, _) => None,
            };
            let (low, skip) = match value {
                Some(value) if unlike => (lowest, Some(value)),
                Some(value) => (Some(self.shifted(value, signs[at - 1], 1)), None),
                None => (lowest, None),
            };
            let head = BigHead { big: head.big, index, at: span, low: low.is_some(), high: above.is_some(), call: false };
            let high = above.map(|bound| self.again(bound));
            self.open_big(BigParts { head, start, low, high, skip, set: None })?;
        }
        Ok(())
    }

    /// The same bound for another sum.
    fn again(&mut self, bound: AstId) -> AstId {
        let node = &self.nodes[bound.0 as usize];
        let (kind, span) = (node.kind.clone(), node.span);
        self.push(kind, span)
    }

    /// A bound that itself is left out where the sign is strict.
    fn shifted(&mut self, bound: AstId, sign: Order, by: i64) -> AstId {
        if sign != Order::Below {
            return bound;
        }
        let span = self.nodes[bound.0 as usize].span;
        let one = self.push(Kind::Number(Rational::ONE), span);
        self.push(Kind::Sum(vec![(false, bound), (by < 0, one)]), span)
    }

    fn unread(&self, at: Span) -> Diagnostic {
        Diagnostic::new(Fault::Unsupported, "this condition on the indices of a sum is not read").at(at)
    }
}
