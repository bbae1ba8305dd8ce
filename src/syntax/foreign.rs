//! Functions that mathematicians know and the table has not: refused by name, since a product or a function of the user's
//! own is not what was meant.

use super::Vocabulary;
use super::token::{Bracket, Sub, Token, TokenKind, Word};
use crate::base::{Diagnostic, Fault};

/// Names that are functions before a parenthesis though they begin with a Greek letter.
pub(super) const SPECTRUM: [&str; 4] = ["lambda_max", "lambda_min", "sigma_max", "sigma_min"];

/// What to type in place of them.
const REFUSED: &[(&str, &str)] = &[
    ("rank", "the rank is constant nearby or jumps, and has no derivative; `nuclear(X)` is what is often taken in its place"),
    ("cond", "the condition number is `spectral(X) spectral(inv(X))`"),
    ("sigma_min", "the least singular value is `sqrt(mineig(X' X))`"),
    ("eig", "`maxeig(S)` and `mineig(S)` are the extreme eigenvalues, `maxeigvec(S)` and `mineigvec(S)` their vectors"),
    ("svd", "`spectral(X)` is the largest singular value, `nuclear(X)` the sum of all, `leftsv(X)` and `rightsv(X)` leading vectors"),
    ("floor", "a function with steps has no derivative; `step(x)` is the one that is read"),
    ("ceil", "a function with steps has no derivative; `step(x)` is the one that is read"),
    ("round", "a function with steps has no derivative; `step(x)` is the one that is read"),
    ("prod", "the product of all entries is `exp(sum(log(x)))` where they are positive"),
    ("var", "the variance is `norm(x - mean(x))^2/n`"),
    ("std", "the standard deviation is `norm(x - mean(x))/sqrt(n)`"),
    ("cumsum", "the sums from the first entry on are `tril(ones(n,n)) x`"),
    ("median", "it is one of the entries, and has their derivative; `mean(x)` is what is often taken in its place"),
    ("sort", "it is the entries in another order, and has their derivatives in that order"),
    ("argmax", "a place does not change with small changes, and has no derivative; `softmax(x)` is what is often taken in its place"),
    ("argmin", "a place does not change with small changes, and has no derivative; `softmax(-x)` is what is often taken in its place"),
    ("sup", "an extremum over a variable has no formula here"),
    ("inf", "an extremum over a variable has no formula here"),
];

/// Refuses `rank(X)`, `\lambda_1(X)` and `\sigma_i(X)` where the name is not declared.
pub(super) fn refused(word: &Word, tokens: &[Token], at: usize, vocabulary: &Vocabulary<'_>) -> Result<(), Diagnostic> {
    let kind = |at: usize| tokens.get(at).map(|t| &t.kind);
    if vocabulary.variables.contains(&word.name) || vocabulary.functions.contains(&word.name) {
        return Ok(());
    }
    if kind(at + 1) != Some(&TokenKind::Open(Bracket::Paren)) {
        return Ok(());
    }
    let error = |message: String| Diagnostic::new(Fault::Unsupported, message).at(tokens[at].span);
    let listed = REFUSED.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word.name) && !tokens[at + 1].spaced);
    if let Some((name, hint)) = listed {
        return Err(error(format!("there is no function `{name}`")).hint(*hint));
    }
    // `\lambda_1(X)`: one matrix in the parentheses of which nobody has need where it is a factor.
    let numbered = match &word.subs[..] {
        [Sub::Text(sub)] => sub.parse::<u32>().is_ok() || sub.chars().count() == 1,
        _ => false,
    };
    let matrix = match (kind(at + 2), kind(at + 3)) {
        (Some(TokenKind::Word(inner)), Some(TokenKind::Close(Bracket::Paren))) => inner.base.starts_with(char::is_uppercase),
        _ => false,
    };
    let hint = match word.base.as_str() {
        "lambda" => "`maxeig(X)` and `mineig(X)` are the largest and the smallest eigenvalue; leave out the parentheses for a product",
        "sigma" => "`nuclear(X)` is the sum of the singular values, `spectral(X)` the largest; leave out the parentheses for a product",
        _ => return Ok(()),
    };
    if numbered && matrix {
        let which = if word.base == "lambda" { "an eigenvalue" } else { "a singular value" };
        return Err(error(format!("{which} by its number is no function here")).hint(hint));
    }
    Ok(())
}
