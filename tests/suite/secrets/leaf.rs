//! A page in the making, with fonts that say in their own way which letters they have.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};

use super::talk;
use crate::dice::Dice;

/// A PDF of one page. What stands there without any planting anybody may read.
pub(super) struct Leaf {
    pub document: Document,
    pub page: ObjectId,
    pub resources: Dictionary,
    pub content: Vec<u8>,
    pub catalog: Dictionary,
}

/// How a font names its letters.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Letters {
    /// A simple font whose glyphs have names of their own, with a table beside.
    Named,
    /// Two bytes for a glyph, with a table beside.
    Wide,
    /// Glyphs that are drawings, with a table beside.
    Drawn,
}

impl Leaf {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let mut document = Document::with_version("1.7");
        let page = document.new_object_id();
        let font = document.add_object(helvetica("WinAnsiEncoding"));
        let resources = dictionary! { "Font" => dictionary! { "F0" => font } };
        let mut leaf = Self { document, page, resources, content: Vec::new(), catalog: Dictionary::new() };
        leaf.catalog.set("Type", "Catalog");
        let public = talk::public_sentence(dice);
        let line = leaf.at(0, "F0", &hex(&win_ansi(&public)));
        leaf.draw(&line);
        leaf
    }

    pub(super) fn add(&mut self, object: impl Into<Object>) -> Object {
        self.document.add_object(object).into()
    }

    pub(super) fn draw(&mut self, operators: &str) {
        self.content.extend_from_slice(operators.as_bytes());
        self.content.push(b'\n');
    }

    /// Operators that show a string in a line.
    pub(super) fn at(&self, line: usize, font: &str, string: &str) -> String {
        format!("BT /{font} 8 Tf 1 0 0 1 50 {} Tm {string} Tj ET", y(line))
    }

    /// Adds a resource under a name.
    pub(super) fn resource(&mut self, kind: &str, name: &str, object: impl Into<Object>) {
        let object = object.into();
        match self.resources.get_mut(kind.as_bytes()) {
            Ok(Object::Dictionary(all)) => all.set(name, object),
            _ => self.resources.set(kind, Dictionary::from_iter([(name.as_bytes().to_vec(), object)])),
        }
    }

    /// Adds a font whose codes mean these pieces of text, in their order from 1 on.
    pub(super) fn font(&mut self, name: &str, letters: Letters, pieces: &[String]) -> Object {
        let font = self.own_font(letters, pieces);
        let font = self.add(font);
        self.resource("Font", name, font.clone());
        font
    }

    fn own_font(&mut self, letters: Letters, pieces: &[String]) -> Dictionary {
        let table = self.add(to_unicode(letters, pieces));
        let count = pieces.len() as i64;
        let names: Vec<Object> = std::iter::once(1.into())
            .chain((1..=count).map(|number| Object::Name(format!("g{number}").into_bytes())))
            .collect();
        let encoding = dictionary! { "Type" => "Encoding", "Differences" => names };
        let widths = vec![Object::from(500); pieces.len()];
        match letters {
            Letters::Named => dictionary! {
                "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "ABCDEF+Eigene", "Encoding" => encoding,
                "FirstChar" => 1, "LastChar" => count, "Widths" => widths, "ToUnicode" => table,
            },
            Letters::Wide => {
                let descriptor = self.add(dictionary! {
                    "Type" => "FontDescriptor", "FontName" => "ABCDEF+Eigene", "Flags" => 4, "ItalicAngle" => 0,
                    "FontBBox" => vec![0.into(), 0.into(), 1000.into(), 1000.into()], "Ascent" => 800,
                    "Descent" => 0, "CapHeight" => 700, "StemV" => 80,
                });
                let system = dictionary! {
                    "Registry" => string(b"Adobe"), "Ordering" => string(b"Identity"), "Supplement" => 0,
                };
                let descendant = self.add(dictionary! {
                    "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "ABCDEF+Eigene", "DW" => 500,
                    "CIDSystemInfo" => system, "FontDescriptor" => descriptor,
                });
                dictionary! {
                    "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "ABCDEF+Eigene",
                    "Encoding" => "Identity-H", "DescendantFonts" => vec![descendant], "ToUnicode" => table,
                }
            }
            Letters::Drawn => {
                let glyph = self
                    .add(Stream::new(Dictionary::new(), b"500 0 0 0 450 700 d1 0 0 450 700 re f".to_vec()));
                let glyphs = Dictionary::from_iter(
                    (1..=count).map(|number| (format!("g{number}").into_bytes(), glyph.clone())),
                );
                let scale = [0.001, 0.0, 0.0, 0.001, 0.0, 0.0].map(|number: f32| Object::Real(number));
                dictionary! {
                    "Type" => "Font", "Subtype" => "Type3", "CharProcs" => glyphs, "Encoding" => encoding,
                    "FontBBox" => vec![0.into(), 0.into(), 500.into(), 700.into()],
                    "FontMatrix" => scale.to_vec(), "FirstChar" => 1, "LastChar" => count, "Widths" => widths,
                    "Resources" => Dictionary::new(), "ToUnicode" => table,
                }
            }
        }
    }

    /// Puts an annotation on the page.
    pub(super) fn annotate(&mut self, annotation: Dictionary) -> Object {
        let mut whole = dictionary! {
            "Type" => "Annot", "Rect" => vec![50.into(), 100.into(), 250.into(), 130.into()], "F" => 4,
        };
        whole.extend(&annotation);
        let whole = self.add(whole);
        match self.catalog.get_mut(b"Annots") {
            Ok(Object::Array(all)) => all.push(whole.clone()),
            _ => self.catalog.set("Annots", vec![whole.clone()]),
        }
        whole
    }

    /// The document with its catalog, its page and its content.
    pub(super) fn document(mut self) -> Document {
        let contents = match self.catalog.remove(b"Contents") {
            Some(own) => own,
            None => self.document.add_object(Stream::new(Dictionary::new(), self.content)).into(),
        };
        let tree = self.document.new_object_id();
        let mut page = dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => contents, "Resources" => self.resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        };
        // What belongs to the page waits in the catalog.
        if let Some(annotations) = self.catalog.remove(b"Annots") {
            page.set("Annots", annotations);
        }
        self.document.objects.insert(self.page, page.into());
        let pages = dictionary! { "Type" => "Pages", "Count" => 1, "Kids" => vec![self.page.into()] };
        self.document.objects.insert(tree, pages.into());
        self.catalog.set("Pages", tree);
        let catalog = self.document.add_object(self.catalog);
        self.document.trailer.set("Root", catalog);
        self.document
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        crate::sheets::saved(&mut self.document())
    }
}

/// The height of a line on the page.
pub(super) fn y(line: usize) -> usize {
    780 - 14 * line
}

pub(super) fn helvetica(encoding: &str) -> Dictionary {
    dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => encoding }
}

pub(super) fn string(bytes: &[u8]) -> Object {
    Object::String(bytes.to_vec(), StringFormat::Literal)
}

/// A text outside of pages, as UTF-16.
pub(super) fn utf16(text: &str) -> Object {
    Object::String(utf16_bytes(text), StringFormat::Hexadecimal)
}

pub(super) fn utf16_bytes(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
}

/// Writes bytes as a hexadecimal string.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("<{digits}>")
}

/// The bytes of a text in Windows' Latin code page, which is also how WinAnsiEncoding counts.
pub(super) fn win_ansi(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        '€' => 0x80,
        '„' => 0x84,
        '“' => 0x93,
        '”' => 0x94,
        '–' => 0x96,
        letter if (letter as u32) < 0x100 => letter as u8,
        letter => panic!("{letter} is not in the code page"),
    };
    text.chars().map(byte).collect()
}

/// The bytes of a text in the code page of old Macintoshes.
pub(super) fn mac_roman(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        'Ä' => 0x80,
        'Ö' => 0x85,
        'Ü' => 0x86,
        'ä' => 0x8a,
        'ö' => 0x9a,
        'ü' => 0x9f,
        'ß' => 0xa7,
        '§' => 0xa4,
        '€' => 0xdb,
        '„' => 0xe3,
        '“' => 0xd2,
        '”' => 0xd3,
        '–' => 0xd0,
        letter if letter.is_ascii() => letter as u8,
        letter => panic!("{letter} is not in the code page"),
    };
    text.chars().map(byte).collect()
}

/// A table that says that the codes from 1 on mean these pieces of text.
fn to_unicode(letters: Letters, pieces: &[String]) -> Stream {
    let wide = letters == Letters::Wide;
    let code = |number: usize| if wide { format!("<{number:04x}>") } else { format!("<{number:02x}>") };
    let space = if wide { "<0000> <ffff>" } else { "<00> <ff>" };
    let mut table = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n\
         1 begincodespacerange {space} endcodespacerange\n"
    );
    let numbered: Vec<(usize, &String)> = (1..).zip(pieces).collect();
    for block in numbered.chunks(100) {
        table += &format!("{} beginbfchar\n", block.len());
        for (number, piece) in block {
            let units: String = piece.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
            table += &format!("{} <{units}>\n", code(*number));
        }
        table += "endbfchar\n";
    }
    table += "endcmap CMapName currentdict /CMap defineresource pop end end";
    Stream::new(Dictionary::new(), table.into_bytes())
}
