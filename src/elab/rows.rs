//! Rows: `X[i,:] w` is a number, and `x A x'` asks for an x that is a row.

use super::scope::for_children;
use crate::syntax::{Ast, AstId, Kind, Place, Times};
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// The tree with a row of a matrix times what stands behind it as an inner product, where that is a column: `X[i,:] w`. A row
/// is a column by itself, and a product of two columns has no other meaning.
pub(super) fn products(ast: Cow<'_, Ast>) -> Cow<'_, Ast> {
    let is_row = |id: AstId| matches!(&ast.node(id).kind, Kind::Index(_, places) if matches!(places[..], [Place::At(_), Place::All]));
    let is_number = |id: AstId| match &ast.node(id).kind {
        Kind::Number(_) => true,
        Kind::Index(_, places) => places.iter().all(|p| matches!(p, Place::At(_))),
        _ => false,
    };
    let row = |factors: &[(Times, AstId)]| {
        let at = factors.iter().position(|f| !is_number(f.1))?;
        let followed = matches!(factors.get(at + 1), Some((Times::Product, f)) if !is_row(*f));
        (is_row(factors[at].1) && followed).then_some(at)
    };
    let found: Vec<(usize, usize)> = (0..)
        .zip(&ast.nodes)
        .filter_map(|(id, node)| if let Kind::Product(factors) = &node.kind { Some((id, row(factors)?)) } else { None })
        .collect();
    if found.is_empty() {
        return ast;
    }
    let mut ast = ast.into_owned();
    for (id, at) in found {
        if let Kind::Product(factors) = &mut ast.nodes[id].kind {
            factors[at + 1].0 = Times::Dot;
        }
    }
    Cow::Owned(ast)
}

/// The names that stand in front of a matrix and, transposed, behind it: `x` of `x A x'`, `x` and `mu` of
/// `(x - mu) A (x - mu)'`.
pub(super) fn names(ast: &Ast, text: &str) -> FxHashSet<String> {
    let bare = |id: AstId| ast.node(id).span.of(text).trim_matches(['(', ')', '{', '}', ' ']);
    let mut found = FxHashSet::default();
    for node in &ast.nodes {
        let Kind::Product(factors) = &node.kind else { continue };
        let [(_, first), middle @ .., (_, last)] = &factors[..] else { continue };
        let Kind::Transpose(turned) = ast.node(*last).kind else { continue };
        if middle.is_empty() || bare(*first) != bare(turned) {
            continue;
        }
        let mut stack = vec![*first];
        while let Some(id) = stack.pop() {
            match &ast.node(id).kind {
                Kind::Name(name) if name.starts_with(|c: char| c.is_ascii_lowercase()) => drop(found.insert(name.clone())),
                Kind::Neg(_) | Kind::Sum(_) => for_children(ast, id, |child| stack.push(child)),
                _ => {}
            }
        }
    }
    found
}
