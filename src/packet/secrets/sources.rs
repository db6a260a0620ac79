//! What a file that is not public makes secret: its bytes, its pages, its pictures, what it says.
//!
//! Knows nothing of where the file belongs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::paragraphs::paragraphs;
use super::wanted::SecretContent;
use crate::files;
use crate::pdf::text::{OtherText, PdfReading, RawKind, TextLimits, TextPlace, Unread, read};

/// What a file makes secret.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SecretFile {
    /// What is secret.
    pub contents: Vec<SecretContent>,
    /// What could not be read, and whose text is thus not looked for.
    pub unread: Vec<Unread>,
}

/// A page has so many letters, or is drawn by so many bytes, to be known by its content: others are alike.
const MIN_LETTERS: usize = 200;
const MIN_PLAN: usize = 800;
/// Shorter contents are alike whatever they draw, in bytes.
const MIN_CONTENT: usize = 400;
/// Smaller pictures are logos, in bytes.
pub const MIN_PICTURE: usize = 16 << 10;
/// Smaller files that are attached say nothing.
const MIN_FILE: usize = 256;
/// Words of letterheads, in small letters.
const CONTACT: &[&str] = &[
    "telefon",
    "telefax",
    "fax",
    "tel.",
    "e-mail",
    "email",
    "www.",
    "http",
    "postfach",
    "iban",
    "bic",
    "sprechzeiten",
    "öffnungszeiten",
    "auskunft erteilt",
    "zimmer",
];
/// Paragraphs with fewer words that do not end as sentences do are headings and names.
const MIN_WORDS: usize = 12;

/// Reads a file that is not public.
///
/// What many files have in common is left out: fonts and profiles, logos, drawings such as letterheads, lines that stand
/// on every page, headings. So is the content of pages with hardly a word; forms of our own are better given as records.
pub fn of_file(file: &[u8], limits: &TextLimits) -> SecretFile {
    let mut streams: Vec<(TextPlace, RawKind, usize, String)> = Vec::new();
    let reading = read(file, limits, &mut |place, kind, bytes| {
        let least = match kind {
            RawKind::File | RawKind::Attachment => MIN_FILE,
            RawKind::Content => MIN_CONTENT,
            RawKind::Picture | RawKind::Pixels => MIN_PICTURE,
            RawKind::Other | RawKind::Packed => usize::MAX,
        };
        if bytes.len() >= least {
            streams.push((place.clone(), kind, bytes.len(), files::hash(&[bytes])));
        }
    });
    let letters: BTreeMap<usize, usize> =
        reading.pages.iter().map(|page| (page.number, page.glyphs.len())).collect();
    let known = streams.into_iter().filter(|(place, kind, size, _)| match kind {
        RawKind::Content => {
            let letters = place.page().and_then(|page| letters.get(&page)).copied().unwrap_or(0);
            letters >= MIN_LETTERS || *size >= MIN_PLAN
        }
        // On which of its pages a picture is drawn is not known.
        RawKind::Picture | RawKind::Pixels => !reading.pictures.is_empty(),
        _ => true,
    });
    let hashes: BTreeSet<String> =
        [files::hash(&[file])].into_iter().chain(known.map(|(_, _, _, hash)| hash)).collect();
    let mut contents: Vec<SecretContent> = hashes.into_iter().map(SecretContent::Bytes).collect();
    contents.push(SecretContent::Prose(prose(&reading)));
    SecretFile { contents, unread: reading.unread }
}

/// Gives what a file says, block after block.
fn prose(reading: &PdfReading) -> Vec<String> {
    let texts = reading.texts.iter().filter(|said| is_prose(&said.place));
    let lines = texts.flat_map(|OtherText { text, .. }| text.lines()).map(str::to_owned);
    let mut seen = BTreeSet::new();
    let all = paragraphs(&reading.pages).into_iter().chain(lines);
    all.filter(|text| says_something(text) && seen.insert(text.clone())).collect()
}

fn is_prose(place: &TextPlace) -> bool {
    match place {
        TextPlace::Earlier(inner) | TextPlace::Attachment(_, inner) => is_prose(inner),
        TextPlace::Page(_)
        | TextPlace::Part(_)
        | TextPlace::Drawing(_)
        | TextPlace::Annotation(_)
        | TextPlace::Field(_) => true,
        _ => false,
    }
}

/// Says whether a paragraph is more than a heading, a name or a letterhead.
fn says_something(text: &str) -> bool {
    let text = text.trim();
    let small = text.to_lowercase();
    let is_letterhead = CONTACT.iter().filter(|word| small.contains(*word)).count() >= 2;
    let is_sentence = text.ends_with(['.', '!', '?', ';', ':', '“', '"', ')']);
    let has_number = text.chars().filter(char::is_ascii_digit).count() >= 4;
    !text.is_empty()
        && !is_letterhead
        && (is_sentence || has_number || text.split_whitespace().count() >= MIN_WORDS)
}
