//! Typesetting in a process of its own, with limits on time and memory: for what may take any of both.
//!
//! typst cannot be interrupted. A form that is not built in may loop for ever, and an SVG may draw a billion
//! shapes; so they are set in a child process, which is killed when its time is up.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::job::{Finding, Job, Outcome, Stage};
use crate::fonts::Fonts;

/// The hidden command that starts [`serve`].
pub const COMMAND: &str = "typeset-worker";
/// The longest that one document may take.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// The most memory that the child may reserve, in bytes.
const MEMORY_LIMIT: u64 = 2 << 30;
const MAX_FRAME_BYTES: u64 = 1 << 30;

/// A child process that sets documents, one after another; it is started when the first one comes.
pub struct Guard {
    program: PathBuf,
    running: Option<Running>,
    /// Forms that were stopped.
    stopped: HashSet<String>,
}

struct Running {
    child: Child,
    input: BufWriter<ChildStdin>,
    outcomes: Receiver<Outcome>,
}

impl Guard {
    /// `program` is this program.
    pub fn new(program: &Path) -> Self {
        Self { program: program.to_path_buf(), running: None, stopped: HashSet::new() }
    }

    /// Makes one document, or says that it could not be made within the limits.
    pub fn run(&mut self, job: &Job) -> Outcome {
        let known = !job.built_in && self.stopped.contains(&job.form);
        let attempt = match known {
            true => Err(
                "es wurde schon bei einer anderen Vorlage abgebrochen und wird nicht noch einmal versucht."
                    .to_owned(),
            ),
            false => self.attempt(job),
        };
        attempt.unwrap_or_else(|message| {
            self.stop();
            self.stopped.insert(job.form.clone());
            let finding =
                Finding { stage: Stage::Stopped, file: None, range: 0..0, message, hints: Vec::new() };
            Outcome { files: Vec::new(), findings: vec![finding] }
        })
    }

    fn attempt(&mut self, job: &Job) -> Result<Outcome, String> {
        let running = match &mut self.running {
            Some(running) => running,
            none => none.insert(
                start(&self.program)
                    .map_err(|error| format!("der Prozess ließ sich nicht starten ({error})."))?,
            ),
        };
        let died = || {
            format!(
                "der Prozess brach ab, zum Beispiel, weil er mehr als {} MiB Speicher brauchte.",
                MEMORY_LIMIT >> 20
            )
        };
        write_frame(&mut running.input, job).map_err(|_| died())?;
        running.outcomes.recv_timeout(TIME_LIMIT).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("es dauerte länger als {} Sekunden.", TIME_LIMIT.as_secs()),
            RecvTimeoutError::Disconnected => died(),
        })
    }

    fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // It may have ended by itself.
            running.child.kill().ok();
            running.child.wait().ok();
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start(program: &Path) -> io::Result<Running> {
    let mut child = Command::new(program)
        .arg(COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let (sender, outcomes) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        while let Ok(Some(outcome)) = read_frame(&mut output) {
            if sender.send(outcome).is_err() {
                break;
            }
        }
    });
    Ok(Running { child, input: BufWriter::new(input), outcomes })
}

/// Limits the memory that this process may take, where the system offers that.
pub fn limit_this_process() -> io::Result<()> {
    #[cfg(unix)]
    rlimit::setrlimit(rlimit::Resource::AS, MEMORY_LIMIT, MEMORY_LIMIT)?;
    Ok(())
}

/// The child's side: limits itself, then makes what it is sent until its input ends.
pub fn serve(input: impl Read, output: impl Write + Send) -> io::Result<()> {
    limit_this_process()?;
    let busy_since = Arc::new(Mutex::new(None));
    end_when_orphaned(Arc::clone(&busy_since));
    let set_busy =
        |since: Option<Instant>| *busy_since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    let mut input = BufReader::new(input);
    let mut output = BufWriter::new(output);
    let engine = Engine::default();
    let mut fonts: HashMap<Option<PathBuf>, Fonts> = HashMap::new();
    while let Some(job) = read_frame::<Job>(&mut input)? {
        let fonts = fonts.entry(job.fonts.clone()).or_insert_with(|| match &job.fonts {
            Some(folder) => Fonts::with_folder(folder).unwrap_or_else(|_| Fonts::built_in()),
            None => Fonts::built_in(),
        });
        set_busy(Some(Instant::now()));
        let outcome = engine.run(&job, fonts);
        set_busy(None);
        write_frame(&mut output, &outcome)?;
    }
    Ok(())
}

/// The parent kills a child that takes too long; a parent that was itself killed cannot.
fn end_when_orphaned(busy_since: Arc<Mutex<Option<Instant>>>) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let since = *busy_since.lock().unwrap_or_else(PoisonError::into_inner);
            if since.is_some_and(|since| since.elapsed() > 2 * TIME_LIMIT) {
                std::process::exit(1);
            }
        }
    });
}

/// A frame is its length, eight bytes, least significant first, and so many bytes of CBOR.
fn write_frame(output: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(io::Error::other)?;
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(&bytes)?;
    output.flush()
}

/// The next frame; none at the end of the input.
fn read_frame<T: serde::de::DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 8];
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
        let outcome =
            Outcome { files: vec![serde_bytes::ByteBuf::from(vec![0, 255, 10])], findings: Vec::new() };
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &outcome).unwrap();
        write_frame(&mut bytes, &outcome).unwrap();
        let mut input = &bytes[..];
        for _ in 0..2 {
            let read: Outcome = read_frame(&mut input).unwrap().unwrap();
            assert_eq!(read.files, outcome.files);
        }
        assert!(read_frame::<Outcome>(&mut input).unwrap().is_none());
        assert!(read_frame::<Outcome>(&mut &bytes[..20]).is_err());
        assert!(read_frame::<Outcome>(&mut &[255; 12][..]).is_err());
    }
}
