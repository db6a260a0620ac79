//! The program is killed while somebody types into the form of a record and saves it.
//!
//! Whatever it said was kept is there afterwards, the file is one that somebody saved, and nothing half-written is left.
//! `cargo test` kills it a few times, and as often as `ANLAGE_KILLS` says.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::browser::Served;
use crate::browser_form::{controls, page_of};
use crate::dice::Dice;
use crate::program::{Project, announce, sound_record};

const RECORD: &str = "vorlagen/V-0001-2025.toml";
/// The fields that are typed into.
const FIELDS: [&str; 2] = ["/vorlage/amt", "/anlage/A/kurzueberblick"];
/// The longest that the program is let alone, in milliseconds: time for some changes, and for saving.
const MOST: u64 = 1_500;

/// What the fields say.
type State = [String; 2];

/// What the program said, and what it was told last, which may have arrived or not.
struct Typed {
    count: usize,
    kept: State,
    sent: State,
    saved: State,
    /// What may be in the file if it was killed while it saved.
    saving: State,
}

/// The file in which the fields say this.
fn file(state: &State) -> String {
    let record = sound_record("V/0001/2025").replace("[vorlage]", "# von Hand\n[vorlage]");
    let record = record.replace("Amt für Immobilienmanagement\"", &format!("{}\" # Amt", state[0]));
    record.replace("Die Stadtbücherei wird saniert.", &state[1])
}

fn state_of(page: &str) -> State {
    let all = controls(page);
    FIELDS.map(|field| all.iter().find(|(name, _)| name == field).unwrap().1.clone())
}

/// Types and saves as the script of the page does, until nobody answers.
fn type_until_killed(served: &Served, typed: &mut Typed, dice: &mut Dice) {
    let mut page = served.get(&format!("/vorlage?datei={RECORD}"));
    while !page.body.is_empty() {
        assert_eq!(page.status, 200, "{}", page.text());
        let mut all = controls(&page.text());
        for _ in 0..=dice.below(4) {
            typed.count += 1;
            let field = dice.below(2) as usize;
            typed.sent[field] = format!("Text {}.", typed.count);
            all.iter_mut().find(|(name, _)| name == FIELDS[field]).unwrap().1.clone_from(&typed.sent[field]);
            let answer = served.post("/sichern", &with(&all, "A"));
            match serde_json::from_slice::<serde_json::Value>(&answer.body) {
                Ok(shown) => assert_eq!(shown["gesichert"], true, "{shown}"),
                Err(_) => return,
            }
            typed.kept.clone_from(&typed.sent);
        }
        typed.saving.clone_from(&typed.sent);
        let saved = served.post("/vorlage", &with(&all, "speichern"));
        if saved.status == 0 {
            return;
        }
        assert_eq!(saved.status, 303, "{}", saved.text());
        typed.saved.clone_from(&typed.saving);
        page = served.get(saved.field("location").unwrap());
    }
}

fn with<'a>(controls: &'a [(String, String)], button: &'a str) -> Vec<(&'a str, &'a str)> {
    let own = controls.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    own.chain([("tun", button)]).collect()
}

fn half_written(project: &Path) -> Vec<String> {
    let all = walkdir::WalkDir::new(project).into_iter().map(|entry| entry.unwrap());
    let known = |name: &str| name == ".gitignore" || name.ends_with(".toml") || name.ends_with(".json");
    all.filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().display().to_string())
        .filter(|path| !known(path.rsplit('/').next().unwrap()))
        .collect()
}

#[test]
fn whoever_types_and_saves_loses_nothing_when_the_program_is_killed() {
    let kills = std::env::var("ANLAGE_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(10);
    let mut dice = Dice(19);
    let project = Project::new();
    let first: State = ["Amt null".into(), "Text null.".into()];
    project.write(RECORD, file(&first));
    let mut typed =
        Typed { count: 0, kept: first.clone(), sent: first.clone(), saved: first.clone(), saving: first };
    let (mut in_saving, mut left) = (0, 0);
    for round in 0..kills {
        let served = Served::start(&project);
        let wait = Duration::from_millis(dice.below(MOST));
        let id = served.id().to_string();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(wait);
                Command::new("kill").args(["-9", &id]).stderr(Stdio::null()).status().unwrap();
            });
            type_until_killed(&served, &mut typed, &mut dice);
        });
        drop(served);
        left += half_written(project.path()).len();
        // Few moments leave something, so something is left each time.
        for place in ["vorlagen", ".anlage", ".anlage/entwuerfe"] {
            project.write(&format!("{place}/.anlage-left.tmp"), "half");
        }

        let on_disk = String::from_utf8(project.read(RECORD)).unwrap();
        in_saving += usize::from(typed.saving != typed.saved);
        if on_disk == file(&typed.saving) {
            typed.saved.clone_from(&typed.saving);
        }
        assert_eq!(on_disk, file(&typed.saved), "round {round}: neither before nor after saving");

        let served = Served::start(&project);
        let page = page_of(&served, RECORD);
        let shown = state_of(&page);
        assert!(shown == typed.kept || shown == typed.sent, "round {round}: {shown:?}, not {:?}", typed.kept);
        assert_eq!(half_written(project.path()), [""; 0], "round {round}");
        // The next change works.
        let mut all = controls(&page);
        typed.count += 1;
        typed.sent = [format!("Text {}.", typed.count), shown[1].clone()];
        all.iter_mut().find(|(name, _)| name == FIELDS[0]).unwrap().1.clone_from(&typed.sent[0]);
        let answer = served.post("/sichern", &with(&all, "A"));
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer["gesichert"], true, "round {round}: {answer}");
        assert_eq!(state_of(&page_of(&served, RECORD)), typed.sent, "round {round}");
        typed.kept.clone_from(&typed.sent);
        typed.saving.clone_from(&typed.saved);
    }
    announce(&format!(
        "{kills} kills, {in_saving} of them while saving; {left} files were half-written; {} changes",
        typed.count
    ));
    assert!(typed.count > kills, "nothing was typed");
}
