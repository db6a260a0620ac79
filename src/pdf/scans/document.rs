//! The PDF around the pages of a scan: structure, metadata and output intent as PDF/A-2a and PDF/UA-1 require.

use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat, dictionary, text_string};
use quick_xml::escape::partial_escape;

use super::paper::ScanPage;
use super::problem::damaged;
use crate::day::Day;
use crate::record::images::ImageProblem;

/// The small sRGB profile by Clinton Ingram (CC0) that typst writes too.
const SRGB: &[u8] = include_bytes!("../srgb-v4.icc");
const PRODUCER: &str = concat!("anlage ", env!("CARGO_PKG_VERSION"));

/// The texts that the PDF gives about the scan.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    /// The title of the document.
    pub title: &'a str,
    /// The description of the images, such as "Anlage 2: Lageplan".
    pub alt: &'a str,
    /// The responsible office.
    pub author: &'a str,
    /// The date of the proposal.
    pub date: Option<Day>,
}

/// A PDF being made.
pub(super) struct Document<'a> {
    labels: Labels<'a>,
    /// The number of pages that it will have.
    total: usize,
    pdf: lopdf::Document,
    pages_id: ObjectId,
    element_id: ObjectId,
    pages: Vec<Object>,
    figures: Vec<Object>,
}

impl<'a> Document<'a> {
    /// Begins a document that will have `total` pages.
    pub(super) fn new(labels: &Labels<'a>, total: usize) -> Self {
        let mut pdf = lopdf::Document::with_version("1.7");
        let (pages_id, element_id) = (pdf.new_object_id(), pdf.new_object_id());
        let (pages, figures) = (Vec::new(), Vec::new());
        Self { labels: *labels, total, pdf, pages_id, element_id, pages, figures }
    }

    /// Adds a page with its image, and the figure in the structure tree.
    pub(super) fn page(&mut self, paper: &ScanPage, image: Stream) {
        let number = self.pages.len();
        let image = self.pdf.add_object(image);
        let matrix = paper.matrix.map(|value| format!("{value:.4}")).join(" ");
        let content = format!("/Figure <</MCID 0>> BDC\nq {matrix} cm /Bild Do Q\nEMC\n");
        let content = self.pdf.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        let page = self.pdf.add_object(dictionary! {
            "Type" => name("Page"),
            "Parent" => self.pages_id,
            "MediaBox" => [0.0, 0.0, paper.size.0, paper.size.1].map(real).to_vec(),
            "Resources" => dictionary! { "XObject" => dictionary! { "Bild" => image } },
            "Contents" => content,
            "StructParents" => number as i64,
            "Tabs" => name("S"),
        });
        let [left, bottom, width, height] = paper.image;
        let figure = self.pdf.add_object(dictionary! {
            "Type" => name("StructElem"),
            "S" => name("Figure"),
            "P" => self.element_id,
            "Pg" => page,
            "K" => 0,
            "Alt" => text_string(&self.alt(number + 1)),
            "A" => dictionary! {
                "O" => name("Layout"),
                "Placement" => name("Block"),
                "BBox" => [left, bottom, left + width, bottom + height].map(real).to_vec(),
            },
        });
        self.pages.push(page.into());
        self.figures.push(figure.into());
    }

    fn alt(&self, number: usize) -> String {
        match self.total {
            1 => self.labels.alt.to_owned(),
            total => format!("{}, Seite {number} von {total}", self.labels.alt),
        }
    }

    /// Finishes the document and returns the file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, ImageProblem> {
        self.page_tree();
        let structure = self.structure();
        let profile = Stream::new(dictionary! { "N" => 3 }, SRGB.to_vec());
        let profile = self.pdf.add_object(profile);
        let xmp = dictionary! { "Type" => name("Metadata"), "Subtype" => name("XML") };
        let xmp = Stream::new(xmp, xmp_packet(&self.labels).into_bytes()).with_compression(false);
        let xmp = self.pdf.add_object(xmp);
        let catalog = self.pdf.add_object(dictionary! {
            "Type" => name("Catalog"),
            "Pages" => self.pages_id,
            "Lang" => text_string("de-DE"),
            "MarkInfo" => dictionary! { "Marked" => true },
            "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
            "StructTreeRoot" => structure,
            "Metadata" => xmp,
            "OutputIntents" => vec![dictionary! {
                "Type" => name("OutputIntent"),
                "S" => name("GTS_PDFA1"),
                "OutputConditionIdentifier" => text_string("sRGB"),
                "Info" => text_string("sRGB IEC61966-2.1"),
                "DestOutputProfile" => profile,
            }.into()],
        });
        let info = self.information();
        let info = self.pdf.add_object(info);
        self.pdf.trailer.set("Root", catalog);
        self.pdf.trailer.set("Info", info);
        self.identify()
    }

    fn page_tree(&mut self) {
        let tree = dictionary! {
            "Type" => name("Pages"),
            "Count" => self.pages.len() as i64,
            "Kids" => std::mem::take(&mut self.pages),
        };
        self.pdf.set_object(self.pages_id, tree);
    }

    /// Adds the structure tree, a document of figures, and the parent tree of the pages.
    fn structure(&mut self) -> ObjectId {
        let root = self.pdf.new_object_id();
        let back =
            self.figures.iter().enumerate().flat_map(|(number, figure)| {
                [Object::from(number as i64), Object::Array(vec![figure.clone()])]
            });
        let parents = dictionary! { "Nums" => back.collect::<Vec<Object>>() };
        let parents = self.pdf.add_object(parents);
        let count = self.figures.len() as i64;
        let element = dictionary! {
            "Type" => name("StructElem"),
            "S" => name("Document"),
            "P" => root,
            "K" => std::mem::take(&mut self.figures),
        };
        self.pdf.set_object(self.element_id, element);
        let tree = dictionary! {
            "Type" => name("StructTreeRoot"),
            "K" => vec![self.element_id.into()],
            "ParentTree" => parents,
            "ParentTreeNextKey" => count,
        };
        self.pdf.set_object(root, tree);
        root
    }

    fn information(&self) -> Dictionary {
        let mut info = dictionary! {
            "Title" => text_string(self.labels.title),
            "Author" => text_string(self.labels.author),
            "Producer" => text_string(PRODUCER),
        };
        if let Some(day) = self.labels.date {
            info.set("CreationDate", text_string(&day.in_pdf()));
            info.set("ModDate", text_string(&day.in_pdf()));
        }
        info
    }

    /// Writes the file with an identifier that depends only on its content.
    fn identify(mut self) -> Result<Vec<u8>, ImageProblem> {
        self.pdf.compress();
        let mut bytes = Vec::new();
        self.pdf.save_to(&mut bytes).map_err(damaged)?;
        let hash = blake3::hash(&bytes);
        let id = Object::String(hash.as_bytes()[..16].to_vec(), StringFormat::Hexadecimal);
        self.pdf.trailer.set("ID", vec![id.clone(), id]);
        bytes.clear();
        self.pdf.save_to(&mut bytes).map_err(damaged)?;
        Ok(bytes)
    }
}

/// Writes the XMP metadata; PDF/A-2 does not know the claim of PDF/UA and requires a description of it (ISO 19005-2,
/// 6.6.2.3).
fn xmp_packet(labels: &Labels<'_>) -> String {
    let dates = labels
        .date
        .map(|day| format!("<xmp:CreateDate>{day}</xmp:CreateDate><xmp:ModifyDate>{day}</xmp:ModifyDate>\n"));
    format!(
        include_str!("metadata.xmp"),
        title = partial_escape(labels.title),
        author = partial_escape(labels.author),
        producer = PRODUCER,
        dates = dates.unwrap_or_default(),
    )
}

fn name(name: &str) -> Object {
    Object::Name(name.into())
}

fn real(value: f64) -> Object {
    Object::Real(((value * 1e4).round() / 1e4) as f32)
}
