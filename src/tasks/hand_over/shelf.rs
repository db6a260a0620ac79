//! The folder while it is filled: what comes of each proposal is noted in manifest, report, lists and message.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::packet::EditionReport;
use super::super::render::Render;
use super::frame::Frame;
use super::gather::Gathered;
use super::meeting::{Seen, Shown, whole};
use super::papers::{Bundle, Stand, project_path};
use super::{HandOver, HandedOver, Refusal, What};
use crate::archive::{Addresses, Filed, Kind, Object, SessionLinks, list_name, organizations, safe_name};
use crate::diagnostics::{Diagnostic, Source, codes};
use crate::files::{self, Digest, FileError, FolderStage, Snapshot, StagedFile};
use crate::record::fonts::font_files;
use crate::record::project::FILE_NAME;
use crate::record::template::Template;
use crate::run::Report;
use crate::typeset;

/// Where things are taken from and put to; shared by all threads.
pub struct Place<'a> {
    pub how: &'a HandOver<'a>,
    pub gathered: &'a Gathered,
    pub stage: Arc<FolderStage>,
    pub addresses: Addresses,
    pub session: Option<SessionLinks>,
    /// The folder with the form annexes.
    pub outputs: PathBuf,
    /// The files that were taken over, as they were before.
    taken: Mutex<BTreeMap<PathBuf, Option<Snapshot>>>,
}

impl Place<'_> {
    /// Takes a file over, or only its hash where no files are handed over.
    pub fn copy(&self, source: &Path, path: &str) -> Result<Digest, FileError> {
        let before = Snapshot::of(source);
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).entry(source.into()).or_insert(before);
        match self.how.what {
            What::Bag => self.stage.copy(source, path),
            What::OParl => files::digest(source),
        }
    }

    /// Writes a file, if files are handed over.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<Digest, FileError> {
        match self.how.what {
            What::Bag => self.stage.write(path, bytes),
            What::OParl => Ok(files::digest_bytes(bytes)),
        }
    }

    /// Writes an OParl object.
    pub fn object(&self, object: &Object) -> Result<Filed, FileError> {
        let mut bytes = serde_json::to_vec_pretty(&object.value).unwrap_or_default();
        bytes.push(b'\n');
        let path = self.oparl_path(&object.name);
        let digest = self.stage.write(&path, &bytes)?;
        Ok(Filed::new(path, Kind::OParl, object.public, digest))
    }

    fn oparl_path(&self, name: &str) -> String {
        match self.how.what {
            What::Bag => format!("data/oparl/{name}"),
            What::OParl => name.to_owned(),
        }
    }

    /// A path as seen from the root of the project.
    pub fn source(&self, path: &Path) -> Option<String> {
        project_path(self.gathered.project.root.path(), path)
    }
}

/// The folder while it is filled.
pub struct Shelf<'a> {
    place: Arc<Place<'a>>,
    bag: Option<Frame>,
    lists: Vec<List>,
    organizations: BTreeMap<String, bool>,
    templates: BTreeMap<String, Arc<Template>>,
    /// What each item of the agenda shows of its proposal.
    seen: Vec<Option<Seen>>,
    done: HandedOver,
}

/// A list of OParl objects while it is written.
struct List {
    name: &'static str,
    file: StagedFile,
    count: usize,
    /// Whether all objects in it are for everybody.
    public: bool,
}

const LISTS: [&str; 3] = ["paper", "file", "consultation"];

impl<'a> Shelf<'a> {
    /// Begins to fill a folder.
    pub fn begin(
        stage: FolderStage,
        gathered: &'a Gathered,
        render: &Render,
        how: &'a HandOver<'a>,
    ) -> Result<Self, Refusal> {
        let project = &gathered.project;
        let session = gathered.session().map(|session| SessionLinks {
            stem: session.file_stem(),
            committee: session.committee.clone(),
            day: session.day(),
        });
        let place = Place {
            how,
            gathered,
            stage: Arc::new(stage),
            addresses: Addresses::new(&project.hand_over, project.settings.municipality.as_deref()),
            session,
            outputs: render.folder(project),
            taken: Mutex::default(),
        };
        let list = |name: &'static str| -> Result<_, FileError> {
            let mut file = place.stage.create(&place.oparl_path(&list_name(name)))?;
            let (head, _) = place.addresses.list_frame(name, 0);
            file.write_all(head.as_bytes()).map_err(|error| file.failed(error))?;
            Ok(List { name, file, count: 0, public: true })
        };
        let lists = LISTS.into_iter().map(list).collect::<Result<_, _>>()?;
        let bag = match how.what {
            What::Bag => Some(Frame::begin(&place)?),
            What::OParl => None,
        };
        let count = gathered.session().map_or(0, |session| session.items.len());
        Ok(Self {
            place: Arc::new(place),
            bag,
            lists,
            organizations: BTreeMap::new(),
            templates: BTreeMap::new(),
            seen: (0..count).map(|_| None).collect(),
            done: HandedOver { missing: missing(gathered, how.what), ..HandedOver::default() },
        })
    }

    /// What threads need to fill it.
    pub fn place(&self) -> Arc<Place<'a>> {
        Arc::clone(&self.place)
    }

    /// Notes what came of a proposal.
    pub fn add(&mut self, bundle: Bundle) -> Result<(), Refusal> {
        let is_public = bundle.publicity.is_public();
        for Stand { item, publicity, step } in &bundle.stands {
            // What is left out is not spoken of where another item shows the same proposal.
            let shown = bundle.listed.as_ref().map(|_| Shown {
                title: bundle.proposal().subject.clone(),
                public: is_public,
                consultation: step.map(|step| (bundle.stem.clone(), step)),
            });
            self.seen[*item] = Some(Seen { public: publicity.is_public(), shown });
        }
        let Some(listed) = &bundle.listed else {
            self.done.left_out += 1;
            return Ok(());
        };
        self.done.proposals += 1;
        self.organizations.extend(organizations(bundle.proposal()));
        for template in &bundle.templates {
            self.templates.insert(template.name.clone(), Arc::clone(template));
        }
        if self.bag.is_some() {
            let noted = bundle.files.iter().filter(|filed| filed.note.is_some());
            self.done.not_archivable.extend(noted.map(|filed| filed.path.clone()));
        }
        self.list(0, std::slice::from_ref(&listed.paper))?;
        self.list(1, &listed.files)?;
        self.list(2, &listed.consultations)?;
        self.note_all(&bundle.files)?;
        self.note_all(&bundle.objects)?;
        match &mut self.bag {
            Some(frame) => frame.case(&self.place, &bundle),
            None => Ok(()),
        }
    }

    fn list(&mut self, list: usize, objects: &[Object]) -> Result<(), FileError> {
        let List { file, count, public, .. } = &mut self.lists[list];
        for object in objects {
            let comma = if *count > 0 { ",\n" } else { "\n" };
            let text = format!("{comma}{}", object.value);
            file.write_all(text.as_bytes()).map_err(|error| file.failed(error))?;
            *count += 1;
            *public &= object.public;
        }
        Ok(())
    }

    /// Notes files that lie in the folder.
    fn note_all(&mut self, filed: &[Filed]) -> Result<(), FileError> {
        filed.iter().try_for_each(|filed| self.note(filed))
    }

    fn note(&mut self, filed: &Filed) -> Result<(), FileError> {
        self.done.files += 1;
        self.done.bytes += filed.size;
        match &mut self.bag {
            Some(frame) => frame.note(filed),
            None => Ok(()),
        }
    }

    /// Adds what belongs to no single proposal, and gives the folder its name.
    pub fn close(
        mut self,
        packets: &[EditionReport],
        each: &mut impl FnMut(Report, usize),
    ) -> Result<HandedOver, Refusal> {
        let place = Arc::clone(&self.place);
        if self.done.proposals == 0 && place.session.is_none() {
            return Err(Refusal::Nothing);
        }
        let seen = std::mem::take(&mut self.seen);
        let whole = whole(&place, &seen, packets, std::mem::take(&mut self.organizations))?;
        self.note_all(&whole.files)?;
        self.list(1, &whole.file_objects)?;
        for object in whole.file_objects.into_iter().chain(whole.objects) {
            let filed = place.object(&object)?;
            self.note(&filed)?;
        }
        for List { name, mut file, count, public } in std::mem::take(&mut self.lists) {
            let (_, tail) = place.addresses.list_frame(name, count);
            file.write_all(tail.as_bytes()).map_err(|error| file.failed(error))?;
            let filed = Filed::new(place.oparl_path(&list_name(name)), Kind::OParl, public, file.finish()?);
            self.note(&filed)?;
        }
        if self.bag.is_some() {
            self.project_files(&place)?;
        }
        refuse_changed(&place, each)?;
        let (how, Self { bag, mut done, place: own, .. }) = (place.how, self);
        drop(own);
        // The threads are done, so nobody else holds the folder.
        let stage = Arc::into_inner(place).and_then(|place| Arc::into_inner(place.stage));
        let Some(stage) = stage else { return Err(Refusal::Interrupted) };
        done.path = match bag {
            Some(frame) => frame.close(stage, how, &mut done)?,
            None => stage.publish()?,
        };
        Ok(done)
    }

    /// The forms that were used and what holds for the whole project, so that every PDF can be made again.
    fn project_files(&mut self, place: &Place<'_>) -> Result<(), FileError> {
        for template in std::mem::take(&mut self.templates).into_values() {
            let folder = format!("data/templates/{}-{}", template.name, template.version);
            for (name, bytes) in &template.files {
                let path = format!("{folder}/{name}");
                let digest = place.write(&path, bytes)?;
                let source = Some(format!("templates/{}/{name}", template.name));
                self.note(&Filed { source, ..Filed::new(path, Kind::Template, true, digest) })?;
            }
        }
        for (name, text) in typeset::SHARED {
            let path = format!("data/templates/anlage-{}/{name}", env!("CARGO_PKG_VERSION"));
            let digest = place.write(&path, text.as_bytes())?;
            self.note(&Filed::new(path, Kind::Template, true, digest))?;
        }
        let project = &place.gathered.project;
        let settings = project.root.path().join(FILE_NAME);
        let fonts = project.fonts.folder.iter().flat_map(|folder| font_files(folder));
        for source in std::iter::once(settings).chain(fonts).filter(|path| path.is_file()) {
            let Some(from) = place.source(&source) else { continue };
            let path =
                format!("data/projekt/{}", from.split('/').map(safe_name).collect::<Vec<_>>().join("/"));
            let digest = place.copy(&source, &path)?;
            self.note(&Filed { source: Some(from), ..Filed::new(path, Kind::Project, true, digest) })?;
        }
        Ok(())
    }
}

/// Refuses what would not be of one piece: files that were changed after they were read or taken over.
fn refuse_changed(place: &Place<'_>, each: &mut impl FnMut(Report, usize)) -> Result<(), Refusal> {
    let taken = place.taken.lock().unwrap_or_else(PoisonError::into_inner);
    let taken = taken.iter().filter(|(path, before)| Snapshot::of(path) != **before);
    let session = place.gathered.agenda.iter().map(|(file, _)| file);
    let records = place.gathered.records.iter().chain(session).filter(|looked| looked.has_changed());
    let mut names: Vec<String> = records.map(|looked| looked.file.name.clone()).collect();
    names.extend(taken.map(|(path, _)| place.source(path).unwrap_or_else(|| path.display().to_string())));
    for name in &names {
        let message = "Die Datei wurde geändert, während sie abgegeben wurde.";
        let finding = Diagnostic::new(&codes::CHANGED_MEANWHILE, &Source::new(name, ""), 0..0, message)
            .hint("Die Abgabe noch einmal machen, wenn niemand mehr daran arbeitet.");
        each(Report { name: name.clone(), findings: vec![finding], ..Report::default() }, names.len());
    }
    if names.is_empty() { Ok(()) } else { Err(Refusal::Changed) }
}

/// What the project should say and does not.
fn missing(gathered: &Gathered, what: What) -> Vec<&'static str> {
    let settings = &gathered.project.hand_over;
    let mut missing = Vec::new();
    if gathered.project.settings.municipality.is_none() {
        missing.push("kommune");
    }
    if settings.base_url.is_none() {
        missing.push("[oparl] basis_url");
    }
    if what == What::Bag && settings.office.is_none() {
        missing.push("[archiv] abgebende_stelle");
    }
    if what == What::Bag && settings.archive.is_none() {
        missing.push("[archiv] archiv");
    }
    missing
}
