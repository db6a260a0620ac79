//! Two texts word by word.
//!
//! Knows nothing of where they stand.

use std::collections::BTreeMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What became of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They stand in both versions.
    Kept,
    /// They stand in the old version only.
    Removed,
    /// They stand in the new version only.
    Added,
}

/// Words beside each other that have one fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordRun {
    /// What became of them.
    pub fate: Fate,
    /// The words, with the spaces between them.
    pub text: String,
}

/// Texts with less in common than this are not compared by words: what is left of them are letters and articles.
const LEAST_IN_COMMON: f64 = 0.25;

/// Compares two texts; the kept and removed runs are the old one, the kept and added runs the new one.
pub(super) fn compare_words(old: &str, new: &str) -> Vec<WordRun> {
    if alike(old, new) < LEAST_IN_COMMON {
        return whole(old, new);
    }
    let (old, new) = (tokens(old), tokens(new));
    let mut runs = Runs::default();
    for op in shortest(&old, &new) {
        let (_, of_old, of_new) = op.as_tag_tuple();
        match op {
            DiffOp::Equal { .. } => runs.kept(&old[of_old].concat()),
            _ => runs.changed(&old[of_old].concat(), &new[of_new].concat()),
        }
    }
    runs.finish()
}

/// Compares lists of texts: as few as possible differ, unless they are so long that this took too long to find out.
pub(super) fn shortest<T: Eq + std::hash::Hash>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    const MOST: usize = 4_000;
    let algorithm = if old.len() + new.len() > MOST { Algorithm::Myers } else { Algorithm::RawMyers };
    capture_diff_slices(algorithm, old, new)
}

/// One text instead of another.
fn whole(old: &str, new: &str) -> Vec<WordRun> {
    let mut runs = Runs::default();
    runs.changed(old, new);
    runs.finish()
}

/// Says how much of their words two texts have in common, from 0 to 1.
pub(super) fn alike(old: &str, new: &str) -> f64 {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut of_old, mut of_new) = (0, 0);
    for word in old.split_whitespace() {
        counts.entry(word).or_default().0 += 1;
        of_old += 1;
    }
    for word in new.split_whitespace() {
        counts.entry(word).or_default().1 += 1;
        of_new += 1;
    }
    let common: usize = counts.values().map(|(old, new)| old.min(new)).sum();
    if of_old + of_new == 0 { 1.0 } else { 2.0 * common as f64 / (of_old + of_new) as f64 }
}

/// Takes a text apart into words, the marks around them, and spaces. What stands within a word is a part of it, so that
/// `1.234,50` and `V/0056/2025` are words.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let spaces = rest.len() - rest.trim_start().len();
        if spaces > 0 {
            let (space, after) = rest.split_at(spaces);
            tokens.push(space);
            rest = after;
            continue;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        marks_and_word(chunk, &mut tokens);
        rest = after;
    }
    tokens
}

/// Takes the marks off both ends of a word, each as a token of its own.
fn marks_and_word<'a>(chunk: &'a str, tokens: &mut Vec<&'a str>) {
    let is_mark = |c: char| !c.is_alphanumeric();
    let word = chunk.trim_start_matches(is_mark);
    let (before, _) = chunk.split_at(chunk.len() - word.len());
    let core = word.trim_end_matches(is_mark);
    let (_, behind) = word.split_at(core.len());
    let each = |marks: &'a str| marks.split_inclusive(|_: char| true);
    tokens.extend(each(before));
    tokens.extend((!core.is_empty()).then_some(core));
    tokens.extend(each(behind));
}

/// Runs as they come. What is kept between two changes and is no word belongs to both.
#[derive(Default)]
struct Runs {
    done: Vec<WordRun>,
    kept: String,
    removed: String,
    added: String,
}

impl Runs {
    fn kept(&mut self, text: &str) {
        self.kept.push_str(text);
    }

    fn changed(&mut self, removed: &str, added: &str) {
        let has_change = !(self.removed.is_empty() && self.added.is_empty());
        if has_change && !self.kept.contains(char::is_alphanumeric) {
            let between = std::mem::take(&mut self.kept);
            self.removed.push_str(&between);
            self.added.push_str(&between);
        } else {
            self.flush();
        }
        self.removed.push_str(removed);
        self.added.push_str(added);
    }

    /// Ends the change that is open, and what is kept behind it.
    fn flush(&mut self) {
        let (removed, added) = (std::mem::take(&mut self.removed), std::mem::take(&mut self.added));
        let same = common_end(&removed, &added);
        let (removed, end) = removed.split_at(removed.len() - same);
        let added = &added[..added.len() - same];
        let kept = format!("{end}{}", std::mem::take(&mut self.kept));
        for (fate, text) in [(Fate::Removed, removed), (Fate::Added, added), (Fate::Kept, &kept)] {
            if !text.is_empty() {
                self.done.push(WordRun { fate, text: text.to_owned() });
            }
        }
    }

    fn finish(mut self) -> Vec<WordRun> {
        self.flush();
        self.done
    }
}

/// The length of the spaces that both texts end with.
fn common_end(one: &str, other: &str) -> usize {
    let end = |text: &str| text.len() - text.trim_end().len();
    let (of_one, of_other) = (&one[one.len() - end(one)..], &other[other.len() - end(other)..]);
    if of_one == of_other { of_one.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(old: &str, new: &str) -> String {
        compare_words(old, new)
            .iter()
            .map(|run| match run.fate {
                Fate::Kept => run.text.clone(),
                Fate::Removed => format!("[-{}-]", run.text),
                Fate::Added => format!("[+{}+]", run.text),
            })
            .collect()
    }

    #[test]
    fn words_change_as_a_whole() {
        assert_eq!(
            said("im Jahr 2008 (Vorlage)", "im Jahr 2009 (Vorlage)"),
            "im Jahr [-2008-][+2009+] (Vorlage)"
        );
        assert_eq!(
            said("kostet 1.234,50 Euro.", "kostet 1.234,60 Euro."),
            "kostet [-1.234,50-][+1.234,60+] Euro."
        );
        assert_eq!(said("der Rat beschließt.", "der Rat beschließt heute."), "der Rat beschließt[+ heute+].");
        assert_eq!(said("a b c d", "a b c d"), "a b c d");
    }

    #[test]
    fn words_beside_each_other_are_one_change() {
        let (old, new) =
            ("Der Rat der Stadt hat am 3. März beschlossen", "Der Rat der Stadt hat am 4. April beschlossen");
        assert_eq!(said(old, new), "Der Rat der Stadt hat am [-3. März-][+4. April+] beschlossen");
    }

    #[test]
    fn texts_with_nothing_in_common_are_no_puzzle() {
        assert_eq!(
            said("Ein ganz anderer Satz", "Hier steht etwas Neues"),
            "[-Ein ganz anderer Satz-][+Hier steht etwas Neues+]"
        );
        assert_eq!(said("", "neu"), "[+neu+]");
        assert_eq!(said("alt", ""), "[-alt-]");
        assert_eq!(said("", ""), "");
    }

    #[test]
    fn both_versions_are_in_the_runs() {
        let old = "Die „Stadt“ (Münster) – in NRW – zahlt 5 %.\u{a0}Ende";
        let new = "Die „Gemeinde“ (Münster) in NRW zahlt 7 %.\u{a0}Ende";
        let runs = compare_words(old, new);
        let version = |without: Fate| -> String {
            runs.iter().filter(|run| run.fate != without).map(|run| run.text.as_str()).collect()
        };
        assert_eq!((version(Fate::Added), version(Fate::Removed)), (old.to_owned(), new.to_owned()));
    }
}
