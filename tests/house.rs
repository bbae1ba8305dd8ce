//! The rules of the house, as ordinary tests: who may import whom, sizes, first lines, who prints, complete rows.

use matdiff::ops::{self, Derivative, Eval, Make};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms by rank; a room may use those below it.
const RANKS: &[(&str, u32)] = &[
    ("base", 0),
    ("syntax", 1),
    ("ir", 2),
    ("ops", 3),
    ("elab", 4),
    ("rewrite", 5),
    ("calculus", 5),
    ("num", 5),
    ("show", 5),
    ("emit", 5),
    ("solve", 6),
    ("session", 7),
    ("cli", 8),
];

/// Lines beyond which a file has more than one purpose; a file of tests may be a longer list.
const LONG: usize = 600;
const LONG_TESTS: usize = 1000;

struct Source {
    path: PathBuf,
    room: String,
    text: String,
}

impl Source {
    /// Whether it is a file of unit tests.
    fn tests(&self) -> bool {
        self.path.components().any(|c| matches!(c.as_os_str().to_str(), Some("tests" | "tests.rs" | "testing.rs")))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder src can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&root).expect("inside src").to_owned();
                let room =
                    inside.components().next().expect("a component").as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&path).expect("UTF-8");
                found.push(Source { path: inside, room, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 30, "the test looks in the wrong place");
    found
}

/// The code of a file: comments left out, lines numbered from 1.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")).map(|(at, l)| (at + 1, l))
}

fn rank(room: &str) -> Option<u32> {
    RANKS.iter().find(|r| r.0 == room).map(|r| r.1)
}

/// The rooms that a line of code names: `crate::ir::Store`, `use crate::{base, ir}`.
fn rooms_named(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, prefix) in line.match_indices("crate::") {
        let preceded = line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        if preceded {
            continue;
        }
        let rest = &line[at + prefix.len()..];
        let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            for part in list.split_inclusive(['{', '}', ',']) {
                if depth == 0 {
                    found.push(word(part.trim_start()));
                }
                depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
            }
        } else {
            found.push(word(rest));
        }
    }
    found.retain(|w| rank(w).is_some());
    found
}

#[test]
fn imports_go_down_the_ranks() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.room == "lib" || source.room == "main" {
            continue;
        }
        let Some(own) = rank(&source.room) else {
            wrong.push(format!("src/{}: the room `{}` has no rank; give it one in tests/house.rs", source.path.display(), source.room));
            continue;
        };
        for (number, line) in code(&source.text) {
            for room in rooms_named(line) {
                let other = rank(&room).unwrap_or(0);
                if room != source.room && other >= own {
                    wrong.push(format!("src/{}:{number}: `{}` may not use `{room}`", source.path.display(), source.room));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_are_recognised() {
    assert_eq!(rooms_named("use crate::{base::{Span, Fault}, ir, show};"), ["base", "ir", "show"]);
    assert_eq!(rooms_named("let x = crate::num::check(crate::ir::ExprId::ONE);"), ["num", "ir"]);
    assert!(rooms_named("use mycrate::num;").is_empty());
}

#[test]
fn files_say_what_they_own_and_stay_short() {
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if !source.tests() && (!source.text.starts_with("//! ") || source.text.lines().next().is_none_or(|l| l.len() < 12)) {
            wrong.push(format!("src/{}: its first line does not say what it owns", source.path.display()));
        }
        if lines > if source.tests() { LONG_TESTS } else { LONG } {
            wrong.push(format!("src/{}: {lines} lines; split it by purpose", source.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_prints_reads_files_and_knows_the_environment() {
    let words = ["println!", "eprintln!", "print!(", "eprint!(", "dbg!", "std::fs", "std::env", "std::process", "io::stdin", "io::stdout"];
    let mut wrong = Vec::new();
    for source in sources() {
        if matches!(source.room.as_str(), "cli" | "main") || source.tests() {
            continue;
        }
        for (number, line) in code(&source.text) {
            for word in words {
                if line.contains(word) {
                    wrong.push(format!("src/{}:{number}: `{word}` belongs to cli", source.path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_command_prints_through_one_door() {
    for source in sources().iter().filter(|s| s.room == "cli" && !s.path.ends_with("print.rs")) {
        for (number, line) in code(&source.text) {
            let prints = ["println!", "print!(", "eprint!(", "dbg!"].iter().any(|w| line.contains(w));
            assert!(!prints, "src/{}:{number}: use cli/print.rs: it survives a closed pipe", source.path.display());
        }
    }
}

#[test]
fn every_row_is_complete() {
    let mut wrong: Vec<String> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (_, row) in ops::rows() {
        let name = row.name;
        let mut miss = |what: &str| wrong.push(format!("{name}: {what}"));
        names.push(name);
        names.extend(row.aliases);
        if row.doc.trim().is_empty() {
            miss("no line of documentation");
        }
        if row.forms.is_empty() && matches!(row.eval, Eval::Never) {
            miss("no way of using it");
        }
        let node = row.forms.iter().any(|f| matches!(f.make, Make::Call));
        match row.d {
            Derivative::Line(line) if line.trim().is_empty() => miss("an empty differential"),
            Derivative::Refused(why) if why.len() < 10 => miss("no reason for having no derivative"),
            Derivative::Commuting(line, why) if line.trim().is_empty() || why.len() < 10 => miss("half a derivative"),
            Derivative::Built if node => miss("a node of its own without a differential"),
            _ => {}
        }
        if node && matches!(row.eval, Eval::Never) {
            miss("a node of its own that nobody can evaluate");
        }
        if node && row.code.numpy.is_empty() {
            miss("a node of its own without NumPy code");
        }
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands in two rows");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_word_stands_in_one_table() {
    let mut listed: Vec<&str> = matdiff::syntax::unsupported().collect();
    for name in &listed {
        assert!(ops::find(name).is_none(), "`{name}` is a row or an alias, and refused as well");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "`{name}` is not folded");
    }
    let count = listed.len();
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(listed.len(), count, "a word is refused twice");
    for word in ["gammafn", "normcdf", "maxeig", "mineig", "spectral"] {
        assert!(ops::find(word).is_some(), "`{word}` is the function of a Greek letter");
    }
}

#[test]
fn top_level_folders_are_known() {
    let known = ["benches", "examples", "grammar", "src", "target", "tests"];
    for entry in fs::read_dir(env!("CARGO_MANIFEST_DIR")).expect("the manifest's folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.');
        assert!(hidden || !entry.path().is_dir() || known.contains(&name.as_str()), "a new top-level folder `{name}`: find it a place");
    }
}
