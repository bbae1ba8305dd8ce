//! How the members of a family are stacked in an array: from the first that occurs, 1 unless a sum begins earlier.

use super::scope::shift_of;
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Node, Store, SymbolId};
use rustc_hash::FxHashMap;

/// The array of a family along each of its indices.
#[derive(Clone)]
pub(super) struct Stacked {
    /// The index of the first member: 1, or less.
    pub first: Vec<i64>,
    /// How many members there are.
    pub lengths: Vec<DimId>,
}

/// The families that occur.
pub(super) fn stacks(store: &mut Store, roots: &[ExprId]) -> FxHashMap<SymbolId, Stacked> {
    let mut first: FxHashMap<SymbolId, Vec<i64>> = FxHashMap::default();
    // Where sums begin that begin at the index of a sum around them.
    let mut lows: FxHashMap<ExprId, i64> = FxHashMap::default();
    for id in store.reachable(roots).into_iter().rev() {
        match store.node(id) {
            Node::Member(family, index) => {
                let whole = |i: ExprId| store.as_num(i).and_then(Rational::to_integer);
                let from = index.iter().map(|&i| whole(i).map_or(1, |k| k.min(1))).collect();
                lower(&mut first, *family, from);
            }
            Node::BigSum { level, low, body, .. } => {
                let number = store.as_num(*low).and_then(Rational::to_integer);
                let Some(low) = number.or_else(|| lows.get(&id).copied()) else { continue };
                for part in store.reachable(&[*body]) {
                    match store.node(part) {
                        Node::Member(family, index) => {
                            let least = |&i: &ExprId| shift_of(store, i, *level).map_or(1, |shift| (low + shift).min(1));
                            lower(&mut first, *family, index.iter().map(least).collect());
                        }
                        Node::BigSum { low: inner, .. } => {
                            if let Some(shift) = shift_of(store, *inner, *level) {
                                let known = lows.entry(part).or_insert(low + shift);
                                *known = (low + shift).min(*known);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    let mut found = FxHashMap::default();
    for (family, first) in first {
        let ranges = store.symbol_info(family).ranges.clone();
        let mut lengths = Vec::with_capacity(ranges.len());
        for (range, from) in ranges.into_iter().zip(&first) {
            let more = store.dim_const(1 - from);
            lengths.push(if *from == 1 { range } else { store.dim_plus(range, more) });
        }
        found.insert(family, Stacked { first, lengths });
    }
    found
}

fn lower(first: &mut FxHashMap<SymbolId, Vec<i64>>, family: SymbolId, from: Vec<i64>) {
    let known = first.entry(family).or_insert_with(|| from.clone());
    for (known, from) in known.iter_mut().zip(from) {
        *known = from.min(*known);
    }
}
