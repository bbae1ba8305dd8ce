//! Function applications: the row's template with its operands put in, and logarithms of determinants.

use super::instr::{Hole, Id, Rank};
use super::lower::{Axes, Axis, Code, Value, core_axes, unsupported};
use super::scope::Ctx;
use crate::base::{Diagnostic, Rational};
use crate::ir::{ExprId, Fun, Node, Shape};
use crate::ops;

const LOGSUMEXP: &str = "logsumexp";

impl Code<'_> {
    /// A function applied to arguments.
    pub fn call(&mut self, fun: Fun, args: &[ExprId], shape: Shape, ctx: Ctx) -> Result<Value, Diagnostic> {
        let Some(row) = ops::row(fun) else {
            let Fun::User(number, order) = fun else { return unsupported("a function without code") };
            let Some(&arg) = args.first() else { return unsupported("a function without an argument") };
            let value = self.value(arg, ctx);
            let name = self.names.function(number, order).to_owned();
            // A user's function need not accept a number for an array: it is given the whole array.
            let full = self.full(&value, self.store.shape(arg));
            let axes = full_axes(&value, self.store.shape(arg));
            return Ok(Value { id: self.table.call(format!("{name}({{0}})"), &[full], axes.len()), axes });
        };
        if row.name == "log"
            && let Some(value) = self.log(args[0], ctx)?
        {
            return Ok(value);
        }
        if row.code.numpy.is_empty() {
            return unsupported(format!("there is no NumPy code for {}", row.name));
        }
        let compared = self.compared(row.name, args);
        let args = compared.as_ref().map_or(args, |(args, _)| args.as_slice());
        let values: Vec<Value> = args.iter().map(|&a| self.value(a, ctx)).collect();
        let (ids, axes): (Vec<Id>, Axes) = if row.eval.is_entrywise() || row.name == "polygamma" {
            let all: Vec<&Value> = values.iter().collect();
            let axes = Self::union(&all);
            (values.iter().map(|v| self.aligned(v, &axes)).collect(), axes)
        } else {
            let ids = args.iter().zip(&values).map(|(&a, v)| self.full(v, self.store.shape(a))).collect();
            let mut axes: Axes = Self::union(&values.iter().collect::<Vec<_>>());
            axes.retain(|a| matches!(a, Axis::Batch(_)));
            axes.extend(core_axes(shape));
            (ids, axes)
        };
        let stacked = values.iter().any(|v| v.axes.iter().any(|a| matches!(a, Axis::Batch(_))));
        let template = match (row.name, stacked) {
            ("norm", true) => "np.linalg.norm({0}, axis=-1)",
            ("norm1", true) => "np.sum(np.abs({0}), axis=-1)",
            ("norminf", true) => "np.max(np.abs({0}), axis=-1)",
            _ => compared.as_ref().map_or(row.code.numpy, |(_, template)| template.as_str()),
        };
        let id = self.template(template, &ids, axes.len());
        if !row.code.helper.is_empty() || !row.code.import.is_empty() {
            self.needs.push((id, row.code.helper, row.code.import));
        }
        Ok(Value { id, axes })
    }

    /// `np.where(a < b, x, y)`: a comparison as it stands, not as a number; its sides and the two values.
    fn compared(&self, name: &str, args: &[ExprId]) -> Option<(Vec<ExprId>, String)> {
        let [condition, yes, no] = *args else { return None };
        let Node::Call(fun, sides) = self.store.node(condition) else { return None };
        let inner = ops::row(*fun)?.code.numpy.strip_prefix("1.0 * (")?.strip_suffix(')')?;
        (name == "where").then(|| (vec![sides[0], sides[1], yes, no], format!("np.where({inner}, {{2}}, {{3}})")))
    }

    /// The logarithms that are not computed as they stand: of determinants, of 1 + u, of a sum of exponentials over an index.
    fn log(&mut self, arg: ExprId, ctx: Ctx) -> Result<Option<Value>, Diagnostic> {
        let bare = ops::args_of(self.store, arg, "abs").map_or(arg, |a| a[0]);
        if let Some(matrix) = ops::args_of(self.store, bare, "det") {
            let value = self.value(matrix[0], ctx);
            let full = self.full(&value, self.store.shape(matrix[0]));
            let axes: Axes = value.axes.iter().copied().filter(|a| matches!(a, Axis::Batch(_))).collect();
            return Ok(Some(Value { id: self.template("np.linalg.slogdet({0})[1]", &[full], axes.len()), axes }));
        }
        if let Node::Sum(terms) = self.store.node(arg).clone() {
            let one = |e: ExprId| e == ExprId::ONE || matches!(self.store.node(e), Node::Ones(_));
            if terms.iter().any(|(c, t)| c.is_one() && one(*t)) && terms.len() > 1 {
                let rest: Vec<(Rational, ExprId)> = self
                    .store
                    .as_written(arg, terms, |t| t.1)
                    .into_iter()
                    .filter(|&(_, t)| !(t == ExprId::ONE || matches!(self.store.node(t), Node::Ones(_))))
                    .collect();
                let value = self.sum_terms(&rest, ctx)?;
                return Ok(Some(Value { id: self.table.call("np.log1p({0})", &[value.id], value.axes.len()), axes: value.axes }));
            }
        }
        if let Node::BigSum { level, low, high, body } = *self.store.node(arg)
            && self.store.is_scalar(arg)
            && !self.scopes.is_looped(arg)
            && let Some(inner) = ops::args_of(self.store, body, "exp")
        {
            let inside = self.scopes.enter(ctx, super::scope::Binder { level, low, high, looped: false });
            let value = self.value(inner[0], inside);
            // The helper works along the last axis, which is the index of the innermost sum.
            if value.axes.last() == Some(&Axis::Batch(level)) {
                let axes: Axes = value.axes.iter().copied().filter(|a| *a != Axis::Batch(level)).collect();
                let id = self.table.call("logsumexp({0})", &[value.id], axes.len());
                if let Some((_, row)) = ops::find(LOGSUMEXP) {
                    self.needs.push((id, row.code.helper, ""));
                }
                return Ok(Some(Value { id, axes }));
            }
        }
        Ok(None)
    }

    /// A row's template with operands. A subscript at its end is an instruction of its own, so that two parts of one
    /// decomposition share it.
    pub fn template(&mut self, template: &str, args: &[Id], ndim: usize) -> Id {
        let whole = template.starts_with("np.eye") || template.ends_with("}]");
        if let Some(at) = template.find(")[").filter(|_| template.ends_with(']') && !whole) {
            let inner = self.template(&template[..=at], args, 2);
            return self.table.view(&format!("{{0}}{}", &template[at + 1..]), inner, ndim);
        }
        let mut text = String::new();
        let mut holes: Vec<(Id, Hole)> = Vec::new();
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            text.push_str(&rest[..open]);
            let Some(close) = rest[open..].find('}').map(|c| open + c) else { break };
            let before = rest[..open].chars().last().or_else(|| text.chars().last());
            let after = rest[close + 1..].chars().next();
            let delimited = (before == Some('(') || text.ends_with(", ")) && matches!(after, Some(')' | ','));
            let number: usize = rest[open + 1..close].parse().unwrap_or(0);
            if let Some(&arg) = args.get(number) {
                // Minus a negative.
                if (text.ends_with("(-") || text.ends_with(", -"))
                    && let Some(inner) = self.table.negated(arg)
                {
                    text.pop();
                    text.push_str(&format!("{{{}}}", holes.len()));
                    holes.push((inner, if matches!(after, Some(')' | ',')) { Hole::Any } else { Hole::Atom }));
                    rest = &rest[close + 1..];
                    continue;
                }
                text.push_str(&format!("{{{}}}", holes.len()));
                holes.push((arg, if delimited { Hole::Any } else { Hole::Atom }));
            }
            rest = &rest[close + 1..];
        }
        text.push_str(rest);
        self.table.text(text, &holes, rank_of(template), ndim)
    }
}

/// The rank of a template: its loosest operator outside brackets.
fn rank_of(template: &str) -> Rank {
    let mut depth = 0usize;
    let mut rank = if template.starts_with('-') { Rank::Neg } else { Rank::Atom };
    for (at, c) in template.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '+' | '-' if template[..at].ends_with(' ') => rank = rank.min(Rank::Sum),
            '@' => rank = rank.min(Rank::MatMul),
            '*' | '/' => rank = rank.min(Rank::Mul),
            '<' | '>' => rank = Rank::Loose,
            _ => {}
        }
    }
    rank
}

fn full_axes(value: &Value, shape: Shape) -> Axes {
    let mut axes: Axes = value.axes.iter().copied().filter(|a| matches!(a, Axis::Batch(_))).collect();
    axes.extend(core_axes(shape));
    axes
}
