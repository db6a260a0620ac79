//! Secrets in files, and files that are secrets.

use std::collections::BTreeSet;

use lopdf::{Document, Object, Stream, dictionary};

use super::*;
use crate::files;
use crate::pdf::text::{TextPlace, UnreadReason};

const SENTENCE: &str = "Der Eigentümer verlangt für den Hof Wentrup mindestens eine Million in bar.";

/// A PDF with a page for each content, and what else is added to it.
struct File {
    document: Document,
    catalog: lopdf::Dictionary,
}

fn latin(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

/// The content of a page with these lines of text.
fn lines(lines: &[&str]) -> Vec<u8> {
    let mut content = b"BT /F1 10 Tf 14 TL 40 700 Td ".to_vec();
    for line in lines {
        content.extend([&b"("[..], &latin(line), b") Tj T* "].concat());
    }
    content.extend(b"ET");
    content
}

fn file(contents: &[Vec<u8>]) -> File {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let kids: Vec<Object> = contents
        .iter()
        .map(|content| {
            let mut stream = Stream::new(dictionary! {}, content.clone());
            stream.compress().unwrap();
            let content = document.add_object(stream);
            let page = dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => content,
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            };
            document.add_object(page).into()
        })
        .collect();
    let count = kids.len() as i64;
    document.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    File { document, catalog: dictionary! { "Type" => "Catalog", "Pages" => tree } }
}

impl File {
    fn attached(mut self, name: &str, bytes: &[u8]) -> Self {
        let mut stream = Stream::new(dictionary! { "Type" => "EmbeddedFile" }, bytes.to_vec());
        stream.compress().unwrap();
        let stream = self.document.add_object(stream);
        let spec = self.document.add_object(dictionary! {
            "Type" => "Filespec", "F" => Object::string_literal(name), "EF" => dictionary! { "F" => stream },
        });
        let names: Vec<Object> = vec![Object::string_literal("a"), spec.into()];
        self.catalog.set("Names", dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } });
        self
    }

    fn bytes(mut self) -> Vec<u8> {
        let catalog = self.document.add_object(self.catalog);
        self.document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).unwrap();
        bytes
    }
}

fn found(file: &[u8], index: &SecretIndex) -> Vec<Hit> {
    let result = search(file, index, &TextLimits::default());
    assert_eq!(result.unread, []);
    result.hits
}

fn places(file: &[u8], index: &SecretIndex) -> Vec<TextPlace> {
    found(file, index).into_iter().map(|hit| hit.place).collect()
}

#[test]
fn a_sentence_is_found_once_on_its_page_and_shown_as_it_stands() {
    let (first, rest) = SENTENCE.split_at(40);
    let page = lines(&["Vorwort", first, rest]);
    let hits = found(&file(&[lines(&["Eins"]), page]).bytes(), &index(vec![prose(SENTENCE)]));
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!((hits[0].place.clone(), hits[0].weight), (TextPlace::Page(2), HitWeight::Secret));
    assert_eq!(hits[0].shown.replace(' ', ""), SENTENCE.trim_end_matches('.').replace(' ', ""));
}

#[test]
fn the_order_in_which_lines_are_drawn_does_not_matter() {
    let (first, rest) = SENTENCE.split_at(40);
    let content = [
        b"BT /F1 10 Tf 40 600 Td (".to_vec(),
        latin(rest),
        b") Tj 0 14 Td (".to_vec(),
        latin(first),
        b") Tj ET".to_vec(),
    ];
    assert_eq!(
        places(&file(&[content.concat()]).bytes(), &index(vec![prose(SENTENCE)])),
        [TextPlace::Page(1)]
    );
}

#[test]
fn a_sentence_goes_on_on_the_next_page_behind_foot_and_head() {
    let (first, rest) = SENTENCE.split_at(40);
    let index = index(vec![prose(SENTENCE)]);
    let pages = [lines(&["Text", first, "Seite 1"]), lines(&["Stadt Münster", rest, "mehr"])];
    assert_eq!(places(&file(&pages).bytes(), &index), [TextPlace::Page(1)]);
    let pages = [lines(&["Text", first]), lines(&[rest, "mehr"])];
    assert_eq!(places(&file(&pages).bytes(), &index), [TextPlace::Page(1)]);
}

#[test]
fn secrets_are_found_in_all_that_is_no_page() {
    let index = index(vec![prose(SENTENCE), title("Hofankauf"), number("V/0002/2025")]);
    let mut pdf = file(&[lines(&["Eins"])]);
    pdf.catalog.set("Lang", Object::String(latin(SENTENCE), lopdf::StringFormat::Hexadecimal));
    pdf.catalog.set("Hofankauf", Object::Null);
    let info = dictionary! { "Title" => Object::string_literal("Zu V-0002-2025") };
    let info = pdf.document.add_object(info);
    pdf.document.trailer.set("Info", info);
    let hits = found(&pdf.bytes(), &index);
    let all: Vec<(usize, HitWeight)> = hits.iter().map(|hit| (hit.secret, hit.weight)).collect();
    assert!(all.contains(&(0, HitWeight::Secret)), "{hits:?}");
    assert!(all.contains(&(1, HitWeight::Secret)), "{hits:?}");
    assert!(all.contains(&(2, HitWeight::Mention)), "{hits:?}");
}

/// A file with two pages that say something.
fn expertise() -> File {
    let first = [
        "Gutachten über den Verkehrswert",
        "",
        "Der Hof liegt am Rand des Dorfes und hat drei Scheunen aus Ziegeln.",
        "Die Pacht bringt im Jahr 12.400 Euro, die seit langem nicht erhöht",
        "wurde, obwohl der Boden besser ist.",
        "Alle Gebäude sind in gutem Zustand; das Dach der großen Scheune wurde erneuert.",
    ];
    let second =
        ["Der Wert wird auf 1.480.000 Euro geschätzt, wenn die Leitung verlegt wird.", "Wolbeck, im Mai"];
    file(&[lines(&first), lines(&second)])
}

#[test]
fn a_secret_file_is_found_as_it_is_attached_and_page_by_page() {
    let secret = expertise().bytes();
    let contents = of_file(&secret, &TextLimits::default());
    assert_eq!(contents.unread, []);
    let index = index(contents.contents);
    let hits = |file: File| found(&file.bytes(), &index);
    // The file itself.
    assert!(found(&secret, &index).iter().any(|hit| hit.place == TextPlace::File && hit.shown.is_empty()));
    // Attached, whatever it is called.
    assert!(
        hits(file(&[lines(&["Plan"])]).attached("plan.pdf", &secret)).iter().any(|hit| hit.shown.is_empty())
    );
    // One of its pages between others, packed in another way.
    let mut merged = file(&[lines(&["Plan"]), expertise_page(0)]);
    merged.document.decompress();
    assert!(hits(merged).iter().any(|hit| hit.place == TextPlace::Page(2)));
    // What it says, set anew.
    let anew = lines(&[
        "Die Pacht bringt im Jahr 12.400 Euro, die seit",
        "langem nicht erhöht wurde, obwohl der Boden besser ist.",
    ]);
    assert!(hits(file(&[lines(&["Plan"]), anew])).iter().any(|hit| hit.weight == HitWeight::Secret));
    let amount = lines(&["Geschätzter Wert: 1,48 Mio. Euro, Leitung verlegt"]);
    assert!(hits(file(&[amount])).iter().any(|hit| hit.weight == HitWeight::Secret));
    assert_eq!(hits(file(&[lines(&["Plan", "Gutachten über den Verkehrswert", "Wolbeck, im Mai"])])), []);
}

fn expertise_page(index: usize) -> Vec<u8> {
    let document = expertise().document;
    let streams: Vec<&Stream> =
        document.objects.values().filter_map(|object| object.as_stream().ok()).collect();
    streams[index].decompressed_content().unwrap()
}

#[test]
fn letterheads_and_what_stands_on_each_page_is_no_secret() {
    let head = "Amt für Immobilien der Gemeinde Wolbeck, Haus 7, Zimmer 12, Telefon 0251 123456, Telefax 0251 123457.";
    let foot = "Vertraulich behandeltes Papier des Büros Rosendahl, nur für Beteiligte des Vorgangs, Seite";
    let page = |number: usize, text: &str| lines(&[head, "", "", text, "", "", &format!("{foot} {number}.")]);
    let secret = file(&[
        page(1, SENTENCE),
        page(2, "Die Pacht ist seit vielen Jahren gleich niedrig."),
        page(3, "Ende."),
    ]);
    let index = index(of_file(&secret.bytes(), &TextLimits::default()).contents);
    assert_eq!(found(&file(&[page(1, "Die Stadt baut eine neue Bücherei am Markt.")]).bytes(), &index), []);
    assert_eq!(found(&file(&[page(1, SENTENCE)]).bytes(), &index).len(), 1);
}

/// The content of a page on which each line has these parts, each at its place from the left.
fn side_by_side(rows: &[[(u32, &str); 2]]) -> Vec<u8> {
    let mut content = b"BT /F1 10 Tf ".to_vec();
    for (row, parts) in rows.iter().enumerate() {
        for (left, text) in parts {
            content.extend(format!("1 0 0 1 {left} {} Tm (", 700 - 14 * row).into_bytes());
            content.extend([&latin(text)[..], b") Tj "].concat());
        }
    }
    content.extend(b"ET");
    content
}

#[test]
fn what_stands_beside_lines_hides_nothing_in_them() {
    let index = index(vec![prose(SENTENCE)]);
    let [one, two, three] =
        ["Der Eigentümer verlangt für", "den Hof Wentrup mindestens", "eine Million in bar."];
    let beside = ["Die Poller am Marktplatz", "werden im Herbst aufgestellt.", "Das ist beschlossen."];
    let columns = side_by_side(&[
        [(50, one), (320, beside[0])],
        [(50, two), (320, beside[1])],
        [(50, three), (320, beside[2])],
    ]);
    let numbered = side_by_side(&[[(30, "1"), (60, one)], [(30, "2"), (60, two)], [(30, "3"), (60, three)]]);
    for content in [columns, numbered] {
        assert_eq!(places(&file(&[content]).bytes(), &index), [TextPlace::Page(1)]);
    }
}

#[test]
fn a_picture_that_is_packed_once_more_is_read_like_any_other() {
    let index = index(vec![prose(SENTENCE), SecretContent::Bytes(files::hash(&[&photo()]))]);
    let hex: String = photo().iter().map(|byte| format!("{byte:02x}")).collect();
    let packed = vec![Object::Name(b"ASCIIHexDecode".to_vec()), Object::Name(b"DCTDecode".to_vec())];
    for (filter, content) in
        [(Object::Name(b"DCTDecode".to_vec()), photo()), (packed.into(), (hex + ">").into_bytes())]
    {
        let mut file = file(&[lines(&["Ein Foto."])]);
        let dict = dictionary! { "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1, "Filter" => filter };
        file.document.add_object(Stream::new(dict, content));
        let hits = search(&file.bytes(), &index, &TextLimits::default()).hits;
        let found: BTreeSet<usize> = hits.iter().map(|hit| hit.secret).collect();
        assert_eq!(found, BTreeSet::from([0, 1]), "{hits:?}");
    }
}

/// A photo, without its pixels, whose camera wrote a secret into it.
fn photo() -> Vec<u8> {
    let said = latin(&SENTENCE.repeat(4));
    let length = u16::try_from(said.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, 0xD8, 0xFF, 0xFE], &length[..], &said, &[0xFF, 0xD9]].concat()
}

#[test]
fn what_cannot_be_searched_is_said() {
    // Also where nothing is secret.
    for index in [index(vec![prose(SENTENCE)]), index(Vec::new())] {
        let limits = TextLimits { unpacked: 10, ..TextLimits::default() };
        let result = search(&file(&[lines(&["Eins", "Zwei", "Drei"])]).bytes(), &index, &limits);
        assert!(
            result.unread.iter().any(|unread| matches!(unread.why, UnreadReason::TooMuch(_))),
            "{result:?}"
        );
        let result = search(b"\x89PNG\r\n\x1a\n", &index, &TextLimits::default());
        assert!(!result.unread.is_empty());
    }
}

#[test]
fn more_than_anybody_reads_is_said_to_be_more() {
    let secrets =
        (0..6_000).map(|number| prose(&format!("Der Bieter mit dem Kennwort x{number}y bietet zu wenig.")));
    let contents: Vec<SecretContent> = secrets.collect();
    let text: String = contents.iter().map(|content| format!("{content:?} ")).collect();
    let result = search(text.as_bytes(), &index(contents), &TextLimits::default());
    assert_eq!(result.hits.len(), 5_000);
    assert_eq!(result.unread.len(), 1);
}
