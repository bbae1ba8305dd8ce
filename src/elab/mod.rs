//! From the tree to the expression: names, kinds, shapes by unification, the user's functions.

mod build;
mod forms;
mod instantiate;
mod product;
mod vocabulary;

pub use instantiate::instantiate;
pub use vocabulary::vocabulary;
