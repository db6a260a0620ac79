//! The agenda of a packet, by which one finds the papers and comes back.
//!
//! A line of the agenda is a link `packet:N` to page N; what stands behind a `?` is what the line is called where it is read
//! aloud. Knows nothing of how the agenda is laid out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use lopdf::{Dictionary, Object, dictionary, text_string};

use super::builder::Builder;
use super::numbering::{Start, reference};
use super::page_tree::Placed;
use super::part::Part;

/// Another file of a packet that is cut into parts, beside this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherFile {
    /// Its name.
    pub name: String,
    /// The pages of the packet that it has, counted from 1.
    pub pages: Range<usize>,
}

/// The lines of the agenda.
#[derive(Debug, Default)]
pub(super) struct AgendaLines {
    /// Where the last line stands that leads to a page, by the place of the page.
    lines: BTreeMap<usize, Object>,
    /// The annotations of their links.
    links: BTreeSet<u32>,
}

/// A link of the agenda.
struct AgendaLine {
    /// The place of the page where it leads, from 1.
    place: usize,
    /// What it is called.
    words: Option<String>,
}

/// Where lines may lead.
struct Targets<'a> {
    pages: &'a [Placed],
    labels: &'a [String],
    others: &'a [OtherFile],
}

impl Targets<'_> {
    /// The action that leads to a page, here or in another file.
    fn jump(&self, place: usize) -> Option<Dictionary> {
        if let Some(page) = self.pages.get(place.checked_sub(1)?) {
            return Some(dictionary! { "Type" => "Action", "S" => "GoTo", "D" => page.destination() });
        }
        let other = self.others.iter().find(|other| other.pages.contains(&place))?;
        let (name, at) = (text_string(&other.name), (place - other.pages.start) as i64);
        let file = dictionary! { "Type" => "Filespec", "F" => name.clone(), "UF" => name };
        let to: Vec<Object> = vec![at.into(), Object::Name(b"Fit".to_vec())];
        Some(dictionary! { "Type" => "Action", "S" => "GoToR", "F" => file, "D" => to })
    }

    /// What a line says that has no words of its own.
    fn words(&self, place: usize) -> String {
        let label = self.labels.get(place.wrapping_sub(1)).cloned();
        format!("Seite {}", label.unwrap_or_else(|| place.to_string()))
    }
}

/// The scheme of the links.
const SCHEME: &str = "packet:";
/// So far above the line its link shows the agenda, in points.
const ABOVE: f32 = 12.0;

impl AgendaLines {
    /// Makes the links of the first pages lead to the pages of the packet, which are called so.
    pub(super) fn link(
        builder: &mut Builder,
        front: &Part,
        start: Start,
        pages: &[Placed],
        labels: &[String],
        others: &[OtherFile],
    ) -> Self {
        let mut contents = Self::default();
        for page in pages.iter().take(front.page_count()) {
            let annotations =
                builder.dictionary(page.number).and_then(|page| page.get(b"Annots").ok().cloned());
            for annotation in annotations.iter().flat_map(|all| all.as_array().into_iter().flatten()) {
                let Ok((number, _)) = annotation.as_reference() else { continue };
                contents.link_one(builder, number, page, &Targets { pages, labels, others });
            }
        }
        let groups = front.live.objects().filter(|(_, object)| is_one_of(&GROUPS, kind(object)));
        groups.for_each(|(number, _)| contents.structure(builder, number + start.objects));
        contents
    }

    /// Gives the place on the agenda of the line that leads to this page: the last of them, which is that of the paper.
    pub(super) fn line(&self, page: usize) -> Option<&Object> {
        self.lines.get(&page)
    }

    fn link_one(&mut self, builder: &mut Builder, number: u32, on: &Placed, targets: &Targets<'_>) {
        let Some(annotation) = builder.dictionary(number) else { return };
        let action = annotation.get(b"A").and_then(Object::as_dict);
        let Some(AgendaLine { place, words }) = action.ok().and_then(line) else { return };
        let Some(jump) = targets.jump(place) else { return };
        annotation.set("A", jump);
        annotation.set("Contents", text_string(&words.unwrap_or_else(|| targets.words(place))));
        let top = annotation.get(b"Rect").and_then(Object::as_array).ok().and_then(|sides| sides.get(3));
        let top = top.and_then(|top| top.as_float().ok()).unwrap_or_default();
        self.lines.insert(place, on.destination_at(top + ABOVE));
        self.links.insert(number);
    }

    /// Makes the lines below an element, between its headings, tables of contents (ISO 32000-1, 14.8.4.2, TOC and TOCI).
    fn structure(&self, builder: &mut Builder, number: u32) {
        let all = builder.read(number).map(|element| kids(&element)).unwrap_or_default();
        let is_lead: Vec<bool> = all.iter().map(|kid| self.leads(builder, *kid, 0)).collect();
        if !is_lead.contains(&true) {
            return;
        }
        let is_line = |kid: &u32| builder.read(*kid).is_some_and(|kid| is_one_of(&LINES, kind(&kid)));
        let is_line: Vec<bool> = all.iter().map(is_line).collect();
        let places: Vec<usize> = (0..all.len()).collect();
        let mut below = Vec::new();
        for run in places.chunk_by(|one, other| is_line[*one] && is_line[*other]) {
            let lines = run.iter().map(|at| all[*at]);
            if run.iter().any(|at| is_line[*at] && is_lead[*at]) {
                below.push(reference(table(builder, number, lines.collect())));
            } else {
                below.extend(lines.map(reference));
            }
        }
        if let Some(element) = builder.dictionary(number) {
            element.set("K", below);
        }
    }

    /// Tells whether a link of the agenda is below an element.
    fn leads(&self, builder: &Builder, element: u32, depth: usize) -> bool {
        let Some(Object::Dictionary(dictionary)) = builder.read(element) else { return false };
        let is_link = |kid: &Object| {
            let object = kid.as_dict().and_then(|kid| kid.get(b"Obj")).and_then(Object::as_reference);
            object.is_ok_and(|(number, _)| self.links.contains(&number))
        };
        let found = match dictionary.get(b"K") {
            Ok(Object::Array(kids)) => kids.iter().any(is_link),
            Ok(kid) => is_link(kid),
            Err(_) => false,
        };
        found
            || depth < MAX_DEPTH
                && kids(&dictionary.into()).into_iter().any(|kid| self.leads(builder, kid, depth + 1))
    }
}

/// How deep a link may be below its line.
const MAX_DEPTH: usize = 8;
/// Elements that may hold a table of contents, and elements that may be lines of it.
const GROUPS: [&[u8]; 5] = [b"Document", b"Part", b"Sect", b"Div", b"NonStruct"];
const LINES: [&[u8]; 2] = [b"Link", b"P"];

/// Makes a table of contents of these lines.
fn table(builder: &mut Builder, parent: u32, lines: Vec<u32>) -> u32 {
    let table = builder.add(Object::Null);
    let mut entries = Vec::new();
    for line in lines {
        let entry = builder.add(Object::Null);
        let element_of_line = builder.read(line).unwrap_or(Object::Null);
        let is_link = kind(&element_of_line) == Some(b"Link");
        let holder = builder.add(element(if is_link { "Reference" } else { "NonStruct" }, entry, vec![line]));
        builder.set(entry, element("TOCI", table, vec![holder]));
        if let Some(line) = builder.dictionary(line) {
            line.set("P", reference(holder));
        }
        for paragraph in if is_link { kids(&element_of_line) } else { Vec::new() } {
            // A link is part of a line.
            if let Some(paragraph) = builder.dictionary(paragraph)
                && kind_of(paragraph) == Some(b"P")
            {
                paragraph.set("S", "Span");
            }
        }
        entries.push(entry);
    }
    builder.set(table, element("TOC", parent, entries));
    table
}

fn element(kind: &str, parent: u32, kids: Vec<u32>) -> Dictionary {
    let kids: Vec<Object> = kids.into_iter().map(reference).collect();
    dictionary! { "Type" => "StructElem", "S" => kind, "P" => reference(parent), "K" => kids }
}

/// Reads the action of a link of the agenda.
fn line(action: &Dictionary) -> Option<AgendaLine> {
    let uri = action.get(b"URI").and_then(Object::as_str).ok()?;
    let rest = std::str::from_utf8(uri).ok()?.strip_prefix(SCHEME)?;
    let (place, words) = rest.split_once('?').map_or((rest, None), |(place, words)| (place, Some(words)));
    Some(AgendaLine { place: place.parse().ok()?, words: words.map(str::to_owned) })
}

/// The type of an element.
fn kind(element: &Object) -> Option<&[u8]> {
    match element {
        Object::Dictionary(element) => kind_of(element),
        _ => None,
    }
}

fn kind_of(element: &Dictionary) -> Option<&[u8]> {
    element.get(b"S").and_then(Object::as_name).ok().filter(|_| element.has(b"P"))
}

fn is_one_of(kinds: &[&[u8]], kind: Option<&[u8]>) -> bool {
    kind.is_some_and(|kind| kinds.contains(&kind))
}

/// The elements below an element.
fn kids(element: &Object) -> Vec<u32> {
    let kids = match element.as_dict().and_then(|element| element.get(b"K")) {
        Ok(Object::Array(kids)) => kids.as_slice(),
        Ok(kid) => std::slice::from_ref(kid),
        Err(_) => &[],
    };
    kids.iter().filter_map(|kid| Some(kid.as_reference().ok()?.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::sample::{at, list, name, text};

    fn annotation(builder: &mut Builder, uri: &str) -> u32 {
        let action = dictionary! { "S" => "URI", "URI" => Object::string_literal(uri) };
        let sides: Vec<Object> = [10, 700, 200, 720].map(Object::Integer).to_vec();
        builder.add(dictionary! { "Subtype" => "Link", "A" => action, "Rect" => sides })
    }

    #[test]
    fn a_line_leads_to_its_page_and_says_so() {
        let mut builder = Builder::new(BTreeMap::new(), 0);
        let pages = [Placed::of(90), Placed::of(91)];
        let labels = ["1".to_owned(), "1a".to_owned()];
        let others = [OtherFile { name: "Teil 2.pdf".into(), pages: 4..6 }];
        let targets = Targets { pages: &pages, labels: &labels, others: &others };
        let mut contents = AgendaLines::default();
        let mut link = |builder: &mut Builder, uri: &str| {
            let number = annotation(builder, uri);
            contents.link_one(builder, number, &pages[0], &targets);
            at(builder, number).clone()
        };
        let line = link(&mut builder, "packet:2?TOP 1, Straße, Seite 1a");
        assert_eq!(text(&line, "Contents"), "TOP 1, Straße, Seite 1a");
        let jump = line.get(b"A").and_then(Object::as_dict).unwrap();
        assert_eq!(jump.get(b"D").unwrap(), &pages[1].destination());
        assert_eq!(text(&link(&mut builder, "packet:2"), "Contents"), "Seite 1a");
        let elsewhere = link(&mut builder, "packet:5");
        let jump = elsewhere.get(b"A").and_then(Object::as_dict).unwrap();
        assert_eq!(
            (jump.get(b"S").unwrap(), text(&elsewhere, "Contents").as_str()),
            (&"GoToR".into(), "Seite 5")
        );
        assert_eq!(list(jump, "D")[0], Object::Integer(1));
        for other in ["packet:0", "packet:3", "packet:", "packet:-1", "https://muenster.de/packet:1"] {
            assert!(!link(&mut builder, other).has(b"Contents"), "{other}");
        }
        // The way back leads a little above the line.
        assert_eq!(contents.line(2), Some(&pages[0].destination_at(732.0)));
        assert_eq!((contents.line(1), contents.links.len()), (None, 3));
    }

    #[test]
    fn lines_between_headings_are_a_table_of_contents_if_one_of_them_leads_somewhere() {
        let mut builder = Builder::new(BTreeMap::new(), 0);
        let pages = [Placed::of(90)];
        let mut contents = AgendaLines::default();
        let number = annotation(&mut builder, "packet:1");
        let targets = Targets { pages: &pages, labels: &["1".to_owned()], others: &[] };
        contents.link_one(&mut builder, number, &pages[0], &targets);
        let add = |builder: &mut Builder, kind: &str, kids: Vec<u32>| builder.add(element(kind, 1, kids));
        let paragraph = add(&mut builder, "P", Vec::new());
        let link = add(&mut builder, "Link", vec![paragraph]);
        let held = dictionary! { "Type" => "OBJR", "Obj" => reference(number) };
        builder.dictionary(link).unwrap().set("K", vec![reference(paragraph), held.into()]);
        let [cover, title, before, after, next, alone] =
            ["P", "H1", "P", "P", "H2", "P"].map(|kind| add(&mut builder, kind, Vec::new()));
        let all = vec![cover, title, before, link, after, next, alone];
        let document = add(&mut builder, "Document", all);
        contents.structure(&mut builder, document);
        contents.structure(&mut builder, paragraph);
        let kids = |number: u32| kids(&builder.read(number).unwrap());
        let below = kids(document);
        let types = |numbers: &[u32]| -> Vec<String> {
            numbers.iter().map(|one| name(&at(&builder, *one), "S")).collect()
        };
        assert_eq!(types(&below), ["P", "H1", "TOC", "H2", "P"]);
        let entries = kids(below[2]);
        assert_eq!(types(&entries), ["TOCI"; 3]);
        let holders: Vec<u32> = entries.iter().flat_map(|entry| kids(*entry)).collect();
        assert_eq!(types(&holders), ["NonStruct", "Reference", "NonStruct"]);
        let lines: Vec<u32> = holders.iter().flat_map(|holder| kids(*holder)).collect();
        assert_eq!(
            (lines, types(&[link, paragraph])),
            (vec![before, link, after], vec!["Link".into(), "Span".into()])
        );
        // Each names the one above it.
        for (above, kid) in [(below[2], entries[1]), (entries[1], holders[1]), (holders[1], link)] {
            assert_eq!(at(&builder, kid).get(b"P").unwrap(), &reference(above));
        }
        assert_eq!(at(&builder, below[2]).get(b"P").unwrap(), &reference(document));
    }
}
