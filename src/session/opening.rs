//! How the derivation of a solution opens: the differential of the objective (or the Lagrangian), down to the gradient that is
//! set to zero.

use super::answer::{Answer, Outcome};
use super::derivation::{self, Line};
use super::tasks::{differential_symbol, refused};
use crate::base::Diagnostic;
use crate::calculus;
use crate::ir::{ExprId, Node};
use crate::rewrite::Rewriter;

/// The lines from df as posed to ⟨∇f, dX⟩. The answer itself is left as it was.
///
/// # Errors
/// When f cannot be differentiated, or a line does not follow from the one before.
pub(super) fn lines(answer: &mut Answer, f: ExprId, unknowns: &[ExprId], verify: bool) -> Result<Vec<Line>, Diagnostic> {
    let (root, results, differentials, steps) = (
        std::mem::replace(&mut answer.input.root, f),
        std::mem::take(&mut answer.results),
        std::mem::take(&mut answer.differentials),
        std::mem::take(&mut answer.steps),
    );
    let opened = opened(answer, f, unknowns, verify);
    answer.input.root = root;
    answer.results = results;
    answer.differentials = differentials;
    answer.steps = steps;
    opened
}

fn opened(answer: &mut Answer, f: ExprId, unknowns: &[ExprId], verify: bool) -> Result<Vec<Line>, Diagnostic> {
    let sweep = calculus::gradients(&mut answer.store, f, unknowns, true).map_err(|r| refused(answer, &r))?;
    let mut rewriter = Rewriter::new();
    for (&x, &gradient) in unknowns.iter().zip(&sweep.gradients) {
        let simple = rewriter.simplify(&mut answer.store, gradient);
        answer.results.push(Outcome::new(x, simple));
        let spelling = match answer.store.node(x) {
            Node::Symbol(s) | Node::Member(s, _) => answer.store.symbol_info(*s).spelling.clone(),
            _ => "x".into(),
        };
        differential_symbol(answer, x, &spelling);
    }
    answer.steps = derivation::gradient(answer, unknowns, &sweep, &rewriter.take_used())?;
    if verify {
        derivation::check(answer)?;
    }
    Ok(answer.steps.clone())
}
