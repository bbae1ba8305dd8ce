//! What every room shares: places in a text, diagnostics, exact numbers.

mod diagnostic;
mod modular;
mod rational;
mod span;

pub use diagnostic::{Diagnostic, Fault, Note};
pub use modular::Modular;
pub use rational::Rational;
pub use span::Span;
