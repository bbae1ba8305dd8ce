//! Where comparisons count as numbers: `[y_i = k]`, `\\mathbf 1\\{y_i = k\\}`, `I(y_i = k)`, `[i in C]`, and the first argument of
//! `where(a < b, x, y)`. Elsewhere a comparison means nothing.

use super::plain::{check_set, set_name};
use super::token::{Bracket, SetHead, Token, TokenKind, Word};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::Big;

/// A comparison's sign as it is kept; `None` for `∈`.
pub(super) fn sign(written: &str) -> Option<&'static str> {
    Some(match written {
        "<" | "lt" => "<",
        "<=" | "≤" | "le" | "leq" | "leqslant" => "<=",
        ">" | "gt" => ">",
        ">=" | "≥" | "ge" | "geq" | "geqslant" => ">=",
        "=" | "==" | "eq" => "=",
        "!=" | "≠" | "ne" | "neq" => "!=",
        _ => return None,
    })
}

/// Finds conditions, and marks their brackets and signs.
///
/// # Errors
/// A set in a condition that cannot be read.
pub(super) fn find(text: &str, tokens: &mut Vec<Token>) -> Result<(), Diagnostic> {
    let mut open: Vec<usize> = Vec::new();
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            TokenKind::Open(bracket) if *bracket != Bracket::Angle => open.push(at),
            TokenKind::Close(bracket) if *bracket != Bracket::Angle => groups.extend(open.pop().map(|from| (from, at))),
            _ => {}
        }
    }
    let mut gone = vec![false; tokens.len()];
    for &(from, to) in &groups {
        let by_cases = from > 0 && is_where(&tokens[from - 1]);
        let end = if by_cases { first_comma(tokens, from, to) } else { to };
        let signs = comparisons(text, tokens, from + 1, end);
        if signs.is_empty() {
            continue;
        }
        let kind = if let TokenKind::Open(bracket) = tokens[from].kind { bracket } else { continue };
        let marker = from > 0 && !gone[from - 1] && is_indicator(tokens, from - 1);
        let number = from > 0 && matches!(tokens[from - 1].kind, TokenKind::Number(_));
        let square = matches!(kind, Bracket::Square) || kind == Bracket::Index && (marker || number);
        if !(by_cases || square || marker && matches!(kind, Bracket::Paren | Bracket::Brace)) {
            continue;
        }
        for &(at, sign) in &signs {
            tokens[at].kind = TokenKind::Relation(sign);
        }
        if by_cases {
            continue;
        }
        if marker {
            gone[from - 1] = true;
        }
        if let [(at, "in")] = signs[..] {
            let set = membership(text, &tokens[from + 1..at], &tokens[at + 1..to])?;
            let span = tokens[from].span.to(tokens[to].span);
            tokens[from] = Token { kind: TokenKind::Membership(Box::new(set)), span, spaced: tokens[from].spaced };
            gone[from + 1..=to].fill(true);
            continue;
        }
        tokens[from].kind = TokenKind::Open(Bracket::Condition);
        tokens[to].kind = TokenKind::Close(Bracket::Condition);
    }
    let mut at = 0;
    tokens.retain(|_| {
        at += 1;
        !gone[at - 1]
    });
    Ok(())
}

fn is_where(token: &Token) -> bool {
    matches!(&token.kind, TokenKind::Word(word) if word.name == "where")
}

/// Whether a phrase in front of brackets with a condition says that it counts as 0 or 1.
fn is_indicator(tokens: &[Token], at: usize) -> bool {
    match &tokens[at].kind {
        TokenKind::OnesVector => true,
        TokenKind::Number(value) => value.is_one() && !tokens[at + 1].spaced,
        TokenKind::Word(word) => matches!(word.name.as_str(), "I" | "ind" | "indicator" | "Ind" | "chi" | "bb1"),
        _ => false,
    }
}

/// Where the first argument ends.
fn first_comma(tokens: &[Token], from: usize, to: usize) -> usize {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().take(to).skip(from + 1) {
        match token.kind {
            TokenKind::Open(bracket) if bracket != Bracket::Angle => depth += 1,
            TokenKind::Close(bracket) if bracket != Bracket::Angle => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 && !inside_angles(tokens, from + 1, at, to) => return at,
            _ => {}
        }
    }
    to
}

/// Whether a comma stands between `<` and `>`, as in `<a, b>`.
fn inside_angles(tokens: &[Token], from: usize, comma: usize, to: usize) -> bool {
    let (angles, commas) = outside(tokens, from, to);
    angles.windows(2).any(|pair| is_pair(tokens, pair, &commas) && pair[0] < comma && comma < pair[1])
}

/// The angles and the commas of a range outside all other brackets.
fn outside(tokens: &[Token], from: usize, to: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut angles, mut commas, mut depth) = (Vec::new(), Vec::new(), 0usize);
    for (at, token) in tokens.iter().enumerate().take(to).skip(from) {
        match token.kind {
            TokenKind::Open(Bracket::Angle) | TokenKind::Close(Bracket::Angle) if depth == 0 => angles.push(at),
            TokenKind::Open(bracket) if bracket != Bracket::Angle => depth += 1,
            TokenKind::Close(bracket) if bracket != Bracket::Angle => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => commas.push(at),
            _ => {}
        }
    }
    (angles, commas)
}

/// Whether two angles that follow each other are those of an inner product: one comma stands between them.
fn is_pair(tokens: &[Token], pair: &[usize], commas: &[usize]) -> bool {
    let opens = tokens[pair[0]].kind == TokenKind::Open(Bracket::Angle) && tokens[pair[1]].kind == TokenKind::Close(Bracket::Angle);
    opens && commas.iter().filter(|&&comma| pair[0] < comma && comma < pair[1]).count() == 1
}

/// The signs of comparison in a range outside all brackets.
fn comparisons(text: &str, tokens: &[Token], from: usize, to: usize) -> Vec<(usize, &'static str)> {
    let (angles, commas) = outside(tokens, from, to);
    let mut paired = vec![false; angles.len()];
    for at in 1..angles.len() {
        if !paired[at - 1] && is_pair(tokens, &angles[at - 1..=at], &commas) {
            (paired[at - 1], paired[at]) = (true, true);
        }
    }
    let mut found = Vec::new();
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().take(to).skip(from) {
        match &token.kind {
            TokenKind::Open(Bracket::Angle) | TokenKind::Close(Bracket::Angle) => {
                let alone = angles.iter().position(|&angle| angle == at).is_some_and(|nth| !paired[nth]);
                if let (true, Some(sign @ ("<" | ">"))) = (alone, sign(token.span.of(text))) {
                    found.push((at, sign));
                }
            }
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => depth = depth.saturating_sub(1),
            TokenKind::Relation(sign) if depth == 0 => found.push((at, *sign)),
            TokenKind::Equals if depth == 0 => found.push((at, "=")),
            TokenKind::Word(word) if depth == 0 && word.name == "in" && at > from && at + 1 < to => found.push((at, "in")),
            _ => {}
        }
    }
    found
}

/// `i in C`, `(i,j) in E_k`.
fn membership(text: &str, left: &[Token], right: &[Token]) -> Result<SetHead, Diagnostic> {
    let place = |tokens: &[Token]| match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::new(0, text.len()),
    };
    let refused = |at: Span| {
        let error = Diagnostic::new(Fault::Unsupported, "only an index can be in a set here").at(at);
        error.hint("`[i in C]` or `[(i,j) in E]`; `[0 <= x] [x <= 1]` for an interval")
    };
    let mut tuple = Vec::new();
    for token in left {
        match &token.kind {
            TokenKind::Word(word) if word.subs.is_empty() => tuple.push((word.name.clone(), token.span)),
            TokenKind::Comma | TokenKind::Open(Bracket::Paren) | TokenKind::Close(Bracket::Paren) => {}
            _ => return Err(refused(place(left))),
        }
    }
    let word: &Word = match right {
        [Token { kind: TokenKind::Word(word), .. }] => word,
        _ => return Err(refused(place(right))),
    };
    if tuple.is_empty() {
        return Err(refused(place(right)));
    }
    let (set, below) = set_name(word);
    let head = SetHead { big: Big::Sum, own: Vec::new(), tuple, set, below, at: place(right) };
    check_set(&head).map_err(|_| refused(place(left)))?;
    Ok(head)
}
