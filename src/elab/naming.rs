//! Readable names for sizes that nothing fixes: m×n for a data matrix, n×n for a square one, N for a number of samples.

use super::infer::Inference;
use super::sizes::Size;
use rustc_hash::FxHashSet;

const LETTERS: [&str; 16] = ["m", "n", "p", "q", "k", "r", "s", "l", "h", "d", "t", "u", "v", "w", "a", "b"];

/// Names every unknown size, in order of appearance, with names that nothing else has.
pub(super) fn name_sizes(inference: &mut Inference<'_>) {
    let mut unknown: Vec<(u32, bool)> = Vec::new();
    let mut seen: FxHashSet<u32> = FxHashSet::default();
    let mut add = |inference: &mut Inference<'_>, size: Size, range: bool| {
        for v in inference.sizes.unknowns(size) {
            if seen.insert(v) {
                unknown.push((v, range));
            }
        }
    };
    let ends: Vec<Size> = inference.names.order.iter().filter_map(|id| inference.last.get(id).copied()).collect();
    for size in ends {
        add(inference, size, true);
    }
    for at in 0..inference.variables.len() {
        for k in 0..inference.ranges[at].len() {
            let range = inference.ranges[at][k];
            add(inference, range, true);
        }
    }
    for at in 0..inference.variables.len() {
        let extent = inference.variables[at];
        add(inference, extent.rows, false);
        add(inference, extent.cols, false);
    }
    for at in 0..inference.names.order.len() {
        let extent = inference.at(inference.names.order[at]);
        if matches!(extent.rows, Size::Var(_)) || matches!(extent.cols, Size::Var(_)) {
            add(inference, extent.rows, false);
            add(inference, extent.cols, false);
        }
    }
    let mut first = true;
    let variables: FxHashSet<&str> = inference.names.variables.iter().map(|v| v.name.as_str()).collect();
    // Numbers are given in order; a name with one that is taken now stays taken.
    let mut number = 1u32;
    for (v, range) in unknown {
        let preferred = if range {
            "N"
        } else if std::mem::take(&mut first) {
            first_letter(inference, v)
        } else {
            "m"
        };
        let name = std::iter::once(preferred).chain(LETTERS).find(|name| is_free(inference, &variables, name)).map(ToOwned::to_owned);
        let name = name.unwrap_or_else(|| {
            loop {
                let name = format!("n{number}");
                number += 1;
                if is_free(inference, &variables, &name) {
                    break name;
                }
            }
        });
        inference.sizes.baptise(v, &name);
    }
}

/// `m` for the rows of a matrix with other columns, else `n`.
fn first_letter(inference: &mut Inference<'_>, unknown: u32) -> &'static str {
    let mut tall = false;
    for at in 0..inference.variables.len() {
        let extent = inference.variables[at];
        let (rows, cols) = (inference.sizes.resolve(extent.rows), inference.sizes.resolve(extent.cols));
        if rows == Size::Var(unknown) && cols == rows {
            return "n";
        }
        tall |= rows == Size::Var(unknown) && cols != Size::ONE;
    }
    if tall { "m" } else { "n" }
}

fn is_free(inference: &Inference<'_>, variables: &FxHashSet<&str>, name: &str) -> bool {
    !inference.sizes.has_name(name) && !inference.names.taken.contains(name) && !variables.contains(name)
}
