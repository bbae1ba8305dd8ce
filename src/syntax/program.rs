//! What a claim says it is, found in its text.

use std::ops::Range;

/// The place of what a claim says it is, with the equality sign: `∇f(w) =`, `\frac{\partial f}{\partial w} =`.
#[must_use]
pub fn derivative_named(text: &str) -> Option<Range<usize>> {
    const SIGNS: [&str; 5] = ["\\nabla", "∇", "\\partial", "∂", "/d"];
    let at = text.find('=').filter(|&at| SIGNS.iter().any(|sign| text[..at].contains(sign)))?;
    Some(0..at + 1)
}
