//! Expressions: matrix notation, interned, in normal form by construction.
//!
//! Read `node.rs` first (the closed set), then `store.rs` (the arena), then the constructors, one file a form.

mod bigsum;
mod chain;
mod dim;
mod facts;
mod gram;
mod habits;
mod hadamard;
mod node;
mod product;
mod shape;
mod signs;
mod store;
mod structure;
mod sum;
mod table;
mod walk;

pub use dim::{Dim, DimId, DimName, is_whole, polynomial};
pub use facts::Facts;
pub use habits::Habits;
pub use node::{ExprId, Factor, Fun, Node, Power, SymbolId};
pub use shape::Shape;
pub use store::{Store, Symbol, UserFunction};
pub use table::Table;
pub use walk::{Children, Marks};
