//! The dialects: which one a text is written in, and reading it in that one.

use super::{Ast, Vocabulary, looks_like_latex, looks_like_numpy, parse, parse_latex, parse_numpy};
use crate::base::Diagnostic;

/// A dialect that a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// matdiff's own spelling.
    Plain,
    /// LaTeX.
    Latex,
    /// NumPy's, PyTorch's and JAX's.
    Numpy,
}

impl Written {
    /// The dialect that a text looks like.
    #[must_use]
    pub fn detect(text: &str) -> Written {
        if looks_like_latex(text) {
            Written::Latex
        } else if looks_like_numpy(text) {
            Written::Numpy
        } else {
            Written::Plain
        }
    }

    /// Reads an expression in this dialect.
    ///
    /// # Errors
    /// What is wrong with the text, in the user's words and with its place.
    pub fn read(self, text: &str, vocabulary: &Vocabulary<'_>) -> Result<Ast, Diagnostic> {
        match self {
            Written::Plain => parse(text, vocabulary),
            Written::Latex => parse_latex(text, vocabulary),
            Written::Numpy => parse_numpy(text, vocabulary),
        }
    }
}
