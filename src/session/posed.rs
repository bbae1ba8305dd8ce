//! How a formula is posed: `f(W) = ‖W X - Y‖²` is pasted as often as the right side alone.

/// The text with the name in front blanked out, so that places stay what they are: `f(W) = …`, `J = …`. Nothing where no
/// name of its own stands in front.
pub(super) fn without_name(text: &str) -> Option<String> {
    let at = only_equals(text)?;
    let from = text.find(|c: char| !c.is_whitespace() && c != '$')?;
    let left = text.get(from..at)?.trim_end();
    let end = left.find('(').unwrap_or(left.len());
    let name = left[..end].trim_end().trim_end_matches("\\left").trim_end();
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '\\')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '\\' | '_' | '{' | '}'));
    let applied = end == left.len() || left.ends_with(')');
    // A name that the right side uses is no name for it: that is an equation.
    let used = text[at + 1..].split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '\\')).any(|word| word == name);
    (is_name && applied && !used).then(|| {
        let blank: String = text[from..=at].chars().map(|c| " ".repeat(c.len_utf8())).collect();
        format!("{}{blank}{}", &text[..from], &text[at + 1..])
    })
}

/// The place of the one `=` outside all brackets; nothing where definitions use the sign.
fn only_equals(text: &str) -> Option<usize> {
    let (mut depth, mut found) = (0i32, None);
    let has_definitions = text.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "let" | "where"));
    if has_definitions || text.contains(';') {
        return None;
    }
    let mut last = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '=' if depth == 0 && !matches!(last, '<' | '>' | '!' | '=' | ':') => {
                if found.replace(at).is_some() {
                    return None;
                }
            }
            _ => {}
        }
        last = c;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_front_is_blanked_out() {
        assert_eq!(without_name("f(W) = x").as_deref(), Some("       x"));
        assert_eq!(without_name("$f(x) = x^T x$").as_deref(), Some("$       x^T x$"));
        for text in ["J = x' x", "\\mathcal{L}(\\theta) = x", "\\ell \\left( w \\right) = x"] {
            assert_eq!(without_name(text).map(|t| t.len()), Some(text.len()), "{text}");
        }
        // Equations, definitions and sums are left alone.
        for text in ["x = A x", "A x = b", "2 x = b", "let r = x; r' r", "sum_{i=1}^N x_i", "a = b = c", "x' = b"] {
            assert_eq!(without_name(text), None, "{text}");
        }
    }
}
