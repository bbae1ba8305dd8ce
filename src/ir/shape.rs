//! Shapes: every expression is a matrix; columns are n×1, rows 1×n, scalars 1×1.

use super::DimId;

/// Rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Number of rows.
    pub rows: DimId,
    /// Number of columns.
    pub cols: DimId,
}

impl Shape {
    /// 1×1.
    pub const SCALAR: Shape = Shape { rows: DimId::ONE, cols: DimId::ONE };

    /// `rows`×`cols`.
    #[must_use]
    pub fn new(rows: DimId, cols: DimId) -> Self {
        Shape { rows, cols }
    }

    /// A column of `rows` entries.
    #[must_use]
    pub fn column(rows: DimId) -> Self {
        Shape { rows, cols: DimId::ONE }
    }

    /// Rows and columns exchanged.
    #[must_use]
    pub fn transposed(self) -> Self {
        Shape { rows: self.cols, cols: self.rows }
    }

    /// Whether it is 1×1.
    #[must_use]
    pub fn is_scalar(self) -> bool {
        self == Shape::SCALAR
    }

    /// Whether it has one column and more than one row (as far as names tell).
    #[must_use]
    pub fn is_column(self) -> bool {
        self.cols == DimId::ONE && self.rows != DimId::ONE
    }

    /// Whether it has one row and more than one column.
    #[must_use]
    pub fn is_row(self) -> bool {
        self.rows == DimId::ONE && self.cols != DimId::ONE
    }

    /// Whether rows and columns are equal by name.
    #[must_use]
    pub fn is_square(self) -> bool {
        self.rows == self.cols
    }
}
