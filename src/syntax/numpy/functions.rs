//! What a call of NumPy's means, as a tree of this language.

use super::calls::Arguments;
use super::einsum;
use super::names::Meaning;
use super::tree::{Tree, Value};
use crate::base::{Diagnostic, Fault, Rational, Span};
use crate::syntax::{AstId, Bars, Kind, Times};

impl Tree<'_> {
    /// A function of the table with its arguments.
    pub(super) fn meant(&mut self, meaning: Meaning, arguments: &mut Arguments) -> Result<Value, Diagnostic> {
        let (at, span) = (arguments.callee.at, arguments.span);
        Ok(match meaning {
            Meaning::Same(name, count) => return self.same(name, count, arguments),
            Meaning::Reduce(name) => return self.reduced(name, arguments),
            Meaning::Along(name) => return self.along(name, arguments),
            Meaning::Operator(operator) => return self.operated(operator, arguments),
            Meaning::Norm => return self.norm(arguments),
            Meaning::Einsum => return einsum::read(self, arguments),
            Meaning::Inner | Meaning::Outer => {
                let [a, b] = self.vectors(arguments)?;
                if meaning == Meaning::Inner {
                    Value::Node(self.push(Kind::Inner(a, b), span))
                } else {
                    let row = self.push(Kind::Transpose(b), span);
                    Value::Node(self.push(Kind::Product(vec![(Times::Product, a), (Times::Product, row)]), span))
                }
            }
            Meaning::Vdot => {
                let (a, b) = (arguments.node(self, &["a"])?, arguments.node(self, &["b"])?);
                Value::Node(self.push(Kind::Inner(a, b), span))
            }
            Meaning::Tensordot => {
                let (a, b) = (arguments.node(self, &["a"])?, arguments.node(self, &["b"])?);
                let axes = arguments.option(&["axes", "dims"]);
                match self.whole_number(axes.as_ref()) {
                    Some(1) => Value::Node(self.push(Kind::Product(vec![(Times::Product, a), (Times::MatMul, b)]), span)),
                    Some(2) => Value::Node(self.push(Kind::Inner(a, b), span)),
                    None if axes.is_none() => Value::Node(self.push(Kind::Inner(a, b), span)),
                    _ => return Err(not_read(axes.map_or(span, |a| a.span), "these axes are not read", "write `@` and `.T`")),
                }
            }
            Meaning::MultiDot => {
                let list = arguments.take(self, &["arrays"])?;
                let Value::Several(factors) = &list.value else {
                    return Err(not_read(list.span, "a list is missing here", "multi_dot([A, B, C])"));
                };
                let mut product = Vec::new();
                for factor in factors {
                    product.push((if product.is_empty() { Times::Product } else { Times::MatMul }, self.node(factor)?));
                }
                if product.len() < 2 {
                    return Err(not_read(list.span, "a product needs two factors", "multi_dot([A, B, C])"));
                }
                Value::Node(self.push(Kind::Product(product), span))
            }
            Meaning::Solve => {
                let (a, b) = (arguments.node(self, &["a", "A"])?, arguments.node(self, &["b", "B"])?);
                Value::Node(self.push(Kind::Product(vec![(Times::Product, a), (Times::LeftDivide, b)]), span))
            }
            Meaning::MatrixPower => {
                let (a, n) = (arguments.node(self, &["a", "A", "input"])?, arguments.node(self, &["n"])?);
                Value::Node(self.push(Kind::Power(a, n), span))
            }
            Meaning::Slogdet => {
                let a = arguments.node(self, &["a", "A"])?;
                let det = self.push(Kind::Call { name: "det".into(), at, primes: 0, args: vec![a] }, span);
                let size = self.push(Kind::Bars(Bars::Single, det), span);
                Value::Logarithm(self.push(Kind::Call { name: "log".into(), at, primes: 0, args: vec![size] }, span))
            }
            Meaning::Transpose => {
                let a = arguments.node(self, &["a", "input"])?;
                let axes: Vec<Option<i64>> = arguments.items.iter().map(|i| self.whole_number(Some(&i.operand))).collect();
                if matches!(axes[..], [Some(0 | -2), Some(1 | -1)] | [Some(1 | -1), Some(0 | -2)]) {
                    arguments.items.clear();
                }
                Value::Node(self.push(Kind::Transpose(a), span))
            }
            Meaning::Ravel => {
                let a = arguments.node(self, &["a", "input"])?;
                let turned = self.push(Kind::Transpose(a), span);
                self.call("vec", at, &[turned], span)
            }
            Meaning::Identity => {
                let n = arguments.node(self, &["N", "n"])?;
                self.call("eye", at, &[n], span)
            }
            Meaning::Filled(name) => return self.filled(name, arguments),
            Meaning::OnesLike => {
                let a = arguments.node(self, &["a", "input"])?;
                Value::Node(self.ones_like(a, span))
            }
            Meaning::ZerosLike => {
                let a = arguments.node(self, &["a", "input"])?;
                let zero = self.push(Kind::Number(Rational::ZERO), span);
                Value::Node(self.push(Kind::Product(vec![(Times::Product, zero), (Times::Broadcast, a)]), span))
            }
            Meaning::Length => {
                let a = arguments.node(self, &["input"])?;
                let ones = self.ones_like(a, span);
                let sums = if arguments.callee.name == "len" { "colsum" } else { "sum" };
                let Value::Node(counts) = self.call(sums, at, &[ones], span) else { return Ok(Value::Node(a)) };
                self.call("mean", at, &[counts], span)
            }
            Meaning::Refused(hint) => {
                let error = Diagnostic::new(Fault::Unsupported, format!("`{}` is not read", at.of(self.text))).at(at);
                return Err(error.hint(hint));
            }
        })
    }

    /// A function of the same arguments.
    fn same(&mut self, name: &str, count: usize, arguments: &mut Arguments) -> Result<Value, Diagnostic> {
        let at = arguments.callee.at;
        if (self.vocabulary.builtin)(name).is_none() {
            let error = Diagnostic::new(Fault::Unsupported, format!("`{}` is not read", at.of(self.text))).at(at);
            return Err(error.hint("write what it computes"));
        }
        if name == "gelu" && arguments.callee.root == "jax" {
            return Err(not_read(at, "JAX's gelu is an approximation unless told otherwise", "write `gelu(x)` for the function itself"));
        }
        let mut args = Vec::new();
        for _ in 0..count {
            args.push(arguments.node(self, &["x", "a", "A", "input"])?);
        }
        Ok(self.call(name, at, &args, arguments.span))
    }

    /// Two arguments that are vectors: a matrix is refused.
    fn vectors(&mut self, arguments: &mut Arguments) -> Result<[AstId; 2], Diagnostic> {
        let at = arguments.callee.at;
        let a = arguments.node(self, &["a", "input"])?;
        let a = self.vector(a, at);
        let b = arguments.node(self, &["b", "other", "vec2"])?;
        Ok([a, self.vector(b, at)])
    }

    /// An expression that must be a vector: diag(Diag(x)) is x, and nothing for a matrix.
    fn vector(&mut self, id: AstId, at: Span) -> AstId {
        let span = self.nodes[id.0 as usize].span;
        let square = self.push(Kind::Call { name: "Diag".into(), at, primes: 0, args: vec![id] }, span);
        self.push(Kind::Call { name: "diag".into(), at, primes: 0, args: vec![square] }, span)
    }

    /// `sum` and `mean`, of all entries or along an axis.
    fn reduced(&mut self, name: &str, arguments: &mut Arguments) -> Result<Value, Diagnostic> {
        let (at, span) = (arguments.callee.at, arguments.span);
        let (receiver, bare) = (arguments.callee.at, arguments.callee.root.is_empty() && arguments.span.start == at.start);
        let a = arguments.node(self, &["a", "input"])?;
        let axis = arguments.axis(self)?;
        let sums = match axis {
            None => {
                if bare {
                    self.remark(receiver, format!("`{0}` is np.{0}, of all entries", receiver.of(self.text)));
                }
                return Ok(self.call(name, at, &[a], span));
            }
            Some(0) => "colsum",
            Some(1) => "rowsum",
            Some(_) => {
                return Err(not_read(span, "the last axis is another one of a vector and of a matrix", "write `axis=0` or `axis=1`"));
            }
        };
        let of = self.nodes[a.0 as usize].span;
        let sum = self.call(sums, at, &[a], span);
        if name == "sum" {
            if let Value::Node(id) = sum {
                self.along.push((id, of));
            }
            return Ok(sum);
        }
        // The mean is the sum through the number of entries that went into it.
        let ones = self.ones_like(a, span);
        let (Value::Node(sum), Value::Node(count)) = (sum, self.call(sums, at, &[ones], span)) else { return Ok(Value::Node(a)) };
        let mean = self.push(Kind::Product(vec![(Times::Product, sum), (Times::HadamardDivide, count)]), span);
        self.along.push((mean, of));
        Ok(Value::Node(mean))
    }

    /// `softmax` and the like: of a vector, or of each row of a matrix.
    fn along(&mut self, name: &str, arguments: &mut Arguments) -> Result<Value, Diagnostic> {
        let (at, span) = (arguments.callee.at, arguments.span);
        let a = arguments.node(self, &["x", "a", "input"])?;
        let last = match arguments.axis(self)? {
            Some(-1 | 1) => true,
            None => arguments.callee.root == "jax" && name != "logsumexp",
            Some(_) => false,
        };
        let a = if last { a } else { self.vector(a, at) };
        Ok(self.call(name, at, &[a], span))
    }

    /// A norm; which one its order names is another question for a vector than for a matrix.
    fn norm(&mut self, arguments: &mut Arguments) -> Result<Value, Diagnostic> {
        let (at, span) = (arguments.callee.at, arguments.span);
        let a = arguments.node(self, &["x", "A", "input"])?;
        // PyTorch's oldest one takes a matrix for a long vector.
        let method = arguments.span.start != at.start;
        let flat = at.of(self.text) == "torch.norm" || method;
        let order = arguments.option(&["ord", "p"]);
        let name = match order.as_ref().map(|o| &o.value) {
            None => "norm",
            Some(Value::Word("None")) => "norm",
            Some(Value::Text(word)) if word == "fro" => "norm",
            Some(Value::Text(word)) if word == "nuc" => "nuclear",
            Some(Value::Word("inf")) => {
                let a = if flat { a } else { self.vector(a, at) };
                return Ok(self.call("norminf", at, &[a], span));
            }
            Some(Value::Node(p)) => {
                let p = *p;
                let value = self.whole_number(order.as_ref());
                if flat && matches!(value, Some(1 | 2)) {
                    return Ok(self.call(if value == Some(1) { "norm1" } else { "norm" }, at, &[a], span));
                }
                let name = match value {
                    Some(1) => "norm1",
                    Some(2) => "norm",
                    _ => return Ok(self.call("pnorm", at, &[a, p], span)),
                };
                let a = self.vector(a, at);
                return Ok(self.call(name, at, &[a], span));
            }
            Some(_) => {
                let place = order.as_ref().map_or(span, |o| o.span);
                return Err(not_read(place, "this order of a norm is not read", "the orders are 1, 2, p, np.inf, 'fro' and 'nuc'"));
            }
        };
        Ok(self.call(name, at, &[a], span))
    }

    /// `ones(n)`, `ones((m, n))`, `torch.ones(m, n)`.
    fn filled(&mut self, name: &str, arguments: &mut Arguments) -> Result<Value, Diagnostic> {
        let (at, span) = (arguments.callee.at, arguments.span);
        let first = arguments.take(self, &["shape", "size"])?;
        let mut sides = match first.value {
            Value::Several(sides) => sides,
            _ => vec![first],
        };
        if sides.len() == 1 && arguments.items.first().is_some_and(|i| i.keyword.is_none()) {
            sides.extend(arguments.option(&[]));
        }
        if sides.is_empty() || sides.len() > 2 {
            return Err(not_read(span, "arrays have one or two sides here", "`np.ones(n)` or `np.ones((m, n))`"));
        }
        let args = sides.iter().map(|side| self.node(side)).collect::<Result<Vec<_>, Diagnostic>>()?;
        Ok(self.call(name, at, &args, span))
    }
}

pub(super) fn not_read(at: Span, message: &str, hint: &str) -> Diagnostic {
    Diagnostic::new(Fault::Unsupported, message).at(at).hint(hint)
}
