//! Tests of statements: the same splitter on both dialects.

use crate::syntax::testing::{check_all, dump, vocabulary};
use crate::syntax::{Ast, parse, parse_latex};

fn read(text: &str) -> Result<Ast, String> {
    let known = vocabulary("", "");
    let ast = if text.contains('\\') { parse_latex(text, &known) } else { parse(text, &known) };
    ast.map_err(|e| e.message)
}

fn tree(text: &str) -> String {
    read(text).map_or_else(|error| format!("ERROR {error}"), |ast| dump(&ast))
}

fn check(cases: &[(&str, &str)]) {
    check_all(tree, cases);
}

fn notes(text: &str) -> Vec<String> {
    read(text).map_or_else(|error| vec![error], |ast| ast.page.remarks.into_iter().map(|r| r.note).collect())
}

#[test]
fn what_a_formula_is_called_is_left_out() {
    for left in [
        "\\mathcal{L}_t^{\\text{CLIP}}(w) =",
        "D_{\\mathrm{KL}}(q\\|p) =",
        "\\log{p(y \\mid x)} =",
        "-\\log p(y|x) \\coloneqq",
        "\\underbrace{L(w)}_{\\text{loss}} =",
        "\\ln p(\\mathbf{t}|\\mathbf{w},\\beta^{-1}) =",
        "RSS(\\beta) =",
        "\\hat R(w) \\stackrel{\\text{def}}{=}",
        "\\phi(w) \\overset{\\Delta}{=}",
        "E[w] \\equiv",
        "f\\colon \\mathbb{R}^n \\to \\mathbb{R},\\ f(x) =",
        "{L(w)} \\quad = \\quad",
        "\\text{Let } J(w) =",
        "(P)\\quad",
    ] {
        assert_eq!(tree(&format!("{left} a^\\top w")), "((T a) w)", "for `{left}`");
    }
    check(&[("f(x) = a'x", "((T a) x)"), ("f(x) := a'x", "((T a) x)"), ("log p(y|X) = a'x", "((T a) x)"), ("J = a'x", "((T a) x)")]);
}

#[test]
fn an_equation_is_no_name() {
    let error = "ERROR an equation cannot stand here";
    check(&[("x'x = 1", error), ("A x = b", error), ("2 L = x", error), ("A^\\top x = b", error), ("\\frac12 L(w) = x", error)]);
}

#[test]
fn definitions_stand_before_and_behind() {
    check(&[
        ("r = X w; r'r", "r=(X w); ((T r) r)"),
        ("z = W x, h = z + b, L = h'h", "z=(W x); h=(sum +z +b); ((T h) h)"),
        ("J = y'y, y = W x", "y=(W x); ((T y) y)"),
        ("e^\\top e, \\text{ where } e = y - Xw", "e=(sum +y -(X w)); ((T e) e)"),
        ("\\begin{align} z &= Wx \\\\ L &= z^\\top z \\end{align}", "z=(W x); ((T z) z)"),
        // Another equation of the page, and no definition.
        ("\\begin{align} L &= y^\\top a, \\label{a} \\\\ y &= z \\end{align}", "((T y) a)"),
        ("f = x'x, g = y'y", "ERROR of these equations it is not clear which is meant"),
    ]);
}

#[test]
fn chains_keep_their_links() {
    let ast = read("\\begin{align} L(w) &= w^\\top w \\\\ &= \\|w\\|^2 \\end{align}").unwrap();
    assert_eq!(dump(&ast), "((T w) w)");
    assert_eq!(ast.page.links.len(), 1);
    let ast = read("J = L(w) = w'w").unwrap();
    assert_eq!((dump(&ast), ast.page.links.len()), ("((T w) w)".to_owned(), 0));
}

#[test]
fn problems_say_what_is_asked() {
    for text in [
        "\\min_w a^\\top w",
        "\\hat w \\in \\arg\\min_{w} a^\\top w",
        "w^\\star := \\mathop{\\mathrm{arg\\,min}}_w a^\\top w",
        "\\underset{w \\in \\mathbb{R}^n}{\\text{minimize}} \\quad a^\\top w",
        "\\operatorname*{arg\\,min}\\limits_{w} a^\\top w",
        "min_w a'w",
    ] {
        let ast = read(text).unwrap();
        let asked = ast.page.asked.clone().unwrap();
        assert_eq!((dump(&ast).as_str(), asked.by, asked.most), ("((T a) w)", vec!["w".to_owned()], false), "for `{text}`");
    }
    let constraints = |text: &str| {
        let asked = read(text).unwrap().page.asked.unwrap();
        asked.constraints.into_iter().map(|c| c.0).collect::<Vec<_>>()
    };
    assert_eq!(constraints("\\min_{w:\\, b^\\top w = 1} a^\\top w"), ["b^\\top w = 1"]);
    assert_eq!(constraints("\\min_w a^\\top w \\quad {\\rm s.t.}\\ Aw = b, \\; w \\ge 0"), ["Aw = b", "w \\ge 0"]);
    assert_eq!(constraints("\\min_{R \\in \\mathcal{O}(n)} \\|RA\\|^2"), ["R^\\top R = I"]);
    assert_eq!(constraints("max_x x'A x s.t. x'x = 1"), ["x'x = 1"]);
    // A function of two arguments is none.
    assert!(read("\\max(a, b)").unwrap().page.asked.is_none());
}

#[test]
fn remarks_are_no_factors() {
    for tail in [
        "\\quad (3)",
        ",\\qquad(3)",
        "\\hspace{1em} (1.2)",
        "\\quad\\text{(OLS)}",
        "\\quad [\\text{loss}]",
        "\\qquad \\text{for all } w",
        "\\quad \\forall w",
        "+ \\text{const.}",
        "+ \\text{terms independent of } w",
        "\\hfill (3)",
        "\\; (3)",
        "\\eqno{(3)}",
        ", \\quad \\lambda > 0",
    ] {
        let text = format!("a^\\top w {tail}");
        assert_eq!(tree(&text), "((T a) w)", "for `{tail}`");
        assert_eq!(notes(&text).len(), 1, "for `{tail}`");
    }
    for tail in ["\\;.", "\\label{eq}", "\\nonumber \\\\", "\\qedhere", ","] {
        let text = format!("\\begin{{equation*}} a^\\top w {tail} \\end{{equation*}}");
        assert_eq!((tree(&text).as_str(), notes(&text).len()), ("((T a) w)", 0), "for `{tail}`");
    }
    check(&[
        ("x \\quad y", "ERROR this stands apart, and it is not clear what it is to the expression"),
        ("x'x (3)", "ERROR this may be an equation's number or a factor"),
        ("q{\\cdot}k", "(q cdot:k)"),
        ("{\\bigl \\|}x{\\bigr \\|}", "(Double x)"),
    ]);
}

#[test]
fn declarations_are_read() {
    let declared = |text: &str| {
        let page = read(text).unwrap().page;
        page.declarations.iter().map(|d| format!("{}: {} {}", d.name, d.kind.word(), d.dims.len())).collect::<Vec<_>>()
    };
    assert_eq!(declared("Ax, \\quad A \\in \\mathbb{R}^{m\\times n}"), ["A: matrix 2"]);
    assert_eq!(declared("x^\\top y, \\ x, y \\in \\mathbb R^n"), ["x: vector 1", "y: vector 1"]);
    assert_eq!(declared("\\log\\det S, \\quad S \\in \\mathbb R^{n \\times n},\\ S \\succ 0"), ["S: spd 1"]);
    assert_eq!(declared("x^\\top A x, \\ A = A^\\top"), ["A: symmetric 0"]);
    assert_eq!(declared("A x, A ∈ R"), ["A: scalar 0"]);
}
