//! Applying a row of the function table: which of its forms fits, and what that makes.

use super::instantiate::instantiate;
use crate::ir::{DimId, ExprId, Fun, Shape, Store};
use crate::ops::{self, Arg, D, Form, Make, Row, Sig};
use crate::syntax::{Ast, AstId, Bars, Kind};

/// The names of a row's arguments in its definition.
const ARGUMENTS: [&str; 3] = ["X", "Y", "Z"];

/// The function of a row applied to arguments whose shapes fit one of its forms. `spread` is the shape that the
/// context gives to a constant vector or matrix.
pub(super) fn apply(store: &mut Store, fun: Fun, row: &'static Row, args: &[ExprId], spread: impl FnOnce(&mut Store) -> Shape) -> ExprId {
    let form = row.forms.iter().find(|form| fits(store, &form.sig, args));
    debug_assert!(form.is_some(), "no form of {} fits its arguments", row.name);
    let Some(Form { make, .. }) = form else { return args.first().copied().unwrap_or(ExprId::ZERO) };
    match *make {
        Make::Call => ops::call(store, fun, args),
        Make::CallOf(name) => ops::apply(store, name, args),
        Make::Build(build) => build(store, args),
        Make::Define(text) => {
            let shape = args.first().map_or(Shape::SCALAR, |&a| store.shape(a));
            let bindings: Vec<(&str, ExprId)> = ARGUMENTS.iter().copied().zip(args.iter().copied()).collect();
            instantiate(store, text, &bindings, &[("m", shape.rows), ("n", shape.cols)])
        }
        Make::Spread => {
            let shape = spread(store);
            let ones = store.ones(shape);
            store.mul(&[args[0], ones])
        }
    }
}

/// Whether a node is `tanh^2(x)`, a power put on a function that goes entry by entry: so does the power.
pub(super) fn is_entrywise_power(ast: &Ast, id: AstId) -> bool {
    let Kind::Power(base, _) = ast.node(id).kind else { return false };
    let Kind::Call { name, args, .. } = &ast.node(base).kind else { return false };
    let entrywise = |row: &Row| row.forms.iter().all(|f| f.sig.out == (D::N(0), D::N(1)));
    ast.is_function_power(id) && args.len() == 1 && ops::find(name).is_none_or(|(_, row)| entrywise(row))
}

/// What stands between the bars of `|x|^2`: of a vector its length.
pub(super) fn length_below(ast: &Ast, power: AstId) -> Option<AstId> {
    let Kind::Power(base, _) = ast.node(power).kind else { return None };
    if let Kind::Bars(Bars::Single, inside) = ast.node(base).kind { Some(inside) } else { None }
}

/// Whether arguments of known shapes fit a signature.
fn fits(store: &mut Store, sig: &Sig, args: &[ExprId]) -> bool {
    if sig.args.len() != args.len() {
        return false;
    }
    let mut dims: [Option<DimId>; 8] = [None; 8];
    for (arg, &value) in sig.args.iter().zip(args) {
        if let Arg::Dim(k) = *arg {
            let Some(dim) = store.as_dim(value) else { return false };
            dims[usize::from(k)] = Some(dim);
        }
    }
    let some_shape = sig.args.iter().zip(args).any(|(arg, &a)| matches!(arg, Arg::Shape(..)) && !store.is_scalar(a));
    for (arg, &value) in sig.args.iter().zip(args) {
        let Arg::Shape(rows, cols) = *arg else { continue };
        let shape = store.shape(value);
        if sig.broadcast && shape.is_scalar() && some_shape {
            continue;
        }
        for (d, actual) in [(rows, shape.rows), (cols, shape.cols)] {
            let expected = match d {
                D::One => DimId::ONE,
                D::N(k) => *dims[usize::from(k)].get_or_insert(actual),
                D::Times(a, b) => match (dims[usize::from(a)], dims[usize::from(b)]) {
                    (Some(a), Some(b)) => store.dim_times(a, b),
                    _ => actual,
                },
                D::Triangle(k) => dims[usize::from(k)].map_or(actual, |n| store.dim_triangle(n)),
            };
            if expected != actual {
                return false;
            }
        }
    }
    true
}
