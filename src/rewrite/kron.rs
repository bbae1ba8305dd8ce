//! Kronecker products, vec and the commutation matrix: the forms in which Jacobians and Hessians are written.
//!
//! Sources: Magnus and Neudecker (2019), chapters 2 and 3.

use super::Rewriter;
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Factor, Node, Shape, Store};
use crate::ops;

/// Longer sums are left alone.
const TERMS: usize = 12;

/// The (m, n) of K with K vec(A) = vec(Aᵀ) for an m×n A, where the factor is one.
fn commutation(store: &mut Store, f: Factor) -> Option<(DimId, DimId)> {
    if f.power != ExprId::ONE {
        return None;
    }
    let args = ops::args_of(store, f.base, "commutation")?;
    let (m, n) = (store.as_dim(args[0])?, store.as_dim(args[1])?);
    Some(if f.flipped { (n, m) } else { (m, n) })
}

fn make_commutation(store: &mut Store, m: DimId, n: DimId) -> ExprId {
    let (m, n) = (store.size(m), store.size(n));
    ops::apply(store, "commutation", &[m, n])
}

/// The factors of a Kronecker product as they stand, transposed where the whole is.
fn kron_parts(store: &mut Store, f: Factor) -> Option<Vec<ExprId>> {
    if f.power != ExprId::ONE {
        return None;
    }
    let Node::Kron(parts) = store.node(f.base).clone() else { return None };
    Some(if f.flipped { parts.into_iter().map(|p| store.transpose(p)).collect() } else { parts })
}

/// A ⊗ B with the two sides of every cut.
fn cuts(store: &mut Store, parts: &[ExprId]) -> Vec<(ExprId, ExprId)> {
    (1..parts.len()).map(|cut| (store.kron(&parts[..cut]), store.kron(&parts[cut..]))).collect()
}

/// K(p,m) (A ⊗ B) = (B ⊗ A) K(q,n) for an m×n A and a p×q B: the commutation matrix at `at` moved past its right neighbour.
fn moved_right(store: &mut Store, id: ExprId, chain: &[Factor], at: usize) -> Option<ExprId> {
    let (p, m) = commutation(store, *chain.get(at)?)?;
    let parts = kron_parts(store, *chain.get(at + 1)?)?;
    let (a, b) = cuts(store, &parts).into_iter().find(|&(a, b)| store.shape(a).rows == m && store.shape(b).rows == p)?;
    let turned = store.kron(&[b, a]);
    let rest = make_commutation(store, store.shape(b).cols, store.shape(a).cols);
    Some(store.with_run(id, at..at + 2, &[turned, rest]))
}

/// (B ⊗ A) K(q,n) = K(p,m) (A ⊗ B): the commutation matrix at `at + 1` moved past its left neighbour.
fn moved_left(store: &mut Store, id: ExprId, chain: &[Factor], at: usize) -> Option<ExprId> {
    let (q, n) = commutation(store, *chain.get(at + 1)?)?;
    let parts = kron_parts(store, *chain.get(at)?)?;
    let (b, a) = cuts(store, &parts).into_iter().find(|&(b, a)| store.shape(b).cols == q && store.shape(a).cols == n)?;
    let turned = store.kron(&[a, b]);
    let rest = make_commutation(store, store.shape(b).rows, store.shape(a).rows);
    Some(store.with_run(id, at..at + 2, &[rest, turned]))
}

/// Diag(vec A) K(n,m) = K(n,m) Diag(vec Aᵀ) for an m×n A: the commutation matrix at `at + 1` moved past its left neighbour.
fn moved_past_diagonal(store: &mut Store, id: ExprId, chain: &[Factor], at: usize) -> Option<ExprId> {
    let (n, m) = commutation(store, *chain.get(at + 1)?)?;
    let f = *chain.get(at)?;
    let (Node::Diag(v), ExprId::ONE) = (store.node(f.base).clone(), f.power) else { return None };
    let a = unstacked(store, v)?;
    let shape = store.shape(a);
    if (shape.rows, shape.cols) != (m, n) {
        return None;
    }
    let turned = store.transpose(a);
    let column = store.vec(turned);
    let (turn, diagonal) = (make_commutation(store, n, m), store.diag(column));
    Some(store.with_run(id, at..at + 2, &[turn, diagonal]))
}

/// The last commutation matrix of a product moved to the left as far as it goes, place by place.
fn swept(store: &mut Store, id: ExprId, results: &mut Vec<ExprId>) {
    let mut current = id;
    for _ in 0..LONGEST_WAY {
        let Node::Product { chain, .. } = store.node(current).clone() else { return };
        let Some(at) = chain.iter().rposition(|&f| commutation(store, f).is_some()).and_then(|at| at.checked_sub(1)) else { return };
        let moved = moved_left(store, current, &chain, at).or_else(|| moved_past_diagonal(store, current, &chain, at));
        let Some(moved) = moved else { return };
        results.push(moved);
        current = moved;
    }
}

/// How many places a commutation matrix is moved.
const LONGEST_WAY: usize = 4;

/// K K = I, K(m,n)ᵀ = K(n,m), K vec(A) = vec(Aᵀ), and the commutation matrix moved past a Kronecker product.
pub(super) fn turn(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    if let Some(at) = chain.iter().position(|f| f.flipped && ops::args_of(store, f.base, "commutation").is_some())
        && let Some((m, n)) = commutation(store, chain[at])
    {
        // K(m,n)ᵀ = K(n,m).
        let turned = make_commutation(store, m, n);
        results.push(store.with_run(id, at..at + 1, &[turned]));
    }
    for at in 0..chain.len().saturating_sub(1) {
        let (left, right) = (commutation(store, chain[at]), commutation(store, chain[at + 1]));
        match (left, right) {
            (Some((m, n)), Some((p, q))) if (m, n) == (q, p) => {
                results.push(store.with_run(id, at..at + 2, &[]));
            }
            (Some((m, n)), None) => {
                let f = chain[at + 1];
                if let (Node::Vec(a), false, ExprId::ONE) = (store.node(f.base).clone(), f.flipped, f.power)
                    && store.shape(a).rows == m
                    && store.shape(a).cols == n
                {
                    let turned = store.transpose(a);
                    let column = store.vec(turned);
                    results.push(store.with_run(id, at..at + 2, &[column]));
                }
                results.extend(moved_right(store, id, &chain, at));
            }
            (None, Some((m, n))) => {
                // vec(A)ᵀK(m,n) = (K(n,m) vec(A))ᵀ = vec(Aᵀ)ᵀ.
                let f = chain[at];
                if let (Node::Vec(a), true, ExprId::ONE) = (store.node(f.base).clone(), f.flipped, f.power)
                    && store.shape(a).rows == n
                    && store.shape(a).cols == m
                {
                    let turned = store.transpose(a);
                    let column = store.vec(turned);
                    let row = store.transpose(column);
                    results.push(store.with_run(id, at..at + 2, &[row]));
                }
                results.extend(moved_left(store, id, &chain, at));
            }
            _ => {}
        }
    }
    if chain.len() > 2 {
        swept(store, id, &mut results);
    }
    results
}

/// X ⊗ I + (I ⊗ X) K = (I + K)(X ⊗ I): every commutation matrix of a sum moved to the left, or to the right.
pub(super) fn symmetrizer(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.few_terms(id, TERMS) else { return Vec::new() };
    let mut results = Vec::new();
    for leftwards in [true, false] {
        let mut moved = false;
        let mut sum = Vec::new();
        for (c, t) in &terms {
            let mut term = *t;
            if let Node::Product { chain, .. } = store.node(*t).clone() {
                let new = (0..chain.len().saturating_sub(1))
                    .find_map(|at| if leftwards { moved_left(store, *t, &chain, at) } else { moved_right(store, *t, &chain, at) });
                moved |= new.is_some();
                term = new.unwrap_or(term);
            }
            sum.push((c.clone(), term));
        }
        if moved {
            // What has no commutation matrix in front first: I + K.
            sum.sort_by_key(|(_, t)| match store.node(*t).clone() {
                Node::Product { chain, .. } => chain.iter().any(|&f| commutation(store, f).is_some()),
                _ => commutation(store, Factor { base: *t, flipped: false, power: ExprId::ONE }).is_some(),
            });
            results.push(store.sum(sum));
        }
    }
    results
}

/// vec(A)ᵀ(B ⊗ C) = vec(CᵀA B)ᵀ and (B ⊗ C) vec(A) = vec(C A Bᵀ).
pub(super) fn vec_of_product(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for at in 0..chain.len().saturating_sub(1) {
        let (f, g) = (chain[at], chain[at + 1]);
        if let (Node::Vec(a), true, ExprId::ONE) = (store.node(f.base).clone(), f.flipped, f.power)
            && let Some(parts) = kron_parts(store, g)
        {
            let shape = store.shape(a);
            for (b, c) in cuts(store, &parts) {
                if store.shape(c).rows == shape.rows && store.shape(b).rows == shape.cols {
                    let turned = store.transpose(c);
                    let inner = store.mul(&[turned, a, b]);
                    let column = store.vec(inner);
                    let row = store.transpose(column);
                    results.push(store.with_run(id, at..at + 2, &[row]));
                }
            }
        }
        if let (Node::Vec(a), false, ExprId::ONE) = (store.node(g.base).clone(), g.flipped, g.power)
            && let Some(parts) = kron_parts(store, f)
        {
            let shape = store.shape(a);
            for (b, c) in cuts(store, &parts) {
                if store.shape(c).cols == shape.rows && store.shape(b).cols == shape.cols {
                    let turned = store.transpose(b);
                    let inner = store.mul(&[c, a, turned]);
                    let column = store.vec(inner);
                    results.push(store.with_run(id, at..at + 2, &[column]));
                }
            }
        }
    }
    results
}

/// vec(a bᵀ) (C ⊗ D) = (b ⊗ a)(C ⊗ D) = (b C) ⊗ (a D) for rows C and D, and its mirror image.
pub(super) fn vec_of_outer(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for at in 0..chain.len() {
        let beside = if chain[at].flipped { at.checked_sub(1) } else { Some(at + 1) };
        let Some(beside) = beside.and_then(|k| chain.get(k)) else { continue };
        if chain[at].power == ExprId::ONE
            && matches!(store.node(beside.base), Node::Kron(_))
            && let Node::Vec(outer) = *store.node(chain[at].base)
            && let Some((a, b)) = column_and_row(store, outer)
        {
            let across = store.transpose(b);
            let column = store.kron(&[across, a]);
            let column = if chain[at].flipped { store.transpose(column) } else { column };
            results.push(store.with_run(id, at..at + 1, &[column]));
        }
    }
    results
}

/// The column and the row that a matrix is the product of, where it is one.
fn column_and_row(store: &mut Store, id: ExprId) -> Option<(ExprId, ExprId)> {
    let Node::Product { coefficient, scalars, chain } = store.node(id).clone() else { return None };
    let thin = (1..chain.len()).find(|&at| store.factor_shape(chain[at]).rows == DimId::ONE)?;
    Some((store.product(coefficient, &scalars, &chain[..thin]), store.product(Rational::ONE, &[], &chain[thin..])))
}

/// The matrix whose columns are (B ⊗ C) v, stacked, is C V Bᵀ for the matrix V with the columns v.
pub(super) fn unstack(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Unvec(inside, shape) = *store.node(id) else { return Vec::new() };
    let terms = match store.node(inside) {
        Node::Sum(terms) => terms.clone(),
        _ => vec![(Rational::ONE, inside)],
    };
    let sum: Vec<ExprId> = terms
        .into_iter()
        .map(|(c, term)| {
            let matrix = between(store, term, shape).unwrap_or_else(|| store.unvec(term, shape));
            store.scale(&c, matrix)
        })
        .collect();
    vec![store.add(&sum)]
}

/// C V Bᵀ of this shape for (B ⊗ C) v.
fn between(store: &mut Store, term: ExprId, shape: Shape) -> Option<ExprId> {
    let Node::Product { coefficient, scalars, chain } = store.node(term).clone() else { return None };
    let (&first, rest) = chain.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let parts = kron_parts(store, first)?;
    let (b, c) = cuts(store, &parts).into_iter().find(|&(b, c)| store.shape(c).rows == shape.rows && store.shape(b).rows == shape.cols)?;
    let column = store.product(coefficient, &scalars, rest);
    let middle = store.unvec(column, Shape::new(store.shape(c).cols, store.shape(b).cols));
    let turned = store.transpose(b);
    Some(store.mul(&[c, middle, turned]))
}

/// One side of a product with Diag(vec M) in the middle.
#[derive(Clone, Copy)]
enum Side {
    /// xᵀ ⊗ I, x ⊗ I: a combination of the columns of M.
    Columns(ExprId),
    /// I ⊗ xᵀ, I ⊗ x: a combination of the rows of M.
    Rows(ExprId),
}

/// What stands beside Diag(vec M) for an M of this shape, as a column x.
fn side(store: &mut Store, f: Factor, (rows, cols): (DimId, DimId), left: bool) -> Option<Side> {
    let parts = kron_parts(store, f)?;
    let [p, q] = parts[..] else { return None };
    let thin = |store: &Store, e: ExprId| if left { store.shape(e).is_row() } else { store.shape(e).is_column() };
    let column = |store: &mut Store, e: ExprId| if left { store.transpose(e) } else { e };
    let length = |store: &Store, e: ExprId| if left { store.shape(e).cols } else { store.shape(e).rows };
    if thin(store, p) && matches!(store.node(q), Node::Eye(_)) && length(store, p) == cols && length(store, q) == rows {
        return Some(Side::Columns(column(store, p)));
    }
    if thin(store, q) && matches!(store.node(p), Node::Eye(_)) && length(store, q) == rows && length(store, p) == cols {
        return Some(Side::Rows(column(store, q)));
    }
    None
}

/// (xᵀ ⊗ I) Diag(vec M) (y ⊗ I) = Diag(M (x ∘ y)), (xᵀ ⊗ I) Diag(vec M) (I ⊗ y) = M ∘ y xᵀ, and their mirror images.
pub(super) fn masked(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::Product { chain, .. } = store.node(id).clone() else { return Vec::new() };
    let mut results = Vec::new();
    for at in 1..chain.len().saturating_sub(1) {
        let Node::Diag(v) = *store.node(chain[at].base) else { continue };
        let Some(m) = unstacked(store, v) else { continue };
        if chain[at].power != ExprId::ONE {
            continue;
        }
        let shape = (store.shape(m).rows, store.shape(m).cols);
        let (Some(left), Some(right)) = (side(store, chain[at - 1], shape, true), side(store, chain[at + 1], shape, false)) else {
            continue;
        };
        let middle = match (left, right) {
            (Side::Columns(x), Side::Columns(y)) => {
                let weights = store.hadamard(&[x, y]);
                let column = store.mul(&[m, weights]);
                store.diag(column)
            }
            (Side::Rows(x), Side::Rows(y)) => {
                let weights = store.hadamard(&[x, y]);
                let turned = store.transpose(m);
                let column = store.mul(&[turned, weights]);
                store.diag(column)
            }
            (Side::Columns(x), Side::Rows(y)) => {
                let across = store.transpose(x);
                let outer = store.mul(&[y, across]);
                store.hadamard(&[m, outer])
            }
            (Side::Rows(x), Side::Columns(y)) => {
                let (turned, across) = (store.transpose(m), store.transpose(x));
                let outer = store.mul(&[y, across]);
                store.hadamard(&[turned, outer])
            }
        };
        results.push(store.with_run(id, at - 1..at + 2, &[middle]));
    }
    results
}

/// The M of vec(M), or of an element-wise product of such.
fn unstacked(store: &mut Store, v: ExprId) -> Option<ExprId> {
    match store.node(v).clone() {
        Node::Vec(m) => Some(m),
        Node::Hadamard(entries) => {
            let inner: Option<Vec<(ExprId, ExprId)>> =
                entries.iter().map(|&(b, e)| if let Node::Vec(m) = *store.node(b) { Some((m, e)) } else { None }).collect();
            let inner = inner?;
            let shape = store.shape(inner.first()?.0);
            let fit = inner.iter().all(|&(m, _)| store.shape(m) == shape);
            fit.then(|| store.hadamard_entries(Rational::ONE, &[], &inner, shape))
        }
        _ => None,
    }
}

/// The ways in which a term is one Kronecker product of two: a cut of it, with thin neighbours joined; v wᵀ is v ⊗ wᵀ and wᵀ ⊗ v.
fn as_pairs(store: &mut Store, term: ExprId) -> Vec<(ExprId, ExprId)> {
    let (front, chain) = match store.node(term).clone() {
        Node::Product { coefficient, scalars, chain } => (store.product(coefficient, &scalars, &[]), chain),
        _ => (ExprId::ONE, vec![Factor { base: term, flipped: false, power: ExprId::ONE }]),
    };
    let mut pairs = Vec::new();
    for at in 0..chain.len() {
        let Some(parts) = kron_parts(store, chain[at]) else { continue };
        let left = (at > 0).then(|| store.product(Rational::ONE, &[], &chain[..at]));
        let right = (at + 1 < chain.len()).then(|| store.product(Rational::ONE, &[], &chain[at + 1..]));
        for (a, b) in cuts(store, &parts) {
            // A (xᵀ ⊗ B) C where C is missing joins B; (x ⊗ B) C joins B; likewise with the thin factor behind.
            for (thin, thick, first) in [(a, b, true), (b, a, false)] {
                let free_left = left.is_none() || store.shape(thin).is_row();
                let free_right = right.is_none() || store.shape(thin).is_column();
                if !free_left || !free_right {
                    continue;
                }
                let mut factors = vec![front];
                factors.extend(left);
                factors.push(thick);
                factors.extend(right);
                let joined = store.mul(&factors);
                pairs.push(if first { (thin, joined) } else { (joined, thin) });
            }
        }
    }
    pairs
}

/// A ⊗ B + A ⊗ C = A ⊗ (B + C) and B ⊗ A + C ⊗ A = (B + C) ⊗ A.
pub(super) fn common_factor(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.few_terms(id, TERMS) else { return Vec::new() };
    let pairs: Vec<Vec<(ExprId, ExprId)>> = terms.iter().map(|&(_, t)| as_pairs(store, t)).collect();
    let mut results = Vec::new();
    let mut tried: Vec<(bool, ExprId)> = Vec::new();
    for &(a, b) in pairs.iter().flatten() {
        for (left, shared) in [(true, a), (false, b)] {
            if tried.contains(&(left, shared)) {
                continue;
            }
            tried.push((left, shared));
            let (mut inside, mut outside) = (Vec::new(), Vec::new());
            for (term, pairs) in terms.iter().zip(&pairs) {
                let other = pairs.iter().find_map(|&(a, b)| match left {
                    true if a == shared => Some(b),
                    false if b == shared => Some(a),
                    _ => None,
                });
                match other {
                    Some(other) => inside.push((term.0.clone(), other)),
                    None => outside.push(term.clone()),
                }
            }
            let first = inside.first().map(|(_, t)| store.shape(*t));
            if inside.len() < 2 || inside.iter().any(|(_, t)| Some(store.shape(*t)) != first) {
                continue;
            }
            let sum = store.sum(inside);
            let grouped = if left { store.kron(&[shared, sum]) } else { store.kron(&[sum, shared]) };
            outside.insert(0, (Rational::ONE, grouped));
            results.push(store.sum(outside));
        }
    }
    results
}
