//! Attachments, form fields and layers.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object};
use serde::Serialize;

use crate::pdf::objects::{as_dict, dict, integer, list, name, text};

/// A file in the PDF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its size in bytes, if the PDF says so.
    pub size: Option<i64>,
    /// Its relationship to the PDF (`AFRelationship`).
    pub relationship: Option<String>,
}

/// The interactive form of a PDF.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InteractiveForm {
    /// The number of its fields.
    pub fields: usize,
    /// How many of them are signed.
    pub signatures: usize,
}

impl Attachment {
    /// Returns the file that a dictionary stands for, if it is embedded in the PDF.
    pub fn of(document: &Document, spec: &Dictionary) -> Option<Self> {
        let files = dict(document, spec, b"EF")?;
        let file = dict(document, files, b"UF").or_else(|| dict(document, files, b"F"));
        let size = file.and_then(|file| integer(document, dict(document, file, b"Params")?, b"Size"));
        Some(Self {
            name: text(document, spec, b"UF").or_else(|| text(document, spec, b"F")).unwrap_or_default(),
            size,
            relationship: name(document, spec, b"AFRelationship")
                .map(|name| String::from_utf8_lossy(name).into_owned()),
        })
    }
}

/// Counts the fields of the form.
pub(super) fn form(document: &Document) -> InteractiveForm {
    let mut form = InteractiveForm::default();
    let catalog = document.catalog().ok();
    let Some(root) = catalog.and_then(|catalog| dict(document, catalog, b"AcroForm")) else {
        return form;
    };
    let mut seen = HashSet::new();
    let mut open: Vec<(&Object, Option<&[u8]>)> =
        list(document, root, b"Fields").iter().map(|field| (field, None)).collect();
    while let Some((object, inherited)) = open.pop() {
        let Some(field) =
            as_dict(document, object).filter(|_| object.as_reference().is_ok_and(|id| seen.insert(id)))
        else {
            continue;
        };
        let kind = name(document, field, b"FT").or(inherited);
        let kids = list(document, field, b"Kids");
        // The kids of a field without names of their own are its places on the pages.
        let named = |kid: &&Object| as_dict(document, kid).is_some_and(|kid| kid.has(b"T"));
        let fields: Vec<&Object> = kids.iter().filter(named).collect();
        if fields.is_empty() {
            form.fields += 1;
            form.signatures += usize::from(kind == Some(b"Sig") && field.has(b"V"));
        }
        open.extend(fields.into_iter().map(|field| (field, kind)));
    }
    form
}

/// Lists the names of the layers.
pub(super) fn layers(document: &Document) -> Vec<String> {
    let catalog = document.catalog().ok();
    let properties = catalog.and_then(|catalog| dict(document, catalog, b"OCProperties"));
    let groups = properties.map_or(&[][..], |properties| list(document, properties, b"OCGs"));
    groups.iter().filter_map(|group| text(document, as_dict(document, group)?, b"Name")).collect()
}
