//! The adjoint of one node: given its cotangent G, what each child receives, by ⟨AC, BD⟩ = ⟨C, AᵀBD⟩.

use super::rule::{Commutes, call_differential, commutes_with, moves_along_itself, placeholder, root_adjoint, whole_and_root};
use super::{Refusal, kron};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Power, Shape, Store};
use crate::ops;

/// What a node's children receive, last child first (the sweep turns the order round once more).
pub(super) type Received = Vec<(ExprId, ExprId)>;

const FRACTIONAL: &str =
    "the differential of a fractional matrix power has no closed form unless dX commutes with the matrix (as inside a trace)";
const EXPONENT: &str = "the exponent of a matrix power cannot vary";

/// The cotangents that `id`'s children receive from `g`, the cotangent of `id`.
pub(super) fn pull(store: &mut Store, id: ExprId, g: ExprId, depends: &dyn Fn(ExprId) -> bool) -> Result<Received, Refusal> {
    let mut out = Received::new();
    match store.node(id).clone() {
        Node::Sum(terms) => {
            for (c, t) in store.as_written(id, terms, |t| t.1).into_iter().rev().filter(|t| depends(t.1)) {
                out.push((t, store.scale(&c, g)));
            }
        }
        Node::Product { coefficient, scalars, chain } => pull_product(store, id, g, depends, (&coefficient, &scalars, &chain), &mut out)?,
        Node::Hadamard(entries) => {
            let shape = store.shape(id);
            for (at, &(base, exponent)) in entries.iter().enumerate().rev() {
                if depends(exponent) {
                    let log = ops::apply(store, "log", &[base]);
                    let slope = store.hadamard(&[id, log]);
                    out.push((exponent, store.inner(g, slope)));
                }
                if depends(base) {
                    let less = store.sub(exponent, ExprId::ONE);
                    let mut rest: Vec<Power> = entries.clone();
                    rest[at] = (base, less);
                    rest.insert(0, (g, ExprId::ONE));
                    out.push((base, store.hadamard_entries(Rational::ONE, &[(exponent, ExprId::ONE)], &rest, shape)));
                }
            }
        }
        Node::Kron(parts) => {
            for at in (0..parts.len()).rev().filter(|&at| depends(parts[at])) {
                out.push((parts[at], kron::pull(store, g, &parts, at)));
            }
        }
        Node::Trace(a) => {
            let eye = store.eye(store.shape(a).rows);
            out.push((a, store.mul(&[g, eye])));
        }
        Node::Diag(v) => out.push((v, store.diagonal(g))),
        Node::Diagonal(a) => out.push((a, store.diag(g))),
        Node::Vec(a) => {
            let shape = store.shape(a);
            out.push((a, store.unvec(g, shape)));
        }
        Node::Unvec(v, _) => out.push((v, store.vec(g))),
        Node::Call(fun, args) => {
            if let Some(row) = ops::row(fun)
                && matches!(row.d, ops::Derivative::SelfAdjoint)
            {
                let back = ops::call(store, fun, &[g]);
                out.push((args[0], back));
                return Ok(out);
            }
            let commutes = args.iter().any(|&x| {
                let turned = store.transpose(x);
                commutes_with(store, g, x) || commutes_with(store, g, turned) || moves_along_itself(store, x, depends)
            });
            let commutes = if commutes { Commutes::Yes } else { Commutes::No };
            let d: Vec<Option<ExprId>> = args
                .iter()
                .map(|&x| {
                    let shape = store.shape(x);
                    depends(x).then(|| placeholder(store, shape))
                })
                .collect();
            let line = call_differential(store, id, fun, &args, &d, commutes)?;
            for (at, dx) in d.iter().enumerate().rev() {
                if let Some(dx) = dx
                    && let Some(received) = transpose_linear(store, line, g, *dx)?
                {
                    out.push((args[at], received));
                }
            }
        }
        _ => {}
    }
    Ok(out)
}

/// The adjoint of a linear expression: M with ⟨G, L(dX)⟩ = ⟨M, dX⟩; `None` where L does not depend on dX.
pub(super) fn transpose_linear(store: &mut Store, line: ExprId, g: ExprId, dx: ExprId) -> Result<Option<ExprId>, Refusal> {
    let (order, mask) = store.dependents_in_order(line, &[dx]);
    if !mask.contains(line) {
        return Ok(None);
    }
    let depends = |id: ExprId| mask.contains(id);
    let mut received: rustc_hash::FxHashMap<ExprId, Vec<ExprId>> = rustc_hash::FxHashMap::default();
    received.insert(line, vec![g]);
    for id in order.into_iter().rev() {
        let Some(mut parts) = received.remove(&id) else { continue };
        parts.reverse();
        let total = store.add(&parts);
        if id == dx {
            return Ok(Some(total));
        }
        for (child, part) in pull(store, id, total, &depends)? {
            if depends(child) {
                received.entry(child).or_default().push(part);
            }
        }
    }
    Ok(None)
}

type ProductParts<'a> = (&'a Rational, &'a [Power], &'a [Factor]);

fn pull_product(
    store: &mut Store,
    id: ExprId,
    g: ExprId,
    depends: &dyn Fn(ExprId) -> bool,
    (coefficient, scalars, chain): ProductParts<'_>,
    out: &mut Received,
) -> Result<(), Refusal> {
    for (at, &f) in chain.iter().enumerate().rev() {
        if depends(f.power) {
            return Err(Refusal { part: id, reason: EXPONENT });
        }
        if !depends(f.base) {
            continue;
        }
        let left = store.product(coefficient.clone(), scalars, &chain[..at]);
        let right = store.product(Rational::ONE, &[], &chain[at + 1..]);
        let (left, right) = (store.transpose(left), store.transpose(right));
        let mut parts = vec![left, g];
        if at + 1 < chain.len() {
            parts.push(right);
        }
        let m = store.mul(&parts);
        let m = if f.flipped { store.transpose(m) } else { m };
        out.push((f.base, pull_power(store, id, m, f, depends)?));
    }
    if scalars.iter().any(|&(b, e)| depends(b) || depends(e)) {
        let weight = if chain.is_empty() {
            g
        } else {
            let matrix = store.product(Rational::ONE, &[], chain);
            store.inner(g, matrix)
        };
        let ordered = store.as_written(id, scalars.iter().copied().enumerate().collect(), |s| s.1.0);
        for (at, (base, exponent)) in ordered.into_iter().rev() {
            if depends(exponent) {
                let front = store.product(coefficient.clone(), scalars, &[]);
                let log = ops::apply(store, "log", &[base]);
                out.push((exponent, store.mul(&[weight, front, log])));
            }
            if depends(base) {
                let mut rest = scalars.to_vec();
                rest[at].1 = store.sub(exponent, ExprId::ONE);
                let front = store.product(coefficient.clone(), &rest, &[]);
                out.push((base, store.mul(&[exponent, front, weight])));
            }
        }
    }
    Ok(())
}

/// The cotangent of B from the cotangent `m` of B^p (m is already turned for a transposed factor).
fn pull_power(store: &mut Store, id: ExprId, m: ExprId, f: Factor, depends: &dyn Fn(ExprId) -> bool) -> Result<ExprId, Refusal> {
    let (b, p) = (f.base, f.power);
    if p == ExprId::ONE {
        return Ok(m);
    }
    let turned = |store: &mut Store, power: ExprId| {
        let raised = store.power(b, power);
        store.transpose(raised)
    };
    let less = store.sub(p, ExprId::ONE);
    let flipped = store.transpose(b);
    // d(B^p) = p B^(p−1) dB where everything commutes.
    if commutes_with(store, m, flipped)
        || commutes_with(store, m, b) && store.is(b, Facts::SYMMETRIC)
        || moves_along_itself(store, b, depends)
    {
        let slope = turned(store, less);
        return Ok(store.mul(&[p, m, slope]));
    }
    let n = store.as_num(p).and_then(Rational::to_integer);
    match n {
        Some(n) if (2..=3).contains(&n) => {
            let mut terms = Vec::new();
            for r in 0..n {
                let (a, c) = (store.int(r), store.int(n - 1 - r));
                let (a, c) = (turned(store, a), turned(store, c));
                terms.push(store.mul(&[a, m, c]));
            }
            Ok(store.add(&terms))
        }
        Some(n) if (-3..0).contains(&n) => {
            let mut terms = Vec::new();
            for r in 0..-n {
                let (a, c) = (store.int(-(r + 1)), store.int(n + r));
                let (a, c) = (turned(store, a), turned(store, c));
                terms.push((Rational::from(-1), store.mul(&[a, m, c])));
            }
            Ok(store.sum(terms))
        }
        None if !store.is(p, Facts::INTEGER) && store.as_num(p).is_some() => {
            if let Some((whole, root)) = whole_and_root(store, p) {
                // B^p = B^k B^(1/2): each is given what the other leaves of the cotangent.
                let (after, before) = (turned(store, root), turned(store, whole));
                let (by_whole, by_root) = (store.mul(&[m, after]), store.mul(&[before, m]));
                let bare = |power| Factor { base: b, flipped: false, power };
                let parts = [pull_power(store, id, by_whole, bare(whole), depends)?, pull_power(store, id, by_root, bare(root), depends)?];
                return Ok(store.add(&parts));
            }
            root_adjoint(store, b, p, m).ok_or(Refusal { part: id, reason: FRACTIONAL })
        }
        Some(n) if n < 0 => {
            // B^n = (B⁻¹)^|n|: first the power of the inverse, then the inverse.
            let inverse = store.inverse(b);
            let size = store.int(-n);
            let inner = power_sum(store, inverse, m, size);
            let w = store.transpose(inverse);
            let product = store.mul(&[w, inner, w]);
            Ok(store.neg(product))
        }
        _ => Ok(power_sum(store, b, m, p)),
    }
}

/// Σ_{r=0}^{p−1} (B^r)ᵀ M (B^(p−1−r))ᵀ.
fn power_sum(store: &mut Store, b: ExprId, m: ExprId, p: ExprId) -> ExprId {
    let index = store.fresh_index();
    let last = store.sub(p, ExprId::ONE);
    let rest = store.sub(last, index);
    let (left, right) = (store.power(b, index), store.power(b, rest));
    let (left, right) = (store.transpose(left), store.transpose(right));
    let body = store.mul(&[left, m, right]);
    store.big_sum(index, ExprId::ZERO, last, body)
}

/// Shapes are checked in debug builds: a cotangent has its node's shape.
pub(super) fn check_shape(store: &Store, id: ExprId, g: ExprId) {
    let (a, b): (Shape, Shape) = (store.shape(id), store.shape(g));
    debug_assert_eq!(a, b, "a cotangent must have the shape of its node: {:?} {:?}", store.node(id), store.node(g));
}
