//! The pages of a packet: the tree that they hang in, their stamps, and what leads to them.
//!
//! The tree has a node for each part, and below it the pages of the part.

use std::ops::Range;

use lopdf::{Dictionary, Object, dictionary, text_string};

use super::builder::Builder;
use super::numbering::{Start, reference};
use super::part::Part;
use super::stamp::Stamps;

/// The number of the root of the page tree: it comes before the objects of all parts.
pub(super) const ROOT: u32 = 1;

/// A page of the packet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Placed {
    /// The number of its object.
    number: u32,
    /// Its upper left corner, as it is seen.
    corner: (f32, f32),
}

impl Placed {
    /// A page whose upper left corner is that of its coordinates.
    #[cfg(test)]
    pub(super) fn of(number: u32) -> Self {
        Self { number, corner: (0.0, 0.0) }
    }

    /// The destination that shows it from its upper edge on.
    pub(super) fn destination(self) -> Object {
        let name = Object::Name(b"XYZ".to_vec());
        let (left, top) = self.corner;
        vec![reference(self.number), name, left.into(), top.into(), Object::Null].into()
    }
}

/// Hangs the pages of all parts into the page tree, and stamps them.
pub(super) fn hang(builder: &mut Builder, parts: &[(&Part, Start)], mut stamps: Stamps) -> Vec<Placed> {
    let mut placed = Vec::new();
    let mut nodes = Vec::new();
    // A node without pages would be none.
    for (part, start) in parts.iter().filter(|(part, _)| part.page_count() > 0) {
        let node = builder.add(Object::Null);
        let mut kids = Vec::new();
        for page in &part.brings.pages {
            let number = page.number + start.objects;
            stamps.stamp(builder, number, &page.view);
            if let Some(dictionary) = builder.dictionary(number) {
                dictionary.set("Parent", reference(node));
            }
            kids.push(reference(number));
            placed.push(Placed { number, corner: page.view.upper_left() });
        }
        let count = kids.len() as i64;
        let of_part =
            dictionary! { "Type" => "Pages", "Parent" => reference(ROOT), "Count" => count, "Kids" => kids };
        builder.set(node, of_part);
        nodes.push(reference(node));
    }
    let count = placed.len() as i64;
    builder.set(ROOT, dictionary! { "Type" => "Pages", "Count" => count, "Kids" => nodes });
    placed
}

/// Another file of a packet that is cut into parts, beside this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherFile {
    /// Its name.
    pub name: String,
    /// The pages of the packet that it has, counted from 1.
    pub pages: Range<usize>,
}

/// Makes the links `packet:N` of the first pages lead to page N, wherever that is.
pub(super) fn link_front(
    builder: &mut Builder,
    front: &Part,
    start: Start,
    pages: &[Placed],
    others: &[OtherFile],
) {
    for number in front.live.keys() {
        if let Some(object) = builder.object(number + start.objects) {
            lead_to_pages(object, pages, others);
        }
    }
}

fn lead_to_pages(object: &mut Object, pages: &[Placed], others: &[OtherFile]) {
    match object {
        Object::Array(items) => items.iter_mut().for_each(|item| lead_to_pages(item, pages, others)),
        Object::Dictionary(dictionary) => {
            match target(dictionary).and_then(|page| jump(page, pages, others)) {
                Some(action) => *dictionary = action,
                None => dictionary.iter_mut().for_each(|(_, value)| lead_to_pages(value, pages, others)),
            }
        }
        _ => {}
    }
}

/// The page that an action `packet:N` names, counted from 1.
fn target(action: &Dictionary) -> Option<usize> {
    let uri = action.get(b"URI").and_then(Object::as_str).ok()?;
    std::str::from_utf8(uri.strip_prefix(b"packet:")?).ok()?.parse().ok()
}

/// The action that leads to a page, here or in another file.
fn jump(page: usize, pages: &[Placed], others: &[OtherFile]) -> Option<Dictionary> {
    if let Some(placed) = pages.get(page.checked_sub(1)?) {
        return Some(dictionary! { "Type" => "Action", "S" => "GoTo", "D" => placed.destination() });
    }
    let other = others.iter().find(|other| other.pages.contains(&page))?;
    let file = dictionary! {
        "Type" => "Filespec",
        "F" => text_string(&other.name),
        "UF" => text_string(&other.name),
    };
    let at = (page - other.pages.start) as i64;
    let to: Vec<Object> = vec![at.into(), Object::Name(b"Fit".to_vec())];
    Some(dictionary! { "Type" => "Action", "S" => "GoToR", "F" => file, "D" => to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_pages_of_the_packet_become_jumps_and_others_stay() {
        let pages = [Placed { number: 4, corner: (0.0, 842.0) }, Placed { number: 9, corner: (5.0, 595.0) }];
        let others = [OtherFile { name: "Teil 2.pdf".into(), pages: 4..6 }];
        let link = |uri: &str| dictionary! { "S" => "URI", "URI" => Object::string_literal(uri) };
        let led = |uri: &str| {
            let mut object = Object::Array(vec![dictionary! { "A" => link(uri) }.into()]);
            lead_to_pages(&mut object, &pages, &others);
            object.as_array().unwrap()[0].as_dict().unwrap().get(b"A").unwrap().as_dict().unwrap().clone()
        };
        let elsewhere = led("packet:5");
        assert_eq!(elsewhere.get(b"S").unwrap(), &Object::Name(b"GoToR".to_vec()));
        assert_eq!(elsewhere.get(b"D").unwrap().as_array().unwrap()[0], Object::Integer(1));
        let jump = led("packet:2");
        let to = [reference(9), "XYZ".into(), 5.0.into(), 595.0.into(), Object::Null];
        assert_eq!(jump.get(b"D").unwrap(), &Object::Array(to.into()));
        for uri in ["packet:0", "packet:3", "packet:", "packet:-1", "https://muenster.de/packet:1"] {
            assert_eq!(led(uri), link(uri));
        }
    }
}
