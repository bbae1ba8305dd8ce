//! Shapes of all nodes for one choice of kinds: one loop over the tree, children first, unifying sizes.

use super::names::{Class, Names, Ref};
use super::product::{self, Algebra, Width};
use super::sizes::{Clash, Size, Sizes};
use crate::base::Span;
use crate::ops::{self, Arg, D, Form, Make};
use crate::syntax::{Ast, AstId, Bars, Big, Kind, Place, Times};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Rows and columns while they are being inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub rows: Size,
    pub cols: Size,
}

impl Extent {
    pub const SCALAR: Extent = Extent { rows: Size::ONE, cols: Size::ONE };

    pub fn column(rows: Size) -> Extent {
        Extent { rows, cols: Size::ONE }
    }

    pub fn is_scalar(self) -> bool {
        self == Extent::SCALAR
    }

    /// Whether it has one row, one column.
    pub fn width(self) -> Width {
        (self.rows == Size::ONE, self.cols == Size::ONE)
    }

    pub fn transposed(self) -> Extent {
        Extent { rows: self.cols, cols: self.rows }
    }
}

/// A part of the text with its shape, for pointing at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    pub span: Span,
    pub extent: Extent,
}

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Two neighbours in a product.
    Product,
    /// Two operands of an element-wise operation.
    Entrywise,
    /// Two terms.
    Sum,
    /// A divisor that is neither a scalar nor a square matrix.
    Divisor,
    /// An exponent that is no scalar.
    Exponent,
    /// A power of a column or a row.
    PowerOfVector,
    /// A power, a determinant of a matrix that is not square.
    NotSquare,
    /// The two sides of an inner product.
    Inner,
    /// An argument of a function.
    Argument,
    /// An index of something that has no such entry.
    Index,
    /// An index that is no scalar.
    IndexValue,
    /// An index beyond the last entry.
    Beyond,
    /// A bound of a sum that is no scalar.
    Bound,
    /// A product over an index of something that is no scalar.
    BigProduct,
    /// A sum whose last index nothing tells.
    NoEnd,
    /// An equation of sizes with no solution.
    Sizes,
    /// The value is no scalar, and the task needs one.
    Goal,
}

/// Where and how the shapes do not fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem {
    pub node: AstId,
    pub trouble: Trouble,
    pub left: Option<Operand>,
    pub right: Option<Operand>,
    /// Whether it follows from the kinds of the names below the node alone.
    pub local: bool,
}

/// A scalar in every entry of something beside it, unlike a number.
const SPREAD_COST: u32 = 5;
/// A scalar where a vector or a matrix is the usual argument.
const PLAIN_COST: u32 = 3;

/// One inference.
pub(super) struct Inference<'a> {
    pub ast: &'a Ast,
    pub names: &'a Names,
    pub sizes: &'a mut Sizes,
    /// Whether the value must be a scalar.
    pub scalar: bool,
    /// The shape of every node.
    pub extents: Vec<Extent>,
    /// The shape of every variable (of one member, for a family).
    pub variables: Vec<Extent>,
    /// How many members a family has, for each subscript.
    pub ranges: Vec<SmallVec<[Size; 1]>>,
    /// The last value of an index where it was left out.
    pub last: FxHashMap<AstId, Size>,
    /// Sums in which a scalar is added to a matrix.
    pub spread: Vec<AstId>,
    /// What the reading costs beside the kinds of the names.
    pub cost: u32,
    /// What the ranges of families may be: for each use one.
    candidates: Vec<(Size, Size)>,
}

impl<'a> Inference<'a> {
    pub fn new(ast: &'a Ast, names: &'a Names, sizes: &'a mut Sizes, scalar: bool) -> Self {
        Inference {
            ast,
            names,
            sizes,
            scalar,
            extents: vec![Extent::SCALAR; ast.nodes.len()],
            variables: Vec::new(),
            ranges: Vec::new(),
            last: FxHashMap::default(),
            spread: Vec::new(),
            cost: 0,
            candidates: Vec::new(),
        }
    }

    /// Infers all shapes for a choice of kinds (for each variable the position in its options).
    pub fn run(&mut self, choice: &[u8]) -> Result<(), Problem> {
        self.start(choice);
        let names = self.names;
        for &id in &names.order {
            if !names.is_dim.is_empty() && names.is_dim.contains(&id) {
                continue;
            }
            let extent = self.node(id)?;
            self.extents[id.0 as usize] = extent;
        }
        self.settle()?;
        let root = self.ast.body;
        if self.scalar && !self.at(root).is_scalar() {
            return Err(self.problem(root, Trouble::Goal, Some(self.operand(root)), None, true));
        }
        Ok(())
    }

    fn start(&mut self, choice: &[u8]) {
        self.sizes.reset();
        self.variables.clear();
        self.ranges.clear();
        self.last.clear();
        self.spread.clear();
        self.candidates.clear();
        self.cost = 0;
        for (variable, &chosen) in self.names.variables.iter().zip(choice) {
            let (class, cost) = variable.options[usize::from(chosen)];
            self.cost += cost;
            let sizes = &mut *self.sizes;
            let extent = match (class, &variable.declared) {
                (Class::Scalar, _) => Extent::SCALAR,
                (Class::Vector, _) => Extent::column(sizes.fresh()),
                (Class::Declared, Some(declared)) => {
                    let rows = declared.rows.unwrap_or_else(|| sizes.fresh());
                    let cols = match declared.cols {
                        Some(cols) => cols,
                        None if declared.square => rows,
                        None => sizes.fresh(),
                    };
                    Extent { rows, cols }
                }
                _ => Extent { rows: sizes.fresh(), cols: sizes.fresh() },
            };
            self.variables.push(extent);
            let known = variable.declared.as_ref().map_or(&[][..], |d| &d.ranges);
            let ranges = (0..variable.family.len()).map(|k| known.get(k).copied().unwrap_or_else(|| sizes.fresh())).collect();
            self.ranges.push(ranges);
        }
    }

    pub fn at(&self, id: AstId) -> Extent {
        self.extents[id.0 as usize]
    }

    fn operand(&self, id: AstId) -> Operand {
        Operand { span: self.ast.node(id).span, extent: self.at(id) }
    }

    fn problem(&self, node: AstId, trouble: Trouble, left: Option<Operand>, right: Option<Operand>, local: bool) -> Problem {
        Problem { node, trouble, left, right, local }
    }

    /// An error about one operand.
    fn wrong(&self, node: AstId, trouble: Trouble, operand: AstId, local: bool) -> Problem {
        self.problem(node, trouble, Some(self.operand(operand)), None, local)
    }

    /// Makes two shapes of the same width equal.
    fn same(&mut self, node: AstId, trouble: Trouble, left: Operand, right: Operand) -> Result<(), Problem> {
        let local = left.extent.width() != right.extent.width();
        let fits = !local
            && self.sizes.unify(left.extent.rows, right.extent.rows, node.0).is_ok()
            && self.sizes.unify(left.extent.cols, right.extent.cols, node.0).is_ok();
        if fits { Ok(()) } else { Err(self.problem(node, trouble, Some(left), Some(right), local)) }
    }

    /// Makes a matrix square.
    fn square(&mut self, node: AstId, operand: AstId) -> Result<Extent, Problem> {
        let extent = self.at(operand);
        let (row, col) = extent.width();
        if row != col {
            return Err(self.wrong(node, Trouble::NotSquare, operand, true));
        }
        match self.sizes.unify(extent.rows, extent.cols, node.0) {
            Ok(()) => Ok(extent),
            Err(Clash) => Err(self.wrong(node, Trouble::NotSquare, operand, false)),
        }
    }

    fn scalar(&self, node: AstId, trouble: Trouble, operand: AstId) -> Result<(), Problem> {
        if self.at(operand).is_scalar() { Ok(()) } else { Err(self.wrong(node, trouble, operand, true)) }
    }

    fn node(&mut self, id: AstId) -> Result<Extent, Problem> {
        let ast = self.ast;
        Ok(match &ast.node(id).kind {
            Kind::Number(_) => Extent::SCALAR,
            Kind::Name(_) => match self.names.refs[id.0 as usize] {
                Ref::Let(value) => self.at(value),
                Ref::Variable(number) => self.variables[number as usize],
                _ => Extent::SCALAR,
            },
            Kind::Neg(a) => self.at(*a),
            Kind::Sum(terms) => self.sum(id, terms)?,
            Kind::Product(factors) => {
                let values: SmallVec<[(Times, Value); 6]> = factors.iter().map(|&(how, f)| (how, Value::of(self.operand(f)))).collect();
                let value = product::fold(&mut Products { inference: self, node: id }, values.into_iter())?;
                value.map_or(Extent::SCALAR, |v| v.whole.extent)
            }
            Kind::Power(a, b) => {
                self.scalar(id, Trouble::Exponent, *b)?;
                match self.at(*a).width() {
                    (true, true) => Extent::SCALAR,
                    (false, false) => self.square(id, *a)?,
                    _ => return Err(self.wrong(id, Trouble::PowerOfVector, *a, true)),
                }
            }
            Kind::HadamardPower(a, b) => {
                let (base, exponent) = (self.at(*a), self.at(*b));
                match (base.is_scalar(), exponent.is_scalar()) {
                    (true, true) => {
                        self.cost += 2;
                        base
                    }
                    (_, true) => base,
                    (true, _) => exponent,
                    _ => {
                        self.same(id, Trouble::Entrywise, self.operand(*a), self.operand(*b))?;
                        base
                    }
                }
            }
            Kind::Transpose(a) => {
                if self.at(*a).is_scalar() {
                    self.cost += PLAIN_COST;
                }
                self.at(*a).transposed()
            }
            Kind::Call { name, primes, args, .. } => match ops::find(name) {
                Some((_, row)) if *primes == 0 => self.call(id, row.forms, args)?,
                _ => args.first().map_or(Extent::SCALAR, |&a| self.at(a)),
            },
            Kind::Bars(bars, a) => match (bars, self.at(*a).width()) {
                (Bars::Single, (false, false)) => {
                    self.square(id, *a)?;
                    Extent::SCALAR
                }
                (Bars::Single, _) => self.at(*a),
                (_, (true, true)) => {
                    self.cost += PLAIN_COST;
                    Extent::SCALAR
                }
                _ => Extent::SCALAR,
            },
            Kind::Inner(a, b) => {
                let (left, right) = (self.at(*a), self.at(*b));
                match (left.is_scalar(), right.is_scalar()) {
                    (true, true) => self.cost += PLAIN_COST,
                    (true, false) if self.is_number(*a) => {}
                    (false, true) if self.is_number(*b) => {}
                    _ => self.same(id, Trouble::Inner, self.operand(*a), self.operand(*b))?,
                }
                Extent::SCALAR
            }
            Kind::Index(a, places) => self.index(id, *a, places)?,
            Kind::Identity => {
                let size = self.sizes.fresh();
                Extent { rows: size, cols: size }
            }
            Kind::OnesVector => Extent::column(self.sizes.fresh()),
            Kind::Big { big, low, high, body, .. } => {
                for &bound in low.iter().chain(high) {
                    self.scalar(id, Trouble::Bound, bound)?;
                }
                if *big == Big::Product {
                    self.scalar(id, Trouble::BigProduct, *body)?;
                }
                if high.is_none() && !self.last.contains_key(&id) {
                    return Err(self.problem(id, Trouble::NoEnd, None, None, false));
                }
                self.at(*body)
            }
            Kind::Member { index, .. } => {
                let Ref::Variable(number) = self.names.refs[id.0 as usize] else { return Ok(Extent::SCALAR) };
                for (at, &k) in index.iter().enumerate() {
                    self.scalar(id, Trouble::IndexValue, k)?;
                    let range = self.ranges[number as usize][at];
                    self.runs_over(id, k, range)?;
                }
                self.variables[number as usize]
            }
        })
    }

    fn sum(&mut self, id: AstId, terms: &[(bool, AstId)]) -> Result<Extent, Problem> {
        let Some(first) = terms.iter().map(|&(_, t)| t).find(|&t| !self.at(t).is_scalar()) else { return Ok(Extent::SCALAR) };
        let extent = self.at(first);
        let mut spread = false;
        for &(_, term) in terms {
            let own = self.at(term);
            if own.is_scalar() {
                spread = true;
                self.cost += if self.is_number(term) { 0 } else { SPREAD_COST };
            } else if own != extent {
                self.same(id, Trouble::Sum, self.operand(first), self.operand(term))?;
            }
        }
        if spread && extent.width() == (false, false) {
            self.spread.push(id);
        }
        Ok(extent)
    }

    /// Whether a node is a literal number with its sign, or a product of numbers.
    fn is_number(&self, id: AstId) -> bool {
        match &self.ast.node(id).kind {
            Kind::Number(_) => true,
            Kind::Neg(a) => matches!(self.ast.node(*a).kind, Kind::Number(_)),
            Kind::Product(factors) => factors.iter().all(|(_, f)| matches!(self.ast.node(*f).kind, Kind::Number(_))),
            _ => false,
        }
    }

    /// A function of the table: the first form whose widths fit.
    fn call(&mut self, id: AstId, forms: &'static [Form], args: &[AstId]) -> Result<Extent, Problem> {
        let arity = || forms.iter().filter(|f| f.sig.args.len() == args.len());
        let Some(form) = arity().find(|f| self.fits(f, args)) else {
            let odd = arity().next().and_then(|f| args.iter().zip(f.sig.args).find(|(a, arg)| !self.fits_alone(**a, arg)));
            let culprit = odd.map_or(args.first().copied().unwrap_or(id), |(a, _)| *a);
            return Err(self.wrong(id, Trouble::Argument, culprit, true));
        };
        let sig = &form.sig;
        let mut vars: [Option<Size>; 8] = [None; 8];
        for (arg, value) in sig.args.iter().zip(args) {
            if let Arg::Dim(k) = arg {
                vars[usize::from(*k)] = self.names.dims.get(value).copied();
            }
        }
        let entrywise = sig.out == (D::N(0), D::N(1)) && matches!(form.make, Make::Call | Make::Build(_) | Make::Define(_));
        let arrays = args.iter().zip(sig.args).any(|(&a, arg)| matches!(arg, Arg::Shape(..)) && !self.at(a).is_scalar());
        for (arg, &value) in sig.args.iter().zip(args) {
            let Arg::Shape(rows, cols) = *arg else { continue };
            let extent = self.at(value);
            if sig.broadcast && extent.is_scalar() && arrays {
                continue;
            }
            if extent.is_scalar() && !entrywise && (rows, cols) != (D::One, D::One) {
                self.cost += PLAIN_COST;
            }
            for (d, actual) in [(rows, extent.rows), (cols, extent.cols)] {
                let expected = match d {
                    D::One => continue,
                    D::N(k) => *vars[usize::from(k)].get_or_insert(actual),
                    D::Times(a, b) => {
                        let fresh = |sizes: &mut Sizes, slot: &mut Option<Size>| *slot.get_or_insert_with(|| sizes.fresh());
                        let a = fresh(self.sizes, &mut vars[usize::from(a)]);
                        let b = fresh(self.sizes, &mut vars[usize::from(b)]);
                        self.sizes.times(a, b)
                    }
                };
                if self.sizes.unify(expected, actual, id.0).is_err() {
                    let other = args.iter().copied().find(|&a| a != value && !self.at(a).is_scalar());
                    let right = other.map(|_| self.operand(value));
                    let left = other.map_or_else(|| self.operand(value), |o| self.operand(o));
                    return Err(self.problem(id, Trouble::Argument, Some(left), right, false));
                }
            }
            // `unit(i, n)` under `sum_i`: the index runs to n.
            if let ([Arg::Shape(D::One, D::One), Arg::Dim(k)], Some(&first)) = (sig.args, args.first())
                && let Some(size) = vars[usize::from(*k)]
            {
                self.ends_at(id, first, size)?;
            }
        }
        let mut out = |d: D| match d {
            D::One => Size::ONE,
            D::N(k) => *vars[usize::from(k)].get_or_insert_with(|| self.sizes.fresh()),
            D::Times(a, b) => {
                let size = |k: u8| vars[usize::from(k)].unwrap_or(Size::ONE);
                self.sizes.times(size(a), size(b))
            }
        };
        Ok(Extent { rows: out(sig.out.0), cols: out(sig.out.1) })
    }

    /// Whether an argument alone may be what a signature asks for.
    fn fits_alone(&self, value: AstId, arg: &Arg) -> bool {
        let Arg::Shape(rows, cols) = *arg else { return true };
        let (row, col) = self.at(value).width();
        (rows != D::One || row) && (cols != D::One || col) && (rows != cols || row == col)
    }

    /// Whether the widths of the arguments fit a form.
    fn fits(&self, form: &Form, args: &[AstId]) -> bool {
        let sig = &form.sig;
        let mut one: [Option<bool>; 8] = [None; 8];
        let arrays = args.iter().zip(sig.args).any(|(&a, arg)| matches!(arg, Arg::Shape(..)) && !self.at(a).is_scalar());
        for (arg, value) in sig.args.iter().zip(args) {
            if let Arg::Dim(k) = arg {
                one[usize::from(*k)] = self.names.dims.get(value).map(|s| *s == Size::ONE);
            }
        }
        sig.args.iter().zip(args).all(|(arg, &value)| {
            let Arg::Shape(rows, cols) = *arg else { return true };
            let (row, col) = self.at(value).width();
            if sig.broadcast && row && col && arrays {
                return true;
            }
            [(rows, row), (cols, col)].into_iter().all(|(d, actual)| match d {
                D::One => actual,
                D::N(k) => *one[usize::from(k)].get_or_insert(actual) == actual,
                D::Times(a, b) => match (one[usize::from(a)], one[usize::from(b)]) {
                    (Some(a), Some(b)) => (a && b) == actual,
                    _ => true,
                },
            })
        })
    }

    fn index(&mut self, id: AstId, a: AstId, places: &[Place]) -> Result<Extent, Problem> {
        let extent = self.at(a);
        for place in places {
            if let Place::At(k) = place {
                self.scalar(id, Trouble::IndexValue, *k)?;
            }
        }
        let (row, col) = extent.width();
        let along = match places {
            [_, _] if !extent.is_scalar() => [extent.rows, extent.cols],
            [_] if row && !col => [extent.cols, Size::ONE],
            [_] if col && !row => [extent.rows, Size::ONE],
            _ => return Err(self.wrong(id, Trouble::Index, a, true)),
        };
        for (place, size) in places.iter().zip(along) {
            if let Place::At(k) = place {
                self.ends_at(id, *k, size)?;
                let last = self.sizes.as_constant(size);
                let value = if let Kind::Number(value) = &self.ast.node(*k).kind { value.to_integer().or(Some(0)) } else { None };
                if value.is_some_and(|v| v < 1 || last.is_some_and(|last| v > last)) {
                    return Err(self.problem(id, Trouble::Beyond, Some(self.operand(a)), Some(self.operand(*k)), false));
                }
            }
        }
        Ok(match places {
            [Place::At(_), Place::All] => Extent::column(extent.cols),
            [Place::All, Place::At(_)] => Extent::column(extent.rows),
            [Place::All, Place::All] | [Place::All] => extent,
            _ => Extent::SCALAR,
        })
    }

    /// An index whose last value was left out runs to the end of what it is an index of.
    fn ends_at(&mut self, node: AstId, index: AstId, size: Size) -> Result<(), Problem> {
        let Ref::Bound(big) = self.names.refs[index.0 as usize] else { return Ok(()) };
        if !matches!(self.ast.node(big).kind, Kind::Big { high: None, .. }) || size == Size::ONE {
            return Ok(());
        }
        let last = *self.last.entry(big).or_insert_with(|| self.sizes.fresh());
        self.sizes.unify(last, size, node.0).map_err(|Clash| self.problem(node, Trouble::Sizes, None, None, false))
    }

    /// A subscript of a family: what it says of the number of members.
    fn runs_over(&mut self, node: AstId, subscript: AstId, range: Size) -> Result<(), Problem> {
        let Some((index, offset)) = self.shifted(subscript) else { return Ok(()) };
        let Ref::Bound(big) = self.names.refs[index.0 as usize] else { return Ok(()) };
        let Kind::Big { high, .. } = &self.ast.node(big).kind else { return Ok(()) };
        match high {
            None if offset == 0 => self.ends_at(node, index, range),
            None => {
                self.last.entry(big).or_insert_with(|| self.sizes.fresh());
                Ok(())
            }
            Some(high) => {
                if let Some(&high) = self.names.dims.get(high) {
                    let offset = self.sizes.constant(offset);
                    let candidate = self.sizes.plus(high, offset);
                    self.candidates.push((range, candidate));
                }
                Ok(())
            }
        }
    }

    /// A subscript `i`, `t - 1`, `t + 1` as the index and what is added to it.
    fn shifted(&self, subscript: AstId) -> Option<(AstId, i64)> {
        match &self.ast.node(subscript).kind {
            Kind::Name(_) => Some((subscript, 0)),
            Kind::Sum(terms) => {
                let mut index = None;
                let mut offset = 0i64;
                for &(minus, term) in terms {
                    match &self.ast.node(term).kind {
                        Kind::Name(_) if index.is_none() && !minus => index = Some(term),
                        Kind::Number(value) => {
                            let value = value.to_integer()?;
                            offset = if minus { offset.checked_sub(value)? } else { offset.checked_add(value)? };
                        }
                        _ => return None,
                    }
                }
                index.map(|index| (index, offset))
            }
            _ => None,
        }
    }

    /// Solves what was put off, and takes the number of members of a family from the sums over it.
    fn settle(&mut self) -> Result<(), Problem> {
        let fail = |s: &Self, node: u32| s.problem(AstId(node), Trouble::Sizes, None, None, false);
        self.sizes.settle().map_err(|node| fail(self, node))?;
        let candidates = std::mem::take(&mut self.candidates);
        for (at, &(range, candidate)) in candidates.iter().enumerate() {
            if self.sizes.is_known(range) {
                continue;
            }
            // The largest of them where they differ by a number, else the first.
            let mut best = candidate;
            for &(other, size) in &candidates[at + 1..] {
                if self.sizes.resolve(other) == self.sizes.resolve(range) {
                    let more = self.sizes.minus(size, best);
                    if self.sizes.as_constant(more).is_some_and(|m| m > 0) {
                        best = size;
                    }
                }
            }
            // A sum over a single member leaves the range open.
            if self.sizes.as_constant(best).is_none_or(|n| n > 1) {
                self.sizes.unify(range, best, self.ast.body.0).map_err(|Clash| fail(self, self.ast.body.0))?;
            }
        }
        self.candidates = candidates;
        self.sizes.settle().map_err(|node| fail(self, node))
    }
}

/// A factor while shapes are inferred: its own shape, and the outermost factors that it is made of.
#[derive(Clone, Copy)]
struct Value {
    whole: Operand,
    first: Operand,
    last: Operand,
}

impl Value {
    fn of(operand: Operand) -> Value {
        Value { whole: operand, first: operand, last: operand }
    }
}

struct Products<'s, 'a> {
    inference: &'s mut Inference<'a>,
    node: AstId,
}

impl Algebra for Products<'_, '_> {
    type Value = Value;
    type Error = Problem;

    fn width(&self, value: &Value) -> Width {
        value.whole.extent.width()
    }

    fn close(&mut self, value: Value) -> Value {
        value
    }

    fn join(&mut self, how: Times, left: Value, right: Value) -> Result<Value, Problem> {
        let (a, b) = (left.whole.extent, right.whole.extent);
        let span = left.whole.span.to(right.whole.span);
        let made = |extent: Extent| {
            let first = if a.is_scalar() { right.first } else { left.first };
            let last = if b.is_scalar() { left.last } else { right.last };
            Value { whole: Operand { span, extent }, first, last }
        };
        let entire = |extent: Extent| Value::of(Operand { span, extent });
        let inference = &mut *self.inference;
        let node = self.node;
        match how {
            Times::Dot if a.width() == (false, true) && b.width() == (false, true) => {
                inference.same(node, Trouble::Inner, left.whole, right.whole)?;
                Ok(entire(Extent::SCALAR))
            }
            Times::Product | Times::Dot => {
                if a.is_scalar() {
                    return Ok(made(b));
                }
                if b.is_scalar() {
                    return Ok(made(a));
                }
                let local = a.width().1 != b.width().0;
                if local || inference.sizes.unify(a.cols, b.rows, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Product, Some(left.last), Some(right.first), local));
                }
                Ok(made(Extent { rows: a.rows, cols: b.cols }))
            }
            Times::Hadamard | Times::HadamardDivide => {
                if a.is_scalar() || b.is_scalar() {
                    inference.cost += if a == b { 2 } else { 0 };
                    return Ok(entire(if a.is_scalar() { b } else { a }));
                }
                inference.same(node, Trouble::Entrywise, left.whole, right.whole)?;
                Ok(entire(a))
            }
            Times::Divide => {
                if b.is_scalar() {
                    return Ok(made(a));
                }
                let local = b.width() != (false, false) || a.width().1;
                if local || inference.sizes.unify(b.rows, b.cols, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Divisor, Some(left.whole), Some(right.whole), local));
                }
                if inference.sizes.unify(a.cols, b.rows, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Product, Some(left.last), Some(right.whole), false));
                }
                Ok(entire(a))
            }
            Times::LeftDivide => {
                if a.is_scalar() {
                    return Ok(made(b));
                }
                let local = a.width() != (false, false) || b.width().0;
                if local || inference.sizes.unify(a.rows, a.cols, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Divisor, Some(right.whole), Some(left.whole), local));
                }
                if inference.sizes.unify(a.cols, b.rows, node.0).is_err() {
                    return Err(inference.problem(node, Trouble::Product, Some(left.whole), Some(right.first), false));
                }
                Ok(entire(b))
            }
            Times::Kron => {
                let (rows, cols) = (inference.sizes.times(a.rows, b.rows), inference.sizes.times(a.cols, b.cols));
                Ok(entire(Extent { rows, cols }))
            }
        }
    }
}
