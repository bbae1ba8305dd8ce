//! What the reader is told of a name before a bracket: what to type where it is refused, and what it was taken for.

use super::{Application, Inside};
use crate::base::{Diagnostic, Fault, Span};

impl Application<'_> {
    pub(super) fn error(&self, message: &str) -> Diagnostic {
        Diagnostic::new(Fault::Ambiguous, message).at(self.whole())
    }

    /// `A(t)`.
    pub(super) fn parameter(&self) -> Diagnostic {
        let (typed, name) = (self.typed(), self.name());
        let factor = self.place().to(self.tokens[self.open - 1].span).of(self.text);
        let inside = Span { start: self.tokens[self.open].span.end, end: self.tokens[self.close].span.start }.of(self.text).trim();
        if self.inside == Inside::Number {
            return self.error("a name before a number in parentheses may be an entry, a product or the value of a function").hint(
                format!("an entry is `{typed}[{inside}]`, a product `{inside} {typed}`; a function of your own is declared: --fn {name}"),
            );
        }
        self.error("this may be a function of a parameter, which is not supported yet, or a product").hint(format!(
            "the product is `{factor} {inside}`; where `{typed}` is the variable, leave out `({inside})`; a function that goes entry by entry is declared: --fn {name}"
        ))
    }

    /// `E((y - w'x)^2)`.
    pub(super) fn expectation(&self) -> Diagnostic {
        self.error("this may be an expectation, which is not supported, or a product")
            .hint("over a sample an expectation is `1/N sum_i …`; for the product declare the variable: --var 'E: matrix(m,n)'")
    }

    /// `K(x, y)`.
    pub(super) fn several(&self) -> Diagnostic {
        let name = self.typed();
        Diagnostic::new(Fault::Unsupported, format!("`{name}` would be a function of several arguments, and those are not supported"))
            .at(self.whole())
            .hint(format!("write its formula, or `{name}` alone for its value; an entry of a matrix is `{name}[i,j]`"))
    }

    /// `Foo(x)`.
    pub(super) fn capital_word(&self) -> Diagnostic {
        let name = self.name();
        Diagnostic::new(Fault::Name, format!("there is no function `{name}`"))
            .at(self.place())
            .hint(format!("declare a function of your own that goes entry by entry: --fn {name}; a product is written `{name} * (…)`"))
    }

    /// `lambda(x'x - 1)` in plain text.
    pub(super) fn undecided(&self) -> Diagnostic {
        self.error("this may be a product or a function").hint(format!(
            "write `{} * (…)` for the product; a function of your own is declared: --fn {}",
            self.typed(),
            self.name()
        ))
    }

    pub(super) fn product_note(&self) -> String {
        let typed = self.typed();
        format!(
            "`{typed}(…)` is the product of `{typed}` and the parentheses; --fn {} makes it a function that goes entry by entry",
            self.name()
        )
    }
}

/// The note on a function of the user's own.
#[must_use]
pub fn own_function(name: &str) -> String {
    let hint = match name {
        "sigma" => "--fn 'sigma = sigmoid' makes it the logistic function".to_string(),
        "psi" => "--fn 'psi = digamma' makes it the digamma function".to_string(),
        _ => format!("--fn '{name}(t) = …' defines it"),
    };
    format!("{name} is a function of its own, applied entry by entry; {hint}")
}

/// The note on a Greek letter that is read as a function of the tables.
pub(in crate::syntax) fn letter_note(name: &str, words: &str) -> String {
    format!("`{name}(…)` is {words}; --var '{name}: matrix(m,n)' makes it a matrix")
}
