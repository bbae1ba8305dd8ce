//! Texts in the language over expressions that are already built: definitions, differentials and laws of the function table.

use super::build::{Leaves, build};
use super::vocabulary::vocabulary;
use crate::ir::{DimId, ExprId, Shape, Store};
use crate::syntax::{self, Ast, AstId, Kind};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The names that stand for expressions in the texts of the function table.
const BOUND: [&str; 7] = ["X", "Y", "Z", "dX", "dY", "dZ", "F"];

/// A text that was read once.
struct Compiled {
    ast: Ast,
    /// The nodes that the body is made of, children first.
    order: Vec<AstId>,
}

thread_local! {
    static TEXTS: RefCell<FxHashMap<(usize, usize), Rc<Compiled>>> = RefCell::new(FxHashMap::default());
}

/// The expression that `text` stands for, with names bound to expressions and to sizes.
///
/// Shapes are those of the bound expressions; nothing is inferred, so a bare `I` has no size here (write `eye(m)`).
/// A name of `dims` is that size, as an argument of `eye`, `ones`, `zeros` and as a number elsewhere.
///
/// # Panics
/// Where the text is no expression of the language or uses a name that is not bound: the texts are written in the
/// program, and the tests read each of them.
pub fn instantiate(store: &mut Store, text: &'static str, bindings: &[(&str, ExprId)], dims: &[(&str, DimId)]) -> ExprId {
    let compiled = compiled(text);
    let mut leaves = Bound { compiled: &compiled, bindings, dims };
    let built = build(store, &compiled.ast, &compiled.order, &mut leaves);
    let built = built.unwrap_or_else(|e| unreachable!("{text}: {}", e.message));
    built[compiled.ast.body.0 as usize]
}

fn compiled(text: &'static str) -> Rc<Compiled> {
    let key = (text.as_ptr() as usize, text.len());
    TEXTS.with(|texts| {
        if let Some(found) = texts.borrow().get(&key) {
            return Rc::clone(found);
        }
        let variables: BTreeSet<String> = BOUND.iter().map(ToString::to_string).collect();
        let ast = syntax::parse(text, &vocabulary(variables, BTreeSet::new()));
        let ast = ast.unwrap_or_else(|e| unreachable!("{text}: {}", e.message));
        let order = (0..ast.nodes.len()).map(|at| AstId(u32::try_from(at).unwrap_or(u32::MAX))).collect();
        let compiled = Rc::new(Compiled { ast, order });
        texts.borrow_mut().insert(key, Rc::clone(&compiled));
        compiled
    })
}

struct Bound<'a> {
    compiled: &'a Compiled,
    bindings: &'a [(&'a str, ExprId)],
    dims: &'a [(&'a str, DimId)],
}

impl Leaves for Bound<'_> {
    fn name(&mut self, store: &mut Store, id: AstId, _: &[ExprId]) -> ExprId {
        let Kind::Name(name) = &self.compiled.ast.node(id).kind else { return ExprId::ZERO };
        if let Some(&(_, value)) = self.bindings.iter().find(|(n, _)| n == name) {
            return value;
        }
        if let Some(&(_, dim)) = self.dims.iter().find(|(n, _)| n == name) {
            return store.size(dim);
        }
        if name == "pi" {
            return store.pi();
        }
        unreachable!("the name {name} is not bound")
    }

    fn member(&mut self, _: &mut Store, _: AstId, _: &[ExprId]) -> ExprId {
        unreachable!("a family in a text of the program")
    }

    fn index(&mut self, _: &mut Store, _: AstId) -> ExprId {
        unreachable!("an indexed sum in a text of the program")
    }

    fn last(&mut self, _: &mut Store, _: AstId) -> ExprId {
        unreachable!("an indexed sum in a text of the program")
    }

    fn shape(&self, _: AstId) -> Shape {
        unreachable!("a size that is not written out in a text of the program")
    }

    fn function(&mut self, _: &mut Store, name: &str) -> u16 {
        unreachable!("{name} is not in the function table")
    }

    fn inside_log(&self, _: AstId) -> bool {
        false
    }
}
