//! One task from text to checked answer.

use super::answer::{Answer, Outcome, Verified};
use super::{Session, Structure, Task, constraints, custom, derivation, derivatives, differential, program, solve, stacked, structured};
use crate::base::{Diagnostic, Fault, Span};
use crate::calculus::{self, Refusal};
use crate::elab::{self, Context, Elaborated, Goal};
use crate::ir::{DimId, ExprId, Facts, Node, Shape, Store, Symbol, SymbolId};
use crate::num;
use crate::rewrite::Rewriter;
use crate::show;
use crate::syntax::{self, Ast, Written};
use std::collections::BTreeSet;

pub(super) fn run(session: &Session, task: Task, text: &str, wrt: &[&str]) -> Result<Answer, Diagnostic> {
    let mut answer = ask(session, task, text, wrt)?;
    custom::note(&mut answer);
    Ok(answer)
}

pub(super) fn ask(session: &Session, task: Task, text: &str, wrt: &[&str]) -> Result<Answer, Diagnostic> {
    let written = session.dialect.of(text);
    let targets = targets(wrt)?;
    let ast = parse(session, text, written)?;
    let program::Posed { session, targets, notes } = program::posed(session, task, text, written, &ast, targets)?;
    let session = &session;
    let mut store = Store::new();
    let (mut input, constraints) = if task == Task::Solve && !session.constraints.is_empty() {
        constraints::elaborate(session, &mut store, text, &names(&targets))?
    } else {
        let goal = if matches!(task, Task::Gradient | Task::Hessian | Task::Solve) { Goal::Scalar } else { Goal::Any };
        let wanted = names(&targets);
        let context = Context { declarations: &session.declarations, functions: &session.functions, known: &[], goal, wanted: &wanted };
        (elab::elaborate(&mut store, &ast, text, &context)?, Vec::new())
    };
    input.notes.extend(notes);
    let mut answer = Answer::new(task, text, written, store, input);
    if task == Task::Solve {
        answer.constraints.clone_from(&session.constraints);
    }
    match task {
        Task::Gradient if session.structure != Structure::Own => structured::gradient(session, &mut answer, &ast, &targets)?,
        Task::Jacobian | Task::Hessian if session.structure != Structure::Own => {
            stacked::derivatives(session, &mut answer, &ast, &targets)?;
        }
        Task::Gradient => gradient(session, &mut answer, &targets)?,
        Task::Differential => differential::differential(session, &mut answer, &targets)?,
        Task::Jacobian | Task::Hessian => derivatives::of_task(session, &mut answer, &targets)?,
        Task::Solve => solve::stationary(session, &mut answer, &targets, &constraints)?,
        Task::Simplify => simplify(session, &mut answer)?,
        Task::Shapes => {}
    }
    Ok(answer)
}

/// A variable that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Canonical.
    pub name: String,
    /// As it was typed.
    pub spelling: String,
    span: Span,
    /// The text that the place refers to.
    source: String,
}

/// The variables that are asked for: canonical name and spelling.
pub(super) fn targets(wrt: &[&str]) -> Result<Vec<Target>, Diagnostic> {
    let mut all = Vec::new();
    for text in wrt {
        let names = syntax::parse_wrt(text)?;
        all.extend(names.into_iter().map(|(name, spelling, span)| Target { name, spelling, span, source: (*text).to_owned() }));
    }
    Ok(all)
}

/// The names of the variables that are asked for.
pub(super) fn names(targets: &[Target]) -> Vec<String> {
    targets.iter().map(|t| t.name.clone()).collect()
}

fn parse(session: &Session, text: &str, written: Written) -> Result<Ast, Diagnostic> {
    let variables: BTreeSet<String> = session.declarations.iter().map(|d| d.name.clone()).collect();
    let functions: BTreeSet<String> = session.functions.iter().map(|f| f.name.clone()).collect();
    let vocabulary = syntax::Vocabulary { macros: &session.macros, ..elab::vocabulary(variables, functions) };
    written.read(text, &vocabulary)
}

/// A member of a family by its name: `x_k`, `x_1`, `K_{k,l}`, `K_kl`.
fn family_member(input: &Elaborated, name: &str) -> Option<(SymbolId, Vec<String>)> {
    input.variables.iter().filter(|v| !v.family.is_empty()).find_map(|v| {
        let rest = name.strip_prefix(v.name.as_str())?;
        let rest = rest.strip_prefix('_').or_else(|| Some(rest).filter(|r| r.starts_with(|c: char| c.is_ascii_digit())))?;
        let whole = |part: &str| part.bytes().all(|b| b.is_ascii_digit()) || part.chars().all(char::is_alphabetic);
        let pieces: Vec<String> = rest.split('_').map(str::to_owned).collect();
        let index = if pieces.len() == v.family.len() {
            pieces
        } else if pieces.len() == 1 && rest.chars().count() == v.family.len() {
            rest.chars().map(String::from).collect()
        } else {
            return None;
        };
        index.iter().all(|part| !part.is_empty() && whole(part)).then_some((v.symbol, index))
    })
}

/// The end of a sum, or one more where its next summand would hold a sum without terms: Σᵢ qᵢ Σⱼ qⱼ for i to n − 1, j from i + 1 to n.
fn after_empty(store: &mut Store, index: ExprId, high: ExprId, body: ExprId) -> ExprId {
    let factors = match store.node(body) {
        Node::Product { scalars, chain, .. } => scalars.iter().map(|s| s.0).chain(chain.iter().map(|f| f.base)).collect(),
        _ => vec![body],
    };
    let next = store.add(&[high, ExprId::ONE]);
    let is_empty = factors.into_iter().any(|factor| {
        let Node::BigSum { low: first, high: last, .. } = *store.node(factor) else { return false };
        let [first, last] = [first, last].map(|bound| store.substitute(bound, &[(index, next)]));
        store.sub(first, last) == ExprId::ONE
    });
    if is_empty { next } else { high }
}

/// For a gradient by a member x_k with a free index: the bounds of k within which every sum meets it, where that is not all
/// of them. (`x_t - A x_{t-1}` from t = 2 to T meets all but the first and the last twice.)
fn interior(answer: &mut Answer, x: ExprId) -> Option<(ExprId, ExprId)> {
    let Node::Member(symbol, at) = answer.store.node(x).clone() else { return None };
    let [k] = at[..] else { return None };
    let store = &mut answer.store;
    if store.as_num(k).is_some() {
        return None;
    }
    let last = store.symbol_info(symbol).ranges.first().copied()?;
    let last = store.size(last);
    let (mut from, mut to) = (ExprId::ONE, last);
    for id in store.reachable(&[answer.input.root]) {
        let Node::BigSum { level, low, high, body } = *store.node(id) else { continue };
        if store.moves(low, high) || store.depends_on(low, &[k]) || store.depends_on(high, &[k]) {
            // Which pairs a sum inside a sum meets is told by its bounds, and those that k bounds leave it out.
            continue;
        }
        let (index, body) = store.open_sum(level, body);
        let high = after_empty(store, index, high, body);
        let members: Vec<ExprId> = store
            .reachable(&[body])
            .into_iter()
            .filter_map(|id| match store.node(id) {
                Node::Member(s, e) if *s == symbol => e.first().copied(),
                _ => None,
            })
            .collect();
        for e in members.into_iter().filter(|&e| store.depends_on(e, &[index])).collect::<Vec<_>>() {
            let (first, final_) = (store.substitute(e, &[(index, low)]), store.substitute(e, &[(index, high)]));
            let (later, earlier) = (store.sub(first, from), store.sub(to, final_));
            if store.as_num(later).is_none_or(|gap| !gap.is_negative() && !gap.is_zero()) {
                from = first;
            }
            if store.as_num(earlier).is_none_or(|gap| !gap.is_negative() && !gap.is_zero()) {
                to = final_;
            }
        }
    }
    if from == ExprId::ONE && to == last {
        return None;
    }
    Some((from, to))
}

/// The same as a note.
fn interior_note(answer: &mut Answer, x: ExprId) -> Option<String> {
    let (from, to) = interior(answer, x)?;
    let Node::Member(_, at) = answer.store.node(x).clone() else { return None };
    let style = show::Style::new(show::Format::Plain);
    let [from, k, to] = [from, *at.first()?, to].map(|id| show::show_inline(&mut answer.store, id, &style));
    Some(format!("this is for {from} ≤ {k} ≤ {to}; nearer to the ends some terms are missing"))
}

/// How a derivative by `x` is checked: of a family by the one member that is asked for.
pub(super) fn check_options(answer: &mut Answer, x: ExprId) -> num::Options {
    let index = symbol_of(&answer.store, x).map(|s| s.1).unwrap_or_default();
    let within = interior(answer, x).and_then(|(from, to)| answer.store.as_dim(from).zip(answer.store.as_dim(to)));
    num::Options { index, within, ..num::Options::default() }
}

/// A whole number, or a name that stands for one: a variable of the expression or a new free index.
fn place(answer: &mut Answer, index: &str) -> ExprId {
    if let Ok(number) = index.parse::<i64>() {
        return answer.store.int(number);
    }
    let known = answer.input.variables.iter().find(|v| v.name == index).and_then(|v| v.expr);
    known.unwrap_or_else(|| {
        let facts = Facts::INTEGER | Facts::POSITIVE;
        let symbol = Symbol { name: index.to_owned(), spelling: index.to_owned(), shape: Shape::SCALAR, facts, ranges: Vec::new() };
        let id = answer.store.declare(symbol);
        answer.store.symbol(id)
    })
}

/// The variable of this name as an expression: a symbol, or a member of a family with a free index (`x_k`).
pub(super) fn variable(answer: &mut Answer, target: &Target) -> Result<ExprId, Diagnostic> {
    if let Some(expr) = answer.input.variables.iter().find(|v| v.name == target.name).and_then(|v| v.expr) {
        return Ok(expr);
    }
    if let Some((symbol, index)) = family_member(&answer.input, &target.name) {
        let index: Vec<ExprId> = index.iter().map(|i| place(answer, i)).collect();
        let member = answer.store.member(symbol, &index);
        if answer.task != Task::Gradient && may_meet(&answer.store, answer.input.root, member) {
            let message =
                format!("`{}` may be the same as another member that is named, and only gradients tell the two apart", target.spelling);
            let error = Diagnostic::new(Fault::Unsupported, message).of(&target.source).at(target.span);
            return Err(
                error.hint("where they differ, declare both, as in --var 'x_i: scalar; x_k: scalar'; or number them, `x_1` and `x_2`")
            );
        }
        let limits = interior_note(answer, member).filter(|note| !answer.input.notes.contains(note));
        answer.input.notes.extend(limits);
        return Ok(member);
    }
    if let Some(stack) = answer.input.stacks.iter().find(|s| elab::free_index(s, &target.name).is_some()) {
        let (what, whole) = (if stack.rows { "row" } else { "column" }, &stack.whole);
        let message = format!("`{}` is a {what} of `{whole}`, and only gradients are given by a {what} alone", target.spelling);
        let error = Diagnostic::new(Fault::Unsupported, message).of(&target.source).at(target.span);
        return Err(error.hint(format!("ask for all of them: --wrt {whole}")));
    }
    let mut names: Vec<String> = Vec::new();
    for variable in &answer.input.variables {
        let name = std::iter::once(&variable.spelling).chain(&variable.family).map(String::as_str).collect::<Vec<_>>().join("_");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if let Some(family) = answer.input.variables.iter().find(|v| v.name == target.name && !v.family.is_empty()) {
        let name = &target.spelling;
        let members = family.family.join("_");
        let fresh = ["k", "l", "p"].iter().take(family.family.len()).copied().collect::<Vec<_>>().join("_");
        let kind = if family.family.len() == 1 { "vector(n)" } else { "matrix(m,n)" };
        let message = format!("`{name}` is a family, `{name}_{members}` is one of its members");
        let error = Diagnostic::new(Fault::Name, message).of(&target.source).at(target.span);
        return Err(error.hint(format!(
            "name a member: --wrt {name}_{fresh}; or, where the members are the entries of `{name}`: --var '{name}: {kind}'"
        )));
    }
    let message = format!("`{}` is not a variable of the expression", target.spelling);
    let mut error = Diagnostic::new(Fault::Name, message).of(&target.source).at(target.span);
    if let Some(near) = names.iter().find(|name| name.to_lowercase() == target.spelling.to_lowercase()) {
        error = error.label(format!("did you mean `{near}`?"));
    }
    let product = |name: &String| syntax::as_product(name).filter(|l| l.contains(&target.name.as_str())).map(|l| l.join(" "));
    Err(if let Some((name, spaced)) = names.iter().find_map(|name| Some((name, product(name)?))) {
        error.hint(format!("`{name}` is one name; write `{spaced}` for the product"))
    } else if names.is_empty() {
        error.hint("the expression has no variables")
    } else {
        error.hint(format!(
            "its variables are {}; one that does not occur must be declared: --var '{}: …'",
            names.join(", "),
            target.spelling
        ))
    })
}

/// Whether an expression names another member of the family of `x` outside all sums that may be the same one: `z_i` beside `z_k`.
fn may_meet(store: &Store, root: ExprId, x: ExprId) -> bool {
    let Node::Member(family, index) = store.node(x) else { return false };
    store.reachable(&[root]).into_iter().filter(|&id| id != x).any(|id| match store.node(id) {
        Node::Member(s, other) if s == family => {
            let free = !store.reachable(other).into_iter().any(|id| matches!(store.node(id), Node::Index(_)));
            let apart = index.iter().zip(other.iter()).any(|(&a, &b)| a != b && store.as_num(a).is_some() && store.as_num(b).is_some());
            free && !apart
        }
        _ => false,
    })
}

/// The symbol and the free indices of a variable.
pub(super) fn symbol_of(store: &Store, x: ExprId) -> Option<(SymbolId, Vec<ExprId>)> {
    match store.node(x) {
        Node::Symbol(symbol) => Some((*symbol, Vec::new())),
        Node::Member(symbol, index) => Some((*symbol, index.to_vec())),
        _ => None,
    }
}

pub(super) fn refused(answer: &mut Answer, refusal: &Refusal) -> Diagnostic {
    let style = show::Style::new(show::Format::Plain);
    let part = show::show_inline(&mut answer.store, refusal.part, &style);
    Diagnostic::new(Fault::Unsupported, format!("`{part}` cannot be differentiated here: {}", refusal.reason))
}

/// An entry of a vector or a matrix (`x_k`, `A_ij`, where x and A are variables): the variable, and the entry as an expression.
fn entry(answer: &mut Answer, target: &Target) -> Option<(ExprId, ExprId)> {
    if !syntax::has_subscript(&target.spelling)
        || answer.input.variables.iter().any(|v| v.name == target.name)
        || family_member(&answer.input, &target.name).is_some()
    {
        return None;
    }
    let whole = |base: &str| answer.input.variables.iter().find(|v| v.name == base).and_then(|v| v.expr);
    let (x, index) = (1..=2).find_map(|count| {
        let (base, index) = syntax::split_member(&target.name, count)?;
        let x = whole(base)?;
        let shape = answer.store.shape(x);
        let sides = usize::from(shape.rows != DimId::ONE) + usize::from(shape.cols != DimId::ONE);
        (sides == count && shape.rows != DimId::ONE).then_some((x, index))
    })?;
    let shape = answer.store.shape(x);
    let places: Vec<ExprId> = index.iter().map(|i| place(answer, i)).collect();
    let row = answer.store.basis(*places.first()?, shape.rows);
    let mut factors = vec![answer.store.transpose(row), x];
    if let Some(&column) = places.get(1) {
        factors.push(answer.store.basis(column, shape.cols));
    }
    Some((x, answer.store.mul(&factors)))
}

/// A row or a column of a variable that is made up of a family (`x_k` where `let X = rows(x_i)`): the variable, and the
/// row as an expression; `None` where the name is another's.
fn stacked(answer: &mut Answer, target: &Target) -> Option<(ExprId, ExprId)> {
    let (stack, index) = answer.input.stacks.iter().find_map(|s| Some((s.clone(), elab::free_index(s, &target.name)?)))?;
    let whole = answer.input.variables.iter().find(|v| v.name == stack.whole)?.expr?;
    let place = place(answer, &index);
    let shape = answer.store.shape(whole);
    let unit = answer.store.basis(place, if stack.rows { shape.rows } else { shape.cols });
    let matrix = if stack.rows { answer.store.transpose(whole) } else { whole };
    Some((whole, answer.store.mul(&[matrix, unit])))
}

fn gradient(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<(), Diagnostic> {
    if targets.is_empty() {
        return Err(Diagnostic::new(Fault::Usage, "which variable is the gradient taken by").hint("name it: --wrt X"));
    }
    let mut wrt = Vec::new();
    let mut members = Vec::new();
    for target in targets {
        if let Some((whole, member)) = stacked(answer, target).or_else(|| entry(answer, target)) {
            wrt.push(whole);
            members.push(Some(member));
        } else {
            wrt.push(variable(answer, target)?);
            members.push(None);
        }
    }
    let root = answer.input.root;
    let sweep = calculus::gradients(&mut answer.store, root, &wrt, session.steps).map_err(|r| refused(answer, &r))?;
    let mut rewriter = reading_parts(answer);
    for (at, (&x, &gradient)) in wrt.iter().zip(&sweep.gradients).enumerate() {
        let gradient = unprojected(session, answer, &mut rewriter, gradient, sweep.ambient[at]);
        let simple = checked(session, answer, &mut rewriter, root, x, gradient)?;
        answer.results.push(Outcome::new(x, simple));
    }
    if session.steps {
        for ((target, &x), member) in targets.iter().zip(&wrt).zip(&members) {
            let whole = member.and_then(|_| answer.input.variables.iter().find(|v| v.expr == Some(x)));
            let spelling = whole.map_or_else(|| target.spelling.clone(), |v| v.spelling.clone());
            if !answer.differentials.iter().any(|d| d.0 == x) {
                differential_symbol(answer, x, &spelling);
            }
        }
        answer.steps = derivation::gradient(answer, &wrt, &sweep, &rewriter.take_used())?;
        if !session.unverified {
            derivation::check(answer)?;
        }
    }
    // The derivation is by the whole matrix; its answer for one row is a row of the gradient.
    for (at, (&x, member)) in wrt.iter().zip(&members).enumerate() {
        if let (Some(member), Some(value)) = (*member, answer.results.get(at).map(|r| r.value)) {
            let part = part_of(session, answer, &mut rewriter, value, x, member)?;
            answer.results[at] = Outcome::new(member, part);
        }
    }
    Ok(())
}

/// The row or the column of a gradient by `x` that belongs to one row or column of x (a product with a unit column).
fn part_of(
    session: &Session,
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    gradient: ExprId,
    x: ExprId,
    member: ExprId,
) -> Result<ExprId, Diagnostic> {
    let part = answer.store.substitute(member, &[(x, gradient)]);
    let simple = rewriter.simplify(&mut answer.store, part);
    if !session.unverified && simple != part {
        let report = num::check_equal(&answer.store, part, simple, &[], &num::Options::default());
        accept(answer, report)?;
    }
    Ok(simple)
}

/// The gradient of a scalar by one variable, simplified and checked.
pub(super) fn one_gradient(
    session: &Session,
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    f: ExprId,
    x: ExprId,
) -> Result<ExprId, Diagnostic> {
    let sweep = calculus::gradients(&mut answer.store, f, &[x], false).map_err(|r| refused(answer, &r))?;
    let (Some(&gradient), Some(&ambient)) = (sweep.gradients.first(), sweep.ambient.first()) else { return Ok(ExprId::ZERO) };
    let gradient = unprojected(session, answer, rewriter, gradient, ambient);
    checked(session, answer, rewriter, f, x, gradient)
}

/// The ambient gradient where it lies in the variable's space already, which the facts of its parts did not tell, and is
/// shorter for it.
fn unprojected(session: &Session, answer: &mut Answer, rewriter: &mut Rewriter, gradient: ExprId, ambient: ExprId) -> ExprId {
    if session.unverified || ambient == gradient {
        return gradient;
    }
    let [projected, bare] = [gradient, ambient].map(|g| rewriter.simplify(&mut answer.store, g));
    let shorter = rewriter.cost(&answer.store, bare) < rewriter.cost(&answer.store, projected);
    let same = shorter && num::check_equal(&answer.store, projected, bare, &[], &num::Options::default()).is_ok();
    if same { bare } else { gradient }
}

/// A gradient simplified, in its variable's space, and checked.
pub(super) fn checked(
    session: &Session,
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    f: ExprId,
    x: ExprId,
    gradient: ExprId,
) -> Result<ExprId, Diagnostic> {
    let simple = rewriter.simplify(&mut answer.store, gradient);
    let simple = in_space(answer, rewriter, simple, x);
    if !session.unverified
        && let Some((symbol, _)) = symbol_of(&answer.store, x)
    {
        let options = check_options(answer, x);
        let report = num::check_gradient(&answer.store, f, symbol, simple, &options);
        accept(answer, report)?;
    }
    Ok(simple)
}

/// Simplifying may hide that a gradient lies in its variable's space; where it does, projecting again costs nothing.
pub(super) fn in_space(answer: &mut Answer, rewriter: &mut Rewriter, gradient: ExprId, x: ExprId) -> ExprId {
    let facts = answer.store.facts(x);
    let projected = calculus::project(&mut answer.store, gradient, facts);
    let again = rewriter.simplify(&mut answer.store, projected);
    if rewriter.cost(&answer.store, again) < rewriter.cost(&answer.store, gradient) { again } else { gradient }
}

/// Keeps what a check found, or withholds the answer.
pub(super) fn accept(answer: &mut Answer, report: Result<num::Report, num::Failure>) -> Result<(), Diagnostic> {
    match report {
        Ok(report) => {
            answer.verified.push(Verified { points: report.points, max_error: report.max_error });
            for name in report.only_one {
                let name = answer.store.dim_spelling(name);
                answer
                    .input
                    .notes
                    .push(format!("checked for {name} = 1 alone: for larger {name} no point was found where the input is defined"));
            }
            Ok(())
        }
        Err(num::Failure::NoPoint) => {
            answer.input.notes.push("the answer could not be checked numerically: no point was found where the input is defined".into());
            Ok(())
        }
        Err(failure) => Err(Diagnostic::new(Fault::Verification, format!("the answer was withheld: {failure}"))
            .hint("this is a defect of matdiff; --no-verify prints the answer all the same")),
    }
}

/// A variable `dX` for the differential of `x`; structure goes along.
pub(super) fn differential_symbol(answer: &mut Answer, x: ExprId, spelling: &str) -> ExprId {
    let (shape, facts) = (answer.store.shape(x), answer.store.facts(x));
    let linear = calculus::linear_space(facts);
    let spelling = format!("d{spelling}");
    // Of a whole family the differential is a family too.
    let family = match answer.store.node(x) {
        Node::Member(family, at) if at.is_empty() => Some(*family),
        _ => None,
    };
    let ranges = family.map_or_else(Vec::new, |f| answer.store.symbol_info(f).ranges.clone());
    let symbol = Symbol { name: syntax::canonical(&spelling), spelling, shape, facts: linear, ranges };
    let id = answer.store.declare_direction(symbol);
    let symbol = match family {
        Some(family) => {
            let subscripts = answer.store.subscripts(family).to_vec();
            answer.store.set_subscripts(id, &subscripts);
            answer.store.member(id, &[])
        }
        None => answer.store.symbol(id),
    };
    answer.differentials.push((x, symbol));
    symbol
}

/// Variables with their differentials, by number.
pub(super) fn symbols(store: &Store, pairs: &[(ExprId, ExprId)]) -> Vec<(SymbolId, SymbolId)> {
    let number = |x: ExprId| symbol_of(store, x).map(|s| s.0);
    pairs.iter().filter_map(|&(x, dx)| number(x).zip(number(dx))).collect()
}

fn simplify(session: &Session, answer: &mut Answer) -> Result<(), Diagnostic> {
    let root = answer.input.root;
    let mut rewriter = Rewriter::new();
    let simple = rewriter.simplify(&mut answer.store, root);
    answer.results.push(Outcome::whole(simple));
    if session.steps {
        derivation::simplification(answer, root, simple, &rewriter.take_used());
    }
    if !session.unverified && simple != root {
        let report = num::check_equal(&answer.store, root, simple, &[], &num::Options::default());
        accept(answer, report)?;
    }
    Ok(())
}

/// A simplifier for answers that will be read with the user's own definitions.
pub(super) fn reading_parts(answer: &Answer) -> Rewriter {
    Rewriter::with_parts(answer.input.lets.iter().map(|l| l.value).collect())
}

/// What an elaborated input offers to the printers: the user's own definitions.
pub(super) fn definitions(input: &Elaborated) -> Vec<show::Definition> {
    input.lets.iter().map(|l| show::Definition { name: l.spelling.clone(), value: l.value, kept: false }).collect()
}
