//! Exact rational numbers: small ones in two machine words, large ones promoted.

use num_bigint::BigInt;
use num_rational::{BigRational, Ratio};
use num_traits::{CheckedAdd, CheckedMul, One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// An exact rational number in lowest terms with a positive denominator.
///
/// The two variants never overlap: what fits `i64/i64` is always `Small`, so equality is structural.
#[derive(Clone, Debug)]
pub enum Rational {
    /// Numerator and denominator fit 64 bits.
    Small(Ratio<i64>),
    /// They do not.
    Big(Box<BigRational>),
}

impl Rational {
    /// Zero.
    pub const ZERO: Rational = Rational::Small(Ratio::new_raw(0, 1));
    /// One.
    /// 1/2.
    pub const HALF: Rational = Rational::Small(Ratio::new_raw(1, 2));
    /// 1.
    pub const ONE: Rational = Rational::Small(Ratio::new_raw(1, 1));

    /// `numer/denom`; a zero denominator gives `None`.
    #[must_use]
    pub fn new(numer: i64, denom: i64) -> Option<Self> {
        if denom == 0 {
            return None;
        }
        if numer == i64::MIN || denom == i64::MIN {
            return Some(Self::from_big(BigRational::new(numer.into(), denom.into())));
        }
        Some(Rational::Small(Ratio::new(numer, denom)))
    }

    /// The value of a decimal literal such as `12`, `0.5` or `1e-3`, exactly.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().ok().filter(|e| e.abs() <= 400)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if exponent == 0
            && whole.len() + fraction.len() <= 18
            && let Ok(digits) = format!("{whole}{fraction}").parse::<i64>()
        {
            return Self::new(digits, 10i64.pow(u32::try_from(fraction.len()).ok()?));
        }
        let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
        let shift = exponent - i32::try_from(fraction.len()).ok()?;
        let scale = BigInt::from(10).pow(shift.unsigned_abs());
        Some(Self::from_big(if shift < 0 { BigRational::new(digits, scale) } else { BigRational::from_integer(digits * scale) }))
    }

    fn from_big(big: BigRational) -> Self {
        match (big.numer().to_i64(), big.denom().to_i64()) {
            (Some(n), Some(d)) if n != i64::MIN => Rational::Small(Ratio::new_raw(n, d)),
            _ => Rational::Big(Box::new(big)),
        }
    }

    fn to_big(&self) -> BigRational {
        match self {
            Rational::Small(r) => BigRational::new_raw((*r.numer()).into(), (*r.denom()).into()),
            Rational::Big(b) => (**b).clone(),
        }
    }

    /// `self + other`.
    #[must_use]
    pub fn add(&self, other: &Self) -> Self {
        if let (Some(a), Some(b)) = (self.to_integer(), other.to_integer())
            && let Some(sum) = a.checked_add(b)
        {
            return Self::from(sum);
        }
        if let (Rational::Small(a), Rational::Small(b)) = (self, other)
            && let Some(sum) = a.checked_add(b)
            && *sum.numer() != i64::MIN
        {
            return Rational::Small(sum);
        }
        Self::from_big(self.to_big() + other.to_big())
    }

    /// `self · other`.
    #[must_use]
    pub fn mul(&self, other: &Self) -> Self {
        if other.is_one() {
            return self.clone();
        }
        if let (Some(a), Some(b)) = (self.to_integer(), other.to_integer())
            && let Some(product) = a.checked_mul(b)
        {
            return Self::from(product);
        }
        if let (Rational::Small(a), Rational::Small(b)) = (self, other)
            && let Some(product) = a.checked_mul(b)
            && *product.numer() != i64::MIN
        {
            return Rational::Small(product);
        }
        Self::from_big(self.to_big() * other.to_big())
    }

    /// `−self`.
    #[must_use]
    pub fn neg(&self) -> Self {
        match self {
            // The least integer is never small.
            Rational::Small(r) => Rational::Small(Ratio::new_raw(-*r.numer(), *r.denom())),
            Rational::Big(b) => Self::from_big(-(**b).clone()),
        }
    }

    /// `self − other`.
    #[must_use]
    pub fn sub(&self, other: &Self) -> Self {
        self.add(&other.neg())
    }

    /// `1/self`; `None` for zero.
    #[must_use]
    pub fn recip(&self) -> Option<Self> {
        if self.is_zero() {
            return None;
        }
        if let Rational::Small(r) = self {
            return Some(Rational::Small(Ratio::new_raw(*r.denom() * r.numer().signum(), r.numer().abs())));
        }
        Some(Self::from_big(self.to_big().recip()))
    }

    /// `self / other`; `None` when `other` is zero.
    #[must_use]
    pub fn div(&self, other: &Self) -> Option<Self> {
        other.recip().map(|r| self.mul(&r))
    }

    /// `self^exponent` for an integer exponent of modest size; `None` for 0 to a negative power or a huge one.
    #[must_use]
    pub fn pow(&self, exponent: i64) -> Option<Self> {
        if exponent.unsigned_abs() > 1024 {
            return None;
        }
        let base = if exponent < 0 { self.recip()? } else { self.clone() };
        if let Rational::Small(r) = &base
            && let Ok(times) = u32::try_from(exponent.unsigned_abs())
            && let (Some(n), Some(d)) = (r.numer().checked_pow(times), r.denom().checked_pow(times))
            && n != i64::MIN
        {
            return Some(Rational::Small(Ratio::new_raw(n, d)));
        }
        let power = num_traits::pow(base.to_big(), usize::try_from(exponent.unsigned_abs()).ok()?);
        Some(Self::from_big(power))
    }

    /// The exact `q`-th root where there is one (`4/9` has the square root `2/3`); for `self >= 0` alone.
    #[must_use]
    pub fn root(&self, q: u32) -> Option<Self> {
        if self.is_negative() || q == 0 {
            return None;
        }
        let big = self.to_big();
        let (n, d) = (big.numer().nth_root(q), big.denom().nth_root(q));
        (n.pow(q) == *big.numer() && d.pow(q) == *big.denom()).then(|| Self::from_big(BigRational::new(n, d)))
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self, Rational::Small(r) if r.is_zero())
    }

    /// Whether it is 1.
    #[must_use]
    pub fn is_one(&self) -> bool {
        matches!(self, Rational::Small(r) if r.is_one())
    }

    /// Whether it is below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match self {
            Rational::Small(r) => r.is_negative(),
            Rational::Big(b) => b.is_negative(),
        }
    }

    /// The value as a machine integer, where it is one.
    #[must_use]
    pub fn to_integer(&self) -> Option<i64> {
        match self {
            Rational::Small(r) if r.is_integer() => Some(*r.numer()),
            _ => None,
        }
    }

    /// Numerator and denominator where both are machine integers.
    #[must_use]
    pub fn to_fraction(&self) -> Option<(i64, i64)> {
        match self {
            Rational::Small(r) => Some((*r.numer(), *r.denom())),
            Rational::Big(_) => None,
        }
    }

    /// The numerator, with the sign.
    #[must_use]
    pub fn numerator(&self) -> Self {
        match self {
            Rational::Small(r) => Self::from(*r.numer()),
            Rational::Big(b) => Self::from_big(BigRational::from_integer(b.numer().clone())),
        }
    }

    /// The denominator, positive.
    #[must_use]
    pub fn denominator(&self) -> Self {
        match self {
            Rational::Small(r) => Self::from(*r.denom()),
            Rational::Big(b) => Self::from_big(BigRational::from_integer(b.denom().clone())),
        }
    }

    /// Whether it is a whole number, of any size.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        match self {
            Rational::Small(r) => r.is_integer(),
            Rational::Big(b) => b.is_integer(),
        }
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() { self.neg() } else { self.clone() }
    }

    /// The nearest floating-point number.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match self {
            #[allow(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
            Rational::Small(r) => *r.numer() as f64 / *r.denom() as f64,
            Rational::Big(b) => b.to_f64().unwrap_or(f64::NAN),
        }
    }

    /// Numerator and denominator as decimal text; the sign is on the numerator.
    #[must_use]
    pub fn parts(&self) -> (String, String) {
        match self {
            Rational::Small(r) => (r.numer().to_string(), r.denom().to_string()),
            Rational::Big(b) => (b.numer().to_string(), b.denom().to_string()),
        }
    }
}

// Lowest terms are unique, so numbers are compared and hashed part by part.
impl PartialEq for Rational {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Rational::Small(a), Rational::Small(b)) => a.numer() == b.numer() && a.denom() == b.denom(),
            (Rational::Big(a), Rational::Big(b)) => a.numer() == b.numer() && a.denom() == b.denom(),
            _ => false,
        }
    }
}

impl Eq for Rational {}

impl Hash for Rational {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Rational::Small(r) => (*r.numer(), *r.denom()).hash(state),
            Rational::Big(b) => (b.numer(), b.denom()).hash(state),
        }
    }
}

impl From<i64> for Rational {
    fn from(value: i64) -> Self {
        if value == i64::MIN {
            Self::from_big(BigRational::from_integer(value.into()))
        } else {
            Rational::Small(Ratio::from_integer(value))
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Rational::Small(a), Rational::Small(b)) => a.cmp(b),
            _ => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, d) = self.parts();
        if d == "1" { write!(f, "{n}") } else { write!(f, "{n}/{d}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_exact() {
        assert_eq!(Rational::parse("0.5"), Rational::new(1, 2));
        assert_eq!(Rational::parse("1e-3"), Rational::new(1, 1000));
        assert_eq!(Rational::parse("2.50e1"), Rational::new(25, 1));
        assert_eq!(Rational::parse("1e999"), None);
    }

    #[test]
    fn overflow_is_promoted_and_comes_back() {
        let big = Rational::from(i64::MAX).mul(&Rational::from(4));
        assert!(matches!(big, Rational::Big(_)));
        assert_eq!(big.div(&Rational::from(4)), Some(Rational::from(i64::MAX)));
        assert_eq!(Rational::from(i64::MIN).neg().neg(), Rational::from(i64::MIN));
    }

    #[test]
    fn short_ways_agree_with_the_long_one() {
        let numbers = [i64::MIN, -i64::MAX, -7, -1, 0, 1, 2, 6, i64::MAX];
        let all = || numbers.iter().flat_map(|&n| [1, 4, i64::MAX].map(|d| Rational::new(n, d).unwrap_or(Rational::ONE)));
        for a in all() {
            assert_eq!(a.neg(), Rational::from_big(-a.to_big()));
            assert_eq!(a.recip(), (!a.is_zero()).then(|| Rational::from_big(a.to_big().recip())));
            assert_eq!(a.pow(3), Some(Rational::from_big(num_traits::pow(a.to_big(), 3))));
            assert_eq!(a.numerator().div(&a.denominator()), Some(a.clone()));
            for b in all() {
                assert_eq!(a.add(&b), Rational::from_big(a.to_big() + b.to_big()));
                assert_eq!(a.mul(&b), Rational::from_big(a.to_big() * b.to_big()));
                assert_eq!(a == b, a.to_big() == b.to_big());
            }
        }
        for text in ["0.125", "12.50", "100000000000000000.5", "9999999999999999999"] {
            let long = text.replace('.', "").parse::<BigInt>().map(BigRational::from_integer).unwrap_or_default();
            let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let scale = BigRational::from_integer(BigInt::from(10).pow(u32::try_from(digits).unwrap_or(0)));
            assert_eq!(Rational::parse(text), Some(Rational::from_big(long / scale)), "{text}");
        }
    }

    #[test]
    fn roots_are_exact_or_none() {
        assert_eq!(Rational::new(4, 9).and_then(|r| r.root(2)), Rational::new(2, 3));
        assert_eq!(Rational::from(2).root(2), None);
    }
}
