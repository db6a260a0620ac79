//! What a PDF says, read as its readers read it: the pages as a viewer draws them, and everything else that is text for
//! somebody or some program.
//!
//! What cannot be read is a value of its own and never silence. Knows nothing of packets and secrets.

mod appearance;
mod content;
mod contents;
mod draw;
mod earlier;
mod ink;
mod kinds;
mod lines;
mod markup;
mod page;
mod paint;
mod place;
mod reading;
mod sight;
mod state;
mod streams;
mod strings;
mod viewer;
mod walk;

use std::thread;

use self::reading::Remaining;
use self::viewer::{STACK, Viewer};
use super::file_format::is_pdf;
pub use appearance::appearances;
pub use ink::{InkPage, Stretches, ink};
pub use page::{Glyph, PageText, Rect, Sight, TextRun};
pub use place::{TextLimit, TextPlace, Unread, UnreadReason};
pub use reading::{OtherText, PdfReading, PicturePage, RawKind, RawTaker, TextLimits};
pub use streams::picture_file;

/// Reads a file by its content: PDF, containers of XML such as docx and odt, XML, text. Of anything else it gives the
/// bytes, and says that it is not read.
///
/// `raw` gets what there is as bytes: each stream as it stands and unpacked, and what does not parse. Takes as long as
/// the file needs, and may need much memory: it belongs into a process with limits.
pub fn read(file: &[u8], limits: &TextLimits, raw: &mut RawTaker<'_>) -> PdfReading {
    let mut reading = read_within(file, &mut Remaining::new(limits), raw);
    reading.unread.sort();
    reading.unread.dedup();
    reading
}

/// Reads a file and those in it, with what is left of the limits.
fn read_within(file: &[u8], left: &mut Remaining<'_>, raw: &mut RawTaker<'_>) -> PdfReading {
    let Some(depth) = left.depth.checked_sub(1) else {
        raw(&TextPlace::File, RawKind::File, file);
        return PdfReading::unread(UnreadReason::TooMuch(TextLimit::Depth));
    };
    let mut reading = if is_pdf(file) { pdf(file, left, raw) } else { kinds::read(file, left, raw) };
    left.depth = depth;
    for inside in std::mem::take(&mut left.inside) {
        let inner = read_within(&inside.bytes, left, raw);
        reading.add_inside(inner, |place| inside.place(place));
    }
    left.depth += 1;
    reading
}

/// Reads a PDF and what it was before its last changes.
fn pdf(file: &[u8], left: &mut Remaining<'_>, raw: &mut RawTaker<'_>) -> PdfReading {
    let (document, viewer) = thread::scope(|scope| {
        let open = || Viewer::open(file.to_vec());
        let viewer = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, open);
        (state::open(file), viewer.ok().and_then(|viewer| viewer.join().ok()).flatten())
    });
    match document {
        Ok(document) => {
            let mut reading = state::read(&document, viewer, left, raw);
            earlier::read(file, &document, left, raw, &mut reading);
            // Giving back so much memory takes a while, and nothing waits for it.
            rayon::spawn(move || drop(document));
            reading
        }
        Err(why) => {
            raw(&TextPlace::File, RawKind::File, file);
            PdfReading::unread(why)
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
