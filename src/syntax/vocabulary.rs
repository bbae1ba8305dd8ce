//! Which names are functions: what a parser must know before `f(x)` can be told from the product `a (x)`.

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
