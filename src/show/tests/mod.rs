//! Tests of the three styles: exact text, and text that is read back to the same expression.

mod random;
mod reader;

use super::{Format, Style, TransposeMark, show, show_inline, show_many, size};
use crate::base::Rational;
use crate::ir::ExprId;
use crate::ops;
use reader::Desk;

fn plain() -> Style {
    Style::new(Format::Plain)
}

#[test]
#[ignore]
fn look() {
    let text = std::fs::read_to_string("/tmp/look.txt").unwrap();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let (declarations, expression) = line.split_once("=>").unwrap();
        let read = std::panic::catch_unwind(|| {
            let mut desk = Desk::new(declarations);
            let (id, lets) = desk.read_all(expression, false);
            (desk, id, lets)
        });
        let Ok((mut desk, id, lets)) = read else {
            println!("SKIP {expression}");
            continue;
        };
        println!("in     {}", expression.trim());
        let plain = show(&mut desk.store, id, &Style::new(Format::Plain), &lets);
        println!("plain  {plain}");
        let ascii = show(&mut desk.store, id, &Style::new(Format::Ascii), &lets);
        println!("ascii  {ascii}");
        let latex = show(&mut desk.store, id, &Style::new(Format::Latex), &lets);
        println!("latex  {latex}");
        for (text, is_latex) in [(plain, false), (ascii, false), (latex, true)] {
            match desk.try_read(&text, is_latex) {
                Ok((back, _)) if back == id => {}
                Ok((back, _)) => println!("!!!!!  {}", show(&mut desk.store, back, &Style::new(Format::Plain), &[])),
                Err(e) => println!("!!!!! {e}"),
            }
        }
    }
}

/// A column that depends on itself `layers` times over: every layer uses the one below `uses` times.
fn tower(desk: &mut Desk, layers: usize, uses: usize) -> ExprId {
    let (matrix, start) = (desk.read("W"), desk.read("x"));
    let tanh = ops::number("tanh");
    let mut top = start;
    for _ in 0..layers {
        let mut factors = vec![top; uses.min(1)];
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
    for text in [show(&mut desk.store, top, &plain(), &[]), show_inline(&mut desk.store, top, &plain())] {
        assert!(text.len() < 60 * 60, "{} characters", text.len());
        assert_eq!(desk.read(&text), top);
    }
}

#[test]
fn deep_expressions_are_cut_into_definitions() {
    let mut desk = Desk::new("W: n n, x: n");
    let top = tower(&mut desk, 500, 1);
    let t=std::time::Instant::now();
    let text = show(&mut desk.store, top, &plain(), &[]);
    println!("show {:?} {}", t.elapsed(), text.len());
    assert_eq!(desk.read(&text), top);
    println!("read {:?} {}", t.elapsed(), text.len());
    let inline = show_inline(&mut desk.store, top, &plain());
    println!("inline {:?} {}", t.elapsed(), inline.len());
    assert_eq!(desk.read(&inline), top);
    println!("back {:?} {}", t.elapsed(), inline.len());
    let top = tower(&mut desk, 400, 2);
    println!("tower {:?}", t.elapsed());
    let text = show(&mut desk.store, top, &Style::new(Format::Ascii), &[]);
    println!("shown {:?} {}", t.elapsed(), text.len());
    assert_eq!(desk.read(&text), top);
}
#[test]
#[ignore]
fn timing() {
    for layers in [25, 50, 100, 200, 4000] {
        let mut desk = Desk::new("W: n n, x: n");
        let top = tower(&mut desk, layers, 2);
        let t = std::time::Instant::now();
        let (g, l) = super::share::share(&mut desk.store, &[top], &[], super::share::Sharing::Readable);
        println!("{layers} share {:?} {} {}", t.elapsed(), g.list.len(), l.order.len());
        let text = show(&mut desk.store, top, &plain(), &[]);
        println!("{layers} {:?} {}", t.elapsed(), text.len());
        
    }
}
