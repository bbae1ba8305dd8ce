//! Known answers of textbooks, papers and manuals: ours must have the same value, and the share of those that are the
//! same formula may only go up.

mod common;

use common::Relation;
use matdiff::session::Format;
use std::collections::BTreeSet;

/// How many answers have the known answer's normal form. Raise it when it rises; never lower it.
const SAME: usize = 156;

#[test]
fn answers_equal_the_known_ones() {
    let mut wrong = Vec::new();
    let (mut same, mut other) = (0, Vec::new());
    let cases = common::corpus();
    for case in &cases {
        let mut answer = match case.session().ask(case.task, &case.expr, &case.wrt()) {
            Ok(answer) => answer,
            Err(error) => {
                wrong.push(format!("{}: {}", case.id, error.render(&case.expr, false)));
                continue;
            }
        };
        let ours = answer.text(Format::Plain).join("\n");
        match common::relation(&case.answer_declarations(), &case.functions, &case.answer, &ours) {
            Relation::Same => same += 1,
            Relation::Equal => other.push(format!("{}: {ours}   (known: {})", case.id, case.answer)),
            Relation::Different(why) => wrong.push(format!("{}: {ours}\n  known: {} ({})\n  {why}", case.id, case.answer, case.source)),
        }
    }
    println!("{same} of {} answers are the known formula; equal, but written otherwise:\n{}", cases.len(), other.join("\n"));
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(same >= SAME, "{same} answers are the known formula; it were {SAME}");
}

#[test]
fn answers_in_latex_mean_the_same() {
    let mut wrong = Vec::new();
    for case in common::corpus() {
        let Ok(mut answer) = case.session().ask(case.task, &case.expr, &case.wrt()) else { continue };
        let ours = answer.text(Format::Latex).join("\n");
        let read = common::session(&case.answer_declarations(), &case.functions);
        let mut read = read;
        read.set_dialect(matdiff::session::Dialect::Latex);
        match common::line(&read, matdiff::session::Task::Simplify, &ours, &[], Format::Plain) {
            Err(error) => wrong.push(format!("{}: {ours}: {}", case.id, error.render(&ours, false))),
            Ok(plain) => {
                if let Relation::Different(why) = common::relation(&case.answer_declarations(), &case.functions, &case.answer, &plain) {
                    wrong.push(format!("{}: {ours}, read back as {plain}: {why}", case.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_says_where_it_is_from() {
    let cases = common::corpus();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let mut seen = BTreeSet::new();
    for case in &cases {
        assert!(case.source.len() > 5, "{}: no source", case.id);
        assert!(
            seen.insert((case.task.word(), &case.expr, &case.wrt, &case.declarations, case.json["layout"].as_str())),
            "{}: a case twice",
            case.id
        );
        assert!(case.json["ref"].is_string(), "{}: no NumPy reference", case.id);
    }
}
