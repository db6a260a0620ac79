//! What was done to a text, one change after another, so that each can be taken back and done again.
//!
//! Knows nothing of records, files and pages.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The most changes that are known.
const MAX_CHANGES: usize = 300;
/// The most bytes of text that they hold together.
const MAX_BYTES: usize = 1 << 20;
/// How much typing at one place is taken back at once.
const MAX_TYPED: usize = 60;

/// A part of a text that became another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TextChange {
    at: usize,
    before: String,
    after: String,
}

/// The changes of a text: those that led to it, and those that were taken back.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct History {
    done: Vec<TextChange>,
    undone: Vec<TextChange>,
}

impl TextChange {
    /// What is different between two texts, as one part.
    pub(super) fn between(before: &str, after: &str) -> Option<Self> {
        if before == after {
            return None;
        }
        let alike = |one: &mut dyn Iterator<Item = char>, other: &mut dyn Iterator<Item = char>| -> usize {
            one.zip(other).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
        };
        let at = alike(&mut before.chars(), &mut after.chars());
        let (rest, other) = (&before[at..], &after[at..]);
        let end = alike(&mut rest.chars().rev(), &mut other.chars().rev());
        let cut = |text: &str| text[..text.len() - end].to_owned();
        Some(Self { at, before: cut(rest), after: cut(other) })
    }

    /// The text with this change taken back; none if it is not the one that the change led to.
    fn taken_back(&self, text: &str) -> Option<String> {
        replaced(text, self.at, &self.after, &self.before)
    }

    /// The text with this change done again; none if it is not the one that was changed.
    pub(super) fn done_again(&self, text: &str) -> Option<String> {
        replaced(text, self.at, &self.before, &self.after)
    }

    /// How many bytes of text it holds.
    pub(super) fn size(&self) -> usize {
        self.before.len() + self.after.len()
    }

    fn range(&self) -> Range<usize> {
        self.at..self.at + self.after.len()
    }

    /// Takes in the change that follows, if both are typing at one place.
    fn continued(&self, next: &Self) -> Option<Self> {
        let own = self.range();
        let is_here = next.at >= own.start && next.at + next.before.len() <= own.end;
        if !is_here {
            return None;
        }
        let after = replaced(&self.after, next.at - own.start, &next.before, &next.after)?;
        let joined = Self { at: self.at, before: self.before.clone(), after };
        // A long text that is deleted again has to come back.
        [self, next, &joined].iter().all(|change| change.size() <= MAX_TYPED).then_some(joined)
    }
}

fn replaced(text: &str, at: usize, old: &str, new: &str) -> Option<String> {
    let (head, rest) = text.split_at_checked(at)?;
    Some(format!("{head}{new}{}", rest.strip_prefix(old)?))
}

impl History {
    /// Notes that a text became another one. What is typed at one place in one go counts as one change, unless it
    /// `stands_alone`, as what a button did.
    pub(super) fn note(&mut self, before: &str, after: &str, stands_alone: bool) {
        let Some(change) = TextChange::between(before, after) else { return };
        self.undone.clear();
        let joined = self.done.last().filter(|_| !stands_alone).and_then(|last| last.continued(&change));
        match joined {
            Some(joined) => {
                self.done.pop();
                self.done.extend(Some(joined).filter(|joined| joined.before != joined.after));
            }
            None => self.done.push(change),
        }
        let mut room = MAX_BYTES;
        let kept = self.done.iter().rev().take(MAX_CHANGES).take_while(|change| {
            let fits = change.size() <= room;
            room = room.saturating_sub(change.size());
            fits
        });
        self.done.drain(..self.done.len() - kept.count());
    }

    /// Takes the last change back; none if there is none that led to this text.
    pub(super) fn undo(&mut self, text: &str) -> Option<String> {
        let before = self.done.last()?.taken_back(text)?;
        self.undone.extend(self.done.pop());
        Some(before)
    }

    /// Does again what was taken back last.
    pub(super) fn redo(&mut self, text: &str) -> Option<String> {
        let after = self.undone.last()?.done_again(text)?;
        self.done.extend(self.undone.pop());
        Some(after)
    }

    /// Whether nothing can be taken back or done again.
    pub(super) fn is_empty(&self) -> bool {
        self.done.is_empty() && self.undone.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(texts: &[&str]) -> History {
        let mut history = History::default();
        for pair in texts.windows(2) {
            history.note(pair[0], pair[1], false);
        }
        history
    }

    #[test]
    fn all_changes_are_taken_back_and_done_again_one_by_one() {
        let texts = ["a = 'ü'\nb = ''\n", "a = 'äü'\nb = ''\n", "a = 'äü'\nb = 'x'\n", "a = 'ü'\nb = 'x'\n"];
        let mut history = noted(&texts);
        let mut now = texts[3].to_owned();
        for expected in texts[..3].iter().rev() {
            now = history.undo(&now).unwrap();
            assert_eq!(now, *expected);
        }
        assert_eq!(history.undo(&now), None);
        for expected in &texts[1..] {
            now = history.redo(&now).unwrap();
            assert_eq!(now, *expected);
        }
        assert_eq!(history.redo(&now), None);
    }

    #[test]
    fn a_word_that_is_typed_is_one_change_but_not_a_page() {
        let typed: String = "Wort ".repeat(40);
        let steps: Vec<String> = (0..=typed.len()).map(|end| format!("<{}>", &typed[..end])).collect();
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        assert_eq!(noted(&steps[..20]).done.len(), 1);
        let count = noted(&steps).done.len();
        assert!((3..=5).contains(&count), "{count}");
        // Typed and deleted again is nothing.
        assert!(noted(&["<>", "<a>", "<>"]).is_empty());
        let mut by_button = noted(&["<>", "<a>"]);
        by_button.note("<a>", "<ab>", true);
        assert_eq!(by_button.done.len(), 2);
    }

    #[test]
    fn a_change_of_another_text_is_not_taken_back() {
        let mut history = noted(&["abc", "abXc"]);
        assert_eq!(history.undo("ganz anders"), None);
        assert_eq!(history.undo("ä"), None);
        assert_eq!(history.undo("abXc").as_deref(), Some("abc"));
        // Something new is typed: what was taken back is gone.
        history.note("abc", "abcd", false);
        assert_eq!(history.redo("abcd"), None);
    }

    #[test]
    fn what_is_known_has_an_end() {
        let large = "x".repeat(MAX_BYTES / 2);
        let mut history = noted(&["", &large, "", &large, ""]);
        assert_eq!(history.done.len(), 2);
        let texts: Vec<String> = (0..1000).map(|number| format!("{number:>100}")).collect();
        for pair in texts.windows(2) {
            history.note(&pair[0], &pair[1], true);
        }
        assert_eq!(history.done.len(), MAX_CHANGES);
    }
}
