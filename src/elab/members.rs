//! Subscripts that no sum binds: `z_k` beside `sum_j exp(z_j)` is a member of the same family, `h_t` alone is a name.

use super::context::Declared;
use super::expand::push;
use super::scope::{Above, children, order};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::{self, Ast, AstId, Kind, Node};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// A family by its name and the number of its subscripts.
type Key<'a> = (&'a str, usize);

/// The most subscripts that a name is looked at for.
pub(super) const MOST: usize = 3;
/// Letters that are an index where nothing binds them: `p_k`, the entry of a label `p_y`. Others name variables (`S_w`).
pub(super) const LETTERS: [&str; 7] = ["i", "j", "k", "l", "c", "t", "y"];

/// The tree with every name whose subscripts no sum binds as what it is: a member where some sum runs over its family, a
/// name of its own elsewhere. The names that became members, as they are written, with a bound member of the same family.
/// With `letters` false, letters that nothing binds make no members.
pub(super) fn members<'a>(ast: &'a Ast, text: &str, declared: &[Declared], letters: bool) -> (Cow<'a, Ast>, Vec<(String, String)>) {
    let mut found = Vec::new();
    let known = declared.iter().filter(|d| d.family > 0);
    let is_member = |node: &Node| matches!(node.kind, Kind::Member { .. });
    if !ast.nodes.iter().any(is_member) && known.clone().next().is_none() {
        return (Cow::Borrowed(ast), found);
    }
    let all = order(ast);
    let above = Above::new(ast, &all, &|_| false);
    let defined: FxHashSet<&str> = ast.lets.iter().map(|l| l.name.as_str()).collect();
    let mut bound: FxHashMap<Key<'_>, String> = known.map(|d| ((d.name.as_str(), d.family), d.spelling.clone())).collect();
    for &id in &all {
        if let Kind::Member { family, index } = &ast.node(id).kind
            && index.iter().any(|&k| binds(ast, &above, k))
        {
            bound.entry((family, index.len())).or_insert_with(|| ast.node(id).span.of(text).to_owned());
        }
    }
    let names: FxHashSet<&str> =
        ast.nodes.iter().filter_map(|n| if let Kind::Name(name) = &n.kind { Some(name.as_str()) } else { None }).collect();
    let mut changes: Vec<(AstId, Change)> = Vec::new();
    for &id in &all {
        let node = ast.node(id);
        match &node.kind {
            Kind::Member { family, index }
                if !bound.contains_key(&(family.as_str(), index.len())) && !ast.page.sets.contains_key(family) =>
            {
                let subscripts: Vec<String> = index.iter().map(|&k| subscript(ast, k, text)).collect();
                changes.push((id, Change::Name(name_of(family, &subscripts, &names))));
            }
            Kind::Name(name) if !defined.contains(name.as_str()) && above.bound(ast, id, name).is_none() => {
                let Some((key, subscripts)) = member_of(name, node.span.of(text), &bound, declared) else { continue };
                if !subscripts.iter().all(|s| s.parse::<u32>().is_ok()) {
                    if !letters {
                        continue;
                    }
                    let written = (node.span.of(text).trim().to_owned(), bound[&key].clone());
                    if !found.contains(&written) {
                        found.push(written);
                    }
                }
                changes.push((id, Change::Member(key.0.to_owned(), subscripts)));
            }
            _ => {}
        }
    }
    if changes.is_empty() {
        return (Cow::Borrowed(ast), found);
    }
    let mut ast = ast.clone();
    for (id, change) in changes {
        let span = ast.node(id).span;
        ast.nodes[id.0 as usize].kind = match change {
            Change::Name(name) => Kind::Name(name),
            Change::Member(family, subscripts) => {
                let index = subscripts.iter().map(|s| place(&mut ast.nodes, s, span)).collect();
                Kind::Member { family, index }
            }
        };
    }
    (Cow::Owned(ast), found)
}

/// What a node becomes.
enum Change {
    Name(String),
    Member(String, Vec<String>),
}

/// The family with bound members that a name belongs to. A number below a name that is declared, or that is part of the
/// name (`x1`), is no index; neither is a letter where both the name and the family are declared.
fn member_of<'a>(
    name: &'a str,
    written: &str,
    bound: &FxHashMap<Key<'a>, String>,
    declared: &[Declared],
) -> Option<(Key<'a>, Vec<String>)> {
    if !syntax::has_subscript(written) {
        return None;
    }
    let own = declared.iter().any(|d| d.family == 0 && d.name == name);
    (1..=MOST).find_map(|count| {
        let (family, subscripts) = syntax::split_member(name, count)?;
        let number = subscripts.iter().all(|s| s.parse::<u32>().is_ok());
        let another = |d: &Declared| {
            d.name != name && (d.family == 0 && syntax::split_member(&d.name, count).is_some_and(|(f, _)| f == family) || d.name == family)
        };
        let zero = subscripts.iter().any(|s| s.parse::<u32>() == Ok(0));
        let plain = zero || own && (number || declared.iter().any(another));
        (bound.contains_key(&(family, count)) && !plain).then_some(((family, count), subscripts))
    })
}

/// Whether a sum binds a name in a subscript.
fn binds(ast: &Ast, above: &Above, index: AstId) -> bool {
    let mut stack = vec![index];
    while let Some(id) = stack.pop() {
        if matches!(&ast.node(id).kind, Kind::Name(name) if above.bound(ast, id, name).is_some()) {
            return true;
        }
        children(&ast.node(id).kind, |child| stack.push(child));
    }
    false
}

/// A subscript as it is written, without spaces.
fn subscript(ast: &Ast, id: AstId, text: &str) -> String {
    match &ast.node(id).kind {
        Kind::Name(name) => name.clone(),
        Kind::Number(value) => value.to_string(),
        _ => ast.node(id).span.of(text).split_whitespace().collect(),
    }
}

/// The name that a member is where nothing is bound, in the spelling that it has elsewhere (`x_ij` or `x_{i,j}`).
fn name_of(family: &str, subscripts: &[String], names: &FxHashSet<&str>) -> String {
    let together = format!("{family}_{}", subscripts.concat());
    if names.contains(together.as_str()) {
        return together;
    }
    let simple = |s: &String| s.chars().all(char::is_alphanumeric);
    subscripts.iter().fold(
        family.to_owned(),
        |name, s| {
            if simple(s) { syntax::join_subscript(&name, s) } else { format!("{name}_{{{s}}}") }
        },
    )
}

/// A subscript as a node: a name, a number, a sum of them (`t-1`).
pub(super) fn place(nodes: &mut Vec<Node>, subscript: &str, span: Span) -> AstId {
    let mut terms: Vec<(bool, AstId)> = Vec::new();
    let mut rest = subscript;
    while !rest.is_empty() {
        let negative = rest.starts_with('-');
        let body = rest.trim_start_matches(['+', '-']);
        let end = body.find(['+', '-']).unwrap_or(body.len());
        let (term, after) = body.split_at(end);
        let kind = term.parse::<u32>().map_or_else(|_| Kind::Name(term.to_owned()), |number| Kind::Number(i64::from(number).into()));
        terms.push((negative, push(nodes, kind, span)));
        rest = after;
    }
    match terms[..] {
        [(false, term)] => term,
        _ => push(nodes, Kind::Sum(terms), span),
    }
}

/// Refuses `sum_i a_i + b_i`: the sum ends before the plus, and nobody means an `i` that is free behind it.
///
/// # Errors
/// A later term with the index of a sum that no bracket closes, unless its name is declared as a variable.
pub(super) fn escapes(ast: &Ast, text: &str, declared: &[Declared]) -> Result<(), Diagnostic> {
    for (at, node) in ast.nodes.iter().enumerate() {
        let Kind::Sum(terms) = &node.kind else { continue };
        let mut open: Vec<AstId> = Vec::new();
        for (nth, &(_, term)) in terms.iter().enumerate() {
            open.retain(|&big| !is_closed(ast.node(big).span, ast.node(term).span, text));
            let escaped = open.iter().rev().find_map(|&big| Some((big, free_use(ast, term, big, declared)?)));
            if let Some((big, name)) = escaped {
                // The last term that is meant to be under the sum.
                let last = (nth..terms.len()).rev().find(|&k| free_use(ast, terms[k].1, big, declared).is_some()).unwrap_or(nth);
                let end = terms.get(last + 1).map_or(ast.nodes[at].span.end as usize, |next| before(ast.node(next.1).span, text));
                return Err(escaped_error(ast, big, name, end, text));
            }
            open.extend(open_sums(ast, term));
        }
    }
    Ok(())
}

fn escaped_error(ast: &Ast, big: AstId, name: Span, end: usize, text: &str) -> Diagnostic {
    let Kind::Big { index, at, low, high, .. } = &ast.node(big).kind else { return Diagnostic::new(Fault::Ambiguous, "").at(name) };
    let head = ast.node(big).span.start as usize;
    // Behind the head with its bounds and their brackets.
    let bounds = low.iter().chain(high).map(|&b| ast.node(b).span.end as usize);
    let mut start = bounds.fold(at.end as usize, usize::max);
    let behind = text.get(start..).unwrap_or("");
    start += behind.len() - behind.trim_start_matches(['}', ')']).len();
    let (sum, summed) = (text.get(head..start).unwrap_or(""), text.get(start..end).unwrap_or("").trim());
    let whole = format!("{sum} ({summed})");
    let alone = ast.node(big).span.of(text);
    let rest = text.get(head..).unwrap_or("").strip_prefix(alone).unwrap_or("").trim();
    Diagnostic::new(Fault::Ambiguous, format!("`{index}` is bound by the sum before, which ends with its product"))
        .at(name)
        .label(format!("this `{index}` is outside the sum"))
        .note(*at, format!("`{index}` is bound here"))
        .hint(format!("put brackets around what is summed: `{whole}`; or around the sum: `({alone}) {rest}`"))
}

/// Where the text before a term ends, without its sign.
fn before(term: Span, text: &str) -> usize {
    text.get(..term.start as usize).unwrap_or("").trim_end().trim_end_matches(['+', '-', '−']).trim_end().len()
}

/// Whether a bracket closes between the beginning of a sum and a later term.
fn is_closed(big: Span, term: Span, text: &str) -> bool {
    let mut depth = 0i32;
    for c in text.get(big.start as usize..term.start as usize).unwrap_or("").chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

/// The sums that a term ends in, outermost first.
fn open_sums(ast: &Ast, term: AstId) -> Vec<AstId> {
    let mut found = Vec::new();
    let mut at = term;
    loop {
        match &ast.node(at).kind {
            Kind::Neg(a) => at = *a,
            Kind::Product(factors) => match factors.last() {
                Some(&(_, last)) => at = last,
                None => return found,
            },
            Kind::Big { body, .. } => {
                found.push(at);
                at = *body;
            }
            _ => return found,
        }
    }
}

/// Where a term uses the index of a sum as a subscript that nothing binds.
fn free_use(ast: &Ast, term: AstId, big: AstId, declared: &[Declared]) -> Option<Span> {
    let Kind::Big { index, .. } = &ast.node(big).kind else { return None };
    let mut stack = vec![term];
    let mut first: Option<Span> = None;
    while let Some(id) = stack.pop() {
        let node = ast.node(id);
        match &node.kind {
            Kind::Big { index: inner, low, high, skip, .. } if inner == index => stack.extend(low.iter().chain(high).chain(skip)),
            Kind::Name(name) => {
                let below = |count| {
                    syntax::split_member(name, count).is_some_and(|(_, s)| s.iter().any(|s| s.split(['+', '-']).any(|p| p == index)))
                };
                let family = name.rsplit_once('_').map_or("", |(family, _)| family);
                let member = |n: &Node| matches!(&n.kind, Kind::Member { family: f, .. } if f == family);
                let own = declared.iter().any(|d| d.name == *name) && !ast.nodes.iter().any(member);
                if (1..=MOST).any(below) && !own && first.is_none_or(|f| node.span.start < f.start) {
                    first = Some(node.span);
                }
            }
            kind => children(kind, |child| stack.push(child)),
        }
    }
    first
}
