//! The whole way from a tree to an expression: functions, names, kinds, shapes, and then building.

use super::build::{Leaves, build};
use super::infer::Inference;
use super::names::{Declarations, Names, Ref, resolve, spelling};
use super::readings::{Chosen, Readings};
use super::scope::for_children;
use super::search::{Failure, search};
use super::sizes::{Size, Sizes};
use super::{
    Context, Elaborated, Function, Goal, LetValue, Stack, Variable, context, definitions, domains, expand, indices, joined, members,
    naming, notes, report, rows, stacks,
};
use crate::base::{Diagnostic, Fault};
use crate::ir::{ExprId, Facts, Habits, Shape, Store, Symbol, SymbolId, UserFunction};
use crate::ops;
use crate::syntax::{self, Ast, AstId, Bars, FunctionBody, FunctionDeclaration, Kind, Place, Times};
use rustc_hash::FxHashMap;

/// What is said of functions that the text defines and does not use.
fn idle_functions(ast: &Ast) -> impl Iterator<Item = String> {
    let functions = &ast.page.functions;
    let applied = |name: &str| ast.nodes.iter().any(|node| matches!(&node.kind, Kind::Call { name: n, .. } if n == name));
    let inside = |f: &FunctionDeclaration| {
        let body = |g: &FunctionDeclaration| matches!(&g.body, FunctionBody::Defined(_, text, _) if text.contains(&f.spelling));
        functions.iter().any(|g| g.name != f.name && body(g))
    };
    functions.iter().filter(move |f| !applied(&f.name) && !inside(f)).map(|f| format!("the definition `{}` is never used", f.spelling))
}

/// Gives every name a shape and builds the expression.
///
/// # Errors
/// Sizes or kinds that do not fit, names with two equally likely readings, what is not supported; with places in `text`.
pub fn elaborate(store: &mut Store, ast: &Ast, text: &str, context: &Context<'_>) -> Result<Elaborated, Diagnostic> {
    let (declarations, functions) = context::with_page(&ast.page, context);
    let context = &Context { declarations: &declarations, functions: &functions, ..*context };
    let mut sizes = Sizes::new();
    let (mut declared, size_names) = context::read(store, context.declarations, context.known, &mut sizes)?;
    members::escapes(ast, text, &declared)?;
    let signs = ast.page.signs.clone();
    let remarks: Vec<String> = ast.page.remarks.iter().map(|r| r.note.clone()).chain(idle_functions(ast)).collect();
    let page = &ast.page;
    let ast = rows::products(expand::expand(ast, context.functions)?);
    let like_rows = rows::names(&ast, text);
    let (ast, mut said) = definitions::definitions(ast, text, &|name| declared.iter().any(|d| d.name == name))?;
    let (ast, stacks) = stacks::stacks(ast, &mut declared)?;
    let declarations = Declarations::new(&declared, &size_names, page, like_rows);
    let mut readings = Readings { text, declared: &declared, declarations: &declarations, context, sizes: &mut sizes };
    let Chosen { ast, entries, said: chosen } = readings.choose(&ast)?;
    said.extend(chosen);
    let ast = ast.as_ref();
    let mut names = resolve(ast, text, &declarations, &mut sizes)?;
    indices::check(ast, text, &names, context.wanted)?;
    domains::restrict(ast, &mut names, context.goal == Goal::Scalar);
    let mut inference = Inference::new(ast, &names, &mut sizes, context.goal == Goal::Scalar);
    if let Err(failure) = search(&mut inference) {
        return Err(match failure {
            Failure::Ambiguous(first, second) => report::ambiguous(&inference, &first, &second),
            Failure::Exhausted => report::exhausted(ast.node(ast.body).span),
            Failure::Problem(problem) => {
                // The state of the cheapest choice, for the sizes in the message.
                let again = inference.run(&vec![0; names.variables.len()]);
                naming::name_sizes(&mut inference);
                report::problem(&mut inference, text, again.as_ref().err().unwrap_or(&problem))
            }
        });
    }
    naming::name_sizes(&mut inference);
    exponentials(&inference, text)?;
    notes::fixed_index(&inference, context.wanted)?;
    let mut notes = notes::notes(&mut inference, text, context.wanted);
    notes.retain(|n| !n.is_empty());
    notes.extend(joined::notes(&names, text, context.wanted)?);
    notes.extend(said);
    for remark in remarks {
        if !notes.contains(&remark) {
            notes.push(remark);
        }
    }
    notes.extend(notes::absent(&names, context.wanted));
    let sets = &ast.page.sets;
    let own = entries.iter().filter(|(_, whole)| !sets.contains_key(whole));
    notes.extend(own.map(|(span, whole)| format!("`{}` is an entry of {whole}", span.of(text).trim())));
    let whole = whole_numbers(&inference, context.wanted);
    let mut built = Building {
        ast,
        text,
        symbols: Vec::with_capacity(names.variables.len()),
        index: FxHashMap::default(),
        functions: Vec::new(),
        inference,
    };
    for (at, whole) in whole.into_iter().enumerate() {
        built.declare(store, at, whole);
    }
    let values = build(store, ast, &names.order, &mut built)?;
    debug_assert!(built.agrees(store, &values), "inference and building disagree on a shape");
    let value = |id: AstId| values[id.0 as usize];
    for (name, sign) in &signs {
        store.set_sign(name, &sign.latex);
        if sign.latex.contains("\\boldsymbol") || sign.latex.contains("\\mathbf") {
            store.add_habits(Habits::BOLD);
        }
    }
    of_symmetric(&built.inference, text, &|id| {
        let value = values[id.0 as usize];
        store.is(value, Facts::SYMMETRIC) || store.shape(value).is_scalar()
    })?;
    store.add_habits(habits(store, ast, text, &names.order, value));
    let called = |l: &syntax::Definition| spelling(&l.spelling, &l.name, true);
    let lets = ast.lets.iter().map(|l| LetValue { name: l.name.clone(), spelling: called(l), value: value(l.value) }).collect();
    let variables = names.variables.iter().zip(&built.symbols).map(|(v, &symbol)| Variable {
        name: v.name.clone(),
        spelling: v.spelling.clone(),
        symbol,
        expr: if v.family.is_empty() { Some(store.symbol(symbol)) } else { None },
        family: v.family.clone(),
        declared: v.declared.is_some(),
    });
    let variables: Vec<Variable> = variables.collect();
    for stack in &stacks {
        if let Some(whole) = variables.iter().find(|v| v.name == stack.whole) {
            declare_members(store, stack, whole.symbol);
        }
    }
    Ok(Elaborated { root: value(ast.body), lets, variables, functions: built.functions, stacks, notes })
}

/// Declares the family whose members are the rows or columns of a variable, for printing them under its name.
fn declare_members(store: &mut Store, stack: &Stack, whole: SymbolId) {
    if store.members(whole).is_some() {
        return;
    }
    let shape = store.symbol_info(whole).shape;
    let (length, count) = if stack.rows { (shape.cols, shape.rows) } else { (shape.rows, shape.cols) };
    let name = stack.family.clone();
    let symbol = Symbol { name: name.clone(), spelling: name, shape: Shape::column(length), facts: Facts::NONE, ranges: vec![count] };
    let family = store.declare(symbol);
    store.set_subscripts(family, std::slice::from_ref(&stack.subscript));
    store.set_members(whole, family, stack.rows);
}

/// The notations that the reader chose where there are several for one value.
fn habits(store: &Store, ast: &Ast, text: &str, order: &[AstId], value: impl Fn(AstId) -> ExprId) -> Habits {
    let mut habits = Habits::NONE;
    let (mut bare, mut bounded) = (false, false);
    let norm = |of: AstId| if store.shape(value(of)).is_column() { Habits::NORM } else { Habits::NORM | Habits::FROBENIUS };
    for &id in order {
        match &ast.node(id).kind {
            Kind::Inner(..) => habits |= Habits::INNER,
            Kind::Bars(Bars::Double, a) => habits |= norm(*a),
            Kind::Call { name, at, args, .. } => match (name.as_str(), &args[..]) {
                ("norm", [a]) => habits |= norm(*a),
                // Written by the reader, not put in to compare two shapes.
                ("inner", _) if matches!(at.of(text), "inner" | "dot") => habits |= Habits::INNER,
                ("mean", _) => habits |= Habits::MEAN,
                ("sym", _) => habits |= Habits::SYM,
                _ => {}
            },
            Kind::Big { high, .. } => {
                let open = high.is_none();
                bare |= open;
                bounded |= !open;
            }
            _ => {}
        }
    }
    if bare && !bounded {
        habits |= Habits::BARE_SUMS;
    }
    habits
}

/// Refuses `e^A` of a matrix, which is `expm(A)` in one book and entry by entry in another.
fn exponentials(inference: &Inference<'_>, text: &str) -> Result<(), Diagnostic> {
    for &id in &inference.names.order {
        let Kind::Call { name, at, args, .. } = &inference.ast.node(id).kind else { continue };
        let (written, Some(&of)) = (at.of(text), args.first()) else { continue };
        if name == "exp" && !written.contains("exp") && inference.at(of).width() == (false, false) {
            let inside = inference.ast.node(of).span.of(text);
            let message = format!("`e^{inside}` of a matrix may be the matrix exponential or go entry by entry");
            return Err(Diagnostic::new(Fault::Ambiguous, message)
                .at(at.to(inference.ast.node(of).span))
                .hint(format!("write `\\operatorname{{expm}}({inside})` or `\\exp({inside})`")));
        }
    }
    Ok(())
}

/// Refuses a function of symmetric matrices, `maxeig(X)`, of a matrix that is not known to be symmetric.
fn of_symmetric(inference: &Inference<'_>, text: &str, symmetric: &dyn Fn(AstId) -> bool) -> Result<(), Diagnostic> {
    for &id in &inference.names.order {
        let Kind::Call { name, args, .. } = &inference.ast.node(id).kind else { continue };
        let wants = ops::find(name).is_some_and(|(_, row)| row.domain == ops::Domain::Symmetric);
        let (true, Some(&of)) = (wants, args.first()) else { continue };
        if symmetric(of) {
            continue;
        }
        let (whole, inside) = (inference.ast.node(id).span.of(text), inference.ast.node(of).span.of(text));
        let message = format!("`{whole}`: `{inside}` is not known to be symmetric, and these eigenvalues are those of a symmetric matrix");
        let error = Diagnostic::new(Fault::Shape, message).at(inference.ast.node(of).span);
        return Err(match inference.names.refs[of.0 as usize] {
            Ref::Variable(number) => {
                let spelling = &inference.names.variables[number as usize].spelling;
                error.hint(format!("declare it: --var '{spelling}: symmetric(n)'; or write `{name}({spelling}' {spelling})`"))
            }
            _ => error.hint("declare its parts symmetric or positive definite where they are; `spectral(X)` is the largest singular value"),
        });
    }
    Ok(())
}

/// The variables that must be whole numbers: in exponents of matrices, indices and bounds.
fn whole_numbers(inference: &Inference<'_>, wanted: &[String]) -> Vec<bool> {
    let mut whole = vec![false; inference.names.variables.len()];
    let mut stack: Vec<AstId> = Vec::new();
    for &id in &inference.names.order {
        match &inference.ast.node(id).kind {
            Kind::Power(a, b) if !inference.at(*a).is_scalar() => stack.push(*b),
            Kind::Index(_, places) => stack.extend(places.iter().filter_map(|p| if let Place::At(k) = p { Some(*k) } else { None })),
            Kind::Member { index, .. } => stack.extend(index),
            Kind::Big { low, high, skip, .. } => stack.extend(low.iter().chain(high).chain(skip)),
            // What is compared for equality is a label.
            Kind::Call { name, args, .. } if matches!(name.as_str(), "=" | "!=") => {
                for &arg in args {
                    if let Ref::Variable(number) = inference.names.refs[arg.0 as usize]
                        && !wanted.contains(&inference.names.variables[number as usize].name)
                    {
                        whole[number as usize] = inference.variables[number as usize].is_scalar();
                    }
                }
            }
            _ => {}
        }
        while let Some(top) = stack.pop() {
            match &inference.ast.node(top).kind {
                Kind::Name(_) => {
                    if let Ref::Variable(number) = inference.names.refs[top.0 as usize] {
                        whole[number as usize] = inference.variables[number as usize].is_scalar();
                    }
                }
                Kind::Sum(_) | Kind::Neg(_) => for_children(inference.ast, top, |c| stack.push(c)),
                Kind::Product(factors) if factors.iter().all(|(how, _)| *how == Times::Product) => {
                    for_children(inference.ast, top, |c| stack.push(c));
                }
                _ => {}
            }
        }
    }
    whole
}

/// The leaves of a tree whose shapes are known.
struct Building<'a> {
    ast: &'a Ast,
    text: &'a str,
    inference: Inference<'a>,
    symbols: Vec<SymbolId>,
    index: FxHashMap<AstId, ExprId>,
    functions: Vec<Function>,
}

impl Building<'_> {
    fn names(&self) -> &Names {
        self.inference.names
    }

    fn size(&mut self, store: &mut Store, size: Size) -> ExprId {
        let dim = self.inference.sizes.dim(store, size);
        store.size(dim)
    }

    /// Whether every node was built with the shape that was inferred.
    fn agrees(&mut self, store: &mut Store, values: &[ExprId]) -> bool {
        let order = &self.inference.names.order;
        order.iter().filter(|id| !self.inference.names.is_dim.contains(id)).all(|&id| {
            let expected = self.shape(store, id);
            store.shape(values[id.0 as usize]) == expected
        })
    }

    /// Puts a variable into the store.
    fn declare(&mut self, store: &mut Store, at: usize, whole: bool) {
        let variable = &self.inference.names.variables[at];
        if let Some(known) = variable.known {
            self.symbols.push(known);
            return;
        }
        let extent = self.inference.variables[at];
        let sizes = &mut *self.inference.sizes;
        let shape = Shape::new(sizes.dim(store, extent.rows), sizes.dim(store, extent.cols));
        let ranges = self.inference.ranges[at].iter().map(|&r| sizes.dim(store, r)).collect();
        let facts = variable.facts | if whole { Facts::INTEGER } else { Facts::NONE };
        let symbol = Symbol { name: variable.name.clone(), spelling: variable.spelling.clone(), shape, facts: facts.closed(), ranges };
        let symbol = store.declare(symbol);
        store.set_subscripts(symbol, &variable.family);
        if let Some(below) = variable.set {
            store.set_indicator(symbol, below);
        }
        self.symbols.push(symbol);
    }
}

impl Leaves for Building<'_> {
    fn name(&mut self, store: &mut Store, id: AstId, built: &[ExprId]) -> ExprId {
        match self.names().refs[id.0 as usize] {
            Ref::Let(value) => built[value.0 as usize],
            Ref::Bound(big) => self.index(store, big),
            Ref::Size(size) => self.size(store, size),
            Ref::Pi => store.pi(),
            Ref::Variable(number) => store.symbol(self.symbols[number as usize]),
            Ref::None => ExprId::ZERO,
        }
    }

    fn member(&mut self, store: &mut Store, id: AstId, index: &[ExprId]) -> ExprId {
        match self.names().refs[id.0 as usize] {
            Ref::Variable(number) => store.member(self.symbols[number as usize], index),
            _ => ExprId::ZERO,
        }
    }

    fn index(&mut self, store: &mut Store, big: AstId) -> ExprId {
        *self.index.entry(big).or_insert_with(|| store.fresh_index())
    }

    fn last(&mut self, store: &mut Store, big: AstId) -> ExprId {
        let size = self.inference.last.get(&big).copied().unwrap_or(Size::ONE);
        self.size(store, size)
    }

    fn shape(&mut self, store: &mut Store, id: AstId) -> Shape {
        let extent = self.inference.at(id);
        let sizes = &mut *self.inference.sizes;
        Shape::new(sizes.dim(store, extent.rows), sizes.dim(store, extent.cols))
    }

    fn function(&mut self, store: &mut Store, id: AstId) -> u16 {
        let Kind::Call { name, at, .. } = &self.ast.node(id).kind else { return 0 };
        if let Some(found) = self.functions.iter().find(|f| f.name == *name) {
            return found.number;
        }
        let spelling = spelling(at.of(self.text), name, true);
        let earlier = store.functions().iter().position(|f| f.name == *name).and_then(|at| u16::try_from(at).ok());
        let number = earlier.unwrap_or_else(|| store.declare_function(UserFunction { name: name.clone(), spelling: spelling.clone() }));
        self.functions.push(Function { name: name.clone(), spelling, number });
        number
    }

    fn is_root(&self, id: AstId) -> bool {
        self.inference.is_root(id, self.text)
    }

    fn inside_log(&self, id: AstId) -> bool {
        self.names().inside_log.contains(&id)
    }
}
