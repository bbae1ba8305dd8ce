//! Which kinds each node can have at all: up from the names, down from the task, before any search.
//!
//! Kinds are told apart by their width alone (one row, one column), so this is a matter of four bits a node. What is
//! left out cannot be part of any choice that fits; what is left in may still fail for its sizes.

use super::names::{Class, Names, Ref};
use super::product::Width;
use super::sizes::Size;
use crate::ops::{self, Arg, D, Row};
use crate::syntax::{Ast, AstId, Bars, Big, Kind, Place, Times};
use smallvec::SmallVec;

/// A set of kinds.
type Set = u8;
const SCALAR: Set = 1;
const COLUMN: Set = 2;
const ROW: Set = 4;
const MATRIX: Set = 8;
const ALL: Set = 15;

fn width(kind: Set) -> Width {
    (kind & (SCALAR | ROW) != 0, kind & (SCALAR | COLUMN) != 0)
}

fn kind(width: Width) -> Set {
    match width {
        (true, true) => SCALAR,
        (false, true) => COLUMN,
        (true, false) => ROW,
        (false, false) => MATRIX,
    }
}

fn each(set: Set) -> impl Iterator<Item = Set> {
    [SCALAR, COLUMN, ROW, MATRIX].into_iter().filter(move |k| set & k != 0)
}

fn turned(set: Set) -> Set {
    set & (SCALAR | MATRIX) | if set & COLUMN != 0 { ROW } else { 0 } | if set & ROW != 0 { COLUMN } else { 0 }
}

/// The kind of two factors joined: 0 where they do not fit, `None` where they may form a group with what follows.
fn joined(how: Times, l: Set, r: Set, more: bool) -> Option<Set> {
    let (a, b) = (width(l), width(r));
    let scalar = l == SCALAR || r == SCALAR;
    let other = if l == SCALAR { r } else { l };
    Some(match how {
        Times::Kron => kind((a.0 && b.0, a.1 && b.1)),
        Times::Dot if l == COLUMN && r == COLUMN => SCALAR,
        Times::Dot if l == COLUMN && r == MATRIX && more => return None,
        Times::MatMul if l == COLUMN && r == COLUMN => SCALAR,
        Times::MatMul if l == COLUMN && r == MATRIX => COLUMN,
        Times::MatMul if l == COLUMN && r == ROW => 0,
        Times::Product | Times::Dot | Times::MatMul if scalar => other,
        Times::Hadamard | Times::HadamardDivide | Times::Broadcast | Times::BroadcastDivide if scalar => other,
        Times::Product if r == ROW && !a.1 => return None,
        Times::Product | Times::Dot | Times::MatMul => {
            if a.1 == b.0 {
                kind((a.0, b.1))
            } else {
                0
            }
        }
        Times::Hadamard | Times::HadamardDivide | Times::Broadcast | Times::BroadcastDivide if l == r => l,
        Times::Broadcast | Times::BroadcastDivide => 0,
        Times::Hadamard | Times::HadamardDivide if more => return None,
        Times::Hadamard | Times::HadamardDivide => 0,
        Times::Divide if r == SCALAR || r == MATRIX && !a.1 => l,
        Times::LeftDivide if l == SCALAR || l == MATRIX && !b.0 => r,
        Times::Divide | Times::LeftDivide => 0,
    })
}

/// Leaves the kinds alone to every undeclared name that it can have. Nothing is left out where nothing fits.
pub(super) fn restrict(ast: &Ast, names: &mut Names, scalar: bool) {
    let mut options: Vec<Set> = names.variables.iter().map(kinds).collect();
    if options.iter().all(|set| set.count_ones() < 2) {
        return;
    }
    let mut sets = vec![0; ast.nodes.len()];
    // What is found going down narrows what is found going up the next time.
    for _ in 0..3 {
        let before = options.clone();
        let mut domains = Domains { ast, names, sets, options: options.clone() };
        for &id in &names.order {
            domains.sets[id.0 as usize] = domains.up(id);
        }
        if scalar {
            domains.sets[ast.body.0 as usize] &= SCALAR;
        }
        for &id in names.order.iter().rev() {
            domains.down(id);
        }
        if domains.sets[ast.body.0 as usize] == 0 || domains.options.contains(&0) {
            return;
        }
        (sets, options) = (domains.sets, domains.options);
        if options == before {
            break;
        }
    }
    for (variable, set) in names.variables.iter_mut().zip(options) {
        if variable.options.len() > 1 {
            variable.options.retain(|(class, _)| of_class(*class) & set != 0);
        }
    }
}

fn of_class(class: Class) -> Set {
    match class {
        Class::Scalar => SCALAR,
        Class::Vector => COLUMN,
        Class::Row => ROW,
        Class::Matrix => MATRIX,
        Class::Declared => ALL,
    }
}

/// The kinds that a variable may have from the start.
fn kinds(variable: &super::names::Variable) -> Set {
    match &variable.declared {
        Some(declared) => kind((declared.rows == Some(Size::ONE), declared.cols == Some(Size::ONE))),
        None => variable.options.iter().map(|(class, _)| of_class(*class)).fold(0, |a, b| a | b),
    }
}

struct Domains<'a> {
    ast: &'a Ast,
    names: &'a Names,
    sets: Vec<Set>,
    options: Vec<Set>,
}

impl Domains<'_> {
    fn at(&self, id: AstId) -> Set {
        self.sets[id.0 as usize]
    }

    /// The kinds that a node can have, from those of its children.
    fn up(&self, id: AstId) -> Set {
        match &self.ast.node(id).kind {
            Kind::Number(_) | Kind::Inner(..) => SCALAR,
            Kind::Name(_) | Kind::Member { .. } => match self.names.refs[id.0 as usize] {
                Ref::Let(value) => self.at(value),
                Ref::Variable(number) => self.options[number as usize],
                _ => SCALAR,
            },
            Kind::Neg(a) => self.at(*a),
            Kind::Transpose(a) => turned(self.at(*a)),
            Kind::Sum(terms) => {
                let (mut every, mut some) = (ALL, 0);
                for &(_, t) in terms {
                    let own = self.at(t);
                    every &= if own & SCALAR != 0 { ALL } else { own };
                    some |= own;
                }
                let scalar = terms.iter().all(|&(_, t)| self.at(t) & SCALAR != 0);
                every & some & !SCALAR | if scalar { SCALAR } else { 0 }
            }
            Kind::Product(factors) => self.prefixes(factors).and_then(|p| p.last().copied()).unwrap_or(ALL),
            Kind::Power(a, _) if super::forms::is_entrywise_power(self.ast, id) => self.at(*a),
            Kind::Power(a, _) => {
                let length = super::forms::length_below(self.ast, id).map_or(0, |inside| self.at(inside) & (COLUMN | ROW));
                self.at(*a) & (SCALAR | MATRIX) | if length != 0 { SCALAR } else { 0 }
            }
            Kind::HadamardPower(a, b) => {
                let (a, b) = (self.at(*a), self.at(*b));
                a & b | if b & SCALAR != 0 { a } else { 0 } | if a & SCALAR != 0 { b } else { 0 }
            }
            Kind::Call { name, primes, args, .. } => match ops::find(name).filter(|_| *primes == 0) {
                Some((_, row)) if row.forms.iter().all(|f| f.sig.out == (D::One, D::One)) => SCALAR,
                Some((_, row)) if !entrywise(row) => ALL,
                _ => args.first().map_or(ALL, |&a| self.at(a)),
            },
            Kind::Bars(Bars::Single, a) => {
                let a = self.at(*a);
                a & (COLUMN | ROW) | if a & (SCALAR | MATRIX) != 0 { SCALAR } else { 0 }
            }
            Kind::Bars(..) => SCALAR,
            Kind::Index(_, places) if places.iter().all(|p| matches!(p, Place::At(_))) => SCALAR,
            Kind::Index(..) => ALL,
            Kind::Identity => MATRIX,
            Kind::OnesVector => COLUMN,
            Kind::Big { body, .. } => self.at(*body),
        }
    }

    /// The kinds of a product after each factor; `None` where groups may form.
    fn prefixes(&self, factors: &[(Times, AstId)]) -> Option<SmallVec<[Set; 8]>> {
        let mut sets: SmallVec<[Set; 8]> = SmallVec::new();
        let mut product: Set = 0;
        let last = factors.iter().rposition(|(how, _)| *how == Times::Product).unwrap_or(0);
        for (at, &(how, factor)) in factors.iter().enumerate() {
            if at == 0 {
                product = self.at(factor);
            } else {
                let mut next = 0;
                for l in each(product) {
                    for r in each(self.at(factor)) {
                        next |= joined(how, l, r, last > at)?;
                    }
                }
                product = next;
            }
            sets.push(product);
        }
        Some(sets)
    }

    fn narrow(&mut self, id: AstId, to: Set) {
        self.sets[id.0 as usize] &= to;
    }

    /// Passes what a node can be on to its children.
    fn down(&mut self, id: AstId) {
        let ast = self.ast;
        let own = self.at(id);
        match &ast.node(id).kind {
            Kind::Name(_) => self.leaf(id, own),
            Kind::Member { index, .. } => {
                self.leaf(id, own);
                index.iter().for_each(|&k| self.narrow(k, SCALAR));
            }
            Kind::Neg(a) => self.narrow(*a, own),
            Kind::Transpose(a) => self.narrow(*a, turned(own)),
            Kind::Sum(terms) => {
                let to = if own & !SCALAR != 0 { own | SCALAR } else { own };
                terms.iter().for_each(|&(_, t)| self.narrow(t, to));
            }
            Kind::Product(factors) => {
                let Some(prefixes) = self.prefixes(factors) else { return };
                let mut wanted = own;
                for at in (1..factors.len()).rev() {
                    let (how, factor) = factors[at];
                    let (mut left, mut right) = (0, 0);
                    for l in each(prefixes[at - 1]) {
                        for r in each(self.at(factor)) {
                            if joined(how, l, r, false).is_none_or(|made| made & wanted != 0) {
                                left |= l;
                                right |= r;
                            }
                        }
                    }
                    self.narrow(factor, right);
                    wanted = left;
                }
                if let Some(&(_, first)) = factors.first() {
                    self.narrow(first, wanted);
                }
            }
            Kind::Power(a, b) => {
                if super::forms::length_below(ast, id).is_none() {
                    self.narrow(*a, own);
                }
                self.narrow(*b, SCALAR);
            }
            Kind::HadamardPower(a, b) => [*a, *b].into_iter().for_each(|c| self.narrow(c, own | SCALAR & mask(own))),
            Kind::Call { name, primes, args, .. } => match ops::find(name).filter(|_| *primes == 0) {
                Some((_, row)) if !entrywise(row) => {
                    if let [form] = row.forms
                        && !form.sig.broadcast
                    {
                        for (arg, &value) in form.sig.args.iter().zip(args) {
                            self.narrow(value, allowed(arg));
                        }
                    }
                }
                _ => {
                    if let [arg] = args.as_slice() {
                        self.narrow(*arg, own);
                    }
                }
            },
            Kind::Index(_, places) => {
                for place in places {
                    if let Place::At(k) = place {
                        self.narrow(*k, SCALAR);
                    }
                }
            }
            Kind::Big { big, low, high, skip, body, .. } => {
                low.iter().chain(high).chain(skip).for_each(|&bound| self.narrow(bound, SCALAR));
                self.narrow(*body, if *big == Big::Product { SCALAR } else { own });
            }
            _ => {}
        }
    }

    fn leaf(&mut self, id: AstId, own: Set) {
        match self.names.refs[id.0 as usize] {
            Ref::Let(value) => self.narrow(value, own),
            Ref::Variable(number) => self.options[number as usize] &= own,
            _ => {}
        }
    }
}

/// All kinds where something beside a scalar is possible.
fn mask(set: Set) -> Set {
    if set & !SCALAR != 0 { ALL } else { 0 }
}

/// The kinds that an argument may have, by its signature alone.
fn allowed(arg: &Arg) -> Set {
    match *arg {
        Arg::Dim(_) => ALL,
        Arg::Shape(rows, cols) => {
            let fits = |d: D, one: bool| d != D::One || one;
            let square = rows == cols;
            each(ALL)
                .filter(|&k| {
                    let (row, col) = width(k);
                    fits(rows, row) && fits(cols, col) && (!square || row == col)
                })
                .fold(0, |a, b| a | b)
        }
    }
}

/// Whether a function of one argument keeps its shape.
fn entrywise(row: &Row) -> bool {
    row.forms.iter().all(|f| f.sig.out == (D::N(0), D::N(1)) && matches!(f.sig.args, [Arg::Shape(D::N(0), D::N(1))]))
}
