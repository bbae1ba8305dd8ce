//! The gradient of least squares, from a program.

use matdiff::session::{Format, Session, Task};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    least_squares().map_err(|wrong| wrong.render("", false))?;
    Ok(())
}

fn least_squares() -> Result<(), matdiff::base::Diagnostic> {
    let mut session = Session::new();
    session.declare("X: matrix(m,n); w: vector(n); y: vector(m)")?;
    let mut answer = session.ask(Task::Gradient, "‖X w - y‖^2", &["w"])?;
    assert_eq!(answer.text(Format::Ascii), ["2 X'(X w - y)"]);
    println!("{}", answer.text(Format::Latex).join("\n"));
    println!("{}", answer.numpy()?);
    Ok(())
}
