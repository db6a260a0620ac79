//! Compares the structure tree with the content of the pages, both ways.

use std::collections::{HashMap, HashSet};

use lopdf::{Document, Object, ObjectId};

use super::content::{Marked, PageContent};
use super::defects::{DefectKind, Defects};
use super::elements::{Elements, Mark, is_put_aside};
use super::parents::{ParentEntry, Parents, place};
use crate::pdf::objects::reference;

/// Finds elements that name a parent but are in no `/K` on the way from the root.
pub(super) fn lost_elements(
    document: &Document,
    root: ObjectId,
    elements: &Elements<'_>,
    defects: &mut Defects,
) {
    for (id, object) in &document.objects {
        let Object::Dictionary(dict) = object else {
            continue;
        };
        if *id == root || elements.kinds.contains_key(id) {
            continue;
        }
        let parent = reference(dict, b"P").filter(|_| dict.has(b"S"));
        let Some(parent) = parent.filter(|parent| *parent == root || elements.kinds.contains_key(parent))
        else {
            continue;
        };
        if !is_put_aside(document, *id) {
            defects.add(DefectKind::ElementLost, || {
                format!("Objekt {}: das Element steht nicht in /K von {}.", id.0, elements.name(parent))
            });
        }
    }
}

/// Compares marked content, annotations and XObjects with the elements that hold them.
pub(super) fn compare(
    elements: &Elements<'_>,
    content: &PageContent,
    parents: &Parents<'_>,
    defects: &mut Defects,
) {
    let mut marks = elements.marks.clone();
    marks.sort_unstable();
    let mut by_stream: HashMap<ObjectId, &[Mark]> =
        marks.chunk_by(|a, b| a.stream == b.stream).map(|held| (held[0].stream, held)).collect();
    for stream in &content.streams {
        let held = by_stream.remove(&stream.id).unwrap_or_default();
        compare_stream(stream, held, elements, content, parents, defects);
    }
    // What is left is held in no page and in nothing that a page draws.
    let mut elsewhere: Vec<&[Mark]> = by_stream.into_values().collect();
    elsewhere.sort_unstable();
    for held in elsewhere {
        defects.add(DefectKind::PageWrong, || {
            let name = elements.name(held[0].element);
            format!("{name} hält Inhalt in Objekt {}, das keine Seite zeigt.", held[0].stream.0)
        });
    }
    compare_objects(elements, content, parents, defects);
}

/// Compares the marked content of one page or form XObject.
fn compare_stream(
    stream: &Marked,
    held: &[Mark],
    elements: &Elements<'_>,
    content: &PageContent,
    parents: &Parents<'_>,
    defects: &mut Defects,
) {
    let entry = stream.key.and_then(|key| match parents.get(&key)? {
        ParentEntry::Content(elements) => Some(*elements),
        ParentEntry::Element(_) => None,
    });
    let mut tally = PageDefects::default();
    if stream.key.is_none() && !(stream.mcids.is_empty() && held.is_empty()) {
        tally.add(DefectKind::KeyMissing, 0);
    }
    if stream.shared && !stream.mcids.is_empty() {
        tally.add(DefectKind::ContentShared, 0);
    }
    let mut rest = held;
    for same in stream.mcids.chunk_by(|a, b| a == b) {
        let mcid = same[0];
        if same.len() > 1 {
            tally.add(DefectKind::ContentRepeated, mcid);
        }
        let (missing, after) = rest.split_at(rest.partition_point(|mark| mark.mcid < mcid));
        let (holders, after) = after.split_at(after.partition_point(|mark| mark.mcid == mcid));
        rest = after;
        missing.iter().for_each(|mark| tally.add(DefectKind::ContentMissing, mark.mcid));
        match holders {
            [] => tally.add(DefectKind::ContentUnclaimed, mcid),
            [_] => {}
            _ => tally.add(DefectKind::ContentClaimedTwice, mcid),
        }
        let Some(entry) = entry else {
            continue;
        };
        let parent = usize::try_from(mcid).ok().and_then(|at| entry.get(at)?.as_reference().ok());
        match parent {
            None => tally.add(DefectKind::EntryMissing, mcid),
            Some(parent) => {
                let right = match holders {
                    // Whether an element holds it is told already.
                    [] => elements.kinds.contains_key(&parent),
                    holders => holders.iter().any(|mark| mark.element == parent),
                };
                if !right {
                    tally.add(DefectKind::EntryWrong, mcid);
                }
            }
        }
    }
    rest.iter().for_each(|mark| tally.add(DefectKind::ContentMissing, mark.mcid));
    if !stream.is_page {
        let elsewhere =
            |mark: &&Mark| mark.page.and_then(|page| content.numbers.get(&page)) != Some(&stream.page);
        held.iter().filter(elsewhere).for_each(|mark| tally.add(DefectKind::PageWrong, mark.mcid));
    }
    tally.tell(stream, defects);
}

/// Compares the annotations and XObjects that elements hold as a whole.
fn compare_objects(
    elements: &Elements<'_>,
    content: &PageContent,
    parents: &Parents<'_>,
    defects: &mut Defects,
) {
    let mut keys: HashMap<ObjectId, i64> = HashMap::new();
    let own = content.keyed.iter().filter(|keyed| !keyed.holds_content);
    keys.extend(own.clone().filter_map(|keyed| Some((keyed.id?, keyed.key))));
    let mut held = HashSet::new();
    for it in &elements.objects {
        let said = |what: &str| format!("{} hält Objekt {}, {what}.", elements.name(it.element), it.object.0);
        if !held.insert(it.object) {
            defects.add(DefectKind::ContentClaimedTwice, || said("das noch ein Element hält"));
        }
        let Some(page) = content.objects.get(&it.object) else {
            defects.add(DefectKind::ObjectMissing, || said("das keine Seite zeigt"));
            continue;
        };
        if it.page.is_some_and(|named| content.numbers.get(&named) != Some(page)) {
            defects.add(DefectKind::PageWrong, || said("das auf einer anderen Seite steht als angegeben"));
        }
        match keys.get(&it.object).map(|key| parents.get(key)) {
            None => defects.add(DefectKind::KeyMissing, || said("das keinen Schlüssel zum ParentTree hat")),
            Some(Some(ParentEntry::Element(parent))) if *parent == it.element => {}
            Some(Some(ParentEntry::Element(_))) => {
                defects.add(DefectKind::EntryWrong, || said("der ParentTree nennt dafür ein anderes"));
            }
            // That the entry is not there is told already.
            Some(_) => {}
        }
    }
    for keyed in own.filter(|keyed| keyed.id.is_some_and(|id| !held.contains(&id))) {
        defects.add(DefectKind::ContentUnclaimed, || format!("{} hält kein Element.", place(keyed)));
    }
}

/// The defects in the content of one page, by kind: how often, and where first.
#[derive(Default)]
struct PageDefects(Vec<(DefectKind, usize, i64)>);

impl PageDefects {
    fn add(&mut self, kind: DefectKind, mcid: i64) {
        match self.0.iter_mut().find(|(other, ..)| *other == kind) {
            Some((_, count, _)) => *count += 1,
            None => self.0.push((kind, 1, mcid)),
        }
    }

    fn tell(self, stream: &Marked, defects: &mut Defects) {
        let place = if stream.is_page {
            format!("Seite {}", stream.page)
        } else {
            format!("Seite {}, Formular-XObject {}", stream.page, stream.id.0)
        };
        for (kind, count, first) in self.0 {
            let contents = match count {
                1 => format!("der Inhalt MCID {first}"),
                _ => format!("{count} Inhalte, zuerst MCID {first}"),
            };
            defects.add(kind, || match kind {
                DefectKind::KeyMissing => format!("{place}: StructParents fehlt."),
                DefectKind::ContentShared => {
                    format!("{place}: es hat markierten Inhalt und wird mehr als einmal gezeichnet.")
                }
                DefectKind::ContentRepeated => format!("{place}, mehrfach vergeben: {contents}."),
                DefectKind::ContentMissing => {
                    format!("{place}, von Elementen gehalten, aber nicht da: {contents}.")
                }
                DefectKind::ContentUnclaimed => format!("{place}, von keinem Element gehalten: {contents}."),
                DefectKind::ContentClaimedTwice => format!("{place}, mehrfach gehalten: {contents}."),
                DefectKind::EntryMissing => format!("{place}, ohne Eintrag im ParentTree: {contents}."),
                DefectKind::PageWrong => format!("{place}, einer anderen Seite zugeschrieben: {contents}."),
                _ => format!("{place}, der ParentTree nennt ein anderes Element: {contents}."),
            });
        }
    }
}
