use crate::syntax::testing::{dump, vocabulary};
use crate::syntax::{parse, parse_latex};

/// The tree and the notes, or the first line of the error.
fn read(text: &str, latex: bool) -> String {
    let vocabulary = vocabulary("D", "q");
    let ast = if latex { parse_latex(text, &vocabulary) } else { parse(text, &vocabulary) };
    match ast {
        Ok(ast) => {
            let notes = ast.page.remarks.iter().map(|r| format!(" # {}", r.note.split(';').next().unwrap_or("")));
            notes.fold(dump(&ast), |all, note| all + &note)
        }
        Err(error) => format!("ERROR: {}", error.render(text, false).lines().next().unwrap_or("").trim_start_matches("error: ")),
    }
}

const PARAMETER: &str = "ERROR: this may be a function of a parameter, which is not supported yet, or a product";
const OWN: &str = "is a function of its own, applied entry by entry";

#[test]
fn one_name_in_parentheses_is_no_factor() {
    for (text, latex) in [
        ("A(t)", false),
        ("Sigma(theta)", false),
        ("x'F(x)", false),
        ("sum_i f_i(x)", false),
        ("y(x) + y", false),
        ("\\Sigma(\\theta)", true),
        ("\\mu(\\theta)", true),
        ("m({\\theta})", true),
        ("\\Sigma^{-1}(\\theta)", true),
    ] {
        assert_eq!(read(text, latex), PARAMETER, "{text}");
    }
    assert_eq!(read("f(x)", false), format!("f[x] # f {OWN}"));
    assert_eq!(read("\\phi (x)", true), format!("phi[x] # phi {OWN}"));
    assert_eq!(read("D(x)", false), "(D x)");
    assert_eq!(read("q(x)", false), "q[x]");
    assert_eq!(read("A (t)", false), "(A t)");
}

#[test]
fn plain_text_tells_by_the_blank() {
    assert_eq!(read("c(x - y)", false), format!("c[(sum +x -y)] # c {OWN}"));
    assert_eq!(read("c (x - y)", false), "(c (sum +x -y))");
    assert_eq!(read("A(x - y)", false), "(A (sum +x -y))");
    assert_eq!(read("lambda(x - y)", false), "ERROR: this may be a product or a function");
    assert_eq!(read("n(x - y)", false), "ERROR: this may be a product or a function");
    assert_eq!(read("y_i(x - y)", false), "(y_i (sum +x -y)) # `y_i(…)` is the product of `y_i` and the parentheses");
}

#[test]
fn latex_tells_by_the_letter() {
    assert_eq!(read("n(x-y)", true), "(n (sum +x -y)) # `n(…)` is the product of `n` and the parentheses");
    assert_eq!(read("\\lambda (x-y)", true), "(lambda (sum +x -y)) # `\\lambda(…)` is the product of `\\lambda` and the parentheses");
    assert_eq!(read("f (x-y)", true), format!("f[(sum +x -y)] # f {OWN}"));
    assert_eq!(read("X(w-y)", true), "(X (sum +w -y))");
    assert_eq!(read("F(w-y)", true), "(F (sum +w -y)) # `F(…)` is the product of `F` and the parentheses");
    assert_eq!(read("E(w-y)", true), "ERROR: this may be an expectation, which is not supported, or a product");
}

#[test]
fn words_are_functions_or_refused() {
    assert_eq!(read("loss(x)", false), format!("loss[x] # loss {OWN}"));
    assert_eq!(read("Loss(x)", false), "ERROR: there is no function `Loss`");
    assert_eq!(read("Trace(X)", false), "tr[X]");
    assert_eq!(read("log_softmax(x)", false), "logsoftmax[x]");
    assert_eq!(read("layer_norm(x)", false), "ERROR: there is no function `layer_norm`");
    assert_eq!(read("\\operatorname{rank} X", true), "ERROR: there is no function `rank`");
    assert_eq!(read("Log[X]", false), "ERROR: a function's argument stands in parentheses");
    assert_eq!(read("E[x'x]", false), "ERROR: expectations and probabilities are not supported");
    assert_eq!(read("E[i,j]", false), "(at E i j)");
    assert_eq!(read("x(1)", false), "ERROR: a name before a number in parentheses may be an entry, a product or the value of a function");
    assert_eq!(read("K(x, y)", false), "ERROR: `K` would be a function of several arguments, and those are not supported");
}
