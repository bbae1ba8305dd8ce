//! Subscripts on what is defined: `let r_i = …` defines a member for every `i`, and `p_k` of `let p = …` is an entry of it.
//!
//! A definition with an index is a function of it: its value stands in place of each member, with the member's own
//! subscripts for the index. Sums inside such a value get letters of their own first, so that no subscript is caught by one.

use super::expand::{MOST_NODES, push, remap};
use super::members::{LETTERS, MOST, place};
use super::scope::{Above, order};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::{self, Ast, AstId, Definition, Kind, Node, Place};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// A definition with an index.
struct Family {
    name: String,
    parameters: Vec<String>,
    value: AstId,
    /// Whether it is clear that its letters are indices: its value has members with them, or it is used under a sum.
    indexed: bool,
}

/// The tree with the members and the entries of definitions in place, and what the user should know about definitions.
///
/// # Errors
/// Definitions that grow too large.
pub(super) fn definitions<'a>(
    ast: Cow<'a, Ast>,
    text: &str,
    declared: &dyn Fn(&str) -> bool,
) -> Result<(Cow<'a, Ast>, Vec<String>), Diagnostic> {
    if ast.lets.is_empty() {
        return Ok((ast, Vec::new()));
    }
    let mut notes = unused(&ast);
    caught(&ast)?;
    let families = families(&ast);
    let has_subscript = |node: &Node| match &node.kind {
        Kind::Member { .. } => true,
        Kind::Name(_) => syntax::has_subscript(node.span.of(text)),
        _ => false,
    };
    if !ast.nodes.iter().any(has_subscript) {
        return Ok((ast, notes));
    }
    let mut pass = Pass { families, nodes: Vec::with_capacity(ast.nodes.len()), plain: FxHashMap::default(), own: FxHashSet::default() };
    let renamed = pass.letters(&ast);
    let mut new = vec![AstId(0); ast.nodes.len()];
    let mut lets = ast.lets.iter().peekable();
    for id in order(&ast) {
        let node = ast.node(id);
        let kind = match renamed.get(&id) {
            Some(letter) => with_letter(&node.kind, letter),
            None => node.kind.clone(),
        };
        let kind = remap(&kind, &|child: AstId| new[child.0 as usize]);
        let at = match &kind {
            Kind::Member { family, index } => pass.member(family, index, node.span),
            Kind::Name(name) if !declared(name) => pass.name(name, node.span, text, &mut notes),
            _ => None,
        };
        new[id.0 as usize] = at.unwrap_or_else(|| push(&mut pass.nodes, kind, node.span));
        if pass.nodes.len() > MOST_NODES {
            return Err(Diagnostic::new(Fault::Unsupported, "the definitions grow too large").at(node.span));
        }
        while let Some(definition) = lets.peek().filter(|l| l.value == id) {
            pass.defined(definition, new[id.0 as usize]);
            lets.next();
        }
    }
    let whole: FxHashSet<&str> =
        ast.nodes.iter().filter_map(|n| if let Kind::Name(name) = &n.kind { Some(name.as_str()) } else { None }).collect();
    let lets = ast.lets.iter().filter(|l| family(l).is_none() || whole.contains(l.name.as_str()));
    let lets = lets.map(|l| Definition { value: new[l.value.0 as usize], ..l.clone() }).collect();
    Ok((Cow::Owned(Ast { nodes: pass.nodes, lets, body: new[ast.body.0 as usize], page: ast.page.clone() }), notes))
}

/// The family that a definition with an index defines.
fn family(definition: &Definition) -> Option<Family> {
    let distinct = definition.index.iter().collect::<FxHashSet<_>>().len() == definition.index.len();
    let (name, parameters) = syntax::split_member(&definition.name, definition.index.len()).filter(|_| distinct)?;
    Some(Family { name: name.to_owned(), parameters, value: definition.value, indexed: false })
}

/// The families that definitions define. `W_a = …` beside `W_b = …` are two variables.
fn families(ast: &Ast) -> Vec<Family> {
    let mut found: Vec<Family> = ast.lets.iter().filter_map(family).collect();
    let keys: Vec<(String, usize)> = found.iter().map(|f| (f.name.clone(), f.parameters.len())).collect();
    found.retain(|f| keys.iter().filter(|(name, count)| *name == f.name && *count == f.parameters.len()).count() == 1);
    let members: FxHashSet<(&str, usize)> = ast
        .nodes
        .iter()
        .filter_map(|n| if let Kind::Member { family, index } = &n.kind { Some((family.as_str(), index.len())) } else { None })
        .collect();
    for family in &mut found {
        let letter = |id: &AstId| matches!(&ast.node(*id).kind, Kind::Name(name) if family.parameters.contains(name));
        let inside = |id: AstId| matches!(&ast.node(id).kind, Kind::Member { index, .. } if index.iter().any(letter));
        family.indexed = members.contains(&(family.name.as_str(), family.parameters.len()))
            || family.parameters.iter().all(|p| LETTERS.contains(&p.as_str())) && below(&ast.nodes, family.value).into_iter().any(inside);
    }
    found
}

/// Definitions that nothing refers to.
fn unused(ast: &Ast) -> Vec<String> {
    let mut used: FxHashSet<(&str, usize)> = FxHashSet::default();
    for node in &ast.nodes {
        match &node.kind {
            Kind::Name(name) => {
                used.insert((name, 0));
                used.extend((1..=2).filter_map(|count| syntax::split_member(name, count).map(|(family, _)| (family, count))));
            }
            Kind::Member { family, index } => {
                used.insert((family, index.len()));
            }
            _ => {}
        }
    }
    let is_used = |l: &Definition| {
        let own = family(l);
        used.contains(&(l.name.as_str(), 0))
            || own.as_ref().is_some_and(|f| used.contains(&(f.name.as_str(), f.parameters.len())))
            || own.is_none() && (1..=2).any(|count| used.contains(&(l.name.as_str(), count)))
    };
    let stacked = |l: &Definition| matches!(&ast.node(l.value).kind, Kind::Call { name, .. } if name == "rows" || name == "cols");
    let hidden = |l: &Definition| l.name.starts_with('\u{1}');
    ast.lets
        .iter()
        .filter(|l| !hidden(l) && !stacked(l) && !is_used(l))
        .map(|l| format!("the definition `{}` is never used", l.spelling))
        .collect()
}

/// Refuses `let r = y_i - w'x_i; sum_i r^2`: the sum does not bind what stands in the definition, though it looks so.
fn caught(ast: &Ast) -> Result<(), Diagnostic> {
    if !ast.nodes.iter().any(|n| matches!(n.kind, Kind::Big { .. })) {
        return Ok(());
    }
    let all = order(ast);
    let above = Above::new(ast, &all, &|_| false);
    let mut letters: FxHashMap<&str, FxHashSet<String>> = FxHashMap::default();
    for definition in ast.lets.iter().filter(|l| !l.name.starts_with('\u{1}')) {
        let mut free: FxHashSet<String> = FxHashSet::default();
        for id in below(&ast.nodes, definition.value) {
            match &ast.node(id).kind {
                Kind::Name(name) if above.bound(ast, id, name).is_none() => {
                    let parts = (1..=MOST).filter_map(|count| syntax::split_member(name, count)).flat_map(|(_, subscripts)| subscripts);
                    free.extend(parts.filter(|s| s.parse::<u32>().is_err()));
                    free.extend(letters.get(name.as_str()).into_iter().flatten().cloned());
                }
                Kind::Index(_, places) => free.extend(places.iter().filter_map(|p| match p {
                    Place::At(k) => match &ast.node(*k).kind {
                        Kind::Name(name) if above.bound(ast, *k, name).is_none() => Some(name.clone()),
                        _ => None,
                    },
                    Place::All => None,
                })),
                _ => {}
            }
        }
        free.retain(|letter| !definition.index.contains(letter));
        letters.insert(&definition.name, free);
    }
    for &id in &all {
        let node = ast.node(id);
        if let Kind::Name(name) = &node.kind
            && let Some(letter) = letters.get(name.as_str()).and_then(|l| l.iter().filter(|l| above.bound(ast, id, l).is_some()).min())
            && let Some(definition) = ast.lets.iter().find(|l| l.name == *name)
        {
            let spelling = &definition.spelling;
            return Err(Diagnostic::new(Fault::Ambiguous, format!("`{spelling}` is defined with an `{letter}` that no sum binds there"))
                .at(node.span)
                .label(format!("this is under a sum over `{letter}`"))
                .note(definition.span, "defined here")
                .hint(format!("give the definition its index: `{spelling}_{letter} = …`, and use it as `{spelling}_{letter}`")));
        }
    }
    Ok(())
}

/// The same node with another letter for a bound index.
fn with_letter(kind: &Kind, letter: &str) -> Kind {
    match kind.clone() {
        Kind::Big { big, at, low, high, skip, body, .. } => Kind::Big { big, index: letter.to_owned(), at, low, high, skip, body },
        _ => Kind::Name(letter.to_owned()),
    }
}

impl Family {
    /// Whether this is the definition's own name.
    fn is(&self, name: &str) -> bool {
        syntax::split_member(name, self.parameters.len())
            .is_some_and(|(base, subscripts)| base == self.name && subscripts == self.parameters)
    }
}

struct Pass {
    families: Vec<Family>,
    /// The new tree.
    nodes: Vec<Node>,
    /// Definitions without an index that are complete.
    plain: FxHashMap<String, AstId>,
    /// Names that occur before a definition is complete, and so are no entries of it.
    own: FxHashSet<String>,
}

impl Pass {
    /// New letters for the sums inside definitions with an index, and for what they bind.
    fn letters(&self, ast: &Ast) -> FxHashMap<AstId, String> {
        let mut renamed = FxHashMap::default();
        if self.families.is_empty() {
            return renamed;
        }
        let all = order(ast);
        let above = Above::new(ast, &all, &|_| false);
        let mut taken: FxHashSet<String> = FxHashSet::default();
        for node in &ast.nodes {
            match &node.kind {
                Kind::Name(name) => taken.extend(name.split('_').map(str::to_owned)),
                Kind::Big { index, .. } => drop(taken.insert(index.clone())),
                _ => {}
            }
        }
        let mut fresh = ('i'..='z').map(String::from).chain((1..).map(|n| format!("i{n}")));
        for family in &self.families {
            for id in below(&ast.nodes, family.value) {
                if matches!(ast.node(id).kind, Kind::Big { .. })
                    && let Some(letter) = fresh.by_ref().find(|letter| !taken.contains(letter))
                {
                    renamed.insert(id, letter);
                }
            }
        }
        for id in all {
            if let Kind::Name(name) = &ast.node(id).kind
                && let Some(letter) = above.bound(ast, id, name).and_then(|big| renamed.get(&big)).cloned()
            {
                renamed.insert(id, letter);
            }
        }
        renamed
    }

    /// A definition's value is complete.
    fn defined(&mut self, definition: &Definition, value: AstId) {
        match family(definition) {
            Some(own) => {
                let number = self.families.iter().position(|f| f.name == own.name && f.parameters == own.parameters);
                if let Some(number) = number {
                    self.families[number].value = value;
                }
            }
            None => drop(self.plain.insert(definition.name.clone(), value)),
        }
    }

    /// A member under bound indices.
    fn member(&mut self, family: &str, index: &[AstId], span: Span) -> Option<AstId> {
        if let Some(number) = self.families.iter().position(|f| f.name == family && f.parameters.len() == index.len()) {
            return Some(self.instance(number, index));
        }
        self.plain.contains_key(family).then(|| self.entry(family, index, span))
    }

    /// A name with subscripts that are not bound.
    fn name(&mut self, name: &str, span: Span, text: &str, notes: &mut Vec<String>) -> Option<AstId> {
        let written = span.of(text);
        if !syntax::has_subscript(written)
            || self.plain.contains_key(name)
            || self.own.contains(name)
            || self.families.iter().any(|f| f.is(name))
        {
            return None;
        }
        for count in 1..=2 {
            let Some((base, subscripts)) = syntax::split_member(name, count) else { continue };
            let family = self.families.iter().position(|f| f.indexed && f.name == base && f.parameters.len() == count);
            if family.is_none() && !self.plain.contains_key(base) {
                continue;
            }
            let index = |s: &String| s.parse::<u32>().is_ok() || s.contains(['+', '-']) || LETTERS.contains(&s.as_str());
            if !subscripts.iter().all(index) {
                note(notes, format!("`{written}` is a variable of its own, no part of the definition of `{base}`"));
                break;
            }
            let index: Vec<AstId> = subscripts.iter().map(|s| place(&mut self.nodes, s, span)).collect();
            return Some(match family {
                Some(number) => self.instance(number, &index),
                None => self.entry(base, &index, span),
            });
        }
        self.own.insert(name.to_owned());
        None
    }

    fn entry(&mut self, whole: &str, index: &[AstId], span: Span) -> AstId {
        let whole = push(&mut self.nodes, Kind::Name(whole.to_owned()), span);
        push(&mut self.nodes, Kind::Index(whole, index.iter().map(|&k| Place::At(k)).collect()), span)
    }

    /// The value of a member: a copy of the definition's with these subscripts.
    fn instance(&mut self, number: usize, index: &[AstId]) -> AstId {
        let family = &self.families[number];
        let given: Vec<(String, AstId)> = family.parameters.iter().cloned().zip(index.iter().copied()).collect();
        let value = family.value;
        copy(&mut self.nodes, value, &given)
    }
}

fn note(notes: &mut Vec<String>, text: String) {
    if !notes.contains(&text) {
        notes.push(text);
    }
}

/// The nodes of a part of a tree, children first.
fn below(nodes: &[Node], root: AstId) -> Vec<AstId> {
    let mut seen: FxHashSet<AstId> = FxHashSet::default();
    let mut found = Vec::new();
    let mut stack = vec![root];
    while let Some(id) = stack.pop() {
        if seen.insert(id) {
            found.push(id);
            super::scope::children(&nodes[id.0 as usize].kind, |child| stack.push(child));
        }
    }
    // Children have smaller numbers than their parents.
    found.sort_unstable();
    found
}

/// A copy of a part of a tree, with parts of the tree for names; each of these is copied too, since a node has one place.
fn copy(nodes: &mut Vec<Node>, root: AstId, given: &[(String, AstId)]) -> AstId {
    let mut new: FxHashMap<AstId, AstId> = FxHashMap::default();
    for id in below(nodes, root) {
        let Node { kind, span } = nodes[id.0 as usize].clone();
        let with = match &kind {
            Kind::Name(name) => given.iter().find(|(parameter, _)| parameter == name).map(|g| g.1),
            _ => None,
        };
        let at = match with {
            Some(part) => copy(nodes, part, &[]),
            None => {
                let kind = remap(&kind, &|id| new.get(&id).copied().unwrap_or(id));
                push(nodes, kind, span)
            }
        };
        new.insert(id, at);
    }
    new.get(&root).copied().unwrap_or(root)
}
