//! A tree seen from above: which sum binds a name, which nodes are sizes, bounds and subscripts.

use crate::ops::{self, Arg};
use crate::syntax::{Ast, AstId, Kind, Place};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a node is for, seen from above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Value,
    /// A size: `eye(n q)`.
    Dim,
    /// A bound of a sum.
    Limit,
    /// A subscript of a family.
    Subscript,
}

/// The nodes below the definitions and the body, children first, definitions in their order.
pub(super) fn order(ast: &Ast) -> Vec<AstId> {
    let mut order = Vec::with_capacity(ast.nodes.len());
    let mut seen = vec![false; ast.nodes.len()];
    let mut stack: Vec<(AstId, bool)> = Vec::new();
    for root in ast.lets.iter().map(|l| l.value).chain([ast.body]) {
        stack.push((root, false));
        while let Some((id, done)) = stack.pop() {
            if done {
                order.push(id);
            } else if !std::mem::replace(&mut seen[id.0 as usize], true) {
                stack.push((id, true));
                let first = stack.len();
                for_children(ast, id, |child| stack.push((child, false)));
                stack[first..].reverse();
            }
        }
    }
    order
}

/// Calls `f` for every child, without a list of them.
pub(super) fn for_children(ast: &Ast, id: AstId, f: impl FnMut(AstId)) {
    children(&ast.node(id).kind, f);
}

/// The same for a node that is not in a tree yet.
pub(super) fn children(kind: &Kind, mut f: impl FnMut(AstId)) {
    match kind {
        Kind::Number(_) | Kind::Name(_) | Kind::Identity | Kind::OnesVector => {}
        Kind::Neg(a) | Kind::Transpose(a) | Kind::Bars(_, a) => f(*a),
        Kind::Sum(terms) => terms.iter().for_each(|&(_, t)| f(t)),
        Kind::Product(factors) => factors.iter().for_each(|&(_, t)| f(t)),
        Kind::Power(a, b) | Kind::HadamardPower(a, b) | Kind::Inner(a, b) => [*a, *b].into_iter().for_each(f),
        Kind::Call { args, .. } => args.iter().copied().for_each(f),
        Kind::Index(a, places) => {
            f(*a);
            for place in places {
                if let Place::At(k) = place {
                    f(*k);
                }
            }
        }
        Kind::Big { low, high, skip, body, .. } => low.iter().chain(high).chain(skip).copied().chain([*body]).for_each(f),
        Kind::Member { index, .. } => index.iter().copied().for_each(f),
    }
}

/// What is seen from above: scopes and roles.
pub(super) struct Above {
    pub role: Vec<Role>,
    /// For each node the innermost sum around it, by its position in `scopes`; 0 for none.
    scope: Vec<u32>,
    /// The sums with the scope around them.
    scopes: Vec<(AstId, u32)>,
    /// For each node below a bound of a sum, that sum.
    pub limit_of: FxHashMap<AstId, AstId>,
    /// Sums whose index is a subscript of a family somewhere, or of a variable whose size is to be inferred.
    pub families: FxHashSet<AstId>,
}

impl Above {
    /// `open` says whether the sizes of a variable are to be inferred: a sum over its entries may tell one.
    pub fn new(ast: &Ast, order: &[AstId], open: &dyn Fn(&str) -> bool) -> Above {
        let count = ast.nodes.len();
        let mut above = Above {
            role: vec![Role::Value; count],
            scope: vec![0; count],
            scopes: vec![(AstId(0), 0)],
            limit_of: FxHashMap::default(),
            families: FxHashSet::default(),
        };
        for &id in order.iter().rev() {
            let (role, scope) = (above.role[id.0 as usize], above.scope[id.0 as usize]);
            let inner = if role == Role::Subscript { Role::Subscript } else { Role::Value };
            match &ast.node(id).kind {
                Kind::Big { low, high, skip, body, .. } => {
                    above.scopes.push((id, scope));
                    let own = u32::try_from(above.scopes.len() - 1).unwrap_or(0);
                    above.set(*body, inner, own);
                    for &bound in low.iter().chain(high) {
                        above.set(bound, Role::Limit, scope);
                        above.limit_of.insert(bound, id);
                    }
                    skip.iter().for_each(|&k| above.set(k, Role::Subscript, scope));
                }
                Kind::Member { index, .. } => index.iter().for_each(|&k| above.set(k, Role::Subscript, scope)),
                Kind::Index(base, places) if matches!(&ast.node(*base).kind, Kind::Name(name) if open(name)) => {
                    above.set(*base, inner, scope);
                    for place in places {
                        if let Place::At(k) = place {
                            above.set(*k, Role::Subscript, scope);
                        }
                    }
                }
                Kind::Call { name, args, .. } => {
                    let forms = ops::find(name).map_or(&[][..], |(_, row)| row.forms);
                    let sig = forms.iter().map(|f| f.sig.args).find(|sig| sig.len() == args.len());
                    for (at, &arg) in args.iter().enumerate() {
                        let size = sig.is_some_and(|sig| matches!(sig[at], Arg::Dim(_)));
                        above.set(arg, if size { Role::Dim } else { inner }, scope);
                    }
                }
                Kind::Number(_) => {}
                Kind::Name(name) => {
                    if role == Role::Subscript
                        && let Some(big) = above.bound(ast, id, name)
                    {
                        above.families.insert(big);
                    }
                }
                // Sizes and bounds are polynomials.
                Kind::Sum(_) | Kind::Product(_) | Kind::Neg(_) | Kind::Power(..) => {
                    let limit = above.limit_of.get(&id).copied();
                    for_children(ast, id, |child| {
                        above.set(child, role, scope);
                        if let Some(big) = limit {
                            above.limit_of.insert(child, big);
                        }
                    });
                }
                _ => for_children(ast, id, |child| {
                    above.set(child, if role == Role::Dim { Role::Dim } else { inner }, scope);
                }),
            }
        }
        above
    }

    fn set(&mut self, id: AstId, role: Role, scope: u32) {
        self.role[id.0 as usize] = role;
        self.scope[id.0 as usize] = scope;
    }

    /// The sum that binds a name at this place.
    pub fn bound(&self, ast: &Ast, id: AstId, name: &str) -> Option<AstId> {
        let mut scope = self.scope[id.0 as usize];
        while scope != 0 {
            let (big, outer) = self.scopes[scope as usize];
            if matches!(&ast.node(big).kind, Kind::Big { index, .. } if index == name) {
                return Some(big);
            }
            scope = outer;
        }
        None
    }
}
