//! Sheets for the print room, read back: which page sits where, how large, how turned, and what is on paper of it.

use std::process::Command;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use serde_json::Value;

use crate::examples::copy;
use crate::program::{Project, available, installed, repository};
use crate::sheets::Sheets;

/// A side of a sheet as a reader sees it.
struct Side {
    /// The texts of the pages on it, with the matrices that take them there.
    placed: Vec<(String, [f32; 6])>,
    page: Dictionary,
}

const POINTS: f32 = 72.0 / 25.4;

fn sides(bytes: &[u8]) -> Vec<Side> {
    let document = Document::load_mem(bytes).unwrap();
    document.get_pages().into_values().map(|page| side(&document, page)).collect()
}

fn side(document: &Document, id: ObjectId) -> Side {
    let page = document.get_dictionary(id).unwrap().clone();
    let resources = document.dereference(page.get(b"Resources").unwrap()).unwrap().1.as_dict().unwrap();
    let drawings = resources.get(b"XObject").unwrap().as_dict().unwrap();
    let content = Content::decode(&document.get_page_content(id)).unwrap();
    // The last matrix before a drawing is its own: what printpdf adds behind it is none.
    let (mut matrix, mut placed) = ([1.0, 0.0, 0.0, 1.0, 0.0, 0.0], Vec::new());
    for operation in &content.operations {
        match operation.operator.as_str() {
            "cm" => {
                let own: Vec<f32> =
                    operation.operands.iter().map(|operand| operand.as_float().unwrap()).collect();
                if own != [1.0, 0.0, 0.0, 1.0, 0.0, 0.0] {
                    matrix = own.try_into().unwrap();
                }
            }
            "Do" => {
                let drawing = drawings.get(operation.operands[0].as_name().unwrap()).unwrap();
                let drawing = document.dereference(drawing).unwrap().1.as_stream().unwrap();
                placed.push((text(drawing), matrix));
            }
            _ => {}
        }
    }
    Side { placed, page }
}

/// What a page of the test's own says.
fn text(drawing: &Stream) -> String {
    let content = String::from_utf8_lossy(&drawing.decompressed_content().unwrap()).into_owned();
    content.split(['(', ')']).nth(1).unwrap_or_default().to_owned()
}

impl Side {
    fn texts(&self) -> Vec<&str> {
        self.placed.iter().map(|(text, _)| text.as_str()).collect()
    }

    fn size(&self, name: &str) -> [f32; 4] {
        let sides = self.page.get(name.as_bytes()).unwrap().as_array().unwrap();
        let sides: Vec<f32> = sides.iter().map(|side| side.as_float().unwrap() / POINTS).collect();
        sides.try_into().unwrap()
    }
}

/// A PDF with pages 1, 2, 3 and so on.
fn numbered(count: usize) -> Vec<u8> {
    let texts: Vec<String> = (1..=count).map(|page| page.to_string()).collect();
    Sheets::new(&texts.iter().map(String::as_str).collect::<Vec<_>>()).bytes()
}

/// Prints a file; gives what the program says, and the sheets.
fn printed(file: &[u8], arguments: &[&str]) -> (Value, Vec<Side>) {
    let project = Project::new();
    project.write("akte.pdf", file);
    let (said, bytes) = print(&project, "akte.pdf", arguments);
    (said["printed"][0].clone(), sides(&bytes))
}

fn print(project: &Project, input: &str, arguments: &[&str]) -> (Value, Vec<u8>) {
    let run = project.run(&[&["print", input, "--format", "json"], arguments].concat());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let said: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    let bytes = project.read(said["printed"][0]["paths"][0].as_str().unwrap());
    (said, bytes)
}

#[test]
fn a_booklet_is_imposed_as_on_paper() {
    // Fronts and backs, from left to right, of what is folded.
    let on_paper: [(usize, Vec<Vec<usize>>); 6] = [
        (1, vec![vec![1], vec![]]),
        (2, vec![vec![1], vec![2]]),
        (3, vec![vec![1], vec![2, 3]]),
        (4, vec![vec![4, 1], vec![2, 3]]),
        (5, vec![vec![1], vec![2], vec![3], vec![4, 5]]),
        (9, vec![vec![1], vec![2], vec![3], vec![4, 9], vec![8, 5], vec![6, 7]]),
    ];
    for (count, wanted) in on_paper {
        let (_, sides) = printed(&numbered(count), &["--layout", "booklet"]);
        let read: Vec<Vec<usize>> = sides
            .iter()
            .map(|side| side.texts().iter().map(|text| text.parse().unwrap()).collect())
            .collect();
        assert_eq!(read, wanted, "{count}");
    }
    for count in [8, 16, 64] {
        let (said, sides) = printed(&numbered(count), &["--layout", "booklet"]);
        assert_eq!((said["sheets"].as_u64(), sides.len()), (Some(count as u64 / 4), count / 2));
        for (at, side) in sides.iter().enumerate() {
            // On each side of each sheet the two pages add up to one more than there are.
            let texts = side.texts();
            let (low, high) = ((at + 1).to_string(), (count - at).to_string());
            let wanted = if at % 2 == 0 { [&high, &low] } else { [&low, &high] };
            assert_eq!(texts, wanted, "{count}, side {at}");
        }
    }
}

#[test]
fn pages_of_a_booklet_move_to_the_fold_and_meet_there() {
    for (count, thickness) in [(16, 0.1), (64, 0.1), (64, 0.16)] {
        let (_, sides) =
            printed(&numbered(count), &["--layout", "booklet", "--thickness", &thickness.to_string()]);
        for (at, side) in sides.iter().enumerate() {
            let scale = side.placed[0].1[0];
            let width = 595.0 * scale / POINTS;
            let [left, right] = [0, 1].map(|place| side.placed[place].1[4] / POINTS);
            let creep = (at / 2) as f32 * thickness;
            // In the middle of its half, but for the creep.
            assert!((left - ((148.5 - width) / 2.0 + creep)).abs() < 0.1, "{count} {at} {left}");
            assert!((right - (148.5 + (148.5 - width) / 2.0 - creep)).abs() < 0.1, "{count} {at} {right}");
        }
    }
}

#[test]
fn fronts_and_backs_are_in_register() {
    let (said, sides) = printed(&numbered(5), &["--layout", "duplex"]);
    assert_eq!((said["sheets"].as_u64(), said["sides"].as_u64(), sides.len()), (Some(3), Some(6), 6));
    assert_eq!(sides.iter().flat_map(Side::texts).collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
    for (front, back) in [(0, 1), (2, 3)] {
        let (_, front) = sides[front].placed[0];
        let (_, back) = sides[back].placed[0];
        let width = 595.0 * front[0] / POINTS;
        let (front, back) = (front[4] / POINTS, back[4] / POINTS);
        assert!(front > 19.9 && (front - (210.0 - back - width)).abs() < 0.05, "{front} {back}");
    }
    assert!(sides[5].placed.is_empty());
    let (_, sides) = printed(&numbered(2), &["--layout", "duplex", "--punch", "0"]);
    assert!(sides.iter().all(|side| side.placed[0].1[4].abs() < 0.5));
}

#[test]
fn single_sides_and_two_pages_on_a_side() {
    for count in [1, 2, 3, 4, 5, 8, 9, 16, 64] {
        let (said, sides) = printed(&numbered(count), &["--layout", "simplex"]);
        assert_eq!((said["sheets"].as_u64(), sides.len()), (Some(count as u64), count));
        let (said, sides) = printed(&numbered(count), &["--layout", "two-up"]);
        assert_eq!(said["sheets"].as_u64(), Some(count.div_ceil(4) as u64));
        let read: Vec<usize> = sides.iter().flat_map(Side::texts).map(|text| text.parse().unwrap()).collect();
        assert_eq!(read, (1..=count).collect::<Vec<_>>());
        assert_eq!(sides[0].size("MediaBox").map(f32::round), [0.0, 0.0, 420.0, 297.0]);
    }
}

#[test]
fn marks_lie_outside_of_the_trim_box() {
    let (_, sides) = printed(&numbered(4), &["--layout", "booklet", "--marks"]);
    let size = |name: &str| sides[0].size(name).map(f32::round);
    assert_eq!(size("MediaBox"), [0.0, 0.0, 317.0, 230.0]);
    assert_eq!((size("TrimBox"), size("BleedBox")), ([10.0, 10.0, 307.0, 220.0], [7.0, 7.0, 310.0, 223.0]));
    let (_, sides) = printed(&numbered(4), &["--layout", "booklet"]);
    for name in ["MediaBox", "TrimBox", "BleedBox"] {
        assert_eq!(sides[0].size(name).map(f32::round), [0.0, 0.0, 297.0, 210.0]);
    }
}

/// A file whose pages are cropped, turned, of another size, or measured in other units.
fn odd_pages() -> Vec<u8> {
    let mut sheets = Sheets::new(&["gerade", "gedreht", "beschnitten", "Zoll", "klein", "Plan"]);
    let set = |sheets: &mut Sheets, at: usize, key: &str, value: Object| {
        let page = sheets.pages[at];
        sheets.document.get_dictionary_mut(page).unwrap().set(key, value);
    };
    let area = |sides: [f32; 4]| Object::Array(sides.map(Object::Real).to_vec());
    set(&mut sheets, 1, "Rotate", 90.into());
    set(&mut sheets, 2, "MediaBox", area([-100.0, -100.0, 695.0, 942.0]));
    set(&mut sheets, 2, "CropBox", area([0.0, 0.0, 595.0, 842.0]));
    set(&mut sheets, 3, "MediaBox", area([0.0, 0.0, 8.264, 11.694]));
    set(&mut sheets, 3, "UserUnit", Object::Real(72.0));
    set(&mut sheets, 4, "MediaBox", area([0.0, 0.0, 420.0, 595.0]));
    set(&mut sheets, 5, "MediaBox", area([0.0, 0.0, 1684.0, 2384.0]));
    sheets.bytes()
}

#[test]
fn pages_that_are_not_a4_are_fitted_turned_or_printed_apart_and_listed() {
    let project = Project::new();
    project.write("akte.pdf", odd_pages());
    let (said, bytes) = print(&project, "akte.pdf", &["--layout", "simplex", "--punch", "0"]);
    let said = &said["printed"][0];
    let listed: Vec<(u64, bool, bool)> = said["not_a4"]
        .as_array()
        .unwrap()
        .iter()
        .map(|odd| (odd["page"].as_u64().unwrap(), odd["turned"] == true, odd["apart"] == true))
        .collect();
    assert_eq!(listed, [(2, true, false), (5, false, false), (6, false, true)]);
    let sides = sides(&bytes);
    let matrix = |at: usize| sides[at].placed[0].1.map(|entry| (entry * 10.0).round() / 10.0);
    // A page that is turned once is turned back to stand upright on paper.
    assert!(matrix(1)[0] == 0.0 && matrix(1)[1] == 1.0 && matrix(1)[2] == -1.0, "{:?}", matrix(1));
    assert!((matrix(2)[0] - 1.0).abs() < 0.1 && matrix(2)[4].abs() < 1.0 && matrix(2)[5].abs() < 1.0);
    assert_eq!(matrix(4)[0], 1.0);
    assert!(sides[5].placed.is_empty());
    let plans = Document::load_mem(&project.read(said["plans"].as_str().unwrap())).unwrap();
    let (_, page) = plans.get_pages().into_iter().next().unwrap();
    let media = plans.get_dictionary(page).unwrap().get(b"MediaBox").unwrap().as_array().unwrap();
    assert_eq!(media[2].as_float().unwrap().round(), 1684.0);
}

#[test]
fn layers_of_which_nothing_says_which_are_shown_are_all_shown() {
    let mut sheets = Sheets::new(&["Antrag"]);
    sheets.hidden_layer("Maße");
    let layers = sheets.catalog.get_mut(b"OCProperties").and_then(Object::as_dict_mut).unwrap();
    layers.remove(b"D");
    let project = Project::new();
    project.write("plan.pdf", sheets.bytes());
    let (_, bytes) = print(&project, "plan.pdf", &[]);
    let document = Document::load_mem(&bytes).unwrap();
    let layers = document.catalog().unwrap().get(b"OCProperties").and_then(Object::as_dict).unwrap();
    assert!(layers.get(b"D").and_then(Object::as_dict).unwrap().is_empty());
}

#[test]
fn what_is_drawn_over_a_page_is_printed_with_it() {
    let mut sheets = Sheets::new(&["Antrag"]);
    let look = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 140.into(), 20.into()],
    };
    let look = sheets.add(Stream::new(look, b"0 g 0 0 140 20 re f".to_vec()));
    for (flags, kind) in [(4, "Stamp"), (0, "Highlight"), (6, "Stamp"), (4, "Popup")] {
        let looks = dictionary! { "N" => look.clone() };
        sheets.annotate(dictionary! { "Subtype" => kind, "F" => flags, "AP" => looks });
    }
    let project = Project::new();
    project.write("akte.pdf", sheets.bytes());
    let (_, bytes) = print(&project, "akte.pdf", &[]);
    let document = Document::load_mem(&bytes).unwrap();
    let drawn: Vec<String> = document
        .objects
        .values()
        .filter_map(|object| object.as_stream().ok())
        .map(|stream| {
            String::from_utf8_lossy(&stream.decompressed_content().unwrap_or_default()).into_owned()
        })
        .filter(|content| content.contains("Antrag"))
        .collect();
    assert_eq!(drawn.len(), 1);
    // One of the four is to be printed; its place is as large as its look.
    assert_eq!(drawn[0].matches(" Do Q").count(), 1);
    assert!(drawn[0].contains("q 1 0 0 1 60 600 cm /Anmerkung"), "{}", drawn[0]);
}

#[test]
fn the_packets_of_a_session_are_printed_item_by_item() {
    let project = Project::new();
    copy(&repository().join("examples/ratssitzung"), project.path());
    let (said, bytes) = print(&project, "sitzung.toml", &["--separators"]);
    let editions = said["packet"]["editions"].as_array().unwrap();
    assert_eq!(said["printed"].as_array().unwrap().len(), 2);
    let papers = editions[0]["papers"].as_array().unwrap();
    let mut items: Vec<&str> = papers.iter().map(|paper| paper["item"].as_str().unwrap()).collect();
    items.dedup();
    let document = Document::load_mem(&bytes).unwrap();
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    assert_eq!(said["printed"][0]["sides"].as_u64(), Some(pages.len() as u64));
    // Each item has a separator, which is a front, and its first page is the next front.
    let mut separators = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        let content = Content::decode(&document.get_page_content(*page)).unwrap();
        let is_separator = content.operations.iter().any(|operation| operation.operator == "re");
        if is_separator {
            separators.push(at);
        }
    }
    assert_eq!(separators.len(), items.len());
    assert!(separators.iter().all(|at| at % 2 == 0), "{separators:?}");
    let catalog = document.catalog().unwrap();
    for claim in [&b"StructTreeRoot"[..], b"Metadata", b"OutputIntents", b"MarkInfo"] {
        assert!(catalog.get(claim).is_err());
    }
    assert!(
        said["printed"][0]["paths"][0].as_str().unwrap().starts_with("out/druck/Rat-2025-05-14-oeffentlich")
    );
    // The same again, byte for byte.
    let (_, again) = print(&project, "sitzung.toml", &["--separators"]);
    assert!(bytes == again);
    if available(installed("qpdf") && installed("pdftotext"), "qpdf and pdftotext, to open the sheets") {
        opens(&project, said["printed"][1]["paths"][0].as_str().unwrap());
    }
}

/// Opens sheets in other programs, which must not warn, and find the text.
fn opens(project: &Project, path: &str) {
    let path = project.path().join(path);
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).arg(&path).output().unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let (sound, said) = run("qpdf", &["--check"]);
    assert!(sound && !said.contains("WARNING"), "{said}");
    let text = Command::new("pdftotext").arg(&path).arg("-").output().unwrap();
    let said = String::from_utf8_lossy(&text.stderr);
    assert!(text.status.success() && said.is_empty(), "{said}");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("Tagesordnung") && text.contains("Diese Seite ist absichtlich leer"));
}

#[test]
fn what_cannot_be_printed_is_a_finding() {
    let project = Project::new();
    project.write("kaputt.pdf", "%PDF-1.7\nnichts");
    let run = project.run(&["print", "kaputt.pdf"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("kaputt.pdf lässt sich nicht drucken"), "{}", run.stderr);
    assert_eq!(project.run(&["print", "fehlt.toml"]).code, 2);
    assert_eq!(project.run(&["print", "kaputt.pdf", "--punch", "99"]).code, 2);
}
