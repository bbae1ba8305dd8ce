//! Comparisons inside brackets: `[a < b]`, `where(a < b, x, y)`; 1 where they hold, else 0.

use super::{Builder, Look, Part, Purpose};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::{Kind, Times};

impl Builder<'_> {
    /// A sign of comparison: what stands before it is finished.
    pub(super) fn relation(&mut self, sign: &'static str) -> Result<(), Diagnostic> {
        self.close_bodies()?;
        let at = self.token().span;
        let here = match &self.frame().purpose {
            Purpose::Condition => true,
            Purpose::Call(callee) => callee.name == "where" && self.frame().items.is_empty(),
            _ => false,
        };
        if !here {
            let error = Diagnostic::new(Fault::Syntax, format!("`{}` cannot stand here", at.of(self.text))).at(at);
            return Err(
                error.hint("give one side, or the difference of both; `[a < b]` is 1 where it holds, `where(a < b, x, y)` is by cases")
            );
        }
        if sign == "in" {
            let error = Diagnostic::new(Fault::Unsupported, "only an index can be in a set here").at(at);
            return Err(error.hint("`[i in C]`, or two comparisons: `[0 <= x] [x <= 1]`"));
        }
        let before = std::mem::take(&mut self.frame().compared);
        self.finish_item(true)?;
        let frame = self.frame();
        frame.places.pop();
        let Some(part) = frame.items.pop() else { return Ok(()) };
        frame.compared = before;
        frame.compared.push((part, sign, at));
        Ok(())
    }

    /// The comparisons that end with an operand; several, `0 < x <= 1`, hold together where their product is 1.
    pub(super) fn comparison(&mut self, before: Vec<(Part, &'static str, Span)>, last: Part) -> Part {
        let Some((first, ..)) = before.first() else { return last };
        let span = first.span.to(last.span);
        let right: Vec<Part> = before.iter().skip(1).map(|b| b.0).chain([last]).collect();
        let mut factors = Vec::with_capacity(before.len());
        for ((left, sign, at), right) in before.into_iter().zip(right) {
            let kind = Kind::Call { name: sign.to_owned(), at, primes: 0, args: vec![left.id, right.id] };
            factors.push((Times::Hadamard, self.push(kind, left.span.to(right.span))));
        }
        let id = match factors.as_mut_slice() {
            [(_, one)] => *one,
            _ => {
                if let Some(first) = factors.first_mut() {
                    first.0 = Times::Product;
                }
                self.push(Kind::Product(factors), span)
            }
        };
        Part { id, span, look: Look::Closed }
    }
}
