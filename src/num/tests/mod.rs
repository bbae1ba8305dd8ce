//! What the tests of this module share: a bench to build expressions on.

mod gradients;
mod values;

use super::*;
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Facts, Fun, Shape, Store, Symbol, SymbolId, UserFunction};
use crate::ops::{self, Arg, D, Eval, Make};

/// How many sequences of points each gradient is checked at.
const SEEDS: u64 = 4;

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
        for seed in 0..SEEDS {
            let options = Options { seed, ..Options::default() };
            match check_gradient(&self.s, f, x, right, &options) {
                Ok(r) => assert!(r.points >= 2 && r.max_error < 1e-6, "{r:?}"),
                Err(e) => panic!("a right gradient is refused with seed {seed}: {e}"),
            }
            for (at, &g) in wrong.iter().enumerate() {
                let outcome = check_gradient(&self.s, f, x, g, &options);
                assert!(matches!(&outcome, Err(e) if e.is_disagreement()), "wrong gradient {at}, seed {seed}: {outcome:?}");
            }
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
