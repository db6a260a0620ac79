//! The levels of single codes: `[befunde]` in `anlage.toml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::diagnostics::{Code, Diagnostic, Severity, Source, codes, shown};
use crate::record::template::Templates;
use crate::toml_tree::{Node, Table, TableEntry};

const LEVELS: [(&str, Severity); 3] =
    [("fehler", Severity::Error), ("warnung", Severity::Warning), ("hinweis", Severity::Note)];

fn entries(table: &Table) -> &[TableEntry] {
    table.get("befunde").and_then(Node::as_table).map(|table| &table.0[..]).unwrap_or_default()
}

/// Reads them.
pub(super) fn read(table: &Table) -> BTreeMap<String, Severity> {
    let level = |text: &str| LEVELS.iter().find(|(name, _)| *name == text).map(|(_, level)| *level);
    let entries = entries(table).iter();
    entries.filter_map(|entry| Some((entry.key.clone(), level(entry.node.as_str()?)?))).collect()
}

/// Makes the schema of the table; which codes there are, [`check`] knows.
pub(super) fn schema(table: &Table) -> Json {
    let names: Vec<&str> = LEVELS.iter().map(|(name, _)| *name).collect();
    let level = |entry: &TableEntry| (entry.key.clone(), json!({ "title": entry.key, "enum": names }));
    let levels: serde_json::Map<_, _> = entries(table).iter().map(level).collect();
    json!({ "title": "Stufen der Befunde", "type": "object", "additionalProperties": false, "properties": levels })
}

/// Finds codes that there are not, and those whose level stays as it is.
pub(super) fn check(table: &Table, templates: &Templates, source: &Arc<Source>) -> Vec<Diagnostic> {
    let wrong = |entry: &TableEntry| {
        let named = entry.key.as_str();
        let meant: Vec<&Code> = templates.codes().filter(|code| code.is_meant_by(named)).collect();
        if meant.iter().any(|code| code.is_adjustable()) {
            return None;
        }
        let (message, hint) = match meant.first() {
            Some(Code { title, .. }) => (
                format!("Von {named} lässt sich die Stufe nicht ändern: {title}."),
                "Stufen gibt es nur für Warnungen und Hinweise. Die Zeile entfernen.".to_owned(),
            ),
            None => {
                let upper = named.to_uppercase();
                let is_there = templates.codes().any(|code| code.is_adjustable() && *code.id == upper);
                let hint = if is_there {
                    format!("Meinten Sie „{upper}“?")
                } else {
                    "„anlage explain“ nennt alle.".to_owned()
                };
                (format!("Einen Befund „{}“ gibt es nicht.", shown(named)), hint)
            }
        };
        Some(Diagnostic::new(&codes::UNKNOWN_KEY, source, entry.key_span.clone(), message).hint(hint))
    };
    entries(table).iter().filter_map(wrong).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_tree;

    #[test]
    fn a_code_that_there_is_not_or_that_stays_is_named_as_such() {
        let said = |line: &str| {
            let source = Source::new("anlage.toml", format!("[befunde]\n{line}\n"));
            let tree = toml_tree::parse(&source).0;
            let found = check(tree.as_table().unwrap(), &Templates::built_in(), &source);
            found.into_iter().map(|one| (one.message, one.hint.unwrap())).collect::<Vec<_>>()
        };
        for sound in ["U003 = 'fehler'", "F201 = 'hinweis'", "'muenster-anlage-a/F201' = 'fehler'"] {
            assert_eq!(said(sound), [], "{sound}");
        }
        for (line, message, hint) in [
            (
                "T104 = 'hinweis'",
                "Von T104 lässt sich die Stufe nicht ändern: ",
                "nur für Warnungen und Hinweise",
            ),
            ("X999 = 'hinweis'", "Einen Befund „X999“ gibt es nicht.", "„anlage explain“ nennt alle."),
            ("u003 = 'fehler'", "Einen Befund „u003“ gibt es nicht.", "Meinten Sie „U003“?"),
        ] {
            let [(own, own_hint)] = &said(line)[..] else { panic!("{line}") };
            assert!(own.starts_with(message) && own_hint.contains(hint), "{own} {own_hint}");
        }
    }
}
