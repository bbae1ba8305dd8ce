//! Shapes of all nodes for one choice of kinds: one loop over the tree, children first, unifying sizes.

use super::EQUATION;
use super::extent::{Extent, Operand, Problem, Trouble};
use super::factors::{Products, Value};
use super::forms;
use super::names::{Class, Names, Ref, Variable};
use super::product;
use super::sizes::{Clash, Size, Sizes};
use crate::ops;
use crate::syntax::{Ast, AstId, Bars, Big, Kind, Times};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// A scalar in every entry of something beside it, unlike a number.
pub(super) const SPREAD_COST: u32 = 5;
/// A scalar on one side of an equation and none on the other.
const UNEVEN_COST: u32 = 14;
/// `|x|^2` for the length of a vector.
const LENGTH_COST: u32 = 9;
/// A scalar where a vector or a matrix is the usual argument.
pub(super) const PLAIN_COST: u32 = 9;

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
    /// The definitions that stand for equations; there are few.
    equations: SmallVec<[AstId; 2]>,
    /// What the ranges of families may be: for each use one.
    pub candidates: Vec<(Size, Size)>,
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
            equations: ast.lets.iter().filter(|l| l.name.starts_with(EQUATION)).map(|l| l.value).collect(),
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
                (Class::Row, _) => Extent::column(sizes.fresh()).transposed(),
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

    /// The variable that a node is.
    pub fn variable(&self, id: AstId) -> Option<&'a Variable> {
        match self.names.refs[id.0 as usize] {
            Ref::Variable(number) => self.names.variables.get(number as usize),
            _ => None,
        }
    }

    /// Whether a call is a root of a square matrix as a page has it, `\sqrt{X^\top X}`: that of the matrix.
    pub fn is_root(&self, id: AstId, text: &str) -> bool {
        let Kind::Call { name, at, args, .. } = &self.ast.node(id).kind else { return false };
        let extent = args.first().map_or(Extent::SCALAR, |&a| self.at(a));
        name == "sqrt" && at.of(text).starts_with("\\sqrt") && !extent.is_scalar() && extent.rows == extent.cols
    }

    pub fn operand(&self, id: AstId) -> Operand {
        Operand { id, end: id, span: self.ast.node(id).span, extent: self.at(id) }
    }

    pub fn problem(&self, node: AstId, trouble: Trouble, left: Option<Operand>, right: Option<Operand>, local: bool) -> Problem {
        Problem { node, trouble, left, right, local, upto: None }
    }

    /// An error about one operand.
    pub fn wrong(&self, node: AstId, trouble: Trouble, operand: AstId, local: bool) -> Problem {
        self.problem(node, trouble, Some(self.operand(operand)), None, local)
    }

    /// Makes two shapes of the same width equal.
    pub fn same(&mut self, node: AstId, trouble: Trouble, left: Operand, right: Operand) -> Result<(), Problem> {
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

    pub fn scalar(&self, node: AstId, trouble: Trouble, operand: AstId) -> Result<(), Problem> {
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
                    _ if forms::length_below(self.ast, id).is_some() => {
                        self.cost += LENGTH_COST;
                        Extent::SCALAR
                    }
                    // `tanh^2(W x)` goes entry by entry as the function does; a scalar is likelier where both fit.
                    _ if forms::is_entrywise_power(self.ast, id) => {
                        self.cost += SPREAD_COST;
                        self.at(*a)
                    }
                    _ => return Err(self.wrong(id, Trouble::PowerOfVector, *a, true)),
                }
            }
            Kind::HadamardPower(a, b) => {
                let (base, exponent) = (self.at(*a), self.at(*b));
                match (base.is_scalar(), exponent.is_scalar()) {
                    (true, true) => {
                        self.cost += PLAIN_COST;
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
            Kind::Big { big, low, high, skip, body, .. } => {
                for &bound in low.iter().chain(high).chain(skip) {
                    self.scalar(id, Trouble::Bound, bound)?;
                }
                if *big == Big::Product {
                    self.scalar(id, Trouble::BigProduct, *body)?;
                }
                if high.is_none() {
                    for &limit in low.iter().chain(skip) {
                        self.ends_with(id, limit)?;
                    }
                    if !self.last.contains_key(&id) {
                        return Err(self.problem(id, Trouble::NoEnd, None, None, false));
                    }
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
        let equation = self.equations.contains(&id);
        for &(_, term) in terms {
            let own = self.at(term);
            if own.is_scalar() {
                spread = true;
                self.cost += match () {
                    () if self.is_number(term) => 0,
                    () if equation => UNEVEN_COST,
                    () => SPREAD_COST,
                };
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
    pub fn is_number(&self, id: AstId) -> bool {
        match &self.ast.node(id).kind {
            Kind::Number(_) => true,
            Kind::Neg(a) => matches!(self.ast.node(*a).kind, Kind::Number(_)),
            Kind::Product(factors) => factors.iter().all(|(_, f)| matches!(self.ast.node(*f).kind, Kind::Number(_))),
            _ => false,
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
