//! Sums over sets: `sum_{i in C}` is the sum over all i of what the set's 0/1 indicator lets through.

use super::{BigParts, Builder, Part};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::token::{BigHead, SetHead};
use crate::syntax::{AstId, Big, Kind, Times, names};

impl<'a> Builder<'a> {
    /// The head of such a sum, one sum for each index that runs. An index that a sum around it binds already is fixed:
    /// under `sum_i`, `sum_{(i,j) in E}` is over j alone.
    pub(super) fn members_of(&mut self, head: &SetHead) -> Result<(), Diagnostic> {
        let start = self.token().span;
        let runs = |index: &String| if head.own.is_empty() { !self.bound.contains(index) } else { head.own.contains(index) };
        let running: Vec<_> = head.tuple.iter().filter(|(index, _)| runs(index)).cloned().collect();
        let Some(last) = running.len().checked_sub(1) else {
            let error = Diagnostic::new(Fault::Syntax, "no index of this sum is its own").at(start);
            return Err(error.hint("the indices in front of `in` are bound by the sums around it; write another letter"));
        };
        for (nth, (index, at)) in running.into_iter().enumerate() {
            let set = (nth == last).then(|| Box::new(head.clone()));
            let head = BigHead { big: head.big, index, at, low: false, high: false, call: false };
            self.open_big(BigParts { head, start, low: None, high: None, skip: None, set })?;
        }
        Ok(())
    }

    /// What is summed, with the set's indicator as a factor; of a product, as the exponent.
    pub(super) fn within(&mut self, set: &SetHead, body: Part) -> AstId {
        let member = self.membership(set);
        let kind = match set.big {
            Big::Sum => Kind::Product(vec![(Times::Product, member), (Times::Product, body.id)]),
            Big::Product => Kind::Power(body.id, member),
        };
        self.push(kind, body.span)
    }

    /// Refuses an index of a set that stands for itself: what is in a set has a number only where the set is one of indices.
    pub(super) fn only_below(&self, set: &SetHead, body: Part) -> Result<(), Diagnostic> {
        let mut stack = vec![body.id];
        let mut children = Vec::new();
        while let Some(id) = stack.pop() {
            let node = &self.nodes[id.0 as usize];
            children.clear();
            match &node.kind {
                Kind::Name(name) if set.tuple.iter().any(|(index, _)| index == name) => {
                    let message = format!("`{name}` is a member of the set itself here, and has no number");
                    let hint =
                        format!("number the members: `x_{name}` for a member, `sum_{{{name}=1}}^{{n}} …` for the numbers themselves");
                    return Err(Diagnostic::new(Fault::Unsupported, message).at(node.span).hint(hint));
                }
                Kind::Member { .. } => {}
                Kind::Index(base, _) => stack.push(*base),
                Kind::Big { body, .. } => stack.push(*body),
                // Labels and indices may be compared.
                Kind::Call { name, .. } if crate::syntax::conditions::sign(name).is_some() || name == "unit" => {}
                kind => kind.children(&mut children),
            }
            stack.append(&mut children);
        }
        Ok(())
    }

    /// Whether a node is the name of a set that the text sums over.
    pub(super) fn is_set(&self, id: AstId) -> bool {
        match &self.nodes[id.0 as usize].kind {
            Kind::Name(name) => self.set_named(name).is_some(),
            Kind::Member { family, index } => self.heads.get(family.as_str()).is_some_and(|head| head.below.len() == index.len()),
            _ => false,
        }
    }

    /// The head of a sum over the set of this name, `C` or `C_k`, with the letters below it.
    fn set_named(&self, name: &str) -> Option<(&'a SetHead, Vec<String>)> {
        let alone = self.heads.get(name).filter(|head| head.below.is_empty()).map(|head| (*head, Vec::new()));
        alone.or_else(|| {
            self.heads.values().find_map(|head| {
                let (family, below) = names::split_member(name, head.below.len())?;
                (family == head.set).then_some((*head, below))
            })
        })
    }

    /// `|C|`, how many members a set has: the sum of its indicator. The set's own node is the last one, and goes.
    pub(super) fn members_in(&mut self, set: AstId, span: Span) -> AstId {
        let letter = |id: &AstId| match &self.nodes[id.0 as usize].kind {
            Kind::Name(name) => name.clone(),
            _ => self.nodes[id.0 as usize].span.of(self.text).to_owned(),
        };
        let (named, first) = match &self.nodes[set.0 as usize].kind {
            Kind::Name(name) => (self.set_named(name), set),
            Kind::Member { family, index } => {
                let below = index.iter().map(letter).collect();
                (self.heads.get(family.as_str()).map(|head| (*head, below)), index.first().copied().unwrap_or(set))
            }
            _ => (None, set),
        };
        let Some((head, below)) = named else { return set };
        self.nodes.truncate(first.0 as usize);
        let head = SetHead { below, at: span, ..head.clone() };
        let mut body = self.membership(&head);
        for (index, _) in head.tuple.into_iter().rev() {
            body = self.push(Kind::Big { big: Big::Sum, index, at: span, low: None, high: None, skip: None, body }, span);
        }
        body
    }

    /// Refuses a name that is a set in one place and a matrix in another.
    pub fn sets_apart(&self) -> Result<(), Diagnostic> {
        let clash = self.nodes.iter().find_map(|node| match &node.kind {
            Kind::Name(name) if self.set_named(name).is_some_and(|(head, _)| self.sets.contains_key(&head.set)) => Some((name, node.span)),
            _ => None,
        });
        match clash {
            Some((name, at)) => {
                Err(Diagnostic::new(Fault::Name, format!("`{name}` is the set of a sum, and stands here as a matrix or a number"))
                    .at(at)
                    .hint(format!("give one of them another name; `|{name}|` is the number of the set's members")))
            }
            None => Ok(()),
        }
    }

    /// The indicator of a set: a family of numbers 0 and 1 under the set's name.
    pub(super) fn membership(&mut self, set: &SetHead) -> AstId {
        self.sets.insert(set.set.clone(), set.below.len());
        let letters = set.below.iter().map(|letter| (letter.clone(), set.at)).chain(set.tuple.iter().cloned());
        let index = letters.map(|(letter, at)| self.push(Kind::Name(letter), at)).collect();
        self.push(Kind::Member { family: set.set.clone(), index }, set.at)
    }
}
