//! The documentation is true: every console block of `tests/cases`, of the README and of CONTRIBUTING gives what it says.
//!
//! A line that begins with `$ ` is given to the shell, with the binary on its path; what follows is what it prints, errors
//! and notes first as they come. `? 2` says the exit code where it is not 0.
//! `UPDATE=1 cargo test --test cases` writes the answers of today into the files; read the difference.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command printed, and its exit code.
fn run(command: &str) -> (String, i32) {
    let binary = Path::new(env!("CARGO_BIN_EXE_matdiff")).parent().expect("a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("({command}) 2>&1")])
        .env("PATH", path)
        .env_remove("NO_COLOR")
        .current_dir(common::root())
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code().unwrap_or(-1))
}

/// The document with every console block answered anew, and how many commands there were.
fn answered(text: &str) -> (String, usize) {
    let mut out = String::new();
    let mut count = 0;
    let mut lines = text.lines().peekable();
    let mut inside = false;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            inside = line == "```console";
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| inside) else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        count += 1;
        let (printed, code) = run(command);
        out.push_str(&format!("$ {command}\n"));
        if code != 0 {
            out.push_str(&format!("? {code}\n"));
        }
        for line in printed.trim_end().lines() {
            out.push_str(&format!("{}\n", line.trim_end()));
        }
        // The old answer goes; an empty line stands between two commands.
        while lines.next_if(|l| !l.starts_with("$ ") && !l.starts_with("```")).is_some() {}
        if lines.peek().is_some_and(|l| l.starts_with("$ ")) {
            out.push('\n');
        }
    }
    (out, count)
}

#[test]
fn console_blocks_give_what_they_say() {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(common::root().join("tests/cases")).expect("tests/cases").map(|e| e.expect("an entry").path()).collect();
    files.push(common::root().join("README.md"));
    files.push(common::root().join("CONTRIBUTING.md"));
    files.sort();
    let (mut commands, mut wrong) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        let (today, count) = answered(&text);
        commands += count;
        if today == text {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &today).expect("written");
            continue;
        }
        for (number, (was, is)) in text.lines().zip(today.lines()).enumerate().filter(|(_, (was, is))| was != is).take(3) {
            wrong.push(format!("{}:{}:\n  says  {was}\n  gives {is}", file.display(), number + 1));
        }
        wrong.push(format!("{}: {} lines, now {}", file.display(), text.lines().count(), today.lines().count()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(commands >= 80, "{commands} commands: the blocks are not found");
}
