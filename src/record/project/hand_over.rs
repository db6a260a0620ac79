//! The settings of `anlage.toml` for the archive and for OParl; all are optional.
//!
//! None of them changes a document, so a change of these settings puts none out of date.

use serde_json::{Value as Json, json};

use crate::toml_tree::Table;

/// The settings in `[archiv]` and `[oparl]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandOverSettings {
    /// The office that delivers to the archive.
    pub office: Option<String>,
    /// The archive that receives.
    pub archive: Option<String>,
    /// The reference of the office's file (Aktenzeichen).
    pub file_reference: Option<String>,
    /// The code of the unit in the filing plan (Aktenplan).
    pub plan: Option<String>,
    /// The subject of that unit.
    pub plan_title: Option<String>,
    /// The address with which all OParl ids begin, without a slash at its end.
    pub base_url: Option<String>,
    /// The id of the OParl body among the others under that address.
    pub body: Option<String>,
}

/// Reads both tables.
pub(super) fn read(root: &Table) -> HandOverSettings {
    let text = |table: &str, key: &str| {
        let text = root.get(table)?.as_table()?.get(key)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    HandOverSettings {
        office: text("archiv", "abgebende_stelle"),
        archive: text("archiv", "archiv"),
        file_reference: text("archiv", "aktenzeichen"),
        plan: text("archiv", "aktenplan"),
        plan_title: text("archiv", "aktenplan_titel"),
        base_url: text("oparl", "basis_url").map(|url| url.trim_end_matches('/').to_owned()),
        body: text("oparl", "koerperschaft"),
    }
}

/// Returns the schemas of both tables, by their names.
pub(super) fn schemas() -> [(&'static str, Json); 2] {
    let text = |title: &str, example: &str| json!({ "title": title, "type": "string", "minLength": 1, "maxLength": 500, "examples": [example] });
    let table = |title: &str, properties: Json| json!({ "title": title, "type": "object", "additionalProperties": false, "properties": properties });
    let archive = json!({
        "abgebende_stelle": text("Abgebende Stelle", "Stadt Münster, Amt für Bürger- und Ratsservice"),
        "archiv": text("Archiv, das übernimmt", "Stadtarchiv Münster"),
        "aktenzeichen": text("Aktenzeichen der abgebenden Stelle", "33.02.01"),
        "aktenplan": text("Kennzeichen der Aktenplaneinheit", "33.02"),
        "aktenplan_titel": text("Titel der Aktenplaneinheit", "Sitzungen des Rates"),
    });
    let oparl = json!({
        "basis_url": {
            "title": "Adresse, mit der alle OParl-Kennungen beginnen",
            "description": "Beginnt mit https:// oder http:// und enthält weder Leerzeichen noch ? und #.",
            "type": "string",
            "pattern": "^https?://[^\\s?#\"<>\\\\]+$",
            "examples": ["https://oparl.stadt-muenster.de"]
        },
        "koerperschaft": {
            "title": "Kennung der Körperschaft",
            "description": "Kleinbuchstaben, Ziffern und Bindestriche.",
            "type": "string",
            "pattern": "^[a-z0-9][a-z0-9-]*$",
            "examples": ["muenster"]
        },
    });
    [("archiv", table("Abgabe ans Archiv", archive)), ("oparl", table("Veröffentlichung nach OParl", oparl))]
}
