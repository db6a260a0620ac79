//! The schemas of what every record has, whatever its forms.

use std::sync::LazyLock;

use serde_json::json;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_are_sound() {
        assert!(!PROPOSAL.root.fields().is_empty());
        assert!(!FILE_ANNEX.root.fields().is_empty());
    }
}
