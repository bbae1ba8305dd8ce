//! The function table: one row a function, with everything about it.
//!
//! To add a function, add its row to the file of its kind; nothing else changes. `row.rs` says what a row holds.

mod activations;
mod composed;
mod elementwise;
mod exact;
mod matrix;
mod named;
mod normal;
mod piecewise;
mod reduce;
mod row;
mod special;
mod standard;
mod structure;

pub use exact::{ExactMatrix, exact_inverse};
pub(crate) use matrix::sqrtm;
pub use piecewise::{jumps, opposite};
pub use row::{Arg, Code, D, Derivative, Domain, Eval, Form, Make, Matrix, Row, Sig, Spelling};

use crate::ir::{ExprId, Facts, Fun, Shape, Store};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::sync::OnceLock;

/// All rows, in the order of their numbers.
const TABLES: [&[Row]; 11] = [
    elementwise::ROWS,
    special::ROWS,
    reduce::ROWS,
    matrix::ROWS,
    structure::ROWS,
    named::ROWS,
    piecewise::ROWS,
    standard::ROWS,
    activations::ROWS,
    normal::ROWS,
    composed::ROWS,
];

/// Every row with its number.
pub fn rows() -> impl Iterator<Item = (Fun, &'static Row)> {
    TABLES.iter().flat_map(|t| t.iter()).enumerate().map(|(at, row)| (Fun::Row(u16::try_from(at).unwrap_or(u16::MAX)), row))
}

/// The row of this number; `None` for a user's function.
#[must_use]
pub fn row(fun: Fun) -> Option<&'static Row> {
    let Fun::Row(number) = fun else { return None };
    let mut number = usize::from(number);
    for table in TABLES {
        if let Some(row) = table.get(number) {
            return Some(row);
        }
        number -= table.len();
    }
    None
}

/// The function of this name or alias.
#[must_use]
pub fn find(name: &str) -> Option<(Fun, &'static Row)> {
    static NAMES: OnceLock<FxHashMap<&'static str, Fun>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        // At every start: with room for all, so that the map grows once.
        let count = TABLES.iter().flat_map(|t| t.iter()).map(|row| 1 + row.aliases.len()).sum();
        let mut names = FxHashMap::with_capacity_and_hasher(count, FxBuildHasher);
        for (fun, row) in rows() {
            names.insert(row.name, fun);
            names.extend(row.aliases.iter().map(|&alias| (alias, fun)));
        }
        names
    });
    let fun = *names.get(name)?;
    row(fun).map(|r| (fun, r))
}

/// The number of a row that is known to be in the table.
///
/// # Panics
/// When the table has no such row: a programming error that the tests of the table catch.
#[must_use]
pub fn number(name: &str) -> Fun {
    find(name).unwrap_or_else(|| unreachable!("no row named {name}")).0
}

/// A [`Make::Call`] function applied to arguments of the right shapes, in normal form.
pub fn call(store: &mut Store, fun: Fun, args: &[ExprId]) -> ExprId {
    let Some(row) = row(fun) else { return call_user(store, fun, args) };
    let entrywise = row.eval.is_entrywise();
    if entrywise && args.iter().any(|&a| store.shape(a).is_row()) {
        // A row is the transpose of a column: one form for both.
        let turned: Vec<ExprId> = args.iter().map(|&a| store.transpose(a)).collect();
        let column = call(store, fun, &turned);
        return store.transpose(column);
    }
    if let Some(simpler) = (row.fold)(store, args) {
        return simpler;
    }
    let shape = out_shape(store, row, args);
    let mut facts = (row.facts)(store, args);
    // Entry by entry, what is symmetric stays so.
    if entrywise && args.iter().all(|&a| store.is(a, Facts::SYMMETRIC)) {
        facts |= Facts::SYMMETRIC;
    }
    let value = store.call(fun, args, shape, facts);
    if let Some(square) = row.square
        && shape.is_scalar()
        && store.square_of(value).is_none()
    {
        let square = square(store, args);
        store.set_square(value, square);
    }
    value
}

/// A user's element-wise function, or one of its derivatives, applied to an argument.
fn call_user(store: &mut Store, fun: Fun, args: &[ExprId]) -> ExprId {
    let Some(&arg) = args.first() else { return ExprId::ZERO };
    let shape = store.shape(arg);
    if shape.is_row() {
        let turned = store.transpose(arg);
        let column = call_user(store, fun, &[turned]);
        return store.transpose(column);
    }
    let facts = if store.is(arg, Facts::SYMMETRIC) { Facts::SYMMETRIC } else { Facts::NONE };
    store.call(fun, &[arg], shape, facts)
}

/// The named function applied to arguments: for rows and laws that refer to other rows.
pub fn apply(store: &mut Store, name: &str, args: &[ExprId]) -> ExprId {
    call(store, number(name), args)
}

/// If `id` is an application of the named function, its arguments.
#[must_use]
pub fn args_of(store: &Store, id: ExprId, name: &str) -> Option<Vec<ExprId>> {
    match store.node(id) {
        crate::ir::Node::Call(fun, args) if row(*fun).is_some_and(|r| r.name == name) => Some(args.to_vec()),
        _ => None,
    }
}

/// The shape of the value of a row's first calling form.
fn out_shape(store: &mut Store, row: &Row, args: &[ExprId]) -> Shape {
    let form = row.forms.iter().find(|f| matches!(f.make, Make::Call));
    let Some(form) = form else { return args.first().map_or(Shape::SCALAR, |&a| store.shape(a)) };
    let mut dims = [crate::ir::DimId::ONE; 8];
    for (arg, &value) in form.sig.args.iter().zip(args) {
        let shape = store.shape(value);
        match arg {
            Arg::Shape(r, c) => {
                if form.sig.broadcast && shape.is_scalar() {
                    continue;
                }
                for (d, actual) in [(r, shape.rows), (c, shape.cols)] {
                    if let D::N(k) = d {
                        dims[usize::from(*k)] = actual;
                    }
                }
            }
            Arg::Dim(k) => {
                if let Some(dim) = store.as_dim(value) {
                    dims[usize::from(*k)] = dim;
                }
            }
        }
    }
    let mut resolve = |d: D| match d {
        D::One => crate::ir::DimId::ONE,
        D::N(k) => dims[usize::from(k)],
        D::Times(a, b) => store.dim_times(dims[usize::from(a)], dims[usize::from(b)]),
        D::Triangle(k) => store.dim_triangle(dims[usize::from(k)]),
    };
    Shape::new(resolve(form.sig.out.0), resolve(form.sig.out.1))
}
