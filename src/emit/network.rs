//! Contractions: operands with labelled axes, and the cheapest order of multiplying them pairwise.
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

    fn has(&self, label: Label) -> bool {
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

/// Most operands for which every order is tried.
const EXHAUSTIVE: usize = 7;

/// Most operands for which every bracketing is tried.
const INTERVALS: usize = 24;

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

    /// Makes one label stand for several.
    pub fn split(&mut self, label: Label, parts: &[Label]) {
        self.gone.push(label);
        self.splits.push((label, parts.iter().copied().collect()));
    }

    fn cost(&self, labels: impl IntoIterator<Item = Label>) -> f64 {
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
            n if n <= EXHAUSTIVE => self.best_order(&net, operands, &axes, &front, live),
            n if n <= INTERVALS => self.best_intervals(&net, &operands, &axes, &front),
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
            let holders = net.operands.iter().filter(|o| o.has(label)).count();
            let inverse = net.operands.iter().any(|o| o.has(label) && matches!(o.what, What::Inverse(..)));
            if out.contains(&label) || holders == 0 || inverse || subscripts.iter().any(|s| s.0 == label) {
                net.operands.push(Operand::array(unit, [label]));
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

    /// Every order of a few operands, by dynamic programming over subsets.
    fn best_order(&mut self, net: &Network, operands: Vec<Operand>, out: &[Label], front: &Front, live: &[bool]) -> Operand {
        let n = operands.len();
        let full = (1usize << n) - 1;
        // The labels that a subset's value has.
        let kept = |set: usize| -> Labels {
            let mut labels: Labels = SmallVec::new();
            for (k, o) in operands.iter().enumerate() {
                if set & 1 << k != 0 {
                    for &l in &o.labels {
                        let outside = out.contains(&l) || operands.iter().enumerate().any(|(j, o)| set & 1 << j == 0 && o.has(l));
                        if outside && !labels.contains(&l) {
                            labels.push(l);
                        }
                    }
                }
            }
            labels.sort_unstable();
            labels
        };
        let mut labels: Vec<Labels> = (0..=full).map(kept).collect();
        labels[full] = out.iter().copied().filter(|l| labels[full].contains(l)).collect();
        let single = |set: usize| (set.count_ones() == 1).then(|| &operands[set.trailing_zeros() as usize]);
        let mut best: Vec<(f64, usize)> = vec![(f64::INFINITY, 0); full + 1];
        for set in 1..=full {
            if set.count_ones() == 1 {
                best[set] = (0.0, 0);
                continue;
            }
            if set.count_ones() == 2 && n > 2 && self.is_live_pair(&operands, set, &labels[set], live) {
                let low = set & set.wrapping_neg();
                best[set] = (0.0, low);
                continue;
            }
            // The rest as late as possible first: equal costs group from the left, as Python does.
            let low = set & set.wrapping_neg();
            let rest = set ^ low;
            let mut part = rest;
            loop {
                // `left` holds the lowest operand.
                let left = low | part & rest;
                let right = set ^ left;
                if right != 0 {
                    let own = Self::pair_cost(net, [single(left), single(right)], [&labels[left], &labels[right]], &labels[set]);
                    let cost = best[left].0 + best[right].0 + own;
                    let better = cost < best[set].0 * (1.0 - 1e-9);
                    if better {
                        best[set] = (cost, left);
                    }
                }
                if part == 0 {
                    break;
                }
                part = (part - 1) & rest;
            }
        }
        // A few operands, so this recursion is a few deep.
        self.build(&operands, &labels, &best, full, front)
    }

    fn is_live_pair(&mut self, operands: &[Operand], set: usize, out: &Labels, live: &[bool]) -> bool {
        if live.is_empty() {
            return false;
        }
        let mut pair = operands.iter().enumerate().filter(|(k, _)| set & 1 << k != 0).map(|(_, o)| o.clone());
        let (Some(a), Some(b)) = (pair.next(), pair.next()) else { return false };
        if !a.labels.iter().any(|&l| b.has(l)) {
            return false;
        }
        match self.pair(a, b, out).what {
            What::Array(id) => {
                // A transpose of what is computed costs nothing.
                let bare =
                    if matches!(&self.get(id).kind, super::instr::Kind::Text(t) if t == "{0}.T") { self.get(id).args[0].0 } else { id };
                live.get(bare.index()).copied().unwrap_or(false) && !self.get(bare).cheap
            }
            What::Inverse(..) => false,
        }
    }

    fn build(&mut self, operands: &[Operand], labels: &[Labels], best: &[(f64, usize)], set: usize, front: &Front) -> Operand {
        if set.count_ones() == 1 {
            return operands[set.trailing_zeros() as usize].clone();
        }
        let left = best[set].1;
        let right = set ^ left;
        let one = Front::default();
        let a = self.build(operands, labels, best, left, &one);
        let b = self.build(operands, labels, best, right, &one);
        self.scaled_pair(a, b, &labels[set], front)
    }

    /// The pair with a scalar in front, put where it costs least.
    fn scaled_pair(&mut self, a: Operand, b: Operand, out: &[Label], front: &Front) -> Operand {
        if front.is_one() {
            return self.pair(a, b, out);
        }
        let grows = out.len() > a.labels.len().min(b.labels.len());
        if grows && (matches!(a.what, What::Array(_)) && matches!(b.what, What::Array(_))) {
            let (mut a, mut b) = (a, b);
            let smaller = if b.labels.len() < a.labels.len() { &mut b } else { &mut a };
            if let What::Array(id) = smaller.what {
                smaller.what = What::Array(self.scale(front, id));
                smaller.symmetric = false;
            }
            return self.pair(a, b, out);
        }
        let mut result = self.pair(a, b, out);
        if let What::Array(id) = result.what {
            result.what = What::Array(self.scale(front, id));
        }
        result
    }

    /// An estimate of multiply-adds, with a little more for what reads worse.
    fn pair_cost(net: &Network, parts: [Option<&Operand>; 2], labels: [&Labels; 2], out: &Labels) -> f64 {
        let [la, lb] = labels;
        let mut union: Labels = la.clone();
        union.extend(lb.iter().copied().filter(|l| !la.contains(l)));
        let mut cost = net.cost(union.iter().copied());
        // A stack of products that no single call to BLAS computes.
        if union.len() > 3 {
            cost *= 4.0;
        }
        let bound: Labels = la.iter().copied().filter(|l| lb.contains(l) && !out.contains(l)).collect();
        let kept = la.iter().any(|l| lb.contains(l) && out.contains(l));
        for (part, other) in [(parts[0], lb), (parts[1], la)] {
            if let Some(o) = part
                && matches!(o.what, What::Inverse(..))
            {
                let n = net.cost(o.labels.iter().take(1).copied());
                cost += n * n * n / 3.0;
                if bound.is_empty() || kept || other.len() > 2 {
                    cost += n * n * n;
                } else if bound.len() == 2 {
                    cost = n * n * n * 4.0 / 3.0;
                }
            }
        }
        // Equal costs: A @ x rather than a transpose in front of it, the vector on the right.
        if let [k] = bound[..] {
            let turned = |m: &Labels, at: usize, symmetric: bool| m.len() == 2 && !symmetric && m.get(at) == Some(&k);
            let symmetric = |o: Option<&Operand>| o.is_some_and(|o| o.symmetric);
            match (la.len(), lb.len()) {
                (2, 1) if turned(la, 0, symmetric(parts[0])) => cost *= 1.0 + 2e-6,
                (1, 2) => cost *= if turned(lb, 0, symmetric(parts[1])) { 1.0 + 3e-6 } else { 1.0 + 1e-6 },
                _ => {}
            }
        }
        cost + 1.0
    }

    /// Every bracketing of a chain.
    fn best_intervals(&mut self, net: &Network, operands: &[Operand], out: &[Label], front: &Front) -> Operand {
        let n = operands.len();
        let holders = holders_of(operands, net.extents.len());
        // The labels of operands i…j that others need too.
        let kept = |i: usize, j: usize| -> Labels {
            let mut labels = Labels::new();
            for &l in operands[i..=j].iter().flat_map(|o| &o.labels) {
                let inside = operands[i..=j].iter().filter(|o| o.has(l)).count();
                let outside = (inside as u32) < holders[l as usize] || out.contains(&l);
                if outside && !labels.contains(&l) {
                    labels.push(l);
                }
            }
            labels.sort_unstable();
            labels
        };
        let at = |i: usize, j: usize| i * n + j;
        let mut labels: Vec<Labels> = vec![Labels::new(); n * n];
        let mut best: Vec<(f64, usize)> = vec![(0.0, 0); n * n];
        for length in 1..=n {
            for i in 0..=n - length {
                let j = i + length - 1;
                labels[at(i, j)] =
                    if length == n { out.iter().copied().filter(|l| holders[*l as usize] > 0).collect() } else { kept(i, j) };
                if length == 1 {
                    continue;
                }
                let mut found = (f64::INFINITY, i);
                for k in (i..j).rev() {
                    let parts = [(i == k).then(|| &operands[i]), (k + 1 == j).then(|| &operands[j])];
                    let own = Self::pair_cost(net, parts, [&labels[at(i, k)], &labels[at(k + 1, j)]], &labels[at(i, j)]);
                    let cost = best[at(i, k)].0 + best[at(k + 1, j)].0 + own;
                    if cost < found.0 * (1.0 - 1e-9) {
                        found = (cost, k);
                    }
                }
                best[at(i, j)] = found;
            }
        }
        // Post-order on a stack of intervals: children first, then their product.
        let mut built: Vec<Option<Operand>> = vec![None; n * n];
        let mut stack = vec![(0, n - 1, false)];
        while let Some((i, j, ready)) = stack.pop() {
            let k = best[at(i, j)].1;
            if i == j {
                built[at(i, j)] = Some(operands[i].clone());
            } else if !ready {
                stack.extend([(i, j, true), (k + 1, j, false), (i, k, false)]);
            } else if let (Some(a), Some(b)) = (built[at(i, k)].take(), built[at(k + 1, j)].take()) {
                let one = Front::default();
                let front = if (i, j) == (0, n - 1) { front } else { &one };
                let out = labels[at(i, j)].clone();
                built[at(i, j)] = Some(self.scaled_pair(a, b, &out, front));
            }
        }
        built[at(0, n - 1)].take().unwrap_or_else(|| Operand::array(Id(0), []))
    }

    /// Long chains, in linear time: cut where nothing is shared (an outer product), and fold each part from its narrow end.
    fn long_chain(&mut self, net: &Network, operands: Vec<Operand>, out: &[Label], front: &Front) -> Operand {
        // How many operands still to come have each label.
        let mut waiting = holders_of(&operands, net.extents.len());
        let mut open = 0usize;
        let mut parts: Vec<Vec<Operand>> = vec![Vec::new()];
        let mut opened = vec![false; waiting.len()];
        for o in operands {
            for &l in &o.labels {
                let shared = waiting[l as usize] > 1 || opened[l as usize];
                waiting[l as usize] -= 1;
                if shared && !opened[l as usize] {
                    opened[l as usize] = true;
                    open += 1;
                } else if shared && waiting[l as usize] == 0 {
                    open -= 1;
                }
            }
            if let Some(part) = parts.last_mut() {
                part.push(o);
            }
            if open == 0 {
                parts.push(Vec::new());
            }
        }
        let mut result: Option<Operand> = None;
        for part in parts.into_iter().filter(|p| !p.is_empty()) {
            let value = self.folded(net, part, out);
            result = Some(match result {
                None => value,
                Some(before) => {
                    let has = |l: &Label| before.has(*l) || value.has(*l);
                    let labels: Labels = out.iter().copied().filter(has).collect();
                    self.pair(before, value, &labels)
                }
            });
        }
        let mut result = result.unwrap_or_else(|| Operand::array(Id(0), []));
        if let What::Array(id) = result.what {
            result.what = What::Array(self.scale(front, id));
        }
        result
    }

    /// A part of a chain, from its narrower end.
    fn folded(&mut self, net: &Network, mut part: Vec<Operand>, out: &[Label]) -> Operand {
        let size = |o: Option<&Operand>| o.map_or(0.0, |o| net.cost(o.labels.iter().copied()));
        let from_left = size(part.first()) < size(part.last());
        if !from_left {
            part.reverse();
        }
        let mut waiting = vec![0u32; net.extents.len()];
        for l in part.iter().flat_map(|o| &o.labels) {
            waiting[*l as usize] += 1;
        }
        let mut result: Option<Operand> = None;
        for next in part {
            for l in &next.labels {
                waiting[*l as usize] -= 1;
            }
            result = Some(match result {
                None => next,
                Some(before) => {
                    let mut labels: Labels = before.labels.iter().chain(&next.labels).copied().collect();
                    labels.sort_unstable();
                    labels.dedup();
                    labels.retain(|l| out.contains(l) || waiting[*l as usize] > 0);
                    let (a, b) = if from_left { (before, next) } else { (next, before) };
                    self.pair(a, b, &labels)
                }
            });
        }
        result.unwrap_or_else(|| Operand::array(Id(0), []))
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
fn holders_of(operands: &[Operand], labels: usize) -> Vec<u32> {
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
