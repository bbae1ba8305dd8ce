//! calculus
