//! The layers of a document (optional content).

use lopdf::{Document, Object};

use super::coded::coded;
use super::compact::Compact;
use crate::pdf::objects::{dict, list, name};

/// Layers, and how they are shown at first.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    /// All layers.
    pub all: Vec<Object>,
    /// Those that are hidden at first.
    pub off: Vec<Object>,
    /// How they are listed.
    pub order: Vec<Object>,
    /// Groups of which only one is shown.
    pub exclusive: Vec<Object>,
    /// Those that a reader cannot change.
    pub locked: Vec<Object>,
    /// What shows and hides them by itself, on printing for example.
    pub usage: Vec<Object>,
}

coded! { Layers { all, off, order, exclusive, locked, usage } }

/// The layers of a document, if it has any.
pub(super) fn read(document: &Document) -> Option<Layers> {
    let properties = dict(document, document.catalog().ok()?, b"OCProperties")?;
    let all = list(document, properties, b"OCGs").to_vec();
    let settings = dict(document, properties, b"D");
    let of = |key: &[u8]| settings.map(|settings| list(document, settings, key).to_vec()).unwrap_or_default();
    let off = match settings.and_then(|settings| name(document, settings, b"BaseState")) {
        Some(b"OFF") => {
            let on = of(b"ON");
            all.iter().filter(|layer| !on.contains(layer)).cloned().collect()
        }
        _ => of(b"OFF"),
    };
    (!all.is_empty()).then(|| Layers {
        off,
        order: of(b"Order"),
        exclusive: of(b"RBGroups"),
        locked: of(b"Locked"),
        usage: of(b"AS"),
        all,
    })
}

impl Layers {
    /// Takes the layers along.
    pub(crate) fn take(self, compact: &mut Compact) -> Self {
        let mut taken = |objects: Vec<Object>| -> Vec<Object> {
            objects.into_iter().map(|object| compact.take(object)).collect()
        };
        Self {
            all: taken(self.all),
            off: taken(self.off),
            order: taken(self.order),
            exclusive: taken(self.exclusive),
            locked: taken(self.locked),
            usage: taken(self.usage),
        }
    }
}
