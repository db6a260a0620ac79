//! Typesetting in a child process with limits on time and memory.
//!
//! A form that is not built in may loop for ever, and an SVG may draw a billion shapes. In a run of many documents
//! each thread has a child too: within one process the threads would wait for each other.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::engine::{Engine, alone};
use super::job::{Finding, Job, JobOutcome, Stage};
use crate::child::{self, ChildWorker, Limits, Stopped};
use crate::record::fonts::Fonts;

/// The limits of the child for one document.
pub const LIMITS: Limits =
    Limits { command: "typeset-worker", time: Duration::from_secs(20), memory: 2 << 30 };

/// A child process that typesets one document after another.
pub struct Guard {
    child: ChildWorker<JobOutcome>,
    /// The forms that were stopped.
    stopped: HashSet<String>,
}

impl Guard {
    /// Prepares a child; `program` is the path of this program.
    pub fn new(program: &Path) -> Self {
        Self { child: ChildWorker::new(program, LIMITS), stopped: HashSet::new() }
    }

    /// Makes one document, or says that it could not be made within the limits. `None` if no child could be started
    /// and the document needs none.
    pub fn run(&mut self, job: &Job) -> Option<JobOutcome> {
        let known = !job.built_in && self.stopped.contains(&job.form);
        let attempt = if known {
            Err("es wurde schon bei einer anderen Vorlage abgebrochen und wird nicht noch einmal versucht."
                .to_owned())
        } else {
            match self.child.run(job) {
                Err(Stopped::Environment(_)) if !job.untrusted => return None,
                outcome => outcome.map_err(|stopped| stopped.to_string()),
            }
        };
        Some(attempt.unwrap_or_else(|message| {
            self.stopped.insert(job.form.clone());
            let finding =
                Finding { stage: Stage::Stopped, file: None, range: 0..0, message, hints: Vec::new() };
            JobOutcome { findings: vec![finding], ..JobOutcome::default() }
        }))
    }
}

/// Runs the child's side.
pub fn serve(input: impl Read + Send, output: impl Write + Send) -> io::Result<()> {
    alone(|| {
        let engine = Engine::default();
        let mut fonts: HashMap<Option<PathBuf>, Arc<Fonts>> = HashMap::new();
        child::serve(LIMITS, input, output, |job: Job| {
            let fonts = fonts.entry(job.fonts.clone()).or_insert_with(|| match &job.fonts {
                Some(folder) => Fonts::with_folder(folder).map_or_else(|_| Fonts::built_in(), Arc::new),
                None => Fonts::built_in(),
            });
            engine.run(&job, fonts)
        })
    })
}
