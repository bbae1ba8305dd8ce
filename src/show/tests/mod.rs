//! Tests of the three styles: exact text, and text that is read back to the same expression.

mod reader;

use super::{Format, Style, TransposeMark, show, show_inline, show_many, size};
use crate::base::Rational;
use crate::ir::ExprId;
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
            let (id, lets) = desk.read_all(expression);
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
        println!("latex  {}", show(&mut desk.store, id, &Style::new(Format::Latex), &lets));
        for text in [plain, ascii] {
            let back = desk.read(&text);
            if back != id {
                println!("!!!!!  {}", show(&mut desk.store, back, &Style::new(Format::Plain), &[]));
            }
        }
    }
}
