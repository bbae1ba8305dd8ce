//! Derivatives by a variable with structure, in each of the senses in which people mean them.
//!
//! With G the gradient that takes every entry for free, a symmetric S has four: G, (G + Gᵀ)/2, G + Gᵀ − G ∘ I and DᵀvecG.
//! Sources: Magnus and Neudecker (2019), chapters 3 and 13; Srinivasan and Panda (2023); Absil, Mahony and Sepulchre (2008).

use super::answer::{Answer, Outcome};
use super::tasks::{self, Target, accept, refused, symbol_of, variable};
use super::{Session, Structure};
use crate::base::{Diagnostic, Fault, Rational};
use crate::calculus;
use crate::elab::{self, Context, Goal};
use crate::ir::{ExprId, Facts, Shape, Store, Symbol};
use crate::num;
use crate::ops;
use crate::rewrite::Rewriter;
use crate::show::Format;
use crate::syntax::{Ast, DeclaredKind};

/// In which sense a result is the derivative.
#[derive(Clone, Debug)]
pub(super) struct Sense {
    /// The choice that gives it alone.
    structure: Structure,
    /// How it is made of G: plain, ASCII, LaTeX.
    label: [&'static str; 3],
    /// When it is the right one.
    pub when: String,
}

impl Sense {
    /// A sense with the choice that gives it alone, its label (plain, ASCII, LaTeX), and when it is the right one.
    pub fn new(structure: Structure, label: [&'static str; 3], when: String) -> Sense {
        Sense { structure, label, when }
    }

    /// The word that gives it alone.
    pub fn word(&self) -> &'static str {
        self.structure.word()
    }

    /// `(G + Gᵀ)/2 = `.
    pub fn label(&self, format: Format) -> String {
        let at = match format {
            Format::Plain => 0,
            Format::Ascii => 1,
            Format::Latex => 2,
        };
        format!("{} = ", self.label[at])
    }
}

/// What a variable may be restricted to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    Symmetric,
    Skew,
    Diagonal,
    Lower,
    Upper,
    Orthogonal,
    /// Columns that sum to one.
    Simplex,
}

impl Space {
    fn of(store: &Store, x: ExprId) -> Option<Space> {
        let facts = store.facts(x);
        let kinds = [
            (Facts::DIAGONAL, Space::Diagonal),
            (Facts::SYMMETRIC, Space::Symmetric),
            (Facts::SKEW, Space::Skew),
            (Facts::LOWER, Space::Lower),
            (Facts::UPPER, Space::Upper),
            (Facts::ORTHOGONAL, Space::Orthogonal),
            (Facts::SUMS_TO_ONE, Space::Simplex),
        ];
        if store.is_scalar(x) {
            return None;
        }
        kinds.into_iter().find(|(f, _)| facts.has(*f)).map(|(_, space)| space)
    }
}

/// The gradients by each variable in the senses that were asked for.
pub(super) fn gradient(session: &Session, answer: &mut Answer, ast: &Ast, targets: &[Target]) -> Result<(), Diagnostic> {
    for target in targets {
        let x = variable(answer, target)?;
        let Some(space) = Space::of(&answer.store, x) else {
            free_variable(session, answer, x, target)?;
            continue;
        };
        let ambient = ambient_gradient(session, answer, ast, x, target)?;
        let mut found = 0;
        for (sense, mut raw, pairing) in senses(answer, space, ambient, x, &target.spelling) {
            if session.structure != Structure::All && session.structure != sense.structure {
                continue;
            }
            found += 1;
            let mut rewriter = Rewriter::new();
            if sense.structure == Structure::Own && !matches!(space, Space::Orthogonal | Space::Simplex) {
                // The answer that there is without --structure.
                let root = answer.input.root;
                raw = tasks::one_gradient(session, answer, &mut rewriter, root, x)?;
            }
            let value = rewriter.simplify(&mut answer.store, raw);
            if !session.unverified {
                check(answer, x, value, raw, pairing)?;
            }
            answer.results.push(Outcome { sense: Some(sense), ..Outcome::new(x, value) });
        }
        if found == 0 {
            return Err(none(target, session.structure));
        }
    }
    Ok(())
}

pub(super) fn none(target: &Target, structure: Structure) -> Diagnostic {
    let message = format!("a derivative by `{}` has no form `{}`", target.spelling, structure.word());
    Diagnostic::new(Fault::Usage, message).hint("--structure all shows the forms that there are")
}

/// A variable without structure has one gradient.
fn free_variable(session: &Session, answer: &mut Answer, x: ExprId, target: &Target) -> Result<(), Diagnostic> {
    if !matches!(session.structure, Structure::All | Structure::Ambient) {
        return Err(none(target, session.structure));
    }
    let root = answer.input.root;
    let value = tasks::one_gradient(session, answer, &mut Rewriter::new(), root, x)?;
    let shape = answer.shape_text(x);
    answer.input.notes.push(format!("{} ({shape}) has no structure, and so one gradient", target.spelling));
    answer.results.push(Outcome::new(x, value));
    Ok(())
}

/// The gradient of the formula as it was typed with every entry of `x` free, and only then `x` with its structure again:
/// `tr(A S')` and `tr(A S)` are the same function of a symmetric S and have different ambient gradients.
fn ambient_gradient(session: &Session, answer: &mut Answer, ast: &Ast, x: ExprId, target: &Target) -> Result<ExprId, Diagnostic> {
    if let Some((f, free)) = loosened(session, answer, ast, target, Goal::Scalar)
        && let Ok(sweep) = calculus::gradients(&mut answer.store, f, &[free], false)
        && let Some(&raw) = sweep.ambient.first()
    {
        let simple = Rewriter::new().simplify(&mut answer.store, raw);
        let report = match symbol_of(&answer.store, free).filter(|_| !session.unverified) {
            Some((symbol, _)) => Some(num::check_gradient(&answer.store, f, symbol, simple, &num::Options::default())),
            None => None,
        };
        // Some functions are what they say for matrices with structure alone: maxeig.
        if !matches!(&report, Some(Err(failure)) if failure.is_disagreement()) {
            if let Some(report) = report {
                accept(answer, report)?;
            }
            return Ok(answer.store.substitute(simple, &[(free, x)]));
        }
    }
    let root = answer.input.root;
    let sweep = calculus::gradients(&mut answer.store, root, &[x], false).map_err(|r| refused(answer, &r))?;
    let raw = sweep.ambient.first().copied().unwrap_or(ExprId::ZERO);
    if !session.unverified
        && answer.store.is(x, Facts::ORTHOGONAL)
        && let Some((symbol, _)) = symbol_of(&answer.store, x)
    {
        let report = num::check_gradient(&answer.store, root, symbol, raw, &num::Options::default());
        accept(answer, report)?;
    }
    Ok(raw)
}

/// The expression read once more with the variable's structure forgotten, and the variable in it.
pub(super) fn loosened(session: &Session, answer: &mut Answer, ast: &Ast, target: &Target, goal: Goal) -> Option<(ExprId, ExprId)> {
    let known: Vec<elab::Variable> = answer.input.variables.iter().filter(|v| v.name != target.name).cloned().collect();
    let mut declarations = session.declarations.clone();
    for declaration in declarations.iter_mut().filter(|d| d.name == target.name) {
        declaration.kind = if declaration.kind == DeclaredKind::Prob { DeclaredKind::Vector } else { DeclaredKind::Square };
    }
    let context = Context {
        declarations: &declarations,
        functions: &session.functions,
        known: &known,
        goal,
        wanted: std::slice::from_ref(&target.name),
    };
    let again = elab::elaborate(&mut answer.store, ast, &answer.text, &context).ok()?;
    let free = again.variables.iter().find(|v| v.name == target.name)?.expr?;
    Some((again.root, free))
}

/// How a derivative gives df.
#[derive(Clone, Copy)]
enum Pairing {
    /// df = ⟨D, dX⟩.
    Whole,
    /// df = ⟨D, dX⟩/2: each pair of entries is counted once.
    Half,
    /// df = vech(D)ᵀ vech(dX).
    Triangle,
    /// df = Dᵀ vech(dX).
    Stacked,
    /// df = Dᵀ vech(dXᵀ).
    StackedRows,
    /// df = Dᵀ diag(dX).
    Diagonal,
    /// Along the manifold; compared with the formula that made it.
    Formula,
}

/// Every sense of the derivative by `x`, with what G makes of it, the usual one second.
fn senses(answer: &mut Answer, space: Space, g: ExprId, x: ExprId, name: &str) -> Vec<(Sense, ExprId, Pairing)> {
    let shape = answer.store.shape(x);
    let n = answer.store.dim_text(shape.rows);
    let triangle = answer.store.dim_triangle(shape.rows);
    let triangle = answer.store.dim_text(triangle);
    let low = name.to_lowercase();
    let store = &mut answer.store;
    let mut all = Vec::new();
    let mut sense = |structure, label, when: String, value, pairing| all.push((Sense { structure, label, when }, value, pairing));
    let free = match space {
        Space::Simplex => format!("all {n} entries of {name} free: what automatic differentiation gives"),
        _ => format!("all {n}×{n} entries of {name} free, no structure imposed: what automatic differentiation gives"),
    };
    // Along an orthogonal matrix XᵀX is taken for I, and off it G has been checked.
    let pairing = if space == Space::Orthogonal { Pairing::Formula } else { Pairing::Whole };
    sense(Structure::Ambient, ["G", "G", "G"], free, g, pairing);
    let t = store.transpose(g);
    let half = Rational::new(1, 2).unwrap_or(Rational::ONE);
    match space {
        Space::Symmetric => {
            let own = calculus::project(store, g, Facts::SYMMETRIC);
            let when = format!("the gradient among symmetric matrices, df = ⟨∇f, d{name}⟩: to descend along, or to set to zero");
            sense(Structure::Own, ["(G + Gᵀ)/2", "(G + G')/2", "\\tfrac{1}{2}(G + G^\\top)"], when, own, Pairing::Whole);
            let eye = store.eye(shape.rows);
            let once = store.hadamard(&[g, eye]);
            let entries = store.sum(vec![(Rational::ONE, g), (Rational::ONE, t), (Rational::from(-1), once)]);
            let when =
                format!("by the free entries {low}_ij = {low}_ji, i ≥ j: the partial derivatives of tables, no direction of descent");
            sense(Structure::Entries, ["G + Gᵀ - G ∘ I", "G + G' - G .* I", "G + G^\\top - G \\odot I"], when, entries, Pairing::Triangle);
            let stacked = by_triangle(store, g, shape);
            let when = format!("by vech({name}), the {triangle} free entries in one column: for optimisers, standard errors, delta method");
            let label = ["D'vec(G)", "D' vec(G)", "\\operatorname{D}^\\top \\operatorname{vec}(G)"];
            sense(Structure::Vech, label, when, stacked, Pairing::Stacked);
        }
        Space::Skew => {
            let own = calculus::project(store, g, Facts::SKEW);
            let when = format!("the gradient among skew matrices, df = ⟨∇f, d{name}⟩: to descend along");
            sense(Structure::Own, ["(G - Gᵀ)/2", "(G - G')/2", "\\tfrac{1}{2}(G - G^\\top)"], when, own, Pairing::Whole);
            let entries = store.sub(g, t);
            let when = format!("by the free entries {low}_ij = -{low}_ji, i > j: partial derivatives");
            sense(Structure::Entries, ["G - Gᵀ", "G - G'", "G - G^\\top"], when, entries, Pairing::Half);
        }
        Space::Diagonal => {
            let own = calculus::project(store, g, Facts::DIAGONAL);
            let when = format!("the gradient among diagonal matrices, df = ⟨∇f, d{name}⟩: to descend along");
            sense(Structure::Own, ["G ∘ I", "G .* I", "G \\odot I"], when, own, Pairing::Whole);
            let entries = store.diagonal(g);
            let when = format!("by the {n} entries of the diagonal, as a vector");
            let label = ["diag(G)", "diag(G)", "\\operatorname{diag}(G)"];
            sense(Structure::Entries, label, when, entries, Pairing::Diagonal);
        }
        Space::Lower | Space::Upper => {
            let (facts, word, label) = match space {
                Space::Lower => (Facts::LOWER, "lower", ["tril(G)", "tril(G)", "\\operatorname{tril}(G)"]),
                _ => (Facts::UPPER, "upper", ["triu(G)", "triu(G)", "\\operatorname{triu}(G)"]),
            };
            let own = calculus::project(store, g, facts);
            let when = format!(
                "the gradient among {word} triangular matrices, df = ⟨∇f, d{name}⟩, and the partial derivatives by the free entries"
            );
            sense(Structure::Own, label, when, own, Pairing::Whole);
            let (inner, label, order, pairing) = match space {
                Space::Lower => (g, ["vech(G)", "vech(G)", "\\operatorname{vech}(G)"], "column by column", Pairing::Stacked),
                _ => (t, ["vech(Gᵀ)", "vech(G')", "\\operatorname{vech}(G^\\top)"], "row by row", Pairing::StackedRows),
            };
            let stacked = ops::apply(store, "vech", &[inner]);
            let when = format!("by the {triangle} free entries in one column, {order}: for optimisers over a Cholesky factor");
            sense(Structure::Vech, label, when, stacked, pairing);
        }
        Space::Orthogonal => {
            let turned = store.mul(&[x, t, x]);
            let tangent = store.sub(g, turned);
            let tangent = store.scale(&half, tangent);
            let when =
                format!("the Riemannian gradient, tangent to the orthogonal matrices at {name}: to descend along before a retraction");
            let label = match name {
                "Q" => ["(G - Q GᵀQ)/2", "(G - Q G' Q)/2", "\\tfrac{1}{2}(G - Q G^\\top Q)"],
                _ => ["tangent part of G", "tangent part of G", "\\operatorname{P}_{T} G"],
            };
            sense(Structure::Own, label, when, tangent, Pairing::Formula);
            let back = store.transpose(x);
            let (a, b) = (store.mul(&[back, g]), store.mul(&[t, x]));
            let rotation = store.sub(a, b);
            let rotation = store.scale(&half, rotation);
            let when = format!("by the rotation Ω in d{name} = {name} Ω, Ω skew: df = ⟨·, Ω⟩, for {name} expm(Ω)");
            let label = match name {
                "Q" => ["(QᵀG - GᵀQ)/2", "(Q' G - G' Q)/2", "\\tfrac{1}{2}(Q^\\top G - G^\\top Q)"],
                _ => ["skew part of G turned back", "skew part of G turned back", "\\operatorname{skew}(G)"],
            };
            sense(Structure::Entries, label, when, rotation, Pairing::Formula);
        }
        Space::Simplex => {
            let ones = store.ones(shape);
            let across = store.transpose(ones);
            let (total, size) = (store.mul(&[across, g]), store.size(shape.rows));
            let size = store.inverse(size);
            let mean = store.mul(&[size, total, ones]);
            let own = store.sub(g, mean);
            let when = format!("the gradient among columns with the same sum: {name} goes on summing to one");
            sense(Structure::Own, ["G - mean(G)", "G - mean(G)", "G - \\operatorname{mean}(G)"], when, own, Pairing::Formula);
        }
    }
    all
}

/// Dᵀ vec(G).
fn by_triangle(store: &mut Store, g: ExprId, shape: Shape) -> ExprId {
    let n = store.size(shape.rows);
    let d = ops::apply(store, "duplication", &[n]);
    let (d, stacked) = (store.transpose(d), store.vec(g));
    store.mul(&[d, stacked])
}

/// Whether a derivative gives the numeric df along directions of the variable's own space.
fn check(answer: &mut Answer, x: ExprId, value: ExprId, raw: ExprId, pairing: Pairing) -> Result<(), Diagnostic> {
    let f = answer.input.root;
    let store = &mut answer.store;
    if matches!(pairing, Pairing::Formula) {
        let report = num::check_equal(store, raw, value, &[], &num::Options::default());
        return accept(answer, report);
    }
    let facts = calculus::linear_space(store.facts(x));
    let symbol = Symbol { name: String::new(), spelling: String::new(), shape: store.shape(x), facts, ranges: Vec::new() };
    let symbol = store.declare(symbol);
    let dx = store.symbol(symbol);
    let vech = |store: &mut Store, a: ExprId| ops::apply(store, "vech", &[a]);
    let df = match pairing {
        Pairing::Whole | Pairing::Formula => store.inner(value, dx),
        Pairing::Half => {
            let whole = store.inner(value, dx);
            Rational::new(1, 2).map_or(whole, |half| store.scale(&half, whole))
        }
        Pairing::Triangle => {
            let (a, b) = (vech(store, value), vech(store, dx));
            store.inner(a, b)
        }
        Pairing::Stacked => {
            let b = vech(store, dx);
            store.inner(value, b)
        }
        Pairing::StackedRows => {
            let turned = store.transpose(dx);
            let b = vech(store, turned);
            store.inner(value, b)
        }
        Pairing::Diagonal => {
            let b = store.diagonal(dx);
            store.inner(value, b)
        }
    };
    let symbols = tasks::symbols(store, &[(x, dx)]);
    let report = num::check_differential(store, f, &symbols, df, &num::Options::default());
    accept(answer, report)
}
