//! Which sheets of a paper may stay where they were filed, so that as few as can be are sent again.
//!
//! Knows sheets and what is on them, and nothing of labels and files.

/// What is printed on one sheet: a page, and perhaps another on its back.
pub(super) type FiledSheet<'a> = Vec<&'a str>;

/// More pairs of sheets and pages are not compared one by one: what is the same at both ends stays, whatever is between.
const MAX_PAIRS: usize = 1_000_000;

/// Finds the sheets that may stay, in order, each with the place of its first page among the new pages. What lies between
/// them is printed anew, so many pages on a sheet.
pub(super) fn staying(old: &[FiledSheet<'_>], new: &[&str], per_sheet: usize) -> Vec<(usize, usize)> {
    let whole = Between { old, new, per_sheet };
    if whole.is_small() {
        return whole.staying();
    }
    let mut first = Vec::new();
    let (mut old_start, mut new_start) = (0, 0);
    while let Some(sheet) = old.get(old_start).filter(|sheet| stands_at(sheet, new, new_start)) {
        first.push((old_start, new_start));
        old_start += 1;
        new_start += sheet.len();
    }
    let mut last = Vec::new();
    let (mut old_end, mut new_end) = (old.len(), new.len());
    while old_end > old_start {
        let sheet = &old[old_end - 1];
        let Some(start) = new_end.checked_sub(sheet.len()).filter(|start| *start >= new_start) else { break };
        if !stands_at(sheet, new, start) {
            break;
        }
        (old_end, new_end) = (old_end - 1, start);
        last.push((old_end, new_end));
    }
    let between = Between { old: &old[old_start..old_end], new: &new[new_start..new_end], per_sheet };
    first.extend(between.staying().into_iter().map(|(sheet, page)| (old_start + sheet, new_start + page)));
    first.extend(last.into_iter().rev());
    first
}

fn stands_at(sheet: &[&str], new: &[&str], at: usize) -> bool {
    !sheet.is_empty() && new.get(at..at + sheet.len()).is_some_and(|pages| pages == sheet)
}

/// What differs between the sheets that were sent and the pages that there are now.
struct Between<'a> {
    old: &'a [FiledSheet<'a>],
    new: &'a [&'a str],
    per_sheet: usize,
}

/// How many sheets are printed, and how many are thrown away.
type Cost = (u32, u32);

impl Between<'_> {
    fn is_small(&self) -> bool {
        self.old.len().saturating_mul(self.new.len()) <= MAX_PAIRS
    }

    /// Finds the best by going back from the end: for each old sheet, new page, and number of pages that are already on the
    /// sheet that is being printed, what the rest costs.
    fn staying(&self) -> Vec<(usize, usize)> {
        let (sheets, pages, filled) = (self.old.len(), self.new.len(), self.per_sheet.max(1));
        if sheets == 0 || pages == 0 || !self.is_small() {
            return Vec::new();
        }
        let at = |sheet: usize, page: usize, on: usize| (sheet * (pages + 1) + page) * filled + on;
        let mut costs: Vec<Cost> = vec![(u32::MAX / 2, 0); (sheets + 1) * (pages + 1) * filled];
        for sheet in (0..=sheets).rev() {
            for page in (0..=pages).rev() {
                for on in 0..filled {
                    if sheet < sheets || page < pages {
                        let best = self
                            .steps(sheet, page, on)
                            .map(|step| step.cost(costs[at(step.sheet, step.page, step.on)]));
                        costs[at(sheet, page, on)] = best.min().unwrap_or_default();
                    } else {
                        costs[at(sheet, page, on)] = (0, 0);
                    }
                }
            }
        }
        let mut stay = Vec::new();
        let (mut sheet, mut page, mut on) = (0, 0, 0);
        while sheet < sheets || page < pages {
            let best = self
                .steps(sheet, page, on)
                .min_by_key(|step| step.cost(costs[at(step.sheet, step.page, step.on)]));
            let Some(step) = best else { break };
            if step.stays {
                stay.push((sheet, page));
            }
            (sheet, page, on) = (step.sheet, step.page, step.on);
        }
        stay
    }

    /// What may be done next: let the sheet stay, throw it away, or print the page.
    fn steps(&self, sheet: usize, page: usize, on: usize) -> impl Iterator<Item = FilingChoice> {
        let own = self.old.get(sheet);
        let stays = own.filter(|own| stands_at(own, self.new, page)).map(|own| FilingChoice {
            sheet: sheet + 1,
            page: page + own.len(),
            on: 0,
            stays: true,
            own: (0, 0),
        });
        let goes = own.map(|_| FilingChoice { sheet: sheet + 1, page, on, stays: false, own: (0, 1) });
        let printed = (page < self.new.len()).then(|| FilingChoice {
            sheet,
            page: page + 1,
            on: (on + 1) % self.per_sheet.max(1),
            stays: false,
            own: (u32::from(on == 0), 0),
        });
        [stays, goes, printed].into_iter().flatten()
    }
}

/// A step, and what it costs.
struct FilingChoice {
    sheet: usize,
    page: usize,
    on: usize,
    stays: bool,
    own: Cost,
}

impl FilingChoice {
    fn cost(&self, rest: Cost) -> Cost {
        (self.own.0 + rest.0, self.own.1 + rest.1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How many sheets are printed if these stay.
    fn printed(stay: &[(usize, usize)], old: &[FiledSheet<'_>], pages: usize, per_sheet: usize) -> usize {
        let ends = stay.iter().map(|(sheet, page)| page + old[*sheet].len());
        let starts = stay.iter().map(|(_, page)| *page).chain([pages]);
        std::iter::once(0).chain(ends).zip(starts).map(|(from, to)| (to - from).div_ceil(per_sheet)).sum()
    }

    /// The fewest, by trying everything.
    fn fewest(old: &[FiledSheet<'_>], new: &[&str], per_sheet: usize) -> usize {
        let mut best = new.len().div_ceil(per_sheet);
        for sheet in 0..old.len() {
            for page in 0..new.len() {
                if stands_at(&old[sheet], new, page) {
                    let end = page + old[sheet].len();
                    let rest = fewest(&old[sheet + 1..], &new[end..], per_sheet);
                    best = best.min(page.div_ceil(per_sheet) + rest);
                }
            }
        }
        best
    }

    fn staying_of(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
        let old: Vec<FiledSheet<'_>> = old.iter().map(|sheet| sheet.split(' ').collect()).collect();
        staying(&old, new, 2)
    }

    #[test]
    fn a_sheet_stays_if_both_its_sides_do() {
        assert_eq!(staying_of(&["a b", "c d"], &["a", "b", "c", "d"]), [(0, 0), (1, 2)]);
        assert_eq!(staying_of(&["a b", "c d", "e"], &["a", "b", "c", "x", "e"]), [(0, 0), (2, 4)]);
        // A page between front and back takes both along.
        assert_eq!(staying_of(&["a b", "c d"], &["a", "x", "b", "c", "d"]), [(1, 3)]);
        // Before everything.
        assert_eq!(staying_of(&["a b", "c"], &["x", "a", "b", "c"]), [(0, 1), (1, 3)]);
        assert_eq!(staying_of(&["a b", "c"], &["c"]), [(1, 0)]);
        assert_eq!(staying_of(&[], &["c"]), []);
    }

    #[test]
    fn much_that_is_the_same_at_both_ends_stays() {
        let names: Vec<String> = (0..3000).map(|page| page.to_string()).collect();
        let old: Vec<FiledSheet<'_>> =
            names.chunks(2).map(|sheet| sheet.iter().map(String::as_str).collect()).collect();
        let mut new: Vec<&str> = names.iter().map(String::as_str).collect();
        new[1501] = "x";
        assert_eq!(staying(&old, &new, 2).len(), 1499);
    }

    proptest! {
        #[test]
        fn no_more_sheets_are_printed_than_must_be(
            old in prop::collection::vec(prop::collection::vec(0..4_u8, 1..3), 0..6),
            new in prop::collection::vec(0..4_u8, 0..8),
            per_sheet in 1..3_usize,
        ) {
            let names = ["a", "b", "c", "d"];
            let sheet = |sheet: &Vec<u8>| sheet.iter().take(per_sheet).map(|at| names[usize::from(*at)]).collect();
            let old: Vec<FiledSheet<'_>> = old.iter().map(sheet).collect();
            let new: Vec<&str> = new.iter().map(|at| names[usize::from(*at)]).collect();
            let stay = staying(&old, &new, per_sheet);
            prop_assert_eq!(printed(&stay, &old, new.len(), per_sheet), fewest(&old, &new, per_sheet));
            for (sheet, page) in &stay {
                prop_assert!(stands_at(&old[*sheet], &new, *page));
            }
            for pair in stay.windows(2) {
                prop_assert!(pair[0].0 < pair[1].0 && pair[0].1 + old[pair[0].0].len() <= pair[1].1);
            }
        }
    }
}
