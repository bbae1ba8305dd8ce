//! Whom each sign of a text belongs to, and what belongs to nobody.

use super::Sample;
use super::kinds;
use super::marks::{Class, Mark, marks};
use matdiff::base::Span;
use matdiff::syntax::{Ast, AstId, FunctionBody, Kind, Times};
use std::collections::BTreeMap;
use std::ops::Range;

/// To whom a byte of the text belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Nobody,
    /// A remark, the name of a definition.
    Said,
    /// The name of a function, the index of a sum.
    Head(u32),
    Node(u32),
}

/// Signs of a division; the place of a fraction does not hold its command.
const DIVIDE: &[&str] =
    &["/", "÷", "⊘", "\\oslash", "\\div", "\\over", "\\frac", "\\dfrac", "\\tfrac", "\\cfrac", "\\nicefrac", "\\sfrac", "\\half"];

/// What is lost of a text in its tree.
pub fn lost(sample: &Sample, ast: &Ast) -> Vec<String> {
    let text = &sample.text;
    // What a macro stands for has the place of its use.
    if ["\\newcommand", "\\renewcommand", "\\def", "\\Declare"].iter().any(|command| text.contains(command)) {
        return Vec::new();
    }
    let owners = owners(text, ast);
    let mut own: BTreeMap<Owner, Vec<Mark>> = BTreeMap::new();
    let mut divisions = 0;
    for mark in marks(text, sample.written).into_iter().flat_map(|mark| split(mark, &owners)) {
        let owner = owners[mark.range.start];
        if owner != Owner::Said && DIVIDE.contains(&&text[mark.range.clone()]) {
            divisions += 1;
            continue;
        }
        own.entry(owner).or_default().push(mark);
    }
    let mut wrong = Vec::new();
    let divided = |kind: &Kind| match kind {
        Kind::Product(factors) => {
            factors.iter().filter(|f| matches!(f.0, Times::Divide | Times::HadamardDivide | Times::BroadcastDivide)).count()
        }
        _ => 0,
    };
    let meant: usize = ast.nodes.iter().map(|node| divided(&node.kind)).sum();
    if divisions != meant {
        wrong.push(format!("{divisions} divisions are written, {meant} stand in the tree"));
    }
    for (owner, marks) in &own {
        let words: Vec<&str> = marks.iter().map(|m| &text[m.range.clone()]).collect();
        let fault = match *owner {
            Owner::Said => None,
            Owner::Nobody => outside(text, &owners, marks).map(|what| format!("`{what}` stands in no node")),
            Owner::Head(id) => kinds::head(sample, ast, AstId(id), &words),
            Owner::Node(id) => kinds::within(sample, ast, AstId(id), marks, &words),
        };
        wrong.extend(fault);
    }
    // A sum whose signs are all gone has none of its own, so that it is not among the owners. That of `i<j` is j from i+1 on.
    for node in &ast.nodes {
        let Kind::Sum(terms) = &node.kind else { continue };
        let signs = node.span.of(text).chars().filter(|c| "+-−–⁻".contains(*c)).count();
        let written = terms.iter().all(|&(_, term)| ast.node(term).span != node.span);
        if signs + 1 < terms.len() && written {
            wrong.push(format!("a sum of {} terms with {signs} signs", terms.len()));
        }
    }
    wrong
}

/// A row of letters that belongs to several is several, as the `Ax` of `xᵀAx` is.
fn split(mark: Mark, owners: &[Owner]) -> Vec<Mark> {
    let mut parts: Vec<Mark> = Vec::new();
    for at in mark.range.clone() {
        match parts.last_mut() {
            Some(last) if owners[last.range.start] == owners[at] => last.range.end = at + 1,
            _ => parts.push(Mark { range: at..at + 1, class: mark.class }),
        }
    }
    parts
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The owner of each byte: children after their parents, remarks where no node is.
fn owners(text: &str, ast: &Ast) -> Vec<Owner> {
    let mut owners = vec![Owner::Nobody; text.len()];
    let paint = |owners: &mut Vec<Owner>, span: Span, owner: Owner| {
        if let Some(bytes) = owners.get_mut(range(span)) {
            bytes.fill(owner);
        }
    };
    for (at, node) in ast.nodes.iter().enumerate().rev() {
        let id = u32::try_from(at).unwrap_or(u32::MAX);
        paint(&mut owners, node.span, Owner::Node(id));
    }
    for (at, node) in ast.nodes.iter().enumerate() {
        let id = u32::try_from(at).unwrap_or(u32::MAX);
        match &node.kind {
            // `\sum_{i,j}` is two sums, and one place is in the other.
            Kind::Big { at, .. } => {
                for byte in owners.get_mut(range(*at)).into_iter().flatten() {
                    *byte = if is_big(ast, *byte) { Owner::Head(id) } else { *byte };
                }
            }
            Kind::Call { at, .. } => {
                // A head may hold the arguments, as that of `\|x\|_3` does: those are not its own.
                for byte in owners.get_mut(range(*at)).into_iter().flatten() {
                    *byte = if *byte == Owner::Node(id) || is_number(ast, *byte) { Owner::Head(id) } else { *byte };
                }
            }
            // The places of its indices are its own.
            Kind::Member { .. } => paint(&mut owners, node.span, Owner::Node(id)),
            _ => {}
        }
    }
    for definition in &ast.lets {
        paint(&mut owners, definition.span, Owner::Said);
    }
    for span in said(ast) {
        for byte in owners.get_mut(range(span)).into_iter().flatten().filter(|byte| **byte == Owner::Nobody) {
            *byte = Owner::Said;
        }
    }
    for remark in &ast.page.remarks {
        let nobody = range(remark.span).all(|at| owners.get(at) == Some(&Owner::Nobody));
        let outer = range(remark.span).all(|at| owners.get(at).is_some_and(|o| matches!(o, Owner::Node(_) | Owner::Nobody)));
        // A remark that is about a whole subtree covers nothing that is lost in it.
        let about = ast.nodes.iter().any(|node| {
            let (node, said) = (range(node.span), range(remark.span));
            said.start <= node.start && node.end <= said.end && !node.is_empty()
        });
        if (nobody || outer) && !about {
            owners[range(remark.span)].fill(Owner::Said);
        }
    }
    owners
}

/// The places of what a page says around its expression: what it is called, what is asked, what has to hold, other links.
fn said(ast: &Ast) -> Vec<Span> {
    let page = &ast.page;
    let asked = page.asked.iter().flat_map(|asked| asked.constraints.iter().map(|c| c.1).chain([asked.span]).chain(asked.below));
    let operator = page.operator.iter().map(|operator| operator.1);
    // The text of a function's body is padded in front.
    let functions = page.functions.iter().filter_map(|f| match &f.body {
        FunctionBody::Defined(_, text, _) => Some(Span::new(text.len() - text.trim_start().len(), text.len())),
        _ => None,
    });
    page.called.into_iter().chain(functions).chain(page.derived).chain(operator).chain(page.links.iter().copied()).chain(asked).collect()
}

fn is_big(ast: &Ast, owner: Owner) -> bool {
    matches!(owner, Owner::Node(id) if matches!(ast.node(AstId(id)).kind, Kind::Big { .. }))
}

/// Whether a byte belongs to a number, as the name does in `sin^2 x`.
fn is_number(ast: &Ast, owner: Owner) -> bool {
    matches!(owner, Owner::Node(id) if matches!(ast.node(AstId(id)).kind, Kind::Number(_)))
}

/// What the formula and its parts are called: the place of each sign before a sign of equality outside of the tree.
pub fn called(sample: &Sample, ast: &Ast) -> Vec<usize> {
    let owners = owners(&sample.text, ast);
    let marks: Vec<Mark> = marks(&sample.text, sample.written).into_iter().filter(|m| owners[m.range.start] == Owner::Nobody).collect();
    let calls = |part: &[&Mark]| part.iter().rposition(|mark| CALLS.contains(&&sample.text[mark.range.clone()])).map_or(0, |at| at + 1);
    let page = &ast.page;
    let names: Vec<Range<usize>> = page.called.iter().chain(&page.derived).chain(&page.links).map(|span| range(*span)).collect();
    let within = names.into_iter().flatten();
    // What joins the parts of a text may be spelled in many ways.
    let joins = |part: &[&Mark]| outside(&sample.text, &owners, &part.iter().map(|m| (*m).clone()).collect::<Vec<_>>()).is_none();
    let joining = parts(&owners, &marks).into_iter().filter(|part| joins(part)).flatten().map(|mark| mark.range.start).collect::<Vec<_>>();
    let within = within.chain(joining);
    parts(&owners, &marks).iter().flat_map(|part| part[..calls(part)].iter().map(|mark| mark.range.start)).chain(within).collect()
}

/// Words and signs that join the parts of a text.
const JOINS: &[&str] = &[
    "let",
    "where",
    "with",
    "and",
    "def",
    "return",
    "lambda",
    ",",
    ";",
    ".",
    "_F",
    "_2",
    "s",
    "t",
    "st",
    "subjectto",
    "subject",
    "to",
    "suchthat",
    "minimize",
    "maximize",
];

/// Signs of equality.
const CALLS: &[&str] = &["=", ":", "\\coloneqq", "\\coloneq", "\\triangleq", "\\equiv"];

/// Rows of signs with nothing of the tree between them.
fn parts<'a>(owners: &[Owner], marks: &'a [Mark]) -> Vec<Vec<&'a Mark>> {
    let mut parts: Vec<Vec<&Mark>> = Vec::new();
    for mark in marks {
        let together = |last: &Mark| owners[last.range.end..mark.range.start].iter().all(|o| matches!(o, Owner::Nobody | Owner::Said));
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|last| together(last)) => part.push(mark),
            _ => parts.push(vec![mark]),
        }
    }
    parts
}

/// What stands outside of all nodes and may not. What the formula is called may, up to the sign behind it.
fn outside(text: &str, owners: &[Owner], marks: &[Mark]) -> Option<String> {
    for part in parts(owners, marks) {
        let word = |mark: &Mark| &text[mark.range.clone()];
        // A plus sign in front says nothing.
        let front = |mark: &Mark| {
            let before = text[..mark.range.start].trim_end();
            before.is_empty()
                || before.ends_with(['(', '[', '$', '='])
                || before.rsplit('\\').next().is_some_and(|c| c.starts_with("begin"))
        };
        if part.len() == 1 && word(part[0]) == "+" && front(part[0]) {
            continue;
        }
        let called = part.iter().rposition(|mark| CALLS.contains(&word(mark))).map_or(0, |at| at + 1);
        // In LaTeX a word comes letter by letter.
        let mut words: Vec<String> = Vec::new();
        for (at, mark) in part.iter().enumerate().skip(called) {
            let joins = at > called && (word(part[at - 1]) == "_" || mark.class == Class::Letter && part[at - 1].class == Class::Letter);
            match words.last_mut() {
                Some(last) if joins => last.push_str(word(mark)),
                _ => words.push(word(mark).to_owned()),
            }
        }
        if let Some(lost) = words.into_iter().find(|word| !JOINS.contains(&word.as_str())) {
            return Some(lost);
        }
    }
    None
}

/// A tree and its remarks without places.
pub fn meaning(ast: &Ast) -> String {
    let mut out = String::new();
    for node in &ast.nodes {
        out.push_str(&unplaced(&format!("{:?}\n", node.kind)));
    }
    for definition in &ast.lets {
        out.push_str(&format!("{} {:?} {:?}\n", definition.name, definition.index, definition.value));
    }
    for remark in &ast.page.remarks {
        out.push_str(&format!("{}\n", remark.note));
    }
    out.push_str(&unplaced(&format!("{:?} {:?} {:?} {:?}", ast.page.asked, ast.page.declarations, ast.page.functions, ast.page.operator)));
    out.push_str(&format!("{:?} {:?}", ast.body, ast.page.signs));
    out
}

/// Debug text without `Span { … }`.
fn unplaced(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("Span {") {
        out.push_str(before);
        rest = behind.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}
