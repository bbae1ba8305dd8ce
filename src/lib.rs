//! Symbolic matrix calculus: gradients of matrix formulas, as formulas.
//!
//! The front door is [`session::Session`]; the command `matdiff` is [`cli`]. This page is the map of the house.
//!
//! # The way of the data
//!
//! ```text
//! text ──syntax──▶ Ast ──elab──▶ Expr ──calculus──▶ ⟨G, dX⟩ ──rewrite──▶ G ──num──▶ checked ──show, emit──▶ text
//!             places       shapes by          one reverse         laws,        against difference     LaTeX,
//!                          unification        sweep               shorter      quotients              NumPy …
//! ```
//!
//! One direction, no way back. A derivation is not a story told afterwards: it is what the sweep had pending, line by
//! line. An answer that does not agree with the numeric derivative of the input is not printed.
//!
//! # How a text is read
//!
//! Read what is meant, or refuse: nothing typed is dropped without a word, and nothing is guessed in silence.
//!
//! ```text
//! plain, LaTeX ──▶ phrases ──statement──▶ expression, definitions ──roles──▶ functions, factors ──build──▶ Ast + Page
//! NumPy ──▶ phrases ──numpy/tree──────────────────────────────────────────────────────────────────────────▶ Ast + Page
//! ```
//!
//! - A dialect (`syntax/dialect.rs`) makes phrases of a text: the plain one by `grammar/matdiff.pest`, LaTeX by
//!   `grammar/latex.pest` after its macros and its markup (`syntax/latex/`), NumPy by `grammar/numpy.pest` (`syntax/numpy/`, with
//!   a tree builder and a table of names of its own, since there `*` goes entry by entry).
//! - `syntax/statement/` tells the expression from what stands around it: what it is called, definitions, declarations,
//!   constraints, chains, remarks.
//! - `syntax/roles.rs` says what each name is in its place. Whether a name before a parenthesis is a function or a factor is one
//!   rule, for both dialects: `syntax/applied/`.
//! - `syntax/build/` makes the tree: precedence, juxtaposition, sums and their indices.
//! - What is no part of the tree is on the [`syntax::Page`]: remarks for the reader, signs in which names were written, what is
//!   asked, declarations and constraints. `elab` passes the remarks on as notes; `show` writes names in their signs.
//! - One vocabulary: a function is a row of [`ops`] with its aliases; what the field knows and the table has not is in
//!   `syntax/unsupported/`, with what to type instead.
//! - What subscripts are (members, entries, parts of names) is one list of readings, searched once: `elab/readings.rs`.
//!
//! # The rooms, and who may enter whom
//!
//! | rank | room | owns | may use |
//! |---|---|---|---|
//! | 0 | [`base`] | places in a text, diagnostics with carets, exact numbers | nothing |
//! | 1 | [`syntax`] | text ↔ tree: the plain dialect, LaTeX, NumPy; what stands around an expression | `base` |
//! | 2 | [`ir`] | expressions: matrix notation, interned, in normal form by construction | `base` |
//! | 3 | [`ops`] | one row a function: shapes, differential, spelling, evaluation, code | 0–2 |
//! | 4 | [`elab`] | names, kinds, shapes by unification, tree → expression | 0–3 |
//! | 5 | [`calculus`] | differentials forward, cotangents in reverse, Jacobians | 0–4 |
//! | 5 | [`rewrite`] | laws with names, accepted where the result is shorter | 0–4 |
//! | 5 | [`num`] | evaluation at random points, in floating point and modulo a prime; the check before every answer | 0–4 |
//! | 5 | [`show`] | for people: one notation tree, three styles | 0–4 |
//! | 5 | [`emit`] | for machines: NumPy | 0–4 |
//! | 6 | [`solve`] | stationary points in closed form | 0–5 |
//! | 7 | [`session`] | one method a task; the only place where the rooms are put in a row | 0–6 |
//! | 8 | [`cli`] | flags, files, colour, standard input and output | `session` |
//!
//! The rooms of rank 5 do not know one another. `ir` knows no function by name; `calculus` never simplifies, `rewrite`
//! never differentiates; only `cli` prints. A test holds these ranks (`tests/house.rs`).
//!
//! # Decisions
//!
//! 1. **One world.** Scalars are 1×1, columns n×1: `x'Ay`, `tr(A x y')` and `⟨x, A y⟩` are one node. Transpose and
//!    power are marks on a factor of a product, not nodes.
//! 2. **Constructors are the only door.** Equal ids are equal normal forms, and the order of ids is a topological order:
//!    every pass is a loop, nothing recurses along paths. What costs nothing is always done there; what may make an
//!    expression longer is a law, and laws are accepted only where the result is shorter.
//! 3. **A differential is one line.** The row of a function says dF in matdiff's own language; its adjoint is derived by
//!    moving dX to the right slot, ⟨AC, BD⟩ = ⟨C, AᵀBD⟩, one cotangent a node, in reverse order of ids.
//! 4. **A Jacobian is read off a linear differential** as the matrix M with vec dF = M vec dX, by
//!    vec(AXB) = (Bᵀ ⊗ A) vec X; four-index results print as a map V ↦ DF\[V\] or entry by entry. Nothing is undisplayable.
//! 5. **The reader's order.** Normal forms are sorted, printing is not: a commutative node remembers the order in which
//!    it was first written, a trace its rotation, and the store which of two notations the reader chose (`ir::Habits`).
//!
//! # A reading order
//!
//! `syntax/ast.rs`, `syntax/parse.rs` (what reading ends in, and its way there) · `ir/node.rs`, `ir/store.rs`, `ir/product.rs` (the closed set, the arena, the richest constructor) · `ops/row.rs` and
//! `ops/reduce.rs` (what a row is) · `calculus/sweep.rs`, `calculus/pull.rs` (the whole of differentiation) ·
//! `rewrite/mod.rs`, `rewrite/collect.rs` (how a law looks) · `session/tasks.rs` (everything in a row).

// The generated parsers name it.
extern crate alloc;

pub mod base;
pub mod calculus;
pub mod cli;
pub mod elab;
pub mod emit;
pub mod ir;
pub mod num;
pub mod ops;
pub mod rewrite;
pub mod session;
pub mod show;
pub mod solve;
pub mod syntax;
