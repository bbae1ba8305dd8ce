//! elab
