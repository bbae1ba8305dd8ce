//! Letters behind a superscript, as on paper: `xᵀAx` is `xᵀ A x`.
//!
//! Elsewhere letters together are one name. Directly behind a superscript mark (`ᵀ ⁻¹ ² …`) a run of two to four letters is
//! the product of its letters, and a note says so, where the text shows that its names are single letters: it has no other
//! run of that kind, and the run is capitals (or Greek) with at most one small letter behind them, or its small letters
//! stand in the text alone too. A name that is declared, defined, a function's, a spelled-out Greek letter or a longer word
//! in small letters, and one that also stands elsewhere by itself, is one name. The rest is refused with both spellings.

use super::token::{Mark, Role, Token, TokenKind, Word};
use super::{Remark, Vocabulary, greek_unicode, names};
use crate::base::{Diagnostic, Fault, Span};
use std::collections::HashSet;

/// The longest run that is taken apart: longer ones are words.
const LONGEST: usize = 4;

/// Takes the runs apart that are products; what is assumed of them.
///
/// # Errors
/// A run that may be a product as well as a name.
pub(super) fn split(text: &str, tokens: &mut Vec<Token>, vocabulary: &Vocabulary<'_>) -> Result<Vec<Remark>, Diagnostic> {
    let places: Vec<usize> = (1..tokens.len()).filter(|&at| is_glued(text, tokens, at)).collect();
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let page = Page::read(text, tokens, &places, vocabulary);
    let mut remarks = Vec::new();
    let mut taken = Vec::new();
    for at in places {
        let span = tokens[at].span;
        let written = span.of(text);
        if page.is_name(text, tokens, at, vocabulary) {
            continue;
        }
        let letters: Vec<char> = written.chars().collect();
        let spaced = letters.iter().map(char::to_string).collect::<Vec<_>>().join(" ");
        if !page.is_product(&letters) {
            let mark = tokens[at - 1].span.of(text);
            let message = format!("`{written}` directly behind `{mark}` may be one name or a product");
            return Err(Diagnostic::new(Fault::Ambiguous, message)
                .at(span)
                .hint(format!("write `{spaced}` for the product, `{mark} {written}` for the name")));
        }
        let note = format!("`{written}` is read as `{spaced}`; to have it as one name, declare it: --var '{written}: …'");
        if !remarks.iter().any(|r: &Remark| r.note == note) {
            remarks.push(Remark { span, note });
        }
        taken.push(at);
    }
    for at in taken.into_iter().rev() {
        let letters = apart(text, tokens[at].span);
        tokens.splice(at..=at, letters);
    }
    Ok(remarks)
}

/// Whether a run of letters stands directly behind a superscript mark.
fn is_glued(text: &str, tokens: &[Token], at: usize) -> bool {
    let superscript = matches!(&tokens[at - 1].kind, TokenKind::Mark(mark) if *mark != Mark::Prime)
        && text[..tokens[at].span.start as usize].ends_with(|c: char| !c.is_ascii());
    superscript && !tokens[at].spaced && matches!(&tokens[at].kind, TokenKind::Word(word) if is_run(word, tokens[at].span.of(text)))
}

/// Whether a name is letters alone, two at least.
fn is_run(word: &Word, written: &str) -> bool {
    word.subs.is_empty() && written.chars().count() > 1 && written.chars().all(char::is_alphabetic)
}

/// One name a letter.
fn apart(text: &str, span: Span) -> Vec<Token> {
    let start = span.start as usize;
    let letter = |(at, c): (usize, char)| {
        let name = names::plain_letters(c.encode_utf8(&mut [0; 4])).0;
        let word = Word { name: name.clone(), base: name, subs: Vec::new(), role: Role::default() };
        Token { kind: TokenKind::Word(Box::new(word)), span: Span::new(start + at, start + at + c.len_utf8()), spaced: false }
    };
    span.of(text).char_indices().map(letter).collect()
}

/// What the names of the text look like.
struct Page {
    /// Names of one letter.
    single: HashSet<char>,
    /// Runs that stand elsewhere by themselves.
    whole: HashSet<String>,
    defined: HashSet<String>,
    /// Whether there are other names of several letters.
    words: bool,
}

impl Page {
    fn read(text: &str, tokens: &[Token], glued: &[usize], vocabulary: &Vocabulary<'_>) -> Page {
        let mut page = Page { single: HashSet::new(), whole: HashSet::new(), defined: HashSet::new(), words: false };
        for (at, token) in tokens.iter().enumerate() {
            let TokenKind::Word(word) = &token.kind else { continue };
            let written = token.span.of(text);
            let letters = written.chars().take_while(|c| c.is_alphabetic()).count();
            if letters == 1 {
                page.single.extend(written.chars().next());
            } else if glued.binary_search(&at).is_err() {
                page.words |= !page.is_name(text, tokens, at, vocabulary);
                page.whole.insert(word.name.clone());
            }
            if tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Equals) {
                page.defined.insert(word.name.clone());
            }
        }
        page
    }

    /// Whether a name of several letters is known to be one.
    fn is_name(&self, text: &str, tokens: &[Token], at: usize, vocabulary: &Vocabulary<'_>) -> bool {
        let TokenKind::Word(word) = &tokens[at].kind else { return false };
        let name = word.name.as_str();
        let known = vocabulary.variables.contains(name)
            || vocabulary.functions.contains(name)
            || (vocabulary.builtin)(name).is_some()
            || self.defined.contains(name)
            || self.whole.contains(name);
        let applied = tokens.get(at + 1).is_some_and(|next| matches!(next.kind, TokenKind::Open(_)) && !next.spaced);
        // A differential; a long word in small letters.
        let differential = name.strip_prefix('d').is_some_and(|rest| rest.chars().count() == 1);
        let written = tokens[at].span.of(text);
        let word = written.chars().count() > LONGEST && written.chars().skip(1).all(|c| c.is_ascii_lowercase()) && written.is_ascii();
        known || applied || differential || word || names::is_word(name) || greek_unicode(name).is_some()
    }

    /// Whether a run is made of names of one letter.
    fn is_product(&self, letters: &[char]) -> bool {
        if self.words || letters.len() > LONGEST {
            return false;
        }
        let capital = |c: &char| c.is_uppercase() || !c.is_ascii();
        let capitals = letters.iter().take_while(|c| capital(c)).count();
        capitals > 0 && letters.len() - capitals <= 1 || letters.iter().filter(|c| !capital(c)).all(|c| self.single.contains(c))
    }
}
