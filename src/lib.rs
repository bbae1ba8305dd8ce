//! Symbolic matrix calculus: gradients of matrix formulas, as formulas.

// The generated parsers name it.
extern crate alloc;

pub mod base;
pub mod calculus;
pub mod cli;
pub mod elab;
pub mod emit;
pub mod ir;
pub mod num;
pub mod ops;
pub mod rewrite;
pub mod session;
pub mod show;
pub mod solve;
pub mod syntax;
