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

use super::names::greek_unicode;
use super::token::{Bracket, Mark, Sub, Token, TokenKind, Word};
use crate::base::{Diagnostic, Fault, Span};

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
            Inside::List if capital => return Err(self.several()),
            Inside::List => return Ok(self.function()),
            Inside::Name | Inside::Number if capital || self.dialect == Dialect::Latex && self.weight() => return Err(self.parameter()),
            _ if functional => return Ok(self.function()),
            Inside::Name if self.indexed() => return Err(self.parameter()),
            Inside::Number => return Err(self.parameter()),
            Inside::Name => return Ok(self.function()),
            _ if stem == "E" => return Err(self.expectation()),
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

    fn product_note(&self) -> String {
        let typed = self.typed();
        format!(
            "`{typed}(…)` is the product of `{typed}` and the parentheses; --fn {} makes it a function that goes entry by entry",
            self.name()
        )
    }

    /// Where the name stands.
    pub fn place(&self) -> Span {
        self.tokens[self.at].span
    }

    fn whole(&self) -> Span {
        self.place().to(self.tokens[self.close].span)
    }

    fn error(&self, message: &str) -> Diagnostic {
        Diagnostic::new(Fault::Ambiguous, message).at(self.whole())
    }

    /// `A(t)`.
    fn parameter(&self) -> Diagnostic {
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
    fn expectation(&self) -> Diagnostic {
        self.error("this may be an expectation, which is not supported, or a product")
            .hint("over a sample an expectation is `1/N sum_i …`; for the product declare the variable: --var 'E: matrix(m,n)'")
    }

    /// `K(x, y)`.
    fn several(&self) -> Diagnostic {
        let name = self.typed();
        Diagnostic::new(Fault::Unsupported, format!("`{name}` would be a function of several arguments, and those are not supported"))
            .at(self.whole())
            .hint(format!("write its formula, or `{name}` alone for its value; an entry of a matrix is `{name}[i,j]`"))
    }

    /// `Foo(x)`.
    fn capital_word(&self) -> Diagnostic {
        let name = self.name();
        Diagnostic::new(Fault::Name, format!("there is no function `{name}`"))
            .at(self.place())
            .hint(format!("declare a function of your own that goes entry by entry: --fn {name}; a product is written `{name} * (…)`"))
    }

    /// `lambda(x'x - 1)` in plain text.
    fn undecided(&self) -> Diagnostic {
        self.error("this may be a product or a function").hint(format!(
            "write `{} * (…)` for the product; a function of your own is declared: --fn {}",
            self.typed(),
            self.name()
        ))
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
pub(super) fn letter_note(name: &str, words: &str) -> String {
    format!("`{name}(…)` is {words}; --var '{name}: matrix(m,n)' makes it a matrix")
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

#[cfg(test)]
mod tests {
    use crate::syntax::testing::{dump, vocabulary};
    use crate::syntax::{parse, parse_latex};

    /// The tree and the notes, or the first line of the error.
    fn read(text: &str, latex: bool) -> String {
        let vocabulary = vocabulary("D", "q");
        let ast = if latex { parse_latex(text, &vocabulary) } else { parse(text, &vocabulary) };
        match ast {
            Ok(ast) => {
                let notes = ast.page.remarks.iter().map(|r| format!(" # {}", r.note.split(';').next().unwrap_or("")));
                notes.fold(dump(&ast), |all, note| all + &note)
            }
            Err(error) => format!("ERROR: {}", error.render(text, false).lines().next().unwrap_or("").trim_start_matches("error: ")),
        }
    }

    const PARAMETER: &str = "ERROR: this may be a function of a parameter, which is not supported yet, or a product";
    const OWN: &str = "is a function of its own, applied entry by entry";

    #[test]
    fn one_name_in_parentheses_is_no_factor() {
        for (text, latex) in [
            ("A(t)", false),
            ("Sigma(theta)", false),
            ("x'F(x)", false),
            ("sum_i f_i(x)", false),
            ("y(x) + y", false),
            ("\\Sigma(\\theta)", true),
            ("\\mu(\\theta)", true),
            ("m({\\theta})", true),
            ("\\Sigma^{-1}(\\theta)", true),
        ] {
            assert_eq!(read(text, latex), PARAMETER, "{text}");
        }
        assert_eq!(read("f(x)", false), format!("f[x] # f {OWN}"));
        assert_eq!(read("\\phi (x)", true), format!("phi[x] # phi {OWN}"));
        assert_eq!(read("D(x)", false), "(D x)");
        assert_eq!(read("q(x)", false), "q[x]");
        assert_eq!(read("A (t)", false), "(A t)");
    }

    #[test]
    fn plain_text_tells_by_the_blank() {
        assert_eq!(read("c(x - y)", false), format!("c[(sum +x -y)] # c {OWN}"));
        assert_eq!(read("c (x - y)", false), "(c (sum +x -y))");
        assert_eq!(read("A(x - y)", false), "(A (sum +x -y))");
        assert_eq!(read("lambda(x - y)", false), "ERROR: this may be a product or a function");
        assert_eq!(read("n(x - y)", false), "ERROR: this may be a product or a function");
        assert_eq!(read("y_i(x - y)", false), "(y_i (sum +x -y)) # `y_i(…)` is the product of `y_i` and the parentheses");
    }

    #[test]
    fn latex_tells_by_the_letter() {
        assert_eq!(read("n(x-y)", true), "(n (sum +x -y)) # `n(…)` is the product of `n` and the parentheses");
        assert_eq!(read("\\lambda (x-y)", true), "(lambda (sum +x -y)) # `\\lambda(…)` is the product of `\\lambda` and the parentheses");
        assert_eq!(read("f (x-y)", true), format!("f[(sum +x -y)] # f {OWN}"));
        assert_eq!(read("X(w-y)", true), "(X (sum +w -y))");
        assert_eq!(read("F(w-y)", true), "(F (sum +w -y)) # `F(…)` is the product of `F` and the parentheses");
        assert_eq!(read("E(w-y)", true), "ERROR: this may be an expectation, which is not supported, or a product");
    }

    #[test]
    fn words_are_functions_or_refused() {
        assert_eq!(read("loss(x)", false), format!("loss[x] # loss {OWN}"));
        assert_eq!(read("Loss(x)", false), "ERROR: there is no function `Loss`");
        assert_eq!(read("Trace(X)", false), "tr[X]");
        assert_eq!(read("log_softmax(x)", false), "logsoftmax[x]");
        assert_eq!(read("layer_norm(x)", false), "ERROR: there is no function `layer_norm`");
        assert_eq!(read("\\operatorname{rank} X", true), "ERROR: there is no function `rank`");
        assert_eq!(read("Log[X]", false), "ERROR: a function's argument stands in parentheses");
        assert_eq!(read("E[x'x]", false), "ERROR: expectations and probabilities are not supported");
        assert_eq!(read("E[i,j]", false), "(at E i j)");
        assert_eq!(
            read("x(1)", false),
            "ERROR: a name before a number in parentheses may be an entry, a product or the value of a function"
        );
        assert_eq!(read("K(x, y)", false), "ERROR: `K` would be a function of several arguments, and those are not supported");
    }
}
