//! Answers grow no faster than their question, and deep ones are checked too: counts, never times.

use matdiff::session::{Form, Session, Task};
use matdiff::show::Format;

/// A network of so many layers; each layer is a definition in terms of the one before.
fn network(layers: usize, layer: impl Fn(usize) -> String) -> String {
    let definitions: Vec<String> = (1..=layers).map(|i| format!("let h{i} = {}", layer(i))).collect();
    format!("{}; h{layers}' h{layers}", definitions.join("; "))
}

/// The length of the gradient by `wrt`, which must have been checked at a point.
fn checked_length(question: &str, wrt: &str) -> usize {
    let mut session = Session::new();
    session.declare("h0: vector(n)").unwrap();
    let mut answer = session.ask(Task::Gradient, question, &[wrt]).unwrap();
    assert!(answer.verified().iter().all(|v| v.points > 0 && v.max_error < 1e-6), "not checked: {} characters of question", question.len());
    answer.text(Format::Plain).iter().map(String::len).sum()
}

#[test]
fn gradients_of_deep_networks_are_checked_and_grow_with_them() {
    type Layer = fn(usize) -> String;
    let nets: &[(&str, &str, Layer)] = &[
        ("chain", "W1", |i| format!("tanh(W{i} h{})", i - 1)),
        ("chain of a function of the user's own", "W1", |i| format!("phi(W{i} h{})", i - 1)),
        ("rectified", "W1", |i| format!("relu(W{i} h{})", i - 1)),
        ("residual", "W1", |i| format!("h{0} + W{i} tanh(V{i} h{0})", i - 1)),
        ("shared weights", "W", |i| format!("tanh(W h{} + b)", i - 1)),
    ];
    for (name, wrt, layer) in nets {
        let [small, large] = [50, 500].map(|layers| checked_length(&network(layers, layer), wrt));
        // Names grow by a digit.
        assert!(large < 15 * small, "{name}: {small} characters for 50 layers, {large} for 500");
    }
}

/// Parts of the function and of its Hessian's action V ↦ H[V], which must have been checked at a point.
fn action(question: &str, wrt: &str) -> (usize, usize) {
    let mut session = Session::new();
    session.declare("h0: vector(n)").unwrap();
    session.set_form(Some(Form::Operator));
    let answer = session.ask(Task::Hessian, question, &[wrt]).unwrap();
    assert!(answer.verified().iter().all(|v| v.points > 0 && v.max_error < 1e-3), "{wrt}: not checked: {:?}", answer.verified());
    answer.nodes()
}

#[test]
fn a_hessians_action_has_at_most_eleven_times_the_parts_of_the_function() {
    type Layer = fn(usize) -> String;
    let nets: &[(&str, &[&str], Layer)] = &[
        ("chain", &["W1"], |i| format!("tanh(W{i} h{})", i - 1)),
        ("network with biases", &["b1"], |i| format!("sigmoid(W{i} h{} + b{i})", i - 1)),
        ("residual", &["h0"], |i| format!("h{0} + W{i} tanh(V{i} h{0})", i - 1)),
        ("shared weights", &["W"], |i| format!("tanh(W h{} + b)", i - 1)),
    ];
    for (name, variables, layer) in nets {
        for wrt in *variables {
            let mut before = 0;
            for layers in [10, 100, 1000, 10_000] {
                let (function, action) = action(&network(layers, layer), wrt);
                assert!(action <= 11 * function, "{name} of {layers} layers by {wrt}: {function} parts, and {action} in its action");
                assert!(before == 0 || action < 11 * before, "{name} by {wrt}: {before} parts, and {action} for ten times the layers");
                before = action;
            }
        }
    }
}
