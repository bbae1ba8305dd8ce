//! The only door to standard output and standard error.

use std::io::{ErrorKind, Write};

/// Writes to standard output. Where nobody reads on (`matdiff … | head -1`) the program ends quietly.
pub(super) fn answer(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        if error.kind() != ErrorKind::BrokenPipe {
            self::error(&format!("error: cannot write the answer: {error}\n"));
        }
        std::process::exit(if error.kind() == ErrorKind::BrokenPipe { 0 } else { 2 });
    }
}

/// Writes to standard error; there is nobody left to tell where that fails.
pub(super) fn error(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
