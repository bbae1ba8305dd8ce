//! What each name is in its place: a variable, a built-in function, a function of the user's own.

use super::applied::{Application, Applied, Dialect, Inside, Reading, applied, behind_power, insides, letter_note, own_function};
use super::token::{Bracket, Mark, Role, Sub, Token, TokenKind, Word};
use super::{Builtin, Remark, Times, Vocabulary, foreign};
use crate::base::{Diagnostic, Fault};
use std::collections::HashSet;

/// Names that are variables whatever stands behind them.
struct Known<'a> {
    vocabulary: &'a Vocabulary<'a>,
    defined: HashSet<String>,
    indices: HashSet<String>,
    /// Used as a variable somewhere in the text.
    plain: HashSet<String>,
    /// Written directly before a parenthesis somewhere.
    applied: HashSet<String>,
}

/// Gives every name its role, and answers what the reader has to know of how names were read.
///
/// # Errors
/// A name that is applied and is almost a built-in function's, or that may be a function or a factor.
pub(super) fn assign(text: &str, tokens: &mut [Token], vocabulary: &Vocabulary<'_>, dialect: Dialect) -> Result<Vec<Remark>, Diagnostic> {
    let known = Known::collect(tokens, vocabulary);
    let insides = insides(tokens);
    let mut remarks = Vec::new();
    let mut said = HashSet::new();
    for at in 0..tokens.len() {
        let role = match &tokens[at].kind {
            TokenKind::Word(word) => {
                let how = applied(tokens, at);
                let open = behind_power(tokens, &insides, at).unwrap_or(at + 1);
                let (inside, close) = insides.get(open).copied().flatten().unwrap_or((Inside::Other, at));
                let application = Application { text, word, tokens, at, how, inside, open, close, dialect };
                let (role, note) = known.role(&application)?;
                if let Some(note) = note.filter(|_| said.insert(word.name.clone())) {
                    remarks.push(Remark { span: tokens[at].span, note });
                }
                role
            }
            _ => continue,
        };
        if let (Role::Call(_) | Role::Prefix(_), Some(next)) = (role, tokens.get_mut(at + 1))
            && next.kind == TokenKind::Open(Bracket::Index)
        {
            next.kind = TokenKind::Open(Bracket::Square);
        }
        if let TokenKind::Word(word) = &mut tokens[at].kind {
            word.role = role;
        }
    }
    Ok(remarks)
}

impl<'a> Known<'a> {
    fn collect(tokens: &[Token], vocabulary: &'a Vocabulary<'a>) -> Self {
        let mut known =
            Known { vocabulary, defined: HashSet::new(), indices: HashSet::new(), plain: HashSet::new(), applied: HashSet::new() };
        for (at, token) in tokens.iter().enumerate() {
            match &token.kind {
                TokenKind::Big(head) => {
                    known.indices.insert(head.index.clone());
                }
                TokenKind::Members(head) => known.indices.extend(head.tuple.iter().map(|(letter, _)| letter.clone())),
                TokenKind::Ordered(head) => known.indices.extend(head.places.iter().filter_map(|(letter, _)| letter.clone())),
                TokenKind::Word(word) => {
                    if tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Equals) {
                        known.defined.insert(word.name.clone());
                    }
                    let exponent = at > 0 && matches!(tokens[at - 1].kind, TokenKind::Caret | TokenKind::HadamardCaret);
                    match applied(tokens, at) {
                        Applied::Directly(0) if !exponent => known.applied.insert(word.name.clone()),
                        Applied::Directly(primes) if primes > 0 => false,
                        _ => known.plain.insert(word.name.clone()),
                    };
                }
                _ => {}
            }
        }
        known
    }

    /// Whether the name is a variable by declaration or definition.
    fn is_declared(&self, word: &Word) -> bool {
        self.vocabulary.variables.contains(&word.name) || self.defined.contains(&word.name) || self.indices.contains(&word.name)
    }

    /// Whether the name is a member of a family.
    fn is_member(&self, word: &Word) -> bool {
        match word.subs.last() {
            Some(Sub::Text(text)) => {
                self.indices.contains(text)
                    || text.chars().count() > 1 && text.chars().all(|c| self.indices.contains(c.encode_utf8(&mut [0; 4]) as &str))
            }
            Some(Sub::Expression(tokens)) => {
                tokens.iter().any(|token| matches!(&token.kind, TokenKind::Word(word) if self.indices.contains(&word.name)))
            }
            None => false,
        }
    }

    fn role(&self, application: &Application<'_>) -> Result<(Role, Option<String>), Diagnostic> {
        let Application { word, tokens, at, how, .. } = *application;
        let next = tokens.get(at + 1).map(|token| &token.kind);
        let paren = matches!(next, Some(TokenKind::Open(Bracket::Paren)));
        let begins = next.is_some_and(|kind| kind.begins_operand() || *kind == TokenKind::Open(Bracket::Index));
        if self.vocabulary.functions.contains(&word.name) {
            let role = match how {
                Applied::Directly(primes) => Role::User(primes),
                _ if paren => Role::User(0),
                _ if begins => Role::UserPrefix,
                _ => Role::Variable,
            };
            return Ok((role, None));
        }
        if self.is_declared(word) {
            return Ok((Role::Variable, None));
        }
        foreign::words(application)?;
        foreign::refused(application, self.vocabulary)?;
        let exponent = at > 0 && matches!(tokens[at - 1].kind, TokenKind::Caret | TokenKind::HadamardCaret);
        let before = how == Applied::Directly(0) && !exponent;
        if self.is_member(word) {
            return if before { application.of_variable().map(as_role) } else { Ok((Role::Variable, None)) };
        }
        self.euler(word, tokens, at)?;
        extremum(word, tokens, at, how)?;
        self.derivative(word, tokens, at)?;
        self.conjugate(word, tokens, at)?;
        if let Some(builtin) = self.builtin(word, how) {
            let bracket = matches!(next, Some(TokenKind::Open(b)) if !matches!(b, Bracket::Angle | Bracket::Bars(_)));
            // `log -x` and `sin^2(x)`: what follows decides in the builder.
            let may_follow = begins || matches!(next, Some(TokenKind::Minus | TokenKind::Caret | TokenKind::Mark(Mark::Power(_))));
            let note = self.vocabulary.letter(&word.name).map(|(_, words)| letter_note(&word.name, words));
            let role = if bracket {
                Role::Call(builtin)
            } else if may_follow && builtin.prefix {
                Role::Prefix(builtin)
            } else if builtin.prefix || builtin.name == word.name {
                Role::Bare(builtin)
            } else {
                Role::Variable
            };
            return Ok((role, note));
        }
        if word.name == "I" || word.base == "I" && word.subs.len() == 1 && how == Applied::No {
            return Ok((Role::Identity, None));
        }
        if application.open > at + 1 {
            application.of_power()?;
        }
        let plain = self.plain.contains(&word.name);
        match how {
            _ if exponent => Ok((Role::Variable, None)),
            Applied::Directly(0) if plain => application.of_variable().map(as_role),
            Applied::Directly(0) => {
                self.near_miss(word, &tokens[at])?;
                application.of_stranger().map(as_role)
            }
            Applied::Directly(primes) if !plain && word.name.starts_with(|c: char| c.is_ascii_lowercase()) => {
                let function = primes != 1 || self.applied.contains(&word.name) || !is_column(&word.base) && self.only_stranger();
                Ok(if function {
                    (Role::User(primes), Some(own_function(&word.name)))
                } else {
                    (Role::Variable, application.transpose_note())
                })
            }
            _ => Ok((Role::Variable, None)),
        }
    }

    /// Refuses `e^{-x}` where nothing says what `e` is: the exponential function by entries, of a matrix, or a variable.
    fn euler(&self, word: &Word, tokens: &[Token], at: usize) -> Result<(), Diagnostic> {
        let follows = |offset: usize| tokens.get(at + offset).map(|token| &token.kind);
        if word.name != "e" || follows(1) != Some(&TokenKind::Caret) || matches!(follows(2), Some(TokenKind::Number(_))) {
            return Ok(());
        }
        Err(Diagnostic::new(Fault::Ambiguous, "`e^…` may be an exponential or a power of a variable")
            .at(tokens[at].span.to(tokens[at + 1].span))
            .hint(
                "write `exp(…)` for the exponential by entries, `expm(…)` for that of a matrix; or declare the variable: --var 'e: scalar'",
            ))
    }

    /// Refuses `d/dx f`, which is no fraction.
    fn derivative(&self, word: &Word, tokens: &[Token], at: usize) -> Result<(), Diagnostic> {
        let kind = |at: usize| tokens.get(at).map(|t| &t.kind);
        // `\\frac{d}{dx}` comes in groups.
        let after = |at: usize, skip: &TokenKind| if kind(at) == Some(skip) { at + 1 } else { at };
        let slash = after(at + 1, &TokenKind::Close(Bracket::Group));
        if word.name != "d" || kind(slash) != Some(&TokenKind::Times(Times::Divide)) {
            return Ok(());
        }
        let below = after(slash + 1, &TokenKind::Open(Bracket::Group));
        let Some(TokenKind::Word(by)) = kind(below) else { return Ok(()) };
        let apart = by.name == "d" && matches!(kind(below + 1), Some(TokenKind::Word(_)));
        if !apart && (by.name.len() < 2 || !by.name.starts_with('d') || self.vocabulary.variables.contains(&by.name)) {
            return Ok(());
        }
        Err(Diagnostic::new(Fault::Unsupported, "a derivative is asked for with a command")
            .at(tokens[at].span.to(tokens[below + usize::from(apart)].span))
            .hint("give the function alone: matdiff grad '…' --wrt x"))
    }

    /// Refuses `x^H` where `H` is nothing but that: the conjugate transpose, or a power.
    fn conjugate(&self, word: &Word, tokens: &[Token], at: usize) -> Result<(), Diagnostic> {
        let caret = |at: usize| {
            let kind = |back: usize| at.checked_sub(back).map(|at| &tokens[at].kind);
            let group = matches!(kind(1), Some(TokenKind::Open(Bracket::Group)));
            kind(if group { 2 } else { 1 }) == Some(&TokenKind::Caret)
        };
        let only = || (0..tokens.len()).all(|k| !matches!(&tokens[k].kind, TokenKind::Word(w) if w.name == word.name) || caret(k));
        if word.name != "H" || !caret(at) || !only() {
            return Ok(());
        }
        Err(Diagnostic::new(Fault::Ambiguous, "`^H` may be the conjugate transpose or a power")
            .at(tokens[at].span)
            .hint("matrices are real here: write `x'` for the transpose; or declare the number: --var 'H: scalar'"))
    }

    /// Whether everything else in the text is declared: `phi'(x)` is a derivative then, and no transpose of a vector `phi`.
    fn only_stranger(&self) -> bool {
        let declared = |name: &str| self.vocabulary.variables.contains(name);
        let known = |name: &String| {
            declared(name)
                || self.defined.contains(name)
                || self.indices.contains(name)
                || name.strip_prefix('d').is_some_and(declared)
                || matches!(name.as_str(), "pi" | "I")
                || (self.vocabulary.builtin)(name).is_some()
                || self.indices.iter().any(|index| name.strip_suffix(index.as_str()).is_some_and(|rest| rest.ends_with('_')))
        };
        !self.plain.is_empty() && self.plain.iter().all(known)
    }

    /// The built-in function of this name, and of its other spellings where the name is applied and is nothing else.
    fn builtin(&self, word: &Word, how: Applied) -> Option<Builtin> {
        let free = matches!(how, Applied::Directly(0) | Applied::Square) && !self.plain.contains(&word.name);
        self.vocabulary.exact(&word.name).or_else(|| free.then(|| self.vocabulary.applied(&word.name)).flatten())
    }

    /// Refuses `sigmiod(x)`: one slip away from a built-in function, and so hardly a function of the user's own.
    fn near_miss(&self, word: &Word, token: &Token) -> Result<(), Diagnostic> {
        match close_builtin(&word.name.to_ascii_lowercase(), self.vocabulary.builtin) {
            Some(name) => Err(Diagnostic::new(Fault::Name, format!("there is no function `{}`", word.name))
                .at(token.span)
                .label(format!("did you mean `{name}`?"))
                .hint(format!("write `{name}(…)`; or, if it is a function of your own, declare it: --fn {}", word.name))),
            None => Ok(()),
        }
    }
}

/// The role of a name before a parenthesis.
fn as_role(reading: Reading) -> (Role, Option<String>) {
    match reading {
        Reading::Function(note) => (Role::User(0), note),
        Reading::Factor(note) => (Role::Variable, note),
    }
}

/// Whether a letter is hardly a function's: `w'(1 - x)` is an inner product, `f'(x)` and `phi'(x)` may be derivatives.
fn is_column(letter: &str) -> bool {
    letter.len() == 1 && !matches!(letter, "f" | "g" | "h")
}

/// Refuses `argmin_x f` and `min_x f`: the first names a point and no value, the second a value without a formula.
fn extremum(word: &Word, tokens: &[Token], at: usize, how: Applied) -> Result<(), Diagnostic> {
    let named = word.base.to_ascii_lowercase();
    let arg = matches!(named.as_str(), "argmin" | "argmax" | "arg_min" | "arg_max");
    let order = matches!(named.as_str(), "minimize" | "minimise" | "maximize" | "maximise");
    let extreme = matches!(word.base.as_str(), "min" | "max") && !word.subs.is_empty() && how == Applied::No;
    if !arg && !extreme && !order {
        return Ok(());
    }
    let by = match word.subs.first() {
        Some(Sub::Text(name)) => name.clone(),
        _ => "x".to_owned(),
    };
    let message = if order {
        "this says what to do, and is no part of the objective"
    } else if arg {
        "this names the point of an extremum, and no value"
    } else {
        "an extremum over a variable has no formula here"
    };
    let error = Diagnostic::new(Fault::Unsupported, message).at(tokens[at].span);
    if extreme && matches!(by.as_str(), "i" | "j" | "k" | "l" | "m" | "n") {
        return Err(error
            .hint("`norminf(x)` is the greatest absolute entry, `logsumexp(x)` a smooth greatest one, `max(x, y)` goes entry by entry"));
    }
    Err(error.hint(format!("give the objective alone: matdiff solve '…' --wrt {by}")))
}

/// The spelling of a built-in function that is one slip away (a letter too many, too few, wrong, or two swapped), for
/// names that are long enough for that not to be chance.
fn close_builtin(name: &str, builtin: &dyn Fn(&str) -> Option<Builtin>) -> Option<String> {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let letters = name.as_bytes();
    if !(4..=16).contains(&letters.len()) || !name.is_ascii() || name.contains('_') {
        return None;
    }
    let mut slips: Vec<String> = Vec::new();
    let mut slip = |bytes: Vec<u8>| slips.extend(String::from_utf8(bytes));
    for at in 0..=letters.len() {
        let (before, after) = letters.split_at(at);
        if let [_, rest @ ..] = after {
            slip([before, rest].concat());
        }
        if let [one, two, rest @ ..] = after {
            slip([before, &[*two, *one], rest].concat());
        }
        for letter in LETTERS {
            slip([before, &[*letter], after].concat());
            if let [_, rest @ ..] = after {
                slip([before, &[*letter], rest].concat());
            }
        }
    }
    let mut known: Vec<String> = slips.into_iter().filter(|s| s.len() >= 4 && builtin(s).is_some_and(|b| b.max > 0)).collect();
    known.sort_by(|a, b| {
        let score = |s: &str| strsim::jaro_winkler(name, s);
        score(b).total_cmp(&score(a)).then_with(|| a.cmp(b))
    });
    known.into_iter().next()
}
