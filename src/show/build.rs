//! From an expression to its layer of notation: everything but products.

use super::given::{Givens, product_parts};
use super::notation::{Function, Mark, Norm, Notation, Operator};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Fun, Node, Power, Shape, Store};
use crate::ops::{self, Spelling};

/// A layer with the runs of neighbouring factors in it that have no name yet.
pub(super) struct Layer {
    pub notation: Notation,
    pub runs: Vec<Vec<Factor>>,
}

/// Builds one layer.
pub(super) struct Builder<'a> {
    pub store: &'a mut Store,
    pub givens: &'a Givens,
    /// Whether sums over a whole family are written without bounds.
    pub bare: bool,
    pub runs: Vec<Vec<Factor>>,
}

/// The layer of an expression; definitions stand in it by number, other parts as [`Notation::Part`].
pub(super) fn layer(store: &mut Store, givens: &Givens, bare: bool, id: ExprId) -> Layer {
    let mut builder = Builder { store, givens, bare, runs: Vec::new() };
    let notation = builder.whole(id);
    Layer { notation, runs: builder.runs }
}

impl Builder<'_> {
    /// An expression as a part of another.
    pub fn part(&mut self, id: ExprId) -> Notation {
        if let Some(given) = self.givens.named(id) {
            return Notation::Given(given);
        }
        match self.store.node(id) {
            Node::Num(_)
            | Node::Pi
            | Node::Size(_)
            | Node::Symbol(_)
            | Node::Member(..)
            | Node::Index(_)
            | Node::Ones(_)
            | Node::Zero(_) => self.whole(id),
            _ => Notation::Part(id),
        }
    }

    fn boxed(&mut self, id: ExprId) -> Box<Notation> {
        Box::new(self.part(id))
    }

    /// A part whose sign does not matter: under a norm the definition r, never −r.
    fn unsigned(&mut self, id: ExprId) -> Box<Notation> {
        if self.givens.named(id).is_none() && matches!(self.store.node(id), Node::Sum(_)) {
            let negative = self.store.neg(id);
            if self.givens.named(negative).is_some() {
                return self.boxed(negative);
            }
        }
        self.boxed(id)
    }

    fn whole(&mut self, id: ExprId) -> Notation {
        let shape = self.store.shape(id);
        match self.store.node(id).clone() {
            Node::Num(r) => number(&r),
            Node::Pi => Notation::Pi,
            Node::Size(name) => Notation::Size(name),
            Node::Symbol(symbol) => Notation::Symbol(symbol),
            Node::Member(symbol, index) => match self.store.indicator(symbol) {
                Some(below) => Notation::Within(Box::new(self.within(symbol, &index, below))),
                None => Notation::Member(symbol, index.into_iter().map(|i| self.part(i)).collect()),
            },
            Node::Index(level) => Notation::Bound(level),
            Node::Eye(dim) => Notation::Eye(Some(dim)),
            Node::Ones(dim) => Notation::Ones(dim, false),
            Node::Zero(shape) => Notation::Zero(shape),
            Node::Basis(k, dim) => Notation::Call(Function::Named("unit"), vec![self.part(k), Notation::Dim(dim)]),
            Node::Sum(terms) => self.sum(id, &terms, shape),
            Node::Product { coefficient, scalars, chain } => self.signed_product(id, &coefficient, &scalars, &chain),
            Node::Hadamard(entries) => self.hadamard(id, &entries),
            Node::Kron(parts) => Notation::Infix(Operator::Kron, parts.into_iter().map(|p| self.kron_operand(p)).collect()),
            Node::Trace(a) => self.trace(id, a),
            Node::Diag(a) | Node::Diagonal(a) => Notation::named("diag", self.part(a)),
            Node::Vec(a) => Notation::named("vec", self.part(a)),
            Node::Unvec(a, shape) => {
                let sizes = [Notation::Dim(shape.rows), Notation::Dim(shape.cols)];
                Notation::Call(Function::Named("unvec"), std::iter::once(self.part(a)).chain(sizes).collect())
            }
            Node::Call(fun, args) => self.call(fun, &args),
            Node::BigSum { level, low, high, body } => self.big_sum(level, (low, high), body, None),
        }
    }

    /// What is written under a trace: of all rotations without more transposes the one that ends in the change (`tr(X⁻¹dX)`),
    /// or begins with its transpose; else the one that was written first.
    pub fn under_trace(&mut self, trace: ExprId, inside: ExprId) -> ExprId {
        if self.givens.named(inside).is_some() {
            return inside;
        }
        let written = self.store.written_order(trace).and_then(|w| w.first().copied()).unwrap_or(inside);
        let Some((_, _, chain)) = product_parts(self.store, written) else { return inside };
        let (chain, turned) = (chain.to_vec(), self.store.turned_chain(chain));
        let flips = |c: &[Factor]| c.iter().filter(|f| f.flipped).count();
        // Neither form has more transposes than its own transpose.
        let sides = if flips(&turned) == flips(&chain) { vec![chain, turned] } else { vec![chain] };
        let is_change = |f: &Factor, flipped| f.flipped == flipped && f.power == ExprId::ONE && self.store.is_direction(f.base);
        let ends = sides.iter().find_map(|side| Some((side, side.iter().rposition(|f| is_change(f, false))? + 1)));
        let begins = || sides.iter().find_map(|side| Some((side, side.iter().position(|f| is_change(f, true))?)));
        let Some((side, cut)) = ends.or_else(begins) else { return written };
        let rotated = [&side[cut..], &side[..cut]].concat();
        self.store.product(Rational::ONE, &[], &rotated)
    }

    fn call(&mut self, fun: Fun, args: &[ExprId]) -> Notation {
        let (Some(row), Some(&first)) = (ops::row(fun), args.first()) else {
            return Notation::Call(Function::Applied(fun), args.iter().map(|&a| self.part(a)).collect());
        };
        match row.show {
            Spelling::Norm(sub) => {
                let sub = if sub.is_empty() && !self.store.shape(first).is_column() { "F" } else { sub };
                Notation::Norm(Norm { name: row.name, sub }, self.unsigned(first))
            }
            Spelling::Abs => Notation::Abs(self.store.is_scalar(first), self.unsigned(first)),
            Spelling::Superscript(_) => Notation::mark(self.part(first), Mark::Pseudo),
            Spelling::Root => Notation::Root(self.boxed(first)),
            Spelling::Name
            | Spelling::Command(_)
            | Spelling::Letter(_)
            | Spelling::Sized(_)
            | Spelling::Comparison(_)
            | Spelling::Cases => Notation::Call(Function::Applied(fun), args.iter().map(|&a| self.part(a)).collect()),
        }
    }

    // ---- sums

    fn big_sum(&mut self, level: u32, (low, high): (ExprId, ExprId), body: ExprId, skip: Option<ExprId>) -> Notation {
        if let Some(sum) = skip.is_none().then(|| self.sum_over_set(level, (low, high), body)).flatten() {
            return sum;
        }
        let bare = self.bare && self.is_whole_family(level, low, high, body);
        let skip = skip.map(|k| Box::new(self.part(k)));
        Notation::Big { level, bare, skip, set: None, parts: Box::new([self.part(low), self.part(high), self.part(body)]) }
    }

    /// Of Σ_{i<k} aᵢ, with the Σ_{i>k} aᵢ that stands in the same sum, the sum over i ≠ k; and the place of the other.
    fn all_but_one(&mut self, terms: &[(Rational, ExprId)], at: usize) -> Option<(usize, Notation)> {
        let (c, t) = &terms[at];
        let Node::BigSum { level, low, high, body } = *self.store.node(*t) else { return None };
        let others = terms.iter().enumerate().filter(|(_, (other, _))| other == c);
        let (other, before) = others.into_iter().find_map(|(other, &(_, s))| {
            let before = self.store.all_but_one(*t, s);
            (before || self.store.all_but_one(s, *t)).then_some((other, before))
        })?;
        let Node::BigSum { low: second_low, high: second_high, .. } = *self.store.node(terms[other].1) else { return None };
        let (low, upto, high) = if before { (low, high, second_high) } else { (second_low, second_high, high) };
        let skip = self.store.add(&[upto, ExprId::ONE]);
        Some((other, scaled(&c.abs(), self.big_sum(level, (low, high), body, Some(skip)))))
    }

    fn sum(&mut self, id: ExprId, terms: &[(Rational, ExprId)], shape: Shape) -> Notation {
        let terms = self.store.as_written(id, terms.to_vec(), |t| t.1);
        let mut signed = Vec::with_capacity(terms.len());
        let spread = self.may_spread(&terms, shape);
        let bare_eye = terms.iter().any(|(_, t)| !self.is_scaled_eye(*t));
        let mut used: Option<(usize, Rational, Vec<ExprId>)> = None;
        if let Some((given, times)) = self.givens.in_sum(self.store, id, &terms)
            && let Node::Sum(inner) = self.store.node(self.givens.list[given].value)
        {
            used = Some((given, times, inner.iter().map(|&(_, t)| t).collect()));
        }
        let mut joined = Vec::new();
        for (at, (c, t)) in terms.iter().enumerate() {
            if joined.contains(&at) {
                continue;
            }
            if let Some((other, whole)) = self.all_but_one(&terms, at) {
                joined.push(other);
                signed.push((c.is_negative(), whole));
                continue;
            }
            if let Some((given, times, inner)) = &mut used
                && inner.contains(t)
            {
                if *given != usize::MAX {
                    signed.push((times.is_negative(), scaled(&times.abs(), Notation::Given(*given))));
                    *given = usize::MAX;
                }
                continue;
            }
            let (turned, term) = self.term(&c.abs(), *t, spread, bare_eye);
            signed.push((c.is_negative() != turned, term));
        }
        // `A x − b`, never `−b + A x`.
        if signed.first().is_some_and(|(negative, _)| *negative)
            && let Some(at) = signed.iter().position(|(negative, _)| !negative)
        {
            let first = signed.remove(at);
            signed.insert(0, first);
        }
        if let [(false, _)] = signed[..] {
            return signed.swap_remove(0).1;
        }
        Notation::Sum(signed)
    }

    /// One term with the size of its coefficient, and whether its sign is the other one.
    fn term(&mut self, c: &Rational, t: ExprId, spread: bool, bare_eye: bool) -> (bool, Notation) {
        if t == ExprId::ONE {
            return (false, Notation::Number(c.clone()));
        }
        if *c == Rational::HALF
            && let Some(sym) = self.symmetric_part(t)
        {
            return (false, sym);
        }
        if spread && let Some(front) = self.scaled_ones(t) {
            let front = self.store.scale(c, front);
            let Node::Product { coefficient, scalars, chain } = self.store.node(front).clone() else {
                return (false, self.part(front));
            };
            let (scalars, chain, turned) = self.outer_sign(&scalars, &chain);
            return (turned, self.product(front, &coefficient, &scalars, &chain, Vec::new()));
        }
        if let Some(given) = self.givens.named(t) {
            return (false, scaled(c, Notation::Given(given)));
        }
        match self.store.node(t).clone() {
            Node::Eye(_) if bare_eye => (false, scaled(c, Notation::Eye(None))),
            Node::Product { scalars, chain, .. } => {
                let eye = bare_eye && self.is_scaled_eye(t);
                let (scalars, chain, turned) = self.outer_sign(&scalars, &chain);
                if c.is_one() && !turned && !eye {
                    return (false, self.part(t));
                }
                let (chain, tail) = if eye { (Vec::new(), vec![Notation::Eye(None)]) } else { (chain, Vec::new()) };
                (turned, self.product(t, c, &scalars, &chain, tail))
            }
            Node::Symbol(_) | Node::Size(_) if !c.is_integer() && self.store.is_scalar(t) => {
                (false, self.product(t, c, &[(t, ExprId::ONE)], &[], Vec::new()))
            }
            _ => {
                let part = self.part(t);
                (false, scaled(c, part))
            }
        }
    }

    fn is_scaled_eye(&self, id: ExprId) -> bool {
        match self.store.node(id) {
            Node::Eye(_) => true,
            Node::Product { chain, .. } => matches!(chain[..], [f] if matches!(self.store.node(f.base), Node::Eye(_))),
            _ => false,
        }
    }

    /// The scalar c where `id` is c·1 for a column or a matrix of ones.
    fn scaled_ones(&mut self, id: ExprId) -> Option<ExprId> {
        match self.store.node(id).clone() {
            Node::Ones(_) => Some(ExprId::ONE),
            Node::Product { coefficient, scalars, chain } if self.all_ones(&chain) => Some(self.store.product(coefficient, &scalars, &[])),
            _ => None,
        }
    }

    fn all_ones(&self, chain: &[Factor]) -> bool {
        !chain.is_empty() && chain.iter().all(|f| matches!(self.store.node(f.base), Node::Ones(_)))
    }

    /// Whether c·1 is written as the scalar c: beside another term that fixes the size, and among matrices only where
    /// that term is meant entry by entry.
    fn may_spread(&mut self, terms: &[(Rational, ExprId)], shape: Shape) -> bool {
        if shape.is_scalar() || self.givens.ones {
            return false;
        }
        terms.iter().any(|&(_, t)| match self.store.node(t) {
            _ if self.scaled_ones(t).is_some() => false,
            _ if shape.is_column() => true,
            _ => self.is_entrywise(t),
        })
    }

    fn is_entrywise(&self, id: ExprId) -> bool {
        match self.store.node(id) {
            Node::Hadamard(_) => true,
            Node::Call(Fun::User(..), _) => true,
            Node::Call(fun, _) => ops::row(*fun).is_some_and(|r| r.eval.is_entrywise()),
            Node::Product { chain, .. } => matches!(chain[..], [f] if f.power == ExprId::ONE && self.is_entrywise(f.base)),
            _ => false,
        }
    }

    // ---- element-wise products

    fn hadamard(&mut self, id: ExprId, entries: &[Power]) -> Notation {
        let mut entries = self.store.as_written(id, entries.to_vec(), |p| p.0);
        let (mut up, mut down) = (Vec::new(), Vec::new());
        if let Some(given) = self.givens.in_hadamard(self.store, id, &entries)
            && let Node::Hadamard(inner) = self.store.node(self.givens.list[given].value)
        {
            entries.retain(|p| !inner.contains(p));
            up.push(Notation::Given(given));
        }
        for (base, exponent) in entries {
            let (exponent, negative) = self.magnitude(exponent);
            let base = self.part(base);
            let power = match exponent {
                ExprId::ONE => base,
                ExprId::HALF => Notation::Root(Box::new(base)),
                _ => Notation::mark(base, Mark::Entrywise(self.boxed(exponent))),
            };
            if negative { &mut down } else { &mut up }.push(power);
        }
        let infix = |mut all: Vec<Notation>| if all.len() == 1 { all.swap_remove(0) } else { Notation::Infix(Operator::Hadamard, all) };
        if down.is_empty() {
            return infix(up);
        }
        let up = if up.is_empty() { Notation::integer(1) } else { infix(up) };
        Notation::Infix(Operator::Divide, vec![up, infix(down)])
    }

    /// An exponent without its sign, and whether it was negative.
    pub fn magnitude(&mut self, exponent: ExprId) -> (ExprId, bool) {
        let negative = match self.store.node(exponent) {
            Node::Num(r) => r.is_negative(),
            Node::Product { coefficient, .. } => coefficient.is_negative(),
            Node::Sum(terms) => terms.iter().all(|(c, _)| c.is_negative()),
            _ => false,
        };
        (if negative { self.store.neg(exponent) } else { exponent }, negative)
    }

    /// Whether a scalar needs parentheses of its own before anything may follow it.
    pub fn is_open(&self, id: ExprId) -> bool {
        self.givens.named(id).is_none() && matches!(self.store.node(id), Node::BigSum { .. })
    }

    /// Whether the transpose changes nothing.
    pub fn is_symmetric(&self, id: ExprId) -> bool {
        self.store.is(id, Facts::SYMMETRIC)
    }
}

/// A number with its sign.
pub(super) fn number(r: &Rational) -> Notation {
    let size = Notation::Number(r.abs());
    if r.is_negative() { Notation::minus(size) } else { size }
}

/// `c a` for a positive number.
fn scaled(c: &Rational, a: Notation) -> Notation {
    if c.is_one() { a } else { Notation::product(vec![Notation::Number(c.clone()), a]) }
}
