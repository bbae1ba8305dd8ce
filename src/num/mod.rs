//! Evaluating expressions at random points, and checking answers against finite differences before they are shown.
//!
//! `plan.rs` orders the work, `evaluate.rs` does it, `point.rs` and `sample.rs` choose where, `gradient.rs`,
//! `check.rs` and `compare.rs` ask the questions, `exact.rs` asks without rounding, `verdict.rs` weighs the points, `report.rs` holds the answers.

mod check;
mod compare;
mod evaluate;
mod exact;
mod gradient;
mod linear;
mod plan;
mod point;
mod report;
mod sample;
#[cfg(test)]
mod tests;
mod verdict;

pub use check::{check_differential, directional};
pub use compare::{check_apart, check_equal, check_steps, compare, widest};
pub use evaluate::evaluate;
pub use exact::{Exactly, check_exact};
pub use gradient::check_gradient;
pub use point::{Point, Sampler, Style};
pub use report::{Difference, Disagreement, Failure, Options, Report, Witness};
