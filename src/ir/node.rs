//! The closed set of nodes.

use super::{DimId, DimName, Shape};
use crate::base::Rational;
use smallvec::SmallVec;

/// An expression's number in its [`Store`](super::Store): equal numbers are equal normal forms, and children have
/// smaller numbers than their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(super) u32);

impl ExprId {
    /// The scalar 0.
    pub const ZERO: ExprId = ExprId(0);
    /// The scalar 1.
    pub const ONE: ExprId = ExprId(1);
    /// The scalar −1.
    pub const MINUS_ONE: ExprId = ExprId(2);
    /// The scalar 2.
    pub const TWO: ExprId = ExprId(3);
    /// The scalar 1/2.
    pub const HALF: ExprId = ExprId(4);

    /// The position in the store, for tables indexed by expression.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A variable's number in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub(super) u32);

/// Which function a [`Node::Call`] applies. The store knows none of them by name; the rows of `ops` do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fun {
    /// A row of the function table.
    Row(u16),
    /// A user's element-wise function (by number in the store) and the order of its derivative.
    User(u16, u8),
}

/// One factor of a product: `base`, transposed where `flipped`, raised to `power`.
///
/// Transposition and power commute for matrices, so the order of the two does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Factor {
    /// What is multiplied; never a product with power one, never the identity beside other factors.
    pub base: ExprId,
    /// Whether it is transposed.
    pub flipped: bool,
    /// A scalar expression: `1`, `−1`, `k − 1`, `1/2` (the matrix square root).
    pub power: ExprId,
}

/// A base with an exponent: an entry of a scalar monomial, or of a Hadamard product.
pub type Power = (ExprId, ExprId);

/// What a node is. Scalars are 1×1 matrices: there is no separate world of scalars.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// An exact number (1×1).
    Num(Rational),
    /// π (1×1).
    Pi,
    /// A dimension's name used as a number (1×1).
    Size(DimName),
    /// A variable.
    Symbol(SymbolId),
    /// A member of an indexed family of variables: `x_i`.
    Member(SymbolId, SmallVec<[ExprId; 2]>),
    /// The bound index of an enclosing sum (1×1, a whole number); canonical by height, so renaming does not matter.
    Index(u32),
    /// The identity.
    Eye(DimId),
    /// A column of ones, at least two entries as far as names tell. A matrix of ones is a product of two.
    Ones(DimId),
    /// Zeros, not 1×1.
    Zero(Shape),
    /// The unit column e_k of this dimension; k counts from 1.
    Basis(ExprId, DimId),
    /// Σ cᵢ tᵢ; at least two terms, sorted by term, no coefficient inside a term. A scalar's constant is the term 1.
    Sum(Vec<(Rational, ExprId)>),
    /// Coefficient · Π sᵢ^eᵢ · F₁F₂…: scalars sorted by base. A product has a chain that is 1×1 only where it has no scalars.
    Product {
        /// The number in front.
        coefficient: Rational,
        /// The scalar monomial.
        scalars: Vec<Power>,
        /// The ordered matrix factors.
        chain: Vec<Factor>,
    },
    /// Π∘ bᵢ^eᵢ entry by entry; sorted by base; not 1×1; at least two entries, or one with an exponent other than 1.
    Hadamard(Vec<Power>),
    /// A ⊗ B ⊗ …
    Kron(Vec<ExprId>),
    /// tr(A) where A is not simpler; a product inside is its smallest rotation.
    Trace(ExprId),
    /// The diagonal matrix of a column.
    Diag(ExprId),
    /// The diagonal of a square matrix, as a column.
    Diagonal(ExprId),
    /// The columns stacked.
    Vec(ExprId),
    /// The inverse of `Vec` for this shape.
    Unvec(ExprId, Shape),
    /// A function applied to arguments.
    Call(Fun, SmallVec<[ExprId; 2]>),
    /// Σ over a bound index from `low` to `high`; the body uses [`Node::Index`] with this level.
    BigSum {
        /// The level of the bound index in the body.
        level: u32,
        /// First value.
        low: ExprId,
        /// Last value.
        high: ExprId,
        /// The summand.
        body: ExprId,
    },
}
