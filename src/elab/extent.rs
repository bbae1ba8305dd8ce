//! Shapes while they are being inferred, and what may be wrong with them.

use super::product::Width;
use super::sizes::Size;
use crate::base::Span;
use crate::syntax::AstId;

/// Rows and columns while they are being inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub rows: Size,
    pub cols: Size,
}

impl Extent {
    pub const SCALAR: Extent = Extent { rows: Size::ONE, cols: Size::ONE };

    pub fn column(rows: Size) -> Extent {
        Extent { rows, cols: Size::ONE }
    }

    pub fn is_scalar(self) -> bool {
        self == Extent::SCALAR
    }

    /// Whether it has one row, one column.
    pub fn width(self) -> Width {
        (self.rows == Size::ONE, self.cols == Size::ONE)
    }

    pub fn transposed(self) -> Extent {
        Extent { rows: self.cols, cols: self.rows }
    }
}

/// A part of the text with its shape, for pointing at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    /// The node; of several factors of a product, the first.
    pub id: AstId,
    /// The same, or of several factors the last.
    pub end: AstId,
    pub span: Span,
    pub extent: Extent,
}

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Two neighbours in a product.
    Product,
    /// NumPy's `x @ x.T` of a vector: the inner product of arrays of one axis, the outer one of columns.
    Outer,
    /// Two operands of an element-wise operation.
    Entrywise,
    /// Two terms.
    Sum,
    /// A divisor that is neither a scalar nor a square matrix.
    Divisor,
    /// An exponent that is no scalar.
    Exponent,
    /// A power of a column or a row.
    PowerOfVector,
    /// A power, a determinant of a matrix that is not square.
    NotSquare,
    /// The two sides of an inner product.
    Inner,
    /// An argument of a function.
    Argument,
    /// An index of something that has no such entry.
    Index,
    /// An index that is no scalar.
    IndexValue,
    /// An index beyond the last entry.
    Beyond,
    /// A bound of a sum that is no scalar.
    Bound,
    /// A product over an index of something that is no scalar.
    BigProduct,
    /// A sum whose last index nothing tells.
    NoEnd,
    /// An equation of sizes with no solution.
    Sizes,
    /// The value is no scalar, and the task needs one.
    Goal,
}

/// Where and how the shapes do not fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem {
    pub node: AstId,
    pub trouble: Trouble,
    pub left: Option<Operand>,
    pub right: Option<Operand>,
    /// Whether it follows from the kinds of the names below the node alone.
    pub local: bool,
    /// In a product, the last factor that has a part in it.
    pub upto: Option<AstId>,
}
