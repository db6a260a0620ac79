//! Each change gives exactly what it says, and all around it stays.

use serde_json::{Value as Json, json};

use super::super::blank::BlankSession;
use super::*;
use SessionChange::*;

const AGENDA: &str = "# Kopf\n[sitzung]\ngremium = \"Rat\" # hier\n\n# Über alle\n\n# zu A\n[[top]]\nnummer  = \"1\"\ntitel   = \"A\" # a\nvorlage = \"a.toml\" # eine\n\n[[top]]\ntitel = \"Teil\"\n\n# Zweiter Teil\n\n# zu B\n[[top]]\nnummer = \"2\"\nvorlagen = [\n  \"b.toml\", # erste\n  \"c.toml\",\n]\n# der Antrag\n[[top.unterlage]]\nart = \"Antrag\" # eine Unterlage\ndatei = \"x.pdf\"\n\n[[verteiler]]\nname = \"x\" # y\n\n[[freigabe]]\ntop = \"2\" # gilt für B\ngrund = \"g\"\n# Ende\n";

fn words(all: &[(&str, &str)]) -> Words {
    all.iter().map(|(key, typed)| ((*key).to_owned(), (*typed).to_owned())).collect()
}

fn after(change: SessionChange) -> String {
    changed(AGENDA, &[change]).unwrap()
}

fn json_of(text: &str) -> Json {
    tree(text).to_json()
}

#[test]
fn an_item_says_something_else_and_the_rest_stays() {
    let fill = |item, all: &[(&str, &str)]| after(Fill { item, words: words(all) });
    assert_eq!(fill(0, &[("titel", "Neu"), ("nummer", "1")]), AGENDA.replace("\"A\"", "\"Neu\""));
    assert_eq!(fill(0, &[("titel", "")]), AGENDA.replace("titel   = \"A\" # a\n", ""));
    assert_eq!(
        fill(2, &[("status", "vertagt"), ("oeffentlich", "false")]),
        AGENDA.replace("]\n# der", "]\nstatus = \"vertagt\"\noeffentlich = false\n# der")
    );
    assert_eq!(fill(1, &[("titel", " Teil\r\n"), ("status", "")]), AGENDA, "nothing changed");
    assert_eq!(fill(1, &[("titel", "x\u{0}\n\"y\"")]), AGENDA.replace("\"Teil\"", "'x \"y\"'"));
}

#[test]
fn items_are_added_and_removed() {
    let add = |at| after(Add { at, words: words(&[("nummer", "9"), ("titel", "Neu"), ("status", "")]) });
    let block = "[[top]]\nnummer = \"9\"\ntitel = \"Neu\"\n";
    assert_eq!(add(0), AGENDA.replace("# zu A\n", &format!("{block}\n# zu A\n")));
    assert_eq!(add(2), AGENDA.replace("\n# Zweiter", &format!("\n{block}\n# Zweiter")));
    assert_eq!(add(3), AGENDA.replace("\n[[verteiler]]", &format!("\n{block}\n[[verteiler]]")));
    let remove = |item| after(Remove { item });
    let first = "# zu A\n[[top]]\nnummer  = \"1\"\ntitel   = \"A\" # a\nvorlage = \"a.toml\" # eine\n\n";
    assert_eq!(remove(0), AGENDA.replace(first, ""));
    assert_eq!(remove(1), AGENDA.replace("[[top]]\ntitel = \"Teil\"\n\n", ""));
    // The words above a part of the agenda stay, although the last item of it goes.
    let begin = AGENDA.find("# zu B").unwrap();
    let end = AGENDA.find("[[verteiler]]").unwrap();
    let release = "\n[[freigabe]]\ntop = \"2\" # gilt für B\ngrund = \"g\"\n";
    assert_eq!(remove(2), [&AGENDA[..begin], &AGENDA[end..].replace(release, "")].concat());
    let alone = "[sitzung]\n\n# Teil\n\n[[top]]\nnummer = \"1\"\n# Ende\n";
    assert_eq!(changed(alone, &[Remove { item: 0 }]).unwrap(), "[sitzung]\n\n# Teil\n\n# Ende\n");
}

#[test]
fn an_agenda_begins_with_nothing() {
    let item = Add { at: 0, words: words(&[("nummer", "1"), ("titel", "A")]) };
    let made = changed("[sitzung]\r\ngremium = 'Rat'\r\n", std::slice::from_ref(&item)).unwrap();
    assert_eq!(made, "[sitzung]\r\ngremium = 'Rat'\r\n\r\n[[top]]\r\nnummer = \"1\"\r\ntitel = \"A\"\r\n");
    for none in ["top = []\n[sitzung]\n", ""] {
        assert_eq!(
            json_of(&changed(none, std::slice::from_ref(&item)).unwrap())["top"],
            json!([{"nummer": "1", "titel": "A"}])
        );
    }
}

#[test]
fn records_come_and_go() {
    let add = |item| after(AddRecord { item, path: "neu.toml".into() });
    assert_eq!(add(0), AGENDA.replace("vorlage = \"a.toml\"", "vorlagen = [\"a.toml\", \"neu.toml\"]"));
    assert_eq!(add(1), AGENDA.replace("\"Teil\"\n", "\"Teil\"\nvorlage = \"neu.toml\"\n"));
    assert_eq!(add(2), AGENDA.replace("\"c.toml\",\n", "\"c.toml\",\n  \"neu.toml\",\n"));
    let remove = |item, record| after(RemoveRecord { item, record });
    assert_eq!(remove(0, 0), AGENDA.replace("vorlage = \"a.toml\" # eine\n", ""));
    assert_eq!(remove(2, 0), AGENDA.replace("  \"b.toml\", # erste\n", ""), "its comment goes too");
    assert_eq!(remove(2, 1), AGENDA.replace("  \"c.toml\",\n", ""));
    let inline = "[[top]]\nvorlagen = ['', \"a\", \"b\"]\n";
    let remove = |text: &str| changed(text, &[RemoveRecord { item: 0, record: 0 }]).unwrap();
    assert_eq!(remove(inline), "[[top]]\nvorlagen = ['', \"b\"]\n");
    assert_eq!(remove("[[top]]\nvorlagen = [\"a\", \"b\"]\n"), "[[top]]\nvorlagen = [\"b\"]\n");
    assert_eq!(remove("[[top]]\nvorlagen = [\"a\"]\n"), "[[top]]\n");
}

#[test]
fn papers_come_and_go() {
    let words = words(&[("datei", "y.pdf"), ("datum", "2.5.2025"), ("oeffentlich", "false"), ("art", "")]);
    let block = "[[top.unterlage]]\ndatei = \"y.pdf\"\ndatum = 2025-05-02\noeffentlich = false\n";
    let add = |item| after(AddPaper { item, words: words.clone() });
    assert_eq!(add(0), AGENDA.replace("# eine\n", &format!("# eine\n\n{block}")));
    assert_eq!(add(2), AGENDA.replace("x.pdf\"\n", &format!("x.pdf\"\n\n{block}")));
    let fill = after(FillPaper { item: 2, paper: 0, words: vec![("art".into(), "Anfrage".into())] });
    assert_eq!(fill, AGENDA.replace("\"Antrag\"", "\"Anfrage\""));
    let remove = after(RemovePaper { item: 2, paper: 0 });
    let block = "# der Antrag\n[[top.unterlage]]\nart = \"Antrag\" # eine Unterlage\ndatei = \"x.pdf\"\n";
    assert_eq!(remove, AGENDA.replace(block, ""));
}

#[test]
fn what_is_said_besides_the_agenda_changes_and_the_rest_stays() {
    let fill = |path: &[Step], all: &[(&str, &str)]| {
        changed(AGENDA, &[FillTables(vec![(path.to_vec(), words(all))])])
    };
    let key = |key: &str| Step::Key(key.into());
    let head = [key("sitzung")];
    let said = [("gremium", "Rat"), ("beginn", "17.15 Uhr"), ("datum", "2.5.2025"), ("nummer", "3")];
    let lines = "gremium = \"Rat\" # hier\nbeginn = 17:15:00\ndatum = 2025-05-02\nnummer = 3\n";
    assert_eq!(fill(&head, &said), Ok(AGENDA.replace("gremium = \"Rat\" # hier\n", lines)));
    let several = [("gremium", ""), ("gremien", "Rat\r\n\r\n Bau \r\n"), ("ort", "")];
    let lines = "gremien = [\"Rat\", \"Bau\"]\n";
    let joint = fill(&head, &several).unwrap();
    assert_eq!(joint, AGENDA.replace("gremium = \"Rat\" # hier\n", lines));
    let again = FillTables(vec![(head.to_vec(), words(&several[1..]))]);
    assert_eq!(changed(&joint, &[again]).as_ref(), Ok(&joint), "nothing changed");
    let none = FillTables(vec![(head.to_vec(), words(&[("gremien", "")]))]);
    assert_eq!(changed(&joint, &[none]).unwrap(), AGENDA.replace("gremium = \"Rat\" # hier\n", ""));
    let block = [key("verteiler"), Step::Index(0)];
    let said = [("name", "x"), ("fassung", "öffentlich"), ("exemplare", "60")];
    let lines = "name = \"x\" # y\nfassung = \"öffentlich\"\nexemplare = 60\n";
    assert_eq!(fill(&block, &said), Ok(AGENDA.replace("name = \"x\" # y\n", lines)));
    let arrange = |list: &str, blocks: &[Option<usize>]| {
        changed(AGENDA, &[Arrange { list: list.into(), blocks: blocks.to_vec() }])
    };
    let more = arrange("verteiler", &[Some(0), None]).unwrap();
    assert_eq!(more, AGENDA.replace("# y\n", "# y\n\n[[verteiler]]\n"));
    assert_eq!(arrange("verteiler", &[]), Ok(AGENDA.replace("[[verteiler]]\nname = \"x\" # y\n\n", "")));
    for list in ["top", "sitzung", "fremd"] {
        assert!(arrange(list, &[]).is_err(), "{list}");
    }
    assert!(fill(&[key("verteiler"), Step::Index(1)], &[("name", "y")]).is_err());
    assert!(fill(&[key("verteiler")], &[("name", "y")]).is_err());
    assert!(fill(&head, &[("fremd", "y")]).is_err());
}

#[test]
fn a_release_goes_along_with_its_item() {
    let named = |text: &str| json_of(text)["freigabe"][0]["top"].as_str().unwrap().to_owned();
    let moved = after(Move { from: 2, to: 0 });
    assert_eq!((named(&moved).as_str(), moved.contains("top = \"1\" # gilt für B")), ("1", true));
    assert_eq!(named(&after(Fill { item: 2, words: words(&[("nummer", "7")]) })), "7");
    assert_eq!(named(&after(Fill { item: 0, words: words(&[("nummer", "7")]) })), "2");
}

#[test]
fn lists_in_one_value_become_blocks_when_their_order_changes() {
    let text = "verteiler = [\n  { name = \"Rat\", fassung = \"öffentlich\" }, # alle\n]\n\n[sitzung]\ngremium = \"Rat\"\n";
    let arrange = |blocks: &[Option<usize>]| {
        changed(text, &[Arrange { list: "verteiler".into(), blocks: blocks.to_vec() }])
    };
    assert_eq!(arrange(&[Some(0)]).as_deref(), Ok(text), "what stays stays as it is written");
    let rat = "[[verteiler]] # alle\nname = \"Rat\"\nfassung = \"öffentlich\"\n\n";
    let head = "[sitzung]\ngremium = \"Rat\"\n";
    assert_eq!(arrange(&[Some(0), None]), Ok(format!("{rat}[[verteiler]]\n\n{head}")));
    assert_eq!(arrange(&[None, Some(0)]), Ok(format!("[[verteiler]]\n\n{rat}{head}")));
    assert_eq!(arrange(&[]).map(|text| text.trim_start().to_owned()), Ok(head.to_owned()));
}

#[test]
fn a_release_in_one_value_goes_along_with_its_item_too() {
    let release = "[[freigabe]]\ntop = \"2\" # gilt für B\ngrund = \"g\"\n";
    let inline = format!("freigabe = [{{ top = \"2\", grund = \"g\" }}]\n{}", AGENDA.replace(release, ""));
    let named = |change| json_of(&changed(&inline, &[change]).unwrap())["freigabe"][0]["top"].clone();
    assert_eq!(named(Move { from: 2, to: 0 }), json!("1"));
    assert_eq!(named(Fill { item: 2, words: words(&[("nummer", "7")]) }), json!("7"));
    assert_eq!(named(Remove { item: 2 }), Json::Null);
}

#[test]
fn a_release_for_a_number_that_two_items_have_passes_to_neither() {
    let twice = AGENDA.replace("\"1\"", "\"2\"");
    let fill = |item, number: &str| Fill { item, words: words(&[("nummer", number)]) };
    let add = |number: &str| Add { at: 0, words: words(&[("nummer", number), ("titel", "x")]) };
    for change in [fill(0, "7"), fill(2, "7"), Remove { item: 0 }, Remove { item: 2 }, add("2.")] {
        let unclear = Err(NotChangeable::UnclearRelease);
        assert_eq!(changed(&twice, std::slice::from_ref(&change)), unclear, "{change:?}");
    }
    // What leaves both as they are is no matter.
    for change in [fill(0, "2"), add("1"), Remove { item: 1 }, Move { from: 1, to: 0 }] {
        let after = changed(&twice, std::slice::from_ref(&change));
        assert!(after.is_ok_and(|after| after.contains("top = \"2\" # gilt für B")), "{change:?}");
    }
    let free = twice.replace("top = \"2\" # gilt für B\n", "");
    assert!(changed(&free, &[fill(0, "7")]).is_ok());
}

#[test]
fn a_release_goes_when_its_item_does() {
    let count = |text: &str| json_of(text)["freigabe"].as_array().map_or(0, Vec::len);
    assert_eq!((count(AGENDA), count(&after(Remove { item: 0 }))), (1, 1));
    assert_eq!(count(&after(Remove { item: 2 })), 0);
}

#[test]
fn what_is_not_there_is_not_changed() {
    let word = || words(&[("titel", "x")]);
    for change in [
        Move { from: 0, to: 3 },
        Add { at: 4, words: word() },
        Add { at: 0, words: words(&[("fremd", "x")]) },
        Add { at: 0, words: words(&[("unterlage", "x")]) },
        Remove { item: 3 },
        Fill { item: 3, words: word() },
        Fill { item: usize::MAX, words: word() },
        AddRecord { item: 3, path: "x".into() },
        RemoveRecord { item: 0, record: 1 },
        RemoveRecord { item: 1, record: 0 },
        AddPaper { item: 3, words: word() },
        FillPaper { item: 2, paper: 1, words: word() },
        RemovePaper { item: 2, paper: 1 },
        RemovePaper { item: 0, paper: 0 },
    ] {
        let none = Err(NotChangeable::NoSuchPlace);
        assert_eq!(changed(AGENDA, std::slice::from_ref(&change)), none, "{change:?}");
    }
    for text in ["kein TOML", "top = 1", "top = [{ nummer = '1' }]"] {
        assert!(changed(text, &[Remove { item: 0 }]).is_err(), "{text}");
    }
}

/// What a change means, without TOML.
fn meant(mut session: Json, change: &SessionChange) -> Json {
    fn fill(block: &mut Json, words: &Words) {
        let block = block.as_object_mut().unwrap();
        for (key, typed) in words {
            let value = match typed.as_str() {
                "false" => json!(false),
                typed => json!(typed),
            };
            drop(if typed.is_empty() { block.shift_remove(key) } else { block.insert(key.clone(), value) });
        }
    }
    let items = session["top"].as_array_mut().unwrap();
    match change {
        Add { at, words } => {
            items.insert(*at, json!({}));
            fill(&mut items[*at], words);
        }
        Remove { item } => {
            let number = items.remove(*item)["nummer"].take();
            if let Some(releases) = session.get_mut("freigabe").and_then(Json::as_array_mut) {
                releases.retain(|release| number.is_null() || release["top"] != number);
            }
        }
        Fill { item, words } => fill(&mut items[*item], words),
        AddPaper { item, words } => {
            let block = items[*item].as_object_mut().unwrap();
            let papers = block.entry("unterlage").or_insert(json!([])).as_array_mut().unwrap();
            papers.push(json!({}));
            fill(papers.last_mut().unwrap(), words);
        }
        _ => unreachable!("{change:?}"),
    }
    session
}

#[test]
fn a_change_says_what_it_says_and_keeps_every_comment() {
    let example = include_str!("../../../../examples/gemeinsame-sitzung/sitzung.toml");
    let blank = BlankSession::default().to_toml("x");
    let windows = example.replace('\n', "\r\n");
    for text in [AGENDA, example, &blank, &windows] {
        let session = json_of(text);
        let count = session["top"].as_array().unwrap().len();
        let said = words(&[("titel", "„ä“ \\ ' \"\"\" #"), ("oeffentlich", "false"), ("dringlichkeit", "")]);
        let file = words(&[("datei", "a b/c.pdf"), ("titel", "'\"x"), ("oeffentlich", "false")]);
        let of_item = |item| {
            let all = [
                Add { at: item, words: said.clone() },
                Remove { item },
                Fill { item, words: said.clone() },
                AddPaper { item, words: file.clone() },
            ];
            if item < count { all.to_vec() } else { all[..1].to_vec() }
        };
        for change in (0..=count).flat_map(of_item) {
            let after = changed(text, std::slice::from_ref(&change)).unwrap();
            let mut wanted = meant(session.clone(), &change);
            wanted.as_object_mut().unwrap().retain(|_, value| *value != json!([]));
            assert_eq!(json_of(&after), wanted, "{change:?}: {after}");
            let is_windows = after.matches("\r\n").count() == after.matches('\n').count();
            assert_eq!(is_windows, text.contains("\r\n"), "{change:?}");
            if matches!(change, Add { .. } | AddPaper { .. }) {
                let mut lines = after.lines();
                assert!(text.lines().all(|line| lines.any(|own| own == line)), "{change:?}: {after}");
            }
        }
    }
}
