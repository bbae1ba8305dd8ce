//! One error shape and its one renderer with carets.

use super::Span;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// What kind of fault it is; the word appears in `-f json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The text is not an expression of the language.
    Syntax,
    /// A name is unknown, or a function is spelled almost right.
    Name,
    /// Sizes or kinds do not fit.
    Shape,
    /// The text has two readings that give different answers.
    Ambiguous,
    /// A declaration, an option or a file is wrong.
    Usage,
    /// It is right, but beyond what can be answered.
    Unsupported,
    /// The answer did not agree with the numeric derivative and was withheld.
    Verification,
    /// There is no closed form.
    NoClosedForm,
}

impl Fault {
    /// The word for it in machine-readable output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Fault::Syntax => "syntax",
            Fault::Name => "name",
            Fault::Shape => "shape",
            Fault::Ambiguous => "ambiguous",
            Fault::Usage => "usage",
            Fault::Unsupported => "unsupported",
            Fault::Verification => "verification",
            Fault::NoClosedForm => "no-closed-form",
        }
    }
}

/// A second place that belongs to an error, with what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where.
    pub span: Span,
    /// What is there, in a few words (`this is 3×n`).
    pub text: String,
}

/// An error in the user's words: what is wrong, where, and what to type instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of fault.
    pub fault: Fault,
    /// One sentence without a full stop, in the user's names and sizes.
    pub message: String,
    /// The place that is wrong, where there is one.
    pub span: Option<Span>,
    /// A few words under the caret; the message stands there where it is empty.
    pub label: String,
    /// Further places.
    pub notes: Vec<Note>,
    /// What to type instead.
    pub hint: Option<String>,
    /// The text that the places refer to, where it is not the expression itself (a declaration, say).
    pub source: Option<String>,
}

impl Diagnostic {
    /// An error with a message alone.
    pub fn new(fault: Fault, message: impl Into<String>) -> Self {
        Diagnostic { fault, message: message.into(), span: None, label: String::new(), notes: Vec::new(), hint: None, source: None }
    }

    /// The place that is wrong.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// A few words under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// A second place.
    #[must_use]
    pub fn note(mut self, span: Span, text: impl Into<String>) -> Self {
        self.notes.push(Note { span, text: text.into() });
        self
    }

    /// What to type instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The text that the places refer to, where it is not the expression.
    #[must_use]
    pub fn of(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The error as text: the message, the line with carets, the hint. `text` is the expression's text.
    #[must_use]
    pub fn render(&self, text: &str, color: bool) -> String {
        let text = self.source.as_deref().unwrap_or(text);
        let mut report =
            Level::ERROR.primary_title(&self.message).elements(std::iter::empty::<Snippet<'_, annotate_snippets::Annotation<'_>>>());
        if let Some(span) = self.span {
            let mut snippet = Snippet::source(text).annotation(AnnotationKind::Primary.span(snap(text, span)).label(&self.label));
            for note in &self.notes {
                snippet = snippet.annotation(AnnotationKind::Context.span(snap(text, note.span)).label(&note.text));
            }
            report = report.element(snippet);
        }
        if let Some(hint) = &self.hint {
            report = report.element(Level::HELP.message(hint));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[report]).to_string()
    }
}

/// The span on character boundaries inside the text, as the renderer needs it.
fn snap(text: &str, span: Span) -> std::ops::Range<usize> {
    let mut start = (span.start as usize).min(text.len());
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}
