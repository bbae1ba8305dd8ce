//! Random matrices with a structure, and the projection onto a structure's space.

use super::Style;
use crate::ir::Facts;
use crate::ops::Matrix;
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// The generator: the same numbers on every machine.
pub(super) type Random = Xoshiro256PlusPlus;

/// A standard normal number.
fn normal(random: &mut Random) -> f64 {
    let radius = (-2.0 * random.random_range(f64::EPSILON..1.0).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random_range(0.0..1.0)).cos()
}

/// One entry in a style.
fn entry(random: &mut Random, style: Style) -> f64 {
    match style {
        Style::Normal | Style::Mixed | Style::Apart => normal(random),
        Style::Dominant => 0.5 * normal(random),
        Style::Positive => random.random_range(0.5..2.0),
        Style::Large => random.random_range(4.0..8.0),
        Style::Small | Style::Steady | Style::Faint => 0.3 * random.random_range(-1.0..1.0f64),
        Style::Whole => f64::from(random.random_range(-3..=3i32)),
    }
}

/// The style of one variable at a point whose style is mixed.
pub(super) fn settle(random: &mut Random, style: Style) -> Style {
    if style != Style::Mixed {
        return style;
    }
    match random.random_range(0..10u32) {
        0..=2 => Style::Normal,
        3..=5 => Style::Positive,
        6 | 7 => Style::Small,
        8 => Style::Dominant,
        _ => Style::Large,
    }
}

/// Whether a multiple of a matrix with these facts has them too.
pub(super) fn scales(facts: Facts) -> bool {
    let fixed = [Facts::ORTHOGONAL, Facts::SUMS_TO_ONE, Facts::ROWS_SUM_TO_ONE, Facts::BINARY, Facts::INTEGER];
    !fixed.into_iter().any(|f| facts.closed().has(f))
}

/// A factor for points that lie apart: those near one are the more frequent.
pub(super) fn factor(random: &mut Random) -> f64 {
    const FACTORS: [f64; 12] = [1.0, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 1000.0, 0.3, 0.1, 0.01, 0.001];
    FACTORS[random.random_range(0..FACTORS.len())]
}

/// A matrix of this shape with these facts.
pub(super) fn structured(random: &mut Random, facts: Facts, rows: usize, cols: usize, style: Style, depth: u32) -> Matrix {
    let facts = facts.closed();
    let style = settle(random, style);
    let signed = !(facts.has(Facts::POSITIVE) || facts.has(Facts::NONNEGATIVE));
    let style = if signed { style } else { positive(style) };
    if facts.has(Facts::SUMS_TO_ONE) || facts.has(Facts::ROWS_SUM_TO_ONE) {
        return stochastic(random, facts, rows, cols);
    }
    if facts.has(Facts::BINARY) {
        return Matrix::from_fn(rows, cols, |_, _| f64::from(u8::from(random.random_bool(0.5))));
    }
    if facts.has(Facts::INTEGER) {
        return Matrix::from_fn(rows, cols, |_, _| f64::from(random.random_range(1..=5i32)));
    }
    if rows == 1 && cols == 1 && !facts.has(Facts::ORTHOGONAL) && !facts.has(Facts::SKEW) {
        let value = away_from_zero(random, style);
        return Matrix::from_element(1, 1, if facts.has(Facts::SEMIDEFINITE) { value.abs() } else { value });
    }
    if facts.has(Facts::ORTHOGONAL) {
        return orthogonal(random, facts, rows, cols);
    }
    if facts.has(Facts::DIAGONAL) {
        let definite = facts.has(Facts::SEMIDEFINITE);
        return Matrix::from_fn(rows, cols, |i, j| {
            if i != j {
                return 0.0;
            }
            let value = away_from_zero(random, style);
            if definite { value.abs() } else { value }
        });
    }
    if matches!(style, Style::Steady | Style::Faint) && rows > 1 && cols > 1 && facts == Facts::NONE {
        let scale = if style == Style::Faint { f64::from(depth.max(1)).powf(-0.25) } else { 1.0 };
        return orthogonal(random, facts, rows, cols) * scale;
    }
    let mut m = Matrix::from_fn(rows, cols, |_, _| entry(random, style));
    if rows != cols {
        return m;
    }
    if facts.has(Facts::SEMIDEFINITE) {
        return definite(&m, style);
    }
    for i in 0..rows {
        // Where a square matrix is to have an inverse, or a positive determinant, it mostly does.
        m[(i, i)] += match style {
            Style::Dominant => 2.0,
            Style::Small | Style::Steady | Style::Faint => 1.0,
            #[allow(clippy::cast_precision_loss, reason = "small sizes")]
            Style::Positive | Style::Large => rows as f64 * if style == Style::Large { 6.0 } else { 1.0 },
            _ => 0.0,
        };
    }
    if facts.has(Facts::LOWER) || facts.has(Facts::UPPER) {
        for i in 0..rows {
            m[(i, i)] = away_from_zero(random, style);
        }
    }
    project(facts, &m)
}

/// M Mᵀ + c I, well conditioned.
fn definite(m: &Matrix, style: Style) -> Matrix {
    #[allow(clippy::cast_precision_loss, reason = "small sizes")]
    let n = m.nrows() as f64;
    let (scale, shift) = match style {
        Style::Whole => (1.0, 1.0),
        Style::Small | Style::Steady | Style::Faint => (0.5, 1.0),
        Style::Dominant => (1.0, 2.0),
        _ => (1.0 / n, 0.5),
    };
    let mut product = m * m.transpose() * scale;
    for i in 0..m.nrows() {
        product[(i, i)] += shift;
    }
    product
}

fn positive(style: Style) -> Style {
    if style == Style::Large { style } else { Style::Positive }
}

/// An entry that may be divided by.
fn away_from_zero(random: &mut Random, style: Style) -> f64 {
    let value = entry(random, style);
    let least = if style == Style::Small { 0.05 } else { 0.2 };
    if style == Style::Whole && value == 0.0 {
        return 1.0;
    }
    if value.abs() >= least { value } else { value + least * if value < 0.0 { -1.0 } else { 1.0 } }
}

/// Columns (or rows) that sum to one.
fn stochastic(random: &mut Random, facts: Facts, rows: usize, cols: usize) -> Matrix {
    let by_row = !facts.has(Facts::SUMS_TO_ONE);
    let (length, count) = if by_row { (cols, rows) } else { (rows, cols) };
    let mut m = Matrix::zeros(length, count);
    for mut column in m.column_iter_mut() {
        if facts.has(Facts::BINARY) {
            column[random.random_range(0..length.max(1))] = 1.0;
        } else {
            column.iter_mut().for_each(|v| *v = random.random_range(0.2..1.0));
            let total = column.sum();
            column /= total;
        }
    }
    if by_row { m.transpose() } else { m }
}

fn orthogonal(random: &mut Random, facts: Facts, rows: usize, cols: usize) -> Matrix {
    if facts.has(Facts::DIAGONAL) {
        return Matrix::from_fn(rows, cols, |i, j| {
            let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
            if i == j { sign } else { 0.0 }
        });
    }
    if facts.has(Facts::SYMMETRIC) {
        let v = Matrix::from_fn(rows, 1, |_, _| normal(random));
        let length = v.norm_squared();
        return Matrix::identity(rows, rows) - &v * v.transpose() * (2.0 / length);
    }
    let (tall, thin) = (rows.max(cols), rows.min(cols));
    let q = Matrix::from_fn(tall, thin, |_, _| normal(random)).qr().q();
    if rows >= cols { q } else { q.transpose() }
}

/// The nearest matrix in the linear space that a structure spans: symmetric, skew, diagonal, triangular.
/// Structures that span everything (orthogonal, positive, …) leave it as it is.
pub(super) fn project(facts: Facts, m: &Matrix) -> Matrix {
    let facts = facts.closed();
    let mut out = m.clone();
    if facts.has(Facts::DIAGONAL) || facts.has(Facts::LOWER) || facts.has(Facts::UPPER) {
        let (lower, upper) = (facts.has(Facts::LOWER), facts.has(Facts::UPPER));
        for j in 0..m.ncols() {
            for i in 0..m.nrows() {
                if i < j && lower || i > j && upper {
                    out[(i, j)] = 0.0;
                }
            }
        }
    }
    if m.is_square() && facts.has(Facts::SYMMETRIC) {
        out = (&out + out.transpose()) * 0.5;
    }
    if m.is_square() && facts.has(Facts::SKEW) {
        out = (&out - out.transpose()) * 0.5;
    }
    out
}

/// A random direction of length one in a structure's space; `None` where the space is {0}.
pub(super) fn direction(random: &mut Random, facts: Facts, rows: usize, cols: usize) -> Option<Matrix> {
    let free = Matrix::from_fn(rows, cols, |_, _| normal(random));
    let v = project(facts, &free);
    let length = v.norm();
    (length > 1e-9).then(|| v / length)
}
