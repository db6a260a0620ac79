//! Records in the form of the browser: filled, saved, merged, made; as a browser without scripts sends them.

use html5gum::{Token, Tokenizer};

use crate::browser::{Answer, Served};
use crate::program::{Project, repository, sound_record};

/// What a page would send: its controls with their values, without any button.
pub(crate) fn controls(page: &str) -> Vec<(String, String)> {
    let mut controls: Vec<(String, String)> = Vec::new();
    let mut select = String::new();
    let mut area: Option<(String, String)> = None;
    for token in Tokenizer::new(page).flatten() {
        match token {
            Token::StartTag(tag) => {
                let of = |name: &str| {
                    let value = tag.attributes.get(name.as_bytes());
                    value.map(|value| String::from_utf8_lossy(value).into_owned())
                };
                let kind = of("type").unwrap_or_default();
                match &tag.name[..] {
                    b"input" if ["radio", "checkbox"].contains(&kind.as_str()) => {
                        let is_checked = of("checked").is_some();
                        controls.extend(is_checked.then(|| (of("name").unwrap(), of("value").unwrap())));
                    }
                    b"input" => controls.extend(of("name").zip(of("value").or(Some(String::new())))),
                    b"select" => select = of("name").unwrap(),
                    b"option" if of("selected").is_some() => {
                        controls.push((select.clone(), of("value").unwrap()))
                    }
                    b"textarea" => area = Some((of("name").unwrap(), String::new())),
                    _ => {}
                }
            }
            Token::String(text) => {
                if let Some((_, own)) = &mut area {
                    own.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Token::EndTag(tag) if &tag.name[..] == b"textarea" => {
                let (name, text) = area.take().unwrap();
                // As browsers do: without the first line end, and with those of HTTP.
                let text = text.strip_prefix('\n').unwrap_or(&text).replace('\n', "\r\n");
                controls.push((name, text));
            }
            _ => {}
        }
    }
    controls
}

fn press(served: &Served, page: &str, changes: &[(&str, &str)], button: &str) -> Answer {
    let mut sent = controls(page);
    for (name, value) in changes {
        let known = sent.iter_mut().find(|(own, _)| own == name);
        known.unwrap_or_else(|| panic!("no control {name}")).1 = (*value).to_owned();
    }
    sent.push(("tun".to_owned(), button.to_owned()));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    served.post("/vorlage", &sent)
}

pub(crate) fn page_of(served: &Served, name: &str) -> String {
    let answer = served.get(&format!("/vorlage?datei={name}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

const RECORD: &str = "vorlagen/V-0001-2025.toml";

fn project(text: &str) -> Project {
    let project = Project::new();
    project.write(RECORD, text);
    project
}

fn text_of(project: &Project) -> String {
    String::from_utf8(project.read(RECORD)).unwrap()
}

#[test]
fn saving_changes_one_line_and_keeps_the_rest_byte_for_byte() {
    let before = sound_record("V/0001/2025").replace("[vorlage]", "# von Hand\n[vorlage]");
    let project = project(&before);
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    let saved = press(&served, &page, &[], "speichern");
    assert_eq!((saved.status, text_of(&project)), (303, before.clone()), "nothing was changed");
    let changed = press(
        &served,
        &page,
        &[("/vorlage/datum", "5.1.2025"), ("/vorlage/amt", "Amt \"für\" Alles")],
        "speichern",
    );
    assert_eq!(changed.status, 303);
    let after = text_of(&project);
    assert!(
        after.contains("datum = 2025-01-05\n") && after.contains("amt = 'Amt \"für\" Alles'\n"),
        "{after}"
    );
    let kept = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("datum") && !line.starts_with("amt"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(kept(&after), kept(&before));
    let shown = served.get(changed.field("location").unwrap()).text();
    assert!(shown.contains("Gespeichert.") && shown.contains("value=\"05.01.2025\""), "{shown}");
}

#[test]
fn a_record_filled_in_the_form_makes_the_same_pdf_as_its_toml() {
    let seed =
        std::fs::read_to_string(repository().join("examples/migrationsleitbild/V-0056-2025.toml")).unwrap();
    for (number, text) in [("V/0001/2025", sound_record("V/0001/2025")), ("V/0056/2025", seed)] {
        let name = format!("vorlagen/{}.toml", number.replace('/', "-"));
        let model = Project::new();
        let only_form: String = text.split("\n[anlage.1]").next().unwrap().to_owned() + "\n";
        model.write(&name, &only_form);
        let of_model = Served::start(&model);
        let full = page_of(&of_model, &name);
        let project = Project::new();
        project.write("vorlagen/hinweis.txt", "");
        let served = Served::start(&project);
        let made = served.post("/neu", &[("nummer", number), ("formular", "muenster-anlage-a")]);
        assert_eq!(made.status, 303, "{}", made.text());
        // An editor finds the schema that the record names.
        assert!(
            String::from_utf8(project.read(&name)).unwrap().starts_with("#:schema ../anlage.schema.json\n")
        );
        assert!(project.read("anlage.schema.json").starts_with(b"{"));
        let mut page = served.get(made.field("location").unwrap()).text();
        for list in ["/vorlage/beratung", "/anlage/A/finanzierung"] {
            let count = |page: &str| page.matches(&format!("id=\"{list}/")).count();
            let blocks =
                |page: &str| (0..100).take_while(|at| page.contains(&format!("id=\"{list}/{at}\""))).count();
            while blocks(&page) < blocks(&full) {
                let before = count(&page);
                page = press(&served, &page, &[], &format!("dazu:{list}")).text();
                assert!(count(&page) > before, "{page}");
            }
        }
        let mut sent: Vec<(String, String)> = controls(&full);
        sent.retain(|(name, _)| name.starts_with('/'));
        sent.extend(controls(&page).into_iter().filter(|(name, _)| !name.starts_with('/')));
        sent.push(("tun".into(), "speichern".into()));
        let sent: Vec<(&str, &str)> =
            sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let saved = served.post("/vorlage", &sent);
        assert_eq!(saved.status, 303, "{}", saved.text());
        let made_by_hand = press(&of_model, &full, &[], "pdf:A");
        let page = served.get(saved.field("location").unwrap()).text();
        let made_in_form = press(&served, &page, &[], "pdf:A");
        assert_eq!(made_by_hand.field("content-type"), Some("application/pdf"));
        assert!(made_by_hand.body == made_in_form.body, "{}", String::from_utf8_lossy(&project.read(&name)));
        let rendered = model.run(&["render", &name, "-o", "out"]);
        assert!(rendered.code < 2, "{}", rendered.stderr);
        let pdfs = crate::program::files_below(&model.path().join("out"), "pdf");
        assert!(pdfs.iter().any(|path| std::fs::read(path).unwrap() == made_in_form.body), "{pdfs:?}");
    }
}

#[test]
fn findings_stand_at_their_fields_and_blocks_come_and_go() {
    let project = project(&sound_record("V/0001/2025"));
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    let wrong =
        press(&served, &page, &[("/vorlage/nummer", "0001"), ("/vorlage/datum", "bald")], "pruefen").text();
    for name in ["/vorlage/nummer", "/vorlage/datum"] {
        assert!(wrong.contains(&format!("id=\"{name}-befund\"")), "{name}: {wrong}");
        assert!(wrong.contains(&format!("href=\"#{name}\"")));
    }
    assert!(wrong.contains("aria-invalid=\"true\"") && wrong.contains("ungespeicherte"));
    assert_eq!(text_of(&project), sound_record("V/0001/2025"), "checking writes nothing");
    let draft = press(&served, &wrong, &[], "pdf:A");
    assert!(draft.body.starts_with(b"%PDF") && draft.body != press(&served, &page, &[], "pdf:A").body);
    let more = press(&served, &wrong, &[], "dazu:/anlage/A/finanzierung").text();
    assert!(more.contains("id=\"/anlage/A/finanzierung/1\"") && more.contains("value=\"bald\""));
    let more = press(
        &served,
        &more,
        &[("/anlage/A/finanzierung/1/produktgruppe/nummer", "0999")],
        "hoch:1:/anlage/A/finanzierung",
    )
    .text();
    assert!(
        controls(&more).contains(&("/anlage/A/finanzierung/0/produktgruppe/nummer".into(), "0999".into())),
        "{more}"
    );
    let fewer = press(&served, &more, &[], "weg:0:/anlage/A/finanzierung").text();
    assert!(!fewer.contains("id=\"/anlage/A/finanzierung/1\""));
}

#[test]
fn what_others_saved_meanwhile_is_never_lost() {
    let before = sound_record("V/0001/2025");
    let project = project(&before);
    let served = Served::start(&project);
    let (one, two) = (page_of(&served, RECORD), page_of(&served, RECORD));
    assert_eq!(press(&served, &one, &[("/vorlage/amt", "Amt eins")], "speichern").status, 303);
    let merged = press(&served, &two, &[("/vorlage/betreff", "Betreff zwei")], "speichern");
    assert!(merged.field("location").unwrap().ends_with("gespeichert=2"));
    let both = text_of(&project);
    assert!(both.contains("Amt eins") && both.contains("Betreff zwei"), "{both}");
    let asked = press(&served, &two, &[("/vorlage/amt", "Amt zwei")], "speichern");
    assert_eq!((asked.status, text_of(&project)), (200, both.clone()), "the same field: nothing is written");
    let asked = asked.text();
    assert!(
        asked.contains("Inzwischen steht in der Datei") && asked.contains("<pre>Amt eins</pre>"),
        "{asked}"
    );
    assert!(controls(&asked).contains(&("/vorlage/amt".into(), "Amt zwei".into())));
    let taken = press(&served, &asked, &[], "nimm:/vorlage/amt").text();
    assert!(controls(&taken).contains(&("/vorlage/amt".into(), "Amt eins".into())), "{taken}");
    assert_eq!(press(&served, &asked, &[], "speichern").status, 303);
    assert!(text_of(&project).contains("Amt zwei"));
}

#[test]
fn what_was_done_is_taken_back_and_done_again_also_after_a_reload_and_after_saving() {
    let before = sound_record("V/0001/2025");
    let project = project(&before);
    let served = Served::start(&project);
    let value = |page: &str| {
        let all = controls(page);
        all.into_iter().find(|(name, _)| name == "/vorlage/amt").unwrap().1
    };
    let page = page_of(&served, RECORD);
    let first = value(&page);
    let page = press(&served, &page, &[("/vorlage/amt", "Amt eins")], "pruefen").text();
    let page = press(&served, &page, &[], "dazu:/anlage/A/finanzierung").text();
    assert!(page.contains("id=\"/anlage/A/finanzierung/1\""));
    // The window is closed and opened again.
    drop(served);
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    assert!(page.contains("sind wieder da"));
    let page = press(&served, &page, &[], "zurueck").text();
    assert!(!page.contains("id=\"/anlage/A/finanzierung/1\"") && value(&page) == "Amt eins", "{page}");
    let page = press(&served, &page, &[], "zurueck").text();
    assert!(page.contains("Rückgängig gemacht: Amt.") && value(&page) == first, "{page}");
    let page = press(&served, &page, &[], "zurueck").text();
    assert!(page.contains("Es gibt nichts, was sich rückgängig machen lässt.") && value(&page) == first);
    let page = press(&served, &page, &[], "vor").text();
    assert!(page.contains("Wiederholt: Amt.") && value(&page) == "Amt eins", "{page}");
    // What is typed now is taken back before.
    let page = press(&served, &page, &[("/vorlage/betreff", "Neu")], "zurueck").text();
    assert!(page.contains("Rückgängig gemacht: Betreff.") && value(&page) == "Amt eins");
    let saved = press(&served, &page, &[], "speichern");
    assert!(text_of(&project).contains("Amt eins"));
    let page = served.get(saved.field("location").unwrap()).text();
    let page = press(&served, &page, &[], "zurueck").text();
    assert!(value(&page) == first && page.contains("ungespeicherte Änderungen"));
    assert_eq!(press(&served, &page, &[], "speichern").status, 303);
    assert_eq!(text_of(&project), before);
    // What is discarded comes back too; what others wrote is not taken back.
    let page = press(&served, &page_of(&served, RECORD), &[("/vorlage/amt", "Amt zwei")], "pruefen").text();
    assert_eq!(press(&served, &page, &[], "verwerfen").status, 303);
    let page = press(&served, &page_of(&served, RECORD), &[], "zurueck").text();
    assert_eq!(value(&page), "Amt zwei");
    assert_eq!(press(&served, &page, &[], "verwerfen").status, 303);
    project.write(RECORD, before.replace("\namt = ", "\n# fremd\namt = "));
    let page = press(&served, &page_of(&served, RECORD), &[], "zurueck").text();
    assert!(page.contains("Es gibt nichts") && value(&page) == first, "{page}");
}

#[cfg(unix)]
#[test]
fn what_is_kept_of_a_draft_is_for_its_owner_alone_also_in_a_folder_that_was_open() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let project = project(&sound_record("V/0001/2025"));
    let kept = project.path().join(".anlage/entwuerfe");
    std::fs::create_dir_all(&kept).unwrap();
    std::fs::set_permissions(&kept, std::fs::Permissions::from_mode(0o755)).unwrap();
    let served = Served::start(&project);
    press(&served, &page_of(&served, RECORD), &[("/vorlage/amt", "Amt eins")], "pruefen");
    assert_eq!(mode(&kept), 0o700);
    let files: Vec<_> = std::fs::read_dir(&kept).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.iter().map(|file| mode(file)).collect::<Vec<_>>(), [0o600]);
}

#[test]
fn what_can_be_mended_is_shown_before_it_is_done() {
    let before = sound_record("V/0001/2025").replace("Sanierung der", "Sanierung 2019-2021 der");
    let project = project(&before);
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    assert!(page.contains("value=\"beheben\""), "{page}");
    let shown = press(&served, &page, &[], "beheben").text();
    assert!(
        shown.contains("Das würde sich ändern") && shown.contains("Noch ist nichts geändert."),
        "{shown}"
    );
    let mark = shown.split("value=\"beheben:").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // Something else was typed meanwhile: what is agreed to is no longer what would be done.
    let again = press(&served, &shown, &[("/vorlage/amt", "Amt  zwei")], &format!("beheben:{mark}")).text();
    assert!(again.contains("Noch ist nichts geändert."), "{again}");
    let done = press(&served, &shown, &[], &format!("beheben:{mark}")).text();
    assert!(done.contains("Geändert, aber noch nicht gespeichert"), "{done}");
    assert!(!done.contains("value=\"beheben\"") && text_of(&project) == before);
    assert_eq!(press(&served, &done, &[], "speichern").status, 303);
    assert_eq!(text_of(&project), before.replace("2019-2021", "2019–2021"));
}

#[test]
fn findings_are_explained_at_their_field_and_excepted_for_a_reason() {
    let before = sound_record("V/0001/2025");
    let before = before.replace("kurzueberblick = \"", "kurzueberblick = \"Siehe Anlage 7. ");
    let project = project(&before);
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    let code = page.split("value=\"ausnahme:").nth(1).expect("a finding that can be excepted");
    let (code, place) = code.split('"').next().unwrap().split_once(':').unwrap();
    assert!(page.contains(&format!("Was bedeutet {code}?")), "{page}");
    let (button, reason) = (format!("ausnahme:{code}:{place}"), format!("grund:{code}:{place}"));
    let asked = press(&served, &page, &[], &button).text();
    assert!(asked.contains("Zu einer Ausnahme gehört ein Grund."), "{asked}");
    // Enter presses the first button of the page. Whatever is pressed, what was typed stays.
    for button in ["pruefen", "speichern", "dazu:/vorlage/beratung"] {
        let kept = press(&served, &page, &[(&reason, "Die Anlage folgt.")], button).text();
        assert!(controls(&kept).contains(&(reason.clone(), "Die Anlage folgt.".into())), "{button}: {kept}");
        assert!(kept.contains("<details open><summary>Ausnahme von"), "{button}: {kept}");
    }
    assert_eq!(text_of(&project), before);
    let done = press(&served, &page, &[(&reason, "Die Anlage \"folgt\".")], &button).text();
    assert!(done.contains(&format!("Die Ausnahme von {code} steht jetzt")), "{done}");
    assert!(!done.contains(&button));
    assert_eq!(press(&served, &done, &[], "speichern").status, 303);
    let after = text_of(&project);
    assert!(after.contains(&format!("ausnahmen = [\"{code}\"]\nausnahmen_grund = ")), "{after}");
    let kept: String = after.split_inclusive('\n').filter(|line| !line.starts_with("ausnahmen")).collect();
    assert_eq!(kept, before);
    assert!(!project.run(&["check", RECORD]).stderr.contains(code));
}

#[test]
fn each_finding_of_the_seed_can_be_excepted() {
    let seed = repository().join("examples/migrationsleitbild/V-0056-2025.toml");
    let project = project(&std::fs::read_to_string(seed).unwrap());
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    let buttons: Vec<&str> = page.split("value=\"ausnahme:").skip(1).collect();
    assert!(buttons.len() >= 3, "{page}");
    for button in buttons {
        let what = button.split('"').next().unwrap();
        let reason = format!("grund:{what}");
        let done = press(&served, &page, &[(&reason, "So im Original.")], &format!("ausnahme:{what}")).text();
        let code = what.split(':').next().unwrap();
        assert!(done.contains(&format!("Die Ausnahme von {code} steht jetzt")), "{what}");
    }
}

#[test]
fn a_record_stays_a_record_whatever_is_sent() {
    let before = sound_record("V/0001/2025");
    let project = project(&before);
    let served = Served::start(&project);
    let packed = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let all = controls(&page_of(&served, RECORD));
    for text in ["[sitzung]\ngremium = 'Rat'\n", "x = 1\n", "[[person]]\nname = 'x'\n", "[vorlage\n<<<"] {
        let text = packed(text);
        let sent = all.iter().map(|(name, value)| match name.as_str() {
            "entwurf" => (name.as_str(), text.as_str()),
            _ => (name.as_str(), value.as_str()),
        });
        let sent: Vec<(&str, &str)> = sent.chain([("tun", "speichern")]).collect();
        assert_eq!(served.post("/vorlage", &sent).status, 400, "{text}");
        assert_eq!(served.post("/sichern", &sent).status, 400, "{text}");
        assert_eq!(text_of(&project), before);
    }
}

#[test]
fn blocks_that_two_added_are_both_there_and_else_what_others_did_is_shown_in_full() {
    let project = project(&sound_record("V/0001/2025"));
    let served = Served::start(&project);
    let new = |name: &str| {
        let page = press(&served, &page_of(&served, RECORD), &[], "dazu:/anlage/A/finanzierung").text();
        press(&served, &page, &[("/anlage/A/finanzierung/1/produktgruppe/nummer", name)], "pruefen").text()
    };
    // The second window is another person's: it has nothing of the first.
    let mine = new("0999");
    press(&served, &mine, &[], "verwerfen");
    let theirs = new("0888");
    for (page, expected) in [(&theirs, "gespeichert=1"), (&mine, "gespeichert=2")] {
        let saved = press(&served, page, &[], "speichern");
        assert!(saved.field("location").is_some_and(|place| place.ends_with(expected)), "{}", saved.text());
    }
    let text = text_of(&project);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(
        at("0111") < at("0999") && at("0999") < at("0888") && at("0888") < at("pflichtigkeit]"),
        "{text}"
    );
    assert_eq!(text.matches("[[anlage.A.finanzierung]]").count(), 3);

    let page = press(&served, &page_of(&served, RECORD), &[], "dazu:/vorlage/beratung").text();
    project.write(RECORD, text_of(&project).replace("\"Rat\"", "\"Rat der Stadt\""));
    let own =
        [("/vorlage/beratung/1/gremium", "Hauptausschuss"), ("/vorlage/beratung/0/gremium", "Unser Rat")];
    let asked = press(&served, &page, &own, "speichern").text();
    assert!(asked.contains("Block 1, Gremium: Rat der Stadt"), "{asked}");
}

#[test]
fn of_a_page_only_what_the_browser_has_not_is_made() {
    let project = project(&sound_record("V/0001/2025"));
    // Another process knows it too.
    let (served, other) = (Served::start(&project), Served::start(&project));
    // The marks of all bands, and those of them that came along.
    let bands = |served: &Served, seen: &[String], text: &str| {
        let mut sent = controls(&page_of(served, RECORD));
        sent.iter_mut().find(|(name, _)| name == "/anlage/A/kurzueberblick").unwrap().1 = text.to_owned();
        sent.push(("tun".to_owned(), "A".to_owned()));
        sent.extend(seen.iter().map(|mark| ("habe".to_owned(), mark.clone())));
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        let shown: serde_json::Value = serde_json::from_slice(&served.post("/ansicht", &sent).body).unwrap();
        let bands = shown["seiten"][0]["streifen"].as_array().unwrap();
        let mark = |band: &serde_json::Value| band["kennung"].as_str().unwrap().to_owned();
        let made = bands.iter().filter(|band| !band["svg"].is_null());
        (bands.iter().map(mark).collect::<Vec<_>>(), made.map(mark).collect::<Vec<_>>())
    };
    let (all, made) = bands(&served, &[], "Saniert wird.");
    assert!(all.len() > 2 && made == all, "{all:?}");
    for process in [&served, &other] {
        assert_eq!(bands(process, &all, "Saniert wird."), (all.clone(), Vec::new()));
    }
    let (changed, made) = bands(&served, &all, "Saniert wirt.");
    assert!(!made.is_empty() && made.len() <= 2, "{made:?} of {changed:?}");
    assert!(made.iter().all(|mark| !all.contains(mark)));
}

#[test]
fn the_preview_says_where_each_field_stands() {
    let project = project(&sound_record("V/0001/2025"));
    let served = Served::start(&project);
    let mut sent = controls(&page_of(&served, RECORD));
    sent.push(("tun".to_owned(), "A".to_owned()));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = served.post("/ansicht", &sent);
    let shown: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(shown["seiten"][0]["streifen"][0]["svg"].as_str().unwrap().starts_with("<svg"));
    let places = shown["stellen"].as_array().unwrap();
    let above = |name: &str| {
        let place = places.iter().find(|place| place["feld"] == name);
        let place = place.unwrap_or_else(|| panic!("{name} has no place: {places:?}"));
        let (x, y) = (&place["x"], &place["y"]);
        let is_part = |value: &serde_json::Value| (0.0..=1.0).contains(&value.as_f64().unwrap());
        assert!([&x[0], &x[1], &y[0], &y[1]].into_iter().all(is_part), "{place}");
        assert!(x[0].as_f64() < x[1].as_f64() && y[0].as_f64() < y[1].as_f64(), "{place}");
        y[0].as_f64().unwrap()
    };
    let tops = [
        "/anlage/A/kurzueberblick",
        "/anlage/A/ziele",
        "/anlage/A/finanzierung/0/produktgruppe/nummer",
        "/anlage/A/pflichtigkeit/grad",
        "/anlage/A/querschnittsthemen",
    ]
    .map(above);
    assert!(tops.is_sorted(), "{tops:?}");
}

#[test]
fn nothing_outside_the_records_of_the_project_is_shown_or_written() {
    let project = project(&sound_record("V/0001/2025"));
    project.write("anlage.toml", "");
    project.write("geheim.txt", "[vorlage]\n");
    project.write(".versteckt/a.toml", "[vorlage]\n");
    let outside = tempfile::tempdir().unwrap();
    let stranger = outside.path().join("a.toml");
    std::fs::write(&stranger, "[vorlage]\namt = \"fremd\"\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&stranger, project.path().join("link.toml")).unwrap();
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    let absolute = stranger.display().to_string();
    let up = format!("{}{absolute}", "../".repeat(20));
    for name in [
        "",
        "fehlt.toml",
        "anlage.toml",
        "geheim.txt",
        ".versteckt/a.toml",
        "link.toml",
        "vorlagen",
        "a\0.toml",
        &absolute,
        &up,
    ] {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("datei", name).finish();
        let answer = served.get(&format!("/vorlage?{query}"));
        assert_eq!(answer.status, 404, "{name:?}");
        assert!(!answer.text().contains("fremd"));
        let mut sent = controls(&page);
        sent.retain(|(own, _)| own != "datei");
        sent.extend([("datei".to_owned(), name.to_owned()), ("tun".to_owned(), "speichern".to_owned())]);
        let sent: Vec<(&str, &str)> =
            sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(served.post("/vorlage", &sent).status, 404, "{name:?}");
    }
    for number in ["../V/0001/2025", "V/1", "", "V/0001/2025/../../x"] {
        let refused = served.post("/neu", &[("nummer", number), ("formular", "muenster-anlage-a")]);
        assert!(refused.status == 200 && refused.text().contains("keine Vorlagennummer"), "{number}");
    }
    let twice = served.post("/neu", &[("nummer", "V/0001/2025"), ("formular", "muenster-anlage-a")]);
    assert!(twice.text().contains("gibt es schon"), "{}", twice.text());
    assert_eq!(served.post("/vorlage", &[("datei", RECORD), ("tun", "speichern")]).status, 400);
    assert_eq!(std::fs::read_to_string(&stranger).unwrap(), "[vorlage]\namt = \"fremd\"\n");
    assert_eq!(text_of(&project), sound_record("V/0001/2025"));
}

#[test]
fn a_field_says_that_it_is_needed_while_an_answer_asks_for_it() {
    let project = Project::new();
    project.write("anlage.toml", "");
    project.write(
        "templates/kosten/template.toml",
        "name = 'kosten'\ntitel = 'Anlage A'\nversion = '1.0.0'\nsprache = 'de-DE'\nkennung = 'A'\nbeschreibung = 'Kosten'\n",
    );
    let schema = serde_json::json!({
        "type": "object", "additionalProperties": false, "required": ["name"],
        "properties": {
            "name": { "title": "Name", "type": "string", "minLength": 1 },
            "kosten": { "title": "Kosten", "enum": ["ja", "nein"] },
            "betrag": { "title": "Betrag", "type": "number", "format": "betrag" },
        },
        "if": { "required": ["kosten"], "properties": { "kosten": { "const": "ja" } } },
        "then": { "required": ["betrag"] },
    });
    project.write("templates/kosten/schema.json", schema.to_string());
    project.write(
        "templates/kosten/layout.typ",
        "#import \"/form.typ\": *\n#let layout(data) = heading(\"Kosten\")\n",
    );
    let record = sound_record("V/0001/2025");
    let head = record.split("[anlage.A]").next().unwrap();
    project.write(RECORD, format!("{head}[anlage.A]\ntemplate = \"kosten\"\n"));
    let served = Served::start(&project);
    let (name, cost) = ("/anlage/A/name", "/anlage/A/betrag");
    let label = |page: &str, name: &str| {
        let label = page.split(&format!("<label for=\"{name}\">")).nth(1).unwrap();
        label.split("</label>").next().unwrap().to_owned()
    };
    let page = page_of(&served, RECORD);
    // What is missing is said at its field, and not at its block.
    assert!(
        page.contains(&format!("id=\"{name}-befund\"")) && page.contains(&format!("href=\"#{name}\"")),
        "{page}"
    );
    assert!(!page.contains("id=\"/anlage/A-befund\""));
    assert!(label(&page, cost).contains("(freiwillig)"));
    let page = press(&served, &page, &[("/anlage/A/kosten", "ja")], "pruefen").text();
    assert!(
        label(&page, cost).contains("(hier nötig)") && page.contains(&format!("id=\"{cost}-befund\"")),
        "{page}"
    );
    let control = page.split(&format!("<input class=\"kurz\" id=\"{cost}\"")).nth(1).unwrap();
    assert!(control.split('>').next().unwrap().contains("aria-required=\"true\""));
    // It stays needed once it is filled.
    let page = press(&served, &page, &[(cost, "12,50"), (name, "x")], "pruefen").text();
    assert!(
        label(&page, cost).contains("(hier nötig)") && !page.contains(&format!("id=\"{cost}-befund\"")),
        "{page}"
    );
    let page = press(&served, &page, &[("/anlage/A/kosten", "nein")], "pruefen").text();
    assert!(label(&page, cost).contains("(freiwillig)"), "{page}");
}

#[test]
fn no_field_is_called_free_that_something_is_said_about_for_being_empty() {
    let project = Project::new();
    let served = Served::start(&project);
    let forms = served.get("/neu").text();
    let forms: Vec<&str> =
        forms.split("<option value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(forms.len() > 5, "{forms:?}");
    let free = |page: &str, name: &str| {
        let label = page
            .split(&format!("<label for=\"{name}\">"))
            .nth(1)
            .and_then(|rest| rest.split("</label>").next());
        let legend =
            page.split(&format!("id=\"{name}\"")).nth(1).and_then(|rest| rest.split("</legend>").next());
        label.or(legend).unwrap_or_else(|| panic!("{name}: {page}")).contains("(freiwillig)")
    };
    let said = |page: &str| -> Vec<String> {
        let all = page.match_indices("-befund\"><p class=\"");
        all.map(|(at, _)| page[..at].rsplit("id=\"").next().unwrap().to_owned()).collect()
    };
    for (at, form) in forms.iter().enumerate() {
        let made = served.post("/neu", &[("nummer", &format!("V/{:04}/2025", at + 1)), ("formular", form)]);
        let page = served.get(made.field("location").unwrap()).text();
        let fields = said(&page).into_iter().filter(|name| page.contains(&format!("name=\"{name}\"")));
        let fields: Vec<String> = fields.collect();
        assert!(fields.len() > 3, "{form}: {fields:?}");
        for name in fields {
            assert!(!free(&page, &name), "{form} {name}");
        }
    }
    // A question that only a rule of the form asks.
    let text = sound_record("V/0001/2025")
        .replace("ergebnisplan = \"ja\"\n", "")
        .replace("enthalten = \"teilweise\"", "");
    assert_ne!(text, sound_record("V/0001/2025"));
    project.write(RECORD, text);
    let page = page_of(&served, RECORD);
    let name = "/anlage/A/finanzierung/0/ergebnisplan";
    assert!(page.contains(&format!("id=\"{name}-befund\"><p class=\"warnung\">")), "{page}");
    assert!(page.contains("data-sonst=\"(hier erwartet)\">(hier erwartet)"));
    assert!(!free(&page, name) && free(&page, "/anlage/A/finanzierung/0/bereits_veranschlagt"));
}

#[test]
fn exceptions_are_listed_and_each_is_taken_away_and_given_another_reason() {
    let plain = sound_record("V/0001/2025");
    let made = |codes: &str| {
        format!("[anlage.A]\nausnahmen = [{codes}] # geprüft\nausnahmen_grund = \"Steht im \\\"Plan\\\".\"\n")
    };
    let before = plain.replace("[anlage.A]\n", &made("\"V101\", \"V506\""));
    let project = project(&before);
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    for expected in [
        "2 Ausnahmen",
        "Anlage A",
        "Was bedeutet V101?",
        "value=\"melden:V506:/anlage/A\"",
        "href=\"#/anlage/A\"",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let reason = "ausnahmen_grund/anlage/A";
    assert!(controls(&page).contains(&(reason.to_owned(), "Steht im \"Plan\".".to_owned())));
    assert_eq!(press(&served, &page, &[], "speichern").status, 303);
    assert_eq!(text_of(&project), before, "nothing was changed");
    // The reason is a field like any other, and each exception goes by itself.
    let page = press(&served, &page, &[(reason, "Anders begründet.")], "melden:V101:/anlage/A").text();
    assert!(page.contains("V101 wird hier wieder gemeldet.") && page.contains("1 Ausnahme"), "{page}");
    let again = press(&served, &page, &[], "melden:V101:/anlage/A").text();
    assert!(again.contains("Diese Ausnahme gibt es nicht."));
    assert_eq!(press(&served, &page, &[], "speichern").status, 303);
    let after = text_of(&project);
    assert!(
        after.contains("\"V506\"] # geprüft\nausnahmen_grund = \"Anders begründet.\"\n")
            && !after.contains("V101"),
        "{after}"
    );
    let page = press(&served, &page_of(&served, RECORD), &[], "melden:V506:/anlage/A").text();
    assert!(!page.contains("id=\"ausnahmen\""), "{page}");
    let page = press(&served, &page, &[], "zurueck").text();
    assert!(page.contains("id=\"ausnahmen\""), "it is taken back like any other change");
    let page = press(&served, &page, &[], "vor").text();
    assert_eq!(press(&served, &page, &[], "speichern").status, 303);
    assert_eq!(text_of(&project), plain);
    // Without a reason it is no exception, as on the command line.
    project.write(RECORD, &before);
    let page = press(&served, &page_of(&served, RECORD), &[(reason, " ")], "pruefen").text();
    assert!(page.contains("Zur Ausnahme fehlt der Grund."), "{page}");
    // What others do to the record meanwhile stays, and so does the exception.
    let page = page_of(&served, RECORD);
    project.write(RECORD, before.replace("[\"V101\"", "[\"V101\", \"V102\""));
    assert_eq!(press(&served, &page, &[(reason, "Neu.")], "speichern").status, 303);
    let both = text_of(&project);
    assert!(both.contains("V102") && both.contains("ausnahmen_grund = \"Neu.\""), "{both}");
}

#[test]
fn what_was_typed_stays_on_the_page_if_the_file_is_gone() {
    let project = project(&sound_record("V/0001/2025"));
    let served = Served::start(&project);
    let page = page_of(&served, RECORD);
    let file = text_of(&project);
    std::fs::remove_file(project.path().join(RECORD)).unwrap();
    let office = "Amt für verlorene Sätze";
    let gone = press(&served, &page, &[("/vorlage/amt", office)], "speichern");
    assert_eq!(gone.status, 404);
    let gone = gone.text();
    assert!(gone.contains("gibt es nicht. Es wurde nichts gespeichert.") && gone.contains(office), "{gone}");
    assert!(!gone.contains("<dd>V/0001/2025"), "only what is new is shown: {gone}");
    assert_eq!(gone.matches("<dd>").count(), 1, "{gone}");
    // When it is there again, the page sends it once more.
    project.write(RECORD, file);
    assert_eq!(press(&served, &gone, &[], "speichern").status, 303);
    assert!(text_of(&project).contains(office));
}
