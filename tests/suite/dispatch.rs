//! Versions of a packet: what was sent keeps its pages and labels, and who has the old folder needs only the delta.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::Document;
use serde_json::Value;

use crate::conformance::{judge_files, veracheck};
use crate::dice::Dice;
use crate::examples::copy;
use crate::packet::{destinations, stamps};
use crate::packet_runs::head;
use crate::pdf::Pdf;
use crate::program::{Project, files_below, repository};
use crate::sheets::Sheets;

const STEM: &str = "Rat-2025-02-12";
const EDITIONS: [&str; 2] = ["oeffentlich", "vollstaendig"];

/// A page as somebody holds it: its label, what is on it, and its stamps.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Page {
    label: String,
    text: String,
    stamps: String,
}

/// The pages of a file that the program made.
fn pages(project: &Project, path: &str) -> Vec<Page> {
    let document = Document::load_mem(&project.read(path)).unwrap();
    let run = project.run(&["inspect", path, "--format", "json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{path}: {}", run.stderr));
    assert_eq!(found["defects"], serde_json::json!([]), "{path}");
    let ranges = found["page_labels"].as_array().unwrap();
    let label = |place: usize| {
        let range =
            ranges.iter().rev().find(|range| range["page"].as_u64().unwrap() <= place as u64).unwrap();
        let (first, label) = (range["page"].as_u64().unwrap() as usize, range["label"].as_str().unwrap());
        label.parse::<usize>().map_or(label.to_owned(), |number| (number + place - first).to_string())
    };
    let stamps = stamps(&document);
    let count = document.get_pages().len();
    let page = |place: usize| Page {
        label: label(place),
        text: document.extract_text(&[place as u32]).unwrap_or_default(),
        stamps: stamps[place - 1].clone(),
    };
    (1..=count).map(page).collect()
}

/// The sheets of a version, as labels, from its record.
fn sheets(record: &Value, pages: &[Page]) -> Vec<Vec<Page>> {
    let by_label: BTreeMap<&str, &Page> = pages.iter().map(|page| (page.label.as_str(), page)).collect();
    let mut sheets: Vec<Vec<Page>> = Vec::new();
    for page in
        record["papers"].as_array().unwrap().iter().flat_map(|paper| paper["pages"].as_array().unwrap())
    {
        let Some(own) = by_label.get(page["label"].as_str().unwrap()) else { continue };
        match sheets.last_mut() {
            Some(sheet) if page["is_back"] == true => sheet.push((*own).clone()),
            _ => sheets.push(vec![(*own).clone()]),
        }
    }
    sheets
}

/// Files the sheets of a delta as it says.
fn file(folder: &mut Vec<Vec<Page>>, delta: &[Page], steps: &[Value], per_sheet: usize) {
    let lists = delta.iter().take_while(|page| page.label.starts_with('N')).count();
    let mut new = delta[lists..].chunks(per_sheet);
    let labels = |step: &Value, key: &str| -> Vec<String> {
        step[key].as_array().unwrap().iter().map(|label| label.as_str().unwrap().to_owned()).collect()
    };
    for step in steps {
        let out = labels(step, "out");
        folder.retain(|sheet| {
            let goes = sheet.iter().filter(|page| out.contains(&page.label)).count();
            assert!(goes == 0 || goes == sheet.len(), "half of {sheet:?} goes");
            goes == 0
        });
    }
    for step in steps {
        let put = labels(step, "put");
        let mut at = match step["behind"].as_str() {
            None => 0,
            Some(label) => {
                let is_it = |sheet: &Vec<Page>| sheet.last().is_some_and(|page| page.label == label);
                folder.iter().position(is_it).unwrap_or_else(|| panic!("no page {label}: {step}")) + 1
            }
        };
        let mut left: usize = put.len();
        while left > 0 {
            let sheet: Vec<Page> =
                new.next().unwrap().iter().filter(|page| page.label != "leer").cloned().collect();
            assert!(!sheet.is_empty() && sheet.len() <= left, "{sheet:?} of {put:?}");
            left -= sheet.len();
            folder.insert(at, sheet);
            at += 1;
        }
    }
    assert!(new.next().is_none(), "there are more sheets than steps");
}

fn exists(project: &Project, path: &str) -> bool {
    project.path().join(path).exists()
}

/// A paper of a session in the making: the texts on its pages, and whether everybody may see it.
struct Paper {
    name: String,
    texts: Vec<String>,
    public: bool,
}

fn write(project: &Project, papers: &[Paper]) {
    let mut session = "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nladung = 2025-01-20\n\n".to_owned();
    for public in [true, false] {
        for (place, paper) in papers.iter().filter(|paper| paper.public == public).enumerate() {
            let part = if public { "Ö" } else { "N" };
            let (number, name) = (place + 1, &paper.name);
            session += &format!(
                "[[top]]\nnummer = '{part} {number}'\noeffentlich = {public}\nvorlage = 'v/{name}.toml'\n\n"
            );
            let record = head(&format!("V/{name}/2025"), &format!("Gegenstand {name}"), public);
            project.write(
                &format!("v/{name}.toml"),
                format!("{record}[anlage.1]\ntitel = 'Plan {name}'\ndatei = '{name}.pdf'\n"),
            );
            let texts: Vec<&str> = paper.texts.iter().map(String::as_str).collect();
            project.write(&format!("v/{name}.pdf"), Sheets::new(&texts).bytes());
        }
    }
    project.write("sitzung.toml", session);
}

/// Changes something of a session.
fn change(papers: &mut Vec<Paper>, dice: &mut Dice, step: usize) {
    let mut below = |limit: usize| dice.below(limit as u64) as usize;
    let at = below(papers.len());
    let count = papers.len();
    let page = below(papers[at].texts.len());
    match below(7) {
        0 => {
            let texts = (0..=below(3)).map(|page| format!("neu {step} Seite {page}")).collect();
            let public = below(3) > 0;
            papers.insert(at, Paper { name: format!("9{step:03}"), texts, public });
        }
        1 if count > 2 => drop(papers.remove(at)),
        2 => papers[at].texts.insert(page, format!("eingelegt {step}")),
        3 if papers[at].texts.len() > 1 => drop(papers[at].texts.remove(page)),
        4 => papers.swap(at, 0),
        5 => papers[at].public = !papers[at].public,
        _ => papers[at].texts[page] = format!("getauscht {step}"),
    }
}

fn sent(project: &Project, version: usize, layout: &str) -> Value {
    let day = format!("2025-01-{:02}", 20 + version);
    let run = project.run(&["dispatch", "sitzung.toml", "--date", &day, "--layout", layout]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_slice(&project.read(&format!("versand/{STEM}-{version}.json"))).unwrap()
}

/// A sheet between the parts may be all that is new in one of them: it comes without the papers behind it.
#[test]
fn the_sheet_between_the_parts_comes_alone_if_what_is_behind_it_is_there() {
    for layout in ["simplex", "duplex"] {
        let project = Project::new();
        let paper =
            |name: &str, public| Paper { name: name.to_owned(), texts: vec![format!("Text {name}")], public };
        write(&project, &[paper("0002", false)]);
        let first = sent(&project, 1, layout);
        let path = format!("out/vollstaendig/{STEM}-vollstaendig.pdf");
        let mut folder = sheets(&first, &pages(&project, &path));
        write(&project, &[paper("0001", true), paper("0002", false)]);
        let second = sent(&project, 2, layout);
        let new = pages(&project, &path);
        let delta = &second["files"].as_array().unwrap().iter().find(|file| {
            file["edition"] == "complete" && file["path"].as_str().unwrap().contains("Nachtrag")
        });
        let delta = delta.unwrap();
        let kept = format!("versand/{STEM}-2/{}", delta["path"].as_str().unwrap());
        let per_sheet = if layout == "duplex" { 2 } else { 1 };
        file(&mut folder, &pages(&project, &kept), delta["filing"].as_array().unwrap(), per_sheet);
        assert_eq!(folder.concat(), new, "{layout}");
        assert!(new.iter().any(|page| page.stamps.starts_with("Sitzungsmappe Rat · Nichtöffentlich")));
    }
}

/// A history of late changes, followed in the folder of somebody who files each delta.
fn follow(seed: u64) {
    let mut dice = Dice(seed);
    let (layout, per_sheet) = if dice.below(2) == 0 { ("simplex", 1) } else { ("duplex", 2) };
    let mut papers: Vec<Paper> = (0..4 + dice.below(3))
        .map(|paper| Paper {
            name: format!("1{paper:03}"),
            texts: (0..=dice.below(4)).map(|page| format!("alt {paper} Seite {page}")).collect(),
            public: paper < 3,
        })
        .collect();
    let project = Project::new();
    write(&project, &papers);
    let mut record = sent(&project, 1, layout);
    let path = |edition: &str| format!("out/{edition}/{STEM}-{edition}.pdf");
    let mut folders: BTreeMap<&str, Vec<Vec<Page>>> = EDITIONS
        .iter()
        .map(|edition| (*edition, sheets(&record, &pages(&project, &path(edition)))))
        .collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for version in 2..4 + dice.below(2) as usize {
        for step in 0..=dice.below(3) as usize {
            change(&mut papers, &mut dice, version * 10 + step);
        }
        write(&project, &papers);
        let run = project.run(&["packet", "sitzung.toml", "--format", "json"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let before = record.clone();
        record = match project.run(&["dispatch", "sitzung.toml", "--date", "2025-01-29"]).code {
            0 if exists(&project, &format!("versand/{STEM}-{version}.json")) => {
                serde_json::from_slice(&project.read(&format!("versand/{STEM}-{version}.json"))).unwrap()
            }
            // All changes together were none.
            0 => return,
            code => panic!("{seed}: {code}"),
        };
        for edition in EDITIONS {
            let folder = folders.get_mut(edition).unwrap();
            let new = pages(&project, &path(edition));
            let kept = format!("versand/{STEM}-{version}/{edition}");
            let delta = pages(&project, &format!("{kept}/{STEM}-{edition}-Nachtrag-{version}.pdf"));
            let run = project.run(&["log", "sitzung.toml", "--format", "json"]);
            let log: Value = serde_json::from_str(&run.stdout).unwrap();
            let filing = &log["versions"][version - 1]["files"];
            let own = filing.as_array().unwrap().iter().find(|file| {
                file["path"].as_str().unwrap().contains("Nachtrag")
                    && file["path"].as_str().unwrap().starts_with(edition)
            });
            file(folder, &delta, own.unwrap()["filing"].as_array().unwrap(), per_sheet);
            let filed: Vec<Page> = folder.iter().flatten().cloned().collect();
            assert_eq!(filed, new, "{seed}: {edition}, version {version}");
            // The sheets are those of the record, so the next delta can be filed.
            assert_eq!(*folder, sheets(&record, &new), "{seed}: {edition}, version {version}");
            if edition == "oeffentlich" {
                let secret: Vec<&Paper> = papers.iter().filter(|paper| !paper.public).collect();
                for text in secret.iter().flat_map(|paper| &paper.texts) {
                    assert!(!delta.iter().any(|page| page.text.contains(text.as_str())), "{seed}: {text}");
                }
            }
        }
        // A page has one label in all editions.
        let [public, complete] = EDITIONS.map(|edition| pages(&project, &path(edition)));
        let front = record["papers"][0]["pages"].as_array().unwrap().len();
        for page in public.iter().filter(|page| page.label.parse::<usize>().is_ok_and(|label| label > front))
        {
            assert!(complete.contains(page), "{seed}: {page:?}");
        }
        // No page that was sent ever changes its label.
        let labels = |record: &Value| -> Vec<(String, String)> {
            let pages = record["papers"].as_array().unwrap().iter().skip(1);
            let pages = pages.flat_map(|paper| paper["pages"].as_array().unwrap().clone());
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            pages.map(|page| (text(&page["label"]), format!("{}{}", page["look"], page["since"]))).collect()
        };
        let now: BTreeMap<String, String> = labels(&record).into_iter().collect();
        for (label, look) in labels(&before) {
            if let Some(other) = now.get(&label).filter(|other| **other != look) {
                assert!(other.ends_with(&record["version"].to_string()), "{seed}: {label}");
            }
            seen.insert(label);
        }
        let withdrawn: BTreeSet<&str> =
            record["withdrawn"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
        assert!(
            seen.iter().all(|label| now.contains_key(label) || withdrawn.contains(label.as_str())),
            "{seed}"
        );
    }
}

#[test]
fn the_old_folder_with_the_delta_filed_is_the_new_packet() {
    let count = std::env::var("ANLAGE_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(6);
    (0..count).for_each(follow);
}

#[test]
fn what_is_sent_is_what_lies_in_the_output_folder_until_something_changes() {
    let project = Project::new();
    copy(&repository().join("examples/gemeinsame-sitzung"), project.path());
    let run = project.run(&["dispatch", "sitzung.toml", "--date", "2025-06-06"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let files: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("versand/")).collect();
    assert_eq!(files.len(), 3, "{}", run.stdout);
    // Forms, what lies in the output folder now, and the list of what is public are named too.
    assert_eq!(run.stdout.lines().filter(|line| line.starts_with("out/")).count(), 14, "{}", run.stdout);
    for (kept, edition) in files[1..].iter().zip(EDITIONS) {
        let made = project.pdfs(&format!("out/{edition}"));
        assert_eq!(project.read(kept), project.read(&format!("out/{edition}/{}", made[0])), "{kept}");
        assert!(kept.ends_with("-1-Fassung-2025-06-06.pdf"), "{kept}");
    }
    let before = project.read(files[0]);
    // Nothing changed, so nothing is sent again.
    let again = project.run(&["dispatch", "sitzung.toml", "--date", "2025-06-07"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{}", again.stderr);
    assert!(
        again.stderr.contains("Seit der 1. Fassung vom 06.06.2025 hat sich nichts geändert"),
        "{}",
        again.stderr
    );
    assert_eq!(project.read(files[0]), before);
    assert!(!exists(&project, "versand/Rat-Hauptausschuss-5-2025-06-18-2.json"));
}

#[test]
fn late_changes_are_said_in_words_and_the_delta_conforms() {
    let project = Project::new();
    copy(&repository().join("examples/gemeinsame-sitzung"), project.path());
    assert_eq!(project.run(&["dispatch", "sitzung.toml", "--date", "2025-06-06"]).code, 0);
    let session = String::from_utf8(project.read("sitzung.toml")).unwrap();
    let at = session.find("[[top]]\nnummer = \"Ö 7\"").unwrap();
    let late = "[[top]]\nnummer = \"Ö 6a\"\ntitel = \"Eilantrag Hochwasser\"\n\n";
    project.write("sitzung.toml", format!("{}{late}{}", &session[..at], &session[at..]));
    let record = String::from_utf8(project.read("vorlagen/V-0302-2025.toml")).unwrap();
    project.write(
        "vorlagen/V-0302-2025.toml",
        record.replacen("kurzueberblick = \"\"\"", "kurzueberblick = \"\"\"Neu gefasst. ", 1),
    );
    let run = project.run(&["dispatch", "sitzung.toml", "--date", "2025-06-12", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&report["sent"]["name"], &report["sent"]["same"]),
        (&"2. Fassung vom 12.06.2025".into(), &false.into())
    );
    assert_eq!(
        (
            report["sent"]["files"].as_array().unwrap().len(),
            report["sent"]["changes"].as_array().unwrap().len()
        ),
        (5, 2)
    );
    let withdrawn = String::from_utf8(project.read("vorlagen/V-0303-2025.toml")).unwrap();
    project.write("vorlagen/V-0303-2025.toml", &withdrawn[..withdrawn.find("[anlage.1]").unwrap()]);
    let run = project.run(&["dispatch", "sitzung.toml", "--date", "2025-06-16"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let log = project.run(&["log", "sitzung.toml"]);
    let page = std::fs::read_to_string(repository().join("docs/versions.md")).unwrap();
    assert!(
        page.contains(&format!("```text\n{}```", log.stdout)),
        "docs/versions.md says something else than:\n{}",
        log.stdout
    );
    let Some(veracheck) = veracheck() else { return };
    judge_files(&veracheck, &project, "2a,ua1");
}

#[test]
fn what_was_sent_and_cannot_be_read_stops_everything_and_changes_nothing() {
    let project = Project::new();
    let paper = |name: &str| Paper { name: name.to_owned(), texts: vec!["eins".to_owned()], public: true };
    write(&project, &[paper("0001"), paper("0002")]);
    sent(&project, 1, "duplex");
    let made = project.pdfs("out/oeffentlich");
    let path = format!("versand/{STEM}-1.json");
    let record = project.read(&path);
    let unheard = String::from_utf8(record.clone()).unwrap();
    let unheard = unheard.replace("\"pages_per_sheet\": 2", "\"pages_per_sheet\": 1000000000000");
    for broken in [
        unheard.into_bytes(),
        b"{".to_vec(),
        b"[]".to_vec(),
        br#"{"format":9}"#.to_vec(),
        record[..record.len() / 2].to_vec(),
    ] {
        project.write(&path, &broken);
        for command in [vec!["packet"], vec!["dispatch", "--date", "2025-02-01"], vec!["log"]] {
            let run = project.run(&[&command[..1], &["sitzung.toml"], &command[1..]].concat());
            assert_eq!(run.code, 1, "{command:?}: {}", run.stderr);
            assert!(run.stderr.contains("[S501]") && run.stderr.contains(&path), "{}", run.stderr);
        }
        assert_eq!((project.read(&path), project.pdfs("out/oeffentlich")), (broken, made.clone()));
    }
}

#[test]
fn what_was_public_and_is_not_any_more_is_said_loudly() {
    let project = Project::new();
    let paper =
        |name: &str, public| Paper { name: name.to_owned(), texts: vec![format!("Text {name}")], public };
    write(&project, &[paper("0001", true), paper("0002", true)]);
    sent(&project, 1, "duplex");
    write(&project, &[paper("0001", true), paper("0002", false)]);
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("Warnung[S502]: TOP N 1, V/0002/2025 Anlage 1: Plan 0002"), "{}", run.stderr);
    assert!(!run.stderr.contains("[S503]"), "nothing was added: {}", run.stderr);
    // Those who got it hear its name no more.
    for name in project.pdfs("out/oeffentlich") {
        let words = Pdf::read(&project.read(&format!("out/oeffentlich/{name}")));
        let words: String = words.elements().iter().map(|element| element.text.clone() + " ").collect();
        assert!(words.contains("nicht mehr öffentlich") && !words.contains("Plan 0002"), "{name}: {words}");
    }
}

#[test]
fn what_is_released_is_released_in_the_delta_too() {
    let project = Project::new();
    let plan = Sheets::new(&["Lageplan mit allen Wegen"]).bytes();
    let record = |name: &str, number: &str, subject: &str, public| {
        project.write(&format!("v/{name}.pdf"), plan.clone());
        let annex = format!("[anlage.1]\ntitel = 'Plan'\ndatei = '{name}.pdf'\n");
        project.write(&format!("v/{name}.toml"), head(number, subject, public) + &annex);
    };
    let session = |items: &str| {
        project.write("sitzung.toml", format!("[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\n{items}"));
    };
    let item =
        |number: &str, name: &str| format!("[[top]]\nnummer = '{number}'\nvorlage = 'v/{name}.toml'\n");
    record("geheim", "V/0002/2025", "Ankauf des Hofes Lütke Wentrup", false);
    session(&format!("[[top]]\nnummer = '1'\ntitel = 'Fragestunde'\n{}", item("9", "geheim")));
    sent(&project, 1, "duplex");

    // It comes late, and its plan is the same as one that is not public.
    record("offen", "V/0001/2025", "Radweg an der Aa", true);
    let items = format!(
        "[[top]]\nnummer = '1'\ntitel = 'Fragestunde'\n{}{}",
        item("2", "offen"),
        item("9", "geheim")
    );
    session(&items);
    let refused = project.run(&["packet", "sitzung.toml", "--format", "json"]);
    let report: Value = serde_json::from_str(refused.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(refused.code, 1, "{report}");
    let mut releases = String::new();
    for finding in report["findings"].as_array().unwrap() {
        let hint = finding["hint"].as_str().unwrap_or_default();
        let Some((_, offered)) = hint.split_once("[[freigabe]] mit ") else { continue };
        let lines = offered.trim_end_matches('.').replace(" und ", ", ").replace(", ", "\n");
        releases.push_str(&format!("[[freigabe]]\n{}\n", lines.replace('…', "Der Plan ist bekannt.")));
    }
    session(&format!("{items}{releases}"));
    let run = project.run(&["packet", "sitzung.toml"]);
    assert_eq!(run.code, 0, "{releases}\n{}", run.stderr);
    assert!(
        exists(&project, &format!("out/oeffentlich/{STEM}-oeffentlich-Nachtrag-2.pdf")),
        "{}",
        run.stderr
    );
}

/// Two papers, of which one changes after the first version was sent.
fn two_versions() -> Project {
    let project = Project::new();
    let paper = |name: &str, text: &str, public| Paper {
        name: name.to_owned(),
        texts: vec![text.to_owned()],
        public,
    };
    write(&project, &[paper("0001", "eins", true), paper("0002", "zwei", false)]);
    sent(&project, 1, "duplex");
    write(&project, &[paper("0001", "eins neu", true), paper("0002", "zwei", false)]);
    sent(&project, 2, "duplex");
    project
}

#[test]
fn what_was_sent_is_compared_with_what_is_known_of_it() {
    let project = two_versions();
    let verify = |path: &str| project.run(&["verify", path]);
    let sound = verify("versand");
    assert_eq!(sound.code, 0, "{}", sound.stderr);
    assert_eq!(sound.stdout.matches(": unversehrt (").count(), 2, "{}", sound.stdout);
    let delta = format!("versand/{STEM}-2/oeffentlich/{STEM}-oeffentlich-Nachtrag-2.pdf");
    let bytes = project.read(&delta);
    project.write(&delta, &bytes[..bytes.len() - 1]);
    let record = format!("versand/{STEM}-2.json");
    let changed = verify(&record);
    assert_eq!(changed.code, 1, "{}", changed.stdout);
    assert!(
        changed.stdout.contains(&format!("Fehler: {delta} ist nicht, was versandt wurde")),
        "{}",
        changed.stdout
    );
    std::fs::remove_file(project.path().join(&delta)).unwrap();
    let gone = verify("versand");
    assert!(
        gone.code == 1 && gone.stdout.contains(&format!("{delta} fehlt, wurde aber versandt")),
        "{}",
        gone.stdout
    );
}

/// What was sent goes to the archive as it was sent; a link leads nowhere else, whatever hash the record says.
#[test]
#[cfg(unix)]
fn nothing_else_goes_to_the_archive_under_the_name_of_what_was_sent() {
    let project = two_versions();
    let outside = Project::new();
    outside.write("geheim.pdf", "geheim");
    let name = format!("{STEM}-oeffentlich-1-Fassung-2025-01-21.pdf");
    let path = format!("versand/{STEM}-1/oeffentlich/{name}");
    let (kept, record) = (project.read(&path), format!("versand/{STEM}-1.json"));
    let text = String::from_utf8(project.read(&record)).unwrap();
    let archive = || project.run(&["archive", "sitzung.toml", "-o", "abgabe"]);
    let refused = |flaw: &str| {
        let run = archive();
        assert!(
            run.code == 1 && run.stderr.contains("Fehler[S508]") && run.stderr.contains(flaw),
            "{}",
            run.stderr
        );
        assert!(!exists(&project, "abgabe"));
        assert_eq!(project.run(&["verify", "versand"]).code, 1);
    };
    project.write(&path, "anderes");
    refused("ist nicht, was versandt wurde");
    std::fs::remove_file(project.path().join(&path)).unwrap();
    refused("fehlt, wurde aber versandt");
    // The record may say the hash of what the link leads to.
    let hash = |bytes: &[u8]| anlage::files::sha256(bytes);
    std::os::unix::fs::symlink(outside.path().join("geheim.pdf"), project.path().join(&path)).unwrap();
    project.write(&record, text.replace(&hash(&kept), &hash(b"geheim")));
    refused("liegt nicht bei dem, was versandt wurde");
    std::fs::remove_file(project.path().join(&path)).unwrap();
    project.write(&record, text.replace(&format!("oeffentlich/{name}"), "../../sitzung.toml"));
    refused("liegt nicht bei dem, was versandt wurde");
    project.write(&path, kept);
    project.write(&record, &text);
    assert_eq!(archive().code, 0);

    // A folder of another project is not that of this one.
    let moved = outside.path().join("versand");
    std::fs::rename(project.path().join("versand"), &moved).unwrap();
    std::os::unix::fs::symlink(&moved, project.path().join("versand")).unwrap();
    for command in ["packet", "dispatch", "log"] {
        let run = project.run(&[command, "sitzung.toml"]);
        assert!(run.code == 1 && run.stderr.contains("[S501]"), "{command}: {}", run.stderr);
    }
    assert_eq!(
        outside.list("versand"),
        ["Rat-2025-02-12-1", "Rat-2025-02-12-1.json", "Rat-2025-02-12-2", "Rat-2025-02-12-2.json"]
    );
}

#[test]
fn the_archive_gets_all_versions_and_the_public_what_it_got() {
    let project = two_versions();
    for (arguments, folder, records) in [(&[][..], "alles", 2), (&["--public-only"][..], "alle", 0)] {
        let run = project.run(&[&["archive", "sitzung.toml", "-o", folder], arguments].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let root = project.path().join(folder);
        let below = |end: &str| -> Vec<String> {
            let all = files_below(&root.join("data/sitzung/versand"), end);
            all.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(below("json").len(), records, "{folder}");
        let pdfs = below("pdf");
        assert_eq!(pdfs.iter().filter(|name| name.contains("oeffentlich")).count(), 3, "{pdfs:?}");
        assert_eq!(
            pdfs.iter().filter(|name| name.contains("vollstaendig")).count(),
            if records > 0 { 3 } else { 0 }
        );
        let verified = project.run(&["verify", folder]);
        assert_eq!(verified.code, 0, "{}", verified.stdout);
    }
}

#[test]
fn a_bag_for_everybody_does_not_say_again_what_is_not_public_any_more() {
    let project = Project::new();
    let secret = "Der Eigentuemer verkauft den Hof am Kesselbruch fuer 471.000 Euro an die Stadt.";
    let paper = |name: &str, text: &str, public| Paper {
        name: name.to_owned(),
        texts: vec![text.to_owned()],
        public,
    };
    write(&project, &[paper("0001", "eins", true), paper("0002", secret, true)]);
    sent(&project, 1, "duplex");
    write(&project, &[paper("0001", "eins", true), paper("0002", secret, false)]);
    let run = project.run(&["archive", "sitzung.toml", "-o", "alle", "--public-only"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("[P106]") && !exists(&project, "alle"), "{}", run.stderr);
}

#[test]
fn a_version_is_sent_or_it_is_not() {
    let mut dice = Dice(20);
    let record = format!("versand/{STEM}-2.json");
    let paper =
        |text: &str| Paper { name: "0001".to_owned(), texts: vec![text.to_owned(); 20], public: true };
    let project = Project::new();
    write(&project, &[paper("eins")]);
    let first = sent(&project, 1, "duplex");
    write(&project, &[paper("zwei")]);
    let count = std::env::var("ANLAGE_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(12);
    let mut was_sent = 0;
    for _ in 0..count {
        let mut child =
            project.command(&["dispatch", "sitzung.toml", "--date", "2025-02-01"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(dice.below(600)));
        child.kill().unwrap();
        child.wait().unwrap();
        let now: Value = serde_json::from_slice(&project.read(&format!("versand/{STEM}-1.json"))).unwrap();
        assert_eq!(now, first);
        if exists(&project, &record) {
            was_sent += 1;
            let run = project.run(&["verify", "versand"]);
            assert_eq!(run.code, 0, "{}", run.stdout);
            std::fs::remove_file(project.path().join(&record)).unwrap();
        }
    }
    let run = project.run(&["dispatch", "sitzung.toml", "--date", "2025-02-01"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(project.run(&["verify", "versand"]).code, 0);
    assert!(was_sent < count);
}

#[test]
fn what_comes_late_is_said_with_its_reason() {
    let project = Project::new();
    let session = |items: &str| {
        format!(
            "[sitzung]\ngremium = 'Rat'\ndatum = 2025-02-12\nladung = 2025-01-20\n\n{items}\
             [[verteiler]]\nname = 'Presse'\nfassung = 'öffentlich'\nform = 'elektronisch'\n"
        )
    };
    let item = |number: &str, more: &str| format!("[[top]]\nnummer = '{number}'\n{more}\n\n");
    let record = |text: &str| {
        project.write("v/a.pdf", Sheets::new(&[text]).bytes());
        let head = head("V/0001/2025", "Radweg", true);
        project.write("v/a.toml", format!("{head}[anlage.1]\ntitel = 'Plan'\ndatei = 'a.pdf'\n"));
    };
    record("eins");
    let first = item("1", "vorlage = 'v/a.toml'") + &item("2", "titel = 'Alter Titel'");
    project.write("sitzung.toml", session(&first));
    sent(&project, 1, "duplex");

    record("zwei");
    let late = item("3", "titel = 'Eilantrag'\ndringlichkeit = 'Die Frist endet morgen.'");
    let titled = item("1", "vorlage = 'v/a.toml'") + &item("2", "titel = 'Neuer Titel'") + &late;
    project.write("sitzung.toml", session(&titled));
    let run = project.run(&["dispatch", "sitzung.toml", "--date", "2025-02-10"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("Warnung[S504]: Der Titel von TOP 2"), "{}", run.stderr);
    assert!(!run.stderr.contains("[S503]") && !run.stderr.contains("[S506]"), "{}", run.stderr);

    let log = project.run(&["log", "sitzung.toml"]);
    assert!(log.stdout.contains("\n  an Presse: öffentliche Fassung, elektronisch\n"), "{}", log.stdout);
    record("drei");
    project.write("v/b.pdf", Sheets::new(&["neu"]).bytes());
    let proposal = head("V/0002/2025", "Brücke", true);
    project.write("v/b.toml", format!("{proposal}[anlage.1]\ntitel = 'Plan'\ndatei = 'b.pdf'\n"));
    project.write("sitzung.toml", session(&(titled + &item("4", "vorlage = 'v/b.toml'"))));
    let too_early = project.run(&["dispatch", "sitzung.toml", "--date", "2025-02-09"]);
    assert!(too_early.code == 1 && too_early.stderr.contains("Fehler[S507]"), "{}", too_early.stderr);
    let run = project.run(&["dispatch", "sitzung.toml", "--date", "2025-02-12"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for said in [
        "Warnung[S503]: TOP 4 ist nach der 2. Fassung vom 10.02.2025 dazugekommen",
        "Warnung[S505]: TOP 4, V/0002/2025 Anlage 1: Plan kommt am Tag der Sitzung",
        "Hinweis[S506]: TOP 1, V/0001/2025 Anlage 1: Plan: Seite 3 wird zum zweiten Mal ausgetauscht",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }

    // A page that was late and is exchanged for the first time is no second exchange.
    project.write("v/b.pdf", Sheets::new(&["neuer"]).bytes());
    let draft = project.run(&["packet", "sitzung.toml"]);
    assert!(draft.code == 0 && !draft.stderr.contains("[S506]"), "{}", draft.stderr);
    project.write("v/b.pdf", Sheets::new(&["neu"]).bytes());

    // Versions are compared in the same words, and the agenda says what changed of it.
    let [old, new] = [1, 3].map(|version| format!("versand/{STEM}-{version}.json"));
    let diff = project.run(&["diff", &old, &new]);
    assert_eq!(diff.code, 1, "{}", diff.stderr);
    for said in [
        "TOP 2: Titel bisher „Alter Titel“, jetzt „Neuer Titel“",
        "TOP 3: neu auf der Tagesordnung: Eilantrag",
        "TOP 1: Anlage 1: Plan: Seite 3 ausgetauscht",
    ] {
        assert!(diff.stdout.contains(said), "{said}: {}", diff.stdout);
    }
    assert_eq!(project.run(&["diff", &old, &old]).code, 0);
    let agenda = project.run(&["agenda", "sitzung.toml"]);
    assert_eq!(agenda.code, 0, "{}", agenda.stderr);
    let notice = Pdf::read(&project.read(&format!("out/oeffentlich/{STEM}-bekanntmachung.pdf")));
    let words: String =
        notice.elements().iter().map(|element| element.text.clone()).collect::<Vec<_>>().join(" ");
    for said in [
        "Bekanntmachung, 2. Nachtrag",
        "Dringlich:",
        "Die Frist endet morgen.",
        "neu auf der Tagesordnung: Brücke",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    // What was made of the same still holds.
    assert_eq!(project.run(&["packet", "sitzung.toml", "--force"]).code, 0);
    assert!(exists(&project, &format!("out/oeffentlich/{STEM}-bekanntmachung.pdf")));
}

#[test]
fn a_link_finds_a_page_by_its_label_in_each_version() {
    let project = two_versions();
    for version in [1, 2] {
        let folder = format!("versand/{STEM}-{version}/vollstaendig");
        let name = project.pdfs(&folder).into_iter().find(|name| name.contains("-Fassung-")).unwrap();
        let document = Document::load_mem(&project.read(&format!("{folder}/{name}"))).unwrap();
        let found = destinations(&document);
        let pages = pages(&project, &format!("{folder}/{name}"));
        for (page, place) in pages.iter().zip(1_u64..) {
            assert_eq!(found.get(&format!("seite-{}", page.label)), Some(&place), "{found:?}");
        }
    }
}
