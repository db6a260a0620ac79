//! What the standards and tools that are not ours say of a bag: BagIt, xdomea, OParl, veraPDF.
//!
//! The schemas are third-party files that are not carried here. `ANLAGE_STANDARDS` names the folder that has them, as
//! `oparl-1.1/` and `xdomea-3.1.0/`; without it those tests are skipped with a line that says so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::archive::{bag, with_session};
use crate::conformance::veracheck;
use crate::program::{Project, announce, available, files_below, repository};

const BASE: &str = "https://oparl.example.org/ms/";

fn standards(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("ANLAGE_STANDARDS").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| repository().join("../shared/standards")).join(name);
    if !folder.is_dir() {
        announce(&format!("skipped: {name} is not there; ANLAGE_STANDARDS names its folder"));
        return None;
    }
    Some(folder)
}

/// The output of a tool that may be missing.
fn tool(command: &mut Command, name: &str) -> Option<std::process::Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(_) => {
            available(false, &format!("{name} judges what is handed over"));
            None
        }
    }
}

#[test]
fn the_library_of_congress_takes_the_bag() {
    let script = repository().join("target/bagit/bagit.py");
    if !available(script.is_file(), "bags are judged by `pip install --target target/bagit bagit`") {
        return;
    }
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let mut command = Command::new("python3");
    command.arg(script).arg("--validate").arg(project.path().join("abgabe"));
    let Some(output) = tool(&mut command, "python3") else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("is valid"), "{said}");
}

#[test]
fn every_own_pdf_of_a_bag_is_pdf_a_2a_and_pdf_ua_1() {
    let Some(veracheck) = veracheck() else { return };
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let pdfs = files_below(&project.path().join("abgabe/data/vorlagen"), "pdf");
    let own: Vec<&PathBuf> = pdfs.iter().filter(|path| path.to_str().unwrap().contains("-Anlage-")).collect();
    let output = Command::new(veracheck).arg("2a,ua1").args(&own).output().unwrap();
    let verdicts = String::from_utf8_lossy(&output.stdout);
    let passed = verdicts.lines().filter(|line| line.starts_with("PASS\t")).count();
    assert_eq!(passed, own.len() * 2, "{verdicts}");
}

/// The message of a bag, unpacked with its files.
fn unpacked(project: &Project) -> Option<(PathBuf, PathBuf)> {
    let zips = files_below(&project.path().join("abgabe/data/xdomea"), "zip");
    assert_eq!(zips.len(), 1);
    let folder = project.path().join("nachricht");
    tool(Command::new("unzip").arg("-q").arg(&zips[0]).arg("-d").arg(&folder), "unzip")?;
    let message = files_below(&folder, "xml").remove(0);
    Some((message, folder))
}

#[test]
fn the_message_is_valid_and_its_files_are_there() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let Some((message, folder)) = unpacked(&project) else { return };
    let text = std::fs::read_to_string(&message).unwrap();
    let name = message.file_name().unwrap().to_str().unwrap();
    let uuid = name.strip_suffix("_Aussonderung.Aussonderung.0503.xml").unwrap();
    assert!(text.contains(&format!("<xdomea:ProzessID>{uuid}</xdomea:ProzessID>")));
    let inside = |tag: &str| -> Vec<String> {
        let (open, close) = (format!("<xdomea:{tag}>"), format!("</xdomea:{tag}>"));
        text.split(&open).skip(1).map(|rest| rest.split(&close).next().unwrap().to_owned()).collect()
    };
    assert_eq!(text.matches("<xdomea:Vorgang>").count(), 3);
    let ids: BTreeSet<String> = inside("ID").into_iter().chain(inside("ProzessID")).collect();
    assert_eq!(ids.len(), inside("ID").len() + 1, "no UUID twice");
    let files: BTreeSet<String> = inside("Dateiname").into_iter().collect();
    let there: BTreeSet<String> = project.list("nachricht").into_iter().filter(|file| file != name).collect();
    assert_eq!(files, there);
    for id in files.iter().map(|file| file.split('.').next().unwrap()) {
        assert!(!ids.contains(id), "a file has a UUID of its own");
        assert_eq!(id.as_bytes()[14], b'5', "{id} is of version 5");
    }
    for (wert, file) in inside("Wert").iter().zip(inside("Dateiname")) {
        assert_eq!(*wert, anlage::files::digest(&folder.join(file)).unwrap().sha512);
    }
    let levels = text.matches("vertraulichkeitsstufe\" listVersionID=\"1.0\">\n").count();
    assert_eq!(levels, 3 + files.len());
    assert!(text.contains("<xdomea:Name>Stadtarchiv Münster</xdomea:Name>"));
    assert!(text.contains("<xdomea:Kennzeichen>33.02.01 V/0123/2025</xdomea:Kennzeichen>"));

    let Some(schemas) = standards("xdomea-3.1.0") else { return };
    let schema = schemas.join("xdomea-Nachrichten-AussonderungDurchfuehren.xsd");
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--nonet", "--schema"]).arg(schema).arg(&message);
    let Some(output) = tool(&mut command, "xmllint") else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What OParl 1.1 requires of each kind of object that is written here.
const REQUIRED: [(&str, &[&str]); 9] = [
    ("System", &["id", "type", "oparlVersion", "body"]),
    ("Body", &["id", "type", "name", "organization", "person", "meeting", "paper", "legislativeTerm"]),
    ("Organization", &["id", "type"]),
    ("Meeting", &["id", "type"]),
    ("AgendaItem", &["id", "type", "order"]),
    ("Consultation", &["id", "type"]),
    ("Paper", &["id", "type"]),
    ("File", &["id", "type", "accessUrl"]),
    ("Location", &["id", "type"]),
];

fn kind(object: &Json) -> &str {
    object["type"].as_str().unwrap().strip_prefix("https://schema.oparl.org/1.1/").unwrap()
}

/// The objects of a folder by their files, without lists.
fn objects(folder: &Path) -> Vec<(String, Json)> {
    let files = files_below(folder, "json").into_iter();
    let read = files.map(|path| {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_slice::<Json>(&std::fs::read(path).unwrap()).unwrap())
    });
    read.filter(|(name, _)| !name.starts_with("liste/")).collect()
}

fn each_string<'a>(value: &'a Json, each: &mut impl FnMut(&'a str)) {
    match value {
        Json::String(text) => each(text),
        Json::Array(items) => items.iter().for_each(|item| each_string(item, each)),
        Json::Object(entries) => entries.values().for_each(|value| each_string(value, each)),
        _ => {}
    }
}

#[test]
fn every_oparl_object_has_what_is_required_and_links_to_what_is_there() {
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let data = project.path().join("abgabe/data");
    let all = objects(&data.join("oparl"));
    let kinds: BTreeSet<&str> = all.iter().map(|(_, object)| kind(object)).collect();
    assert_eq!(kinds, REQUIRED.iter().map(|(kind, _)| *kind).collect(), "every kind is there");
    for (name, object) in &all {
        let (_, required) = REQUIRED.iter().find(|(known, _)| *known == kind(object)).unwrap();
        assert!(required.iter().all(|key| !object[*key].is_null()), "{name}: {object}");
        assert_eq!(object["id"], format!("{BASE}{name}"), "the id is the address of the file");
        each_string(object, &mut |text| {
            if let Some(path) = text.strip_prefix(BASE) {
                let place = if path.starts_with("vorlagen/") || path.starts_with("sitzung/") {
                    &data
                } else {
                    &data.join("oparl")
                };
                assert!(place.join(path).is_file(), "{name} links to {path}");
            }
        });
    }
    let find = |id: &str| all.iter().find(|(name, _)| name == id).map(|(_, object)| object).unwrap();
    let meeting = find("meeting-Rat-2025-04-02.json");
    assert_eq!(meeting["start"], "2025-04-02T17:15:00+02:00");
    let consultation = find("consultation-V-0123-2025-3.json");
    assert_eq!(consultation["agendaItem"], format!("{BASE}agendaitem-Rat-2025-04-02-2.json"));
    assert_eq!(find("agendaitem-Rat-2025-04-02-2.json")["consultation"], consultation["id"]);
    let file = all.iter().find(|(_, object)| object["fileName"] == "V-0123-2025-Anlage-A.pdf").unwrap();
    let pdf = data.join("vorlagen/V-0123-2025/V-0123-2025-Anlage-A.pdf");
    assert_eq!(file.1["sha512Checksum"], anlage::files::digest(&pdf).unwrap().sha512);
    assert_eq!(file.1["mimeType"], "application/pdf");

    let run = project.run(&["oparl", "probe.toml", "-o", "netz", "--with-non-public"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(objects(&project.path().join("netz")), all, "without a bag they are the same");
}

#[test]
fn every_oparl_object_follows_its_schema() {
    let Some(schemas) = standards("oparl-1.1") else { return };
    let project = with_session();
    bag(&project, "abgabe", &[]);
    let all = objects(&project.path().join("abgabe/data/oparl"));
    let mut checked = 0;
    for (name, object) in &all {
        checked += follows(&schemas, kind(object), object, name);
    }
    assert!(checked > all.len(), "objects inside others are checked too");
}

/// Checks an object and those inside it against the schemas, whose dialect adds `references` (an address) and `schema`
/// (an object inside). Says how many it were.
fn follows(schemas: &Path, kind: &str, object: &Json, name: &str) -> usize {
    let text = std::fs::read_to_string(schemas.join(format!("{kind}.json"))).unwrap();
    let schema: Json = serde_json::from_str(&text).unwrap();
    for key in schema["required"].as_array().unwrap() {
        assert!(object.get(key.as_str().unwrap()).is_some(), "{name}: {key} is required");
    }
    let mut count = 1;
    for (key, value) in object.as_object().unwrap() {
        let property = &schema["properties"][key];
        assert!(!property.is_null(), "{name}: {kind} has no {key}");
        count += of_type(schemas, property, value, &format!("{name}: {key}"));
    }
    count
}

fn of_type(schemas: &Path, property: &Json, value: &Json, place: &str) -> usize {
    match property["type"].as_str().unwrap() {
        "array" => {
            let items = value.as_array().unwrap_or_else(|| panic!("{place} is no list"));
            items.iter().map(|item| of_type(schemas, &property["items"], item, place)).sum()
        }
        "object" => match property["schema"].as_str() {
            Some(schema) => follows(schemas, schema.trim_end_matches(".json"), value, place),
            None => 0,
        },
        "string" => {
            let text = value.as_str().unwrap_or_else(|| panic!("{place} is no text"));
            match property["format"].as_str() {
                Some("url") => assert!(text.starts_with("https://"), "{place}: {text}"),
                Some("date") => {
                    assert!(text.len() == 10 && text.parse::<toml::value::Datetime>().is_ok(), "{place}")
                }
                Some("date-time") => {
                    assert!(text.len() == 25 && text.parse::<toml::value::Datetime>().is_ok(), "{place}")
                }
                _ => {}
            }
            if let Some(pattern) = property["pattern"].as_str() {
                assert!(
                    regex::Regex::new(&pattern.replace("\\:", ":").replace("\\/", "/"))
                        .unwrap()
                        .is_match(text),
                    "{place}: {text}"
                );
            }
            0
        }
        "integer" => {
            assert!(value.is_u64(), "{place}");
            0
        }
        "boolean" => {
            assert!(value.is_boolean(), "{place}");
            0
        }
        other => panic!("{place}: {other}"),
    }
}
