//! Where the text comes from: the command line, standard input, a file with declarations.

use super::args::Source;
use crate::base::{Diagnostic, Fault, Span};
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// What a question is about: an expression inside a text, and the declarations that stand in the same text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Input {
    /// The whole text as it was read.
    pub text: String,
    /// The expression: the text with comments and declarations blanked out, without white space around it.
    pub expression: String,
    /// Where the expression begins in the text.
    pub start: usize,
    /// `var` lines: where what is declared stands in the text.
    pub variables: Vec<Range<usize>>,
    /// `fn` lines.
    pub functions: Vec<Range<usize>>,
}

impl Input {
    /// A text that is an expression and nothing else.
    pub fn expression(text: String) -> Input {
        let start = text.len() - text.trim_start().len();
        Input { expression: text.trim().to_owned(), start, text, ..Input::default() }
    }

    /// A file: `#` comments, `var` and `fn` lines, then the expression, over as many lines as it likes.
    pub fn file(text: String) -> Input {
        let mut input = Input::default();
        let mut blanked = String::with_capacity(text.len());
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let code = line.find('#').map_or(line, |hash| &line[..hash]);
            let word = code.trim_start();
            let begin = at + code.len() - word.len();
            let declared = [("var", &mut input.variables), ("fn", &mut input.functions)].into_iter().any(|(keyword, list)| {
                let rest = word.strip_prefix(keyword).filter(|r| r.starts_with([' ', '\t']));
                if let Some(rest) = rest {
                    let from = begin + word.len() - rest.trim_start().len();
                    list.push(from..begin + word.trim_end().trim_end_matches(';').len());
                }
                rest.is_some()
            });
            let kept = if declared { "" } else { code };
            blanked.push_str(kept);
            // The same number of bytes, so that places stay where they are.
            blanked.extend(line[kept.len()..].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
            at += line.len();
        }
        input.start = blanked.len() - blanked.trim_start().len();
        input.expression = blanked.trim().to_owned();
        input.text = text;
        input
    }

    /// An error about the expression with its places moved to where they are in the whole text.
    pub fn place(&self, diagnostic: Diagnostic) -> Diagnostic {
        if diagnostic.source.is_some() { diagnostic } else { moved(diagnostic, self.start) }
    }

    /// An error about a declaration with its places moved likewise.
    pub fn place_declaration(&self, diagnostic: Diagnostic, range: &Range<usize>) -> Diagnostic {
        Diagnostic { source: None, ..moved(diagnostic, range.start) }
    }
}

fn moved(mut diagnostic: Diagnostic, by: usize) -> Diagnostic {
    let by = u32::try_from(by).unwrap_or(u32::MAX);
    let shift = |s: Span| Span { start: s.start.saturating_add(by), end: s.end.saturating_add(by) };
    diagnostic.span = diagnostic.span.map(shift);
    for note in &mut diagnostic.notes {
        note.span = shift(note.span);
    }
    diagnostic
}

/// Reads the text of a question.
///
/// # Errors
/// When a file or standard input cannot be read or is not UTF-8.
pub(super) fn read(source: &Source) -> Result<Input, Diagnostic> {
    match source {
        Source::Argument(text) => Ok(Input::expression(text.clone())),
        Source::Standard => standard().map(Input::expression),
        Source::File(path) => file(path).map(Input::file),
    }
}

/// A text as it is.
pub(super) fn raw(source: &Source) -> Result<String, Diagnostic> {
    match source {
        Source::Argument(text) => Ok(text.clone()),
        Source::Standard => standard(),
        Source::File(path) => file(path),
    }
}

/// All of standard input.
pub(super) fn standard() -> Result<String, Diagnostic> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| unreadable("standard input", &e))?;
    utf8(bytes, "standard input")
}

/// The text of a file.
pub(super) fn file(path: &Path) -> Result<String, Diagnostic> {
    let name = format!("`{}`", path.display());
    let bytes = std::fs::read(path).map_err(|e| unreadable(&name, &e))?;
    utf8(bytes, &name)
}

/// Bytes as text.
pub(super) fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, Diagnostic> {
    let text = String::from_utf8(bytes).map_err(|_| {
        Diagnostic::new(Fault::Usage, format!("{name} is not UTF-8 text")).hint("save it as UTF-8, or write names in ASCII")
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

pub(super) fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(Fault::Usage, format!("cannot read {name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_places() {
        let text = "# least squares\nvar X: matrix(m,n)  # data\nfn phi\n\nlet r = X w - y; # residual\n  r' r\n";
        let input = Input::file(text.to_owned());
        assert_eq!(&text[input.variables[0].clone()], "X: matrix(m,n)");
        assert_eq!(&text[input.functions[0].clone()], "phi");
        assert!(input.expression.starts_with("let r = X w - y;") && input.expression.ends_with("r' r"), "{:?}", input.expression);
        assert!(text[input.start..].starts_with("let r"));
        assert_eq!(input.expression.find("r' r").map(|at| at + input.start), text.find("r' r"));
    }

    #[test]
    fn names_that_begin_like_a_keyword_are_expressions() {
        let input = Input::file("variance + fnord".to_owned());
        assert_eq!(input.expression, "variance + fnord");
        assert!(input.variables.is_empty() && input.functions.is_empty());
    }

    #[test]
    fn an_error_points_into_the_whole_text() {
        let input = Input::file("var x: n\n  x + )".to_owned());
        let error = input.place(Diagnostic::new(Fault::Syntax, "no").at(Span { start: 4, end: 5 }));
        assert_eq!(error.span.map(|s| &input.text[s.start as usize..s.end as usize]), Some(")"));
    }
}
