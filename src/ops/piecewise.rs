//! Comparisons, as 0 and 1, and functions that are given by cases.

use super::row::{BLANK, Code, D, Derivative, ENTRYWISE2, Eval, Form, MN, Make, Row, Sig, Spelling};
use crate::ir::{ExprId, Facts, Node, Store};

/// (m,n), (m,n), (m,n) → (m,n) with scalars spread out.
const ENTRYWISE3: Sig = Sig { args: &[MN, MN, MN], out: (D::N(0), D::N(1)), broadcast: true };
/// What a case is that no other follows.
const LAST: Sig = Sig { args: &[MN, MN], out: (D::N(0), D::N(1)), broadcast: true };

/// A comparison: 1 where it holds, else 0. Its name is its sign, which nothing else can be called.
const COMPARISON: Row =
    Row { forms: &[Form { sig: ENTRYWISE2, make: Make::Call }], d: Derivative::Zero, facts: |_, _| Facts::BINARY, ..BLANK };

/// The comparison that holds where this one does not.
#[must_use]
pub fn opposite(name: &str) -> Option<&'static str> {
    Some(match name {
        "<" => ">=",
        ">=" => "<",
        "<=" => ">",
        ">" => "<=",
        "=" => "!=",
        "!=" => "=",
        _ => return None,
    })
}

/// Whether the value jumps where its arguments meet, so that no derivative may be taken there.
#[must_use]
pub fn jumps(name: &str) -> bool {
    matches!(name, "<" | "<=" | ">" | ">=")
}

fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// A comparison of numbers, or of a thing with itself.
fn decided(store: &Store, args: &[ExprId], holds: fn(std::cmp::Ordering) -> bool) -> Option<ExprId> {
    let [a, b] = *args else { return None };
    if !store.is_scalar(a) || !store.is_scalar(b) {
        return None;
    }
    let ordering = match (store.as_num(a), store.as_num(b)) {
        _ if a == b => std::cmp::Ordering::Equal,
        (Some(x), Some(y)) => {
            let difference = x.sub(y);
            if difference.is_zero() {
                std::cmp::Ordering::Equal
            } else if difference.is_negative() {
                std::cmp::Ordering::Less
            } else {
                std::cmp::Ordering::Greater
            }
        }
        _ => return None,
    };
    Some(if holds(ordering) { ExprId::ONE } else { ExprId::ZERO })
}

fn fold_where(store: &mut Store, args: &[ExprId]) -> Option<ExprId> {
    let [condition, yes, no] = *args else { return None };
    if yes == no && (store.is_scalar(condition) || !store.is_scalar(yes)) {
        return Some(yes);
    }
    match store.node(condition) {
        Node::Num(value) if value.is_zero() => Some(no),
        Node::Num(_) => Some(yes),
        _ if is_truth(store, condition) => None,
        // A number holds where it is not zero.
        _ => {
            let condition = super::apply(store, "!=", &[condition, ExprId::ZERO]);
            Some(super::apply(store, "where", &[condition, yes, no]))
        }
    }
}

/// Whether a value is 0 or 1 by what it is made of.
fn is_truth(store: &Store, id: ExprId) -> bool {
    let all = |powers: &[(ExprId, ExprId)]| powers.iter().all(|p| p.1 == ExprId::ONE && store.is(p.0, Facts::BINARY));
    match store.node(id) {
        _ if store.is(id, Facts::BINARY) => true,
        Node::Hadamard(entries) => all(entries),
        Node::Product { coefficient, scalars, chain } => coefficient.is_one() && chain.is_empty() && all(scalars),
        _ => false,
    }
}

/// The rows.
pub const ROWS: &[Row] = &[
    Row {
        name: "<",
        doc: "1 where the first is less, else 0",
        fold: |s, a| decided(s, a, |o| o.is_lt()),
        show: Spelling::Comparison("<"),
        eval: Eval::Scalar2(|x, y| truth(x < y)),
        code: Code::new("1.0 * ({0} < {1})"),
        ..COMPARISON
    },
    Row {
        name: "<=",
        doc: "1 where the first is at most the second, else 0",
        fold: |s, a| decided(s, a, |o| o.is_le()),
        show: Spelling::Comparison("\\le"),
        eval: Eval::Scalar2(|x, y| truth(x <= y)),
        code: Code::new("1.0 * ({0} <= {1})"),
        ..COMPARISON
    },
    Row {
        name: ">",
        doc: "1 where the first is greater, else 0",
        fold: |s, a| decided(s, a, |o| o.is_gt()),
        show: Spelling::Comparison(">"),
        eval: Eval::Scalar2(|x, y| truth(x > y)),
        code: Code::new("1.0 * ({0} > {1})"),
        ..COMPARISON
    },
    Row {
        name: ">=",
        doc: "1 where the first is at least the second, else 0",
        fold: |s, a| decided(s, a, |o| o.is_ge()),
        show: Spelling::Comparison("\\ge"),
        eval: Eval::Scalar2(|x, y| truth(x >= y)),
        code: Code::new("1.0 * ({0} >= {1})"),
        ..COMPARISON
    },
    Row {
        name: "=",
        doc: "1 where the two are equal, else 0",
        fold: |s, a| decided(s, a, |o| o.is_eq()),
        show: Spelling::Comparison("="),
        eval: Eval::Scalar2(|x, y| truth(x == y)),
        code: Code::new("1.0 * ({0} == {1})"),
        ..COMPARISON
    },
    Row {
        name: "!=",
        doc: "1 where the two are not equal, else 0",
        fold: |s, a| decided(s, a, |o| o.is_ne()),
        show: Spelling::Comparison("\\neq"),
        eval: Eval::Scalar2(|x, y| truth(x != y)),
        code: Code::new("1.0 * ({0} != {1})"),
        ..COMPARISON
    },
    Row {
        name: "where",
        doc: "where(c, x, y): x where the condition holds, else y, entry by entry",
        forms: &[Form { sig: ENTRYWISE3, make: Make::Call }],
        d: Derivative::Line("X .* dY + (1 - X) .* dZ"),
        fold: fold_where,
        show: Spelling::Cases,
        eval: Eval::Scalar3(|c, x, y| if c == 0.0 { y } else { x }),
        code: Code::new("np.where({0}, {1}, {2})"),
        ..BLANK
    },
    Row {
        name: "last case",
        doc: "the last of several cases, which is taken for all that the others leave over",
        forms: &[Form { sig: LAST, make: Make::Build(|_, args| args[1]) }],
        ..BLANK
    },
];
