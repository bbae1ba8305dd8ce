//! Readable names for sizes that nothing fixes: m×n for a data matrix, n×n for a square one, N for a number of samples.

use super::infer::Inference;
use super::sizes::Size;

const LETTERS: [&str; 16] = ["m", "n", "p", "q", "k", "r", "s", "l", "h", "d", "t", "u", "v", "w", "a", "b"];

/// Names every unknown size, in order of appearance, with names that nothing else has.
pub(super) fn name_sizes(inference: &mut Inference<'_>) {
    let mut unknown: Vec<(u32, bool)> = Vec::new();
    let mut add = |inference: &mut Inference<'_>, size: Size, range: bool| {
        for v in inference.sizes.unknowns(size) {
            if !unknown.iter().any(|(u, _)| *u == v) {
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
    for (v, range) in unknown {
        let preferred = if range {
            "N"
        } else if std::mem::take(&mut first) {
            first_letter(inference, v)
        } else {
            "m"
        };
        let name = std::iter::once(preferred).chain(LETTERS).find(|name| is_free(inference, name)).map(ToOwned::to_owned);
        let name = name.or_else(|| (1..).map(|k| format!("n{k}")).find(|name| is_free(inference, name)));
        inference.sizes.baptise(v, &name.unwrap_or_default());
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

fn is_free(inference: &Inference<'_>, name: &str) -> bool {
    !inference.sizes.has_name(name) && !inference.names.taken.contains(name) && !inference.names.variables.iter().any(|v| v.name == name)
}
