//! Puts the parts of a packet together.
//!
//! Everything that a PDF holds beside its pages is told once for the whole document; each such thing has a module of its
//! own, which adds what a part brings, and in the end gives its entry of the catalog.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, dictionary};
use rayon::prelude::*;

use super::file::{self, Piece};
use super::outline::Outline;
use super::part::{Frozen, Part};
use super::seams;
use super::shared::{Forms, Groups, Names};
use super::stamp::Stamps;
use super::tree::Tree;

/// What goes into a packet, in its order.
pub struct Plan<'a> {
    /// Cover and agenda. Its links `packet:N` lead to page N of the packet.
    pub front: &'a Part,
    /// A page for each page of the packet, no larger than the stamp on it.
    pub stamps: &'a Part,
    /// The public and the non-public part of the agenda.
    pub sections: Vec<Section>,
    /// The papers of all items, in the same order.
    pub packed: Packed<'a>,
    /// What tells this packet from all others, for its identifier.
    pub identity: String,
}

/// A part of the agenda.
#[derive(Debug)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Its items.
    pub items: Vec<Item>,
}

/// An item of the agenda with its papers.
#[derive(Debug)]
pub struct Item {
    /// Number and title, as a bookmark shows them.
    pub title: String,
    /// The name of its destination: `top-4.2`.
    pub slug: String,
    /// Its papers: label and title of each, as a bookmark shows them.
    pub papers: Vec<String>,
}

/// A finished packet.
pub struct Packet {
    /// Its file.
    pub bytes: Vec<u8>,
    /// What is wrong with its structure between the parts.
    pub defects: Vec<String>,
}

/// Papers that have their numbers in the packet and are ready to be written. That takes no more than the papers, so it
/// can be done while the first pages and the stamps are drawn.
pub struct Packed<'a> {
    pub(super) papers: Vec<(&'a Part, Start)>,
    pieces: Vec<Piece<'a>>,
    /// Their other objects, with their numbers in the packet.
    live: BTreeMap<u32, Object>,
    /// Where the objects of what is no paper begin.
    pub(super) end: Start,
}

impl<'a> Packed<'a> {
    /// Gives papers their numbers, in this order, and packs what of them does not change any more.
    pub fn new(parts: impl IntoIterator<Item = &'a Part>) -> Self {
        let mut end = Start { objects: PAGE_TREE, keys: 0 };
        let papers: Vec<(&Part, Start)> = parts
            .into_iter()
            .map(|part| {
                let start = end;
                end = start.after(part);
                (part, start)
            })
            .collect();
        let pieces = papers.par_iter().map(|(part, start)| Piece::new(&part.frozen, *start)).collect();
        let live = papers.iter().flat_map(|(part, start)| live(part, *start)).collect();
        Self { papers, pieces, live, end }
    }
}

/// The object of the page tree comes first.
const PAGE_TREE: u32 = 1;

/// A page of the packet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Placed {
    /// The number of its object.
    pub number: u32,
    /// Its upper left corner, as it is seen.
    pub corner: (f32, f32),
}

impl Placed {
    /// The destination that shows it from its upper edge on.
    pub fn destination(self) -> Object {
        let name = Object::Name(b"XYZ".to_vec());
        let (left, top) = self.corner;
        vec![reference(self.number), name, left.into(), top.into(), Object::Null].into()
    }
}

/// Makes the packet.
pub fn assemble(plan: Plan<'_>) -> Packet {
    let Packed { papers, pieces, live: objects, end: front } = plan.packed;
    let stamps = front.after(plan.front);
    let mut builder = Builder { objects, last: stamps.after(plan.stamps).objects };
    let own = [(plan.front, front), (plan.stamps, stamps)];
    own.iter().for_each(|(part, start)| builder.objects.extend(live(part, *start)));
    let with_pages = [&own[..1], &papers].concat();
    let stamps = Stamps::new(&mut builder, plan.stamps, stamps);
    let pages = builder.pages(&with_pages, stamps);
    builder.link_front(plan.front, front, &pages);

    let mut tree = Tree::new(&mut builder);
    let mut names = Names::default();
    let mut forms = Forms::default();
    let mut groups = Groups::default();
    // The agenda begins on the second page; without any page there is nothing to lead to.
    let agenda = pages.get(1).or(pages.first()).copied().unwrap_or_default();
    let mut outline = Outline::new(agenda);
    tree.item("Tagesordnung");
    tree.paper(&mut builder, "Deckblatt und Tagesordnung", plan.front, front);
    let mut papers = papers.into_iter();
    let mut page = plan.front.page_count();
    for section in &plan.sections {
        let heading = outline.section(&section.title);
        for item in &section.items {
            outline.item(heading, &item.title);
            tree.item(&item.title);
            if let Some(first) = pages.get(page).filter(|_| !item.papers.is_empty()) {
                names.destination(item.slug.clone().into_bytes(), first.destination());
            }
            for title in &item.papers {
                let Some((part, start)) = papers.next() else { continue };
                let Some(first) = pages.get(page).copied() else { continue };
                outline.paper(heading, title, first, part, start);
                names.destination(part.slug().as_bytes().to_vec(), first.destination());
                names.add(part, start);
                tree.paper(&mut builder, title, part, start);
                forms.add(&mut builder, part, start);
                groups.add(title, part, start);
                page += part.page_count();
            }
        }
    }

    let mut catalog = plan.front.metadata.clone();
    catalog.iter_mut().for_each(|(_, value)| shift(value, front));
    catalog.set("Type", Object::Name(b"Catalog".to_vec()));
    catalog.set("Pages", reference(PAGE_TREE));
    catalog.set("Lang", Object::string_literal("de-DE"));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("PageMode", Object::Name(b"UseOutlines".to_vec()));
    let decimal = dictionary! { "S" => Object::Name(b"D".to_vec()) };
    catalog.set("PageLabels", dictionary! { "Nums" => vec![0.into(), decimal.into()] });
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog.set("StructTreeRoot", reference(tree.finish(&mut builder)));
    catalog.set("Outlines", reference(outline.finish(&mut builder)));
    catalog.set("Names", names.finish(&mut builder));
    forms.finish(&mut catalog);
    groups.finish(&mut catalog);
    let information = plan.front.information.clone().map(|mut information| {
        shift(&mut information, front);
        information
    });
    let defects = seams::defects(&builder.objects, &catalog, &with_pages);
    let own = own.map(|(part, start)| Piece::new(&part.frozen, start));
    let pieces = pieces.into_iter().chain(own).collect();
    Packet { bytes: builder.finish(catalog, information, &plan.identity, pieces), defects }
}

/// The objects of a part that are changed.
fn live(part: &Part, start: Start) -> impl Iterator<Item = (u32, Object)> {
    part.live.iter().map(move |(number, object)| (number + start.objects, shifted(object, start)))
}

/// Where the objects of a part begin in the packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// What is added to the numbers of its objects.
    pub objects: u32,
    /// What is added to its keys of the parent tree.
    pub keys: i64,
}

impl Start {
    /// Where the objects of the next part begin.
    fn after(self, part: &Part) -> Self {
        let keys = part.tags.as_ref().map_or(0, |tags| tags.next_key);
        Self { objects: self.objects + part.count, keys: self.keys + keys }
    }
}

/// The packet in the making: what is new, and what of the parts is changed.
pub(super) struct Builder {
    objects: BTreeMap<u32, Object>,
    last: u32,
}

impl Builder {
    /// Adds an object; returns its number.
    pub fn add(&mut self, object: impl Into<Object>) -> u32 {
        self.last += 1;
        self.set(self.last, object.into());
        self.last
    }

    /// Sets an object.
    pub fn set(&mut self, number: u32, object: impl Into<Object>) {
        self.objects.insert(number, object.into());
    }

    /// The dictionary with this number, if it may be changed.
    pub fn dictionary(&mut self, number: u32) -> Option<&mut Dictionary> {
        match self.objects.get_mut(&number)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Stream(stream) => Some(&mut stream.dict),
            _ => None,
        }
    }

    /// Hangs the pages of all parts into the page tree, and stamps them.
    fn pages(&mut self, parts: &[(&Part, Start)], mut stamps: Stamps) -> Vec<Placed> {
        let mut placed = Vec::new();
        let mut nodes = Vec::new();
        for (part, start) in parts {
            let node = self.add(Object::Null);
            let mut kids = Vec::new();
            for page in &part.pages {
                let number = page.number + start.objects;
                stamps.stamp(self, number, &page.view);
                if let Some(dictionary) = self.dictionary(number) {
                    dictionary.set("Parent", reference(node));
                }
                kids.push(reference(number));
                placed.push(Placed { number, corner: page.view.upper_left() });
            }
            let count = kids.len() as i64;
            let parent = reference(PAGE_TREE);
            let node_of_part =
                dictionary! { "Type" => "Pages", "Parent" => parent, "Count" => count, "Kids" => kids };
            self.set(node, node_of_part);
            nodes.push(reference(node));
        }
        let count = placed.len() as i64;
        let root = dictionary! { "Type" => "Pages", "Count" => count, "Kids" => nodes };
        self.set(PAGE_TREE, root);
        placed
    }

    /// Makes the links of the first pages lead to pages.
    fn link_front(&mut self, front: &Part, start: Start, pages: &[Placed]) {
        for number in front.live.keys() {
            if let Some(object) = self.objects.get_mut(&(number + start.objects)) {
                lead_to_pages(object, pages);
            }
        }
    }

    fn finish(
        mut self,
        catalog: Dictionary,
        information: Option<Object>,
        identity: &str,
        pieces: Vec<Piece<'_>>,
    ) -> Vec<u8> {
        let mut trailer = Dictionary::new();
        trailer.set("Root", reference(self.add(catalog)));
        if let Some(information) = information {
            trailer.set("Info", information);
        }
        let id = Object::String(identity.as_bytes().to_vec(), lopdf::StringFormat::Hexadecimal);
        trailer.set("ID", vec![id.clone(), id]);
        let own: Vec<(u32, Object)> = self.objects.into_iter().collect();
        let own: Vec<Frozen> = own.into_par_iter().chunks(OWN_AT_ONCE).map(Frozen::from_iter).collect();
        let start = Start { objects: 0, keys: 0 };
        let own = own.iter().map(|frozen| Piece::new(frozen, start));
        file::write(self.last, &own.chain(pieces).collect::<Vec<_>>(), trailer)
    }
}

/// So many objects are frozen at once.
const OWN_AT_ONCE: usize = 1000;

/// Gives an object of a part the numbers that hold in the packet.
pub(super) fn shift(object: &mut Object, start: Start) {
    match object {
        Object::Reference((number, _)) => *number += start.objects,
        Object::Array(items) => items.iter_mut().for_each(|item| shift(item, start)),
        Object::Dictionary(dictionary) => shift_all(dictionary, start),
        Object::Stream(stream) => shift_all(&mut stream.dict, start),
        _ => {}
    }
}

fn shift_all(dictionary: &mut Dictionary, start: Start) {
    for (key, value) in dictionary.iter_mut() {
        match value {
            Object::Integer(number) if [&b"StructParents"[..], b"StructParent"].contains(&&key[..]) => {
                *number += start.keys;
            }
            value => shift(value, start),
        }
    }
}

/// An object of a part with the numbers that hold in the packet.
pub(super) fn shifted(object: &Object, start: Start) -> Object {
    let mut object = object.clone();
    shift(&mut object, start);
    object
}

/// A reference to the object with this number.
pub(super) fn reference(number: u32) -> Object {
    Object::Reference((number, 0))
}

fn lead_to_pages(object: &mut Object, pages: &[Placed]) {
    match object {
        Object::Array(items) => items.iter_mut().for_each(|item| lead_to_pages(item, pages)),
        Object::Dictionary(dictionary) => {
            let uri = dictionary.get(b"URI").and_then(Object::as_str).ok();
            let page = uri
                .and_then(|uri| std::str::from_utf8(uri.strip_prefix(b"packet:")?).ok())
                .and_then(|page| pages.get(page.parse::<usize>().ok()?.checked_sub(1)?));
            match page {
                Some(page) => {
                    *dictionary = dictionary! { "Type" => "Action", "S" => "GoTo", "D" => page.destination() }
                }
                None => dictionary.iter_mut().for_each(|(_, value)| lead_to_pages(value, pages)),
            }
        }
        _ => {}
    }
}
