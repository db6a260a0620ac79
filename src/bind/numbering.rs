//! The numbers that the objects of a part have in the packet.
//!
//! A part numbers its objects from 1 and its keys of the parent tree from 0. Parts stand one behind the other, so in the
//! packet each number is its own plus what all parts before it take. Knows nothing of what the objects are.

use lopdf::{Dictionary, Object};

/// Where the numbers of a part begin in the packet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Start {
    /// What is added to the numbers of its objects.
    pub objects: u32,
    /// What is added to its keys of the parent tree.
    pub keys: i64,
}

impl Start {
    /// Where the next part begins, behind one with so many objects and keys.
    pub(super) fn after(self, objects: u32, keys: i64) -> Self {
        Self { objects: self.objects + objects, keys: self.keys + keys }
    }
}

/// Tells whether an entry of a dictionary is a key of the parent tree (ISO 32000-1, 14.7.4.4).
pub(super) fn is_parent_key(name: &[u8]) -> bool {
    [&b"StructParents"[..], b"StructParent"].contains(&name)
}

/// Gives an object of a part the numbers that hold in the packet.
pub(super) fn shift(object: &mut Object, start: Start) {
    match object {
        Object::Reference((number, _)) => *number += start.objects,
        Object::Array(items) => items.iter_mut().for_each(|item| shift(item, start)),
        Object::Dictionary(dictionary) => shift_all(dictionary, start),
        Object::Stream(stream) => shift_all(&mut stream.dict, start),
        _ => {}
    }
}

/// Gives all that a dictionary holds the numbers that hold in the packet.
pub(super) fn shift_all(dictionary: &mut Dictionary, start: Start) {
    for (key, value) in dictionary.iter_mut() {
        match value {
            Object::Integer(number) if is_parent_key(key) => *number += start.keys,
            value => shift(value, start),
        }
    }
}

/// An object of a part with the numbers that hold in the packet.
pub(super) fn shifted(object: &Object, start: Start) -> Object {
    let mut object = object.clone();
    shift(&mut object, start);
    object
}

/// A reference to the object with this number.
pub(super) fn reference(number: u32) -> Object {
    Object::Reference((number, 0))
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    #[test]
    fn references_and_keys_move_wherever_they_stand_and_nothing_else_does() {
        let start = Start::default().after(10, 3).after(30, 4);
        let entries = |object: u32, parents: i64, parent: i64| {
            dictionary! {
                "Kids" => vec![reference(object), vec![reference(object + 1)].into(), 5.into()],
                "Resources" => dictionary! { "Font" => reference(object), "StructParent" => parent },
                "StructParents" => parents,
                "Count" => 2,
                "StructParentsNote" => 9,
            }
        };
        let (own, expected) = (entries(1, 0, 1), entries(41, 7, 8));
        assert_eq!(shifted(&own.clone().into(), start), expected.clone().into());
        let stream = |entries| Object::Stream(Stream::new(entries, b"1 0 R".to_vec()));
        assert_eq!(shifted(&stream(own), start), stream(expected));
    }

    #[test]
    fn a_key_that_is_no_number_is_moved_as_what_it_is() {
        let own = dictionary! { "StructParents" => reference(1) };
        assert_eq!(
            shifted(&own.into(), Start { objects: 2, keys: 9 }),
            dictionary! { "StructParents" => reference(3) }.into()
        );
    }
}
