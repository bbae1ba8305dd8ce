//! Families that are the rows or the columns of a matrix: `let X = rows(x_i)`.
//!
//! There is one variable then, the matrix; a member `x_i` is its row `X[i,:]` as a column, or an entry where the members
//! are scalars. So a sum over the members is a sum over rows, and the laws of such sums give products of matrices.

use super::context::Declared;
use super::sizes::Size;
use crate::base::{Diagnostic, Fault, Span};
use crate::ir::Facts;
use crate::syntax::{Ast, AstId, Kind, Node, Place};
use std::borrow::Cow;

/// A family and the matrix that it makes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The family's canonical name, without its subscript.
    pub family: String,
    /// The subscript with which it was written.
    pub subscript: String,
    /// The canonical name of the matrix (of the column, where the members are scalars).
    pub whole: String,
    /// Whether the members are its rows; else its columns.
    pub rows: bool,
}

/// Takes the definitions `X = rows(x_i)` out of a tree, with the members written as rows, columns or entries of X.
///
/// # Errors
/// What is stacked is no member of a family, or a family is stacked twice, or sizes that are declared differ.
pub(super) fn stacks<'a>(ast: Cow<'a, Ast>, declared: &mut Vec<Declared>) -> Result<(Cow<'a, Ast>, Vec<Stack>), Diagnostic> {
    let mut found: Vec<Stack> = Vec::new();
    for definition in &ast.lets {
        let Kind::Call { name, at, args, .. } = &ast.node(definition.value).kind else { continue };
        if name != "rows" && name != "cols" {
            continue;
        }
        let [member] = args[..] else { return Err(unfit(name, *at, ast.node(definition.value).span)) };
        let written = ast.node(member);
        let Kind::Name(full) = &written.kind else { return Err(unfit(name, *at, written.span)) };
        let family = full.rsplit_once('_').filter(|(_, subscript)| subscript.chars().all(|c| c.is_ascii_alphabetic()));
        let Some((family, subscript)) = family else { return Err(unfit(name, *at, written.span)) };
        let again = |s: &Stack| s.family == family && s.whole == definition.name && s.rows == (name == "rows");
        if found.iter().any(again) {
            continue;
        }
        if found.iter().any(|s| s.family == family) {
            return Err(Diagnostic::new(Fault::Usage, format!("`{full}` is stacked twice")).at(written.span).hint("give it one matrix"));
        }
        let stack =
            Stack { family: family.to_owned(), subscript: subscript.to_owned(), whole: definition.name.clone(), rows: name == "rows" };
        declare(&stack, declared, written.span)?;
        found.push(stack);
    }
    if found.is_empty() {
        return Ok((ast, found));
    }
    let mut ast = ast.into_owned();
    ast.lets.retain(|l| !found.iter().any(|s| s.whole == l.name));
    for at in 0..ast.nodes.len() {
        let (whole, place) = match &ast.nodes[at].kind {
            Kind::Member { family, index } => match (found.iter().find(|s| s.family == *family), &index[..]) {
                (Some(stack), [place]) => (stack.clone(), *place),
                _ => continue,
            },
            Kind::Name(name) => {
                let Some((stack, place)) = found.iter().find_map(|s| Some((s, free_index(s, name)?))) else { continue };
                let stack = stack.clone();
                let span = ast.nodes[at].span;
                let place = place.parse::<u32>().map_or_else(|_| Kind::Name(place.clone()), |n| Kind::Number(i64::from(n).into()));
                (stack, push(&mut ast, place, span))
            }
            _ => continue,
        };
        let span = ast.nodes[at].span;
        let matrix = push(&mut ast, Kind::Name(whole.whole), span);
        let places = if whole.rows { vec![Place::At(place), Place::All] } else { vec![Place::All, Place::At(place)] };
        ast.nodes[at].kind = Kind::Index(matrix, places);
    }
    Ok((Cow::Owned(ast), found))
}

/// The index of a member that stands outside a sum: a letter as in `x_k`, a number as in `x_1`.
#[must_use]
pub fn free_index(stack: &Stack, name: &str) -> Option<String> {
    let rest = name.strip_prefix(stack.family.as_str())?;
    if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()) {
        return Some(rest.to_owned());
    }
    rest.strip_prefix('_').filter(|r| r.len() == 1 && r.chars().all(|c| c.is_ascii_alphabetic())).map(str::to_owned)
}

fn push(ast: &mut Ast, kind: Kind, span: Span) -> AstId {
    ast.nodes.push(Node { kind, span });
    AstId(u32::try_from(ast.nodes.len() - 1).unwrap_or(u32::MAX))
}

fn unfit(name: &str, at: Span, place: Span) -> Diagnostic {
    Diagnostic::new(Fault::Syntax, format!("`{name}` stacks the members of a family"))
        .at(at.to(place))
        .hint(format!("name one member with its index: let X = {name}(x_i); sum_i …"))
}

/// What a declaration of `x_i` says of X.
fn declare(stack: &Stack, declared: &mut Vec<Declared>, place: Span) -> Result<(), Diagnostic> {
    let member = declared.iter().position(|d| {
        d.family == 0 && d.name.strip_prefix(&stack.family).and_then(|rest| rest.strip_prefix('_')).is_some_and(|rest| rest.len() == 1)
    });
    let whole = declared.iter().find(|d| d.family == 0 && d.name == stack.whole).map(|d| (d.rows, d.cols));
    let Some(member) = member.map(|at| declared.remove(at)) else {
        // What has columns is a matrix; what has rows may be a column of scalars.
        if whole.is_none() && !stack.rows {
            declared.push(undeclared(stack, None, None));
        }
        return Ok(());
    };
    if member.cols != Some(Size::ONE) {
        return Err(Diagnostic::new(
            Fault::Unsupported,
            format!("only columns and scalars can be stacked, and `{}` is neither", member.spelling),
        )
        .at(place)
        .hint(format!("declare it so: --var '{}: vector(n)'", member.spelling)));
    }
    let Some((rows, cols)) = whole else {
        declared.push(if stack.rows { undeclared(stack, None, member.rows) } else { undeclared(stack, member.rows, None) });
        return Ok(());
    };
    let side = if stack.rows { cols } else { rows };
    if side.is_some() && member.rows.is_some() && side != member.rows {
        let what = if stack.rows { "rows" } else { "columns" };
        return Err(Diagnostic::new(
            Fault::Shape,
            format!("the {what} of `{}` are declared with another size than `{}`", stack.whole, member.spelling),
        )
        .at(place)
        .hint("declare one of them; the other follows"));
    }
    Ok(())
}

fn undeclared(stack: &Stack, rows: Option<Size>, cols: Option<Size>) -> Declared {
    Declared {
        name: stack.whole.clone(),
        spelling: stack.whole.clone(),
        family: 0,
        rows,
        cols,
        square: false,
        facts: Facts::NONE,
        known: None,
        ranges: Vec::new(),
    }
}
