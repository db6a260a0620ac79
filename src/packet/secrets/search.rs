//! Looks for secrets in texts and files.
//!
//! Knows nothing of how a phrase is found.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use super::columns::columns;
use super::folded::FoldedText;
use super::hit::{Hit, HitWeight, SearchResult, TextRole};
use super::index::{SecretIndex, Sightings};
use super::views::{raw_text, views};
use crate::files;
use crate::pdf::text::{
    OtherText, PageText, RawKind, TextLimit, TextLimits, TextPlace, TextRun, Unread, UnreadReason, read,
};

/// Longer texts are searched in pieces, which share so much that no secret is cut.
const PIECE: usize = 1 << 20;
const SHARED: usize = 8 << 10;
/// More hits of one weight than anybody reads: beyond them it is only said that there are more.
const MAX_HITS: usize = 5_000;
/// What is shown of a hit, in letters.
const MAX_SHOWN: usize = 120;
/// What is shown beside a number or an amount by itself, in bytes.
const AROUND: usize = 40;
/// Shorter bytes are the same by chance.
const MIN_BYTES: usize = 256;
/// So many bytes, of many streams, are searched at once.
const BYTES_AT_ONCE: usize = 4 << 20;
/// So much of the end of a page and of the beginning of the next, in bytes, may be one sentence.
const SEAM: usize = 800;

/// Looks for secrets in a text that is no PDF.
pub fn in_text(index: &SecretIndex, text: &str, role: TextRole) -> Vec<Hit> {
    let mut hits = FoundHits::default();
    let place = match role {
        TextRole::Text => TextPlace::Part(String::new()),
        TextRole::Name => TextPlace::Name(None),
    };
    hits.add_all(&place, seen(index, text, role));
    hits.all(&mut Vec::new())
}

/// Looks for secrets in a file, whatever it is: in all that it says, and in its bytes.
pub fn search(file: &[u8], index: &SecretIndex, limits: &TextLimits) -> SearchResult {
    let mut hits = FoundHits::default();
    let mut in_bytes = RawSearch { index, waiting: Vec::new(), size: 0, hits: FoundHits::default() };
    // The whole file is no text.
    in_bytes.take(&TextPlace::File, RawKind::Packed, file);
    let reading = read(file, limits, &mut |place, kind, bytes| in_bytes.take(place, kind, bytes));
    // Where nothing is secret, what cannot be read still has to be said.
    if index.is_empty() {
        return SearchResult { hits: Vec::new(), unread: reading.unread, pictures: reading.pictures };
    }
    let pages: Vec<Vec<SeenSecret>> = reading.pages.par_iter().map(|page| seen_on(index, page)).collect();
    for (page, seen) in reading.pages.iter().zip(pages) {
        hits.add_all(&TextPlace::Page(page.number), seen);
    }
    for (first, second) in reading.pages.iter().zip(reading.pages.iter().skip(1)) {
        hits.add_all(&TextPlace::Page(first.number), seen_between(index, first, second));
    }
    hits.add_texts(index, &reading.texts);
    // What is read says it better than bytes do.
    hits.add_other(in_bytes.done());
    let mut unread = reading.unread;
    let hits = hits.all(&mut unread);
    SearchResult { hits, unread, pictures: reading.pictures }
}

/// Tells whether these words stand in a text, whatever the spelling; no words stand nowhere.
pub fn is_in(words: &str, text: &str) -> bool {
    let (words, text) = (FoldedText::new(words), FoldedText::new(text));
    words.len() > 0 && text.text.windows(words.len()).any(|part| part == words.text)
}

/// What of a secret stands in a text.
struct SeenSecret {
    secret: u32,
    weight: HitWeight,
    shown: String,
}

/// What was found, once for each secret and place.
#[derive(Default)]
struct FoundHits {
    secrets: HitMap,
    mentions: HitMap,
}

/// What is shown of each secret in each place; the first so many.
#[derive(Default)]
struct HitMap {
    all: BTreeMap<(u32, TextPlace), String>,
    more: bool,
}

impl HitMap {
    fn add(&mut self, key: (u32, TextPlace), shown: String) {
        let known = self.all.entry(key).or_default();
        if known.is_empty() {
            *known = shown;
        }
        if self.all.len() > MAX_HITS {
            self.all.pop_last();
            self.more = true;
        }
    }
}

impl FoundHits {
    fn add(&mut self, secret: u32, place: &TextPlace, weight: HitWeight, shown: String) {
        let hits = match weight {
            HitWeight::Secret => &mut self.secrets,
            HitWeight::Mention => &mut self.mentions,
        };
        hits.add((secret, place.clone()), shown);
    }

    fn add_all(&mut self, place: &TextPlace, seen: Vec<SeenSecret>) {
        for SeenSecret { secret, weight, shown } in seen {
            self.add(secret, place, weight, shown);
        }
    }

    fn add_other(&mut self, other: Self) {
        for (own, other) in [(&mut self.secrets, other.secrets), (&mut self.mentions, other.mentions)] {
            own.more |= other.more;
            other.all.into_iter().for_each(|(key, shown)| own.add(key, shown));
        }
    }

    fn add_texts(&mut self, index: &SecretIndex, texts: &[OtherText]) {
        let names = texts.par_iter().filter(|said| names_something(&said.place));
        let names: Vec<(&TextPlace, Vec<SeenSecret>)> =
            names.map(|said| (&said.place, seen(index, &said.text, TextRole::Name))).collect();
        names.into_iter().for_each(|(place, seen)| self.add_all(place, seen));
        // What is cut into pieces says the same.
        let mut whole: BTreeMap<&TextPlace, String> = BTreeMap::new();
        for said in texts {
            let text = whole.entry(&said.place).or_default();
            text.push_str(&said.text);
            text.push('\n');
        }
        let whole: Vec<(&TextPlace, Vec<SeenSecret>)> =
            whole.par_iter().map(|(place, text)| (*place, seen(index, text, TextRole::Text))).collect();
        whole.into_iter().for_each(|(place, seen)| self.add_all(place, seen));
    }

    fn all(self, unread: &mut Vec<Unread>) -> Vec<Hit> {
        if self.secrets.more || self.mentions.more {
            let why = UnreadReason::TooMuch(TextLimit::Hits);
            unread.push(Unread { place: TextPlace::File, why });
        }
        let mut all = self.mentions.all;
        all.retain(|key, _| !self.secrets.all.contains_key(key));
        let weighed = |weight| {
            move |((secret, place), shown): ((u32, TextPlace), String)| Hit {
                secret: secret as usize,
                place,
                weight,
                shown,
            }
        };
        let secrets = self.secrets.all.into_iter().map(weighed(HitWeight::Secret));
        let mut hits: Vec<Hit> = all.into_iter().map(weighed(HitWeight::Mention)).chain(secrets).collect();
        hits.sort();
        hits
    }
}

/// Looks through bytes, many of them at once.
struct RawSearch<'a> {
    index: &'a SecretIndex,
    /// What is not yet searched, and how many bytes it has.
    waiting: Vec<(TextPlace, RawKind, Vec<u8>)>,
    size: usize,
    hits: FoundHits,
}

impl RawSearch<'_> {
    /// Takes bytes; searches them, or later.
    fn take(&mut self, place: &TextPlace, kind: RawKind, bytes: &[u8]) {
        if self.index.is_empty() {
            return;
        }
        if self.size + bytes.len() > BYTES_AT_ONCE {
            self.search();
        }
        if bytes.len() > BYTES_AT_ONCE {
            self.hits.add_all(place, seen_in_bytes(self.index, kind, bytes));
        } else {
            self.size += bytes.len();
            self.waiting.push((place.clone(), kind, bytes.to_vec()));
        }
    }

    fn search(&mut self) {
        self.size = 0;
        let waiting = std::mem::take(&mut self.waiting);
        let seen: Vec<Vec<SeenSecret>> =
            waiting.par_iter().map(|(_, kind, bytes)| seen_in_bytes(self.index, *kind, bytes)).collect();
        for ((place, ..), seen) in waiting.iter().zip(seen) {
            self.hits.add_all(place, seen);
        }
    }

    /// Searches what is left, and gives all that was found.
    fn done(mut self) -> FoundHits {
        self.search();
        self.hits
    }
}

/// Says whether a text is what something is called.
fn names_something(place: &TextPlace) -> bool {
    match place {
        TextPlace::Earlier(inner) | TextPlace::Attachment(_, inner) => names_something(inner),
        TextPlace::Page(_)
        | TextPlace::Drawing(_)
        | TextPlace::MarkedContent(_)
        | TextPlace::Part(_)
        | TextPlace::Script
        | TextPlace::File => false,
        _ => true,
    }
}

/// Looks through a text in each way in which it may be meant.
fn seen(index: &SecretIndex, text: &str, role: TextRole) -> Vec<SeenSecret> {
    let mut all = Vec::new();
    for piece in pieces(text) {
        let text = &text[piece];
        for view in views(text).into_iter().chain(index.with_joined_letters(text).map(Cow::Owned)) {
            all.extend(shown(&view, index.look(&view, role)));
        }
    }
    all
}

/// Looks for bytes that are a secret, and through them for what is text in them.
fn seen_in_bytes(index: &SecretIndex, kind: RawKind, bytes: &[u8]) -> Vec<SeenSecret> {
    let is_compared = index.has_hashes() && bytes.len() >= MIN_BYTES;
    let hash = is_compared.then(|| files::hash(&[bytes]));
    let same = hash.iter().flat_map(|hash| index.of_hash(hash));
    let whole = same.map(|secret| SeenSecret { secret, weight: HitWeight::Secret, shown: String::new() });
    let mut all: Vec<SeenSecret> = whole.collect();
    // Neither is text.
    if !matches!(kind, RawKind::Packed | RawKind::Pixels) {
        all.extend(seen_raw(index, kind, bytes));
    }
    all
}

/// Looks through bytes for what is text in them.
fn seen_raw(index: &SecretIndex, kind: RawKind, bytes: &[u8]) -> Vec<SeenSecret> {
    let starts: Vec<usize> = (0..bytes.len()).step_by(PIECE).collect();
    let pieces = starts.par_iter().map(|start| {
        let text = raw_text(&bytes[*start..bytes.len().min(start + PIECE + 2 * SHARED)]);
        // What is drawn is read as it is drawn.
        let is_plain = matches!(kind, RawKind::Content | RawKind::Picture);
        let views = if is_plain { vec![Cow::Borrowed(&text[..])] } else { views(&text) };
        views.iter().flat_map(|view| shown(view, index.look_for_phrases(view))).collect::<Vec<SeenSecret>>()
    });
    pieces.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn seen_on(index: &SecretIndex, page: &PageText) -> Vec<SeenSecret> {
    let mut all = seen(index, &page.drawn.text, TextRole::Text);
    if page.lines.text != page.drawn.text {
        all.extend(seen(index, &page.lines.text, TextRole::Text));
    }
    // Of amounts and numbers it matters what stands beside them.
    if let Some(columns) = columns(page) {
        let in_view = |view: &Cow<'_, str>| shown(view, index.look_for_phrases(view));
        all.extend(views(&columns).iter().flat_map(in_view));
    }
    all
}

/// Looks for what begins on one page and ends on the next, with and without a line at the foot and the head.
fn seen_between(index: &SecretIndex, first: &PageText, second: &PageText) -> Vec<SeenSecret> {
    let runs = [(&first.drawn, &second.drawn), (&first.lines, &second.lines)];
    let runs =
        runs.into_iter().take(if first.lines == first.drawn && second.lines == second.drawn { 1 } else { 2 });
    let mut all = Vec::new();
    for (first, second) in runs {
        let (foot, head) = (foot(first), head(second));
        let without_foot = foot.trim_end().rsplit_once('\n').map_or("", |(rest, _)| rest);
        let without_head = head.trim_start().split_once('\n').map_or("", |(_, rest)| rest);
        for (foot, head) in
            [(foot, head), (without_foot, head), (foot, without_head), (without_foot, without_head)]
        {
            let text = format!("{foot}\n{head}");
            let mut found = index.look_for_phrases(&text);
            // What stands on one page is found there.
            found.retain(|_, (_, span)| span.start < foot.len() && span.end > foot.len() + 1);
            all.extend(shown(&text, found));
        }
    }
    all
}

fn foot(run: &TextRun) -> &str {
    let start = run.text.len().saturating_sub(SEAM);
    &run.text[run.text.ceil_char_boundary(start)..]
}

fn head(run: &TextRun) -> &str {
    &run.text[..run.text.floor_char_boundary(SEAM)]
}

/// Gives the pieces of a text in which it is searched.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let starts = (0..text.len()).step_by(PIECE);
    starts
        .map(|start| {
            text.floor_char_boundary(start)..text.ceil_char_boundary((start + PIECE + SHARED).min(text.len()))
        })
        .collect()
}

fn shown(text: &str, sightings: Sightings) -> Vec<SeenSecret> {
    let all = sightings.into_iter().map(|(secret, (weight, span))| {
        let span = if weight == HitWeight::Mention { with_neighbours(text, span) } else { span };
        SeenSecret { secret, weight, shown: cut(text.get(span).unwrap_or_default()) }
    });
    all.collect()
}

/// Gives a part of a text with some of the line that it stands on.
fn with_neighbours(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.saturating_sub(AROUND));
    let end = text.ceil_char_boundary((span.end + AROUND).min(text.len()));
    let before = text[start..span.start].rfind('\n').map_or(start, |at| start + at + 1);
    let after = text[span.end..end].find('\n').map_or(end, |at| span.end + at);
    before..after
}

/// Gives the words of a text in one line.
fn cut(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
