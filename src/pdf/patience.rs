//! Gives up on a PDF that takes too long.
//!
//! A file can be made so that reading it never ends, for example by referring to the same long object a million
//! times, and no library can be interrupted in that. Knows nothing of PDFs.

use std::sync::mpsc;
use std::time::Duration;

use super::load::LoadError;

/// The longest time that one PDF may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Does the work on one PDF in a separate thread, which is abandoned if it takes too long.
pub fn in_time<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    within(TIME_LIMIT, work)
}

fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    let (sender, result) = mpsc::channel();
    // Nobody waits for the result any more if the time is up.
    let work = move || drop(sender.send(work()));
    std::thread::Builder::new().spawn(work).map_err(|error| LoadError::Damaged(error.to_string()))?;
    result.recv_timeout(limit).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => LoadError::TooSlow(limit.as_secs()),
        mpsc::RecvTimeoutError::Disconnected => LoadError::Damaged("innerer Fehler".into()),
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_does_not_end_is_given_up() {
        assert_eq!(within(TIME_LIMIT, || Ok(1)), Ok(1));
        let endless = || {
            loop {
                std::thread::park();
            }
        };
        assert_eq!(within::<()>(Duration::from_millis(1), endless), Err(LoadError::TooSlow(0)));
    }
}
