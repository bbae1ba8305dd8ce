//! Names that must be scalars, seen from above: what follows from the task and from exponents, without any search.

use super::names::{Class, Names, Ref};
use crate::ops::{self, D};
use crate::syntax::{Ast, AstId, Big, Kind, Place, Times};

/// Leaves the scalar reading alone to every name that must be a scalar: a sum is a scalar only if its terms are, an
/// element-wise function only if its argument is, an exponent and an index always.
pub(super) fn restrict(ast: &Ast, names: &mut Names, scalar: bool) {
    let mut needed = vec![false; ast.nodes.len()];
    needed[ast.body.0 as usize] = scalar;
    // Uses come behind what they use, so one pass from the end sees every need before it is passed on.
    for &id in names.order.iter().rev() {
        let need = needed[id.0 as usize];
        let mut mark = |child: AstId, need: bool| needed[child.0 as usize] |= need;
        match &ast.node(id).kind {
            Kind::Name(_) | Kind::Member { .. } if need => match names.refs[id.0 as usize] {
                Ref::Let(value) => mark(value, true),
                Ref::Variable(number) => {
                    let options = &mut names.variables[number as usize].options;
                    if let Some(at) = options.iter().position(|(class, _)| *class == Class::Scalar) {
                        *options = &options[at..=at];
                    }
                }
                _ => {}
            },
            Kind::Neg(a) | Kind::Transpose(a) => mark(*a, need),
            Kind::Sum(terms) => terms.iter().for_each(|(_, t)| mark(*t, need)),
            Kind::Product(factors) => {
                let entrywise = factors.iter().skip(1).all(|(how, _)| matches!(how, Times::Hadamard | Times::HadamardDivide));
                factors.iter().for_each(|(_, f)| mark(*f, need && entrywise));
            }
            Kind::Power(a, b) => {
                mark(*a, need);
                mark(*b, true);
            }
            Kind::HadamardPower(a, b) => [*a, *b].into_iter().for_each(|c| mark(c, need)),
            Kind::Call { name, primes, args, .. } => {
                let entrywise = match ops::find(name) {
                    Some((_, row)) if *primes == 0 => row.forms.iter().all(|f| f.sig.out == (D::N(0), D::N(1)) && f.sig.args.len() == 1),
                    _ => true,
                };
                if entrywise && let [arg] = args.as_slice() {
                    mark(*arg, need);
                }
            }
            Kind::Index(_, places) => {
                for place in places {
                    if let Place::At(k) = place {
                        mark(*k, true);
                    }
                }
            }
            Kind::Big { big, low, high, body, .. } => {
                low.iter().chain(high).for_each(|&bound| mark(bound, true));
                mark(*body, need || *big == Big::Product);
            }
            _ => {}
        }
        if let Kind::Member { index, .. } = &ast.node(id).kind {
            index.iter().for_each(|k| needed[k.0 as usize] = true);
        }
    }
}
