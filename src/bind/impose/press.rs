//! Sheets made in a process of its own, with limits: the pages of a packet come from files that may be anything.
//!
//! Knows nothing of layouts.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_bytes::{ByteBuf, Bytes};

use super::colour::PrintColours;
use super::drawing::Printable;
use super::merge::{SheetsAbout, impose};
use super::preflight::PrintablePages;
use super::sheets::SheetSide;
use crate::child::{self, ChildWorker, Limits, Stopped};
use crate::pdf::Refusal;
use crate::record::fonts;

/// What the child is allowed for one file, and again for its sheets.
pub const LIMITS: Limits =
    Limits { command: "print-worker", time: Duration::from_secs(300), memory: 4 << 30 };

/// Where a file comes from that is to be drawn on sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrintOrigin {
    /// This program made it.
    Packet,
    /// It was made fit.
    File,
}

/// What the child is asked.
#[derive(Debug, Serialize, Deserialize)]
enum PressWork<'a> {
    /// To read this file.
    Read { file: Cow<'a, Bytes>, origin: PrintOrigin, colours: PrintColours },
    /// To draw the pages of the file on sheets.
    Impose { sides: Cow<'a, [SheetSide]>, title: Cow<'a, str>, identity: Cow<'a, str> },
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
enum PressAnswer {
    Read(PrintablePages),
    Imposed(ByteBuf),
    Refused(Refusal),
}

/// A child process that draws the pages of one file on sheets.
pub struct Press(ChildWorker<PressAnswer>);

impl Press {
    /// Prepares a child; `program` is this program, and `stop` makes it give up.
    pub fn new(program: &Path, stop: Arc<AtomicBool>) -> Self {
        Self(ChildWorker::new(program, LIMITS).until(stop))
    }

    /// Reads a file, whose pages are drawn from now on. Fails if the process cannot be started, which is no fault of the file.
    pub fn read(
        &mut self,
        file: &[u8],
        origin: PrintOrigin,
        colours: PrintColours,
    ) -> io::Result<Result<PrintablePages, Refusal>> {
        let work = PressWork::Read { file: Cow::Borrowed(Bytes::new(file)), origin, colours };
        let answer = self.0.begin(&work);
        taken(answer, |answer| match answer {
            PressAnswer::Read(pages) => Some(pages),
            _ => None,
        })
    }

    /// Draws the pages of the file on sheets. `identity` tells them from all others: hexadecimal digits.
    pub fn impose(
        &mut self,
        sides: &[SheetSide],
        title: &str,
        identity: &str,
    ) -> io::Result<Result<Vec<u8>, Refusal>> {
        let work = PressWork::Impose { sides: sides.into(), title: title.into(), identity: identity.into() };
        let answer = self.0.run(&work);
        taken(answer, |answer| match answer {
            PressAnswer::Imposed(bytes) => Some(bytes.into_vec()),
            _ => None,
        })
    }
}

/// Takes what is wanted out of an answer.
fn taken<T>(
    answer: Result<PressAnswer, Stopped>,
    wanted: impl Fn(PressAnswer) -> Option<T>,
) -> io::Result<Result<T, Refusal>> {
    Ok(match Stopped::of_the_work(answer)? {
        Ok(PressAnswer::Refused(refusal)) => Err(refusal),
        Ok(answer) => wanted(answer).ok_or_else(|| Stopped::Died(LIMITS.memory).into()),
        Err(stopped) => Err(stopped.into()),
    })
}

/// The child's side.
pub fn serve(input: impl Read, output: impl Write + Send) -> io::Result<()> {
    let mut source = None;
    child::serve(LIMITS, input, output, |work: PressWork<'static>| match work {
        PressWork::Read { file, origin, colours } => {
            let read = match origin {
                PrintOrigin::Packet => Printable::of_packet(&file, colours),
                PrintOrigin::File => Printable::of_file(&file, colours),
            };
            match read {
                Ok(printable) => PressAnswer::Read(source.insert(printable).pages()),
                Err(error) => PressAnswer::Refused(error.into()),
            }
        }
        PressWork::Impose { sides, title, identity } => {
            let font = fonts::upright().unwrap_or_default();
            let about = SheetsAbout { title: &title, identity: &identity, font };
            let made = source.as_ref().ok_or_else(|| Stopped::Died(LIMITS.memory).to_string());
            match made.and_then(|source| impose(source, &sides, about)) {
                Ok(bytes) => PressAnswer::Imposed(bytes.into()),
                Err(error) => PressAnswer::Refused(Refusal::Damaged(error)),
            }
        }
    })
}
