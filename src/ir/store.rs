//! The arena: interning, leaves, and reading.

use super::{Dim, DimId, DimName, ExprId, Facts, Habits, Node, Shape, SymbolId};
use crate::base::Rational;
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// What is known of a variable.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The canonical name (Greek spelled out).
    pub name: String,
    /// The name as the user spells it.
    pub spelling: String,
    /// Its shape (of one member, for a family).
    pub shape: Shape,
    /// Its declared structure.
    pub facts: Facts,
    /// For a family: how many members there are (one range for each subscript); empty otherwise.
    pub ranges: Vec<DimId>,
}

/// A user's element-wise function.
#[derive(Clone, Debug)]
pub struct UserFunction {
    /// The canonical name.
    pub name: String,
    /// The name as the user spells it.
    pub spelling: String,
}

#[derive(Clone, Copy)]
struct Meta {
    shape: Shape,
    facts: Facts,
}

/// All expressions of one task. Ids are valid only in the store that made them.
///
/// The constructors are the only way in; each returns the normal form. They never fail: shapes are checked before
/// (by `elab`), and a mismatch is a programming error caught by debug assertions.
pub struct Store {
    pub(super) nodes: IndexSet<Node, FxBuildHasher>,
    meta: Vec<Meta>,
    dims: IndexSet<Dim, FxBuildHasher>,
    dim_names: IndexSet<String, FxBuildHasher>,
    symbols: Vec<Symbol>,
    /// The variables that stand for a change of another one: `dX`, the direction `V`.
    directions: Vec<SymbolId>,
    functions: Vec<UserFunction>,
    /// The order in which a commutative node's parts were first written, and whether a user wrote them.
    pub(super) written: FxHashMap<ExprId, Vec<ExprId>>,
    /// Transposes of products that have been asked for, in both directions.
    pub(super) turned: FxHashMap<ExprId, ExprId>,
    fresh: u32,
    habits: Habits,
    /// What the square of a scalar is, where that is simpler: xᵀx for ‖x‖.
    squares: FxHashMap<ExprId, ExprId>,
    /// How names are written in LaTeX, by canonical name, where the writer has a sign of their own for them.
    signs: FxHashMap<String, String>,
    /// The subscripts with which families were first written.
    subscripts: FxHashMap<SymbolId, Vec<String>>,
    /// The families that are indicators of sets, with how many of their indices stand below the set's own name.
    sets: FxHashMap<SymbolId, usize>,
    /// The families whose members are the rows (`true`) or the columns of a variable.
    members: FxHashMap<SymbolId, (SymbolId, bool)>,
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        let mut store = Store {
            nodes: IndexSet::default(),
            meta: Vec::new(),
            dims: IndexSet::default(),
            dim_names: IndexSet::default(),
            symbols: Vec::new(),
            directions: Vec::new(),
            functions: Vec::new(),
            written: FxHashMap::default(),
            turned: FxHashMap::default(),
            fresh: 1 << 20,
            habits: Habits::NONE,
            squares: FxHashMap::default(),
            signs: FxHashMap::default(),
            subscripts: FxHashMap::default(),
            sets: FxHashMap::default(),
            members: FxHashMap::default(),
        };
        store.dims.insert(Dim::constant(1));
        for value in [0, 1, -1, 2] {
            store.intern_num(Rational::from(value));
        }
        store.intern_num(Rational::HALF);
        store
    }

    // ---- reading

    /// The node.
    #[must_use]
    pub fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.index()]
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: there are always the constants.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every expression, children before parents.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ExprId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(ExprId)
    }

    /// Rows and columns.
    #[must_use]
    pub fn shape(&self, id: ExprId) -> Shape {
        self.meta[id.index()].shape
    }

    /// What is known of the value.
    #[must_use]
    pub fn facts(&self, id: ExprId) -> Facts {
        self.meta[id.index()].facts
    }

    /// Whether `facts` are known of `id`.
    #[must_use]
    pub fn is(&self, id: ExprId, facts: Facts) -> bool {
        self.facts(id).has(facts)
    }

    /// Whether it is 1×1.
    #[must_use]
    pub fn is_scalar(&self, id: ExprId) -> bool {
        self.shape(id).is_scalar()
    }

    /// The number, where it is one.
    #[must_use]
    pub fn as_num(&self, id: ExprId) -> Option<&Rational> {
        if let Node::Num(r) = self.node(id) { Some(r) } else { None }
    }

    /// Whether it is zero (of any shape).
    #[must_use]
    pub fn is_zero(&self, id: ExprId) -> bool {
        id == ExprId::ZERO || matches!(self.node(id), Node::Zero(_))
    }

    /// What is known of a variable.
    #[must_use]
    pub fn symbol_info(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.0 as usize]
    }

    /// The user's functions, by number.
    #[must_use]
    pub fn function(&self, id: u16) -> &UserFunction {
        &self.functions[usize::from(id)]
    }

    /// The parts of a sum, a scalar monomial, a Hadamard product in the order in which they were first written:
    /// terms of a sum, bases of a monomial or a Hadamard product; for a trace the one matrix that was first written under
    /// it. `None` where nothing was recorded.
    #[must_use]
    pub fn written_order(&self, id: ExprId) -> Option<&[ExprId]> {
        self.written.get(&id).map(Vec::as_slice)
    }

    /// The notations that the input chose.
    #[must_use]
    pub fn habits(&self) -> Habits {
        self.habits
    }

    /// Records notations that the input chose.
    pub fn add_habits(&mut self, habits: Habits) {
        self.habits |= habits;
    }

    /// The writer's own LaTeX for a canonical name without subscripts: `\mathbf{w}` for `w`.
    #[must_use]
    pub fn sign(&self, name: &str) -> Option<&str> {
        self.signs.get(name).map(String::as_str)
    }

    /// Says how a canonical name is written in LaTeX; the first way holds.
    pub fn set_sign(&mut self, name: &str, latex: &str) {
        self.signs.entry(name.to_owned()).or_insert_with(|| latex.to_owned());
    }

    /// Parts of a commutative node in the order in which they were first written.
    #[must_use]
    pub fn as_written<T>(&self, id: ExprId, mut parts: Vec<T>, key: impl Fn(&T) -> ExprId) -> Vec<T> {
        const SHORT: usize = 16;
        match self.written_order(id) {
            None => {}
            Some(order) if order.len() <= SHORT => {
                parts.sort_by_key(|p| order.iter().position(|&o| o == key(p)).unwrap_or(usize::MAX));
            }
            Some(order) => {
                let rank: FxHashMap<ExprId, usize> = order.iter().enumerate().map(|(at, &o)| (o, at)).collect();
                parts.sort_by_key(|p| rank.get(&key(p)).copied().unwrap_or(usize::MAX));
            }
        }
        parts
    }

    /// The terms of a sum in the order in which they were first written; `None` of anything else.
    #[must_use]
    pub fn written_terms(&self, id: ExprId) -> Option<Vec<(Rational, ExprId)>> {
        match self.node(id) {
            Node::Sum(terms) => Some(self.as_written(id, terms.clone(), |t| t.1)),
            _ => None,
        }
    }

    /// The same of a sum of at most so many terms.
    #[must_use]
    pub fn few_terms(&self, id: ExprId, most: usize) -> Option<Vec<(Rational, ExprId)>> {
        matches!(self.node(id), Node::Sum(terms) if terms.len() <= most).then(|| self.written_terms(id))?
    }

    /// Records what the square of a scalar is: every even power of it is then one of that.
    pub fn set_square(&mut self, id: ExprId, square: ExprId) {
        self.squares.insert(id, square);
    }

    /// What the square of a scalar is, where that is known to be simpler.
    #[must_use]
    pub fn square_of(&self, id: ExprId) -> Option<ExprId> {
        self.squares.get(&id).copied()
    }

    /// Whether it is recorded as the square of something.
    #[must_use]
    pub fn is_square(&self, id: ExprId) -> bool {
        self.squares.values().any(|&s| s == id)
    }

    // ---- dimensions

    /// Interns a dimension.
    pub fn dim(&mut self, dim: Dim) -> DimId {
        DimId(u32::try_from(self.dims.insert_full(dim).0).unwrap_or(u32::MAX))
    }

    /// A constant dimension.
    pub fn dim_const(&mut self, value: i64) -> DimId {
        self.dim(Dim::constant(value))
    }

    /// A named dimension.
    pub fn dim_named(&mut self, name: &str) -> DimId {
        let name = self.dim_name(name);
        self.dim(Dim::name(name))
    }

    /// The number of a dimension's name.
    pub fn dim_name(&mut self, name: &str) -> DimName {
        if let Some(at) = self.dim_names.get_index_of(name) {
            return DimName(u32::try_from(at).unwrap_or(u32::MAX));
        }
        DimName(u32::try_from(self.dim_names.insert_full(name.to_owned()).0).unwrap_or(u32::MAX))
    }

    /// `a + b`.
    pub fn dim_plus(&mut self, a: DimId, b: DimId) -> DimId {
        let sum = self.dim_poly(a).plus(self.dim_poly(b));
        self.dim(sum)
    }

    /// `a · b`.
    pub fn dim_times(&mut self, a: DimId, b: DimId) -> DimId {
        if a == DimId::ONE {
            return b;
        }
        if b == DimId::ONE {
            return a;
        }
        let product = self.dim_poly(a).times(self.dim_poly(b));
        self.dim(product)
    }

    /// `n (n + 1)/2`.
    pub fn dim_triangle(&mut self, n: DimId) -> DimId {
        let triangle = self.dim_poly(n).triangle();
        self.dim(triangle)
    }

    /// The polynomial.
    #[must_use]
    pub fn dim_poly(&self, id: DimId) -> &Dim {
        &self.dims[id.0 as usize]
    }

    /// The spelling of a dimension's name.
    #[must_use]
    pub fn dim_spelling(&self, name: DimName) -> &str {
        &self.dim_names[name.0 as usize]
    }

    /// How many dimension names there are; names are `DimName` 0, 1, ….
    pub fn dim_names(&self) -> impl Iterator<Item = DimName> + use<> {
        (0..u32::try_from(self.dim_names.len()).unwrap_or(u32::MAX)).map(DimName)
    }

    /// A dimension as text in the language: `n`, `n q`, `m + n`, `n (n + 1)/2`.
    #[must_use]
    pub fn dim_text(&self, id: DimId) -> String {
        self.dim_poly(id).text(&|name| self.dim_spelling(name).to_owned())
    }

    // ---- interning

    pub(super) fn intern(&mut self, node: Node, shape: Shape, facts: Facts) -> ExprId {
        let (at, new) = self.nodes.insert_full(node);
        if new {
            let facts = if shape.is_scalar() { facts | Facts::SYMMETRIC } else { facts };
            self.meta.push(Meta { shape, facts: facts.closed() });
        }
        ExprId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The same, where finding out what is known of a node takes longer than looking whether it is there.
    pub(super) fn intern_new(&mut self, node: Node, shape: Shape, facts: impl FnOnce(&mut Self, &Node) -> Facts) -> ExprId {
        if let Some(at) = self.nodes.get_index_of(&node) {
            return ExprId(u32::try_from(at).unwrap_or(u32::MAX));
        }
        let facts = facts(self, &node);
        self.intern(node, shape, facts)
    }

    pub(super) fn fresh_number(&mut self) -> u32 {
        self.fresh += 1;
        self.fresh
    }

    // ---- leaves

    /// An exact number.
    pub fn num(&mut self, value: Rational) -> ExprId {
        match value.to_integer() {
            Some(0) => ExprId::ZERO,
            Some(1) => ExprId::ONE,
            Some(-1) => ExprId::MINUS_ONE,
            Some(2) => ExprId::TWO,
            _ => self.intern_num(value),
        }
    }

    fn intern_num(&mut self, value: Rational) -> ExprId {
        let mut facts = Facts::NONE;
        if !value.is_negative() {
            facts |= if value.is_zero() { Facts::NONNEGATIVE } else { Facts::POSITIVE | Facts::DEFINITE };
        }
        if value.is_integer() {
            facts |= Facts::INTEGER;
        }
        self.intern(Node::Num(value), Shape::SCALAR, facts)
    }

    /// A whole number.
    pub fn int(&mut self, value: i64) -> ExprId {
        self.num(Rational::from(value))
    }

    /// π.
    pub fn pi(&mut self) -> ExprId {
        self.intern(Node::Pi, Shape::SCALAR, Facts::POSITIVE)
    }

    /// A dimension as a scalar expression: a polynomial in [`Node::Size`].
    pub fn size(&mut self, dim: DimId) -> ExprId {
        let terms: Vec<(Vec<DimName>, Rational)> = self.dim_poly(dim).terms.iter().rev().map(|(m, c)| (m.clone(), c.clone())).collect();
        let mut sum = Vec::new();
        for (monomial, coefficient) in terms {
            let facts = Facts::POSITIVE | Facts::INTEGER;
            let names: Vec<ExprId> = monomial.iter().map(|&name| self.intern(Node::Size(name), Shape::SCALAR, facts)).collect();
            let product = self.mul(&names);
            sum.push((coefficient, product));
        }
        self.sum(sum)
    }

    /// Declares a variable and returns its number; the same name twice makes two variables.
    pub fn declare(&mut self, symbol: Symbol) -> SymbolId {
        self.symbols.push(symbol);
        SymbolId(u32::try_from(self.symbols.len() - 1).unwrap_or(u32::MAX))
    }

    /// Declares a variable that stands for a change of another one: `dX`, the direction `V`.
    pub fn declare_direction(&mut self, symbol: Symbol) -> SymbolId {
        let id = self.declare(symbol);
        self.directions.push(id);
        id
    }

    /// Whether an expression is a variable that stands for a change of another one.
    #[must_use]
    pub fn is_direction(&self, id: ExprId) -> bool {
        matches!(self.node(id), Node::Symbol(symbol) if self.directions.contains(symbol))
    }

    /// Records the subscripts with which a family is first written (`i` of `x_i`), for printing.
    pub fn set_subscripts(&mut self, family: SymbolId, subscripts: &[String]) {
        self.subscripts.entry(family).or_insert_with(|| subscripts.to_vec());
    }

    /// Records that a family is the indicator of a set, `C_i` for i ∈ C; of its indices so many stand below the set's own name.
    pub fn set_indicator(&mut self, family: SymbolId, below: usize) {
        self.sets.insert(family, below);
    }

    /// Whether a symbol is the indicator of a set, and how many of its indices stand below the set's own name.
    #[must_use]
    pub fn indicator(&self, symbol: SymbolId) -> Option<usize> {
        self.sets.get(&symbol).copied()
    }

    /// The subscripts with which a family was first written; empty where none are recorded.
    #[must_use]
    pub fn subscripts(&self, family: SymbolId) -> &[String] {
        self.subscripts.get(&family).map_or(&[], Vec::as_slice)
    }

    /// Records that the members of `family` are the rows (else the columns) of `whole`, for printing.
    pub fn set_members(&mut self, whole: SymbolId, family: SymbolId, rows: bool) {
        self.members.insert(whole, (family, rows));
    }

    /// The family whose members are the rows (`true`) or the columns of a variable.
    #[must_use]
    pub fn members(&self, whole: SymbolId) -> Option<(SymbolId, bool)> {
        self.members.get(&whole).copied()
    }

    /// All declared variables, in order.
    pub fn symbols(&self) -> impl Iterator<Item = SymbolId> + use<> {
        (0..u32::try_from(self.symbols.len()).unwrap_or(u32::MAX)).map(SymbolId)
    }

    /// A variable as an expression.
    pub fn symbol(&mut self, id: SymbolId) -> ExprId {
        let (shape, facts) = (self.symbols[id.0 as usize].shape, self.symbols[id.0 as usize].facts);
        self.intern(Node::Symbol(id), shape, facts)
    }

    /// A member of a family.
    pub fn member(&mut self, id: SymbolId, index: &[ExprId]) -> ExprId {
        let (shape, facts) = (self.symbols[id.0 as usize].shape, self.symbols[id.0 as usize].facts);
        self.intern(Node::Member(id, index.into()), shape, facts)
    }

    /// Declares a user's element-wise function and returns its number.
    pub fn declare_function(&mut self, function: UserFunction) -> u16 {
        self.functions.push(function);
        u16::try_from(self.functions.len() - 1).unwrap_or(u16::MAX)
    }

    /// All user functions, by number.
    pub fn functions(&self) -> &[UserFunction] {
        &self.functions
    }

    /// The identity; the number 1 for dimension 1.
    pub fn eye(&mut self, dim: DimId) -> ExprId {
        if dim == DimId::ONE {
            return ExprId::ONE;
        }
        let facts = Facts::DEFINITE
            | Facts::DIAGONAL
            | Facts::ORTHOGONAL
            | Facts::NONNEGATIVE
            | Facts::BINARY
            | Facts::SUMS_TO_ONE
            | Facts::ROWS_SUM_TO_ONE;
        self.intern(Node::Eye(dim), Shape::new(dim, dim), facts)
    }

    /// A matrix of ones; a column where `cols` is 1.
    pub fn ones(&mut self, shape: Shape) -> ExprId {
        let mut column = |dim: DimId| {
            if dim == DimId::ONE {
                return ExprId::ONE;
            }
            self.intern(Node::Ones(dim), Shape::column(dim), Facts::POSITIVE | Facts::BINARY)
        };
        let (left, right) = (column(shape.rows), column(shape.cols));
        let right = self.transpose(right);
        self.mul(&[left, right])
    }

    /// Zeros; the number 0 for 1×1.
    pub fn zeros(&mut self, shape: Shape) -> ExprId {
        if shape.is_scalar() {
            return ExprId::ZERO;
        }
        let mut facts = Facts::NONNEGATIVE | Facts::BINARY;
        if shape.is_square() {
            facts |= Facts::SEMIDEFINITE | Facts::DIAGONAL | Facts::SKEW;
        }
        self.intern(Node::Zero(shape), shape, facts)
    }

    /// The unit column e_k (k a scalar expression that counts from 1).
    pub fn basis(&mut self, k: ExprId, dim: DimId) -> ExprId {
        if dim == DimId::ONE {
            return ExprId::ONE;
        }
        self.intern(Node::Basis(k, dim), Shape::column(dim), Facts::BINARY | Facts::SUMS_TO_ONE)
    }

    /// Records the order in which a commutative node's parts were written, where none is recorded yet.
    pub fn set_written(&mut self, id: ExprId, order: &[ExprId]) {
        self.written.entry(id).or_insert_with(|| order.to_vec());
    }
}
