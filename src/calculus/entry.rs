//! Entries of a linear map: the differential along a unit matrix, entry by entry, as a sum of products of entries.
//!
//! With dX = e_k e_lᵀ nearly everything in dF stays a sum of outer products a bᵀ, whose entry (i, j) is a[i] b[j]:
//! L (a bᵀ) R = (L a)(Rᵀb)ᵀ, M ∘ (e_k bᵀ) = e_k (Mᵀe_k ∘ b)ᵀ. What does not stays a matrix, and its entry is read as one.

use crate::base::Rational;
use crate::ir::{ExprId, Factor, Fun, Node, Store};
use crate::ops;
use rustc_hash::FxHashMap;

/// A part of a matrix that is linear in e_k e_lᵀ.
#[derive(Clone, Copy, Debug)]
enum Term {
    /// s a bᵀ.
    Outer(ExprId, ExprId, ExprId),
    /// A matrix that is no outer product.
    Whole(ExprId),
}

/// iᵀ F j for columns i, j of an identity (or 1), where F is linear in `unit`, the outer product of two such columns.
#[must_use]
pub fn entry(store: &mut Store, f: ExprId, unit: (ExprId, ExprId), i: ExprId, j: ExprId) -> ExprId {
    let across = store.transpose(unit.1);
    let whole = store.mul(&[unit.0, across]);
    let mask = store.dependents(f, &[whole, unit.0, unit.1]);
    let mut known: FxHashMap<ExprId, Vec<Term>> = FxHashMap::default();
    known.insert(whole, vec![Term::Outer(ExprId::ONE, unit.0, unit.1)]);
    for column in [unit.0, unit.1] {
        known.insert(column, vec![Term::Outer(ExprId::ONE, column, ExprId::ONE)]);
    }
    for id in store.reachable(&[f]) {
        if mask.contains(id) && !known.contains_key(&id) {
            let terms = of_node(store, id, &known);
            known.insert(id, terms);
        }
    }
    let terms = known.remove(&f).unwrap_or_else(|| vec![Term::Whole(f)]);
    let parts: Vec<ExprId> = terms
        .into_iter()
        .map(|term| match term {
            Term::Outer(s, a, b) => {
                let (a, b) = (place(store, a, i), place(store, b, j));
                store.mul(&[s, a, b])
            }
            Term::Whole(m) => at(store, m, i, j),
        })
        .collect();
    store.add(&parts)
}

/// Whether a column is one of an identity.
fn basis(store: &Store, a: ExprId) -> bool {
    matches!(store.node(a), Node::Basis(..))
}

fn of_node(store: &mut Store, id: ExprId, known: &FxHashMap<ExprId, Vec<Term>>) -> Vec<Term> {
    match store.node(id).clone() {
        Node::Sum(terms) => {
            let mut sum = Vec::new();
            for (c, t) in store.as_written(id, terms, |t| t.1) {
                let parts = known.get(&t).cloned().unwrap_or_else(|| vec![Term::Whole(t)]);
                sum.extend(parts.into_iter().map(|p| scaled(store, &c, p)));
            }
            sum
        }
        Node::Product { coefficient, scalars, chain } => product(store, id, &coefficient, &scalars, &chain, known),
        Node::Hadamard(entries) => {
            let vary: Vec<usize> = (0..entries.len()).filter(|&at| known.contains_key(&entries[at].0)).collect();
            if let [first, second] = vary[..]
                && let (e, f) = (entries[first].0, entries[second].0)
                && basis(store, e)
                && basis(store, f)
            {
                // e_k ∘ e_l = (e_kᵀe_l) e_k.
                let met = store.inner(e, f);
                let others: Vec<(ExprId, ExprId)> =
                    entries.iter().enumerate().filter(|(at, _)| !vary.contains(at)).map(|(_, &p)| p).collect();
                let shape = store.shape(id);
                let rest = store.hadamard_entries(Rational::ONE, &[], &others, shape);
                return vec![masked(store, rest, Term::Outer(met, e, ExprId::ONE))];
            }
            let ([at], true) = (&vary[..], vary.iter().all(|&at| entries[at].1 == ExprId::ONE)) else { return vec![Term::Whole(id)] };
            let parts = known[&entries[*at].0].clone();
            let mut others = entries;
            let varied = others.remove(*at).0;
            let shape = store.shape(varied);
            let rest = store.hadamard_entries(Rational::ONE, &[], &others, shape);
            parts.into_iter().map(|p| masked(store, rest, p)).collect()
        }
        Node::Trace(a) => match known.get(&a).cloned() {
            Some(parts) => parts
                .into_iter()
                .map(|p| match p {
                    Term::Outer(s, a, b) => {
                        let inner = store.inner(b, a);
                        Term::Whole(store.mul(&[s, inner]))
                    }
                    Term::Whole(m) => Term::Whole(store.trace(m)),
                })
                .collect(),
            None => vec![Term::Whole(id)],
        },
        Node::Diag(v) => match known.get(&v).cloned() {
            Some(parts) => parts
                .into_iter()
                .map(|p| match p {
                    Term::Outer(s, a, _) if basis(store, a) => Term::Outer(s, a, a),
                    other => {
                        let column = value(store, other);
                        Term::Whole(store.diag(column))
                    }
                })
                .collect(),
            None => vec![Term::Whole(id)],
        },
        Node::Diagonal(m) => match known.get(&m).cloned() {
            Some(parts) => parts
                .into_iter()
                .map(|p| match p {
                    Term::Outer(s, a, b) => {
                        let column = if basis(store, a) {
                            let weight = place(store, b, a);
                            return Term::Outer(store.mul(&[s, weight]), a, ExprId::ONE);
                        } else {
                            store.hadamard(&[a, b])
                        };
                        Term::Outer(s, column, ExprId::ONE)
                    }
                    Term::Whole(m) => Term::Whole(store.diagonal(m)),
                })
                .collect(),
            None => vec![Term::Whole(id)],
        },
        _ => vec![Term::Whole(id)],
    }
}

/// The matrix that a term stands for.
fn value(store: &mut Store, term: Term) -> ExprId {
    match term {
        Term::Outer(s, a, b) => {
            let across = store.transpose(b);
            store.mul(&[s, a, across])
        }
        Term::Whole(m) => m,
    }
}

fn scaled(store: &mut Store, c: &Rational, term: Term) -> Term {
    match term {
        Term::Outer(s, a, b) => Term::Outer(store.scale(c, s), a, b),
        Term::Whole(m) => Term::Whole(store.scale(c, m)),
    }
}

type Powers = [(ExprId, ExprId)];

fn product(
    store: &mut Store,
    id: ExprId,
    coefficient: &Rational,
    scalars: &Powers,
    chain: &[Factor],
    known: &FxHashMap<ExprId, Vec<Term>>,
) -> Vec<Term> {
    let whole = vec![Term::Whole(id)];
    let in_scalars: Vec<usize> = (0..scalars.len()).filter(|&at| known.contains_key(&scalars[at].0)).collect();
    let in_chain: Vec<usize> = (0..chain.len()).filter(|&at| known.contains_key(&chain[at].base)).collect();
    match (&in_scalars[..], &in_chain[..]) {
        ([at], []) if scalars[*at].1 == ExprId::ONE => {
            // A scalar that varies, before a matrix that does not.
            let mut others = scalars.to_vec();
            let (varied, _) = others.remove(*at);
            let parts = known[&varied].clone();
            let front = store.product(coefficient.clone(), &others, &[]);
            let matrix = store.product(Rational::ONE, &[], chain);
            let column = store.shape(matrix).cols == crate::ir::DimId::ONE;
            parts
                .into_iter()
                .map(|p| {
                    let weight = value(store, p);
                    let s = store.mul(&[front, weight]);
                    if column { Term::Outer(s, matrix, ExprId::ONE) } else { Term::Whole(store.mul(&[s, matrix])) }
                })
                .collect()
        }
        (_, [at]) if chain[*at].power == ExprId::ONE => {
            let front = store.product(coefficient.clone(), scalars, &[]);
            let left = (*at > 0).then(|| store.product(Rational::ONE, &[], &chain[..*at]));
            let right = (*at + 1 < chain.len()).then(|| store.product(Rational::ONE, &[], &chain[*at + 1..]));
            let flipped = chain[*at].flipped;
            let parts = known[&chain[*at].base].clone();
            parts
                .into_iter()
                .map(|p| match p {
                    Term::Outer(s, a, b) => {
                        let (a, b) = if flipped { (b, a) } else { (a, b) };
                        let a = left.map_or(a, |l| store.mul(&[l, a]));
                        let b = right.map_or(b, |r| {
                            let turned = store.transpose(r);
                            store.mul(&[turned, b])
                        });
                        Term::Outer(store.mul(&[front, s]), a, b)
                    }
                    Term::Whole(m) => {
                        let m = if flipped { store.transpose(m) } else { m };
                        let mut factors = vec![front];
                        factors.extend(left);
                        factors.push(m);
                        factors.extend(right);
                        Term::Whole(store.mul(&factors))
                    }
                })
                .collect()
        }
        // The unit matrix itself may have been drawn into the chain: A e_k e_lᵀB.
        (_, [_, _, ..]) => cut(store, coefficient, scalars, chain).map_or(whole, |t| vec![t]),
        _ => whole,
    }
}

/// A chain that is 1 wide at one place is an outer product.
fn cut(store: &mut Store, coefficient: &Rational, scalars: &Powers, chain: &[Factor]) -> Option<Term> {
    let at = (1..chain.len()).find(|&at| store.factor_shape(chain[at]).rows == crate::ir::DimId::ONE)?;
    let front = store.product(coefficient.clone(), scalars, &[]);
    let (a, b) = (store.product(Rational::ONE, &[], &chain[..at]), store.product(Rational::ONE, &[], &chain[at..]));
    let b = store.transpose(b);
    Some(Term::Outer(front, a, b))
}

/// M ∘ (s a bᵀ).
fn masked(store: &mut Store, m: ExprId, term: Term) -> Term {
    let shape = store.shape(m);
    match term {
        Term::Outer(s, a, b) if shape.is_column() || shape.is_scalar() => {
            let s = store.mul(&[s, b]);
            if basis(store, a) {
                let weight = place(store, m, a);
                Term::Outer(store.mul(&[s, weight]), a, ExprId::ONE)
            } else {
                Term::Outer(s, store.hadamard(&[m, a]), ExprId::ONE)
            }
        }
        Term::Outer(s, a, b) if basis(store, a) => {
            let row = column(store, m, a, true);
            Term::Outer(s, a, store.hadamard(&[row, b]))
        }
        Term::Outer(s, a, b) if basis(store, b) => {
            let column = column(store, m, b, false);
            Term::Outer(s, store.hadamard(&[column, a]), b)
        }
        other => {
            let v = value(store, other);
            Term::Whole(store.hadamard(&[m, v]))
        }
    }
}

/// The entry of a column at i (a column of an identity), or a scalar itself: of products entry by entry the product of entries.
fn place(store: &mut Store, a: ExprId, i: ExprId) -> ExprId {
    if store.is_scalar(a) {
        return a;
    }
    at(store, a, i, ExprId::ONE)
}

/// How deep entries are read: what lies deeper is an entry of a whole.
const DEEP: u32 = 8;

/// iᵀ M j; through sums, and products and functions entry by entry.
fn at(store: &mut Store, m: ExprId, i: ExprId, j: ExprId) -> ExprId {
    read(store, m, i, j, DEEP)
}

fn read(store: &mut Store, m: ExprId, i: ExprId, j: ExprId, depth: u32) -> ExprId {
    if depth == 0 {
        return plain(store, m, i, j);
    }
    match store.node(m).clone() {
        Node::Hadamard(entries) => {
            let parts: Vec<(ExprId, ExprId)> = entries.into_iter().map(|(b, e)| (read(store, b, i, j, depth - 1), e)).collect();
            store.product(Rational::ONE, &parts, &[])
        }
        Node::Sum(terms) => {
            let terms = store.as_written(m, terms, |t| t.1);
            let sum = terms.into_iter().map(|(c, t)| (c, read(store, t, i, j, depth - 1))).collect();
            store.sum(sum)
        }
        // A function of more than a variable is read as a whole: its value is what has a name.
        Node::Call(fun, args) if entrywise(fun) && args.len() == 1 && matches!(store.node(args[0]), Node::Symbol(_) | Node::Member(..)) => {
            let inner = read(store, args[0], i, j, depth - 1);
            ops::call(store, fun, &[inner])
        }
        Node::Product { coefficient, scalars, chain } if chain.len() == 1 && chain[0].power == ExprId::ONE => {
            let front = store.product(coefficient, &scalars, &[]);
            let (i, j) = if chain[0].flipped { (j, i) } else { (i, j) };
            let entry = read(store, chain[0].base, i, j, depth - 1);
            store.mul(&[front, entry])
        }
        _ => plain(store, m, i, j),
    }
}

fn entrywise(fun: Fun) -> bool {
    match ops::row(fun) {
        Some(row) => matches!(row.eval, ops::Eval::Scalar(_)),
        None => matches!(fun, Fun::User(..)),
    }
}

/// M e for a column e of an identity; of an element-wise product the product of columns.
fn column(store: &mut Store, m: ExprId, e: ExprId, flipped: bool) -> ExprId {
    if let Node::Hadamard(entries) = store.node(m).clone() {
        let parts: Vec<(ExprId, ExprId)> = entries
            .into_iter()
            .map(|(b, power)| {
                let b = if flipped { store.transpose(b) } else { b };
                (store.mul(&[b, e]), power)
            })
            .collect();
        let shape = parts.first().map_or(crate::ir::Shape::SCALAR, |p| store.shape(p.0));
        return store.hadamard_entries(Rational::ONE, &[], &parts, shape);
    }
    let m = if flipped { store.transpose(m) } else { m };
    store.mul(&[m, e])
}

/// iᵀ M j as it is.
fn plain(store: &mut Store, m: ExprId, i: ExprId, j: ExprId) -> ExprId {
    let down = store.transpose(i);
    store.mul(&[down, m, j])
}
