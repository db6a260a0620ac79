//! The bookmarks of a packet: the parts of the agenda, their items, the papers, and the bookmarks of these.

use lopdf::{Dictionary, Object, dictionary, text_string};

use super::builder::Builder;
use super::numbering::{Start, reference, shifted};
use super::page_tree::Placed;
use super::part::{Bookmark, Part};

/// The bookmarks of a packet in the making.
pub(super) struct Outline {
    sections: Vec<Bookmark>,
    /// The way from the last part of the agenda to the last item, by places among those below the same.
    way: Vec<usize>,
    /// Whether the last item has papers.
    has_papers: bool,
    /// Where an item leads that has no papers: to the agenda.
    agenda: Placed,
}

impl Outline {
    /// An outline that begins with the agenda.
    pub(super) fn new(agenda: Placed) -> Self {
        let first = Bookmark {
            title: "Tagesordnung".into(),
            target: Some(("Dest", agenda.destination())),
            open: false,
            kids: Vec::new(),
        };
        Self { sections: vec![first], way: Vec::new(), has_papers: false, agenda }
    }

    /// An outline of papers without their agenda; what has no page of its own leads to the first one.
    pub(super) fn without_agenda(first: Placed) -> Self {
        Self { sections: Vec::new(), ..Self::new(first) }
    }

    /// Begins a part of the agenda; returns its place.
    pub(super) fn section(&mut self, title: &str) -> usize {
        let target = Some(("Dest", self.agenda.destination()));
        self.sections.push(Bookmark { title: title.to_owned(), target, open: true, kids: Vec::new() });
        self.way.clear();
        self.sections.len() - 1
    }

    /// Begins an item below so many others.
    pub(super) fn item(&mut self, section: usize, depth: usize, title: &str) {
        let target = Some(("Dest", self.agenda.destination()));
        self.way.truncate(depth);
        let above = below(&mut self.sections[section], &self.way);
        above.kids.push(Bookmark { title: title.to_owned(), target, open: false, kids: Vec::new() });
        self.way.push(above.kids.len() - 1);
        self.has_papers = false;
    }

    /// Adds a paper to the last item, which leads to its first paper.
    pub(super) fn paper(&mut self, section: usize, title: &str, first: Placed, part: &Part, start: Start) {
        let item = below(&mut self.sections[section], &self.way);
        if !std::mem::replace(&mut self.has_papers, true) {
            item.target = Some(("Dest", first.destination()));
        }
        item.kids.push(Bookmark {
            title: title.to_owned(),
            target: Some(("Dest", first.destination())),
            open: false,
            kids: part.brings.bookmarks.iter().map(|bookmark| moved(bookmark, start)).collect(),
        });
    }

    /// Writes the bookmarks down; returns the number of their root.
    pub(super) fn finish(self, builder: &mut Builder) -> u32 {
        let root = builder.add(Object::Null);
        let mut dictionary = dictionary! { "Type" => "Outlines" };
        write(builder, root, &mut dictionary, self.sections);
        let shown = dictionary.get(b"Count").and_then(Object::as_i64).unwrap_or(0);
        dictionary.set("Count", shown);
        builder.set(root, dictionary);
        root
    }
}

/// Follows a way down from a bookmark.
fn below<'a>(bookmark: &'a mut Bookmark, way: &[usize]) -> &'a mut Bookmark {
    way.iter().fold(bookmark, |bookmark, place| &mut bookmark.kids[*place])
}

fn moved(bookmark: &Bookmark, start: Start) -> Bookmark {
    Bookmark {
        title: bookmark.title.clone(),
        target: bookmark.target.as_ref().map(|(key, target)| (*key, shifted(target, start))),
        open: bookmark.open,
        kids: bookmark.kids.iter().map(|kid| moved(kid, start)).collect(),
    }
}

/// Writes the bookmarks below a parent, whose dictionary gets its first, its last and how many are shown when it is open.
fn write(builder: &mut Builder, parent: u32, dictionary: &mut Dictionary, kids: Vec<Bookmark>) {
    if kids.is_empty() {
        return;
    }
    let numbers: Vec<u32> = kids.iter().map(|_| builder.add(Object::Null)).collect();
    let mut shown = kids.len() as i64;
    let last = numbers.len() - 1;
    for (at, kid) in kids.into_iter().enumerate() {
        let mut own = dictionary! { "Title" => text_string(&kid.title), "Parent" => reference(parent) };
        if at > 0 {
            own.set("Prev", reference(numbers[at - 1]));
        }
        if at < last {
            own.set("Next", reference(numbers[at + 1]));
        }
        if let Some((key, target)) = kid.target {
            own.set(key, target);
        }
        write(builder, numbers[at], &mut own, kid.kids);
        if let Ok(below) = own.get(b"Count").and_then(Object::as_i64) {
            if kid.open {
                shown += below;
            } else {
                // A closed one counts those below it as hidden (ISO 32000-1, table 153).
                own.set("Count", -below);
            }
        }
        builder.set(numbers[at], own);
    }
    dictionary.set("First", reference(numbers[0]));
    dictionary.set("Last", reference(numbers[last]));
    dictionary.set("Count", shown);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::assemble::Packed;
    use crate::bind::sample::{at, list, number, part, text};

    #[test]
    fn bookmarks_are_chained_and_count_what_is_shown() {
        let part = part("a");
        let packed = Packed::new([&part]);
        let start = packed.papers[0].1;
        let mut builder = packed.builder();
        let agenda = Placed::default();
        let first = Placed::of(part.brings.pages[0].number + start.objects);
        let mut outline = Outline::new(agenda);
        let public = outline.section("Öffentlich");
        outline.item(public, 0, "1 Haushalt");
        outline.paper(public, "Vorlage", first, &part, start);
        outline.item(public, 0, "2 Anfragen");
        outline.item(public, 1, "2.1 Radweg");
        let root = outline.finish(&mut builder);
        let count = |of: u32| at(&builder, of).get(b"Count").and_then(Object::as_i64).ok();
        // The agenda, the section, and its two items.
        assert_eq!(count(root), Some(4));
        let beginning = number(&at(&builder, root), "First");
        let section = number(&at(&builder, beginning), "Next");
        assert_eq!(
            (number(&at(&builder, root), "Last"), number(&at(&builder, section), "Prev")),
            (section, beginning)
        );
        assert_eq!(
            ["Tagesordnung", "Öffentlich"],
            [beginning, section]
                .map(|one| text(&at(&builder, one), "Title"))
                .map(|title| title)
                .each_ref()
                .map(String::as_str)
        );
        assert_eq!(count(section), Some(2));
        let item = number(&at(&builder, section), "First");
        let without = number(&at(&builder, item), "Next");
        assert_eq!(number(&at(&builder, without), "Parent"), section);
        let dest = |of: u32| at(&builder, of).get(b"Dest").unwrap().clone();
        assert_eq!((dest(item), dest(without)), (first.destination(), agenda.destination()));
        // Closed, and below it what is part of it.
        assert_eq!(count(without), Some(-1));
        assert_eq!(text(&at(&builder, number(&at(&builder, without), "First")), "Title"), "2.1 Radweg");
        // Closed, and below it the paper, which is closed too.
        assert_eq!(count(item), Some(-1));
        let paper = number(&at(&builder, item), "First");
        assert_eq!(count(paper), Some(-2));
        let own = number(&at(&builder, paper), "First");
        assert_eq!((text(&at(&builder, own), "Title").as_str(), count(own)), ("oben", Some(1)));
        assert_eq!(
            list(&at(&builder, own), "Dest")[0],
            reference(part.brings.pages[0].number + start.objects)
        );
        assert_eq!(text(&at(&builder, number(&at(&builder, own), "First")), "Title"), "darunter");
    }
}
