//! In which order the operands of a contraction are multiplied: the cheapest bracketing, sizes being unknown.
//!
//! Columns are thin, named sizes are large and alike, numbers are what they are. A few operands: every order. A chain:
//! every bracketing. A long chain: from its narrow end, in linear time.

use super::arith::Front;
use super::instr::{Id, Kind, Table};
use super::network::{Label, Labels, Network, Operand, What, holders_of};
use smallvec::SmallVec;

/// Most operands for which every order is tried.
pub(super) const EXHAUSTIVE: usize = 7;

/// Most operands for which every bracketing is tried.
pub(super) const INTERVALS: usize = 24;

impl Table {
    /// Every order of a few operands, by dynamic programming over subsets.
    pub fn best_order(&mut self, net: &Network, operands: Vec<Operand>, out: &[Label], front: &Front, live: &[bool]) -> Operand {
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
                let bare = if matches!(&self.get(id).kind, Kind::Text(t) if t == "{0}.T") { self.get(id).args[0].0 } else { id };
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
    pub fn best_intervals(&mut self, net: &Network, operands: &[Operand], out: &[Label], front: &Front) -> Operand {
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
    pub fn long_chain(&mut self, net: &Network, operands: Vec<Operand>, out: &[Label], front: &Front) -> Operand {
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
}
