//! Whether a name before a bracket is a function or a factor: one rule for both dialects.
//!
//! 1. What is declared is what it is declared to be: a function by `--fn`, a factor by `--var` or a definition.
//! 2. A word of the tables is that function, or refused with what to type instead.
//! 3. One free name or one number in the parentheses is never a factor: `A(t)` is a function of a parameter, refused with
//!    both spellings to type; a lower-case name is the user's own function, and a note says so.
//! 4. A name that is a variable elsewhere, or has an index below it, is a factor.
//! 5. A word of several letters is the user's own function where it is lower-case, and refused where it has a capital.
//! 6. A single letter is read by what it mostly is: f, g, h, φ, ψ, σ, ρ, κ are functions, capitals are factors. Of the others
//!    the plain dialect makes functions (a blank before the parenthesis makes a factor), but refuses sizes (n, m, N, k, d)
//!    and weights (α, β, γ, λ, μ, ν) before a sum; LaTeX, where blanks mean nothing, makes factors of sizes and Greek
//!    letters, and of Latin letters before a sum. A note says so wherever the other reading exists.

mod messages;
#[cfg(test)]
mod tests;

pub(super) use messages::letter_note;
pub use messages::own_function;

use super::names::greek_unicode;
use super::token::{Bracket, Mark, Sub, Token, TokenKind, Word};
use crate::base::{Diagnostic, Span};

/// Which dialect a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Plain,
    Latex,
}

/// What a name before a parenthesis is, with the note that the reader needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Function(Option<String>),
    Factor(Option<String>),
}

/// What stands between a pair of parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// One name.
    Name,
    /// One number.
    Number,
    /// One name and a number: `t - 1`.
    Shifted,
    /// Another sum or difference.
    Sum,
    /// Several things with commas or the like between them.
    List,
    /// A product, a call, a power.
    Other,
}

/// Letters that name functions wherever they are applied.
const FUNCTIONS: [&str; 8] = ["f", "g", "h", "phi", "psi", "sigma", "rho", "kappa"];
/// Capitals that name functions as often as matrices.
const CAPITALS: [&str; 4] = ["F", "G", "H", "Psi"];
/// Letters for sizes and places.
const SIZES: [&str; 5] = ["n", "m", "N", "k", "d"];
/// Letters for weights and multipliers.
const WEIGHTS: [&str; 6] = ["alpha", "beta", "gamma", "lambda", "mu", "nu"];

/// What stands in the brackets that open here, by the place of the opening phrase: one pass over all phrases.
pub(super) fn insides(tokens: &[Token]) -> Vec<Option<(Inside, usize)>> {
    struct Open {
        at: usize,
        sum: bool,
        list: bool,
    }
    let mut found = vec![None; tokens.len()];
    let mut stack: Vec<Open> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            TokenKind::Open(_) => stack.push(Open { at, sum: false, list: false }),
            TokenKind::Close(_) => {
                let Some(open) = stack.pop() else { continue };
                let content = &tokens[open.at + 1..at];
                let inside = match content {
                    _ if open.list => Inside::List,
                    [one] => single(one),
                    [group, one, end] if group.kind == TokenKind::Open(Bracket::Group) && matches!(end.kind, TokenKind::Close(_)) => {
                        single(one)
                    }
                    [a, _, b] if open.sum && (single(a), single(b)) == (Inside::Name, Inside::Number) => Inside::Shifted,
                    _ if open.sum => Inside::Sum,
                    _ => Inside::Other,
                };
                found[open.at] = Some((inside, at));
            }
            // A sign in front of the first term is no sum.
            TokenKind::Plus | TokenKind::Minus => {
                if let Some(open) = stack.last_mut() {
                    open.sum |= at > open.at + 1;
                }
            }
            TokenKind::Comma | TokenKind::Semicolon | TokenKind::Colon => {
                if let Some(open) = stack.last_mut() {
                    open.list = true;
                }
            }
            _ => {}
        }
    }
    found
}

fn single(token: &Token) -> Inside {
    match token.kind {
        TokenKind::Word(_) => Inside::Name,
        TokenKind::Number(_) => Inside::Number,
        _ => Inside::Other,
    }
}

/// A name before a bracket, with all that decides.
pub(super) struct Application<'a> {
    pub text: &'a str,
    pub word: &'a Word,
    pub tokens: &'a [Token],
    pub at: usize,
    pub how: Applied,
    pub inside: Inside,
    /// Where the bracket opens and closes.
    pub open: usize,
    pub close: usize,
    pub dialect: Dialect,
}

impl Application<'_> {
    /// What a name is of which the rest of the text says that it is a variable, or a member of a family.
    pub fn of_variable(&self) -> Result<Reading, Diagnostic> {
        match self.inside {
            Inside::Name | Inside::Number => Err(self.parameter()),
            Inside::List => Err(self.several()),
            _ if self.indexed() && FUNCTIONS[..5].contains(&self.stem()) => Err(self.parameter()),
            _ => Ok(Reading::Factor(None)),
        }
    }

    /// The note on `f'(x)` where it is read as a transpose, though the letter names functions.
    pub fn transpose_note(&self) -> Option<String> {
        let typed = self.typed();
        FUNCTIONS
            .contains(&self.stem())
            .then(|| format!("`{typed}'` is the transpose of `{typed}`; --fn {} makes it the derivative of a function", self.name()))
    }

    /// Refuses `\Sigma^{-1}(\theta)`, where the power is one of the function's value.
    pub fn of_power(&self) -> Result<(), Diagnostic> {
        if self.inside == Inside::Name { Err(self.parameter()) } else { Ok(()) }
    }

    /// What a name is of which nothing else is known.
    pub fn of_stranger(&self) -> Result<Reading, Diagnostic> {
        let stem = self.stem();
        let capital = stem.starts_with(char::is_uppercase);
        let letter = stem.chars().count() == 1 || greek_unicode(stem).is_some();
        if !letter {
            return if capital { Err(self.capital_word()) } else { Ok(self.function()) };
        }
        let functional = FUNCTIONS.contains(&stem);
        let size = SIZES.contains(&stem);
        let sum = matches!(self.inside, Inside::Sum | Inside::Shifted);
        match self.inside {
            _ if stem == "E" => return Err(self.expectation()),
            Inside::List if capital => return Err(self.several()),
            Inside::List => return Ok(self.function()),
            Inside::Name | Inside::Number if capital || self.dialect == Dialect::Latex && self.weight() => return Err(self.parameter()),
            _ if functional => return Ok(self.function()),
            Inside::Name if self.indexed() => return Err(self.parameter()),
            Inside::Number => return Err(self.parameter()),
            Inside::Name => return Ok(self.function()),
            _ => {}
        }
        if capital && !size {
            return Ok(Reading::Factor((CAPITALS.contains(&stem) || self.inside == Inside::Shifted).then(|| self.product_note())));
        }
        match self.dialect {
            _ if self.indexed() => Ok(Reading::Factor(Some(self.product_note()))),
            Dialect::Plain if capital || sum && (size || WEIGHTS.contains(&stem)) => Err(self.undecided()),
            Dialect::Plain => Ok(self.function()),
            Dialect::Latex if sum || self.weight() => Ok(Reading::Factor(Some(self.product_note()))),
            Dialect::Latex => Ok(self.function()),
        }
    }

    /// Whether the square brackets hold an index: places with commas between them, or one number or small letter.
    pub fn is_index(&self) -> bool {
        let small =
            |token: &Token| matches!(&token.kind, TokenKind::Word(word) if word.name.len() == 1 && "ijklmnpqrst".contains(&word.name));
        match self.inside {
            Inside::List | Inside::Number => true,
            Inside::Name | Inside::Shifted => self.tokens.get(self.at + 2).is_some_and(small),
            Inside::Sum | Inside::Other => false,
        }
    }

    /// The letter or word without its subscripts, accents and number.
    fn stem(&self) -> &str {
        let base = self.word.base.split('_').next().unwrap_or(&self.word.base);
        base.trim_end_matches(|c: char| c.is_ascii_digit())
    }

    /// A size, or a Greek letter that is no function's.
    fn weight(&self) -> bool {
        SIZES.contains(&self.stem()) || greek_unicode(self.stem()).is_some() && !FUNCTIONS.contains(&self.stem())
    }

    /// Whether an index letter stands below the name, as in `y_i`.
    fn indexed(&self) -> bool {
        matches!(self.word.subs.last(), Some(Sub::Text(text)) if text.len() <= 2 && text.bytes().all(|b| b.is_ascii_lowercase()))
            || matches!(self.word.subs.last(), Some(Sub::Expression(_)))
    }

    fn function(&self) -> Reading {
        // `let X = rows(x_i)` names the members of X, and applies nothing.
        let stack = matches!(self.name(), "rows" | "cols") && self.at > 0 && self.tokens[self.at - 1].kind == TokenKind::Equals;
        Reading::Function((!stack).then(|| own_function(self.name())))
    }

    fn name(&self) -> &str {
        &self.word.name
    }

    /// As it was typed.
    fn typed(&self) -> &str {
        self.place().of(self.text)
    }

    /// Where the name stands.
    pub fn place(&self) -> Span {
        self.tokens[self.at].span
    }

    fn whole(&self) -> Span {
        self.place().to(self.tokens[self.close].span)
    }
}

/// Where a parenthesis opens directly behind a power of the name here: `\Sigma^{-1}(\theta)`.
pub(super) fn behind_power(tokens: &[Token], insides: &[Option<(Inside, usize)>], at: usize) -> Option<usize> {
    let kind = |at: usize| tokens.get(at).map(|t| &t.kind);
    let open = match (kind(at + 1)?, kind(at + 2)?) {
        (TokenKind::Mark(Mark::Power(_)), _) => at + 2,
        (TokenKind::Caret, TokenKind::Number(_)) => at + 3,
        (TokenKind::Caret, TokenKind::Open(Bracket::Group)) => {
            let (inside, close) = insides.get(at + 2).copied().flatten()?;
            let sign = matches!((kind(at + 3), kind(at + 4)), (Some(TokenKind::Minus), Some(TokenKind::Number(_))));
            if inside != Inside::Number && !(sign && close == at + 5) {
                return None;
            }
            close + 1
        }
        _ => return None,
    };
    tokens.get(open).is_some_and(|t| t.kind == TokenKind::Open(Bracket::Paren) && !t.spaced).then_some(open)
}

/// How a name stands before a bracket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    No,
    /// Directly before a parenthesis, with this many primes between.
    Directly(u8),
    /// Directly before a square bracket.
    Square,
}

/// How the name here stands before a bracket. (In LaTeX no parenthesis is spaced.)
pub(super) fn applied(tokens: &[Token], at: usize) -> Applied {
    let mut primes = 0u8;
    for token in tokens.iter().skip(at + 1) {
        match &token.kind {
            TokenKind::Open(Bracket::Square) if primes == 0 => return Applied::Square,
            _ if token.spaced => return Applied::No,
            TokenKind::Open(Bracket::Paren) => return Applied::Directly(primes),
            TokenKind::Open(Bracket::Index) if primes == 0 => return Applied::Square,
            TokenKind::Mark(Mark::Prime) => primes = primes.saturating_add(1),
            _ => return Applied::No,
        }
        if primes > 9 {
            return Applied::No;
        }
    }
    Applied::No
}
