//! What each name in a tree is: a definition, a bound index, a size, a variable, a family; in order of appearance.

use super::context::Declared;
use super::scope::{Above, Role, for_children, order};
use super::sizes::{Size, Sizes};
use crate::base::{Diagnostic, Fault, Span};
use crate::ir::{Facts, SymbolId};
use crate::ops;
use crate::syntax::{self, Ast, AstId, Big, Kind, Page, Place, Sign, SignKind};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// What a name, or another leaf, stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ref {
    /// Not a leaf with a name.
    None,
    /// A definition; its value.
    Let(AstId),
    /// The index of this sum.
    Bound(AstId),
    /// A size.
    Size(Size),
    /// π.
    Pi,
    /// A variable or a family, by its number in [`Names::variables`].
    Variable(u32),
}

/// The kinds that an undeclared name may have, and the one that a declaration gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// 1×1.
    Scalar,
    /// A column.
    Vector,
    /// A row.
    Row,
    /// A matrix.
    Matrix,
    /// What the declaration says.
    Declared,
}

/// A variable or a family of variables.
pub(super) struct Variable {
    /// Canonical, without the subscripts of a family.
    pub name: String,
    pub spelling: String,
    /// Where it appears first.
    pub at: Option<Span>,
    /// The subscripts' names as they appear first; empty for a variable.
    pub family: Vec<String>,
    /// The kinds to try with what they cost, cheapest first.
    pub options: SmallVec<[(Class, u32); 4]>,
    /// What its typeface says that it is.
    pub typeface: Option<SignKind>,
    /// Where a declaration fixes it.
    pub declared: Option<Declared>,
    /// Where it is in the store already.
    pub known: Option<SymbolId>,
    /// Known to be a whole number (an exponent of a matrix, an index).
    pub facts: Facts,
    /// For the indicator of a set, how many of its indices stand below the set's own name.
    pub set: Option<usize>,
}

/// All names of a tree.
pub(super) struct Names {
    /// For each node what it stands for.
    pub refs: Vec<Ref>,
    pub variables: Vec<Variable>,
    /// The nodes that are used, children first; a definition comes before its uses.
    pub order: Vec<AstId>,
    /// Sizes that nodes stand for: the arguments of `eye` and the bounds of sums.
    pub dims: FxHashMap<AstId, Size>,
    /// Nodes that are an argument of a size: no values.
    pub is_dim: FxHashSet<AstId>,
    /// Nodes used as an argument of `log` alone.
    pub inside_log: FxHashSet<AstId>,
    /// Declarations that are used, by their names.
    used: FxHashSet<String>,
    /// Names of sums' indices, definitions and functions: no name for a size.
    pub taken: FxHashSet<String>,
}

const DECLARED: &[(Class, u32)] = &[(Class::Declared, 0)];
const UPPER: &[(Class, u32)] = &[(Class::Matrix, 0), (Class::Vector, 6), (Class::Scalar, 7)];
const VECTOR: &[(Class, u32)] = &[(Class::Vector, 0), (Class::Scalar, 4), (Class::Matrix, 10)];
/// Bold lower case, bold upper case: never anything else, unless nothing else fits.
const BOLD_VECTOR: &[(Class, u32)] = &[(Class::Vector, 0), (Class::Matrix, 40), (Class::Scalar, 60)];
const BOLD_MATRIX: &[(Class, u32)] = &[(Class::Matrix, 0), (Class::Vector, 6), (Class::Scalar, 60)];
/// What a row costs more than a column, for a name that stands like one.
const ROW_COST: u32 = 1;
const SCALAR: &[(Class, u32)] = &[(Class::Scalar, 0), (Class::Vector, 4), (Class::Matrix, 10)];

const VECTOR_GREEK: [&str; 7] = ["mu", "theta", "beta", "xi", "phi", "psi", "omega"];
const SCALAR_LETTERS: [&str; 10] = ["i", "j", "k", "l", "m", "n", "d", "p", "q", "N"];
/// What programs call the numbers that formulas write with Greek letters.
const SCALAR_WORDS: [&str; 8] = ["lam", "lamb", "lamda", "lmbda", "lmbd", "reg", "eps", "lr"];
/// Letters of sizes that are a program's vectors as often: of a text in NumPy's dialect.
const PROGRAM_VECTORS: [&str; 3] = ["d", "p", "q"];

/// The kinds that an undeclared name prefers.
fn preferences(name: &str, family: bool, typeface: Option<SignKind>) -> &'static [(Class, u32)] {
    match typeface {
        Some(SignKind::Vector) => return BOLD_VECTOR,
        Some(SignKind::Matrix) => return BOLD_MATRIX,
        None => {}
    }
    let parts = syntax::split_name(name);
    let base = parts.base.as_str();
    if !family && SCALAR_LETTERS.contains(&name) || SCALAR_WORDS.contains(&base) {
        return SCALAR;
    }
    if base.starts_with(|c: char| c.is_uppercase()) {
        return UPPER;
    }
    let greek = syntax::greek_unicode(base).is_some();
    if greek && !VECTOR_GREEK.contains(&base) { SCALAR } else { VECTOR }
}

/// What was declared, for looking up.
pub(super) struct Declarations<'a> {
    variables: &'a [Declared],
    /// Plain variables by name.
    by_name: FxHashMap<&'a str, &'a Declared>,
    /// Names of sizes in declarations.
    sizes: &'a FxHashSet<String>,
    /// How the page writes names.
    signs: &'a BTreeMap<String, Sign>,
    /// Names that stand like rows.
    rows: FxHashSet<String>,
}

impl<'a> Declarations<'a> {
    pub fn new(variables: &'a [Declared], sizes: &'a FxHashSet<String>, page: &'a Page, rows: FxHashSet<String>) -> Self {
        let by_name = variables.iter().filter(|d| d.family == 0).map(|d| (d.name.as_str(), d)).collect();
        Declarations { variables, by_name, sizes, signs: &page.signs, rows }
    }

    /// What the typeface of a name says; of a family, that of any member.
    pub fn typeface(&self, name: &str, family: bool) -> Option<SignKind> {
        let member = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
        let of_member = || self.signs.iter().find(|(key, _)| family && member(key)).map(|(_, sign)| sign);
        self.signs.get(name).or_else(of_member).and_then(|sign| sign.kind)
    }

    /// The kinds that an undeclared name may have.
    fn options(&self, name: &str, family: bool, typeface: Option<SignKind>) -> SmallVec<[(Class, u32); 4]> {
        let mut options = SmallVec::from_slice(preferences(name, family, typeface));
        if !family && self.rows.contains(name) {
            let column = options.iter().find(|o: &&(Class, u32)| o.0 == Class::Vector).map_or(0, |o| o.1);
            options.push((Class::Row, column + ROW_COST));
            options.sort_by_key(|o| o.1);
        }
        options
    }

    fn variable(&self, name: &str) -> Option<&'a Declared> {
        self.by_name.get(name).copied()
    }

    /// The declaration of a family: `x_i` for the members of `x`, under whatever index.
    fn family(&self, name: &str, count: usize) -> Option<&Declared> {
        let subscripts = |d: &Declared| {
            let rest = d.name.strip_prefix(name).and_then(|rest| rest.strip_prefix('_'));
            let rest = rest.filter(|rest| !rest.split('_').next().is_some_and(syntax::is_accent));
            rest.is_some_and(|rest| rest.split('_').count() == count || !rest.contains('_') && rest.chars().count() == count)
        };
        let known = self.variables.iter().find(|d| d.family == count && d.name == name);
        known.or_else(|| self.variables.iter().find(|d| d.family == 0 && subscripts(d)))
    }
}

/// Gives every name its meaning.
///
/// # Errors
/// A size that is no polynomial in sizes, a function with the wrong number of arguments.
pub(super) fn resolve(ast: &Ast, text: &str, declarations: &Declarations<'_>, sizes: &mut Sizes) -> Result<Names, Diagnostic> {
    let order = order(ast);
    let lets: FxHashMap<&str, AstId> = ast.lets.iter().map(|l| (l.name.as_str(), l.value)).collect();
    let open = |name: &str| {
        let known = |d: &Declared| d.rows.is_some() && (d.cols.is_some() || d.square);
        !lets.contains_key(name) && !declarations.variable(name).is_some_and(known)
    };
    let above = Above::new(ast, &order, &open);
    let mut names = Names {
        refs: vec![Ref::None; ast.nodes.len()],
        variables: Vec::new(),
        order,
        dims: FxHashMap::default(),
        is_dim: FxHashSet::default(),
        inside_log: FxHashSet::default(),
        used: FxHashSet::default(),
        taken: FxHashSet::default(),
    };
    names.taken.extend(ast.lets.iter().map(|l| l.name.clone()));
    let mut size_names: FxHashSet<&str> = declarations.sizes.iter().map(String::as_str).collect();
    for &id in &names.order {
        let Kind::Name(name) = &ast.node(id).kind else { continue };
        let free = above.bound(ast, id, name).is_none() && !lets.contains_key(name.as_str());
        let is_size = match above.role[id.0 as usize] {
            Role::Dim => true,
            Role::Limit => {
                free && declarations.variable(name).is_none() && above.limit_of.get(&id).is_some_and(|big| above.families.contains(big))
            }
            _ => false,
        };
        if is_size {
            size_names.insert(name);
        }
    }
    let mut numbers: FxHashMap<(String, usize), u32> = FxHashMap::default();
    let mut places: FxHashSet<AstId> = FxHashSet::default();
    for &id in &names.order {
        match &ast.node(id).kind {
            Kind::Index(_, at) => places.extend(at.iter().filter_map(|p| if let Place::At(k) = p { Some(*k) } else { None })),
            // `y_i = k`: a label is a number.
            Kind::Call { name, args, .. } if matches!(name.as_str(), "=" | "!=") => {
                places.extend(args.iter().filter(|a| matches!(ast.node(**a).kind, Kind::Member { .. })));
            }
            _ => {}
        }
    }
    let mut uses: FxHashMap<AstId, (u32, u32)> = FxHashMap::default();
    for at in 0..names.order.len() {
        let id = names.order[at];
        let node = ast.node(id);
        let role = above.role[id.0 as usize];
        let reference = match &node.kind {
            Kind::Name(name) => {
                if let Some(big) = above.bound(ast, id, name) {
                    Ref::Bound(big)
                } else if let Some(&value) = lets.get(name.as_str()) {
                    Ref::Let(value)
                } else if role == Role::Dim && declarations.variable(name).is_some() {
                    return Err(Diagnostic::new(Fault::Shape, format!("`{name}` is a variable, and a size must be a name of its own"))
                        .at(node.span)
                        .hint("sizes are the names in declarations: --var 'x: vector(n)'"));
                } else if declarations.variable(name).is_none() && size_names.contains(name.as_str()) {
                    Ref::Size(sizes.named(name))
                } else if name == "pi" && declarations.variable(name).is_none() {
                    Ref::Pi
                } else {
                    let number = names.variable(
                        &mut numbers,
                        (name, &[]),
                        role == Role::Subscript || places.contains(&id),
                        node.span,
                        text,
                        declarations,
                    );
                    Ref::Variable(number)
                }
            }
            Kind::Member { family, index } => {
                let subscripts: Vec<String> = index.iter().map(|&k| subscript(ast, k, text)).collect();
                let number = names.variable(&mut numbers, (family, &subscripts), places.contains(&id), node.span, text, declarations);
                Ref::Variable(number)
            }
            Kind::Big { index, big, .. } => {
                names.taken.insert(index.clone());
                if *big == Big::Product {
                    uses.insert(id, (0, 0));
                }
                Ref::None
            }
            Kind::Call { name, at, args, primes } => {
                check_call(name, *at, args.len(), *primes)?;
                if name == "log" && *primes == 0 {
                    for arg in args {
                        if let Some(use_) = uses.get_mut(arg) {
                            use_.1 += 1;
                        }
                    }
                }
                names.taken.insert(name.clone());
                Ref::None
            }
            _ => Ref::None,
        };
        if !uses.is_empty() {
            for_children(ast, id, |child| {
                if let Some(use_) = uses.get_mut(&child) {
                    use_.0 += 1;
                }
            });
        }
        names.refs[id.0 as usize] = reference;
        if matches!(role, Role::Dim | Role::Limit) {
            names.size_of(ast, id, role, sizes)?;
        }
    }
    names.of_program(ast);
    names.inside_log = uses.into_iter().filter(|(id, (all, log))| all == log && *all > 0 && *id != ast.body).map(|(id, _)| id).collect();
    for declared in declarations.variables.iter().filter(|d| d.known.is_none()) {
        if !names.used.contains(&declared.name) {
            let declared = declared.clone();
            names.variables.push(Variable {
                name: declared.name.clone(),
                spelling: declared.spelling.clone(),
                at: None,
                family: Vec::new(),
                options: SmallVec::from_slice(DECLARED),
                typeface: None,
                known: None,
                facts: declared.facts,
                set: None,
                declared: Some(declared),
            });
        }
    }
    for variable in &mut names.variables {
        let Some(&below) = ast.page.sets.get(&variable.name) else { continue };
        variable.set = Some(below);
        variable.facts |= Facts::BINARY;
        if !variable.family.is_empty() && variable.declared.is_none() {
            variable.options = SmallVec::from_slice(&[(Class::Scalar, 0)]);
        }
    }
    names.sort();
    Ok(names)
}

/// The subscript as it is written: `i`, `t-1`.
fn subscript(ast: &Ast, id: AstId, text: &str) -> String {
    match &ast.node(id).kind {
        Kind::Name(name) => name.clone(),
        Kind::Number(value) => value.to_string(),
        _ => ast.node(id).span.of(text).to_owned(),
    }
}

/// Whether a function takes this many arguments.
fn check_call(name: &str, at: Span, count: usize, primes: u8) -> Result<(), Diagnostic> {
    let Some((_, row)) = ops::find(name).filter(|_| primes == 0) else {
        if count == 1 {
            return Ok(());
        }
        let message = format!("`{name}` is an element-wise function of one argument, and has {count} here");
        return Err(Diagnostic::new(Fault::Unsupported, message).at(at).hint("define it: --fn 'f(s, t) = …'"));
    };
    if row.forms.iter().any(|f| f.sig.args.len() == count) {
        return Ok(());
    }
    let wanted: Vec<String> = row.forms.iter().map(|f| f.sig.args.len().to_string()).collect();
    let message =
        format!("`{name}` takes {} argument{}, and has {count} here", wanted.join(" or "), if wanted == ["1"] { "" } else { "s" });
    Err(Diagnostic::new(Fault::Name, message).at(at).hint(row.doc))
}

impl Names {
    /// Variables in the order in which they appear in the text; those that do not appear stay last.
    fn sort(&mut self) {
        let key = |v: &Variable| (v.at.is_none(), v.at.map_or(0, |span| span.start));
        if self.variables.is_sorted_by_key(key) {
            return;
        }
        let mut variables: Vec<(u32, Variable)> = (0..).zip(std::mem::take(&mut self.variables)).collect();
        variables.sort_by_key(|(_, v)| key(v));
        let mut new = vec![0u32; variables.len()];
        for (at, (old, _)) in (0..).zip(&variables) {
            new[*old as usize] = at;
        }
        for reference in &mut self.refs {
            if let Ref::Variable(number) = reference {
                *number = new[*number as usize];
            }
        }
        self.variables = variables.into_iter().map(|(_, v)| v).collect();
    }

    /// The number of a variable or a family, new where it appears for the first time; an `index` is a number.
    fn variable(
        &mut self,
        numbers: &mut FxHashMap<(String, usize), u32>,
        (name, subscripts): (&str, &[String]),
        index: bool,
        at: Span,
        text: &str,
        declarations: &Declarations<'_>,
    ) -> u32 {
        if let Some(&number) = numbers.get(&(name.to_owned(), subscripts.len())) {
            return number;
        }
        let declared = match subscripts {
            [] => declarations.variable(name),
            _ => declarations.family(name, subscripts.len()),
        };
        let typeface = declarations.typeface(name, !subscripts.is_empty());
        let mut variable = Variable {
            name: name.to_owned(),
            spelling: spelling(at.of(text), name, subscripts.is_empty()),
            at: Some(at),
            family: subscripts.to_vec(),
            options: if index { SmallVec::from_slice(SCALAR) } else { declarations.options(name, !subscripts.is_empty(), typeface) },
            typeface,
            declared: None,
            known: None,
            facts: Facts::NONE,
            set: None,
        };
        if let Some(differential) = differential(name, subscripts.len(), declarations).filter(|_| declared.is_none()) {
            variable.options = SmallVec::from_slice(DECLARED);
            variable.facts = differential.facts;
            variable.declared = Some(differential);
        }
        if let Some(declared) = declared {
            if subscripts.is_empty() {
                variable.spelling.clone_from(&declared.spelling);
            }
            variable.options = SmallVec::from_slice(DECLARED);
            variable.facts = declared.facts;
            variable.known = declared.known;
            self.used.insert(declared.name.clone());
            variable.declared = Some(declared.clone());
        }
        let number = u32::try_from(self.variables.len()).unwrap_or(u32::MAX);
        self.variables.push(variable);
        numbers.insert((name.to_owned(), subscripts.len()), number);
        number
    }

    /// In a program, probabilities and quantiles are arrays.
    fn of_program(&mut self, ast: &Ast) {
        use syntax::Times::{Broadcast, BroadcastDivide, MatMul};
        let program = |node: &syntax::Node| match &node.kind {
            Kind::Product(factors) => factors.iter().any(|(how, _)| matches!(how, Broadcast | BroadcastDivide | MatMul)),
            _ => false,
        };
        if !ast.nodes.iter().any(program) {
            return;
        }
        for variable in self.variables.iter_mut().filter(|v| PROGRAM_VECTORS.contains(&v.name.as_str()) && v.options.as_slice() == SCALAR) {
            variable.options = SmallVec::from_slice(VECTOR);
        }
    }

    /// The size that a node stands for, from its children's.
    fn size_of(&mut self, ast: &Ast, id: AstId, role: Role, sizes: &mut Sizes) -> Result<(), Diagnostic> {
        let value = match &ast.node(id).kind {
            Kind::Number(value) => value.to_integer().filter(|n| *n >= 0 || role == Role::Limit).map(|n| sizes.constant(n)),
            Kind::Name(_) => match self.refs[id.0 as usize] {
                Ref::Size(size) => Some(size),
                _ => None,
            },
            Kind::Neg(a) => self.dims.get(a).copied().map(|a| {
                let zero = sizes.constant(0);
                sizes.minus(zero, a)
            }),
            Kind::Sum(terms) => {
                let mut sum = Some(sizes.constant(0));
                for (minus, term) in terms {
                    sum = sum.zip(self.dims.get(term).copied()).map(|(s, t)| if *minus { sizes.minus(s, t) } else { sizes.plus(s, t) });
                }
                sum
            }
            Kind::Product(factors) => {
                let mut product = Some(Size::ONE);
                for (how, factor) in factors {
                    let by = self.dims.get(factor).copied();
                    product = product.zip(by).and_then(|(p, f)| match how {
                        syntax::Times::Product | syntax::Times::Dot | syntax::Times::Broadcast => Some(sizes.times(p, f)),
                        // n (n + 1)/2.
                        syntax::Times::Divide => sizes.as_constant(f).and_then(|f| sizes.divided(p, f)),
                        _ => None,
                    });
                }
                product
            }
            Kind::Power(a, b) => {
                let exponent = self.dims.get(b).and_then(|&b| sizes.as_constant(b)).filter(|n| (0..16).contains(n));
                self.dims.get(a).copied().zip(exponent).map(|(a, n)| (0..n).fold(Size::ONE, |p, _| sizes.times(p, a)))
            }
            _ => None,
        };
        match value {
            Some(size) => {
                self.dims.insert(id, size);
            }
            None if role == Role::Dim => {
                return Err(Diagnostic::new(Fault::Shape, "a size is a name, a whole number, or a sum or product of them")
                    .at(ast.node(id).span)
                    .label("this is not a size"));
            }
            None => {}
        }
        if role == Role::Dim {
            self.is_dim.insert(id);
        }
        Ok(())
    }
}

/// What `dX` is where `X` is declared: of the same shape, with the structure that differences of such matrices have.
fn differential(name: &str, subscripts: usize, declarations: &Declarations<'_>) -> Option<Declared> {
    let of = name.strip_prefix('d')?;
    let declared = if subscripts == 0 { declarations.variable(of) } else { declarations.family(of, subscripts) }?;
    let linear = Facts::SYMMETRIC | Facts::SKEW | Facts::DIAGONAL | Facts::LOWER | Facts::UPPER;
    Some(Declared { facts: declared.facts.closed() & linear, known: None, name: name.to_owned(), ..declared.clone() })
}

/// The name as the user spells it where that is plain text, else the canonical form.
pub(super) fn spelling(written: &str, name: &str, whole: bool) -> String {
    let base = if whole { written } else { written.split_once('_').map_or(written, |(base, _)| base) };
    let plain = !base.is_empty() && base.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain && syntax::canonical(base) == name { base.to_owned() } else { name.to_owned() }
}
