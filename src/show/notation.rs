//! The notation tree: what is written, before any style has chosen its signs.

use crate::base::Rational;
use crate::ir::{DimId, DimName, ExprId, Fun, Shape, SymbolId};

/// One piece of notation. The tree of one expression is its *layer*: parts of it that are expressions of their own stand
/// as [`Notation::Part`], so that a large expression is never written out before it is known what gets a name.
#[derive(Clone, Debug)]
pub(super) enum Notation {
    /// An exact number, not negative.
    Number(Rational),
    /// π.
    Pi,
    /// A variable.
    Symbol(SymbolId),
    /// A member of a family: `x_i`.
    Member(SymbolId, Vec<Notation>),
    /// A dimension's name used as a number.
    Size(DimName),
    /// A dimension as an argument.
    Dim(DimId),
    /// The bound index of this level.
    Bound(u32),
    /// A definition of the answer, by number.
    Given(usize),
    /// The identity; without a size where it is inferred.
    Eye(Option<DimId>),
    /// A column of ones, and whether its neighbour in a product fixes its size.
    Ones(DimId, bool),
    /// A matrix of ones.
    OnesMatrix(Shape),
    /// Zeros.
    Zero(Shape),
    /// Another expression in this place.
    Part(ExprId),
    /// Terms with their signs (`true` for minus); one term alone is negative.
    Sum(Vec<(bool, Notation)>),
    /// Factors side by side; at least two.
    Product(Vec<Notation>),
    /// A fraction of scalars, or a matrix over a scalar.
    Quotient(Box<Notation>, Box<Notation>),
    /// Operands with one sign between them.
    Infix(Operator, Vec<Notation>),
    /// A mark in the upper right corner.
    Super(Box<Notation>, Mark),
    /// A function applied to arguments.
    Call(Function, Vec<Notation>),
    /// Double bars.
    Norm(Norm, Box<Notation>),
    /// `⟨A, B⟩`.
    Inner(Box<[Notation; 2]>),
    /// Single bars; whether it is a scalar between them.
    Abs(bool, Box<Notation>),
    /// The square root.
    Root(Box<Notation>),
    /// The sum of all entries of a column, or of a matrix (`true`).
    Total(bool, Box<Notation>),
    /// An entry, a row or a column.
    At(Box<Notation>, Vec<Place>),
    /// Whether an index is in a set, as 0 or 1.
    Within(Box<Within>),
    /// A sum over a bound index.
    Big {
        /// The level of the bound index.
        level: u32,
        /// Whether the bounds are left to the family.
        bare: bool,
        /// The value that is left out.
        skip: Option<Box<Notation>>,
        /// The set that is summed over.
        set: Option<Box<Within>>,
        /// First value, last value and summand.
        parts: Box<[Notation; 3]>,
    },
}

/// `(i, j) in E_k`.
#[derive(Clone, Debug)]
pub(super) struct Within {
    /// The set.
    pub set: SymbolId,
    /// What stands below its name.
    pub below: Vec<Notation>,
    /// What is in it.
    pub tuple: Vec<Notation>,
    /// Whether another index than the sum's own stands in it, so that the one that runs has to be said.
    pub partial: bool,
}

/// A sign between operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `∘`.
    Hadamard,
    /// `./`.
    Divide,
    /// `⊗`.
    Kron,
}

/// A mark in the upper right corner.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// `ᵀ`.
    Transpose,
    /// `⁻¹`.
    Inverse,
    /// `⁻ᵀ`.
    InverseTranspose,
    /// An exponent.
    Power(Box<Notation>),
    /// The exponent of an element-wise power.
    Entrywise(Box<Notation>),
    /// `⁺`.
    Pseudo,
}

/// What is applied.
#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    /// A function of the table, or a user's.
    Applied(Fun),
    /// A function that is a node of its own, or that only rearranges: `tr`, `diag`, `vec`.
    Named(&'static str),
}

/// Which norm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Norm {
    /// The function's name.
    pub name: &'static str,
    /// The subscript of the bars.
    pub sub: &'static str,
}

/// One place of an index.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// `:`.
    All,
    /// One position.
    One(Notation),
}

impl Notation {
    /// `−a`.
    pub fn minus(a: Notation) -> Notation {
        Notation::Sum(vec![(true, a)])
    }

    /// Factors side by side; the number one where there are none.
    pub fn product(mut factors: Vec<Notation>) -> Notation {
        match factors.len() {
            0 => Notation::Number(Rational::ONE),
            1 => factors.swap_remove(0),
            2 if matches!(factors[..], [Notation::Number(_), Notation::Product(_)]) => {
                let Some(Notation::Product(rest)) = factors.pop() else { return Notation::Product(factors) };
                factors.extend(rest);
                Notation::Product(factors)
            }
            _ => Notation::Product(factors),
        }
    }

    /// `a / b`.
    pub fn quotient(a: Notation, b: Notation) -> Notation {
        Notation::Quotient(Box::new(a), Box::new(b))
    }

    /// A mark on `a`.
    pub fn mark(a: Notation, mark: Mark) -> Notation {
        Notation::Super(Box::new(a), mark)
    }

    /// A whole number.
    pub fn integer(value: i64) -> Notation {
        Notation::Number(Rational::from(value))
    }

    /// A named function of one argument.
    pub fn named(name: &'static str, argument: Notation) -> Notation {
        Notation::Call(Function::Named(name), vec![argument])
    }

    /// Calls `f` on the direct pieces.
    fn each_child<'a>(&'a self, f: &mut dyn FnMut(&'a Notation)) {
        match self {
            Notation::Number(_)
            | Notation::Pi
            | Notation::Symbol(_)
            | Notation::Size(_)
            | Notation::Dim(_)
            | Notation::Bound(_)
            | Notation::Given(_)
            | Notation::Eye(_)
            | Notation::Ones(..)
            | Notation::OnesMatrix(_)
            | Notation::Zero(_)
            | Notation::Part(_) => {}
            Notation::Sum(terms) => terms.iter().for_each(|(_, t)| f(t)),
            Notation::Product(all) | Notation::Infix(_, all) | Notation::Call(_, all) | Notation::Member(_, all) => all.iter().for_each(f),
            Notation::Quotient(a, b) | Notation::Super(a, Mark::Power(b) | Mark::Entrywise(b)) => {
                f(a);
                f(b);
            }
            Notation::Super(a, _) | Notation::Norm(_, a) | Notation::Abs(_, a) | Notation::Root(a) | Notation::Total(_, a) => f(a),
            Notation::At(a, places) => {
                f(a);
                places.iter().for_each(|p| {
                    if let Place::One(n) = p {
                        f(n);
                    }
                });
            }
            Notation::Inner(sides) => sides.iter().for_each(f),
            Notation::Within(within) => within.below.iter().chain(&within.tuple).for_each(f),
            Notation::Big { set: Some(set), parts, .. } => {
                set.below.iter().chain(&set.tuple).for_each(&mut *f);
                f(&parts[2]);
            }
            Notation::Big { bare, skip, parts, .. } => {
                skip.iter().for_each(|skip| f(skip));
                parts[if *bare { 2 } else { 0 }..].iter().for_each(f);
            }
        }
    }

    /// How many signs it adds to those of its pieces: names, numbers, operators and function names; brackets and commas
    /// are free.
    pub fn own_size(&self) -> u64 {
        let many = |n: usize| n as u64;
        match self {
            Notation::Number(r) if r.is_integer() => 1,
            Notation::Number(_) | Notation::OnesMatrix(_) => 3,
            Notation::Pi
            | Notation::Symbol(_)
            | Notation::Size(_)
            | Notation::Dim(_)
            | Notation::Bound(_)
            | Notation::Given(_)
            | Notation::Quotient(..)
            | Notation::Call(..)
            | Notation::Abs(..)
            | Notation::Root(_)
            | Notation::Total(..) => 1,
            Notation::Member(..) => 1,
            Notation::Eye(size) => 1 + u64::from(size.is_some()),
            Notation::Ones(..) => 2,
            Notation::Zero(shape) => 2 + u64::from(!shape.is_column()),
            Notation::Part(_) | Notation::Product(_) | Notation::Inner(_) => 0,
            Notation::Sum(terms) => many(terms.len()) - u64::from(!terms.first().is_some_and(|(negative, _)| *negative)),
            Notation::Infix(_, all) => many(all.len()) - 1,
            Notation::Super(_, Mark::InverseTranspose) => 2,
            Notation::Super(..) => 1,
            Notation::Norm(norm, _) => 1 + u64::from(norm.sub.is_empty()),
            Notation::At(_, places) => many(places.iter().filter(|p| matches!(p, Place::All)).count()),
            Notation::Within(_) => 2,
            Notation::Big { set: Some(_), .. } => 2,
            Notation::Big { bare, skip, .. } => (if *bare { 1 } else { 3 }) + u64::from(skip.is_some()),
        }
    }

    /// Calls `f` on every piece, those in the subscripts of members too.
    pub fn visit_all<'a>(&'a self, f: &mut dyn FnMut(&'a Notation)) {
        f(self);
        self.each_child(&mut |child| child.visit_all(f));
    }

    /// Calls `f` on every piece that counts as a sign of its own, this one first.
    pub fn visit<'a>(&'a self, f: &mut dyn FnMut(&'a Notation)) {
        f(self);
        // A member's subscripts are part of its name.
        if !matches!(self, Notation::Member(..)) {
            self.each_child(&mut |child| child.visit(f));
        }
    }
}
