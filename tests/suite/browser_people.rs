//! The project for several people: who signs in, what each may do, and whose draft is whose. Requests by hand.

use std::collections::BTreeMap;

use argon2::password_hash::PasswordHasher;
use argon2::{Argon2, Params};

use crate::browser::{Answer, Served};
use crate::program::{Project, available, installed, repository, sound_record};

const RECORD: &str = "vorlagen/V-0001-2025.toml";
pub(crate) const PASSWORD: &str = "Ein langes Passwort";

/// A hash that costs next to nothing.
fn hash(password: &str) -> String {
    let argon2 = Argon2::from(Params::new(64, 1, 1, None).unwrap());
    argon2.hash_password_with_salt(password.as_bytes(), b"0123456789abcdef").unwrap().to_string()
}

/// A project with a record, a session and three people: one of each role.
pub(crate) fn project() -> Project {
    let project = Project::new();
    project.write(RECORD, sound_record("V/0001/2025"));
    project.write(
        "sitzung.toml",
        "[sitzung]\ngremium = \"Rat\"\ndatum = 2025-02-12\n[[top]]\nnummer = \"1\"\ntitel = \"A\"\n[[top]]\nnummer = \"2\"\ntitel = \"B\"\n",
    );
    let people = [("Lea Lese", "lesen"), ("Sam Schreib", "schreiben"), ("Rita Rat", "sitzungsdienst")];
    let person = |(name, role)| {
        format!("[[person]]\nname = \"{name}\"\nrolle = \"{role}\"\npasswort = \"{}\"\n", hash(PASSWORD))
    };
    project.write("leute.toml", people.map(person).concat());
    project
}

fn serve(project: &Project) -> Served {
    Served::start_for_people(project, &["--people", "leute.toml"])
}

fn sign_in(served: &Served, name: &str, password: &str) -> Answer {
    served.post("/anmelden", &[("name", name), ("passwort", password)])
}

/// The program, as somebody sees it who signed in.
pub(crate) fn signed_in(served: &Served, name: &str) -> Served {
    let welcome = sign_in(served, name, PASSWORD);
    assert_eq!((welcome.status, welcome.field("location")), (303, Some("/")), "{}", welcome.text());
    let cookie = welcome.field("set-cookie").unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    served.with_cookie(cookie.split(';').next().unwrap())
}

fn contents(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let all = walkdir::WalkDir::new(project.path()).into_iter().map(|entry| entry.unwrap());
    let files = all.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().display().to_string(), std::fs::read(entry.path()).unwrap())).collect()
}

fn packed(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Sends the form of the record, with another subject.
fn send(served: &Served, path: &str, action: &str, subject: &str, base: &str) -> Answer {
    let base = packed(base);
    served.post(
        path,
        &[
            ("datei", RECORD),
            ("stand", &base),
            ("entwurf", &base),
            ("/vorlage/betreff", subject),
            ("tun", action),
        ],
    )
}

#[test]
fn only_who_knows_a_password_gets_in() {
    let project = project();
    let served = serve(&project);
    assert_eq!((served.get("/").status, served.get("/").field("location")), (303, Some("/anmelden")));
    let page = served.get("/anmelden");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("autocomplete=\"current-password\""), "{}", page.text());
    assert_eq!(served.get("/dateien/anlage.css").status, 200);
    assert_eq!(served.get(&format!("/vorlage?datei={RECORD}")).status, 303);
    assert_eq!(send(&served, "/vorlage", "speichern", "x", "x").status, 401);
    for (name, password) in
        [("Lea Lese", "falsch"), ("Niemand", PASSWORD), ("", ""), ("Lea Lese", ""), ("Lea Lese\0", PASSWORD)]
    {
        let refused = sign_in(&served, name, password);
        assert_eq!(refused.status, 403, "{name} {password}");
        assert!(refused.text().contains("Name oder Passwort stimmt nicht."), "the same for everybody");
        assert!(refused.field("set-cookie").is_none() && !refused.text().contains(PASSWORD));
    }
    let long = "a".repeat(9000);
    assert_eq!(sign_in(&served, "Lea Lese", &long).status, 413);
    // Not from another site, even with the right password.
    let body = format!("name=Lea+Lese&passwort={}", packed(PASSWORD));
    let foreign = format!(
        "POST /anmelden HTTP/1.1\r\nHost: {}\r\nOrigin: http://evil.example\r\nContent-Length: {}\r\n\r\n{body}",
        served.host,
        body.len()
    );
    assert_eq!(served.send(&foreign).status, 403);
    let lea = signed_in(&served, " lea  LESE ");
    let overview = lea.get("/").text();
    assert!(overview.contains("Lea Lese (darf lesen)") && overview.contains("Abmelden"), "{overview}");
    assert!(served.with_cookie(&format!("{}0", lea.cookie)).get("/").status == 303);
    // The file itself is no page.
    assert_eq!(lea.get("/vorlage?datei=leute.toml").status, 404);
    assert!(!overview.contains("leute.toml"));
}

#[test]
fn a_cookie_is_worth_nothing_once_its_owner_signed_out() {
    let project = project();
    let served = serve(&project);
    let rita = signed_in(&served, "Rita Rat");
    let other = signed_in(&served, "Rita Rat");
    assert_ne!(rita.cookie, other.cookie);
    assert_eq!(rita.get("/abmelden").status, 303);
    assert_eq!(rita.get("/").status, 200, "nobody is signed out by a link");
    let left = rita.post("/abmelden", &[]);
    assert_eq!((left.status, left.field("location")), (303, Some("/anmelden")));
    assert_eq!(rita.get("/").status, 303);
    assert_eq!(rita.post("/sitzung", &[("datei", "sitzung.toml"), ("tun", "mappen")]).status, 401);
    assert_eq!(other.get("/").status, 200);
    // Who signs in again leaves no old door open; and the ninth browser closes the first.
    assert_eq!(sign_in(&other, "Rita Rat", PASSWORD).status, 303);
    assert_eq!(other.get("/").status, 303);
    let first = signed_in(&served, "Rita Rat");
    (0..8).for_each(|_| drop(signed_in(&served, "Rita Rat")));
    assert_eq!(first.get("/").status, 303);
}

#[test]
fn passwords_cannot_be_guessed_for_long() {
    let project = project();
    let served = serve(&project);
    let tries: Vec<u16> = (0..12).map(|_| sign_in(&served, "Lea Lese", "falsch").status).collect();
    assert_eq!(tries, [vec![403; 10], vec![429; 2]].concat());
    assert_eq!(sign_in(&served, "LEA lese", PASSWORD).status, 429, "not even with the right one");
    signed_in(&served, "Sam Schreib");
}

/// Where something can be sent, as the table of the routes has it.
fn changing_routes() -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("src/serve/routes.rs")).unwrap();
    let routes = text.split(".route(").skip(1).map(|route| {
        let path = route.split('"').nth(1).unwrap().to_owned();
        (path, route.split(".fallback").next().unwrap().contains("post("))
    });
    let all: Vec<(String, bool)> = routes.collect();
    assert!(all.len() >= 10, "the test no longer sees the routes: {all:?}");
    assert!(!text.contains("put(") && !text.contains("patch(") && !text.contains("any("));
    all.into_iter().filter(|(_, is_changing)| *is_changing).map(|(path, _)| path).collect()
}

#[test]
fn nobody_changes_what_their_role_does_not_allow() {
    let project = project();
    let served = serve(&project);
    let (lea, sam) = (signed_in(&served, "Lea Lese"), signed_in(&served, "Sam Schreib"));
    let before = contents(&project);
    let text = String::from_utf8(project.read(RECORD)).unwrap();
    let refused = |served: &Served, path: &str| {
        for action in ["speichern", "mappen", "hoch:1", "runter:0", "pdf:A", "beheben", ""] {
            let answer = send(served, path, action, "Anders", &text);
            assert_eq!(answer.status, 403, "{path} {action}: {}", answer.text());
            assert!(answer.text().contains("Das dürfen Sie hier nicht ändern."));
        }
        let form =
            [("datei", "sitzung.toml"), ("tun", "hoch:1"), ("nummer", "V/0009/2025"), ("formular", "x")];
        assert_eq!(served.post(path, &form).status, 403, "{path}");
    };
    // The pages of a record are looked at, and what is sent for them counts for nothing.
    let routes: Vec<String> = changing_routes().into_iter().filter(|path| path != "/ansicht").collect();
    for action in ["speichern", "beheben"] {
        assert_eq!(send(&lea, "/ansicht", action, "Anders", &text).status, 200);
    }
    for path in &routes {
        refused(&lea, path);
    }
    // What records are changed with is for writers too; all else is for the council office, also what comes later.
    let for_writers = ["/beilegen", "/bild", "/einfuegen", "/neu", "/sichern", "/vorlage"];
    for path in routes.iter().filter(|path| !for_writers.contains(&path.as_str())) {
        refused(&sam, path);
    }
    refused(&sam, "/etwas/neues");
    assert_eq!(contents(&project), before, "nothing was written");
    for path in for_writers {
        assert!(routes.iter().any(|route| route == path), "{path}");
        assert_ne!(send(&sam, path, "pruefen", "Anders", &text).status, 403, "{path}");
    }
}

#[test]
fn each_role_sees_what_it_can_do() {
    let project = project();
    let served = serve(&project);
    let lea = signed_in(&served, "Lea Lese");
    let page = lea.get(&format!("/vorlage?datei={RECORD}")).text();
    assert!(page.contains("Sie können hier lesen, aber nichts ändern."), "{page}");
    assert!(page.contains("<fieldset class=\"nur-lesen\" role=\"none\" disabled>"));
    assert!(!page.contains("name=\"tun\" value=\"speichern\"") && !page.contains("/dateien/text.js"));
    // The pages beside it are those of the file, whatever is sent; and nobody is told of a reader.
    let looked = |fields: &[(&str, &str)]| {
        let shown = lea.post("/ansicht", &[&[("datei", RECORD), ("tun", "A")], fields].concat());
        let shown: serde_json::Value = serde_json::from_slice(&shown.body).unwrap();
        assert!(shown["seiten"][0]["streifen"][0]["svg"].as_str().unwrap().starts_with("<svg"), "{shown}");
        shown
    };
    let text = String::from_utf8(project.read(RECORD)).unwrap();
    let other = packed(&text.replace("Kita", "Nichts davon"));
    let own = looked(&[]);
    assert_eq!(looked(&[("stand", &other), ("entwurf", &other), ("/vorlage/amt", "Anderes Amt")]), own);
    assert!(page.contains("id=\"ansicht\"") && !project.path().join(".anlage/entwuerfe").exists());
    assert!(!lea.get("/").text().contains("Neue Vorlage"));
    let pdf = lea.get(&format!("/vorlage?datei={RECORD}&pdf=A"));
    assert_eq!((pdf.status, pdf.field("content-type")), (200, Some("application/pdf")));
    assert_eq!(project.run(&["render", RECORD]).code, 0);
    let pdfs = crate::program::files_below(&project.path().join("out"), "pdf");
    assert!(pdfs.iter().any(|path| std::fs::read(path).unwrap() == pdf.body), "as the command line makes it");
    let sam = signed_in(&served, "Sam Schreib");
    assert!(sam.get(&format!("/vorlage?datei={RECORD}")).text().contains("value=\"speichern\""));
    assert!(sam.get("/sitzung?datei=sitzung.toml").text().contains("Sie können hier lesen"));
    let new = "Neue Sitzung";
    assert!(
        !sam.get("/").text().contains(new)
            && sam.get("/sitzung/neu").text().contains("Sie können hier lesen")
    );
    let rita = signed_in(&served, "Rita Rat");
    let session = rita.get("/sitzung?datei=sitzung.toml").text();
    assert!(!session.contains("Sie können hier lesen") && session.contains("Alles erstellen"));
    assert!(rita.get("/").text().contains(new) && !lea.get("/").text().contains(new));
}

#[test]
fn what_somebody_types_is_theirs_until_it_is_saved() {
    let project = project();
    let served = serve(&project);
    let (sam, rita) = (signed_in(&served, "Sam Schreib"), signed_in(&served, "Rita Rat"));
    let text = String::from_utf8(project.read(RECORD)).unwrap();
    let own = |served: &Served| served.get(&format!("/vorlage?datei={RECORD}")).text();
    assert_eq!(send(&sam, "/sichern", "", "Wie Sam es nennt", &text).status, 200);
    assert!(!own(&rita).contains("Wie Sam es nennt"));
    assert_eq!(send(&rita, "/sichern", "", "Wie Rita es nennt", &text).status, 200);
    assert!(own(&sam).contains("Wie Sam es nennt") && !own(&sam).contains("Rita es nennt"));
    assert!(own(&rita).contains("Wie Rita es nennt"));
    // They meet in the file: the second one is asked.
    assert_eq!(send(&sam, "/vorlage", "speichern", "Wie Sam es nennt", &text).status, 303);
    let asked = send(&rita, "/vorlage", "speichern", "Wie Rita es nennt", &text).text();
    assert!(asked.contains("Noch nicht gespeichert") && asked.contains("Wie Sam es nennt"), "{asked}");
    assert!(String::from_utf8(project.read(RECORD)).unwrap().contains("Wie Sam es nennt"));
    // Who may only read has no draft, and sees nobody's.
    assert!(!own(&signed_in(&served, "Lea Lese")).contains("Wie Rita es nennt"));
}

#[test]
fn who_has_a_record_open_is_shown_to_the_others() {
    let project = project();
    let served = serve(&project);
    let (sam, rita) = (signed_in(&served, "Sam Schreib"), signed_in(&served, "Rita Rat"));
    let own = |served: &Served| served.get(&format!("/vorlage?datei={RECORD}")).text();
    assert!(!own(&sam).contains("gerade auch"));
    assert!(own(&rita).contains("Diese Vorlage hat gerade auch Sam Schreib offen."));
    assert!(rita.get("/").text().contains("offen: Sam Schreib<"));
    assert!(sam.get("/").text().contains("offen: Rita Rat<"));
    let text = String::from_utf8(project.read(RECORD)).unwrap();
    let seen = send(&sam, "/ansicht", "A", "Neu", &text).text();
    assert!(seen.contains("Diese Vorlage hat gerade auch Rita Rat offen."), "{seen}");
    // Who only reads keeps nobody from anything, and sees who is at work.
    let lea = signed_in(&served, "Lea Lese");
    assert!(own(&lea).contains("haben gerade auch Rita Rat und Sam Schreib offen."));
    assert!(!own(&sam).contains("Lea Lese"));
    // One alone is told nothing.
    let alone = Served::start(&project);
    assert!(!own(&alone).contains("id=\"auch\"") && !alone.get("/").text().contains("offen: "));
}

#[test]
fn who_changed_what_is_written_down() {
    let project = project();
    let served = serve(&project);
    let (sam, rita) = (signed_in(&served, "Sam Schreib"), signed_in(&served, "Rita Rat"));
    let text = String::from_utf8(project.read(RECORD)).unwrap();
    assert_eq!(send(&sam, "/vorlage", "pruefen", "Neu", &text).status, 200);
    assert!(!project.path().join(".anlage/protokoll.txt").exists(), "nothing was saved yet");
    assert_eq!(send(&sam, "/vorlage", "speichern", "Neu", &text).status, 303);
    let now = String::from_utf8(project.read(RECORD)).unwrap();
    let same = send(&sam, "/vorlage", "speichern", "Neu", &now);
    assert_eq!(same.status, 303, "nothing changed, and nothing is written down");
    let amount = [
        ("datei", RECORD),
        ("stand", &packed(&text)),
        ("entwurf", &packed(&text)),
        ("/vorlage/amt", "Amt 1"),
        ("tun", "speichern"),
    ];
    let merged = rita.post("/vorlage", &amount);
    assert_eq!(
        merged.field("location").map(|place| place.ends_with("gespeichert=2")),
        Some(true),
        "{}",
        merged.text()
    );
    assert_eq!(sam.post("/neu", &[("nummer", "V/0009/2025"), ("formular", "muenster-anlage-a")]).status, 303);
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(20, 10).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let place = format!("/bild?datei={RECORD}&name=Plan.png");
    let picture = || sam.post_body(&place, "application/octet-stream", png.get_ref()).status;
    assert_eq!((picture(), picture()), (200, 200), "it is there once, and written down once");
    let session = rita.get("/sitzung?datei=sitzung.toml").text();
    let mark = session.split("name=\"stand\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let asked =
        |action: &str| rita.post("/sitzung", &[("datei", "sitzung.toml"), ("stand", &mark), ("tun", action)]);
    assert_eq!(asked("hoch:9").status, 422, "what was not done is not written down");
    assert_eq!(asked("hoch:1").status, 303);
    assert_eq!(asked("mappen").status, 303);
    let log = String::from_utf8(project.read(".anlage/protokoll.txt")).unwrap();
    let lines: Vec<Vec<&str>> = log.lines().map(|line| line.split('\t').collect()).collect();
    let said: Vec<[&str; 3]> = lines.iter().map(|line| [line[1], line[2], line[3]]).collect();
    let expected = [
        ["Sam Schreib", RECORD, "Vorlage gespeichert"],
        ["Rita Rat", RECORD, "Vorlage mit anderen Änderungen zusammengeführt"],
        ["Sam Schreib", "vorlagen/V-0009-2025.toml", "Vorlage angelegt"],
        ["Sam Schreib", "vorlagen/V-0001-2025-Plan.png", "Bild abgelegt"],
        ["Rita Rat", "sitzung.toml", "Sitzung geändert"],
        ["Rita Rat", "sitzung.toml", "Mappen erstellt"],
    ];
    assert_eq!(said, expected, "{log}");
    assert!(lines.iter().all(|line| line[0].len() == 20 && line[0].ends_with('Z')), "{log}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let log = project.path().join(".anlage/protokoll.txt");
        assert_eq!(log.metadata().unwrap().permissions().mode() & 0o077, 0);
        // A log that leads elsewhere is not followed, and that it is not written is said.
        let elsewhere = project.path().join("anderswo.txt");
        std::fs::write(&elsewhere, "").unwrap();
        std::fs::remove_file(&log).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &log).unwrap();
        let now = String::from_utf8(project.read(RECORD)).unwrap();
        let saved = send(&sam, "/vorlage", "speichern", "Noch neuer", &now).text();
        assert!(saved.contains("Das steht aber nicht im Protokoll."), "{saved}");
        assert!(String::from_utf8(project.read(RECORD)).unwrap().contains("Noch neuer"));
        assert_eq!(std::fs::read(&elsewhere).unwrap(), b"");
    }
}

#[test]
fn the_log_has_an_end_and_the_one_before_stays() {
    let project = project();
    let served = serve(&project);
    let sam = signed_in(&served, "Sam Schreib");
    let name = |log: &str| format!(".anlage/{log}.txt");
    let read = |log: &str| String::from_utf8(project.read(&name(log))).unwrap();
    let line = "2025-01-01T00:00:00Z\tSam Schreib\ta.toml\tVorlage gespeichert\n";
    let full = line.repeat((1 << 20) / line.len() + 1);
    project.write(&name("protokoll-vorher"), "noch davor\n");
    for (at, log) in [&full[line.len()..], &full[..]].into_iter().enumerate() {
        project.write(&name("protokoll"), log);
        let text = String::from_utf8(project.read(RECORD)).unwrap();
        assert_eq!(send(&sam, "/vorlage", "speichern", &format!("Neu {at}"), &text).status, 303);
    }
    assert!(read("protokoll-vorher") == full);
    assert_eq!(read("protokoll").lines().count(), 1);
    assert!(read("protokoll").ends_with("\tSam Schreib\tvorlagen/V-0001-2025.toml\tVorlage gespeichert\n"));
}

#[test]
fn a_password_becomes_a_line_of_the_file() {
    let project = project();
    let made = project.run_with(&["password"], b"Ein langes Passwort\n");
    assert_eq!(made.code, 0, "{}", made.stderr);
    let hash = made.stdout.trim();
    assert!(hash.starts_with("$argon2id$") && !hash.contains('\n'), "{hash}");
    project.write(
        "leute.toml",
        format!("[[person]]\nname = \"Eva\"\nrolle = \"lesen\"\npasswort = \"{hash}\"\n"),
    );
    signed_in(&serve(&project), "Eva");
    assert_eq!(project.run_with(&["password"], b"kurz\n").code, 2);
    assert_eq!(project.run_with(&["password"], b"").code, 2);
    assert_eq!(project.run_with(&["password"], &[0xff; 20]).code, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_password_is_not_shown_at_a_terminal() {
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};
    const PASSWORD: &str = "Ein langes Passwort";
    if !available(installed("script"), "script, which stands in for a terminal") {
        return;
    }
    let ask = |answers: [&str; 2]| {
        let program = format!("{} password", env!("CARGO_BIN_EXE_anlage"));
        let mut terminal = Command::new("script")
            .args(["-qefc", &program, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut keys, mut screen) = (terminal.stdin.take().unwrap(), terminal.stdout.take().unwrap());
        let mut shown = String::new();
        for (question, answer) in ["Eingabetaste drücken.", "noch einmal eingeben."].iter().zip(answers) {
            while !shown.contains(question) {
                let mut bytes = [0; 1000];
                let count = screen.read(&mut bytes).unwrap();
                assert!(count > 0, "{shown}");
                shown += &String::from_utf8_lossy(&bytes[..count]);
            }
            // The terminal is told to be silent right after the question.
            std::thread::sleep(std::time::Duration::from_millis(300));
            keys.write_all(format!("{answer}\n").as_bytes()).unwrap();
        }
        screen.read_to_string(&mut shown).unwrap();
        assert!(!shown.contains(PASSWORD), "{shown}");
        (terminal.wait().unwrap().code(), shown)
    };
    let (code, shown) = ask([PASSWORD, PASSWORD]);
    assert!(code == Some(0) && shown.contains("$argon2id$"), "{shown}");
    let (code, shown) = ask([PASSWORD, "Ein anderes Passwort"]);
    assert!(code == Some(2) && !shown.contains("$argon2id$"), "{shown}");
}

#[test]
fn a_file_of_people_with_mistakes_is_refused() {
    let project = project();
    project.write("leute.toml", "[[person]]\nname = \"A\"\nrolle = \"chef\"\n[[person]]\nname = \"A\"\nrolle = \"lesen\"\npasswort = \"x\"\n");
    let refused = project.run(&["serve", "--people", "leute.toml"]);
    assert_eq!(refused.code, 1);
    for place in ["leute.toml:3:", "leute.toml:5:", "leute.toml:7:"] {
        assert!(refused.stderr.contains(place), "{place}: {}", refused.stderr);
    }
    assert_eq!(project.run(&["serve", "--people", "fehlt.toml"]).code, 3);
}
