//! The differential of one application, from its row: an expression linear in the differentials of its arguments.

use super::Refusal;
use crate::base::Rational;
use crate::elab;
use crate::ir::{ExprId, Factor, Facts, Fun, Node, Shape, Store, Symbol};
use crate::ops::{self, Derivative};

/// Names of arguments and of their differentials in a row's line.
const ARGUMENTS: [(&str, &str); 3] = [("X", "dX"), ("Y", "dY"), ("Z", "dZ")];

/// How dX must stand to X for a rule that needs it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Commutes {
    /// dX is any matrix.
    No,
    /// dX commutes with X, or all that is asked is a trace in which it may be moved about.
    Yes,
}

/// dF for `F = fun(args)`, given the differentials of the arguments (`None` where one is constant).
pub(super) fn call_differential(
    store: &mut Store,
    id: ExprId,
    fun: Fun,
    args: &[ExprId],
    d: &[Option<ExprId>],
    commutes: Commutes,
) -> Result<ExprId, Refusal> {
    let shape = store.shape(id);
    let Some(row) = ops::row(fun) else {
        let Fun::User(number, order) = fun else { return Ok(store.zeros(shape)) };
        let Some(dx) = d.first().copied().flatten() else { return Ok(store.zeros(shape)) };
        let slope = ops::call(store, Fun::User(number, order.saturating_add(1)), args);
        return Ok(store.hadamard(&[slope, dx]));
    };
    let line = match (row.d, commutes) {
        (Derivative::Line(line), _) | (Derivative::Commuting(line, _), Commutes::Yes) => line,
        (Derivative::Commuting(_, reason) | Derivative::Refused(reason), _) => return Err(Refusal { part: id, reason }),
        (Derivative::SelfAdjoint, _) => {
            return Ok(match d.first().copied().flatten() {
                Some(dx) => ops::call(store, fun, &[dx]),
                None => store.zeros(shape),
            });
        }
        (Derivative::Zero | Derivative::Built, _) => return Ok(store.zeros(shape)),
    };
    let mut bindings: Vec<(&str, ExprId)> = vec![("F", id)];
    for (at, (name, dname)) in ARGUMENTS.iter().enumerate().take(args.len()) {
        let value = spread(store, args[at], shape, matches!(row.eval, ops::Eval::Scalar2(_) | ops::Eval::Scalar3(_)));
        bindings.push((name, value));
        let argument = store.shape(value);
        let dx = match d[at] {
            Some(dx) => spread(store, dx, argument, true),
            None => store.zeros(argument),
        };
        bindings.push((dname, dx));
    }
    let x = store.shape(args[0]);
    let y = args.get(1).map_or(Shape::SCALAR, |&y| store.shape(y));
    Ok(elab::instantiate(store, line, &bindings, &[("m", x.rows), ("n", x.cols), ("p", y.rows)]))
}

/// A scalar beside a matrix in an element-wise function of two stands for a constant matrix.
fn spread(store: &mut Store, value: ExprId, shape: Shape, wanted: bool) -> ExprId {
    if !wanted || shape.is_scalar() || !store.is_scalar(value) {
        return value;
    }
    let ones = store.ones(shape);
    store.mul(&[value, ones])
}

/// X with F X + X F = M, by vec X = (I ⊗ F + Fᵀ ⊗ I)⁻¹ vec M: what squaring F does to its change, undone.
fn sylvester(store: &mut Store, f: ExprId, m: ExprId) -> ExprId {
    let shape = store.shape(m);
    let eye = store.eye(shape.rows);
    let turned = store.transpose(f);
    let (right, left) = (store.kron(&[eye, f]), store.kron(&[turned, eye]));
    let sum = store.add(&[right, left]);
    let inverse = store.inverse(sum);
    let column = store.vec(m);
    let solved = store.mul(&[inverse, column]);
    store.unvec(solved, shape)
}

/// The differential of B^(1/2) or B^(−1/2) for the change `db` of B; `None` for another power.
pub(super) fn root_differential(store: &mut Store, b: ExprId, p: ExprId, db: ExprId) -> Option<ExprId> {
    let negative = half(store, p)?;
    let root = store.power(b, ExprId::HALF);
    let d = sylvester(store, root, db);
    Some(if negative {
        // d(F⁻¹) = −F⁻¹dF F⁻¹.
        let inverse = store.inverse(root);
        let product = store.mul(&[inverse, d, inverse]);
        store.neg(product)
    } else {
        d
    })
}

/// The adjoint of [`root_differential`].
pub(super) fn root_adjoint(store: &mut Store, b: ExprId, p: ExprId, m: ExprId) -> Option<ExprId> {
    let negative = half(store, p)?;
    let root = store.power(b, ExprId::HALF);
    let turned = store.transpose(root);
    let m = if negative {
        let inverse = store.inverse(turned);
        let product = store.mul(&[inverse, m, inverse]);
        store.neg(product)
    } else {
        m
    };
    Some(sylvester(store, turned, m))
}

/// The k and ±1/2 of the same sign that a power k ± 1/2 is the sum of, where k is not 0: B^p = B^k B^(±1/2).
pub(super) fn whole_and_root(store: &mut Store, p: ExprId) -> Option<(ExprId, ExprId)> {
    let p = store.as_num(p).cloned()?;
    let root = if p.is_negative() { Rational::HALF.neg() } else { Rational::HALF };
    let whole = p.add(&root.neg());
    (whole.is_integer() && !whole.is_zero()).then(|| (store.num(whole), store.num(root)))
}

/// Whether a power is −1/2 rather than 1/2; `None` for any other.
fn half(store: &Store, p: ExprId) -> Option<bool> {
    let p = store.as_num(p)?;
    (p.abs() == Rational::HALF).then(|| p.is_negative())
}

/// A variable that stands for an unknown differential of this shape.
pub(super) fn placeholder(store: &mut Store, shape: Shape) -> ExprId {
    let symbol = Symbol { name: String::new(), spelling: String::new(), shape, facts: Facts::NONE, ranges: Vec::new() };
    let id = store.declare(symbol);
    store.symbol(id)
}

/// Whether `a` commutes with its differential: it is a number or scalar times a matrix that does not depend on what is
/// varied, or diagonal wherever it goes.
pub(super) fn moves_along_itself(store: &Store, a: ExprId, depends: &dyn Fn(ExprId) -> bool) -> bool {
    match store.node(a) {
        _ if store.is(a, Facts::DIAGONAL) => true,
        Node::Product { chain, .. } => !chain.iter().any(|f| depends(f.base) || depends(f.power)),
        _ => false,
    }
}

/// Whether the transpose of a cotangent `g` commutes with `x` because it is a multiple of the identity or made of `x`
/// itself: ⟨g, dF⟩ = tr(gᵀ dF).
pub(super) fn commutes_with(store: &Store, g: ExprId, x: ExprId) -> bool {
    let of_x = |base: ExprId| match store.node(base) {
        Node::Eye(_) => true,
        Node::Call(fun, args) => args[..] == [x] && ops::row(*fun).is_some_and(|r| matches!(r.d, Derivative::Commuting(..))),
        _ => base == x,
    };
    match store.node(g) {
        Node::Eye(_) => true,
        Node::Product { chain, .. } => chain.iter().all(|f: &Factor| of_x(f.base) && (f.flipped || store.is(f.base, Facts::SYMMETRIC))),
        _ => of_x(g) && store.is(g, Facts::SYMMETRIC),
    }
}
