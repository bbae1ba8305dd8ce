//! Tests of the plain dialect: what is read, and what is refused in which words.

use super::testing::{check_all, dump, told, vocabulary};
use super::token::TokenKind;
use super::{Ast, Kind, NEST_LIMIT, parse, write_plain};
use crate::base::{Diagnostic, Span};

fn read(text: &str) -> Result<Ast, Diagnostic> {
    parse(text, &vocabulary("", ""))
}

fn tree(text: &str) -> String {
    told(read(text))
}

/// Each text and its tree.
fn check(cases: &[(&str, &str)]) {
    check_all(tree, cases);
}

#[test]
fn products_go_left_to_right() {
    check(&[
        ("A B", "(A B)"),
        ("A*B", "(A B)"),
        ("A·B@C", "(A B C)"),
        ("2x", "(2 x)"),
        ("AB", "AB"),
        ("A .* B ./ C ⊗ D", "(A .*:B ./:C kron:D)"),
        ("A ∘ B ⊙ C ⊘ D", "(A .*:B .*:C ./:D)"),
        ("A \\ b", "(A \\:b)"),
        ("1/2 x", "(1 /:2 x)"),
        ("-1/2 x", "((neg 1) /:2 x)"),
        ("n/2 log det S", "(n /:2 log[det[S]])"),
        ("1/N sum_i x_i", "(1 /:N (SUM i _ _ x@i))"),
        ("a/b*c", "(a /:b c)"),
        ("(a/b) c", "((a /:b) c)"),
        ("2 pi Σ", "(2 pi Sigma)"),
        ("2πΣ", "(2 pi Sigma)"),
        ("X'X", "((T X) X)"),
        ("x_i y_hat W_1", "(x_i y_hat W1)"),
        ("A(B+C)", "(A (sum +B +C))"),
        ("(a b)(c d)", "((a b) (c d))"),
    ]);
}

#[test]
fn sums_and_signs() {
    check(&[
        ("a - b c + d", "(sum +a -(b c) +d)"),
        ("-x^2", "(neg (^ x 2))"),
        ("-a b", "((neg a) b)"),
        ("a - -b", "(sum +a -(neg b))"),
        ("a * -b", "(a (neg b))"),
        ("−a – b", "(sum +(neg a) -b)"),
        ("+a", "a"),
        ("0.5*x'*A*x", "(1/2 (T x) A x)"),
        ("1e-3 x", "(1/1000 x)"),
        ("2 exp(x)", "(2 exp[x])"),
        ("2e", "(2 e)"),
    ]);
}

#[test]
fn marks_and_powers() {
    check(&[
        ("A'", "(T A)"),
        ("A.'", "(T A)"),
        ("A^T", "(T A)"),
        ("A^⊤", "(T A)"),
        ("Aᵀ", "(T A)"),
        ("A^{T}", "(T A)"),
        ("inv(A)", "inv[A]"),
        ("A^-1", "(^ A -1)"),
        ("A^{-1}", "(^ A -1)"),
        ("A^(-1)", "(^ A -1)"),
        ("A⁻¹", "(^ A -1)"),
        ("A^-T", "(T (^ A -1))"),
        ("A^{-T}", "(T (^ A -1))"),
        ("A⁻ᵀ", "(T (^ A -1))"),
        ("x² + X³ + x⁻²", "(sum +(^ x 2) +(^ X 3) +(^ x -2))"),
        ("X^k'", "(T (^ X k))"),
        ("X^(1/2)", "(^ X (1 /:2))"),
        ("X^(-1/2)", "(^ X ((neg 1) /:2))"),
        ("2^-x^2", "(^ 2 (neg (^ x 2)))"),
        ("a^b^c", "(^ a (^ b c))"),
        ("A .^ 2", "(.^ A 2)"),
        ("x.^(1/2)", "(.^ x (1 /:2))"),
        ("x.^-1", "(.^ x -1)"),
        ("tr(X)^2", "(^ tr[X] 2)"),
        ("x''", "(T (T x))"),
        ("Xⁿ", "(^ X n)"),
        ("A^+ b", "(pinv[A] b)"),
        ("A⁺", "pinv[A]"),
        ("X^(k-1-r)", "(^ X (sum +k -1 -r))"),
        ("x^n(a+b)", "((^ x n) (sum +a +b))"),
    ]);
    assert!(tree("x^TA").starts_with("ERROR ambiguous"), "{}", tree("x^TA"));
}

#[test]
fn application() {
    check(&[
        ("log det(S)", "log[det[S]]"),
        ("log det S", "log[det[S]]"),
        ("log det S'", "log[det[(T S)]]"),
        ("log 2 pi", "log[(2 pi)]"),
        ("log 2 pi + x", "(sum +log[(2 pi)] +x)"),
        ("-log x", "(neg log[x])"),
        ("log -x", "log[(neg x)]"),
        ("tr (A)", "tr[A]"),
        ("Log(x)", "log[x]"),
        ("ln(x)", "log[x]"),
        ("phi(W x + b)", "phi[(sum +(W x) +b)]"),
        ("φ(x) + phi''(y)", "(sum +phi[x] +phi''[y])"),
        ("y'(X w)", "((T y) (X w))"),
        ("f(X'a)' .* f'(X'a)", "((T f[((T X) a)]) .*:f'[((T X) a)])"),
        ("a(b+c) + a", "(sum +(a (sum +b +c)) +a)"),
        ("a(b+c)' + a", "(sum +(a (T (sum +b +c))) +a)"),
        ("log|Σ|", "log[(Single Sigma)]"),
        ("sin^2(x) + cos^2(x)", "(sum +(^ sin[x] 2) +(^ cos[x] 2))"),
        ("tr[A B]", "tr[(A B)]"),
        ("sigma(x) .* (1 - sigma(x))", "(sigma[x] .*:(sum +1 -sigma[x]))"),
        ("√(x) + √2", "(sum +sqrt[x] +sqrt[2])"),
    ]);
    let all_but_one = vocabulary("X w x", "");
    assert_eq!(parse("f'(X w) + dX", &all_but_one).map(|ast| dump(&ast)), Ok("(sum +f'[(X w)] +dX)".to_string()));
    assert_eq!(parse("y'(X w) + z", &all_but_one).map(|ast| dump(&ast)), Ok("(sum +((T y) (X w)) +z)".to_string()));
    let declared = vocabulary("a", "phi g");
    let tree = |text| parse(text, &declared).map(|ast| dump(&ast)).unwrap_or_default();
    assert_eq!(tree("a(b)"), "(a b)");
    assert_eq!(tree("phi'(x)"), "phi'[x]");
    assert_eq!(tree("g (x)"), "g[x]");
}

#[test]
fn bars_nest_as_they_are_read() {
    check(&[
        ("|S|", "(Single S)"),
        ("‖x‖ ‖y‖", "((Double x) (Double y))"),
        ("||x||^2", "(^ (Double x) 2)"),
        ("|a| |b|", "((Single a) (Single b))"),
        ("|a||b|", "((Single a) (Single b))"),
        ("| |a| - b |", "(Single (sum +(Single a) -b))"),
        ("||a| - b|", "(Single (sum +(Single a) -b))"),
        ("|a - |b||", "(Single (sum +a -(Single b)))"),
        ("|||x|| - 1|", "(Single (sum +(Double x) -1))"),
        ("‖|x| - 1‖", "(Double (sum +(Single x) -1))"),
        ("|||x| - 1||", "(Double (sum +(Single x) -1))"),
        ("||x|| ||y||", "((Double x) (Double y))"),
        ("||x||||y||", "((Double x) (Double y))"),
        ("|a |b| c|", "(Single (a (Single b) c))"),
        ("2|x|", "(2 (Single x))"),
        ("|x - y |z", "((Single (sum +x -y)) z)"),
        ("‖(a + |b|) c‖", "(Double ((sum +a +(Single b)) c))"),
        ("‖X‖_1 + ‖X‖_F + ‖X‖_*", "(sum +(One X) +(Double X) +(Nuclear X))"),
        ("||x||_2^2", "(^ (Double x) 2)"),
        ("|log |x| + 1|", "(Single (sum +log[(Single x)] +1))"),
        ("⟨A, B⟩ <a, b>", "(<A B> <a b>)"),
    ]);
}

#[test]
fn indexed_sums() {
    check(&[
        ("sum_i x_i y_i + z", "(sum +(SUM i _ _ (x@i y@i)) +z)"),
        ("sum_{i=1}^{N} x_i", "(SUM i 1 N x@i)"),
        ("sum(i=1..N, x_i + i) + x_i", "(sum +(SUM i 1 N (sum +x@i +i)) +x_i)"),
        ("sum_{r=0}^{k-1} X^r", "(SUM r 0 (sum +k -1) (^ X r))"),
        ("sum_{i=1..N} x_i", "(SUM i 1 N x@i)"),
        ("∑_{i=1}^N x_i", "(SUM i 1 N x@i)"),
        ("∑ᵢ xᵢ", "(SUM i _ _ x@i)"),
        ("prod_i a_i", "(PROD i _ _ a@i)"),
        ("sum_i sum_j K_ij x_i x_j", "(SUM i _ _ (SUM j _ _ (K@i,j x@i x@j)))"),
        ("sum_{i,j} K_{i,j}", "(SUM i _ _ (SUM j _ _ K@i,j))"),
        ("sum_i a_i(w'x_i + b)", "(SUM i _ _ (a@i (sum +((T w) x@i) +b)))"),
        ("sum_{t=2}^{T} x_t' x_{t-1}", "(SUM t 2 T ((T x@t) x@(sum +t -1)))"),
        ("-sum_i x_i", "(neg (SUM i _ _ x@i))"),
        ("(sum_i x_i) y", "((SUM i _ _ x@i) y)"),
        ("N K / sum_{n=1}^{N} norm(t_n)^2", "(N K /:(SUM n 1 N (^ norm[t@n] 2)))"),
        ("log sum_i exp(x_i)", "log[(SUM i _ _ exp[x@i])]"),
        ("sum(A)", "sum[A]"),
        ("sum_ij K_ij", "(SUM i _ _ (SUM j _ _ K@i,j))"),
        ("x_i + sum_i y_hat_i", "(sum +x_i +(SUM i _ _ y_hat@i))"),
    ]);
}

#[test]
fn constants_and_indices() {
    check(&[
        ("I + A", "(sum +I +A)"),
        ("I_n", "eye[n]"),
        ("1_n' x", "((T ones[n]) x)"),
        ("1_{n+1} 1_{m×n}", "(ones[(sum +n +1)] ones[m n])"),
        ("X[i,:] X[:,j] x[2] inv(X)[2,1]", "((at X i :) (at X : j) (at x 2) (at inv[X] 2 1))"),
        ("eye(n q)", "eye[(n q)]"),
        ("[a + b] c", "((sum +a +b) c)"),
        ("x'[1]", "(at (T x) 1)"),
    ]);
}

#[test]
fn definitions() {
    check(&[
        ("let r = X w - y; r' r", "r=(sum +(X w) -y); ((T r) r)"),
        ("r' r where r = X w - y", "r=(sum +(X w) -y); ((T r) r)"),
        ("w' w, where w = A s, s = b", "s=b; w=(A s); ((T w) w)"),
        ("let a = 1; let b = a; b", "a=1; b=a; b"),
        ("a = 1; a", "a=1; a"),
        ("let f = a; f(x)", "f=a; (f x)"),
        // What a formula is called says nothing of its value.
        ("f = x' A x", "((T x) A x)"),
        ("f(x) = x' A x", "((T x) A x)"),
    ]);
    assert!(tree("let a = b; let b = a; a").contains("defined by itself"));
    assert!(tree("let a = b; let a = c; a").contains("defined twice"));
    assert!(tree("x = A x").contains("leave out `x =`"));
}

#[test]
fn two_readings_are_refused_and_shown() {
    check(&[
        ("tr A B", "ERROR ambiguous: `tr A B` has two readings | write `tr(A B)` or `tr(A) B`"),
        ("log det S x", "ERROR ambiguous: `log det S x` has two readings | write `log(det(S x))` or `log(det(S)) x`"),
        ("a/b c", "ERROR ambiguous: `a/b c` has two readings | write `(a/b) c` or `a/(b c)`"),
        ("x + a b/c d'", "ERROR ambiguous: `a b/c d'` has two readings | write `(a b/c) d'` or `a b/(c d')`"),
    ]);
}

#[test]
fn errors_name_the_place() {
    let fault = |text: &str| {
        let error = read(text).err();
        error.map(|e| (e.message.clone(), e.span.map(|s| (s.start, s.end)), e.notes.first().map(|n| n.span.start)))
    };
    let place = |text: &str| fault(text).and_then(|(_, span, _)| span);
    assert_eq!(fault("(a + b"), Some(("`(` is never closed".into(), Some((6, 6)), Some(0))));
    assert_eq!(place("a + b)"), Some((5, 6)));
    assert_eq!(place("(a + b]"), Some((6, 7)));
    assert_eq!(place("a + "), Some((2, 3)));
    assert_eq!(place("a + * b"), Some((4, 5)));
    assert_eq!(place("sigmiod(x)"), Some((0, 7)));
    assert_eq!(place("a ! b"), Some((2, 3)));
    assert_eq!(place("|a"), Some((0, 1)));
    assert_eq!(place("kron(A)"), Some((0, 7)));
    assert_eq!(place("kron + A"), Some((0, 4)));
    assert_eq!(place("x'A x = 3"), Some((6, 7)));
    assert_eq!(place("()"), Some((0, 2)));
    assert_eq!(place("x^"), Some((2, 2)));
    assert_eq!(place("(a, b)"), Some((2, 3)));
    for text in [
        "",
        "  ",
        ";",
        ",",
        "=",
        ")",
        "(",
        "'",
        "^",
        "let",
        "let x",
        "let x =",
        "let x = 1",
        "where",
        "a where",
        "a where b",
        "sum_i",
        "sum_i + 1",
        "[:]",
        "x[:",
        "<a>",
        "‖",
        "∑",
        "1_",
        "x_",
        "x_{",
        "é",
        "日本",
        "\u{0}",
        "let let",
        "a;b",
        "..",
        "x[1,2,3]",
        "log",
        "f(",
        "f()",
        "2^",
        "sin^2",
        "sin^-1(x)",
    ] {
        let error = read(text).err();
        assert!(error.as_ref().is_some() || text == "f()", "`{text}` is read");
        if let Some(error) = error {
            let shown = error.render(text, false);
            assert!(!shown.contains("expected") && !shown.contains("EOI"), "{shown}");
        }
    }
    for (text, word) in [
        ("A ** 2", "`^`"),
        ("‖x‖_3", "norm"),
        ("x ≤ y", "one side"),
        ("0,5 x", "`0.5`"),
        ("tr'(A)", "prime"),
        ("Softmx(X)", "softmax"),
        ("e^(-x)", "`exp(…)`"),
        ("a < b", "comparisons"),
        ("x_{2 t}", "indexed sum"),
    ] {
        assert!(
            tree(text).starts_with("ERROR") && tree(text).contains(word) || read(text).is_err_and(|e| e.label.contains(word)),
            "{text}: {}",
            tree(text)
        );
    }
    assert!(tree("sigmiod(x)").contains("sigmoid"));
    assert!(tree("softmx(x)").contains("softmax"));
    assert!(!tree("loss(x)").contains("ERROR"));
}

#[test]
fn depth_is_bounded_and_length_is_not() {
    let deep = |open: &str, close: &str, n: usize| format!("{}x{}", open.repeat(n), close.repeat(n));
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("-", ""),
        ("log ", ""),
        ("2^", ""),
        ("f(", ")"),
        ("⟨x,", "⟩"),
        ("| ", " |"),
        ("sum_i ", ""),
        ("‖(", ")‖"),
        ("x[", "]"),
        ("2^{", "}"),
        ("x_{", "}"),
    ] {
        for n in [NEST_LIMIT + 2, 10_000] {
            let error = read(&deep(open, close, n)).err();
            assert!(error.is_some(), "{open} {n}");
            assert!(error.is_some_and(|e| e.message.len() < 200));
        }
    }
    assert!(read(&deep("(", ")", NEST_LIMIT)).is_ok());
    for (unit, n) in [("x + ", 20_000), ("x ", 20_000), ("|x| ", 2_500), ("(x) - ", 2_000), ("f(x) .* ", 2_000)] {
        let text = unit.repeat(n) + "x";
        assert!(read(&text).is_ok(), "{unit}");
    }
    assert!(read(&format!("x{}", "'".repeat(20_000))).is_ok());
    let error = read(&"(".repeat(1_000_000)).err();
    assert!(error.is_some_and(|e| e.message.contains("levels")));
    let _ = read(&"|".repeat(5_000));
    let _ = read(&"| ".repeat(5_000));
    let _ = read(&"<".repeat(5_000));
}

#[test]
fn real_expressions_read_and_write() {
    for text in [
        "-(n/2) log(2^m pi^m) - (n/2) log det(Sigma) - 1/2 sum_{i=1}^{n} (x_i - mu)' inv(Sigma) (x_i - mu)",
        "log(det(2 pi Sigma)^(-1/2) exp(-1/2 (x - mu)' inv(Sigma) (x - mu)))",
        "let y1 = phi(W0 y0 + b0); let y2 = phi(W1 y1 + b1); 1/2 (y2 - y)' (y2 - y)",
        "let z = W0 y0 + b0; let a = W1 phi(z) + b1; ((W1'((phi(a) - y) .* phi'(a))) .* phi'(z)) y0'",
        "w'w where w = 1 ./ (1 + exp(-X'a))",
        "-<y, log(softmax(X w))>",
        "log((2 pi)^(-n/2) |sigma^2 eye(n)|^(-1/2) exp(-1/2 (y - x)' inv(sigma^2 eye(n)) (y - x)))",
        "sum(lambda) - 1/2 lambda' diag(y) (X X').^2 diag(y) lambda",
        "(a's)^2/(v (a'S a))",
        "sum_{i=0}^{3} tr(C A^i x x' (A')^i C')",
        "(N K/2) log(beta/(2 pi)) - (beta/2) sum_{n=1}^{N} norm(t_n - W' phi(x_n))^2",
        "a sum_{s=1}^{R} c_s exp(-norm(z - p_s)^2/(2 h^2)) - a exp(-norm(z - x)^2/(2 h^2))",
        "1/2 sum_n r_n (wᵀ p_n - t_n)^2",
        "-((nu + n + p - 1)/2) log det(I + inv(S) (X - M) inv(W) (X - M)')",
        "let r = sum((x - z).^2 ./ theta.^2); a (1 + sqrt(5 r) + 5/3 r) exp(-sqrt(5 r))",
        "1/2 ‖(W + B A) x - y‖^2",
        "(y' inv(K) y + log det(K)) / (2 n) where K = exp(2 s) exp(-D / (2 exp(2 l))) + exp(2 r) I",
        "tr((eye(2) ⊗ F)' A (eye(2) ⊗ F) B)",
        "(eye(n) ⊗ commutation(n,p) ⊗ eye(p)) (((I + commutation(n,n)) (X ⊗ eye(n))) ⊗ vec(Y Y'))",
        "sum_{r=0}^{k-1} (X^r A X^(k-1-r))'",
        "-inv(X)[2,:] inv(X)[:,1]'",
        "2 x' A x (A + A') x - (A B) ∘ cos(log(t) A B) / t",
        "I - (n I + 2 M)^-T",
        "norm2(O .* (Y - U*W'))^2",
    ] {
        let Ok(ast) = read(text) else { panic!("`{text}` is not read: {}", tree(text)) };
        let written = write_plain(&ast);
        let functions = vocabulary("", "phi");
        assert_eq!(parse(&written, &functions).map(|ast| dump(&ast)), Ok(dump(&ast)), "{text}\n{written}");
    }
}

/// Whether a place of the text stands in the tree: below a leaf, a function's name, the head of a sum, a definition's name,
/// or in a remark.
fn places(ast: &Ast) -> Vec<Span> {
    let mut found: Vec<Span> = ast.page.remarks.iter().map(|r| r.span).chain(ast.lets.iter().map(|l| l.span)).collect();
    for node in &ast.nodes {
        match &node.kind {
            Kind::Number(_) | Kind::Name(_) | Kind::Identity | Kind::OnesVector | Kind::Member { .. } => found.push(node.span),
            Kind::Call { at, .. } => found.push(*at),
            Kind::Big { at, body, .. } => {
                found.push(*at);
                found.push(Span { end: ast.node(*body).span.start, ..node.span });
            }
            _ => {}
        }
    }
    found
}

/// The phrases of a text that stand nowhere in its tree.
fn lost(text: &str, ast: &Ast) -> Vec<String> {
    let found = places(ast);
    let kept = |span: Span| span.start == span.end || found.iter().any(|f| f.start <= span.start && span.end <= f.end);
    let says = |kind: &TokenKind| {
        use TokenKind::{Big, Function, Number, OnesVector, Ordered, Word};
        matches!(kind, Number(_) | Word(_) | Big(_) | Ordered(_) | Function(_) | OnesVector)
    };
    let tokens = super::plain::tokens(text).unwrap_or_default();
    tokens.iter().filter(|t| says(&t.kind) && !kept(t.span)).map(|t| t.span.of(text).to_string()).collect()
}

#[test]
fn nothing_is_lost() {
    for text in [
        "x' A x + 2 b'x",
        "xᵀAx + ½ cᵀx",
        "log det S + tr(inv(S) A)",
        "sum_{i=1}^{N} (w'x_i - y_i)^2",
        "sum(i=1..N, a_i x_i)",
        "sum_{i<j} ‖x_i - x_j‖^2",
        "sum_{1 <= i < j <= n} K_ij",
        "1_n' x + 1_{m,n} y + 𝟏' z",
        "let r = X w - y; r' r",
        "r' r where r = X w - y, X = A B",
        "sin^2 x + f''(t) + sqrt 2 + √2",
        "X[i, :] w + x[3]",
        "max(x, 0) + (t)_+ + |x| + ‖X‖_F",
        "A^-T b + A⁻ᵀb + A^+ b + x^(n+1) + Xᵏ",
        "x_{t-1} + h_{i+1}",
        "⟨A, B⟩ ⊗ C \\ d ./ e",
    ] {
        let ast = read(text).unwrap_or_else(|error| panic!("{}", error.render(text, false)));
        assert_eq!(lost(text, &ast), Vec::<String>::new(), "in `{text}`");
    }
}

pub(super) fn assert_kept(text: &str, ast: &Ast) {
    assert_eq!(lost(text, ast), Vec::<String>::new(), "in `{text}`");
}
