//! Locks on files, so that two runs do not write into one folder.
//!
//! Knows nothing of what the folder is for.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::FileError;

/// A lock on a file, held until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not read")] File);

/// Who may hold a lock at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// No other process.
    Alone,
    /// Other processes that share it.
    Shared,
}

/// The longest time to wait for a lock. A process that is being started has the descriptors of its parent until it
/// runs its own program, and so it holds the locks of a parent that was killed meanwhile: for a moment, longer on a
/// busy machine.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// Takes a lock; fails if another process still holds it after a moment, or at once when `stop` is set.
pub fn lock(path: &Path, hold: Hold, stop: &AtomicBool) -> Result<Lock, FileError> {
    lock_within(PATIENCE, path, hold, stop)
}

fn lock_within(patience: Duration, path: &Path, hold: Hold, stop: &AtomicBool) -> Result<Lock, FileError> {
    let fail = |e| FileError::of(path, "kann nicht gesperrt werden")(e);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(FileError::of(folder, "kann nicht angelegt werden"))?;
    }
    let file = open(path).map_err(fail)?;
    let begun = Instant::now();
    loop {
        let taken = match hold {
            Hold::Alone => file.try_lock(),
            Hold::Shared => file.try_lock_shared(),
        };
        match taken {
            Ok(()) => return Ok(Lock(file)),
            Err(TryLockError::Error(error)) => return Err(fail(error)),
            Err(TryLockError::WouldBlock) if stop.load(Ordering::Relaxed) || begun.elapsed() >= patience => {
                let source = std::io::ErrorKind::WouldBlock.into();
                return Err(FileError::of(path, "in diesen Ordner schreibt gerade ein anderer Lauf")(source));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
}

/// Opens the file of a lock, creating it if necessary. A pipe could block for ever, and a link leads elsewhere.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed());
    }
    let opened = options.open(path);
    // What the system says of a pipe or a link is harder to understand.
    if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(std::io::Error::other("keine gewöhnliche Datei"));
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn one_alone_or_many_that_share() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("neu/lock");
        let take = |hold| lock_within(Duration::ZERO, &path, hold, &AtomicBool::new(false));
        let alone = take(Hold::Alone).unwrap();
        assert!(take(Hold::Alone).is_err() && take(Hold::Shared).is_err());
        drop(alone);
        let shared = [take(Hold::Shared).unwrap(), take(Hold::Shared).unwrap()];
        assert_eq!(take(Hold::Alone).unwrap_err().source.kind(), std::io::ErrorKind::WouldBlock);
        drop(shared);
        take(Hold::Alone).unwrap();
    }

    #[test]
    fn a_lock_is_waited_for_until_it_is_free_or_the_run_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let stop = AtomicBool::new(false);
        let held = lock(&path, Hold::Alone, &stop).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| lock_within(LONG, &path, Hold::Alone, &stop));
            std::thread::sleep(3 * PAUSE);
            assert!(!waiting.is_finished());
            drop(held);
            let second = waiting.join().unwrap().unwrap();

            let waiting = scope.spawn(|| lock_within(LONG, &path, Hold::Shared, &stop));
            std::thread::sleep(3 * PAUSE);
            assert!(!waiting.is_finished());
            stop.store(true, Ordering::Relaxed);
            assert!(waiting.join().unwrap().is_err());
            drop(second);
        });
        // A lock that is free is had also then.
        lock(&path, Hold::Alone, &stop).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_a_file_can_be_a_lock() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        std::process::Command::new("mkfifo").arg(place("pipe")).status().unwrap();
        std::fs::create_dir(place("folder")).unwrap();
        std::os::unix::fs::symlink(place("target"), place("dangling")).unwrap();
        std::fs::write(place("file"), "").unwrap();
        std::os::unix::fs::symlink(place("file"), place("link")).unwrap();
        for name in ["pipe", "folder", "dangling", "link"] {
            let error = lock(&place(name), Hold::Alone, &AtomicBool::new(false)).unwrap_err();
            assert!(
                error.to_string().ends_with("kann nicht gesperrt werden: keine gewöhnliche Datei"),
                "{error}"
            );
        }
        assert!(!place("target").exists());
    }
}
