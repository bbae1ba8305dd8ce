//! A derivation's text cut into expressions: rows of plain text or of a LaTeX `align`, with their labels.

use super::tasks::Target;
use crate::syntax;

/// What a line is an expression of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The function itself.
    Function,
    /// Its differential.
    Differential,
    /// Its gradient.
    Gradient,
}

/// An expression inside a line.
pub(super) struct Item {
    /// The number of its line, from 1.
    pub number: usize,
    /// What its label announces.
    pub label: Option<Stage>,
    pub text: String,
}

/// The expressions of a derivation with their labels.
pub(super) fn items(text: &str, latex: bool, targets: &[Target]) -> Vec<Item> {
    let mut found = Vec::new();
    let text = if latex { unwrapped(text) } else { text.to_owned() };
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let rows: Vec<&str> = if latex { line.split("\\\\").collect() } else { vec![line] };
        for row in rows {
            let row = if latex { row.split("&&").next().unwrap_or("").replace('&', " ") } else { without_law(row).to_owned() };
            let row = row.trim();
            if row.is_empty() || row.starts_with('#') || latex && row.starts_with('%') {
                continue;
            }
            // Reasons below their line, and lines that go on in the next row.
            if latex && row.starts_with("\\qquad\\text{(") {
                continue;
            }
            if let (true, Some(rest), Some(last)) = (latex, row.strip_prefix("\\quad "), found.last_mut()) {
                let last: &mut Item = last;
                last.text = format!("{} {}", last.text, differentials(rest, targets));
                continue;
            }
            let mut label = None;
            for (at, part) in parts(row).into_iter().enumerate() {
                let part = part.trim().trim_end_matches(['.', ',']).trim();
                if part.is_empty() {
                    continue;
                }
                match stage_of(part) {
                    Some(stage) if at == 0 => label = Some(stage),
                    _ => {
                        let text = if latex { differentials(part, targets) } else { part.to_owned() };
                        found.push(Item { number, label: label.take(), text });
                    }
                }
            }
        }
    }
    found
}

/// LaTeX without its display, environment and row breaks with spacing, as many lines as before.
fn unwrapped(text: &str) -> String {
    let mut out = text.to_owned();
    for name in ["align", "align*", "aligned", "gather", "gather*", "gathered", "equation", "equation*", "split", "eqnarray", "eqnarray*"] {
        out = out.replace(&format!("\\begin{{{name}}}"), "").replace(&format!("\\end{{{name}}}"), "");
    }
    for mark in ["\\[", "\\]", "$$", "\\nonumber", "\\notag"] {
        out = out.replace(mark, "");
    }
    out
}

/// A plain line without the law behind it, `  (product rule)`.
fn without_law(line: &str) -> &str {
    match line.trim_end().ends_with(')').then(|| line.rfind("  (")).flatten() {
        Some(at) if !line[..at].trim().is_empty() => &line[..at],
        _ => line,
    }
}

/// A line cut at its outermost equality signs.
fn parts(row: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, _) in syntax::outside_brackets(row).filter(|(_, c)| *c == '=') {
        found.push(&row[from..at]);
        from = at + 1;
    }
    found.push(&row[from..]);
    found
}

/// What a label before the first equality sign announces; `None` where it is an expression.
fn stage_of(label: &str) -> Option<Stage> {
    let bare: String =
        label.replace("\\mathrm{d}", "d").replace("\\mathrm d", "d").replace("\\text{d}", "d").replace("\\operatorname{d}", "d");
    let bare: String = bare.chars().filter(|c| !c.is_whitespace() && !matches!(c, '{' | '}' | '\\')).collect();
    if ["∇", "nabla", "grad", "∂", "partial"].iter().any(|s| bare.starts_with(s) || bare.starts_with(&format!("frac{s}"))) {
        return Some(Stage::Gradient);
    }
    let function = |name: &str| {
        let name = name.split('(').next().unwrap_or("");
        let name = name.strip_prefix("mathcal").or_else(|| name.strip_prefix("ell").map(|_| "L")).unwrap_or(name);
        matches!(name, "f" | "g" | "h" | "F" | "J" | "L" | "E" | "phi" | "φ" | "ℓ")
    };
    if let Some((above, below)) = bare.split_once('/') {
        return (above.strip_prefix('d').is_some_and(function) && below.starts_with('d')).then_some(Stage::Gradient);
    }
    if let Some(rest) = bare.strip_prefix("fracd") {
        return rest.chars().next().is_some_and(|c| function(&c.to_string())).then_some(Stage::Gradient);
    }
    match bare.strip_prefix('d') {
        Some(name) if function(name) => Some(Stage::Differential),
        _ if function(&bare) => Some(Stage::Function),
        _ => None,
    }
}

/// `dX` in LaTeX as one name, `\mathrm{d}X`.
fn differentials(text: &str, targets: &[Target]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let names = |t: &Target| {
            let own = rest
                .strip_prefix(t.spelling.as_str())
                .is_some_and(|more| !more.starts_with(|c: char| c.is_alphanumeric() && t.spelling.len() > 1));
            own || ["\\mathbf", "\\boldsymbol", "\\bm"]
                .iter()
                .any(|m| rest.strip_prefix(m).is_some_and(|r| r.trim_start_matches('{').trim_start().starts_with(&t.spelling)))
        };
        if c == 'd' && !before.is_alphabetic() && before != '\\' && before != '{' && targets.iter().any(names) {
            out.push_str("\\mathrm{d}");
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_told_from_expressions() {
        let cases = [
            ("f", Some(Stage::Function)),
            ("f(w)", Some(Stage::Function)),
            ("df", Some(Stage::Differential)),
            ("\\mathrm{d}f", Some(Stage::Differential)),
            ("∇_w f", Some(Stage::Gradient)),
            ("\\nabla_{w} f", Some(Stage::Gradient)),
            ("\\frac{\\partial f}{\\partial w}", Some(Stage::Gradient)),
            ("df/dw", Some(Stage::Gradient)),
            ("grad_w f", Some(Stage::Gradient)),
            ("x' A x", None),
            ("dw", None),
        ];
        for (label, stage) in cases {
            assert_eq!(stage_of(label), stage, "{label}");
        }
    }

    #[test]
    fn lines_are_cut_at_outermost_equality_signs() {
        assert_eq!(parts("a = sum_{i=1}^{N} b = c"), ["a ", " sum_{i=1}^{N} b ", " c"]);
        assert_eq!(without_law("   = 2 x' dx  (product rule (twice))"), "   = 2 x' dx");
        assert_eq!(without_law("tr(A) (x' x)"), "tr(A) (x' x)");
    }
}
