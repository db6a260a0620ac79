//! Packets as they are heard, and walked by keyboard: the agenda as a table of contents, headings, the way there and back.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, decode_text_string};

use crate::packet::Packets;
use crate::packet_runs::{SESSION, head};
use crate::program::{Project, sound_record};
use crate::sheets::Sheets;

/// An element of the structure with what is below it.
struct Node {
    kind: String,
    title: String,
    /// What is said in place of its content.
    words: String,
    /// The annotations that it holds.
    annotations: Vec<ObjectId>,
    /// How many pieces of marked content it holds itself.
    marks: usize,
    kids: Vec<Self>,
}

impl Node {
    fn of(document: &Document, id: ObjectId) -> Self {
        let element = document.get_dictionary(id).unwrap();
        let text =
            |key: &[u8]| element.get(key).map(|text| decode_text_string(text).unwrap()).unwrap_or_default();
        let mut node = Self {
            kind: String::from_utf8(element.get(b"S").and_then(Object::as_name).unwrap().to_vec()).unwrap(),
            title: text(b"T"),
            words: text(b"ActualText"),
            annotations: Vec::new(),
            marks: 0,
            kids: Vec::new(),
        };
        let kids = match element.get(b"K") {
            Ok(Object::Array(kids)) => kids.clone(),
            Ok(kid) => vec![kid.clone()],
            Err(_) => Vec::new(),
        };
        for kid in kids {
            match kid {
                Object::Reference(id) => node.kids.push(Self::of(document, id)),
                Object::Dictionary(held) => match held.get(b"Obj").and_then(Object::as_reference) {
                    Ok(annotation) => node.annotations.push(annotation),
                    Err(_) => node.marks += 1,
                },
                _ => node.marks += 1,
            }
        }
        node
    }

    /// The tree of a packet: its document.
    fn root(document: &Document) -> Self {
        let root = document.catalog().unwrap().get(b"StructTreeRoot").unwrap();
        let root = document.dereference(root).unwrap().1.as_dict().unwrap();
        let top = root.get(b"K").and_then(Object::as_array).unwrap();
        Self::of(document, top[0].as_reference().unwrap())
    }

    /// All elements below it, from the first to the last.
    fn all(&self) -> Vec<&Self> {
        let below = self.kids.iter().flat_map(Self::all);
        std::iter::once(self).chain(below).collect()
    }

    fn count(&self, kind: &str) -> usize {
        self.all().iter().filter(|node| node.kind == kind).count()
    }
}

/// A link: what it is called, and the page where it leads, from 1.
fn link(document: &Document, id: ObjectId, pages: &BTreeMap<ObjectId, usize>) -> (String, usize) {
    let annotation = document.get_dictionary(id).unwrap();
    let words = decode_text_string(annotation.get(b"Contents").unwrap()).unwrap();
    let action = annotation.get(b"A").and_then(Object::as_dict);
    let target = action.map_or(annotation.get(b"Dest"), |action| action.get(b"D"));
    let page = target.and_then(Object::as_array).unwrap()[0].as_reference().unwrap();
    (words, pages[&page])
}

fn pages(document: &Document) -> BTreeMap<ObjectId, usize> {
    document.get_pages().into_iter().map(|(number, id)| (id, number as usize)).collect()
}

fn annotations(document: &Document, page: ObjectId) -> usize {
    let page: &Dictionary = document.get_dictionary(page).unwrap();
    page.get(b"Annots").and_then(Object::as_array).map_or(0, Vec::len)
}

#[test]
fn each_line_of_the_agenda_is_one_link_that_says_where_it_leads_and_each_paper_leads_back() {
    for example in ["ratssitzung", "bezirksvertretung", "gemeinsame-sitzung"] {
        let packets = Packets::of_example(example);
        for edition in packets.editions() {
            let document = Document::load_mem(&edition.bytes()).unwrap();
            let pages = pages(&document);
            let root = Node::root(&document);
            let papers = edition.papers();
            let front = papers[0].first as usize - 1;

            // The agenda is a table of contents of as many lines as there are items with papers, and papers.
            let agenda = &root.kids[0];
            let lines: Vec<&Node> = agenda.all().into_iter().filter(|node| node.kind == "Link").collect();
            let mut items: Vec<&str> = papers.iter().map(|paper| paper.item.as_str()).collect();
            items.dedup();
            assert_eq!(lines.len(), items.len() + papers.len());
            assert!(agenda.count("TOC") > 0 && agenda.count("L") + agenda.count("LI") == 0);
            let on_front = pages.iter().filter(|(_, number)| **number <= front);
            assert_eq!(on_front.map(|(page, _)| annotations(&document, *page)).sum::<usize>(), lines.len());
            let mut led: Vec<usize> = Vec::new();
            for line in lines {
                assert_eq!(line.annotations.len(), 1);
                let (words, page) = link(&document, line.annotations[0], &pages);
                assert!(words.ends_with(&format!(", Seite {page}")), "{words} leads to {page}");
                led.push(page);
            }
            for paper in &papers {
                assert!(led.contains(&(paper.first as usize)), "{} {}", paper.item, paper.label);
            }

            // Each item has one heading, each of its papers another, from which one comes back.
            let headed: Vec<&Node> =
                root.kids[1..].iter().filter(|item| item.title != "Nichtöffentlicher Teil").collect();
            assert_eq!(headed.len(), items.len());
            for item in headed {
                assert_eq!((item.kids[0].kind.as_str(), item.kids[0].marks), ("H1", 1));
                assert_eq!(item.kids[0].words, item.title);
                for paper in &item.kids[1..] {
                    let heading = &paper.kids[0];
                    assert_eq!((paper.kind.as_str(), heading.kind.as_str()), ("Part", "H2"));
                    assert!(heading.words.starts_with(&paper.title), "{}: {}", paper.title, heading.words);
                    let is_untagged = paper.kids.len() == 1;
                    assert_eq!(heading.words.contains("ohne Tags"), is_untagged, "{}", heading.words);
                    let back = &heading.kids[0];
                    assert_eq!((back.kind.as_str(), back.marks, back.annotations.len()), ("Link", 1, 1));
                    let (words, page) = link(&document, back.annotations[0], &pages);
                    assert!(
                        words.starts_with("Zurück zur Tagesordnung, TOP ") && page <= front,
                        "{words}: {page}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_sheet_stands_between_the_parts_and_what_is_left_alone_has_none() {
    let packets = Packets::of_example("ratssitzung");
    let titles = |edition: &str| {
        let run = packets.project.run(&["packet", "sitzung.toml", "--edition", edition, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
        let path = report["editions"][0]["path"].as_str().unwrap().to_owned();
        let document = Document::load_mem(&packets.project.read(&path)).unwrap();
        let titles: Vec<String> = Node::root(&document).kids.into_iter().map(|item| item.title).collect();
        (path, titles)
    };
    let (_, complete) = titles("complete");
    let (_, public) = titles("public");
    let divided = complete.iter().position(|title| title == "Nichtöffentlicher Teil").unwrap();
    assert_eq!(complete[..divided], public);
    let (path, alone) = titles("nonpublic");
    assert_eq!(path, "out/nichtoeffentlich/Rat-2025-05-14-nichtoeffentlich.pdf");
    assert!(alone.len() > 1 && !alone.contains(&"Nichtöffentlicher Teil".to_owned()), "{alone:?}");
    assert_eq!(alone[1..], complete[divided + 1..]);
}

#[test]
fn the_part_that_is_not_public_has_what_the_public_one_lacks() {
    let project = Project::new();
    for (name, text) in [("a", "eins"), ("b", "zwei"), ("c", "drei"), ("d", "vier")] {
        project.write(&format!("v/{name}.pdf"), Sheets::new(&[text]).bytes());
    }
    let annex = |label: u32, file: &str, public: bool| {
        format!("[anlage.{label}]\ntitel = 'Blatt {file}'\ndatei = '{file}.pdf'\noeffentlich = {public}\n\n")
    };
    let records = [
        (head("V/0001/2025", "Radwege", true), annex(1, "a", true)),
        (head("V/0002/2025", "Spielplätze", true), annex(1, "b", true) + &annex(2, "c", false)),
        (head("V/0003/2025", "Ankauf", false), annex(1, "d", false)),
    ];
    let mut agenda = SESSION.to_owned();
    for (number, (head, annexes)) in (1..).zip(records) {
        project.write(&format!("v/{number}.toml"), head + &annexes);
        agenda += &format!(
            "[[top]]\nnummer = '{number}'\nvorlage = 'v/{number}.toml'\noeffentlich = {}\n\n",
            number < 3
        );
    }
    project.write("sitzung.toml", agenda);
    let papers = |edition: &str| -> Vec<(String, String)> {
        let run = project.run(&["packet", "sitzung.toml", "--edition", edition, "--format", "json"]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        let report: serde_json::Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
        let papers = report["editions"][0]["papers"].as_array().unwrap().iter();
        let text = |paper: &serde_json::Value, key: &str| paper[key].as_str().unwrap().to_owned();
        papers.map(|paper| (text(paper, "item"), text(paper, "label"))).collect()
    };
    let (public, alone) = (papers("public"), papers("nonpublic"));
    let pair = |item: &str, label: &str| (item.to_owned(), label.to_owned());
    assert_eq!(public, [pair("1", "Anlage 1"), pair("2", "Anlage 1")]);
    assert_eq!(alone, [pair("2", "Anlage 2"), pair("3", "Anlage 1")]);
    let mut both = [public, alone].concat();
    let mut complete = papers("complete");
    both.sort();
    complete.sort();
    assert_eq!(both, complete);
}

#[test]
fn an_agenda_without_items_is_no_page() {
    let project = Project::new();
    project.write("v/a.toml", sound_record("V/0001/2025"));
    project.write(
        "sitzung.toml",
        format!("{SESSION}[[top]]\nnummer = '1'\ntitel = 'Geheimes'\noeffentlich = false\n"),
    );
    let run = project.run(&["packet", "sitzung.toml", "--format", "json"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let report: serde_json::Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    let pages = |edition: usize| report["editions"][edition]["pages"].as_u64();
    assert_eq!([pages(0), pages(1)], [Some(1), Some(2)]);
}
