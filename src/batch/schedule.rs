//! Work on all cores, results in order.
//!
//! Knows nothing of records.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::typeset::alone;

/// Does `work` for each number below `count` and hands the results to `each` in order. Each thread has a state of
/// its own, which begins as its default. No new work is begun once `stop` is set.
pub fn each_in_order<State: Default, T: Send>(
    count: usize,
    jobs: Option<usize>,
    stop: &AtomicBool,
    work: impl Fn(&mut State, usize) -> T + Sync,
    mut each: impl FnMut(T),
) {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = jobs.unwrap_or_else(cores).clamp(1, count.max(1));
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                alone(|| {
                    let mut state = State::default();
                    while !stop.load(Ordering::Relaxed) {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= count || sender.send((index, work(&mut state, index))).is_err() {
                            break;
                        }
                    }
                });
            });
        }
        drop(sender);
        in_order(receiver, &mut each);
    });
}

/// What was begun before a stop comes out too; between may be gaps.
fn in_order<T>(receiver: mpsc::Receiver<(usize, T)>, each: &mut impl FnMut(T)) {
    let mut waiting = BTreeMap::new();
    let mut expected = 0;
    for (index, result) in receiver {
        waiting.insert(index, result);
        while let Some(result) = waiting.remove(&expected) {
            each(result);
            expected += 1;
        }
    }
    waiting.into_values().for_each(each);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for jobs in [1, 2, 8] {
            let mut seen = Vec::new();
            let work = |_: &mut (), index: usize| {
                std::thread::sleep(std::time::Duration::from_micros((index as u64 * 7919) % 300));
                index * 2
            };
            each_in_order(100, Some(jobs), &AtomicBool::new(false), work, |result| seen.push(result));
            assert_eq!(seen, (0..100).map(|index| index * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_stop_ends_it_after_what_is_under_way() {
        let stop = AtomicBool::new(false);
        let mut seen = 0;
        let work = |_: &mut (), index: usize| {
            if index == 10 {
                stop.store(true, Ordering::Relaxed);
            }
        };
        each_in_order(1000, Some(2), &stop, work, |()| seen += 1);
        assert!((11..20).contains(&seen), "{seen}");
    }
}
