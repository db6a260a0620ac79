//! Reads a session file into a session, with every finding that needs no record.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use unicode_normalization::UnicodeNormalization;

use super::{AgendaItem, ItemNumber, ItemPaper, ItemStatus, NamedRecord, RecordPath, Session};
use super::{distribution, release, shown_path};
use crate::diagnostics::{Code, Diagnostic, Source, codes, shown};
use crate::record::input::Input;
use crate::record::project::Project;
use crate::record::schema::{Field, Schema};
use crate::toml_tree::{Node, Table, TableEntry, TomlFile, Value};

/// The schema of a session file.
pub static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("", include_str!("schema.json")).expect("embedded and tested"));

/// Reads a session file; the session holds what could be understood, whatever the findings say.
pub fn read(input: Input) -> (Session, Vec<Diagnostic>) {
    let Input { file: TomlFile { text, mut tree, syntax: mut findings }, folder, project } = input;
    let (bytes, source) = (text.bytes(), text.source);
    let misspelt = put_misspelt(&mut tree, &source);
    let empty = Table::default();
    let root = tree.as_table().unwrap_or(&empty);
    if root.get("sitzung").is_none() {
        findings.push(not_a_session(&source));
    } else if findings.is_empty() {
        findings.extend(SCHEMA.check(&source, &tree).into_iter().map(with_what_is_meant));
    }
    findings.extend(misspelt);
    let head = root.get("sitzung").and_then(Node::as_table).unwrap_or(&empty);
    let text = |key: &str| head.get(key).and_then(Node::as_str).map(|text| text.trim().to_owned());
    let mut agenda = AgendaReader { source: &source, folder, project: &project, findings: Vec::new() };
    let nodes = root.get("top").and_then(Node::as_array).unwrap_or_default();
    let items: Vec<AgendaItem> =
        nodes.iter().filter_map(|node| Some(agenda.item(node, node.as_table()?))).collect();
    findings.extend(agenda.findings);
    let releases = root.get("freigabe").and_then(Node::as_array).unwrap_or_default();
    let releases = release::read(&source, releases, &items, &mut findings);
    findings.extend(numbering(&source, &items));
    let of_nothing = headings_of_nothing(&source, &items, &findings);
    findings.extend(of_nothing);
    let session = Session {
        committees: committees(head),
        number: number_of(head, "nummer"),
        chair: text("vorsitz"),
        supplement: number_of(head, "nachtrag"),
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
        tree,
    };
    (session, findings)
}

/// Gives tables whose names are only in the wrong case their own names, so that what stands in them is read as it was meant.
fn put_misspelt(tree: &mut Node, source: &Arc<Source>) -> Vec<Diagnostic> {
    let Value::Table(table) = &mut tree.value else { return Vec::new() };
    let own: Vec<String> = table.keys().map(str::to_owned).collect();
    let meant = |entry: &mut TableEntry| {
        let is_meant = |field: &&Field| field.key != entry.key && field.key.eq_ignore_ascii_case(&entry.key);
        let field = SCHEMA.root.fields().iter().find(is_meant).filter(|field| !own.contains(&field.key))?;
        let typed = std::mem::replace(&mut entry.key, field.key.clone());
        let message = format!("Den Schlüssel „{typed}“ gibt es hier nicht.");
        let finding = Diagnostic::new(&codes::UNKNOWN_KEY, source, entry.key_span.clone(), message);
        Some(finding.hint(format!("Meinten Sie „{}“?", field.key)))
    };
    table.0.iter_mut().filter_map(meant).collect()
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
        let text = |key: &str| text_of(table, key);
        let place = |key: &str| table.get(key).map(|node| node.span.clone());
        let records = self.records(table);
        let papers = self.papers(table);
        let item = AgendaItem {
            number: text("nummer").and_then(|number| self.number(number, place("nummer"))),
            title: text("titel")
                .or(text("titel_oeffentlich").filter(|_| records.is_empty()))
                .map(str::to_owned),
            neutral_title: text("titel_oeffentlich").map(str::to_owned),
            urgency: text("dringlichkeit").map(str::to_owned),
            status: text("status").and_then(ItemStatus::of_key),
            public: table.get("oeffentlich").and_then(Node::as_bool),
            title_span: place("titel").unwrap_or(node.span.clone()),
            number_span: place("nummer").unwrap_or(node.span.clone()),
            record_span: place("vorlage")
                .or(records.first().map(|record| record.span.clone()))
                .or(place("oeffentlich"))
                .unwrap_or(node.span.clone()),
            span: node.span.clone(),
            records,
            papers,
        };
        if table.get("nummer").is_none() && (!item.is_heading() || item.status.is_some()) {
            let message = "Der Block hat keine Nummer, wäre also eine Überschrift; die hat weder Unterlagen noch Status.";
            self.find(&codes::ITEM_WITHOUT_NUMBER, node.span.clone(), message, "nummer = \"4.2\" angeben.");
        }
        if ["titel", "titel_oeffentlich", "vorlage", "vorlagen"]
            .into_iter()
            .all(|key| table.get(key).is_none())
        {
            let message = "Der Tagesordnungspunkt hat weder einen Titel noch eine Vorlage.";
            let hint = "titel = \"…\" angeben, oder mit vorlage = \"….toml\" die Vorlagendatei.";
            self.find(&codes::EMPTY_ITEM, node.span.clone(), message, hint);
        }
        item
    }

    fn find(&mut self, code: &Code, span: Range<usize>, message: &str, hint: &str) {
        self.findings.push(Diagnostic::new(code, self.source, span, message).hint(hint));
    }

    /// The records that an item names: `vorlage`, then `vorlagen`.
    fn records(&mut self, table: &Table) -> Vec<NamedRecord> {
        let several = table.get("vorlagen").and_then(Node::as_array).unwrap_or_default();
        let named = table.get("vorlage").into_iter().chain(several);
        let paths = named.filter_map(|node| Some((node.as_str()?, node.span.clone())));
        let paths: Vec<_> = paths.filter(|(path, _)| !path.trim().is_empty()).collect();
        paths.into_iter().map(|(path, span)| self.record(path, span)).collect()
    }

    /// The papers of an item that no record describes: the blocks `[[top.unterlage]]`.
    fn papers(&mut self, table: &Table) -> Vec<ItemPaper> {
        let blocks = table.get("unterlage").and_then(Node::as_array).unwrap_or_default();
        let tables: Vec<_> = blocks.iter().filter_map(|node| Some((node, node.as_table()?))).collect();
        tables.into_iter().map(|(node, table)| self.paper(node, table)).collect()
    }

    fn paper(&mut self, node: &Node, table: &Table) -> ItemPaper {
        let text = |key: &str| text_of(table, key).map(str::to_owned);
        let span = table.get("datei").map_or(node.span.clone(), |file| file.span.clone());
        let file = text("datei").and_then(|path| {
            let found =
                self.project.resolve(self.source, &self.folder, &path, span.clone(), &codes::FILE_MISSING);
            found.map_err(|finding| self.findings.push(*finding)).ok()
        });
        ItemPaper {
            kind: text("art").unwrap_or_else(|| "Unterlage".to_owned()),
            number: text("nummer"),
            title: text("titel"),
            date: table.get("datum").and_then(Node::as_day),
            file,
            public: table.get("oeffentlich").and_then(Node::as_bool),
            span,
        }
    }

    fn number(&mut self, text: &str, span: Option<Range<usize>>) -> Option<ItemNumber> {
        let number = text.parse().ok();
        if number.is_none() {
            let message = format!("„{}“ ist keine Nummer eines Tagesordnungspunkts.", shown(text));
            let span = span.unwrap_or_default();
            self.findings.push(Diagnostic::new(&codes::BAD_ITEM_NUMBER, self.source, span, message).hint(
                "Buchstaben, Ziffern, Punkte und Leerzeichen, höchstens 20: \"4.2\", \"5a\" oder \"Ö 5.1\".",
            ));
        }
        number
    }

    fn record(&mut self, relative: &str, span: Range<usize>) -> NamedRecord {
        let code = &codes::RECORD_MISSING;
        let found = self.project.resolve(self.source, &self.folder, relative, span.clone(), code);
        let file = match found {
            Ok(path) => {
                let shown = shown_path(&self.folder, relative);
                Ok(RecordPath { path, shown, named: relative.to_owned() })
            }
            Err(finding) => {
                let number = self.project.settings.numbers.read(relative);
                let finding = match number {
                    Some(number) => finding.hint(format!(
                        "Eine Vorlage wird mit dem Pfad ihrer Datei genannt: \"{}.toml\"",
                        number.file_stem()
                    )),
                    None => *finding,
                };
                self.findings.push(finding);
                Err(shown(relative))
            }
        };
        NamedRecord { file, span }
    }
}

fn number_of(table: &Table, key: &str) -> Option<u32> {
    match table.get(key)?.value {
        Value::Integer(number) => u32::try_from(number).ok(),
        _ => None,
    }
}

fn text_of<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key).and_then(Node::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Says how an agenda is written where something is written that people try.
fn with_what_is_meant(finding: Diagnostic) -> Diagnostic {
    let text = &finding.source.text;
    let found = text.get(finding.span.clone()).unwrap_or_default();
    let before = text.get(..finding.span.start).unwrap_or_default();
    let key = || before.trim_end().strip_suffix('=')?.trim_end().rsplit(char::is_whitespace).next();
    let hint = match found {
        "datei" | "dateien" | "anlage" | "anlagen" if finding.code.id == codes::UNKNOWN_KEY.id => {
            "Eine Unterlage ohne Vorlagendatei hat einen Block für sich: [[top.unterlage]] mit art = \"Antrag\" und datei = \"….pdf\"".to_owned()
        }
        word if finding.code.id == codes::UNKNOWN_KEY.id && ItemStatus::of_key(word).is_some() => {
            format!("So ist es richtig: status = \"{word}\"")
        }
        list if list.starts_with('[') => match key() {
            Some("vorlage") => format!("Mehrere Vorlagen: vorlagen = {list}"),
            Some("gremium") => format!("Tagen mehrere zusammen: gremien = {list}"),
            _ => return finding,
        },
        _ => return finding,
    };
    finding.hint(hint)
}

/// Who meets: `gremium`, or several in `gremien`.
fn committees(head: &Table) -> Vec<String> {
    let several = head.get("gremien").and_then(Node::as_array).unwrap_or_default();
    let named = head.get("gremium").into_iter().chain(several).filter_map(Node::as_str);
    // Letters taken apart (NFD) are the same name.
    let named = named.map(|name| name.trim().nfc().collect::<String>());
    let mut committees: Vec<String> = Vec::new();
    for name in named.filter(|name| !name.is_empty()) {
        if !committees.contains(&name) {
            committees.push(name);
        }
    }
    committees
}

/// Finds headings at the end of an agenda, which nothing stands below: what was to be an item would be lost.
fn headings_of_nothing(source: &Arc<Source>, items: &[AgendaItem], said: &[Diagnostic]) -> Vec<Diagnostic> {
    // A number may be missing because it is malformed, or its key mistyped, and that is said.
    let is_said = |item: &AgendaItem| said.iter().any(|finding| finding.span.start >= item.span.start);
    let last = items.iter().rev().take_while(|item| item.is_heading() && !is_said(item));
    let found = |item: &AgendaItem| {
        let message =
            "Ein Block ohne Nummer ist eine Überschrift; unter dieser steht kein Tagesordnungspunkt.";
        Diagnostic::new(&codes::ITEM_WITHOUT_NUMBER, source, item.title_span.clone(), message)
            .hint("Ist sie ein Punkt: nummer = \"4.2\" angeben. Sonst den Block löschen.")
    };
    last.map(found).collect()
}

/// Finds numbers that are given twice or out of order. Those that begin with other letters have an order of their own.
fn numbering(source: &Arc<Source>, items: &[AgendaItem]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<&ItemNumber, usize> = BTreeMap::new();
    let mut last: BTreeMap<&str, &ItemNumber> = BTreeMap::new();
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
        let before = last.entry(number.prefix()).or_insert(number);
        if *before > number {
            let message = format!("Der Tagesordnungspunkt {number} steht hinter {before}.");
            findings.push(
                Diagnostic::new(&codes::ITEM_ORDER, source, span.clone(), message)
                    .hint("Die Blöcke [[top]] nach ihren Nummern ordnen, oder eine Nummer berichtigen."),
            );
        }
        seen.insert(number, source.line(span.start));
        *before = number.max(before);
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
    fn a_release_for_a_number_that_two_items_have_releases_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        let item = |number: &str| format!("[[top]]\nnummer = '{number}'\ntitel = 'x'\n");
        let release = "[[freigabe]]\ntext = 'Preis'\ntop = '5 A'\ngrund = 'g'\n";
        for (numbers, count) in [(["5a", "6"], 1), (["5a", "5A"], 0), (["6", "6"], 1)] {
            let text = format!("{HEAD}{}{}{release}", item(numbers[0]), item(numbers[1]));
            let (session, findings) = read(Input::of("sitzung.toml", text.as_bytes(), &project).unwrap());
            assert_eq!(session.releases.len(), count, "{numbers:?}");
            let found = findings.iter().find(|finding| finding.code.id == codes::RELEASE_INCOMPLETE.id);
            assert_eq!(found.is_some(), count == 0, "{numbers:?}");
            assert!(found.is_none_or(|found| &text[found.span.clone()] == "'5 A'"));
        }
    }

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
        assert_eq!(item("[[top]]\nvorlage = 'v.toml'"), ["S107"]);
        assert_eq!(item("[[top]]\ntitel = 'x'"), ["S107"]);
        let below = "[[top]]\ntitel = 'x'\n[[top]]\ntitel = 'y'\n[[top]]\nnummer = '1'\ntitel = 'z'\n";
        assert_eq!(item(below), [""; 0]);
        assert_eq!(item("[[top]]\ntitel = 'x'\nstatus = 'abgesetzt'"), ["S107"]);
        assert_eq!(item("[[top]]\nnummer = '1'\ntitel = 'x'\nstatus = 'weg'"), ["T104"]);
        assert_eq!(
            item("[[top]]\nnummer = '1'\ntitel = 'x'\n[[top.unterlage]]\ndatei = 'fehlt.pdf'"),
            ["P002"]
        );
        assert_eq!(item("[[top]]\nnummer = '1'\ntitel = 'x'\n[[top.unterlage]]\nart = 'Antrag'"), ["T102"]);
    }

    #[test]
    fn what_people_try_is_answered_with_what_is_right() {
        let folder = tempfile::tempdir().unwrap();
        let project = Arc::new(Project::open(folder.path()).unwrap());
        let hint = |top: &str| {
            let text = format!("{HEAD}[[top]]\nnummer = '1'\ntitel = 'x'\n{top}\n");
            let (_, findings) = read(Input::of("s.toml", text.as_bytes(), &project).unwrap());
            assert_eq!(findings.len(), 1, "{findings:?}");
            findings[0].hint.clone().unwrap()
        };
        assert!(hint("datei = 'a.pdf'").contains("[[top.unterlage]]"));
        assert!(hint("vertagt = true").ends_with("status = \"vertagt\""));
        assert!(hint("vorlage = ['a.toml', 'b.toml']").ends_with("vorlagen = ['a.toml', 'b.toml']"));
        assert!(hint("vorlage = 'V/0301/2025'").ends_with("\"V-0301-2025.toml\""));
    }

    #[test]
    fn an_agenda_is_written_as_councils_write_it() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["v.toml", "w.toml", "antrag.pdf"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let project = Arc::new(Project::open(folder.path()).unwrap());
        let text = "[sitzung]\ngremien = ['Rat', 'Hauptausschuss']\nnummer = 3\ndatum = 2025-02-12
            [[top]]\ntitel = 'Anträge der Fraktionen'
            [[top]]\nnummer = 'Ö 5.1'\ntitel = 'Hitze'\nstatus = 'zurueckgezogen'
            [[top.unterlage]]\nart = 'Antrag'\nnummer = 'A-R/0043/2026'\ndatei = 'antrag.pdf'\ndatum = 2026-11-20
            [[top.unterlage]]\ndatei = 'antrag.pdf'\noeffentlich = false
            [[top]]\nnummer = 'N 1'\noeffentlich = false\ntitel_oeffentlich = 'Grundstück'
            vorlage = 'v.toml'\nvorlagen = ['w.toml', 'fehlt.toml']
            [[top]]\nnummer = 'N 2'\noeffentlich = false\ntitel_oeffentlich = 'Personal'\n";
        let (session, findings) = read(Input::of("s.toml", text.as_bytes(), &project).unwrap());
        assert_eq!(findings.iter().map(|found| found.code.id.to_string()).collect::<Vec<_>>(), ["S201"]);
        assert_eq!((session.committee().as_str(), session.number), ("Rat und Hauptausschuss", Some(3)));
        let [heading, motion, land, staff] = session.items.as_slice() else { panic!("{:?}", session.items) };
        assert!(heading.is_heading() && !motion.is_heading());
        assert_eq!(motion.status.map(ItemStatus::word), Some("zurückgezogen"));
        let labels: Vec<String> = motion.papers.iter().map(ItemPaper::label).collect();
        assert_eq!(labels, ["Antrag A-R/0043/2026", "Unterlage"]);
        assert_eq!(motion.papers.iter().map(|paper| paper.public).collect::<Vec<_>>(), [None, Some(false)]);
        let named: Vec<bool> = land.records.iter().map(|record| record.file.is_ok()).collect();
        assert_eq!((named, land.title.as_deref()), (vec![true, true, false], None));
        // Neutral words are all that it has, so they are its title.
        assert_eq!(staff.title.as_deref(), Some("Personal"));
    }

    #[test]
    fn a_release_says_what_and_why_and_for_a_finding_also_where() {
        let release =
            |text: &str| codes_of(&format!("{HEAD}[[top]]\nnummer = '1'\ntitel = 'x'\n[[freigabe]]\n{text}"));
        let sound: [&str; 0] = [];
        assert_eq!(release("text = '250.000 Euro'\ngrund = 'Stand in der Zeitung.'"), sound);
        assert_eq!(
            release("befund = 'P108'\nvorlage = 'V/0001/2025'\nanlage = '1'\npruefsumme = 'a0'\ngrund = 'x'"),
            sound
        );
        assert_eq!(release("befund = 'P110'\ntop = '1'\npruefsumme = 'a0'\ngrund = 'x'"), sound);
        for wrong in [
            "grund = 'x'",
            "text = 'a'\nbefund = 'P108'\ntop = '1'\ngrund = 'x'",
            "befund = 'P108'\npruefsumme = 'a0'\ngrund = 'x'",
            "befund = 'P108'\ntop = '1'\ngrund = 'x'",
            "befund = 'P107'\ntop = '1'\npruefsumme = 'a0'\ngrund = 'x'",
        ] {
            assert_eq!(release(wrong), ["S402"], "{wrong}");
        }
        assert_eq!(release("text = 'a'"), ["T102", "S402"]);
    }
}
