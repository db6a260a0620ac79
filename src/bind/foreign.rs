//! Files that come from elsewhere, made fit for a packet: read, decrypted, repaired, scans as pages.
//!
//! Done by a child process with limits, because such a file may be anything.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::fields;
use super::page_edges::PageEdges;
use crate::child::{self, ChildWorker, Limits, Stopped};
use crate::day::Day;
use crate::pdf::operators::{Balance, balance};
use crate::pdf::scans::{self, Labels};
use crate::pdf::{self, AnnexFormat, Refusal};

/// What the child is allowed for one file.
pub const LIMITS: Limits = Limits { command: "pdf-worker", time: Duration::from_secs(10), memory: 1 << 30 };

/// A file to make fit.
#[derive(Debug, Serialize, Deserialize)]
pub struct Work {
    /// The file.
    pub bytes: ByteBuf,
    /// The title of the document, if it is a scan.
    pub title: String,
    /// What its images show, if it is a scan.
    pub alt: String,
    /// The office that answers for it, if it is a scan.
    pub author: String,
    /// The date of the proposal, if it is a scan.
    pub date: Option<Day>,
}

/// A file that can go into a packet.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fit {
    /// The file as a PDF.
    pub pdf: ByteBuf,
    /// Whether it was an image.
    pub is_scan: bool,
    /// What is drawn at the edges of its pages.
    pub edges: Vec<PageEdges>,
}

/// A child process that makes files fit, one after another.
pub struct Fitter(ChildWorker<Result<Fit, Refusal>>);

impl Fitter {
    /// `program` is this program, and `stop` makes it give up.
    pub fn new(program: &Path, stop: Arc<AtomicBool>) -> Self {
        Self(ChildWorker::new(program, LIMITS).until(stop))
    }

    /// Makes one file fit. Fails if the process cannot be started or the user wants to stop, which is no fault of the file.
    pub fn fit(&mut self, work: &Work) -> io::Result<Result<Fit, Refusal>> {
        let outcome = Stopped::of_the_work(self.0.run(work))?;
        Ok(outcome.unwrap_or_else(|stopped| Err(stopped.into())))
    }
}

/// The child's side.
pub fn serve(input: impl Read, output: impl Write + Send) -> io::Result<()> {
    child::serve(LIMITS, input, output, |work: Work| fit(&work))
}

fn fit(work: &Work) -> Result<Fit, Refusal> {
    if AnnexFormat::of(&work.bytes).ok_or_else(|| Refusal::foreign(&work.bytes))? != AnnexFormat::Pdf {
        let labels = Labels { title: &work.title, alt: &work.alt, author: &work.author, date: work.date };
        let scan = scans::scan(&work.bytes, &labels).map_err(|error| Refusal::Damaged(error.to_string()))?;
        let edges = PageEdges::of(&pdf::load(&scan.pdf)?, &scan.pdf);
        return Ok(Fit { pdf: ByteBuf::from(scan.pdf), is_scan: true, edges });
    }
    let mut document = pdf::load(&work.bytes)?;
    fields::draw(&mut document);
    name_directly(&mut document);
    balance_pages(&mut document)?;
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(|error| Refusal::Damaged(error.to_string()))?;
    let edges = PageEdges::of(&document, &bytes);
    Ok(Fit { pdf: ByteBuf::from(bytes), is_scan: false, edges })
}

/// Puts the name of a destination where it is referred to: names are told from those of other parts where they stand.
fn name_directly(document: &mut Document) {
    let is_name = |object: &Object| matches!(object, Object::Name(_) | Object::String(..));
    let names: BTreeMap<ObjectId, Object> = document
        .objects
        .iter()
        .filter(|(_, object)| is_name(object))
        .map(|(id, object)| (*id, object.clone()))
        .collect();
    let replace = |dictionary: &mut Dictionary, key: &[u8]| {
        if let Ok(place) = dictionary.get_mut(key)
            && let Some(name) = place.as_reference().ok().and_then(|id| names.get(&id))
        {
            *place = name.clone();
        }
    };
    let replace_all = |dictionary: &mut Dictionary| {
        replace(dictionary, b"Dest");
        replace(dictionary, b"D");
        if let Ok(Object::Dictionary(action)) = dictionary.get_mut(b"A") {
            replace(action, b"D");
        }
    };
    document.objects.values_mut().filter_map(|object| object.as_dict_mut().ok()).for_each(replace_all);
}

/// What the content of one page may unpack to, in bytes.
const MAX_PAGE_CONTENT: usize = 256 << 20;

/// Makes each page leave the graphics state as it found it, so that what is drawn after it stands where it should.
fn balance_pages(document: &mut Document) -> Result<(), Refusal> {
    for page in pdf::pages(document) {
        let content = document.get_page_content_with_limit(page, MAX_PAGE_CONTENT).map_err(|error| {
            Refusal::Damaged(format!("der Inhalt einer Seite ist nicht lesbar ({error})"))
        })?;
        let Balance { taken, left } = balance(&content);
        if taken + left > 0 {
            wrap(document, page, "q ".repeat(taken), "\nQ".repeat(left));
        }
    }
    Ok(())
}

fn wrap(document: &mut Document, page: ObjectId, before: String, after: String) {
    let own = document.get_page_contents(page).into_iter().map(Object::Reference).collect::<Vec<_>>();
    let mut add = |text: String| {
        Object::Reference(document.add_object(Stream::new(Dictionary::new(), text.into_bytes())))
    };
    let contents = [vec![add(before)], own, vec![add(after)]].concat();
    if let Ok(page) = document.get_dictionary_mut(page) {
        page.set("Contents", contents);
    }
}
