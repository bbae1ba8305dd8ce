//! An answer: results in normal form, and how they print.

use super::derivation::Line;
use super::law;
use super::structured::Sense;
use super::{Task, tasks};
use crate::base::Diagnostic;
use crate::elab::Elaborated;
use crate::emit::{self, Returned};
use crate::ir::{DimId, ExprId, Node, Shape, Store, SymbolId};
use crate::rewrite::without_indices;
use crate::show::{self, Style};
use crate::solve::Equation;
use crate::syntax::Written;

/// The formats in which an answer prints as mathematics.
pub use crate::show::Format;

/// What the numeric check of one result found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verified {
    /// How many random points were tried.
    pub points: usize,
    /// The largest relative error.
    pub max_error: f64,
}

/// From this many signs on the value of an unknown goes by its name in the values of the others.
const LONG: usize = 8;

/// One result: of a gradient by several variables there is one for each.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The variable.
    pub target: Option<ExprId>,
    /// The other variable of a block of a Hessian by more than two variables.
    pub second: Option<ExprId>,
    /// The result, as it is printed.
    pub value: ExprId,
    /// What code computes, where that is not the same expression.
    pub code: Option<ExprId>,
    /// The shape in which code returns it.
    pub returned: Returned,
    /// In which sense it is the derivative by a variable with structure, where there are several.
    pub sense: Option<Sense>,
    /// The order of a differential.
    pub order: u8,
}

impl Outcome {
    /// A result by a variable.
    pub fn new(target: ExprId, value: ExprId) -> Self {
        Outcome { target: Some(target), ..Self::whole(value) }
    }

    /// A result that belongs to no one variable.
    pub fn whole(value: ExprId) -> Self {
        Outcome { target: None, second: None, value, code: None, returned: Returned::Natural, sense: None, order: 1 }
    }

    /// The same, for which code returns an array: the axes of these shapes one after the other, with the entries of the
    /// matrix `code`.
    pub fn in_axes(self, code: ExprId, shapes: &[Shape]) -> Self {
        let axes = shapes.iter().flat_map(|s| [s.rows, s.cols]).filter(|&d| d != DimId::ONE).collect();
        Outcome { code: Some(code), returned: Returned::Tensor(axes), ..self }
    }

    /// The same, returned by code as a 1-D array where it is a row.
    pub fn flat_where(self, row: bool) -> Self {
        Outcome { returned: if row { Returned::Flat } else { Returned::Natural }, ..self }
    }
}

/// A checked answer, ready to be printed in any format.
pub struct Answer {
    pub(super) task: Task,
    pub(super) text: String,
    pub(super) latex: bool,
    pub(super) store: Store,
    pub(super) input: Elaborated,
    pub(super) results: Vec<Outcome>,
    /// Each variable with the symbol of its differential.
    pub(super) differentials: Vec<(ExprId, ExprId)>,
    /// Each variable with the direction, or the cotangent, that a differential is in terms of, in order.
    pub(super) directions: Vec<(ExprId, ExprId)>,
    /// Each variable with a differential that stands in the derivation alone.
    pub(super) hidden: Vec<(ExprId, ExprId)>,
    pub(super) verified: Vec<Verified>,
    /// The differential of what is solved, line by line.
    pub(super) opening: Vec<Line>,
    /// The equations that led to a solution.
    pub(super) equations: Vec<Equation>,
    /// What a solution assumed besides what its parts show.
    pub(super) assumed: Vec<(ExprId, &'static str)>,
    /// The equations that a solution meets, as they were typed.
    pub(super) constraints: Vec<String>,
    /// Whether the result is a step of an iteration, a function of the unknown.
    pub(super) iteration: bool,
    /// What a stationary point is, where that is proved.
    pub(super) kind: Option<&'static str>,
    pub(super) steps: Vec<Line>,
    pub(super) style: Style,
    pub(super) lhs: bool,
}

impl Answer {
    pub(super) fn new(task: Task, text: &str, written: Written, store: Store, input: Elaborated) -> Self {
        Answer {
            task,
            text: text.to_owned(),
            latex: written == Written::Latex,
            store,
            input,
            results: Vec::new(),
            differentials: Vec::new(),
            directions: Vec::new(),
            hidden: Vec::new(),
            verified: Vec::new(),
            opening: Vec::new(),
            equations: Vec::new(),
            assumed: Vec::new(),
            constraints: Vec::new(),
            iteration: false,
            kind: None,
            steps: Vec::new(),
            style: Style::new(Format::Plain),
            lhs: false,
        }
    }

    /// What was assumed while reading, for standard error: inferred kinds, doubtful readings.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.input.notes
    }

    /// What the numeric check of each result found; empty where verification was off.
    #[must_use]
    pub fn verified(&self) -> &[Verified] {
        &self.verified
    }

    /// `minimum`, `maximum` or `saddle`, where that is proved of a stationary point.
    #[must_use]
    pub fn kind(&self) -> Option<&'static str> {
        self.kind
    }

    /// How many different parts the question and the answer have: what is shared counts once.
    #[must_use]
    pub fn nodes(&self) -> (usize, usize) {
        let values: Vec<ExprId> = self.results.iter().map(|r| r.value).collect();
        (self.store.reachable(&[self.input.root]).len(), self.store.reachable(&values).len())
    }

    /// The habits of LaTeX output: the transpose's mark, bold vectors and matrices. The format in it is ignored.
    pub fn set_style(&mut self, style: Style) {
        self.style = style;
    }

    /// Whether every line begins with what it is (`∇_X f =`); lines of several variables always do.
    pub fn set_lhs(&mut self, lhs: bool) {
        self.lhs = lhs;
    }

    /// The answer as lines of mathematics: one for each variable; for [`Task::Shapes`] one for each name.
    pub fn text(&mut self, format: Format) -> Vec<String> {
        if self.task == Task::Shapes {
            return self.shapes();
        }
        let style = Style { format, ..self.style };
        let lets = tasks::definitions(&self.input);
        let labelled = self.lhs || self.results.len() > 1;
        let mut lines = Vec::new();
        let solved = self.solved();
        for (at, outcome) in self.results.clone().into_iter().enumerate() {
            let others = solved.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, d)| d.clone());
            let names: Vec<show::Definition> = lets.iter().cloned().chain(others).collect();
            let body = show::show(&mut self.store, outcome.value, &style, &names);
            let label = self.result_label(&outcome, format);
            lines.push(if labelled { format!("{label}{body}") } else { body });
        }
        lines
    }

    /// Of several unknowns that were solved together the names: the value of one may stand in that of another.
    pub(super) fn solved(&mut self) -> Vec<show::Definition> {
        if self.task != Task::Solve || self.results.len() < 2 {
            return Vec::new();
        }
        let mut solved = Vec::new();
        for outcome in &self.results {
            if let Some(Node::Symbol(symbol)) = outcome.target.map(|x| self.store.node(x)) {
                let name = self.store.symbol_info(*symbol).spelling.clone();
                let kept = show::size(&mut self.store, outcome.value) > LONG;
                solved.push(show::Definition { name, value: outcome.value, kept });
            }
        }
        solved
    }

    /// What a result is, with an equality sign.
    pub(super) fn result_label(&mut self, outcome: &Outcome, format: Format) -> String {
        match (outcome.target, outcome.second, &outcome.sense) {
            (target, _, Some(sense)) => match target.filter(|&x| self.results.iter().any(|r| r.target != Some(x))) {
                // Of several variables each line says whose it is.
                Some(x) => {
                    let style = Style { format, ..self.style };
                    let x = show::show_inline(&mut self.store, x, &style);
                    format!("{x}: {}", sense.label(format))
                }
                None => sense.label(format),
            },
            (target, ..) if self.task == Task::Differential => self.differential_label(target, outcome.order, format),
            (Some(x), Some(y), _) if x != y => self.block_label(x, y, format),
            (target, ..) => self.label(target, format),
        }
    }

    /// When each result is the right one, where there are several senses of the derivative.
    #[must_use]
    pub fn senses(&self, format: Format) -> Vec<String> {
        self.results.iter().filter_map(|r| r.sense.as_ref().map(|s| law::said(&s.when, format))).collect()
    }

    /// `∂²f/∂x∂y' = `: a block of a Hessian by several variables.
    fn block_label(&mut self, x: ExprId, y: ExprId, format: Format) -> String {
        let style = Style { format, ..self.style };
        let [x, y] = [x, y].map(|v| show::show_inline(&mut self.store, v, &style));
        match format {
            Format::Latex => format!("\\nabla^2_{{{x}, {y}}} f = "),
            Format::Ascii => format!("hess_{x}_{y} f = "),
            _ => format!("∂²f/∂{x}∂{y} = "),
        }
    }

    /// `∇_X f = `, `df = ` or nothing.
    pub(super) fn label(&mut self, target: Option<ExprId>, format: Format) -> String {
        let style = Style { format, ..self.style };
        let target = target.map(|x| show::show_inline(&mut self.store, x, &style));
        match (self.task, target, format) {
            (Task::Gradient, Some(x), Format::Plain) => format!("∇_{x} f = "),
            (Task::Gradient, Some(x), Format::Ascii) => format!("grad_{x} f = "),
            (Task::Gradient, Some(x), Format::Latex) => format!("\\nabla_{{{x}}} f = "),
            (Task::Jacobian, Some(x), Format::Plain) => format!("∂f/∂{x} = "),
            (Task::Jacobian, Some(x), Format::Ascii) => format!("D_{x} f = "),
            (Task::Jacobian, Some(x), Format::Latex) => format!("\\frac{{\\partial f}}{{\\partial {x}}} = "),
            (Task::Hessian, Some(x), Format::Plain) => format!("∇²_{x} f = "),
            (Task::Hessian, Some(x), Format::Ascii) => format!("hess_{x} f = "),
            (Task::Hessian, Some(x), Format::Latex) => format!("\\nabla^2_{{{x}}} f = "),
            (Task::Solve, Some(x), Format::Plain) => format!("{x}^⋆ = "),
            (Task::Solve, Some(x), Format::Ascii) => format!("{x}* = "),
            (Task::Solve, Some(x), Format::Latex) => format!("{x}^\\star = "),
            _ => String::new(),
        }
    }

    /// The derivation, one line a step with the name of its law; empty unless the session records steps.
    pub fn steps(&mut self, format: Format) -> Vec<(String, String)> {
        if !self.equations.is_empty() {
            return self.equations_text(format);
        }
        let style = Style { format, ..self.style };
        let steps = self.steps.clone();
        steps.iter().map(|line| (line.show(&mut self.store, &style), law::text(&line.laws, &self.store, format))).collect()
    }

    /// One self-contained Python function that needs NumPy.
    ///
    /// # Errors
    /// When the answer has a part for which there is no code.
    pub fn numpy(&mut self) -> Result<String, Diagnostic> {
        let function = match self.task {
            Task::Gradient => "gradient",
            Task::Differential if self.directions.is_empty() => "differential",
            Task::Differential if self.results.iter().any(|r| r.target.is_some()) => "vjp",
            Task::Differential => "jvp",
            Task::Jacobian => "jacobian",
            Task::Hessian => "hessian",
            Task::Solve if self.iteration => "step",
            Task::Solve => "solution",
            Task::Simplify | Task::Shapes => "value",
        };
        let mut roots: Vec<(ExprId, Returned)> = self.results.iter().map(|r| (r.code.unwrap_or(r.value), r.returned.clone())).collect();
        for (root, _) in &mut roots {
            *root = without_indices(&mut self.store, *root);
        }
        // The variables that occur, and those asked for; a declaration alone makes no parameter.
        let reached = self.store.reachable(&[self.input.root]);
        let targets: Vec<ExprId> = self.results.iter().filter_map(|r| r.target).collect();
        // A solution is free of its unknowns.
        let is_target = |symbol: SymbolId| {
            self.task == Task::Solve && !self.iteration && targets.iter().any(|&t| *self.store.node(t) == Node::Symbol(symbol))
        };
        let occurs = |symbol: SymbolId| {
            let is = |id: &ExprId| matches!(self.store.node(*id), Node::Symbol(s) | Node::Member(s, _) if *s == symbol);
            reached.iter().any(is) || targets.iter().any(is)
        };
        let mut symbols: Vec<SymbolId> = self.input.variables.iter().map(|v| v.symbol).filter(|&s| occurs(s) && !is_target(s)).collect();
        for &(_, d) in self.differentials.iter().chain(&self.directions) {
            if let Node::Symbol(symbol) = *self.store.node(d)
                && !symbols.contains(&symbol)
            {
                symbols.push(symbol);
            }
        }
        let text = emit::numpy_as(&mut self.store, &roots, function, &symbols, Some(self.input.root))?.text;
        let senses: Vec<&Sense> = self.results.iter().filter_map(|r| r.sense.as_ref()).collect();
        if senses.is_empty() {
            return Ok(text);
        }
        // What each value is stands behind the docstring.
        let (head, body) = text.split_once("\"\"\"\n").unwrap_or(("", &text));
        let lines: String =
            senses.iter().map(|s| format!("    # {}: {}\n", s.label(Format::Ascii).trim_end_matches(" = "), s.when)).collect();
        Ok(format!("{head}\"\"\"\n{lines}{body}"))
    }

    /// Every name with its shape and structure.
    fn shapes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for v in &self.input.variables {
            lines.push(format!("{}: {}", v.spelling, self.kind_of(v.symbol)));
        }
        lines.push(format!("expression: {}", self.shape_text(self.input.root)));
        lines
    }

    /// A variable's kind in the language of declarations.
    pub(super) fn kind_of(&self, symbol: SymbolId) -> String {
        use crate::ir::{DimId, Facts};
        let info = self.store.symbol_info(symbol);
        let (rows, cols) = (self.store.dim_text(info.shape.rows), self.store.dim_text(info.shape.cols));
        let structured = [
            (Facts::DEFINITE, "spd"),
            (Facts::DIAGONAL, "diagonal"),
            (Facts::SYMMETRIC, "symmetric"),
            (Facts::SKEW, "skew"),
            (Facts::LOWER, "lower"),
            (Facts::UPPER, "upper"),
            (Facts::ORTHOGONAL, "orthogonal"),
        ];
        if info.shape.is_scalar() {
            return "scalar".into();
        }
        if info.shape.cols == DimId::ONE {
            let kind = if info.facts.has(Facts::BINARY | Facts::SUMS_TO_ONE) {
                "onehot"
            } else if info.facts.has(Facts::SUMS_TO_ONE) {
                "prob"
            } else {
                "vector"
            };
            return format!("{kind}({rows})");
        }
        if info.shape.rows == DimId::ONE {
            return format!("rowvector({cols})");
        }
        match structured.iter().find(|(f, _)| info.facts.has(*f)) {
            Some((_, word)) => format!("{word}({rows})"),
            None if rows == cols => format!("square({rows})"),
            None => format!("matrix({rows},{cols})"),
        }
    }

    /// A shape in words.
    pub(super) fn shape_text(&self, id: ExprId) -> String {
        let shape = self.store.shape(id);
        if shape.is_scalar() {
            "scalar".into()
        } else {
            format!("{}×{}", self.store.dim_text(shape.rows), self.store.dim_text(shape.cols))
        }
    }
}
