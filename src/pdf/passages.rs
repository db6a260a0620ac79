//! What a document says as its passages, in the order in which it is read: along its structure, or else page by page.
//!
//! What is in no element is told apart, and never left out: heads and feet, and what fields and comments say. What cannot be
//! read is said. Knows nothing of other versions of the document.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use lopdf::Document;
use serde::{Deserialize, Serialize};

use super::inspect::title;
use super::objects::pages;
use super::structure::{HeldText, held_texts};
use super::text::{self, PageText, PdfReading, RawKind, TextLimits, TextPlace, TextRun, UnreadReason};
use crate::day::Day;
use crate::files;

/// What a document says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DocumentText {
    /// Its title.
    pub title: Option<String>,
    /// The day on which it was made, as it says.
    pub day: Option<Day>,
    /// Its passages along its structure; none if it has no structure that holds its text.
    pub structured: Option<Vec<TextPassage>>,
    /// The text of each page, line by line.
    pub pages: Vec<String>,
    /// What stands on pages outside of the structure, and in fields and comments: each text once.
    pub beside: Vec<TextPassage>,
    /// The pictures that pages show, as hashes.
    pub pictures: BTreeMap<Option<usize>, BTreeSet<String>>,
    /// What of it cannot be read.
    pub unread: Vec<String>,
}

/// A passage of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPassage {
    /// The page on which it begins.
    pub page: usize,
    /// What it is: `Absatz`, `Tabellenzeile`.
    pub kind: Cow<'static, str>,
    /// Its words.
    pub text: String,
}

/// If more of the letters are in no element, the structure does not say how the document is read.
const MOST_OUTSIDE: f64 = 0.5;

impl DocumentText {
    /// Reads a document, which is that of these bytes.
    pub(super) fn read(document: &Document, bytes: &[u8]) -> Self {
        let mut pictures: BTreeMap<Option<usize>, BTreeSet<String>> = BTreeMap::new();
        let mut take = |place: &TextPlace, kind: RawKind, bytes: &[u8]| {
            if kind == RawKind::Picture {
                pictures.entry(place.page()).or_default().insert(files::hash(&[bytes]));
            }
        };
        let reading = text::read(bytes, &TextLimits::default(), &mut take);
        let order = pages(document);
        let shown: Vec<String> = reading.pages.iter().map(|page| joined(&page.lines.text)).collect();
        let held = held_texts(document, &order);
        let structured = held.as_ref().and_then(|held| along_structure(held, &reading));
        let in_elements = structured.as_ref().and(held.as_ref()).map(|held| held.as_slice());
        Self {
            title: title(document),
            day: made_on(document),
            beside: beside(&reading, in_elements),
            structured,
            pages: shown,
            pictures,
            unread: unread(&reading),
        }
    }
}

/// The day on which a document says that it was made.
fn made_on(document: &Document) -> Option<Day> {
    let info = super::objects::dict(document, &document.trailer, b"Info")?;
    let day = [&b"ModDate"[..], b"CreationDate"]
        .into_iter()
        .find_map(|key| super::objects::text(document, info, key))?;
    let digits: String =
        day.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let part = |range: std::ops::Range<usize>| digits.get(range);
    Day::new(part(0..4)?.parse().ok()?, part(4..6)?.parse().ok()?, part(6..8)?.parse().ok()?)
}

/// The passages along the structure; none if too much of the text is outside of it.
fn along_structure(held: &[HeldText], reading: &PdfReading) -> Option<Vec<TextPassage>> {
    let texts = MarkedTexts::of(reading);
    let mut passages: Vec<TextPassage> = Vec::new();
    let mut last = None;
    let mut letters = 0;
    for piece in held {
        let own = texts.by_mark.get(&(piece.page, piece.mcid)).map(String::as_str).unwrap_or_default();
        letters += own.chars().filter(|c| !c.is_whitespace()).count();
        let is_same = |part: fn(&HeldText) -> Option<lopdf::ObjectId>| {
            last.is_some_and(|last: &HeldText| part(last).is_some() && part(last) == part(piece))
        };
        let text = match &piece.instead {
            // Its words are said once, however many pieces they stand for.
            Some(_) if is_same(|piece| piece.figure) => "",
            Some(instead) => instead.as_str(),
            None => own,
        };
        let is_apart = piece.instead.is_some() && !is_same(|piece| piece.figure);
        match passages.last_mut().filter(|_| last.is_some_and(|last: &HeldText| last.block == piece.block)) {
            Some(passage) => {
                if is_same(|piece| piece.cell) || piece.cell.is_none() {
                    passage.text.push_str(if is_apart { " " } else { "" });
                } else {
                    passage.text.push_str(" | ");
                }
                passage.text.push_str(text);
                passage.text.push_str(if is_apart { " " } else { "" });
            }
            None => passages.push(TextPassage {
                page: piece.page,
                kind: piece.kind.into(),
                text: text.to_owned(),
            }),
        }
        last = Some(piece);
    }
    for passage in &mut passages {
        passage.text = joined(&passage.text);
    }
    passages.retain(|passage| passage.text.contains(|c: char| c != '|' && !c.is_whitespace()));
    let outside = texts.letters.saturating_sub(letters) as f64;
    (letters > 0 && outside <= MOST_OUTSIDE * texts.letters as f64).then_some(passages)
}

/// What is in no element, and what fields and comments say.
fn beside(reading: &PdfReading, held: Option<&[HeldText]>) -> Vec<TextPassage> {
    let mut found: Vec<TextPassage> = Vec::new();
    let mut known = BTreeSet::new();
    let mut add = |page: usize, kind: &'static str, text: String| {
        if !text.is_empty() && known.insert((kind, text.clone())) {
            found.push(TextPassage { page, kind: kind.into(), text });
        }
    };
    if let Some(held) = held {
        let inside: BTreeSet<(usize, i32)> = held.iter().map(|piece| (piece.page, piece.mcid)).collect();
        let count = reading.pages.len();
        for page in &reading.pages {
            let is_outside =
                |mark: Option<i32>| mark.is_none_or(|mcid| !inside.contains(&(page.number, mcid)));
            let outside: String =
                runs(page).filter(|(mark, _)| is_outside(*mark)).map(|(_, text)| text).collect();
            for line in outside.lines() {
                add(page.number, "Kopf- oder Fußzeile", without_page(line, page.number, count));
            }
        }
    }
    for said in &reading.texts {
        let kind = match said.place {
            TextPlace::Field(_) => "Formularfeld",
            TextPlace::Annotation(_) => "Kommentar",
            _ => continue,
        };
        add(said.place.page().unwrap_or(1), kind, joined(&said.text));
    }
    found
}

/// A line without the number of its page, which says nothing of its own.
fn without_page(line: &str, page: usize, count: usize) -> String {
    let (page, count) = (page.to_string(), count.to_string());
    let plain = |word: &str| if word == page || word == count { "#".to_owned() } else { word.to_owned() };
    line.split_whitespace().map(plain).collect::<Vec<_>>().join(" ")
}

/// What of a document cannot be read, in words.
fn unread(reading: &PdfReading) -> Vec<String> {
    let counts = |place: &TextPlace| {
        matches!(place, TextPlace::Page(_) | TextPlace::Drawing(_) | TextPlace::File | TextPlace::Object(_))
    };
    let of_text = reading.unread.iter().filter(|unread| counts(&unread.place));
    let mut all: Vec<String> = of_text
        // Signs without letters, such as bullets of old fonts, are few.
        .filter(|unread| !matches!(unread.why, UnreadReason::NoLetters { count, .. } if count <= 1))
        .map(|unread| format!("{}: {}", unread.place, unread.why))
        .collect();
    all.dedup();
    all
}

/// The letters of pages by the marks of their content.
#[derive(Default)]
struct MarkedTexts {
    by_mark: BTreeMap<(usize, i32), String>,
    letters: usize,
}

impl MarkedTexts {
    fn of(reading: &PdfReading) -> Self {
        let mut texts = Self::default();
        for page in &reading.pages {
            for (mark, text) in runs(page) {
                texts.letters += text.chars().filter(|c| !c.is_whitespace()).count();
                if let Some(mcid) = mark {
                    texts.by_mark.entry((page.number, mcid)).or_default().push_str(text);
                }
            }
        }
        texts
    }
}

/// The text of a page as it is drawn, glyph by glyph, each with the mark of its content.
fn runs(page: &PageText) -> impl Iterator<Item = (Option<i32>, &str)> {
    let TextRun { text, glyphs } = &page.drawn;
    glyphs.iter().enumerate().map(move |(at, (start, glyph))| {
        let end = glyphs.get(at + 1).map_or(text.len(), |(next, _)| *next as usize);
        let before = page.marks.partition_point(|(first, _)| first <= glyph);
        let mark = before.checked_sub(1).and_then(|at| page.marks[at].1);
        (mark, text.get(*start as usize..end).unwrap_or_default())
    })
}

/// Joins lines: where a word was parted at the end of one, it is whole again.
fn joined(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for word in text.replace('\u{ad}', "").split_inclusive(char::is_whitespace) {
        let begins_small = word.chars().next().is_some_and(char::is_lowercase);
        let is_parted = whole.ends_with("-\n") && whole.chars().rev().nth(2).is_some_and(char::is_alphabetic);
        if begins_small && is_parted && !word.starts_with("und ") && !word.starts_with("oder ") {
            whole.truncate(whole.len() - 2);
        }
        whole.push_str(word);
    }
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_line_parts_are_whole() {
        assert_eq!(
            joined("Die Wirt-\nschaft und\ndie Kultur-\nund Sportförderung"),
            "Die Wirtschaft und die Kultur- und Sportförderung"
        );
        assert_eq!(joined("A-\nB 5-\n6"), "A- B 5- 6");
        assert_eq!(joined("Stra\u{ad}ße  und\n Weg"), "Straße und Weg");
    }

    #[test]
    fn the_number_of_a_page_says_nothing() {
        assert_eq!(without_page("20.01.2025 Seite 2 von 4", 2, 4), "20.01.2025 Seite # von #");
    }
}
