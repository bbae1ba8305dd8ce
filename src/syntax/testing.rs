//! For tests of this module: a vocabulary of the language's functions, and trees as text.

use super::{Ast, AstId, Big, Builtin, Kind, Place, Times, Vocabulary};
use crate::base::Diagnostic;
use std::collections::BTreeSet;

/// Name, fewest and most arguments, and whether it may go without parentheses.
const FUNCTIONS: &[(&str, u8, u8, bool)] = &[
    ("exp", 1, 1, true),
    ("log", 1, 1, true),
    ("log1p", 1, 1, true),
    ("sqrt", 1, 1, true),
    ("sin", 1, 1, true),
    ("cos", 1, 1, true),
    ("tan", 1, 1, true),
    ("tanh", 1, 1, true),
    ("abs", 1, 1, true),
    ("sign", 1, 1, true),
    ("relu", 1, 1, true),
    ("step", 1, 1, true),
    ("sigmoid", 1, 1, true),
    ("softplus", 1, 1, true),
    ("square", 1, 1, true),
    ("pow", 2, 2, false),
    ("max", 2, 2, false),
    ("min", 2, 2, false),
    ("softmax", 1, 1, true),
    ("logsumexp", 1, 1, true),
    ("logsoftmax", 1, 1, true),
    ("expm", 1, 1, true),
    ("pinv", 1, 1, true),
    ("inv", 1, 1, true),
    ("transpose", 1, 1, true),
    ("tr", 1, 1, true),
    ("det", 1, 1, true),
    ("logdet", 1, 1, true),
    ("adj", 1, 1, true),
    ("diag", 1, 1, true),
    ("Diag", 1, 1, true),
    ("vec", 1, 1, true),
    ("sym", 1, 1, true),
    ("sum", 1, 1, true),
    ("mean", 1, 1, true),
    ("rowsum", 1, 1, true),
    ("norm", 1, 1, true),
    ("norm1", 1, 1, true),
    ("norm2", 1, 1, true),
    ("spectral", 1, 1, true),
    ("nuclear", 1, 1, true),
    ("kron", 2, 2, false),
    ("hadamard", 2, 2, false),
    ("inner", 2, 2, false),
    ("commutation", 2, 2, false),
    ("duplication", 1, 1, false),
    ("elimination", 1, 1, false),
    ("eye", 1, 1, false),
    ("ones", 1, 2, false),
    ("zeros", 1, 2, false),
    ("unit", 2, 2, false),
];

const ALIASES: &[(&str, &str)] = &[("ln", "log"), ("trace", "tr"), ("Tr", "tr"), ("Trace", "tr"), ("dot", "inner")];

pub(super) fn builtin(name: &str) -> Option<Builtin> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    FUNCTIONS.iter().find(|row| row.0 == name).map(|&(name, min, max, prefix)| Builtin { name, min, max, prefix })
}

/// A vocabulary with declared variables and functions, separated by blanks.
pub(super) fn vocabulary(variables: &str, functions: &str) -> Vocabulary<'static> {
    let set = |names: &str| names.split_whitespace().map(str::to_string).collect::<BTreeSet<_>>();
    Vocabulary { builtin: &builtin, variables: set(variables), functions: set(functions), macros: "" }
}

/// The tree in prefix form.
pub(super) fn dump(ast: &Ast) -> String {
    let mut out = String::new();
    for definition in &ast.lets {
        out.push_str(&format!("{}={}; ", definition.name, node(ast, definition.value)));
    }
    out + &node(ast, ast.body)
}

fn node(ast: &Ast, id: AstId) -> String {
    let go = |id: &AstId| node(ast, *id);
    let list = |ids: &[AstId]| ids.iter().map(go).collect::<Vec<_>>().join(" ");
    match &ast.node(id).kind {
        Kind::Number(value) => value.to_string(),
        Kind::Name(name) => name.clone(),
        Kind::Neg(a) => format!("(neg {})", go(a)),
        Kind::Sum(terms) => {
            format!("(sum{})", terms.iter().map(|(neg, t)| format!(" {}{}", if *neg { "-" } else { "+" }, go(t))).collect::<String>())
        }
        Kind::Product(factors) => {
            let sign = |times: &Times| match times {
                Times::Product => "",
                Times::Dot => "cdot:",
                Times::Hadamard => ".*:",
                Times::HadamardDivide => "./:",
                Times::Divide => "/:",
                Times::LeftDivide => "\\:",
                Times::Kron => "kron:",
                Times::MatMul => "@:",
                Times::Broadcast => "*:",
                Times::BroadcastDivide => "//:",
            };
            format!("({})", factors.iter().map(|(times, f)| format!("{}{}", sign(times), go(f))).collect::<Vec<_>>().join(" "))
        }
        Kind::Power(a, b) => format!("(^ {} {})", go(a), go(b)),
        Kind::HadamardPower(a, b) => format!("(.^ {} {})", go(a), go(b)),
        Kind::Transpose(a) => format!("(T {})", go(a)),
        Kind::Call { name, primes, args, .. } => format!("{name}{}[{}]", "'".repeat(usize::from(*primes)), list(args)),
        Kind::Bars(bars, a) => format!("({bars:?} {})", go(a)),
        Kind::Inner(a, b) => format!("<{} {}>", go(a), go(b)),
        Kind::Index(a, places) => {
            let place = |p: &Place| if let Place::At(id) = p { go(id) } else { ":".to_string() };
            format!("(at {} {})", go(a), places.iter().map(place).collect::<Vec<_>>().join(" "))
        }
        Kind::Identity => "I".into(),
        Kind::OnesVector => "1s".into(),
        Kind::Big { big, index, low, high, skip, body, .. } => {
            let word = if *big == Big::Sum { "SUM" } else { "PROD" };
            let bound = |b: &Option<AstId>| b.as_ref().map_or("_".to_string(), go);
            let skip = skip.as_ref().map_or_else(String::new, |skip| format!(" but {}", go(skip)));
            format!("({word} {index} {} {}{skip} {})", bound(low), bound(high), go(body))
        }
        Kind::Member { family, index } => format!("{family}@{}", index.iter().map(go).collect::<Vec<_>>().join(",")),
    }
}

/// The tree of what was read, or the kind, the message and the hint of what is wrong.
pub(super) fn told(read: Result<Ast, Diagnostic>) -> String {
    read.map_or_else(
        |error| format!("ERROR {}: {} | {}", error.fault.word(), error.message, error.hint.unwrap_or_default()),
        |ast| dump(&ast),
    )
}

/// Compares each text's tree with the one that stands beside it.
pub(super) fn check_all(tree: impl Fn(&str) -> String, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(tree(text), *expected, "for `{text}`");
    }
}
