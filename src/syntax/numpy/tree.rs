//! Python's phrases become a tree: precedence, brackets and what stands behind an operand, with an explicit stack of frames.

use super::calls::Callee;
use super::phrases::{Phrase, PhraseKind};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::brackets::{NEST_LIMIT, too_deep};
use crate::syntax::{AstId, Kind, Node, Remark, Times, Vocabulary};
use std::collections::BTreeSet;

/// What an operand is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Node(AstId),
    /// `(m, n)` and `[A, B]`.
    Several(Vec<Operand>),
    /// `'fro'`.
    Text(String),
    /// `None`, `True`, `np.inf`, `np.newaxis`: what only an argument or an index can be.
    Word(&'static str),
    /// `:`.
    All,
    /// `slogdet(S)`: its second part.
    Logarithm(AstId),
    /// `X.shape`.
    Shape(AstId),
}

/// An operand with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    pub value: Value,
    pub span: Span,
}

/// An argument, with its name where it has one.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub keyword: Option<String>,
    pub operand: Operand,
}

/// What waits in front of the operand that is being read.
enum Prefix {
    Minus(Span),
    Power(Operand),
}

/// Why a frame was opened.
enum Purpose {
    Whole,
    Group,
    List,
    Call(Callee),
    Index(Operand),
}

/// One level of brackets.
struct Frame {
    purpose: Purpose,
    open: Span,
    items: Vec<Argument>,
    keyword: Option<String>,
    terms: Vec<(bool, Operand)>,
    sign: Option<bool>,
    product: Vec<(Times, Operand)>,
    join: Option<Times>,
    prefixes: Vec<Prefix>,
    operand: Option<Operand>,
    /// Whether a comma stood last.
    comma: bool,
}

impl Frame {
    fn new(purpose: Purpose, open: Span) -> Frame {
        Frame {
            purpose,
            open,
            items: Vec::new(),
            keyword: None,
            terms: Vec::new(),
            sign: None,
            product: Vec::new(),
            join: None,
            prefixes: Vec::new(),
            operand: None,
            comma: false,
        }
    }

    fn is_empty(&self) -> bool {
        self.operand.is_none() && self.product.is_empty() && self.terms.is_empty() && self.sign.is_none() && self.prefixes.is_empty()
    }
}

/// Builds the trees of all statements into one arena.
pub(super) struct Tree<'a> {
    pub text: &'a str,
    pub phrases: &'a [Phrase<'a>],
    pub vocabulary: &'a Vocabulary<'a>,
    pub nodes: Vec<Node>,
    pub remarks: Vec<Remark>,
    /// Names that statements before have given to values, canonical.
    pub defined: BTreeSet<String>,
    /// Sums along an axis, with the array that each is of.
    pub along: Vec<(AstId, Span)>,
    /// Names that have been used as variables, canonical.
    pub used: BTreeSet<String>,
    frames: Vec<Frame>,
    prefixes: usize,
    pub at: usize,
    stop: usize,
}

impl<'a> Tree<'a> {
    pub fn new(text: &'a str, phrases: &'a [Phrase<'a>], vocabulary: &'a Vocabulary<'a>) -> Self {
        Tree {
            text,
            phrases,
            vocabulary,
            nodes: Vec::new(),
            remarks: Vec::new(),
            defined: BTreeSet::new(),
            along: Vec::new(),
            used: BTreeSet::new(),
            frames: Vec::new(),
            prefixes: 0,
            at: 0,
            stop: 0,
        }
    }

    /// Builds the expression in a range of phrases.
    pub fn expression(&mut self, from: usize, to: usize) -> Result<AstId, Diagnostic> {
        let start = self.phrases.get(from).map_or(Span::new(self.text.len(), self.text.len()), |p| p.span);
        self.frames = vec![Frame::new(Purpose::Whole, Span { end: start.start, ..start })];
        (self.at, self.stop, self.prefixes) = (from, to, 0);
        while self.at < to {
            self.step()?;
            self.at += 1;
        }
        if let Some(open) = self.frames.last().filter(|f| !matches!(f.purpose, Purpose::Whole)) {
            return Err(Diagnostic::new(Fault::Syntax, "this bracket is never closed").at(open.open));
        }
        let whole = self.item()?;
        self.node(&whole)
    }

    pub fn push(&mut self, kind: Kind, span: Span) -> AstId {
        let id = AstId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { kind, span });
        id
    }

    pub fn remark(&mut self, span: Span, note: String) {
        if !self.remarks.iter().any(|r| r.note == note) {
            self.remarks.push(Remark { span, note });
        }
    }

    /// The expression that an operand is.
    pub fn node(&self, operand: &Operand) -> Result<AstId, Diagnostic> {
        let wrong = |message: String| Err(Diagnostic::new(Fault::Syntax, message).at(operand.span));
        match &operand.value {
            Value::Node(id) => Ok(*id),
            Value::Logarithm(_) => {
                let error = Diagnostic::new(Fault::Syntax, "`slogdet` gives a sign and a logarithm").at(operand.span);
                Err(error.hint(format!("write `{}[1]` for the logarithm", operand.span.of(self.text))))
            }
            Value::Shape(_) => {
                let error = Diagnostic::new(Fault::Syntax, "a shape is no number").at(operand.span);
                Err(error.hint(format!("write `{0}[0]` or `{0}[1]`", operand.span.of(self.text))))
            }
            Value::Several(_) => wrong("several values cannot stand here".into()),
            Value::Text(_) => wrong("a word in quotation marks is no value".into()),
            Value::Word(word) => wrong(format!("`{word}` is no value here")),
            Value::All => wrong("a colon stands for all rows or columns in an index".into()),
        }
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(Purpose::Whole, Span::default()));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub fn error(&self, message: impl Into<String>) -> Diagnostic {
        let end = Span::new(self.text.len(), self.text.len());
        Diagnostic::new(Fault::Syntax, message).at(self.phrases.get(self.at).map_or(end, |p| p.span))
    }

    fn kind(&self, at: usize) -> Option<&'a PhraseKind<'a>> {
        self.phrases.get(at).filter(|_| at < self.stop).map(|p| &p.kind)
    }

    /// The name behind a point at this place.
    pub fn member(&self, at: usize) -> Option<&'a str> {
        match (self.kind(at), self.kind(at + 1)) {
            (Some(PhraseKind::Operator(".")), Some(PhraseKind::Name(name))) => Some(name),
            _ => None,
        }
    }

    /// Whether a parenthesis opens at this place.
    pub fn called(&self, at: usize) -> bool {
        self.kind(at) == Some(&PhraseKind::Open("("))
    }

    fn open_frame(&mut self, purpose: Purpose) -> Result<(), Diagnostic> {
        let open = self.phrases[self.at].span;
        self.frames.push(Frame::new(purpose, open));
        self.deep()
    }

    /// Opens the brackets behind a function, which are at this place.
    pub fn open_call(&mut self, callee: Callee, at: usize) -> Result<(), Diagnostic> {
        self.at = at;
        self.open_frame(Purpose::Call(callee))
    }

    fn deep(&self) -> Result<(), Diagnostic> {
        if self.frames.len() + self.prefixes > NEST_LIMIT { Err(too_deep(self.phrases[self.at].span)) } else { Ok(()) }
    }

    fn prefix(&mut self, prefix: Prefix) -> Result<(), Diagnostic> {
        self.frame().prefixes.push(prefix);
        self.prefixes += 1;
        self.deep()
    }

    /// Whether a parenthesis opens at this place of the whole text.
    pub fn opens(&self, at: usize) -> bool {
        self.phrases.get(at).is_some_and(|p| p.kind == PhraseKind::Open("("))
    }

    /// The operand that is complete so far, which something behind it takes.
    pub fn take_operand(&mut self) -> Option<Operand> {
        self.frame().operand.take()
    }

    /// Takes an operand.
    pub fn operand(&mut self, value: Value, span: Span) {
        self.frame().operand = Some(Operand { value, span });
    }

    /// Reads one phrase.
    fn step(&mut self) -> Result<(), Diagnostic> {
        let phrase = &self.phrases[self.at];
        let has_operand = self.frame().operand.is_some();
        match &phrase.kind {
            PhraseKind::Operator(",") => self.comma(),
            PhraseKind::Close(close) => self.close(close),
            PhraseKind::Operator(sign) if has_operand => self.operator(sign),
            PhraseKind::Open("(") if has_operand => Err(self.not_callable()),
            PhraseKind::Open("[") if has_operand => match self.frame().operand.take() {
                Some(base) => self.open_frame(Purpose::Index(base)),
                None => Ok(()),
            },
            _ if has_operand => {
                let error = self.error("an operator is missing here");
                Err(error.hint("`A @ B` is the matrix product, `a * b` the one by entries; for matdiff's own spelling: --from plain"))
            }
            PhraseKind::Number(value) => {
                let id = self.push(Kind::Number(value.clone()), phrase.span);
                self.operand(Value::Node(id), phrase.span);
                Ok(())
            }
            PhraseKind::Name(name) => self.name(name),
            PhraseKind::Text(text) => {
                self.operand(Value::Text((*text).to_string()), phrase.span);
                Ok(())
            }
            PhraseKind::Open("(") => self.open_frame(Purpose::Group),
            PhraseKind::Open(_) => self.open_frame(Purpose::List),
            PhraseKind::Operator("-") => self.prefix(Prefix::Minus(phrase.span)),
            PhraseKind::Operator("+") if self.frame().is_empty() => Ok(()),
            PhraseKind::Operator(":") if self.frame().is_empty() && matches!(self.frame().purpose, Purpose::Index(_)) => {
                self.operand(Value::All, phrase.span);
                Ok(())
            }
            PhraseKind::Operator(sign) => Err(self.error(format!("`{sign}` has nothing on its left"))),
            PhraseKind::End => Err(self.error("a statement ends here, inside an expression")),
        }
    }

    /// An operator behind an operand.
    fn operator(&mut self, sign: &str) -> Result<(), Diagnostic> {
        let times = match sign {
            "*" => Times::Broadcast,
            "/" => Times::BroadcastDivide,
            "@" => Times::MatMul,
            "+" | "-" => {
                let term = self.term()?;
                let frame = self.frame();
                let negative = frame.sign.replace(sign == "-").unwrap_or(false);
                frame.terms.push((negative, term));
                return Ok(());
            }
            "**" => {
                return match self.frame().operand.take() {
                    Some(base) => self.prefix(Prefix::Power(base)),
                    None => Ok(()),
                };
            }
            "." => return self.attribute(),
            "=" => {
                let error = self.error("an equation cannot stand here");
                return Err(
                    error.hint("give one side, or the difference of both; a definition before the formula is `r = X @ w - y; r @ r`")
                );
            }
            _ => return Err(self.unread(sign)),
        };
        let factor = self.factor()?;
        let frame = self.frame();
        let join = frame.join.replace(times).unwrap_or(Times::Product);
        frame.product.push((join, factor));
        Ok(())
    }

    /// The error for an operator that Python has and formulas have not.
    fn unread(&self, sign: &str) -> Diagnostic {
        let error = self.error(format!("`{sign}` is not read here"));
        match sign {
            "//" | "%" => error.hint("a function with steps has no derivative"),
            ":" => error.hint("an index is one entry or all of them, `x[0]` and `X[:, 0]`; ranges of rows or columns are not supported"),
            "<" | ">" | "<=" | ">=" | "==" | "!=" => error.hint("conditions are not read in this spelling; `np.maximum(x, 0)` has a name"),
            _ => error.hint("give the formula alone; a definition before it is `r = X @ w - y; r @ r`"),
        }
    }

    fn not_callable(&self) -> Diagnostic {
        let before = self.frames.last().and_then(|f| f.operand.as_ref()).map_or("", |o| o.span.of(self.text));
        self.error(format!("`{before}` is no function here"))
            .hint(format!("write `{before} * (…)` or `{before} @ (…)` for a product; a function of your own is declared: --fn f"))
    }

    /// `name=` before an argument; whether that stands here.
    pub fn keyword(&mut self, name: &str) -> bool {
        let follows = self.kind(self.at + 1) == Some(&PhraseKind::Operator("="));
        let frame = self.frame();
        if !follows || !frame.is_empty() || frame.keyword.is_some() || !matches!(frame.purpose, Purpose::Call(_)) {
            return false;
        }
        frame.keyword = Some(name.to_string());
        self.at += 1;
        true
    }

    /// The factor being read, with everything in front of it applied.
    fn factor(&mut self) -> Result<Operand, Diagnostic> {
        let Some(mut operand) = self.frame().operand.take() else { return Err(self.error("an operand is missing here")) };
        while let Some(prefix) = self.frame().prefixes.pop() {
            self.prefixes -= 1;
            let id = self.node(&operand)?;
            operand = match prefix {
                Prefix::Minus(at) => self.negative(id, at.to(operand.span)),
                Prefix::Power(base) => self.power(&base, id, operand.span)?,
            };
        }
        Ok(operand)
    }

    /// A negative number is one number.
    fn negative(&mut self, id: AstId, span: Span) -> Operand {
        let value = match &self.nodes[id.0 as usize].kind {
            Kind::Number(value) if id.0 as usize + 1 == self.nodes.len() => Some(value.neg()),
            _ => None,
        };
        let kind = match value {
            Some(value) => {
                self.nodes.truncate(id.0 as usize);
                Kind::Number(value)
            }
            None => Kind::Neg(id),
        };
        Operand { value: Value::Node(self.push(kind, span)), span }
    }

    /// `x**2` goes entry by entry.
    fn power(&mut self, base: &Operand, exponent: AstId, end: Span) -> Result<Operand, Diagnostic> {
        let id = self.node(base)?;
        let span = base.span.to(end);
        let matrix = matches!(&self.nodes[id.0 as usize].kind, Kind::Name(name) if name.starts_with(|c: char| c.is_ascii_uppercase()));
        let exponent_is = |value: Rational| matches!(&self.nodes[exponent.0 as usize].kind, Kind::Number(n) if *n == value);
        if matrix {
            let (name, whole) = (base.span.of(self.text), span.of(self.text));
            if exponent_is(Rational::from(-1)) {
                return Err(Diagnostic::new(Fault::Ambiguous, format!("`{whole}` has two readings")).at(span).hint(format!(
                    "write `np.linalg.inv({name})` for the inverse, `1 / {name}` for the one by entries, which NumPy computes"
                )));
            }
            let power = end.of(self.text);
            self.remark(
                span,
                format!("`{whole}` goes entry by entry, as in NumPy; the power of a matrix is np.linalg.matrix_power({name}, {power})"),
            );
        }
        Ok(Operand { value: Value::Node(self.push(Kind::HadamardPower(id, exponent), span)), span })
    }

    /// The product being read as one operand.
    fn term(&mut self) -> Result<Operand, Diagnostic> {
        let last = self.factor()?;
        let frame = self.frame();
        let join = frame.join.take().unwrap_or(Times::Product);
        let mut product = std::mem::take(&mut frame.product);
        if product.is_empty() {
            return Ok(last);
        }
        product.push((join, last));
        self.turned(&product)?;
        self.entrywise(&product);
        self.apart(product.iter().filter(|f| f.0 != Times::MatMul).map(|f| &f.1))?;
        let span = product.first().map_or(Span::default(), |f| f.1.span).to(product.last().map_or(Span::default(), |f| f.1.span));
        let factors = product.iter().map(|(times, o)| Ok((*times, self.node(o)?))).collect::<Result<Vec<_>, Diagnostic>>()?;
        Ok(Operand { value: Value::Node(self.push(Kind::Product(factors), span)), span })
    }

    /// Refuses `x.T * A`, which goes entry by entry in NumPy and is hardly meant to.
    fn turned(&self, product: &[(Times, Operand)]) -> Result<(), Diagnostic> {
        let ends = |o: &Operand| o.span.of(self.text).ends_with(".T");
        let found = product.windows(2).find(|w| w[1].0 == Times::Broadcast && ends(&w[0].1) && !ends(&w[1].1));
        let Some([(_, left), (_, right)]) = found else { return Ok(()) };
        let (a, b, span) = (left.span.of(self.text), right.span.of(self.text), left.span.to(right.span));
        let error = Diagnostic::new(Fault::Ambiguous, format!("`{a} * {b}` goes entry by entry in NumPy")).at(span);
        Err(error.hint(format!("the matrix product is `{a} @ {b}`; entry by entry it is `np.multiply({a}, {b})`")))
    }

    /// Says that `A * B` is no matrix product.
    fn entrywise(&mut self, product: &[(Times, Operand)]) {
        let capital = |o: &Operand| o.span.of(self.text).starts_with(|c: char| c.is_ascii_uppercase());
        let found =
            product.windows(2).find(|w| w[1].0 == Times::Broadcast && w[0].0 != Times::MatMul && capital(&w[0].1) && capital(&w[1].1));
        if let Some([(_, left), (_, right)]) = found {
            let (a, b, span) = (left.span.of(self.text), right.span.of(self.text), left.span.to(right.span));
            self.remark(span, format!("`{a} * {b}` goes entry by entry, as in NumPy; the matrix product is {a} @ {b}"));
        }
    }

    /// The sum being read as one operand.
    fn item(&mut self) -> Result<Operand, Diagnostic> {
        let term = self.term()?;
        let frame = self.frame();
        let Some(negative) = frame.sign.take() else { return Ok(term) };
        let mut terms = std::mem::take(&mut frame.terms);
        terms.push((negative, term));
        self.apart(terms.iter().map(|t| &t.1))?;
        let span = terms.first().map_or(Span::default(), |t| t.1.span).to(terms.last().map_or(Span::default(), |t| t.1.span));
        let terms = terms.iter().map(|(minus, o)| Ok((*minus, self.node(o)?))).collect::<Result<Vec<_>, Diagnostic>>()?;
        Ok(Operand { value: Value::Node(self.push(Kind::Sum(terms), span)), span })
    }

    /// Refuses `X - X.mean(axis=0)`: NumPy takes the row from every row, and nothing here has two shapes.
    fn apart<'o>(&self, operands: impl Iterator<Item = &'o Operand>) -> Result<(), Diagnostic> {
        let operands: Vec<&Operand> = operands.collect();
        let reduced = |o: &Operand| self.along.iter().find(|(id, _)| o.value == Value::Node(*id)).map(|(_, of)| of.of(self.text));
        for (at, one) in operands.iter().enumerate() {
            let Some(whole) = reduced(one) else { continue };
            if operands.iter().enumerate().any(|(other, o)| other != at && o.span.of(self.text) == whole) {
                let part = one.span.of(self.text);
                return Err(Diagnostic::new(Fault::Unsupported, format!("`{whole}` and `{part}` differ in shape, and are not stretched here"))
                    .at(one.span)
                    .hint(format!("write the columns out: `np.outer({part}, np.ones(n))` of sums of rows, `np.outer(np.ones(m), {part})` of sums of columns")));
            }
        }
        Ok(())
    }

    fn finish_argument(&mut self) -> Result<(), Diagnostic> {
        let operand = self.item()?;
        let frame = self.frame();
        let keyword = frame.keyword.take();
        frame.items.push(Argument { keyword, operand });
        Ok(())
    }

    fn comma(&mut self) -> Result<(), Diagnostic> {
        if matches!(self.frame().purpose, Purpose::Whole) {
            return Err(self.error("`,` cannot stand here").hint("several expressions go one a line"));
        }
        self.finish_argument()?;
        self.frame().comma = true;
        Ok(())
    }

    /// A closing bracket: what it encloses becomes the operand of the frame around it.
    fn close(&mut self, close: &str) -> Result<(), Diagnostic> {
        let end = self.phrases[self.at].span;
        let frame = self.frame();
        let wanted = match frame.purpose {
            Purpose::Whole => return Err(self.error(format!("`{close}` closes nothing"))),
            Purpose::Group | Purpose::Call(_) => ")",
            Purpose::List | Purpose::Index(_) => "]",
        };
        if close != wanted {
            let open = frame.open;
            return Err(self.error(format!("`{wanted}` is missing before this `{close}`")).note(open, "opened here"));
        }
        let may_end = frame.is_empty() && frame.keyword.is_none() && (frame.comma || matches!(frame.purpose, Purpose::Call(_)));
        if !may_end {
            self.finish_argument()?;
        }
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let span = frame.open.to(end);
        match frame.purpose {
            Purpose::Group if !frame.comma => {
                if let Some(item) = frame.items.into_iter().next() {
                    self.operand(item.operand.value, span);
                }
                Ok(())
            }
            Purpose::Group | Purpose::List | Purpose::Whole => {
                self.operand(Value::Several(frame.items.into_iter().map(|i| i.operand).collect()), span);
                Ok(())
            }
            Purpose::Call(callee) => self.apply(callee, frame.items, end),
            Purpose::Index(base) => self.index(&base, frame.items.into_iter().map(|i| i.operand).collect(), end),
        }
    }
}
