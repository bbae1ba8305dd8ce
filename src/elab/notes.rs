//! What was assumed while reading, and what may have been meant otherwise, for the user to read.

use super::infer::Inference;
use super::names::{Names, Ref};
use super::report;
use super::scope::for_children;
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::{AstId, Bars, Kind, Node, Place, SignKind, Times};
use rustc_hash::FxHashSet;

/// What was assumed, and what may have been meant otherwise.
pub(super) fn notes(inference: &mut Inference<'_>, text: &str, wanted: &[String]) -> Vec<String> {
    let (mut shapes, mut sets) = (Vec::new(), Vec::new());
    for (at, is_index) in indices(inference).into_iter().enumerate() {
        let variable = &inference.names.variables[at];
        let open = variable.declared.as_ref().is_none_or(|d| d.rows.is_none() || d.cols.is_none());
        if variable.known.is_none() && open {
            let name = report::full_name(variable);
            let extent = inference.variables[at];
            if variable.set.is_some() {
                sets.push(match variable.family.is_empty() {
                    true => format!("{} is the 0/1 matrix of the set, {}", variable.spelling, report::shape_text(inference, extent)),
                    false => format!("{} is a set; code takes it as an array of 0 and 1, one for each index", variable.spelling),
                });
                continue;
            }
            if is_index {
                shapes.push(format!("{name} is an index"));
                continue;
            }
            shapes.push(format!("{name} is {}", report::shape_text(inference, extent)));
        }
    }
    let mut notes = vec![shapes.join(", ")];
    notes.extend(sets);
    notes.extend(unusual(inference));
    for &id in &inference.spread {
        let Kind::Sum(terms) = &inference.ast.node(id).kind else { continue };
        let Some(&(_, scalar)) = terms.iter().find(|&&(_, t)| inference.at(t).is_scalar()) else { continue };
        let scalar = inference.ast.node(scalar).span.of(text);
        let identity = if scalar == "1" { "I".to_owned() } else { format!("{scalar} I") };
        let whole = inference.ast.node(id).span.of(text);
        notes.push(format!("in `{whole}` the scalar `{scalar}` is added to every entry; write `{identity}` to add it to the diagonal"));
    }
    notes.extend(by_entries(inference, text));
    let mut by_cases = false;
    for &id in &inference.names.order {
        let node = inference.ast.node(id);
        notes.extend(both_run(inference, id));
        notes.extend(last_case(inference, id, text));
        by_cases |= crate::ops::opposite(name_of(node)).is_some() && depends(inference, id, wanted);
        notes.extend(length(inference, id, text));
        if let Kind::Call { args, .. } = &node.kind
            && inference.is_root(id, text)
        {
            let (written, inside) = (node.span.of(text), inference.ast.node(args[0]).span.of(text));
            notes.push(format!("`{written}` is the square root of the matrix; that of each entry is `({inside})^{{\\circ 1/2}}`"));
        }
        if let Kind::Call { name, args, .. } = &node.kind
            && name == "pinv"
            && let (written, Some(a)) = (node.span.of(text), args.first())
            && (written.contains("\\dagger") || written.contains('†'))
        {
            let inside = inference.ast.node(*a).span.of(text);
            notes.push(format!("`{written}` is the pseudo-inverse; the conjugate transpose of a real matrix is `{inside}'`"));
        }
        if let Kind::Bars(Bars::Double, a) = &node.kind
            && inference.at(*a).width() == (false, false)
            && subscript_two(node.span, text)
        {
            let inside = inference.ast.node(*a).span.of(text);
            notes.push(format!("`{}` is the Frobenius norm; spectral({inside}) is the largest singular value", node.span.of(text)));
        }
    }
    if by_cases {
        notes.push("a condition is constant almost everywhere: the derivative holds away from where it changes".into());
    }
    notes
}

/// The name of a function that is applied.
fn name_of(node: &Node) -> &str {
    if let Kind::Call { name, .. } = &node.kind { name } else { "" }
}

/// Whether a variable that is asked for stands below a node; any variable where none is named.
fn depends(inference: &Inference<'_>, id: AstId, wanted: &[String]) -> bool {
    let asked = |name: &str| wanted.iter().any(|w| w.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')));
    let mut stack = vec![id];
    while let Some(id) = stack.pop() {
        match inference.names.refs[id.0 as usize] {
            Ref::Variable(number) if asked(&inference.names.variables[number as usize].name) => return true,
            Ref::Let(value) => stack.push(value),
            _ => for_children(inference.ast, id, |child| stack.push(child)),
        }
    }
    false
}

/// That the last of several cases is taken wherever no other holds, unless its condition is the opposite of the one before.
fn last_case(inference: &Inference<'_>, id: AstId, text: &str) -> Option<String> {
    let call = |id: AstId| match &inference.ast.node(id).kind {
        Kind::Call { name, args, .. } => Some((name.as_str(), args.as_slice())),
        _ => None,
    };
    let ("where", [condition, _, last]) = call(id)? else { return None };
    let ("last case", [own, _]) = call(*last)? else { return None };
    if let (Some((sign, [a, b])), Some((other, [c, d]))) = (call(*condition), call(*own)) {
        let same = |x: AstId, y: AstId| {
            let written = |id: AstId| inference.ast.node(id).span.of(text).split_whitespace().collect::<String>();
            written(x) == written(y)
        };
        if crate::ops::opposite(sign) == Some(other) && same(*a, *c) && same(*b, *d) {
            return None;
        }
    }
    let written = inference.ast.node(*own).span.of(text).trim();
    Some(format!("the last case, `{written}`, is taken wherever no other holds"))
}

/// What was read against the usual: a lower-case name as a row, a bold one as no vector or matrix.
fn unusual(inference: &Inference<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for (variable, extent) in inference.names.variables.iter().zip(&inference.variables).filter(|(v, _)| v.declared.is_none()) {
        let name = report::full_name(variable);
        match (extent.width(), variable.typeface) {
            ((true, true), Some(_)) => notes.push(format!("`{name}` is a scalar here, though it is written bold: nothing else fits")),
            ((false, false), Some(SignKind::Vector)) => {
                notes.push(format!("`{name}` is a matrix here, though it is written as a vector: nothing else fits"));
            }
            ((true, false), _) => {
                notes.push(format!("`{name}` is a row: it stands in front of a matrix, and transposed behind it"));
            }
            _ => {}
        }
    }
    notes
}

/// That what is asked for does not occur: every derivative by it is zero.
pub(super) fn absent(names: &Names, wanted: &[String]) -> Vec<String> {
    let absent = names.variables.iter().filter(|v| v.at.is_none() && v.known.is_none() && wanted.contains(&v.name));
    absent.map(|v| format!("`{}` does not occur in the expression, which is constant in it", v.spelling)).collect()
}

/// The variables that stand nowhere but in subscripts.
fn indices(inference: &Inference<'_>) -> Vec<bool> {
    let mut below: FxHashSet<AstId> = FxHashSet::default();
    let mut stack: Vec<AstId> = Vec::new();
    for &id in &inference.names.order {
        match &inference.ast.node(id).kind {
            Kind::Member { index, .. } => stack.extend(index),
            Kind::Index(_, places) => stack.extend(places.iter().filter_map(|p| if let Place::At(k) = p { Some(*k) } else { None })),
            _ => {}
        }
    }
    while let Some(id) = stack.pop() {
        if below.insert(id) {
            for_children(inference.ast, id, |child| stack.push(child));
        }
    }
    let count = inference.names.variables.len();
    let (mut index, mut value) = (vec![false; count], vec![false; count]);
    for &id in &inference.names.order {
        if let Ref::Variable(at) = inference.names.refs[id.0 as usize] {
            let list = if below.contains(&id) { &mut index } else { &mut value };
            list[at as usize] = true;
        }
    }
    index.into_iter().zip(value).map(|(index, value)| index && !value).collect()
}

/// Functions that go entry by entry where that of the whole matrix may have been meant: `tr(log(X))`, `exp(A) x`.
fn by_entries(inference: &mut Inference<'_>, text: &str) -> Vec<String> {
    const MATRIX: [(&str, &str, &str); 3] =
        [("exp", "expm", "exponential"), ("log", "logm", "logarithm"), ("sqrt", "sqrtm", "square root")];
    let mut notes = Vec::new();
    for &id in &inference.names.order {
        // Where a matrix is meant as a whole.
        let parts: Vec<AstId> = match &inference.ast.node(id).kind {
            Kind::Call { name, args, .. } if matches!(name.as_str(), "tr" | "trace" | "det" | "logdet" | "inv") => args.clone(),
            Kind::Bars(Bars::Single, a) | Kind::Power(a, _) => vec![*a],
            Kind::Product(factors) if factors.iter().skip(1).all(|(how, _)| matches!(how, Times::Product | Times::Dot | Times::MatMul)) => {
                factors.iter().map(|f| f.1).collect()
            }
            _ => continue,
        };
        let mut stack = parts;
        while let Some(part) = stack.pop() {
            match &inference.ast.node(part).kind {
                Kind::Neg(_) | Kind::Sum(_) | Kind::Transpose(_) => for_children(inference.ast, part, |c| stack.push(c)),
                Kind::Call { .. } if inference.is_root(part, text) => {}
                Kind::Call { name, args, primes: 0, .. } => {
                    let Some((_, whole, word)) = MATRIX.iter().find(|m| m.0 == name) else { continue };
                    let Some(&arg) = args.first() else { continue };
                    let extent = inference.at(arg);
                    if extent.width() == (false, false) && inference.sizes.resolve(extent.rows) == inference.sizes.resolve(extent.cols) {
                        let (written, inside) = (inference.ast.node(part).span.of(text), inference.ast.node(arg).span.of(text));
                        let note = format!("`{written}` goes entry by entry; the matrix {word} is {whole}({inside})");
                        if !notes.contains(&note) {
                            notes.push(note);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    notes
}

/// That `|x|^2` is read as the length of a vector.
fn length(inference: &Inference<'_>, id: AstId, text: &str) -> Option<String> {
    let inside = super::forms::length_below(inference.ast, id)?;
    let (row, col) = inference.at(inside).width();
    let inside = inference.ast.node(inside).span.of(text);
    (row != col).then(|| format!("`|{inside}|` is the length of a vector here; the absolute value of each entry is `abs({inside})`"))
}

/// Whether bars are followed by the subscript 2.
fn subscript_two(span: Span, text: &str) -> bool {
    let written = span.of(text).trim_end();
    let behind = text.get(span.end as usize..).unwrap_or("");
    written.ends_with("_2") || written.ends_with("_{2}") || behind.starts_with("_2") || behind.starts_with("_{2}")
}

/// Of a sum over two indices in one head, `sum_{i != j}` or `sum_{i<j}`, that one of them may have been meant to be fixed:
/// always where they are unlike, else where nothing under the sum has it for a subscript.
fn both_run(inference: &Inference<'_>, outer: AstId) -> Option<String> {
    let (alone, fixed, sign) = may_run_alone(inference, outer)?;
    Some(format!("the sum runs over `{alone}` and `{fixed}`; over `{alone}` alone it is `sum_{{{alone}: {alone} {sign} {fixed}}}`"))
}

/// Refuses `sum_{j != i} x_i' x_j` by `x_i`: who asks for x_i has i fixed, and the sum may run over j alone.
///
/// # Errors
/// A sum over two unlike indices of which one stands below a variable that is asked for.
pub(super) fn fixed_index(inference: &Inference<'_>, wanted: &[String]) -> Result<(), Diagnostic> {
    let asked = |index: &str| wanted.iter().find(|name| name.strip_suffix(index).is_some_and(|family| family.ends_with('_')));
    for &id in &inference.names.order {
        let Some((alone, fixed, "!=")) = may_run_alone(inference, id) else { continue };
        let (Some(name), Kind::Big { at, .. }) = (asked(fixed).or_else(|| asked(alone)), &inference.ast.node(id).kind) else { continue };
        let message = format!("this sum may run over `{alone}` alone or over both, since the derivative is asked for by `{name}`");
        let hint = format!("write `sum_{{{alone}: {alone} != {fixed}}}` for `{alone}` alone; ask by another index for both: --wrt x_k");
        return Err(Diagnostic::new(Fault::Ambiguous, message).at(*at).hint(hint));
    }
    Ok(())
}

/// Of a sum over two indices in one head: the one that may run alone, the other, and the sign between them.
fn may_run_alone<'a>(inference: &Inference<'a>, outer: AstId) -> Option<(&'a str, &'a str, &'static str)> {
    let around = inference.ast.node(outer);
    let Kind::Big { index: first, body, .. } = &around.kind else { return None };
    let node = inference.ast.node(*body);
    let Kind::Big { index: second, low, skip, .. } = &node.kind else { return None };
    if node.span.start != around.span.start {
        return None;
    }
    let uses = |big: AstId| inference.names.order.iter().filter(|id| inference.names.refs[id.0 as usize] == Ref::Bound(big)).count();
    let strict = low.is_some_and(|low| matches!(inference.ast.node(low).kind, Kind::Sum(_)));
    let (alone, fixed, sign) = match (low, skip) {
        (_, Some(_)) => (first, second, "!="),
        (Some(_), None) if uses(*body) == 0 => (first, second, if strict { "<" } else { "<=" }),
        // The one use is the bound of the other.
        (Some(_), None) if uses(outer) == 1 => (second, first, if strict { ">" } else { ">=" }),
        _ => return None,
    };
    Some((alone, fixed, sign))
}
