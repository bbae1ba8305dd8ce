//! A step of Newton's method, for stationary points that have no closed form.

use super::answer::Outcome;
use super::tasks;
use super::{Answer, Form, Session, Task};
use crate::base::{Diagnostic, Fault};
use crate::calculus;
use crate::ir::{ExprId, Facts, Shape, Store};
use crate::rewrite::Rewriter;
use crate::solve;

impl Session {
    /// x − H⁻¹∇f for one variable, whose code ([`Answer::numpy`]) is a function `step` of the variable and the rest; a matrix is
    /// stepped as its stacked columns. Gradient and Hessian are checked numerically like every answer.
    ///
    /// # Errors
    /// As [`Session::ask`]; several variables, constraints, and structured matrices have no step.
    pub fn step(&self, text: &str, wrt: &[&str]) -> Result<Answer, Diagnostic> {
        let targets = tasks::targets(wrt)?;
        let none = |why: &str| Diagnostic::new(Fault::NoClosedForm, format!("there is no step of Newton's method: {why}"));
        let [target] = &targets[..] else { return Err(none("it is made for one variable")) };
        if !self.constraints.is_empty() {
            return Err(none("it is made without constraints"));
        }
        let session = Session { form: Some(Form::Kron), steps: false, ..self.clone() };
        let mut answer = session.ask(Task::Hessian, text, wrt)?;
        let x = tasks::variable(&mut answer, target)?;
        let (shape, facts) = (answer.store.shape(x), calculus::linear_space(answer.store.facts(x)));
        if !shape.is_scalar() && facts.has(Facts::SYMMETRIC) || facts.has(Facts::SKEW) || facts.has(Facts::LOWER) || facts.has(Facts::UPPER)
        {
            return Err(none("the variable is structured"));
        }
        let Some(hessian) = answer.results.first().map(|r| r.value) else { return Err(none("there is no Hessian")) };
        if !solve::is_regular(&answer.store, hessian) {
            return Err(none("the Hessian is singular"));
        }
        let root = answer.input.root;
        let mut rewriter = Rewriter::new();
        let gradient = tasks::one_gradient(&session, &mut answer, &mut rewriter, root, x)?;
        let store = &mut answer.store;
        let inverse = store.inverse(hessian);
        let stacked = store.vec(gradient);
        let change = store.mul(&[inverse, stacked]);
        let change = unstacked(store, change, shape);
        let step = store.sub(x, change);
        answer.results = vec![Outcome::new(x, step)];
        answer.task = Task::Solve;
        answer.iteration = true;
        Ok(answer)
    }
}

fn unstacked(store: &mut Store, change: ExprId, shape: Shape) -> ExprId {
    if shape.is_column() || shape.is_scalar() { change } else { store.unvec(change, shape) }
}
