//! Tests of elaboration: equal readings are one expression, shapes are found, mistakes are explained.

use super::{Context, Elaborated, Goal, Variable, elaborate, vocabulary};
use crate::base::{Diagnostic, Fault};
use crate::ir::{Facts, Node, Store};
use crate::syntax::{self, Declaration, FunctionDeclaration, Kind, Times};

/// Declarations separated by `;`, functions separated by `;`.
struct Task<'a> {
    vars: &'a str,
    functions: &'a str,
    goal: Goal,
}

const ANY: Task<'static> = Task { vars: "", functions: "", goal: Goal::Any };
const SCALAR: Task<'static> = Task { goal: Goal::Scalar, ..ANY };

fn vars(vars: &str) -> Task<'_> {
    Task { vars, ..ANY }
}

fn elaborate_in(store: &mut Store, text: &str, task: &Task<'_>, known: &[Variable]) -> Result<Elaborated, Diagnostic> {
    let declarations: Vec<Declaration> = if task.vars.is_empty() { Vec::new() } else { syntax::parse_declarations(task.vars)? };
    let mut functions: Vec<FunctionDeclaration> = Vec::new();
    for function in task.functions.split(';').filter(|f| !f.trim().is_empty()) {
        functions.push(syntax::parse_function(function.trim())?);
    }
    let names = declarations.iter().map(|d| d.name.clone()).chain(known.iter().filter(|v| v.family.is_empty()).map(|v| v.name.clone()));
    let vocabulary = vocabulary(names.collect(), functions.iter().map(|f| f.name.clone()).collect());
    let ast = syntax::parse(text, &vocabulary)?;
    elaborate(store, &ast, text, &Context { declarations: &declarations, functions: &functions, known, goal: task.goal, wanted: &[] })
}

fn read(text: &str, task: &Task<'_>) -> Result<(Store, Elaborated), Diagnostic> {
    let mut store = Store::new();
    let elaborated = elaborate_in(&mut store, text, task, &[])?;
    Ok((store, elaborated))
}

/// What was assumed, or the error.
fn notes(text: &str, task: &Task<'_>) -> String {
    match read(text, task) {
        Ok((_, elaborated)) => elaborated.notes.join(" | "),
        Err(error) => format!("{}: {}", error.fault.word(), error.message),
    }
}

/// Both texts are one expression.
fn same(task: &Task<'_>, pairs: &[(&str, &str)]) -> Result<(), Diagnostic> {
    for (left, right) in pairs {
        let mut store = Store::new();
        let one = elaborate_in(&mut store, left, task, &[])?;
        let other = elaborate_in(&mut store, right, task, &one.variables)?;
        assert_eq!(one.root, other.root, "`{left}` and `{right}`: {:?} and {:?}", store.node(one.root), store.node(other.root));
    }
    Ok(())
}

#[test]
fn spellings_of_products_and_quotients_agree() -> Result<(), Diagnostic> {
    let task = vars("A: square(n); B: square(n); M: matrix(m,n); x: vector(n); y: vector(n); z: vector(m); c: scalar");
    same(
        &task,
        &[
            ("A \\ x", "inv(A) x"),
            ("A / B", "A inv(B)"),
            ("M / c", "c^-1 M"),
            ("1/2 x", "0.5 x"),
            ("-1/2 x", "-(x/2)"),
            ("A^-T", "inv(A')"),
            ("x ./ y", "x .* y.^-1"),
            ("c .* x", "c x"),
            ("1 ./ x", "x.^-1"),
            ("<x, y>", "x'y"),
            ("dot(x, y)", "y'x"),
            ("<A, B>", "tr(A'B)"),
            ("z z' M x", "z (z' M x)"),
            ("z z' x' y", "x'y z z'"),
            ("z .* M x", "z .* (M x)"),
            ("hadamard(x, y)", "y ∘ x"),
            ("kron(A, B)", "A ⊗ B"),
            ("(M M')^(-2)", "inv(M M') inv(M M')"),
            ("X^0 A where X = B", "A"),
        ],
    )
}

#[test]
fn scalars_are_spread_over_arrays() -> Result<(), Diagnostic> {
    let task = vars("M: matrix(m,n); x: vector(n); y: vector(n); c: scalar");
    same(
        &task,
        &[
            ("1 - x", "ones(n) - x"),
            ("x + c", "x + c ones(n)"),
            ("M + c", "M + c ones(m,n)"),
            ("M + c - c", "M"),
            ("x' + c", "(x + c)'"),
            ("x' vector(c)", "c sum(x)"),
            ("M + matrix(c)", "M + c ones(m,n)"),
            ("<1, x>", "sum(x)"),
            ("2.^x", "exp(log(2) x)"),
            ("x.^y", "exp(y .* log(x))"),
            ("mean(M)", "sum(M)/(m n)"),
            ("x - mean(x)", "x - (sum(x)/n) ones(n)"),
        ],
    )
}

#[test]
fn functions_bars_and_indices() -> Result<(), Diagnostic> {
    let task = vars("S: spd(n); A: square(n); M: matrix(m,n); x: vector(n); y: vector(n); c: scalar; r: rowvector(n)");
    same(
        &task,
        &[
            ("|S|", "det(S)"),
            ("|c|", "abs(c)"),
            ("|x|", "abs(x)"),
            ("‖M‖", "normF(M)"),
            ("logdet(S)", "log det S"),
            ("diag(x) y", "x .* y"),
            ("diag(A)", "diag(A')"),
            ("diag(Diag(x))", "x"),
            ("M[2,:]", "M' unit(2,m)"),
            ("M[:,3]", "M unit(3,n)"),
            ("M[2,3]", "unit(2,m)' M unit(3,n)"),
            ("x[1]", "unit(1,n)'x"),
            ("r[1]", "r unit(1,n)"),
            ("(M x)[2]", "M[2,:]'x"),
            ("sqrtm(S)", "S^(1/2)"),
            ("softmax(r)", "softmax(r)"),
            ("adj(A)", "det(A) A^-1"),
            ("vec(M)'vec(M)", "tr(M'M)"),
            ("eye(n) x + zeros(n)", "x"),
        ],
    )
}

#[test]
fn indexed_sums_and_products() -> Result<(), Diagnostic> {
    let task = vars("A: square(n); x_i: vector(n); s_i: scalar; u: vector(n); v: vector(n)");
    same(
        &task,
        &[
            ("sum_{i=0}^{2} A^i", "I + A + A^2"),
            ("sum_{i=1}^{N} 2 A x_i", "2 A sum_{j=1}^{N} x_j"),
            ("sum_{i=1}^{N} u", "N u"),
            ("log prod_{i=1}^{N} s_i", "sum_{i=1}^{N} log(s_i)"),
            ("prod_{i=1}^{N} exp(s_i)", "exp(sum_{i=1}^{N} s_i)"),
            ("prod_{i=1}^{2} u[i]", "u[1] u[2]"),
            ("prod_{i=1}^{N} v'u", "(u'v)^N"),
            ("sum_i x_i", "sum_j x_j"),
            ("sum_i u[i] v[i]", "sum_{i=1}^{n} u[i] v[i]"),
        ],
    )
}

#[test]
fn ranges_of_families_come_from_the_sums() -> Result<(), Diagnostic> {
    for (text, expected) in [
        ("sum_{i=1}^{M} x_i", "M"),
        ("sum_{t=2}^{T} x_t' x_{t-1}", "T"),
        ("sum_{t=1}^{T-1} x_{t+1}' x_t", "T"),
        ("sum_i x_i' x_i", "N"),
        ("sum_{i=1}^{3} x_i", "3"),
    ] {
        let (store, elaborated) = read(text, &vars("x_i: vector(n)"))?;
        let range = store.symbol_info(elaborated.variables[0].symbol).ranges[0];
        assert_eq!(store.dim_text(range), expected, "{text}");
        assert!(elaborated.variables[0].expr.is_none() && elaborated.variables[0].declared);
    }
    Ok(())
}

#[test]
fn defined_functions_are_written_in() -> Result<(), Diagnostic> {
    let base = vars("x: vector(n); A: square(n); c: scalar");
    let task = Task { functions: "phi(t) = 1/(1 + exp(-t)); sigma = sigmoid; g(t) = phi(t)^2; q(v) = v' A v; tau = sigma", ..base };
    same(
        &task,
        &[
            ("phi(x)", "1 ./ (1 + exp(-x))"),
            ("sigma(A x)", "sigmoid(A x)"),
            ("tau(c)", "sigmoid(c)"),
            ("g(x)", "(1 ./ (1 + exp(-x))).^2"),
            ("q(x)", "x'A x"),
        ],
    )?;
    let task = Task { functions: "phi", ..vars("x: vector(n)") };
    let (store, elaborated) = read("phi''(x) + psi(x)", &task)?;
    assert_eq!(store.functions().iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["phi", "psi"]);
    assert_eq!(elaborated.functions.len(), 2);
    let circular = Task { functions: "f(t) = g(t); g(t) = f(t)", ..ANY };
    assert_eq!(notes("f(x)", &circular), "usage: the function `f` is defined by itself");
    Ok(())
}

#[test]
fn kinds_and_sizes_of_undeclared_names() {
    for (text, task, expected) in [
        ("<x, A x>", &SCALAR, "x is n×1, A is n×n"),
        ("<X w - y, X w - y>", &SCALAR, "X is m×n, w is n×1, y is m×1"),
        ("norm(A x - y)^2 + lambda norm(x)^2", &SCALAR, "A is m×n, x is n×1, y is m×1, lambda is a scalar"),
        ("x'*A*x + c*sin(y)'*x", &ANY, "x is n×1, A is n×n, c is a scalar, y is n×1"),
        ("<A C, B D>", &SCALAR, "A is m×n, C is n×p, B is m×q, D is q×p"),
        ("tr(A X B)", &SCALAR, "A is m×n, X is n×p, B is p×m"),
        ("sum(X)^2", &SCALAR, "X is m×n"),
        ("inv(X)", &ANY, "X is n×n"),
        ("(x - mu)' inv(S) (x - mu)", &SCALAR, "x is n×1, mu is n×1, S is n×n"),
        ("(x - m)' inv(S) (x - m)", &SCALAR, "x is n×1, m is n×1, S is n×n"),
        ("n/2 log det S", &SCALAR, "n is a scalar, S is m×m"),
        ("sum_i (y_i - w'x_i)^2", &SCALAR, "y_i is a scalar, w is n×1, x_i is n×1"),
        ("1/N sum_{i=1}^N log(1 + exp(-y_i w'x_i))", &SCALAR, "y_i is a scalar, w is n×1, x_i is n×1"),
        ("tr(A X^k)", &SCALAR, "A is n×n, X is n×n, k is a scalar"),
        ("kron(A, B) vec(X)", &ANY, "A is m×n, B is p×q, X is q×n"),
        ("vec(A)' vec(B)", &SCALAR, "A is m×n, B is m×n"),
        ("r'r where r = X w - y", &SCALAR, "X is m×n, w is n×1, y is m×1"),
        ("eye(k) A x", &ANY, "A is k×n, x is n×1"),
        ("A x + b' c", &SCALAR, "A is a scalar, x is a scalar, b is n×1, c is n×1"),
        ("norm(v - mean(v))^2/(n - 1)", &SCALAR, "v is m×1, n is a scalar"),
        ("X' W Y", &vars("X: matrix; W: spd; Y: matrix(k,l)"), "X is k×n, W is k×k"),
        ("x' dX y", &vars("X: matrix(m,n); x: vector(m)"), "y is n×1"),
    ] {
        assert_eq!(notes(text, task), expected, "{text}");
    }
}

#[test]
fn equally_likely_readings_are_refused() -> Result<(), Diagnostic> {
    let Err(error) = read("c x", &ANY) else { unreachable!("`c x` has two readings") };
    assert_eq!(error.fault, Fault::Ambiguous);
    assert!(error.message.contains("`c` is a vector and `x` is a scalar"), "{}", error.message);
    assert!(error.hint.is_some_and(|h| h.contains("--var 'c: ")));
    // Where the task or a declaration decides, there is no question.
    assert_eq!(notes("c x", &SCALAR), "c is a scalar, x is a scalar");
    assert_eq!(notes("c x", &vars("c: scalar")), "x is n×1");
    Ok(())
}

#[test]
fn declared_structure_becomes_facts() -> Result<(), Diagnostic> {
    for (kind, facts) in [
        ("symmetric(n)", Facts::SYMMETRIC),
        ("spd(n)", Facts::DEFINITE | Facts::SYMMETRIC),
        ("skew(n)", Facts::SKEW),
        ("diagonal(n)", Facts::DIAGONAL | Facts::SYMMETRIC),
        ("lower(n)", Facts::LOWER),
        ("upper(n)", Facts::UPPER),
        ("orthogonal(n)", Facts::ORTHOGONAL),
        ("onehot(n)", Facts::BINARY | Facts::SUMS_TO_ONE | Facts::NONNEGATIVE),
        ("prob(n)", Facts::NONNEGATIVE | Facts::SUMS_TO_ONE),
    ] {
        let declaration = format!("X: {kind}");
        let (store, elaborated) = read("X", &vars(&declaration))?;
        assert!(store.is(elaborated.root, facts), "{kind}");
    }
    let (store, elaborated) = read("A^k x", &ANY)?;
    let whole = elaborated.variables.iter().find(|v| v.name == "k").map(|v| store.symbol_info(v.symbol).facts);
    assert!(whole.is_some_and(|f| f.has(Facts::INTEGER)));
    Ok(())
}

#[test]
fn dimensions_are_numbers_unless_they_are_variables() -> Result<(), Diagnostic> {
    let (store, elaborated) = read("n", &vars("x: vector(n)"))?;
    assert!(matches!(store.node(elaborated.root), Node::Size(_)));
    let (store, elaborated) = read("n", &vars("x: vector(n); n: scalar"))?;
    assert!(matches!(store.node(elaborated.root), Node::Symbol(_)));
    let (_, elaborated) = read("c^2", &vars("c: scalar; A: matrix(m,n)"))?;
    assert_eq!(elaborated.variables.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["c", "A"]);
    Ok(())
}

#[test]
fn definitions_are_shared() -> Result<(), Diagnostic> {
    let (store, elaborated) = read("let r = X w - y; r' r", &SCALAR)?;
    assert_eq!(elaborated.lets.len(), 1);
    assert_eq!(elaborated.lets[0].name, "r");
    assert!(store.reachable(&[elaborated.root]).contains(&elaborated.lets[0].value));
    Ok(())
}

/// Each mistake with the two shapes that are pointed at, and what to type instead.
#[test]
fn mistakes_are_explained() {
    let task =
        vars("A: matrix(m,n); B: matrix(m,n); S: square(n); x: vector(n); y: vector(n); b: vector(m); three: vector(3); four: vector(4)");
    for (text, message, shapes, hint) in [
        ("A b", "the sizes of a product do not fit", "this is m×n, this is m×1", "transpose here: `A' b`"),
        ("x A", "the sizes of a product do not fit", "this is n×1, this is m×n", "the other way round: `A x`"),
        ("2 A (b + b)", "the sizes of a product do not fit", "this is m×n, this is m×1", "transpose here: `A' (b + b)`"),
        ("A B", "the sizes of a product do not fit", "this is m×n, this is m×n", "transpose here: `A' B` or `A B'`"),
        (
            "x y",
            "the sizes of a product do not fit",
            "this is n×1, this is n×1",
            "`x' y` is the inner product, `x .* y` the element-wise one",
        ),
        ("S A", "the sizes of a product do not fit", "this is n×n, this is m×n", "transpose here: `S A'`"),
        ("x + b", "the terms of a sum differ in size", "this is n×1, this is m×1", ""),
        ("x + y'", "the terms of a sum differ in size", "this is n×1, this is 1×n", "transpose here: `y`"),
        ("three + four", "the terms of a sum differ in size", "this is 3×1, this is 4×1", ""),
        ("A .* b", "an element-wise operation needs two operands of one size", "this is m×n, this is m×1", "`Diag(b) A` scales the rows"),
        ("x^2", "a power needs a scalar or a square matrix", "this is n×1", "`x.^2` squares each entry, `norm(x)^2` is the sum of squares"),
        ("A^2", "only a square matrix has a power", "this is m×n", "`A.^2` takes the power of each entry"),
        ("2^x", "an exponent must be a scalar", "this is n×1", "`2 .^ x` takes powers entry by entry"),
        ("1/x", "only a scalar or a square matrix can divide", "this is a scalar, this is n×1", "`1 ./ x` divides entry by entry"),
        ("tr(A)", "`tr` needs a square matrix", "this is m×n", "`A' A` (n×n) and `A A'` (m×m) are square"),
        (
            "|A|",
            "only a square matrix has a determinant",
            "this is m×n",
            "`norm(A)` is the Frobenius norm, `abs(A)` the absolute value of each entry",
        ),
        (
            "<A, S>",
            "the two sides of an inner product differ in size",
            "this is m×n, this is n×n",
            "both need the same number of rows and of columns",
        ),
        (
            "A[1]",
            "there is no such entry",
            "this is m×n",
            "a matrix takes two indices: `A[i,j]`, `A[i,:]` for a row, `A[:,j]` for a column",
        ),
        ("three[4]", "an index runs from 1 to the size", "this is 3×1, there is none with this index", "`three` has the entries 1 to 3"),
        ("sum_i x", "nothing tells where this sum ends", "", "write its bounds: `sum_{i=1}^{n} …`"),
        (
            "eye(x)",
            "`x` is a variable, and a size must be a name of its own",
            "",
            "sizes are the names in declarations: --var 'x: vector(n)'",
        ),
    ] {
        match read(text, &task) {
            Ok(_) => unreachable!("`{text}` is wrong"),
            Err(error) => {
                let labels: Vec<&str> = [error.label.as_str()].into_iter().chain(error.notes.iter().map(|n| n.text.as_str())).collect();
                assert_eq!(error.message, message, "{text}");
                assert_eq!(labels.join(", "), shapes, "{text}");
                assert_eq!(error.hint.unwrap_or_default(), hint, "{text}");
            }
        }
    }
    let task = Task { vars: "A: matrix(m,n); x: vector(n)", ..SCALAR };
    assert_eq!(notes("A x", &task), "shape: this needs a scalar");
    assert_eq!(
        notes("prod_{i=1}^{n} x[i]", &task),
        "unsupported: a product over an index has a derivative here only where its factors are positive"
    );
}

#[test]
fn a_transpose_that_is_suggested_repairs_the_product() -> Result<(), Diagnostic> {
    let task = vars("A: matrix(m,n); b: vector(m); x: vector(n); y: vector(n); S: square(n)");
    for text in ["A b", "x A", "b A x", "S A", "2 A (b + b)", "x y"] {
        let Err(error) = read(text, &task) else { unreachable!("`{text}` is wrong") };
        let hint = error.hint.unwrap_or_default();
        let Some(repaired) = hint.split('`').nth(1) else { unreachable!("no suggestion for `{text}`") };
        read(repaired, &task)?;
    }
    Ok(())
}

#[test]
fn a_scalar_added_to_a_matrix_is_pointed_out() {
    let task = vars("A: square(n); c: scalar; x: vector(n)");
    assert_eq!(notes("A + c", &task), "in `A + c` the scalar `c` is added to every entry; write `c I` to add it to the diagonal");
    assert_eq!(notes("x + c", &task), "");
    assert_eq!(notes("‖A‖_2", &task), "`‖A‖_2` is the Frobenius norm; spectral(A) is the largest singular value");
    assert_eq!(notes("‖x‖_2", &task), "");
}

#[test]
fn size_grows_without_trouble() -> Result<(), Diagnostic> {
    let sum = (0..20_000).map(|k| format!("a{} x", k % 50)).collect::<Vec<_>>().join(" + ");
    let declarations = (0..50).map(|k| format!("a{k}: scalar")).collect::<Vec<_>>().join(";");
    let (_, elaborated) = read(&sum, &vars(&declarations))?;
    assert_eq!(elaborated.variables.len(), 51);
    let mut text = "let y0 = W x;".to_owned();
    for k in 0..1000 {
        text.push_str(&format!("let y{} = tanh(W y{k} + b);", k + 1));
    }
    text.push_str("y1000' y1000");
    let (store, elaborated) = read(&text, &SCALAR)?;
    assert_eq!(elaborated.lets.len(), 1001);
    assert!(store.len() < 3100, "{}", store.len());
    Ok(())
}

/// Thirty names that all prefer a kind which does not fit: only what does not fit is tried.
#[test]
fn the_search_is_guided_by_what_does_not_fit() -> Result<(), Diagnostic> {
    let text = (0..30).map(|k| format!("log(x{k} + 1)")).collect::<Vec<_>>().join(" + ");
    let products = (0..12).map(|k| format!("x{k} y{k}")).collect::<Vec<_>>().join(" - ");
    for text in [text.as_str(), products.as_str(), "a b c d e f g h"] {
        let (store, elaborated) = read(text, &SCALAR)?;
        assert!(elaborated.variables.iter().all(|v| store.symbol_info(v.symbol).shape.is_scalar()));
    }
    Ok(())
}

/// What LaTeX alone can write: `a \cdot b` and a bold one.
#[test]
fn dots_and_bold_ones() -> Result<(), Diagnostic> {
    let task = vars("A: matrix(m,n); x: vector(n); y: vector(n); z: vector(m); c: scalar");
    for (text, dotted) in [("x y", "x'y"), ("z A x", "z'A x"), ("c x", "c x"), ("2 x one", "2 sum(x)"), ("A one", "rowsum(A)")] {
        let mut store = Store::new();
        let expected = elaborate_in(&mut store, dotted, &task, &[])?;
        let mut ast = syntax::parse(text, &vocabulary(std::collections::BTreeSet::new(), std::collections::BTreeSet::new()))?;
        for node in &mut ast.nodes {
            match &mut node.kind {
                Kind::Name(name) if name == "one" => node.kind = Kind::OnesVector,
                Kind::Product(factors) => {
                    // Only the first two columns side by side are joined by a dot.
                    let at = if text.starts_with('2') { 2 } else { 1 };
                    factors[at].0 = Times::Dot;
                }
                _ => {}
            }
        }
        let context = Context { known: &expected.variables, ..Context::default() };
        let value = elaborate(&mut store, &ast, text, &context)?;
        assert_eq!(value.root, expected.root, "{text}");
    }
    Ok(())
}
