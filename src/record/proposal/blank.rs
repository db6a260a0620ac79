//! A record to fill in: every field with its label and help as a comment.

use std::borrow::Cow;

use textwrap::WordSplitter;

use super::proposal_schema;
use crate::record::numbers::Number;
use crate::record::project::Project;
use crate::record::schema::{Field, FieldKind};
use crate::record::template::Template;

const WIDTH: usize = 100;

/// A record with placeholders: empty texts, which `check` names one by one until they are filled.
pub fn blank_record(project: &Project, number: Number, template: &Template, schema_path: &str) -> String {
    let label = &template.label;
    let mut out = format!("#:schema {schema_path}\n");
    out += "# Leere Angaben (\"\") ausfüllen; was mit # beginnt und nach einer Angabe aussieht, ist freiwillig.\n";
    out += "# Lange Texte stehen zwischen drei Anführungszeichen; *kursiv*, **fett**, Listen mit - am Zeilenanfang.\n";
    out += "\n[vorlage]\n";
    let mut writer = Writer { out };
    writer.fields(proposal_schema(project).root.fields(), "vorlage", "", Some(number));
    writer.out += &format!("\n[anlage.{label}]\ntemplate = \"{}\"\n", template.name);
    writer.fields(template.schema.root.fields(), &format!("anlage.{label}"), "", None);
    writer.out += "\n# Weitere Anlagen sind Dateien neben dieser hier:\n# [anlage.1]\n# titel = \"\"\n# datei = \"anlage.pdf\"\n";
    writer.out
}

struct Writer {
    out: String,
}

impl Writer {
    /// `table` is the name of the open table, `prefix` what stands before each key in it.
    fn fields(&mut self, fields: &[Field], table: &str, prefix: &str, number: Option<Number>) {
        let (tables, values): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.has_own_header());
        for field in values {
            match &field.kind {
                FieldKind::Table(inner) => {
                    self.fields(inner, table, &format!("{prefix}{}.", field.key), None)
                }
                _ => self.value(field, prefix, number),
            }
        }
        for field in tables {
            self.table(field, &format!("{table}.{}", field.key));
        }
    }

    fn value(&mut self, field: &Field, prefix: &str, number: Option<Number>) {
        self.comment(field);
        let value = match (&field.kind, number) {
            (FieldKind::Text, Some(number)) if field.key == "nummer" => format!("\"{number}\""),
            (FieldKind::RichText { inline: false }, _) => "\"\"\"\n\"\"\"".to_owned(),
            (FieldKind::List(_), _) => "[]".to_owned(),
            (FieldKind::Integer | FieldKind::Number | FieldKind::Year | FieldKind::Boolean, _)
                if !field.required =>
            {
                let standing = if field.kind == FieldKind::Year { "2026" } else { "true" };
                field.example.as_ref().map_or_else(|| standing.to_owned(), ToString::to_string)
            }
            _ => "\"\"".to_owned(),
        };
        let line = format!("{prefix}{} = {value}", field.key);
        // A question is to be answered or struck out; any other field may be left as it is.
        let optional = !field.required && !matches!(field.kind, FieldKind::Choice(_));
        let mark = if optional { "# " } else { "" };
        self.out += &line.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    }

    fn table(&mut self, field: &Field, name: &str) {
        let list = matches!(field.kind, FieldKind::List(_));
        let start = self.out.len();
        self.comment(field);
        self.out += &if list { format!("[[{name}]]\n") } else { format!("[{name}]\n") };
        self.fields(field.fields(), name, "", None);
        let asks = !list && field.fields().iter().any(|field| matches!(field.kind, FieldKind::Choice(_)));
        if !field.required && !asks {
            let block = self.out.split_off(start);
            for line in block.lines() {
                let mark = if line.is_empty() || line.starts_with('#') { "" } else { "# " };
                self.out += &format!("{mark}{line}\n");
            }
        }
    }

    fn comment(&mut self, field: &Field) {
        self.out += "\n";
        let answers = match &field.kind {
            FieldKind::Choice(choices) => {
                let all: Vec<_> = choices.iter().map(|choice| format!("\"{}\"", choice.value)).collect();
                format!("Antworten: {}", all.join(", "))
            }
            _ => String::new(),
        };
        for text in field.title.lines().chain([field.description.as_str(), answers.as_str()]) {
            for line in wrap(text) {
                self.out += &format!("# {line}\n");
            }
        }
    }
}

/// Lines of a comment; none for no text.
fn wrap(text: &str) -> Vec<String> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let options = textwrap::Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(&words, options).into_iter().map(Cow::into_owned);
    lines.filter(|line| !line.is_empty()).collect()
}
