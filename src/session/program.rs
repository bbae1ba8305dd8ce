//! What people write around an objective: functions defined in front of it, `\min_w` before and `s.t. …` behind.

use super::{Session, Task};
use crate::base::{Diagnostic, Fault, Span};
use crate::solve::Extremum;
use crate::syntax;
use std::ops::Range;

/// An expression taken out of what stands around it.
pub(super) struct Taken {
    /// The session with what was said around the expression.
    pub session: Session,
    /// The text with blanks in place of all but the expression, so that places in it are places in the text.
    pub text: String,
    /// The variables below `\min`.
    pub by: Vec<String>,
}

/// Takes an expression out of the definitions, and for [`Task::Solve`] out of the problem, around it. `None` where nothing stands there.
///
/// # Errors
/// What is wrong with a definition; a problem over other variables than those of `wrt`.
pub(super) fn taken(session: &Session, task: Task, text: &str, wrt: &[&str]) -> Result<Option<Taken>, Diagnostic> {
    if task != Task::Solve && function(text).is_none() {
        return Ok(None);
    }
    let mut found = Taken { session: session.clone(), text: text.to_owned(), by: Vec::new() };
    while let Some((definition, whole)) = function(&found.text) {
        found.session.declare_function(&text[definition])?;
        blank(&mut found.text, whole);
    }
    if task == Task::Solve {
        problem(&mut found, text, wrt)?;
    }
    Ok((found.text != text).then_some(found))
}

/// An error about the expression as one about the whole text.
pub(super) fn about(mut error: Diagnostic, blanked: &str, text: &str) -> Diagnostic {
    if error.source.as_deref() == Some(blanked) {
        error.source = Some(text.to_owned());
    }
    error
}

fn blank(text: &mut String, range: Range<usize>) {
    let blanks = " ".repeat(range.len());
    text.replace_range(range, &blanks);
}

/// `let f(t) = …;` in front: the definition, and the place of all of it.
fn function(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let start = text.len() - text.trim_start().len();
    let rest = text[start..].strip_prefix("let")?.strip_prefix(char::is_whitespace)?;
    let from = text.len() - rest.trim_start().len();
    let head = &text[from..];
    let open = head.find('(').filter(|&at| head[..at].chars().all(|c| c.is_alphanumeric() || c == '_') && at > 0)?;
    let close = open + head[open..].find(')')?;
    let value = head[close + 1..].trim_start().strip_prefix('=')?;
    let end = text.len() - value.len() + value.find(';')?;
    Some((from..end, start..end + 1))
}

/// Takes `\min_w` off the front and the constraints off the end.
fn problem(found: &mut Taken, text: &str, wrt: &[&str]) -> Result<(), Diagnostic> {
    if let Some(head) = Head::read(&found.text) {
        let extremum = if head.most { Extremum::Maximum } else { Extremum::Minimum };
        let names = |text: &str| syntax::parse_wrt(text).map(|names| names.into_iter().map(|n| n.0).collect::<Vec<_>>());
        let mut said = Vec::new();
        for by in &head.by {
            said.extend(names(by).map_err(|_| {
                let error =
                    Diagnostic::new(Fault::Usage, "this is not a list of variables").at(Span::new(head.range.start, head.range.end));
                error.of(text).hint("give the objective alone, and the variables with --wrt")
            })?);
        }
        let mut asked = Vec::new();
        for name in wrt {
            asked.extend(names(name)?);
        }
        let (mut one, mut other) = (said.clone(), asked.clone());
        one.sort();
        other.sort();
        if !asked.is_empty() && !said.is_empty() && one != other {
            let message = format!("this is a problem over {}, and --wrt says {}", said.join(", "), asked.join(", "));
            let error = Diagnostic::new(Fault::Usage, message).at(Span::new(head.range.start, head.range.end)).of(text);
            return Err(error.hint("the variables have to agree; or give the objective alone"));
        }
        found.by = head.by;
        if found.session.goal.is_none() {
            found.session.goal = Some(extremum);
        }
        blank(&mut found.text, head.range);
    }
    if let Some((behind, equations)) = constraints(&found.text) {
        for equation in equations {
            found.session.constraints.push(equation);
        }
        blank(&mut found.text, behind);
    }
    Ok(())
}

/// `\hat w = \arg\min_{w}`, `\underset{w}{\operatorname{minimize}}`, `min_w`.
struct Head {
    range: Range<usize>,
    by: Vec<String>,
    most: bool,
}

/// Reads a text from left to right.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    /// Passes over white space, and over commands that print none else.
    fn space(&mut self) {
        const SPACES: [&str; 15] = [
            "\\,",
            "\\;",
            "\\:",
            "\\!",
            "\\ ",
            "~",
            "&",
            "$",
            "\\[",
            "\\quad",
            "\\qquad",
            "\\displaystyle",
            "\\begin{aligned}",
            "\\begin{align*}",
            "\\begin{align}",
        ];
        loop {
            let rest = self.0.trim_start();
            let space = SPACES.iter().filter(|s| rest.starts_with(**s)).max_by_key(|s| s.len());
            self.0 = space.map_or(rest, |s| &rest[s.len()..]);
            if space.is_none() {
                return;
            }
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let Some(rest) = self.0.strip_prefix(word) else { return false };
        let letter = |c: char| c.is_ascii_alphabetic();
        if word.ends_with(letter) && rest.starts_with(letter) {
            return false;
        }
        self.0 = rest;
        true
    }

    /// What stands between the braces that open here.
    fn group(&mut self) -> Option<&'a str> {
        let mut depth = 0usize;
        if !self.0.starts_with('{') {
            return None;
        }
        for (at, c) in self.0.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inside = &self.0[1..at];
                self.0 = &self.0[at + 1..];
                return Some(inside);
            }
        }
        None
    }

    /// `\arg\min`, `\operatorname*{arg\,min}`, `minimize`: whether it is a maximum, and whether it needs no subscript to be one.
    fn extremum(&mut self) -> Option<(bool, bool)> {
        let before = self.0;
        if ["\\operatorname*", "\\operatorname", "\\mathop", "\\text", "\\mathrm"].iter().any(|command| self.take(command)) {
            self.space();
            let inside = self.group()?;
            let word: String = inside.chars().filter(char::is_ascii_alphabetic).collect::<String>().replace("rm", "").to_lowercase();
            let most = word.contains("max");
            let whole = ["argmin", "argmax", "minimize", "maximize", "minimise", "maximise"].contains(&word.as_str());
            return if whole || matches!(word.as_str(), "min" | "max") { Some((most, whole)) } else { None };
        }
        let arg = self.take("\\arg") || self.take("arg");
        self.space();
        for (word, most, whole) in [
            ("\\argmin", false, true),
            ("\\argmax", true, true),
            ("argmin", false, true),
            ("argmax", true, true),
            ("minimize", false, true),
            ("maximize", true, true),
            ("\\min", false, false),
            ("\\max", true, false),
            ("min", false, false),
            ("max", true, false),
        ] {
            if self.take(word) {
                return Some((most, whole || arg));
            }
        }
        self.0 = before;
        None
    }

    /// The variables below: `_w`, `_{w, b}`, `_{w \in \mathbb{R}^n}`.
    fn below(&mut self) -> Option<&'a str> {
        self.take("\\limits");
        self.space();
        if !self.take("_") {
            return None;
        }
        self.space();
        if let Some(inside) = self.group() {
            return Some(inside);
        }
        let end = match self.0.strip_prefix('\\') {
            Some(command) => 1 + command.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(command.len()),
            None => self.0.find(|c: char| !c.is_alphanumeric()).unwrap_or(self.0.len()),
        };
        let (name, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(name)
    }
}

impl Head {
    fn read(text: &str) -> Option<Head> {
        // `\hat w =` in front is what the answer is called.
        let equals = text.find('=').filter(|&at| at < 24 && !text[..at].contains(['+', '(', '|', '_']) || text[..at].trim() == "w^*");
        [Some(0), equals.map(|at| at + 1)].into_iter().flatten().find_map(|from| Head::at(text, from))
    }

    fn at(text: &str, from: usize) -> Option<Head> {
        let mut cursor = Cursor(&text[from..]);
        cursor.space();
        let mut by = None;
        let (most, whole) = if cursor.take("\\underset") {
            cursor.space();
            by = Some(cursor.group()?);
            cursor.space();
            let inside = cursor.group()?;
            let mut inner = Cursor(inside);
            inner.space();
            inner.extremum()?
        } else {
            cursor.extremum()?
        };
        by = by.or(cursor.below());
        if by.is_none() && (!whole || !cursor.0.starts_with([' ', '\\', '{', '$'])) {
            return None;
        }
        // `w \in \mathbb{R}^n` is w.
        let names = by.map(|by| ["\\in", "∈", ":"].iter().fold(by, |by, sign| by.split(sign).next().unwrap_or(by)));
        let by =
            names.into_iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).filter(|n| !n.is_empty()).collect();
        Some(Head { range: 0..text.len() - cursor.0.len(), by, most })
    }
}

/// The place from `s.t.` on, and the equations there.
fn constraints(text: &str) -> Option<(Range<usize>, Vec<String>)> {
    let words = ["s.t.", "s.\\,t.", "s.\\ t.", "subject to", "such that", "\\st "];
    let (at, word) = words.iter().filter_map(|word| text.find(word).map(|at| (at, *word))).min()?;
    let (mut from, mut to) = (at, at + word.len());
    let before = text[..from].trim_end();
    if let Some(group) = before.strip_suffix('{') {
        let command = group.rfind('\\').filter(|&c| group[c + 1..].trim_end_matches('*').bytes().all(|b| b.is_ascii_alphabetic()))?;
        from = command;
        to += text[to..].find('}')? + 1;
    }
    // A comma or a new row stands before the constraints, and an environment may end behind them.
    let before = text[..from].trim_end_matches([' ', '&', '\n']);
    from = before.strip_suffix("\\quad").unwrap_or(before).trim_end_matches([' ', ',', '&']).len();
    let rest = text[to..].trim_start_matches([':', ' ']);
    let rest = rest.find("\\end{").map_or(rest, |at| &rest[..at]);
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0i32, 0);
    for (at, c) in rest.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' | ';' if depth == 0 => {
                parts.push(&rest[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&rest[start..]);
    let pieces = parts.iter().flat_map(|p| p.split("\\\\")).flat_map(|p| p.split("\\text{ and }")).flat_map(|p| p.split(" and "));
    let tidy = |part: &str| {
        let mut cursor = Cursor(part);
        cursor.space();
        cursor.0.trim_end_matches(['$', ' ', '.', '&', ',', '\n']).trim_end_matches("\\quad").trim_end_matches("\\]").to_owned()
    };
    let equations: Vec<String> = pieces.map(tidy).filter(|e| !e.is_empty()).collect();
    Some((from..text.len(), equations))
}

/// The text of a claim with blanks in place of what it says it is: `∇f(w) =`, `\frac{\partial f}{\partial w} =`.
pub(super) fn claimed(text: &str) -> String {
    const SIGNS: [&str; 5] = ["\\nabla", "∇", "\\partial", "∂", "/d"];
    let mut found = text.to_owned();
    if let Some(at) = text.find('=').filter(|&at| SIGNS.iter().any(|sign| text[..at].contains(sign))) {
        blank(&mut found, 0..at + 1);
    }
    found
}
