//! The hand-over to the archive: what is in a bag, that it is the same each time, and that it is whole or not there.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anlage::archive::{HandOver, HandOverKind};
use anlage::run::{Run as RunOf, collect};
use anlage::tasks::hand_over::{HandOverRefusal, hand_over};
use serde_json::Value as Json;

use crate::examples::copy;
use crate::program::{Project, SmallDisk, contents_below, files_below, repository};
use crate::sheets::Sheets;

/// The examples, the settings of an archive, and a session with a public and a non-public part.
pub(crate) fn with_session() -> Project {
    let project = Project::new();
    copy(&repository().join("examples"), project.path());
    project.write(
        "anlage.toml",
        "kommune = 'Stadt Münster'\n[archiv]\nabgebende_stelle = 'Stadt Münster, Ratsbüro'\narchiv = 'Stadtarchiv Münster'\n\
         aktenzeichen = '33.02.01'\naktenplan = '33.02'\naktenplan_titel = 'Sitzungen des Rates'\n\
         [oparl]\nbasis_url = 'https://oparl.example.org/ms'\nkoerperschaft = 'muenster'\n",
    );
    project.write(
        "probe.toml",
        "[sitzung]\ngremium = 'Rat'\ndatum = 2025-04-02\nbeginn = 17:15:00\nort = 'Rathaus, Festsaal'\n\
         [[top]]\nnummer = '1'\ntitel = 'Einwohnerfragestunde'\n\
         [[top]]\nnummer = '2'\nvorlage = 'kita-neubau/V-0123-2025.toml'\n\
         [[top]]\nnummer = '3.1'\nvorlage = 'feuerwehrbedarfsplan/V-0034-2026.toml'\n\
         [[top]]\nnummer = '4'\noeffentlich = false\nvorlage = 'grundstuecksverkauf/V-0091-2025.toml'\n",
    );
    project
}

/// Makes a bag of the session.
pub(crate) fn bag(project: &Project, name: &str, more: &[&str]) {
    let run = project.run(&[&["archive", "probe.toml", "-o", name, "--date", "2025-05-01"], more].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
}

fn json(project: &Project, path: &str) -> Json {
    serde_json::from_slice(&project.read(path)).unwrap()
}

#[test]
fn a_bag_holds_all_that_belongs_to_a_session() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let files = contents_below(&project.path().join("abgabe"));
    for path in [
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha512.txt",
        "tagmanifest-sha512.txt",
        "data/bericht.json",
        "data/sitzung/probe.toml",
        "data/vorlagen/V-0123-2025/V-0123-2025-Anlage-A.pdf",
        "data/vorlagen/V-0123-2025/V-0123-2025.toml",
        "data/vorlagen/V-0123-2025/V-0123-2025.json",
        "data/vorlagen/V-0123-2025/plan.png",
        "data/vorlagen/V-0034-2026/auszug.pdf",
        "data/vorlagen/V-0091-2025/V-0091-2025.toml",
        "data/templates/muenster-anlage-a-1.0.0/layout.typ",
        "data/projekt/anlage.toml",
        "data/oparl/body-muenster.json",
        "data/oparl/meeting-Rat-2025-04-02.json",
        "data/oparl/paper-V-0123-2025.json",
        "data/oparl/liste/paper.json",
    ] {
        assert!(files.contains_key(Path::new(path)), "{path} is missing in {:#?}", files.keys());
    }
    let record = repository().join("examples/kita-neubau/V-0123-2025.toml");
    assert_eq!(
        files[Path::new("data/vorlagen/V-0123-2025/V-0123-2025.toml")],
        std::fs::read(record).unwrap()
    );
    let info = String::from_utf8(files[Path::new("bag-info.txt")].clone()).unwrap();
    let payload = files.iter().filter(|(path, _)| path.starts_with("data/"));
    let (count, bytes) = payload.fold((0, 0), |(count, bytes), (_, file)| (count + 1, bytes + file.len()));
    let report = json(&project, "abgabe/data/bericht.json");
    let identifier = report["abgabe"].as_str().unwrap();
    assert!(identifier.starts_with("Rat-2025-04-02-vollstaendig-2025-05-01-"), "{identifier}");
    let expected = format!(
        "Source-Organization: Stadt Münster, Ratsbüro\nExternal-Identifier: {identifier}\n\
         Bag-Group-Identifier: Rat-2025-04-02\n\
         External-Description: Sitzung Rat am 2025-04-02 mit 3 Vorlagen\nBagging-Date: 2025-05-01\n\
         Bag-Software-Agent: anlage {}\nReceiving-Organization: Stadtarchiv Münster\n\
         Internal-Sender-Identifier: 33.02.01\nPayload-Oxum: {bytes}.{count}\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(info, expected);

    let of = |name: &str| {
        let all = report["dateien"].as_array().unwrap();
        all.iter()
            .find(|file| file["pfad"].as_str().unwrap().ends_with(name))
            .unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(of("V-0123-2025-Anlage-A.pdf")["anspruch"], "PDF/A-2a, PDF/UA-1");
    assert_eq!(of("auszug.pdf")["kennung"], "1");
    assert_eq!(of("V-0091-2025-Anlage-A.pdf")["oeffentlich"], false);
    assert_eq!(report["dateien"].as_array().unwrap().len(), count - 1, "all but itself");
}

#[test]
fn what_is_no_pdf_a_is_marked() {
    let project = with_session();
    project.write("feuerwehrbedarfsplan/auszug.pdf", Sheets::new(&["Auszug"]).bytes());
    bag(&project, "abgabe", &[]);
    let report = json(&project, "abgabe/data/bericht.json");
    let files = report["dateien"].as_array().unwrap();
    let marked: Vec<&Json> = files.iter().filter(|file| file["hinweis"] == "kein PDF/A").collect();
    let marked: Vec<&str> = marked.iter().map(|file| file["pfad"].as_str().unwrap()).collect();
    assert_eq!(
        marked,
        [
            "data/vorlagen/V-0034-2026/auszug.pdf",
            // Both packets hold it.
            "data/sitzung/Rat-2025-04-02-oeffentlich.pdf",
            "data/sitzung/Rat-2025-04-02-vollstaendig.pdf",
        ]
    );
    let run = project.run(&["oparl", "probe.toml", "-o", "netz"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stderr.contains("im Bericht vermerkt"), "there is no report: {}", run.stderr);
}

/// The example with an annex that is not public.
fn add_secret_annex(project: &Project) {
    let record = project.read("feuerwehrbedarfsplan/V-0034-2026.toml");
    let record = String::from_utf8(record).unwrap()
        + "\n[anlage.2]\ntitel = 'Geheimer Lagebericht'\ndatei = 'geheim.pdf'\noeffentlich = false\n";
    project.write("feuerwehrbedarfsplan/V-0034-2026.toml", record);
    let report = Sheets::new(&["Die Leitstelle ist seit Wochen unterbesetzt."]).bytes();
    project.write("feuerwehrbedarfsplan/geheim.pdf", report);
}

#[test]
fn an_object_is_public_if_all_that_it_says_is() {
    let project = with_session();
    add_secret_annex(&project);
    bag(&project, "abgabe", &[]);
    let report = json(&project, "abgabe/data/bericht.json");
    let objects: Vec<(&str, bool)> = report["dateien"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|file| {
            let name = file["pfad"].as_str().unwrap().strip_prefix("data/oparl/")?;
            Some((name, file["oeffentlich"].as_bool().unwrap()))
        })
        .collect();
    let of = |start: &str| {
        let found: Vec<bool> =
            objects.iter().filter(|(name, _)| name.starts_with(start)).map(|(_, public)| *public).collect();
        assert_eq!(found.len(), 1, "{start}: {objects:?}");
        found[0]
    };
    for public in [
        "agendaitem-Rat-2025-04-02-3-1.json",
        "file-auszug",
        "file-Rat-2025-04-02-oeffentlich",
        "paper-V-0123-2025.json",
        "consultation-V-0123-2025-3.json",
        "liste/organization.json",
        "system.json",
    ] {
        assert!(of(public), "{public}");
    }
    for secret in [
        "agendaitem-Rat-2025-04-02-4.json",
        "file-geheim",
        "file-Rat-2025-04-02-vollstaendig",
        "paper-V-0034-2026.json",
        "paper-V-0091-2025.json",
        "consultation-V-0091-2025-1.json",
        "meeting-Rat-2025-04-02.json",
        "liste/agendaitem.json",
        "liste/consultation.json",
        "liste/file.json",
        "liste/meeting.json",
        "liste/paper.json",
    ] {
        assert!(!of(secret), "{secret}");
    }
}

#[test]
fn a_proposal_on_a_public_and_a_non_public_item_is_public_and_the_other_item_is_not_named() {
    let project = with_session();
    let session = String::from_utf8(project.read("probe.toml")).unwrap().replace(
        "[[top]]\nnummer = '2'",
        "[[top]]\nnummer = '1.5'\noeffentlich = false\nvorlage = 'kita-neubau/V-0123-2025.toml'\n[[top]]\nnummer = '2'",
    );
    project.write("probe.toml", session);
    let run = project.run(&["oparl", "probe.toml", "-o", "offen"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let files = project.list("offen");
    assert!(files.iter().any(|name| name == "paper-V-0123-2025.json"), "{files:?}");
    let consultation = json(&project, "offen/consultation-V-0123-2025-3.json");
    let item = consultation["agendaItem"].as_str().unwrap();
    assert!(item.ends_with("agendaitem-Rat-2025-04-02-2.json"), "{item}");
    for name in files.iter().filter(|name| name.ends_with(".json")) {
        let text = String::from_utf8(project.read(&format!("offen/{name}"))).unwrap();
        assert!(!name.contains("-1-5.json") && !text.contains("-1-5.json"), "{name}: {text}");
    }
    // The packet says the same.
    let run = project.run(&["packet", "probe.toml", "--edition", "public", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report: Json = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    let items: Vec<&str> = report["editions"][0]["papers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|paper| paper["proposal"] == "V/0123/2025")
        .map(|paper| paper["item"].as_str().unwrap())
        .collect();
    assert!(!items.is_empty() && items.iter().all(|item| *item == "2"), "{items:?}");
}

#[test]
fn what_changes_while_it_is_handed_over_is_refused() {
    for changed in
        ["kita-neubau/V-0123-2025.toml", "probe.toml", "feuerwehrbedarfsplan/auszug.pdf", "anlage.toml"]
    {
        let project = with_session();
        let files = collect(&[project.path().join("probe.toml")]).unwrap();
        let run = RunOf::new(env!("CARGO_BIN_EXE_anlage").into(), None, std::sync::Arc::default());
        let target = project.path().join("abgabe");
        let date = "2025-05-01".parse().unwrap();
        let order =
            HandOver { kind: HandOverKind::Bag, target: &target, date, public_only: false, follows: None };
        let (mut done, mut said) = (0, Vec::new());
        let result = hand_over(&run, &files, &order, |report, total| {
            done += 1;
            // The last record is rendered, nothing has its name yet.
            if done == total + 1 {
                let before = project.read(changed);
                let setting: &[u8] = if changed == "anlage.toml" { b"ladungsfrist = 3\n" } else { b"" };
                project.write(changed, [setting, &before[..], b"\n# nachgetragen\n"].concat());
            }
            said.extend(report.findings.iter().map(|finding| format!("{} {}", finding.code.id, report.name)));
        });
        assert!(matches!(result, Err(HandOverRefusal::Changed)), "{changed}: {result:?}");
        assert!(said.iter().any(|said| said.starts_with("T012") && said.ends_with(changed)), "{said:?}");
        assert!(!target.exists());
        // A quiet run then hands it over.
        assert_eq!(project.run(&["archive", "probe.toml", "-o", "abgabe"]).code, 0);
        assert_eq!(project.run(&["verify", "abgabe"]).code, 0);
    }
}

#[test]
fn a_packet_of_an_earlier_agenda_is_not_handed_over() {
    let project = with_session();
    let packet = "out/oeffentlich/Rat-2025-04-02-oeffentlich.pdf";
    project.write(packet, "veraltet");
    let run = project.run(&["oparl", "probe.toml", "-o", "netz"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let meeting = json(&project, "netz/meeting-Rat-2025-04-02.json");
    let bytes = project.read(packet);
    assert!(bytes.starts_with(b"%PDF"));
    assert_eq!(meeting["auxiliaryFile"][0]["size"], bytes.len());
}

#[test]
fn a_hand_over_is_called_by_what_is_in_it() {
    let project = with_session();
    let day = ["--date", "2025-05-01", "--public-only", "-o"];
    let run =
        project.run(&[&["archive", "kita-neubau", "grundstuecksverkauf"], &day[..], &["offen"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let info = String::from_utf8(project.read("offen/bag-info.txt")).unwrap();
    assert!(info.contains("Bag-Group-Identifier: Vorlage-V-0123-2025\n"), "{info}");
    let name = "External-Identifier: Vorlage-V-0123-2025-oeffentlich-2025-05-01-";
    assert!(info.contains(name), "{info}");
    for command in [&["archive", "--public-only"][..], &["oparl"]] {
        let run = project.run(&[command, &["grundstuecksverkauf", "-o", "leer"]].concat());
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("keine Vorlage gefunden"), "{}", run.stderr);
        assert!(!project.path().join("leer").exists());
    }
    let run = project.run(&["archive", "kita-neubau", "--date", "0000-01-01", "-o", "leer"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
}

#[test]
fn of_the_folder_with_fonts_only_the_fonts_are_handed_over() {
    let project = with_session();
    let settings = String::from_utf8(project.read("anlage.toml")).unwrap();
    project.write("anlage.toml", format!("schriften = 'schriften'\n{settings}"));
    project.write("schriften/notiz.txt", "intern");
    let font = repository().join("fonts/AnlageSans-Regular.ttf");
    project.write("schriften/eigene.TTF", std::fs::read(font).unwrap());
    bag(&project, "abgabe", &[]);
    assert_eq!(project.list("abgabe/data/projekt/schriften"), ["eigene.TTF"]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let project = with_session();
    bag(&project, "eins", &[]);
    bag(&project, "zwei", &["--jobs", "1"]);
    let mut epoch = project.command(&["archive", "probe.toml", "-o", "drei", "--quiet"]);
    // Noon of 2025-05-01.
    assert!(epoch.env("SOURCE_DATE_EPOCH", "1746100800").status().unwrap().success());
    let first = contents_below(&project.path().join("eins"));
    for other in ["zwei", "drei"] {
        let other = contents_below(&project.path().join(other));
        assert_eq!(first.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (path, bytes) in &first {
            assert!(*bytes == other[path], "{}", path.display());
        }
    }
}

#[test]
fn only_what_is_public_says_nothing_of_the_rest() {
    let project = with_session();
    add_secret_annex(&project);
    bag(&project, "alles", &[]);
    bag(&project, "offen", &["--public-only"]);
    let run = project.run(&["oparl", "probe.toml", "-o", "netz"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let secrets = ["V/0091/2025", "V-0091-2025", "Geheimer Lagebericht", "geheim.pdf"];
    let holds = |folder: &str, secret: &str| {
        let files = contents_below(&project.path().join(folder));
        let found = files.iter().find(|(path, bytes)| {
            path.to_string_lossy().contains(secret)
                || bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
        });
        found.map(|(path, _)| path.clone())
    };
    for secret in secrets {
        assert!(holds("alles", secret).is_some(), "{secret} is in the whole bag");
        assert_eq!(holds("offen", secret), None, "{secret}");
        assert_eq!(holds("netz", secret), None, "{secret}");
    }
    let meeting = json(&project, "netz/meeting-Rat-2025-04-02.json");
    assert_eq!(meeting["agendaItem"].as_array().unwrap().len(), 3);
    assert_eq!(project.run(&["verify", "offen"]).code, 0);
}

#[test]
fn what_has_errors_is_not_handed_over() {
    let project = with_session();
    project.write("kita-neubau/V-0123-2025.toml", "[vorlage]\nnummer = 'V/0123/2025'\n");
    let run = project.run(&["archive", "probe.toml", "-o", "abgabe"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(!project.path().join("abgabe").exists());
    let run = project.run(&["archive", "kita-neubau", "migrationsleitbild", "-o", "abgabe"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(!project.path().join("abgabe").exists());
}

#[test]
fn nothing_is_overwritten_and_nothing_is_left_half_made() {
    let project = with_session();
    project.write("abgabe/wichtig.txt", "x");
    let run = project.run(&["archive", "probe.toml", "-o", "abgabe"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("abgabe: gibt es schon und wird nicht überschrieben"), "{}", run.stderr);
    assert_eq!(project.list("abgabe"), ["wichtig.txt"]);
    // No folder can be made below a file.
    let run = project.run(&["archive", "probe.toml", "-o", "probe.toml/abgabe"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("probe.toml"), "{}", run.stderr);
    let run = project.run(&["archive", "leer", "-o", "x"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
}

#[test]
fn a_full_disk_leaves_nothing_under_the_name() {
    let project = with_session();
    let disk = project.path().join("platte");
    std::fs::create_dir(&disk).unwrap();
    let Some(mounted) = SmallDisk::at(&disk, 300 << 10) else { return };
    let run = project.run(&["archive", "probe.toml", "-o", "platte/abgabe"]);
    let left = project.list("platte");
    let hidden = std::fs::read_dir(&disk).unwrap().count();
    drop(mounted);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("platte/abgabe"), "{}", run.stderr);
    assert!(left.is_empty() && hidden == 0, "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_killed_run_leaves_no_bag_that_looks_whole() {
    let project = with_session();
    bag(&project, "ganz", &[]);
    let whole = contents_below(&project.path().join("ganz"));
    for round in 0..25 {
        let name = format!("abgabe-{round}");
        let mut child = project
            .command(&["archive", "probe.toml", "-o", &name, "--date", "2025-05-01", "--quiet"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(4 * round));
        child.kill().ok();
        child.wait().unwrap();
        let target = project.path().join(&name);
        assert!(!target.exists() || contents_below(&target) == whole, "round {round}");
    }
    bag(&project, "letzte", &[]);
    let left = std::fs::read_dir(project.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.starts_with(".anlage-")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn records_can_be_handed_over_without_a_session() {
    let project = with_session();
    let run =
        project.run(&["archive", "kita-neubau", "radschnellweg", "-o", "abgabe", "--date", "2025-05-01"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let info = String::from_utf8(project.read("abgabe/bag-info.txt")).unwrap();
    assert!(info.contains("Bag-Group-Identifier: Vorlagen-V-0123-2025-bis-V-0716-2023-1\n"), "{info}");
    assert!(!project.path().join("abgabe/data/sitzung").exists());
    assert!(files_below(&project.path().join("abgabe/data/oparl"), "json").len() > 10);
    let run = project.run(&["archive", "probe.toml", "zweite.toml", "-o", "b"]);
    assert_eq!(run.code, 2, "a file that is not there: {}", run.stderr);
    project.write("zweite.toml", project.read("probe.toml"));
    let run = project.run(&["archive", "probe.toml", "zweite.toml", "-o", "b"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("mehr als eine Sitzungsdatei"), "{}", run.stderr);
}
