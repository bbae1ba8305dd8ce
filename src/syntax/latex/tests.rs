//! Tests of the LaTeX dialect: formulas as they stand in papers, and what is refused.

use super::{looks_like_latex, parse_latex};
use crate::syntax::testing::{check_all, dump, vocabulary};

fn tree(text: &str) -> String {
    match parse_latex(text, &vocabulary("", "")) {
        Ok(ast) => dump(&ast),
        Err(error) => {
            let span = error.span.map(|s| s.of(text).to_string()).unwrap_or_default();
            format!("ERROR at `{span}`: {} | {}{}", error.message, error.label, error.hint.unwrap_or_default())
        }
    }
}

fn check(cases: &[(&str, &str)]) {
    check_all(tree, cases);
}

#[test]
fn formulas_from_papers() {
    check(&[
        (
            r"-\frac{n}{2}\log(2^m\pi^m)-\frac{n}{2}\log(\det(\Sigma))-\frac{1}{2}\sum_{i=1}^{n} (x_i-\mu)^T\Sigma^{-1}(x_i-\mu)",
            "(sum +((neg (n /:2)) log[((^ 2 m) (^ pi m))]) -((n /:2) log[det[Sigma]]) -((1 /:2) (SUM i 1 n ((T (sum +x@i -mu)) (^ Sigma -1) (sum +x@i -mu)))))",
        ),
        (r"\log\left(\det(2\pi\Sigma)^{-\frac{1}{2}}\exp\left(-x\right)\right)", "log[((^ det[(2 pi Sigma)] (neg (1 /:2))) exp[(neg x)])]"),
        (r"\sigma(\mathbf{X}^T\mathbf{a})^T\sigma(\mathbf{X}^T\mathbf{a})", "((T sigma[((T X) a)]) sigma[((T X) a)])"),
        (
            r"-\langle \mathbf{y}, X\mathbf{w} \rangle + \log \langle \mathbf{1}, \exp(X\mathbf{w}) \rangle",
            "(sum +(neg <y (X w)>) +log[<1s exp[(X w)]>])",
        ),
        (
            r"\log|\Sigma| + \frac{1}{N}\sum_{i=1}^{N}\left\langle \mathbf{x}_i-\boldsymbol{\mu}, \Sigma^{-1}(\mathbf{x}_i-\boldsymbol{\mu})\right\rangle",
            "(sum +log[(Single Sigma)] +((1 /:N) (SUM i 1 N <(sum +x@i -mu) ((^ Sigma -1) (sum +x@i -mu))>)))",
        ),
        (
            r"\frac{1}{2}\|\sigma(W_2\sigma(W_1 x+b_1)+b_2)-y\|^2",
            "((1 /:2) (^ (Double (sum +sigma[(sum +(W2 sigma[(sum +(W1 x) +b1)]) +b2)] -y)) 2))",
        ),
        (
            r"\frac{1}{2}\|w\|^2-\sum_{i=1}^{N}\alpha_i\left(y_i(w^T x_i+b)-1\right)",
            "(sum +((1 /:2) (^ (Double w) 2)) -(SUM i 1 N (alpha@i (sum +(y@i (sum +((T w) x@i) +b)) -1))))",
        ),
        (
            r"-\mathbf{y}\cdot \ln\mathbf{s} - (\mathbf{1}-\mathbf{y})\cdot\ln(\mathbf{1}-\mathbf{s})",
            "(sum +((neg y) cdot:log[s]) -((sum +1s -y) cdot:log[(sum +1s -s)]))",
        ),
        (r"\frac{1}{2}||xx^{T} \circ Y||_F^{2}", "((1 /:2) (^ (Double (x (T x) .*:Y)) 2))"),
        (r"(Xw - y)^T U(Xw-y)", "((T (sum +(X w) -y)) U (sum +(X w) -y))"),
        (r"-\log \Big( \det \big[C \Sigma C^T \big] \Big)", "(neg log[det[(C Sigma (T C))]])"),
        (
            r"\sigma^2\left[1 + \frac{r\sqrt{5}}{\ell}\right] \exp\left(-\frac{r\sqrt{5}}{\ell}\right)",
            "((^ sigma 2) (sum +1 +((r sqrt[5]) /:ell)) exp[(neg ((r sqrt[5]) /:ell))])",
        ),
        (r"\operatorname{Tr}\left[(AXB+C)(AXB+C)^{\top}\right]", "tr[((sum +(A X B) +C) (T (sum +(A X B) +C)))]"),
        (r"x^T A^T x\, x^T A x", "((T x) (T A) x (T x) A x)"),
        (r"-\frac{\nu+n+p-1}{2}\log|I_n+S^{-1}|", "((neg ((sum +nu +n +p -1) /:2)) log[(Single (sum +eye[n] +(^ S -1)))])"),
    ]);
}

#[test]
fn scripts_and_marks() {
    check(&[
        (
            r"X^{-\top} + X^{-T} + X^{\mathsf T} + X^\mathrm{T} + X^{\text{T}} + X^\top",
            "(sum +(T (^ X -1)) +(T (^ X -1)) +(T X) +(T X) +(T X) +(T X))",
        ),
        (r"A^{\circ 2} + x^{\circ -1} + A^{\odot 2}", "(sum +(.^ A 2) +(.^ x -1) +(.^ A 2))"),
        (
            r"\|x\|_1 + \|x\|_\infty + \|X\|_* + \|X\|_{\mathrm{F}}^2 + \|x\|^2_2",
            "(sum +(One x) +(Infinity x) +(Nuclear X) +(^ (Double X) 2) +(^ (Double x) 2))",
        ),
        (
            r"\left|\left|x\right|\right| + \left\| A x \right\|_2^2 + \lvert a \rvert",
            "(sum +(Double x) +(^ (Double (A x)) 2) +(Single a))",
        ),
        (r"\sqrt[3]{x} + \frac12 x + \tfrac1n x", "(sum +(^ x (1 /:3)) +((1 /:2) x) +((1 /:n) x))"),
        (
            r"\hat{y}_i + \tilde X + \bar x + \hat{\mathbf{y}} + \mathbf{\hat y} + \vec{x} + \widehat{\Sigma}_1",
            "(sum +y_hat_i +X_tilde +x_bar +y_hat +y_hat +x +Sigma_hat1)",
        ),
        (
            r"[X]_{ij} + [X^{-1}]_{21} + (A B)_{1,2} + X[i,:] + x[2]",
            "(sum +(at X i j) +(at (^ X -1) 2 1) +(at (A B) 1 2) +(at X i :) +(at x 2))",
        ),
        (
            r"\mathbf{1}_n^\top x + \mathbf{1}^\top_n x + \mathbf{1}_{m\times n} + \mathbf{0}_{m\times n}",
            "(sum +((T ones[n]) x) +((T ones[n]) x) +ones[m n] +zeros[m n])",
        ),
        (r"I_{n} + \mathbf I_{n} + I_{n+1} + I_{mn} + I", "(sum +eye[n] +eye[n] +eye[(sum +n +1)] +eye[(m n)] +I)"),
        (r"\phi'(z) + \phi(z) + \phi''(z) + \phi^{\prime}(z)", "(sum +phi'[z] +phi[z] +phi''[z] +phi'[z])"),
        (r"W^{(1)} x + x^{(i)} + x^*", "(sum +(W1 x) +x_i +x_star)"),
        (r"X^{+} b + X^\dagger", "(sum +(pinv[X] b) +pinv[X])"),
        (r"\mathrm{d}X Y + X \mathrm{d}Y + \mathrm{d}\Sigma", "(sum +(dX Y) +(X dY) +dSigma)"),
        (r"\mathbf{AB}^T + {\bf x} + {A}^{T}{B}", "(sum +(A_bold (T B_bold)) +x +((T A) B))"),
        (r"W_3W_2W_1X", "(W3 W2 W1 X)"),
        (r"x_{\text{train}} + x_{\max} + \theta_{ij}", "(sum +x_train +x_max +theta_ij)"),
    ]);
}

#[test]
fn sums_and_definitions() {
    check(&[
        (r"\sum_{i,j} K_{ij} \alpha_i \alpha_j", "(SUM i _ _ (SUM j _ _ (K@i,j alpha@i alpha@j)))"),
        (r"\sum_{t=2}^{T} x_t^\top A x_{t-1}", "(SUM t 2 T ((T x@t) A x@(sum +t -1)))"),
        (r"\prod\limits_{k=1}^{n} a_k + \sum^{n}_{k=1} a_k", "(sum +(PROD k 1 n a@k) +(SUM k 1 n a@k))"),
        (r"\sum_{r=0}^{k-1} X^{r} A X^{k-1-r}", "(SUM r 0 (sum +k -1) ((^ X r) A (^ X (sum +k -1 -r))))"),
        (r"r^\top r \quad\text{where}\quad r = X w - y,\ s = 2", "r=(sum +(X w) -y); s=2; ((T r) r)"),
        (r"\[ x^\top A x \]", "((T x) A x)"),
        (r"\begin{aligned} & x^\top A x \\ &+ b^\top x \end{aligned}", "(sum +((T x) A x) +((T b) x))"),
    ]);
}

#[test]
fn functions() {
    check(&[
        (r"\log 2\pi + \log\det\Sigma + \log\det(\Sigma)^2", "(sum +log[(2 pi)] +log[det[Sigma]] +log[(^ det[Sigma] 2)])"),
        (r"\log^2 x + \sin^2(x) + \operatorname{tr}^2(A)", "(sum +(^ log[x] 2) +(^ sin[x] 2) +(^ tr[A] 2))"),
        (
            r"\operatorname{softmax}(X w) + \mathrm{ReLU}(x) + \text{diag}(v) + \operatorname{Diag}(v)",
            "(sum +softmax[(X w)] +relu[x] +diag[v] +Diag[v])",
        ),
        (r"\max(0, x) + \det{A}^2 + \log{x}", "(sum +max[0 x] +(^ det[A] 2) +log[x])"),
        (r"f(x) + \lambda (A + B)", "(sum +f[x] +(lambda (sum +A +B)))"),
        (r"\operatorname{unit}(k,n)", "unit[k n]"),
        (r"\operatorname{D}_{n} \operatorname{L}_n + \operatorname{K}_{n,n}", "(sum +(duplication[n] elimination[n]) +commutation[n n])"),
    ]);
}

#[test]
fn what_cannot_be_read_is_said() {
    check(&[
        (
            r"\operatorname{tr} A B",
            r"ERROR at `\operatorname{tr} A B`: `\operatorname{tr} A B` has two readings | write `\operatorname{tr}(A B)` or `\operatorname{tr}(A) B`",
        ),
        (r"\lamda x", r"ERROR at `\lamda`: there is no command `\lamda` | did you mean `\lambda`?"),
        (r"\foo{x}", r"ERROR at `\foo`: `\foo` cannot be read | write a function as `\operatorname{foo}(x)`, a name as `\mathrm{foo}`"),
        (r"x^10", "ERROR at `10`: TeX takes one digit behind `^` | write `^{10}`"),
        (
            r"\partial x",
            r"ERROR at `\partial`: `\partial` cannot be read | ask for the derivative with a command: `matdiff grad EXPR --wrt X`",
        ),
        (r"a/b c", "ERROR at `a/b c`: `a/b c` has two readings | write `(a/b) c` or `a/(b c)`"),
        (r"{x", "ERROR at ``: `{` is never closed | `}` is missing"),
        (r"\left( x", "ERROR at ``: `(` is never closed | `)` is missing"),
    ]);
    for text in [
        r"\frac{1}",
        r"\frac",
        r"\sum x_i",
        r"\sum_{i=1}^{\infty} x_i",
        r"\|x\|_{2,1}",
        r"x}",
        r"a \le b",
        r"\log_2 x",
        r"A^*",
        r"x^\",
        r"\int x",
        r"\hat",
        r"\sqrt",
        r"\mathbf",
        r"_1",
        r"^2",
        r"\left",
        r"\left.",
        r"\begin{pmatrix} a \end{pmatrix}",
        r"\frac{1} + x",
        r"\sum_{i=\sum_j j} x_i",
        r"",
        r"$$",
        r"\\",
        r"x_{",
        r"\hat{AB}",
    ] {
        assert!(tree(text).starts_with("ERROR"), "`{text}` is read as {}", tree(text));
    }
    for n in [500usize, 20_000] {
        for (open, close) in [
            ("{", "}"),
            (r"\left(", r"\right)"),
            (r"\frac{", "}{2}"),
            (r"\hat{", "}"),
            (r"\sqrt{", "}"),
            ("x^{", "}"),
            ("x_{", "}"),
            (r"\mathbf{", "}"),
            (r"\sqrt", ""),
            (r"\hat", ""),
            (r"\langle x,", r"\rangle"),
        ] {
            let text = format!("{}x{}", open.repeat(n), close.repeat(n));
            let result = parse_latex(&text, &vocabulary("", ""));
            assert!(result.err().is_some_and(|e| e.message.len() < 300), "{open}");
        }
    }
}

#[test]
fn latex_is_recognised() {
    for text in [r"\|x\|", r"\frac{1}{2}", r"X\beta", r"\[x\]", r"$x$", r"\operatorname{foo}(x)", r"a \cdot b", r"\left(x\right)"] {
        assert!(looks_like_latex(text), "{text}");
    }
    for text in [r"A \ b", r"A\b", r"(X'X)\(X'y)", "x'A x", r"A\Xy", ""] {
        assert!(!looks_like_latex(text), "{text}");
    }
}
