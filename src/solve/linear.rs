//! Equations that are linear in the unknown: Σ Lₖ X Rₖ = C, and their solutions.

use super::Solver;
use super::expand::terms;
use crate::base::Rational;
use crate::calculus;
use crate::ir::{DimId, ExprId, Factor, Facts, Node, Shape, Store, Symbol};
use crate::ops;

/// left · X · right, or left · Xᵀ · right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sandwich {
    pub left: ExprId,
    pub flipped: bool,
    pub right: ExprId,
}

/// Σ sandwiches + constant.
#[derive(Clone, Debug)]
pub(super) struct Affine {
    pub sandwiches: Vec<Sandwich>,
    pub constant: ExprId,
}

/// What is solved for: a factor of products with this power (X itself, X⁻¹, …).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    pub base: ExprId,
    pub power: ExprId,
}

impl Unknown {
    pub fn plain(base: ExprId) -> Self {
        Unknown { base, power: ExprId::ONE }
    }
}

/// An expanded expression as Σ left · U · right + constant; `None` where it is not of this form.
pub(super) fn affine(store: &mut Store, expanded: ExprId, unknown: Unknown) -> Option<Affine> {
    let shape = store.shape(expanded);
    let (mut sandwiches, mut constant) = (Vec::new(), Vec::new());
    for (c, t) in terms(store, expanded, &[unknown.base]) {
        if store.depends_on(t, &[unknown.base]) {
            for s in sandwich(store, t, unknown)? {
                sandwiches.push(Sandwich { left: store.scale(&c, s.left), ..s });
            }
        } else {
            constant.push((c, t));
        }
    }
    let constant = if constant.is_empty() { store.zeros(shape) } else { store.sum(constant) };
    Some(Affine { sandwiches, constant })
}

/// One term as a sum of sandwiches.
fn sandwich(store: &mut Store, id: ExprId, unknown: Unknown) -> Option<Vec<Sandwich>> {
    let x = [unknown.base];
    let shape = store.shape(id);
    if id == unknown.base && unknown.power == ExprId::ONE {
        return Some(vec![Sandwich { left: store.eye(shape.rows), flipped: false, right: store.eye(shape.cols) }]);
    }
    match store.node(id).clone() {
        Node::Product { coefficient, scalars, chain } => {
            let in_scalars: Vec<usize> = (0..scalars.len()).filter(|&i| varies(store, &[scalars[i].0, scalars[i].1], &x)).collect();
            let in_chain: Vec<usize> = (0..chain.len()).filter(|&i| varies(store, &[chain[i].base, chain[i].power], &x)).collect();
            match (&in_scalars[..], &in_chain[..]) {
                ([], &[at]) => {
                    let front = store.product(coefficient, &scalars, &[]);
                    let f = chain[at];
                    let before = store.product(Rational::ONE, &[], &chain[..at]);
                    let before = if at == 0 { store.eye(shape.rows) } else { before };
                    let left = store.mul(&[front, before]);
                    let right =
                        if at + 1 < chain.len() { store.product(Rational::ONE, &[], &chain[at + 1..]) } else { store.eye(shape.cols) };
                    if shape.cols == DimId::ONE
                        && f.power == ExprId::ONE
                        && let Some(inner) = masked(store, f, right, unknown)
                    {
                        return Some(inner.into_iter().map(|s| Sandwich { left: store.mul(&[left, s.left]), ..s }).collect());
                    }
                    let inner = if f.base == unknown.base && f.power == unknown.power {
                        let shape = store.factor_shape(f);
                        vec![Sandwich { left: store.eye(shape.rows), flipped: f.flipped, right: store.eye(shape.cols) }]
                    } else if f.power == ExprId::ONE {
                        let inner = sandwich(store, f.base, unknown)?;
                        if f.flipped { inner.into_iter().map(|s| turned(store, s)).collect() } else { inner }
                    } else {
                        return None;
                    };
                    Some(
                        inner
                            .into_iter()
                            .map(|s| Sandwich { left: store.mul(&[left, s.left]), right: store.mul(&[s.right, right]), ..s })
                            .collect(),
                    )
                }
                (&[at], []) => {
                    let (base, exponent) = scalars[at];
                    let mut others = scalars.clone();
                    others.remove(at);
                    let rest = store.product(coefficient, &others, &chain);
                    let inner = if base == unknown.base && exponent == unknown.power {
                        vec![Sandwich { left: ExprId::ONE, flipped: false, right: ExprId::ONE }]
                    } else if exponent == ExprId::ONE {
                        sandwich(store, base, unknown)?
                    } else {
                        return None;
                    };
                    inner.into_iter().map(|s| beside(store, rest, s)).collect()
                }
                _ => None,
            }
        }
        // A column d ∘ x is Diag(d) x.
        Node::Hadamard(entries) if shape.is_column() => {
            let varying: Vec<usize> = (0..entries.len()).filter(|&i| varies(store, &[entries[i].0, entries[i].1], &x)).collect();
            let &[at] = &varying[..] else { return None };
            let (base, exponent) = entries[at];
            if exponent != ExprId::ONE {
                return None;
            }
            let mut others = entries.clone();
            others.remove(at);
            let rest = store.hadamard_entries(Rational::ONE, &[], &others, shape);
            let diagonal = store.diag(rest);
            let inner = sandwich(store, base, unknown)?;
            Some(inner.into_iter().map(|s| Sandwich { left: store.mul(&[diagonal, s.left]), ..s }).collect())
        }
        // diag(L Diag(v) R) = (L ∘ Rᵀ) v.
        Node::Diagonal(a) => {
            let Node::Product { coefficient, scalars, chain } = store.node(a).clone() else { return None };
            let varying: Vec<usize> = (0..chain.len()).filter(|&i| varies(store, &[chain[i].base, chain[i].power], &x)).collect();
            let &[at] = &varying[..] else { return None };
            let Node::Diag(v) = *store.node(chain[at].base) else { return None };
            if chain[at].power != ExprId::ONE || scalars.iter().any(|p| varies(store, &[p.0, p.1], &x)) {
                return None;
            }
            let eye = store.eye(store.shape(v).rows);
            let before = store.product(coefficient, &scalars, &chain[..at]);
            let left = store.mul(&[before, eye]);
            let after = store.product(Rational::ONE, &[], &chain[at + 1..]);
            let right = store.mul(&[eye, after]);
            let right = store.transpose(right);
            let weight = store.hadamard(&[left, right]);
            let inner = sandwich(store, v, unknown)?;
            Some(inner.into_iter().map(|s| Sandwich { left: store.mul(&[weight, s.left]), ..s }).collect())
        }
        Node::BigSum { level, low, high, body } if !varies(store, &[low, high], &x) => {
            let (index, opened) = store.open_sum(level, body);
            let mut all = Vec::new();
            for s in sandwich(store, opened, unknown)? {
                let over = |store: &mut Store, e: ExprId| store.big_sum(index, low, high, e);
                all.push(match (store.depends_on(s.left, &[index]), store.depends_on(s.right, &[index])) {
                    (true, true) => return None,
                    (false, true) => Sandwich { right: over(store, s.right), ..s },
                    _ => Sandwich { left: over(store, s.left), ..s },
                });
            }
            Some(all)
        }
        _ => None,
    }
}

/// (M ∘ u vᵀ) w = Diag(M (v ∘ w)) u = Diag(u) M Diag(w) v for a column w.
fn masked(store: &mut Store, f: Factor, w: ExprId, unknown: Unknown) -> Option<Vec<Sandwich>> {
    let x = [unknown.base];
    let shape = store.factor_shape(f);
    let Node::Hadamard(mut entries) = store.node(f.base).clone() else { return None };
    if f.flipped {
        for e in &mut entries {
            e.0 = store.transpose(e.0);
        }
    }
    let varying: Vec<usize> = (0..entries.len()).filter(|&i| varies(store, &[entries[i].0, entries[i].1], &x)).collect();
    let &[at] = &varying[..] else { return None };
    let (outer, exponent) = entries.remove(at);
    let Node::Product { coefficient, scalars, chain } = store.node(outer).clone() else { return None };
    let cut = (1..chain.len()).find(|&k| store.factor_shape(chain[k]).rows == DimId::ONE)?;
    if exponent != ExprId::ONE || scalars.iter().any(|p| varies(store, &[p.0, p.1], &x)) {
        return None;
    }
    let mask = store.hadamard_entries(coefficient, &scalars, &entries, shape);
    let u = store.product(Rational::ONE, &[], &chain[..cut]);
    let v = store.product(Rational::ONE, &[], &chain[cut..]);
    let v = store.transpose(v);
    let (weight, part) = match (varies(store, &[u], &x), varies(store, &[v], &x)) {
        (true, false) => {
            let weighted = store.hadamard(&[v, w]);
            let weight = store.mul(&[mask, weighted]);
            (store.diag(weight), u)
        }
        (false, true) => {
            let (left, right) = (store.diag(u), store.diag(w));
            (store.mul(&[left, mask, right]), v)
        }
        _ => return None,
    };
    let inner = sandwich(store, part, unknown)?;
    Some(inner.into_iter().map(|s| Sandwich { left: store.mul(&[weight, s.left]), ..s }).collect())
}

fn varies(store: &Store, ids: &[ExprId], x: &[ExprId]) -> bool {
    ids.iter().any(|&id| store.depends_on(id, x))
}

/// (L X R)ᵀ = Rᵀ Xᵀ Lᵀ.
fn turned(store: &mut Store, s: Sandwich) -> Sandwich {
    Sandwich { left: store.transpose(s.right), flipped: !s.flipped, right: store.transpose(s.left) }
}

/// rest · (L X R) where L X R is 1×1: it goes where rest is one wide.
fn beside(store: &mut Store, rest: ExprId, s: Sandwich) -> Option<Sandwich> {
    let shape = store.shape(rest);
    // x'u is u'x.
    let s = if s.flipped { turned(store, s) } else { s };
    if shape.cols == DimId::ONE || store.is_scalar(s.left) {
        Some(Sandwich { left: store.mul(&[rest, s.left]), ..s })
    } else if shape.rows == DimId::ONE || store.is_scalar(s.right) {
        Some(Sandwich { right: store.mul(&[s.right, rest]), ..s })
    } else {
        None
    }
}

/// Sandwiches with a common side added up: L₁XR + L₂XR = (L₁ + L₂)XR.
pub(super) fn merged(solver: &mut Solver, store: &mut Store, list: &[Sandwich]) -> Vec<Sandwich> {
    let mut merged: Vec<Sandwich> = Vec::new();
    for &s in list {
        let (front, right) = store.split_front(s.right);
        let left = store.mul(&[front, s.left]);
        match merged.iter_mut().find(|m| m.right == right && m.flipped == s.flipped) {
            Some(m) => m.left = store.add(&[m.left, left]),
            None => merged.push(Sandwich { left, right, ..s }),
        }
    }
    let mut again: Vec<Sandwich> = Vec::new();
    for s in merged {
        let left = solver.simplify(store, s.left);
        let (front, left) = store.split_front(left);
        let right = store.mul(&[front, s.right]);
        match again.iter_mut().find(|m| m.left == left && m.flipped == s.flipped) {
            Some(m) => m.right = store.add(&[m.right, right]),
            None => again.push(Sandwich { left, right, ..s }),
        }
    }
    for s in &mut again {
        s.right = solver.simplify(store, s.right);
    }
    again.retain(|s| !store.is_zero(s.left) && !store.is_zero(s.right));
    again
}

/// The solutions of Σ L U R + C = 0 for U of this shape, best first.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, equation: &Affine, shape: Shape) -> Vec<ExprId> {
    let list = merged(solver, store, &equation.sandwiches);
    let target = store.neg(equation.constant);
    if store.is_zero(target) && !list.is_empty() {
        return vec![store.zeros(shape)];
    }
    match list[..] {
        [] => Vec::new(),
        [Sandwich { left, flipped, right }] => {
            // The same equation with both signs, with the right side factored and as it is: the shortest answer counts.
            let mut ways = Vec::new();
            for sign in [1, -1] {
                let sign = Rational::from(sign);
                let in_left = matches!(store.node(left), Node::Sum(_)) || !matches!(store.node(right), Node::Sum(_));
                let left = if in_left { signed(store, &sign, left) } else { left };
                let right = if in_left { right } else { signed(store, &sign, right) };
                for target in [solver.simplify(store, target), target] {
                    let target = signed(store, &sign, target);
                    let divided = divide_left(store, left, target);
                    let whole = divided.and_then(|d| divide_right(store, d, right));
                    ways.extend(whole.map(|w| if flipped { store.transpose(w) } else { w }));
                }
            }
            solver.shortest(store, &ways).into_iter().collect()
        }
        _ => stacked(store, &list, target, shape).into_iter().collect(),
    }
}

/// ±a; the sign goes into a sum.
fn signed(store: &mut Store, sign: &Rational, a: ExprId) -> ExprId {
    if sign.is_negative() { store.neg(a) } else { a }
}

/// A⁻¹ C for a square A; for an outer product u vᵀ its pseudo-inverse.
fn divide_left(store: &mut Store, a: ExprId, c: ExprId) -> Option<ExprId> {
    let (front, bare) = store.split_front(a);
    let shape = store.shape(c);
    if shape.is_column()
        && let Node::Diag(d) = *store.node(bare)
    {
        let quotient = store.hadamard_entries(Rational::ONE, &[], &[(c, ExprId::ONE), (d, ExprId::MINUS_ONE)], shape);
        let front = store.inverse(front);
        return Some(store.mul(&[front, quotient]));
    }
    let inverse = divisor(store, a)?;
    Some(store.mul(&[inverse, c]))
}

/// C B⁻¹, alike.
fn divide_right(store: &mut Store, c: ExprId, b: ExprId) -> Option<ExprId> {
    let inverse = divisor(store, b)?;
    Some(store.mul(&[c, inverse]))
}

fn divisor(store: &mut Store, a: ExprId) -> Option<ExprId> {
    outer_pinv(store, a).or_else(|| store.shape(a).is_square().then(|| store.inverse(a)))
}

/// The pseudo-inverse v uᵀ / (‖u‖² ‖v‖²) of an outer product s u vᵀ that is not 1×1.
fn outer_pinv(store: &mut Store, a: ExprId) -> Option<ExprId> {
    let shape = store.shape(a);
    if shape.rows == DimId::ONE || shape.cols == DimId::ONE {
        return None;
    }
    let Node::Product { coefficient, scalars, chain } = store.node(a).clone() else { return None };
    let cut = (1..chain.len()).find(|&at| store.factor_shape(chain[at]).rows == DimId::ONE)?;
    let front = store.product(coefficient, &scalars, &[]);
    let front = store.inverse(front);
    let u = store.product(Rational::ONE, &[], &chain[..cut]);
    let v = store.product(Rational::ONE, &[], &chain[cut..]);
    let (v, turned_u) = (store.transpose(v), store.transpose(u));
    let lengths = [store.inner(u, u), store.inner(v, v)].map(|l| store.inverse(l));
    Some(store.mul(&[front, lengths[0], lengths[1], v, turned_u]))
}

/// vec X = (Σ Rᵀ ⊗ L)⁻¹ vec C.
fn stacked(store: &mut Store, list: &[Sandwich], target: ExprId, shape: Shape) -> Option<ExprId> {
    if list.iter().any(|s| s.flipped) {
        return None;
    }
    let mut sum = Vec::new();
    for s in list {
        let right = store.transpose(s.right);
        sum.push(store.kron(&[right, s.left]));
    }
    let matrix = store.add(&sum);
    Some(unstack(store, matrix, target, shape))
}

fn unstack(store: &mut Store, matrix: ExprId, target: ExprId, shape: Shape) -> ExprId {
    let inverse = store.inverse(matrix);
    let stacked = store.vec(target);
    let solution = store.mul(&[inverse, stacked]);
    store.unvec(solution, shape)
}

/// Any affine equation through its Jacobian: vec X = −M⁻¹ vec g(0).
pub(super) fn through_jacobian(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId) -> Option<ExprId> {
    let shape = store.shape(x);
    let facts = calculus::linear_space(store.facts(x));
    if facts.has(Facts::SYMMETRIC) || facts.has(Facts::SKEW) || facts.has(Facts::LOWER) || facts.has(Facts::UPPER) {
        // The space has fewer dimensions than vec X: its matrix is singular.
        return None;
    }
    let dx = placeholder(store, shape, Facts::NONE);
    let line = calculus::differential(store, g, &[(x, dx)]).ok()?;
    let line = super::expand::expand(store, line, &[dx, x])?;
    if store.depends_on(line, &[x]) {
        return None;
    }
    let matrix = calculus::jacobian(store, line, dx).ok()?;
    let zero = store.zeros(shape);
    let constant = store.substitute(g, &[(x, zero)]);
    let target = store.neg(constant);
    let matrix = solver.simplify(store, matrix);
    store.shape(matrix).is_square().then(|| unstack(store, matrix, target, shape))
}

/// (AᵀA)⁻¹Aᵀb … with A⁺b instead, which solves AᵀA x = Aᵀb whatever the rank of A: AᵀA and that.
pub(super) fn least_norm(store: &mut Store, value: ExprId) -> Option<(ExprId, ExprId)> {
    let Node::Product { coefficient, scalars, chain } = store.node(value).clone() else { return None };
    let [first, second, rest @ ..] = &chain[..] else { return None };
    let gram = first.base;
    let a = store.factor(*second);
    let turned = store.transpose(a);
    let product = store.mul(&[a, turned]);
    if first.power != ExprId::MINUS_ONE || gram != product || store.is(gram, Facts::DEFINITE) {
        return None;
    }
    let inverse = ops::apply(store, "pinv", &[turned]);
    let front = store.product(coefficient, &scalars, &[]);
    let back = if rest.is_empty() { None } else { Some(store.product(Rational::ONE, &[], rest)) };
    let mut factors = vec![front, inverse];
    factors.extend(back);
    Some((gram, store.mul(&factors)))
}

/// A variable of its own that stands for something unknown.
pub(super) fn placeholder(store: &mut Store, shape: Shape, facts: Facts) -> ExprId {
    let symbol = Symbol { name: String::new(), spelling: "u".into(), shape, facts, ranges: Vec::new() };
    let id = store.declare(symbol);
    store.symbol(id)
}

/// The factor that a product begins or ends with.
pub(super) fn end_factor(store: &Store, id: ExprId, left: bool) -> Option<Factor> {
    match store.node(id) {
        Node::Product { chain, .. } => {
            if left {
                chain.first().copied()
            } else {
                chain.last().copied()
            }
        }
        _ => None,
    }
}
