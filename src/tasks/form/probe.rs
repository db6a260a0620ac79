//! Records that try a form: with nothing in it, with each answer, with long texts.

use toml::{Table, Value};

use crate::record::numbers::NumberPatterns;
use crate::record::schema::{Field, FieldKind};
use crate::record::template::Template;

/// A record that tries a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    /// Nothing is filled in.
    Empty,
    /// To each question the answer with this place.
    Answer(usize),
    /// The longest texts that offices write.
    Long,
}

/// No question has more answers that show or hide something.
pub(super) const PROBES: [Probe; 8] = [
    Probe::Empty,
    Probe::Answer(0),
    Probe::Answer(1),
    Probe::Answer(2),
    Probe::Answer(3),
    Probe::Answer(4),
    Probe::Answer(5),
    Probe::Long,
];

impl Probe {
    /// What it is, for people.
    pub(super) fn name(self) -> String {
        match self {
            Self::Empty => "nichts ausgefüllt".into(),
            Self::Answer(at) => format!("Antwort {} auf jede Frage", at + 1),
            Self::Long => "lange Texte".into(),
        }
    }
}

/// Writes the record of a probe.
pub(super) fn record(template: &Template, probe: Probe, numbers: &NumberPatterns) -> String {
    let mut annex = match probe {
        Probe::Empty => Table::new(),
        _ => Filler { probe, count: 0 }.table(template.schema.root.fields()),
    };
    annex.insert("template".into(), template.name.clone().into());
    let mut proposal = Table::new();
    for (key, value) in [
        ("nummer", numbers.example().into()),
        ("art", "Beschlussvorlage".into()),
        ("betreff", "Probe des Formulars".into()),
        ("datum", date("2026-03-02")),
        ("oeffentlich", Value::Boolean(true)),
        ("amt", "Hauptamt".into()),
    ] {
        proposal.insert(key.into(), value);
    }
    let mut annexes = Table::new();
    annexes.insert(template.label.clone(), Value::Table(annex));
    let mut all = Table::new();
    all.insert("vorlage".into(), Value::Table(proposal));
    all.insert("anlage".into(), Value::Table(annexes));
    all.to_string()
}

fn date(text: &str) -> Value {
    text.parse().map_or_else(|_| text.into(), Value::Datetime)
}

struct Filler {
    probe: Probe,
    /// The number of values so far: each text has words of its own.
    count: usize,
}

impl Filler {
    fn table(&mut self, fields: &[Field]) -> Table {
        fields.iter().filter_map(|field| Some((field.key.clone(), self.value(field)?))).collect()
    }

    fn value(&mut self, field: &Field) -> Option<Value> {
        self.count += 1;
        let (at, is_long) = match self.probe {
            Probe::Empty => return None,
            Probe::Answer(at) => (at, false),
            Probe::Long => (0, true),
        };
        let example = field.example.as_ref();
        let word = format!("Probe{}", self.count);
        Some(match &field.kind {
            FieldKind::Text => match example.and_then(|example| example.as_str()) {
                Some(example) => example.into(),
                None if is_long => format!(
                    "{word} Amt für Verbraucherschutz und Lebensmittelüberwachung der Landeshauptstadt"
                )
                .into(),
                None => word.into(),
            },
            FieldKind::RichText { inline: true } if is_long => {
                format!("{word} *Grundstücksverkehrsgenehmigungszuständigkeit* und mehr").into()
            }
            FieldKind::RichText { inline: true } => word.into(),
            FieldKind::RichText { inline: false } if is_long => long(&word).into(),
            FieldKind::RichText { inline: false } => format!("{word} steht hier.").into(),
            FieldKind::Choice(choices) => choices[at % choices.len()].value.clone().into(),
            FieldKind::Integer | FieldKind::Number => {
                let example = example.and_then(|example| example.as_i64());
                example.unwrap_or(if is_long { 1_234_567 } else { 7 }).into()
            }
            FieldKind::Amount => if is_long { "-123.456.789,01" } else { "1.234,50" }.into(),
            FieldKind::Year => 2026.into(),
            FieldKind::FiscalYear => "2026/27".into(),
            FieldKind::Boolean => (at % 2 == 0).into(),
            FieldKind::Date => date("2026-03-02"),
            FieldKind::Time => date("17:15:00"),
            FieldKind::Table(fields) => Value::Table(self.table(fields)),
            FieldKind::List(item) => match &item.kind {
                FieldKind::Choice(choices) => {
                    choices.iter().map(|choice| Value::from(choice.value.clone())).collect::<Vec<_>>().into()
                }
                _ => (0..if is_long { 3 } else { 1 })
                    .filter_map(|_| self.value(item))
                    .collect::<Vec<_>>()
                    .into(),
            },
        })
    }
}

/// A text as long as the longest of real annexes, with all that a text may have.
fn long(word: &str) -> String {
    let sentence = "Die Maßnahme verbessert die Barrierefreiheit und berücksichtigt die Gleichstellungsverträglichkeitsprüfung. ";
    format!(
        "{word} {}\n\n- erstens\n- zweitens mit einem **fetten** Wort\n\n| Posten | Ansatz in Euro | Erläuterung |\n|---|--:|---|\n| Personal | 1.234.567,89 | {sentence}|\n| Sachkosten | 12,50 | laufend |\n\n{}",
        sentence.repeat(8),
        sentence.repeat(6)
    )
}
