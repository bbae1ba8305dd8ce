//! Left sides: whether what stands before `=` is what a formula is called, or half of an equation.

use super::{Cut, Phrases, Piece};

/// What a left side is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// One name, `L`.
    Name(String),
    /// A name applied to names, `f(x, y)`: the name, the range of pieces of the brackets.
    Applied(String, usize),
    /// What a formula is called that is no name: `\log p(y|x)`, `\|r\|^2`, `RSS(\beta)`.
    Phrase,
    /// An expression of its own: `A x`.
    Expression,
}

/// Reads a left side.
pub(super) fn left(phrases: &dyn Phrases, pieces: &[Piece]) -> Left {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return Left::Expression };
    if let Some(name) = name_of(phrases, first.from, last.to) {
        return Left::Name(name);
    }
    if last.cut == Cut::Group("(")
        && pieces.len() > 1
        && let Some(name) = name_of(phrases, first.from, last.from)
    {
        return Left::Applied(name, pieces.len() - 1);
    }
    if is_phrase(phrases, pieces) { Left::Phrase } else { Left::Expression }
}

fn name_of(phrases: &dyn Phrases, from: usize, to: usize) -> Option<String> {
    // Long left sides are no names.
    if to - from > 40 { None } else { phrases.name(from, to) }
}

/// Functions, then one name (letters that are joined) or bars, then scripts and brackets.
fn is_phrase(phrases: &dyn Phrases, pieces: &[Piece]) -> bool {
    let mut rest = pieces;
    let negative = matches!(rest.first(), Some(p) if p.cut == Cut::Sign);
    rest = &rest[usize::from(negative)..];
    let functions = rest.iter().take_while(|p| p.cut == Cut::Function).count();
    rest = &rest[functions..];
    if negative && functions == 0 {
        return false;
    }
    if rest.first().is_some_and(|p| p.cut == Cut::Bar) {
        // `\|r\|^2`: the same bar on both ends.
        let end = rest.len() - rest.iter().rev().take_while(|p| p.cut == Cut::Script).count();
        return end > 2 && rest[end - 1].cut == Cut::Bar && rest[1..end - 1].iter().all(|p| p.cut != Cut::Bar);
    }
    let letters = rest.iter().enumerate().take_while(|(at, p)| p.cut == Cut::Atom && (*at == 0 || !p.spaced)).count();
    let tail = &rest[letters..];
    let applied = tail.iter().any(|p| matches!(p.cut, Cut::Group("(" | "[" | "\\{")));
    if letters == 0 && !(functions > 0 && tail.first().is_some_and(|p| matches!(p.cut, Cut::Group(_)))) && !is_braced(tail) {
        return false;
    }
    if letters > 1 && !applied && !(letters > 2 && is_word(phrases, &rest[..letters])) {
        return false;
    }
    tail.iter().all(|p| match p.cut {
        Cut::Group(_) => true,
        Cut::Script => !is_turned(p.span.of(phrases.text())),
        _ => false,
    })
}

/// `{L(w)}`.
fn is_braced(tail: &[Piece]) -> bool {
    matches!(tail.first(), Some(p) if p.cut == Cut::Group("{"))
}

/// `MSE`, `loss`: letters of one kind.
fn is_word(phrases: &dyn Phrases, letters: &[Piece]) -> bool {
    let texts = || letters.iter().map(|p| p.span.of(phrases.text()));
    texts().all(|t| t.chars().all(|c| c.is_ascii_uppercase())) || texts().all(|t| t.chars().all(|c| c.is_ascii_lowercase()))
}

/// Whether a script makes an inverse or a transpose of what it stands on.
fn is_turned(script: &str) -> bool {
    let inside = script.trim_start_matches(['^', '{', ' ']).trim_end_matches(['}', ' ']);
    script.starts_with('^')
        && (inside.starts_with(['-', '−']) || matches!(inside, "T" | "\\top" | "\\mathsf T" | "\\mathsf{T" | "\\intercal"))
}
