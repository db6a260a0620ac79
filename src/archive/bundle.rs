//! What belongs to one proposal: its files, put into the folder, and its OParl objects.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::bag::{TakenPaths, safe_name};
use super::filed::{FileClaims, Filed, FiledKind, note};
use super::oparl::{OParlObject, PaperParts, SessionStep, item_name, organizations};
use super::place::HandOverPlace;
use super::xdomea::Case;
use crate::files::{self, FileError};
use crate::record::names;
use crate::record::proposal::{Annex, Proposal};
use crate::record::publicity::{self, Publicity, Soundness};
use crate::record::template::Template;

/// A proposal that is handed over. It was rendered, so its record has no errors.
#[derive(Debug)]
pub struct HandedProposal<'a> {
    /// The proposal.
    pub proposal: &'a Proposal,
    /// Where its record lies; nowhere if it came from standard input.
    pub record: Option<&'a Path>,
    /// The name that its files begin with.
    pub stem: String,
    /// Who may see it.
    pub publicity: Publicity,
    /// Where it stands on the agenda.
    pub stands: Vec<Stand>,
    /// The stem of the proposal that it is a supplement to, if that is handed over too.
    pub superordinated: Option<String>,
}

/// What came of one proposal. Holds nothing of its texts, so it may wait for its turn.
#[derive(Debug)]
pub struct Bundle {
    /// What is said of it in the message.
    pub case: Case,
    /// The name that its files begin with.
    pub stem: String,
    /// Where it stands on the agenda.
    pub stands: Vec<Stand>,
    /// The committees and the office that it names; whether each is an office.
    pub organizations: BTreeMap<String, bool>,
    /// Its files; none if it was left out.
    pub files: Vec<Filed>,
    /// Its OParl objects as files.
    pub objects: Vec<Filed>,
    /// The same objects, for the lists: paper, files, consultations.
    pub listed: Option<PaperObjects>,
    /// The forms that it uses.
    pub templates: Vec<Arc<Template>>,
}

impl Bundle {
    /// Tells whether the proposal was left out, because not everybody may see it.
    pub fn is_left_out(&self) -> bool {
        self.listed.is_none()
    }
}

/// The objects of a proposal.
#[derive(Debug)]
pub struct PaperObjects {
    /// The proposal.
    pub paper: OParlObject,
    /// Its files.
    pub files: Vec<OParlObject>,
    /// The steps of its consultation.
    pub consultations: Vec<OParlObject>,
}

/// What this program's own PDFs claim; a document that cannot keep it is not made.
const OWN_CLAIMS: &str = "PDF/A-2a, PDF/UA-1";

/// Where a proposal stands on the agenda.
#[derive(Debug)]
pub struct Stand {
    /// The item.
    pub item: usize,
    /// The place of its record among those of the item.
    pub position: usize,
    /// Who may see the item.
    pub publicity: Publicity,
    /// The step of the proposal's consultation that it is.
    pub step: Option<usize>,
}

/// Puts all that belongs to a proposal into the folder; `claims` are those of its files.
pub fn bundle(
    place: &HandOverPlace<'_>,
    handed: HandedProposal<'_>,
    claims: &FileClaims,
) -> Result<Bundle, FileError> {
    let proposal = handed.proposal;
    let (mut files, mut objects, mut listed) = (Vec::new(), Vec::new(), None);
    if handed.publicity.is_public() || !place.how.public_only {
        files = Folder::of(place, &handed, claims).all()?;
        let own = paper_objects(place, &handed, &files);
        for object in [&own.paper].into_iter().chain(&own.files).chain(&own.consultations) {
            objects.push(place.object(object)?);
        }
        listed = Some(own);
    }
    Ok(Bundle {
        case: Case::of(proposal, handed.publicity.is_public()),
        organizations: organizations(proposal),
        templates: proposal.form_annexes().map(|annex| Arc::clone(&annex.template)).collect(),
        stem: handed.stem,
        stands: handed.stands,
        files,
        objects,
        listed,
    })
}

/// The folder of a proposal, while it is filled.
struct Folder<'a> {
    place: &'a HandOverPlace<'a>,
    handed: &'a HandedProposal<'a>,
    claims: &'a FileClaims,
    /// Its path in the bag.
    path: String,
    number: Option<String>,
    names: TakenPaths,
    files: Vec<Filed>,
}

impl<'a> Folder<'a> {
    fn of(place: &'a HandOverPlace<'a>, handed: &'a HandedProposal<'a>, claims: &'a FileClaims) -> Self {
        Self {
            place,
            handed,
            claims,
            path: format!("data/vorlagen/{}", handed.stem),
            number: handed.proposal.number.map(|number| number.to_string()),
            names: TakenPaths::default(),
            files: Vec::new(),
        }
    }

    fn all(mut self) -> Result<Vec<Filed>, FileError> {
        let HandedProposal { proposal, publicity: of_proposal, stem, .. } = self.handed;
        let title = self.number.as_ref().map(|number| format!("Vorlage {number}"));
        if let Some(file) = &proposal.file {
            let claims = self.claims.get(file).cloned();
            self.copy(file, None, Filed { title, ..blank(FiledKind::Proposal, *of_proposal, claims) })?;
        }
        for annex in &proposal.annexes {
            let publicity = publicity::annex(annex, *of_proposal, Soundness::Sound);
            match annex {
                Annex::Form(form) => {
                    let name = proposal.project.settings.annex_names.pdf(stem, &form.label);
                    let title = Some(form.template.title.clone());
                    let claims = Some(OWN_CLAIMS.to_owned());
                    let own = Filed {
                        title,
                        label: Some(form.label.clone()),
                        ..blank(FiledKind::FormAnnex, publicity, claims)
                    };
                    let source = self.place.holdings.outputs.join(&name);
                    self.copy(&source, Some(&name), own)?;
                }
                Annex::File(annex) => {
                    let is_shown = publicity.is_public() || !self.place.how.public_only;
                    if let Some(file) = annex.file.as_ref().filter(|_| is_shown) {
                        let claims = self.claims.get(file).cloned();
                        let (title, label) = (Some(annex.title.clone()), Some(annex.label.clone()));
                        self.copy(
                            file,
                            None,
                            Filed { title, label, ..blank(FiledKind::FileAnnex, publicity, claims) },
                        )?;
                    }
                }
            }
        }
        self.record()?;
        Ok(self.files)
    }

    /// The record with the images that it prints, so that its PDFs can be made again. It names all annexes, so it is
    /// as little public as the least of them.
    fn record(&mut self) -> Result<(), FileError> {
        let HandedProposal { proposal, publicity: of_proposal, stem, .. } = self.handed;
        let publicity = publicity::record(proposal, *of_proposal);
        if !publicity.is_public() && self.place.how.public_only {
            return Ok(());
        }
        let source = self.handed.record.and_then(|path| self.place.source(path));
        let title = Some("Vorlagendatei".to_owned());
        let filed = Filed { source, title, ..blank(FiledKind::Record, publicity, None) };
        let path = self.new_path(&format!("{stem}.toml"));
        let digest = self.place.write_toml(&path, &proposal.bytes)?;
        self.keep(Filed { path, ..filed }, digest);
        let json = serde_json::to_vec_pretty(&proposal.tree.to_json()).unwrap_or_default();
        self.write(&format!("{stem}.json"), &json, blank(FiledKind::RecordJson, publicity, None))?;
        for (image, printed) in &proposal.named_files {
            if *printed {
                self.copy(image, None, blank(FiledKind::Image, *of_proposal, None))?;
            }
        }
        Ok(())
    }

    fn copy(&mut self, source: &Path, name: Option<&str>, filed: Filed) -> Result<(), FileError> {
        let own = source.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let path = self.new_path(name.unwrap_or(&own));
        let digest = self.place.copy(source, &path)?;
        let from = if filed.kind == FiledKind::FormAnnex { None } else { self.place.source(source) };
        self.keep(Filed { path, source: from, ..filed }, digest);
        Ok(())
    }

    fn write(&mut self, name: &str, bytes: &[u8], filed: Filed) -> Result<(), FileError> {
        let path = self.new_path(name);
        let digest = self.place.write(&path, bytes)?;
        self.keep(Filed { path, ..filed }, digest);
        Ok(())
    }

    fn keep(&mut self, filed: Filed, digest: files::Digest) {
        let is_paper = matches!(filed.kind, FiledKind::Proposal | FiledKind::FileAnnex);
        let note = note(filed.claims.as_deref()).filter(|_| is_paper);
        let proposal = self.number.clone();
        self.files.push(Filed { size: digest.size, sha512: digest.sha512, proposal, note, ..filed });
    }

    /// A path in the folder that no other file has.
    fn new_path(&mut self, name: &str) -> String {
        self.names.take(&format!("{}/{}", self.path, safe_name(name)))
    }
}

/// A file whose path and hash are yet to come.
fn blank(kind: FiledKind, publicity: Publicity, claims: Option<String>) -> Filed {
    let nothing = files::Digest { sha512: String::new(), size: 0 };
    Filed { claims, ..Filed::new(String::new(), kind, publicity.is_public(), nothing) }
}

/// The OParl objects of a proposal. Its record is no paper of the council and has none.
fn paper_objects(place: &HandOverPlace<'_>, handed: &HandedProposal<'_>, files: &[Filed]) -> PaperObjects {
    let HandedProposal { proposal, publicity, stem, .. } = handed;
    let file = |filed: &Filed| place.addresses.file(filed, stem, proposal.date);
    let is_main = |filed: &&Filed| {
        filed.kind == FiledKind::Proposal || filed.label.as_deref() == Some(names::OWN_LABEL)
    };
    let main: Vec<OParlObject> = files.iter().filter(is_main).map(file).collect();
    let is_annex = |filed: &&Filed| matches!(filed.kind, FiledKind::FormAnnex | FiledKind::FileAnnex);
    let others: Vec<OParlObject> =
        files.iter().filter(|filed| is_annex(filed) && !is_main(filed)).map(file).collect();
    // What is public does not lead to an item that is not.
    let shown = handed.stands.iter().filter(|stand| stand.publicity >= *publicity);
    let steps: Vec<SessionStep> = shown.filter_map(|stand| step(place, stand)).collect();
    let session = place.session.as_ref().map(|links| (links, steps.as_slice()));
    let consultations = place.addresses.consultations(proposal, stem, publicity.is_public(), session);
    let parts = PaperParts {
        main: main.first(),
        others: &others,
        consultations: &consultations,
        superordinated: handed.superordinated.as_deref(),
        public: publicity.is_public(),
    };
    let paper = place.addresses.paper(proposal, stem, &parts);
    PaperObjects { paper, files: main.into_iter().chain(others).collect(), consultations }
}

fn step(place: &HandOverPlace<'_>, stand: &Stand) -> Option<SessionStep> {
    let (session, links) = (place.holdings.session?, place.session.as_ref()?);
    Some(SessionStep {
        index: stand.step?,
        item: item_name(&links.stem, &session.items[stand.item], stand.item),
    })
}
