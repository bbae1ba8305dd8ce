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

    fn shape(&mut self, _: &mut Store, _: AstId) -> Shape {
        unreachable!("a size that is not written out in a text of the program")
    }

    fn function(&mut self, _: &mut Store, _: AstId) -> u16 {
        unreachable!("a function in a text of the program that is not in the function table")
    }

    fn inside_log(&self, _: AstId) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Facts, Symbol};
    use crate::ops::{self, Arg, D, Derivative, Make};

    fn symbol(store: &mut Store, name: &str, shape: Shape) -> ExprId {
        let facts = if shape.is_scalar() { Facts::INTEGER } else { Facts::NONE };
        let id = store.declare(Symbol { name: name.into(), spelling: name.into(), shape, facts, ranges: Vec::new() });
        store.symbol(id)
    }

    /// Every definition and differential of the table has the shape of the function's value.
    #[test]
    fn every_text_of_the_table_builds() {
        let mut count = 0;
        for (fun, row) in ops::rows() {
            for form in row.forms {
                let mut store = Store::new();
                let dims: Vec<DimId> = ["m", "n", "p", "q"].iter().map(|d| store.dim_named(d)).collect();
                let dim = |store: &mut Store, d: D| match d {
                    D::One => DimId::ONE,
                    D::N(k) => dims[usize::from(k)],
                    D::Times(a, b) => store.dim_times(dims[usize::from(a)], dims[usize::from(b)]),
                    D::Triangle(k) => store.dim_triangle(dims[usize::from(k)]),
                };
                let (mut args, mut bindings) = (Vec::new(), Vec::new());
                for (arg, (name, d)) in form.sig.args.iter().zip([("X", "dX"), ("Y", "dY"), ("Z", "dZ")]) {
                    let shape = match *arg {
                        Arg::Dim(k) => {
                            args.push(store.size(dims[usize::from(k)]));
                            continue;
                        }
                        Arg::Shape(r, c) => Shape::new(dim(&mut store, r), dim(&mut store, c)),
                    };
                    args.push(symbol(&mut store, name, shape));
                    bindings.push((name, args[args.len() - 1]));
                    bindings.push((d, symbol(&mut store, d, shape)));
                }
                let out = Shape::new(dim(&mut store, form.sig.out.0), dim(&mut store, form.sig.out.1));
                let value = super::super::forms::apply(&mut store, fun, row, &args, |_| out);
                assert_eq!(store.shape(value), out, "{}", row.name);
                let first = args.first().map_or(Shape::SCALAR, |&a| store.shape(a));
                if let (Make::Call, Derivative::Line(line) | Derivative::Commuting(line, _)) = (form.make, row.d) {
                    bindings.push(("F", value));
                    let second = args.get(1).map_or(Shape::SCALAR, |&a| store.shape(a));
                    let d = instantiate(&mut store, line, &bindings, &[("m", first.rows), ("n", first.cols), ("p", second.rows)]);
                    assert_eq!(store.shape(d), out, "{}: {line}", row.name);
                    count += 1;
                }
            }
        }
        assert!(count > 30);
    }

    #[test]
    fn texts_are_read_once_and_mean_the_same() {
        let mut store = Store::new();
        let n = store.dim_named("n");
        let x = symbol(&mut store, "x", Shape::column(n));
        let first = instantiate(&mut store, "X' X / (m n) + norm(X)^2", &[("X", x)], &[("m", n), ("n", DimId::ONE)]);
        let again = instantiate(&mut store, "X' X / (m n) + norm(X)^2", &[("X", x)], &[("m", n), ("n", DimId::ONE)]);
        assert_eq!(first, again);
        let turned = store.transpose(x);
        let (gram, norm, size) = (store.mul(&[turned, x]), ops::apply(&mut store, "norm", &[x]), store.size(n));
        let (size, norm) = (store.inverse(size), store.power(norm, ExprId::TWO));
        let gram = store.mul(&[gram, size]);
        let expected = store.add(&[gram, norm]);
        assert_eq!(first, expected);
    }

    #[test]
    fn scalars_are_added_to_every_entry() {
        let mut store = Store::new();
        let (m, n) = (store.dim_named("m"), store.dim_named("n"));
        let x = symbol(&mut store, "X", Shape::new(m, n));
        let value = instantiate(&mut store, "1 - X", &[("X", x)], &[]);
        let ones = store.ones(Shape::new(m, n));
        let expected = store.sub(ones, x);
        assert_eq!(value, expected);
    }
}
