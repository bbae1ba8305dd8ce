//! Simplification: directed laws, each a function with a name, accepted only where the result is shorter.
//!
//! One sweep from the leaves to the root; at each node every law is tried and the cheapest result taken, with fuel.
//! `cost.rs` says what is shorter. To add a law, write it in the file of its kind and list it in `LAWS`.

mod beside;
mod cases;
mod collect;
mod cost;
mod expand;
mod fold;
mod functions;
mod inverse;
mod key;
mod khatri;
mod kron;
mod look;
mod named;
mod range;
mod ranges;
mod scalar;
mod sylvester;
mod triangle;

pub use expand::multiplied_out;
pub use range::without_indices;

use cost::Costs;
use key::Keys;
use look::Look;

use crate::ir::{ExprId, Marks, Node, Store, Table};
use crate::ops;

/// A law: what a node may be replaced by, in order of preference. It need not be shorter; the engine decides.
type Apply = fn(&mut Rewriter, &mut Store, ExprId) -> Vec<ExprId>;

/// A named law.
struct Law {
    /// What a derivation calls it.
    name: &'static str,
    /// Where it may hold: nodes with all the features of one of these.
    at: &'static [Look],
    /// Its results.
    apply: Apply,
}

const fn law(name: &'static str, at: &'static [Look], apply: Apply) -> Law {
    Law { name, at, apply }
}

const SUM: &[Look] = &[Look::SUM];
const CALL: &[Look] = &[Look::CALL];
const DIAGONAL: &[Look] = &[Look::DIAGONAL];
const INDEXED: &[Look] = &[Look::INDEXED];
const BELOW: &[Look] = &[Look::ENTRIES.and(Look::NEGATIVE)];
const EXP: &[Look] = &[Look::ENTRIES.and(Look::EXP)];
const INVERTED: &[Look] = &[Look::PRODUCT.and(Look::INVERSE)];

/// All laws, in the order in which they are tried.
const LAWS: &[Law] = &[
    law(range::NAME, INDEXED, range::contract),
    law("entry of an element-wise function", &[Look::PRODUCT.and(Look::UNIT)], range::entry),
    law("softmax: exp(x) / sum(exp(x))", &[Look::PRODUCT.and(Look::NEGATIVE)], fold::softmax),
    law("logsumexp: log(sum(exp(x)))", CALL, fold::logsumexp),
    law("log softmax", CALL, fold::log_softmax),
    law("logistic function: 1 / (1 + exp(-x))", BELOW, fold::logistic),
    law("norm: sqrt(tr(X'X))", &[Look::PRODUCT.and(Look::FRACTION)], fold::norm),
    law("sign and absolute value", &[Look::ENTRIES.and(Look::SIGN)], fold::sign_abs),
    law("exponentials: exp(x) exp(y) = exp(x + y)", EXP, functions::exponentials),
    law("exponentials: exp(s) exp(x + t 1) = exp(x + (s + t) 1)", &[Look::PRODUCT.and(Look::EXP)], functions::exponential_of_number),
    law("fractions inside a fraction", &[Look::PRODUCT.and(Look::ENTRIES)], functions::fractions_inside),
    law("softmax: exp(x - logsumexp(x))", CALL, functions::softmax_of_difference),
    law("hyperbolic functions: sinh(x) / cosh(x) = tanh(x)", BELOW, fold::tangents),
    law("the opposite of a condition: 1 - [a < b] = [a >= b]", SUM, cases::complement),
    law("cases: c x + (1 - c) y = where(c, x, y)", SUM, cases::by_cases),
    law("relu and step", &[Look::ENTRIES.and(Look::STEP)], functions::steps),
    law("sums that are multiples of each other", &[Look::ENTRIES.and(Look::SUMS)], scalar::multiples),
    law(
        "logistic function: exp(x) sigmoid(-x) = sigmoid(x)",
        &[Look::ENTRIES.and(Look::EXP).and(Look::LOGISTIC)],
        functions::exponential_beside_logistic,
    ),
    law(
        "element-wise product with a unit vector: x ∘ e_k = x[k] e_k",
        &[Look::HADAMARD, Look::PRODUCT.and(Look::ENTRIES)],
        functions::picked,
    ),
    law("logistic function: sigmoid(-x) = 1 - sigmoid(x)", &[Look::ENTRIES.and(Look::LOGISTIC)], functions::logistic_beside_rest),
    law("logistic function: sigmoid(x) + sigmoid(-x) = 1", &[Look::SUM.and(Look::LOGISTIC)], functions::logistic_pair),
    law("log det of a product", &[Look::SUM.and(Look::APPLIED)], functions::log_det),
    law("logarithm of a product", CALL, fold::log_product),
    law("sum over ones and zeros", &[Look::HADAMARD], fold::binary),
    law("diagonal of a product with a diagonal matrix", DIAGONAL, fold::diagonal_of_sandwich),
    law("diagonal of a scaled matrix", DIAGONAL, fold::diagonal_of_scaled),
    law("Kronecker product with a vector", &[Look::PRODUCT.and(Look::KRON)], fold::kron_with_vector),
    law("commutation matrix: K vec(X) = vec(X')", &[Look::PRODUCT.and(Look::APPLIED)], kron::turn),
    law("commutation matrix: K (A ⊗ B) = (B ⊗ A) K", &[Look::SUM.and(Look::KRON)], kron::symmetrizer),
    law("duplication and elimination: D vech(S) = vec(S), L vec(A) = vech(A)", &[Look::PRODUCT.and(Look::APPLIED)], triangle::duplicated),
    law("elimination: L' vech(A) = vec(tril(A))", &[Look::UNSTACKED], triangle::triangle),
    law("vec(A X B) = (B' ⊗ A) vec(X)", &[Look::PRODUCT.and(Look::KRON).and(Look::APPLIED)], kron::vec_of_product),
    law("vec of an outer product: vec(a b') = b ⊗ a", &[Look::PRODUCT.and(Look::KRON).and(Look::APPLIED)], kron::vec_of_outer),
    law("Sylvester's equation: A X + X B = C", &[Look::UNSTACKED], sylvester::named),
    law("(B ⊗ C) vec(A) = vec(C A B')", &[Look::UNSTACKED], kron::unstack),
    law("rows and columns scaled: Diag(vec(M)) between Kronecker products", &[Look::PRODUCT.and(Look::KRON)], kron::masked),
    law("rows and columns scaled: (u 1') ∘ M = diag(u) M", &[Look::HADAMARD], khatri::scaled),
    law("diagonal matrix with a vector: diag(u) v = u ∘ v", SUM, khatri::weighted_terms),
    law(
        "rows and columns scaled: Diag(vec(M)) beside a Kronecker product column by column",
        &[Look::PRODUCT.and(Look::SPLIT)],
        khatri::masked,
    ),
    law("Kronecker product row by row", &[Look::PRODUCT.and(Look::SPLIT)], khatri::neighbours),
    law("common factor of Kronecker products", &[Look::SUM.and(Look::KRON)], kron::common_factor),
    law("inverse of a multiple of the identity", INVERTED, inverse::of_identities),
    law("inverse inside an inverse", INVERTED, inverse::clear),
    law("partial fractions", INVERTED, inverse::partial_fractions),
    law("partial fractions", &[Look::SUM.and(Look::INVERSE)], inverse::partial_fractions_in_sum),
    law("push-through", INVERTED, inverse::push_through),
    law("matrix inversion lemma", &[Look::SUM.and(Look::INVERSE), Look::SUM.and(Look::NEGATIVE)], inverse::woodbury),
    law("scalar into an inverse", INVERTED, inverse::scalar_in),
    law("negative sign into a difference", &[Look::PRODUCT.and(Look::MINUS)], collect::sign),
    law("triangles: tril(A) + triu(A) = A + diag(diag(A))", SUM, triangle::both),
    law("sums over the same range", &[Look::SUM.and(Look::RANGE)], ranges::same),
    law("sum over all values but one", &[Look::SUM.and(Look::RANGE)], ranges::all_but_one),
    law("common factor", SUM, collect::factor),
    law("sum beside its inverse", INVERTED, beside::inverse),
    law("sum beside its inverse", &[Look::SUM.and(Look::INVERSE)], beside::inverse_in_sum),
    law("square of a sum", &[Look::PRODUCT.and(Look::POWER)], beside::squared),
    law("common ends of scalars", SUM, scalar::common_ends),
    law("trace of a sum over a range", &[Look::TRACE], scalar::trace_of_range),
    law("trace of an element-wise product", &[Look::TRACE], scalar::trace_of_entries),
    law("transpose of a sum", &[Look::SUM, Look::PRODUCT], collect::transpose),
    law("multiplying out", &[Look::PRODUCT, Look::HADAMARD, Look::TRACE, Look::DIAGONAL], expand::product),
    law("multiplying out", SUM, expand::sum),
];

/// The simplifier's state: what is known to be simple, and the laws that were used.
#[derive(Default)]
pub struct Rewriter {
    costs: Costs,
    keys: Keys,
    /// Simplest forms found with so many levels of laws within laws used up; what level 0 found holds everywhere.
    simple: [Table<ExprId>; DEPTH as usize + 1],
    used: Vec<&'static str>,
    depth: u32,
    /// The user's definitions, which an answer is read with.
    parts: Vec<ExprId>,
    /// How large the store may become before laws look only at what is in front of them.
    limit: usize,
}

/// How deep one law may call the simplifier on what it made.
const DEPTH: u32 = 4;
/// How much the store may grow under one simplification before laws within laws are given up, and for each node of it.
const GROWTH: usize = 8_000;
const GROWTH_EACH: usize = 40;
/// How often the laws may improve one node.
const FUEL: u32 = 24;

impl Rewriter {
    /// A simplifier with nothing known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A simplifier whose answers are read with these definitions.
    #[must_use]
    pub fn with_parts(parts: Vec<ExprId>) -> Self {
        Self { parts, ..Self::default() }
    }

    /// The simplest form that the laws find.
    pub fn simplify(&mut self, store: &mut Store, root: ExprId) -> ExprId {
        let simple = self.with_clear_sums(store, root);
        let simple = named::shorter(self, store, root, simple);
        let whole = functions::logistic_of_negative(store, simple);
        if whole != simple {
            self.used.push(functions::LOGISTIC_OF_NEGATIVE);
        }
        whole
    }

    /// The simplest form before what only a look at the whole can decide.
    fn with_clear_sums(&mut self, store: &mut Store, root: ExprId) -> ExprId {
        let simple = self.in_passes(store, root);
        // Two sums within each other may have a form without both that is shorter than what one of them alone comes to; and
        // a sum in which unit vectors say what goes where reads worse than any matrix.
        if !range::is_indexed(store, simple) {
            return simple;
        }
        let without = without_indices(store, root);
        if without == root {
            return simple;
        }
        let kept = self.used.len();
        let without = self.in_passes(store, without);
        let clear = range::shows_units(store, simple) && !range::is_indexed(store, without);
        if clear || self.cost(store, without) < self.cost(store, simple) {
            self.used.push(range::NAME);
            return without;
        }
        self.used.truncate(kept);
        simple
    }

    fn in_passes(&mut self, store: &mut Store, root: ExprId) -> ExprId {
        let mut current = root;
        self.limit = store.len() + GROWTH + GROWTH_EACH * self.unknown(store, root).len();
        for _ in 0..4 {
            let next = self.pass(store, current);
            if next == current {
                break;
            }
            current = next;
        }
        current
    }

    /// The names of the laws that were used, in order, each once.
    pub fn take_used(&mut self) -> Vec<&'static str> {
        let mut used = std::mem::take(&mut self.used);
        let mut seen = Vec::new();
        used.retain(|n| {
            let new = !seen.contains(n);
            if new {
                seen.push(*n);
            }
            new
        });
        used
    }

    /// How long an expression is when it is printed.
    pub fn cost(&mut self, store: &Store, id: ExprId) -> u64 {
        self.costs.of(store, id)
    }

    /// One sweep from the leaves to the root.
    fn pass(&mut self, store: &mut Store, root: ExprId) -> ExprId {
        for id in self.unknown(store, root) {
            let mut made = self.rebuild(store, id);
            if made != id && self.known(made).is_none() {
                // A constructor may take a node apart: what comes out of a sum leaves a shorter sum that is new.
                let mut new = self.unknown(store, made);
                new.retain(|&part| part != made);
                for &part in &new {
                    let again = self.rebuild(store, part);
                    let best = self.improve(store, again);
                    self.simple[self.depth as usize].insert(part, best);
                }
                if !new.is_empty() {
                    made = self.rebuild(store, made);
                }
            }
            let best = match self.known(made) {
                Some(best) if made != id => best,
                _ => self.improve(store, made),
            };
            let simple = &mut self.simple[self.depth as usize];
            simple.insert(id, best);
            for same in [made, best] {
                if simple.get(same).is_none() {
                    simple.insert(same, best);
                }
            }
        }
        self.known(root).unwrap_or(root)
    }

    /// The simplest form as far as it is known at this level.
    fn known(&self, id: ExprId) -> Option<ExprId> {
        self.simple[..=self.depth as usize].iter().find_map(|level| level.get(id))
    }

    /// What `root` is made of and has not been simplified yet, children first.
    fn unknown(&self, store: &Store, root: ExprId) -> Vec<ExprId> {
        let mut found = Vec::new();
        if self.known(root).is_some() {
            return found;
        }
        let mut seen = Marks::up_to(root);
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            if seen.insert(id) {
                found.push(id);
                store.each_child(id, |c| {
                    if self.known(c).is_none() && !seen.contains(c) {
                        stack.push(c);
                    }
                });
            }
        }
        found.sort_unstable();
        found
    }

    /// The node with its children simplified.
    fn rebuild(&self, store: &mut Store, id: ExprId) -> ExprId {
        let simple = |c: ExprId| self.known(c).unwrap_or(c);
        let turns = |a: ExprId| matches!(store.node(a), Node::Sum(_));
        // Where the index of a sum took another's place, f(y − x) may stand beside f(x − y).
        let may_turn = matches!(store.node(id), Node::Call(_, args) if args.iter().any(|&a| turns(a)));
        if !may_turn && !store.any_child(id, |c| simple(c) != c) {
            return id;
        }
        if let Node::Call(fun, args) = store.node(id) {
            let (fun, new): (_, Vec<ExprId>) = (*fun, args.iter().map(|&a| simple(a)).collect());
            return ops::call(store, fun, &new);
        }
        store.rebuild(id, &simple)
    }

    /// Applies laws to one node until none makes it shorter.
    fn improve(&mut self, store: &mut Store, id: ExprId) -> ExprId {
        let mut current = id;
        'again: for _ in 0..FUEL {
            let cost = self.cost(store, current);
            let look = Look::of(store, current);
            for law in LAWS.iter().filter(|law| law.at.iter().any(|&features| look.has(features))) {
                let mut best: Option<(u64, ExprId)> = None;
                for candidate in (law.apply)(self, store, current) {
                    if candidate == current || store.shape(candidate) != store.shape(current) {
                        continue;
                    }
                    let candidate = self.inner(store, candidate);
                    let price = self.cost(store, candidate);
                    // Of equally short ones, that which does not depend on how the input was written.
                    let better = match best {
                        None => true,
                        Some((least, _)) if price != least => price < least,
                        Some((_, other)) => {
                            price < cost && other != candidate && self.keys.of(store, candidate) < self.keys.of(store, other)
                        }
                    };
                    if better {
                        best = Some((price, candidate));
                    }
                }
                if let Some((price, candidate)) = best
                    && price < cost
                {
                    self.used.push(law.name);
                    current = candidate;
                    continue 'again;
                }
            }
            break;
        }
        current
    }

    /// Simplifies what a law made, a few levels deep.
    fn inner(&mut self, store: &mut Store, id: ExprId) -> ExprId {
        if self.depth >= DEPTH || self.depth > 0 && store.len() > self.limit {
            return id;
        }
        self.depth += 1;
        let kept = self.used.len();
        let result = self.pass(store, id);
        self.used.truncate(kept);
        self.depth -= 1;
        result
    }
}
