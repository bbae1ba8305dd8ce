//! Evaluation: one loop over a plan's slots, values in a table; sums repeat their own slots.

use super::linear::{
    as_scalar, as_whole, inverse, is_finite, kronecker, magnitude, multiply, power, scalar, scalar_power, turned_multiply,
};
use super::plan::Plan;
use super::point::{Place, Point};
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Fun, Node, Power, Store, SymbolId};
use crate::ops::{self, Domain, Eval, Matrix, Row};
use rustc_hash::FxHashMap;

/// The most floating-point operations at one point.
const MOST_WORK: usize = 400_000_000;
/// The most terms of an indexed sum.
const MOST_TERMS: i64 = 10_000;
/// How near a kink or a pole an argument may come.
const MARGIN: f64 = 1e-2;

/// The values of `roots` at a point; `None` where one does not exist there, is not finite, or lies at a kink or a pole.
#[must_use]
pub fn evaluate(store: &Store, roots: &[ExprId], point: &Point) -> Option<Vec<Matrix>> {
    let plan = Plan::new(store, roots)?;
    let mut machine = Machine::new(store, &plan, point);
    machine.run(&plan.list(store, roots))?;
    roots.iter().map(|&r| machine.value(r).filter(|v| is_finite(v)).cloned()).collect()
}

/// Where a variable moves to.
pub(super) enum Along {
    /// A variable, or one member of a family, along a matrix.
    Matrix(SymbolId, Place, Matrix),
    /// A variable (every member of a family) along the value of another.
    Symbol(SymbolId, SymbolId),
}

/// A sum that is being computed.
struct Frame {
    slot: u32,
    pc: usize,
    current: i64,
    high: i64,
    total: Option<Matrix>,
    before: Option<i64>,
}

/// A table of values at one point, or near it.
pub(super) struct Machine<'a> {
    store: &'a Store,
    pub plan: &'a Plan,
    pub point: &'a Point,
    values: Vec<Matrix>,
    drawn: FxHashMap<(SymbolId, Place), Matrix>,
    bound: Vec<Option<i64>>,
    moves: Vec<Along>,
    step: f64,
    work: usize,
    /// How many nodes were computed, for tests of scale.
    pub evaluations: usize,
}

impl<'a> Machine<'a> {
    pub fn new(store: &'a Store, plan: &'a Plan, point: &'a Point) -> Self {
        let bound = plan.levels.iter().map(|&l| point.index(l)).collect();
        let values = vec![Matrix::zeros(0, 0); plan.order.len()];
        Machine { store, plan, point, values, drawn: FxHashMap::default(), bound, moves: Vec::new(), step: 0.0, work: 0, evaluations: 0 }
    }

    /// The value of one of the plan's expressions, after [`Machine::run`].
    pub fn value(&self, id: ExprId) -> Option<&Matrix> {
        self.values.get(self.plan.slot(id)).filter(|v| !v.is_empty())
    }

    /// Sets what moves; [`Machine::at`] says how far.
    pub fn along(&mut self, moves: Vec<Along>) {
        self.moves = moves;
    }

    /// Sets how far the moves go: 0 is the point itself.
    pub fn at(&mut self, step: f64) {
        self.step = step;
    }

    /// The largest absolute value in these slots.
    pub fn magnitude(&self, list: &[u32]) -> f64 {
        list.iter().fold(0.0, |top: f64, &slot| top.max(magnitude(&self.values[slot as usize])))
    }

    /// The magnitude of the terms that a sum adds up, which bounds what cancels in it.
    pub fn terms(&self, id: ExprId) -> f64 {
        match self.store.node(id) {
            Node::Sum(terms) => terms.iter().map(|(c, t)| c.to_f64().abs() * self.values[self.plan.slot(*t)].norm()).sum(),
            _ => self.values[self.plan.slot(id)].norm(),
        }
    }

    /// The variables' values that were drawn, sorted.
    pub fn drawn(&self) -> Vec<(SymbolId, Place, Matrix)> {
        let mut all: Vec<_> = self.drawn.iter().map(|((s, p), m)| (*s, p.clone(), m.clone())).collect();
        all.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        all
    }

    /// Computes the slots in order.
    pub fn run(&mut self, list: &[u32]) -> Option<()> {
        let plan = self.plan;
        let mut frames: Vec<Frame> = Vec::new();
        let mut main = 0;
        loop {
            let (slots, pc) = match frames.last() {
                Some(frame) => (&plan.loops.get(&frame.slot)?.inner[..], frame.pc),
                None => (list, main),
            };
            if let Some(&slot) = slots.get(pc) {
                if let Node::BigSum { .. } = self.store.node(plan.order[slot as usize])
                    && let Some(frame) = self.enter(slot)?
                {
                    frames.push(frame);
                    continue;
                }
                if !matches!(self.store.node(plan.order[slot as usize]), Node::BigSum { .. }) {
                    self.evaluations += 1;
                    self.values[slot as usize] = self.compute(plan.order[slot as usize])?;
                    if self.work > MOST_WORK {
                        return None;
                    }
                }
                match frames.last_mut() {
                    Some(frame) => frame.pc += 1,
                    None => main += 1,
                }
                continue;
            }
            let Some(frame) = frames.last_mut() else { return Some(()) };
            self.end_of_term(frame)?;
            if frame.current > frame.high
                && let Some(frame) = frames.pop()
            {
                self.bound[plan.loops.get(&frame.slot)?.bit] = frame.before;
                self.evaluations += 1;
                self.values[frame.slot as usize] = frame.total?;
                match frames.last_mut() {
                    Some(outer) => outer.pc += 1,
                    None => main += 1,
                }
            }
        }
    }

    /// Begins a sum; where it is empty its value is zero and there is nothing to do.
    fn enter(&mut self, slot: u32) -> Option<Option<Frame>> {
        let id = self.plan.order[slot as usize];
        let Node::BigSum { low, high, .. } = *self.store.node(id) else { return None };
        let (low, high) = (as_whole(self.value(low)?)?, as_whole(self.value(high)?)?);
        let own = self.plan.loops.get(&slot)?;
        // A range that runs backwards by more than one has a negative count in closed forms: not a point to check at. (Where it
        // moves with another index, no count is ever taken that may be negative.)
        if high < low - 1 && !own.moving || high - low > MOST_TERMS {
            return None;
        }
        let bit = own.bit;
        if high < low {
            let (rows, cols) = self.point.shape(self.store, self.store.shape(id))?;
            self.values[slot as usize] = Matrix::zeros(rows, cols);
            return Some(None);
        }
        let before = self.bound[bit].replace(low);
        Some(Some(Frame { slot, pc: 0, current: low, high, total: None, before }))
    }

    /// Adds the body's value and goes on to the next index.
    fn end_of_term(&mut self, frame: &mut Frame) -> Option<()> {
        let Node::BigSum { body, .. } = *self.store.node(self.plan.order[frame.slot as usize]) else { return None };
        let body = self.value(body)?;
        match &mut frame.total {
            Some(total) if total.shape() == body.shape() => *total += body,
            Some(_) => return None,
            None => frame.total = Some(body.clone()),
        }
        frame.current += 1;
        frame.pc = 0;
        self.bound[self.plan.loops.get(&frame.slot)?.bit] = Some(frame.current);
        Some(())
    }

    /// One node from its children's values.
    fn compute(&mut self, id: ExprId) -> Option<Matrix> {
        #[allow(clippy::cast_precision_loss, reason = "sizes and indices are small")]
        let whole = |n: i64| scalar(n as f64);
        let store = self.store;
        match store.node(id) {
            Node::Num(r) => Some(scalar(r.to_f64())),
            Node::Pi => Some(scalar(std::f64::consts::PI)),
            Node::Size(name) => self.point.size_of(*name).map(whole),
            Node::Symbol(symbol) => self.variable(*symbol, Place::new()),
            Node::Member(symbol, index) => {
                let place: Option<Place> = index.iter().map(|&i| as_whole(self.value(i)?)).collect();
                self.variable(*symbol, place?)
            }
            Node::Index(level) => self.bound[self.plan.bit(*level)?].map(whole),
            Node::Eye(dim) => {
                let (n, _) = self.shape(id)?;
                debug_assert_eq!(Some(n), self.point.size(store, *dim));
                Some(Matrix::identity(n, n))
            }
            Node::Ones(_) => self.shape(id).map(|(n, _)| Matrix::from_element(n, 1, 1.0)),
            Node::Zero(_) => self.shape(id).map(|(m, n)| Matrix::zeros(m, n)),
            Node::Basis(k, _) => {
                let (n, _) = self.shape(id)?;
                let k = usize::try_from(as_whole(self.value(*k)?)?).ok().filter(|k| (1..=n).contains(k))?;
                let mut e = Matrix::zeros(n, 1);
                e[k - 1] = 1.0;
                Some(e)
            }
            Node::Sum(terms) => self.sum(terms),
            Node::Product { coefficient, scalars, chain } => self.product(coefficient, scalars, chain),
            Node::Hadamard(entries) => self.hadamard(entries),
            Node::Kron(parts) => {
                let mut product: Option<Matrix> = None;
                let (rows, cols) = self.shape(id)?;
                self.work += rows * cols;
                for &part in parts {
                    let part = self.value(part)?;
                    product = Some(product.map_or_else(|| part.clone(), |so_far| kronecker(&so_far, part)));
                }
                product
            }
            Node::Trace(a) => self.value(*a).filter(|m| m.is_square()).map(|m| scalar(m.trace())),
            Node::Diag(v) => self.value(*v).filter(|v| v.ncols() == 1).map(|v| Matrix::from_diagonal(&v.column(0).into_owned())),
            Node::Diagonal(a) => {
                let a = self.value(*a).filter(|m| m.is_square())?;
                Some(Matrix::from_fn(a.nrows(), 1, |i, _| a[(i, i)]))
            }
            Node::Vec(a) => self.value(*a).map(|m| Matrix::from_column_slice(m.len(), 1, m.as_slice())),
            Node::Unvec(a, _) => {
                let (rows, cols) = self.shape(id)?;
                self.value(*a).filter(|v| v.len() == rows * cols).map(|v| Matrix::from_column_slice(rows, cols, v.as_slice()))
            }
            Node::Call(Fun::User(function, order), args) => {
                let x = self.value(*args.first()?)?;
                Some(x.map(|t| self.point.user(*function, *order, t)))
            }
            Node::Call(fun, args) => self.call(ops::row(*fun)?, args),
            // Sums are the loop's.
            Node::BigSum { .. } => None,
        }
    }

    fn shape(&mut self, id: ExprId) -> Option<(usize, usize)> {
        let (rows, cols) = self.point.shape(self.store, self.store.shape(id))?;
        self.work += rows * cols;
        Some((rows, cols))
    }

    /// A variable's value, moved where it moves.
    pub fn variable(&mut self, symbol: SymbolId, place: Place) -> Option<Matrix> {
        let mut value = self.base(symbol, &place)?;
        if self.step != 0.0 {
            for at in 0..self.moves.len() {
                let along = match &self.moves[at] {
                    Along::Matrix(x, member, v) if *x == symbol && *member == place => v.clone(),
                    Along::Symbol(x, dx) if *x == symbol => {
                        let dx = *dx;
                        self.base(dx, &place)?
                    }
                    _ => continue,
                };
                if along.shape() != value.shape() {
                    return None;
                }
                value += along * self.step;
            }
        }
        Some(value)
    }

    fn base(&mut self, symbol: SymbolId, place: &Place) -> Option<Matrix> {
        let key = (symbol, place.clone());
        if let Some(value) = self.drawn.get(&key) {
            return Some(value.clone());
        }
        let value = self.point.value(self.store, symbol, place)?;
        self.work += value.len() * value.ncols().min(value.nrows());
        self.drawn.insert(key, value.clone());
        Some(value)
    }

    fn sum(&self, terms: &[(Rational, ExprId)]) -> Option<Matrix> {
        let ((c, first), rest) = terms.split_first()?;
        let mut total = self.value(*first)? * c.to_f64();
        for (c, term) in rest {
            let term = self.value(*term).filter(|t| t.shape() == total.shape())?;
            let c = c.to_f64();
            total.zip_apply(term, |a, b| *a += c * b);
        }
        Some(total)
    }

    fn monomial(&self, coefficient: &Rational, scalars: &[Power]) -> Option<f64> {
        let mut product = coefficient.to_f64();
        for &(base, exponent) in scalars {
            let base = as_scalar(self.value(base)?)?;
            product *= if exponent == ExprId::ONE { base } else { scalar_power(base, as_scalar(self.value(exponent)?)?) };
        }
        Some(product)
    }

    fn product(&mut self, coefficient: &Rational, scalars: &[Power], chain: &[Factor]) -> Option<Matrix> {
        let front = self.monomial(coefficient, scalars)?;
        let Some((&first, mut rest)) = chain.split_first() else { return Some(scalar(front)) };
        let mut product = match rest.split_first() {
            // Aᵀ B without forming Aᵀ.
            Some((second, others)) if first.flipped && first.power == ExprId::ONE && second.power == ExprId::ONE && !second.flipped => {
                rest = others;
                let (a, b) = (self.value(first.base)?, self.value(second.base)?);
                let product = turned_multiply(a, b)?;
                self.work += product.len() * self.value(first.base)?.nrows();
                product
            }
            _ => self.factor(first)?,
        };
        for &f in rest {
            let next = if f.power == ExprId::ONE && !f.flipped {
                multiply(&product, self.value(f.base)?)?
            } else {
                multiply(&product, &self.factor(f)?)?
            };
            self.work += next.len() * product.ncols();
            product = next;
        }
        if front != 1.0 {
            product *= front;
        }
        Some(product)
    }

    /// One factor: powered, then turned.
    fn factor(&mut self, f: Factor) -> Option<Matrix> {
        let base = self.value(f.base)?;
        let cost = base.len() * base.ncols();
        let value = match f.power {
            ExprId::ONE => return Some(if f.flipped { base.transpose() } else { base.clone() }),
            ExprId::MINUS_ONE => inverse(base)?,
            p => power(base, as_scalar(self.value(p)?)?)?,
        };
        self.work += 4 * cost;
        Some(if f.flipped { value.transpose() } else { value })
    }

    fn hadamard(&self, entries: &[Power]) -> Option<Matrix> {
        let mut product: Option<Matrix> = None;
        for &(base, exponent) in entries {
            let base = self.value(base)?;
            let p = if exponent == ExprId::ONE { 1.0 } else { as_scalar(self.value(exponent)?)? };
            let one = |x: f64| if p == 1.0 { x } else { scalar_power(x, p) };
            match &mut product {
                None => product = Some(base.map(one)),
                Some(product) if product.shape() == base.shape() => product.zip_apply(base, |a, b| *a *= one(b)),
                Some(_) => return None,
            }
        }
        product
    }

    fn call(&mut self, row: &Row, args: &[ExprId]) -> Option<Matrix> {
        self.guard(row, args)?;
        match row.eval {
            Eval::Scalar(f) => Some(self.value(*args.first()?)?.map(f)),
            Eval::Scalar2(f) => {
                let [a, b] = *args else { return None };
                spread(self.value(a)?, self.value(b)?, f)
            }
            Eval::Scalar3(f) => {
                let [a, b, c] = *args else { return None };
                let (a, b, c) = (self.value(a)?, self.value(b)?, self.value(c)?);
                let shape = [a, b, c].into_iter().map(nalgebra::DMatrix::shape).max_by_key(|s| s.0 * s.1)?;
                if [a, b, c].into_iter().any(|m| m.len() != 1 && m.shape() != shape) {
                    return None;
                }
                let at = |m: &Matrix, i: usize| if m.len() == 1 { m[0] } else { m[i] };
                Some(Matrix::from_iterator(shape.0, shape.1, (0..shape.0 * shape.1).map(|i| f(at(a, i), at(b, i), at(c, i)))))
            }
            Eval::Matrix(f) => {
                let inputs: Option<Vec<Matrix>> = args.iter().map(|&a| self.value(a).cloned()).collect();
                let inputs = inputs?;
                if inputs.iter().any(|m| !is_finite(m)) {
                    return None;
                }
                self.work += inputs.iter().map(|m| 10 * m.len() * m.ncols().min(m.nrows())).sum::<usize>();
                f(&inputs)
            }
            Eval::Never => None,
        }
    }

    /// Refuses arguments near a kink or a pole. An exact zero is the structure's (off a diagonal): it does not move.
    fn guard(&self, row: &Row, args: &[ExprId]) -> Option<()> {
        let all = |test: fn(f64) -> bool| Some(self.value(*args.last()?)?.iter().all(|&x| test(x)));
        let fits = match row.domain {
            Domain::Positive => all(|x| x >= MARGIN)?,
            Domain::Unit => all(|x| x.abs() <= 1.0 - 2.0 * MARGIN)?,
            Domain::AboveOne => all(|x| x >= 1.0 + MARGIN)?,
            Domain::AwayFromZero => all(|x| x == 0.0 || x.abs() >= MARGIN)?,
            Domain::Real if matches!(row.eval, Eval::Scalar2(_)) => {
                let [a, b] = *args else { return None };
                let gap = spread(self.value(a)?, self.value(b)?, |x, y| x - y)?;
                // Whole numbers do not move, and may meet.
                let meets = !ops::jumps(row.name) || args.iter().all(|&a| self.store.is(a, Facts::INTEGER));
                gap.iter().all(|&d| d == 0.0 && meets || d.abs() >= MARGIN)
            }
            _ => true,
        };
        fits.then_some(())
    }
}

/// Entry by entry; a 1×1 beside a matrix stands for each entry.
fn spread(a: &Matrix, b: &Matrix, f: impl Fn(f64, f64) -> f64) -> Option<Matrix> {
    match (as_scalar(a), as_scalar(b)) {
        _ if a.shape() == b.shape() => Some(a.zip_map(b, f)),
        (Some(x), _) => Some(b.map(|y| f(x, y))),
        (_, Some(y)) => Some(a.map(|x| f(x, y))),
        _ => None,
    }
}
