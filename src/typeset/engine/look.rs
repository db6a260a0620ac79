//! What tells something on a page from what looks different, whatever it was made from and by which process.

use std::hash::{Hash, Hasher};

use typst::layout::{Frame, FrameItem};
use typst::text::TextItem;

/// Gives the mark of something on a page, wherever it stands there; none of what is not seen.
pub(super) fn mark(item: &FrameItem) -> Option<u128> {
    let is_seen = !matches!(item, FrameItem::Link(..) | FrameItem::Tag(_));
    is_seen.then(|| typst::utils::hash128(&SeenItem(item)))
}

/// What is seen of a frame. typst's own hash is also one of where its parts stand in the sources, which each process counts in
/// its own way.
struct SeenFrame<'a>(&'a Frame);

impl Hash for SeenFrame<'_> {
    fn hash<State: Hasher>(&self, state: &mut State) {
        self.0.size().hash(state);
        for (at, item) in self.0.items() {
            // What is not seen says nothing, wherever it stands.
            if !matches!(item, FrameItem::Link(..) | FrameItem::Tag(_)) {
                (at, SeenItem(item)).hash(state);
            }
        }
    }
}

struct SeenItem<'a>(&'a FrameItem);

impl Hash for SeenItem<'_> {
    fn hash<State: Hasher>(&self, state: &mut State) {
        match self.0 {
            FrameItem::Group(group) => (0, group.transform, &group.clip, SeenFrame(&group.frame)).hash(state),
            FrameItem::Text(text) => (1, SeenText(text)).hash(state),
            FrameItem::Shape(shape, _) => (2, shape).hash(state),
            FrameItem::Image(image, size, _) => (3, image, size).hash(state),
            FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}

struct SeenText<'a>(&'a TextItem);

impl Hash for SeenText<'_> {
    fn hash<State: Hasher>(&self, state: &mut State) {
        let Self(text) = self;
        (&text.font, text.size, &text.fill, &text.stroke, text.glyphs.len()).hash(state);
        for glyph in &text.glyphs {
            (glyph.id, glyph.x_advance, glyph.x_offset, glyph.y_advance, glyph.y_offset).hash(state);
        }
    }
}
