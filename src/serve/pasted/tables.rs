//! A table while it is read: cells that span others are put beside empty ones.

use super::piece::PastedPiece;

/// The most columns of a table that are looked at.
const MAX_COLUMNS: usize = 60;
/// The most rows.
const MAX_ROWS: usize = 2000;
/// The most cells.
const MAX_CELLS: usize = 20_000;

type Cell = Vec<PastedPiece>;

/// A table while it is read.
#[derive(Debug, Default)]
pub(super) struct PastedTable {
    done: Vec<Vec<Cell>>,
    cells: usize,
    /// The columns of the cell that is open.
    open: Option<usize>,
    /// For each column, how many rows a cell above still reaches down.
    reaching: Vec<usize>,
    pub(super) is_cut: bool,
}

impl PastedTable {
    pub(super) fn has_cell(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn start_row(&mut self) {
        self.skip_reached();
        if self.cells < MAX_CELLS && self.done.len() < MAX_ROWS {
            self.done.push(Vec::new());
        } else {
            self.is_cut = true;
        }
    }

    pub(super) fn start_cell(&mut self, columns: usize, rows: usize) {
        if self.done.is_empty() {
            self.start_row();
        }
        self.skip_reached();
        let columns = columns.clamp(1, MAX_COLUMNS);
        let at = self.done.last().map_or(0, Vec::len);
        let end = (at + columns).min(MAX_COLUMNS);
        if self.reaching.len() < end {
            self.reaching.resize(end, 0);
        }
        self.reaching[at.min(end)..end].fill(rows.saturating_sub(1).min(MAX_ROWS));
        self.open = Some(columns);
    }

    /// Puts empty cells where one above reaches down.
    fn skip_reached(&mut self) {
        let Some(row) = self.done.last_mut() else { return };
        while let Some(left) = self.reaching.get_mut(row.len()).filter(|left| **left > 0) {
            *left -= 1;
            row.push(Vec::new());
            self.cells += 1;
        }
    }

    pub(super) fn end_cell(&mut self, body: Cell) {
        let columns = self.open.take().unwrap_or(1);
        let Some(row) = self.done.last_mut() else { return };
        if row.len() >= MAX_COLUMNS || self.cells >= MAX_CELLS {
            self.is_cut = true;
            return;
        }
        row.push(body);
        row.resize((row.len() + columns - 1).min(MAX_COLUMNS), Vec::new());
        self.cells += columns;
    }

    /// All rows with the same number of cells, without those at the end in which nothing stands.
    pub(super) fn rows(self) -> Vec<Vec<Cell>> {
        let mut rows: Vec<Vec<Cell>> = self.done;
        let filled = |row: &Vec<Cell>| row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
        let columns = rows.iter().map(filled).max().unwrap_or(0);
        rows.retain(|row| filled(row) > 0);
        rows.iter_mut().for_each(|row| row.resize(columns, Vec::new()));
        rows
    }
}
