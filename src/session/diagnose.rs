//! What is wrong with a claimed derivative: slips tried on the claim and on the right answer until one explains it.

use super::compare::by_points;
use super::edits::{Edit, Slip, edits, reshaped};
use super::mistake::{Diagnosis, Mistake};
use super::ratio::{Ratio, ratio};
use crate::base::Rational;
use crate::calculus;
use crate::ir::{DimId, ExprId, Facts, Node, Shape, Store};
use crate::num::{self, Point, Sampler};
use crate::ops::Matrix;
use crate::rewrite::{self, Rewriter};
use crate::show::{self, Style};
use std::collections::BTreeMap;

fn diagnosis(mistake: Mistake, text: impl Into<String>) -> Diagnosis {
    Diagnosis { mistake, text: text.into() }
}

/// Points at which guesses are tried before they are confirmed.
pub(super) struct Probe {
    points: Vec<Point>,
    /// The formulas that a scalar factor may come from.
    pub roots: Vec<ExprId>,
}

/// How many points, and how many are tried.
const POINTS: usize = 4;
const TRIES: usize = 40;
/// How many guesses are computed together.
const TOGETHER: usize = 24;

impl Probe {
    /// Points where the claim and the right answer exist; scalar factors are looked for in the function too.
    pub fn new(store: &Store, f: ExprId, compared: &[ExprId]) -> Probe {
        let mut sampler = Sampler::new(0x6469_6167);
        let mut points = Vec::new();
        for tries in 0..TRIES {
            let point = sampler.point(store, compared, &[], points.len(), tries % 8);
            if num::evaluate(store, compared, &point).is_some() {
                points.push(point);
                if points.len() == POINTS {
                    break;
                }
            }
        }
        Probe { points, roots: std::iter::once(f).chain(compared.iter().copied()).collect() }
    }

    /// The values at every point; `None` where one does not exist.
    pub fn values(&self, store: &Store, ids: &[ExprId]) -> Vec<Option<Vec<Matrix>>> {
        self.points.iter().map(|p| num::evaluate(store, ids, p)).collect()
    }

    /// The values of each expression at every point.
    pub fn values_each(&self, store: &Store, ids: &[ExprId]) -> Vec<Vec<Option<Matrix>>> {
        let mut table = vec![Vec::with_capacity(self.points.len()); ids.len()];
        for point in &self.points {
            for (chunk, rows) in ids.chunks(TOGETHER).zip(table.chunks_mut(TOGETHER)) {
                match num::evaluate(store, chunk, point) {
                    Some(values) => rows.iter_mut().zip(values).for_each(|(row, value)| row.push(Some(value))),
                    None => {
                        for (row, &id) in rows.iter_mut().zip(chunk) {
                            row.push(num::evaluate(store, &[id], point).and_then(|v| v.into_iter().next()));
                        }
                    }
                }
            }
        }
        table
    }

    /// Whether two expressions agree at the points of the probe and at others.
    pub fn same(&self, store: &Store, a: ExprId, b: ExprId) -> bool {
        if a == b {
            return true;
        }
        store.shape(a) == store.shape(b) && self.first_of(store, &[a], b).is_some()
    }

    /// The first of several expressions that equals `right`.
    pub fn first_of(&self, store: &Store, guesses: &[ExprId], right: ExprId) -> Option<usize> {
        let wanted = self.values_each(store, &[right]).pop()?;
        for (chunk_at, chunk) in guesses.chunks(4 * TOGETHER).enumerate() {
            let table = self.values_each(store, chunk);
            for (at, values) in table.iter().enumerate() {
                let mut met = 0;
                let agree = values.iter().zip(&wanted).all(|(value, wanted)| match (value, wanted) {
                    (Some(value), Some(wanted)) => {
                        met += 1;
                        close(value, wanted)
                    }
                    _ => true,
                });
                if agree && met > 0 && by_points(store, chunk[at], right, &[]).is_ok() {
                    return Some(chunk_at * 4 * TOGETHER + at);
                }
            }
        }
        None
    }
}

fn close(a: &Matrix, b: &Matrix) -> bool {
    a.shape() == b.shape() && (a - b).norm() <= 1e-7 * a.norm().max(b.norm()) + 1e-12
}

/// A claim beside the right answer.
pub(super) struct Case<'a> {
    pub store: &'a mut Store,
    /// The function, and the variable's facts.
    pub f: ExprId,
    pub facts: Facts,
    /// Whether it is a gradient, for which the variable's structure matters.
    pub gradient: bool,
    /// The right answer, and before it was projected onto the variable's space.
    pub right: ExprId,
    pub ambient: ExprId,
    pub claim: ExprId,
    /// What it is: `gradient`.
    pub noun: &'static str,
    /// The variable as it is written.
    pub variable: String,
}

/// What is wrong with a claim that is known to be wrong.
pub(super) fn diagnose(case: &mut Case<'_>) -> Diagnosis {
    let (claim, right) = (case.claim, case.right);
    let (found, wanted) = (case.store.shape(claim), case.store.shape(right));
    if found != wanted {
        return case.shape(found, wanted);
    }
    let mut found = case.value(claim).unwrap_or_else(|| case.other());
    if let Some(name) = case.symmetric() {
        found.text.push_str(&format!("; it would be right for a symmetric {name}"));
    }
    found
}

impl Case<'_> {
    fn text(&mut self, id: ExprId) -> String {
        show::show_inline(self.store, id, &Style::new(show::Format::Plain))
    }

    fn shape_text(&self, shape: Shape) -> String {
        if shape.is_scalar() {
            "a scalar".into()
        } else {
            format!("{}×{}", self.store.dim_text(shape.rows), self.store.dim_text(shape.cols))
        }
    }

    /// The claim has another shape.
    fn shape(&mut self, found: Shape, wanted: Shape) -> Diagnosis {
        let noun = self.noun;
        let (has, needs) = (self.shape_text(found), self.shape_text(wanted));
        let both = format!("the claim is {has}, the {noun} {needs}");
        if found == wanted.transposed() {
            let turned = self.store.transpose(self.claim);
            let probe = Probe::new(self.store, self.f, &[self.right, turned]);
            let vector = found.is_row() || found.is_column();
            let name = if found.is_row() {
                "a row instead of a column"
            } else if found.is_column() {
                "a column instead of a row"
            } else {
                "transposed"
            };
            if probe.same(self.store, turned, self.right) {
                let mistake = if vector { Mistake::Layout } else { Mistake::Transposed };
                return diagnosis(mistake, format!("it is {name}: {both}; its transpose is right"));
            }
            return match self.value(turned) {
                Some(more) => diagnosis(more.mistake, format!("it is {name} ({both}), and of its transpose: {}", more.text)),
                None => diagnosis(Mistake::Shape, format!("{both}; transposing alone does not repair it")),
            };
        }
        for edit in reshaped(self.store, self.claim, wanted) {
            let probe = Probe::new(self.store, self.f, &[self.right, edit.result]);
            if probe.same(self.store, edit.result, self.right) {
                return self.tell(&edit, false);
            }
        }
        let mut repairs: Vec<(ExprId, &str)> = Vec::new();
        if found.is_scalar() {
            let ones = self.store.ones(wanted);
            repairs.push((self.store.mul(&[self.claim, ones]), "it is the value of every entry, as a scalar"));
            if wanted.is_square() {
                let eye = self.store.eye(wanted.rows);
                repairs.push((self.store.mul(&[self.claim, eye]), "it is the value on the diagonal, as a scalar"));
            }
        }
        if found.cols == DimId::ONE && wanted.is_square() && found.rows == wanted.rows {
            repairs.push((self.store.diag(self.claim), "it is the diagonal alone, as a vector"));
        }
        if wanted.cols == DimId::ONE && found.is_square() && found.rows == wanted.rows {
            repairs.push((self.store.diagonal(self.claim), "it is a matrix whose diagonal is the answer"));
        }
        let vector = self.store.vec(self.right);
        if self.store.shape(vector) == found && !self.store.is_scalar(self.right) {
            let probe = Probe::new(self.store, self.f, &[self.right, self.claim]);
            if probe.same(self.store, vector, self.claim) {
                return diagnosis(Mistake::Layout, format!("it is stacked into a vector: {both}"));
            }
        }
        for (repaired, words) in repairs {
            let probe = Probe::new(self.store, self.f, &[self.right, repaired]);
            if probe.same(self.store, repaired, self.right) {
                return diagnosis(Mistake::Shape, format!("{words}: {both}"));
            }
        }
        diagnosis(Mistake::Shape, format!("the shape is wrong: {both}"))
    }

    /// What is wrong with an expression of the right shape.
    fn value(&mut self, claim: ExprId) -> Option<Diagnosis> {
        let right = self.right;
        let probe = Probe::new(self.store, self.f, &[right, claim]);
        let noun = self.noun;
        if self.store.is_zero(right) {
            return Some(diagnosis(Mistake::Other, format!("the {noun} is zero")));
        }
        if self.store.is_zero(claim) {
            return Some(diagnosis(Mistake::Other, format!("the {noun} is not zero")));
        }
        if let Some(found) = self.structure(&probe, claim) {
            return Some(found);
        }
        if let Some(ratio) = ratio(self.store, &probe, claim, right) {
            return Some(self.factor(&ratio));
        }
        if self.store.shape(claim).is_square() {
            let turned = self.store.transpose(claim);
            if probe.same(self.store, turned, right) {
                return Some(diagnosis(Mistake::Transposed, format!("it is the transpose of the {noun}")));
            }
        }
        if let Some(found) = self.terms(claim, right) {
            return Some(found);
        }
        if let Some(found) = self.slip(&probe, claim, right) {
            return Some(found);
        }
        let all = [claim, right].map(|id| rewrite::multiplied_out(self.store, id));
        if let Some(found) = self.terms(all[0], all[1]) {
            return Some(found);
        }
        if all != [claim, right]
            && let Some(found) = self.slip(&probe, all[0], all[1])
        {
            return Some(found);
        }
        if self.store.shape(claim).is_square() {
            let turned = self.store.transpose(claim);
            if let Some(ratio) = ratio(self.store, &probe, turned, right) {
                let also = self.factor(&ratio);
                return Some(diagnosis(Mistake::Transposed, format!("it is transposed, and {}", also.text)));
            }
        }
        None
    }

    /// The right answer for another structure of the variable.
    fn structure(&mut self, probe: &Probe, claim: ExprId) -> Option<Diagnosis> {
        let (right, ambient, noun) = (self.right, self.ambient, self.noun);
        if !self.gradient || !self.store.shape(right).is_square() || self.store.is_scalar(right) {
            return None;
        }
        let name = self.variable.clone();
        // G + Gᵀ − G ∘ I: every entry off the diagonal counted with its mirror image.
        let doubled = |store: &mut Store, g: ExprId| {
            let eye = store.eye(store.shape(g).rows);
            let turned = store.transpose(g);
            let diagonal = store.hadamard(&[g, eye]);
            store.sum(vec![(Rational::ONE, g), (Rational::ONE, turned), (Rational::from(-1), diagonal)])
        };
        let symmetric = self.facts.has(Facts::SYMMETRIC);
        let structured = calculus::linear_space(self.facts) != Facts::NONE;
        let twice = doubled(self.store, ambient);
        if twice == claim || !self.facts.has(Facts::DIAGONAL) && probe.same(self.store, twice, claim) {
            let words = if symmetric {
                format!(
                    "it counts the entries of {name} off the diagonal twice (2 G - G ∘ I); the {noun} in the inner product of matrices is G itself"
                )
            } else {
                format!("it is the {noun} for a symmetric {name}, with entries off the diagonal counted twice")
            };
            return Some(diagnosis(Mistake::Symmetrised, words));
        }
        if structured {
            if probe.same(self.store, ambient, claim) {
                return Some(diagnosis(
                    Mistake::Ambient,
                    format!("it is the {noun} for a {name} without structure, not projected onto its space"),
                ));
            }
            let projected = calculus::project(self.store, claim, self.facts);
            if projected != claim && probe.same(self.store, projected, right) {
                return Some(diagnosis(
                    Mistake::Ambient,
                    format!("it is right but for the structure of {name}: it has to be projected onto its space"),
                ));
            }
        } else {
            for (facts, words) in [
                (Facts::SYMMETRIC, "symmetric"),
                (Facts::SKEW, "skew"),
                (Facts::DIAGONAL, "diagonal"),
                (Facts::LOWER, "lower triangular"),
                (Facts::UPPER, "upper triangular"),
            ] {
                if calculus::in_space(self.store, right, facts) {
                    continue;
                }
                let projected = calculus::project(self.store, right, facts);
                if probe.same(self.store, projected, claim) {
                    return Some(diagnosis(
                        Mistake::Symmetrised,
                        format!("it is the {noun} for a {words} {name}, and {name} is not {words}"),
                    ));
                }
            }
        }
        None
    }

    /// A matrix without structure, other than the variable, for whose symmetric values the claim is right.
    fn symmetric(&mut self) -> Option<String> {
        for id in self.store.reachable(&[self.right, self.claim]) {
            let Node::Symbol(symbol) = *self.store.node(id) else { continue };
            let info = self.store.symbol_info(symbol);
            let name = info.spelling.clone();
            if info.facts != Facts::NONE || !info.shape.is_square() || info.shape.is_scalar() || name == self.variable {
                continue;
            }
            let turned = self.store.transpose(id);
            let even = self.store.sum(vec![(Rational::ONE, id), (Rational::ONE, turned)]);
            let [claim, right] = [self.claim, self.right].map(|part| self.store.substitute(part, &[(id, even)]));
            let probe = Probe::new(self.store, self.f, &[right, claim]);
            if probe.same(self.store, claim, right) {
                return Some(name);
            }
        }
        None
    }

    /// The claim is the right answer times a scalar.
    fn factor(&mut self, ratio: &Ratio) -> Diagnosis {
        let noun = self.noun;
        if ratio.scalar.is_none() && ratio.number == Rational::from(-1) {
            return diagnosis(Mistake::Sign, format!("the sign is wrong: it is the negative of the {noun}"));
        }
        let value = self.text(ratio.value);
        let one = ratio.number.is_one();
        match &ratio.scalar {
            Some((_, exponent, true)) if one && exponent.is_one() => {
                diagnosis(Mistake::Mean, format!("it is {value} times the {noun}: a sum instead of a mean"))
            }
            Some((_, exponent, true)) if one && *exponent == Rational::from(-1) => {
                diagnosis(Mistake::Mean, format!("it is {value} times the {noun}: a mean instead of a sum"))
            }
            Some((scalar, exponent, false)) if one && *exponent == Rational::from(-1) => {
                let missing = self.text(*scalar);
                diagnosis(Mistake::Factor, format!("the factor `{missing}` is missing"))
            }
            _ => {
                let inverse =
                    ratio.number.recip().filter(|r| ratio.scalar.is_none() && r.abs() > Rational::ONE && !ratio.number.is_negative());
                match inverse {
                    Some(missing) => diagnosis(Mistake::Factor, format!("a factor of {missing} is missing: it is {value} of the {noun}")),
                    None => diagnosis(Mistake::Factor, format!("it is wrong by a factor of {value}: it is {value} times the {noun}")),
                }
            }
        }
    }

    /// Terms that are missing, too many, or have another number in front.
    fn terms(&mut self, claim: ExprId, right: ExprId) -> Option<Diagnosis> {
        let (mine, theirs) = (self.term_map(claim), self.term_map(right));
        if mine.len() + theirs.len() < 3 {
            return None;
        }
        let mut missing = Vec::new();
        let mut extra = Vec::new();
        let mut other = Vec::new();
        for (&t, c) in &theirs {
            match mine.get(&t) {
                None => missing.push((c.clone(), t)),
                Some(k) if k != c => other.push((k.clone(), c.clone(), t)),
                Some(_) => {}
            }
        }
        extra.extend(mine.iter().filter(|(t, _)| !theirs.contains_key(t)).map(|(&t, c)| (c.clone(), t)));
        // Nothing in common: not the same terms at all.
        if missing.len() + other.len() == theirs.len() && (!missing.is_empty() || theirs.len() > other.len())
            || missing.len() == theirs.len()
        {
            return None;
        }
        match (&missing[..], &extra[..], &other[..]) {
            (_, [], []) if !missing.is_empty() => {
                let list = self.list(&missing);
                let (s, are) = if missing.len() == 1 { ("", "is") } else { ("s", "are") };
                Some(diagnosis(Mistake::MissingTerm, format!("the term{s} {list} {are} missing")))
            }
            ([], _, []) if !extra.is_empty() => {
                let list = self.list(&extra);
                let (s, does) = if extra.len() == 1 { ("", "does") } else { ("s", "do") };
                Some(diagnosis(Mistake::ExtraTerm, format!("the term{s} {list} {does} not belong there")))
            }
            ([], [], [(found, wanted, t)]) => Some(self.coefficient(found, wanted, *t)),
            ([(c, t)], [(k, s)], []) => {
                let (wanted, found) = (self.store.scale(c, *t), self.store.scale(k, *s));
                self.pair(found, wanted)
            }
            _ => None,
        }
    }

    fn term_map(&mut self, id: ExprId) -> BTreeMap<ExprId, Rational> {
        match self.store.node(id) {
            Node::Sum(terms) => terms.iter().map(|(c, t)| (*t, c.clone())).collect(),
            // 2 (a + b)
            Node::Product { coefficient, scalars, chain } if scalars.is_empty() && chain.len() == 1 => {
                let (c, f) = (coefficient.clone(), chain[0]);
                match self.store.node(f.base) {
                    Node::Sum(terms) if !f.flipped && f.power == ExprId::ONE => terms.iter().map(|(k, t)| (*t, c.mul(k))).collect(),
                    _ => BTreeMap::from([(self.store.bare(id), c)]),
                }
            }
            _ => {
                let (c, t) = self.store.split_number(id);
                BTreeMap::from([(t, c)])
            }
        }
    }

    fn list(&mut self, terms: &[(Rational, ExprId)]) -> String {
        let texts: Vec<String> = terms
            .iter()
            .map(|(c, t)| {
                let term = self.store.scale(c, *t);
                format!("`{}`", self.text(term))
            })
            .collect();
        texts.join(", ")
    }

    fn coefficient(&mut self, found: &Rational, wanted: &Rational, t: ExprId) -> Diagnosis {
        let ratio = found.div(wanted).unwrap_or(Rational::ONE);
        let (found, wanted) = (self.store.scale(found, t), self.store.scale(wanted, t));
        let (found, wanted) = (self.text(found), self.text(wanted));
        if ratio == Rational::from(-1) {
            return diagnosis(Mistake::TermSign, format!("the term `{found}` has the wrong sign: it should be `{wanted}`"));
        }
        diagnosis(Mistake::TermFactor, format!("the term `{found}` is wrong by a factor of {ratio}: it should be `{wanted}`"))
    }

    /// One term stands for another.
    fn pair(&mut self, found: ExprId, wanted: ExprId) -> Option<Diagnosis> {
        let probe = Probe::new(self.store, self.f, &[wanted, found]);
        let (mine, theirs) = (self.text(found), self.text(wanted));
        if let Some(ratio) = ratio(self.store, &probe, found, wanted) {
            let value = self.text(ratio.value);
            return Some(if ratio.scalar.is_none() && ratio.number == Rational::from(-1) {
                diagnosis(Mistake::TermSign, format!("the term `{mine}` has the wrong sign: it should be `{theirs}`"))
            } else {
                diagnosis(Mistake::TermFactor, format!("the term `{mine}` is wrong by a factor of {value}: it should be `{theirs}`"))
            });
        }
        if self.store.shape(found).is_square() {
            let turned = self.store.transpose(found);
            if probe.same(self.store, turned, wanted) {
                return Some(diagnosis(Mistake::PartTransposed, format!("the term `{mine}` is transposed: it should be `{theirs}`")));
            }
        }
        self.slip(&probe, found, wanted)
    }

    /// A single slip that leads from the right answer to the claim, or back.
    fn slip(&mut self, probe: &Probe, claim: ExprId, right: ExprId) -> Option<Diagnosis> {
        let forth = edits(self.store, right);
        let back = edits(self.store, claim);
        // The better explanation of the two ways; of two alike, that in the terms of the right answer.
        let guesses: Vec<ExprId> = forth.iter().map(|e| e.result).collect();
        let forth_hit = probe.first_of(self.store, &guesses, claim).map(|at| forth[at]);
        let guesses: Vec<ExprId> = back.iter().filter(|e| forth_hit.is_none_or(|f| e.slip < f.slip)).map(|e| e.result).collect();
        let back_hit = probe.first_of(self.store, &guesses, right).map(|at| back[at]);
        match (forth_hit, back_hit) {
            (_, Some(edit)) => Some(self.tell(&edit, false)),
            (Some(edit), None) => Some(self.tell(&edit, true)),
            (None, None) => None,
        }
    }

    /// A slip in words; `forth` where it leads from the right answer to the claim.
    fn tell(&mut self, edit: &Edit, forth: bool) -> Diagnosis {
        let (wrong, right) = if forth { (edit.replacement, edit.node) } else { (edit.node, edit.replacement) };
        let part = self.text(edit.part);
        let (wrong, right) = (self.turned_like(wrong, right), self.text(right));
        let should = format!("`{wrong}` should be `{right}`");
        match edit.slip {
            Slip::Drop if forth => diagnosis(Mistake::MissingTerm, format!("the term `{part}` is missing: {should}")),
            Slip::Drop => diagnosis(Mistake::ExtraTerm, format!("the term `{part}` does not belong there: {should}")),
            Slip::Sign => diagnosis(Mistake::TermSign, format!("a sign is wrong: {should}")),
            Slip::Number => diagnosis(Mistake::TermFactor, format!("a number is wrong: {should}")),
            Slip::Order => {
                // Of a product that is printed as a transpose the factors are named as they stand in it.
                let mut inside = |id: ExprId| {
                    let text = self.text(id);
                    let turned = self.store.transpose(id);
                    let turned = self.text(turned);
                    if !wrong.contains(&text) && wrong.contains(&turned) { turned } else { text }
                };
                let part = inside(edit.part);
                let other = edit.other.map_or_else(|| "its neighbour".to_owned(), |o| format!("`{}`", inside(o)));
                diagnosis(Mistake::Order, format!("the order of `{part}` and {other} is exchanged: {should}"))
            }
            Slip::Transpose => diagnosis(Mistake::PartTransposed, format!("a transpose is missing or too many: {should}")),
            Slip::Entrywise => diagnosis(
                Mistake::Entrywise,
                format!("an element-wise operation and one of matrices are mistaken for each other: {should}"),
            ),
            Slip::Function => diagnosis(Mistake::Function, format!("another function is needed: {should}")),
            Slip::Inverse => diagnosis(Mistake::Inverse, format!("an inverse is missing or too many: {should}")),
            Slip::Factor if forth => diagnosis(Mistake::PartFactor, format!("the factor `{part}` is missing: {should}")),
            Slip::Factor => diagnosis(Mistake::PartFactor, format!("the factor `{part}` does not belong there: {should}")),
            Slip::Exponent => diagnosis(Mistake::Exponent, format!("an exponent is wrong: {should}")),
        }
    }

    /// A scalar's text, read from the other end where that is how the other one is written: `yᵀXᵀdw` beside `yᵀX dw`, not `dwᵀX y`.
    fn turned_like(&mut self, id: ExprId, other: ExprId) -> String {
        let bases = |store: &Store, id: ExprId| match store.node(id) {
            Node::Product { coefficient, scalars, chain } if scalars.is_empty() && coefficient.is_one() && store.is_scalar(id) => {
                chain.iter().map(|f| f.base).collect()
            }
            _ => Vec::new(),
        };
        let (own, wanted) = (bases(self.store, id), bases(self.store, other));
        if own.len() < 2 || own == wanted || !own.iter().rev().eq(wanted.iter()) {
            return self.text(id);
        }
        let Node::Product { chain, .. } = self.store.node(id).clone() else { return self.text(id) };
        let mut text = String::new();
        for f in chain.iter().rev() {
            let factor = self.store.factor(crate::ir::Factor { flipped: !f.flipped, ..*f });
            let sum = matches!(self.store.node(factor), Node::Sum(_));
            let part = self.text(factor);
            let part = if sum { format!("({part})") } else { part };
            if text.ends_with(|c: char| c.is_alphanumeric()) {
                text.push(' ');
            }
            text.push_str(&part);
        }
        text
    }

    /// No single slip explains it: what the difference is.
    fn other(&mut self) -> Diagnosis {
        let difference = self.store.sub(self.claim, self.right);
        let difference = Rewriter::new().simplify(self.store, difference);
        let text = self.text(difference);
        if text.chars().count() <= 80 {
            return diagnosis(Mistake::Other, format!("it differs from the {} by `{text}`", self.noun));
        }
        diagnosis(Mistake::Other, format!("it is not the {}", self.noun))
    }
}
