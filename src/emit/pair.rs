//! How two operands are multiplied: the NumPy idiom for each pattern of shared and kept labels.

use super::instr::{Hole, Id, InverseUse, Kind, Rank, Table};
use super::network::{Label, Labels, Operand, What, letters_of};

impl Table {
    /// The product of two operands, summed over the labels that are not in `out` (sorted).
    pub fn pair(&mut self, a: Operand, b: Operand, out: &[Label]) -> Operand {
        for (inverse, other) in [(&a, &b), (&b, &a)] {
            if let Some(solved) = self.solve(inverse, other, out).or_else(|| self.solved_trace(inverse, other, out)) {
                return solved;
            }
        }
        let (a, b) = (self.materialise(a), self.materialise(b));
        let (What::Array(x), What::Array(y)) = (a.what, b.what) else { return a };
        let bound: Labels = a.labels.iter().copied().filter(|l| b.labels.contains(l) && !out.contains(l)).collect();
        let batch: Labels = a.labels.iter().copied().filter(|l| b.labels.contains(l) && out.contains(l)).collect();
        let labels: Labels = out.iter().copied().filter(|l| a.labels.contains(l) || b.labels.contains(l)).collect();
        let id = match (bound.as_slice(), batch.is_empty()) {
            ([], _) => self.entrywise(&a, x, &b, y, &labels),
            ([k], true) if a.labels.len() <= 2 && b.labels.len() <= 2 => self.matmul(&a, x, &b, y, *k, &labels),
            ([k], _) => self.stacked((&a, x), (&b, y), *k, &labels),
            // Turning one of two matrices round would copy it.
            ([_, _], true) if a.labels.len() == 2 && (a.labels == b.labels || b.labels.len() == 2 && (a.symmetric || b.symmetric)) => {
                let (x, y) = if x <= y { (x, y) } else { (y, x) };
                self.call("np.vdot({0}, {1})", &[x, y], 0)
            }
            _ => self.einsum(&a, x, &b, y, &labels),
        };
        Operand::array(id, labels)
    }

    /// Nothing is summed: an outer product, or entries times entries with broadcasting.
    fn entrywise(&mut self, a: &Operand, x: Id, b: &Operand, y: Id, out: &[Label]) -> Id {
        if let ([p], [q]) = (a.labels.as_slice(), b.labels.as_slice())
            && p != q
        {
            let (x, y) = if out == [*p, *q] { (x, y) } else { (y, x) };
            return self.call("np.outer({0}, {1})", &[x, y], 2);
        }
        let (mut num, mut den) = (Vec::new(), Vec::new());
        for (id, labels) in [(x, &a.labels), (y, &b.labels)] {
            // Times 1 / d is divided by d.
            match self.reciprocal(id) {
                Some(d) => den.push(self.spread(d, labels, out)),
                None => num.push(self.spread(id, labels, out)),
            }
        }
        self.times(&crate::base::Rational::ONE, &num, &den)
    }

    /// What this is the reciprocal of.
    fn reciprocal(&self, id: Id) -> Option<Id> {
        let instr = self.get(id);
        match (&instr.kind, instr.args.as_slice()) {
            (Kind::Text(text), &[(one, _), (d, _)]) if text == "{0} / {1}" && self.literal(one) == Some("1") => Some(d),
            _ => None,
        }
    }

    /// The array with axes of length one where it lacks a label of `out` (those in front are left to broadcasting).
    pub fn spread(&mut self, id: Id, labels: &[Label], out: &[Label]) -> Id {
        if labels.is_empty() {
            return id;
        }
        let wanted: Labels = out.iter().copied().filter(|l| labels.contains(l)).collect();
        let id = self.permuted(id, labels, &wanted);
        let mut slots: Vec<&str> = out.iter().map(|l| if labels.contains(l) { ":" } else { "None" }).collect();
        while slots.first() == Some(&"None") {
            slots.remove(0);
        }
        if !slots.contains(&"None") {
            return id;
        }
        let n = slots.len();
        self.view(&format!("{{0}}[{}]", slots.join(", ")), id, n)
    }

    /// One label is summed, and each operand has at most one other: `@`.
    fn matmul(&mut self, a: &Operand, x: Id, b: &Operand, y: Id, k: Label, out: &[Label]) -> Id {
        let free = |o: &Operand| o.labels.iter().copied().find(|&l| l != k);
        let at = |t: &mut Table, x: Id, y: Id, ndim: usize| {
            let right = Hole::Factor;
            t.text("{0} @ {1}", &[(x, Hole::MatLeft), (y, right)], Rank::MatMul, ndim)
        };
        match (free(a), free(b)) {
            (None, None) => {
                // A product of two vectors reads best with the plainer one first.
                at(self, x, y, 0)
            }
            (Some(_), None) => {
                let m = self.facing(a, x, k, false);
                at(self, m, y, 1)
            }
            (None, Some(_)) => {
                let m = self.facing(b, y, k, false);
                at(self, m, x, 1)
            }
            (Some(p), Some(_)) => {
                let swap = out.first() != Some(&p);
                let (first, second) = if swap { ((b, y), (a, x)) } else { ((a, x), (b, y)) };
                let left = self.facing(first.0, first.1, k, false);
                let right = self.facing(second.0, second.1, k, true);
                at(self, left, right, 2)
            }
        }
    }

    /// The matrix turned so that label `k` is its first axis (or its last).
    fn facing(&mut self, operand: &Operand, id: Id, k: Label, first: bool) -> Id {
        if operand.symmetric {
            return id;
        }
        let is_first = operand.labels.first() == Some(&k);
        if is_first == first { id } else { self.transpose(id) }
    }

    /// One label is summed beside labels that both keep, or one operand is a stack.
    fn stacked(&mut self, (a, x): (&Operand, Id), (b, y): (&Operand, Id), k: Label, out: &[Label]) -> Id {
        let batch: Labels = a.labels.iter().copied().filter(|l| b.labels.contains(l) && out.contains(l)).collect();
        let at = |t: &mut Table, x: Id, y: Id| t.text("{0} @ {1}", &[(x, Hole::MatLeft), (y, Hole::Factor)], Rank::MatMul, out.len());
        // A stack times one matrix or one vector.
        for (s, m, x, y) in [(a, b, x, y), (b, a, y, x)] {
            if batch.is_empty() && m.labels.len() <= 2 && s.labels.last() == Some(&k) {
                let rest = &s.labels[..s.labels.len() - 1];
                let free: Labels = m.labels.iter().copied().filter(|&l| l != k).collect();
                if out.iter().eq(rest.iter().chain(&free)) {
                    let y = if m.labels.len() == 2 { self.facing(m, y, k, true) } else { y };
                    return at(self, x, y);
                }
            }
        }
        // Two stacks of matrices.
        let nb = batch.len();
        let stack = |o: &Operand| o.labels.len() == nb + 2 && o.labels[..nb] == *batch;
        if nb > 0 && stack(a) && stack(b) && out.len() == nb + 2 && out[..nb] == *batch {
            let free = |o: &Operand| o.labels[nb..].iter().copied().find(|&l| l != k);
            let (f, s, x, y) = if free(a) == Some(out[nb]) { (a, b, x, y) } else { (b, a, y, x) };
            if free(f) == Some(out[nb]) && free(s) == Some(out[nb + 1]) {
                let x = if f.labels[nb + 1] == k { x } else { self.transpose(x) };
                let y = if s.labels[nb] == k { y } else { self.transpose(y) };
                return at(self, x, y);
            }
        }
        self.einsum(a, x, b, y, out)
    }

    fn einsum(&mut self, a: &Operand, x: Id, b: &Operand, y: Id, out: &[Label]) -> Id {
        let (first, letters) = letters_of(&a.labels, &[]);
        let (second, letters) = letters_of(&b.labels, &letters);
        let (result, letters) = letters_of(out, &letters);
        let shared_kept = a.labels.iter().any(|l| b.labels.contains(l) && out.contains(l));
        let optimize = if letters.len() > 3 && !shared_kept { ", optimize=True" } else { "" };
        self.call(format!("np.einsum('{first},{second}->{result}', {{0}}, {{1}}{optimize})"), &[x, y], out.len())
    }

    /// A⁻¹ B as `solve(A, B)` where exactly one axis of the inverse is summed with one axis of a vector or a matrix.
    pub fn solve(&mut self, inverse: &Operand, other: &Operand, out: &[Label]) -> Option<Operand> {
        let What::Inverse(matrix, symmetric) = inverse.what else { return None };
        let [p, q] = inverse.labels[..] else { return None };
        let bound = |l: Label| other.labels.contains(&l) && !out.contains(&l);
        let (sum, keep, turned) = match (bound(p), bound(q)) {
            (false, true) => (q, p, false),
            (true, false) => (p, q, true),
            _ => return None,
        };
        if other.labels.contains(&keep) || other.labels.len() > 2 || p == q {
            return None;
        }
        let other = self.materialise(other.clone());
        let What::Array(rhs) = other.what else { return None };
        let base = if turned && !symmetric { self.transpose(matrix) } else { matrix };
        let rest = other.labels.iter().copied().find(|&l| l != sum);
        let Some(rest) = rest else {
            let id = self.call("np.linalg.solve({0}, {1})", &[base, rhs], 1);
            self.inverses.insert(id, InverseUse::Solve(matrix));
            return Some(Operand::array(id, [keep]));
        };
        let rhs = if other.labels.first() == Some(&sum) || other.symmetric { rhs } else { self.transpose(rhs) };
        let id = self.call("np.linalg.solve({0}, {1})", &[base, rhs], 2);
        self.inverses.insert(id, InverseUse::Solve(matrix));
        let at = |l: Label| out.iter().position(|&o| o == l);
        if at(keep) < at(rest) {
            return Some(Operand::array(id, [keep, rest]));
        }
        let id = self.transpose(id);
        Some(Operand::array(id, [rest, keep]))
    }

    /// tr(A⁻¹ B) as the trace of `solve(A, B)`.
    fn solved_trace(&mut self, inverse: &Operand, other: &Operand, out: &[Label]) -> Option<Operand> {
        let (What::Inverse(matrix, symmetric), [p, q]) = (inverse.what, &inverse.labels[..]) else { return None };
        let both = other.labels.len() == 2 && other.labels.contains(p) && other.labels.contains(q) && p != q;
        if !both || out.contains(p) || out.contains(q) {
            return None;
        }
        let other = self.materialise(other.clone());
        let What::Array(rhs) = other.what else { return None };
        // A⁻¹[p,q] B[q,p] is tr(A⁻¹B); A⁻¹[p,q] B[p,q] is tr(A⁻ᵀB).
        let turned = other.labels.first() == Some(p) && !symmetric && !other.symmetric;
        let base = if turned { self.transpose(matrix) } else { matrix };
        let id = self.call("np.linalg.solve({0}, {1})", &[base, rhs], 2);
        self.inverses.insert(id, InverseUse::Solve(matrix));
        Some(Operand::array(self.call("np.trace({0})", &[id], 0), []))
    }
}
