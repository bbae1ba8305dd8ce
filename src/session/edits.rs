//! The single slips that turn one expression into another: a term dropped, a sign, an order, a transpose, another function.

use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Fun, Node, Power, Shape, Store};
use crate::ops::{self, Derivative, Eval, Make};

/// What kind of slip. The order is that of preference where several explain the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Slip {
    /// A term of a sum left out.
    Drop,
    /// The sign of a term.
    Sign,
    /// A number in front of a term or a product.
    Number,
    /// Two factors of a product exchanged.
    Order,
    /// A factor or a term transposed.
    Transpose,
    /// A matrix function for an element-wise one, or the other way round.
    Entrywise,
    /// Another function.
    Function,
    /// An inverse in place of the matrix, or the other way round.
    Inverse,
    /// A factor left out.
    Factor,
    /// Another exponent.
    Exponent,
}

/// One slip: `node` inside the expression became `replacement`, and the whole became `result`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    pub slip: Slip,
    pub node: ExprId,
    pub replacement: ExprId,
    /// The term, the factor or the function that it is about.
    pub part: ExprId,
    /// The other factor where two are exchanged.
    pub other: Option<ExprId>,
    pub result: ExprId,
}

/// The most slips that are tried.
const MOST: usize = 1500;
/// The most parts of one node that are looked at.
const PARTS: usize = 12;

/// All expressions that differ from `root` by one slip, best explanations first.
pub(super) fn edits(store: &mut Store, root: ExprId) -> Vec<Edit> {
    let mut found = Vec::new();
    // The outermost first: a slip that shows higher up is easier to read.
    for node in store.reachable(&[root]).into_iter().rev() {
        for (slip, replacement, part, other) in local(store, node) {
            if replacement == node || store.shape(replacement) != store.shape(node) || found.len() >= MOST {
                continue;
            }
            let result = if node == root { replacement } else { store.substitute(root, &[(node, replacement)]) };
            if result != root {
                found.push(Edit { slip, node, replacement, part, other, result });
            }
        }
    }
    found.sort_by_key(|e| e.slip);
    found
}

/// Two factors of a product exchanged such that it gets another shape.
pub(super) fn reshaped(store: &mut Store, root: ExprId, shape: Shape) -> Vec<Edit> {
    let Node::Product { coefficient, scalars, chain } = store.node(root).clone() else { return Vec::new() };
    let mut found = Vec::new();
    for i in 0..chain.len().min(PARTS) {
        for j in i + 1..chain.len().min(PARTS) {
            let mut all = chain.clone();
            all.swap(i, j);
            if !fits(store, &all) {
                continue;
            }
            let result = store.product(coefficient.clone(), &scalars, &all);
            if store.shape(result) == shape {
                let (part, other) = (store.factor(chain[i]), Some(store.factor(chain[j])));
                found.push(Edit { slip: Slip::Order, node: root, replacement: result, part, other, result });
            }
        }
    }
    found
}

type Local = (Slip, ExprId, ExprId, Option<ExprId>);

/// What one node may become.
fn local(store: &mut Store, id: ExprId) -> Vec<Local> {
    match store.node(id).clone() {
        Node::Sum(terms) if terms.len() <= PARTS => of_sum(store, &terms),
        Node::Product { coefficient, scalars, chain } if chain.len() <= PARTS && scalars.len() <= PARTS => {
            of_product(store, id, &coefficient, &scalars, &chain)
        }
        Node::Hadamard(entries) if entries.len() <= PARTS => of_hadamard(store, id, &entries),
        Node::Call(fun, args) => of_call(store, id, fun, &args),
        Node::Kron(parts) if parts.len() == 2 => {
            let swapped = store.kron(&[parts[1], parts[0]]);
            vec![(Slip::Order, swapped, parts[0], Some(parts[1]))]
        }
        _ => Vec::new(),
    }
}

fn of_sum(store: &mut Store, terms: &[(Rational, ExprId)]) -> Vec<Local> {
    let mut found = Vec::new();
    for at in 0..terms.len() {
        let (c, t) = terms[at].clone();
        let part = store.scale(&c, t);
        let mut with = |store: &mut Store, slip: Slip, new: Option<(Rational, ExprId)>| {
            let mut all = terms.to_vec();
            match new {
                Some(new) => all[at] = new,
                None => drop(all.remove(at)),
            }
            found.push((slip, store.sum(all), part, None));
        };
        with(store, Slip::Drop, None);
        with(store, Slip::Sign, Some((c.neg(), t)));
        for number in numbers() {
            with(store, Slip::Number, Some((c.mul(&number), t)));
        }
        if store.shape(t).is_square() && !store.is(t, Facts::SYMMETRIC) {
            let turned = store.transpose(t);
            with(store, Slip::Transpose, Some((c, turned)));
        }
    }
    found
}

/// The numbers by which a term is off most often.
fn numbers() -> impl Iterator<Item = Rational> {
    [(2, 1), (1, 2), (-2, 1), (-1, 2), (3, 1), (1, 3), (4, 1), (1, 4)].into_iter().filter_map(|(n, d)| Rational::new(n, d))
}

fn of_product(store: &mut Store, id: ExprId, coefficient: &Rational, scalars: &[Power], chain: &[Factor]) -> Vec<Local> {
    let mut found = Vec::new();
    let shape = store.shape(id);
    let make = |store: &mut Store, chain: &[Factor]| fits(store, chain).then(|| store.product(coefficient.clone(), scalars, chain));
    for i in 0..chain.len() {
        let value = store.factor(chain[i]);
        let mut one = |store: &mut Store, slip: Slip, new: Option<Factor>| {
            let mut all = chain.to_vec();
            match new {
                Some(new) => all[i] = new,
                None => drop(all.remove(i)),
            }
            let made = if all.is_empty() { None } else { make(store, &all) };
            if let Some(made) = made.filter(|&m| store.shape(m) == shape) {
                found.push((slip, made, value, None));
            }
        };
        let f = chain[i];
        let square = store.shape(f.base).is_square();
        one(store, Slip::Transpose, Some(Factor { flipped: !f.flipped, ..f }));
        if square && f.power == ExprId::ONE {
            one(store, Slip::Inverse, Some(Factor { power: ExprId::MINUS_ONE, ..f }));
        } else if f.power == ExprId::MINUS_ONE {
            one(store, Slip::Inverse, Some(Factor { power: ExprId::ONE, ..f }));
        }
        if let Some(p) = store.as_num(f.power).and_then(Rational::to_integer).filter(|p| square && p.abs() < 8) {
            for by in [1, -1] {
                let power = store.int(p + by);
                if power != ExprId::ZERO {
                    one(store, Slip::Exponent, Some(Factor { power, ..f }));
                }
            }
            if p != 1 {
                // A² entry by entry.
                let base = if f.flipped { store.transpose(f.base) } else { f.base };
                let base = store.hadamard_power(base, f.power);
                one(store, Slip::Entrywise, Some(Factor { base, flipped: false, power: ExprId::ONE }));
            }
        }
        one(store, Slip::Factor, None);
        for j in i + 1..chain.len() {
            let mut all = chain.to_vec();
            all.swap(i, j);
            let other = store.factor(chain[j]);
            if let Some(made) = make(store, &all).filter(|&m| store.shape(m) == shape) {
                found.push((Slip::Order, made, value, Some(other)));
            }
        }
        // A ∘ B for A B.
        if let Some(&g) = chain.get(i + 1) {
            let other = store.factor(g);
            if store.shape(value) == store.shape(other) && store.shape(value).is_square() && !store.is_scalar(value) {
                let base = store.hadamard(&[value, other]);
                let mut all = chain.to_vec();
                all.splice(i..i + 2, [Factor { base, flipped: false, power: ExprId::ONE }]);
                if let Some(made) = make(store, &all) {
                    found.push((Slip::Entrywise, made, value, Some(other)));
                }
            }
        }
    }
    // A transpose left out wherever the matrix stands: of `-X⁻ᵀa bᵀX⁻ᵀ` both.
    for (i, f) in chain.iter().enumerate() {
        let same = |g: &Factor| g.base == f.base;
        if !store.shape(f.base).is_square() || chain[..i].iter().any(same) || chain.iter().filter(|g| same(g)).count() < 2 {
            continue;
        }
        let turned: Vec<Factor> = chain.iter().map(|g| if same(g) { Factor { flipped: !g.flipped, ..*g } } else { *g }).collect();
        if let Some(made) = make(store, &turned).filter(|&m| store.shape(m) == shape) {
            found.push((Slip::Transpose, made, store.factor(*f), None));
        }
    }
    for (at, &(base, exponent)) in scalars.iter().enumerate() {
        let value = store.product(Rational::ONE, &[(base, exponent)], &[]);
        let minus = store.neg(exponent);
        let (twice, half) = (store.mul(&[ExprId::TWO, exponent]), store.mul(&[ExprId::HALF, exponent]));
        for (slip, new) in [(Slip::Factor, ExprId::ZERO), (Slip::Exponent, minus), (Slip::Exponent, twice), (Slip::Exponent, half)] {
            let mut all = scalars.to_vec();
            all[at].1 = new;
            found.push((slip, store.product(coefficient.clone(), &all, chain), value, None));
        }
    }
    let bare = store.product(Rational::ONE, scalars, chain);
    found.push((Slip::Sign, store.scale(&coefficient.neg(), bare), bare, None));
    if !coefficient.is_one() {
        found.push((Slip::Number, bare, bare, None));
    }
    for number in numbers() {
        found.push((Slip::Number, store.scale(&coefficient.mul(&number), bare), bare, None));
    }
    found
}

/// Whether neighbours fit.
fn fits(store: &Store, chain: &[Factor]) -> bool {
    let scalar = |f: Factor| store.is_scalar(f.base);
    chain.iter().all(|&f| !scalar(f)) && chain.windows(2).all(|w| store.factor_shape(w[0]).cols == store.factor_shape(w[1]).rows)
}

fn of_hadamard(store: &mut Store, id: ExprId, entries: &[Power]) -> Vec<Local> {
    let mut found = Vec::new();
    let shape = store.shape(id);
    let build = |store: &mut Store, all: &[Power]| {
        if all.is_empty() { store.ones(shape) } else { store.hadamard_entries(Rational::ONE, &[], all, shape) }
    };
    for (at, &(base, exponent)) in entries.iter().enumerate() {
        let value = store.hadamard_entries(Rational::ONE, &[], &[(base, exponent)], shape);
        let (minus, more) = (store.neg(exponent), store.add(&[exponent, ExprId::ONE]));
        let less = store.sub(exponent, ExprId::ONE);
        for (slip, new) in [(Slip::Factor, ExprId::ZERO), (Slip::Exponent, minus), (Slip::Exponent, more), (Slip::Exponent, less)] {
            let mut all = entries.to_vec();
            if new == ExprId::ZERO {
                all.remove(at);
            } else {
                all[at].1 = new;
            }
            found.push((slip, build(store, &all), value, None));
        }
        if shape.is_square() && !store.is(base, Facts::SYMMETRIC) {
            let mut all = entries.to_vec();
            all[at].0 = store.transpose(base);
            found.push((Slip::Transpose, build(store, &all), value, None));
        }
    }
    if shape.is_square() {
        // The matrix product and the matrix power in place of the element-wise ones.
        let factors: Vec<ExprId> = entries.iter().map(|&(b, e)| store.power(b, e)).collect();
        let product = store.mul(&factors);
        found.push((Slip::Entrywise, product, id, None));
        if factors.len() == 2 {
            found.push((Slip::Entrywise, store.mul(&[factors[1], factors[0]]), id, None));
        }
    }
    found
}

/// Element-wise functions and the functions of matrices that are mistaken for them.
const PAIRS: [(&str, &str); 3] = [("exp", "expm"), ("log", "logm"), ("sqrt", "sqrtm")];

fn of_call(store: &mut Store, id: ExprId, fun: Fun, args: &[ExprId]) -> Vec<Local> {
    let mut found = Vec::new();
    let Some(row) = ops::row(fun) else {
        if let Fun::User(number, order) = fun {
            let others = [order.checked_add(1), order.checked_sub(1)];
            for order in others.into_iter().flatten() {
                found.push((Slip::Function, ops::call(store, Fun::User(number, order), args), id, None));
            }
        }
        return found;
    };
    let &[arg] = args else { return found };
    let shape = store.shape(arg);
    if store.shape(id) != shape {
        return found;
    }
    for (entrywise, matrix) in PAIRS {
        let other = if row.name == entrywise { matrix } else { entrywise };
        if (row.name == entrywise || row.name == matrix) && shape.is_square() && !shape.is_scalar() && ops::find(other).is_some() {
            found.push((Slip::Entrywise, ops::apply(store, other, args), id, None));
        }
    }
    if matches!(row.eval, Eval::Scalar(_)) {
        let others: Vec<Fun> = ops::rows()
            .filter(|(other, r)| {
                let plain = r.forms.iter().any(|f| f.sig.args.len() == 1 && matches!(f.make, Make::Call));
                *other != fun && plain && matches!(r.eval, Eval::Scalar(_)) && !matches!(r.d, Derivative::Built)
            })
            .map(|(other, _)| other)
            .collect();
        for other in others {
            found.push((Slip::Function, ops::call(store, other, args), id, None));
        }
        // The argument's own value, and the function undone.
        found.push((Slip::Function, arg, id, None));
    }
    found
}
