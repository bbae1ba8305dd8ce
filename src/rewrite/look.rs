//! What a node looks like at a glance, so that laws are tried only where they can hold.

use crate::base::Rational;
use crate::ir::{ExprId, Fun, Node, Power, Store};
use crate::ops;

/// A set of features of a node: its kind, and what stands directly inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look(u32);

impl Look {
    /// A sum.
    pub const SUM: Look = Look(1);
    /// A product.
    pub const PRODUCT: Look = Look(1 << 1);
    /// An element-wise product.
    pub const HADAMARD: Look = Look(1 << 2);
    /// An application.
    pub const CALL: Look = Look(1 << 3);
    /// The diagonal of a matrix.
    pub const DIAGONAL: Look = Look(1 << 4);
    /// A trace.
    pub const TRACE: Look = Look(1 << 5);
    /// A matrix factor is inverted, of the node or of a term.
    pub const INVERSE: Look = Look(1 << 6);
    /// There are scalars or entries with exponents.
    pub const ENTRIES: Look = Look(1 << 7);
    /// One of them has a negative number for its exponent; a scalar of a term is below the line.
    pub const NEGATIVE: Look = Look(1 << 8);
    /// One of them has a number for its exponent that is not whole.
    pub const FRACTION: Look = Look(1 << 9);
    /// A Kronecker product is among the factors, of the node or of a term.
    pub const KRON: Look = Look(1 << 10);
    /// An application or a vec is among the matrix factors; a term is an application.
    pub const APPLIED: Look = Look(1 << 11);
    /// The number in front is negative.
    pub const MINUS: Look = Look(1 << 12);
    /// A term is a sum over an index.
    pub const RANGE: Look = Look(1 << 13);
    /// A column made into a matrix.
    pub const UNSTACKED: Look = Look(1 << 14);

    /// A sum over an index.
    pub const INDEXED: Look = Look(1 << 15);

    /// A unit column is among the matrix factors.
    pub const UNIT: Look = Look(1 << 16);

    /// An element-wise product is among the matrix factors.
    pub const SPLIT: Look = Look(1 << 17);
    /// A matrix factor has a power other than one and the inverse.
    pub const POWER: Look = Look(1 << 18);

    /// exp is among the scalars or the entries.
    pub const EXP: Look = Look(1 << 19);
    /// A logistic function is among the scalars, the entries or the terms.
    pub const LOGISTIC: Look = Look(1 << 20);
    /// A step is among the scalars or the entries.
    pub const STEP: Look = Look(1 << 21);
    /// A sign is among the scalars or the entries.
    pub const SIGN: Look = Look(1 << 22);

    /// Several sums are among the scalars or the entries.
    pub const SUMS: Look = Look(1 << 23);

    const NONE: Look = Look(0);

    /// Both.
    pub const fn and(self, other: Look) -> Look {
        Look(self.0 | other.0)
    }

    /// Whether all of `features` are there.
    pub const fn has(self, features: Look) -> bool {
        self.0 & features.0 == features.0
    }

    fn when(self, holds: bool) -> Look {
        if holds { self } else { Look::NONE }
    }

    /// The features of a node.
    pub fn of(store: &Store, id: ExprId) -> Look {
        match store.node(id) {
            Node::Sum(terms) => {
                let mut look = Look::SUM;
                for &(_, t) in terms {
                    look = look.and(match store.node(t) {
                        Node::BigSum { .. } => Look::RANGE,
                        Node::Kron(_) => Look::KRON,
                        Node::Call(fun, _) => Look::APPLIED.and(Look::function(*fun)),
                        Node::Product { scalars, chain, .. } => {
                            let below = scalars.iter().any(|p| p.1 == ExprId::MINUS_ONE);
                            let inverse = chain.iter().any(|f| f.power == ExprId::MINUS_ONE);
                            let kron = chain.iter().any(|f| matches!(store.node(f.base), Node::Kron(_)));
                            Look::NEGATIVE.when(below).and(Look::INVERSE.when(inverse)).and(Look::KRON.when(kron))
                        }
                        _ => Look::NONE,
                    });
                }
                look
            }
            Node::Product { coefficient, scalars, chain } => {
                let mut look = Look::PRODUCT.and(Look::MINUS.when(coefficient.is_negative())).and(Look::powers(store, scalars));
                for f in chain {
                    look = look.and(Look::INVERSE.when(f.power == ExprId::MINUS_ONE));
                    look = look.and(Look::POWER.when(!matches!(f.power, ExprId::ONE | ExprId::MINUS_ONE)));
                    look = look.and(match store.node(f.base) {
                        Node::Kron(_) => Look::KRON,
                        Node::Call(..) | Node::Vec(_) => Look::APPLIED,
                        Node::Basis(..) => Look::UNIT,
                        Node::Hadamard(_) => Look::SPLIT,
                        _ => Look::NONE,
                    });
                }
                look
            }
            Node::Hadamard(entries) => Look::HADAMARD.and(Look::powers(store, entries)),
            Node::Call(..) => Look::CALL,
            Node::Diagonal(_) => Look::DIAGONAL,
            Node::Trace(_) => Look::TRACE,
            Node::BigSum { .. } => Look::INDEXED,
            Node::Unvec(..) => Look::UNSTACKED,
            _ => Look::NONE,
        }
    }

    /// Which of the functions it is that laws look for among powers.
    fn function(fun: Fun) -> Look {
        match ops::row(fun).map(|row| row.name) {
            Some("exp") => Look::EXP,
            Some("sigmoid") => Look::LOGISTIC,
            Some("step") => Look::STEP,
            Some("sign") => Look::SIGN,
            _ => Look::NONE,
        }
    }

    fn powers(store: &Store, powers: &[Power]) -> Look {
        let sums = powers.iter().filter(|p| matches!(store.node(p.0), Node::Sum(_))).count();
        let mut look = Look::ENTRIES.when(!powers.is_empty()).and(Look::SUMS.when(sums > 1));
        for &(base, exponent) in powers {
            if let Node::Call(fun, _) = store.node(base) {
                look = look.and(Look::function(*fun));
            }
            if exponent == ExprId::ONE {
                continue;
            }
            let value = store.as_num(exponent);
            look = look.and(Look::NEGATIVE.when(value.is_some_and(Rational::is_negative)));
            look = look.and(Look::FRACTION.when(value.is_some_and(|r| !r.is_integer())));
        }
        look
    }
}
