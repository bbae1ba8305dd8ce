//! Products as they are read: a number, scalars, a fraction where something divides, then the chain of matrices.

use super::build::Builder;
use super::given::product_parts;
use super::notation::{Function, Mark, Notation, Place};
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Factor, Node, Power, Shape};

/// What a factor of a chain is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Expr(ExprId),
    Given(usize),
}

/// A factor of a chain, or several that have a name together.
#[derive(Clone, Copy, Debug)]
struct Item {
    base: Base,
    flipped: bool,
    power: ExprId,
}

/// How many factors a fraction over a matrix product may have above the line.
const SHORT: usize = 3;

impl Builder<'_> {
    /// A product with the sign of its number.
    pub fn signed_product(&mut self, id: ExprId, c: &Rational, scalars: &[Power], chain: &[Factor]) -> Notation {
        let product = self.product(id, &c.abs(), scalars, chain, Vec::new());
        if c.is_negative() { Notation::minus(product) } else { product }
    }

    /// Number · scalars · chain (or `tail` in place of a chain), the number not negative.
    pub fn product(&mut self, id: ExprId, c: &Rational, scalars: &[Power], chain: &[Factor], tail: Vec<Notation>) -> Notation {
        let mut scalars = scalars.to_vec();
        if let Some(order) = self.store.written_order(id) {
            scalars.sort_by_key(|(b, _)| order.iter().position(|o| o == b));
        }
        let is_scalar = tail.is_empty() && self.is_scalar_chain(chain);
        let items = self.items(id, &mut scalars, chain);
        let mut fraction = Fraction { up: Vec::new(), down: Vec::new(), open: Vec::new(), named: false };
        for (base, exponent) in scalars {
            let (size, negative) = self.magnitude(exponent);
            let open = self.is_open(base) && size == ExprId::ONE;
            let simple = matches!(self.store.node(base), Node::Size(_) | Node::Symbol(_));
            let power = self.power(base, size);
            if negative {
                fraction.down.push(power);
            } else if open {
                fraction.open.push(power);
            } else {
                fraction.named |= fraction.up.is_empty() && simple && size == ExprId::ONE;
                fraction.up.push(power);
            }
        }
        let weight = if is_scalar { 0 } else { items.iter().map(|i| self.weight(*i)).sum() };
        let mut chain = if tail.is_empty() { self.chain(&items, is_scalar) } else { tail };
        if is_scalar {
            fraction.up.append(&mut chain);
        }
        fraction.write(c, chain, weight)
    }

    fn is_scalar_chain(&self, chain: &[Factor]) -> bool {
        match (chain.first(), chain.last()) {
            (Some(&a), Some(&b)) => self.store.factor_shape(a).rows == DimId::ONE && self.store.factor_shape(b).cols == DimId::ONE,
            _ => true,
        }
    }

    /// A scalar with a positive exponent.
    fn power(&mut self, base: ExprId, exponent: ExprId) -> Notation {
        let part = self.part(base);
        match exponent {
            ExprId::ONE => part,
            ExprId::HALF => Notation::Root(Box::new(part)),
            _ => Notation::mark(part, Mark::Power(Box::new(self.part(exponent)))),
        }
    }

    /// How much room a factor takes, roughly.
    fn weight(&self, item: Item) -> usize {
        match item.base {
            Base::Expr(id) => match self.store.node(id) {
                Node::Sum(terms) => terms.len().min(SHORT),
                Node::BigSum { .. } => SHORT + 1,
                _ => 1,
            },
            Base::Given(_) => 1,
        }
    }

    /// The chain with what has a name put together.
    fn items(&mut self, id: ExprId, scalars: &mut Vec<Power>, chain: &[Factor]) -> Vec<Item> {
        let mut items = Vec::with_capacity(chain.len());
        let mut run: Vec<Factor> = Vec::new();
        let mut at = 0;
        while at < chain.len() {
            if let Some(found) = self.givens.at_chain(self.store, id, scalars, &chain[at..]) {
                if let Some((_, front, _)) = product_parts(self.store, self.givens.list[found.given].value) {
                    scalars.retain(|p| !front.contains(p));
                }
                let power = self.store.int(found.power);
                items.push(Item { base: Base::Given(found.given), flipped: found.flipped, power });
                at += found.length;
                self.runs.push(std::mem::take(&mut run));
                continue;
            }
            let Factor { base, flipped, power } = chain[at];
            let base = self.givens.named(base).map_or(Base::Expr(base), Base::Given);
            items.push(Item { base, flipped, power });
            run.push(chain[at]);
            at += 1;
        }
        self.runs.push(run);
        items
    }

    // ---- chains

    fn node(&self, item: Item) -> Option<&Node> {
        match item.base {
            Base::Expr(id) => Some(self.store.node(id)),
            Base::Given(_) => None,
        }
    }

    fn basis(&self, item: Option<&Item>) -> Option<(ExprId, bool)> {
        let item = *item?;
        match self.node(item)? {
            Node::Basis(k, _) => Some((*k, item.flipped)),
            _ => None,
        }
    }

    fn ones(&self, item: Option<&Item>) -> Option<(DimId, bool)> {
        let item = *item?;
        match self.node(item)? {
            Node::Ones(dim) => Some((*dim, item.flipped)),
            _ => None,
        }
    }

    fn turn(&self, items: &[Item]) -> Vec<Item> {
        let symmetric = |i: &Item| match i.base {
            Base::Expr(id) => self.is_symmetric(id),
            Base::Given(at) => self.is_symmetric(self.givens.list[at].value),
        };
        items.iter().rev().map(|i| Item { flipped: !i.flipped && !symmetric(i), ..*i }).collect()
    }

    fn chain(&mut self, items: &[Item], is_scalar: bool) -> Vec<Notation> {
        if is_scalar && items.len() > 1 {
            return vec![self.scalar_chain(items)];
        }
        let mut out: Vec<Notation> = Vec::with_capacity(items.len());
        let mut at = 0;
        while at < items.len() {
            let (item, next) = (items[at], items.get(at + 1));
            if let (Some((m, false)), Some((n, true))) = (self.ones(Some(&item)), self.ones(next)) {
                out.push(Notation::OnesMatrix(Shape::new(m, n)));
                at += 2;
            } else if let (Some((dim, flipped)), _) = (self.ones(Some(&item)), next) {
                let fixed = if flipped { at + 1 < items.len() } else { at > 0 };
                let ones = Notation::Ones(dim, fixed);
                out.push(if flipped { Notation::mark(ones, Mark::Transpose) } else { ones });
                at += 1;
            } else if let (Some((k, false)), None) = (self.basis(next), self.basis(Some(&item))) {
                out.push(self.line(item, k));
                at += 2;
            } else if let (Some((k, true)), Some(&matrix)) = (self.basis(Some(&item)), next)
                && self.ones(next).is_none()
                && self.basis(next).is_none()
            {
                let row = self.line(Item { flipped: !matrix.flipped, ..matrix }, k);
                out.push(Notation::mark(row, Mark::Transpose));
                at += 2;
            } else {
                out.push(self.item(item));
                at += 1;
            }
        }
        out
    }

    /// The k-th column of a factor: a column of the base, or one of its rows.
    fn line(&mut self, item: Item, k: ExprId) -> Notation {
        let k = Place::One(self.part(k));
        let places = if item.flipped { vec![k, Place::All] } else { vec![Place::All, k] };
        let matrix = self.item(Item { flipped: false, ..item });
        Notation::At(Box::new(matrix), places)
    }

    /// A chain that is 1×1: a sum of entries, an entry, or an inner product.
    fn scalar_chain(&mut self, items: &[Item]) -> Notation {
        let last = items.len() - 1;
        if let Some((_, true)) = self.ones(items.first()) {
            let both = last > 1 && self.ones(items.last()).is_some();
            let inner = self.chain(if both { &items[1..last] } else { &items[1..] }, false);
            return Notation::Total(both, Box::new(Notation::product(inner)));
        }
        let (first, end) = (self.basis(items.first()), self.basis(items.last()));
        if let (Some((i, true)), Some((j, false))) = (first, end)
            && last > 1
        {
            if let [matrix] = items[1..last] {
                let (i, j) = if matrix.flipped { (j, i) } else { (i, j) };
                let places = vec![Place::One(self.part(i)), Place::One(self.part(j))];
                return Notation::At(Box::new(self.item(Item { flipped: false, ..matrix })), places);
            }
            let inner = Notation::product(self.chain(&items[1..last], false));
            return Notation::At(Box::new(inner), vec![Place::One(self.part(i)), Place::One(self.part(j))]);
        }
        let entry = match (first, end) {
            (Some((i, true)), _) => Some((i, items[1..].to_vec())),
            (_, Some((j, false))) => Some((j, self.turn(&items[..last]))),
            _ => None,
        };
        if let Some((i, column)) = entry {
            let column = Notation::product(self.chain(&column, false));
            return Notation::At(Box::new(column), vec![Place::One(self.part(i))]);
        }
        Notation::product(self.chain(items, false))
    }

    fn item(&mut self, item: Item) -> Notation {
        let base = match item.base {
            Base::Given(at) => Notation::Given(at),
            Base::Expr(id) => match *self.store.node(id) {
                Node::Basis(k, dim) => Notation::Call(Function::Named("unit"), vec![self.part(k), Notation::Dim(dim)]),
                _ => self.part(id),
            },
        };
        let mark = match (item.power, item.flipped) {
            (ExprId::ONE, false) => return base,
            (ExprId::ONE, true) => Mark::Transpose,
            (ExprId::MINUS_ONE, false) => Mark::Inverse,
            (ExprId::MINUS_ONE, true) => Mark::InverseTranspose,
            (power, flipped) => {
                let power = Notation::mark(base, Mark::Power(Box::new(self.part(power))));
                return if flipped { Notation::mark(power, Mark::Transpose) } else { power };
            }
        };
        Notation::mark(base, mark)
    }
}

/// Scalars above and below a line.
struct Fraction {
    up: Vec<Notation>,
    down: Vec<Notation>,
    /// Sums over an index: nothing may follow them without parentheses.
    open: Vec<Notation>,
    /// Whether the first scalar above is a plain name.
    named: bool,
}

impl Fraction {
    /// The whole product. `weight` is the room that the chain takes.
    fn write(mut self, c: &Rational, mut chain: Vec<Notation>, weight: usize) -> Notation {
        let (p, q) = c.parts();
        let part = |digits: &str| Rational::parse(digits).unwrap_or(Rational::ONE);
        let (p, q) = (part(&p), part(&q));
        let count = |all: &[Notation]| all.iter().map(|n| 1 + usize::from(matches!(n, Notation::Product(_)))).sum::<usize>();
        if self.down.is_empty() {
            if q.is_one() {
                return self.plain(p, chain);
            }
            let alone = chain.is_empty() && self.open.is_empty() && count(&self.up) == 1;
            if p.is_one() && self.named && (alone || matches!(self.up[0], Notation::Size(_))) {
                let first = self.up.remove(0);
                let front = Notation::quotient(first, Notation::Number(q));
                return Notation::product(std::iter::once(front).chain(self.up).chain(self.open).chain(chain).collect());
            }
            return self.plain(c.clone(), chain);
        }
        if !q.is_one() {
            self.down.insert(0, Notation::Number(q));
        }
        let below = Notation::product(self.down);
        let number = (!p.is_one()).then(|| Notation::Number(p.clone()));
        let whole = self.open.is_empty() && (chain.is_empty() || count(&self.up) + weight <= SHORT);
        if whole {
            self.up.append(&mut chain);
        }
        let (above, after) = if self.open.is_empty() { (self.up, Vec::new()) } else { (Vec::new(), self.up) };
        let front = Notation::quotient(Notation::product(number.into_iter().chain(above).collect()), below);
        Notation::product(std::iter::once(front).chain(after).chain(chain_after(self.open, chain)).collect())
    }

    /// Nothing divides but the number itself.
    fn plain(self, c: Rational, chain: Vec<Notation>) -> Notation {
        let number = (!c.is_one()).then_some(Notation::Number(c));
        Notation::product(number.into_iter().chain(self.up).chain(chain_after(self.open, chain)).collect())
    }
}

/// Sums over an index stand last among the scalars.
fn chain_after(open: Vec<Notation>, chain: Vec<Notation>) -> Vec<Notation> {
    open.into_iter().chain(chain).collect()
}
