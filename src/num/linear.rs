//! Small dense linear algebra that refuses where the result would be meaningless.

use crate::ops::{Matrix, sqrtm};

/// Above this condition number a difference quotient through an inverse is noise.
const CONDITION: f64 = 1e6;

/// A 1×1 matrix.
pub(super) fn scalar(value: f64) -> Matrix {
    Matrix::from_element(1, 1, value)
}

/// The single entry.
pub(super) fn as_scalar(a: &Matrix) -> Option<f64> {
    if let [value] = a.as_slice() { Some(*value) } else { None }
}

/// The single entry as a whole number of modest size.
pub(super) fn as_whole(a: &Matrix) -> Option<i64> {
    let value = as_scalar(a)?;
    #[allow(clippy::cast_possible_truncation, reason = "checked to be a small whole number")]
    (value.fract() == 0.0 && value.abs() < 1e9).then_some(value as i64)
}

/// `a · b` where they fit.
pub(super) fn multiply(a: &Matrix, b: &Matrix) -> Option<Matrix> {
    (a.ncols() == b.nrows()).then(|| a * b)
}

/// `aᵀ · b` where they fit.
pub(super) fn turned_multiply(a: &Matrix, b: &Matrix) -> Option<Matrix> {
    (a.nrows() == b.nrows()).then(|| a.tr_mul(b))
}

/// The inverse of a well-conditioned square matrix.
pub(super) fn inverse(a: &Matrix) -> Option<Matrix> {
    if let Some(value) = as_scalar(a) {
        return (value.abs() > 1e-9).then(|| scalar(1.0 / value));
    }
    if !a.is_square() {
        return None;
    }
    let inverse = a.clone().try_inverse()?;
    // Small sizes are inverted by cofactors: of a singular matrix they are noise over noise, of any size.
    let defect = (a * &inverse - Matrix::identity(a.nrows(), a.nrows())).norm();
    (a.norm() * inverse.norm() <= CONDITION && defect <= 1e-6).then_some(inverse)
}

/// `a^p` of a square matrix: whole powers, half powers, and any power of a symmetric positive definite matrix.
pub(super) fn power(a: &Matrix, p: f64) -> Option<Matrix> {
    if let Some(value) = as_scalar(a) {
        let value = scalar_power(value, p);
        return value.is_finite().then(|| scalar(value));
    }
    if !a.is_square() {
        return None;
    }
    if p.fract() == 0.0 {
        return whole_power(a, p);
    }
    // A root is smooth only where there is an inverse.
    inverse(a)?;
    if (2.0 * p).fract() == 0.0 {
        return whole_power(&sqrtm(a)?, 2.0 * p);
    }
    if (a - a.transpose()).norm() > 1e-12 * a.norm() {
        return None;
    }
    let eigen = a.clone().symmetric_eigen();
    if eigen.eigenvalues.min() <= 0.0 {
        return None;
    }
    let mut scaled = eigen.eigenvectors.clone();
    for (mut column, value) in scaled.column_iter_mut().zip(eigen.eigenvalues.iter()) {
        column *= value.powf(p);
    }
    Some(scaled * eigen.eigenvectors.transpose())
}

fn whole_power(a: &Matrix, p: f64) -> Option<Matrix> {
    if p.abs() > 1024.0 {
        return None;
    }
    let mut square = if p < 0.0 { inverse(a)? } else { a.clone() };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 1024")]
    let mut left = p.abs() as u32;
    if left == 0 {
        return Some(Matrix::identity(a.nrows(), a.nrows()));
    }
    let mut product: Option<Matrix> = None;
    loop {
        if left % 2 == 1 {
            product = Some(product.map_or_else(|| square.clone(), |so_far| so_far * &square));
        }
        left /= 2;
        if left == 0 {
            return product;
        }
        square = &square * &square;
    }
}

/// `x^p`, not a number where it is not real, or too near a pole or a branch point for difference quotients.
pub(super) fn scalar_power(x: f64, p: f64) -> f64 {
    if p == 2.0 {
        return x * x;
    }
    let whole = p.fract() == 0.0;
    if (p < 0.0 || !whole) && x.abs() < 1e-3 || !whole && x < 0.0 {
        return f64::NAN;
    }
    if p == -1.0 {
        return 1.0 / x;
    }
    x.powf(p)
}

/// The Kronecker product.
pub(super) fn kronecker(a: &Matrix, b: &Matrix) -> Matrix {
    a.kronecker(b)
}

/// Whether every entry is finite.
pub(super) fn is_finite(a: &Matrix) -> bool {
    a.iter().all(|v| v.is_finite())
}

/// The largest absolute value.
pub(super) fn magnitude(a: &Matrix) -> f64 {
    a.iter().fold(0.0, |top: f64, v| top.max(v.abs()))
}

/// ⟨a, b⟩ where the shapes agree.
pub(super) fn inner(a: &Matrix, b: &Matrix) -> Option<f64> {
    (a.shape() == b.shape()).then(|| a.dot(b))
}
