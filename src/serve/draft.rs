//! A record while a form changes it: what the file said when it was read, and what it shall say.
//!
//! Both texts travel with the page, so the program keeps nothing of a browser that never comes back. Knows nothing of pages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::project_folder::ProjectFolder;
use super::sent_form::{Controls, lines_of};
use super::visitor::Visitor;
use crate::check::{fixes, key_order};
use crate::files::{self, FileError, path_within};
use crate::record::edit::{BlockChange, RecordEdit, plain_lines};
use crate::record::input::{FileKind, Input, kind};
use crate::record::merge::{FieldPlace, address, merge, place_at, places, with_own_annexes};
use crate::record::proposal::exceptions::REASON_KEY;
use crate::record::proposal::{PROPOSAL, Proposal};
use crate::record::schema::FieldKind;
use crate::run::{OpenedRecord, Run};
use crate::tasks::desk::Desk;
use crate::toml_tree::{MAX_BYTES, Step, TomlFile, TomlText};

/// A record while a form changes it.
#[derive(Debug)]
pub(super) struct Draft {
    /// The file as it was named, inside the project.
    pub(super) name: String,
    /// Whose draft it is.
    pub(super) visitor: Visitor,
    path: PathBuf,
    folder: PathBuf,
    project: Arc<crate::record::project::Project>,
    /// The text of the file when it was read.
    pub(super) base: String,
    /// The text that it shall have.
    pub(super) text: String,
    /// The text that the page began with.
    pub(super) start: String,
    /// The window that shows it; empty if its page says none.
    pub(super) window: String,
    /// What the file says now.
    pub(super) on_disk: String,
    /// The file as it was parsed, until the draft is read: most pages begin with what the file says.
    parsed: Option<TomlFile>,
}

const LONG_TEXT: FieldKind = FieldKind::RichText { inline: false };

/// The name of the control for the reason that the exceptions of a table have.
pub(super) fn reasons_name(path: &[Step]) -> String {
    format!("{REASON_KEY}{}", address(path))
}

/// A field that was changed.
#[derive(Debug)]
pub(super) struct ChangedField {
    pub(super) address: String,
    pub(super) title: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// What became of saving.
#[derive(Debug)]
pub(super) enum Saved {
    /// The file says what the draft says.
    Done,
    /// Somebody else changed the file meanwhile, elsewhere: it has both changes now.
    Merged,
    /// Somebody else changed the same fields: nothing was written. These are their addresses, with what the file says there.
    Both(BTreeMap<String, String>),
    /// The file could not be written, or is no longer a record.
    Failed(String),
}

impl Draft {
    /// Opens a record of the project. The error says why there is none, without a word about anything outside.
    pub(super) fn open(
        folder: &ProjectFolder,
        run: &Run,
        name: &str,
        visitor: &Visitor,
    ) -> Result<Self, String> {
        let none = || "Diese Vorlagendatei gibt es nicht.".to_owned();
        let path = folder.toml_file(name).ok_or_else(none)?;
        // One file has one name, however it was asked for.
        let name = path_within(folder.root.path(), &path);
        let file = read(&path, &name)?;
        if kind(&file) != FileKind::Record {
            return Err(none());
        }
        let parent = path.parent().unwrap_or(folder.root.path()).to_path_buf();
        let project = run.project_of(&parent).map_err(|error| error.to_string())?;
        let text = file.text.source.text.clone();
        Ok(Self {
            name,
            visitor: visitor.clone(),
            path,
            folder: parent,
            project,
            base: text.clone(),
            start: text.clone(),
            window: String::new(),
            on_disk: text.clone(),
            text,
            parsed: Some(file),
        })
    }

    /// Reads the draft as a record, if it may be written: a record stays a record, and one that could be read stays so.
    pub(super) fn read_as_record(&mut self) -> Option<OpenedRecord> {
        let parsed = self.parsed.take().filter(|file| file.text.source.text == self.text);
        let file = parsed.unwrap_or_else(|| self.parse(&self.text));
        let is_record = kind(&file) == FileKind::Record
            && (file.syntax.is_empty() || !self.parse(&self.base).syntax.is_empty());
        is_record.then(|| self.open_file(file))
    }

    /// Reads a text as the record of this file.
    pub(super) fn read(&self, text: &str) -> OpenedRecord {
        self.open_file(self.parse(text))
    }

    fn parse(&self, text: &str) -> TomlFile {
        let source = crate::diagnostics::Source::new(&self.name, text);
        TomlText { source, has_mark: false }.parse()
    }

    fn open_file(&self, file: TomlFile) -> OpenedRecord {
        Desk::open(Input { file, folder: self.folder.clone(), project: Arc::clone(&self.project) })
    }

    /// Writes what controls say into the draft, which was `opened`. What is shown as it was is left as it was.
    pub(super) fn fill(&mut self, opened: &OpenedRecord, controls: &Controls) {
        let Some(mut edit) = RecordEdit::of(&self.text) else { return };
        let (mut is_changed, mut has_new_keys) = (false, false);
        for (name, place) in places(&opened.proposal) {
            let Some(sent) = controls.get(&name) else { continue };
            let is_list = matches!(place.field.kind, FieldKind::List(_));
            let typed = lines_of(sent);
            let typed = if is_list { typed.trim().to_owned() } else { typed };
            // An empty text that a new record holds a place with is no answer to what need not be answered.
            let is_held = place.is_there && !place.field.required && !is_list;
            if typed == place.shown && !(typed.is_empty() && is_held) {
                continue;
            }
            has_new_keys |= !place.is_there;
            let lines =
                || typed.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
            is_changed |= match &place.field.kind {
                FieldKind::List(_) if place.field.is_list_of_blocks() => false,
                FieldKind::List(_) => edit.set_all(place.form, place.head, &place.path, &lines()),
                _ => edit.set(place.form, place.head, &place.path, &typed),
            };
        }
        for mut made in edit.exceptions() {
            let Some(sent) = controls.get(&reasons_name(&made.path)).and_then(|all| all.first()) else {
                continue;
            };
            let typed = plain_lines(sent);
            if typed != plain_lines(&made.reason) {
                has_new_keys |= made.reason.is_empty();
                made.reason = typed.trim().to_owned();
                is_changed |= edit.set_exceptions(&PROPOSAL.root, &made);
            }
        }
        if is_changed {
            let text = edit.text();
            self.text = if has_new_keys { self.in_order(&opened.proposal, text) } else { text };
        }
    }

    /// Tells whether a field is a long text.
    pub(super) fn is_long_text(&self, name: &str) -> bool {
        let opened = self.read(&self.text);
        places(&opened.proposal).get(name).is_some_and(|place| place.field.kind == LONG_TEXT)
    }

    /// Adds a paragraph at the end of a long text.
    pub(super) fn add_paragraph(&mut self, name: &str, paragraph: &str) {
        let opened = self.read(&self.text);
        let shown = places(&opened.proposal).remove(name).map(|place| place.shown).unwrap_or_default();
        let above = shown.trim_end();
        let gap = if above.is_empty() { "" } else { "\n\n" };
        self.write(name, &format!("{above}{gap}{paragraph}"));
    }

    /// Tells whether a field names a file as a paper.
    pub(super) fn names_file(&self, name: &str) -> bool {
        let opened = self.read(&self.text);
        places(&opened.proposal).get(name).is_some_and(|place| opened.proposal.names_file(&place.path))
    }

    /// Writes a text into a field.
    pub(super) fn write(&mut self, name: &str, text: &str) {
        let opened = self.read(&self.text);
        self.fill(&opened, &Controls::from([(name.to_owned(), vec![text.to_owned()])]));
    }

    /// Adds an annex that is a file, and says nothing of it yet. Gives its label; none if there is no room for it.
    pub(super) fn add_annex(&mut self) -> Option<String> {
        let mut edit = RecordEdit::of(&self.text)?;
        let label = edit.add_file_annex()?;
        self.text = edit.text();
        Some(label)
    }

    /// Takes an annex away that is a file; tells whether there was one.
    pub(super) fn remove_annex(&mut self, label: &str) -> bool {
        let is_file = self.read(&self.text).proposal.is_file_annex(label);
        let Some(mut edit) = RecordEdit::of(&self.text).filter(|_| is_file) else { return false };
        let is_gone = edit.remove_annex(label);
        self.text = edit.text();
        is_gone
    }

    /// Takes an exception away; tells whether there was one.
    pub(super) fn report_again(&mut self, code: &str, place: &str) -> bool {
        let Some(mut edit) = RecordEdit::of(&self.text) else { return false };
        let here = edit.exceptions().into_iter().find(|made| address(&made.path) == place);
        let Some(mut made) = here.filter(|made| made.codes.iter().any(|own| own == code)) else {
            return false;
        };
        made.codes.retain(|own| own != code);
        let is_done = edit.set_exceptions(&PROPOSAL.root, &made);
        self.text = edit.text();
        is_done
    }

    /// Changes the blocks of a list; tells whether there is such a list.
    pub(super) fn change_blocks(&mut self, list: &str, change: BlockChange) -> bool {
        let opened = self.read(&self.text);
        let Some(mut edit) = RecordEdit::of(&self.text) else { return false };
        let places = places(&opened.proposal);
        let Some(place) = places.get(list) else { return false };
        if !place.field.is_list_of_blocks()
            || !edit.change_blocks(place.form, place.head, &place.path, change)
        {
            return false;
        }
        self.text = self.in_order(&opened.proposal, edit.text());
        true
    }

    /// Takes what the file says for a field.
    pub(super) fn take_base(&mut self, name: &str) -> bool {
        let opened = self.read(&self.text);
        let (Some(mut edit), Some(mut base)) = (RecordEdit::of(&self.text), RecordEdit::of(&self.base))
        else {
            return false;
        };
        let places = places(&opened.proposal);
        let Some(place) = places.get(name) else { return false };
        let is_taken = edit.take(place.form, place.head, &place.path, &mut base);
        if is_taken {
            self.text = edit.text();
        }
        is_taken
    }

    /// The folder of the record.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The fields that two texts fill in different ways.
    pub(super) fn changed_fields(&self, before: &str, after: &str) -> Vec<ChangedField> {
        let (before, after) = (self.read(before), self.read(after));
        let (before, after) = (places(&before.proposal), places(&after.proposal));
        let shown = |name: &String| before.get(name).map(|place| place.shown.clone());
        let changed = after.iter().filter(|(name, place)| shown(name).as_ref() != Some(&place.shown));
        let changed = changed.map(|(name, place)| ChangedField {
            address: name.clone(),
            title: place.field.name().to_owned(),
            before: shown(name).unwrap_or_default(),
            after: place.shown.clone(),
        });
        changed.collect()
    }

    /// Makes an exception of a code in the table of a field; tells whether there is a place for it.
    pub(super) fn except(&mut self, code: &str, name: &str, reason: &str) -> bool {
        let opened = self.read(&self.text);
        let Some(mut edit) = RecordEdit::of(&self.text) else { return false };
        let Some((form, head, path, field)) = place_at(&opened.proposal, name) else { return false };
        let is_table = matches!(field.kind, FieldKind::Table(_));
        let end = path.len() - usize::from(!is_table);
        let is_made = edit.except(form, head, &path[..end], code, reason);
        if is_made {
            self.text = edit.text();
        }
        is_made
    }

    /// A text with its keys in the order of the form, if they were in order before.
    fn in_order(&self, before: &Proposal, text: String) -> String {
        if !key_order::check(before).is_empty() {
            return text;
        }
        let findings = key_order::check(&self.read(&text).proposal);
        fixes::apply(&text, &findings).unwrap_or(text)
    }

    /// Writes the draft into its file, together with what somebody else wrote meanwhile.
    pub(super) fn save(&mut self, folder: &ProjectFolder) -> Saved {
        let _turn = folder.saving();
        let on_disk = match read(&self.path, &self.name) {
            Ok(file) => file,
            Err(message) => return Saved::Failed(message),
        };
        if kind(&on_disk) != FileKind::Record {
            return Saved::Failed("Die Datei ist keine Vorlage mehr. Es wurde nichts gespeichert.".into());
        }
        let theirs = &on_disk.text.source.text;
        let mut outcome = Saved::Done;
        if *theirs != self.base {
            let (base, mut mine, other) = (self.read(&self.base), self.read(&self.text), self.read(theirs));
            if let Some(text) = with_own_annexes(&base.proposal, &mine.proposal, &other.proposal) {
                mine = self.read(&text);
            }
            let Some(merged) = merge(&base.proposal, &mine.proposal, &other.proposal) else {
                return Saved::Failed(
                    "Die Datei wurde inzwischen geändert und lässt sich nicht mehr lesen. Es wurde nichts gespeichert."
                        .into(),
                );
            };
            let said = places(&other.proposal);
            let said = |name: &String| in_full(&said, name);
            let both: BTreeMap<String, String> =
                merged.both.iter().map(|name| (name.clone(), said(name))).collect();
            self.base.clone_from(theirs);
            self.text = merged.text;
            if !both.is_empty() {
                return Saved::Both(both);
            }
            outcome = Saved::Merged;
        }
        if self.text != self.base {
            let bytes = on_disk.text.with_text(self.text.clone()).bytes();
            if bytes.len() as u64 > MAX_BYTES {
                return Saved::Failed(
                    "Die Vorlage wäre größer als 4 MiB. Es wurde nichts gespeichert.".into(),
                );
            }
            if let Err(error) = files::replace(&self.path, &bytes) {
                return Saved::Failed(in_words(&error));
            }
            self.base.clone_from(&self.text);
        }
        outcome
    }
}

/// What a record says in a field; in a list of blocks, what each field of them says.
fn in_full(places: &BTreeMap<String, FieldPlace<'_>>, name: &str) -> String {
    let Some(place) = places.get(name) else { return String::new() };
    if !place.field.is_list_of_blocks() {
        return place.shown.clone();
    }
    let below = places.iter().filter_map(|(own, place)| Some((own.strip_prefix(name)?, place)));
    let said = below.filter(|(_, place)| !place.field.is_list_of_blocks() && !place.shown.is_empty());
    let line = |(own, place): (&str, &FieldPlace<'_>)| {
        let block = own.split('/').nth(1)?.parse::<usize>().ok()? + 1;
        Some(format!("Block {block}, {}: {}", place.field.name(), place.shown))
    };
    said.filter_map(line).collect::<Vec<_>>().join("\n")
}

fn read(path: &Path, name: &str) -> Result<TomlFile, String> {
    let bytes =
        files::read(path, MAX_BYTES).map_err(|_| "Diese Vorlagendatei lässt sich nicht lesen.".to_owned())?;
    TomlFile::read(name, &bytes).map_err(|finding| finding.message)
}

/// What went wrong, without a path of this machine.
pub(super) fn in_words(error: &FileError) -> String {
    format!("Die Datei {}: {}.", error.action, files::in_german(&error.source))
}
