//! Constraints that are no equations, by name: an orthant, definite matrices, a rank, whole numbers, a set; and what to type instead.

use crate::base::{Diagnostic, Fault, Span};
use crate::syntax;

/// What a constraint is that is no equation.
struct Beyond {
    /// What it is called.
    what: &'static str,
    /// What to type instead.
    instead: &'static str,
}

const ORTHANT: Beyond = Beyond {
    what: "a bound on the sign is an inequality, and inequalities are not solved for",
    instead: "leave it out, and look whether the solution meets it: --var 'x: prob(n)' and 'X: spd(n)' say where it does",
};
const CONE: Beyond = Beyond {
    what: "a constraint is an equation; definite matrices are declared",
    instead: "--var 'X: spd(n)'; what the solution needs to be definite is said with it",
};
const INEQUALITY: Beyond = Beyond {
    what: "a constraint is an equation; inequalities are not solved for",
    instead: "write the ones that hold with equality: --subject-to 'A x = b'",
};
const RANK: Beyond = Beyond {
    what: "a constraint on a rank is not solved for",
    instead: "write the matrix as a product of that rank, U V' with U: matrix(m,k), and solve for one factor: --wrt U",
};
const COUNT: Beyond = Beyond {
    what: "the number of entries that are not zero is not solved for",
    instead: "choose the columns that may count, and solve for their coefficients alone",
};
const WHOLE: Beyond = Beyond {
    what: "whole numbers are not solved for: there is nothing to differentiate",
    instead: "leave it out for the best real numbers; round them yourself",
};
const SIMPLEX: Beyond = Beyond {
    what: "a simplex has inequalities, which are not solved for",
    instead: "--var 'x: prob(n)' brings its equation, sum(x) = 1, and says where the solution has no negative entry",
};
const MEMBER: Beyond = Beyond {
    what: "a constraint is an equation; a set has to be given by the equations that its members meet",
    instead: "--subject-to \"X'X = I\", or a declaration: --var 'X: symmetric(n)', orthogonal(n), prob(n)",
};

/// Inequality signs, the longer ones first.
const ORDER: &[&str] = &[
    "<=",
    ">=",
    "!=",
    "≤",
    "≥",
    "≠",
    "\\leqslant",
    "\\geqslant",
    "\\leq",
    "\\geq",
    "\\le",
    "\\ge",
    "\\neq",
    "\\ne",
    "<",
    ">",
    "\\lt",
    "\\gt",
];
const CONES: &[&str] = &["⪰", "⪯", "≽", "≼", "≻", "≺", "\\succeq", "\\preceq", "\\succcurlyeq", "\\preccurlyeq", "\\succ", "\\prec"];
const IN: &[&str] = &["∈", "\\in"];

/// Why a constraint is not one that is solved under; the place is in `text`.
pub(super) fn refused(text: &str) -> Option<Diagnostic> {
    let (beyond, span) = named(text)?;
    Some(Diagnostic::new(Fault::Usage, beyond.what).of(text).at(span).hint(beyond.instead))
}

fn named(text: &str) -> Option<(&'static Beyond, Span)> {
    for word in ["rank", "rk"] {
        if let Some(at) = word_at(text, word) {
            return Some((&RANK, Span::new(at, at + word.len())));
        }
    }
    for sign in ["_0", "_{0}"] {
        let norm = |at: usize| text[..at].trim_end().ends_with(['|', '‖']) || text[..at].trim_end().ends_with("\\rVert");
        if let Some(at) = text.find(sign).filter(|&at| norm(at)) {
            return Some((&COUNT, Span::new(at, at + sign.len())));
        }
    }
    if let Some((at, length)) =
        IN.iter().find_map(|sign| sign_at(text, sign).map(|at| (at, sign.len()))).or_else(|| word_between(text, "in"))
    {
        return Some((member(&text[at + length..]), Span::new(at, at + length)));
    }
    if let Some((at, length)) = CONES.iter().find_map(|sign| sign_at(text, sign).map(|at| (at, sign.len()))) {
        return Some((&CONE, Span::new(at, at + length)));
    }
    let (at, length) = ORDER.iter().find_map(|sign| sign_at(text, sign).map(|at| (at, sign.len())))?;
    let zero = |side: &str| matches!(side.trim().trim_matches(['$', '{', '}', '.']), "0" | "\\mathbf 0" | "\\mathbf{0" | "\\boldsymbol 0");
    let name = |side: &str| side.trim().trim_start_matches('\\').chars().all(|c| c.is_alphanumeric() || c == '_');
    let (left, right) = (&text[..at], &text[at + length..]);
    let orthant = zero(right) && name(left) || zero(left) && name(right);
    Some((if orthant { &ORTHANT } else { &INEQUALITY }, Span::new(at, at + length)))
}

/// What a set's spelling says it is.
fn member(set: &str) -> &'static Beyond {
    let bare: String = set.chars().filter(|c| !c.is_whitespace() && !matches!(c, '$' | '{' | '}' | '\\')).collect();
    let of = |starts: &[&str]| starts.iter().any(|s| bare.starts_with(s));
    if set.contains("{0,") || set.contains("{0, ") || set.contains("\\{-1") || of(&["mathbbZ", "mathbbN", "Z^", "N^", "ℤ", "ℕ", "0,1"])
    {
        &WHOLE
    } else if of(&["Delta", "Δ", "simplex", "triangle"]) {
        &SIMPLEX
    } else if bare.contains("_+") || bare.contains("_geq") || bare.contains("_≥") || bare.contains("_>") {
        if of(&["S", "mathbbS", "mathcalS", "𝕊"]) { &CONE } else { &ORTHANT }
    } else {
        &MEMBER
    }
}

/// Where a sign stands outside all brackets; a command ends with its letters, and `=>` or `<x, y>` is none.
fn sign_at(text: &str, sign: &str) -> Option<usize> {
    let letters = sign.ends_with(|c: char| c.is_ascii_alphabetic());
    let mut found = syntax::outside_brackets(text).map(|(at, _)| at).filter(|&at| text[at..].starts_with(sign));
    found.find(|&at| {
        let behind = text[at + sign.len()..].chars().next();
        let inner = matches!(sign, "<" | ">") && text.contains('<') && text.contains('>');
        !(inner || letters && behind.is_some_and(|c| c.is_ascii_alphabetic()))
    })
}

/// Where a word stands that is no part of another one.
fn word_at(text: &str, word: &str) -> Option<usize> {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    let mut found = text.match_indices(word).map(|(at, _)| at);
    found.find(|&at| apart(text[..at].chars().next_back()) && apart(text[at + word.len()..].chars().next()))
}

/// The same with white space on both sides.
fn word_between(text: &str, word: &str) -> Option<(usize, usize)> {
    let at = word_at(text, word)?;
    let spaced = text[..at].ends_with(' ') && text[at + word.len()..].starts_with(' ');
    (spaced && !text.contains('=')).then_some((at, word.len()))
}
