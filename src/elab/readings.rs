//! What subscripts are: members of families, entries of vectors and matrices, or parts of names.
//!
//! The readings of a tree are proposed one after another in one list, each beside the best so far; the one is kept under which
//! the kinds of the names are likelier.

use super::context::Declared;
use super::entries::{self, Read};
use super::infer::Inference;
use super::names::{Declarations, resolve};
use super::search::search;
use super::sizes::Sizes;
use super::{Context, Goal, domains, members, numbered};
use crate::base::Diagnostic;
use crate::syntax::{Ast, Kind};
use std::borrow::Cow;

/// How much more than a family of scalars a matrix with a lower-case name may cost.
const LOWER_CASE: u32 = 6;

/// A tree is read with these.
pub(super) struct Readings<'a> {
    pub text: &'a str,
    pub declared: &'a [Declared],
    pub declarations: &'a Declarations<'a>,
    pub context: &'a Context<'a>,
    pub sizes: &'a mut Sizes,
}

/// The reading that was chosen.
pub(super) struct Chosen<'t> {
    pub ast: Cow<'t, Ast>,
    /// What is read as an entry.
    pub entries: Read,
    /// What the user should know of the choice.
    pub said: Vec<String>,
}

/// A reading, and what it costs once that was asked for.
struct Candidate<'t> {
    ast: Cow<'t, Ast>,
    entries: Read,
    price: Option<Option<Price>>,
}

/// What the cheapest shapes for a tree cost.
#[derive(Clone)]
struct Price {
    cost: u32,
    /// The families whose members are numbers then, with how many subscripts they have.
    numbers: Vec<(String, usize)>,
}

/// When a reading is taken instead of the best so far; always where that does not fit.
#[derive(Clone, Copy)]
enum Worth {
    /// Where it costs less.
    Less,
    /// Where it costs at most so much more.
    UpTo(u32),
    /// Where it fits.
    Fits,
}

impl<'t> Candidate<'t> {
    fn new((ast, entries): (Cow<'t, Ast>, Read)) -> Self {
        Candidate { ast, entries, price: None }
    }
}

impl Readings<'_> {
    /// The likeliest reading of a tree.
    ///
    /// # Errors
    /// A name that may be several entries.
    pub fn choose<'t>(&mut self, ast: &'t Ast) -> Result<Chosen<'t>, Diagnostic> {
        let (with, free) = members::members(ast, self.text, self.declared, true);
        let mut said = Vec::new();
        let mut best = self.with_entries(with);
        if !free.is_empty() {
            // Names of their own, where no member of the family has a shape that fits there.
            let alone = members::members(ast, self.text, self.declared, false).0;
            let alone = self.with_entries(alone);
            if self.take(&mut best, alone, Worth::Less) {
                let own = |name| format!("`{name}` is a variable of its own: as a member of the family it would not fit");
                said.extend(free.iter().map(|(name, _)| own(name)));
            } else {
                said.extend(free.iter().filter(|(name, _)| !left_out(ast, name)).map(|(name, bound)| {
                    format!(
                        "`{name}` is a member of the family of `{bound}` and may be one of those summed over; declare both to set it apart"
                    )
                }));
            }
        }
        let numbers = numbered::find(&best.ast, self.text, self.declared, self.context.wanted, self.sizes)?;
        if !numbers.is_empty() {
            // What is beyond the last entry is refused later, unless it is better as a name of its own.
            let within = proposed(&best, numbered::indexed(&best.ast, &numbers, true));
            if self.take(&mut best, within, Worth::UpTo(0)) {
                best.ast = Cow::Owned(numbered::indexed(&best.ast, &numbers, false).0);
            } else {
                said.extend(numbered::notes(&numbers, self.text));
            }
        }
        Ok(Chosen { ast: best.ast, entries: best.entries, said })
    }

    fn is_bold(&self, (family, _): &(String, usize)) -> bool {
        self.declarations.typeface(family, true).is_some()
    }

    /// The tree with subscripts read as entries where that is what is declared, or what is likelier.
    fn with_entries<'t>(&mut self, ast: Cow<'t, Ast>) -> Candidate<'t> {
        let (declared, wanted) = (self.declared, self.context.wanted);
        let mut doubtful = entries::doubtful(&ast, declared, wanted);
        // What is written bold has members that are vectors or matrices: no entries of one.
        doubtful.retain(|family| !self.is_bold(family));
        let mut best = Candidate::new(entries::entries(ast, declared, &[]));
        if let Some(renamed) = entries::capitals(&best.ast, declared, wanted) {
            let doubtful = entries::doubtful(&renamed, declared, wanted);
            let (indexed, more) = entries::entries(Cow::Owned(renamed), declared, &doubtful);
            let indexed = proposed(&best, (indexed.into_owned(), more));
            self.take(&mut best, indexed, Worth::UpTo(0));
        }
        // Who asks for `x` and writes `x_i` alone means its entries, where they are numbers.
        let mut asked = doubtful.clone();
        asked.retain(|(name, _)| wanted.contains(name) && !entries::occurs(&best.ast, name));
        if !asked.is_empty() {
            let numbers = self.price(&mut best).map_or_else(Vec::new, |p| p.numbers);
            asked.retain(|f| numbers.contains(f));
        }
        if !asked.is_empty() && self.with_families(&mut best, &asked, Worth::Fits) {
            doubtful.retain(|f| !asked.contains(f));
        }
        if !doubtful.is_empty() {
            self.with_families(&mut best, &doubtful, allowance(&doubtful).map_or(Worth::Less, Worth::UpTo));
        }
        if let Some(indexed) = entries::outside(&best.ast, declared) {
            // Who declares `x` and writes `x_k` alone means its entries.
            let meant = |whole: &String| declared.iter().any(|d| d.name == *whole) && !entries::occurs(&best.ast, whole);
            let worth = if indexed.1.iter().all(|(_, whole)| meant(whole)) { Worth::UpTo(0) } else { Worth::Less };
            let indexed = proposed(&best, indexed);
            self.take(&mut best, indexed, worth);
        }
        if entries::any(&best.ast) {
            // What stands beside entries is entries too, unless that makes other names less likely.
            let mut beside = entries::undeclared(&best.ast, declared);
            beside.retain(|family| !self.is_bold(family));
            for family in beside {
                let family = std::slice::from_ref(&family);
                self.with_families(&mut best, family, Worth::UpTo(allowance(family).unwrap_or(0)));
            }
        }
        best
    }

    /// The best reading with the members of these families as entries, where that is worth it.
    fn with_families(&mut self, best: &mut Candidate<'_>, families: &[(String, usize)], worth: Worth) -> bool {
        let (ast, entries) = entries::entries(Cow::Borrowed(&*best.ast), self.declared, families);
        let other = proposed(best, (ast.into_owned(), entries));
        self.take(best, other, worth)
    }

    /// Takes the other reading instead of the best where it fits and is worth it.
    fn take<'t>(&mut self, best: &mut Candidate<'t>, mut other: Candidate<'t>, worth: Worth) -> bool {
        let Some(cost) = self.price(&mut other).map(|p| p.cost) else { return false };
        let better = match (worth, self.price(best).map(|p| p.cost)) {
            (Worth::Fits, _) | (_, None) => true,
            (Worth::Less, Some(least)) => cost < least,
            (Worth::UpTo(more), Some(least)) => cost <= least + more,
        };
        if better {
            *best = other;
        }
        better
    }

    /// What the names of a reading cost; `None` where no shapes fit.
    fn price(&mut self, candidate: &mut Candidate<'_>) -> Option<Price> {
        if candidate.price.is_none() {
            candidate.price = Some(self.priced(&candidate.ast));
        }
        candidate.price.clone().flatten()
    }

    fn priced(&mut self, ast: &Ast) -> Option<Price> {
        let scalar = self.context.goal == Goal::Scalar;
        let mut names = resolve(ast, self.text, self.declarations, self.sizes).ok()?;
        domains::restrict(ast, &mut names, scalar);
        let mut inference = Inference::new(ast, &names, self.sizes, scalar);
        search(&mut inference).ok()?;
        let numbers = names.variables.iter().zip(&inference.variables).filter(|(v, extent)| !v.family.is_empty() && extent.is_scalar());
        Some(Price { cost: inference.cost, numbers: numbers.map(|(v, _)| (v.name.clone(), v.family.len())).collect() })
    }
}

/// A reading that goes on from another.
fn proposed<'t>(best: &Candidate<'_>, (ast, entries): (Ast, Read)) -> Candidate<'t> {
    let all = best.entries.iter().cloned().chain(entries).collect();
    Candidate::new((Cow::Owned(ast), all))
}

/// A matrix may be of any case where its entries have two subscripts.
fn allowance(families: &[(String, usize)]) -> Option<u32> {
    families.iter().any(|f| f.1 == 2).then_some(LOWER_CASE)
}

/// Whether a member is none of those summed over: x_k under `sum_{i: i != k}`.
fn left_out(ast: &Ast, name: &str) -> bool {
    ast.nodes.iter().any(|node| {
        let Kind::Big { skip: Some(skip), .. } = &node.kind else { return false };
        matches!(&ast.node(*skip).kind, Kind::Name(k) if name.strip_suffix(k.as_str()).is_some_and(|family| family.ends_with('_')))
    })
}
