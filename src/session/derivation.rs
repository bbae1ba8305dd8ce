//! Derivations: the lines that the engine took, from the differential as posed to ⟨G, dX⟩.

use super::answer::Answer;
use crate::base::Diagnostic;
use crate::calculus::{self, Sweep};
use crate::ir::{ExprId, Fun, Node, Store};
use crate::ops;
use crate::show::{self, Format, Style};
use rustc_hash::FxHashMap;

/// One line: a sum of inner products ⟨G, dU⟩, and the law that made it from the line before.
#[derive(Clone, Debug)]
pub struct Line {
    /// The pairs (G, dU); a pair whose G is the number 1 is the differential dU alone.
    pub(super) terms: Vec<(ExprId, ExprId)>,
    /// The law's name.
    pub(super) law: String,
}

/// How many lines a derivation may have: one reads it.
const LINES: usize = 24;

impl Line {
    /// The line as text.
    pub(super) fn show(&self, store: &mut Store, style: &Style) -> String {
        let (open, comma, close) = match style.format {
            Format::Plain => ("⟨", ", ", "⟩"),
            Format::Ascii => ("<", ", ", ">"),
            Format::Latex => ("\\langle ", ", ", " \\rangle"),
        };
        let mut text = String::new();
        for &(g, du) in &self.terms {
            let term = if g == ExprId::ONE {
                show::show_inline(store, du, style)
            } else {
                format!("{open}{}{comma}{}{close}", show::show_inline(store, g, style), show::show_inline(store, du, style))
            };
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
        let terms: Vec<ExprId> = self.terms.iter().map(|&(g, du)| store.inner(g, du)).collect();
        store.add(&terms)
    }
}

/// The derivation of a gradient from what the sweep recorded.
pub(super) fn gradient(answer: &mut Answer, wrt: &[ExprId], sweep: &Sweep, laws: &[&'static str]) -> Result<Vec<Line>, Diagnostic> {
    let pairs: Vec<(ExprId, ExprId)> = answer.differentials.iter().copied().filter(|(x, _)| wrt.contains(x)).collect();
    let root = answer.input.root;
    let store = &mut answer.store;
    // The forward differentials of everything that was ever pending: dU in terms of dX.
    let Ok(forward) = calculus::differentials(store, root, &pairs) else { return Ok(Vec::new()) };
    let mut lines = vec![Line { terms: forward.get(&root).map(|&d| (ExprId::ONE, d)).into_iter().collect(), law: "differential".into() }];
    let mut pending_law: Vec<String> = Vec::new();
    for (frontier, &node) in sweep.frontiers.iter().zip(&sweep.nodes) {
        if let Some(law) = law_of(store, node)
            && !pending_law.contains(&law)
        {
            pending_law.push(law);
        }
        if frontier.iter().all(|&(u, _)| wrt.contains(&u)) || is_trivial(store, node) {
            continue;
        }
        push(&mut lines, frontier, &forward, &mut pending_law);
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
    let move_left = "move left by transposing: ⟨AC, BD⟩ = ⟨C, AᵀBD⟩".to_owned();
    pending_law.push(move_left);
    let law = std::mem::take(&mut pending_law).join("; ");
    add(&mut lines, Line { terms: at(&sweep.ambient), law });
    add(&mut lines, Line { terms: at(&sweep.gradients), law: "projection onto the variable's own space".into() });
    let simple: Vec<ExprId> = answer.results.iter().map(|r| r.value).collect();
    let law = if laws.is_empty() { "collect".to_owned() } else { laws.join("; ") };
    add(&mut lines, Line { terms: at(&simple), law });
    Ok(lines)
}

fn push(lines: &mut Vec<Line>, frontier: &[(ExprId, ExprId)], forward: &FxHashMap<ExprId, ExprId>, law: &mut Vec<String>) {
    let terms: Vec<(ExprId, ExprId)> = frontier.iter().filter_map(|&(u, g)| forward.get(&u).map(|&du| (g, du))).collect();
    let law = std::mem::take(law).join("; ");
    add(lines, Line { terms, law: if law.is_empty() { "sum and product rules".into() } else { law } });
}

/// Adds a line unless it says the same as the one before.
fn add(lines: &mut Vec<Line>, line: Line) {
    if lines.last().is_none_or(|last| last.terms != line.terms) {
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

/// The name of the rule that a node's differential follows.
fn law_of(store: &Store, node: ExprId) -> Option<String> {
    match store.node(node) {
        Node::Call(fun @ Fun::Row(_), _) => ops::row(*fun).and_then(|row| match row.d {
            ops::Derivative::Line(line) | ops::Derivative::Commuting(line, _) => Some(format!("F = {}(X): dF = {line}", row.name)),
            _ => None,
        }),
        Node::Call(Fun::User(number, order), _) => {
            let name = &store.function(*number).spelling;
            let primes = "'".repeat(usize::from(*order));
            Some(format!("F = {name}{primes}(X): dF = {name}{primes}'(X) .* dX"))
        }
        Node::Product { chain, .. } if chain.iter().any(|f| f.power == ExprId::MINUS_ONE) => Some("d inv(X) = -inv(X) dX inv(X)".into()),
        Node::Product { chain, .. } if chain.len() > 1 => Some("product rule".into()),
        Node::Trace(_) => Some("tr(A'B) = ⟨A, B⟩".into()),
        Node::Hadamard(_) => Some("⟨A, B ∘ C⟩ = ⟨A ∘ B, C⟩".into()),
        _ => None,
    }
}

/// The derivation of a differential: as it follows from the rules, and simplified.
pub(super) fn differential(answer: &Answer, raw: ExprId, simple: ExprId) -> Vec<Line> {
    let _ = answer;
    let mut lines = vec![Line { terms: vec![(ExprId::ONE, raw)], law: "differential".into() }];
    add(&mut lines, Line { terms: vec![(ExprId::ONE, simple)], law: "collect".into() });
    lines
}
