//! Functions that the field knows by name and the table of functions has not, each with what to type in its place.
//!
//! A row of the table or an alias of one is never listed here. Names are folded: small letters, no underscores.

mod matrices;
mod scalars;
mod statistics;

/// Names, and what to type in place of them.
type Entry = (&'static [&'static str], &'static str);

const TABLES: [&[Entry]; 3] = [matrices::ENTRIES, statistics::ENTRIES, scalars::ENTRIES];

/// What to type in place of a function of this name (folded), where a table knows it.
pub(super) fn instead(folded: &str) -> Option<&'static str> {
    TABLES.iter().flat_map(|table| table.iter()).find(|(names, _)| names.contains(&folded)).map(|(_, hint)| *hint)
}

/// All names of the tables.
pub fn unsupported() -> impl Iterator<Item = &'static str> {
    TABLES.iter().flat_map(|table| table.iter()).flat_map(|(names, _)| names.iter().copied())
}
