//! Expressions with their values as naive NumPy formulas.

use super::{Bench, half};
use matdiff::base::Rational;
use matdiff::ir::{ExprId, Facts, Fun, Shape, Symbol, UserFunction};
use matdiff::ops::apply;

/// A case: an expression and the same value as a naive NumPy formula in the variables' names.
pub(super) type Case = (&'static str, fn(&mut Bench) -> ExprId);

pub(super) fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = Vec::new();
    all.extend(CHAINS);
    all.extend(INVERSES);
    all.extend(SUMS);
    all.extend(FUNCTIONS);
    all
}

const CHAINS: &[Case] = &[
    ("A @ X @ B", |b| {
        let f = [b.mat("A", "p", "m"), b.mat("X", "m", "n"), b.mat("B", "n", "q")];
        b.mul(&f)
    }),
    ("y @ A @ x", |b| {
        let (y, a, x) = (b.col("y", "m"), b.mat("A", "m", "n"), b.col("x", "n"));
        let y = b.t(y);
        b.mul(&[y, a, x])
    }),
    ("2 * s * np.outer(x, y)", |b| {
        let (s, x, y) = (b.scalar("s"), b.col("x", "m"), b.col("y", "n"));
        let y = b.t(y);
        b.mul(&[ExprId::TWO, s, x, y])
    }),
    ("X.sum(axis=1)", |b| {
        let (x, one) = (b.mat("X", "m", "n"), b.ones("n", "1"));
        b.mul(&[x, one])
    }),
    ("X.sum(axis=0) / 3", |b| {
        let (x, one) = (b.mat("X", "m", "n"), b.ones("m", "1"));
        let (x, third) = (b.t(x), b.store.num(Rational::new(1, 3).unwrap_or(Rational::ONE)));
        b.mul(&[third, x, one])
    }),
    ("np.sum(X)", |b| {
        let x = b.mat("X", "m", "n");
        b.sum(x)
    }),
    ("X + np.outer(np.ones(m), w) + s * np.ones((m, n))", |b| {
        let (x, w, s) = (b.mat("X", "m", "n"), b.col("w", "n"), b.scalar("s"));
        let (one, all, w) = (b.ones("m", "1"), b.ones("m", "n"), b.t(w));
        let terms = [x, b.mul(&[one, w]), b.mul(&[s, all])];
        b.store.add(&terms)
    }),
    ("np.outer(v, np.ones(n))", |b| {
        let (v, one) = (b.col("v", "m"), b.ones("n", "1"));
        let one = b.t(one);
        b.mul(&[v, one])
    }),
    ("np.full(n, 3.0)", |b| {
        let (three, one) = (b.store.int(3), b.ones("n", "1"));
        b.mul(&[three, one])
    }),
    ("np.diag(v) @ X", |b| {
        let (v, x) = (b.col("v", "m"), b.mat("X", "m", "n"));
        let d = b.store.diag(v);
        b.mul(&[d, x])
    }),
    ("X @ np.diag(v) @ X.T", |b| {
        let (v, x) = (b.col("v", "n"), b.mat("X", "m", "n"));
        let (d, xt) = (b.store.diag(v), b.t(x));
        b.mul(&[x, d, xt])
    }),
    ("np.diag(A @ B)", |b| {
        let (x, y) = (b.mat("A", "m", "n"), b.mat("B", "n", "m"));
        let p = b.mul(&[x, y]);
        b.store.diagonal(p)
    }),
    ("np.diag(A @ S @ A.T)", |b| {
        let (a, s) = (b.mat("A", "m", "n"), b.mat("S", "n", "n"));
        let at = b.t(a);
        let p = b.mul(&[a, s, at]);
        b.store.diagonal(p)
    }),
    ("np.trace(A @ B)", |b| {
        let (x, y) = (b.mat("A", "m", "n"), b.mat("B", "n", "m"));
        let p = b.mul(&[x, y]);
        b.store.trace(p)
    }),
    ("np.trace(A @ B @ S @ C)", |b| {
        let f = [b.mat("A", "m", "n"), b.mat("B", "n", "p"), b.mat("S", "p", "q"), b.mat("C", "q", "m")];
        let p = b.mul(&f);
        b.store.trace(p)
    }),
    ("np.trace(A.T @ B)", |b| {
        let (x, y) = (b.mat("A", "m", "n"), b.mat("B", "m", "n"));
        b.store.inner(x, y)
    }),
    ("np.trace(S @ np.diag(v) @ S)", |b| {
        let (s, v) = (b.mat("S", "n", "n"), b.col("v", "n"));
        let d = b.store.diag(v);
        let p = b.mul(&[s, d, s]);
        b.store.trace(p)
    }),
    ("A[1, 2]", |b| {
        let a = b.mat("A", "m", "n");
        let (m, n, three) = (b.dim("m"), b.dim("n"), b.store.int(3));
        let (e, f) = (b.store.basis(ExprId::TWO, m), b.store.basis(three, n));
        let e = b.t(e);
        b.mul(&[e, a, f])
    }),
    ("A[:, 1]", |b| {
        let (a, n) = (b.mat("A", "m", "n"), b.dim("n"));
        let e = b.store.basis(ExprId::TWO, n);
        b.mul(&[a, e])
    }),
    ("np.outer(np.eye(m)[1], A[:, 0])", |b| {
        let (a, m, p) = (b.mat("A", "n", "p"), b.dim("m"), b.dim("p"));
        let (e, f) = (b.store.basis(ExprId::TWO, m), b.store.basis(ExprId::ONE, p));
        let v = b.mul(&[a, f]);
        let v = b.t(v);
        b.mul(&[e, v])
    }),
    ("np.outer(np.eye(m)[1], x)[1]", |b| {
        let (x, m) = (b.col("x", "n"), b.dim("m"));
        let e = b.store.basis(ExprId::TWO, m);
        let (et, xt) = (b.t(e), b.t(x));
        let p = b.mul(&[et, e, xt]);
        b.t(p)
    }),
    ("x[None, :]", |b| {
        let x = b.col("x", "n");
        b.t(x)
    }),
    ("np.kron(A, B)", |b| {
        let f = [b.mat("A", "m", "n"), b.mat("B", "p", "q")];
        b.store.kron(&f)
    }),
    ("np.kron(x[None, :], B)", |b| {
        let (x, m) = (b.col("x", "n"), b.mat("B", "p", "q"));
        let x = b.t(x);
        b.store.kron(&[x, m])
    }),
    ("np.kron(A, B) @ v", |b| {
        let f = [b.mat("A", "m", "n"), b.mat("B", "p", "q")];
        let (k, n, q) = (b.store.kron(&f), b.dim("n"), b.dim("q"));
        let nq = b.store.dim_times(n, q);
        let s = b.store.declare(Symbol {
            name: "v".into(),
            spelling: "v".into(),
            shape: Shape::column(nq),
            facts: Facts::NONE,
            ranges: Vec::new(),
        });
        b.symbols.push(s);
        let v = b.store.symbol(s);
        b.mul(&[k, v])
    }),
    ("np.kron(A, B) @ vec(X)", |b| {
        let f = [b.mat("A", "m", "n"), b.mat("B", "p", "q")];
        let (k, x) = (b.store.kron(&f), b.mat("X", "q", "n"));
        let v = b.store.vec(x);
        b.mul(&[k, v])
    }),
    ("vec(X)", |b| {
        let x = b.mat("X", "m", "n");
        b.store.vec(x)
    }),
    ("vec(X).reshape((p, q), order='F') @ w", |b| {
        let (x, w, p, q) = (b.mat("X", "2", "6"), b.col("w", "q"), b.dim("p"), b.dim("q"));
        let v = b.store.vec(x);
        let _ = (p, q);
        let shape = Shape::new(p, q);
        let u = b.store.unvec(v, shape);
        b.mul(&[u, w])
    }),
    ("np.linalg.matrix_power(S, 5) + S @ S + 2 * np.eye(n)", |b| {
        let (s, five, n) = (b.mat("S", "n", "n"), b.store.int(5), b.dim("n"));
        let (p, q, e) = (b.store.power(s, five), b.store.power(s, ExprId::TWO), b.store.eye(n));
        let e = b.mul(&[ExprId::TWO, e]);
        b.store.add(&[p, q, e])
    }),
    ("S @ S @ S @ x", |b| {
        let (s, three, x) = (b.mat("S", "n", "n"), b.store.int(3), b.col("x", "n"));
        let p = b.store.power(s, three);
        b.mul(&[p, x])
    }),
    ("X * Y**2 / (Z**3 * np.sqrt(np.abs(Z)))", |b| {
        let (x, y, z) = (b.mat("X", "m", "n"), b.mat("Y", "m", "n"), b.mat("Z", "m", "n"));
        let (a, minus) = (apply(&mut b.store, "abs", &[z]), b.store.num(half().neg()));
        let (three, two) = (b.store.int(-3), b.store.int(2));
        let parts = [b.store.hadamard_power(y, two), b.store.hadamard_power(z, three), b.store.hadamard_power(a, minus), x];
        b.store.hadamard(&parts)
    }),
    ("np.sum(X * Y * Z)", |b| {
        let f = [b.mat("X", "m", "n"), b.mat("Y", "m", "n"), b.mat("Z", "m", "n")];
        let h = b.store.hadamard(&f);
        b.sum(h)
    }),
    ("np.trace(A @ B + S)", |b| {
        let (x, y, s) = (b.mat("A", "m", "n"), b.mat("B", "n", "m"), b.mat("S", "m", "m"));
        let p = b.mul(&[x, y]);
        let p = b.store.add(&[p, s]);
        b.store.trace(p)
    }),
    ("A @ B @ A @ B @ A @ B @ A @ B @ A @ B @ A @ x", |b| {
        let (a, c, x) = (b.mat("A", "m", "n"), b.mat("B", "n", "m"), b.col("x", "n"));
        b.mul(&[a, c, a, c, a, c, a, c, a, c, a, x])
    }),
    ("x @ A @ B @ A @ B @ A @ B @ A @ B @ A @ B @ A", |b| {
        let (a, c, x) = (b.mat("A", "m", "n"), b.mat("B", "n", "m"), b.col("x", "m"));
        let x = b.t(x);
        let p = b.mul(&[x, a, c, a, c, a, c, a, c, a, c, a]);
        b.t(p)
    }),
    ("-n * x + m * x", |b| {
        let (x, n, m) = (b.col("x", "n"), b.size("n"), b.size("m"));
        let _ = b.mat("A", "m", "n");
        let n = b.store.neg(n);
        let t = [b.mul(&[n, x]), b.mul(&[m, x])];
        b.store.add(&t)
    }),
    ("np.diag(v) @ S @ np.diag(v) + np.diag(v)", |b| {
        let (v, s) = (b.col("v", "n"), b.mat("S", "n", "n"));
        let d = b.store.diag(v);
        let p = b.mul(&[d, s, d]);
        b.store.add(&[p, d])
    }),
    ("t @ W.T", |b| {
        let (t, w) = (b.mat("t", "1", "n"), b.mat("W", "m", "n"));
        let w = b.t(w);
        let p = b.mul(&[t, w]);
        b.t(p)
    }),
    ("-2 * t", |b| {
        let (t, two) = (b.mat("t", "1", "n"), b.store.int(-2));
        b.mul(&[two, t])
    }),
];

const INVERSES: &[Case] = &[
    ("inv(S) @ x", |b| {
        let (s, x) = (b.mat("S", "n", "n"), b.col("x", "n"));
        let s = b.inv(s);
        b.mul(&[s, x])
    }),
    ("x @ inv(S)", |b| {
        let (s, x) = (b.mat("S", "n", "n"), b.col("x", "n"));
        let (s, x) = (b.inv(s), b.t(x));
        let p = b.mul(&[x, s]);
        b.t(p)
    }),
    ("A @ inv(S) @ B", |b| {
        let (s, x, y) = (b.mat("S", "n", "n"), b.mat("A", "m", "n"), b.mat("B", "n", "p"));
        let s = b.inv(s);
        b.mul(&[x, s, y])
    }),
    ("A @ inv(S)", |b| {
        let (s, x) = (b.mat("S", "n", "n"), b.mat("A", "m", "n"));
        let s = b.inv(s);
        b.mul(&[x, s])
    }),
    ("inv(S).T", |b| {
        let s = b.mat("S", "n", "n");
        let s = b.inv(s);
        b.t(s)
    }),
    ("np.trace(inv(S) @ A)", |b| {
        let (s, x) = (b.mat("S", "n", "n"), b.mat("A", "n", "n"));
        let s = b.inv(s);
        let p = b.mul(&[s, x]);
        b.store.trace(p)
    }),
    ("np.trace(inv(S))", |b| {
        let s = b.mat("S", "n", "n");
        let s = b.inv(s);
        b.store.trace(s)
    }),
    ("np.diag(inv(S))", |b| {
        let s = b.mat("S", "n", "n");
        let s = b.inv(s);
        b.store.diagonal(s)
    }),
    ("inv(S) @ np.outer(x, x) @ inv(S) - inv(S)", |b| {
        let (s, x) = (b.spd("S", "n"), b.col("x", "n"));
        let (p, xt) = (b.inv(s), b.t(x));
        let q = b.mul(&[p, x, xt, p]);
        b.store.sub(q, p)
    }),
    ("inv(S) @ A @ inv(S)", |b| {
        let (s, a) = (b.mat("S", "n", "n"), b.mat("A", "n", "n"));
        let p = b.inv(s);
        b.mul(&[p, a, p])
    }),
    ("inv(S) @ A @ inv(S) @ A @ inv(S)", |b| {
        let (s, a) = (b.mat("S", "n", "n"), b.mat("A", "n", "n"));
        let p = b.inv(s);
        b.mul(&[p, a, p, a, p])
    }),
    ("(inv(S) @ inv(S)).T", |b| {
        let (s, two) = (b.mat("S", "n", "n"), b.store.int(-2));
        let p = b.store.power(s, two);
        b.t(p)
    }),
    ("inv(S) @ np.ones(n)", |b| {
        let (s, one) = (b.mat("S", "n", "n"), b.ones("n", "1"));
        let p = b.inv(s);
        b.mul(&[p, one])
    }),
    ("inv(S)[1, 0]", |b| {
        let (s, n) = (b.mat("S", "n", "n"), b.dim("n"));
        let (p, e, f) = (b.inv(s), b.store.basis(ExprId::TWO, n), b.store.basis(ExprId::ONE, n));
        let e = b.t(e);
        b.mul(&[e, p, f])
    }),
    ("inv(S + np.diag(v)) @ inv(S)", |b| {
        let (s, v) = (b.mat("S", "n", "n"), b.col("v", "n"));
        let d = b.store.diag(v);
        let q = b.store.add(&[s, d]);
        let (p, q) = (b.inv(s), b.inv(q));
        b.mul(&[q, p])
    }),
    ("x @ inv(S) @ x + logdet(S)", |b| {
        let (s, x) = (b.spd("S", "n"), b.col("x", "n"));
        let det = apply(&mut b.store, "det", &[s]);
        let log = apply(&mut b.store, "log", &[det]);
        let (p, xt) = (b.inv(s), b.t(x));
        let q = b.mul(&[xt, p, x]);
        b.store.add(&[q, log])
    }),
    ("det(S) * inv(S).T", |b| {
        let s = b.mat("S", "n", "n");
        let det = apply(&mut b.store, "det", &[s]);
        let p = b.inv(s);
        let p = b.t(p);
        b.mul(&[det, p])
    }),
    ("logdet(S) / 2 - logdet(P) / 2 + x[0]**2", |b| {
        let (s, p, x, n) = (b.spd("S", "n"), b.spd("P", "n"), b.col("x", "n"), b.dim("n"));
        let (ds, dp) = (apply(&mut b.store, "det", &[s]), apply(&mut b.store, "det", &[p]));
        let (h, mh) = (b.store.num(half()), b.store.num(half().neg()));
        let (ds, dp) = (b.store.power(ds, h), b.store.power(dp, mh));
        let e = b.store.basis(ExprId::ONE, n);
        let xt = b.t(x);
        let x1 = b.mul(&[xt, e]);
        let x2 = b.store.power(x1, ExprId::TWO);
        let e = apply(&mut b.store, "exp", &[x2]);
        let all = b.mul(&[ds, dp, e]);
        apply(&mut b.store, "log", &[all])
    }),
    ("scipy.linalg.sqrtm(S).real", |b| {
        let s = b.mat("Q", "n", "n");
        let st = b.t(s);
        let p = b.mul(&[st, s]);
        let n = b.dim("n");
        let e = b.store.eye(n);
        let q = b.store.add(&[p, e]);
        let q = b.store.power(q, ExprId::HALF);
        let _ = q;
        let s = b.spd("S", "n");
        b.store.power(s, ExprId::HALF)
    }),
    ("inv(scipy.linalg.sqrtm(S).real) @ x", |b| {
        let (s, x, h) = (b.spd("S", "n"), b.col("x", "n"), b.store.num(half().neg()));
        let p = b.store.power(s, h);
        b.mul(&[p, x])
    }),
    ("inv(D) @ x + D @ x", |b| {
        let s = b.declare("D", "n", "n", Facts::DIAGONAL, None);
        let (d, x) = (b.store.symbol(s), b.col("x", "n"));
        let p = b.inv(d);
        let t = [b.mul(&[p, x]), b.mul(&[d, x])];
        b.store.add(&t)
    }),
];

const SUMS: &[Case] = &[
    ("sum(np.outer(x[i], x[i]) for i in range(N))", |b| {
        b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            let xt = b.t(x);
            b.mul(&[x, xt])
        })
    }),
    ("sum(c[i] * x[i] for i in range(N))", |b| {
        b.over("N", |b, i| {
            let f = [b.member("c", "1", "N", i), b.member("x", "n", "N", i)];
            b.mul(&f)
        })
    }),
    ("sum((x[i] - mu) @ inv(S) @ (x[i] - mu) for i in range(N))", |b| {
        let (mu, s) = (b.col("mu", "n"), b.spd("S", "n"));
        b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            let r = b.store.sub(x, mu);
            let (p, rt) = (b.inv(s), b.t(r));
            b.mul(&[rt, p, r])
        })
    }),
    ("inv(S) @ sum(np.outer(x[i] - mu, x[i] - mu) for i in range(N)) @ inv(S)", |b| {
        let (mu, s) = (b.col("mu", "n"), b.spd("S", "n"));
        let inner = b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            let r = b.store.sub(x, mu);
            let rt = b.t(r);
            b.mul(&[r, rt])
        });
        let p = b.inv(s);
        b.mul(&[p, inner, p])
    }),
    ("sum(x[i] - mu for i in range(N))", |b| {
        let mu = b.col("mu", "n");
        b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            b.store.sub(x, mu)
        })
    }),
    ("sum(r[i] * (x[i] @ w - t[i]) * x[i] for i in range(N))", |b| {
        let w = b.col("w", "n");
        b.over("N", |b, i| {
            let (r, x, t) = (b.member("r", "1", "N", i), b.member("x", "n", "N", i), b.member("t", "1", "N", i));
            let wt = b.t(w);
            let xw = b.mul(&[wt, x]);
            let d = b.store.sub(xw, t);
            b.mul(&[r, d, x])
        })
    }),
    ("sum(np.outer(phi(x[i]), t[i] - W.T @ phi(x[i])) for i in range(N))", |b| {
        let phi = b.store.declare_function(UserFunction { name: "phi".into(), spelling: "phi".into() });
        let w = b.mat("W", "n", "p");
        b.over("N", |b, i| {
            let (x, t) = (b.member("x", "n", "N", i), b.member("t", "p", "N", i));
            let f = matdiff::ops::call(&mut b.store, Fun::User(phi, 0), &[x]);
            let wt = b.t(w);
            let wf = b.mul(&[wt, f]);
            let d = b.store.sub(t, wf);
            let d = b.t(d);
            b.mul(&[f, d])
        })
    }),
    ("sum(c[i] * np.exp(-np.sum((z - p[i])**2) / (2 * h**2)) * (z - p[i]) for i in range(N))", |b| {
        let (z, h, down) = (b.col("z", "n"), b.scalar("h"), b.store.int(-2));
        b.over("N", |b, i| {
            let (c, p) = (b.member("c", "1", "N", i), b.member("p", "n", "N", i));
            let r = b.store.sub(z, p);
            let norm = apply(&mut b.store, "norm", &[r]);
            let (sq, hh, mh) = (b.store.power(norm, ExprId::TWO), b.store.power(h, down), b.store.num(half().neg()));
            let e = b.mul(&[mh, sq, hh]);
            let e = apply(&mut b.store, "exp", &[e]);
            b.mul(&[c, e, r])
        })
    }),
    ("sum(a[i] * a[j] * (x[i] @ x[j])**2 for i in range(N) for j in range(N))", |b| {
        b.over("N", |b, i| {
            let outer = b.member("a", "1", "N", i);
            let inner = b.over("N", |b, j| {
                let (a, x, y) = (b.member("a", "1", "N", j), b.member("x", "n", "N", i), b.member("x", "n", "N", j));
                let xt = b.t(x);
                let k = b.mul(&[xt, y]);
                let k = b.store.power(k, ExprId::TWO);
                b.mul(&[a, k])
            });
            b.mul(&[outer, inner])
        })
    }),
    ("sum(np.linalg.matrix_power(A, r) @ B @ np.linalg.matrix_power(A, 3 - r) for r in range(4))", |b| {
        let (a, c, three) = (b.mat("A", "n", "n"), b.mat("B", "n", "n"), b.store.int(3));
        let index = b.store.fresh_index();
        let rest = b.store.sub(three, index);
        let (p, q) = (b.store.power(a, index), b.store.power(a, rest));
        let body = b.mul(&[p, c, q]);
        b.store.big_sum(index, ExprId::ZERO, three, body)
    }),
    ("sum((i + 1) * x[i] for i in range(N))", |b| {
        b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            b.mul(&[i, x])
        })
    }),
    ("sum(np.outer(x[i + 1], x[i]) for i in range(N - 1))", |b| {
        let n = b.size("N");
        let high = b.store.sub(n, ExprId::ONE);
        let i = b.store.fresh_index();
        let next = b.store.add(&[i, ExprId::ONE]);
        let (x, y) = (b.member("x", "n", "N", i), b.member("x", "n", "N", next));
        let xt = b.t(x);
        let body = b.mul(&[y, xt]);
        b.store.big_sum(i, ExprId::ONE, high, body)
    }),
    ("sum(np.outer(x[i], x[i]) + np.diag(mu) for i in range(N))", |b| {
        let mu = b.col("mu", "n");
        b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            let xt = b.t(x);
            let t = [b.mul(&[x, xt]), b.store.diag(mu)];
            b.store.add(&t)
        })
    }),
    ("sum(np.diag(x[i]) @ A @ x[i] for i in range(N))", |b| {
        let a = b.mat("A", "n", "n");
        b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            let ax = b.mul(&[a, x]);
            b.store.hadamard(&[x, ax])
        })
    }),
    ("sum(np.kron(np.eye(2)[i][None, :], np.eye(3)) @ H @ np.kron(np.eye(2)[i][:, None], np.eye(2)) for i in range(2))", |b| {
        let (h, two, three) = (b.mat("H", "6", "4"), b.dim("2"), b.dim("3"));
        let i = b.store.fresh_index();
        let e = b.store.basis(i, two);
        let et = b.t(e);
        let (e3, e2) = (b.store.eye(three), b.store.eye(two));
        let (l, r) = (b.store.kron(&[et, e3]), b.store.kron(&[e, e2]));
        let body = b.mul(&[l, h, r]);
        b.store.big_sum(i, ExprId::ONE, ExprId::TWO, body)
    }),
    ("np.log(sum(np.exp(c[i]) for i in range(N)))", |b| {
        let s = b.over("N", |b, i| {
            let c = b.member("c", "1", "N", i);
            apply(&mut b.store, "exp", &[c])
        });
        apply(&mut b.store, "log", &[s])
    }),
    ("sum(phi(x[i] @ w + s) * x[i] for i in range(N))", |b| {
        let phi = b.store.declare_function(UserFunction { name: "phi".into(), spelling: "phi".into() });
        let (w, s) = (b.col("w", "n"), b.scalar("s"));
        b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            let wt = b.t(w);
            let xw = b.mul(&[wt, x]);
            let z = b.store.add(&[xw, s]);
            let f = matdiff::ops::call(&mut b.store, Fun::User(phi, 0), &[z]);
            b.mul(&[f, x])
        })
    }),
    ("sum(x[i] @ A @ x[i] for i in range(N)) * N + m", |b| {
        let a = b.mat("A", "n", "n");
        let s = b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            let xt = b.t(x);
            b.mul(&[xt, a, x])
        });
        let (n, m) = (b.size("N"), b.size("m"));
        let p = b.mul(&[s, n]);
        b.store.add(&[p, m])
    }),
    ("sum(softmax(W @ x[i]) for i in range(N))", |b| {
        let w = b.mat("W", "m", "n");
        b.over("N", |b, i| {
            let x = b.member("x", "n", "N", i);
            let z = b.mul(&[w, x]);
            apply(&mut b.store, "softmax", &[z])
        })
    }),
];

const FUNCTIONS: &[Case] = &[
    ("np.concatenate([A[j:, j] for j in range(len(A))])", |b| {
        let a = b.mat("A", "n", "n");
        apply(&mut b.store, "vech", &[a])
    }),
    ("(np.tril(A) + np.tril(A, -1).T).ravel(order='F')", |b| {
        let (a, n) = (b.mat("A", "n", "n"), b.size("n"));
        let (d, half) = (apply(&mut b.store, "duplication", &[n]), apply(&mut b.store, "vech", &[a]));
        b.mul(&[d, half])
    }),
    ("np.concatenate([(A @ A)[j:, j] for j in range(len(A))])", |b| {
        let (a, n) = (b.mat("A", "n", "n"), b.size("n"));
        let (l, square) = (apply(&mut b.store, "elimination", &[n]), b.mul(&[a, a]));
        let column = b.store.vec(square);
        b.mul(&[l, column])
    }),
    ("softmax(x)", |b| {
        let (x, one) = (b.col("x", "n"), b.ones("n", "1"));
        let e = apply(&mut b.store, "exp", &[x]);
        let one = b.t(one);
        let s = b.mul(&[one, e]);
        let s = b.inv(s);
        b.mul(&[s, e])
    }),
    ("np.exp(x) / (1 + np.sum(np.exp(x)))", |b| {
        let (x, one) = (b.col("x", "n"), b.ones("n", "1"));
        let e = apply(&mut b.store, "exp", &[x]);
        let one = b.t(one);
        let s = b.mul(&[one, e]);
        let s = b.store.add(&[ExprId::ONE, s]);
        let s = b.inv(s);
        b.mul(&[s, e])
    }),
    ("np.log(softmax(X @ w))", |b| {
        let f = [b.mat("X", "m", "n"), b.col("w", "n")];
        let z = b.mul(&f);
        let p = apply(&mut b.store, "softmax", &[z]);
        apply(&mut b.store, "log", &[p])
    }),
    ("np.log(1 + np.exp(x))", |b| {
        let (x, one) = (b.col("x", "n"), b.ones("n", "1"));
        let e = apply(&mut b.store, "exp", &[x]);
        let s = b.store.add(&[one, e]);
        apply(&mut b.store, "log", &[s])
    }),
    ("1 / (1 + np.exp(-X))", |b| {
        let (x, one, minus) = (b.mat("X", "m", "n"), b.ones("m", "n"), b.store.int(-1));
        let x = b.store.neg(x);
        let e = apply(&mut b.store, "exp", &[x]);
        let s = b.store.add(&[one, e]);
        b.store.hadamard_power(s, minus)
    }),
    ("np.log(1 + x**2) - np.log(1 - 1 / (1 + np.exp(-x)))", |b| {
        let (x, one, two) = (b.col("x", "n"), b.ones("n", "1"), b.store.int(2));
        let sq = b.store.hadamard_power(x, two);
        let s = b.store.add(&[one, sq]);
        let f = apply(&mut b.store, "sigmoid", &[x]);
        let g = b.store.sub(one, f);
        let (l, r) = (apply(&mut b.store, "log", &[s]), apply(&mut b.store, "log", &[g]));
        b.store.sub(l, r)
    }),
    ("x / (1 + np.exp(-x))", |b| {
        let x = b.col("x", "n");
        apply(&mut b.store, "silu", &[x])
    }),
    ("np.maximum(X, 0) + np.maximum(X, s)", |b| {
        let (x, s) = (b.mat("X", "m", "n"), b.scalar("s"));
        let t = [apply(&mut b.store, "relu", &[x]), apply(&mut b.store, "max", &[x, s])];
        b.store.add(&t)
    }),
    ("np.outer(np.linalg.svd(X)[0][:, 0], np.linalg.svd(X)[2][0])", |b| {
        let x = b.mat("X", "m", "n");
        let (u, v) = (apply(&mut b.store, "leftsv", &[x]), apply(&mut b.store, "rightsv", &[x]));
        let v = b.t(v);
        b.mul(&[u, v])
    }),
    ("phi(X @ w) * dphi(X @ w)", |b| {
        let phi = b.store.declare_function(UserFunction { name: "phi".into(), spelling: "phi".into() });
        let f = [b.mat("X", "m", "n"), b.col("w", "n")];
        let z = b.mul(&f);
        let (f, g) = (matdiff::ops::call(&mut b.store, Fun::User(phi, 0), &[z]), matdiff::ops::call(&mut b.store, Fun::User(phi, 1), &[z]));
        b.store.hadamard(&[f, g])
    }),
    ("X / np.linalg.norm(X)", |b| {
        let x = b.mat("X", "m", "n");
        let norm = apply(&mut b.store, "norm", &[x]);
        let s = b.inv(norm);
        b.mul(&[s, x])
    }),
    ("np.sum(X**2) / 2", |b| {
        let x = b.mat("X", "m", "n");
        let norm = apply(&mut b.store, "norm", &[x]);
        let s = b.store.power(norm, ExprId::TWO);
        b.mul(&[ExprId::HALF, s])
    }),
    ("np.exp(X) - 1 + np.log(np.cosh(Y))", |b| {
        let (x, y, one) = (b.mat("X", "m", "n"), b.mat("Y", "m", "n"), b.ones("m", "n"));
        let (e, c) = (apply(&mut b.store, "exp", &[x]), apply(&mut b.store, "cosh", &[y]));
        let l = apply(&mut b.store, "log", &[c]);
        let e = b.store.sub(e, one);
        b.store.add(&[e, l])
    }),
    ("0.5 * X * (1 + scipy.special.erf(X / np.sqrt(2)))", |b| {
        let x = b.mat("X", "m", "n");
        apply(&mut b.store, "gelu", &[x])
    }),
    ("scipy.linalg.expm(s * S)", |b| {
        let f = [b.scalar("s"), b.mat("S", "n", "n")];
        let z = b.mul(&f);
        apply(&mut b.store, "expm", &[z])
    }),
    ("2.0**n * np.pi**(m / 2) * s**n", |b| {
        let (n, m, s) = (b.size("n"), b.size("m"), b.scalar("s"));
        let _ = b.mat("A", "m", "n");
        let m = b.mul(&[ExprId::HALF, m]);
        let pi = b.store.pi();
        let f = [b.store.power(ExprId::TWO, n), b.store.power(pi, m), b.store.power(s, n)];
        b.mul(&f)
    }),
    ("commutation(m, n) @ vec(X)", |b| {
        let (m, n, x) = (b.size("m"), b.size("n"), b.mat("X", "m", "n"));
        let k = apply(&mut b.store, "commutation", &[m, n]);
        let v = b.store.vec(x);
        b.mul(&[k, v])
    }),
    ("commutation(m, n)", |b| {
        let (m, n) = (b.size("m"), b.size("n"));
        apply(&mut b.store, "commutation", &[m, n])
    }),
];
