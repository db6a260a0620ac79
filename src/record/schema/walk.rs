//! The fields of a form side by side with what a record has for them: whoever looks through a record by its form does it
//! with this.

use std::ops::Range;

use super::{Field, FieldKind};
use crate::toml_tree::{Node, Step, TableEntry};

/// A field of a form, and what a record has for it.
#[derive(Debug, Clone, Copy)]
pub struct Filled<'a> {
    /// The field.
    pub field: &'a Field,
    /// The value; none where the record has none.
    pub node: Option<&'a Node>,
    key_span: Option<&'a Range<usize>>,
}

impl<'a> Filled<'a> {
    /// Takes a field with its value.
    pub fn new(field: &'a Field, node: Option<&'a Node>) -> Self {
        Self { field, node, key_span: None }
    }

    /// Takes a field with the entry of the record that holds its value.
    pub fn of_entry(field: &'a Field, entry: &'a TableEntry) -> Self {
        Self { field, node: Some(&entry.node), key_span: Some(&entry.key_span) }
    }

    /// Returns the place of the value: for a table made of dotted keys that of its key, without a value an empty one.
    pub fn span(&self) -> Range<usize> {
        let own = self.node.map(|node| &node.span).filter(|span| !span.is_empty());
        own.or(self.key_span).cloned().unwrap_or_default()
    }

    /// Returns the fields of a table in the order of the form, whether or not the record has them, or the elements of
    /// a list.
    pub fn parts(self) -> Vec<Self> {
        match &self.field.kind {
            FieldKind::Table(fields) => fields.iter().map(|field| self.of_table(field)).collect(),
            FieldKind::List(item) => {
                let nodes = self.node.and_then(Node::as_array).unwrap_or_default();
                nodes.iter().map(|node| Self::new(item, Some(node))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the part that a step leads to; `None` if the form has no such part, whatever the record has.
    pub fn part(self, step: &Step) -> Option<Self> {
        match (&self.field.kind, step) {
            (FieldKind::Table(fields), Step::Key(key)) => {
                fields.iter().find(|field| field.key == *key).map(|field| self.of_table(field))
            }
            (FieldKind::List(item), Step::Index(at)) => {
                let nodes = self.node.and_then(Node::as_array).unwrap_or_default();
                Some(Self::new(item, nodes.get(*at)))
            }
            _ => None,
        }
    }

    /// Walks through the field and all below it for which the record has a value: each before its parts, in the order
    /// of the form.
    pub fn walk(self) -> impl Iterator<Item = (&'a Field, &'a Node)> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.parts().into_iter().rev().filter(|part| part.node.is_some()));
            Some((next.field, next.node?))
        })
    }

    fn of_table(self, field: &'a Field) -> Self {
        let entry = self.node.and_then(|node| node.as_table()?.entry(&field.key));
        entry.map_or(Self::new(field, None), |entry| Self::of_entry(field, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Schema;
    use super::*;
    use crate::diagnostics::Source;
    use crate::toml_tree;

    const SCHEMA: &str = r#"{
        "type": "object", "additionalProperties": false, "properties": {
            "a": { "type": "string" },
            "t": { "type": "object", "additionalProperties": false, "properties": {
                "b": { "type": "string" }, "c": { "type": "string" }
            } },
            "l": { "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": {
                "d": { "type": "string" }
            } } }
        }
    }"#;
    const RECORD: &str =
        "t.c = 'vier'\nt.b = 'drei'\nfremd = { a = 'x' }\na = 'eins'\n[[l]]\nd = 'sechs'\n[[l]]\ne = 'x'\n";

    fn filled(text: &str, look: impl FnOnce(Filled<'_>)) {
        let schema = Schema::new("form", SCHEMA).unwrap();
        let tree = toml_tree::parse(&Source::new("a.toml", text)).0;
        look(Filled::new(&schema.root, Some(&tree)));
    }

    fn key(key: &str) -> Step {
        Step::Key(key.into())
    }

    #[test]
    fn a_walk_follows_the_form_and_passes_over_what_it_does_not_have() {
        filled(RECORD, |form| {
            let keys: Vec<&str> = form.walk().map(|(field, _)| field.key.as_str()).collect();
            assert_eq!(keys, ["form", "a", "t", "b", "c", "l", "", "d", ""]);
            let texts: Vec<&str> = form.walk().filter_map(|(_, node)| node.as_str()).collect();
            assert_eq!(texts, ["eins", "drei", "vier", "sechs"]);
        });
    }

    #[test]
    fn values_of_the_wrong_kind_have_no_parts() {
        filled("a = { x = 1 }\nt = ['b']\nl = { d = 'x' }", |form| {
            let keys: Vec<&str> = form.walk().map(|(field, _)| field.key.as_str()).collect();
            assert_eq!(keys, ["form", "a", "t", "l"]);
        });
        let schema = Schema::new("form", SCHEMA).unwrap();
        assert_eq!(Filled::new(&schema.root, None).walk().count(), 0);
        let parts = Filled::new(&schema.root, None).parts();
        assert!(parts.len() == 3 && parts.iter().all(|part| part.node.is_none()));
    }

    #[test]
    fn steps_lead_where_the_form_leads() {
        filled(RECORD, |form| {
            let second = form.part(&key("l")).and_then(|list| list.part(&Step::Index(1))).unwrap();
            assert_eq!(&RECORD[second.span()], "[[l]]");
            let missing = second.part(&key("d")).unwrap();
            assert!(missing.node.is_none() && missing.span().is_empty());
            let beyond = form.part(&key("l")).and_then(|list| list.part(&Step::Index(7))).unwrap();
            assert!(beyond.node.is_none() && beyond.part(&key("d")).is_some());
            assert_eq!(&RECORD[form.part(&key("a")).unwrap().span()], "'eins'");
            assert!(second.part(&key("e")).is_none());
            assert!(form.part(&key("fremd")).is_none() && form.part(&Step::Index(0)).is_none());
            assert_eq!(RECORD[form.part(&key("t")).unwrap().span()].trim_end_matches(".c"), "t");
        });
    }
}
