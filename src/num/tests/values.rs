//! Evaluation, equality, differentials, and how much work they are.

use super::*;

#[test]
fn directional_derivatives_at_a_point() {
    let mut b = Bench::new();
    let (xs, x) = b.square("X", Facts::NONE);
    let f = b.s.mul(&[x, x]);
    let mut point = Sampler::new(2).point(&b.s, &[f], &[], 0, 0);
    point.set_size(b.s.dim_name("n"), 2);
    let (at, v) = (ops::Matrix::from_row_slice(2, 2, &[1.0, 2.0, 3.0, 4.0]), ops::Matrix::from_row_slice(2, 2, &[0.0, 1.0, 0.0, 0.0]));
    point.set(xs, &[], at.clone());
    let d = directional(&b.s, f, xs, &[], &v, &point);
    assert!(d.is_some_and(|d| (d - (&at * &v + &v * &at)).norm() < 1e-9));
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
                    D::Triangle(k) => b.s.dim_triangle(dims[usize::from(k)]),
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

#[test]
fn exact_values_decide_what_is_rational() {
    let mut b = Bench::new();
    let ((_, a), (_, c), (_, k), (_, x)) =
        (b.square("A", Facts::NONE), b.square("C", Facts::NONE), b.square("K", Facts::SKEW), b.column("x"));
    let same = |b: &Bench, left, right| matches!(check_exact(&b.s, left, right, 6, 7), Exactly::Equal(_));
    let (ac, ca) = (b.s.mul(&[a, c]), b.s.mul(&[c, a]));
    let [det_a, det_c, det_ac] = [a, c, ac].map(|m| b.call("det", &[m]));
    let product = b.s.mul(&[det_a, det_c]);
    assert!(same(&b, det_ac, product));
    assert!(!same(&b, ac, ca));
    let turned = b.t(x);
    let form = b.s.mul(&[turned, k, x]);
    assert!(same(&b, form, ExprId::ZERO));
    // An unknown function is one: exp(A x) is itself, and exp(x) ∘ exp(x) = exp(2 x) is not known.
    let exp = b.call("exp", &[x]);
    let twice = b.s.scale(&Rational::from(2), x);
    let (square, double) = (b.s.hadamard(&[exp, exp]), b.call("exp", &[twice]));
    assert!(same(&b, exp, exp));
    assert!(!same(&b, square, double));
}
