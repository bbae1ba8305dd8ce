//! Collecting: A x + B x = (A + B) x, and its like for scalars, left factors and element-wise factors.

use super::Rewriter;
use super::expand::multiplied_out;
use crate::base::Rational;
use crate::ir::{ExprId, Factor, Facts, Node, Power, Shape, Store};
use smallvec::SmallVec;

/// A term of a sum taken apart.
struct Term {
    /// The number in front.
    coefficient: Rational,
    /// The rest as a whole.
    bare: ExprId,
    scalars: SmallVec<[Power; 4]>,
    chain: SmallVec<[Factor; 4]>,
    /// The entries of an element-wise product where the term is one.
    entries: SmallVec<[Power; 4]>,
}

/// How many terms a sum may have for common factors to be searched.
const TERMS: usize = 24;

fn take_apart(store: &Store, coefficient: &Rational, t: ExprId) -> Term {
    let mut term =
        Term { coefficient: coefficient.clone(), bare: t, scalars: SmallVec::new(), chain: SmallVec::new(), entries: SmallVec::new() };
    match store.node(t) {
        _ if t == ExprId::ONE => {}
        Node::Product { scalars, chain, .. } => {
            if store.is_scalar(t) && !chain.is_empty() {
                term.scalars.push((t, ExprId::ONE));
            } else {
                term.scalars.extend_from_slice(scalars);
                term.chain.extend_from_slice(chain);
            }
        }
        _ if store.is_scalar(t) => term.scalars.push((t, ExprId::ONE)),
        _ => term.chain.push(Factor { base: t, flipped: false, power: ExprId::ONE }),
    }
    if let [Factor { base, flipped: false, power: ExprId::ONE }] = term.chain[..] {
        match store.node(base) {
            Node::Hadamard(entries) => term.entries.extend_from_slice(entries),
            _ => term.entries.push((base, ExprId::ONE)),
        }
    }
    term
}

/// Scalars and a chain, without a number in front.
fn put_together(store: &mut Store, scalars: &[Power], chain: &[Factor], shape: Shape) -> ExprId {
    let front = store.product(Rational::ONE, scalars, chain);
    if !chain.is_empty() || shape.is_scalar() {
        return front;
    }
    let unit = store.eye(shape.rows);
    store.mul(&[front, unit])
}

/// Common factors: numbers, scalars, the left end, the right end, an element-wise factor.
pub(super) fn factor(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Some(terms) = store.few_terms(id, TERMS) else { return Vec::new() };
    let shape = store.shape(id);
    let apart: Vec<Term> = terms.iter().map(|(c, t)| take_apart(store, c, *t)).collect();
    let mut results = Vec::new();
    results.extend(content(store, &terms));
    scalars(store, &apart, &mut results);
    if !shape.is_scalar() {
        ends(store, id, &apart, shape, &mut results);
        entries(store, &terms, &apart, shape, &mut results);
    }
    results
}

/// c₁ t₁ + c₂ t₂ + … = c (…) for the common content c of the numbers.
fn content(store: &mut Store, terms: &[(Rational, ExprId)]) -> Option<ExprId> {
    let first = terms.first()?.0.abs();
    let mut content = first.clone();
    for (c, _) in &terms[1..] {
        content = gcd(&content, &c.abs())?;
    }
    if terms.iter().all(|(c, _)| c.is_negative()) {
        content = content.neg();
    }
    if content.is_one() {
        return None;
    }
    let inverse = content.recip()?;
    let sum = terms.iter().map(|(c, t)| (c.mul(&inverse), *t)).collect();
    let sum = store.sum(sum);
    Some(grouped_scale(store, &content, sum))
}

/// c · (sum) kept as a product.
fn grouped_scale(store: &mut Store, c: &Rational, sum: ExprId) -> ExprId {
    store.scale(c, sum)
}

/// The greatest rational of which both are whole multiples.
fn gcd(a: &Rational, b: &Rational) -> Option<Rational> {
    let ((an, ad), (bn, bd)) = (a.to_fraction()?, b.to_fraction()?);
    let numer = num_integer::gcd(an.checked_mul(bd)?, bn.checked_mul(ad)?);
    Rational::new(numer, ad.checked_mul(bd)?)
}

/// s a + s b = s (a + b) for a scalar power s that several terms share.
fn scalars(store: &mut Store, apart: &[Term], results: &mut Vec<ExprId>) {
    let mut tried: Vec<ExprId> = Vec::new();
    for term in apart {
        for &(base, _) in &term.scalars {
            if tried.contains(&base) {
                continue;
            }
            tried.push(base);
            let exponents: SmallVec<[Option<ExprId>; 8]> =
                apart.iter().map(|t| t.scalars.iter().find(|p| p.0 == base).map(|p| p.1)).collect();
            let below = |e: ExprId| store.as_num(e).is_some_and(Rational::is_negative);
            if exponents.iter().flatten().count() < 2 && !exponents.iter().flatten().any(|&e| below(e)) {
                continue;
            }
            let mut choices: Vec<ExprId> = exponents.iter().flatten().copied().collect();
            choices.sort_unstable();
            choices.dedup();
            let numeric: Option<Vec<Rational>> = choices.iter().map(|&e| store.as_num(e).cloned()).collect();
            // The least exponent divides all; where only some share it, take those.
            let candidates: Vec<ExprId> = match numeric {
                Some(mut values) => {
                    values.sort();
                    let least = values.first().cloned();
                    least.map(|r| store.num(r)).into_iter().collect()
                }
                None => choices,
            };
            for exponent in candidates {
                let shares = |e: &Option<ExprId>, store: &Store| {
                    e.is_some_and(|e| e == exponent || store.as_num(e).is_some() && store.as_num(exponent).is_some())
                };
                let whole = exponents.iter().all(|e| shares(e, store));
                let some: Vec<usize> = (0..apart.len()).filter(|&i| shares(&exponents[i], store)).collect();
                let inverse_everywhere = store.as_num(exponent).is_some_and(Rational::is_negative);
                let members = if whole || some.len() >= 2 {
                    some
                } else if inverse_everywhere {
                    // a + b/s = (s a + b)/s.
                    (0..apart.len()).collect()
                } else {
                    continue;
                };
                let mut inside = Vec::new();
                let minus = store.mul(&[ExprId::MINUS_ONE, exponent]);
                for &i in &members {
                    let divisor = store.product(Rational::ONE, &[(base, minus)], &[]);
                    let whole = store.scale(&apart[i].coefficient, apart[i].bare);
                    inside.push((Rational::ONE, store.mul(&[divisor, whole])));
                }
                let front = store.product(Rational::ONE, &[(base, exponent)], &[]);
                finish(store, apart, &members, &inside, |store, sum| store.mul(&[front, sum]), results);
            }
        }
    }
}

/// F a + F b = F (a + b) and a F + b F = (a + b) F for a matrix factor at an end.
fn ends(store: &mut Store, id: ExprId, apart: &[Term], shape: Shape, results: &mut Vec<ExprId>) {
    for left in [true, false] {
        let end = |t: &Term| if left { t.chain.first().copied() } else { t.chain.last().copied() };
        let mut tried: Vec<Factor> = Vec::new();
        for term in apart {
            let Some(f) = end(term) else { continue };
            // Whole powers share their lower power; others must agree.
            if tried.iter().any(|t| t.base == f.base && t.flipped == f.flipped) {
                continue;
            }
            tried.push(f);
            let members: SmallVec<[usize; 8]> =
                (0..apart.len()).filter(|&i| end(&apart[i]).is_some_and(|g| g.base == f.base && g.flipped == f.flipped)).collect();
            if members.len() < 2 {
                continue;
            }
            let powers: Vec<ExprId> = members.iter().filter_map(|&i| end(&apart[i]).map(|g| g.power)).collect();
            let Some(common) = common_power(store, &powers) else { continue };
            let s = store.factor_shape(f);
            // The same chain throughout: the scalars in front are added.
            if members.iter().all(|&i| apart[i].chain.len() == 1 && apart[i].chain[0].power == common) {
                let fronts = members.iter().map(|&i| (apart[i].coefficient.clone(), store.product(Rational::ONE, &apart[i].scalars, &[])));
                let fronts: Vec<(Rational, ExprId)> = fronts.collect();
                let outer = store.factor(Factor { power: common, ..f });
                finish(store, apart, &members, &fronts, |store, sum| store.mul(&[sum, outer]), results);
                continue;
            }
            let inner = if left { Shape::new(s.cols, shape.cols) } else { Shape::new(shape.rows, s.rows) };
            let minus = store.mul(&[ExprId::MINUS_ONE, common]);
            let mut inside = Vec::new();
            for &i in &members {
                let mut chain = apart[i].chain.clone();
                let at = if left { 0 } else { chain.len() - 1 };
                chain[at].power = store.add(&[chain[at].power, minus]);
                if chain[at].power == ExprId::ZERO {
                    chain.remove(at);
                }
                inside.push((apart[i].coefficient.clone(), put_together(store, &apart[i].scalars, &chain, inner)));
            }
            let outer = store.factor(Factor { power: common, ..f });
            let wrap = |store: &mut Store, sum: ExprId| if left { store.mul(&[outer, sum]) } else { store.mul(&[sum, outer]) };
            // F + F a + F b may read better as F + F (a + b) than as F (I + a + b).
            let (rest, kept): (Vec<usize>, Vec<(Rational, ExprId)>) =
                members.iter().zip(&inside).filter(|&(&i, _)| apart[i].chain.len() > 1).map(|(&i, e)| (i, e.clone())).unzip();
            if rest.len() >= 2 && rest.len() < members.len() {
                finish(store, apart, &rest, &kept, wrap, results);
            }
            // S⁻¹ + S⁻¹AS⁻¹ keeps its look: an inverse does not leave I behind.
            let inverse = store.as_num(common).is_some_and(Rational::is_negative);
            if rest.len() < members.len() && (inverse || store.is(id, Facts::SYMMETRIC)) {
                continue;
            }
            finish(store, apart, &members, &inside, wrap, results);
        }
    }
}

/// The power that all share: the one nearest to zero of one sign, or the same symbol.
fn common_power(store: &mut Store, powers: &[ExprId]) -> Option<ExprId> {
    let first = *powers.first()?;
    if powers.iter().all(|&p| p == first) {
        return Some(first);
    }
    let values: Option<Vec<Rational>> = powers.iter().map(|&p| store.as_num(p).cloned()).collect();
    let values = values?;
    let negative = values.iter().all(Rational::is_negative);
    if !negative && values.iter().any(Rational::is_negative) {
        return None;
    }
    let pick = if negative { values.iter().max() } else { values.iter().min() };
    pick.cloned().map(|r| store.num(r))
}

/// e ∘ a + e ∘ b = e ∘ (a + b).
fn entries(store: &mut Store, terms: &[(Rational, ExprId)], apart: &[Term], shape: Shape, results: &mut Vec<ExprId>) {
    let mut tried: Vec<ExprId> = Vec::new();
    for term in apart.iter().filter(|t| matches!(t.chain[..], [_])) {
        for &(base, _) in &term.entries {
            if tried.contains(&base) || matches!(store.node(base), Node::Eye(_) | Node::Ones(_)) {
                continue;
            }
            tried.push(base);
            // p ∘ z − (pᵀz) p is not p ∘ (z − pᵀz): a scalar in front of the factor alone stays.
            let alone = |t: &Term| t.entries.len() == 1 && t.entries[0].1 == ExprId::ONE && !t.scalars.is_empty();
            let found: SmallVec<[(usize, ExprId); 8]> = (0..terms.len())
                .filter(|&i| !alone(&apart[i]))
                .filter_map(|i| apart[i].entries.iter().find(|e| e.0 == base).map(|e| (i, e.1)))
                .collect();
            if found.len() < 2 {
                continue;
            }
            let powers: Vec<ExprId> = found.iter().map(|f| f.1).collect();
            let Some(common) = common_power(store, &powers) else { continue };
            let minus = store.mul(&[ExprId::MINUS_ONE, common]);
            let members: Vec<usize> = found.iter().map(|f| f.0).collect();
            let mut inside = Vec::new();
            for &i in &members {
                let term = &apart[i];
                let mut entries = term.entries.clone();
                for e in entries.iter_mut().filter(|e| e.0 == base) {
                    e.1 = store.add(&[e.1, minus]);
                }
                inside.push((term.coefficient.clone(), store.hadamard_entries(Rational::ONE, &term.scalars, &entries, shape)));
            }
            let outer = store.hadamard_power(base, common);
            finish(store, apart, &members, &inside, |store, sum| store.hadamard(&[outer, sum]), results);
        }
    }
}

/// wrap(Σ inside) + the terms that do not share the factor.
fn finish(
    store: &mut Store,
    apart: &[Term],
    members: &[usize],
    inside: &[(Rational, ExprId)],
    wrap: impl Fn(&mut Store, ExprId) -> ExprId,
    results: &mut Vec<ExprId>,
) {
    let sum = store.sum(inside.to_vec());
    // x − A x − B x is x − (A + B) x, not x + (−A − B) x.
    let negative = matches!(store.node(sum), Node::Sum(terms) if terms.iter().all(|(c, _)| c.is_negative()));
    let grouped = if negative {
        let positive = store.neg(sum);
        let grouped = wrap(store, positive);
        store.neg(grouped)
    } else {
        wrap(store, sum)
    };
    if members.len() == apart.len() {
        results.push(grouped);
        return;
    }
    let first = members.first().copied().unwrap_or(0);
    let mut sum = Vec::new();
    for (i, term) in apart.iter().enumerate() {
        if i == first {
            sum.push((Rational::ONE, grouped));
        } else if !members.contains(&i) {
            sum.push((term.coefficient.clone(), term.bare));
        }
    }
    results.push(store.sum(sum));
}

/// −c (a − b) = c (b − a).
pub(super) fn sign(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let mut results = Vec::new();
    match store.node(id).clone() {
        // A quadratic form keeps its symmetric look.
        Node::Product { chain, .. } if chain.len() > 1 && mirrored(chain[0], chain[chain.len() - 1]) => {}
        Node::Product { coefficient, scalars, chain } if coefficient.is_negative() => {
            for (at, f) in chain.iter().enumerate() {
                if f.power == ExprId::ONE && matches!(store.node(f.base), Node::Sum(_)) {
                    let mut chain = chain.clone();
                    chain[at].base = store.neg(f.base);
                    results.push(store.product(coefficient.neg(), &scalars, &chain));
                } else if let Some(turned) = negated_entry(store, f.base).or_else(|| negated_stack(store, f.base))
                    && f.power == ExprId::ONE
                {
                    let mut chain = chain.clone();
                    chain[at].base = turned;
                    results.push(store.product(coefficient.neg(), &scalars, &chain));
                }
            }
            // −Σ (aᵢ − bᵢ) cᵢ = Σ (bᵢ − aᵢ) cᵢ.
            for (at, f) in chain.iter().enumerate().filter(|(_, f)| f.power == ExprId::ONE) {
                for negated in negated_big_sum(rewriter, store, f.base) {
                    let mut chain = chain.clone();
                    chain[at].base = negated;
                    results.push(store.product(coefficient.neg(), &scalars, &chain));
                }
            }
            for (at, &(b, e)) in scalars.iter().enumerate() {
                if e == ExprId::ONE {
                    for negated in negated_big_sum(rewriter, store, b) {
                        let mut scalars = scalars.clone();
                        scalars[at].0 = negated;
                        results.push(store.product(coefficient.neg(), &scalars, &chain));
                    }
                }
                let odd = store.as_num(e).and_then(Rational::to_integer).is_some_and(|n| n % 2 != 0);
                if odd && matches!(store.node(b), Node::Sum(_)) {
                    let mut scalars = scalars.clone();
                    scalars[at].0 = store.neg(b);
                    results.push(store.product(coefficient.neg(), &scalars, &chain));
                }
            }
        }
        _ => {}
    }
    results
}

/// The negative of a sum over an index, with the sign taken into a difference of its body.
fn negated_big_sum(rewriter: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let Node::BigSum { level, low, high, body } = *store.node(id) else { return Vec::new() };
    let (index, opened) = store.open_sum(level, body);
    let minus = store.neg(opened);
    sign(rewriter, store, minus).into_iter().map(|negated| store.big_sum(index, low, high, negated)).collect()
}

fn mirrored(a: Factor, b: Factor) -> bool {
    a.base == b.base && a.power == b.power && a.flipped != b.flipped
}

/// The negative of an element-wise product, taken into one of its differences.
fn negated_entry(store: &mut Store, id: ExprId) -> Option<ExprId> {
    let Node::Hadamard(entries) = store.node(id).clone() else { return None };
    // r ∘ g(r) keeps its r: a difference that stands elsewhere too is not turned round.
    let stands_elsewhere = |r: ExprId| entries.iter().any(|&(b, _)| b != r && store.depends_on(b, &[r]));
    let at = entries.iter().position(|&(b, e)| e == ExprId::ONE && matches!(store.node(b), Node::Sum(_)) && !stands_elsewhere(b))?;
    let mut turned = entries.clone();
    turned[at].0 = store.neg(entries[at].0);
    let shape = store.shape(id);
    Some(store.hadamard_entries(Rational::ONE, &[], &turned, shape))
}

/// The negative of a difference of columns made into a matrix.
fn negated_stack(store: &mut Store, id: ExprId) -> Option<ExprId> {
    let Node::Unvec(v, shape) = *store.node(id) else { return None };
    let negative = matches!(store.node(v), Node::Sum(_)).then(|| store.neg(v))?;
    Some(store.unvec(negative, shape))
}

/// Aᵀ + BᵀCᵀ = (A + C B)ᵀ; what is symmetric when multiplied out may be turned round as it stands.
pub(super) fn transpose(_: &mut Rewriter, store: &mut Store, id: ExprId) -> Vec<ExprId> {
    let shape = store.shape(id);
    if store.is(id, Facts::SYMMETRIC) || shape.is_column() || shape.is_scalar() {
        return Vec::new();
    }
    match store.node(id).clone() {
        Node::Sum(_) => {
            let Some(terms) = store.few_terms(id, TERMS) else { return Vec::new() };
            let turned: Vec<(Rational, ExprId)> = terms.into_iter().map(|(c, t)| (c, store.transpose(t))).collect();
            let sum = store.sum(turned);
            vec![store.transpose(sum)]
        }
        Node::Product { coefficient, scalars, chain } if chain.len() == 1 && chain[0].flipped && chain[0].power == ExprId::ONE => {
            // (A + B)ᵀ = Aᵀ + Bᵀ where that is shorter.
            let Some(terms) = store.written_terms(chain[0].base) else { return Vec::new() };
            let turned: Vec<(Rational, ExprId)> = terms.into_iter().map(|(c, t)| (c, store.transpose(t))).collect();
            let sum = store.sum(turned);
            let front = store.product(coefficient, &scalars, &[]);
            vec![store.mul(&[front, sum])]
        }
        // S (S A − I)ᵀ = (S A − I) S.
        Node::Product { chain, .. } if chain.iter().any(|f| f.flipped && matches!(store.node(f.base), Node::Sum(_))) => {
            let out = multiplied_out(store, id);
            if store.is(out, Facts::SYMMETRIC) { vec![store.transpose(id)] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}
