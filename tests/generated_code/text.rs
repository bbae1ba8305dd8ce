//! The text of generated code: what a careful numerical analyst would have written.

use super::{Bench, half};
use matdiff::base::Rational;
use matdiff::emit::numpy;
use matdiff::ir::{ExprId, Fun, UserFunction};
use matdiff::ops::{apply, call};

#[test]
fn residuals_are_computed_once_and_from_the_right() {
    let mut b = Bench::new();
    let (x, w, y) = (b.mat("X", "m", "n"), b.col("w", "n"), b.col("y", "m"));
    let xw = b.mul(&[x, w]);
    let r = b.store.sub(xw, y);
    let xt = b.t(x);
    let g = b.mul(&[ExprId::TWO, xt, r]);
    assert_eq!(b.body(g), "return 2 * (X.T @ (X @ w - y))");
}

#[test]
fn the_signature_holds_every_variable_in_order() {
    let mut b = Bench::new();
    let (l, x) = (b.scalar("lambda"), b.col("x", "n"));
    let _unused = b.col("y", "n");
    let g = b.mul(&[l, x]);
    let text = numpy(&mut b.store, &[g], "gradient", &b.symbols).unwrap_or_default();
    assert_eq!(
        text,
        "import numpy as np\n\n\ndef gradient(lambda_, x, y):\n    \"\"\"Gradient; shapes: x (n,), y (n,).\"\"\"\n    return lambda_ * x\n"
    );
}

#[test]
fn vectors_are_multiplied_first() {
    let mut b = Bench::new();
    let (a, c, x, y) = (b.mat("A", "m", "n"), b.mat("B", "n", "n"), b.col("x", "n"), b.col("y", "m"));
    let product = b.mul(&[a, c, x]);
    assert_eq!(b.body(product), "return A @ (B @ x)");
    let yt = b.t(y);
    let form = b.mul(&[yt, a, c, x]);
    assert_eq!(b.body(form), "return y @ (A @ (B @ x))");
}

#[test]
fn inverses_are_solved_and_inverted_only_to_be_used_again() {
    let mut b = Bench::new();
    let (s, x) = (b.spd("S", "n"), b.col("x", "n"));
    let (p, xt) = (b.inv(s), b.t(x));
    let quadratic = b.mul(&[xt, p, x]);
    assert_eq!(b.body(quadratic), "return np.linalg.solve(S, x) @ x");
    let outer = b.mul(&[p, x, xt, p]);
    assert_eq!(b.body(outer), "v1 = np.linalg.solve(S, x)\nreturn np.outer(v1, v1)");
    let gradient = b.store.sub(outer, p);
    assert_eq!(b.body(gradient), "M1 = np.linalg.inv(S)\nv1 = M1 @ x\nreturn np.outer(v1, v1) - M1");
}

#[test]
fn determinants_stay_in_logarithms() {
    let mut b = Bench::new();
    let s = b.spd("S", "n");
    let det = apply(&mut b.store, "det", &[s]);
    let log = apply(&mut b.store, "log", &[det]);
    assert_eq!(b.body(log), "return np.linalg.slogdet(S)[1]");
    let root = b.store.num(half().neg());
    let density = b.store.power(det, root);
    assert_eq!(b.body(density), "return np.exp(-0.5 * np.linalg.slogdet(S)[1])");
}

#[test]
fn no_diagonal_matrix_is_formed_beside_another() {
    let mut b = Bench::new();
    let (x, p) = (b.mat("X", "m", "n"), b.col("p", "m"));
    let (d, pt, xt) = (b.store.diag(p), b.t(p), b.t(x));
    let outer = b.mul(&[p, pt]);
    let middle = b.store.sub(d, outer);
    let hessian = b.mul(&[xt, middle, x]);
    assert_eq!(b.body(hessian), "v1 = X.T @ p\nreturn (X.T * p) @ X - np.outer(v1, v1)");
}

#[test]
fn traces_and_diagonals_of_products_form_no_product() {
    let mut b = Bench::new();
    let (x, y) = (b.mat("A", "m", "n"), b.mat("B", "n", "m"));
    let product = b.mul(&[x, y]);
    let (trace, diagonal) = (b.store.trace(product), b.store.diagonal(product));
    assert_eq!(b.body(trace), "return np.einsum('ij,ji->', A, B)");
    assert_eq!(b.body(diagonal), "return np.einsum('ij,ji->i', A, B)");
}

#[test]
fn sums_over_samples_have_no_loop() {
    let mut b = Bench::new();
    let mu = b.col("mu", "n");
    let scatter = b.over("N", |b, i| {
        let x = b.member("x", "n", "N", i);
        let r = b.store.sub(x, mu);
        let rt = b.t(r);
        b.mul(&[r, rt])
    });
    assert_eq!(b.body(scatter), "M1 = x - mu\nreturn M1.T @ M1");
}

#[test]
fn a_loop_starts_from_its_own_array() {
    let mut b = Bench::new();
    let (a, three) = (b.mat("A", "n", "n"), b.store.int(3));
    let index = b.store.fresh_index();
    let power = b.store.power(a, index);
    let sum = b.store.big_sum(index, ExprId::ZERO, three, power);
    let want = "n = A.shape[0]\nM1 = np.zeros((n, n))\nfor i in range(4):\n    M1 += np.linalg.matrix_power(A, i)\nreturn M1";
    assert_eq!(b.body(sum), want);
}

#[test]
fn kronecker_products_beside_vectors_are_reshapes() {
    let mut b = Bench::new();
    let (x, y, z) = (b.mat("A", "m", "n"), b.mat("B", "p", "q"), b.mat("X", "q", "n"));
    let (k, v) = (b.store.kron(&[x, y]), b.store.vec(z));
    let product = b.mul(&[k, v]);
    assert_eq!(b.body(product), "return (A @ X.T @ B.T).reshape(-1)");
}

#[test]
fn exponentials_neither_overflow_nor_cancel() {
    let mut b = Bench::new();
    let (x, y, one) = (b.col("x", "n"), b.col("y", "n"), b.ones("n", "1"));
    let e = apply(&mut b.store, "exp", &[x]);
    let below = b.store.add(&[one, e]);
    let log = apply(&mut b.store, "log", &[below]);
    assert_eq!(b.body(log), "return np.logaddexp(0, x)");
    let less = b.store.sub(e, one);
    assert_eq!(b.body(less), "return np.expm1(x)");
    // y ∘ exp(x) / yᵀexp(x): the quotient with softmax(x).
    let (yt, above) = (b.t(y), b.store.hadamard(&[y, e]));
    let total = b.mul(&[yt, e]);
    let total = b.inv(total);
    let weights = b.mul(&[total, above]);
    let text = b.body(weights);
    assert!(text.ends_with("v1 = softmax(x)\nreturn y * v1 / (y @ v1)"), "{text}");
}

#[test]
fn negatives_and_transposes_of_what_is_computed_are_not_computed() {
    let mut b = Bench::new();
    let phi = b.store.declare_function(UserFunction { name: "phi".into(), spelling: "phi".into() });
    let (x, y, w) = (b.col("x", "n"), b.col("y", "n"), b.mat("W", "m", "n"));
    let (r, s) = (b.store.sub(x, y), b.store.sub(y, x));
    let f = call(&mut b.store, Fun::User(phi, 0), &[r]);
    let (wf, ws) = (b.mul(&[w, f]), b.mul(&[w, s]));
    let sum = b.store.add(&[wf, ws]);
    assert_eq!(b.body(sum), "v1 = x - y\nreturn W @ phi(v1) - W @ v1");
}

#[test]
fn scalars_multiply_the_smallest_part() {
    let mut b = Bench::new();
    let (s, x, y, third) = (b.scalar("s"), b.col("x", "m"), b.col("y", "n"), b.store.num(Rational::new(1, 3).unwrap_or(Rational::ONE)));
    let yt = b.t(y);
    let outer = b.mul(&[third, s, x, yt]);
    assert_eq!(b.body(outer), "return np.outer(s / 3 * x, y)");
}

#[test]
fn what_no_array_shows_is_a_parameter() {
    let mut b = Bench::new();
    let (s, one) = (b.scalar("s"), b.ones("n", "1"));
    let v = b.mul(&[s, one]);
    let text = numpy(&mut b.store, &[v], "value", &b.symbols).unwrap_or_default();
    assert!(text.contains("def value(s, n):"), "{text}");
    assert!(text.contains("return np.full(n, s)"), "{text}");
}

#[test]
fn deep_and_long_input_is_written_in_lines() {
    let mut b = Bench::new();
    let x = b.col("x", "n");
    let mut deep = x;
    for _ in 0..3000 {
        deep = apply(&mut b.store, "sin", &[deep]);
    }
    let text = b.body(deep);
    assert!(text.lines().all(|l| l.len() < 200));
    let (a, c) = (b.mat("A", "m", "n"), b.mat("B", "n", "m"));
    let z = b.col("z", "m");
    let mut chain: Vec<ExprId> = (0..1000).map(|k| if k % 2 == 0 { a } else { c }).collect();
    chain.push(z);
    let long = b.mul(&chain);
    assert_eq!(b.body(long).matches('@').count(), 1000);
}

#[test]
fn rotations_of_one_chain_share_their_parts() {
    let count = |n: usize| {
        let mut b = Bench::new();
        let x = b.mat("X", "n", "n");
        let mut chain = Vec::new();
        for k in 0..n {
            chain.extend([b.mat(&format!("A{k}"), "n", "n"), x]);
        }
        let mut terms = Vec::new();
        for k in 0..n {
            let (before, after) = (&chain[..2 * k + 1], &chain[2 * k + 2..]);
            terms.push(b.mul(&[after, before].concat()));
        }
        let gradient = b.store.add(&terms);
        b.body(gradient).matches('@').count()
    };
    // One by one 2n² products; shared, n log n.
    assert!(count(32) < 32 * 12, "{}", count(32));
}
