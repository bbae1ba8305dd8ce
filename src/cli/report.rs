//! What goes to standard error: errors with a caret, notes, what an answer assumes, what its check found.

use super::args::{Color, Options, Output};
use super::input::Input;
use super::print;
use crate::base::{Diagnostic, Fault};
use crate::session::{self, Answer};
use colored::Colorize;
use std::io::IsTerminal;

/// Whether standard error gets colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(bool);

/// Decides on colour. `colored` paints standard output alone; standard error is asked about separately.
pub(super) fn paint(color: Color) -> Paint {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    let wanted = |terminal: bool| match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !refused,
    };
    colored::control::set_override(wanted(std::io::stdout().is_terminal()));
    Paint(wanted(std::io::stderr().is_terminal()))
}

/// Prints an error, and where JSON was asked for its object on standard output. Returns the exit code.
pub(super) fn error(paint: Paint, json: bool, text: &str, diagnostic: &Diagnostic, line: Option<usize>) -> u8 {
    let place = line.map(|n| format!("line {n}: ")).unwrap_or_default();
    print::error(&format!("{place}{}\n", diagnostic.render(text, paint.0)));
    if json {
        let object = session::error_json(diagnostic);
        let printed = if line.is_some() { serde_json::to_string(&object) } else { serde_json::to_string_pretty(&object) };
        print::answer(&format!("{}\n", printed.unwrap_or_default()));
    } else if line.is_some() {
        // An empty line keeps answers in step with the expressions.
        print::answer("\n");
    }
    code(diagnostic)
}

/// The exit code of an error.
fn code(diagnostic: &Diagnostic) -> u8 {
    match diagnostic.fault {
        Fault::Verification => 3,
        Fault::NoClosedForm => 1,
        _ => 2,
    }
}

/// Prints what is to be said about an answer besides the answer.
pub(super) fn remarks(paint: Paint, options: &Options, answer: &mut Answer) {
    let mut text = String::new();
    let mut say = |word: &str, what: &str| {
        // `colored` knows of standard output only.
        let word = if paint.0 { format!("\u{1b}[1;36m{word}\u{1b}[0m") } else { word.to_owned() };
        text.push_str(&format!("{word}: {what}\n"));
    };
    for note in answer.notes() {
        say("note", note);
    }
    if options.conditions || options.task == crate::session::Task::Solve {
        for condition in answer.conditions() {
            say("assumes", &condition);
        }
    }
    if options.verbose {
        for found in answer.verified() {
            say("verified", &format!("{} points, largest relative error {:.1e}", found.points, found.max_error));
        }
        if !options.verify {
            say("verified", "not checked (--no-verify)");
        }
    }
    print::error(&text);
}

/// Prints notes alone.
pub(super) fn notes(paint: Paint, notes: &[String]) {
    let word = if paint.0 { "\u{1b}[1;36mnote\u{1b}[0m" } else { "note" };
    print::error(&notes.iter().map(|note| format!("{word}: {note}\n")).collect::<String>());
}

/// Whether an error is printed as an object too.
pub(super) fn json(options: &Options) -> bool {
    options.output == Output::Json
}

/// The line about a defect of the program itself.
pub(super) fn defect(what: &str) {
    let what = what.lines().next().unwrap_or("").trim();
    print::error(&format!("{}: an internal defect of matdiff, and no answer: {what}\n", "error".normal()));
}

/// The text that an error about the input refers to.
pub(super) fn text_of(input: &Input) -> &str {
    &input.text
}
