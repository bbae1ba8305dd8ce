//! Random expressions are read back as what they were.

use super::super::{Format, Style, show, show_inline};
use super::reader::Desk;
use crate::base::Rational;
use crate::ir::{ExprId, Shape};
use crate::ops;

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
                    let c = Rational::new(if c == 0 { 3 } else { c }, 1 + i64::try_from(dice.roll(2)).unwrap_or(0)).unwrap_or(Rational::ONE);
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

#[test]
fn random_expressions_are_read_back() {
    let mut different = Vec::new();
    for seed in std::env::var("FROM").ok().and_then(|s| s.parse().ok()).unwrap_or(0)..1500 {
        let mut desk = Desk::new("a, b, lambda, x: n, y: n, mu: n, A: n n, B: n n, X: n n, S: n n spd");
        let mut dice = Dice(seed * 7919 + 1);
        let kind = [Kind::Scalar, Kind::Column, Kind::Square][usize::try_from(dice.roll(3)).unwrap_or(0)];
        if std::env::var("SEED").is_ok() { eprintln!("seed {seed}"); }
        let depth = 2 + u32::try_from(dice.roll(3)).unwrap_or(0);
        let id = draw(&mut desk, &mut dice, kind, depth);
        if std::env::var("SEED").is_ok() { eprintln!("drawn"); }
        let texts = [
            show(&mut desk.store, id, &Style::new(Format::Plain), &[]),
            show(&mut desk.store, id, &Style::new(Format::Ascii), &[]),
            show_inline(&mut desk.store, id, &Style::new(Format::Plain)),
        ];
        for text in texts {
            let back = desk.read(&text);
            assert_eq!(desk.store.shape(back), desk.store.shape(id), "{text}");
            if back != id {
                different.push(format!("{seed}: {text}\n   {}", show(&mut desk.store, back, &Style::new(Format::Plain), &[])));
            }
        }
        assert_eq!(desk.store.shape(id).rows == Shape::SCALAR.rows, kind == Kind::Scalar);
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}
