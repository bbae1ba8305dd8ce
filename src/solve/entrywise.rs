//! Equations in one scalar, or in each entry of the unknown by itself: powers, quadratics, exponentials, logarithms.

use super::Solver;
use super::expand::{expand, terms};
use crate::base::Rational;
use crate::ir::{ExprId, Node, Power, Shape, Store};
use crate::ops;

/// coefficient ∘ Π baseᵢ^eᵢ with bases that depend on the unknown.
#[derive(Clone, Debug)]
struct Monomial {
    coefficient: ExprId,
    bases: Vec<Power>,
}

/// How often denominators are cleared and functions undone.
const DEPTH: u32 = 5;

/// The solutions of g(x) = 0 entry by entry, best first; none where the equation is not of a form that is known.
pub(super) fn solve(solver: &mut Solver, store: &mut Store, g: ExprId, x: ExprId, depth: u32) -> Vec<ExprId> {
    if depth > DEPTH || store.shape(g) != store.shape(x) {
        return Vec::new();
    }
    let Some(expanded) = expand(store, g, &[x]) else { return Vec::new() };
    let shape = store.shape(x);
    let Some(mut list) = monomials(solver, store, expanded, x) else { return Vec::new() };
    // The lowest power of each base divides every term; a negative one is a denominator.
    let mut bases: Vec<ExprId> = Vec::new();
    for m in &list {
        for &(b, _) in &m.bases {
            if !bases.contains(&b) {
                bases.push(b);
            }
        }
    }
    let mut opened = false;
    for &b in &bases {
        let Some(least) = least_exponent(store, &list, b) else { continue };
        if least == ExprId::ZERO {
            continue;
        }
        let minus = store.mul(&[ExprId::MINUS_ONE, least]);
        for m in &mut list {
            multiply(store, &mut m.bases, b, minus);
        }
        opened |= b != x && matches!(store.node(b), Node::Sum(_) | Node::Product { .. });
    }
    if list.len() == 1 {
        // c x^p = 0.
        let only_x = list[0].bases.is_empty() && bases == [x];
        return if only_x { vec![store.zeros(shape)] } else { Vec::new() };
    }
    if opened {
        // What was a denominator is a factor now, and may be multiplied out.
        let mut sum = Vec::new();
        for m in &list {
            sum.push(join(store, m.coefficient, &m.bases, shape));
        }
        let cleared = store.add(&sum);
        return solve(solver, store, cleared, x, depth + 1);
    }
    polynomial(solver, store, &list, x, depth).or_else(|| logarithms(solver, store, &list, x, depth)).unwrap_or_default()
}

/// Terms with the same bases together; `None` where a term is not a product of entries.
fn monomials(solver: &mut Solver, store: &mut Store, expanded: ExprId, x: ExprId) -> Option<Vec<Monomial>> {
    let shape = store.shape(x);
    let mut list: Vec<Monomial> = Vec::new();
    for (c, t) in terms(store, expanded, &[x]) {
        let mut m = monomial(store, t, x)?;
        m.coefficient = store.scale(&c, m.coefficient);
        m.bases.sort_unstable();
        match list.iter_mut().find(|k| k.bases == m.bases) {
            Some(k) => k.coefficient = store.add(&[k.coefficient, m.coefficient]),
            None => list.push(m),
        }
    }
    for m in &mut list {
        m.coefficient = solver.simplify(store, m.coefficient);
    }
    list.retain(|m| !store.is_zero(m.coefficient));
    let _ = shape;
    Some(list)
}

fn monomial(store: &mut Store, id: ExprId, x: ExprId) -> Option<Monomial> {
    let shape = store.shape(x);
    let varies = |store: &Store, e: ExprId| store.depends_on(e, &[x]);
    if !varies(store, id) {
        return Some(Monomial { coefficient: id, bases: Vec::new() });
    }
    let unit = store.ones(shape);
    let (mut fixed, mut bases): (Vec<Power>, Vec<Power>) = (Vec::new(), Vec::new());
    let mut front = Rational::ONE;
    let mut scalars: Vec<Power> = Vec::new();
    let entries: Vec<Power> = match store.node(id).clone() {
        Node::Product { coefficient, scalars: all, chain } => {
            front = coefficient;
            if shape.is_scalar() {
                if chain.is_empty() { all } else { vec![(store.bare(id), ExprId::ONE)] }
            } else {
                if all.iter().any(|&(b, e)| varies(store, b) || varies(store, e)) {
                    return None;
                }
                scalars = all;
                let inner = store.product(Rational::ONE, &[], &chain);
                match store.node(inner) {
                    Node::Hadamard(entries) => entries.clone(),
                    _ => vec![(inner, ExprId::ONE)],
                }
            }
        }
        Node::Hadamard(entries) => entries,
        _ => vec![(id, ExprId::ONE)],
    };
    for (b, e) in entries {
        if varies(store, e) {
            return None;
        }
        if !varies(store, b) {
            fixed.push((b, e));
            continue;
        }
        if !acts_entrywise(store, b, x) {
            return None;
        }
        let (b, e) = exponential(store, b, e);
        let known = bases.iter().position(|p: &Power| p.0 == b);
        match known {
            Some(at) => bases[at].1 = store.add(&[bases[at].1, e]),
            None => bases.push((b, e)),
        }
    }
    let coefficient = if fixed.is_empty() { unit } else { store.hadamard_entries(Rational::ONE, &[], &fixed, shape) };
    let front = store.product(front, &scalars, &[]);
    Some(Monomial { coefficient: store.mul(&[front, coefficient]), bases })
}

/// exp(c v)^e is exp(v)^(c e).
fn exponential(store: &mut Store, b: ExprId, e: ExprId) -> Power {
    let Some(args) = ops::args_of(store, b, "exp") else { return (b, e) };
    let (c, bare) = store.split_number(args[0]);
    if c.is_one() {
        return (b, e);
    }
    let c = store.num(c);
    (ops::apply(store, "exp", &[bare]), store.mul(&[c, e]))
}

/// Whether each entry of `b` is a function of the same entry of `x` alone (and of constants).
fn acts_entrywise(store: &Store, b: ExprId, x: ExprId) -> bool {
    let shape = store.shape(x);
    if shape.is_scalar() {
        return true;
    }
    let mask = store.dependents(b, &[x]);
    store.reachable(&[b]).into_iter().filter(|&id| mask.contains(id)).all(|id| {
        store.shape(id) == shape
            && match store.node(id) {
                Node::Symbol(_) | Node::Member(..) | Node::Sum(_) | Node::Hadamard(_) => true,
                Node::Product { chain, scalars, .. } => {
                    chain.len() == 1 && !chain[0].flipped && chain[0].power == ExprId::ONE && !scalars.iter().any(|p| mask.contains(p.0))
                }
                Node::Call(fun, _) => ops::row(*fun).is_none_or(|r| r.eval.is_entrywise()),
                _ => false,
            }
    })
}

fn multiply(store: &mut Store, bases: &mut Vec<Power>, base: ExprId, exponent: ExprId) {
    match bases.iter().position(|p| p.0 == base) {
        Some(at) => {
            bases[at].1 = store.add(&[bases[at].1, exponent]);
            if bases[at].1 == ExprId::ZERO {
                bases.remove(at);
            }
        }
        None => bases.push((base, exponent)),
    }
    bases.sort_unstable();
}

/// The least exponent of a base over all terms (0 where it is absent); symbolic ones only where all but a number agree.
fn least_exponent(store: &mut Store, list: &[Monomial], base: ExprId) -> Option<ExprId> {
    let all: Vec<ExprId> = list.iter().map(|m| m.bases.iter().find(|p| p.0 == base).map_or(ExprId::ZERO, |p| p.1)).collect();
    let first = *all.first()?;
    let mut least = Rational::ZERO;
    for &e in &all {
        let difference = store.sub(e, first);
        let difference = store.as_num(difference)?.clone();
        if difference.sub(&least).is_negative() {
            least = difference;
        }
    }
    let least = store.num(least);
    Some(store.add(&[first, least]))
}

fn join(store: &mut Store, coefficient: ExprId, bases: &[Power], shape: Shape) -> ExprId {
    let mut entries = bases.to_vec();
    entries.insert(0, (coefficient, ExprId::ONE));
    store.hadamard_entries(Rational::ONE, &[], &entries, shape)
}

/// a ./ b.
fn divide(store: &mut Store, a: ExprId, b: ExprId) -> ExprId {
    let shape = store.shape(a);
    store.hadamard_entries(Rational::ONE, &[], &[(a, ExprId::ONE), (b, ExprId::MINUS_ONE)], shape)
}

/// a .^ p.
fn power(store: &mut Store, a: ExprId, p: ExprId) -> ExprId {
    if store.is_scalar(a) { store.power(a, p) } else { store.hadamard_power(a, p) }
}

/// Two or three terms that are powers of one base.
fn polynomial(solver: &mut Solver, store: &mut Store, list: &[Monomial], x: ExprId, depth: u32) -> Option<Vec<ExprId>> {
    // a m + b n = 0: m/n = −b/a, where the quotient is a power of one base, or of exponentials alone.
    if let [first, second] = list {
        let mut quotient = first.bases.clone();
        for &(b, e) in &second.bases {
            let minus = store.mul(&[ExprId::MINUS_ONE, e]);
            multiply(store, &mut quotient, b, minus);
        }
        let (mut above, mut below) = (second.coefficient, first.coefficient);
        // x^−p = v is x^p = 1/v.
        if let [(_, exponent)] = &mut quotient[..]
            && store.as_num(*exponent).is_some_and(Rational::is_negative)
        {
            (above, below) = (below, above);
            *exponent = store.neg(*exponent);
        }
        let ratio = divide(store, above, below);
        let value = store.neg(ratio);
        let value = solver.simplify(store, value);
        if let [(base, exponent)] = quotient[..] {
            let inverse = store.power(exponent, ExprId::MINUS_ONE);
            let root = power(store, value, inverse);
            return Some(undo(solver, store, base, root, x, depth));
        }
        let mut sum = Vec::new();
        for &(b, e) in &quotient {
            let v = ops::args_of(store, b, "exp")?[0];
            sum.push(store.mul(&[e, v]));
        }
        let log = ops::apply(store, "log", &[value]);
        sum.push(store.neg(log));
        let line = store.add(&sum);
        return Some(solve(solver, store, line, x, depth + 1));
    }
    // Powers 0, d, 2d of one base.
    let mut base = None;
    let mut powers: Vec<(Rational, ExprId)> = Vec::new();
    for m in list {
        match m.bases[..] {
            [] => powers.push((Rational::ZERO, m.coefficient)),
            [(b, e)] if base.is_none_or(|k| k == b) => {
                base = Some(b);
                powers.push((store.as_num(e)?.clone(), m.coefficient));
            }
            _ => return None,
        }
    }
    powers.sort_by(|a, b| a.0.cmp(&b.0));
    let [(zero, c), (d, b), (e, a)] = &powers[..] else { return None };
    if !zero.is_zero() || *e != d.add(d) {
        return None;
    }
    let (a, b, c) = (*a, *b, *c);
    let shape = store.shape(x);
    // (−b ± sqrt(b² − 4 a c)) / (2 a).
    let square = power(store, b, ExprId::TWO);
    let four = Rational::from(4);
    let product = store.hadamard_entries(four, &[], &[(a, ExprId::ONE), (c, ExprId::ONE)], shape);
    let discriminant = store.sub(square, product);
    let discriminant = solver.simplify(store, discriminant);
    let root = power(store, discriminant, ExprId::HALF);
    let below = store.scale(&Rational::from(2), a);
    let inverse = Rational::ONE.div(d)?;
    let inverse = store.num(inverse);
    let mut found = Vec::new();
    for sign in [1, -1] {
        let above = store.sum(vec![(Rational::from(-1), b), (Rational::from(sign), root)]);
        let value = divide(store, above, below);
        let value = power(store, value, inverse);
        found.extend(undo(solver, store, base?, value, x, depth));
    }
    Some(found)
}

/// The solutions of base(x) = value.
fn undo(solver: &mut Solver, store: &mut Store, base: ExprId, value: ExprId, x: ExprId, depth: u32) -> Vec<ExprId> {
    if base == x {
        return vec![value];
    }
    let shape = store.shape(x);
    let ones = store.ones(shape);
    let apply = |store: &mut Store, name: &str, a: ExprId| ops::apply(store, name, &[a]);
    let (argument, argument_value) = match store.node(base).clone() {
        Node::Call(fun, args) => {
            let &[argument] = &args[..] else { return Vec::new() };
            let value = match ops::row(fun).map_or("", |r| r.name) {
                "exp" => apply(store, "log", value),
                "log" => apply(store, "exp", value),
                "tan" => apply(store, "atan", value),
                "atan" => apply(store, "tan", value),
                "asin" => apply(store, "sin", value),
                "acos" => apply(store, "cos", value),
                // log(y / (1 − y)).
                "sigmoid" => {
                    let rest = store.sub(ones, value);
                    let odds = divide(store, value, rest);
                    let odds = solver.simplify(store, odds);
                    apply(store, "log", odds)
                }
                // log((1 + y)/(1 − y))/2.
                "tanh" => {
                    let (above, below) = (store.add(&[ones, value]), store.sub(ones, value));
                    let odds = divide(store, above, below);
                    let odds = solver.simplify(store, odds);
                    let log = apply(store, "log", odds);
                    store.mul(&[ExprId::HALF, log])
                }
                // log(y + sqrt(y² + 1)).
                "sinh" => {
                    let square = power(store, value, ExprId::TWO);
                    let inside = store.add(&[square, ones]);
                    let root = power(store, inside, ExprId::HALF);
                    let sum = store.add(&[value, root]);
                    apply(store, "log", sum)
                }
                // log(exp(y) − 1).
                "softplus" => {
                    let exp = apply(store, "exp", value);
                    let less = store.sub(exp, ones);
                    apply(store, "log", less)
                }
                _ => return Vec::new(),
            };
            (argument, value)
        }
        Node::Sum(_) | Node::Product { .. } | Node::Hadamard(_) => (base, value),
        _ => return Vec::new(),
    };
    if argument == x {
        return vec![argument_value];
    }
    let equation = store.sub(argument, argument_value);
    solve(solver, store, equation, x, depth + 1)
}

/// a log(u) − a log(v) + c = 0: u/v = exp(−c/a).
fn logarithms(solver: &mut Solver, store: &mut Store, list: &[Monomial], x: ExprId, depth: u32) -> Option<Vec<ExprId>> {
    let shape = store.shape(x);
    let mut constant = store.zeros(shape);
    let mut logs: Vec<(ExprId, ExprId)> = Vec::new();
    for m in list {
        match m.bases[..] {
            [] => constant = m.coefficient,
            [(b, ExprId::ONE)] => logs.push((m.coefficient, ops::args_of(store, b, "log")?[0])),
            _ => return None,
        }
    }
    let (a, _) = *logs.first()?;
    let mut entries = Vec::new();
    for (c, u) in logs {
        let ratio = divide(store, c, a);
        let ratio = solver.simplify(store, ratio);
        let (number, bare) = store.split_number(ratio);
        if bare != ExprId::ONE && bare != store.ones(shape) {
            return None;
        }
        entries.push((u, store.num(number)));
    }
    let exponent = divide(store, constant, a);
    let exponent = store.neg(exponent);
    let exponent = solver.simplify(store, exponent);
    let value = ops::apply(store, "exp", &[exponent]);
    let product = store.hadamard_entries(Rational::ONE, &[], &entries, shape);
    let equation = store.sub(product, value);
    Some(solve(solver, store, equation, x, depth + 1))
}
