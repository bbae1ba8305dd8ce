//! The `matdiff` command: everything that it does is [`matdiff::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    matdiff::cli::run()
}
