//! A record to fill in: every field with its label and help as a comment.

use super::proposal_schema;
use crate::record::numbers::Number;
use crate::record::project::Project;
use crate::record::schema::Blank;
use crate::record::template::Template;

/// A record with placeholders: empty texts, which `check` names one by one until they are filled.
pub fn blank_record(project: &Project, number: Number, template: &Template, schema_path: &str) -> String {
    let label = &template.label;
    let mut text = format!("#:schema {schema_path}\n");
    text += "# Leere Angaben (\"\") ausfüllen; was mit # beginnt und nach einer Angabe aussieht, ist freiwillig.\n";
    text += "# Lange Texte stehen zwischen drei Anführungszeichen; *kursiv*, **fett**, Listen mit - am Zeilenanfang.\n";
    text += "\n[vorlage]\n";
    let given = [("vorlage.nummer", format!("\"{number}\""))].into();
    let mut blank = Blank { text, given, asks: true };
    blank.fields(proposal_schema(project).root.fields(), "vorlage", "");
    blank.text += &format!("\n[anlage.{label}]\ntemplate = \"{}\"\n", template.name);
    blank.fields(template.schema.root.fields(), &format!("anlage.{label}"), "");
    blank.text += "\n# Weitere Anlagen sind Dateien neben dieser hier:\n# [anlage.1]\n# titel = \"\"\n# datei = \"anlage.pdf\"\n";
    blank.text
}
