//! The schemas of what every record has, whatever its forms.

use std::sync::LazyLock;

use crate::record::schema::Schema;

/// The schema of `[vorlage]`.
pub static PROPOSAL: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("vorlage", include_str!("schema.json")).expect("embedded and tested"));

/// The schema of an annex that is a file.
pub static FILE_ANNEX: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("", include_str!("file_annex.schema.json")).expect("embedded and tested"));

/// What the label of an annex looks like: a capital letter, or a number with a small letter.
pub const ANNEX_LABEL: &str = "^([A-Z]|[1-9][0-9]?[a-z]?)$";

/// Tells whether a text follows [`ANNEX_LABEL`].
pub fn is_annex_label(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let letters = text.len() - number.len();
    match number.as_bytes() {
        [b'A'..=b'Z'] => letters == 0,
        [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'] => letters <= 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_are_sound() {
        assert!(!PROPOSAL.root.fields().is_empty());
        assert!(!FILE_ANNEX.root.fields().is_empty());
    }

    #[test]
    fn labels_are_a_letter_or_a_number_with_a_letter() {
        for label in ["A", "Z", "1", "1a", "10", "12b"] {
            assert!(is_annex_label(label), "{label}");
        }
        for label in ["", "a", "AB", "0", "01", "1A", "1ab", "A1", "100", "ä"] {
            assert!(!is_annex_label(label), "{label}");
        }
    }
}
