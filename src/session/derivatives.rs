//! Jacobians, laid out as they were asked for, and what Hessians share with them.

use super::answer::{Answer, Outcome};
use super::tasks::{self, Target, accept, refused, variable};
use super::{Form, Layout, Session, Task};
use super::{derivation, hessian, reading};
use crate::base::{Diagnostic, Fault};
use crate::calculus;
use crate::emit::Returned;
use crate::ir::{DimId, ExprId, Facts, Node, Shape, Store, Symbol};
use crate::num;
use crate::ops;
use crate::rewrite::Rewriter;
use crate::show;

/// Jacobians or Hessians, as the answer's task says.
pub(super) fn of_task(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<(), Diagnostic> {
    if answer.task == Task::Hessian { hessian::hessian(session, answer, targets) } else { jacobian(session, answer, targets) }?;
    if session.steps && !session.unverified { derivation::check(answer) } else { Ok(()) }
}

/// Jacobians of the expression by each variable.
pub(super) fn jacobian(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<(), Diagnostic> {
    if targets.is_empty() {
        return Err(Diagnostic::new(Fault::Usage, "which variable is the Jacobian taken by").hint("name it: --wrt x"));
    }
    for target in targets {
        let x = variable(answer, target)?;
        let outcome = one_jacobian(session, answer, x, target)?;
        if session.explain_layout {
            explain_layout(session, answer, x, target)?;
        }
        answer.results.push(outcome);
    }
    Ok(())
}

/// A note on what the rows and the columns mean, and one for each other layout with the same Jacobian in it.
fn explain_layout(session: &Session, answer: &mut Answer, x: ExprId, target: &Target) -> Result<(), Diagnostic> {
    let root = answer.input.root;
    let (f, s) = (answer.store.shape(root), answer.store.shape(x));
    let column = |s: Shape| s.rows == DimId::ONE || s.cols == DimId::ONE;
    let (of, by) = (answer.shape_text(root), answer.shape_text(x));
    let name = &target.spelling;
    let meaning = if s.is_scalar() {
        format!("the entries follow the function ({of}), since {name} is a scalar")
    } else if session.layout == Layout::Vec || session.form == Some(Form::Kron) {
        format!("rows follow vec of the function ({of}), columns vec({name}) ({name} is {by}), both column by column")
    } else if column(f) && column(s) {
        match session.layout {
            Layout::Denominator => format!("denominator layout: rows follow {name} ({by}), columns follow the function ({of})"),
            _ => format!("numerator layout: rows follow the function ({of}), columns follow {name} ({by})"),
        }
    } else if f.is_scalar() {
        format!("the function is a scalar: the entries follow those of {name} ({by}), as in a gradient")
    } else {
        format!("the function is {of} and {name} is {by}: the answer has more than two indices; --layout vec gives a matrix")
    };
    answer.input.notes.push(meaning);
    for (layout, word) in [(Layout::Numerator, "numerator"), (Layout::Denominator, "denominator"), (Layout::Vec, "vec")] {
        if layout == session.layout {
            continue;
        }
        let mut other = session.clone();
        other.layout = layout;
        let outcome = one_jacobian(&other, answer, x, target)?;
        let style = show::Style::new(show::Format::Plain);
        let text = show::show(&mut answer.store, outcome.value, &style, &tasks::definitions(&answer.input));
        answer.input.notes.push(format!("in {word} layout: {text}"));
    }
    Ok(())
}

fn one_jacobian(session: &Session, answer: &mut Answer, x: ExprId, target: &Target) -> Result<Outcome, Diagnostic> {
    let root = answer.input.root;
    let (f, s) = (answer.store.shape(root), answer.store.shape(x));
    let mut rewriter = tasks::reading_parts(answer);
    if s.is_scalar() {
        let slope = slope(session, answer, &mut rewriter, root, x, target)?;
        return Ok(match session.layout {
            Layout::Vec => Outcome::new(x, answer.store.vec(slope)),
            _ => Outcome::new(x, slope),
        });
    }
    if f.is_scalar() && session.form.is_none() && session.layout != Layout::Vec {
        let gradient = if session.steps {
            let row = vec_jacobian(session, answer, &mut rewriter, root, x, target)?;
            let column = answer.store.transpose(row);
            let gradient = answer.store.unvec(column, s);
            let gradient = rewriter.simplify(&mut answer.store, gradient);
            reading::inner(answer, gradient);
            gradient
        } else {
            tasks::one_gradient(session, answer, &mut rewriter, root, x)?
        };
        // The value of a scalar has no axis: numerator layout prints a row for a column, code keeps the variable's axes.
        let row = s.is_column() && session.layout == Layout::Numerator;
        let value = if row { answer.store.transpose(gradient) } else { gradient };
        return Ok(Outcome { returned: Returned::Flat, ..Outcome::new(x, value) }.flat_where(row));
    }
    let matrix = vec_jacobian(session, answer, &mut rewriter, root, x, target)?;
    let flat = |s: Shape| s.rows == DimId::ONE || s.cols == DimId::ONE;
    let matrix = match session.layout {
        Layout::Denominator => {
            reading::remark(answer, "denominator layout: the transpose");
            answer.store.transpose(matrix)
        }
        _ => matrix,
    };
    if session.layout == Layout::Vec || session.form == Some(Form::Kron) || session.form.is_none() && flat(f) && flat(s) {
        let simple = rewriter.simplify(&mut answer.store, matrix);
        let simple = upright(answer, simple);
        return Ok(Outcome::new(x, simple));
    }
    if session.form == Some(Form::Index) {
        let entry = index_form(session, answer, &mut rewriter, root, x, (None, target))?;
        return Ok(whole_in_code(session, entry, matrix, [f, s]));
    }
    // Three or four indices: an array in code, the linear map V ↦ DF[V] in text.
    let v = direction(answer, x);
    let map = calculus::differential(&mut answer.store, root, &[(x, v)]).map_err(|r| refused(answer, &r))?;
    let map = rewriter.simplify(&mut answer.store, map);
    if session.steps {
        reading::map(answer);
    }
    if session.form == Some(Form::Operator) {
        answer.differentials.retain(|p| p.1 == v);
        answer.differentials.push((x, v));
        return Ok(Outcome::new(x, map));
    }
    Ok(whole_in_code(session, Outcome::new(x, map), matrix, [f, s]))
}

/// The result, for which code returns the whole Jacobian, given its matrix: the axes of the function, then those of the
/// variable, or the other way round where the layout says so. Of columns it is the matrix itself.
fn whole_in_code(session: &Session, outcome: Outcome, matrix: ExprId, [f, s]: [Shape; 2]) -> Outcome {
    if f.is_column() && s.is_column() {
        return Outcome { code: Some(matrix), ..outcome };
    }
    let shapes = if session.layout == Layout::Denominator { [s, f] } else { [f, s] };
    outcome.in_axes(matrix, &shapes)
}

/// dF/dx for a scalar x.
pub(super) fn slope(
    session: &Session,
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    f: ExprId,
    x: ExprId,
    target: &Target,
) -> Result<ExprId, Diagnostic> {
    let raw = calculus::differential(&mut answer.store, f, &[(x, ExprId::ONE)]).map_err(|r| refused(answer, &r))?;
    rewriter.take_used();
    let slope = rewriter.simplify(&mut answer.store, raw);
    let laws = rewriter.take_used();
    let dx = hidden_differential(answer, x, target);
    if session.steps {
        let (raw, line) = (answer.store.mul(&[raw, dx]), answer.store.mul(&[slope, dx]));
        reading::differential(answer, raw, line, &laws);
        answer.hidden.push((x, dx));
    }
    if !session.unverified {
        let df = answer.store.mul(&[dx, slope]);
        check(answer, f, x, dx, df)?;
    }
    Ok(slope)
}

/// M with vec dF = M vec dX.
pub(super) fn vec_jacobian(
    session: &Session,
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    f: ExprId,
    x: ExprId,
    target: &Target,
) -> Result<ExprId, Diagnostic> {
    let dx = hidden_differential(answer, x, target);
    let raw = calculus::differential(&mut answer.store, f, &[(x, dx)]).map_err(|r| refused(answer, &r))?;
    rewriter.take_used();
    let line = rewriter.simplify(&mut answer.store, raw);
    if session.steps {
        reading::differential(answer, raw, line, &rewriter.take_used());
    }
    let (raw, matrix, laws) = read_off(answer, rewriter, line, dx)?;
    if session.steps {
        let shape = answer.store.shape(f);
        reading::matrix(answer, shape, dx, [raw, matrix], &laws);
        answer.hidden.push((x, dx));
    }
    if !session.unverified {
        let shape = answer.store.shape(f);
        let column = answer.store.vec(dx);
        let product = answer.store.mul(&[matrix, column]);
        let df = if shape.is_row() { answer.store.transpose(product) } else { answer.store.unvec(product, shape) };
        check(answer, f, x, dx, df)?;
    }
    Ok(matrix)
}

/// M with vec(line) = M vec(dx), as it is read off and simplified, with the laws: of the line as it stands, or of the line
/// multiplied out where that reads better.
fn read_off(
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    line: ExprId,
    dx: ExprId,
) -> Result<(ExprId, ExprId, Vec<&'static str>), Diagnostic> {
    let mut simple = |answer: &mut Answer, raw: ExprId| {
        rewriter.take_used();
        let matrix = rewriter.simplify(&mut answer.store, raw);
        let matrix = upright(answer, matrix);
        (raw, matrix, rewriter.take_used())
    };
    let raw = calculus::jacobian(&mut answer.store, line, dx).map_err(|r| refused(answer, &r))?;
    let whole = simple(answer, raw);
    if !stacked(&answer.store, whole.1).0 {
        return Ok(whole);
    }
    let Ok(Some(raw)) = calculus::jacobian_by_terms(&mut answer.store, line, dx) else { return Ok(whole) };
    let apart = simple(answer, raw);
    let [before, after] = [whole.1, apart.1].map(|m| (stacked(&answer.store, m), printed(answer, m)));
    Ok(if after < before { apart } else { whole })
}

/// Whether a matrix has Kronecker products in it, and commutation matrices: what a reader has to unpack.
fn stacked(store: &Store, matrix: ExprId) -> (bool, bool) {
    let nodes = store.reachable(&[matrix]);
    let commutes = nodes.iter().any(|&id| ops::args_of(store, id, "commutation").is_some());
    (commutes || nodes.iter().any(|&id| matches!(store.node(id), Node::Kron(_))), commutes)
}

/// How long an expression is on paper, with the names for its parts.
fn printed(answer: &mut Answer, id: ExprId) -> usize {
    let style = show::Style::new(show::Format::Plain);
    show::show(&mut answer.store, id, &style, &tasks::definitions(&answer.input)).chars().count()
}

/// A sum of Kronecker products without a transpose around it, where that is no longer on paper.
fn upright(answer: &mut Answer, matrix: ExprId) -> ExprId {
    let store = &mut answer.store;
    let Node::Product { coefficient, scalars, chain } = store.node(matrix).clone() else { return matrix };
    let [f] = chain[..] else { return matrix };
    let Node::Sum(terms) = store.node(f.base).clone() else { return matrix };
    let kron = |id: ExprId| match store.node(id) {
        Node::Kron(_) => true,
        Node::Product { chain, .. } => chain.iter().any(|f| matches!(store.node(f.base), Node::Kron(_))),
        _ => false,
    };
    if !f.flipped || f.power != ExprId::ONE || !terms.iter().any(|&(_, t)| kron(t)) {
        return matrix;
    }
    let sum = store.as_written(f.base, terms, |t| t.1).into_iter().map(|(c, t)| (c, store.transpose(t))).collect();
    let (front, sum) = (store.product(coefficient, &scalars, &[]), store.sum(sum));
    let other = store.mul(&[front, sum]);
    let style = show::Style::new(show::Format::Plain);
    let [before, after] = [matrix, other].map(|id| show::show_inline(&mut answer.store, id, &style).chars().count());
    if after <= before + 1 { other } else { matrix }
}

/// Entry (i, j) of F by entry (k, l) of X: dX is the unit matrix of that place.
pub(super) fn index_form(
    session: &Session,
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    f: ExprId,
    x: ExprId,
    (first, target): (Option<&Target>, &Target),
) -> Result<Outcome, Diagnostic> {
    let mut taken: Vec<String> = answer.input.variables.iter().map(|v| v.name.clone()).collect();
    taken.extend(answer.input.lets.iter().map(|l| l.name.clone()));
    taken.extend(answer.store.dim_names().map(|d| answer.store.dim_spelling(d).to_owned()));
    let letters = ["i", "j", "k", "l", "r", "s", "t", "a", "b"].into_iter().map(str::to_owned);
    let mut names = letters.chain((1..).map(|at| format!("i{at}"))).filter(|n| !taken.contains(n));
    let mut places: Vec<Place> = Vec::new();
    let mut free = |answer: &mut Answer, dim: DimId| {
        let name = names.next().unwrap_or_default();
        let facts = Facts::INTEGER | Facts::POSITIVE;
        let id = answer.store.declare(Symbol { name: name.clone(), spelling: name, shape: Shape::SCALAR, facts, ranges: Vec::new() });
        let k = answer.store.symbol(id);
        places.push(Place { index: k, dim });
        answer.store.basis(k, dim)
    };
    let (fs, xs) = (answer.store.shape(f), answer.store.shape(x));
    let (i, j, k, l) = (free(answer, fs.rows), free(answer, fs.cols), free(answer, xs.rows), free(answer, xs.cols));
    let [above, below] = [&places[..2], &places[2..]].map(|places| subscripts(&answer.store, places));
    answer.input.notes.push(match first {
        Some(first) => format!("the entry is ∂²f/∂{}{above}∂{}{below}", first.spelling, target.spelling),
        None => format!("the entry is ∂f{above}/∂{}{below}", target.spelling),
    });
    let store = &mut answer.store;
    let across = store.transpose(l);
    let unit = store.mul(&[k, across]);
    let df = calculus::differential(store, f, &[(x, unit)]).map_err(|r| refused(answer, &r))?;
    let store = &mut answer.store;
    let entry = calculus::entry(store, df, (k, l), i, j);
    let entry = rewriter.simplify(store, entry);
    if session.steps {
        reading::entries(answer);
    }
    if !session.unverified {
        let dx = hidden_differential(answer, x, target);
        let df = summed(&mut answer.store, entry, &places, dx);
        check(answer, f, x, dx, df)?;
    }
    Ok(Outcome::new(x, entry))
}

/// `[i,j]` of a matrix, `[i]` of a column.
fn subscripts(store: &Store, places: &[Place]) -> String {
    let letters = places.iter().filter(|p| p.dim != DimId::ONE).filter_map(|p| match store.node(p.index) {
        Node::Symbol(symbol) => Some(store.symbol_info(*symbol).spelling.clone()),
        _ => None,
    });
    let letters: Vec<String> = letters.collect();
    if letters.is_empty() { String::new() } else { format!("[{}]", letters.join(",")) }
}

/// A free index of an answer that is given entry by entry.
struct Place {
    /// Its symbol.
    index: ExprId,
    /// Its range.
    dim: DimId,
}

/// dF = Σ entry(i, j, k, l) dX(k, l) eᵢeⱼᵀ, so that an answer entry by entry can be checked like any other.
fn summed(store: &mut Store, entry: ExprId, places: &[Place], dx: ExprId) -> ExprId {
    let bound: Vec<ExprId> = places.iter().map(|_| store.fresh_index()).collect();
    let renamed: Vec<(ExprId, ExprId)> = places.iter().map(|p| p.index).zip(bound.iter().copied()).collect();
    let entry = store.substitute(entry, &renamed);
    let units: Vec<ExprId> = places.iter().zip(&bound).map(|(p, &b)| store.basis(b, p.dim)).collect();
    let [i, j, k, l] = units[..] else { return entry };
    let (across, down) = (store.transpose(j), store.transpose(k));
    let weight = store.mul(&[down, dx, l]);
    let mut sum = store.mul(&[entry, weight, i, across]);
    for (place, &index) in places.iter().zip(&bound).rev() {
        if place.dim != DimId::ONE {
            let high = store.size(place.dim);
            sum = store.big_sum(index, ExprId::ONE, high, sum);
        }
    }
    sum
}

/// A direction `V` in the space of `x`; `V1`, … where the name is taken.
pub(super) fn direction(answer: &mut Answer, x: ExprId) -> ExprId {
    if let Some(&(_, v)) = answer.differentials.iter().find(|d| d.0 == x) {
        return v;
    }
    named_direction(answer, x, "V")
}

/// A variable of the shape and the linear space of `x` by this name, with a number where the name is taken.
pub(super) fn named_direction(answer: &mut Answer, x: ExprId, wanted: &str) -> ExprId {
    let name = free_name(answer, wanted);
    new_symbol(&mut answer.store, x, name)
}

/// This name, with a number where it is taken.
pub(super) fn free_name(answer: &Answer, wanted: &str) -> String {
    let used: Vec<ExprId> = answer.differentials.iter().chain(&answer.directions).map(|d| d.1).collect();
    let used =
        |name: &str| used.iter().any(|&v| matches!(answer.store.node(v), Node::Symbol(s) if answer.store.symbol_info(*s).name == name));
    let taken = |name: &str| {
        used(name) || answer.input.variables.iter().any(|v| v.name == name) || answer.input.lets.iter().any(|l| l.name == name)
    };
    let names = std::iter::once(wanted.to_owned()).chain((1..).map(|k| format!("{wanted}{k}")));
    names.into_iter().find(|n| !taken(n)).unwrap_or_default()
}

/// `dx` for a check; it is not printed.
pub(super) fn hidden_differential(answer: &mut Answer, x: ExprId, target: &Target) -> ExprId {
    new_symbol(&mut answer.store, x, format!("d{}", target.spelling))
}

/// A variable of the shape and the linear space of `x`.
fn new_symbol(store: &mut Store, x: ExprId, name: String) -> ExprId {
    let facts = calculus::linear_space(store.facts(x));
    let id = store.declare_direction(Symbol { name: name.clone(), spelling: name, shape: store.shape(x), facts, ranges: Vec::new() });
    store.symbol(id)
}

/// Whether `df` is the differential of `f` in terms of `dx`.
pub(super) fn check(answer: &mut Answer, f: ExprId, x: ExprId, dx: ExprId, df: ExprId) -> Result<(), Diagnostic> {
    let symbols = tasks::symbols(&answer.store, &[(x, dx)]);
    let options = tasks::check_options(answer, x);
    let report = num::check_differential(&answer.store, f, &symbols, df, &options);
    accept(answer, report)
}
