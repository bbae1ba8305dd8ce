//! Code for machines: expressions as one self-contained NumPy function.
//!
//! The way: `stable` and `quotient` rewrite for safe numerics, `phrases` finds what chains share, `lower` turns each node
//! into instructions (`instr`), products as networks of labelled axes (`network`, `order`, `pair`), sums over an index as
//! one more axis (`scope`, `family`); `print` writes the lines. Two passes: the second knows what the first computes, and
//! shares it.

mod arith;
mod calls;
mod composite;
mod family;
mod instr;
mod lower;
mod names;
mod network;
mod order;
mod pair;
mod phrases;
mod print;
mod product;
mod quotient;
mod scope;
mod stable;
mod stacks;

use crate::base::Diagnostic;
use crate::ir::{DimId, DimName, ExprId, Store, SymbolId};
use instr::{Hole, Id, Rank, Table};
use lower::Code;
use names::Names;
use rustc_hash::FxHashMap;

/// What a parameter of the generated function stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A variable: a float, a 1-D or a 2-D array.
    Symbol(SymbolId),
    /// An indexed family: its members stacked along a first axis.
    Family(SymbolId),
    /// A user's element-wise function (by number in the store), or its derivative of this order.
    Function {
        /// Its number.
        number: u16,
        /// 0 for the function itself.
        order: u8,
    },
    /// A dimension that no array shows.
    Dimension(DimName),
}

/// A parameter of the generated function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in Python.
    pub name: String,
    /// What it stands for.
    pub kind: ParameterKind,
}

/// The shape in which a result is returned.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Returned {
    /// As the expression's shape says: a column is 1-D, 1×1 a float, everything else 2-D; a row is 1-D where a variable
    /// is a row of this length, else 2-D.
    #[default]
    Natural,
    /// 1-D, for a row: the gradient of a scalar as a Jacobian.
    Flat,
    /// An array of these lengths, whose column-major order of entries is the column-major order of the matrix: the
    /// vec form of a Jacobian as a tensor with the axes of the value, then those of the variable.
    Tensor(Vec<DimId>),
}

/// Generated code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The whole text: imports and one function.
    pub text: String,
    /// The function's parameters.
    pub parameters: Vec<Parameter>,
}

/// One NumPy function named `function` that returns the roots (a tuple where there are several). `symbols` are the
/// input's variables in order of first appearance: they are parameters whether the answer uses them or not.
///
/// # Errors
/// An expression that has no code, with the reason.
pub fn numpy(store: &mut Store, roots: &[ExprId], function: &str, symbols: &[SymbolId]) -> Result<String, Diagnostic> {
    let roots: Vec<(ExprId, Returned)> = roots.iter().map(|&r| (r, Returned::Natural)).collect();
    numpy_as(store, &roots, function, symbols, None).map(|f| f.text)
}

/// The same with the shape of each result said, and the parameters handed back. The `question` that the roots answer has the
/// same parameters: arrays of members begin where it begins.
///
/// # Errors
/// An expression that has no code, with the reason.
pub fn numpy_as(
    store: &mut Store,
    roots: &[(ExprId, Returned)],
    function: &str,
    symbols: &[SymbolId],
    question: Option<ExprId>,
) -> Result<Function, Diagnostic> {
    let given: Vec<ExprId> = roots.iter().map(|r| r.0).collect();
    let stable = stable::stabilise(store, &given);
    // Every variable of the input is a parameter, even one that rewriting has removed.
    let mut names = Names::new(store, &stable, symbols);
    let scopes = scope::Scopes::new(store, &stable);
    let mut loops: FxHashMap<u32, String> = FxHashMap::default();
    for id in store.reachable(&stable) {
        if let crate::ir::Node::BigSum { level, .. } = store.node(id)
            && scopes.is_looped(id)
            && !loops.contains_key(level)
        {
            let name = names.short(&["i", "j", "k", "r", "s", "l"]);
            loops.insert(*level, name);
        }
    }
    let sizes = sizes(store, &stable);
    let stacks = stacks::stacks(store, &[&stable[..], question.as_slice()].concat());
    let phrases = phrases::Phrases::new(store, &scopes, &stable);
    let (mirrors, opposites) = twins(store, &stable);
    let store: &Store = store;
    let mut code = Code {
        store,
        names: &names,
        table: Table::default(),
        scopes,
        values: FxHashMap::default(),
        uses: stable::count_uses(store, &stable),
        live: Vec::new(),
        inverted: Vec::new(),
        dims: FxHashMap::default(),
        mirrors,
        opposites,
        phrases,
        pair_values: FxHashMap::default(),
        sizes,
        stacks,
        needs: Vec::new(),
        loops,
        lost: false,
    };
    let first = code.run(&stable)?;
    code.live = code.table.reachable(&first);
    code.inverted = code.worth_inverting(&code.live);
    let ids = code.run(&stable)?;
    let mut results: Vec<Id> = Vec::with_capacity(ids.len());
    for (id, (root, returned)) in ids.into_iter().zip(roots) {
        results.push(returned_as(&mut code, id, *root, returned, symbols));
    }
    let (text, parameters) = print::function(&code, names.clone(), &results, function);
    Ok(Function { text, parameters })
}

/// Products whose transposes, and sums whose negatives, are there too: each with the one of the smaller number.
fn twins(store: &mut Store, roots: &[ExprId]) -> (FxHashMap<ExprId, ExprId>, FxHashMap<ExprId, ExprId>) {
    use crate::ir::Node;
    let nodes = store.reachable(roots);
    let mut there = vec![false; store.len()];
    for id in &nodes {
        there[id.index()] = true;
    }
    let earlier = |id: ExprId, twin: ExprId| twin < id && there.get(twin.index()).copied().unwrap_or(false);
    let (mut mirrors, mut opposites) = (FxHashMap::default(), FxHashMap::default());
    for id in nodes {
        match store.node(id) {
            Node::Product { chain, .. } if chain.len() > 1 && !store.is_scalar(id) => {
                let twin = store.transpose(id);
                if earlier(id, twin) {
                    mirrors.insert(id, twin);
                }
            }
            Node::Sum(_) => {
                let twin = store.neg(id);
                if earlier(id, twin) {
                    opposites.insert(id, twin);
                }
            }
            _ => {}
        }
    }
    (mirrors, opposites)
}

/// The dimensions that arguments of functions stand for.
fn sizes(store: &mut Store, roots: &[ExprId]) -> Vec<(DimId, ExprId)> {
    let mut sizes = Vec::new();
    for id in store.reachable(roots) {
        if let Some(args) = crate::ops::args_of(store, id, "commutation") {
            for a in args {
                if let Some(dim) = store.as_dim(a) {
                    sizes.push((dim, a));
                }
            }
        }
    }
    sizes
}

fn returned_as(code: &mut Code<'_>, id: Id, root: ExprId, returned: &Returned, symbols: &[SymbolId]) -> Id {
    let shape = code.store.shape(root);
    match returned {
        Returned::Flat => id,
        Returned::Natural => {
            let as_variable = symbols.iter().any(|&s| code.store.symbol_info(s).shape == shape);
            if !shape.is_row() || as_variable {
                return id;
            }
            code.table.view("{0}[None, :]", id, 2)
        }
        Returned::Tensor(dims) => {
            let mut args = vec![(id, Hole::Atom)];
            let mut slots = Vec::new();
            for &d in dims {
                slots.push(format!("{{{}}}", args.len()));
                let length = code.dim(d);
                args.push((length, Hole::Any));
            }
            let comma = if slots.len() == 1 { "," } else { "" };
            let template = format!("{{0}}.reshape(({}{comma}), order='F')", slots.join(", "));
            code.table.text(template, &args, Rank::Atom, dims.len())
        }
    }
}
