//! From the tree to the expression: names, kinds, shapes by unification, the user's functions.
//!
//! The way through: `expand.rs` (defined functions), `definitions.rs` and `members.rs` (subscripts on definitions and outside
//! sums), `readings.rs` over `stacks.rs`, `entries.rs` and `numbered.rs` (subscripts that are rows or entries), `rows.rs` and
//! `indices.rs`, `names.rs` (what each name is), `domains.rs` and `search.rs` over `infer.rs` (kinds and shapes), `naming.rs`
//! (names for free sizes), `build.rs` (the expression). `product.rs` is how a written product is read.

mod applied;
mod build;
mod context;
mod definitions;
mod domains;
mod elaborate;
mod entries;
mod expand;
mod extent;
mod factors;
mod forms;
mod indices;
mod infer;
mod instantiate;
mod joined;
mod members;
mod names;
mod naming;
mod notes;
mod numbered;
mod product;
mod readings;
mod report;
mod rows;
mod scope;
mod search;
mod sizes;
mod stacks;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use elaborate::elaborate;
pub use instantiate::instantiate;
pub use stacks::{Stack, free_index};
pub use vocabulary::vocabulary;

use crate::ir::{ExprId, SymbolId};
use crate::syntax::{Declaration, FunctionDeclaration};

/// How the names of definitions begin that stand for an equation, the difference of its two sides: where one is a scalar, so is
/// the other, unless nothing else fits. Nothing that can be typed.
pub const EQUATION: &str = "\u{1}=";

/// What the task asks of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Goal {
    /// A scalar: gradients, Hessians, stationary points.
    Scalar,
    /// Anything.
    #[default]
    Any,
}

/// What is known before the tree is read.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// Declared variables.
    pub declarations: &'a [Declaration],
    /// Declared functions.
    pub functions: &'a [FunctionDeclaration],
    /// Variables that an earlier expression has put into the same store; they keep their shapes.
    pub known: &'a [Variable],
    /// What the value must be.
    pub goal: Goal,
    /// The names of the variables that are asked for: `A_ij` are the entries of an `A` that is one of them.
    pub wanted: &'a [String],
}

/// A variable of the expression, or one that was declared and does not occur.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The canonical name; a family's is without its subscripts.
    pub name: String,
    /// The name as the user spells it.
    pub spelling: String,
    /// Its number in the store, where its shape and structure are.
    pub symbol: SymbolId,
    /// Its expression; `None` for a family.
    pub expr: Option<ExprId>,
    /// The names of a family's subscripts as they appear first; empty for a variable.
    pub family: Vec<String>,
    /// Whether it was declared, rather than inferred.
    pub declared: bool,
}

/// A definition (`let`, `where`) with its value.
#[derive(Clone, Debug)]
pub struct LetValue {
    /// The canonical name.
    pub name: String,
    /// The name as the user spells it.
    pub spelling: String,
    /// Its value, shared with the expression.
    pub value: ExprId,
}

/// An element-wise function of the user's own that occurs.
#[derive(Clone, Debug)]
pub struct Function {
    /// The canonical name.
    pub name: String,
    /// The name as the user spells it.
    pub spelling: String,
    /// Its number in the store.
    pub number: u16,
}

/// An expression with everything that was found out about its names.
#[derive(Clone, Debug)]
pub struct Elaborated {
    /// The expression.
    pub root: ExprId,
    /// Definitions in order.
    pub lets: Vec<LetValue>,
    /// Variables in order of first appearance, then declared ones that do not occur.
    pub variables: Vec<Variable>,
    /// The user's functions in order of first appearance.
    pub functions: Vec<Function>,
    /// The families that are the rows or the columns of a variable.
    pub stacks: Vec<Stack>,
    /// What was assumed (`A is n×n, x is n×1`) and what may have been meant otherwise, for the user to read.
    pub notes: Vec<String>,
}
