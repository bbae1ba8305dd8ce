//! The instruction table: Python expressions with holes, each written once, so that equal code is shared code.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// An instruction's number; operands have smaller numbers than what they are used in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(pub u32);

impl Id {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How tightly the outermost operator of a piece of text binds, loosest first.
///
/// `@` and `*` bind alike in Python; they are kept apart here so that a reader never has to know that they group
/// from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Rank {
    /// Comparisons, conditional expressions.
    Loose,
    /// `a + b`.
    Sum,
    /// `a @ b`.
    MatMul,
    /// `a * b`, `a / b`.
    Mul,
    /// `-a`.
    Neg,
    /// `a**b`.
    Pow,
    /// Names, numbers, calls, subscripts.
    Atom,
}

/// What a place in a text accepts without parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Hole {
    /// Anything: an argument of a call.
    Any,
    /// The first term of a sum.
    First,
    /// A later term of a sum.
    Term,
    /// The left operand of `*` and `/`.
    Left,
    /// The left operand of `@`.
    MatLeft,
    /// The right operand of a product, or what is negated.
    Factor,
    /// What is raised to a power, subscripted or asked for an attribute.
    Atom,
}

impl Hole {
    /// Whether text of this rank stands here without parentheses.
    pub fn accepts(self, rank: Rank) -> bool {
        match self {
            Hole::Any => true,
            Hole::First => rank >= Rank::Sum,
            Hole::Term => rank >= Rank::MatMul && rank != Rank::Neg,
            Hole::Left => rank >= Rank::Mul,
            Hole::MatLeft => rank == Rank::MatMul || rank >= Rank::Pow,
            Hole::Factor => rank >= Rank::Pow,
            Hole::Atom => rank >= Rank::Atom,
        }
    }
}

/// What an instruction does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// An expression: text in which `{0}`, `{1}`, … stand for the operands.
    Text(String),
    /// A loop that adds up the third operand while a variable runs from the first operand to the second; the fourth is
    /// the start value. The number is the level of the bound index.
    Loop(u32),
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Instr {
    pub kind: Kind,
    pub args: SmallVec<[(Id, Hole); 3]>,
    pub rank: Rank,
    /// Free to repeat: a name, a number, a view of one.
    pub cheap: bool,
    /// Number of axes of the value.
    pub ndim: u8,
    /// The levels of the loops whose variable it depends on, as a set of bits.
    pub loops: u64,
}

/// What an inverse is used for, so that the second pass can choose between solving and inverting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum InverseUse {
    /// Inside a `solve`.
    Solve(Id),
    /// Written out.
    Bare(Id),
}

/// All instructions, interned.
#[derive(Default)]
pub(super) struct Table {
    instrs: IndexSet<Instr, FxBuildHasher>,
    /// For instructions that solve with, or invert, a matrix.
    pub inverses: rustc_hash::FxHashMap<Id, InverseUse>,
}

impl Table {
    pub fn get(&self, id: Id) -> &Instr {
        &self.instrs[id.index()]
    }

    pub fn len(&self) -> usize {
        self.instrs.len()
    }

    pub fn ndim(&self, id: Id) -> usize {
        usize::from(self.get(id).ndim)
    }

    /// The text, where the instruction has no operands.
    pub fn literal(&self, id: Id) -> Option<&str> {
        match self.get(id) {
            Instr { kind: Kind::Text(text), args, .. } if args.is_empty() => Some(text),
            _ => None,
        }
    }

    fn intern(&mut self, instr: Instr) -> Id {
        Id(u32::try_from(self.instrs.insert_full(instr).0).unwrap_or(u32::MAX))
    }

    /// A name or a number.
    pub fn leaf(&mut self, text: impl Into<String>, ndim: usize) -> Id {
        let text = text.into();
        let rank = if text.starts_with('-') { Rank::Neg } else { Rank::Atom };
        self.intern(Instr { kind: Kind::Text(text), args: SmallVec::new(), rank, cheap: true, ndim: small(ndim), loops: 0 })
    }

    /// The variable of a loop.
    pub fn loop_variable(&mut self, name: &str, level: u32) -> Id {
        self.intern(Instr {
            kind: Kind::Text(name.to_owned()),
            args: SmallVec::new(),
            rank: Rank::Atom,
            cheap: true,
            ndim: 0,
            loops: 1 << level,
        })
    }

    /// An expression of a given rank.
    pub fn text(&mut self, template: impl Into<String>, args: &[(Id, Hole)], rank: Rank, ndim: usize) -> Id {
        let loops = args.iter().fold(0, |all, &(a, _)| all | self.get(a).loops);
        self.intern(Instr { kind: Kind::Text(template.into()), args: args.into(), rank, cheap: false, ndim: small(ndim), loops })
    }

    /// A call or a subscript: every operand is delimited by what stands around it.
    pub fn call(&mut self, template: impl Into<String>, args: &[Id], ndim: usize) -> Id {
        let args: Vec<(Id, Hole)> = args.iter().map(|&a| (a, Hole::Any)).collect();
        self.text(template, &args, Rank::Atom, ndim)
    }

    /// A view such as `{0}.T` or `{0}[:, None]`: free to repeat where its operand is.
    pub fn view(&mut self, template: &str, arg: Id, ndim: usize) -> Id {
        let loops = self.get(arg).loops;
        self.intern(Instr {
            kind: Kind::Text(template.to_owned()),
            args: SmallVec::from_slice(&[(arg, Hole::Atom)]),
            rank: Rank::Atom,
            cheap: true,
            ndim: small(ndim),
            loops,
        })
    }

    /// A new array that a loop adds to: made anew for each loop, never shared.
    pub fn zeros(&mut self, dims: &[Id]) -> Id {
        let template = match dims.len() {
            0 => return self.leaf("0.0", 0),
            1 => "np.zeros({0})",
            _ => "np.zeros(({0}, {1}))",
        };
        let args: SmallVec<[(Id, Hole); 3]> = dims.iter().map(|&d| (d, Hole::Any)).collect();
        let kind = Kind::Text(template.to_owned());
        self.intern(Instr { kind, args, rank: Rank::Atom, cheap: true, ndim: small(dims.len()), loops: 0 })
    }

    /// A loop (see [`Kind::Loop`]).
    pub fn sum_loop(&mut self, level: u32, low: Id, high: Id, body: Id, start: Id) -> Id {
        let outside = self.get(low).loops | self.get(high).loops | self.get(start).loops;
        let loops = outside | self.get(body).loops & !(1 << level);
        let ndim = self.get(start).ndim;
        let args = SmallVec::from_slice(&[(low, Hole::First), (high, Hole::First), (body, Hole::Any), (start, Hole::Any)]);
        self.intern(Instr { kind: Kind::Loop(level), args, rank: Rank::Atom, cheap: false, ndim, loops })
    }

    /// `aᵀ` of a matrix; transposing twice is nothing.
    pub fn transpose(&mut self, id: Id) -> Id {
        let instr = self.get(id);
        if let Kind::Text(text) = &instr.kind
            && text == "{0}.T"
        {
            return instr.args[0].0;
        }
        match self.ndim(id) {
            0 | 1 => id,
            2 => self.view("{0}.T", id, 2),
            n => self.view("{0}.swapaxes(-1, -2)", id, n),
        }
    }

    /// What this is the transpose of.
    pub fn untransposed(&self, id: Id) -> Option<Id> {
        match self.get(id) {
            Instr { kind: Kind::Text(text), args, .. } if text == "{0}.T" => Some(args[0].0),
            _ => None,
        }
    }

    /// Everything that the roots are made of, as a table by number.
    pub fn reachable(&self, roots: &[Id]) -> Vec<bool> {
        let mut seen = vec![false; self.len()];
        for root in roots {
            seen[root.index()] = true;
        }
        for at in (0..self.len()).rev() {
            if seen[at] {
                for &(arg, _) in &self.instrs[at].args {
                    seen[arg.index()] = true;
                }
            }
        }
        seen
    }
}

fn small(ndim: usize) -> u8 {
    u8::try_from(ndim).unwrap_or(u8::MAX)
}
