//! Derivations: the lines that the engine took, from the differential as posed to ⟨G, dX⟩.

use super::answer::Answer;
use super::law::{self, Law, law_of};
use crate::base::{Diagnostic, Fault};
use crate::calculus::{self, Sweep};
use crate::ir::{ExprId, Node, Store};
use crate::num;
use crate::show::{self, Format, Style};
use rustc_hash::FxHashMap;

/// What stands before a line's equality sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// Nothing: the line before is rewritten; the first line is df.
    Same,
    /// f itself.
    Value,
    /// dᵏf.
    Differential(u8),
    /// ⟨U, df⟩.
    Paired(ExprId),
    /// ∇_x f.
    Gradient(ExprId),
    /// The differential of that gradient.
    OfGradient(ExprId),
    /// vec df, or the vec of the differential of a gradient.
    Stacked(Option<ExprId>),
}

impl Head {
    fn text(self, store: &mut Store, style: &Style) -> String {
        let format = style.format;
        let nabla = |x: ExprId, store: &mut Store| {
            let x = show::show_inline(store, x, style);
            match format {
                Format::Plain => format!("∇_{x} f"),
                Format::Ascii => format!("grad_{x} f"),
                Format::Latex => format!("\\nabla_{{{x}}} f"),
            }
        };
        let vec = if format == Format::Latex { "\\operatorname{vec}" } else { "vec" };
        match self {
            Head::Same => String::new(),
            Head::Value => "f".to_owned(),
            Head::Differential(order) => d(order, format) + "f",
            Head::Paired(u) => {
                let u = show::show_inline(store, u, style);
                let (open, close) = brackets(format);
                format!("{open}{u}, {}f{close}", d(1, format))
            }
            Head::Gradient(x) => nabla(x, store),
            Head::OfGradient(x) => format!("{}({})", d(1, format), nabla(x, store)),
            Head::Stacked(None) => format!("{vec}({}f)", d(1, format)),
            Head::Stacked(Some(x)) => format!("{vec}({} {})", d(1, format), nabla(x, store)),
        }
    }
}

/// The brackets of an inner product.
fn brackets(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Plain => ("⟨", "⟩"),
        Format::Ascii => ("<", ">"),
        Format::Latex => ("\\langle ", " \\rangle"),
    }
}

/// `d`, `d²`, … in a style.
pub(super) fn d(order: u8, format: Format) -> String {
    match (order, format) {
        (1, Format::Latex) => "\\mathrm{d}".into(),
        (k, Format::Latex) => format!("\\mathrm{{d}}^{{{k}}}"),
        (1, _) => "d".into(),
        (k, Format::Ascii) => format!("d^{k}"),
        (k, Format::Plain) => format!("d{}", superscript(k)),
    }
}

/// A small number in the upper right corner.
pub(super) fn superscript(number: u8) -> String {
    number.to_string().chars().filter_map(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c.to_digit(10)? as usize)).collect()
}

/// One line: a sum of inner products ⟨G, dU⟩, and the law that made it from the line before.
#[derive(Clone, Debug)]
pub struct Line {
    pub(super) head: Head,
    /// The pairs (G, dU); a pair whose G is the number 1 is the differential dU alone.
    pub(super) terms: Vec<(ExprId, ExprId)>,
    /// The laws that it follows by.
    pub(super) laws: Vec<Law>,
}

/// How many lines a derivation may have: one reads it.
const LINES: usize = 24;

/// A derivation as text, with the definitions that its lines and its result share.
#[derive(Clone, Debug, Default)]
pub struct Derivation {
    /// Each line: what stands before the equality sign (nothing where the line before is rewritten), the line, and its reason;
    /// in LaTeX the reason is the text of a `\text`.
    pub lines: Vec<(String, String, String)>,
    /// The results, labelled.
    pub results: Vec<String>,
    /// ` where u = …`, or nothing.
    pub definitions: String,
    /// Whether each line is an equation of its own, rather than the line before rewritten.
    pub equations: bool,
}

impl Answer {
    /// The derivation and the result; repeated parts are named once for all of them.
    pub fn derivation(&mut self, format: Format) -> Derivation {
        if !self.equations.is_empty() {
            let lines = self.equations_text(format).into_iter().map(|(text, law)| (String::new(), text, law)).collect();
            return Derivation { lines, results: self.text(format), definitions: String::new(), equations: true };
        }
        let style = Style { format, ..self.style };
        let steps = self.steps.clone();
        let mut ids: Vec<ExprId> = steps.iter().flat_map(|line| line.parts()).collect();
        ids.extend(self.results.iter().map(|r| r.value));
        let lets = super::tasks::definitions(&self.input);
        let shown = show::show_derivation(&mut self.store, &ids, &style, &lets);
        let mut texts = shown.answers.iter().map(String::as_str);
        let mut lines = Vec::new();
        for (at, line) in steps.iter().enumerate() {
            let head = if at == 0 && line.head == Head::Same { Head::Differential(1) } else { line.head };
            let text = line.text(format, &mut texts);
            lines.push((head.text(&mut self.store, &style), text, law::text(&line.laws, &self.store, format)));
        }
        let mut results = Vec::new();
        // A differential is its own last line, as is what was simplified.
        let own = self.task == super::Task::Simplify || self.directions.is_empty() && self.task == super::Task::Differential;
        let last = steps.last().filter(|_| own);
        if last.is_some() {
            return Derivation { lines, results, definitions: shown.definitions_text(format), equations: false };
        }
        for outcome in self.results.clone() {
            let label = self.result_label(&outcome, format);
            results.push(format!("{label}{}", texts.next().unwrap_or("")));
        }
        Derivation { lines, results, definitions: shown.definitions_text(format), equations: false }
    }
}

impl Answer {
    /// What stands before the equality sign of each line; nothing where the line before is rewritten.
    pub(super) fn left_sides(&mut self, format: Format) -> Vec<String> {
        let style = Style { format, ..self.style };
        let heads: Vec<Head> = self.steps.iter().map(|line| line.head).collect();
        heads.into_iter().map(|head| head.text(&mut self.store, &style)).collect()
    }
}

impl Line {
    /// The line as text, without definitions.
    pub(super) fn show(&self, store: &mut Store, style: &Style) -> String {
        let parts = self.parts();
        let texts: Vec<String> = parts.into_iter().map(|id| show::show_inline(store, id, style)).collect();
        self.text(style.format, &mut texts.iter().map(String::as_str))
    }

    /// Why it follows from the line before.
    pub(super) fn law(&self, store: &Store, format: Format) -> String {
        law::text(&self.laws, store, format)
    }

    /// What is written: G and dU of each pair, dU alone where G is 1.
    fn parts(&self) -> Vec<ExprId> {
        let mut parts = Vec::new();
        for &(g, du) in &self.terms {
            if g != ExprId::ONE {
                parts.push(g);
            }
            parts.push(du);
        }
        parts
    }

    /// The line from the texts of its parts.
    fn text<'a>(&self, format: Format, texts: &mut impl Iterator<Item = &'a str>) -> String {
        let (open, close) = brackets(format);
        let mut text = String::new();
        for &(g, _) in &self.terms {
            let mut next = || texts.next().unwrap_or("");
            let term = if g == ExprId::ONE { next().to_owned() } else { format!("{open}{}, {}{close}", next(), next()) };
            match term.strip_prefix('-') {
                Some(rest) if !text.is_empty() => text.push_str(&format!(" - {}", rest.trim_start())),
                _ if text.is_empty() => text = term,
                _ => text.push_str(&format!(" + {term}")),
            }
        }
        if text.is_empty() { "0".into() } else { text }
    }

    /// The value of the line as one expression.
    pub(super) fn value(&self, store: &mut Store) -> ExprId {
        let terms: Vec<ExprId> = self.terms.iter().map(|&(g, du)| if g == ExprId::ONE { du } else { store.inner(g, du) }).collect();
        store.add(&terms)
    }
}

/// Whether every line has the value of the line before; a vec is compared with the vec of what stands before it, and what
/// begins anew has been checked as a derivative.
pub(super) fn check(answer: &mut Answer) -> Result<(), Diagnostic> {
    let steps = answer.steps.clone();
    let mut chains: Vec<Vec<ExprId>> = Vec::new();
    for line in &steps {
        let value = line.value(&mut answer.store);
        let before = chains.last().and_then(|c| c.last().copied());
        match (line.head, before) {
            (Head::Same, Some(_)) => {
                if let Some(chain) = chains.last_mut() {
                    chain.push(value);
                }
            }
            (Head::Stacked(_), Some(before)) => {
                let stacked = answer.store.vec(before);
                chains.push(vec![stacked, value]);
            }
            _ => chains.push(vec![value]),
        }
    }
    let symbols = super::tasks::symbols(&answer.store, &[answer.differentials.clone(), answer.hidden.clone()].concat());
    for chain in chains.iter().filter(|c| c.len() > 1) {
        match num::check_steps(&answer.store, chain, &symbols, &num::Options::default()) {
            Err((line, failure)) if failure.is_disagreement() => {
                let message = format!("the derivation was withheld: line {} differs from the one before", line + 1);
                return Err(Diagnostic::new(Fault::Verification, message)
                    .hint("this is a defect of matdiff; without --steps the answer itself is checked and printed"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The derivation of a gradient from what the sweep recorded.
pub(super) fn gradient(answer: &mut Answer, wrt: &[ExprId], sweep: &Sweep, laws: &[&'static str]) -> Result<Vec<Line>, Diagnostic> {
    let pairs: Vec<(ExprId, ExprId)> = answer.differentials.iter().copied().filter(|(x, _)| wrt.contains(x)).collect();
    let root = answer.input.root;
    let store = &mut answer.store;
    // The forward differentials of everything that was ever pending: dU in terms of dX.
    // Where one has no closed form by itself (expm inside a trace), the lines in between are left out.
    let forward = calculus::differentials(store, root, &pairs).unwrap_or_default();
    let whole = forward.contains_key(&root);
    let mut lines: Vec<Line> = Vec::new();
    if whole {
        // The differential is in terms of dX already: every rule of a function has been used in it.
        let mut used = vec![Law::Words("differential")];
        for law in sweep.nodes.iter().filter_map(|&node| law_of(store, node)).filter(|law| matches!(law, Law::Rule(_))) {
            if !used.contains(&law) {
                used.push(law);
            }
        }
        let terms = forward.get(&root).map(|&d| (ExprId::ONE, d)).into_iter().collect();
        lines.push(Line { head: Head::Same, terms, laws: used });
    }
    let mut pending: Vec<Law> = Vec::new();
    for (frontier, &node) in sweep.frontiers.iter().zip(&sweep.nodes) {
        let law = if whole { law::moves(store, node) } else { law_of(store, node) };
        if let Some(law) = law
            && !pending.contains(&law)
        {
            pending.push(law);
        }
        if !whole || frontier.iter().all(|&(u, _)| wrt.contains(&u)) || is_trivial(store, node) {
            continue;
        }
        push(store, &mut lines, frontier, &forward, &mut pending);
    }
    let shrink = |lines: &mut Vec<Line>| {
        if lines.len() > LINES {
            let tail = lines.split_off(lines.len() - LINES / 2);
            lines.truncate(LINES / 2);
            lines.extend(tail);
        }
    };
    shrink(&mut lines);
    let d = |x: &ExprId| pairs.iter().find(|p| p.0 == *x).map(|p| p.1);
    let at = |values: &[ExprId]| -> Vec<(ExprId, ExprId)> { wrt.iter().zip(values).filter_map(|(x, &g)| d(x).map(|dx| (g, dx))).collect() };
    if pending.is_empty() {
        pending.push(Law::MoveLeft);
    }
    add(&mut lines, Line { head: Head::Same, terms: at(&sweep.ambient), laws: pending });
    add(
        &mut lines,
        Line { head: Head::Same, terms: at(&sweep.gradients), laws: vec![Law::Words("projection onto the variable's own space")] },
    );
    let simple: Vec<ExprId> = answer.results.iter().map(|r| r.value).collect();
    add(&mut lines, Line { head: Head::Same, terms: at(&simple), laws: words(laws) });
    Ok(lines)
}

fn push(
    store: &mut Store,
    lines: &mut Vec<Line>,
    frontier: &[(ExprId, ExprId)],
    forward: &FxHashMap<ExprId, ExprId>,
    pending: &mut Vec<Law>,
) {
    let terms: Vec<(ExprId, ExprId)> = frontier.iter().filter_map(|&(u, g)| forward.get(&u).map(|&du| (g, du))).collect();
    let line = scalars_multiplied(store, Line { head: Head::Same, terms, laws: Vec::new() });
    if lines.last().is_some_and(|last| last.terms == line.terms) {
        return;
    }
    let laws = std::mem::take(pending);
    add(lines, Line { laws: if laws.is_empty() { vec![Law::Words("sum and product rules")] } else { laws }, ..line });
}

/// ⟨c, du⟩ of scalars is c du.
fn scalars_multiplied(store: &mut Store, line: Line) -> Line {
    let terms = line
        .terms
        .into_iter()
        .map(|(g, du)| if store.is_scalar(du) && g != ExprId::ONE { (ExprId::ONE, store.mul(&[g, du])) } else { (g, du) });
    Line { head: Head::Same, terms: terms.collect(), laws: line.laws }
}

/// Adds a line unless it says the same as the one before.
pub(super) fn add(lines: &mut Vec<Line>, line: Line) {
    if line.head != Head::Same || lines.last().is_none_or(|last| last.terms != line.terms) {
        lines.push(line);
    }
}

/// What a teacher would not write as a line of its own.
fn is_trivial(store: &Store, node: ExprId) -> bool {
    match store.node(node) {
        Node::Sum(_) | Node::Trace(_) => true,
        Node::Product { chain, .. } => chain.is_empty(),
        _ => false,
    }
}

/// The derivation of a differential, or of the next one: as it follows from the rules, and simplified.
pub(super) fn differential(answer: &mut Answer, head: Head, raw: ExprId, simple: ExprId, laws: &[&'static str]) {
    let law = if matches!(head, Head::Differential(k) if k > 1) { "differential, dX held constant" } else { "differential" };
    answer.steps.push(Line { head, terms: vec![(ExprId::ONE, raw)], laws: vec![Law::Words(law)] });
    add(&mut answer.steps, Line { head: Head::Same, terms: vec![(ExprId::ONE, simple)], laws: words(laws) });
}

/// The derivation of a simpler form: what was given, and what the laws made of it.
pub(super) fn simplification(answer: &mut Answer, given: ExprId, simple: ExprId, laws: &[&'static str]) {
    answer.steps.push(Line { head: Head::Value, terms: vec![(ExprId::ONE, given)], laws: vec![Law::Words("as given")] });
    add(&mut answer.steps, Line { head: Head::Same, terms: vec![(ExprId::ONE, simple)], laws: words(laws) });
}

/// The names of laws; where there are none, terms were collected.
pub(super) fn words(laws: &[&'static str]) -> Vec<Law> {
    if laws.is_empty() { vec![Law::Words("collect")] } else { laws.iter().map(|&law| Law::Words(law)).collect() }
}
