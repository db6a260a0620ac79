//! What is to be handed over: the records, the session with its agenda, and the number of each proposal.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{HandOver, Refusal};
use crate::diagnostics::has_errors;
use crate::files::natural_order;
use crate::record::input::FileKind;
use crate::record::project::Project;
use crate::record::proposal::Number;
use crate::record::session::Session;
use crate::run::{Looked, Report, Run, Seen};
use crate::tasks::agenda::Agenda;

/// What is to be handed over.
pub struct Gathered {
    /// The project of all records.
    pub project: Arc<Project>,
    /// The session file, and the session with the proposals on its agenda.
    pub agenda: Option<(Looked, Agenda)>,
    /// The items of the agenda that name a record, by the record's path without links.
    pub items: BTreeMap<PathBuf, Vec<usize>>,
    /// The records.
    pub records: Vec<Looked>,
    /// Which of them is the proposal with a number, without those that are left out for what they say of themselves.
    pub numbers: BTreeMap<Number, usize>,
}

impl Gathered {
    /// Gathers what is to be handed over from all files that were looked at.
    pub fn of(
        run: &Run,
        looked: Vec<Looked>,
        order: &HandOver<'_>,
        each: &mut impl FnMut(Report, usize),
    ) -> Result<Self, Refusal> {
        let (mut project, mut records, mut sessions) = (None, Vec::new(), Vec::new());
        for one in looked {
            // In a folder a session file stands for nothing but itself; named, it says what is handed over.
            match kind(&one.seen) {
                FileKind::Session | FileKind::Other if !one.file.is_named => continue,
                _ => {}
            }
            let own = run.project_of(&one.file.folder)?;
            if !Arc::ptr_eq(project.get_or_insert_with(|| Arc::clone(&own)), &own) {
                return Err(Refusal::OtherProject(one.file.name));
            }
            match one.seen {
                Seen::Session(_) => sessions.push(one),
                _ => records.push(one),
            }
        }
        let project = project.ok_or(Refusal::Nothing)?;
        let agenda = match sessions.len() {
            0 if records.is_empty() => return Err(Refusal::Nothing),
            0 => None,
            1 => sessions.pop().map(|file| open(run, file, &records, each)).transpose()?,
            _ => {
                let names: Vec<&str> = sessions.iter().map(|one| one.file.name.as_str()).collect();
                return Err(Refusal::Sessions(names.join(", ")));
            }
        };
        let items = agenda.as_ref().map(|(_, agenda)| items(agenda.session())).unwrap_or_default();
        let shown = |one: &Looked| !order.public_only || one.says_public();
        let numbers = records.iter().enumerate().filter(|(_, one)| shown(one));
        let numbers = numbers.filter_map(|(index, one)| Some((one.number()?, index))).collect();
        Ok(Self { project, agenda, items, records, numbers })
    }

    /// Gives the session.
    pub fn session(&self) -> Option<&Session> {
        self.agenda.as_ref().map(|(_, agenda)| agenda.session())
    }

    /// Gives what the hand-over is called, the same whenever it is made.
    pub fn identifier(&self) -> String {
        let stems = || self.numbers.keys().map(|number| number.file_stem());
        let first = stems().min_by(|a, b| natural_order(a, b));
        let last = stems().max_by(|a, b| natural_order(a, b));
        match (self.session(), first, last) {
            (Some(session), ..) => session.file_stem(),
            (None, Some(first), Some(last)) if first != last => format!("Vorlagen-{first}-bis-{last}"),
            (None, Some(first), _) => format!("Vorlage-{first}"),
            (None, None, _) => "Vorlagen".into(),
        }
    }
}

fn kind(seen: &Seen) -> FileKind {
    match seen {
        Seen::Known(_) | Seen::Record { .. } => FileKind::Record,
        Seen::Session(_) => FileKind::Session,
        Seen::Other => FileKind::Other,
    }
}

/// Opens the session and checks it against its proposals.
fn open(
    run: &Run,
    file: Looked,
    records: &[Looked],
    each: &mut impl FnMut(Report, usize),
) -> Result<(Looked, Agenda), Refusal> {
    let Seen::Session(opened) = &file.seen else { return Err(Refusal::Nothing) };
    let mut agenda = Agenda::open(run, opened, records);
    let findings = std::mem::take(&mut agenda.findings);
    let is_wrong = has_errors(&findings);
    each(Report::of(&file.file, findings), 1);
    if is_wrong { Err(Refusal::Errors) } else { Ok((file, agenda)) }
}

fn items(session: &Session) -> BTreeMap<PathBuf, Vec<usize>> {
    let mut items: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
    for (index, item) in session.items.iter().enumerate() {
        if let Some(record) = &item.record {
            items.entry(record.path.clone()).or_default().push(index);
        }
    }
    items
}
