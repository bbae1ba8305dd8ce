//! The command: flags, files, standard input and output, colour. Everything that it knows of mathematics is [`crate::session`].

mod args;
mod consistent;
mod input;
mod output;
mod print;
mod question;
mod report;

use crate::base::{Diagnostic, Fault};
use crate::session::{Session, Task};
use args::{Color, Options, Output, Source, Stop};
use input::Input;
use report::Paint;
use std::ffi::OsString;
use std::io::BufRead;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Runs the command with the process's own arguments and says how it went: 0 done, 1 the answer is "no", 2 the input is
/// wrong, 3 an internal check failed.
#[must_use]
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // The hook's own message is for programmers; the user gets one line.
    std::panic::set_hook(Box::new(|_| {}));
    let code = catch_unwind(AssertUnwindSafe(|| command(&arguments))).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
        report::defect(text.unwrap_or("no reason given"));
        3
    });
    ExitCode::from(code)
}

fn command(arguments: &[OsString]) -> u8 {
    match args::read(arguments) {
        Ok(options) => {
            let paint = report::paint(options.color);
            if options.question.is_some() {
                return question::answer(&options, paint);
            }
            if options.lines { lines(&options, paint) } else { once(&options, paint) }
        }
        Err(Stop::Wrong(wrong)) => report::error(report::paint(Color::Auto), args::wants_json(arguments), "", &wrong, None),
        Err(Stop::Clap(said)) => {
            // Help and the version go to standard output, complaints to standard error; clap knows which.
            let _ = said.print();
            if said.use_stderr() && args::wants_json(arguments) {
                let text = said.to_string();
                let first = text.lines().next().unwrap_or("").trim_start_matches("error: ").to_owned();
                let wrong = Diagnostic::new(Fault::Usage, first);
                print::answer(&format!("{:#}\n", crate::session::error_json(&wrong)));
            }
            u8::try_from(said.exit_code()).unwrap_or(2)
        }
    }
}

/// One question: the whole of the input is one expression.
fn once(options: &Options, paint: Paint) -> u8 {
    let json = report::json(options);
    let input = match input::read(&options.source) {
        Ok(input) => input,
        Err(wrong) => return report::error(paint, json, "", &wrong, None),
    };
    match prepared(options, &input).and_then(|session| reply(&session, options, &input, paint)) {
        Ok(text) => {
            print::answer(&text);
            0
        }
        Err(mut wrong) => {
            if let Some(step) = step(options, &input, &wrong) {
                print::answer(&step);
                wrong = wrong.hint("the function printed takes one step of Newton's method: repeat it until nothing changes");
            }
            report::error(paint, json, report::text_of(&input), &wrong, None)
        }
    }
}

/// Code of an iteration, where code was asked for and there is no closed form.
fn step(options: &Options, input: &Input, wrong: &Diagnostic) -> Option<String> {
    if options.task != Task::Solve || options.output != Output::Numpy || wrong.fault != Fault::NoClosedForm {
        return None;
    }
    let wrt: Vec<&str> = options.wrt.iter().map(String::as_str).collect();
    let mut answer = prepared(options, input).and_then(|session| session.step(&input.expression, &wrt)).ok()?;
    output::text(options, &mut answer).ok()
}

/// The session for an input: the file's declarations first, then those of the command line, which overrule them.
fn prepared(options: &Options, input: &Input) -> Result<Session, Diagnostic> {
    let mut session = Session::new();
    session.set_dialect(options.dialect);
    session.set_verify(options.verify);
    session.set_steps(options.steps);
    session.set_explain_layout(options.explain_layout);
    session.set_order(options.order.unwrap_or(1));
    session.set_along(options.along.clone());
    session.set_layout(options.layout.unwrap_or_default());
    session.set_form(options.form);
    session.set_goal(options.goal);
    session.set_structure(options.structure);
    session.set_blocks(options.blocks);
    for path in &options.macros {
        session.define_macros(&input::file(path)?);
    }
    for range in &input.variables {
        session.declare(&input.text[range.clone()]).map_err(|e| input.place_declaration(e, range))?;
    }
    for range in &input.functions {
        session.declare_function(&input.text[range.clone()]).map_err(|e| input.place_declaration(e, range))?;
    }
    for text in &options.variables {
        session.declare(text)?;
    }
    for text in &options.functions {
        session.declare_function(text)?;
    }
    for text in &options.constraints {
        session.subject_to(text);
    }
    Ok(session)
}

/// Several questions, one a line, one answer a line.
fn lines(options: &Options, paint: Paint) -> u8 {
    let json = report::json(options);
    let session = match prepared(options, &Input::default()) {
        Ok(session) => session,
        Err(wrong) => return report::error(paint, json, "", &wrong, None),
    };
    let mut worst = 0;
    let mut number = 0;
    let mut each = |bytes: Vec<u8>| {
        number += 1;
        let input = match input::utf8(bytes, "the line") {
            Ok(text) => Input::expression(text),
            Err(wrong) => {
                worst = worst.max(report::error(paint, json, "", &wrong, Some(number)));
                return;
            }
        };
        if input.expression.is_empty() || input.expression.starts_with('#') {
            print::answer("\n");
            return;
        }
        match reply(&session, options, &input, paint) {
            Ok(text) => print::answer(&text),
            Err(wrong) => worst = worst.max(report::error(paint, json, report::text_of(&input), &wrong, Some(number))),
        }
    };
    if let Source::Argument(text) = &options.source {
        text.lines().for_each(|line| each(line.as_bytes().to_vec()));
        return worst;
    }
    for line in std::io::stdin().lock().split(b'\n') {
        match line {
            Ok(bytes) => each(bytes),
            Err(failure) => return report::error(paint, json, "", &input::unreadable("standard input", &failure), None),
        }
    }
    worst
}

/// The answer to one question as text; what else there is to say goes to standard error.
fn reply(session: &Session, options: &Options, input: &Input, paint: Paint) -> Result<String, Diagnostic> {
    let wrt: Vec<&str> = options.wrt.iter().map(String::as_str).collect();
    let mut answer = session.ask(options.task, &input.expression, &wrt).map_err(|e| input.place(e))?;
    answer.set_style(output::style(options));
    let text = output::text(options, &mut answer)?;
    report::remarks(paint, options, &mut answer);
    Ok(text)
}
