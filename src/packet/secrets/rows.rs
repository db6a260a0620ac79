//! RowSecrets of tables whose cells stand apart: below each other, or in columns.
//!
//! Knows nothing of how cells are found.

use std::collections::{BTreeMap, HashMap};

use super::amounts::{Amount, amounts};
use super::folded::FoldedText;
use super::phrases::{PhraseTable, Phrases};
use super::words::CommonWords;

/// The rows that are looked for.
#[derive(Default)]
pub(super) struct RowTable {
    rows: Vec<TableRow>,
    /// Cells of words, by which cell they are.
    words: PhraseTable,
    /// Cells that are amounts.
    values: HashMap<u64, Vec<usize>>,
    /// The row of each cell.
    cells: Vec<usize>,
}

struct TableRow {
    secret: u32,
    cells: usize,
    letters: usize,
    has_amount: bool,
}

/// RowSecrets on their way into a table.
#[derive(Default)]
pub(super) struct RowSecrets {
    table: RowTable,
    phrases: Phrases,
}

/// The cells of a row stand within so many letters and digits.
const NEAR: usize = 3000;
const MIN_CELL: usize = 5;
/// RowSecrets without an amount have so many letters in three cells or more.
const MIN_LETTERS: usize = 30;

impl RowSecrets {
    /// Adds a row.
    pub(super) fn add(&mut self, cells: &[String], common: &CommonWords, secret: usize) {
        let mut row = TableRow { secret: secret as u32, cells: 0, letters: 0, has_amount: false };
        let mut values = Vec::new();
        let mut words = Vec::new();
        for cell in cells {
            let folded = FoldedText::new(cell);
            let amount = amounts(&folded).into_iter().find(|amount| amount.range == (0..folded.len()));
            if let Some(amount) = amount {
                values.push(amount.cents);
                row.has_amount = true;
            } else if folded.len() >= MIN_CELL && common.importance(&folded, &folded.words()).rare > 0 {
                row.letters += folded.len();
                words.push(folded);
            }
        }
        row.cells = values.len() + words.len();
        if row.cells < 2 {
            return;
        }
        for cents in values {
            self.table.values.entry(cents).or_default().push(self.table.cells.len());
            self.table.cells.push(self.table.rows.len());
        }
        for folded in words {
            self.phrases.add(&folded, 0..folded.len(), self.table.cells.len());
            self.table.cells.push(self.table.rows.len());
        }
        self.table.rows.push(row);
    }

    /// Makes them a table.
    pub(super) fn table(mut self) -> RowTable {
        self.table.words = self.phrases.table();
        self.table
    }
}

impl RowTable {
    /// Says whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Calls with each row whose cells stand near each other, and where (letters and digits).
    pub(super) fn find(
        &self,
        folded: &FoldedText<'_>,
        found: &[Amount],
        mut each: impl FnMut(std::ops::Range<usize>, u32),
    ) {
        let mut seen: Vec<(usize, usize, usize)> = Vec::new();
        self.words.find(folded, |range, cells| {
            seen.extend(cells.iter().map(|cell| (range.start, range.end, *cell as usize)));
        });
        for amount in found {
            let cells = self.values.get(&amount.cents).into_iter().flatten();
            seen.extend(cells.map(|cell| (amount.range.start, amount.range.end, *cell)));
        }
        let mut rows: BTreeMap<usize, BTreeMap<usize, (usize, usize)>> = BTreeMap::new();
        for (start, end, cell) in seen {
            rows.entry(self.cells[cell]).or_default().entry(cell).or_insert((start, end));
        }
        for (row, cells) in rows {
            let row = &self.rows[row];
            let first = cells.values().map(|(start, _)| *start).min().unwrap_or(0);
            let last = cells.values().map(|(_, end)| *end).max().unwrap_or(0);
            let needed = if row.cells <= 3 { row.cells } else { row.cells.div_ceil(4) * 3 };
            let is_telling = row.has_amount || row.cells >= 3 && row.letters >= MIN_LETTERS;
            if cells.len() >= needed.max(2) && is_telling && last - first <= NEAR {
                each(first..last, row.secret);
            }
        }
    }
}
