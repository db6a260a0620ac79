//! Fonts, embedded files and actions, wherever they are in the document.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object};
use serde::Serialize;

use super::interactive::Attachment;
use crate::pdf::objects::{as_dict, dict, list, name};

/// A font.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Font {
    /// Its name, without the letters before it that mark a subset.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Whether it is embedded in the PDF.
    pub embedded: bool,
    /// Whether only the characters that are used are embedded.
    pub subset: bool,
    /// Whether it says which characters its glyphs stand for.
    pub to_unicode: bool,
}

/// The resources that were found.
#[derive(Default)]
pub(super) struct Resources {
    pub fonts: Vec<Font>,
    pub attachments: Vec<Attachment>,
    pub actions: BTreeMap<String, usize>,
}

/// Looks at every dictionary of the document.
pub(super) fn resources(document: &Document) -> Resources {
    let mut resources = Resources::default();
    let mut fonts = BTreeSet::new();
    let mut open: Vec<&Object> = document.objects.values().rev().collect();
    while let Some(object) = open.pop() {
        match object {
            Object::Dictionary(dict) => {
                fonts.extend(font(document, dict));
                resources.attachments.extend(Attachment::of(document, dict));
                if let Some(kind) = action(document, dict) {
                    *resources.actions.entry(kind).or_default() += 1;
                }
                open.extend(dict.iter().map(|(_, value)| value));
            }
            Object::Stream(stream) => open.extend(stream.dict.iter().map(|(_, value)| value)),
            Object::Array(values) => open.extend(values),
            _ => {}
        }
    }
    resources.fonts = fonts.into_iter().collect();
    resources
}

/// Reads a font in which text is set; the descendants of a composite font do not count.
fn font(document: &Document, font: &Dictionary) -> Option<Font> {
    if name(document, font, b"Type") != Some(b"Font") || font.has(b"CIDSystemInfo") {
        return None;
    }
    let own_kind = name(document, font, b"Subtype")?;
    let below = list(document, font, b"DescendantFonts").first().and_then(|below| as_dict(document, below));
    let described = below.unwrap_or(font);
    let file = dict(document, described, b"FontDescriptor").is_some_and(|descriptor| {
        [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| descriptor.has(key))
    });
    let kind = below.and_then(|below| name(document, below, b"Subtype")).unwrap_or(own_kind);
    let full =
        name(document, font, b"BaseFont").or_else(|| name(document, font, b"Name")).unwrap_or_default();
    let full = String::from_utf8_lossy(full).into_owned();
    let subset = full
        .split_once('+')
        .filter(|(mark, _)| mark.len() == 6 && mark.bytes().all(|byte| byte.is_ascii_uppercase()));
    Some(Font {
        name: subset.map_or_else(|| full.clone(), |(_, name)| name.to_owned()),
        kind: String::from_utf8_lossy(kind).into_owned(),
        embedded: file || own_kind == b"Type3",
        subset: subset.is_some(),
        to_unicode: font.has(b"ToUnicode"),
    })
}

/// Returns the type of an action that does more than go to a destination.
fn action(document: &Document, action: &Dictionary) -> Option<String> {
    const DOING: &[&[u8]] = &[
        b"JavaScript",
        b"Launch",
        b"SubmitForm",
        b"ResetForm",
        b"ImportData",
        b"GoToR",
        b"GoToE",
        b"Rendition",
        b"Movie",
        b"Sound",
        b"Hide",
        b"SetOCGState",
        b"Trans",
        b"GoTo3DView",
        b"RichMediaExecute",
        b"Thread",
    ];
    let kind = name(document, action, b"S")?;
    // Other dictionaries have a key S too; only these names are those of actions.
    (DOING.contains(&kind) && !action.has(b"K")).then(|| String::from_utf8_lossy(kind).into_owned())
}
