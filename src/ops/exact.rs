//! Linear algebra modulo a prime.

use crate::base::Modular;
use num_traits::{One, Zero};

/// A matrix of numbers modulo a prime.
pub type ExactMatrix = nalgebra::DMatrix<Modular>;

/// The inverse; `None` of a matrix that is singular or not square.
#[must_use]
pub fn exact_inverse(a: &ExactMatrix) -> Option<ExactMatrix> {
    let mut right = ExactMatrix::identity(a.nrows(), a.nrows());
    let determinant = eliminate(a.clone(), &mut right)?;
    (!determinant.is_zero()).then_some(right)
}

/// The determinant; `None` of a matrix that is not square.
pub(super) fn exact_determinant(a: &ExactMatrix) -> Option<Modular> {
    eliminate(a.clone(), &mut ExactMatrix::zeros(a.nrows(), 0))
}

/// Turns `left` into the identity by row operations, which `right` goes along with; the determinant of `left`, zero where
/// that cannot be done.
fn eliminate(mut left: ExactMatrix, right: &mut ExactMatrix) -> Option<Modular> {
    let n = left.nrows();
    if n != left.ncols() {
        return None;
    }
    let mut determinant = Modular::one();
    for k in 0..n {
        let Some(pivot) = (k..n).find(|&i| !left[(i, k)].is_zero()) else { return Some(Modular::zero()) };
        if pivot != k {
            left.swap_rows(k, pivot);
            right.swap_rows(k, pivot);
            determinant = -determinant;
        }
        determinant *= left[(k, k)];
        let scale = left[(k, k)].inverse()?;
        for m in [&mut left, &mut *right] {
            m.row_mut(k).iter_mut().for_each(|v| *v *= scale);
        }
        for i in (0..n).filter(|&i| i != k) {
            let factor = left[(i, k)];
            for m in [&mut left, &mut *right] {
                for j in 0..m.ncols() {
                    let above = m[(k, j)];
                    m[(i, j)] -= factor * above;
                }
            }
        }
    }
    Some(determinant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_and_determinant() {
        let a = ExactMatrix::from_fn(4, 4, |i, j| Modular::new(u64::try_from((i * 7 + j * j * 3 + i * j) % 11).unwrap()));
        let b = ExactMatrix::from_fn(4, 4, |i, j| Modular::new(u64::try_from((i * i + 5 * j + 1) % 7).unwrap()));
        let inverse = exact_inverse(&a).unwrap();
        assert_eq!(&a * &inverse, ExactMatrix::identity(4, 4));
        let det = |m: &ExactMatrix| exact_determinant(m).unwrap();
        assert_eq!(det(&(&a * &b)), det(&a) * det(&b));
        assert_eq!(det(&a.transpose()), det(&a));
        assert!(!det(&a).is_zero());
        assert_eq!(exact_inverse(&ExactMatrix::zeros(2, 2)), None);
    }
}
