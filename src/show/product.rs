//! Products as they are read: a number, scalars, a fraction where something divides, then the chain of matrices.

use super::build::Builder;
use super::given::product_parts;
use super::notation::{Function, Mark, Notation, Place};
use crate::base::Rational;
use crate::ir::{DimId, ExprId, Factor, Habits, Node, Power, Shape, SymbolId};

/// What a factor of a chain is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Expr(ExprId),
    Given(usize),
    /// sym(A).
    Sym(ExprId),
    /// A row or a column of a variable under the name of the family that these are: Xᵀe_k as x_k.
    Member(SymbolId, ExprId),
}

/// A factor of a chain, or several that have a name together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Item {
    base: Base,
    flipped: bool,
    power: ExprId,
}

/// How many factors a fraction over a matrix product may have above the line.
const SHORT: usize = 3;
/// The same where a one would stand there alone.
const ALONE: usize = 6;
/// How many factors may repeat as the base of a power.
const LONGEST_PERIOD: usize = 16;

impl Builder<'_> {
    /// A product with the sign of its number.
    pub fn signed_product(&mut self, id: ExprId, c: &Rational, scalars: &[Power], chain: &[Factor]) -> Notation {
        if let Some(root) = self.root_of_product(c, scalars, chain) {
            return root;
        }
        let (scalars, chain, turned) = self.outer_sign(scalars, chain);
        let product = self.product(id, &c.abs(), &scalars, &chain, Vec::new());
        if c.is_negative() != turned { Notation::minus(product) } else { product }
    }

    /// The factors with minus signs taken out of sums that have no plus, or whose negative has a name, and whether the
    /// product changes its sign.
    pub fn outer_sign(&mut self, scalars: &[Power], chain: &[Factor]) -> (Vec<Power>, Vec<Factor>, bool) {
        let mut turned = false;
        let mut scalars = scalars.to_vec();
        for (base, exponent) in &mut scalars {
            let odd = self.store.as_num(*exponent).and_then(Rational::to_integer).is_some_and(|n| n % 2 != 0);
            if !odd {
                continue;
            }
            let negative = matches!(self.store.node(*base), Node::Sum(terms) if terms.iter().all(|(c, _)| c.is_negative()));
            if negative && self.givens.named(*base).is_none() {
                *base = self.store.neg(*base);
                turned = !turned;
            } else if let Some(named) = self.turned_to_given(*base) {
                *base = named;
                turned = !turned;
            }
        }
        let mut chain = chain.to_vec();
        if !self.givens.list.is_empty() {
            for f in chain.iter_mut().filter(|f| f.power == ExprId::ONE) {
                if let Some(named) = self.turned_to_given(f.base) {
                    f.base = named;
                    turned = !turned;
                }
            }
        }
        (scalars, chain, turned)
    }

    /// The negative of a difference, or of an element-wise product with one, where that has a name and it has not.
    fn turned_to_given(&mut self, base: ExprId) -> Option<ExprId> {
        if self.givens.list.is_empty() || self.givens.named(base).is_some() {
            return None;
        }
        match self.store.node(base).clone() {
            Node::Sum(_) => {
                let negative = self.store.neg(base);
                self.givens.named(negative).map(|_| negative)
            }
            Node::Hadamard(mut entries) => {
                let odd = |e: ExprId, s: &crate::ir::Store| s.as_num(e).and_then(Rational::to_integer).is_some_and(|n| n % 2 != 0);
                let at = entries.iter().position(|&(b, e)| odd(e, self.store) && matches!(self.store.node(b), Node::Sum(_)))?;
                let negative = self.store.neg(entries[at].0);
                self.givens.named(negative)?;
                entries[at].0 = negative;
                let shape = self.store.shape(base);
                Some(self.store.hadamard_entries(Rational::ONE, &[], &entries, shape))
            }
            _ => None,
        }
    }

    /// Number · scalars · chain (or `tail` in place of a chain), the number not negative.
    pub fn product(&mut self, id: ExprId, c: &Rational, scalars: &[Power], chain: &[Factor], tail: Vec<Notation>) -> Notation {
        let mut scalars = self.store.as_written(id, scalars.to_vec(), |p| p.0);
        // A size is read as a number: n det(X), never det(X) n.
        scalars.sort_by_key(|(b, _)| !matches!(self.store.node(*b), Node::Size(_)));
        // `k det(X)^k`, not `det(X)^k k`: names go before powers of functions.
        let is_name = |s: &crate::ir::Store, p: &Power| p.1 == ExprId::ONE && matches!(s.node(p.0), Node::Symbol(_) | Node::Size(_));
        let is_power = |s: &crate::ir::Store, p: &Power| p.1 != ExprId::ONE && matches!(s.node(p.0), Node::Call(..));
        if scalars.iter().any(|p| is_power(self.store, p)) {
            scalars.sort_by_key(|p| !is_name(self.store, p));
        }
        let is_scalar = tail.is_empty() && self.is_scalar_chain(chain);
        let sym = if *c == Rational::HALF { self.halved(chain) } else { None };
        let c = if sym.is_some() { &Rational::ONE } else { c };
        let items = self.items(id, &mut scalars, chain, sym);
        let mut fraction = Fraction { names_below: true, ..Fraction::default() };
        if let Some(mean) = self.mean(&mut scalars) {
            fraction.up.push((mean, 1));
        }
        self.join_roots(id, &mut scalars);
        for (base, exponent) in scalars {
            let (size, negative) = self.magnitude(exponent);
            let open = self.is_open(base) && size == ExprId::ONE;
            let simple = matches!(self.store.node(base), Node::Size(_) | Node::Symbol(_)) && size == ExprId::ONE;
            let power = self.power(base, size);
            if negative {
                fraction.names_below &= matches!(self.store.node(base), Node::Size(_) | Node::Symbol(_));
                fraction.down.push(power);
            } else if open {
                fraction.open.push(power);
            } else {
                fraction.names_above += usize::from(simple);
                fraction.first_is_name |= fraction.up.is_empty() && simple;
                let weight = self.weight(Base::Expr(base));
                fraction.up.push((power, weight));
            }
        }
        let weight = match items[..] {
            _ if is_scalar => 0,
            // An identity, or a sum alone, goes over the line only where nothing else does.
            [] => SHORT,
            [one] if matches!(self.node(one), Some(Node::Sum(_))) => {
                if c.numerator().is_one() {
                    SHORT
                } else {
                    SHORT + 1
                }
            }
            _ => items.iter().map(|i| self.weight(i.base)).sum(),
        };
        let norm = if is_scalar && !chain.is_empty() && fraction.up.is_empty() {
            let whole = self.store.product(Rational::ONE, &[], chain);
            self.norm_power(whole, ExprId::ONE)
        } else {
            None
        };
        let mut chain = match norm {
            Some(norm) => vec![norm],
            None if tail.is_empty() && !is_scalar && self.saved_marks(&items) > 1 => vec![self.turned_chain(&items)],
            None if tail.is_empty() => self.chain(&items, is_scalar),
            None => tail,
        };
        fraction.long = chain.len() > 1;
        if is_scalar {
            fraction.up.extend(chain.drain(..).map(|n| (n, 2)));
        }
        fraction.write(c, chain, weight)
    }

    /// How many transposes fewer a chain has that is written as the transpose of a product: (A B C)ᵀ for CᵀBᵀAᵀ.
    fn saved_marks(&self, items: &[Item]) -> usize {
        if items.len() < 2 || self.basis(items.first()).is_some() || self.basis(items.last()).is_some() {
            return 0;
        }
        let marks = |items: &[Item]| items.iter().filter(|i| i.flipped).count();
        marks(items).saturating_sub(marks(&self.turn(items)) + 1)
    }

    fn turned_chain(&mut self, items: &[Item]) -> Notation {
        let turned = self.turn(items);
        let inner = self.chain(&turned, false);
        Notation::mark(Notation::product(inner), Mark::Transpose)
    }

    /// An operand of a Kronecker product: where it is a product it is in brackets, and (A B)ᵀ is shorter than (BᵀAᵀ).
    pub fn kron_operand(&mut self, id: ExprId) -> Notation {
        if let Node::Product { coefficient, scalars, chain } = self.store.node(id).clone()
            && coefficient.is_one()
            && scalars.is_empty()
            && self.givens.named(id).is_none()
            && !self.is_scalar_chain(&chain)
        {
            let items = self.items(id, &mut Vec::new(), &chain, None);
            if self.saved_marks(&items) > 0 {
                return self.turned_chain(&items);
            }
        }
        self.part(id)
    }

    fn is_scalar_chain(&self, chain: &[Factor]) -> bool {
        match (chain.first(), chain.last()) {
            (Some(&a), Some(&b)) => self.store.factor_shape(a).rows == DimId::ONE && self.store.factor_shape(b).cols == DimId::ONE,
            _ => true,
        }
    }

    /// The factor A + Aᵀ that half of is written as sym(A), with A: in a product that is a matrix, or where the reader
    /// writes so; 1/2 (A + Aᵀ) x stays.
    fn halved(&mut self, chain: &[Factor]) -> Option<(ExprId, ExprId)> {
        let (first, last) = (*chain.first()?, *chain.last()?);
        let thin = self.store.factor_shape(first).rows == DimId::ONE || self.store.factor_shape(last).cols == DimId::ONE;
        if thin && !self.store.habits().has(Habits::SYM) {
            return None;
        }
        let sums: Vec<ExprId> = chain.iter().filter(|f| f.power == ExprId::ONE).map(|f| f.base).collect();
        sums.into_iter().find_map(|sum| Some((sum, self.one_of_each_pair(sum)?)))
    }

    /// A scalar with a positive exponent.
    fn power(&mut self, base: ExprId, exponent: ExprId) -> Notation {
        if let Some(norm) = self.norm_power(base, exponent).filter(|_| self.givens.named(base).is_none()) {
            return norm;
        }
        let part = self.part(base);
        match exponent {
            ExprId::ONE => part,
            ExprId::HALF => Notation::Root(Box::new(part)),
            _ => Notation::mark(part, Mark::Power(Box::new(self.part(exponent)))),
        }
    }

    /// How much room a factor takes, roughly.
    fn weight(&self, base: Base) -> usize {
        let Base::Expr(id) = base else { return 1 };
        if self.givens.named(id).is_some() {
            return 1;
        }
        let is_leaf = |id: &ExprId| self.store.children(*id).is_empty() || self.givens.named(*id).is_some();
        match self.store.node(id) {
            Node::Sum(terms) => terms.len().min(SHORT),
            Node::BigSum { .. } => SHORT + 1,
            Node::Product { .. } => 2,
            Node::Call(_, args) => 1 + 2 * usize::from(!args.iter().all(is_leaf)),
            _ => 1,
        }
    }

    /// The chain with what has a name put together.
    fn items(&mut self, id: ExprId, scalars: &mut Vec<Power>, chain: &[Factor], sym: Option<(ExprId, ExprId)>) -> Vec<Item> {
        let mut items = Vec::with_capacity(chain.len());
        let mut run: Vec<Factor> = Vec::new();
        let mut at = 0;
        let mut sym = sym;
        while at < chain.len() {
            if let Some((_, half)) = sym.filter(|s| s.0 == chain[at].base && chain[at].power == ExprId::ONE) {
                sym = None;
                items.push(Item { base: Base::Sym(half), flipped: false, power: ExprId::ONE });
                self.runs.push(std::mem::take(&mut run));
                at += 1;
                continue;
            }
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
            items.push(match self.givens.named_either_way(self.store, base) {
                Some((given, turned)) => Item { base: Base::Given(given), flipped: flipped != turned, power },
                None => Item { base: Base::Expr(base), flipped, power },
            });
            run.push(chain[at]);
            at += 1;
        }
        self.runs.push(run);
        self.members(items)
    }

    /// The rows and columns of what is made up of a family under the family's name; an entry `X[i,j]` stays one.
    fn members(&self, items: Vec<Item>) -> Vec<Item> {
        let entry = items.len() == 3 && self.basis(items.first()).is_some() && self.basis(items.last()).is_some();
        if entry || items.len() < 2 {
            return items;
        }
        let member = |unit: &Item, whole: &Item, left: bool| {
            let (k, flipped) = self.basis(Some(unit))?;
            let &Node::Symbol(symbol) = self.node(*whole)? else { return None };
            let (family, rows) = self.store.members(symbol)?;
            // Xᵀe_k and e_kᵀX are rows, X e_k and e_kᵀXᵀ columns.
            let fits = flipped == left && (whole.flipped != left) == rows && whole.power == ExprId::ONE;
            let turned = left && !self.store.symbol_info(family).shape.is_scalar();
            fits.then_some(Item { base: Base::Member(family, k), flipped: turned, power: ExprId::ONE })
        };
        let mut out: Vec<Item> = Vec::with_capacity(items.len());
        let mut at = 0;
        while at < items.len() {
            let pair = items.get(at + 1).and_then(|next| member(&items[at], next, true).or_else(|| member(next, &items[at], false)));
            out.push(pair.unwrap_or(items[at]));
            at += if pair.is_some() { 2 } else { 1 };
        }
        out
    }

    // ---- chains

    fn node(&self, item: Item) -> Option<&Node> {
        match item.base {
            Base::Expr(id) => Some(self.store.node(id)),
            Base::Given(_) | Base::Sym(_) | Base::Member(..) => None,
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
            Base::Member(..) => false,
            Base::Expr(id) => self.is_symmetric(id),
            Base::Given(at) => self.is_symmetric(self.givens.list[at].value),
            Base::Sym(_) => true,
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
            } else if let Some((length, times)) = repeated(&items[at..]) {
                let once = Notation::product(self.chain(&items[at..at + length], false));
                out.push(Notation::mark(once, Mark::Power(Box::new(Notation::integer(times)))));
                at += length * usize::try_from(times).unwrap_or(1);
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
        if let (Some((i, true)), Some((j, false)), Some(Node::Basis(_, dim))) = (first, end, self.node(items[0]).cloned())
            && last == 1
        {
            // Kronecker's delta.
            let places = vec![Place::One(self.part(i)), Place::One(self.part(j))];
            return Notation::At(Box::new(Notation::Eye(Some(dim))), places);
        }
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
        if self.writes_inner()
            && let [left, rest @ ..] = items
            && left.flipped
            && left.power == ExprId::ONE
            && !rest.is_empty()
        {
            let left = self.item(Item { flipped: false, ..*left });
            let right = Notation::product(self.chain(rest, false));
            return Notation::Inner(Box::new([left, right]));
        }
        Notation::product(self.chain(items, false))
    }

    fn item(&mut self, item: Item) -> Notation {
        let base = match item.base {
            Base::Given(at) => Notation::Given(at),
            Base::Sym(half) => Notation::named("sym", self.part(half)),
            Base::Member(family, k) => Notation::Member(family, vec![self.part(k)]),
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

/// A B A B is (A B)²: how many factors are repeated at the beginning, and how often they stand there.
fn repeated(items: &[Item]) -> Option<(usize, i64)> {
    // One factor repeats only where it is a name: of anything else the powers are one factor.
    let shortest = if matches!(items[0], Item { base: Base::Given(_), power: ExprId::ONE, .. }) { 1 } else { 2 };
    let length = (shortest..=LONGEST_PERIOD.min(items.len() / 2)).find(|&length| items[..length] == items[length..2 * length])?;
    let times = items.chunks_exact(length).take_while(|c| *c == &items[..length]).count();
    Some((length, i64::try_from(times).ok()?))
}

/// Scalars above and below a line.
#[derive(Default)]
struct Fraction {
    /// Each with the room that it takes.
    up: Vec<(Notation, usize)>,
    down: Vec<Notation>,
    /// Sums over an index: nothing may follow them without parentheses.
    open: Vec<Notation>,
    /// How many of the scalars above are plain names, and whether the first is.
    names_above: usize,
    first_is_name: bool,
    /// Whether everything below is a plain name or a number.
    names_below: bool,
    /// Whether the chain has more than one factor.
    long: bool,
}

impl Fraction {
    /// The whole product. `weight` is the room that the chain takes.
    fn write(mut self, c: &Rational, chain: Vec<Notation>, weight: usize) -> Notation {
        let (p, q) = (c.numerator(), c.denominator());
        let number = |r: &Rational| (!r.is_one()).then(|| Notation::Number(r.clone()));
        if self.down.is_empty() {
            // `n/2 log det S`, but `1/2 a x`.
            let is_front = chain.is_empty() || self.up.first().is_some_and(|u| matches!(u.0, Notation::Size(_)));
            let halved = !q.is_one() && p.is_one() && self.first_is_name && self.names_above == 1 && is_front;
            let front = if halved { Some(Notation::quotient(self.up.remove(0).0, Notation::Number(q))) } else { number(c) };
            return Notation::product(front.into_iter().chain(self.up.into_iter().map(|u| u.0)).chain(self.open).chain(chain).collect());
        }
        let below = Notation::product(number(&q).into_iter().chain(self.down).collect());
        let room = weight + self.up.iter().map(|u| u.1).sum::<usize>();
        let bare = p.is_one() && self.up.is_empty() && !self.names_below;
        let whole = chain.is_empty() || room <= SHORT && !(self.long && self.names_below) || bare && room <= ALONE;
        if self.open.is_empty() && whole {
            let above = number(&p).into_iter().chain(self.up.into_iter().map(|u| u.0)).chain(chain);
            return Notation::quotient(Notation::product(above.collect()), below);
        }
        // Before a longer product the fraction holds what is short.
        let (mut above, mut after): (Vec<_>, Vec<_>) = self.up.into_iter().partition(|u| u.1 < SHORT && self.open.is_empty());
        if above.is_empty() && p.is_one() && after.len() == 1 && self.open.is_empty() {
            // (f(s) / s) x, not 1/s f(s) x.
            std::mem::swap(&mut above, &mut after);
        }
        let above = number(&p).into_iter().chain(above.into_iter().map(|u| u.0));
        let front = Notation::quotient(Notation::product(above.collect()), below);
        let after = after.into_iter().map(|u| u.0);
        Notation::product(std::iter::once(front).chain(after).chain(self.open).chain(chain).collect())
    }
}
