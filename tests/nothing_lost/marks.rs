//! The signs of a text that carry meaning: what is left when white space, brackets and layout are taken away. Nothing here is
//! shared with the readers of matdiff, so that what they overlook is seen.

use matdiff::syntax::Written;
use std::ops::Range;

/// What a sign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A row of letters in the plain dialect, one letter in LaTeX.
    Letter,
    /// A row of digits in the plain dialect, one digit in LaTeX.
    Digit,
    /// A command of LaTeX that carries meaning.
    Command,
    /// Anything else.
    Sign,
}

/// One sign.
#[derive(Clone, Debug)]
pub struct Mark {
    pub range: Range<usize>,
    pub class: Class,
}

/// Commands that only move things about on the page, or set the type of what follows.
const LAYOUT: &[&str] = &[
    "left",
    "right",
    "middle",
    "big",
    "Big",
    "bigg",
    "Bigg",
    "bigl",
    "bigr",
    "bigm",
    "Bigl",
    "Bigr",
    "Bigm",
    "biggl",
    "biggr",
    "Biggl",
    "Biggr",
    "quad",
    "qquad",
    "enspace",
    "thinspace",
    "displaystyle",
    "textstyle",
    "scriptstyle",
    "limits",
    "nolimits",
    "nonumber",
    "notag",
    "mathbf",
    "boldsymbol",
    "bm",
    "mathrm",
    "mathit",
    "mathsf",
    "mathtt",
    "textbf",
    "textit",
    "textrm",
    "textsf",
    "text",
    "mbox",
    "pmb",
    "vec",
    "mathnormal",
    "operatorname",
    "symbf",
    "bf",
    "rm",
    "it",
    "sf",
    "mathop",
    "mathbin",
    "mathord",
    "mathstrut",
    "strut",
    "relax",
    "hfill",
    "small",
    "boxed",
    "mkern",
    "noindent",
    "underbrace",
    "overbrace",
    "ensuremath",
    "lparen",
    "rparen",
    "lbrack",
    "rbrack",
    "lbrace",
    "rbrace",
    "qedhere",
    "therefore",
    "mathbb",
    "mathcal",
    "textup",
    "qty",
    "underset",
];

/// Commands whose argument is a length, a colour, an environment or an equation's name.
const WITH_MEASURE: &[&str] = &["hspace", "vspace", "begin", "end", "color", "textcolor", "mkern", "label", "tag"];

/// The signs of a text.
pub fn marks(text: &str, written: Written) -> Vec<Mark> {
    match written {
        Written::Latex => of_latex(text),
        Written::Plain => of_plain(text, false),
        Written::Numpy => of_plain(text, true),
    }
}

/// What stands above the line: no part of a name.
fn raised(c: char) -> bool {
    "ᵀ⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c)
}

/// In code a path is one name, `np.linalg.inv`, and what stands in quotes is one sign.
fn of_plain(text: &str, code: bool) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let row = |of: &dyn Fn(char) -> bool| rest.find(|c| !of(c)).unwrap_or(rest.len());
        let (length, class) = if code && matches!(c, '\'' | '"') {
            (2 + rest[1..].find(c).unwrap_or(0), Some(Class::Sign))
        } else if c.is_whitespace() || "()[]{}".contains(c) {
            (c.len_utf8(), None)
        } else if c.is_alphabetic() && !raised(c) {
            (row(&|c| !raised(c) && c.is_alphanumeric() || c == '_' || code && c == '.'), Some(Class::Letter))
        } else if c.is_ascii_digit() {
            (row(&|c| c.is_ascii_digit()), Some(Class::Digit))
        } else {
            (c.len_utf8(), Some(Class::Sign))
        };
        found.extend(class.map(|class| Mark { range: at..at + length, class }));
        at += length;
    }
    found
}

fn of_latex(text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (length, class) = match c {
            '\\' => command(rest),
            '%' => (rest.find('\n').unwrap_or(rest.len()), None),
            _ if c.is_whitespace() || "(){}[]&$~".contains(c) => (c.len_utf8(), None),
            _ if c.is_alphabetic() => (c.len_utf8(), Some(Class::Letter)),
            // `\mathbf 1\{y_i=k\}` is the condition alone.
            '1' if rest[1..].trim_start_matches(['}', ' ']).starts_with("\\{") => (1, None),
            _ if c.is_ascii_digit() => (1, Some(Class::Digit)),
            _ => (c.len_utf8(), Some(Class::Sign)),
        };
        found.extend(class.map(|class| Mark { range: at..at + length, class }));
        at += length;
    }
    found
}

/// The length of the command that begins here, with its argument where that is a measure.
fn command(rest: &str) -> (usize, Option<Class>) {
    let letters = rest[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
    let Some(next) = rest[1..].chars().next() else { return (1, Some(Class::Sign)) };
    if letters == 0 {
        // `\|` is a norm; `\,`, `\{`, `\\` and the like are layout.
        return (1 + next.len_utf8(), (next == '|').then_some(Class::Command));
    }
    let name = &rest[1..=letters];
    let mut length = 1 + letters + usize::from(rest[1 + letters..].starts_with('*'));
    if WITH_MEASURE.contains(&name) {
        let behind = rest[length..].trim_start();
        // `\mkern-1.5mu`.
        if name == "mkern" {
            return (length + behind.find("mu").map_or(0, |end| end + 2), None);
        }
        if behind.starts_with('{') {
            length = rest.len() - behind.len() + behind.find('}').map_or(behind.len(), |close| close + 1);
        }
        return (length, None);
    }
    (length, (!LAYOUT.contains(&name)).then_some(Class::Command))
}

impl Mark {
    /// Whether leaving it out may change nothing: a sign of a product, what ends or parts a text, a first index that is 1.
    pub fn is_optional(&self, text: &str) -> bool {
        let it = &text[self.range.clone()];
        let (before, behind) = (text[..self.range.start].trim_end(), text[self.range.end..].trim_start());
        let ends = behind.chars().all(|c| c.is_whitespace() || "$.,;}])\\".contains(c)) || behind.starts_with("\\end");
        matches!(it, "*" | "·" | "⋅" | "@" | "\\times" | "×" | "\\cdot" | "let" | "where" | "\\label" | "\\tag" | "\\eqno")
            || matches!(it, "." | "," | ";") && (ends || ["\\quad", "\\text", "let "].iter().any(|next| behind.starts_with(next)))
            // `0.5` is `.5`, `A.'` is `A'`, `A_{i,j}` is `A_{ij}`, `x^⊤` is `x⊤`.
            || it == "0" && behind.starts_with('.')
            || it == "." && behind.starts_with('\'')
            || it == "^" && behind.starts_with(['⊤', 'ᵀ'])
            || it == "," && before.ends_with(|c: char| "ijklmn".contains(c)) && behind.starts_with(|c: char| "ijklmn".contains(c))
            // `[y = k]` is 1 where that holds, with the 1 in front and without; a norm in code is Frobenius's unless another is named.
            || it == "1" && behind.trim_start_matches('}').starts_with(['[', '{', '\\'])
            || matches!(it, "'fro'" | "\"fro\"" | "def" | "return" | "lambda" | "\\arg" | "minimize" | "maximize")
            || it == "+" && (before.is_empty() || before.ends_with(['(', '=', '{', '&', '[']))
    }
}
