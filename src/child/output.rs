//! Another program, asked for something that it prints, with limits on time and size.
//!
//! Knows nothing of what it is asked. No shell is between: arguments are what they are.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What another program printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramAnswer {
    /// Its standard output.
    pub output: Vec<u8>,
    /// What it says of errors; the beginning, if that is long.
    pub errors: String,
    /// Whether it says that it succeeded.
    pub is_success: bool,
}

/// Why another program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It could not be started: most often it is not installed.
    #[error("lässt sich nicht starten ({})", crate::files::in_german(.0))]
    NotStarted(io::Error),
    /// It took too long.
    #[error("braucht länger als {} Sekunden", .0.as_secs())]
    Time(Duration),
    /// It prints more than is taken.
    #[error("gibt mehr als {0} Byte aus")]
    TooMuch(u64),
}

/// The most that is kept of what a program says of errors, in bytes.
const MAX_ERRORS: u64 = 4096;

/// Runs a program to its end, without input. It is killed when its time is up.
pub fn answer_of(command: &mut Command, most: u64, time: Duration) -> Result<ProgramAnswer, ProgramError> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(ProgramError::NotStarted)?;
    let end = Instant::now() + time;
    // Both are read at once: a program that cannot print waits for ever.
    let output = reading(child.stdout.take(), most + 1);
    let errors = reading(child.stderr.take(), MAX_ERRORS);
    let output = output.recv_timeout(time).map_err(|_| ProgramError::Time(time));
    let output = output.and_then(|output| {
        if output.len() as u64 <= most { Ok(output) } else { Err(ProgramError::TooMuch(most)) }
    });
    // One that has said all may live on.
    let status = match output {
        Ok(_) => ended(&mut child, end),
        Err(_) => None,
    };
    if status.is_none() {
        // It may have ended by itself.
        child.kill().ok();
        child.wait().map_err(ProgramError::NotStarted)?;
    }
    let output = output?;
    let status = status.ok_or(ProgramError::Time(time))?;
    // A program that it has started may hold its errors open.
    let errors = errors.recv_timeout(end.saturating_duration_since(Instant::now())).unwrap_or_default();
    let errors = String::from_utf8_lossy(&errors).into_owned();
    Ok(ProgramAnswer { output, errors, is_success: status.success() })
}

/// Waits until a process has ended, but not beyond this moment.
pub(super) fn ended(child: &mut Child, end: Instant) -> Option<ExitStatus> {
    /// Most programs end right after they have said all.
    const PAUSE: Duration = Duration::from_millis(2);
    loop {
        match child.try_wait() {
            Ok(None) if Instant::now() < end => thread::sleep(PAUSE),
            status => return status.ok().flatten(),
        }
    }
}

/// Reads so much at most in another thread.
fn reading(from: Option<impl Read + Send + 'static>, most: u64) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(read(from, most)));
    receiver
}

/// Reads so much at most. What cannot be read is not there.
fn read(from: Option<impl Read>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        from.take(most).read_to_end(&mut bytes).ok();
    }
    bytes
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn ask(program: &str, arguments: &[&str], most: u64, time: u64) -> Result<ProgramAnswer, ProgramError> {
        answer_of(Command::new(program).args(arguments), most, Duration::from_millis(time))
    }

    #[test]
    fn a_program_answers_within_its_limits_or_not_at_all() {
        let answer = ask("printf", &["%s", "a;b $(c)"], 100, 10_000).unwrap();
        assert_eq!((&answer.output[..], answer.is_success), (&b"a;b $(c)"[..], true));
        assert!(matches!(ask("yes", &[], 1000, 10_000), Err(ProgramError::TooMuch(1000))));
        assert!(matches!(ask("sleep", &["100"], 10, 100), Err(ProgramError::Time(_))));
        let silent = ask("sh", &["-c", "exec >&- 2>&-; sleep 100"], 10, 300);
        assert!(matches!(silent, Err(ProgramError::Time(_))), "{silent:?}");
        assert!(matches!(ask("gibt-es-nicht-anlage", &[], 10, 100), Err(ProgramError::NotStarted(_))));
        let answer = ask("ls", &["/gibt-es-nicht"], 1000, 10_000).unwrap();
        assert!(!answer.is_success && answer.errors.contains("gibt-es-nicht"));
    }
}
