//! Text to the row of Python's phrases, by the grammar in `grammar/numpy.pest`.

use crate::base::{Diagnostic, Fault, Rational, Span};
use pest::Parser;

/// The parser that pest derives from the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/numpy.pest"]
struct Grammar;

/// One phrase with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Phrase<'t> {
    pub kind: PhraseKind<'t>,
    pub span: Span,
}

/// What a phrase is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PhraseKind<'t> {
    Number(Rational),
    Name(&'t str),
    /// Without its quotation marks.
    Text(&'t str),
    Operator(&'t str),
    Open(&'t str),
    Close(&'t str),
    /// The end of a statement.
    End,
}

/// The phrases of a text. The end of a line inside brackets ends nothing, and is left out.
///
/// # Errors
/// A character that Python does not know.
pub(super) fn read(text: &str) -> Result<Vec<Phrase<'_>>, Diagnostic> {
    let broken = |_| Diagnostic::new(Fault::Syntax, "this is not an expression").at(Span::new(0, text.len()));
    let mut phrases = Vec::new();
    let mut depth = 0usize;
    for pair in Grammar::parse(Rule::text, text).map_err(broken)?.flat_map(pest::iterators::Pair::into_inner) {
        let place = pair.as_span();
        let (span, written) = (Span::new(place.start(), place.end()), pair.as_str());
        let kind = match pair.as_rule() {
            Rule::number => PhraseKind::Number(super::super::plain::number(&written.replace('_', ""), span)?),
            Rule::name => PhraseKind::Name(written),
            Rule::text_single | Rule::text_double => PhraseKind::Text(&written[1..written.len() - 1]),
            Rule::operator => PhraseKind::Operator(written),
            Rule::open => {
                depth += 1;
                PhraseKind::Open(written)
            }
            Rule::close => {
                depth = depth.saturating_sub(1);
                PhraseKind::Close(written)
            }
            Rule::end if depth > 0 && written != ";" => continue,
            Rule::end => PhraseKind::End,
            Rule::EOI => continue,
            _ => return Err(unknown(written, span)),
        };
        phrases.push(Phrase { kind, span });
    }
    Ok(phrases)
}

/// The error for a character that Python does not know.
fn unknown(written: &str, at: Span) -> Diagnostic {
    let error = Diagnostic::new(Fault::Syntax, format!("`{written}` means nothing in NumPy's spelling")).at(at);
    match written {
        "^" => error.hint("a power is `**` there; for matdiff's own spelling: --from plain"),
        "'" | "\"" | "’" => error.hint("a transpose is `.T` there; for matdiff's own spelling: --from plain"),
        "\\" => error.hint("for LaTeX: --from latex"),
        _ if written.starts_with(|c: char| c.is_ascii_digit()) => error.hint("a number and a name need an operator between them: `2 * x`"),
        _ => error.hint("for matdiff's own spelling: --from plain"),
    }
}
