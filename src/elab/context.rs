//! What is known before a tree is read: declarations in the elaborator's own terms.

use super::names::{Class, Names, Variable};
use crate::ir::{Facts, SymbolId};

/// A declared variable or family.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// Canonical, without the subscripts of a family.
    pub name: String,
    /// Canonical, with the subscripts.
    pub full: String,
    pub spelling: String,
    /// The subscripts; empty for a variable.
    pub family: Vec<String>,
    pub rows: Extent,
    pub cols: Extent,
    pub facts: Facts,
    pub known: Option<SymbolId>,
}
