//! A small reader for tests: text to an expression through the parser and the store's constructors, shapes taken on trust.

use crate::base::Rational;
use crate::ir::{Dim, DimId, ExprId, Facts, Fun, Shape, Store, Symbol, SymbolId, UserFunction};
use crate::ops::{self, Arg, D, Form, Make};
use crate::syntax::{self, Ast, AstId, Bars, Builtin, Kind, Place, Times, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};

/// A store with declared variables.
pub(super) struct Desk {
    pub store: Store,
    symbols: BTreeMap<String, SymbolId>,
    functions: BTreeMap<String, u16>,
}

fn builtin(name: &str) -> Option<Builtin> {
    let (_, row) = ops::find(name)?;
    let counts = row.forms.iter().map(|f| u8::try_from(f.sig.args.len()).unwrap_or(0));
    Some(Builtin { name: row.name, min: counts.clone().min()?, max: counts.max()?, prefix: row.prefix })
}

impl Desk {
    /// Declarations such as `X: m n, x: n, c, S: n n spd, x_i: n of N`; functions after a `|`.
    pub fn new(declarations: &str) -> Desk {
        let mut desk = Desk { store: Store::new(), symbols: BTreeMap::new(), functions: BTreeMap::new() };
        let (variables, functions) = declarations.split_once('|').unwrap_or((declarations, ""));
        for declaration in variables.split(',').map(str::trim).filter(|d| !d.is_empty()) {
            desk.declare(declaration);
        }
        for name in functions.split_whitespace() {
            let function = UserFunction { name: syntax::canonical(name), spelling: name.to_string() };
            let number = desk.store.declare_function(function);
            desk.functions.insert(syntax::canonical(name), number);
        }
        desk
    }

    fn declare(&mut self, declaration: &str) {
        let (spelling, kind) = declaration.split_once(':').unwrap_or((declaration, ""));
        let words: Vec<&str> = kind.split_whitespace().collect();
        let mut dims = Vec::new();
        let (mut facts, mut ranges) = (Facts::NONE, Vec::new());
        let mut family = false;
        for word in words {
            match word {
                "spd" => facts |= Facts::DEFINITE,
                "symmetric" => facts |= Facts::SYMMETRIC,
                "of" => family = true,
                _ => {
                    let dim = match word.parse::<i64>() {
                        Ok(n) => self.store.dim_const(n),
                        Err(_) => self.store.dim_named(word),
                    };
                    if family { &mut ranges } else { &mut dims }.push(dim);
                }
            }
        }
        let at = |k: usize| dims.get(k).copied().unwrap_or(DimId::ONE);
        let shape = Shape::new(at(0), at(1));
        let name = syntax::canonical(spelling);
        let mut known = name.clone();
        for _ in &ranges {
            known = known.rsplit_once('_').map_or(known.clone(), |(base, _)| base.to_string());
        }
        let symbol = self.store.declare(Symbol { name: known.clone(), spelling: spelling.to_string(), shape, facts: facts.closed(), ranges });
        self.symbols.insert(known, symbol);
    }

    /// Reads an expression.
    pub fn read(&mut self, text: &str) -> ExprId {
        self.read_all(text).0
    }

    /// Reads an expression and its definitions.
    pub fn read_all(&mut self, text: &str) -> (ExprId, Vec<super::super::Definition>) {
        let variables = self.symbols.keys().cloned().collect::<BTreeSet<_>>();
        let functions = self.functions.keys().cloned().collect();
        let ast = syntax::parse(text, &Vocabulary { builtin: &builtin, variables, functions }).unwrap_or_else(|e| panic!("{}", e.render(text, false)));
        let mut reader = Reader { desk: self, ast: &ast, lets: BTreeMap::new(), bound: BTreeMap::new() };
        let mut definitions = Vec::new();
        for definition in &ast.lets {
            let value = reader.eval(definition.value, None);
            reader.lets.insert(definition.name.clone(), value);
            definitions.push(super::super::Definition { name: definition.spelling.clone(), value });
        }
        (reader.eval(ast.body, None), definitions)
    }
}

struct Reader<'a> {
    desk: &'a mut Desk,
    ast: &'a Ast,
    lets: BTreeMap<String, ExprId>,
    bound: BTreeMap<String, ExprId>,
}

impl Reader<'_> {
    fn store(&mut self) -> &mut Store {
        &mut self.desk.store
    }

    fn shape(&self, id: ExprId) -> Shape {
        self.desk.store.shape(id)
    }

    /// Whether the size of this comes from elsewhere: `I`, `2 I`.
    fn is_floating(&self, id: AstId) -> bool {
        match &self.ast.node(id).kind {
            Kind::Identity => true,
            Kind::Neg(_) | Kind::Product(_) => self.ast.children(id).iter().any(|&c| self.is_floating(c)),
            _ => false,
        }
    }

    fn eval(&mut self, id: AstId, expected: Option<Shape>) -> ExprId {
        match self.ast.node(id).kind.clone() {
            Kind::Number(r) => self.store().num(r),
            Kind::Name(name) => self.name(&name),
            Kind::Neg(a) => {
                let a = self.eval(a, expected);
                self.store().neg(a)
            }
            Kind::Sum(terms) => self.sum(&terms, expected),
            Kind::Product(factors) => self.product(&factors, expected),
            Kind::Power(a, b) => {
                let (a, b) = (self.eval(a, None), self.eval(b, None));
                self.store().power(a, b)
            }
            Kind::HadamardPower(a, b) => {
                let (a, b) = (self.eval(a, None), self.eval(b, None));
                self.store().hadamard_power(a, b)
            }
            Kind::Transpose(a) => {
                let a = self.eval(a, None);
                self.store().transpose(a)
            }
            Kind::Call { name, primes, args, .. } => {
                let args: Vec<ExprId> = args.iter().map(|&a| self.eval(a, None)).collect();
                if let Some(&number) = self.desk.functions.get(&name) {
                    return ops::call(self.store(), Fun::User(number, primes), &args);
                }
                self.call(&name, &args)
            }
            Kind::Bars(Bars::Double, a) => {
                let a = self.eval(a, None);
                ops::apply(self.store(), "norm", &[a])
            }
            Kind::Bars(Bars::Single, a) => {
                let a = self.eval(a, None);
                let name = if self.shape(a).is_scalar() { "abs" } else { "det" };
                ops::apply(self.store(), name, &[a])
            }
            Kind::Inner(a, b) => {
                let (a, b) = (self.eval(a, None), self.eval(b, None));
                self.store().inner(a, b)
            }
            Kind::Index(a, places) => {
                let a = self.eval(a, None);
                self.index(a, &places)
            }
            Kind::Identity => {
                let shape = expected.expect("the size of I is not known");
                self.store().eye(shape.rows)
            }
            Kind::Big { index, low, high, body, .. } => {
                let low = low.map_or(ExprId::ONE, |l| self.eval(l, None));
                let high = self.eval(high.expect("a last value"), None);
                let fresh = self.store().fresh_index();
                let before = self.bound.insert(index.clone(), fresh);
                let body = self.eval(body, None);
                match before {
                    Some(before) => self.bound.insert(index, before),
                    None => self.bound.remove(&index),
                };
                self.store().big_sum(fresh, low, high, body)
            }
            Kind::Member { family, index } => {
                let index: Vec<ExprId> = index.iter().map(|&i| self.eval(i, None)).collect();
                let symbol = self.desk.symbols[&family];
                self.store().member(symbol, &index)
            }
            other => panic!("the tests' reader does not know {other:?}"),
        }
    }

    fn name(&mut self, name: &str) -> ExprId {
        if let Some(&id) = self.bound.get(name).or_else(|| self.lets.get(name)) {
            return id;
        }
        if let Some(&symbol) = self.desk.symbols.get(name) {
            return self.store().symbol(symbol);
        }
        if name == "pi" {
            return self.store().pi();
        }
        let known = self.store().dim_names().find(|&d| self.desk.store.dim_spelling(d) == name);
        let dim = known.unwrap_or_else(|| panic!("unknown name {name}"));
        let dim = self.store().dim(Dim::name(dim));
        self.store().size(dim)
    }

    fn sum(&mut self, terms: &[(bool, AstId)], expected: Option<Shape>) -> ExprId {
        let mut values: Vec<Option<ExprId>> = Vec::new();
        for &(_, t) in terms {
            let value = (!self.is_floating(t)).then(|| self.eval(t, None));
            values.push(value);
        }
        let shape = values.iter().flatten().map(|&v| self.shape(v)).find(|s| !s.is_scalar()).or(expected).unwrap_or(Shape::SCALAR);
        let mut sum = Vec::new();
        for (&(negative, t), value) in terms.iter().zip(values) {
            let mut value = value.unwrap_or_else(|| self.eval(t, Some(shape)));
            if self.shape(value).is_scalar() && !shape.is_scalar() {
                let ones = self.store().ones(shape);
                value = self.store().mul(&[value, ones]);
            }
            sum.push((Rational::from(if negative { -1 } else { 1 }), value));
        }
        self.store().sum(sum)
    }

    fn product(&mut self, factors: &[(Times, AstId)], expected: Option<Shape>) -> ExprId {
        let mut all: Option<ExprId> = None;
        for &(times, f) in factors {
            let f = self.eval(f, expected);
            let Some(left) = all else {
                all = Some(f);
                continue;
            };
            let entrywise = !self.shape(left).is_scalar() || !self.shape(f).is_scalar();
            let store = self.store();
            all = Some(match times {
                Times::Product | Times::Dot => store.mul(&[left, f]),
                Times::Divide | Times::HadamardDivide if !entrywise || times == Times::Divide => {
                    let inverse = store.inverse(f);
                    store.mul(&[left, inverse])
                }
                Times::HadamardDivide => {
                    let inverse = store.hadamard_power(f, ExprId::MINUS_ONE);
                    if store.is_scalar(left) { store.mul(&[left, inverse]) } else { store.hadamard(&[left, inverse]) }
                }
                Times::Hadamard => store.hadamard(&[left, f]),
                Times::Kron => store.kron(&[left, f]),
                Times::LeftDivide => panic!("never printed"),
                Times::Divide => unreachable!(),
            });
        }
        all.expect("a factor")
    }

    fn index(&mut self, a: ExprId, places: &[Place]) -> ExprId {
        let shape = self.shape(a);
        let mut unit = |place: &Place, dim: DimId| match place {
            Place::All => None,
            Place::At(k) => {
                let k = self.eval(*k, None);
                Some(self.store().basis(k, dim))
            }
        };
        let units: Vec<Option<ExprId>> = places.iter().zip([shape.rows, shape.cols]).map(|(p, d)| unit(p, d)).collect();
        let store = self.store();
        match units[..] {
            [Some(i)] | [Some(i), None] => {
                let turned = store.transpose(i);
                let row = store.mul(&[turned, a]);
                if places.len() == 1 { row } else { store.transpose(row) }
            }
            [None, Some(j)] => store.mul(&[a, j]),
            [Some(i), Some(j)] => {
                let turned = store.transpose(i);
                store.mul(&[turned, a, j])
            }
            _ => panic!("a strange index"),
        }
    }

    fn call(&mut self, name: &str, args: &[ExprId]) -> ExprId {
        let (fun, row) = ops::find(name).unwrap_or_else(|| panic!("no function {name}"));
        let form = row.forms.iter().find(|f| self.fits(f, args)).unwrap_or_else(|| panic!("{name} does not fit"));
        match (form.make, name) {
            (Make::Call, _) => {
                let shape = args.iter().map(|&a| self.shape(a)).find(|s| !s.is_scalar());
                let mut args = args.to_vec();
                if let (true, Some(shape)) = (form.sig.broadcast, shape) {
                    for a in &mut args {
                        if self.shape(*a).is_scalar() {
                            let ones = self.store().ones(shape);
                            *a = self.store().mul(&[*a, ones]);
                        }
                    }
                }
                ops::call(self.store(), fun, &args)
            }
            (Make::CallOf(other), _) => ops::apply(self.store(), other, args),
            (Make::Build(build), _) => build(self.store(), args),
            (_, "sqrt") => self.store().hadamard_power(args[0], ExprId::HALF),
            (_, "sym") => {
                let turned = self.store().transpose(args[0]);
                let sum = self.store().add(&[args[0], turned]);
                self.store().scale(&Rational::parse("0.5").expect("a number"), sum)
            }
            _ => panic!("the tests' reader does not know {name}"),
        }
    }

    fn fits(&self, form: &Form, args: &[ExprId]) -> bool {
        let mut dims: BTreeMap<u8, DimId> = BTreeMap::new();
        form.sig.args.len() == args.len()
            && form.sig.args.iter().zip(args).all(|(arg, &a)| {
                let Arg::Shape(rows, cols) = arg else { return true };
                let shape = self.shape(a);
                if form.sig.broadcast && shape.is_scalar() {
                    return true;
                }
                [(rows, shape.rows), (cols, shape.cols)].into_iter().all(|(d, actual)| match d {
                    D::One => actual == DimId::ONE,
                    D::N(k) => *dims.entry(*k).or_insert(actual) == actual,
                    D::Times(..) => true,
                })
            })
    }
}
