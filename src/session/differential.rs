//! Differentials: dᵏf, the derivative along a direction, Df(X)\[V\], and its adjoint, which takes a cotangent back to X.

use super::answer::{Answer, Outcome};
use super::derivation::{self, Head};
use super::derivatives::{free_name, named_direction};
use super::tasks::{self, Target, accept, differential_symbol, refused, symbols, variable};
use super::{Along, Session};
use crate::base::{Diagnostic, Fault};
use crate::calculus;
use crate::ir::{ExprId, Facts, Node, Shape, Store, Symbol};
use crate::num;
use crate::rewrite::Rewriter;
use crate::show::{self, Format, Style};
use crate::syntax;

pub(super) fn differential(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<(), Diagnostic> {
    if let Along::Backward(name) = &session.along {
        return backward(session, answer, targets, name.as_deref());
    }
    let varied = varied(session, answer, targets)?;
    let pairs: Vec<(ExprId, ExprId)> = varied.iter().map(|(x, spelling)| (*x, differential_symbol(answer, *x, spelling))).collect();
    let checked = symbols(&answer.store, &pairs);
    let mut value = answer.input.root;
    // dᵏf is the differential of dᵏ⁻¹f, in which dX is constant.
    for order in 1..=session.order.max(1) {
        let raw = calculus::differential(&mut answer.store, value, &pairs).map_err(|r| refused(answer, &r))?;
        let mut rewriter = Rewriter::new();
        let simple = rewriter.simplify(&mut answer.store, raw);
        if !session.unverified {
            let member = pairs.iter().map(|p| p.0).find(|&x| tasks::symbol_of(&answer.store, x).is_some_and(|s| !s.1.is_empty()));
            let options = member.map_or_else(num::Options::default, |x| tasks::check_options(answer, x));
            let report = num::check_differential(&answer.store, value, &checked, simple, &options);
            accept(answer, report)?;
        }
        if session.steps {
            derivation::differential(answer, Head::Differential(order), raw, simple, &rewriter.take_used());
        }
        value = simple;
    }
    if session.steps && !session.unverified {
        derivation::check(answer)?;
    }
    if let Along::Forward(names) = &session.along {
        value = forward(session, answer, &pairs, names, value)?;
    }
    answer.results.push(Outcome { order: session.order.max(1), ..Outcome::whole(value) });
    Ok(())
}

/// The variables that vary, with their spellings: those that are named, else all that occur, families among them.
fn varied(session: &Session, answer: &mut Answer, targets: &[Target]) -> Result<Vec<(ExprId, String)>, Diagnostic> {
    if targets.is_empty() {
        let parts = answer.store.reachable(&[answer.input.root]);
        let mut all = Vec::new();
        let directed = session.along != Along::Differentials;
        for v in &answer.input.variables {
            let occurs = |id: &ExprId| matches!(answer.store.node(*id), Node::Symbol(s) | Node::Member(s, _) if *s == v.symbol);
            let occurs = parts.iter().any(occurs);
            if occurs && v.expr.is_none() && directed {
                let message = format!("`{}` is a family, and a direction is given for single variables", v.spelling);
                return Err(Diagnostic::new(Fault::Unsupported, message).hint("name the variables that vary with --wrt"));
            }
            if occurs {
                let x = v.expr.unwrap_or_else(|| answer.store.member(v.symbol, &[]));
                all.push((x, v.spelling.clone()));
            }
        }
        return Ok(all);
    }
    targets.iter().map(|t| variable(answer, t).map(|x| (x, t.spelling.clone()))).collect()
}

/// dᵏf with directions in place of differentials: names of the user's, or V, V1, …; a variable of the right shape may be one.
fn forward(session: &Session, answer: &mut Answer, pairs: &[(ExprId, ExprId)], names: &[String], df: ExprId) -> Result<ExprId, Diagnostic> {
    if names.len() > pairs.len() {
        return Err(Diagnostic::new(Fault::Usage, "there are more directions than variables")
            .hint("--jvp names one direction for each --wrt, in order"));
    }
    answer.differentials.clear();
    let mut replace = Vec::new();
    for (at, &(x, dx)) in pairs.iter().enumerate() {
        let v = match names.get(at) {
            Some(name) => given(answer, x, name)?,
            None => named_direction(answer, x, if answer.store.shape(x).is_column() { "v" } else { "V" }),
        };
        answer.directions.push((x, v));
        replace.push((dx, v));
    }
    let raw = answer.store.substitute(df, &replace);
    let value = Rewriter::new().simplify(&mut answer.store, raw);
    if !session.unverified && value != raw {
        let report = num::check_equal(&answer.store, raw, value, &[], &num::Options::default());
        accept(answer, report)?;
    }
    Ok(value)
}

/// The direction of this name in the space of `x`: a variable of the expression where it has the shape, else a new one.
fn given(answer: &mut Answer, x: ExprId, name: &str) -> Result<ExprId, Diagnostic> {
    let (canonical, spelling) = one_name(name)?;
    let (shape, facts) = (answer.store.shape(x), calculus::linear_space(answer.store.facts(x)));
    if let Some(known) = answer.input.variables.iter().find(|v| v.name == canonical).and_then(|v| v.expr) {
        if answer.store.shape(known) != shape || !calculus::in_space(&answer.store, known, facts) {
            let message = format!("`{spelling}` is {}, and a direction must be a change of its variable", answer.shape_text(known));
            return Err(Diagnostic::new(Fault::Shape, message).hint("give the direction a name of its own"));
        }
        return Ok(known);
    }
    Ok(declare(answer, x, canonical, spelling, shape, facts))
}

/// A new variable that code takes as a parameter.
fn declare(answer: &mut Answer, x: ExprId, name: String, spelling: String, shape: Shape, facts: Facts) -> ExprId {
    let id = answer.store.declare_direction(Symbol { name, spelling, shape, facts, ranges: Vec::new() });
    let v = answer.store.symbol(id);
    answer.differentials.push((x, v));
    v
}

fn one_name(text: &str) -> Result<(String, String), Diagnostic> {
    match &syntax::parse_wrt(text)?[..] {
        [(name, spelling, _)] => Ok((name.clone(), spelling.clone())),
        _ => Err(Diagnostic::new(Fault::Usage, format!("`{text}` is not one name")).hint("--vjp names one cotangent")),
    }
}

/// X ↦ Df(X)ᵀ\[U\], the gradient of ⟨U, f⟩: a cotangent of the function's shape taken back to each variable.
fn backward(session: &Session, answer: &mut Answer, targets: &[Target], name: Option<&str>) -> Result<(), Diagnostic> {
    let root = answer.input.root;
    let shape = answer.store.shape(root);
    let varied = varied(session, answer, targets)?;
    let cotangent = match name {
        Some(name) => {
            let (canonical, spelling) = one_name(name)?;
            match answer.input.variables.iter().find(|v| v.name == canonical).and_then(|v| v.expr) {
                Some(known) if answer.store.shape(known) == shape => known,
                Some(known) => {
                    let message = format!("`{spelling}` is {}, and the function is {}", answer.shape_text(known), answer.shape_text(root));
                    return Err(
                        Diagnostic::new(Fault::Shape, message).hint("a cotangent has the function's shape; give it a name of its own")
                    );
                }
                None => declare(answer, root, canonical, spelling, shape, Facts::NONE),
            }
        }
        None => {
            // Any matrix of the function's shape: what is known of the function says nothing of its cotangent.
            let name = free_name(answer, if shape.is_column() || shape.is_scalar() { "u" } else { "U" });
            declare(answer, root, name.clone(), name, shape, Facts::NONE)
        }
    };
    // A cotangent is constant, even where it is a variable that the function depends on.
    let (held, pairing) = held(&mut answer.store, cotangent, root);
    let wrt: Vec<ExprId> = varied.iter().map(|v| v.0).collect();
    let sweep = calculus::gradients(&mut answer.store, pairing, &wrt, session.steps).map_err(|r| refused(answer, &r))?;
    let mut rewriter = Rewriter::new();
    for (&x, &gradient) in wrt.iter().zip(&sweep.gradients) {
        let checked = tasks::checked(session, answer, &mut rewriter, pairing, x, gradient)?;
        let value = answer.store.substitute(checked, &[(held, cotangent)]);
        let simple = rewriter.simplify(&mut answer.store, value);
        answer.directions.push((x, cotangent));
        answer.results.push(Outcome::new(x, simple));
    }
    if session.steps {
        for (x, spelling) in &varied {
            differential_symbol(answer, *x, spelling);
        }
        let whole = std::mem::replace(&mut answer.input.root, pairing);
        let lines = derivation::gradient(answer, &wrt, &sweep, &rewriter.take_used());
        answer.input.root = whole;
        answer.steps = lines?;
        if let Some(first) = answer.steps.first_mut() {
            first.head = Head::Paired(cotangent);
        }
        if !session.unverified {
            derivation::check(answer)?;
        }
        // The differentials are no parameters of the answer.
        answer.differentials.retain(|(x, _)| !wrt.contains(x));
    }
    Ok(())
}

/// ⟨U, f⟩ with a stand-in for U where U is a variable that occurs in f.
fn held(store: &mut Store, u: ExprId, f: ExprId) -> (ExprId, ExprId) {
    let mut stand = u;
    if store.depends_on(f, &[u]) {
        let (shape, facts) = (store.shape(u), store.facts(u));
        let id = store.declare(Symbol { name: String::new(), spelling: String::new(), shape, facts, ranges: Vec::new() });
        stand = store.symbol(id);
    }
    let pairing = store.inner(stand, f);
    (stand, pairing)
}

impl Answer {
    /// `df = `, `d²f = `, `Df(X)[V] = `, `Df(X)ᵀ[U] = `.
    pub(super) fn differential_label(&mut self, target: Option<ExprId>, order: u8, format: Format) -> String {
        let style = Style { format, ..self.style };
        let mut written = |ids: Vec<ExprId>| -> String {
            let texts: Vec<String> = ids.into_iter().map(|id| show::show_inline(&mut self.store, id, &style)).collect();
            texts.join(", ")
        };
        if self.directions.is_empty() {
            return derivation::d(order, format) + "f = ";
        }
        let latex = format == Format::Latex;
        let big = if latex { "\\mathrm{D}" } else { "D" };
        if let Some(x) = target {
            let u = self.directions.iter().find(|d| d.0 == x).map_or(x, |d| d.1);
            let (x, u) = (written(vec![x]), written(vec![u]));
            let mark = match format {
                Format::Plain => "ᵀ",
                Format::Ascii => "'",
                Format::Latex => "^\\top",
            };
            return format!("{big}f({x}){mark}[{u}] = ");
        }
        let directions = self.directions.clone();
        let (x, v) = (written(directions.iter().map(|d| d.0).collect()), written(directions.iter().map(|d| d.1).collect()));
        let power = match (order, format) {
            (1, _) => String::new(),
            (k, Format::Plain) => derivation::superscript(k),
            (k, _) => format!("^{k}"),
        };
        let v = vec![v; usize::from(order.max(1))].join("; ");
        format!("{big}{power}f({x})[{v}] = ")
    }
}
