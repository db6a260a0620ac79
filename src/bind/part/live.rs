//! The objects of a part that the packet changes, coded until it does: as trees in memory they would take many times the room.

use lopdf::Object;

use super::coded::{Coded, coded};

/// Objects of a part, by their numbers, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Live {
    bytes: Vec<u8>,
}

coded! { Live { bytes } }

impl Live {
    /// Adds an object.
    pub(super) fn push(&mut self, number: u32, object: &Object) {
        number.put(&mut self.bytes);
        object.put(&mut self.bytes);
    }

    /// Gives back the room that was kept for more.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// The objects as trees.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (u32, Object)> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || Coded::take(&mut rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_come_out_as_they_went_in() {
        let mut live = Live::default();
        assert_eq!(live.objects().count(), 0);
        let objects = [(3, Object::Null), (500, vec![Object::Reference((1, 0)), 2.into()].into())];
        objects.iter().for_each(|(number, object)| live.push(*number, object));
        assert!(live.objects().eq(objects));
    }
}
