//! From phrases to an [`Ast`]: definitions taken apart from the expression, and put in order.

use super::applied::Dialect;
use super::build::Builder;
use super::token::{Bracket, Mark, Sub, Token, TokenKind, Word};
use super::{Ast, AstId, Definition, Kind, Page, Times, Vocabulary, brackets, conditions, names, roles};
use crate::base::{Diagnostic, Fault, Span};
use std::collections::{BTreeSet, HashMap};

/// A definition's name and the phrases of its value.
struct Section {
    name: String,
    /// The letters that its name has below it: `r_i` defines a member for each of them.
    index: Vec<String>,
    at: Span,
    from: usize,
    to: usize,
}

/// Reads phrases of either dialect.
pub(super) fn read(text: &str, mut tokens: Vec<Token>, vocabulary: &Vocabulary<'_>, dialect: Dialect) -> Result<Ast, Diagnostic> {
    if tokens.is_empty() {
        return Err(Diagnostic::new(Fault::Syntax, "there is no expression").at(Span::new(0, text.len())).hint("for example: x' A x"));
    }
    conditions::find(text, &mut tokens)?;
    if let Some(start) = left_side(&tokens) {
        tokens.drain(..start);
    }
    let remarks = roles::assign(text, &mut tokens, vocabulary, dialect)?;
    brackets::pair(&mut tokens, text.trim_end().len())?;
    let mut builder = Builder::new(text, &tokens);
    let (mut values, mut body) = build(text, &tokens, &mut builder)?;
    let roots: Vec<AstId> = values.iter().map(|v| v.1).chain([body]).collect();
    let fixed = builder.stand_still(&roots)?;
    if !fixed.is_empty() {
        builder = Builder::new(text, &tokens);
        builder.fixed = fixed;
        (values, body) = build(text, &tokens, &mut builder)?;
    }
    builder.sets_apart()?;
    let page = Page { sets: std::mem::take(&mut builder.sets), remarks, ..Page::default() };
    let nodes = builder.nodes;
    let lets = order(text, &nodes, values)?;
    Ok(Ast { nodes, lets, body, page })
}

/// A definition, its value, and the nodes that belong to it.
type Value = (Section, AstId, std::ops::Range<usize>);

/// Builds the definitions and the expression.
fn build(text: &str, tokens: &[Token], builder: &mut Builder<'_>) -> Result<(Vec<Value>, AstId), Diagnostic> {
    let (sections, body) = sections(text, tokens, builder)?;
    let mut values = Vec::with_capacity(sections.len());
    for section in sections {
        let start = builder.nodes.len();
        let value = builder.definition(section.from, section.to, &section.index)?;
        values.push((section, value, start..builder.nodes.len()));
    }
    Ok((values, builder.expression(body.0, body.1)?))
}

/// The definitions, and the range of the expression itself.
fn sections(text: &str, tokens: &[Token], builder: &Builder<'_>) -> Result<(Vec<Section>, (usize, usize)), Diagnostic> {
    let end_of_text = Span::new(text.len(), text.len());
    let mut found: Vec<Section> = Vec::new();
    let mut at = 0;
    // The expression, where a definition turns out to be what it is called: `J = f(y) where y = …`.
    let mut named: Option<(usize, usize)> = None;
    let mut lets = false;
    // Definitions before the expression: `let r = …;`, also without `let` where another part follows.
    loop {
        let is_let = tokens.get(at).is_some_and(|t| t.kind == TokenKind::Let);
        let name = at + usize::from(is_let);
        if !is_let && !begins_definition(tokens, name) {
            break;
        }
        lets |= is_let;
        let ends = [TokenKind::Semicolon, TokenKind::Let, TokenKind::Comma, TokenKind::Where];
        let (section, to) = definition(text, tokens, builder, name, &ends)?;
        match tokens.get(to).map(|t| &t.kind) {
            Some(TokenKind::Semicolon) => at = to + 1,
            Some(TokenKind::Let) => at = to,
            Some(TokenKind::Comma) if begins_definition(tokens, to + 1) => at = to + 1,
            Some(TokenKind::Comma) => {
                let error = Diagnostic::new(Fault::Syntax, "a definition ends with `;`").at(tokens[to].span);
                return Err(error.hint("let r = X w - y; r' r"));
            }
            Some(TokenKind::Where) if found.is_empty() && !is_let => {
                named = Some((section.from, to));
                break;
            }
            None if !lets && is_called(tokens, &found, &section) => {
                let first = found.remove(0);
                found.push(section);
                return Ok((found, (first.from, first.to)));
            }
            _ if !is_let => {
                let written = section.at.to(tokens[name + 1].span);
                return Err(Diagnostic::new(Fault::Syntax, "an equation is not an expression")
                    .at(written)
                    .hint(format!("leave out `{}`; a definition is `let r = …; …`", written.of(text))));
            }
            _ => {
                let error = Diagnostic::new(Fault::Syntax, "the expression is missing behind the definition").at(end_of_text);
                return Err(error.label("`; …`").note(section.at, "defined here").hint("let r = X w - y; r' r"));
            }
        }
        found.push(section);
    }
    let stop = named.map_or_else(|| body_end_from(tokens, builder, at), |(_, to)| to);
    if let Some((from, _)) = named {
        at = from;
    }
    let mut body_end = stop;
    let mut rest = stop;
    if tokens.get(stop).is_some_and(|t| t.kind == TokenKind::Semicolon) {
        if tokens.get(stop + 1).is_some_and(|t| t.kind != TokenKind::Where) {
            let error = Diagnostic::new(Fault::Syntax, "`;` ends a definition, and this is none").at(tokens[stop].span);
            return Err(error.hint("let r = X w - y; r' r"));
        }
        rest = stop + 1;
    }
    if tokens.get(rest).is_some_and(|t| matches!(t.kind, TokenKind::Where | TokenKind::Comma)) {
        if body_end > at && tokens[body_end - 1].kind == TokenKind::Comma {
            body_end -= 1;
        }
        let mut name = rest + 1;
        loop {
            let (section, to) = definition(text, tokens, builder, name, &[TokenKind::Comma, TokenKind::Semicolon])?;
            found.push(section);
            if to >= tokens.len() || to + 1 == tokens.len() {
                break;
            }
            name = to + 1;
        }
    }
    if body_end == at {
        let place = tokens.get(at).map_or(end_of_text, |t| t.span);
        return Err(Diagnostic::new(Fault::Syntax, "the expression is missing").at(place).hint("let r = X w - y; r' r"));
    }
    Ok((found, (at, body_end)))
}

/// Where the expression begins behind `f(x) =`, `L(w, b) =`, `\\log p(y|X) =`, `k(x, x') =`, `J =`: what a formula is called
/// says nothing of its value.
fn left_side(tokens: &[Token]) -> Option<usize> {
    let kind = |at: usize| tokens.get(at).map(|t| &t.kind);
    // Behind `=` or `:=`.
    let behind = |at: usize| match (kind(at), kind(at + 1)) {
        (Some(TokenKind::Equals), _) => Some(at + 1),
        (Some(TokenKind::Colon), Some(TokenKind::Equals)) => Some(at + 2),
        _ => None,
    };
    if let (Some(TokenKind::Word(word)), Some(body)) = (kind(0), behind(1)) {
        // Not the first of several definitions, and no equation like `x = A x`.
        let another = |t: &Token| match &t.kind {
            TokenKind::Word(other) => other.name == word.name,
            other => matches!(other, TokenKind::Semicolon | TokenKind::Equals | TokenKind::Let | TokenKind::Where),
        };
        return (tokens.len() > body && !tokens[body..].iter().any(another)).then_some(body);
    }
    // `-\\log p(…)`: the function's name is a name still.
    let mut at = usize::from(kind(0) == Some(&TokenKind::Minus));
    while at < 3
        && matches!(kind(at), Some(TokenKind::Word(word)) if matches!(word.name.as_str(), "log" | "ln"))
        && matches!(kind(at + 1), Some(TokenKind::Word(_)))
    {
        at += 1;
    }
    if !matches!(kind(at), Some(TokenKind::Word(_))) || !matches!(kind(at + 1), Some(TokenKind::Open(Bracket::Paren | Bracket::Index))) {
        return None;
    }
    let mut depth = 0usize;
    for (place, token) in tokens.iter().enumerate().skip(at + 1) {
        match &token.kind {
            TokenKind::Open(Bracket::Paren | Bracket::Index | Bracket::Square | Bracket::Group) => depth += 1,
            TokenKind::Close(_) => depth -= 1,
            TokenKind::Word(_)
            | TokenKind::Comma
            | TokenKind::Semicolon
            | TokenKind::Colon
            | TokenKind::Bar { .. }
            | TokenKind::Mark(Mark::Prime)
            | TokenKind::Times(Times::Dot) => {}
            _ => return None,
        }
        if depth == 0 {
            return behind(place + 1);
        }
    }
    None
}

/// Where the expression ends: before `where`, `;`, or a comma that a definition follows.
fn body_end_from(tokens: &[Token], builder: &Builder<'_>, from: usize) -> usize {
    let mut at = from;
    loop {
        at = until(tokens, builder, at, &[TokenKind::Where, TokenKind::Semicolon, TokenKind::Comma]);
        let follows = |kind: &TokenKind| tokens.get(at + 1).is_some_and(|t| t.kind == *kind);
        match tokens.get(at).map(|t| &t.kind) {
            Some(TokenKind::Comma) if follows(&TokenKind::Where) => return at + 1,
            Some(TokenKind::Comma) if !begins_definition(tokens, at + 1) => at += 1,
            _ => return at,
        }
    }
}

/// Whether the first of several equations is what the expression is called, `J = f(y), y = …`: nothing uses its name, and each
/// of the others is used.
fn is_called(tokens: &[Token], before: &[Section], last: &Section) -> bool {
    let Some((first, rest)) = before.split_first() else { return false };
    let sections = || std::iter::once(first).chain(rest).chain([last]);
    let used =
        |name: &str| sections().any(|s| tokens[s.from..s.to].iter().any(|t| matches!(&t.kind, TokenKind::Word(w) if w.name == name)));
    !used(&first.name) && rest.iter().chain([last]).all(|s| used(&s.name))
}

fn begins_definition(tokens: &[Token], at: usize) -> bool {
    matches!(tokens.get(at).map(|t| &t.kind), Some(TokenKind::Word(_))) && tokens.get(at + 1).is_some_and(|t| t.kind == TokenKind::Equals)
}

/// One definition that begins with its name, and the phrase that ends it.
fn definition(
    text: &str,
    tokens: &[Token],
    builder: &Builder<'_>,
    name: usize,
    ends: &[TokenKind],
) -> Result<(Section, usize), Diagnostic> {
    let place = tokens.get(name).map_or(Span::new(text.len(), text.len()), |t| t.span);
    let wrong = |message: &str| {
        Diagnostic::new(Fault::Syntax, message).at(place).hint("a definition is a name, `=` and an expression: let r = X w - y")
    };
    let Some(TokenKind::Word(word)) = tokens.get(name).map(|t| &t.kind) else {
        return Err(wrong("a definition begins with the name that it defines"));
    };
    match tokens.get(name + 1).map(|t| &t.kind) {
        Some(TokenKind::Equals) => {}
        Some(TokenKind::Open(_)) => {
            return Err(Diagnostic::new(Fault::Syntax, "a definition has no parameters")
                .at(place)
                .hint(format!("a function of your own is declared: --fn '{}(t) = …'", word.name)));
        }
        _ => return Err(wrong("`=` is missing behind the name")),
    }
    let to = until(tokens, builder, name + 2, ends);
    if to == name + 2 {
        return Err(wrong("this definition has no value"));
    }
    Ok((Section { name: word.name.clone(), index: letters_below(word), at: place, from: name + 2, to }, to))
}

/// The letters at the end of a name's subscripts: `i` of `r_i`, `i` and `j` of `d_{i,j}` and `d_ij`.
fn letters_below(word: &Word) -> Vec<String> {
    let Some(Sub::Text(last)) = word.subs.last() else { return Vec::new() };
    let letters = |text: &str| text.chars().all(|c| c.is_ascii_alphabetic());
    if last.chars().count() > 1 {
        let places = names::places(last).filter(|_| letters(last) && !names::is_word(last));
        return places.unwrap_or_default();
    }
    let single = |sub: &Sub| match sub {
        Sub::Text(text) if text.len() == 1 && letters(text) => Some(text.clone()),
        _ => None,
    };
    let mut found: Vec<String> = word.subs.iter().rev().map_while(single).collect();
    found.reverse();
    found
}

/// The first phrase of one of these kinds outside all brackets.
fn until(tokens: &[Token], builder: &Builder<'_>, from: usize, ends: &[TokenKind]) -> usize {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        if ends.contains(&token.kind) {
            break;
        }
        at = if matches!(token.kind, TokenKind::Open(_)) { builder.partner(at).max(at) + 1 } else { at + 1 };
    }
    at.min(tokens.len())
}

/// Definitions in an order in which each uses earlier ones only; the order of the text where that is one.
fn order(text: &str, nodes: &[super::Node], values: Vec<(Section, AstId, std::ops::Range<usize>)>) -> Result<Vec<Definition>, Diagnostic> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (number, (section, ..)) in values.iter().enumerate() {
        if let Some(first) = numbers.insert(&section.name, number) {
            return Err(Diagnostic::new(Fault::Name, format!("`{}` is defined twice", section.at.of(text)))
                .at(section.at)
                .note(values[first].0.at, "first here"));
        }
    }
    let families: HashMap<(&str, usize), usize> = (0..)
        .zip(&values)
        .filter_map(|(number, (section, ..))| {
            let (family, _) = names::split_member(&section.name, section.index.len())?;
            Some(((family, section.index.len()), number))
        })
        .collect();
    let mut waits = vec![0usize; values.len()];
    let mut used_by: Vec<Vec<usize>> = vec![Vec::new(); values.len()];
    for (number, (_, _, range)) in values.iter().enumerate() {
        let uses: BTreeSet<usize> = nodes[range.clone()]
            .iter()
            .filter_map(|node| match &node.kind {
                Kind::Name(name) => numbers.get(name.as_str()).copied(),
                Kind::Member { family, index } => {
                    families.get(&(family.as_str(), index.len())).or_else(|| numbers.get(family.as_str())).copied()
                }
                _ => None,
            })
            .collect();
        waits[number] = uses.len();
        for used in uses {
            used_by[used].push(number);
        }
    }
    let mut ready: BTreeSet<usize> = (0..values.len()).filter(|&n| waits[n] == 0).collect();
    let mut lets = Vec::with_capacity(values.len());
    while let Some(number) = ready.pop_first() {
        let (section, value, _) = &values[number];
        lets.push(Definition {
            name: section.name.clone(),
            index: section.index.clone(),
            spelling: section.at.of(text).to_string(),
            span: section.at,
            value: *value,
        });
        for &user in &used_by[number] {
            waits[user] -= 1;
            if waits[user] == 0 {
                ready.insert(user);
            }
        }
    }
    if lets.len() < values.len() {
        let circular = values.iter().zip(&waits).find(|(_, waits)| **waits > 0).map(|((section, ..), _)| section);
        let at = circular.map(|section| section.at).unwrap_or_default();
        let again = if circular.is_some_and(|section| !section.index.is_empty()) {
            "a recursion is not unrolled: give the value before a name of its own, `h_0`"
        } else {
            "give the new value a new name"
        };
        return Err(Diagnostic::new(Fault::Name, format!("`{}` is defined by itself", at.of(text))).at(at).hint(again));
    }
    Ok(lets)
}
