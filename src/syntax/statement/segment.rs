//! The row of pieces cut at what separates: commas, rows, wide spaces, words.

use super::{Cut, Piece};

/// A range of pieces without a separator.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Segment {
    /// What stands before it.
    pub before: Before,
    /// Whether a wide space is among what separates.
    pub wide: bool,
    /// The separator itself, in front.
    pub separator: usize,
    pub from: usize,
    pub to: usize,
}

/// What separates a segment from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    Start,
    Comma,
    Semicolon,
    Row,
    Gap,
    /// Words of explanation, which are the separator.
    Words,
    Where,
    Let,
    And,
    SubjectTo,
    ForAll,
}

/// Whether a piece asks for more on its right, or on its left.
fn joins(cut: &Cut) -> bool {
    matches!(cut, Cut::Sign | Cut::Operator | Cut::Relation(_))
}

/// The pieces without rows' ends and wide spaces beside an operator, where the same expression goes on.
pub(super) fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut kept: Vec<Piece> = Vec::with_capacity(pieces.len());
    let soft = |p: &Piece| matches!(p.cut, Cut::Row | Cut::Gap);
    let goes_on = |p: &Piece| joins(&p.cut) || matches!(p.cut, Cut::Extremum(_) | Cut::Derivative(..));
    for piece in pieces {
        if joins(&piece.cut) {
            while kept.last().is_some_and(soft) {
                kept.pop();
            }
        }
        if !(soft(&piece) && kept.last().is_some_and(goes_on)) {
            kept.push(piece);
        }
    }
    kept
}

/// Cuts the row.
pub(super) fn segments(pieces: &[Piece]) -> Vec<Segment> {
    let mut found = vec![Segment { before: Before::Start, wide: false, separator: 0, from: 0, to: 0 }];
    for (at, piece) in pieces.iter().enumerate() {
        let constant = matches!(&piece.cut, Cut::Words(words) if super::part::is_constant(words));
        let last = at.checked_sub(1).map(|last| &pieces[last]);
        let before = match &piece.cut {
            Cut::Comma => Before::Comma,
            Cut::Semicolon | Cut::Stop => Before::Semicolon,
            Cut::Row => Before::Row,
            Cut::Gap => Before::Gap,
            // `+ \text{const}` ends the expression.
            Cut::Words(_) if constant && last.is_some_and(|p| p.cut == Cut::Sign) => {
                extend(&mut found, at);
                continue;
            }
            Cut::Words(_) => Before::Words,
            Cut::Where => Before::Where,
            Cut::Let => Before::Let,
            Cut::And => Before::And,
            Cut::SubjectTo => Before::SubjectTo,
            Cut::ForAll => Before::ForAll,
            _ => {
                extend(&mut found, at);
                continue;
            }
        };
        let segment = Segment { before, wide: before == Before::Gap, separator: at, from: at + 1, to: at + 1 };
        let empty = found.last().filter(|last| last.from == last.to).map(|last| rank(last.before));
        match (empty, found.last_mut()) {
            // Of several separators in a row the one that says most counts; words are remarks each.
            (Some(said), Some(last)) if said < 3 => {
                last.wide |= before == Before::Gap;
                if rank(before) > said {
                    last.before = before;
                }
                (last.separator, last.from, last.to) = (at, at + 1, at + 1);
            }
            (Some(said), Some(last)) if rank(before) < 3 && said > 3 => (last.from, last.to) = (at + 1, at + 1),
            _ => found.push(segment),
        }
    }
    found
}

fn extend(found: &mut [Segment], at: usize) {
    if let Some(last) = found.last_mut() {
        if last.from == last.to {
            last.from = at;
        }
        last.to = at + 1;
    }
}

/// How much a separator says.
fn rank(before: Before) -> u8 {
    match before {
        Before::Gap | Before::Row => 0,
        Before::Start | Before::Comma => 1,
        Before::Semicolon => 2,
        Before::Words => 3,
        Before::And => 1,
        Before::Where | Before::Let | Before::SubjectTo | Before::ForAll => 4,
    }
}
