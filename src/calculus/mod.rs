//! Differentiation: differentials forward, cotangents in one reverse sweep. Nothing is simplified here.
//!
//! Both directions read the same line of the function table: the differential of a function, in matdiff's own
//! language. Its adjoint is derived by moving dX to the right slot, "move left by transposing":
//! ⟨AC, BD⟩ = ⟨C, AᵀBD⟩.

mod apart;
mod differential;
mod entry;
mod gates;
mod jacobian;
mod kron;
mod pull;
mod rule;
mod spread;
mod structured;
mod sweep;

pub use apart::jacobian_by_terms;
pub use differential::{differential, differentials};
pub use entry::entry;
pub use jacobian::{jacobian, stacked};
pub use structured::{in_space, linear_space, project};
pub use sweep::{Frontier, Sweep, gradients};

use crate::ir::ExprId;

/// Why something is not differentiated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The part that has no derivative that could be written down.
    pub part: ExprId,
    /// The reason, as half a sentence.
    pub reason: &'static str,
}
