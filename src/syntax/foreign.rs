//! Words that the field uses for functions and the table of functions has not: refused by name with what to type instead,
//! since neither a product nor a function of the user's own was meant.

use super::Vocabulary;
use super::applied::{Application, Applied, Dialect};
use super::token::{Bracket, Sub, TokenKind};
use crate::base::{Diagnostic, Fault};

/// English words that stand in no formula as names.
const ENGLISH: [&str; 36] = [
    "and",
    "or",
    "for",
    "the",
    "of",
    "with",
    "if",
    "then",
    "else",
    "is",
    "are",
    "be",
    "over",
    "to",
    "such",
    "that",
    "all",
    "subject",
    "gradient",
    "derivative",
    "function",
    "minimize",
    "minimise",
    "maximize",
    "maximise",
    "find",
    "compute",
    "where",
    "given",
    "let",
    "using",
    "hence",
    "thus",
    "otherwise",
    "not",
    "by",
];

/// LaTeX's commands with arguments in braces.
const COMMANDS: [&str; 18] = [
    "frac",
    "dfrac",
    "tfrac",
    "mathbf",
    "boldsymbol",
    "mathrm",
    "mathcal",
    "mathsf",
    "text",
    "operatorname",
    "hat",
    "bar",
    "tilde",
    "vec",
    "underbrace",
    "left",
    "begin",
    "overline",
];

/// Refuses words that are no names in plain text: `x' A x and b' x`, `frac{1}{2}`.
pub(super) fn words(application: &Application<'_>) -> Result<(), Diagnostic> {
    if application.dialect != Dialect::Plain {
        return Ok(());
    }
    let name = application.word.name.as_str();
    if ENGLISH.contains(&name) && application.how == Applied::No {
        let error = Diagnostic::new(Fault::Syntax, format!("`{name}` is a word, and no part of a formula")).at(application.place());
        return Err(error.hint(format!("give the formula alone; a variable of this name is declared: --var '{name}: scalar'")));
    }
    let next = application.tokens.get(application.at + 1).filter(|t| t.kind == TokenKind::Open(Bracket::Brace) && !t.spaced);
    if COMMANDS.contains(&name) && next.is_some() {
        let error = Diagnostic::new(Fault::Syntax, format!("`{name}` is a command of LaTeX without its backslash")).at(application.place());
        return Err(error.hint(format!("write `\\{name}{{…}}`, and all of the formula in LaTeX")));
    }
    Ok(())
}

/// Refuses `rank(X)`, `Var[x]`, `E[x]`, `Log[X]`, `\lambda_1(X)` and `\sigma_i(X)` where the name is not declared.
pub(super) fn refused(application: &Application<'_>, vocabulary: &Vocabulary<'_>) -> Result<(), Diagnostic> {
    let name = &application.word.name;
    // In LaTeX a word that stands upright before its argument is a function too.
    let takes =
        || application.dialect == Dialect::Latex && application.tokens.get(application.at + 1).is_some_and(|t| t.kind.begins_operand());
    match application.how {
        Applied::Directly(1..) => return Ok(()),
        Applied::No if !takes() => return Ok(()),
        _ => {}
    }
    // `Cov_q[x]` is refused like `Cov[x]`.
    let word = application.word;
    let below = || (!word.subs.is_empty() && word.base.len() > 1).then(|| vocabulary.instead(&word.base)).flatten();
    if let Some(hint) = vocabulary.instead(name).or_else(below) {
        return Err(Diagnostic::new(Fault::Unsupported, format!("there is no function `{name}`"))
            .at(application.place())
            .hint(format!("{hint}; --fn {name} declares a function of your own that goes entry by entry")));
    }
    let next = application.tokens.get(application.at + 1).map(|t| &t.kind);
    match application.how {
        Applied::Square => square(application, vocabulary),
        _ if next == Some(&TokenKind::Open(Bracket::Brace)) => expectation(application),
        _ => numbered(application),
    }
}

/// `E[…]` and `P[…]` that hold no index, and functions of the table before square brackets in plain text.
fn square(application: &Application<'_>, vocabulary: &Vocabulary<'_>) -> Result<(), Diagnostic> {
    let name = application.word.name.as_str();
    if !application.is_index() {
        expectation(application)?;
    }
    match vocabulary.applied(name) {
        Some(builtin) if application.dialect == Dialect::Plain && vocabulary.exact(name).is_none() => {
            Err(Diagnostic::new(Fault::Syntax, "a function's argument stands in parentheses")
                .at(application.place())
                .hint(format!("write `{}(…)`; square brackets behind a name are entries", builtin.name)))
        }
        _ => Ok(()),
    }
}

/// `E[…]`, `E_q[…]`, `P\{…\}`: whatever stands below the sign.
fn expectation(application: &Application<'_>) -> Result<(), Diagnostic> {
    if !matches!(application.word.base.as_str(), "E" | "P") {
        return Ok(());
    }
    let name = &application.word.name;
    Err(Diagnostic::new(Fault::Unsupported, "expectations and probabilities are not supported")
        .at(application.place())
        .hint(format!("over a sample an expectation is `1/N sum_i …`; for a product declare the variable: --var '{name}: matrix(m,n)'")))
}

/// `\lambda_1(X)`: one matrix in the parentheses of which nobody has need where it is a factor.
fn numbered(application: &Application<'_>) -> Result<(), Diagnostic> {
    let (word, at) = (application.word, application.at);
    let kind = |at: usize| application.tokens.get(at).map(|t| &t.kind);
    let numbered = match &word.subs[..] {
        [Sub::Text(sub)] => sub.parse::<u32>().is_ok() || sub.chars().count() == 1,
        _ => false,
    };
    let matrix = match (kind(at + 1), kind(at + 2), kind(at + 3)) {
        (Some(TokenKind::Open(Bracket::Paren)), Some(TokenKind::Word(inner)), Some(TokenKind::Close(Bracket::Paren))) => {
            inner.base.starts_with(char::is_uppercase)
        }
        _ => false,
    };
    let (which, hint) = match word.base.as_str() {
        "lambda" => (
            "an eigenvalue",
            "`maxeig(X)` and `mineig(X)` are the largest and the smallest eigenvalue; leave out the parentheses for a product",
        ),
        "sigma" => (
            "a singular value",
            "`nuclear(X)` is the sum of the singular values, `spectral(X)` the largest; leave out the parentheses for a product",
        ),
        _ => return Ok(()),
    };
    if numbered && matrix {
        let message = format!("{which} by its number is no function here");
        return Err(Diagnostic::new(Fault::Unsupported, message).at(application.place()).hint(hint));
    }
    Ok(())
}
