//! Reads a PDF back as a screen reader does: along its structure tree.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

/// A PDF with its text by page and marked-content identifier.
pub(crate) struct Pdf {
    pub document: Document,
    marked: BTreeMap<(ObjectId, i64), String>,
}

/// An element of the structure tree with its own text, in reading order.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    /// The types from the root down, such as `Document/Table/TR/TH`.
    pub path: String,
    /// All text in it, with that of the elements below.
    pub text: String,
    /// The alternative text.
    pub alt: Option<String>,
    /// Scope of a header cell.
    pub scope: Option<String>,
}

impl Pdf {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let document = Document::load_mem(bytes).unwrap();
        let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
        let marked = pages.iter().flat_map(|page| marked_content(&document, *page)).collect();
        Self { document, marked }
    }

    pub(crate) fn pages(&self) -> usize {
        self.document.get_pages().len()
    }

    /// The elements in reading order. Fails if marked content is reached twice or not at all.
    pub(crate) fn elements(&self) -> Vec<Element> {
        let root = self.dict(self.document.catalog().unwrap().get(b"StructTreeRoot").unwrap());
        let mut walk = Walk { pdf: self, open: Vec::new(), seen: BTreeSet::new(), elements: Vec::new() };
        walk.kids(root, "", None);
        let unreached: Vec<_> = self.marked.keys().filter(|key| !walk.seen.contains(*key)).collect();
        assert!(unreached.is_empty(), "marked content outside the structure tree: {unreached:?}");
        walk.elements
    }

    /// All words in reading order; page headers and footers are no part of it.
    pub(crate) fn words(&self) -> Vec<String> {
        let elements = self.elements();
        // A block with blocks in it has their text too, so only the innermost ones count.
        let depth = |element: &Element| element.path.matches('/').count();
        let innermost = elements.iter().enumerate().filter(|(at, element)| {
            let holds_blocks = elements[at + 1..]
                .iter()
                .take_while(|below| depth(below) > depth(element))
                .any(|below| !INLINE.contains(&below.path.rsplit('/').next().unwrap()));
            let inline = INLINE.contains(&element.path.rsplit('/').next().unwrap());
            !holds_blocks && !inline
        });
        let text: String = innermost.map(|(_, element)| format!("{} ", element.text)).collect();
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// An entry of the document information.
    pub(crate) fn info(&self, key: &str) -> Option<String> {
        let info = self.dict(self.document.trailer.get(b"Info").unwrap());
        info.get(key.as_bytes()).ok().and_then(|value| lopdf::decode_text_string(value).ok())
    }

    /// The metadata stream.
    pub(crate) fn xmp(&self) -> String {
        let reference = self.document.catalog().unwrap().get(b"Metadata").unwrap();
        let stream = self.document.dereference(reference).unwrap().1.as_stream().unwrap();
        let bytes = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
        String::from_utf8(bytes).unwrap()
    }

    fn dict<'a>(&'a self, object: &'a Object) -> &'a Dictionary {
        self.document.dereference(object).unwrap().1.as_dict().unwrap()
    }
}

/// Elements that are part of a line.
const INLINE: [&str; 6] = ["Strong", "Em", "Link", "Span", "Figure", "Reference"];

struct Walk<'a> {
    pdf: &'a Pdf,
    /// The elements that are open, by their places in `elements`.
    open: Vec<usize>,
    seen: BTreeSet<(ObjectId, i64)>,
    elements: Vec<Element>,
}

impl Walk<'_> {
    fn kids(&mut self, dict: &Dictionary, path: &str, page: Option<ObjectId>) {
        let page = dict.get(b"Pg").and_then(Object::as_reference).ok().or(page);
        let Ok(kids) = dict.get(b"K") else {
            return;
        };
        let (_, kids) = self.pdf.document.dereference(kids).unwrap();
        match kids {
            Object::Array(kids) => kids.iter().for_each(|kid| self.kid(kid, path, page)),
            kid => self.kid(&kid.clone(), path, page),
        }
    }

    fn kid(&mut self, kid: &Object, path: &str, page: Option<ObjectId>) {
        let (_, kid) = self.pdf.document.dereference(kid).unwrap();
        match kid {
            Object::Integer(mcid) => self.content(*mcid, page),
            Object::Dictionary(dict) if dict.has(b"MCID") => {
                let page = dict.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                self.content(dict.get(b"MCID").unwrap().as_i64().unwrap(), page);
            }
            Object::Dictionary(dict) if dict.has(b"S") => {
                let kind = String::from_utf8_lossy(dict.get(b"S").unwrap().as_name().unwrap()).into_owned();
                let path = if path.is_empty() { kind } else { format!("{path}/{kind}") };
                let alt = dict.get(b"Alt").ok().and_then(|alt| lopdf::decode_text_string(alt).ok());
                let scope = self.scope(dict);
                self.elements.push(Element { path: path.clone(), text: String::new(), alt, scope });
                self.open.push(self.elements.len() - 1);
                self.kids(dict, &path, page);
                self.open.pop();
            }
            // A reference to an annotation has no text of its own.
            _ => {}
        }
    }

    fn content(&mut self, mcid: i64, page: Option<ObjectId>) {
        let key = (page.expect("marked content names its page"), mcid);
        assert!(self.seen.insert(key), "marked content {key:?} is reached twice");
        let text = self.pdf.marked.get(&key).cloned().unwrap_or_default();
        for at in &self.open {
            self.elements[*at].text += &text;
        }
    }

    fn scope(&self, dict: &Dictionary) -> Option<String> {
        let (_, attributes) = self.pdf.document.dereference(dict.get(b"A").ok()?).ok()?;
        let all = match attributes {
            Object::Array(all) => all.clone(),
            one => vec![one.clone()],
        };
        all.iter().find_map(|attribute| {
            let scope = self.pdf.dict(attribute).get(b"Scope").ok()?.as_name().ok()?;
            Some(String::from_utf8_lossy(scope).into_owned())
        })
    }
}

fn marked_content(document: &Document, page: ObjectId) -> Vec<((ObjectId, i64), String)> {
    let fonts = document.get_page_fonts(page).unwrap();
    let content = Content::decode(&document.get_page_content(page)).unwrap();
    let mut texts: BTreeMap<i64, String> = BTreeMap::new();
    let mut open: Vec<Option<i64>> = Vec::new();
    let mut encoding = None;
    for operation in &content.operations {
        let operands = &operation.operands;
        match operation.operator.as_str() {
            "BMC" => open.push(None),
            "BDC" => {
                let dict = operands[1].as_dict().ok();
                let mcid = dict.and_then(|dict| dict.get(b"MCID").ok()).and_then(|mcid| mcid.as_i64().ok());
                if let Some(mcid) = mcid {
                    texts.entry(mcid).or_default();
                }
                open.push(mcid);
            }
            "EMC" => {
                open.pop();
            }
            "Tf" => encoding = fonts[operands[0].as_name().unwrap()].get_font_encoding(document).ok(),
            "Tj" | "TJ" => {
                let Some(text) =
                    open.iter().rev().find_map(|mcid| *mcid).and_then(|mcid| texts.get_mut(&mcid))
                else {
                    continue;
                };
                for string in strings(&operands[0]) {
                    *text += &Document::decode_text(encoding.as_ref().unwrap(), string).unwrap();
                }
            }
            // A new line without a space of its own at the end of the last one.
            "Td" | "Tm" | "T*" => {}
            _ => {}
        }
    }
    texts.into_iter().map(|(mcid, text)| ((page, mcid), text)).collect()
}

/// The strings that are shown, without what is between them.
pub(crate) fn strings(operand: &Object) -> Vec<&[u8]> {
    match operand {
        Object::String(bytes, _) => vec![bytes],
        Object::Array(parts) => parts.iter().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}
