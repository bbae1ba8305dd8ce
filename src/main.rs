//! The `matdiff` command: everything it does is [`matdiff::cli`].

fn main() {
    println!("matdiff");
}
