//! Hessians: one more derivative of a gradient, as a block, a map, a matrix or entry by entry.

use super::answer::{Answer, Outcome};
use super::derivatives::{check, direction, hidden_differential, index_form, slope, vec_jacobian};
use super::reading;
use super::tasks::{self, Target, refused, variable};
use super::{Form, Session};
use crate::base::{Diagnostic, Fault};
use crate::calculus;
use crate::ir::{DimId, ExprId, Shape};
use crate::rewrite::Rewriter;

/// The Hessian of a scalar, a mixed block of it, or by more than two variables (or where all blocks are asked for) every
/// block of its upper half.
pub(super) fn hessian(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<(), Diagnostic> {
    match targets {
        [] => {
            let error = Diagnostic::new(Fault::Usage, "which variable is the Hessian taken by");
            Err(error.hint("name it: --wrt x, or --wrt x,y for a mixed block"))
        }
        [one] => block(session, answer, one, one),
        [first, second] if !session.blocks => {
            block(session, answer, first, second)?;
            let y = variable(answer, second)?;
            if let Some(last) = answer.results.last_mut().filter(|_| first.name != second.name) {
                last.second = Some(y);
            }
            Ok(())
        }
        _ => {
            for (at, first) in targets.iter().enumerate() {
                for second in &targets[at..] {
                    block(session, answer, first, second)?;
                    let y = variable(answer, second)?;
                    if let Some(last) = answer.results.last_mut() {
                        last.second = Some(y);
                    }
                }
            }
            Ok(())
        }
    }
}

/// ∂²f/∂x∂yᵀ.
fn block(session: &Session, answer: &mut Answer, first: &Target, second: &Target) -> Result<(), Diagnostic> {
    let x = variable(answer, first)?;
    // A free index of a family (x_k twice) is one index.
    let y = if first.name == second.name { x } else { variable(answer, second)? };
    let mut rewriter = tasks::reading_parts(answer);
    let (sx, sy) = (answer.store.shape(x), answer.store.shape(y));
    let matrix = |s: Shape| s.rows != DimId::ONE && s.cols != DimId::ONE;
    let form = session.form.unwrap_or(if matrix(sx) || matrix(sy) { Form::Operator } else { Form::Index });
    match form {
        // A scalar by a matrix: ∇_y f by the scalar is a matrix.
        Form::Operator if session.form.is_none() && sx.is_scalar() => {
            let gradient = gradient(session, answer, &mut rewriter, y)?;
            let value = slope(session, answer, &mut rewriter, gradient, x, first)?;
            answer.results.push(Outcome::new(x, value));
        }
        // Vectors and scalars: rows follow x, columns y.
        Form::Index if !matrix(sx) && !matrix(sy) => {
            let gradient = gradient(session, answer, &mut rewriter, x)?;
            let value = if sy.is_scalar() {
                slope(session, answer, &mut rewriter, gradient, y, second)?
            } else {
                vec_jacobian(session, answer, &mut rewriter, gradient, y, second)?
            };
            answer.results.push(Outcome::new(x, value).flat_where(sx.is_scalar() && !sy.is_scalar()));
        }
        Form::Index => {
            let gradient = gradient(session, answer, &mut rewriter, x)?;
            let code = vec_jacobian(session, answer, &mut rewriter, gradient, y, second)?;
            let text = index_form(session, answer, &mut rewriter, gradient, y, (Some(first), second))?;
            answer.results.push(Outcome { target: Some(x), ..text }.in_axes(code, &[sx, sy]));
        }
        Form::Kron => {
            let gradient = gradient(session, answer, &mut rewriter, y)?;
            let value = vec_jacobian(session, answer, &mut rewriter, gradient, x, first)?;
            answer.results.push(Outcome::new(x, value));
        }
        Form::Operator => {
            // V ↦ H[V]: the derivative of ∇_y f along V in x.
            let by_y = gradient(session, answer, &mut rewriter, y)?;
            let v = direction(answer, x);
            let raw = calculus::differential(&mut answer.store, by_y, &[(x, v)]).map_err(|r| refused(answer, &r))?;
            rewriter.take_used();
            let value = rewriter.simplify(&mut answer.store, raw);
            if session.steps {
                // d∇f is in terms of dX; H[V] is the same with V.
                let dx = hidden_differential(answer, x, first);
                let [raw, line] = [raw, value].map(|e| answer.store.substitute(e, &[(v, dx)]));
                reading::differential(answer, raw, line, &rewriter.take_used());
                reading::map(answer);
                answer.hidden.push((x, dx));
            }
            let value = tasks::in_space(answer, &mut rewriter, value, y);
            if !session.unverified {
                check(answer, by_y, x, v, value)?;
            }
            let map = Outcome::new(x, value);
            if session.form.is_none() && !matrix(sx) {
                // Three indices: a linear map in text, an array in code.
                let quiet = Session { steps: false, ..session.clone() };
                let by_x = gradient(&quiet, answer, &mut rewriter, x)?;
                let code = vec_jacobian(&quiet, answer, &mut rewriter, by_x, y, second)?;
                answer.results.push(map.in_axes(code, &[sx, sy]));
                return Ok(());
            }
            if !answer.differentials.contains(&(x, v)) {
                answer.differentials.push((x, v));
            }
            answer.results.push(map);
        }
    }
    Ok(())
}

/// The gradient that a Hessian is the derivative of.
fn gradient(session: &Session, answer: &mut Answer, rewriter: &mut Rewriter, x: ExprId) -> Result<ExprId, Diagnostic> {
    let root = answer.input.root;
    let gradient = tasks::one_gradient(session, answer, rewriter, root, x)?;
    if session.steps {
        reading::gradient(answer, x, gradient);
    }
    Ok(gradient)
}
