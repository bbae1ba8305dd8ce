//! What LaTeX commands mean, and what to write instead of those that mean nothing here.

use super::faces::Typeface;
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::names::greek_unicode;
use crate::syntax::{Times, Vocabulary};

/// What a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// A letter, under its canonical name.
    Letter(&'static str),
    /// A change of typeface around its argument.
    Style(Typeface),
    /// A change of typeface up to the end of the group: `\bf`.
    Declaration(Typeface),
    /// Something around an argument that says nothing of it: `\mathord{…}`.
    Frame,
    /// A hat or the like, with the suffix that it gives to the name; an arrow has none.
    Accent(&'static str),
    Operator(Times),
    Colon,
    Fraction,
    Root,
    Sum,
    Prod,
    /// A function of the vocabulary; the text is its spelling.
    Function,
    /// A sign in superscripts alone: `\top`, `\dagger`, `\prime`, `\ast`.
    Superscript,
    Unknown,
}

const STYLES: &[(&str, Command)] = &[
    ("mathbf", Command::Style(Typeface::Bold)),
    ("textbf", Command::Style(Typeface::Bold)),
    ("boldsymbol", Command::Style(Typeface::BoldItalic)),
    ("bm", Command::Style(Typeface::BoldItalic)),
    ("pmb", Command::Style(Typeface::BoldItalic)),
    ("symbf", Command::Style(Typeface::Bold)),
    ("symbfit", Command::Style(Typeface::BoldItalic)),
    ("mathbfit", Command::Style(Typeface::BoldItalic)),
    ("mathbfsf", Command::Style(Typeface::Bold)),
    ("mathrm", Command::Style(Typeface::Upright)),
    ("mathsf", Command::Style(Typeface::Upright)),
    ("mathtt", Command::Style(Typeface::Upright)),
    ("mathup", Command::Style(Typeface::Upright)),
    ("mathit", Command::Style(Typeface::Italic)),
    // With a letter behind them and no braces; with braces they hold words.
    ("textrm", Command::Style(Typeface::Upright)),
    ("textup", Command::Style(Typeface::Upright)),
    ("textsf", Command::Style(Typeface::Upright)),
    ("textnormal", Command::Style(Typeface::Upright)),
    ("textit", Command::Style(Typeface::Italic)),
    ("text", Command::Style(Typeface::Upright)),
    ("mathnormal", Command::Style(Typeface::Normal)),
    ("mathcal", Command::Style(Typeface::Calligraphic)),
    ("mathscr", Command::Style(Typeface::Script)),
    ("mathfrak", Command::Style(Typeface::Fraktur)),
    ("mathbb", Command::Style(Typeface::Blackboard)),
    ("mathbbm", Command::Style(Typeface::Blackboard)),
    ("mathds", Command::Style(Typeface::Blackboard)),
    ("operatorname", Command::Style(Typeface::Operator)),
    ("operatorname*", Command::Style(Typeface::Operator)),
    ("mathop", Command::Style(Typeface::Operator)),
    ("bf", Command::Declaration(Typeface::Bold)),
    ("bfseries", Command::Declaration(Typeface::Bold)),
    ("boldmath", Command::Declaration(Typeface::BoldItalic)),
    ("unboldmath", Command::Declaration(Typeface::Normal)),
    ("rm", Command::Declaration(Typeface::Upright)),
    ("rmfamily", Command::Declaration(Typeface::Upright)),
    ("sf", Command::Declaration(Typeface::Upright)),
    ("sffamily", Command::Declaration(Typeface::Upright)),
    ("tt", Command::Declaration(Typeface::Upright)),
    ("ttfamily", Command::Declaration(Typeface::Upright)),
    ("operatorfont", Command::Declaration(Typeface::Upright)),
    ("it", Command::Declaration(Typeface::Italic)),
    ("itshape", Command::Declaration(Typeface::Italic)),
    ("sl", Command::Declaration(Typeface::Italic)),
    ("em", Command::Declaration(Typeface::Italic)),
    ("mit", Command::Declaration(Typeface::Normal)),
    ("cal", Command::Declaration(Typeface::Calligraphic)),
    ("ensuremath", Command::Frame),
    ("mathord", Command::Frame),
    ("mathbin", Command::Frame),
    ("mathrel", Command::Frame),
    ("mathopen", Command::Frame),
    ("mathclose", Command::Frame),
    ("mathinner", Command::Frame),
    ("boxed", Command::Frame),
    ("smash", Command::Frame),
];

const ACCENTS: &[(&str, &str)] = &[
    ("hat", "hat"),
    ("widehat", "hat"),
    ("tilde", "tilde"),
    ("widetilde", "tilde"),
    ("bar", "bar"),
    ("overline", "bar"),
    ("dot", "dot"),
    ("ddot", "ddot"),
    ("check", "check"),
    ("breve", "breve"),
    ("underline", "underline"),
    ("underbar", "underline"),
    ("vec", ""),
    ("overrightarrow", ""),
];

const OPERATORS: &[(&str, Times)] = &[
    ("cdot", Times::Dot),
    ("times", Times::Product),
    ("ast", Times::Product),
    ("bullet", Times::Dot),
    ("odot", Times::Hadamard),
    ("circ", Times::Hadamard),
    ("otimes", Times::Kron),
    ("oslash", Times::HadamardDivide),
    ("div", Times::Divide),
    ("backslash", Times::LeftDivide),
    ("setminus", Times::LeftDivide),
];

const GREEK_VARIANTS: &[(&str, &str)] = &[
    ("varkappa", "kappa"),
    ("varSigma", "Sigma"),
    ("varLambda", "Lambda"),
    ("varOmega", "Omega"),
    ("varGamma", "Gamma"),
    ("varPhi", "Phi"),
    ("varPsi", "Psi"),
    ("varDelta", "Delta"),
    ("varTheta", "Theta"),
];

const GREEK: &[&str] = &[
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "ell",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Upsilon",
    "Phi",
    "Psi",
    "Omega",
    "Alpha",
    "Beta",
    "Epsilon",
    "Zeta",
    "Eta",
    "Iota",
    "Kappa",
    "Mu",
    "Nu",
    "Omicron",
    "Rho",
    "Tau",
    "Chi",
    "varepsilon",
    "vartheta",
    "varphi",
    "varrho",
    "varsigma",
    "varpi",
];

/// Commands of other kinds, for recognising LaTeX and for suggestions.
const OTHERS: &[(&str, Command)] = &[
    ("frac", Command::Fraction),
    ("dfrac", Command::Fraction),
    ("tfrac", Command::Fraction),
    ("cfrac", Command::Fraction),
    ("nicefrac", Command::Fraction),
    ("sfrac", Command::Fraction),
    ("sqrt", Command::Root),
    ("sum", Command::Sum),
    ("prod", Command::Prod),
    ("colon", Command::Colon),
    ("phantom", Command::Unknown),
    ("top", Command::Superscript),
    ("intercal", Command::Superscript),
    ("dagger", Command::Superscript),
    ("prime", Command::Superscript),
    ("star", Command::Superscript),
];

/// Functions that LaTeX itself has commands for, or that people define.
const FUNCTIONS: &[&str] = &[
    "log", "ln", "exp", "det", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "max", "min", "tr", "Tr",
    "trace", "Trace", "diag", "Diag", "rank", "sgn", "sign", "lg",
];

/// Commands of which we know that we cannot read them, and what to write instead.
const REFUSED: &[(&str, &str)] = &[
    ("partial", "ask for the derivative with a command: `matdiff grad EXPR --wrt X`"),
    ("nabla", "ask for the derivative with a command: `matdiff grad EXPR --wrt X`"),
    ("dv", "ask for the derivative with a command: `matdiff grad EXPR --wrt X`"),
    ("pdv", "ask for the derivative with a command: `matdiff grad EXPR --wrt X`"),
    ("E", "expectations are not supported: write the mean over samples, `\\frac{1}{N}\\sum_{i=1}^{N} …`"),
    ("EE", "expectations are not supported: write the mean over samples, `\\frac{1}{N}\\sum_{i=1}^{N} …`"),
    ("Var", "the variance is `\\frac{1}{n}\\|x - \\operatorname{mean}(x)\\|^2`"),
    ("Cov", "a covariance is a matrix of its own: give it a name"),
    ("mathrm{d}", "ask for the differential with a command: `matdiff diff EXPR`"),
    ("int", "integrals are not supported"),
    ("iint", "integrals are not supported"),
    ("lim", "limits are not supported"),
    ("infty", "infinity is read as the name of a norm alone: `\\|x\\|_\\infty`"),
    ("ldots", "write a sum or product with an index: `\\sum_{i=1}^{n} …`"),
    ("cdots", "write a sum or product with an index: `\\sum_{i=1}^{n} …`"),
    ("dots", "write a sum or product with an index: `\\sum_{i=1}^{n} …`"),
    ("begin", "matrices of entries are not read; name the matrix and declare it: --var 'A: matrix(2,2)'"),
    ("end", "matrices of entries are not read; name the matrix and declare it: --var 'A: matrix(2,2)'"),
    ("binom", "write the number itself"),
    ("over", "write `\\frac{a}{b}`"),
    ("pm", "write both expressions"),
    ("oplus", "write `A \\otimes I_n + I_m \\otimes B` for a Kronecker sum"),
    ("bigoplus", "direct sums are not supported"),
    ("bigotimes", "write the Kronecker products out: `A \\otimes B`"),
    ("le", "give one side, or the difference of both"),
    ("leq", "give one side, or the difference of both"),
    ("ge", "give one side, or the difference of both"),
    ("geq", "give one side, or the difference of both"),
    ("lt", "give one side, or the difference of both"),
    ("gt", "give one side, or the difference of both"),
    ("ne", "give one side, or the difference of both"),
    ("neq", "give one side, or the difference of both"),
    ("approx", "give one side, or the difference of both"),
    ("propto", "give one side alone"),
    ("sim", "give the log density itself"),
    ("equiv", "give one side, or the difference of both"),
    ("in", "declare the variable: --var 'X in R^{m x n}'"),
    ("to", "give the expression alone"),
    ("mapsto", "give the expression alone"),
    ("argmin", "give the objective alone, and ask `matdiff solve`"),
    ("arg", "give the objective alone, and ask `matdiff solve`"),
    ("argmax", "give the objective alone, and ask `matdiff solve`"),
    ("mathbbE", "expectations are not supported"),
    ("overset", "give the symbol alone"),
    ("underset", "give the symbol alone"),
    ("underbrace", "give the expression alone"),
    ("overbrace", "give the expression alone"),
    ("substack", "give one index a sum"),
    ("cases", "write the function: `relu(x)`, `step(x)`, `abs(x)`"),
];

/// Whether a command is an operator between two factors.
pub(super) fn is_operator(name: &str) -> bool {
    OPERATORS.iter().any(|(operator, _)| *operator == name)
}

/// Whether a command puts something on its argument.
pub(super) fn is_accent_command(name: &str) -> bool {
    ACCENTS.iter().any(|(accent, _)| *accent == name)
}

/// What a command means under a vocabulary.
pub(super) fn meaning(name: &str, vocabulary: &Vocabulary<'_>) -> Command {
    if let Some((_, letter)) = GREEK_VARIANTS.iter().find(|(variant, _)| *variant == name) {
        return Command::Letter(letter);
    }
    if let Some(letter) = GREEK.iter().find(|letter| **letter == name).filter(|letter| greek_unicode(letter).is_some()) {
        return Command::Letter(letter);
    }
    if let Some((_, command)) = STYLES.iter().find(|(style, _)| *style == name) {
        return *command;
    }
    if let Some((_, suffix)) = ACCENTS.iter().find(|(accent, _)| *accent == name) {
        return Command::Accent(suffix);
    }
    if let Some((_, times)) = OPERATORS.iter().find(|(operator, _)| *operator == name) {
        return Command::Operator(*times);
    }
    if let Some((_, command)) = OTHERS.iter().find(|(other, _)| *other == name) {
        return *command;
    }
    let listed = REFUSED.iter().any(|(refused, _)| *refused == name);
    if !listed && name.len() > 1 && vocabulary.spelled(name).is_some() { Command::Function } else { Command::Unknown }
}

/// The error for a command that is not known or not supported.
pub(super) fn refused(name: &str, at: Span, vocabulary: &Vocabulary<'_>) -> Diagnostic {
    let error = Diagnostic::new(Fault::Unsupported, format!("`\\{name}` cannot be read")).at(at);
    if let Some((_, hint)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
        return error.hint(*hint);
    }
    let near = candidates().map(|known| (strsim::jaro_winkler(known, name), known)).filter(|(score, _)| *score > 0.85);
    let near = near.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    match near {
        Some((_, known)) if name.len() > 1 => {
            let error = Diagnostic::new(Fault::Name, format!("there is no command `\\{name}`")).at(at);
            error.label(format!("did you mean `\\{known}`?"))
        }
        _ => {
            let variable = (vocabulary.builtin)(name).is_none() && name.bytes().all(|b| b.is_ascii_alphanumeric()) && !name.is_empty();
            if variable {
                error.hint(format!("write a function as `\\operatorname{{{name}}}(x)`, a name as `\\mathrm{{{name}}}`"))
            } else {
                error
            }
        }
    }
}

fn candidates() -> impl Iterator<Item = &'static str> {
    let pairs = ACCENTS.iter().map(|(name, _)| *name).chain(OPERATORS.iter().map(|(name, _)| *name));
    let others = GREEK_VARIANTS.iter().map(|(name, _)| *name).chain(OTHERS.iter().map(|(name, _)| *name));
    let styles = STYLES.iter().map(|(name, _)| *name);
    GREEK.iter().chain(FUNCTIONS).copied().chain(styles).chain(pairs).chain(others)
}

/// Whether a text is written in LaTeX: it holds a command that LaTeX knows, or mathematical delimiters. (A backslash alone
/// is a division from the left in the plain dialect.)
#[must_use]
pub fn looks_like_latex(text: &str) -> bool {
    let start = text.trim_start();
    if start.starts_with('$') || start.starts_with("\\[") || start.starts_with("\\(") {
        return true;
    }
    let known = |name: &str| {
        candidates().any(|known| known == name)
            || super::macros::is_known(name)
            || REFUSED.iter().any(|(known, _)| *known == name)
            || matches!(
                name,
                "left"
                    | "right"
                    | "big"
                    | "Big"
                    | "bigg"
                    | "Bigg"
                    | "bigl"
                    | "bigr"
                    | "Bigl"
                    | "Bigr"
                    | "langle"
                    | "rangle"
                    | "lVert"
                    | "rVert"
                    | "lvert"
                    | "rvert"
                    | "Vert"
                    | "vert"
                    | "quad"
                    | "qquad"
                    | "displaystyle"
                    | "begin"
                    | "lbrace"
                    | "rbrace"
                    | "mid"
            )
    };
    text.match_indices('\\').any(|(at, _)| {
        let rest = &text[at + 1..];
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, after) = rest.split_at(length);
        match after.bytes().next() {
            Some(b'{' | b'|' | b',' | b';' | b'!') if name.is_empty() => true,
            Some(b'{') if length > 1 => true,
            Some(b'*') if length > 1 => after.starts_with("*{"),
            _ => length > 0 && known(name),
        }
    })
}
