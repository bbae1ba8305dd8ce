//! Text to [`Ast`] and back: three dialects, what stands around an expression, declarations.

mod applied;
mod ast;
mod brackets;
mod build;
mod conditions;
mod declare;
mod dialect;
mod foreign;
mod free;
mod glued;
mod latex;
mod names;
mod numpy;
mod parse;
mod plain;
pub mod program;
#[cfg(test)]
mod random;
mod roles;
mod statement;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod token;
mod unsupported;
mod vocabulary;
mod write;

pub use applied::own_function;
pub use ast::{Asked, Ast, AstId, Bars, Big, Definition, Kind, Node, Page, Place, Remark, Sign, SignKind, Times};
pub use brackets::{NEST_LIMIT, outside_brackets};
pub use declare::{Declaration, DeclaredKind, DimExpr, FunctionBody, FunctionDeclaration, parse_declarations, parse_function, parse_wrt};
pub use dialect::Written;
pub use free::{FreeName, Names, UsedFunction, names};
pub use latex::{looks_like_latex, parse_latex};
pub use names::{
    NameParts, accent_command, as_product, canonical, greek_unicode, has_subscript, is_accent, join_subscript, split_member, split_name,
};
pub use numpy::{looks_like_numpy, parse_numpy};
pub use unsupported::unsupported;
pub use vocabulary::{Builtin, Vocabulary};
pub use write::write_plain;

use crate::base::Diagnostic;

/// Reads an expression in the plain dialect.
///
/// # Errors
/// What is wrong with the text, in the user's words and with its place: brackets without a partner, an operator without
/// an operand, a misspelled function, a text with two readings, nesting beyond [`NEST_LIMIT`].
pub fn parse(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Ast, Diagnostic> {
    brackets::shallow(text)?;
    let mut tokens = plain::tokens(text)?;
    let remarks = glued::split(text, &mut tokens, vocabulary)?;
    let mut ast = parse::read(text, &statement::PlainPhrases::new(text, &tokens), vocabulary, applied::Dialect::Plain)?;
    ast.page.remarks.extend(remarks);
    Ok(ast)
}
