//! Words that may have to be broken, in a text that is otherwise not hyphenated.

use super::Inline;

/// A word with more characters may be broken.
const LONG_WORD: usize = 28;
/// The same in the cell of a table.
const LONG_WORD_IN_CELL: usize = 14;
/// A word with more characters is broken anywhere if need be: no dictionary knows it.
const ENDLESS_WORD: usize = 44;

/// Sets the long words of a text apart, those of a `cell` sooner.
pub(super) fn with_long_words(body: Vec<Inline>, cell: bool) -> Vec<Inline> {
    let limit = if cell { LONG_WORD_IN_CELL } else { LONG_WORD };
    let long = |text: &str| text.split_whitespace().any(|word| word.chars().count() > limit);
    body.into_iter()
        .flat_map(|part| match part {
            Inline::Text { text } if long(&text) => {
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

fn piece(word: &str, limit: usize) -> Inline {
    let length = word.trim_end().chars().count();
    if length <= limit {
        return Inline::Text { text: word.to_owned() };
    }
    let mut text = String::new();
    // Counts the characters since the last place where the word may be broken.
    let mut run = 0;
    for c in word.chars() {
        run += 1;
        text.push(c);
        let joint = limit == LONG_WORD_IN_CELL && "@._-/?&=".contains(c);
        if joint || run == LONG_WORD && length > ENDLESS_WORD {
            text.push('\u{200B}');
            run = 0;
        }
    }
    Inline::Word { text }
}
