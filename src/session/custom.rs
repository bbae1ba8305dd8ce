//! Names that are symmetric by custom: what an answer is where that is declared.

use super::answer::Answer;
use super::{Format, Task, tasks};
use crate::ir::{ExprId, Facts, Node, Symbol, SymbolId};
use crate::rewrite::Rewriter;
use crate::show::{self, Style};
use crate::syntax::split_name;

/// Covariances and precisions, kernels, quadratic forms.
const SYMMETRIC: [&str; 9] = ["Sigma", "Lambda", "Omega", "S", "K", "P", "C", "Q", "H"];

/// Says what an answer is where its transposes are of names that are symmetric by custom: the answer with that put in.
pub(super) fn note(answer: &mut Answer) {
    let [outcome] = &answer.results[..] else { return };
    let (value, target) = (outcome.value, outcome.target);
    if !matches!(answer.task, Task::Gradient | Task::Hessian | Task::Jacobian) {
        return;
    }
    let candidates = transposed(answer, value);
    let asked = target.is_some_and(|x| candidates.iter().any(|c| c.1 == x));
    if candidates.is_empty() || asked && answer.task != Task::Gradient {
        return;
    }
    let store = &mut answer.store;
    let mut replace = Vec::new();
    for &(symbol, expr) in &candidates {
        let info = store.symbol_info(symbol).clone();
        let other = store.declare(Symbol { facts: info.facts | Facts::SYMMETRIC, ..info });
        replace.push((expr, store.symbol(other)));
    }
    let then = store.substitute(value, &replace);
    let then = Rewriter::new().simplify(store, then);
    // By a symmetric matrix the gradient is the symmetric part of this.
    if asked && !store.is(then, Facts::SYMMETRIC) {
        return;
    }
    let style = Style { format: Format::Plain, ..answer.style };
    let lets = tasks::definitions(&answer.input);
    let [now, then] = [value, then].map(|value| show::show(store, value, &style, &lets));
    if then != now && then.chars().count() <= now.chars().count() {
        let kind = |&(symbol, _): &(SymbolId, ExprId)| {
            let info = answer.store.symbol_info(symbol);
            format!("{}: symmetric({})", info.spelling, answer.store.dim_text(info.shape.rows))
        };
        let declarations: Vec<String> = candidates.iter().map(kind).collect();
        answer.input.notes.push(format!("with --var '{}' it is {then}", declarations.join("; ")));
    }
}

/// The undeclared square variables with such a name whose transpose stands in the answer.
fn transposed(answer: &Answer, value: ExprId) -> Vec<(SymbolId, ExprId)> {
    let by_custom = |name: &str| SYMMETRIC.contains(&split_name(name).base.as_str());
    let store = &answer.store;
    let mut candidates: Vec<(SymbolId, ExprId)> = Vec::new();
    for variable in answer.input.variables.iter().filter(|v| !v.declared && by_custom(&v.name)) {
        let info = store.symbol_info(variable.symbol);
        let square = info.shape.rows == info.shape.cols && !info.shape.is_scalar();
        if let Some(expr) = variable.expr.filter(|_| square && !info.facts.has(Facts::SYMMETRIC)) {
            candidates.push((variable.symbol, expr));
        }
    }
    if candidates.is_empty() {
        return candidates;
    }
    let mut flipped: Vec<ExprId> = Vec::new();
    for id in store.reachable(&[value]) {
        if let Node::Product { chain, .. } = store.node(id) {
            flipped.extend(chain.iter().filter(|f| f.flipped).map(|f| f.base));
        }
    }
    candidates.retain(|&(_, expr)| flipped.iter().any(|&base| store.depends_on(base, &[expr])));
    candidates
}
