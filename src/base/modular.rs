//! Exact arithmetic modulo a prime, in one machine word.

use super::Rational;
use num_traits::{One, Zero};
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// The prime 2⁶¹ − 1.
const PRIME: u64 = (1 << 61) - 1;

/// A number modulo the prime 2⁶¹ − 1.
///
/// A rational function that is not zero vanishes at a random point with probability at most its degree over 2⁶¹
/// (Schwartz 1980, Zippel 1979), and nothing is ever rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Modular(u64);

impl Modular {
    /// The residue of a whole number.
    #[must_use]
    pub fn new(value: u64) -> Self {
        Modular(value % PRIME)
    }

    /// The residue, below the prime.
    #[must_use]
    pub fn residue(self) -> u64 {
        self.0
    }

    /// The residue of a rational number; `None` where the prime divides its denominator.
    #[must_use]
    pub fn of(value: &Rational) -> Option<Self> {
        let (numerator, denominator) = match value {
            Rational::Small(r) => (Self::residue_of(*r.numer())?, Self::residue_of(*r.denom())?),
            Rational::Big(r) => (Self::residue_of(r.numer() % PRIME)?, Self::residue_of(r.denom() % PRIME)?),
        };
        Some(numerator * denominator.inverse()?)
    }

    fn residue_of(value: impl TryInto<i64>) -> Option<Self> {
        let value: i64 = value.try_into().ok()?;
        let size = Modular::new(value.unsigned_abs());
        Some(if value < 0 { -size } else { size })
    }

    /// The number that it stands for if that is a small whole one.
    #[must_use]
    pub fn small(self) -> Option<i64> {
        const SMALL: u64 = 1024;
        match self.0 {
            n if n <= SMALL => i64::try_from(n).ok(),
            n if PRIME - n <= SMALL => i64::try_from(PRIME - n).ok().map(|n| -n),
            _ => None,
        }
    }

    /// The inverse; zero has none.
    #[must_use]
    pub fn inverse(self) -> Option<Self> {
        (self.0 != 0).then(|| self.raised(PRIME - 2))
    }

    /// `self` to a whole power; `None` for a negative power of zero.
    #[must_use]
    pub fn power(self, exponent: i64) -> Option<Self> {
        let base = if exponent < 0 { self.inverse()? } else { self };
        Some(base.raised(exponent.unsigned_abs()))
    }

    fn raised(self, mut exponent: u64) -> Self {
        let (mut square, mut product) = (self, Modular(1));
        while exponent > 0 {
            if exponent & 1 == 1 {
                product *= square;
            }
            square *= square;
            exponent >>= 1;
        }
        product
    }
}

impl Add for Modular {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let sum = self.0 + other.0;
        Modular(if sum >= PRIME { sum - PRIME } else { sum })
    }
}

impl Neg for Modular {
    type Output = Self;
    fn neg(self) -> Self {
        Modular(if self.0 == 0 { 0 } else { PRIME - self.0 })
    }
}

impl Sub for Modular {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Modular {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "a residue of 61 bits")]
        let residue = (u128::from(self.0) * u128::from(other.0) % u128::from(PRIME)) as u64;
        Modular(residue)
    }
}

impl AddAssign for Modular {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Modular {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Modular {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl Zero for Modular {
    fn zero() -> Self {
        Modular(0)
    }

    fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

impl One for Modular {
    fn one() -> Self {
        Modular(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field() {
        let a = Modular::of(&Rational::new(-3, 7).unwrap()).unwrap();
        assert_eq!(a * Modular::new(7), -Modular::new(3));
        assert_eq!(a * a.inverse().unwrap(), Modular::one());
        assert_eq!(a.power(-2).unwrap() * a.power(3).unwrap(), a);
        assert_eq!(a - a, Modular::zero());
        assert_eq!(Modular::zero().inverse(), None);
        assert_eq!((-Modular::new(5)).small(), Some(-5));
        assert_eq!(a.small(), None);
    }
}
