//! What a session file says besides its agenda, in the browser: who meets, who gets the papers, what is released.

use crate::browser::{Answer, Served};
use crate::browser_session::{PAGE, example, mark, text_of};

fn part(served: &Served, key: &str) -> String {
    let page = served.get(&format!("{PAGE}&teil={key}"));
    assert_eq!(page.status, 200, "{}", page.text());
    page.text()
}

/// Sends what the page of a part does.
fn send(served: &Served, page: &str, key: &str, fields: &[(&str, &str)]) -> Answer {
    let stand = mark(page);
    let blocks = page.split("name=\"bloecke\" value=\"").nth(1).map(|rest| rest.split('"').next().unwrap());
    let head = [
        ("datei", "sitzung.toml"),
        ("stand", stand.as_str()),
        ("teil", key),
        ("bloecke", blocks.unwrap_or_default()),
    ];
    served.post("/sitzung", &[&head[..], fields].concat())
}

#[test]
fn who_meets_when_and_where_is_changed_and_the_rest_of_the_file_stays() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    assert!(served.get(PAGE).text().contains("href=\"/sitzung?datei=sitzung.toml&amp;teil=sitzung\""));
    let page = part(&served, "sitzung");
    for expected in [
        "Datum der Sitzung",
        "Zum Beispiel: Rathaus, Festsaal",
        "value=\"14.05.2025\"",
        "value=\"17:15\"",
        "Der Tag, an dem die Einladung versandt wird. Tag, Monat und Jahr",
        "<label for=\"/sitzung/gremium\">Gremium <span class=\"leise pflicht\" data-sonst=\"(freiwillig)\">(hier nötig)</span>",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("Anführungszeichen"), "nothing about TOML: {page}");
    let same = [
        ("/sitzung/gremium", "Rat"),
        ("/sitzung/gremien", ""),
        ("/sitzung/datum", "14.5.2025"),
        ("/sitzung/beginn", "17:15"),
        ("/sitzung/ort", "Rathaus, Festsaal"),
        ("/sitzung/ladung", "2.5.2025"),
        ("tun", "speichern"),
    ];
    let saved = send(&served, &page, "sitzung", &same);
    assert!(saved.status == 303 && saved.field("location").unwrap().contains("gespeichert=0"));
    assert_eq!(text_of(&project), before, "nothing changed");
    let other =
        [("/sitzung/beginn", "18 Uhr"), ("/sitzung/vorsitz", "Bürgermeisterin"), ("/sitzung/nummer", "3")];
    let saved = send(&served, &page, "sitzung", &[&same[..], &other].concat());
    let place = "/sitzung?datei=sitzung.toml&gespeichert=1#teil-sitzung";
    assert_eq!((saved.status, saved.field("location")), (303, Some(place)));
    let expected = before
        .replace("17:15:00", "18:00:00")
        .replace("= 2025-05-02\n", "= 2025-05-02\nnummer = 3\nvorsitz = \"Bürgermeisterin\"\n");
    assert_eq!(text_of(&project), expected);
    // The page from before is of another file, and what was typed is not lost.
    let late = send(&served, &page, "sitzung", &[&same[..], &[("/sitzung/ort", "Halle")]].concat());
    let said = late.text();
    assert!(late.status == 409 && said.contains("inzwischen geändert") && said.contains("<dd>Halle</dd>"));
    assert_eq!(text_of(&project), expected);
}

#[test]
fn what_cannot_be_is_said_at_its_field_and_nothing_is_written() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let page = part(&served, "sitzung");
    for (name, typed) in [
        ("/sitzung/datum", "bald"),
        ("/sitzung/datum", ""),
        ("/sitzung/beginn", "25 Uhr"),
        ("/sitzung/nummer", "drei"),
        ("/sitzung/gremium", ""),
    ] {
        let answer = send(&served, &page, "sitzung", &[(name, typed), ("tun", "speichern")]);
        let said = answer.text();
        assert_eq!(answer.status, 422, "{name}: {said}");
        assert!(said.contains(&format!("<li><a href=\"#{name}\">")), "{name}: {said}");
        assert!(typed.is_empty() || said.contains(&format!("value=\"{typed}\"")), "{name}: {said}");
        assert_eq!(text_of(&project), before, "{name}");
    }
    for (key, fields, status) in [
        ("top", &[("tun", "speichern")][..], 422),
        ("fremd", &[("tun", "speichern")], 422),
        ("verteiler", &[("tun", "speichern"), ("bloecke", "0")], 422),
        ("verteiler", &[("tun", "speichern"), ("bloecke", "x")], 400),
        ("verteiler", &[("tun", "weg:0:/verteiler")], 400),
        ("verteiler", &[("tun", "dazu:/top")], 400),
        ("sitzung", &[("tun", "dazu:/sitzung")], 400),
        ("sitzung", &[("stand", "0"), ("tun", "speichern")], 409),
    ] {
        let answer = send(&served, &page, key, fields);
        assert_eq!(answer.status, status, "{key} {fields:?}: {}", answer.text());
        assert_eq!(text_of(&project), before, "{key} {fields:?}");
    }
    // What a finding is about is one step away.
    project.write("sitzung.toml", before.replace("2025-05-02", "2025-05-12"));
    let link = "href=\"/sitzung?datei=sitzung.toml&amp;teil=sitzung#/sitzung/ladung\"";
    assert!(served.get(PAGE).text().contains(link));
    assert!(part(&served, "sitzung").contains("nur 2 statt 10 Tage"));
}

#[test]
fn recipients_come_move_and_go_and_comments_stay() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let page = part(&served, "verteiler");
    // Nothing is written before it is saved, and nothing is wrong with what nobody has filled in.
    let added = send(&served, &page, "verteiler", &[("tun", "dazu:/verteiler")]);
    let page = added.text();
    assert_eq!(added.status, 200, "{page}");
    assert!(
        page.contains("Noch ist nichts gespeichert.") && page.contains("ungespeicherte Änderungen"),
        "{page}"
    );
    assert!(page.contains("value=\"neu\"") && !page.contains("class=\"fehler\""), "{page}");
    assert_eq!(text_of(&project), before);
    let one = [("/verteiler/0/name", "Rat"), ("/verteiler/0/exemplare", "60"), ("tun", "speichern")];
    let refused = send(&served, &page, "verteiler", &one);
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("#/verteiler/0/fassung"), "{}", refused.text());
    let page = refused.text();
    let whole = [&one[..], &[("/verteiler/0/fassung", "vollständig")]].concat();
    let two = [&whole[..], &[("tun", "dazu:/verteiler")]].concat();
    let page = send(&served, &page, "verteiler", &two).text();
    assert!(page.contains("value=\"neu,neu\"") && page.contains("value=\"Rat\""), "{page}");
    let two =
        [&whole[..], &[("/verteiler/1/name", "Presse"), ("/verteiler/1/fassung", "öffentlich")]].concat();
    assert_eq!(send(&served, &page, "verteiler", &two).status, 303);
    let rat = "[[verteiler]]\nname = \"Rat\"\nfassung = \"vollständig\"\nexemplare = 60\n";
    let presse = "[[verteiler]]\nname = \"Presse\"\nfassung = \"öffentlich\"\n";
    assert_eq!(text_of(&project), format!("{before}\n{rat}\n{presse}"));
    let shown = served.get(PAGE).text();
    assert!(shown.contains("<li>Rat: vollständige Fassung, 60 Exemplare auf Papier</li>"), "{shown}");
    // Moved, a block takes its comment along.
    project.write("sitzung.toml", format!("{before}\n# alle 60\n{rat}\n{presse}"));
    let page = part(&served, "verteiler");
    assert!(page.contains("value=\"0,1\""), "{page}");
    let page =
        send(&served, &page, "verteiler", &[&two[..], &[("tun", "hoch:1:/verteiler")]].concat()).text();
    assert!(page.contains("value=\"1,0\""), "{page}");
    let swapped: Vec<(String, &str)> = two
        .iter()
        .map(|(name, value)| {
            let other =
                if name.contains("/0/") { name.replace("/0/", "/1/") } else { name.replace("/1/", "/0/") };
            (other, *value)
        })
        .collect();
    let swapped: Vec<(&str, &str)> = swapped.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(send(&served, &page, "verteiler", &swapped).status, 303);
    assert_eq!(text_of(&project), format!("{before}\n{presse}\n# alle 60\n{rat}"));
    let page = part(&served, "verteiler");
    let page = send(&served, &page, "verteiler", &[("tun", "weg:1:/verteiler")]).text();
    assert!(page.contains("name=\"bloecke\" value=\"0\""), "{page}");
    assert_eq!(send(&served, &page, "verteiler", &[("tun", "speichern")]).status, 303);
    assert_eq!(text_of(&project), format!("{before}\n{presse}"));
}

#[test]
fn recipients_in_one_value_are_added_moved_and_removed_too() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let inline =
        "# Wer was bekommt\nverteiler = [\n  { name = \"Rat\", fassung = \"vollständig\" }, # alle 60\n]\n\n";
    project.write("sitzung.toml", format!("{inline}{before}"));
    let page = send(&served, &part(&served, "verteiler"), "verteiler", &[("tun", "dazu:/verteiler")]).text();
    assert!(page.contains("value=\"0,neu\"") && page.contains("value=\"Rat\""), "{page}");
    let two = [
        ("/verteiler/0/name", "Rat"),
        ("/verteiler/0/fassung", "vollständig"),
        ("/verteiler/1/name", "Presse"),
        ("/verteiler/1/fassung", "öffentlich"),
        ("tun", "speichern"),
    ];
    assert_eq!(send(&served, &page, "verteiler", &two).status, 303);
    let rat = "# Wer was bekommt\n[[verteiler]] # alle 60\nname = \"Rat\"\nfassung = \"vollständig\"\n";
    let presse = "[[verteiler]]\nname = \"Presse\"\nfassung = \"öffentlich\"\n";
    let expected = format!("{rat}\n{presse}\n{before}");
    assert_eq!(text_of(&project), expected);
    assert_eq!(project.run(&["check", "sitzung.toml"]).code, 0);
}

#[test]
fn releases_are_made_with_a_reason_or_not_at_all() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let page = part(&served, "freigabe");
    let page = send(&served, &page, "freigabe", &[("tun", "dazu:/freigabe")]).text();
    let send = |fields: &[(&str, &str)]| {
        send(&served, &page, "freigabe", &[fields, &[("tun", "speichern")]].concat())
    };
    for (fields, said) in [
        (&[("/freigabe/0/text", "Kaufpreis")][..], "grund"),
        (&[("/freigabe/0/grund", "bekannt")], "entweder Worte oder einen Befund"),
        (&[("/freigabe/0/befund", "P101"), ("/freigabe/0/grund", "x")], "nicht aufheben"),
    ] {
        let answer = send(fields);
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(answer.text().contains(said), "{said}: {}", answer.text());
        assert_eq!(text_of(&project), before);
    }
    let whole = [
        ("/freigabe/0/text", "Der Kaufpreis"),
        ("/freigabe/0/top", "4.1"),
        ("/freigabe/0/grund", "Er steht in der \"Zeitung\"."),
    ];
    assert_eq!(send(&whole).status, 303);
    let block =
        "[[freigabe]]\ntext = \"Der Kaufpreis\"\ntop = \"4.1\"\ngrund = 'Er steht in der \"Zeitung\".'\n";
    assert_eq!(text_of(&project), format!("{before}\n{block}"));
    assert!(served.get(PAGE).text().contains("<li>„Der Kaufpreis“, TOP 4.1</li>"));
}
