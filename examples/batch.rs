//! Many questions to one session; an error is a value with a place, a reason and a hint.

use matdiff::session::{Format, Session, Task};

fn main() {
    let mut session = Session::new();
    session.declare("x: vector(n); A: symmetric(n)").expect("declarations");
    for text in ["x' A x", "log(x' A x)", "‖A x‖", "x' (A x"] {
        match session.ask(Task::Gradient, text, &["x"]) {
            Ok(mut answer) => println!("{text}  has the gradient  {}", answer.text(Format::Plain).join("; ")),
            Err(wrong) => println!("{text}  is wrong: {}", wrong.message),
        }
    }
}
