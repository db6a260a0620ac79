//! Work on all cores, results in order.
//!
//! Knows nothing of records.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::Run;
use crate::typeset::alone;

impl Run {
    /// Does `work` for each number below `count` and hands the results to `each` in order. Each thread has a state of its
    /// own. No new work is begun once the user wants to stop, or `each` has broken off.
    pub fn each_in_order<State, T: Send>(
        &self,
        count: usize,
        state: impl Fn() -> State + Sync,
        work: impl Fn(&mut State, usize) -> T + Sync,
        each: impl FnMut(T) -> ControlFlow<()>,
    ) {
        self.each_in_groups(count, 1, state, work, |_| {}, each);
    }

    /// Does work like [`Run::each_in_order`]. Before `each` sees results, `settle` gets them in groups of at most `most` as
    /// they come, for what costs as much for many as for one. A result waits a moment at most.
    pub fn each_in_groups<State, T: Send>(
        &self,
        count: usize,
        most: usize,
        state: impl Fn() -> State + Sync,
        work: impl Fn(&mut State, usize) -> T + Sync,
        mut settle: impl FnMut(&mut [T]),
        mut each: impl FnMut(T) -> ControlFlow<()>,
    ) {
        // A thread is not begun for nothing.
        if count == 0 {
            return;
        }
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.jobs.unwrap_or_else(cores).clamp(1, count);
        let (next, broken) = (AtomicUsize::new(0), AtomicBool::new(false));
        // What waits may hold a file open, so there must not be any number of them.
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let (sender, next, broken, state, work) = (sender.clone(), &next, &broken, &state, &work);
                scope.spawn(move || {
                    alone(|| {
                        let mut state = state();
                        while !self.is_stopped() && !broken.load(Ordering::Relaxed) {
                            let index = next.fetch_add(1, Ordering::Relaxed);
                            if index >= count || sender.send((index, work(&mut state, index))).is_err() {
                                break;
                            }
                        }
                    });
                });
            }
            drop(sender);
            let incoming = Incoming { receiver, are_many: count > WAITING };
            let results = groups(incoming, most).flat_map(|(places, mut results)| {
                settle(&mut results);
                places.into_iter().zip(results)
            });
            in_order(results, |result| {
                let flow = each(result);
                broken.fetch_or(flow.is_break(), Ordering::Relaxed);
                flow
            });
        });
    }

    /// Does `work` for each number below `count`, and gives the results in order; fewer if the user wants to stop.
    pub fn map<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let mut results = Vec::with_capacity(count);
        let push = |result| {
            results.push(result);
            ControlFlow::Continue(())
        };
        self.each_in_order(count, || (), |(), index| work(index), push);
        results
    }
}

/// So many results wait to be received; then the threads wait too.
const WAITING: usize = 64;

/// So long the first result of a group waits for others.
const MOMENT: Duration = Duration::from_millis(50);

/// So long nobody looks whether there are more, once there was nothing.
const TICK: Duration = Duration::from_micros(200);

/// The results of the threads with their places.
struct Incoming<T> {
    receiver: mpsc::Receiver<(usize, T)>,
    are_many: bool,
}

impl<T> Incoming<T> {
    /// The next one; none if there will be none, or none by this time.
    fn next(&self, end: Option<Instant>) -> Option<(usize, T)> {
        if let Ok(next) = self.receiver.try_recv() {
            return Some(next);
        }
        // To be woken for each of thousands would take longer than what most of them are.
        if self.are_many {
            std::thread::sleep(TICK);
        }
        match end {
            Some(end) => self.receiver.recv_timeout(end.saturating_duration_since(Instant::now())).ok(),
            None => self.receiver.recv().ok(),
        }
    }
}

/// Takes what comes in groups, the places apart from the results.
fn groups<T>(incoming: Incoming<T>, most: usize) -> impl Iterator<Item = (Vec<usize>, Vec<T>)> {
    std::iter::from_fn(move || {
        let mut group = vec![incoming.next(None)?];
        let end = Instant::now() + MOMENT;
        while group.len() < most {
            let Some(next) = incoming.next(Some(end)) else { break };
            group.push(next);
        }
        Some(group.into_iter().unzip())
    })
}

/// What was begun before a stop comes out too; between may be gaps. After a break nothing comes out.
fn in_order<T>(results: impl Iterator<Item = (usize, T)>, mut each: impl FnMut(T) -> ControlFlow<()>) {
    let mut waiting = BTreeMap::new();
    let mut expected = 0;
    for (index, result) in results {
        waiting.insert(index, result);
        while let Some(result) = waiting.remove(&expected) {
            if each(result).is_break() {
                return;
            }
            expected += 1;
        }
    }
    // The rest needs no word on whether to go on: there is nothing left to do.
    let _ = waiting.into_values().try_for_each(each);
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;

    fn run(jobs: usize, stop: &Arc<AtomicBool>) -> Run {
        Run::new(PathBuf::new(), Some(jobs), Arc::clone(stop))
    }

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for jobs in [1, 2, 8] {
            let work = |index: usize| {
                std::thread::sleep(std::time::Duration::from_micros((index as u64 * 7919) % 300));
                index * 2
            };
            let seen = run(jobs, &Arc::default()).map(100, work);
            assert_eq!(seen, (0..100).map(|index| index * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn results_are_settled_in_groups_before_they_come_in_order() {
        for (jobs, most) in [(1, 1), (2, 7), (8, 32)] {
            let (mut settled, mut seen) = (Vec::new(), Vec::new());
            let settle = |group: &mut [(usize, bool)]| {
                assert!((1..=most).contains(&group.len()));
                for (index, is_settled) in group {
                    *is_settled = true;
                    settled.push(*index);
                }
            };
            let each = |(index, is_settled): (usize, bool)| {
                assert!(is_settled);
                seen.push(index);
                ControlFlow::Continue(())
            };
            run(jobs, &Arc::default()).each_in_groups(
                100,
                most,
                || (),
                |(), index| (index, false),
                settle,
                each,
            );
            settled.sort_unstable();
            assert_eq!((settled, seen), ((0..100).collect(), (0..100).collect()));
        }
    }

    #[test]
    fn a_result_does_not_wait_for_the_next_one() {
        let work = |(): &mut (), index: usize| {
            if index == 1 {
                std::thread::sleep(MOMENT * 4);
            }
        };
        let start = Instant::now();
        let mut first = None;
        let settle = |_: &mut [()]| {
            first.get_or_insert_with(|| start.elapsed());
        };
        let each = |()| ControlFlow::Continue(());
        run(1, &Arc::default()).each_in_groups(2, 32, || (), work, settle, each);
        assert!(first.unwrap() < MOMENT * 3, "{first:?}");
    }

    #[test]
    fn a_stop_ends_it_after_what_is_under_way() {
        let stop = Arc::new(AtomicBool::new(false));
        let work = |index: usize| {
            if index == 10 {
                stop.store(true, Ordering::Relaxed);
            }
        };
        let seen = run(2, &stop).map(1000, work).len();
        assert!((11..20).contains(&seen), "{seen}");
    }

    #[test]
    fn a_break_ends_it_and_leaves_the_wish_to_stop_alone() {
        let stop = Arc::new(AtomicBool::new(false));
        let mut seen = Vec::new();
        let begun = AtomicUsize::new(0);
        let work = |(): &mut (), index: usize| {
            begun.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(std::time::Duration::from_millis(1));
            index
        };
        let each = |index| {
            seen.push(index);
            if index == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        run(2, &stop).each_in_order(1000, || (), work, each);
        assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
        assert!(begun.load(Ordering::Relaxed) < 100);
        assert!(!stop.load(Ordering::Relaxed));
    }

    #[test]
    fn a_panic_in_work_comes_out_after_what_the_others_do() {
        let mut seen = Vec::new();
        let work = |(): &mut (), index: usize| {
            assert_ne!(index, 3, "as a library might");
            index
        };
        let each = |index| {
            seen.push(index);
            ControlFlow::Continue(())
        };
        let run = || run(2, &Arc::default()).each_in_order(20, || (), work, each);
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
        assert_eq!(seen, (0..20).filter(|index| *index != 3).collect::<Vec<_>>());
    }

    #[test]
    fn a_stop_before_the_beginning_does_nothing_and_ends() {
        let work = |_: usize| -> usize { panic!("nothing is to be begun") };
        assert!(run(2, &Arc::new(AtomicBool::new(true))).map(20, work).is_empty());
        assert!(run(2, &Arc::default()).map(0, work).is_empty());
    }
}
