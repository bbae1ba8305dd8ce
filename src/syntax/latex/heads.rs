//! Words and signs of a statement in LaTeX: `\text{where}`, `\operatorname*{arg\,min}_w`, `\frac{\partial}{\partial w}`.

use super::commands::{Command, meaning};
use super::faces::Alphabet;
use super::phrases::LatexPhrases;
use super::raw::{Raw, RawKind};
use crate::base::Span;
use crate::syntax::statement::{Cut, Head, Phrases, extremum_word};

impl LatexPhrases<'_> {
    /// The letters that a range prints, in small, where it prints nothing else: `\mathrm{arg\,min}` is `argmin`.
    fn spelling(&self, from: usize, to: usize) -> Option<String> {
        let mut word = String::new();
        for at in from..to {
            match self.kind(at)? {
                RawKind::Letter(letter) => word.push_str(letter),
                RawKind::Named(name) | RawKind::Text(name) => word.push_str(name),
                RawKind::Command(name) => match meaning(name, self.vocabulary) {
                    Command::Style(_) | Command::Declaration(_) => {}
                    _ if matches!(name, "mathop" | "operatorname" | "operatorname*" | "limits" | "rm") => {}
                    _ => word.push_str(name),
                },
                RawKind::BraceOpen | RawKind::BraceClose | RawKind::Gap => {}
                _ => return None,
            }
            if word.len() > 40 {
                return None;
            }
        }
        Some(word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase())
    }

    /// The text of words that stand here, and where they end.
    pub(super) fn words(&self, at: usize) -> Option<(String, usize)> {
        const TEXTS: [&str; 11] =
            ["text", "mbox", "textrm", "textit", "textbf", "textnormal", "textsf", "mathrm", "textup", "operatorname", "operatorname*"];
        match self.kind(at)? {
            RawKind::Named(text) | RawKind::Text(text) => Some((text.to_owned(), at + 1)),
            RawKind::Command(name) if TEXTS.contains(&name) => {
                let (_, to, next) = self.group(at + 1)?;
                let inside = Span::new(self.raws[at + 1].span.end as usize, self.raws[to].span.start as usize).of(self.text);
                Some((inside.to_owned(), next))
            }
            // `{\rm s.t.}`, `\mathrm{(OLS)}`: upright letters and signs.
            RawKind::BraceOpen => {
                let (from, to, next) = self.group(at).filter(|(from, to, _)| from < to && to - from < 12)?;
                let upright = |raw: &Raw<'_>| raw.face.alphabet == Alphabet::Upright;
                let plain = |raw: &Raw<'_>| {
                    matches!(raw.kind, RawKind::Letter(_) | RawKind::Named(_) | RawKind::Stop | RawKind::Delimiter("(" | ")", _))
                };
                let own = &self.raws[from..to];
                (own.iter().all(plain) && own.iter().any(upright)).then(|| (self.place(from, to).of(self.text).to_owned(), next))
            }
            _ => None,
        }
    }

    /// What words mean to a statement; `None` for a name.
    pub(super) fn meaning_of(&self, at: usize, words: &str, next: usize) -> Option<Cut> {
        let name = matches!(self.kind(at), Some(RawKind::Command("mathrm" | "operatorname" | "operatorname*") | RawKind::BraceOpen));
        let bare: String = words.replace("\\ ", " ").replace("\\,", "").replace(['~', ':', ','], " ");
        let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        let cut = match bare.as_str() {
            "where" | "with" | "in which" | "and where" | "where we define" | "where we have" | "letting" | "using" | "for"
                if bare != "for" =>
            {
                Cut::Where
            }
            "let" => Cut::Let,
            "and" => Cut::And,
            "s.t."
            | "s.t"
            | "st"
            | "s. t."
            | "subject to"
            | "such that"
            | "so that"
            | "under"
            | "subj. to"
            | "sub. to"
            | "subject to the constraint" => Cut::SubjectTo,
            _ => {
                let word = matches!(self.kind(at), Some(RawKind::Named(_)));
                let constant = matches!(bare.trim_end_matches('.'), "const" | "constant" | "cst");
                let alone = self
                    .kind(next)
                    .is_none_or(|k| matches!(k, RawKind::Stop | RawKind::Comma | RawKind::BraceClose | RawKind::Gap | RawKind::Row));
                let applied = matches!(self.kind(next), Some(RawKind::Delimiter("(", _)));
                if constant && (alone || applied) {
                    return Some(Cut::Words(words.to_owned()));
                }
                let after_gap = at == 0 || matches!(self.kind(at - 1), Some(RawKind::Gap | RawKind::Row));
                let loose = alone && after_gap && at > 0;
                let prose = bare.contains(' ') || bare.contains(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '\\'));
                let function = self.vocabulary.functions.contains(&bare) || (self.vocabulary.builtin)(&bare).is_some();
                let written = self.place(at, next).of(self.text);
                let text = ["\\text", "\\mbox"].iter().any(|command| written.starts_with(command));
                let spaced = text && !function && (written.ends_with(" }") || written.ends_with(":}") || written.contains("{ "));
                return (loose || !name && (prose && !word || spaced)).then(|| Cut::Words(words.to_owned()));
            }
        };
        Some(cut)
    }

    /// `\min_w`, `\arg\min_{w}`, `\underset{w}{\operatorname{minimize}}` that begins here, and where it ends.
    pub(super) fn extremum(&self, at: usize) -> Option<(Head, usize)> {
        if self.kind(at) == Some(RawKind::Command("underset")) {
            let (from, to, after) = self.argument(at + 1)?;
            let (word_from, word_to, next) = self.argument(after)?;
            let (most, _) = extremum_word(&self.spelling(word_from, word_to)?)?;
            return Some((Head { most, domain: Some((from, to)), by: Vec::new() }, next));
        }
        let (word, after) = self.extremum_word(at)?;
        let (mut most, mut whole, mut next) = match extremum_word(&word) {
            Some((most, whole)) => (most, whole, after),
            None if word == "arg" => (false, false, after),
            None => return None,
        };
        if word == "arg" {
            if let Some((Head { most, domain: Some(domain), .. }, next)) =
                (self.kind(after) == Some(RawKind::Command("underset"))).then(|| self.extremum(after)).flatten()
            {
                return Some((Head { most, domain: Some(domain), by: Vec::new() }, next));
            }
            let (second, after) = self.extremum_word(after)?;
            (most, _) = extremum_word(&second)?;
            (whole, next) = (true, after);
        }
        let mut domain = None;
        let mut scripted = next;
        while self.kind(scripted) == Some(RawKind::Caret) {
            scripted = self.argument(scripted + 1)?.2;
        }
        if self.kind(scripted) == Some(RawKind::Underscore) {
            let (from, to, after) = self.argument(scripted + 1)?;
            (domain, next) = (Some((from, to)), after);
        } else if !whole {
            // `\min(a, b)` and `\max\{x, 0\}` are functions.
            let opens = matches!(self.kind(next), Some(RawKind::BraceOpen | RawKind::Delimiter("(" | "[" | "\\{", _)) | None);
            let operand = matches!(self.kind(next), Some(RawKind::Gap | RawKind::Row | RawKind::Delimiter(..) | RawKind::Command(_)));
            if opens || !operand {
                return None;
            }
        }
        Some((Head { most, domain, by: Vec::new() }, next))
    }

    /// The word of an extremum, under typefaces or in letters.
    fn extremum_word(&self, at: usize) -> Option<(String, usize)> {
        match self.kind(at)? {
            RawKind::Command(name) => {
                let bare = name.trim_end_matches('*');
                if extremum_word(&bare.to_ascii_lowercase()).is_some() || bare == "arg" {
                    return Some((bare.to_ascii_lowercase(), at + 1));
                }
                if !matches!(
                    bare,
                    "operatorname"
                        | "mathop"
                        | "text"
                        | "mathrm"
                        | "mbox"
                        | "textrm"
                        | "textbf"
                        | "mathbf"
                        | "rm"
                        | "mathsf"
                        | "DOTSB"
                        | "textit"
                        | "mathit"
                ) {
                    return None;
                }
                let (from, to, next) = self.argument(at + 1)?;
                Some((self.spelling(from, to)?, next))
            }
            RawKind::Named(name) | RawKind::Text(name) => {
                Some((name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase(), at + 1))
            }
            RawKind::BraceOpen => {
                let (from, to, next) = self.group(at)?;
                let styled = matches!(self.kind(from), Some(RawKind::Command(_)));
                Some((self.spelling(from, to).filter(|_| styled)?, next))
            }
            RawKind::Letter(letter) if matches!(letter, "a" | "m" | "i" | "s" | "M") => {
                if at > 0 && matches!(self.kind(at - 1), Some(RawKind::Letter(_))) && !self.raws[at].spaced {
                    return None;
                }
                let mut word = letter.to_owned();
                let mut next = at + 1;
                while let Some(RawKind::Letter(letter)) = self.kind(next).filter(|_| !self.raws[next].spaced && word.len() < 10) {
                    word.push_str(letter);
                    next += 1;
                }
                let word = word.to_ascii_lowercase();
                (word == "arg" || extremum_word(&word).is_some()).then_some((word, next))
            }
            _ => None,
        }
    }

    /// `\frac{\partial}{\partial X}`, `\nabla_x`, `\partial_x`: the phrases of the variable, and where the sign ends.
    pub(super) fn derivative(&self, at: usize) -> Option<(usize, usize, usize)> {
        match self.kind(at)? {
            RawKind::Command("nabla" | "partial" | "grad") if self.kind(at + 1) == Some(RawKind::Underscore) => self.argument(at + 2),
            RawKind::Command("frac" | "dfrac" | "tfrac" | "cfrac") => {
                let (from, to, after) = self.argument(at + 1)?;
                let sign =
                    |at: usize| matches!(self.kind(at), Some(RawKind::Command("partial") | RawKind::Letter("d") | RawKind::Named("d")));
                let (below, end, next) = self.argument(after)?;
                let styled = self.kind(from) == Some(RawKind::Command("mathrm"));
                let sole = sign(from) && to == from + 1 || styled && sign(to - 1);
                let skip = usize::from(self.kind(below) == Some(RawKind::Command("mathrm")));
                (sole && sign(below + skip) && end > below + skip + 1).then_some((below + skip + 1, end, next))
            }
            _ => None,
        }
    }
}
