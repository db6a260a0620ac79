//! Reads a session file into a session, with every finding that needs no record.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use super::{AgendaItem, ItemNumber, RecordPath, Session, distribution, release, shown_path};
use crate::diagnostics::{Diagnostic, Source, codes, shown};
use crate::record::input::Input;
use crate::record::project::Project;
use crate::record::schema::Schema;
use crate::toml_tree::{Node, Table, TomlFile};

/// The schema of a session file.
pub static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("", include_str!("schema.json")).expect("embedded and tested"));

/// Reads a session file; the session holds what could be understood, whatever the findings say.
pub fn read(input: Input) -> (Session, Vec<Diagnostic>) {
    let Input { file: TomlFile { text, tree, syntax: mut findings }, folder, project } = input;
    let (bytes, source) = (text.bytes(), text.source);
    let empty = Table::default();
    let root = tree.as_table().unwrap_or(&empty);
    if root.get("sitzung").is_none() {
        findings.push(not_a_session(&source));
    } else if findings.is_empty() {
        findings.extend(SCHEMA.check(&source, &tree));
    }
    let head = root.get("sitzung").and_then(Node::as_table).unwrap_or(&empty);
    let text = |key: &str| head.get(key).and_then(Node::as_str).map(|text| text.trim().to_owned());
    let mut agenda = AgendaReader { source: &source, folder, project: &project, findings: Vec::new() };
    let nodes = root.get("top").and_then(Node::as_array).unwrap_or_default();
    let items: Vec<AgendaItem> =
        nodes.iter().filter_map(|node| Some(agenda.item(node, node.as_table()?))).collect();
    findings.extend(agenda.findings);
    let releases = root.get("freigabe").and_then(Node::as_array).unwrap_or_default();
    let releases = release::read(&source, releases, &mut findings);
    findings.extend(numbering(&source, &items));
    let session = Session {
        committee: text("gremium").unwrap_or_default(),
        date: head.get("datum").and_then(Node::as_day),
        date_span: head.get("datum").map(|node| node.span.clone()).unwrap_or_default(),
        begin: head.get("beginn").and_then(Node::as_time),
        place: text("ort"),
        notice: head.get("ladung").and_then(|node| Some((node.as_day()?, node.span.clone()))),
        items,
        releases,
        distribution: distribution::read(root.get("verteiler").and_then(Node::as_array).unwrap_or_default()),
        bytes,
        project,
        source,
    };
    (session, findings)
}

fn not_a_session(source: &Arc<Source>) -> Diagnostic {
    let message = "Die Tabelle [sitzung] fehlt; so ist das keine Sitzungsdatei.";
    Diagnostic::new(&codes::NOT_A_SESSION, source, 0..0, message)
        .hint("Eine Sitzungsdatei hat eine Tabelle [sitzung] und einen Block [[top]] für jeden Punkt.")
}

struct AgendaReader<'a> {
    source: &'a Arc<Source>,
    folder: PathBuf,
    project: &'a Arc<Project>,
    findings: Vec<Diagnostic>,
}

impl AgendaReader<'_> {
    fn item(&mut self, node: &Node, table: &Table) -> AgendaItem {
        let text = |key: &str| table.get(key).and_then(Node::as_str).filter(|text| !text.trim().is_empty());
        let place = |key: &str| table.get(key).map(|node| node.span.clone());
        let public = table.get("oeffentlich").and_then(Node::as_bool);
        if table.get("titel").is_none() && table.get("vorlage").is_none() {
            let message = "Der Tagesordnungspunkt hat weder einen Titel noch eine Vorlage.";
            let finding = Diagnostic::new(&codes::EMPTY_ITEM, self.source, node.span.clone(), message);
            self.findings.push(
                finding.hint("titel = \"…\" angeben, oder mit vorlage = \"….toml\" die Vorlagendatei."),
            );
        }
        let record = text("vorlage").and_then(|path| self.record(path, place("vorlage")));
        let missing_record = text("vorlage").filter(|_| record.is_none()).map(shown);
        AgendaItem {
            number: text("nummer").and_then(|number| self.number(number, place("nummer"))),
            title: text("titel").map(|title| title.trim().to_owned()),
            record,
            missing_record,
            public,
            title_span: place("titel").unwrap_or(node.span.clone()),
            number_span: place("nummer").unwrap_or(node.span.clone()),
            record_span: place("vorlage").or(place("oeffentlich")).unwrap_or(node.span.clone()),
            span: node.span.clone(),
        }
    }

    fn number(&mut self, text: &str, span: Option<Range<usize>>) -> Option<ItemNumber> {
        let number = text.parse().ok();
        if number.is_none() {
            let message = format!("„{}“ ist keine Nummer eines Tagesordnungspunkts.", shown(text));
            let span = span.unwrap_or_default();
            self.findings.push(
                Diagnostic::new(&codes::BAD_ITEM_NUMBER, self.source, span, message)
                    .hint("Zahlen ab 1, durch Punkte getrennt, höchstens vier: \"4\" oder \"4.2\"."),
            );
        }
        number
    }

    fn record(&mut self, relative: &str, span: Option<Range<usize>>) -> Option<RecordPath> {
        let span = span.unwrap_or_default();
        let found = self.project.resolve(self.source, &self.folder, relative, span, &codes::RECORD_MISSING);
        match found {
            Ok(path) => Some(RecordPath { path, shown: shown_path(&self.folder, relative) }),
            Err(finding) => {
                self.findings.push(*finding);
                None
            }
        }
    }
}

/// Finds numbers that are given twice or out of order.
fn numbering(source: &Arc<Source>, items: &[AgendaItem]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<&ItemNumber, usize> = BTreeMap::new();
    let mut last: Option<&ItemNumber> = None;
    for item in items {
        let Some(number) = &item.number else { continue };
        let span = item.number_span.clone();
        if let Some(line) = seen.get(number) {
            let message = format!("Die Nummer {number} hat schon der Tagesordnungspunkt in Zeile {line}.");
            findings.push(
                Diagnostic::new(&codes::ITEM_NUMBER_TWICE, source, span, message)
                    .hint("Jeder Tagesordnungspunkt hat seine eigene Nummer."),
            );
            continue;
        }
        if let Some(before) = last.filter(|before| *before > number) {
            let message = format!("Der Tagesordnungspunkt {number} steht hinter {before}.");
            findings.push(
                Diagnostic::new(&codes::ITEM_ORDER, source, span.clone(), message)
                    .hint("Die Blöcke [[top]] nach ihren Nummern ordnen, oder eine Nummer berichtigen."),
            );
        }
        seen.insert(number, source.line(span.start));
        last = Some(last.map_or(number, |before| before.max(number)));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes_of(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("v.toml"), "").unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        let (_, findings) = read(Input::of("sitzung.toml", text.as_bytes(), &project).unwrap());
        findings.iter().map(|finding| finding.code.id.to_string()).collect()
    }

    const HEAD: &str =
        "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nbeginn = 17:15:00\nladung = 2025-01-31\n";

    #[test]
    fn a_sound_agenda_has_no_findings() {
        let text = format!(
            "{HEAD}[[top]]\nnummer = '1'\ntitel = 'Fragen'\n[[top]]\nnummer = '1.2'\nvorlage = 'v.toml'\noeffentlich = false\n"
        );
        assert_eq!(codes_of(&text), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_found() {
        let item = |text: &str| codes_of(&format!("{HEAD}{text}"));
        assert_eq!(codes_of("[vorlage]"), ["S001"]);
        assert_eq!(codes_of(HEAD), ["T102"]);
        assert_eq!(item("[[top]]\nnummer = '4,2'\ntitel = 'x'"), ["S101"]);
        assert_eq!(item("[[top]]\nnummer = '1'\ntitel = 'x'\n[[top]]\nnummer = '1'\ntitel = 'y'"), ["S102"]);
        assert_eq!(item("[[top]]\nnummer = '2'\ntitel = 'x'\n[[top]]\nnummer = '1'\ntitel = 'y'"), ["S103"]);
        assert_eq!(item("[[top]]\nnummer = '1'"), ["S105"]);
        assert_eq!(item("[[top]]\nnummer = '1'\nvorlage = 'fehlt.toml'"), ["S201"]);
        assert_eq!(item("[[top]]\nnummer = '1'\nvorlage = '../x.toml'"), ["P001"]);
        assert_eq!(item("[[top]]\nnumer = '1'\ntitel = 'x'"), ["T101"]);
    }

    #[test]
    fn a_release_says_what_and_why_and_for_a_finding_also_where() {
        let release =
            |text: &str| codes_of(&format!("{HEAD}[[top]]\nnummer = '1'\ntitel = 'x'\n[[freigabe]]\n{text}"));
        let sound: [&str; 0] = [];
        assert_eq!(release("text = '250.000 Euro'\ngrund = 'Stand in der Zeitung.'"), sound);
        assert_eq!(release("befund = 'P108'\nvorlage = 'V/0001/2025'\nanlage = '1'\ngrund = 'x'"), sound);
        assert_eq!(release("befund = 'P110'\ntop = '1'\ngrund = 'x'"), sound);
        for wrong in [
            "grund = 'x'",
            "text = 'a'\nbefund = 'P108'\ntop = '1'\ngrund = 'x'",
            "befund = 'P108'\ngrund = 'x'",
            "befund = 'P107'\ntop = '1'\ngrund = 'x'",
        ] {
            assert_eq!(release(wrong), ["S402"], "{wrong}");
        }
        assert_eq!(release("text = 'a'"), ["T102", "S402"]);
    }
}
