//! Two windows of one person with the same record: what each typed and did not save is there after a crash.

use crate::browser::Served;
use crate::browser_form::{controls, page_of};
use crate::program::{Project, sound_record};

const RECORD: &str = "vorlagen/V-0001-2025.toml";

fn project() -> Project {
    let project = Project::new();
    project.write(RECORD, sound_record("V/0001/2025"));
    project
}

/// A window with the page of the record, as it was when it was opened.
struct Window {
    /// What the script of the page calls it; each page anew.
    name: String,
    controls: Vec<(String, String)>,
}

impl Window {
    /// Opens the record in a window that has a name, or, without a script, none.
    fn open(served: &Served, name: &str) -> Self {
        Self { name: name.to_owned(), controls: controls(&page_of(served, RECORD)) }
    }

    fn value(&self, field: &str) -> &str {
        &self.controls.iter().find(|(own, _)| own == field).unwrap().1
    }

    /// Types into a field; it is kept at once.
    fn types(&mut self, served: &Served, field: &str, value: &str) {
        self.controls.iter_mut().find(|(own, _)| own == field).unwrap().1 = value.to_owned();
        let kept = self.send(served, "/sichern", "A");
        assert!(kept.text().contains("\"gesichert\":true"), "{}", kept.text());
    }

    fn press(&mut self, served: &Served, button: &str) -> String {
        let answer = self.send(served, "/vorlage", button);
        let page = match answer.field("location") {
            Some(place) => served.get(place).text(),
            None => answer.text(),
        };
        self.controls = controls(&page);
        self.name = if self.name.is_empty() { String::new() } else { format!("{}+", self.name) };
        page
    }

    fn send(&self, served: &Served, address: &str, button: &str) -> crate::browser::Answer {
        let sent = self.controls.iter().map(|(name, value)| match name.as_str() {
            "fenster" => ("fenster", self.name.as_str()),
            _ => (name.as_str(), value.as_str()),
        });
        served.post(address, &sent.chain([("tun", button)]).collect::<Vec<_>>())
    }
}

const OFFICE: &str = "/vorlage/amt";
const SUBJECT: &str = "/vorlage/betreff";

#[test]
fn what_two_windows_typed_is_there_after_a_crash() {
    for names in [["eins", "zwei"], ["", ""]] {
        let project = project();
        let served = Served::start(&project);
        let [mut one, mut two] = names.map(|name| Window::open(&served, name));
        let office = one.value(OFFICE).to_owned();
        one.types(&served, OFFICE, "Amt eins");
        two.types(&served, SUBJECT, "Betreff zwei");
        one.types(&served, OFFICE, "Amt eins, neu");
        two.types(&served, SUBJECT, "Betreff zwei, neu");
        drop(served);
        let served = Served::start(&project);
        let mut after = Window::open(&served, "drei");
        assert_eq!((after.value(OFFICE), after.value(SUBJECT)), ("Amt eins, neu", "Betreff zwei, neu"));
        // Each can be taken back.
        for _ in 0..20 {
            if after.press(&served, "zurueck").contains("Es gibt nichts") {
                break;
            }
        }
        assert_eq!(after.value(OFFICE), office);
        assert!(after.press(&served, "vor").contains("Wiederholt: Amt."));
    }
}

#[test]
fn what_one_window_takes_back_by_hand_does_not_come_back() {
    let project = project();
    let served = Served::start(&project);
    let [mut one, mut two] = ["eins", "zwei"].map(|name| Window::open(&served, name));
    let office = one.value(OFFICE).to_owned();
    one.types(&served, OFFICE, "Amt eins");
    two.types(&served, SUBJECT, "Betreff zwei");
    one.types(&served, OFFICE, &office);
    let after = Window::open(&served, "drei");
    assert_eq!((after.value(OFFICE), after.value(SUBJECT)), (office.as_str(), "Betreff zwei"));
    // Of the same field the last change counts, and the other one can be taken back.
    one.types(&served, SUBJECT, "Betreff eins");
    two.types(&served, OFFICE, "Amt zwei");
    let mut after = Window::open(&served, "drei");
    assert_eq!((after.value(OFFICE), after.value(SUBJECT)), ("Amt zwei", "Betreff eins"));
    after.press(&served, "zurueck");
    after.press(&served, "zurueck");
    assert_eq!((after.value(OFFICE), after.value(SUBJECT)), (office.as_str(), "Betreff zwei"));
}

#[test]
fn what_one_window_saves_leaves_what_the_other_typed_unsaved_but_kept() {
    let project = project();
    let text = || String::from_utf8(project.read(RECORD)).unwrap();
    let served = Served::start(&project);
    let [mut one, mut two] = ["eins", "zwei"].map(|name| Window::open(&served, name));
    let subject = two.value(SUBJECT).to_owned();
    two.types(&served, SUBJECT, "Betreff zwei");
    one.types(&served, OFFICE, "Amt eins");
    let page = one.press(&served, "speichern");
    assert!(page.contains("Gespeichert. Was Sie in einem anderen Fenster geändert haben"), "{page}");
    assert!(text().contains("Amt eins") && !text().contains("Betreff zwei"), "nobody saw it here");
    assert_eq!((one.value(OFFICE), one.value(SUBJECT)), ("Amt eins", "Betreff zwei"));
    // The other window goes on, with the text of before.
    two.types(&served, SUBJECT, "Betreff zwei, neu");
    one.types(&served, OFFICE, "Amt eins, neu");
    drop(served);
    let served = Served::start(&project);
    let after = Window::open(&served, "drei");
    assert_eq!((after.value(OFFICE), after.value(SUBJECT)), ("Amt eins, neu", "Betreff zwei, neu"));
    // What is discarded is what this window shows.
    two.press(&served, "verwerfen");
    let after = Window::open(&served, "drei");
    assert_eq!((after.value(OFFICE), after.value(SUBJECT)), ("Amt eins, neu", subject.as_str()));
}
