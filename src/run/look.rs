//! A look at each file of a run: what it is, its number, and what an earlier run left of it.
//!
//! A file is read once and parsed once, unless more text waits for its turn than there is room for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Run;
use super::inputs::RecordFile;
use super::problem::Problem;
use super::store::{Store, StoreEntry};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::files::{self, Snapshot};
use crate::record::input::{self, FileKind};
use crate::record::numbers::Number;
use crate::record::project::Project;
use crate::record::proposal::{self, Proposal, glance};
use crate::record::session::{self, Session};
use crate::toml_tree::{TomlFile, TomlText};

/// The most that is kept of files until their turn comes, in bytes of their text. What is beyond is read again.
const MAX_KEPT: u64 = 8 << 20;

/// A file of a run that was looked at.
#[derive(Debug)]
pub struct Looked {
    /// The file.
    pub file: RecordFile,
    /// Its project.
    pub project: Result<Arc<Project>, Problem>,
    /// What it is.
    pub seen: Seen,
    /// What the file was like before it was read; none for standard input.
    snapshot: Option<Snapshot>,
    reading: Mutex<Reading>,
}

/// What a file is.
#[derive(Debug)]
pub enum Seen {
    /// A record, or what cannot be read and has to be reported.
    Record {
        /// The number of the proposal.
        number: Option<Number>,
        /// Whether it says that the proposal is public.
        says_public: bool,
        /// By what the store knows it, if it did not change since an earlier run.
        key: Option<Arc<str>>,
    },
    /// A session file.
    Session(Arc<OpenedSession>),
    /// Something else in a folder of records.
    Other,
}

/// A record, read as a proposal.
#[derive(Debug)]
pub struct OpenedRecord {
    /// The proposal, as far as the record could be understood.
    pub proposal: Proposal,
    /// The findings of reading it.
    pub findings: Vec<Diagnostic>,
}

/// A session file, read as a session.
#[derive(Debug)]
pub struct OpenedSession {
    /// The session, as far as its file could be understood.
    pub session: Session,
    /// The findings of reading it.
    pub findings: Vec<Diagnostic>,
}

/// What is kept of a file.
#[derive(Debug)]
enum Reading {
    Opened(Arc<OpenedRecord>),
    Parsed(TomlFile),
    Text(TomlText),
    Failed(Problem),
    Nothing,
}

/// Looks at files. A session file that the user named also stands for the records on its agenda, which follow it. `store`
/// gives what earlier runs left in the output folder of a project.
pub fn look_at(
    run: &Run,
    files: &[RecordFile],
    store: impl Fn(&Arc<Project>) -> Option<Arc<Store>> + Sync,
) -> Vec<Looked> {
    let kept = AtomicU64::new(0);
    let look = |file: &RecordFile| look(run, file, &store, &kept);
    let named = run.map(files.len(), |index| look(&files[index]));
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    if named.iter().any(|looked| !looked.named_records().is_empty()) {
        known.extend(named.iter().filter_map(|looked| looked.file.real_path()));
    }
    let mut all = Vec::with_capacity(named.len());
    for looked in named {
        let mut records = looked.named_records();
        records.retain(|record| record.real_path().is_none_or(|path| known.insert(path)));
        all.push(looked);
        all.extend(run.map(records.len(), |index| look(&records[index])));
    }
    all
}

/// Reads a file as a session, whatever it looks like.
pub fn open_session(run: &Run, file: &RecordFile) -> Result<Arc<OpenedSession>, Problem> {
    let project = run.project_of(&file.folder).map_err(|error| Problem::of_project(&file.name, error))?;
    file.stay_inside(file.canonical().as_deref(), &project)?;
    let (session, findings) = session::read(file.input(file.text()?.parse(), &project));
    Ok(Arc::new(OpenedSession { session, findings }))
}

fn look(
    run: &Run,
    file: &RecordFile,
    store: &impl Fn(&Arc<Project>) -> Option<Arc<Store>>,
    kept: &AtomicU64,
) -> Looked {
    let project = run.project_of(&file.folder).map_err(|error| Problem::of_project(&file.name, error));
    let snapshot = file.path().and_then(Snapshot::of);
    let unread = Seen::Record { number: None, says_public: false, key: None };
    let real = file.canonical();
    let stays = project.as_ref().map_or(Ok(()), |project| file.stay_inside(real.as_deref(), project));
    let (seen, reading) = match stays.and_then(|()| file.read()) {
        // What cannot be read is reported when its turn comes.
        Err(problem) => (unread, Reading::Failed(problem)),
        Ok(_) if file.ends_twice() => (Seen::Other, Reading::Nothing),
        Ok(bytes) => {
            let known = || store(project.as_ref().ok()?)?.known(real.as_deref()?);
            let known = known().filter(|(_, entry)| entry.record == files::hash(&[&bytes]));
            match (file.decode(&bytes), known) {
                (Err(problem), _) => (unread, Reading::Failed(problem)),
                (Ok(text), Some((key, entry))) => {
                    let StoreEntry { number, public, .. } = entry;
                    (Seen::Record { number, says_public: public, key: Some(key) }, Reading::Text(text))
                }
                (Ok(text), None) => see(file, text.parse(), &project),
            }
        }
    };
    let reading = match &seen {
        Seen::Record { .. } if reading.takes_room(kept) => reading,
        _ => Reading::Nothing,
    };
    Looked { file: file.clone(), project, seen, snapshot, reading: Mutex::new(reading) }
}

fn see(file: &RecordFile, parsed: TomlFile, project: &Result<Arc<Project>, Problem>) -> (Seen, Reading) {
    match (input::kind(&parsed), project) {
        (FileKind::Other, _) if !file.is_named => (Seen::Other, Reading::Nothing),
        (FileKind::Session, Ok(project)) => {
            let (session, findings) = session::read(file.input(parsed, project));
            (Seen::Session(Arc::new(OpenedSession { session, findings })), Reading::Nothing)
        }
        _ => {
            let numbers = project.as_ref().ok().map(|project| &project.settings.numbers);
            let number = numbers.and_then(|numbers| glance::number(&parsed, numbers));
            let says_public = glance::says_public(&parsed);
            (Seen::Record { number, says_public, key: None }, Reading::Parsed(parsed))
        }
    }
}

impl Reading {
    /// Tells whether there is room to keep it.
    fn takes_room(&self, kept: &AtomicU64) -> bool {
        let length = match self {
            Self::Parsed(file) => file.text.source.text.len(),
            Self::Text(text) => text.source.text.len(),
            Self::Opened(_) | Self::Failed(_) | Self::Nothing => return true,
        };
        kept.fetch_add(length as u64, Ordering::Relaxed) + (length as u64) <= MAX_KEPT
    }
}

impl Looked {
    /// Gives the number of the proposal.
    pub fn number(&self) -> Option<Number> {
        match &self.seen {
            Seen::Record { number, .. } => *number,
            Seen::Session(_) | Seen::Other => None,
        }
    }

    /// Tells whether the record says that its proposal is public.
    pub fn says_public(&self) -> bool {
        match &self.seen {
            Seen::Record { says_public, .. } => *says_public,
            Seen::Session(_) | Seen::Other => false,
        }
    }

    /// Tells whether the file was changed since it was read.
    pub fn has_changed(&self) -> bool {
        self.file.path().is_some_and(|path| Snapshot::of(path) != self.snapshot)
    }

    /// Reads the record as a proposal. It is kept until [`Looked::release`].
    pub fn open(&self) -> Result<Arc<OpenedRecord>, Problem> {
        let project = self.project.as_ref().map_err(Problem::again)?;
        let mut reading = self.reading();
        let file = match std::mem::replace(&mut *reading, Reading::Nothing) {
            Reading::Opened(opened) => {
                *reading = Reading::Opened(Arc::clone(&opened));
                return Ok(opened);
            }
            Reading::Failed(problem) => {
                let again = problem.again();
                *reading = Reading::Failed(problem);
                return Err(again);
            }
            Reading::Parsed(file) => file,
            Reading::Text(text) => text.parse(),
            Reading::Nothing => self.file.text()?.parse(),
        };
        let (proposal, findings) = proposal::read(self.file.input(file, project));
        let opened = Arc::new(OpenedRecord { proposal, findings });
        *reading = Reading::Opened(Arc::clone(&opened));
        Ok(opened)
    }

    /// Gives the text of the record.
    pub fn source(&self) -> Result<Arc<Source>, Problem> {
        let mut reading = self.reading();
        let source = match &*reading {
            Reading::Opened(opened) => &opened.proposal.source,
            Reading::Parsed(file) => &file.text.source,
            Reading::Text(text) => &text.source,
            Reading::Failed(problem) => return Err(problem.again()),
            Reading::Nothing => {
                let text = self.file.text()?;
                let source = Arc::clone(&text.source);
                *reading = Reading::Text(text);
                return Ok(source);
            }
        };
        Ok(Arc::clone(source))
    }

    /// Forgets what was read: its turn is over.
    pub fn release(&self) {
        *self.reading() = Reading::Nothing;
    }

    /// The records on the agenda of a session that the user named.
    fn named_records(&self) -> Vec<RecordFile> {
        match &self.seen {
            Seen::Session(opened) if self.file.is_named => {
                let records = opened.session.records().into_iter();
                records.map(|record| RecordFile::named(record.shown.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    fn reading(&self) -> std::sync::MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The numbers that more than one record of a run has, with the places of those records.
pub struct Numbers<'a> {
    looked: &'a [Looked],
    shared: BTreeMap<Number, Vec<usize>>,
}

impl<'a> Numbers<'a> {
    /// Collects the numbers of all records.
    pub fn of(looked: &'a [Looked]) -> Self {
        let mut shared: BTreeMap<Number, Vec<usize>> = BTreeMap::new();
        for (index, number) in
            looked.iter().enumerate().filter_map(|(index, one)| Some((index, one.number()?)))
        {
            shared.entry(number).or_default().push(index);
        }
        shared.retain(|_, records| records.len() > 1);
        Self { looked, shared }
    }

    /// Names the other records that have the number of the record at a place; none if no other has it.
    pub fn others(&self, index: usize) -> Option<Vec<&'a str>> {
        let records = self.shared.get(&self.looked[index].number()?)?;
        let others = records.iter().filter(|other| **other != index);
        Some(others.map(|other| self.looked[*other].file.name.as_str()).collect())
    }
}

/// Makes the finding for a number that other records have too.
pub fn duplicate_number(proposal: &Proposal, others: &[&str]) -> Option<Diagnostic> {
    let message = format!("Die Nummer {} hat auch {}.", proposal.number?, others.join(", "));
    Some(
        Diagnostic::new(&codes::DUPLICATE_NUMBER, &proposal.source, proposal.number_span.clone(), message)
            .hint("Jede Vorlage hat ihre eigene Nummer; eine Ergänzung zählt weiter: V/0716/2023/1."),
    )
}
