//! Notations that stand for a few signs of others: sym(A), ⟨A, B⟩, ‖A‖², mean(x), √(5 r), sums over a whole family.

use super::build::Builder;
use super::notation::{Mark, Norm, Notation};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Habits, Node, Power, Store};

impl Builder<'_> {
    fn habit(&self, habit: Habits) -> bool {
        self.store.habits().has(habit)
    }

    // ---- (A + Aᵀ)/2 = sym(A)

    /// sym(A), where `sum` is A + Aᵀ without a name of its own and one half of it is to be written.
    pub fn symmetric_part(&mut self, sum: ExprId) -> Option<Notation> {
        let half = self.one_of_each_pair(sum)?;
        Some(Notation::named("sym", self.part(half)))
    }

    /// A where `sum` is A + Aᵀ: of every two terms that are each other's transposes the one written first.
    pub fn one_of_each_pair(&mut self, sum: ExprId) -> Option<ExprId> {
        let Node::Sum(terms) = self.store.node(sum) else { return None };
        if !self.store.is(sum, Facts::SYMMETRIC) || self.store.is_scalar(sum) || terms.len() % 2 != 0 {
            return None;
        }
        if self.givens.named(sum).is_some() {
            return None;
        }
        let mut left = self.store.as_written(sum, terms.clone(), |t| t.1);
        let mut half: Vec<(Rational, ExprId)> = Vec::with_capacity(left.len() / 2);
        while !left.is_empty() {
            let (c, t) = left.remove(0);
            let turned = self.store.transpose(t);
            let (k, turned) = self.store.split_number(turned);
            let twin = left.iter().position(|(d, s)| *s == turned && *d == c.mul(&k))?;
            let (d, s) = left.remove(twin);
            half.push(if plain(self.store, t) || !plain(self.store, s) { (c, t) } else { (d, s) });
        }
        Some(self.store.sum(half))
    }

    // ---- inner products and norms

    /// tr(A), ⟨A, B⟩ or ‖A‖².
    pub fn trace(&mut self, id: ExprId, a: ExprId) -> Notation {
        if let Some(norm) = self.norm_power(id, ExprId::ONE) {
            return norm;
        }
        let inside = self.under_trace(id, a);
        if (self.habit(Habits::INNER) || self.habit(Habits::FROBENIUS))
            && let Some(inner) = self.inner_of_trace(inside)
        {
            return inner;
        }
        Notation::named("tr", self.part(inside))
    }

    /// tr(A Bᵀ) = ⟨A, B⟩, where one factor is a transpose.
    fn inner_of_trace(&mut self, a: ExprId) -> Option<Notation> {
        let Node::Product { coefficient, scalars, chain } = self.store.node(a) else { return None };
        if !coefficient.is_one() || !scalars.is_empty() || chain.len() < 2 {
            return None;
        }
        let at = chain.iter().rposition(|f| f.flipped && f.power == ExprId::ONE)?;
        let side = chain[at].base;
        let rest: Vec<Factor> = chain[at + 1..].iter().chain(&chain[..at]).copied().collect();
        // Two transposes read better under one trace.
        if rest.iter().any(|f| f.flipped) {
            return None;
        }
        let rest = self.store.product(Rational::ONE, &[], &rest);
        let sides = if at == 0 { [side, rest] } else { [rest, side] };
        Some(Notation::Inner(Box::new(sides.map(|s| self.part(s)))))
    }

    /// ‖A‖^(2e) for tr(AᵀA)^e, where the reader writes norms: of a matrix, or of more than one name.
    pub fn norm_power(&mut self, id: ExprId, exponent: ExprId) -> Option<Notation> {
        if !self.habit(Habits::NORM) {
            return None;
        }
        let x = self.store.gram(id)?;
        let column = self.store.shape(x).is_column();
        let short = self.givens.named(x).is_some() || self.store.children(x).is_empty();
        // Of a single name only where the reader wrote its norm.
        let short = short && !self.store.is_square(id);
        if column && short || !column && !self.habit(Habits::FROBENIUS) {
            return None;
        }
        let norm = Notation::Norm(Norm { name: "norm", sub: if column { "" } else { "F" } }, Box::new(self.part(x)));
        let power = self.store.mul(&[ExprId::TWO, exponent]);
        Some(Notation::mark(norm, Mark::Power(Box::new(self.part(power)))))
    }

    /// Whether aᵀb is written ⟨a, b⟩.
    pub fn writes_inner(&self) -> bool {
        self.habit(Habits::INNER)
    }

    // ---- sum(x) / n = mean(x)

    /// Takes the factors of a mean out of a monomial: the sum of all entries, and their number below.
    pub fn mean(&mut self, scalars: &mut Vec<Power>) -> Option<Notation> {
        if !self.habit(Habits::MEAN) {
            return None;
        }
        for at in 0..scalars.len() {
            let (base, ExprId::ONE) = scalars[at] else { continue };
            let Node::Product { chain, .. } = self.store.node(base) else { continue };
            let ones = |f: &Factor, s: &Store| matches!(s.node(f.base), Node::Ones(_));
            if !chain.first().is_some_and(|f| f.flipped && ones(f, self.store)) || chain.len() < 2 {
                continue;
            }
            let both = chain.len() > 2 && chain.last().is_some_and(|f| ones(f, self.store));
            let body = chain[1..chain.len() - usize::from(both)].to_vec();
            let body = self.store.product(Rational::ONE, &[], &body);
            let shape = self.store.shape(body);
            let entries = self.store.dim_times(shape.rows, shape.cols);
            let count = self.store.size(entries);
            // n² entries of a square matrix: the power counts.
            let below: Vec<Power> = match self.store.node(count) {
                Node::Size(_) => vec![(count, ExprId::ONE)],
                Node::Product { coefficient, scalars, .. } if coefficient.is_one() => scalars.to_vec(),
                _ => continue,
            };
            let mut rest = scalars.clone();
            rest.remove(at);
            let took_all = below.iter().all(|&(base, power)| {
                let Some(found) = rest.iter().position(|p| p.0 == base) else { return false };
                let left = self.store.add(&[rest[found].1, power]);
                let enough = self.store.as_num(left).is_some_and(|n| n.is_negative() || n.is_zero());
                rest[found].1 = left;
                enough
            });
            if took_all {
                rest.retain(|p| p.1 != ExprId::ZERO);
                *scalars = rest;
                return Some(Notation::named("mean", self.part(body)));
            }
        }
        None
    }

    // ---- roots

    /// √5 √r = √(5 r): the roots above a line become one, and those below it; what is under a root is never negative.
    pub fn join_roots(&mut self, id: ExprId, scalars: &mut Vec<Power>) {
        let number = |s: &Store, p: &Power| s.as_num(p.0).is_some();
        let minus_half = self.store.mul(&[ExprId::MINUS_ONE, ExprId::HALF]);
        for half in [ExprId::HALF, minus_half] {
            let is_root = |s: &Store, p: &Power| p.1 == half && s.is(p.0, Facts::NONNEGATIVE);
            let roots: Vec<Power> = scalars.iter().filter(|p| is_root(self.store, p)).copied().collect();
            if roots.len() < 2 || !roots.iter().any(|p| number(self.store, p)) {
                continue;
            }
            let above: Vec<Power> = roots.iter().map(|p| (p.0, ExprId::HALF)).collect();
            let joined = self.store.product(Rational::ONE, &above, &[]);
            if joined == id {
                continue;
            }
            scalars.retain(|p| !roots.contains(p));
            scalars.push((joined, if half == ExprId::HALF { ExprId::ONE } else { ExprId::MINUS_ONE }));
        }
    }

    /// √(a b) for √a √b alone.
    pub fn root_of_product(&mut self, c: &Rational, scalars: &[Power], chain: &[Factor]) -> Option<Notation> {
        let all = c.is_one() && chain.is_empty() && scalars.len() > 1;
        if !all || !scalars.iter().all(|p| p.1 == ExprId::HALF && self.store.is(p.0, Facts::NONNEGATIVE)) {
            return None;
        }
        if !scalars.iter().any(|p| self.store.as_num(p.0).is_some()) {
            return None;
        }
        let bases: Vec<Power> = scalars.iter().map(|p| (p.0, ExprId::ONE)).collect();
        let inside = self.store.product(Rational::ONE, &bases, &[]);
        Some(Notation::Root(Box::new(self.part(inside))))
    }

    // ---- sums over an index

    /// Whether Σ runs over all members of a family in its body, so that its bounds need not be said.
    pub fn is_whole_family(&mut self, level: u32, low: ExprId, high: ExprId, body: ExprId) -> bool {
        if low != ExprId::ONE {
            return false;
        }
        let mut ranges = Vec::new();
        for id in self.store.reachable(&[body]) {
            let Node::Member(family, index) = self.store.node(id) else { continue };
            for (at, i) in index.iter().enumerate() {
                if matches!(self.store.node(*i), Node::Index(l) if *l == level) {
                    ranges.extend(self.store.symbol_info(*family).ranges.get(at));
                }
            }
        }
        !ranges.is_empty() && ranges.into_iter().all(|range| self.store.size(range) == high)
    }
}

/// Whether a term has no transpose in it.
fn plain(store: &Store, t: ExprId) -> bool {
    !matches!(store.node(t), Node::Product { chain, .. } if chain.iter().any(|f| f.flipped && !store.shape(f.base).is_column()))
}

/// Whether the numbers that sums run to stand nowhere else, so that the sums may be written without them.
pub(super) fn bounds_are_free(store: &Store, roots: &[ExprId]) -> bool {
    if !store.habits().has(Habits::BARE_SUMS) {
        return false;
    }
    let nodes = store.reachable(roots);
    let is_size = |id: ExprId| matches!(store.node(id), Node::Size(_));
    nodes.iter().all(|&id| match *store.node(id) {
        Node::BigSum { low, body, .. } => !is_size(low) && !is_size(body),
        _ => roots.iter().all(|&r| !is_size(r)) && !store.any_child(id, is_size),
    })
}
