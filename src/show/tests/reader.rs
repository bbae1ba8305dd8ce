//! Reading for tests: text to an expression in a store that keeps its variables.

use super::super::Definition;
use crate::elab::{self, Context, Variable};
use crate::ir::{ExprId, Store};
use crate::syntax::{self, Declaration, FunctionDeclaration, canonical};

/// A store with declared variables and functions.
pub(super) struct Desk {
    pub store: Store,
    declarations: Vec<Declaration>,
    functions: Vec<FunctionDeclaration>,
    known: Vec<Variable>,
}

impl Desk {
    /// Declarations in short: `X: m n, x: n, c, S: n n spd, x_i: n`; functions after a `|`.
    pub fn new(short: &str) -> Desk {
        let (variables, functions) = short.split_once('|').unwrap_or((short, ""));
        let variables: Vec<&str> = variables.split(',').map(str::trim).filter(|d| !d.is_empty()).collect();
        let long: Vec<String> = variables.into_iter().map(declaration).collect();
        let long = long.join("; ");
        let declarations = if long.is_empty() {
            Vec::new()
        } else {
            syntax::parse_declarations(&long).unwrap_or_else(|e| panic!("{}", e.render(&long, false)))
        };
        let functions =
            functions.split_whitespace().map(|f| syntax::parse_function(f).unwrap_or_else(|e| panic!("{}", e.render(f, false)))).collect();
        Desk { store: Store::new(), declarations, functions, known: Vec::new() }
    }

    /// Reads an expression.
    pub fn read(&mut self, text: &str) -> ExprId {
        self.read_all(text, false).0
    }

    /// Reads an expression and its definitions, in plain text or in LaTeX.
    pub fn read_all(&mut self, text: &str, latex: bool) -> (ExprId, Vec<Definition>) {
        self.try_read(text, latex).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, or what is wrong.
    pub fn try_read(&mut self, text: &str, latex: bool) -> Result<(ExprId, Vec<Definition>), String> {
        let names = self.declarations.iter().map(|d| d.name.clone()).chain(self.known.iter().map(|v| v.name.clone())).collect();
        let vocabulary = elab::vocabulary(names, self.functions.iter().map(|f| f.name.clone()).collect());
        let ast = if latex { syntax::parse_latex(text, &vocabulary) } else { syntax::parse(text, &vocabulary) };
        let ast = ast.map_err(|e| e.render(text, false))?;
        let context = Context { declarations: &self.declarations, functions: &self.functions, known: &self.known, ..Context::default() };
        let read = elab::elaborate(&mut self.store, &ast, text, &context).map_err(|e| e.render(text, false))?;
        for variable in read.variables {
            if !self.known.iter().any(|v| v.name == variable.name) {
                self.known.push(variable);
            }
        }
        Ok((read.root, read.lets.into_iter().map(|l| Definition { name: l.spelling, value: l.value, kept: false }).collect()))
    }
}

/// One declaration as the language has it.
fn declaration(short: &str) -> String {
    let (name, kind) = short.split_once(':').unwrap_or((short, ""));
    let words: Vec<&str> = kind.split_whitespace().take_while(|w| *w != "of").collect();
    debug_assert!(!canonical(name).is_empty());
    match words[..] {
        [] => format!("{name}: scalar"),
        [n] => format!("{name}: vector({n})"),
        [n, _, structure] => format!("{name}: {structure}({n})"),
        [m, n, ..] => format!("{name}: matrix({m},{n})"),
    }
}
