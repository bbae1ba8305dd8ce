//! `-f json`: an answer as one object.

use super::answer::Answer;
use super::{Format, Task};
use crate::base::Diagnostic;
use serde_json::{Map, Value, json};

impl Answer {
    /// The answer as one JSON object: command, input, variables, result, conditions, verified, and the steps where they were recorded.
    pub fn json(&mut self) -> Value {
        let mut variables = Map::new();
        for v in self.input.variables.clone() {
            let info = self.store.symbol_info(v.symbol).clone();
            let kind = self.kind_of(v.symbol);
            let structure = kind.split('(').next().unwrap_or("matrix").to_owned();
            let shape = [self.store.dim_text(info.shape.rows), self.store.dim_text(info.shape.cols)];
            let origin = if v.declared { "declared" } else { "inferred" };
            variables
                .insert(v.spelling.clone(), json!({ "shape": shape, "structure": structure, "origin": origin, "declared": v.declared }));
        }
        let plain = self.text(Format::Plain);
        let latex = self.text(Format::Latex);
        let results: Vec<Value> = self
            .results
            .clone()
            .iter()
            .zip(plain.iter().zip(&latex))
            .map(|(outcome, (plain, latex))| {
                let shape = self.store.shape(outcome.value);
                let shape = [self.store.dim_text(shape.rows), self.store.dim_text(shape.cols)];
                let mut object = json!({ "plain": plain, "latex": latex, "shape": shape });
                if let Some(sense) = &outcome.sense {
                    // The label says what it is; the formula stands alone.
                    for (key, format) in [("plain", Format::Plain), ("latex", Format::Latex)] {
                        let label = self.result_label(outcome, format);
                        if let Some(bare) = object[key].as_str().and_then(|text| text.strip_prefix(&label)) {
                            object[key] = json!(bare);
                        }
                    }
                    object["structure"] = json!(sense.word());
                    object["label"] = json!(sense.label(Format::Plain).trim_end_matches(" = "));
                    object["when"] = json!(sense.when);
                }
                object
            })
            .collect();
        let mut object = Map::new();
        object.insert("command".into(), json!(self.task.word()));
        let input = self.input_text();
        object.insert("input".into(), input);
        object.insert("variables".into(), Value::Object(variables));
        if !self.constraints.is_empty() {
            object.insert("subject_to".into(), json!(self.constraints));
        }
        if self.task != Task::Shapes {
            let result = if let [one] = &results[..] { one.clone() } else { Value::Array(results) };
            object.insert("result".into(), result);
        }
        if let Some(kind) = self.kind {
            object.insert("kind".into(), json!(kind));
        }
        object.insert("conditions".into(), json!(self.conditions()));
        let points: usize = self.verified.iter().map(|v| v.points).sum();
        let error = self.verified.iter().map(|v| v.max_error).fold(0.0, f64::max);
        if !self.verified.is_empty() {
            object.insert("verified".into(), json!({ "points": points, "max_error": error }));
        }
        if !self.steps.is_empty() || !self.equations.is_empty() {
            let (plain, latex) = (self.steps(Format::Plain), self.steps(Format::Latex));
            let mut steps: Vec<Value> =
                plain.iter().zip(&latex).map(|((plain, law), (latex, _))| json!({ "plain": plain, "latex": latex, "law": law })).collect();
            // What a line is, where it is not the line before in other words.
            for (step, left) in steps.iter_mut().zip(self.left_sides(Format::Plain)).filter(|(_, left)| !left.is_empty()) {
                step["lhs"] = json!(left);
            }
            object.insert("steps".into(), Value::Array(steps));
        }
        Value::Object(object)
    }

    fn input_text(&mut self) -> Value {
        use crate::show::{self, Style};
        let root = self.input.root;
        let lets = super::tasks::definitions(&self.input);
        let mut written = |format| show::show(&mut self.store, root, &Style { format, ..self.style }, &lets);
        let (plain, latex) = (written(Format::Plain), written(Format::Latex));
        if self.latex { json!({ "plain": plain, "latex": self.text }) } else { json!({ "plain": self.text, "latex": latex }) }
    }
}

/// An error as one JSON object.
#[must_use]
pub fn error(diagnostic: &Diagnostic) -> Value {
    let span = diagnostic.span.map(|s| [s.start, s.end]);
    json!({ "error": { "kind": diagnostic.fault.word(), "message": diagnostic.message, "span": span, "hint": diagnostic.hint } })
}
