//! Entries written as subscripts: under a sum, `x_i` of a declared vector `x` and `A_{ij}` of a declared matrix `A`.

use super::context::Declared;
use crate::syntax::{self, Ast, AstId, Kind, Node, Place};
use std::borrow::Cow;

/// The tree with the members of declared vectors and matrices as their entries: who declares `x` to be a vector means its
/// entries by `x_i`. Where a family is declared (`x_i: vector(m)`), its members stay as they are.
pub(super) fn entries<'a>(ast: Cow<'a, Ast>, declared: &[Declared]) -> Cow<'a, Ast> {
    let indexed = |family: &str, count: usize| {
        let whole = declared.iter().find(|d| d.family == 0 && d.name == family)?;
        let subscripts = |d: &Declared| {
            let rest = d.name.strip_prefix(family).and_then(|rest| rest.strip_prefix('_'));
            rest.is_some_and(|rest| !rest.split('_').next().is_some_and(syntax::is_accent))
        };
        let one = |size| size == Some(super::sizes::Size::ONE);
        let sides = usize::from(!one(whole.rows)) + usize::from(!one(whole.cols));
        (sides == count && !declared.iter().any(|d| subscripts(d) || d.family > 0 && d.name == family)).then_some(())
    };
    let found: Vec<usize> = (0..ast.nodes.len())
        .filter(|&at| matches!(&ast.nodes[at].kind, Kind::Member { family, index } if indexed(family, index.len()).is_some()))
        .collect();
    if found.is_empty() {
        return ast;
    }
    let mut ast = ast.into_owned();
    for at in found {
        let Ok(fresh) = u32::try_from(ast.nodes.len()) else { break };
        let node = &mut ast.nodes[at];
        let span = node.span;
        if let Kind::Member { family, index } = &mut node.kind {
            let (name, index) = (std::mem::take(family), std::mem::take(index));
            node.kind = Kind::Index(AstId(fresh), index.into_iter().map(Place::At).collect());
            ast.nodes.push(Node { kind: Kind::Name(name), span });
        }
    }
    Cow::Owned(ast)
}
