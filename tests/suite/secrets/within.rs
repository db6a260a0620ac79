//! Ways to hide a sentence or a file within a file: attached, in an earlier state, copied in whole or in part.

use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::leaf::{Leaf, helvetica, hex, string, utf16, utf16_bytes, win_ansi, y};
use super::letters::{in_win_ansi, lines};
use crate::dice::Dice;
use crate::sheets::saved;

fn attached(dice: &mut Dice, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut leaf = Leaf::new(dice);
    let file = leaf.add(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, bytes.to_vec()));
    let entry = dictionary! {
        "Type" => "Filespec", "F" => utf16(name), "UF" => utf16(name), "EF" => dictionary! { "F" => file },
    };
    let entry = leaf.add(entry);
    if dice.one_in(2) {
        leaf.annotate(
            dictionary! { "Subtype" => "FileAttachment", "FS" => entry, "Contents" => string(b"Datei") },
        );
    } else {
        let files = dictionary! { "Names" => vec![string(b"a"), entry] };
        leaf.catalog.set("Names", dictionary! { "EmbeddedFiles" => files });
    }
    let mut document = leaf.document();
    document.compress();
    saved(&mut document)
}

/// A PDF in a PDF in a PDF.
pub(super) fn attached_pdf(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut inner = in_win_ansi(text, dice).bytes();
    for _ in 0..1 + dice.below(2) {
        inner = attached(dice, "innen.pdf", &inner);
    }
    inner
}

pub(super) fn attached_text(text: &str, dice: &mut Dice) -> Vec<u8> {
    let bytes = match dice.below(4) {
        0 => text.as_bytes().to_vec(),
        1 => win_ansi(text),
        2 => utf16_bytes(text),
        _ => text.replace(' ', "\r\n").into_bytes(),
    };
    attached(dice, "notiz.txt", &bytes)
}

pub(super) fn attached_html(text: &str, dice: &mut Dice) -> Vec<u8> {
    let words: Vec<String> =
        text.split(' ').map(|word| format!("<b>{}</b>", word.replace('<', "&lt;"))).collect();
    let page = words.join("\n").replace('ü', "&uuml;").replace('ß', "&#xdf;");
    attached(dice, "seite.html", format!("<html><body><p>{page}</p></body></html>").as_bytes())
}

pub(super) fn attached_docx(text: &str, dice: &mut Dice) -> Vec<u8> {
    let middle = text.char_indices().nth(text.chars().count() / 2).unwrap().0;
    let run = |text: &str| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
    };
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/\
         wordprocessingml/2006/main\"><w:body><w:p>{}{}</w:p></w:body></w:document>",
        run(&text[..middle]),
        run(&text[middle..])
    );
    attached(dice, "entwurf.docx", &zip(&[("word/document.xml", document.as_bytes())]))
}

pub(super) fn attached_archive(text: &str, dice: &mut Dice) -> Vec<u8> {
    let inner = zip(&[("innen.txt", text.as_bytes())]);
    let inner = if dice.one_in(2) { zip(&[("innen.zip", &inner)]) } else { inner };
    attached(dice, "alles.zip", &inner)
}

pub(super) fn name_of_an_attachment(text: &str, dice: &mut Dice) -> Vec<u8> {
    attached(dice, &format!("{text}.txt"), b"leer")
}

/// An archive whose files are packed where that makes them shorter.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut list) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut stream = Stream::new(Dictionary::new(), bytes.to_vec());
        stream.compress().unwrap();
        // Between the head and the tail of a packed stream of PDF lies what an archive wants.
        let (method, packed) = if stream.dict.has(b"Filter") {
            (8, &stream.content[2..stream.content.len() - 4])
        } else {
            (0, *bytes)
        };
        let mut head = vec![20, 0, 0, 0, method, 0, 0, 0, 0x21, 0x50];
        head.extend(crc(bytes).to_le_bytes());
        head.extend((packed.len() as u32).to_le_bytes());
        head.extend((bytes.len() as u32).to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&head);
        list.extend([0; 10]);
        list.extend((archive.len() as u32).to_le_bytes());
        list.extend(name.bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&head);
        archive.extend(name.bytes());
        archive.extend(packed);
    }
    let (place, count) = (archive.len() as u32, files.len() as u16);
    let length = list.len() as u32;
    archive.extend(list);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    archive.extend([length.to_le_bytes(), place.to_le_bytes()].concat());
    archive.extend([0, 0]);
    archive
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |mut sum: u32, byte: &u8| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
        sum
    };
    !bytes.iter().fold(!0, step)
}

/// The file said it until somebody changed the page and saved.
pub(super) fn earlier_state(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut document = in_win_ansi(text, dice).document();
    let page = *document.get_pages().values().next().unwrap();
    let content = document.get_page_contents(page)[0];
    if dice.one_in(2) {
        document.compress();
    }
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
    let old = saved(&mut document);
    let new = "BT /F0 8 Tf 1 0 0 1 50 700 Tm (Der Text wurde entfernt.) Tj ET";
    changed(old, root, content, &format!("<</Length {}>>\nstream\n{new}\nendstream", new.len()))
}

/// The note was deleted, and the file saved.
pub(super) fn deleted_note(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut leaf = Leaf::new(dice);
    let note = leaf.annotate(dictionary! { "Subtype" => "Text", "Contents" => utf16(text) });
    let mut document = leaf.document();
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
    let old = saved(&mut document);
    changed(old, root, note.as_reference().unwrap(), "null")
}

/// Writes an object behind the end of a file, as a program writes changes.
fn changed(mut file: Vec<u8>, root: ObjectId, (number, generation): ObjectId, body: &str) -> Vec<u8> {
    let start = file.windows(9).rposition(|word| word == b"startxref").unwrap();
    let digits = file[start..].iter().filter(|byte| byte.is_ascii_digit());
    let previous: String = digits.map(|byte| char::from(*byte)).collect();
    let place = file.len() + 1;
    file.extend(format!("\n{number} {generation} obj\n{body}\nendobj\n").into_bytes());
    let table = file.len();
    file.extend(
        format!(
            "xref\n{number} 1\n{place:010} {generation:05} n \ntrailer\n<</Size 999/Prev {previous}/Root {} 0 R>>\n\
             startxref\n{table}\n%%EOF\n",
            root.0
        )
        .into_bytes(),
    );
    file
}

/// Objects lie packed in streams.
pub(super) fn objects_in_streams(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut leaf = in_win_ansi(text, dice);
    leaf.annotate(dictionary! { "Subtype" => "Text", "Contents" => utf16(text) });
    let mut document = leaf.document();
    document.compress();
    let mut bytes = Vec::new();
    document.save_modern(&mut bytes).unwrap();
    bytes
}

/// Everybody can open it, and its bytes say nothing.
pub(super) fn locked_with_an_empty_password(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut document = in_win_ansi(text, dice).document();
    let id = string(b"kennung");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V1 {
        document: &document,
        owner_password: "Amt",
        user_password: "",
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    saved(&mut document)
}

/// What stands behind the end of the file.
pub(super) fn behind_the_end(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = Leaf::new(dice).bytes();
    bytes.extend([b"\n", text.as_bytes(), b"\n"].concat());
    bytes
}

/// A file that is nobody's: a page of text, or of the scan of one, and a page with a picture.
pub(super) fn secret_file(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let pixels: Vec<u8> = (0..90 * 90 * 3).map(|_| dice.next() as u8).collect();
    let picture = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 90, "Height" => 90, "BitsPerComponent" => 8,
        "ColorSpace" => "DeviceRGB",
    };
    let picture = document.add_object(Stream::new(picture, pixels));
    let tree = document.new_object_id();
    let font = document.add_object(helvetica("WinAnsiEncoding"));
    let mut pages = Vec::new();
    let said: String = (0..)
        .zip(lines(text, 90))
        .map(|(at, line)| format!("BT /F1 8 Tf 1 0 0 1 50 {} Tm {} Tj ET\n", y(at), hex(&win_ansi(&line))))
        .collect();
    for content in [said, "q 400 0 0 400 60 200 cm /P Do Q\n".to_owned()] {
        // Drawing that is as nowhere else, so that the stream is too.
        let lines: String =
            (0..40).map(|_| format!("{} {} m 9 9 l S\n", dice.below(500), dice.below(800))).collect();
        let content = document.add_object(Stream::new(Dictionary::new(), (content + &lines).into_bytes()));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            "Resources" => dictionary! {
                "XObject" => dictionary! { "P" => picture }, "Font" => dictionary! { "F1" => font },
            },
        });
        pages.push(Object::Reference(page));
    }
    let root = dictionary! { "Type" => "Pages", "Count" => 2, "Kids" => pages };
    document.objects.insert(tree, root.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document.compress();
    saved(&mut document)
}

pub(super) fn file_as_it_is(file: &[u8], _: &mut Dice) -> Vec<u8> {
    file.to_vec()
}

pub(super) fn file_attached(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    attached(dice, "anlage.pdf", file)
}

pub(super) fn file_in_an_attached_archive(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    attached(dice, "anlagen.zip", &zip(&[("anlage.pdf", file)]))
}

/// Other programs pack streams otherwise and number objects anew.
pub(super) fn file_saved_anew(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut document = Document::load_mem(file).unwrap();
    document.decompress();
    document.renumber_objects_with(50);
    if dice.one_in(2) {
        return saved(&mut document);
    }
    let mut bytes = Vec::new();
    document.save_modern(&mut bytes).unwrap();
    bytes
}

/// Puts the pages of the file, or one of them, behind the page of another.
fn merged(file: &[u8], dice: &mut Dice, wanted: std::ops::Range<usize>) -> Vec<u8> {
    let mut document = Leaf::new(dice).document();
    let mut other = Document::load_mem(file).unwrap();
    other.renumber_objects_with(document.max_id + 1);
    let pages: Vec<ObjectId> = other.get_pages().into_values().collect();
    document.max_id = other.max_id;
    document.objects.extend(other.objects);
    let tree = document.catalog().unwrap().get(b"Pages").and_then(Object::as_reference).unwrap();
    let mut kids =
        document.get_dictionary(tree).unwrap().get(b"Kids").and_then(Object::as_array).unwrap().clone();
    for page in &pages[wanted] {
        document.get_dictionary_mut(*page).unwrap().set("Parent", tree);
        kids.push(Object::Reference(*page));
    }
    let root = document.get_dictionary_mut(tree).unwrap();
    root.set("Count", kids.len() as i64);
    root.set("Kids", kids);
    document.prune_objects();
    saved(&mut document)
}

pub(super) fn pages_of_the_file(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    merged(file, dice, 0..2)
}

pub(super) fn last_page_of_the_file(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    merged(file, dice, 1..2)
}

fn picture_of(file: &[u8]) -> Stream {
    let document = Document::load_mem(file).unwrap();
    let is_picture =
        |object: &&Object| object.as_stream().is_ok_and(|stream| stream.dict.get(b"Width").is_ok());
    document.objects.values().find(is_picture).unwrap().as_stream().unwrap().clone()
}

fn with_picture(dice: &mut Dice, picture: Stream) -> Vec<u8> {
    let mut leaf = Leaf::new(dice);
    let picture = leaf.add(picture);
    leaf.resource("XObject", "P", picture);
    leaf.draw("q 400 0 0 400 60 200 cm /P Do Q");
    leaf.bytes()
}

pub(super) fn picture_of_the_file(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    with_picture(dice, picture_of(file))
}

/// The same pixels, packed otherwise.
pub(super) fn picture_packed_anew(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut picture = picture_of(file);
    let pixels = picture.decompressed_content().unwrap_or_else(|_| picture.content.clone());
    let digits: String = pixels.iter().map(|byte| format!("{byte:02x}")).collect();
    picture.set_content(format!("{digits}>").into_bytes());
    picture.dict.remove(b"DecodeParms");
    picture.dict.set("Filter", "ASCIIHexDecode");
    with_picture(dice, picture)
}
