//! An agenda in the browser: its items filled in, added and removed, their papers put on and taken off.

use crate::browser::{Answer, Served};
use crate::browser_pictures::send_form_to;
use crate::browser_session::{PAGE, example, mark, text_of};
use crate::program::{Project, repository};

/// What is sent, and how that is answered.
type Case<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

/// Sends what a page of an item does.
fn send(served: &Served, page: &str, fields: &[(&str, &str)]) -> Answer {
    let stand = mark(page);
    let head = [("datei", "sitzung.toml"), ("stand", stand.as_str())];
    served.post("/sitzung", &[&head[..], fields].concat())
}

fn item(served: &Served, part: &str) -> String {
    let page = served.get(&format!("{PAGE}&{part}"));
    assert_eq!(page.status, 200, "{}", page.text());
    page.text()
}

#[test]
fn an_item_says_something_else_and_the_rest_of_the_file_stays() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    assert!(served.get(PAGE).text().contains("href=\"/sitzung?datei=sitzung.toml&amp;punkt=3\""));
    let page = item(&served, "punkt=2");
    for expected in
        ["Punkt 3 ändern", "zurückgezogen", "value=\"zurueckgezogen\"", "nur in der vollständigen Mappe"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let fields = [
        ("punkt", "2"),
        ("/top/2/nummer", "3"),
        ("/top/2/titel", "Anfragen"),
        ("/top/2/titel_oeffentlich", ""),
        ("/top/2/oeffentlich", ""),
        ("/top/2/status", "vertagt"),
        ("tun", "speichern"),
    ];
    let saved = send(&served, &page, &fields);
    assert_eq!(
        (saved.status, saved.field("location")),
        (303, Some("/sitzung?datei=sitzung.toml&gespeichert=1#top-2"))
    );
    let title = "\"Anfragen nach § 17 der Geschäftsordnung\"";
    assert_eq!(text_of(&project), before.replace(title, "\"Anfragen\"\nstatus = \"vertagt\""));
    assert!(served.get(PAGE).text().contains("<span class=\"marke warnung\">vertagt</span>"));
    // The page from before is of another file, and what was typed is not lost.
    let late = send(&served, &page, &fields);
    let said = late.text();
    assert!(late.status == 409 && said.contains("inzwischen geändert") && said.contains("<dd>Anfragen</dd>"));
}

#[test]
fn items_and_headings_are_added_and_removed() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let page = item(&served, "neu=punkt");
    assert!(page.contains("Neuer Punkt") && page.contains("value=\"13\""), "{page}");
    assert!(!page.contains("class=\"fehler\""), "nothing is wrong yet");
    let add = |page: &str, platz: &str, fields: &[(&str, &str)]| {
        let head = [("punkt", "15"), ("platz", platz), ("tun", "speichern")];
        send(&served, page, &[&head[..], fields].concat())
    };
    let new = [("neu", "punkt"), ("/top/15/nummer", "1a"), ("/top/15/titel", "Schweigeminute")];
    assert_eq!(add(&page, "1", &new).status, 303);
    let block = "[[top]]\nnummer = \"1a\"\ntitel = \"Schweigeminute\"\n\n";
    let second = "[[top]]\nnummer = \"2\"";
    assert_eq!(text_of(&project), before.replace(second, &format!("{block}{second}")));
    let page = item(&served, "neu=ueberschrift");
    let title = "<label for=\"/top/16/titel\">Titel der Überschrift</label>";
    assert!(page.contains(title) && !page.contains("Betreff der Vorlage"), "a heading needs it: {page}");
    assert!(!page.contains("/top/16/nummer\"") && !page.contains("id=\"unterlagen\""), "{page}");
    let saved = add(&page, "0", &[("neu", "ueberschrift"), ("/top/15/titel", "Öffentlicher Teil")]);
    assert_eq!(saved.status, 303);
    assert!(served.get(PAGE).text().contains("Öffentlicher Teil (Überschrift)"));
    // What goes is named before it goes.
    let page = item(&served, "weg=5");
    for expected in ["4.1", "Anlage A", "Die Dateien selbst bleiben im Projekt."] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    for _ in 0..2 {
        let page = item(&served, "weg=0");
        assert_eq!(send(&served, &page, &[("punkt", "0"), ("tun", "entfernen")]).status, 303);
    }
    let first = "[[top]]\nnummer = \"1\"\ntitel  = \"Einwohnerfragestunde\"\n\n";
    let left = before.replace(first, "").replace(second, &format!("{block}{second}"));
    assert_eq!(text_of(&project), left);
}

#[test]
fn an_agenda_begins_with_nothing_but_a_session() {
    let project = Project::new();
    project.write("sitzung.toml", "\u{feff}[sitzung] # wir\r\ngremium = \"Rat\"\r\ndatum = 2025-05-14\r\n");
    let served = Served::start(&project);
    let page = item(&served, "neu=punkt");
    let fields = [
        ("neu", "punkt"),
        ("punkt", "0"),
        ("platz", "0"),
        ("/top/0/nummer", "1"),
        ("/top/0/titel", "Fragen"),
        ("tun", "speichern"),
    ];
    assert_eq!(send(&served, &page, &fields).status, 303);
    assert_eq!(
        text_of(&project),
        "\u{feff}[sitzung] # wir\r\ngremium = \"Rat\"\r\ndatum = 2025-05-14\r\n\r\n[[top]]\r\nnummer = \"1\"\r\ntitel = \"Fragen\"\r\n"
    );
}

#[test]
fn records_and_files_are_put_on_an_item_and_taken_off() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let page = item(&served, "punkt=7");
    assert!(page.contains("steht schon auf der Tagesordnung: TOP 4.1"), "{page}");
    for list in ["vorlage-dazu", "/neu/datei"] {
        assert!(page.contains(&format!("list=\"{list}-liste\"")), "{page}");
        assert!(page.contains(&format!("<datalist id=\"{list}-liste\">")), "{page}");
    }
    assert!(page.contains("value=\"vorlagen/bebauungsplan-schall.pdf\"") && !page.contains("value=\"out/"));
    assert!(!page.contains("<option value=\"V/0230/2025 "), "it is there already: {page}");
    let both = [
        ("punkt", "7"),
        ("/top/7/nummer", "6"),
        ("vorlage-dazu", "vorlagen/V-0252-2025.toml"),
        ("/neu/datei", "vorlagen/bebauungsplan-schall.pdf"),
        ("/neu/art", "Antrag"),
        ("/neu/oeffentlich", "false"),
        ("/neu/datum", "2.5.2025"),
        ("tun", "bleiben"),
    ];
    let saved = send(&served, &page, &both);
    let place = "/sitzung?datei=sitzung.toml&punkt=7&gespeichert=1#unterlagen";
    assert_eq!((saved.status, saved.field("location")), (303, Some(place)));
    let records = "vorlagen = [\"vorlagen/V-0230-2025.toml\", \"vorlagen/V-0252-2025.toml\"]\n\n[[top.unterlage]]\nart = \"Antrag\"\ndatum = 2025-05-02\ndatei = \"vorlagen/bebauungsplan-schall.pdf\"\noeffentlich = false\n";
    let one = "vorlage = \"vorlagen/V-0230-2025.toml\"\n";
    assert_eq!(text_of(&project), before.replace(one, records));
    let page = item(&served, "punkt=7");
    let change = [("punkt", "7"), ("/top/7/unterlage/0/art", "Anfrage"), ("tun", "vorlage-weg:1")];
    assert_eq!(send(&served, &page, &change).status, 303);
    assert!(text_of(&project).contains("\"Anfrage\""));
    let page = item(&served, "punkt=7");
    assert_eq!(send(&served, &page, &[("punkt", "7"), ("tun", "unterlage-weg:0")]).status, 303);
    assert_eq!(text_of(&project), before.replace(one, "vorlagen = [\"vorlagen/V-0230-2025.toml\"]\n"));
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let long = "x".repeat(1001);
    let page = item(&served, "punkt=7");
    let cases: &[Case<'_>] = &[
        (&[("/top/7/titel", &long)], 422, "Es wurde nichts gespeichert."),
        (&[("/top/7/nummer", "4,2")], 422, "ist keine Nummer eines Tagesordnungspunkts"),
        (&[("/top/7/nummer", " ")], 422, "Ein Punkt braucht eine Nummer."),
        (&[("/top/7/status", "weg")], 422, "Es wurde nichts gespeichert."),
        (&[("/top/7/oeffentlich", "vielleicht")], 422, "Es wurde nichts gespeichert."),
        (
            &[("/neu/datum", "bald"), ("/neu/datei", "vorlagen/bebauungsplan-schall.pdf")],
            422,
            "Es wurde nichts",
        ),
        (&[("/neu/titel", "x")], 422, "Zur neuen Unterlage fehlt die Datei."),
        (&[("/neu/datei", "../x.pdf")], 422, "steht nicht zur Auswahl"),
        (&[("/neu/datei", "/etc/passwd")], 422, "steht nicht zur Auswahl"),
        (&[("/neu/datei", "sitzung.toml")], 422, "steht nicht zur Auswahl"),
        (&[("/neu/datei", "bebauungsplan")], 422, "passt mehreres: vorlagen/bebauungsplan-"),
        (&[("vorlage-dazu", "Bebauungsplan")], 422, "passt mehreres: V/0201/2025 Bebauungsplan"),
        (&[("vorlage-dazu", "/etc/passwd")], 422, "gibt es im Projekt nicht"),
        (&[("vorlage-dazu", "../x.toml")], 422, "gibt es im Projekt nicht"),
        (&[("vorlage-dazu", "sitzung.toml")], 422, "gibt es im Projekt nicht"),
        (&[("vorlage-dazu", "anlage.toml")], 422, "gibt es im Projekt nicht"),
        (&[("tun", "vorlage-weg:7")], 422, "lässt sich an dieser Tagesordnung nicht ändern"),
        (&[("tun", "vorlage-weg:0")], 422, "braucht einen Titel oder eine Vorlage"),
        (&[("tun", "unterlage-weg:0")], 422, "lässt sich an dieser Tagesordnung nicht ändern"),
        (&[("tun", "alles-weg")], 400, "Diesen Knopf gibt es nicht."),
        (&[("punkt", "99")], 422, "lässt sich an dieser Tagesordnung nicht ändern"),
        (&[("punkt", "-1")], 422, "lässt sich an dieser Tagesordnung nicht ändern"),
        (&[("punkt", "99"), ("tun", "entfernen")], 422, "lässt sich an dieser Tagesordnung nicht ändern"),
        (&[("neu", "punkt"), ("platz", "99"), ("/top/7/nummer", "9")], 422, "nicht ändern"),
        (&[("neu", "punkt"), ("platz", "x"), ("/top/7/nummer", "9")], 422, "Diesen Platz gibt es nicht."),
        (&[("neu", "punkt"), ("platz", "0")], 422, "Ein Punkt braucht eine Nummer."),
        (&[("neu", "punkt"), ("platz", "0"), ("/top/7/nummer", "0")], 422, "braucht einen Titel oder eine"),
        (&[("neu", "ueberschrift"), ("platz", "0"), ("/top/7/titel", " ")], 422, "Es fehlt der Titel."),
        (&[("stand", "0")], 409, "inzwischen geändert"),
    ];
    for (fields, status, expected) in cases {
        // Of two values for a name the last one counts.
        let usual = [("punkt", "7"), ("tun", "speichern")];
        let answer = send(&served, &page, &[&usual[..], fields].concat());
        let said = answer.text();
        assert_eq!(answer.status, *status, "{fields:?}: {said}");
        assert!(said.contains(expected), "{fields:?}: {said}");
        assert_eq!(text_of(&project), before, "{fields:?}");
        let root = project.path().display().to_string();
        assert!(!said.contains(&root), "{fields:?}");
    }
    // What was typed is there again.
    let answer = send(
        &served,
        &page,
        &[("punkt", "7"), ("/top/7/titel", &long), ("/neu/titel", "Neues"), ("tun", "speichern")],
    );
    assert!(answer.text().contains(&long) && answer.text().contains("value=\"Neues\""));
    for part in ["punkt=99", "punkt=x", "weg=99"] {
        assert_eq!(served.get(&format!("{PAGE}&{part}")).status, 404, "{part}");
    }
}

#[test]
fn findings_stand_at_their_item_and_follow_each_change() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let said = "Die Nummer 2 hat schon der Tagesordnungspunkt";
    let page = served.get(PAGE).text();
    assert!(page.contains("mindestens 10 Tage") && !page.contains(said));
    let page = item(&served, "punkt=2");
    let fields = [("punkt", "2"), ("/top/2/nummer", "2"), ("tun", "speichern")];
    assert_eq!(send(&served, &page, &fields).status, 303, "what can be mended later is written");
    let page = served.get(PAGE).text();
    let at_item = page.split("id=\"top-2\"").nth(1).unwrap().split("</li>").next().unwrap();
    assert!(at_item.contains(said) && page.matches(said).count() == 2, "{page}");
    assert!(page.contains("<a href=\"#top-2\">zum Punkt 2</a>"), "{page}");
    assert!(item(&served, "punkt=2").contains(said));
    let page = item(&served, "punkt=2");
    assert_eq!(
        send(&served, &page, &[("punkt", "2"), ("/top/2/nummer", "3"), ("tun", "speichern")]).status,
        303
    );
    assert!(!served.get(PAGE).text().contains(said));
}

#[test]
fn a_release_never_passes_to_another_item() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let release =
        |number: &str| format!("\n[[freigabe]]\ntext = \"Der Preis\"\ntop = \"{number}\"\ngrund = \"g\"\n");
    let renumber = |item: &str, number: &str| {
        let page = self::item(&served, &format!("punkt={item}"));
        let name = format!("/top/{item}/nummer");
        send(&served, &page, &[("punkt", item), (&name, number), ("tun", "speichern")])
    };
    // No item gets a number that a release names for another.
    let before = text_of(&project) + &release("3");
    project.write("sitzung.toml", &before);
    for (item, number) in [("1", "3"), ("2", "2"), ("1", " 3.")] {
        let refused = renumber(item, number);
        let said = refused.text();
        assert!(refused.status == 422 && said.contains("haben mehrere Punkte"), "{said}");
        assert!(said.contains(&format!("<a href=\"#/top/{item}/nummer\">")), "{said}");
        assert_eq!(text_of(&project), before);
    }
    assert_eq!(renumber("2", "3a").status, 303);
    assert_eq!(
        text_of(&project),
        before.replace("nummer = \"3\"", "nummer = \"3a\"").replace("top = \"3\"", "top = \"3a\"")
    );
    // In a file in which two have it already, nobody takes it from one of them.
    let before = before.replacen("nummer = \"2\"", "nummer = \"3\"", 1);
    project.write("sitzung.toml", &before);
    assert!(served.get(PAGE).text().contains("für welchen die Freigabe gilt, ist offen"));
    let refused = renumber("1", "2");
    let said = refused.text();
    assert!(refused.status == 422 && said.contains("Bitte erst die Freigabe ändern"), "{said}");
    assert!(said.contains("<dd>2</dd>"), "what was typed is there: {said}");
    let page = item(&served, "weg=1");
    let refused = send(&served, &page, &[("punkt", "1"), ("tun", "entfernen")]);
    assert!(refused.status == 422 && refused.text().contains("Bitte erst die Freigabe ändern"));
    assert_eq!(text_of(&project), before);
}

#[test]
fn no_item_gets_a_number_that_a_release_waits_for() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let release =
        |number: &str| format!("\n[[freigabe]]\ntext = \"Der Preis\"\ntop = \"{number}\"\ngrund = \"g\"\n");
    let before = text_of(&project) + &release("99");
    project.write("sitzung.toml", &before);
    let agenda = served.get(PAGE).text();
    assert!(agenda.contains("„Der Preis“, TOP 99. Diesen Punkt gibt es nicht"), "{agenda}");
    let waits = "Die Nummer 99 nennt schon eine Freigabe („Der Preis“)";
    for number in ["99", " 99. "] {
        let page = item(&served, "punkt=1");
        let fields =
            [("punkt", "1"), ("/top/1/nummer", number), ("/top/1/titel", "Neu"), ("tun", "speichern")];
        let refused = send(&served, &page, &fields);
        let said = refused.text();
        assert!(refused.status == 422 && said.contains("<a href=\"#/top/1/nummer\">"), "{said}");
        assert!(said.contains(&waits.replace("99", number.trim())), "{said}");
        assert!(said.contains("name=\"/top/1/titel\"") && said.contains("value=\"Neu\""), "it stays: {said}");
        assert_eq!(text_of(&project), before);
    }
    // A new item neither, wherever it stands.
    let page = item(&served, "neu=punkt");
    let at = page.split("name=\"punkt\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (number, title) = (format!("/top/{at}/nummer"), format!("/top/{at}/titel"));
    let fields = [
        ("punkt", at.as_str()),
        ("neu", "punkt"),
        ("platz", "0"),
        (&number, "99"),
        (&title, "Neu"),
        ("tun", "speichern"),
    ];
    let refused = send(&served, &page, &fields);
    assert!(refused.status == 422 && refused.text().contains(waits), "{}", refused.text());
    assert_eq!(text_of(&project), before);
    // Other numbers are free, and so is this one once the release is gone.
    let page = item(&served, "punkt=1");
    let renumbered = [("punkt", "1"), ("/top/1/nummer", "98"), ("tun", "speichern")];
    assert_eq!(send(&served, &page, &renumbered).status, 303);
    project.write("sitzung.toml", text_of(&project).replace(&release("99"), ""));
    let page = item(&served, "punkt=1");
    let renumbered = [("punkt", "1"), ("/top/1/nummer", "99"), ("tun", "speichern")];
    assert_eq!(send(&served, &page, &renumbered).status, 303);
}

#[test]
fn a_file_from_elsewhere_becomes_a_paper_of_an_item() {
    const NEW: &str = "/neu/datei";
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = (text_of(&project), project.list(""));
    let pdf = std::fs::read(repository().join("examples/feuerwehrbedarfsplan/auszug.pdf")).unwrap();
    let page = item(&served, "punkt=1");
    assert!(
        page.contains("enctype=\"multipart/form-data\"")
            && page.contains("name=\"beilage:/neu/datei\" type=\"file\"")
    );
    let send = |stand: &str, called: &str, bytes: &[u8]| {
        let fields = [
            ("datei", "sitzung.toml"),
            ("stand", stand),
            ("punkt", "1"),
            ("/top/1/nummer", "2"),
            ("/neu/art", "Antrag"),
            ("tun", "speichern"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        send_form_to(&served, "/sitzung", &fields, (&format!("beilage:{NEW}"), called, bytes))
    };
    // What is no paper is refused at its field, and a page from before is not listened to.
    let refused = send(&mark(&page), "Antrag.pdf", b"PK\x03\x04....word/document.xml");
    let said = refused.text();
    assert!(refused.status == 422 && said.contains("<a href=\"#/neu/datei\">"), "{said}");
    assert!(said.contains("ein Word-Dokument (docx)") && said.contains("<details open"), "{said}");
    assert_eq!(send("0", "Antrag.pdf", &pdf).status, 409);
    assert_eq!((text_of(&project), project.list("")), before, "nothing was written");
    assert_eq!(send(&mark(&page), "../Antrag der Fraktion.pdf", &pdf).status, 303);
    let name = "Rat-2025-05-14-Antrag-der-Fraktion.pdf";
    assert_eq!(project.read(name), pdf, "byte for byte");
    let block = format!("[[top.unterlage]]\nart = \"Antrag\"\ndatei = \"{name}\"\n");
    let after = text_of(&project);
    let other = block.lines().skip(1).all(|line| after.contains(line)) && after.contains("[[top.unterlage]]");
    assert!(other && after.len() == before.0.len() + block.len() + 1, "{after}");
    assert_eq!(project.list("").len(), before.1.len() + 1);
    // What is seen of a file is said at its paper, as on the command line.
    assert_eq!(
        send(&mark(&item(&served, "punkt=1")), "Foto.png", &crate::browser_pictures::png(20)).status,
        303
    );
    let page = item(&served, "punkt=1");
    let at_paper = page.split("Datei: Rat-2025-05-14-Foto.png</p>").nth(1).unwrap();
    assert!(at_paper.split("</div>").next().unwrap().contains("ein PNG-Bild ohne Text"), "{page}");
    assert!(project.run(&["check", "sitzung.toml"]).stderr.contains("ein PNG-Bild ohne Text"));
}

#[test]
fn what_changes_nothing_is_not_called_saved() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let page = item(&served, "punkt=7");
    let same = [("punkt", "7"), ("/top/7/nummer", "6"), ("tun", "speichern")];
    let answer = send(&served, &page, &same);
    let place = answer.field("location").unwrap().to_owned();
    assert_eq!((answer.status, place.as_str()), (303, "/sitzung?datei=sitzung.toml&gespeichert=0#top-7"));
    let said = served.get(place.split('#').next().unwrap()).text();
    assert!(said.contains("Nichts geändert") && !said.contains("Gespeichert."), "{said}");
    // A proposal that an item has already is not put there once more.
    for typed in ["vorlagen/V-0230-2025.toml", "V/0230/2025"] {
        let again = [&same[..], &[("vorlage-dazu", typed)]].concat();
        let answer = send(&served, &page, &again);
        let said = answer.text();
        assert!(answer.status == 422 && said.contains("steht schon an diesem Punkt"), "{said}");
        assert!(said.contains("<a href=\"#vorlage-dazu\">"), "{said}");
        assert_eq!(text_of(&project), before);
    }
}

#[test]
fn papers_are_found_by_what_somebody_types() {
    let project = example("ratssitzung");
    let served = Served::start(&project);
    let before = text_of(&project);
    let shown = "V/0252/2025 Grundschule an der Kleimannbrücke: Vergabe der Rohbauarbeiten (nichtöffentlich) – steht schon auf der Tagesordnung: TOP 11.2";
    let page = item(&served, "punkt=0");
    assert!(page.contains(&format!("<option value=\"{shown}\"></option>")), "{page}");
    for record in ["V/0252/2025", "0252", "vergabe rohbau", shown, "vorlagen/V-0252-2025.toml"] {
        for file in ["bebauungsplan-schall", "vorlagen/bebauungsplan-schall.pdf", "SCHALL.pdf"] {
            let page = item(&served, "punkt=0");
            let fields =
                [("punkt", "0"), ("vorlage-dazu", record), ("/neu/datei", file), ("tun", "speichern")];
            let saved = send(&served, &page, &fields);
            assert_eq!(saved.status, 303, "{record} {file}: {}", saved.text());
            let papers = "vorlage = \"vorlagen/V-0252-2025.toml\"\n\n[[top.unterlage]]\ndatei = \"vorlagen/bebauungsplan-schall.pdf\"\n";
            let title = "titel  = \"Einwohnerfragestunde\"\n";
            assert_eq!(
                text_of(&project),
                before.replace(title, &format!("{title}{papers}")),
                "{record} {file}"
            );
            project.write("sitzung.toml", &before);
        }
    }
    // What is not clear is asked, and stays in its field.
    let page = item(&served, "punkt=0");
    let fields =
        [("punkt", "0"), ("vorlage-dazu", "Grundschule"), ("/neu/datei", "vergabe"), ("tun", "speichern")];
    let asked = send(&served, &page, &fields).text();
    for expected in [
        "V/0214/2025 Grundschule",
        "vorlagen/vergabe-preisspiegel.pdf; ",
        "value=\"Grundschule\"",
        "value=\"vergabe\"",
    ] {
        assert!(asked.contains(expected), "{expected}: {asked}");
    }
    assert_eq!(text_of(&project), before);
}
