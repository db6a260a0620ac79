//! One small PDF for each way of saying something, or of hiding it.

mod objects;
mod pages;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};

use super::*;

/// A document of one page with this content and these resources.
pub(in crate::pdf) struct Page {
    pub document: Document,
    pub page: ObjectId,
}

impl Page {
    fn new(content: &str, resources: Dictionary) -> Self {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        let content = document.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 300.into(), 200.into()],
        });
        document.objects.insert(
            tree,
            dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }.into(),
        );
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", catalog);
        Self { document, page }
    }

    /// A page that shows some words in Helvetica.
    pub(in crate::pdf) fn saying(content: &str) -> Self {
        Self::new(content, fonts(helvetica()))
    }

    pub(in crate::pdf) fn catalog(&mut self) -> &mut Dictionary {
        self.document.catalog_mut().unwrap()
    }

    pub(in crate::pdf) fn bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).unwrap();
        bytes
    }

    fn read(self) -> PdfReading {
        read(&self.bytes(), &TextLimits::default(), &mut |_, _, _| {})
    }
}

pub(in crate::pdf) fn helvetica() -> Object {
    dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" }
        .into()
}

pub(in crate::pdf) fn fonts(font: impl Into<Object>) -> Dictionary {
    dictionary! { "Font" => dictionary! { "F1" => font } }
}

pub(in crate::pdf) fn form(content: &str) -> Stream {
    let bounds: Vec<Object> = vec![0.into(), 0.into(), 300.into(), 200.into()];
    let dict = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => bounds };
    Stream::new(dict, content.as_bytes().to_vec())
}

pub(in crate::pdf) fn text(text: &str) -> Object {
    Object::String(text.as_bytes().to_vec(), StringFormat::Literal)
}

/// Makes a table that says that the codes from 1 on are these letters.
fn to_unicode(letters: &str) -> Stream {
    let pairs =
        letters.encode_utf16().zip(1_u8..).map(|(letter, code)| format!("<{code:02x}> <{letter:04x}>\n"));
    let pairs: String = pairs.collect();
    let table = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n\
         1 begincodespacerange <00> <ff> endcodespacerange\n{} beginbfchar\n{pairs}endbfchar endcmap end end",
        letters.chars().count()
    );
    Stream::new(Dictionary::new(), table.into_bytes())
}

/// Reads the only page's text in the order of drawing, and everything else.
fn drawn(page: Page) -> String {
    let reading = page.read();
    assert_eq!(reading.unread, []);
    reading.pages[0].drawn.text.clone()
}

/// Says where a text is said.
fn place(reading: &PdfReading, text: &str) -> TextPlace {
    let said = reading.texts.iter().find(|said| said.text.contains(text));
    said.unwrap_or_else(|| panic!("{text} is not in {reading:#?}")).place.clone()
}

const WORD: &str = "Beschlussentwurf";

/// Adds an annotation to the page.
pub(in crate::pdf) fn annotation(page: &mut Page, more: Dictionary) {
    let mut annotation =
        dictionary! { "Type" => "Annot", "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()] };
    annotation.extend(&more);
    let annotation = page.document.add_object(annotation);
    let id = page.page;
    let page = page.document.get_dictionary_mut(id).unwrap();
    match page.get_mut(b"Annots") {
        Ok(Object::Array(all)) => all.push(annotation.into()),
        _ => page.set("Annots", vec![Object::Reference(annotation)]),
    }
}
