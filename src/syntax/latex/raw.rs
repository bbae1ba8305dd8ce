//! LaTeX as TeX sees it: commands, characters and groups, by the grammar in `grammar/latex.pest`.

use super::faces::{Alphabet, Face};
use crate::base::{Diagnostic, Fault, Span};
use pest::Parser;
use pest::iterators::Pair;

/// The parser that pest derives from the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/latex.pest"]
struct Grammar;

/// One phrase of LaTeX.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'a> {
    pub kind: RawKind<'a>,
    pub span: Span,
    /// Whether white space, or a command for it, stands before.
    pub spaced: bool,
    /// Where the brace, or the square bracket, that opens here closes.
    pub partner: usize,
    /// Whether the square brackets that open here hold a comma or a colon of their own.
    pub listed: bool,
    /// The typeface that it is set in.
    pub face: Face,
}

/// What a phrase of LaTeX is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RawKind<'a> {
    /// `\name`, without the backslash.
    Command(&'a str),
    /// One word: that of `\operatorname{…}`, `\mathrm{…}`, `\text{…}`, `{\rm …}`.
    Named(&'a str),
    /// What `\text{…}` says in more than one word, or with other signs than letters: `\text{s.t. }`, `\text{(OLS)}`.
    Text(&'a str),
    /// A bracket or bar, with the side that `\left` or `\right` gives it.
    Delimiter(&'a str, Option<Size>),
    BraceOpen,
    BraceClose,
    Number(&'a str),
    /// `½`: numerator and denominator.
    Vulgar(u8, u8),
    Letter(&'a str),
    Primes(usize),
    Small(&'a str),
    Caret,
    Underscore,
    Plus,
    Minus,
    Times,
    Hadamard,
    HadamardDivide,
    Kron,
    Divide,
    Comma,
    Semicolon,
    Colon,
    Equals,
    /// `\begin{cases}`; its partner is the end.
    Cases,
    CasesEnd,
    /// `&` between a case and its condition.
    Align,
    /// `\\`.
    Row,
    /// `{}`, where a script follows.
    Empty,
    /// `#1`, in the body of a macro.
    Parameter(usize),
    /// `\quad` and the like: what stands behind is set apart.
    Gap,
    /// A full stop.
    Stop,
}

/// What stands before a sized delimiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Left,
    Right,
    /// `\big`, which says nothing about the side.
    Big,
}

/// The phrases of a text, with braces and square brackets paired.
///
/// # Errors
/// A character that is not known, or a brace without a partner.
pub(super) fn read(text: &str) -> Result<Vec<Raw<'_>>, Diagnostic> {
    let mut out = read_unpaired(text)?;
    pair_up(&mut out, text.trim_end().len())?;
    Ok(out)
}

/// The phrases of a text whose braces need not pair, as the parts of a macro need not.
///
/// # Errors
/// A character that is not known.
pub(super) fn read_unpaired(text: &str) -> Result<Vec<Raw<'_>>, Diagnostic> {
    let broken = |_| Diagnostic::new(Fault::Syntax, "this is not an expression").at(Span::new(0, text.len()));
    let mut out = Vec::new();
    let (mut end, mut cases) = (0, 0usize);
    for pair in Grammar::parse(Rule::text, text).map_err(broken)?.flat_map(Pair::into_inner) {
        if pair.as_rule() == Rule::EOI {
            break;
        }
        match pair.as_rule() {
            Rule::cases => cases += 1,
            Rule::cases_end => cases = usize::saturating_sub(cases, 1),
            // Elsewhere it only moves things about on the page.
            Rule::align if cases == 0 => continue,
            _ => {}
        }
        let place = pair.as_span();
        let span = Span::new(place.start(), place.end());
        let (kind, face) = kind(&pair, span)?;
        let apart = out.last().is_some_and(|raw: &Raw<'_>| matches!(raw.kind, RawKind::Row | RawKind::Gap));
        out.push(Raw { kind, span, spaced: apart || span.start > end, partner: 0, listed: false, face });
        end = span.end;
    }
    Ok(out)
}

fn kind<'a>(pair: &Pair<'a, Rule>, span: Span) -> Result<(RawKind<'a>, Face), Diagnostic> {
    if pair.as_rule() != Rule::command {
        return Ok((sign(pair, span)?, Face::default()));
    }
    let mut inner = pair.clone().into_inner();
    let (first, last) = (inner.next(), inner.last());
    let (Some(first), Some(last)) = (first.as_ref().or(last.as_ref()), last.as_ref().or(first.as_ref())) else {
        return Ok((RawKind::Command(pair.as_str()), Face::default()));
    };
    let upright = Face { alphabet: Alphabet::Upright, ..Face::default() };
    Ok(match last.as_rule() {
        Rule::text_body => words(first.as_str(), last.as_str()),
        Rule::letters => (letter_or_word(last.as_str()), upright),
        Rule::name_text => (RawKind::Named(last.as_str()), Face { alphabet: Alphabet::Operator, ..Face::default() }),
        Rule::symbol => {
            let kind = match last.as_str() {
                "\\|" => RawKind::Delimiter("‖", None),
                "\\{" => RawKind::Delimiter("\\{", None),
                "\\}" => RawKind::Delimiter("\\}", None),
                other => RawKind::Command(other.trim_start_matches('\\')),
            };
            (kind, Face::default())
        }
        _ => (command(last.as_str().trim_start_matches('\\')), Face::default()),
    })
}

/// A single upright letter is a letter; `d` is the differential's.
fn letter_or_word(text: &str) -> RawKind<'_> {
    if text.len() == 1 && text != "d" { RawKind::Letter(text) } else { RawKind::Named(text) }
}

/// What a command for text holds: one word, or words.
fn words<'a>(command: &str, body: &'a str) -> (RawKind<'a>, Face) {
    let face = Face { alphabet: Alphabet::Text, bold: command == "\\textbf", ..Face::default() };
    // `\text{\sf T}`: a change of typeface in front says nothing.
    let mut word = body.trim_matches(|c: char| c.is_whitespace() || c == '~');
    while let Some(rest) = word.strip_prefix('\\') {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let name = &rest[..rest.len() - after.len()];
        let font = matches!(
            name,
            "sf" | "rm"
                | "bf"
                | "it"
                | "tt"
                | "sl"
                | "em"
                | "sffamily"
                | "rmfamily"
                | "bfseries"
                | "itshape"
                | "tiny"
                | "small"
                | "scriptsize"
        );
        if !font {
            break;
        }
        word = after.trim_start();
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '\\');
    let single = word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(plain) && !word.replace("\\_", "").contains('\\');
    (if single { letter_or_word(word) } else { RawKind::Text(word) }, face)
}

fn sign<'a>(pair: &Pair<'a, Rule>, span: Span) -> Result<RawKind<'a>, Diagnostic> {
    let text = pair.as_str();
    Ok(match pair.as_rule() {
        Rule::sized => {
            let mut inner = pair.clone().into_inner();
            let size = match inner.next().map(|size| size.as_str()) {
                Some("\\left") => Size::Left,
                Some("\\right") => Size::Right,
                Some(big) if big.ends_with('l') => Size::Left,
                Some(big) if big.ends_with('r') => Size::Right,
                _ => Size::Big,
            };
            let written = inner.next().map_or("", |d| d.as_str());
            match delimiter(written) {
                Some((sign, None)) => RawKind::Delimiter(sign, Some(size)),
                Some((sign, side)) => RawKind::Delimiter(sign, side),
                None => return Err(Diagnostic::new(Fault::Syntax, format!("`{text}` is not a bracket")).at(span)),
            }
        }
        Rule::open | Rule::close | Rule::bars => match delimiter(text) {
            Some((sign, side)) => RawKind::Delimiter(sign, side),
            None => RawKind::Comma,
        },
        Rule::vulgar => match text {
            "½" => RawKind::Vulgar(1, 2),
            "⅓" => RawKind::Vulgar(1, 3),
            "⅔" => RawKind::Vulgar(2, 3),
            "¼" => RawKind::Vulgar(1, 4),
            "¾" => RawKind::Vulgar(3, 4),
            "⅕" => RawKind::Vulgar(1, 5),
            "⅙" => RawKind::Vulgar(1, 6),
            _ => RawKind::Vulgar(1, 8),
        },
        Rule::empty => RawKind::Empty,
        Rule::parameter => RawKind::Parameter(text.trim_start_matches('#').parse().unwrap_or(0)),
        Rule::row => RawKind::Row,
        Rule::gap => RawKind::Gap,
        Rule::stop => RawKind::Stop,
        Rule::cases => RawKind::Cases,
        Rule::cases_end => RawKind::CasesEnd,
        Rule::align => RawKind::Align,
        Rule::brace_open => RawKind::BraceOpen,
        Rule::brace_close => RawKind::BraceClose,
        Rule::number => RawKind::Number(text),
        Rule::letter | Rule::accented => RawKind::Letter(text),
        Rule::primes => RawKind::Primes(text.chars().count()),
        Rule::power_small | Rule::sub_small => RawKind::Small(text),
        Rule::caret => RawKind::Caret,
        Rule::underscore => RawKind::Underscore,
        Rule::plus => RawKind::Plus,
        Rule::minus => RawKind::Minus,
        Rule::times => RawKind::Times,
        Rule::hadamard => RawKind::Hadamard,
        Rule::hadamard_divide => RawKind::HadamardDivide,
        Rule::kron => RawKind::Kron,
        Rule::divide => RawKind::Divide,
        Rule::comma => RawKind::Comma,
        Rule::semicolon => RawKind::Semicolon,
        Rule::colon => RawKind::Colon,
        Rule::equals => RawKind::Equals,
        _ => {
            let error = Diagnostic::new(Fault::Syntax, format!("`{text}` means nothing here")).at(span);
            if text == "!" {
                return Err(error.hint("the factorial of y is `\\Gamma(y+1)`, its logarithm `\\log\\Gamma(y+1)`"));
            }
            return Err(if text == "\\" { error.hint("a command's name is missing behind the backslash") } else { error });
        }
    })
}

/// Commands that are brackets under another name.
fn command(name: &str) -> RawKind<'_> {
    match delimiter(&format!("\\{name}")) {
        Some((sign, side)) => RawKind::Delimiter(sign, side),
        None => RawKind::Command(name),
    }
}

/// A delimiter's own sign (`‖`, `⟨`, `\{`, `|`, …), and its side where its name says it.
fn delimiter(written: &str) -> Option<(&'static str, Option<Size>)> {
    Some(match written {
        "(" => ("(", None),
        ")" => (")", None),
        "[" | "\\lbrack" => ("[", None),
        "]" | "\\rbrack" => ("]", None),
        "\\{" | "\\lbrace" => ("\\{", None),
        "\\}" | "\\rbrace" => ("\\}", None),
        "<" | "⟨" | "\\langle" => ("⟨", None),
        ">" | "⟩" | "\\rangle" => ("⟩", None),
        "|" | "\\vert" | "\\mid" => ("|", None),
        "‖" | "∥" | "\\|" | "\\Vert" | "\\parallel" => ("‖", None),
        "\\lvert" => ("|", Some(Size::Left)),
        "\\rvert" => ("|", Some(Size::Right)),
        "\\lVert" => ("‖", Some(Size::Left)),
        "\\rVert" => ("‖", Some(Size::Right)),
        _ => return None,
    })
}

/// Pairs braces, and square brackets where they pair; a brace that is missing is missed at `end`.
pub(super) fn pair_up(raws: &mut [Raw<'_>], end: usize) -> Result<(), Diagnostic> {
    let mut open: Vec<usize> = Vec::new();
    let mut cases: Vec<usize> = Vec::new();
    for at in 0..raws.len() {
        match raws[at].kind {
            RawKind::Cases => cases.push(at),
            RawKind::CasesEnd => match cases.pop() {
                Some(start) => raws[start].partner = at,
                None => return Err(Diagnostic::new(Fault::Syntax, "this ends no cases").at(raws[at].span)),
            },
            RawKind::BraceOpen | RawKind::Delimiter("[" | "(" | "⟨" | "\\{", _) => open.push(at),
            RawKind::Delimiter(sign @ ("]" | ")" | "⟩" | "\\}"), _) => {
                // Brackets that do not pair are reported later; here they must not cross a brace, and `>` may be a comparison.
                if let Some(&last) = open.last()
                    && raws[last].kind != RawKind::BraceOpen
                    && (sign != "⟩" || matches!(raws[last].kind, RawKind::Delimiter("⟨", _)))
                {
                    open.pop();
                    raws[last].partner = at;
                }
            }
            RawKind::Comma | RawKind::Colon => {
                if let Some(&last) = open.last() {
                    raws[last].listed = true;
                }
            }
            RawKind::BraceClose => {
                while open.last().is_some_and(|&last| raws[last].kind != RawKind::BraceOpen) {
                    open.pop();
                }
                match open.pop() {
                    Some(start) => raws[start].partner = at,
                    None => return Err(Diagnostic::new(Fault::Syntax, "this `}` closes nothing").at(raws[at].span)),
                }
            }
            _ => {}
        }
    }
    if let Some(&start) = cases.last() {
        return Err(Diagnostic::new(Fault::Syntax, "these cases never end").at(raws[start].span).hint("`\\end{cases}` is missing"));
    }
    match open.iter().find(|&&at| raws[at].kind == RawKind::BraceOpen) {
        Some(&at) => Err(Diagnostic::new(Fault::Syntax, "`{` is never closed")
            .at(Span::new(end, end))
            .label("`}` is missing")
            .note(raws[at].span, "opened here")),
        None => Ok(()),
    }
}
