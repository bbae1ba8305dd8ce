//! What is wrong, in the user's names and sizes, and what to type instead.

use super::extent::{Extent, Operand, Problem, Trouble};
use super::infer::Inference;
use super::names::Class;
use super::search::Choice;
use crate::base::{Diagnostic, Fault, Span};
use crate::ops;
use crate::syntax::Kind;

/// A shape as text: `a scalar`, `m×n`, `(n q)×1`.
pub(super) fn shape_text(inference: &mut Inference<'_>, extent: Extent) -> String {
    if extent.is_scalar() {
        return "a scalar".into();
    }
    let mut side = |size| {
        let text = inference.sizes.text(size);
        if text.contains(' ') { format!("({text})") } else { text }
    };
    let rows = side(extent.rows);
    format!("{rows}×{}", side(extent.cols))
}

/// The error for shapes that do not fit.
pub(super) fn problem(inference: &mut Inference<'_>, text: &str, problem: &Problem) -> Diagnostic {
    let node = inference.ast.node(problem.node);
    let whole = node.span.of(text);
    let name = match &node.kind {
        Kind::Call { at, .. } => at.of(text),
        _ => "",
    };
    let square = matches!(problem.left, Some(o) if o.extent.width() == (false, false));
    let message = match problem.trouble {
        Trouble::Product => "the sizes of a product do not fit".to_owned(),
        Trouble::Outer => "this may be the inner product or the outer one".to_owned(),
        Trouble::Entrywise => "an element-wise operation needs two operands of one size".to_owned(),
        Trouble::Sum => "the terms of a sum differ in size".to_owned(),
        Trouble::Divisor => "only a scalar or a square matrix can divide".to_owned(),
        Trouble::Exponent => "an exponent must be a scalar".to_owned(),
        Trouble::PowerOfVector => "a power needs a scalar or a square matrix".to_owned(),
        Trouble::NotSquare if square => match &node.kind {
            Kind::Power(_, b) if inference.ast.node(*b).span.of(text).contains(['-', '−', '⁻']) => {
                "only a square matrix has an inverse".to_owned()
            }
            Kind::Power(..) => "only a square matrix has a power".to_owned(),
            _ => "only a square matrix has a determinant".to_owned(),
        },
        Trouble::NotSquare => "this needs a square matrix".to_owned(),
        Trouble::Inner => "the two sides of an inner product differ in size".to_owned(),
        Trouble::Argument => argument_message(name, problem),
        Trouble::Index => "there is no such entry".to_owned(),
        Trouble::IndexValue => "an index must be a whole number".to_owned(),
        Trouble::Beyond => "an index runs from 1 to the size".to_owned(),
        Trouble::Bound => "a bound of a sum must be a whole number".to_owned(),
        Trouble::BigProduct => "a product over an index needs scalar factors".to_owned(),
        Trouble::NoEnd => "nothing tells where this sum ends".to_owned(),
        Trouble::Sizes => "the sizes here cannot be made equal".to_owned(),
        Trouble::Goal => "this needs a scalar".to_owned(),
    };
    let label = |inference: &mut Inference<'_>, o: Operand| match shape_text(inference, o.extent) {
        shape if shape.is_empty() => shape,
        shape => format!("this is {shape}"),
    };
    let mut diagnostic = Diagnostic::new(Fault::Shape, message);
    diagnostic = match problem.left {
        Some(left) => {
            let shape = label(inference, left);
            diagnostic.at(left.span).label(shape)
        }
        None => diagnostic.at(node.span),
    };
    if let Some(right) = problem.right.filter(|_| problem.trouble == Trouble::Beyond) {
        diagnostic = match problem.left {
            Some(left) if left.span == right.span => diagnostic.label("there is no such entry"),
            _ => diagnostic.note(right.span, "there is none with this index"),
        };
    } else if let Some(right) = problem.right {
        let shape = label(inference, right);
        diagnostic = diagnostic.note(right.span, shape);
    }
    match hint(inference, text, problem, whole, name) {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

fn argument_message(name: &str, problem: &Problem) -> String {
    if problem.right.is_some() {
        return format!("the arguments of `{name}` differ in size");
    }
    let wanted = ops::find(name).and_then(|(_, row)| row.forms.first()).map(|form| form.sig.args);
    match wanted {
        Some([ops::Arg::Shape(a, b)]) if a == b && *a != ops::D::One => format!("`{name}` needs a square matrix"),
        Some([ops::Arg::Shape(_, ops::D::One)]) => format!("`{name}` needs a vector"),
        _ => format!("this is no argument for `{name}`"),
    }
}

fn hint(inference: &mut Inference<'_>, text: &str, problem: &Problem, whole: &str, name: &str) -> Option<String> {
    let left = problem.left.map(|o| (o.span.of(text), o.extent));
    let right = problem.right.map(|o| (o.span.of(text), o.extent));
    match (problem.trouble, left, right) {
        (Trouble::Product, Some((l, a)), Some((r, b))) => product_hint(inference, (l, a), (r, b)),
        (Trouble::Outer, Some((l, _)), Some((r, _))) => {
            let column = r.strip_suffix(".T").unwrap_or(r);
            Some(format!("write `{l} @ {column}` for the inner product, `np.outer({l}, {column})` for the outer one"))
        }
        (Trouble::Sum | Trouble::Entrywise | Trouble::Inner, Some((_, a)), Some((r, b))) => {
            let turned = b.transposed();
            if a.width() == turned.width() && equal(inference, a, turned) {
                return Some(format!("transpose here: `{}`", transposed(r)));
            }
            let (l, _) = left?;
            match (a.width(), b.width(), problem.trouble) {
                ((false, false), (false, true), Trouble::Entrywise) if inference.sizes.may_equal(a.rows, b.rows) => {
                    Some(format!("`Diag({r}) {}` scales the rows", grouped(l)))
                }
                ((false, true), (false, false), Trouble::Entrywise) if inference.sizes.may_equal(a.rows, b.rows) => {
                    Some(format!("`Diag({l}) {}` scales the rows", grouped(r)))
                }
                ((false, false), (false, true), Trouble::Sum) if inference.sizes.may_equal(a.rows, b.rows) => Some(format!(
                    "`{} ones({})'` has `{r}` in every column, `Diag({r})` on the diagonal",
                    grouped(r),
                    inference.sizes.text(a.cols)
                )),
                (_, _, Trouble::Inner) => Some("both need the same number of rows and of columns".to_owned()),
                _ => None,
            }
        }
        (Trouble::Divisor, Some((l, a)), Some((r, b))) => Some(match b.width() {
            (false, false) if a.is_scalar() => format!(
                "`{}inv({r})` for the inverse, `{l} ./ {}` entry by entry",
                if l == "1" { String::new() } else { format!("{l} ") },
                grouped(r)
            ),
            (false, false) => format!("`{} ./ {}` divides entry by entry", grouped(l), grouped(r)),
            _ => format!("`{} ./ {}` divides entry by entry", grouped(l), grouped(r)),
        }),
        (Trouble::Exponent, ..) => match &inference.ast.node(problem.node).kind {
            Kind::Power(a, b) => {
                let (base, above) = (inference.ast.node(*a).span.of(text), inference.ast.node(*b).span.of(text));
                Some(match above {
                    "t" => format!("the transpose is `{}`", transposed(base)),
                    _ => format!("`{} .^ {}` takes powers entry by entry", grouped(base), grouped(above)),
                })
            }
            _ => None,
        },
        (Trouble::Beyond, Some((l, e)), Some((_, _))) => {
            let l = problem.left.and_then(|o| inference.variable(o.id)).map_or(l, |v| v.spelling.as_str());
            Some(match (e.width(), inference.sizes.as_constant(e.rows), inference.sizes.as_constant(e.cols)) {
                ((false, false), Some(m), Some(n)) => format!("`{l}` has the rows 1 to {m} and the columns 1 to {n}"),
                (_, Some(m), Some(n)) => format!("`{l}` has the entries 1 to {}", m.max(n)),
                _ => "indices count from 1".to_owned(),
            })
        }
        (Trouble::PowerOfVector, Some((l, _)), _) => {
            Some(format!("`{}.^2` squares each entry, `norm({l})^2` is the sum of squares", grouped(l)))
        }
        (Trouble::NotSquare, Some((l, _)), _) if name.is_empty() => match &inference.ast.node(problem.node).kind {
            Kind::Power(_, b) if inference.ast.node(*b).span.of(text).contains(['-', '−', '⁻']) => {
                Some(format!("`pinv({l})` is the pseudo-inverse; `1 ./ {}` goes entry by entry", grouped(l)))
            }
            Kind::Power(..) => Some(format!("`{}.^2` takes the power of each entry", grouped(l))),
            _ => Some(format!("`norm({l})` is the Frobenius norm, `abs({l})` the absolute value of each entry")),
        },
        (Trouble::Argument, Some((l, e)), None) if e.width() == (false, false) && square_wanted(name) => {
            let (rows, cols) = (inference.sizes.text(e.rows), inference.sizes.text(e.cols));
            let (l, turned) = (grouped(l), transposed(l));
            let square = format!("`{turned} {l}` ({cols}×{cols}) and `{l} {turned}` ({rows}×{rows}) are square");
            Some(if name == "inv" { format!("`pinv({l})` is the pseudo-inverse; {square}") } else { square })
        }
        // NumPy's functions of vectors: what they are of a matrix is something else.
        (Trouble::Argument, Some((l, e)), _) if e.width() == (false, false) && name.ends_with("norm") && ops::find(name).is_none() => {
            Some(format!("of a vector; `spectral({l})`, `norm({l})` and `nuclear({l})` are the norms of a matrix"))
        }
        (Trouble::Argument, ..) if ops::find(name).is_none() && !name.is_empty() => Some(format!("`{name}` is read of vectors alone")),
        (Trouble::Argument, ..) => ops::find(name).map(|(_, row)| format!("`{name}`: {}", row.doc)),
        (Trouble::Index, Some((l, e)), _) => Some(match e.width() {
            (true, true) => "a scalar has no entries".to_owned(),
            _ => format!("a matrix takes two indices: `{l}[i,j]`, `{l}[i,:]` for a row, `{l}[:,j]` for a column"),
        }),
        (Trouble::NoEnd, ..) => match &inference.ast.node(problem.node).kind {
            Kind::Big { index, .. } => Some(format!("write its bounds: `sum_{{{index}=1}}^{{n}} …`")),
            _ => None,
        },
        (Trouble::Goal, Some((_, e)), _) => Some(match e.width() {
            (false, true) => format!("`jac` differentiates a vector; `sum({whole})` and `norm({whole})^2` are scalars"),
            _ => format!("`jac` differentiates a matrix; `sum({whole})`, `tr({whole})` and `norm({whole})^2` are scalars"),
        }),
        _ => None,
    }
}

fn equal(inference: &mut Inference<'_>, a: Extent, b: Extent) -> bool {
    inference.sizes.may_equal(a.rows, b.rows) && inference.sizes.may_equal(a.cols, b.cols)
}

/// Which transposes repair a product; each is checked.
fn product_hint(inference: &mut Inference<'_>, (l, a): (&str, Extent), (r, b): (&str, Extent)) -> Option<String> {
    let fits = |inference: &mut Inference<'_>, cols, rows| {
        use super::sizes::Size;
        (cols == Size::ONE) == (rows == Size::ONE) && inference.sizes.may_equal(cols, rows)
    };
    if a.width() == (false, true) && b.width() == (false, true) {
        let same = inference.sizes.may_equal(a.rows, b.rows);
        let outer = format!("`{} {}` is the outer product", grouped(l), transposed(r));
        return Some(match same {
            true => {
                format!("`{} {}` is the inner product, `{} .* {}` the element-wise one", transposed(l), grouped(r), grouped(l), grouped(r))
            }
            false => outer,
        });
    }
    let mut ways = Vec::new();
    if fits(inference, a.rows, b.rows) {
        ways.push(format!("`{} {}`", transposed(l), grouped(r)));
    }
    if fits(inference, a.cols, b.cols) {
        ways.push(format!("`{} {}`", grouped(l), transposed(r)));
    }
    if ways.is_empty() && fits(inference, b.cols, a.rows) {
        return Some(format!("the other way round: `{} {}`", grouped(r), grouped(l)));
    }
    if ways.is_empty() {
        let (cols, rows) = (inference.sizes.text(a.cols), inference.sizes.text(b.rows));
        return Some(format!("`{l}` has {cols} column{}, and `{r}` {rows} row{}: they must agree", plural(&cols), plural(&rows)));
    }
    Some(format!("transpose here: {}", ways.join(" or ")))
}

fn plural(count: &str) -> &'static str {
    if count == "1" { "" } else { "s" }
}

/// Whether a function is one of square matrices.
fn square_wanted(name: &str) -> bool {
    let wanted = ops::find(name).and_then(|(_, row)| row.forms.first()).map(|form| form.sig.args);
    matches!(wanted, Some([ops::Arg::Shape(a, b)]) if a == b && *a != ops::D::One)
}

/// The text as a factor.
fn grouped(text: &str) -> String {
    let mut depth = 0i32;
    let loose = text.chars().any(|c| {
        depth += i32::from(matches!(c, '(' | '[' | '{')) - i32::from(matches!(c, ')' | ']' | '}'));
        depth == 0 && (c.is_whitespace() || matches!(c, '+' | '-' | '*' | '/'))
    });
    if loose { format!("({text})") } else { text.to_owned() }
}

/// The transpose of the text; a transpose that stands there already is taken away.
fn transposed(text: &str) -> String {
    const MARKS: [&str; 7] = ["'", "^T", "^\\top", "^{\\top}", "^{T}", "ᵀ", "^⊤"];
    match MARKS.iter().find_map(|mark| text.strip_suffix(mark)) {
        Some(bare) if grouped(bare) == bare => bare.trim_end().to_owned(),
        _ if text.contains('\\') => format!("{}^\\top", grouped(text)),
        _ => format!("{}'", grouped(text)),
    }
}

/// The error for two readings that are equally likely.
pub(super) fn ambiguous(inference: &Inference<'_>, first: &Choice, second: &Choice) -> Diagnostic {
    let word = |class: Class| match class {
        Class::Scalar => "scalar",
        Class::Vector => "vector",
        Class::Row => "rowvector",
        _ => "matrix",
    };
    let mut differ = Vec::new();
    for (at, variable) in inference.names.variables.iter().enumerate() {
        if first[at] != second[at] {
            let kind = |choice: &Choice| word(variable.options[usize::from(choice[at])].0);
            differ.push((variable, kind(first), kind(second)));
        }
    }
    let reading = |pick: &dyn Fn(&(&super::names::Variable, &'static str, &'static str)) -> &'static str| {
        differ.iter().map(|d| format!("`{}` is a {}", full_name(d.0), pick(d))).collect::<Vec<_>>().join(" and ")
    };
    let message = format!("this has two readings: {}, or {}", reading(&|d| d.1), reading(&|d| d.2));
    let mut diagnostic = Diagnostic::new(Fault::Ambiguous, message);
    for (at, (variable, one, other)) in differ.iter().enumerate() {
        let Some(span) = variable.at else { continue };
        let text = format!("a {one} or a {other}");
        diagnostic = if at == 0 { diagnostic.at(span).label(text) } else { diagnostic.note(span, text) };
    }
    match differ.first() {
        Some((variable, one, other)) => {
            let name = full_name(variable);
            diagnostic.hint(format!("declare it: --var '{name}: {one}' or --var '{name}: {other}'"))
        }
        None => diagnostic,
    }
}

/// The name with a family's subscripts.
pub(super) fn full_name(variable: &super::names::Variable) -> String {
    variable.family.iter().fold(variable.spelling.clone(), |name, subscript| {
        let simple = subscript.chars().all(char::is_alphanumeric);
        if simple { format!("{name}_{subscript}") } else { format!("{name}_{{{subscript}}}") }
    })
}

/// The error where the kinds of the names are too many to try.
pub(super) fn exhausted(span: Span) -> Diagnostic {
    Diagnostic::new(Fault::Ambiguous, "there are too many ways to read these names")
        .at(span)
        .hint("declare some of them: --var 'A: matrix(m,n)'")
}
