//! Texts drawn at random, as people type them: pieces put together, with noise around and inside, and a slip in every third.

use super::Sample;
use std::collections::BTreeSet;

/// A row of numbers that looks random and is the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }
}

/// As many texts, half of them in LaTeX.
pub fn samples(count: usize) -> Vec<Sample> {
    let mut dice = Dice(11);
    let mut one = |number: usize| {
        let latex = number.is_multiple_of(2);
        let mut text = if latex { latex_text(&mut dice) } else { plain_text(&mut dice) };
        if number % 3 == 2 {
            slip(&mut dice, &mut text, latex);
        }
        Sample { text, latex, variables: BTreeSet::new(), functions: BTreeSet::new() }
    };
    (0..count).map(&mut one).collect()
}

/// One sign too many, too few, or in another place.
fn slip(dice: &mut Dice, text: &mut String, latex: bool) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let at = ends[dice.roll(ends.len())];
    match dice.roll(3) {
        0 => {
            text.remove(at);
        }
        1 if latex => text
            .insert_str(at, dice.pick(&["x", "2", "+", "-", "^", "_", "{", "}", "'", ",", " ", "\\mathbf ", "\\hat ", "\\text{on}", "."])),
        1 => text.insert_str(at, dice.pick(&["x", "2", "+", "-", "^", "_", "(", ")", "'", ",", " ", ".", "A", "[1]", "=", ":"])),
        _ => {
            let sign = text.remove(at);
            let to = ends[dice.roll(ends.len())].min(text.len());
            let to = (0..=to).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
            text.insert(to, sign);
        }
    }
}

fn latex_text(dice: &mut Dice) -> String {
    let mut text = String::new();
    text.push_str(dice.pick(&[
        "",
        "",
        "",
        "L(w) = ",
        "f(\\mathbf{x})=",
        "\\mathcal{L}_{\\text{fit}} := ",
        "\\displaystyle ",
        "\\min_{x} ",
    ]));
    let terms = 1 + dice.roll(3);
    for number in 0..terms {
        if number > 0 {
            text.push_str(dice.pick(&[" + ", " - ", "+", "-", " \\;+\\; "]));
        }
        let term = latex_scalar(dice, 2);
        text.push_str(&term);
    }
    text.push_str(dice.pick(&[
        "",
        "",
        "",
        ".",
        ",",
        " \\quad (3)",
        "\\quad\\text{(OLS)}",
        " \\label{eq:a}",
        "\\tag{2}",
        " + \\text{const}",
        "\\nonumber",
        "\\qquad \\forall x",
        ", \\quad \\text{where } r = y",
    ]));
    match dice.roll(6) {
        0 => format!("${text}$"),
        1 => format!("\\[ {text} \\]"),
        2 => format!("\\begin{{equation}} {text} \\end{{equation}}"),
        _ => text,
    }
}

fn latex_scalar(dice: &mut Dice, depth: usize) -> String {
    let column = latex_column(dice, depth);
    let other = latex_column(dice, depth);
    let matrix = latex_matrix(dice, depth);
    let transpose = dice.pick(&["^T", "^\\top", "^{\\mathsf T}", "^{\\mathrm{T}}", "'", "^{\\prime}", "^{\\intercal}", "^{\\!\\top}"]);
    let factor = dice.pick(&["", "", "2", "\\frac{1}{2}", "\\frac12 ", "\\lambda ", "\\tfrac{\\lambda}{2}", "{1\\over 2}", "\\gamma\\,"]);
    let core = match dice.roll(9) {
        0 => format!("\\left({column}\\right){transpose} {matrix} ({other})"),
        1 => format!("\\|{column}\\|^2"),
        2 => format!("\\left\\| {{{column}}} \\right\\|_2^2"),
        3 => format!("\\lVert {matrix}\\rVert_F^{{2}}"),
        4 => format!("\\operatorname{{tr}}\\left({matrix}\\right)"),
        5 => format!("{{\\rm tr}}({matrix}{transpose}{matrix})"),
        6 => format!("\\log\\det {matrix}"),
        7 => format!("\\log\\bigl(1+\\|{column}\\|_1\\bigr)"),
        _ => format!("\\underbrace{{({column}){transpose}({other})}}_{{\\text{{fit}}}}"),
    };
    format!("{factor}{core}")
}

fn latex_column(dice: &mut Dice, depth: usize) -> String {
    let name = dice.pick(&[
        "x",
        "\\mathbf{x}",
        "{\\bf x}",
        "\\boldsymbol{\\mu}",
        "\\hat{y}",
        "\\mathbf{w}_1",
        "x_{0}",
        "\\bar x",
        "\\vec{b}",
        "b",
        "y",
        "\\theta^{\\text{old}}",
    ]);
    if depth == 0 {
        return name.to_owned();
    }
    match dice.roll(5) {
        0 => format!("{name} - {}", latex_column(dice, depth - 1)),
        1 => format!("{}{name}", latex_matrix(dice, depth - 1)),
        2 => format!("{{{}}}", latex_column(dice, depth - 1)),
        _ => name.to_owned(),
    }
}

fn latex_matrix(dice: &mut Dice, depth: usize) -> String {
    let name = dice.pick(&[
        "A",
        "\\mathbf{A}",
        "{\\bf A}",
        "\\Sigma",
        "\\boldsymbol{\\Sigma}",
        "W_1",
        "\\mathbf{X}",
        "\\hat{\\Sigma}",
        "W^{(1)}",
        "\\mathcal{K}",
    ]);
    if depth == 0 {
        return name.to_owned();
    }
    match dice.roll(6) {
        0 => format!("{name}^{{-1}}"),
        1 => format!("({name} + {})", latex_matrix(dice, depth - 1)),
        2 => format!("{{{name}{}}}", latex_matrix(dice, depth - 1)),
        _ => name.to_owned(),
    }
}

fn plain_text(dice: &mut Dice) -> String {
    let mut text = String::new();
    text.push_str(dice.pick(&["", "", "", "f(x) = ", "L = ", "let r = y; "]));
    let terms = 1 + dice.roll(3);
    for number in 0..terms {
        if number > 0 {
            text.push_str(dice.pick(&[" + ", " - ", "+", " − "]));
        }
        let term = plain_scalar(dice, 2);
        text.push_str(&term);
    }
    text.push_str(dice.pick(&["", "", "", "", " where r = y", "; ", "."]));
    text
}

fn plain_scalar(dice: &mut Dice, depth: usize) -> String {
    let (column, other, matrix) = (plain_column(dice, depth), plain_column(dice, depth), plain_matrix(dice, depth));
    let transpose = dice.pick(&["'", "ᵀ", "^T", "^⊤"]);
    let factor = dice.pick(&["", "", "2 ", "1/2 ", "½ ", "lambda ", "0.5*", "λ·", "n/2 "]);
    let core = match dice.roll(8) {
        0 => format!("({column}){transpose} {matrix} ({other})"),
        1 => format!("‖{column}‖^2"),
        2 => format!("||{column}||²"),
        3 => format!("tr({matrix})"),
        4 => format!("log det({matrix})"),
        5 => format!("sum(exp({column}))"),
        6 => format!("norm1({column})"),
        _ => format!("⟨{column}, {other}⟩"),
    };
    format!("{factor}{core}")
}

fn plain_column(dice: &mut Dice, depth: usize) -> String {
    let name = dice.pick(&["x", "w1", "y_hat", "mu", "μ", "x_i", "b", "y", "r"]);
    if depth == 0 {
        return name.to_owned();
    }
    match dice.roll(5) {
        0 => format!("{name} - {}", plain_column(dice, depth - 1)),
        1 => format!("{} {name}", plain_matrix(dice, depth - 1)),
        2 => format!("{name} .* {}", plain_column(dice, depth - 1)),
        _ => name.to_owned(),
    }
}

fn plain_matrix(dice: &mut Dice, depth: usize) -> String {
    let name = dice.pick(&["A", "S", "Σ", "W1", "X", "K_mm"]);
    if depth == 0 {
        return name.to_owned();
    }
    match dice.roll(6) {
        0 => format!("inv({name})"),
        1 => format!("({name} + {})", plain_matrix(dice, depth - 1)),
        2 => format!("{name}⁻¹ {}", plain_matrix(dice, depth - 1)),
        _ => name.to_owned(),
    }
}
