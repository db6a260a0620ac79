//! The packets of the example sessions, read back: order, bookmarks, links, destinations, stamps.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};
use serde_json::{Value, json};

use crate::examples::copy;
use crate::pdf::Pdf;
use crate::program::{Project, available, installed, repository};

/// A session with its packets.
pub(crate) struct Packets {
    pub project: Project,
    /// What the program says of them.
    pub report: Value,
}

impl Packets {
    /// Those of an example.
    pub(crate) fn of_example(name: &str) -> Self {
        let project = Project::new();
        copy(&repository().join("examples").join(name), project.path());
        let run = project.run(&["packet", "sitzung.toml", "--format", "json"]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        let report = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
        Self { project, report }
    }

    /// The public one and the complete one.
    pub(crate) fn editions(&self) -> Vec<Edition<'_>> {
        let editions = self.report["editions"].as_array().unwrap().iter();
        editions.map(|report| Edition { project: &self.project, report }).collect()
    }
}

/// One packet.
pub(crate) struct Edition<'a> {
    project: &'a Project,
    report: &'a Value,
}

impl Edition<'_> {
    pub(crate) fn path(&self) -> &str {
        self.report["path"].as_str().unwrap()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.project.read(self.path())
    }

    fn pages(&self) -> u64 {
        self.report["pages"].as_u64().unwrap()
    }

    pub(crate) fn papers(&self) -> Vec<Paper> {
        self.report["papers"].as_array().unwrap().iter().map(Paper::of).collect()
    }

    /// What `inspect` finds in it.
    fn inspected(&self) -> Value {
        inspected(self.project, self.path())
    }
}

pub(crate) struct Paper {
    pub item: String,
    proposal: String,
    pub label: String,
    title: String,
    file: String,
    pub first: u64,
    last: u64,
}

impl Paper {
    fn of(report: &Value) -> Self {
        let text = |key: &str| report[key].as_str().unwrap().to_owned();
        let page = |key: &str| report[key].as_u64().unwrap();
        Self {
            item: text("item"),
            proposal: text("proposal"),
            label: text("label"),
            title: text("title"),
            file: text("file"),
            first: page("first_page"),
            last: page("last_page"),
        }
    }

    fn name(&self) -> String {
        match self.title.as_str() {
            "" => self.label.clone(),
            title => format!("{}: {title}", self.label),
        }
    }

    fn has(&self, page: u64) -> bool {
        (self.first..=self.last).contains(&page)
    }

    /// What `inspect` finds in its own file; nothing if that is an image.
    fn inspected(&self, project: &Project) -> Option<Value> {
        let folder = if project.list("vorlagen").contains(&self.file) { "vorlagen" } else { "out/anlagen" };
        self.file.ends_with(".pdf").then(|| inspected(project, &format!("{folder}/{}", self.file)))
    }
}

fn inspected(project: &Project, path: &str) -> Value {
    let run = project.run(&["inspect", path, "--format", "json"]);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{path}: {}", run.stderr))
}

/// The packets of all example sessions.
fn each(mut check: impl FnMut(&Edition<'_>)) {
    for name in ["ratssitzung", "bezirksvertretung"] {
        let packets = Packets::of_example(name);
        let editions = packets.editions();
        assert_eq!(editions.len(), 2);
        editions.iter().for_each(&mut check);
    }
}

#[test]
fn both_editions_are_made_and_say_what_they_are() {
    let paths = |name: &str| -> Vec<String> {
        let packets = Packets::of_example(name);
        packets.editions().iter().map(|edition| edition.path().to_owned()).collect()
    };
    assert_eq!(
        paths("ratssitzung"),
        [
            "out/oeffentlich/Rat-2025-05-14-oeffentlich.pdf",
            "out/vollstaendig/Rat-2025-05-14-vollstaendig.pdf"
        ]
    );
    each(|edition| {
        let found = edition.inspected();
        assert_eq!(found["defects"], json!([]), "{}", edition.path());
        assert_eq!(found["pages"], edition.report["pages"]);
        assert_eq!(found["language"], "de-DE");
        assert_eq!(found["page_labels"], json!([{ "page": 1, "label": "1" }]));
        let all_claim =
            edition.report["papers"].as_array().unwrap().iter().all(|p| p["missing"] == json!([]));
        let claims = if all_claim {
            json!({ "pdf_a": [2, "a"], "pdf_ua": 1 })
        } else {
            json!({ "pdf_a": null, "pdf_ua": null })
        };
        assert_eq!((all_claim, &found["claims"]), (edition.path().contains("Bezirk"), &claims));
        assert_eq!(all_claim, edition.report["claims"] == "PDF/A-2a, PDF/UA-1");
        let title = found["title"].as_str().unwrap();
        assert!(title.starts_with("Sitzungsmappe ") && title.ends_with(" Fassung)"), "{title}");
    });
}

#[test]
fn papers_stand_in_their_order_without_gaps() {
    let packets = Packets::of_example("ratssitzung");
    for edition in packets.editions() {
        let papers = edition.papers();
        let labels: Vec<&str> = papers
            .iter()
            .filter(|paper| paper.item == "4.1")
            .map(|paper| paper.label.trim_start_matches("Anlage "))
            .collect();
        let expected = ["Vorlage", "A", "1", "1a", "1b", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
        assert_eq!(labels, expected);
        // Between the two parts stands a sheet.
        let between: Vec<u64> = papers.windows(2).map(|pair| pair[1].first - pair[0].last - 1).collect();
        let is_divided = edition.report["edition"] == "complete";
        assert_eq!(between.iter().sum::<u64>(), u64::from(is_divided), "{between:?}");
        assert_eq!(papers.last().unwrap().last, edition.pages());
    }
}

#[test]
fn every_bookmark_leads_to_its_page() {
    each(|edition| {
        let (papers, found) = (edition.papers(), edition.inspected());
        let mut next = papers.iter();
        let mut paper: Option<&Paper> = None;
        for bookmark in found["bookmarks"].as_array().unwrap() {
            let title = bookmark["title"].as_str().unwrap();
            let page = bookmark["page"].as_u64().unwrap_or_else(|| panic!("{title} leads nowhere"));
            match bookmark["level"].as_u64().unwrap() {
                1 => assert_eq!(page, 2, "{title}"),
                2 => {
                    let first = papers.iter().find(|paper| title.starts_with(&format!("{} ", paper.item)));
                    assert_eq!(page, first.map_or(2, |paper| paper.first), "{title}");
                }
                3 => {
                    let own = next.next().unwrap();
                    assert_eq!((title, page), (own.name().as_str(), own.first));
                    paper = Some(own);
                }
                _ => assert!(paper.unwrap().has(page), "{title}: {page}"),
            }
        }
        assert_eq!(next.count(), 0, "papers without bookmarks");
    });
}

#[test]
fn every_paper_keeps_its_links_and_bookmarks() {
    let mut seen = (0, 0);
    each(|edition| {
        let found = edition.inspected();
        let first = edition.papers()[0].first;
        assert_eq!(found["links"]["broken"], json!([]));
        for paper in edition.papers() {
            let Some(own) = paper.inspected(edition.project) else { continue };
            let moved = |page: &Value| page.as_u64().unwrap() + paper.first - 1;
            let links = |of: &Value, page: &dyn Fn(&Value) -> u64| -> Vec<(u64, u64)> {
                let links = of["links"]["internal"].as_array().unwrap().iter();
                let links = links.map(|link| (page(&link["page"]), page(&link["target"])));
                // All but the way back to the agenda.
                links.filter(|(page, target)| paper.has(*page) && *target >= first).collect()
            };
            let plain = |page: &Value| page.as_u64().unwrap();
            let expected = links(&own, &moved);
            assert_eq!(links(&found, &plain), expected, "{}", paper.name());
            let bookmarks = |of: &Value, page: &dyn Fn(&Value) -> u64, from: u64| -> Vec<(String, u64)> {
                let bookmarks = of["bookmarks"].as_array().unwrap().iter();
                bookmarks
                    .filter(|bookmark| bookmark["level"].as_u64().unwrap() >= from)
                    .map(|bookmark| (bookmark["title"].as_str().unwrap().to_owned(), page(&bookmark["page"])))
                    .filter(|(_, page)| paper.has(*page))
                    .collect()
            };
            let own_bookmarks = bookmarks(&own, &moved, 1);
            assert_eq!(bookmarks(&found, &plain, 4), own_bookmarks, "{}", paper.name());
            seen.0 += expected.len();
            seen.1 += own_bookmarks.len();
        }
    });
    assert!(seen.0 > 10 && seen.1 > 50, "{seen:?}: the examples have links and bookmarks");
}

#[test]
fn the_agenda_links_to_every_paper() {
    each(|edition| {
        let (papers, found) = (edition.papers(), edition.inspected());
        let links = found["links"]["internal"].as_array().unwrap().iter();
        let targets: BTreeSet<u64> = links
            .filter(|link| link["page"].as_u64().unwrap() < papers[0].first)
            .map(|link| link["target"].as_u64().unwrap())
            .collect();
        assert_eq!(targets, papers.iter().map(|paper| paper.first).collect());
    });
}

#[test]
fn every_named_destination_leads_to_its_page() {
    each(|edition| {
        let names = destinations(&Document::load_mem(&edition.bytes()).unwrap());
        for paper in edition.papers() {
            let slug = format!("top-{}.{}", paper.item, paper.label.to_lowercase().replace(' ', "-"));
            assert_eq!(names[&slug], paper.first, "{slug}");
            for (name, page) in names.iter().filter(|(name, _)| name.starts_with(&format!("{slug}."))) {
                assert!(paper.has(*page), "{name} leads to page {page}");
            }
        }
        for first in edition.papers().chunk_by(|one, other| one.item == other.item).map(|papers| &papers[0]) {
            assert_eq!(names[&format!("top-{}", first.item)], first.first);
        }
    });
}

/// The pages of the named destinations.
pub(crate) fn destinations(document: &Document) -> BTreeMap<String, u64> {
    let resolved = |object: &Object| document.dereference(object).unwrap().1.clone();
    let names = resolved(document.catalog().unwrap().get(b"Names").unwrap());
    let tree = resolved(names.as_dict().unwrap().get(b"Dests").unwrap());
    let pages: BTreeMap<ObjectId, u32> =
        document.get_pages().into_iter().map(|(number, id)| (id, number)).collect();
    let pairs = tree.as_dict().unwrap().get(b"Names").and_then(Object::as_array).unwrap();
    let pair = |pair: &[Object]| {
        let name = String::from_utf8(pair[0].as_str().unwrap().to_vec()).unwrap();
        let place = resolved(&pair[1]);
        let page = place.as_array().unwrap()[0].as_reference().unwrap();
        (name, u64::from(pages[&page]))
    };
    let sorted: Vec<&[u8]> = pairs.chunks(2).map(|pair| pair[0].as_str().unwrap()).collect();
    assert!(sorted.is_sorted(), "a name tree has its names in order");
    pairs.chunks(2).map(pair).collect()
}

#[test]
fn every_page_says_what_it_is_and_where_it_stands() {
    each(|edition| {
        let (papers, total) = (edition.papers(), edition.pages());
        let stamps = stamps(&Document::load_mem(&edition.bytes()).unwrap());
        assert_eq!(stamps.len() as u64, total);
        let marked = stamps.iter().filter(|stamp| stamp.contains("Nichtöffentlich")).count();
        let is_expected = edition.report["edition"] == "complete" && edition.path().contains("/Rat-");
        assert_eq!(marked > 0, is_expected, "{}", edition.path());
        for (page, stamp) in (1..).zip(&stamps) {
            let place = format!("Seite {page} von {total}");
            match papers.iter().find(|paper| paper.has(page)) {
                Some(Paper { item, proposal, label, .. }) => {
                    // Of an annex that is not public, its stamp says so.
                    let marked = stamp.replace("Nichtöffentlich · ", "");
                    assert_eq!(marked, format!("TOP {item} · {proposal} · {label} · {place}"));
                }
                None => assert!(stamp.starts_with("Sitzungsmappe ") && stamp.ends_with(&place), "{stamp}"),
            }
        }
    });
}

/// The texts of the stamps, which are the last that their pages draw: artifacts, or headings where a paper begins.
pub(crate) fn stamps(document: &Document) -> Vec<String> {
    let text = |page: ObjectId| {
        let last = *document.get_page_contents(page).last().unwrap();
        let last =
            document.get_object(last).and_then(Object::as_stream).unwrap().get_plain_content().unwrap();
        let last = String::from_utf8(last).unwrap();
        assert!(last.contains("/Artifact") != last.contains("/H2 <</MCID"), "{last}");
        let dictionary = |of: &Dictionary, key: &str| {
            document.dereference(of.get(key.as_bytes()).unwrap()).unwrap().1.as_dict().unwrap().clone()
        };
        let page = document.get_dictionary(page).unwrap();
        let drawings = dictionary(&dictionary(page, "Resources"), "XObject");
        let drawn = |name: &str| {
            let drawing = document.dereference(drawings.get(name.as_bytes()).unwrap()).unwrap().1;
            let drawing = drawing.as_stream().unwrap();
            let fonts = dictionary(&dictionary(&drawing.dict, "Resources"), "Font");
            drawn_text(document, &drawing.get_plain_content().unwrap(), &fonts)
        };
        let before = last.rsplit_once(" Do").unwrap().0.split(" Do");
        before.map(|before| drawn(before.rsplit('/').next().unwrap())).collect::<Vec<_>>().join(" · ")
    };
    document.get_pages().into_values().map(text).collect()
}

/// The text of a content stream whose marked content is no part of a structure.
fn drawn_text(document: &Document, content: &[u8], fonts: &Dictionary) -> String {
    let mut text = String::new();
    let mut encoding = None;
    for operation in Content::decode(content).unwrap().operations {
        match operation.operator.as_str() {
            "Tf" => {
                let font = fonts.get(operation.operands[0].as_name().unwrap()).unwrap();
                let font = document.dereference(font).unwrap().1.as_dict().unwrap();
                encoding = font.get_font_encoding(document).ok();
            }
            "Tj" | "TJ" => {
                for string in crate::pdf::strings(&operation.operands[0]) {
                    text += &Document::decode_text(encoding.as_ref().unwrap(), string).unwrap();
                }
            }
            "BDC" => {
                let properties = operation.operands[1].as_dict();
                assert!(!properties.is_ok_and(|properties| properties.has(b"MCID")), "a stamp has no tags");
            }
            _ => {}
        }
    }
    text
}

#[test]
fn stamps_are_not_read_aloud_and_all_else_is() {
    for edition in Packets::of_example("bezirksvertretung").editions() {
        let words = Pdf::read(&edition.bytes()).words().join(" ");
        assert!(!words.contains(&format!("von {}", edition.pages())), "{words}");
        for said in ["Tagesordnung", "Einwohnerfragestunde", "Ergebnis der Beteiligung", "Spielplatz"] {
            assert!(words.contains(said), "{said} is missing: {words}");
        }
    }
}

#[test]
fn other_programs_read_the_packets_without_a_word() {
    let is_there = installed("qpdf") && installed("pdftotext");
    if !available(is_there, "packets are tried in qpdf and pdftotext, from poppler-utils") {
        return;
    }
    each(|edition| {
        let run = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            let output = command.args(arguments).current_dir(edition.project.path()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{program}: {said}");
            String::from_utf8(output.stdout).unwrap()
        };
        run("qpdf", &["--check", edition.path()]);
        let text = run("pdftotext", &[edition.path(), "-"]);
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        assert_eq!(pages.len() as u64, edition.pages());
        for (page, text) in (1..).zip(pages) {
            assert!(text.contains(&format!("Seite {page} von {}", edition.pages())), "page {page}: {text}");
        }
    });
}
