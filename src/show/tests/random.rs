//! Random expressions are read back as what they were.

use super::super::{Format, Style, show, show_inline};
use super::reader::Desk;
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Facts, Node, Store};
use crate::ops::{self, Eval, Matrix};
use rustc_hash::FxHashMap;

const CASES: u64 = 300;

/// A small generator of pseudo-random numbers: the same expressions on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// The shapes that are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar,
    Column,
    Square,
}

fn leaf(desk: &mut Desk, dice: &mut Dice, kind: Kind) -> ExprId {
    let names: &[&str] = match kind {
        Kind::Scalar => &["a", "b", "n", "2", "1/3", "lambda", "pi"],
        Kind::Column => &["x", "y", "mu", "ones(n)", "unit(2,n)"],
        Kind::Square => &["A", "X", "S", "eye(n)", "B"],
    };
    let name = names[usize::try_from(dice.roll(names.len() as u64)).unwrap_or(0)];
    desk.read(name)
}

fn draw(desk: &mut Desk, dice: &mut Dice, kind: Kind, depth: u32) -> ExprId {
    use Kind::{Column, Scalar, Square};
    if depth == 0 || dice.roll(6) == 0 {
        return leaf(desk, dice, kind);
    }
    let sub = |desk: &mut Desk, dice: &mut Dice, kind| draw(desk, dice, kind, depth - 1);
    match (kind, dice.roll(10)) {
        (_, 0 | 1) => {
            let terms: Vec<(Rational, ExprId)> = (0..2 + dice.roll(2))
                .map(|_| {
                    let c = i64::try_from(dice.roll(5)).unwrap_or(0) - 2;
                    let c =
                        Rational::new(if c == 0 { 3 } else { c }, 1 + i64::try_from(dice.roll(2)).unwrap_or(0)).unwrap_or(Rational::ONE);
                    (c, sub(desk, dice, kind))
                })
                .collect();
            desk.store.sum(terms)
        }
        (_, 2) => {
            let (c, e) = (sub(desk, dice, Scalar), sub(desk, dice, kind));
            desk.store.mul(&[c, e])
        }
        (Scalar, 3) => {
            let (u, a, v) = (sub(desk, dice, Column), sub(desk, dice, Square), sub(desk, dice, Column));
            let u = desk.store.transpose(u);
            desk.store.mul(&[u, a, v])
        }
        (Scalar, 4) => {
            let (u, v) = (sub(desk, dice, Column), sub(desk, dice, Column));
            desk.store.inner(u, v)
        }
        (Scalar, 5) => {
            let a = sub(desk, dice, Square);
            if dice.roll(2) == 0 { desk.store.trace(a) } else { ops::apply(&mut desk.store, "det", &[a]) }
        }
        (Scalar, 6) => {
            let name = ["exp", "log", "abs", "sin"][usize::try_from(dice.roll(4)).unwrap_or(0)];
            let a = sub(desk, dice, Scalar);
            ops::apply(&mut desk.store, name, &[a])
        }
        (Scalar, 7) => {
            let of = if dice.roll(2) == 0 { Column } else { Square };
            let v = sub(desk, dice, of);
            ops::apply(&mut desk.store, "norm", &[v])
        }
        (Scalar, _) => {
            let base = sub(desk, dice, Scalar);
            let power = ["-1", "2", "-2", "1/2", "-1/2", "k"][usize::try_from(dice.roll(6)).unwrap_or(0)];
            let power = desk.read(power);
            if desk.store.is_zero(base) { base } else { desk.store.power(base, power) }
        }
        (Column, 3 | 4) => {
            let (a, v) = (sub(desk, dice, Square), sub(desk, dice, Column));
            desk.store.mul(&[a, v])
        }
        (Column, 5) => {
            let v = sub(desk, dice, Column);
            let name = ["exp", "sigmoid", "softmax", "tanh"][usize::try_from(dice.roll(4)).unwrap_or(0)];
            ops::apply(&mut desk.store, name, &[v])
        }
        (Column, 6) => {
            let a = sub(desk, dice, Square);
            desk.store.diagonal(a)
        }
        (Square, 3 | 4) => {
            let (a, b) = (sub(desk, dice, Square), sub(desk, dice, Square));
            desk.store.mul(&[a, b])
        }
        (Square, 5) => {
            let a = sub(desk, dice, Square);
            let power = ["-1", "2", "-2", "1/2", "k"][usize::try_from(dice.roll(5)).unwrap_or(0)];
            let power = desk.read(power);
            if desk.store.is_zero(a) { a } else { desk.store.power(a, power) }
        }
        (Square, 6) => {
            let (u, v) = (sub(desk, dice, Column), sub(desk, dice, Column));
            let v = desk.store.transpose(v);
            desk.store.mul(&[u, v])
        }
        (Square, 7) => {
            let a = sub(desk, dice, Square);
            desk.store.transpose(a)
        }
        (Square, 8) if dice.roll(2) == 0 => {
            let v = sub(desk, dice, Column);
            desk.store.diag(v)
        }
        _ => {
            let (a, b) = (sub(desk, dice, kind), sub(desk, dice, kind));
            let exponent = ["1", "2", "-1", "1/2", "-1/2"][usize::try_from(dice.roll(5)).unwrap_or(0)];
            let exponent = desk.read(if kind == Square { "2" } else { exponent });
            let b = if desk.store.is_zero(b) { b } else { desk.store.hadamard_power(b, exponent) };
            desk.store.hadamard(&[a, b])
        }
    }
}

/// The value at a point where every variable is drawn from its own dice.
fn value(store: &Store, root: ExprId) -> Option<Matrix> {
    const N: usize = 3;
    let size = |d: DimId| if d == DimId::ONE { 1 } else { N };
    let scalar = |x: f64| Matrix::from_element(1, 1, x);
    let mut values: FxHashMap<ExprId, Matrix> = FxHashMap::default();
    for id in store.reachable(&[root]) {
        let shape = store.shape(id);
        let (rows, cols) = (size(shape.rows), size(shape.cols));
        let at = |id: ExprId| &values[&id];
        let number = |id: ExprId| values[&id][(0, 0)];
        let entry = |m: &Matrix, e: ExprId| m.map(|x| x.powf(number(e)));
        let made = match store.node(id) {
            Node::Num(r) => scalar(r.to_f64()),
            Node::Pi => scalar(std::f64::consts::PI),
            Node::Size(_) => scalar(3.0),
            Node::Symbol(symbol) => {
                let name = store.symbol_info(*symbol).name.bytes().fold(17, |all, b| all * 31 + u64::from(b));
                let mut dice = Dice(name);
                let m =
                    Matrix::from_fn(rows, cols, |i, j| f64::from(i == j) + f64::from(u32::try_from(dice.roll(1000)).unwrap_or(0)) / 1000.0);
                if store.is(id, Facts::SYMMETRIC) { &m * m.transpose() } else { m }
            }
            Node::Eye(_) => Matrix::identity(rows, cols),
            Node::Ones(_) => Matrix::from_element(rows, cols, 1.0),
            Node::Zero(_) => Matrix::zeros(rows, cols),
            Node::Basis(k, _) => Matrix::from_fn(rows, 1, |i, _| f64::from(i + 1 == number(*k) as usize)),
            Node::Sum(terms) => terms.iter().fold(Matrix::zeros(rows, cols), |all, (c, t)| all + at(*t) * c.to_f64()),
            Node::Product { coefficient, scalars, chain } => {
                let front = scalars.iter().fold(coefficient.to_f64(), |all, &(b, e)| all * number(b).powf(number(e)));
                let mut product: Option<Matrix> = None;
                for f in chain {
                    let mut m = if f.flipped { at(f.base).transpose() } else { at(f.base).clone() };
                    let power = number(f.power);
                    if power.fract() != 0.0 {
                        return None;
                    }
                    m = if power < 0.0 { m.try_inverse()? } else { m };
                    let m = (1..power.abs() as usize).fold(m.clone(), |all, _| all * &m);
                    product = Some(product.map_or(m.clone(), |p| p * &m));
                }
                product.unwrap_or_else(|| scalar(1.0)) * front
            }
            Node::Hadamard(entries) => {
                entries.iter().fold(Matrix::from_element(rows, cols, 1.0), |all, &(b, e)| all.component_mul(&entry(at(b), e)))
            }
            Node::Trace(a) => scalar(at(*a).trace()),
            Node::Diag(a) => Matrix::from_diagonal(&at(*a).column(0).into_owned()),
            Node::Diagonal(a) => Matrix::from_fn(rows, 1, |i, _| at(*a)[(i, i)]),
            Node::Call(fun, args) => {
                let args: Vec<Matrix> = args.iter().map(|&a| at(a).clone()).collect();
                match ops::row(*fun)?.eval {
                    Eval::Scalar(f) => args[0].map(f),
                    Eval::Matrix(f) => f(&args)?,
                    _ => return None,
                }
            }
            _ => return None,
        };
        values.insert(id, made);
    }
    values.remove(&root).filter(|m| m.iter().all(|x| x.is_finite()))
}

/// Whether what was read is the same: the same normal form, or (where normal forms differ) the same value.
fn is_same(store: &Store, a: ExprId, b: ExprId) -> bool {
    if a == b {
        return true;
    }
    match (value(store, a), value(store, b)) {
        (Some(x), Some(y)) => x.shape() == y.shape() && (&x - &y).norm() <= 1e-9 * (1.0 + x.norm()),
        _ => store.shape(a) == store.shape(b),
    }
}

#[test]
fn random_expressions_are_read_back() {
    let (mut wrong, mut exact) = (Vec::new(), 0);
    for seed in 0..CASES {
        let mut desk = Desk::new("a, b, lambda, x: n, y: n, mu: n, A: n n, B: n n, X: n n, S: n n spd");
        let mut dice = Dice(seed * 7919 + 1);
        let kind = [Kind::Scalar, Kind::Column, Kind::Square][usize::try_from(dice.roll(3)).unwrap_or(0)];
        let depth = 2 + u32::try_from(dice.roll(3)).unwrap_or(0);
        let id = draw(&mut desk, &mut dice, kind, depth);
        for format in [Format::Plain, Format::Ascii, Format::Latex] {
            let style = Style::new(format);
            let text = if dice.roll(4) == 0 { show_inline(&mut desk.store, id, &style) } else { show(&mut desk.store, id, &style, &[]) };
            match desk.try_read(&text, format == Format::Latex) {
                Ok((back, _)) => {
                    exact += u64::from(back == id);
                    if !is_same(&desk.store, id, back) {
                        wrong.push(format!("{seed}: {text}\n   {}", show(&mut desk.store, back, &Style::new(Format::Plain), &[])));
                    }
                }
                Err(error) => wrong.push(format!("{seed}: {text}\n{error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    // Nearly all come back as the very same normal form.
    assert!(exact * 100 >= 3 * CASES * 97, "only {exact} of {} are exact", 3 * CASES);
}
