//! Puts the parts of a packet together.
//!
//! Everything that a PDF holds beside its pages is told once for the whole document; each such thing has a module of its
//! own, which adds what a part brings, and in the end gives its entry of the catalog.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, dictionary};
use rayon::prelude::*;

use super::builder::{Builder, Trailer};
use super::file::Piece;
use super::labels::page_labels;
use super::numbering::{Start, reference, shift_all, shifted};
use super::outline::Outline;
use super::page_tree::{self, OtherFile, Placed};
use super::part::Part;
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
    /// What each page is called, the first pages among them.
    pub labels: Vec<String>,
    /// The other files of the packet, if it is cut into parts and this is the one with the first pages.
    pub others: Vec<OtherFile>,
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
    /// How many items of its part of the agenda it is below: 5.1 is below 5.
    pub depth: usize,
    /// The name of its destination: `top-4.2`.
    pub slug: String,
    /// Its papers.
    pub papers: Vec<PaperMark>,
}

/// What a paper is called, and where it begins.
#[derive(Debug)]
pub struct PaperMark {
    /// Label and title, as a bookmark shows them.
    pub title: String,
    /// Its first page in the packet, from 1.
    pub page: usize,
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
        let mut end = Start::default().after(page_tree::ROOT, 0);
        let papers: Vec<(&Part, Start)> = parts
            .into_iter()
            .map(|part| {
                let start = end;
                end = part.end(start);
                (part, start)
            })
            .collect();
        let pieces = papers.par_iter().map(|(part, start)| Piece::new(&part.frozen, *start)).collect();
        let live = papers.iter().flat_map(|(part, start)| live(part, *start)).collect();
        Self { papers, pieces, live, end }
    }

    /// Tells how many bytes each paper takes, as far as it does not depend on the others.
    pub fn sizes(&self) -> Vec<u64> {
        self.pieces.iter().map(|piece| piece.size() as u64).collect()
    }

    /// A builder that goes on behind the papers.
    #[cfg(test)]
    pub(super) fn builder(self) -> Builder {
        Builder::new(self.live, self.end.objects)
    }
}

/// Makes the packet.
pub fn assemble(plan: Plan<'_>) -> Packet {
    let Packed { papers, pieces, live: mut objects, end } = plan.packed;
    let front = (plan.front, end);
    let stamps = (plan.stamps, plan.front.end(end));
    let own = [front, stamps];
    own.iter().for_each(|(part, start)| objects.extend(live(part, *start)));
    let mut builder = Builder::new(objects, plan.stamps.end(stamps.1).objects);

    let bound = [&[front], &papers[..]].concat();
    let drawings = Stamps::new(&mut builder, stamps.0, stamps.1);
    let pages = page_tree::hang(&mut builder, &bound, drawings);
    page_tree::link_front(&mut builder, front.0, front.1, &pages, &plan.others);

    let mut once = Once::new(&mut builder, &pages, plan.front.page_count() > 0);
    once.front(&mut builder, front.0, front.1);
    once.sections(&mut builder, &plan.sections, &papers);
    let mut catalog = catalog(front.0, front.1, &plan.labels);
    once.finish(&mut builder, &mut catalog);

    let defects = seams::defects(builder.objects(), &catalog, &bound);
    let information =
        front.0.brings.about.information.as_ref().map(|information| shifted(information, front.1));
    let own = own.map(|(part, start)| Piece::new(&part.frozen, start));
    let pieces = pieces.into_iter().chain(own).collect();
    let trailer = Trailer { catalog, information, identity: plan.identity };
    Packet { bytes: builder.finish(trailer, pieces), defects }
}

/// The objects of a part that are changed.
fn live(part: &Part, start: Start) -> impl Iterator<Item = (u32, Object)> {
    part.live.iter().map(move |(number, object)| (number + start.objects, shifted(object, start)))
}

/// What the packet says of itself: the metadata of its first pages, and what holds for every packet.
fn catalog(front: &Part, start: Start, labels: &[String]) -> Dictionary {
    let mut catalog = front.brings.about.metadata.clone();
    shift_all(&mut catalog, start);
    catalog.set("Type", Object::Name(b"Catalog".to_vec()));
    catalog.set("Pages", reference(page_tree::ROOT));
    catalog.set("Lang", Object::string_literal("de-DE"));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("PageMode", Object::Name(b"UseOutlines".to_vec()));
    catalog.set("PageLabels", page_labels(labels));
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog
}

/// What a packet has once, and every part adds to.
struct Once<'a> {
    tree: Tree,
    outline: Outline,
    names: Names,
    forms: Forms,
    groups: Groups,
    pages: &'a [Placed],
}

impl<'a> Once<'a> {
    fn new(builder: &mut Builder, pages: &'a [Placed], has_front: bool) -> Self {
        // The agenda begins on the second page; without any page there is nothing to lead to.
        let agenda = pages.get(usize::from(has_front)).or(pages.first()).copied().unwrap_or_default();
        Self {
            tree: Tree::new(builder),
            outline: if has_front { Outline::new(agenda) } else { Outline::without_agenda(agenda) },
            names: Names::default(),
            forms: Forms::default(),
            groups: Groups::default(),
            pages,
        }
    }

    fn front(&mut self, builder: &mut Builder, front: &Part, start: Start) {
        self.tree.item("Tagesordnung");
        self.tree.paper(builder, "Deckblatt und Tagesordnung", front, start);
    }

    fn sections(&mut self, builder: &mut Builder, sections: &[Section], papers: &[(&Part, Start)]) {
        let mut papers = papers.iter();
        for section in sections {
            let heading = self.outline.section(&section.title);
            for item in &section.items {
                self.item(heading, item);
                for (mark, (part, start)) in item.papers.iter().zip(papers.by_ref()) {
                    self.paper(builder, heading, mark, part, *start);
                }
            }
        }
    }

    fn item(&mut self, heading: usize, item: &Item) {
        self.outline.item(heading, item.depth, &item.title);
        self.tree.item(&item.title);
        if let Some(first) = item.papers.first().and_then(|mark| self.page(mark)) {
            self.names.destination(item.slug.clone().into_bytes(), first.destination());
        }
    }

    fn paper(&mut self, builder: &mut Builder, heading: usize, mark: &PaperMark, part: &Part, start: Start) {
        let Some(first) = self.page(mark) else { return };
        let title = &mark.title;
        self.outline.paper(heading, title, first, part, start);
        self.names.destination(part.slug().as_bytes().to_vec(), first.destination());
        self.names.add(part, start);
        self.tree.paper(builder, title, part, start);
        self.forms.add(builder, part, start);
        self.groups.add(title, part, start);
    }

    /// Where a paper begins.
    fn page(&self, mark: &PaperMark) -> Option<Placed> {
        self.pages.get(mark.page.checked_sub(1)?).copied()
    }

    fn finish(self, builder: &mut Builder, catalog: &mut Dictionary) {
        catalog.set("StructTreeRoot", reference(self.tree.finish(builder)));
        catalog.set("Outlines", reference(self.outline.finish(builder)));
        catalog.set("Names", self.names.finish(builder));
        self.forms.finish(catalog);
        self.groups.finish(catalog);
    }
}
