//! Declarations of variables and functions: the texts of `--var`, `--fn` and `--wrt`.

use super::brackets::outside_brackets;
use super::names::{canonical, is_accent};
use super::{Ast, Vocabulary};
use crate::base::{Diagnostic, Fault, Span};
use pest::Parser;
use pest::iterators::Pair;

/// The parser that pest derives from the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/declare.pest"]
struct Grammar;

/// What a variable is declared to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeclaredKind {
    /// `scalar`; no sizes.
    Scalar,
    /// `vector(n)`: a column.
    Vector,
    /// `rowvector(n)`: a row.
    RowVector,
    /// `matrix(m,n)`.
    Matrix,
    /// `square(n)`.
    Square,
    /// `symmetric(n)`.
    Symmetric,
    /// `spd(n)`: symmetric positive definite.
    Spd,
    /// `skew(n)`: skew-symmetric.
    Skew,
    /// `diagonal(n)`.
    Diagonal,
    /// `lower(n)`: lower triangular.
    Lower,
    /// `upper(n)`: upper triangular.
    Upper,
    /// `orthogonal(n)`.
    Orthogonal,
    /// `onehot(n)`: a column with a single one.
    OneHot,
    /// `prob(n)`: a column that sums to one.
    Prob,
}

impl DeclaredKind {
    /// All kinds with their words and how many sizes they take.
    pub const ALL: [(&'static str, DeclaredKind, usize); 14] = [
        ("scalar", DeclaredKind::Scalar, 0),
        ("vector", DeclaredKind::Vector, 1),
        ("rowvector", DeclaredKind::RowVector, 1),
        ("matrix", DeclaredKind::Matrix, 2),
        ("square", DeclaredKind::Square, 1),
        ("symmetric", DeclaredKind::Symmetric, 1),
        ("spd", DeclaredKind::Spd, 1),
        ("skew", DeclaredKind::Skew, 1),
        ("diagonal", DeclaredKind::Diagonal, 1),
        ("lower", DeclaredKind::Lower, 1),
        ("upper", DeclaredKind::Upper, 1),
        ("orthogonal", DeclaredKind::Orthogonal, 1),
        ("onehot", DeclaredKind::OneHot, 1),
        ("prob", DeclaredKind::Prob, 1),
    ];

    /// The word for it in a declaration.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind, _)| *kind == self).map_or("", |(word, ..)| word)
    }

    /// How many sizes it takes.
    #[must_use]
    pub fn sizes(self) -> usize {
        Self::ALL.iter().find(|(_, kind, _)| *kind == self).map_or(0, |(_, _, sizes)| *sizes)
    }
}

/// A size in a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DimExpr {
    /// A positive integer.
    Number(u64),
    /// A dimension's name, canonical.
    Name(String),
    /// A sum, of two terms at least.
    Sum(Vec<DimExpr>),
    /// A product, of two factors at least.
    Product(Vec<DimExpr>),
    /// A size divided by a number, as in `n (n + 1)/2`.
    Quotient(Box<DimExpr>, u64),
}

/// One declared variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The name in canonical form, with its subscript (`x_i`).
    pub name: String,
    /// The name as it was spelled.
    pub spelling: String,
    /// The last subscript where it is a name: `i` in `x_i: vector(n)`, which may declare a family. `None` for `x`, `W1`, `y_hat`.
    pub family_index: Option<String>,
    /// What it is.
    pub kind: DeclaredKind,
    /// Its sizes; empty where they were left out and are to be inferred. As many as [`DeclaredKind::sizes`] otherwise.
    pub dims: Vec<DimExpr>,
    /// Where the declaration stands in its text.
    pub span: Span,
}

impl Declaration {
    /// The family that a subscripted name belongs to: `x` of `x_i`; `None` without such a subscript.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        let index = self.family_index.as_ref()?;
        self.name.strip_suffix(index.as_str())?.strip_suffix('_')
    }
}

/// A function of the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionDeclaration {
    /// The name in canonical form.
    pub name: String,
    /// The name as it was spelled.
    pub spelling: String,
    /// Where the name stands in its text.
    pub span: Span,
    /// What the function is.
    pub body: FunctionBody,
}

/// What a declared function is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionBody {
    /// `phi`: any element-wise function.
    Opaque,
    /// `sigma = sigmoid`: another name for a function; its spelling and place.
    Alias(String, Span),
    /// `phi(t) = …`: its parameters, canonical, and its text. The text is padded with blanks in front, so that places
    /// in it are places in the declaration. Whether it is LaTeX.
    Defined(Vec<String>, String, bool),
}

impl FunctionDeclaration {
    /// The body of `phi(t) = …` as a tree; its parameters are variables in it. `None` for the other forms.
    ///
    /// # Errors
    /// As [`parse`](super::parse); the places are places in the declaration, which is the error's source.
    #[must_use]
    pub fn parse_body(&self, vocabulary: &Vocabulary<'_>) -> Option<Result<Ast, Diagnostic>> {
        let FunctionBody::Defined(parameters, text, latex) = &self.body else { return None };
        let mut variables = vocabulary.variables.clone();
        variables.extend(parameters.iter().cloned());
        let inside =
            Vocabulary { builtin: vocabulary.builtin, variables, functions: vocabulary.functions.clone(), macros: vocabulary.macros };
        Some(if *latex { super::parse_latex(text, &inside) } else { super::parse(text, &inside) })
    }
}

/// Reads the text of one `--var`: declarations separated by `;`.
///
/// # Errors
/// What is not of the form `NAME: KIND`, a kind that does not exist, or a wrong number of sizes.
pub fn parse_declarations(text: &str) -> Result<Vec<Declaration>, Diagnostic> {
    shallow(text)?;
    if let Some(plain) = without_latex(text) {
        return parse_declarations(&plain).map_err(|error| error.of(plain));
    }
    let parsed = Grammar::parse(Rule::declarations, text).map_err(|error| malformed(text, &error))?;
    let mut found = Vec::new();
    for declaration in parsed.flat_map(Pair::into_inner).filter(|pair| pair.as_rule() == Rule::declaration) {
        let place = span(&declaration);
        let mut names = Vec::new();
        let mut kind = None;
        for inner in declaration.into_inner() {
            match inner.as_rule() {
                Rule::name => names.push(inner),
                Rule::var => {}
                _ => kind = Some(read_kind(text, inner)?),
            }
        }
        let Some((kind, dims)) = kind else { continue };
        for name in names {
            let spelling = name.as_str().to_string();
            let canonical = checked_name(text, &name)?;
            let family_index = last_subscript(&canonical);
            if found.iter().any(|d: &Declaration| d.name == canonical) {
                return Err(Diagnostic::new(Fault::Usage, format!("`{spelling}` is declared twice"))
                    .at(span(&name))
                    .hint("leave one of the two declarations out")
                    .of(text));
            }
            found.push(Declaration { name: canonical, spelling, family_index, kind, dims: dims.clone(), span: place });
        }
    }
    Ok(found)
}

/// Reads the text of one `--fn`: `phi`, `phi(t) = 1/(1+exp(-t))` or `sigma = sigmoid`.
///
/// # Errors
/// A text of none of these forms. The body is read by [`FunctionDeclaration::parse_body`].
pub fn parse_function(text: &str) -> Result<FunctionDeclaration, Diagnostic> {
    let wrong = |at: Span| {
        Diagnostic::new(Fault::Usage, "this does not declare a function")
            .at(at)
            .hint("--fn phi, --fn 'phi(t) = 1/(1+exp(-t))' or --fn 'sigma = sigmoid'")
            .of(text)
    };
    let parsed = Grammar::parse(Rule::function, text).map_err(|error| wrong(place_of(text, &error)))?;
    let mut declared = None;
    let mut body = FunctionBody::Opaque;
    for inner in parsed.flat_map(Pair::into_inner) {
        match inner.as_rule() {
            Rule::name => declared = Some((checked_name(text, &inner)?, inner.as_str().to_string(), span(&inner))),
            Rule::alias => {
                if let Some(name) = inner.into_inner().next() {
                    body = FunctionBody::Alias(name.as_str().to_string(), span(&name));
                }
            }
            Rule::defined => {
                let mut parameters = Vec::new();
                let mut rest = String::new();
                for part in inner.into_inner() {
                    match part.as_rule() {
                        Rule::name => parameters.push(checked_name(text, &part)?),
                        _ => rest = " ".repeat(part.as_span().start()) + part.as_str(),
                    }
                }
                body = FunctionBody::Defined(parameters, rest, false);
            }
            _ => {}
        }
    }
    let (name, spelling, span) = declared.ok_or_else(|| wrong(Span::new(0, text.len())))?;
    Ok(FunctionDeclaration { name, spelling, span, body })
}

/// Reads a list of names as in `--wrt X,Y`: each one's canonical form, its spelling and its place.
///
/// # Errors
/// Anything that is no name.
pub fn parse_wrt(text: &str) -> Result<Vec<(String, String, Span)>, Diagnostic> {
    if text.contains(['\\', '^']) {
        let names: Option<Vec<_>> = listed(text)
            .map(|(start, piece)| {
                let at = Span::new(start, start + piece.len());
                super::latex::read_name(piece).map(|name| (name, piece.trim().to_string(), at))
            })
            .collect();
        if let Some(names) = names {
            return Ok(names);
        }
        if let Some((base, _)) = text.split_once('^').filter(|(base, _)| super::latex::read_name(base).is_some()) {
            let error = Diagnostic::new(Fault::Usage, "this is a power of a variable, and no variable").at(Span::new(0, text.len()));
            return Err(error
                .hint(format!("give the power a name, as `v` for `{}`, and ask for that", text.trim()))
                .label(format!("`{}` is the variable", base.trim()))
                .of(text));
        }
    }
    let parsed = Grammar::parse(Rule::wrt, text).map_err(|error| {
        let message = if text.trim().is_empty() { "a name is missing" } else { "this is not a list of names" };
        Diagnostic::new(Fault::Usage, message).at(place_of(text, &error)).hint("--wrt X or --wrt X,Y").of(text)
    })?;
    let names = parsed.flat_map(Pair::into_inner).filter(|pair| pair.as_rule() == Rule::name);
    names.map(|name| Ok((checked_name(text, &name)?, name.as_str().to_string(), span(&name)))).collect()
}

/// The parts of a list between its commas, with their places; commas in braces and brackets belong to the parts.
fn listed(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let commas = outside_brackets(text).filter(|(_, c)| *c == ',').map(|(at, _)| at);
    let mut ends: Vec<usize> = commas.collect();
    ends.push(text.len());
    let mut start = 0;
    ends.into_iter().map(move |end| {
        let part = (start, &text[start..end]);
        start = end + 1;
        part
    })
}

/// The text of declarations with LaTeX's names and spaces in plain spelling; `None` where there is nothing to change.
fn without_latex(text: &str) -> Option<String> {
    if !text.contains('\\') && !text.contains("^{(") && !text.contains("^{[") {
        return None;
    }
    let spaces = |kind: &str| kind.replace("\\mathbb{R}", "R").replace("\\mathbb R", "R").replace("\\R^", "R^").replace("\\times", "×");
    let declarations = text.split(';').map(|piece| match piece.split_once("\\in").or_else(|| piece.split_once(':')) {
        Some((names, kind)) => {
            let names = listed(names).map(|(_, name)| super::latex::read_name(name).unwrap_or_else(|| name.to_string()));
            format!("{}: {}", names.collect::<Vec<_>>().join(", "), spaces(kind).trim())
        }
        None => piece.to_string(),
    });
    let plain = declarations.collect::<Vec<_>>().join("; ");
    (!plain.contains('\\') && plain != text).then_some(plain)
}

fn span(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    Span::new(span.start(), span.end())
}

/// The farthest place that the grammar reached.
fn place_of(text: &str, error: &pest::error::Error<Rule>) -> Span {
    let (start, end) = match error.location {
        pest::error::InputLocation::Pos(at) => (at, at),
        pest::error::InputLocation::Span(span) => span,
    };
    let width = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(start, end.max(start + width))
}

/// Sizes hold few parentheses; more than this is no declaration.
fn shallow(text: &str) -> Result<(), Diagnostic> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 20 {
            return Err(Diagnostic::new(Fault::Usage, "this nests too deep for a declaration").at(Span::new(at, at + 1)).of(text));
        }
    }
    Ok(())
}

fn checked_name(text: &str, pair: &Pair<'_, Rule>) -> Result<String, Diagnostic> {
    let at = span(pair);
    match super::plain::read_name(pair.as_str()) {
        Some(word) => Ok(word.name),
        None => Err(Diagnostic::new(Fault::Usage, format!("`{}` is not a name", pair.as_str()))
            .at(at)
            .hint("names are Latin or Greek letters and digits, with a subscript after `_`")
            .of(text)),
    }
}

fn last_subscript(name: &str) -> Option<String> {
    let (_, last) = name.rsplit_once('_')?;
    let letters = !last.is_empty() && last.chars().all(|c| c.is_ascii_alphabetic());
    (letters && !is_accent(last)).then(|| last.to_string())
}

fn read_kind(text: &str, pair: Pair<'_, Rule>) -> Result<(DeclaredKind, Vec<DimExpr>), Diagnostic> {
    let place = span(&pair);
    let mut word = None;
    let mut dims = Vec::new();
    let mut shape_only = false;
    for inner in pair.into_inner() {
        match inner.as_rule() {
            Rule::word => word = Some((inner.as_str().to_string(), span(&inner))),
            Rule::known => {
                let written = inner.as_str().trim().to_string();
                // `x: n` and `x: scalar` look alike; a kind is a known word, a size is short.
                if kind_of(&written).is_none() && (written.len() < 3 || near_kind(&written).is_none()) {
                    shape_only = true;
                    dims.push(DimExpr::Name(canonical(&written)));
                } else {
                    word = Some((written, span(&inner)));
                }
            }
            Rule::space | Rule::plain => {
                shape_only = true;
                for size in inner.into_inner().filter(|size| size.as_rule() != Rule::by) {
                    dims.push(read_dim(text, size)?);
                }
            }
            Rule::dim => dims.push(read_dim(text, inner)?),
            _ => {}
        }
    }
    if shape_only {
        let kind = match dims.len() {
            0 => DeclaredKind::Scalar,
            1 => DeclaredKind::Vector,
            _ => DeclaredKind::Matrix,
        };
        return Ok((kind, dims));
    }
    let Some((word, at)) = word else { return Err(bad_kind(text, "", place)) };
    let Some(kind) = kind_of(&word) else { return Err(bad_kind(text, &word, at)) };
    // A square matrix may be given by both of its sizes, where they are the same.
    if kind.sizes() == 1 && dims.len() == 2 && dims[0] == dims[1] && !matches!(kind, DeclaredKind::Vector | DeclaredKind::RowVector) {
        dims.truncate(1);
    }
    if kind == DeclaredKind::Matrix && dims.len() == 1 {
        dims.push(dims[0].clone());
    }
    if !dims.is_empty() && dims.len() != kind.sizes() {
        let wanted = match kind.sizes() {
            0 => "no size".to_string(),
            1 => "one size".to_string(),
            _ => "two sizes".to_string(),
        };
        let hint = match kind.sizes() {
            0 => kind.word().to_string(),
            1 => format!("{}(n)", kind.word()),
            _ => format!("{}(m,n)", kind.word()),
        };
        let message = format!("`{}` takes {wanted}, and {} are given", kind.word(), dims.len());
        return Err(Diagnostic::new(Fault::Usage, message).at(place).hint(format!("write `{hint}`")).of(text));
    }
    Ok((kind, dims))
}

fn kind_of(word: &str) -> Option<DeclaredKind> {
    let word = word.to_ascii_lowercase();
    DeclaredKind::ALL.iter().find(|(name, ..)| *name == word).map(|(_, kind, _)| *kind)
}

/// The kind whose word is spelled almost like this.
fn near_kind(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let near = DeclaredKind::ALL.iter().map(|(name, ..)| (strsim::jaro_winkler(name, &word), *name));
    near.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

fn bad_kind(text: &str, word: &str, at: Span) -> Diagnostic {
    let error = Diagnostic::new(Fault::Usage, format!("there is no kind `{word}`")).at(at).of(text);
    match near_kind(word) {
        Some(name) => error.label(format!("did you mean `{name}`?")),
        None => error.hint(
            "the kinds are scalar, vector(n), rowvector(n), matrix(m,n), square(n), symmetric(n), spd(n), skew(n), diagonal(n), \
             lower(n), upper(n), orthogonal(n), onehot(n), prob(n)",
        ),
    }
}

/// A size. Parentheses nest twenty deep at most, and so does this.
fn read_dim(text: &str, pair: Pair<'_, Rule>) -> Result<DimExpr, Diagnostic> {
    let at = span(&pair);
    match pair.as_rule() {
        Rule::int => match pair.as_str().parse::<u64>() {
            Ok(size) if size > 0 && size < 1 << 31 => Ok(DimExpr::Number(size)),
            _ => Err(Diagnostic::new(Fault::Usage, "a size is a positive integer of modest size").at(at).of(text)),
        },
        Rule::dim_name => Ok(DimExpr::Name(canonical(pair.as_str()))),
        rule => {
            let mut parts = pair.into_inner().map(|inner| read_dim(text, inner)).collect::<Result<Vec<_>, _>>()?;
            match (parts.len(), rule) {
                (1, _) => Ok(parts.remove(0)),
                (_, Rule::dim) => Ok(DimExpr::Sum(parts)),
                (2, Rule::quotient) => match (parts.remove(0), parts.remove(0)) {
                    (above, DimExpr::Number(below)) => Ok(DimExpr::Quotient(Box::new(above), below)),
                    (above, _) => Ok(above),
                },
                _ => Ok(DimExpr::Product(parts)),
            }
        }
    }
}

/// The error for a text that is no declaration.
fn malformed(text: &str, error: &pest::error::Error<Rule>) -> Diagnostic {
    let at = place_of(text, error);
    let wrong = |message: &str| Diagnostic::new(Fault::Usage, message).at(at).hint("NAME: KIND, for example `X: matrix(m,n)`").of(text);
    if text.trim().is_empty() {
        return wrong("a declaration is missing");
    }
    let found = text.get(at.start as usize..).unwrap_or("");
    if !text.contains([':', '∈']) && !text.contains(" in ") {
        return wrong("a declaration is a name, a colon and a kind");
    }
    if found.starts_with('-') || found.starts_with('−') {
        return wrong("a size is a name, a positive integer, or a sum or product of them").hint("name the difference: `matrix(m,k)`");
    }
    let opened = text.matches('(').count();
    if found.is_empty() && opened > text.matches(')').count() {
        return wrong("`(` is never closed").label("`)` is missing");
    }
    wrong("this is not a declaration")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(dim: &DimExpr) -> String {
        let list = |parts: &[DimExpr], sign: &str| parts.iter().map(show).collect::<Vec<_>>().join(sign);
        match dim {
            DimExpr::Number(n) => n.to_string(),
            DimExpr::Name(n) => n.clone(),
            DimExpr::Sum(parts) => format!("({})", list(parts, "+")),
            DimExpr::Product(parts) => list(parts, "*"),
            DimExpr::Quotient(above, below) => format!("{}/{below}", show(above)),
        }
    }

    fn read(text: &str) -> String {
        match parse_declarations(text) {
            Ok(found) => {
                let one =
                    |d: &Declaration| format!("{} {}({})", d.name, d.kind.word(), d.dims.iter().map(show).collect::<Vec<_>>().join(","));
                found.iter().map(one).collect::<Vec<_>>().join("; ")
            }
            Err(error) => format!("ERROR {}", error.message),
        }
    }

    #[test]
    fn all_forms_are_read() {
        for (text, expected) in [
            ("x: vector(n)", "x vector(n)"),
            ("X: matrix(m,n); Σ: spd(n)", "X matrix(m,n); Sigma spd(n)"),
            ("X in R^{m x n}", "X matrix(m,n)"),
            ("X ∈ ℝ^{m×n}", "X matrix(m,n)"),
            ("x in R^n", "x vector(n)"),
            ("c in R", "c scalar()"),
            ("X: m x n", "X matrix(m,n)"),
            ("X: 3x4", "X matrix(3,4)"),
            ("x: n", "x vector(n)"),
            ("x: 5", "x vector(5)"),
            ("A: matrix(n, n*n)", "A matrix(n,n*n)"),
            ("A: matrix(2 n, n+1)", "A matrix(2*n,(n+1))"),
            ("A: matrix(2(n+1), m)", "A matrix(2*(n+1),m)"),
            ("x: vector", "x vector()"),
            ("a: scalar", "a scalar()"),
            ("x_i: vector(n);", "x_i vector(n)"),
            ("A, B: square(n)", "A square(n); B square(n)"),
            ("var p: prob(k)", "p prob(k)"),
            ("S: symmetric(n,n)", "S symmetric(n)"),
            ("n: scalar", "n scalar()"),
            ("x : n + 1", "x vector((n+1))"),
            ("in: scalar", "in scalar()"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let found = parse_declarations("x_i: vector(n); y_hat: n; W_1: square(n)").unwrap_or_default();
        assert_eq!(found.iter().map(|d| d.family_index.as_deref()).collect::<Vec<_>>(), [Some("i"), None, None]);
        assert_eq!(found.first().and_then(Declaration::family), Some("x"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, expected) in [
            ("", "a declaration is missing"),
            ("x", "a declaration is a name, a colon and a kind"),
            ("x: vectr(n)", "there is no kind `vectr`"),
            ("x: symetric", "there is no kind `symetric`"),
            ("X: matrix(m,n,k)", "`matrix` takes two sizes, and 3 are given"),
            ("X: matrix(m,n", "`(` is never closed"),
            ("x: vector(0)", "a size is a positive integer of modest size"),
            ("x: vector(n-1)", "a size is a name, a positive integer, or a sum or product of them"),
            ("x: ", "this is not a declaration"),
            ("3: scalar", "this is not a declaration"),
        ] {
            assert_eq!(read(text), format!("ERROR {expected}"), "{text}");
        }
        assert!(read(&format!("x: vector({})", "(".repeat(100_000))).starts_with("ERROR"));
    }

    #[test]
    fn functions_and_lists() {
        assert_eq!(parse_function("phi").map(|f| (f.name, f.body)), Ok(("phi".into(), FunctionBody::Opaque)));
        assert_eq!(
            parse_function("σ = sigmoid").map(|f| (f.name, f.body)),
            Ok(("sigma".into(), FunctionBody::Alias("sigmoid".into(), Span::new(5, 12))))
        );
        let declared = parse_function("phi(t) = 1/(1+exp(-t))");
        let body = declared.as_ref().ok().and_then(|f| f.parse_body(&crate::syntax::testing::vocabulary("", "")));
        let body = body.and_then(Result::ok).map(|ast| (crate::syntax::testing::dump(&ast), ast.node(ast.body).span));
        assert_eq!(body, Some(("(1 /:(sum +1 +exp[(neg t)]))".into(), Span::new(9, 22))));
        assert!(parse_function("phi(").is_err() && parse_function("").is_err());
        let names = parse_wrt(" X, Σ_1 ").map(|names| names.into_iter().map(|(name, ..)| name).collect::<Vec<_>>());
        assert_eq!(names, Ok(vec!["X".to_string(), "Sigma1".to_string()]));
        assert!(parse_wrt("X,").is_err() && parse_wrt("").is_err() && parse_wrt("2").is_err());
    }
}
