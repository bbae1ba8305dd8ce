//! The index that stands still in `sum_{j != i}`: where i occurs outside the sum, all j but that i are meant.

use super::Builder;
use crate::base::{Diagnostic, Fault};
use crate::syntax::token::TokenKind;
use crate::syntax::{AstId, Kind, names};
use std::collections::{BTreeMap, HashSet};

/// The most letters that are looked for below a name.
const MOST: usize = 3;

impl Builder<'_> {
    /// The heads `sum_{j != i}` that were built as sums over both, and of which one index is free elsewhere.
    ///
    /// # Errors
    /// Both indices are.
    pub fn stand_still(&self, roots: &[AstId]) -> Result<BTreeMap<usize, String>, Diagnostic> {
        let mut fixed = BTreeMap::new();
        for node in &self.nodes {
            let Kind::Big { index: outer, body, .. } = &node.kind else { continue };
            let inner = &self.nodes[body.0 as usize];
            let Kind::Big { index, skip: Some(_), .. } = &inner.kind else { continue };
            if inner.span.start != node.span.start {
                continue;
            }
            let head = |t: &super::Token| t.span.start == node.span.start && matches!(t.kind, TokenKind::Ordered(_));
            let Some(at) = self.tokens.iter().position(head) else { continue };
            match (self.is_free(outer, roots), self.is_free(index, roots)) {
                (true, true) => {
                    let message = format!("`{outer}` and `{index}` stand outside this sum as well: which of them runs is not said");
                    let hint = format!("write `sum_{{{index}: {index} != {outer}}} …` or `sum_{{{outer}: {outer} != {index}}} …`");
                    return Err(Diagnostic::new(Fault::Ambiguous, message).at(self.tokens[at].span).hint(hint));
                }
                (true, false) => fixed.insert(at, outer.clone()),
                (false, true) => fixed.insert(at, index.clone()),
                (false, false) => None,
            };
        }
        Ok(fixed)
    }

    /// Whether a letter stands somewhere, as a name or below one, where no sum binds it.
    fn is_free(&self, letter: &str, roots: &[AstId]) -> bool {
        let mut seen: HashSet<AstId> = HashSet::new();
        let mut stack: Vec<AstId> = roots.to_vec();
        let mut next: Vec<AstId> = Vec::new();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            next.clear();
            match &self.nodes[id.0 as usize].kind {
                Kind::Big { index, low, high, skip, .. } if index == letter => next.extend(low.iter().chain(high).chain(skip)),
                Kind::Name(name) if name == letter => return true,
                Kind::Name(name) => {
                    let below = |count| names::split_member(name, count).is_some_and(|(_, all)| all.iter().any(|one| one == letter));
                    if (1..=MOST).any(below) {
                        return true;
                    }
                }
                kind => kind.children(&mut next),
            }
            stack.append(&mut next);
        }
        false
    }
}
