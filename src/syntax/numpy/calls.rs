//! Names, functions, methods and indices: what each is here.

use super::names::{self, Meaning, Operator};
use super::phrases::PhraseKind;
use super::tree::{Argument, Operand, Tree, Value};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::{Kind, Place, Times, canonical};

/// A function that is to be applied.
#[derive(Clone, Debug)]
pub(super) struct Callee {
    what: What,
    /// Where its name stands.
    pub at: Span,
    /// The last part of its name.
    pub name: String,
    /// The module or `""`.
    pub root: String,
    /// The array whose method it is.
    receiver: Option<Operand>,
}

/// What is called.
#[derive(Clone, Debug)]
enum What {
    Known(Meaning),
    /// A function of this language, by its canonical name.
    Builtin(&'static str, u8, u8),
    /// A function of the user's own.
    Own(String),
}

impl Tree<'_> {
    /// A name where an operand begins: a variable, a function, a constant, or a module with what is in it.
    pub fn name(&mut self, name: &str) -> Result<(), Diagnostic> {
        let span = self.phrases[self.at].span;
        if self.keyword(name) {
            return Ok(());
        }
        let canonical = canonical(name);
        let variable = self.vocabulary.variables.contains(&canonical) || self.defined.contains(&canonical);
        if let Some(member) = self.member(self.at + 1).filter(|member| !variable && names::is_module(name, member)) {
            return self.in_module(name, member, span);
        }
        if !variable && self.called(self.at + 1) {
            let what = self.function(name, &canonical, span)?;
            let callee = Callee { what, at: span, name: name.to_string(), root: String::new(), receiver: None };
            return self.open_call(callee, self.at + 1);
        }
        match name {
            "None" => self.operand(Value::Word("None"), span),
            "True" => self.operand(Value::Word("True"), span),
            "False" => self.operand(Value::Word("False"), span),
            "if" | "else" | "for" | "in" | "and" | "or" | "not" | "is" | "return" | "import" | "from" | "def" | "lambda" | "while" => {
                return Err(self.python(name));
            }
            _ => {
                self.used.insert(canonical.clone());
                let id = self.push(Kind::Name(canonical), span);
                self.operand(Value::Node(id), span);
            }
        }
        Ok(())
    }

    /// The error for a word of Python's own.
    fn python(&self, word: &str) -> Diagnostic {
        let error = self.error(format!("`{word}` is not read inside a formula"));
        match word {
            "for" | "in" => error.hint("a sum over members is read in matdiff's own spelling: `sum_i (w'x_i - y_i)^2`"),
            "if" | "else" => error.hint("cases are not read in this spelling; `np.maximum(x, 0)` and `np.abs(x)` have names"),
            "lambda" => error.hint("`lambda x: …` may stand in front of the whole formula; as a name: `lam`"),
            _ => error.hint("give the formula alone"),
        }
    }

    /// `np.linalg.inv`, `np.pi`.
    fn in_module(&mut self, root: &str, first: &str, start: Span) -> Result<(), Diagnostic> {
        let (mut last, mut at) = (first, self.at + 2);
        while let Some(member) = self.member(at + 1).filter(|_| names::meaning(last).is_none_or(|_| names::is_module(last, ""))) {
            if !names::is_module(last, "") && names::meaning(last).is_none() && self.vocabulary.instead(member).is_none() {
                let span = self.phrases[at].span;
                let error = Diagnostic::new(Fault::Name, format!("there is no module `{root}.{last}`")).at(span);
                return Err(error.hint("functions are read from `np`, `np.linalg`, `scipy.linalg`, `scipy.special`, `torch`, `torch.linalg` and `torch.nn.functional`"));
            }
            (last, at) = (member, at + 2);
        }
        let span = start.to(self.phrases[at].span);
        self.at = at;
        if self.called(at + 1) {
            let Some(meaning) = names::meaning(last) else { return Err(self.unknown(last, span)) };
            let callee = Callee { what: What::Known(meaning), at: span, name: last.to_string(), root: root.to_string(), receiver: None };
            return self.open_call(callee, at + 1);
        }
        match last {
            "pi" => {
                let id = self.push(Kind::Name("pi".into()), span);
                self.operand(Value::Node(id), span);
            }
            "e" => {
                let one = self.push(Kind::Number(Rational::ONE), span);
                let id = self.push(Kind::Call { name: "exp".into(), at: span, primes: 0, args: vec![one] }, span);
                self.operand(Value::Node(id), span);
            }
            "inf" => self.operand(Value::Word("inf"), span),
            "newaxis" => self.operand(Value::Word("None"), span),
            _ => return Err(self.unknown(last, span)),
        }
        Ok(())
    }

    /// The error for a name that the table has not.
    fn unknown(&self, name: &str, at: Span) -> Diagnostic {
        let error = Diagnostic::new(Fault::Unsupported, format!("there is no function `{}` here", at.of(self.text))).at(at);
        if let Some(instead) = self.vocabulary.instead(name) {
            return error.hint(instead);
        }
        match names::nearest(name) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("write what it computes; or, if it goes entry by entry, name it and declare it: --fn f"),
        }
    }

    /// What a name before a parenthesis calls.
    fn function(&self, name: &str, canonical: &str, span: Span) -> Result<What, Diagnostic> {
        if self.vocabulary.functions.contains(canonical) {
            return Ok(What::Own(canonical.to_string()));
        }
        // Python's own: of two numbers.
        if matches!(name, "max" | "min") {
            return Ok(What::Known(Meaning::Same(if name == "max" { "max" } else { "min" }, 2)));
        }
        if let Some(meaning) = names::meaning(name) {
            return Ok(What::Known(meaning));
        }
        match (self.vocabulary.builtin)(name).filter(|b| b.max > 0) {
            Some(builtin) => Ok(What::Builtin(builtin.name, builtin.min, builtin.max)),
            None => Err(self.unknown(name, span)),
        }
    }

    /// `.T`, `.sum(…)`, `.shape` behind an operand.
    pub fn attribute(&mut self) -> Result<(), Diagnostic> {
        let Some(name) = self.member(self.at) else { return Err(self.error("a name is missing behind this point")) };
        let at = self.phrases[self.at + 1].span;
        let Some(base) = self.take_operand() else { return Ok(()) };
        let whole = base.span.to(at);
        self.at += 1;
        if self.called(self.at + 1) {
            let Some(meaning) = names::meaning(name) else { return Err(self.unknown(name, at)) };
            let callee = Callee { what: What::Known(meaning), at, name: name.to_string(), root: String::new(), receiver: Some(base) };
            return self.open_call(callee, self.at + 1);
        }
        let value = match (name, &base.value) {
            ("T" | "mT", _) => {
                let id = self.node(&base)?;
                Value::Node(self.push(Kind::Transpose(id), whole))
            }
            ("logabsdet", Value::Logarithm(id)) => Value::Node(*id),
            ("shape", _) => Value::Shape(self.node(&base)?),
            ("size", _) => {
                let id = self.node(&base)?;
                let ones = self.ones_like(id, whole);
                self.call("sum", whole, &[ones], whole)
            }
            ("H", _) => {
                return Err(Diagnostic::new(Fault::Unsupported, "matrices are real here").at(at).hint("write `.T` for the transpose"));
            }
            _ => return Err(self.unknown(name, at)),
        };
        self.operand(value, whole);
        Ok(())
    }

    /// A function with its arguments.
    pub fn apply(&mut self, callee: Callee, mut items: Vec<Argument>, end: Span) -> Result<(), Diagnostic> {
        let start = callee.receiver.as_ref().map_or(callee.at, |r| r.span);
        let span = start.to(end);
        let what = callee.what.clone();
        if let Some(receiver) = callee.receiver.clone() {
            items.insert(0, Argument { keyword: None, operand: receiver });
        }
        let mut arguments = Arguments { callee, items, span };
        let value = match what {
            What::Own(name) => {
                let args = arguments.take(self, &["x"])?;
                let id = self.node(&args)?;
                Value::Node(self.push(Kind::Call { name, at: arguments.callee.at, primes: 0, args: vec![id] }, span))
            }
            What::Builtin(name, min, max) => {
                let mut args = Vec::new();
                while !arguments.items.is_empty() && args.len() < usize::from(max) {
                    let operand = arguments.take(self, &[])?;
                    args.push(self.node(&operand)?);
                }
                if args.len() < usize::from(min) {
                    return Err(arguments.missing(self));
                }
                self.call(name, arguments.callee.at, &args, span)
            }
            What::Known(meaning) => self.meant(meaning, &mut arguments)?,
        };
        arguments.finish(self)?;
        self.operand(value, span);
        Ok(())
    }

    /// An operator that was written as a function.
    pub(super) fn operated(&mut self, operator: Operator, arguments: &mut Arguments) -> Result<Value, Diagnostic> {
        let span = arguments.span;
        let left = arguments.node(self, &["x1", "a", "input"])?;
        if operator == Operator::Negative {
            return Ok(Value::Node(self.push(Kind::Neg(left), span)));
        }
        let right = arguments.node(self, &["x2", "b", "other", "exponent"])?;
        let kind = match operator {
            Operator::Add => Kind::Sum(vec![(false, left), (false, right)]),
            Operator::Subtract => Kind::Sum(vec![(false, left), (true, right)]),
            Operator::Power => Kind::HadamardPower(left, right),
            Operator::Multiply => Kind::Product(vec![(Times::Product, left), (Times::Broadcast, right)]),
            Operator::Divide => Kind::Product(vec![(Times::Product, left), (Times::BroadcastDivide, right)]),
            Operator::MatMul | Operator::Negative => Kind::Product(vec![(Times::Product, left), (Times::MatMul, right)]),
        };
        Ok(Value::Node(self.push(kind, span)))
    }

    /// `x[0]`, `X[:, i]`, `slogdet(S)[1]`, `X.shape[0]`: places count from 0.
    pub fn index(&mut self, base: &Operand, items: Vec<Operand>, end: Span) -> Result<(), Diagnostic> {
        let span = base.span.to(end);
        let value = match base.value {
            Value::Logarithm(id) => {
                if self.whole_number(items.first()) != Some(1) || items.len() != 1 {
                    let error = Diagnostic::new(Fault::Unsupported, "only the logarithm of `slogdet` is read").at(span);
                    return Err(error.hint(format!("write `{}[1]`", base.span.of(self.text))));
                }
                Value::Node(id)
            }
            Value::Shape(id) => self.side(id, items.first().filter(|_| items.len() == 1), span)?,
            _ => self.entry(base, &items, span)?,
        };
        self.operand(value, span);
        Ok(())
    }

    /// `X.shape[0]`: as many as there are ones in a column.
    fn side(&mut self, id: crate::syntax::AstId, place: Option<&Operand>, span: Span) -> Result<Value, Diagnostic> {
        let sums = match self.whole_number(place) {
            Some(0) => "colsum",
            Some(1) => "rowsum",
            _ => {
                return Err(Diagnostic::new(Fault::Unsupported, "this is no side of the array")
                    .at(span)
                    .hint("write `.shape[0]` or `.shape[1]`"));
            }
        };
        let ones = self.ones_like(id, span);
        let Value::Node(counts) = self.call(sums, span, &[ones], span) else { return Ok(Value::Shape(id)) };
        Ok(self.call("mean", span, &[counts], span))
    }

    fn entry(&mut self, base: &Operand, items: &[Operand], span: Span) -> Result<Value, Diagnostic> {
        let id = self.node(base)?;
        let mut places = Vec::new();
        for item in items {
            places.push(match &item.value {
                Value::All => Place::All,
                Value::Word("None") => {
                    let error = Diagnostic::new(Fault::Unsupported, "an axis of length 1 is not read").at(item.span);
                    return Err(error.hint("vectors are columns here: `np.outer(x, y)` is the product of a column and a row"));
                }
                _ => Place::At(self.place(item)?),
            });
        }
        if places.is_empty() || places.len() > 2 {
            return Err(Diagnostic::new(Fault::Unsupported, "arrays have one or two indices here").at(span));
        }
        let row = matches!(places[..], [Place::At(_), Place::All]);
        if places.iter().all(|p| *p == Place::All) {
            return Ok(Value::Node(id));
        }
        let id = self.push(Kind::Index(id, places), span);
        // A row of a matrix is an array of one axis like any other.
        Ok(Value::Node(if row { self.push(Kind::Transpose(id), span) } else { id }))
    }

    /// A place that counts from 0, as one that counts from 1.
    fn place(&mut self, item: &Operand) -> Result<crate::syntax::AstId, Diagnostic> {
        let id = self.node(item)?;
        let written = item.span.of(self.text);
        if let Kind::Number(value) = &self.nodes[id.0 as usize].kind {
            if value.is_negative() {
                let error = Diagnostic::new(Fault::Unsupported, "places that count from the end are not read").at(item.span);
                return Err(error.hint("write the place from the front, `x[0]`"));
            }
            let next = value.add(&Rational::ONE);
            self.remark(item.span, format!("places count from 0 in NumPy and from 1 here: `{written}` is {next}"));
            return Ok(self.push(Kind::Number(next), item.span));
        }
        let one = self.push(Kind::Number(Rational::ONE), item.span);
        // i - 1 + 1.
        if let Kind::Sum(terms) = &self.nodes[id.0 as usize].kind
            && let Some((minus, last)) = terms.last().copied()
            && terms.len() == 2
            && matches!(&self.nodes[last.0 as usize].kind, Kind::Number(n) if minus && n.is_one())
        {
            let first = terms[0].1;
            let place = self.nodes[first.0 as usize].span.of(self.text);
            self.remark(item.span, format!("places count from 0 in NumPy and from 1 here: `{written}` is {place}"));
            return Ok(first);
        }
        self.remark(item.span, format!("places count from 0 in NumPy and from 1 here: `{written}` is {written}+1"));
        Ok(self.push(Kind::Sum(vec![(false, id), (false, one)]), item.span))
    }

    /// The whole number that an operand is.
    pub(super) fn whole_number(&self, operand: Option<&Operand>) -> Option<i64> {
        let Value::Node(id) = operand?.value else { return None };
        match &self.nodes[id.0 as usize].kind {
            Kind::Number(value) => value.to_integer(),
            _ => None,
        }
    }

    /// A function of this language.
    pub(super) fn call(&mut self, name: &str, at: Span, args: &[crate::syntax::AstId], span: Span) -> Value {
        Value::Node(self.push(Kind::Call { name: name.to_string(), at, primes: 0, args: args.to_vec() }, span))
    }

    /// An array of ones of the same shape.
    pub(super) fn ones_like(&mut self, id: crate::syntax::AstId, span: Span) -> crate::syntax::AstId {
        let zero = self.push(Kind::Number(Rational::ZERO), span);
        self.push(Kind::HadamardPower(id, zero), span)
    }

    /// Whether the phrase at this place is a name.
    pub fn named(&self, at: usize) -> Option<&str> {
        match self.phrases.get(at).map(|p| &p.kind) {
            Some(PhraseKind::Name(name)) => Some(name),
            _ => None,
        }
    }
}

/// The arguments of a call, which are taken one after the other.
pub(super) struct Arguments {
    pub callee: Callee,
    pub items: Vec<Argument>,
    /// The whole call.
    pub span: Span,
}

impl Arguments {
    /// The next argument without a name, or the one of these names.
    pub fn take(&mut self, tree: &Tree<'_>, names: &[&str]) -> Result<Operand, Diagnostic> {
        self.option(names).ok_or_else(|| self.missing(tree))
    }

    /// The same, where it may be missing.
    pub fn option(&mut self, names: &[&str]) -> Option<Operand> {
        let at = self.items.iter().position(|i| i.keyword.as_deref().is_none_or(|k| names.contains(&k)))?;
        Some(self.items.remove(at).operand)
    }

    /// The next argument as an expression.
    pub fn node(&mut self, tree: &Tree<'_>, names: &[&str]) -> Result<crate::syntax::AstId, Diagnostic> {
        let operand = self.take(tree, names)?;
        tree.node(&operand)
    }

    pub fn missing(&self, tree: &Tree<'_>) -> Diagnostic {
        let name = self.callee.at.of(tree.text);
        Diagnostic::new(Fault::Syntax, format!("`{name}` needs one more argument")).at(self.span)
    }

    /// Refuses what nobody has taken.
    fn finish(&self, tree: &Tree<'_>) -> Result<(), Diagnostic> {
        let Some(item) = self.items.first() else { return Ok(()) };
        let (name, written) = (self.callee.at.of(tree.text), item.operand.span.of(tree.text));
        let (what, at) = match &item.keyword {
            Some(keyword) => (format!("{keyword}={written}"), item.operand.span),
            None => (written.to_string(), item.operand.span),
        };
        let error = Diagnostic::new(Fault::Unsupported, format!("the argument `{what}` of `{name}` is not read")).at(at);
        Err(match item.keyword.as_deref() {
            Some("keepdims" | "keepdim") => {
                error.hint("to take a row or a column from every one: `X - np.outer(np.mean(X, axis=1), np.ones(n))`")
            }
            _ => error.hint("leave it out, or write what it computes"),
        })
    }

    /// The axis that is named: `None` where all entries are meant.
    pub fn axis(&mut self, tree: &Tree<'_>) -> Result<Option<i64>, Diagnostic> {
        let Some(operand) = self.option(&["axis", "dim"]) else { return Ok(None) };
        match (&operand.value, tree.whole_number(Some(&operand))) {
            (Value::Word("None"), _) => Ok(None),
            (_, Some(axis @ -1..=1)) => Ok(Some(axis)),
            (Value::Several(axes), _) if axes.len() == 2 && axes.iter().all(|a| matches!(tree.whole_number(Some(a)), Some(0 | 1))) => {
                Ok(None)
            }
            _ => Err(Diagnostic::new(Fault::Unsupported, "this axis is not read").at(operand.span).hint("write `axis=0` or `axis=1`")),
        }
    }
}
