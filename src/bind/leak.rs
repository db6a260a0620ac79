//! The last look at a finished public packet: whether anything of a non-public item is in it.
//!
//! Reads the file back as anybody could who got it, and searches everything: the text of the pages, bookmarks, metadata,
//! names, and the bytes of all objects and streams.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use lopdf::{Document, Object, ObjectId, Stream, dictionary};
use rayon::prelude::*;

use super::part::{Bookmark, Part};
use crate::files;
use crate::pdf;
use crate::pdf::objects::{as_text, unpacked};

/// What nobody may read in a public packet.
#[derive(Debug, Default, Clone)]
pub struct Secrets {
    /// Looked for everywhere.
    phrases: BTreeSet<String>,
    /// Too short to be looked for in running text; nothing may be called so.
    names: BTreeSet<String>,
    /// Hashes of the streams of non-public papers.
    streams: BTreeSet<String>,
}

/// Something that was found in a public packet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// What was found.
    pub secret: String,
    /// Where, in German.
    pub place: String,
}

/// A sentence has at least so many letters; what is shorter may be said of anything.
const MIN_SENTENCE: usize = 24;
const MAX_STREAM_BYTES: usize = 256 << 20;
/// A stream that is shorter says nothing.
const MIN_STREAM: usize = 64;
const PAGES_AT_ONCE: usize = 64;
/// What a page of text unpacks to at most, in bytes; reading text takes some hundred times as much memory.
const MAX_TEXT_STREAM: usize = 4 << 20;

impl Secrets {
    /// Adds a number, a title or the name of a file.
    pub fn title(&mut self, title: &str) {
        let title = title.trim();
        let words = title.split_whitespace().count();
        let has_digit = title.contains(|c: char| c.is_ascii_digit());
        if words >= 3 || has_digit && title.len() >= 6 {
            self.phrases.insert(title.to_owned())
        } else {
            self.names.insert(title.to_owned())
        };
    }

    /// Adds a title that may be said of anything, such as "Mitteilungen der Verwaltung": nothing may be called so.
    pub fn name(&mut self, name: &str) {
        self.names.insert(name.trim().to_owned());
    }

    /// Adds a text, sentence by sentence.
    pub fn text(&mut self, text: &str) {
        let sentences = text.split_inclusive(['.', '!', '?', '\n', ';']).map(str::trim);
        let long = sentences.filter(|sentence| {
            squeezed(sentence).chars().count() >= MIN_SENTENCE && sentence.split_whitespace().count() >= 4
        });
        self.phrases.extend(long.map(str::to_owned));
    }

    /// Adds the streams of a paper: images, fonts, the content of its pages.
    pub fn paper(&mut self, part: &Part) {
        self.streams.extend(streams(part));
    }

    /// Takes out what a public paper has too: a logo is no secret, and its bookmarks may be called as they are.
    pub fn public_paper(&mut self, part: &Part) {
        for stream in streams(part) {
            self.streams.remove(&stream);
        }
        let mut open: Vec<&Bookmark> = part.brings.bookmarks.iter().collect();
        while let Some(bookmark) = open.pop() {
            let title = squeezed(&bookmark.title);
            self.names.retain(|name| squeezed(name) != title);
            open.extend(&bookmark.kids);
        }
    }

    /// Adds other secrets.
    pub fn add(&mut self, other: Self) {
        self.phrases.extend(other.phrases);
        self.names.extend(other.names);
        self.streams.extend(other.streams);
    }

    /// Takes out what public papers say too: it is no secret.
    pub fn without(mut self, public: &[String]) -> Self {
        let public: Vec<String> = public.iter().map(|text| squeezed(text)).collect();
        let is_secret = |secret: &String| {
            let secret = squeezed(secret);
            !secret.is_empty() && !public.iter().any(|text| text.contains(&secret))
        };
        self.phrases.retain(is_secret);
        self.names.retain(is_secret);
        self
    }

    /// Searches a finished file.
    pub fn search(&self, bytes: &[u8]) -> Result<Vec<Leak>, pdf::LoadError> {
        let mut leaks = BTreeSet::new();
        if self.phrases.is_empty() && self.names.is_empty() && self.streams.is_empty() {
            return Ok(Vec::new());
        }
        let document = pdf::load(bytes)?;
        let Some(search) = Search::new(self) else { return Ok(Vec::new()) };
        let found: Vec<Leak> =
            document.objects.par_iter().flat_map_iter(|(_, object)| search.object(object)).collect();
        leaks.extend(found);
        leaks.extend(search.object(&Object::Dictionary(document.trailer.clone())));
        let mut document = document;
        pages_of_drawings(&mut document);
        leaks.extend(search.pages(&document));
        Ok(leaks.into_iter().collect())
    }
}

/// The secrets in the forms in which a file may hold them.
struct Search<'a> {
    /// As they are written, in UTF-8, UTF-16 and Latin-1, for bytes.
    bytes: AhoCorasick,
    of_bytes: Vec<String>,
    /// Without spaces and in lower case, for text.
    text: AhoCorasick,
    of_text: Vec<String>,
    names: BTreeSet<String>,
    streams: &'a BTreeSet<String>,
}

impl<'a> Search<'a> {
    fn new(secrets: &'a Secrets) -> Option<Self> {
        let mut encoded: Vec<(Vec<u8>, &String)> = Vec::new();
        for phrase in &secrets.phrases {
            encoded.push((phrase.as_bytes().to_vec(), phrase));
            encoded.push((phrase.encode_utf16().flat_map(u16::to_be_bytes).collect(), phrase));
            encoded.push((phrase.encode_utf16().flat_map(u16::to_le_bytes).collect(), phrase));
            let latin: Option<Vec<u8>> = phrase.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            encoded.extend(latin.map(|bytes| (bytes, phrase)));
        }
        let phrases: Vec<String> = secrets.phrases.iter().cloned().collect();
        Some(Self {
            bytes: AhoCorasick::new(encoded.iter().map(|(bytes, _)| bytes)).ok()?,
            of_bytes: encoded.iter().map(|(_, phrase)| (*phrase).clone()).collect(),
            text: AhoCorasick::new(phrases.iter().map(|phrase| squeezed(phrase))).ok()?,
            of_text: phrases,
            names: secrets.names.iter().map(|name| squeezed(name)).collect(),
            streams: &secrets.streams,
        })
    }

    /// What an object holds, in strings, names and streams.
    fn object(&self, object: &Object) -> Vec<Leak> {
        let mut leaks = Vec::new();
        let mut open = vec![object];
        while let Some(object) = open.pop() {
            match object {
                Object::String(bytes, _) => {
                    leaks.extend(self.in_bytes(bytes, "in einer Zeichenkette"));
                    if let Some(text) = as_text(object) {
                        leaks.extend(self.in_text(&text, "in einer Zeichenkette"));
                        leaks.extend(self.called(&text));
                    }
                }
                Object::Name(name) => leaks.extend(self.in_bytes(name, "in einem Namen")),
                Object::Array(items) => open.extend(items),
                Object::Dictionary(dictionary) => open.extend(dictionary.iter().map(|(_, value)| value)),
                Object::Stream(stream) => {
                    open.extend(stream.dict.iter().map(|(_, value)| value));
                    if self.streams.contains(&files::hash(&[&stream.content])) {
                        let secret = "ein Teil einer nichtöffentlichen Datei".to_owned();
                        leaks.push(Leak { secret, place: "in einem Datenstrom".to_owned() });
                    }
                    leaks.extend(self.in_bytes(&stream.content, "in einem Datenstrom"));
                    let plain = unpacked(stream, MAX_STREAM_BYTES).unwrap_or_default();
                    leaks.extend(self.in_bytes(&plain, "in einem Datenstrom"));
                }
                _ => {}
            }
        }
        leaks
    }

    /// The text of the pages and of what they draw, as far as their fonts say what their characters are.
    fn pages(&self, document: &Document) -> Vec<Leak> {
        let pages: Vec<u32> = document.get_pages().keys().copied().collect();
        // Each call looks for all pages first, so it gets many at once; only where something is found, one by one.
        let suspect = pages
            .par_chunks(PAGES_AT_ONCE)
            .filter(|pages| !self.in_text(&text(document, pages), "").is_empty());
        let single = suspect.flat_map_iter(|pages| pages.iter().copied());
        single
            .flat_map_iter(|page| self.in_text(&text(document, &[page]), &format!("auf Seite {page}")))
            .collect()
    }

    fn in_bytes(&self, bytes: &[u8], place: &str) -> Vec<Leak> {
        let found = self
            .bytes
            .find_iter(bytes)
            .map(|found| (&self.of_bytes[found.pattern().as_usize()], found.end()));
        let whole = found.filter(|(secret, end)| !goes_on(secret, &bytes[*end..])).map(|(secret, _)| secret);
        whole.map(|secret| Leak { secret: secret.clone(), place: place.to_owned() }).collect()
    }

    fn in_text(&self, text: &str, place: &str) -> Vec<Leak> {
        let text = squeezed(text);
        let found =
            self.text.find_iter(&text).map(|found| (&self.of_text[found.pattern().as_usize()], found.end()));
        let whole = found
            .filter(|(secret, end)| !goes_on(secret, &text.as_bytes()[*end..]))
            .map(|(secret, _)| secret);
        whole.map(|secret| Leak { secret: secret.clone(), place: place.to_owned() }).collect()
    }

    /// Tells whether a string is, or begins or ends with, what nothing may be called.
    fn called(&self, text: &str) -> Option<Leak> {
        let text = squeezed(text);
        self.names
            .iter()
            .find(|name| {
                text == **name || text.ends_with(&format!(":{name}")) || text.ends_with(&format!("–{name}"))
            })
            .map(|name| Leak { secret: name.clone(), place: "als Bezeichnung".to_owned() })
    }
}

/// The text of pages. What cannot be read of one page does not hide the others.
fn text(document: &Document, pages: &[u32]) -> String {
    let pieces = document.extract_text_chunks(pages).into_iter();
    pieces.filter_map(Result::ok).collect()
}

/// Makes each form XObject, which pages draw, a page: then its text is found as that of pages is. A page that draws more
/// than any text is left out: it is a picture.
fn pages_of_drawings(document: &mut Document) {
    let is_short = |stream: &Stream| unpacked(stream, MAX_TEXT_STREAM).is_some();
    let drawings: Vec<(ObjectId, Object)> = document
        .objects
        .iter()
        .filter_map(|(id, object)| {
            let stream = object.as_stream().ok()?;
            let is_form = stream.dict.get(b"Subtype").and_then(Object::as_name).ok()? == b"Form";
            let resources = stream.dict.get(b"Resources").ok()?.clone();
            (is_form && is_short(stream)).then_some((*id, resources))
        })
        .collect();
    for page in pdf::pages(document) {
        let contents = document.get_page_contents(page);
        let streams = contents.iter().filter_map(|id| document.get_object(*id).ok()?.as_stream().ok());
        if !streams.into_iter().all(is_short)
            && let Ok(page) = document.get_dictionary_mut(page)
        {
            page.remove(b"Contents");
        }
    }
    let Ok(tree) =
        document.catalog().and_then(|catalog| catalog.get(b"Pages")).and_then(Object::as_reference)
    else {
        return;
    };
    let mut pages = Vec::new();
    for (drawing, resources) in drawings {
        let page = dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => drawing, "Resources" => resources };
        pages.push(Object::Reference(document.add_object(page)));
    }
    if let Ok(Object::Array(kids)) = document.get_dictionary_mut(tree).and_then(|tree| tree.get_mut(b"Kids"))
    {
        kids.extend(pages);
    }
}

/// Tells whether a match is a part of something longer: of `V/0056/2025/1`, or of a longer number.
fn goes_on(secret: &str, rest: &[u8]) -> bool {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    secret.ends_with(|c: char| c.is_ascii_digit())
        && (digit(rest.first()) || rest.first() == Some(&b'/') && digit(rest.get(1)))
}

fn streams(part: &Part) -> impl Iterator<Item = String> {
    part.streams().filter(|content| content.len() >= MIN_STREAM).map(|content| files::hash(&[content]))
}

/// A text without what line breaks and fonts may change: spaces, hyphens at which words break, upper and lower case.
fn squeezed(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{ad}' | '\u{200b}' | '-' | '‐'));
    kept.flat_map(char::to_lowercase).collect()
}
