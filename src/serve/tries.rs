//! How often somebody tried to sign in and could not: more than a few times in a while is refused unread.
//!
//! Knows nothing of passwords.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a name may be tried in vain from one place.
const MAX_FOR_NAME: usize = 10;
/// How often all names together may be tried in vain from one place.
const MAX_FOR_PLACE: usize = 100;
/// How long a try counts.
const WHILE: Duration = Duration::from_secs(600);
/// The most counts that are kept; then the oldest is forgotten.
const MAX_COUNTS: usize = 4096;

/// Whose tries are counted: those from a place, of one name or of all.
type Counted = (IpAddr, Option<blake3::Hash>);

/// The tries in vain.
#[derive(Debug, Default)]
pub(super) struct Tries(Mutex<HashMap<Counted, (Instant, usize)>>);

impl Tries {
    /// Counts a try before it is made; false if there were too many. One that succeeds is taken back with
    /// [`Self::succeeded`].
    pub(super) fn may_try(&self, from: IpAddr, name: &str, now: Instant) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.retain(|_, (since, _)| now.duration_since(*since) < WHILE);
        let own = of_name(from, name);
        let all = (place(from), None);
        let count = |of: &Counted| counts.get(of).map_or(0, |(_, count)| *count);
        if count(&own) >= MAX_FOR_NAME || count(&all) >= MAX_FOR_PLACE {
            return false;
        }
        for counted in [own, all] {
            counts.entry(counted).or_insert((now, 0)).1 += 1;
        }
        while counts.len() > MAX_COUNTS {
            let oldest = counts.iter().min_by_key(|(_, (since, _))| *since).map(|(counted, _)| *counted);
            oldest.map(|oldest| counts.remove(&oldest));
        }
        true
    }

    /// Forgets the tries of a name, and takes the last one back from those of the place.
    pub(super) fn succeeded(&self, from: IpAddr, name: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(&of_name(from, name));
        if let Some((_, count)) = counts.get_mut(&(place(from), None)) {
            *count = count.saturating_sub(1);
        }
    }
}

fn of_name(from: IpAddr, name: &str) -> Counted {
    (place(from), Some(blake3::hash(name.as_bytes())))
}

/// What stands for a place: with IPv6, one machine has as many addresses as it likes in its network.
fn place(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V4(_) => from.to_canonical(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_tries_are_refused_for_a_while() {
        let (tries, now) = (Tries::default(), Instant::now());
        let here: IpAddr = "10.0.0.1".parse().unwrap();
        let may = |name: &str, after| tries.may_try(here, name, now + Duration::from_secs(after));
        assert!((0..10).all(|_| may("anna", 0)));
        assert!(!may("anna", 1));
        assert!(may("berta", 1));
        assert!(tries.may_try("::ffff:10.0.0.2".parse().unwrap(), "anna", now));
        assert!(may("anna", 601));
        assert!((0..8).all(|_| may("carla", 601)));
        tries.succeeded(here, "carla");
        assert!((0..10).all(|_| may("carla", 601)));
        // One machine that tries many names, and its neighbours in IPv6.
        let many = |number: usize| {
            let from = format!("2001:db8::{number:x}").parse().unwrap();
            tries.may_try(from, &number.to_string(), now)
        };
        assert!((0..100).all(many));
        assert!(!many(100));
        let far = |number: u16| IpAddr::from([0x2002, number, 0, 0, 0, 0, 0, 1]);
        assert!((0..5000).all(|number| tries.may_try(far(number), "x", now)));
        assert!(tries.0.lock().unwrap().len() <= MAX_COUNTS);
    }
}
