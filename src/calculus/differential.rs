//! Differentials forward: dF for every node, in terms of the variables' own differentials.

use super::Refusal;
use super::rule::{Commutes, call_differential, moves_along_itself, root_differential, whole_and_root};
use super::sweep::{is_outside, solved};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Node, Power, Store, SymbolId};
use crate::ops;
use rustc_hash::FxHashMap;

const FRACTIONAL: &str = "the differential of a fractional matrix power has no closed form unless dX commutes with the matrix";

/// The differential of `f` in terms of the given differentials, `(x, dx)` for each variable that varies; a family of which every
/// member varies is its member without places, and so is its differential.
///
/// # Errors
/// When a part has no differential that can be written down.
pub fn differential(store: &mut Store, f: ExprId, d: &[(ExprId, ExprId)]) -> Result<ExprId, Refusal> {
    let all = differentials(store, f, d)?;
    let shape = store.shape(f);
    Ok(all.get(&f).copied().unwrap_or_else(|| store.zeros(shape)))
}

/// The differentials of `f` and of everything it is made of; what is constant is left out.
///
/// # Errors
/// As [`differential`].
pub fn differentials(store: &mut Store, f: ExprId, d: &[(ExprId, ExprId)]) -> Result<FxHashMap<ExprId, ExprId>, Refusal> {
    let mut known: FxHashMap<ExprId, ExprId> = d.iter().copied().collect();
    let vary: Vec<ExprId> = d.iter().map(|&(x, _)| x).collect();
    // Other members of a variable's family vary with it where a sum's index meets the variable's.
    let families: Vec<SymbolId> =
        vary.iter().filter_map(|&x| if let Node::Member(s, _) = store.node(x) { Some(*s) } else { None }).collect();
    let mut moving = vary;
    if !families.is_empty() {
        let members = store.reachable(&[f]).into_iter().filter(|&id| matches!(store.node(id), Node::Member(s, _) if families.contains(s)));
        moving.extend(members);
    }
    let mask = store.dependents(f, &moving);
    for id in store.reachable(&[f]) {
        if mask.contains(id) && !known.contains_key(&id) {
            let value = forward(store, id, &known, d)?;
            known.insert(id, value);
        }
    }
    Ok(known)
}

fn forward(store: &mut Store, id: ExprId, known: &FxHashMap<ExprId, ExprId>, vary: &[(ExprId, ExprId)]) -> Result<ExprId, Refusal> {
    let shape = store.shape(id);
    let d = |e: ExprId| known.get(&e).copied();
    match store.node(id).clone() {
        Node::Sum(terms) => {
            let terms = store.as_written(id, terms, |t| t.1);
            let sum: Vec<(Rational, ExprId)> = terms.into_iter().filter_map(|(c, t)| Some((c, d(t)?))).collect();
            Ok(if sum.is_empty() { store.zeros(shape) } else { store.sum(sum) })
        }
        Node::Product { coefficient, scalars, chain } => forward_product(store, id, (&coefficient, &scalars, &chain), &d),
        Node::Hadamard(entries) => {
            let mut sum = Vec::new();
            for (at, &(base, exponent)) in entries.iter().enumerate() {
                if let Some(db) = d(base) {
                    let less = store.sub(exponent, ExprId::ONE);
                    let mut rest: Vec<Power> = entries.clone();
                    rest[at] = (base, less);
                    rest.insert(at, (db, ExprId::ONE));
                    sum.push(store.hadamard_entries(Rational::ONE, &[(exponent, ExprId::ONE)], &rest, shape));
                }
                if let Some(de) = d(exponent) {
                    let log = ops::apply(store, "log", &[base]);
                    let slope = store.hadamard(&[id, log]);
                    sum.push(store.mul(&[de, slope]));
                }
            }
            Ok(store.add(&sum))
        }
        Node::Kron(parts) => {
            let mut sum = Vec::new();
            for (at, &part) in parts.iter().enumerate() {
                if let Some(dp) = d(part) {
                    let mut parts = parts.clone();
                    parts[at] = dp;
                    sum.push(store.kron(&parts));
                }
            }
            Ok(store.add(&sum))
        }
        Node::Trace(a) => Ok(match d(a) {
            Some(da) => trace_of_sum(store, da),
            None => ExprId::ZERO,
        }),
        Node::Diag(v) => Ok(match d(v) {
            Some(dv) => store.diag(dv),
            None => store.zeros(shape),
        }),
        Node::Diagonal(a) => Ok(match d(a) {
            Some(da) => store.diagonal(da),
            None => store.zeros(shape),
        }),
        Node::Vec(a) => Ok(match d(a) {
            Some(da) => store.vec(da),
            None => store.zeros(shape),
        }),
        Node::Unvec(v, s) => Ok(match d(v) {
            Some(dv) => store.unvec(dv, s),
            None => store.zeros(shape),
        }),
        Node::Call(fun, args) => {
            let d: Vec<Option<ExprId>> = args.iter().map(|&a| d(a)).collect();
            let depends = |e: ExprId| known.contains_key(&e);
            let commutes = if args.iter().any(|&a| moves_along_itself(store, a, &depends)) { Commutes::Yes } else { Commutes::No };
            call_differential(store, id, fun, &args, &d, commutes)
        }
        Node::BigSum { level, low, high, body } => {
            let (index, opened) = store.open_sum(level, body);
            let inner = differential(store, opened, vary)?;
            let mut terms = vec![store.big_sum(index, low, high, inner)];
            // Σᵢ F(xᵢ) by one member x_k: the summand with i = k, in which xᵢ moves.
            for &(x, dx) in vary {
                let Node::Member(symbol, at) = store.node(x).clone() else { continue };
                let [k] = at[..] else { continue };
                let members: Vec<(ExprId, ExprId)> = store
                    .reachable(&[opened])
                    .into_iter()
                    .filter_map(|id| match store.node(id) {
                        Node::Member(s, e) if *s == symbol && id != x => e.first().map(|&e| (id, e)),
                        _ => None,
                    })
                    .collect();
                for (member, e) in members {
                    if !store.depends_on(e, &[index]) {
                        continue;
                    }
                    if store.moves(low, high) {
                        return Err(Refusal { part: x, reason: "the sum in which it stands has bounds that count with another index" });
                    }
                    let Some(at) = solved(store, e, k, index).filter(|&at| !is_outside(store, low, high, at)) else { continue };
                    let met = differential(store, opened, &[(member, dx)])?;
                    terms.push(store.substitute(met, &[(index, at)]));
                }
            }
            Ok(store.add(&terms))
        }
        Node::Member(symbol, at) => {
            let whole = store.member(symbol, &[]);
            let family = vary.iter().find(|pair| pair.0 == whole).and_then(|pair| match store.node(pair.1) {
                Node::Member(d, _) => Some(*d),
                _ => None,
            });
            Ok(match family {
                Some(d) => store.member(d, &at),
                None => store.zeros(shape),
            })
        }
        _ => Ok(store.zeros(shape)),
    }
}

type ProductParts<'a> = (&'a Rational, &'a [Power], &'a [Factor]);

fn forward_product(
    store: &mut Store,
    id: ExprId,
    (coefficient, scalars, chain): ProductParts<'_>,
    d: &dyn Fn(ExprId) -> Option<ExprId>,
) -> Result<ExprId, Refusal> {
    let mut sum = Vec::new();
    for (at, (base, exponent)) in store.as_written(id, scalars.iter().copied().enumerate().collect(), |s| s.1.0) {
        if let Some(db) = d(base) {
            let mut rest = scalars.to_vec();
            rest[at].1 = store.sub(exponent, ExprId::ONE);
            let front = store.product(coefficient.clone(), &rest, &[]);
            let matrix = store.product(Rational::ONE, &[], chain);
            sum.push(store.mul(&[exponent, front, db, matrix]));
        }
        if let Some(de) = d(exponent) {
            let log = ops::apply(store, "log", &[base]);
            sum.push(store.mul(&[de, log, id]));
        }
    }
    for (at, &f) in chain.iter().enumerate() {
        if d(f.power).is_some() {
            return Err(Refusal { part: id, reason: "the exponent of a matrix power cannot vary" });
        }
        let Some(db) = d(f.base) else { continue };
        let inner = forward_power(store, id, f, db, d)?;
        let left = store.product(coefficient.clone(), scalars, &chain[..at]);
        let mut parts = vec![left, inner];
        if at + 1 < chain.len() {
            parts.push(store.product(Rational::ONE, &[], &chain[at + 1..]));
        }
        sum.push(store.mul(&parts));
    }
    let shape = store.shape(id);
    Ok(if sum.is_empty() { store.zeros(shape) } else { store.add(&sum) })
}

/// d(B^p), turned where the factor is.
fn forward_power(store: &mut Store, id: ExprId, f: Factor, db: ExprId, d: &dyn Fn(ExprId) -> Option<ExprId>) -> Result<ExprId, Refusal> {
    let (b, p) = (f.base, f.power);
    let less = store.sub(p, ExprId::ONE);
    let depends = |e: ExprId| d(e).is_some();
    let value = if p == ExprId::ONE {
        db
    } else if moves_along_itself(store, b, &depends) {
        let slope = store.power(b, less);
        store.mul(&[p, slope, db])
    } else if let Some(value) = root_differential(store, b, p, db) {
        value
    } else if let Some((whole, root)) = whole_and_root(store, p) {
        // d(B^k B^(1/2)).
        let bare = |power| Factor { base: b, flipped: false, power };
        let [dwhole, droot] = [forward_power(store, id, bare(whole), db, d)?, forward_power(store, id, bare(root), db, d)?];
        let (bw, br) = (store.power(b, whole), store.power(b, root));
        let parts = [store.mul(&[dwhole, br]), store.mul(&[bw, droot])];
        store.add(&parts)
    } else {
        let n = store.as_num(p).and_then(Rational::to_integer);
        let (base, count, sign) = match n {
            Some(n) if n < 0 => (store.inverse(b), store.int(-n), true),
            None if store.as_num(p).is_some() => return Err(Refusal { part: id, reason: FRACTIONAL }),
            _ => (b, p, false),
        };
        let step = if sign {
            let product = store.mul(&[base, db, base]);
            store.neg(product)
        } else {
            db
        };
        power_differential(store, base, count, step)
    };
    Ok(if f.flipped { store.transpose(value) } else { value })
}

/// Σ_{r=0}^{p−1} B^r dB B^(p−1−r), written out where it is short.
fn power_differential(store: &mut Store, b: ExprId, p: ExprId, db: ExprId) -> ExprId {
    let last = store.sub(p, ExprId::ONE);
    if let Some(n) = store.as_num(p).and_then(Rational::to_integer).filter(|n| *n <= 3) {
        let mut terms = Vec::new();
        for r in 0..n {
            let (a, c) = (store.int(r), store.int(n - 1 - r));
            let (a, c) = (store.power(b, a), store.power(b, c));
            terms.push(store.mul(&[a, db, c]));
        }
        return store.add(&terms);
    }
    let index = store.fresh_index();
    let rest = store.sub(last, index);
    let (left, right) = (store.power(b, index), store.power(b, rest));
    let body = store.mul(&[left, db, right]);
    store.big_sum(index, ExprId::ZERO, last, body)
}

/// tr(A + B) = tr(A) + tr(B), so that each part can be turned round by itself.
fn trace_of_sum(store: &mut Store, a: ExprId) -> ExprId {
    let Some(terms) = store.written_terms(a) else { return store.trace(a) };
    let sum = terms.into_iter().map(|(c, t)| (c, store.trace(t))).collect();
    store.sum(sum)
}
