//! What the page of an agenda item sends, as changes of the session file.
//!
//! Nothing of it is trusted: records and files are those of the project, or none.

use std::collections::BTreeMap;

use axum::http::StatusCode;

use super::project_folder::ProjectFolder;
use super::remarks::Remarks;
use super::session_draft::SessionDraft;
use super::session_papers::{has_record, meant_file, meant_record, offered_files, record_path};
use crate::diagnostics::Diagnostic;
use crate::record::merge::address;
use crate::record::schema::{Field, FieldKind};
use crate::record::session::{SCHEMA, SessionChange, Words, item_path, papers_path, session_part};
use crate::run::Run;
use crate::toml_tree::Step;

/// What can be added to an agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NewItem {
    /// An item with a number.
    Item,
    /// A heading between items.
    Heading,
}

impl NewItem {
    /// All of them.
    pub(super) const ALL: [Self; 2] = [Self::Item, Self::Heading];

    /// Its word in addresses.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Item => "punkt",
            Self::Heading => "ueberschrift",
        }
    }

    /// Finds it by its word.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|new| new.word() == word)
    }

    /// What it is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Item => "Punkt",
            Self::Heading => "Überschrift",
        }
    }

    /// What is in its fields before anybody types: the number after the last one.
    pub(super) fn words(self, draft: &SessionDraft) -> Words {
        let opened = draft.read();
        let last = opened.session.items.iter().rev().find_map(|item| item.number.as_ref());
        let number = match last {
            _ if self == Self::Heading => None,
            None => Some("1".to_owned()),
            Some(last) => next(&last.to_string()),
        };
        number.map(|number| ("nummer".to_owned(), number)).into_iter().collect()
    }
}

/// The number after one: `11.3` after `11.2`.
fn next(number: &str) -> Option<String> {
    let head = number.trim_end_matches(|c: char| c.is_ascii_digit());
    let count: u32 = number[head.len()..].parse().ok()?;
    Some(format!("{head}{}", count.checked_add(1)?))
}

/// What a page of an item sends.
pub(super) struct SentItem {
    /// Where the item stands, or is to stand.
    pub(super) item: usize,
    /// Whether it is a new one, and which.
    pub(super) new: Option<NewItem>,
    /// What is typed into its fields and those of its papers.
    pub(super) fields: Vec<SessionChange>,
    /// What comes and what goes.
    pub(super) others: Vec<SessionChange>,
    /// What is missing, with the addresses of the fields.
    missing: Vec<SessionFault>,
    /// How many papers without a record it has.
    papers: usize,
}

/// Something typed that cannot be, and the address of its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SessionFault {
    pub(super) message: String,
    pub(super) address: String,
}

/// Why a page is not listened to at all.
pub(super) struct SessionRefusal {
    pub(super) status: StatusCode,
    pub(super) message: &'static str,
}

impl SessionRefusal {
    /// Nobody made a button that says this.
    pub(super) fn no_such_button() -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: "Diesen Knopf gibt es nicht." }
    }
}

/// What a page sends: the value of each control, by its name.
pub(super) type SentControls = BTreeMap<String, String>;

/// The name of the field for a record that is to be added.
pub(super) const NEW_RECORD: &str = "vorlage-dazu";
/// What that field is called.
pub(super) const NEW_RECORD_TITLE: &str = "Vorlage hinzufügen";

/// The way to the fields of a paper that is to be added.
pub(super) fn new_paper_path() -> Vec<Step> {
    vec![Step::Key("neu".into())]
}

/// The fields of an item, and of its papers that no record describes.
pub(super) fn item_fields() -> (&'static [Field], &'static [Field]) {
    let items = SCHEMA.root.field("top");
    let papers = items.and_then(|items| items.field("unterlage"));
    (items.map(Field::fields).unwrap_or_default(), papers.map(Field::fields).unwrap_or_default())
}

/// Whether a field of an item names papers: these have a part of its page of their own.
pub(super) fn is_of_papers(key: &str) -> bool {
    matches!(key, "vorlage" | "vorlagen" | "unterlage")
}

/// What a page sends for fields.
pub(super) fn words(fields: &[Field], path: &[Step], sent: &SentControls) -> Words {
    let is_one = |field: &&Field| !field.is_list_of_blocks() && !matches!(field.kind, FieldKind::Table(_));
    let word = |field: &Field| {
        let own = [path, &[Step::Key(field.key.clone())]].concat();
        Some((field.key.clone(), sent.get(&address(&own))?.clone()))
    };
    fields.iter().filter(is_one).filter_map(word).collect()
}

impl SentItem {
    /// Reads what a page sends for an item, and what its button says. `not_taken` says why the file of a new paper is not there.
    pub(super) fn of(
        folder: &ProjectFolder,
        run: &Run,
        draft: &SessionDraft,
        sent: &SentControls,
        item: usize,
        action: &str,
        not_taken: Option<String>,
    ) -> Result<Self, SessionRefusal> {
        let refuse = |status, message| Err(SessionRefusal { status, message });
        let wrong = StatusCode::UNPROCESSABLE_ENTITY;
        let text = |name: &str| sent.get(name).map(|text| text.trim()).unwrap_or_default();
        let new = NewItem::of_word(text("neu"));
        let (of_item, of_paper) = item_fields();
        let mut own = words(of_item, &item_path(item), sent);
        own.retain(|(key, _)| !is_of_papers(key));
        let mut missing = Vec::new();
        let number = own.iter().find(|(key, _)| key == "nummer").map(|(_, typed)| typed.trim());
        if number == Some("") || (number.is_none() && new == Some(NewItem::Item)) {
            let key = [item_path(item), vec![Step::Key("nummer".into())]].concat();
            missing.push(SessionFault {
                message: "Ein Punkt braucht eine Nummer.".into(),
                address: address(&key),
            });
        }
        let file = draft.parse();
        let papers = session_part(&file.tree, &papers_path(item)).map_or(0, |papers| papers.parts().len());
        let papers = if new.is_some() { 0 } else { papers };
        let mut fields = Vec::new();
        let mut at = item;
        if new.is_some() {
            let Ok(place) = text("platz").parse() else {
                return refuse(wrong, "Diesen Platz gibt es nicht.");
            };
            at = place;
            fields.push(SessionChange::Add { at, words: own });
        } else {
            fields.push(SessionChange::Fill { item, words: own });
        }
        for paper in 0..papers {
            let words = words(of_paper, &[papers_path(item), vec![Step::Index(paper)]].concat(), sent);
            fields.push(SessionChange::FillPaper { item, paper, words });
        }
        let mut others = Vec::new();
        let typed = text(NEW_RECORD);
        if !typed.is_empty() {
            let path = |name: &String| record_path(folder, draft, name);
            let meant = meant_record(folder, run, draft, typed);
            let fault = |message: String| SessionFault { message, address: NEW_RECORD.into() };
            match meant.map(|name| (path(&name), name)) {
                Ok((_, name)) if new.is_none() && has_record(folder, draft, item, &name) => {
                    missing.push(fault("Diese Vorlage steht schon an diesem Punkt.".into()));
                }
                Ok((Some(path), _)) => others.push(SessionChange::AddRecord { item: at, path }),
                Ok((None, _)) => missing.push(fault("Diese Vorlage gibt es im Projekt nicht.".into())),
                Err(message) => missing.push(fault(message)),
            }
        }
        let mut words = words(of_paper, &new_paper_path(), sent);
        let of_file = address(&[new_paper_path(), vec![Step::Key("datei".into())]].concat());
        let fault = |message: String| SessionFault { message, address: of_file.clone() };
        missing.extend(not_taken.clone().map(fault));
        let is_empty = words.iter().all(|(_, typed)| typed.trim().is_empty());
        match words.iter_mut().find(|(key, _)| key == "datei").filter(|(_, file)| !file.trim().is_empty()) {
            Some((_, file)) => match meant_file(&offered_files(draft), file) {
                Ok(meant) => {
                    *file = meant;
                    others.push(SessionChange::AddPaper { item: at, words });
                }
                Err(message) => missing.push(fault(message)),
            },
            None if not_taken.is_some() => {}
            None if is_empty => {}
            None => missing.push(fault("Zur neuen Unterlage fehlt die Datei.".into())),
        }
        others.extend(match action.split_once(':') {
            None if matches!(action, "speichern" | "bleiben") => None,
            Some(("vorlage-weg", record)) => {
                record.parse().ok().map(|record| SessionChange::RemoveRecord { item: at, record })
            }
            Some(("unterlage-weg", paper)) => {
                paper.parse().ok().map(|paper| SessionChange::RemovePaper { item: at, paper })
            }
            _ => return Err(SessionRefusal::no_such_button()),
        });
        Ok(Self { item: at, new, fields, others, missing, papers })
    }

    /// What is wrong with what was typed, once all of it stands in a draft.
    pub(super) fn faults(&self, whole: &SessionDraft) -> Vec<SessionFault> {
        let mut faults = self.missing.clone();
        let opened = whole.read();
        let item = opened.session.items.get(self.item);
        if item.is_some_and(|item| item.title.is_none() && item.records.is_empty()) {
            let message = if item.is_some_and(|item| item.number.is_none()) {
                "Es fehlt der Titel."
            } else {
                "Ein Punkt braucht einen Titel oder eine Vorlage."
            };
            let key = [item_path(self.item), vec![Step::Key("titel".into())]].concat();
            faults.push(SessionFault { message: message.into(), address: address(&key) });
        }
        let added = address(&[papers_path(self.item), vec![Step::Index(self.papers)]].concat());
        let number = address(&[item_path(self.item), vec![Step::Key("nummer".into())]].concat());
        let own = address(&item_path(self.item));
        let faults_here = faults_of(whole).into_iter().map(|fault| match fault.address.strip_prefix(&own) {
            // What a release says of its number is not on this page.
            None => SessionFault { address: number.clone(), ..fault },
            Some(_) => fault,
        });
        faults.extend(faults_here.map(|fault| match fault.address.strip_prefix(&added) {
            // What is to be added is typed elsewhere on the page.
            Some(rest) => SessionFault { address: format!("{}{rest}", address(&new_paper_path())), ..fault },
            None => fault,
        }));
        faults
    }
}

/// What was typed into a draft and cannot be, with the addresses of the fields.
pub(super) fn faults_of(draft: &SessionDraft) -> Vec<SessionFault> {
    let found = draft.faults();
    let mut remarks = Remarks::new(&draft.project.templates, BTreeMap::new());
    let addresses = remarks.place_session(&draft.read().session.tree, &draft.name, &found);
    let fault = |(finding, place): (&Diagnostic, Option<String>)| SessionFault {
        message: finding.message.clone(),
        address: place.unwrap_or_default(),
    };
    found.iter().zip(addresses).map(fault).collect()
}

/// What somebody typed, with the titles of the fields, in the order of the form.
pub(super) fn typed(sent: &SentControls) -> Vec<(String, String)> {
    let said = sent.iter().filter(|(_, typed)| !typed.trim().is_empty());
    let mut said: Vec<_> = said
        .filter_map(|(name, typed)| {
            let (order, title, field) = field_at(name)?;
            let answer = match &field.kind {
                FieldKind::Choice(choices) => choices.iter().find(|choice| choice.value == *typed),
                _ => None,
            };
            let answer = match (&field.kind, typed.as_str()) {
                (FieldKind::Boolean, "true") => "ja",
                (FieldKind::Boolean, "false") => "nein",
                _ => answer.map_or(typed.as_str(), |choice| &choice.title),
            };
            Some((order, title, answer.to_owned()))
        })
        .collect();
    // It belongs to no field of the schema.
    let record = sent.get(NEW_RECORD).filter(|typed| !typed.trim().is_empty());
    said.extend(record.map(|typed| (vec![usize::MAX - 1], NEW_RECORD_TITLE.to_owned(), typed.clone())));
    said.sort();
    said.into_iter().map(|(_, title, typed)| (title, typed)).collect()
}

/// The field that a control is of: its place on the form, what it is called there, and what the schema says of it.
fn field_at(name: &str) -> Option<(Vec<usize>, String, &'static Field)> {
    let items = SCHEMA.root.field("top")?;
    let (mut field, mut order, rest) = match name.strip_prefix(&address(&new_paper_path())) {
        Some(rest) => (items.field("unterlage")?, vec![usize::MAX], rest),
        None => (&SCHEMA.root, Vec::new(), name),
    };
    let mut block = String::new();
    for step in rest.strip_prefix('/')?.split('/') {
        if let (FieldKind::List(_), Ok(index)) = (&field.kind, step.parse::<usize>()) {
            // A page is about one item, but may have many blocks of another list.
            if field != items {
                block = format!("{} {}, ", field.name(), index.saturating_add(1));
            }
            order.push(index);
        } else {
            let at = field.fields().iter().position(|own| own.key == step)?;
            field = &field.fields()[at];
            order.push(at);
        }
    }
    let is_one = !matches!(field.kind, FieldKind::Table(_)) && !field.is_list_of_blocks();
    is_one.then(|| (order, format!("{block}{}", field.name()), field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_said_with_titles_in_the_order_of_the_form() {
        let sent = [
            ("/top/7/unterlage/1/art", "Antrag"),
            ("/top/7/titel", "Neu"),
            ("/top/7/nummer", "1"),
            ("/top/7/status", "zurueckgezogen"),
            ("/top/7/oeffentlich", "false"),
            ("/top/7/dringlichkeit", " "),
            ("/top/7/fremd", "x"),
            ("/neu/titel", "Dazu"),
            ("vorlage-dazu", "0056"),
            (&format!("/verteiler/{}/name", usize::MAX), "y"),
            ("/top/7", "x"),
            ("stand", "x"),
        ];
        let sent = sent.map(|(name, typed)| (name.to_owned(), typed.to_owned())).into();
        let expected = [
            ("Nummer des Tagesordnungspunkts", "1"),
            ("Titel des Tagesordnungspunkts", "Neu"),
            ("Status des Tagesordnungspunkts", "zurückgezogen"),
            ("Öffentlichkeit", "nein"),
            ("Unterlagen ohne Vorlagendatei 2, Art der Unterlage", "Antrag"),
            (&format!("Verteiler {}, Name im Verteiler", usize::MAX), "y"),
            ("Vorlage hinzufügen", "0056"),
            ("Titel der Unterlage", "Dazu"),
        ];
        assert_eq!(typed(&sent), expected.map(|(title, typed)| (title.to_owned(), typed.to_owned())));
    }

    #[test]
    fn the_next_number_counts_on() {
        for (last, after) in [("1", Some("2")), ("11.9", Some("11.10")), ("N 3", Some("N 4")), ("5a", None)] {
            assert_eq!(next(last).as_deref(), after);
        }
    }
}
