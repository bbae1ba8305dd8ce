//! One unknown with orthonormal columns: eigenvectors and polar factors.

use super::expand::{expand, terms};
use super::kind::{Extremum, Kind};
use super::linear::{Sandwich, Unknown, affine};
use super::{Equation, Solver, check, gram};
use crate::base::Rational;
use crate::calculus;
use crate::ir::{ExprId, Factor, Facts, Node, Power, Shape, Store};
use crate::ops;

/// What a problem was recognised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// The value is made of eigenvectors of this matrix, for its largest (or smallest) eigenvalues.
    Eigenvectors {
        /// The symmetric matrix.
        of: ExprId,
        /// Whether they belong to the largest eigenvalues.
        largest: bool,
        /// The matrix B of xᵀB x = r where it is not the identity.
        metric: Option<ExprId>,
    },
    /// The value is the orthogonal polar factor of this matrix (U Vᵀ of its singular value decomposition).
    Polar {
        /// The matrix.
        of: ExprId,
        /// Whether the value is the negative of the factor.
        negated: bool,
    },
}

impl Recognised {
    /// What code calls for the value, where that is a factorisation of its own.
    fn code(self, store: &mut Store) -> Option<ExprId> {
        let Recognised::Polar { of, negated } = self else { return None };
        let factor = ops::apply(store, "polar", &[of]);
        Some(if negated { store.neg(factor) } else { factor })
    }
}

/// A value on the constraint with what else is stationary.
pub(super) struct Found {
    pub value: ExprId,
    pub kind: Kind,
    pub others: Vec<(ExprId, Kind)>,
    pub recognised: Option<Recognised>,
    /// What code computes, where that is not how the value is written.
    pub code: Option<ExprId>,
    pub sides: Vec<(ExprId, ExprId)>,
    pub steps: Vec<Equation>,
}

/// Solves f stationary where c = 0 for quadratic constraints xᵀB x = r and XᵀB X = D.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, f: ExprId, x: ExprId, c: ExprId) -> Option<Found> {
    let shape = store.shape(x);
    let found = match gram::read(store, x, c) {
        Some(gram) => gram::solve(solver, store, f, x, &gram),
        None if shape.is_column() && store.is_scalar(c) => super::sphere::length(solver, store, f, x, c),
        None => None,
    }?;
    let feasible = check::sides(store, c, &[(x, found.value)]);
    let mut sides = found.sides.clone();
    sides.push(feasible);
    sides.iter().all(|&(a, b)| check::equal(store, a, b)).then_some(Found { sides, ..found })
}

pub(super) type Outcome = (ExprId, Kind, Vec<(ExprId, Kind)>, Option<Recognised>);

/// What is left of a gradient where XᵀX = I, without terms X S with a symmetric S: those are normal to the constraint.
fn tangential(store: &mut Store, sum: ExprId, x: ExprId) -> Option<ExprId> {
    let expanded = expand(store, sum, &[x])?;
    let square = store.shape(x).is_square();
    let mut kept = Vec::new();
    for (c, t) in terms(store, expanded, &[x]) {
        let t = match store.node(t).clone() {
            Node::BigSum { level, low, high, body } => {
                let (index, opened) = store.open_sum(level, body);
                let inner = tangential(store, opened, x)?;
                store.big_sum(index, low, high, inner)
            }
            Node::Product { coefficient, scalars, mut chain } => {
                let plain = |f: &Factor, flipped: bool| f.base == x && f.power == ExprId::ONE && f.flipped == flipped;
                while let Some(at) = (1..chain.len()).find(|&k| {
                    plain(&chain[k - 1], true) && plain(&chain[k], false) || square && plain(&chain[k - 1], false) && plain(&chain[k], true)
                }) {
                    chain.drain(at - 1..=at);
                }
                let shape = store.shape(t);
                if chain.is_empty() {
                    let eye = store.eye(shape.rows);
                    let front = store.product(coefficient, &scalars, &[]);
                    store.mul(&[front, eye])
                } else {
                    if plain(&chain[0], false) {
                        let rest = if chain.len() > 1 { store.product(Rational::ONE, &[], &chain[1..]) } else { ExprId::ONE };
                        if chain.len() == 1 || store.is(rest, Facts::SYMMETRIC) {
                            continue;
                        }
                    }
                    if square && chain.len() > 1 && plain(&chain[chain.len() - 1], false) {
                        let rest = store.product(Rational::ONE, &[], &chain[..chain.len() - 1]);
                        if store.is(rest, Facts::SYMMETRIC) && !store.depends_on(rest, &[x]) {
                            // S X = X (XᵀS X).
                            continue;
                        }
                    }
                    store.product(coefficient, &scalars, &chain)
                }
            }
            _ if t == x => continue,
            _ => t,
        };
        kept.push((c, t));
    }
    Some(if kept.is_empty() { store.zeros(store.shape(sum)) } else { store.sum(kept) })
}

/// XᵀX = I: linear objectives have polar factors, quadratic ones eigenvectors.
pub(super) fn columns(solver: &mut Solver, store: &mut Store, f: ExprId, x: ExprId) -> Option<Found> {
    let shape = store.shape(x);
    let gradient = calculus::gradients(store, f, &[x], false).ok()?.gradients.first().copied()?;
    let gradient = solver.simplify(store, gradient);
    let along = tangential(store, gradient, x)?;
    let mut equation = affine(store, along, Unknown::plain(x))?;
    if !store.is_zero(equation.constant) && is_normal(store, &equation.sandwiches, shape.is_square()) {
        equation.sandwiches.clear();
    }
    let multiplier = solver.multiplier(store, Shape::new(shape.cols, shape.cols), &[f, x], None);
    let right = store.mul(&[x, multiplier]);
    let law = "the gradient of the objective is normal to the constraint; the multiplier is symmetric";
    let mut steps = vec![Equation { lhs: gradient, rhs: right, law: law.into() }];
    let found: Outcome = if equation.sandwiches.is_empty() {
        if store.is_zero(equation.constant) {
            return None;
        }
        let constant = solver.simplify(store, equation.constant);
        if constant != gradient {
            let law = "terms that are normal to the constraint go into the multiplier";
            steps.push(Equation { lhs: constant, rhs: right, law: law.into() });
        }
        let goal = solver.goal.or_else(|| usual_goal(store, f, x));
        polar(solver, store, constant, goal)
    } else {
        if !store.is_zero(equation.constant) || equation.sandwiches.iter().any(|s| s.flipped) {
            return None;
        }
        eigen(solver, store, &equation.sandwiches, shape)?
    };
    let value = solver.simplify(store, found.0);
    // G = X sym(XᵀG) on the constraint.
    let at = store.substitute(gradient, &[(x, value)]);
    let turned = store.transpose(value);
    let product = store.mul(&[turned, at]);
    let other = store.transpose(product);
    let sum = store.add(&[product, other]);
    let right = store.mul(&[ExprId::HALF, value, sum]);
    let law = match found.3 {
        Some(Recognised::Polar { .. }) => "the polar factor: U Vᵀ of the singular value decomposition U S Vᵀ",
        _ => "eigenvectors as columns",
    };
    steps.push(Equation { lhs: x, rhs: value, law: law.into() });
    let code = found.3.and_then(|r| r.code(store));
    Some(Found { value, kind: found.1, others: found.2, recognised: found.3, code, sides: vec![(at, right)], steps })
}

/// Whether Σ L X R is X S, or for a square X also S X, with one symmetric S: normal to XᵀX = I as a whole.
fn is_normal(store: &mut Store, sandwiches: &[Sandwich], square: bool) -> bool {
    let mut one_sided = |pick: fn(&Sandwich) -> (ExprId, ExprId)| {
        let mut parts = Vec::new();
        for s in sandwiches {
            let (beside, kept) = pick(s);
            let (front, bare) = store.split_front(beside);
            if s.flipped || !matches!(store.node(bare), Node::Eye(_)) {
                return false;
            }
            parts.push(store.mul(&[front, kept]));
        }
        let sum = store.add(&parts);
        let turned = store.transpose(sum);
        check::equal(store, sum, turned)
    };
    !sandwiches.is_empty() && (one_sided(|s| (s.left, s.right)) || square && one_sided(|s| (s.right, s.left)))
}

/// What is looked for where nobody says: the smallest sum of squares, the largest of what is less a sum of squares.
fn usual_goal(store: &mut Store, f: ExprId, x: ExprId) -> Option<Extremum> {
    match store.node(f).clone() {
        Node::BigSum { level, body, .. } => {
            let (_, opened) = store.open_sum(level, body);
            usual_goal(store, opened, x)
        }
        Node::Sum(all) => all.into_iter().find_map(|(c, t)| {
            let term = store.scale(&c, t);
            usual_goal(store, term, x)
        }),
        Node::Product { coefficient, scalars, chain } => {
            let bare = store.product(Rational::ONE, &[], &chain);
            let parts = scalars.iter().copied().chain([(bare, ExprId::ONE)]);
            let mut square = |(base, exponent): Power| match exponent {
                ExprId::ONE => store.gram(base).is_some_and(|root| store.depends_on(root, &[x])),
                ExprId::TWO => store.square_of(base).is_some() && store.depends_on(base, &[x]),
                _ => false,
            };
            parts.into_iter().any(&mut square).then_some(if coefficient.is_negative() { Extremum::Maximum } else { Extremum::Minimum })
        }
        _ => {
            let root = store.gram(f)?;
            store.depends_on(root, &[x]).then_some(Extremum::Minimum)
        }
    }
}

/// −M with the sign in one of its factors where that is a difference: (y − x) zᵀ for (x − y) zᵀ.
fn turned_round(store: &mut Store, m: ExprId) -> ExprId {
    match store.node(m).clone() {
        Node::BigSum { level, low, high, body } => {
            let (index, opened) = store.open_sum(level, body);
            let turned = turned_round(store, opened);
            store.big_sum(index, low, high, turned)
        }
        Node::Product { coefficient, scalars, mut chain } => {
            let difference = |f: &Factor| f.power == ExprId::ONE && matches!(store.node(f.base), Node::Sum(_));
            match chain.iter().position(difference) {
                Some(at) => {
                    chain[at].base = store.neg(chain[at].base);
                    store.product(coefficient, &scalars, &chain)
                }
                None => store.neg(m),
            }
        }
        _ => store.neg(m),
    }
}

/// ⟨C, X⟩ is largest at C (CᵀC)^(−1/2), and smallest at its negative.
fn polar(solver: &mut Solver, store: &mut Store, constant: ExprId, goal: Option<Extremum>) -> Outcome {
    let (front, mut matrix) = store.split_front(constant);
    let mut negative = match store.node(front) {
        Node::Num(n) => n.is_negative(),
        _ if store.is(front, Facts::POSITIVE) => false,
        _ => {
            let minus = store.neg(front);
            let negative = store.is(minus, Facts::POSITIVE);
            if !negative {
                // The sign is not known: it stays with the matrix.
                matrix = constant;
            }
            negative
        }
    };
    if let Node::Sum(all) = store.node(matrix)
        && all.iter().all(|(c, _)| c.is_negative())
    {
        matrix = store.neg(matrix);
        negative = !negative;
    }
    let wanted = if negative { Extremum::Minimum } else { Extremum::Maximum };
    let negated = goal.is_some_and(|goal| goal != wanted);
    let mut minus = false;
    if negated {
        let turned = turned_round(store, matrix);
        minus = turned == store.neg(matrix);
        if !minus {
            matrix = turned;
        }
    }
    let turned = store.transpose(matrix);
    let gram = store.mul(&[turned, matrix]);
    let gram = solver.simplify(store, gram);
    let half = store.mul(&[ExprId::MINUS_ONE, ExprId::HALF]);
    let root = store.power(gram, half);
    let factor = store.mul(&[matrix, root]);
    let opposite = store.neg(factor);
    let (value, other) = if minus { (opposite, factor) } else { (factor, opposite) };
    let (mut kind, mut rest) = (Kind::global(Extremum::Maximum), Kind::global(Extremum::Minimum));
    if negative != negated {
        std::mem::swap(&mut kind, &mut rest);
    }
    (value, kind, vec![(other, rest)], Some(Recognised::Polar { of: matrix, negated: minus }))
}

/// S X = X Λ.
fn eigen(solver: &mut Solver, store: &mut Store, sandwiches: &[Sandwich], shape: Shape) -> Option<Outcome> {
    let mut parts = Vec::new();
    for s in sandwiches {
        let (front, bare) = store.split_front(s.right);
        if !matches!(store.node(bare), Node::Eye(_)) {
            return None;
        }
        parts.push(store.mul(&[front, s.left]));
    }
    let sum = store.add(&parts);
    let sum = solver.simplify(store, sum);
    let (front, matrix) = store.split_front(sum);
    let negative = match store.node(front) {
        Node::Num(n) => n.is_negative(),
        _ if store.is(front, Facts::POSITIVE) => false,
        _ => return None,
    };
    let turned = store.transpose(matrix);
    if !store.is(matrix, Facts::SYMMETRIC) && !check::equal(store, matrix, turned) {
        return None;
    }
    let (trace, eye) = (store.trace(matrix), store.eye(shape.rows));
    let size = store.size(shape.rows);
    let (sized, traced) = (store.mul(&[size, matrix]), store.mul(&[trace, eye]));
    if check::equal(store, sized, traced) {
        // The objective is constant on the constraint.
        return None;
    }
    let count = store.size(shape.cols);
    let mut ends = ["maxeigvecs", "mineigvecs"].map(|name| ops::apply(store, name, &[matrix, count]));
    let (top, bottom) = (Kind::global(Extremum::Maximum), Kind::global(Extremum::Minimum));
    let mut kinds = if negative { [bottom, top] } else { [top, bottom] };
    let mut largest = true;
    if solver.goal.is_some_and(|goal| goal != kinds[0].what) {
        ends.swap(0, 1);
        kinds.swap(0, 1);
        largest = false;
    }
    let [kind, rest] = kinds;
    Some((ends[0], kind, vec![(ends[1], rest)], Some(Recognised::Eigenvectors { of: matrix, largest, metric: None })))
}
