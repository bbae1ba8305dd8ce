//! Functions that the field knows by name and the table of functions has not, each with what to type in its place.
//!
//! A row of the table or an alias of one is never listed here. Names are folded: small letters, no underscores.

/// Names, and what to type in place of them.
const UNSUPPORTED: &[(&[&str], &str)] = &[
    // Spectra and factors of a matrix.
    (
        &["eig", "eigs", "eigh", "eigsh", "eigen", "eigensystem", "eigendecomposition", "eigenvectors", "eigvecs"],
        "`maxeig(S)` and `mineig(S)` are the extreme eigenvalues, `maxeigvec(S)` and `mineigvec(S)` their vectors",
    ),
    (
        &["eigvals", "eigvalsh", "eigenvalues", "eigenvals", "eigval", "spectrum"],
        "`maxeig(S)` and `mineig(S)` are the extreme eigenvalues; the sum of all is `tr(A)`, their product `det(A)`",
    ),
    (
        &["svd", "svds", "svdvals", "svdlowrank", "singularvalues", "singularvaluelist", "singularvaluedecomposition"],
        "`spectral(X)` is the largest singular value, `nuclear(X)` the sum of all, `leftsv(X)` and `rightsv(X)` leading vectors",
    ),
    (&["sigmamin", "minsv", "leastsv"], "the least singular value is `sqrt(mineig(X' X))`"),
    (&["spectralradius"], "of a symmetric matrix it is `spectral(S)`"),
    (&["numericalradius", "fieldofvalues"], "`spectral(X)` bounds it from above"),
    (
        &["chol", "cholesky", "choleskyfactor", "choleskydecomposition", "choleskysolve", "cholsolve", "chosolve", "chofactor"],
        "the factor itself is not differentiated here: `sum(log(diag(chol(S))))` is `1/2 log det(S)`, `norm(chol(S) \\ x)^2` is `x' inv(S) x`; or take L: lower(n) as the variable, with S = L L'",
    ),
    (
        &["qr", "lq", "rq", "ql", "qrdecomposition"],
        "the factors are not differentiated here: `X inv(X' X) X'` is the projection Q Q', `X' X` is R' R, and log |det R| is `1/2 log det(X' X)`",
    ),
    (
        &["lu", "plu", "lufactor", "lusolve", "ludecomposition", "ldl", "ldlt"],
        "the factors are not differentiated here: use `det(A)`, `inv(A)` or `A \\ b` themselves",
    ),
    (
        &["schur", "hessenberg", "hess", "jordan", "bidiag", "tridiag", "qz"],
        "the factors are not differentiated here; `tr(A)`, `det(A)`, `expm(A)` and the norms are functions of the whole matrix",
    ),
    (
        &["rank", "matrixrank"],
        "the rank is constant nearby or jumps, and has no derivative; `nuclear(X)` is what is often taken in its place",
    ),
    (
        &["null", "nullspace", "orth", "colspace", "rref", "rowreduce"],
        "a basis is not determined by the matrix; the projections are `X pinv(X)` onto the range and `eye(n) - pinv(X) X` onto the null space",
    ),
    (&["cond", "conditionnumber", "rcond"], "the condition number is `spectral(X) spectral(inv(X))`"),
    (&["adjoint", "hermitian", "dagger"], "matrices are real here: `A'` is the transpose, `adj(A)` the adjugate"),
    (
        &["permanent", "pfaffian", "minor", "minors", "charpoly", "compound"],
        "`det(A)`, `adj(A)` and `cof(A)` are the functions of this kind",
    ),
    (
        &["signm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm", "funm", "matrixfunction", "fractionalmatrixpower"],
        "`expm(A)`, `logm(A)`, `sqrtm(A)` and powers `A^k` are the functions of a matrix as a whole; `cos(A)` goes entry by entry",
    ),
    (
        &["expmv", "expmmultiply", "frechet", "expmfrechet"],
        "`expm(A) v` is written as that; the derivative of `expm` is taken inside a trace",
    ),
    (
        &["lyap", "dlyap", "care", "dare", "solvediscretelyapunov", "solvecontinuousare", "solvediscreteare", "riccati"],
        "`lyapunov(A, C)` solves A X + X A' = C, `sylvester(A, B, C)` solves A X + X B = C",
    ),
    (
        &["lstsq", "leastsquares", "lsqminnorm", "nnls", "regress", "ridge", "ols"],
        "the least-squares solution is `inv(X' X) X' y`, or `pinv(X) y`; `matdiff solve` finds it from the objective",
    ),
    (
        &["solve", "solvetriangular", "cgsolve"],
        "write `inv(A) b` or `A \\ b`; to solve for a variable, `matdiff solve 'OBJECTIVE' --wrt x`",
    ),
    (
        &["bandpart", "diagind", "offdiag", "tridiagonal", "diaginvert"],
        "`tril(A)`, `triu(A)` and `A .* M` with a mask M take parts of a matrix; without its diagonal it is `A - diag(diag(A))`",
    ),
    // Complex numbers.
    (
        &["conj", "conjugate", "real", "imag", "re", "im", "realpart", "imagpart", "angle", "phase", "cplx"],
        "numbers are real here: the conjugate and the real part are the number itself; write real and imaginary parts as two variables",
    ),
    // Order and choice.
    (
        &["argmax", "nanargmax", "whichmax"],
        "a place does not change with small changes, and has no derivative; `softmax(x)` is what is often taken in its place",
    ),
    (
        &["argmin", "nanargmin", "whichmin"],
        "a place does not change with small changes, and has no derivative; `softmax(-x)` is what is often taken in its place",
    ),
    (
        &[
            "argsort",
            "sort",
            "sorted",
            "ordering",
            "argpartition",
            "partition",
            "topk",
            "kthvalue",
            "nlargest",
            "nsmallest",
            "unique",
            "searchsorted",
        ],
        "it is the entries in another order, and has their derivatives in that order",
    ),
    (
        &["median", "nanmedian", "quantile", "percentile", "iqr", "mad", "trimmedmean", "mode", "medfilt"],
        "it is one of the entries, and has their derivative; `mean(x)` is what is often taken in its place",
    ),
    (
        &["amax", "amin", "nanmax", "nanmin", "maxentry", "minentry", "cummax", "cummin", "ptp"],
        "`max(x, y)` goes entry by entry; of all entries `logsumexp(x)` is a smooth greatest one, `norminf(x)` the greatest absolute one",
    ),
    (&["sup", "supremum", "inf", "infimum"], "an extremum over a variable has no formula here"),
    (
        &["select", "piecewise", "ifelse", "iif", "choose"],
        "write it with `step(x)`, which is 1 where x is positive and else 0: `step(x) .* a + step(-x) .* b`",
    ),
    (
        &["isnan", "isinf", "isfinite", "equal", "greater", "less", "nnz", "countnonzero", "indicator", "norm0", "l0norm"],
        "a condition has no derivative; `step(x)` is 1 where x is positive and else 0",
    ),
    // Steps.
    (
        &[
            "floor",
            "ceil",
            "ceiling",
            "round",
            "rint",
            "trunc",
            "fix",
            "frac",
            "mod",
            "rem",
            "remainder",
            "fmod",
            "integerpart",
            "fractionalpart",
        ],
        "a function with steps has no derivative; `step(x)` is the one that is read",
    ),
    (
        &["bucketize", "digitize", "histogram", "hist", "bincount", "onehot", "onehotencode"],
        "counting has no derivative; a vector with a single 1 is declared: --var 'y: onehot(n)'",
    ),
    // Sums and statistics.
    (&["prod", "product", "nanprod"], "the product of all entries is `exp(sum(log(x)))` where they are positive"),
    (&["cumprod", "cumulativeproduct"], "the products from the first entry on are `exp(tril(ones(n,n)) log(x))` where they are positive"),
    (&["cumsum", "cumulativesum", "accumulate", "cumtrapz"], "the sums from the first entry on are `tril(ones(n,n)) x`"),
    (&["logcumsumexp"], "it is `log(tril(ones(n,n)) exp(x))`"),
    (
        &["diff", "ediff1d", "differences", "gradient", "del2", "laplacian"],
        "differences are a sum over an index: `sum_{i=1}^{n-1} (x[i+1] - x[i])^2`; or `D x` with a matrix D of your own",
    ),
    (
        &["total", "nansum", "reducesum", "sumaxis"],
        "`sum(A)` is the sum of all entries, `rowsum(A)` that of each row, `colsum(A)` that of each column",
    ),
    (
        &["nanmean", "reducemean", "rowmeans", "colmeans", "rowmean", "colmean"],
        "`mean(A)` is that of all entries; by row it is `rowsum(A)/n`, by column `colsum(A)/m`",
    ),
    (&["var", "variance", "nanvar", "varp"], "the variance is `norm(x - mean(x))^2/n`"),
    (&["std", "stdev", "stddev", "standarddeviation", "sd", "nanstd"], "the standard deviation is `norm(x - mean(x))/sqrt(n)`"),
    (
        &["cov", "covariance", "covar", "scatter"],
        "the covariance of two columns is `(x - mean(x))' (y - mean(y))/n`; of the columns of X it is `X' (eye(m) - ones(m,m)/m) X/m`",
    ),
    (
        &["corr", "corrcoef", "correlation", "pearsonr", "crosscorr", "xcorr", "autocorr"],
        "the correlation is `(x - mean(x))' (y - mean(y)) / (norm(x - mean(x)) norm(y - mean(y)))`",
    ),
    (
        &["skewness", "kurtosis", "moment", "cumulant", "zscore", "standardize", "center", "centre", "whiten"],
        "centred it is `x - mean(x)`, and divided by the standard deviation `sqrt(n) (x - mean(x))/norm(x - mean(x))`",
    ),
    (&["harmonicmean", "harmmean", "hmean"], "the harmonic mean is `n / sum(1 ./ x)`"),
    (&["geometricmean", "geomean", "gmean"], "the geometric mean is `exp(mean(log(x)))`"),
    (&["entropy", "shannonentropy", "xentropy"], "the entropy is `-p' log(p)`"),
    (
        &["kl", "kldiv", "kldivergence", "kullbackleibler", "relativeentropy", "dkl", "kldivloss"],
        "the divergence is `p' log(p ./ q)`; between Gaussians it is `1/2 (tr(inv(T) S) + (m - u)' inv(T) (m - u) - n + log det(T) - log det(S))`",
    ),
    (
        &["js", "jsdiv", "jensenshannon", "wasserstein", "hellinger", "mmd", "bhattacharyya"],
        "write the formula itself: `p' log(p ./ q)` is a divergence, `norm(sqrt(p) - sqrt(q))^2` a distance",
    ),
    (&["mahalanobis", "mahal"], "it is `sqrt((x - mu)' inv(S) (x - mu))`"),
    (
        &["expectation", "expect", "expectedvalue", "probability", "prob", "pr", "condexp"],
        "expectations and probabilities are not supported; over a sample write `1/N sum_i …`",
    ),
    // Losses and layers.
    (
        &[
            "crossentropy",
            "crossentropyloss",
            "ce",
            "celoss",
            "softmaxcrossentropy",
            "categoricalcrossentropy",
            "sparsecategoricalcrossentropy",
        ],
        "from scores z and a target y it is `-y' logsoftmax(z)`, from probabilities `-y' log(p)`",
    ),
    (
        &["bce", "bceloss", "binarycrossentropy", "bcewithlogits", "bcewithlogitsloss", "logloss", "sigmoidcrossentropy"],
        "from scores it is `sum(softplus(z) - y .* z)`, from probabilities `-y' log(p) - (1 - y)' log(1 - p)`",
    ),
    (
        &[
            "nll",
            "nllloss",
            "gaussiannll",
            "poissonnll",
            "negloglik",
            "loglik",
            "loglikelihood",
            "logprob",
            "logpdf",
            "pdf",
            "cdf",
            "logcdf",
        ],
        "write the log density itself; of a Gaussian it is `-1/2 (x - mu)' inv(S) (x - mu) - 1/2 log det(2 pi S)`, `normpdf(x)` and `normcdf(x)` are the standard ones",
    ),
    (
        &["mvnpdf", "mvnlogpdf", "multivariatenormal", "normal", "gaussian", "mvn", "normlogpdf"],
        "the log density of a Gaussian is `-1/2 (x - mu)' inv(S) (x - mu) - 1/2 log det(2 pi S)`; `normpdf(x)` is the standard one, entry by entry",
    ),
    (&["l1loss", "smoothl1loss", "smoothl1", "huberloss"], "write it on the difference: `sum(abs(x - y))/n`, `sum(huber(x - y))/n`"),
    (&["hinge", "hingeloss", "hingeembeddingloss", "marginloss", "multimarginloss", "squaredhinge"], "it is `sum(relu(1 - y .* z))`"),
    (
        &["tripletloss", "tripletmarginloss", "contrastiveloss", "infonce", "ctcloss", "focalloss", "diceloss"],
        "write the formula itself, with `relu`, `logsoftmax` and `norm`",
    ),
    (
        &["selu", "celu", "glu", "swiglu", "geglu", "reglu", "maxout", "crelu", "rrelu", "snake"],
        "write the formula itself: `elu(x, a)` and `sigmoid(x)` are there, a gate is `(A x) .* sigmoid(B x)`",
    ),
    (&["layernorm", "layernormalization"], "it is `sqrt(n) (x - mean(x)) / norm(x - mean(x))`, without the small number in the root"),
    (&["rmsnorm"], "it is `sqrt(n) x / norm(x)`, without the small number in the root"),
    (
        &["batchnorm", "batchnorm1d", "instancenorm", "groupnorm", "localresponsenorm", "weightnorm", "spectralnormalization"],
        "of a vector it is `sqrt(n) (x - mean(x)) / norm(x - mean(x))`; for a matrix write the means as products with `ones(m)`",
    ),
    (
        &["normalize", "normalized", "normalise", "unitize", "unitvec", "l2normalize"],
        "a vector of length 1 is `x / norm(x)`; one that sums to 1 is `x / sum(x)`",
    ),
    (&["dropout", "alphadropout", "droppath", "bernoulli"], "a random mask is a variable of its own: `m .* x`"),
    (&["gumbelsoftmax", "gumbel", "rand", "randn", "uniform", "random"], "what is drawn at random is a variable of its own: `x + s e`"),
    (&["linear", "dense", "affine", "mlp", "embedding"], "it is `W x + b`"),
    (&["bilinear", "quadform", "quadraticform", "qform"], "it is `x' A y`"),
    (
        &["attention", "multiheadattention", "scaleddotproductattention", "selfattention"],
        "it is `softmax(Q K' / sqrt(d)) V`, with the softmax by row",
    ),
    (&["rnn", "lstm", "gru", "rnncell", "lstmcell", "grucell", "transformer"], "write one step: `tanh(W h + U x + b)`"),
    (
        &[
            "conv",
            "conv1d",
            "conv2d",
            "conv3d",
            "convolve",
            "convolution",
            "correlate",
            "conv2",
            "deconv",
            "convtranspose",
            "filter",
            "lfilter",
        ],
        "a convolution is a product with a matrix of your own: `C x`",
    ),
    (
        &["maxpool", "avgpool", "maxpool2d", "avgpool2d", "pool", "upsample", "interpolate", "interp", "interp1", "pad", "padding"],
        "it is a product with a matrix of your own, `P x`, or the maxima of parts: `max(x, y)`",
    ),
    (
        &["pairwisedistance", "pdist", "pdist2", "cdist", "squareform", "distancematrix", "dist", "distance"],
        "it is `norm(x - y)`; the squares of all distances of the rows of X are `diag(X X') ones(m)' + ones(m) diag(X X')' - 2 X X'`",
    ),
    (
        &["rbf", "rbfkernel", "gaussiankernel", "laplacekernel", "matern", "polykernel"],
        "write the kernel itself: `exp(-norm(x - y)^2/(2 s^2))`",
    ),
    (
        &["vecnorm", "rownorm", "rownorms", "colnorm", "colnorms", "columnnorms"],
        "the norms of the rows are `sqrt(rowsum(X.^2))`, of the columns `sqrt(colsum(X.^2))`; `norm(x)` is that of all entries",
    ),
    (&["norm21", "l21norm", "norm12", "mixednorm", "grouplasso"], "the sum of the rows' norms is `sum(sqrt(rowsum(X.^2)))`"),
    (&["tv", "totalvariation", "tvnorm"], "it is `sum_{i=1}^{n-1} abs(x[i+1] - x[i])`"),
    // Shapes.
    (&["ravel", "flatten", "flat", "rowvec", "vecr"], "row by row it is `vec(A')`; `vec(A)` goes column by column"),
    (
        &[
            "reshape",
            "resize",
            "view",
            "permute",
            "permutedims",
            "swapaxes",
            "moveaxis",
            "rollaxis",
            "squeeze",
            "unsqueeze",
            "expanddims",
            "shiftdim",
            "arrayreshape",
        ],
        "`vec(A)`, `unvec(v, m, n)` and `A'` are the changes of shape",
    ),
    (
        &["tile", "repeat", "repmat", "repelem", "repeatinterleave", "expand", "broadcastto", "broadcast", "rep"],
        "copies are products with ones: `x ones(n)'`, `ones(m) x'`, `kron(ones(m,n), A)`",
    ),
    (
        &[
            "concat",
            "concatenate",
            "cat",
            "hstack",
            "vstack",
            "dstack",
            "stack",
            "columnstack",
            "rowstack",
            "hcat",
            "vcat",
            "horzcat",
            "vertcat",
            "append",
            "join",
            "block",
            "bmat",
            "blockarray",
            "arrayflatten",
        ],
        "blocks are not supported; of two vectors beside each other, a product with each part says the same: `A x + B y` for `[A B] [x; y]`",
    ),
    (
        &["blkdiag", "blockdiag", "blockdiagonal", "directsum"],
        "blocks are not supported; `kron(eye(k), A)` repeats one block along the diagonal",
    ),
    (
        &[
            "circulant",
            "circ",
            "toeplitz",
            "toeplitzmatrix",
            "hankel",
            "hankelmatrix",
            "vander",
            "vandermonde",
            "companion",
            "hilb",
            "hilbert",
            "hadamardmatrix",
            "magic",
            "dft",
            "dftmatrix",
        ],
        "a matrix of this structure is a sum over its entries, or a variable of your own",
    ),
    (
        &["flip", "fliplr", "flipud", "rot90", "roll", "circshift", "reverse", "rotateleft", "rotateright", "shift"],
        "it is a product with a permutation: `P x` with P: orthogonal(n)",
    ),
    (
        &["gather", "scatteradd", "take", "indexselect", "maskedselect", "slice", "getitem", "put", "sub2ind"],
        "entries are `x[i]` and `A[i,j]`, rows `A[i,:]`; a choice of entries is `M .* A` with a mask M",
    ),
    (
        &["size", "length", "numel", "ndims", "shape", "dim", "len", "nrow", "ncol", "height", "width"],
        "a size is a name: declare `x: vector(n)` and write n",
    ),
    (
        &[
            "linspace",
            "arange",
            "logspace",
            "colon",
            "meshgrid",
            "ndgrid",
            "full",
            "fill",
            "zeroslike",
            "oneslike",
            "fulllike",
            "eyelike",
            "empty",
        ],
        "`ones(n)`, `zeros(m,n)`, `eye(n)`, `c ones(n)` are the constant ones; others are variables of your own",
    ),
    (
        &["einsum", "tensordot", "tensorcontraction", "contract", "tensorproduct", "ncon"],
        "write the sum itself: `A B`, `tr(A B)`, `A .* B`, or `sum_{i,j} A[i,j] B[j,i]`",
    ),
    (
        &["bmm", "baddbmm", "addmm", "addmv", "addbmm", "matvec", "multidot", "chainmatmul", "gemm", "gemv", "mv"],
        "write the product itself: `A B`, `A x + y`",
    ),
    (
        &["add", "subtract", "plus", "minus", "negative", "neg", "mul", "sub", "times", "scalarmul"],
        "write the sign itself: `x + y`, `x - y`, `x .* y`",
    ),
    (&["divide", "truedivide", "rdivide", "ldivide", "quotient"], "write the sign itself: `x ./ y`"),
    (
        &["cross", "crossproduct", "vectorproduct", "wedge", "skew", "vee", "crossmat", "skewsymmetric"],
        "the cross product is `K y` with K: skew(3) of the entries of x",
    ),
    (
        &["khatrirao", "krb", "columnwisekron", "facesplit", "tracyhsingh"],
        "the column-wise Kronecker product is `(A ⊗ ones(q)) .* (ones(m) ⊗ B)` for m×n A and q×n B",
    ),
    (&["commutator", "comm", "liebracket", "anticommutator", "poisson"], "it is `A B - B A`"),
    (
        &["gram", "grammatrix", "proj", "projection", "projector", "hatmatrix"],
        "the Gram matrix is `X' X`, the projection onto the columns `X inv(X' X) X'`",
    ),
    (&["schurcomplement", "woodbury", "leverage"], "it is `A - B inv(D) C`"),
    (
        &["invvec", "invvech", "mat", "ivec", "ivech", "unvech", "smat", "svec"],
        "`unvec(v, m, n)` is the matrix whose columns are v; `unvec(duplication(n) v, n, n)` is the symmetric one",
    ),
    // Fourier, integrals, calculus.
    (
        &[
            "fft",
            "ifft",
            "rfft",
            "irfft",
            "fft2",
            "ifft2",
            "dct",
            "idct",
            "fourier",
            "inversefourier",
            "hadamardtransform",
            "wavelet",
            "dwt",
        ],
        "a transform is a product with a matrix of your own: `F x`",
    ),
    (&["trapz", "integrate", "quad", "cumulativetrapezoid", "simpson", "integral"], "an integral over a grid is `w' f` with the weights w"),
    (
        &[
            "grad",
            "jac",
            "jacobian",
            "hessian",
            "vjp",
            "jvp",
            "autograd",
            "dif",
            "deriv",
            "derivative",
            "limit",
            "series",
            "div",
            "divergence",
            "curl",
        ],
        "a derivative is asked for with a command: matdiff grad '…' --wrt x",
    ),
    (&["stopgradient", "detach", "nograd", "clone"], "what is to be constant is a variable of its own: put a new name in its place"),
    // Special functions.
    (
        &["hurwitzzeta", "dirichleteta", "lerch"],
        "of the special functions there are `gammafn lgamma digamma polygamma betaln erf erfc erfinv normcdf normpdf`",
    ),
    (
        &[
            "besselj", "bessely", "besseli", "besselk", "jv", "yv", "iv", "kv", "i0", "i1", "i0e", "i1e", "j0", "j1", "airy", "airyai",
            "airybi", "hankel1", "struve",
        ],
        "of the special functions there are `gammafn lgamma digamma polygamma betaln erf erfc erfinv normcdf normpdf`",
    ),
    (
        &[
            "gammainc",
            "gammaincc",
            "igamma",
            "igammac",
            "betainc",
            "betaincinv",
            "gammaincinv",
            "expint",
            "expi",
            "exp1",
            "sinint",
            "cosint",
            "fresnel",
            "dawson",
            "owenst",
            "marcumq",
        ],
        "of the special functions there are `gammafn lgamma digamma polygamma betaln erf erfc erfinv normcdf normpdf`",
    ),
    (
        &[
            "legendre",
            "hermite",
            "laguerre",
            "chebyshev",
            "chebyt",
            "gegenbauer",
            "jacobi",
            "hyp2f1",
            "hypergeometric2f1",
            "hyp1f1",
            "ellipk",
            "ellipe",
            "elliptick",
            "lambertw",
            "productlog",
            "polylog",
            "spence",
        ],
        "of the special functions there are `gammafn lgamma digamma polygamma betaln erf erfc erfinv normcdf normpdf`",
    ),
    (
        &["mvgamma", "multigammaln", "mvgammaln", "multivariategamma", "mvlgamma", "wishart"],
        "the logarithm of the multivariate gamma function is `p (p - 1)/4 log(pi) + sum_{j=1}^{p} lgamma(a + (1 - j)/2)`",
    ),
    (
        &["factorial", "binomial", "comb", "nchoosek", "binom", "lchoose", "pochhammer", "poch"],
        "`n!` is `gammafn(n + 1)`, its logarithm `lgamma(n + 1)`; the binomial's is `lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)`",
    ),
    (
        &["ndtri", "norminv", "probit", "normppf", "ppf", "icdf"],
        "the inverse of the normal distribution function is `sqrt(2) erfinv(2 p - 1)`",
    ),
    (&["logndtr", "lognormcdf", "normlogcdf"], "it is `log(normcdf(x))`"),
    (&["erfcx", "erfi"], "`erfc(x)` is `1 - erf(x)`; scaled it is `exp(x.^2) .* erfc(x)`"),
    (&["sinc"], "write it out: `sin(pi x) ./ (pi x)`, or `sin(x) ./ x`"),
    (
        &["lg", "logb", "logbase", "nthroot", "root"],
        "`log2(x)`, `log10(x)` and quotients `log(x)/log(b)` are the logarithms to other bases; a root is `x.^(1/k)`",
    ),
    (&["degrees", "radians", "deg2rad", "rad2deg", "sind", "cosd", "tand"], "an angle in degrees is `pi/180 x`"),
    (
        &["versin", "haversin", "gd", "asec", "acsc", "asech", "acsch", "acoth", "arcsec", "arccsc", "arcsech", "arccsch", "arccoth"],
        "write it by the ones there are: `acos(1 ./ x)`, `asin(1 ./ x)`, `atanh(1 ./ x)`",
    ),
    (
        &["vmap", "scan", "foldl", "arrayfun", "cellfun", "bsxfun"],
        "a function of a name of your own goes entry by entry: `f(x)` with --fn 'f(t) = …'",
    ),
    (&["simplify", "collect", "subs", "evalf", "fullsimplify"], "give the expression alone; `matdiff simplify '…'` is a command"),
];

/// What to type in place of a function of this name (folded), where the table knows it.
pub(super) fn instead(folded: &str) -> Option<&'static str> {
    UNSUPPORTED.iter().find(|(names, _)| names.contains(&folded)).map(|(_, hint)| *hint)
}

/// All names of the table.
pub fn unsupported() -> impl Iterator<Item = &'static str> {
    UNSUPPORTED.iter().flat_map(|(names, _)| names.iter().copied())
}
