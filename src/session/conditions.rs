//! What an answer assumes: invertible, positive, nonzero, full rank.

use super::answer::Answer;
use crate::base::Rational;
use crate::calculus;
use crate::ir::{ExprId, Facts, Node};
use crate::ops;
use crate::show::{self, Style};

impl Answer {
    /// The conditions under which the answer holds, in the user's names, each once, in the order of the parts that need them.
    pub fn conditions(&mut self) -> Vec<String> {
        self.conditions_for(true)
    }

    /// The conditions, without those that only a derivative needs (`|x|` exists at zero, `det` of a singular matrix) where `derivative` is false.
    pub(super) fn conditions_for(&mut self, derivative: bool) -> Vec<String> {
        // What the objective assumes of the unknown is no condition on a solution.
        let mut roots = if self.task == super::Task::Solve { Vec::new() } else { vec![self.input.root] };
        roots.extend(self.results.iter().map(|r| r.value));
        let mut found: Vec<(ExprId, &'static str)> = self.assumed.clone();
        for id in self.store.reachable(&roots) {
            match self.store.node(id).clone() {
                Node::Product { scalars, chain, .. } => {
                    for f in chain {
                        if self.negative(f.power) && !self.store.is(f.base, Facts::DEFINITE) && !self.store.is(f.base, Facts::ORTHOGONAL) {
                            found.push((f.base, "is invertible"));
                        }
                    }
                    for (base, exponent) in scalars {
                        self.scalar_condition(base, exponent, &mut found);
                    }
                }
                Node::Hadamard(entries) => {
                    for (base, exponent) in entries {
                        self.scalar_condition(base, exponent, &mut found);
                    }
                }
                Node::Call(fun, args) => {
                    if let Some((matrix, _)) = calculus::stacked(&mut self.store, fun, &args)
                        && !self.store.is(matrix, Facts::DEFINITE)
                    {
                        found.push((matrix, "is invertible"));
                    }
                    let Some(row) = ops::row(fun) else { continue };
                    let known = row.domain == ops::Domain::Positive && args.iter().all(|&a| self.store.is(a, Facts::POSITIVE))
                        || row.domain == ops::Domain::Invertible && args.iter().all(|&a| self.store.is(a, Facts::DEFINITE));
                    let kink = matches!(
                        row.domain,
                        ops::Domain::Real
                            | ops::Domain::AwayFromZero
                            | ops::Domain::Symmetric
                            | ops::Domain::Distinct
                            | ops::Domain::FullRank
                            | ops::Domain::Invertible
                    );
                    if !row.assume.is_empty()
                        && !known
                        && (derivative || !kink)
                        && let Some(&x) = args.last()
                    {
                        found.push((x, row.assume));
                    }
                }
                _ => {}
            }
        }
        let style = Style::new(show::Format::Plain);
        let mut texts: Vec<String> = Vec::new();
        for (part, what) in found {
            let name = show::show_inline(&mut self.store, part, &style);
            let verb = match what.split(' ').next().unwrap_or("") {
                "is" | "has" => "",
                "no" | "a" | "full" | "constant" => "has ",
                _ => "is ",
            };
            let text = format!("{name} {verb}{what}");
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    fn negative(&self, exponent: ExprId) -> bool {
        self.store.as_num(exponent).is_some_and(Rational::is_negative)
    }

    fn scalar_condition(&self, base: ExprId, exponent: ExprId, found: &mut Vec<(ExprId, &'static str)>) {
        if self.store.is(base, Facts::POSITIVE) {
            return;
        }
        let whole = self.store.is(exponent, Facts::INTEGER);
        if !whole {
            found.push((base, "is positive"));
        } else if self.negative(exponent) {
            // ‖x‖ and |t| vanish where x and t do.
            if let (Node::Call(_, args), Some(_)) = (self.store.node(base), self.store.square_of(base)) {
                found.push((args[0], "is nonzero"));
                return;
            }
            if found.contains(&(base, "is positive")) {
                return;
            }
            found.push((base, if self.store.is_scalar(base) { "is nonzero" } else { "has no zero entry" }));
        }
    }
}
