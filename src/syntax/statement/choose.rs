//! Which part of a statement is the expression, and what the others are to it.

use super::beside::push_definition;
use super::called::{Left, left};
use super::part::{Part, ends_in_number, is_constant, part};
use super::segment::{Before, Segment, segments};
use super::{Cut, Head, Phrases, Piece, Relation, Stated, domain, refuse};
use crate::base::{Diagnostic, Fault, Span};
use crate::syntax::ast::{Asked, Page, Remark};
use crate::syntax::token::{Token, TokenKind, Word};
use crate::syntax::{brackets, names};

/// A definition: its name as phrases, and its value.
pub(super) struct Defined {
    pub name: Vec<Token>,
    pub value: Vec<Token>,
    /// Whether it is the square of the name that is given.
    pub squared: bool,
}

/// One part with what it was found to be.
pub(super) struct Piecewise {
    pub segment: Segment,
    pub part: Part,
}

pub(super) struct Choice<'a> {
    pub phrases: &'a dyn Phrases,
    pub pieces: &'a [Piece],
    pub page: Page,
    pub parts: Vec<Piecewise>,
    pub definitions: Vec<Defined>,
    /// `let …` as it stands.
    pub lets: Vec<Token>,
}

impl<'a> Choice<'a> {
    pub fn new(phrases: &'a dyn Phrases, pieces: &'a [Piece], page: Page) -> Self {
        let parts = segments(pieces).into_iter().map(|segment| Piecewise { part: part(phrases, pieces, &segment), segment }).collect();
        Choice { phrases, pieces, page, parts, definitions: Vec::new(), lets: Vec::new() }
    }

    pub fn run(mut self) -> Result<Stated, Diagnostic> {
        self.remarks();
        self.number_at_end()?;
        let objective = self.objective()?;
        let body = self.body(objective)?;
        self.others(objective)?;
        let mut tokens = std::mem::take(&mut self.lets);
        for definition in std::mem::take(&mut self.definitions) {
            push_definition(&mut tokens, definition);
        }
        tokens.extend(body);
        Ok(Stated { tokens, page: self.page })
    }

    pub fn span(&self, from: usize, to: usize) -> Span {
        match (self.pieces.get(from), to.checked_sub(1).and_then(|last| self.pieces.get(last))) {
            (Some(first), Some(last)) if to > from => first.span.to(last.span),
            _ => Span::new(self.phrases.text().len(), self.phrases.text().len()),
        }
    }

    pub fn tokens(&self, from: usize, to: usize) -> Result<Vec<Token>, Diagnostic> {
        if from >= to { Ok(Vec::new()) } else { self.phrases.tokens(self.pieces[from].from, self.pieces[to - 1].to) }
    }

    /// Notes that something is left out.
    pub fn leave_out(&mut self, span: Span, why: &str) {
        let written = span.of(self.phrases.text()).split_whitespace().collect::<Vec<_>>().join(" ");
        self.page.remarks.push(Remark { span, note: format!("`{written}` is left out: {why}") });
    }

    /// Takes the parts that are remarks.
    fn remarks(&mut self) {
        for at in 0..self.parts.len() {
            let Part::Remark(why) = self.parts[at].part else { continue };
            let segment = &self.parts[at].segment;
            let from = if matches!(segment.before, Before::Words | Before::ForAll) { segment.separator } else { segment.from };
            let span = self.span(from, segment.to.max(from + 1));
            self.leave_out(span, why);
        }
    }

    /// `(3)` at the very end, behind a space.
    fn number_at_end(&mut self) -> Result<(), Diagnostic> {
        let Some(last) = self.parts.last_mut().filter(|p| matches!(p.part, Part::Bare | Part::Equation(_))) else { return Ok(()) };
        if !ends_in_number(self.phrases, &self.pieces[last.segment.from..last.segment.to]) {
            return Ok(());
        }
        last.segment.to -= 1;
        let span = self.pieces[last.segment.to].span;
        if self.phrases.is_latex() {
            self.leave_out(span, "an equation's number");
            return Ok(());
        }
        let error = Diagnostic::new(Fault::Ambiguous, "this may be an equation's number or a factor").at(span);
        Err(error.hint("leave the number out; a factor goes in front, or behind `*`"))
    }

    /// The part that holds the expression.
    fn objective(&mut self) -> Result<usize, Diagnostic> {
        let early = self.parts.iter().position(|p| matches!(p.segment.before, Before::Where | Before::SubjectTo));
        let early = early.filter(|&at| at > 0).unwrap_or(self.parts.len());
        let here = |wanted: &dyn Fn(&Piecewise) -> bool| -> Vec<usize> {
            (0..early).filter(|&at| self.parts[at].segment.before != Before::Let && wanted(&self.parts[at])).collect()
        };
        let problems = here(&|p| self.head(p).is_some());
        match problems[..] {
            [at] => return Ok(at),
            [_, second, ..] => {
                let segment = &self.parts[second].segment;
                return Err(refuse(self.span(segment.from, segment.to), "there are two problems here").hint("give one at a time"));
            }
            [] => {}
        }
        let bare = here(&|p| p.part == Part::Bare && p.segment.from < p.segment.to);
        let equations = here(&|p| matches!(p.part, Part::Equation(_)));
        match (&bare[..], &equations[..]) {
            // `\\text{Let } L(w) = …` alone is no definition.
            ([], []) if self.phrases.is_latex() && self.introduced().is_some() => Ok(self.introduced().unwrap_or(0)),
            ([], []) => Err(self.comparison().unwrap_or_else(|| self.missing())),
            ([], [only]) => Ok(*only),
            ([], several) => self.sink(several),
            ([only], _) => Ok(*only),
            ([first, second, ..], _) => self.several(*first, *second),
        }
    }

    /// Of several equations, the one that no other uses.
    fn sink(&mut self, equations: &[usize]) -> Result<usize, Diagnostic> {
        let mut named = Vec::new();
        for &at in equations {
            let Part::Equation(signs) = &self.parts[at].part else { continue };
            let segment = &self.parts[at].segment;
            let name = match left(self.phrases, &self.pieces[segment.from..signs[0].0]) {
                Left::Name(name) | Left::Applied(name, _) => name,
                _ => String::new(),
            };
            let value = self.tokens(signs[0].0 + 1, segment.to).unwrap_or_default();
            named.push((at, name, value));
        }
        let used = |name: &str, but: usize| named.iter().any(|(at, _, value)| *at != but && value.iter().any(|t| is_name(t, name)));
        let free: Vec<usize> = named.iter().filter(|(at, name, _)| name.is_empty() || !used(name, *at)).map(|(at, ..)| *at).collect();
        let (first, last) = (equations[0], equations[equations.len() - 1]);
        match free[..] {
            [only] if only == first || only == last => Ok(only),
            _ => {
                let segment = &self.parts[equations[1]].segment;
                let error = refuse(self.span(segment.from, segment.to), "of these equations it is not clear which is meant");
                Err(error.hint("give one; what defines its names goes behind `where`"))
            }
        }
    }

    /// Two expressions: one too many, unless a comma or a declaration explains it.
    fn several(&mut self, first: usize, second: usize) -> Result<usize, Diagnostic> {
        // `x, y \in \mathbb R^n`: names before a declaration belong to it.
        let listed = self.parts[second..].iter().find(|p| p.part != Part::Bare || p.segment.before != Before::Comma);
        if self.parts[second].segment.before != Before::Start && matches!(listed, Some(p) if matches!(p.part, Part::Member(..))) {
            return Ok(first);
        }
        let at = &self.parts[second].segment;
        match at.before {
            Before::Semicolon if self.pieces[at.separator].cut == Cut::Semicolon => {
                let error = Diagnostic::new(Fault::Syntax, "`;` ends a definition, and this is none").at(self.pieces[at.separator].span);
                Err(error.hint("let r = X w - y; r' r"))
            }
            Before::Comma | Before::And => {
                // The builder says what is wrong with it.
                let to = at.to;
                self.parts[first].segment.to = to;
                for part in &mut self.parts[first + 1..=second] {
                    part.part = Part::Empty;
                }
                Ok(first)
            }
            _ => {
                let span = self.span(at.from, at.to);
                let error = Diagnostic::new(Fault::Syntax, "this stands apart, and it is not clear what it is to the expression").at(span);
                Err(error.hint("a product is written without a wide space; several expressions go one a line"))
            }
        }
    }

    /// The one equation behind `\\text{Let}`.
    fn introduced(&self) -> Option<usize> {
        let mut found = (0..self.parts.len()).filter(|&at| matches!(self.parts[at].part, Part::Equation(_)));
        found.next().filter(|_| found.next().is_none())
    }

    /// The error for a comparison, or a declaration, where an expression should be.
    fn comparison(&self) -> Option<Diagnostic> {
        let sign = self.parts.iter().find_map(|p| if let Part::Comparison(at) | Part::Member(at, _) = p.part { Some(at) } else { None })?;
        let span = self.pieces[sign].span;
        let sign = span.of(self.phrases.text());
        if matches!(sign, "<" | ">") {
            return Some(brackets::comparison(span, sign));
        }
        let error = Diagnostic::new(Fault::Syntax, format!("`{sign}` cannot stand here")).at(span);
        Some(error.hint("give one side, or the difference of both; `[a < b]` is 1 where it holds, `where(a < b, x, y)` is by cases"))
    }

    fn missing(&self) -> Diagnostic {
        let end = Span::new(self.phrases.text().len(), self.phrases.text().len());
        match self.parts.iter().rev().find(|p| p.segment.before == Before::Let) {
            Some(found) => Diagnostic::new(Fault::Syntax, "the expression is missing behind the definition")
                .at(end)
                .label("`; …`")
                .note(self.span(found.segment.from, found.segment.from + 1), "defined here")
                .hint("let r = X w - y; r' r"),
            None => {
                let place = self.pieces.first().map_or(end, |p| p.span);
                Diagnostic::new(Fault::Syntax, "the expression is missing").at(place).hint("let r = X w - y; r' r")
            }
        }
    }

    /// The extremum's sign in a part, in front of it or behind its first sign.
    fn head(&self, part: &Piecewise) -> Option<usize> {
        let is_head = |at: &usize| *at < part.segment.to && matches!(self.pieces[*at].cut, Cut::Extremum(_));
        match &part.part {
            Part::Bare => Some(part.segment.from).filter(is_head),
            Part::Equation(signs) => Some(part.segment.from).filter(is_head).or_else(|| Some(signs[0].0 + 1).filter(is_head)),
            Part::Member(at, _) => Some(part.segment.from).filter(is_head).or_else(|| Some(at + 1).filter(is_head)),
            Part::Comparison(_) => Some(part.segment.from).filter(is_head),
            _ => None,
        }
    }

    /// The phrases of the expression.
    fn body(&mut self, at: usize) -> Result<Vec<Token>, Diagnostic> {
        let (mut from, to) = (self.parts[at].segment.from, self.parts[at].segment.to);
        if let Some(head) = self.head(&self.parts[at]) {
            self.problem(head)?;
            if head > from {
                // `w^\star \in \arg\min`: what the point is called.
                self.page.called = Some(self.span(from, head));
            }
            from = head + 1;
        }
        let signs: Vec<(usize, Relation)> = (from..to)
            .filter_map(|at| if let Cut::Relation(relation) = self.pieces[at].cut { Some((at, relation)) } else { None })
            .collect();
        let Some(&(sign, relation)) = signs.first() else { return self.expression(from, to) };
        let asked_here = self.page.asked.is_some();
        // `\|y - X w\|^2 = …` begins with an expression: the first link of a chain.
        let begins = relation == Relation::Equal && is_expression_in_bars(&self.pieces[from..sign]);
        if !begins {
            self.name(from, sign, relation, asked_here)?;
        }
        let behind = signs.iter().enumerate().map(|(nth, (at, _))| (at + 1, signs.get(nth + 1).map_or(to, |(next, _)| *next)));
        let ends: Vec<(usize, usize)> = begins.then_some((from, sign)).into_iter().chain(behind).collect();
        // The first that is more than names: `J(w) = L(w) + R(w) = …`.
        let chosen = ends.iter().position(|&(from, to)| !self.is_only_named(from, to)).unwrap_or(0);
        for (nth, &(from, to)) in ends.iter().enumerate() {
            let span = self.span(from, to);
            match signs[nth.saturating_sub(usize::from(begins))].1 {
                _ if nth < chosen => self.leave_out(span, "what the formula is called, too"),
                _ if nth == chosen => {}
                Relation::Equal | Relation::Define => self.page.links.push(span),
                Relation::Proportional => self.leave_out(span, "equal up to a factor alone"),
                _ => self.leave_out(span, "no equality"),
            }
        }
        if !self.page.links.is_empty() {
            self.page.first = Some(self.span(ends[chosen].0, ends[chosen].1));
        }
        let (start, (from, to)) = (from, ends[chosen]);
        self.not_of_itself((start, sign), (from, to))?;
        if from == to {
            let sign = self.pieces[sign].span;
            return Err(Diagnostic::new(Fault::Syntax, "the expression is missing").at(sign).hint("f(x) = x' A x"));
        }
        if let Cut::Extremum(_) = self.pieces[from].cut {
            return Err(refuse(self.pieces[from].span, "an extremum over a variable has no formula here"));
        }
        self.expression(from, to)
    }

    /// Refuses `x = A x`: what uses its own name is an equation.
    fn not_of_itself(&self, name: (usize, usize), value: (usize, usize)) -> Result<(), Diagnostic> {
        let Left::Name(own) = left(self.phrases, &self.pieces[name.0..name.1]) else { return Ok(()) };
        if !self.tokens(value.0, value.1)?.iter().any(|t| is_name(t, &own)) {
            return Ok(());
        }
        let written = self.span(name.0, name.1 + 1);
        Err(Diagnostic::new(Fault::Syntax, "an equation is not an expression")
            .at(written)
            .hint(format!("leave out `{}`; a definition is `let r = …; …`", written.of(self.phrases.text()))))
    }

    /// Whether a range holds nothing but names, applied to something, and signs.
    fn is_only_named(&self, from: usize, to: usize) -> bool {
        let mut terms = self.pieces[from..to].split(|p| p.cut == Cut::Sign).filter(|t| !t.is_empty());
        from < to && terms.all(|term| matches!(left(self.phrases, term), Left::Name(_) | Left::Applied(..)))
    }

    /// What stands before `=`.
    fn name(&mut self, from: usize, sign: usize, relation: Relation, in_problem: bool) -> Result<(), Diagnostic> {
        let pieces = &self.pieces[from..sign];
        let span = self.span(from, sign.max(from + 1));
        if pieces.iter().any(|p| matches!(p.cut, Cut::Derivative(..))) && !in_problem {
            self.page.derived = Some(span);
            return Ok(());
        }
        let written = span.of(self.phrases.text()).trim();
        match (relation, left(self.phrases, pieces)) {
            (Relation::Equal | Relation::Define, Left::Name(_) | Left::Applied(..)) => {}
            (Relation::Equal | Relation::Define, Left::Phrase) if pieces.iter().all(|p| p.cut != Cut::Bar) => {}
            (Relation::Equal | Relation::Define, Left::Phrase) | (Relation::Define, Left::Expression) => {
                self.page.remarks.push(Remark { span, note: format!("`{written}` is what the formula is called") });
            }
            (Relation::Proportional, _) => {
                let note = format!("`{written}` is this up to a factor, and so is what is derived from it");
                self.page.remarks.push(Remark { span, note });
            }
            (Relation::Near, _) => {
                self.page
                    .remarks
                    .push(Remark { span, note: format!("`{written}` is approximated by this; the answer is of what stands on the right") });
            }
            _ => {
                let error = Diagnostic::new(Fault::Syntax, "an equation cannot stand here").at(self.pieces[sign].span);
                return Err(error.hint("give one side, or the difference of both; `let r = …; …` defines a name"));
            }
        }
        self.page.called = Some(span.to(self.pieces[sign].span));
        Ok(())
    }

    /// An expression's phrases, without a constant at the end and a derivative's sign in front.
    fn expression(&mut self, mut from: usize, mut to: usize) -> Result<Vec<Token>, Diagnostic> {
        if let Some(Piece { cut: Cut::Derivative(by_from, by_to), span, .. }) = self.pieces.get(from).filter(|_| from < to) {
            let name = self.phrases.name(*by_from, *by_to);
            let span = *span;
            self.page.operator = Some((name.unwrap_or_default(), span));
            from += 1;
        }
        if let Some(sign) = (from..to).find(|&at| self.is_constant(at, to)) {
            self.leave_out(self.span(sign, to), "a constant");
            to = sign;
        }
        if let Some(words) = self.pieces[from..to.max(from)].iter().find(|p| matches!(p.cut, Cut::Words(_))) {
            let error = Diagnostic::new(Fault::Syntax, "words are no part of a formula").at(words.span);
            return Err(error.hint("leave them out; `\\text{where}` begins definitions, `matdiff solve` reads `\\text{s.t.}`"));
        }
        self.tokens(from, to)
    }

    /// Whether `+ \text{const}` stands here and goes on to the end: `+ \text{terms independent of } w`.
    fn is_constant(&self, sign: usize, to: usize) -> bool {
        let [Piece { cut: Cut::Sign, .. }, Piece { cut: Cut::Words(words), .. }, rest @ ..] = &self.pieces[sign..to] else { return false };
        let open = [" of", " on", " in", " from", " over"].iter().any(|end| words.trim_end().ends_with(end));
        is_constant(words) && (rest.is_empty() || open)
    }

    /// What an extremum's sign says.
    fn problem(&mut self, at: usize) -> Result<(), Diagnostic> {
        let Cut::Extremum(head) = &self.pieces[at].cut else { return Ok(()) };
        let Head { most, domain, by } = (**head).clone();
        let below = domain.map(|(from, to)| self.phrases.place(from, to));
        let mut asked = Asked { most, by, span: self.pieces[at].span, below, constraints: Vec::new() };
        if let Some((from, to)) = domain {
            domain::below(self.phrases, from, to, &mut asked, &mut self.page)?;
        }
        self.page.asked = Some(asked);
        Ok(())
    }
}

/// Whether a phrase is this name or a member of its family.
fn is_name(token: &Token, name: &str) -> bool {
    let TokenKind::Word(word) = &token.kind else { return false };
    let family = |word: &Word| names::split_member(name, 1).is_some_and(|(family, _)| word.base == family && !word.subs.is_empty());
    word.name == name || family(word)
}

/// Whether bars hold more than one name: `\|r\|^2` is what a formula is called, `\|y - X w\|^2` an expression.
fn is_expression_in_bars(pieces: &[Piece]) -> bool {
    pieces.first().is_some_and(|p| p.cut == Cut::Bar) && pieces.iter().any(|p| p.cut == Cut::Sign)
}
