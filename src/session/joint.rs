//! Several texts read as one tree: their names are the same names, and their shapes are inferred together.

use super::{Dialect, Session};
use crate::base::{Diagnostic, Fault, Span};
use crate::elab::{self, Context, Elaborated, Goal, Variable};
use crate::ir::{DimId, ExprId, Facts, Store, Symbol};
use crate::syntax::{self, Ast, AstId, Declaration, DeclaredKind, Definition, Kind, Node, Page, Place, Written};
use std::collections::BTreeSet;

/// One of the texts, read.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub text: String,
    pub written: Written,
    ast: Ast,
}

/// What the last side must fit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fit<'a> {
    /// Nothing.
    Free,
    /// The shape of the side before it.
    Sibling,
    /// The shape of a variable, by its canonical name.
    Variable(&'a str),
}

/// Several expressions in one store.
pub(super) struct Joint {
    /// What was found out about the names; the root is of no use.
    pub input: Elaborated,
    /// One value for each side.
    pub values: Vec<ExprId>,
}

/// The names of the sides' values in the joint tree: nothing that can be typed.
const VALUES: [&str; 2] = ["\u{1}1", "\u{1}2"];
/// What stands between the sides in the joint text.
const BETWEEN: &str = " = ";

/// Reads two texts such that a name is a function in both or in neither.
///
/// # Errors
/// When one of them is not an expression; the error carries the text that it is about.
pub(super) fn read(session: &Session, texts: [&str; 2]) -> Result<[Side; 2], Diagnostic> {
    let dialects = texts.map(|text| session.dialect.of(text));
    let detected = session.dialect == Dialect::Detect;
    let latex = dialects.map(|d| d == Written::Latex);
    let none = BTreeSet::new();
    let one = |at: usize, written: Written, variables: &BTreeSet<String>| side(session, texts[at], written, variables, &none);
    // Beside LaTeX what cannot be read as plain text may be LaTeX without a backslash: `x^Tx`; beside NumPy a function call.
    let either = |at: usize| match one(at, dialects[at], &none) {
        Err(error) if detected && dialects[at] == Written::Plain => one(at, dialects[1 - at], &none).map_err(|_| error),
        read => read,
    };
    let mut sides = [either(0)?, either(1)?];
    for side in &sides {
        if let Some(span) = side.ast.page.asked.as_ref().map(|a| a.span).or(side.ast.page.operator.as_ref().map(|o| o.1)) {
            let error = Diagnostic::new(Fault::Unsupported, "this says what is asked of an expression, and is no part of it").at(span);
            return Err(error.of(side.text.clone()).hint("give the objective alone"));
        }
    }
    let mut found = [names(session, &sides[0]), names(session, &sides[1])];
    let variables: BTreeSet<String> = found.iter().flat_map(|n| n.free.iter().map(|f| f.name.clone())).collect();
    let applied = found.iter().flat_map(|n| &n.functions).map(|f| f.name.clone());
    let clash: BTreeSet<String> = applied.filter(|f| variables.contains(f)).collect();
    if !clash.is_empty() {
        // `phi'(x)` beside `phi(x)` is a derivative; `a x` beside `a (x)` makes both products.
        let function = |at: usize| {
            if !clash.iter().all(|name| always_transposed(&sides[at].ast, name)) {
                return None;
            }
            let side = side(session, texts[at], dialects[at], &none, &clash).ok()?;
            let free = names(session, &side).free.iter().any(|f| clash.contains(&f.name));
            (!free).then_some(side)
        };
        sides = match (function(0), function(1)) {
            (Some(left), Some(right)) => [left, right],
            _ => [one(0, dialects[0], &variables)?, one(1, dialects[1], &variables)?],
        };
        found = [names(session, &sides[0]), names(session, &sides[1])];
    }
    // `AXB` beside LaTeX with A, X and B is a product, though nothing in it looks like LaTeX.
    if detected && dialects.contains(&Written::Plain) && latex[0] != latex[1] {
        let plain = usize::from(latex[0]);
        let known = |name: &str| found[1 - plain].free.iter().any(|f| f.name == name);
        let odd: Vec<&str> = found[plain].free.iter().map(|f| f.name.as_str()).filter(|n| !known(n) && n.chars().count() > 1).collect();
        if !odd.is_empty()
            && let Ok(other) = one(plain, Written::Latex, &variables)
            && (names(session, &other).free.iter().all(|f| known(&f.name)) || odd.iter().any(|n| run_together(n, &known)))
        {
            sides[plain] = other;
        } else if odd.iter().any(|n| n.chars().all(|c| known(&c.to_string())))
            && let Ok(other) = side(session, &spaced(texts[plain], &odd, &known), Written::Plain, &variables, &none)
        {
            sides[plain] = other;
        }
    }
    Ok(sides)
}

/// Whether a word is single letters of LaTeX written together, one of which is known on its own.
fn run_together(word: &str, known: &dyn Fn(&str) -> bool) -> bool {
    word.chars().all(|c| c.is_ascii_alphabetic())
        && word.chars().any(|c| known(c.encode_utf8(&mut [0; 4])))
        && syntax::greek_unicode(word).is_none()
}

/// Whether a name is nowhere without a transpose: `phi'(x)` may be the derivative of a function that the text does not use otherwise.
fn always_transposed(ast: &Ast, name: &str) -> bool {
    let turned: BTreeSet<AstId> = ast.nodes.iter().filter_map(|n| if let Kind::Transpose(a) = n.kind { Some(a) } else { None }).collect();
    let named = |kind: &Kind| matches!(kind, Kind::Name(n) if n == name);
    (0..).zip(&ast.nodes).filter(|(_, n)| named(&n.kind)).all(|(at, _)| turned.contains(&AstId(at)))
}

/// The text with those of the words `odd` that are made of known names written as products.
fn spaced(text: &str, odd: &[&str], known: &dyn Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end =
            if c.is_alphanumeric() { rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()) } else { c.len_utf8() };
        let (word, more) = rest.split_at(end);
        if odd.contains(&word) && word.chars().all(|c| known(&c.to_string())) {
            out.push_str(&word.chars().map(String::from).collect::<Vec<_>>().join(" "));
        } else {
            out.push_str(word);
        }
        rest = more;
    }
    out
}

/// Reads one more text beside one that is read already: its functions are functions here too.
///
/// # Errors
/// When it is not an expression; the error carries the text.
pub(super) fn another(session: &Session, own: &Side, text: &str, written: Written) -> Result<Side, Diagnostic> {
    let functions = names(session, own).functions.into_iter().map(|f| f.name).collect();
    side(session, text, written, &BTreeSet::new(), &functions)
}

/// The name of a variable that has the shape that is wanted: nothing that can be typed.
const FITTED: &str = "\u{1}0";

/// Elaborates both sides with known names, the second one such that it has the shape of `shaped` where it can.
///
/// # Errors
/// As [`both`].
pub(super) fn fitted(
    session: &Session,
    store: &mut Store,
    sides: [&Side; 2],
    shaped: ExprId,
    known: &[Variable],
) -> Result<Joint, Diagnostic> {
    let shape = store.shape(shaped);
    let facts = Facts::NONE;
    let symbol = store.declare(Symbol { name: FITTED.to_owned(), spelling: String::new(), shape, facts, ranges: Vec::new() });
    let expr = Some(store.symbol(symbol));
    let mut with = known.to_vec();
    with.push(Variable { name: FITTED.to_owned(), spelling: String::new(), symbol, expr, family: Vec::new(), declared: true });
    let mut joint = both(session, store, sides, Fit::Variable(FITTED), &with).or_else(|_| both(session, store, sides, Fit::Free, known))?;
    joint.input.variables.retain(|v| v.symbol != symbol);
    Ok(joint)
}

/// Reads one text by itself.
///
/// # Errors
/// When it is not an expression; the error carries the text.
pub(super) fn alone(session: &Session, text: &str) -> Result<Side, Diagnostic> {
    side(session, text, session.dialect.of(text), &BTreeSet::new(), &BTreeSet::new())
}

/// The difference of two parts of a text, each with the place where it begins; a right side that is 0 is left out.
pub(super) fn difference(text: &str, written: Written, left: (Side, usize), right: (Side, usize)) -> Side {
    let mut whole = Ast { nodes: Vec::new(), lets: Vec::new(), body: AstId(0), page: Page::default() };
    let [a, b] = [left, right].map(|(side, at)| append(&mut whole, &side.ast, at, &str::to_owned));
    let zero = matches!(&whole.node(b).kind, Kind::Number(n) if n.is_zero());
    whole.body = if zero { a } else { push(&mut whole, Kind::Sum(vec![(false, a), (true, b)]), Span::new(0, text.len())) };
    Side { text: text.to_owned(), written, ast: whole }
}

/// One tree of several texts: the first one's value, the others' values as definitions called by their position. Definitions of
/// the first can be used in the others. With `same_shape` what differs from
/// a literal number is a number.
pub(super) fn beside(sides: &[Side], between: &str, name: &dyn Fn(usize) -> String, same_shape: bool) -> (String, Ast) {
    let mut text = String::new();
    let mut whole = Ast { nodes: Vec::new(), lets: Vec::new(), body: AstId(0), page: Page::default() };
    for (at, side) in sides.iter().enumerate() {
        if at > 0 {
            text.push_str(between);
        }
        let shift = text.len();
        let span = |s: Span| Span::new(s.start as usize + shift, s.end as usize + shift);
        let body = append(&mut whole, &side.ast, shift, &|own| if at > 0 { format!("\u{1}{at}{own}") } else { own.to_owned() });
        if at == 0 {
            whole.body = body;
        } else {
            let place = span(Span::new(0, side.text.len()));
            whole.lets.push(Definition { name: name(at), index: Vec::new(), spelling: String::new(), span: place, value: body });
            if same_shape
                && let Kind::Sum(terms) = &whole.node(body).kind.clone()
                && let [(_, a), (_, b)] = terms[..]
                && [a, b].iter().any(|&t| matches!(whole.node(t).kind, Kind::Number(_)))
            {
                let pair = Kind::Call { name: "inner".to_owned(), at: place, primes: 0, args: vec![a, b] };
                let both = push(&mut whole, pair, place);
                whole.lets.push(Definition {
                    name: format!("{}s", name(at)),
                    index: Vec::new(),
                    spelling: String::new(),
                    span: place,
                    value: both,
                });
            }
        }
        text.push_str(&side.text);
    }
    (text, whole)
}

/// Appends a tree whose text begins at `shift`; its own definitions are renamed. The body's new number.
fn append(whole: &mut Ast, tree: &Ast, shift: usize, rename: &dyn Fn(&str) -> String) -> AstId {
    let by = u32::try_from(whole.nodes.len()).unwrap_or(u32::MAX);
    let span = |s: Span| Span::new(s.start as usize + shift, s.end as usize + shift);
    let renamed = |name: &str, count: usize| if tree.lets.iter().any(|l| defines(l, name, count)) { rename(name) } else { name.to_owned() };
    whole.nodes.extend(tree.nodes.iter().map(|n| Node { kind: moved(&n.kind, by, &span, &renamed), span: span(n.span) }));
    whole.lets.extend(tree.lets.iter().map(|l| Definition {
        name: renamed(&l.name, 0),
        index: l.index.clone(),
        spelling: l.spelling.clone(),
        span: span(l.span),
        value: AstId(l.value.0 + by),
    }));
    whole.page.extend(&tree.page, shift);
    AstId(tree.body.0 + by)
}

fn push(whole: &mut Ast, kind: Kind, span: Span) -> AstId {
    whole.nodes.push(Node { kind, span });
    AstId(u32::try_from(whole.nodes.len() - 1).unwrap_or(u32::MAX))
}

/// An error about the joint text as one about the side that it is about, where it is one.
pub(super) fn placed_among(mut error: Diagnostic, sides: &[Side], between: &str, text: &str) -> Diagnostic {
    if error.source.is_some() {
        return error;
    }
    let mut spans: Vec<Span> = error.notes.iter().map(|n| n.span).collect();
    spans.extend(error.span);
    let mut start = 0;
    for side in sides {
        let end = start + side.text.len();
        if spans.iter().all(|s| s.start as usize >= start && s.end as usize <= end) {
            let back = |s: Span| Span::new(s.start as usize - start, s.end as usize - start);
            error.span = error.span.map(back);
            for note in &mut error.notes {
                note.span = back(note.span);
            }
            return error.of(side.text.clone());
        }
        start = end + between.len();
    }
    error.of(text)
}

fn side(
    session: &Session,
    text: &str,
    written: Written,
    variables: &BTreeSet<String>,
    functions: &BTreeSet<String>,
) -> Result<Side, Diagnostic> {
    let mut vocabulary = vocabulary(session, variables);
    vocabulary.functions.extend(functions.iter().cloned());
    let mut ast = written.read(text, &vocabulary).map_err(|e| with_source(e, text))?;
    // Nobody has declared these: the other side says that they are functions.
    let used = syntax::names(&ast, &vocabulary).functions;
    let strange = used.iter().filter(|f| functions.contains(&f.name));
    ast.page.remarks.extend(strange.map(|f| syntax::Remark { span: f.span, note: syntax::own_function(&f.name) }));
    Ok(Side { text: text.to_owned(), written, ast })
}

fn vocabulary<'a>(session: &'a Session, more: &BTreeSet<String>) -> syntax::Vocabulary<'a> {
    let variables = session.declarations.iter().map(|d| d.name.clone()).chain(more.iter().cloned()).collect();
    let named = elab::vocabulary(variables, session.functions.iter().map(|f| f.name.clone()).collect());
    syntax::Vocabulary { macros: &session.macros, ..named }
}

fn names(session: &Session, side: &Side) -> syntax::Names {
    syntax::names(&side.ast, &vocabulary(session, &BTreeSet::new()))
}

fn with_source(error: Diagnostic, text: &str) -> Diagnostic {
    if error.source.is_some() { error } else { error.of(text) }
}

/// Elaborates the first side alone.
///
/// # Errors
/// As [`elab::elaborate`]; the error carries the text that it is about.
pub(super) fn first(session: &Session, store: &mut Store, side: &Side, goal: Goal, wanted: &[String]) -> Result<Elaborated, Diagnostic> {
    let context = Context { declarations: &session.declarations, functions: &session.functions, known: &[], goal, wanted };
    elab::elaborate(store, &side.ast, &side.text, &context).map_err(|e| with_source(e, &side.text))
}

/// Elaborates both sides with one set of names. Definitions of the first side can be used in the second.
///
/// # Errors
/// As [`elab::elaborate`]; the error carries the text that it is about, which is both where it is about both.
pub(super) fn both(session: &Session, store: &mut Store, sides: [&Side; 2], fit: Fit<'_>, known: &[Variable]) -> Result<Joint, Diagnostic> {
    let text = format!("{}{BETWEEN}{}", sides[0].text, sides[1].text);
    let shift = sides[0].text.len() + BETWEEN.len();
    let ast = join(session, sides, shift, text.len(), fit);
    let context = Context { declarations: &session.declarations, functions: &session.functions, known, goal: Goal::Any, wanted: &[] };
    let mut input = elab::elaborate(store, &ast, &text, &context).map_err(|e| placed(e, sides, shift, &text))?;
    let whole = format!("in `{text}` ");
    input.notes.retain(|note| !note.starts_with(&whole));
    let value = |name: &str| input.lets.iter().find(|l| l.name == name).map_or(input.root, |l| l.value);
    let values = VALUES.iter().map(|name| value(name)).collect();
    input.lets.retain(|l| !VALUES.contains(&l.name.as_str()));
    Ok(Joint { input, values })
}

/// Which names are one row, and which are one column, by name: the kinds without the sizes.
pub(super) fn kinds(store: &Store, input: &Elaborated) -> Vec<(String, [bool; 2])> {
    let one = |v: &Variable| {
        let shape = store.symbol_info(v.symbol).shape;
        [shape.rows == DimId::ONE, shape.cols == DimId::ONE]
    };
    let mut kinds: Vec<(String, [bool; 2])> = input.variables.iter().map(|v| (v.name.clone(), one(v))).collect();
    kinds.sort();
    kinds
}

/// The kinds on which both sides agree, each read by itself, of names that nobody declared.
pub(super) fn settled(session: &Session, sides: [&Side; 2]) -> Vec<(String, [bool; 2])> {
    let alone = |side: &Side| {
        let mut store = Store::new();
        let input = first(session, &mut store, side, Goal::Any, &[]).ok()?;
        Some((kinds(&store, &input), input))
    };
    let (Some((left, input)), Some((right, _))) = (alone(sides[0]), alone(sides[1])) else { return Vec::new() };
    let plain = |name: &str| input.variables.iter().any(|v| v.name == name && v.family.is_empty() && !v.declared);
    left.into_iter().filter(|kind| plain(&kind.0) && right.contains(kind)).collect()
}

/// The session with these kinds declared, the sizes left open.
pub(super) fn with_kinds(session: &Session, kinds: &[(String, [bool; 2])]) -> Session {
    let mut with = session.clone();
    for (name, kind) in kinds {
        let kind = match kind {
            [true, true] => DeclaredKind::Scalar,
            [false, true] => DeclaredKind::Vector,
            [true, false] => DeclaredKind::RowVector,
            [false, false] => DeclaredKind::Matrix,
        };
        with.declarations.push(Declaration {
            name: name.clone(),
            spelling: name.clone(),
            kind,
            dims: Vec::new(),
            family_index: None,
            span: Span::default(),
        });
    }
    with
}

/// Whether a definition of the second side stacks the same family under the same name as one of the first: `X = rows(x_i)`.
fn same_stack(left: &Ast, right: &Ast, definition: &Definition) -> bool {
    let stacked = |ast: &Ast, l: &Definition| {
        let Kind::Call { name, args, .. } = &ast.node(l.value).kind else { return None };
        let Kind::Name(member) = &ast.node(*args.first()?).kind else { return None };
        matches!(name.as_str(), "rows" | "cols").then(|| (name.clone(), member.clone()))
    };
    let own = stacked(right, definition);
    own.is_some() && left.lets.iter().any(|l| l.name == definition.name && stacked(left, l) == own)
}

/// The tree of both: the definitions of each, the values as definitions, and a sum that makes shapes equal.
fn join(session: &Session, sides: [&Side; 2], shift: usize, length: usize, fit: Fit<'_>) -> Ast {
    let [left, right] = sides.map(|s| &s.ast);
    let mut nodes = left.nodes.clone();
    let mut lets = left.lets.clone();
    let span = |s: Span| Span::new(s.start as usize + shift, s.end as usize + shift);
    let free = names(session, sides[0]).free;
    let by = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
    let mut taken: BTreeSet<String> = free.into_iter().map(|f| f.name).collect();
    taken.extend(lets.iter().map(|l| l.name.clone()));
    // A definition of the second side that has a name of the first is another one.
    let renamed = |name: &str, count: usize| {
        let own = right.lets.iter().any(|l| defines(l, name, count) && taken.contains(&l.name) && !same_stack(left, right, l));
        if own { format!("\u{1}{name}") } else { name.to_owned() }
    };
    nodes.extend(right.nodes.iter().map(|n| Node { kind: moved(&n.kind, by, &span, &renamed), span: span(n.span) }));
    lets.extend(right.lets.iter().map(|l| Definition {
        name: renamed(&l.name, 0),
        index: l.index.clone(),
        spelling: l.spelling.clone(),
        span: span(l.span),
        value: AstId(l.value.0 + by),
    }));
    let spans = [Span::new(0, sides[0].text.len()), Span::new(shift, length)];
    for ((name, span), value) in VALUES.iter().zip(spans).zip([left.body, AstId(right.body.0 + by)]) {
        lets.push(Definition { name: (*name).to_owned(), index: Vec::new(), spelling: String::new(), span, value });
    }
    let mut page = left.page.clone();
    page.extend(&right.page, shift);
    let mut push = |kind: Kind, span: Span| {
        nodes.push(Node { kind, span });
        AstId(u32::try_from(nodes.len() - 1).unwrap_or(u32::MAX))
    };
    let [first, second] = [0, 1].map(|at: usize| push(Kind::Name(VALUES[at].to_owned()), spans[at]));
    let body = match fit {
        Fit::Free => second,
        Fit::Sibling => push(Kind::Sum(vec![(false, first), (true, second)]), Span::new(0, length)),
        Fit::Variable(name) => {
            let variable = push(Kind::Name(name.to_owned()), spans[1]);
            push(Kind::Sum(vec![(false, variable), (true, second)]), Span::new(0, length))
        }
    };
    Ast { nodes, lets, body, page }
}

/// Whether a definition defines a name, or the family with so many subscripts: `r_i = …` defines the family `r`.
fn defines(definition: &Definition, name: &str, count: usize) -> bool {
    let family = || syntax::split_member(&definition.name, count).is_some_and(|(family, _)| family == name);
    definition.name == name || count > 0 && definition.index.len() == count && family()
}

/// A node in another tree behind `by` others.
fn moved(kind: &Kind, by: u32, span: &dyn Fn(Span) -> Span, renamed: &dyn Fn(&str, usize) -> String) -> Kind {
    let id = |a: &AstId| AstId(a.0 + by);
    let all = |list: &[AstId]| list.iter().map(id).collect::<Vec<_>>();
    match kind {
        Kind::Number(_) | Kind::Identity | Kind::OnesVector => kind.clone(),
        Kind::Name(name) => Kind::Name(renamed(name, 0)),
        Kind::Neg(a) => Kind::Neg(id(a)),
        Kind::Sum(terms) => Kind::Sum(terms.iter().map(|(minus, t)| (*minus, id(t))).collect()),
        Kind::Product(factors) => Kind::Product(factors.iter().map(|(how, f)| (*how, id(f))).collect()),
        Kind::Power(a, b) => Kind::Power(id(a), id(b)),
        Kind::HadamardPower(a, b) => Kind::HadamardPower(id(a), id(b)),
        Kind::Transpose(a) => Kind::Transpose(id(a)),
        Kind::Call { name, at, primes, args } => Kind::Call { name: name.clone(), at: span(*at), primes: *primes, args: all(args) },
        Kind::Bars(bars, a) => Kind::Bars(*bars, id(a)),
        Kind::Inner(a, b) => Kind::Inner(id(a), id(b)),
        Kind::Index(a, places) => {
            let place = |p: &Place| if let Place::At(k) = p { Place::At(id(k)) } else { *p };
            Kind::Index(id(a), places.iter().map(place).collect())
        }
        Kind::Big { big, index, at, low, high, skip, body } => Kind::Big {
            big: *big,
            index: renamed(index, 0),
            at: span(*at),
            low: low.as_ref().map(id),
            high: high.as_ref().map(id),
            skip: skip.as_ref().map(id),
            body: id(body),
        },
        Kind::Member { family, index } => Kind::Member { family: renamed(family, index.len()), index: all(index) },
    }
}

/// An error about the joint text as one about the side that it is about, where it is one.
fn placed(mut error: Diagnostic, sides: [&Side; 2], shift: usize, text: &str) -> Diagnostic {
    if error.source.is_some() {
        return error;
    }
    let mut spans: Vec<Span> = error.notes.iter().map(|n| n.span).collect();
    spans.extend(error.span);
    if spans.iter().all(|s| s.end as usize <= sides[0].text.len()) {
        return error.of(sides[0].text.clone());
    }
    if spans.iter().any(|s| (s.start as usize) < shift) {
        return error.of(text);
    }
    let back = |s: Span| Span::new(s.start as usize - shift, s.end as usize - shift);
    error.span = error.span.map(back);
    for note in &mut error.notes {
        note.span = back(note.span);
    }
    error.of(sides[1].text.clone())
}
