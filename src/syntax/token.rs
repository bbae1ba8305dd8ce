//! The row of phrases that both dialects are read into, before brackets and precedence.

use super::{Bars, Big, Builtin, Times};
use crate::base::{Rational, Span};

/// One phrase with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Span,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// What a phrase is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Number(Rational),
    Word(Box<Word>),
    Plus,
    Minus,
    Times(Times),
    /// `^`.
    Caret,
    /// `.^`; in LaTeX the start of `^{\circ …}`.
    HadamardCaret,
    Mark(Mark),
    Open(Bracket),
    Close(Bracket),
    /// `|`, or `‖` where `wide`; what it opens or closes is found once all phrases are there.
    Bar {
        wide: bool,
        norm: Option<Norm>,
        /// The side that it was written for, as by `\left|`.
        side: Option<Side>,
    },
    Comma,
    Semicolon,
    Colon,
    Equals,
    /// `s.t.`.
    SubjectTo,
    Let,
    Where,
    /// The head of an indexed sum; its bounds follow as groups in [`Bracket::Bound`].
    Big(Box<BigHead>),
    /// `sum_{i<j}`; the places that are no index follow in brackets.
    Ordered(Box<OrderedHead>),
    /// `sum_{i in C}`.
    Members(Box<SetHead>),
    /// A function that no variable can hide, from a notation of its own (`1_n`, `√`); its argument follows in brackets.
    Function(&'static str),
    /// `\mathbf{1}`.
    OnesVector,
    /// A comparison or another relation, by its sign: `<=`, `∝`; `in` where it says that something is in a set.
    Relation(&'static str),
    /// `[i in C]`.
    Membership(Box<SetHead>),
    /// Taken up by its neighbour.
    Nothing,
}

/// A mark behind an operand.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// `'`: a transpose, or a derivative behind a function's name.
    Prime,
    Transpose,
    /// `A^{-T}`.
    InverseTranspose,
    /// `x²`, `A⁻¹`.
    Power(Rational),
    /// `Xᵏ`, with the sign.
    NamedPower(bool, String),
    /// `A⁺`.
    PseudoInverse,
    /// `(t)_+`.
    PositivePart,
}

/// Kinds of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Paren,
    Square,
    /// Around a condition that counts as 0 or 1.
    Condition,
    /// Square brackets behind an operand.
    Index,
    Brace,
    /// TeX's own braces, which do not print.
    Group,
    Angle,
    Bars(Bars),
    /// Around a bound of an indexed sum.
    Bound,
}

/// Which side of its content a bar stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Which norm a subscript behind bars names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Norm {
    Two,
    One,
    Infinity,
    Nuclear,
}

/// The head `sum_{i=1}^{N}`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BigHead {
    pub big: Big,
    pub index: String,
    pub at: Span,
    pub low: bool,
    pub high: bool,
    /// `sum(i=1..N, …)`: the body ends at the closing parenthesis.
    pub call: bool,
}

/// The head of a sum over indices in an order: `sum_{1 <= i < j <= n}`, `sum_{j: j != i}`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OrderedHead {
    pub big: Big,
    /// The one index that runs, where it is said: j in `sum_{j: j != i}`.
    pub own: Option<String>,
    /// Whether its first value is said, which follows first of all.
    pub low: bool,
    /// What the signs stand between: a letter that may be an index, or an expression, which follows.
    pub places: Vec<(Option<String>, Span)>,
    /// One sign fewer than places.
    pub signs: Vec<Order>,
    /// Whether a last value stands above the sign; it follows too.
    pub high: bool,
}

/// The head of a sum over a set: `sum_{i in C}`, `sum_{(i,j) in E}`, `sum_{j: (i,j) in E}`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SetHead {
    pub big: Big,
    /// The indices that run, where that is said in front of a colon.
    pub own: Vec<String>,
    /// What is in the set: one index, or several together.
    pub tuple: Vec<(String, Span)>,
    /// The set's name without the letters below it that are indices.
    pub set: String,
    /// The letters below it: k of C_k.
    pub below: Vec<String>,
    /// Where the set's name stands.
    pub at: Span,
}

/// How two indices lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Below,
    UpTo,
    Above,
    From,
    Unlike,
}

impl Order {
    /// The sign as it is written, in plain text, in Unicode or as a LaTeX command.
    pub fn read(sign: &str) -> Option<Order> {
        Some(match sign {
            "<" | "lt" => Order::Below,
            "<=" | "≤" | "le" | "leq" | "leqslant" => Order::UpTo,
            ">" | "gt" => Order::Above,
            ">=" | "≥" | "ge" | "geq" | "geqslant" => Order::From,
            "!=" | "≠" | "ne" | "neq" => Order::Unlike,
            _ => return None,
        })
    }

    /// The sign read from right to left.
    pub fn turned(self) -> Order {
        match self {
            Order::Below => Order::Above,
            Order::UpTo => Order::From,
            Order::Above => Order::Below,
            Order::From => Order::UpTo,
            Order::Unlike => Order::Unlike,
        }
    }
}

/// A name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// Canonical, with all subscripts.
    pub name: String,
    /// Canonical, without subscripts (accents are part of it).
    pub base: String,
    /// The subscripts from left to right.
    pub subs: Vec<Sub>,
    pub role: Role,
}

/// One subscript.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sub {
    Text(String),
    /// Arithmetic: `x_{t-1}`.
    Expression(Vec<Token>),
}

/// What a name is in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Role {
    #[default]
    Variable,
    /// A built-in function with its arguments in brackets behind it.
    Call(Builtin),
    /// A built-in function that takes the next factor.
    Prefix(Builtin),
    /// A built-in function with nothing to apply it to.
    Bare(Builtin),
    /// A function of the user's own, with this many primes and then its arguments in brackets.
    User(u8),
    /// The same without brackets.
    UserPrefix,
    /// The identity matrix.
    Identity,
}

impl Bracket {
    /// The bracket as the user knows it.
    pub fn opening(self) -> &'static str {
        match self {
            Bracket::Paren => "(",
            Bracket::Square | Bracket::Index | Bracket::Condition => "[",
            Bracket::Brace | Bracket::Group | Bracket::Bound => "{",
            Bracket::Angle => "⟨",
            Bracket::Bars(Bars::Single) => "|",
            Bracket::Bars(_) => "‖",
        }
    }

    /// Its partner.
    pub fn closing(self) -> &'static str {
        match self {
            Bracket::Paren => ")",
            Bracket::Square | Bracket::Index | Bracket::Condition => "]",
            Bracket::Brace | Bracket::Group | Bracket::Bound => "}",
            Bracket::Angle => "⟩",
            Bracket::Bars(Bars::Single) => "|",
            Bracket::Bars(_) => "‖",
        }
    }

    /// Whether the two are written with the same sign.
    pub fn pairs_with(self, other: Bracket) -> bool {
        self == other || matches!((self, other), (Bracket::Index, Bracket::Square) | (Bracket::Square, Bracket::Index))
    }
}

impl TokenKind {
    /// Whether an operand may begin with it.
    pub fn begins_operand(&self) -> bool {
        match self {
            TokenKind::Open(bracket) => *bracket != Bracket::Index,
            TokenKind::Number(_)
            | TokenKind::Word(_)
            | TokenKind::Big(_)
            | TokenKind::Ordered(_)
            | TokenKind::Members(_)
            | TokenKind::Function(_)
            | TokenKind::OnesVector
            | TokenKind::Membership(_)
            | TokenKind::Bar { norm: None, side: None | Some(Side::Left), .. } => true,
            _ => false,
        }
    }

    /// Whether an operand is complete after it, so that a bar behind it may close. (A bar's own role decides for bars.)
    pub fn ends_operand(&self) -> bool {
        match self {
            TokenKind::Number(_) | TokenKind::Close(_) | TokenKind::Mark(_) | TokenKind::OnesVector | TokenKind::Membership(_) => true,
            TokenKind::Word(word) => !matches!(word.role, Role::Prefix(_) | Role::UserPrefix),
            _ => false,
        }
    }
}
