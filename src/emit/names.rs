//! Names in generated Python: ASCII, no keyword, none twice; which parameters the function takes.

use super::Parameter;
use super::ParameterKind;
use crate::ir::{DimName, ExprId, Fun, Node, Store, Symbol, SymbolId};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Python's keywords.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield",
];

/// Names that the generated code itself uses.
const OURS: &[&str] = &["np", "scipy", "int", "range", "softmax", "logsumexp", "logsoftmax", "symmetric_power"];

const GREEK: &[(char, &str)] = &[
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "epsilon"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('ι', "iota"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('ο', "omicron"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('υ', "upsilon"),
    ('φ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
    ('Γ', "Gamma"),
    ('Δ', "Delta"),
    ('Θ', "Theta"),
    ('Λ', "Lambda"),
    ('Ξ', "Xi"),
    ('Π', "Pi"),
    ('Σ', "Sigma"),
    ('Υ', "Upsilon"),
    ('Φ', "Phi"),
    ('Ψ', "Psi"),
    ('Ω', "Omega"),
];

/// A name as a Python identifier: Greek spelled out, anything else beyond ASCII an underscore, keywords escaped.
#[must_use]
pub(super) fn identifier(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            text.push(c);
        } else if let Some((_, word)) = GREEK.iter().find(|(g, _)| *g == c) {
            text.push_str(word);
        } else if !matches!(c, '{' | '}') {
            text.push('_');
        }
    }
    if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        text.insert(0, '_');
    }
    if KEYWORDS.contains(&text.as_str()) {
        text.push('_');
    }
    text
}

/// A variable's name as an identifier: as the user spells it where that is letters, digits and underscores. A family's
/// is the stack of its members: `x` for x_i.
fn spelled(info: &Symbol) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || GREEK.iter().any(|(g, _)| *g == c);
    let own = info.ranges.is_empty() && !info.spelling.is_empty() && info.spelling.chars().all(plain);
    identifier(if own { &info.spelling } else { &info.name })
}

/// Every name in the generated function.
#[derive(Clone)]
pub(super) struct Names {
    /// The parameters, in order.
    pub parameters: Vec<Parameter>,
    symbols: FxHashMap<SymbolId, String>,
    functions: FxHashMap<(u16, u8), String>,
    dims: Vec<String>,
    taken: BTreeSet<String>,
}

impl Names {
    /// Names for the given variables (in this order), for others that the roots use, and for the users' functions in them.
    pub fn new(store: &Store, roots: &[ExprId], symbols: &[SymbolId]) -> Self {
        let mut all: Vec<SymbolId> = Vec::new();
        let mut functions: BTreeSet<(u16, u8)> = BTreeSet::new();
        for &s in symbols {
            if !all.contains(&s) {
                all.push(s);
            }
        }
        let mut extra: BTreeSet<SymbolId> = BTreeSet::new();
        for id in store.reachable(roots) {
            match store.node(id) {
                Node::Symbol(s) | Node::Member(s, _) => {
                    extra.insert(*s);
                }
                Node::Call(Fun::User(number, order), _) => {
                    functions.insert((*number, *order));
                }
                _ => {}
            }
        }
        all.extend(extra.into_iter().filter(|s| !symbols.contains(s)));
        let mut names = Names {
            parameters: Vec::new(),
            symbols: FxHashMap::default(),
            functions: FxHashMap::default(),
            dims: Vec::new(),
            taken: OURS.iter().map(|&s| s.to_owned()).collect(),
        };
        for &s in &all {
            let info = store.symbol_info(s);
            let mut text = spelled(info);
            // The differential of `lambda_` is `dlambda_`.
            let of_keyword = |v: &SymbolId| text.strip_prefix('d').is_some_and(|rest| spelled(store.symbol_info(*v)) == format!("{rest}_"));
            if all.iter().any(of_keyword) {
                text.push('_');
            }
            let name = names.fresh(&text);
            let kind = if info.ranges.is_empty() { ParameterKind::Symbol(s) } else { ParameterKind::Family(s) };
            names.parameters.push(Parameter { name: name.clone(), kind });
            names.symbols.insert(s, name);
        }
        for (number, order) in functions {
            let own = identifier(&store.function(number).name);
            let text = match order {
                0 => own,
                1 => format!("d{own}"),
                k => format!("d{k}{own}"),
            };
            let name = names.fresh(&text);
            names.parameters.push(Parameter { name: name.clone(), kind: ParameterKind::Function { number, order } });
            names.functions.insert((number, order), name);
        }
        for dim in store.dim_names() {
            let text = identifier(store.dim_spelling(dim));
            let name = if names.taken.contains(&text) { names.fresh(&format!("dim_{text}")) } else { names.fresh(&text) };
            names.dims.push(name);
        }
        names
    }

    /// The name, with underscores where it is taken.
    pub fn fresh(&mut self, name: &str) -> String {
        let mut text = name.to_owned();
        while !self.taken.insert(text.clone()) {
            text.push('_');
        }
        text
    }

    /// The first of `stem1`, `stem2`, … that is free, counting from `counter`.
    pub fn numbered(&mut self, stem: &str, counter: &mut usize) -> String {
        loop {
            *counter += 1;
            let text = format!("{stem}{counter}");
            if self.taken.insert(text.clone()) {
                return text;
            }
        }
    }

    /// The first free one of some short names.
    pub fn short(&mut self, choices: &[&str]) -> String {
        match choices.iter().find(|c| !self.taken.contains(**c)) {
            Some(free) => self.fresh(free),
            None => self.fresh(choices.first().copied().unwrap_or("t")),
        }
    }

    pub fn symbol(&self, id: SymbolId) -> &str {
        self.symbols.get(&id).map_or("_", String::as_str)
    }

    pub fn function(&self, number: u16, order: u8) -> &str {
        self.functions.get(&(number, order)).map_or("_", String::as_str)
    }

    pub fn dim(&self, store: &Store, name: DimName) -> &str {
        store.dim_names().position(|d| d == name).and_then(|at| self.dims.get(at)).map_or("_", String::as_str)
    }
}
