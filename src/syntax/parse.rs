//! From phrases to an [`Ast`]: definitions taken apart from the expression, and put in order.

use super::applied::Dialect;
use super::build::Builder;
use super::statement::{self, Phrases, Stated};
use super::token::{Sub, Token, TokenKind, Word};
use super::{Ast, AstId, Definition, Kind, Page, Vocabulary, brackets, conditions, names, roles};
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

/// Reads a text of either dialect.
pub(super) fn read(text: &str, phrases: &dyn Phrases, vocabulary: &Vocabulary<'_>, dialect: Dialect) -> Result<Ast, Diagnostic> {
    if phrases.count() == 0 {
        return Err(Diagnostic::new(Fault::Syntax, "there is no expression").at(Span::new(0, text.len())).hint("for example: x' A x"));
    }
    let Stated { mut tokens, mut page } = statement::state(phrases)?;
    conditions::find(text, &mut tokens)?;
    // What the text itself declares and defines is known to its expression.
    let own = (!page.declarations.is_empty() || !page.functions.is_empty()).then(|| {
        let mut own = Vocabulary {
            builtin: vocabulary.builtin,
            variables: vocabulary.variables.clone(),
            functions: vocabulary.functions.clone(),
            macros: vocabulary.macros,
        };
        own.variables.extend(page.declarations.iter().map(|d| d.name.clone()));
        own.functions.extend(page.functions.iter().map(|f| f.name.clone()));
        own
    });
    page.remarks.extend(roles::assign(text, &mut tokens, own.as_ref().unwrap_or(vocabulary), dialect)?);
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
    let page = Page { sets: std::mem::take(&mut builder.sets), ..page };
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
    Ok((values, builder.expression(body, tokens.len())?))
}

/// The definitions, each `let name = value;`, and where the expression itself begins.
fn sections(text: &str, tokens: &[Token], builder: &Builder<'_>) -> Result<(Vec<Section>, usize), Diagnostic> {
    let mut found: Vec<Section> = Vec::new();
    let mut at = 0;
    while tokens.get(at).is_some_and(|t| t.kind == TokenKind::Let) {
        let (section, to) = definition(text, tokens, builder, at + 1)?;
        found.push(section);
        at = to + 1;
    }
    if at >= tokens.len() {
        let end_of_text = Span::new(text.len(), text.len());
        return Err(Diagnostic::new(Fault::Syntax, "the expression is missing").at(end_of_text).hint("let r = X w - y; r' r"));
    }
    Ok((found, at))
}

/// One definition that begins with its name, and the phrase that ends it.
fn definition(text: &str, tokens: &[Token], builder: &Builder<'_>, name: usize) -> Result<(Section, usize), Diagnostic> {
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
    let to = until(tokens, builder, name + 2, &TokenKind::Semicolon);
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

/// The first phrase of this kind outside all brackets.
fn until(tokens: &[Token], builder: &Builder<'_>, from: usize, end: &TokenKind) -> usize {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        if token.kind == *end {
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
