//! The plain dialect: text to the row of phrases, by the grammar in `grammar/matdiff.pest`.

use super::names::{accent_suffix, join_subscript, plain_letters, small_character};
use super::token::{BigHead, Bracket, Mark, Norm, Order, OrderedHead, Role, SetHead, Sub, Token, TokenKind, Word};
use super::{Big, Times, statement};
use crate::base::{Diagnostic, Fault, Rational, Span};
use pest::Parser;
use pest::iterators::Pair;

/// The parser that pest derives from the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/matdiff.pest"]
struct Grammar;

/// The phrases of a text.
///
/// # Errors
/// A character that the language does not know, or a number too large to read.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Diagnostic> {
    let broken = |_| Diagnostic::new(Fault::Syntax, "this is not an expression").at(Span::new(0, text.len()));
    let mut reader = Reader { out: Vec::new(), end: 0 };
    for pair in Grammar::parse(Rule::text, text).map_err(broken)?.flat_map(Pair::into_inner) {
        reader.phrase(pair)?;
    }
    Ok(reader.out)
}

/// The name that a text consists of, if it does.
pub(super) fn read_name(text: &str) -> Option<Word> {
    let name = Grammar::parse(Rule::name_only, text).ok()?.next()?;
    let word = name.into_inner().find(|pair| pair.as_rule() == Rule::word)?;
    read_word(word).ok()
}

struct Reader {
    out: Vec<Token>,
    end: u32,
}

fn span(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    Span::new(span.start(), span.end())
}

impl Reader {
    fn push(&mut self, kind: TokenKind, span: Span) {
        self.out.push(Token { kind, span, spaced: span.start > self.end });
        self.end = span.end;
    }

    /// A group of phrases in brackets of our own making, at the place of the group.
    fn group(&mut self, bracket: Bracket, pair: Pair<'_, Rule>) -> Result<(), Diagnostic> {
        let at = span(&pair);
        self.push(TokenKind::Open(bracket), Span { start: at.start, end: at.start });
        for inner in pair.into_inner() {
            self.phrase(inner)?;
        }
        self.push(TokenKind::Close(bracket), Span { start: at.end, end: at.end });
        Ok(())
    }

    fn phrase(&mut self, pair: Pair<'_, Rule>) -> Result<(), Diagnostic> {
        let at = span(&pair);
        let text = pair.as_str();
        let kind = match pair.as_rule() {
            Rule::number if text.starts_with('.') && self.touches(at) => return Err(bad_number(text, at)),
            Rule::number => TokenKind::Number(number(text, at)?),
            Rule::bad_number => return Err(bad_number(text, at)),
            Rule::fraction => TokenKind::Number(fraction(text)),
            Rule::word | Rule::word_plain | Rule::word_short => TokenKind::Word(Box::new(read_word(pair)?)),
            Rule::keyword if text == "let" => TokenKind::Let,
            Rule::keyword => TokenKind::Where,
            Rule::plus => TokenKind::Plus,
            Rule::minus => TokenKind::Minus,
            Rule::dot => TokenKind::Times(Times::Dot),
            Rule::bold_one => TokenKind::OnesVector,
            Rule::times => TokenKind::Times(Times::Product),
            Rule::hadamard => TokenKind::Times(Times::Hadamard),
            Rule::hadamard_divide => TokenKind::Times(Times::HadamardDivide),
            Rule::divide => TokenKind::Times(Times::Divide),
            Rule::left_divide => TokenKind::Times(Times::LeftDivide),
            Rule::kron => TokenKind::Times(Times::Kron),
            Rule::caret => TokenKind::Caret,
            Rule::hadamard_power => TokenKind::HadamardCaret,
            Rule::comma => TokenKind::Comma,
            Rule::semicolon => TokenKind::Semicolon,
            Rule::colon => TokenKind::Colon,
            Rule::equals => TokenKind::Equals,
            Rule::subject_to => TokenKind::SubjectTo,
            Rule::root => TokenKind::Function("sqrt"),
            Rule::transpose_dot => TokenKind::Mark(Mark::Transpose),
            Rule::prime => {
                if text == "″" {
                    self.push(TokenKind::Mark(Mark::Prime), at);
                }
                TokenKind::Mark(Mark::Prime)
            }
            Rule::positive if matches!(self.out.last().map(|t| &t.kind), Some(TokenKind::Close(_))) => TokenKind::Mark(Mark::PositivePart),
            Rule::positive => {
                let error = Diagnostic::new(Fault::Syntax, "`_+` has no bracket on its left").at(at);
                return Err(error.hint("write `(x)_+` or `relu(x)` for the positive part"));
            }
            Rule::power_mark => TokenKind::Mark(power_mark(pair, at)?),
            Rule::caret_mark => TokenKind::Mark(caret_mark(pair)),
            Rule::bar => TokenKind::Bar { wide: false, norm: norm(pair), side: None },
            Rule::wide_bar => TokenKind::Bar { wide: true, norm: norm(pair), side: None },
            Rule::open | Rule::open_paren => TokenKind::Open(self.bracket(text, at)),
            Rule::close | Rule::close_paren => TokenKind::Close(self.bracket(text, at)),
            Rule::relation => TokenKind::Relation(super::conditions::sign(text).or_else(|| statement::sign(text)).unwrap_or("in")),
            Rule::ones => return self.ones(pair),
            Rule::big | Rule::big_call => return self.big(pair),
            Rule::ordered => return self.ordered(pair),
            Rule::members => return self.members(pair),
            Rule::bad_norm => return Err(unknown("_n", at)),
            Rule::EOI => return Ok(()),
            _ => return Err(unknown(text, at)),
        };
        self.push(kind, at);
        Ok(())
    }

    /// Whether something stands directly behind an operand.
    fn touches(&self, at: Span) -> bool {
        self.end == at.start && self.out.last().is_some_and(|token| token.kind.ends_operand())
    }

    /// The kind of a bracket; a square one directly behind an operand is an index.
    fn bracket(&self, text: &str, at: Span) -> Bracket {
        match text {
            "(" | ")" => Bracket::Paren,
            "[" if self.touches(at) => Bracket::Index,
            "[" | "]" => Bracket::Square,
            "{" | "}" => Bracket::Brace,
            _ => Bracket::Angle,
        }
    }

    /// The head of a sum over indices in an order, and behind it what bounds them.
    fn ordered(&mut self, pair: Pair<'_, Rule>) -> Result<(), Diagnostic> {
        let at = span(&pair);
        let big = if pair.as_str().starts_with(['p', '∏', 'Π']) { Big::Product } else { Big::Sum };
        let (mut own, mut low, mut places, mut signs, mut high) = (None, None, Vec::new(), Vec::new(), None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::own => own = Some(plain_letters(inner.as_str()).0),
                Rule::low => low = Some(inner),
                Rule::place => places.push(inner),
                Rule::order => signs.extend(Order::read(inner.as_str())),
                Rule::high | Rule::high_paren => high = Some(inner),
                Rule::high_atom if inner.as_str() != "∞" => high = Some(inner),
                Rule::high_atom => return Err(infinite(span(&inner))),
                _ => {}
            }
        }
        let named = |place: &Pair<'_, Rule>| {
            let text = place.as_str().trim();
            let name = text.chars().all(char::is_alphanumeric) && !text.starts_with(|c: char| c.is_ascii_digit());
            (name.then(|| plain_letters(text).0), span(place))
        };
        let letters = letters_that_run(places.iter().map(named).collect());
        let between = places.into_iter().zip(&letters).filter(|(_, (name, _))| name.is_none()).map(|(place, _)| place);
        let bounds: Vec<Pair<'_, Rule>> = low.clone().into_iter().chain(between).chain(high.clone()).collect();
        let head = OrderedHead { big, own, low: low.is_some(), places: letters, signs, high: high.is_some() };
        self.push(TokenKind::Ordered(Box::new(head)), at);
        for bound in bounds {
            self.group(Bracket::Bound, bound)?;
        }
        self.end = at.end;
        Ok(())
    }

    /// The head of a sum over a set; over `[n]` it is one like others.
    fn members(&mut self, pair: Pair<'_, Rule>) -> Result<(), Diagnostic> {
        let at = span(&pair);
        let big = if pair.as_str().starts_with(['p', '∏', 'Π']) { Big::Product } else { Big::Sum };
        let letter = |inner: &Pair<'_, Rule>| (plain_letters(inner.as_str()).0, span(inner));
        let (mut own, mut tuple) = (Vec::new(), Vec::new());
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::own => own.push(letter(&inner).0),
                Rule::index => tuple.extend(indices_of(&inner)),
                Rule::high => {
                    for (nth, (index, place)) in std::mem::take(&mut tuple).into_iter().enumerate() {
                        let head = BigHead { big, index, at: place, low: false, high: true, call: false };
                        self.push(TokenKind::Big(Box::new(head)), if nth == 0 { at } else { Span { start: at.end, end: at.end } });
                        self.group(Bracket::Bound, inner.clone())?;
                    }
                }
                Rule::set => {
                    let place = span(&inner);
                    let mut word = Word::new("");
                    for part in inner.into_inner() {
                        if part.as_rule() == Rule::base {
                            word = Word::new(&plain_letters(part.as_str()).0);
                        } else {
                            word.subscript(&plain_letters(part.as_str()).0);
                        }
                    }
                    let (set, below) = set_name(&word);
                    let head = SetHead { big, own: std::mem::take(&mut own), tuple: std::mem::take(&mut tuple), set, below, at: place };
                    check_set(&head)?;
                    self.push(TokenKind::Members(Box::new(head)), at);
                }
                _ => {}
            }
        }
        self.end = at.end;
        Ok(())
    }

    /// `1_n` as a call of `ones`.
    fn ones(&mut self, pair: Pair<'_, Rule>) -> Result<(), Diagnostic> {
        let at = span(&pair);
        let name = if pair.as_str().starts_with('0') { "zeros" } else { "ones" };
        self.push(TokenKind::Function(name), Span { end: at.start + 1, ..at });
        self.push(TokenKind::Open(Bracket::Paren), Span { start: at.start + 1, end: at.start + 1 });
        let mut first = true;
        for inner in pair.into_inner().filter(|inner| inner.as_rule() != Rule::one_mark) {
            if !std::mem::take(&mut first) {
                let start = span(&inner).start;
                self.push(TokenKind::Comma, Span { start, end: start });
            }
            for phrase in inner.into_inner() {
                self.phrase(phrase)?;
            }
        }
        self.push(TokenKind::Close(Bracket::Paren), Span { start: at.end, end: at.end });
        Ok(())
    }

    /// The head of an indexed sum, one for each index, with its bounds behind it.
    fn big(&mut self, pair: Pair<'_, Rule>) -> Result<(), Diagnostic> {
        let call = pair.as_rule() == Rule::big_call;
        let at = span(&pair);
        let big = if pair.as_str().starts_with(['p', '∏', 'Π']) { Big::Product } else { Big::Sum };
        let mut indices = Vec::new();
        let mut bounds = [None, None];
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::index => indices.extend(indices_of(&inner)),
                Rule::small_index => indices.push((inner.as_str().chars().filter_map(small_character).collect(), span(&inner))),
                Rule::low => bounds[0] = Some(inner),
                Rule::high | Rule::high_paren => bounds[1] = Some(inner),
                Rule::high_atom if inner.as_str() != "∞" => bounds[1] = Some(inner),
                Rule::high_atom => return Err(infinite(span(&inner))),
                _ => {}
            }
        }
        for (nth, (index, place)) in indices.into_iter().enumerate() {
            let head = BigHead { big, index, at: place, low: bounds[0].is_some(), high: bounds[1].is_some(), call };
            self.push(TokenKind::Big(Box::new(head)), if nth == 0 { at } else { Span { start: at.end, end: at.end } });
            for bound in bounds.iter().flatten() {
                self.group(Bracket::Bound, bound.clone())?;
            }
        }
        if call {
            self.push(TokenKind::Open(Bracket::Paren), Span { start: at.end, end: at.end });
        }
        self.end = at.end;
        Ok(())
    }
}

/// What the signs of `sum_{1 <= i < j <= n}` stand between: letters that are indices, and bounds. A letter that is no usual
/// one (n) is an index where there is no other.
pub(super) fn letters_that_run(places: Vec<(Option<String>, Span)>) -> Vec<(Option<String>, Span)> {
    let usual = |name: &str| matches!(name.as_bytes(), [b'a' | b'b' | b'i'..=b'm' | b'p'..=b'v']);
    let chosen = match places.iter().any(|(name, _)| name.as_deref().is_some_and(usual)) {
        true => None,
        false => places.iter().position(|(name, _)| name.is_some()),
    };
    let runs = |at: usize, name: &String| chosen.map_or_else(|| usual(name), |chosen| at == chosen);
    places.into_iter().enumerate().map(|(at, (name, span))| (name.filter(|name| runs(at, name)), span)).collect()
}

/// A set's name, and the letters below it that are indices: C and k of `C_k`.
pub(super) fn set_name(word: &Word) -> (String, Vec<String>) {
    let letter = |sub: &Sub| matches!(sub, Sub::Text(text) if text.chars().count() == 1 && text.chars().all(char::is_alphabetic));
    let count = word.subs.iter().rev().take_while(|sub| letter(sub)).count();
    let (name, below) = word.subs.split_at(word.subs.len() - count);
    let text = |sub: &Sub| if let Sub::Text(text) = sub { text.clone() } else { String::new() };
    let set = name.iter().fold(word.base.clone(), |name, sub| join_subscript(&name, &text(sub)));
    (set, below.iter().map(text).collect())
}

/// Refuses sums over what is no set of indices: numbers without end, the points of a set of data.
pub(super) fn check_set(head: &SetHead) -> Result<(), Diagnostic> {
    let error = |message: String| Err(Diagnostic::new(Fault::Unsupported, message).at(head.at));
    if let Some((index, at)) = head.tuple.iter().find(|(index, _)| matches!(index.as_str(), "w" | "x" | "y" | "z") || index.len() > 1) {
        let message = format!("`{index}` is a member of the set itself, and has no number");
        let set = &head.set;
        let hint = format!("sum over an index: `sum_{{i in {set}}} …` with `{index}_i` for `{index}`");
        return Err(Diagnostic::new(Fault::Unsupported, message).at(*at).hint(hint));
    }
    if head.tuple.iter().enumerate().any(|(at, (index, _))| head.tuple.iter().take(at).any(|(before, _)| before == index)) {
        return error("an index stands twice in front of this set".into());
    }
    if head.own.iter().any(|own| !head.tuple.iter().any(|(index, _)| index == own)) {
        return error("the index that runs is none of those that are in the set".into());
    }
    Ok(())
}

/// The index that a head names; `sum_ij` binds two.
fn indices_of(pair: &Pair<'_, Rule>) -> Vec<(String, Span)> {
    let place = span(pair);
    let written = pair.as_str();
    let usual = |c: char| matches!(c, 'i'..='n' | 'p'..='t');
    let distinct = written.chars().enumerate().all(|(at, c)| !written.chars().take(at).any(|before| before == c));
    if (2..=3).contains(&written.len()) && written.chars().all(usual) && distinct {
        return written
            .char_indices()
            .map(|(at, c)| (c.to_string(), Span { start: place.start + at as u32, end: place.start + at as u32 + 1 }))
            .collect();
    }
    vec![(plain_letters(written).0, place)]
}

/// The error for a sum without end.
pub(super) fn infinite(at: Span) -> Diagnostic {
    Diagnostic::new(Fault::Unsupported, "infinite sums are not supported").at(at).hint("leave the bound out, or name it: `sum_{i=1}^{N}`")
}

/// A literal's value.
pub(super) fn number(text: &str, at: Span) -> Result<Rational, Diagnostic> {
    let digits: String = text.chars().map(|c| small_character(c).unwrap_or(c)).collect();
    if digits.len() > 2000 {
        return Err(Diagnostic::new(Fault::Syntax, "this number has more than 2000 digits").at(at));
    }
    Rational::parse(&digits).ok_or_else(|| Diagnostic::new(Fault::Syntax, "this number is too large to be kept exactly").at(at))
}

/// `½` and the like.
fn fraction(text: &str) -> Rational {
    let (above, below) = match text {
        "½" => (1, 2),
        "⅓" => (1, 3),
        "⅔" => (2, 3),
        "¼" => (1, 4),
        "¾" => (3, 4),
        "⅕" => (1, 5),
        "⅖" => (2, 5),
        "⅗" => (3, 5),
        "⅘" => (4, 5),
        "⅙" => (1, 6),
        "⅚" => (5, 6),
        "⅐" => (1, 7),
        "⅛" => (1, 8),
        "⅜" => (3, 8),
        "⅝" => (5, 8),
        "⅞" => (7, 8),
        "⅑" => (1, 9),
        _ => (1, 10),
    };
    Rational::new(above, below).unwrap_or(Rational::ONE)
}

/// The error for what may be another number, or is none.
fn bad_number(text: &str, at: Span) -> Diagnostic {
    let error = Diagnostic::new(Fault::Syntax, format!("`{text}` is no number")).at(at);
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (before, behind) = text.split_at(digits);
    match behind.as_bytes() {
        [b'e' | b'E', ..] if !behind.contains('_') => {
            let sign = usize::from(behind[1..].starts_with(['+', '-']));
            let power = 1 + sign + behind[1 + sign..].bytes().take_while(u8::is_ascii_digit).count();
            let (power, rest) = behind.split_at(power);
            let rest = rest.trim_start_matches('.');
            error.hint(format!("write `{before}{power} {rest}`, or `{before} {behind}` where `{}` is a name", &behind[..1]))
        }
        _ if text.contains('_') => {
            let joined = text.replace('_', "");
            error.hint(format!("write `{joined}` for the number; `ones(n)` is a column of ones"))
        }
        _ if text.starts_with('0') => {
            error.hint("a number does not begin with 0 unless a point follows; digits are not put in groups of three")
        }
        _ => error.hint("a number has one decimal point: `1.5`"),
    }
}

fn norm(pair: Pair<'_, Rule>) -> Option<Norm> {
    let sub = pair.into_inner().next()?;
    let name = sub.as_str().trim_matches(['_', '{', '}']);
    Some(match name {
        "1" | "₁" => Norm::One,
        "∞" | "inf" => Norm::Infinity,
        "*" => Norm::Nuclear,
        _ => Norm::Two,
    })
}

fn power_mark(pair: Pair<'_, Rule>, at: Span) -> Result<Mark, Diagnostic> {
    let negative = pair.as_str().starts_with('⁻');
    let Some(last) = pair.into_inner().last() else { return Ok(Mark::Transpose) };
    Ok(match last.as_rule() {
        Rule::mark_t if negative => Mark::InverseTranspose,
        Rule::mark_t => Mark::Transpose,
        Rule::mark_plus => Mark::PseudoInverse,
        Rule::mark_letter => Mark::NamedPower(negative, last.as_str().chars().filter_map(small_character).collect()),
        _ => {
            let value = number(last.as_str(), at)?;
            Mark::Power(if negative { value.neg() } else { value })
        }
    })
}

fn caret_mark(pair: Pair<'_, Rule>) -> Mark {
    let mut mark = Mark::Transpose;
    for inner in pair.into_inner() {
        match inner.as_rule() {
            Rule::caret_minus => mark = Mark::InverseTranspose,
            Rule::caret_plus => mark = Mark::PseudoInverse,
            _ => {}
        }
    }
    mark
}

/// A name with its subscripts.
fn read_word(pair: Pair<'_, Rule>) -> Result<Word, Diagnostic> {
    if pair.as_rule() == Rule::word_short {
        let name = plain_letters(pair.as_str()).0;
        return Ok(Word { base: name.clone(), name, subs: Vec::new(), role: Role::default() });
    }
    let mut word = Word { name: String::new(), base: String::new(), subs: Vec::new(), role: Role::default() };
    for inner in pair.into_inner() {
        match inner.as_rule() {
            Rule::base => {
                let (letters, accents) = plain_letters(inner.as_str());
                word.base = letters;
                for accent in accents {
                    word.base = join_subscript(&word.base, accent);
                }
                word.name.clone_from(&word.base);
            }
            Rule::accent => word.accent(accent_suffix(inner.as_str())),
            Rule::sub_expr => {
                let mut reader = Reader { out: Vec::new(), end: span(&inner).start };
                for phrase in inner.into_inner() {
                    reader.phrase(phrase)?;
                }
                word.subscript_expression(reader.out);
            }
            _ => word.subscript(&plain_letters(inner.as_str()).0),
        }
    }
    Ok(word)
}

impl Word {
    /// A name of letters alone.
    pub fn new(name: &str) -> Word {
        Word { name: name.to_string(), base: name.to_string(), subs: Vec::new(), role: Role::default() }
    }

    /// Puts a hat on the letter.
    pub fn accent(&mut self, suffix: &str) {
        if self.subs.is_empty() {
            self.base = join_subscript(&self.base, suffix);
            self.name.clone_from(&self.base);
        } else {
            self.subscript(suffix);
        }
    }

    /// Adds a subscript of letters and digits.
    pub fn subscript(&mut self, text: &str) {
        if self.subs.is_empty() && super::names::is_accent(text) {
            return self.accent(text);
        }
        self.name = join_subscript(&self.name, text);
        self.subs.push(Sub::Text(text.to_string()));
    }

    /// Adds a subscript that is arithmetic; one that is a single name or number is text after all.
    pub fn subscript_expression(&mut self, tokens: Vec<Token>) {
        if let [Token { kind: TokenKind::Word(inner), .. }] = tokens.as_slice()
            && !inner.name.contains('_')
        {
            let name = inner.name.clone();
            return self.subscript(&name);
        }
        if let [Token { kind: TokenKind::Number(value), .. }] = tokens.as_slice() {
            let digits = value.to_string();
            return self.subscript(&digits);
        }
        if let Some(text) = arithmetic(&tokens) {
            self.name = format!("{}_{{{text}}}", self.name);
        }
        self.subs.push(Sub::Expression(tokens));
    }
}

/// A calculated subscript as a name has it: `t-1`. `None` for what is more than sums of names and numbers.
fn arithmetic(tokens: &[Token]) -> Option<String> {
    let mut text = String::new();
    let mut operand = false;
    for token in tokens {
        match &token.kind {
            TokenKind::Word(word) if !operand && !word.name.contains('_') => text.push_str(&word.name),
            TokenKind::Number(value) if !operand => text.push_str(&value.to_string()),
            TokenKind::Plus if operand => text.push('+'),
            TokenKind::Minus if operand => text.push('-'),
            _ => return None,
        }
        operand = !operand;
    }
    operand.then_some(text)
}

/// The error for a character that means nothing here, with what may have been meant.
fn unknown(text: &str, at: Span) -> Diagnostic {
    let error = |message: String| Diagnostic::new(Fault::Syntax, message).at(at);
    match text {
        "." => error("a dot alone means nothing here".into())
            .hint("write `A'` for a transpose, `A B` or `A * B` for a product, `A .* B` for the element-wise one"),
        "**" => error("`**` is not an operator here".into()).hint("write `^` for a power, `.^` for one by entries"),
        "_n" => error("this norm cannot be read".into()).hint(
            "the norms are ‖x‖, ‖x‖_1, ‖x‖_∞, ‖X‖_F, ‖X‖_* and spectral(X); pnorm(x, p) and, with a matrix for a weight, wnorm(x, W)",
        ),
        "≤" | "≥" | "≠" | "≈" | "∝" | "≡" | "∈" | "→" => {
            error(format!("`{text}` cannot stand here")).hint("give one side, or the difference of both")
        }
        "_" => error("`_` has no name on its left".into()).hint("a subscript belongs to a name: `x_i`"),
        "%" => error("`%` means nothing here".into()).hint("write the number: `0.05` is 5 percent"),
        "!" => error("`!` means nothing here".into()).hint("the factorial of y is `gammafn(y + 1)`, its logarithm `lgamma(y + 1)`"),
        "&" | "#" | "$" | "~" | "?" => error(format!("`{text}` means nothing here")),
        "\"" => error("a quotation mark means nothing here".into()).hint("the transpose is written with `'`: A'"),
        ".." => error("what dots leave out is not read".into())
            .hint("write a sum with an index: `sum_{i=1}^{n} …`; a range belongs into `sum(i=1..N, …)`"),
        "∂" | "∇" => error(format!("`{text}` cannot stand in an expression"))
            .hint("ask for the derivative with a command: `matdiff grad EXPR --wrt X`"),
        "√" => error("`√` needs an operand".into()),
        "∞" => error("infinity is not a number of this language".into()),
        _ => {
            let character = text.chars().next().unwrap_or(' ');
            if character.is_control() || character.is_whitespace() {
                error(format!("the character U+{:04X} means nothing here", u32::from(character)))
            } else if character.is_alphabetic() {
                error(format!("`{text}` cannot stand in a name")).hint("names are Latin or Greek letters and digits")
            } else {
                error(format!("`{text}` means nothing here"))
            }
        }
    }
}
