//! A point: a value for everything that an expression may name, drawn on demand from a seed.

use super::plan::Needs;
use super::sample::{self, Random};
use crate::base::Rational;
use crate::ir::{DimId, DimName, Facts, Store, SymbolId};
use crate::ops::Matrix;
use rand::{RngExt, SeedableRng};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The indices of a member of a family; empty for a plain variable. They count from 1.
pub(super) type Place = SmallVec<[i64; 2]>;

/// The most entries that a matrix may have before a point is refused.
const MOST_ENTRIES: usize = 1 << 20;

/// Keeps the factors of variables apart from the variables.
const FACTOR: u32 = 0x6661_6374;
/// Keeps functions apart from variables of the same number.
const FUNCTION: u32 = 0x6675_6e63;

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Standard normal.
    Normal,
    /// Uniform between 1/2 and 2; square matrices with a heavy diagonal.
    Positive,
    /// Near zero; square matrices near the identity.
    Small,
    /// Normal, square matrices with a heavy diagonal.
    Dominant,
    /// Positive and large.
    Large,
    /// Small whole numbers: counterexamples that are easy to read.
    Whole,
    /// Each variable in a style of its own.
    Mixed,
    /// Each variable normal, times a factor of its own from 1/1000 to 1000.
    Apart,
    /// Matrices that keep lengths, functions near the identity: a thousand layers of y = phi(W y) neither grow nor vanish.
    Steady,
    /// The same with matrices near zero, for a thousand layers of y + W phi(V y).
    Faint,
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Style::Normal => "normal",
            Style::Positive => "positive",
            Style::Small => "small",
            Style::Dominant => "dominant",
            Style::Large => "large",
            Style::Whole => "whole",
            Style::Mixed => "mixed",
            Style::Apart => "apart",
            Style::Steady => "steady",
            Style::Faint => "faint",
        })
    }
}

/// A hasher whose result depends on nothing but what is written: seeds are the same on every machine.
struct Mix(u64);

impl Mix {
    fn add(&mut self, word: u64) {
        // The finaliser of splitmix64.
        let mut z = (self.0 ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 = z ^ (z >> 31);
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.add(u64::from(b)));
    }
    fn write_u16(&mut self, n: u16) {
        self.add(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.add(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.add(n);
    }
    fn write_usize(&mut self, n: usize) {
        self.add(n as u64);
    }
    fn write_i64(&mut self, n: i64) {
        self.add(n.cast_unsigned());
    }
}

fn seeded(seed: u64, what: &impl Hash, place: &[i64]) -> Random {
    let mut mix = Mix(seed);
    what.hash(&mut mix);
    place.iter().for_each(|&i| mix.write_i64(i));
    Random::seed_from_u64(mix.finish())
}

/// Values for sizes, variables, members of families, free indices and user functions.
#[derive(Clone, Debug)]
pub struct Point {
    seed: u64,
    style: Style,
    sizes: FxHashMap<DimName, i64>,
    whole: FxHashMap<SymbolId, i64>,
    indices: FxHashMap<u32, i64>,
    tangents: FxHashMap<SymbolId, SymbolId>,
    fixed: FxHashMap<(SymbolId, Place), Matrix>,
    /// Scalars whose sign is prescribed: whether it is negative.
    signs: Vec<(SymbolId, bool)>,
    /// How many nodes lie one inside the other, for the styles that keep deep expressions in bounds.
    depth: u32,
}

impl Point {
    /// How its values are drawn.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// Sets a variable (or, with indices, a member of a family) to a value.
    pub fn set(&mut self, symbol: SymbolId, place: &[i64], value: Matrix) {
        self.fixed.insert((symbol, place.into()), value);
    }

    /// Sets the value of a dimension's name.
    pub fn set_size(&mut self, name: DimName, value: i64) {
        self.sizes.insert(name, value);
    }

    /// Sets the value of a free index by its level.
    pub fn set_index(&mut self, level: u32, value: i64) {
        self.indices.insert(level, value);
    }

    /// The value of a dimension's name.
    #[must_use]
    pub fn size_of(&self, name: DimName) -> Option<i64> {
        self.sizes.get(&name).copied()
    }

    /// The value of a free index.
    #[must_use]
    pub fn index(&self, level: u32) -> Option<i64> {
        self.indices.get(&level).copied()
    }

    /// A dimension's value; `None` where it is not positive or too large.
    #[must_use]
    pub fn size(&self, store: &Store, dim: DimId) -> Option<usize> {
        if dim == DimId::ONE {
            return Some(1);
        }
        let mut sum = Rational::ZERO;
        for (monomial, coefficient) in &store.dim_poly(dim).terms {
            let mut product = coefficient.clone();
            for name in monomial {
                product = product.mul(&Rational::from(self.size_of(*name)?));
            }
            sum = sum.add(&product);
        }
        usize::try_from(sum.to_integer()?).ok().filter(|n| (1..=MOST_ENTRIES).contains(n))
    }

    /// Rows and columns; `None` where there are too many entries.
    #[must_use]
    pub fn shape(&self, store: &Store, shape: crate::ir::Shape) -> Option<(usize, usize)> {
        let (rows, cols) = (self.size(store, shape.rows)?, self.size(store, shape.cols)?);
        (rows.checked_mul(cols)? <= MOST_ENTRIES).then_some((rows, cols))
    }

    /// The facts that a variable's value has: its own, or for a differential those of its variable's space.
    fn drawn_facts(&self, store: &Store, symbol: SymbolId) -> (Facts, bool) {
        match self.tangents.get(&symbol) {
            Some(of) => (store.symbol_info(*of).facts, true),
            None => (store.symbol_info(symbol).facts, false),
        }
    }

    /// The value of a variable, or of a member of a family.
    #[must_use]
    pub fn value(&self, store: &Store, symbol: SymbolId, place: &[i64]) -> Option<Matrix> {
        if !self.fixed.is_empty()
            && let Some(value) = self.fixed.get(&(symbol, Place::from(place)))
        {
            return Some(value.clone());
        }
        let (rows, cols) = self.shape(store, store.symbol_info(symbol).shape)?;
        #[allow(clippy::cast_precision_loss, reason = "small whole numbers")]
        if let Some(whole) = self.whole.get(&symbol) {
            return Some(Matrix::from_element(rows, cols, *whole as f64));
        }
        let (facts, tangent) = self.drawn_facts(store, symbol);
        let mut random = seeded(self.seed, &symbol, place);
        if tangent {
            let zero = || Matrix::zeros(rows, cols);
            return Some(sample::direction(&mut random, facts, rows, cols).unwrap_or_else(zero));
        }
        let mut value = sample::structured(&mut random, facts, rows, cols, self.style, self.depth);
        if self.style == Style::Apart && sample::scales(facts) {
            // All members of a family alike.
            value *= sample::factor(&mut seeded(self.seed, &(FACTOR, symbol), &[]));
        }
        Some(match self.signs.iter().find(|(s, _)| *s == symbol) {
            Some((_, negative)) => value.abs() * if *negative { -1.0 } else { 1.0 },
            None => value,
        })
    }

    /// The `order`-th derivative of a user's function at `t`: sin(a t + b) + c t + d with its own constants.
    #[must_use]
    pub fn user(&self, function: u16, order: u8, t: f64) -> f64 {
        let mut random = seeded(self.seed, &(FUNCTION, function), &[]);
        let style = sample::settle(&mut random, self.style);
        let a: f64 = random.random_range(0.7..1.3);
        let b: f64 = random.random_range(-1.0..1.0);
        if matches!(style, Style::Steady | Style::Faint) {
            // t and a wave so small that a thousand slopes multiply to a number of size one.
            let c = (3.0 / f64::from(self.depth.max(1)).sqrt()).min(0.3);
            let wave = c * a.powi(i32::from(order)) * (a * t + b + f64::from(order) * std::f64::consts::FRAC_PI_2).sin();
            return wave
                + match order {
                    0 => t,
                    1 => 1.0,
                    _ => 0.0,
                };
        }
        // Steep and high in the positive style, so that logarithms and roots of it and of its slope exist.
        let heavy = matches!(style, Style::Positive | Style::Large);
        let c: f64 = random.random_range(0.3..0.8) + if heavy { 1.5 } else { 0.0 };
        let wave = a.powi(i32::from(order)) * (a * t + b + f64::from(order) * std::f64::consts::FRAC_PI_2).sin();
        wave + match order {
            0 => c * t + if heavy { 3.0 } else { 0.0 },
            1 => c,
            _ => 0.0,
        }
    }

    /// A hasher that begins with this point's own number.
    pub(super) fn hasher(&self) -> impl Hasher + use<> {
        Mix(self.seed)
    }

    /// The value of a variable that only whole numbers make sense of: an exponent, an index.
    pub(super) fn whole(&self, symbol: SymbolId) -> Option<i64> {
        self.whole.get(&symbol).copied()
    }

    /// A generator of this point's own for some purpose.
    pub(super) fn random(&self, purpose: u32) -> Random {
        seeded(self.seed, &purpose, &[])
    }

    /// The names of the dimensions that have a value here, in order.
    pub(super) fn names(&self) -> Vec<DimName> {
        let mut names: Vec<DimName> = self.sizes.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// The named sizes, as `m=3, n=2`.
    #[must_use]
    pub fn sizes_text(&self, store: &Store) -> String {
        let part = |&name: &DimName| Some(format!("{}={}", store.dim_spelling(name), self.size_of(name)?));
        self.names().iter().filter_map(part).collect::<Vec<_>>().join(", ")
    }
}

/// Draws points: the same sequence for the same seed.
#[derive(Clone, Debug)]
pub struct Sampler {
    random: Random,
}

/// What comes first where logarithms and roots are about, and where they are not.
const STYLES: [[Style; 8]; 3] = {
    use Style::{Dominant, Mixed, Normal, Positive, Small};
    [
        [Normal, Normal, Small, Positive, Dominant, Mixed, Mixed, Mixed],
        [Positive, Dominant, Small, Mixed, Positive, Mixed, Mixed, Mixed],
        [Normal, Normal, Mixed, Mixed, Small, Positive, Mixed, Mixed],
    ]
};

/// From this depth on the styles below come first.
const DEEP: u32 = 60;
const DEEP_STYLES: [Style; 2] = [Style::Steady, Style::Faint];

/// Signs of the scalars, by turns such that each of them, and the product of any two, takes both signs in three turns.
fn signs(needs: &Needs, style: Style, turn: usize) -> Vec<(SymbolId, bool)> {
    if turn == 0 || !matches!(style, Style::Normal | Style::Mixed | Style::Dominant | Style::Small) {
        return Vec::new();
    }
    needs.signed.iter().enumerate().map(|(at, &symbol)| (symbol, ((at + 1) & turn).count_ones() % 2 == 1)).collect()
}

impl Sampler {
    /// A sampler of its own sequence.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Sampler { random: Random::seed_from_u64(seed) }
    }

    /// A point for these expressions; `turn` counts the points that were of use, `tries` the failures since the last one.
    /// Differentials in `pairs` (variable, differential) are drawn from their variable's space.
    pub fn point(
        &mut self,
        store: &Store,
        roots: &[crate::ir::ExprId],
        pairs: &[(SymbolId, SymbolId)],
        turn: usize,
        tries: usize,
    ) -> Point {
        let needs = Needs::of(store, &store.reachable(roots));
        self.draw(store, &needs, pairs, turn, tries)
    }

    pub(super) fn draw(&mut self, store: &Store, needs: &Needs, pairs: &[(SymbolId, SymbolId)], turn: usize, tries: usize) -> Point {
        // After the first point both signs are drawn even where roots occur, for |x| is x among positive numbers.
        let table = if needs.positive { 1 + turn.min(1) } else { 0 };
        // Deep expressions overflow or vanish almost everywhere else.
        let (first, tries_left) =
            if needs.depth >= DEEP { (DEEP_STYLES.get(tries), tries.saturating_sub(DEEP_STYLES.len())) } else { (None, tries) };
        let style = first.or(STYLES[table].get(tries_left)).copied().unwrap_or(Style::Mixed);
        self.draw_in(store, needs, pairs, style, turn, tries)
    }

    pub(super) fn draw_in(
        &mut self,
        store: &Store,
        needs: &Needs,
        pairs: &[(SymbolId, SymbolId)],
        style: Style,
        turn: usize,
        tries: usize,
    ) -> Point {
        let seed = self.random.random();
        let mut point = Point {
            seed,
            style,
            sizes: self.sizes(store, needs, style, turn, tries),
            whole: FxHashMap::default(),
            indices: FxHashMap::default(),
            tangents: pairs.iter().map(|&(x, dx)| (dx, x)).collect(),
            fixed: FxHashMap::default(),
            signs: signs(needs, style, turn),
            depth: needs.depth,
        };
        for &symbol in &needs.exponents {
            point.whole.insert(symbol, self.random.random_range(3..=5));
        }
        let within = |point: &Point, dims: &[DimId]| {
            let least = dims.iter().filter_map(|&d| point.size(store, d)).min().unwrap_or(3);
            i64::try_from(least).unwrap_or(1)
        };
        for (symbol, dims) in &needs.symbol_indices {
            let top = within(&point, dims);
            point.whole.insert(*symbol, self.random.random_range(1..=top));
        }
        for (level, dims) in &needs.free_indices {
            let top = within(&point, dims);
            point.indices.insert(*level, self.random.random_range(1..=top));
        }
        point
    }

    fn sizes(&mut self, store: &Store, needs: &Needs, style: Style, turn: usize, tries: usize) -> FxHashMap<DimName, i64> {
        let (mut pool, spare): (Vec<i64>, i64) = if style == Style::Whole {
            (vec![2], 2)
        } else if needs.wide {
            (vec![2, 3], 2)
        } else {
            (vec![2, 3, 4, 5], 3)
        };
        for at in (1..pool.len()).rev() {
            pool.swap(at, self.random.random_range(0..=at));
        }
        let roll = self.random.random_range(0..6u32);
        let names: Vec<DimName> = store.dim_names().filter(|n| needs.names.contains(n)).collect();
        // A size of one turns matrices into columns and scalars: worth one look, but formulas that are wrong agree there.
        let one = (roll < 2 && turn == 1 || tries > 12 && roll < 3).then(|| self.random.random_range(0..names.len().max(1)));
        let equal = roll == 2;
        let value = |at: usize| match at {
            _ if one == Some(at) => 1,
            _ if equal => pool[0].min(3),
            _ if tries > 20 => pool[at % pool.len()].min(2),
            _ => pool.get(at).copied().unwrap_or(spare),
        };
        names.iter().enumerate().map(|(at, &name)| (name, value(at))).collect()
    }
}
