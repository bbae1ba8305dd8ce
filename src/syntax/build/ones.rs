//! The literal 1 where it can only be the vector of ones: transposed, or behind a matrix.

use super::{Builder, Look, Part};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::token::{Bracket, Mark, TokenKind};
use crate::syntax::{Kind, Times};

impl Builder<'_> {
    /// `1'` is the row of ones; another number is never transposed.
    pub(super) fn ones(&mut self, part: Part) -> Result<(), Diagnostic> {
        let node = &mut self.nodes[part.id.0 as usize];
        match &node.kind {
            Kind::Number(value) if value.is_one() => {
                node.kind = Kind::OnesVector;
                Ok(())
            }
            Kind::Number(_) => {
                let written = part.span.of(self.text);
                Err(Diagnostic::new(Fault::Syntax, "the transpose of a number is the number")
                    .at(part.span)
                    .hint(format!("leave the mark out; `vector({written})'` is a row with {written} in every place")))
            }
            _ => Ok(()),
        }
    }

    /// `11'` is the matrix of ones, `1 1'`.
    pub(super) fn ones_by_ones(&mut self, part: Part, mark: Span) {
        let span = part.span.to(mark);
        let column = self.push(Kind::OnesVector, part.span);
        let other = self.push(Kind::OnesVector, part.span);
        let row = self.push(Kind::Transpose(other), span);
        let id = self.push(Kind::Product(vec![(Times::Product, column), (Times::Product, row)]), span);
        self.frame().operand = Some(Part { id, span, look: Look::Open });
    }

    /// Whether the phrase at a place is a literal 1 that can only be the vector of ones: behind an operand (`A 1`), or before
    /// its own transpose (`1 1'`).
    pub(super) fn is_ones(&self, at: usize) -> bool {
        let kind = |at: usize| if at < self.stop { self.tokens.get(at).map(|t| &t.kind) } else { None };
        let one = matches!(kind(at), Some(TokenKind::Number(value)) if value.is_one());
        let raised = matches!(
            kind(at + 1),
            Some(
                TokenKind::Times(Times::Divide)
                    | TokenKind::Caret
                    | TokenKind::HadamardCaret
                    | TokenKind::Mark(Mark::Power(_) | Mark::NamedPower(..))
                    | TokenKind::Open(Bracket::Index)
                    | TokenKind::Number(_)
            )
        );
        one && !raised
    }

    /// Whether an operand that is more than a number stands directly before, with no sign between.
    pub(super) fn follows_operand(&self) -> bool {
        let last = self.frames.last();
        let behind = last.filter(|f| f.join.is_none() && f.prefixes.is_empty() && f.run.is_empty()).and_then(|f| f.product.last());
        behind.is_some_and(|(_, part)| part.look != Look::Number)
    }

    /// Whether the operand directly before is a transpose.
    pub(super) fn follows_row(&self) -> bool {
        let last = self.frames.last().and_then(|f| f.product.last());
        self.follows_operand() && last.is_some_and(|(_, p)| matches!(self.nodes[p.id.0 as usize].kind, Kind::Transpose(_)))
    }

    pub(super) fn is_row_of_ones(&self, part: Part) -> bool {
        match self.nodes[part.id.0 as usize].kind {
            Kind::Transpose(a) => self.nodes[a.0 as usize].kind == Kind::OnesVector,
            _ => false,
        }
    }
}
