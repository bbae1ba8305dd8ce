//! Which parts of an answer get a name: the user's definitions where they save something, then repeated large parts.

use super::Definition;
use super::build::Layer;
use super::given::{Given, Givens, turned};
use super::layout::{Layout, free_levels, size_of};
use super::notation::{Mark, Notation};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Store};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// How much is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// What reads better with a name.
    Readable,
    /// What stands in nearly every line of a derivation: its lines should be read without looking things up.
    Derivation,
    /// Only what would make the answer explode.
    Explosive,
}

/// A new name stands for at least this many signs: a scalar, anything else.
const NEW_SCALAR: u64 = 4;
const NEW: u64 = 3;
/// The same for what stands in so many places: the precision Σ⁻¹ of a Gaussian.
const NEW_OFTEN: u64 = 2;
const OFTEN: u64 = 4;
/// The same in a derivation.
const NEW_ALONE: u64 = 5;
/// How many parts are tried as a definition before the answer is left as it is.
const TRIES: usize = 24;
/// The same for a name that the user gave.
const LET_SIZE: u64 = 3;
const LET_SAVING: u64 = 1;
/// What is not worth a name in an explosion.
const EXPLOSIVE_SAVING: u64 = 60;
/// How often a part must stand in a derivation to get a name.
const EVERYWHERE: u64 = 8;
/// Answers with more layers than this are shared in one sweep.
const LARGE: usize = 200;
/// Deepest nesting that is printed without a name in between; the parser's own limit counts signs and powers as well.
const DEEPEST: u32 = 80;
/// Longest run of factors that is looked at for repeated pieces.
const LONGEST_RUN: usize = 16;

/// Chooses the definitions of an answer and lays it out.
pub(super) fn share(store: &mut Store, roots: &[ExprId], lets: &[Definition], sharing: Sharing, ones: bool) -> (Givens, Layout) {
    let mut givens = user_definitions(store, roots, lets, sharing);
    givens.ones = ones;
    let mut layout = Layout::new(store, &givens, roots);
    let explosive = sharing == Sharing::Explosive && roots.iter().all(|r| layout.sizes.get(r).is_none_or(|&s| s < 4 * EXPLOSIVE_SAVING));
    if !explosive {
        if layout.order.len() > LARGE {
            sweep(store, roots, &mut givens, &mut layout, sharing);
        } else {
            greedy(store, roots, &mut givens, &mut layout, sharing);
        }
    }
    if sharing != Sharing::Explosive {
        if layout.order.len() > LARGE {
            prune(store, roots, &mut givens, &mut layout);
        } else {
            drop_useless(store, roots, &mut givens, &mut layout);
        }
    }
    cut(store, roots, &mut givens, &mut layout);
    (givens, layout)
}

/// What a name saves: the part is printed once, with its name and the sign between, instead of at every place.
fn saving(size: u64, uses: u64) -> Option<u64> {
    size.saturating_mul(uses).checked_sub(size.saturating_add(1).saturating_add(uses))
}

/// Whether a part of this size, printed so often, may be worth a new name.
fn is_worth(store: &Store, value: ExprId, size: u64, uses: u64, sharing: Sharing) -> bool {
    match sharing {
        Sharing::Explosive => saving(size, uses).is_some_and(|saved| saved >= EXPLOSIVE_SAVING),
        Sharing::Derivation => size >= NEW_ALONE && uses >= EVERYWHERE,
        // A short scalar like xᵀx reads better than a name for it.
        Sharing::Readable if store.is_scalar(value) => uses >= 2 && size >= NEW_SCALAR,
        Sharing::Readable => uses >= 2 && size >= NEW || uses >= OFTEN && size >= NEW_OFTEN,
    }
}

/// The user's own definitions that occur often enough.
fn user_definitions(store: &mut Store, roots: &[ExprId], lets: &[Definition], sharing: Sharing) -> Givens {
    let mut list: Vec<Given> = Vec::new();
    if sharing != Sharing::Explosive {
        let useful = lets.iter().filter(|d| !matches!(store.node(d.value), Node::Num(_) | Node::Symbol(_) | Node::Size(_) | Node::Pi));
        list = useful.map(|d| Given { value: d.value, spelling: Some(d.name.clone()), forced: d.kept }).collect();
    }
    // Dropping one gives others more uses, never fewer; what is left after a few rounds is pruned in the end.
    for _ in 0..8 {
        let givens = Givens::new(store, list);
        let layout = Layout::new(store, &givens, roots);
        let keep = |at: usize, given: &Given| {
            let size = layout.sizes.get(&given.value).copied().unwrap_or(0);
            size >= LET_SIZE && layout.uses[at] > u64::from(!given.forced)
        };
        let kept: Vec<Given> = givens.list.iter().enumerate().filter(|(at, g)| keep(*at, g)).map(|(_, g)| g.clone()).collect();
        if kept.len() == givens.list.len() {
            return givens;
        }
        list = kept;
    }
    Givens::new(store, list)
}

/// Names the largest part that is worth one, again and again: where the answer with all its definitions gets shorter.
fn greedy(store: &mut Store, roots: &[ExprId], givens: &mut Givens, layout: &mut Layout, sharing: Sharing) {
    let mut refused: FxHashSet<ExprId> = FxHashSet::default();
    while refused.len() < TRIES {
        let Some(value) = best(store, roots, givens, layout, &refused, sharing) else { return };
        let with = |store: &mut Store, value| {
            let mut more = givens.clone();
            more.add(store, Given { value, spelling: None, forced: false });
            let laid = Layout::new(store, &more, roots);
            (more, laid)
        };
        let (mut more, mut laid) = with(store, value);
        let mut named = value;
        // Of x − y and y − x the one that was there first: it is the reader's.
        if matches!(store.node(value), Node::Sum(_)) {
            let negative = store.neg(value);
            if negative < value {
                let (others, other) = with(store, negative);
                if total(&other, &others, roots) <= total(&laid, &more, roots) {
                    (more, laid, named) = (others, other, negative);
                }
            }
        }
        // Pieces of products may overlap, and a new name may take uses away from another: what counts is the end.
        let uses = laid.uses.get(givens.list.len()).copied().unwrap_or(0);
        let size = laid.sizes.get(&named).copied().unwrap_or(0);
        if uses > 1 && (sharing == Sharing::Readable || is_worth(store, value, size, uses, sharing)) {
            drop_where(store, roots, &mut more, &mut laid, |_, uses| uses <= 1);
            if total(&laid, &more, roots) < total(layout, givens, roots) {
                (*givens, *layout) = (more, laid);
                continue;
            }
        }
        refused.insert(value);
    }
}

/// Takes back the definitions that `hopeless` says so of, given their number and how often they are used.
fn drop_where(store: &mut Store, roots: &[ExprId], givens: &mut Givens, layout: &mut Layout, hopeless: impl Fn(usize, u64) -> bool) {
    let drop = |at: usize, given: &Given| !given.forced && hopeless(at, layout.uses[at]);
    if !givens.list.iter().enumerate().any(|(at, g)| drop(at, g)) {
        return;
    }
    let kept: Vec<Given> = givens.list.iter().enumerate().filter(|(at, g)| !drop(*at, g)).map(|(_, g)| g.clone()).collect();
    *givens = Givens::new(store, kept);
    *layout = Layout::new(store, givens, roots);
}

/// Takes back each definition without which the answer is no longer than with it.
fn drop_useless(store: &mut Store, roots: &[ExprId], givens: &mut Givens, layout: &mut Layout) {
    let mut at = 0;
    while at < givens.list.len() {
        if !givens.list[at].forced {
            let mut kept = givens.list.clone();
            kept.remove(at);
            let fewer = Givens::new(store, kept);
            let laid = Layout::new(store, &fewer, roots);
            if layout.uses[at] == 0 || total(&laid, &fewer, roots) <= total(layout, givens, roots) {
                (*givens, *layout) = (fewer, laid);
                continue;
            }
        }
        at += 1;
    }
}

/// How many signs the roots and the definitions in use print.
pub(super) fn total(layout: &Layout, givens: &Givens, roots: &[ExprId]) -> u64 {
    let size = |id: &ExprId| layout.sizes.get(id).copied().unwrap_or(0);
    let used = givens.list.iter().zip(&layout.uses).filter(|(_, uses)| **uses > 0);
    let definitions = used.fold(0u64, |all, (given, _)| all.saturating_add(size(&given.value)).saturating_add(1));
    roots.iter().fold(definitions, |all, root| all.saturating_add(size(root)))
}

/// The largest part that is worth a name.
fn best(
    store: &mut Store,
    roots: &[ExprId],
    givens: &Givens,
    layout: &Layout,
    refused: &FxHashSet<ExprId>,
    sharing: Sharing,
) -> Option<ExprId> {
    let free = free_levels(store, &all_values(givens, roots));
    // An identity reads better than a name for it.
    let open = |store: &Store, value: ExprId| {
        givens.named(value).is_none() && !refused.contains(&value) && !matches!(store.node(value), Node::Eye(_))
    };
    // Ties go to the part that is met last, the one nearest to the root.
    let mut best: Option<(u64, ExprId)> = None;
    for &id in &layout.order {
        let (size, mut times) = (layout.sizes[&id], layout.times[&id]);
        // y - x is -(x - y): one name for both.
        if size >= NEW && times > 0 && matches!(store.node(id), Node::Sum(_)) {
            let negative = store.neg(id);
            times += layout.times.get(&negative).copied().unwrap_or(0);
        }
        let larger = times > 1 && best.is_none_or(|(s, _)| size >= s);
        // What is short for the names in it may be long without them.
        let behind = |layer: &Layer| {
            let mut more = 0;
            layer.notation.visit(&mut |n| {
                if let Notation::Given(given) = n {
                    more += layout.sizes.get(&givens.list[*given].value).map_or(0, |s| s.saturating_sub(1));
                }
            });
            more
        };
        let full = size.saturating_add(layout.layers.get(&id).map_or(0, behind));
        if larger && is_worth(store, id, full, times, sharing) && open(store, id) && !free.contains_key(&id) {
            best = Some((size, id));
        }
    }
    for (chain, uses) in pieces(store, layout) {
        let size = chain.iter().map(|f| factor_size(store, givens, layout, *f)).sum::<u64>();
        if best.is_some_and(|(s, _)| size <= s) {
            continue;
        }
        if chain.iter().any(|f| free.contains_key(&f.base) || free.contains_key(&f.power)) {
            continue;
        }
        // A root of a single matrix is as short as a name for it.
        if matches!(chain[..], [f] if store.children(f.base).is_empty()) && uses < 3 {
            continue;
        }
        let value = store.product(Rational::ONE, &[], &chain);
        if open(store, value) && !store.is_scalar(value) && is_worth(store, value, size, uses, sharing) {
            best = Some((size, value));
        }
    }
    best.map(|(_, value)| value)
}

fn all_values(givens: &Givens, roots: &[ExprId]) -> Vec<ExprId> {
    roots.iter().copied().chain(givens.list.iter().map(|g| g.value)).collect()
}

/// Where a piece of products was found last, and how often it is printed.
#[derive(Default)]
struct Found {
    uses: u64,
    run: usize,
    end: usize,
}

/// The pieces of products that occur more than once, in either direction, with how often they are printed.
fn pieces(store: &mut Store, layout: &Layout) -> Vec<(Vec<Factor>, u64)> {
    let mut found: IndexMap<Vec<Factor>, Found, FxBuildHasher> = IndexMap::default();
    let mut run_number = 0usize;
    for id in &layout.order {
        let Some(layer) = layout.layers.get(id) else { continue };
        let times = layout.times[id];
        for run in &layer.runs {
            run_number += 1;
            for start in 0..run.len() {
                for end in start + 1..=run.len().min(start + LONGEST_RUN) {
                    let piece = &run[start..end];
                    if matches!(piece, [f] if f.power == ExprId::ONE) || end_is_special(store, piece) {
                        continue;
                    }
                    let back = turned(store, piece);
                    let key = if rank(store, &back) < rank(store, piece) { back } else { piece.to_vec() };
                    let known = found.entry(key).or_default();
                    // Where a piece overlaps itself it is counted once.
                    if known.run != run_number || start >= known.end {
                        *known = Found { uses: known.uses.saturating_add(times), run: run_number, end };
                    }
                }
            }
        }
    }
    found.into_iter().filter(|(_, f)| f.uses > 1).map(|(piece, f)| (piece, f.uses)).collect()
}

/// What decides between a chain and its transpose: columns rather than rows, then few transposes, then order.
fn rank<'a>(store: &Store, chain: &'a [Factor]) -> (bool, usize, &'a [Factor]) {
    let row = chain.first().is_some_and(|f| store.factor_shape(*f).is_row());
    (row, chain.iter().filter(|f| f.flipped).count(), chain)
}

/// Ones and unit columns belong to notations of their own (`sum(x)`, `X[:,j]`).
fn end_is_special(store: &Store, piece: &[Factor]) -> bool {
    let special = |f: Option<&Factor>| f.is_some_and(|f| matches!(store.node(f.base), Node::Ones(_) | Node::Basis(..)));
    special(piece.first()) || special(piece.last())
}

/// How many signs a factor prints.
fn factor_size(store: &Store, givens: &Givens, layout: &Layout, f: Factor) -> u64 {
    let base = if givens.named(f.base).is_some() { 1 } else { layout.sizes.get(&f.base).copied().unwrap_or(1) };
    let turned = u64::from(f.flipped);
    let mark = match f.power {
        ExprId::ONE => 0,
        ExprId::MINUS_ONE => 1,
        power => size_of(&Notation::mark(Notation::Pi, Mark::Power(Box::new(Notation::Part(power)))), &layout.sizes),
    };
    debug_assert!(store.is(f.base, Facts::NONE));
    base.saturating_add(turned).saturating_add(mark)
}

/// Names everything that is printed more than once and worth a name, in one sweep from the roots: linear in the answer.
fn sweep(store: &mut Store, roots: &[ExprId], givens: &mut Givens, layout: &mut Layout, sharing: Sharing) {
    let free = free_levels(store, &all_values(givens, roots));
    let mut times: FxHashMap<ExprId, u64> = FxHashMap::default();
    for &root in roots {
        *times.entry(root).or_insert(0) += 1;
    }
    let mut chosen = Vec::new();
    for &id in layout.order.iter().rev() {
        let (mut count, size) = (times.get(&id).copied().unwrap_or(0), layout.sizes[&id]);
        let worth =
            count > 1 && is_worth(store, id, size, count, sharing) && saving(size, count).is_some_and(|s| s > 0) && !free.contains_key(&id);
        if givens.named(id).is_some() {
            count = 1;
        } else if worth {
            chosen.push(id);
            count = 1;
        }
        let Some(layer) = layout.layers.get(&id) else { continue };
        layer.notation.visit(&mut |n| {
            let part = match n {
                Notation::Part(part) => *part,
                Notation::Given(given) => givens.list[*given].value,
                _ => return,
            };
            let total = times.entry(part).or_insert(0);
            *total = total.saturating_add(count).min(1 << 20);
        });
    }
    for value in chosen {
        givens.add(store, Given { value, spelling: None, forced: false });
    }
    *layout = Layout::new(store, givens, roots);
}

/// Takes back the names that are no longer worth it since others were given.
fn prune(store: &mut Store, roots: &[ExprId], givens: &mut Givens, layout: &mut Layout) {
    for _ in 0..8 {
        let mut sizes: FxHashMap<ExprId, u64> = FxHashMap::default();
        let mut dropped: FxHashSet<usize> = FxHashSet::default();
        // A dropped definition's size counts where it was used, so that dropping one never blows up another.
        for id in &layout.order {
            let Some(notation) = layout.notation(*id) else { continue };
            let mut size = size_of(notation, &sizes);
            notation.visit(&mut |n| {
                if let Notation::Given(given) = n
                    && dropped.contains(given)
                {
                    size = size.saturating_add(sizes.get(&givens.list[*given].value).copied().unwrap_or(1) - 1);
                }
            });
            sizes.insert(*id, size);
            if let Some(given) = givens.named(*id) {
                let worth = size >= LET_SIZE && saving(size, layout.uses[given]).is_some_and(|s| s >= LET_SAVING);
                if !worth && !givens.list[given].forced {
                    dropped.insert(given);
                }
            }
        }
        let used = |at: usize| layout.uses[at] > 0;
        let kept: Vec<Given> =
            givens.list.iter().enumerate().filter(|(at, _)| used(*at) && !dropped.contains(at)).map(|(_, g)| g.clone()).collect();
        if kept.len() == givens.list.len() {
            return;
        }
        *givens = Givens::new(store, kept);
        *layout = Layout::new(store, givens, roots);
    }
}

/// Names parts that lie too deep, so that no reader (and no parser) has to count brackets beyond [`DEEPEST`].
fn cut(store: &mut Store, roots: &[ExprId], givens: &mut Givens, layout: &mut Layout) {
    if layout.depths.values().all(|&d| d <= DEEPEST) {
        return;
    }
    let free = free_levels(store, &all_values(givens, roots));
    let mut depths: FxHashMap<ExprId, u32> = FxHashMap::default();
    let mut chosen = Vec::new();
    for &id in &layout.order {
        let Some(notation) = layout.notation(id) else { continue };
        let mut depth = 0;
        notation.visit(&mut |n| {
            if let Notation::Part(part) = n {
                depth = depth.max(depths.get(part).copied().unwrap_or(0));
            }
        });
        depth += 1;
        if depth >= DEEPEST && !roots.contains(&id) && !free.contains_key(&id) && givens.named(id).is_none() {
            chosen.push(id);
            depth = 0;
        }
        depths.insert(id, depth);
    }
    for value in chosen {
        givens.add(store, Given { value, spelling: None, forced: true });
    }
    *layout = Layout::new(store, givens, roots);
}
