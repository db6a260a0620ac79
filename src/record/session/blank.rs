//! A session file to fill in: every key with its label and help as a comment, and how the kinds of items are written.

use super::{SCHEMA, file_stem};
use crate::day::Day;
use crate::record::schema::Blank;
use crate::toml_tree::quoted;

const HEAD: &str = "\
# Eine Sitzung mit ihrer Tagesordnung. Leere Angaben (\"\") ausfüllen; was mit # beginnt und nach einer Angabe
# aussieht, ist freiwillig.
";

const ITEMS: &str = r#"
# So werden weitere Punkte geschrieben.
#
# Ein Block ohne Nummer ist eine Überschrift:
#
# [[top]]
# titel = "Anträge der Fraktionen"
#
# Ein Antrag, der keine Vorlagendatei hat, von der Tagesordnung genommen:
#
# [[top]]
# nummer = "2.1"
# titel = "Hitzeaktionsplan"
# status = "abgesetzt"
# [[top.unterlage]]
# art = "Antrag"
# nummer = "A-R/0043/2026"
# datei = "antraege/hitze.pdf"
#
# Ein Punkt mit einer Vorlage, deren Betreff sein Titel ist:
#
# [[top]]
# nummer = "3"
# vorlage = "vorlagen/V-0056-2025.toml"
#
# Ein nichtöffentlicher Punkt mit mehreren Vorlagen, und wie ihn die öffentliche Tagesordnung nennt:
#
# [[top]]
# nummer = "N 1"
# oeffentlich = false
# titel_oeffentlich = "Grundstücksangelegenheit"
# vorlagen = ["vorlagen/V-0251-2025.toml", "vorlagen/V-0251-2025-1.toml"]
"#;

/// What is known of a session whose file is yet to be written.
#[derive(Debug, Default)]
pub struct BlankSession {
    /// The committees, mostly one.
    pub committees: Vec<String>,
    /// The number of the session among those of its committee.
    pub number: Option<u32>,
    /// The day.
    pub date: Option<Day>,
}

impl BlankSession {
    /// Names the file by who meets and when, and by its number; `sitzung.toml` if not both are known.
    pub fn file_name(&self) -> String {
        match self.date {
            Some(day) if !self.committees.is_empty() => {
                format!("{}.toml", file_stem(&self.committees, self.number, &day.to_string()))
            }
            _ => "sitzung.toml".to_owned(),
        }
    }

    /// Writes the file, with empty texts where something is to be filled in.
    pub fn to_toml(&self, schema_path: &str) -> String {
        let names: Vec<String> = self.committees.iter().map(|name| quoted(name)).collect();
        let committees = match names.as_slice() {
            [] => ("sitzung.gremium", "\"\"".to_owned()),
            [one] => ("sitzung.gremium", one.clone()),
            several => ("sitzung.gremien", format!("[{}]", several.join(", "))),
        };
        let mut given = [committees, ("top.nummer", quoted("1")), ("top.titel", quoted(""))].to_vec();
        given.extend(self.number.map(|number| ("sitzung.nummer", number.to_string())));
        given.extend(self.date.map(|day| ("sitzung.datum", day.to_string())));
        let text = format!("#:schema {schema_path}\n{HEAD}");
        let mut blank = Blank { text, given: given.into_iter().collect(), asks: false };
        for field in SCHEMA.root.fields() {
            blank.table(field, &field.key);
            if field.key == "top" {
                blank.text += ITEMS;
            }
        }
        blank.text
    }
}
