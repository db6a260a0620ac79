//! Each record of a run in its turn: worked on at a desk of each thread, reported in order.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::desk::Desk;
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::run::{Looked, RecordFile, Report, Run, WorkPlace};

/// The most records that are settled at once.
const GROUP: usize = 32;

/// What came of a record, and whatever else the work on it yields; that is none for a record that was given up.
pub(super) type Turn<T> = (Report, Option<T>);

/// Works on the records at the places `turns`, and gives `each` what came of them in their order. Before, `settle` gets what
/// came of up to [`GROUP`] of them at once, in any order.
pub(super) fn in_turn<T: Send>(
    run: &Run,
    looked: &[Looked],
    turns: &[usize],
    place: WorkPlace,
    work: impl Fn(&mut Desk, usize) -> (Report, T) + Sync,
    settle: impl FnMut(&mut [Turn<T>]),
    mut each: impl FnMut(Report, Option<T>) -> ControlFlow<()>,
) {
    let desk = || Desk::new(run, place);
    let turn = |desk_of_thread: &mut Desk, turn: usize| {
        let index = turns[turn];
        let done = catch_unwind(AssertUnwindSafe(|| work(desk_of_thread, index)));
        looked[index].release();
        // A panic inside a library does not end the run: the record is reported, the others are done.
        done.map(|(report, more)| (report, Some(more))).unwrap_or_else(|panic| {
            *desk_of_thread = desk();
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            (given_up(&looked[index].file, text), None)
        })
    };
    run.each_in_groups(turns.len(), GROUP, desk, turn, settle, |(report, more)| each(report, more));
}

fn given_up(record: &RecordFile, reason: &str) -> Report {
    let message = format!("Interner Fehler: {reason}");
    let finding = Diagnostic::new(&codes::TYPESETTING_STOPPED, &Source::new(&record.name, ""), 0..0, message)
        .hint("Das ist ein Fehler des Programms und nicht der Vorlage; bitte mit der Datei melden.");
    Report::of(record, vec![finding])
}
