//! What a row of the function table holds: everything about one function in one place.

use super::ExactMatrix;
use crate::ir::{ExprId, Facts, Store};

/// A dimension in a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum D {
    /// The dimension 1.
    One,
    /// The k-th dimension variable of the signature.
    N(u8),
    /// The product of two dimension variables.
    Times(u8, u8),
    /// n (n + 1)/2 of the k-th dimension variable: the entries of a triangle.
    Triangle(u8),
}

/// What an argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    /// An expression of this shape.
    Shape(D, D),
    /// A size (`eye(n)`, `ones(m, n)`): an expression in dimension names that binds the k-th dimension variable.
    Dim(u8),
}

/// Shapes of the arguments and of the value.
#[derive(Clone, Copy, Debug)]
pub struct Sig {
    /// One for each argument.
    pub args: &'static [Arg],
    /// Rows and columns of the value.
    pub out: (D, D),
    /// Whether a scalar argument stands for a constant matrix of the other argument's shape (element-wise functions of two).
    pub broadcast: bool,
}

/// One way of using a function: a signature and what it makes. A function with two (`diag`) takes the first that fits.
#[derive(Clone, Copy)]
pub struct Form {
    /// Shapes.
    pub sig: Sig,
    /// What it makes.
    pub make: Make,
}

/// What an application makes.
#[derive(Clone, Copy)]
pub enum Make {
    /// A node of its own, [`Node::Call`](crate::ir::Node::Call), with this row's calculus.
    Call,
    /// A node of its own under another row (`softmax` of a matrix is `softmax_rows`).
    CallOf(&'static str),
    /// What the store's constructors make of the arguments (sizes arrive as scalar expressions).
    Build(fn(&mut Store, &[ExprId]) -> ExprId),
    /// A definition in matdiff's own language; arguments are `X`, `Y`, `Z`, the sizes of X are `m`×`n`.
    Define(&'static str),
    /// The scalar argument in every entry of a shape that the context gives (`vector(c)`, `matrix(c)`).
    Spread,
}

/// Where a function is differentiable and finite; the sampler draws arguments from it and conditions name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// All reals.
    Real,
    /// x > 0.
    Positive,
    /// −1 < x < 1.
    Unit,
    /// x ≥ 1 … for `acosh`-like functions.
    AboveOne,
    /// x ≠ 0, or another set of measure zero to be kept away from.
    AwayFromZero,
    /// A square matrix with an inverse.
    Invertible,
    /// A symmetric matrix, with distinct eigenvalues.
    Symmetric,
    /// A matrix with distinct singular values.
    Distinct,
    /// A positive definite matrix, or a square one with no eigenvalue on the closed negative axis.
    PositiveSpectrum,
    /// A matrix of full rank (constant rank nearby).
    FullRank,
}

/// How a function is written. A spelling is structure, never a template of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `name(x)`; in LaTeX the command where there is one (`\exp`), else `\operatorname{name}`.
    Name,
    /// A LaTeX command or operator name other than the plain one: `tr`, `det`, `\log`.
    Command(&'static str),
    /// A Greek letter that names the function wherever it is applied and no variable: `Γ(x)`.
    Letter(&'static str),
    /// Bars with an optional subscript: `‖x‖`, `‖x‖₁` (`norm1(x)` in plain text).
    Norm(&'static str),
    /// Single bars `|x|` in LaTeX, `abs(x)` in plain text.
    Abs,
    /// A superscript mark: `A⁺` in LaTeX, `pinv(A)` in plain text.
    Superscript(&'static str),
    /// `√` in LaTeX, `sqrt(x)` in plain text.
    Root,
    /// A sign between the arguments, in square brackets: `[a < b]`; the LaTeX command of the sign.
    Comparison(&'static str),
    /// `cases` in LaTeX, `where(c, x, y)` in plain text.
    Cases,
    /// A letter with the sizes as its subscript in LaTeX (`D_n`), `name(n)` in plain text.
    Sized(&'static str),
}

/// A matrix of floating-point numbers.
pub type Matrix = nalgebra::DMatrix<f64>;

/// How a function is evaluated numerically.
#[derive(Clone, Copy)]
pub enum Eval {
    /// Entry by entry.
    Scalar(fn(f64) -> f64),
    /// Entry by entry, of two arguments.
    Scalar2(fn(f64, f64) -> f64),
    /// Entry by entry, of three arguments.
    Scalar3(fn(f64, f64, f64) -> f64),
    /// As a whole; `None` where it does not exist at this point.
    Matrix(fn(&[Matrix]) -> Option<Matrix>),
    /// Never evaluated: it is always built from other nodes.
    Never,
}

impl Eval {
    /// Whether it goes entry by entry.
    #[must_use]
    pub fn is_entrywise(&self) -> bool {
        matches!(self, Eval::Scalar(_) | Eval::Scalar2(_) | Eval::Scalar3(_))
    }
}

/// A value modulo a prime; `None` where it does not exist.
pub type Exact = fn(&[&ExactMatrix]) -> Option<ExactMatrix>;

/// NumPy code of an application.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// The expression with `{0}`, `{1}` for the arguments. Arguments are names or parenthesised.
    pub numpy: &'static str,
    /// A helper function (a whole `def`) that the expression calls, defined once inside the generated function.
    pub helper: &'static str,
    /// An import that it needs (`import scipy.special`), or nothing.
    pub import: &'static str,
}

impl Code {
    /// An expression that needs nothing else.
    #[must_use]
    pub const fn new(numpy: &'static str) -> Code {
        Code { numpy, helper: "", import: "" }
    }
}

/// How a function is differentiated.
#[derive(Clone, Copy, Debug)]
pub enum Derivative {
    /// The differential in matdiff's own language: `X`, `Y`, `Z` are the arguments, `dX`, `dY`, `dZ` their differentials,
    /// `F` the function's value, `m` and `n` the sizes of X.
    Line(&'static str),
    /// The differential where dX commutes with X (and inside a trace): `expm`. Elsewhere the reason for refusing.
    Commuting(&'static str, &'static str),
    /// Zero almost everywhere (`sign`, `step`).
    Zero,
    /// Linear, and its own adjoint: ⟨G, F(dX)⟩ = ⟨F(G), dX⟩ (`tril`).
    SelfAdjoint,
    /// There is none that can be written down; the reason.
    Refused(&'static str),
    /// Never asked: it is always built from other nodes.
    Built,
}

/// Everything about one function.
#[derive(Clone, Copy)]
pub struct Row {
    /// The canonical name.
    pub name: &'static str,
    /// Other spellings of the same function.
    pub aliases: &'static [&'static str],
    /// Whether it may stand before its argument without parentheses (`log det S`).
    pub prefix: bool,
    /// One line for the documentation.
    pub doc: &'static str,
    /// The ways of using it.
    pub forms: &'static [Form],
    /// Its differential.
    pub d: Derivative,
    /// What is assumed where it is used or differentiated, in words; empty for nothing.
    pub assume: &'static str,
    /// Where it lives.
    pub domain: Domain,
    /// What is known of the value, from the arguments' facts.
    pub facts: fn(&Store, &[ExprId]) -> Facts,
    /// A simpler normal form for these arguments, if there is one (`log(exp(x))`, `det(I)`).
    pub fold: fn(&mut Store, &[ExprId]) -> Option<ExprId>,
    /// The square of a scalar value, where that is simpler: ‖x‖² = xᵀx.
    pub square: Option<fn(&mut Store, &[ExprId]) -> ExprId>,
    /// How it is written.
    pub show: Spelling,
    /// How it is evaluated.
    pub eval: Eval,
    /// Its value modulo a prime, where it is a rational function of the entries.
    pub exact: Option<Exact>,
    /// How it is computed by generated code.
    pub code: Code,
    /// Further identities, as equations in matdiff's own language with X, Y as variables; checked numerically by a test.
    pub laws: &'static [&'static str],
}

/// A row with nothing in it, for `..BLANK`.
pub const BLANK: Row = Row {
    name: "",
    aliases: &[],
    prefix: false,
    doc: "",
    forms: &[],
    d: Derivative::Built,
    assume: "",
    domain: Domain::Real,
    facts: |_, _| Facts::NONE,
    fold: |_, _| None,
    square: None,
    show: Spelling::Name,
    eval: Eval::Never,
    exact: None,
    code: Code::new(""),
    laws: &[],
};

/// An element-wise function of one argument that is a node of its own.
pub const ELEMENTWISE: Row = Row { prefix: true, forms: &[Form { sig: ENTRYWISE, make: Make::Call }], ..BLANK };

/// (m,n) → (m,n).
pub const ENTRYWISE: Sig = Sig { args: &[MN], out: (D::N(0), D::N(1)), broadcast: false };
/// (m,n), (m,n) → (m,n) with scalars spread out.
pub const ENTRYWISE2: Sig = Sig { args: &[MN, MN], out: (D::N(0), D::N(1)), broadcast: true };
/// (n,n) → 1.
pub const SQUARE_TO_SCALAR: Sig = Sig { args: &[NN], out: (D::One, D::One), broadcast: false };
/// (n,n) → (n,n).
pub const SQUARE: Sig = Sig { args: &[NN], out: (D::N(0), D::N(0)), broadcast: false };
/// (m,n) → 1.
pub const TO_SCALAR: Sig = Sig { args: &[MN], out: (D::One, D::One), broadcast: false };
/// (n,1) → 1.
pub const COLUMN_TO_SCALAR: Sig = Sig { args: &[COLUMN], out: (D::One, D::One), broadcast: false };
/// (n,1) → (n,1).
pub const COLUMN_TO_COLUMN: Sig = Sig { args: &[COLUMN], out: (D::N(0), D::One), broadcast: false };

/// An argument of shape m×n.
pub const MN: Arg = Arg::Shape(D::N(0), D::N(1));
/// An argument of shape n×n.
pub const NN: Arg = Arg::Shape(D::N(0), D::N(0));
/// An argument of shape n×1.
pub const COLUMN: Arg = Arg::Shape(D::N(0), D::One);
/// A scalar argument.
pub const SCALAR: Arg = Arg::Shape(D::One, D::One);
