//! Which signs may be a node's own: a sum's are plus and minus signs, a name's the letters of the name.

use super::Sample;
use super::marks::Mark;
use matdiff::elab;
use matdiff::syntax::{Ast, AstId, Bars, Kind, Times, Written};

/// Greek letters and the words of their names.
const GREEK: &[(&str, &str)] = &[
    ("α", "alpha"),
    ("β", "beta"),
    ("γ", "gamma"),
    ("δ", "delta"),
    ("ε", "epsilon"),
    ("ϵ", "epsilon"),
    ("ζ", "zeta"),
    ("η", "eta"),
    ("θ", "theta"),
    ("ι", "iota"),
    ("κ", "kappa"),
    ("λ", "lambda"),
    ("μ", "mu"),
    ("µ", "mu"),
    ("ν", "nu"),
    ("ξ", "xi"),
    ("π", "pi"),
    ("ρ", "rho"),
    ("σ", "sigma"),
    ("τ", "tau"),
    ("υ", "upsilon"),
    ("φ", "phi"),
    ("ϕ", "phi"),
    ("χ", "chi"),
    ("ψ", "psi"),
    ("ω", "omega"),
    ("Γ", "Gamma"),
    ("Δ", "Delta"),
    ("Θ", "Theta"),
    ("Λ", "Lambda"),
    ("Ξ", "Xi"),
    ("Π", "Pi"),
    ("Σ", "Sigma"),
    ("Φ", "Phi"),
    ("Ψ", "Psi"),
    ("Ω", "Omega"),
    ("ℓ", "ell"),
];

/// Words for accents, longest first, and what they add to a name.
const ACCENTS: &[(&str, &str)] = &[("widehat", "hat"), ("widetilde", "tilde"), ("overline", "bar"), ("underline", "")];

/// The letters and digits of what is written, with the names of Greek letters, and words for accents and signs.
fn spelled(words: &[&str]) -> String {
    let mut out = String::new();
    for word in words {
        let word = word.trim_start_matches('\\');
        if let Some((_, name)) = GREEK.iter().chain(ACCENTS).find(|(sign, _)| *sign == word) {
            out.push_str(name);
            continue;
        }
        for c in word.chars() {
            match GREEK.iter().find(|(sign, _)| sign.chars().eq([c])) {
                Some((_, name)) => out.push_str(name),
                None => out.extend(c.to_string().chars().map(plain_digit).filter(|c| c.is_alphanumeric())),
            }
        }
    }
    out
}

/// The digit or letter of a small one.
fn plain_digit(c: char) -> char {
    const SMALL: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉";
    let small = SMALL.chars().position(|s| s == c).and_then(|at| char::from_digit(u32::try_from(at % 10).unwrap_or(0), 10));
    small.unwrap_or(match c {
        'ᵢ' => 'i',
        'ⱼ' => 'j',
        'ₖ' => 'k',
        'ₙ' => 'n',
        'ₘ' => 'm',
        'ₜ' => 't',
        other => other,
    })
}

/// Whether each letter of one stands in the other as often.
fn holds(name: &str, letters: &str) -> bool {
    let count = |text: &str, c: char| text.chars().filter(|&other| other == c).count();
    letters.chars().all(|c| count(name, c) >= count(letters, c))
}

/// What the head of a function or a sum says that its name does not.
pub fn head(sample: &Sample, ast: &Ast, id: AstId, words: &[&str]) -> Option<String> {
    // Spellings that share no letters with the name of the row.
    const OTHERS: &[&str] = &[
        "ln",
        "expit",
        "e",
        "sgn",
        "lg",
        "hadamard",
        "trace",
        "Trace",
        "Tr",
        "transpose",
        "dot",
        "inner",
        "norm",
        "normF",
        "inverse",
        "1",
        "0",
        "dagger",
        "lambdamax",
        "lambdamin",
        "Phi",
    ];
    let written = spelled(words);
    let name = match &ast.node(id).kind {
        Kind::Call { name, .. } => name,
        Kind::Big { index, .. } => index,
        _ => return None,
    };
    let of_bars = matches!(name.as_str(), "pnorm" | "wnorm") && words.iter().any(|w| ["\\|", "|", "‖", "\\lVert", "\\Vert"].contains(w));
    let vocabulary = elab::vocabulary(sample.variables.clone(), sample.functions.clone());
    let alias = (vocabulary.builtin)(&written).is_some_and(|row| row.name == name);
    let code = sample.written == Written::Numpy;
    let near = alias
        || code
        || of_bars && written.chars().all(|c| c.is_ascii_digit())
        || holds(&name.to_lowercase(), &written.to_lowercase())
        || OTHERS.contains(&written.as_str());
    (!near).then(|| format!("`{}` is read as `{name}`", words.concat()))
}

/// What is among the signs of a node and may not be.
pub fn within(sample: &Sample, ast: &Ast, id: AstId, marks: &[Mark], words: &[&str]) -> Option<String> {
    let node = ast.node(id);
    // `⟨A, B⟩_F` and `‖x‖²_F`: the sign of the norm stands behind its place.
    let words: Vec<&str> = match words.iter().position(|w| *w == "_") {
        Some(at) if !matches!(node.kind, Kind::Bars(..)) && matches!(words.get(at + 1), Some(&"F" | &"2")) => {
            words.iter().enumerate().filter(|(i, _)| *i != at && *i != at + 1).map(|(_, w)| *w).collect()
        }
        _ => words.to_vec(),
    };
    // In code a function may stand for an operator, `np.dot(a, b)`, and a keyword for another function.
    let named = |word: &str| {
        word.contains('.') && word.len() > 1 || word.starts_with(['\'', '"']) || ["ord", "axis", "keepdims", "dim"].contains(&word)
    };
    let leaf = matches!(node.kind, Kind::Name(_) | Kind::Number(_) | Kind::Member { .. });
    let words: Vec<&str> =
        words.into_iter().filter(|word| leaf || sample.written != Written::Numpy || !named(word) && !["=", ","].contains(word)).collect();
    let words = words.as_slice();
    if words.is_empty() {
        return None;
    }
    let all = |allowed: &[&str]| words.iter().find(|word| !allowed.contains(word)).map(|word| (*word).to_owned());
    let fault = match &node.kind {
        Kind::Number(value) => number(&value.to_string(), words),
        Kind::Name(name) => name_of(name, words),
        Kind::Member { family, index } => {
            let letters: String = index.iter().map(|&i| letters(ast, i)).collect();
            name_of(&format!("{family}_{letters}"), words)
        }
        Kind::Identity | Kind::OnesVector => (words.len() > 2 + usize::from(words.contains(&"_"))).then(|| words.concat()),
        Kind::Neg(_) => all(&["-", "−", "–"]).or((marks.len() != 1).then(|| words.concat())),
        Kind::Sum(terms) => all(&["+", "-", "−", "–", "\\\\"]).or((words.len() > terms.len()).then(|| words.concat())),
        Kind::Product(factors) => product(factors.iter().map(|f| f.0), words),
        Kind::Power(..) => all(&["^", "**", "*", "\\sqrt"]),
        Kind::HadamardPower(..) => all(&[".", "^", "\\circ", "\\odot", "*"]),
        Kind::Transpose(_) => all(&[
            "'",
            "’",
            "′",
            ".",
            "^",
            "T",
            "t",
            "⊤",
            "ᵀ",
            "⊺",
            "\\top",
            "\\intercal",
            "\\prime",
            "-",
            "⁻",
            "\\dagger",
            "H",
            "tr",
            "transpose",
            "*",
            "\\ast",
        ]),
        Kind::Call { .. } => {
            let power = words.contains(&"^");
            let allowed = [",", ";", "+", "^", ".", "'", "_", "\\|", "|", "‖", "\\lVert", "\\rVert", "²", "³"];
            let digits = |word: &str| power && word.chars().all(|c| c.is_ascii_digit());
            words.iter().find(|word| !allowed.contains(word) && !digits(word)).map(|word| (*word).to_owned())
        }
        Kind::Bars(bars, _) => norm(*bars, words),
        Kind::Inner(..) => all(&["⟨", "⟩", "<", ">", ",", "\\langle", "\\rangle", "_", "F", "\\cdot", "\\mid", "|"]),
        Kind::Index(..) => all(&["[", "]", ",", ":", "_"]),
        Kind::Big { index, .. } => {
            let bare = |word: &&str| word.trim_end_matches('_') != "sum" && word.trim_end_matches('_') != "prod";
            let own = |word: &&str| {
                *word == index || index.contains(word) || ["sum_", "prod_"].iter().any(|h| word.strip_prefix(h) == Some(index))
            };
            let rest: Vec<&str> = words.iter().copied().filter(|w| bare(w) && !own(w)).collect();
            let allowed = [
                "sum",
                "prod",
                "∑",
                "Σ",
                "∏",
                "\\sum",
                "\\prod",
                "_",
                "^",
                "=",
                ":",
                ",",
                ".",
                "!",
                "≠",
                "\\ne",
                "\\neq",
                "\\in",
                "<",
                "\\lt",
                "\\le",
                "\\leq",
                "≤",
                "in",
                "∈",
                "\\substack",
                "\\ldots",
                "\\dots",
                "…",
                "1",
                "I",
            ];
            rest.iter().find(|word| !allowed.contains(word)).map(|word| (*word).to_owned())
        }
    };
    fault.map(|what| format!("`{what}` is lost in `{}`", describe(&node.kind)))
}

/// The names and numbers below a node.
fn letters(ast: &Ast, id: AstId) -> String {
    match &ast.node(id).kind {
        Kind::Name(name) => name.clone(),
        Kind::Number(value) => value.to_string(),
        _ => ast.children(id).into_iter().map(|child| letters(ast, child)).collect(),
    }
}

fn describe(kind: &Kind) -> String {
    let text = format!("{kind:?}");
    text.chars().take(70).collect()
}

/// Letters that are written and do not stand in a name.
fn name_of(name: &str, words: &[&str]) -> Option<String> {
    let operator = words.iter().find(|w| matches!(**w, "+" | "-" | "−" | "/" | "=" | "\\cdot" | "," | "|" | "\\|"));
    let inside = operator.filter(|_| !name.contains(['_', '+', '-']));
    if let Some(word) = inside {
        return Some((*word).to_owned());
    }
    (!holds(name, &spelled(words))).then(|| words.concat())
}

/// Signs that do not belong to a number.
fn number(value: &str, words: &[&str]) -> Option<String> {
    const FRACTIONS: &[(&str, &str)] = &[("½", "1/2"), ("¼", "1/4"), ("¾", "3/4"), ("⅓", "1/3"), ("⅔", "2/3"), ("⅛", "1/8"), ("⅕", "1/5")];
    // `A^{-T}` is the transpose of the power -1, which stands where the T stands.
    let words: Vec<&str> = if value == "-1" {
        words.iter().copied().filter(|w| !["T", "⊤", "ᵀ", "\\top", "\\intercal"].contains(w)).collect()
    } else {
        words.to_vec()
    };
    let written: String = words.concat().replace(['−', '–', '⁻'], "-").replace('^', "").chars().map(plain_digit).collect();
    if FRACTIONS.contains(&(written.as_str(), value)) {
        return None;
    }
    let (digits, negative) = (written.trim_start_matches('-'), written.starts_with('-'));
    let (digits, power) = digits.split_once(['e', 'E']).map_or((digits, 0), |(d, e)| (d, e.parse::<i32>().unwrap_or(0)));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let as_number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    let (Some(a), Some(b), true) = (as_number(whole), as_number(part), part.len() < 18) else { return Some(words.concat()) };
    let scale = 10i128.pow(u32::try_from(part.len()).unwrap_or(0));
    let (top, bottom) = value.split_once('/').unwrap_or((value, "1"));
    let (Ok(top), Ok(bottom)) = (top.parse::<i128>(), bottom.parse::<i128>()) else { return None };
    let tens = 10i128.pow(power.unsigned_abs().min(18));
    let meant = (a * scale + b) * if negative { -1 } else { 1 } * if power > 0 { tens } else { 1 };
    let scale = scale * if power < 0 { tens } else { 1 };
    (meant * bottom != top * scale && written != "-").then(|| words.concat())
}

/// Signs between factors that are not those of the product.
fn product(joins: impl Iterator<Item = Times>, words: &[&str]) -> Option<String> {
    let joins: Vec<Times> = joins.collect();
    let count = |of: &[&str]| words.iter().filter(|word| of.contains(word)).count();
    let have = |times: Times| joins.iter().skip(1).filter(|join| **join == times).count();
    const PRODUCT: &[&str] = &["*", "·", "⋅", "@", "×", "\\times", "\\cdot", "\\bullet", "\\ast"];
    const HADAMARD: &[&str] = &["∘", "⊙", "\\odot", "\\circ"];
    const LEFT: &[&str] = &["\\", "\\backslash", "\\setminus"];
    const KRON: &[&str] = &["⊗", "\\otimes"];
    // The last are of conditions that count as 0 and 1.
    let known = [PRODUCT, HADAMARD, LEFT, KRON, &["."], &["1", "I", "_", "\\in", "∈"]].concat();
    if let Some(word) = words.iter().find(|word| !known.contains(word)) {
        return Some((*word).to_owned());
    }
    let dots = count(&["."]);
    let fine = count(KRON) == have(Times::Kron)
        && count(LEFT) == have(Times::LeftDivide)
        && count(HADAMARD) + dots >= have(Times::Hadamard)
        && count(PRODUCT) + count(HADAMARD) < joins.len();
    (!fine).then(|| words.concat())
}

/// Signs of a norm that are not those of its kind.
fn norm(bars: Bars, words: &[&str]) -> Option<String> {
    let plain = [
        "|",
        "‖",
        "∥",
        "\\|",
        "\\lVert",
        "\\rVert",
        "\\Vert",
        "\\vert",
        "\\lvert",
        "\\rvert",
        "\\parallel",
        "\\norm",
        "\\norm*",
        "\\abs",
        "\\abs*",
        "_",
        "^",
    ];
    let kinds: &[&str] = match bars {
        Bars::Single | Bars::Double => &["2", "F", "Fro", "₂"],
        Bars::One => &["1", "₁"],
        Bars::Infinity => &["\\infty", "∞", "inf"],
        Bars::Nuclear => &["*", "\\ast", "\\star"],
    };
    let rest: Vec<&str> = words.iter().copied().filter(|w| !plain.contains(w)).collect();
    let fro = rest.concat();
    let named = kinds.contains(&fro.as_str()) || fro.is_empty() && matches!(bars, Bars::Single | Bars::Double);
    (!named).then_some(if fro.is_empty() { words.concat() } else { fro })
}
