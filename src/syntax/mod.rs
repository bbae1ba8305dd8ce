//! Text to [`Ast`] and back: the plain dialect, declarations, input files.

mod ast;
mod vocabulary;

pub use ast::{Ast, AstId, Bars, Big, Definition, Kind, Node, Place, Times};
pub use vocabulary::{Builtin, Vocabulary};
