//! Macros: the user's own, and those of packages that everybody loads. They are expanded as TeX expands them, over the row
//! of phrases; what comes out of one stands at the place of its use.

use super::raw::{Raw, RawKind, Size, pair_up, read_unpaired};
use crate::base::{Diagnostic, Fault, Span};
use std::collections::BTreeMap;

/// More uses of macros than this, or more phrases, come from one that uses itself.
const LIMIT: usize = 20_000;

/// Options of macros are shorter than this.
const LONGEST_OPTION: usize = 100;

/// Macros of physics, braket, mathtools and of many papers: the arguments in braces, and what they stand for.
const KNOWN: &[(&str, usize, &str)] = &[
    ("norm", 1, r"\lVert #1\rVert"),
    ("Norm", 1, r"\lVert #1\rVert"),
    ("abs", 1, r"\lvert #1\rvert"),
    ("inner", 2, r"\langle #1,#2\rangle"),
    ("inner", 1, r"\langle #1\rangle"),
    ("innerprod", 2, r"\langle #1,#2\rangle"),
    ("innerprod", 1, r"\langle #1\rangle"),
    ("ip", 2, r"\langle #1,#2\rangle"),
    ("ip", 1, r"\langle #1\rangle"),
    ("iprod", 2, r"\langle #1,#2\rangle"),
    ("dotp", 2, r"\langle #1,#2\rangle"),
    ("braket", 2, r"\langle #1,#2\rangle"),
    ("braket", 1, r"\langle #1\rangle"),
    ("qty", 1, r"{#1}"),
    ("pqty", 1, r"(#1)"),
    ("bqty", 1, r"[#1]"),
    ("half", 0, r"\frac{1}{2}"),
    ("onehalf", 0, r"\frac{1}{2}"),
    ("vb", 1, r"\mathbf{#1}"),
    ("vb*", 1, r"\boldsymbol{#1}"),
    ("vectorbold", 1, r"\mathbf{#1}"),
    ("va", 1, r"\vec{\mathbf{#1}}"),
    ("va*", 1, r"\vec{\boldsymbol{#1}}"),
    ("vu", 1, r"\hat{\mathbf{#1}}"),
    ("vu*", 1, r"\hat{\boldsymbol{#1}}"),
    ("vv", 1, r"\vec{#1}"),
    ("dd", 1, r"\mathrm{d}#1"),
    ("tr", 1, r"\operatorname{tr}(#1)"),
    ("Tr", 1, r"\operatorname{tr}(#1)"),
    ("trace", 1, r"\operatorname{tr}(#1)"),
    ("underset", 2, r"#2_{#1}"),
];

/// Whether a macro is known without being defined.
pub(super) fn is_known(name: &str) -> bool {
    let plain = name.trim_end_matches('*');
    KNOWN.iter().any(|(known, ..)| *known == name || *known == plain) || DEFINING.contains(&name)
}

/// Commands that define others.
const DEFINING: &[&str] = &[
    "newcommand",
    "newcommand*",
    "renewcommand",
    "renewcommand*",
    "providecommand",
    "providecommand*",
    "def",
    "let",
    "DeclareMathOperator",
    "DeclareMathOperator*",
    "DeclarePairedDelimiter",
];

/// A macro: how many arguments it takes, what the first one is where it may be left out, and what it stands for.
struct Macro<'a> {
    arguments: usize,
    optional: Option<Vec<Raw<'a>>>,
    /// Whether `*` or a size may stand between it and its argument.
    paired: bool,
    body: Vec<Raw<'a>>,
}

/// The user's macros by name.
type Defined<'a> = BTreeMap<&'a str, Macro<'a>>;

/// The phrases with all macros expanded: those that `preamble` defines, those that the text itself does, and known ones.
///
/// # Errors
/// A definition that is none, an argument that is missing, a macro that uses itself.
pub(super) fn expand<'a>(raws: Vec<Raw<'a>>, preamble: &'a str, end: usize) -> Result<Vec<Raw<'a>>, Diagnostic> {
    let mut defined = self::preamble(preamble);
    let uses = |raw: &Raw<'_>| match raw.kind {
        RawKind::Command(name) => name == "over" || defined.contains_key(name) || is_known(name),
        _ => false,
    };
    if !raws.iter().any(uses) {
        return Ok(raws);
    }
    let mut out: Vec<Raw<'a>> = Vec::with_capacity(raws.len());
    // What is still to be read, the next phrase last.
    let mut rest: Vec<Raw<'a>> = raws.into_iter().rev().collect();
    let mut used = 0usize;
    while let Some(raw) = rest.pop() {
        let RawKind::Command(name) = raw.kind else {
            out.push(raw);
            continue;
        };
        if DEFINING.contains(&name) {
            let (name, made) = definition(name, raw.span, &mut rest)?;
            defined.insert(name, made);
            continue;
        }
        let before = rest.len();
        let body = match defined.get(name) {
            Some(made) => Some(used_here(made, raw, &mut rest)?),
            None => known(name, raw, &mut rest)?,
        };
        let Some(mut body) = body else {
            out.push(raw);
            continue;
        };
        used += 1 + body.len();
        if used > LIMIT || before + body.len() > LIMIT * 4 {
            let message = format!("`\\{name}` stands for more than can be read: does it use itself?");
            return Err(Diagnostic::new(Fault::Unsupported, message).at(raw.span));
        }
        if let Some(first) = body.first_mut() {
            first.spaced = raw.spaced;
        }
        rest.extend(body.into_iter().rev());
    }
    for raw in &mut out {
        (raw.partner, raw.listed) = (0, false);
    }
    pair_up(&mut out, end)?;
    over(out, end)
}

/// The definitions of a preamble. What else stands there, and definitions for TeX's eyes alone, are passed over: a command
/// that they would define is refused where it is used.
fn preamble(text: &str) -> Defined<'_> {
    let mut defined = Defined::new();
    for (at, _) in text.match_indices('\\') {
        let rest = &text[at..];
        let name = &rest[1..];
        let length = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
        let line = text[..at].rsplit('\n').next().unwrap_or("");
        if !DEFINING.contains(&&name[..length]) || line.contains('%') {
            continue;
        }
        let Ok(mut phrases) = read_unpaired(&rest[..extent(rest)]) else { continue };
        phrases.reverse();
        if let Some(Raw { kind: RawKind::Command(command), span, .. }) = phrases.pop()
            && let Ok((name, made)) = definition(command, span, &mut phrases)
        {
            defined.insert(name, made);
        }
    }
    defined
}

/// How long a definition is: up to the end of its line, and of the braces that are open there.
fn extent(text: &str) -> usize {
    let (mut depth, mut escaped) = (0usize, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => {}
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '\n' if depth == 0 => return at,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// Reads a definition whose command stands before `rest`.
fn definition<'a>(command: &str, at: Span, rest: &mut Vec<Raw<'a>>) -> Result<(&'a str, Macro<'a>), Diagnostic> {
    let wrong = || {
        Diagnostic::new(Fault::Syntax, "this defines no command")
            .at(at)
            .hint(r"\newcommand{\vx}{\mathbf{x}}, \newcommand{\norm}[1]{\lVert#1\rVert}, \DeclareMathOperator{\tr}{tr}")
    };
    let name = argument(rest).ok_or_else(wrong)?;
    let [Raw { kind: RawKind::Command(name), .. }] = name[..] else { return Err(wrong()) };
    let plain = |arguments, body| Macro { arguments, optional: None, paired: false, body };
    let command = command.trim_end_matches('*');
    let made = match command {
        "DeclareMathOperator" => {
            let text = argument(rest).ok_or_else(wrong)?;
            let sign = |kind| Raw { kind, span: at, spaced: false, partner: 0, listed: false, face: Default::default() };
            let mut body = vec![sign(RawKind::Command("operatorname")), sign(RawKind::BraceOpen)];
            body.extend(text);
            body.push(sign(RawKind::BraceClose));
            plain(0, body)
        }
        "DeclarePairedDelimiter" => {
            let (left, right) = (argument(rest).ok_or_else(wrong)?, argument(rest).ok_or_else(wrong)?);
            let inside = Raw { kind: RawKind::Parameter(1), span: at, spaced: false, partner: 0, listed: false, face: Default::default() };
            let sized = |raws: Vec<Raw<'a>>, size: Size| {
                raws.into_iter().map(move |raw| match raw.kind {
                    RawKind::Delimiter(sign, None) => Raw { kind: RawKind::Delimiter(sign, Some(size)), ..raw },
                    _ => raw,
                })
            };
            let body = sized(left, Size::Left).chain([inside]).chain(sized(right, Size::Right)).collect();
            Macro { paired: true, ..plain(1, body) }
        }
        "let" => {
            if rest.last().is_some_and(|raw| raw.kind == RawKind::Equals) {
                rest.pop();
            }
            plain(0, vec![rest.pop().ok_or_else(wrong)?])
        }
        "def" => {
            let mut arguments = 0;
            while let Some(Raw { kind: RawKind::Parameter(number), .. }) = rest.last() {
                arguments = arguments.max(*number);
                rest.pop();
            }
            plain(arguments, group(rest).ok_or_else(wrong)?)
        }
        _ => {
            let arguments = match bracketed(rest).as_deref() {
                None => 0,
                Some([Raw { kind: RawKind::Number(digits), .. }]) => digits.parse().map_err(|_| wrong())?,
                Some(_) => return Err(wrong()),
            };
            let optional = bracketed(rest);
            Macro { optional, ..plain(arguments, argument(rest).ok_or_else(wrong)?) }
        }
    };
    Ok((name, made))
}

/// What a macro of the user's stands for where it is used.
fn used_here<'a>(made: &Macro<'a>, at: Raw<'a>, rest: &mut Vec<Raw<'a>>) -> Result<Vec<Raw<'a>>, Diagnostic> {
    if made.paired {
        if rest.last().is_some_and(|raw| raw.kind == RawKind::Times && !raw.spaced) {
            rest.pop();
        }
        size(at, rest)?;
    }
    let mut arguments = Vec::new();
    if let Some(default) = &made.optional {
        arguments.push(bracketed(rest).unwrap_or_else(|| default.clone()));
    }
    while arguments.len() < made.arguments {
        arguments.push(argument(rest).ok_or_else(|| missing(at))?);
    }
    Ok(put_in(&made.body, &arguments, at.span))
}

fn missing(at: Raw<'_>) -> Diagnostic {
    let name = if let RawKind::Command(name) = at.kind { name } else { "" };
    Diagnostic::new(Fault::Syntax, format!("an argument of `\\{name}` is missing")).at(at.span)
}

/// `[\big]` before an argument says nothing; `[2]` may be a size or the number of a norm.
fn size<'a>(at: Raw<'a>, rest: &mut Vec<Raw<'a>>) -> Result<(), Diagnostic> {
    let open = rest.last().is_some_and(|raw| matches!(raw.kind, RawKind::Delimiter("[", None)));
    let Some(option) = open.then(|| bracketed(rest)).flatten() else { return Ok(()) };
    match option[..] {
        [Raw { kind: RawKind::Command("big" | "Big" | "bigg" | "Bigg"), .. }] => Ok(()),
        _ => {
            let name = if let RawKind::Command(name) = at.kind { name.trim_end_matches('*') } else { "" };
            let place = option.first().map_or(at.span, |raw| raw.span);
            Err(Diagnostic::new(Fault::Ambiguous, format!("the option of `\\{name}` may be a size or a part of the formula"))
                .at(place)
                .hint(format!("write `\\{name}{{…}}` alone; the norms are `\\|x\\|_2`, `\\|x\\|_1`, `\\|X\\|_F`")))
        }
    }
}

/// What a known macro stands for where it is used with its arguments in braces.
fn known<'a>(name: &str, at: Raw<'a>, rest: &mut Vec<Raw<'a>>) -> Result<Option<Vec<Raw<'a>>>, Diagnostic> {
    let plain = name.trim_end_matches('*');
    let exact = KNOWN.iter().any(|known| known.0 == name);
    let name = if exact { name } else { plain };
    let forms: Vec<&(&str, usize, &'static str)> = KNOWN.iter().filter(|known| known.0 == name).collect();
    let Some(first) = forms.first() else { return Ok(None) };
    if first.1 > 0 {
        let options = matches!(name, "norm" | "Norm" | "abs" | "inner" | "ip" | "innerprod");
        if options && rest.last().is_some_and(|raw| raw.kind == RawKind::Delimiter("[", None) && !raw.spaced) {
            size(at, rest)?;
        }
        if name == "qty" && rest.last().is_some_and(|raw| matches!(raw.kind, RawKind::Delimiter(..))) {
            return Ok(Some(Vec::new()));
        }
        let braced = rest.last().is_some_and(|raw| raw.kind == RawKind::BraceOpen);
        if !braced && !matches!(name, "vb" | "va" | "vu" | "vv" | "dd" | "underset") {
            return Ok(None);
        }
    }
    let mut arguments: Vec<Vec<Raw<'a>>> = Vec::new();
    while arguments.len() < first.1 {
        let braced = rest.last().is_some_and(|raw| raw.kind == RawKind::BraceOpen);
        if !arguments.is_empty() && !braced && forms.len() > 1 {
            break;
        }
        arguments.push(argument(rest).ok_or_else(|| missing(at))?);
    }
    if let ("braket" | "inner" | "ip", [only]) = (name, &mut arguments[..]) {
        commas(only);
    }
    let form = forms.iter().find(|form| form.1 == arguments.len()).unwrap_or(first);
    Ok(Some(put_in(&read_unpaired(form.2)?, &arguments, at.span)))
}

/// `a|b` as `a,b`, outside braces.
fn commas(raws: &mut [Raw<'_>]) {
    let mut depth = 0usize;
    for raw in raws {
        match raw.kind {
            RawKind::BraceOpen => depth += 1,
            RawKind::BraceClose => depth = depth.saturating_sub(1),
            RawKind::Delimiter("|", _) if depth == 0 => raw.kind = RawKind::Comma,
            _ => {}
        }
    }
}

/// A body with its arguments; what is the macro's own stands where its name, or the argument before, stands.
fn put_in<'a>(body: &[Raw<'a>], arguments: &[Vec<Raw<'a>>], at: Span) -> Vec<Raw<'a>> {
    let mut place = at;
    let mut out = Vec::with_capacity(body.len());
    for raw in body {
        match raw.kind {
            RawKind::Parameter(number) => {
                let argument = arguments.get(number.wrapping_sub(1)).map_or(&[][..], Vec::as_slice);
                if let Some(last) = argument.last() {
                    place = Span::new(last.span.end as usize, last.span.end as usize);
                }
                out.extend_from_slice(argument);
            }
            _ => out.push(Raw { span: place, ..*raw }),
        }
    }
    out
}

/// The next argument: what a group holds, or one phrase.
fn argument<'a>(rest: &mut Vec<Raw<'a>>) -> Option<Vec<Raw<'a>>> {
    match rest.last()?.kind {
        RawKind::BraceOpen => group(rest),
        RawKind::BraceClose => None,
        RawKind::Empty => rest.pop().map(|_| Vec::new()),
        _ => rest.pop().map(|raw| vec![raw]),
    }
}

/// What the group holds that opens next.
fn group<'a>(rest: &mut Vec<Raw<'a>>) -> Option<Vec<Raw<'a>>> {
    if rest.last()?.kind == RawKind::Empty {
        return rest.pop().map(|_| Vec::new());
    }
    if rest.last()?.kind != RawKind::BraceOpen {
        return None;
    }
    rest.pop();
    let (mut inside, mut depth) = (Vec::new(), 1usize);
    while let Some(raw) = rest.pop() {
        match raw.kind {
            RawKind::BraceOpen => depth += 1,
            RawKind::BraceClose => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(inside);
        }
        inside.push(raw);
    }
    None
}

/// What stands in the square brackets that open next.
fn bracketed<'a>(rest: &mut Vec<Raw<'a>>) -> Option<Vec<Raw<'a>>> {
    if !matches!(rest.last()?.kind, RawKind::Delimiter("[", None)) {
        return None;
    }
    let length = rest.iter().rev().take(LONGEST_OPTION).position(|raw| matches!(raw.kind, RawKind::Delimiter("]", None)))?;
    let mut inside = rest.split_off(rest.len() - length - 1);
    inside.pop();
    inside.reverse();
    inside.pop();
    Some(inside)
}

/// `{a \over b}` as `{\frac{a}{b}}`. Braces pair here.
fn over(raws: Vec<Raw<'_>>, end: usize) -> Result<Vec<Raw<'_>>, Diagnostic> {
    // Of each group, where its `\over` stands; groups are named by their opening phrase, the whole by none.
    let mut divided: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    let mut open: Vec<Option<usize>> = vec![None];
    for (at, raw) in raws.iter().enumerate() {
        match raw.kind {
            RawKind::BraceOpen | RawKind::Delimiter(_, Some(Size::Left)) => open.push(Some(at)),
            RawKind::BraceClose | RawKind::Delimiter(_, Some(Size::Right)) if open.len() > 1 => {
                open.pop();
            }
            RawKind::Command("over") => {
                let group = open.last().copied().flatten();
                if divided.insert(group, at).is_some() {
                    return Err(Diagnostic::new(Fault::Syntax, "two `\\over` in one group").at(raw.span).hint("write `\\frac{a}{b}`"));
                }
            }
            _ => {}
        }
    }
    if divided.is_empty() {
        return Ok(raws);
    }
    let sign = |kind, span: Span| Raw { kind, span, spaced: false, partner: 0, listed: false, face: Default::default() };
    let mut out = Vec::with_capacity(raws.len() + 5 * divided.len());
    let begin = |out: &mut Vec<_>, group: Option<usize>| {
        let Some(&at) = divided.get(&group) else { return };
        let span = raws[at].span;
        out.extend([sign(RawKind::Command("frac"), span), sign(RawKind::BraceOpen, span)]);
    };
    begin(&mut out, None);
    let mut open: Vec<Option<usize>> = vec![None];
    let finish = |out: &mut Vec<_>, group: Option<usize>, span: Span| {
        if divided.contains_key(&group) {
            out.push(sign(RawKind::BraceClose, span));
        }
    };
    for (at, raw) in raws.iter().enumerate() {
        match raw.kind {
            RawKind::BraceOpen | RawKind::Delimiter(_, Some(Size::Left)) => {
                out.push(*raw);
                open.push(Some(at));
                begin(&mut out, Some(at));
            }
            RawKind::BraceClose | RawKind::Delimiter(_, Some(Size::Right)) if open.len() > 1 => {
                finish(&mut out, open.pop().flatten(), raw.span);
                out.push(*raw);
            }
            RawKind::Command("over") => out.extend([sign(RawKind::BraceClose, raw.span), sign(RawKind::BraceOpen, raw.span)]),
            _ => out.push(*raw),
        }
    }
    finish(&mut out, None, Span::new(end, end));
    for raw in &mut out {
        (raw.partner, raw.listed) = (0, false);
    }
    pair_up(&mut out, end)?;
    Ok(out)
}
