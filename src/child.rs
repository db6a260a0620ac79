//! Work in a child process with limits on time and memory, for whatever could exceed both.
//!
//! Neither typst nor a reader of PDF files can be interrupted, and both work on untrusted input; so a child of this
//! program does such work and is killed when its time is up. Knows nothing of what the work is.

mod output;

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use output::{ProgramAnswer, ProgramError, answer_of};

/// The limits of a child process.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The hidden command of this program that starts the child.
    pub command: &'static str,
    /// The longest time that one piece of work may take.
    pub time: Duration,
    /// The most memory that the child may reserve, in bytes.
    pub memory: u64,
}

/// The reason, in German, why a piece of work was not finished.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// No child could be started, or each was ended from outside: a failure of the environment.
    #[error("der Prozess ließ sich nicht ausführen ({0}).")]
    Environment(io::Error),
    /// The work took too long.
    #[error("es dauerte länger als {} Sekunden.", .0.as_secs())]
    Time(Duration),
    /// The user wants to stop.
    #[error("es wurde abgebrochen.")]
    Interrupted,
    /// The work cannot be put into words that the child reads.
    #[error("die Aufgabe ließ sich nicht übergeben.")]
    NotSent,
    /// The child died.
    #[error("der Prozess brach ab, zum Beispiel, weil er mehr als {} MiB Speicher brauchte.", .0 >> 20)]
    Died(u64),
}

impl Stopped {
    /// Fails with what is no fault of the work: a failure of the environment, or that the user wants to stop.
    pub fn of_the_work<Outcome>(outcome: Result<Outcome, Self>) -> io::Result<Result<Outcome, Self>> {
        match outcome {
            Err(Self::Environment(error)) => Err(error),
            Err(Self::Interrupted) => Err(io::ErrorKind::Interrupted.into()),
            other => Ok(other),
        }
    }
}

/// What goes to a child; shared, because a file may be large and may have to be sent again.
type Framed = Arc<Vec<u8>>;

const MAX_FRAME_BYTES: u64 = 1 << 30;
/// What says how long a frame is.
const LENGTH_BYTES: usize = 8;

/// The variable that tells a child which process started it.
const PARENT: &str = "ANLAGE_PARENT";

/// What the attempts at one piece of work may cost; what a death costs, which is most often the work's fault; and what a
/// failure of the environment does.
const ATTEMPTS: i32 = 3;
const DEATH: i32 = 2;
const FAILURE: i32 = 1;

/// How often somebody who waits for a child looks whether the user wants to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// A child process that does one piece of work after another; it starts with the first one.
pub struct ChildWorker<Outcome> {
    program: PathBuf,
    limits: Limits,
    stop: Arc<AtomicBool>,
    /// What each child has to know before it does anything else.
    first: Option<Framed>,
    running: Option<Running<Outcome>>,
}

struct Running<Outcome> {
    child: Child,
    /// To a thread that writes: a child that does not read must not hold up its parent.
    work: Sender<Framed>,
    outcomes: Receiver<Outcome>,
}

impl<Outcome: DeserializeOwned + Send + 'static> ChildWorker<Outcome> {
    /// Prepares a child; `program` is the path of this program.
    pub fn new(program: &Path, limits: Limits) -> Self {
        Self { program: program.to_path_buf(), limits, stop: Arc::default(), first: None, running: None }
    }

    /// Makes it give up as soon as this is set.
    pub fn until(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = stop;
        self
    }

    /// Has one piece of work done within the limits. A child that exceeds them is killed, and the next piece of work
    /// gets a new one. What a child died of may have nothing to do with the work, so the work is tried once more; and twice
    /// more if the child was ended from outside.
    pub fn run(&mut self, work: &impl Serialize) -> Result<Outcome, Stopped> {
        self.send(&to_send(work)?)
    }

    /// Has a piece of work done that all others build on: each later child does it first, too.
    pub fn begin(&mut self, work: &impl Serialize) -> Result<Outcome, Stopped> {
        self.first = None;
        let frame = to_send(work)?;
        let outcome = self.send(&frame)?;
        self.first = Some(frame);
        Ok(outcome)
    }

    fn send(&mut self, frame: &Framed) -> Result<Outcome, Stopped> {
        let mut left = ATTEMPTS;
        loop {
            let outcome = self.attempt(frame);
            if outcome.is_err() {
                self.stop();
            }
            left -= match &outcome {
                Err(Stopped::Died(_)) => DEATH,
                Err(Stopped::Environment(_)) => FAILURE,
                _ => return outcome,
            };
            if left <= 0 {
                return outcome;
            }
        }
    }

    fn attempt(&mut self, frame: &Framed) -> Result<Outcome, Stopped> {
        if self.running.is_none() {
            self.running = Some(start(&self.program, self.limits.command).map_err(Stopped::Environment)?);
            if let Some(first) = self.first.clone() {
                self.answer(&first)?;
            }
        }
        self.answer(frame)
    }

    /// Gives the answer of the child that runs.
    fn answer(&mut self, frame: &Framed) -> Result<Outcome, Stopped> {
        let limits = self.limits;
        let Some(running) = &mut self.running else { return Err(Stopped::Died(limits.memory)) };
        let until = Instant::now() + limits.time;
        if running.work.send(Arc::clone(frame)).is_err() {
            return Err(running.end(limits));
        }
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match running.outcomes.recv_timeout(left.min(GLANCE)) {
                Ok(outcome) => return Ok(outcome),
                Err(RecvTimeoutError::Disconnected) => return Err(running.end(limits)),
                Err(RecvTimeoutError::Timeout) if self.stop.load(Ordering::Relaxed) => {
                    return Err(Stopped::Interrupted);
                }
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return Err(Stopped::Time(limits.time)),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl<Outcome> Running<Outcome> {
    /// Says why a child ended that should not have.
    fn end(&mut self, limits: Limits) -> Stopped {
        match output::ended(&mut self.child, Instant::now() + GLANCE) {
            Some(status) if is_killed(status) => {
                let why = "er wurde von außen beendet, vielleicht, weil dem Rechner Speicher fehlt";
                Stopped::Environment(io::Error::other(why))
            }
            _ => Stopped::Died(limits.memory),
        }
    }
}

/// Tells whether somebody else ended a process: the user, or the system for want of memory. What exceeds its own limit aborts.
#[cfg(unix)]
fn is_killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    // POSIX: SIGHUP, SIGINT, SIGKILL, SIGTERM.
    matches!(status.signal(), Some(1 | 2 | 9 | 15))
}

#[cfg(not(unix))]
fn is_killed(_: ExitStatus) -> bool {
    false
}

impl<Outcome> ChildWorker<Outcome> {
    fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // It may have ended by itself.
            running.child.kill().ok();
            running.child.wait().ok();
        }
    }
}

impl<Outcome> Drop for ChildWorker<Outcome> {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start<Outcome: DeserializeOwned + Send + 'static>(
    program: &Path,
    command: &str,
) -> io::Result<Running<Outcome>> {
    let mut call = Command::new(program);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Ctrl-C in a terminal is for the parent, which ends after what is under way.
        call.process_group(0);
    }
    let mut child = call
        .arg(command)
        // The allocator would reserve a GiB at once, and the limit counts what is reserved; this is in KiB.
        .env("MIMALLOC_ARENA_RESERVE", "65536")
        .env(PARENT, std::process::id().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let threads = writer(input).and_then(|work| Ok((work, reader(output)?)));
    if threads.is_err() {
        child.kill().ok();
        child.wait().ok();
    }
    threads.map(|(work, outcomes)| Running { child, work, outcomes })
}

/// Starts the thread that hands work on; it ends with the child or its parent.
fn writer(mut input: ChildStdin) -> io::Result<Sender<Framed>> {
    let (work, frames) = mpsc::channel::<Framed>();
    thread::Builder::new().spawn(move || {
        for frame in frames {
            if input.write_all(&frame).and_then(|()| input.flush()).is_err() {
                break;
            }
        }
    })?;
    Ok(work)
}

/// Starts the thread that takes what comes back; it ends with the child.
fn reader<Outcome: DeserializeOwned + Send + 'static>(output: ChildStdout) -> io::Result<Receiver<Outcome>> {
    let (sender, outcomes) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let mut output = BufReader::new(output);
        while let Ok(Some(outcome)) = read_frame(&mut output) {
            if sender.send(outcome).is_err() {
                break;
            }
        }
    })?;
    Ok(outcomes)
}

/// Limits the memory that this process may reserve, in bytes, where the system supports that.
fn limit_memory(bytes: u64) -> io::Result<()> {
    #[cfg(unix)]
    rlimit::setrlimit(rlimit::Resource::AS, bytes, bytes)?;
    #[cfg(not(unix))]
    let _ = bytes;
    Ok(())
}

/// Runs the child's side: limits its own memory, then does the work it is sent until its input ends.
pub fn serve<Work: DeserializeOwned, Outcome: Serialize>(
    limits: Limits,
    input: impl Read,
    output: impl Write + Send,
    mut work: impl FnMut(Work) -> Outcome,
) -> io::Result<()> {
    limit_memory(limits.memory)?;
    let busy_since = Arc::new(Mutex::new(None));
    end_when_orphaned(Arc::clone(&busy_since), limits.time)?;
    let set_busy =
        |since: Option<Instant>| *busy_since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    let mut input = BufReader::new(input);
    let mut output = BufWriter::new(output);
    while let Some(piece) = read_frame::<Work>(&mut input)? {
        set_busy(Some(Instant::now()));
        let outcome = work(piece);
        set_busy(None);
        write_frame(&mut output, &outcome)?;
    }
    Ok(())
}

/// Ends a child whose parent was killed and therefore can no longer kill it when it takes too long. A child that
/// waits for work sees the end of its input; one that is working would go on.
fn end_when_orphaned(busy_since: Arc<Mutex<Option<Instant>>>, limit: Duration) -> io::Result<()> {
    let parent = std::env::var(PARENT).ok().and_then(|text| text.parse().ok());
    thread::Builder::new().spawn(move || {
        loop {
            let since = *busy_since.lock().unwrap_or_else(PoisonError::into_inner);
            // The time tells where the parent cannot be asked for.
            if has_lost(parent) || since.is_some_and(|since| since.elapsed() > 2 * limit) {
                std::process::exit(1);
            }
            thread::sleep(Duration::from_secs(1));
        }
    })?;
    Ok(())
}

/// Returns whether this process has another parent by now, because its own has ended.
#[cfg(unix)]
fn has_lost(parent: Option<u32>) -> bool {
    parent.is_some_and(|parent| parent != std::os::unix::process::parent_id())
}

#[cfg(not(unix))]
fn has_lost(_: Option<u32>) -> bool {
    false
}

/// Frames a piece of work.
fn to_send(work: &impl Serialize) -> Result<Framed, Stopped> {
    frame_of(work).map(Arc::new).map_err(|_| Stopped::NotSent)
}

/// Writes a frame.
fn write_frame(output: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    output.write_all(&frame_of(value)?)?;
    output.flush()
}

/// Makes a frame: the length in eight bytes, least significant first, then that many bytes of CBOR.
fn frame_of(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; LENGTH_BYTES];
    ciborium::into_writer(value, &mut frame).map_err(io::Error::other)?;
    let length = (frame.len() - LENGTH_BYTES) as u64;
    frame[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
    Ok(frame)
}

/// Reads the next frame; `None` at the end of the input.
fn read_frame<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; LENGTH_BYTES];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u64::from_le_bytes(length);
    if length > MAX_FRAME_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    ciborium::from_reader(&bytes[..]).map(Some).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_the_way_through_a_pipe() {
        let sent = vec![serde_bytes::ByteBuf::from(vec![0, 255, 10])];
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &sent).unwrap();
        write_frame(&mut bytes, &sent).unwrap();
        let mut input = &bytes[..];
        for _ in 0..2 {
            let read: Vec<serde_bytes::ByteBuf> = read_frame(&mut input).unwrap().unwrap();
            assert_eq!(read, sent);
        }
        assert!(read_frame::<Vec<serde_bytes::ByteBuf>>(&mut input).unwrap().is_none());
        assert!(read_frame::<Vec<serde_bytes::ByteBuf>>(&mut &bytes[..10]).is_err());
        assert!(read_frame::<Vec<serde_bytes::ByteBuf>>(&mut &[255; 12][..]).is_err());
    }

    /// Runs a shell as a child: it answers with the frame `f6` (nothing) to the first piece of work, and then does what it is told.
    #[cfg(unix)]
    fn shell(folder: &Path, then: &str) -> ChildWorker<()> {
        use std::os::unix::fs::PermissionsExt;
        let program = folder.join("kind.sh");
        let answer = r"printf '\001\000\000\000\000\000\000\000\366'";
        let script =
            format!("#!/bin/sh\nread line; echo \"$line\" >> {}/log\n{answer}\n{then}\n", folder.display());
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        ChildWorker::new(&program, Limits { command: "x", time: Duration::from_secs(20), memory: 1 << 30 })
    }

    #[cfg(unix)]
    #[test]
    fn each_child_does_first_what_the_others_did_first() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = shell(folder.path(), "kill -9 $$");
        child.begin(&"wanted\n").unwrap();
        // All are killed after what they did first.
        let stopped = child.run(&"work\n").unwrap_err();
        assert!(matches!(stopped, Stopped::Environment(_)), "{stopped:?}");
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        assert_eq!(log.matches("wanted").count(), 1 + 2, "{log:?}");
        let mut child = shell(folder.path(), "exit 1");
        child.begin(&"wanted\n").unwrap();
        assert!(matches!(child.run(&"work\n"), Err(Stopped::Died(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_neither_reads_nor_answers_is_given_up_in_time_or_at_once() {
        // More than a pipe holds.
        let work = serde_bytes::ByteBuf::from(vec![0; 1 << 20]);
        let limits = |time| Limits { command: "100", time, memory: 1 << 30 };
        let sleep = Path::new("/bin/sleep");
        let mut frozen = ChildWorker::<()>::new(sleep, limits(Duration::from_millis(200)));
        assert!(matches!(frozen.run(&work), Err(Stopped::Time(_))));
        let stop = Arc::new(AtomicBool::new(true));
        let mut stopped = ChildWorker::<()>::new(sleep, limits(Duration::from_secs(100))).until(stop);
        assert!(matches!(stopped.run(&work), Err(Stopped::Interrupted)));
    }
}
