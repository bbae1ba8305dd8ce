//! The one table of names: what NumPy, PyTorch and JAX call the functions of this language.

/// What a function of theirs is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A function of the same arguments, by its name here.
    Same(&'static str, usize),
    /// A sum or a mean, of all entries or along an axis.
    Reduce(&'static str),
    /// `softmax` and the like, along an axis.
    Along(&'static str),
    /// An operator as a function: `np.multiply(a, b)`.
    Operator(Operator),
    /// A norm with an order.
    Norm,
    /// The inner product of two vectors, the outer one, the one of all entries.
    Inner,
    Outer,
    Vdot,
    Tensordot,
    MultiDot,
    Einsum,
    /// `solve(A, b)`.
    Solve,
    MatrixPower,
    /// `slogdet(S)`, a pair.
    Slogdet,
    Transpose,
    /// The entries row after row.
    Ravel,
    Identity,
    /// `ones((m, n))` and `zeros(n)`.
    Filled(&'static str),
    OnesLike,
    ZerosLike,
    Length,
    /// Known, and not supported: what to type instead.
    Refused(&'static str),
}

/// An operator that has a function's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Negative,
    Multiply,
    Divide,
    Power,
    MatMul,
}

const EXTREME: &str = "a greatest entry picks out one; `torch.logsumexp(x, 0)` is a smooth one, `np.maximum(x, y)` goes entry by entry";
const PLACE: &str = "a place does not change with small changes, and has no derivative; `softmax` is what is often taken in its place";
const STEPS: &str = "a function with steps has no derivative";
const SHAPED: &str = "arrays keep their shape here; write the formula for the array as it is";
const CASES: &str = "cases are not read in this spelling; `np.maximum(x, 0)` and `np.abs(x)` are the ones that have a name";

use Meaning::{Along, Filled, Reduce, Refused, Same};
use Operator::{Add, Divide, MatMul, Multiply, Negative, Power, Subtract};

/// Their names, by the last part of the path, and what each means.
const TABLE: &[(&[&str], Meaning)] = &[
    (&["exp"], Same("exp", 1)),
    (&["log"], Same("log", 1)),
    (&["sqrt"], Same("sqrt", 1)),
    (&["square"], Same("square", 1)),
    (&["reciprocal"], Same("recip", 1)),
    (&["sin"], Same("sin", 1)),
    (&["cos"], Same("cos", 1)),
    (&["tan"], Same("tan", 1)),
    (&["arcsin", "asin"], Same("asin", 1)),
    (&["arccos", "acos"], Same("acos", 1)),
    (&["arctan", "atan"], Same("atan", 1)),
    (&["sinh"], Same("sinh", 1)),
    (&["cosh"], Same("cosh", 1)),
    (&["tanh"], Same("tanh", 1)),
    (&["arcsinh", "asinh"], Same("asinh", 1)),
    (&["arccosh", "acosh"], Same("acosh", 1)),
    (&["arctanh", "atanh"], Same("atanh", 1)),
    (&["abs", "absolute", "fabs"], Same("abs", 1)),
    (&["sign", "sgn"], Same("sign", 1)),
    (&["log1p"], Same("log1p", 1)),
    (&["expm1"], Same("expm1", 1)),
    (&["log2"], Same("log2", 1)),
    (&["log10"], Same("log10", 1)),
    (&["cbrt"], Same("cbrt", 1)),
    (&["rsqrt"], Same("rsqrt", 1)),
    (&["sigmoid", "expit"], Same("sigmoid", 1)),
    (&["logit"], Same("logit", 1)),
    (&["logsigmoid", "log_sigmoid", "log_expit"], Same("logsigmoid", 1)),
    (&["softplus"], Same("softplus", 1)),
    (&["relu"], Same("relu", 1)),
    (&["silu", "swish"], Same("silu", 1)),
    (&["mish"], Same("mish", 1)),
    (&["softsign", "soft_sign"], Same("softsign", 1)),
    (&["gelu"], Same("gelu", 1)),
    (&["erf"], Same("erf", 1)),
    (&["erfc"], Same("erfc", 1)),
    (&["gammaln", "lgamma", "loggamma"], Same("lgamma", 1)),
    (&["digamma", "psi"], Same("digamma", 1)),
    (&["maximum", "fmax"], Same("max", 2)),
    (&["minimum", "fmin"], Same("min", 2)),
    (&["inv", "inverse"], Same("inv", 1)),
    (&["det"], Same("det", 1)),
    (&["logdet"], Same("logdet", 1)),
    (&["trace"], Same("tr", 1)),
    (&["pinv", "pinverse"], Same("pinv", 1)),
    (&["expm", "matrix_exp"], Same("expm", 1)),
    (&["logm"], Same("logm", 1)),
    (&["sqrtm"], Same("sqrtm", 1)),
    (&["kron"], Same("kron", 2)),
    (&["diag", "diagonal"], Same("diag", 1)),
    (&["diagflat", "diag_embed"], Same("Diag", 1)),
    (&["tril"], Same("tril", 1)),
    (&["triu"], Same("triu", 1)),
    (&["sum"], Reduce("sum")),
    (&["mean", "average"], Reduce("mean")),
    (&["softmax"], Along("softmax")),
    (&["log_softmax"], Along("logsoftmax")),
    (&["logsumexp"], Along("logsumexp")),
    (&["add"], Meaning::Operator(Add)),
    (&["subtract", "sub"], Meaning::Operator(Subtract)),
    (&["negative", "neg"], Meaning::Operator(Negative)),
    (&["multiply", "mul"], Meaning::Operator(Multiply)),
    (&["divide", "true_divide", "div"], Meaning::Operator(Divide)),
    (&["power", "pow", "float_power"], Meaning::Operator(Power)),
    (&["dot", "matmul", "mm", "mv"], Meaning::Operator(MatMul)),
    (&["norm", "vector_norm", "matrix_norm"], Meaning::Norm),
    (&["inner"], Meaning::Inner),
    (&["outer", "ger"], Meaning::Outer),
    (&["vdot"], Meaning::Vdot),
    (&["tensordot"], Meaning::Tensordot),
    (&["multi_dot", "chain_matmul"], Meaning::MultiDot),
    (&["einsum"], Meaning::Einsum),
    (&["solve"], Meaning::Solve),
    (&["matrix_power"], Meaning::MatrixPower),
    (&["slogdet"], Meaning::Slogdet),
    (&["transpose", "t", "matrix_transpose"], Meaning::Transpose),
    (&["ravel", "flatten"], Meaning::Ravel),
    (&["eye", "identity"], Meaning::Identity),
    (&["ones"], Filled("ones")),
    (&["zeros"], Filled("zeros")),
    (&["ones_like"], Meaning::OnesLike),
    (&["zeros_like"], Meaning::ZerosLike),
    (&["len", "numel"], Meaning::Length),
    (&["max", "amax", "min", "amin"], Refused(EXTREME)),
    (&["argmax", "argmin", "argsort"], Refused(PLACE)),
    (&["sort", "topk", "median", "unique"], Refused("it picks out entries, and has their derivatives in their order")),
    (&["floor", "ceil", "round", "rint", "trunc", "heaviside"], Refused(STEPS)),
    (&["where", "select", "piecewise", "clip", "clamp"], Refused(CASES)),
    (
        &[
            "reshape",
            "view",
            "squeeze",
            "unsqueeze",
            "expand_dims",
            "swapaxes",
            "permute",
            "stack",
            "hstack",
            "vstack",
            "concatenate",
            "cat",
        ],
        Refused(SHAPED),
    ),
    (&["array", "asarray", "tensor", "full", "arange", "linspace"], Refused("name the array, and declare it: --var 'A: matrix(m,n)'")),
    (&["lstsq"], Refused("the solution is `np.linalg.pinv(A) @ b`")),
    (&["prod"], Refused("the product of all entries is `np.exp(np.sum(np.log(x)))` where they are positive")),
    (&["var"], Refused("the variance is `np.mean((x - np.mean(x))**2)`")),
    (&["std"], Refused("the standard deviation is `np.sqrt(np.mean((x - np.mean(x))**2))`")),
    (&["cumsum"], Refused("the sums from the first entry on are `np.tril(np.ones((n, n))) @ x`")),
    (&["cross"], Refused("the cross product has no formula for all sizes")),
    (&["matrix_rank"], Refused("the rank is constant nearby or jumps, and has no derivative")),
    (&["cond"], Refused("the condition number is `np.linalg.norm(X, 2) * np.linalg.norm(np.linalg.inv(X), 2)`")),
    (&["eig", "eigh", "eigvals", "eigvalsh"], Refused("`maxeig(S)` and `mineig(S)` are the extreme eigenvalues")),
    (&["svd", "svdvals"], Refused("`np.linalg.norm(X, 'nuc')` is the sum of the singular values, `spectral(X)` the largest")),
    (&["cov", "corrcoef"], Refused("write the formula out: `(X - M).T @ (X - M) / n`")),
];

/// The modules that names may stand in.
const MODULES: [&str; 22] = [
    "np",
    "numpy",
    "jnp",
    "onp",
    "anp",
    "cp",
    "torch",
    "jax",
    "scipy",
    "sp",
    "math",
    "nn",
    "F",
    "la",
    "LA",
    "sla",
    "npl",
    "linalg",
    "special",
    "lax",
    "functional",
    "optax",
];

/// What an array has that no module has.
const ATTRIBUTES: [&str; 5] = ["T", "mT", "shape", "size", "H"];

/// What a function means, by the last part of its name.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    TABLE.iter().find(|(names, _)| names.contains(&name)).map(|(_, meaning)| *meaning)
}

/// Whether `root.member` is something in a module, where nobody declared a variable of that name.
pub(super) fn is_module(root: &str, member: &str) -> bool {
    // `F` is a matrix as often as PyTorch's functions, which have no names of methods.
    let method =
        root == "F" && ["sum", "mean", "dot", "trace", "transpose", "t", "ravel", "flatten", "diagonal", "det", "norm"].contains(&member);
    MODULES.contains(&root) && !ATTRIBUTES.contains(&member) && !method
}

/// The module that a name like `np` or `torch` is, if it says clearly that Python is spoken.
pub(super) fn speaks_python(root: &str) -> bool {
    ["np", "numpy", "jnp", "torch", "jax", "scipy"].contains(&root)
}

/// The known name that is nearest to one that is not.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let known = TABLE.iter().flat_map(|(names, _)| names.iter().copied());
    let near = known.map(|known| (strsim::jaro_winkler(known, name), known)).filter(|(score, _)| *score > 0.85);
    near.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1))).map(|(_, known)| known)
}
