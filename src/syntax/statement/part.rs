//! What each part of a statement is: an equation, a declaration, a remark, an expression.

use super::segment::{Before, Segment};
use super::{Cut, Phrases, Piece, Relation};

/// A part of a statement; ranges are of pieces.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// An expression, or what only the builder can tell is none.
    Bare,
    /// `left = first = second …`: where the signs stand, and what they are.
    Equation(Vec<(usize, Relation)>),
    /// `x \in \mathbb R^n`, `S \succ 0`: where the sign stands.
    Member(usize, Relation),
    /// `\lambda \ge 0`.
    Comparison(usize),
    /// `f: \mathbb R^n \to \mathbb R`: where the colon stands.
    Map(usize),
    /// What is left out, and why.
    Remark(&'static str),
    Empty,
}

/// Whether words are a constant that is not written out: `const.`.
pub(super) fn is_constant(words: &str) -> bool {
    let words = words.trim().to_ascii_lowercase();
    let starts = ["const", "constant", "constants", "cst", "terms ", "other terms", "terms independent", "additive constant", "h.o.t"];
    starts.iter().any(|s| words.starts_with(s))
}

/// What a segment is.
pub(super) fn part(phrases: &dyn Phrases, pieces: &[Piece], segment: &Segment) -> Part {
    let own = &pieces[segment.from..segment.to];
    if segment.before == Before::ForAll {
        return Part::Remark("for which values it is meant");
    }
    if own.is_empty() {
        return if segment.before == Before::Words { words(&pieces[segment.separator]) } else { Part::Empty };
    }
    if segment.before == Before::Words && is_quantifier(&pieces[segment.separator]) {
        return Part::Remark("for which values it is meant");
    }
    let place = |at: usize| segment.from + at;
    let signs: Vec<(usize, Relation)> = own
        .iter()
        .enumerate()
        .filter_map(|(at, p)| if let Cut::Relation(relation) = p.cut { Some((place(at), relation)) } else { None })
        .collect();
    let colon = own.iter().position(|p| p.cut == Cut::Colon).map(place);
    if let (Some(colon), Some((_, Relation::To))) = (colon, signs.first()) {
        return Part::Map(colon);
    }
    match signs.first() {
        Some((at, relation @ (Relation::In | Relation::Definite { .. }))) => {
            // `\hat w \in \arg\min_w f` is a problem.
            if own[at + 1 - segment.from..].first().is_some_and(|p| matches!(p.cut, Cut::Extremum(_))) {
                return Part::Equation(signs);
            }
            return Part::Member(*at, *relation);
        }
        Some((at, Relation::Compare)) => return Part::Comparison(*at),
        Some(_) => return Part::Equation(signs),
        None => {}
    }
    if segment.wide || segment.before == Before::Start {
        return aside(phrases, pieces, segment).map_or(Part::Bare, Part::Remark);
    }
    Part::Bare
}

/// What is set apart by a wide space: a number, a label, words in brackets.
fn aside(phrases: &dyn Phrases, pieces: &[Piece], segment: &Segment) -> Option<&'static str> {
    let [only] = &pieces[segment.from..segment.to] else { return None };
    let text = only.span.of(phrases.text());
    let last = segment.to == pieces.len() && segment.from > 0;
    let leads = segment.from == 0 && pieces.get(segment.to).is_some_and(|p| p.cut == Cut::Gap);
    let inside = || phrases.pieces(only.from + 1, only.to - 1);
    match only.cut {
        Cut::Group("(" | "[") if (last || leads) && is_label(text) => Some("an equation's number"),
        Cut::Group("(" | "[") if last && inside().iter().all(|p| matches!(p.cut, Cut::Words(_))) => Some("words"),
        Cut::Group("(" | "[") if last && is_words(text) => Some("words"),
        Cut::Group("(") if last && inside().iter().any(|p| matches!(p.cut, Cut::Relation(_))) => Some("for which values it is meant"),
        _ => None,
    }
}

/// Whether the row ends in `(3)` behind a space: more likely an equation's number than a factor.
pub(super) fn ends_in_number(phrases: &dyn Phrases, pieces: &[Piece]) -> bool {
    let [.., before, last] = pieces else { return false };
    let apart = last.spaced && last.cut == Cut::Group("(") && !matches!(before.cut, Cut::Function | Cut::Operator | Cut::Sign);
    let text = last.span.of(phrases.text());
    apart && is_label(text) && text.trim_start_matches('(').starts_with(|c: char| c.is_ascii_digit())
}

fn words(piece: &Piece) -> Part {
    match &piece.cut {
        Cut::Words(text) if is_label(text.trim()) => Part::Remark("a label"),
        _ => Part::Remark("words"),
    }
}

fn is_quantifier(piece: &Piece) -> bool {
    let Cut::Words(text) = &piece.cut else { return false };
    let text = text.trim().to_ascii_lowercase();
    [
        "for all",
        "for every",
        "for any",
        "for each",
        "for some",
        "for fixed",
        "for",
        "over all",
        "as",
        "if",
        "when",
        "whenever",
        "provided",
        "provided that",
        "assuming",
        "given",
        "on",
    ]
    .contains(&text.as_str())
}

/// `(3)`, `(1.2)`, `(3a)`, `(A.1)`, `(P)`, `(*)`: an equation's number or a label.
fn is_label(text: &str) -> bool {
    let round = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    let Some(inside) = round.or_else(|| text.strip_prefix('[').and_then(|t| t.strip_suffix(']'))) else { return false };
    let inside = inside.trim();
    let plain = inside.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '\'' | '*'));
    let stars = ["\\ast", "\\star", "\\dagger", "**"].contains(&inside);
    let letters = inside.chars().filter(char::is_ascii_alphabetic).count();
    stars
        || plain
            && !inside.is_empty()
            && (inside.starts_with(|c: char| c.is_ascii_digit()) && letters < 2 || inside.len() < 5 && letters < 4)
}

/// Whether brackets hold words alone.
fn is_words(text: &str) -> bool {
    text.contains("\\text") || text.contains("\\mathrm") || text.contains("\\mbox")
}
