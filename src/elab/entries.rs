//! Entries written as subscripts: under a sum, `x_i` of a declared vector `x` and `A_{ij}` of a declared matrix `A`.

use super::context::Declared;
use super::expand::push;
use super::members::{self, LETTERS};
use crate::base::Span;
use crate::syntax::{self, Ast, AstId, Kind, Node, Place};
use std::borrow::Cow;

/// Members that are written as entries: where the first of each family stands, and the name of the whole.
pub(super) type Read = Vec<(Span, String)>;

/// The tree with the members of declared vectors and matrices as their entries: who declares `x` to be a vector means its
/// entries by `x_i`. Where a family is declared (`x_i: vector(m)`), its members stay as they are. The members of the
/// families in `more` are read as entries too.
pub(super) fn entries<'a>(ast: Cow<'a, Ast>, declared: &[Declared], more: &[(String, usize)]) -> (Cow<'a, Ast>, Read) {
    let indexed = |family: &str, count: usize| {
        if more.iter().any(|(name, sides)| name == family && *sides == count) {
            return true;
        }
        let Some(whole) = declared.iter().find(|d| d.family == 0 && d.name == family) else { return false };
        let one = |size| size == Some(super::sizes::Size::ONE);
        let sides = usize::from(!one(whole.rows)) + usize::from(!one(whole.cols));
        sides == count && !is_declared_family(declared, family)
    };
    let found: Vec<usize> = (0..ast.nodes.len())
        .filter(|&at| matches!(&ast.nodes[at].kind, Kind::Member { family, index } if indexed(family, index.len())))
        .collect();
    let mut read = Read::new();
    if found.is_empty() {
        return (ast, read);
    }
    let mut ast = ast.into_owned();
    for at in found {
        let Ok(fresh) = u32::try_from(ast.nodes.len()) else { break };
        let node = &mut ast.nodes[at];
        let span = node.span;
        if let Kind::Member { family, index } = &mut node.kind {
            let (name, index) = (std::mem::take(family), std::mem::take(index));
            if !read.iter().any(|(_, whole)| *whole == name) {
                read.push((span, name.clone()));
            }
            node.kind = Kind::Index(AstId(fresh), index.into_iter().map(Place::At).collect());
            ast.nodes.push(Node { kind: Kind::Name(name), span });
        }
    }
    (Cow::Owned(ast), read)
}

/// The undeclared families whose name stands for a whole as well, in the expression or in what is asked for: `x_i` beside
/// `x` may be an entry of it or a variable of its own; the cheaper reading decides.
pub(super) fn doubtful(ast: &Ast, declared: &[Declared], wanted: &[String]) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for node in &ast.nodes {
        let Kind::Member { family, index } = &node.kind else { continue };
        let entry = (family.clone(), index.len());
        if index.len() > 2 || found.contains(&entry) || is_declared_family(declared, family) || declared.iter().any(|d| d.name == *family) {
            continue;
        }
        if (occurs(ast, family) || wanted.contains(family)) && !ast.lets.iter().any(|l| l.name == *family) {
            found.push(entry);
        }
    }
    found
}

/// The tree with `w_ij` as members of `W`, the way entries of a matrix are often written, where there is a `W` and no `w`;
/// `None` where there is nothing of the kind.
pub(super) fn capitals(ast: &Ast, declared: &[Declared], wanted: &[String]) -> Option<Ast> {
    let occurs = |name: &str| occurs(ast, name);
    let known = |name: &str| declared.iter().any(|d| d.name == name) || ast.lets.iter().any(|l| l.name == name);
    let capital = |family: &str| {
        let mut letters = family.chars();
        let first = letters.next().filter(char::is_ascii_lowercase)?;
        let whole = format!("{}{}", first.to_ascii_uppercase(), letters.as_str());
        let here = occurs(&whole) || known(&whole) || wanted.contains(&whole);
        let own = occurs(family) || known(family) || is_declared_family(declared, family) || wanted.iter().any(|w| w.starts_with(family));
        (here && !own && family.len() == 1).then_some(whole)
    };
    let found: Vec<(usize, String)> = (0..ast.nodes.len())
        .filter_map(|at| match &ast.nodes[at].kind {
            Kind::Member { family, index } if index.len() == 2 => Some((at, capital(family)?)),
            _ => None,
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let mut ast = ast.clone();
    for (at, whole) in found {
        if let Kind::Member { family, .. } = &mut ast.nodes[at].kind {
            *family = whole;
        }
    }
    Some(ast)
}

/// The tree with `z_y` as an entry of a `z` that stands beside it or is declared, where nothing binds the letter; `None`
/// where there is no such name.
pub(super) fn outside(ast: &Ast, declared: &[Declared]) -> Option<(Ast, Read)> {
    let whole = |base: &str| {
        let named = occurs(ast, base) || declared.iter().any(|d| d.family == 0 && d.name == base);
        named && !is_declared_family(declared, base) && !ast.lets.iter().any(|l| l.name == base)
    };
    let entry = |name: &str| {
        let (base, letters) = (1..=2).find_map(|count| {
            let split = syntax::split_member(name, count)?;
            // A letter with what is added to it, or a number beside one.
            let parts = || split.1.iter().flat_map(|place| place.split(['+', '-']));
            let letter = |part: &str| LETTERS.contains(&part);
            let counts = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
            (parts().any(letter) && parts().all(|part| letter(part) || counts(part)) && whole(split.0)).then_some(split)
        })?;
        let own = declared.iter().any(|d| d.name == name) || ast.lets.iter().any(|l| l.name == name);
        (!own).then(|| (base.to_owned(), letters))
    };
    let found: Vec<(usize, (String, Vec<String>))> = (0..)
        .zip(&ast.nodes)
        .filter_map(|(at, node)| if let Kind::Name(name) = &node.kind { Some((at, entry(name)?)) } else { None })
        .collect();
    if found.is_empty() {
        return None;
    }
    let (mut ast, mut read) = (ast.clone(), Read::new());
    for (at, (base, letters)) in found {
        let span = ast.nodes[at].span;
        let places = letters.iter().map(|l| Place::At(members::place(&mut ast.nodes, l, span))).collect();
        let whole = push(&mut ast.nodes, Kind::Name(base.clone()), span);
        ast.nodes[at].kind = Kind::Index(whole, places);
        if !read.iter().any(|(_, whole)| *whole == base) {
            read.push((span, base));
        }
    }
    Some((ast, read))
}

/// Whether a name stands for itself somewhere.
pub(super) fn occurs(ast: &Ast, name: &str) -> bool {
    ast.nodes.iter().any(|n| matches!(&n.kind, Kind::Name(n) if n == name))
}

/// Whether there are entries, rows or columns.
pub(super) fn any(ast: &Ast) -> bool {
    let place = |p: &Place| matches!(p, Place::At(k) if matches!(ast.node(*k).kind, Kind::Name(_)));
    ast.nodes.iter().any(|n| matches!(&n.kind, Kind::Index(_, places) if places.iter().any(place)))
}

/// The families of which nothing is declared.
pub(super) fn undeclared(ast: &Ast, declared: &[Declared]) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for node in &ast.nodes {
        if let Kind::Member { family, index } = &node.kind
            && index.len() <= 2
            && !is_declared_family(declared, family)
            && !declared.iter().any(|d| d.name == *family)
            && !ast.lets.iter().any(|l| l.name == *family)
            && !found.iter().any(|(name, _)| name == family)
        {
            found.push((family.clone(), index.len()));
        }
    }
    found
}

/// Whether a member of the family is declared: `x_i: vector(m)`.
pub(super) fn is_declared_family(declared: &[Declared], family: &str) -> bool {
    let subscripts = |d: &Declared| {
        let rest = d.name.strip_prefix(family).and_then(|rest| rest.strip_prefix('_'));
        rest.is_some_and(|rest| !rest.split('_').next().is_some_and(syntax::is_accent))
    };
    declared.iter().any(|d| subscripts(d) || d.family > 0 && d.name == family)
}
