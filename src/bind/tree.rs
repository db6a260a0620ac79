//! The structure tree of a packet: the trees of its parts, each below an element of its own that begins with a heading.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat, dictionary, text_string};

use super::builder::Builder;
use super::numbering::{Start, reference, shifted};
use super::page_tree::Placed;
use super::part::{Part, Tags};

/// The structure tree of a packet in the making.
pub(super) struct Tree {
    root: u32,
    document: u32,
    /// The items with papers.
    items: Vec<ItemElement>,
    /// The title of an item that has no element yet.
    pending: Option<String>,
    roles: BTreeMap<Vec<u8>, Vec<u8>>,
    classes: BTreeMap<Vec<u8>, Object>,
    namespaces: Vec<Object>,
    /// A leaf of the parent tree for each part, by its first key.
    leaves: BTreeMap<i64, Object>,
    ids: BTreeMap<Vec<u8>, u32>,
    /// Entries of the parent tree that no part brings.
    added: BTreeMap<i64, Object>,
    next_key: i64,
}

/// The element of an item.
struct ItemElement {
    number: u32,
    title: String,
    kids: Vec<Object>,
}

/// The first page of a paper. The stamp there is its heading, and leads back to the agenda.
pub(super) struct Opening {
    /// The page.
    pub page: Placed,
    /// The number of the first heading among the marked content of the page.
    pub mark: u32,
    /// What the heading says.
    pub heading: String,
    /// Where on the agenda the paper stands, and what is said of the way there.
    pub back: Option<(Object, String)>,
}

impl Tree {
    /// An empty tree. No part has this key of the parent tree, or a greater one.
    pub(super) fn new(builder: &mut Builder, free_key: i64) -> Self {
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
            added: BTreeMap::new(),
            next_key: free_key,
        }
    }

    /// Begins an item. It gets an element with its first paper.
    pub(super) fn item(&mut self, title: &str) {
        self.pending = Some(title.to_owned());
    }

    /// Adds the tree of a paper below the element of its item, and before it the heading on its first page. A paper that has
    /// neither is left out.
    pub(super) fn paper(
        &mut self,
        builder: &mut Builder,
        title: &str,
        (part, start): (&Part, Start),
        opening: Option<&Opening>,
    ) {
        let tags = part.brings.tags.as_ref();
        if tags.is_none() && opening.is_none() {
            return;
        }
        if let Some(title) = self.pending.take() {
            let number = builder.add(part_element(self.document, &title));
            self.items.push(ItemElement { number, title, kids: Vec::new() });
        }
        let Some(item) = self.items.last().map(|item| item.number) else { return };
        let element = builder.add(Object::Null);
        let mut parents = tags.map(|tags| parents(tags, start)).unwrap_or_default();
        let mut kids = Vec::new();
        if let Some(opening) = opening {
            kids.push(self.headings(builder, element, opening, &mut parents));
        }
        if let Some(tags) = tags {
            kids.extend(self.tags(builder, element, tags, start));
        }
        self.leaf(builder, parents);
        let mut dictionary = part_element(item, title);
        dictionary.set("K", kids);
        if let Some(language) = &part.language {
            dictionary.set("Lang", text_string(language));
        }
        builder.set(element, dictionary);
        self.below_item(element);
    }

    /// Hangs the elements at the top of a part below an element; returns them.
    fn tags(&mut self, builder: &mut Builder, element: u32, tags: &Tags, start: Start) -> Vec<Object> {
        let kids: Vec<Object> = tags.kids.iter().map(|kid| shifted(kid, start)).collect();
        for kid in &kids {
            if let Ok((number, _)) = kid.as_reference()
                && let Some(kid) = builder.dictionary(number)
            {
                kid.set("P", reference(element));
            }
        }
        self.roles.extend(tags.roles.iter().cloned());
        self.classes.extend(tags.classes.iter().map(|(name, class)| (name.clone(), shifted(class, start))));
        self.ids.extend(tags.ids.iter().map(|(id, number)| (id.clone(), number + start.objects)));
        self.namespaces.extend(tags.namespaces.iter().map(|space| shifted(space, start)));
        kids
    }

    /// Makes the headings on the first page of a paper: that of its item, if it begins there, and its own, which it returns.
    fn headings(
        &mut self,
        builder: &mut Builder,
        paper: u32,
        opening: &Opening,
        parents: &mut BTreeMap<i64, Object>,
    ) -> Object {
        let page = opening.page.number;
        let mut mark = opening.mark;
        let mut holders = vec![Object::Null; mark as usize];
        let item = self.items.last().filter(|_| opening.page.role.begins_item());
        if let Some(item) = item {
            let content = marked_content(page, mark);
            let heading = builder.add(heading("H1", item.number, &item.title, content));
            holders.push(reference(heading));
            mark += 1;
            self.below_item(heading);
        }
        let own = builder.add(Object::Null);
        let content = match self.way_back(builder, own, opening, mark) {
            Some(link) => reference(link),
            None => marked_content(page, mark),
        };
        holders.push(if content.as_reference().is_ok() { content.clone() } else { reference(own) });
        builder.set(own, heading("H2", paper, &opening.heading, content));
        self.hold(builder, page, holders, parents);
        reference(own)
    }

    /// Makes the stamp of a paper a link to its line of the agenda; returns the element that holds it.
    fn way_back(&mut self, builder: &mut Builder, heading: u32, opening: &Opening, mark: u32) -> Option<u32> {
        let (line, words) = opening.back.as_ref()?;
        let page = opening.page.number;
        let key = self.free_key();
        let annotation = builder.add(dictionary! {
            "Type" => "Annot", "Subtype" => "Link", "P" => reference(page), "F" => 4, "Dest" => line.clone(),
            "Rect" => opening.page.stamp.map(Object::Real).to_vec(), "Border" => vec![0.into(), 0.into(), 0.into()],
            "Contents" => text_string(words), "StructParent" => key,
        });
        let object =
            dictionary! { "Type" => "OBJR", "Obj" => reference(annotation), "Pg" => reference(page) };
        let link = builder.add(dictionary! {
            "Type" => "StructElem", "S" => "Link", "P" => reference(heading),
            "K" => vec![marked_content(page, mark), object.into()],
        });
        self.added.insert(key, reference(link));
        let page = builder.dictionary(page)?;
        let mut annotations = page.get(b"Annots").and_then(Object::as_array).cloned().unwrap_or_default();
        annotations.push(reference(annotation));
        page.set("Annots", annotations);
        page.set("Tabs", "S");
        Some(link)
    }

    /// Enters into the parent tree which elements hold the marked content of a page, behind what its part says of it.
    fn hold(
        &mut self,
        builder: &mut Builder,
        page: u32,
        holders: Vec<Object>,
        parents: &mut BTreeMap<i64, Object>,
    ) {
        let Some(page) = builder.dictionary(page) else { return };
        let key = page.get(b"StructParents").and_then(Object::as_i64).ok();
        match key.and_then(|key| parents.get_mut(&key)) {
            Some(Object::Array(known)) => {
                let before = known.len();
                known.extend(holders.into_iter().skip(before));
            }
            _ => {
                let key = self.next_key;
                self.next_key += 1;
                page.set("StructParents", key);
                self.added.insert(key, holders.into());
            }
        }
    }

    fn free_key(&mut self) -> i64 {
        self.next_key += 1;
        self.next_key - 1
    }

    fn below_item(&mut self, element: u32) {
        if let Some(item) = self.items.last_mut() {
            item.kids.push(reference(element));
        }
    }

    /// Writes the tree down; returns the number of its root.
    pub(super) fn finish(mut self, builder: &mut Builder) -> u32 {
        let added = std::mem::take(&mut self.added);
        self.leaf(builder, added);
        let kids: Vec<Object> = self.items.iter().map(|item| reference(item.number)).collect();
        for ItemElement { number, kids, .. } in self.items {
            if let Some(item) = builder.dictionary(number) {
                item.set("K", kids);
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

    /// Adds entries to the parent tree.
    fn leaf(&mut self, builder: &mut Builder, entries: BTreeMap<i64, Object>) {
        let (Some(first), Some(last)) = (entries.keys().next().copied(), entries.keys().last().copied())
        else {
            return;
        };
        let pairs: Vec<Object> = entries.into_iter().flat_map(|(key, entry)| [key.into(), entry]).collect();
        let leaf = builder.add(dictionary! { "Limits" => vec![first.into(), last.into()], "Nums" => pairs });
        self.leaves.insert(first, reference(leaf));
    }
}

/// The entries of a part in the parent tree.
fn parents(tags: &Tags, start: Start) -> BTreeMap<i64, Object> {
    tags.parents.iter().map(|(key, entry)| (key + start.keys, shifted(entry, start))).collect()
}

/// A heading that says more than the stamp which it is.
fn heading(kind: &str, parent: u32, text: &str, content: Object) -> Dictionary {
    dictionary! {
        "Type" => "StructElem", "S" => kind, "P" => reference(parent), "ActualText" => text_string(text),
        "K" => vec![content],
    }
}

fn marked_content(page: u32, mark: u32) -> Object {
    dictionary! { "Type" => "MCR", "Pg" => reference(page), "MCID" => i64::from(mark) }.into()
}

fn part_element(parent: u32, title: &str) -> Dictionary {
    dictionary! { "Type" => "StructElem", "S" => "Part", "P" => reference(parent), "T" => text_string(title) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::assemble::Packed;
    use crate::bind::sample::{at, list, name, number, part, text, untagged};
    use crate::bind::stamp::StampRole;

    #[test]
    fn each_part_hangs_below_its_paper_and_its_item_with_names_of_its_own() {
        let parts = [part("a"), untagged("b"), part("c")];
        let packed = Packed::new(&parts);
        let starts: Vec<Start> = packed.papers.iter().map(|(_, start)| *start).collect();
        let mut builder = packed.builder();
        let mut tree = Tree::new(&mut builder, 2);
        for (title, of_item) in [("1 Haushalt", &[0, 1][..]), ("2 Mitteilungen", &[1]), ("3 Radweg", &[2])] {
            tree.item(title);
            for at in of_item {
                tree.paper(&mut builder, "Vorlage", (&parts[*at], starts[*at]), None);
            }
        }
        let root = tree.finish(&mut builder);
        let kids = |of: u32| -> Vec<u32> {
            list(&at(&builder, of), "K").iter().map(|kid| kid.as_reference().unwrap().0).collect()
        };
        let root_entry = at(&builder, root);
        let document = kids(root)[0];
        // An item without tagged papers has no element.
        let titles: Vec<String> = kids(document).iter().map(|item| text(&at(&builder, *item), "T")).collect();
        assert_eq!(titles, ["1 Haushalt", "3 Radweg"]);
        let mut leaves = list(&at(&builder, number(&root_entry, "ParentTree")), "Kids").into_iter();
        for (item, (slug, start)) in kids(document).into_iter().zip([("a", starts[0]), ("c", starts[2])]) {
            let paper = kids(item)[0];
            assert_eq!(
                (number(&at(&builder, paper), "P"), number(&at(&builder, item), "P")),
                (item, document)
            );
            assert_eq!(text(&at(&builder, paper), "Lang"), "nds");
            let element = kids(paper)[0];
            assert_eq!(number(&at(&builder, element), "P"), paper);
            assert_eq!(
                at(&builder, element).get(b"S").unwrap().as_name().unwrap(),
                format!("Absatz-{slug}").as_bytes()
            );
            let leaf = leaves.next().unwrap().as_reference().unwrap().0;
            let entry: [Object; 2] = [start.keys.into(), vec![reference(element)].into()];
            assert_eq!(list(&at(&builder, leaf), "Nums"), entry);
            assert_eq!(list(&at(&builder, leaf), "Limits"), [start.keys.into(), start.keys.into()]);
        }
        assert_eq!(root_entry.get(b"ParentTreeNextKey").unwrap(), &Object::Integer(2));
        let names = |key: &str| -> Vec<String> {
            let names = root_entry.get(key.as_bytes()).unwrap().as_dict().unwrap().iter();
            names.map(|(name, _)| String::from_utf8(name.clone()).unwrap()).collect()
        };
        assert_eq!(names("RoleMap"), ["Absatz-a", "Absatz-c"]);
        assert_eq!(names("ClassMap"), ["Klasse-a", "Klasse-c"]);
        let ids = list(&at(&builder, number(&root_entry, "IDTree")), "Names");
        assert_eq!([&ids[0], &ids[2]].map(|id| id.as_str().unwrap()), [&b"a.erster"[..], b"c.erster"]);
    }

    #[test]
    fn a_paper_begins_with_a_heading_that_leads_back_and_an_item_with_another() {
        let parts = [part("a"), untagged("b")];
        let packed = Packed::new(&parts);
        let starts: Vec<Start> = packed.papers.iter().map(|(_, start)| *start).collect();
        let mut builder = packed.builder();
        let mut tree = Tree::new(&mut builder, 7);
        tree.item("1 Haushalt");
        let mut pages = Vec::new();
        for (part, start, item) in [(&parts[0], starts[0], true), (&parts[1], starts[1], false)] {
            let mark = part.free_mark.unwrap();
            let number = part.brings.pages[0].number + start.objects;
            let mut page = Placed::of(number);
            page.role = StampRole::Heading { item, mark: Some(mark) };
            let back = Some((Object::Null, "Zurück".to_owned()));
            let opening = Opening { page, mark, heading: "Vorlage".into(), back };
            tree.paper(&mut builder, "Vorlage", (part, start), Some(&opening));
            pages.push(number);
        }
        let root = tree.finish(&mut builder);
        let kids = |of: u32| -> Vec<u32> {
            list(&at(&builder, of), "K").iter().filter_map(|kid| Some(kid.as_reference().ok()?.0)).collect()
        };
        let kind = |of: u32| name(&at(&builder, of), "S");
        let item = kids(kids(root)[0])[0];
        let [of_item, first, second] = kids(item)[..] else { panic!("{:?}", kids(item)) };
        assert_eq!([kind(of_item), text(&at(&builder, of_item), "ActualText")], ["H1", "1 Haushalt"]);
        let headings = [first, second].map(|paper| kids(paper)[0]);
        let links = headings.map(|heading| kids(heading)[0]);
        for (heading, link) in headings.into_iter().zip(links) {
            assert_eq!([kind(heading), kind(link)], ["H2", "Link"]);
            assert_eq!(text(&at(&builder, heading), "ActualText"), "Vorlage");
        }
        // The tagged page has its marked content and then the headings; the other one the heading behind what it may have.
        let leaves = list(&at(&builder, number(&at(&builder, root), "ParentTree")), "Kids");
        let leaves = leaves.iter().map(|leaf| list(&at(&builder, leaf.as_reference().unwrap().0), "Nums"));
        let entries: BTreeMap<i64, Object> = leaves
            .flat_map(|leaf| {
                let pairs = leaf.chunks(2).map(|pair| (pair[0].as_i64().unwrap(), pair[1].clone()));
                pairs.collect::<Vec<_>>()
            })
            .collect();
        let element = kids(first)[1];
        let of_page = |page: u32| {
            let key = at(&builder, page).get(b"StructParents").and_then(Object::as_i64).unwrap();
            entries[&key].as_array().unwrap().clone()
        };
        assert_eq!(of_page(pages[0]), [element, of_item, links[0]].map(reference));
        assert_eq!(of_page(pages[1]), [Object::Null, reference(links[1])]);
        for (page, link) in pages.into_iter().zip(links) {
            let annotation = list(&at(&builder, page), "Annots").last().unwrap().as_reference().unwrap().0;
            assert_eq!(text(&at(&builder, annotation), "Contents"), "Zurück");
            let key = at(&builder, annotation).get(b"StructParent").and_then(Object::as_i64).unwrap();
            assert_eq!(entries[&key], reference(link));
        }
        let next = at(&builder, root).get(b"ParentTreeNextKey").and_then(Object::as_i64).unwrap();
        assert!(entries.keys().all(|key| *key < next) && entries.len() == 4);
    }

    #[test]
    fn a_packet_without_tagged_papers_has_an_empty_tree() {
        let mut builder = Packed::new([]).builder();
        let root = Tree::new(&mut builder, 0).finish(&mut builder);
        let document = list(&at(&builder, root), "K")[0].as_reference().unwrap().0;
        assert_eq!(list(&at(&builder, document), "K"), []);
        assert!(!at(&builder, root).has(b"IDTree") && !at(&builder, root).has(b"RoleMap"));
    }
}
