//! `diff` names each change at the right field, and nothing else.

use std::ops::Range;
use std::sync::Arc;

use anlage::compare::{Change, ChangeKind, records};
use anlage::record::input::Input;
use anlage::record::project::Project;
use anlage::record::proposal::{self, Proposal};
use anlage::record::schema::{FieldKind, Filled};
use snapbox::str;

use crate::conformance::{judge_files, veracheck};
use crate::dice::Dice;
use crate::examples::copy;
use crate::pdf::Pdf;
use crate::program::{Project as TestProject, available, files_below, installed, repository, sound_record};

#[test]
fn a_change_is_said_as_an_office_says_it() {
    let project = TestProject::new();
    let old = sound_record("V/0001/2025");
    let new = old
        .replace("finanzplan = \"nein\"", "finanzplan = \"ja\"")
        .replace("2025-02-12", "2025-02-19")
        .replace("wird saniert", "wird erweitert");
    project.write("alt.toml", old);
    project.write("neu.toml", new);
    let run = project.run(&["diff", "alt.toml", "neu.toml"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, "3 Änderungen.\n"));
    snapbox::assert_data_eq!(
        run.stdout,
        str![[r#"
V/0001/2025, Sanierung der Stadtbücherei
bisher: alt.toml
jetzt:  neu.toml

Vorlage
  Beratungsfolge, Gremium Rat: Datum der Sitzung bisher 12.02.2025, jetzt 19.02.2025

Anlage A
  Kurzüberblick bisher „Die Stadtbücherei wird saniert.“, jetzt „Die Stadtbücherei wird erweitert.“
  Finanzierung, Produktgruppe 0111: Auswirkungen auf den Finanzplan bisher Nein, jetzt Ja

"#]]
    );
    let run = project.run(&["diff", "alt.toml", "neu.toml", "--format", "json", "--quiet"]);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (run.code, said["same"].as_bool(), said["changes"][2]["new"].as_str()),
        (1, Some(false), Some("Ja"))
    );
    assert_eq!(said["changes"][2]["path"], "anlage.A.finanzierung[0111].finanzplan");
}

#[test]
fn a_line_break_in_a_subject_is_shown_as_a_space() {
    let project = TestProject::new();
    let old = sound_record("V/0001/2025");
    project.write("neu.toml", old.replace("Sanierung der Stadtbücherei", "Sanierung\\nder Bücherei"));
    project.write("alt.toml", old);
    let said = project.run(&["diff", "alt.toml", "neu.toml"]).stdout;
    assert!(said.starts_with("V/0001/2025, Sanierung der Bücherei\n"), "{said}");
    assert!(said.contains("jetzt „Sanierung der Bücherei“"), "{said}");
}

#[test]
fn what_did_not_change_is_no_change() {
    let project = TestProject::new();
    copy(&repository().join("examples"), &project.path().join("examples"));
    let run = project.run(&["render", "examples", "--embed-record", "-o", "1"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.run(&["render", "examples", "--embed-record", "-o", "2"]).code, 0);
    let mut compared = 0;
    for name in project.list("1/anlagen") {
        let run = project.run(&["diff", &format!("1/anlagen/{name}"), &format!("2/anlagen/{name}")]);
        assert_eq!(
            (run.code, run.stdout.as_str(), run.stderr.as_str()),
            (0, "", "Kein Unterschied.\n"),
            "{name}"
        );
        compared += 1;
    }
    assert!(compared >= 10, "{compared}");
    // A PDF beside the record that it was made of.
    let pdf = project.list("1/anlagen").into_iter().find(|name| name.starts_with("V-0123")).unwrap();
    let record = "examples/kita-neubau/V-0123-2025.toml";
    assert_eq!(project.run(&["diff", &format!("1/anlagen/{pdf}"), record]).code, 0);
    project
        .write(record, String::from_utf8(project.read(record)).unwrap().replace("90 Plätzen", "91 Plätzen"));
    let run = project.run(&["diff", &format!("1/anlagen/{pdf}"), record]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("[gestrichen: 90] [neu: 91] Plätzen"), "{}", run.stdout);
}

#[test]
fn what_cannot_be_compared_is_not_the_same() {
    let project = TestProject::new();
    project.write("v.toml", sound_record("V/0001/2025"));
    project.write("kaputt.toml", "[vorlage\n");
    project.write(
        "sitzung.toml",
        "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n[[top]]\nnummer = '1'\ntitel = 'A'\n",
    );
    project.write("kaputt.pdf", "%PDF-1.7\nnichts\n");
    let failed = |old: &str, new: &str, code: i32, said: &str| {
        let run = project.run(&["diff", "--", old, new]);
        assert_eq!(run.code, code, "{old} {new}: {}", run.stderr);
        assert!(run.stdout.is_empty() && run.stderr.contains(said), "{}", run.stderr);
    };
    failed("v.toml", "fehlt.toml", 2, "fehlt.toml");
    failed("v.toml", "kaputt.toml", 2, "kaputt.toml:1");
    failed("v.toml", "sitzung.toml", 2, "ist eine Vorlagendatei, sitzung.toml ist eine Sitzungsdatei");
    failed("kaputt.pdf", "v.toml", 2, "kaputt.pdf");
    failed("--output=x", "v.toml", 2, "„--output=x“");
    if installed("git") {
        failed("HEAD:v.toml", "v.toml", 2, "HEAD");
    }
    // Two mistakes are two versions.
    let wrong = |answer: &str| sound_record("V/0001/2025").replace("finanzplan = \"nein\"", answer);
    project.write("a.toml", wrong("finanzplan = \"jein\""));
    project.write("b.toml", wrong("finanzplan = \"nja\"\nfremd = 3"));
    let run = project.run(&["diff", "a.toml", "b.toml"]);
    assert_eq!(run.code, 1);
    for said in [
        "Auswirkungen auf den Finanzplan bisher \"jein\", jetzt \"nja\"",
        "fremd bisher ohne Angabe, jetzt 3",
    ] {
        assert!(run.stdout.contains(said), "{}", run.stdout);
    }
    assert!(run.stderr.contains("a.toml hat Fehler"), "{}", run.stderr);
}

#[test]
fn an_agenda_says_what_came_went_and_moved() {
    let project = TestProject::new();
    let session =
        |items: &str| format!("[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nbeginn = 17:15:00\n{items}");
    let item = |number: &str, rest: &str| format!("[[top]]\nnummer = '{number}'\n{rest}\n");
    project.write("v1.toml", sound_record("V/0001/2025"));
    project.write("v2.toml", sound_record("V/0002/2025").replace("Stadtbücherei", "Turnhalle"));
    project.write(
        "alt.toml",
        session(
            &[
                item("1", "titel = 'Fragestunde'"),
                item("2", "vorlage = 'v1.toml'"),
                item("3", "vorlage = 'v2.toml'"),
                item("4", "titel = 'Umbesetzung'"),
                item("5", "titel = 'Verschiedenes'"),
            ]
            .concat(),
        ),
    );
    project.write(
        "neu.toml",
        session(
            &[
                item("1", "titel = 'Einwohnerfragestunde'"),
                item("2", "vorlage = 'v2.toml'\noeffentlich = false"),
                item("3", "titel = 'Resolution'"),
                item("4", "vorlage = 'v1.toml'"),
                item("5", "titel = 'Verschiedenes'"),
            ]
            .concat(),
        )
        .replace("17:15", "18:00"),
    );
    let run = project.run(&["diff", "alt.toml", "neu.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    snapbox::assert_data_eq!(
        run.stdout,
        str![[r#"
Rat, Mittwoch, 12. Februar 2025
bisher: alt.toml
jetzt:  neu.toml

Sitzung
  Beginn bisher 17:15 Uhr, jetzt 18:00 Uhr

Tagesordnung
  TOP 1 „Einwohnerfragestunde“: Titel des Tagesordnungspunkts bisher „Fragestunde“, jetzt
    „Einwohnerfragestunde“
  TOP 2 „Sanierung der Turnhalle“: Öffentlichkeit bisher ohne Angabe, jetzt nichtöffentlich
  TOP 2 „Sanierung der Turnhalle“, verschoben: bisher TOP 3, jetzt TOP 2
  TOP 4 „Umbesetzung“, gestrichen
  TOP 3 „Resolution“, neu
  TOP 4 „Sanierung der Stadtbücherei“: Nummer des Tagesordnungspunkts bisher „2“, jetzt „4“

"#]]
    );
}

#[test]
fn papers_and_states_of_an_item_are_compared() {
    let project = TestProject::new();
    let session = |rest: &str| {
        format!(
            "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n[[top]]\nnummer = '1'\ntitel = 'Hitze'\n{rest}"
        )
    };
    let paper = |number: &str, date: &str, file: &str| {
        format!("[[top.unterlage]]\nart = 'Antrag'\nnummer = '{number}'\ndatum = {date}\ndatei = '{file}'\n")
    };
    project.write("alt.toml", session(&paper("A-R/0043/2025", "2025-01-20", "a.pdf")));
    let more = format!(
        "{}{}",
        paper("A-R/0043/2025", "2025-01-21", "a.pdf"),
        paper("A-R/0044/2025", "2025-02-01", "b.pdf")
    );
    project.write("neu.toml", session(&format!("status = 'abgesetzt'\n{more}")));
    let run = project.run(&["diff", "alt.toml", "neu.toml"]);
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in [
        "TOP 1 „Hitze“: Status des Tagesordnungspunkts bisher ohne Angabe, jetzt abgesetzt",
        "Datum der Unterlage bisher 20.01.2025, jetzt 21.01.2025",
        "Datei der Unterlage b.pdf, neu: Art der Unterlage: Antrag; Nummer der Unterlage: A-R/0044/2025; Datum der Unterlage: 01.02.2025",
    ] {
        assert!(said.contains(sentence), "{sentence}\n{said}");
    }
    assert_eq!((run.code, run.stderr.contains("3 Änderungen.")), (1, true), "{said}");
    // What nobody can read is not the same; files of the same name are compared.
    assert!(run.stderr.contains("a.pdf ist nicht in beiden Fassungen zu lesen"), "{}", run.stderr);
}

#[test]
fn an_item_with_another_title_in_another_place_is_still_the_same() {
    let project = TestProject::new();
    let session = |titles: [&str; 3]| {
        let item =
            |(at, title): (usize, &&str)| format!("[[top]]\nnummer = '{}'\ntitel = '{title}'\n", at + 1);
        let items: String = titles.iter().enumerate().map(item).collect();
        format!("[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n{items}")
    };
    let old = ["Fragestunde", "Hitzeaktionsplan für Schulen", "Verschiedenes"];
    project.write("alt.toml", session(old));
    project.write("neu.toml", session(["Hitzeaktionsplan für alle Schulen", "Fragestunde", "Verschiedenes"]));
    let said = project.run(&["diff", "alt.toml", "neu.toml"]).stdout;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = "Titel des Tagesordnungspunkts bisher „Hitzeaktionsplan für Schulen“, jetzt";
    assert!(said.contains(title) && !said.contains("gestrichen"), "{said}");
}

#[test]
fn a_file_with_the_same_name_is_another_one_if_its_bytes_are() {
    let project = TestProject::new();
    let record = sound_record("V/0001/2025") + "\n[anlage.1]\ntitel = \"Plan\"\ndatei = \"plan.pdf\"\n";
    for (folder, content) in [("alt", "eins"), ("neu", "zwei")] {
        project.write(&format!("{folder}/v.toml"), &record);
        project.write(&format!("{folder}/plan.pdf"), content);
    }
    let run = project.run(&["diff", "alt/v.toml", "neu/v.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stdout.contains("Anlage 1\n  Datei der Anlage: plan.pdf hat einen anderen Inhalt"),
        "{}",
        run.stdout
    );
    project.write("neu/plan.pdf", "eins");
    assert_eq!(project.run(&["diff", "alt/v.toml", "neu/v.toml"]).code, 0);
    std::fs::remove_file(project.path().join("neu/plan.pdf")).unwrap();
    let run = project.run(&["diff", "alt/v.toml", "neu/v.toml"]);
    assert!(run.stderr.contains("plan.pdf ist nicht in beiden Fassungen zu lesen"), "{}", run.stderr);
    assert!(run.stderr.contains("Sonst kein Unterschied."), "{}", run.stderr);
}

#[test]
fn git_keeps_versions() {
    if !available(installed("git"), "git, which keeps versions (apt-get install git)") {
        return;
    }
    let project = TestProject::new();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        let identity =
            ["-c", "user.name=Amt", "-c", "user.email=amt@example.org", "-c", "init.defaultBranch=main"];
        let output = command.args(identity).args(arguments).current_dir(project.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let record = sound_record("V/0001/2025");
    let session = "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n[[top]]\nnummer = '1'\nvorlage = 'vorlagen/v.toml'\n";
    project.write("vorlagen/v.toml", &record);
    project.write("sitzung.toml", session);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "Ladung"]);
    project.write("vorlagen/v.toml", record.replace("ergebnisplan = \"ja\"", "ergebnisplan = \"nein\""));
    git(&["commit", "-q", "-a", "-m", "Nachtrag"]);
    let run = project.run(&["diff", "HEAD~1:vorlagen/v.toml", "vorlagen/v.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let said = "Finanzierung, Produktgruppe 0111: Auswirkungen auf den Ergebnisplan bisher Ja, jetzt Nein";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    assert_eq!(project.run(&["diff", "HEAD:./vorlagen/v.toml", "vorlagen/v.toml"]).code, 0);
    // The agenda is the same, and one of its proposals is not.
    let run = project.run(&["diff", "HEAD~1:sitzung.toml", "HEAD:sitzung.toml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stdout.contains("TOP 1, V/0001/2025, Anlage A") && run.stdout.contains(said),
        "{}",
        run.stdout
    );
    let run = project.run(&["diff", "HEAD~9:sitzung.toml", "HEAD:sitzung.toml"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    // Without git its versions are not there, and that is no difference.
    let run =
        project.command(&["diff", "HEAD:sitzung.toml", "sitzung.toml"]).env("PATH", "").output().unwrap();
    assert_eq!(run.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&run.stderr).contains("git lässt sich nicht starten"));
}

/// How many changes are tried; more with `ANLAGE_CHANGES`.
fn tries() -> u64 {
    std::env::var("ANLAGE_CHANGES").ok().and_then(|count| count.parse().ok()).unwrap_or(100)
}

/// The records of the examples with their text, each in the project of its own folder.
fn examples() -> Vec<(String, Arc<Project>)> {
    let files = files_below(&repository().join("examples"), "toml").into_iter();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let project = Arc::new(Project::open(path.parent().unwrap()).unwrap());
        text.contains("[vorlage]").then_some((text, project))
    };
    let all: Vec<_> = files.filter_map(read).collect();
    assert!(all.len() >= 15, "{}", all.len());
    all
}

fn read(text: &str, project: &Arc<Project>) -> Proposal {
    proposal::read(Input::of("v.toml", text.as_bytes(), project).unwrap()).0
}

/// A value of a record, and where it is expected to be named.
struct Place {
    /// The keys that lead to it; `[]` for a block of a list.
    path: String,
    label: String,
    span: Range<usize>,
    kind: FieldKind,
}

/// All values of a record that stand in its text.
fn places(proposal: &Proposal) -> Vec<Place> {
    let mut found = Vec::new();
    for (keys, filled) in proposal.tables() {
        let mut waiting = vec![(filled, keys.join("."))];
        while let Some((filled, path)) = waiting.pop() {
            let parts = filled.parts();
            let is_whole = matches!(filled.field.kind, FieldKind::Table(_) | FieldKind::List(_));
            if let Some(node) = filled.node.filter(|node| !is_whole && !node.span.is_empty()) {
                let (label, kind) = (filled.field.name().to_owned(), filled.field.kind.clone());
                found.push(Place { path: path.clone(), label, span: node.span.clone(), kind });
            }
            let below = |part: &Filled<'_>| match part.field.key.as_str() {
                "" => format!("{path}[]"),
                key => format!("{path}.{key}"),
            };
            waiting.extend(parts.into_iter().map(|part| (part, below(&part))));
        }
    }
    found
}

/// Another value of the same kind, as it stands in a record; none if there is none that is simple.
fn other(typed: &str, kind: &FieldKind, dice: &mut Dice) -> Option<String> {
    let number = || typed.parse::<i64>().ok();
    Some(match kind {
        FieldKind::Choice(choices) => {
            let others: Vec<&str> = choices
                .iter()
                .map(|choice| choice.value.as_str())
                .filter(|value| !typed.contains(&format!("\"{value}\"")))
                .collect();
            format!("\"{}\"", others.get(dice.below(others.len().max(1) as u64) as usize)?)
        }
        FieldKind::Boolean => if typed == "true" { "false" } else { "true" }.to_owned(),
        FieldKind::Integer | FieldKind::Year | FieldKind::Number => (number()? + 1).to_string(),
        FieldKind::Date => format!("19{:02}-03-{:02}", dice.below(100), 1 + dice.below(28)),
        FieldKind::Time => format!("0{}:{:02}:00", dice.below(9), dice.below(60)),
        FieldKind::Amount => format!("{}.5", 1_000_000 + dice.below(1_000_000)),
        FieldKind::FiscalYear => format!("{}", 2900 + dice.below(99)),
        FieldKind::Text | FieldKind::RichText { .. } => {
            // A word of letters only, so that neither marks nor escapes are touched.
            let is_apart = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "\".,".contains(c));
            let words: Vec<(usize, &str)> = typed
                .split_inclusive(|c: char| !c.is_alphabetic())
                .scan(0, |at, part| {
                    let start = *at;
                    *at += part.len();
                    Some((start, part.trim_end_matches(|c: char| !c.is_alphabetic())))
                })
                .filter(|(at, word)| {
                    word.chars().count() > 3
                        && is_apart(typed[..*at].chars().next_back())
                        && is_apart(typed[at + word.len()..].chars().next())
                })
                .collect();
            let (at, word) = *words.get(dice.below(words.len().max(1) as u64) as usize)?;
            let letter = char::from(b'a' + dice.below(26) as u8);
            format!("{}Ersatz{letter}{}", &typed[..at], &typed[at + word.len()..])
        }
        FieldKind::Table(_) | FieldKind::List(_) => return None,
    })
}

/// A path with `[]` for every block of a list.
fn without_blocks(path: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0_usize;
    for c in path.chars() {
        depth += usize::from(c == '[');
        if depth == 0 || c == '[' || c == ']' {
            plain.push(c);
        }
        depth -= usize::from(c == ']');
    }
    plain
}

#[test]
fn each_of_many_random_changes_is_named_at_its_field_and_nothing_else() {
    let mut dice = Dice(20);
    let examples = examples();
    let mut done = 0;
    while done < tries() {
        let (text, project) = &examples[dice.below(examples.len() as u64) as usize];
        let old = read(text, project);
        let all = places(&old);
        let place = &all[dice.below(all.len() as u64) as usize];
        let Some(value) = other(&text[place.span.clone()], &place.kind, &mut dice) else { continue };
        let changed = format!("{}{value}{}", &text[..place.span.start], &text[place.span.end..]);
        let new = read(&changed, project);
        let changes = records(&old, &new);
        let said = || format!("{} {:?}\n{changes:#?}", place.path, value);
        // The date of a proposal may decide on the version of its form, and that on what is printed.
        if changes.iter().any(|change| change.label == "Formular") {
            assert!(place.path == "vorlage.datum" && changes[0].path == place.path, "{}", said());
            continue;
        }
        let [change] = &changes[..] else { panic!("{}", said()) };
        assert_eq!(without_blocks(&change.path), place.path, "{}", said());
        let is_named = change.label == place.label || change.place.last() == Some(&place.label);
        assert!(is_named, "{}", said());
        match &change.kind {
            ChangeKind::Value { old, new, .. } => {
                assert!(old.is_some() && new.is_some() && old != new, "{}", said())
            }
            ChangeKind::Words(runs) => assert!(runs.len() >= 2, "{}", said()),
            _ => panic!("{}", said()),
        }
        // The way back is the same, backwards.
        assert_eq!(records(&new, &old).len(), changes.len(), "{}", said());
        done += 1;
    }
}

#[test]
fn what_is_typed_otherwise_and_printed_the_same_is_no_change() {
    let mut dice = Dice(21);
    let examples = examples();
    for _ in 0..tries() {
        let (text, project) = &examples[dice.below(examples.len() as u64) as usize];
        let old = read(text, project);
        let mut other = String::from("# Ein Kommentar.\n");
        let mut in_text = false;
        for line in text.lines() {
            let marks = line.matches("\"\"\"").count() + line.matches("'''").count();
            other.push_str(line);
            in_text ^= marks % 2 == 1;
            if !in_text && marks == 0 && !line.ends_with('\\') && dice.one_in(3) {
                other.push_str(if dice.one_in(2) { "   # später prüfen\n\n" } else { "  " });
            }
            other.push('\n');
        }
        let new = read(&other, project);
        assert_eq!(records(&old, &new), [], "{other}");
    }
}

#[test]
fn blocks_that_come_go_or_move_are_named_once() {
    let examples = examples();
    let (text, project) = examples.iter().find(|(text, _)| text.contains("V/0123/2025")).unwrap();
    let head = "[[anlage.A.finanzierung]]";
    let start = text.find(head).unwrap();
    let end = text.find("[anlage.A.pflichtigkeit]").unwrap();
    let blocks: Vec<String> =
        text[start..end].split(head).skip(1).map(|block| format!("{head}{block}")).collect();
    assert!(blocks.len() >= 4);
    let with =
        |blocks: &[String]| read(&format!("{}{}{}", &text[..start], blocks.concat(), &text[end..]), project);
    let whole = with(&blocks);
    for at in 0..blocks.len() {
        let mut fewer = blocks.clone();
        let gone = fewer.remove(at);
        let number = gone.split("nummer = \"").nth(1).unwrap()[..4].to_owned();
        let label = format!("Produktgruppe {number}");
        let only = |changes: &[Change]| match changes {
            [change] => (change.label.clone(), change.kind.clone()),
            _ => panic!("{changes:#?}"),
        };
        let (named, kind) = only(&records(&whole, &with(&fewer)));
        assert!(named == label && matches!(kind, ChangeKind::Removed(_)), "{named} {kind:?}");
        let (named, kind) = only(&records(&with(&fewer), &whole));
        assert!(named == label && matches!(kind, ChangeKind::Added(_)), "{named} {kind:?}");
        let other = if at == 0 { blocks.len() - 1 } else { 0 };
        let mut moved = fewer.clone();
        moved.insert(other, gone);
        let (named, kind) = only(&records(&whole, &with(&moved)));
        assert!(matches!(kind, ChangeKind::Moved { .. }), "{named} {kind:?}");
        assert!(named == label || blocks.len() == 2, "{named}");
    }
}

#[test]
fn passages_that_move_are_moved() {
    let project = TestProject::new();
    let with = |passages: [&str; 3]| {
        sound_record("V/0001/2025").replace("Die Stadtbücherei wird saniert.", &passages.join("\\n\\n"))
    };
    let passages = [
        "Die Stadtbücherei wird im nächsten Jahr saniert.",
        "Dafür sind 4.000.000 Euro veranschlagt.",
        "Während der Arbeiten bleibt sie geöffnet.",
    ];
    project.write("a.toml", with(passages));
    project.write("b.toml", with([passages[2], passages[0], passages[1]]));
    let run = project.run(&["diff", "a.toml", "b.toml"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, "1 Änderung.\n"));
    let said = "Kurzüberblick, 1. Absatz, verschoben: bisher als 3. Absatz, jetzt als 1. Absatz: „Während";
    assert!(run.stdout.split_whitespace().collect::<Vec<_>>().join(" ").contains(said), "{}", run.stdout);
}

/// Two PDFs of an example without their records, the second one after a change; and what `diff` says.
fn two_pdfs(change: impl Fn(&str) -> String) -> (TestProject, [&'static str; 2]) {
    let project = TestProject::new();
    copy(&repository().join("examples/kita-neubau"), project.path());
    assert_eq!(project.run(&["render", ".", "-o", "alt"]).code, 0);
    let record = String::from_utf8(project.read("V-0123-2025.toml")).unwrap();
    project.write("V-0123-2025.toml", change(&record));
    let run = project.run(&["render", ".", "-o", "neu"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    (project, ["alt/anlagen/V-0123-2025-Anlage-A.pdf", "neu/anlagen/V-0123-2025-Anlage-A.pdf"])
}

/// The changes that `diff` names as JSON.
fn changes_of(project: &TestProject, old: &str, new: &str) -> Vec<serde_json::Value> {
    let run = project.run(&["diff", old, new, "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    said["changes"].as_array().unwrap().clone()
}

#[test]
fn pdfs_without_records_are_compared_along_their_structure() {
    let (project, [old, new]) = two_pdfs(|record| {
        let start = record.find("[[anlage.A.finanzierung]]").unwrap();
        let (head, rest) = record.split_at(start);
        let rest = rest.replacen("finanzplan    = \"ja\"", "finanzplan    = \"nein\"", 1);
        // Seven sentences more, so that all pages that follow break in other places.
        let more = "Die Trägerschaft wird ausgeschrieben. ".repeat(7);
        head.replace("90 Plätzen", "95 Plätzen").replace("\n\n| Jahr", &format!("\n\n{more}\n\n| Jahr"))
            + &rest
    });
    let changes = changes_of(&project, old, new);
    let sentences: Vec<&str> = changes.iter().map(|change| change["sentence"].as_str().unwrap()).collect();
    let [plan, more, places] = &sentences[..] else { panic!("{sentences:#?}") };
    let mut all = [*plan, *more, *places];
    all.sort_unstable();
    assert!(all.iter().any(|one| one.contains("[gestrichen: 90] [neu: 95] Plätzen")), "{sentences:#?}");
    assert!(
        all.iter().any(|one| one.starts_with("Absatz, neu: Die Trägerschaft wird ausgeschrieben.")),
        "{sentences:#?}"
    );
    let is_box =
        |one: &&str| one.starts_with("Tabellenzeile:") && one.contains("Auswirkungen auf den Finanzplan");
    assert!(all.iter().any(|one| is_box(one) && one.contains("angekreuzt")), "{sentences:#?}");
    assert_eq!(project.run(&["diff", old, old]).code, 0);
}

#[test]
fn pdfs_without_a_structure_are_compared_page_by_page() {
    let (project, [old, new]) = two_pdfs(|record| record.replace("90 Plätzen", "95 Plätzen"));
    for (from, to) in [(old, "a.pdf"), (new, "b.pdf")] {
        let mut document = lopdf::Document::load_mem(&project.read(from)).unwrap();
        document.catalog_mut().unwrap().remove(b"StructTreeRoot");
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        project.write(to, bytes);
    }
    let changes = changes_of(&project, "a.pdf", "b.pdf");
    let [change] = &changes[..] else { panic!("{changes:#?}") };
    assert_eq!(
        (change["part"].as_str(), change["label"].as_str()),
        (Some("Seite 1"), Some("Text der Seite"))
    );
    assert!(
        change["sentence"].as_str().unwrap().contains("[gestrichen: 90] [neu: 95] Plätzen"),
        "{change:#}"
    );
}

#[test]
fn what_nobody_can_read_is_never_the_same() {
    let (project, [old, new]) = two_pdfs(|record| record.replace("90 Plätzen", "95 Plätzen"));
    for (from, to) in [(old, "a.pdf"), (new, "b.pdf")] {
        let mut document = lopdf::Document::load_mem(&project.read(from)).unwrap();
        let pages = document.get_pages();
        for page in pages.into_values() {
            for content in document.get_page_contents(page) {
                let stream = document.get_object_mut(content).unwrap().as_stream_mut().unwrap();
                stream.set_plain_content(b"BT (nie zu Ende".to_vec());
            }
        }
        document.trailer.set("Fremd", to);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        project.write(to, bytes);
    }
    let run = project.run(&["diff", "a.pdf", "b.pdf"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("nicht ganz lesbar: auf Seite 1"), "{}", run.stderr);
    // The same file is the same, whatever is in it.
    assert_eq!(project.run(&["diff", "a.pdf", "a.pdf"]).code, 0);
}

/// A record with every kind of change.
fn with_all_changes(record: &str) -> String {
    let mut changed = record
        .replace("90 Plätzen", "95 Plätzen")
        .replace("3.150.000", "3.250.000")
        .replace("**Inklusion:**", "Inklusion:")
        .replace("2025-04-02", "2025-04-09")
        .replace("- Der Bauantrag wird bis zum 30. September 2025 gestellt.\n", "")
        .replace(
            "nummer = \"0111\", name = \"Immobilienmanagement\" }\nergebnisplan  = \"ja\"",
            "nummer = \"0111\", name = \"Immobilienmanagement\" }\nergebnisplan  = \"nein\"",
        );
    let start = changed.find("[[anlage.A.finanzierung]]\nproduktgruppe = { nummer = \"1301\"").unwrap();
    let end = changed.find("[anlage.A.pflichtigkeit]").unwrap();
    let block: String = changed.drain(start..end).collect();
    let first = changed.find("[[anlage.A.finanzierung]]").unwrap();
    changed.insert_str(first, &block);
    let start = changed.find("leitorientierung = ").unwrap();
    let end = changed.find("querschnittsthemen = ").unwrap();
    changed.drain(start..end);
    changed
}

#[test]
fn a_synopsis_says_in_words_what_is_gone_and_what_is_new() {
    let project = TestProject::new();
    copy(&repository().join("examples/kita-neubau"), project.path());
    let record = String::from_utf8(project.read("V-0123-2025.toml")).unwrap();
    project.write("neu.toml", with_all_changes(&record));
    let arguments = ["diff", "V-0123-2025.toml", "neu.toml", "--format", "pdf"];
    let synopsis = |name: &str| project.run(&[&arguments[..], &["-o", name]].concat());
    let run = synopsis("synopse.pdf");
    assert_eq!((run.code, run.stdout.as_str()), (1, "synopse.pdf\n"), "{}", run.stderr);
    // As it is heard: along the structure tree, with real words for what is only drawn otherwise.
    let text = Pdf::read(&project.read("synopse.pdf")).words().join(" ").replace('\u{ad}', "");
    for said in [
        "[gestrichen: 90]",
        "[neu: 95]",
        "[gestrichen: Ja]",
        "[neu: Nein]",
        "[gestrichen: 02.04.2025]",
        "verschoben: jetzt an 1. Stelle",
        "nur Hervorhebung oder Gliederung geändert",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let run = project.run(&["inspect", "synopse.pdf", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["claims"], serde_json::json!({ "pdf_a": [2, "a"], "pdf_ua": 1 }));
    // Nothing is overwritten, and the same versions give the same bytes.
    assert_eq!(synopsis("synopse.pdf").code, 3);
    assert_eq!(synopsis("noch-einmal.pdf").code, 1);
    assert!(project.read("synopse.pdf") == project.read("noch-einmal.pdf"));
    assert_eq!(project.run(&arguments).code, 2, "a PDF needs a file to go to");
}

#[test]
fn synopses_are_pdf_a_2a_and_pdf_ua_1() {
    let Some(veracheck) = veracheck() else { return };
    let project = TestProject::new();
    copy(&repository().join("examples/kita-neubau"), project.path());
    let record = String::from_utf8(project.read("V-0123-2025.toml")).unwrap();
    project.write("neu.toml", with_all_changes(&record));
    let session = |title: &str| {
        format!("[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n[[top]]\nnummer = '1'\ntitel = '{title}'\n")
    };
    project.write("a.toml", session("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"));
    project.write(
        "b.toml",
        session("https://www.beispielstadt.example/rathaus/antrag-auf-sondernutzung.html 漢"),
    );
    for (old, new, out) in
        [("V-0123-2025.toml", "neu.toml", "record.pdf"), ("a.toml", "b.toml", "session.pdf")]
    {
        let run = project.run(&["diff", old, new, "--format", "pdf", "-o", &format!("out/anlagen/{out}")]);
        assert_eq!(run.code, 1, "{}", run.stderr);
    }
    judge_files(&veracheck, &project, "2a,ua1");
}
