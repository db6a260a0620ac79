//! Compares the words of the pages with those that must stand there, and the boxes of words with what is around them.

use std::collections::BTreeMap;

use super::letters::{Joint, Letters};
use super::page::{LaidText, Pages};
use super::words::{ExpectedText, Fault, FaultKind, PrintedPlace};

/// After so many faults of a kind the rest says nothing new.
const MAX_FAULTS: usize = 30;
/// Most texts stand within so many letters behind the one before them.
const NEAR: usize = 2000;
/// A form puts at most so many letters between two words of a label.
const LABEL: usize = 40;

/// What the pages of a document show of its record.
pub(in crate::typeset) struct Proof {
    /// What is wrong with the words.
    pub faults: Vec<Fault>,
    /// Where the texts of the record stand.
    pub places: Vec<PrintedPlace>,
}

/// Compares pages with what must stand there.
pub(super) fn compare(pages: &Pages, expected: &[ExpectedText]) -> Proof {
    let reader = read(pages, expected);
    let places = places(pages, &reader);
    Proof { faults: faults(pages, reader), places }
}

fn faults(pages: &Pages, reader: Reader<'_>) -> Vec<Fault> {
    let part_of = |start: usize| {
        let before = reader.taken.range(..=start).next_back();
        before.filter(|(_, (end, _))| *end > start).map(|(_, (_, part))| *part)
    };
    let of_place = |kind: FaultKind, run: &LaidText, words: String| Fault {
        kind,
        part: part_of(run.start),
        words,
        page: run.page,
        at: None,
    };
    let mut placed: Vec<Fault> =
        cut(pages).map(|run| of_place(FaultKind::Edge, run, run.text.clone())).collect();
    let over = over_each_other(pages).into_iter();
    placed.extend(
        over.map(|(run, other)| of_place(FaultKind::Over, run, format!("{} / {}", run.text, other.text))),
    );
    placed.extend(pages.tables.iter().map(|table| Fault {
        kind: FaultKind::Table,
        // The first cells may be found elsewhere, if all they say is a number.
        part: part_of(table.start).or_else(|| Some(reader.taken.range(table.start..).next()?.1.1)),
        words: table.fault.clone(),
        page: table.page,
        at: Some(table.at),
    }));
    let mut faults = reader.faults;
    faults.extend(placed);
    faults
}

/// Reads the pages along with what must stand there.
fn read<'a>(pages: &'a Pages, expected: &[ExpectedText]) -> Reader<'a> {
    let mut reader = Reader { page: &pages.letters, taken: BTreeMap::new(), at: 0, faults: Vec::new() };
    for text in expected {
        if reader.faults.len() >= MAX_FAULTS {
            break;
        }
        reader.read(text);
    }
    reader
}

/// Where each text was found: for each part and page the box around all of it.
fn places(pages: &Pages, reader: &Reader<'_>) -> Vec<PrintedPlace> {
    let mut boxes: BTreeMap<(usize, usize), PrintedPlace> = BTreeMap::new();
    for (index, run) in pages.runs.iter().enumerate() {
        let end = pages.runs.get(index + 1).map_or(pages.letters.text.len(), |next| next.start);
        let before = reader.taken.range(..end).next_back();
        let Some((_, (_, part))) = before.filter(|(_, (end, _))| *end > run.start) else { continue };
        let Some(size) = run.page.checked_sub(1).and_then(|at| pages.sizes.get(at)) else { continue };
        let x = (run.x.0 / size.0, run.x.1 / size.0);
        let y = ((run.baseline - run.size) / size.1, (run.baseline + 0.3 * run.size) / size.1);
        let new = PrintedPlace { part: *part, page: run.page, x, y };
        let around = |one: (f64, f64), other: (f64, f64)| (one.0.min(other.0), one.1.max(other.1));
        let place = boxes.entry((*part, run.page)).or_insert_with(|| new.clone());
        (place.x, place.y) = (around(place.x, new.x), around(place.y, new.y));
    }
    boxes.into_values().collect()
}

struct Reader<'a> {
    page: &'a Letters,
    /// The letters that belong to a text: their beginnings, their ends and the part of the annex.
    taken: BTreeMap<usize, (usize, usize)>,
    /// Where the last text ended.
    at: usize,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn read(&mut self, text: &ExpectedText) {
        let spellings: Vec<Letters> = text.spellings.iter().map(|spelling| Letters::of(spelling)).collect();
        let spellings: Vec<&Letters> = spellings.iter().filter(|letters| !letters.text.is_empty()).collect();
        let Some(first) = spellings.first() else { return };
        let all = 0..self.page.text.len();
        let near = self.at..self.boundary((self.at + NEAR).min(all.end));
        let found = spellings
            .iter()
            .find_map(|letters| self.find(letters, near.start..self.boundary(near.end + letters.text.len())))
            .or_else(|| spellings.iter().find_map(|letters| self.find(letters, all.clone())));
        if let Some(at) = found {
            self.take(at.start, at.end, text.part);
        } else if text.is_label {
            if !self.find_label(first, text.part) {
                self.fault(FaultKind::LabelLost, text, text.spellings[0].clone());
            }
        } else if let Some(words) = spellings.iter().find_map(|letters| self.together(letters, text.part)) {
            self.fault(FaultKind::Together, text, words);
        } else {
            self.word_by_word(text, first);
        }
    }

    fn fault(&mut self, kind: FaultKind, text: &ExpectedText, words: String) {
        self.faults.push(Fault { kind, part: Some(text.part), words, page: 0, at: None });
    }

    fn take(&mut self, from: usize, to: usize, part: usize) {
        self.taken.insert(from, (to, part));
        self.at = to;
    }

    fn is_free(&self, from: usize, to: usize) -> bool {
        self.taken.range(..to).next_back().is_none_or(|(_, (end, _))| *end <= from)
    }

    /// The nearest end of a character.
    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.page.text.len());
        while !self.page.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }

    /// Finds a text whose words end where they should, and which is no other's.
    fn find(&self, text: &Letters, within: std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
        let mut places = self.page.text.get(within.clone())?.match_indices(&text.text);
        places.find_map(|(at, found)| {
            let (from, to) = (within.start + at, within.start + at + found.len());
            let fits = self.page.ends_at(from)
                && self.page.ends_at(to)
                && self.first_difference(text, from).is_none()
                && self.is_free(from, to);
            fits.then_some(from..to)
        })
    }

    /// Where words of a text end that do not end on the page, or the other way round.
    fn first_difference(&self, text: &Letters, from: usize) -> Option<usize> {
        (1..text.text.len()).find(|at| {
            let (here, there) = (text.joints[*at], self.page.joints[from + at]);
            match here {
                Joint::Tight => there == Joint::Apart,
                Joint::Line | Joint::Apart => there == Joint::Tight,
            }
        })
    }

    /// The words that the page shows where those of a text should stand, with other spaces between them.
    fn together(&mut self, text: &Letters, part: usize) -> Option<String> {
        // In a few letters any page has them somewhere.
        if text.text.len() < 4 {
            return None;
        }
        let length = text.text.len();
        let mut places = self.page.text.match_indices(&text.text).map(|(at, _)| at);
        let at = places.find(|at| self.is_free(*at, at + length))?;
        self.take(at, at + length, part);
        Some(self.shown(at, at + length, self.first_difference(text, at).unwrap_or_default()))
    }

    /// The letters of a part of the page around a place, with a space between words.
    fn shown(&self, from: usize, to: usize, around: usize) -> String {
        let start = self.page.text[from..from + around].char_indices().rev().nth(12).map_or(0, |(at, _)| at);
        let mut out = String::new();
        for (at, c) in self.page.text[from + start..to].char_indices().take(30) {
            if at > 0 && self.page.joints[from + start + at] == Joint::Apart {
                out.push(' ');
            }
            out.push(c);
        }
        out
    }

    /// Finds the words of a label of which the form may have replaced some.
    fn find_label(&mut self, label: &Letters, part: usize) -> bool {
        let words = words(label);
        let first = &words[0];
        let mut from = 0;
        while let Some(start) = self.find(first, from..self.page.text.len()) {
            from = start.end;
            let mut found = vec![start];
            for word in &words[1..] {
                let at = found.last().map_or(from, |last| last.end);
                found.extend(self.find(word, at..self.boundary(at + LABEL)));
            }
            if 2 * found.len() >= words.len() {
                // What the form put in between is somebody else's.
                found.into_iter().for_each(|at| self.take(at.start, at.end, part));
                return true;
            }
        }
        false
    }

    /// Reads a text that is not there in one piece: a page may end within it.
    fn word_by_word(&mut self, text: &ExpectedText, letters: &Letters) {
        let mut lost = Vec::new();
        for word in words(letters) {
            let near = self.at..self.boundary(self.at + NEAR);
            let found = self.find(&word, near).or_else(|| self.find(&word, 0..self.page.text.len()));
            match found {
                Some(at) => self.take(at.start, at.end, text.part),
                None => lost.push(word.text),
            }
        }
        if !lost.is_empty() {
            self.fault(FaultKind::Lost, text, lost.join(" "));
        }
    }
}

fn words(text: &Letters) -> Vec<Letters> {
    let mut words: Vec<Letters> = Vec::new();
    for (at, c) in text.text.char_indices() {
        if at == 0 || text.joints[at] == Joint::Apart {
            words.push(Letters::default());
        }
        if let Some(word) = words.last_mut() {
            word.push(c.encode_utf8(&mut [0; 4]));
        }
    }
    words
}

/// The runs that leave their page, or that a rule goes through.
fn cut(pages: &Pages) -> impl Iterator<Item = &LaidText> {
    let crossed = |run: &LaidText| {
        let margin = 0.15 * run.size;
        let height = run.baseline - 0.25 * run.size;
        let first = pages.rules.partition_point(|rule| rule.page < run.page);
        let on_page = pages.rules[first..].iter().take_while(|rule| rule.page == run.page);
        on_page.into_iter().any(|rule| {
            run.x.0 + margin < rule.x && rule.x < run.x.1 - margin && rule.y.0 < height && height < rule.y.1
        })
    };
    pages.runs.iter().filter(move |run| run.is_cut || crossed(run)).take(MAX_FAULTS)
}

/// The runs that stand over others.
fn over_each_other(pages: &Pages) -> Vec<(&LaidText, &LaidText)> {
    let top = |run: &LaidText| run.baseline - 0.5 * run.size;
    let mut runs: Vec<&LaidText> = pages.runs.iter().collect();
    runs.sort_by(|a, b| (a.page, top(a)).partial_cmp(&(b.page, top(b))).unwrap_or(std::cmp::Ordering::Equal));
    let mut open: Vec<&LaidText> = Vec::new();
    let mut found = Vec::new();
    for run in runs {
        open.retain(|other| other.page == run.page && other.baseline > top(run));
        for other in &open {
            let small = run.size.min(other.size);
            let width = run.x.1.min(other.x.1) - run.x.0.max(other.x.0);
            let height = run.baseline.min(other.baseline) - top(run).max(top(other));
            if width > 0.2 * small && height > 0.15 * small {
                found.push(if run.start > other.start { (run, *other) } else { (*other, run) });
            }
        }
        if found.len() >= MAX_FAULTS {
            break;
        }
        open.push(run);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(page: &str, expected: &[&str]) -> Vec<(FaultKind, String)> {
        let pages = Pages { letters: Letters::of(page), ..Pages::default() };
        let text =
            |text: &&str| ExpectedText { part: 0, is_label: false, spellings: vec![(*text).to_owned()] };
        let expected: Vec<ExpectedText> = expected.iter().map(text).collect();
        compare(&pages, &expected).faults.into_iter().map(|fault| (fault.kind, fault.words)).collect()
    }

    #[test]
    fn words_that_are_there_are_well() {
        assert_eq!(
            said("Kopf Ein Wort, noch eins. 2 Seite 1 und mehr", &["Ein *Wort*, noch eins.", "und mehr"]),
            []
        );
        // A page ends within it; and a form has another order.
        assert_eq!(said("Ein langer Seite 1 Kopf Satz. Davor", &["Ein langer Satz.", "Davor"]), []);
    }

    #[test]
    fn words_that_are_lost_or_run_together_are_found() {
        assert_eq!(said("Ein Satz.", &["Ein ganzer Satz."]), [(FaultKind::Lost, "ganzer".into())]);
        assert_eq!(
            said("Je 100200300 gesamt", &["100\t200\t300"]),
            [(FaultKind::Together, "100200300".into())]
        );
        assert_eq!(said("misst 56 m", &["misst 5*6 m"]), [(FaultKind::Together, "misst 56 m".into())]);
        assert_eq!(
            said("Stadt bücherei", &["Stadtbücherei"]),
            [(FaultKind::Together, "stadt bücherei".into())]
        );
        assert_eq!(said("Nein", &["Nein", "Nein"]), [(FaultKind::Lost, "nein".into())]);
    }

    #[test]
    fn a_label_may_be_filled_in() {
        let text = "Im beschlossenen (Nachtrags-)Haushaltsplan JJJJ enthalten?";
        let label = ExpectedText { part: 3, is_label: true, spellings: vec![text.to_owned()] };
        let on = |page: &str| {
            let pages = Pages { letters: Letters::of(page), ..Pages::default() };
            compare(&pages, std::slice::from_ref(&label)).faults.len()
        };
        assert_eq!(on("Im beschlossenen Nachtragshaushaltsplan 2025 enthalten? Ja"), 0);
        assert_eq!(on("Im Entwurf des Haushaltsplans enthalten?"), 1);
    }
}
