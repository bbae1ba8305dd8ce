//! Questions that are answered with yes or no: `equal` and `check`.

use super::args::{Options, Output, Question};
use super::input::{self, Input};
use super::report::{self, Paint};
use super::{output, prepared, print};
use crate::base::Diagnostic;
use crate::session::Format;
use serde_json::Value;

/// A verdict, ready to be printed.
struct Reply {
    notes: Vec<String>,
    lines: Vec<String>,
    object: Value,
    yes: bool,
}

/// Answers the question of the options: exit code 0 for yes, 1 for no.
pub(super) fn answer(options: &Options, paint: Paint) -> u8 {
    let json = report::json(options);
    let input = match input::read(&options.source) {
        Ok(input) => input,
        Err(wrong) => return report::error(paint, json, "", &wrong, None),
    };
    match ask(options, &input) {
        Ok(reply) => {
            report::notes(paint, &reply.notes);
            if options.output == Output::Json {
                print::answer(&format!("{:#}\n", reply.object));
            } else {
                print::answer(&format!("{}\n", reply.lines.join("\n")));
            }
            u8::from(!reply.yes)
        }
        Err(wrong) => report::error(paint, json, report::text_of(&input), &wrong, None),
    }
}

fn ask(options: &Options, input: &Input) -> Result<Reply, Diagnostic> {
    let session = prepared(options, input)?;
    let Some(question) = &options.question else {
        return Ok(Reply { notes: Vec::new(), lines: Vec::new(), object: Value::Null, yes: false });
    };
    match question {
        Question::Equal(other) => {
            let mut found = session.equal(&input.expression, other.trim())?;
            Ok(Reply { notes: found.notes().to_vec(), lines: found.text(), object: found.json(), yes: found.equal() == Some(true) })
        }
        Question::Check(kind, claim) => {
            let wrt: Vec<&str> = options.wrt.iter().map(String::as_str).collect();
            let mut found = session.check(*kind, &input.expression, &wrt, claim.trim())?;
            found.set_style(output::style(options));
            let format = if let Output::Text(format) = options.output { format } else { Format::Plain };
            Ok(Reply { notes: found.notes().to_vec(), lines: found.text(format), object: found.json(), yes: found.right() == Some(true) })
        }
    }
}
