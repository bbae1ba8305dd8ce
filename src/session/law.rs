//! Why a line of a derivation follows from the one before, in words and formulas of the line's own style.

use crate::calculus;
use crate::ir::{ExprId, Factor, Fun, Node, Shape, Store, Symbol};
use crate::ops;
use crate::show::{self, Format, Style};

/// One reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Law {
    /// In words.
    Words(&'static str),
    /// The identity that takes a factor from the differential's side to the cotangent's.
    MoveLeft,
    /// The trace of a product is an inner product.
    Trace,
    /// Under a trace, a function of a matrix commutes with its argument's change.
    TraceOfFunction,
    /// A Hadamard factor changes sides.
    Hadamard,
    /// The rule that the differential of a function follows.
    Rule(Applied),
}

/// A function with the kinds of its arguments; an inverse is one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Applied {
    /// The function; nothing is the inverse.
    fun: Option<Fun>,
    /// The kinds of the first two arguments.
    kinds: [Option<Kind>; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Scalar,
    Column,
    Square,
    Wide,
}

impl Kind {
    fn of(shape: Shape) -> Kind {
        if shape.is_scalar() {
            Kind::Scalar
        } else if shape.is_column() {
            Kind::Column
        } else if shape.is_square() {
            Kind::Square
        } else {
            Kind::Wide
        }
    }
}

/// The rule that a node's differential follows.
pub(super) fn law_of(store: &Store, node: ExprId) -> Option<Law> {
    match store.node(node) {
        Node::Call(fun, args) => {
            let kind = |at: usize| args.get(at).map(|&a| Kind::of(store.shape(a)));
            Some(Law::Rule(Applied { fun: Some(*fun), kinds: [kind(0), kind(1)] }))
        }
        Node::Product { chain, .. } if chain.iter().any(|f| f.power == ExprId::MINUS_ONE) => {
            Some(Law::Rule(Applied { fun: None, kinds: [Some(Kind::Square), None] }))
        }
        Node::Product { chain, .. } if chain.len() > 1 => Some(Law::MoveLeft),
        Node::Trace(_) => Some(Law::Trace),
        Node::Hadamard(_) => Some(Law::Hadamard),
        _ => None,
    }
}

/// What takes the differential of a node apart, once the rule that it follows has been used: how dX gets to its side.
pub(super) fn moves(store: &Store, node: ExprId) -> Option<Law> {
    match (store.node(node), law_of(store, node)?) {
        (Node::Call(fun, args), Law::Rule(_)) => {
            let argument = store.shape(*args.first()?);
            let by_entry = ops::row(*fun).is_none_or(|row| matches!(row.eval, ops::Eval::Scalar(_)));
            if argument.is_scalar() {
                None
            } else if by_entry {
                Some(Law::Hadamard)
            } else {
                Some(if store.is_scalar(node) && !argument.is_column() { Law::Trace } else { Law::MoveLeft })
            }
        }
        (_, Law::Rule(_)) => Some(Law::MoveLeft),
        (Node::Trace(a), law) => Some(if is_matrix_function(store, *a) { Law::TraceOfFunction } else { law }),
        (_, law) => Some(law),
    }
}

/// Whether it is a function of a matrix as a whole: a fractional power, expm, logm.
fn is_matrix_function(store: &Store, id: ExprId) -> bool {
    match store.node(id) {
        Node::Call(fun, _) => ops::row(*fun).is_some_and(|row| !matches!(row.eval, ops::Eval::Scalar(_))),
        Node::Product { chain, .. } => {
            matches!(chain[..], [Factor { power, .. }] if store.as_num(power).is_some_and(|power| !power.is_integer()))
        }
        _ => false,
    }
}

impl Law {
    /// The law as text; in LaTeX as the text of a `\text`, with its formulas between dollars.
    pub(super) fn text(self, store: &Store, format: Format) -> String {
        let spelled = |[plain, ascii, latex]: [&str; 3]| match format {
            Format::Plain => plain.to_owned(),
            Format::Ascii => ascii.to_owned(),
            Format::Latex => latex.to_owned(),
        };
        match self {
            Law::Words(words) => said(words, format),
            Law::MoveLeft => spelled([
                "move left by transposing: ⟨AC, BD⟩ = ⟨C, AᵀBD⟩",
                "move left by transposing: <AC, BD> = <C, A'BD>",
                "move left by transposing: $\\langle AC, BD \\rangle = \\langle C, A^\\top BD \\rangle$",
            ]),
            Law::Trace => spelled(["tr(AᵀB) = ⟨A, B⟩", "tr(A'B) = <A, B>", "$\\operatorname{tr}(A^\\top B) = \\langle A, B \\rangle$"]),
            Law::TraceOfFunction => spelled([
                "d tr(f(A)) = tr(f'(A) dA)",
                "d tr(f(A)) = tr(f'(A) dA)",
                "$\\mathrm{d}\\operatorname{tr}(f(A)) = \\operatorname{tr}(f'(A) \\, \\mathrm{d}A)$",
            ]),
            Law::Hadamard => spelled([
                "⟨A, B ∘ C⟩ = ⟨A ∘ B, C⟩",
                "<A, B .* C> = <A .* B, C>",
                "$\\langle A, B \\odot C \\rangle = \\langle A \\odot B, C \\rangle$",
            ]),
            Law::Rule(applied) => applied.text(store, format),
        }
    }
}

/// Several laws as one text.
pub(super) fn text(laws: &[Law], store: &Store, format: Format) -> String {
    let texts: Vec<String> = laws.iter().map(|law| law.text(store, format)).filter(|text| !text.is_empty()).collect();
    texts.join("; ")
}

impl Applied {
    /// `d exp(x) = exp(x) ∘ dx`: the rule as the calculus has it, for arguments called x and y.
    fn text(self, store: &Store, format: Format) -> String {
        let mut page = Store::new();
        for function in store.functions() {
            page.declare_function(function.clone());
        }
        let (mut args, mut pairs) = (Vec::new(), Vec::new());
        for (kind, names) in self.kinds.into_iter().flatten().zip([["x", "X"], ["y", "Y"]]) {
            let (x, dx) = variable(&mut page, kind, names);
            args.push(x);
            pairs.push((x, dx));
        }
        let Some(&x) = args.first() else { return String::new() };
        let call = match self.fun {
            Some(fun) => ops::call(&mut page, fun, &args),
            None => page.factor(Factor { base: x, flipped: false, power: ExprId::MINUS_ONE }),
        };
        let style = Style::new(format);
        let left = show::show_inline(&mut page, call, &style);
        match calculus::differential(&mut page, call, &pairs) {
            Ok(right) => {
                let right = show::show_inline(&mut page, right, &style);
                if format == Format::Latex { format!("$\\mathrm{{d}}{left} = {right}$") } else { format!("d {left} = {right}") }
            }
            // It has a differential only where it commutes with its argument.
            Err(_) if format == Format::Latex => format!("differential of ${left}$"),
            Err(_) => format!("differential of {left}"),
        }
    }
}

/// A variable of this kind, and its change.
fn variable(page: &mut Store, kind: Kind, [small, large]: [&str; 2]) -> (ExprId, ExprId) {
    let (one, m, n) = (page.dim_const(1), page.dim_named("m"), page.dim_named("n"));
    let (name, shape) = match kind {
        Kind::Scalar => (small, Shape::SCALAR),
        Kind::Column => (small, Shape::new(n, one)),
        Kind::Square => (large, Shape::new(n, n)),
        Kind::Wide => (large, Shape::new(m, n)),
    };
    let symbol = |name: String| Symbol { name: name.clone(), spelling: name, shape, facts: crate::ir::Facts::NONE, ranges: Vec::new() };
    let x = page.declare(symbol(name.to_owned()));
    let dx = page.declare_direction(symbol(format!("d{name}")));
    (page.symbol(x), page.symbol(dx))
}

/// Words with the signs of a formula in them.
pub(super) fn said(words: &str, format: Format) -> String {
    if format != Format::Latex {
        return words.to_owned();
    }
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '⊗' => out.push_str("$\\otimes$"),
            '∘' => out.push_str("$\\odot$"),
            'ᵀ' => out.push_str("$^\\top$"),
            '⁻' => out.push_str("$^-$"),
            '¹' => out.push_str("$^1$"),
            '²' => out.push_str("$^2$"),
            '⟨' => out.push_str("$\\langle$"),
            '⟩' => out.push_str("$\\rangle$"),
            '×' => out.push_str("$\\times$"),
            '≥' => out.push_str("$\\ge$"),
            '∂' => out.push_str("$\\partial$"),
            '↦' => out.push_str("$\\mapsto$"),
            '∇' => out.push_str("$\\nabla$"),
            'Ω' => out.push_str("$\\Omega$"),
            '·' => out.push_str("$\\cdot$"),
            '⋆' => out.push_str("$^\\star$"),
            '\\' => out.push_str("\\textbackslash{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '<' | '>' | '|' => out.extend(['$', c, '$']),
            '{' | '}' | '$' | '&' | '#' | '%' | '_' => out.extend(['\\', c]),
            c if c.is_ascii() => out.push(c),
            // A reason that cannot be set is left out.
            _ => return String::new(),
        }
    }
    // Two formulas side by side are one.
    out.replace("$$", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_for_latex_or_left_out() {
        assert_eq!(said("50% & {more}", Format::Latex), "50\\% \\& \\{more\\}");
        assert_eq!(said("∫", Format::Latex), "");
        assert_eq!(said("vec(AᵀB)", Format::Latex), "vec(A$^\\top$B)");
    }

    #[test]
    fn rules_are_formulas_of_the_line_s_own_style() {
        let mut store = Store::new();
        let (x, _) = variable(&mut store, Kind::Column, ["z", "Z"]);
        let (a, _) = variable(&mut store, Kind::Square, ["z", "Z"]);
        let exp = ops::apply(&mut store, "exp", &[x]);
        let det = ops::apply(&mut store, "det", &[a]);
        let inverse = store.factor(Factor { base: a, flipped: false, power: ExprId::MINUS_ONE });
        let inside = store.mul(&[inverse, x]);
        let says = |node, format| law_of(&store, node).map(|law| law.text(&store, format)).unwrap_or_default();
        assert_eq!(says(exp, Format::Plain), "d exp(x) = exp(x) ∘ dx");
        assert_eq!(says(exp, Format::Latex), "$\\mathrm{d}\\exp(x) = \\exp(x) \\odot \\mathrm{d}x$");
        assert_eq!(says(det, Format::Plain), "d det(X) = det(X) tr(X⁻¹dX)");
        assert_eq!(says(inside, Format::Ascii), "d inv(X) = -inv(X) dX inv(X)");
    }
}
