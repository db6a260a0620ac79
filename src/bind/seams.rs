//! Whether the structure of a packet is sound where its parts meet.
//!
//! What is inside of a part was checked with the part (`soundness`), and does not change any more but for numbers. Here
//! are the objects that join the parts, as they will be written: page tree, elements above the parts, parent tree,
//! identifiers, types. A packet of thousands of pages has too many objects to be read back as a whole.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object};

use super::builder::Builder;
use super::numbering::{Start, reference, shifted};
use super::part::{Part, Tags};

/// Everything that is wrong between these parts. They are in the order of their pages.
pub(super) fn defects(builder: &Builder, catalog: &Dictionary, parts: &[(&Part, Start)]) -> Vec<String> {
    let last = parts.iter().map(|(part, start)| start.objects + part.count).max().unwrap_or_default();
    let seams = Seams { builder, parts, last };
    let (pages, structure) = (catalog.get(b"Pages").ok(), catalog.get(b"StructTreeRoot").ok());
    let Some(root) = seams.at(structure) else {
        return vec!["Der Strukturbaum fehlt.".to_owned()];
    };
    let looks = [
        (seams.pages(pages), "Der Seitenbaum der Mappe hat nicht jede Seite an ihrer Stelle."),
        (seams.elements(structure), "Der Strukturbaum der Mappe hat nicht jede Unterlage an ihrer Stelle."),
        (seams.parent_tree(&root), "Der ParentTree der Mappe ist fehlerhaft."),
        (seams.identifiers(&root), "Im IDTree der Mappe fehlen Elemente, oder zwei haben dieselbe /ID."),
        (seams.types(&root), "Ein Strukturtyp hat in zwei Unterlagen verschiedene Bedeutung."),
    ];
    let broken = looks.into_iter().filter(|(sound, _)| *sound != Some(true));
    broken.map(|(_, message)| message.to_owned()).collect()
}

/// What each look finds: whether it is sound; none if what it looks for is not there.
struct Seams<'a> {
    builder: &'a Builder,
    parts: &'a [(&'a Part, Start)],
    /// The last number that an object of a part has.
    last: u32,
}

impl<'a> Seams<'a> {
    /// Each page hangs once in the page tree, in its place, and names the node where it hangs.
    fn pages(&self, root: Option<&Object>) -> Option<bool> {
        let expected = self.parts.iter().flat_map(|(part, start)| {
            part.brings.pages.iter().map(|page| reference(page.number + start.objects)).collect::<Vec<_>>()
        });
        let counted =
            |node: &Object, pages: &[Object]| Some(self.number(node, b"Count")? == pages.len() as i64);
        let mut found = Vec::new();
        for node in self.kids_naming(root, b"Kids", b"Parent")? {
            let pages = self.kids_naming(Some(&node), b"Kids", b"Parent")?;
            if !counted(&node, &pages)? {
                return Some(false);
            }
            found.extend(pages);
        }
        Some(counted(root?, &found)? && found.into_iter().eq(expected))
    }

    /// Root, document, items, papers, and then the elements at the top of each part: each names the one above it, and is
    /// there once.
    fn elements(&self, root: Option<&Object>) -> Option<bool> {
        let expected = self.parts.iter().flat_map(|(part, start)| {
            let kids = part.brings.tags.iter().flat_map(|tags| &tags.kids);
            kids.map(|kid| shifted(kid, *start)).collect::<Vec<_>>()
        });
        let below = |elements: Vec<Object>| {
            let kids = elements.iter().map(|element| self.kids_naming(Some(element), b"K", b"P"));
            Some(kids.collect::<Option<Vec<_>>>()?.concat())
        };
        let documents = self.kids_naming(root, b"K", b"P")?;
        let is_of_a_part =
            |element: &Object| element.as_reference().is_ok_and(|(number, _)| !self.is_new(number));
        // Headings stand before the papers, and before what is in them.
        let of_items = below(below(documents)?)?;
        let papers = of_items.into_iter().filter(|kid| self.is_paper(kid)).collect();
        let found = below(papers)?.into_iter().filter(is_of_a_part);
        Some(found.eq(expected))
    }

    /// The keys rise, each leads into the part that it belongs to, and the next one is free.
    fn parent_tree(&self, root: &Dictionary) -> Option<bool> {
        let tree = self.at(root.get(b"ParentTree").ok())?;
        let mut entries: Vec<(i64, Object)> = Vec::new();
        for leaf in tree.get(b"Kids").and_then(Object::as_array).ok()? {
            let pairs = self.pairs(leaf, b"Nums")?.into_iter();
            let of_leaf = pairs.map(|(key, entry)| Some((key.as_i64().ok()?, entry)));
            let of_leaf = of_leaf.collect::<Option<Vec<_>>>()?;
            let dictionary = self.at(Some(leaf))?;
            let limits = dictionary.get(b"Limits").and_then(Object::as_array).ok()?;
            let limits = limits.iter().map(|limit| limit.as_i64().ok());
            if !limits.eq([of_leaf.first(), of_leaf.last()].map(|entry| entry.map(|(key, _)| *key))) {
                return Some(false);
            }
            entries.extend(of_leaf);
        }
        let total: usize = self.tagged().map(|(_, tags)| tags.parents.len()).sum();
        let rise = entries.is_sorted_by(|(a, _), (b, _)| a < b);
        let next = root.get(b"ParentTreeNextKey").and_then(Object::as_i64).ok()?;
        let is_free = entries.last().is_none_or(|(key, _)| *key < next);
        let owners = self.tagged().filter(|(_, tags)| tags.next_key > 0);
        let owners = owners.map(|(part, _)| (part.1.keys, part)).collect();
        // What no part brings comes last.
        let end = self.parts.iter().map(|(part, start)| part.end(*start).keys).max().unwrap_or_default();
        let (of_parts, added) = entries.split_at(entries.partition_point(|(key, _)| *key < end));
        let at_home = of_parts.iter().all(|(key, entry)| self.leads_home(&owners, *key, entry))
            && added.iter().all(|(_, entry)| leads_to(entry, &|number| self.is_new(number)));
        Some(rise && is_free && at_home && of_parts.len() == total)
    }

    /// Tells whether an entry leads to objects of the part that has its key.
    fn leads_home(&self, owners: &BTreeMap<i64, &(&Part, Start)>, key: i64, entry: &Object) -> bool {
        let Some((_, (part, start))) = owners.range(..=key).next_back() else { return false };
        let own = start.objects + 1..=start.objects + part.count;
        leads_to(entry, &|number| own.contains(&number) || self.is_new(number))
    }

    /// Tells whether an object is of no part, but made for the packet.
    fn is_new(&self, number: u32) -> bool {
        number > self.last
    }

    /// No two elements have the same identifier.
    fn identifiers(&self, root: &Dictionary) -> Option<bool> {
        let total: usize = self.tagged().map(|(_, tags)| tags.ids.len()).sum();
        let names = root.get(b"IDTree").ok().and_then(|tree| self.pairs(tree, b"Names")).unwrap_or_default();
        let rise =
            names.is_sorted_by(|(a, _), (b, _)| matches!((a.as_str(), b.as_str()), (Ok(a), Ok(b)) if a < b));
        Some(rise && names.len() == total)
    }

    /// Each type means what it means in its part.
    fn types(&self, root: &Dictionary) -> Option<bool> {
        let roles = root.get(b"RoleMap").and_then(Object::as_dict).ok();
        let kept = |(name, role): &(Vec<u8>, Vec<u8>)| {
            roles.and_then(|roles| roles.get(name).and_then(Object::as_name).ok()) == Some(role.as_slice())
        };
        Some(self.tagged().flat_map(|(_, tags)| &tags.roles).all(kept))
    }

    fn tagged(&self) -> impl Iterator<Item = (&(&'a Part, Start), &'a Tags)> {
        self.parts.iter().filter_map(|part| Some((part, part.0.brings.tags.as_ref()?)))
    }

    /// What hangs below an object, if all of it names that object as the one above.
    fn kids_naming(&self, parent: Option<&Object>, kids: &[u8], above: &[u8]) -> Option<Vec<Object>> {
        let kids = self.list(parent, kids)?;
        let names_it = |kid: &Object| self.at(Some(kid)).is_some_and(|kid| kid.get(above).ok() == parent);
        kids.iter().all(names_it).then_some(kids)
    }

    fn number(&self, object: &Object, key: &[u8]) -> Option<i64> {
        self.at(Some(object))?.get(key).and_then(Object::as_i64).ok()
    }

    fn is_paper(&self, element: &Object) -> bool {
        let element = self.at(Some(element));
        element.is_some_and(|element| element.get(b"S").and_then(Object::as_name).ok() == Some(b"Part"))
    }

    fn pairs(&self, object: &Object, key: &[u8]) -> Option<Vec<(Object, Object)>> {
        let mut list = self.list(Some(object), key)?.into_iter();
        let mut pairs = Vec::new();
        while let Some(first) = list.next() {
            pairs.push((first, list.next()?));
        }
        Some(pairs)
    }

    fn list(&self, object: Option<&Object>, key: &[u8]) -> Option<Vec<Object>> {
        match self.at(object)?.remove(key)? {
            Object::Array(list) => Some(list),
            _ => None,
        }
    }

    fn at(&self, reference: Option<&Object>) -> Option<Dictionary> {
        match self.builder.read(reference?.as_reference().ok()?.0)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }
}

/// Tells whether an entry of the parent tree leads to such objects only.
fn leads_to(entry: &Object, is_meant: &dyn Fn(u32) -> bool) -> bool {
    let is_sound = |object: &Object| match object {
        Object::Reference((number, _)) => is_meant(*number),
        other => other.is_null(),
    };
    match entry {
        Object::Array(elements) => elements.iter().all(is_sound),
        element => is_sound(element),
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, ObjectId, dictionary};

    use super::super::assemble::{Item, Packed, PaperMark, Plan, Section, assemble};
    use super::super::builder::CodedObject;
    use super::*;
    use crate::pdf::scans::{Labels, scan};

    /// A scan whose element has an identifier, and whose tree maps a type.
    fn part(slug: &str) -> Part {
        let image = image::GrayImage::from_pixel(40, 60, image::Luma([9]));
        let mut png = std::io::Cursor::new(Vec::new());
        image.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let labels = Labels { title: slug, alt: slug, author: "", date: None };
        let mut document = Document::load_mem(&scan(png.get_ref(), &labels).unwrap().pdf).unwrap();
        at(&mut document, &["StructTreeRoot", "K"]).set("ID", Object::string_literal("Figur"));
        at(&mut document, &["StructTreeRoot"]).set("RoleMap", dictionary! { "Strong" => "Span" });
        let mut pdf = Vec::new();
        document.save_to(&mut pdf).unwrap();
        Part::read(&pdf, slug).unwrap()
    }

    /// What is wrong with a packet of two papers after this was done to it.
    fn defects_after(change: impl FnOnce(&mut Document)) -> Vec<String> {
        let (front, stamps, papers) = (part("front"), part("stamps"), [part("a"), part("b")]);
        let items = [("1", 2), ("2", 3)].map(|(number, page)| Item {
            depth: 0,
            title: number.into(),
            slug: format!("top-{number}"),
            papers: vec![PaperMark { title: number.into(), page, begins_item: true, item: number.into() }],
        });
        let plan = Plan {
            front: &front,
            stamps: std::slice::from_ref(&stamps),
            sections: vec![Section { title: "Teil".into(), divider: None, items: items.into() }],
            packed: Packed::new(&papers),
            labels: ["1", "2", "3"].map(Into::into).into(),
            has_lasting_labels: false,
            others: Vec::new(),
            identity: "00".into(),
        };
        let parts = [vec![(&front, plan.packed.end)], plan.packed.papers.clone()].concat();
        let made = assemble(plan);
        assert_eq!(made.defects, Vec::<String>::new());
        let mut document = Document::load_mem(&made.bytes).unwrap();
        change(&mut document);
        let catalog = document.catalog().unwrap().clone();
        let objects = document.objects.iter();
        let objects = objects.map(|((number, _), object)| (*number, CodedObject::new(object)));
        defects(&Builder::new(objects, document.max_id), &catalog, &parts)
    }

    /// What lies on this way from the catalog; of a list its last.
    fn at<'a>(document: &'a mut Document, way: &[&str]) -> &'a mut Dictionary {
        let id = way.iter().fold(id(document, document.trailer.get(b"Root").unwrap()), |from, key| {
            id(document, document.get_dictionary(from).unwrap().get(key.as_bytes()).unwrap())
        });
        document.get_dictionary_mut(id).unwrap()
    }

    fn id(document: &Document, object: &Object) -> ObjectId {
        match document.dereference(object).unwrap().1 {
            Object::Array(list) => list.last().unwrap().as_reference().unwrap(),
            _ => object.as_reference().unwrap(),
        }
    }

    fn list<'a>(dictionary: &'a mut Dictionary, key: &str) -> &'a mut Vec<Object> {
        dictionary.get_mut(key.as_bytes()).and_then(Object::as_array_mut).unwrap()
    }

    #[test]
    fn what_joins_the_parts_is_looked_at() {
        assert_eq!(defects_after(|_| ()), Vec::<String>::new());
        let pages: [fn(&mut Document); 4] = [
            |document| list(at(document, &["Pages"]), "Kids").swap(0, 1),
            |document| at(document, &["Pages"]).set("Count", 4),
            |document| drop(at(document, &["Pages", "Kids", "Kids"]).remove(b"Parent")),
            |document| list(at(document, &["Pages", "Kids"]), "Kids").clear(),
        ];
        for change in pages {
            assert_eq!(
                defects_after(change),
                ["Der Seitenbaum der Mappe hat nicht jede Seite an ihrer Stelle."]
            );
        }
        let item = ["StructTreeRoot", "K", "K"];
        let paper = ["StructTreeRoot", "K", "K", "K"];
        let elements: [&dyn Fn(&mut Document); 4] = [
            &|document| drop(list(at(document, &item[..2]), "K").pop()),
            &|document| list(at(document, &item), "K").clear(),
            &|document| drop(at(document, &paper).remove(b"P")),
            &|document| {
                let kids = list(at(document, &paper), "K");
                kids.extend(kids.clone());
            },
        ];
        for change in elements {
            assert_eq!(
                defects_after(change),
                ["Der Strukturbaum der Mappe hat nicht jede Unterlage an ihrer Stelle."]
            );
        }
        let leaf = ["StructTreeRoot", "ParentTree", "Kids"];
        let parents: [&dyn Fn(&mut Document); 5] = [
            &|document| at(document, &leaf[..1]).set("ParentTreeNextKey", 2),
            &|document| list(at(document, &leaf[..2]), "Kids").swap(0, 1),
            &|document| list(at(document, &leaf), "Limits")[1] = 7.into(),
            &|document| drop(list(at(document, &leaf[..2]), "Kids").pop()),
            // The entry of another part.
            &|document| {
                let first = list(at(document, &leaf[..2]), "Kids")[0].as_reference().unwrap();
                let entry = list(document.get_dictionary_mut(first).unwrap(), "Nums")[1].clone();
                list(at(document, &leaf), "Nums")[1] = entry;
            },
        ];
        for change in parents {
            assert_eq!(defects_after(change), ["Der ParentTree der Mappe ist fehlerhaft."]);
        }
        let identifiers: [fn(&mut Document); 2] = [
            |document| drop(at(document, &["StructTreeRoot"]).remove(b"IDTree")),
            |document| list(at(document, &["StructTreeRoot", "IDTree"]), "Names").swap(0, 2),
        ];
        for change in identifiers {
            assert_eq!(
                defects_after(change),
                ["Im IDTree der Mappe fehlen Elemente, oder zwei haben dieselbe /ID."]
            );
        }
        let roles = |document: &mut Document| {
            at(document, &["StructTreeRoot"]).set("RoleMap", dictionary! { "Strong" => "P" });
        };
        assert_eq!(defects_after(roles), ["Ein Strukturtyp hat in zwei Unterlagen verschiedene Bedeutung."]);
        let all = |document: &mut Document| {
            let root = document.trailer.get(b"Root").unwrap().as_reference().unwrap();
            document.get_dictionary_mut(root).unwrap().remove(b"StructTreeRoot");
        };
        assert_eq!(defects_after(all), ["Der Strukturbaum fehlt."]);
    }
}
