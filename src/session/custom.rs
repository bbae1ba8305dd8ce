//! Names that are symmetric by custom: what an answer is where that is declared.

use super::answer::Answer;
use super::{Format, Session, Task, tasks};
use crate::ir::{DimId, ExprId, Facts, Node};
use crate::syntax::split_name;

/// Covariances and precisions, kernels, quadratic forms.
const SYMMETRIC: [&str; 9] = ["Sigma", "Lambda", "Omega", "S", "K", "P", "C", "Q", "H"];

/// Says what an answer is where its transposes are of names that are symmetric by custom: asked again with that declared.
pub(super) fn note(session: &Session, answer: &mut Answer, wrt: &[&str]) {
    if !matches!(answer.task, Task::Gradient | Task::Hessian | Task::Jacobian) || answer.results.len() != 1 {
        return;
    }
    let declarations = transposed(answer);
    if declarations.is_empty() {
        return;
    }
    let mut other = session.clone();
    other.set_steps(false);
    if declarations.iter().any(|d| other.declare(d).is_err()) {
        return;
    }
    let Ok(mut symmetric) = tasks::ask(&other, answer.task, &answer.text, wrt) else { return };
    let (now, then) = (answer.text(Format::Plain), symmetric.text(Format::Plain));
    if let ([now], [then]) = (&now[..], &then[..])
        && then.chars().count() < now.chars().count()
    {
        answer.input.notes.push(format!("with --var '{}' it is {then}", declarations.join("; ")));
    }
}

/// The declarations of the undeclared square variables with such a name whose transpose stands in the answer.
fn transposed(answer: &mut Answer) -> Vec<String> {
    let by_custom = |name: &str| SYMMETRIC.contains(&split_name(name).base.as_str());
    let mut candidates: Vec<(String, ExprId, DimId)> = Vec::new();
    for variable in answer.input.variables.iter().filter(|v| !v.declared && by_custom(&v.name)) {
        let info = answer.store.symbol_info(variable.symbol);
        let square = info.shape.rows == info.shape.cols && !info.shape.is_scalar();
        if let Some(expr) = variable.expr.filter(|_| square && !info.facts.has(Facts::SYMMETRIC)) {
            candidates.push((variable.spelling.clone(), expr, info.shape.rows));
        }
    }
    if candidates.is_empty() {
        return Vec::new();
    }
    let store = &answer.store;
    let mut flipped: Vec<ExprId> = Vec::new();
    for id in store.reachable(&answer.results.iter().map(|r| r.value).collect::<Vec<_>>()) {
        if let Node::Product { chain, .. } = store.node(id) {
            flipped.extend(chain.iter().filter(|f| f.flipped).map(|f| f.base));
        }
    }
    candidates.retain(|&(_, expr, _)| flipped.iter().any(|&base| store.depends_on(base, &[expr])));
    candidates.iter().map(|(name, _, rows)| format!("{name}: symmetric({})", store.dim_text(*rows))).collect()
}
