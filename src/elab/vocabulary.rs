//! Which names are functions, as the parser asks it: the rows of the function table and the user's declarations.

use crate::ops::{self, Row};
use crate::syntax::{Builtin, Vocabulary};
use std::collections::BTreeSet;

/// The vocabulary for reading an expression: every row of the function table, `variables` (declared names and
/// definitions, canonical) that are never functions, and `functions` that the user declared (canonical).
#[must_use]
pub fn vocabulary(variables: BTreeSet<String>, functions: BTreeSet<String>) -> Vocabulary<'static> {
    Vocabulary { builtin: &builtin, variables, functions, macros: "" }
}

/// The row of this spelling as the parser needs it.
fn builtin(name: &str) -> Option<Builtin> {
    ops::find(name).map(|(_, row)| describe(row))
}

fn describe(row: &'static Row) -> Builtin {
    let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let arities = || row.forms.iter().map(|form| form.sig.args.len());
    Builtin { name: row.name, min: count(arities().min().unwrap_or(1)), max: count(arities().max().unwrap_or(1)), prefix: row.prefix }
}
