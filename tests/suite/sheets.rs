//! PDFs made on the spot, with a text on each page and whatever else a test wants in them.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary, text_string};

/// A PDF in the making.
pub(crate) struct Sheets {
    pub document: Document,
    pub catalog: Dictionary,
    pub pages: Vec<ObjectId>,
}

impl Sheets {
    /// A page for each text.
    pub(crate) fn new(texts: &[&str]) -> Self {
        let mut document = Document::with_version("1.7");
        let font = document.add_object(
            dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" },
        );
        let tree = document.new_object_id();
        let page = |text: &&str| {
            let content = format!("BT /F1 14 Tf 60 700 Td ({text}) Tj ET").into_bytes();
            let content = document.add_object(Stream::new(Dictionary::new(), content));
            document.add_object(dictionary! {
                "Type" => "Page",
                "Parent" => tree,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
                "Contents" => content,
            })
        };
        let pages: Vec<ObjectId> = texts.iter().map(page).collect();
        let kids: Vec<Object> = pages.iter().map(|page| Object::Reference(*page)).collect();
        let root = dictionary! { "Type" => "Pages", "Count" => pages.len() as i64, "Kids" => kids };
        document.objects.insert(tree, root.into());
        let catalog = dictionary! { "Type" => "Catalog", "Pages" => tree };
        Self { document, catalog, pages }
    }

    pub(crate) fn add(&mut self, object: impl Into<Object>) -> Object {
        self.document.add_object(object).into()
    }

    /// Puts an annotation on the first page.
    pub(crate) fn annotate(&mut self, mut annotation: Dictionary) -> Object {
        annotation.set("Type", "Annot");
        annotation.set("Rect", vec![60.into(), 600.into(), 200.into(), 620.into()]);
        let annotation = self.add(annotation);
        let page = self.document.get_dictionary_mut(self.pages[0]).unwrap();
        let mut all = page.get(b"Annots").and_then(Object::as_array).cloned().unwrap_or_default();
        all.push(annotation.clone());
        page.set("Annots", all);
        annotation
    }

    /// Puts a form on the first page: a field of text.
    pub(crate) fn form(&mut self, name: &str, value: &str) {
        let appearance = dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 140.into(), 20.into()],
        };
        let appearance = self.add(Stream::new(appearance, b"0.9 g 0 0 140 20 re f".to_vec()));
        let field = self.annotate(dictionary! {
            "Subtype" => "Widget",
            "FT" => "Tx",
            "T" => text_string(name),
            "V" => text_string(value),
            "AP" => dictionary! { "N" => appearance },
        });
        self.catalog.set("AcroForm", dictionary! { "Fields" => vec![field] });
    }

    /// Attaches a file.
    pub(crate) fn attach(&mut self, name: &str, content: &[u8]) {
        let file = self.add(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, content.to_vec()));
        let entry = self.add(dictionary! {
            "Type" => "Filespec",
            "F" => text_string(name),
            "UF" => text_string(name),
            "EF" => dictionary! { "F" => file },
        });
        let files = dictionary! { "Names" => vec![text_string(name), entry] };
        self.catalog.set("Names", dictionary! { "EmbeddedFiles" => files });
    }

    /// Adds a layer that is hidden at first.
    pub(crate) fn hidden_layer(&mut self, name: &str) {
        let layer = self.add(dictionary! { "Type" => "OCG", "Name" => text_string(name) });
        let settings = dictionary! { "OFF" => vec![layer.clone()], "Order" => vec![layer.clone()] };
        self.catalog.set("OCProperties", dictionary! { "OCGs" => vec![layer], "D" => settings });
    }

    /// Adds a bookmark to the first page.
    pub(crate) fn bookmark(&mut self, title: &str) {
        let root = self.document.new_object_id();
        let place = vec![self.pages[0].into(), Object::Name(b"Fit".to_vec())];
        let entry =
            self.add(dictionary! { "Title" => text_string(title), "Parent" => root, "Dest" => place });
        let outline = dictionary! { "First" => entry.clone(), "Last" => entry, "Count" => 1 };
        self.document.objects.insert(root, outline.into());
        self.catalog.set("Outlines", root);
    }

    /// The document with its catalog.
    pub(crate) fn finished(mut self) -> Document {
        let catalog = self.document.add_object(self.catalog);
        self.document.trailer.set("Root", catalog);
        self.document
    }

    /// The file.
    pub(crate) fn bytes(self) -> Vec<u8> {
        saved(&mut self.finished())
    }
}

pub(crate) fn saved(document: &mut Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}
