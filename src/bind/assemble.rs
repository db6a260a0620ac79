//! Puts the parts of a packet together.
//!
//! Everything that a PDF holds beside its pages is told once for the whole document; each such thing has a module of its
//! own, which adds what a part brings, and in the end gives its entry of the catalog.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, dictionary};
use rayon::prelude::*;

use super::builder::{Builder, CodedObject, Trailer};
use super::contents::{AgendaLines, OtherFile};
use super::file::Piece;
use super::labels::page_labels;
use super::numbering::{Start, reference, shift, shift_all, shifted};
use super::outline::Outline;
use super::page_tree::{self, Placed};
use super::part::Part;
use super::seams;
use super::shared::{Forms, Groups, Names};
use super::stamp::{StampRole, Stamps};
use super::tree::{Opening, Tree};

/// What the heading of a paper says of one that cannot be read aloud as it is meant to be.
const UNTAGGED: &str = " (ohne Tags, wird nicht vorgelesen)";

/// What goes into a packet, in its order.
pub struct Plan<'a> {
    /// Cover and agenda. Its links `packet:N` lead to page N of the packet; behind a `?` stands what is said of them.
    pub front: &'a Part,
    /// A page for each page of the packet, no larger than the stamp on it; before that of a page on which an item begins, one
    /// for the item.
    pub stamps: &'a [Part],
    /// The public and the non-public part of the agenda.
    pub sections: Vec<Section<'a>>,
    /// The papers of all items, in the same order.
    pub packed: Packed<'a>,
    /// What each page is called, the first pages among them.
    pub labels: Vec<String>,
    /// Whether these are names for all time, by which links find the pages.
    pub has_lasting_labels: bool,
    /// The other files of the packet, if it is cut into parts and this is the one with the first pages.
    pub others: Vec<OtherFile>,
    /// What tells this packet from all others, for its identifier.
    pub identity: String,
}

/// A part of the agenda.
#[derive(Debug)]
pub struct Section<'a> {
    /// Its heading.
    pub title: String,
    /// A sheet that divides it from what is before it.
    pub divider: Option<&'a Part>,
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
    /// Whether its item begins on that page.
    pub begins_item: bool,
    /// What its item is called where the way back to the agenda is told: `TOP 4.2`.
    pub item: String,
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
    live: BTreeMap<u32, CodedObject>,
    /// Where the objects of what is no paper begin.
    pub(super) end: Start,
}

impl<'a> Packed<'a> {
    /// Gives papers their numbers, in this order, and packs what of them does not change any more.
    pub fn new(parts: impl IntoIterator<Item = &'a Part>) -> Self {
        let (papers, end) = placed(parts, Start::default().after(page_tree::ROOT, 0));
        let pieces =
            papers.par_iter().map(|(part, start)| Piece::new(&part.frozen.texts(), *start)).collect();
        let live = papers.par_iter().flat_map_iter(|(part, start)| live(part, *start)).collect::<Vec<_>>();
        Self { papers, pieces, live: live.into_iter().collect(), end }
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
    let dividers = plan.sections.iter().filter_map(|section| section.divider);
    let (own, end) = placed(std::iter::once(plan.front).chain(plan.stamps).chain(dividers), end);
    let (front, (stamps, dividers)) = (own[0], own[1..].split_at(plan.stamps.len()));
    own.iter().for_each(|(part, start)| objects.extend(live(part, *start)));
    let mut builder = Builder::new(objects, end.objects);

    let sections = bound_sections(&plan.sections, &papers, dividers);
    let bound: Vec<(&Part, Start)> =
        std::iter::once(front).chain(sections.iter().flat_map(BoundSection::parts)).collect();
    let drawings = Stamps::new(&mut builder, stamps);
    let roles: Vec<StampRole> =
        std::iter::once(StampRole::Header).chain(sections.iter().flat_map(BoundSection::roles)).collect();
    let pages = page_tree::hang(&mut builder, &bound, &roles, drawings);
    let contents = AgendaLines::link(&mut builder, front.0, front.1, &pages, &plan.labels, &plan.others);

    let tree = Tree::new(&mut builder, end.keys);
    let mut once = Once::new(tree, contents, &pages, plan.front.page_count() > 0);
    once.front(&mut builder, front.0, front.1);
    once.sections(&mut builder, &sections);
    if plan.has_lasting_labels {
        once.pages(&plan.labels);
    }
    let mut catalog = catalog(front.0, front.1, &plan.labels);
    once.finish(&mut builder, &mut catalog);

    let defects = seams::defects(&builder, &catalog, &bound);
    let information =
        front.0.brings.about.information.as_ref().map(|information| shifted(information, front.1));
    let own = own.into_iter().map(|(part, start)| Piece::new(&part.frozen.texts(), start));
    let pieces = pieces.into_iter().chain(own).collect();
    let trailer = Trailer { catalog, information, identity: plan.identity };
    Packet { bytes: builder.finish(trailer, pieces), defects }
}

/// A part of the agenda with the parts that are bound for it.
struct BoundSection<'a> {
    section: &'a Section<'a>,
    divider: Option<(&'a Part, Start)>,
    /// Its papers, item by item.
    papers: &'a [(&'a Part, Start)],
}

/// Deals papers and dividing sheets out to the sections, in whose order they are.
fn bound_sections<'a>(
    sections: &'a [Section<'a>],
    papers: &'a [(&'a Part, Start)],
    dividers: &[(&'a Part, Start)],
) -> Vec<BoundSection<'a>> {
    let (mut papers, mut dividers) = (papers, dividers.iter().copied());
    let bound = |section: &'a Section<'a>| {
        let count = section.items.iter().map(|item| item.papers.len()).sum::<usize>();
        let (own, rest) = papers.split_at(count.min(papers.len()));
        papers = rest;
        BoundSection { section, divider: section.divider.and_then(|_| dividers.next()), papers: own }
    };
    sections.iter().map(bound).collect()
}

impl<'a> BoundSection<'a> {
    /// Its parts in the order of their pages.
    fn parts(&self) -> impl Iterator<Item = (&'a Part, Start)> {
        self.divider.into_iter().chain(self.papers.iter().copied())
    }

    /// What is stamped on the first page of each: headings on papers.
    fn roles(&self) -> impl Iterator<Item = StampRole> {
        let marks = self.section.items.iter().flat_map(|item| &item.papers);
        let of_papers = marks
            .zip(self.papers)
            .map(|(mark, (part, _))| StampRole::Heading { item: mark.begins_item, mark: part.free_mark });
        self.divider.map(|_| StampRole::Header).into_iter().chain(of_papers)
    }
}

/// Gives parts their numbers, one behind the other; returns where the next one begins.
fn placed<'a>(parts: impl IntoIterator<Item = &'a Part>, start: Start) -> (Vec<(&'a Part, Start)>, Start) {
    let mut end = start;
    let place = |part: &'a Part| {
        let start = end;
        end = part.end(start);
        (part, start)
    };
    (parts.into_iter().map(place).collect(), end)
}

/// The objects of a part that are changed.
fn live(part: &Part, start: Start) -> impl Iterator<Item = (u32, CodedObject)> {
    part.live.objects().map(move |(number, mut object)| {
        shift(&mut object, start);
        (number + start.objects, CodedObject::new(&object))
    })
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
    contents: AgendaLines,
    pages: &'a [Placed],
}

impl<'a> Once<'a> {
    fn new(tree: Tree, contents: AgendaLines, pages: &'a [Placed], has_front: bool) -> Self {
        // The agenda begins on the second page; without any page there is nothing to lead to.
        let agenda = pages.get(usize::from(has_front)).or(pages.first()).copied().unwrap_or_default();
        Self {
            tree,
            outline: if has_front { Outline::new(agenda) } else { Outline::without_agenda(agenda) },
            names: Names::default(),
            forms: Forms::default(),
            groups: Groups::default(),
            contents,
            pages,
        }
    }

    fn front(&mut self, builder: &mut Builder, front: &Part, start: Start) {
        self.tree.item("Tagesordnung");
        self.tree.paper(builder, "Deckblatt und Tagesordnung", (front, start), None);
    }

    fn sections(&mut self, builder: &mut Builder, sections: &[BoundSection<'_>]) {
        for BoundSection { section, divider, papers } in sections {
            let heading = self.outline.section(&section.title);
            if let Some((part, start)) = *divider {
                self.tree.item(&section.title);
                self.tree.paper(builder, "Trennblatt", (part, start), None);
            }
            let mut papers = papers.iter();
            for item in &section.items {
                self.item(heading, item);
                for (mark, (part, start)) in item.papers.iter().zip(papers.by_ref()) {
                    self.paper(builder, heading, mark, part, *start);
                }
            }
        }
    }

    /// Names each page by its label: `seite-12a`.
    fn pages(&mut self, labels: &[String]) {
        for (label, page) in labels.iter().zip(self.pages) {
            self.names.destination(format!("seite-{label}").into_bytes(), page.destination());
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
        let opening = self.opening(mark, first, part);
        self.tree.paper(builder, title, (part, start), opening.as_ref());
        self.forms.add(builder, part, start);
        self.groups.add(title, part, start);
    }

    /// The first page of a paper, if it can have a heading there.
    fn opening(&self, mark: &PaperMark, page: Placed, part: &Part) -> Option<Opening> {
        let note = if part.is_tagged() { "" } else { UNTAGGED };
        let line = self.contents.line(mark.page).cloned();
        let back = line.map(|line| (line, format!("Zurück zur Tagesordnung, {}", mark.item)));
        let heading = format!("{}{note}", mark.title);
        page.role.mark().map(|first| Opening { page, mark: first, heading, back })
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
