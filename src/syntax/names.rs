//! Spellings of names: one canonical form for `Σ_1`, `Sigma_1` and `Sigma1`, and its parts for printing.

/// Greek letters with their ASCII names; the first letter of a name is the one that is printed.
const GREEK: [(&str, char); 57] = [
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("varepsilon", 'ϵ'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("vartheta", 'ϑ'),
    ("iota", 'ι'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("mu", '\u{b5}'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("omicron", 'ο'),
    ("pi", 'π'),
    ("varpi", 'ϖ'),
    ("rho", 'ρ'),
    ("varrho", 'ϱ'),
    ("sigma", 'σ'),
    ("varsigma", 'ς'),
    ("tau", 'τ'),
    ("upsilon", 'υ'),
    ("phi", 'φ'),
    ("varphi", 'ϕ'),
    ("chi", 'χ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
    ("ell", 'ℓ'),
    ("Alpha", 'Α'),
    ("Beta", 'Β'),
    ("Gamma", 'Γ'),
    ("Delta", 'Δ'),
    ("Epsilon", 'Ε'),
    ("Zeta", 'Ζ'),
    ("Eta", 'Η'),
    ("Theta", 'Θ'),
    ("Iota", 'Ι'),
    ("Kappa", 'Κ'),
    ("Lambda", 'Λ'),
    ("Mu", 'Μ'),
    ("Nu", 'Ν'),
    ("Xi", 'Ξ'),
    ("Omicron", 'Ο'),
    ("Pi", 'Π'),
    ("Rho", 'Ρ'),
    ("Sigma", 'Σ'),
    ("Tau", 'Τ'),
    ("Upsilon", 'Υ'),
    ("Phi", 'Φ'),
    ("Chi", 'Χ'),
    ("Psi", 'Ψ'),
    ("Omega", 'Ω'),
    ("Omega", '\u{2126}'),
];

/// Accents: the suffix in a canonical name and the combining character.
const ACCENTS: [(&str, char); 9] = [
    ("hat", '\u{302}'),
    ("tilde", '\u{303}'),
    ("bar", '\u{304}'),
    ("bar", '\u{305}'),
    ("dot", '\u{307}'),
    ("ddot", '\u{308}'),
    ("check", '\u{30c}'),
    ("breve", '\u{306}'),
    ("underline", '\u{332}'),
];

/// Alphabets that make another letter: the suffix in a canonical name and LaTeX's command.
const ALPHABETS: [(&str, &str); 4] = [("cal", "mathcal"), ("scr", "mathscr"), ("frak", "mathfrak"), ("bold", "mathbf")];

/// Letters with an accent of their own, with the bare letter and the accent's suffix.
const ACCENTED: [(&str, &str); 3] = [("ŷŵẑâêôûĉĝĥŝŶŴẐŜĜĤ", "ywzaeoucghsYWZSGH"), ("ãõũỹ", "aouy"), ("āēōūȳ", "aeouy")];

/// The Greek letter of a spelled-out name: `Sigma` is `Σ`; `None` for anything else.
#[must_use]
pub fn greek_unicode(name: &str) -> Option<&'static str> {
    const LETTERS: &str = "αβγδεζηθικλμνξοπρστυφχψωℓϵϑϖϱςϕΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ";
    let (_, letter) = GREEK.iter().find(|(ascii, _)| *ascii == name)?;
    let start = LETTERS.find(*letter)?;
    LETTERS.get(start..start + letter.len_utf8())
}

/// A canonical name taken apart for printing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameParts {
    /// The letter or word itself, in ASCII: `Sigma`, `W`, `train`.
    pub base: String,
    /// `hat`, `tilde`, `bar`, in the order in which they are put on.
    pub accents: Vec<String>,
    /// Subscripts from left to right: `1`, `i`, `max`.
    pub subscripts: Vec<String>,
}

/// Takes a canonical name apart: `y_hat1` is `y` with a hat and the subscript `1`.
#[must_use]
pub fn split_name(name: &str) -> NameParts {
    let mut pieces = name.split('_').map(|piece| piece.trim_matches(['{', '}']));
    let first = pieces.next().unwrap_or(name);
    let mut parts = NameParts { base: String::new(), accents: Vec::new(), subscripts: Vec::new() };
    let (base, digits) = split_digits(first);
    parts.base = base.to_string();
    parts.subscripts.extend((!digits.is_empty()).then(|| digits.to_string()));
    for piece in pieces {
        let (word, digits) = split_digits(piece);
        if parts.subscripts.is_empty() && is_accent(word) {
            parts.accents.push(word.to_string());
            parts.subscripts.extend((!digits.is_empty()).then(|| digits.to_string()));
        } else {
            parts.subscripts.push(piece.to_string());
        }
    }
    parts
}

/// Whether a subscript is one of the accents `hat`, `tilde`, `bar` or an alphabet as `cal`, which are part of the letter rather than an index.
#[must_use]
pub fn is_accent(subscript: &str) -> bool {
    ACCENTS.iter().any(|(suffix, _)| *suffix == subscript) || ALPHABETS.iter().any(|(suffix, _)| *suffix == subscript)
}

/// LaTeX's command for what stands on a letter or how the letter is set: `hat`, `mathcal`.
#[must_use]
pub fn accent_command(suffix: &str) -> &str {
    ALPHABETS.iter().find(|(alphabet, _)| *alphabet == suffix).map_or(suffix, |(_, command)| command)
}

/// The places that letters written together stand for: `ij` and `i1` are two each, `12` is one number. `None` for a word.
pub(super) fn places(text: &str) -> Option<Vec<String>> {
    let mut places: Vec<String> = Vec::new();
    for c in text.chars() {
        match places.last_mut() {
            Some(number) if c.is_ascii_digit() && number.bytes().all(|b| b.is_ascii_digit()) => number.push(c),
            _ if c.is_ascii_alphanumeric() => places.push(c.to_string()),
            _ => return None,
        }
    }
    (1..=3).contains(&places.len()).then_some(places)
}

/// Whether a subscript of two or three letters is a word or short for one rather than indices side by side.
pub(super) fn is_word(text: &str) -> bool {
    const WORDS: [&str; 24] = [
        "in", "out", "tr", "te", "val", "id", "is", "lo", "hi", "lr", "rr", "max", "min", "new", "old", "opt", "ref", "obs", "res", "std",
        "sim", "mod", "dir", "reg",
    ];
    WORDS.contains(&text) || is_accent(text)
}

/// Whether a name is written with a subscript: `x_1` or `x₁`, but not `x1`.
#[must_use]
pub fn has_subscript(written: &str) -> bool {
    written.contains('_') || !written.is_ascii()
}

/// The longest name that may have been meant as a product: longer ones are words.
const LONGEST_PRODUCT: usize = 4;

/// The letters of a name that may have been meant as their product: `AX` as `A X`. `dX` is a differential.
#[must_use]
pub fn as_product(name: &str) -> Option<Vec<&str>> {
    let short = (2..=LONGEST_PRODUCT).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic());
    (short && !name.starts_with('d')).then(|| (0..name.len()).map(|at| &name[at..=at]).collect())
}

/// The family that a canonical name may be a member of, with its subscripts: `w_ij` and `w_i_j` are `w` at `i`, `j`,
/// `x1` is `x` at 1, `x_{t-1}` is `x` at `t-1`. `None` where the name has not that many subscripts.
#[must_use]
pub fn split_member(name: &str, count: usize) -> Option<(&str, Vec<String>)> {
    if count == 0 {
        return None;
    }
    let single = |text: &str| places(text).is_some_and(|places| places.len() == 1);
    let calculated = |text: &str| text.starts_with('{') && text.ends_with('}');
    let bare = |text: &str| text.trim_matches(['{', '}']).to_string();
    // Letters together.
    if let Some((family, text)) = name.rsplit_once('_')
        && count > 1
        && let Some(found) = places(text).filter(|found| found.len() == count && !is_word(text))
    {
        return Some((family, found));
    }
    let mut rest = name;
    let mut found = Vec::new();
    while found.len() < count {
        match rest.rsplit_once('_').filter(|(_, text)| !text.is_empty()) {
            Some((family, text)) if single(text) || calculated(text) => {
                found.push(bare(text));
                rest = family;
            }
            _ => {
                let (family, digits) = split_digits(rest);
                if digits.is_empty() || family.ends_with('_') || found.len() + 1 != count {
                    return None;
                }
                found.push(digits.to_string());
                rest = family;
            }
        }
    }
    found.reverse();
    Some((rest, found))
}

/// The canonical form of a name as it was spelled: Greek letters spelled out in ASCII, accents as suffixes, braces and
/// the underscore before a number left out (`W_{1}` is `W1`). What is no name comes back trimmed and otherwise as it was.
#[must_use]
pub fn canonical(spelling: &str) -> String {
    // Latin letters and digits are their own canonical form, and nearly all names are nothing else.
    if spelling.starts_with(|c: char| c.is_ascii_alphabetic()) && spelling.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return spelling.to_string();
    }
    super::plain::read_name(spelling).map_or_else(|| spelling.trim().to_string(), |word| word.name)
}

/// Letters and digits with Greek spelled out, mathematical alphabets brought back to plain letters, and accented
/// letters taken apart: the bare text and the accents' suffixes.
pub(super) fn plain_letters(text: &str) -> (String, Vec<&'static str>) {
    let mut out = String::with_capacity(text.len());
    let mut accents = Vec::new();
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else if let Some((ascii, _)) = GREEK.iter().find(|(_, letter)| *letter == c) {
            out.push_str(ascii);
        } else if let Some(plain) = mathematical(c) {
            if plain.is_ascii() {
                out.push(plain);
            } else if let Some((ascii, _)) = GREEK.iter().find(|(_, letter)| *letter == plain) {
                out.push_str(ascii);
            }
        } else if let Some(digit) = small_character(c) {
            out.push(digit);
        } else {
            for ((letters, bare), (suffix, _)) in ACCENTED.iter().zip(ACCENTS) {
                if let Some(letter) = letters.chars().position(|l| l == c).and_then(|at| bare.chars().nth(at)) {
                    out.push(letter);
                    accents.push(suffix);
                }
            }
        }
    }
    (out, accents)
}

/// The suffix of a combining accent.
pub(super) fn accent_suffix(text: &str) -> &'static str {
    ACCENTS.iter().find(|(_, mark)| text.contains(*mark)).map_or("hat", |(suffix, _)| suffix)
}

/// A subscript or superscript character as the plain one that it stands for.
pub(super) fn small_character(c: char) -> Option<char> {
    const SMALL: &str = "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵏᵐⁱʲᵖʳ";
    const PLAIN: &str = "0123456789aehijklmnoprstuvx0123456789nkmijpr";
    SMALL.chars().position(|s| s == c).and_then(|at| PLAIN.chars().nth(at))
}

/// A letter of the block of mathematical alphanumeric symbols (bold, italic, …) as the letter that it shows.
fn mathematical(c: char) -> Option<char> {
    let code = u32::from(c);
    if (0x1D400..0x1D6A4).contains(&code) {
        let letter = (code - 0x1D400) % 52;
        return char::from_u32(if letter < 26 { u32::from('A') + letter } else { u32::from('a') + letter - 26 });
    }
    if (0x1D6A8..0x1D7C8).contains(&code) {
        let letter = (code - 0x1D6A8) % 58;
        return match letter {
            0..=24 => char::from_u32(u32::from('Α') + letter),
            26..=50 => char::from_u32(u32::from('α') + letter - 26),
            52 => Some('ϵ'),
            53 => Some('ϑ'),
            54 => Some('κ'),
            55 => Some('ϕ'),
            56 => Some('ϱ'),
            57 => Some('ϖ'),
            _ => None,
        };
    }
    None
}

/// A word and the digits that it ends in.
fn split_digits(text: &str) -> (&str, &str) {
    let at = text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if at == 0 { (text, "") } else { text.split_at(at) }
}

/// A canonical name with one more subscript: a number goes directly behind a letter, anything else behind `_`.
#[must_use]
pub fn join_subscript(name: &str, subscript: &str) -> String {
    let number = !subscript.is_empty() && subscript.bytes().all(|b| b.is_ascii_digit());
    if number && !name.ends_with(|c: char| c.is_ascii_digit()) { format!("{name}{subscript}") } else { format!("{name}_{subscript}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_canonical_form() {
        for (spelling, expected) in [
            ("Σ", "Sigma"),
            ("λ", "lambda"),
            ("ϕ", "varphi"),
            ("ϵ", "varepsilon"),
            ("ε_1", "epsilon1"),
            ("W_1", "W1"),
            ("W₁", "W1"),
            ("W_{12}", "W12"),
            ("x_i", "x_i"),
            ("xᵢ", "x_i"),
            ("x_{ i }", "x_i"),
            ("K_{i,j}", "K_i_j"),
            ("y_hat", "y_hat"),
            ("ŷ", "y_hat"),
            ("y\u{302}_1", "y_hat1"),
            ("x\u{304}", "x_bar"),
            ("dΣ", "dSigma"),
            ("𝐱", "x"),
            ("𝜇", "mu"),
            ("x_1_2", "x1_2"),
            ("h_{t-1}", "h_{t-1}"),
            ("P_{k|k - 1}", "P_k_{k-1}"),
        ] {
            assert_eq!(canonical(spelling), expected, "{spelling}");
            assert_eq!(canonical(expected), expected, "not idempotent: {expected}");
        }
    }

    #[test]
    fn members_come_apart() {
        let member = |name: &str, count: usize| split_member(name, count).map(|(family, at)| format!("{family} {}", at.join(" ")));
        for (name, count, expected) in [
            ("w_ij", 2, "w i j"),
            ("w_i_j", 2, "w i j"),
            ("x_i1", 2, "x i 1"),
            ("x12", 1, "x 12"),
            ("x_{t-1}", 1, "x t-1"),
            ("y_hat_i", 1, "y_hat i"),
            ("P_k_{k-1}", 2, "P k k-1"),
        ] {
            assert_eq!(member(name, count).as_deref(), Some(expected), "{name}");
        }
        for (name, count) in [("W_in", 2), ("x_max", 1), ("x_max", 3), ("y_hat", 1), ("y_hat", 3), ("x", 1), ("x_i", 2), ("x_i", 0)] {
            assert_eq!(member(name, count), None, "{name}");
        }
    }

    #[test]
    fn greek_goes_there_and_back() {
        for (ascii, _) in GREEK {
            let letter = greek_unicode(ascii).unwrap_or_default();
            assert_eq!(canonical(letter), ascii);
        }
        assert_eq!(greek_unicode("Sigma"), Some("Σ"));
        assert_eq!(greek_unicode("sigmoid"), None);
    }

    #[test]
    fn names_come_apart() {
        let parts = |name: &str| {
            let p = split_name(name);
            format!("{} {:?} {:?}", p.base, p.accents.join(","), p.subscripts.join(","))
        };
        assert_eq!(parts("Sigma"), r#"Sigma "" """#);
        assert_eq!(parts("W12"), r#"W "" "12""#);
        assert_eq!(parts("y_hat1"), r#"y "hat" "1""#);
        assert_eq!(parts("y_hat_i"), r#"y "hat" "i""#);
        assert_eq!(parts("x_max"), r#"x "" "max""#);
        assert_eq!(parts("x1_2"), r#"x "" "1,2""#);
    }
}
