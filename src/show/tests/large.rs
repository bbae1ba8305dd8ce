//! Large and deep expressions: text stays linear in the number of nodes, and no depth overflows a stack.

use super::reader::Desk;
use super::{ASCII, PLAIN, show, show_inline, size};
use crate::ir::ExprId;
use crate::ops;

/// A column that is made of `layers` layers, each of which uses the one below `uses` times.
fn tower(desk: &mut Desk, layers: usize, uses: usize) -> ExprId {
    let (matrix, start) = (desk.read("W"), desk.read("x"));
    let tanh = ops::number("tanh");
    let mut top = start;
    for _ in 0..layers {
        let mut factors = vec![top];
        for _ in 1..uses {
            let call = ops::call(&mut desk.store, tanh, &[top]);
            factors.push(call);
        }
        let inner = desk.store.hadamard(&factors);
        let moved = desk.store.mul(&[matrix, inner]);
        let sum = desk.store.add(&[moved, start]);
        top = ops::call(&mut desk.store, tanh, &[sum]);
    }
    top
}

#[test]
fn repeated_parts_never_explode() {
    let mut desk = Desk::new("W: n n, x: n");
    let top = tower(&mut desk, 60, 2);
    assert!(size(&mut desk.store, top) >= 1 << 40, "the tree has billions of nodes");
    for text in [show(&mut desk.store, top, &PLAIN, &[]), show_inline(&mut desk.store, top, &PLAIN)] {
        assert!(text.len() < 60 * 60, "{} characters", text.len());
        assert_eq!(desk.read(&text), top);
    }
}

#[test]
fn deep_expressions_are_cut_into_definitions() {
    let mut desk = Desk::new("W: n n, x: n");
    let top = tower(&mut desk, 400, 1);
    for text in [show(&mut desk.store, top, &PLAIN, &[]), show_inline(&mut desk.store, top, &PLAIN)] {
        assert!(text.contains(" where "));
        assert_eq!(desk.read(&text), top);
    }
}

#[test]
fn ten_thousand_layers_are_written() {
    let mut desk = Desk::new("W: n n, x: n");
    let top = tower(&mut desk, 10_000, 1);
    assert!(show(&mut desk.store, top, &PLAIN, &[]).len() < 10_000 * 20);
    let top = tower(&mut desk, 500, 2);
    assert!(show(&mut desk.store, top, &ASCII, &[]).len() < 500 * 60);
}

#[test]
fn wide_sums_are_written() {
    let mut desk = Desk::new("x_i: n");
    let terms: Vec<String> = (1..3_000).map(|k| format!("{k} x[{k}]")).collect();
    let mut desk_of_columns = Desk::new("x: n");
    let id = desk_of_columns.read(&terms.join(" + "));
    assert!(show(&mut desk_of_columns.store, id, &PLAIN, &[]).ends_with("2999 x[2999]"));
    let family = desk.read("sum_{i=1}^{N} x_i");
    assert_eq!(show(&mut desk.store, family, &PLAIN, &[]), "sum_{i=1}^{N} x_i");
}
