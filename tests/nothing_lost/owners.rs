//! Which node a sign belongs to, and whether it may.

use super::Sample;
use super::marks::{Class, Mark, marks};
use matdiff::base::Span;
use matdiff::syntax::{Ast, AstId, Bars, Kind, Times};
use std::collections::BTreeMap;
use std::ops::Range;

/// To whom a byte of the text belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Nobody,
    /// A remark, the name of a definition.
    Said,
    /// The name of a function, the index of a sum.
    Head(u32),
    Node(u32),
}

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

/// Signs of a division; the place of a fraction does not hold its command.
const DIVIDE: &[&str] =
    &["/", "÷", "⊘", "\\oslash", "\\div", "\\over", "\\frac", "\\dfrac", "\\tfrac", "\\cfrac", "\\nicefrac", "\\sfrac", "\\half"];

/// What is lost of a text in its tree.
pub fn lost(sample: &Sample, ast: &Ast) -> Vec<String> {
    let text = &sample.text;
    let owners = owners(text, ast);
    let mut own: BTreeMap<Owner, Vec<Mark>> = BTreeMap::new();
    let mut divisions = 0;
    for mark in marks(text, sample.latex) {
        let owner = owners[mark.range.start];
        if owner != Owner::Said && DIVIDE.contains(&&text[mark.range.clone()]) {
            divisions += 1;
            continue;
        }
        own.entry(owner).or_default().push(mark);
    }
    let mut wrong = Vec::new();
    let divided = |kind: &Kind| match kind {
        Kind::Product(factors) => factors.iter().filter(|f| matches!(f.0, Times::Divide | Times::HadamardDivide)).count(),
        _ => 0,
    };
    let meant: usize = ast.nodes.iter().map(|node| divided(&node.kind)).sum();
    if divisions != meant {
        wrong.push(format!("{divisions} divisions are written, {meant} stand in the tree"));
    }
    for (owner, marks) in &own {
        let words: Vec<&str> = marks.iter().map(|m| &text[m.range.clone()]).collect();
        let fault = match *owner {
            Owner::Said => None,
            Owner::Nobody => outside(text, &owners, marks).map(|what| format!("`{what}` stands in no node")),
            Owner::Head(id) => head(ast, AstId(id), &words),
            Owner::Node(id) => within(ast, AstId(id), marks, &words),
        };
        wrong.extend(fault);
    }
    // A sum whose signs are all gone has none of its own, so that it is not among the owners. That of `i<j` is j from i+1 on.
    for node in &ast.nodes {
        let Kind::Sum(terms) = &node.kind else { continue };
        let signs = node.span.of(text).chars().filter(|c| "+-−–⁻".contains(*c)).count();
        let written = terms.iter().all(|&(_, term)| ast.node(term).span != node.span);
        if signs + 1 < terms.len() && written {
            wrong.push(format!("a sum of {} terms with {signs} signs", terms.len()));
        }
    }
    wrong
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The owner of each byte: children after their parents, remarks where no node is.
fn owners(text: &str, ast: &Ast) -> Vec<Owner> {
    let mut owners = vec![Owner::Nobody; text.len()];
    let paint = |owners: &mut Vec<Owner>, span: Span, owner: Owner| {
        if let Some(bytes) = owners.get_mut(range(span)) {
            bytes.fill(owner);
        }
    };
    for (at, node) in ast.nodes.iter().enumerate().rev() {
        let id = u32::try_from(at).unwrap_or(u32::MAX);
        paint(&mut owners, node.span, Owner::Node(id));
    }
    for (at, node) in ast.nodes.iter().enumerate() {
        let id = u32::try_from(at).unwrap_or(u32::MAX);
        match &node.kind {
            // `\sum_{i,j}` is two sums, and one place is in the other.
            Kind::Big { at, .. } => {
                for byte in owners.get_mut(range(*at)).into_iter().flatten() {
                    *byte = if is_big(ast, *byte) { Owner::Head(id) } else { *byte };
                }
            }
            Kind::Call { at, .. } => {
                // A head may hold the arguments, as that of `\|x\|_3` does: those are not its own.
                for byte in owners.get_mut(range(*at)).into_iter().flatten() {
                    *byte = if *byte == Owner::Node(id) || is_number(ast, *byte) { Owner::Head(id) } else { *byte };
                }
            }
            // The places of its indices are its own.
            Kind::Member { .. } => paint(&mut owners, node.span, Owner::Node(id)),
            _ => {}
        }
    }
    for definition in &ast.lets {
        paint(&mut owners, definition.span, Owner::Said);
    }
    for remark in &ast.page.remarks {
        let nobody = range(remark.span).all(|at| owners.get(at) == Some(&Owner::Nobody));
        let outer = range(remark.span).all(|at| owners.get(at).is_some_and(|o| matches!(o, Owner::Node(_) | Owner::Nobody)));
        // A remark that is about a whole subtree covers nothing that is lost in it.
        let about = ast.nodes.iter().any(|node| {
            let (node, said) = (range(node.span), range(remark.span));
            said.start <= node.start && node.end <= said.end && !node.is_empty()
        });
        if (nobody || outer) && !about {
            owners[range(remark.span)].fill(Owner::Said);
        }
    }
    owners
}

fn is_big(ast: &Ast, owner: Owner) -> bool {
    matches!(owner, Owner::Node(id) if matches!(ast.node(AstId(id)).kind, Kind::Big { .. }))
}

/// Whether a byte belongs to a number, as the name does in `sin^2 x`.
fn is_number(ast: &Ast, owner: Owner) -> bool {
    matches!(owner, Owner::Node(id) if matches!(ast.node(AstId(id)).kind, Kind::Number(_)))
}

/// What the formula and its parts are called: the place of each sign before a sign of equality outside of the tree.
pub fn called(sample: &Sample, ast: &Ast) -> Vec<usize> {
    let owners = owners(&sample.text, ast);
    let marks: Vec<Mark> = marks(&sample.text, sample.latex).into_iter().filter(|m| owners[m.range.start] == Owner::Nobody).collect();
    let calls = |part: &[&Mark]| part.iter().rposition(|mark| CALLS.contains(&&sample.text[mark.range.clone()])).map_or(0, |at| at + 1);
    parts(&owners, &marks).iter().flat_map(|part| part[..calls(part)].iter().map(|mark| mark.range.start)).collect()
}

/// Signs of equality.
const CALLS: &[&str] = &["=", ":", "\\coloneqq", "\\coloneq", "\\triangleq", "\\equiv"];

/// Rows of signs with nothing of the tree between them.
fn parts<'a>(owners: &[Owner], marks: &'a [Mark]) -> Vec<Vec<&'a Mark>> {
    let mut parts: Vec<Vec<&Mark>> = Vec::new();
    for mark in marks {
        let together = |last: &Mark| owners[last.range.end..mark.range.start].iter().all(|o| *o == Owner::Nobody);
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|last| together(last)) => part.push(mark),
            _ => parts.push(vec![mark]),
        }
    }
    parts
}

/// What stands outside of all nodes and may not. What the formula is called may, up to the sign behind it.
fn outside(text: &str, owners: &[Owner], marks: &[Mark]) -> Option<String> {
    const ALLOWED: &[&str] = &["let", "where", "with", "and", ",", ";", ".", "_F", "_2"];
    for part in parts(owners, marks) {
        let word = |mark: &Mark| &text[mark.range.clone()];
        let called = part.iter().rposition(|mark| CALLS.contains(&word(mark))).map_or(0, |at| at + 1);
        // In LaTeX a word comes letter by letter.
        let mut words: Vec<String> = Vec::new();
        for (at, mark) in part.iter().enumerate().skip(called) {
            let joins = at > called && (word(part[at - 1]) == "_" || mark.class == Class::Letter && part[at - 1].class == Class::Letter);
            match words.last_mut() {
                Some(last) if joins => last.push_str(word(mark)),
                _ => words.push(word(mark).to_owned()),
            }
        }
        if let Some(lost) = words.into_iter().find(|word| !ALLOWED.contains(&word.as_str())) {
            return Some(lost);
        }
    }
    None
}

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
fn head(ast: &Ast, id: AstId, words: &[&str]) -> Option<String> {
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
    ];
    let written = spelled(words);
    let name = match &ast.node(id).kind {
        Kind::Call { name, .. } => name,
        Kind::Big { index, .. } => index,
        _ => return None,
    };
    let of_bars = matches!(name.as_str(), "pnorm" | "wnorm") && words.iter().any(|w| ["\\|", "|", "‖", "\\lVert", "\\Vert"].contains(w));
    let near = of_bars && written.chars().all(|c| c.is_ascii_digit())
        || holds(&name.to_lowercase(), &written.to_lowercase())
        || OTHERS.contains(&written.as_str());
    (!near).then(|| format!("`{}` is read as `{name}`", words.concat()))
}

/// What is among the signs of a node and may not be.
fn within(ast: &Ast, id: AstId, marks: &[Mark], words: &[&str]) -> Option<String> {
    let node = ast.node(id);
    // `⟨A, B⟩_F` and `‖x‖²_F`: the sign of the norm stands behind its place.
    let words: Vec<&str> = match words.iter().position(|w| *w == "_") {
        Some(at) if !matches!(node.kind, Kind::Bars(..)) && matches!(words.get(at + 1), Some(&"F" | &"2")) => {
            words.iter().enumerate().filter(|(i, _)| *i != at && *i != at + 1).map(|(_, w)| *w).collect()
        }
        _ => words.to_vec(),
    };
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
        Kind::HadamardPower(..) => all(&[".", "^", "\\circ", "\\odot"]),
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
            let allowed = [",", ";", "^", ".", "'", "_", "\\|", "|", "‖", "\\lVert", "\\rVert", "²", "³"];
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
                "sum", "prod", "∑", "Σ", "∏", "\\sum", "\\prod", "_", "^", "=", ":", ",", ".", "!", "≠", "\\ne", "\\neq", "\\in", "<",
                "\\lt", "\\le", "\\leq", "≤",
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
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let as_number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    let (Some(a), Some(b), true) = (as_number(whole), as_number(part), part.len() < 18) else { return Some(words.concat()) };
    let scale = 10i128.pow(u32::try_from(part.len()).unwrap_or(0));
    let (top, bottom) = value.split_once('/').unwrap_or((value, "1"));
    let (Ok(top), Ok(bottom)) = (top.parse::<i128>(), bottom.parse::<i128>()) else { return None };
    let meant = (a * scale + b) * if negative { -1 } else { 1 };
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
    let known = [PRODUCT, HADAMARD, LEFT, KRON, &["."]].concat();
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

/// A tree and its remarks without places.
pub fn meaning(ast: &Ast) -> String {
    let mut out = String::new();
    for node in &ast.nodes {
        out.push_str(&unplaced(&format!("{:?}\n", node.kind)));
    }
    for definition in &ast.lets {
        out.push_str(&format!("{} {:?} {:?}\n", definition.name, definition.index, definition.value));
    }
    for remark in &ast.page.remarks {
        out.push_str(&format!("{}\n", remark.note));
    }
    out.push_str(&format!("{:?} {:?}", ast.body, ast.page.signs));
    out
}

/// Debug text without `Span { … }`.
fn unplaced(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("Span {") {
        out.push_str(before);
        rest = behind.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}
