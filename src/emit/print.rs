//! From instructions to the text of a function: what gets a name, in which order lines stand, where sizes come from.

use super::instr::{Hole, Id, Kind, Rank};
use super::lower::Code;
use super::names::Names;
use super::{Parameter, ParameterKind};
use crate::ir::{DimId, DimName, SymbolId};
use std::collections::BTreeSet;

/// Longest expression that stands inside another.
const LONGEST: usize = 88;

/// A number, an array or a loop's result on its way to the text.
#[derive(Clone)]
struct Written {
    text: String,
    rank: Rank,
}

struct Printer<'a> {
    code: &'a Code<'a>,
    names: Names,
    uses: Vec<u32>,
    written: Vec<Option<Written>>,
    /// Results and loops' bodies, which stand on lines of their own.
    last: Vec<Id>,
    lines: Vec<String>,
    counters: [usize; 4],
}

/// The whole function.
pub(super) fn function(code: &Code<'_>, names: Names, roots: &[Id], name: &str) -> (String, Vec<Parameter>) {
    let reachable = code.table.reachable(roots);
    let mut names = names;
    let store = code.store;
    let used: BTreeSet<DimName> =
        code.dims.iter().filter(|(id, _)| reachable.get(id.index()).copied().unwrap_or(false)).map(|(_, &n)| n).collect();
    let (reads, missing) = sizes(code, &names, &used);
    for dim in missing {
        let text = names.dim(store, dim).to_owned();
        names.parameters.push(Parameter { name: text, kind: ParameterKind::Dimension(dim) });
    }
    let parameters = names.parameters.clone();
    let mut printer = Printer {
        code,
        names,
        uses: uses(code, roots, &reachable),
        written: vec![None; code.table.len()],
        last: roots.to_vec(),
        lines: Vec::new(),
        counters: [0; 4],
    };
    let ids: Vec<Id> = (0..code.table.len()).filter(|&k| reachable[k]).map(|k| Id(u32::try_from(k).unwrap_or(u32::MAX))).collect();
    printer.block(&ids, 0, 1);
    let results: Vec<String> = roots.iter().map(|r| printer.at(*r, Hole::Any)).collect();
    let mut imports: BTreeSet<&str> = BTreeSet::new();
    let mut helpers: Vec<&str> = Vec::new();
    for (id, helper, import) in &code.needs {
        if reachable[id.index()] {
            if !import.is_empty() {
                imports.insert(import);
            }
            if !helper.is_empty() && !helpers.contains(helper) {
                helpers.push(helper);
            }
        }
    }
    let mut text = String::from("import numpy as np\n");
    for import in imports {
        text.push_str(import);
        text.push('\n');
    }
    let list: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    text.push_str(&format!("\n\ndef {name}({}):\n", list.join(", ")));
    text.push_str(&format!("    \"\"\"{}\"\"\"\n", docstring(code, name, &parameters)));
    for helper in helpers {
        for line in helper.lines() {
            text.push_str(&format!("    {line}\n"));
        }
        text.push('\n');
    }
    for line in reads.iter().chain(&printer.lines) {
        text.push_str(line);
        text.push('\n');
    }
    text.push_str(&format!("    return {}\n", results.join(", ")));
    (text, parameters)
}

/// The sizes of a parameter's axes.
fn axes(code: &Code<'_>, symbol: SymbolId) -> Vec<DimId> {
    let info = code.store.symbol_info(symbol);
    let stacked = code.stacks.get(&symbol).map_or(&info.ranges, |s| &s.lengths);
    stacked.iter().copied().chain([info.shape.rows, info.shape.cols].into_iter().filter(|&d| d != DimId::ONE)).collect()
}

fn docstring(code: &Code<'_>, name: &str, parameters: &[Parameter]) -> String {
    let store = code.store;
    let mut title = match name {
        "jvp" => "Jacobian-vector product".to_owned(),
        "vjp" => "vector-Jacobian product".to_owned(),
        _ => name.to_owned(),
    };
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mut shapes = Vec::new();
    for p in parameters {
        let (ParameterKind::Symbol(s) | ParameterKind::Family(s)) = p.kind else { continue };
        let dims: Vec<String> = axes(code, s)
            .into_iter()
            .map(|d| store.dim_text(d).replace(' ', " * ").replace(" * + * ", " + ").replace(" * - * ", " - "))
            .collect();
        if !dims.is_empty() {
            let comma = if dims.len() == 1 { "," } else { "" };
            let first = code.stacks.get(&s).map_or(&[] as &[i64], |s| &s.first);
            let from = if first.iter().all(|&k| k == 1) {
                String::new()
            } else {
                let first: Vec<String> = first.iter().map(i64::to_string).collect();
                format!(" from {}_{}", p.name, first.join("_"))
            };
            shapes.push(format!("{} ({}{comma}){from}", p.name, dims.join(", ")));
        }
    }
    if shapes.is_empty() { format!("{title}.") } else { format!("{title}; shapes: {}.", shapes.join(", ")) }
}

/// Lines that read the sizes off the arrays, and the names that no array shows.
fn sizes(code: &Code<'_>, names: &Names, used: &BTreeSet<DimName>) -> (Vec<String>, Vec<DimName>) {
    let store = code.store;
    // For each array its axes: the dimension and the parameter's name.
    let mut arrays: Vec<(&str, Vec<DimId>)> = Vec::new();
    for p in &names.parameters {
        let (ParameterKind::Symbol(s) | ParameterKind::Family(s)) = p.kind else { continue };
        arrays.push((&p.name, axes(code, s)));
    }
    let plain = |dim: DimId| -> Option<DimName> {
        let poly = store.dim_poly(dim);
        let (monomial, c) = poly.terms.iter().next()?;
        (poly.terms.len() == 1 && c.is_one() && monomial.len() == 1).then(|| monomial[0])
    };
    // c·n + d with one name: n is (length − d) / c.
    let linear = |dim: DimId| -> Option<(DimName, i64, i64)> {
        let poly = store.dim_poly(dim);
        let mut name = None;
        let mut constant = 0;
        for (monomial, c) in &poly.terms {
            let c = c.to_integer()?;
            match monomial.as_slice() {
                [] => constant = c,
                [n] if name.is_none() => name = Some((*n, c)),
                _ => return None,
            }
        }
        name.map(|(n, c)| (n, c, constant))
    };
    let mut open: Vec<DimName> = used.iter().copied().collect();
    let mut lines = Vec::new();
    for (array, axes) in &arrays {
        let own: Vec<Option<DimName>> = axes.iter().map(|&d| plain(d)).collect();
        let distinct: BTreeSet<DimName> = own.iter().flatten().copied().collect();
        if own.iter().all(|d| d.is_some_and(|d| open.contains(&d))) && distinct.len() == axes.len() && axes.len() > 1 {
            let list: Vec<&str> = own.iter().flatten().map(|&d| names.dim(store, d)).collect();
            lines.push(format!("    {} = {array}.shape", list.join(", ")));
            open.retain(|d| !distinct.contains(d));
            continue;
        }
        for (at, dim) in own.iter().enumerate() {
            if let Some(dim) = dim.filter(|d| open.contains(d)) {
                lines.push(format!("    {} = {array}.shape[{at}]", names.dim(store, dim)));
                open.retain(|d| *d != dim);
            }
        }
    }
    for (array, axes) in &arrays {
        for (at, &dim) in axes.iter().enumerate() {
            let Some((name, c, d)) = linear(dim).filter(|l| open.contains(&l.0)) else { continue };
            let mut text = format!("{array}.shape[{at}]");
            if d != 0 {
                text = format!("{text} {} {}", if d > 0 { "-" } else { "+" }, d.abs());
            }
            if c != 1 {
                text = if d == 0 { format!("{text} // {c}") } else { format!("({text}) // {c}") };
            }
            lines.push(format!("    {} = {text}", names.dim(store, name)));
            open.retain(|n| *n != name);
        }
    }
    (lines, open)
}

/// How often each instruction is written; what is free to repeat passes its count on.
fn uses(code: &Code<'_>, roots: &[Id], reachable: &[bool]) -> Vec<u32> {
    let mut uses = vec![0u32; code.table.len()];
    for r in roots {
        uses[r.index()] += 1;
    }
    for at in (0..code.table.len()).rev().filter(|&k| reachable[k]) {
        let instr = code.table.get(Id(u32::try_from(at).unwrap_or(u32::MAX)));
        let times = if instr.cheap { uses[at] } else { 1 };
        for &(arg, _) in &instr.args {
            uses[arg.index()] = uses[arg.index()].saturating_add(times);
        }
    }
    uses
}

impl Printer<'_> {
    /// The text of a written instruction, in parentheses where the place asks for it.
    fn at(&self, id: Id, hole: Hole) -> String {
        match &self.written[id.index()] {
            Some(w) if hole.accepts(w.rank) => w.text.clone(),
            Some(w) => format!("({})", w.text),
            None => "None".into(),
        }
    }

    /// Writes the instructions that depend on the open loops alone and on all that this block opened.
    fn block(&mut self, ids: &[Id], open: u64, depth: usize) {
        for &id in ids {
            let instr = self.code.table.get(id).clone();
            if instr.loops & !open != 0 || self.written[id.index()].is_some() {
                continue;
            }
            match &instr.kind {
                Kind::Loop(level) => self.sum_loop(id, *level, ids, open, depth),
                Kind::Text(template) => {
                    let text = self.fill(template, &instr.args);
                    let shared = self.uses[id.index()] > 1 && !instr.cheap;
                    let long = text.len() > LONGEST && !instr.args.is_empty();
                    let last = self.last.contains(&id);
                    let written = if shared || long && !last {
                        let name = self.name(usize::from(instr.ndim));
                        self.lines.push(format!("{}{name} = {text}", "    ".repeat(depth)));
                        Written { text: name, rank: Rank::Atom }
                    } else {
                        Written { text, rank: instr.rank }
                    };
                    self.written[id.index()] = Some(written);
                }
            }
        }
    }

    fn sum_loop(&mut self, id: Id, level: u32, ids: &[Id], open: u64, depth: usize) {
        let instr = self.code.table.get(id).clone();
        let [(low, _), (high, _), (body, _), (start, _)] = instr.args[..] else { return };
        let indent = "    ".repeat(depth);
        let total = self.name(usize::from(instr.ndim));
        let start = self.at(start, Hole::Any);
        self.lines.push(format!("{indent}{total} = {start}"));
        let range = match self.at(low, Hole::Any).as_str() {
            "0" => self.at(high, Hole::Any),
            low => format!("{low}, {}", self.at(high, Hole::Any)),
        };
        let variable = self.code.loops.get(&level).cloned().unwrap_or_else(|| format!("index{level}"));
        self.lines.push(format!("{indent}for {variable} in range({range}):"));
        let bit = 1u64 << level;
        let inside = self.code.table.reachable(&[body]);
        let own: Vec<Id> = ids.iter().copied().filter(|k| inside.get(k.index()).copied().unwrap_or(false)).collect();
        self.last.push(body);
        self.block(&own, open | bit, depth + 1);
        let body = self.at(body, Hole::Any);
        self.lines.push(format!("{indent}    {total} += {body}"));
        // What depends on this loop's variable is written anew in another loop over the same level.
        for k in own {
            if self.code.table.get(k).loops & bit != 0 {
                self.written[k.index()] = None;
            }
        }
        self.written[id.index()] = Some(Written { text: total, rank: Rank::Atom });
    }

    fn fill(&self, template: &str, args: &[(Id, Hole)]) -> String {
        let mut text = String::with_capacity(template.len() + 16);
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            text.push_str(&rest[..open]);
            let Some(close) = rest[open..].find('}').map(|c| open + c) else { break };
            if let Some(&(arg, hole)) = rest[open + 1..close].parse::<usize>().ok().and_then(|k| args.get(k)) {
                text.push_str(&self.at(arg, hole));
            }
            rest = &rest[close + 1..];
        }
        text.push_str(rest);
        text
    }

    /// A name that tells what it is: a scalar, a vector, a matrix, a stack.
    fn name(&mut self, ndim: usize) -> String {
        let kind = ndim.min(3);
        let stem = ["c", "v", "M", "T"][kind];
        let mut counter = self.counters[kind];
        let name = self.names.numbered(stem, &mut counter);
        self.counters[kind] = counter;
        name
    }
}
