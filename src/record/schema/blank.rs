//! Tables to fill in: every field of a schema with its label and help as a comment.
//!
//! Knows nothing of records and sessions.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value as Json;
use textwrap::WordSplitter;

use super::{Field, FieldKind};

const WIDTH: usize = 100;

/// Lines of TOML to fill in. What may be left out is a comment; what is to be filled in is empty, so that `check` names it.
#[derive(Debug, Default)]
pub struct Blank {
    /// The lines so far.
    pub text: String,
    /// What is known already: values by their keys with those of their tables, such as `vorlage.nummer`.
    pub given: BTreeMap<&'static str, String>,
    /// Whether each question is to be answered or struck out, also one that may be left unanswered.
    pub asks: bool,
}

impl Blank {
    /// Writes the fields of the open table, whose name is `table`; `prefix` is what stands before each key in it.
    pub fn fields(&mut self, fields: &[Field], table: &str, prefix: &str) {
        let (tables, values): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.has_own_header());
        for field in values {
            match &field.kind {
                FieldKind::Table(inner) => self.fields(inner, table, &format!("{prefix}{}.", field.key)),
                _ => self.value(field, table, prefix),
            }
        }
        for field in tables {
            self.table(field, &format!("{table}.{}", field.key));
        }
    }

    /// Writes a table under a header with its name.
    pub fn table(&mut self, field: &Field, name: &str) {
        let list = matches!(field.kind, FieldKind::List(_));
        let start = self.text.len();
        self.comment(field);
        self.text += &if list { format!("[[{name}]]\n") } else { format!("[{name}]\n") };
        self.fields(field.fields(), name, "");
        let asks = !list && field.fields().iter().any(|field| matches!(field.kind, FieldKind::Choice(_)));
        if !field.required && !asks {
            let block = self.text.split_off(start);
            for line in block.lines() {
                let mark = if line.is_empty() || line.starts_with('#') { "" } else { "# " };
                self.text += &format!("{mark}{line}\n");
            }
        }
    }

    fn value(&mut self, field: &Field, table: &str, prefix: &str) {
        self.comment(field);
        let key = format!("{prefix}{}", field.key);
        let given = self.given.get(format!("{table}.{key}").as_str());
        let line = format!("{key} = {}", given.cloned().unwrap_or_else(|| placeholder(field)));
        // A question is to be answered or struck out; any other field may be left as it is.
        let is_asked = self.asks && matches!(field.kind, FieldKind::Choice(_));
        let mark = if field.required || is_asked || given.is_some() { "" } else { "# " };
        self.text += &line.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    }

    fn comment(&mut self, field: &Field) {
        self.text += "\n";
        let answers = match &field.kind {
            FieldKind::Choice(choices) => {
                let all: Vec<_> = choices.iter().map(|choice| format!("\"{}\"", choice.value)).collect();
                format!("{}: {}", if self.asks { "Antworten" } else { "Möglich" }, all.join(", "))
            }
            _ => String::new(),
        };
        for text in field.title.lines().chain([field.description.as_str(), answers.as_str()]) {
            for line in wrap(text) {
                self.text += &format!("# {line}\n");
            }
        }
    }
}

/// What stands where nothing is known. What is no text cannot be empty, so an example shows how it is written.
fn placeholder(field: &Field) -> String {
    let example = field.example.as_ref().filter(|_| !field.required);
    match &field.kind {
        FieldKind::RichText { inline: false } => "\"\"\"\n\"\"\"".to_owned(),
        FieldKind::List(_) => {
            let all = example.and_then(Json::as_array).into_iter().flatten();
            format!("[{}]", all.map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        FieldKind::Integer | FieldKind::Number | FieldKind::Year | FieldKind::Boolean if !field.required => {
            let standing = if field.kind == FieldKind::Year { "2026" } else { "true" };
            example.map_or_else(|| standing.to_owned(), ToString::to_string)
        }
        FieldKind::Date | FieldKind::Time => example.and_then(Json::as_str).unwrap_or("\"\"").to_owned(),
        _ => "\"\"".to_owned(),
    }
}

/// Lines of a comment; none for no text.
fn wrap(text: &str) -> Vec<String> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let options = textwrap::Options::new(WIDTH).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(&words, options).into_iter().map(Cow::into_owned);
    lines.filter(|line| !line.is_empty()).collect()
}
