//! Expressions as people read them: plain text, ASCII and LaTeX, through one notation tree.
//!
//! An expression becomes layers of notation (`build.rs`, `product.rs`), repeated parts get names (`share.rs`), and one
//! renderer a style writes the text (`plain.rs`, `latex.rs`). What is written in plain text, ASCII or LaTeX is valid
//! input again.

mod build;
mod given;
mod latex;
mod layout;
mod names;
mod notation;
mod phrases;
mod plain;
mod product;
mod sets;
mod share;
#[cfg(test)]
mod tests;

use crate::ir::{ExprId, Store};
use given::Givens;
use layout::Layout;
use names::Names;
use share::{Sharing, share};

/// A style of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Unicode: `Xᵀ(X w - y)`.
    Plain,
    /// ASCII: `X'(X w - y)`.
    Ascii,
    /// LaTeX with amsmath and amssymb.
    Latex,
}

/// How a transpose is written in LaTeX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransposeMark {
    /// `X^\top`.
    Top,
    /// `X^{T}`.
    T,
    /// `X'`.
    Prime,
}

/// A format with its habits; `transpose` and `bold` matter in LaTeX alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Which signs are used.
    pub format: Format,
    /// How a transpose is written.
    pub transpose: TransposeMark,
    /// Whether vectors and matrices are bold.
    pub bold: bool,
    /// Whether a number added to every entry of a vector is written with a vector of ones, as in a book.
    pub ones: bool,
}

impl Style {
    /// A format with its usual habits.
    #[must_use]
    pub const fn new(format: Format) -> Self {
        Style { format, transpose: TransposeMark::Top, bold: false, ones: false }
    }
}

/// A definition of the user's that an answer may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name as the user typed it.
    pub name: String,
    /// Its value.
    pub value: ExprId,
    /// Whether the name stands wherever the value does; else where that saves something.
    pub kept: bool,
}

/// Answers with the definitions that they use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// One text for each expression.
    pub answers: Vec<String>,
    /// Name and value; each uses earlier ones only.
    pub definitions: Vec<(String, String)>,
}

impl Shown {
    /// The definitions as they stand behind an answer, ` where u = …, P = …`; empty where there are none.
    #[must_use]
    pub fn definitions_text(&self, format: Format) -> String {
        if self.definitions.is_empty() {
            return String::new();
        }
        let (lead, comma) = match format {
            Format::Plain | Format::Ascii => (" where ", ", "),
            Format::Latex => (" \\quad\\text{where}\\quad ", ",\\; "),
        };
        let all: Vec<String> = self.definitions.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        format!("{lead}{}", all.join(comma))
    }
}

/// An expression on one line; repeated large parts, and the user's definitions where they save something, stand behind
/// `where`.
pub fn show(store: &mut Store, id: ExprId, style: &Style, lets: &[Definition]) -> String {
    let shown = show_many(store, &[id], style, lets);
    let tail = shown.definitions_text(style.format);
    shown.answers.concat() + &tail
}

/// Several expressions that share their definitions.
pub fn show_many(store: &mut Store, ids: &[ExprId], style: &Style, lets: &[Definition]) -> Shown {
    write(store, ids, style, lets, Sharing::Readable)
}

/// The parts of a derivation's lines: they share only what stands in nearly every line.
pub fn show_derivation(store: &mut Store, ids: &[ExprId], style: &Style, lets: &[Definition]) -> Shown {
    write(store, ids, style, lets, Sharing::Derivation)
}

/// An expression without definitions, as a line of a derivation; only what would be too large or too deep to print
/// stands behind `where`.
pub fn show_inline(store: &mut Store, id: ExprId, style: &Style) -> String {
    let shown = write(store, &[id], style, &[], Sharing::Explosive);
    let tail = shown.definitions_text(style.format);
    shown.answers.concat() + &tail
}

/// How many signs an expression prints without definitions: names, numbers, operators and function names; brackets and
/// commas are free.
pub fn size(store: &mut Store, id: ExprId) -> usize {
    let layout = Layout::new(store, &Givens::default(), &[id]);
    layout.sizes.get(&id).map_or(0, |&s| usize::try_from(s).unwrap_or(usize::MAX))
}

/// How many signs [`show`] prints for an expression, definitions included (each counts its name and its value).
pub fn size_shared(store: &mut Store, id: ExprId, lets: &[Definition]) -> usize {
    let (givens, layout) = share(store, &[id], lets, Sharing::Readable, false);
    let total = share::total(&layout, &givens, &[id]);
    usize::try_from(total).unwrap_or(usize::MAX)
}

fn write(store: &mut Store, ids: &[ExprId], style: &Style, lets: &[Definition], sharing: Sharing) -> Shown {
    let (givens, layout) = share(store, ids, lets, sharing, style.ones);
    let names = Names::new(store, &givens, &layout, lets);
    let page = Page { store, layout: &layout, givens: &givens, names: &names, style };
    let text = |id: ExprId| match style.format {
        Format::Plain | Format::Ascii => plain::text(&page, id),
        Format::Latex => latex::text(&page, id),
    };
    let answers = ids
        .iter()
        .map(|&id| match givens.named(id) {
            Some(at) => names.given(page.store, &givens, at, style),
            None => text(id),
        })
        .collect();
    let name = |at: usize| names.given(page.store, &givens, at, style);
    let mut definitions: Vec<(String, String)> = names.order.iter().map(|&at| (name(at), text(givens.list[at].value))).collect();
    definitions.extend(page.stacks());
    Shown { answers, definitions }
}

/// What a renderer reads.
struct Page<'a> {
    store: &'a Store,
    layout: &'a Layout,
    givens: &'a Givens,
    names: &'a Names,
    style: &'a Style,
}

impl Page<'_> {
    /// `X = rows(x_i)` for each variable that stands beside its own rows or columns.
    fn stacks(&self) -> Vec<(String, String)> {
        let (mut wholes, mut families) = (Vec::new(), Vec::new());
        for id in self.layout.order.iter().filter(|id| self.layout.times.get(id).is_some_and(|&t| t > 0)) {
            let Some(notation) = self.layout.notation(*id) else { continue };
            notation.visit(&mut |n| match n {
                notation::Notation::Symbol(symbol) if self.store.members(*symbol).is_some() && !wholes.contains(symbol) => {
                    wholes.push(*symbol)
                }
                notation::Notation::Member(family, _) if !families.contains(family) => families.push(*family),
                _ => {}
            });
        }
        let mut all = Vec::new();
        for whole in wholes {
            let Some((family, rows)) = self.store.members(whole).filter(|(family, _)| families.contains(family)) else { continue };
            let name = |symbol| self.names.symbol(self.store, symbol, self.style);
            let subscript = self.store.subscripts(family).join("_");
            let function = if rows { "rows" } else { "cols" };
            all.push((
                name(whole),
                match self.style.format {
                    Format::Latex => format!("\\operatorname{{{function}}}({}_{{{subscript}}})", name(family)),
                    _ => format!("{function}({}_{subscript})", name(family)),
                },
            ));
        }
        all
    }

    /// What stands in a place: parts are looked up.
    fn resolve<'n>(&'n self, notation: &'n notation::Notation) -> &'n notation::Notation {
        match notation {
            notation::Notation::Part(id) => self.layout.notation(*id).unwrap_or(notation),
            other => other,
        }
    }
}
