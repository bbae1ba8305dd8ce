//! The kinds of mistakes in a claimed derivative, and one of them in words.

/// The kinds of mistakes that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// The transpose of the right answer.
    Transposed,
    /// A row in place of a column, or the other way round.
    Layout,
    /// Another shape.
    Shape,
    /// The right answer with the other sign.
    Sign,
    /// The right answer times a scalar.
    Factor,
    /// A sum in place of a mean, or the other way round.
    Mean,
    /// The gradient as if the variable had no structure.
    Ambient,
    /// The gradient as if the variable had a structure that it has not, or counted twice off the diagonal.
    Symmetrised,
    /// A term is missing.
    MissingTerm,
    /// A term does not belong.
    ExtraTerm,
    /// A term has the wrong sign.
    TermSign,
    /// A term has the wrong number in front.
    TermFactor,
    /// A factor or a term stands transposed.
    PartTransposed,
    /// Two factors are exchanged.
    Order,
    /// A matrix operation in place of an element-wise one, or the other way round.
    Entrywise,
    /// Another function.
    Function,
    /// An inverse is missing, or one too many.
    Inverse,
    /// A factor is missing, or one too many.
    PartFactor,
    /// An exponent is wrong.
    Exponent,
    /// None of these.
    Other,
}

impl Mistake {
    /// The word for it in machine-readable output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Mistake::Transposed => "transposed",
            Mistake::Layout => "layout",
            Mistake::Shape => "shape",
            Mistake::Sign => "sign",
            Mistake::Factor => "factor",
            Mistake::Mean => "mean",
            Mistake::Ambient => "ambient",
            Mistake::Symmetrised => "symmetrised",
            Mistake::MissingTerm => "missing-term",
            Mistake::ExtraTerm => "extra-term",
            Mistake::TermSign => "term-sign",
            Mistake::TermFactor => "term-factor",
            Mistake::PartTransposed => "part-transposed",
            Mistake::Order => "order",
            Mistake::Entrywise => "entrywise",
            Mistake::Function => "function",
            Mistake::Inverse => "inverse",
            Mistake::PartFactor => "part-factor",
            Mistake::Exponent => "exponent",
            Mistake::Other => "other",
        }
    }
}

/// What is wrong, in the user's names.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The kind.
    pub mistake: Mistake,
    /// One line.
    pub text: String,
}
