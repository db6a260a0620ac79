//! Two lists side by side: what is in both, what changed, what came, went, or stands in another place.
//!
//! Knows nothing of what is in them.

use std::collections::{BTreeMap, BTreeSet};

use similar::DiffOp;

use super::words::{alike, shortest};

/// What became of an element of one of two lists; the numbers are places in these lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aligned {
    /// It stands in both, in the same order.
    Kept { old: usize, new: usize },
    /// It stands in both, but not where it stood.
    Moved { old: usize, new: usize },
    /// It is probably the same, but says something else.
    Changed { old: usize, new: usize },
    /// It is gone.
    Removed { old: usize },
    /// It came.
    Added { new: usize },
}

/// Elements with less in common than this are not taken for the same.
const LEAST_ALIKE: f64 = 0.4;
/// More pairs are not compared with each other: then the order decides.
const MAX_PAIRS: usize = 40_000;

/// No more bytes of texts are compared to find out which are alike.
const MAX_LENGTH: usize = 50 << 20;

/// Aligns two lists by what their elements are like: the same have the same key. The outcome is in the order of the new
/// list; what is gone stands where it was.
pub(super) fn align<T: AsRef<str>>(old: &[T], new: &[T]) -> Vec<Aligned> {
    let keys = |list: &[T]| list.iter().map(|element| element.as_ref().to_owned()).collect::<Vec<String>>();
    let (old_keys, new_keys) = (keys(old), keys(new));
    let ops = shortest(&old_keys, &new_keys);
    let moved = moved(&ops, &old_keys, &new_keys);
    let goes: BTreeSet<usize> = moved.values().copied().collect();
    let mut all = Vec::new();
    let mut gap = OneSided::default();
    for op in ops {
        let (_, of_old, of_new) = op.as_tag_tuple();
        if let DiffOp::Equal { old_index, new_index, len } = op {
            gap.close(&old_keys, &new_keys, &mut all);
            all.extend((0..len).map(|at| Aligned::Kept { old: old_index + at, new: new_index + at }));
            continue;
        }
        let stays: Vec<usize> = of_old.filter(|at| !goes.contains(at)).collect();
        gap.old.extend(stays);
        for at in of_new {
            match moved.get(&at) {
                Some(&from) => {
                    gap.close(&old_keys, &new_keys, &mut all);
                    all.push(Aligned::Moved { old: from, new: at });
                }
                None => gap.new.push(at),
            }
        }
    }
    gap.close(&old_keys, &new_keys, &mut all);
    all
}

/// The elements that are gone in one place and came in another, by their new places.
fn moved(ops: &[DiffOp], old: &[String], new: &[String]) -> BTreeMap<usize, usize> {
    let mut gone: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let changed = |op: &&DiffOp| !matches!(op, DiffOp::Equal { .. });
    for at in ops.iter().filter(changed).flat_map(|op| op.old_range()) {
        gone.entry(&old[at]).or_default().push(at);
    }
    let mut moved = BTreeMap::new();
    for at in ops.iter().filter(changed).flat_map(|op| op.new_range()) {
        if let Some(from) = gone.get_mut(new[at].as_str()).filter(|places| !places.is_empty()) {
            moved.insert(at, from.remove(0));
        }
    }
    moved
}

/// What is in only one of the lists, between elements that are in both.
#[derive(Default)]
struct OneSided {
    old: Vec<usize>,
    new: Vec<usize>,
}

impl OneSided {
    /// Finds out which of them are probably the same.
    fn close(&mut self, old: &[String], new: &[String], all: &mut Vec<Aligned>) {
        let (of_old, of_new) = (std::mem::take(&mut self.old), std::mem::take(&mut self.new));
        let length =
            |places: &[usize], list: &[String]| places.iter().map(|at| list[*at].len()).sum::<usize>();
        let length = length(&of_old, old) * of_new.len() + length(&of_new, new) * of_old.len();
        let pairs = pairs(&of_old, &of_new, length, |old_at, new_at| alike(&old[old_at], &new[new_at]));
        let (mut left, mut right) = (of_old.into_iter().peekable(), of_new.into_iter().peekable());
        for (old, new) in pairs {
            while let Some(gone) = left.next_if(|at| *at < old) {
                all.push(Aligned::Removed { old: gone });
            }
            while let Some(came) = right.next_if(|at| *at < new) {
                all.push(Aligned::Added { new: came });
            }
            left.next();
            right.next();
            all.push(Aligned::Changed { old, new });
        }
        all.extend(left.map(|old| Aligned::Removed { old }));
        all.extend(right.map(|new| Aligned::Added { new }));
    }
}

/// Pairs elements of two lists without changing their order, so that the pairs have as much in common as they can.
fn pairs(
    old: &[usize],
    new: &[usize],
    length: usize,
    alike: impl Fn(usize, usize) -> f64,
) -> Vec<(usize, usize)> {
    if let ([old], [new]) = (old, new) {
        return vec![(*old, *new)];
    }
    // Each text is read once for each of the others.
    if old.len() * new.len() > MAX_PAIRS || length > MAX_LENGTH {
        return old.iter().copied().zip(new.iter().copied()).collect();
    }
    let width = new.len() + 1;
    let mut best = vec![0.0_f64; (old.len() + 1) * width];
    let mut likeness = vec![0.0_f64; old.len() * new.len()];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let like = Some(alike(old[i], new[j])).filter(|like| *like >= LEAST_ALIKE).unwrap_or(0.0);
            likeness[i * new.len() + j] = like;
            let without = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            best[i * width + j] = without.max(like + best[(i + 1) * width + j + 1]);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        let like = likeness[i * new.len() + j];
        if like > 0.0 && best[i * width + j] == like + best[(i + 1) * width + j + 1] {
            pairs.push((old[i], new[j]));
            (i, j) = (i + 1, j + 1);
        } else if best[(i + 1) * width + j] >= best[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Finds which of a sequence of different numbers have to leave it so that the others ascend; as few as possible.
pub(super) fn out_of_order(sequence: &[usize]) -> Vec<usize> {
    // For each length the place of the smallest number that an ascending part of this length can end with.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::new();
    for (at, number) in sequence.iter().enumerate() {
        let length = ends.partition_point(|end| sequence[*end] < *number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stays = vec![false; sequence.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        stays[at] = true;
        next = before[at];
    }
    (0..sequence.len()).filter(|at| !stays[*at]).collect()
}

#[cfg(test)]
mod tests {
    use super::Aligned::{Added, Changed, Kept, Moved, Removed};
    use super::*;

    #[test]
    fn what_came_went_and_moved_is_told_apart() {
        assert_eq!(align(&["a", "b"], &["a", "b"]), [Kept { old: 0, new: 0 }, Kept { old: 1, new: 1 }]);
        assert_eq!(align(&["a", "c"], &["a", "b", "c"])[1], Added { new: 1 });
        assert_eq!(align(&["a", "b", "c"], &["a", "c"])[1], Removed { old: 1 });
        let moved = align(&["a", "b", "c", "d"], &["d", "a", "b", "c"]);
        assert_eq!(moved[0], Moved { old: 3, new: 0 });
        assert_eq!(moved.iter().filter(|one| matches!(one, Kept { .. })).count(), 3);
    }

    #[test]
    fn what_says_nearly_the_same_changed() {
        let old = ["der Rat beschließt den Plan", "die Kosten sind hoch", "das Ende"];
        let new = ["ganz neu hier", "der Rat beschließt diesen Plan", "das Ende"];
        let aligned = align(&old, &new);
        assert_eq!(
            aligned,
            [Added { new: 0 }, Changed { old: 0, new: 1 }, Removed { old: 1 }, Kept { old: 2, new: 2 },]
        );
        assert_eq!(align(&["ganz anders"], &["etwas Neues"]), [Changed { old: 0, new: 0 }]);
    }

    #[test]
    fn every_element_is_named_once() {
        let lists: Vec<Vec<&str>> = vec![
            vec![],
            vec!["x"],
            vec!["x", "x", "y"],
            vec!["y", "x", "z", "x"],
            vec!["a b c", "a b d", "x", "a b c"],
        ];
        for old in &lists {
            for new in &lists {
                let (mut of_old, mut of_new) = (Vec::new(), Vec::new());
                for one in align(old, new) {
                    match one {
                        Kept { old, new } | Moved { old, new } | Changed { old, new } => {
                            of_old.push(old);
                            of_new.push(new);
                        }
                        Removed { old } => of_old.push(old),
                        Added { new } => of_new.push(new),
                    }
                }
                of_old.sort_unstable();
                assert_eq!(of_old, (0..old.len()).collect::<Vec<_>>(), "{old:?} {new:?}");
                assert_eq!(of_new, (0..new.len()).collect::<Vec<_>>(), "{old:?} {new:?}: in order");
            }
        }
    }

    #[test]
    fn as_few_as_possible_are_out_of_order() {
        assert_eq!(out_of_order(&[0, 1, 2]), Vec::<usize>::new());
        assert_eq!(out_of_order(&[3, 0, 1, 2]), [0]);
        assert_eq!(out_of_order(&[1, 2, 3, 0]), [3]);
        assert_eq!(out_of_order(&[]), Vec::<usize>::new());
    }
}
