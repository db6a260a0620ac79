//! What is said beside the pages.

use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;

/// Says what a page of this content says and is, after a change.
fn changed(change: impl FnOnce(&mut Page)) -> PdfReading {
    let mut page = Page::saying("");
    change(&mut page);
    let reading = page.read();
    assert_eq!(reading.unread, []);
    reading
}

#[test]
fn annotations_are_read_in_all_their_parts() {
    let keys: [&[u8]; 4] = [b"Contents", b"Subj", b"T", b"NM"];
    for key in keys {
        let reading = changed(|page| {
            let mut note = dictionary! { "Subtype" => "Text" };
            note.set(key, text(WORD));
            annotation(page, note);
        });
        assert_eq!(place(&reading, WORD), TextPlace::Annotation(Some(1)));
    }
    let rich = "<body><p>Beschluss<b>entwurf</b></p></body>";
    let reading =
        changed(|page| annotation(page, dictionary! { "Subtype" => "FreeText", "RC" => text(rich) }));
    assert_eq!(place(&reading, WORD), TextPlace::Annotation(Some(1)));
}

#[test]
fn looks_of_annotations_are_read_in_every_state() {
    let mut look = form("BT /F1 10 Tf 2 2 Td (Beschlussentwurf) Tj ET");
    look.dict.set("Resources", fonts(helvetica()));
    for key in ["N", "R", "D"] {
        let reading = changed(|page| {
            let look = page.document.add_object(look.clone());
            let mut looks = Dictionary::new();
            looks.set(key, dictionary! { "An" => look });
            annotation(page, dictionary! { "Subtype" => "Stamp", "F" => 2, "AP" => looks });
        });
        assert_eq!(place(&reading, WORD), TextPlace::Drawing(Some(1)));
    }
}

#[test]
fn fields_are_read_with_their_states() {
    for key in ["T", "V", "DV", "TU"] {
        let reading = changed(|page| {
            let mut field = dictionary! { "FT" => "Tx" };
            field.set(key, text(WORD));
            let field = page.document.add_object(field);
            annotation(page, dictionary! { "Subtype" => "Widget", "Parent" => field });
        });
        assert_eq!(place(&reading, WORD), TextPlace::Field(Some(1)), "{key}");
    }
    let reading = changed(|page| {
        let options = vec![text("a"), Object::Array(vec![text("b"), text(WORD)])];
        annotation(page, dictionary! { "Subtype" => "Widget", "FT" => "Ch", "Opt" => options });
    });
    assert_eq!(place(&reading, WORD), TextPlace::Field(Some(1)));
    let reading = changed(|page| {
        let look = page.document.add_object(form(""));
        let looks = dictionary! { "N" => dictionary! { WORD => look } };
        annotation(page, dictionary! { "Subtype" => "Widget", "FT" => "Btn", "AP" => looks });
    });
    assert_eq!(place(&reading, WORD), TextPlace::Name(Some(1)));
}

#[test]
fn links_are_read_as_they_stand_and_without_percent_signs() {
    let uri = "https://example.org/H%C3%A4fen?q=Beschluss%65ntwurf";
    let action = dictionary! { "S" => "URI", "URI" => text(uri) };
    let reading = changed(|page| annotation(page, dictionary! { "Subtype" => "Link", "A" => action }));
    assert_eq!(place(&reading, uri), TextPlace::Link(Some(1)));
    assert_eq!(place(&reading, "Häfen?q=Beschlussentwurf"), TextPlace::Link(Some(1)));
}

#[test]
fn bookmarks_structure_names_layers_scripts_and_information_are_read() {
    let reading = changed(|page| {
        let bookmark =
            page.document.add_object(dictionary! { "Title" => text("Lesezeichen X"), "Parent" => (1, 0) });
        page.catalog().set("Outlines", dictionary! { "First" => bookmark });
        let element = dictionary! {
            "Type" => "StructElem", "S" => "Figure", "Alt" => text("Alternativtext X"), "E" => text("Langform X"),
            "ActualText" => text("Ersatztext X"), "T" => text("Elementtitel X"), "Lang" => text("Sprache X"),
        };
        let element = page.document.add_object(element);
        page.catalog().set("StructTreeRoot", dictionary! { "K" => element });
        let names = vec![text("Sprungziel X"), vec![Object::from(page.page)].into()];
        page.catalog().set("Names", dictionary! { "Dests" => dictionary! { "Names" => names } });
        let action = dictionary! { "S" => "JavaScript", "JS" => text("app.alert('Skript X')") };
        page.catalog().set("OpenAction", action);
        let script =
            page.document.add_object(Stream::new(Dictionary::new(), b"app.alert('Strom X')".to_vec()));
        page.catalog().set("AA", dictionary! { "WC" => dictionary! { "S" => "JavaScript", "JS" => script } });
        let information = page.document.add_object(dictionary! { "Subject" => text("Thema X") });
        page.document.trailer.set("Info", information);
    });
    assert_eq!(place(&reading, "Lesezeichen X"), TextPlace::Bookmark);
    for said in ["Alternativtext X", "Langform X", "Ersatztext X", "Elementtitel X", "Sprache X"] {
        assert_eq!(place(&reading, said), TextPlace::Structure, "{said}");
    }
    assert!(matches!(place(&reading, "Sprungziel X"), TextPlace::Object(_)));
    assert_eq!(place(&reading, "Skript X"), TextPlace::Script);
    assert_eq!(place(&reading, "Strom X"), TextPlace::Script);
    assert_eq!(place(&reading, "Thema X"), TextPlace::Information);
}

#[test]
fn words_for_marked_content_are_read() {
    let hex: String = WORD.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let reading = Page::saying(&format!("/Span <</ActualText <FEFF{hex}>>> BDC EMC")).read();
    assert_eq!(place(&reading, WORD), TextPlace::MarkedContent(Some(1)));
    let reading = changed(|page| {
        let list = page.document.add_object(dictionary! { "MCID" => 0, "Alt" => text(WORD) });
        let id = page.page;
        let resources = dictionary! { "Properties" => dictionary! { "P" => list } };
        page.document.get_dictionary_mut(id).unwrap().set("Resources", resources);
    });
    assert_eq!(place(&reading, WORD), TextPlace::MarkedContent(Some(1)));
}

#[test]
fn metadata_is_read_with_its_entities_wherever_it_is() {
    let xmp = "<?xpacket begin='' id='W5M0'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><dc:title>Beschluss\
        &#101;ntwurf</dc:title></rdf:RDF></x:xmpmeta>";
    for dict in [dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, Dictionary::new()] {
        let reading = changed(|page| {
            page.document.add_object(Stream::new(dict, xmp.as_bytes().to_vec()));
        });
        assert_eq!(place(&reading, WORD), TextPlace::Metadata);
    }
}

fn attached(name: &str, bytes: Vec<u8>) -> PdfReading {
    let mut page = Page::saying("");
    let file = page.document.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, bytes));
    let spec = dictionary! { "Type" => "Filespec", "F" => text(name), "EF" => dictionary! { "F" => file } };
    page.document.add_object(spec);
    page.read()
}

fn inside(name: &str, place: TextPlace) -> TextPlace {
    TextPlace::Attachment(name.into(), Box::new(place))
}

#[test]
fn attached_files_are_read_by_what_they_are() {
    let inner = Page::saying("BT /F1 10 Tf 2 2 Td (Beschlussentwurf) Tj ET").bytes();
    let reading = attached("a.pdf", inner);
    assert_eq!(place(&reading, WORD), inside("a.pdf", TextPlace::Page(1)));
    assert_eq!(place(&reading, "a.pdf"), TextPlace::AttachmentName);
    let latin = attached("a.txt", b"Gr\xf6\xdfe".to_vec());
    assert_eq!(place(&latin, "Größe"), inside("a.txt", TextPlace::Part(String::new())));
    let page = b"<html><p>Beschluss<i>entwurf</i></p></html>".to_vec();
    assert_eq!(place(&attached("a.html", page), WORD), inside("a.html", TextPlace::Part(String::new())));
    let mut container = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    container.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    container.write_all(b"<w:p><w:r><w:t>Beschluss</w:t></w:r><w:r><w:t>entwurf</w:t></w:r></w:p>").unwrap();
    let docx = container.finish().unwrap().into_inner();
    assert_eq!(
        place(&attached("a.docx", docx), WORD),
        inside("a.docx", TextPlace::Part("word/document.xml".into()))
    );
}

#[test]
fn attached_files_that_cannot_be_read_say_so() {
    for bytes in
        [b"\x89PNG\r\n\x1a\n\0\0".to_vec(), vec![0, 1, 2, 3], b"{\\rtf1 a}".to_vec(), b"%PDF-1.7".to_vec()]
    {
        let reading = attached("a", bytes);
        let [Unread { place: TextPlace::Attachment(..), .. }] = &reading.unread[..] else {
            panic!("{reading:?}")
        };
    }
    let mut matryoshka = Page::saying("").bytes();
    for _ in 0..5 {
        let mut page = Page::saying("");
        let file =
            page.document.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, matryoshka));
        page.document.add_object(dictionary! { "EF" => dictionary! { "F" => file } });
        matryoshka = page.bytes();
    }
    let reading = read(&matryoshka, &TextLimits::default(), &mut |_, _, _| {});
    assert!(reading.unread.iter().any(|unread| unread.why == UnreadReason::TooMuch(TextLimit::Depth)));
}

#[test]
fn names_and_keys_are_read() {
    let reading = changed(|page| {
        let mut dict = Dictionary::new();
        dict.set("Größe_V-0007-2031", Object::Name(b"Handorf_S\xfcd".to_vec()));
        page.document.add_object(dict);
    });
    assert_eq!(place(&reading, "Größe_V-0007-2031"), TextPlace::Name(None));
    assert_eq!(place(&reading, "Handorf_Süd"), TextPlace::Name(None));
}

#[test]
fn bytes_of_every_stream_are_handed_out() {
    let mut page = Page::saying("BT /F1 10 Tf (Wort) Tj ET");
    page.document.add_object(Stream::new(dictionary! { "Filter" => "AHx" }, b"4a61>".to_vec()));
    let mut all = Vec::new();
    read(&page.bytes(), &TextLimits::default(), &mut |_, _, bytes| all.push(bytes.to_vec()));
    for expected in [&b"4a61>"[..], b"Ja", b"BT /F1 10 Tf (Wort) Tj ET"] {
        assert!(all.iter().any(|bytes| bytes == expected));
    }
}

/// Writes objects behind the end of the file, as a program writes changes.
fn with_changes(mut file: Vec<u8>, old: &Document, objects: &[(ObjectId, &str)]) -> Vec<u8> {
    let start = file.windows(9).rposition(|word| word == b"startxref").unwrap();
    let digits = file[start..].iter().filter(|byte| byte.is_ascii_digit());
    let previous: String = digits.map(|byte| char::from(*byte)).collect();
    let mut table = "xref\n".to_owned();
    for ((number, generation), body) in objects {
        table += &format!("{number} 1\n{:010} {generation:05} n \n", file.len() + 1);
        file.extend(format!("\n{number} {generation} obj\n{body}\nendobj\n").into_bytes());
    }
    let at = file.len();
    let root = old.trailer.get(b"Root").unwrap().as_reference().unwrap();
    file.extend(
        format!("{table}trailer\n<</Size 99/Prev {previous}/Root {} 0 R>>\nstartxref\n{at}\n%%EOF\n", root.0)
            .into_bytes(),
    );
    file
}

#[test]
fn what_a_page_said_before_a_change_is_read() {
    let page = Page::saying("BT /F1 10 Tf 20 100 Td (Beschlussentwurf) Tj ET");
    let document = page.document.clone();
    let content = document.get_page_contents(page.page)[0];
    let new = "<</Length 34>>\nstream\nBT /F1 10 Tf 20 100 Td (neu) Tj ET\nendstream";
    let changed = with_changes(page.bytes(), &document, &[(content, new)]);
    let reading = read(&changed, &TextLimits::default(), &mut |_, _, _| {});
    assert_eq!(reading.pages[0].drawn.text, "neu");
    assert_eq!(place(&reading, WORD), TextPlace::Earlier(Box::new(TextPlace::Page(1))));
    assert_eq!(reading.unread, []);
    let few = TextLimits { revisions: 0, ..TextLimits::default() };
    let reading = read(&changed, &few, &mut |_, _, _| {});
    assert!(reading.unread.iter().any(|unread| unread.why == UnreadReason::TooMuch(TextLimit::Revisions)));
}

#[test]
fn objects_that_no_table_names_are_read() {
    let file = Page::saying("").bytes();
    let orphan = b"77 0 obj\n<</Contents (Beschlussentwurf)>>\nendobj\n\
        78 0 obj\n<</Length 5 0 R/Filter/AHx>>\nstream\n4a612c206765686569>\nendstream\nendobj\n";
    let mut behind = file.clone();
    behind.extend_from_slice(orphan);
    let mut bytes = Vec::new();
    let reading = read(&behind, &TextLimits::default(), &mut |_, _, some| bytes.push(some.to_vec()));
    assert!(matches!(place(&reading, WORD), TextPlace::Earlier(_)));
    assert!(bytes.iter().any(|bytes| bytes == b"Ja, gehei"));
}

#[test]
fn what_is_locked_or_no_pdf_says_so() {
    let why = |bytes: &[u8]| read(bytes, &TextLimits::default(), &mut |_, _, _| {}).unread[0].why.clone();
    assert_eq!(why(b"%PDF-1.7\n"), UnreadReason::Damaged);
    let mut page = Page::saying("");
    let lock = page.document.add_object(dictionary! { "Filter" => "Adobe.PubSec", "V" => 4 });
    page.document.trailer.set("Encrypt", lock);
    assert_eq!(why(&page.bytes()), UnreadReason::Locked);
}
