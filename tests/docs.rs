//! What the documentation says outside console blocks: the README's table of answers, code quoted from the sources.

mod common;

use matdiff::session::{Format, Task};
use std::fs;

fn read(name: &str) -> String {
    fs::read_to_string(common::root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The contents of `cell` between the first pair of backquotes.
fn code(cell: &str) -> &str {
    cell.split('`').nth(1).unwrap_or_else(|| panic!("no code in `{cell}`"))
}

#[test]
fn the_table_of_the_readme_is_true() {
    let text = read("README.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|l| l.starts_with("| ") && l.matches('|').count() == 5)
        .map(|l| l.trim_matches('|').split(" | ").map(str::trim).collect())
        .filter(|r: &Vec<&str>| r.len() == 4 && r[0] != "it differentiates")
        .collect();
    assert!(rows.len() >= 12, "{} rows", rows.len());
    for row in rows {
        let (expr, by, expected) = (code(row[1]), code(row[2]), code(row[3]));
        let (declaration, wrt) = if by.contains(':') { (by, by.split(':').next().unwrap_or(by)) } else { ("", by) };
        let functions = if expr.contains("phi(") { vec!["phi".to_owned()] } else { Vec::new() };
        let session = common::session(declaration, &functions);
        let answer = common::line(&session, Task::Gradient, expr, &[wrt], Format::Plain);
        let answer = answer.unwrap_or_else(|e| panic!("{expr}: {}", e.render(expr, false)));
        assert_eq!(answer, expected, "{expr} by {wrt}");
    }
}

/// The blocks of Rust in a document.
fn blocks(text: &str) -> Vec<String> {
    text.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
}

#[test]
fn quoted_code_is_the_repositorys_own() {
    let mut sources = String::new();
    for folder in ["src/ops", "examples"] {
        for entry in fs::read_dir(common::root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|e| e == "rs") {
                sources.push_str(&fs::read_to_string(path).expect("UTF-8"));
            }
        }
    }
    for document in ["README.md", "CONTRIBUTING.md"] {
        let found = blocks(&read(document));
        assert!(!found.is_empty(), "{document} quotes nothing");
        for block in found {
            for line in block.lines().map(str::trim).filter(|l| !l.is_empty()) {
                assert!(sources.contains(line), "{document} quotes a line that is nowhere: {line}");
            }
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for document in ["README.md", "CONTRIBUTING.md"] {
        for link in read(document).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let there = link.starts_with("http") || common::root().join(link).exists();
            assert!(there, "{document}: {link} leads nowhere");
        }
    }
}
