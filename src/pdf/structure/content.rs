//! The content of pages that the structure tree has to account for: marked content, annotations and XObjects.
//!
//! Knows nothing of the structure tree itself.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use lopdf::{Dictionary, Document, Object, ObjectId};
use rayon::prelude::*;

use crate::pdf::objects::{as_dict, dict, inherited, integer, list, name, pages, resolve, unpacked};
use crate::pdf::operators::{ContentScan, ResourceNames, scan};

/// The most bytes that the content of one page or one XObject may decompress to.
const MAX_STREAM: usize = 64 << 20;
/// The most bytes that the content of the whole document may decompress to.
const MAX_ALL: usize = 512 << 20;
/// The bytes that looking up a stream counts for.
const STREAM_COST: usize = 64;
/// The most annotations that are checked.
const MAX_ANNOTATIONS: usize = 1 << 20;

/// The pages and their content.
pub(super) struct PageContent {
    /// The pages and their numbers, counted from 1.
    pub numbers: HashMap<ObjectId, usize>,
    /// Pages and form XObjects with their marked content, in the order of the document.
    pub streams: Vec<Marked>,
    /// Everything that has a key to the parent tree, in the order of the document.
    pub keyed: Vec<Keyed>,
    /// The annotations and XObjects, and the first page that shows each.
    pub objects: HashMap<ObjectId, usize>,
    /// The pages that paint outside of marked content and artifacts.
    pub bare: Vec<usize>,
    /// Whether all content could be read within the limits.
    pub complete: bool,
    /// The number of annotations met so far.
    annotations: usize,
}

/// A page or a form XObject.
pub(super) struct Marked {
    pub id: ObjectId,
    /// The first page that shows it.
    pub page: usize,
    pub is_page: bool,
    /// The identifiers of its marked content, sorted.
    pub mcids: Vec<i64>,
    /// The key of its entry in the parent tree.
    pub key: Option<i64>,
    /// Whether it is drawn more than once.
    pub shared: bool,
}

/// A page, form XObject or annotation that has a key to the parent tree.
pub(super) struct Keyed {
    /// The object; `None` for an annotation that is not an indirect object.
    pub id: Option<ObjectId>,
    pub page: usize,
    pub key: i64,
    /// Whether the key is for all marked content in it (`StructParents`), and not for itself.
    pub holds_content: bool,
}

/// Collects the content of all pages.
pub(super) fn content(document: &Document) -> PageContent {
    let mut numbers = HashMap::new();
    for (at, page) in pages(document).into_iter().enumerate() {
        numbers.entry(page).or_insert(at + 1);
    }
    let mut order: Vec<(ObjectId, usize)> = numbers.iter().map(|(page, number)| (*page, *number)).collect();
    order.sort_unstable_by_key(|(_, number)| *number);
    let appearances = order.iter().flat_map(|(page, _)| marked_appearances(document, *page));
    let roots: Vec<ObjectId> = order.iter().map(|(page, _)| *page).chain(appearances).collect();
    let scans = scans(document, roots);
    let bare = bare(&scans);
    let mut content = PageContent {
        bare: order.iter().filter(|(page, _)| bare.contains(page)).map(|(_, number)| *number).collect(),
        complete: scans.values().all(Option::is_some),
        annotations: 0,
        numbers,
        streams: Vec::new(),
        keyed: Vec::new(),
        objects: HashMap::new(),
    };
    let mut again = HashSet::new();
    for (page, number) in order {
        content.add_page(document, page, number, &scans, &mut again);
    }
    for stream in &mut content.streams {
        stream.shared = again.contains(&stream.id);
    }
    content
}

/// The streams that are shown, with what was found in each; `None` if it is too large.
type Scans = HashMap<ObjectId, Option<ContentScan>>;

/// Scans pages, the forms that they draw, the forms that those draw, and so on.
fn scans(document: &Document, roots: Vec<ObjectId>) -> Scans {
    let budget = AtomicUsize::new(MAX_ALL);
    let mut all = Scans::new();
    let mut next = roots;
    while !next.is_empty() {
        let scans: Vec<Option<ContentScan>> =
            next.par_iter().map(|id| scan_of(document, *id, &budget)).collect();
        let drawn: Vec<ObjectId> =
            scans.iter().flatten().flat_map(|scan| scan.drawn.iter().map(|(id, _)| *id)).collect();
        all.extend(next.drain(..).zip(scans));
        let mut seen = HashSet::new();
        next = drawn.into_iter().filter(|id| !all.contains_key(id) && seen.insert(*id)).collect();
    }
    all
}

fn scan_of(document: &Document, id: ObjectId, budget: &AtomicUsize) -> Option<ContentScan> {
    if budget.load(Ordering::Relaxed) == 0 {
        return None;
    }
    let (content, resources) = match document.get_object(id) {
        Ok(Object::Stream(stream)) if is_form(document, &stream.dict) => {
            (unpacked(stream, MAX_STREAM)?, dict(document, &stream.dict, b"Resources"))
        }
        Ok(Object::Dictionary(_)) => {
            let resources = inherited(document, id, b"Resources").and_then(|it| as_dict(document, it));
            // Pages can share a list of many streams that are next to nothing.
            spend(budget, document.get_page_contents(id).len() * STREAM_COST)?;
            (document.get_page_content_with_limit(id, MAX_STREAM).ok()?, resources)
        }
        Ok(Object::Stream(_)) => return Some(ContentScan { bare: true, ..ContentScan::default() }),
        _ => return Some(ContentScan::default()),
    };
    spend(budget, content.len())?;
    Some(scan(document, &content, ResourceNames::new(document, resources)))
}

fn spend(budget: &AtomicUsize, bytes: usize) -> Option<()> {
    let left = |left: usize| Some(left.saturating_sub(bytes));
    let before = budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).unwrap_or_default();
    (before > bytes).then_some(())
}

/// Finds the streams that paint outside of marked content and artifacts, directly or through an XObject.
fn bare(scans: &Scans) -> HashSet<ObjectId> {
    let mut drawn_by: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
    let mut open = Vec::new();
    for (id, scan) in scans.iter().filter_map(|(id, scan)| Some((*id, scan.as_ref()?))) {
        for (drawn, _) in scan.drawn.iter().filter(|(_, covered)| !covered) {
            drawn_by.entry(*drawn).or_default().push(id);
        }
        open.extend(scan.bare.then_some(id));
    }
    let mut bare = HashSet::new();
    while let Some(id) = open.pop() {
        if bare.insert(id) {
            open.extend(drawn_by.get(&id).into_iter().flatten());
        }
    }
    bare
}

impl PageContent {
    fn add_page(
        &mut self,
        document: &Document,
        id: ObjectId,
        page: usize,
        scans: &Scans,
        again: &mut HashSet<ObjectId>,
    ) {
        let Ok(dict) = document.get_dictionary(id) else {
            return;
        };
        self.add_stream(document, id, dict, page, scans);
        let mut open = vec![id];
        let annotations = list(document, dict, b"Annots");
        self.annotations += annotations.len();
        if self.annotations > MAX_ANNOTATIONS {
            self.complete = false;
            return;
        }
        for annotation in annotations {
            let id = annotation.as_reference().ok();
            if let Some(id) = id {
                self.objects.entry(id).or_insert(page);
            }
            if let Some(dict) = as_dict(document, annotation) {
                self.add_key(document, id, dict, page);
            }
        }
        for appearance in marked_appearances(document, id) {
            if let Some(dict) = self.first_time(document, appearance, page) {
                self.add_stream(document, appearance, dict, page, scans);
                open.push(appearance);
            }
        }
        while let Some(id) = open.pop() {
            for (drawn, _) in scans.get(&id).into_iter().flatten().flat_map(|scan| &scan.drawn) {
                let Some(dict) = self.first_time(document, *drawn, page) else {
                    again.insert(*drawn);
                    continue;
                };
                self.add_key(document, Some(*drawn), dict, page);
                if is_form(document, dict) {
                    self.add_stream(document, *drawn, dict, page, scans);
                    open.push(*drawn);
                }
            }
        }
    }

    /// Returns the dictionary of an XObject that no earlier page has shown.
    fn first_time<'a>(
        &mut self,
        document: &'a Document,
        id: ObjectId,
        page: usize,
    ) -> Option<&'a Dictionary> {
        let dict = as_dict(document, document.objects.get(&id)?)?;
        match self.objects.entry(id) {
            Entry::Occupied(_) => None,
            Entry::Vacant(place) => {
                place.insert(page);
                Some(dict)
            }
        }
    }

    fn add_stream(
        &mut self,
        document: &Document,
        id: ObjectId,
        dict: &Dictionary,
        page: usize,
        scans: &Scans,
    ) {
        let scan = scans.get(&id).and_then(Option::as_ref);
        let mut mcids = scan.map_or_else(Vec::new, |scan| scan.marked.clone());
        mcids.sort_unstable();
        let key = integer(document, dict, b"StructParents");
        self.keyed.extend(key.map(|key| Keyed { id: Some(id), page, key, holds_content: true }));
        let is_page = self.numbers.contains_key(&id);
        self.streams.push(Marked { id, page, is_page, mcids, key, shared: false });
    }

    fn add_key(&mut self, document: &Document, id: Option<ObjectId>, dict: &Dictionary, page: usize) {
        let key = integer(document, dict, b"StructParent");
        self.keyed.extend(key.map(|key| Keyed { id, page, key, holds_content: false }));
    }
}

fn is_form(document: &Document, dict: &Dictionary) -> bool {
    name(document, dict, b"Subtype") == Some(b"Form")
}

/// Finds the appearances of a page's annotations that have a key for the marked content in them.
fn marked_appearances(document: &Document, page: ObjectId) -> Vec<ObjectId> {
    let annotations = document.get_dictionary(page).map_or(&[][..], |page| list(document, page, b"Annots"));
    let states = annotations
        .iter()
        .filter_map(|annotation| dict(document, as_dict(document, annotation)?, b"AP"))
        .flat_map(|appearance| appearance.iter().map(|(_, state)| state));
    let streams = states.flat_map(|state| match resolve(document, state) {
        Some(Object::Dictionary(streams)) => streams.iter().map(|(_, stream)| stream).collect(),
        _ => vec![state],
    });
    let has_key = |id: &ObjectId| {
        let stream = document.get_object(*id).and_then(Object::as_stream);
        stream.is_ok_and(|stream| stream.dict.has(b"StructParents"))
    };
    streams.filter_map(|stream| stream.as_reference().ok()).filter(has_key).collect()
}
