//! Which kinds undeclared names have: the cheapest choice that fits, best first, guided by what did not fit.

use super::extent::{Problem, Trouble};
use super::infer::Inference;
use super::names::Ref;
use super::scope::for_children;
use crate::syntax::{AstId, Kind};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The most choices that are tried.
const MOST_CHOICES: usize = 20_000;
/// The most nodes that are visited in all choices together.
const MOST_VISITS: usize = 40_000_000;

/// For each variable the position in its options.
pub(super) type Choice = Vec<u8>;

/// A choice by what it raises above the first option, in order: of two that differ, the one that raises a later name is less.
/// So thousands of choices among thousands of names stay small.
type Raised = SmallVec<[(Reverse<u32>, u8); 4]>;

fn dense(raised: &Raised, count: usize) -> Choice {
    let mut choice = vec![0; count];
    for &(Reverse(at), level) in raised {
        choice[at as usize] = level;
    }
    choice
}

/// Why there is no single best choice.
pub(super) enum Failure {
    /// Nothing fits; what is wrong with the cheapest choice.
    Problem(Problem),
    /// Two choices are equally cheap.
    Ambiguous(Choice, Choice),
    /// The search was given up.
    Exhausted,
}

/// Finds the cheapest choice that fits and leaves its shapes in the inference.
///
/// A problem that follows from the kinds of some names is only cured by changing one of those, so only they branch.
/// That loses no choice: options are ordered by cost, and every choice is reached by steps that raise one name.
pub(super) fn search(inference: &mut Inference<'_>) -> Result<Choice, Failure> {
    let first: Choice = vec![0; inference.names.variables.len()];
    let result = inference.run(&first);
    let open = |at: usize| inference.names.variables[at].options.len() > 1;
    if (0..first.len()).all(|at| !open(at)) {
        return result.map(|()| first).map_err(Failure::Problem);
    }
    let mut problem = None;
    let count = first.len();
    let mut best: Option<(u32, Raised)> = None;
    let mut tie: Option<Raised> = None;
    let mut seen: FxHashSet<Raised> = FxHashSet::default();
    let mut heap: BinaryHeap<Reverse<(u32, Raised)>> = BinaryHeap::new();
    let start = inference.names.variables.iter().map(|v| v.options[0].1).sum::<u32>();
    let mut pending = Some((start, Raised::new(), result));
    let mut tried = 0usize;
    loop {
        let (cost, choice, result) = match pending.take() {
            Some(start) => start,
            None => {
                let Some(Reverse((cost, choice))) = heap.pop() else { break };
                if best.as_ref().is_some_and(|(total, _)| cost > *total) {
                    break;
                }
                if tried >= MOST_CHOICES || tried.saturating_mul(inference.names.order.len()) > MOST_VISITS {
                    if best.is_some() {
                        break;
                    }
                    return Err(Failure::Exhausted);
                }
                let result = inference.run(&dense(&choice, count));
                (cost, choice, result)
            }
        };
        tried += 1;
        let branch: Vec<usize> = match &result {
            Ok(()) => {
                let total = inference.cost;
                match &best {
                    Some((least, _)) if total > *least => {}
                    Some((least, _)) if total == *least => tie = tie.or_else(|| Some(choice.clone())),
                    _ => {
                        best = Some((total, choice.clone()));
                        tie = None;
                    }
                }
                (0..count).collect()
            }
            Err(p) => {
                problem.get_or_insert(*p);
                if p.local { names_below(inference, p) } else { (0..count).collect() }
            }
        };
        for at in branch {
            let options = &inference.names.variables[at].options;
            let place = (Reverse(u32::try_from(at).unwrap_or(u32::MAX)), 0);
            let slot = choice.partition_point(|&(p, _)| p > place.0);
            let now = choice.get(slot).filter(|&&(p, _)| p == place.0).map_or(0, |&(_, level)| usize::from(level));
            let Some(&(_, dearer)) = options.get(now + 1) else { continue };
            let cost = cost - options[now].1 + dearer;
            if best.as_ref().is_some_and(|(total, _)| cost > *total) {
                continue;
            }
            let mut next = choice.clone();
            if now == 0 {
                next.insert(slot, place);
            }
            next[slot].1 += 1;
            if seen.insert(next.clone()) {
                heap.push(Reverse((cost, next)));
            }
        }
    }
    match (best, tie) {
        (Some((_, best)), None) => {
            let best = dense(&best, count);
            let again = inference.run(&best);
            again.map(|()| best).map_err(Failure::Problem)
        }
        (Some((_, best)), Some(tie)) => Err(Failure::Ambiguous(dense(&best, count), dense(&tie, count))),
        (None, _) => Err(problem.map_or(Failure::Exhausted, Failure::Problem)),
    }
}

/// The variables that a problem is made of, through definitions: one of them must change for the problem to go away.
fn names_below(inference: &Inference<'_>, problem: &Problem) -> Vec<usize> {
    let mut seen: FxHashSet<AstId> = FxHashSet::default();
    let mut found = vec![false; inference.names.variables.len()];
    let mut stack = match (problem.trouble, problem.left, problem.right) {
        (Trouble::Sum, Some(left), Some(right)) => vec![left.id, right.id],
        (Trouble::Goal | Trouble::Exponent | Trouble::Bound | Trouble::IndexValue | Trouble::BigProduct, Some(left), _) => {
            vec![not_scalar(inference, left.id)]
        }
        _ => match (&inference.ast.node(problem.node).kind, problem.upto) {
            // What stands behind the place where a product does not fit has no part in it.
            (Kind::Product(factors), Some(last)) => {
                let count = factors.iter().position(|&(_, f)| f == last).map_or(factors.len(), |at| at + 1);
                factors[..count].iter().map(|&(_, f)| f).collect()
            }
            _ => vec![problem.node],
        },
    };
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        match inference.names.refs[id.0 as usize] {
            Ref::Variable(number) => found[number as usize] = true,
            Ref::Let(value) => stack.push(value),
            _ => {}
        }
        for_children(inference.ast, id, |child| stack.push(child));
    }
    found.into_iter().enumerate().filter(|(_, f)| *f).map(|(at, _)| at).collect()
}

/// The part of something that must be a scalar and is none which must itself become one: of a sum, the first such term.
fn not_scalar(inference: &Inference<'_>, id: AstId) -> AstId {
    let mut id = id;
    loop {
        let next = match &inference.ast.node(id).kind {
            Kind::Sum(terms) => terms.iter().map(|&(_, t)| t).find(|&t| !inference.at(t).is_scalar()),
            Kind::Neg(a) | Kind::Transpose(a) => Some(*a),
            Kind::Big { body, .. } => Some(*body),
            Kind::Name(_) => match inference.names.refs[id.0 as usize] {
                Ref::Let(value) => Some(value),
                _ => None,
            },
            _ => None,
        };
        match next {
            Some(next) => id = next,
            None => return id,
        }
    }
}
