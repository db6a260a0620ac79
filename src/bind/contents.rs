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
        let numbers = front.live.keys().map(|number| number + start.objects);
        numbers.for_each(|number| contents.structure(builder, number));
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

    /// Makes an element that is a list of such links a table of contents (ISO 32000-1, 14.8.4.2, TOC and TOCI).
    fn structure(&self, builder: &mut Builder, number: u32) {
        if !is(builder, number, b"L") || !self.leads(builder, number, 0) {
            return;
        }
        set_type(builder, number, "TOC");
        for item in kids(builder, number) {
            if is(builder, item, b"LI") {
                set_type(builder, item, "TOCI");
                entry(builder, item);
            }
        }
    }

    /// Tells whether a link of the agenda is below an element.
    fn leads(&self, builder: &mut Builder, element: u32, depth: usize) -> bool {
        let Some(dictionary) = builder.dictionary(element) else { return false };
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
                && kids(builder, element).into_iter().any(|kid| self.leads(builder, kid, depth + 1))
    }
}

/// How deep a link may be below a list.
const MAX_DEPTH: usize = 16;

/// Makes what is below an item of a list what is below an entry of a table of contents.
fn entry(builder: &mut Builder, item: u32) {
    let (labels, bodies): (Vec<u32>, Vec<u32>) =
        kids(builder, item).into_iter().partition(|kid| is(builder, *kid, b"Lbl"));
    for body in &bodies {
        let links: Vec<u32> =
            kids(builder, *body).into_iter().filter(|kid| is(builder, *kid, b"Link")).collect();
        set_type(builder, *body, if links.is_empty() { "NonStruct" } else { "Reference" });
        for link in links {
            for paragraph in kids(builder, link) {
                if is(builder, paragraph, b"P") {
                    set_type(builder, paragraph, "Span");
                }
            }
        }
    }
    // A list without numbers has labels in which nothing stands.
    let is_empty = |label: &mut Dictionary| {
        label.get(b"K").map_or(true, |kids| kids.as_array().is_ok_and(|kids| kids.is_empty()))
    };
    let (empty, labels): (Vec<u32>, Vec<u32>) =
        labels.into_iter().partition(|label| builder.dictionary(*label).is_none_or(is_empty));
    empty.into_iter().for_each(|label| builder.set(label, Object::Null));
    let below: Vec<Object> = labels.into_iter().chain(bodies).map(reference).collect();
    if let Some(item) = builder.dictionary(item) {
        item.set("K", below);
    }
}

/// Reads the action of a link of the agenda.
fn line(action: &Dictionary) -> Option<AgendaLine> {
    let uri = action.get(b"URI").and_then(Object::as_str).ok()?;
    let rest = std::str::from_utf8(uri).ok()?.strip_prefix(SCHEME)?;
    let (place, words) = rest.split_once('?').map_or((rest, None), |(place, words)| (place, Some(words)));
    Some(AgendaLine { place: place.parse().ok()?, words: words.map(str::to_owned) })
}

fn is(builder: &mut Builder, number: u32, kind: &[u8]) -> bool {
    builder.dictionary(number).is_some_and(|element| {
        element.has(b"P") && element.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == kind)
    })
}

fn set_type(builder: &mut Builder, number: u32, kind: &str) {
    if let Some(element) = builder.dictionary(number) {
        element.set("S", kind);
        // What lists say of their numbers.
        element.remove(b"A");
    }
}

/// The elements below an element.
fn kids(builder: &mut Builder, number: u32) -> Vec<u32> {
    let kids = builder.dictionary(number).and_then(|element| element.get(b"K").ok().cloned());
    let numbers = |kids: Object| match kids {
        Object::Array(kids) => kids,
        kid => vec![kid],
    };
    let kids = kids.map(numbers).unwrap_or_default();
    kids.iter().filter_map(|kid| Some(kid.as_reference().ok()?.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::sample::{at, list, text};

    fn element(builder: &mut Builder, kind: &str, kids: Vec<Object>) -> u32 {
        builder.add(dictionary! { "Type" => "StructElem", "S" => kind, "P" => reference(1), "K" => kids })
    }

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
    fn a_list_of_lines_is_a_table_of_contents_and_another_list_is_not() {
        let mut builder = Builder::new(BTreeMap::new(), 0);
        let pages = [Placed::of(90)];
        let mut contents = AgendaLines::default();
        let number = annotation(&mut builder, "packet:1");
        let targets = Targets { pages: &pages, labels: &["1".to_owned()], others: &[] };
        contents.link_one(&mut builder, number, &pages[0], &targets);
        let paragraph = element(&mut builder, "P", vec![0.into()]);
        let held = dictionary! { "Type" => "OBJR", "Obj" => reference(number) };
        let link = element(&mut builder, "Link", vec![reference(paragraph), held.into()]);
        let body = element(&mut builder, "LBody", vec![reference(link)]);
        let label = element(&mut builder, "Lbl", Vec::new());
        let item = element(&mut builder, "LI", vec![reference(label), reference(body)]);
        let plain = element(&mut builder, "LBody", vec![1.into()]);
        let numbered = element(&mut builder, "Lbl", vec![2.into()]);
        let other = element(&mut builder, "LI", vec![reference(numbered), reference(plain)]);
        let agenda = element(&mut builder, "L", vec![reference(item), reference(other)]);
        let elsewhere = element(&mut builder, "L", vec![reference(other)]);
        for list in [agenda, elsewhere] {
            contents.structure(&mut builder, list);
        }
        let kind = |number: u32| {
            String::from_utf8(at(&builder, number).get(b"S").unwrap().as_name().unwrap().into())
        };
        assert_eq!(
            [agenda, item, body, link, paragraph, other, plain, elsewhere].map(|one| kind(one).unwrap()),
            ["TOC", "TOCI", "Reference", "Link", "Span", "TOCI", "NonStruct", "L"]
        );
        // An empty label goes, one in which something stands does not.
        assert_eq!(list(at(&builder, item), "K"), [reference(body)]);
        assert_eq!(builder.objects()[&label], Object::Null);
        assert_eq!(list(at(&builder, other), "K"), [reference(numbered), reference(plain)]);
    }
}
