//! What a municipality says of itself on letters and notices: the table `[kommune]`.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::diagnostics::{Diagnostic, Source, codes};
use crate::files::{self, Root};
use crate::toml_tree::{Node, Table};

/// What a municipality says of itself beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letterhead {
    /// The lines of its address.
    pub address: Vec<String>,
    /// How it is reached, in lines.
    pub contact: Vec<String>,
    /// Its logo.
    pub logo: Option<Logo>,
    /// The words under a public notice, such as the paragraph that asks for it.
    pub notice: Option<String>,
}

/// A picture that stands on letters.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// The file, PNG or SVG, without links.
    pub path: PathBuf,
    /// What is read aloud in its place.
    pub text: String,
    /// A hash of the file.
    pub hash: String,
}

/// Without the place of the project: settings are compared by what they say.
impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({} {})", self.hash, self.text)
    }
}

/// The most bytes of a logo.
const MAX_LOGO_BYTES: u64 = 4 << 20;

/// Describes the key `kommune`: a name, or a table.
pub(super) fn schema(table: &Table) -> Json {
    let text = |title: &str, example: &str| json!({ "title": title, "type": "string", "minLength": 1, "maxLength": 1000, "examples": [example] });
    if table.get("kommune").is_none_or(|node| node.as_table().is_none()) {
        return text("Name der Kommune", "Stadt Münster");
    }
    json!({
        "title": "Kommune", "type": "object", "additionalProperties": false, "required": ["name"],
        "properties": {
            "name": text("Name der Kommune", "Stadt Münster"),
            "anschrift": text("Anschrift", "Klemensstraße 10\n48143 Münster"),
            "kontakt": text("Kontakt", "ratsbuero@example.org"),
            "logo": text("Datei mit dem Logo", "logo.svg"),
            "logo_text": text("Text zum Logo", "Wappen der Stadt Münster"),
            "bekanntmachung": text("Worte unter der Bekanntmachung", "Bekannt gemacht nach § 48 GO NRW."),
        },
        "dependentRequired": { "logo": ["logo_text"] },
    })
}

/// Reads the name and what is said beside it.
pub(super) fn read(
    table: &Table,
    root: &Root,
    source: &Arc<Source>,
) -> Result<(Option<String>, Letterhead), Box<Diagnostic>> {
    let Some(node) = table.get("kommune") else { return Ok(Default::default()) };
    let Some(own) = node.as_table() else {
        return Ok((node.as_str().map(str::to_owned), Letterhead::default()));
    };
    let text = |key: &str| own.get(key).and_then(Node::as_str).map(str::to_owned);
    let lines = |key: &str| {
        let text = text(key).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let logo = own.get("logo").map(|node| logo(root, node, text("logo_text").unwrap_or_default()));
    let logo = logo.transpose().map_err(|message| {
        let span = own.get("logo").map(|node| node.span.clone()).unwrap_or_default();
        let finding = Diagnostic::new(&codes::BAD_SETTING, source, span, message);
        Box::new(finding.hint("Den Pfad zu einem PNG oder SVG von anlage.toml aus angeben, mit / getrennt."))
    })?;
    let letterhead = Letterhead {
        address: lines("anschrift"),
        contact: lines("kontakt"),
        logo,
        notice: text("bekanntmachung"),
    };
    Ok((text("name"), letterhead))
}

fn logo(root: &Root, node: &Node, text: String) -> Result<Logo, String> {
    let relative = node.as_str().unwrap_or_default();
    let path = root
        .resolve(root.path(), relative)
        .map_err(|_| format!("„{relative}“ ist keine Datei im Projekt."))?;
    let is_known = |end: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(end));
    if !is_known("png") && !is_known("svg") {
        return Err(format!("„{relative}“ ist weder PNG noch SVG."));
    }
    let bytes = files::read(&path, MAX_LOGO_BYTES).map_err(|error| format!("Das Logo: {error}"))?;
    Ok(Logo { hash: files::hash(&[&bytes]), path, text })
}
