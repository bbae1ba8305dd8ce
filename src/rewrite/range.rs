//! Sums over a whole range as products: Σᵢ aᵢbᵢᵀ = AᵀB, where aᵢ and bᵢ are the rows of matrices.
//!
//! A summand that meets its index in unit vectors alone (`a[i]` is eᵢᵀa, the row `X[i,:]` is Xᵀeᵢ) says the same of every
//! row. What it says of all rows at once is found part by part: a scalar becomes the column of its values, a column the
//! matrix that has it for rows. The sum is then a product with a column of ones, an inner product or a trace.

use super::expand::flattened;
use super::{Rewriter, triangle};
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Factor, Fun, Marks, Node, Power, Shape, Store};
use crate::ops;
use rustc_hash::FxHashMap;

/// What a derivation calls the law.
pub(super) const NAME: &str = "sum over all rows as a product: Σᵢ aᵢbᵢ' = A'B";
/// How long a summand may be for its products to be multiplied out.
const LENGTH: u64 = 80;
/// How many sums may be written without their index for code.
const PASSES: usize = 64;

/// Σᵢ aᵢbᵢᵀ = AᵀB and its like; Σᵢ eᵢᵀe_k g(i) = g(k).
pub(super) fn contract(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(range) = Range::of(store, id) else { return triangle::sum(store, id).into_iter().collect() };
    let mut results: Vec<ExprId> = range.total(store, range.body).into_iter().collect();
    if rewriter.cost(store, range.body) <= LENGTH {
        results.extend(range.multiplied_out(store));
    }
    results.extend(range.picked(store));
    results
}

/// The same value with every sum that can be without it written without its index, whether that is shorter or not: for
/// code, where a sum over an index may be a loop, and for what is shorter only once the sums around it are gone too.
pub fn without_indices(store: &mut Store, root: ExprId) -> ExprId {
    let mut current = root;
    for _ in 0..PASSES {
        // One at a time, from the inside: what stands around may be another then.
        let sums: Vec<ExprId> =
            store.reachable(&[current]).into_iter().filter(|&id| matches!(store.node(id), Node::BigSum { .. })).collect();
        let found = sums.into_iter().find_map(|id| {
            let Some(range) = Range::of(store, id) else { return triangle::sum(store, id).map(|whole| (id, whole)) };
            let total = range.total(store, range.body).or_else(|| range.multiplied_out(store).into_iter().next())?;
            Some((id, total))
        });
        let Some(replace) = found else { break };
        current = store.substitute(current, &[replace]);
    }
    current
}

/// Whether there is a sum over an index.
pub(super) fn is_indexed(store: &Store, root: ExprId) -> bool {
    store.reachable(&[root]).iter().any(|&id| matches!(store.node(id), Node::BigSum { .. }))
}

/// Whether a bound unit column is printed as such, rather than as the index of what stands beside it.
pub(super) fn shows_units(store: &Store, root: ExprId) -> bool {
    let bound = |id: ExprId| matches!(store.node(id), Node::Basis(k, _) if matches!(store.node(*k), Node::Index(_)));
    store.reachable(&[root]).into_iter().any(|id| match store.node(id) {
        Node::Product { chain, .. } => chain.iter().enumerate().any(|(at, f)| {
            let beside = chain.get(if f.flipped { at + 1 } else { at.wrapping_sub(1) });
            bound(f.base) && beside.is_none_or(|g| matches!(store.node(g.base), Node::Basis(..) | Node::Ones(_)))
        }),
        _ => store.any_child(id, bound),
    })
}

/// A sum over all values of an index that counts the entries of something.
struct Range {
    index: ExprId,
    dim: DimId,
    low: ExprId,
    high: ExprId,
    /// The summand, with the index as a free one.
    body: ExprId,
}

impl Range {
    fn of(store: &mut Store, id: ExprId) -> Option<Range> {
        let Node::BigSum { level, low, high, body } = *store.node(id) else { return None };
        let dim = store.as_dim(high).filter(|&d| low == ExprId::ONE && d != DimId::ONE)?;
        let (index, body) = store.open_sum(level, body);
        let unit = store.basis(index, dim);
        store.depends_on(body, &[unit]).then_some(Range { index, dim, low, high, body })
    }

    fn total(&self, store: &mut Store, body: ExprId) -> Option<ExprId> {
        Rows::new(store, self.index, self.dim, body).total(store, body)
    }

    /// The totals of the summand multiplied out, as it is and with the squared lengths in it multiplied out too.
    fn multiplied_out(&self, store: &mut Store) -> Vec<ExprId> {
        let mut results = Vec::new();
        let flat = flattened(store, self.body, true);
        if flat != self.body {
            results.extend(self.total(store, flat));
        }
        if let Some(distances) = distances(store, self.index, self.body) {
            let flat = flattened(store, distances, true);
            results.extend(self.total(store, distances).or_else(|| self.total(store, flat)));
        }
        results
    }

    /// Σᵢ eᵢᵀe_k g(i) = g(k), term by term.
    fn picked(&self, store: &mut Store) -> Option<ExprId> {
        let terms = match store.node(self.body) {
            Node::Sum(terms) => terms.clone(),
            _ => vec![(Rational::ONE, self.body)],
        };
        let mut found = false;
        let mut sum = Vec::new();
        for (c, t) in terms {
            let value = match meets(store, self.index, self.dim, t) {
                Some((delta, k)) => {
                    found = true;
                    store.substitute(t, &[(delta, ExprId::ONE), (self.index, k)])
                }
                None => store.big_sum(self.index, self.low, self.high, t),
            };
            sum.push((c, value));
        }
        found.then(|| store.sum(sum))
    }
}

/// The summand with the squared lengths of rows multiplied out, (M ∘ M) 1 = diag(M Mᵀ), where M depends on the index: so
/// ‖xᵢ − xⱼ‖² has a form for all i and j at once.
fn distances(store: &mut Store, index: ExprId, body: ExprId) -> Option<ExprId> {
    let (order, _) = store.dependents_in_order(body, &[index]);
    let mut replace = Vec::new();
    for id in order {
        let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { continue };
        let ones = |f: &Factor| matches!(store.node(f.base), Node::Ones(_));
        let (entries, whole) = match chain[..] {
            [h, o] if ones(&o) => (h, false),
            [o, h, p] if ones(&o) && ones(&p) => (h, true),
            _ => continue,
        };
        let Node::Hadamard(powers) = store.node(entries.base) else { continue };
        let &[(m, ExprId::TWO)] = &powers[..] else { continue };
        if !store.depends_on(m, &[index]) {
            continue;
        }
        let m = if entries.flipped { store.transpose(m) } else { m };
        let turned = store.transpose(m);
        let square = store.mul(&[m, turned]);
        let lengths = if whole { store.trace(square) } else { store.diagonal(square) };
        let lengths = flattened(store, lengths, true);
        let front = store.product(coefficient, &scalars, &[]);
        replace.push((id, store.mul(&[front, lengths])));
    }
    (!replace.is_empty()).then(|| store.substitute(body, &replace))
}

/// f(v)\[k\] = f(v\[k\]) for functions that go entry by entry, and (a + b)\[k\] = a\[k\] + b\[k\].
pub(super) fn entry(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    if let [a, b] = chain[..]
        && scalars.is_empty()
        && store.is_scalar(id)
    {
        for (unit, column) in [(a, b), (b, a)] {
            if matches!(store.node(unit.base), Node::Basis(..)) && column.power == ExprId::ONE {
                let value = picked_entry(store, unit.base, column.base);
                results.extend(value.map(|value| store.scale(&coefficient, value)));
            }
        }
    }
    results
}

/// The entry of a column that a unit column picks, where the column goes entry by entry.
fn picked_entry(store: &mut Store, unit: ExprId, column: ExprId) -> Option<ExprId> {
    if !store.shape(column).is_column() {
        return None;
    }
    let at = |store: &mut Store, part: ExprId| if store.is_scalar(part) { part } else { store.inner(unit, part) };
    match store.node(column).clone() {
        Node::Call(fun, args) => {
            let row = ops::row(fun);
            if row.is_some_and(|r| !r.eval.is_entrywise()) {
                return None;
            }
            let args: Vec<ExprId> = args.iter().map(|&a| at(store, a)).collect();
            Some(ops::call(store, fun, &args))
        }
        Node::Sum(terms) => {
            let terms = terms.into_iter().map(|(c, t)| (c, at(store, t))).collect();
            Some(store.sum(terms))
        }
        Node::Hadamard(entries) => {
            let powers: Vec<Power> = entries.into_iter().map(|(b, e)| (at(store, b), e)).collect();
            Some(store.product(Rational::ONE, &powers, &[]))
        }
        _ => None,
    }
}

/// The factor eᵢᵀe_k of a product, and k.
fn meets(store: &Store, index: ExprId, dim: DimId, t: ExprId) -> Option<(ExprId, ExprId)> {
    let single = [(t, ExprId::ONE)];
    let scalars: &[Power] = match store.node(t) {
        Node::Product { scalars, .. } if !scalars.is_empty() => scalars,
        _ => &single,
    };
    scalars.iter().filter(|s| s.1 == ExprId::ONE).find_map(|&(base, _)| {
        let Node::Product { chain, .. } = store.node(base) else { return None };
        let [a, b] = chain[..] else { return None };
        let (&Node::Basis(i, d), &Node::Basis(k, _)) = (store.node(a.base), store.node(b.base)) else { return None };
        let other = if i == index { k } else { i };
        (d == dim && (i == index || k == index) && i != k).then_some((base, other))
    })
}

/// What the parts of a summand say of all values of the index at once.
struct Rows {
    dim: DimId,
    /// The parts that depend on the index.
    varies: Marks,
    /// For each of them (a scalar or a column) the column of its values or the matrix that has it for rows, where there is one.
    known: FxHashMap<ExprId, Option<ExprId>>,
}

impl Rows {
    fn new(store: &mut Store, index: ExprId, dim: DimId, body: ExprId) -> Rows {
        let (order, varies) = store.dependents_in_order(body, &[index]);
        let mut rows = Rows { dim, varies, known: FxHashMap::default() };
        for id in order {
            let value = match *store.node(id) {
                Node::Basis(k, d) if k == index && d == dim => Some(store.eye(dim)),
                _ => rows.stacked(store, id),
            };
            rows.known.insert(id, value);
        }
        rows
    }

    fn varies(&self, id: ExprId) -> bool {
        self.varies.contains(id)
    }

    fn factor_varies(&self, f: Factor) -> bool {
        self.varies(f.base) || self.varies(f.power)
    }

    fn ones(&self, store: &mut Store) -> ExprId {
        store.ones(Shape::column(self.dim))
    }

    /// All values of a scalar, a column or a row (lying down) at once.
    fn all(&self, store: &mut Store, id: ExprId) -> Option<ExprId> {
        if self.varies(id) {
            return self.known.get(&id).copied().flatten();
        }
        let shape = store.shape(id);
        let row = if shape.is_column() { store.transpose(id) } else { id };
        if !store.shape(row).is_row() && !shape.is_scalar() {
            return None;
        }
        let ones = self.ones(store);
        Some(store.mul(&[ones, row]))
    }

    /// The value of [`Rows::all`] for a part whose own parts are known.
    fn stacked(&self, store: &mut Store, id: ExprId) -> Option<ExprId> {
        let shape = store.shape(id);
        if !shape.is_scalar() && !shape.is_column() && !shape.is_row() {
            return None;
        }
        let width = if shape.is_row() { shape.cols } else { shape.rows };
        match store.node(id).clone() {
            Node::Sum(terms) => {
                let terms = store.as_written(id, terms, |t| t.1).into_iter();
                let sum: Option<Vec<_>> = terms.map(|(c, t)| Some((c, self.all(store, t)?))).collect();
                Some(store.sum(sum?))
            }
            Node::Product { coefficient, scalars, chain } => {
                let (weight, front) = self.scalars(store, coefficient, &scalars)?;
                let value = match (self.chain(store, &chain), weight) {
                    (None, _) => return None,
                    (Some(None), weight) => weight.unwrap_or_else(|| self.ones(store)),
                    (Some(Some(column)), Some(weight)) if shape.is_scalar() => store.hadamard(&[weight, column]),
                    (Some(Some(matrix)), Some(weight)) => {
                        let weight = store.diag(weight);
                        store.mul(&[weight, matrix])
                    }
                    (Some(Some(value)), None) => value,
                };
                Some(store.mul(&[front, value]))
            }
            Node::Hadamard(entries) => {
                let mut all = Vec::with_capacity(entries.len());
                for (base, exponent) in entries {
                    if self.varies(exponent) {
                        return None;
                    }
                    all.push((self.all(store, base)?, exponent));
                }
                Some(store.hadamard_entries(Rational::ONE, &[], &all, Shape::new(self.dim, width)))
            }
            Node::Call(fun, args) => self.call(store, fun, &args, shape),
            Node::BigSum { level, low, high, body } => {
                if self.varies(low) || self.varies(high) {
                    return None;
                }
                let all = self.all(store, body)?;
                let (inner, all) = store.open_sum(level, all);
                Some(store.big_sum(inner, low, high, all))
            }
            _ => None,
        }
    }

    /// A function applied to every entry, or to every row.
    fn call(&self, store: &mut Store, fun: Fun, args: &[ExprId], shape: Shape) -> Option<ExprId> {
        let row = ops::row(fun);
        let entrywise = row.is_none_or(|r| r.eval.is_entrywise());
        if entrywise {
            let mut all = Vec::with_capacity(args.len());
            for &a in args {
                let spread = store.is_scalar(a) && !shape.is_scalar();
                all.push(match (self.varies(a), spread) {
                    (false, _) if store.is_scalar(a) => a,
                    (true, true) => return None,
                    _ => self.all(store, a)?,
                });
            }
            return Some(ops::call(store, fun, &all));
        }
        let all = self.all(store, *args.first()?)?;
        let by_row = match row?.name {
            "norm" | "norm1" => {
                // ‖xᵢ‖ = √(Σⱼ Xᵢⱼ²).
                let first = row?.name == "norm1";
                let entries = if first { ops::apply(store, "abs", &[all]) } else { store.hadamard_power(all, ExprId::TWO) };
                let ones = store.ones(Shape::column(store.shape(all).cols));
                let sums = store.mul(&[entries, ones]);
                return Some(if first { sums } else { store.hadamard_power(sums, ExprId::HALF) });
            }
            "softmax" => "softmax_rows",
            "logsoftmax" => "logsoftmax_rows",
            "logsumexp" => "logsumexp_rows",
            _ => return None,
        };
        Some(ops::apply(store, by_row, &[all]))
    }

    /// The scalars of a product: the column of what varies (`None` where nothing does) and what stays in front.
    fn scalars(&self, store: &mut Store, coefficient: Rational, scalars: &[Power]) -> Option<(Option<ExprId>, ExprId)> {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for &(base, exponent) in scalars {
            if self.varies(exponent) {
                return None;
            }
            if self.varies(base) {
                inside.push((self.all(store, base)?, exponent));
            } else {
                outside.push((base, exponent));
            }
        }
        let front = store.product(coefficient, &outside, &[]);
        let weight = (!inside.is_empty()).then(|| store.hadamard_entries(Rational::ONE, &[], &inside, Shape::column(self.dim)));
        Some((weight, front))
    }

    /// A chain that is a scalar, a column or a row: `Some(None)` where it is empty, `None` where it has no form for all rows.
    fn chain(&self, store: &mut Store, chain: &[Factor]) -> Option<Option<ExprId>> {
        let [first, middle @ .., last] = chain else {
            let Some(&only) = chain.first() else { return Some(None) };
            return self.one_factor(store, only).map(Some);
        };
        if middle.iter().any(|&f| self.factor_varies(f)) {
            return None;
        }
        let value = match (self.factor_varies(*first), self.factor_varies(*last)) {
            (true, true) => {
                let product = self.both(store, chain)?;
                store.diagonal(product)
            }
            (true, false) => {
                let all = self.one_factor(store, *first)?;
                let rest = store.product(Rational::ONE, &[], &chain[1..]);
                store.mul(&[all, rest])
            }
            (false, true) => {
                let all = self.one_factor(store, *last)?;
                let rest = store.product(Rational::ONE, &[], &chain[..chain.len() - 1]);
                let rest = store.transpose(rest);
                store.mul(&[all, rest])
            }
            (false, false) => {
                let whole = store.product(Rational::ONE, &[], chain);
                self.all(store, whole)?
            }
        };
        Some(Some(value))
    }

    /// A factor that is a column or a row.
    fn one_factor(&self, store: &mut Store, f: Factor) -> Option<ExprId> {
        let shape = store.shape(f.base);
        let thin = shape.rows == DimId::ONE || shape.cols == DimId::ONE;
        if f.power != ExprId::ONE || !thin { None } else { self.all(store, f.base) }
    }

    /// W M Vᵀ for a scalar wᵢᵀM vᵢ: its diagonal has the values.
    fn both(&self, store: &mut Store, chain: &[Factor]) -> Option<ExprId> {
        let [first, .., last] = chain else { return None };
        let (left, right) = (self.one_factor(store, *first)?, self.one_factor(store, *last)?);
        let middle = store.product(Rational::ONE, &[], &chain[1..chain.len() - 1]);
        let right = store.transpose(right);
        Some(if chain.len() > 2 { store.mul(&[left, middle, right]) } else { store.mul(&[left, right]) })
    }

    /// Σ of the whole, where it has a form without the index.
    fn total(&self, store: &mut Store, id: ExprId) -> Option<ExprId> {
        if !self.varies(id) {
            let size = store.size(self.dim);
            return Some(store.mul(&[size, id]));
        }
        let shape = store.shape(id);
        match store.node(id).clone() {
            Node::Sum(terms) => {
                let terms = store.as_written(id, terms, |t| t.1).into_iter();
                let sum: Option<Vec<_>> = terms.map(|(c, t)| Some((c, self.part(store, t)?))).collect();
                Some(store.sum(sum?))
            }
            _ => self.part(store, id),
        }
        .filter(|&total| store.shape(total) == shape)
    }

    /// Σ of one term.
    fn part(&self, store: &mut Store, id: ExprId) -> Option<ExprId> {
        if !self.varies(id) {
            return self.total(store, id);
        }
        let shape = store.shape(id);
        let (coefficient, scalars, chain) = match store.node(id).clone() {
            Node::Product { coefficient, scalars, chain } => (coefficient, scalars, chain),
            _ if shape.is_scalar() => (Rational::ONE, vec![(id, ExprId::ONE)], Vec::new()),
            _ => (Rational::ONE, Vec::new(), vec![Factor { base: id, flipped: false, power: ExprId::ONE }]),
        };
        let (weight, front) = self.scalars(store, coefficient, &scalars)?;
        let ones = self.ones(store);
        let value = if chain.is_empty() {
            store.inner(ones, weight.unwrap_or(ones))
        } else if shape.is_scalar() && chain.len() > 1 && self.factor_varies(chain[0]) && self.factor_varies(chain[chain.len() - 1]) {
            if chain[1..chain.len() - 1].iter().any(|&f| self.factor_varies(f)) {
                return None;
            }
            let product = self.both(store, &chain)?;
            store.trace(product)
        } else if shape.is_scalar() || shape.is_column() || shape.is_row() {
            let all = self.chain(store, &chain)??;
            let turned = store.transpose(all);
            let total = store.mul(&[turned, weight.unwrap_or(ones)]);
            if shape.is_row() { store.transpose(total) } else { total }
        } else {
            self.outer(store, &chain, weight.unwrap_or(ones), weight.is_some())?
        };
        Some(store.mul(&[front, value]))
    }

    /// Σ wᵢ aᵢbᵢᵀ = Aᵀ Diag(w) B for a matrix that is a column times a row.
    fn outer(&self, store: &mut Store, chain: &[Factor], weight: ExprId, weighted: bool) -> Option<ExprId> {
        if !chain.iter().any(|&f| self.factor_varies(f)) {
            let whole = store.product(Rational::ONE, &[], chain);
            let ones = self.ones(store);
            let total = store.inner(ones, weight);
            return Some(store.mul(&[total, whole]));
        }
        let Some(at) = (1..chain.len()).find(|&at| store.factor_shape(chain[at]).rows == DimId::ONE) else {
            return self.middle(store, chain, weight);
        };
        let (left, right) = chain.split_at(at);
        let moves = |part: &[Factor]| part.iter().any(|&f| self.factor_varies(f));
        let (moving_left, moving_right) = (moves(left), moves(right));
        let mut side = |part: &[Factor], moving: bool| {
            if moving { self.chain(store, part).flatten() } else { Some(store.product(Rational::ONE, &[], part)) }
        };
        let (a, b) = (side(left, moving_left)?, side(right, moving_right)?);
        Some(match (moving_left, moving_right) {
            (true, true) => {
                let a = store.transpose(a);
                let weight = if weighted { store.diag(weight) } else { ExprId::ONE };
                store.mul(&[a, weight, b])
            }
            (true, false) => {
                let a = store.transpose(a);
                store.mul(&[a, weight, b])
            }
            _ => {
                let row = store.transpose(weight);
                store.mul(&[a, row, b])
            }
        })
    }

    /// Σ wᵢ A Diag(vᵢ) B = A Diag(Vᵀw) B for a chain in which one diagonal matrix alone depends on the index.
    fn middle(&self, store: &mut Store, chain: &[Factor], weight: ExprId) -> Option<ExprId> {
        let at = chain.iter().position(|&f| self.factor_varies(f))?;
        let &Node::Diag(v) = store.node(chain[at].base) else { return None };
        if chain[at].power != ExprId::ONE || chain[at + 1..].iter().any(|&f| self.factor_varies(f)) {
            return None;
        }
        let all = self.all(store, v)?;
        let turned = store.transpose(all);
        let sum = store.mul(&[turned, weight]);
        let sum = store.diag(sum);
        let (left, right) = (store.product(Rational::ONE, &[], &chain[..at]), store.product(Rational::ONE, &[], &chain[at + 1..]));
        let mut factors = vec![left, sum];
        if at + 1 < chain.len() {
            factors.push(right);
        }
        Some(store.mul(&factors))
    }
}
