//! Which bracket closes which, and which bars open and which close: decided before anything is built.

use super::Bars;
use super::token::{Bracket, Norm, Side, Token, TokenKind};
use crate::base::{Diagnostic, Fault, Span};

/// The deepest nesting that is read: brackets, prefix functions, signs and powers alike.
pub const NEST_LIMIT: usize = 400;

/// The error for a text that nests deeper than [`NEST_LIMIT`].
pub(super) fn too_deep(at: Span) -> Diagnostic {
    Diagnostic::new(Fault::Unsupported, format!("this nests deeper than {NEST_LIMIT} levels"))
        .at(at)
        .hint("name a part of it: `let a = …; …`")
}

/// The signs of a text that stand outside all brackets, with their places.
pub fn outside_brackets(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut depth = 0i32;
    text.char_indices().filter(move |(_, c)| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => return depth <= 0,
        }
        false
    })
}

/// Refuses a text whose brackets nest too deep, before anything else looks at it.
pub(super) fn shallow(text: &str) -> Result<(), Diagnostic> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '⟨' | '<' => depth += 1,
            ')' | ']' | '}' | '⟩' | '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NEST_LIMIT {
            return Err(too_deep(Span::new(at, at + c.len_utf8())));
        }
    }
    Ok(())
}

/// Finds the partner of every bracket and the role of every bar.
///
/// # Errors
/// A bracket or a bar without a partner, or more than [`NEST_LIMIT`] levels.
pub(super) fn pair(tokens: &mut Vec<Token>, end: usize) -> Result<(), Diagnostic> {
    let segments = brackets(tokens, end)?;
    for segment in segments {
        bars(tokens, &segment, end)?;
    }
    tokens.retain(|token| token.kind != TokenKind::Nothing);
    // Square brackets directly behind closing bars are an index, now that the bars are known to close.
    for at in 1..tokens.len() {
        if matches!(tokens[at - 1].kind, TokenKind::Close(Bracket::Bars(_)))
            && tokens[at].kind == TokenKind::Open(Bracket::Square)
            && !tokens[at].spaced
        {
            tokens[at].kind = TokenKind::Open(Bracket::Index);
        }
    }
    Ok(())
}

/// Checks the brackets, and collects the bars that stand together between the same brackets and commas.
fn brackets(tokens: &[Token], end: usize) -> Result<Vec<Vec<usize>>, Diagnostic> {
    let mut open: Vec<(Bracket, Span, usize)> = Vec::new();
    let mut segments: Vec<Vec<usize>> = vec![Vec::new()];
    let mut current = 0;
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            TokenKind::Open(bracket) => {
                open.push((*bracket, token.span, current));
                if open.len() > NEST_LIMIT {
                    return Err(too_deep(token.span));
                }
                current = segments.len();
                segments.push(Vec::new());
            }
            TokenKind::Close(bracket) => {
                let Some((opened, place, before)) = open.pop() else {
                    let message = format!("this `{}` closes nothing", bracket.closing());
                    if *bracket == Bracket::Angle {
                        return Err(comparison(token.span, ">"));
                    }
                    return Err(Diagnostic::new(Fault::Syntax, message).at(token.span).hint("leave it out, or open it before"));
                };
                if !opened.pairs_with(*bracket) {
                    let message = format!("`{}` is closed by `{}`", opened.opening(), bracket.closing());
                    return Err(Diagnostic::new(Fault::Syntax, message)
                        .at(token.span)
                        .label(format!("`{}` is needed here", opened.closing()))
                        .note(place, "opened here"));
                }
                current = before;
            }
            TokenKind::Comma | TokenKind::Semicolon | TokenKind::Where | TokenKind::Let | TokenKind::Relation(_) => {
                current = segments.len();
                segments.push(Vec::new());
            }
            TokenKind::Bar { .. } => {
                if let Some(segment) = segments.get_mut(current) {
                    segment.push(at);
                }
            }
            _ => {}
        }
    }
    match open.pop() {
        Some((bracket, place, _)) => Err(unclosed(bracket, place, end)),
        None => Ok(segments),
    }
}

/// The error for an opening bracket without its partner.
fn unclosed(bracket: Bracket, place: Span, end: usize) -> Diagnostic {
    let error = Diagnostic::new(Fault::Syntax, format!("`{}` is never closed", bracket.opening()))
        .at(Span::new(end, end))
        .label(format!("`{}` is missing", bracket.closing()))
        .note(place, "opened here");
    if bracket == Bracket::Angle { comparison(place, "<") } else { error }
}

/// The error for an angle without its partner, which is most often a comparison.
pub(super) fn comparison(at: Span, sign: &str) -> Diagnostic {
    Diagnostic::new(Fault::Syntax, format!("`{sign}` has no partner, and comparisons are not read"))
        .at(at)
        .hint("give one side alone; `<a, b>` is the inner product, `step(a - b)` is 1 where a > b")
}

/// A bar that is open: the phrases that write it, and whether a `||` was taken apart into two single bars.
#[derive(Clone, Copy)]
struct Opened {
    at: usize,
    width: usize,
    wide: bool,
    split: bool,
}

/// What a bar was found to be.
enum Found {
    Open(Opened),
    /// The opening bar, the closing one, the number of phrases of the latter.
    Close(Opened, usize, usize),
}

/// Decides over the bars of one segment. White space decides first (` |x` opens, `x| ` closes); where that does not come
/// out even, a bar behind an operand closes whenever one is open.
fn bars(tokens: &mut [Token], segment: &[usize], end: usize) -> Result<(), Diagnostic> {
    if segment.is_empty() {
        return Ok(());
    }
    let runs = runs(tokens, segment);
    let found = match assign(tokens, segment, &runs, true) {
        Ok(found) => found,
        Err(_) => assign(tokens, segment, &runs, false).map_err(|bar| unpaired(tokens, bar, end))?,
    };
    for (opened, close, width) in found {
        let norm = (close..close + width).find_map(|at| match tokens.get(at).map(|t| &t.kind) {
            Some(TokenKind::Bar { norm, .. }) => *norm,
            _ => None,
        });
        let single = !opened.wide && opened.width == 1;
        let kind = match norm {
            Some(Norm::One) => Bars::One,
            Some(Norm::Infinity) => Bars::Infinity,
            Some(Norm::Nuclear) => Bars::Nuclear,
            Some(Norm::Two) => Bars::Double,
            None if single => Bars::Single,
            None => Bars::Double,
        };
        write(tokens, opened.at, opened.width, TokenKind::Open(Bracket::Bars(kind)));
        write(tokens, close, width, TokenKind::Close(Bracket::Bars(kind)));
    }
    Ok(())
}

fn unpaired(tokens: &[Token], bar: usize, end: usize) -> Diagnostic {
    let at = tokens.get(bar).map_or(Span::new(end, end), |token| token.span);
    Diagnostic::new(Fault::Syntax, "this bar has no partner").at(at).hint("`abs(x)`, `det(S)` and `norm(x)` say the same without bars")
}

/// Puts a kind on the first phrase of several and takes the others away.
fn write(tokens: &mut [Token], at: usize, width: usize, kind: TokenKind) {
    let end = tokens.get(at + width - 1).map_or(0, |token| token.span.end);
    for token in tokens.iter_mut().skip(at).take(width) {
        token.kind = TokenKind::Nothing;
    }
    if let Some(token) = tokens.get_mut(at) {
        token.kind = kind;
        token.span.end = end;
    }
}

/// For each bar of the segment, how many narrow bars follow without a gap, itself included.
fn runs(tokens: &[Token], segment: &[usize]) -> Vec<usize> {
    let mut runs = vec![1; segment.len()];
    for nth in (0..segment.len().saturating_sub(1)).rev() {
        let (this, next) = (segment[nth], segment[nth + 1]);
        let narrow = |at: usize| matches!(tokens[at].kind, TokenKind::Bar { wide: false, .. });
        let ends = matches!(tokens[this].kind, TokenKind::Bar { norm: Some(_), .. });
        let sides = |at: usize| if let TokenKind::Bar { side, .. } = tokens[at].kind { side } else { None };
        if next == this + 1 && !tokens[next].spaced && narrow(this) && narrow(next) && !ends && sides(this) == sides(next) {
            runs[nth] = runs[nth + 1] + 1;
        }
    }
    runs
}

/// The pairs of bars; a bar without partner is the error.
fn assign(tokens: &[Token], segment: &[usize], runs: &[usize], spacing: bool) -> Result<Vec<(Opened, usize, usize)>, usize> {
    let mut open: Vec<Opened> = Vec::new();
    let mut found: Vec<(Opened, usize, usize)> = Vec::new();
    let mut nth = 0;
    let mut last: Option<(usize, bool)> = None;
    while let Some(&at) = segment.get(nth) {
        let token = &tokens[at];
        let TokenKind::Bar { wide, norm, side } = token.kind else { return Err(at) };
        let run = runs[nth];
        // Behind a bar, that bar's role decides whether an operand is wanted.
        let wanted = match last {
            _ if side.is_some() => side == Some(Side::Left),
            Some((before, opened)) if before + 1 == at => opened,
            _ => at == 0 || !tokens[at - 1].kind.ends_operand(),
        };
        let after = tokens.get(at + run).is_some_and(|next| !next.spaced && next.kind.begins_operand());
        let like_opening = spacing && token.spaced && after && norm.is_none();
        let step = if wanted || open.is_empty() && side.is_none() || like_opening && side.is_none() {
            let width = if !wide && run.is_multiple_of(2) { 2 } else { 1 };
            if (at..at + width).any(|bar| matches!(tokens[bar].kind, TokenKind::Bar { norm: Some(_), .. })) {
                return Err(at);
            }
            Found::Open(Opened { at, width, wide, split: false })
        } else {
            if open.is_empty() {
                return Err(at);
            }
            close(&mut open, at, run, wide)
        };
        let width = match step {
            Found::Open(opened) => {
                open.push(opened);
                last = Some((at + opened.width - 1, true));
                opened.width
            }
            Found::Close(opened, bar, width) => {
                found.push((opened, bar, width));
                last = Some((bar + width - 1, false));
                width
            }
        };
        nth += width;
    }
    match open.last() {
        Some(opened) => Err(opened.at),
        None => Ok(found),
    }
}

/// What a bar behind an operand does where one is open: closes it, or opens another kind inside it.
fn close(open: &mut Vec<Opened>, at: usize, run: usize, wide: bool) -> Found {
    let Some(top) = open.last().copied() else { return Found::Open(Opened { at, width: 1, wide, split: false }) };
    let width = if !wide && run.is_multiple_of(2) { 2 } else { 1 };
    if top.wide != wide {
        return Found::Open(Opened { at, width, wide, split: false });
    }
    open.pop();
    if wide {
        return Found::Close(top, at, 1);
    }
    if top.width == 2 {
        if run >= 2 {
            return Found::Close(top, at, 2);
        }
        // `||a| - b|`: the two bars were two absolute values after all.
        open.push(Opened { width: 1, split: true, ..top });
        return Found::Close(Opened { at: top.at + 1, width: 1, wide, split: true }, at, 1);
    }
    if run >= 2
        && let Some(below) = open.last().copied()
        && (below.split || top.split)
        && below.at + 1 == top.at
        && !below.wide
    {
        open.pop();
        return Found::Close(Opened { width: 2, ..below }, at, 2);
    }
    Found::Close(top, at, 1)
}
