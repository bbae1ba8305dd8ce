//! Derivations of Jacobians and Hessians: the differential, and what is read off it.

use super::answer::Answer;
use super::derivation::{Head, Line, add, words};
use super::law::Law;
use crate::ir::{ExprId, Shape, Store};

/// The rule by which the matrix of a linear map of matrices is read off.
const STACK: &str = "vec(AXB) = (Bᵀ ⊗ A) vec(X)";
/// The same where nothing has to be stacked.
const FRONT: &str = "the matrix before the differential is read off";

/// The gradient that a Hessian begins with.
pub(super) fn gradient(answer: &mut Answer, x: ExprId, gradient: ExprId) {
    let line = Line { head: Head::Gradient(x), terms: vec![(ExprId::ONE, gradient)], laws: vec![Law::Words("gradient")] };
    answer.steps.push(line);
}

/// A differential as it follows from the rules and simplified: of the gradient where that stands above, else of the function.
pub(super) fn differential(answer: &mut Answer, raw: ExprId, simple: ExprId, laws: &[&'static str]) {
    let head = match answer.steps.last().map(|l| l.head) {
        Some(Head::Gradient(x)) => Head::OfGradient(x),
        _ => Head::Differential(1),
    };
    answer.steps.push(Line { head, terms: vec![(ExprId::ONE, raw)], laws: vec![Law::Words("differential")] });
    add(&mut answer.steps, Line { head: Head::Same, terms: vec![(ExprId::ONE, simple)], laws: words(laws) });
}

/// M dx, or vec dF = M vec dX: the matrix as it is read off, and simplified.
pub(super) fn matrix(answer: &mut Answer, f: Shape, dx: ExprId, [raw, simple]: [ExprId; 2], laws: &[&'static str]) {
    let flat = |s: Shape| s.is_column() || s.is_scalar();
    let of = answer.steps.iter().rev().find_map(|l| match l.head {
        Head::OfGradient(x) => Some(Some(x)),
        Head::Differential(_) => Some(None),
        _ => None,
    });
    let head = if flat(f) { Head::Same } else { Head::Stacked(of.flatten()) };
    let stacked = !flat(f) || !flat(answer.store.shape(dx));
    let rule = if stacked { STACK } else { FRONT };
    let line = |store: &mut Store, matrix: ExprId| {
        let column = store.vec(dx);
        // A sum is not multiplied out: its brackets are the matrix.
        (ExprId::ONE, store.mul(&[matrix, column]))
    };
    let (first, second) = (line(&mut answer.store, raw), line(&mut answer.store, simple));
    add(&mut answer.steps, Line { head, terms: vec![first], laws: vec![Law::Words(rule)] });
    add(&mut answer.steps, Line { head: Head::Same, terms: vec![second], laws: words(laws) });
}

/// A word on how the answer follows from the last line.
pub(super) fn remark(answer: &mut Answer, words: &'static str) {
    if let Some(last) = answer.steps.last_mut() {
        last.laws.push(Law::Words(words));
    }
}

/// The last differential is the map with V in its place; a matrix that was read off for code or the check is left out.
pub(super) fn map(answer: &mut Answer) {
    unread(answer);
    remark(answer, "V in place of the differential gives the map");
}

/// The entries of the last differential, likewise.
pub(super) fn entries(answer: &mut Answer) {
    unread(answer);
    remark(answer, "an entry of it, the differential being the unit matrix of the other two indices");
}

fn unread(answer: &mut Answer) {
    let rule = |l: &Line| matches!(l.laws[..], [Law::Words(STACK | FRONT)]);
    let last = answer.steps.iter().rposition(|l| l.head != Head::Same).unwrap_or(0);
    if let Some(at) = answer.steps.iter().skip(last).position(rule) {
        answer.steps.truncate(last + at);
    }
}

/// ⟨G, dX⟩ of a scalar.
pub(super) fn inner(answer: &mut Answer, gradient: ExprId) {
    if let Some(&(_, dx)) = answer.hidden.last() {
        let laws = vec![Law::Trace, Law::Words("the gradient is read off")];
        answer.steps.push(Line { head: Head::Same, terms: vec![(gradient, dx)], laws });
    }
}
