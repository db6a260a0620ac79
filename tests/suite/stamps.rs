//! Stamps cover nothing that is printed: they go where the edge of a page is free, and where none is, the page is seen smaller.

use lopdf::content::Content;
use lopdf::{Document, Object, ObjectId, Stream, dictionary};

use crate::packet_runs::{SESSION, head};
use crate::program::Project;
use crate::sheets::Sheets;

/// A stamp on a page: its left edge, its lower edge and its scale, as they are seen on a page that is not turned.
struct Stamp {
    x: f32,
    y: f32,
    scale: f32,
}

/// A packet whose third page is the page with this content.
fn stamped(change: impl FnOnce(&mut Sheets)) -> (Document, ObjectId) {
    let project = Project::new();
    let mut sheets = Sheets::new(&["Plan"]);
    change(&mut sheets);
    project.write("v/a.pdf", sheets.bytes());
    let record = head("V/0001/2025", "Sanierung der Stadtbücherei", true);
    project.write("v/a.toml", format!("{record}[anlage.1]\ntitel = 'Plan'\ndatei = 'a.pdf'\n"));
    project.write("sitzung.toml", format!("{SESSION}[[top]]\nnummer = '1'\nvorlage = 'v/a.toml'\n"));
    let run = project.run(&["packet", "sitzung.toml", "--edition", "complete"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let packet = project.read("out/vollstaendig/Rat-2025-02-12-vollstaendig.pdf");
    let document = Document::load_mem(&packet).unwrap();
    let page = document.get_pages()[&3];
    (document, page)
}

/// The page draws this before its words.
fn drawing(content: &str) -> impl FnOnce(&mut Sheets) {
    let content = content.to_owned();
    move |sheets| {
        let page = sheets.pages[0];
        let words = sheets.document.get_page_content(page);
        let all = [content.as_bytes(), b"\n", &words].concat();
        let stream = sheets.add(Stream::new(dictionary! {}, all));
        sheets.document.get_dictionary_mut(page).unwrap().set("Contents", stream);
    }
}

fn stamp((document, page): &(Document, ObjectId)) -> Stamp {
    let last = *document.get_page_contents(*page).last().unwrap();
    let last = document.get_object(last).and_then(Object::as_stream).unwrap().get_plain_content().unwrap();
    let operations = Content::decode(&last).unwrap().operations;
    let place = operations.iter().filter(|operation| operation.operator == "cm").nth(1).unwrap();
    let number = |at: usize| place.operands[at].as_float().unwrap();
    Stamp { x: number(4), y: number(5), scale: number(0) }
}

fn area((document, page): &(Document, ObjectId)) -> Vec<f32> {
    let sides = document.get_dictionary(*page).unwrap().get(b"MediaBox").and_then(Object::as_array).unwrap();
    sides.iter().map(|side| side.as_float().unwrap()).collect()
}

fn has_unit((document, page): &(Document, ObjectId)) -> bool {
    document.get_dictionary(*page).unwrap().has(b"UserUnit")
}

#[test]
fn a_stamp_goes_where_the_edge_is_free() {
    let usual = stamp(&stamped(|_| ()));
    assert!(usual.x > 300.0 && usual.y > 810.0, "{} {}", usual.x, usual.y);
    // White paper, clips, and what is below the edge leave it where it is.
    for harmless in ["1 g 0 0 595 842 re f 0 g", "q 0 0 595 842 re W n Q", "0.5 g 0 0 595 800 re f"] {
        let made = stamped(drawing(harmless));
        let found = stamp(&made);
        assert_eq!((found.x, found.y, has_unit(&made)), (usual.x, usual.y, false), "{harmless}");
    }
    // A logo at the right, a line of words, a dark heading.
    let made = stamped(drawing("0.5 g 500 800 60 35 re f 0 g"));
    let beside = stamp(&made);
    assert!(beside.x < usual.x - 50.0 && beside.y == usual.y && !has_unit(&made), "{}", beside.x);
    for across in [
        "0.5 g 0 800 595 42 re f 0 g",
        "BT /F1 12 Tf 20 822 Td (Kopf der Seite von links nach rechts, ohne dass daneben noch Platz f) Tj (ür etwas anderes wäre) Tj ET",
    ] {
        let made = stamped(drawing(across));
        let below = stamp(&made);
        assert!(below.y < 40.0 && !has_unit(&made), "{across}: {} {}", below.x, below.y);
    }
}

#[test]
fn where_no_edge_is_free_the_page_is_seen_smaller() {
    let made = stamped(drawing("0.5 g 0 0 595 842 re f 0 g"));
    let area = area(&made);
    let found = stamp(&made);
    let unit = made.0.get_dictionary(made.1).unwrap().get(b"UserUnit").and_then(Object::as_float).unwrap();
    assert!(found.y >= 842.0 && found.scale > 0.9, "above what was the page");
    let seen = [(area[2] - area[0]) * unit, (area[3] - area[1]) * unit];
    assert!((seen[0] - 595.0).abs() < 0.1 && (seen[1] - 842.0).abs() < 0.1 && unit > 0.95, "{seen:?} {unit}");
    // What was outside of the page stays out of sight.
    let first = made.0.get_page_contents(made.1)[0];
    let first = made.0.get_object(first).and_then(Object::as_stream).unwrap().get_plain_content().unwrap();
    assert_eq!(String::from_utf8(first).unwrap(), "q\n0 0 595 842 re W n\n");
}

#[test]
fn a_scan_is_looked_at_and_a_field_is_not_covered() {
    // A picture over the whole page, white but for a dark corner.
    let scan = |dark: std::ops::Range<usize>| {
        move |sheets: &mut Sheets| {
            let mut pixels = vec![255_u8; 60 * 84];
            (0..4).for_each(|row| pixels[row * 60..][dark.clone()].fill(0));
            let image = dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => 60, "Height" => 84, "ColorSpace" => "DeviceGray",
                "BitsPerComponent" => 8,
            };
            let image = sheets.add(Stream::new(image, pixels));
            let page = sheets.pages[0];
            let stream = sheets.add(Stream::new(dictionary! {}, b"q 595 0 0 842 0 0 cm /Scan Do Q".to_vec()));
            let page = sheets.document.get_dictionary_mut(page).unwrap();
            page.set("Resources", dictionary! { "XObject" => dictionary! { "Scan" => image } });
            page.set("Contents", stream);
        }
    };
    let usual = stamp(&stamped(|_| ()));
    let white = stamp(&stamped(scan(0..0)));
    assert_eq!((white.x, white.y), (usual.x, usual.y));
    let corner = stamp(&stamped(scan(50..60)));
    assert!(corner.x < usual.x - 60.0 && corner.y == usual.y, "{}", corner.x);
    let field = stamp(&stamped(|sheets| {
        sheets.form("Name", "Muster");
        let fields = sheets.catalog.get(b"AcroForm").and_then(Object::as_dict).unwrap();
        let field = fields.get(b"Fields").and_then(Object::as_array).unwrap()[0].as_reference().unwrap();
        let sides: Vec<Object> = [450, 810, 580, 835].map(Object::Integer).to_vec();
        sheets.document.get_dictionary_mut(field).unwrap().set("Rect", sides);
    }));
    assert!(field.x < 450.0 - 100.0 && field.y == usual.y, "{}", field.x);
}
