//! What names are said to be: `A \in \mathbb R^{m \times n}`, `S \succ 0`, and what stands below `\min`.

use super::{Cut, Phrases, Piece, Relation, refuse};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::ast::{Asked, Page, Remark};
use crate::syntax::declare::{Declaration, DeclaredKind, parse_declarations};

/// A set that a name is said to be in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Set {
    /// Of all arrays of these sizes.
    Real(String),
    /// The same, with a sign.
    Orthant(String),
    Symmetric(String),
    Definite(String),
    Semidefinite(String),
    Orthogonal(String),
    Stiefel,
    Sphere,
    Other,
}

/// Reads what stands below an extremum's sign: variables, the sets that they are in, equations.
pub(super) fn below(phrases: &dyn Phrases, from: usize, to: usize, asked: &mut Asked, page: &mut Page) -> Result<(), Diagnostic> {
    let pieces = phrases.pieces(from, to);
    let separates = |p: &Piece| {
        let bar = p.cut == Cut::Bar
            && p.span.of(phrases.text()).trim().trim_start_matches('\\').trim_matches(['|', ' ']).replace("mid", "").is_empty();
        matches!(p.cut, Cut::Comma | Cut::Colon | Cut::Semicolon | Cut::Row | Cut::Gap | Cut::SubjectTo | Cut::And)
            || bar && pieces.iter().filter(|p| p.cut == Cut::Bar).count() == 1
    };
    let mut waiting: Vec<(usize, usize)> = Vec::new();
    for part in pieces.split(separates).filter(|part| !part.is_empty()) {
        let range = |part: &[Piece]| (part[0].from, part[part.len() - 1].to);
        let whole = range(part);
        let span = phrases.place(whole.0, whole.1);
        let sign = part.iter().position(|p| matches!(p.cut, Cut::Relation(_)));
        let Some(sign) = sign else {
            waiting.push(whole);
            continue;
        };
        let Cut::Relation(relation) = part[sign].cut else { continue };
        if sign == 0 || sign + 1 == part.len() {
            return Err(Diagnostic::new(Fault::Syntax, "this relation has one side alone").at(span));
        }
        match relation {
            Relation::In | Relation::Definite { .. } => {
                let mut names = std::mem::take(&mut waiting);
                names.push(range(&part[..sign]));
                for &(from, to) in &names {
                    asked.by.extend(variable(phrases, from, to)?);
                }
                member(phrases, &names, range(&part[sign + 1..]), relation, asked, page, true)?;
            }
            _ => asked.constraints.push((span.of(phrases.text()).to_owned(), span)),
        }
    }
    for (from, to) in waiting {
        asked.by.extend(variable(phrases, from, to)?);
    }
    let mut seen = Vec::new();
    asked.by.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    Ok(())
}

/// The variable, or the variables in brackets, of a range.
fn variable(phrases: &dyn Phrases, from: usize, to: usize) -> Result<Vec<String>, Diagnostic> {
    if let Some(name) = phrases.name(from, to) {
        return Ok(vec![name]);
    }
    let pieces = phrases.pieces(from, to);
    let inside = match &pieces[..] {
        [Piece { cut: Cut::Group(_), from, to, .. }] => phrases.pieces(from + 1, to - 1),
        _ => Vec::new(),
    };
    let names: Option<Vec<String>> = inside
        .split(|p| p.cut == Cut::Comma)
        .filter(|part| !part.is_empty())
        .map(|part| phrases.name(part[0].from, part[part.len() - 1].to))
        .collect();
    match names.filter(|names| !names.is_empty()) {
        Some(names) => Ok(names),
        None => Err(Diagnostic::new(Fault::Usage, "this is not a list of variables")
            .at(phrases.place(from, to))
            .hint("give the objective alone, and the variables with --wrt")),
    }
}

/// Names that are said to be in a set, or definite.
pub(super) fn member(
    phrases: &dyn Phrases,
    names: &[(usize, usize)],
    set: (usize, usize),
    relation: Relation,
    asked: &mut Asked,
    page: &mut Page,
    in_problem: bool,
) -> Result<(), Diagnostic> {
    let text = phrases.text();
    let at = phrases.place(names[0].0, set.1);
    let written = phrases.place(set.0, set.1).of(text);
    let canonical: Vec<Option<String>> = names.iter().map(|&(from, to)| phrases.name(from, to)).collect();
    let upper = canonical.iter().flatten().all(|n| n.starts_with(char::is_uppercase));
    let kind = match relation {
        Relation::Definite { or_zero } if is_zero(written) && or_zero => Set::Semidefinite(String::new()),
        Relation::Definite { .. } if is_zero(written) => Set::Definite(String::new()),
        Relation::Definite { .. } => Set::Other,
        _ => self::set(written, upper),
    };
    let sized = |word: &str, n: &str| if n.is_empty() { word.to_owned() } else { format!("{word}({n})") };
    let unit = || {
        let name = phrases.place(names[0].0, names[0].1).of(text).trim().to_owned();
        if phrases.is_latex() { (format!("{name}^\\top {name}"), name) } else { (format!("{name}'{name}"), name) }
    };
    let kind = match kind {
        Set::Real(sizes) if sizes.is_empty() => "scalar".to_owned(),
        Set::Real(sizes) => format!("R^{{{sizes}}}"),
        // No equations: whoever solves says why not.
        Set::Orthant(_) | Set::Semidefinite(_) | Set::Other if in_problem => {
            asked.constraints.push((at.of(text).to_owned(), at));
            return Ok(());
        }
        Set::Orthant(sizes) if sizes.is_empty() => "scalar".to_owned(),
        Set::Orthant(sizes) => format!("R^{{{sizes}}}"),
        Set::Symmetric(n) => sized("symmetric", &n),
        Set::Definite(n) => sized("spd", &n),
        Set::Semidefinite(n) => sized("symmetric", &n),
        Set::Orthogonal(_) | Set::Stiefel | Set::Sphere if !in_problem => {
            page.remarks.push(left_out(at, text, "what the variable is, which a derivative does not use"));
            return Ok(());
        }
        Set::Orthogonal(n) => {
            asked.constraints.push((format!("{} = I", unit().0), at));
            sized("square", &n)
        }
        Set::Stiefel => {
            asked.constraints.push((format!("{} = I", unit().0), at));
            return Ok(());
        }
        Set::Sphere => {
            asked.constraints.push((format!("{} = 1", unit().0), at));
            "vector".to_owned()
        }
        Set::Other => {
            page.remarks.push(left_out(at, text, "what the variable is, which a derivative does not use"));
            return Ok(());
        }
    };
    for name in &canonical {
        let Some(name) = name else {
            page.remarks.push(left_out(at, text, "no name of a variable"));
            continue;
        };
        declare(name, &kind, at, page)?;
    }
    page.remarks.push(Remark { span: at, note: format!("`{}` is read as a declaration: {kind}", tidy(at, text)) });
    Ok(())
}

/// `A = A^\top`.
pub(super) fn symmetric(phrases: &dyn Phrases, from: usize, to: usize, at: Span, page: &mut Page) -> Result<(), Diagnostic> {
    let text = phrases.text();
    let one = phrases.tokens(from, to)?;
    if let Some(crate::syntax::token::Token { kind: crate::syntax::token::TokenKind::Word(word), .. }) = one.first() {
        declare(&word.name, "symmetric", at, page)?;
        page.remarks.push(Remark { span: at, note: format!("`{}` is read as a declaration: symmetric", tidy(at, text)) });
    }
    Ok(())
}

fn tidy(span: Span, text: &str) -> String {
    span.of(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn left_out(span: Span, text: &str, why: &str) -> Remark {
    Remark { span, note: format!("`{}` is left out: {why}", tidy(span, text)) }
}

/// Declares a name; what is said of it twice is taken together.
fn declare(name: &str, kind: &str, at: Span, page: &mut Page) -> Result<(), Diagnostic> {
    let found = parse_declarations(&format!("{name}: {kind}"));
    let Ok([new]) = found.as_deref() else {
        let error = refuse(at, "this is no declaration that can be read");
        return Err(error.hint("declare it: --var 'A: matrix(m,n)'"));
    };
    let new = Declaration { span: at, ..new.clone() };
    match page.declarations.iter_mut().find(|d| d.name == new.name) {
        Some(old) if old.kind == DeclaredKind::Matrix && new.kind.sizes() == 1 => {
            old.kind = new.kind;
            old.dims.truncate(1);
        }
        Some(old) if new.kind == DeclaredKind::Matrix && old.dims.is_empty() => old.dims = new.dims[..new.dims.len().min(1)].to_vec(),
        Some(old) => *old = new,
        None => page.declarations.push(new),
    }
    Ok(())
}

fn is_zero(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '{' | '}')).collect();
    matches!(bare.trim_start_matches("\\mathbf").trim_start_matches("\\boldsymbol"), "0" | "O")
}

/// A set by its text, for names of which all are capital letters or not.
fn set(text: &str, upper: bool) -> Set {
    let mut text: String =
        text.replace("\\left", "").replace("\\right", "").chars().filter(|c| !c.is_whitespace() && !matches!(c, '$' | '&' | '~')).collect();
    for space in ["\\,", "\\;", "\\:", "\\!", "\\quad"] {
        text = text.replace(space, "");
    }
    let (word, rest) = word(&text);
    let (above, sub, call) = scripts(rest);
    let positive = matches!(sub.as_str(), "+" | "++" | ">0" | "\\ge0" | "\\geq0" | "\\geq" | "≥0") || matches!(above.as_str(), "+" | "++");
    let sizes = if matches!(above.as_str(), "+" | "++") { String::new() } else { sizes(&above) };
    match word.as_str() {
        "R" | "ℝ" | "Re" | "Reals" | "reals" | "RR" if positive => Set::Orthant(sizes),
        "R" | "ℝ" | "Re" | "Reals" | "reals" | "RR" => Set::Real(sizes),
        "S" | "Sym" | "𝕊" | "Sn" | "PSD" | "SPD" => match sub.as_str() {
            "++" => Set::Definite(sizes),
            "+" => Set::Semidefinite(sizes),
            _ if above.contains('-') || !upper && word == "S" => Set::Sphere,
            _ if word == "SPD" => Set::Definite(bracketed(&call, &sizes)),
            _ if word == "PSD" => Set::Semidefinite(bracketed(&call, &sizes)),
            _ => Set::Symmetric(bracketed(&call, &sizes)),
        },
        "O" => Set::Orthogonal(bracketed(&call, &sub)),
        "St" | "Stiefel" | "V" | "Stief" if !call.is_empty() || !sub.is_empty() => Set::Stiefel,
        _ => Set::Other,
    }
}

fn bracketed(call: &str, other: &str) -> String {
    sizes(if call.is_empty() { other } else { call.split(',').next().unwrap_or(call) })
}

/// Sizes as a declaration has them.
fn sizes(text: &str) -> String {
    text.replace("\\times", "×").replace("\\cdot", "*").replace(['{', '}'], "").replace(" x ", "×")
}

/// A letter or a word at the start, under any typeface, and the rest.
fn word(text: &str) -> (String, &str) {
    let Some(command) = text.strip_prefix('\\') else {
        let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    const STYLES: [&str; 12] =
        ["mathbb", "mathcal", "mathrm", "mathbf", "mathsf", "mathscr", "mathfrak", "operatorname", "text", "mathds", "Bbb", "boldsymbol"];
    let style = STYLES.iter().filter(|s| command.starts_with(**s)).max_by_key(|s| s.len());
    let Some(style) = style else {
        let end = command.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(command.len());
        return (command[..end].to_owned(), &command[end..]);
    };
    let rest = &command[style.len()..];
    if let Some(inside) = rest.strip_prefix('{') {
        let end = inside.find('}').unwrap_or(inside.len());
        return (inside[..end].trim_start_matches('\\').to_owned(), inside.get(end + 1..).unwrap_or(""));
    }
    let end = rest.chars().next().map_or(0, char::len_utf8);
    (rest[..end].to_owned(), &rest[end..])
}

/// What stands above, below and in brackets behind a set's letter.
fn scripts(mut rest: &str) -> (String, String, String) {
    let (mut above, mut below, mut call) = (String::new(), String::new(), String::new());
    while let Some(sign) = rest.chars().next() {
        let inside = &rest[sign.len_utf8()..];
        let (value, after) = match (sign, inside.chars().next()) {
            ('^' | '_', Some('{')) => enclosed(inside, '{', '}'),
            ('^' | '_', Some('(')) => enclosed(inside, '(', ')'),
            ('^' | '_', Some(_)) => {
                let plus = inside.bytes().take_while(|b| *b == b'+').count();
                let end = if plus > 0 { plus } else { inside.chars().next().map_or(0, char::len_utf8) };
                inside.split_at(end)
            }
            ('(', _) => enclosed(rest, '(', ')'),
            _ => break,
        };
        match sign {
            '^' => above = value.to_owned(),
            '_' => below = value.to_owned(),
            _ => call = value.to_owned(),
        }
        rest = after;
    }
    (above, below, call)
}

/// What stands between the brackets that open here, and the rest.
fn enclosed(text: &str, open: char, close: char) -> (&str, &str) {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return (&text[1..at], &text[at + 1..]);
            }
        }
    }
    (&text[1..], "")
}
