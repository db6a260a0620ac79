//! Where something stands in the text of a JSON file.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// Something in a schema that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SchemaFault {
    /// Where it stands: a JSON pointer.
    pub pointer: String,
    /// A German sentence.
    pub message: String,
}

impl SchemaFault {
    pub(super) fn at(pointer: &str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), message: message.into() }
    }
}

/// Writes a key as a part of a JSON pointer.
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Finds where the key or the element stands that a pointer leads to, or the last one on the way that is there.
pub(super) fn offset(text: &str, pointer: &str) -> usize {
    let mut at = first(text, 0);
    let mut found = at;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        let Some((place, value)) = step(text, at, &part) else { break };
        (found, at) = (place, value);
    }
    found
}

/// The place of a member or an element, and that of its value.
fn step(text: &str, container: usize, part: &str) -> Option<(usize, usize)> {
    let is_object = text.as_bytes().get(container) == Some(&b'{');
    let mut at = first(text, container + 1);
    for index in 0.. {
        let place = at;
        let is_it = if is_object {
            let (key, end) = read::<String>(text, at)?;
            at = first(text, first(text, end) + 1);
            key == part
        } else {
            part.parse() == Ok(index)
        };
        if is_it {
            return Some((place, at));
        }
        let (IgnoredAny, end) = read(text, at)?;
        at = first(text, end);
        if text.as_bytes().get(at) != Some(&b',') {
            return None;
        }
        at = first(text, at + 1);
    }
    None
}

/// Reads one value, and tells where it ends.
fn read<'a, T: Deserialize<'a>>(text: &'a str, at: usize) -> Option<(T, usize)> {
    let mut values = Deserializer::from_str(text.get(at..)?).into_iter::<T>();
    let value = values.next()?.ok()?;
    Some((value, at + values.byte_offset()))
}

/// The first place from `at` on that is no white space.
fn first(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_a_place_in_the_text() {
        let text = "{\n \"a\" : { \"x~/\\u0079\": [1, {\"b\": 2}, \"c\"] },\n \"d\": 3 }";
        for (pointer, rest) in [
            ("", "{\n"),
            ("/a", "\"a\" :"),
            ("/d", "\"d\": 3"),
            ("/a/x~0~1y/0", "1, "),
            ("/a/x~0~1y/1/b", "\"b\": 2"),
            ("/a/x~0~1y/2", "\"c\"]"),
            // What is not there: the last one on the way.
            ("/a/nichts/b", "\"a\" :"),
            ("/e", "{\n"),
        ] {
            assert!(text[offset(text, pointer)..].starts_with(rest), "{pointer}");
        }
        assert_eq!(offset("", "/a"), 0);
    }
}
