//! Which names are functions: what a parser must know before `f(x)` can be told from the product `a (x)`.

use super::names::greek_unicode;
use super::unsupported;
use std::collections::BTreeSet;

/// A built-in function as the parser needs to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// The canonical name that stands in [`Kind::Call`](super::Kind::Call).
    pub name: &'static str,
    /// The fewest arguments it takes.
    pub min: u8,
    /// The most arguments it takes.
    pub max: u8,
    /// Whether it may stand before its argument without parentheses (`log det S`).
    pub prefix: bool,
}

/// The names with a meaning, as far as reading needs them.
pub struct Vocabulary<'a> {
    /// The built-in function of this spelling (aliases such as `ln` included), if there is one.
    pub builtin: &'a dyn Fn(&str) -> Option<Builtin>,
    /// Declared variables and definitions, canonical: never functions.
    pub variables: BTreeSet<String>,
    /// Functions that the user declared (`--fn`), canonical.
    pub functions: BTreeSet<String>,
    /// LaTeX's definitions of the user's own commands, as in a preamble.
    pub macros: &'a str,
}

/// Greek letters that name a function where they are applied and nothing else says what they are, and what they are then.
const LETTERS: [(&str, &str, &str); 2] =
    [("Gamma", "gammafn", "the gamma function"), ("Phi", "normcdf", "the standard normal distribution function")];

impl Vocabulary<'_> {
    /// The built-in function of exactly this spelling.
    pub(super) fn exact(&self, name: &str) -> Option<Builtin> {
        (self.builtin)(name).filter(|builtin| builtin.max > 0)
    }

    /// The same where capitals and underscores do not matter: `Det`, `log_softmax`, `lambda_max`.
    fn folded(&self, name: &str) -> Option<Builtin> {
        self.exact(name).or_else(|| self.exact(&fold(name)?))
    }

    /// The built-in function that a name stands for where it is applied.
    pub(super) fn applied(&self, name: &str) -> Option<Builtin> {
        self.folded(name).or_else(|| self.letter(name).map(|(builtin, _)| builtin))
    }

    /// The function of a Greek letter that is applied, and what to call it.
    pub(super) fn letter(&self, name: &str) -> Option<(Builtin, &'static str)> {
        let (_, function, words) = LETTERS.iter().find(|(letter, ..)| *letter == name)?;
        self.exact(function).map(|builtin| (builtin, *words))
    }

    /// What to type in place of a function that is known and not supported.
    pub(super) fn instead(&self, name: &str) -> Option<&'static str> {
        if self.folded(name).is_some() { None } else { unsupported::instead(&fold(name)?) }
    }

    /// The spelling under which the tables or the user's declarations have this word for a function's.
    pub(super) fn function_name(&self, name: &str) -> Option<String> {
        if self.functions.contains(name) || self.exact(name).is_some() {
            return Some(name.to_string());
        }
        let known = !self.variables.contains(name) && self.folded(name).is_some();
        if known { fold(name) } else { None }
    }

    /// The word for a function whose letters stand side by side before a bracket, known or known and not supported.
    pub(super) fn spelled(&self, letters: &str) -> Option<String> {
        self.function_name(letters).or_else(|| (letters.len() > 2 && self.instead(letters).is_some()).then(|| letters.to_string()))
    }
}

/// A word of two or more letters in small letters and without underscores, as the tables have it. `None` where the parts are
/// single letters (`t_r`, `K_nm`) or the word is a Greek letter's name: those are names of variables.
fn fold(name: &str) -> Option<String> {
    let parts = name.split('_').all(|part| part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (parts && greek_unicode(name).is_none()).then(|| name.replace('_', "").to_ascii_lowercase())
}
