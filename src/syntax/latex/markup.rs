//! Markup that stands around mathematics: environments, boxes, colours, numbers of equations. It is taken out of the row of
//! phrases before anything is read; what has content of its own leaves a remark.

use super::commands::is_operator;
use super::raw::{Raw, RawKind, pair_up};
use crate::base::{Diagnostic, Span};
use crate::syntax::ast::Remark;

/// Environments that display formulas, and say nothing of them.
const DISPLAYS: [&str; 22] = [
    "equation",
    "align",
    "alignat",
    "alignedat",
    "aligned",
    "gather",
    "gathered",
    "multline",
    "multlined",
    "split",
    "flalign",
    "eqnarray",
    "math",
    "displaymath",
    "subequations",
    "dmath",
    "xalignat",
    "center",
    "displaymath",
    "empheq",
    "dgroup",
    "IEEEeqnarray",
];

/// Commands that print nothing and take nothing.
const SILENT: [&str; 40] = [
    "nonumber",
    "notag",
    "qedhere",
    "qed",
    "noindent",
    "allowbreak",
    "nobreak",
    "displaybreak",
    "newline",
    "linebreak",
    "nolinebreak",
    "small",
    "footnotesize",
    "scriptsize",
    "tiny",
    "large",
    "Large",
    "LARGE",
    "huge",
    "Huge",
    "normalsize",
    "centering",
    "scriptstyle",
    "scriptscriptstyle",
    "displaystyle",
    "textstyle",
    "limits",
    "nolimits",
    "mathstrut",
    "strut",
    "par",
    "break",
    "IEEEyesnumber",
    "IEEEnonumber",
    "ignorespaces",
    "unskip",
    "protect",
    "null",
    "hline",
    "intertextbreak",
];

/// Commands around an argument that stays as it is.
const AROUND: [&str; 13] = [
    "boxed",
    "fbox",
    "framebox",
    "Aboxed",
    "ensuremath",
    "mathrlap",
    "mathllap",
    "mathclap",
    "smash",
    "cancelto",
    "mathinner",
    "hbox",
    "vcenter",
];

/// Commands whose first argument is a setting, and no content.
const SETTING: [&str; 8] = ["color", "textcolor", "colorbox", "mathcolor", "vspace", "hspace", "kern", "mkern"];

/// Commands whose argument is not printed, or is no part of the formula.
const APART: [(&str, &str); 10] = [
    ("phantom", "it is not printed"),
    ("hphantom", "it is not printed"),
    ("vphantom", "it is not printed"),
    ("eqno", "an equation's number"),
    ("leqno", "an equation's number"),
    ("footnote", "words"),
    ("intertext", "words"),
    ("shortintertext", "words"),
    ("eqref", "a reference"),
    ("cite", "a reference"),
];

/// Words of a proof before a formula.
const SIGNS: [&str; 4] = ["therefore", "because", "square", "blacksquare"];

/// The row without its markup, and what was left out of it.
///
/// # Errors
/// A brace without a partner.
pub(super) fn strip<'a>(text: &str, raws: Vec<Raw<'a>>) -> Result<(Vec<Raw<'a>>, Vec<Remark>), Diagnostic> {
    if !(0..raws.len()).any(|at| is_markup(raws[at].kind) || is_lone(&raws, at)) {
        return Ok((raws, Vec::new()));
    }
    let mut strip = Strip { text, raws, keep: Vec::new(), remarks: Vec::new() };
    strip.keep = vec![true; strip.raws.len()];
    let mut at = 0;
    while at < strip.raws.len() {
        at = strip.phrase(at);
    }
    let Strip { raws, keep, remarks, .. } = strip;
    let mut kept: Vec<Raw<'a>> = Vec::with_capacity(raws.len());
    let mut apart = false;
    for (raw, keep) in raws.into_iter().zip(keep) {
        if keep {
            kept.push(Raw { spaced: raw.spaced || apart, partner: 0, listed: false, ..raw });
        }
        apart = !keep;
    }
    pair_up(&mut kept, text.trim_end().len())?;
    Ok((kept, remarks))
}

fn is_markup(kind: RawKind<'_>) -> bool {
    let RawKind::Command(name) = kind else { return false };
    let starred = name.trim_end_matches('*');
    matches!(name, "begin" | "end" | "underbrace" | "overbrace" | "underbracket" | "overbracket" | "label" | "tag")
        || SILENT.contains(&name)
        || AROUND.contains(&name)
        || SETTING.contains(&starred)
        || SIGNS.contains(&name)
        || APART.iter().any(|(apart, _)| *apart == name)
}

/// Whether the braces that open here hold one sign alone: `q{\cdot}k`, `{\bigl\|}`. They are for the spacing.
fn is_lone(raws: &[Raw<'_>], at: usize) -> bool {
    if raws[at].kind != RawKind::BraceOpen || raws[at].partner != at + 2 {
        return false;
    }
    let before = at.checked_sub(1).map(|before| raws[before].kind);
    if matches!(before, Some(RawKind::Caret | RawKind::Underscore | RawKind::Command(_))) {
        return false;
    }
    match raws[at + 1].kind {
        RawKind::Delimiter(..) => true,
        RawKind::Plus
        | RawKind::Minus
        | RawKind::Times
        | RawKind::Equals
        | RawKind::Comma
        | RawKind::Colon
        | RawKind::Hadamard
        | RawKind::Kron => before != Some(RawKind::BraceClose),
        RawKind::Command(name) => before != Some(RawKind::BraceClose) && is_operator(name),
        _ => false,
    }
}

struct Strip<'a, 't> {
    text: &'t str,
    raws: Vec<Raw<'a>>,
    keep: Vec<bool>,
    remarks: Vec<Remark>,
}

impl Strip<'_, '_> {
    /// Decides over the phrase that stands here, and answers where the next one does.
    fn phrase(&mut self, at: usize) -> usize {
        if is_lone(&self.raws, at) {
            self.drop(at + 2, at + 3);
            return self.drop(at, at + 1);
        }
        let RawKind::Command(name) = self.raws[at].kind else { return at + 1 };
        if matches!(name, "begin" | "end") {
            return self.environment(at);
        }
        if SILENT.contains(&name) || AROUND.contains(&name) {
            return self.drop(at, at + 1);
        }
        let (starred, after) = (name.trim_end_matches('*'), self.group(at + 1));
        if SETTING.contains(&starred) || matches!(starred, "label" | "tag") {
            return self.drop(at, after.max(at + 1));
        }
        if SIGNS.contains(&name) {
            self.leave_out(at, at + 1, "a word of the proof");
            return self.drop(at, at + 1);
        }
        if let Some((_, why)) = APART.iter().find(|(apart, _)| *apart == name) {
            // `\eqno (3)` goes on to the end of the row.
            let to = if after > at + 1 { after } else { self.row_end(at) };
            if to > at + 3 || after == at + 1 {
                self.leave_out(at, to, why);
            }
            return self.drop(at, to);
        }
        if matches!(name, "underbrace" | "overbrace" | "underbracket" | "overbracket") {
            if matches!(self.raws.get(after).map(|r| r.kind), Some(RawKind::Underscore | RawKind::Caret)) {
                let to = self.group(after + 1).max(after + 2);
                self.leave_out(after, to, "a remark on a part");
                self.drop(after, to);
            }
            return self.drop(at, at + 1);
        }
        at + 1
    }

    /// Where the group that opens here ends; the place itself where none does.
    fn group(&self, at: usize) -> usize {
        match self.raws.get(at) {
            Some(raw) if raw.kind == RawKind::BraceOpen => raw.partner + 1,
            _ => at,
        }
    }

    fn row_end(&self, at: usize) -> usize {
        (at..self.raws.len()).find(|&at| matches!(self.raws[at].kind, RawKind::Row | RawKind::BraceClose)).unwrap_or(self.raws.len())
    }

    fn drop(&mut self, from: usize, to: usize) -> usize {
        for keep in &mut self.keep[from..to] {
            *keep = false;
        }
        to
    }

    fn leave_out(&mut self, from: usize, to: usize, why: &str) {
        let span = self.raws[from].span.to(self.raws[to - 1].span);
        self.remarks.push(Remark { span, note: format!("`{}` is left out: {why}", span.of(self.text)) });
    }

    /// `\begin{align*}`, `\begin{alignat}{2}`, `\begin{aligned}[t]`, and their ends.
    fn environment(&mut self, at: usize) -> usize {
        let close = self.group(at + 1);
        if close == at + 1 {
            return at + 1;
        }
        let name = Span::new(self.raws[at + 1].span.end as usize, self.raws[close - 1].span.start as usize).of(self.text);
        let name = name.trim().trim_end_matches('*');
        if !DISPLAYS.contains(&name) {
            return close;
        }
        let mut to = close;
        if self.raws[at].kind == RawKind::Command("begin") {
            if matches!(name, "alignat" | "xalignat" | "alignedat" | "IEEEeqnarray" | "empheq") {
                to = self.group(to);
            }
            if let Some(raw) = self.raws.get(to)
                && matches!(raw.kind, RawKind::Delimiter("[", None))
                && raw.partner == to + 2
                && matches!(self.raws[to + 1].kind, RawKind::Letter("t" | "b" | "c"))
            {
                to = raw.partner + 1;
            }
        }
        self.drop(at, to)
    }
}
