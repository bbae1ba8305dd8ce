//! What may stand between square brackets behind an operand: a whole number, an index, a sum or a multiple of such.
//!
//! Everything else there means something that is no entry: a product, an operator. It is refused, with what to type instead.

use super::names::{Names, Ref, Variable};
use crate::base::{Diagnostic, Fault};
use crate::syntax::{Ast, AstId, Kind, Place, Times};

/// The letters that are an index where nothing says what they are.
const LETTERS: &str = "abcdijklmnpqrsty";

/// Checks every index of a tree.
///
/// # Errors
/// What is no index, and an index that the derivative is asked for by.
pub(super) fn check(ast: &Ast, text: &str, names: &Names, wanted: &[String]) -> Result<(), Diagnostic> {
    let mut checked = Check { ast, text, names, whole: vec![false; ast.nodes.len()] };
    for &id in &names.order {
        checked.whole[id.0 as usize] = checked.is_whole(id);
        if let Kind::Index(base, places) = &ast.node(id).kind {
            for place in places {
                if let Place::At(k) = *place {
                    checked.place(*base, places.len(), k)?;
                    checked.not_asked(k, wanted)?;
                }
            }
        }
    }
    Ok(())
}

struct Check<'a> {
    ast: &'a Ast,
    text: &'a str,
    names: &'a Names,
    /// For each node whether it can be an index.
    whole: Vec<bool>,
}

impl Check<'_> {
    fn variable(&self, id: AstId) -> Option<&Variable> {
        match self.names.refs[id.0 as usize] {
            Ref::Variable(number) => self.names.variables.get(number as usize),
            _ => None,
        }
    }

    /// Whether a node can be an index; its children are known already.
    fn is_whole(&self, id: AstId) -> bool {
        let at = |id: &AstId| self.whole[id.0 as usize];
        match &self.ast.node(id).kind {
            Kind::Number(_) => true,
            Kind::Name(name) => match self.names.refs[id.0 as usize] {
                Ref::Bound(_) | Ref::Size(_) => true,
                Ref::Let(value) => at(&value),
                Ref::Variable(_) => self.variable(id).is_some_and(|v| v.declared.is_some()) || is_letter(name),
                _ => false,
            },
            Kind::Sum(terms) => terms.iter().all(|(_, t)| at(t)),
            Kind::Product(factors) => {
                let name = |id: AstId| matches!(self.ast.node(id).kind, Kind::Name(_));
                let number = |id: AstId| matches!(self.ast.node(id).kind, Kind::Number(_));
                // A quotient of numbers is one, or refused for not being whole.
                let fits = |how: Times, f: AstId| how == Times::Product || how == Times::Divide && number(f) && number(factors[0].1);
                factors.iter().all(|(how, f)| at(f) && fits(*how, *f)) && factors.iter().filter(|f| name(f.1)).count() < 2
            }
            _ => false,
        }
    }

    /// Checks one place of an index.
    fn place(&self, base: AstId, count: usize, k: AstId) -> Result<(), Diagnostic> {
        let whole = self.whole[k.0 as usize];
        if matches!(self.ast.node(k).kind, Kind::Neg(_)) {
            let error = Diagnostic::new(Fault::Shape, "indices count from 1").at(self.ast.node(k).span);
            return Err(error.hint("the last entry is `x[n]`, with n declared as its size: --var 'x: vector(n)'"));
        }
        let operator = |v: &Variable| v.declared.is_none() && v.name.starts_with(|c: char| c.is_ascii_uppercase());
        // `E[y]`, `X[i]`: a capital is no vector for one letter behind it.
        let unlikely = count == 1 && self.variable(base).is_some_and(operator) && self.variable(k).is_some_and(|v| v.declared.is_none());
        if whole && !unlikely {
            return Ok(());
        }
        let written = self.ast.node(k).span.of(self.text);
        let behind = self.ast.node(base).span.of(self.text);
        let named = |message: String| Diagnostic::new(Fault::Syntax, message).at(self.ast.node(k).span);
        let error = if whole {
            named(format!("`{behind}[{written}]` would make `{behind}` a vector, and nothing says that it is one"))
        } else {
            named(format!("`{written}` is no index")).label("an index is a whole number, a letter that stands for one, or a sum of them")
        };
        Err(error.hint(self.hint(k, behind, written)))
    }

    /// What to type instead.
    fn hint(&self, k: AstId, behind: &str, written: &str) -> String {
        match &self.ast.node(k).kind {
            Kind::Name(_) if self.whole[k.0 as usize] => {
                format!(
                    "an entry of a matrix has two indices: `{behind}[i,{written}]`; of a vector, declare it: --var '{behind}: vector(n)'"
                )
            }
            Kind::Name(_) => format!("a product is `{behind} {written}`; or declare the number: --var '{written}: scalar'"),
            Kind::Product(factors) if factors.len() == 2 && factors.iter().all(|f| self.whole[f.1.0 as usize]) => {
                let [first, second] = [0, 1].map(|at: usize| self.ast.node(factors[at].1).span.of(self.text));
                format!("two indices have a comma between them: `{behind}[{first},{second}]`")
            }
            _ => format!("a product has round brackets: `{behind} ({written})`"),
        }
    }

    /// Refuses a derivative by an index.
    fn not_asked(&self, k: AstId, wanted: &[String]) -> Result<(), Diagnostic> {
        let mut stack = vec![k];
        while let Some(id) = stack.pop() {
            if let Some(variable) = self.variable(id).filter(|v| wanted.contains(&v.name)) {
                let message = format!("`{}` is an index here, and there is no derivative by a whole number", variable.spelling);
                let behind = format!("square brackets behind a name are an entry of it; a product is written `A ({})`", variable.spelling);
                return Err(Diagnostic::new(Fault::Unsupported, message).at(self.ast.node(id).span).hint(behind));
            }
            super::scope::for_children(self.ast, id, |child| stack.push(child));
        }
        Ok(())
    }
}

/// Whether a name is a letter that an index has, `i` or `i1`.
fn is_letter(name: &str) -> bool {
    let letter = name.trim_end_matches(|c: char| c.is_ascii_digit());
    letter.len() == 1 && LETTERS.contains(letter)
}
