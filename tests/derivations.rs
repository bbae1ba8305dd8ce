//! Every line of every derivation has the value of the line before: the session checks each, and withholds it otherwise.

use matdiff::session::{Format, Session, Task};

#[test]
fn every_line_has_the_value_of_the_line_before() -> Result<(), String> {
    let mut derived = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus")).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.extension().is_none_or(|e| e != "jsonl") {
            continue;
        }
        for line in std::fs::read_to_string(&path).map_err(|e| e.to_string())?.lines().filter(|l| l.starts_with('{')) {
            let case: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
            let (Some(expr), Some(wrt)) = (case["expr"].as_str(), case["wrt"].as_str()) else { continue };
            let mut session = Session::new();
            session.set_steps(true);
            for (name, kind) in case["vars"].as_object().into_iter().flatten() {
                session.declare(&format!("{name}: {}", kind.as_str().unwrap_or("scalar"))).map_err(|e| e.message)?;
            }
            match session.ask(Task::Gradient, expr, &[wrt]) {
                Ok(mut answer) => {
                    let steps = answer.steps(Format::Plain);
                    assert!(!steps.is_empty(), "{expr} by {wrt} has no derivation");
                    derived += 1;
                }
                // Cases of other commands are no scalars; what must not happen is a line that differs.
                Err(error) => assert_ne!(error.fault.word(), "verification", "{expr} by {wrt}: {}", error.message),
            }
        }
    }
    assert!(derived >= 60, "only {derived} derivations");
    Ok(())
}
