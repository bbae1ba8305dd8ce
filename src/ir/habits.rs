//! Which of two notations for one value the input chose, so that an answer keeps to it.

use std::ops::{BitOr, BitOrAssign};

/// A set of notations that the reader wrote. It changes no value and no normal form, only how answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Habits(u8);

impl Habits {
    /// None.
    pub const NONE: Habits = Habits(0);
    /// `⟨A, B⟩` rather than `tr(AᵀB)` and `aᵀb`.
    pub const INNER: Habits = Habits(1);
    /// `‖A x - b‖²` rather than `(A x - b)ᵀ(A x - b)`.
    pub const NORM: Habits = Habits(1 << 1);
    /// A norm of a matrix was written: `‖A‖²` rather than `tr(AᵀA)`, and beside it `⟨A, B⟩`.
    pub const FROBENIUS: Habits = Habits(1 << 2);
    /// `mean(x)` rather than `sum(x) / n`.
    pub const MEAN: Habits = Habits(1 << 3);
    /// `sym(A)` wherever (A + Aᵀ)/2 stands.
    pub const SYM: Habits = Habits(1 << 4);
    /// `sum_i`, with the family saying from where to where.
    pub const BARE_SUMS: Habits = Habits(1 << 5);
    /// Vectors and matrices are set bold.
    pub const BOLD: Habits = Habits(1 << 6);

    /// Whether all of `habits` are in the set.
    #[must_use]
    pub const fn has(self, habits: Habits) -> bool {
        self.0 & habits.0 == habits.0
    }
}

impl BitOr for Habits {
    type Output = Habits;
    fn bitor(self, other: Habits) -> Habits {
        Habits(self.0 | other.0)
    }
}

impl BitOrAssign for Habits {
    fn bitor_assign(&mut self, other: Habits) {
        self.0 |= other.0;
    }
}
