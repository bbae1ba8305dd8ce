//! The abstract syntax tree: what was written, with places, in an arena so that no depth can overflow a stack.

use super::declare::{Declaration, FunctionDeclaration};
use crate::base::{Rational, Span};
use std::collections::BTreeMap;

/// A node's number in its [`Ast`]; children have smaller numbers than their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AstId(pub u32);

/// One expression as it was written, with the definitions that go before it (or after it with `where`).
///
/// Nodes stand in post-order: one loop from first to last visits children before parents, and nothing recurses.
#[derive(Clone, Debug, PartialEq)]
pub struct Ast {
    /// All nodes, children first.
    pub nodes: Vec<Node>,
    /// `let` and `where` definitions in an order in which each uses earlier ones only.
    pub lets: Vec<Definition>,
    /// The expression itself.
    pub body: AstId,
    /// What the page says that is not part of the tree.
    pub page: Page,
}

/// What a text says beside its expression.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// What was left out of the tree (an equation's number, a word of explanation) and what may have been meant otherwise.
    pub remarks: Vec<Remark>,
    /// How names were written whose sign says more than their letters, by canonical name.
    pub signs: BTreeMap<String, Sign>,
    /// The families that are indicators of sets, `C_i` for i ∈ C, with how many of their indices stand below the set's own
    /// name (k of `i ∈ C_k`).
    pub sets: BTreeMap<String, usize>,
    /// What the formula is called, with the sign behind: `L(w) =`.
    pub called: Option<Span>,
    /// A left side that is a derivative's name: `\nabla L =`.
    pub derived: Option<Span>,
    /// `\frac{\partial}{\partial X}` in front: the variable (empty where it is no name) and the sign's place.
    pub operator: Option<(String, Span)>,
    /// The expression's own place where it is said to be equal to others.
    pub first: Option<Span>,
    /// The other links of `L = a = b`.
    pub links: Vec<Span>,
    /// The extremum that is asked for, and what has to hold.
    pub asked: Option<Asked>,
    /// What the text declares: `A \in \mathbb R^{m \times n}`.
    pub declarations: Vec<Declaration>,
    /// The functions that the text defines: `H(P) = …`.
    pub functions: Vec<FunctionDeclaration>,
}

/// `\min_w … \text{s.t.} …`: what is asked of the expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Whether it is a maximum.
    pub most: bool,
    /// The variables below the sign, canonical; empty where none are said.
    pub by: Vec<String>,
    /// Where the sign stands.
    pub span: Span,
    /// Where stands what is below it, which `\underset` writes first.
    pub below: Option<Span>,
    /// The equations that have to hold, as text, with the places that say so.
    pub constraints: Vec<(String, Span)>,
}

impl Page {
    /// Takes in what another text says, whose places begin at `shift`.
    pub fn extend(&mut self, other: &Page, shift: usize) {
        let moved = |s: Span| Span::new(s.start as usize + shift, s.end as usize + shift);
        self.remarks.extend(other.remarks.iter().map(|r| Remark { span: moved(r.span), note: r.note.clone() }));
        self.sets.extend(other.sets.iter().map(|(name, below)| (name.clone(), *below)));
        for (name, sign) in &other.signs {
            self.signs.entry(name.clone()).or_insert_with(|| sign.clone());
        }
        for declaration in &other.declarations {
            if !self.declarations.iter().any(|d| d.name == declaration.name) {
                self.declarations.push(declaration.clone());
            }
        }
        for function in &other.functions {
            if !self.functions.iter().any(|f| f.name == function.name) {
                self.functions.push(function.clone());
            }
        }
    }
}

/// Something that the reader of an answer has to know of how the question was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What it is about; what was left out stands here and nowhere in the tree.
    pub span: Span,
    /// The note for the user: `` `(3)` is left out: an equation's number ``.
    pub note: String,
}

/// How a name is written: `\mathbf{w}`, `\hat{\mathcal{K}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The writer's own LaTeX for the whole name.
    pub latex: String,
    /// What its typeface says that it is.
    pub kind: Option<SignKind>,
}

/// What a typeface says of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignKind {
    /// Bold lower case, or an arrow.
    Vector,
    /// Bold upper case.
    Matrix,
}

/// A `let` or `where` definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The name that is defined, in canonical form (see [`Kind::Name`]).
    pub name: String,
    /// The letters below the name: `r_i` defines a member for every `i`. Empty for most.
    pub index: Vec<String>,
    /// The name as it was spelled.
    pub spelling: String,
    /// Where the name stands.
    pub span: Span,
    /// Its value.
    pub value: AstId,
}

/// One node with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
}

/// How a factor joins the product to its left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// `A B`, `A*B`, `A·B`, `A@B`; also the first factor.
    Product,
    /// `a \cdot b` in LaTeX: a product, or the inner product of two columns.
    Dot,
    /// `A .* B`, `A ∘ B`, `A ⊙ B`.
    Hadamard,
    /// `A ./ B`, `A ⊘ B`.
    HadamardDivide,
    /// `A / B`.
    Divide,
    /// `A \ b`.
    LeftDivide,
    /// `A ⊗ B`.
    Kron,
    /// NumPy's `a @ b`: a product in which a column on the left of a column or a matrix is turned.
    MatMul,
    /// NumPy's `a * b`: entry by entry, or a scalar with anything.
    Broadcast,
    /// NumPy's `a / b`.
    BroadcastDivide,
}

/// Which bars were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bars {
    /// `|x|`: absolute value of a scalar, determinant of a matrix.
    Single,
    /// `‖x‖`, `||x||`, `\|x\|_2`, `\|X\|_F`: Euclidean or Frobenius.
    Double,
    /// `\|x\|_1`.
    One,
    /// `\|x\|_\infty`.
    Infinity,
    /// `\|X\|_*`.
    Nuclear,
}

/// One place of an index `X[i, :]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `:`.
    All,
    /// An expression; indices count from 1.
    At(AstId),
}

/// `sum` or `prod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Big {
    /// Σ.
    Sum,
    /// Π.
    Product,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A literal, exact.
    Number(Rational),
    /// A name that is not applied. Canonical form: Greek letters spelled out in ASCII (`Sigma`, `lambda`), hats as
    /// suffixes (`y_hat`), and no underscore before a trailing number (`W_1` is `W1`). What was typed is at the span.
    Name(String),
    /// `−a`.
    Neg(AstId),
    /// `a + b − c`: terms with their signs (`true` for minus). At least one term.
    Sum(Vec<(bool, AstId)>),
    /// Factors left to right; the first one's [`Times`] is `Product`. Two factors at least.
    Product(Vec<(Times, AstId)>),
    /// `a^b` (scalar or matrix power, decided by shape).
    Power(AstId, AstId),
    /// `A .^ b`.
    HadamardPower(AstId, AstId),
    /// `A'`, `Aᵀ`, `A^T`; `A^-T` is the transpose of `Power(A, −1)`.
    Transpose(AstId),
    /// A function applied to arguments: a built-in one under its canonical name, or the user's own (`primes` counts `'` in `phi''(x)`).
    /// `A^⊤`-like spellings, `hadamard(A,B)`, `inner(A,B)`, `norm(x)`, `pow`, … are calls like any other.
    Call {
        /// The function's name as in [`Vocabulary`](super::Vocabulary): what `builtin` answered, or the user function's canonical name.
        name: String,
        /// Where the name stands.
        at: Span,
        /// How many derivatives (`phi'` is 1). 0 for built-in functions.
        primes: u8,
        /// The arguments.
        args: Vec<AstId>,
    },
    /// Bars around an expression.
    Bars(Bars, AstId),
    /// `⟨A, B⟩`.
    Inner(AstId, AstId),
    /// `X[i,j]`, `x[i]`, `X[i,:]`.
    Index(AstId, Vec<Place>),
    /// `ones`, `1_n`, `eye(n)`, … are calls; this is the bare `I` or `\mathbf{1}` whose size is inferred.
    Identity,
    /// A bare bold one or a vector of ones whose size is inferred (`\mathbf{1}`).
    OnesVector,
    /// `sum_{i=1}^{N} body`, `sum_i body`, `sum(i=1..N, body)`, and products alike. `body` uses the bound name as a [`Kind::Name`] and families
    /// as [`Kind::Member`].
    Big {
        /// Sum or product.
        big: Big,
        /// The bound index's name.
        index: String,
        /// Where it stands.
        at: Span,
        /// First value; 1 where it was left out.
        low: Option<AstId>,
        /// Last value; inferred from the families where it was left out.
        high: Option<AstId>,
        /// The value that is left out, as i in `sum_{j: j != i}`.
        skip: Option<AstId>,
        /// The summand.
        body: AstId,
    },
    /// A name with a bound index as its subscript: `x_i` under `sum_i`, `K_{i,j}`.
    Member {
        /// The family's name without the subscript, canonical.
        family: String,
        /// The subscripts.
        index: Vec<AstId>,
    },
}

impl Ast {
    /// The node with this number.
    #[must_use]
    pub fn node(&self, id: AstId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// Whether a node is `f^2(x)`, a power put on the function: both take the place of the call.
    #[must_use]
    pub fn is_function_power(&self, id: AstId) -> bool {
        let Kind::Power(base, _) = self.node(id).kind else { return false };
        matches!(self.node(base).kind, Kind::Call { .. }) && self.node(base).span == self.node(id).span
    }

    /// The children of a node, left to right.
    #[must_use]
    pub fn children(&self, id: AstId) -> Vec<AstId> {
        let mut all = Vec::new();
        self.node(id).kind.children(&mut all);
        all
    }
}

impl Kind {
    /// Adds the children of a node to a list, left to right.
    pub fn children(&self, all: &mut Vec<AstId>) {
        match self {
            Kind::Number(_) | Kind::Name(_) | Kind::Identity | Kind::OnesVector => {}
            Kind::Neg(a) | Kind::Transpose(a) | Kind::Bars(_, a) => all.push(*a),
            Kind::Sum(terms) => all.extend(terms.iter().map(|&(_, t)| t)),
            Kind::Product(factors) => all.extend(factors.iter().map(|&(_, f)| f)),
            Kind::Power(a, b) | Kind::HadamardPower(a, b) | Kind::Inner(a, b) => all.extend([*a, *b]),
            Kind::Call { args, .. } => all.extend(args),
            Kind::Index(a, places) => {
                all.push(*a);
                all.extend(places.iter().filter_map(|p| if let Place::At(id) = p { Some(*id) } else { None }));
            }
            Kind::Big { low, high, skip, body, .. } => all.extend(low.iter().chain(high).chain(skip).copied().chain([*body])),
            Kind::Member { index, .. } => all.extend(index),
        }
    }
}
