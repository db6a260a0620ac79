//! The interactive form of a document.
//!
//! Whether viewers shall draw all fields anew does not come along: it would hold for the fields of all other parts too,
//! and a field keeps the look that it has.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object};

use super::coded::coded;
use super::compact::Compact;
use crate::pdf::objects::{as_dict, dict, list, name, resolve, value};

/// A form as it stands in a document.
pub(super) struct FormSource {
    fields: Vec<Object>,
    resources: Dictionary,
    inherited: Dictionary,
}

/// A form whose objects are those of a part.
#[derive(Debug)]
pub(crate) struct Form {
    /// The fields at the top.
    pub fields: Vec<Object>,
    /// The fonts and the like that fields without a look of their own are drawn with.
    pub resources: Dictionary,
    /// What holds for all fields that do not say otherwise.
    pub inherited: Dictionary,
}

coded! { Form { fields, resources, inherited } }

/// The form of a document, if it has one with fields.
pub(super) fn read(document: &Document) -> Option<FormSource> {
    let form = dict(document, document.catalog().ok()?, b"AcroForm")?;
    // A signature becomes a picture of itself, and is no field any more.
    let is_signature = |field: &&Object| {
        as_dict(document, field).is_some_and(|field| {
            name(document, field, b"FT") == Some(b"Sig")
                && name(document, field, b"Subtype") == Some(b"Widget")
        })
    };
    let fields: Vec<Object> =
        list(document, form, b"Fields").iter().filter(|field| !is_signature(field)).cloned().collect();
    let mut inherited = Dictionary::new();
    for key in ["DA", "Q"] {
        if let Some(value) = value(document, form, key.as_bytes()) {
            inherited.set(key, value.clone());
        }
    }
    let kinds = dict(document, form, b"DR").into_iter().flat_map(|resources| resources.iter());
    let direct =
        kinds.filter_map(|(kind, resources)| Some((kind.clone(), resolve(document, resources)?.clone())));
    let resources: Dictionary = direct.collect();
    (!fields.is_empty()).then_some(FormSource { fields, resources, inherited })
}

impl FormSource {
    /// The names of the fonts that fields without a look of their own are drawn with.
    pub(super) fn fonts(&self) -> BTreeSet<Vec<u8>> {
        let fonts = self.resources.get(b"Font").and_then(Object::as_dict).ok();
        fonts.into_iter().flat_map(|fonts| fonts.iter()).map(|(name, _)| name.clone()).collect()
    }

    /// Takes the form along. Its fonts get names that no other part has.
    pub(super) fn take(mut self, compact: &mut Compact) -> Form {
        if let Ok(Object::Dictionary(fonts)) = self.resources.get_mut(b"Font") {
            let named = std::mem::take(fonts).into_iter();
            *fonts = named.map(|(name, font)| (compact.prefixed(&name), font)).collect();
        }
        let taken = |compact: &mut Compact, dictionary: Dictionary| match compact
            .take(Object::Dictionary(dictionary))
        {
            Object::Dictionary(dictionary) => dictionary,
            _ => Dictionary::new(),
        };
        let fields = self.fields.into_iter().map(|field| compact.take(field)).collect();
        Form { fields, resources: taken(compact, self.resources), inherited: taken(compact, self.inherited) }
    }
}

impl Form {
    /// The numbers of the fields at the top.
    pub(crate) fn field_numbers(&self) -> impl Iterator<Item = u32> {
        self.fields.iter().filter_map(|field| Some(field.as_reference().ok()?.0))
    }
}
