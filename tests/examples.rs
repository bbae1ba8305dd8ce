//! Every example runs: the input files through the binary, the Rust programs as they are.

mod common;

use std::path::PathBuf;
use std::process::Command;

/// What a `# matdiff …` line in an example says to run, and what a `# => …` line says it answers.
fn runs(text: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let mut runs: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("# matdiff ") {
            runs.push((command.split_whitespace().map(|w| w.trim_matches('\'').to_owned()).collect(), Vec::new()));
        } else if let (Some(answer), Some(run)) = (line.strip_prefix("# => "), runs.last_mut()) {
            run.1.push(answer.to_owned());
        }
    }
    runs
}

#[test]
fn input_files_answer_what_they_say() {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(common::root().join("examples")).expect("examples").map(|e| e.expect("an entry").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "matdiff"));
    files.sort();
    assert!(files.len() >= 6, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        let found = runs(&text);
        assert!(!found.is_empty() && found.iter().all(|r| !r.1.is_empty()), "{}: says nothing to run", file.display());
        for (arguments, expected) in found {
            let output =
                Command::new(env!("CARGO_BIN_EXE_matdiff")).args(&arguments).current_dir(common::root()).output().expect("it starts");
            let answer: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
            assert_eq!(answer, expected, "{}: {arguments:?}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn programs_run() {
    for name in ["library", "batch"] {
        let output =
            Command::new(env!("CARGO")).args(["run", "-q", "--example", name]).current_dir(common::root()).output().expect("cargo");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stdout.is_empty(), "{name} prints nothing");
    }
}
