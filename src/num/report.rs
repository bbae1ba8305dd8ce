//! What a check answers: a report, or the reason for not agreeing.

use super::Style;
use super::point::Point;
use crate::ir::{DimId, DimName, ExprId, Store};
use crate::ops::Matrix;
use std::fmt;

/// How thoroughly to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many points must agree.
    pub points: usize,
    /// How many random directions at each point.
    pub directions: usize,
    /// Relative tolerance of a comparison with a difference quotient.
    pub tolerance: f64,
    /// Seed of every random choice.
    pub seed: u64,
    /// How many points to try before giving up.
    pub attempts: usize,
    /// For a gradient by a member of a family: the free index (or indices) in the gradient, an index or a variable each.
    /// Where it is empty, the free indices of the gradient are taken in order.
    pub index: Vec<ExprId>,
    /// The smallest and the largest value of that index for which the derivative is meant; else all.
    pub within: Option<(DimId, DimId)>,
}

impl Default for Options {
    fn default() -> Self {
        Options { points: 2, directions: 2, tolerance: 1e-6, seed: 0x6d61_7464_6966_6621, attempts: 40, index: Vec::new(), within: None }
    }
}

/// What was checked, and how well it agreed.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Points that agreed.
    pub points: usize,
    /// The largest relative error seen.
    pub max_error: f64,
    /// The sizes at each point, as `m=3, n=2`; empty text where there are no named sizes.
    pub sizes: Vec<String>,
    /// How the values at each point were drawn.
    pub styles: Vec<Style>,
    /// The sizes that were one at every point: where they are larger, nothing was found to be defined.
    pub only_one: Vec<DimName>,
}

impl Report {
    /// Counts a point that agrees.
    pub fn add(&mut self, store: &Store, point: &Point, error: f64) {
        let is_one = |name: &DimName| point.size_of(*name) == Some(1);
        if self.points == 0 {
            self.only_one = point.names().into_iter().filter(is_one).collect();
        } else {
            self.only_one.retain(is_one);
        }
        self.points += 1;
        self.max_error = self.max_error.max(error);
        self.sizes.push(point.sizes_text(store));
        self.styles.push(point.style());
    }

    /// One line for people: `2 points (n=2; n=3), largest error 3e-11`.
    #[must_use]
    pub fn text(&self) -> String {
        let plural = if self.points == 1 { "point" } else { "points" };
        let sizes: Vec<&str> = self.sizes.iter().map(String::as_str).filter(|s| !s.is_empty()).collect();
        let sizes = if sizes.is_empty() { String::new() } else { format!(" ({})", sizes.join("; ")) };
        format!("{} {plural}{sizes}, largest error {:.1e}", self.points, self.max_error)
    }
}

/// The values of the variables at a point where two things differ.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The sizes, as `m=3, n=2`.
    pub sizes: String,
    /// Spelling, indices of a member (empty for a plain variable), value.
    pub values: Vec<(String, Vec<i64>, Matrix)>,
}

/// In what way an answer is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// Its shape is not the variable's (or the other side's).
    Shape,
    /// Its value differs.
    Value,
    /// It is not in the variable's space (not symmetric for a symmetric variable, …).
    Structure,
}

/// Where and how two sides differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// In what.
    pub kind: Disagreement,
    /// How far, relative to the size of the two.
    pub error: f64,
    /// The value it should have: the numeric derivative, or the left side; empty where it was not computed.
    pub expected: Matrix,
    /// The value it has.
    pub found: Matrix,
    /// Where.
    pub witness: Witness,
}

/// Why a check did not succeed.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The two sides differ.
    Disagrees(Box<Difference>),
    /// No point was found where everything is finite and smooth: nothing is proved, either way.
    NoPoint,
}

impl Failure {
    /// Whether it shows a wrong answer, rather than nothing.
    #[must_use]
    pub fn is_disagreement(&self) -> bool {
        matches!(self, Failure::Disagrees(_))
    }
}

/// A matrix as `[1, 2; 3, 4]`, four significant digits; whole numbers as such.
fn matrix_text(m: &Matrix) -> String {
    let number = |v: f64| {
        if v.fract() == 0.0 && v.abs() < 1e6 {
            format!("{v}")
        } else if v.abs() < 1e-3 || v.abs() >= 1e6 {
            format!("{v:.3e}")
        } else {
            format!("{v:.4}")
        }
    };
    if let [value] = m.as_slice() {
        return number(*value);
    }
    let rows: Vec<String> = m.row_iter().map(|r| r.iter().map(|v| number(*v)).collect::<Vec<_>>().join(", ")).collect();
    format!("[{}]", rows.join("; "))
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        if !self.sizes.is_empty() {
            parts.push(self.sizes.clone());
        }
        for (name, index, value) in &self.values {
            if value.len() > 36 {
                continue;
            }
            let index: String = index.iter().map(|i| format!("_{i}")).collect();
            parts.push(format!("{name}{index} = {}", matrix_text(value)));
        }
        f.write_str(&parts.join(", "))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { kind, error, expected, found, witness } = self;
        match kind {
            Disagreement::Shape => {
                let shape = |m: &Matrix| format!("{}×{}", m.nrows(), m.ncols());
                write!(f, "the shape is {} where {} was expected", shape(found), shape(expected))?;
            }
            Disagreement::Structure => write!(f, "the value {} lacks the variable's structure", matrix_text(found))?,
            Disagreement::Value if expected.is_empty() => {
                write!(f, "the value is {}, against the difference quotient (relative error {error:.1e})", matrix_text(found))?;
            }
            Disagreement::Value => {
                let (found, expected) = (matrix_text(found), matrix_text(expected));
                write!(f, "the value is {found} where {expected} was expected (relative error {error:.1e})")?;
            }
        }
        let place = witness.to_string();
        if place.is_empty() { Ok(()) } else { write!(f, ", at {place}") }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::NoPoint => f.write_str("no point was found where every part is finite and smooth"),
            Failure::Disagrees(difference) => difference.fmt(f),
        }
    }
}
