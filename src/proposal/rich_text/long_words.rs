//! Words that may have to be broken, in a text that is otherwise not hyphenated.

use super::Inline;

/// A word with more characters may be broken.
const LONG_WORD: usize = 28;
/// A word with more characters is broken anywhere if need be: no dictionary knows it.
const ENDLESS_WORD: usize = 60;

/// Sets the long words of a text apart.
pub fn with_long_words(body: Vec<Inline>) -> Vec<Inline> {
    let long = |text: &str| text.split_whitespace().any(|word| word.chars().count() > LONG_WORD);
    body.into_iter()
        .flat_map(|part| match part {
            Inline::Text { text } if long(&text) => {
                text.split_inclusive(char::is_whitespace).map(piece).collect()
            }
            Inline::Emph { body } => vec![Inline::Emph { body: with_long_words(body) }],
            Inline::Strong { body } => vec![Inline::Strong { body: with_long_words(body) }],
            Inline::Link { url, body } => vec![Inline::Link { url, body: with_long_words(body) }],
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

fn piece(word: &str) -> Inline {
    let length = word.chars().count();
    if length <= LONG_WORD {
        return Inline::Text { text: word.to_owned() };
    }
    // typst itself breaks web addresses after their slashes.
    let endless = length > ENDLESS_WORD && !word.contains("://");
    let chars: Vec<char> = word.chars().collect();
    let text = match endless {
        true => chars.chunks(LONG_WORD).map(String::from_iter).collect::<Vec<_>>().join("\u{200B}"),
        false => word.to_owned(),
    };
    Inline::Word { text }
}
