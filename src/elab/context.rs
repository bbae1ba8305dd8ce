//! What is known before a tree is read: declarations in the elaborator's own terms.

use super::sizes::{Size, Sizes};
use super::{Context, Variable};
use crate::base::{Diagnostic, Fault};
use crate::ir::{Facts, Store, SymbolId};
use crate::syntax::{Declaration, DeclaredKind, DimExpr, FunctionDeclaration, Page};
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// A declared variable or family.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// Canonical; a declaration has its subscripts in it (`x_i`), a family that is known already has not.
    pub name: String,
    pub spelling: String,
    /// How many subscripts, for a family that is known already.
    pub family: usize,
    /// `None` where the size is to be inferred.
    pub rows: Option<Size>,
    pub cols: Option<Size>,
    /// Rows and columns are equal even where they are to be inferred.
    pub square: bool,
    pub facts: Facts,
    /// Where it is in the store already.
    pub known: Option<SymbolId>,
    /// How many members a family that is known already has.
    pub ranges: Vec<Size>,
}

/// Reads declarations, and the variables that are in the store already, with the names of sizes in them.
///
/// # Errors
/// A name that is declared twice.
pub(super) fn read(
    store: &Store,
    declarations: &[Declaration],
    known: &[Variable],
    sizes: &mut Sizes,
) -> Result<(Vec<Declared>, FxHashSet<String>), Diagnostic> {
    let mut names = FxHashSet::default();
    let mut all: Vec<Declared> = Vec::with_capacity(declarations.len() + known.len());
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for variable in known {
        let symbol = store.symbol_info(variable.symbol);
        let (rows, cols) = (symbol.shape.rows, symbol.shape.cols);
        for &dim in [rows, cols].iter().chain(&symbol.ranges) {
            names.extend(store.dim_poly(dim).terms.keys().flatten().map(|&n| store.dim_spelling(n).to_owned()));
        }
        seen.insert(&variable.name);
        all.push(Declared {
            name: variable.name.clone(),
            spelling: variable.spelling.clone(),
            family: variable.family.len(),
            rows: Some(sizes.of_dim(store, rows)),
            cols: Some(sizes.of_dim(store, cols)),
            square: rows == cols,
            facts: symbol.facts,
            known: Some(variable.symbol),
            ranges: symbol.ranges.iter().map(|&r| sizes.of_dim(store, r)).collect(),
        });
    }
    for declaration in declarations {
        if all.iter().any(|d| d.known.is_some() && is_known(d, declaration)) {
            continue;
        }
        if !seen.insert(&declaration.name) {
            let message = format!("`{}` is declared twice", declaration.spelling);
            return Err(Diagnostic::new(Fault::Usage, message));
        }
        let dims: Option<Vec<Size>> = declaration.dims.iter().map(|d| size(d, sizes, &mut names)).collect();
        let Some(dims) = dims else {
            let message = format!("a size of `{}` is not always a whole number", declaration.spelling);
            return Err(Diagnostic::new(Fault::Usage, message).hint("divide what is always divisible, as n (n + 1)/2; or name the size"));
        };
        let (shape, facts) = (shape(declaration.kind, &dims), facts(declaration.kind));
        all.push(Declared {
            name: declaration.name.clone(),
            spelling: declaration.spelling.clone(),
            family: 0,
            rows: shape.0,
            cols: shape.1,
            square: shape.2,
            facts,
            known: None,
            ranges: Vec::new(),
        });
    }
    Ok((all, names))
}

/// Whether a declaration is of a variable or a family that is in the store already.
fn is_known(known: &Declared, declaration: &Declaration) -> bool {
    match known.family {
        0 => known.name == declaration.name,
        _ => {
            declaration.name.strip_prefix(known.name.as_str()).is_some_and(|rest| rest.starts_with('_'))
                && declaration.family_index.is_some()
        }
    }
}

/// Rows, columns, and whether they are equal.
fn shape(kind: DeclaredKind, dims: &[Size]) -> (Option<Size>, Option<Size>, bool) {
    let at = |k: usize| dims.get(k).copied();
    match kind {
        DeclaredKind::Scalar => (Some(Size::ONE), Some(Size::ONE), true),
        DeclaredKind::Vector | DeclaredKind::OneHot | DeclaredKind::Prob => (at(0), Some(Size::ONE), false),
        DeclaredKind::RowVector => (Some(Size::ONE), at(0), false),
        DeclaredKind::Matrix => (at(0), at(1), false),
        _ => (at(0), at(0), true),
    }
}

/// What a kind says of the entries.
fn facts(kind: DeclaredKind) -> Facts {
    match kind {
        DeclaredKind::Symmetric => Facts::SYMMETRIC,
        DeclaredKind::Spd => Facts::DEFINITE,
        DeclaredKind::Skew => Facts::SKEW,
        DeclaredKind::Diagonal => Facts::DIAGONAL,
        DeclaredKind::Lower => Facts::LOWER,
        DeclaredKind::Upper => Facts::UPPER,
        DeclaredKind::Orthogonal => Facts::ORTHOGONAL,
        DeclaredKind::OneHot => Facts::BINARY | Facts::SUMS_TO_ONE,
        DeclaredKind::Prob => Facts::NONNEGATIVE | Facts::SUMS_TO_ONE,
        _ => Facts::NONE,
    }
}

/// A size in a declaration; its depth is limited by the reader of declarations. `None` for a fraction.
fn size(dim: &DimExpr, sizes: &mut Sizes, names: &mut FxHashSet<String>) -> Option<Size> {
    match dim {
        DimExpr::Number(value) => Some(sizes.constant(i64::try_from(*value).unwrap_or(i64::MAX))),
        DimExpr::Name(name) => {
            names.insert(name.clone());
            Some(sizes.named(name))
        }
        DimExpr::Sum(parts) => {
            let zero = sizes.constant(0);
            parts.iter().try_fold(zero, |sum, part| {
                let part = size(part, sizes, names)?;
                Some(sizes.plus(sum, part))
            })
        }
        DimExpr::Product(parts) => parts.iter().try_fold(Size::ONE, |product, part| {
            let part = size(part, sizes, names)?;
            Some(sizes.times(product, part))
        }),
        DimExpr::Quotient(above, below) => {
            let above = size(above, sizes, names)?;
            sizes.divided(above, i64::try_from(*below).ok()?)
        }
    }
}

/// The declarations and functions of the context with those of the text itself; what the user declares beside it counts.
pub(super) fn with_page<'a>(page: &Page, context: &Context<'a>) -> (Cow<'a, [Declaration]>, Cow<'a, [FunctionDeclaration]>) {
    let mut found = (Cow::Borrowed(context.declarations), Cow::Borrowed(context.functions));
    for declaration in &page.declarations {
        if !context.declarations.iter().any(|d| d.name == declaration.name) {
            found.0.to_mut().push(declaration.clone());
        }
    }
    for function in &page.functions {
        if !context.functions.iter().any(|f| f.name == function.name) {
            found.1.to_mut().push(function.clone());
        }
    }
    found
}
