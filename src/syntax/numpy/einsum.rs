//! `np.einsum`: the patterns that are products, sums, traces and transposes.

use super::calls::Arguments;
use super::functions::not_read;
use super::tree::{Tree, Value};
use crate::base::Diagnostic;
use crate::syntax::{AstId, Kind, Times};

/// Reads `einsum('ij,j->i', A, x)`.
///
/// # Errors
/// A pattern of another kind, with what to write in its place.
pub(super) fn read(tree: &mut Tree<'_>, arguments: &mut Arguments) -> Result<Value, Diagnostic> {
    let span = arguments.span;
    let pattern = arguments.take(tree, &["subscripts"])?;
    let Value::Text(text) = &pattern.value else {
        return Err(not_read(pattern.span, "einsum begins with its pattern in quotation marks", "np.einsum('ij,j->i', A, x)"));
    };
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (from, to) = match text.split_once("->") {
        Some((from, to)) => (from.to_string(), to.to_string()),
        None => (text.clone(), implied(&text)),
    };
    let inputs: Vec<&str> = from.split(',').collect();
    let mut operands = Vec::new();
    for _ in &inputs {
        operands.push(arguments.node(tree, &[])?);
    }
    let built = match (&inputs[..], &operands[..]) {
        (&[one], &[a]) => single(tree, one, &to, a, arguments),
        (&[one, two], &[a, b]) => pair(tree, [one, two], &to, [a, b], arguments),
        (&[i, ij, j], &[x, a, y]) if i.len() == 1 && j.len() == 1 && ij == format!("{i}{j}") && i != j && to.is_empty() => {
            let row = tree.push(Kind::Transpose(x), span);
            Some(tree.push(Kind::Product(vec![(Times::Product, row), (Times::Product, a), (Times::Product, y)]), span))
        }
        _ => None,
    };
    built
        .map(Value::Node)
        .ok_or_else(|| not_read(pattern.span, "this pattern of einsum is not read", "write the product with `@`, `.T`, `*` and `np.sum`"))
}

/// What stands behind an arrow that is left out: the letters that occur once, in order.
fn implied(from: &str) -> String {
    let mut letters: Vec<char> = from.chars().filter(|c| *c != ',' && from.matches(*c).count() == 1).collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

/// Patterns of one array.
fn single(tree: &mut Tree<'_>, one: &str, to: &str, a: AstId, arguments: &Arguments) -> Option<AstId> {
    let (at, span) = (arguments.callee.at, arguments.span);
    let letters: Vec<char> = one.chars().collect();
    let name = match (&letters[..], to) {
        ([i, j], "") if i == j => "tr",
        ([i, j], to) if i == j && to == i.to_string() => "diag",
        ([i, j], to) if to == format!("{i}{j}") => return Some(a),
        ([i, j], to) if to == format!("{j}{i}") => "transpose",
        ([i, _], to) if to == i.to_string() => "rowsum",
        ([_, j], to) if to == j.to_string() => "colsum",
        ([_] | [_, _], "") => "sum",
        _ => return None,
    };
    let Value::Node(id) = tree.call(name, at, &[a], span) else { return None };
    Some(id)
}

/// Patterns of two arrays.
fn pair(tree: &mut Tree<'_>, inputs: [&str; 2], to: &str, [a, b]: [AstId; 2], arguments: &Arguments) -> Option<AstId> {
    let span = arguments.span;
    let distinct = |s: &str| s.chars().enumerate().all(|(at, c)| s.find(c) == Some(at));
    if !inputs.iter().all(|s| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphabetic()) && distinct(s)) {
        return None;
    }
    let [one, two] = inputs;
    let reversed = |s: &str| s.chars().rev().collect::<String>();
    let product = |tree: &mut Tree<'_>, times, a, b| tree.push(Kind::Product(vec![(Times::Product, a), (times, b)]), span);
    let turned = |tree: &mut Tree<'_>, id| tree.push(Kind::Transpose(id), span);
    // The same letters: entry by entry, and summed where nothing is left.
    if one == two || one == reversed(two) {
        let b = if one == two { b } else { turned(tree, b) };
        return match to {
            "" => Some(tree.push(Kind::Inner(a, b), span)),
            _ if to == one => Some(product(tree, Times::Hadamard, a, b)),
            _ => None,
        };
    }
    let shared: Vec<char> = one.chars().filter(|c| two.contains(*c)).collect();
    let rest: String = one.chars().chain(two.chars()).filter(|c| !shared.contains(c)).collect();
    // The outer product.
    if shared.is_empty() && one.len() == 1 && two.len() == 1 {
        let (first, second) = if to == rest { (a, b) } else { (b, a) };
        let row = turned(tree, second);
        return (to.len() == 2).then(|| product(tree, Times::Product, first, row));
    }
    let &[letter] = &shared[..] else { return None };
    // The shared letter comes last in the left factor, first in the right one.
    let a = if one.len() == 1 || one.ends_with(letter) { a } else { turned(tree, a) };
    let b = if two.len() == 1 || two.starts_with(letter) { b } else { turned(tree, b) };
    if to != rest && to != reversed(&rest) {
        return None;
    }
    let a = if one.len() == 1 { turned(tree, a) } else { a };
    let made = product(tree, Times::Product, a, b);
    // A vector that was a row, or a matrix whose letters are the other way round.
    Some(if one.len() == 1 && two.len() == 2 || to != rest { turned(tree, made) } else { made })
}
