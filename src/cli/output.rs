//! Answers as text: the answer alone, with its derivation, as a document, as code, as an object.

use super::args::{Options, Output};
use crate::base::Diagnostic;
use crate::session::{Answer, Derivation, Format};
use crate::show::{Style, TransposeMark};
use colored::Colorize;

/// What goes to standard output for one answer, with a final line break.
///
/// # Errors
/// When there is no code for a part of the answer.
pub(super) fn text(options: &Options, answer: &mut Answer) -> Result<String, Diagnostic> {
    let body = match options.output {
        Output::Json => {
            let object = answer.json();
            let printed = if options.lines { serde_json::to_string(&object) } else { serde_json::to_string_pretty(&object) };
            printed.unwrap_or_default()
        }
        Output::Numpy => answer.numpy()?.trim_end().to_owned(),
        Output::Text(format) => {
            let lines = mathematics(options, answer, format);
            if options.lines { lines.join("; ").replace('\n', " ") } else { lines.join("\n") }
        }
    };
    Ok(if options.standalone { document(&body, body.starts_with("\\begin{aligned}")) } else { body } + "\n")
}

/// The habits of LaTeX that the options ask for.
pub(super) fn style(options: &Options) -> Style {
    let transpose = match options.transpose.as_str() {
        "T" => TransposeMark::T,
        "prime" => TransposeMark::Prime,
        _ => TransposeMark::Top,
    };
    Style { transpose, bold: options.bold, ..Style::new(Format::Latex) }
}

/// The lines of an answer, after those of its derivation where it was asked for.
fn mathematics(options: &Options, answer: &mut Answer, format: Format) -> Vec<String> {
    if options.steps {
        answer.set_lhs(true);
        let derived = answer.derivation(format);
        if !derived.lines.is_empty() {
            return if format == Format::Latex { aligned(&derived) } else { derivation(&derived) };
        }
    }
    answer.set_lhs(options.lhs);
    let result = answer.text(format);
    let senses = answer.senses(format);
    if senses.len() == result.len() && senses.len() > 1 && !options.lines {
        return explained(result, &senses, format);
    }
    if options.standalone { result.iter().map(|line| format!("\\[\n{line}\n\\]")).collect() } else { result }
}

/// Each result with a word on when it is the right one.
fn explained(results: Vec<String>, senses: &[String], format: Format) -> Vec<String> {
    let pairs = results.into_iter().zip(senses);
    if format != Format::Latex {
        return pairs.map(|(line, when)| format!("{line}  {}", format!("({when})").dimmed())).collect();
    }
    let rows: Vec<String> = pairs.map(|(line, when)| format!("  {} && \\text{{({when})}}", line.replacen(" = ", " &= ", 1))).collect();
    vec!["\\begin{aligned}".to_owned(), rows.join(" \\\\\n"), "\\end{aligned}".to_owned()]
}

/// One line a step, with its law behind it.
fn derivation(derived: &Derivation) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut width = 2;
    for (head, text, law) in &derived.lines {
        let front = match (derived.equations, head.is_empty()) {
            (true, _) => String::new(),
            (_, true) => format!("{:width$} = ", ""),
            _ => format!("{head} = "),
        };
        if !head.is_empty() {
            width = head.chars().count();
        }
        lines.push(format!("{front}{text}  {}", format!("({law})").dimmed()));
    }
    lines.extend(derived.results.iter().cloned());
    if !derived.definitions.is_empty() {
        lines.push(derived.definitions.trim().to_owned());
    }
    lines
}

/// How many signs wide a display on a page is, roughly.
const WIDE: usize = 72;

/// An `aligned` block, ready for a document. Where lines with their reasons are wider than a page, each reason stands below
/// its line, and long lines are broken before a sign.
fn aligned(derived: &Derivation) -> Vec<String> {
    let line_width = derived.lines.iter().map(|(_, text, _)| width(text)).max().unwrap_or(0);
    let below = derived.lines.iter().any(|(_, _, law)| line_width + width(law) > WIDE);
    let mut rows: Vec<String> = Vec::new();
    for (head, text, law) in &derived.lines {
        let front = match (derived.equations, head.is_empty()) {
            (true, _) => String::new(),
            (_, true) => "&= ".to_owned(),
            _ => format!("{head} &= "),
        };
        let text = if derived.equations { text.replacen(" = ", " &= ", 1) } else { text.clone() };
        if !below {
            let reason = if law.is_empty() { String::new() } else { format!(" && \\text{{({law})}}") };
            rows.push(format!("  {front}{text}{reason}"));
            continue;
        }
        rows.push(format!("  {front}{}", broken(&text)));
        let laws: Vec<&str> = if law.is_empty() { Vec::new() } else { law.split("; ").collect() };
        rows.extend(laws.iter().map(|law| format!("  &\\qquad\\text{{({law})}}")));
    }
    for line in &derived.results {
        rows.push(format!("  {}", broken(&line.replacen(" = ", " &= ", 1))));
    }
    if !derived.definitions.is_empty() {
        rows.push(format!("  &{}", derived.definitions));
    }
    vec!["\\begin{aligned}".to_owned(), rows.join(" \\\\\n"), "\\end{aligned}".to_owned()]
}

/// How many signs a formula in LaTeX shows, roughly: a command is one, braces and scripts are none.
fn width(text: &str) -> usize {
    let mut count = 0;
    let mut letters = false;
    let text =
        text.replace("\\operatorname", "").replace("\\mathrm", "").replace("\\text", "").replace("\\left", "").replace("\\right", "");
    for c in text.chars() {
        match c {
            '\\' => {
                count += 1;
                letters = true;
            }
            _ if letters && c.is_ascii_alphabetic() => {}
            '{' | '}' | '^' | '_' | ' ' | '&' | '$' => letters = false,
            _ => {
                letters = false;
                count += 1;
            }
        }
    }
    count
}

/// A formula broken before signs that stand in no bracket, so that no row is wider than a page.
fn broken(text: &str) -> String {
    if width(text) <= WIDE {
        return text.to_owned();
    }
    let mut pieces: Vec<&str> = Vec::new();
    let (mut depth, mut start) = (0i32, 0);
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '\\' if rest.starts_with("\\langle") => depth += 1,
            '\\' if rest.starts_with("\\rangle") => depth -= 1,
            ' ' if depth == 0 && at > start && (rest.starts_with(" + ") || rest.starts_with(" - ")) => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    let mut out = String::new();
    let mut row = 0;
    for piece in pieces {
        let size = width(piece);
        if row > 0 && row + size > WIDE {
            out.push_str(" \\\\\n  &\\quad ");
            row = 0;
        } else if row > 0 {
            out.push(' ');
        }
        out.push_str(piece);
        row += size;
    }
    out
}

/// A LaTeX document around a fragment; an `aligned` block still needs its display.
fn document(body: &str, aligned: bool) -> String {
    let body = if aligned && !body.starts_with("\\[") { format!("\\[\n{body}\n\\]") } else { body.to_owned() };
    format!("\\documentclass{{article}}\n\\usepackage{{amsmath,amssymb}}\n\\begin{{document}}\n{body}\n\\end{{document}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived() -> Derivation {
        let first = ("\\mathrm{d}f".into(), "\\langle w, \\mathrm{d}x \\rangle".into(), "d inv(X) = -inv(X) dX inv(X)".into());
        let lines = vec![first, (String::new(), "b".into(), "50\\%".into())];
        Derivation { lines, results: vec!["\\nabla_{x} f = w = w".into()], definitions: String::new(), equations: false }
    }

    #[test]
    fn a_derivation_in_latex_is_one_aligned_block() {
        let block = aligned(&derived()).join("\n");
        assert!(block.starts_with("\\begin{aligned}\n  \\mathrm{d}f &= "), "{block}");
        assert!(block.contains("\\text{(50\\%)}"), "{block}");
        assert!(block.contains("\\nabla_{x} f &= w = w"), "{block}");
        assert_eq!(block.matches("\\\\\n").count(), 2, "{block}");
    }

    #[test]
    fn a_document_displays_its_block() {
        let text = document("\\begin{aligned}\nx\n\\end{aligned}", true);
        assert!(text.contains("\\[\n\\begin{aligned}") && text.ends_with("\\end{document}"), "{text}");
    }
}
