//! Which names an expression leaves free, and which functions of the user's own it applies.

use super::{Ast, AstId, Kind, Vocabulary};
use crate::base::Span;
use std::collections::{BTreeMap, BTreeSet};

/// A free name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeName {
    /// Canonical; of a family, without the subscript.
    pub name: String,
    /// The subscripts of a family where it appears first; empty for an ordinary name. A subscript that is calculated
    /// (`x_{t-1}`) is given by the bound name in it.
    pub indices: Vec<String>,
    /// Where it stands first.
    pub span: Span,
}

/// A function of the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedFunction {
    /// Canonical.
    pub name: String,
    /// The highest derivative that is written.
    pub primes: u8,
    /// Where it stands first.
    pub span: Span,
}

/// What [`names`] found.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Names {
    /// Free names in order of first appearance.
    pub free: Vec<FreeName>,
    /// Functions that are not built in, in order of first appearance.
    pub functions: Vec<UsedFunction>,
}

/// The free names of an expression and its definitions, in order of first appearance in the text: without the names that
/// are defined in it and without bound indices. A family and an ordinary name of the same spelling are two entries.
/// `pi` is a free name like others here, since it may be declared; whoever knows the declarations takes it for the number otherwise.
///
/// The vocabulary tells which of the applied names are built-in functions.
#[must_use]
pub fn names(ast: &Ast, vocabulary: &Vocabulary<'_>) -> Names {
    let builtin = |name: &str| !vocabulary.functions.contains(name) && (vocabulary.builtin)(name).is_some();
    let defined: BTreeSet<&str> = ast.lets.iter().map(|definition| definition.name.as_str()).collect();
    let mut free: BTreeMap<(String, bool), FreeName> = BTreeMap::new();
    let mut functions: BTreeMap<String, UsedFunction> = BTreeMap::new();
    let mut bound: Vec<&str> = Vec::new();
    for root in ast.lets.iter().map(|definition| definition.value).chain([ast.body]) {
        let mut work = vec![Work::Node(root)];
        while let Some(next) = work.pop() {
            let id = match next {
                Work::Node(id) => id,
                Work::Leave => {
                    bound.pop();
                    continue;
                }
                Work::Enter(index) => {
                    bound.push(index);
                    continue;
                }
            };
            let node = ast.node(id);
            let mut see = |name: &str, indices: Vec<String>| {
                let family = !indices.is_empty();
                let entry = free.entry((name.to_string(), family)).or_insert_with(|| FreeName {
                    name: name.to_string(),
                    indices: indices.clone(),
                    span: node.span,
                });
                if node.span.start < entry.span.start {
                    (entry.span, entry.indices) = (node.span, indices);
                }
            };
            match &node.kind {
                Kind::Name(name) if !defined.contains(name.as_str()) && !bound.contains(&name.as_str()) => see(name, Vec::new()),
                Kind::Member { family, index } => {
                    see(family, index.iter().filter_map(|at| index_name(ast, *at, &bound)).collect());
                }
                Kind::Call { name, at, primes, .. } if !builtin(name) => {
                    let entry = functions.entry(name.clone()).or_insert_with(|| UsedFunction { name: name.clone(), primes: 0, span: *at });
                    entry.primes = entry.primes.max(*primes);
                    if at.start < entry.span.start {
                        entry.span = *at;
                    }
                }
                _ => {}
            }
            if let Kind::Big { index, low, high, skip, body, .. } = &node.kind {
                work.push(Work::Leave);
                work.push(Work::Node(*body));
                work.push(Work::Enter(index));
                work.extend(low.iter().chain(high).chain(skip).map(|id| Work::Node(*id)));
            } else {
                work.extend(ast.children(id).into_iter().map(Work::Node));
            }
        }
    }
    let mut found = Names { free: free.into_values().collect(), functions: functions.into_values().collect() };
    found.free.sort_by_key(|name| name.span.start);
    found.functions.sort_by_key(|function| function.span.start);
    found
}

enum Work<'a> {
    Node(AstId),
    Enter(&'a str),
    Leave,
}

/// The bound name in a subscript, or whatever name or number it is.
fn index_name(ast: &Ast, at: AstId, bound: &[&str]) -> Option<String> {
    let mut work = vec![at];
    let mut any = None;
    while let Some(id) = work.pop() {
        match &ast.node(id).kind {
            Kind::Name(name) if bound.contains(&name.as_str()) => return Some(name.clone()),
            Kind::Name(name) => any = Some(name.clone()),
            Kind::Number(value) => any = any.or_else(|| Some(value.to_string())),
            _ => work.extend(ast.children(id)),
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;
    use crate::syntax::testing::vocabulary;

    fn free(text: &str) -> String {
        let Ok(ast) = parse(text, &vocabulary("", "")) else { return "ERROR".into() };
        let found = names(&ast, &vocabulary("", ""));
        let one = |n: &FreeName| if n.indices.is_empty() { n.name.clone() } else { format!("{}[{}]", n.name, n.indices.join(",")) };
        let function = |f: &UsedFunction| format!("{}{}", f.name, "'".repeat(usize::from(f.primes)));
        let free: Vec<_> = found.free.iter().map(one).collect();
        let functions: Vec<_> = found.functions.iter().map(function).collect();
        format!("{} | {}", free.join(" "), functions.join(" "))
    }

    #[test]
    fn free_names_in_order_of_appearance() {
        assert_eq!(free("b A + A Σ"), "b A Sigma | ");
        assert_eq!(free("n/2 + sum_{n=1}^{N} t_n + n"), "n N t[n] | ");
        assert_eq!(free("let r = X w - y; r' r + z"), "X w y z | ");
        assert_eq!(free("r' r + a where r = X w"), "a X w | ");
        assert_eq!(free("phi(x) + phi''(y) psi(x)"), "x y | phi'' psi");
        assert_eq!(free("sum_{t=2}^{T} x_t' x_{t-1}"), "T x[t] | ");
        assert_eq!(free("sum_i sum_j K_ij u_i"), "K[i,j] u[i] | ");
    }
}
