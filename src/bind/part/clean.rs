//! What must not come along into a packet, and names that must be told from those of other parts.
//!
//! Sees one dictionary at a time.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object, StringFormat};
use serde::{Deserialize, Serialize};

/// Cleans the dictionaries of one document.
pub(crate) struct Cleaner {
    /// What comes before each name of the document.
    pub prefix: Vec<u8>,
    /// Whether the document has a structure tree.
    pub tagged: bool,
    /// Whether the document's standard sees to its attachments.
    pub keeps_attachments: bool,
    /// The names of the document's destinations.
    pub destinations: BTreeSet<Vec<u8>>,
    /// The fonts that fields without a look of their own are drawn with.
    pub fonts: BTreeSet<Vec<u8>>,
    /// Where relative links start from.
    pub base: Option<url::Url>,
    /// Types and classes that have another name in the packet.
    pub renamed: Renamed,
    /// A number greater than every key to the parent tree that was seen.
    pub next_key: i64,
    /// What was removed.
    pub removed: Removed,
}

/// Names of a part that it has under another name in the packet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renamed {
    /// Types of elements.
    pub types: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Classes of attributes.
    pub classes: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// What was removed from a part, for a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Signatures, which end with any change.
    pub signatures: usize,
    /// Actions that run a program or send data, by their kinds.
    pub actions: BTreeMap<String, usize>,
    /// Attached files.
    pub attachments: BTreeSet<String>,
}

/// Actions that a packet must not have (PDF/A-2, 6.5.1, and those that need what stays behind).
const FORBIDDEN: [&[u8]; 14] = [
    b"JavaScript",
    b"Launch",
    b"SubmitForm",
    b"ImportData",
    b"ResetForm",
    b"Sound",
    b"Movie",
    b"Rendition",
    b"Hide",
    b"SetOCGState",
    b"Trans",
    b"GoTo3DView",
    b"GoToE",
    b"RichMediaExecute",
];

/// What applications keep for themselves, and what only makes sense in the document as a whole.
const LEFT_BEHIND: [&[u8]; 2] = [b"PieceInfo", b"XFA"];

/// No document has more keys to its parent tree, and one that is greater is none.
pub(super) const MAX_KEY: i64 = 10_000_000;

impl Removed {
    /// An attached file was removed.
    pub fn attachment(&mut self, name: &str) {
        self.attachments.insert(name.to_owned());
    }
}

impl Cleaner {
    /// A name of the document as it is called in the packet.
    pub(crate) fn prefixed(&self, name: &[u8]) -> Vec<u8> {
        [&self.prefix, name].concat()
    }

    /// Tells whether a dictionary is an action that must not come along; it is counted.
    pub(crate) fn is_forbidden_action(&mut self, dictionary: &Dictionary) -> bool {
        let Ok(kind) = dictionary.get(b"S").and_then(Object::as_name) else { return false };
        // Structure elements have /S too, and a parent.
        let forbidden = FORBIDDEN.contains(&kind) && !dictionary.has(b"P");
        if forbidden {
            let kind = String::from_utf8_lossy(kind).into_owned();
            *self.removed.actions.entry(kind).or_default() += 1;
        }
        forbidden
    }

    /// Changes what has to be changed in a dictionary itself.
    pub(crate) fn clean(&mut self, dictionary: &mut Dictionary) {
        let keys = Keys::of(dictionary);
        if keys.left_behind {
            LEFT_BEHIND.iter().for_each(|key| drop(dictionary.remove(key)));
        }
        if keys.parent_tree {
            self.keys(dictionary);
        }
        if keys.attachment {
            self.attachment(dictionary);
        }
        if keys.field {
            self.signature(dictionary);
            self.default_look(dictionary);
        }
        if keys.structure {
            self.names(dictionary);
        }
        if keys.link {
            self.link(dictionary);
        }
    }

    /// What draws a field without a look of its own names its font as the packet does (ISO 32000-1, 12.7.3.3).
    fn default_look(&self, dictionary: &mut Dictionary) {
        if let Ok(Object::String(look, _)) = dictionary.get_mut(b"DA") {
            let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"/[]()<>{}%".contains(byte);
            let mut renamed = Vec::with_capacity(look.len());
            for (at, token) in look.split(|byte| *byte == b'/').enumerate() {
                let name = &token[..token.iter().position(is_end).unwrap_or(token.len())];
                if at > 0 {
                    renamed.push(b'/');
                }
                if at > 0 && self.fonts.contains(name) {
                    renamed.extend_from_slice(&self.prefix);
                }
                renamed.extend_from_slice(token);
            }
            *look = renamed;
        }
    }

    /// Keys to the parent tree; a document without one has no use for them.
    fn keys(&mut self, dictionary: &mut Dictionary) {
        for name in [&b"StructParents"[..], b"StructParent"] {
            let Ok(key) = dictionary.get(name) else { continue };
            let key = key.as_i64().ok().filter(|key| self.tagged && (0..MAX_KEY).contains(key));
            match key {
                Some(key) => self.next_key = self.next_key.max(key + 1),
                None => {
                    dictionary.remove(name);
                }
            }
        }
    }

    /// A file specification loses its file; the annotation that shows one keeps its look.
    fn attachment(&mut self, dictionary: &mut Dictionary) {
        if self.keeps_attachments {
            return;
        }
        if is(dictionary, b"Subtype", b"FileAttachment") {
            dictionary.remove(b"FS");
            dictionary.set("Subtype", Object::Name(b"Stamp".to_vec()));
        }
        // A font may be called AF; what has associated files says what it is.
        if ["Type", "Subtype", "S"].iter().any(|key| dictionary.has(key.as_bytes())) {
            dictionary.remove(b"AF");
        }
        if dictionary.has(b"EF") {
            dictionary.remove(b"EF");
            let name = dictionary.get(b"UF").or_else(|_| dictionary.get(b"F")).ok();
            if let Some(name) = name.and_then(|name| lopdf::decode_text_string(name).ok()) {
                self.removed.attachment(&name);
            }
        }
    }

    /// A signature ends with any change; what it looks like stays.
    fn signature(&mut self, dictionary: &mut Dictionary) {
        if !is(dictionary, b"FT", b"Sig") {
            return;
        }
        let signed = dictionary.remove(b"V").is_some();
        self.removed.signatures += usize::from(signed);
        if is(dictionary, b"Subtype", b"Widget") {
            for key in [&b"FT"[..], b"T", b"TU", b"Ff", b"Parent", b"DV", b"Lock", b"SV", b"MK"] {
                dictionary.remove(key);
            }
            dictionary.set("Subtype", Object::Name(b"Stamp".to_vec()));
        }
    }

    /// Identifiers of elements, and the cells that refer to them.
    fn names(&self, dictionary: &mut Dictionary) {
        let prefix = |object: &mut Object| {
            if let Object::String(name, _) = object {
                *name = self.prefixed(name);
            }
        };
        let is_element =
            dictionary.has(b"S") && (dictionary.has(b"P") || is(dictionary, b"Type", b"StructElem"));
        if is_element {
            dictionary.get_mut(b"ID").into_iter().for_each(prefix);
            // What has a namespace is told by that.
            if !dictionary.has(b"NS") {
                rename(dictionary, b"S", &self.renamed.types);
            }
            rename(dictionary, b"C", &self.renamed.classes);
        }
        if is(dictionary, b"O", b"Table")
            && let Ok(Object::Array(headers)) = dictionary.get_mut(b"Headers")
        {
            headers.iter_mut().for_each(prefix);
        }
    }

    /// Named destinations get the names that they have in the packet; relative links become absolute.
    fn link(&self, dictionary: &mut Dictionary) {
        let key: &[u8] = if is(dictionary, b"S", b"GoTo") { b"D" } else { b"Dest" };
        if let Ok(place) = dictionary.get_mut(key)
            && let Object::Name(name) | Object::String(name, _) = place
        {
            *place = if self.destinations.contains(name) {
                Object::String(self.prefixed(name), StringFormat::Literal)
            } else {
                Object::Null
            };
        }
        if let Some(base) = &self.base
            && is(dictionary, b"S", b"URI")
            && let Ok(Object::String(uri, _)) = dictionary.get_mut(b"URI")
            && let Ok(joined) = base.join(&String::from_utf8_lossy(uri))
        {
            *uri = joined.as_str().as_bytes().to_vec();
        }
    }
}

/// What there may be to change in a dictionary. One walk over its keys takes less than looking for each of these, and in
/// most dictionaries there is nothing to change.
#[derive(Default)]
struct Keys {
    left_behind: bool,
    parent_tree: bool,
    attachment: bool,
    field: bool,
    structure: bool,
    link: bool,
}

impl Keys {
    fn of(dictionary: &Dictionary) -> Self {
        let mut keys = Self::default();
        for (key, _) in dictionary.iter() {
            let found = match &key[..] {
                b"StructParents" | b"StructParent" => &mut keys.parent_tree,
                b"Subtype" | b"AF" | b"EF" => &mut keys.attachment,
                b"FT" | b"DA" => &mut keys.field,
                b"S" | b"Headers" => &mut keys.structure,
                b"D" | b"Dest" | b"URI" => &mut keys.link,
                other if LEFT_BEHIND.contains(&other) => &mut keys.left_behind,
                _ => continue,
            };
            *found = true;
        }
        keys
    }
}

/// Replaces a name, or the names in an array.
fn rename(dictionary: &mut Dictionary, key: &[u8], renamed: &BTreeMap<Vec<u8>, Vec<u8>>) {
    let one = |object: &mut Object| {
        if let Object::Name(name) = object
            && let Some(new) = renamed.get(name)
        {
            *name = new.clone();
        }
    };
    match dictionary.get_mut(key) {
        Ok(Object::Array(names)) => names.iter_mut().for_each(one),
        Ok(name) => one(name),
        Err(_) => {}
    }
}

fn is(dictionary: &Dictionary, key: &[u8], name: &[u8]) -> bool {
    dictionary.get(key).and_then(Object::as_name).is_ok_and(|found| found == name)
}
