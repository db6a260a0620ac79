//! A first look at what is to be handed over: the session, its project, and the number of each proposal.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::inputs::Problem;
use super::super::{Report, session};
use super::{HandOver, Refusal};
use crate::batch::{RecordFile, schedule};
use crate::diagnostics::{Source, has_errors};
use crate::files::natural_order;
use crate::record::project::{Project, Projects};
use crate::record::proposal::{Kind, Number, glance};
use crate::record::session::Session;
use crate::toml_tree::{self, Value};

/// What is to be handed over.
pub struct Gathered {
    /// The project of all records.
    pub project: Arc<Project>,
    /// The session, with the name of its file.
    pub session: Option<(String, Session)>,
    /// The items of its agenda that name a record, by the record's path without links.
    pub items: BTreeMap<PathBuf, Vec<usize>>,
    /// The records.
    pub records: Vec<RecordFile>,
    /// Which of them is the proposal with a number, without those that are left out for what they say of themselves.
    pub numbers: BTreeMap<Number, usize>,
}

/// Looks at every file.
pub fn gather(
    files: &[RecordFile],
    how: &HandOver<'_>,
    each: &mut impl FnMut(Report, usize),
) -> Result<Gathered, Refusal> {
    let mut looks = Vec::with_capacity(files.len());
    let look = |_: &mut (), index: usize| look(&files[index], how.public_only);
    schedule::each_in_order(files.len(), how.jobs, how.stop, look, |look| looks.push(look));
    let projects = Projects::default();
    let mut gathered: Option<Gathered> = None;
    let mut sessions = Vec::new();
    for (file, look) in files.iter().zip(looks) {
        // In a folder a session file stands for nothing but itself; named, it says what is handed over.
        match look.kind {
            Kind::Record => {}
            Kind::Session if file.named => sessions.push(file),
            Kind::Session => continue,
            Kind::Other if file.named => {}
            Kind::Other => continue,
        }
        let project = projects.of(&file.folder)?;
        let gathered = gathered.get_or_insert_with(|| Gathered::of(Arc::clone(&project)));
        if !Arc::ptr_eq(&gathered.project, &project) {
            return Err(Refusal::OtherProject(file.name.clone()));
        }
        if look.kind != Kind::Session {
            gathered.numbers.extend(
                look.number.filter(|_| !look.left_out).map(|number| (number, gathered.records.len())),
            );
            gathered.records.push(file.clone());
        }
    }
    let mut gathered = gathered.ok_or(Refusal::Nothing)?;
    match sessions[..] {
        [] if gathered.records.is_empty() => Err(Refusal::Nothing),
        [] => Ok(gathered),
        [file] => {
            gathered.open(file, each)?;
            Ok(gathered)
        }
        _ => {
            let names: Vec<&str> = sessions.iter().map(|file| file.name.as_str()).collect();
            Err(Refusal::Sessions(names.join(", ")))
        }
    }
}

impl Gathered {
    fn of(project: Arc<Project>) -> Self {
        Self { project, session: None, items: BTreeMap::new(), records: Vec::new(), numbers: BTreeMap::new() }
    }

    /// Opens the session and checks it against its proposals, which are then let go.
    fn open(&mut self, file: &RecordFile, each: &mut impl FnMut(Report, usize)) -> Result<(), Refusal> {
        let agenda = match session::open(file, &self.project) {
            Ok(agenda) => agenda,
            Err(problem @ Problem::Findings(_)) => {
                each(problem.report(file), 1);
                return Err(Refusal::Errors);
            }
            Err(Problem::Failure(failure)) => return Err(failure.into()),
        };
        let wrong = has_errors(&agenda.findings);
        each(Report::of(file, agenda.findings), 1);
        if wrong {
            return Err(Refusal::Errors);
        }
        for (index, item) in agenda.session.items.iter().enumerate() {
            if let Some(record) = &item.record {
                self.items.entry(record.path.clone()).or_default().push(index);
            }
        }
        self.session = Some((file.name.clone(), agenda.session));
        Ok(())
    }

    /// What the hand-over is called, the same whenever it is made.
    pub fn identifier(&self) -> String {
        let stems = || self.numbers.keys().map(|number| number.file_stem());
        match (
            &self.session,
            stems().min_by(|a, b| natural_order(a, b)),
            stems().max_by(|a, b| natural_order(a, b)),
        ) {
            (Some((_, session)), ..) => session.file_stem(),
            (None, Some(first), Some(last)) if first != last => format!("Vorlagen-{first}-bis-{last}"),
            (None, Some(first), _) => format!("Vorlage-{first}"),
            (None, None, _) => "Vorlagen".into(),
        }
    }
}

struct Look {
    kind: Kind,
    number: Option<Number>,
    left_out: bool,
}

/// What cannot be read counts as a record, and is reported as one.
fn look(file: &RecordFile, public_only: bool) -> Look {
    let source = file.read().ok().and_then(|bytes| toml_tree::decode(&file.name, &bytes).ok());
    let (kind, number) = source.as_ref().map_or((Kind::Record, None), glance);
    let left_out = public_only && !source.as_ref().is_some_and(says_public);
    Look { kind, number, left_out }
}

fn says_public(source: &Arc<Source>) -> bool {
    let (tree, _) = toml_tree::parse(source);
    let said = || tree.as_table()?.get("vorlage")?.as_table()?.get("oeffentlich");
    matches!(said().map(|node| &node.value), Some(Value::Boolean(true)))
}
