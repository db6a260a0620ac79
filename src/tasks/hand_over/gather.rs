//! What is to be handed over: the records, the session with its agenda, and what each proposal is among the others.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::refusal::HandOverRefusal;
use crate::archive::{FileClaims, HandedItem, HandedProposal, Holdings, Made, Stand};
use crate::diagnostics::has_errors;
use crate::files::natural_order;
use crate::packet::BusinessItem;
use crate::record::input::FileKind;
use crate::record::numbers::Number;
use crate::record::project::Project;
use crate::record::proposal::Proposal;
use crate::record::publicity::{self, Publicity};
use crate::record::session::Session;
use crate::run::{Looked, RecordFile, Report, Run, Seen};
use crate::tasks::agenda::Agenda;
use crate::tasks::render::Render;
use crate::typeset;

/// What is to be handed over.
pub(super) struct Gathered {
    /// The project of all records.
    pub project: Arc<Project>,
    /// The session file, and the session with the proposals on its agenda.
    pub agenda: Option<(Looked, Agenda)>,
    /// Where the agenda names a record, by the record's path without links: the item, and the place among its records.
    places: BTreeMap<PathBuf, Vec<(usize, usize)>>,
    /// Who may see each item.
    items: Vec<Publicity>,
    /// The records.
    pub records: Vec<Looked>,
    /// Which of them is the proposal with a number, without those that are left out for what they say of themselves.
    numbers: BTreeMap<Number, usize>,
    /// The session files that were found in a folder, and are left out.
    pub other_sessions: Vec<String>,
    /// Whether only what is public is handed over.
    pub public_only: bool,
}

impl Gathered {
    /// Gathers what is to be handed over from all files that were looked at.
    pub(super) fn of(
        run: &Run,
        looked: Vec<Looked>,
        public_only: bool,
        each: &mut impl FnMut(Report, usize),
    ) -> Result<Self, HandOverRefusal> {
        let (mut project, mut records, mut sessions) = (None, Vec::new(), Vec::new());
        let mut other_sessions = Vec::new();
        for one in looked {
            // In a folder a session file stands for nothing but itself; named, it says what is handed over.
            match kind(&one.seen) {
                FileKind::Session if !one.file.is_named => {
                    other_sessions.push(one.file.name);
                    continue;
                }
                FileKind::Other if !one.file.is_named => continue,
                _ => {}
            }
            let own = run.project_of(&one.file.folder)?;
            if !Arc::ptr_eq(project.get_or_insert_with(|| Arc::clone(&own)), &own) {
                return Err(HandOverRefusal::OtherProject(one.file.name));
            }
            match one.seen {
                Seen::Session(_) => sessions.push(one),
                _ => records.push(one),
            }
        }
        let nothing = || match other_sessions.as_slice() {
            [] => HandOverRefusal::Nothing,
            names => HandOverRefusal::OnlySessions(names.join(", ")),
        };
        let project = project.ok_or_else(nothing)?;
        let agenda = match sessions.len() {
            0 if records.is_empty() => return Err(nothing()),
            0 => None,
            1 => sessions.pop().map(|file| open(run, file, &records, each)).transpose()?,
            _ => {
                let names: Vec<&str> = sessions.iter().map(|one| one.file.name.as_str()).collect();
                return Err(HandOverRefusal::Sessions(names.join(", ")));
            }
        };
        let places = agenda.as_ref().map(|(_, agenda)| places(agenda.session())).unwrap_or_default();
        let items = agenda
            .as_ref()
            .map(|(_, agenda)| agenda.business().items.iter().map(BusinessItem::publicity).collect());
        let items = items.unwrap_or_default();
        let shown = |one: &Looked| !public_only || one.says_public();
        let numbers = records.iter().enumerate().filter(|(_, one)| shown(one));
        let numbers = numbers.filter_map(|(index, one)| Some((one.number()?, index))).collect();
        Ok(Self { project, agenda, places, items, records, numbers, other_sessions, public_only })
    }

    /// Gives what is known of all before any is rendered; `claims` are those of the session's papers.
    pub(super) fn holdings(&self, render: &Render, claims: FileClaims) -> Holdings<'_> {
        Holdings {
            claims,
            project: &self.project,
            session: self.session(),
            items: self.agenda.as_ref().map(|(_, agenda)| self.handed_items(agenda)).unwrap_or_default(),
            identifier: self.identifier(),
            outputs: render.forms(&self.project),
            made: Made {
                version: env!("CARGO_PKG_VERSION").into(),
                fingerprint: typeset::FINGERPRINT.clone(),
            },
            shared: &typeset::SHARED,
        }
    }

    fn handed_items(&self, agenda: &Agenda) -> Vec<HandedItem> {
        let readers = if self.public_only { Publicity::Public } else { Publicity::NonPublic };
        let business = agenda.business();
        let items = business
            .items
            .iter()
            .map(|item| HandedItem { publicity: item.publicity(), title: business.title_for(item, readers) });
        items.collect()
    }

    /// Gives a proposal with what is known of it from the others.
    pub(super) fn handed<'a>(&self, record: &'a Looked, proposal: &'a Proposal) -> HandedProposal<'a> {
        let stands = self.stands(proposal, &record.file);
        HandedProposal {
            proposal,
            record: record.file.path(),
            stem: proposal.number.map_or_else(|| record.file.stem(), Number::file_stem),
            publicity: self.publicity(proposal, &stands),
            superordinated: self.superordinated(proposal),
            stands,
        }
    }

    /// Decides who may see a proposal.
    pub(super) fn publicity_of(&self, record: &Looked, proposal: &Proposal) -> Publicity {
        self.publicity(proposal, &self.stands(proposal, &record.file))
    }

    fn stands(&self, proposal: &Proposal, record: &RecordFile) -> Vec<Stand> {
        let Some(session) = self.session() else { return Vec::new() };
        let path = record.real_path();
        let places = path.and_then(|path| self.places.get(&path)).map(Vec::as_slice).unwrap_or_default();
        let step = session.step_of(proposal);
        let stand = |(item, position): &(usize, usize)| Stand {
            item: *item,
            position: *position,
            publicity: self.items[*item],
            step,
        };
        places.iter().map(stand).collect()
    }

    fn publicity(&self, proposal: &Proposal, stands: &[Stand]) -> Publicity {
        let items: Vec<Publicity> = stands.iter().map(|stand| stand.publicity).collect();
        publicity::proposal(proposal, self.session().map(|_| items.as_slice()))
    }

    /// Gives the stem of the proposal that this one is a supplement to, if that is handed over too.
    fn superordinated(&self, proposal: &Proposal) -> Option<String> {
        let main = proposal.number?.main()?;
        let record = &self.records[*self.numbers.get(&main)?];
        let is_shown = || {
            let opened = record.open().ok()?;
            let stands = self.stands(&opened.proposal, &record.file);
            Some(self.publicity(&opened.proposal, &stands).is_public())
        };
        (!self.public_only || is_shown()?).then(|| main.file_stem())
    }

    /// Gives who may see an item of the agenda.
    pub(super) fn item(&self, at: usize) -> Publicity {
        self.items[at]
    }

    /// Gives the session.
    pub(super) fn session(&self) -> Option<&Session> {
        self.agenda.as_ref().map(|(_, agenda)| agenda.session())
    }

    /// Gives what the hand-over is called, the same whenever it is made.
    fn identifier(&self) -> String {
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
        Seen::Record { .. } => FileKind::Record,
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
) -> Result<(Looked, Agenda), HandOverRefusal> {
    let Seen::Session(opened) = &file.seen else { return Err(HandOverRefusal::Nothing) };
    let mut agenda = Agenda::open(run, opened, records)?;
    let findings = std::mem::take(&mut agenda.findings);
    let is_wrong = has_errors(&findings);
    each(Report::of(&file.file, findings), 1);
    if is_wrong { Err(HandOverRefusal::Errors) } else { Ok((file, agenda)) }
}

fn places(session: &Session) -> BTreeMap<PathBuf, Vec<(usize, usize)>> {
    let mut places: BTreeMap<PathBuf, Vec<(usize, usize)>> = BTreeMap::new();
    for (index, item) in session.items.iter().enumerate() {
        for (position, named) in item.records.iter().enumerate() {
            if let Ok(record) = &named.file {
                places.entry(record.path.clone()).or_default().push((index, position));
            }
        }
    }
    places
}
