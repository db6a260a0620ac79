//! What is said of the forms that there are.

use serde_json::{Value as Json, json};

use super::json;
use crate::record::template::{LoadedTemplate, Template};

/// Describes a form, or says what is wrong with it.
pub fn template_json(name: &str, loaded: &LoadedTemplate) -> Json {
    match loaded {
        Ok(template) => json!({
            "name": name,
            "title": template.title,
            "version": template.version,
            "language": template.language,
            "label": template.label,
            "description": template.description,
            "built_in": template.built_in,
        }),
        Err(findings) => json!({ "name": name, "findings": json::findings(findings) }),
    }
}

/// Describes a form in a line.
pub fn template_line(template: &Template) -> String {
    let Template { name, version, description, .. } = template;
    let origin = if template.built_in { "eingebaut" } else { "im Projekt" };
    format!("{name} {version} ({origin}): {description}")
}
