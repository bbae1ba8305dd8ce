//! Typefaces: which letters they set, and which letters they make one word.
//!
//! TeX's typefaces hold for a group, whatever else stands in it: `\mathbf{X w}` is two bold letters, `{\bf A {\bf x}}` too.
//! Letters that are set upright or as text are one word, `\mathrm{RSS}`, `\operatorname{log\,det}`, never a product. What
//! comes out has no commands for typefaces left: its letters carry their [`Face`].

use super::commands::is_accent_command;
use super::commands::{Command, meaning};
use super::raw::{Raw, RawKind, pair_up};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::names::plain_letters;
use crate::syntax::{NEST_LIMIT, Remark, Sign, SignKind, Vocabulary, greek_unicode};
use std::collections::BTreeSet;

/// How a letter is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Face {
    pub bold: bool,
    /// Bold as by `\boldsymbol`, which leaves the letter as it is otherwise.
    pub slanted: bool,
    /// Whether the same letter stands in the text without being bold, and is another name.
    pub apart: bool,
    pub alphabet: Alphabet,
}

/// The alphabet that a letter is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Alphabet {
    #[default]
    Normal,
    Upright,
    /// The word of `\operatorname`.
    Operator,
    /// A word of `\text`.
    Text,
    Calligraphic,
    Script,
    Fraktur,
    Blackboard,
}

impl Face {
    /// What the alphabet adds to a letter's name: `\mathcal{S}` is another letter than S.
    pub fn suffix(self) -> Option<&'static str> {
        match self.alphabet {
            Alphabet::Calligraphic => Some("cal"),
            Alphabet::Script => Some("scr"),
            Alphabet::Fraktur => Some("frak"),
            _ => self.apart.then_some("bold"),
        }
    }
}

/// Tells bold letters from plain ones where both stand alone somewhere: K classes and the matrix **K**. Entries of a bold
/// vector are written plain, and so a letter with a subscript is the bold one's where no other stands alone.
fn tell_apart(raws: &mut [Raw<'_>], text: &str) -> Vec<Remark> {
    let mut alone: [BTreeSet<String>; 2] = Default::default();
    let letters: Vec<Option<String>> = letters(raws);
    let body = left_side(raws);
    for (at, letter) in letters.iter().enumerate() {
        let subscript = raws.get(at + 1).is_some_and(|next| matches!(next.kind, RawKind::Underscore));
        // What a formula is called is written as one likes: `\ell(w) = \|\mathbf X \mathbf w\|^2`.
        if let Some(letter) = letter.clone().filter(|_| !subscript && at >= body) {
            alone[usize::from(raws[at].face.bold)].insert(letter);
        }
    }
    let [plain, bold] = &alone;
    let mut remarks: Vec<Remark> = Vec::new();
    for (at, letter) in letters.into_iter().enumerate() {
        let Some(letter) = letter.filter(|letter| letter != "I" && plain.contains(letter) && bold.contains(letter)) else { continue };
        let raw = &mut raws[at];
        if raw.face.bold {
            raw.face.apart = true;
            let note = format!("`{}` and `{letter}` are two names here: the bold one is `{letter}_bold`", raw.span.of(text));
            if !remarks.iter().any(|remark| remark.note.ends_with(&format!("`{letter}_bold`"))) {
                remarks.push(Remark { span: raw.span, note });
            }
        }
    }
    remarks
}

/// Where what stands before the first `=` outside braces ends.
fn left_side(raws: &[Raw<'_>]) -> usize {
    let mut at = 0;
    while let Some(raw) = raws.get(at) {
        match raw.kind {
            RawKind::BraceOpen => at = raw.partner.max(at),
            RawKind::Equals => return at,
            _ => {}
        }
        at += 1;
    }
    0
}

/// Which phrases are letters that stand for themselves: under no accent, in no subscript, and no sign of a transpose.
fn letters(raws: &[Raw<'_>]) -> Vec<Option<String>> {
    let mut below = 0;
    let letter = |at: usize| -> Option<String> {
        let raw = &raws[at];
        let before = |back: usize| at.checked_sub(back).map(|at| raws[at].kind);
        let opens = before(1) == Some(RawKind::BraceOpen);
        let previous = before(if opens { 2 } else { 1 });
        let accented = matches!(previous, Some(RawKind::Command(name)) if greek_unicode(name).is_none() && is_accent_command(name));
        if accented || previous == Some(RawKind::Underscore) || raw.face.alphabet != Alphabet::Normal {
            return None;
        }
        let name = match raw.kind {
            RawKind::Letter(letter) => plain_letters(letter).0,
            RawKind::Command(name) if greek_unicode(name).is_some() => name.to_owned(),
            _ => return None,
        };
        (name != "T" || previous != Some(RawKind::Caret)).then_some(name)
    };
    let mut found = Vec::with_capacity(raws.len());
    for at in 0..raws.len() {
        if raws[at].kind == RawKind::Underscore && raws.get(at + 1).is_some_and(|next| next.kind == RawKind::BraceOpen) {
            below = below.max(raws[at + 1].partner);
        }
        found.push(if at < below { None } else { letter(at) });
    }
    found
}

/// LaTeX for a letter as it was written, with what stands on it (the outermost first), and what its typeface says of it.
/// `None` where the sign is no other than the letter's own.
pub(super) fn sign(letter: &str, face: Face, accents: &[&str]) -> Option<Sign> {
    let arrow = accents.contains(&"");
    let plain = matches!(face.alphabet, Alphabet::Normal | Alphabet::Operator | Alphabet::Text) && !face.bold;
    if plain && !arrow {
        return None;
    }
    let greek = greek_unicode(letter).is_some();
    let mut latex = if greek { format!("\\{letter}") } else { letter.to_owned() };
    let around = |command: &str, latex: &str| format!("\\{command}{{{latex}}}");
    let alphabet = match face.alphabet {
        Alphabet::Normal | Alphabet::Operator | Alphabet::Text => None,
        Alphabet::Upright => Some("mathrm"),
        Alphabet::Calligraphic => Some("mathcal"),
        Alphabet::Script => Some("mathscr"),
        Alphabet::Fraktur => Some("mathfrak"),
        Alphabet::Blackboard => Some("mathbb"),
    };
    if let Some(command) = alphabet {
        latex = around(command, &latex);
    }
    if face.bold {
        let upright = !greek && !face.slanted && alphabet.is_none();
        latex = around(if upright { "mathbf" } else { "boldsymbol" }, &latex);
    }
    for accent in accents.iter().rev() {
        latex = around(if accent.is_empty() { "vec" } else { accent }, &latex);
    }
    let upper = letter.starts_with(|c: char| c.is_ascii_uppercase());
    let kind = match (face.bold, upper) {
        (_, _) if arrow => Some(SignKind::Vector),
        (true, true) => Some(SignKind::Matrix),
        (true, false) => Some(SignKind::Vector),
        (false, _) => None,
    };
    Some(Sign { latex, kind })
}

/// What a command for a typeface asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typeface {
    Normal,
    Italic,
    Upright,
    Operator,
    Bold,
    BoldItalic,
    Calligraphic,
    Script,
    Fraktur,
    Blackboard,
}

impl Typeface {
    /// Whether letters under it are one word.
    fn joins(self) -> bool {
        matches!(self, Typeface::Italic | Typeface::Upright | Typeface::Operator)
    }

    fn on(self, face: Face) -> Face {
        let alphabet = |alphabet| Face { alphabet, ..face };
        match self {
            Typeface::Normal | Typeface::Italic => Face::default(),
            Typeface::Upright => alphabet(Alphabet::Upright),
            Typeface::Operator => alphabet(Alphabet::Operator),
            Typeface::Bold => Face { bold: true, slanted: false, ..face },
            Typeface::BoldItalic => Face { bold: true, slanted: true, ..face },
            Typeface::Calligraphic => alphabet(Alphabet::Calligraphic),
            Typeface::Script => alphabet(Alphabet::Script),
            Typeface::Fraktur => alphabet(Alphabet::Fraktur),
            Typeface::Blackboard => alphabet(Alphabet::Blackboard),
        }
    }
}

/// A group, or an argument without braces, that is being read.
struct Open {
    /// Where it ends in the input: its brace, or the phrase behind it.
    end: usize,
    /// What held before it.
    face: Face,
    joins: bool,
    /// Its opening brace in the output, and whether that is of use beside the typeface.
    brace: Option<(usize, bool)>,
}

/// A phrase of the output, or a word by its number.
enum Piece<'a> {
    Raw(Raw<'a>),
    Word(usize, Span, bool, Face),
}

struct Setter<'a, 'v> {
    raws: &'v [Raw<'a>],
    vocabulary: &'v Vocabulary<'v>,
    out: Vec<Piece<'a>>,
    words: Vec<String>,
    open: Vec<Open>,
    face: Face,
    /// Whether letters side by side are one word here.
    joins: bool,
    /// What was dropped before the next phrase: its place, and whether white space stood before it.
    before: Option<(Span, bool)>,
}

/// The phrases without commands for typefaces; words that are nowhere written in one piece are put into `words`.
///
/// # Errors
/// A typeface without an argument; bold letters that may be a word or a product.
pub(super) fn resolve<'a>(
    raws: Vec<Raw<'a>>,
    vocabulary: &Vocabulary<'_>,
    words: &'a mut Vec<String>,
    text: &str,
) -> Result<(Vec<Raw<'a>>, Vec<Remark>), Diagnostic> {
    let end = text.trim_end().len();
    let mut setter = Setter {
        raws: &raws,
        vocabulary,
        out: Vec::with_capacity(raws.len()),
        words: Vec::new(),
        open: Vec::new(),
        face: Face::default(),
        joins: false,
        before: None,
    };
    setter.run()?;
    let (pieces, found) = (setter.out, setter.words);
    *words = found;
    let words: &'a [String] = words;
    let raw = |piece: Piece<'a>| match piece {
        Piece::Raw(raw) => Raw { partner: 0, listed: false, ..raw },
        Piece::Word(number, span, spaced, face) => {
            let text = words.get(number).map_or("", String::as_str);
            let single = text.len() == 1 && face.alphabet != Alphabet::Operator && text != "d";
            let kind = if single { RawKind::Letter(text) } else { RawKind::Named(text) };
            Raw { kind, span, spaced, partner: 0, listed: false, face }
        }
    };
    let mut out: Vec<Raw<'a>> = pieces.into_iter().map(raw).collect();
    pair_up(&mut out, end)?;
    let remarks = tell_apart(&mut out, text);
    Ok((out, remarks))
}

impl<'a> Setter<'a, '_> {
    fn run(&mut self) -> Result<(), Diagnostic> {
        let mut at = 0;
        loop {
            // Arguments without braces end of themselves.
            while self.open.last().is_some_and(|open| open.brace.is_none() && open.end <= at) {
                self.close();
            }
            let Some(raw) = self.raws.get(at) else { return Ok(()) };
            at = match raw.kind {
                RawKind::Command(name) => match meaning(name, self.vocabulary) {
                    Command::Style(typeface) => self.style(at, Some(typeface))?,
                    Command::Frame => self.style(at, None)?,
                    Command::Declaration(typeface) => {
                        self.face = typeface.on(self.face);
                        self.joins = typeface.joins();
                        at + 1
                    }
                    _ => self.push(raw, at + 1),
                },
                RawKind::BraceOpen => self.group(at, None, None),
                RawKind::BraceClose => {
                    self.end_group(raw);
                    at + 1
                }
                RawKind::Letter(_) => self.letters(at)?,
                _ => self.push(raw, at + 1),
            };
        }
    }

    /// A phrase as it is.
    fn push(&mut self, raw: &Raw<'a>, next: usize) -> usize {
        let mut raw = raw.clone();
        if let Some((span, spaced)) = self.before.take() {
            raw.span = span.to(raw.span);
            raw.spaced = spaced;
        }
        if raw.face == Face::default() {
            raw.face = self.face;
        }
        self.out.push(Piece::Raw(raw));
        next
    }

    fn word(&mut self, text: String, place: Span, spaced: bool, face: Face) {
        let (place, spaced) = self.before.take().map_or((place, spaced), |(span, spaced)| (span.to(place), spaced));
        self.out.push(Piece::Word(self.words.len(), place, spaced, face));
        self.words.push(text);
    }

    /// A command for a typeface, with its argument in braces or without.
    fn style(&mut self, at: usize, typeface: Option<Typeface>) -> Result<usize, Diagnostic> {
        let raw = &self.raws[at];
        if self.kind(at + 1) == Some(RawKind::BraceOpen) {
            let spaced = self.before.map_or(raw.spaced, |(_, spaced)| spaced);
            return Ok(self.group(at + 1, typeface, Some((raw.span, spaced))));
        }
        let Some(end) = self.argument(at + 1) else {
            let message = format!("`{}` has no argument", name_of(raw));
            return Err(Diagnostic::new(Fault::Syntax, message).at(raw.span));
        };
        self.open.push(Open { end, face: self.face, joins: self.joins, brace: None });
        if let Some(typeface) = typeface {
            self.face = typeface.on(self.face);
            self.joins = typeface.joins();
        }
        self.before = self.before.or(Some((raw.span, raw.spaced)));
        Ok(at + 1)
    }

    /// A group, which may be the argument of a command for a typeface.
    fn group(&mut self, at: usize, typeface: Option<Typeface>, command: Option<(Span, bool)>) -> usize {
        let raw = &self.raws[at];
        let close = raw.partner;
        let declared = match self.kind(at + 1) {
            Some(RawKind::Command(name)) => match meaning(name, self.vocabulary) {
                Command::Declaration(typeface) => Some(typeface),
                _ => None,
            },
            _ => None,
        };
        let (start, spaced) = command.or(self.before).unwrap_or((raw.span, raw.spaced));
        if let Some(face) = typeface.or(declared)
            && let Some(text) = self.one_word(at + 1, close, face)
        {
            self.before = None;
            self.word(text, start.to(self.raws[close].span), spaced, face.on(self.face));
            return close + 1;
        }
        self.open.push(Open {
            end: close,
            face: self.face,
            joins: self.joins,
            brace: Some((self.out.len(), command.is_none() && declared.is_none())),
        });
        if let Some(typeface) = typeface {
            self.face = typeface.on(self.face);
            self.joins = typeface.joins();
        }
        self.before = None;
        self.out.push(Piece::Raw(Raw { span: start.to(raw.span), spaced, ..raw.clone() }));
        at + 1
    }

    /// What held before the group or the argument that ends.
    fn close(&mut self) -> Option<Open> {
        let open = self.open.pop()?;
        (self.face, self.joins) = (open.face, open.joins);
        Some(open)
    }

    fn end_group(&mut self, raw: &Raw<'a>) {
        let brace = self.close().and_then(|open| open.brace);
        self.before = None;
        self.out.push(Piece::Raw(raw.clone()));
        // Braces of the typeface's own around a single sign are nothing else.
        if let Some((brace, false)) = brace
            && self.out.len() == brace + 3
            && single(&self.out[brace + 1])
        {
            self.out.pop();
            if let Piece::Raw(open) = self.out.remove(brace)
                && let Some(inner) = self.out.last_mut()
            {
                let whole = open.span.to(raw.span);
                match inner {
                    Piece::Raw(inner) => (inner.span, inner.spaced) = (whole, open.spaced),
                    Piece::Word(_, span, spaced, _) => (*span, *spaced) = (whole, open.spaced),
                }
            }
        }
    }

    /// A letter, or the letters from here on that are one word.
    fn letters(&mut self, at: usize) -> Result<usize, Diagnostic> {
        let raw = &self.raws[at];
        let (mut text, mut next) = (String::new(), at);
        while let Some(Raw { kind: RawKind::Letter(letter), spaced, .. }) = self.raws.get(next)
            && letter.bytes().all(|b| b.is_ascii_alphabetic())
            && (next == at || !spaced)
        {
            text.push_str(letter);
            next += 1;
        }
        let inside = self.open.last().is_none_or(|open| open.brace.is_some() || open.end >= next);
        if next < at + 2 || !inside {
            return Ok(self.push(raw, at + 1));
        }
        let place = raw.span.to(self.raws[next - 1].span);
        if self.joins {
            self.word(text, place, raw.spaced, self.face);
            return Ok(next);
        }
        let word = self.face.bold && text.len() > 2 && text.bytes().all(|b| b.is_ascii_lowercase());
        if word && !matches!(self.raws.get(next).map(|raw| raw.kind), Some(RawKind::Delimiter("(" | "[", _))) {
            return Err(Diagnostic::new(Fault::Ambiguous, format!("bold `{text}` may be one name or a product of letters"))
                .at(place)
                .hint(format!("write `\\mathrm{{{text}}}` for one name, and a command for each letter of a product")));
        }
        for letter in at..next {
            self.push(&self.raws[letter], letter);
        }
        Ok(next)
    }

    /// The one word that the phrases between two places spell under a typeface; `None` for anything else.
    fn one_word(&self, from: usize, to: usize, typeface: Typeface) -> Option<String> {
        let mut text = String::new();
        let mut pieces: Vec<usize> = Vec::new();
        for raw in &self.raws[from..to] {
            let piece = match raw.kind {
                RawKind::Letter(letter) if letter.bytes().all(|b| b.is_ascii_alphabetic()) => letter,
                RawKind::Named(word) => word,
                RawKind::Number(digits) if !text.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => digits,
                RawKind::Gap | RawKind::BraceOpen | RawKind::BraceClose => "",
                RawKind::Command(name) => match meaning(name, self.vocabulary) {
                    Command::Style(_) | Command::Declaration(_) | Command::Frame => "",
                    Command::Function => name,
                    _ => return None,
                },
                _ => return None,
            };
            if raw.spaced && !piece.is_empty() && !text.is_empty() {
                pieces.push(text.len());
            }
            text.push_str(piece);
        }
        if text.len() < 2 {
            let operator = typeface == Typeface::Operator && !text.is_empty();
            return operator.then_some(text);
        }
        let known = self.vocabulary.function_name(&text).is_some() && !self.vocabulary.variables.contains(&text);
        let joined = match typeface {
            Typeface::Operator => true,
            // `{\rm tr A}`: a space sets words apart.
            Typeface::Upright | Typeface::Italic => known || pieces.is_empty(),
            Typeface::Bold | Typeface::BoldItalic => known,
            _ => false,
        };
        joined.then_some(text)
    }

    fn kind(&self, at: usize) -> Option<RawKind<'a>> {
        self.raws.get(at).map(|raw| raw.kind)
    }

    /// Where the argument without braces that begins here ends.
    fn argument(&self, at: usize) -> Option<usize> {
        let mut next = at;
        for _ in 0..NEST_LIMIT {
            let raw = self.raws.get(next)?;
            match raw.kind {
                RawKind::BraceOpen => return Some(raw.partner + 1),
                RawKind::BraceClose | RawKind::Caret | RawKind::Underscore => return None,
                RawKind::Command(name) => match meaning(name, self.vocabulary) {
                    Command::Style(_) | Command::Frame | Command::Accent(_) => next += 1,
                    _ => return Some(next + 1),
                },
                _ => return Some(next + 1),
            }
        }
        None
    }
}

/// Whether a phrase is a sign that needs no braces, in a script or elsewhere.
fn single(piece: &Piece<'_>) -> bool {
    match piece {
        Piece::Word(..) => true,
        Piece::Raw(raw) => match raw.kind {
            RawKind::Number(digits) => digits.len() == 1,
            RawKind::BraceOpen | RawKind::BraceClose => false,
            _ => true,
        },
    }
}

/// The command as it is typed.
fn name_of(raw: &Raw<'_>) -> String {
    match raw.kind {
        RawKind::Command(name) => format!("\\{name}"),
        _ => String::new(),
    }
}
