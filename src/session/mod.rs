//! The front door: declarations in, one method a task, answers that have been checked.
//!
//! This is the only place where the rooms are put in a row: text → `Ast` → expressions → differentiated → simplified →
//! verified → shown. An [`Answer`] owns its store, so it can be printed in any format afterwards.

mod answer;
mod check;
mod compare;
mod conditions;
mod constraints;
mod counterexample;
mod custom;
mod derivation;
mod derivatives;
mod diagnose;
mod differential;
mod edits;
mod hessian;
mod iterate;
mod joint;
mod json;
mod law;
mod lines;
mod mistake;
mod opening;
mod program;
mod ratio;
mod reading;
mod rows;
mod sets;
mod solve;
mod stacked;
mod structured;
mod tasks;

pub use answer::{Answer, Format, Verified};
pub use check::{Check, Claim};
pub use compare::{Comparison, Evidence, Verdict};
pub use counterexample::Counterexample;
pub use derivation::{Derivation, Line};
pub use json::error as error_json;
pub use lines::{CheckedDerivation, CheckedLine, LineVerdict};
pub use mistake::{Diagnosis, Mistake};

/// What a stationary point is.
pub use crate::solve::Extremum;

use crate::base::Diagnostic;
use crate::syntax::{self, Declaration, FunctionDeclaration, Written};

/// Which dialect the input is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Dialect {
    /// LaTeX when the text holds a backslash command, NumPy's when it holds what only a program has, else plain.
    #[default]
    Detect,
    /// The plain dialect.
    Plain,
    /// LaTeX.
    Latex,
    /// NumPy's, PyTorch's and JAX's.
    Numpy,
}

impl Dialect {
    /// The dialect that a text is read in.
    fn of(self, text: &str) -> Written {
        match self {
            Dialect::Detect => Written::detect(text),
            Dialect::Plain => Written::Plain,
            Dialect::Latex => Written::Latex,
            Dialect::Numpy => Written::Numpy,
        }
    }
}

/// How a Jacobian is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Layout {
    /// Rows follow the function.
    #[default]
    Numerator,
    /// Rows follow the variable.
    Denominator,
    /// ∂vec F/∂(vec X)ᵀ (Magnus and Neudecker).
    Vec,
}

/// How a derivative of more than two indices is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A linear map: `V ↦ H[V]`.
    Operator,
    /// A matrix of the vecs, by Kronecker products.
    Kron,
    /// Entry by entry.
    Index,
}

/// In which sense a derivative by a variable with structure is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Structure {
    /// In the variable's own space: for a symmetric S the gradient is symmetric.
    #[default]
    Own,
    /// Every sense, side by side.
    All,
    /// As if every entry were free.
    Ambient,
    /// By the entries that can be chosen freely.
    Entries,
    /// By those entries in one column, `vech(S)`.
    Vech,
}

impl Structure {
    /// The word on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Structure::Own => "own",
            Structure::All => "all",
            Structure::Ambient => "ambient",
            Structure::Entries => "entries",
            Structure::Vech => "vech",
        }
    }
}

/// What a differential is in terms of.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Along {
    /// The variables' own differentials, `dX`.
    #[default]
    Differentials,
    /// Directions, one for each variable, by these names; `V`, … where there are none: Df(X)\[V\].
    Forward(Vec<String>),
    /// A cotangent of the function's shape by this name, which is taken back to each variable: Df(X)ᵀ\[U\].
    Backward(Option<String>),
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The gradient of a scalar: same shape as the variable, df = ⟨∇f, dX⟩.
    Gradient,
    /// The differential, in terms of `dX`.
    Differential,
    /// The Jacobian, in the session's layout.
    Jacobian,
    /// The Hessian of a scalar, or a mixed block of it.
    Hessian,
    /// The stationary point: ∇f = 0 solved for the variables.
    Solve,
    /// The expression itself, simplified.
    Simplify,
    /// Every name with its shape and structure.
    Shapes,
}

impl Task {
    /// The command's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Task::Gradient => "grad",
            Task::Differential => "diff",
            Task::Jacobian => "jac",
            Task::Hessian => "hess",
            Task::Solve => "solve",
            Task::Simplify => "simplify",
            Task::Shapes => "shapes",
        }
    }
}

/// Declarations and habits that hold for every question that is asked.
///
/// ```
/// use matdiff::session::{Format, Session, Task};
/// let mut session = Session::new();
/// session.declare("X: matrix(m,n); w: vector(n); y: vector(m)")?;
/// let mut answer = session.ask(Task::Gradient, "‖X w - y‖^2", &["w"])?;
/// assert_eq!(answer.text(Format::Ascii), ["2 X'(X w - y)"]);
/// # Ok::<(), matdiff::base::Diagnostic>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Session {
    declarations: Vec<Declaration>,
    functions: Vec<FunctionDeclaration>,
    macros: String,
    dialect: Dialect,
    unverified: bool,
    steps: bool,
    layout: Layout,
    form: Option<Form>,
    explain_layout: bool,
    order: u8,
    along: Along,
    constraints: Vec<String>,
    goal: Option<Extremum>,
    structure: Structure,
    blocks: bool,
}

impl Session {
    /// A session with nothing declared.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares variables: `X: matrix(m,n); w: vector(n)`.
    ///
    /// # Errors
    /// When the text is not a declaration, with the place.
    pub fn declare(&mut self, text: &str) -> Result<(), Diagnostic> {
        for declaration in syntax::parse_declarations(text).map_err(|e| e.of(text))? {
            self.declarations.retain(|d| d.name != declaration.name);
            self.declarations.push(declaration);
        }
        Ok(())
    }

    /// Takes in the definitions of LaTeX commands in a text, as in a preamble: `\newcommand{\vx}{\mathbf{x}}`.
    pub fn define_macros(&mut self, text: &str) {
        self.macros.push_str(text);
        self.macros.push('\n');
    }

    /// Declares a function: `phi`, `phi(t) = 1/(1 + exp(-t))`, `sigma = sigmoid`.
    ///
    /// # Errors
    /// When the text is not a function's declaration, with the place.
    pub fn declare_function(&mut self, text: &str) -> Result<(), Diagnostic> {
        let function = syntax::parse_function(text).map_err(|e| e.of(text))?;
        self.functions.retain(|f| f.name != function.name);
        self.functions.push(function);
        Ok(())
    }

    /// The dialect that expressions are read in.
    pub fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
    }

    /// Whether answers are checked numerically before they are given (they are, unless told otherwise).
    pub fn set_verify(&mut self, verify: bool) {
        self.unverified = !verify;
    }

    /// Whether the derivation is recorded.
    pub fn set_steps(&mut self, steps: bool) {
        self.steps = steps;
    }

    /// The layout of Jacobians.
    pub fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    /// Whether a Jacobian comes with a note that says what its rows and columns are, and what it is in the other layouts.
    pub fn set_explain_layout(&mut self, explain: bool) {
        self.explain_layout = explain;
    }

    /// The order of a differential: dᵏf, of degree k in `dX`, with `dX` held constant.
    pub fn set_order(&mut self, order: u8) {
        self.order = order;
    }

    /// What a differential is in terms of: `dX`, a direction, a cotangent.
    pub fn set_along(&mut self, along: Along) {
        self.along = along;
    }

    /// Whether a Hessian by two variables is given with its diagonal blocks, as one by more is.
    pub fn set_blocks(&mut self, blocks: bool) {
        self.blocks = blocks;
    }

    /// In which sense derivatives by variables with structure are given.
    pub fn set_structure(&mut self, structure: Structure) {
        self.structure = structure;
    }

    /// The form of derivatives with more than two indices; `None` for the usual one.
    pub fn set_form(&mut self, form: Option<Form>) {
        self.form = form;
    }

    /// Requires an equation of the solutions of [`Task::Solve`]: `A x = b`.
    pub fn subject_to(&mut self, equation: &str) {
        self.constraints.push(equation.to_owned());
    }

    /// Which kind of point [`Task::Solve`] gives where several are stationary (of eigenvectors, the largest's or the smallest's).
    pub fn set_goal(&mut self, goal: Option<Extremum>) {
        self.goal = goal;
    }

    /// Answers one question about one expression; `wrt` names the variables, in order.
    ///
    /// # Errors
    /// When the input is wrong or the question is beyond what can be answered, with the place in the expression's text;
    /// [`Fault::Verification`](crate::base::Fault) when the answer did not agree with the numeric derivative.
    pub fn ask(&self, task: Task, text: &str, wrt: &[&str]) -> Result<Answer, Diagnostic> {
        tasks::run(self, task, text, wrt)
    }
}
