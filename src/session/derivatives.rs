//! Jacobians and Hessians: one more derivative, laid out as it was asked for.

use super::answer::{Answer, Outcome};
use super::tasks::{self, Target, accept, refused, variable};
use super::{Form, Layout, Session};
use crate::base::{Diagnostic, Fault};
use crate::calculus;
use crate::emit::Returned;
use crate::ir::{DimId, ExprId, Facts, Shape, Store, Symbol};
use crate::num;
use crate::rewrite::Rewriter;

/// Jacobians of the expression by each variable.
pub(super) fn jacobian(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<(), Diagnostic> {
    if targets.is_empty() {
        return Err(Diagnostic::new(Fault::Usage, "which variable is the Jacobian taken by").hint("name it: --wrt x"));
    }
    for target in targets {
        let x = variable(answer, target)?;
        let outcome = one_jacobian(session, answer, x, target)?;
        answer.results.push(outcome);
    }
    Ok(())
}

fn one_jacobian(session: &Session, answer: &mut Answer, x: ExprId, target: &Target) -> Result<Outcome, Diagnostic> {
    let root = answer.input.root;
    let (f, s) = (answer.store.shape(root), answer.store.shape(x));
    let mut rewriter = Rewriter::new();
    if s.is_scalar() {
        let slope = slope(session, answer, &mut rewriter, root, x, target)?;
        return Ok(match session.layout {
            Layout::Vec => Outcome::new(x, answer.store.vec(slope)),
            _ => Outcome::new(x, slope),
        });
    }
    if f.is_scalar() && session.form.is_none() && session.layout != Layout::Vec {
        let gradient = tasks::one_gradient(session, answer, &mut rewriter, root, x)?;
        // The value of a scalar has no axis: numerator layout prints a row for a column, code keeps the variable's axes.
        let row = s.is_column() && session.layout == Layout::Numerator;
        let value = if row { answer.store.transpose(gradient) } else { gradient };
        return Ok(Outcome { returned: Returned::Flat, ..Outcome::new(x, value) }.flat_where(row));
    }
    let matrix = vec_jacobian(session, answer, &mut rewriter, root, x, target)?;
    let flat = |s: Shape| s.rows == DimId::ONE || s.cols == DimId::ONE;
    let matrix = match session.layout {
        Layout::Denominator => answer.store.transpose(matrix),
        _ => matrix,
    };
    if session.layout == Layout::Vec || session.form == Some(Form::Kron) || session.form.is_none() && flat(f) && flat(s) {
        let simple = rewriter.simplify(&mut answer.store, matrix);
        return Ok(Outcome::new(x, simple));
    }
    if session.form == Some(Form::Index) {
        return index_form(answer, &mut rewriter, root, x);
    }
    // Three or four indices: an array in code, the linear map V ↦ DF[V] in text.
    let v = direction(answer, x);
    let map = calculus::differential(&mut answer.store, root, &[(x, v)]).map_err(|r| refused(answer, &r))?;
    let map = rewriter.simplify(&mut answer.store, map);
    if session.form == Some(Form::Operator) {
        answer.differentials.retain(|p| p.1 == v);
        answer.differentials.push((x, v));
        return Ok(Outcome::new(x, map));
    }
    let axes = |s: Shape| [s.rows, s.cols].into_iter().filter(|&d| d != DimId::ONE).collect::<Vec<_>>();
    let axes = match session.layout {
        Layout::Denominator => [axes(s), axes(f)].concat(),
        _ => [axes(f), axes(s)].concat(),
    };
    Ok(Outcome { code: Some(matrix), returned: Returned::Tensor(axes), ..Outcome::new(x, map) })
}

/// dF/dx for a scalar x.
fn slope(
    session: &Session,
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    f: ExprId,
    x: ExprId,
    target: &Target,
) -> Result<ExprId, Diagnostic> {
    let raw = calculus::differential(&mut answer.store, f, &[(x, ExprId::ONE)]).map_err(|r| refused(answer, &r))?;
    let slope = rewriter.simplify(&mut answer.store, raw);
    if !session.unverified {
        let dx = hidden_differential(answer, x, target);
        let df = answer.store.mul(&[dx, slope]);
        check(answer, f, x, dx, df)?;
    }
    Ok(slope)
}

/// M with vec dF = M vec dX.
fn vec_jacobian(
    session: &Session,
    answer: &mut Answer,
    rewriter: &mut Rewriter,
    f: ExprId,
    x: ExprId,
    target: &Target,
) -> Result<ExprId, Diagnostic> {
    let dx = hidden_differential(answer, x, target);
    let line = calculus::differential(&mut answer.store, f, &[(x, dx)]).map_err(|r| refused(answer, &r))?;
    let line = rewriter.simplify(&mut answer.store, line);
    let matrix = calculus::jacobian(&mut answer.store, line, dx).map_err(|r| refused(answer, &r))?;
    let matrix = rewriter.simplify(&mut answer.store, matrix);
    if !session.unverified {
        let shape = answer.store.shape(f);
        let column = answer.store.vec(dx);
        let product = answer.store.mul(&[matrix, column]);
        let df = if shape.is_row() { answer.store.transpose(product) } else { answer.store.unvec(product, shape) };
        check(answer, f, x, dx, df)?;
    }
    Ok(matrix)
}

/// Entry (i, j) of F by entry (k, l) of X: dX is the unit matrix of that place.
fn index_form(answer: &mut Answer, rewriter: &mut Rewriter, f: ExprId, x: ExprId) -> Result<Outcome, Diagnostic> {
    let taken: Vec<String> = answer.input.variables.iter().map(|v| v.name.clone()).collect();
    let mut names = ["i", "j", "k", "l", "r", "s", "t", "a", "b"].into_iter().filter(|n| !taken.iter().any(|t| t == n));
    let mut free = |answer: &mut Answer, dim: DimId| {
        let name = names.next().unwrap_or("i_0").to_owned();
        let facts = Facts::INTEGER | Facts::POSITIVE;
        let id = answer.store.declare(Symbol { name: name.clone(), spelling: name, shape: Shape::SCALAR, facts, ranges: Vec::new() });
        let k = answer.store.symbol(id);
        answer.store.basis(k, dim)
    };
    let (fs, xs) = (answer.store.shape(f), answer.store.shape(x));
    let (i, j, k, l) = (free(answer, fs.rows), free(answer, fs.cols), free(answer, xs.rows), free(answer, xs.cols));
    let store = &mut answer.store;
    let across = store.transpose(l);
    let unit = store.mul(&[k, across]);
    let df = calculus::differential(store, f, &[(x, unit)]).map_err(|r| refused(answer, &r))?;
    let store = &mut answer.store;
    let down = store.transpose(i);
    let entry = store.mul(&[down, df, j]);
    let entry = rewriter.simplify(store, entry);
    Ok(Outcome::new(x, entry))
}

/// The Hessian of a scalar, or a mixed block of it.
pub(super) fn hessian(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<(), Diagnostic> {
    let (first, second) = match targets {
        [one] => (one, one),
        [first, second] => (first, second),
        [] => {
            return Err(Diagnostic::new(Fault::Usage, "which variable is the Hessian taken by")
                .hint("name it: --wrt x, or --wrt x,y for a mixed block"));
        }
        _ => {
            return Err(Diagnostic::new(Fault::Usage, "a Hessian is taken by one variable or two")
                .hint("--wrt x, or --wrt x,y for the block ∂²f/∂x∂y'"));
        }
    };
    let (x, y) = (variable(answer, first)?, variable(answer, second)?);
    let mut rewriter = Rewriter::new();
    let root = answer.input.root;
    let (sx, sy) = (answer.store.shape(x), answer.store.shape(y));
    let matrix = |s: Shape| s.rows != DimId::ONE && s.cols != DimId::ONE;
    let form = session.form.unwrap_or(if matrix(sx) || matrix(sy) { Form::Operator } else { Form::Index });
    match form {
        // Vectors and scalars: rows follow x, columns y.
        Form::Index if !matrix(sx) && !matrix(sy) => {
            let gradient = tasks::one_gradient(session, answer, &mut rewriter, root, x)?;
            let value = if sy.is_scalar() {
                slope(session, answer, &mut rewriter, gradient, y, second)?
            } else {
                vec_jacobian(session, answer, &mut rewriter, gradient, y, second)?
            };
            answer.results.push(Outcome::new(x, value).flat_where(sx.is_scalar() && !sy.is_scalar()));
        }
        Form::Index => {
            let gradient = tasks::one_gradient(session, answer, &mut rewriter, root, x)?;
            let text = index_form(answer, &mut rewriter, gradient, y)?;
            let code = vec_jacobian(session, answer, &mut rewriter, gradient, y, second)?;
            let axes: Vec<DimId> = [sx.rows, sx.cols, sy.rows, sy.cols].into_iter().filter(|&d| d != DimId::ONE).collect();
            answer.results.push(Outcome { code: Some(code), returned: Returned::Tensor(axes), ..text });
        }
        Form::Kron => {
            let gradient = tasks::one_gradient(session, answer, &mut rewriter, root, y)?;
            let value = vec_jacobian(session, answer, &mut rewriter, gradient, x, first)?;
            answer.results.push(Outcome::new(x, value));
        }
        Form::Operator => {
            // V ↦ H[V]: the derivative of ∇_y f along V in x.
            let gradient = tasks::one_gradient(session, answer, &mut rewriter, root, y)?;
            let v = direction(answer, x);
            let raw = calculus::differential(&mut answer.store, gradient, &[(x, v)]).map_err(|r| refused(answer, &r))?;
            let value = rewriter.simplify(&mut answer.store, raw);
            let value = tasks::in_space(answer, &mut rewriter, value, y);
            if !session.unverified {
                check(answer, gradient, x, v, value)?;
            }
            answer.differentials.push((x, v));
            answer.results.push(Outcome::new(x, value));
        }
    }
    Ok(())
}

/// A direction `V` in the space of `x`; `V1`, … where the name is taken.
fn direction(answer: &mut Answer, x: ExprId) -> ExprId {
    let taken = |name: &str| answer.input.variables.iter().any(|v| v.name == name) || answer.input.lets.iter().any(|l| l.name == name);
    let name = std::iter::once("V".to_owned()).chain((1..).map(|k| format!("V{k}"))).find(|n| !taken(n)).unwrap_or_default();
    new_symbol(&mut answer.store, x, name)
}

/// `dx` for a check; it is not printed.
fn hidden_differential(answer: &mut Answer, x: ExprId, target: &Target) -> ExprId {
    new_symbol(&mut answer.store, x, format!("d{}", target.spelling))
}

/// A variable of the shape and the linear space of `x`.
fn new_symbol(store: &mut Store, x: ExprId, name: String) -> ExprId {
    let facts = calculus::linear_space(store.facts(x));
    let id = store.declare(Symbol { name: name.clone(), spelling: name, shape: store.shape(x), facts, ranges: Vec::new() });
    store.symbol(id)
}

/// Whether `df` is the differential of `f` in terms of `dx`.
fn check(answer: &mut Answer, f: ExprId, x: ExprId, dx: ExprId, df: ExprId) -> Result<(), Diagnostic> {
    let symbols = tasks::symbols(&answer.store, &[(x, dx)]);
    let report = num::check_differential(&answer.store, f, &symbols, df, &num::Options::default());
    accept(answer, report)
}
