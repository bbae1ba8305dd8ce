//! Names on paper: how each style spells variables, dimensions and functions, and which letters new definitions take.

use super::Definition;
use super::Style;
use super::given::Givens;
use super::layout::{Layout, free_levels};
use crate::ir::{DimId, DimName, ExprId, Habits, Node, Shape, Store, SymbolId};
use crate::syntax::{NameParts, accent_command, canonical, greek_unicode, join_subscript, split_name};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// The letters of the definitions and of the bound indices of one answer.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// For each definition, its name as it is spelled in plain text.
    pub given: Vec<String>,
    /// The definitions in the order in which they are written: each uses earlier ones only.
    pub order: Vec<usize>,
    index: BTreeMap<u32, String>,
    /// The writer's LaTeX for names without subscripts.
    signs: BTreeMap<String, String>,
    /// Canonical names of all variables, for telling `dX` from a variable of that name.
    variables: BTreeSet<String>,
}

const SCALARS: &[&str] = &["s", "t", "c", "q", "h", "g"];
const COLUMNS: &[&str] = &["u", "v", "w", "z", "r", "p", "q", "g"];
const MATRICES: &[&str] = &["M", "P", "Q", "R", "S", "G", "H", "K", "B", "C"];
const INDICES: &[&str] = &["i", "j", "l", "k", "r", "s", "t"];
/// A sum over powers of a matrix counts with r.
const EXPONENTS: &[&str] = &["r", "s", "t", "i", "j", "l"];

impl Names {
    pub fn new(store: &Store, givens: &Givens, layout: &Layout, lets: &[Definition]) -> Names {
        let mut names = Names::default();
        let mut taken = names.taken(store, lets);
        let written = names.variables.iter().chain(lets.iter().map(|d| &d.name)).filter_map(|name| {
            let base = without_subscripts(&split_name(name));
            store.sign(&base).map(|sign| (base, sign.to_owned()))
        });
        names.signs = written.collect();
        names.bind(store, layout, &mut taken);
        names.given = vec![String::new(); givens.list.len()];
        let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
        for id in &layout.order {
            let Some(at) = givens.named(*id) else { continue };
            if layout.uses[at] == 0 {
                continue;
            }
            names.order.push(at);
            names.given[at] = match &givens.list[at].spelling {
                Some(spelling) => tidy(spelling),
                None => fresh(store.shape(*id), is_difference(store, *id), &mut taken, &mut numbers),
            };
        }
        names
    }

    /// Every name with a meaning, canonical.
    fn taken(&mut self, store: &Store, lets: &[Definition]) -> BTreeSet<String> {
        let mut taken: BTreeSet<String> = ["I", "T", "pi", "e", "d"].into_iter().map(str::to_string).collect();
        for symbol in store.symbols() {
            let info = store.symbol_info(symbol);
            self.variables.insert(info.name.clone());
            taken.insert(canonical(&info.spelling));
            taken.insert(info.name.clone());
        }
        taken.extend(store.dim_names().map(|d| canonical(store.dim_spelling(d))));
        taken.extend(store.functions().iter().flat_map(|f| [f.name.clone(), canonical(&f.spelling)]));
        taken.extend(lets.iter().map(|d| canonical(&d.name)));
        taken
    }

    /// Letters for the bound indices, one for each level.
    fn bind(&mut self, store: &Store, layout: &Layout, taken: &mut BTreeSet<String>) {
        let mut wishes: BTreeMap<u32, Option<String>> = BTreeMap::new();
        let nodes = store.reachable(&layout.order);
        let free = free_levels(store, &layout.order);
        let mut counted = 0u64;
        for &id in &nodes {
            match store.node(id) {
                Node::BigSum { level, .. } => {
                    wishes.entry(*level).or_default();
                }
                Node::Index(level) => {
                    wishes.entry(*level).or_default();
                }
                Node::Member(symbol, index) => {
                    for (at, i) in index.iter().enumerate() {
                        if let Node::Index(level) = store.node(*i) {
                            let letter = store.subscripts(*symbol).get(at).filter(|l| l.chars().all(char::is_alphabetic)).cloned();
                            let wish = wishes.entry(*level).or_default();
                            *wish = wish.take().or(letter);
                        }
                    }
                }
                Node::Product { scalars, chain, .. } => {
                    for pair in chain.windows(2) {
                        for (unit, whole) in [(pair[0], pair[1]), (pair[1], pair[0])] {
                            if let (Node::Basis(k, _), Node::Symbol(symbol)) = (store.node(unit.base), store.node(whole.base))
                                && let (Node::Index(level), Some((family, _))) = (store.node(*k), store.members(*symbol))
                            {
                                let wish = wishes.entry(*level).or_default();
                                *wish = wish.take().or_else(|| store.subscripts(family).first().cloned());
                            }
                        }
                    }
                    let powers = scalars.iter().map(|s| s.1).chain(chain.iter().map(|f| f.power));
                    counted |= powers.map(|p| free.get(&p).copied().unwrap_or(0)).fold(0, |all, f| all | f);
                }
                _ => {}
            }
        }
        for (level, wish) in wishes {
            let letters = if counted & (1 << level.min(63)) != 0 { EXPONENTS } else { INDICES };
            let known = wish.filter(|w| !taken.contains(w));
            let letter = known
                .or_else(|| letters.iter().find(|l| !taken.contains(**l)).map(|l| (*l).to_string()))
                .unwrap_or_else(|| numbered("i", 1, taken).0);
            taken.insert(letter.clone());
            self.index.insert(level, letter);
        }
    }

    // ---- spellings

    /// A variable; of a family, the name without its subscripts.
    pub fn symbol(&self, store: &Store, symbol: SymbolId, style: &Style) -> String {
        let info = store.symbol_info(symbol);
        match style.format {
            super::Format::Plain => tidy(&info.spelling),
            super::Format::Ascii => info.name.clone(),
            super::Format::Latex => self.latex(&info.name, if style.bold { info.shape } else { Shape::SCALAR }),
        }
    }

    /// Whether a subscript of a variable is read as an entry of it: it has none of its own, and no other variable is written so.
    pub fn takes_subscript(&self, store: &Store, symbol: SymbolId, places: &str) -> bool {
        let name = &store.symbol_info(symbol).name;
        let own = canonical(&format!("{name}_{{{places}}}"));
        let other = |s: SymbolId| s != symbol && (store.symbol_info(s).name == *name || store.symbol_info(s).name == own);
        split_name(name).subscripts.is_empty() && !store.symbols().any(other)
    }

    /// A definition's name.
    pub fn given(&self, store: &Store, givens: &Givens, at: usize, style: &Style) -> String {
        let name = &self.given[at];
        match style.format {
            super::Format::Plain => name.clone(),
            super::Format::Ascii => canonical(name),
            super::Format::Latex => {
                let shape = store.shape(givens.list[at].value);
                // What we name ourselves is set as the question sets its own names.
                let bold = style.bold || store.habits().has(Habits::BOLD) && givens.list[at].spelling.is_none();
                self.latex(&canonical(name), if bold { shape } else { Shape::SCALAR })
            }
        }
    }

    /// A bound index.
    pub fn index(&self, level: u32) -> String {
        self.index.get(&level).cloned().unwrap_or_else(|| format!("i{level}"))
    }

    /// A dimension's name.
    pub fn size(&self, store: &Store, name: DimName, style: &Style) -> String {
        let spelling = store.dim_spelling(name);
        match style.format {
            super::Format::Plain => spelling.to_string(),
            super::Format::Ascii => canonical(spelling),
            super::Format::Latex => self.latex(&canonical(spelling), Shape::SCALAR),
        }
    }

    /// A dimension as a polynomial.
    pub fn dim(&self, store: &Store, dim: DimId, style: &Style) -> String {
        store.dim_poly(dim).text(&|name| self.size(store, name, style))
    }

    /// A canonical name in LaTeX; bold unless `shape` is 1×1.
    pub fn latex(&self, name: &str, shape: Shape) -> String {
        // A differential is d and a variable's name; a variable of that name may be declared for printing.
        if let Some(variable) = name.strip_prefix('d').filter(|v| {
            // `dx_k` for a member of the family x.
            let known = |name: &str| self.variables.contains(name);
            !v.is_empty() && (known(v) || v.split_once('_').is_some_and(|(family, _)| known(family)))
        }) {
            return format!("\\mathrm{{d}}{}", self.latex(variable, shape));
        }
        let parts = split_name(name);
        let bold = !shape.is_scalar();
        let mut base = match greek_unicode(&parts.base).map(|_| parts.base.as_str()) {
            Some(greek) => {
                let letter = greek_latex(greek);
                match (bold, letter.starts_with('\\')) {
                    (true, true) => format!("\\boldsymbol{{{letter}}}"),
                    (true, false) => format!("\\mathbf{{{letter}}}"),
                    _ => letter,
                }
            }
            None if bold => format!("\\mathbf{{{}}}", parts.base),
            None if parts.base.chars().count() > 1 => format!("\\mathrm{{{}}}", parts.base),
            None => parts.base.clone(),
        };
        let sign = self.signs.get(&without_subscripts(&parts)).filter(|sign| !bold || sign.contains("bold") || sign.contains("\\mathbf"));
        if let Some(sign) = sign {
            base.clone_from(sign);
        }
        for accent in parts.accents.iter().filter(|_| sign.is_none()) {
            base = format!("\\{}{{{base}}}", accent_command(accent));
        }
        if parts.subscripts.is_empty() {
            return base;
        }
        let word = |s: &String| if s.chars().filter(|c| c.is_alphabetic()).count() > 1 { format!("\\mathrm{{{s}}}") } else { s.clone() };
        let subscripts: Vec<String> = parts.subscripts.iter().map(word).collect();
        format!("{base}_{{{}}}", subscripts.join(","))
    }
}

/// A name's letter with what stands on it: `y_hat`.
fn without_subscripts(parts: &NameParts) -> String {
    parts.accents.iter().fold(parts.base.clone(), |name, accent| join_subscript(&name, accent))
}

/// The command of a Greek letter; letters that look Latin have none.
fn greek_latex(name: &str) -> String {
    match name {
        "omicron" => "o".into(),
        "Alpha" | "Beta" | "Epsilon" | "Zeta" | "Eta" | "Iota" | "Kappa" | "Mu" | "Nu" | "Omicron" | "Rho" | "Tau" | "Chi" => {
            format!("\\mathrm{{{name}}}")
        }
        _ => format!("\\{name}"),
    }
}

/// A spelling for plain text: what was typed, unless that was LaTeX.
fn tidy(spelling: &str) -> String {
    if !spelling.contains(['\\', '{', '$', ' ']) {
        return spelling.to_string();
    }
    let name = canonical(spelling);
    let parts = split_name(&name);
    match (greek_unicode(&parts.base), name.strip_prefix(&parts.base)) {
        (Some(letter), Some(rest)) => format!("{letter}{rest}"),
        _ => name,
    }
}

/// A letter that means nothing yet.
fn fresh(shape: Shape, difference: bool, taken: &mut BTreeSet<String>, numbers: &mut FxHashMap<&'static str, usize>) -> String {
    let letters = if shape.is_scalar() {
        SCALARS
    } else if shape.is_column() || shape.is_row() {
        COLUMNS
    } else {
        MATRICES
    };
    let first: &[&str] = match difference {
        true if shape.is_column() => &["r"],
        true if !shape.is_scalar() => &["R"],
        _ => &[],
    };
    if let Some(letter) = first.iter().chain(letters).find(|l| !taken.contains(**l)) {
        taken.insert((*letter).to_string());
        return (*letter).to_string();
    }
    let next = numbers.entry(letters[0]).or_insert(1);
    let (name, number) = numbered(letters[0], *next, taken);
    *next = number + 1;
    taken.insert(name.clone());
    name
}

/// A residual is called r.
fn is_difference(store: &Store, id: ExprId) -> bool {
    matches!(store.node(id), Node::Sum(terms) if matches!(&terms[..], [a, b] if a.0.is_negative() != b.0.is_negative()))
}

/// The first free name with a number from `from` on.
fn numbered(letter: &str, from: usize, taken: &BTreeSet<String>) -> (String, usize) {
    let mut number = from;
    loop {
        let name = format!("{letter}{number}");
        if !taken.contains(&name) {
            return (name, number);
        }
        number += 1;
    }
}
