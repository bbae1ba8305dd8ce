//! What stands around a formula in a program: definitions before it, `f = lambda w: …`, `def f(w): return …`.

use super::phrases::{Phrase, PhraseKind};
use super::tree::Tree;
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::{Ast, Definition, Page, Vocabulary, canonical};

/// Reads all statements: the last one is the formula, those before it define names.
pub(super) fn read<'a>(text: &'a str, phrases: &'a [Phrase<'a>], vocabulary: &'a Vocabulary<'a>) -> Result<Ast, Diagnostic> {
    let mut tree = Tree::new(text, phrases, vocabulary);
    let start = head(&tree)?;
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut from = start;
    for at in start..=phrases.len() {
        if at == phrases.len() || phrases[at].kind == PhraseKind::End {
            if from < at {
                parts.push((from, at));
            }
            from = at + 1;
        }
    }
    let Some((last, before)) = parts.split_last() else {
        return Err(Diagnostic::new(Fault::Syntax, "there is no expression").at(Span::new(0, text.len())).hint("for example: x.T @ A @ x"));
    };
    let mut lets: Vec<Definition> = Vec::new();
    for &(from, to) in before {
        lets.push(definition(&mut tree, &lets, from, to)?);
    }
    let mut from = last.0;
    if tree.named(from) == Some("return") {
        from += 1;
    } else if equals(&tree, from + 1) && tree.named(from).is_some() {
        // What a formula is called says nothing of its value.
        from += 2;
    }
    let from = inner(&tree, from)?;
    let body = tree.expression(from, last.1)?;
    let page = Page { remarks: std::mem::take(&mut tree.remarks), ..Page::default() };
    Ok(Ast { nodes: tree.nodes, lets, body, page })
}

fn equals(tree: &Tree<'_>, at: usize) -> bool {
    tree.phrases.get(at).is_some_and(|p| p.kind == PhraseKind::Operator("="))
}

/// One `name = value`.
fn definition(tree: &mut Tree<'_>, before: &[Definition], from: usize, to: usize) -> Result<Definition, Diagnostic> {
    let span = tree.phrases[from].span;
    let (Some(name), true) = (tree.named(from).map(str::to_owned), equals(tree, from + 1)) else {
        let whole = span.to(tree.phrases[to - 1].span);
        let error = Diagnostic::new(Fault::Syntax, "only the last statement is a formula, and those before it are definitions").at(whole);
        return Err(error.hint("r = X @ w - y; r @ r"));
    };
    let name = canonical(&name);
    let again = |message: String| Diagnostic::new(Fault::Name, message).at(span).hint("give the new value a new name");
    if let Some(first) = before.iter().find(|l| l.name == name) {
        return Err(again(format!("`{}` is defined twice", span.of(tree.text))).note(first.span, "first here"));
    }
    let value = tree.expression(from + 2, to)?;
    if tree.used.contains(&name) {
        return Err(again(format!("`{}` is used before it is defined", span.of(tree.text))));
    }
    tree.defined.insert(name.clone());
    Ok(Definition { name, index: Vec::new(), spelling: span.of(tree.text).to_string(), span, value })
}

/// Where the statements begin behind `def f(w):`.
fn head(tree: &Tree<'_>) -> Result<usize, Diagnostic> {
    let first = tree.phrases.iter().position(|p| p.kind != PhraseKind::End).unwrap_or(0);
    if tree.named(first) != Some("def") || tree.named(first + 1).is_none() || !tree.opens(first + 2) {
        return Ok(first);
    }
    match parameters(tree, first + 3, &PhraseKind::Close(")"))? {
        at if tree.phrases.get(at).is_some_and(|p| p.kind == PhraseKind::Operator(":")) => Ok(at + 1),
        at => Err(unread(tree, at)),
    }
}

/// Where the formula begins behind `lambda w, b:` or `f(w, b) =`.
fn inner(tree: &Tree<'_>, from: usize) -> Result<usize, Diagnostic> {
    if tree.named(from) == Some("lambda") && (tree.named(from + 1).is_some() || is(tree, from + 1, ":")) {
        return parameters(tree, from + 1, &PhraseKind::Operator(":"));
    }
    // `f(w, b) =`, which mathematicians write.
    if tree.named(from).is_some() && tree.opens(from + 1) {
        let behind = parameters(tree, from + 2, &PhraseKind::Close(")"));
        if let Ok(at) = behind
            && equals(tree, at)
        {
            return Ok(at + 1);
        }
    }
    Ok(from)
}

fn is(tree: &Tree<'_>, at: usize, sign: &str) -> bool {
    tree.phrases.get(at).is_some_and(|p| p.kind == PhraseKind::Operator(sign))
}

/// The place behind a list of names that ends with `end`.
fn parameters(tree: &Tree<'_>, from: usize, end: &PhraseKind<'_>) -> Result<usize, Diagnostic> {
    let mut at = from;
    loop {
        match tree.phrases.get(at).map(|p| &p.kind) {
            Some(kind) if kind == end => return Ok(at + 1),
            Some(PhraseKind::Name(_) | PhraseKind::Operator(",")) => at += 1,
            _ => return Err(unread(tree, at)),
        }
    }
}

fn unread(tree: &Tree<'_>, at: usize) -> Diagnostic {
    let place = tree.phrases.get(at).map_or(Span::new(tree.text.len(), tree.text.len()), |p| p.span);
    Diagnostic::new(Fault::Syntax, "this is no list of parameters").at(place).hint("give the formula alone")
}
