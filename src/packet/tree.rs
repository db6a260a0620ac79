//! The structure tree of a packet: the trees of its parts, each below an element of its own.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat, dictionary, text_string};

use super::assemble::{Builder, Start, reference, shifted};
use super::part::Part;
use super::tags::Tags;
use crate::pdf;

/// The structure tree of a packet in the making.
pub struct Tree {
    root: u32,
    document: u32,
    /// The items with tagged papers: the element of each, and those below it.
    items: Vec<(u32, Vec<Object>)>,
    /// The title of an item that has no element yet.
    pending: Option<String>,
    roles: BTreeMap<Vec<u8>, Vec<u8>>,
    classes: BTreeMap<Vec<u8>, Object>,
    namespaces: Vec<Object>,
    /// A leaf of the parent tree for each part.
    leaves: Vec<Object>,
    ids: BTreeMap<Vec<u8>, u32>,
    next_key: i64,
}

impl Tree {
    /// An empty tree.
    pub fn new(builder: &mut Builder) -> Self {
        Self {
            root: builder.add(Object::Null),
            document: builder.add(Object::Null),
            items: Vec::new(),
            pending: None,
            roles: BTreeMap::new(),
            classes: BTreeMap::new(),
            namespaces: Vec::new(),
            leaves: Vec::new(),
            ids: BTreeMap::new(),
            next_key: 0,
        }
    }

    /// Begins an item. It gets an element with its first tagged paper.
    pub fn item(&mut self, title: &str) {
        self.pending = Some(title.to_owned());
    }

    /// Adds the tree of a paper below the element of its item.
    pub fn paper(&mut self, builder: &mut Builder, title: &str, part: &Part, start: Start) {
        let Some(tags) = &part.tags else { return };
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
        self.elements(builder, part.slug(), tags, start);
        self.leaf(builder, tags, start);
        self.namespaces.extend(tags.namespaces.iter().map(|space| shifted(space, start)));
        self.next_key = start.keys + tags.next_key;
    }

    /// Writes the tree down; returns the number of its root.
    pub fn finish(self, builder: &mut Builder) -> u32 {
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
        let parents = builder.add(dictionary! { "Kids" => self.leaves });
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

    /// Gives the elements of a part types and classes that mean here what they meant there, and notes their identifiers.
    fn elements(&mut self, builder: &mut Builder, slug: &str, tags: &Tags, start: Start) {
        let roles = self.renamed_roles(slug, &tags.roles);
        let classes = self.renamed_classes(slug, tags, start);
        for number in &tags.elements {
            let number = number + start.objects;
            let Some(element) = builder.dictionary(number) else { continue };
            // What has a namespace is told by that.
            if !element.has(b"NS") {
                rename(element, b"S", &roles);
            }
            rename(element, b"C", &classes);
            if let Ok(id) = element.get(b"ID").and_then(Object::as_str) {
                self.ids.insert(id.to_vec(), number);
            }
        }
    }

    /// Adds the types of a part. One that another part uses in another sense, or that changes a standard type, gets a name
    /// of its own.
    fn renamed_roles(&mut self, slug: &str, roles: &[(Vec<u8>, Vec<u8>)]) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut renamed = BTreeMap::new();
        for (own, role) in roles {
            let taken = self.roles.get(own).is_some_and(|known| known != role);
            if taken || pdf::is_standard_type(own) {
                renamed.insert(own.clone(), own_name(own, slug));
            }
        }
        let new = |name: &Vec<u8>| renamed.get(name).unwrap_or(name).clone();
        for (own, role) in roles {
            // A type that is mapped to itself stays what it is.
            let role = if own == role { role.clone() } else { new(role) };
            self.roles.insert(new(own), role);
        }
        renamed
    }

    fn renamed_classes(&mut self, slug: &str, tags: &Tags, start: Start) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut renamed = BTreeMap::new();
        for (name, class) in &tags.classes {
            let mut own = name.clone();
            if self.classes.contains_key(name) {
                own = own_name(name, slug);
                renamed.insert(name.clone(), own.clone());
            }
            self.classes.insert(own, shifted(class, start));
        }
        renamed
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
        self.leaves.push(reference(leaf));
    }
}

fn part_element(parent: u32, title: &str) -> Dictionary {
    dictionary! { "Type" => "StructElem", "S" => "Part", "P" => reference(parent), "T" => text_string(title) }
}

fn own_name(name: &[u8], slug: &str) -> Vec<u8> {
    [name, b"-", slug.as_bytes()].concat()
}

/// Replaces a name, or the names in an array.
fn rename(element: &mut Dictionary, key: &[u8], renamed: &BTreeMap<Vec<u8>, Vec<u8>>) {
    let one = |object: &mut Object| {
        if let Object::Name(name) = object
            && let Some(new) = renamed.get(name)
        {
            *name = new.clone();
        }
    };
    match element.get_mut(key) {
        Ok(Object::Array(names)) => names.iter_mut().for_each(one),
        Ok(name) => one(name),
        Err(_) => {}
    }
}
