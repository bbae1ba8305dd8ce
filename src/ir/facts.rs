//! What is known of an expression's value from its structure alone.

use std::ops::{BitAnd, BitOr, BitOrAssign};

/// A set of facts; computed when a node is made, read in constant time. Absence means "not known".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Facts(u32);

impl Facts {
    /// Nothing is known.
    pub const NONE: Facts = Facts(0);
    /// A = Aᵀ.
    pub const SYMMETRIC: Facts = Facts(1);
    /// A = −Aᵀ.
    pub const SKEW: Facts = Facts(1 << 1);
    /// Zero off the diagonal.
    pub const DIAGONAL: Facts = Facts(1 << 2);
    /// Zero above the diagonal.
    pub const LOWER: Facts = Facts(1 << 3);
    /// Zero below the diagonal.
    pub const UPPER: Facts = Facts(1 << 4);
    /// AᵀA = AAᵀ = I.
    pub const ORTHOGONAL: Facts = Facts(1 << 5);
    /// Symmetric and positive semidefinite.
    pub const SEMIDEFINITE: Facts = Facts(1 << 6);
    /// Symmetric and positive definite.
    pub const DEFINITE: Facts = Facts(1 << 7);
    /// Every entry is > 0.
    pub const POSITIVE: Facts = Facts(1 << 8);
    /// Every entry is ≥ 0.
    pub const NONNEGATIVE: Facts = Facts(1 << 9);
    /// Every entry is a whole number.
    pub const INTEGER: Facts = Facts(1 << 10);
    /// Each column sums to one (probability and one-hot vectors, softmax).
    pub const SUMS_TO_ONE: Facts = Facts(1 << 11);
    /// Every entry is 0 or 1.
    pub const BINARY: Facts = Facts(1 << 12);
    /// Each row sums to one (softmax by row).
    pub const ROWS_SUM_TO_ONE: Facts = Facts(1 << 13);
    /// A column that sums to zero.
    pub const SUMS_TO_ZERO: Facts = Facts(1 << 14);

    /// Whether all of `facts` are known.
    #[must_use]
    pub fn has(self, facts: Facts) -> bool {
        self.0 & facts.0 == facts.0
    }

    /// The facts without `facts`.
    #[must_use]
    pub fn without(self, facts: Facts) -> Facts {
        Facts(self.0 & !facts.0)
    }

    /// What a fact implies, added: definite is semidefinite is symmetric, positive is nonnegative, and so on.
    #[must_use]
    pub fn closed(self) -> Facts {
        let mut all = self;
        let mut imply = |from: Facts, to: Facts| {
            if all.has(from) {
                all |= to;
            }
        };
        imply(Facts::LOWER | Facts::UPPER, Facts::DIAGONAL);
        imply(Facts::DIAGONAL, Facts::LOWER | Facts::UPPER | Facts::SYMMETRIC);
        imply(Facts::DEFINITE, Facts::SEMIDEFINITE);
        imply(Facts::SEMIDEFINITE, Facts::SYMMETRIC);
        imply(Facts::BINARY, Facts::NONNEGATIVE | Facts::INTEGER);
        imply(Facts::POSITIVE, Facts::NONNEGATIVE);
        all
    }

    /// The same facts of the transpose.
    #[must_use]
    pub fn transposed(self) -> Facts {
        let swap = |all: Facts, a: Facts, b: Facts| {
            let (x, y) = (self.has(a), self.has(b));
            let all = all.without(a | b);
            all | if x { b } else { Facts::NONE } | if y { a } else { Facts::NONE }
        };
        swap(swap(self, Facts::LOWER, Facts::UPPER), Facts::SUMS_TO_ONE, Facts::ROWS_SUM_TO_ONE)
    }
}

impl BitOr for Facts {
    type Output = Facts;
    fn bitor(self, other: Facts) -> Facts {
        Facts(self.0 | other.0)
    }
}

impl BitOrAssign for Facts {
    fn bitor_assign(&mut self, other: Facts) {
        self.0 |= other.0;
    }
}

impl BitAnd for Facts {
    type Output = Facts;
    fn bitand(self, other: Facts) -> Facts {
        Facts(self.0 & other.0)
    }
}
