//! Generated code: its text for typical expressions, and its values where a Python with NumPy is at hand.

mod cases;
mod text;

use matdiff::base::Rational;
use matdiff::emit::{ParameterKind, Returned, numpy, numpy_as};
use matdiff::ir::{DimId, ExprId, Facts, Shape, Store, Symbol, SymbolId};
use std::fmt::Write as _;

/// A store with short constructors.
struct Bench {
    store: Store,
    symbols: Vec<SymbolId>,
}

impl Bench {
    fn new() -> Self {
        Bench { store: Store::new(), symbols: Vec::new() }
    }

    fn dim(&mut self, name: &str) -> DimId {
        match name.parse() {
            Ok(n) => self.store.dim_const(n),
            Err(_) => self.store.dim_named(name),
        }
    }

    fn declare(&mut self, name: &str, rows: &str, cols: &str, facts: Facts, range: Option<&str>) -> SymbolId {
        let known = self.symbols.iter().find(|&&s| self.store.symbol_info(s).name == name);
        if let Some(&s) = known {
            return s;
        }
        let shape = Shape::new(self.dim(rows), self.dim(cols));
        let ranges = range.map(|r| self.dim(r)).into_iter().collect();
        let s = self.store.declare(Symbol { name: name.into(), spelling: name.into(), shape, facts, ranges });
        self.symbols.push(s);
        s
    }

    fn mat(&mut self, name: &str, rows: &str, cols: &str) -> ExprId {
        let s = self.declare(name, rows, cols, Facts::NONE, None);
        self.store.symbol(s)
    }

    fn spd(&mut self, name: &str, n: &str) -> ExprId {
        let s = self.declare(name, n, n, Facts::DEFINITE, None);
        self.store.symbol(s)
    }

    fn col(&mut self, name: &str, n: &str) -> ExprId {
        self.mat(name, n, "1")
    }

    fn scalar(&mut self, name: &str) -> ExprId {
        self.mat(name, "1", "1")
    }

    /// A member `name_index` of a family with members 1…range.
    fn member(&mut self, name: &str, n: &str, range: &str, index: ExprId) -> ExprId {
        let s = self.declare(name, n, "1", Facts::NONE, Some(range));
        self.store.member(s, &[index])
    }

    fn size(&mut self, name: &str) -> ExprId {
        let dim = self.dim(name);
        self.store.size(dim)
    }

    /// Σ_{i=1}^{range} body(i).
    fn over(&mut self, range: &str, body: impl FnOnce(&mut Self, ExprId) -> ExprId) -> ExprId {
        let index = self.store.fresh_index();
        let inner = body(self, index);
        let high = self.size(range);
        self.store.big_sum(index, ExprId::ONE, high, inner)
    }

    fn t(&mut self, a: ExprId) -> ExprId {
        self.store.transpose(a)
    }

    fn inv(&mut self, a: ExprId) -> ExprId {
        self.store.inverse(a)
    }

    fn mul(&mut self, factors: &[ExprId]) -> ExprId {
        self.store.mul(factors)
    }

    /// The sum of a matrix's entries.
    fn sum(&mut self, a: ExprId) -> ExprId {
        let shape = self.store.shape(a);
        let (left, right) = (self.store.ones(Shape::column(shape.rows)), self.store.ones(Shape::column(shape.cols)));
        let left = self.t(left);
        self.mul(&[left, a, right])
    }

    fn ones(&mut self, rows: &str, cols: &str) -> ExprId {
        let shape = Shape::new(self.dim(rows), self.dim(cols));
        self.store.ones(shape)
    }

    fn body(&mut self, root: ExprId) -> String {
        let text = numpy(&mut self.store, &[root], "value", &self.symbols).unwrap_or_else(|e| e.message);
        let lines: Vec<&str> =
            text.lines().skip_while(|l| !l.contains("\"\"\"")).skip(1).map(|l| l.strip_prefix("    ").unwrap_or(l)).collect();
        lines.join("\n")
    }
}

fn half() -> Rational {
    Rational::new(1, 2).unwrap_or(Rational::ONE)
}

const PRELUDE: &str = r#"
import numpy as np, scipy.linalg, scipy.special, sys, traceback
np.seterr(all="ignore")
sizes = dict(m=3, n=4, p=2, q=6, N=5)
def softmax(t): e = np.exp(t - t.max()); return e / e.sum()
def commutation(m, n):
    k = np.zeros((m * n, m * n))
    for i in range(m):
        for j in range(n): k[j + i * n, i + j * m] = 1
    return k
base = dict(np=np, scipy=scipy, inv=np.linalg.inv, det=np.linalg.det, logdet=lambda a: np.linalg.slogdet(a)[1], softmax=softmax,
            commutation=commutation, vec=lambda a: a.reshape(-1, order="F"))
functions = dict(phi=np.tanh, dphi=lambda t: 1 - np.tanh(t)**2)
bad = 0
def case(want, code, parameters):
    global bad
    rng = np.random.default_rng(7)
    have = {}
    for name, shape, kind in parameters:
        if shape is None:
            have[name] = functions.get(name, sizes.get(name)); continue
        a = rng.standard_normal(tuple(eval(s, dict(sizes)) for s in shape))
        if kind == "spd": a = a @ a.T + len(a) * np.eye(len(a))
        elif kind == "diagonal": a = np.diag(1 + np.arange(len(a)) + 0.0)
        elif len(shape) == 2 and shape[0] == shape[1]: a = a + 4 * np.eye(len(a))
        have[name] = a if shape else float(a)
    try:
        ns = {}
        exec(compile(code, "generated", "exec"), ns)
        got = np.asarray(ns["value"](**have), float)
        expected = np.asarray(eval(want, {**base, **sizes, **functions, **have}), float)
        if got.shape != expected.shape: raise ValueError(f"shape {got.shape}, expected {expected.shape}")
        error = np.max(np.abs(got - expected), initial=0) / (1 + np.max(np.abs(expected), initial=0))
        if not error < 1e-9: raise ValueError(f"error {error}")
    except Exception as e:
        bad += 1
        print(f"{want}: {type(e).__name__}: {e}\n{code}")
"#;

/// The generated code of every case, with what a script needs to run it.
fn script() -> String {
    let mut text = String::from(PRELUDE);
    for (want, make) in cases::cases() {
        let mut b = Bench::new();
        let root = make(&mut b);
        let made = match numpy_as(&mut b.store, &[(root, Returned::Natural)], "value", &b.symbols, None) {
            Ok(made) => made,
            Err(e) => {
                let _ = writeln!(text, "print({want:?}, {:?}); bad += 1", e.message);
                continue;
            }
        };
        let mut parameters = Vec::new();
        for p in &made.parameters {
            let (ParameterKind::Symbol(s) | ParameterKind::Family(s)) = p.kind else {
                parameters.push(format!("({:?}, None, '')", p.name));
                continue;
            };
            let info = b.store.symbol_info(s);
            let dims: Vec<String> = info
                .ranges
                .iter()
                .copied()
                .chain([info.shape.rows, info.shape.cols].into_iter().filter(|&d| d != DimId::ONE))
                .map(|d| format!("{:?}", b.store.dim_text(d).replace(' ', "*")))
                .collect();
            let kind = if info.facts.has(Facts::DEFINITE) {
                "spd"
            } else if info.facts.has(Facts::DIAGONAL) {
                "diagonal"
            } else {
                ""
            };
            parameters.push(format!("({:?}, [{}], {kind:?})", p.name, dims.join(", ")));
        }
        let _ = writeln!(text, "case({want:?}, {:?}, [{}])", made.text, parameters.join(", "));
    }
    let mut b = Bench::new();
    let (a, x, c) = (b.mat("A", "p", "m"), b.mat("X", "m", "n"), b.mat("B", "n", "q"));
    let _ = x;
    let ct = b.t(c);
    let jacobian = b.store.kron(&[ct, a]);
    let dims = ["p", "q", "m", "n"].map(|d| b.dim(d)).to_vec();
    if let Ok(made) = numpy_as(&mut b.store, &[(jacobian, Returned::Tensor(dims))], "value", &b.symbols, None) {
        let parameters = "[('A', ['p', 'm'], ''), ('X', ['m', 'n'], ''), ('B', ['n', 'q'], '')]";
        let _ = writeln!(text, "case(\"np.einsum('ai,jb->abij', A, B)\", {:?}, {parameters})", made.text);
    }
    text.push_str("sys.exit(1 if bad else 0)\n");
    text
}

/// Runs with `MATDIFF_PYTHON` set to a Python that has NumPy and SciPy.
#[test]
fn generated_code_has_the_value_of_the_naive_formula() {
    let Ok(python) = std::env::var("MATDIFF_PYTHON") else { return };
    let path = std::env::temp_dir().join(format!("matdiff-emit-{}.py", std::process::id()));
    std::fs::write(&path, script()).unwrap_or_default();
    let output = std::process::Command::new(python).arg(&path).output();
    let _ = std::fs::remove_file(&path);
    match output {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{text}");
        }
        Err(e) => panic!("python does not run: {e}"),
    }
}
