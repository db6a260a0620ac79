//! What a file said before its last changes, and what it holds that nothing refers to any more: later versions of a PDF
//! are written behind the earlier ones (ISO 32000-2, 7.5.6), which stay readable.
//!
//! Knows nothing of how a state of the file is read.

use std::collections::{BTreeSet, HashSet};

use lopdf::Document;
use lopdf::xref::XrefEntry;

use super::content::ContentSummary;
use super::contents::ContentStreams;
use super::place::{TextLimit, TextPlace, Unread, UnreadReason};
use super::reading::{InnerFileRole, OtherText, PdfReading, RawKind, RawTaker, Remaining};
use super::state;
use super::viewer::Viewer;
use super::walk::{self, Homes};
use crate::pdf::load::parse;

const END: &[u8] = b"%%EOF";
/// Numbers that no object of a file has.
const FIRST_NUMBER: usize = 8_000_000;

/// Adds what earlier states of a file say that it does not say now.
pub(super) fn read(
    file: &[u8],
    document: &Document,
    left: &mut Remaining<'_>,
    raw: &mut RawTaker<'_>,
    reading: &mut PdfReading,
) {
    let orphans = orphans(file, document);
    if orphans.is_empty() {
        return;
    }
    if document.was_encrypted() && orphans.iter().any(|orphan| !is_table(orphan)) {
        let place = TextPlace::Earlier(Box::new(TextPlace::File));
        return reading.unread.push(Unread { place, why: UnreadReason::Locked });
    }
    let mut known = KnownTexts::of(reading);
    let now = left.inside.len();
    let mut states = 0;
    for end in ends(file) {
        let Ok(document) = state::open(&file[..end]) else { continue };
        let Some(rest) = left.revisions.checked_sub(1) else {
            let why = UnreadReason::TooMuch(TextLimit::Revisions);
            reading.unread.push(Unread { place: TextPlace::File, why });
            break;
        };
        left.revisions = rest;
        states += 1;
        let viewer = Viewer::open(file[..end].to_vec());
        let state = state::read(&document, viewer, left, &mut |_, _, _| {});
        known.add_new(state, reading);
    }
    let state = of_orphans(&orphans, left, raw, states > 0);
    known.add_new(state, reading);
    keep_new_files(left, now);
}

/// Keeps of the attached files that were found behind the first so many those that are no longer attached.
fn keep_new_files(left: &mut Remaining<'_>, now: usize) {
    let earlier = left.inside.split_off(now);
    for mut file in earlier {
        if !left.inside.iter().any(|known| known.bytes == file.bytes) {
            file.role = InnerFileRole::AttachedEarlier;
            left.inside.push(file);
        }
    }
}

/// Says where earlier states of the file end.
fn ends(file: &[u8]) -> Vec<usize> {
    let found = file.windows(END.len()).enumerate().filter(|(_, word)| *word == END);
    let mut ends: Vec<usize> = found.map(|(at, _)| at + END.len()).collect();
    // The last one ends the file as it is now.
    ends.pop();
    ends.reverse();
    ends
}

/// What is said already.
struct KnownTexts {
    texts: HashSet<String>,
    unread: HashSet<UnreadReason>,
}

impl KnownTexts {
    fn of(reading: &PdfReading) -> Self {
        let pages = reading.pages.iter().map(|page| &page.drawn.text);
        let texts = reading.texts.iter().map(|said| &said.text).chain(pages).cloned().collect();
        Self { texts, unread: reading.unread.iter().map(|unread| unread.why.clone()).collect() }
    }

    fn add_new(&mut self, state: PdfReading, reading: &mut PdfReading) {
        let mut inner = PdfReading::default();
        inner.pages.extend(state.pages.into_iter().filter(|page| self.texts.insert(page.drawn.text.clone())));
        inner.texts.extend(state.texts.into_iter().filter(|said| self.texts.insert(said.text.clone())));
        inner.unread.extend(state.unread.into_iter().filter(|unread| self.unread.insert(unread.why.clone())));
        reading.add_inside(inner, |place| TextPlace::Earlier(Box::new(place)));
    }
}

/// Gives the bodies of the objects that the bytes of a file hold and its table does not name.
fn orphans<'a>(file: &'a [u8], document: &Document) -> Vec<&'a [u8]> {
    // Places count from the first line, which may stand behind something else.
    let first = file.windows(5).take(1024).position(|word| word == b"%PDF-").unwrap_or(0);
    let named: BTreeSet<usize> = document
        .reference_table
        .entries
        .values()
        .filter_map(|entry| match entry {
            XrefEntry::Normal { offset, .. } => Some(*offset as usize + first),
            _ => None,
        })
        .collect();
    let starts: Vec<(usize, usize)> = object_starts(file);
    let mut orphans = Vec::new();
    for (index, (start, body)) in starts.iter().enumerate() {
        // A table may point at the white space before an object.
        if named.range(start.saturating_sub(2)..=*start).next().is_some() {
            continue;
        }
        let end = starts.get(index + 1).map_or(file.len(), |(next, _)| *next);
        orphans.push(&file[*body..end.max(*body)]);
    }
    orphans
}

/// Says whether an object is a table of objects: it is in none itself, and never encrypted.
fn is_table(orphan: &[u8]) -> bool {
    const HEAD: usize = 1024;
    let head = orphan.get(..orphan.len().min(HEAD)).unwrap_or_default();
    let head = head.windows(6).position(|word| word == b"stream").map_or(head, |end| &head[..end]);
    head.windows(5).any(|word| word == b"/XRef")
}

/// Says where objects begin (at their number), and their bodies.
fn object_starts(file: &[u8]) -> Vec<(usize, usize)> {
    const WORD: &[u8] = b"obj";
    let words = file.windows(WORD.len()).enumerate().filter(|(_, word)| *word == WORD);
    let starts = words.filter_map(|(at, _)| {
        let before = |at: usize, is: fn(&u8) -> bool| {
            file[..at].iter().rposition(|byte| !is(byte)).map_or(0, |last| last + 1)
        };
        let generation_end = before(at, u8::is_ascii_whitespace);
        let generation = before(generation_end, u8::is_ascii_digit);
        let number_end = before(generation, u8::is_ascii_whitespace);
        let number = before(number_end, u8::is_ascii_digit);
        let is_object = generation < generation_end && number_end < generation && number < number_end;
        is_object.then_some((number, at + WORD.len()))
    });
    starts.collect()
}

/// Reads objects that belong to no table. What they draw cannot be drawn again without all that they refer to; that
/// counts as read where a state of the file was.
fn of_orphans(
    orphans: &[&[u8]],
    left: &mut Remaining<'_>,
    raw: &mut RawTaker<'_>,
    drawn: bool,
) -> PdfReading {
    for orphan in orphans {
        raw(&TextPlace::Earlier(Box::new(TextPlace::File)), RawKind::Other, orphan);
    }
    let Ok(document) = parse(&gathered(orphans)) else {
        return PdfReading::unread(UnreadReason::Damaged);
    };
    let homes = Homes::new();
    let Some(walked) = walk::walk(&document, &homes, &mut left.objects) else {
        return PdfReading::unread(UnreadReason::TooMuch(TextLimit::Objects));
    };
    let mut reading = PdfReading::default();
    let mut contents = ContentStreams::of(&document, &[], &homes);
    let mut earlier = |place: &TextPlace, kind: RawKind, bytes: &[u8]| {
        raw(&TextPlace::Earlier(Box::new(place.clone())), kind, bytes);
    };
    contents.unpack(&document, &walked, left, &mut earlier, &mut reading);
    reading.texts.extend(walked.texts);
    let silent = contents.drawings.values().any(ContentSummary::shows_anything);
    if silent && !drawn {
        reading.unread.push(Unread { place: TextPlace::File, why: UnreadReason::Damaged });
    }
    // The numbers are not those of the file.
    for place in reading.texts.iter_mut().map(|said: &mut OtherText| &mut said.place) {
        if let TextPlace::Object(_) = place {
            *place = TextPlace::File;
        }
    }
    reading
}

/// Makes a file of these objects.
fn gathered(orphans: &[&[u8]]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 1\n0000000000 65535 f \n{FIRST_NUMBER} {}\n", orphans.len() + 1);
    let catalog = b"<< /Type /Catalog >>\nendobj\n".as_slice();
    for (index, body) in [catalog].iter().chain(orphans).enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend(format!("{} 0 obj\n", FIRST_NUMBER + index).into_bytes());
        file.extend(with_length(body));
        file.extend(b"\n");
    }
    let start = file.len();
    let count = FIRST_NUMBER + orphans.len() + 1;
    file.extend(table.into_bytes());
    let trailer =
        format!("trailer\n<< /Size {count} /Root {FIRST_NUMBER} 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend(trailer.into_bytes());
    file
}

/// Gives the body of an object whose stream, if it has one, says itself how long it is.
fn with_length(body: &[u8]) -> Vec<u8> {
    let find = |from: usize, word: &[u8]| {
        let rest = body.get(from..).unwrap_or_default();
        rest.windows(word.len()).position(|window| window == word).map(|at| from + at)
    };
    let stream = find(0, b"stream").filter(|stream| !body[..*stream].ends_with(b"end"));
    let end = stream.and_then(|stream| find(stream, b"endstream"));
    // Fonts have other keys that begin so.
    let key = find(0, b"/Length ").or_else(|| find(0, b"/Length\n"));
    let length = key.filter(|length| stream.is_some_and(|stream| *length < stream));
    let (Some(stream), Some(end), Some(length)) = (stream, end, length) else {
        return body.to_vec();
    };
    let value = length + b"/Length".len();
    let is_reference = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_whitespace() || *byte == b'R';
    let behind = value + body[value..].iter().position(|byte| !is_reference(byte)).unwrap_or(0);
    let data = match &body[stream + b"stream".len()..end] {
        [b'\r', b'\n', data @ ..] | [b'\n', data @ ..] => data,
        data => data,
    };
    let number = format!(" {} ", data.len()).into_bytes();
    [&body[..value], &number[..], &body[behind..stream], b"stream\n", data, b"\nendstream\nendobj\n"].concat()
}
