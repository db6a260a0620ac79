//! The structure tree of a packet: the trees of its parts, each below an element of its own.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat, dictionary, text_string};

use super::builder::Builder;
use super::numbering::{Start, reference, shifted};
use super::part::{Part, Tags};

/// The structure tree of a packet in the making.
pub(super) struct Tree {
    root: u32,
    document: u32,
    /// The items with tagged papers: the element of each, and those below it.
    items: Vec<(u32, Vec<Object>)>,
    /// The title of an item that has no element yet.
    pending: Option<String>,
    roles: BTreeMap<Vec<u8>, Vec<u8>>,
    classes: BTreeMap<Vec<u8>, Object>,
    namespaces: Vec<Object>,
    /// A leaf of the parent tree for each part, by its first key.
    leaves: BTreeMap<i64, Object>,
    ids: BTreeMap<Vec<u8>, u32>,
    next_key: i64,
}

impl Tree {
    /// An empty tree.
    pub(super) fn new(builder: &mut Builder) -> Self {
        Self {
            root: builder.add(Object::Null),
            document: builder.add(Object::Null),
            items: Vec::new(),
            pending: None,
            roles: BTreeMap::new(),
            classes: BTreeMap::new(),
            namespaces: Vec::new(),
            leaves: BTreeMap::new(),
            ids: BTreeMap::new(),
            next_key: 0,
        }
    }

    /// Begins an item. It gets an element with its first tagged paper.
    pub(super) fn item(&mut self, title: &str) {
        self.pending = Some(title.to_owned());
    }

    /// Adds the tree of a paper below the element of its item.
    pub(super) fn paper(&mut self, builder: &mut Builder, title: &str, part: &Part, start: Start) {
        let Some(tags) = &part.brings.tags else { return };
        if let Some(title) = self.pending.take() {
            self.items.push((builder.add(part_element(self.document, &title)), Vec::new()));
        }
        let Some((item, papers)) = self.items.last_mut() else { return };
        let kids: Vec<Object> = tags.kids.iter().map(|kid| shifted(kid, start)).collect();
        let mut dictionary = part_element(*item, title);
        dictionary.set("K", kids.clone());
        if let Some(language) = &part.language {
            dictionary.set("Lang", text_string(language));
        }
        let element = builder.add(dictionary);
        for kid in kids {
            if let Ok((number, _)) = kid.as_reference()
                && let Some(kid) = builder.dictionary(number)
            {
                kid.set("P", reference(element));
            }
        }
        papers.push(reference(element));
        self.roles.extend(tags.roles.iter().cloned());
        self.classes.extend(tags.classes.iter().map(|(name, class)| (name.clone(), shifted(class, start))));
        self.ids.extend(tags.ids.iter().map(|(id, number)| (id.clone(), number + start.objects)));
        self.leaf(builder, tags, start);
        self.namespaces.extend(tags.namespaces.iter().map(|space| shifted(space, start)));
        self.next_key = self.next_key.max(start.keys + tags.next_key);
    }

    /// Writes the tree down; returns the number of its root.
    pub(super) fn finish(self, builder: &mut Builder) -> u32 {
        let kids: Vec<Object> = self.items.iter().map(|(item, _)| reference(*item)).collect();
        for (item, papers) in self.items {
            if let Some(item) = builder.dictionary(item) {
                item.set("K", papers);
            }
        }
        let document = dictionary! {
            "Type" => "StructElem", "S" => "Document", "P" => reference(self.root), "K" => kids,
        };
        builder.set(self.document, document);
        let parents = builder.add(dictionary! { "Kids" => self.leaves.into_values().collect::<Vec<_>>() });
        let mut root = dictionary! {
            "Type" => "StructTreeRoot",
            "K" => vec![reference(self.document)],
            "ParentTree" => reference(parents),
            "ParentTreeNextKey" => self.next_key,
        };
        if !self.ids.is_empty() {
            let pairs = self
                .ids
                .into_iter()
                .flat_map(|(id, element)| [Object::String(id, StringFormat::Literal), reference(element)]);
            let ids = builder.add(dictionary! { "Names" => pairs.collect::<Vec<_>>() });
            root.set("IDTree", reference(ids));
        }
        if !self.roles.is_empty() {
            let roles = self.roles.into_iter().map(|(own, role)| (own, Object::Name(role)));
            root.set("RoleMap", roles.collect::<Dictionary>());
        }
        if !self.classes.is_empty() {
            root.set("ClassMap", self.classes.into_iter().collect::<Dictionary>());
        }
        if !self.namespaces.is_empty() {
            root.set("Namespaces", self.namespaces);
        }
        builder.set(self.root, root);
        self.root
    }

    /// Adds the entries of a part to the parent tree.
    fn leaf(&mut self, builder: &mut Builder, tags: &Tags, start: Start) {
        let mut entries: BTreeMap<i64, Object> = BTreeMap::new();
        entries.extend(tags.parents.iter().map(|(key, entry)| (key + start.keys, shifted(entry, start))));
        let (Some(first), Some(last)) = (entries.keys().next().copied(), entries.keys().last().copied())
        else {
            return;
        };
        let pairs: Vec<Object> = entries.into_iter().flat_map(|(key, entry)| [key.into(), entry]).collect();
        let leaf = builder.add(dictionary! { "Limits" => vec![first.into(), last.into()], "Nums" => pairs });
        self.leaves.insert(first, reference(leaf));
    }
}

fn part_element(parent: u32, title: &str) -> Dictionary {
    dictionary! { "Type" => "StructElem", "S" => "Part", "P" => reference(parent), "T" => text_string(title) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::assemble::Packed;
    use crate::bind::sample::{at, list, number, part, text, untagged};

    #[test]
    fn each_part_hangs_below_its_paper_and_its_item_with_names_of_its_own() {
        let parts = [part("a"), untagged("b"), part("c")];
        let packed = Packed::new(&parts);
        let starts: Vec<Start> = packed.papers.iter().map(|(_, start)| *start).collect();
        let mut builder = packed.builder();
        let mut tree = Tree::new(&mut builder);
        for (title, of_item) in [("1 Haushalt", &[0, 1][..]), ("2 Mitteilungen", &[1]), ("3 Radweg", &[2])] {
            tree.item(title);
            for at in of_item {
                tree.paper(&mut builder, "Vorlage", &parts[*at], starts[*at]);
            }
        }
        let root = tree.finish(&mut builder);
        let kids = |of: u32| -> Vec<u32> {
            list(at(&builder, of), "K").iter().map(|kid| kid.as_reference().unwrap().0).collect()
        };
        let root_entry = at(&builder, root);
        let document = kids(root)[0];
        // An item without tagged papers has no element.
        let titles: Vec<String> = kids(document).iter().map(|item| text(at(&builder, *item), "T")).collect();
        assert_eq!(titles, ["1 Haushalt", "3 Radweg"]);
        let mut leaves = list(at(&builder, number(root_entry, "ParentTree")), "Kids").iter();
        for (item, (slug, start)) in kids(document).into_iter().zip([("a", starts[0]), ("c", starts[2])]) {
            let paper = kids(item)[0];
            assert_eq!((number(at(&builder, paper), "P"), number(at(&builder, item), "P")), (item, document));
            assert_eq!(text(at(&builder, paper), "Lang"), "nds");
            let element = kids(paper)[0];
            assert_eq!(number(at(&builder, element), "P"), paper);
            assert_eq!(
                at(&builder, element).get(b"S").unwrap().as_name().unwrap(),
                format!("Absatz-{slug}").as_bytes()
            );
            let leaf = leaves.next().unwrap().as_reference().unwrap().0;
            let entry: [Object; 2] = [start.keys.into(), vec![reference(element)].into()];
            assert_eq!(list(at(&builder, leaf), "Nums"), entry);
            assert_eq!(list(at(&builder, leaf), "Limits"), [start.keys.into(), start.keys.into()]);
        }
        assert_eq!(root_entry.get(b"ParentTreeNextKey").unwrap(), &Object::Integer(2));
        let names = |key: &str| -> Vec<String> {
            let names = root_entry.get(key.as_bytes()).unwrap().as_dict().unwrap().iter();
            names.map(|(name, _)| String::from_utf8(name.clone()).unwrap()).collect()
        };
        assert_eq!(names("RoleMap"), ["Absatz-a", "Absatz-c"]);
        assert_eq!(names("ClassMap"), ["Klasse-a", "Klasse-c"]);
        let ids = list(at(&builder, number(root_entry, "IDTree")), "Names");
        assert_eq!([&ids[0], &ids[2]].map(|id| id.as_str().unwrap()), [&b"a.erster"[..], b"c.erster"]);
    }

    #[test]
    fn a_packet_without_tagged_papers_has_an_empty_tree() {
        let mut builder = Packed::new([]).builder();
        let root = Tree::new(&mut builder).finish(&mut builder);
        let document = list(at(&builder, root), "K")[0].as_reference().unwrap().0;
        assert_eq!(list(at(&builder, document), "K"), []);
        assert!(!at(&builder, root).has(b"IDTree") && !at(&builder, root).has(b"RoleMap"));
    }
}
