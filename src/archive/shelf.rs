//! The folder while it is filled: what comes of each proposal is noted in manifest, report, lists and message.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::bag::{TakenPaths, safe_name};
use super::bundle::{Bundle, Stand};
use super::container::ContainerError;
use super::filed::{Filed, FiledKind};
use super::frame::BagFrame;
use super::meeting::{PacketFile, SeenStep, whole};
use super::oparl::{OParlObject, list_name};
use super::place::{HandOverKind, HandOverPlace};
use super::receipt::Receipt;
use crate::files::{FileError, StagedFile};
use crate::record::fonts::font_files;
use crate::record::project::FILE_NAME;
use crate::record::template::{self, Template};

/// What was handed over.
#[derive(Debug, Default)]
pub struct HandedOver {
    /// The folder.
    pub path: PathBuf,
    /// Proposals in it.
    pub proposals: usize,
    /// Proposals that are not public and were left out.
    pub left_out: usize,
    /// Session files that lie in the same folder and were left out, since they were not named.
    pub other_sessions: Vec<String>,
    /// Files in it, without those that only frame it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Papers that do not claim PDF/A.
    pub not_archivable: Vec<String>,
    /// Settings that are missing, in German.
    pub missing: Vec<&'static str>,
    /// What its files are, if it is for everybody.
    pub for_everybody: Vec<Filed>,
    /// The receipt, if it is a bag.
    pub receipt: Option<Receipt>,
}

/// The folder while it is filled.
pub struct Shelf<'a> {
    place: &'a HandOverPlace<'a>,
    bag: Option<BagFrame>,
    lists: Vec<ObjectList>,
    organizations: BTreeMap<String, bool>,
    templates: BTreeMap<String, Arc<Template>>,
    /// The step of a consultation that each item of the agenda is, by the first of its proposals that is shown.
    seen: Vec<Option<SeenStep>>,
    done: HandedOver,
}

/// A list of OParl objects while it is written.
struct ObjectList {
    name: &'static str,
    file: StagedFile,
    count: usize,
    /// Whether all objects in it are public.
    public: bool,
}

const LISTS: [&str; 3] = ["paper", "file", "consultation"];

impl<'a> Shelf<'a> {
    /// Begins to fill a folder.
    pub fn begin(place: &'a HandOverPlace<'a>) -> Result<Self, FileError> {
        let list = |name: &'static str| -> Result<_, FileError> {
            let mut file = place.stage.create(&place.oparl_path(&list_name(name)))?;
            let (head, _) = place.addresses.list_frame(name, 0);
            file.write_all(head.as_bytes()).map_err(|error| file.failed(error))?;
            Ok(ObjectList { name, file, count: 0, public: true })
        };
        let lists = LISTS.into_iter().map(list).collect::<Result<_, _>>()?;
        let bag = match place.how.kind {
            HandOverKind::Bag => Some(BagFrame::begin(place)?),
            HandOverKind::OParl => None,
        };
        let count = place.holdings.session.map_or(0, |session| session.items.len());
        Ok(Self {
            place,
            bag,
            lists,
            organizations: BTreeMap::new(),
            templates: BTreeMap::new(),
            seen: (0..count).map(|_| None).collect(),
            done: HandedOver { missing: missing(place), ..HandedOver::default() },
        })
    }

    /// Gives what threads need to fill it.
    pub fn place(&self) -> &'a HandOverPlace<'a> {
        self.place
    }

    /// Tells whether there is nothing in it that could be handed over.
    pub fn is_empty(&self) -> bool {
        self.done.proposals == 0 && self.place.holdings.session.is_none()
    }

    /// Notes what came of a proposal.
    pub fn add(&mut self, bundle: Bundle) -> Result<(), ContainerError> {
        for Stand { item, position, step, .. } in &bundle.stands {
            // What is left out is not spoken of where another item shows the same proposal.
            let step = step.filter(|_| bundle.listed.is_some());
            let consultation =
                step.map(|step| SeenStep { position: *position, stem: bundle.stem.clone(), step });
            let seen = &mut self.seen[*item];
            if seen.as_ref().is_none_or(|seen| *position < seen.position) {
                *seen = consultation.or(seen.take());
            }
        }
        let Some(listed) = &bundle.listed else {
            self.done.left_out += 1;
            return Ok(());
        };
        self.done.proposals += 1;
        self.organizations.extend(bundle.organizations.clone());
        for template in &bundle.templates {
            self.templates.insert(template.name.clone(), Arc::clone(template));
        }
        self.list(0, std::slice::from_ref(&listed.paper))?;
        self.list(1, &listed.files)?;
        self.list(2, &listed.consultations)?;
        self.note_all(&bundle.files)?;
        self.note_all(&bundle.objects)?;
        match &mut self.bag {
            Some(frame) => frame.case(self.place, &bundle.case, &bundle.files),
            None => Ok(()),
        }
    }

    fn list(&mut self, list: usize, objects: &[OParlObject]) -> Result<(), FileError> {
        let ObjectList { file, count, public, .. } = &mut self.lists[list];
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
        if self.place.how.public_only {
            self.done.for_everybody.push(filed.clone());
        }
        match &mut self.bag {
            Some(frame) => {
                self.done.not_archivable.extend(filed.note.as_ref().map(|_| filed.path.clone()));
                frame.note(filed)
            }
            None => Ok(()),
        }
    }

    /// Adds what belongs to no single proposal, and ends the folder; its name is yet to come.
    pub fn close(mut self, packets: &[PacketFile]) -> Result<HandedOver, ContainerError> {
        let place = self.place;
        let seen = std::mem::take(&mut self.seen);
        let whole = whole(place, &seen, packets, std::mem::take(&mut self.organizations))?;
        self.note_all(&whole.files)?;
        if let Some(frame) = &mut self.bag {
            frame.session(place, &whole.files)?;
        }
        self.list(1, &whole.file_objects)?;
        for object in whole.file_objects.into_iter().chain(whole.objects) {
            let filed = place.object(&object)?;
            self.note(&filed)?;
        }
        for ObjectList { name, mut file, count, public } in std::mem::take(&mut self.lists) {
            let (_, tail) = place.addresses.list_frame(name, count);
            file.write_all(tail.as_bytes()).map_err(|error| file.failed(error))?;
            let filed =
                Filed::new(place.oparl_path(&list_name(name)), FiledKind::OParl, public, file.finish()?);
            self.note(&filed)?;
        }
        if self.bag.is_some() {
            self.project_files()?;
        }
        let Self { bag, mut done, .. } = self;
        if let Some(frame) = bag {
            let receipt = frame.close(place, done.proposals)?;
            (done.bytes, done.files) = (receipt.bytes, receipt.files);
            done.receipt = Some(receipt);
        }
        Ok(done)
    }

    /// The forms that were used and what holds for the whole project, so that every PDF can be made again.
    fn project_files(&mut self) -> Result<(), FileError> {
        let place = self.place;
        let mut taken = TakenPaths::default();
        for template in std::mem::take(&mut self.templates).into_values() {
            let folder = format!("data/templates/{}-{}", template.name, template.version);
            for (name, bytes) in &template.files {
                let path = taken.take(&format!("{folder}/{}", safe_path(name)));
                let digest = place.write(&path, bytes)?;
                let source = Some(format!("templates/{}/{name}", template.name));
                self.note(&Filed { source, ..Filed::new(path, FiledKind::Template, true, digest) })?;
            }
        }
        for (name, text) in place.holdings.shared {
            let path = format!("data/templates/anlage-{}/{name}", env!("CARGO_PKG_VERSION"));
            let digest = place.write(&path, text.as_bytes())?;
            self.note(&Filed::new(path, FiledKind::Template, true, digest))?;
        }
        let project = place.holdings.project;
        let settings = project.root.path().join(FILE_NAME);
        let fonts = project.fonts.folder.iter().flat_map(|folder| font_files(folder));
        let logo = project.settings.letterhead.logo.iter().map(|logo| logo.path.clone());
        let layouts = project.templates.session.iter().flat_map(|layouts| &layouts.own);
        let folder = project.root.path().join(template::FOLDER).join(template::SESSION_FOLDER);
        let layouts = layouts.map(|name| folder.join(name));
        let all = std::iter::once(settings).chain(fonts).chain(logo).chain(layouts);
        for source in all.filter(|path| path.is_file()) {
            let Some(from) = place.source(&source) else { continue };
            let path = taken.take(&format!("data/projekt/{}", safe_path(&from)));
            let digest = if source.ends_with(FILE_NAME) {
                place.copy_toml(&source, &path)?
            } else {
                place.copy(&source, &path)?
            };
            self.note(&Filed { source: Some(from), ..Filed::new(path, FiledKind::Project, true, digest) })?;
        }
        Ok(())
    }
}

/// Makes each part of a path safe.
fn safe_path(path: &str) -> String {
    path.split('/').map(safe_name).collect::<Vec<_>>().join("/")
}

/// What the project should say and does not.
fn missing(place: &HandOverPlace<'_>) -> Vec<&'static str> {
    let project = place.holdings.project;
    let settings = &project.hand_over;
    let is_bag = place.how.kind == HandOverKind::Bag;
    let wanted = [
        (project.settings.municipality.is_none(), "kommune"),
        (settings.base_url.is_none(), "[oparl] basis_url"),
        (is_bag && settings.office.is_none(), "[archiv] abgebende_stelle"),
        (is_bag && settings.archive.is_none(), "[archiv] archiv"),
    ];
    wanted.into_iter().filter_map(|(is_missing, key)| is_missing.then_some(key)).collect()
}
