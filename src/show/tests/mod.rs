//! Tests of the three styles: exact text, text that is read back to the same expression, and size.

mod large;
mod random;
mod reader;

use super::{Format, Style, TransposeMark, show, show_inline, show_many, size, size_shared};
use reader::Desk;

const PLAIN: Style = Style::new(Format::Plain);
const ASCII: Style = Style::new(Format::Ascii);
const LATEX: Style = Style::new(Format::Latex);

/// Reads `text`, and checks how it is written; what is written is read back as the same.
fn check(declarations: &str, text: &str, style: &Style, expected: &str) {
    let mut desk = Desk::new(declarations);
    let (id, lets) = desk.read_all(text, false);
    let shown = show(&mut desk.store, id, style, &lets);
    assert_eq!(shown, expected, "of {text}");
    let (back, _) = desk.read_all(&shown, style.format == Format::Latex);
    assert_eq!(back, id, "{shown} is read back as another expression");
}

#[test]
fn plain_text() {
    for (declarations, text, expected) in [
        ("X: m n, w: n, y: m", "2 X'(X w - y)", "2 Xᵀ(X w - y)"),
        ("A: m n, x: n, b: m", "-b + A x", "A x - b"),
        ("A: n n, x: n", "1/2 (A + A') x", "1/2 (A + Aᵀ) x"),
        ("x: n", "-1/2 x", "-1/2 x"),
        ("x: n, a: n", "(x - a) / norm(x - a)", "(x - a) / ‖x - a‖"),
        ("a", "n / a", "n / a"),
        ("a: n, s: n, v, S: n n", "2 (a's) / (v (a'S a))", "2 (aᵀs) / (v (aᵀS a))"),
        ("S: n n, b: n", "inv(S) b + inv(S)' b", "S⁻¹b + S⁻ᵀb"),
        ("X: n n", "-inv(X)' inv(X)'", "-(X⁻²)ᵀ"),
        ("X: m n, y: m", "inv(X'X) X'y", "(XᵀX)⁻¹Xᵀy"),
        ("X: n n, B: n n", "(X B + B X)'", "(X B + B X)ᵀ"),
        ("X: n n", "X^(1/2) + X^(-1/2) + X^3", "X^(1/2) + X^(-1/2) + X³"),
        ("a, b", "sqrt(a) + 1/sqrt(b) + a^b + 2^b", "sqrt(a) + 1 / sqrt(b) + a^b + 2^b"),
        ("x: n, X: n n", "sum(x) + sum(X) + norm(x)^2", "sum(x) + sum(X) + ‖x‖²"),
        ("x: n, X: n n, y: n", "X ones(n) + 1 - y", "X ones(n) + 1 - y"),
        ("x: n", "ones(n) x'", "ones(n) xᵀ"),
        ("x: n, y: n", "x ∘ y + x.^2 + 1 ./ x + y ./ x", "x ∘ y + x.^2 + 1 ./ x + y ./ x"),
        ("x: n, A: n n", "diag(x) + diag(diag(A))", "diag(x) + diag(diag(A))"),
        ("S: n n spd", "log det(S) + n log(2 pi)", "log det(S) + n log(2 pi)"),
        ("S: n n spd, x: n", "log(det(S)) x", "log(det(S)) x"),
        ("S: n n spd", "-(n/2) log det(S)", "-n/2 log det(S)"),
        ("X: n n", "inv(X)[2,1] X[:,1] + X[2,:]", "inv(X)[2,1] X[:,1] + X[2,:]"),
        ("X: n n, A: n n", "(X A)[1,2] unit(2,n) + (X A)[:,1]", "(X A)[1,2] unit(2, n) + X A[:,1]"),
        ("A: n n, B: m m", "A ⊗ B + A ⊗ eye(m)", "A ⊗ B + A ⊗ eye(m)"),
        ("X: n n, a: n, b: n", "sum_{r=0}^{k-1} (X^r)' a b' (X^(k-1-r))'", "sum_{r=0}^{k-1} (X^r)ᵀa bᵀ(X^(k-1-r))ᵀ"),
        ("S: n n spd, x_i: n, m: n", "inv(S) sum_{i=1}^{N} (x_i - m)", "S⁻¹ sum_{i=1}^{N} (x_i - m)"),
        ("x_j: n, A: n n", "(sum_{j=1}^{N} x_j)' A", "(sum_{j=1}^{N} x_j)ᵀA"),
        ("X: m n, lambda", "X'X + lambda I", "XᵀX + lambda I"),
        ("lambda", "lambda eye(n)", "lambda eye(n)"),
        ("X: m n", "zeros(m, n) ", "zeros(m, n)"),
        ("x: n | phi", "phi(x) ∘ phi'(x) + phi''(x)", "phi(x) ∘ phi'(x) + phi''(x)"),
        ("X: m n", "pinv(X) + X' nuclear(X) norm1(X)", "pinv(X) + nuclear(X) norm1(X) Xᵀ"),
        ("a: m, X: m n, b: n", "2 a'X b a b'", "2 (aᵀX b) a bᵀ"),
        ("x: n, c", "c x'x", "c xᵀx"),
        ("x: n, A: n n, N", "(2/N) A'(A x) x'", "2/N AᵀA x xᵀ"),
        ("x: n, a, h", "(a/h^2) exp(-norm(x)^2/(2 h^2)) x", "(a / h²) exp(-‖x‖² / (2 h²)) x"),
        ("Σ: n n spd, x: n", "x' Σ x", "xᵀΣ x"),
        ("x: n", "‖x / ‖x‖ - 1‖", "norm(x / ‖x‖ - 1)"),
    ] {
        check(declarations, text, &PLAIN, expected);
    }
}

#[test]
fn ascii_text() {
    for (declarations, text, expected) in [
        ("X: m n, w: n, y: m", "2 X'(X w - y)", "2 X'(X w - y)"),
        ("y: m, X: m n, w: n", "y'(X w)", "y'X w"),
        ("y: n, A: n n, B: n n, x: n", "y'(A + B) x", "y' (A + B) x"),
        ("X: m n, y: m", "inv(X'X) X'y", "inv(X'X) X'y"),
        ("S: n n", "inv(S)' + S^-2", "S^-T + S^-2"),
        ("x: n, a: n", "(x - a) / norm(x - a)", "(x - a) / norm(x - a)"),
        ("x: n, y: n", "x ∘ y ./ x.^2", "y ./ x"),
        ("A: n n, B: m m", "A ⊗ B ⊗ eye(2)", "kron(A, kron(B, eye(2)))"),
        ("Σ: n n spd, μ: n", "μ' inv(Σ) μ", "mu' inv(Sigma) mu"),
        ("λ, x: n", "‖x‖ λ^k x", "norm(x) lambda^k x"),
    ] {
        check(declarations, text, &ASCII, expected);
    }
}

#[test]
fn latex_text() {
    for (declarations, text, expected) in [
        ("X: m n, w: n, y: m", "2 X'(X w - y)", r"2 X^\top (X w - y)"),
        ("A: n n, x: n", "1/2 (A + A') x", r"\frac{1}{2} (A + A^\top) x"),
        ("x: n, a: n", "(x - a) / norm(x - a)", r"\frac{x - a}{\lVert x - a \rVert}"),
        ("X: n n", "-inv(X)' inv(X)' + X^3", r"X^{3} - (X^{-2})^\top"),
        ("Sigma: n n spd, x: n, mu: n", "(x - mu)' inv(Sigma) (x - mu)", r"(x - \mu)^\top \Sigma^{-1} (x - \mu)"),
        ("Sigma: n n spd", "log det(Sigma) - n/2 log(2 pi)", r"\log\det\Sigma - \frac{n}{2} \log(2 \pi)"),
        ("x: n, y_hat: n, x_bar: n, W1: n n", "W1 y_hat + x_bar", r"W_{1} \hat{y} + \bar{x}"),
        ("x: n, y: n", "x ∘ y.^2 + x ./ y", r"x \odot y^{\circ 2} + x \oslash y"),
        ("X: n n, x: n", "norm(X) norm(x)^2", r"\lVert X \rVert_F \lVert x \rVert^{2}"),
        ("X: n n, x: n", "sum(x) + sum(X)", r"\mathbf{1}^\top x + \mathbf{1}^\top X \mathbf{1}"),
        ("A: n n, B: m m", "A ⊗ B + A ⊗ eye(m)", r"A \otimes B + A \otimes I_{m}"),
        ("X: m n", "zeros(m, n) ", r"0_{m \times n}"),
        ("X: m n", "pinv(X)", r"X^{+}"),
        ("x_i: n, alpha_i", "sum_{i=1}^{N} alpha_i x_i", r"\sum_{i=1}^{N} \alpha_{i} x_{i}"),
        ("X: n n, dX: n n", "-inv(X) dX inv(X)", r"-X^{-1} \, \mathrm{d}X X^{-1}"),
        ("x: n | phi", "phi'(x)", r"\phi'(x)"),
        ("a, x: n", "exp(-norm(x)^2 / (2 a^2))", r"\exp\left( -\frac{\lVert x \rVert^{2}}{2 a^{2}} \right)"),
        ("a", "abs(a)^(1/2) + a^(k/2)", r"\sqrt{\lvert a \rvert} + a^{k/2}"),
        ("rate, x: n", "rate x", r"\mathrm{rate} x"),
    ] {
        check(declarations, text, &LATEX, expected);
    }
}

#[test]
fn habits_of_latex() {
    let mut desk = Desk::new("X: n n, mu: n, s, W1: n n");
    let id = desk.read("s inv(X)' mu + W1' X[:,2] + (mu + ones(n)) (mu'W1'mu) + mu");
    for (transpose, bold, expected) in [
        (TransposeMark::T, false, r"s X^{-T} \mu + W_{1}^{T} X_{:,2} + (\mu^{T} W_{1} \mu) (\mu + 1) + \mu"),
        (
            TransposeMark::Prime,
            true,
            r"s (\mathbf{X}^{-1})' \boldsymbol{\mu} + \mathbf{W}_{1}' \mathbf{X}_{:,2} + (\boldsymbol{\mu}' \mathbf{W}_{1} \boldsymbol{\mu}) (\boldsymbol{\mu} + 1) + \boldsymbol{\mu}",
        ),
    ] {
        let shown = show(&mut desk.store, id, &Style { transpose, bold, ..Style::new(Format::Latex) }, &[]);
        assert_eq!(shown, expected);
        assert_eq!(desk.read_all(&shown, true).0, id);
    }
}

#[test]
fn repeated_parts_get_names() {
    for (declarations, text, expected) in [
        (
            "C: n m, Sigma: m m spd, x: n, A: n n, mu: n",
            "2 (inv(C Sigma C') (x - A mu) (x - A mu)' inv(C Sigma C') - inv(C Sigma C')) C Sigma",
            "2 (u uᵀ - M) C Sigma where M = (C Sigma Cᵀ)⁻¹, u = M (x - A mu)",
        ),
        // The user's names come first, where they save something.
        ("X: m n, w: n, y: m", "let r = X w - y; (r'r)^(-1/2) X' r", "Xᵀr / sqrt(rᵀr) where r = X w - y"),
        ("X: m n, w: n, y: m", "let r = X w - y; 2 X' r", "2 Xᵀ(X w - y)"),
        // Upside down as well.
        ("A: n n, X: n n, B: n n", "let P = A X B; P + P' + P", "2 A X B + (A X B)ᵀ"),
        ("A: n n, X: n n, B: n n", "let P = A X B; P P' P + P'", "P PᵀP + Pᵀ where P = A X B"),
        ("S: n n, X: n n", "let P = inv(S + X); P P X P' + P", "P² X Pᵀ + P where P = (S + X)⁻¹"),
        // A name that is taken is not taken again.
        ("u: n, v: n, M: n n", "tanh(M u - v + 1) ∘ exp(M u - v + 1)", "tanh(w) ∘ exp(w) where w = M u - v + 1"),
        // What depends on a bound index has no name outside.
        (
            "x_i: n, m: n, M: n n",
            "sum_{i=1}^{N} tanh(M x_i - m + 1) ∘ exp(M x_i - m + 1)",
            "sum_{i=1}^{N} tanh(M x_i - m + 1) ∘ exp(M x_i - m + 1)",
        ),
    ] {
        check(declarations, text, &PLAIN, expected);
    }
    check(
        "X: m n, w: n, y: m",
        "let r = X w - y; (r'r)^(-1/2) X' r",
        &LATEX,
        r"\frac{X^\top r}{\sqrt{r^\top r}} \quad\text{where}\quad r = X w - y",
    );
}

#[test]
fn a_derivation_line_has_no_definitions() {
    let mut desk = Desk::new("X: m n, w: n, y: m");
    let id = desk.read("(X w - y)'(X w - y) X'(X w - y)");
    assert_eq!(show_inline(&mut desk.store, id, &PLAIN), "((X w - y)ᵀ(X w - y)) Xᵀ(X w - y)");
}

#[test]
fn several_answers_share_definitions() {
    let mut desk = Desk::new("A: n n, B: n n, x: n");
    let first = desk.read("inv(A + B A') x");
    let second = desk.read("x'inv(A + B A')");
    let shown = show_many(&mut desk.store, &[first, second], &PLAIN, &[]);
    assert_eq!(shown.answers, ["M x", "xᵀM"]);
    assert_eq!(shown.definitions, [("M".to_string(), "(A + B Aᵀ)⁻¹".to_string())]);
    assert_eq!(shown.definitions_text(Format::Plain), " where M = (A + B Aᵀ)⁻¹");
}

#[test]
fn size_counts_what_is_read() {
    let mut desk = Desk::new("X: m n, w: n, y: m");
    for (text, expected) in [("X w - y", 4), ("2 X'(X w - y)", 7), ("1/2 w", 4), ("norm(w)^2", 5), ("inv(X'X)", 4)] {
        let id = desk.read(text);
        assert_eq!(size(&mut desk.store, id), expected, "{text}");
    }
    let id = desk.read("tanh(X w - y + 2) ∘ exp(X w - y + 2)");
    assert_eq!(size(&mut desk.store, id), 15);
    assert_eq!(size_shared(&mut desk.store, id, &[]), 12);
}
