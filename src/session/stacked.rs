//! Hessians and Jacobians by a variable with structure: by all entries, and by the free ones in one column.
//!
//! With D the duplication matrix, ∂²f/∂vech(S)∂vech(S)ᵀ = DᵀH D and ∂vec F/∂vech(S)ᵀ = J D (Magnus and Neudecker 2019,
//! section 3.8); for a lower triangular variable Lᵀ, the transposed elimination matrix, takes the place of D.

use super::answer::{Answer, Outcome};
use super::derivatives::{self, vec_jacobian};
use super::structured::{self, Sense};
use super::tasks::{self, Target, accept, refused, variable};
use super::{Form, Session, Structure, Task};
use crate::base::Diagnostic;
use crate::calculus;
use crate::elab::Goal;
use crate::ir::{ExprId, Facts, Store, Symbol};
use crate::num;
use crate::ops;
use crate::rewrite::Rewriter;
use crate::syntax::Ast;

/// The senses of the second derivative of a scalar, or of the derivative of anything, by each variable.
pub(super) fn derivatives(session: &Session, answer: &mut Answer, ast: &Ast, targets: &[Target]) -> Result<(), Diagnostic> {
    if targets.is_empty() {
        return derivatives::of_task(session, answer, targets);
    }
    for target in targets {
        let x = variable(answer, target)?;
        let before = answer.results.len();
        if Columns::of(&answer.store, x).is_none() && session.structure == Structure::All {
            let mut own = session.clone();
            own.structure = Structure::Own;
            derivatives::of_task(&own, answer, std::slice::from_ref(target))?;
            answer.input.notes.push(format!("{} has no vech form, and so one derivative", target.spelling));
            continue;
        }
        if Columns::of(&answer.store, x).is_none() || session.structure == Structure::Entries {
            return Err(structured::none(target, session.structure));
        }
        let wanted = |s: Structure| session.structure == Structure::All || session.structure == s;
        let free = free_matrix(session, answer, ast, x, target)?;
        if wanted(Structure::Ambient) {
            answer.results.push(Outcome { sense: Some(ambient(answer, &target.spelling)), ..Outcome::new(x, free) });
        }
        if wanted(Structure::Own) && answer.task == Task::Hessian {
            let mut own = session.clone();
            own.structure = Structure::Own;
            derivatives::of_task(&own, answer, std::slice::from_ref(target))?;
            let name = &target.spelling;
            let (label, what) = match session.form {
                Some(Form::Kron) => (["H_own", "H_own", "H_{\\mathrm{own}}"], "the matrix of the map"),
                Some(Form::Index) => (["H_own[i,j]", "H_own[i,j]", "H_{\\mathrm{own}}[i,j]"], "entry by entry"),
                _ => (["H[V]", "H[V]", "H[V]"], "the map V ↦ H[V]"),
            };
            let when = format!("{what} among variations that keep the structure of {name}");
            if let Some(last) = answer.results.last_mut() {
                last.sense = Some(Sense::new(Structure::Own, label, when));
            }
        }
        if wanted(Structure::Vech) {
            by_free_entries(session, answer, x, free, target)?;
        }
        if answer.results.len() == before {
            return Err(structured::none(target, session.structure));
        }
    }
    Ok(())
}

fn ambient(answer: &Answer, name: &str) -> Sense {
    if answer.task == Task::Hessian {
        let when = format!("∂²f/∂vec({name})∂vec({name})', all entries of {name} free: for vec calculus, before D is applied");
        Sense::new(Structure::Ambient, ["H", "H", "H"], when)
    } else {
        let when = format!("∂vec F/∂vec({name})', all entries of {name} free: for vec calculus, before D is applied");
        Sense::new(Structure::Ambient, ["J", "J", "J"], when)
    }
}

/// What takes the free entries of a variable to all of its entries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Columns {
    /// vec S = D vech S.
    Duplication,
    /// vec S = Lᵀ vech S.
    Elimination,
}

impl Columns {
    fn of(store: &Store, x: ExprId) -> Option<Columns> {
        let facts = store.facts(x);
        match () {
            () if store.is_scalar(x) || facts.has(Facts::DIAGONAL) => None,
            () if facts.has(Facts::SYMMETRIC) => Some(Columns::Duplication),
            () if facts.has(Facts::LOWER) => Some(Columns::Elimination),
            () => None,
        }
    }

    fn matrix(self, store: &mut Store, x: ExprId) -> ExprId {
        let n = store.size(store.shape(x).rows);
        match self {
            Columns::Duplication => ops::apply(store, "duplication", &[n]),
            Columns::Elimination => {
                let pick = ops::apply(store, "elimination", &[n]);
                store.transpose(pick)
            }
        }
    }
}

/// ∂vec G/∂(vec S)ᵀ of the gradient, or of the function itself, with every entry of S free.
fn free_matrix(session: &Session, answer: &mut Answer, ast: &Ast, x: ExprId, target: &Target) -> Result<ExprId, Diagnostic> {
    let goal = if answer.task == Task::Hessian { Goal::Scalar } else { Goal::Any };
    // Where the formula has no derivative with the structure forgotten (maxeig), it is read with it.
    if let Some((f, free)) = structured::loosened(session, answer, ast, target, goal)
        && let Ok(matrix) = matrix_by(session, answer, (f, free), x, target)
    {
        return Ok(matrix);
    }
    let root = answer.input.root;
    matrix_by(session, answer, (root, x), x, target)
}

fn matrix_by(
    session: &Session,
    answer: &mut Answer,
    (f, free): (ExprId, ExprId),
    x: ExprId,
    target: &Target,
) -> Result<ExprId, Diagnostic> {
    let mut rewriter = Rewriter::new();
    let function = if answer.task == Task::Hessian {
        let sweep = calculus::gradients(&mut answer.store, f, &[free], false).map_err(|r| refused(answer, &r))?;
        let raw = sweep.ambient.first().copied().unwrap_or(ExprId::ZERO);
        rewriter.simplify(&mut answer.store, raw)
    } else {
        f
    };
    let matrix = vec_jacobian(session, answer, &mut rewriter, function, free, target)?;
    let matrix = answer.store.substitute(matrix, &[(free, x)]);
    Ok(rewriter.simplify(&mut answer.store, matrix))
}

/// DᵀH D, or J D; for a symmetric function also L J D.
fn by_free_entries(session: &Session, answer: &mut Answer, x: ExprId, free: ExprId, target: &Target) -> Result<(), Diagnostic> {
    let Some(columns) = Columns::of(&answer.store, x) else { return Ok(()) };
    let name = &target.spelling;
    let root = answer.input.root;
    let d = columns.matrix(&mut answer.store, x);
    let duplicated = columns == Columns::Duplication;
    if answer.task == Task::Hessian {
        let back = answer.store.transpose(d);
        let value = answer.store.mul(&[back, free, d]);
        let gradient = tasks::one_gradient(session, answer, &mut Rewriter::new(), root, x)?;
        let stacked = answer.store.vec(gradient);
        let function = answer.store.mul(&[back, stacked]);
        let label = if duplicated {
            ["D'H D", "D' H D", "\\operatorname{D}^\\top H \\operatorname{D}"]
        } else {
            ["L H L'", "L H L'", "\\operatorname{L} H \\operatorname{L}^\\top"]
        };
        let when =
            format!("by vech({name}): the Hessian that Newton's method, Fisher information and standard errors over vech({name}) need");
        return push(session, answer, x, function, value, Sense::new(Structure::Vech, label, when));
    }
    let value = answer.store.mul(&[free, d]);
    let function = answer.store.vec(root);
    let label = if duplicated { ["J D", "J D", "J \\operatorname{D}"] } else { ["J L'", "J L'", "J \\operatorname{L}^\\top"] };
    let when = format!("∂vec F/∂vech({name})': all entries of the function by the free entries of {name}");
    push(session, answer, x, function, value, Sense::new(Structure::Vech, label, when))?;
    if duplicated && answer.store.is(root, Facts::SYMMETRIC) && !answer.store.is_scalar(root) {
        let n = answer.store.size(answer.store.shape(root).rows);
        let pick = ops::apply(&mut answer.store, "elimination", &[n]);
        let value = answer.store.mul(&[pick, value]);
        let function = ops::apply(&mut answer.store, "vech", &[root]);
        let label = ["L J D", "L J D", "\\operatorname{L} J \\operatorname{D}"];
        let when = format!("∂vech F/∂vech({name})': free entries by free entries, for a symmetric function; the delta method");
        push(session, answer, x, function, value, Sense::new(Structure::Vech, label, when))?;
    }
    Ok(())
}

/// A matrix M, simplified, after d(function) = M vech(dX) has been checked.
fn push(session: &Session, answer: &mut Answer, x: ExprId, function: ExprId, raw: ExprId, sense: Sense) -> Result<(), Diagnostic> {
    let value = Rewriter::new().simplify(&mut answer.store, raw);
    if !session.unverified {
        let store = &mut answer.store;
        let facts = calculus::linear_space(store.facts(x));
        let symbol = Symbol { name: String::new(), spelling: String::new(), shape: store.shape(x), facts, ranges: Vec::new() };
        let symbol = store.declare(symbol);
        let dx = store.symbol(symbol);
        let column = ops::apply(store, "vech", &[dx]);
        let df = store.mul(&[value, column]);
        let symbols = tasks::symbols(store, &[(x, dx)]);
        let report = num::check_differential(store, function, &symbols, df, &num::Options::default());
        accept(answer, report)?;
    }
    answer.results.push(Outcome { sense: Some(sense), ..Outcome::new(x, value) });
    Ok(())
}
