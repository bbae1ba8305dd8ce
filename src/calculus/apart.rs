//! A differential multiplied out: one term for each place of dX, so that its matrix is read off term by term.
//!
//! (dx xᵀ + x dxᵀ) b has the matrix (bᵀ ⊗ I)(x ⊗ I + I ⊗ x) where it is read as it stands, and (xᵀb) I + x bᵀ where each
//! term is: a row or a column that stands beside a sum takes the Kronecker products away.

use super::Refusal;
use super::jacobian::jacobian;
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Node, Store};

/// How many terms there may be, how often a term is taken apart, and how deep a sum is looked for in a term.
const TERMS: usize = 24;
const STEPS: usize = 200;
const DEPTH: u32 = 12;

/// What a term falls into.
enum Pieces {
    /// The sum of these.
    Terms(Vec<ExprId>),
    /// The sum of this over a fresh index from one number to another.
    Range(ExprId, [ExprId; 2], ExprId),
}

impl Pieces {
    /// The same with each piece changed.
    fn map(self, store: &mut Store, with: impl Fn(&mut Store, ExprId) -> ExprId) -> Pieces {
        match self {
            Pieces::Terms(terms) => Pieces::Terms(terms.into_iter().map(|t| with(store, t)).collect()),
            Pieces::Range(index, ends, body) => Pieces::Range(index, ends, with(store, body)),
        }
    }
}

/// A term under sums over indices, the outermost first.
struct Open {
    ranges: Vec<(ExprId, [ExprId; 2])>,
    term: ExprId,
}

/// M with vec(line) = M vec(dx) for a `line` that is linear in `dx`, read off one term at a time; `None` where it is one
/// term as it stands, or where there would be too many.
///
/// # Errors
/// When a term is a linear function for which no matrix can be written down.
pub fn jacobian_by_terms(store: &mut Store, line: ExprId, dx: ExprId) -> Result<Option<ExprId>, Refusal> {
    let Some(terms) = apart(store, line, dx) else { return Ok(None) };
    let mut sum = Vec::with_capacity(terms.len());
    for Open { ranges, term } in terms {
        let matrix = jacobian(store, term, dx)?;
        sum.push(ranges.into_iter().rev().fold(matrix, |body, (index, [low, high])| store.big_sum(index, low, high, body)));
    }
    Ok(Some(store.add(&sum)))
}

/// A line as one term for each place of dx, where that is more than it is already.
fn apart(store: &mut Store, line: ExprId, dx: ExprId) -> Option<Vec<Open>> {
    let mut open = vec![Open { ranges: Vec::new(), term: line }];
    let mut done: Vec<Open> = Vec::new();
    for _ in 0..STEPS {
        let Some(Open { mut ranges, term }) = open.pop() else {
            let as_it_stands = matches!(&done[..], [one] if one.term == line);
            return (!as_it_stands).then_some(done);
        };
        match pieces(store, term, dx, DEPTH) {
            // The last on the stack is the first to be looked at.
            Some(Pieces::Terms(terms)) => open.extend(terms.into_iter().rev().map(|term| Open { ranges: ranges.clone(), term })),
            Some(Pieces::Range(index, ends, body)) => {
                ranges.push((index, ends));
                open.push(Open { ranges, term: body });
            }
            None => done.push(Open { ranges, term }),
        }
        if done.len() + open.len() > TERMS {
            return None;
        }
    }
    None
}

/// What a term falls into at a sum that dx stands in; `None` where there is no such sum.
fn pieces(store: &mut Store, id: ExprId, dx: ExprId, depth: u32) -> Option<Pieces> {
    let depth = depth.checked_sub(1)?;
    if !store.depends_on(id, &[dx]) {
        return None;
    }
    match store.node(id).clone() {
        Node::Sum(terms) => {
            let terms = store.as_written(id, terms, |t| t.1);
            Some(Pieces::Terms(terms.into_iter().map(|(c, t)| store.scale(&c, t)).collect()))
        }
        Node::BigSum { level, low, high, body } => {
            let (index, opened) = store.open_sum(level, body);
            Some(Pieces::Range(index, [low, high], opened))
        }
        Node::Product { coefficient, scalars, chain } => {
            if let Some(at) = scalars.iter().position(|s| store.depends_on(s.0, &[dx])) {
                let inner = (scalars[at].1 == ExprId::ONE).then(|| pieces(store, scalars[at].0, dx, depth))??;
                let mut others = scalars;
                others.remove(at);
                let rest = store.product(coefficient, &others, &chain);
                return Some(inner.map(store, |store, piece| store.mul(&[piece, rest])));
            }
            let at = chain.iter().position(|f| store.depends_on(f.base, &[dx]))?;
            let f = chain[at];
            let left = store.product(coefficient, &scalars, &chain[..at]);
            let right = (at + 1 < chain.len()).then(|| store.product(Rational::ONE, &[], &chain[at + 1..]));
            if let Some(joined) = thin_kron(store, f, left, right) {
                return Some(Pieces::Terms(vec![joined]));
            }
            let inner = (f.power == ExprId::ONE).then(|| pieces(store, f.base, dx, depth))??;
            Some(inner.map(store, |store, piece| {
                let piece = if f.flipped { store.transpose(piece) } else { piece };
                let parts: Vec<ExprId> = [left, piece].into_iter().chain(right).collect();
                store.mul(&parts)
            }))
        }
        Node::Hadamard(entries) => {
            let at = entries.iter().position(|e| store.depends_on(e.0, &[dx]))?;
            let inner = (entries[at].1 == ExprId::ONE).then(|| pieces(store, entries[at].0, dx, depth))??;
            let shape = store.shape(id);
            Some(inner.map(store, |store, piece| {
                let mut entries = entries.clone();
                entries[at].0 = piece;
                store.hadamard_entries(Rational::ONE, &[], &entries, shape)
            }))
        }
        Node::Trace(a) => Some(pieces(store, a, dx, depth)?.map(store, Store::trace)),
        Node::Diag(v) => Some(pieces(store, v, dx, depth)?.map(store, Store::diag)),
        Node::Diagonal(a) => Some(pieces(store, a, dx, depth)?.map(store, Store::diagonal)),
        Node::Vec(a) => Some(pieces(store, a, dx, depth)?.map(store, Store::vec)),
        _ => None,
    }
}

/// A (x ⊗ B) C = A (x ⊗ (B C)) for a column x, A (xᵀ ⊗ B) C = (xᵀ ⊗ (A B)) C for a row, and the same with the thin part
/// behind; `None` where nothing is joined. `left` is 1 where nothing stands there.
fn thin_kron(store: &mut Store, f: Factor, left: ExprId, right: Option<ExprId>) -> Option<ExprId> {
    let Node::Kron(parts) = store.node(f.base).clone() else { return None };
    let [p, q] = parts[..] else { return None };
    if f.flipped || f.power != ExprId::ONE {
        return None;
    }
    let first = thin(store, p);
    let (slim, wide) = if first || !thin(store, q) { (p, q) } else { (q, p) };
    let both = |store: &mut Store, wide: ExprId| if first { store.kron(&[slim, wide]) } else { store.kron(&[wide, slim]) };
    if store.shape(slim).is_column() {
        let right = right?;
        let wide = store.mul(&[wide, right]);
        let inner = both(store, wide);
        return Some(store.mul(&[left, inner]));
    }
    if store.shape(slim).is_row() && !store.is_scalar(left) {
        let wide = store.mul(&[left, wide]);
        let inner = both(store, wide);
        return Some(match right {
            Some(right) => store.mul(&[inner, right]),
            None => inner,
        });
    }
    None
}

/// Whether it is a row or a column.
fn thin(store: &Store, id: ExprId) -> bool {
    store.shape(id).is_row() || store.shape(id).is_column()
}
