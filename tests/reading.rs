//! Formulas as their authors typed them are read as meant, or refused.
//!
//! `tests/reading/*.jsonl` holds them, one a line: what is asked in `args`, and how the answer is judged:
//! - `same`: the answer of `args` is the answer of this plain command, by text or by `matdiff equal`;
//! - `refuse`: the exit code is 2, `message` is part of what is said, and the place is shown (with `same`: either will do);
//! - `note`: standard error holds one of these words, which `|` separates.
//!
//! `ONLY=kalman cargo test --test reading -- --nocapture` runs those with this in their id.

mod common;

use matdiff::session::{Dialect, Format, Session, Task};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// One row of a file.
struct Row {
    id: String,
    json: Value,
}

/// What a command said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

fn rows() -> Vec<Row> {
    let folder = common::root().join("tests/reading");
    let mut files: Vec<_> = std::fs::read_dir(&folder).expect("tests/reading").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    let mut rows = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        for line in text.lines().filter(|l| !l.trim().is_empty()) {
            let json: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{}: {e}: {line}", file.display()));
            let id = json["id"].as_str().unwrap_or_else(|| panic!("{}: no id: {line}", file.display())).to_owned();
            rows.push(Row { id, json });
        }
    }
    rows
}

fn words(json: &Value) -> Vec<&str> {
    json.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

fn run(arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_matdiff"))
        .args(arguments)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Said { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Whether two answers are the same text but for white space, or the same value.
fn alike(one: &str, other: &str, same: &[&str]) -> bool {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    if bare(one) == bare(other) {
        return true;
    }
    if one.is_empty() || one.contains('\n') || other.contains('\n') {
        return false;
    }
    let declared = same.windows(2).filter(|pair| pair[0] == "--var").flatten();
    let arguments: Vec<&str> = ["equal", one, other].into_iter().chain(declared.copied()).collect();
    run(&arguments).code == 0
}

/// What is wrong with a row's answer, in one line; nothing where it is right.
fn judged(row: &Row) -> Option<String> {
    let said = run(&words(&row.json["args"]));
    let first = |text: &str| text.lines().next().unwrap_or("").to_owned();
    let same = words(&row.json["same"]);
    let may_refuse = row.json["refuse"] == Value::Bool(true);
    match said.code {
        0 => {}
        2 if may_refuse && (!same.is_empty() || row.json["note"].is_string()) => return None,
        2 if may_refuse => {
            let wanted = row.json["message"].as_str().unwrap_or("");
            let shown = said.err.contains('^') && said.err.starts_with("error: ");
            return match (said.err.contains(wanted), shown) {
                (true, true) => None,
                (false, _) => Some(format!("refused, but not with `{wanted}`: {}", said.err)),
                (true, false) => Some(format!("refused without a place: {}", said.err)),
            };
        }
        2 => return Some(format!("REFUSED: {}", first(&said.err))),
        code => return Some(format!("CRASHED with {code}: {}", said.err)),
    }
    if let Some(wanted) = row.json["note"].as_str() {
        let err = said.err.to_lowercase();
        let told = wanted.to_lowercase().split('|').any(|word| err.contains(word));
        return (!told).then(|| format!("UNSAID: {}, and nothing of `{wanted}` in: {}", first(&said.out), said.err.replace('\n', "; ")));
    }
    if same.is_empty() {
        return Some(format!("MISREAD: {}, and it had to be refused", first(&said.out)));
    }
    let wanted = run(&same);
    if wanted.code != 0 {
        return Some(format!("the plain command itself: {}", first(&wanted.err)));
    }
    (!alike(&said.out, &wanted.out, &same)).then(|| format!("MISREAD: {}, and not {}", said.out, wanted.out))
}

/// What is wrong with the rows, shared among the processors.
fn everyone(rows: &[Row], fault: impl Fn(&Row) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(fault(row).map(|why| format!("{}: {}\n    {why}", row.id, words(&row.json["args"]).join(" "))));
        }
        wrong
    };
    let hands = std::thread::available_parallelism().map_or(2, usize::from).min(8);
    let mut wrong: Vec<String> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..hands).map(|_| scope.spawn(work)).collect();
        started.into_iter().flat_map(|hand| hand.join().expect("a thread ends")).collect()
    });
    wrong.sort();
    wrong
}

#[test]
fn formulas_are_read_as_meant_or_refused() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let rows: Vec<Row> = rows().into_iter().filter(|row| row.id.contains(&only)).collect();
    let wrong = everyone(&rows, judged);
    assert!(wrong.is_empty(), "{} of {} are not read as meant:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn every_formula_says_where_it_is_from() {
    let rows = rows();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "two rows have one id");
    let mut asked = BTreeSet::new();
    for row in &rows {
        assert!(row.json["source"].as_str().is_some_and(|s| s.len() > 5), "{}: no source", row.id);
        assert!(asked.insert(words(&row.json["args"])), "{}: a question twice", row.id);
        let judged = ["same", "refuse", "note"].iter().any(|key| !row.json[*key].is_null());
        assert!(judged, "{}: nothing to judge it by", row.id);
    }
    let formulas = rows.iter().filter(|row| !row.json["same"].is_null()).count();
    let traps = rows.len() - formulas;
    assert!(formulas >= 160, "{formulas} formulas");
    assert!(traps >= 60, "{traps} traps");
}

/// The declarations under which an answer is read: those of the command, and what it says that it took the others for.
fn declarations(arguments: &[&str], notes: &str) -> String {
    let declared = arguments.windows(2).filter(|pair| pair[0] == "--var").map(|pair| pair[1].to_owned());
    let taken = notes.lines().filter_map(|line| line.strip_prefix("note: ")).flat_map(|line| line.split(", ")).filter_map(|part| {
        let (name, what) = part.split_once(" is ")?;
        let kind = match what.split_once('×') {
            Some((rows, cols)) if !what.contains(' ') => format!("matrix({rows},{cols})"),
            _ if what == "a scalar" => "scalar".to_owned(),
            _ => return None,
        };
        (!name.contains([' ', '`'])).then(|| format!("{name}: {kind}"))
    });
    declared.chain(taken).collect::<Vec<_>>().join("; ")
}

/// What is wrong with how an answer reads back, in one of the two dialects.
fn read_back(arguments: &[&str], dialect: Dialect) -> Option<String> {
    let said = run(arguments);
    if said.code != 0 || said.out.contains('\n') {
        return None;
    }
    let text = match dialect {
        Dialect::Latex => run(&[arguments, &["-f", "latex"]].concat()).out,
        _ => said.out.clone(),
    };
    let declared = declarations(arguments, &said.err);
    let functions: Vec<String> = arguments.windows(2).filter(|pair| pair[0] == "--fn").map(|pair| pair[1].to_owned()).collect();
    let mut session = Session::new();
    session.set_dialect(dialect);
    if let Err(error) = session.declare(&declared) {
        return Some(format!("`{declared}` is not declared: {}", error.render(&declared, false)));
    }
    for function in &functions {
        session.declare_function(function).expect("a function");
    }
    match common::line(&session, Task::Simplify, &text, &[], Format::Plain) {
        Err(error) => Some(format!("with {declared}\n{}", error.render(&text, false))),
        Ok(back) => match common::relation(&declared, &functions, &said.out, &back) {
            common::Relation::Different(why) => Some(format!("{text} reads back as {back}: {why}")),
            _ => None,
        },
    }
}

#[test]
fn printed_answers_read_back() {
    let only = std::env::var("ONLY").unwrap_or_default();
    // A differential holds names that no one declared.
    let asked = |row: &Row| words(&row.json["args"]).first().is_some_and(|task| matches!(*task, "grad" | "jac" | "hess" | "simplify"));
    let rows: Vec<Row> = rows().into_iter().filter(|row| row.id.contains(&only) && asked(row)).collect();
    let wrong = everyone(&rows, |row| {
        let arguments = words(&row.json["args"]);
        let dialects = [(Dialect::Plain, "plain"), (Dialect::Latex, "LaTeX")];
        let faults = dialects.iter().filter_map(|&(dialect, name)| read_back(&arguments, dialect).map(|why| format!("{name}: {why}")));
        Some(faults.collect::<Vec<_>>().join("\n    ")).filter(|faults| !faults.is_empty())
    });
    assert!(wrong.is_empty(), "{} answers do not read back:\n{}", wrong.len(), wrong.join("\n"));
}
