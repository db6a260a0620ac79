//! `inspect` says what is in a PDF, and finds what was broken in it on purpose.

use lopdf::{Document, Object, ObjectId, dictionary};
use serde_json::Value;
use snapbox::str;

use crate::examples::copy;
use crate::packet::Packets;
use crate::program::{Project, repository};
use crate::sheets::saved;

/// A project with the PDF of an example: four pages with tables, lists and an image.
fn with_example() -> (Project, Document) {
    let project = Project::new();
    copy(&repository().join("examples/kita-neubau"), project.path());
    let run = project.run(&["render", "."]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document = Document::load_mem(&project.read(&format!("out/anlagen/{NAME}"))).unwrap();
    (project, document)
}

const NAME: &str = "V-0123-2025-Anlage-A.pdf";

#[test]
fn people_read_what_is_in_a_pdf() {
    let (project, _) = with_example();
    let run = project.run(&["inspect", &format!("out/anlagen/{NAME}")]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    snapbox::assert_data_eq!(
        run.stdout,
        str![[r#"
out/anlagen/V-0123-2025-Anlage-A.pdf
  Seiten         4 (A4, 210 × 297 mm)
  PDF            1.7; PDF/A-2a, PDF/UA-1
  Titel          Anlage A zur V/0123/2025: Neubau einer fünfgruppigen Kindertageseinrichtung am Lerchenfeld in
                 Münster-Albachten
  Sprache        de-DE
  Struktur       376 Elemente: 1 Caption, 1 Div, 1 Document, 61 Figure, 1 H1, 5 H2, 1 L, 3 LBody, 3 LI, 3 Lbl, 17 P,
                 1 Span, 22 Strong, 1 TBody, 180 TD, 33 TH, 1 THead, 35 TR, 6 Table
  Schriften      AnlageSans (CIDFontType2), als Teilmenge eingebettet
                 AnlageSans-Bold (CIDFontType2), als Teilmenge eingebettet
  Links          keine
  Lesezeichen    6
  Seitenzahlen   ab Seite 1 „1“
  Bilder         Seiten: 1 mit großen Bildern; Text darin ist nicht zu durchsuchen
  Mängel         keine

"#]]
    );
}

#[test]
fn programs_read_what_is_in_a_pdf() {
    let project = Project::new();
    copy(&repository().join("examples/kita-neubau"), project.path());
    let run = project.run(&["render", ".", "--embed-record"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = project.run(&["inspect", &format!("out/anlagen/{NAME}"), "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["pages"], 4);
    assert_eq!(found["formats"][0]["width"], 210);
    assert_eq!(found["claims"], serde_json::json!({ "pdf_a": [3, "a"], "pdf_ua": 1 }));
    assert_eq!(found["language"], "de-DE");
    assert_eq!((&found["tagged"], &found["encrypted"]), (&true.into(), &false.into()));
    assert_eq!(found["elements"]["H1"], 1);
    assert_eq!(found["attachments"][0]["name"], "V-0123-2025.toml");
    assert_eq!(found["attachments"][0]["relationship"], "Source");
    let fonts = found["fonts"].as_array().unwrap();
    assert!(fonts.iter().all(|font| font["embedded"] == true && font["to_unicode"] == true), "{fonts:?}");
    assert!(found["bookmarks"].as_array().unwrap().iter().all(|bookmark| bookmark["page"].is_u64()));
    assert_eq!(found["defects"], serde_json::json!([]));
}

#[test]
fn what_reviewers_left_behind_is_said() {
    let (project, mut document) = with_example();
    let page = document.get_pages()[&1];
    let corners: Vec<Object> = [60, 790, 300, 790, 60, 760, 300, 760].map(Object::from).to_vec();
    let note = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "StrikeOut", "Rect" => vec![60.into(), 760.into(), 300.into(), 790.into()],
        "QuadPoints" => corners, "Contents" => Object::string_literal("noch offen"),
        "T" => Object::string_literal("Amt 20"),
    });
    document.get_dictionary_mut(page).unwrap().set("Annots", vec![Object::Reference(note)]);
    project.write("a.pdf", saved(&mut document));
    let people = project.run(&["inspect", "a.pdf"]).stdout;
    assert!(
        people.contains("Hinterlassen   Seite 1: Streichung von Amt 20: „Stadt Münster · Amt für Kinder"),
        "{people}"
    );
    assert!(people.contains("Seite 1: Kommentar von Amt 20: „noch offen“"), "{people}");
    let found: Value =
        serde_json::from_str(&project.run(&["inspect", "a.pdf", "--format", "json"]).stdout).unwrap();
    assert_eq!(found["leftovers"][0]["kind"], "strike-out");
    assert_eq!(found["leftovers"][1]["author"], "Amt 20");
    assert_eq!(found["unread"], serde_json::json!([]));
}

#[test]
fn every_example_has_a_sound_structure() {
    let project = Project::new();
    for (name, bytes) in crate::examples::rendered(&[]) {
        project.write(&name, bytes);
        let run = project.run(&["inspect", &name]);
        assert_eq!(run.code, 0, "{}", run.stdout);
    }
}

/// The kinds of defects that are found after a change to a sound document, each once.
fn broken_by(sound: &Document, change: impl FnOnce(&mut Example)) -> Vec<String> {
    let project = Project::new();
    let mut example = Example(sound.clone());
    change(&mut example);
    project.write("kaputt.pdf", saved(&mut example.0));
    let run = project.run(&["inspect", "kaputt.pdf", "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let defects = found["defects"].as_array().unwrap();
    let mut kinds: Vec<String> =
        defects.iter().map(|defect| defect["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

struct Example(Document);

impl Example {
    fn set(&mut self, id: ObjectId, key: &str, value: impl Into<Object>) {
        self.0.get_dictionary_mut(id).unwrap().set(key, value);
    }

    fn page(&self, number: u32) -> ObjectId {
        self.0.get_pages()[&number]
    }

    fn key(&self, page: ObjectId) -> i64 {
        self.0.get_dictionary(page).unwrap().get(b"StructParents").and_then(Object::as_i64).unwrap()
    }

    fn root(&self) -> ObjectId {
        self.0.catalog().unwrap().get(b"StructTreeRoot").and_then(Object::as_reference).unwrap()
    }

    /// The elements of a type, in the order of their numbers.
    fn elements(&self, kind: &str) -> Vec<ObjectId> {
        let is = |object: &Object| {
            object.as_dict().is_ok_and(|element| {
                let name = element.get(b"S").and_then(Object::as_name);
                element.has(b"P") && name.is_ok_and(|name| name == kind.as_bytes())
            })
        };
        self.0.objects.iter().filter(|(_, object)| is(object)).map(|(id, _)| *id).collect()
    }

    /// The entries of the parent tree for the content of pages.
    fn entries(&mut self) -> Vec<&mut Vec<Object>> {
        let root = self.0.get_dictionary(self.root()).unwrap();
        let mut arrays: Vec<ObjectId> = Vec::new();
        let mut open = vec![root.get(b"ParentTree").unwrap().clone()];
        while let Some(node) = open.pop() {
            let node = self.0.dereference(&node).unwrap().1.as_dict().unwrap();
            let items = |key: &[u8]| node.get(key).and_then(Object::as_array).cloned().unwrap_or_default();
            arrays.extend(items(b"Nums").iter().filter_map(|entry| entry.as_reference().ok()));
            open.extend(items(b"Kids"));
        }
        let objects = self.0.objects.iter_mut().filter(|(id, _)| arrays.contains(id));
        objects.filter_map(|(_, object)| object.as_array_mut().ok()).collect()
    }
}

#[test]
fn what_is_broken_on_purpose_is_found() {
    find_what_is_broken(&with_example().1);
}

#[test]
fn what_is_broken_in_a_packet_on_purpose_is_found() {
    let packets = Packets::of_example("bezirksvertretung");
    for edition in packets.editions() {
        find_what_is_broken(&Document::load_mem(&edition.bytes()).unwrap());
    }
}

fn find_what_is_broken(sound: &Document) {
    // The last page of a packet is that of another part than the first.
    let last = sound.get_pages().len() as u32;
    let emptied = broken_by(sound, |example| example.set(example.root(), "K", Vec::<Object>::new()));
    assert!(
        emptied.contains(&"tree-empty".into()) && emptied.contains(&"content-unclaimed".into()),
        "{emptied:?}"
    );

    let lost = broken_by(sound, |example| {
        let paragraph = example.elements("P")[0];
        example.set(paragraph, "K", Vec::<Object>::new());
    });
    assert!(lost.contains(&"content-unclaimed".into()), "{lost:?}");

    let swapped = broken_by(sound, |example| {
        let (one, two) = (example.page(1), example.page(last));
        let (first, second) = (example.key(one), example.key(two));
        example.set(one, "StructParents", second);
        example.set(two, "StructParents", first);
    });
    assert!(swapped.contains(&"entry-wrong".into()), "{swapped:?}");

    let shared = broken_by(sound, |example| {
        let key = example.key(example.page(1));
        example.set(example.page(last), "StructParents", key);
    });
    assert!(shared.contains(&"key-shared".into()) && shared.contains(&"entry-wrong".into()), "{shared:?}");

    let one = broken_by(sound, |example| {
        let element = Object::Reference(example.elements("P")[0]);
        for entry in example.entries() {
            entry.fill(element.clone());
        }
    });
    assert_eq!(one, ["entry-wrong"]);

    let next = broken_by(sound, |example| example.set(example.root(), "ParentTreeNextKey", 1));
    assert_eq!(next, ["next-key"]);

    let ids = broken_by(sound, |example| {
        for header in &example.elements("TH")[..2] {
            example.set(*header, "ID", Object::string_literal("doppelt"));
        }
    });
    assert!(ids.contains(&"id-repeated".into()), "{ids:?}");

    let page = broken_by(sound, |example| {
        let (one, two) = (example.page(1), example.page(last));
        let on_first = |id: &&ObjectId| {
            let element = example.0.get_dictionary(**id).unwrap();
            element.get(b"Pg").and_then(Object::as_reference).is_ok_and(|page| page == one)
        };
        let paragraph = *example.elements("P").iter().find(on_first).unwrap();
        example.set(paragraph, "Pg", two);
    });
    assert!(page.contains(&"content-unclaimed".into()), "{page:?}");
}

#[test]
fn what_is_no_pdf_says_so() {
    let project = Project::new();
    project.write("brief.pdf", "Sehr geehrte Damen und Herren");
    let run = project.run(&["inspect", "brief.pdf"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert_eq!(run.stderr, "Fehler: brief.pdf: kein lesbares PDF (der Anfang %PDF fehlt)\n");
    let run = project.run(&["inspect", "brief.pdf", "--format", "json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["error"], "kein lesbares PDF (der Anfang %PDF fehlt)");
    assert_eq!(project.run(&["inspect", "fehlt.pdf"]).code, 3);
}

#[test]
fn a_hostile_pdf_ends() {
    let project = Project::new();
    let endless = format!("/P BMC {} ", "[(<< /P <</MCID 0>> BDC q ".repeat(20_000));
    for content in [endless, "BI /W 1 ID EI x\u{1}\n".repeat(10_000), "(".repeat(1 << 20)] {
        let mut document = Document::with_version("1.7");
        let content = document.add_object(lopdf::Stream::new(dictionary! {}, content.into_bytes()));
        let contents: Vec<Object> = vec![content.into(); 100];
        let page = document.add_object(dictionary! { "Type" => "Page", "Contents" => contents });
        let kids: Vec<Object> = vec![page.into(); 100];
        let pages = document.add_object(dictionary! { "Type" => "Pages", "Kids" => kids });
        let root = document.new_object_id();
        let element = document.add_object(dictionary! { "S" => "P", "P" => root, "Pg" => page });
        // A circle of elements, each with the whole list of kids.
        let kids: Vec<Object> = vec![element.into(); 1000];
        document.get_dictionary_mut(element).unwrap().set("K", kids.clone());
        document.objects.insert(root, dictionary! { "K" => kids }.into());
        let catalog = dictionary! { "Type" => "Catalog", "Pages" => pages, "StructTreeRoot" => root };
        let catalog = document.add_object(catalog);
        document.trailer.set("Root", catalog);
        project.write("a.pdf", saved(&mut document));
        let run = project.run(&["inspect", "a.pdf"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stdout.contains("mehr als einmal im Strukturbaum"), "{}", run.stdout);
    }
}
