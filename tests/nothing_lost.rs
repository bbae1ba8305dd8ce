//! Nothing that is typed is dropped silently: every letter, digit and operator of a text stands in the tree that is read from
//! it, or in a remark of its page.
//!
//! Two ways to see a loss, both from outside. By places: each sign of the text belongs to the innermost node whose place holds
//! it, and every kind of node says which signs may be its own (a sum its plus and minus signs, a name the letters of its name).
//! By meaning: leaving out one sign gives another tree, other remarks or an error, else the sign meant nothing.

mod common;
#[path = "nothing_lost/drawn.rs"]
mod drawn;
#[path = "nothing_lost/kinds.rs"]
mod kinds;
#[path = "nothing_lost/marks.rs"]
mod marks;
#[path = "nothing_lost/owners.rs"]
mod owners;

use matdiff::elab;
use matdiff::syntax::{self, Ast};
use serde_json::Value;
use std::collections::BTreeSet;

/// A text, how it is read, and which names are declared.
#[derive(Clone, Debug)]
struct Sample {
    text: String,
    latex: bool,
    variables: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl Sample {
    fn read(&self, text: &str) -> Option<Ast> {
        let vocabulary = elab::vocabulary(self.variables.clone(), self.functions.clone());
        if self.latex { syntax::parse_latex(text, &vocabulary).ok() } else { syntax::parse(text, &vocabulary).ok() }
    }
}

fn sample(text: &str, arguments: &[&str]) -> Sample {
    let behind = |flag: &str| arguments.windows(2).filter(|pair| pair[0] == flag).map(|pair| pair[1].to_owned()).collect::<Vec<_>>();
    let latex = behind("--from").first().map_or_else(|| syntax::looks_like_latex(text), |dialect| dialect == "latex");
    let declared = behind("--var").iter().filter_map(|text| syntax::parse_declarations(text).ok()).flatten().map(|d| d.name).collect();
    let functions = behind("--fn").iter().filter_map(|text| syntax::parse_function(text).ok()).map(|f| f.name).collect();
    Sample { text: text.to_owned(), latex, variables: declared, functions }
}

/// The texts of `tests/reading`, of `tests/corpus` and of the console blocks of `tests/cases`.
fn corpus() -> Vec<Sample> {
    let folder = |name: &str, ending: &str| {
        let list = std::fs::read_dir(common::root().join(name)).expect("a folder").map(|e| e.expect("an entry").path());
        let mut files: Vec<_> = list.filter(|f| f.extension().is_some_and(|e| e == ending)).collect();
        files.sort();
        files.into_iter().map(|f| std::fs::read_to_string(f).expect("UTF-8")).collect::<Vec<_>>()
    };
    let mut samples = Vec::new();
    for line in folder("tests/reading", "jsonl").iter().flat_map(|text| text.lines()) {
        let row: Value = serde_json::from_str(line).expect("JSON");
        for key in ["args", "same"] {
            let arguments: Vec<&str> = row[key].as_array().map(|l| l.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
            if let [_, text, ..] = arguments[..] {
                samples.push(sample(text, &arguments));
            }
        }
    }
    for case in common::corpus() {
        let mut from = sample(&case.expr, &["--var", &case.declarations]);
        from.functions.extend(case.functions.iter().filter_map(|f| syntax::parse_function(f).ok()).map(|f| f.name));
        samples.push(from.clone());
        samples.push(Sample { text: case.answer.clone(), latex: false, ..from });
    }
    for line in folder("tests/cases", "md").iter().flat_map(|text| text.lines()) {
        let Some(text) = line.strip_prefix("$ matdiff ").and_then(|rest| rest.split_once(' ')).map(|(_, rest)| rest) else { continue };
        // What stands between the first quotes; texts in which the shell replaces something are left out.
        let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let Some((inside, rest)) = text[1..].split_once(quote) else { continue };
        if quote == '"' && inside.contains(['$', '`']) || inside.contains("\\\\") {
            continue;
        }
        let declared = rest.split("--var '").skip(1).filter_map(|r| r.split_once('\'')).flat_map(|(d, _)| ["--var", d]);
        samples.push(sample(inside, &declared.collect::<Vec<_>>()));
    }
    samples
}

/// What is wrong with how the samples are read, one line each, and how many are read at all.
fn losses(samples: &[Sample]) -> (Vec<String>, usize) {
    let mut wrong = Vec::new();
    let mut read = 0;
    for sample in samples {
        let Some(ast) = sample.read(&sample.text) else { continue };
        read += 1;
        wrong.extend(owners::lost(sample, &ast).into_iter().map(|why| format!("{}\n    {why}", sample.text)));
    }
    wrong.dedup();
    (wrong, read)
}

#[test]
fn every_sign_of_the_corpus_has_a_place_in_the_tree() {
    let samples = corpus();
    let (wrong, read) = losses(&samples);
    assert!(wrong.is_empty(), "{} losses in {read} texts:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read * 10 >= samples.len() * 7, "{read} of {} texts are read", samples.len());
}

#[test]
fn every_sign_of_the_corpus_matters() {
    let samples = corpus();
    let wrong: Vec<String> = samples.iter().flat_map(without_one).collect();
    assert!(wrong.is_empty(), "{} signs mean nothing:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_sign_of_drawn_texts_has_a_place_in_the_tree() {
    let samples = drawn::samples(1500);
    let (wrong, read) = losses(&samples);
    assert!(wrong.is_empty(), "{} losses in {read} texts:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read >= 400, "{read} of {} texts are read", samples.len());
}

#[test]
fn every_sign_of_drawn_texts_matters() {
    let samples = drawn::samples(250);
    let wrong: Vec<String> = samples.iter().flat_map(without_one).collect();
    assert!(wrong.is_empty(), "{} signs mean nothing:\n{}", wrong.len(), wrong.join("\n"));
}

/// The signs that can be left out with nothing changed, one line each.
fn without_one(sample: &Sample) -> Vec<String> {
    let Some(ast) = sample.read(&sample.text) else { return Vec::new() };
    let whole = owners::meaning(&ast);
    let called = owners::called(sample, &ast);
    let mut wrong = Vec::new();
    for mark in marks::marks(&sample.text, sample.latex) {
        if mark.is_optional(&sample.text) || called.contains(&mark.range.start) {
            continue;
        }
        let mut shorter = sample.text.clone();
        // What stood on both sides must not become one word.
        shorter.replace_range(mark.range.clone(), " ");
        if sample.read(&shorter).is_some_and(|other| owners::meaning(&other) == whole) {
            wrong.push(format!(
                "{}\n    without `{}` at {}: the same tree",
                sample.text,
                &sample.text[mark.range.clone()],
                mark.range.start
            ));
        }
    }
    wrong
}
