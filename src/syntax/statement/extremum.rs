//! `\min_w`, `\argmax`, `minimize`: the words, and what stands with them.

/// What an extremum's sign says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::syntax) struct Head {
    /// Whether it asks for a maximum.
    pub most: bool,
    /// The phrases below the sign.
    pub domain: Option<(usize, usize)>,
    /// The names below it, where they are part of the word as in `min_x`.
    pub by: Vec<String>,
}

/// Whether a word, in small letters, asks for a maximum, and whether it is one without a subscript too. `None` for other words.
pub(in crate::syntax) fn extremum_word(word: &str) -> Option<(bool, bool)> {
    Some(match word {
        "min" | "inf" => (false, false),
        "max" | "sup" => (true, false),
        "argmin" | "arginf" | "minimize" | "minimise" => (false, true),
        "argmax" | "argsup" | "maximize" | "maximise" => (true, true),
        _ => return None,
    })
}
