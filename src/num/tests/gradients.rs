//! Right gradients pass, wrong ones fail.

use super::*;

#[test]
fn quadratic_forms() {
    let mut b = Bench::new();
    let (n, none) = (b.n, Facts::NONE);
    let (xs, x) = b.column("x");
    let (matrix, a) = b.var("A", n, n, none);
    let (xt, at) = (b.t(x), b.t(a));
    let f = b.s.mul(&[xt, a, x]);
    let both = b.s.add(&[a, at]);
    let right = b.s.mul(&[both, x]);
    let ax = b.s.mul(&[a, x]);
    let (double, negative, half) = (b.scaled(2, 1, ax), b.s.neg(right), b.scaled(1, 2, right));
    let difference = b.s.sub(a, at);
    let skew = b.s.mul(&[difference, x]);
    let turned = b.t(right);
    b.gradient(f, xs, right, &[ax, double, negative, half, skew, turned, ExprId::ZERO, x]);
    let outer = b.s.mul(&[x, xt]);
    let y = b.column("y").1;
    let yt = b.t(y);
    let g = b.s.mul(&[xt, a, y]);
    let (by_a, wrong) = (b.s.mul(&[x, yt]), b.s.mul(&[y, xt]));
    b.gradient(f, matrix, outer, &[by_a]);
    b.gradient(g, matrix, by_a, &[wrong, outer]);
}

#[test]
fn least_squares_of_a_rectangular_matrix() {
    let mut b = Bench::new();
    let (m, n) = (b.m, b.n);
    let x = b.var("X", m, n, Facts::NONE).1;
    let (ws, w) = b.column("w");
    let y = b.var("y", m, DimId::ONE, Facts::NONE).1;
    let xw = b.s.mul(&[x, w]);
    let r = b.s.sub(xw, y);
    let f = b.s.inner(r, r);
    let xt = b.t(x);
    let half = b.s.mul(&[xt, r]);
    let right = b.scaled(2, 1, half);
    let plus = b.s.add(&[xw, y]);
    let sign = b.s.mul(&[ExprId::TWO, xt, plus]);
    b.gradient(f, ws, right, &[half, sign, w]);
}

#[test]
fn determinants_and_inverses() {
    let mut b = Bench::new();
    let (xs, x) = b.square("X", Facts::NONE);
    let (ss, s) = b.square("S", Facts::DEFINITE);
    let a = b.square("A", Facts::NONE).1;
    let inverse = b.s.inverse(x);
    let inverse_t = b.t(inverse);
    let f = b.log_det(x);
    b.gradient(f, xs, inverse_t, &[inverse, x]);
    let g = b.log_det(s);
    let s_inverse = b.s.inverse(s);
    let (double, half) = (b.scaled(2, 1, s_inverse), b.scaled(1, 2, s_inverse));
    b.gradient(g, ss, s_inverse, &[double, half, s]);
    let product = b.s.mul(&[inverse, a]);
    let f = b.s.trace(product);
    let right = b.s.mul(&[inverse, a, inverse]);
    let right = b.t(right);
    let right = b.s.neg(right);
    let wrong = b.t(right);
    let sign = b.s.neg(right);
    b.gradient(f, xs, right, &[wrong, sign]);
}

#[test]
fn structure_is_asked_of_the_gradient() {
    let mut b = Bench::new();
    let (u, v) = (b.column("u").1, b.column("v").1);
    let (ut, vt) = (b.t(u), b.t(v));
    let (free, free_t) = (b.s.mul(&[u, vt]), b.s.mul(&[v, ut]));
    let structures = [
        (Facts::SYMMETRIC, "sum"),
        (Facts::DEFINITE, "sum"),
        (Facts::SKEW, "difference"),
        (Facts::DIAGONAL, "diagonal"),
        (Facts::ORTHOGONAL, "free"),
        (Facts::NONE, "free"),
    ];
    for (facts, kind) in structures {
        let (xs, x) = b.square("X", facts);
        let f = b.s.mul(&[ut, x, v]);
        let sum = b.s.add(&[free, free_t]);
        let difference = b.s.sub(free, free_t);
        let diagonal = b.s.diagonal(free);
        let (sum, difference, diagonal) = (b.scaled(1, 2, sum), b.scaled(1, 2, difference), b.s.diag(diagonal));
        let all = [("sum", sum), ("difference", difference), ("diagonal", diagonal), ("free", free)];
        let right = all.iter().find(|(k, _)| *k == kind).map_or(free, |(_, g)| *g);
        let wrong: Vec<ExprId> = all.iter().filter(|(k, _)| *k != kind).map(|(_, g)| *g).collect();
        b.gradient(f, xs, right, &wrong);
    }
    // A lower triangular variable: the gradient vanishes above the diagonal.
    let (ls, l) = b.square("L", Facts::LOWER);
    let f = b.s.mul(&[ut, l, v]);
    let outcome = check_gradient(&b.s, f, ls, free, &Options::default());
    assert!(matches!(&outcome, Err(Failure::Disagrees(d)) if d.kind == Disagreement::Structure), "{outcome:?}");
}

#[test]
fn elementwise_kronecker_norm_softmax() {
    let mut b = Bench::new();
    let (m, n) = (b.m, b.n);
    let (xs, x) = b.var("X", m, n, Facts::NONE);
    let a = b.var("A", m, n, Facts::NONE).1;
    let xa = b.s.hadamard(&[x, a, x]);
    let f = b.sum_of(xa);
    let half = b.s.hadamard(&[x, a]);
    let right = b.scaled(2, 1, half);
    b.gradient(f, xs, right, &[half, a]);

    let norm = b.call("norm", &[x]);
    let inverse = b.s.inverse(norm);
    let right = b.s.mul(&[inverse, x]);
    b.gradient(norm, xs, right, &[x]);

    let (ys, y) = b.square("Y", Facts::NONE);
    let c = b.square("C", Facts::NONE).1;
    let kron = b.s.kron(&[c, y]);
    let kron = b.s.mul(&[kron, kron]);
    let f = b.sum_of(kron);
    let ones = b.s.ones(Shape::new(n, n));
    let (ct, yt) = (b.t(c), b.t(y));
    let square = b.s.mul(&[c, c]);
    let front = b.sum_of(square);
    let (left, right) = (b.s.mul(&[ones, yt]), b.s.mul(&[yt, ones]));
    let both = b.s.add(&[left, right]);
    let right = b.s.mul(&[front, both]);
    let (one_side, other) = (b.s.mul(&[front, left]), b.s.mul(&[ct, both]));
    b.gradient(f, ys, right, &[one_side, other]);

    let (zs, z) = b.column("z");
    let w = b.column("w").1;
    let p = b.call("softmax", &[z]);
    let f = b.s.inner(w, p);
    let pw = b.s.hadamard(&[p, w]);
    let mean = b.s.mul(&[f, p]);
    let right = b.s.sub(pw, mean);
    b.gradient(f, zs, right, &[pw, mean]);
}

#[test]
fn domains_and_kinks_are_met() {
    let mut b = Bench::new();
    let (xs, x) = b.column("x");
    let a = b.column("a").1;
    // log(1 − xᵀx): only near the origin.
    let xx = b.s.inner(x, x);
    let inside = b.s.sub(ExprId::ONE, xx);
    let f = b.call("log", &[inside]);
    let inverse = b.s.inverse(inside);
    let half = b.s.mul(&[inverse, x]);
    let (right, double) = (b.scaled(-2, 1, half), b.scaled(2, 1, half));
    b.gradient(f, xs, right, &[half, double]);
    // Σ|x∘a| and Σ max(x, a).
    let xa = b.s.hadamard(&[x, a]);
    let abs = b.call("abs", &[xa]);
    let f = b.sum_of(abs);
    let sign = b.call("sign", &[xa]);
    let right = b.s.hadamard(&[sign, a]);
    b.gradient(f, xs, right, &[sign]);
    let max = b.call("max", &[x, a]);
    let f = b.sum_of(max);
    let difference = b.s.sub(x, a);
    let right = b.call("step", &[difference]);
    b.gradient(f, xs, right, &[difference]);
    // √ of a difference, and arcsine.
    let root = b.s.hadamard_power(difference, ExprId::HALF);
    let f = b.sum_of(root);
    let minus_half = b.scaled(-1, 1, ExprId::HALF);
    let right = b.s.hadamard_power(difference, minus_half);
    let (right, wrong) = (b.scaled(1, 2, right), right);
    b.gradient(f, xs, right, &[wrong]);
    // Nowhere defined: nothing is proved.
    let negative = b.s.neg(xx);
    let negative = b.s.sub(negative, ExprId::ONE);
    let nowhere = b.call("log", &[negative]);
    assert!(matches!(check_gradient(&b.s, nowhere, xs, x, &Options::default()), Err(Failure::NoPoint)));
}

#[test]
fn symbolic_powers_and_roots() {
    let mut b = Bench::new();
    let (xs, x) = b.square("X", Facts::NONE);
    let k = b.scalar("k", Facts::NONE).1;
    let power = b.s.power(x, k);
    let f = b.s.trace(power);
    let less = b.s.sub(k, ExprId::ONE);
    let rest = b.s.power(x, less);
    let rest = b.t(rest);
    let right = b.s.mul(&[k, rest]);
    let turned = b.t(power);
    let wrong = b.s.mul(&[k, turned]);
    b.gradient(f, xs, right, &[rest, wrong]);
    let (ss, s) = b.square("S", Facts::DEFINITE);
    let root = b.s.power(s, ExprId::HALF);
    let f = b.s.trace(root);
    let inverse = b.s.inverse(root);
    let right = b.scaled(1, 2, inverse);
    b.gradient(f, ss, right, &[inverse, root]);
}

#[test]
fn spectra() {
    let mut b = Bench::new();
    let (m, n) = (b.m, b.n);
    let (xs, x) = b.var("X", m, n, Facts::NONE);
    let f = b.call("spectral", &[x]);
    let (u, v) = (b.call("leftsv", &[x]), b.call("rightsv", &[x]));
    let vt = b.t(v);
    let right = b.s.mul(&[u, vt]);
    let negative = b.s.neg(right);
    b.gradient(f, xs, right, &[negative, x]);
    let f = b.call("nuclear", &[x]);
    let xt = b.t(x);
    let gram = b.s.mul(&[xt, x]);
    let p = b.scaled(-1, 1, ExprId::HALF);
    let root = b.s.power(gram, p);
    let polar = b.s.mul(&[x, root]);
    b.gradient(f, xs, polar, &[right, x]);
    let f = b.call("norm1", &[x]);
    let sign = b.call("sign", &[x]);
    b.gradient(f, xs, sign, &[x, polar]);
    let (ss, s) = b.square("S", Facts::SYMMETRIC);
    let f = b.call("maxeig", &[s]);
    let v = b.call("maxeigvec", &[s]);
    let vt = b.t(v);
    let right = b.s.mul(&[v, vt]);
    let identity = b.s.eye(n);
    b.gradient(f, ss, right, &[s, identity]);
    let exp = b.call("expm", &[s]);
    let f = b.s.trace(exp);
    b.gradient(f, ss, exp, &[s, right]);
    let (qs, q) = b.square("P", Facts::DEFINITE);
    let log = b.call("logm", &[q]);
    let product = b.s.mul(&[q, log]);
    let f = b.s.trace(product);
    let right = b.s.add(&[log, identity]);
    b.gradient(f, qs, right, &[log, q]);
    let f = b.call("lgamma", &[q]);
    let f = b.sum_of(f);
    let right = b.call("digamma", &[q]);
    b.gradient(f, qs, right, &[q, log]);
}

#[test]
fn families_and_nested_sums() {
    let mut b = Bench::new();
    let (n, count) = (b.n, b.s.dim_named("N"));
    let xs = b.family("x", n, DimId::ONE, Facts::NONE, &[count]);
    let (mus, mu) = b.column("mu");
    let (ss, s) = b.square("S", Facts::SYMMETRIC);
    let high = b.s.size(count);
    let i = b.s.fresh_index();
    let x = b.s.member(xs, &[i]);
    let r = b.s.sub(x, mu);
    let rt = b.t(r);
    let quadratic = b.s.mul(&[rt, s, r]);
    let f = b.s.big_sum(i, ExprId::ONE, high, quadratic);
    let sr = b.s.mul(&[s, r]);
    let total = b.s.big_sum(i, ExprId::ONE, high, sr);
    let (right, sign) = (b.scaled(-2, 1, total), b.scaled(2, 1, total));
    b.gradient(f, mus, right, &[sign, total, mu]);
    let outer = b.s.mul(&[r, rt]);
    let scatter = b.s.big_sum(i, ExprId::ONE, high, outer);
    let double = b.scaled(2, 1, scatter);
    b.gradient(f, ss, scatter, &[double, s]);
    // By one member: the free index stays in the gradient.
    let (member, single) = (b.scaled(2, 1, sr), sr);
    b.gradient(f, xs, member, &[single, total]);
    // Σ_i Σ_j x_i' x_j.
    let j = b.s.fresh_index();
    let xj = b.s.member(xs, &[j]);
    let weight = b.s.mul(&[i, j]);
    let inner = b.s.inner(x, xj);
    let body = b.s.mul(&[weight, inner]);
    let body = b.call("tanh", &[body]);
    let inside = b.s.big_sum(j, ExprId::ONE, i, body);
    let f = b.s.big_sum(i, ExprId::ONE, high, inside);
    let mut sampler = Sampler::new(5);
    let point = sampler.point(&b.s, &[f], &[], 0, 0);
    let size = point.size(&b.s, count).and_then(|n| i64::try_from(n).ok()).unwrap_or(0);
    assert!(size >= 2);
    let value = evaluate(&b.s, &[f], &point).map(|v| v[0][(0, 0)]);
    let mut by_hand = 0.0;
    for i in 1..=size {
        for j in 1..=i {
            let at = |k: i64| point.value(&b.s, xs, &[k]).unwrap_or_else(|| ops::Matrix::zeros(0, 0));
            #[allow(clippy::cast_precision_loss, reason = "small")]
            let factor = (i * j) as f64;
            by_hand += (factor * at(i).dot(&at(j))).tanh();
        }
    }
    assert!(value.is_some_and(|v| (v - by_hand).abs() < 1e-12), "{value:?} {by_hand}");
}

#[test]
fn user_functions_and_their_derivatives_are_consistent() {
    let mut b = Bench::new();
    let (m, n) = (b.m, b.n);
    let w = b.var("W", m, n, Facts::NONE).1;
    let (xs, x) = b.column("x");
    let phi = b.s.declare_function(UserFunction { name: "phi".into(), spelling: "phi".into() });
    let wx = b.s.mul(&[w, x]);
    let mut at = |order| ops::call(&mut b.s, Fun::User(phi, order), &[wx]);
    let (value, first, second) = (at(0), at(1), at(2));
    let f = b.sum_of(value);
    let wt = b.t(w);
    let (right, wrong) = (b.s.mul(&[wt, first]), b.s.mul(&[wt, second]));
    b.gradient(f, xs, right, &[wrong, x]);
    let f = b.sum_of(first);
    b.gradient(f, xs, wrong, &[right]);
}
