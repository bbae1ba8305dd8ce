//! Right answers pass, wrong ones fail.

use super::*;
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Facts, Fun, Shape, Store, Symbol, SymbolId, UserFunction};
use crate::ops::{self, Arg, D, Eval, Make};

struct Bench {
    s: Store,
    m: DimId,
    n: DimId,
}

impl Bench {
    fn new() -> Self {
        let mut s = Store::new();
        let (m, n) = (s.dim_named("m"), s.dim_named("n"));
        Bench { s, m, n }
    }

    fn family(&mut self, name: &str, rows: DimId, cols: DimId, facts: Facts, ranges: &[DimId]) -> SymbolId {
        let (name, shape) = (name.to_owned(), Shape::new(rows, cols));
        self.s.declare(Symbol { spelling: name.clone(), name, shape, facts, ranges: ranges.to_vec() })
    }

    fn var(&mut self, name: &str, rows: DimId, cols: DimId, facts: Facts) -> (SymbolId, ExprId) {
        let id = self.family(name, rows, cols, facts, &[]);
        (id, self.s.symbol(id))
    }

    fn square(&mut self, name: &str, facts: Facts) -> (SymbolId, ExprId) {
        self.var(name, self.n, self.n, facts)
    }

    fn column(&mut self, name: &str) -> (SymbolId, ExprId) {
        self.var(name, self.n, DimId::ONE, Facts::NONE)
    }

    fn scalar(&mut self, name: &str, facts: Facts) -> (SymbolId, ExprId) {
        self.var(name, DimId::ONE, DimId::ONE, facts)
    }

    fn t(&mut self, a: ExprId) -> ExprId {
        self.s.transpose(a)
    }

    fn call(&mut self, name: &str, args: &[ExprId]) -> ExprId {
        ops::apply(&mut self.s, name, args)
    }

    fn log_det(&mut self, a: ExprId) -> ExprId {
        let det = self.call("det", &[a]);
        self.call("log", &[det])
    }

    fn sum_of(&mut self, a: ExprId) -> ExprId {
        let ones = self.s.ones(self.s.shape(a));
        self.s.inner(ones, a)
    }

    fn scaled(&mut self, n: i64, d: i64, a: ExprId) -> ExprId {
        let c = Rational::new(n, d).unwrap_or(Rational::ONE);
        self.s.scale(&c, a)
    }

    /// The right gradient passes; each wrong one is caught as a disagreement, not for want of a point.
    fn gradient(&self, f: ExprId, x: SymbolId, right: ExprId, wrong: &[ExprId]) {
        let options = Options::default();
        let report = check_gradient(&self.s, f, x, right, &options);
        match &report {
            Ok(r) => assert!(r.points >= 2 && r.max_error < 1e-7, "{r:?}"),
            Err(e) => panic!("a right gradient is refused: {e}"),
        }
        for (at, &g) in wrong.iter().enumerate() {
            let outcome = check_gradient(&self.s, f, x, g, &options);
            assert!(matches!(&outcome, Err(e) if e.is_disagreement()), "wrong gradient {at}: {outcome:?}");
        }
    }

    fn unequal(&self, a: ExprId, b: ExprId) {
        let outcome = check_equal(&self.s, a, b, &[], &Options::default());
        assert!(matches!(&outcome, Err(e) if e.is_disagreement()), "{outcome:?}");
    }

    fn equal(&self, a: ExprId, b: ExprId) {
        assert_ne!(a, b, "equal by construction: nothing is tested");
        let outcome = check_equal(&self.s, a, b, &[], &Options::default());
        assert!(outcome.is_ok(), "{outcome:?}");
    }
}

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

#[test]
fn differentials_of_any_shape() {
    let mut b = Bench::new();
    let (n, none) = (b.n, Facts::NONE);
    let (xs, x) = b.square("X", none);
    let (ds, dx) = b.var("dX", n, n, none);
    let a = b.square("A", none).1;
    let f = b.s.mul(&[x, a, x]);
    let (left, right) = (b.s.mul(&[dx, a, x]), b.s.mul(&[x, a, dx]));
    let df = b.s.add(&[left, right]);
    let check = |df| check_differential(&b.s, f, &[(xs, ds)], df, &Options::default());
    assert!(check(df).is_ok());
    for wrong in [left, right, f] {
        assert!(matches!(check(wrong), Err(Failure::Disagrees(_))));
    }
    // dS of a symmetric S is symmetric: dSᵀ may stand for dS.
    let (ss, s) = b.square("S", Facts::SYMMETRIC);
    let (es, ds) = b.var("dS", n, n, none);
    let f = b.s.mul(&[s, a]);
    let dst = b.t(ds);
    let df = b.s.mul(&[dst, a]);
    assert!(check_differential(&b.s, f, &[(ss, es)], df, &Options::default()).is_ok());
}

#[test]
fn equality_is_decided_with_signs_and_shapes_in_view() {
    let mut b = Bench::new();
    let c = b.scalar("c", Facts::NONE).1;
    let square = b.s.mul(&[c, c]);
    let root = b.s.power(square, ExprId::HALF);
    let abs = b.call("abs", &[c]);
    b.equal(root, abs);
    b.unequal(root, c);
    let (x, y) = (b.square("X", Facts::NONE).1, b.square("Y", Facts::NONE).1);
    let product = b.s.mul(&[x, y]);
    let whole = b.call("det", &[product]);
    let (left, right) = (b.call("det", &[x]), b.call("det", &[y]));
    let apart = b.s.mul(&[left, right]);
    b.equal(whole, apart);
    let swapped = b.s.mul(&[y, x]);
    b.unequal(product, swapped);
    // Cancellation is told from a difference.
    let (inverse, other) = (b.s.inverse(x), b.s.inverse(y));
    let sum = b.s.add(&[x, y]);
    let (one, two) = (b.s.mul(&[inverse, sum, other]), b.s.add(&[inverse, other]));
    let zero = b.s.sub(one, two);
    let zeros = b.s.zeros(b.s.shape(x));
    b.equal(zero, zeros);
    let not_zero = b.s.sub(zero, other);
    b.unequal(not_zero, zeros);
    let Err(failure) = check_equal(&b.s, product, swapped, &[], &Options::default()) else { panic!("xy = yx") };
    let text = failure.to_string();
    assert!(text.contains("n=2") && text.contains("X = ["), "{text}");
    assert!(!text.contains('.') || text.contains("relative error"), "whole numbers: {text}");
}

#[test]
fn the_first_wrong_step_is_named() {
    let mut b = Bench::new();
    let (x, a) = (b.column("x").1, b.square("A", Facts::NONE).1);
    let (xt, at) = (b.t(x), b.t(a));
    let sum = b.s.add(&[a, at]);
    let first = b.s.mul(&[xt, sum, x]);
    let ax = b.s.mul(&[xt, a, x]);
    let second = b.scaled(2, 1, ax);
    let third = b.scaled(3, 1, ax);
    let options = Options::default();
    assert!(check_steps(&b.s, &[first, second, second], &[], &options).is_ok());
    let outcome = check_steps(&b.s, &[first, second, third, second], &[], &options);
    assert!(matches!(outcome, Err((2, Failure::Disagrees(_)))), "{outcome:?}");
    let mut sampler = Sampler::new(1);
    let points = [sampler.point(&b.s, &[first], &[], 0, 0), sampler.point(&b.s, &[first], &[], 1, 0)];
    assert!(compare(&b.s, first, second, &points).is_ok_and(|e| e < 1e-12));
    assert!(compare(&b.s, first, third, &points).is_err());
}

#[test]
fn drawn_values_have_their_facts() {
    let mut b = Bench::new();
    let n = b.n;
    let cases = [
        (Facts::SYMMETRIC, n),
        (Facts::DEFINITE, n),
        (Facts::SKEW, n),
        (Facts::DIAGONAL, n),
        (Facts::LOWER, n),
        (Facts::UPPER, n),
        (Facts::ORTHOGONAL, n),
        (Facts::ORTHOGONAL | Facts::SYMMETRIC, n),
        (Facts::BINARY | Facts::SUMS_TO_ONE, DimId::ONE),
        (Facts::NONNEGATIVE | Facts::SUMS_TO_ONE, DimId::ONE),
        (Facts::POSITIVE, n),
        (Facts::INTEGER, n),
    ];
    let all: Vec<(Facts, SymbolId)> = cases.iter().map(|&(f, cols)| (f, b.var("X", n, cols, f).0)).collect();
    let roots: Vec<ExprId> = all.iter().map(|&(_, s)| b.s.symbol(s)).collect();
    let mut sampler = Sampler::new(7);
    for tries in 0..12 {
        let point = sampler.point(&b.s, &roots, &[], 1, tries);
        for &(facts, symbol) in &all {
            let Some(x) = point.value(&b.s, symbol, &[]) else { panic!("no value for {facts:?}") };
            let near = |a: &ops::Matrix, b: &ops::Matrix| (a - b).norm() < 1e-9;
            let (has, xt) = (facts.closed(), x.transpose());
            assert!(!has.has(Facts::SYMMETRIC) || near(&x, &xt), "{facts:?} {x}");
            assert!(!has.has(Facts::SKEW) || near(&x, &-&xt));
            assert!(!has.has(Facts::LOWER) || near(&x, &x.lower_triangle()));
            assert!(!has.has(Facts::UPPER) || near(&x, &x.upper_triangle()));
            assert!(!has.has(Facts::ORTHOGONAL) || near(&(&xt * &x), &ops::Matrix::identity(x.ncols(), x.ncols())));
            assert!(!has.has(Facts::DEFINITE) || x.clone().cholesky().is_some(), "{x}");
            assert!(!has.has(Facts::NONNEGATIVE) || x.min() >= 0.0);
            assert!(!has.has(Facts::POSITIVE) || x.min() > 0.0);
            assert!(!has.has(Facts::SUMS_TO_ONE) || (x.sum() - 1.0).abs() < 1e-9);
            assert!(!has.has(Facts::BINARY) || x.iter().all(|v| *v == 0.0 || *v == 1.0));
            assert!(!has.has(Facts::INTEGER) || x.iter().all(|v| v.fract() == 0.0));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let mut b = Bench::new();
    let (xs, x) = b.column("x");
    let f = b.s.inner(x, x);
    let g = b.scaled(2, 1, x);
    let run = || check_gradient(&b.s, f, xs, g, &Options::default()).map(|r| (r.text(), r.max_error.to_bits())).map_err(|e| e.to_string());
    assert_eq!(run(), run());
}

#[test]
fn the_work_is_linear_in_the_nodes() {
    let mut b = Bench::new();
    let (xs, x) = b.column("x");
    let (mut before, mut last) = (x, x);
    for layer in 1..12_000 {
        let scaled = b.scaled(1, layer % 7 + 2, before);
        let sum = b.s.add(&[last, scaled]);
        (before, last) = (last, b.call("tanh", &[sum]));
    }
    let f = b.s.inner(last, last);
    let plan = plan::Plan::new(&b.s, &[f]);
    let Some(plan) = plan else { panic!("no plan") };
    let point = Sampler::new(3).point(&b.s, &[f], &[], 0, 0);
    let mut machine = evaluate::Machine::new(&b.s, &plan, &point);
    assert!(machine.run(&plan.list(&b.s, &[f])).is_some());
    assert_eq!(machine.evaluations, plan.order.len());
    assert!(plan.order.len() > 20_000);
    // One point, one direction; the zero gradient is noticed all the same where it is wrong.
    let g = b.scaled(2, 1, x);
    assert!(check_gradient(&b.s, f, xs, g, &Options::default()).is_err());
}

#[test]
fn a_sum_repeats_only_what_depends_on_its_index() {
    let mut b = Bench::new();
    let (n, count) = (b.n, b.s.dim_named("N"));
    let xs = b.family("x", n, DimId::ONE, Facts::NONE, &[count]);
    let a = b.square("A", Facts::DEFINITE).1;
    let i = b.s.fresh_index();
    let x = b.s.member(xs, &[i]);
    let mut deep = a;
    for _ in 0..50 {
        deep = b.call("expm", &[deep]);
    }
    let body = b.s.mul(&[a, x]);
    let body = b.call("norm", &[body]);
    let body = b.call("tanh", &[body]);
    let high = b.s.size(count);
    let f = b.s.big_sum(i, ExprId::ONE, high, body);
    let Some(plan) = plan::Plan::new(&b.s, &[f]) else { panic!("no plan") };
    let mut point = Sampler::new(3).point(&b.s, &[f], &[], 0, 0);
    let name = b.s.dim_name("N");
    let mut count_at = |size: i64| {
        point.set_size(name, size);
        let mut machine = evaluate::Machine::new(&b.s, &plan, &point);
        machine.run(&plan.list(&b.s, &[f])).map(|()| machine.evaluations)
    };
    let (ten, twenty) = (count_at(10), count_at(20));
    let (Some(ten), Some(twenty)) = (ten, twenty) else { panic!("not evaluated") };
    // Index, member, product, norm and tanh for each value; 1, N, A, and the sum once.
    assert_eq!(twenty - ten, 50);
    assert_eq!(ten, 50 + plan.order.len() - 5);
}

#[test]
fn every_row_evaluates_to_its_shape() {
    for (fun, row) in ops::rows() {
        for form in row.forms.iter().filter(|f| matches!(f.make, Make::Call)) {
            let mut b = Bench::new();
            let dims: Vec<DimId> = ["m", "n", "p", "q"].iter().map(|d| b.s.dim_named(d)).collect();
            let mut args = Vec::new();
            for (at, arg) in form.sig.args.iter().enumerate() {
                let resolve = |b: &mut Bench, d: D| match d {
                    D::One => DimId::ONE,
                    D::N(k) => dims[usize::from(k)],
                    D::Times(j, k) => b.s.dim_times(dims[usize::from(j)], dims[usize::from(k)]),
                };
                args.push(match *arg {
                    Arg::Dim(k) => b.s.size(dims[usize::from(k)]),
                    Arg::Shape(r, c) => {
                        let (r, c) = (resolve(&mut b, r), resolve(&mut b, c));
                        let scalar = r == DimId::ONE && c == DimId::ONE;
                        let eigen = row.assume.contains("symmetric") || row.doc.contains("symmetric");
                        let facts = match (scalar, eigen) {
                            (true, _) => Facts::INTEGER,
                            (false, true) => Facts::SYMMETRIC,
                            _ => Facts::NONE,
                        };
                        b.var(&format!("X{at}"), r, c, facts).1
                    }
                });
            }
            let value = ops::call(&mut b.s, fun, &args);
            assert!(!matches!(row.eval, Eval::Never), "{}: a node that is never evaluated", row.name);
            let mut sampler = Sampler::new(11);
            let found = (0..40).find_map(|tries| {
                let point = sampler.point(&b.s, &[value], &[], 0, tries);
                let shape = point.shape(&b.s, b.s.shape(value))?;
                evaluate(&b.s, &[value], &point).map(|v| (shape, v[0].shape()))
            });
            assert!(found.is_some_and(|(declared, actual)| declared == actual), "{}: {found:?}", row.name);
        }
    }
}
