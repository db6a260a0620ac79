//! The pages of a packet: the tree that they hang in, and their stamps.
//!
//! The tree has a node for each part, and below it the pages of the part.

use lopdf::{Object, dictionary};

use super::builder::Builder;
use super::numbering::{Start, reference};
use super::part::Part;
use super::stamp::{StampRole, Stamps};

/// The number of the root of the page tree: it comes before the objects of all parts.
pub(super) const ROOT: u32 = 1;

/// A page of the packet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Placed {
    /// The number of its object.
    pub number: u32,
    /// The area of its stamp: left, bottom, right, top.
    pub stamp: [f32; 4],
    /// What is stamped on it.
    pub role: StampRole,
    /// Its upper left corner, as it is seen.
    corner: (f32, f32),
}

impl Placed {
    /// A page whose upper left corner is that of its coordinates.
    #[cfg(test)]
    pub(super) fn of(number: u32) -> Self {
        Self { number, ..Self::default() }
    }

    /// The destination that shows it from its upper edge on.
    pub(super) fn destination(self) -> Object {
        self.destination_at(self.corner.1)
    }

    /// The destination that shows it from this height on.
    pub(super) fn destination_at(self, top: f32) -> Object {
        let name = Object::Name(b"XYZ".to_vec());
        vec![reference(self.number), name, self.corner.0.into(), top.into(), Object::Null].into()
    }
}

/// Hangs the pages of all parts into the page tree, and stamps them; the first page of each in a role of its own.
pub(super) fn hang(
    builder: &mut Builder,
    parts: &[(&Part, Start)],
    first_roles: &[StampRole],
    mut stamps: Stamps,
) -> Vec<Placed> {
    let mut placed = Vec::new();
    let mut nodes = Vec::new();
    // A node without pages would be none.
    for ((part, start), first) in parts.iter().zip(first_roles).filter(|((part, _), _)| part.page_count() > 0)
    {
        let node = builder.add(Object::Null);
        let mut kids = Vec::new();
        for (at, page) in part.brings.pages.iter().enumerate() {
            let number = page.number + start.objects;
            let role = if at == 0 { *first } else { StampRole::Header };
            let stamp =
                stamps.stamp(builder, number, &page.view, part.edges.get(at), role).unwrap_or_default();
            if let Some(dictionary) = builder.dictionary(number) {
                dictionary.set("Parent", reference(node));
            }
            kids.push(reference(number));
            placed.push(Placed { number, stamp, role, corner: page.view.upper_left() });
        }
        let count = kids.len() as i64;
        let of_part =
            dictionary! { "Type" => "Pages", "Parent" => reference(ROOT), "Count" => count, "Kids" => kids };
        builder.set(node, of_part);
        nodes.push(reference(node));
    }
    let count = placed.len() as i64;
    builder.set(ROOT, dictionary! { "Type" => "Pages", "Count" => count, "Kids" => nodes });
    placed
}
