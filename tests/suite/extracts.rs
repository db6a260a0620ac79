//! What is handed out beside a packet: a file for each item, parts for mail, and the list of what is public.

use std::collections::BTreeSet;

use lopdf::Document;
use serde_json::{Value, json};

use crate::conformance::{judge_files, veracheck};
use crate::examples::copy;
use crate::packet::stamps;
use crate::packet_runs::{SESSION, head};
use crate::pdf::Pdf;
use crate::program::{Project, Run, repository};
use crate::sheets::Sheets;

const STEM: &str = "Rat-2025-05-14";

fn example(name: &str) -> Project {
    let project = Project::new();
    copy(&repository().join("examples").join(name), project.path());
    project
}

fn packet(project: &Project, arguments: &[&str]) -> (Run, Value) {
    let run = project.run(&[&["packet", "sitzung.toml", "--format", "json"], arguments].concat());
    let report = serde_json::from_str(run.stdout.lines().last().unwrap_or("{}")).unwrap();
    (run, report)
}

/// The editions of a report, each with the folder that it lies in.
fn editions(report: &Value) -> Vec<(&Value, String)> {
    let editions = report["editions"].as_array().unwrap().iter();
    let folder = |edition: &Value| edition["path"].as_str().unwrap().rsplit_once('/').unwrap().0.to_owned();
    editions.map(|edition| (edition, folder(edition))).collect()
}

fn extracts(edition: &Value) -> impl Iterator<Item = &Value> {
    edition["extracts"].as_array().unwrap().iter()
}

fn inspected(project: &Project, path: &str) -> Value {
    let run = project.run(&["inspect", path, "--format", "json"]);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{path}: {}", run.stderr))
}

#[test]
fn each_item_is_a_file_with_the_stamps_and_labels_of_the_packet() {
    let project = example("ratssitzung");
    let (run, report) = packet(&project, &["--each"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for (edition, folder) in editions(&report) {
        let whole = stamps(&Document::load_mem(&project.read(edition["path"].as_str().unwrap())).unwrap());
        let papers = edition["papers"].as_array().unwrap();
        let items: BTreeSet<&str> = papers.iter().map(|paper| paper["item"].as_str().unwrap()).collect();
        assert_eq!(extracts(edition).count(), items.len());
        for extract in extracts(edition) {
            let name = extract["name"].as_str().unwrap();
            let item = name.trim_end_matches(".pdf").rsplit_once("-TOP-").unwrap().1;
            let own: Vec<&Value> = papers.iter().filter(|paper| paper["item"] == item).collect();
            let (first, last) = (&own[0]["first_page"], &own[own.len() - 1]["last_page"]);
            let pages = first.as_u64().unwrap() - 1..last.as_u64().unwrap();
            let path = format!("{folder}/{name}");
            let bytes = project.read(&path);
            assert_eq!(extract["bytes"], bytes.len());
            let document = Document::load_mem(&bytes).unwrap();
            assert_eq!(stamps(&document), whole[pages.start as usize..pages.end as usize]);
            let found = inspected(&project, &path);
            assert_eq!(found["page_labels"], json!([{ "page": 1, "label": (pages.start + 1).to_string() }]));
            assert_eq!((&found["title"], &found["pages"]), (&extract["title"], &extract["pages"]));
            assert!(found["title"].as_str().unwrap().starts_with(&format!("TOP {item}: ")), "{found}");
            assert_eq!((&found["defects"], &found["links"]["broken"]), (&json!([]), &json!([])), "{path}");
            let marks = found["bookmarks"].as_array().unwrap().iter();
            let marks: Vec<u64> =
                marks.filter(|mark| mark["level"] == 3).map(|m| m["page"].as_u64().unwrap()).collect();
            let begins = own.iter().map(|paper| paper["first_page"].as_u64().unwrap() - pages.start);
            assert_eq!(marks, begins.collect::<Vec<_>>(), "{path}");
            let claims = own.iter().all(|paper| paper["missing"] == json!([]));
            assert_eq!(extract["claims"] == "PDF/A-2a, PDF/UA-1", claims, "{path}");
            assert_eq!(found["claims"]["pdf_ua"] == 1, claims, "{path}");
            // Nothing of the agenda comes along.
            assert!(
                !Pdf::read(&bytes)
                    .elements()
                    .iter()
                    .any(|element| element.text.contains("Einwohnerfragestunde"))
            );
        }
    }
    let public = project.pdfs("out/oeffentlich");
    assert!(public.contains(&format!("{STEM}-oeffentlich-TOP-4.1.pdf")), "{public:?}");
    assert!(!public.iter().any(|name| name.contains("TOP-11")), "{public:?}");
    assert!(project.list("out/vollstaendig").contains(&format!("{STEM}-vollstaendig-TOP-11.1.pdf")));
}

#[test]
fn items_whose_papers_conform_do_so_too() {
    let Some(veracheck) = veracheck() else { return };
    let project = example("bezirksvertretung");
    let (run, _) = packet(&project, &["--each", "--max-size", "120kB"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(project.pdfs("out/oeffentlich").len() > 3);
    judge_files(&veracheck, &project, "2a,ua1");
}

#[test]
fn extracts_are_left_alone_as_long_as_they_hold_and_go_when_they_do_not() {
    let project = example("bezirksvertretung");
    let outcome = |arguments: &[&str]| {
        let (run, report) = packet(&project, arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        report["editions"][0]["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome(&["--each"]), "made");
    let made = project.pdfs("out/oeffentlich");
    assert_eq!((outcome(&["--each"]), outcome(&[])), ("up-to-date".into(), "up-to-date".into()));
    assert_eq!(outcome(&["--each", "--force"]), "made");
    // What still holds stays, whether it is asked for or not.
    assert_eq!(outcome(&["--force"]), "made");
    assert_eq!(project.pdfs("out/oeffentlich"), made);
    std::fs::remove_file(project.path().join("out/oeffentlich").join(&made[1])).unwrap();
    assert_eq!(outcome(&["--each"]), "made");
    assert_eq!(project.pdfs("out/oeffentlich"), made);
    let session = String::from_utf8(project.read("sitzung.toml")).unwrap();
    project.write("sitzung.toml", session.replace("[sitzung]\n", "[sitzung]\nvorsitz = \"Ada Beispiel\"\n"));
    let (run, report) = packet(&project, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.pdfs("out/oeffentlich").len(), 1);
    assert_eq!(report["set_aside"].as_array().unwrap().len() % 2, 0, "{report}");
    assert!(
        project
            .list("out/nichtoeffentlich")
            .iter()
            .all(|name| name.contains("-TOP-") && name.contains("veraltet"))
    );
}

#[test]
fn a_packet_is_cut_at_papers_into_parts_that_fit() {
    let project = example("ratssitzung");
    let (run, report) = packet(&project, &["--max-size", "500kB"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let large: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == "P133").collect();
    for (edition, folder) in editions(&report) {
        let parts: Vec<&Value> = extracts(edition).collect();
        let count = parts.len();
        assert!(count > 1);
        let whole = edition["path"].as_str().unwrap();
        let mut all = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let name = part["name"].as_str().unwrap();
            assert!(name.ends_with(&format!("-Teil-{}-von-{count}.pdf", at + 1)), "{name}");
            let found = inspected(&project, &format!("{folder}/{name}"));
            assert!(found["title"].as_str().unwrap().ends_with(&format!(", Teil {} von {count}", at + 1)));
            assert_eq!((&found["defects"], &found["links"]["broken"]), (&json!([]), &json!([])), "{name}");
            let bytes = project.read(&format!("{folder}/{name}"));
            if bytes.len() > 500_000 {
                assert!(!large.is_empty(), "{name}");
            }
            all.extend(stamps(&Document::load_mem(&bytes).unwrap()));
        }
        assert_eq!(all, stamps(&Document::load_mem(&project.read(whole)).unwrap()));
        // No two that follow each other would fit into one.
        let sizes: Vec<u64> = parts.iter().map(|part| part["bytes"].as_u64().unwrap()).collect();
        assert!(sizes.windows(2).all(|pair| pair[0] + pair[1] > 500_000), "{sizes:?}");
        // Each line of the agenda leads to its page, wherever that is.
        let first = project.read(&format!("{folder}/{}", parts[0]["name"].as_str().unwrap()));
        let targets = remote_targets(&Document::load_mem(&first).unwrap());
        let papers = edition["papers"].as_array().unwrap();
        let mut before = parts[0]["pages"].as_u64().unwrap();
        for part in &parts[1..] {
            let pages = part["pages"].as_u64().unwrap();
            for paper in papers {
                let page = paper["first_page"].as_u64().unwrap();
                if (before + 1..=before + pages).contains(&page) {
                    let expected = (part["name"].as_str().unwrap().to_owned(), (page - before - 1) as i64);
                    assert!(targets.contains(&expected), "{expected:?} {targets:?}");
                }
            }
            before += pages;
        }
    }
    // Another size makes other parts, and the old ones go.
    let count =
        |name: &str| project.pdfs("out/oeffentlich").iter().filter(|other| other.contains(name)).count();
    let (run, report) = packet(&project, &["--max-size", "100 MB"]);
    assert_eq!((run.code, count("-Teil-")), (0, 0), "{}", run.stderr);
    assert_eq!(report["editions"][0]["extracts"], json!([]));
    let run = project.run(&["packet", "sitzung.toml", "--max-size", "100MB"]);
    assert!(run.stderr.contains("Nicht geteilt, denn sie ist nicht größer als 100 MB."), "{}", run.stderr);
    for wrong in ["10", "MB", "0MB"] {
        assert_eq!(project.run(&["packet", "sitzung.toml", "--max-size", wrong]).code, 2);
    }
}

/// Where links lead that lead into other files: the name, and the page from 0.
fn remote_targets(document: &Document) -> BTreeSet<(String, i64)> {
    let dictionaries = document.objects.values().filter_map(|object| object.as_dict().ok());
    let actions = dictionaries.filter_map(|annotation| {
        let action = document.dereference(annotation.get(b"A").ok()?).ok()?.1.as_dict().ok()?;
        (action.get(b"S").ok()?.as_name().ok()? == b"GoToR").then_some(action)
    });
    let target = |action: &lopdf::Dictionary| {
        let file = action.get(b"F").unwrap().as_dict().unwrap();
        let name = lopdf::decode_text_string(file.get(b"UF").unwrap()).unwrap();
        (name, action.get(b"D").unwrap().as_array().unwrap()[0].as_i64().unwrap())
    };
    actions.map(target).collect()
}

#[test]
fn a_paper_that_is_too_large_alone_is_a_part_of_its_own_and_is_said() {
    let project = example("bezirksvertretung");
    let run = project.run(&["packet", "sitzung.toml", "--max-size", "40kB", "--edition", "public"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("[P133]") && run.stderr.contains("statt höchstens 40 kB"), "{}", run.stderr);
    let files = project.pdfs("out/oeffentlich");
    assert_eq!(run.stdout.lines().filter(|line| line.contains("-Teil-")).count(), files.len() - 1);
}

#[test]
fn the_list_names_what_is_public_and_nothing_else() {
    let project = example("ratssitzung");
    assert_eq!(project.run(&["agenda", "sitzung.toml"]).code, 0);
    let (run, report) = packet(&project, &["--each"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let list = String::from_utf8(project.read("out/oeffentlich/index.json")).unwrap();
    let said: Value = serde_json::from_str(&list).unwrap();
    let files = said["files"].as_array().unwrap();
    let mut names: Vec<&str> = files.iter().map(|file| file["file"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, project.pdfs("out/oeffentlich"));
    let page = String::from_utf8(project.read("out/oeffentlich/index.html")).unwrap();
    for file in files {
        let name = file["file"].as_str().unwrap();
        let path = project.path().join("out/oeffentlich").join(name);
        let sha256 = anlage::files::HashKind::Sha256.of(&path).unwrap();
        assert_eq!(
            (file["sha256"].as_str(), file["bytes"].as_u64()),
            (Some(sha256.as_str()), Some(path.metadata().unwrap().len()))
        );
        let found = inspected(&project, &format!("out/oeffentlich/{name}"));
        assert_eq!((&found["pages"], &found["title"]), (&file["pages"], &file["title"]), "{name}");
        let claims = if found["claims"]["pdf_ua"] == 1 { json!(["PDF/A-2a", "PDF/UA-1"]) } else { json!([]) };
        assert_eq!(file["claims"], claims, "{name}");
        assert!(page.contains(&format!("href=\"{name}\"")), "{name}");
    }
    assert!(
        page.contains("<html lang=\"de\">") && !page.contains("<script") && !page.contains("http"),
        "{page}"
    );
    // Of what is not public it says nothing.
    let complete = &report["editions"][1];
    let secret = complete["papers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|paper| paper["item"].as_str().unwrap().starts_with("11"));
    for paper in secret {
        for word in [&paper["proposal"], &paper["title"], &paper["file"]].map(|word| word.as_str().unwrap()) {
            assert!(
                word.is_empty() || word.starts_with("Anlage") || !page.contains(word) && !list.contains(word),
                "{word}"
            );
        }
    }
    // The same again, whatever was there before.
    std::fs::remove_file(project.path().join("out/oeffentlich/index.html")).unwrap();
    assert_eq!(packet(&project, &["--each"]).0.code, 0);
    assert_eq!(String::from_utf8(project.read("out/oeffentlich/index.html")).unwrap(), page);
}

#[test]
fn the_list_follows_what_lies_beside_it() {
    let project = example("bezirksvertretung");
    let listed = || {
        let list: Value = serde_json::from_slice(&project.read("out/oeffentlich/index.json")).unwrap();
        let mut names: Vec<String> = list["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["file"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    project.write("out/oeffentlich/index.html", "<p>von Hand</p>");
    let (run, report) = packet(&project, &[]);
    assert_eq!((run.code, listed()), (0, project.pdfs("out/oeffentlich")), "{}", run.stderr);
    assert_eq!(report["set_aside"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(project.read("out/nichtoeffentlich/index-veraltet.html"), b"<p>von Hand</p>");
    // A second session beside the first.
    let session = String::from_utf8(project.read("sitzung.toml")).unwrap();
    project.write("zweite.toml", session.replace("[sitzung]\n", "[sitzung]\nnummer = 2\n"));
    assert_eq!(project.run(&["agenda", "zweite.toml"]).code, 0);
    assert_eq!((listed().len(), listed()), (3, project.pdfs("out/oeffentlich")));
    // What is withdrawn is not listed, and where nothing is public there is no list.
    project.write("zweite.toml", "[sitzung\n");
    assert_eq!(project.run(&["agenda", "zweite.toml"]).code, 1);
    assert_eq!((listed().len(), listed()), (1, project.pdfs("out/oeffentlich")));
    project.write("sitzung.toml", "[sitzung\n");
    assert_eq!(packet(&project, &[]).0.code, 1);
    assert_eq!(project.list("out/oeffentlich"), [""; 0]);
}

#[test]
fn what_must_not_be_public_takes_everything_back() {
    let project = Project::new();
    let paper = |text: &str| {
        project.write("plan.pdf", Sheets::new(&[text]).bytes());
    };
    let record = |number: &str, subject: &str, public: bool, file: &str| {
        head(number, subject, public) + &format!("[anlage.1]\ntitel = 'Plan'\ndatei = '{file}'\n")
    };
    project.write("1.toml", record("V/0001/2025", "Radweg", true, "plan.pdf"));
    project.write("2.toml", record("V/0002/2025", "Halle am Hafen", false, "vertrag.pdf"));
    project.write("vertrag.pdf", Sheets::new(&["Die Halle wird an Herrn Muster verkauft."]).bytes());
    let items = "[[top]]\nnummer = '1'\nvorlage = '1.toml'\n[[top]]\nnummer = '2'\nvorlage = '2.toml'\n";
    project.write("sitzung.toml", format!("{SESSION}{items}"));
    paper("Der Radweg wird breiter.");
    let (run, _) = packet(&project, &["--each"]);
    assert_eq!((run.code, project.pdfs("out/oeffentlich").len()), (0, 2), "{}", run.stderr);
    paper("Der Radweg wird breiter. Die Halle wird an Herrn Muster verkauft.");
    let (run, report) = packet(&project, &["--each"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let leaks = report["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == "P106");
    assert_eq!(leaks.count(), 1, "{report}");
    assert_eq!(project.list("out/oeffentlich"), [""; 0]);
    assert_eq!(project.pdfs("out/vollstaendig").len(), 3);
    assert_eq!(project.list("out/nichtoeffentlich").len(), 2);
}
