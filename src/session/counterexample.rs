//! Where two expressions differ: the smallest point that is found, in the language's own words.

use crate::ir::{DimId, ExprId, Facts, Node, Store, SymbolId};
use crate::num::{self, Difference, Disagreement, Failure, Sampler};
use crate::ops::{self, Domain, Matrix};
use serde_json::{Map, Value, json};

/// Values of the variables for which two expressions differ.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The sizes: name and value.
    pub sizes: Vec<(String, String)>,
    /// The variables: name and value, `[1, 2; 3, 4]` for a matrix, columns as `[1; 2]`.
    pub values: Vec<(String, String)>,
    /// What the first expression is there.
    pub left: String,
    /// What the second one is there.
    pub right: String,
}

/// The most entries of a value that is printed.
const SHOWN: usize = 36;

impl Counterexample {
    /// A point where `left` and `right` differ, given one that a comparison has found.
    pub(super) fn smallest(store: &Store, left: ExprId, right: ExprId, found: &Difference) -> Counterexample {
        match simple(store, left, right) {
            Some(simpler) => Self::of(&simpler),
            None => Self::of(found),
        }
    }

    fn of(difference: &Difference) -> Counterexample {
        let pairs = difference.witness.sizes.split(", ").filter_map(|part| part.split_once('='));
        let name = |name: &str, index: &[i64]| name.to_owned() + &index.iter().map(|i| format!("_{i}")).collect::<String>();
        let shown = difference.witness.values.iter().filter(|(_, _, value)| value.len() <= SHOWN);
        // As many digits as it takes to see the difference.
        let sides = |digits: usize| (literal_to(&difference.expected, digits), literal_to(&difference.found, digits));
        let (left, right) = [6, 10, 16].into_iter().map(sides).find(|(l, r)| l != r).unwrap_or_else(|| sides(16));
        Counterexample {
            sizes: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            values: shown.map(|(spelling, index, value)| (name(spelling, index), literal(value))).collect(),
            left,
            right,
        }
    }

    /// The point on one line: `n = 2, A = [1, 2; 3, 4]`; empty where there are no variables.
    #[must_use]
    pub fn point(&self) -> String {
        let parts: Vec<String> = self.sizes.iter().chain(&self.values).map(|(name, value)| format!("{name} = {value}")).collect();
        parts.join(", ")
    }

    /// The point and both values as an object.
    #[must_use]
    pub fn json(&self) -> Value {
        let map = |pairs: &[(String, String)]| pairs.iter().map(|(k, v)| (k.clone(), json!(v))).collect::<Map<_, _>>();
        json!({ "sizes": map(&self.sizes), "values": map(&self.values), "left": self.left, "right": self.right })
    }
}

/// A matrix as it would be typed elsewhere: `[1, 2; 3, 4]`; six significant digits, whole numbers as such.
fn literal(m: &Matrix) -> String {
    literal_to(m, 6)
}

fn literal_to(m: &Matrix, digits: usize) -> String {
    if let [value] = m.as_slice() {
        return number(*value, digits);
    }
    let rows: Vec<String> = m.row_iter().map(|r| r.iter().map(|v| number(*v, digits)).collect::<Vec<_>>().join(", ")).collect();
    format!("[{}]", rows.join("; "))
}

fn number(v: f64, significant: usize) -> String {
    let whole = v.round();
    let rounding = if significant < 16 { 1e-12 * (1.0 + v.abs()) } else { 0.0 };
    if (v - whole).abs() <= rounding && whole.abs() < 1e15 {
        // No negative zero.
        return format!("{}", whole + 0.0);
    }
    let after = significant.saturating_sub(1);
    if v.abs() < 1e-4 || v.abs() >= 1e9 {
        return format!("{v:.after$e}");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "between 0 and 20")]
    let digits = (after as f64 - v.abs().log10().floor()).clamp(0.0, 20.0) as usize;
    let text = format!("{v:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Small whole numbers in small sizes, the smallest first, until the two differ.
fn simple(store: &Store, left: ExprId, right: ExprId) -> Option<Difference> {
    let nodes = store.reachable(&[left, right]);
    if nodes.len() > 4000 || nodes.iter().any(|&id| matches!(store.node(id), Node::Member(..) | Node::Index(_) | Node::BigSum { .. })) {
        return None;
    }
    let symbols: Vec<SymbolId> =
        nodes.iter().filter_map(|&id| if let Node::Symbol(s) = store.node(id) { Some(*s) } else { None }).collect();
    let mut sampler = Sampler::new(7);
    let mut random = Numbers(1);
    for size in 1..=3 {
        for tries in 0..24 {
            let mut point = sampler.point(store, &[left, right], &[], 0, 0);
            let names: Vec<_> = store.dim_names().collect();
            for &name in &names {
                point.set_size(name, size);
            }
            let top = 1 + tries / 8;
            for &symbol in &symbols {
                let info = store.symbol_info(symbol);
                let (rows, cols) = point.shape(store, info.shape)?;
                let facts = if info.shape.rows == DimId::ONE && info.shape.cols == DimId::ONE {
                    info.facts & (Facts::POSITIVE | Facts::NONNEGATIVE | Facts::INTEGER)
                } else {
                    info.facts
                };
                if let Some(value) = random.matrix(facts, rows, cols, top) {
                    point.set(symbol, &[], value);
                }
            }
            if let Err(Failure::Disagrees(difference)) = num::compare(store, left, right, &[point])
                && difference.kind == Disagreement::Value
                && difference.error > 1e-4
            {
                return Some(*difference);
            }
        }
    }
    None
}

/// Points far out, where expressions with kinks may differ: `max(x, -3)` is `x` near zero. The size of what is drawn follows the
/// numbers in the expressions; nothing is drawn where there are no kinks.
pub(super) fn far(store: &Store, left: ExprId, right: ExprId) -> Option<Difference> {
    let nodes = store.reachable(&[left, right]);
    let kink = |id: &ExprId| match store.node(*id) {
        Node::Call(fun, _) => ops::row(*fun).is_some_and(|r| match r.domain {
            Domain::AwayFromZero => true,
            Domain::Real => !r.assume.is_empty() || matches!(r.d, ops::Derivative::Refused(_)),
            _ => false,
        }),
        _ => false,
    };
    if !nodes.iter().any(kink) {
        return None;
    }
    let largest = nodes.iter().filter_map(|&id| store.as_num(id)).map(|r| r.to_f64().abs()).fold(1.0, f64::max);
    let coefficients = nodes.iter().flat_map(|&id| match store.node(id) {
        Node::Sum(terms) => terms.iter().map(|(c, _)| c.to_f64().abs()).collect(),
        _ => Vec::new(),
    });
    let largest = coefficients.fold(largest, f64::max);
    if largest.is_nan() || largest >= 1e6 {
        return None;
    }
    let mut sampler = Sampler::new(11);
    for tries in 0..12u32 {
        let mut point = sampler.point(store, &[left, right], &[], 1, 0);
        for &id in &nodes {
            let (symbol, place) = match store.node(id) {
                Node::Symbol(symbol) => (*symbol, Vec::<i64>::new()),
                _ => continue,
            };
            let free = store.symbol_info(symbol).facts.without(Facts::SYMMETRIC) == Facts::NONE;
            if let Some(value) = point.value(store, symbol, &place).filter(|_| free) {
                point.set(symbol, &place, value * (1.5 * largest * f64::from(tries % 3 + 1)) * if tries % 2 == 0 { 1.0 } else { -1.0 });
            }
        }
        if let Err(Failure::Disagrees(difference)) = num::compare(store, left, right, &[point])
            && difference.error > 1e-3
        {
            return Some(*difference);
        }
    }
    None
}

/// A short sequence of numbers that is the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }

    /// Whole numbers up to `top` with this structure; `None` where the sampler's own values must do.
    fn matrix(&mut self, facts: Facts, rows: usize, cols: usize, top: u64) -> Option<Matrix> {
        let facts = facts.closed();
        if facts.has(Facts::SUMS_TO_ONE) || facts.has(Facts::ROWS_SUM_TO_ONE) {
            return None;
        }
        if facts.has(Facts::ORTHOGONAL) {
            return (rows == cols).then(|| Matrix::from_fn(rows, cols, |i, j| if (i + 1) % rows == j { 1.0 } else { 0.0 }));
        }
        let least = i32::from(facts.has(Facts::POSITIVE) || facts.has(Facts::INTEGER));
        let lowest = if least == 1 || facts.has(Facts::NONNEGATIVE) || top == 1 { 0 } else { 1 - i32::try_from(top).ok()? };
        let range = u64::try_from(i32::try_from(top).ok()? - lowest.max(least) + 1).ok()?;
        #[allow(clippy::cast_precision_loss, reason = "small whole numbers")]
        let mut m = Matrix::from_fn(rows, cols, |_, _| f64::from(lowest.max(least)) + self.next(range) as f64);
        if facts.has(Facts::DEFINITE) && rows == cols {
            // Dominated by its diagonal.
            let mut sum = &m + m.transpose();
            for i in 0..rows {
                let row: f64 = (0..rows).filter(|&j| j != i).map(|j| sum[(i, j)].abs()).sum();
                sum[(i, i)] = row + 1.0 + m[(i, i)].abs();
            }
            m = sum;
        } else if facts.has(Facts::SEMIDEFINITE) && rows == cols {
            m = &m * m.transpose();
        }
        for i in 0..rows {
            for j in 0..cols {
                let (lower, upper) = (facts.has(Facts::LOWER), facts.has(Facts::UPPER));
                if i < j && lower || i > j && upper || i != j && facts.has(Facts::DIAGONAL) {
                    m[(i, j)] = 0.0;
                } else if rows == cols && i > j && facts.has(Facts::SYMMETRIC) {
                    m[(i, j)] = m[(j, i)];
                } else if rows == cols && facts.has(Facts::SKEW) && i >= j {
                    m[(i, j)] = if i == j { 0.0 } else { -m[(j, i)] };
                }
            }
        }
        Some(m)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_short() {
        for (value, text) in
            [(2.0, "2"), (-0.0, "0"), (0.5, "0.5"), (1.0 / 3.0, "0.333333"), (1234.5678, "1234.57"), (2.5e-7, "2.50000e-7")]
        {
            assert_eq!(number(value, 6), text);
        }
        assert_eq!(literal(&Matrix::from_row_slice(2, 2, &[1.0, 2.0, 3.0, 4.5])), "[1, 2; 3, 4.5]");
        assert_eq!(literal(&Matrix::from_row_slice(2, 1, &[1.0, 2.0])), "[1; 2]");
    }

    #[test]
    fn structure_is_kept() {
        let mut random = Numbers(3);
        for top in 1..4 {
            let s = random.matrix(Facts::DEFINITE, 3, 3, top).expect("definite");
            assert_eq!(s, s.transpose());
            assert!(s.cholesky().is_some());
            let k = random.matrix(Facts::SKEW, 3, 3, top).expect("skew");
            assert_eq!(k, -k.transpose());
        }
    }
}
