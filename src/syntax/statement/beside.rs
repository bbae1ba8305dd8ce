//! What stands beside the expression of a statement: definitions, declarations, constraints.

use super::called::{Left, left};
use super::choose::{Choice, Defined};
use super::part::Part;
use super::segment::{Before, Segment};
use super::{Cut, Relation, domain, refuse};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::ast::{Asked, Remark};
use crate::syntax::declare::{FunctionBody, FunctionDeclaration};
use crate::syntax::token::{Bracket, Mark, Token, TokenKind};

impl Choice<'_> {
    /// Everything but the expression: definitions, declarations, constraints.
    pub(super) fn others(&mut self, objective: usize) -> Result<(), Diagnostic> {
        let mut defines = false;
        let mut constrains = false;
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        for at in 0..self.parts.len() {
            let Segment { before, from, to, .. } = self.parts[at].segment;
            match before {
                Before::Where | Before::Let => (defines, constrains) = (true, false),
                Before::SubjectTo => (defines, constrains) = (false, true),
                _ => {}
            }
            let part = self.parts[at].part.clone();
            if part == Part::Empty && matches!(before, Before::Where | Before::SubjectTo) && at + 1 == self.parts.len() {
                let word = self.pieces[self.parts[at].segment.separator.min(self.pieces.len() - 1)].span;
                let error = Diagnostic::new(Fault::Syntax, "nothing stands behind this word").at(word);
                return Err(error.hint("a definition is a name, `=` and an expression: let r = X w - y"));
            }
            if at == objective || matches!(part, Part::Empty | Part::Remark(_)) {
                continue;
            }
            if before == Before::Let && self.pieces[self.parts[at].segment.separator].cut == Cut::Let {
                self.explicit(at)?;
                continue;
            }
            match part {
                Part::Bare => waiting.push((from, to)),
                Part::Member(sign, relation) => {
                    let mut names = std::mem::take(&mut waiting);
                    names.push((from, sign));
                    self.member(&names, (sign, to), relation, constrains)?;
                }
                Part::Equation(_) if constrains => self.constraint(from, to)?,
                Part::Equation(signs) => self.equation(objective, at, &signs, defines)?,
                Part::Comparison(_) if constrains || self.page.asked.is_some() => self.constraint(from, to)?,
                Part::Comparison(_) => self.leave_out(self.span(from, to), "which values the names have"),
                Part::Map(_) => self.leave_out(self.span(from, to), "where the function lives"),
                Part::Empty | Part::Remark(_) => {}
            }
        }
        match waiting.first() {
            Some(&(from, to)) => {
                let wrong = |message: &str| Diagnostic::new(Fault::Syntax, message).at(self.span(from, to));
                Err(if constrains {
                    wrong("a constraint is an equation with `=`").hint("give what has to hold: `A x = b`")
                } else {
                    wrong("`=` is missing behind the name").hint("a definition is a name, `=` and an expression: let r = X w - y")
                })
            }
            None => Ok(()),
        }
    }

    fn member(
        &mut self,
        names: &[(usize, usize)],
        (sign, to): (usize, usize),
        relation: Relation,
        constrains: bool,
    ) -> Result<(), Diagnostic> {
        let range = |(from, to): (usize, usize)| (self.pieces[from].from, self.pieces[to - 1].to);
        let whole = self.span(names[0].0, to);
        if to == sign + 1 || names.iter().any(|n| n.0 >= n.1) {
            return Err(Diagnostic::new(Fault::Syntax, "this relation has one side alone").at(whole));
        }
        let names: Vec<(usize, usize)> = names.iter().map(|&n| range(n)).collect();
        let set = range((sign + 1, to));
        let asked = self.page.asked.is_some() && constrains || self.page.asked.is_some();
        let mut found = Asked { most: false, by: Vec::new(), span: whole, below: None, constraints: Vec::new() };
        domain::member(self.phrases, &names, set, relation, &mut found, &mut self.page, asked)?;
        if let Some(asked) = &mut self.page.asked {
            asked.constraints.extend(found.constraints);
        }
        Ok(())
    }

    fn constraint(&mut self, from: usize, to: usize) -> Result<(), Diagnostic> {
        let span = self.span(from, to);
        match &mut self.page.asked {
            Some(asked) => asked.constraints.push((span.of(self.phrases.text()).to_owned(), span)),
            None => {
                let text = span.of(self.phrases.text()).to_owned();
                self.page.asked = Some(Asked { most: false, by: Vec::new(), span, below: None, constraints: vec![(text, span)] });
            }
        }
        Ok(())
    }

    /// `let r = …`, up to the next `;`: as it stands.
    fn explicit(&mut self, at: usize) -> Result<(), Diagnostic> {
        let Segment { separator, from, to, .. } = self.parts[at].segment;
        let tokens = self.tokens(from, to)?;
        if let Some(function) = self.function_of(from, to)? {
            self.page.functions.push(function);
            return Ok(());
        }
        let span = self.pieces[separator].span;
        self.lets.push(Token { kind: TokenKind::Let, span, spaced: true });
        self.lets.extend(tokens);
        self.end_definition();
        Ok(())
    }

    fn end_definition(&mut self) {
        let end = self.lets.last().map_or(0, |t| t.span.end);
        self.lets.push(Token { kind: TokenKind::Semicolon, span: Span { start: end, end }, spaced: false });
    }

    /// A definition of a function, `H(P) = …`.
    fn function_of(&self, from: usize, to: usize) -> Result<Option<FunctionDeclaration>, Diagnostic> {
        let Some(sign) = (from..to).find(|&at| matches!(self.pieces[at].cut, Cut::Relation(_))) else { return Ok(None) };
        let Left::Applied(name, brackets) = left(self.phrases, &self.pieces[from..sign]) else { return Ok(None) };
        let brackets = &self.pieces[from + brackets];
        let inside = self.phrases.pieces(brackets.from + 1, brackets.to - 1);
        let mut parameters = Vec::new();
        for parameter in inside.split(|p| p.cut == Cut::Comma) {
            let (Some(first), Some(last)) = (parameter.first(), parameter.last()) else { return Ok(None) };
            match self.phrases.name(first.from, last.to) {
                Some(name) => parameters.push(name),
                None => return Ok(None),
            }
        }
        let value = self.span(sign + 1, to);
        let text = self.phrases.text();
        let body = format!("{}{}", " ".repeat(value.start as usize), value.of(text));
        let span = self.span(from, sign - 1);
        Ok(Some(FunctionDeclaration {
            name,
            spelling: span.of(text).to_owned(),
            span,
            body: FunctionBody::Defined(parameters, body, self.phrases.is_latex()),
        }))
    }

    /// An equation beside the expression: a definition of one of its names, or another equation of the page.
    fn equation(&mut self, objective: usize, at: usize, signs: &[(usize, Relation)], defines: bool) -> Result<(), Diagnostic> {
        let Segment { from, to, .. } = self.parts[at].segment;
        let span = self.span(from, to);
        let sign = signs[0].0;
        if self.is_symmetry(from, sign, to) {
            return domain::symmetric(self.phrases, self.pieces[from].from, self.pieces[sign - 1].to, span, &mut self.page);
        }
        if self.page.asked.is_some() && !defines && at > objective && !matches!(left(self.phrases, &self.pieces[from..sign]), Left::Name(_))
        {
            return self.constraint(from, to);
        }
        let value = (sign + 1, signs.get(1).map_or(to, |s| s.0));
        if signs.len() > 1 {
            return Err(refuse(self.pieces[signs[1].0].span, "a definition has one value").hint("give one of the two"));
        }
        if let Some(function) = self.function_of(from, to)? {
            self.page.functions.push(function);
            return Ok(());
        }
        let name = self.tokens(from, sign)?;
        let tokens = self.tokens(value.0, value.1)?;
        let renamed = !defines && at > objective && matches!(tokens.as_slice(), [Token { kind: TokenKind::Word(_), .. }]);
        if renamed {
            self.leave_out(span, "another equation, not a part of this one; say `where` if it defines the name");
            return Ok(());
        }
        let (squared, name) = match name.as_slice() {
            [word @ Token { kind: TokenKind::Word(_), .. }, power @ ..] if is_square(power) => (true, vec![word.clone()]),
            _ => (false, name),
        };
        if squared {
            let word = span.of(self.phrases.text());
            self.page.remarks.push(Remark { span, note: format!("`{word}`: the positive root is taken") });
        }
        self.definitions.push(Defined { name, value: tokens, squared });
        Ok(())
    }

    /// `A = A^\top`.
    fn is_symmetry(&self, from: usize, sign: usize, to: usize) -> bool {
        let (Ok(one), Ok(other)) = (self.tokens(from, sign), self.tokens(sign + 1, to)) else { return false };
        let turned = |a: &[Token], b: &[Token]| match (a, b) {
            ([Token { kind: TokenKind::Word(a), .. }], [Token { kind: TokenKind::Word(b), .. }, mark]) => {
                a.name == b.name && matches!(mark.kind, TokenKind::Mark(Mark::Transpose | Mark::Prime))
            }
            _ => false,
        };
        turned(&one, &other) || turned(&other, &one)
    }
}

/// `^2`.
fn is_square(power: &[Token]) -> bool {
    let two = Rational::from(2);
    match power {
        [Token { kind: TokenKind::Mark(Mark::Power(p)), .. }] => *p == two,
        [Token { kind: TokenKind::Caret, .. }, rest @ ..] => {
            let numbers: Vec<&TokenKind> =
                rest.iter().map(|t| &t.kind).filter(|k| !matches!(k, TokenKind::Open(_) | TokenKind::Close(_))).collect();
            matches!(numbers[..], [TokenKind::Number(p)] if *p == two)
        }
        _ => false,
    }
}

/// `let name = value;` in phrases.
pub(super) fn push_definition(tokens: &mut Vec<Token>, definition: Defined) {
    let empty = |at: u32| Span { start: at, end: at };
    let start = definition.name.first().map_or(0, |t| t.span.start);
    let middle = definition.name.last().map_or(start, |t| t.span.end);
    let end = definition.value.last().map_or(middle, |t| t.span.end);
    let sign = |kind: TokenKind, at: u32| Token { kind, span: empty(at), spaced: true };
    tokens.push(sign(TokenKind::Let, start));
    tokens.extend(definition.name);
    tokens.push(sign(TokenKind::Equals, middle));
    if definition.squared {
        tokens.push(sign(TokenKind::Function("sqrt"), middle));
        tokens.push(sign(TokenKind::Open(Bracket::Group), middle));
        tokens.extend(definition.value);
        tokens.push(sign(TokenKind::Close(Bracket::Group), end));
    } else {
        tokens.extend(definition.value);
    }
    tokens.push(sign(TokenKind::Semicolon, end));
}
