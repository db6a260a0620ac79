//! What parts have beside their pages and their structure, and a packet has once: names, the form, the layers.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat, dictionary, text_string};

use super::builder::Builder;
use super::numbering::{Start, reference, shift_all, shifted};
use super::part::Part;

/// Names of destinations and of attached files.
#[derive(Default)]
pub(super) struct Names {
    destinations: BTreeMap<Vec<u8>, Object>,
    files: BTreeMap<Vec<u8>, Object>,
}

impl Names {
    /// Adds a destination.
    pub(super) fn destination(&mut self, name: Vec<u8>, place: Object) {
        self.destinations.insert(name, place);
    }

    /// Adds the names of a part.
    pub(super) fn add(&mut self, part: &Part, start: Start) {
        let moved = |names: &BTreeMap<Vec<u8>, Object>| -> Vec<(Vec<u8>, Object)> {
            names.iter().map(|(name, value)| (name.clone(), shifted(value, start))).collect()
        };
        self.destinations.extend(moved(&part.brings.destinations));
        self.files.extend(moved(&part.brings.attachments));
    }

    /// The names as the catalog has them.
    pub(super) fn finish(self, builder: &mut Builder) -> Dictionary {
        let mut all = Dictionary::new();
        for (key, names) in [("Dests", self.destinations), ("EmbeddedFiles", self.files)] {
            if !names.is_empty() {
                let pairs = names
                    .into_iter()
                    .flat_map(|(name, value)| [Object::String(name, StringFormat::Literal), value]);
                let tree = builder.add(dictionary! { "Names" => pairs.collect::<Vec<_>>() });
                all.set(key, reference(tree));
            }
        }
        all
    }
}

/// The fields of all parts, those of each below one of its own, so that no two have the same name.
#[derive(Default)]
pub(super) struct Forms {
    fields: Vec<Object>,
    resources: Dictionary,
}

impl Forms {
    /// Adds the fields of a part.
    pub(super) fn add(&mut self, builder: &mut Builder, part: &Part, start: Start) {
        let Some(form) = &part.brings.form else { return };
        let group = builder.add(Object::Null);
        let kids: Vec<Object> = form.fields.iter().map(|field| shifted(field, start)).collect();
        for kid in &kids {
            if let Ok((number, _)) = kid.as_reference()
                && let Some(field) = builder.dictionary(number)
            {
                field.set("Parent", reference(group));
            }
        }
        let mut dictionary = form.inherited.clone();
        shift_all(&mut dictionary, start);
        // A full stop would end the name (ISO 32000-1, 12.7.3.2).
        dictionary.set("T", text_string(&part.slug().replace('.', "-")));
        dictionary.set("Kids", kids);
        builder.set(group, dictionary);
        self.fields.push(reference(group));
        for (kind, resources) in form.resources.iter() {
            self.resource(kind, shifted(resources, start));
        }
    }

    /// Of two resources with the same name the first stays; fonts have names of their own.
    fn resource(&mut self, kind: &[u8], new: Object) {
        match (self.resources.get_mut(kind), new) {
            (Ok(Object::Dictionary(known)), Object::Dictionary(new)) => {
                for (name, resource) in new {
                    if !known.has(&name) {
                        known.set(name, resource);
                    }
                }
            }
            (_, new) => self.resources.set(kind, new),
        }
    }

    /// Adds the form to the catalog, if there is one.
    pub(super) fn finish(self, catalog: &mut Dictionary) {
        if self.fields.is_empty() {
            return;
        }
        let mut form = dictionary! { "Fields" => self.fields };
        if !self.resources.is_empty() {
            form.set("DR", self.resources);
        }
        catalog.set("AcroForm", form);
    }
}

/// The layers of all parts.
#[derive(Default)]
pub(super) struct Groups {
    all: Vec<Object>,
    off: Vec<Object>,
    order: Vec<Object>,
    exclusive: Vec<Object>,
    locked: Vec<Object>,
    usage: Vec<Object>,
}

impl Groups {
    /// Adds the layers of a part, listed below its title.
    pub(super) fn add(&mut self, title: &str, part: &Part, start: Start) {
        let Some(layers) = &part.brings.layers else { return };
        let moved =
            |objects: &[Object]| objects.iter().map(|object| shifted(object, start)).collect::<Vec<_>>();
        self.all.extend(moved(&layers.all));
        self.off.extend(moved(&layers.off));
        self.exclusive.extend(moved(&layers.exclusive));
        self.locked.extend(moved(&layers.locked));
        self.usage.extend(moved(&layers.usage));
        let mut order = vec![text_string(title)];
        order.extend(moved(&layers.order));
        self.order.push(order.into());
    }

    /// Adds the layers to the catalog, if there are any.
    pub(super) fn finish(self, catalog: &mut Dictionary) {
        if self.all.is_empty() {
            return;
        }
        let mut settings = dictionary! { "Name" => text_string("Sitzungsmappe"), "Order" => self.order };
        for (key, objects) in
            [("OFF", self.off), ("RBGroups", self.exclusive), ("Locked", self.locked), ("AS", self.usage)]
        {
            if !objects.is_empty() {
                settings.set(key, objects);
            }
        }
        catalog.set("OCProperties", dictionary! { "OCGs" => self.all, "D" => settings });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::assemble::Packed;
    use crate::bind::sample::{at, list, number, part, text};

    #[test]
    fn names_of_two_parts_never_meet() {
        let parts = [part("a"), part("b")];
        let packed = Packed::new(&parts);
        let mut names = Names::default();
        packed.papers.iter().for_each(|(part, start)| names.add(part, *start));
        names.destination(b"top-1".to_vec(), Object::Null);
        let second = packed.papers[1].1;
        let mut builder = packed.builder();
        let all = names.finish(&mut builder);
        assert!(!all.has(b"EmbeddedFiles"));
        let pairs = list(&at(&builder, number(&all, "Dests")), "Names");
        let keys: Vec<&[u8]> = pairs.iter().step_by(2).map(|key| key.as_str().unwrap()).collect();
        assert_eq!(keys, [&b"a.ziel"[..], b"b.ziel", b"top-1"]);
        let page = reference(parts[1].brings.pages[0].number + second.objects);
        assert_eq!(pairs[3].as_array().unwrap()[0], page);
    }

    #[test]
    fn the_fields_of_each_part_hang_below_one_and_fonts_keep_apart() {
        let parts = [part("top-4.2-a"), part("b")];
        let packed = Packed::new(&parts);
        let papers = packed.papers.clone();
        let mut builder = packed.builder();
        let mut forms = Forms::default();
        papers.iter().for_each(|(part, start)| forms.add(&mut builder, part, *start));
        let mut catalog = Dictionary::new();
        forms.finish(&mut catalog);
        let form = catalog.get(b"AcroForm").unwrap().as_dict().unwrap();
        let groups: Vec<u32> = list(form, "Fields").iter().map(|one| one.as_reference().unwrap().0).collect();
        assert_eq!(
            [text(&at(&builder, groups[0]), "T"), text(&at(&builder, groups[1]), "T")],
            ["top-4-2-a", "b"]
        );
        for group in groups {
            let field = list(&at(&builder, group), "Kids")[0].as_reference().unwrap().0;
            assert_eq!(number(&at(&builder, field), "Parent"), group);
        }
        let resources = form.get(b"DR").unwrap().as_dict().unwrap();
        let fonts = resources.get(b"Font").unwrap().as_dict().unwrap();
        assert!(fonts.len() == 2 && fonts.has(b"top-4.2-a.Helv") && fonts.has(b"b.Helv"));
        assert_eq!(resources.get(b"ColorSpace").unwrap().as_dict().unwrap().len(), 1);
        Forms::default().finish(&mut catalog);
        let mut none = Dictionary::new();
        Forms::default().finish(&mut none);
        assert!(none.is_empty());
    }

    #[test]
    fn layers_are_listed_below_the_title_of_their_paper() {
        let parts = [part("a"), part("b")];
        let packed = Packed::new(&parts);
        let mut groups = Groups::default();
        for ((part, start), title) in packed.papers.iter().zip(["Lageplan", "Schnitt"]) {
            groups.add(title, part, *start);
        }
        let mut catalog = Dictionary::new();
        groups.finish(&mut catalog);
        let layers = catalog.get(b"OCProperties").unwrap().as_dict().unwrap();
        let settings = layers.get(b"D").unwrap().as_dict().unwrap();
        let all = list(layers, "OCGs");
        assert!(all.len() == 2 && all[0] != all[1]);
        assert_eq!(list(settings, "OFF"), all);
        assert!(!settings.has(b"Locked"));
        let order = [("Lageplan", &all[0]), ("Schnitt", &all[1])];
        let order = order.map(|(title, layer)| Object::Array(vec![text_string(title), layer.clone()]));
        assert_eq!(list(settings, "Order"), order);
        let mut none = Dictionary::new();
        Groups::default().finish(&mut none);
        assert!(none.is_empty());
    }
}
