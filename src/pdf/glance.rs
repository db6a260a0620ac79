//! A glance at a file that comes from elsewhere: whether it opens as what it is, what it claims, the record in it, and
//! its text.
//!
//! Done by a child process with limits, because such a file may be anything.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::claims::{Claims, claims};
use super::embedded::{ExtractError, embedded_record};
use super::file_format::AnnexFormat;
use super::load::load;
use super::passages::DocumentText;
use super::refusal::Refusal;
use super::scans::{self, Labels};
use crate::child::{self, ChildWorker, Limits, Stopped};

/// What the child is allowed for one file.
pub const GLANCE_LIMITS: Limits =
    Limits { command: "glance-worker", time: Duration::from_secs(30), memory: 4 << 30 };

/// What a file is that opens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileGlance {
    /// What it claims; nothing if it is a picture.
    pub claims: Claims,
    /// The record that it carries.
    pub record: Result<ByteBuf, ExtractError>,
    /// Its text, if that was asked for.
    pub text: Option<DocumentText>,
}

/// What a file has to be.
#[derive(Debug, Serialize, Deserialize)]
enum GlanceWork {
    /// Anything that is taken as an annex.
    Annex(ByteBuf),
    /// A PDF.
    Pdf(ByteBuf),
    /// A PDF, and its text.
    Text(ByteBuf),
}

/// A child process that glances at files, one after another.
pub struct Glancer(ChildWorker<Result<FileGlance, Refusal>>);

impl Glancer {
    /// `program` is this program.
    pub fn new(program: &Path) -> Self {
        Self(ChildWorker::new(program, GLANCE_LIMITS))
    }

    /// Makes it give up as soon as this is set.
    pub fn until(self, stop: Arc<AtomicBool>) -> Self {
        Self(self.0.until(stop))
    }

    /// Glances at a file that may be anything an annex can be. Fails if the process cannot be started or the user wants to
    /// stop, which is no fault of the file.
    pub fn annex(&mut self, file: Vec<u8>) -> io::Result<Result<FileGlance, Refusal>> {
        self.glance(&GlanceWork::Annex(ByteBuf::from(file)))
    }

    /// Glances at a file that has to be a PDF.
    pub fn pdf(&mut self, file: Vec<u8>) -> io::Result<Result<FileGlance, Refusal>> {
        self.glance(&GlanceWork::Pdf(ByteBuf::from(file)))
    }

    /// Glances at a PDF, and reads its text.
    pub fn text(&mut self, file: Vec<u8>) -> io::Result<Result<FileGlance, Refusal>> {
        self.glance(&GlanceWork::Text(ByteBuf::from(file)))
    }

    fn glance(&mut self, work: &GlanceWork) -> io::Result<Result<FileGlance, Refusal>> {
        let glance = Stopped::of_the_work(self.0.run(work))?;
        Ok(glance.unwrap_or_else(|stopped| Err(stopped.into())))
    }
}

/// The child's side.
pub fn serve_glances(input: impl Read, output: impl Write + Send) -> io::Result<()> {
    child::serve(GLANCE_LIMITS, input, output, |work: GlanceWork| match work {
        GlanceWork::Annex(file) => annex(&file),
        GlanceWork::Pdf(file) => pdf(&file, false),
        GlanceWork::Text(file) => pdf(&file, true),
    })
}

fn annex(file: &[u8]) -> Result<FileGlance, Refusal> {
    if AnnexFormat::of(file).ok_or_else(|| Refusal::foreign(file))? == AnnexFormat::Pdf {
        return pdf(file, false);
    }
    let labels = Labels { title: "", alt: "", author: "", date: None };
    scans::scan(file, &labels).map_err(|error| Refusal::Damaged(error.to_string()))?;
    Ok(FileGlance { claims: Claims::default(), record: Err(ExtractError::NoRecord), text: None })
}

fn pdf(file: &[u8], with_text: bool) -> Result<FileGlance, Refusal> {
    let document = load(file)?;
    let record = embedded_record(&document).map(ByteBuf::from);
    let text = with_text.then(|| DocumentText::read(&document, file));
    Ok(FileGlance { claims: claims(&document), record, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_annex_and_what_is_no_pdf_is_refused() {
        let reason = |refused: Result<FileGlance, Refusal>| refused.unwrap_err().reason().to_owned();
        assert_eq!(reason(pdf(b"hallo", true)), "kein lesbares PDF (der Anfang %PDF fehlt)");
        assert!(reason(annex(b"hallo")).ends_with("eine Anlage ist PDF, JPEG, PNG oder TIFF"));
    }
}
