//! Contractions: operands with labelled axes, made ready for multiplying pairwise.
//!
//! A chain A B v is A[a,b] B[b,c] v[c]; a sum over samples is one more label; diag(v) makes two labels one.

use super::arith::Front;
use super::instr::{Hole, Id, InverseUse, Rank, Table};
use crate::base::Rational;
use smallvec::SmallVec;

/// An axis's label; labels are compared by number, and results keep their axes in this order.
pub(super) type Label = u32;

/// Labels of an operand's axes, in order.
pub(super) type Labels = SmallVec<[Label; 4]>;

/// What an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An array.
    Array(Id),
    /// The inverse of a square matrix, not yet computed; the flag says that the matrix is symmetric.
    Inverse(Id, bool),
}

/// An operand of a contraction.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub what: What,
    pub labels: Labels,
    /// Whether exchanging the two axes changes nothing.
    pub symmetric: bool,
}

impl Operand {
    pub fn array(id: Id, labels: impl IntoIterator<Item = Label>) -> Self {
        Operand { what: What::Array(id), labels: labels.into_iter().collect(), symmetric: false }
    }

    /// Whether one of its axes has this label.
    pub fn has(&self, label: Label) -> bool {
        self.labels.contains(&label)
    }
}

/// How long an axis is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// An estimate for comparing costs.
    pub cost: f64,
    /// The number of entries, as code.
    pub count: Id,
}

/// Operands and their labels.
#[derive(Default)]
pub(super) struct Network {
    pub extents: Vec<Extent>,
    same: Vec<Label>,
    fixed: Vec<(Label, Id, Id)>,
    gone: Vec<Label>,
    /// Labels of the result that stand for several, merged in row-major order at the end.
    splits: Vec<(Label, Labels)>,
    pub operands: Vec<Operand>,
}

impl Network {
    /// A new label.
    pub fn label(&mut self, extent: Extent) -> Label {
        self.extents.push(extent);
        let label = Label::try_from(self.same.len()).unwrap_or(Label::MAX);
        self.same.push(label);
        label
    }

    /// The label that this one was made equal to.
    pub fn find(&self, mut label: Label) -> Label {
        while self.same[label as usize] != label {
            label = self.same[label as usize];
        }
        label
    }

    /// Makes two labels one: a diagonal matrix or the identity stands between them.
    pub fn unify(&mut self, a: Label, b: Label) {
        let (a, b) = (self.find(a), self.find(b));
        self.same[a.max(b) as usize] = a.min(b);
    }

    /// Fixes a label to one index (counted from 0): a unit vector. `unit` is the vector as code, for where the label stays.
    pub fn fix(&mut self, label: Label, index: Id, unit: Id) {
        self.fixed.push((label, index, unit));
    }

    /// Whether nothing has been put in.
    pub fn is_empty(&self) -> bool {
        self.operands.is_empty() && self.fixed.is_empty()
    }

    /// Makes one label stand for several.
    pub fn split(&mut self, label: Label, parts: &[Label]) {
        self.gone.push(label);
        self.splits.push((label, parts.iter().copied().collect()));
    }

    /// The estimated size of an array with these labels.
    pub fn cost(&self, labels: impl IntoIterator<Item = Label>) -> f64 {
        labels.into_iter().map(|l| self.extents[l as usize].cost).product()
    }
}

impl Table {
    /// The value of the network with the axes `out` (those that some operand has; the others are constant along it).
    /// `live` are the instructions that the code computes anyway; `inverted` says which matrices are inverted for good.
    pub fn contract(&mut self, mut net: Network, out: &[Label], front: &Front, live: &[bool]) -> Operand {
        let mut front = front.clone();
        let merged: Vec<Label> = out.iter().map(|&l| net.find(l)).collect();
        let mut out: Vec<Label> = Vec::new();
        for &l in &merged {
            match net.splits.iter().find(|s| s.0 == l) {
                Some((_, parts)) => out.extend(parts.iter().map(|&p| net.find(p))),
                None => out.push(l),
            }
        }
        for at in 0..net.operands.len() {
            for k in 0..net.operands[at].labels.len() {
                net.operands[at].labels[k] = net.find(net.operands[at].labels[k]);
            }
        }
        let doubled = out.len() > 2 && out.iter().enumerate().any(|(k, l)| out[..k].contains(l));
        if doubled || !net.splits.is_empty() {
            self.complete(&mut net, &mut out);
        }
        self.apply_fixed(&mut net, &out);
        let mut holders = holders_of(&net.operands, net.extents.len());
        // A bound label that no operand has: the sum of so many equal terms.
        for label in 0..Label::try_from(net.extents.len()).unwrap_or(0) {
            let free = holders[label as usize] == 0 && net.find(label) == label;
            if free && !out.contains(&label) && !net.gone.contains(&label) {
                front.num.push(net.extents[label as usize].count);
            }
        }
        for at in 0..net.operands.len() {
            self.take_diagonals(&mut net, at, &out, &holders);
        }
        holders = holders_of(&net.operands, net.extents.len());
        for at in 0..net.operands.len() {
            self.sum_out(&mut net, at, &out, &holders);
        }
        // Every axis once, in the order of the result.
        let mut axes = Labels::new();
        for &l in &out {
            if !axes.contains(&l) {
                axes.push(l);
            }
        }
        let operands = std::mem::take(&mut net.operands);
        let result = match operands.len() {
            0 => Operand::array(self.times(&front.coefficient.clone(), &front.num, &front.den), []),
            1 => {
                let only = operands.into_iter().next().unwrap_or_else(|| Operand::array(Id(0), []));
                let mut only = self.arranged(only, &out);
                if let What::Array(id) = only.what {
                    only.what = What::Array(self.scale(&front, id));
                }
                only
            }
            n if n <= super::order::EXHAUSTIVE => self.best_order(&net, operands, &axes, &front, live),
            n if n <= super::order::INTERVALS => self.best_intervals(&net, &operands, &axes, &front),
            _ => self.long_chain(&net, operands, &axes, &front),
        };
        let result = self.arranged(result, &out);
        if net.splits.is_empty() { result } else { self.merge(&net, result, &merged) }
    }

    /// Where labels are to be merged: each of their parts once in `out`, and held by some operand.
    fn complete(&mut self, net: &mut Network, out: &mut [Label]) {
        for at in 0..out.len() {
            let extent = net.extents[out[at] as usize];
            if out[..at].contains(&out[at]) {
                let twin = net.label(extent);
                let eye = self.call("np.eye({0})", &[extent.count], 2);
                net.operands.push(Operand::array(eye, [out[at], twin]));
                out[at] = twin;
            } else if !net.operands.iter().any(|o| o.has(out[at])) {
                let ones = self.call("np.ones({0})", &[extent.count], 1);
                net.operands.push(Operand::array(ones, [out[at]]));
            }
        }
    }

    /// The parts of split labels back in one axis.
    fn merge(&mut self, net: &Network, result: Operand, merged: &[Label]) -> Operand {
        let What::Array(id) = result.what else { return result };
        if let [l] = *merged
            && result.labels.len() > 1
        {
            let id = self.text("{0}.reshape(-1)", &[(id, Hole::Atom)], Rank::Atom, 1);
            return Operand::array(id, [l]);
        }
        let mut args = vec![(id, Hole::Atom)];
        args.extend(merged.iter().map(|&l| (net.extents[l as usize].count, Hole::Any)));
        let slots: Vec<String> = (1..args.len()).map(|k| format!("{{{k}}}")).collect();
        let id = self.text(format!("{{0}}.reshape({})", slots.join(", ")), &args, Rank::Atom, merged.len());
        Operand::array(id, merged.iter().copied())
    }

    /// Unit vectors become subscripts; one whose label stays is an operand.
    fn apply_fixed(&mut self, net: &mut Network, out: &[Label]) {
        let mut subscripts: Vec<(Label, Id)> = Vec::new();
        // One column of an inverse is one solve.
        for at in 0..net.fixed.len() {
            let (label, _, unit) = net.fixed[at];
            let label = net.find(label);
            let holders: Vec<usize> = (0..net.operands.len()).filter(|&k| net.operands[k].has(label)).collect();
            if let [holder] = holders[..]
                && !out.contains(&label)
                && let Some(solved) = self.solve(&net.operands[holder].clone(), &Operand::array(unit, [label]), out)
            {
                net.operands[holder] = solved;
                net.gone.push(label);
                net.fixed[at].0 = Label::MAX;
            }
        }
        net.fixed.retain(|f| f.0 != Label::MAX);
        for (label, index, unit) in std::mem::take(&mut net.fixed) {
            let label = net.find(label);
            let inverse = net.operands.iter().any(|o| o.has(label) && matches!(o.what, What::Inverse(..)));
            if out.contains(&label) || inverse {
                net.operands.push(Operand::array(unit, [label]));
            } else if let Some(&(_, other)) = subscripts.iter().find(|s| s.0 == label) {
                // e_iᵀe_k is 1 where the two are one index.
                let met = self.call("float({0} == {1})", &[other, index], 0);
                net.operands.push(Operand::array(met, []));
            } else {
                subscripts.push((label, index));
            }
        }
        for operand in &mut net.operands {
            let What::Array(id) = operand.what else { continue };
            let mut args = vec![(id, Hole::Atom)];
            let mut slots = Vec::new();
            let mut rest = Labels::new();
            for &label in &operand.labels {
                if let Some(&(_, index)) = subscripts.iter().find(|s| s.0 == label) {
                    slots.push(format!("{{{}}}", args.len()));
                    args.push((index, Hole::Any));
                } else {
                    slots.push(":".to_owned());
                    rest.push(label);
                }
            }
            if args.len() == 1 {
                continue;
            }
            while slots.last().is_some_and(|s| s == ":") {
                slots.pop();
            }
            let id = self.text(format!("{{0}}[{}]", slots.join(", ")), &args, Rank::Atom, rest.len());
            *operand = Operand::array(id, rest);
        }
        // A label that only subscripts had is bound no longer.
        net.gone.extend(subscripts.into_iter().map(|s| s.0));
    }

    /// An operand with one label twice: its trace where the label is bound here, else its diagonal.
    fn take_diagonals(&mut self, net: &mut Network, at: usize, out: &[Label], holders: &[u32]) {
        let twice = |o: &Operand| o.labels.iter().enumerate().find(|(k, l)| o.labels[..*k].contains(l)).map(|(_, &l)| l);
        while let Some(label) = twice(&net.operands[at]) {
            let operand = self.materialise(net.operands[at].clone());
            let What::Array(id) = operand.what else { return };
            let alone = !out.contains(&label) && holders[label as usize] == 1;
            let mut labels: Labels = operand.labels.iter().copied().filter(|&l| l != label).collect();
            let id = match (labels.is_empty(), alone) {
                (true, true) => self.call("np.trace({0})", &[id], 0),
                (true, false) => {
                    labels.push(label);
                    self.call("np.diagonal({0})", &[id], 1)
                }
                (false, _) => {
                    let (first, letters) = letters_of(&operand.labels, &[]);
                    if !alone {
                        labels.push(label);
                    }
                    let (second, _) = letters_of(&labels, &letters);
                    self.call(format!("np.einsum('{first}->{second}', {{0}})"), &[id], labels.len())
                }
            };
            net.operands[at] = Operand::array(id, labels);
        }
    }

    /// Labels that only this operand has and that are bound here are summed at once.
    fn sum_out(&mut self, net: &mut Network, at: usize, out: &[Label], holders: &[u32]) {
        let own = |l: &Label| !out.contains(l) && holders[*l as usize] == 1;
        let axes: Vec<usize> = (0..net.operands[at].labels.len()).filter(|&k| own(&net.operands[at].labels[k])).collect();
        if axes.is_empty() {
            return;
        }
        if let [axis] = axes[..]
            && matches!(net.operands[at].what, What::Inverse(..))
        {
            let label = net.operands[at].labels[axis];
            let ones = self.call("np.ones({0})", &[net.extents[label as usize].count], 1);
            if let Some(solved) = self.solve(&net.operands[at].clone(), &Operand::array(ones, [label]), out) {
                net.operands[at] = solved;
                return;
            }
        }
        let operand = self.materialise(net.operands[at].clone());
        let What::Array(id) = operand.what else { return };
        let rest: Labels = operand.labels.iter().enumerate().filter(|(k, _)| !axes.contains(k)).map(|(_, &l)| l).collect();
        let id = if rest.is_empty() {
            self.call("np.sum({0})", &[id], 0)
        } else if let [axis] = axes[..] {
            self.call(format!("np.sum({{0}}, axis={axis})"), &[id], rest.len())
        } else {
            let axes: Vec<String> = axes.iter().map(usize::to_string).collect();
            self.call(format!("np.sum({{0}}, axis=({}))", axes.join(", ")), &[id], rest.len())
        };
        net.operands[at] = Operand::array(id, rest);
    }

    /// An inverse as an array.
    pub fn materialise(&mut self, operand: Operand) -> Operand {
        let What::Inverse(matrix, symmetric) = operand.what else { return operand };
        let id = self.inverse(matrix);
        Operand { what: What::Array(id), symmetric, ..operand }
    }

    /// `A⁻¹` written out.
    pub fn inverse(&mut self, matrix: Id) -> Id {
        let ndim = self.ndim(matrix);
        let id = self.call("np.linalg.inv({0})", &[matrix], ndim);
        self.inverses.insert(id, InverseUse::Bare(matrix));
        id
    }

    /// The operand with its axes in the order of `out`.
    fn arranged(&mut self, operand: Operand, out: &[Label]) -> Operand {
        let operand = self.materialise(operand);
        let What::Array(mut id) = operand.what else { return operand };
        let mut labels = operand.labels;
        // A label that is asked for twice: a diagonal matrix.
        let doubled = out.iter().enumerate().find(|(k, l)| out[..*k].contains(l)).map(|(_, &l)| l);
        if let Some(label) = doubled
            && labels.as_slice() == [label]
        {
            id = self.call("np.diag({0})", &[id], 2);
            return Operand::array(id, [label, label]);
        }
        let wanted: Labels = out.iter().copied().filter(|l| labels.contains(l)).collect();
        if wanted != labels {
            id = self.permuted(id, &labels, &wanted);
            labels = wanted;
        }
        Operand { what: What::Array(id), labels, symmetric: false }
    }

    /// The array with its axes permuted from `labels` to `wanted`.
    pub fn permuted(&mut self, id: Id, labels: &[Label], wanted: &[Label]) -> Id {
        if labels == wanted {
            return id;
        }
        if labels.len() == 2 {
            return self.transpose(id);
        }
        let axes: Vec<String> = wanted.iter().filter_map(|l| labels.iter().position(|k| k == l)).map(|k| k.to_string()).collect();
        self.call(format!("np.transpose({{0}}, ({}))", axes.join(", ")), &[id], wanted.len())
    }
}

/// How many operands have each label.
pub(super) fn holders_of(operands: &[Operand], labels: usize) -> Vec<u32> {
    let mut holders = vec![0; labels];
    for operand in operands {
        for (k, l) in operand.labels.iter().enumerate() {
            if !operand.labels[..k].contains(l) {
                holders[*l as usize] += 1;
            }
        }
    }
    holders
}

/// Letters for labels, for `einsum`; `known` pairs go on being used.
pub(super) fn letters_of(labels: &[Label], known: &[(Label, char)]) -> (String, Vec<(Label, char)>) {
    let mut pairs = known.to_vec();
    let mut text = String::new();
    for &l in labels {
        let letter = match pairs.iter().find(|(k, _)| *k == l) {
            Some(&(_, c)) => c,
            None => {
                let c = char::from(b'i' + u8::try_from(pairs.len() % 17).unwrap_or(0));
                pairs.push((l, c));
                c
            }
        };
        text.push(letter);
    }
    (text, pairs)
}

/// A front of one number.
impl From<Rational> for Front {
    fn from(coefficient: Rational) -> Self {
        Front { coefficient, ..Front::default() }
    }
}
