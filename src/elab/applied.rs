//! Shapes of applied functions, of entries, and how far indices run.

use super::extent::{Extent, Problem, Trouble};
use super::infer::{Inference, PLAIN_COST};
use super::names::Ref;
use super::sizes::{Clash, Size, Sizes};
use crate::ops::{Arg, D, Form, Make};
use crate::syntax::{AstId, Kind, Place, Times};

impl Inference<'_> {
    /// A function of the table: the first form whose widths fit.
    pub(super) fn call(&mut self, id: AstId, forms: &'static [Form], args: &[AstId]) -> Result<Extent, Problem> {
        let arity = || forms.iter().filter(|f| f.sig.args.len() == args.len());
        let Some(form) = arity().find(|f| self.fits(f, args)) else {
            let odd = arity().next().and_then(|f| args.iter().zip(f.sig.args).find(|(a, arg)| !self.fits_alone(**a, arg)));
            let culprit = odd.map_or(args.first().copied().unwrap_or(id), |(a, _)| *a);
            return Err(self.wrong(id, Trouble::Argument, culprit, true));
        };
        let sig = &form.sig;
        let mut vars: [Option<Size>; 8] = [None; 8];
        for (arg, value) in sig.args.iter().zip(args) {
            if let Arg::Dim(k) = arg {
                vars[usize::from(*k)] = self.names.dims.get(value).copied();
            }
        }
        let entrywise = sig.out == (D::N(0), D::N(1)) && matches!(form.make, Make::Call | Make::Build(_) | Make::Define(_));
        let arrays = args.iter().zip(sig.args).any(|(&a, arg)| matches!(arg, Arg::Shape(..)) && !self.at(a).is_scalar());
        for (arg, &value) in sig.args.iter().zip(args) {
            let Arg::Shape(rows, cols) = *arg else { continue };
            let extent = self.at(value);
            if sig.broadcast && extent.is_scalar() && arrays {
                continue;
            }
            if extent.is_scalar() && !entrywise && (rows, cols) != (D::One, D::One) {
                self.cost += PLAIN_COST;
            }
            for (d, actual) in [(rows, extent.rows), (cols, extent.cols)] {
                let expected = match d {
                    D::One => continue,
                    D::N(k) => *vars[usize::from(k)].get_or_insert(actual),
                    D::Times(a, b) => {
                        let fresh = |sizes: &mut Sizes, slot: &mut Option<Size>| *slot.get_or_insert_with(|| sizes.fresh());
                        let a = fresh(self.sizes, &mut vars[usize::from(a)]);
                        let b = fresh(self.sizes, &mut vars[usize::from(b)]);
                        self.sizes.times(a, b)
                    }
                    D::Triangle(k) => {
                        let n = *vars[usize::from(k)].get_or_insert_with(|| self.sizes.fresh());
                        self.sizes.triangle(n)
                    }
                };
                if self.sizes.unify(expected, actual, id.0).is_err() {
                    let other = args.iter().copied().find(|&a| a != value && !self.at(a).is_scalar());
                    let right = other.map(|_| self.operand(value));
                    let left = other.map_or_else(|| self.operand(value), |o| self.operand(o));
                    return Err(self.problem(id, Trouble::Argument, Some(left), right, false));
                }
            }
            // `unit(i, n)` under `sum_i`: the index runs to n.
            if let ([Arg::Shape(D::One, D::One), Arg::Dim(k)], Some(&first)) = (sig.args, args.first())
                && let Some(size) = vars[usize::from(*k)]
            {
                self.ends_at(id, first, size)?;
            }
        }
        let mut out = |d: D| match d {
            D::One => Size::ONE,
            D::N(k) => *vars[usize::from(k)].get_or_insert_with(|| self.sizes.fresh()),
            D::Times(a, b) => {
                let size = |k: u8| vars[usize::from(k)].unwrap_or(Size::ONE);
                self.sizes.times(size(a), size(b))
            }
            D::Triangle(k) => {
                let n = vars[usize::from(k)].unwrap_or(Size::ONE);
                self.sizes.triangle(n)
            }
        };
        Ok(Extent { rows: out(sig.out.0), cols: out(sig.out.1) })
    }

    /// Whether an argument alone may be what a signature asks for.
    fn fits_alone(&self, value: AstId, arg: &Arg) -> bool {
        let Arg::Shape(rows, cols) = *arg else { return true };
        let (row, col) = self.at(value).width();
        (rows != D::One || row) && (cols != D::One || col) && (rows != cols || row == col)
    }

    /// Whether the widths of the arguments fit a form.
    fn fits(&self, form: &Form, args: &[AstId]) -> bool {
        let sig = &form.sig;
        let mut one: [Option<bool>; 8] = [None; 8];
        let arrays = args.iter().zip(sig.args).any(|(&a, arg)| matches!(arg, Arg::Shape(..)) && !self.at(a).is_scalar());
        for (arg, value) in sig.args.iter().zip(args) {
            if let Arg::Dim(k) = arg {
                one[usize::from(*k)] = self.names.dims.get(value).map(|s| *s == Size::ONE);
            }
        }
        sig.args.iter().zip(args).all(|(arg, &value)| {
            let Arg::Shape(rows, cols) = *arg else { return true };
            let (row, col) = self.at(value).width();
            if sig.broadcast && row && col && arrays {
                return true;
            }
            [(rows, row), (cols, col)].into_iter().all(|(d, actual)| match d {
                D::One => actual,
                D::N(k) => *one[usize::from(k)].get_or_insert(actual) == actual,
                D::Times(a, b) => match (one[usize::from(a)], one[usize::from(b)]) {
                    (Some(a), Some(b)) => (a && b) == actual,
                    _ => true,
                },
                D::Triangle(k) => one[usize::from(k)].is_none_or(|n| n == actual),
            })
        })
    }

    /// Whether a written index is a number, but no whole one.
    fn fraction(&self, k: AstId) -> bool {
        let number = |id: AstId| if let Kind::Number(value) = &self.ast.node(id).kind { Some(value.clone()) } else { None };
        match &self.ast.node(k).kind {
            Kind::Number(value) => value.to_integer().is_none(),
            Kind::Product(factors) => match factors.as_slice() {
                [(_, a), (Times::Divide, b)] => match (number(*a).and_then(|v| v.to_integer()), number(*b).and_then(|v| v.to_integer())) {
                    (Some(a), Some(b)) => b != 0 && a % b != 0,
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }

    pub(super) fn index(&mut self, id: AstId, a: AstId, places: &[Place]) -> Result<Extent, Problem> {
        let extent = self.at(a);
        for place in places {
            if let Place::At(k) = place {
                self.scalar(id, Trouble::IndexValue, *k)?;
            }
        }
        let (row, col) = extent.width();
        let along = match places {
            [_, _] if !extent.is_scalar() => [extent.rows, extent.cols],
            [_] if row && !col => [extent.cols, Size::ONE],
            [_] if col && !row => [extent.rows, Size::ONE],
            _ => return Err(self.wrong(id, Trouble::Index, a, true)),
        };
        for (place, size) in places.iter().zip(along) {
            if let Place::At(k) = place {
                // Nobody counts along the one column that a vector has: what has two indices is a matrix.
                let counts = self.shifted(*k).is_some_and(|(name, _)| matches!(self.names.refs[name.0 as usize], Ref::Bound(_)));
                if size == Size::ONE && places.len() == 2 && counts && self.is_inferred(a) {
                    return Err(self.wrong(id, Trouble::Index, a, true));
                }
                self.entry_range(id, *k, size)?;
                if self.fraction(*k) {
                    return Err(self.problem(id, Trouble::IndexValue, Some(self.operand(*k)), None, false));
                }
                let last = self.sizes.as_constant(size);
                let value = if let Kind::Number(value) = &self.ast.node(*k).kind { value.to_integer().or(Some(0)) } else { None };
                if value.is_some_and(|v| v < 1 || last.is_some_and(|last| v > last)) {
                    return Err(self.problem(id, Trouble::Beyond, Some(self.operand(a)), Some(self.operand(*k)), false));
                }
            }
        }
        Ok(match places {
            [Place::At(_), Place::All] => Extent::column(extent.cols),
            [Place::All, Place::At(_)] => Extent::column(extent.rows),
            [Place::All, Place::All] | [Place::All] => extent,
            _ => Extent::SCALAR,
        })
    }

    /// An index whose last value was left out runs to the end of what it is an index of.
    fn ends_at(&mut self, node: AstId, index: AstId, size: Size) -> Result<(), Problem> {
        let Ref::Bound(big) = self.names.refs[index.0 as usize] else { return Ok(()) };
        if !matches!(self.ast.node(big).kind, Kind::Big { high: None, .. }) || size == Size::ONE {
            return Ok(());
        }
        let last = *self.last.entry(big).or_insert_with(|| self.sizes.fresh());
        self.sizes.unify(last, size, node.0).map_err(|Clash| self.problem(node, Trouble::Sizes, None, None, false))
    }

    /// Two indices that are compared, as in `sum_{i<j}`, run to the same end where neither has one of its own.
    pub(super) fn ends_with(&mut self, big: AstId, limit: AstId) -> Result<(), Problem> {
        let Some((index, _)) = self.shifted(limit) else { return Ok(()) };
        let Ref::Bound(outer) = self.names.refs[index.0 as usize] else { return Ok(()) };
        let open = matches!(self.ast.node(outer).kind, Kind::Big { high: None, .. });
        let Some(last) = self.last.get(&big).or(self.last.get(&outer)).copied().filter(|_| open) else { return Ok(()) };
        let (own, other) = (*self.last.entry(big).or_insert(last), *self.last.entry(outer).or_insert(last));
        self.sizes.unify(own, other, big.0).map_err(|Clash| self.problem(big, Trouble::Sizes, None, None, false))
    }

    /// Whether a node is a variable whose kind is to be inferred.
    fn is_inferred(&self, id: AstId) -> bool {
        match self.names.refs[id.0 as usize] {
            Ref::Variable(number) => self.names.variables[number as usize].declared.is_none(),
            _ => false,
        }
    }

    /// An index of an entry, a row or a column: it runs to the end, or a written end says how long what it indexes is.
    fn entry_range(&mut self, node: AstId, index: AstId, size: Size) -> Result<(), Problem> {
        self.ends_at(node, index, size)?;
        if let Some((name, offset)) = self.shifted(index)
            && let Ref::Bound(big) = self.names.refs[name.0 as usize]
            && let Kind::Big { high: Some(high), .. } = &self.ast.node(big).kind
            && let Some(&high) = self.names.dims.get(high)
            && self.sizes.as_constant(high).is_none()
            && size != Size::ONE
        {
            let offset = self.sizes.constant(offset);
            let last = self.sizes.plus(high, offset);
            self.candidates.push((size, last));
        }
        Ok(())
    }

    /// A subscript of a family: what it says of the number of members.
    pub(super) fn runs_over(&mut self, node: AstId, subscript: AstId, range: Size) -> Result<(), Problem> {
        let Some((index, offset)) = self.shifted(subscript) else { return Ok(()) };
        let Ref::Bound(big) = self.names.refs[index.0 as usize] else { return Ok(()) };
        let Kind::Big { high, .. } = &self.ast.node(big).kind else { return Ok(()) };
        match high {
            None if offset == 0 => self.ends_at(node, index, range),
            None => {
                self.last.entry(big).or_insert_with(|| self.sizes.fresh());
                Ok(())
            }
            Some(high) => {
                if let Some(&high) = self.names.dims.get(high) {
                    let offset = self.sizes.constant(offset);
                    let candidate = self.sizes.plus(high, offset);
                    self.candidates.push((range, candidate));
                }
                Ok(())
            }
        }
    }

    /// A subscript `i`, `t - 1`, `t + 1` as the index and what is added to it.
    fn shifted(&self, subscript: AstId) -> Option<(AstId, i64)> {
        match &self.ast.node(subscript).kind {
            Kind::Name(_) => Some((subscript, 0)),
            Kind::Sum(terms) => {
                let mut index = None;
                let mut offset = 0i64;
                for &(minus, term) in terms {
                    match &self.ast.node(term).kind {
                        Kind::Name(_) if index.is_none() && !minus => index = Some(term),
                        Kind::Number(value) => {
                            let value = value.to_integer()?;
                            offset = if minus { offset.checked_sub(value)? } else { offset.checked_add(value)? };
                        }
                        _ => return None,
                    }
                }
                index.map(|index| (index, offset))
            }
            _ => None,
        }
    }
}
