//! For tests: random trees, and the property that writing and reading give them back.

use super::testing::{dump, vocabulary};
use super::{Ast, AstId, Bars, Big, Kind, Node, Place, Times, parse, parse_latex, parse_numpy, write_plain};
use crate::base::{Rational, Span};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A generator of random trees.
struct Random {
    state: u64,
    nodes: Vec<Node>,
    bound: Vec<String>,
}

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % limit
    }

    fn push(&mut self, kind: Kind) -> AstId {
        let id = AstId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { kind, span: Span::default() });
        id
    }

    fn pick<'a>(&mut self, names: &[&'a str]) -> &'a str {
        let at = self.below(names.len() as u64);
        names.get(usize::try_from(at).unwrap_or(0)).copied().unwrap_or("A")
    }

    fn number(&mut self) -> Kind {
        let n = i64::try_from(self.below(12)).unwrap_or(0);
        Kind::Number(if n > 8 { Rational::new(n, 4).unwrap_or(Rational::ONE) } else { Rational::from(n) })
    }

    fn leaf(&mut self) -> AstId {
        let kind = match self.below(8) {
            0 | 1 => self.number(),
            2 => Kind::Identity,
            3 if self.below(4) == 0 => Kind::OnesVector,
            4 | 5 if !self.bound.is_empty() => {
                let at = usize::try_from(self.below(self.bound.len() as u64)).unwrap_or(0);
                let index = self.bound.get(at).cloned().unwrap_or_default();
                let family = self.pick(&["x", "K", "y_hat", "W1"]).to_string();
                let first = self.push(Kind::Name(index.clone()));
                match self.below(3) {
                    0 => Kind::Member { family, index: vec![first] },
                    1 => {
                        let other = self.push(Kind::Name(index));
                        Kind::Member { family, index: vec![first, other] }
                    }
                    _ => {
                        let one = self.push(Kind::Number(Rational::ONE));
                        let shifted = self.push(Kind::Sum(vec![(false, first), (true, one)]));
                        Kind::Member { family, index: vec![shifted] }
                    }
                }
            }
            _ => Kind::Name(
                self.pick(&["A", "B", "X", "x", "y", "w1", "Sigma", "lambda", "pi", "T", "Ta", "x_hat", "theta_max", "n"]).to_string(),
            ),
        };
        self.push(kind)
    }

    /// Arithmetic as it may stand in a bound.
    fn bound(&mut self) -> AstId {
        let n = self.push(Kind::Name("n".into()));
        match self.below(3) {
            0 => n,
            1 => {
                let one = self.push(Kind::Number(Rational::ONE));
                self.push(Kind::Sum(vec![(false, n), (true, one)]))
            }
            _ => {
                let two = self.push(Kind::Number(Rational::from(2)));
                self.push(Kind::Product(vec![(Times::Product, two), (Times::Product, n)]))
            }
        }
    }

    /// Whether a tree is a literal or a power of one: neither has a transpose or entries.
    fn is_number(&self, id: AstId) -> bool {
        match self.nodes[id.0 as usize].kind {
            Kind::Number(_) => true,
            Kind::Power(base, _) | Kind::HadamardPower(base, _) => self.is_number(base),
            _ => false,
        }
    }

    fn tree(&mut self, depth: u32) -> AstId {
        if depth == 0 {
            return self.leaf();
        }
        let depth = depth - 1;
        let kind = match self.below(16) {
            0 => return self.leaf(),
            1 => Kind::Neg(self.tree(depth)),
            2 | 3 => {
                let mut terms = vec![(false, self.tree(depth))];
                for _ in 0..=self.below(2) {
                    terms.push((self.below(2) == 0, self.tree(depth)));
                }
                Kind::Sum(terms)
            }
            4..=6 => {
                let mut factors = vec![(Times::Product, self.tree(depth))];
                for _ in 0..=self.below(3) {
                    let times = match self.below(12) {
                        0 => Times::Dot,
                        1 => Times::Hadamard,
                        2 => Times::HadamardDivide,
                        3 | 4 => Times::Divide,
                        5 => Times::LeftDivide,
                        6 => Times::Kron,
                        _ => Times::Product,
                    };
                    factors.push((times, self.tree(depth)));
                }
                Kind::Product(factors)
            }
            7 | 8 => {
                let base = self.tree(depth);
                let exponent = match self.below(3) {
                    0 => self.push(Kind::Number(Rational::from(-1))),
                    1 => self.leaf(),
                    // A negated number is one number in an exponent.
                    _ => match self.tree(depth) {
                        id if matches!(self.nodes.last().map(|n| &n.kind), Some(Kind::Neg(_))) => self.push(Kind::Transpose(id)),
                        id => id,
                    },
                };
                if self.below(2) == 0 { Kind::Power(base, exponent) } else { Kind::HadamardPower(base, exponent) }
            }
            9 => match self.tree(depth) {
                id if self.is_number(id) => Kind::Neg(id),
                id => Kind::Transpose(id),
            },
            10 => {
                let (name, count, primes) = match self.below(7) {
                    0 => ("f", 1, 0),
                    1 => ("phi", 1, u8::try_from(self.below(3)).unwrap_or(0)),
                    2 => ("kron", 2, 0),
                    3 => ("log", 1, 0),
                    4 => ("det", 1, 0),
                    5 => ("pinv", 1, 0),
                    _ => ("ones", 2, 0),
                };
                let args = (0..count).map(|_| self.tree(depth)).collect();
                Kind::Call { name: name.into(), at: Span::default(), primes, args }
            }
            11 | 12 => {
                let bars = [Bars::Single, Bars::Double, Bars::One, Bars::Infinity, Bars::Nuclear];
                let at = usize::try_from(self.below(5)).unwrap_or(0);
                let inner = self.tree(depth);
                Kind::Bars(bars.get(at).copied().unwrap_or(Bars::Single), inner)
            }
            13 => {
                let a = self.tree(depth);
                Kind::Inner(a, self.tree(depth))
            }
            14 => {
                let base = match self.tree(depth) {
                    id if self.is_number(id) => self.push(Kind::Name("A".into())),
                    id => id,
                };
                let mut places = vec![Place::At(self.tree(depth.min(1)))];
                if self.below(2) == 0 {
                    places.insert(usize::try_from(self.below(2)).unwrap_or(0), Place::All);
                }
                Kind::Index(base, places)
            }
            _ => {
                let low = (self.below(2) == 0).then(|| self.bound());
                let high = (self.below(2) == 0).then(|| self.bound());
                let skip = (self.below(4) == 0).then(|| self.bound());
                let index = self.pick(&["i", "j", "k"]).to_string();
                self.bound.push(index.clone());
                let body = self.tree(depth);
                self.bound.pop();
                let big = if self.below(4) == 0 { Big::Product } else { Big::Sum };
                Kind::Big { big, index, at: Span::default(), low, high, skip, body }
            }
        };
        self.push(kind)
    }
}

fn random(seed: u64, depth: u32) -> Ast {
    let mut random = Random { state: seed, nodes: Vec::new(), bound: Vec::new() };
    let body = random.tree(depth);
    Ast { nodes: random.nodes, lets: Vec::new(), body, page: super::Page::default() }
}

/// The same trees on every run.
fn config() -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(2026), cases: 2000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_reads_back(seed in any::<u64>(), depth in 0u32..5) {
        let ast = random(seed, depth);
        let text = write_plain(&ast);
        let back = parse(&text, &vocabulary("", "phi f"));
        prop_assert_eq!(back.as_ref().map(dump).map_err(|e| e.render(&text, false)), Ok(dump(&ast)), "{}", text);
        if let Ok(ast) = &back {
            super::tests::assert_kept(&text, ast);
        }
        let again = back.map(|ast| write_plain(&ast));
        prop_assert_eq!(again, Ok(text));
    }

    #[test]
    fn no_text_makes_a_panic(text in r"[A-Za-z0-9αΣπ_{}()\[\]<>⟨⟩|‖'^*./\\+\-,;:= ∘⊗²⁻¹ᵀ∑ᵢ]{0,40}") {
        let _ = parse_latex(&text, &vocabulary("", "")).map_err(|e| e.render(&text, false));
        match parse(&text, &vocabulary("", "")) {
            // What stands before an equality sign is what the formula is called.
            Ok(ast) if !text.contains('=') => super::tests::assert_kept(&text, &ast),
            Ok(_) => {}
            Err(error) => drop(error.render(&text, false)),
        }
    }

    #[test]
    fn no_program_makes_a_panic(pieces in proptest::collection::vec(proptest::sample::select(PHRASES), 0..24)) {
        let text = pieces.concat();
        let _ = parse_numpy(&text, &vocabulary("", "")).map_err(|e| e.render(&text, false));
    }

    #[test]
    fn no_latex_makes_a_panic(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..20)) {
        let text = pieces.concat();
        let _ = parse_latex(&text, &vocabulary("", "")).map_err(|e| e.render(&text, false));
        let _ = parse(&text, &vocabulary("", "")).map_err(|e| e.render(&text, false));
    }
}

const PHRASES: &[&str] = &[
    "x",
    "A",
    "2",
    "1.5",
    " ",
    "+",
    "-",
    "*",
    "/",
    "@",
    "**",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    ".",
    "=",
    ";",
    "\n",
    "np.",
    "np.sum(",
    "np.linalg.norm(",
    "np.linalg.slogdet(",
    ".T",
    ".shape",
    ".sum()",
    ".dot(",
    "axis=0",
    "None",
    "'fro'",
    "'ij,j->i'",
    "np.einsum(",
    "lambda x: ",
    "def f(x): ",
    "return ",
    "np.ones((",
    "[0]",
    "[:, i]",
    "r = ",
    "^",
    "#",
    "é",
];

const PIECES: &[&str] = &[
    "x",
    "A",
    "2",
    "10",
    " ",
    "^",
    "_",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "|",
    r"\|",
    "'",
    "+",
    "-",
    ",",
    "=",
    ";",
    ":",
    r"\frac",
    r"\sqrt",
    r"\sum",
    r"\sum_{i=1}^{n}",
    r"\left(",
    r"\right)",
    r"\left|",
    r"\right|",
    r"\langle",
    r"\rangle",
    r"\hat",
    r"\mathbf",
    r"\mathbf{1}",
    r"\top",
    r"\circ",
    r"\odot",
    r"\log",
    r"\operatorname{tr}",
    r"\text{where}",
    r"\mathrm{d}",
    r"\Sigma",
    r"\lambda",
    r"\foo",
    r"\",
    "I",
    "_n",
    "x_{i}",
    r"\cdot",
    "/",
    r"\lVert",
    r"\rVert",
    "e^{x}",
    "sum_i",
    "let",
    "where",
    "log ",
    "phi'",
    "1_",
    "𝟏",
    "‖",
    "<",
    ">",
];
