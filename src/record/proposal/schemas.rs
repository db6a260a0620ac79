//! The schemas of what every record has, whatever its forms.

use std::sync::LazyLock;

use serde_json::json;

use crate::record::names::OWN_LABEL;
use crate::record::project::Project;
use crate::record::schema::Schema;

/// The schema of `[vorlage]`.
pub static PROPOSAL: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("vorlage", include_str!("schema.json")).expect("embedded and tested"));

/// The schema of `[vorlage]` in a project: with its own numbers and roles.
pub fn proposal_schema(project: &Project) -> &Schema {
    let (numbers, roles) = (&project.settings.numbers, &project.settings.roles);
    if numbers.is_default() && roles.is_empty() {
        return &PROPOSAL;
    }
    project.proposal_schema.get_or_init(|| {
        let mut json = PROPOSAL.json.clone();
        if !numbers.is_default() {
            let number = &mut json["properties"]["nummer"];
            number["description"] = numbers.help().into();
            number["pattern"] = numbers.expression().into();
            number["examples"] = json!([numbers.example()]);
        }
        if !roles.is_empty() {
            json["properties"]["beratung"]["items"]["properties"]["rolle"]["enum"] = json!(roles);
        }
        Schema::new("vorlage", &json.to_string()).expect("the patterns and the roles have been checked")
    })
}

/// The schema of an annex that is a file.
pub static FILE_ANNEX: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("", include_str!("file_annex.schema.json")).expect("embedded and tested"));

/// What the label of an annex looks like: a capital letter, or a number with a small letter; or what the proposal itself is
/// called.
pub const ANNEX_LABEL: &str = "^(Vorlage|[A-Z]|[1-9][0-9]?[a-z]?)$";

/// Tells whether a text follows [`ANNEX_LABEL`].
pub fn is_annex_label(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let letters = text.len() - number.len();
    match number.as_bytes() {
        _ if text == OWN_LABEL => true,
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
