//! Entries with numbers: `x_1` where `x` is a declared vector, `A_12` and `a_12` where `A` is a declared matrix, and the same
//! where such an `x` is asked for and stands nowhere by itself.

use super::context::Declared;
use super::entries::{self, Read};
use super::expand::push;
use super::sizes::{Size, Sizes};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::{self, Ast, Kind, Place};

/// A name that may be an entry.
pub(super) struct Entry {
    node: usize,
    span: Span,
    whole: String,
    at: Vec<i64>,
    /// The last row and column, or the last entry, where that is a number.
    last: Vec<Option<i64>>,
}

/// A vector or a matrix that may have entries here.
struct Whole<'a> {
    name: &'a str,
    /// How many indices an entry has; `None` where that is to be inferred.
    sides: Option<usize>,
    last: Vec<Option<i64>>,
}

/// The names of a tree that may be entries of what is declared, or of what is asked for and stands nowhere by itself.
///
/// # Errors
/// `A_123` of a matrix, where nothing tells the row from the column.
pub(super) fn find(ast: &Ast, text: &str, declared: &[Declared], wanted: &[String], sizes: &mut Sizes) -> Result<Vec<Entry>, Diagnostic> {
    let wholes = wholes(ast, declared, wanted, sizes);
    let own = |name: &str| declared.iter().any(|d| d.name == name) || ast.lets.iter().any(|l| l.name == name);
    let mut found: Vec<Entry> = Vec::new();
    for (node, place) in ast.nodes.iter().enumerate() {
        let Kind::Name(name) = &place.kind else { continue };
        let written = place.span.of(text);
        if wholes.is_empty() || !syntax::has_subscript(written) || own(name) {
            continue;
        }
        for whole in &wholes {
            let Some(at) = places(name, whole, &own) else { continue };
            if whole.sides == Some(2) && at.len() == 1 {
                if at[0] < 100 {
                    continue;
                }
                let message = format!("`{}` does not tell the row from the column of an entry of `{}`", written.trim(), whole.name);
                let hint = format!("put a comma between them: `{}[1,2]`; or declare the name: --var '{name}: scalar'", whole.name);
                return Err(Diagnostic::new(Fault::Ambiguous, message).at(place.span).hint(hint));
            }
            found.push(Entry { node, span: place.span, whole: whole.name.to_owned(), at, last: whole.last.clone() });
            break;
        }
    }
    // Entries count from 1: alone, `w_0` is a name beside `w`.
    let one_based = |whole: &str| found.iter().any(|e| e.whole == whole && !e.at.contains(&0));
    let alone: Vec<bool> = found.iter().map(|e| e.at.contains(&0) && !one_based(&e.whole)).collect();
    let mut alone = alone.into_iter();
    found.retain(|_| !alone.next().unwrap_or(false));
    Ok(found)
}

/// What may have entries.
fn wholes<'a>(ast: &Ast, declared: &'a [Declared], wanted: &'a [String], sizes: &mut Sizes) -> Vec<Whole<'a>> {
    let mut wholes: Vec<Whole<'a>> = Vec::new();
    for whole in declared.iter().filter(|d| d.family == 0 && !entries::is_declared_family(declared, &d.name)) {
        let long: Vec<Option<Size>> = [whole.rows, whole.cols].into_iter().filter(|s| *s != Some(Size::ONE)).collect();
        if !long.is_empty() {
            let last = long.iter().map(|size| size.and_then(|s| sizes.as_constant(s))).collect();
            wholes.push(Whole { name: &whole.name, sides: Some(long.len()), last });
        }
    }
    let known = |name: &String| declared.iter().any(|d| d.name == *name) || ast.lets.iter().any(|l| l.name == *name);
    for name in wanted.iter().filter(|name| !known(name) && !entries::occurs(ast, name) && !entries::is_declared_family(declared, name)) {
        wholes.push(Whole { name, sides: None, last: vec![None; 2] });
    }
    wholes
}

/// The indices of a name as an entry of a whole.
fn places(name: &str, whole: &Whole<'_>, own: &dyn Fn(&str) -> bool) -> Option<Vec<i64>> {
    // The entries of `A` are written `a_12` as well, where there is no `a`.
    let is_base = |base: &str, count: usize| {
        base == whole.name || count == 2 && base.len() == 1 && base.to_ascii_uppercase() == whole.name && !own(base)
    };
    let split = |count: usize| {
        let (base, at) = syntax::split_member(name, count).filter(|(base, _)| is_base(base, count.max(whole.sides.unwrap_or(1))))?;
        at.iter().map(|s| s.parse::<i64>().ok()).collect::<Option<Vec<i64>>>().map(|at| (base.to_owned(), at))
    };
    if whole.sides != Some(1)
        && let Some((_, at)) = split(2)
    {
        return Some(at);
    }
    let (_, at) = split(1)?;
    let upper = whole.name.starts_with(|c: char| c.is_ascii_uppercase());
    let two = whole.sides == Some(2) || whole.sides.is_none() && upper;
    match at[..] {
        [digits @ 11..=99] if two && digits % 10 != 0 => Some(vec![digits / 10, digits % 10]),
        // `W_1` is hardly an entry of a `W` of which nothing is known.
        [_] if whole.sides.is_none() && upper => None,
        _ => Some(at),
    }
}

/// The tree with entries for names; within what there is where `clamp` is true.
pub(super) fn indexed(ast: &Ast, entries: &[Entry], clamp: bool) -> (Ast, Read) {
    let (mut ast, mut read) = (ast.clone(), Read::new());
    for entry in entries {
        let span = entry.span;
        let at = entry.at.iter().zip(&entry.last).map(|(&k, last)| if clamp { k.clamp(1, last.unwrap_or(k).max(1)) } else { k });
        let places = at.collect::<Vec<_>>().into_iter().map(|k| Place::At(push(&mut ast.nodes, Kind::Number(k.into()), span))).collect();
        let whole = push(&mut ast.nodes, Kind::Name(entry.whole.clone()), span);
        ast.nodes[entry.node].kind = Kind::Index(whole, places);
        if !read.iter().any(|(_, whole)| *whole == entry.whole) {
            read.push((span, entry.whole.clone()));
        }
    }
    (ast, read)
}

/// What is said where the names are names of their own after all.
pub(super) fn notes(entries: &[Entry], text: &str) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for entry in entries {
        let note = format!("`{}` is a variable of its own, and no entry of `{}`", entry.span.of(text).trim(), entry.whole);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}
