//! What people write around an objective, found in the text: functions defined in front of it, `\min_w` before and `s.t. …` behind.

use super::brackets::outside_brackets;
use std::ops::Range;

/// `let f(t) = …;` in front: the definition, and the place of all of it.
#[must_use]
pub fn function(text: &str) -> Option<(Range<usize>, Range<usize>)> {
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

/// `\hat w = \arg\min_{w}`, `\underset{w}{\operatorname{minimize}}`, `min_w`.
pub struct Head {
    /// Its place.
    pub range: Range<usize>,
    /// The variables below, as they are written.
    pub by: Vec<String>,
    /// Whether it asks for a maximum.
    pub most: bool,
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
            let word: String = inside.replace("\\rm", "").chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
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
    /// Reads what stands in front of an objective.
    #[must_use]
    pub fn read(text: &str) -> Option<Head> {
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
#[must_use]
pub fn constraints(text: &str) -> Option<(Range<usize>, Vec<String>)> {
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
    let mut start = 0;
    for (at, _) in outside_brackets(rest).filter(|(_, c)| matches!(c, ',' | ';')) {
        parts.push(&rest[start..at]);
        start = at + 1;
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

/// The place of what a claim says it is, with the equality sign: `∇f(w) =`, `\frac{\partial f}{\partial w} =`.
#[must_use]
pub fn derivative_named(text: &str) -> Option<Range<usize>> {
    const SIGNS: [&str; 5] = ["\\nabla", "∇", "\\partial", "∂", "/d"];
    let at = text.find('=').filter(|&at| SIGNS.iter().any(|sign| text[..at].contains(sign)))?;
    Some(0..at + 1)
}
