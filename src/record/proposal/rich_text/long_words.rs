//! Words that may have to be broken, in a text that is otherwise not hyphenated.

use super::Inline;
use super::figures::is_figure;

/// A word with more characters may be broken.
const LONG_WORD: usize = 28;
/// The same in the cell of a table.
const LONG_WORD_IN_CELL: usize = 14;
/// A word with more characters is broken anywhere if need be: no dictionary knows it.
const ENDLESS_WORD: usize = 44;
/// The signs behind which a word of a cell may be broken, and an address anywhere.
const JOINTS: &str = "@._-/?&=";

/// Sets the long words of a text apart, those of a `cell` sooner.
pub(super) fn with_long_words(body: Vec<Inline>, cell: bool) -> Vec<Inline> {
    let limit = if cell { LONG_WORD_IN_CELL } else { LONG_WORD };
    let apart = |text: &str| text.split_whitespace().any(|word| is_apart(word, limit));
    body.into_iter()
        .flat_map(|part| match part {
            Inline::Text { text } if apart(&text) => {
                text.split_inclusive(char::is_whitespace).map(|word| piece(word, limit)).collect()
            }
            Inline::Emph { body } => vec![Inline::Emph { body: with_long_words(body, cell) }],
            Inline::Strong { body } => vec![Inline::Strong { body: with_long_words(body, cell) }],
            Inline::Link { url, body } => vec![Inline::Link { url, body: with_long_words(body, cell) }],
            other => vec![other],
        })
        .fold(Vec::new(), |mut all, part| {
            match (all.last_mut(), part) {
                (Some(Inline::Text { text }), Inline::Text { text: more }) => text.push_str(&more),
                (_, part) => all.push(part),
            }
            all
        })
}

fn is_apart(word: &str, limit: usize) -> bool {
    if limit == LONG_WORD_IN_CELL && is_figure(word) {
        return false;
    }
    word.chars().count() > limit || limit == LONG_WORD_IN_CELL && is_address(word)
}

/// Tells whether a word is the address of a page or a mailbox.
fn is_address(word: &str) -> bool {
    word.contains("://") || word.starts_with("www.") || word.contains('@') && word.contains('.')
}

fn piece(word: &str, limit: usize) -> Inline {
    let own = word.trim_end();
    if !is_apart(own, limit) {
        return Inline::Text { text: word.to_owned() };
    }
    let address = is_address(own);
    // typst itself breaks what begins with `https://` or `www.`, at good places and without a sign.
    let left_to_typst = address && (own.contains("://") || own.contains("www."));
    let is_endless = own.chars().count() > ENDLESS_WORD;
    let mut parts = vec![String::new()];
    let hyphenate = !address && !own.contains(|c: char| c.is_ascii_digit());
    let syllables = if is_endless && hyphenate { syllable_starts(own) } else { Vec::new() };
    let mut syllables = syllables.into_iter().peekable();
    // Counts the characters since the last place where the word may be broken.
    let mut run = 0;
    for (at, c) in word.char_indices() {
        let begins_syllable = syllables.next_if_eq(&at).is_some();
        run = if begins_syllable { 1 } else { run + 1 };
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        if left_to_typst && !c.is_alphanumeric() {
            run = 0;
        }
        let joint = !left_to_typst && (limit == LONG_WORD_IN_CELL || address) && JOINTS.contains(c);
        if joint || run == LONG_WORD && is_endless {
            parts.push(String::new());
            run = 0;
        }
    }
    parts.retain(|part| !part.is_empty());
    // A hyphen would change a number or an address.
    Inline::Word { parts, hyphenate }
}

/// Where the syllables of a word begin that is made of letters, in bytes.
fn syllable_starts(word: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    for letters in word.split_inclusive(|c: char| !c.is_alphabetic()) {
        for syllable in hypher::hyphenate(letters, hypher::Lang::German) {
            starts.push(at);
            at += syllable.len();
        }
    }
    starts
}
