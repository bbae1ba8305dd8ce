//! Generated code: its text for typical expressions, and its values where a Python with NumPy is at hand.

use super::{Returned, numpy, numpy_as};
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Facts, Fun, Shape, Store, Symbol, SymbolId, UserFunction};
use crate::ops::apply;
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

    fn ones(&mut self, rows: &str, cols: &str) -> ExprId {
        let shape = Shape::new(self.dim(rows), self.dim(cols));
        self.store.ones(shape)
    }

    fn body(&mut self, root: ExprId) -> String {
        let text = numpy(&mut self.store, &[root], "value", &self.symbols).unwrap_or_else(|e| e.message);
        let lines: Vec<&str> = text.lines().skip_while(|l| !l.contains("\"\"\"")).skip(1).map(|l| l.strip_prefix("    ").unwrap_or(l)).collect();
        lines.join("\n")
    }
}

fn half() -> Rational {
    Rational::new(1, 2).unwrap_or(Rational::ONE)
}

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
