//! The user's functions with definitions: their bodies stand in the tree in place of their applications.

use super::scope::order;
use super::vocabulary::vocabulary;
use crate::base::{Diagnostic, Fault, Span};
use crate::ops;
use crate::syntax::{self, Ast, AstId, Bars, Definition, FunctionBody, FunctionDeclaration, Kind, Node, Place, Times};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The most nodes that definitions may grow to.
pub(super) const MOST_NODES: usize = 1_000_000;

/// What a declared function becomes.
enum Meaning {
    /// Another function's name.
    Alias(String),
    /// Its parameters and its body, with nothing left to expand.
    Body(Vec<String>, Ast),
}

/// The tree with every application of a defined function replaced by its body, and aliases by what they stand for.
///
/// # Errors
/// A definition that is no expression or uses itself, a wrong number of arguments, a derivative of a defined function.
pub(super) fn expand<'a>(ast: &'a Ast, functions: &[FunctionDeclaration]) -> Result<Cow<'a, Ast>, Diagnostic> {
    let wanted: FxHashSet<&str> = functions.iter().filter(|f| f.body != FunctionBody::Opaque).map(|f| f.name.as_str()).collect();
    let used = |node: &Node| matches!(&node.kind, Kind::Call { name, .. } if wanted.contains(name.as_str()));
    if wanted.is_empty() || !ast.nodes.iter().any(used) {
        return Ok(Cow::Borrowed(ast));
    }
    let mut meanings: FxHashMap<&str, Meaning> = FxHashMap::default();
    let mut waiting: Vec<(&FunctionDeclaration, Option<Ast>)> = Vec::new();
    let names: BTreeSet<String> = functions.iter().map(|f| f.name.clone()).collect();
    for function in functions {
        match &function.body {
            FunctionBody::Opaque => {}
            FunctionBody::Alias(target, at) => {
                let name = syntax::canonical(target);
                let name = if names.contains(&name) { name } else { ops::find(target).map_or(name, |(_, row)| row.name.to_owned()) };
                if name == function.name {
                    return Err(circular(function).at(*at));
                }
                meanings.insert(&function.name, Meaning::Alias(name));
            }
            FunctionBody::Defined(..) => {
                let body = function.parse_body(&vocabulary(BTreeSet::new(), names.clone())).transpose()?;
                waiting.push((function, body));
            }
        }
    }
    // Bodies that use other functions wait for those.
    while !waiting.is_empty() {
        let open: FxHashSet<&str> = waiting.iter().map(|(f, _)| f.name.as_str()).collect();
        let before = waiting.len();
        let mut later = Vec::new();
        for (function, body) in waiting {
            let Some(body) = body else { continue };
            let blocked = body.nodes.iter().any(|n| matches!(&n.kind, Kind::Call { name, .. } if open.contains(target(&meanings, name))));
            if blocked {
                later.push((function, Some(body)));
                continue;
            }
            let FunctionBody::Defined(parameters, ..) = &function.body else { continue };
            let mut body = rewrite(&body, &meanings)?;
            if is_entrywise(&body) {
                make_entrywise(&mut body);
            }
            meanings.insert(&function.name, Meaning::Body(parameters.clone(), body));
        }
        if later.len() == before {
            return Err(circular(later[0].0));
        }
        waiting = later;
    }
    rewrite(ast, &meanings).map(Cow::Owned)
}

fn circular(function: &FunctionDeclaration) -> Diagnostic {
    Diagnostic::new(Fault::Usage, format!("the function `{}` is defined by itself", function.spelling))
}

/// The name that a chain of aliases ends in.
fn target<'n>(meanings: &'n FxHashMap<&str, Meaning>, name: &'n str) -> &'n str {
    let mut name = name;
    for _ in 0..=meanings.len() {
        match meanings.get(name) {
            Some(Meaning::Alias(next)) => name = next,
            _ => break,
        }
    }
    name
}

/// The tree with applications replaced.
fn rewrite(ast: &Ast, meanings: &FxHashMap<&str, Meaning>) -> Result<Ast, Diagnostic> {
    let mut nodes: Vec<Node> = Vec::with_capacity(ast.nodes.len());
    let mut new = vec![AstId(0); ast.nodes.len()];
    for id in order(ast) {
        let node = ast.node(id);
        let kind = remap(&node.kind, &|child: AstId| new[child.0 as usize]);
        let at = match kind {
            Kind::Call { name, at, primes, args } => {
                let name = target(meanings, &name).to_owned();
                match meanings.get(name.as_str()) {
                    _ if primes > 0 && (meanings.contains_key(name.as_str()) || ops::find(&name).is_some()) => {
                        let message = format!("the derivative of `{name}` cannot be written with primes, since `{name}` is defined");
                        return Err(Diagnostic::new(Fault::Unsupported, message).at(at).hint("write the derivative out"));
                    }
                    Some(Meaning::Body(parameters, body)) => {
                        if parameters.len() != args.len() {
                            let plural = if parameters.len() == 1 { "" } else { "s" };
                            let message = format!("`{name}` takes {} argument{plural}, and has {} here", parameters.len(), args.len());
                            return Err(Diagnostic::new(Fault::Name, message).at(at));
                        }
                        inline(&mut nodes, body, parameters, &args, node.span)
                    }
                    _ => push(&mut nodes, Kind::Call { name, at, primes, args }, node.span),
                }
            }
            kind => push(&mut nodes, kind, node.span),
        };
        if nodes.len() > MOST_NODES {
            return Err(Diagnostic::new(Fault::Unsupported, "the definitions of functions grow too large").at(node.span));
        }
        new[id.0 as usize] = at;
    }
    let lets = ast.lets.iter().map(|l| Definition { value: new[l.value.0 as usize], ..l.clone() }).collect();
    Ok(Ast { nodes, lets, body: new[ast.body.0 as usize], page: ast.page.clone() })
}

pub(super) fn push(nodes: &mut Vec<Node>, kind: Kind, span: Span) -> AstId {
    nodes.push(Node { kind, span });
    AstId(u32::try_from(nodes.len() - 1).unwrap_or(u32::MAX))
}

/// A body with arguments for its parameters; everything in it stands where the application stands.
fn inline(nodes: &mut Vec<Node>, body: &Ast, parameters: &[String], args: &[AstId], span: Span) -> AstId {
    let mut new = vec![AstId(0); body.nodes.len()];
    let mut defined: FxHashMap<&str, AstId> = parameters.iter().map(String::as_str).zip(args.iter().copied()).collect();
    let mut lets = body.lets.iter().peekable();
    for id in order(body) {
        new[id.0 as usize] = match &body.node(id).kind {
            Kind::Name(name) if defined.contains_key(name.as_str()) => defined[name.as_str()],
            kind => push(nodes, remap(kind, &|child: AstId| new[child.0 as usize]), span),
        };
        while let Some(definition) = lets.peek().filter(|l| l.value == id) {
            defined.insert(&definition.name, new[id.0 as usize]);
            lets.next();
        }
    }
    new[body.body.0 as usize]
}

/// The same kind of node with other children.
pub(super) fn remap(kind: &Kind, new: &dyn Fn(AstId) -> AstId) -> Kind {
    let at = |id: &AstId| new(*id);
    let all = |ids: &[AstId]| ids.iter().map(at).collect();
    match kind {
        Kind::Number(_) | Kind::Name(_) | Kind::Identity | Kind::OnesVector => kind.clone(),
        Kind::Neg(a) => Kind::Neg(at(a)),
        Kind::Transpose(a) => Kind::Transpose(at(a)),
        Kind::Bars(bars, a) => Kind::Bars(*bars, at(a)),
        Kind::Sum(terms) => Kind::Sum(terms.iter().map(|(m, t)| (*m, at(t))).collect()),
        Kind::Product(factors) => Kind::Product(factors.iter().map(|(h, f)| (*h, at(f))).collect()),
        Kind::Power(a, b) => Kind::Power(at(a), at(b)),
        Kind::HadamardPower(a, b) => Kind::HadamardPower(at(a), at(b)),
        Kind::Inner(a, b) => Kind::Inner(at(a), at(b)),
        Kind::Call { name, at: place, primes, args } => Kind::Call { name: name.clone(), at: *place, primes: *primes, args: all(args) },
        Kind::Index(a, places) => {
            let places = places.iter().map(|p| if let Place::At(k) = p { Place::At(at(k)) } else { *p }).collect();
            Kind::Index(at(a), places)
        }
        Kind::Big { big, index, at: place, low, high, skip, body } => Kind::Big {
            big: *big,
            index: index.clone(),
            at: *place,
            low: low.as_ref().map(at),
            high: high.as_ref().map(at),
            skip: skip.as_ref().map(at),
            body: at(body),
        },
        Kind::Member { family, index } => Kind::Member { family: family.clone(), index: all(index) },
    }
}

/// Whether a body means something for each entry on its own: arithmetic and element-wise functions alone.
fn is_entrywise(body: &Ast) -> bool {
    body.nodes.iter().all(|node| match &node.kind {
        Kind::Number(_) | Kind::Name(_) | Kind::Neg(_) | Kind::Sum(_) | Kind::Power(..) | Kind::HadamardPower(..) => true,
        Kind::Bars(bars, _) => *bars == Bars::Single,
        Kind::Product(factors) => factors.iter().all(|(how, _)| !matches!(how, Times::Kron | Times::LeftDivide)),
        Kind::Call { name, .. } => ops::find(name).is_none_or(|(_, row)| {
            use ops::D;
            row.forms.iter().all(|f| f.sig.out == (D::N(0), D::N(1)) && f.sig.args.len() <= 2)
                && !matches!(row.name, "zeros" | "ones" | "matrix" | "softmax_rows" | "logsoftmax_rows")
        }),
        _ => false,
    })
}

/// Products, quotients and powers of a body become element-wise ones, so that it takes arrays as well as scalars.
fn make_entrywise(body: &mut Ast) {
    for node in &mut body.nodes {
        match &mut node.kind {
            Kind::Product(factors) => {
                for (how, _) in factors.iter_mut().skip(1) {
                    *how = if matches!(how, Times::Divide | Times::HadamardDivide) { Times::HadamardDivide } else { Times::Hadamard };
                }
            }
            Kind::Power(a, b) => node.kind = Kind::HadamardPower(*a, *b),
            Kind::Bars(Bars::Single, a) => {
                node.kind = Kind::Call { name: "abs".to_owned(), at: node.span, primes: 0, args: vec![*a] };
            }
            _ => {}
        }
    }
}
