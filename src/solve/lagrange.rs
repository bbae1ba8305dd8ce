//! Problems in variables that fill a linear space: what the declared ones stand for, and a multiplier for each constraint.

use super::{Solver, Unsolved, structure};
use crate::ir::{DimId, ExprId, Facts, Node, Shape, Store, Symbol};
use crate::ops;

/// What is solved.
pub(super) struct Problem {
    /// The objective in the stand-ins.
    pub objective: ExprId,
    /// The Lagrangian f + Σ ⟨ν, c⟩; the objective itself where there are no constraints.
    pub lagrangian: ExprId,
    /// One for each unknown: itself, or what stands for it.
    pub unknowns: Vec<ExprId>,
    /// What is zero, in the stand-ins.
    pub constraints: Vec<ExprId>,
    /// One for each constraint.
    pub multipliers: Vec<ExprId>,
    /// Unknowns in terms of their stand-ins.
    pub replace: Vec<(ExprId, ExprId)>,
}

/// Poses the problem: a diagonal unknown is its diagonal, one that sums to one is a positive column with a constraint, an
/// orthogonal one a square matrix with a constraint, one that a constraint says is symmetric a symmetric one.
///
/// # Errors
/// An unknown that takes single values only.
pub(super) fn pose(
    solver: &mut Solver,
    store: &mut Store,
    f: ExprId,
    unknowns: &[ExprId],
    constraints: &[ExprId],
) -> Result<Problem, Unsolved> {
    let (mut inner, mut replace, mut more) = (Vec::new(), Vec::new(), Vec::new());
    let mut constraints = constraints.to_vec();
    for &x in unknowns {
        let shape = store.shape(x);
        let said;
        (said, constraints) = structure::said(store, x, &constraints);
        let facts = (store.facts(x) | said).closed();
        if facts.has(Facts::BINARY) {
            return Err(Unsolved::Constrained(x, "takes single values only: there is nothing to differentiate"));
        }
        if facts.has(Facts::ROWS_SUM_TO_ONE) {
            return Err(Unsolved::Constrained(x, "has rows that sum to one: solve for one of them"));
        }
        if facts.has(Facts::SUMS_TO_ONE) && shape.is_column() {
            let p = stand_in(store, x, shape, Facts::POSITIVE | Facts::NONNEGATIVE);
            let ones = store.ones(shape);
            let sum = store.inner(ones, p);
            more.push(store.sub(sum, ExprId::ONE));
            replace.push((x, p));
            inner.push(p);
        } else if facts.has(Facts::ORTHOGONAL) {
            let p = stand_in(store, x, shape, Facts::NONE);
            let turned = store.transpose(p);
            let gram = store.mul(&[turned, p]);
            let eye = store.eye(shape.cols);
            more.push(store.sub(gram, eye));
            replace.push((x, p));
            inner.push(p);
        } else if facts.has(Facts::DIAGONAL) && !shape.is_scalar() {
            let signs = if facts.has(Facts::DEFINITE) { Facts::POSITIVE } else { Facts::NONE };
            let d = super::linear::placeholder(store, Shape::column(shape.rows), signs);
            replace.push((x, store.diag(d)));
            inner.push(d);
        } else if facts != store.facts(x) {
            let p = stand_in(store, x, shape, facts);
            replace.push((x, p));
            inner.push(p);
        } else {
            inner.push(x);
        }
    }
    let objective = store.substitute(f, &replace);
    let constraints: Vec<ExprId> = constraints
        .iter()
        .chain(&more)
        .map(|&c| {
            let c = store.substitute(c, &replace);
            squared(store, c, &inner)
        })
        .collect();
    let mut avoid = vec![f];
    avoid.extend(&constraints);
    let mut terms = vec![objective];
    let mut multipliers = Vec::new();
    for &c in &constraints {
        let nu = solver.multiplier(store, store.shape(c), &avoid, (constraints.len() > 1).then_some(multipliers.len() + 1));
        terms.push(store.inner(nu, c));
        multipliers.push(nu);
    }
    let lagrangian = store.add(&terms);
    Ok(Problem { objective, lagrangian, unknowns: inner, constraints, multipliers, replace })
}

/// ‖u‖ = r as uᵀu = r², which has a gradient everywhere.
fn squared(store: &mut Store, c: ExprId, unknowns: &[ExprId]) -> ExprId {
    let mut norms = Vec::new();
    for id in store.reachable(&[c]) {
        if let Some(args) = ops::args_of(store, id, "norm")
            && store.depends_on(id, unknowns)
        {
            norms.push((id, args[0]));
        }
    }
    let whole = c;
    let [(norm, u)] = norms[..] else { return c };
    let square = store.inner(u, u);
    let Node::Sum(all) = store.node(c).clone() else {
        let power = store.power(norm, ExprId::TWO);
        return store.substitute(c, &[(power, square)]);
    };
    let (varying, constant): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, t)| store.depends_on(*t, unknowns));
    match &varying[..] {
        [(c, t)] if *t == norm => {
            let Some(inverse) = c.recip() else { return whole };
            let radius = store.sum(constant);
            let radius = store.scale(&inverse, radius);
            let radius = store.power(radius, ExprId::TWO);
            store.sub(square, radius)
        }
        [(c, t)] if *t == store.power(norm, ExprId::TWO) => {
            let mut terms = vec![(c.clone(), square)];
            terms.extend(constant);
            store.sum(terms)
        }
        _ => whole,
    }
}

/// A variable that is written like `x`, with other facts.
fn stand_in(store: &mut Store, x: ExprId, shape: Shape, facts: Facts) -> ExprId {
    let spelling = match store.node(x) {
        Node::Symbol(s) => store.symbol_info(*s).spelling.clone(),
        _ => "u".into(),
    };
    let symbol = Symbol { name: String::new(), spelling, shape, facts, ranges: Vec::new() };
    let id = store.declare(symbol);
    store.symbol(id)
}

impl Solver {
    /// A Lagrange multiplier of this shape with a name that is not taken, and a number where there are several.
    pub(super) fn multiplier(&mut self, store: &mut Store, shape: Shape, avoid: &[ExprId], number: Option<usize>) -> ExprId {
        let matrix = shape.rows != DimId::ONE && shape.cols != DimId::ONE;
        let names: &[&str] = if matrix { &["Lambda", "Gamma", "Xi", "Psi"] } else { &["nu", "lambda", "kappa", "eta", "zeta"] };
        self.named(store, names, shape, avoid, number)
    }

    /// A variable with the first of these names that is not taken.
    pub(super) fn named(&mut self, store: &mut Store, names: &[&str], shape: Shape, avoid: &[ExprId], number: Option<usize>) -> ExprId {
        let taken: Vec<String> = store
            .reachable(avoid)
            .into_iter()
            .filter_map(|id| match store.node(id) {
                Node::Symbol(s) | Node::Member(s, _) => Some(store.symbol_info(*s).name.clone()),
                _ => None,
            })
            .collect();
        let name =
            names.iter().find(|n| !taken.iter().any(|t| t.trim_end_matches(|c: char| c.is_ascii_digit()) == **n)).unwrap_or(&names[0]);
        let spelling = number.map_or_else(|| (*name).to_owned(), |k| format!("{name}{k}"));
        let symbol = Symbol { name: spelling.clone(), spelling, shape, facts: Facts::NONE, ranges: Vec::new() };
        let id = store.declare(symbol);
        store.symbol(id)
    }
}
